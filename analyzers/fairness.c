/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether declared groups are treated alike: METHODS 8. Rates by group with Wilson intervals,
 * differences and ratios as Fairlearn defines them. Groups are only those that the user
 * declares. */
#include "fairness.h"

#include <math.h>

#include "design-effect.h"
#include "fault-rows.h"
#include "schema-name.h"
#include "tests.h"
#include "vocabulary.h"

#define FAIRNESS_GROUPS     50 /* the most groups of a column */
#define FAIRNESS_NUMBERS    10 /* different numbers that are groups each; of more, ranges are */
#define FAIRNESS_DIFFERENCE 0.05
#define FAIRNESS_LEVEL      0.95

const char *
errata_fairness_metric_name(ErrataFairnessMetric metric)
{
    static const char *const names[ERRATA_FAIRNESS_N] = {"selection_rate",
                                                         "true_positive_rate",
                                                         "false_positive_rate",
                                                         "precision",
                                                         "error_rate"};

    return names[metric];
}

/**
 * errata_fairness_rate:
 * @group: a group
 * @metric: a rate
 *
 * Returns: the rate, NaN where there is nothing to take it of
 */
double
errata_fairness_rate(const ErrataFairnessGroup *group, ErrataFairnessMetric metric)
{
    return errata_rate_mean(&group->rate[metric]);
}

/* whether a rate counts a row: 0 or 1, NaN where it is not of it. @faulty: what the label says is
 * not known, though the log has one */
static double
fairness_value(const ErrataOutcome *outcome,
               gsize row,
               gboolean faulty,
               ErrataFairnessMetric metric)
{
    gboolean judged = outcome->judged[row] != 0 && !faulty;
    gboolean chosen = outcome->predicted[row] == outcome->positive;
    gboolean is_so = judged && outcome->truth[row] == outcome->positive;

    if (outcome->predicted[row] < 0 || (outcome->positive < 0 && metric != ERRATA_FAIRNESS_ERROR) ||
        (!judged && metric != ERRATA_FAIRNESS_SELECTION))
        return (double)NAN;
    switch (metric) {
    case ERRATA_FAIRNESS_TRUE_POSITIVE:
        return is_so ? chosen : (double)NAN;
    case ERRATA_FAIRNESS_FALSE_POSITIVE:
        return is_so ? (double)NAN : chosen;
    case ERRATA_FAIRNESS_PRECISION:
        return chosen ? is_so : (double)NAN;
    case ERRATA_FAIRNESS_ERROR:
        return outcome->error[row];
    case ERRATA_FAIRNESS_SELECTION:
    case ERRATA_FAIRNESS_N:
        break;
    }
    return chosen;
}

/* how far the score of a row is from its label; NaN where that is not known */
static double
fairness_rest(const ErrataOutcome *outcome, gsize row, gboolean faulty)
{
    if (isnan(fairness_value(outcome, row, faulty, ERRATA_FAIRNESS_ERROR)) ||
        outcome->positive < 0 || outcome->score == NULL)
        return (double)NAN;
    return outcome->score[row] - (outcome->truth[row] == outcome->positive);
}

static void
fairness_add_row(ErrataFairnessGroup *group,
                 const ErrataOutcome *outcome,
                 gsize row,
                 gboolean faulty)
{
    double weight = errata_outcome_weight(outcome, row);
    double rest = fairness_rest(outcome, row, faulty);

    group->n++;
    errata_rate_add(&group->all, 1.0, weight);
    for (guint m = 0; m < ERRATA_FAIRNESS_N; m++) {
        double value = fairness_value(outcome, row, faulty, m);

        if (!isnan(value))
            errata_rate_add(&group->rate[m], value, weight);
    }
    if (isnan(rest))
        return;
    errata_rate_add(&group->score, outcome->score[row], weight);
    errata_rate_add(&group->positive, outcome->truth[row] == outcome->positive, weight);
    group->score_squares += weight * rest * rest;
}

