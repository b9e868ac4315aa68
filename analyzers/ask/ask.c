/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries a plan out: each step is checked against the log before it is done, and what cannot be
 * answered is answered so. */
#include "ask.h"

#include <math.h>
#include <string.h>

#include "ask-private.h"
#include "error.h"
#include "json-writer.h"
#include "metrics.h"
#include "number.h"
#include "precision.h"
#include "words.h"

ErrataAnswer *
errata_ask_answer_new(void)
{
    ErrataAnswer *self = g_new0(ErrataAnswer, 1);

    self->evidence = g_ptr_array_new_with_free_func((GDestroyNotify)errata_evidence_free);
    return self;
}

void
errata_ask_answer_free(ErrataAnswer *self)
{
    if (self == NULL)
        return;
    g_free(self->plan);
    g_free(self->text);
    g_free(self->why);
    g_free(self->note);
    g_ptr_array_unref(self->evidence);
    g_clear_pointer(&self->table, errata_table_free);
    g_free(self);
}

gboolean
errata_ask_refuse(AskRun *self, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(self->answer->why);
    self->answer->why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return FALSE;
}

const char *
errata_ask_cite(AskRun *self,
                const char *key,
                const char *what,
                double value,
                double lo,
                double hi,
                ErrataUnit unit,
                guint64 n)
{
    ErrataEvidence *evidence = errata_evidence_new(key, what, value, unit, n);

    evidence->lo = lo;
    evidence->hi = hi;
    g_ptr_array_add(self->answer->evidence, evidence);
    evidence->id = g_strdup_printf("A%u", self->answer->evidence->len);
    return evidence->id;
}

/* a number of rows */
const char *
errata_ask_cite_rows(AskRun *self, gsize n)
{
    return errata_ask_cite(self,
                           "rows",
                           "rows",
                           (double)n,
                           (double)NAN,
                           (double)NAN,
                           ERRATA_UNIT_COUNT,
                           n);
}

/* a condition in words */
char *
errata_ask_say(const AskRun *self, const char *condition)
{
    g_autoptr(ErrataFilter) filter = errata_filter_parse(condition, NULL);

    if (filter == NULL || !errata_filter_bind(filter, self->data->frame, self->data->schema, NULL))
        return g_strdup(condition);
    return errata_filter_say(filter, self->data->schema->task == ERRATA_TASK_REGRESSION);
}

/* what holds for the rows, in words */
char *
errata_ask_where(const AskRun *self)
{
    return errata_ask_say(self, self->where->str);
}

char *
errata_ask_subject(const AskRun *self)
{
    g_autofree char *count = errata_words_count(errata_rows_count(self->rows));
    g_autofree char *where = NULL;

    if (self->where->len == 0)
        return g_strdup_printf("all %s rows", count);
    where = errata_ask_where(self);
    return g_strdup_printf("the %s rows where %s", count, where);
}

ErrataUnit
errata_ask_unit(const char *name)
{
    static const char *const shares[] = {"accuracy",
                                         "error_rate",
                                         "balanced_accuracy",
                                         "precision",
                                         "recall",
                                         "specificity",
                                         "false_positive_rate",
                                         "false_negative_rate",
                                         "false_discovery_rate",
                                         "ece",
                                         "ace",
                                         "mape",
                                         "wape",
                                         "share_of_errors",
                                         "share_rows",
                                         NULL};

    if (g_strv_contains(shares, name) || g_str_has_prefix(name, "precision_") ||
        g_str_has_prefix(name, "recall_"))
        return ERRATA_UNIT_SHARE;
    return ERRATA_UNIT_NONE;
}

/* in figures always: “about a third” is no answer to a question */
static char *
ask_value(const ErrataEvidence *evidence)
{
    g_autofree char *percent = NULL;

    if (evidence->unit != ERRATA_UNIT_SHARE)
        return errata_words_value(evidence);
    percent = errata_precision_print(
        evidence->value * 100.0,
        errata_precision_of_share(evidence->value, evidence->lo, evidence->hi));
    return g_strdup_printf("%s\302\240%%", percent);
}

