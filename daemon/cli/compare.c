/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>

#include "bus.h"
#include "case-json.h"
#include "cli.h"
#include "compose.h"
#include "error.h"
#include "precision.h"
#include "report-compare.h"
#include "report-find.h"
#include "value.h"

#define COMPARE_WHOLE 0.9995 /* of the rows: a finding about all of them needs no share */

static char *compare_output;
static gboolean compare_json;

static const GOptionEntry compare_options[] = {{"output",
                                                'o',
                                                0,
                                                G_OPTION_ARG_FILENAME,
                                                &compare_output,
                                                "Folder for comparison.json and comparison.txt",
                                                "DIR"},
                                               {"json",
                                                0,
                                                0,
                                                G_OPTION_ARG_NONE,
                                                &compare_json,
                                                "Print one JSON document and nothing else",
                                                NULL},
                                               G_OPTION_ENTRY_NULL};

/* how a list of the comparison is called, and its heading */
static const struct {
    const char *key;
    const char *heading;
} compare_lists[] = {{"worse", "Worse"},
                     {"new", "New"},
                     {"better", "Better"},
                     {"fixed", "Fixed"},
                     {"gone", "Not found again, and not shown to be fixed"},
                     {"not-seen", "Not seen again, too few rows to tell"},
                     {"unjudged", "Cannot be judged by the later report"},
                     {"same", "Unchanged"},
                     {"aside", "No news: told by another finding of its report, or nothing wrong"}};

/* of other rows nothing is unchanged: it is found again */
#define COMPARE_AGAIN "In both"

static ErrataCase *
compare_load(const char *what, GError **error)
{
    g_autoptr(ErrataReportFound) found = errata_report_find(what, error);
    ErrataCase *report = found != NULL ? errata_case_from_json(found->json, found->length, error)
                                       : NULL;

    if (found != NULL && report == NULL)
        g_prefix_error(error, "%s: not a report: ", what);
    return report;
}

static double
compare_number(GVariant *dict, const char *key)
{
    double value = (double)NAN;

    g_variant_lookup(dict, key, "d", &value);
    return value;
}

/* one side of a metric as the report prints it */
static char *
compare_value(GVariant *metric, const char *name, const char *side)
{
    g_autofree char *lo = g_strconcat(side, "-lo", NULL);
    g_autofree char *hi = g_strconcat(side, "-hi", NULL);
    g_autofree char *label = g_strdup(name);
    const ErrataMetric shown = {.name = label,
                                .value = compare_number(metric, side),
                                .lo = compare_number(metric, lo),
                                .hi = compare_number(metric, hi)};

    g_autofree char *value = errata_value_of_metric(&shown);
    g_autofree char *interval = !isnan(shown.lo) && !isnan(shown.hi)
                                    ? errata_value_metric_interval(&shown)
                                    : NULL;

    return interval != NULL ? g_strdup_printf("%s (%s)", value, interval) : g_steal_pointer(&value);
}

/* “99 %”, “99.4 %”: as many digits as tell how far it is from 100 */
static char *
compare_level(double level)
{
    int place = (int)floor(log10(100.0 * (1.0 - level)) + 1e-9);
    g_autofree char *digits = errata_precision_print(100.0 * level, MIN(place, 0));

    return g_strconcat(digits, "\u202f%", NULL);
}

/* “better, +5.5 pt (4.6 – 6.4, 99 % sure)”; the interval only where there is one */
static char *
compare_say_change(GVariant *metric, const char *name, const char *change)
{
    double delta = compare_number(metric, "delta");
    double lo = compare_number(metric, "delta-lo");
    double hi = compare_number(metric, "delta-hi");
    const ErrataMetricWords *words = errata_value_metric(name);
    gboolean share = words != NULL && words->is_share;
    double factor = share ? 100.0 : 1.0;
    int place = share ? errata_precision_of_points(delta, lo, hi)
                      : errata_precision_of_number(delta, lo, hi);
    const char *verdict = g_str_equal(change, "same")    ? errata_compose_no_change(lo, hi)
                          : g_str_equal(change, "moved") ? "neither better nor worse"
                                                         : change;
    g_autofree char *by = NULL;
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_autofree char *level = NULL;

    if (*change == '\0' || isnan(lo) || isnan(hi))
        return g_strdup(verdict);
    place = errata_precision_apart(lo * factor, hi * factor, place);
    by = errata_precision_print(delta * factor, place);
    from = errata_precision_print(lo * factor, place);
    to = errata_precision_print(hi * factor, place);
    level = compare_level(compare_number(metric, "delta-level"));
    return g_strdup_printf("%s, %s%s%s (%s\u00a0–\u00a0%s, %s sure)",
                           verdict,
                           delta > 0.0 ? "+" : "",
                           by,
                           share ? "\u202fpt" : "",
                           from,
                           to,
                           level);
}

