/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics of two reports of one task against each other: row by row where both keep the same
 * rows (McNemar, DeLong, paired bootstrap), else as two samples, by the intervals of each;
 * whichever knows the difference better. What page 1 tells is one comparison at 99 %; the others
 * are one family, by Benjamini and Hochberg at 0.01, whose intervals are as wide as that selection
 * asks for (Benjamini and Yekutieli 2005). Page 1, the finding and the comparison of two reports
 * take the same from here. METHODS 0, 1, e8. */
#include "metric-change.h"

#include <math.h>
#include <string.h>

#include "tests.h"

#define CHANGE_KNOWN  0.95  /* level of the intervals in a report */
#define CHANGE_PAIRS  50    /* shared rows from which on they are compared one by one */
#define CHANGE_SAME   0.95  /* of the rows, and of their labels, that make two logs one */
#define CHANGE_POINTS 0.003 /* of a share that is worth telling */
#define CHANGE_SHARE  0.03  /* of a mean error likewise */

static void
metric_change_match(const ErrataRowSample *before,
                    const ErrataRowSample *now,
                    ErrataMetricPairs *pairs)
{
    for (guint i = 0, j = 0; i < before->n && j < now->n;) {
        const ErrataSampledRow *a = &before->rows[i];
        const ErrataSampledRow *b = &now->rows[j];

        i += a->key <= b->key;
        j += b->key <= a->key;
        if (a->key != b->key || !a->judged || !b->judged)
            continue;
        pairs->right_before[pairs->n] = !a->wrong;
        pairs->right_now[pairs->n++] = !b->wrong;
        pairs->n_either += a->positive || b->positive;
        pairs->n_both += a->positive && b->positive;
        if (isnan(a->value) || isnan(b->value) || a->positive != b->positive)
            continue;
        pairs->before[pairs->n_valued] = (double)a->value;
        pairs->now[pairs->n_valued] = (double)b->value;
        pairs->positive[pairs->n_valued++] = b->positive ? 1 : 0;
    }
}

/**
 * errata_metric_change_pair:
 * @now: the later report
 * @before: the earlier one
 * @ret_pairs: (out caller-allocates): the judged rows of both samples that have one id; clear it
 */
void
errata_metric_change_pair(const ErrataCase *now,
                          const ErrataCase *before,
                          ErrataMetricPairs *ret_pairs)
{
    const ErrataRowSample *a = before->performance.sample, *b = now->performance.sample;
    guint most = a != NULL && b != NULL ? MIN(a->n, b->n) : 0;

    *ret_pairs = (ErrataMetricPairs){.most = most > 0 ? MAX(a->n, b->n) : 0};
    ret_pairs->right_before = g_new0(guint8, MAX(most, 1));
    ret_pairs->right_now = g_new0(guint8, MAX(most, 1));
    ret_pairs->positive = g_new0(guint8, MAX(most, 1));
    ret_pairs->before = g_new0(double, MAX(most, 1));
    ret_pairs->now = g_new0(double, MAX(most, 1));
    if (most > 0)
        metric_change_match(a, b, ret_pairs);
}

/**
 * errata_metric_change_clear:
 * @pairs: pairs, maybe all zero
 */
void
errata_metric_change_clear(ErrataMetricPairs *pairs)
{
    g_free(pairs->right_before);
    g_free(pairs->right_now);
    g_free(pairs->positive);
    g_free(pairs->before);
    g_free(pairs->now);
    *pairs = (ErrataMetricPairs){0};
}

/**
 * errata_metric_change_by_rows:
 * @pairs: the rows of both
 *
 * Returns: whether the rows of both are all of either but for a few: a part of them says how the
 *   model changed on that part only
 */
gboolean
errata_metric_change_by_rows(const ErrataMetricPairs *pairs)
{
    return pairs->n >= CHANGE_PAIRS && (double)pairs->n >= CHANGE_SAME * (double)pairs->most;
}

/**
 * errata_metric_change_same_rows:
 * @pairs: the rows of both
 *
 * Returns: whether both reports are of the same rows: they share ids and labels. Ids that begin
 *   anew in every log do not share labels
 */
gboolean
errata_metric_change_same_rows(const ErrataMetricPairs *pairs)
{
    return errata_metric_change_by_rows(pairs) && pairs->n_either > 0 &&
           (double)pairs->n_both >= CHANGE_SAME * (double)pairs->n_either;
}

