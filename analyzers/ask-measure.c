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

#define MEASURE_FEW        30 /* judged rows under which nothing is compared */
#define MEASURE_FEW_GROUPS 3  /* groups that are told of in a sentence */

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
measure_unknown(AskRun *self, const GArray *list, const char *name, gboolean of_class)
{
    g_autoptr(GString) names = g_string_new(NULL);
    const char *nearest = NULL;
    guint least = 2 + (guint)g_utf8_strlen(name, -1) / 5;
    gboolean other = FALSE; /* of all classes rather than of one, or the reverse */

    for (guint i = 0; i < list->len; i++) {
        const ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);
        guint distance = errata_schema_name_distance(name, entry->name);

        if ((entry->class_index >= 0) != of_class) {
            other = other || g_str_equal(entry->name, name);
            continue;
        }
        if (strstr(names->str, entry->name) == NULL || !of_class)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", entry->name);
        if (distance < least && !errata_ask_metric_is_known(name)) {
            least = distance;
            nearest = entry->name;
        }
    }
    self->answer->malformed = TRUE;
    if (other)
        return errata_ask_refuse(self,
                                 "%s is %s here; %s there are %s",
                                 name,
                                 of_class ? "not of one class but of all" : "of one class",
                                 of_class ? "of one class"
                                          : "name it (metric recall of CLASS); of all",
                                 names->str);
    return errata_ask_refuse(self,
                             "there is no metric “%s” here%s%s%s; there are %s",
                             name,
                             nearest != NULL ? "; did you mean " : "",
                             nearest != NULL ? nearest : "",
                             nearest != NULL ? "?" : "",
                             names->str);
}

/* what is one less another metric, under names of its own */
static const char *
measure_complement(const char *name)
{
    return strcmp(name, "false_negative_rate") == 0    ? "recall"
           : strcmp(name, "false_discovery_rate") == 0 ? "precision"
                                                       : NULL;
}

/* one that is listed; NULL, and the answer says why, when there is none */
static ErrataMetric *
measure_listed(AskRun *self, const ErrataRows *rows, const char *name, int class_index)
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
        measure_unknown(self, list, name, class_index >= 0);
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

/* of all errors of the log, those that these rows hold */
static ErrataMetric *
measure_share_of_errors(AskRun *self, const ErrataRows *rows)
{
    const ErrataOutcome *outcome = self->data->outcome;
    ErrataInterval interval;
    double all = 0.0;
    double here = 0.0;

    if (outcome->task == ERRATA_TASK_REGRESSION || outcome->task == ERRATA_TASK_NONE) {
        self->answer->malformed = TRUE;
        errata_ask_refuse(self,
                          "there is no share_of_errors here: no prediction is right or wrong");
        return NULL;
    }
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double wrong = outcome->judged[row] != 0 && outcome->error[row] != 0 ? 1.0 : 0.0;

        all += wrong;
        here += errata_rows_has(rows, row) ? wrong : 0.0;
    }
    if (!(all > 0.0)) {
        errata_ask_refuse(self, "the log has no error");
        return NULL;
    }
    interval = errata_intervals_wilson(here, all, 0.95);
    return measure_new_metric("share_of_errors",
                              here / all,
                              interval.lo,
                              interval.hi,
                              (guint64)all);
}

/* a metric of some rows; NULL, and the answer says why, when there is none */
static ErrataMetric *
measure_metric(AskRun *self, const ErrataRows *rows, const char *name, int class_index)
{
    const char *other = measure_complement(name);
    g_autoptr(ErrataMetric) metric = NULL;

    if (strcmp(name, "share_of_errors") == 0 && class_index < 0)
        return measure_share_of_errors(self, rows);
    metric = measure_listed(self, rows, other != NULL ? other : name, class_index);

    if (metric == NULL || other == NULL)
        return g_steal_pointer(&metric);
    return measure_new_metric(name,
                              1.0 - metric->value,
                              1.0 - metric->hi,
                              1.0 - metric->lo,
                              metric->n);
}

