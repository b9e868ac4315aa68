/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts as sparse vectors: words and pairs of words, and runs of three to five characters within
 * words, hashed; weighted by how few texts have them (TF-IDF). A character between words (emoji, a
 * question mark) counts as a word. The two blocks, and that of other properties, are each of length
 * one before they are weighed against each other. */
#include "text-grams.h"

#include <math.h>
#include <string.h>

#include "parallel.h"
#include "rng.h"
#include "text-scan.h"

#define GRAMS_GRAIN      512
#define GRAMS_SLOTS      (1U << 17) /* per block of words and of characters */
#define GRAMS_WORDS      2000U      /* of one text */
#define GRAMS_LEAST_SEEN 3U         /* texts a gram must be in */
#define GRAMS_SHORTEST   3U
#define GRAMS_LONGEST    5U
#define GRAMS_CHARACTERS 32U /* of one word, for runs */
#define GRAMS_BLOCKS     3U

/* which grams tell texts apart, and how much */
struct _ErrataGrams {
    guint n_codes;
    guint n_slots;
    guint32 *index; /* of a slot among those kept, G_MAXUINT32: none */
    float *idf;     /* by index */
    guint8 *block;  /* by index */
    guint n_kept;
};

typedef struct {
    const ErrataGramsInput *input;
    guint n_slots;
    guint32 **slot;  /* per text: the slots it has … */
    guint16 **count; /* … and how often */
    guint32 *n_of;
    guint32 *seen; /* texts per slot */
    const ErrataGrams *learnt;
    ErrataSparse *out;
} GramsWork;

/* what one text has, gathered; reused from text to text */
typedef struct {
    guint16 *count; /* by slot */
    GArray *touched;
} GramsBag;

static void
grams_add(GramsBag *bag, guint32 slot)
{
    if (bag->count[slot] == 0)
        g_array_append_val(bag->touched, slot);
    if (bag->count[slot] < G_MAXUINT16)
        bag->count[slot]++;
}

static guint32
grams_slot(guint64 hash)
{
    return (guint32)(errata_rng_mix(hash) & (GRAMS_SLOTS - 1));
}

/* runs of characters of a word with a space at either end */
static void
grams_add_runs(GramsBag *bag, const char *text, const ErrataScanWord *word)
{
    gunichar character[GRAMS_CHARACTERS + 2];
    guint n = 0;

    character[n++] = ' ';
    for (const char *at = text; at < text + word->length && n <= GRAMS_CHARACTERS;
         at += g_utf8_skip[*(const guchar *)at])
        character[n++] = errata_lexicon_fold(g_utf8_get_char(at));
    character[n++] = ' ';
    for (guint begin = 0; begin + GRAMS_SHORTEST <= n; begin++) {
        guint64 hash = ERRATA_LEXICON_SEED;

        for (guint i = begin; i < n && i < begin + GRAMS_LONGEST; i++) {
            hash = errata_lexicon_hash(hash, character[i]);
            if (i - begin + 1 >= GRAMS_SHORTEST)
                grams_add(bag, GRAMS_SLOTS + grams_slot(hash));
        }
    }
}

/* characters between @begin and @end that are neither spaces nor joined to others */
static guint64
grams_add_between(GramsBag *bag, const char *begin, const char *end, guint64 last)
{
    for (const char *at = begin; at < end; at += g_utf8_skip[*(const guchar *)at]) {
        gunichar character = g_utf8_get_char(at);
        guint64 hash = errata_lexicon_hash(ERRATA_LEXICON_SEED, character);

        if (character <= ' ' || g_unichar_isspace(character) || g_unichar_ismark(character) ||
            character == 0x200d)
            continue;
        grams_add(bag, grams_slot(hash));
        grams_add(bag, grams_slot(last * 31 + hash));
        last = hash;
    }
    return last;
}