static gboolean
fairness_is_ranked(const ErrataFairnessGroup *group, ErrataFairnessMetric metric)
{
    return errata_rate_effective(&group->all) >= ERRATA_FAIRNESS_LEAST &&
           group->rate[metric].n > 0.0;
}

/* whether a group of a higher rate is the worse off: wrongly accused, or wrong more often */
static gboolean
fairness_high_is_worse(ErrataFairnessMetric metric)
{
    return metric == ERRATA_FAIRNESS_FALSE_POSITIVE || metric == ERRATA_FAIRNESS_ERROR;
}

/* the group that is farthest from all other ranked groups together; of two, which are equally far
 * from each other, the one that is worse off */
static guint
fairness_odd(const ErrataFairness *self, ErrataFairnessMetric metric, const ErrataRate *all)
{
    double sign = fairness_high_is_worse(metric) ? 1.0 : -1.0;
    double farthest = -(double)INFINITY, mean = errata_rate_mean(all);
    guint odd = 0, n_ranked = 0;

    for (guint g = 0; g < self->n_groups; g++)
        n_ranked += fairness_is_ranked(&self->group[g], metric) ? 1 : 0;
    for (guint g = 0; g < self->n_groups; g++) {
        const ErrataFairnessGroup *group = &self->group[g];
        const ErrataRate *own = &group->rate[metric];
        ErrataRate rest = errata_rate_minus(all, own);
        double worse = sign * (errata_rate_mean(own) - errata_rate_mean(&rest));
        double gap = n_ranked == 2 ? worse : fabs(worse);
        double z = gap /
                   sqrt(mean * (1.0 - mean) *
                        (1.0 / errata_rate_effective(own) + 1.0 / errata_rate_effective(&rest)));

        if (fairness_is_ranked(group, metric) && z > farthest) {
            farthest = z;
            odd = g;
        }
    }
    return odd;
}

static void
fairness_compare(ErrataFairness *self, ErrataFairnessMetric metric)
{
    ErrataFairnessRate *rate = &self->rate[metric];
    g_autofree double *count = g_new0(double, 2 * (gsize)self->n_groups + 2);
    const ErrataRate *low, *high;
    ErrataRate all = {.n = 0.0};
    double statistic, degrees, level;
    guint n = 0;

    *rate = (ErrataFairnessRate){.difference = (double)NAN, .ratio = (double)NAN, .p = (double)NAN};
    rate->interval = rate->ratio_interval = (ErrataInterval){(double)NAN, (double)NAN};
    for (guint g = 0; g < self->n_groups; g++) {
        const ErrataFairnessGroup *group = &self->group[g];
        double value = errata_fairness_rate(group, metric);

        if (!fairness_is_ranked(group, metric))
            continue;
        count[2 * n] = errata_rate_events(&group->rate[metric]);
        count[2 * n + 1] = errata_rate_effective(&group->rate[metric]) - count[2 * n];
        errata_rate_merge(&all, &group->rate[metric]);
        if (n == 0 || value < errata_fairness_rate(&self->group[rate->lowest], metric))
            rate->lowest = g;
        if (n == 0 || value > errata_fairness_rate(&self->group[rate->highest], metric))
            rate->highest = g;
        n++;
    }
    if (n < 2)
        return;
    low = &self->group[rate->lowest].rate[metric];
    high = &self->group[rate->highest].rate[metric];
    rate->known = TRUE;
    rate->difference = errata_rate_mean(high) - errata_rate_mean(low);
    rate->ratio = errata_rate_mean(high) > 0.0 ? errata_rate_mean(low) / errata_rate_mean(high)
                                               : (double)NAN;
    level = 1.0 - (1.0 - FAIRNESS_LEVEL) / (0.5 * n * (n - 1));
    rate->interval = errata_rate_newcombe(high, low, level);
    rate->ratio_interval = errata_intervals_ratio(errata_rate_events(low),
                                                  errata_rate_effective(low),
                                                  errata_rate_events(high),
                                                  errata_rate_effective(high),
                                                  level);
    rate->odd = fairness_odd(self, metric, &all);
    if (all.sum > 0.0 && all.sum < all.weight)
        rate->p = errata_tests_pearson(count, n, 2, &statistic, &degrees);
}

