/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "bus.h"
#include "cli.h"
#include "error.h"
#include "number.h"
#include "report-find.h"
#include "report-reader.h"

static char *compare_output;
static gboolean compare_json;

static const GOptionEntry compare_options[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &compare_output, "Folder for comparison.json", "DIR"},
    {"json",
     0,
     0,
     G_OPTION_ARG_NONE,
     &compare_json,
     "Print one JSON document and nothing else",
     NULL},
    G_OPTION_ENTRY_NULL};

/* how a list of the comparison is called, and what is said of it */
static const struct {
    const char *key;
    const char *words;
} compare_lists[] = {{"new", "new"},
                     {"worse", "worse"},
                     {"better", "better"},
                     {"fixed", "fixed"},
                     {"same", "unchanged"}};

static JsonNode *
compare_load(const char *what, GError **error)
{
    g_autoptr(ErrataReportFound) found = errata_report_find(what, error);
    g_autoptr(JsonParser) parser = json_parser_new();

    if (found == NULL)
        return NULL;
    if (!json_parser_load_from_data(parser, found->json, (gssize)found->length, error) ||
        !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
        g_prefix_error(error, "%s: not a report: ", what);
        return NULL;
    }
    return json_parser_steal_root(parser);
}

static void
compare_print_metrics(GVariant *result)
{
    g_autoptr(GVariant) metrics =
        g_variant_lookup_value(result, "metrics", G_VARIANT_TYPE("aa{sv}"));

    for (gsize i = 0; metrics != NULL && i < g_variant_n_children(metrics); i++) {
        g_autoptr(GVariant) metric = g_variant_get_child_value(metrics, i);
        const char *name = "";
        double from = 0.0;
        double to = 0.0;
        char a[ERRATA_NUMBER_BUFFER];
        char b[ERRATA_NUMBER_BUFFER];

        if (g_variant_lookup(metric, "name", "&s", &name) &&
            g_variant_lookup(metric, "from", "d", &from) &&
            g_variant_lookup(metric, "to", "d", &to))
            errata_cli_print("  %-24s %10s → %s\n",
                             name,
                             errata_number_print_fixed(from, 4, a),
                             errata_number_print_fixed(to, 4, b));
    }
}

static void
compare_print(GVariant *result)
{
    errata_cli_print("metrics, before → now\n");
    compare_print_metrics(result);
    for (gsize i = 0; i < G_N_ELEMENTS(compare_lists); i++) {
        g_autoptr(GVariant) list =
            g_variant_lookup_value(result, compare_lists[i].key, G_VARIANT_TYPE("aa{sv}"));

        if (list == NULL || g_variant_n_children(list) == 0)
            continue;
        errata_cli_print("\n%s\n", compare_lists[i].words);
        for (gsize j = 0; j < g_variant_n_children(list); j++) {
            g_autoptr(GVariant) finding = g_variant_get_child_value(list, j);
            const char *title = "";
            const char *severity = "";

            g_variant_lookup(finding, "title", "&s", &title);
            g_variant_lookup(finding, "severity", "&s", &severity);
            errata_cli_print("  %-8s  %s\n", severity, title);
        }
    }
}

static gboolean
compare_write(GVariant *result, GError **error)
{
    g_autofree char *path = g_build_filename(compare_output, "comparison.json", NULL);
    g_autoptr(JsonNode) node = json_gvariant_serialize(result);
    g_autofree char *text = json_to_string(node, TRUE);

    if (g_mkdir_with_parents(compare_output, 0777) != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "making “%s”: %s",
                    compare_output,
                    g_strerror(errno));
        return FALSE;
    }
    return g_file_set_contents(path, text, -1, error);
}

static int
compare_run(char **reports)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) before = NULL;
    g_autoptr(JsonNode) now = NULL;
    g_autoptr(GVariant) result = NULL;

    if (reports[0] == NULL || reports[1] == NULL || reports[2] != NULL)
        return errata_cli_usage(
            "compare needs two reports, the earlier first, e.g. errata compare 11 12");
    before = compare_load(reports[0], &error);
    now = before != NULL ? compare_load(reports[1], &error) : NULL;
    if (now == NULL)
        return errata_cli_fail(error);
    result = g_variant_ref_sink(errata_report_reader_compare(now, before));
    if (compare_output != NULL && !compare_write(result, &error))
        return errata_cli_fail(error);
    if (compare_json)
        errata_bus_print_json(result);
    else
        compare_print(result);
    return ERRATA_EXIT_DONE;
}

const ErrataVerb errata_verb_compare = {
    .name = "compare",
    .arguments = "EARLIER LATER",
    .summary = "Say what got better, worse, new or fixed between two reports",
    .options = compare_options,
    .run = compare_run};
