/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "case-json.h"
#include "cli.h"
#include "error.h"
#include "llm-door.h"
#include "oneshot.h"
#include "report-find.h"
#include "report-log.h"

#define ASK_ROWS 400 /* of a table that are printed */

static char *ask_plan;
static char *ask_report;
static char *ask_log;
static char *ask_config;
static char **ask_roles;
static gboolean ask_json;
static char *ask_label; /* of the daemon's report, where none was named */

static const GOptionEntry ask_options[] = {
    {"plan",
     0,
     0,
     G_OPTION_ARG_STRING,
     &ask_plan,
     "Operations instead of a question, e.g. 'filter age > 40 | metric accuracy'",
     "PLAN"},
    {"report",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &ask_report,
     "A report (default: the daemon's newest), or a log",
     "REPORT|LOG"},
    {"log",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &ask_log,
     "The report's log (default: where the report found it)",
     "FILE"},
    {"config",
     0,
     0,
     G_OPTION_ARG_FILENAME,
     &ask_config,
     "Settings besides the user's errata.conf",
     "FILE"},
    {"role",
     0,
     0,
     G_OPTION_ARG_STRING_ARRAY,
     &ask_roles,
     "What a column is for, e.g. y=label or user=entity; may repeat",
     "COL=ROLE"},
    {"json", 0, 0, G_OPTION_ARG_NONE, &ask_json, "Print one JSON document and nothing else", NULL},
    G_OPTION_ENTRY_NULL};

/* a file that is no report.json and no folder is taken for a log */
static gboolean
ask_names_log(const char *path)
{
    return path != NULL && g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
           !g_str_has_suffix(path, "report.json");
}

/* the report's logs; without them the answer says so when rows are needed */
static gboolean
ask_add_log(ErrataHostJob *job, const ErrataReportFound *found, GError **error)
{
    g_autoptr(ErrataCase) report = NULL;
    g_autoptr(GError) local = NULL;
    guint n = job->inputs->len;

    if (ask_log != NULL)
        return errata_oneshot_add_input(job, ask_log, "auto", error);
    report = errata_case_from_json(found->json, found->length, error);
    if (report == NULL)
        return FALSE;
    for (guint i = 0; i < report->inputs->len; i++)
        if (!errata_report_log_add(job,
                                   g_ptr_array_index(report->inputs, i),
                                   found->folder,
                                   &local)) {
            g_autofree char *message = errata_cli_printable(local->message);

            g_printerr("errata: note: %s\n", message);
            g_ptr_array_set_size(job->inputs, (int)n);
            return TRUE;
        }
    return TRUE;
}

static gboolean
ask_add_inputs(ErrataHostJob *job, GError **error)
{
    g_autoptr(ErrataReportFound) found = NULL;
    g_autofree char *file = NULL;

    if (ask_names_log(ask_report))
        return errata_oneshot_add_input(job, ask_report, "auto", error);
    if (ask_report == NULL && ask_log != NULL)
        return errata_oneshot_add_input(job, ask_log, "auto", error);
    found = errata_report_find(ask_report, error);
    if (found == NULL)
        return FALSE;
    ask_label = g_strdup(found->label);
    file = g_build_filename(found->folder, "report.json", NULL);
    return errata_oneshot_add_input(job, file, "baseline", error) && ask_add_log(job, found, error);
}

static JsonArray *
ask_table_row(JsonObject *table, guint i)
{
    return i == 0
               ? json_object_get_array_member(table, "headings")
               : json_array_get_array_element(json_object_get_array_member(table, "rows"), i - 1);
}

/* columns are as wide as their widest cell; figures stand at the right */
static void
ask_print_table(JsonObject *table)
{
    guint n_all = json_array_get_length(json_object_get_array_member(table, "rows"));
    guint n_rows = 1 + MIN(n_all, ASK_ROWS);
    guint n_columns = json_array_get_length(ask_table_row(table, 0));
    g_autofree glong *width = g_new0(glong, n_columns + 1);

    for (guint i = 0; i < n_rows; i++)
        for (guint c = 0; c < n_columns; c++) {
            g_autofree char *cell =
                errata_cli_printable(json_array_get_string_element(ask_table_row(table, i), c));

            width[c] = MAX(width[c], g_utf8_strlen(cell, -1));
        }
    for (guint i = 0; i < n_rows; i++) {
        for (guint c = 0; c < n_columns; c++) {
            g_autofree char *cell =
                errata_cli_printable(json_array_get_string_element(ask_table_row(table, i), c));
            int fill = c + 1 < n_columns ? (int)(width[c] - g_utf8_strlen(cell, -1)) : 0;

            g_print("  %s%*s", cell, fill, "");
        }
        g_print("\n");
    }
    if (n_all > ASK_ROWS)
        g_print("  … and %u more: --json has all\n", n_all - ASK_ROWS);
}

