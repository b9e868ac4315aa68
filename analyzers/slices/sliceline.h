/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_SLICELINE_MAX_LEVEL 6

/**
 * ErrataSlicelineInput:
 * @n_rows: rows
 * @n_columns: columns
 * @code: (array length=n_columns): per column (array length=n_rows) the code of each cell; a value
 *   of its own for missing cells
 * @pooled: (nullable) (array length=n_columns): per column the code that pools the rarest values
 *   and is no condition, −1 for none
 * @loss: (array length=n_rows): loss of each row, 0 or above; finite
 * @binary: all losses are 0 or 1
 * @alpha: weight of the error against the size, in (0, 1]
 * @min_rows: rows that a slice needs, at least 1
 * @k: slices wanted, at least 1
 * @max_level: conditions that a slice may have, 1 … %ERRATA_SLICELINE_MAX_LEVEL
 * @floor: scores below are not wanted; 0 for all that are above 0
 * @budget: words of bitsets that may be read, 0 for no limit
 *
 * What is searched.
 */
typedef struct {
    gsize n_rows;
    guint n_columns;
    const guint8 *const *code;
    const gint16 *pooled;
    const double *loss;
    gboolean binary;
    double alpha;
    gsize min_rows;
    guint k;
    guint max_level;
    double floor;
    guint64 budget;
} ErrataSlicelineInput;

/**
 * ErrataSlicelineSlice:
 * @n: conditions
 * @column: (array length=n): their columns, increasing
 * @code: (array length=n): the code that each column has
 * @size: rows
 * @error: sum of their losses
 * @max_error: largest of their losses
 * @score: as errata_sliceline_score() has it, above 0
 */
typedef struct {
    guint n;
    guint column[ERRATA_SLICELINE_MAX_LEVEL];
    guint8 code[ERRATA_SLICELINE_MAX_LEVEL];
    gsize size;
    double error;
    double max_error;
    double score;
} ErrataSlicelineSlice;

/**
 * ErrataSliceline:
 * @slices: (element-type ErrataSlicelineSlice): the best, best first; equal scores: fewer
 *   conditions, then more rows, then the smaller columns and codes
 * @n_evaluated: (array fixed-size=ERRATA_SLICELINE_MAX_LEVEL): slices counted, by number of
 *   conditions − 1
 * @n_words: words of bitsets read
 * @truncated: the budget ended the search: better slices may exist
 */
typedef struct {
    GArray *slices;
    guint64 n_evaluated[ERRATA_SLICELINE_MAX_LEVEL];
    guint64 n_words;
    gboolean truncated;
} ErrataSliceline;

ErrataSliceline *errata_sliceline_search(const ErrataSlicelineInput *input);
void errata_sliceline_free(ErrataSliceline *self);
double errata_sliceline_score(double alpha, double mean, double n_rows, double size, double error);
double errata_sliceline_bound(double alpha,
                              double mean,
                              double n_rows,
                              double min_rows,
                              double size,
                              double error,
                              double max_error);
guint errata_sliceline_permute(const ErrataSlicelineInput *input,
                               const GArray *slices,
                               guint n_permutations,
                               guint n_enough,
                               guint64 seed,
                               double *ret_p);

/* sliceline-bits.c */
guint64 errata_sliceline_bits_count(const guint64 *a, const guint64 *b, gsize n_words);
void errata_sliceline_bits_and(const guint64 *a, const guint64 *b, gsize n_words, guint64 *ret_and);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSliceline, errata_sliceline_free)

G_END_DECLS
