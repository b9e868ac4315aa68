/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a column of texts has each word. Counts are kept by hash, so memory does not grow with
 * the vocabulary; spellings only of words that are common and long. A typo is a rare word that
 * turns into a common one when a letter is lost, added, changed or two are swapped: both then share
 * a form with one letter deleted (Garbe's symmetric deletion). */
#include <string.h>

#include "text-traits.h"

#define USAGE_SLOTS       (1U << 20)
#define USAGE_RARE        2U  /* seen at most so often elsewhere */
#define USAGE_COMMON      20U /* seen at least so often, to be what was meant */
#define USAGE_LEAST_BYTES 5U
#define USAGE_MOST_BYTES  20U
#define USAGE_ENDING      2U /* last letters that no slip is looked for in: they inflect */
#define USAGE_FORMS       (1U << 19)
#define USAGE_MOST_FORMS  (USAGE_FORMS / 2)

struct _ErrataTextUsage {
    guint32 *count;
    guint64 *form; /* open table of common words with one letter deleted, 0 is free */
    guint n_forms;
};

ErrataTextUsage *
errata_text_usage_new(void)
{
    ErrataTextUsage *self = g_new0(ErrataTextUsage, 1);

    self->count = g_new0(guint32, USAGE_SLOTS);
    self->form = g_new0(guint64, USAGE_FORMS);
    return self;
}

void
errata_text_usage_free(ErrataTextUsage *self)
{
    if (self == NULL)
        return;
    g_free(self->count);
    g_free(self->form);
    g_free(self);
}

static guint32
usage_slot(guint64 hash)
{
    return (guint32)((hash ^ (hash >> 29)) & (USAGE_SLOTS - 1));
}

/**
 * errata_text_usage_count:
 * @self: counts
 * @text: a text
 * @length: its bytes
 *
 * Adds its words. May be called from many threads at once: counts are sums.
 */
void
errata_text_usage_count(ErrataTextUsage *self, const char *text, gsize length)
{
    ErrataScan scan;
    ErrataScanWord word;

    errata_text_scan_start(&scan, text, length);
    while (errata_text_scan_next(&scan, &word))
        g_atomic_int_inc((gint *)(gpointer)&self->count[usage_slot(word.hash)]);
}

/* brings the count of a word near, which will be asked for soon */
void
errata_text_usage_prefetch(const ErrataTextUsage *self, guint64 hash)
{
    __builtin_prefetch(&self->count[usage_slot(hash)], 1);
}

/**
 * errata_text_usage_add:
 * @self: counts
 * @hash: of a word
 * @ret_slot: (out): where it is counted
 *
 * Counts a word. May be called from many threads at once. Of a word that stays rare every
 * occurrence was rare when it was added, whatever the order.
 *
 * Returns: whether it was rare so far, the text that adds it not counted
 */
gboolean
errata_text_usage_add(ErrataTextUsage *self, guint64 hash, guint32 *ret_slot)
{
    guint32 slot = usage_slot(hash);

    *ret_slot = slot;
    return (guint32)g_atomic_int_add((gint *)(gpointer)&self->count[slot], 1) <= USAGE_RARE;
}

/* whether a word is rare now that all texts are counted, its own among them */
gboolean
errata_text_usage_stayed_rare(const ErrataTextUsage *self, const ErrataTextRare *word)
{
    return self->count[word->slot] <= USAGE_RARE + 1;
}

/* @own: how often the asking text's column counted it already: 1 where it was counted, else 0 */
gboolean
errata_text_usage_is_rare(const ErrataTextUsage *self, guint64 hash, guint own)
{
    return self->count[usage_slot(hash)] <= USAGE_RARE + own;
}

static gboolean
usage_is_spelt(const char *word, gsize length)
{
    if (length < USAGE_LEAST_BYTES || length > USAGE_MOST_BYTES)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalpha(word[i]))
            return FALSE;
    return TRUE;
}

/* the word without the letter at @but; all of it where @but is its length */
static guint64
usage_form(const char *word, gsize length, gsize but)
{
    guint64 hash = ERRATA_LEXICON_SEED;

    for (gsize i = 0; i < length; i++)
        if (i != but)
            hash = errata_lexicon_hash(hash, (guchar)g_ascii_tolower(word[i]));
    return hash | 1;
}

static guint64 *
usage_find(const ErrataTextUsage *self, guint64 form)
{
    guint64 at = form >> 1;

    while (self->form[at & (USAGE_FORMS - 1)] != 0 && self->form[at & (USAGE_FORMS - 1)] != form)
        at++;
    return &self->form[at & (USAGE_FORMS - 1)];
}

static void
usage_add_forms(ErrataTextUsage *self, const char *word, gsize length)
{
    guint64 *slot = usage_find(self, usage_form(word, length, length));

    if (*slot != 0)
        return; /* learnt already */
    *slot = usage_form(word, length, length);
    self->n_forms++;
    for (gsize i = 0; i + USAGE_ENDING < length; i++) {
        slot = usage_find(self, usage_form(word, length, i));
        self->n_forms += *slot == 0 ? 1 : 0;
        *slot = usage_form(word, length, i);
    }
}

/**
 * errata_text_usage_learn:
 * @self: counts, complete
 * @text: a text
 * @length: its bytes
 *
 * Learns the spelling of its common words.
 */
void
errata_text_usage_learn(ErrataTextUsage *self, const char *text, gsize length)
{
    ErrataScan scan;
    ErrataScanWord word;

    errata_text_scan_start(&scan, text, length);
    while (self->n_forms < USAGE_MOST_FORMS && errata_text_scan_next(&scan, &word))
        if (self->count[usage_slot(word.hash)] >= USAGE_COMMON &&
            usage_is_spelt(text + word.begin, word.length))
            usage_add_forms(self, text + word.begin, word.length);
}

/* whether a rare word is one slip from a common one */
gboolean
errata_text_usage_is_typo(const ErrataTextUsage *self, const char *word, gsize length)
{
    if (!usage_is_spelt(word, length) || self->n_forms == 0)
        return FALSE;
    if (*usage_find(self, usage_form(word, length, length)) != 0)
        return TRUE; /* a letter was lost */
    for (gsize i = 0; i + USAGE_ENDING < length; i++)
        if (*usage_find(self, usage_form(word, length, i)) != 0)
            return TRUE;
    return FALSE;
}
