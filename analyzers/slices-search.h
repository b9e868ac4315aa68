/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

#define SLICES_MIN_LIFT 1.25 /* observed over expected that a slice must reach */

/* packed: rows in the low 24 bits, losses above in units of 1/4096 */
typedef struct {
    guint64 count;
    guint64 expected; /* in units of 2^-20 */
} SlicesCell;

#define SLICES_N_BOUNDS 2
#define SLICES_GRAIN    16 /* cubes counted together */

/**
 * SlicesCube:
 *
 * The counts of one set of columns and the best slice that they hold. The counts of rows and losses
 * never change; the expected losses are those of @epoch. bound[i] is what the best slice could
 * reach at a later epoch if no row's expectation has fallen below errata_slices_cubes_fall[i] of
 * what it was.
 */
typedef struct {
    guint n_axes;
    guint axis[SLICES_MAX_AXES];
    guint n_codes[SLICES_MAX_AXES];
    guint n_cells;
    SlicesCell *cell;
    int epoch; /* −1: never counted */
    guint64 n_valid;
    double best; /* likelihood ratio */
    double bound[SLICES_N_BOUNDS];
    SlicesItem best_item[SLICES_MAX_AXES];
} SlicesCube;

extern const double errata_slices_cubes_fall[SLICES_N_BOUNDS]; /* rising */

typedef struct {
    const SlicesTable *table;
    guint16 *loss;     /* per row, units of 1/4096 */
    guint32 *expected; /* per row, units of 2^-20, of the present epoch */
    guint64 *packed;   /* per row, row, error and expectation; only while levels are added */
    guint32 common;    /* expectation of most rows */
    guint32 *odd;      /* the rows with another, %NULL when they are many */
    gsize n_odd;
    GPtrArray *epochs; /* (element-type guint32*): @expected of every epoch */
    gboolean restart;  /* the next expectation has little to do with the last */
    double variance;   /* of a row's loss, 0 for errors */
    guint n_cubes;
    SlicesCube *cubes;
    guint64 n_valid[SLICES_MAX_AXES + 1]; /* candidates per level */
    guint n_columns_searched[SLICES_MAX_AXES + 1];
    guint64 n_sets_left_out;
} SlicesSearch;

SlicesSearch *errata_slices_search_new(const SlicesTable *table, const double *y);
void errata_slices_search_free(SlicesSearch *self);
gboolean errata_slices_search_next(SlicesSearch *self,
                                   const ErrataExpected *expected,
                                   Slice *ret_slice,
                                   double *ret_score);
void errata_slices_search_restart(SlicesSearch *self);
guint64 errata_slices_search_n_tried(const SlicesSearch *self);

void errata_slices_cubes_prepare(const SlicesTable *table, SlicesCube *cube);
guint64 *errata_slices_cubes_pack(const SlicesSearch *search);
void errata_slices_cubes_count(const SlicesSearch *search, const guint *index, gsize n);
void errata_slices_cubes_assume(const SlicesSearch *search, SlicesCube *cube, guint32 expected);
void errata_slices_cubes_evaluate(const SlicesSearch *search, SlicesCube *cube);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesSearch, errata_slices_search_free)

G_END_DECLS