/* how far the interval of @high − @low reaches down: the sides of the two intervals that face each
 * other count (Newcombe 1998, "Interval estimation for the difference between independent
 * proportions", method 10); at another level than theirs as far as normal errors do */
static double
metric_change_reach(const ErrataMetric *high, const ErrataMetric *low, double level)
{
    return hypot(high->value - high->lo, low->hi - low->value) * errata_intervals_z(level) /
           errata_intervals_z(CHANGE_KNOWN);
}

/* as two samples */
static ErrataPaired
metric_change_apart(const ErrataMetric *now, const ErrataMetric *before, double level)
{
    double down = metric_change_reach(now, before, level);
    double up = metric_change_reach(before, now, level);
    double difference = now->value - before->value;
    double sd = (difference > 0.0 ? down : up) / errata_intervals_z(level);
    gboolean none = !isnan(sd) && !(fabs(difference) > 0.0);

    return (ErrataPaired){.difference = difference,
                          .interval = {difference - down, difference + up},
                          .variance = sd * sd,
                          .p = none ? 1.0 : errata_tests_normal(difference / sd),
                          .test = "two samples, normal",
                          .n = before->n + now->n};
}

/* on the same rows; without a variance where there are none */
static ErrataPaired
metric_change_together(const ErrataCase *now,
                       const char *name,
                       const ErrataMetricPairs *pairs,
                       double level)
{
    ErrataPaired none = {.difference = (double)NAN, .variance = (double)NAN};

    if (!errata_metric_change_by_rows(pairs))
        return none;
    if (strcmp(name, "accuracy") == 0)
        return errata_paired_shares(pairs->right_before, pairs->right_now, pairs->n, level);
    if (pairs->n_valued < CHANGE_PAIRS)
        return none;
    if (strcmp(name, "roc_auc") == 0 && now->positive != NULL)
        return errata_paired_areas(pairs->before,
                                   pairs->now,
                                   pairs->positive,
                                   pairs->n_valued,
                                   level);
    if (strcmp(name, "mae") == 0)
        return errata_paired_means(pairs->before, pairs->now, pairs->n_valued, now->seed, level);
    return none;
}

/* the better known of the two */
static ErrataPaired
metric_change_measure(const ErrataCase *now,
                      const ErrataMetric *metric,
                      const ErrataMetric *other,
                      const ErrataMetricPairs *pairs,
                      double level)
{
    ErrataPaired apart = metric_change_apart(metric, other, level);
    ErrataPaired together = {.variance = (double)NAN};

    if (metric->class_name == NULL && isnan(metric->threshold))
        together = metric_change_together(now, metric->name, pairs, level);
    return isnan(together.variance) || together.variance > apart.variance ? apart : together;
}

static gboolean
metric_change_excludes_nil(const ErrataInterval *interval)
{
    return interval->lo > 0.0 || interval->hi < 0.0;
}

/* whether a change is large enough to be told by itself: in points of a share, else in parts of
 * what was */
static gboolean
metric_change_is_worth(const ErrataCase *now, double before, double difference)
{
    return fabs(difference) >=
           (now->task == ERRATA_TASK_REGRESSION ? CHANGE_SHARE * fabs(before) : CHANGE_POINTS);
}

/**
 * errata_metric_change_alone:
 * @now: the later report
 * @metric: a metric of it
 * @other: (nullable): the same of the earlier report
 * @pairs: the rows of both
 *
 * Returns: what became of it as the one comparison that is made, at 99 %; its difference is NaN
 *   where either has no value
 */
ErrataMetricChange
errata_metric_change_alone(const ErrataCase *now,
                           const ErrataMetric *metric,
                           const ErrataMetric *other,
                           const ErrataMetricPairs *pairs)
{
    ErrataMetricChange result = {.now = metric,
                                 .before = other,
                                 .level = 1.0 - ERRATA_METRIC_CHANGE_ALPHA,
                                 .alone = TRUE};

    if (metric == NULL || other == NULL || !isfinite(metric->value) || !isfinite(other->value)) {
        result.change.difference = (double)NAN;
        return result;
    }
    result.change = metric_change_measure(now, metric, other, pairs, result.level);
    result.is_changed = result.change.p < ERRATA_METRIC_CHANGE_ALPHA &&
                        metric_change_excludes_nil(&result.change.interval) &&
                        metric_change_is_worth(now, other->value, result.change.difference);
    return result;
}

