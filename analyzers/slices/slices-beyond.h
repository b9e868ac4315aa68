/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

#define SLICES_BEYOND_MAX 20

/**
 * SlicesBeyond:
 * @n: columns that tell the label beyond the score, evenly from one end to the other
 * @column: (array length=n): of the table, those that tell most first
 * @overused: (array length=n): the score makes too much of it, not too little
 * @better: (array length=n_rows): of the confirmation half, what score and columns say together:
 *   the probability of the positive class, or what the label is beyond the prediction
 * @expected: per half: (array length=n_rows): what its columns alone let expect of a row: the
 *   probability of an error, or what the label is beyond the prediction
 * @from: accuracy, or mean absolute error, of the confirmation half
 * @to: the same by @better
 * @error: standard error of their difference
 * @square_saved: of numbers: by how much their mean squared error is lower by @better
 * @square_error: standard error of it
 */
typedef struct _SlicesBeyond {
    guint n;
    guint column[SLICES_BEYOND_MAX];
    gboolean overused[SLICES_BEYOND_MAX];
    double *better;
    double *expected[2];
    double from;
    double to;
    double error;
    double square_saved;
    double square_error;
} SlicesBeyond;

/**
 * SlicesBeyondClasses:
 * @n: columns that tell the label of any class beyond its score
 * @column: (array length=n): of the table
 * @expected: per half: (array length=n_rows): how likely the prediction of a row is wrong, by the
 *   scores of several classes and the columns that tell beyond them
 */
typedef struct _SlicesBeyondClasses {
    guint n;
    guint column[SLICES_BEYOND_MAX];
    double *expected[2];
} SlicesBeyondClasses;

SlicesBeyond *errata_slices_beyond_new(const SlicesTable *table, SlicesOffset *ret_offset);
SlicesBeyondClasses *errata_slices_beyond_classes_new(const SlicesTable *table);
void errata_slices_beyond_classes_free(SlicesBeyondClasses *self);
guint errata_slices_beyond_cells(const double *expected,
                                 const guint8 *error,
                                 guint32 *cell,
                                 guint n_cells,
                                 gsize n);
void errata_slices_beyond_free(SlicesBeyond *self);
void errata_slices_beyond_add(ErrataAnalysis *analysis, const SlicesTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesBeyond, errata_slices_beyond_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesBeyondClasses, errata_slices_beyond_classes_free)

G_END_DECLS
