/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include "case-json.h"
#include "cli.h"
#include "error.h"
#include "model-print.h"
#include "oneshot.h"
#include "value.h"

#define INSPECT_NAME 24 /* cells of a column's name at most */
#define INSPECT_WHY  28 /* of a line of reasons at least */
#define INSPECT_REST 24 /* of role and type, with the gaps before and after them */

static gboolean inspect_json;
static char **inspect_roles;

static const GOptionEntry inspect_options[] = {
    {"role",
     0,
     0,
     G_OPTION_ARG_STRING_ARRAY,
     &inspect_roles,
     "What a column is for, e.g. y=label or user=entity; may repeat",
     "COL=ROLE"},
    {"json",
     0,
     0,
     G_OPTION_ARG_NONE,
     &inspect_json,
     "Print one JSON document and nothing else",
     NULL},
    G_OPTION_ENTRY_NULL};

/* cells that the table's columns take */
typedef struct {
    int name;
    int missing; /* 0 where nothing is missing anywhere */
} InspectWidths;

static InspectWidths
inspect_widths(const ErrataCase *result)
{
    InspectWidths widths = {(int)strlen("column"), 0};

    for (guint i = 0; i < result->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(result->columns, i);

        widths.name = MAX(widths.name, (int)g_utf8_strlen(column->name, -1));
        if (column->missing > 0)
            widths.missing = (int)strlen("99.9 % missing") + 1;
    }
    widths.name = MIN(widths.name, INSPECT_NAME);
    return widths;
}

/* where reasons begin */
static guint
inspect_indent(const InspectWidths *widths)
{
    return (guint)(2 + widths->name + INSPECT_REST + widths->missing);
}

/* where the table leaves too little room for reasons they stand below the rest */
static gboolean
inspect_is_narrow(const InspectWidths *widths)
{
    return errata_cli_is_terminal(STDOUT_FILENO) &&
           errata_cli_width() < inspect_indent(widths) + INSPECT_WHY;
}

static void
inspect_print_column(const ErrataColumnSummary *column, const InspectWidths *widths)
{
    const int gap = MAX(widths->name - (int)g_utf8_strlen(column->name, -1), 0);
    const char *reason = column->reason != NULL ? column->reason : "";
    g_autofree char *missing =
        column->missing > 0 && column->n > 0
            ? g_strdup_printf("%.1f %% missing",
                              100.0 * (double)column->missing / (double)column->n)
            : g_strdup("");

    if (inspect_is_narrow(widths)) {
        errata_cli_print_line(4,
                              "  %s%*s %-11s %s",
                              column->name,
                              gap,
                              "",
                              column->role,
                              column->type);
        if (*missing != '\0' || *reason != '\0')
            errata_cli_print_line(4,
                                  "    %s%s%s",
                                  missing,
                                  *missing != '\0' && *reason != '\0' ? ", " : "",
                                  reason);
        return;
    }
    errata_cli_print_line(inspect_indent(widths),
                          "  %s%*s %-11s %-10s %-*s%s",
                          column->name,
                          gap,
                          "",
                          column->role,
                          column->type,
                          widths->missing,
                          missing,
                          reason);
}

static void
inspect_print(const ErrataCase *result)
{
    InspectWidths widths;

    for (guint i = 0; i < result->inputs->len; i++) {
        const ErrataInput *input = g_ptr_array_index(result->inputs, i);

        g_autofree char *rows = errata_value_count((double)input->rows);
        g_autofree char *rejected = errata_value_count((double)input->rejected_rows);

        errata_cli_print_line(2,
                              "%s: %s, %s %s%s%s%s",
                              input->path,
                              input->format,
                              rows,
                              input->rows == 1 ? "row" : "rows",
                              input->rejected_rows > 0 ? ", " : "",
                              input->rejected_rows > 0 ? rejected : "",
                              input->rejected_rows > 0 ? " not read" : "");
    }
    errata_cli_print_line(6,
                          "task: %s%s%s",
                          errata_task_nick(result->task),
                          result->task_reason != NULL ? ", " : "",
                          result->task_reason != NULL ? result->task_reason : "");
    if (result->positive != NULL)
        errata_cli_print_line(6,
                              "positive class: %s%s%s",
                              result->positive,
                              result->positive_reason != NULL ? ", " : "",
                              result->positive_reason != NULL ? result->positive_reason : "");
    for (guint i = 0; i < result->warnings->len; i++)
        errata_cli_print_line(9,
                              "warning: %s",
                              (const char *)g_ptr_array_index(result->warnings, i));
    widths = inspect_widths(result);
    errata_cli_print("\n  %-*s %-11s %-10s %-*s%s\n",
                     widths.name,
                     "column",
                     "role",
                     "type",
                     inspect_is_narrow(&widths) ? 0 : widths.missing,
                     "",
                     inspect_is_narrow(&widths) ? "" : "why");
    for (guint i = 0; i < result->columns->len; i++)
        inspect_print_column(g_ptr_array_index(result->columns, i), &widths);
}

static int
inspect_one(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataHostJob) job = errata_host_job_new("inspect");
    g_autoptr(GVariant) result = NULL;
    g_autoptr(ErrataCase) seen = NULL;
    g_autofree char *unsafe = NULL;
    gboolean is_unsafe = FALSE;
    const char *json;

    if (!errata_oneshot_add_config(job, NULL, &error) ||
        !errata_oneshot_add_roles(job, inspect_roles, &error) ||
        !errata_oneshot_add_any(job, path, &error))
        return errata_cli_fail(error);
    job->what = inspect_json ? NULL : g_strdup("brief");
    result = errata_oneshot_run(g_steal_pointer(&job), NULL, &error);
    if (result == NULL)
        return errata_cli_fail(error);
    if (g_variant_lookup(result, "model", "&s", &json)) {
        if (inspect_json)
            g_print("%s", json);
        else
            errata_model_print(json);
        g_variant_lookup(result, "unsafe", "b", &is_unsafe);
        if (!is_unsafe)
            return ERRATA_EXIT_DONE;
        unsafe = errata_model_print_unsafe(json);
        g_set_error_literal(&error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, unsafe);
        return errata_cli_fail(error);
    }
    g_variant_lookup(result, "json", "&s", &json);
    if (inspect_json) {
        g_print("%s", json);
        return ERRATA_EXIT_DONE;
    }
    seen = errata_case_from_json(json, strlen(json), &error);
    if (seen == NULL)
        return errata_cli_fail(error);
    inspect_print(seen);
    return ERRATA_EXIT_DONE;
}

static int
inspect_run(char **files)
{
    int worst = ERRATA_EXIT_DONE;

    if (files[0] == NULL)
        return errata_cli_usage("inspect needs a file, e.g. errata inspect predictions.csv");
    if (inspect_json && files[1] != NULL)
        return errata_cli_usage("inspect --json takes one file at a time: it prints one document");
    for (char **file = files; *file != NULL; file++) {
        int code = inspect_one(*file);

        worst = MAX(worst, code);
    }
    return worst;
}

const ErrataVerb errata_verb_inspect = {
    .name = "inspect",
    .arguments = "FILE…",
    .summary = "Say what a file holds: columns and roles, or a model's layers and risks",
    .options = inspect_options,
    .run = inspect_run,
};
