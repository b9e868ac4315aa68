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

#define MEASURE_FEW 30 /* judged rows under which nothing is compared */

/* “With a threshold of 0.3, ”, or NULL */
char *
errata_ask_measure_suppose(const AskRun *self)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    return isnan(self->what_if) ? NULL
                                : g_strdup_printf("With a threshold of %s, ",
                                                  errata_number_print(self->what_if, buffer));
}

/* ---- operations ---- */

/* the rows of the log of which the conditions of a plan can be told: a row without label is neither
 * an error nor none; @ret_known: gets what they have, NULL where that is no matter; @ret_open: gets
 * what is to be said of rows that have it not and are counted all the same */
static ErrataRows *
measure_whole(AskRun *self, const char **ret_known, char **ret_open)
{
    ErrataRows *whole = errata_rows_new(self->rows->n_rows);
    g_autoptr(ErrataRows) within = errata_rows_new(self->rows->n_rows);

    errata_rows_complement(whole);
    *ret_known = errata_ask_share_known(self, self->where->str, whole);
    errata_rows_unite(within, self->rows);
    errata_rows_intersect(within, whole);
    if (errata_rows_count(within) < errata_rows_count(self->rows)) {
        gsize n = errata_rows_count(self->rows) - errata_rows_count(within);
        g_autofree char *count = errata_words_count(n);

        *ret_open = g_strdup_printf(" Of the rows counted %s [%s] do not have %s.",
                                    count,
                                    errata_ask_cite(self,
                                                    "rows_without",
                                                    *ret_known,
                                                    (double)n,
                                                    (double)NAN,
                                                    (double)NAN,
                                                    ERRATA_UNIT_COUNT,
                                                    n),
                                    *ret_known);
        *ret_known = NULL; /* “not error” holds for others, too */
        errata_rows_free(whole);
        whole = errata_rows_new(self->rows->n_rows);
        errata_rows_complement(whole);
    }
    return whole;
}

/* “In 12 of all 340 rows, 3.5 % of them, …” */
static char *
measure_say_count(AskRun *self, gsize n, const char *id, const ErrataRows *whole, const char *known)
{
    gsize all = errata_rows_count(whole);
    ErrataInterval interval = errata_intervals_wilson((double)n, (double)all, 0.95);
    g_autofree char *count = errata_words_count(n);
    g_autofree char *total = errata_words_count(all);
    g_autofree char *share = errata_words_share((double)n / (double)all, interval.lo, interval.hi);
    g_autofree char *where = errata_ask_where(self);
    const char *share_id = errata_ask_cite(self,
                                           "share_rows",
                                           "share of all rows",
                                           (double)n / (double)all,
                                           interval.lo,
                                           interval.hi,
                                           ERRATA_UNIT_SHARE,
                                           all);
    g_autofree char *of = g_strdup_printf("%s %s rows%s%s",
                                          known != NULL ? "the" : "all",
                                          total,
                                          known != NULL ? " with " : "",
                                          known != NULL ? known : "");

    return n == 0 ? g_strdup_printf("In none of %s [%s] it holds that %s.", of, id, where)
                  : g_strdup_printf("In %s of %s [%s], %s [%s] of them, %s.",
                                    count,
                                    of,
                                    id,
                                    share,
                                    share_id,
                                    where);
}

gboolean
errata_ask_measure_count(AskRun *self)
{
    gsize n = errata_rows_count(self->rows);
    g_autofree char *count = errata_words_count(n);
    g_autoptr(ErrataRows) whole = NULL;
    g_autofree char *said = NULL;
    g_autofree char *gaps = NULL;
    g_autofree char *open = NULL;
    const char *known = NULL;
    const char *id;

    if (self->group != NULL)
        return errata_ask_table_count(self);
    id = errata_ask_cite_rows(self, n);
    if (self->where->len == 0) {
        self->answer->text = g_strdup_printf("The log has %s rows [%s].", count, id);
        return TRUE;
    }
    whole = measure_whole(self, &known, &open);
    said = measure_say_count(self, n, id, whole, known);
    gaps = errata_ask_share_gaps(self, self->where->str, self->rows, whole);
    self->answer->text = g_strconcat(said, gaps, open, NULL);
    return TRUE;
}