char *
errata_ask_figure(AskRun *self, const char *key, const char *what, const ErrataMetric *metric)
{
    const char *id = errata_ask_cite(self,
                                     key,
                                     what,
                                     metric->value,
                                     metric->lo,
                                     metric->hi,
                                     errata_ask_unit(metric->name),
                                     metric->n);
    const ErrataEvidence *evidence = g_ptr_array_index(self->answer->evidence,
                                                       self->answer->evidence->len - 1);
    g_autofree char *value = ask_value(evidence);
    g_autofree char *interval = errata_words_interval(evidence);

    if (interval == NULL && metric->n < ERRATA_METRICS_LEAST &&
        errata_ask_metric_is_known(metric->name))
        return g_strdup_printf("%s (too few rows for an interval) [%s]", value, id);
    return interval != NULL ? g_strdup_printf("%s (%s) [%s]", value, interval, id)
                            : g_strdup_printf("%s [%s]", value, id);
}

/**
 * errata_ask_condition_rows:
 * @self: what the rows are of
 * @condition: a condition
 * @ret_filter: (out) (optional) (transfer full): the condition as it was understood
 *
 * After what-if the column of predictions is the supposed ones.
 *
 * Returns: (transfer full) (nullable): the rows of the log for which it holds; %NULL, and the
 * answer
 *   says why, when it does not fit the log
 */
ErrataRows *
errata_ask_condition_rows(AskRun *self, const char *condition, ErrataFilter **ret_filter)
{
    const ErrataSchema *schema = self->data->schema;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFilter) filter = errata_filter_parse(condition, &error);
    ErrataRows *rows;

    if (filter != NULL && !isnan(self->what_if) && schema->prediction >= 0)
        errata_filter_rename(filter, schema->names[schema->prediction], "@prediction");
    if (filter == NULL || !errata_filter_bind(filter, self->data->frame, schema, &error)) {
        errata_ask_refuse(self, "“%s”: %s", condition, error->message);
        return NULL;
    }
    rows = errata_filter_evaluate(filter, self->data->frame, self->data->outcome);
    if (ret_filter != NULL)
        *ret_filter = g_steal_pointer(&filter);
    return rows;
}

/* “a and b”, with parentheses where they are needed */
static void
ask_add_where(AskRun *self, const char *text)
{
    g_autofree char *both = NULL;
    g_autoptr(ErrataFilter) filter = NULL;

    if (self->where->len == 0) {
        g_string_assign(self->where, text);
        return;
    }
    both = g_strdup_printf("(%s) and (%s)", self->where->str, text);
    filter = errata_filter_parse(both, NULL);
    if (filter != NULL) {
        g_free(both);
        both = errata_filter_print(filter);
    }
    g_string_assign(self->where, both);
}

/* what may explain that no row is left: where the only number of the condition lies, or, where
 * texts are compared, that they are as written */
static char *
ask_ends(const AskRun *self, const ErrataFilter *filter)
{
    const ErrataFrame *frame = self->data->frame;
    g_autofree guint8 *allowed = g_new0(guint8, frame->n_columns + 1);
    g_autofree char *other_text = NULL;
    char from[ERRATA_NUMBER_BUFFER], to[ERRATA_NUMBER_BUFFER];

    for (guint c = 0; c < frame->n_columns; c++) {
        const ErrataColumn *column = frame->columns[c];
        g_autofree char *other = NULL;
        double lo = (double)INFINITY, hi = -(double)INFINITY;

        allowed[c] = 1;
        other = errata_column_is_numeric(column) ? errata_filter_outside(filter, allowed)
                                                 : g_strdup("");
        allowed[c] = 0;
        if (other != NULL)
            continue;
        for (gsize row = 0; row < column->n_rows; row++) {
            double value = errata_column_number(column, row);

            lo = fmin(lo, value);
            hi = fmax(hi, value);
        }
        if (lo > hi)
            return g_strdup_printf("; %s has no value", column->name);
        errata_number_print(lo, from);
        errata_number_print(hi, to);
        return g_strdup_printf("; %s lies from %s to %s", column->name, from, to);
    }
    for (guint c = 0; c < frame->n_columns; c++)
        allowed[c] = errata_column_is_numeric(frame->columns[c]) ||
                     frame->columns[c]->type == ERRATA_COLUMN_TIME;
    other_text = errata_filter_outside(filter, allowed);
    return g_strdup(other_text != NULL ? "; texts are compared as written" : "");
}