static void
compare_say_metric(GString *text, GVariant *metric)
{
    const char *name = "", *change = "", *class_name = "";
    const ErrataMetricWords *words;
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_autofree char *verdict = NULL;

    g_variant_lookup(metric, "name", "&s", &name);
    g_variant_lookup(metric, "change", "&s", &change);
    g_variant_lookup(metric, "class", "&s", &class_name);
    words = errata_value_metric(name);
    from = compare_value(metric, name, "from");
    to = compare_value(metric, name, "to");
    verdict = compare_say_change(metric, name, change);
    g_string_append_printf(text,
                           "  %s%s%s: %s → %s%s%s\n",
                           words != NULL ? words->label : name,
                           *class_name != '\0' ? " of " : "",
                           class_name,
                           from,
                           to,
                           *verdict != '\0' ? ": " : "",
                           verdict);
}

/* what is told besides the headline: the words of the report, and nothing twice in other forms */
static gboolean
compare_is_told(GVariant *metric, const char *main_name)
{
    static const char *const told[] = {"accuracy",
                                       "balanced_accuracy",
                                       "precision",
                                       "recall",
                                       "f1",
                                       "f1_macro",
                                       "roc_auc",
                                       "roc_auc_ovr_macro",
                                       "pr_auc",
                                       "log_loss",
                                       "brier",
                                       "ece",
                                       "rmse",
                                       "mae",
                                       "median_ae",
                                       "r2",
                                       "mape",
                                       "mean_cost",
                                       NULL};
    const char *name = "", *change = "", *class_name = "";

    g_variant_lookup(metric, "name", "&s", &name);
    g_variant_lookup(metric, "change", "&s", &change);
    g_variant_lookup(metric, "class", "&s", &class_name);
    return !g_str_equal(name, main_name) && *class_name == '\0' && g_strv_contains(told, name) &&
           (g_str_equal(change, "better") || g_str_equal(change, "worse"));
}

static gboolean
compare_moved(GVariant *metric)
{
    const char *change = "";

    g_variant_lookup(metric, "change", "&s", &change);
    return *change != '\0' && !g_str_equal(change, "same");
}

static void
compare_say_metrics(GString *text, GVariant *result)
{
    g_autoptr(GVariant) headline =
        g_variant_lookup_value(result, "headline", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) metrics =
        g_variant_lookup_value(result, "metrics", G_VARIANT_TYPE("aa{sv}"));
    const char *main_name = "";
    guint n = 0;
    guint more = 0;

    if (headline != NULL && g_variant_lookup(headline, "name", "&s", &main_name)) {
        g_string_append(text, "Headline, each value with its 95\u202f% interval\n");
        compare_say_metric(text, headline);
    } else {
        g_string_append(text, "No metric says how good the model is in both reports.\n");
    }
    for (gsize i = 0; metrics != NULL && i < g_variant_n_children(metrics); i++) {
        g_autoptr(GVariant) metric = g_variant_get_child_value(metrics, i);

        if (!compare_is_told(metric, main_name)) {
            more += compare_moved(metric) ? 1 : 0;
            continue;
        }
        if (n++ == 0)
            g_string_append(text, "\nOther metrics that moved beyond chance\n");
        compare_say_metric(text, metric);
    }
    if (n > 0 && more > 1)
        g_string_append_printf(text, "  (%u more by class and in other forms: --json)\n", more - 1);
}

/* one side of what a finding measures, in the report's form */
static char *
compare_measure(GVariant *finding, const char *side, ErrataUnit unit)
{
    g_autofree char *lo_key = g_strconcat(side, "-lo", NULL);
    g_autofree char *hi_key = g_strconcat(side, "-hi", NULL);
    double lo = compare_number(finding, lo_key), hi = compare_number(finding, hi_key);
    g_autofree char *value = errata_value_of_unit(compare_number(finding, side), lo, hi, unit);
    g_autofree char *interval = errata_value_interval(lo, hi, unit);

    return interval != NULL ? g_strdup_printf("%s (%s)", value, interval) : g_steal_pointer(&value);
}

/* “error rate in the slice: 18 % (15 – 22) → 9 % (7 – 11)”; nothing where the two measure no one
 * thing */
static void
compare_say_measure(GString *text, GVariant *finding)
{
    const char *what = "", *nick = "";
    ErrataUnit unit;
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (!g_variant_lookup(finding, "measure", "&s", &what) ||
        !g_variant_lookup(finding, "measure-unit", "&s", &nick) || !errata_unit_parse(nick, &unit))
        return;
    from = compare_measure(finding, "measure-from", unit);
    to = compare_measure(finding, "measure-to", unit);
    g_string_append_printf(text, "            %s: %s → %s\n", what, from, to);
}

/* “ (5.8 % → 4.0 % of the errors)”; a share of the rows says nothing beside what was measured on
 * them */
