/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <math.h>

#include "data-bugs.h"
#include "unit-factor.h"

G_BEGIN_DECLS

#define UNITS_BLOCK 150 /* rows of a block */
#define UNITS_FOUND 8   /* stretches of a column, beside which others are looked for */

/* a column of numbers in which changes of unit are looked for */
typedef struct {
    ErrataDataBugs *bugs;
    guint index;
    const ErrataColumn *column;
    const ErrataBinColumn *bin;
    const ErrataDataBugsRows *rows;
    const guint32 *order;
    gsize n_rows;
    gboolean weekly; /* the days of the week differ: only powers of ten are told */
    gboolean counts; /* nearly all values are whole */
    double score[ERRATA_BINS_MAX + 2];
    guint n_stretches;           /* looked at: for the correction */
    gsize taken;                 /* end of the last stretch reported */
    gsize found[UNITS_FOUND][2]; /* where the reported ones begin and end */
    guint n_found;
    gboolean lasts; /* stretches between steps of the level */
} Units;

/* a stretch of rows against those around it */
typedef struct {
    gsize from;
    gsize to;
    double *inside; /* sorted */
    gsize n_inside;
    double *around; /* sorted */
    gsize n_around;
    double unstable; /* distance between the two halves of the surroundings */
    gboolean near;   /* against as many rows at either side as it has: seasons change the column */
} UnitsStretch;

static inline gboolean
units_is_whole(double value)
{
    return fabs(value - round(value)) <= MIN(0.01 + 0.001 * fabs(value), 0.2);
}

/* data-bugs-units.c: of the rows of a block that have a value, the mean score and the share that is
 * not whole */
double errata_data_bugs_units_mean_score(const Units *self, const guint32 *row, gsize n);
double errata_data_bugs_units_share_broken(const Units *self, const guint32 *row, gsize n);

/* data-bugs-stretch.c */
/* whether the rows before the first step are unlike the reference and those after it like it */
gboolean errata_data_bugs_units_begins_wrong(const Units *self, const gsize *cut);
/* whether the rows around a stretch stay where they are */
gboolean errata_data_bugs_units_is_steady(const ErrataDataBugs *bugs,
                                          guint column,
                                          const ErrataDataBugsRows *rows,
                                          gsize from,
                                          gsize to);
/* whether a stretch of a column that stays where it is fits a factor that no unit has far better
 * than @factor */
gboolean errata_data_bugs_units_grew(const ErrataDataBugs *bugs,
                                     guint column,
                                     const ErrataDataBugsRows *rows,
                                     gsize from,
                                     gsize to,
                                     const ErrataUnitFactor *factor);
gsize errata_data_bugs_units_gather(const Units *self, gsize from, gsize to, double *values);
void errata_data_bugs_units_load(const Units *self, UnitsStretch *stretch, gsize block);
void errata_data_bugs_units_clear(UnitsStretch *stretch);
gboolean errata_data_bugs_units_date(const Units *self,
                                     UnitsStretch *stretch,
                                     const ErrataUnitFactor *factor,
                                     gsize block);
gboolean errata_data_bugs_units_measure(const Units *self,
                                        const UnitsStretch *stretch,
                                        ErrataUnitMeasure *ret);
/* judges a stretch by what lies between its ends once they are dated; adds the bug */
void errata_data_bugs_units_look(Units *self, gsize from, gsize to, gsize block);

/* whether a round number explains what was measured about as well as a rare unit's factor */
gboolean errata_data_bugs_units_is_round(const ErrataUnitFactor *factor,
                                         const ErrataUnitMeasure *measured);

/* data-bugs-units-always.c */
void errata_data_bugs_units_always(ErrataDataBugs *self, guint column);
/* data-bugs-units-groups.c: whether a group is a value of it */
gboolean errata_data_bugs_units_is_category(const ErrataAnalysis *analysis,
                                            const ErrataBinColumn *bin);

/* data-bugs-scaled.c */
/* the number of the fewest digits that the interval holds, or one over such a number */
double errata_data_bugs_units_snap(const ErrataUnitMeasure *measured);
/* whether the column is after the stretch what it was before it */
gboolean errata_data_bugs_units_returns(const Units *self, const UnitsStretch *stretch);
/* whether the stretch came multiplied by something that no unit has; adds the bug */
gboolean errata_data_bugs_units_scaled(Units *self, UnitsStretch *stretch, gsize block);

G_END_DECLS
