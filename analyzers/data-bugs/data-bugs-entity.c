/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log against its reference where rows belong together: other customers are others, and a fault
 * shows in more of them than differ by chance. */
#include <math.h>

#include "data-bugs.h"
#include "design-effect.h"

/* @n values of @outcome's rows are added behind those that are there */
static void
entity_add(const ErrataOutcome *outcome,
           const double *value,
           guint8 of_log,
           gsize at,
           guint first,
           guint32 *ret_cluster,
           double *ret_value,
           guint8 *ret_side)
{
    for (gsize row = 0; row < outcome->n_rows; row++) {
        ret_cluster[at + row] = first + outcome->entity[row];
        ret_value[at + row] = value[row];
        ret_side[at + row] = of_log;
    }
}

/**
 * errata_data_bugs_apart:
 * @self: a log with a reference
 * @now: (array length=n_rows): a value of each of its rows; NaN where it has none
 * @then: (array length=n_rows of the reference): likewise
 *
 * Entities of the log and of the reference are taken as different ones.
 *
 * Returns: errata_design_difference() of the log and the reference; infinite where no column tells
 *   what the rows of both belong to
 */
double
errata_data_bugs_apart(const ErrataDataBugs *self, const double *now, const double *then)
{
    const ErrataOutcome *log = self->analysis->outcome;
    const ErrataOutcome *reference = self->analysis->reference_outcome;
    g_autofree guint32 *cluster = NULL;
    g_autofree double *value = NULL;
    g_autofree guint8 *side = NULL;
    gsize n;

    if (log->entity == NULL || reference == NULL || reference->entity == NULL)
        return (double)INFINITY;
    n = log->n_rows + reference->n_rows;
    cluster = g_new(guint32, MAX(n, 1));
    value = g_new(double, MAX(n, 1));
    side = g_new(guint8, MAX(n, 1));
    entity_add(reference, then, 0, 0, 0, cluster, value, side);
    entity_add(log, now, 1, reference->n_rows, reference->n_entities, cluster, value, side);
    return errata_design_difference(cluster,
                                    reference->n_entities + log->n_entities,
                                    value,
                                    NULL,
                                    side,
                                    NULL,
                                    n);
}
