/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outputs unlike those of alike rows: boosted trees learn the model's own output from what comes
 * in, on one half of a sample, and say what to expect of the other. Where they know it well, the
 * few outputs that lie far off, and apart from all others, were not made by that model from that
 * input. */
#include <math.h>

#include "anomalies.h"
#include "boost.h"
#include "frame-select.h"

#define UNLIKE_ROWS   40000 /* of the sample */
#define UNLIKE_LEAST  2000  /* of it at least */
#define UNLIKE_TRAIN  6000  /* of each half that trees learn from */
#define UNLIKE_BINS   48    /* of a number */
#define UNLIKE_KNOWN  0.5   /* of the variance that trees must explain */
#define UNLIKE_ROUNDS 40
#define UNLIKE_CLIP   1e-4 /* of a score */
#define UNLIKE_STAGE  G_GUINT64_CONSTANT(0x756e6c6b)

/* a sample of the rows, in finer bins than the searches have */
typedef struct {
    const ErrataAnalysis *analysis;
    const double *value; /* of every row */
    gsize n;
    guint32 *row;
    double *target;   /* by place in the sample */
    guint32 *part[2]; /* places of either half */
    gsize n_part[2];
    ErrataBins *bins;
    ErrataBoost *trees[2]; /* learnt on either half */
} Unlike;