/* −1 and the answer says why when there is no such class */
static int
measure_class(AskRun *self, const char *name)
{
    const ErrataSchema *schema = self->data->schema;
    g_autofree char *canonical = errata_vocabulary_canonical(name, strlen(name));
    int class_index = errata_schema_class(schema, canonical);
    g_autoptr(GString) classes = g_string_new(NULL);

    for (guint i = 0; class_index < 0 && i < schema->n_classes; i++)
        if (g_ascii_strcasecmp(schema->classes[i], canonical) == 0)
            class_index = (int)i;
    if (class_index >= 0)
        return class_index;
    for (guint i = 0; i < MIN(schema->n_classes, 20); i++)
        g_string_append_printf(classes, "%s%s", i > 0 ? ", " : "", schema->classes[i]);
    errata_ask_refuse(self,
                      "there is no class “%s”; %s%s",
                      name,
                      schema->n_classes > 0 ? "there are " : "this log has numbers as labels",
                      classes->str);
    return -1;
}

/* “the share_of_errors …” has words of its own */
static char *
measure_say_share(const char *suppose, const char *figure, const char *subject)
{
    return g_strdup_printf("%s%sf all errors of the log, %s %s in %s.",
                           suppose != NULL ? suppose : "",
                           suppose != NULL ? "o" : "O",
                           figure,
                           suppose != NULL ? "would be" : "are",
                           subject);
}

/* of which rows a metric is a share, where they are not all that are judged: “the rows labelled 1”;
 * NULL for others */
static char *
measure_base(const AskRun *self, const char *metric, int class_index)
{
    static const char *const labelled[] = {"recall", "false_negative_rate", NULL};
    static const char *const predicted[] = {"precision", "false_discovery_rate", NULL};
    static const char *const others[] = {"specificity", "false_positive_rate", NULL};
    const ErrataSchema *schema = self->data->schema;
    gboolean of_label = g_strv_contains(labelled, metric);
    gboolean of_other = g_strv_contains(others, metric);
    const char *negation = of_other && schema->n_classes != 2 ? "not " : "";

    if (!of_label && !of_other && !g_strv_contains(predicted, metric))
        return NULL;
    if (class_index == -2)
        return g_strdup(of_label ? "the rows of that label" : "the rows of that prediction");
    class_index = class_index >= 0 ? class_index : schema->positive;
    if (class_index < 0 || (guint)class_index >= schema->n_classes)
        return NULL;
    if (of_other && schema->n_classes == 2)
        class_index = 1 - class_index;
    return g_strdup_printf("the rows %s%s %s",
                           negation,
                           of_label || of_other ? "labelled" : "predicted as",
                           schema->classes[class_index]);
}

char *
errata_ask_measure_name(const AskRun *self, const char *metric, int class_index)
{
    g_autofree char *name = errata_ask_metric_say(metric);
    g_autofree char *base = measure_base(self, metric, class_index);

    return base != NULL ? g_strdup_printf("%s (share of %s)", name, base) : g_steal_pointer(&name);
}

/* Returns: (transfer full): the rows of the plan that have a label and a prediction */
ErrataRows *
errata_ask_measure_judged(const AskRun *self)
{
    ErrataRows *judged = errata_rows_new(self->rows->n_rows);

    errata_rows_unite(judged, self->rows);
    for (gsize row = 0; row < judged->n_rows; row++)
        if (self->data->outcome->judged[row] == 0)
            judged->bits[row >> 6] &= ~(G_GUINT64_CONSTANT(1) << (row & 63));
    return judged;
}

/* “all 9 rows”, or those of them that can be judged */
char *
errata_ask_measure_subject(const AskRun *self)
{
    g_autoptr(ErrataRows) judged = errata_ask_measure_judged(self);

    if (errata_rows_count(judged) == errata_rows_count(self->rows))
        return errata_ask_subject(self);
    return errata_ask_share_subject(self, judged, "a label and a prediction");
}

/* “The precision of all 9 rows is …”; of several, “; the recall is …” */
static char *
measure_say_metrics(AskRun *self, const char *const *names, int class_index, GPtrArray *figures)
{
    const char *class_name = class_index >= 0 ? self->data->schema->classes[class_index] : NULL;
    g_autofree char *subject = errata_ask_measure_subject(self);
    g_autofree char *suppose = errata_ask_measure_suppose(self);
    GString *text = g_string_new(suppose);

    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *name = errata_ask_metric_say(names[i]);
        g_autofree char *base = measure_base(self, names[i], class_index);

        g_string_append_printf(text,
                               "%she %s%s%s%s%s %s %s%s%s",
                               i > 0             ? "; t"
                               : suppose != NULL ? "t"
                                                 : "T",
                               name,
                               class_name != NULL && i == 0 ? " for " : "",
                               class_name != NULL && i == 0 ? class_name : "",
                               i == 0 ? " of " : "",
                               i == 0 ? subject : "",
                               suppose != NULL ? "would be" : "is",
                               (const char *)g_ptr_array_index(figures, i),
                               base != NULL ? " of " : "",
                               base != NULL ? base : "");
    }
    g_string_append_c(text, '.');
    return g_string_free(text, FALSE);
}

