/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions that keywords do not understand become plans by a language model. It gives operations,
 * never an answer: its plan is read as one typed by hand, held against the log, and tried; what is
 * wrong with it goes back once. Who asked sees the plan. */
#include "ask-model.h"

#include <math.h>
#include <string.h>

#include "ask-asked.h"
#include "ask-words.h"
#include "json-reader.h"
#include "number.h"
#include "role.h"
#include "text.h"
#include "vocabulary.h"

#define MODEL_TOKENS     500
#define MODEL_COLUMNS    120  /* told of */
#define MODEL_VALUES     30   /* of a column, when they are told at all */
#define MODEL_FEW        5    /* rows: rarer values may say who somebody is */
#define MODEL_PLAN_BYTES 2000 /* of the plan as text */

typedef struct {
    ErrataAskData *data;
    const char *question;
    char *note;            /* what stands for nothing in the plan that passed */
    const char *metric;    /* that the question names, or NULL */
    ErrataAskPlan *plan;   /* NULL: none passed, or it says that there is no answer */
    char *why;             /* what the last plan was refused for */
    gboolean unanswerable; /* so it says */
    gboolean tells_values; /* rows go out: reasons may name values of the log */
} AskModel;

/* whether a name may stand in a prompt: short, nothing hidden in it, no markup of chats */
static gboolean
model_may_tell(const char *name)
{
    if (!g_utf8_validate(name, -1, NULL) || g_utf8_strlen(name, -1) > 80 || name[0] == '\0' ||
        strpbrk(name, "<>{}\n\r") != NULL)
        return FALSE;
    return errata_text_is_plain(name);
}

/* ---- what it is told ---- */

static void
model_add_columns(GString *facts, const ErrataAskData *data)
{
    const ErrataFrame *frame = data->frame;

    g_string_append(facts, "Columns: name | holds | role | meaning\n");
    for (guint c = 0; c < MIN(frame->n_columns, MODEL_COLUMNS); c++) {
        const ErrataSchemaColumn *column = &data->schema->columns[c];
        const char *meaning = column->description != NULL ? column->description : "";

        if (model_may_tell(frame->columns[c]->name))
            g_string_append_printf(facts,
                                   "%s | %s | %s | %s\n",
                                   frame->columns[c]->name,
                                   errata_role_column(frame->columns[c]),
                                   errata_role_nick(column->role),
                                   model_may_tell(meaning) ? meaning : "");
    }
}

static char *
model_facts(const char *question, const ErrataAskData *data)
{
    static const char *const numbers = "n, rmse, mse, mae, mape, r2";
    static const char *const classes =
        "accuracy, error_rate, balanced_accuracy, precision, recall, f1, f1_macro, f1_weighted, mcc, "
        "log_loss, brier, ece, roc_auc, pr_auc; of two classes also specificity, npv, "
        "false_positive_rate, false_negative_rate, false_discovery_rate; of one class precision, "
        "recall, f1";
    GString *facts = g_string_new("Question: ");
    const ErrataSchema *schema = data->schema;

    g_string_append_printf(facts, "%s\n", question);
    if (schema == NULL) {
        g_string_append(facts, "Log at hand: no; only findings and finding can be carried out\n");
        return g_string_free(facts, FALSE);
    }
    g_string_append_printf(facts, "Task: %s\nClasses:", errata_task_nick(schema->task));
    for (guint i = 0; i < MIN(schema->n_classes, MODEL_VALUES); i++)
        if (model_may_tell(schema->classes[i]))
            g_string_append_printf(facts,
                                   " “%s”%s",
                                   schema->classes[i],
                                   (int)i == schema->positive ? " (the positive one)" : "");
    g_string_append_printf(facts,
                           "\nMetrics: %s\n",
                           schema->task == ERRATA_TASK_REGRESSION ? numbers : classes);
    model_add_columns(facts, data);
    return g_string_free(facts, FALSE);
}

/* “region: north, south”, a line per column of few values; texts of the log */
static char **
model_values(const ErrataAskData *data)
{
    GPtrArray *lines = g_ptr_array_new();

    for (guint c = 0; data->frame != NULL && c < MIN(data->frame->n_columns, MODEL_COLUMNS); c++) {
        const ErrataColumn *column = data->frame->columns[c];
        g_autoptr(ErrataVocabulary) values = NULL;
        g_autoptr(GString) line = NULL;

        if (column->type != ERRATA_COLUMN_CATEGORY || column->n_dictionary > MODEL_VALUES ||
            (int)c == data->schema->id)
            continue;
        values = errata_vocabulary_new(column, MODEL_VALUES);
        line = g_string_new(column->name);
        g_string_append_c(line, ':');
        for (guint i = 0; i < values->n_values; i++)
            if (values->counts[i] >= MODEL_FEW && model_may_tell(values->values[i]))
                g_string_append_printf(line, " '%s'", values->values[i]);
        g_ptr_array_add(lines, g_string_free(g_steal_pointer(&line), FALSE));
    }
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}

/* ---- what it may answer ---- */

static gboolean
model_refuse(AskModel *self, GPtrArray *faults, const char *rule, const char *why)
{
    g_free(self->why);
    self->why = g_strdup(why);
    return errata_role_refuse(faults,
                              rule,
                              "%s",
                              self->tells_values || !g_str_equal(rule, "value")
                                  ? why
                                  : "a value is compared with that no cell of its column has");
}

/* what stands in a condition is printed in the answer: no links, nothing hidden */
static gboolean
model_check_text(AskModel *self, const ErrataAskPlan *plan, GPtrArray *faults)
{
    g_autofree char *text = errata_ask_plan_print(plan);

    if (strlen(text) > MODEL_PLAN_BYTES)
        return model_refuse(self, faults, "length", "the plan is too long");
    return errata_text_is_plain(text) ||
           model_refuse(self, faults, "markup", "a plan holds no links and no hidden characters");
}