static void
grams_add_text(GramsBag *bag, const ErrataGramsText *text)
{
    ErrataScan scan;
    ErrataScanWord word;
    guint64 last = 0;
    guint n = 0;
    const char *end = text->text;

    errata_text_scan_start(&scan, text->text, text->length);
    while (n++ < GRAMS_WORDS && errata_text_scan_next(&scan, &word)) {
        last = grams_add_between(bag, end, text->text + word.begin, last);
        grams_add(bag, grams_slot(word.hash));
        if (last != 0)
            grams_add(bag, grams_slot(last * 31 + word.hash));
        last = word.hash;
        grams_add_runs(bag, text->text + word.begin, &word);
        end = text->text + word.begin + word.length;
    }
    if (n <= GRAMS_WORDS)
        grams_add_between(bag,
                          end,
                          text->text + MIN(text->length, (gsize)(end - text->text) + 512),
                          last);
}

static void
grams_gather_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    GramsWork *work = data;
    const ErrataGramsInput *input = work->input;
    g_autoptr(GArray) touched = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree guint16 *count = g_new0(guint16, work->n_slots);
    GramsBag bag = {count, touched};

    for (gsize i = begin; i < end; i++) {
        g_array_set_size(touched, 0);
        if (input->texts[i].text != NULL)
            grams_add_text(&bag, &input->texts[i]);
        for (guint c = 0; c < input->n_codes; c++)
            grams_add(&bag, 2 * GRAMS_SLOTS + 256 * c + input->codes[c][i]);
        work->n_of[i] = touched->len;
        work->slot[i] = g_memdup2(touched->data, touched->len * sizeof(guint32));
        work->count[i] = g_new(guint16, touched->len + 1);
        for (guint k = 0; k < touched->len; k++) {
            guint32 slot = g_array_index(touched, guint32, k);

            work->count[i][k] = count[slot];
            count[slot] = 0;
            g_atomic_int_inc((gint *)(gpointer)&work->seen[slot]);
        }
    }
}

/* slots that enough texts have, but not all of them */
static ErrataGrams *
grams_choose(const GramsWork *work)
{
    ErrataGrams *self = g_new0(ErrataGrams, 1);
    guint n = work->input->n;

    self->n_codes = work->input->n_codes;
    self->n_slots = work->n_slots;
    for (guint slot = 0; slot < work->n_slots; slot++)
        if (work->seen[slot] >= GRAMS_LEAST_SEEN && work->seen[slot] < n)
            self->n_kept++;
    self->index = g_new(guint32, (gsize)work->n_slots + 1);
    self->idf = g_new(float, self->n_kept + 1);
    self->block = g_new(guint8, self->n_kept + 1);
    self->n_kept = 0;
    for (guint slot = 0; slot < work->n_slots; slot++) {
        self->index[slot] = G_MAXUINT32;
        if (work->seen[slot] < GRAMS_LEAST_SEEN || work->seen[slot] >= n)
            continue;
        self->idf[self->n_kept] = (float)log((double)n / work->seen[slot]);
        self->block[self->n_kept] = (guint8)MIN(slot / GRAMS_SLOTS, 2U);
        self->index[slot] = self->n_kept++;
    }
    return self;
}

static void
grams_weigh_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    GramsWork *work = data;
    const ErrataGrams *learnt = work->learnt;
    const double weight[GRAMS_BLOCKS] = {1.0, 1.0, work->input->code_weight};

    for (gsize i = begin; i < end; i++) {
        double square[GRAMS_BLOCKS] = {0.0};
        double total = 0.0;
        gsize first = work->out->start[i], at = first;

        for (guint k = 0; k < work->n_of[i]; k++) {
            guint32 index = learnt->index[work->slot[i][k]];

            if (index == G_MAXUINT32)
                continue;
            work->out->column[at] = index;
            work->out->value[at] =
                (float)((1.0 + log(work->count[i][k])) * (double)learnt->idf[index]);
            square[learnt->block[index]] += (double)work->out->value[at] *
                                            (double)work->out->value[at];
            at++;
        }
        for (guint b = 0; b < GRAMS_BLOCKS; b++)
            total += square[b] > 0.0 ? weight[b] * weight[b] : 0.0;
        for (at = first; at < work->out->start[i + 1]; at++) {
            guint8 block = learnt->block[work->out->column[at]];

            work->out->value[at] *= (float)(weight[block] / sqrt(square[block] * total));
        }
    }
}