/* of all rows; where there are several metrics, one that is not defined is told so */
static gboolean
measure_metrics(AskRun *self, const char *const *names, int class_index)
{
    g_autoptr(GPtrArray) figures = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) kept = NULL;
    guint n_defined = 0;

    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(ErrataMetric) metric =
            errata_ask_value_measure(self, self->rows, names[i], class_index, &kept);

        if (metric == NULL && (self->answer->malformed || names[1] == NULL))
            return FALSE;
        n_defined += metric != NULL ? 1 : 0;
        g_ptr_array_add(figures,
                        metric != NULL ? errata_ask_figure(self, names[i], names[i], metric)
                                       : g_strdup("not defined"));
    }
    if (n_defined == 0)
        return FALSE;
    g_clear_pointer(&self->answer->why, g_free);
    if (names[1] == NULL && g_str_equal(names[0], "share_of_errors")) {
        g_autofree char *subject = errata_ask_subject(self);
        g_autofree char *suppose = errata_ask_measure_suppose(self);

        self->answer->text = measure_say_share(suppose, g_ptr_array_index(figures, 0), subject);
        return TRUE;
    }
    self->answer->text = measure_say_metrics(self, names, class_index, figures);
    return TRUE;
}

gboolean
errata_ask_measure_metric(AskRun *self, const ErrataAskStep *step)
{
    g_auto(GStrv) names = g_strsplit(step->text, ERRATA_ASK_COMMA, -1);
    int class_index = step->of != NULL ? measure_class(self, step->of) : -1;

    if (step->of != NULL && class_index < 0)
        return FALSE;
    if (self->group != NULL)
        return errata_ask_table_metrics(self, (const char *const *)names, class_index);
    return measure_metrics(self, (const char *const *)names, class_index);
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
    g_autoptr(ErrataMetric) metric = errata_ask_value_new(rate ? "error_rate" : "mae",
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
    ErrataRows *rows;

    if (g_ascii_strcasecmp(with, "rest") == 0) {
        rows = errata_rows_new(self->rows->n_rows);
        errata_rows_unite(rows, self->rows);
        errata_rows_complement(rows);
        return rows;
    }
    return errata_ask_condition_rows(self, with, NULL);
}

static void
measure_say_compare(AskRun *self,
                    const MeasureLoss loss[2],
                    gboolean rate,
                    const char *with,
                    gboolean told_apart)
{
    g_autofree char *subject = errata_ask_measure_subject(self);
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
    g_autofree char *suppose = errata_ask_measure_suppose(self);
    g_autofree char *where = g_ascii_strcasecmp(with, "rest") == 0 ? NULL
                                                                   : errata_ask_say(self, with);

    evidence->p = p;
    evidence->test = g_strdup(test);
    self->answer->text = g_strdup_printf(
        "%s%s of %s: %s; of %s%s: %s. %s: the difference lies within %s [%s].",
        suppose != NULL ? suppose : "",
        suppose != NULL ? rate ? "error rate" : "mean absolute error"
        : rate          ? "Error rate"
                        : "Mean absolute error",
        subject,
        here,
        g_ascii_strcasecmp(with, "rest") == 0 ? "all other rows" : "the other rows where ",
        where != NULL ? where : "",
        there,
        !told_apart                   ? "The two cannot be told apart"
        : loss[0].mean > loss[1].mean ? "The first are worse"
                                      : "The first are better",
        span != NULL ? span : "an unknown interval",
        id);
}

/* there is nothing on the other side */
static gboolean
measure_refuse_alone(AskRun *self, const char *subject, const char *with)
{
    gboolean rest = g_ascii_strcasecmp(with, "rest") == 0;
    g_autoptr(ErrataFilter) filter = rest ? NULL : errata_filter_parse(with, NULL);
    g_autofree char *absent =
        filter != NULL && errata_filter_bind(filter, self->data->frame, self->data->schema, NULL)
            ? errata_filter_absent(filter, self->data->frame)
            : NULL;

    if (absent != NULL)
        return errata_ask_refuse(self, "no row to compare with, where %s: %s", with, absent);
    return errata_ask_refuse(self,
                             "%s are compared with no others: %s",
                             subject,
                             self->where->len == 0
                                 ? "begin with a filter that says which rows are compared"
                             : rest ? "no row is left on the other side"
                                    : "rows on both sides count on the first only");
}

gboolean
errata_ask_measure_compare(AskRun *self, const char *with)
{
    gboolean rate = self->data->outcome->task != ERRATA_TASK_REGRESSION;
    g_autoptr(ErrataRows) others = measure_others(self, with);
    g_autofree char *subject = errata_ask_subject(self);
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
    if (errata_rows_count(others) == 0)
        return measure_refuse_alone(self, subject, with);
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
