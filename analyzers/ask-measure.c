/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts, metrics and comparisons of the rows that a plan has left. */
#include <math.h>
#include <string.h>

#include "ask-private.h"
#include "intervals.h"
#include "number.h"
#include "performance.h"
#include "schema-name.h"
#include "tests.h"
#include "vocabulary.h"
#include "words.h"

#define MEASURE_MAX_GROUPS 30
#define MEASURE_FEW        30 /* judged rows under which nothing is compared */

static void
measure_metric_free(ErrataMetric *metric)
{
    g_free(metric->name);
    g_free(metric->class_name);
    g_free(metric->why);
    g_free(metric);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataMetric, measure_metric_free)

static ErrataMetric *
measure_new_metric(const char *name, double value, double lo, double hi, guint64 n)
{
    ErrataMetric *metric = g_new0(ErrataMetric, 1);

    metric->name = g_strdup(name);
    metric->value = value;
    metric->lo = lo;
    metric->hi = hi;
    metric->n = n;
    metric->threshold = metric->baseline = (double)NAN;
    return metric;
}

static gboolean
measure_unknown(AskRun *self, const GArray *list, const char *name)
{
    g_autoptr(GString) names = g_string_new(NULL);
    const char *nearest = NULL;
    guint least = 2 + (guint)g_utf8_strlen(name, -1) / 5;

    for (guint i = 0; i < list->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);
        guint distance = errata_schema_name_distance(name, entry->name);

        if (entry->class_index >= 0)
            continue;
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", entry->name);
        if (distance < least) {
            least = distance;
            nearest = entry->name;
        }
    }
    self->answer->malformed = TRUE;
    return errata_ask_refuse(self,
                             "there is no metric “%s” here%s%s%s; there are %s",
                             name,
                             nearest != NULL ? "; did you mean " : "",
                             nearest != NULL ? nearest : "",
                             nearest != NULL ? "?" : "",
                             names->str);
}

/* a metric of some rows; NULL, and the answer says why, when there is none */
static ErrataMetric *
measure_metric(AskRun *self, const ErrataRows *rows, const char *name, int class_index)
{
    gsize n = rows->n_rows;
    g_autofree guint8 *mask = g_new(guint8, n + 1);
    g_autoptr(ErrataJudged) judged = NULL;
    g_autoptr(GArray) list = NULL;
    const ErrataMetricValue *found;

    for (gsize row = 0; row < n; row++)
        mask[row] = errata_rows_has(rows, row) ? 1 : 0;
    judged = errata_judged_new(self->data->outcome, mask, 1);
    if (judged->input.n == 0) {
        errata_ask_refuse(self, "none of these rows has both a label and a prediction");
        return NULL;
    }
    list = errata_performance_list(&judged->input);
    found = errata_metrics_find(list, name, class_index);
    if (found == NULL) {
        measure_unknown(self, list, name);
        return NULL;
    }
    if (isnan(found->value)) {
        errata_ask_refuse(self,
                          "%s is not defined for these rows%s%s",
                          name,
                          found->why != NULL ? ": " : "",
                          found->why != NULL ? found->why : "");
        return NULL;
    }
    return measure_new_metric(name, found->value, found->interval.lo, found->interval.hi, found->n);
}

/* ---- groups ---- */

