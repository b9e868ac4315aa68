/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of a series where rows belong together: by how much the rows before and after one differ
 * beyond what so many customers, each of whom is as he is, let expect. */
#include <math.h>

#include "change-points.h"
#include "design-effect.h"

/**
 * errata_change_entity_z:
 * @log: the log
 * @series: a series of it
 * @index: one of its changes
 * @from: block from which the level before it is read
 * @to: block up to which that after it is
 *
 * Returns: the size of errata_design_difference() of the rows after the change and those before
 *   it; infinite where no column tells what rows belong to, or the series is of no rows
 */
double
errata_change_entity_z(const ErrataChangeLog *log,
                       const ErrataChangeSeries *series,
                       guint index,
                       guint from,
                       guint to)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    const ErrataChange *change = &series->change[index];
    gsize n = log->n_rows;
    g_autofree double *value = NULL;
    g_autofree guint8 *side = NULL;

    if (outcome->entity == NULL || series->kind == ERRATA_CHANGE_VOLUME)
        return (double)INFINITY;
    value = g_new(double, MAX(n, 1));
    side = g_new(guint8, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        guint block = (guint)(i * log->n_blocks / n);
        gboolean before = block >= from && block < change->begin;

        value[i] = errata_change_value(log, series, log->row[i], FALSE);
        side[i] = before ? 0 : block >= change->end && block < to ? 1 : 2;
    }
    return fabs(errata_design_difference(outcome->entity,
                                         outcome->n_entities,
                                         value,
                                         NULL,
                                         side,
                                         log->row,
                                         n));
}
