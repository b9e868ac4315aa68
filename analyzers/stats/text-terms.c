/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a text says, in pieces that can be shown to people. */
#include "text-terms.h"

#include "rng.h"
#include "text-scan.h"

#define TERMS_WORDS 400 /* of one text */
#define TERMS_RUN   4   /* letters of a script without spaces that may be a word */

/* emoji between two words */
static void
terms_add_between(const char *text, guint32 begin, guint32 end, GArray *terms)
{
    for (guint32 at = begin; at < end; at += (guint32)g_utf8_skip[(guchar)text[at]]) {
        gunichar character;

        if ((guchar)text[at] < 0xe2)
            continue;
        character = g_utf8_get_char(text + at);
        if (character >= 0x2600 && (character <= 0x27bf || character >= 0x1f300) &&
            g_unichar_isgraph(character) && !g_unichar_ismark(character)) {
            ErrataTerm term = {errata_lexicon_hash(ERRATA_LEXICON_SEED, character),
                               at,
                               (guint32)g_utf8_skip[(guchar)text[at]],
                               1};

            g_array_append_val(terms, term);
        }
    }
}

/* the last letters of a script without spaces, one behind the other */
typedef struct {
    guint n;
    guint32 end;
    guint32 begin[TERMS_RUN];
    guint64 hash[TERMS_RUN];
} TermsRun;

/* the runs of two letters or more that end with this one */
static void
terms_add_runs(TermsRun *run, const char *text, const ErrataScanWord *word, GArray *terms)
{
    gboolean alone = word->n_letters == 1 && word->n_characters == 1 &&
                     errata_text_scan_is_alone(g_utf8_get_char(text + word->begin));
    guint64 hash = word->hash;

    run->n = alone && word->begin == run->end ? run->n : 0;
    if (!alone)
        return;
    for (guint k = 0; k < MIN(run->n, TERMS_RUN - 1); k++) {
        guint at = (run->n - 1 - k) % TERMS_RUN;
        ErrataTerm term = {0, run->begin[at], word->begin + word->length - run->begin[at], 1};

        term.hash = hash = errata_rng_mix(hash * 31 + run->hash[at]);
        g_array_append_val(terms, term);
    }
    run->begin[run->n % TERMS_RUN] = word->begin;
    run->hash[run->n % TERMS_RUN] = word->hash;
    run->end = word->begin + word->length;
    run->n++;
}

/**
 * errata_text_terms:
 * @text: valid UTF-8
 * @length: its bytes
 * @ret_terms: (element-type ErrataTerm): gets the terms of the first 400 words, in order
 */
void
errata_text_terms(const char *text, gsize length, GArray *ret_terms)
{
    ErrataScan scan;
    ErrataScanWord word;
    ErrataTerm last = {0};
    TermsRun run = {0};
    guint32 end = 0;

    g_array_set_size(ret_terms, 0);
    errata_text_scan_start(&scan, text, length);
    for (guint n = 0; n < TERMS_WORDS && errata_text_scan_next(&scan, &word); n++) {
        ErrataTerm term = {word.hash, word.begin, word.length, 1};

        terms_add_between(text, end, word.begin, ret_terms);
        g_array_append_val(ret_terms, term);
        terms_add_runs(&run, text, &word, ret_terms);
        if (last.n_words == 1 && last.begin + last.length + 1 == word.begin &&
            text[word.begin - 1] == ' ') {
            ErrataTerm pair = {errata_rng_mix(last.hash * 31 + word.hash),
                               last.begin,
                               word.begin + word.length - last.begin,
                               2};

            g_array_append_val(ret_terms, pair);
        }
        last = term;
        end = word.begin + word.length;
    }
    terms_add_between(text, end, (guint32)MIN(length, (gsize)end + 256), ret_terms);
}