static gboolean
metric_change_is_same(const ErrataMetric *a, const ErrataMetric *b)
{
    gboolean same_cut = isnan(a->threshold) ? isnan(b->threshold)
                                            : fabs(a->threshold - b->threshold) <= 1e-12;

    return strcmp(a->name, b->name) == 0 && g_strcmp0(a->class_name, b->class_name) == 0 &&
           same_cut && isfinite(a->value) && isfinite(b->value);
}

static const ErrataMetric *
metric_change_other(const ErrataCase *before, const ErrataMetric *metric)
{
    for (guint k = 0; k < before->metrics->len; k++)
        if (metric_change_is_same(metric, g_ptr_array_index(before->metrics, k)))
            return g_ptr_array_index(before->metrics, k);
    return NULL;
}

/* the headline, and of numbers the mean error that page 1 tells of */
static gboolean
metric_change_is_alone(const ErrataCase *now, const ErrataMetric *metric)
{
    return metric->class_name == NULL && isnan(metric->threshold) &&
           (g_strcmp0(metric->name, now->headline) == 0 ||
            (now->task == ERRATA_TASK_REGRESSION && strcmp(metric->name, "mae") == 0));
}

static gint
metric_change_order_cb(gconstpointer a, gconstpointer b)
{
    const double *p = a, *other = b;

    return (*p > *other) - (*p < *other);
}

/* 1 − α·R/m for the R of m that Benjamini and Hochberg find changed, at least one: what they find
 * is what an interval without 0 finds */
static double
metric_change_family_level(const GArray *changes)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(double));
    guint n_changed = 1;

    for (guint i = 0; i < changes->len; i++) {
        const ErrataMetricChange *change = &g_array_index(changes, ErrataMetricChange, i);

        if (!change->alone && !isnan(change->change.p))
            g_array_append_val(sorted, change->change.p);
    }
    g_array_sort(sorted, metric_change_order_cb);
    for (guint k = 1; k <= sorted->len; k++)
        if (g_array_index(sorted, double, k - 1) * sorted->len <= ERRATA_METRIC_CHANGE_ALPHA * k)
            n_changed = k;
    return 1.0 - ERRATA_METRIC_CHANGE_ALPHA * n_changed / MAX(sorted->len, 1);
}

/**
 * errata_metric_change_all:
 * @now: the later report
 * @before: the earlier one
 *
 * Returns: (transfer full) (element-type ErrataMetricChange): of the metrics that have a value in
 *   both, in the order of @now; borrows from both
 */
GArray *
errata_metric_change_all(const ErrataCase *now, const ErrataCase *before)
{
    g_autoptr(GArray) changes = g_array_new(FALSE, TRUE, sizeof(ErrataMetricChange));
    g_auto(ErrataMetricPairs) pairs = {0};
    double level;

    errata_metric_change_pair(now, before, &pairs);
    for (guint i = 0; i < now->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(now->metrics, i);
        const ErrataMetric *other = metric_change_other(before, metric);
        ErrataMetricChange change = {0};

        if (other == NULL)
            continue;
        change = errata_metric_change_alone(now, metric, other, &pairs);
        change.alone = metric_change_is_alone(now, metric);
        g_array_append_val(changes, change);
    }
    level = metric_change_family_level(changes);
    for (guint i = 0; i < changes->len; i++) {
        ErrataMetricChange *change = &g_array_index(changes, ErrataMetricChange, i);

        if (change->alone)
            continue;
        change->level = level;
        change->change = metric_change_measure(now, change->now, change->before, &pairs, level);
        change->is_changed = change->change.p <= 1.0 - level &&
                             metric_change_excludes_nil(&change->change.interval);
    }
    return g_steal_pointer(&changes);
}

/**
 * errata_metric_change_mark:
 * @now: a report with all its metrics
 * @before: the earlier report that is its baseline
 *
 * Sets `change` of the metrics that have an interval in both, as errata_metric_change_all() finds
 * it: what the tiles of the report say is what a comparison of the two says.
 */
void
errata_metric_change_mark(ErrataCase *now, const ErrataCase *before)
{
    g_autoptr(GArray) changes = errata_metric_change_all(now, before);

    for (guint i = 0, k = 0; i < now->metrics->len && k < changes->len; i++) {
        const ErrataMetricChange *change = &g_array_index(changes, ErrataMetricChange, k);
        ErrataMetric *metric = g_ptr_array_index(now->metrics, i);

        if (metric != change->now)
            continue;
        if (!isnan(change->change.p))
            metric->change = change->is_changed ? ERRATA_SINCE_TOLD : ERRATA_SINCE_NONE;
        k++;
    }
}