/* why a column cannot be compared; to be told where others are, too */
static void
fairness_refuse(const ErrataFairness *self, const ErrataAnalysis *analysis, gboolean many)
{
    g_autofree char *why =
        many && errata_column_is_numeric(self->column)
            ? g_strdup_printf("%s is not compared: it has too few rows for ranges of its numbers",
                              self->column->name)
        : many ? g_strdup_printf("%s is not compared: it has more than %d values; group them into "
                                 "fewer in a column of the log",
                                 self->column->name,
                                 FAIRNESS_GROUPS)
               : g_strdup_printf("%s is not compared: it has only one value", self->column->name);

    errata_case_skip(analysis->result, errata_analyzer_fairness.id, why);
}

/* the groups of a column: its values, or ranges of a number that has more than a few; FALSE when
 * there is one only, or more than can be compared */
static gboolean
fairness_group(ErrataFairness *self,
               const ErrataAnalysis *analysis,
               const ErrataVocabulary *vocabulary)
{
    gboolean many = vocabulary->overflow || (errata_column_is_numeric(self->column) &&
                                             vocabulary->n_values > FAIRNESS_NUMBERS);
    g_autofree char *list = NULL;

    if (many && errata_column_is_numeric(self->column) && errata_fairness_bins(self)) {
        g_ptr_array_add(self->range, NULL);
        list = g_strjoinv("; ", (char **)self->range->pdata);
        errata_case_method(analysis->result,
                           "Fairness: %s is a number of many values, compared in %u ranges of "
                           "about equally many rows: %s.",
                           self->column->name,
                           self->n_groups,
                           list);
        return TRUE;
    }
    if (vocabulary->overflow || vocabulary->n_values < 2) {
        fairness_refuse(self, analysis, vocabulary->overflow);
        return FALSE;
    }
    self->n_groups = vocabulary->n_values;
    self->group = g_new0(ErrataFairnessGroup, self->n_groups);
    self->code = errata_vocabulary_codes(vocabulary, self->column);
    for (guint g = 0; g < self->n_groups; g++)
        self->group[g].value = vocabulary->values[g];
    return TRUE;
}

/* rows of one entity count together: a group is as many rows as they are worth, and none is
 * compared for rows of a few */
static void
fairness_cluster(ErrataFairness *self, const ErrataOutcome *outcome, const guint8 *faulty)
{
    g_autofree guint32 *row = g_new(guint32, MAX(outcome->n_rows, 1));
    g_autofree double *value = g_new(double, MAX(outcome->n_rows, 1));

    for (guint g = 0; g < self->n_groups; g++) {
        ErrataFairnessGroup *group = &self->group[g];
        gsize n = 0;

        for (gsize i = 0; i < outcome->n_rows; i++)
            if (self->code[i] == (gint32)g)
                row[n++] = (guint32)i;
        errata_rate_cluster(&group->all,
                            errata_design_size(outcome->entity, outcome->n_entities, NULL, row, n));
        for (guint m = 0; m <= ERRATA_FAIRNESS_N; m++) {
            for (gsize i = 0; i < n; i++) {
                gboolean is_faulty = faulty != NULL && faulty[row[i]] != 0;

                value[row[i]] = m < ERRATA_FAIRNESS_N
                                    ? fairness_value(outcome, row[i], is_faulty, m)
                                    : fairness_rest(outcome, row[i], is_faulty);
            }
            errata_rate_cluster(
                m < ERRATA_FAIRNESS_N ? &group->rate[m] : &group->score,
                errata_design_share(outcome->entity, outcome->n_entities, value, row, n));
        }
    }
}

/* no surer than the entities make it that all ranked groups have one rate: what each row adds to
 * its group's distance from the rate of all */
