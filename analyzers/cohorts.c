/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saved cohorts: selections of rows that somebody named beforehand. Each gets its metrics and a
 * test against the rest of the judged rows. Nothing is searched, so all rows serve; the tests of a
 * run are corrected together. A cohort that does not fit the log is told of, never an error. */
#include "cohorts.h"

#include <math.h>
#include <string.h>

#include "filter.h"
#include "intervals.h"
#include "performance.h"
#include "tests.h"

#define COHORTS_FEW   30  /* judged rows on either side under which nothing is tested */
#define COHORTS_RATIO 1.1 /* to the rest, from which a difference matters */

/* sums over judged rows, of the cohort or of the rest */
typedef struct {
    guint64 n;
    double weight;
    double weight2;
    double mean;     /* of the loss, weighted */
    double squares;  /* Σ w (loss − mean)² */
    double n_errors; /* classification: plain count */
} CohortsSums;

static void
cohorts_add(CohortsSums *sums, double loss, double weight, gboolean error)
{
    double delta = loss - sums->mean;

    sums->n++;
    sums->weight += weight;
    sums->weight2 += weight * weight;
    sums->mean += delta * weight / sums->weight;
    sums->squares += weight * delta * (loss - sums->mean);
    sums->n_errors += error ? 1.0 : 0.0;
}

/* rows that count as much as these weights do: Kish */
static double
cohorts_effective(const CohortsSums *sums)
{
    return sums->weight * sums->weight / sums->weight2;
}

static void
cohorts_sum(const ErrataOutcome *outcome, const ErrataRows *rows, CohortsSums sums[2])
{
    memset(sums, 0, 2 * sizeof *sums);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double weight = errata_outcome_weight(outcome, row);

        if (outcome->judged[row] == 0 || isnan(outcome->loss[row]) || !(weight > 0.0))
            continue;
        cohorts_add(&sums[errata_rows_has(rows, row) ? 0 : 1],
                    outcome->loss[row],
                    weight,
                    outcome->error[row] != 0);
    }
    for (guint i = 0; i < 2; i++) /* plain counts are exact, a running mean is not */
        if (outcome->weight == NULL && outcome->task != ERRATA_TASK_REGRESSION && sums[i].n > 0)
            sums[i].mean = sums[i].n_errors / (double)sums[i].n;
}

static void
cohorts_test_rates(ErrataCohort *cohort, const CohortsSums sums[2], gboolean weighted)
{
    double n_in = cohorts_effective(&sums[0]);
    double n_out = cohorts_effective(&sums[1]);
    const char *test = "two proportions";
    ErrataInterval interval = errata_intervals_newcombe(sums[0].mean * n_in,
                                                        n_in,
                                                        sums[1].mean * n_out,
                                                        n_out,
                                                        ERRATA_METRICS_LEVEL);

    cohort->lo = interval.lo;
    cohort->hi = interval.hi;
    if (weighted)
        cohort->p =
            errata_tests_two_proportions(sums[0].mean * n_in, n_in, sums[1].mean * n_out, n_out);
    else
        cohort->p = errata_tests_two_by_two((guint64)sums[0].n_errors,
                                            sums[0].n - (guint64)sums[0].n_errors,
                                            (guint64)sums[1].n_errors,
                                            sums[1].n - (guint64)sums[1].n_errors,
                                            NULL,
                                            &test);
    cohort->test = g_strdup(test);
}

/* Welch's t on the absolute errors */
static void
cohorts_test_means(ErrataCohort *cohort, const CohortsSums sums[2])
{
    double variance[2];
    double degrees[2];
    double both;
    ErrataInterval interval;

    for (guint i = 0; i < 2; i++) {
        double n = cohorts_effective(&sums[i]);

        variance[i] = sums[i].squares / sums[i].weight / (n - 1.0);
        degrees[i] = n - 1.0;
    }
    both = variance[0] + variance[1];
    interval = errata_intervals_normal(cohort->difference, both, ERRATA_METRICS_LEVEL);
    cohort->lo = interval.lo;
    cohort->hi = interval.hi;
    cohort->test = g_strdup("Welch's t");
    if (both > 0.0)
        cohort->p = errata_tests_student(
            cohort->difference / sqrt(both),
            both * both /
                (variance[0] * variance[0] / degrees[0] + variance[1] * variance[1] / degrees[1]));
}

static void
cohorts_compare(const ErrataOutcome *outcome, const ErrataRows *rows, ErrataCohort *cohort)
{
    CohortsSums sums[2];

    cohorts_sum(outcome, rows, sums);
    cohort->judged = sums[0].n;
    if (sums[0].n > 0)
        cohort->error = sums[0].mean;
    if (sums[1].n > 0)
        cohort->rest = sums[1].mean;
    cohort->difference = cohort->error - cohort->rest;
    if (cohort->n == 0)
        cohort->why = g_strdup("holds for no row");
    else if (sums[0].n == 0)
        cohort->why = g_strdup("none of its rows has both a label and a prediction");
    else if (sums[0].n < COHORTS_FEW || sums[1].n < COHORTS_FEW)
        cohort->why = g_strdup_printf("not tested: under %d judged rows %s",
                                      COHORTS_FEW,
                                      sums[0].n < COHORTS_FEW ? "in it" : "outside of it");
    else if (outcome->task == ERRATA_TASK_REGRESSION)
        cohorts_test_means(cohort, sums);
    else
        cohorts_test_rates(cohort, sums, outcome->weight != NULL);
}

