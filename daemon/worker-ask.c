/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question in the worker: the plan is read (or found by keywords), carried out on the log and the
 * report, and answered. A question that cannot be answered is answered so; that is no error. */
#include "worker-ask.h"

#include <string.h>

#include "ask-model.h"
#include "ask.h"
#include "built-in-writer.h"
#include "clean.h"
#include "run.h"

/**
 * errata_worker_ask_settings:
 * @report: the report of the log
 * @settings: gets the roles that the report found, where they are not set
 *
 * So that a question about a log means the same columns as its report.
 */
void
errata_worker_ask_settings(const ErrataCase *report, ErrataSettings *settings)
{
    static const char *const told[] =
        {"id", "time", "label", "prediction", "group", "ignore", NULL};

    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (column->role == NULL || !g_strv_contains(told, column->role) ||
            g_hash_table_contains(settings->roles, column->name))
            continue;
        errata_settings_set(settings, "roles", column->name, column->role, "the report", NULL);
    }
    if (settings->positive == NULL && report->positive != NULL)
        settings->positive = g_strdup(report->positive);
}

/* questions mean the log as its report does: codes for “no value” are missing */
static gboolean
ask_prepare(ErrataAskData *data,
            const ErrataSettings *settings,
            ErrataSchema **ret_schema,
            ErrataOutcome **ret_outcome,
            ErrataClean **ret_clean,
            GError **error)
{
    if (data->frame == NULL)
        return TRUE;
    *ret_schema = errata_schema_infer(data->frame, settings, NULL, error);
    if (*ret_schema == NULL)
        return FALSE;
    *ret_outcome = errata_outcome_new(data->frame, *ret_schema, settings, error);
    if (*ret_outcome == NULL)
        return FALSE;
    *ret_clean = errata_clean_new(data->frame, *ret_schema, NULL);
    data->frame = (*ret_clean)->frame;
    data->schema = *ret_schema;
    data->outcome = *ret_outcome;
    return TRUE;
}

/* the plan that a question in words asks for: by keywords, else by the model; NULL, and the answer
 * says why */
static ErrataAskPlan *
ask_translate(const char *question, ErrataAskData *data, ErrataLlm *llm, ErrataAnswer *answer)
{
    g_autofree char *part = NULL;
    g_autofree char *model_why = NULL;
    g_autofree char *hint = NULL;
    g_autofree char *routed = errata_ask_route(question, data, &part);
    g_autoptr(GError) error = NULL;
    ErrataAskPlan *plan;

    answer->planner = "builtin";
    plan = routed != NULL ? errata_ask_plan_parse(routed, &error) : NULL;
    if (plan != NULL) {
        answer->note = errata_ask_plain_note(question, routed, data);
        return plan;
    }
    if (llm != NULL) {
        answer->planner = "llm";
        plan = errata_ask_model(question, data, llm, &answer->note, &model_why);
        if (plan != NULL)
            return plan;
    }
    /* a reason that says what to ask instead needs no other questions */
    hint = part == NULL || strstr(part, "ask “") == NULL ? errata_ask_hint(data) : NULL;
    answer->why = g_strdup_printf("%s%s%s%s%s",
                                  part != NULL    ? part
                                  : error != NULL ? error->message
                                                  : "the question was not understood",
                                  model_why != NULL ? ", and " : "",
                                  model_why != NULL ? model_why : "",
                                  hint != NULL ? "; try " : "",
                                  hint != NULL ? hint : "");
    return NULL;
}

/* the plan as given, or as the question asks for it; NULL, and the answer says why */
static ErrataAskPlan *
ask_plan(const char *question,
         const char *plan,
         ErrataAskData *data,
         ErrataLlm *llm,
         ErrataAnswer *answer)
{
    g_autoptr(GError) error = NULL;
    ErrataAskPlan *parsed;

    if (plan == NULL)
        return ask_translate(question != NULL ? question : "", data, llm, answer);
    answer->planner = "user";
    parsed = errata_ask_plan_parse(plan, &error);
    if (parsed == NULL) {
        answer->malformed = TRUE;
        answer->why = g_strdup(error->message);
    }
    return parsed;
}

/* a report of some rows only, beside an answer that is of the whole log */
static void
ask_say_whole(const ErrataAskPlan *plan, const ErrataCase *report, ErrataAnswer *answer)
{
    char *text;

    if (report == NULL || report->where == NULL || answer->text == NULL ||
        errata_ask_wants_report(plan))
        return;
    text =
        g_strdup_printf("%s The report is of the rows where %s; this answer is of all rows of the "
                        "log.",
                        answer->text,
                        report->where);
    g_free(answer->text);
    answer->text = text;
}

/* how the question was read, behind the answer */
static void
ask_say_note(ErrataAnswer *answer)
{
    char *text;

    if (answer->note == NULL || answer->text == NULL)
        return;
    text = g_strdup_printf("%s %s", answer->text, answer->note);
    g_free(answer->text);
    answer->text = text;
}

/* a report of the log, where none is at hand; NULL with @error set */
static ErrataCase *
ask_analyse(const ErrataFrame *frame,
            const ErrataSettings *settings,
            ErrataAskData *data,
            ErrataProgress *progress,
            GError **error)
{
    ErrataCase *made;

    errata_progress_stage(progress, "analysing", 0.35, 0.95);
    made = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, progress, error);
    if (made == NULL)
        return NULL;
    errata_built_in_writer_write(made);
    data->report = made;
    return made;
}

/**
 * errata_worker_ask:
 * @question: (nullable): in plain words
 * @plan: (nullable): the plan; goes before @question
 * @report: (nullable): of the log
 * @frame: (nullable): the log
 * @settings: what the user set
 * @llm: (nullable): asked for a plan where keywords do not do
 * @progress: whom to tell
 * @error: return location for a #GError
 *
 * Without a report the log is analysed when the plan asks for findings, or the question for the
 * rows of one.
 *
 * Returns: (transfer full): the a{sv} of org.errata.Worker1.Finished
 */
GVariant *
errata_worker_ask(const char *question,
                  const char *plan,
                  const ErrataCase *report,
                  const ErrataFrame *frame,
                  const ErrataSettings *settings,
                  ErrataLlm *llm,
                  ErrataProgress *progress,
                  GError **error)
{
    g_autoptr(ErrataAnswer) answer = errata_ask_answer_new();
    g_autoptr(ErrataCase) made = NULL;
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataOutcome) outcome = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    ErrataAskData data = {report, frame, NULL, NULL};
    g_autoptr(ErrataAskPlan) parsed = NULL;
    g_autofree char *json = NULL;
    GVariantDict dict;

    if (!ask_prepare(&data, settings, &schema, &outcome, &clean, error))
        return NULL;
    if (plan == NULL && question != NULL && report == NULL && frame != NULL &&
        errata_ask_shown_wants_report(question, &data)) {
        made = ask_analyse(frame, settings, &data, progress, error);
        if (made == NULL)
            return NULL;
    }
    parsed = ask_plan(question, plan, &data, llm, answer);
    if (parsed != NULL && data.report == NULL && frame != NULL && errata_ask_wants_report(parsed)) {
        made = ask_analyse(frame, settings, &data, progress, error);
        if (made == NULL)
            return NULL;
    }
    if (parsed != NULL && errata_ask_run(parsed, &data, answer))
        ask_say_whole(parsed, report, answer);
    ask_say_note(answer);
    json = errata_ask_answer_json(answer);
    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "state", "s", "reported");
    g_variant_dict_insert(&dict, "answer", "s", json);
    return g_variant_ref_sink(g_variant_dict_end(&dict));
}
