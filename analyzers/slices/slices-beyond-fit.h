/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "normal-scale.h"
#include "side-terms.h"
#include "slices-beyond.h"

G_BEGIN_DECLS

#define SLICES_BEYOND_BASE  5    /* terms of the score */
#define SLICES_BEYOND_SURE  6.0  /* standard errors that all of it must be */
#define SLICES_BEYOND_LEAST 1000 /* rows that are fitted */
#define SLICES_BEYOND_BLOCK 1024 /* rows at a time */

/**
 * SlicesBeyondSet:
 * @n: columns
 * @column: (array length=n): of the table
 * @scale: (array length=n): their normal scores
 * @term: (array length=n): these in the rows fitted
 */
typedef struct {
    guint n;
    guint column[SLICES_BEYOND_MAX];
    ErrataNormalScale scale[SLICES_BEYOND_MAX];
    double *term[SLICES_BEYOND_MAX];
} SlicesBeyondSet;

/**
 * SlicesBeyondNormal:
 * @scale: normal scores of a column
 * @term: (nullable): these in the rows fitted; %NULL until they are asked for
 *
 * What fits of the same rows need not make again.
 */
typedef struct {
    ErrataNormalScale scale;
    double *term;
} SlicesBeyondNormal;

/**
 * SlicesBeyondFit:
 * @table: set by the caller, as are the next six
 * @class: whose label is told by @by; −1 for numbers
 * @by: by row of the frame: its probability, NaN where there is none; or the predicted number
 * @sure: standard errors that a column's coefficient must be
 * @effect: log-odds per standard deviation of a column, that it must be
 * @even: times as much as by the best step, that a line must tell
 * @known: (nullable): per column of the table, by fits of the same rows
 * @n: rows fitted, of the discovery half
 * @row: (array length=n): their rows in the frame
 * @y: (array length=n): 1 where the label is @class; of numbers, label less prediction
 * @early: (array length=n_early): indices of the first half of the rows in time order
 * @late: (array length=n_late): of the second
 * @said: normal scores of @by
 * @middle: median of @by
 * @spread: its standard deviation about that
 * @base: (array fixed-size=5): what the score alone may mean, whatever its shape
 * @set: columns that tell beyond the score
 * @made: columns that the score is made of
 * @offset: of numbers, the group by whose offset predictions lie apart
 *
 * A label fitted by its score and by columns.
 */
typedef struct {
    const SlicesTable *table;
    int class;
    const double *by;
    double sure;
    double effect;
    double even;
    const SlicesBeyondNormal *known;
    gsize n;
    guint32 *row;
    double *y;
    guint32 *early;
    guint32 *late;
    gsize n_early;
    gsize n_late;
    ErrataNormalScale said;
    double middle;
    double spread;
    double *base[SLICES_BEYOND_BASE];
    SlicesBeyondSet set;
    SlicesBeyondSet made;
    SlicesOffset offset;
} SlicesBeyondFit;

void errata_slices_beyond_fit_gather(SlicesBeyondFit *self);
SlicesBeyondNormal *errata_slices_beyond_fit_know(const SlicesBeyondFit *self);
double errata_slices_beyond_fit_label(const SlicesBeyondFit *self, guint32 row);
ErrataSideTerms errata_slices_beyond_fit_terms(const SlicesBeyondFit *self, guint without);
void errata_slices_beyond_fit_choose(const SlicesBeyondFit *self,
                                     const ErrataSideTerms *known,
                                     guint most,
                                     SlicesBeyondSet *ret_set);
void errata_slices_beyond_fit_columns(SlicesBeyondFit *self);
void errata_slices_beyond_fit_add(SlicesBeyondFit *self, guint column);
void errata_slices_beyond_fit_drop(SlicesBeyondFit *self, guint k);
void errata_slices_beyond_fit_normals(const SlicesBeyondFit *self,
                                      guint k,
                                      const guint32 *row,
                                      gsize n,
                                      double *ret_normal);
void errata_slices_beyond_fit_say(const SlicesBeyondFit *self,
                                  const ErrataSideTerms *terms,
                                  const ErrataSideTerms *score,
                                  const guint32 *row,
                                  gsize n,
                                  const double *const *normal,
                                  double *ret_better,
                                  double *ret_alone);
void errata_slices_beyond_fit_predict(const SlicesBeyondFit *self,
                                      const SlicesHalf *half,
                                      const ErrataSideTerms *terms,
                                      const ErrataSideTerms *score,
                                      double *ret_better,
                                      double *ret_alone);
void errata_slices_beyond_fit_clear(SlicesBeyondFit *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SlicesBeyondFit, errata_slices_beyond_fit_clear)

G_END_DECLS
