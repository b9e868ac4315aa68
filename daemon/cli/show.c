/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "case-json.h"
#include "cli.h"
#include "error.h"
#include "report-find.h"
#include "report.h"

static gboolean show_json;

static const GOptionEntry show_options[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &show_json, "Print one JSON document and nothing else", NULL},
    G_OPTION_ENTRY_NULL};

static gboolean
show_finding_json(const ErrataReportFound *found, const char *finding, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *findings;

    if (!json_parser_load_from_data(parser, found->json, (gssize)found->length, error))
        return FALSE;
    findings = json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)),
                                            "findings");
    for (guint i = 0; i < json_array_get_length(findings); i++) {
        JsonNode *node = json_array_get_element(findings, i);
        g_autofree char *text = NULL;

        if (g_strcmp0(json_object_get_string_member(json_node_get_object(node), "id"), finding) !=
            0)
            continue;
        text = json_to_string(node, TRUE);
        g_print("%s\n", text);
        return TRUE;
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                "%s: no finding “%s” among its %u (F1, F2 …)",
                found->what,
                finding,
                json_array_get_length(findings));
    return FALSE;
}

static gboolean
show_text(const ErrataReportFound *found, const char *finding, GError **error)
{
    g_autoptr(ErrataCase) report = errata_case_from_json(found->json, found->length, error);
    gboolean colour = errata_cli_has_colour();
    g_autofree char *text = NULL;

    if (report == NULL) {
        g_prefix_error(error, "%s: ", found->what);
        return FALSE;
    }
    text = finding != NULL
               ? errata_report_terminal_finding(report, finding, errata_cli_width(), colour)
               : errata_report_terminal(report, errata_cli_width(), colour);
    if (text == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "%s: no finding “%s” among its %u (F1, F2 …)",
                    found->what,
                    finding,
                    report->findings->len);
        return FALSE;
    }
    g_print("%s\n", text);
    return TRUE;
}

/* “3”, as pages number them, and “f3” are F3 */
static char *
show_finding_id(const char *written)
{
    const char *digits = written + (g_ascii_toupper(written[0]) == 'F' ? 1 : 0);

    return digits[0] != '\0' && digits[strspn(digits, "0123456789")] == '\0'
               ? g_strdup_printf("F%s", digits)
               : g_strdup(written);
}

/* “F3” alone is of the newest report; reports are called by number or name */
static gboolean
show_is_finding(const char *written)
{
    return written[0] == 'F' && written[1] != '\0' &&
           written[1 + strspn(written + 1, "0123456789")] == '\0' &&
           !g_file_test(written, G_FILE_TEST_EXISTS);
}

static int
show_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    gboolean alone = arguments[0] != NULL && arguments[1] == NULL && show_is_finding(arguments[0]);
    const char *written = arguments[0] == NULL ? NULL : arguments[alone ? 0 : 1];
    g_autofree char *finding = written != NULL ? show_finding_id(written) : NULL;
    g_autoptr(ErrataReportFound) found = errata_report_find(alone ? NULL : arguments[0], &error);

    if (found == NULL)
        return errata_cli_fail(error);
    if (found->superseded != NULL)
        g_printerr("note: %s is of the same log and was made later, with more\n",
                   found->superseded);
    if (show_json && finding == NULL) {
        fwrite(found->json, 1, found->length, stdout);
        return ERRATA_EXIT_DONE;
    }
    if (!(show_json ? show_finding_json(found, finding, &error)
                    : show_text(found, finding, &error)))
        return errata_cli_fail(error);
    return ERRATA_EXIT_DONE;
}

const ErrataVerb errata_verb_show = {.name = "show",
                                     .arguments = "[REPORT [FINDING]]",
                                     .summary = "Read a report, or one finding, in the terminal",
                                     .options = show_options,
                                     .too_many = 3,
                                     .run = show_run};
