/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outputs that no model gives by itself: the same one for many rows in a row although what comes in
 * changes, and many at an end of their range although all others are apart from one another. */
#include <math.h>
#include <string.h>

#include "anomalies.h"
#include "sort.h"
#include "tests.h"

#define OUTPUTS_RUN     20    /* rows in a row at least */
#define OUTPUTS_P       1e-4  /* of such a run by chance, all places counted */
#define OUTPUTS_USUAL   3.0   /* times the third longest run of the value */
#define OUTPUTS_MOST    8     /* runs told */
#define OUTPUTS_LAG     50    /* rows apart that should be alike by chance alone */
#define OUTPUTS_CHANGES 0.9   /* of the neighbours in a run that differ in what comes in */
#define OUTPUTS_SAMPLE  16384 /* values that tell how common a value is */
#define OUTPUTS_AT_END  0.005 /* of the rows at least … */
#define OUTPUTS_LEAST   30    /* … and rows, at an end of the range … */
#define OUTPUTS_TIMES   10.0  /* … and times as many as at any other value */
#define OUTPUTS_CLAIM   0.05  /* errors beyond what a score claims */

typedef struct {
    gsize begin; /* places in the outcome's order */
    gsize end;
    double value;
} OutputsRun;

const double *
errata_anomalies_output(const ErrataAnalysis *analysis, guint *ret_column)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const ErrataSchema *schema = analysis->schema;
    int column = schema->score >= 0 ? schema->score : schema->prediction;

    if (column < 0)
        return NULL;
    *ret_column = (guint)column;
    if (outcome->task == ERRATA_TASK_REGRESSION)
        return outcome->predicted_value;
    return outcome->score != NULL ? outcome->score : outcome->confidence;
}

static gboolean
outputs_equal(double a, double b)
{
    return !(a < b) && !(a > b) && !isnan(a) && !isnan(b);
}

/* whether neighbours in a run differ in any coded column */
static gboolean
outputs_inputs_change(const ErrataAnalysis *analysis, const OutputsRun *run)
{
    const guint32 *order = analysis->outcome->order;
    gsize n_changed = 0;

    for (gsize i = run->begin + 1; i < run->end; i++)
        for (guint c = 0; c < analysis->bins->n_columns; c++) {
            const ErrataBinColumn *bin = &analysis->bins->columns[c];

            if (bin->derived == NULL && bin->code[order[i]] != bin->code[order[i - 1]]) {
                n_changed++;
                break;
            }
        }
    return (double)n_changed >= OUTPUTS_CHANGES * (double)(run->end - run->begin - 1);
}

/* the longest runs, and how many neighbours are equal outside of them */
static guint
outputs_runs(const double *value, const guint32 *order, gsize n, OutputsRun *runs, gsize *ret_equal)
{
    gsize begin = 0;
    guint n_runs = 0;

    *ret_equal = 0;
    for (gsize i = 1; i <= n; i++) {
        if (i < n && outputs_equal(value[order[i]], value[order[i - 1]]))
            continue;
        if (i - begin >= OUTPUTS_RUN && n_runs < OUTPUTS_MOST)
            runs[n_runs++] = (OutputsRun){begin, i, value[order[begin]]};
        else
            *ret_equal += i - begin - 1;
        begin = i;
    }
    return n_runs;
}

static gsize
outputs_equal_at_lag(const double *value, const guint32 *order, gsize n)
{
    gsize n_equal = 0;

    for (gsize i = OUTPUTS_LAG; i < n; i++)
        n_equal += outputs_equal(value[order[i]], value[order[i - OUTPUTS_LAG]]);
    return n_equal;
}

/* how long the run is against the third longest of its value: there may be two more faults. A score
 * that stays at its floor for hours does so often */
static double
outputs_times_usual(const ErrataAnalysis *analysis, const double *value, const OutputsRun *run)
{
    const guint32 *order = analysis->outcome->order;
    gsize longest[3] = {0, 0, 0};
    gsize length = 0;

    for (gsize i = 0; i <= analysis->outcome->n_rows; i++) {
        if (i < analysis->outcome->n_rows && outputs_equal(value[order[i]], run->value)) {
            length++;
            continue;
        }
        for (guint k = 0; k < G_N_ELEMENTS(longest); k++)
            if (length > longest[k]) {
                gsize shorter = longest[k];

                longest[k] = length;
                length = shorter;
            }
        length = 0;
    }
    return (double)(run->end - run->begin) / (double)MAX(longest[2], 1);
}

static gboolean
outputs_is_stuck(const ErrataAnalysis *analysis,
                 const double *value,
                 const OutputsRun *run,
                 double *ret_p)
{
    gsize n = analysis->outcome->n_rows, length = run->end - run->begin, n_same = 0;
    double share;

    for (gsize i = 0; i < n; i++)
        n_same += outputs_equal(value[i], run->value);
    share = ((double)(n_same - length) + 1.0) / ((double)(n - length) + 1.0);
    *ret_p = MIN((double)n * pow(MIN(share, 1.0), (double)length - 1.0), 1.0);
    return *ret_p < OUTPUTS_P && outputs_times_usual(analysis, value, run) >= OUTPUTS_USUAL &&
           outputs_inputs_change(analysis, run);
}

