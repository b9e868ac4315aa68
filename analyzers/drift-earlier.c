/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against an earlier report there are no rows to compare with, only what it keeps of each column:
 * rows and losses by bin. Distances and the part of the change in loss come from those; the test is
 * chi-square, for numbers as well. */
#include <math.h>

#include "distances.h"
#include "drift.h"
#include "intervals.h"
#include "tests.h"

#define EARLIER_ROWS 100000 /* of now that are counted */
#define EARLIER_MOST 257    /* bins, and one for values that it did not have */

/* rows of now in the bins of the earlier report; the last is for new values */
typedef struct {
    guint64 count[EARLIER_MOST];
    guint64 judged[EARLIER_MOST];
    gsize n; /* rows looked at */
    gsize missing;
    double sum;
    double squares;
} EarlierNow;

static const ErrataColumnSummary *
earlier_find(const ErrataCase *earlier, const char *name)
{
    const GPtrArray *lists[] = {earlier->columns, earlier->derived};

    for (guint k = 0; k < G_N_ELEMENTS(lists); k++)
        for (guint i = 0; i < lists[k]->len; i++) {
            const ErrataColumnSummary *summary = g_ptr_array_index(lists[k], i);

            if (g_strcmp0(summary->name, name) == 0 && summary->sketch != NULL)
                return summary;
        }
    return NULL;
}

static guint
earlier_label(const ErrataColumnSketch *sketch, const char *value)
{
    guint named = sketch->n - (sketch->pooled ? 1 : 0);

    for (guint b = 0; b < named; b++)
        if (g_str_equal(sketch->labels[b], value))
            return b;
    return sketch->pooled ? named : sketch->n;
}

/* bins of the dictionary's values, of false and true for flags; %NULL for numbers */
static guint *
earlier_codes(const ErrataColumnSketch *sketch, const ErrataColumn *column)
{
    gboolean flags = column->type == ERRATA_COLUMN_BOOL;
    guint n = flags ? 2 : column->n_dictionary;
    guint *code;

    if (sketch->labels == NULL)
        return NULL;
    code = g_new(guint, MAX(n, 1));
    for (guint i = 0; i < n; i++)
        code[i] = earlier_label(sketch, !flags ? column->dictionary[i] : i == 1 ? "true" : "false");
    return code;
}