static gboolean
ask_filter(AskRun *self, const char *condition, gboolean may_be_none)
{
    g_autoptr(ErrataFilter) filter = NULL;
    g_autoptr(ErrataRows) rows = errata_ask_condition_rows(self, condition, &filter);
    g_autofree char *text = NULL;
    g_autofree char *absent = NULL;
    g_autofree char *ends = NULL;

    if (rows == NULL)
        return FALSE;
    errata_rows_intersect(self->rows, rows);
    text = errata_filter_print(filter);
    ask_add_where(self, text);
    if (errata_rows_count(self->rows) > 0)
        return TRUE;
    absent = errata_filter_absent(filter, self->data->frame);
    if (absent != NULL)
        return errata_ask_refuse(self, "no row is left where %s: %s", self->where->str, absent);
    if (may_be_none)
        return TRUE;
    ends = ask_ends(self, filter);
    return errata_ask_refuse(self, "no row is left where %s%s", self->where->str, ends);
}

/* what a supposed threshold changes, to be put back */
typedef struct {
    gint32 *predicted;
    guint8 *error;
    double *loss;
    gsize n_errors;
} AskKept;

static void
ask_keep(AskKept *kept, const ErrataOutcome *outcome)
{
    gsize n = outcome->n_rows;

    kept->predicted = outcome->predicted != NULL
                          ? g_memdup2(outcome->predicted, n * sizeof *outcome->predicted)
                          : NULL;
    kept->error = g_memdup2(outcome->error, n * sizeof *outcome->error);
    kept->loss = g_memdup2(outcome->loss, n * sizeof *outcome->loss);
    kept->n_errors = outcome->n_errors;
}

static void
ask_put_back(AskKept *kept, ErrataOutcome *outcome)
{
    gsize n = outcome->n_rows;

    if (kept->predicted != NULL)
        memcpy(outcome->predicted, kept->predicted, n * sizeof *outcome->predicted);
    memcpy(outcome->error, kept->error, n * sizeof *outcome->error);
    memcpy(outcome->loss, kept->loss, n * sizeof *outcome->loss);
    outcome->n_errors = kept->n_errors;
    g_free(kept->predicted);
    g_free(kept->error);
    g_free(kept->loss);
}

/* as if predictions were made at another threshold */
static gboolean
ask_what_if(AskRun *self, double threshold)
{
    ErrataOutcome *outcome = self->data->outcome;

    if (outcome->task != ERRATA_TASK_BINARY || outcome->score == NULL || outcome->positive < 0 ||
        outcome->predicted == NULL)
        return errata_ask_refuse(self,
                                 "a threshold can be supposed only for two classes with scores; "
                                 "this log has none");
    self->what_if = threshold;
    outcome->n_errors = 0;
    for (gsize row = 0; row < outcome->n_rows; row++) {
        if (isnan(outcome->score[row])) { /* it keeps its prediction */
            outcome->n_errors += outcome->error[row];
            continue;
        }
        outcome->predicted[row] = outcome->score[row] >= threshold ? outcome->positive
                                                                   : 1 - outcome->positive;
        if (outcome->judged[row] == 0)
            continue;
        outcome->error[row] = outcome->predicted[row] != outcome->truth[row] ? 1 : 0;
        outcome->loss[row] = outcome->error[row];
        outcome->n_errors += outcome->error[row];
    }
    return TRUE;
}