/* texts that no row has: a slip of the writer, which a sum over rows would not show */
static gboolean
model_check_values(AskModel *self, const ErrataAskPlan *plan, GPtrArray *faults)
{
    for (guint i = 0; self->data->frame != NULL && i < plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(plan->steps, i);
        gboolean condition = step->op == ERRATA_ASK_FILTER || step->op == ERRATA_ASK_COMPARE;
        g_autoptr(ErrataFilter) filter = condition ? errata_filter_parse(step->text, NULL) : NULL;
        g_autofree char *absent = NULL;

        if (filter == NULL ||
            !errata_filter_bind(filter, self->data->frame, self->data->schema, NULL))
            continue; /* `rest`; and what does not fit is told when it is tried */
        absent = errata_filter_absent(filter, self->data->frame);
        if (absent != NULL)
            return model_refuse(self, faults, "value", absent);
    }
    return TRUE;
}

/* the metric that the question names must be the plan's */
static gboolean
model_check_metric(AskModel *self, const ErrataAskPlan *plan, GPtrArray *faults)
{
    gboolean has_metric = FALSE;
    gboolean measures = FALSE;

    for (guint i = 0; i < plan->steps->len; i++) {
        const ErrataAskStep *step = g_ptr_array_index(plan->steps, i);
        g_auto(GStrv) names = NULL;

        if (step->op != ERRATA_ASK_METRIC)
            continue;
        names = g_strsplit(step->text, ERRATA_ASK_COMMA, -1);
        measures = TRUE;
        has_metric = has_metric || (self->metric != NULL &&
                                    g_strv_contains((const char *const *)names, self->metric));
    }
    return !measures || self->metric == NULL || has_metric ||
           model_refuse(self, faults, "asked", "the question names another metric");
}

/* what else the question names must be the plan's, and the other way round: another city is another
 * question */
static gboolean
model_check_asked(AskModel *self, const ErrataAskPlan *plan, GPtrArray *faults)
{
    g_autofree char *why = NULL;

    g_clear_pointer(&self->note, g_free);
    return errata_ask_asked(self->question, plan, self->data, &self->note, &why) ||
           model_refuse(self, faults, "asked", why);
}

static gboolean
model_check(const char *text, gpointer user_data, GPtrArray *faults)
{
    AskModel *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = NULL;
    JsonObject *object = errata_role_object(text, 1, &root, faults);
    g_autoptr(ErrataAskPlan) plan = NULL;
    g_autoptr(ErrataAnswer) trial = errata_ask_answer_new();

    if (object == NULL)
        return model_refuse(self, faults, "schema", "its answer was no plan");
    if (json_object_has_member(object, "steps") &&
        errata_json_reader_array(object, "steps") != NULL &&
        errata_json_reader_length(errata_json_reader_array(object, "steps")) == 0) {
        self->unanswerable = TRUE;
        return TRUE;
    }
    plan = errata_ask_plan_parse(text, &error);
    if (plan == NULL)
        return model_refuse(self, faults, "plan", error->message);
    if (!model_check_text(self, plan, faults) || !model_check_values(self, plan, faults) ||
        !model_check_metric(self, plan, faults))
        return FALSE;
    if (!(errata_ask_wants_report(plan) && self->data->report == NULL) &&
        !errata_ask_run(plan, self->data, trial))
        return model_refuse(self, faults, "run", trial->why);
    if (!model_check_asked(self, plan, faults))
        return FALSE;
    self->plan = g_steal_pointer(&plan);
    return TRUE;
}

/**
 * errata_ask_model:
 * @question: in words
 * @data: what it is about
 * @llm: the door
 * @ret_note: (out): what to tell who asked beside the answer, or %NULL
 * @ret_why: (out): why there is no plan, for who asked
 *
 * Values of the log go out only where rows do.
 *
 * Returns: (transfer full) (nullable): a plan that can be carried out
 */
ErrataAskPlan *
errata_ask_model(const char *question,
                 ErrataAskData *data,
                 ErrataLlm *llm,
                 char **ret_note,
                 char **ret_why)
{
    static const ErrataLlmRole role = {
        .name = "ask",
        .prompt = "ask.txt",
        .schema = "ask.schema.json",
        .reminder = "Answer with the plan as a JSON object only.",
        .max_tokens = MODEL_TOKENS,
        .check = model_check,
    };
    g_autoptr(ErrataLlmUse) use = errata_llm_use_new(llm->backend, llm->model);
    g_autofree char *facts = model_facts(question, data);
    g_auto(GStrv) values = llm->sends_rows ? model_values(data) : NULL;
    g_autoptr(AskWords) words = errata_ask_words_new(question, data);
    AskModel self = {.data = data,
                     .question = question,
                     .metric = errata_ask_metric_named(words),
                     .tells_values = llm->sends_rows};
    ErrataRoleEnd end = errata_role_run(&role, facts, (const char *const *)values, llm, use, &self);
    g_autofree char *why = self.why;
    g_autofree char *note = self.note;

    if (end == ERRATA_ROLE_ACCEPTED && self.plan != NULL) {
        *ret_note = g_steal_pointer(&note);
        return self.plan;
    }
    *ret_why =
        self.unanswerable
            ? g_strdup("the language model holds that the log and the report cannot answer it")
        : end == ERRATA_ROLE_REFUSED
            ? g_strdup_printf("the language model's plan was refused: %s",
                              why != NULL ? why : "it was none")
            : g_strdup_printf("the language model gave no answer: %s",
                              use->failure != NULL ? use->failure : "it was refused");
    return NULL;
}