/* the plan, so that a wrong reading of a question is seen; then the answer */
static int
ask_print(const char *json, const char *label)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *answer;
    gboolean answered;

    if (!json_parser_load_from_data(parser, json, -1, NULL))
        return ERRATA_EXIT_FAILED;
    answer = json_node_get_object(json_parser_get_root(parser));
    answered = json_object_get_boolean_member(answer, "answered");
    if (ask_json) {
        g_print("%s\n", json);
    } else {
        const char *plan = json_object_get_string_member_with_default(answer, "plan", NULL);
        const char *planner = json_object_get_string_member_with_default(answer, "planner", NULL);
        const char *text =
            json_object_get_string_member_with_default(answer, answered ? "text" : "why", "");

        if (label != NULL)
            g_print("Of %s\n", label);
        if (plan != NULL)
            errata_cli_print_line(2,
                                  "Plan%s: %s",
                                  g_strcmp0(planner, "llm") == 0 ? " (by the language model)" : "",
                                  plan);
        errata_cli_print_line(0, "%s%s", answered ? "" : "Not answered: ", text);
        if (answered && JSON_NODE_HOLDS_OBJECT(json_object_get_member(answer, "table")))
            ask_print_table(json_object_get_object_member(answer, "table"));
    }
    if (answered)
        return ERRATA_EXIT_DONE;
    return json_object_get_boolean_member_with_default(answer, "malformed", FALSE)
               ? ERRATA_EXIT_USAGE
               : ERRATA_EXIT_FAILED;
}

/* the question; a report or a log before it (or behind it) is as with --report. NULL: it is no
 * question */
static char **
ask_take_report(char **arguments)
{
    gboolean two = arguments[0] != NULL && arguments[1] != NULL;
    gboolean behind = two && !g_file_test(arguments[0], G_FILE_TEST_EXISTS) &&
                      g_file_test(arguments[1], G_FILE_TEST_EXISTS);
    char *one;

    if (ask_report != NULL || arguments[0] == NULL || (two && arguments[2] != NULL) ||
        (two && ask_plan != NULL) ||
        (!two && ask_plan == NULL && !g_file_test(arguments[0], G_FILE_TEST_EXISTS)))
        return arguments;
    one = arguments[behind ? 1 : 0];
    ask_report = g_strdup(one);
    if (!behind)
        return arguments + 1;
    g_clear_pointer(&arguments[1], g_free);
    return arguments;
}

static int
ask_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) result = NULL;
    g_auto(ErrataLlmDoor) door = {0};
    ErrataHostJob *job;
    ErrataBar bar;
    const char *json = NULL;

    arguments = ask_take_report(arguments);
    if ((arguments[0] == NULL) == (ask_plan == NULL) ||
        (arguments[0] != NULL && arguments[1] != NULL))
        return errata_cli_usage("ask needs one question in quotes, or --plan PLAN; a report "
                                "or a log may stand before it");
    job = errata_host_job_new("ask");
    job->id = g_uuid_string_random();
    job->question = g_strdup(arguments[0]);
    job->plan = g_strdup(ask_plan);
    if (!errata_oneshot_add_config(job, ask_config, &error) ||
        !errata_oneshot_add_roles(job, ask_roles, &error) ||
        !errata_llm_door_give(&door, job, &error) || !ask_add_inputs(job, &error)) {
        errata_host_job_free(job);
        return errata_cli_fail(error);
    }
    errata_bar_init(&bar, TRUE);
    result = errata_oneshot_run(job, &bar, &error);
    if (result == NULL)
        return errata_cli_fail(error);
    if (!g_variant_lookup(result, "answer", "&s", &json))
        return ERRATA_EXIT_FAILED;
    return ask_print(json, ask_label);
}

const ErrataVerb errata_verb_ask = {
    .name = "ask",
    .arguments = "[REPORT|LOG] [QUESTION]",
    .summary = "Answer a question about a report or a log",
    .options = ask_options,
    .run = ask_run,
};