static gboolean
ask_needs_log(const ErrataAskStep *step)
{
    ErrataAskOp op = step->op;

    if (op == ERRATA_ASK_COUNT && step->text != NULL)
        return FALSE; /* of a finding */
    return op != ERRATA_ASK_FINDINGS && op != ERRATA_ASK_FINDING && op != ERRATA_ASK_ADVICE &&
           op != ERRATA_ASK_FEATURES;
}

gboolean
errata_ask_wants_report(const ErrataAskPlan *plan)
{
    const ErrataAskStep *last = g_ptr_array_index(plan->steps, plan->steps->len - 1);

    return !ask_needs_log(last) || last->op == ERRATA_ASK_EXPLAIN;
}

static gboolean
ask_step(AskRun *self, const ErrataAskStep *step, gboolean counts)
{
    if (ask_needs_log(step) && self->rows == NULL)
        return errata_ask_refuse(self,
                                 "this needs the rows of the log, and only the report is at hand; "
                                 "give the log too (--log LOG; over D-Bus, the option log)");
    switch (step->op) {
    case ERRATA_ASK_FILTER:
        return ask_filter(self, step->text, counts);
    case ERRATA_ASK_WHAT_IF:
        return ask_what_if(self, step->number);
    case ERRATA_ASK_GROUP:
        self->group = step;
        return TRUE;
    case ERRATA_ASK_ORDER:
        self->order = step;
        return TRUE;
    case ERRATA_ASK_TOP:
    case ERRATA_ASK_BOTTOM:
        self->top = step;
        return TRUE;
    case ERRATA_ASK_COUNT:
        return step->text != NULL ? errata_ask_show_count(self, step->text)
                                  : errata_ask_measure_count(self);
    case ERRATA_ASK_SHARE:
        return errata_ask_share(self, step->text);
    case ERRATA_ASK_METRIC:
        return errata_ask_measure_metric(self, step);
    case ERRATA_ASK_COMPARE:
        return errata_ask_measure_compare(self, step->text);
    case ERRATA_ASK_FINDINGS:
        return errata_ask_show_findings(self, step->text);
    case ERRATA_ASK_FINDING:
        return errata_ask_show_finding(self, step->text);
    case ERRATA_ASK_ROWS:
        return errata_ask_show_rows(self, (guint)step->number);
    case ERRATA_ASK_EXPLAIN:
        return errata_ask_show_row(self, step->text);
    case ERRATA_ASK_ADVICE:
        return errata_ask_tell_advice(self);
    case ERRATA_ASK_FEATURES:
        return errata_ask_tell_features(self);
    case ERRATA_ASK_COLUMNS:
        return errata_ask_tell_columns(self, step->text != NULL);
    case ERRATA_ASK_DESCRIBE:
        return self->group != NULL ? errata_ask_table_describe(self, step->text)
                                   : errata_ask_tell_column(self, step->text);
    case ERRATA_ASK_THRESHOLD:
        return errata_ask_threshold(self, step->text);
    }
    g_return_val_if_reached(FALSE);
}

/**
 * errata_ask_run:
 * @plan: the plan
 * @data: what it is carried out on
 * @answer: gets the answer, or why there is none
 *
 * What a supposed threshold changes in @data is put back.
 *
 * Returns: whether it was answered
 */
