/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "data-bugs-units.h"

G_BEGIN_DECLS

/* a column that wanders, in blocks of one length */
typedef struct {
    const ErrataColumn *column;
    const ErrataDataBugsRows *rows;
    const guint32 *order;
    gsize n_rows;
    gsize block; /* rows */
    gsize n_blocks;
    double *level; /* median of each block */
    gboolean logs;
    double step; /* usual, from block to block */
    gboolean
        last; /* the other checks, which know more of rows that stay where they are, found nothing */
} Wander;

/* what the two ends of a stretch tell */
typedef struct {
    gboolean is_there[2]; /* one at the end of the log is not */
    double inside[2];     /* levels right beside it */
    double outside[2];
    double step[2]; /* usual there */
    double
        times; /* logarithm of how many times as long steps from row to row are inside; NaN: not known */
    double times_step;
    gboolean logs; /* levels are compared on the logarithm */
} WanderEnds;

/* what explains them */
typedef struct {
    const ErrataUnitFactor *unit; /* NULL: none does */
    gboolean is_number;           /* none does, but @other does, which no unit has */
    ErrataUnitFactor
        other; /* what fits about as well as the unit, scale 0: nothing does; or the number */
    ErrataUnitMeasure measured;
} WanderFactor;

/* by how many usual steps an end is off what @factor has; 0: there is no end, infinite: it cannot
 * have come so */
double errata_data_bugs_wander_gap(const WanderEnds *ends,
                                   guint end,
                                   const ErrataUnitFactor *factor);
WanderFactor errata_data_bugs_wander_factor(const WanderEnds *ends);

G_END_DECLS
