/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataWordSense:
 * @ERRATA_WORD_NUMBER: a number or a share in words; says a figure that no evidence holds
 * @ERRATA_WORD_UP: says that something is more
 * @ERRATA_WORD_DOWN: says that something is less
 * @ERRATA_WORD_WORSE: says that something is worse than something
 * @ERRATA_WORD_BETTER: says that something is better
 * @ERRATA_WORD_EQUAL: says that two things do not differ
 * @ERRATA_WORD_EXTREME: says that nothing else is as much, or that there is no exception
 * @ERRATA_WORD_SIZE: weighs a difference without a figure
 * @ERRATA_WORD_CAUSE: says that one thing makes another
 * @ERRATA_WORD_ADDRESS: speaks to the reader, commands, or speaks of the writer
 * @ERRATA_WORD_META: speaks of the request instead of the data
 * @ERRATA_WORD_NEGATION: turns a statement round
 * @ERRATA_WORD_BOUND: before a figure, makes another one of it ("at least", "nearly")
 * @ERRATA_WORD_UNIT: after a figure, gives it a unit that it has not ("percent", "euros")
 * @ERRATA_WORD_OTHER: names what a group is compared with ("elsewhere", "before")
 * @ERRATA_WORD_NORM: a standard of comparison that evidence must name itself ("expected",
 *   "average")
 * @ERRATA_WORD_NAMER: what follows it is a name ("column", "feature")
 *
 * What a word may do in a sentence; flags.
 */
typedef enum {
    ERRATA_WORD_NUMBER = 1 << 0,
    ERRATA_WORD_UP = 1 << 1,
    ERRATA_WORD_DOWN = 1 << 2,
    ERRATA_WORD_WORSE = 1 << 3,
    ERRATA_WORD_BETTER = 1 << 4,
    ERRATA_WORD_EQUAL = 1 << 5,
    ERRATA_WORD_EXTREME = 1 << 6,
    ERRATA_WORD_SIZE = 1 << 7,
    ERRATA_WORD_CAUSE = 1 << 8,
    ERRATA_WORD_ADDRESS = 1 << 9,
    ERRATA_WORD_META = 1 << 10,
    ERRATA_WORD_NEGATION = 1 << 11,
    ERRATA_WORD_BOUND = 1 << 12,
    ERRATA_WORD_UNIT = 1 << 13,
    ERRATA_WORD_OTHER = 1 << 14,
    ERRATA_WORD_NORM = 1 << 15,
    ERRATA_WORD_NAMER = 1 << 16,
} ErrataWordSense;

/* letters only, without marks, folded: what the lexicon knows words by */
char *errata_word_fold(const char *word);
/* (transfer full): the words of a text, each folded */
char **errata_word_list(const char *text);
/* flags of a folded word, 0 for most */
ErrataWordSense errata_word_sense(const char *folded);
/* the word that stands for all of its meaning (“mistakes” → “error”), or NULL for one that means
 * little by itself (“the”) */
const char *errata_word_concept(const char *folded, char *buffer, gsize size);
gboolean errata_word_is_common(const char *folded);
gboolean errata_word_is_neutral(const char *folded, gboolean supposes);
gboolean errata_word_moves(const char *folded);
gboolean errata_word_is_kind(const char *folded);

G_END_DECLS
