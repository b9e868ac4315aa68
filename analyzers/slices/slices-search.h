/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-table.h"

G_BEGIN_DECLS

#define SLICES_MIN_LIFT 1.25 /* observed over expected that a slice must reach */

#define SLICES_N_BOUNDS 4

/**
 * SlicesCube:
 * @axis: its columns, of which @n_axes are in use
 * @n_cells: product of their codes
 * @epoch: when it was last counted, −1 for never
 * @counted: @n_valid is known
 * @n_valid: candidates with enough rows
 * @best: likelihood ratio of the best of them, 0 where none exceeds chance
 * @best_item: its range on each axis
 * @bound: bound[i] is what the best could reach at a later epoch if no row's expectation has fallen
 *   below errata_slices_cubes_fall[i] of what it was
 *
 * What counting one set of columns has shown.
 */
typedef struct {
    guint n_axes;
    guint axis[SLICES_MAX_AXES];
    guint n_cells;
    int epoch;
    gboolean counted;
    guint64 n_valid;
    double best;
    double bound[SLICES_N_BOUNDS];
    SlicesItem best_item[SLICES_MAX_AXES];
} SlicesCube;

extern const double errata_slices_cubes_fall[SLICES_N_BOUNDS]; /* rising */

/**
 * SlicesSearch:
 * @y: (array length=n_rows): losses of the discovery half, borrowed
 * @like: (nullable): another search of the same columns, borrowed
 * @word: what counting a row adds: its row, loss and expected loss of the present epoch; real
 *   losses keep the expected ones in the second
 * @bits_n: bits of a word that count rows
 * @bits_e: bits above them that count losses
 * @unit_e: a loss of 1 of these
 * @unit_m: an expected loss of 1 in its bits
 * @epochs: (element-type guint32*): expected losses of every epoch, in units of 2^-20, or 2^-28 for
 *   errors
 * @n_past: epochs that have little to do with the present one
 * @max_axes: columns of the sets that are searched
 * @closed: (array length=table->n_columns): 1 for columns that are not
 * @variance: of a row's loss, 0 for errors
 * @n_valid: candidates per level
 * @least: per level: a likelihood ratio that chance alone gives in so many candidates
 *
 * A search and what it remembers from round to round.
 */
typedef struct _SlicesSearch {
    const SlicesTable *table;
    const double *y;
    const struct _SlicesSearch *like;
    guint64 *word[2];
    guint bits_n;
    guint bits_e;
    double unit_e;
    double unit_m;
    GPtrArray *epochs;
    guint n_past;
    guint max_axes;
    guint8 *closed;
    double variance;
    guint n_cubes;
    SlicesCube *cubes;
    guint64 n_valid[SLICES_MAX_AXES + 1];
    double least[SLICES_MAX_AXES + 1];
    guint n_columns_searched[SLICES_MAX_AXES + 1];
    guint64 n_sets_left_out;
} SlicesSearch;

SlicesSearch *errata_slices_search_new(const SlicesTable *table,
                                       const double *y,
                                       const SlicesSearch *like);
void errata_slices_search_end(SlicesSearch *self);
void errata_slices_search_free(SlicesSearch *self);
gboolean errata_slices_search_next(SlicesSearch *self,
                                   const ErrataExpected *expected,
                                   Slice *ret_slice,
                                   double *ret_score);
void errata_slices_search_restart(SlicesSearch *self, guint max_level, const guint8 *closed);
guint64 errata_slices_search_n_tried(const SlicesSearch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesSearch, errata_slices_search_free)

G_END_DECLS