/* rows of one value of a column */
static ErrataRows *
measure_group_rows(const AskRun *self, const gint32 *code, guint value)
{
    ErrataRows *rows = errata_rows_new(self->rows->n_rows);

    for (gsize row = 0; row < rows->n_rows; row++)
        if (code[row] == (gint32)value && errata_rows_has(self->rows, row))
            rows->bits[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
    return rows;
}

static const ErrataColumn *
measure_group_column(AskRun *self, const char *name)
{
    const ErrataColumn *column = errata_frame_find(self->data->frame, name, NULL);
    g_autofree char *names = NULL;

    if (column != NULL)
        return column;
    names = errata_schema_nearest(self->data->frame, name);
    errata_ask_refuse(self, "there is no column “%s”; the columns are %s", name, names);
    return NULL;
}

/* @step: (nullable): the metric; %NULL for counts */
static gboolean
measure_groups(AskRun *self, const ErrataAskStep *step, const char *name, int class_index)
{
    const ErrataColumn *column = measure_group_column(self, name);
    g_autoptr(ErrataVocabulary) values = NULL;
    g_autofree gint32 *code = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *subject = errata_ask_subject(self);

    if (column == NULL)
        return FALSE;
    values = errata_vocabulary_new(column, MEASURE_MAX_GROUPS);
    if (values->n_values == 0)
        return errata_ask_refuse(
            self,
            "%s has no value, or more than %d: too many groups; compare ranges "
            "of it with filters",
            name,
            MEASURE_MAX_GROUPS);
    code = errata_vocabulary_codes(values, column);
    self->answer->table = errata_table_new(name, step != NULL ? 3 : 2);
    errata_table_heading(self->answer->table, 0, name, FALSE);
    errata_table_heading(self->answer->table, 1, "rows", TRUE);
    if (step != NULL)
        errata_table_heading(self->answer->table, 2, step->text, TRUE);
    g_string_append_printf(text, "By %s, over %s: ", name, subject);
    for (guint v = 0, shown = 0; v < values->n_values; v++) {
        g_autoptr(ErrataRows) rows = measure_group_rows(self, code, v);
        gsize n = errata_rows_count(rows);
        g_autofree char *count = errata_words_count(n);
        g_autofree char *what = NULL;
        g_autofree char *figure = NULL;
        g_autoptr(ErrataMetric) metric = NULL;

        if (n == 0)
            continue;
        metric = step != NULL ? measure_metric(self, rows, step->text, class_index)
                              : measure_new_metric("rows", (double)n, (double)NAN, (double)NAN, n);
        what = g_strdup_printf("%s where %s is %s",
                               step != NULL ? step->text : "rows",
                               name,
                               values->values[v]);
        figure = metric != NULL ? errata_ask_figure(self, "group", what, metric)
                                : g_strdup("not defined");
        g_string_append_printf(text, "%s%s %s", shown++ > 0 ? "; " : "", values->values[v], figure);
        errata_table_add_cell(self->answer->table, values->values[v]);
        errata_table_add_cell(self->answer->table, count);
        if (step != NULL)
            errata_table_add_cell(self->answer->table, figure);
    }
    g_clear_pointer(&self->answer->why, g_free);
    g_string_append_c(text, '.');
    self->answer->text = g_string_free(g_steal_pointer(&text), FALSE);
    return TRUE;
}

/* ---- operations ---- */

gboolean
errata_ask_measure_count(AskRun *self, const char *group)
{
    gsize n = errata_rows_count(self->rows);
    gsize all = self->rows->n_rows;
    ErrataInterval interval = errata_intervals_wilson((double)n, (double)all, 0.95);
    g_autofree char *count = errata_words_count(n);
    g_autofree char *total = errata_words_count(all);
    g_autofree char *share = errata_words_share((double)n / (double)all, interval.lo, interval.hi);
    const char *id;
    const char *share_id;

    if (group != NULL)
        return measure_groups(self, NULL, group, -1);
    id = errata_ask_cite(self,
                         "rows",
                         "rows",
                         (double)n,
                         (double)NAN,
                         (double)NAN,
                         ERRATA_UNIT_COUNT,
                         n);
    if (self->where->len == 0) {
        self->answer->text = g_strdup_printf("The log has %s rows [%s].", count, id);
        return TRUE;
    }
    share_id = errata_ask_cite(self,
                               "share_rows",
                               "share of all rows",
                               (double)n / (double)all,
                               interval.lo,
                               interval.hi,
                               ERRATA_UNIT_SHARE,
                               all);
    self->answer->text = g_strdup_printf("%s of %s rows [%s] (%s [%s]) are those where %s.",
                                         count,
                                         total,
                                         id,
                                         share,
                                         share_id,
                                         self->where->str);
    return TRUE;
}

gboolean
errata_ask_measure_metric(AskRun *self, const ErrataAskStep *step, const char *group)
{
    const ErrataSchema *schema = self->data->schema;
    int class_index = -1;
    g_autoptr(ErrataMetric) metric = NULL;
    g_autofree char *subject = errata_ask_subject(self);
    g_autofree char *figure = NULL;
    g_autofree char *suppose = NULL;
    char buffer[ERRATA_NUMBER_BUFFER];

    if (step->of != NULL) {
        class_index = errata_schema_class(schema, step->of);
        if (class_index < 0)
            return errata_ask_refuse(self, "there is no class “%s”", step->of);
    }
    if (group != NULL)
        return measure_groups(self, step, group, class_index);
    metric = measure_metric(self, self->rows, step->text, class_index);
    if (metric == NULL)
        return FALSE;
    figure = errata_ask_figure(self, step->text, step->text, metric);
    if (!isnan(self->what_if))
        suppose = g_strdup_printf("With a threshold of %s, the",
                                  errata_number_print(self->what_if, buffer));
    self->answer->text = g_strdup_printf("%s %s%s%s of %s %s %s.",
                                         suppose != NULL ? suppose : "The",
                                         step->text,
                                         step->of != NULL ? " for " : "",
                                         step->of != NULL ? step->of : "",
                                         subject,
                                         suppose != NULL ? "would be" : "is",
                                         figure);
    return TRUE;
}

/* error rate (mean absolute error) of some rows, with its spread */
typedef struct {
    double n;
    double mean;
    double variance; /* of the mean */
    guint64 errors;
} MeasureLoss;

static MeasureLoss
measure_loss(const AskRun *self, const ErrataRows *rows)
{
    const ErrataOutcome *outcome = self->data->outcome;
    MeasureLoss loss = {0.0, 0.0, 0.0, 0};
    double squares = 0.0;

    for (gsize row = 0; row < rows->n_rows; row++) {
        double delta;

        if (!errata_rows_has(rows, row) || outcome->judged[row] == 0 || isnan(outcome->loss[row]))
            continue;
        loss.n += 1.0;
        delta = outcome->loss[row] - loss.mean;
        loss.mean += delta / loss.n;
        squares += delta * (outcome->loss[row] - loss.mean);
        loss.errors += outcome->error[row];
    }
    if (loss.n > 1.0)
        loss.variance = squares / (loss.n - 1.0) / loss.n;
    if (outcome->task != ERRATA_TASK_REGRESSION && loss.n > 0.0)
        loss.mean = (double)loss.errors / loss.n;
    return loss;
}

static char *
measure_loss_figure(AskRun *self, const MeasureLoss *loss, gboolean rate, const char *what)
{
    ErrataInterval interval = rate ? errata_intervals_wilson((double)loss->errors, loss->n, 0.95)
                                   : errata_intervals_normal(loss->mean, loss->variance, 0.95);
    g_autoptr(ErrataMetric) metric = measure_new_metric(rate ? "error_rate" : "mae",
                                                        loss->mean,
                                                        interval.lo,
                                                        interval.hi,
                                                        (guint64)loss->n);

    return errata_ask_figure(self, metric->name, what, metric);
}

static double
measure_compare_test(const MeasureLoss *a,
                     const MeasureLoss *b,
                     gboolean rate,
                     ErrataInterval *ret_interval,
                     const char **ret_test)
{
    double both = a->variance + b->variance;

    if (rate) {
        *ret_interval =
            errata_intervals_newcombe((double)a->errors, a->n, (double)b->errors, b->n, 0.95);
        return errata_tests_two_by_two(a->errors,
                                       (guint64)a->n - a->errors,
                                       b->errors,
                                       (guint64)b->n - b->errors,
                                       NULL,
                                       ret_test);
    }
    *ret_test = "Welch's t";
    *ret_interval = errata_intervals_normal(a->mean - b->mean, both, 0.95);
    if (!(both > 0.0))
        return 1.0;
    return errata_tests_student(
        (a->mean - b->mean) / sqrt(both),
        both * both /
            (a->variance * a->variance / (a->n - 1.0) + b->variance * b->variance / (b->n - 1.0)));
}

/* the rows to compare with */
static ErrataRows *
measure_others(AskRun *self, const char *with)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFilter) filter = NULL;
    ErrataRows *rows;

    if (g_ascii_strcasecmp(with, "rest") == 0) {
        rows = errata_rows_new(self->rows->n_rows);
        errata_rows_unite(rows, self->rows);
        errata_rows_complement(rows);
        return rows;
    }
    filter = errata_filter_parse(with, &error);
    if (filter != NULL && errata_filter_bind(filter, self->data->frame, self->data->schema, &error))
        return errata_filter_evaluate(filter, self->data->frame, self->data->outcome);
    errata_ask_refuse(self, "“%s”: %s", with, error->message);
    return NULL;
}

