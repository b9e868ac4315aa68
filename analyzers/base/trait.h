/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

/**
 * ErrataTrait:
 * @ERRATA_TRAIT_CHARACTERS: characters (code points), spaces included
 * @ERRATA_TRAIT_WORDS: runs of letters and digits
 * @ERRATA_TRAIT_LANGUAGE: English, German … ; `mixed`; `unknown` when unsure
 * @ERRATA_TRAIT_SCRIPT: Latin, Cyrillic … of most letters; `none` without letters
 * @ERRATA_TRAIT_SENTIMENT: from −1 (bad) to 1 (good) by a lexicon, 0 where no word is in it
 * @ERRATA_TRAIT_NEGATIONS: words that deny
 * @ERRATA_TRAIT_DIGITS: decimal digits
 * @ERRATA_TRAIT_EMOJI: pictures
 * @ERRATA_TRAIT_CAPITALS: share of the words of two letters and more that are all capitals
 * @ERRATA_TRAIT_LINKS: addresses of pages and mail boxes, and @mentions
 * @ERRATA_TRAIT_RARE_WORDS: share of the words that the column hardly ever has
 * @ERRATA_TRAIT_TYPOS: share of the words that are rare and one slip away from a common one
 * @ERRATA_TRAIT_REPETITION: share of the words that came before in the same text or draw out a
 *   letter
 * @ERRATA_TRAIT_PUNCTUATION: share of the characters other than spaces
 * @ERRATA_TRAIT_QUESTIONS: question marks
 * @ERRATA_TRAIT_EXCLAMATIONS: exclamation marks
 *
 * What can be measured of a text. A derived column holds one trait of one text column.
 */
typedef enum {
    ERRATA_TRAIT_CHARACTERS,
    ERRATA_TRAIT_WORDS,
    ERRATA_TRAIT_LANGUAGE,
    ERRATA_TRAIT_SCRIPT,
    ERRATA_TRAIT_SENTIMENT,
    ERRATA_TRAIT_NEGATIONS,
    ERRATA_TRAIT_DIGITS,
    ERRATA_TRAIT_EMOJI,
    ERRATA_TRAIT_CAPITALS,
    ERRATA_TRAIT_LINKS,
    ERRATA_TRAIT_RARE_WORDS,
    ERRATA_TRAIT_TYPOS,
    ERRATA_TRAIT_REPETITION,
    ERRATA_TRAIT_PUNCTUATION,
    ERRATA_TRAIT_QUESTIONS,
    ERRATA_TRAIT_EXCLAMATIONS,
} ErrataTrait;

#define ERRATA_TRAITS (ERRATA_TRAIT_EXCLAMATIONS + 1)

const char *errata_trait_summary(ErrataTrait trait);
gboolean errata_trait_is_count(ErrataTrait trait);
gboolean errata_trait_is_category(ErrataTrait trait);
char *errata_trait_column(const char *text, ErrataTrait trait);
gboolean errata_trait_parse(const char *column, char **ret_text, ErrataTrait *ret_trait);
char *errata_trait_describe(const ErrataPredicate *predicate);

G_END_DECLS