static void
fairness_judge_entities(ErrataFairness *self,
                        const ErrataOutcome *outcome,
                        const guint8 *faulty,
                        ErrataFairnessMetric metric)
{
    ErrataFairnessRate *rate = &self->rate[metric];
    g_autofree guint32 *cluster = g_new(guint32, MAX(outcome->n_rows, 1));
    g_autofree guint *cell = g_new(guint, MAX(outcome->n_rows, 1));
    g_autofree double *value = g_new(double, MAX(outcome->n_rows, 1));
    ErrataRate all = {.n = 0.0};
    double mean;
    gsize n = 0;

    for (guint g = 0; g < self->n_groups; g++)
        if (fairness_is_ranked(&self->group[g], metric))
            errata_rate_merge(&all, &self->group[g].rate[metric]);
    mean = errata_rate_mean(&all);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        gint32 g = self->code[row];
        double own;

        if (g < 0 || !fairness_is_ranked(&self->group[g], metric))
            continue;
        own = fairness_value(outcome, row, faulty != NULL && faulty[row] != 0, metric);
        if (isnan(own))
            continue;
        cluster[n] = outcome->entity[row];
        cell[n] = (guint)g;
        value[n++] = errata_outcome_weight(outcome, row) * (own - mean) /
                     sqrt(self->group[g].rate[metric].weight * mean * (1.0 - mean));
    }
    rate->p = fmax(
        rate->p,
        errata_design_chi_square(cluster, outcome->n_entities, cell, value, n, self->n_groups));
}

static gboolean
fairness_measure(ErrataFairness *self,
                 const ErrataAnalysis *analysis,
                 const ErrataVocabulary *vocabulary,
                 const guint8 *faulty)
{
    if (!fairness_group(self, analysis, vocabulary))
        return FALSE;
    for (gsize row = 0; row < analysis->frame->n_rows; row++)
        if (self->code[row] >= 0)
            fairness_add_row(&self->group[self->code[row]],
                             analysis->outcome,
                             row,
                             faulty != NULL && faulty[row] != 0);
    if (analysis->outcome->entity != NULL)
        fairness_cluster(self, analysis->outcome, faulty);
    for (guint m = 0; m < ERRATA_FAIRNESS_N; m++) {
        fairness_compare(self, m);
        if (analysis->outcome->entity != NULL && !isnan(self->rate[m].p))
            fairness_judge_entities(self, analysis->outcome, faulty, m);
    }
    return TRUE;
}

/* the largest difference among those that hold */
static int
fairness_worst(const ErrataFairness *self, double alpha)
{
    int worst = -1;

    for (int m = 0; m < ERRATA_FAIRNESS_N; m++) {
        const ErrataFairnessRate *rate = &self->rate[m];

        if (rate->known && rate->difference >= FAIRNESS_DIFFERENCE && rate->interval.lo > 0.0 &&
            rate->q < alpha && (worst < 0 || rate->difference > self->rate[worst].difference))
            worst = m;
    }
    return worst;
}

/* columns that look like groups are named, never assumed */
static void
fairness_suggest(const ErrataAnalysis *analysis)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint c = 0; c < analysis->frame->n_columns; c++)
        if (errata_schema_name_is_sensitive(analysis->frame->columns[c]->name) &&
            !analysis->schema->columns[c].declared)
            g_string_append_printf(names,
                                   "%s%s",
                                   names->len > 0 ? ", " : "",
                                   analysis->frame->columns[c]->name);
    if (names->len > 0)
        errata_case_method(
            analysis->result,
            "Fairness: not declared and so not compared, though named like groups of "
            "people: %s. To compare groups: --role COLUMN=group.",
            names->str);
}

static gboolean
fairness_is_group(const ErrataAnalysis *analysis, guint column)
{
    return analysis->schema->columns[column].role == ERRATA_ROLE_GROUP &&
           analysis->schema->columns[column].declared;
}