static void
unlike_clear(Unlike *self)
{
    g_free(self->row);
    g_free(self->target);
    errata_bins_free(self->bins);
    for (guint half = 0; half < 2; half++) {
        g_free(self->part[half]);
        errata_boost_free(self->trees[half]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Unlike, unlike_clear)

/* scores on the logit scale, on which trees add up */
static double
unlike_target(const Unlike *self, gsize row)
{
    double score = CLAMP(self->value[row], UNLIKE_CLIP, 1.0 - UNLIKE_CLIP);

    return self->analysis->outcome->task == ERRATA_TASK_REGRESSION ? self->value[row]
                                                                   : log(score / (1.0 - score));
}

static gboolean
unlike_is_kept(const Unlike *self, gsize row)
{
    return !isnan(self->value[row]) && self->analysis->outcome->duplicate[row] == 0 &&
           self->analysis->set_aside[row] == 0;
}

static void
unlike_sample(Unlike *self)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gsize step = outcome->n_rows / UNLIKE_ROWS + 1, most = outcome->n_rows / step + 1;

    self->row = g_new(guint32, most);
    self->target = g_new(double, most);
    self->part[0] = g_new(guint32, most);
    self->part[1] = g_new(guint32, most);
    for (gsize row = 0; row < outcome->n_rows; row += step) {
        guint half = outcome->half[row] != 0 ? 1 : 0;

        if (!unlike_is_kept(self, row))
            continue;
        self->part[half][self->n_part[half]++] = (guint32)self->n;
        self->target[self->n] = unlike_target(self, row);
        self->row[self->n++] = (guint32)row;
    }
}

/* the columns that searches look into */
static ErrataBoostColumn *
unlike_columns(const Unlike *self, const ErrataBins *bins, guint *ret_n)
{
    const guint8 *exclude = self->analysis->exclude;
    ErrataBoostColumn *columns = g_new(ErrataBoostColumn, MAX(bins->n_columns, 1));

    *ret_n = 0;
    for (guint c = 0; c < bins->n_columns; c++)
        if (bins->columns[c].derived == NULL &&
            (exclude == NULL || exclude[self->bins->columns[c].column] == 0))
            columns[(*ret_n)++] = (ErrataBoostColumn){bins->columns[c].code,
                                                      bins->columns[c].n_codes,
                                                      bins->columns[c].numeric};
    return columns;
}

static void
unlike_learn(Unlike *self, const ErrataBoostColumn *columns, guint n_columns, guint half)
{
    ErrataBoostParams params =
        errata_boost_params(ERRATA_BOOST_SQUARED, 0, self->analysis->settings->seed + UNLIKE_STAGE);
    gsize step = self->n_part[half] / UNLIKE_TRAIN + 1, n = 0;
    g_autofree guint32 *train = g_new(guint32, self->n_part[half] / step + 1);

    for (gsize i = 0; i < self->n_part[half]; i += step)
        train[n++] = self->part[half][i];
    params.rounds = UNLIKE_ROUNDS;
    self->trees[half] = errata_boost_train(columns, n_columns, train, n, self->target, &params);
}

/* how far the sample's outputs are from what the other half expects; FALSE when it knows too
 * little */
static gboolean
unlike_distances(const Unlike *self, const ErrataBoostColumn *columns, double *distance)
{
    double mean = 0.0, spread = 0.0, rest = 0.0;
    gsize at = 0;

    for (guint half = 0; half < 2; half++) {
        errata_boost_predict(self->trees[1 - half],
                             columns,
                             self->part[half],
                             self->n_part[half],
                             distance + at);
        for (gsize i = 0; i < self->n_part[half]; i++, at++) {
            double target = self->target[self->part[half][i]], delta = target - mean;

            mean += delta / (double)(at + 1);
            spread += delta * (target - mean);
            distance[at] = fabs(distance[at] - target);
            rest += distance[at] * distance[at];
        }
    }
    return rest < (1.0 - UNLIKE_KNOWN) * spread;
}

/* all rows, now that some of the sample are far */
static void
unlike_collect(ErrataAnomalies *self, const Unlike *unlike, double far, guint column)
{
    const ErrataAnalysis *analysis = self->analysis;
    gsize n_rows = analysis->outcome->n_rows;
    g_autoptr(ErrataBins) bins = errata_bins_apply(unlike->bins, analysis->frame);
    guint n_columns;
    g_autofree ErrataBoostColumn *columns = unlike_columns(unlike, bins, &n_columns);
    g_autofree guint32 *row = g_new(guint32, MAX(n_rows, 1));
    g_autofree double *expected = g_new(double, MAX(n_rows, 1));
    ErrataAnomaly *anomaly = errata_anomalies_add(self, ERRATA_ANOMALY_UNLIKE);
    double most = 0.0;

    anomaly->n_columns = 1;
    anomaly->column[0] = column;
    anomaly->test = "generalised Pareto law of the outer 5 % of the distances";
    for (guint half = 0; half < 2; half++) {
        gsize n = 0;

        for (gsize i = 0; i < n_rows; i++)
            if (unlike_is_kept(unlike, i) && (analysis->outcome->half[i] != 0) == (half != 0))
                row[n++] = (guint32)i;
        errata_boost_predict(unlike->trees[1 - half], columns, row, n, expected);
        for (gsize i = 0; i < n; i++) {
            double distance = fabs(expected[i] - unlike_target(unlike, row[i]));

            if (distance < far)
                continue;
            g_array_append_val(anomaly->row, row[i]);
            if (distance > most) {
                most = distance;
                anomaly->value[0] = unlike->value[row[i]];
            }
        }
    }
}

/**
 * errata_anomalies_unlike:
 * @self: what was found so far; outputs unlike those of alike rows are added
 *
 * On a sample of 40,000 rows; all rows are looked at where some of those stand out.
 */
void
errata_anomalies_unlike(ErrataAnomalies *self)
{
    const ErrataAnalysis *analysis = self->analysis;
    g_auto(Unlike) unlike = {.analysis = analysis};
    g_autoptr(ErrataFrame) frame = NULL;
    g_autofree ErrataBoostColumn *columns = NULL;
    g_autofree double *distance = NULL;
    guint column, n_columns;
    double far;

    unlike.value = errata_anomalies_output(analysis, &column);
    if (unlike.value == NULL || analysis->outcome->task == ERRATA_TASK_MULTICLASS)
        return;
    unlike_sample(&unlike);
    if (MIN(unlike.n_part[0], unlike.n_part[1]) < UNLIKE_LEAST / 2)
        return;
    frame = errata_frame_select(analysis->frame, unlike.row, unlike.n);
    unlike.bins =
        errata_bins_new(frame, analysis->schema, NULL, UNLIKE_BINS, analysis->settings->seed);
    columns = unlike_columns(&unlike, unlike.bins, &n_columns);
    if (n_columns == 0)
        return;
    self->n_tried++;
    distance = g_new(double, unlike.n);
    for (guint half = 0; half < 2; half++)
        unlike_learn(&unlike, columns, n_columns, half);
    if (!unlike_distances(&unlike, columns, distance))
        return;
    far = errata_anomalies_far(distance, unlike.n);
    if (isfinite(far))
        unlike_collect(self, &unlike, far, column);
}