/* the grams of each text, hashed and counted */
static void
grams_gather(GramsWork *work, const ErrataGramsInput *input)
{
    work->input = input;
    work->n_slots = 2 * GRAMS_SLOTS + 256 * input->n_codes;
    work->seen = g_new0(guint32, work->n_slots);
    work->n_of = g_new0(guint32, (gsize)input->n + 1);
    work->slot = g_new0(guint32 *, (gsize)input->n + 1);
    work->count = g_new0(guint16 *, (gsize)input->n + 1);
    errata_parallel_for(input->n, GRAMS_GRAIN, grams_gather_cb, work);
}

/* those that were learnt, as a row per text */
static ErrataSparse *
grams_weigh(GramsWork *work, const ErrataGrams *learnt)
{
    guint n = work->input->n;
    gsize n_values = 0;

    work->learnt = learnt;
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < work->n_of[i]; k++)
            n_values += learnt->index[work->slot[i][k]] != G_MAXUINT32 ? 1 : 0;
    work->out = errata_sparse_new(n, learnt->n_kept, n_values);
    for (guint i = 0; i < n; i++) {
        work->out->start[i + 1] = work->out->start[i];
        for (guint k = 0; k < work->n_of[i]; k++)
            work->out->start[i + 1] += learnt->index[work->slot[i][k]] != G_MAXUINT32 ? 1 : 0;
    }
    errata_parallel_for(n, GRAMS_GRAIN, grams_weigh_cb, work);
    return work->out;
}

static void
grams_clear(GramsWork *work)
{
    for (guint i = 0; i < work->input->n; i++) {
        g_free(work->slot[i]);
        g_free(work->count[i]);
    }
    g_free(work->slot);
    g_free(work->count);
    g_free(work->seen);
    g_free(work->n_of);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GramsWork, grams_clear)

/**
 * errata_text_grams:
 * @input: texts and what else is known of them
 * @ret_learnt: (out) (optional) (transfer full): which grams were kept, and their weights, for
 *   errata_text_grams_like()
 *
 * A gram is kept where three texts have it and not all do; its weight in a text is
 * (1 + ln count) ln(texts / texts that have it). Deterministic for any number of threads.
 *
 * Returns: (transfer full): a row per text, of length one (or empty)
 */
ErrataSparse *
errata_text_grams(const ErrataGramsInput *input, ErrataGrams **ret_learnt)
{
    g_auto(GramsWork) work = {.n_slots = 0};
    g_autoptr(ErrataGrams) learnt = NULL;
    ErrataSparse *out;

    grams_gather(&work, input);
    learnt = grams_choose(&work);
    out = grams_weigh(&work, learnt);
    if (ret_learnt != NULL)
        *ret_learnt = g_steal_pointer(&learnt);
    return out;
}

/**
 * errata_text_grams_like:
 * @learnt: grams of other texts
 * @input: texts, with as many further properties, coded as those were
 *
 * Returns: (transfer full): a row per text, of length one (or empty), with the columns and weights
 *   that the others have
 */
ErrataSparse *
errata_text_grams_like(const ErrataGrams *learnt, const ErrataGramsInput *input)
{
    g_auto(GramsWork) work = {.n_slots = 0};

    g_return_val_if_fail(input->n_codes == learnt->n_codes, NULL);
    grams_gather(&work, input);
    return grams_weigh(&work, learnt);
}

void
errata_text_grams_free(ErrataGrams *self)
{
    if (self == NULL)
        return;
    g_free(self->index);
    g_free(self->idf);
    g_free(self->block);
    g_free(self);
}