static void
fairness_clear(ErrataFairness *self)
{
    g_free(self->group);
    g_free(self->code);
    if (self->range != NULL)
        g_ptr_array_unref(self->range);
}

/* all columns are measured before any is judged: they share one error budget */
static void
fairness_judge(ErrataAnalysis *analysis, ErrataFairness *fairness, guint n)
{
    g_autofree double *p = g_new(double, (gsize)n *ERRATA_FAIRNESS_N + 1);
    g_autofree double *q = g_new(double, (gsize)n *ERRATA_FAIRNESS_N + 1);
    gsize tried = 0;

    for (guint i = 0; i < n; i++)
        for (guint m = 0; m < ERRATA_FAIRNESS_N; m++) {
            p[i * ERRATA_FAIRNESS_N + m] = fairness[i].rate[m].p;
            tried += !isnan(fairness[i].rate[m].p);
        }
    errata_tests_benjamini_hochberg(p, (gsize)n * ERRATA_FAIRNESS_N, MAX(tried, 1), q);
    errata_case_tried(analysis->result, "fairness", tried);
    for (guint i = 0; i < n; i++) {
        int worst;

        for (guint m = 0; m < ERRATA_FAIRNESS_N; m++)
            fairness[i].rate[m].q = q[i * ERRATA_FAIRNESS_N + m];
        errata_fairness_publish(&fairness[i], analysis->result);
        worst = fairness_worst(&fairness[i], analysis->settings->alpha);
        if (worst >= 0)
            errata_case_add_finding(
                analysis->result,
                errata_fairness_report(&fairness[i], analysis, (ErrataFairnessMetric)worst));
    }
}

static char *
fairness_why_not(const ErrataAnalysis *analysis)
{
    gboolean declared = FALSE;

    for (guint c = 0; c < analysis->frame->n_columns; c++)
        declared |= fairness_is_group(analysis, c);
    if (!declared) {
        fairness_suggest(analysis);
        return g_strdup("no column is declared as a group (--role COLUMN=group)");
    }
    if (analysis->outcome->predicted == NULL)
        return g_strdup("groups are compared by predicted classes, and there are none");
    return NULL;
}

static gboolean
fairness_run(ErrataAnalysis *analysis, GError **error)
{
    guint n_columns = analysis->frame->n_columns;
    g_autofree ErrataFairness *fairness = g_new0(ErrataFairness, n_columns + 1);
    g_autoptr(GPtrArray) vocabularies =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_vocabulary_free);
    g_autoptr(ErrataFaultRows) faults = errata_fault_rows_new(analysis);
    int label = analysis->schema->label;
    const guint8 *faulty = label >= 0
                               ? errata_fault_rows_of(faults, analysis->frame->columns[label])
                               : NULL;
    guint n = 0;

    for (guint c = 0; c < n_columns; c++) {
        ErrataVocabulary *vocabulary;

        if (!fairness_is_group(analysis, c))
            continue;
        fairness[n].column = analysis->frame->columns[c];
        vocabulary = errata_vocabulary_new(fairness[n].column, FAIRNESS_GROUPS);
        g_ptr_array_add(vocabularies, vocabulary);
        if (fairness_measure(&fairness[n], analysis, vocabulary, faulty))
            n++;
    }
    fairness_judge(analysis, fairness, n);
    for (guint i = 0; i < n; i++)
        fairness_clear(&fairness[i]);
    fairness_suggest(analysis);
    errata_case_method(analysis->result,
                       "Fairness: rates by group with Wilson intervals, differences and ratios as "
                       "Fairlearn defines them, groups of under %d rows shown and not ranked%s; a "
                       "finding where all groups having one rate is ruled out (q < %g) and the "
                       "difference is at least 5 points.",
                       ERRATA_FAIRNESS_LEAST,
                       faulty != NULL ? ", rows whose labels are faulty left out" : "",
                       analysis->settings->alpha);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_fairness = {
    .id = "fairness",
    .why_not = fairness_why_not,
    .run = fairness_run,
};
