/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All traits of a text in one pass over its words. */
#include "text-traits.h"

#include <math.h>
#include <string.h>

#define TRAITS_REACH  3U   /* words after a negation that it turns round */
#define TRAITS_DAMPED 0.75 /* what a denied word still weighs */
#define TRAITS_SPREAD 15.0 /* Hutto and Gilbert's normalising constant */
#define TRAITS_SEEN   256U /* slots of the words of one text */
#define TRAITS_AHEAD  16U  /* words read before they are judged */

typedef struct {
    const char *text;
    const ErrataTextUsage *usage; /* complete, or … */
    guint own;
    ErrataTextUsage *counting; /* … under way */
    GArray *rare;              /* its words that may be rare go there */
    guint32 row;
    ErrataScan scan;
    ErrataTextTongue tongue;
    guint n_words;
    guint n_sized; /* words of two letters and more */
    guint n_capitals;
    guint n_negations;
    guint n_rare;
    guint n_typos;
    guint n_repeated;
    guint denied; /* words that a negation still reaches */
    double valence;
    guint64 seen[TRAITS_SEEN];
    guint n_seen;
} TraitsWork;

/* whether the text had the word before; long texts are looked at up to where the table is half
 * full */
static gboolean
traits_is_repeated(TraitsWork *work, guint64 hash)
{
    guint64 at = hash ^ (hash >> 29);

    hash |= 1;
    while (work->seen[at % TRAITS_SEEN] != 0 && work->seen[at % TRAITS_SEEN] != hash)
        at++;
    if (work->seen[at % TRAITS_SEEN] == hash)
        return TRUE;
    if (work->n_seen < TRAITS_SEEN / 2) {
        work->seen[at % TRAITS_SEEN] = hash;
        work->n_seen++;
    }
    return FALSE;
}

static gboolean
traits_is_contraction(const ErrataScanWord *word)
{
    return word->last[0] == 't' && word->last[1] == '\'' && word->last[2] == 'n';
}

/* “…, no?” asks, it does not deny */
static gboolean
traits_is_asked(const TraitsWork *work, const ErrataScanWord *word)
{
    guint32 behind = word->begin + word->length;

    return behind < work->scan.length && work->text[behind] == '?';
}

static void
traits_weigh(TraitsWork *work, const ErrataScanWord *word, const ErrataLexeme *lexeme)
{
    if (((lexeme != NULL && lexeme->negates) || traits_is_contraction(word)) &&
        !traits_is_asked(work, word)) {
        work->n_negations++;
        work->denied = TRAITS_REACH;
        return;
    }
    if (lexeme != NULL && lexeme->valence != 0)
        work->valence += work->denied > 0 ? -TRAITS_DAMPED * lexeme->valence : lexeme->valence;
    work->denied -= work->denied > 0 ? 1 : 0;
}

/* a word of letters that no list has may be rare, and a typo */
static void
traits_judge(TraitsWork *work, const ErrataScanWord *word, gboolean may_be)
{
    if (work->counting != NULL) {
        ErrataTextRare rare = {work->row, word->begin, word->length, 0};

        if (errata_text_usage_add(work->counting, word->hash, &rare.slot) && may_be)
            g_array_append_val(work->rare, rare);
    } else if (may_be && work->usage != NULL &&
               errata_text_usage_is_rare(work->usage, word->hash, work->own)) {
        work->n_rare++;
        if (errata_text_usage_is_typo(work->usage, work->text + word->begin, word->length))
            work->n_typos++;
    }
}

static void
traits_add_word(TraitsWork *work, const ErrataScanWord *word)
{
    const ErrataLexeme *lexeme = errata_lexicon_find(word->hash);

    work->n_words++;
    errata_text_tongue_add(&work->tongue, word, lexeme);
    traits_weigh(work, word, lexeme);
    if (word->n_letters >= 2) {
        work->n_sized++;
        work->n_capitals += word->n_capitals == word->n_letters ? 1 : 0;
    }
    if (traits_is_repeated(work, word->hash) || word->drawn)
        work->n_repeated++;
    traits_judge(work, word, lexeme == NULL && word->n_letters == word->n_characters);
}

static double
traits_share(double part, double whole)
{
    return whole > 0.0 ? part / whole : 0.0;
}

