/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All traits of a text in one pass over its words. */
#include "text-traits.h"

#include <math.h>
#include <string.h>

#define TRAITS_REACH  3U   /* words after a negation that it turns round */
#define TRAITS_DAMPED 0.75 /* what a denied word still weighs */
#define TRAITS_SPREAD 15.0 /* Hutto and Gilbert's normalising constant */
#define TRAITS_SEEN   256U /* slots of the words of one text */

typedef struct {
    const char *text;
    const ErrataTextUsage *usage;
    guint own;
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

/* whether the text had the word before; long texts are looked at up to where the table is half full */
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
traits_is_asked(const TraitsWork *work)
{
    return work->scan.at < work->scan.length && work->text[work->scan.at] == '?';
}

static void
traits_weigh(TraitsWork *work, const ErrataScanWord *word, const ErrataLexeme *lexeme)
{
    if (((lexeme != NULL && lexeme->negates) || traits_is_contraction(word)) &&
        !traits_is_asked(work)) {
        work->n_negations++;
        work->denied = TRAITS_REACH;
        return;
    }
    if (lexeme != NULL && lexeme->valence != 0)
        work->valence += work->denied > 0 ? -TRAITS_DAMPED * lexeme->valence : lexeme->valence;
    work->denied -= work->denied > 0 ? 1 : 0;
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
    if (work->usage != NULL && lexeme == NULL && word->n_letters == word->n_characters &&
        errata_text_usage_is_rare(work->usage, word->hash, work->own)) {
        work->n_rare++;
        if (errata_text_usage_is_typo(work->usage, work->text + word->begin, word->length))
            work->n_typos++;
    }
}

static double
traits_share(double part, double whole)
{
    return whole > 0.0 ? part / whole : 0.0;
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
    ErrataScanWord word;
    const ErrataScan *scan = &work.scan;
    double *value = ret_traits->value;

    memset(&work, 0, sizeof work);
    work.text = text;
    work.usage = usage;
    work.own = own;
    errata_text_scan_start(&work.scan, text, length);
    while (errata_text_scan_next(&work.scan, &word))
        traits_add_word(&work, &word);
    value[ERRATA_TRAIT_CHARACTERS] = scan->n_characters;
    value[ERRATA_TRAIT_WORDS] = work.n_words;
    value[ERRATA_TRAIT_LANGUAGE] = errata_text_tongue_decide(&work.tongue, scan);
    value[ERRATA_TRAIT_SCRIPT] = errata_text_tongue_script(scan);
    value[ERRATA_TRAIT_SENTIMENT] = work.valence /
                                    sqrt(work.valence * work.valence + TRAITS_SPREAD);
    value[ERRATA_TRAIT_NEGATIONS] = work.n_negations;
    value[ERRATA_TRAIT_DIGITS] = scan->n_digits;
    value[ERRATA_TRAIT_EMOJI] = scan->n_emoji;
    value[ERRATA_TRAIT_CAPITALS] = traits_share(work.n_capitals, work.n_sized);
    value[ERRATA_TRAIT_LINKS] = scan->n_links;
    value[ERRATA_TRAIT_RARE_WORDS] = traits_share(work.n_rare, work.n_words);
    value[ERRATA_TRAIT_TYPOS] = traits_share(work.n_typos, work.n_words);
    value[ERRATA_TRAIT_REPETITION] = traits_share(work.n_repeated, work.n_words);
    value[ERRATA_TRAIT_PUNCTUATION] = traits_share(scan->n_punctuation,
                                                   (double)scan->n_characters - scan->n_spaces);
    value[ERRATA_TRAIT_QUESTIONS] = scan->n_questions;
    value[ERRATA_TRAIT_EXCLAMATIONS] = scan->n_exclamations;
}
