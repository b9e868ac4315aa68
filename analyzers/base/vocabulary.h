/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"

G_BEGIN_DECLS

/**
 * ErrataVocabulary:
 * @n_values: number of distinct values; 0 when @overflow
 * @values: (array zero-terminated=1): the values as texts, numeric order where all are numbers,
 *   else by bytes; spaces around them are gone, and `1`, `1.0` and ` 1` are one value
 * @counts: (array length=n_values): rows of each
 * @all_numbers: every value is a number
 * @overflow: there are more values than was allowed
 *
 * The distinct values of a column that may hold classes.
 */
typedef struct {
    guint n_values;
    char **values;
    guint64 *counts;
    gboolean all_numbers;
    gboolean overflow;
} ErrataVocabulary;

ErrataVocabulary *errata_vocabulary_new(const ErrataColumn *column, guint limit);
void errata_vocabulary_free(ErrataVocabulary *self);
int errata_vocabulary_find(const ErrataVocabulary *self, const char *value);
/* per row the index of its value among @values, −1 where missing or not among them */
gint32 *errata_vocabulary_codes(const ErrataVocabulary *self, const ErrataColumn *column);
/* how a value is written as a class: trimmed, numbers in their shortest form */
char *errata_vocabulary_canonical(const char *text, gsize length);
/* 1 for yes, true, positive, 1 …; 0 for no, false, negative, 0, −1 …; −1 for any other word */
int errata_vocabulary_truth(const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataVocabulary, errata_vocabulary_free)

G_END_DECLS