/* the next words, while what the lists say of them and where they are counted is fetched */
static guint
traits_look_ahead(TraitsWork *work, ErrataScanWord *word)
{
    const ErrataTextUsage *usage = work->counting != NULL ? work->counting : work->usage;
    guint n = 0;

    while (n < TRAITS_AHEAD && errata_text_scan_next(&work->scan, &word[n])) {
        errata_lexicon_prefetch(word[n].hash);
        if (usage != NULL)
            errata_text_usage_prefetch(usage, word[n].hash);
        n++;
    }
    return n;
}

static void
traits_measure(TraitsWork *work, gsize length, double *value)
{
    ErrataScanWord word[TRAITS_AHEAD];
    const ErrataScan *scan = &work->scan;
    guint n;

    errata_text_scan_start(&work->scan, work->text, length);
    do {
        n = traits_look_ahead(work, word);
        for (guint i = 0; i < n; i++)
            traits_add_word(work, &word[i]);
    } while (n == TRAITS_AHEAD);
    value[ERRATA_TRAIT_CHARACTERS] = scan->n_characters;
    value[ERRATA_TRAIT_WORDS] = work->n_words;
    value[ERRATA_TRAIT_LANGUAGE] = errata_text_tongue_decide(&work->tongue, scan);
    value[ERRATA_TRAIT_SCRIPT] = errata_text_tongue_script(scan);
    value[ERRATA_TRAIT_SENTIMENT] = work->valence /
                                    sqrt(work->valence * work->valence + TRAITS_SPREAD);
    value[ERRATA_TRAIT_NEGATIONS] = work->n_negations;
    value[ERRATA_TRAIT_DIGITS] = scan->n_digits;
    value[ERRATA_TRAIT_EMOJI] = scan->n_emoji;
    value[ERRATA_TRAIT_CAPITALS] = traits_share(work->n_capitals, work->n_sized);
    value[ERRATA_TRAIT_LINKS] = scan->n_links;
    value[ERRATA_TRAIT_RARE_WORDS] = traits_share(work->n_rare, work->n_words);
    value[ERRATA_TRAIT_TYPOS] = traits_share(work->n_typos, work->n_words);
    value[ERRATA_TRAIT_REPETITION] = traits_share(work->n_repeated, work->n_words);
    value[ERRATA_TRAIT_PUNCTUATION] = traits_share(scan->n_punctuation,
                                                   (double)scan->n_characters - scan->n_spaces);
    value[ERRATA_TRAIT_QUESTIONS] = scan->n_questions;
    value[ERRATA_TRAIT_EXCLAMATIONS] = scan->n_exclamations;
}

/**
 * errata_text_traits_measure:
 * @text: valid UTF-8
 * @length: its bytes
 * @usage: (nullable): the words of the column; without it nothing is rare
 * @own: 1 where @usage has counted this text
 * @ret_traits: (out): what was measured
 *
 * Sentiment is s / √(s² + 15) for the sum s of the words' valences, those within three words after
 * a negation turned round. Linear in @length.
 *
 * Source: Hutto and Gilbert 2014, "VADER" (the normalisation; the word list is our own).
 */
void
errata_text_traits_measure(const char *text,
                           gsize length,
                           const ErrataTextUsage *usage,
                           guint own,
                           ErrataTextTraits *ret_traits)
{
    TraitsWork work;

    memset(&work, 0, sizeof work);
    work.text = text;
    work.usage = usage;
    work.own = own;
    traits_measure(&work, length, ret_traits->value);
}

/**
 * errata_text_traits_count:
 * @text: valid UTF-8
 * @length: its bytes
 * @row: names the text
 * @usage: where its words are counted
 * @rare: (element-type ErrataTextRare): its words that may be rare are appended
 * @ret_traits: (out): what was measured; rare words and typos are 0
 *
 * errata_text_traits_measure() and errata_text_usage_count() in one, so that a text is read once.
 * Which of
 * @rare stayed rare can be told when all texts are counted.
 */
void
errata_text_traits_count(const char *text,
                         gsize length,
                         guint32 row,
                         ErrataTextUsage *usage,
                         GArray *rare,
                         ErrataTextTraits *ret_traits)
{
    TraitsWork work;

    memset(&work, 0, sizeof work);
    work.text = text;
    work.row = row;
    work.counting = usage;
    work.rare = rare;
    traits_measure(&work, length, ret_traits->value);
}