/* “With a threshold of 0.3, ”, or NULL */
static char *
measure_suppose(const AskRun *self)
{
    char buffer[ERRATA_NUMBER_BUFFER];

    return isnan(self->what_if) ? NULL
                                : g_strdup_printf("With a threshold of %s, ",
                                                  errata_number_print(self->what_if, buffer));
}

/* ---- groups ---- */

/* rows of one group among those of the plan */
static ErrataRows *
measure_group_rows(const AskRun *self, const gint32 *code, guint group)
{
    ErrataRows *rows = errata_rows_new(self->rows->n_rows);

    for (gsize row = 0; row < rows->n_rows; row++)
        if (code[row] == (gint32)group && errata_rows_has(self->rows, row))
            rows->bits[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
    return rows;
}

/* rows of one group in the whole log */
static gsize
measure_group_size(const AskRun *self, const gint32 *code, guint group)
{
    gsize n = 0;

    for (gsize row = 0; row < self->rows->n_rows; row++)
        n += code[row] == (gint32)group ? 1 : 0;
    return n;
}

/* groups as they come, for what is told of them in a sentence */
typedef struct {
    const ErrataAskStep *step; /* the metric; NULL for counts */
    int class_index;
    GString *text; /* of all groups, while there are few */
    guint n;
    guint n_small;     /* groups of so few rows that they are not told of */
    gboolean by_class; /* the metric is that of the class that is the group, among all rows */
    gboolean shares;   /* what is told is the share of the rows of the group that are left */
    double value[2];
    char *figure[2]; /* the least and the greatest, with the names of their groups */
    char *end[2];    /* the first and the last */
} MeasureGroups;

static void
measure_groups_clear(MeasureGroups *self)
{
    g_string_free(self->text, TRUE);
    g_free(self->figure[0]);
    g_free(self->figure[1]);
    g_free(self->end[0]);
    g_free(self->end[1]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MeasureGroups, measure_groups_clear)

static void
measure_groups_note(MeasureGroups *self, const ErrataMetric *metric, gsize n, const char *text)
{
    if (self->n > 0)
        g_string_append(self->text, "; ");
    g_string_append(self->text, text);
    self->n++;
    if ((self->step != NULL || self->shares) && n < MEASURE_FEW) {
        self->n_small++;
        return;
    }
    if (!g_str_has_prefix(text, "(missing)")) {
        if (self->end[0] == NULL)
            self->end[0] = g_strdup(text);
        g_free(self->end[1]);
        self->end[1] = g_strdup(text);
    }
    for (guint end = 0; end < 2; end++) {
        if (self->figure[end] != NULL &&
            (end == 0 ? metric->value >= self->value[0] : metric->value <= self->value[1]))
            continue;
        self->value[end] = metric->value;
        g_free(self->figure[end]);
        self->figure[end] = g_strdup(text);
    }
}

/* the rows of a group that are left, as a share of all its rows in the log */
static void
measure_group_share(AskRun *self,
                    MeasureGroups *groups,
                    gsize n,
                    gsize n_all,
                    const char *value,
                    const char *count)
{
    g_autofree char *what =
        g_strdup_printf("share of the rows where %s is %s", self->group->text, value);
    ErrataInterval interval = errata_intervals_wilson((double)n, (double)n_all, 0.95);
    g_autoptr(ErrataMetric) metric = measure_new_metric("share_rows",
                                                        (double)n / (double)n_all,
                                                        interval.lo,
                                                        interval.hi,
                                                        n_all);
    g_autofree char *figure = errata_ask_figure(self, "share", what, metric);
    g_autofree char *both = g_strdup_printf("%s, %s", value, figure);

    errata_table_add_cell(self->answer->table, value);
    errata_table_add_cell(self->answer->table, count);
    errata_table_add_cell(self->answer->table, figure);
    measure_groups_note(groups, metric, n_all, both);
}

/* one row of the table; FALSE when the metric is not defined for the group */
static gboolean
measure_group(AskRun *self,
              MeasureGroups *groups,
              const ErrataRows *rows,
              gsize n_all,
              const char *value)
{
    const ErrataAskStep *step = groups->step;
    gsize n = errata_rows_count(rows);
    g_autofree char *count = errata_words_count(n);
    g_autofree char *what = g_strdup_printf("%s where %s is %s",
                                            step != NULL ? step->text : "rows",
                                            self->group->text,
                                            value);
    int class_index = groups->by_class ? errata_schema_class(self->data->schema, value)
                                       : groups->class_index;
    gboolean unlabelled = groups->by_class && class_index < 0;
    g_autoptr(ErrataMetric) metric =
        step == NULL ? measure_new_metric("rows", (double)n, (double)NAN, (double)NAN, n)
        : unlabelled
            ? NULL
            : measure_metric(self, groups->by_class ? self->rows : rows, step->text, class_index);
    g_autofree char *figure = metric != NULL ? errata_ask_figure(self, "group", what, metric)
                                             : g_strdup("not defined");
    g_autofree char *both = g_strdup_printf("%s, %s", value, figure);

    if (groups->shares) {
        measure_group_share(self, groups, n, n_all, value, figure);
        return TRUE;
    }
    errata_table_add_cell(self->answer->table, value);
    errata_table_add_cell(self->answer->table, step != NULL ? count : figure);
    if (step != NULL)
        errata_table_add_cell(self->answer->table, figure);
    if (metric != NULL)
        measure_groups_note(groups, metric, n, both);
    return metric != NULL;
}

/* whether the groups are spans of time, one after the other */
static gboolean
measure_is_course(const AskRun *self)
{
    const char *name = self->group->text;

    return g_str_has_suffix(name, " day") || g_str_has_suffix(name, " week") ||
           g_str_has_suffix(name, " month");
}

/* whether the metric is one of single classes, and the groups are the classes */
static gboolean
measure_is_by_class(const AskRun *self, const ErrataAskStep *step)
{
    static const char *const of_class[] =
        {"recall", "precision", "f1", "false_negative_rate", "false_discovery_rate", NULL};
    const ErrataSchema *schema = self->data->schema;
    const char *name = self->group->text;

    return step != NULL && step->of == NULL && schema->n_classes > 0 &&
           g_strv_contains(of_class, step->text) &&
           (g_str_equal(name, "@label") ||
            (schema->label >= 0 && g_str_equal(name, schema->names[schema->label])));
}

/* all groups where they are few, else the ends: the table has the rest */
static char *
measure_say_groups(const AskRun *self, const MeasureGroups *groups)
{
    gboolean counts = groups->step == NULL && !groups->shares;
    g_autofree char *subject = errata_ask_subject(self);
    g_autofree char *course = NULL;
    g_autofree char *suppose = measure_suppose(self);
    g_autofree char *name = g_strdelimit(g_strdup(counts           ? "number"
                                                  : groups->shares ? "share"
                                                                   : groups->step->text),
                                         "_",
                                         ' ');
    g_autofree char *head = g_strdup_printf("%s%s of %s by %s: ",
                                            suppose != NULL ? suppose : "",
                                            name,
                                            subject,
                                            self->group->text + (self->group->text[0] == '@'));

    head[0] = g_ascii_toupper(head[0]);
    if (groups->n <= MEASURE_FEW_GROUPS)
        return g_strdup_printf("%s%s.", head, groups->text->str);
    if (groups->figure[0] == NULL)
        return g_strdup_printf("%s%u groups, each of under %d rows.", head, groups->n, MEASURE_FEW);
    if (measure_is_course(self) && groups->end[0] != NULL)
        course = g_strdup_printf("first: %s; last: %s; ", groups->end[0], groups->end[1]);
    return g_strdup_printf("%s%s%s: %s; %s: %s; %u groups%s.",
                           head,
                           course != NULL ? course : "",
                           counts ? "most" : "highest",
                           groups->figure[1],
                           counts ? "fewest" : "lowest",
                           groups->figure[0],
                           groups->n,
                           groups->n_small > 0 ? ", those of under 30 rows left aside here" : "");
}

/* @step: (nullable): the metric; %NULL for counts */
static gboolean
measure_groups(AskRun *self, const ErrataAskStep *step, int class_index)
{
    const char *name = self->group->text;
    g_autoptr(AskGroups) groups = errata_ask_groups_new(self, name);
    g_auto(MeasureGroups) noted = {.step = step, .class_index = class_index};
    guint n_defined = 0;
    gboolean wide;

    noted.text = g_string_new(NULL);
    if (groups == NULL)
        return FALSE;
    noted.by_class = measure_is_by_class(self, step);
    noted.shares = step == NULL && self->where->len > 0 && !measure_is_course(self);
    wide = step != NULL || noted.shares;
    self->answer->table = errata_table_new(name, wide ? 3 : 2);
    errata_table_heading(self->answer->table, 0, name, FALSE);
    errata_table_heading(self->answer->table, 1, "rows", TRUE);
    if (wide)
        errata_table_heading(self->answer->table,
                             2,
                             step != NULL ? step->text : "share of the group",
                             TRUE);
    for (guint v = 0; v < groups->names->len; v++) {
        g_autoptr(ErrataRows) rows = measure_group_rows(self, groups->code, v);
        const char *value = g_ptr_array_index(groups->names, v);

        if (errata_rows_count(rows) > 0)
            n_defined +=
                measure_group(self, &noted, rows, measure_group_size(self, groups->code, v), value)
                    ? 1
                    : 0;
        if (self->answer->malformed)
            break;
    }
    if (n_defined == 0) { /* and the answer says why the last one is not */
        g_clear_pointer(&self->answer->table, errata_table_free);
        return FALSE;
    }
    g_clear_pointer(&self->answer->why, g_free);
    self->answer->text = measure_say_groups(self, &noted);
    return TRUE;
}

/* ---- operations ---- */

gboolean
errata_ask_measure_count(AskRun *self)
{
    gsize n = errata_rows_count(self->rows);
    gsize all = self->rows->n_rows;
    ErrataInterval interval = errata_intervals_wilson((double)n, (double)all, 0.95);
    g_autofree char *count = errata_words_count(n);
    g_autofree char *total = errata_words_count(all);
    g_autofree char *share = errata_words_share((double)n / (double)all, interval.lo, interval.hi);
    g_autofree char *where = NULL;
    const char *id;
    const char *share_id;

    if (self->group != NULL)
        return measure_groups(self, NULL, -1);
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
    where = errata_ask_where(self);
    if (n == 0) {
        self->answer->text =
            g_strdup_printf("In none of %s rows [%s] it holds that %s.", total, id, where);
        return TRUE;
    }
    self->answer->text = g_strdup_printf("In %s of %s rows [%s], %s [%s], %s.",
                                         count,
                                         total,
                                         id,
                                         share,
                                         share_id,
                                         where);
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

gboolean
errata_ask_measure_metric(AskRun *self, const ErrataAskStep *step)
{
    int class_index = step->of != NULL ? measure_class(self, step->of) : -1;
    const char *class_name = NULL;
    g_autoptr(ErrataMetric) metric = NULL;
    g_autofree char *subject = errata_ask_subject(self);
    g_autofree char *figure = NULL;
    g_autofree char *suppose = measure_suppose(self);

    if (step->of != NULL && class_index < 0)
        return FALSE;
    if (step->of != NULL)
        class_name = self->data->schema->classes[class_index];
    if (self->group != NULL)
        return measure_groups(self, step, class_index);
    metric = measure_metric(self, self->rows, step->text, class_index);
    if (metric == NULL)
        return FALSE;
    figure = errata_ask_figure(self, step->text, step->text, metric);
    if (strcmp(step->text, "share_of_errors") == 0) {
        self->answer->text = g_strdup_printf("%s%sf all errors, %s %s in %s.",
                                             suppose != NULL ? suppose : "",
                                             suppose != NULL ? "o" : "O",
                                             figure,
                                             suppose != NULL ? "would be" : "are",
                                             subject);
        return TRUE;
    }
    self->answer->text = g_strdup_printf("%s%she %s%s%s of %s %s %s.",
                                         suppose != NULL ? suppose : "",
                                         suppose != NULL ? "t" : "T",
                                         step->text,
                                         step->of != NULL ? " for " : "",
                                         step->of != NULL ? class_name : "",
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
    g_autofree char *suppose = measure_suppose(self);
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
