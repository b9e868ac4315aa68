/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a series was over a stretch of rows, as it is told. A change is searched for in rows, each
 * of which is one observation; what is told of the model's own series, its errors and scores,
 * counts rows by their declared weight, and so it must have changed by weight, too. */
#include <math.h>

#include "chain.h"
#include "change-points.h"
#include "sum.h"

#define STRETCH_AGREES 0.5 /* of a change by rows, that it is by weight at the least */

static double
stretch_weight(const ErrataChangeLog *log, const ErrataChangeSeries *series, guint32 row)
{
    return series->kind == ERRATA_CHANGE_ERROR || series->kind == ERRATA_CHANGE_SCORE
               ? errata_outcome_weight(log->analysis->outcome, row)
               : 1.0;
}

/**
 * errata_change_measure:
 * @log: the log
 * @series: a series that is read from rows
 * @begin: place of a row
 * @end: of the first behind
 *
 * Returns: the mean and the spread of these rows' values in the unit of the column; none wrong is
 * not surely never
 *   wrong, so the spread of a class's errors is that of one more of either
 */
ErrataChangeStretch
errata_change_measure(const ErrataChangeLog *log,
                      const ErrataChangeSeries *series,
                      gsize begin,
                      gsize end)
{
    ErrataSum sum = {0}, squares = {0};
    ErrataChangeStretch stretch = {.mean = (double)NAN, .sd = (double)NAN, .inflation = 1.0};
    gboolean errors = series->kind == ERRATA_CHANGE_ERROR;
    g_autofree double *all = errors ? g_new(double, end - begin + 1) : NULL;
    double first = 0.0, weight2 = 0.0;
    gsize used = 0;

    for (gsize i = begin; i < end; i++) {
        double value = errata_change_value(log, series, log->row[i], TRUE);
        double weight = stretch_weight(log, series, log->row[i]);

        if (isnan(value) || !(weight > 0.0))
            continue;
        if (!(stretch.n > 0.0))
            first = value;
        stretch.n += 1.0;
        stretch.weight += weight;
        weight2 += weight * weight;
        if (all != NULL)
            all[used++] = value;
        errata_sum_add(&sum, weight * (value - first));
        errata_sum_add(&squares, weight * ((value - first) * (value - first)));
    }
    if (!(stretch.n > 0.0))
        return stretch;
    stretch.effective = stretch.weight * (stretch.weight / weight2);
    stretch.mean = errata_sum_value(&sum) / stretch.weight;
    stretch.sd =
        sqrt(fmax(errata_sum_value(&squares) / stretch.weight - stretch.mean * stretch.mean, 0.0));
    stretch.mean += first;
    stretch.inflation = all != NULL ? errata_chain_inflation(all, used) : 1.0;
    if (errors && log->analysis->outcome->task != ERRATA_TASK_REGRESSION) {
        double wrong = (stretch.mean * stretch.effective + 1.0) / (stretch.effective + 2.0);

        stretch.sd = sqrt(wrong * (1.0 - wrong));
    }
    return stretch;
}

/**
 * errata_change_agrees:
 * @log: the log
 * @series: a series that is read from rows
 * @group: a change of it
 * @rise: by how much it rose by rows, or fell
 *
 * Returns: whether it changed the same way by weight, and by half as much at the least; always
 * without weights
 */
gboolean
errata_change_agrees(const ErrataChangeLog *log,
                     const ErrataChangeSeries *series,
                     const ErrataChangeGroup *group,
                     double rise)
{
    ErrataChangeStretch before, after;

    if (log->analysis->outcome->weight == NULL ||
        (series->kind != ERRATA_CHANGE_ERROR && series->kind != ERRATA_CHANGE_SCORE))
        return TRUE;
    before = errata_change_measure(log, series, group->from, group->begin);
    after = errata_change_measure(log, series, group->end, group->to);
    return copysign(1.0, rise) * (after.mean - before.mean) >= STRETCH_AGREES * fabs(rise);
}