static void
compare_say_share(GString *text, GVariant *finding)
{
    const char *of = "", *what = NULL;
    double from = compare_number(finding, "from"), to = compare_number(finding, "to");
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;

    g_variant_lookup(finding, "share-of", "&s", &of);
    g_variant_lookup(finding, "measure", "&s", &what);
    if (isnan(from) || isnan(to) || MIN(from, to) > COMPARE_WHOLE ||
        (what != NULL && g_str_equal(of, "rows")))
        return;
    a = errata_value_share(from, (double)NAN, (double)NAN);
    b = errata_value_share(to, (double)NAN, (double)NAN);
    g_string_append_printf(text, " (%s → %s of the %s)", a, b, of);
}

static void
compare_say_finding(GString *text, GVariant *finding, gboolean aside)
{
    const char *title = "", *severity = "", *other = "";
    gboolean only_now = isnan(compare_number(finding, "from"));

    g_variant_lookup(finding, "title", "&s", &title);
    g_variant_lookup(finding, "severity", "&s", &severity);
    g_string_append_printf(text, "  %-8s  %s", severity, title);
    g_variant_lookup(finding, "other-title", "&s", &other);
    compare_say_share(text, finding);
    g_string_append_c(text, '\n');
    if (aside && only_now != (gboolean)isnan(compare_number(finding, "to")))
        g_string_append_printf(text,
                               "            in the %s report only\n",
                               only_now ? "later" : "earlier");
    if (*other != '\0' && !g_str_equal(other, title)) {
        g_string_append_printf(text, "            before: %s\n", other);
        compare_say_measure(text, finding);
    }
}

static char *
compare_say(GVariant *result)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree const char **notes = NULL;
    gboolean same_rows = TRUE;

    g_variant_lookup(result, "same-rows", "b", &same_rows);
    if (g_variant_lookup(result, "notes", "^a&s", &notes))
        for (guint i = 0; notes[i] != NULL; i++)
            g_string_append_printf(text, "Note: %s.\n\n", notes[i]);
    compare_say_metrics(text, result);
    for (gsize i = 0; i < G_N_ELEMENTS(compare_lists); i++) {
        g_autoptr(GVariant) list =
            g_variant_lookup_value(result, compare_lists[i].key, G_VARIANT_TYPE("aa{sv}"));
        gsize n = list != NULL ? g_variant_n_children(list) : 0;

        if (n > 0)
            g_string_append_printf(text,
                                   "\n%s (%" G_GSIZE_FORMAT ")\n",
                                   !same_rows && g_str_equal(compare_lists[i].key, "same")
                                       ? COMPARE_AGAIN
                                       : compare_lists[i].heading,
                                   n);
        for (gsize j = 0; j < n; j++) {
            g_autoptr(GVariant) finding = g_variant_get_child_value(list, j);

            compare_say_finding(text, finding, g_str_equal(compare_lists[i].key, "aside"));
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

#define COMPARE_INDENT 12 /* where titles begin */

/* line by line: within one, what drives a terminal is taken out */
static void
compare_print(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL && (lines[i][0] != '\0' || lines[i + 1] != NULL); i++)
        errata_cli_print_line(g_str_has_prefix(lines[i], "Note: ") ? 6 : COMPARE_INDENT,
                              "%s",
                              lines[i]);
}

static gboolean
compare_write(GVariant *result, const char *text, GError **error)
{
    g_autofree char *json_path = g_build_filename(compare_output, "comparison.json", NULL);
    g_autofree char *text_path = g_build_filename(compare_output, "comparison.txt", NULL);
    g_autoptr(JsonNode) node = json_gvariant_serialize(result);
    g_autofree char *json = json_to_string(node, TRUE);

    if (g_mkdir_with_parents(compare_output, 0777) != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "making “%s”: %s",
                    compare_output,
                    g_strerror(errno));
        return FALSE;
    }
    return g_file_set_contents(json_path, json, -1, error) &&
           g_file_set_contents(text_path, text, -1, error);
}

static int
compare_run(char **reports)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataCase) before = NULL;
    g_autoptr(ErrataCase) now = NULL;
    g_autoptr(GVariant) result = NULL;
    g_autofree char *text = NULL;

    if (reports[0] == NULL || reports[1] == NULL || reports[2] != NULL)
        return errata_cli_usage(
            "compare needs two reports, the earlier first, e.g. errata compare 11 12");
    before = compare_load(reports[0], &error);
    now = before != NULL ? compare_load(reports[1], &error) : NULL;
    result = now != NULL ? errata_report_compare(now, before, &error) : NULL;
    if (result == NULL)
        return errata_cli_fail(error);
    g_variant_ref_sink(result);
    text = compare_say(result);
    if (compare_output != NULL && !compare_write(result, text, &error))
        return errata_cli_fail(error);
    if (compare_json)
        errata_bus_print_json(result);
    else
        compare_print(text);
    return ERRATA_EXIT_DONE;
}

const ErrataVerb errata_verb_compare = {
    .name = "compare",
    .arguments = "EARLIER LATER",
    .summary = "Say what got better, worse, new or fixed between two reports",
    .options = compare_options,
    .run = compare_run};
