/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "words-time.h"

G_BEGIN_DECLS

/* The small grammar: numbers, lists and nouns as a reader says them. Everything returns new
 * text. */

/* a proportion, rounded to what the interval supports: “33.8 %”, “34 %”, “about a third” */
char *errata_words_share(double value, double lo, double hi);
/* two proportions side by side, both in words (“about a third”) or both in digits */
void errata_words_shares(const ErrataEvidence *a,
                         const ErrataEvidence *b,
                         char **ret_a,
                         char **ret_b);
/* a proportion as part of a whole: “a tenth”, “half”, “4.5 %” */
char *errata_words_part(double value);
char *errata_words_about(const char *words); /* “about” once, whether @words have it or not */
/* a ratio of at least one, as the interval supports: “twice”, “about three times”, “2.6 times” */
char *errata_words_times(double ratio, double lo, double hi);
/* a difference of proportions: “3.1 points”, “3 points” when @half_width (or NaN) is wide */
char *errata_words_points(double difference, double half_width);
/* a count: below ten in words, thousands separated: “six”, “20,756” */
char *errata_words_count(guint64 count);
/* a count with its noun: “one row”, “1,284 groups” */
char *errata_words_counted(guint64 count, const char *singular, const char *plural);
/* why rows that have @what are too few: “no row has a label; 100 are needed” */
char *errata_words_too_few(guint64 count, const char *what, guint needed);
/* a quantity rounded to what the interval supports */
char *errata_words_number(double value, double lo, double hi);
/* two quantities to be compared, with as many digits as their difference needs, and each as exactly
 * as its own size wants: “4.0” beside “830”, not “0” */
void errata_words_pair(double from, double to, char **ret_from, char **ret_to);
/* the value of evidence by its unit */
char *errata_words_value(const ErrataEvidence *evidence);
/* its interval by its unit, or NULL when it has none: “33.0 to 34.6 %” */
char *errata_words_interval(const ErrataEvidence *evidence);
/* “a, b and c” */
char *errata_words_list(const char *const *items, guint n, const char *conjunction);
/* a condition inside a sentence: “a is b”, “x is at least 5” */
char *errata_words_predicate(const ErrataPredicate *predicate);
/* the conditions of a slice and its time inside a sentence: “a is b and x is at least 5 since 22
 * March, 14:45” */
char *errata_words_where(const ErrataFinding *finding);
char *errata_words_capital(const char *text);

G_END_DECLS