gboolean
errata_ask_run(const ErrataAskPlan *plan, ErrataAskData *data, ErrataAnswer *answer)
{
    g_autoptr(GString) where = g_string_new(NULL);
    g_autoptr(ErrataRows) rows = NULL;
    gboolean supposes = FALSE;
    gboolean answered = TRUE;
    AskKept kept;
    AskRun run = {data, answer, NULL, where, (double)NAN, NULL, NULL, NULL};
    guint n = plan->steps->len;
    const ErrataAskStep *last = g_ptr_array_index(plan->steps, n - 1);
    gboolean counts = last->op == ERRATA_ASK_COUNT &&
                      (n < 2 || ((ErrataAskStep *)g_ptr_array_index(plan->steps, n - 2))->op !=
                                    ERRATA_ASK_GROUP);

    answer->plan = errata_ask_plan_print(plan);
    if (data->frame != NULL) {
        rows = run.rows = errata_rows_new(data->frame->n_rows);
        errata_rows_complement(rows);
    }
    for (guint i = 0; i < n; i++)
        supposes = supposes ||
                   ((ErrataAskStep *)g_ptr_array_index(plan->steps, i))->op == ERRATA_ASK_WHAT_IF;
    supposes = supposes && data->outcome != NULL;
    if (supposes)
        ask_keep(&kept, data->outcome);
    for (guint i = 0; answered && i < n; i++)
        answered = ask_step(&run, g_ptr_array_index(plan->steps, i), counts);
    if (supposes)
        ask_put_back(&kept, data->outcome);
    return answered;
}

static void
ask_json_evidence(ErrataJsonWriter *json, const ErrataEvidence *evidence)
{
    double ends[2] = {evidence->lo, evidence->hi};

    errata_json_writer_begin(json, evidence->id, '{');
    errata_json_writer_string(json, "key", evidence->key);
    errata_json_writer_string(json, "what", evidence->what);
    errata_json_writer_double(json, "value", evidence->value);
    errata_json_writer_string(json, "unit", errata_unit_nick(evidence->unit));
    errata_json_writer_uint(json, "n", evidence->n);
    if (isnan(evidence->lo) && isnan(evidence->hi))
        errata_json_writer_null(json, "ci");
    else
        errata_json_writer_doubles(json, "ci", ends, 2);
    errata_json_writer_double(json, "p", evidence->p);
    errata_json_writer_string(json, "test", evidence->test);
    errata_json_writer_end(json, '}');
}

static void
ask_json_table(ErrataJsonWriter *json, const ErrataTable *table)
{
    if (table == NULL) {
        errata_json_writer_null(json, "table");
        return;
    }
    errata_json_writer_begin(json, "table", '{');
    errata_json_writer_begin(json, "headings", '[');
    for (guint c = 0; c < table->n_columns; c++)
        errata_json_writer_string(json, NULL, table->headings[c]);
    errata_json_writer_end(json, ']');
    errata_json_writer_begin(json, "rows", '[');
    for (guint row = 0; row < table->n_rows; row++) {
        errata_json_writer_begin(json, NULL, '[');
        for (guint c = 0; c < table->n_columns; c++)
            errata_json_writer_string(json, NULL, errata_table_cell(table, row, c));
        errata_json_writer_end(json, ']');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

/* Returns: (transfer full): {plan, planner, answered, text, why, malformed, evidence, table} */
char *
errata_ask_answer_json(const ErrataAnswer *self)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&json, NULL, '{');
    errata_json_writer_string(&json, "plan", self->plan);
    errata_json_writer_string(&json, "planner", self->plan != NULL ? self->planner : NULL);
    errata_json_writer_boolean(&json, "answered", self->text != NULL);
    errata_json_writer_string(&json, "text", self->text);
    errata_json_writer_string(&json, "why", self->why);
    errata_json_writer_boolean(&json, "malformed", self->text == NULL && self->malformed);
    errata_json_writer_begin(&json, "evidence", '{');
    for (guint i = 0; i < self->evidence->len; i++)
        ask_json_evidence(&json, g_ptr_array_index(self->evidence, i));
    errata_json_writer_end(&json, '}');
    ask_json_table(&json, self->table);
    errata_json_writer_end(&json, '}');
    return g_string_free(json.text, FALSE);
}