static void
measure_say_compare(AskRun *self,
                    const MeasureLoss loss[2],
                    gboolean rate,
                    const char *with,
                    gboolean told_apart)
{
    g_autofree char *subject = errata_ask_subject(self);
    g_autofree char *here = measure_loss_figure(self, &loss[0], rate, "errors of the rows");
    g_autofree char *there = measure_loss_figure(self, &loss[1], rate, "errors of the others");
    ErrataInterval interval;
    const char *test = NULL;
    double p = measure_compare_test(&loss[0], &loss[1], rate, &interval, &test);
    const char *id = errata_ask_cite(self,
                                     "difference",
                                     "difference of the two",
                                     loss[0].mean - loss[1].mean,
                                     interval.lo,
                                     interval.hi,
                                     rate ? ERRATA_UNIT_POINTS : ERRATA_UNIT_NONE,
                                     (guint64)(loss[0].n + loss[1].n));
    ErrataEvidence *evidence = g_ptr_array_index(self->answer->evidence,
                                                 self->answer->evidence->len - 1);
    g_autofree char *span = errata_words_interval(evidence);

    evidence->p = p;
    evidence->test = g_strdup(test);
    self->answer->text = g_strdup_printf(
        "%s of %s: %s; of %s%s: %s. %s: the difference lies within %s [%s].",
        rate ? "Error rate" : "Mean absolute error",
        subject,
        here,
        g_ascii_strcasecmp(with, "rest") == 0 ? "all other rows" : "the other rows where ",
        g_ascii_strcasecmp(with, "rest") == 0 ? "" : with,
        there,
        !told_apart                   ? "The two cannot be told apart"
        : loss[0].mean > loss[1].mean ? "The first are worse"
                                      : "The first are better",
        span != NULL ? span : "an unknown interval",
        id);
}