static void
outputs_stuck(ErrataAnomalies *self, const double *value, guint column)
{
    const ErrataAnalysis *analysis = self->analysis;
    gsize n = analysis->outcome->n_rows, n_equal;
    OutputsRun runs[OUTPUTS_MOST];
    guint n_runs = outputs_runs(value, analysis->outcome->order, n, runs, &n_equal);

    /* neighbours that are often alike, as in a log sorted by its scores, tell nothing */
    if (n_runs == 0 || analysis->bins == NULL ||
        n_equal > 2 * outputs_equal_at_lag(value, analysis->outcome->order, n) + OUTPUTS_RUN)
        return;
    for (guint k = 0; k < n_runs; k++) {
        ErrataAnomaly *anomaly;
        double p;

        if (!outputs_is_stuck(analysis, value, &runs[k], &p))
            continue;
        anomaly = errata_anomalies_add(self, ERRATA_ANOMALY_STUCK);
        anomaly->n_columns = 1;
        anomaly->column[0] = column;
        anomaly->value[0] = runs[k].value;
        anomaly->p = p;
        anomaly->test = "share of the value elsewhere, to the power of the run's length";
        for (gsize i = runs[k].begin; i < runs[k].end; i++)
            g_array_append_val(anomaly->row, analysis->outcome->order[i]);
    }
}

/* rows that the most common value but the two ends has, by an even sample */
static double
outputs_commonest(const double *value, gsize n, double ret_ends[2])
{
    gsize step = MAX(n / OUTPUTS_SAMPLE, 1);
    g_autofree double *sorted = g_new(double, n / step + 2);
    gsize n_sorted = 0, most = 0;

    for (gsize i = 0; i < n; i += step) {
        sorted[n_sorted] = value[i];
        n_sorted += isnan(value[i]) ? 0 : 1;
    }
    ret_ends[0] = ret_ends[1] = (double)NAN;
    if (n_sorted < OUTPUTS_LEAST)
        return (double)n;
    errata_sort_values(sorted, n_sorted);
    ret_ends[0] = sorted[0];
    ret_ends[1] = sorted[n_sorted - 1];
    for (gsize begin = 0, end = 0; begin < n_sorted; begin = end) {
        while (end < n_sorted && !(sorted[end] > sorted[begin]))
            end++;
        if (begin > 0 && end < n_sorted)
            most = MAX(most, end - begin);
    }
    return (double)MAX(most, 1) * (double)step;
}

/* whether labels belie scores at such an end: wrong more often than they claim, by far and beyond
 * chance. A score that is merely rounded or clipped does no harm */
static gboolean
outputs_overclaims(const ErrataAnalysis *analysis, const double *value, double end)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double claim = fmin(end, 1.0 - end);
    guint64 n = 0, n_wrong = 0;

    if (outcome->task == ERRATA_TASK_REGRESSION)
        return TRUE;
    for (gsize i = 0; i < outcome->n_rows; i++)
        if (outcome->judged[i] != 0 && outputs_equal(value[i], end)) {
            n++;
            n_wrong += outcome->error[i];
        }
    return n >= OUTPUTS_LEAST && (double)n_wrong / (double)n >= claim + OUTPUTS_CLAIM &&
           errata_tests_binomial_upper(n_wrong, n, claim) < OUTPUTS_P;
}

static void
outputs_certain(ErrataAnomalies *self, const double *value, guint column)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    double ends[2];
    double most = outputs_commonest(value, outcome->n_rows, ends);
    double least = fmax(OUTPUTS_LEAST, OUTPUTS_AT_END * (double)outcome->n_rows);
    gsize n[2] = {0, 0};

    if (outputs_equal(ends[0], ends[1]))
        return; /* a constant has no range to be cut at */
    for (guint side = 0; side < 2; side++)
        for (gsize i = 0; i < outcome->n_rows; i++)
            n[side] += outputs_equal(value[i], ends[side]);
    least = fmax(least, OUTPUTS_TIMES * most);
    for (guint side = 0; side < 2; side++) {
        ErrataAnomaly *anomaly;

        if ((double)n[side] < least || !outputs_overclaims(self->analysis, value, ends[side]))
            continue;
        anomaly = errata_anomalies_add(self, ERRATA_ANOMALY_CERTAIN);
        anomaly->n_columns = 1;
        anomaly->column[0] = column;
        anomaly->value[0] = ends[side];
        anomaly->other_end = (double)n[1 - side] >= least ? ends[1 - side] : (double)NAN;
        anomaly->expected = most;
        for (guint32 i = 0; i < outcome->n_rows; i++)
            if (outputs_equal(value[i], ends[side]))
                g_array_append_val(anomaly->row, i);
    }
}

/**
 * errata_anomalies_outputs:
 * @self: what was found so far; stuck and clipped outputs are added
 *
 * Linear, but for a sort of 16,384 values.
 */
void
errata_anomalies_outputs(ErrataAnomalies *self)
{
    guint column;
    const double *value = errata_anomalies_output(self->analysis, &column);

    if (value == NULL)
        return;
    self->n_tried += 2;
    outputs_stuck(self, value, column);
    outputs_certain(self, value, column);
}