static guint
earlier_bin(const ErrataColumnSketch *sketch, double value)
{
    guint lo = 0, hi = sketch->n - 1;

    while (lo < hi) { /* edges at or under the value */
        guint middle = (lo + hi) / 2;

        if (value >= sketch->edges[middle])
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

static void
earlier_count(EarlierNow *now,
              const ErrataColumnSketch *sketch,
              const ErrataColumn *column,
              const ErrataDriftSide *to)
{
    g_autofree guint *code = earlier_codes(sketch, column);
    gsize step = MAX((to->n + EARLIER_ROWS - 1) / EARLIER_ROWS, 1);

    for (gsize i = 0; i < to->n; i += step) {
        guint32 row = to->row[i];
        guint bin;

        now->n++;
        if (!errata_column_is_valid(column, row)) {
            now->missing++;
            continue;
        }
        if (code != NULL) {
            bin = code[column->type == ERRATA_COLUMN_BOOL ? column->boolean[row] != 0
                                                          : column->code[row]];
        } else {
            double value = errata_column_number(column, row);

            now->sum += value;
            now->squares += value * value;
            bin = earlier_bin(sketch, value);
        }
        now->count[bin]++;
        now->judged[bin] += to->outcome != NULL && to->outcome->judged[row] != 0;
    }
}

/* Σ (c − r) l over the bins, with its standard error, as errata_drift_column_loss() has it of
 * rows */
static void
earlier_loss(ErrataDriftColumn *self, const ErrataColumnSketch *sketch, const EarlierNow *now)
{
    double n[2] = {0.0, 0.0}, sum = 0.0, change = 0.0, variance = 0.0, mean;

    for (guint b = 0; b < sketch->n; b++) {
        n[0] += (double)sketch->judged[b];
        n[1] += (double)now->judged[b];
        sum += sketch->loss[b];
    }
    if (n[0] < ERRATA_DRIFT_MIN_ROWS || n[1] < ERRATA_DRIFT_MIN_ROWS)
        return;
    mean = sum / n[0];
    for (guint pass = 0; pass < 2; pass++)
        for (guint b = 0; b < sketch->n; b++) {
            double before = (double)sketch->judged[b], after = (double)now->judged[b];
            double loss = before > 0.0 ? sketch->loss[b] / before : mean;
            double scatter = before > 0.0 ? fmax(sketch->squares[b] - before * loss * loss, 0.0)
                                          : 0.0;
            double ratio = before > 0.0 ? (after / n[1]) / (before / n[0]) : 0.0;

            if (pass == 0) {
                change += (after / n[1] - before / n[0]) * loss;
                continue;
            }
            variance += after * (loss - mean - change) * (loss - mean - change) / (n[1] * n[1]);
            variance += (ratio - 1.0) * (ratio - 1.0) * scatter / (n[0] * n[0]);
            variance += before * (loss - mean) * (loss - mean) / (n[0] * n[0]);
        }
    self->loss = change;
    self->loss_sd = sqrt(variance);
}

static void
earlier_bars(ErrataDriftColumn *self,
             const ErrataColumnSummary *then,
             const EarlierNow *now,
             double lo,
             double hi)
{
    const ErrataColumnSketch *sketch = then->sketch;
    guint n = MIN(sketch->n, ERRATA_DRIFT_BARS);

    if (sketch->edges != NULL && (sketch->n > n || !(hi > lo)))
        return; /* too many to be drawn */
    self->n_bars = n;
    self->bar_from = g_new0(double, n);
    self->bar_to = g_new0(double, n);
    for (guint b = 0; b < sketch->n; b++) {
        self->bar_from[MIN(b, n - 1)] += (double)sketch->count[b];
        self->bar_to[MIN(b, n - 1)] += (double)now->count[b];
    }
    if (sketch->edges != NULL) {
        self->edges = g_new(double, n + 1);
        self->edges[0] = lo;
        for (guint b = 0; b + 1 < n; b++)
            self->edges[b + 1] = sketch->edges[b];
        self->edges[n] = hi;
        return;
    }
    self->labels = g_new0(char *, n + 1);
    for (guint b = 0; b < n; b++)
        self->labels[b] = g_strdup(
            b + 1 == n && (sketch->n > n || sketch->pooled) ? "others" : sketch->labels[b]);
}

/* first and last inner edge moved out by half of what lies between, or the extremes that are
 * known */
static void
earlier_ends(const ErrataColumnSummary *then, double *ret_lo, double *ret_hi)
{
    const ErrataColumnSketch *sketch = then->sketch;
    guint n = sketch->n;

    *ret_lo = *ret_hi = (double)NAN;
    if (sketch->edges == NULL || n < 3)
        return;
    *ret_lo = fmax(then->min, sketch->edges[0] - 0.25 * (sketch->edges[n - 2] - sketch->edges[0]));
    *ret_hi = fmin(then->max,
                   sketch->edges[n - 2] + 0.25 * (sketch->edges[n - 2] - sketch->edges[0]));
    if (!(*ret_lo < sketch->edges[0]) || !(*ret_hi > sketch->edges[n - 2]))
        *ret_hi = *ret_lo;
}

static void
earlier_measure(ErrataDriftColumn *self, const ErrataColumnSummary *then, const EarlierNow *now)
{
    const ErrataColumnSketch *sketch = then->sketch;
    guint64 before[EARLIER_MOST] = {0};
    ErrataDistancesCategories distances;
    double n = (double)(now->n - now->missing), lo, hi;

    for (guint b = 0; b < sketch->n; b++)
        before[b] = sketch->count[b];
    distances = errata_distances_categories(before, now->count, sketch->n + 1);
    self->kind = ERRATA_DRIFT_CATEGORY;
    self->test = "chi-square";
    self->statistic = distances.chi2;
    self->p = distances.p;
    self->dof = distances.dof;
    self->js = distances.js;
    self->psi = distances.psi;
    errata_distances_by_chance(before,
                               now->count,
                               sketch->n + 1,
                               &self->js_chance,
                               &self->psi_chance);
    errata_distances_errors(before,
                            now->count,
                            sketch->n + 1,
                            1.0,
                            1.0,
                            &self->js_sd,
                            &self->psi_sd);
    self->n_from = sketch->rows - sketch->missing;
    self->n_to = now->n - now->missing;
    self->rows_from = sketch->rows;
    self->rows_to = now->n;
    self->missing_from = (double)sketch->missing / (double)MAX(sketch->rows, 1);
    self->missing_to = (double)now->missing / (double)MAX(now->n, 1);
    self->missing_p = errata_tests_two_proportions((double)sketch->missing,
                                                   (double)sketch->rows,
                                                   (double)now->missing,
                                                   (double)now->n);
    if (sketch->edges != NULL && n > 1.0) {
        self->mean_from = then->mean;
        self->sd_from = then->sd;
        self->mean_to = now->sum / n;
        self->sd_to = sqrt(fmax(now->squares / n - self->mean_to * self->mean_to, 0.0));
        if (!isfinite(self->mean_to) || !isfinite(self->sd_to)) /* sums that overflow */
            self->mean_from = self->mean_to = self->sd_from = self->sd_to = (double)NAN;
    }
    earlier_ends(then, &lo, &hi);
    earlier_bars(self, then, now, lo, hi);
    earlier_loss(self, sketch, now);
}

/* the earlier report does not keep what its rows belonged to: as alike as those of now */
static void
earlier_allow_for_entities(ErrataDriftColumn *self,
                           const ErrataColumn *column,
                           const ErrataDriftSide *to)
{
    double effect = errata_drift_column_effect(self, column, to);

    if (!(effect > 1.0))
        return;
    self->js_chance *= effect;
    self->psi_chance *= effect;
    self->js_sd *= sqrt(effect);
    self->psi_sd *= sqrt(effect);
    self->worth_from = self->worth_to = 1.0 / effect;
    if (self->dof > 0)
        self->p = errata_tests_chi_square(self->statistic / effect, (double)self->dof);
}

/**
 * errata_drift_earlier_measure:
 * @self: a column; filled
 * @earlier: an earlier report
 * @to: rows of now
 *
 * Compares a column with what an earlier report keeps of it.
 *
 * Returns: %FALSE when it keeps nothing of that column, or of another type
 */
gboolean
errata_drift_earlier_measure(ErrataDriftColumn *self,
                             const ErrataCase *earlier,
                             const ErrataDriftSide *to)
{
    const ErrataColumnSummary *then = earlier_find(earlier, self->name);
    const ErrataColumn *column = to->frame->columns[self->column];
    EarlierNow now = {.n = 0};

    if (then == NULL || then->sketch->n + 1 > EARLIER_MOST ||
        (then->sketch->edges != NULL) != errata_column_is_numeric(column) ||
        (then->sketch->edges == NULL && column->type != ERRATA_COLUMN_CATEGORY &&
         column->type != ERRATA_COLUMN_BOOL))
        return FALSE;
    self->earlier = TRUE;
    self->js = self->psi = self->effect = self->p = self->missing_p = (double)NAN;
    self->mean_from = self->mean_to = self->sd_from = self->sd_to = (double)NAN;
    self->worth_from = self->worth_to = 1.0;
    self->auc_lo = self->loss = self->loss_sd = self->foretold = self->statistic = (double)NAN;
    earlier_count(&now, then->sketch, column, to);
    if (MIN(then->sketch->rows - then->sketch->missing, now.n - now.missing) <
        ERRATA_DRIFT_MIN_ROWS) {
        self->why_not = "not enough data";
        return TRUE;
    }
    earlier_measure(self, then, &now);
    earlier_allow_for_entities(self, column, to);
    return TRUE;
}

/**
 * errata_drift_earlier_split:
 * @earlier: an earlier report
 * @to: rows of now
 *
 * Returns: mean losses then and now; what rows unlike those of then explain cannot be known
 */
ErrataDriftSplit
errata_drift_earlier_split(const ErrataCase *earlier, const ErrataDriftSide *to)
{
    ErrataDriftSplit split = {.covariate = (double)NAN, .auc = (double)NAN, .bugs = (double)NAN};
    gboolean numbers = earlier->task == ERRATA_TASK_REGRESSION;
    const ErrataMetric *metric = errata_case_metric(earlier, numbers ? "mae" : "accuracy");
    double variance = 0.0, sd;

    split.loss_to = errata_drift_mean_loss(to, &variance);
    split.known = metric != NULL && isfinite(metric->value) && metric->hi > metric->lo &&
                  to->outcome != NULL && earlier->task == to->outcome->task &&
                  !isnan(split.loss_to);
    if (!split.known)
        return split;
    sd = (metric->hi - metric->lo) / 2.0 / errata_intervals_z(0.95);
    split.loss_from = numbers ? metric->value : 1.0 - metric->value;
    split.change_sd = sqrt(variance + sd * sd);
    return split;
}