gboolean
errata_ask_measure_compare(AskRun *self, const char *with)
{
    gboolean rate = self->data->outcome->task != ERRATA_TASK_REGRESSION;
    g_autoptr(ErrataRows) others = measure_others(self, with);
    MeasureLoss loss[2];
    ErrataInterval interval;
    const char *test;
    double p;

    if (others == NULL)
        return FALSE;
    errata_rows_complement(others); /* nobody is compared with himself */
    errata_rows_unite(others, self->rows);
    errata_rows_complement(others);
    loss[0] = measure_loss(self, self->rows);
    loss[1] = measure_loss(self, others);
    if (loss[0].n < MEASURE_FEW || loss[1].n < MEASURE_FEW)
        return errata_ask_refuse(self,
                                 "too few rows with a label and a prediction to compare: "
                                 "%" G_GUINT64_FORMAT " against %" G_GUINT64_FORMAT
                                 ", at least %d are needed on either side",
                                 (guint64)loss[0].n,
                                 (guint64)loss[1].n,
                                 MEASURE_FEW);
    p = measure_compare_test(&loss[0], &loss[1], rate, &interval, &test);
    measure_say_compare(self,
                        loss,
                        rate,
                        with,
                        p < 0.01 && (interval.lo > 0.0 || interval.hi < 0.0));
    return TRUE;
}
