/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How odd the found rows are as a whole, against rows of the baseline: for the order of their
 * tables. */
#include <math.h>

#include "anomalies.h"
#include "isolation-forest.h"

#define ODD_BASELINE 4096   /* rows that trees draw from */
#define ODD_SCORED   100000 /* rows scored at most */
#define ODD_BLOCK    256    /* rows at a time */

typedef struct {
    const ErrataAnalysis *analysis;
    const ErrataColumn **now;
    const ErrataColumn **then;
    guint n_columns;
} Odd;

static void
odd_row(const ErrataColumn *const *columns, guint n, gsize row, double *ret)
{
    for (guint i = 0; i < n; i++)
        ret[i] = errata_column_number(columns[i], row);
}

/* an even sample of the reference's rows, or of those of the baseline */
static double *
odd_baseline(const Odd *self, gsize *ret_n)
{
    const ErrataFrame *reference = self->analysis->reference;
    gsize n_rows = reference != NULL ? reference->n_rows : self->analysis->frame->n_rows;
    gsize step = MAX(n_rows / (reference != NULL ? ODD_BASELINE : 2 * ODD_BASELINE), 1);
    double *values = g_new(double, (n_rows / step + 2) * self->n_columns);
    gsize n = 0;

    for (gsize row = 0; row < n_rows; row += step) {
        if (reference == NULL &&
            (self->analysis->baseline == NULL || self->analysis->baseline[row] == 0 ||
             self->analysis->set_aside[row] != 0))
            continue;
        odd_row(self->then, self->n_columns, row, values + n++ * self->n_columns);
    }
    *ret_n = n;
    return values;
}

static void
odd_columns(Odd *self, const GArray *numeric)
{
    for (guint i = 0; i < numeric->len; i++) {
        const ErrataColumn *now = self->analysis->frame->columns[g_array_index(numeric, guint, i)];
        const ErrataColumn *then =
            self->analysis->reference != NULL
                ? errata_frame_find(self->analysis->reference, now->name, NULL)
                : now;

        if (then == NULL || !errata_column_is_numeric(then))
            continue;
        self->now[self->n_columns] = now;
        self->then[self->n_columns++] = then;
    }
}

void
errata_anomalies_rank(ErrataAnomalies *self)
{
    g_autofree const ErrataColumn **now = g_new0(const ErrataColumn *, self->numeric->len + 1);
    g_autofree const ErrataColumn **then = g_new0(const ErrataColumn *, self->numeric->len + 1);
    Odd work = {self->analysis, now, then, 0};
    g_autoptr(ErrataIsolationForest) forest = NULL;
    g_autofree double *baseline = NULL;
    g_autofree double *values = NULL;
    gsize n_baseline = 0;
    gsize n_scored = 0;

    if (self->found->len == 0)
        return;
    odd_columns(&work, self->numeric);
    if (work.n_columns == 0)
        return;
    baseline = odd_baseline(&work, &n_baseline);
    if (n_baseline < 2)
        return;
    forest = errata_isolation_forest_new(baseline,
                                         n_baseline,
                                         work.n_columns,
                                         self->analysis->settings->seed);
    values = g_new(double, (gsize)ODD_BLOCK *work.n_columns);
    for (guint i = 0; i < self->found->len; i++) {
        ErrataAnomaly *anomaly = g_ptr_array_index(self->found, i);
        gsize n = MIN(anomaly->row->len, ODD_SCORED - n_scored);

        anomaly->oddness = g_new0(double, anomaly->row->len + 1);
        n_scored += n;
        for (gsize begin = 0; begin < n; begin += ODD_BLOCK) {
            gsize n_block = MIN(ODD_BLOCK, n - begin);

            for (gsize k = 0; k < n_block; k++)
                odd_row(now,
                        work.n_columns,
                        g_array_index(anomaly->row, guint32, begin + k),
                        values + k * work.n_columns);
            errata_isolation_forest_score(forest, values, n_block, anomaly->oddness + begin);
        }
    }
}