static void
cohorts_measure(const ErrataAnalysis *analysis, const ErrataRows *rows, ErrataCohort *cohort)
{
    gsize n = analysis->outcome->n_rows;
    g_autofree guint8 *mask = g_new(guint8, MAX(n, 1));
    g_autoptr(ErrataJudged) judged = NULL;
    g_autoptr(GArray) list = NULL;

    for (gsize row = 0; row < n; row++)
        mask[row] = errata_rows_has(rows, row) ? 1 : 0;
    judged = errata_judged_new(analysis->outcome, mask, 1);
    list = errata_performance_list(&judged->input);
    for (guint i = 0; i < list->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);
        ErrataMetric *metric = errata_case_append_metric(cohort->metrics,
                                                         entry->name,
                                                         entry->value,
                                                         entry->interval.lo,
                                                         entry->interval.hi,
                                                         entry->n);

        if (entry->class_index >= 0)
            metric->class_name = g_strdup(analysis->schema->classes[entry->class_index]);
        metric->why = g_strdup(entry->why);
    }
}

static ErrataCohort *
cohorts_one(const ErrataAnalysis *analysis, const char *name)
{
    ErrataCohort *cohort =
        errata_cohort_new(name, g_hash_table_lookup(analysis->settings->cohorts, name));
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFilter) filter = errata_filter_parse(cohort->where, &error);
    g_autoptr(ErrataRows) rows = NULL;

    if (filter == NULL || !errata_filter_bind(filter, analysis->frame, analysis->schema, &error)) {
        cohort->why = g_strdup_printf("does not fit this log: %s", error->message);
        return cohort;
    }
    g_free(cohort->where);
    cohort->where = errata_filter_print(filter);
    rows = errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
    cohort->n = errata_rows_count(rows);
    cohorts_compare(analysis->outcome, rows, cohort);
    if (cohort->judged > 0)
        cohorts_measure(analysis, rows, cohort);
    return cohort;
}

/* worse or better only where it is certain over all cohorts, and large enough to matter */
static const char *
cohorts_verdict(const ErrataCohort *cohort, double alpha)
{
    double higher = MAX(cohort->error, cohort->rest);
    double lower = MIN(cohort->error, cohort->rest);

    if (!(cohort->q < alpha) || !(higher >= COHORTS_RATIO * lower) ||
        (cohort->lo <= 0.0 && cohort->hi >= 0.0))
        return "same";
    return cohort->difference > 0.0 ? "worse" : "better";
}

static void
cohorts_judge(GPtrArray *cohorts, double alpha)
{
    g_autofree double *p = g_new(double, cohorts->len + 1);
    g_autofree double *q = g_new(double, cohorts->len + 1);
    guint n = 0;

    for (guint i = 0; i < cohorts->len; i++) {
        const ErrataCohort *cohort = g_ptr_array_index(cohorts, i);

        if (!isnan(cohort->p))
            p[n++] = cohort->p;
    }
    errata_tests_benjamini_hochberg(p, n, MAX(n, 1), q);
    n = 0;
    for (guint i = 0; i < cohorts->len; i++) {
        ErrataCohort *cohort = g_ptr_array_index(cohorts, i);

        if (!isnan(cohort->p)) {
            cohort->q = q[n++];
            cohort->verdict = g_strdup(cohorts_verdict(cohort, alpha));
        }
    }
}

static gboolean
cohorts_run(ErrataAnalysis *analysis, GError **error)
{
    GPtrArray *cohorts = analysis->result->performance.cohorts;
    g_autoptr(GList) names = g_hash_table_get_keys(analysis->settings->cohorts);

    if (names == NULL)
        return TRUE;
    names = g_list_sort(names, (GCompareFunc)strcmp);
    for (const GList *name = names; name != NULL; name = name->next)
        g_ptr_array_add(cohorts, cohorts_one(analysis, name->data));
    cohorts_judge(cohorts, analysis->settings->alpha);
    errata_case_tried(analysis->result, "cohorts", cohorts->len);
    errata_case_method(analysis->result,
                       "Cohorts: saved conditions ([cohorts] of errata.conf), each tested against "
                       "all other judged rows (Fisher's test or the G test; Welch's t on absolute "
                       "errors), corrected over the cohorts; called worse or better from a tenth "
                       "more or fewer errors on.");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_cohorts = {
    .id = "cohorts",
    .run = cohorts_run,
};
