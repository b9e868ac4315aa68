/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status, jobs, models, reports: what the daemon knows, as a table or as JSON. */
#include <string.h>

#include "bus.h"
#include "cli.h"

#define LISTING_LIMIT 1000

static gboolean listing_json;
static int listing_limit = 30;

static const GOptionEntry status_options[] = {{"json",
                                               0,
                                               0,
                                               G_OPTION_ARG_NONE,
                                               &listing_json,
                                               "Print one JSON document and nothing else",
                                               NULL},
                                              G_OPTION_ENTRY_NULL};
static const GOptionEntry listing_options[] = {{"json",
                                                0,
                                                0,
                                                G_OPTION_ARG_NONE,
                                                &listing_json,
                                                "Print one JSON document and nothing else",
                                                NULL},
                                               {"limit",
                                                0,
                                                0,
                                                G_OPTION_ARG_INT,
                                                &listing_limit,
                                                "How many to show, newest first (default: 30)",
                                                "N"},
                                               G_OPTION_ENTRY_NULL};

static gint64
listing_number(GVariant *entry, const char *key)
{
    gint64 number = 0;

    g_variant_lookup(entry, key, "x", &number);
    return number;
}

/* directly in the inbox, where there is no model it could be the reference of */
static gboolean
listing_is_stray_reference(GVariant *job)
{
    const char *input = errata_bus_text(job, "input");

    return g_str_equal(errata_bus_text(job, "name"), "reference") && strchr(input, '/') == NULL &&
           g_str_has_prefix(input, "reference.");
}

static void
listing_print_job(GVariant *job)
{
    g_autofree char *time = errata_bus_time(listing_number(job, "created"));
    const char *other = "/";
    const char *report = "/";
    g_autofree char *made = NULL;

    /* reports are numbered by themselves: a job that failed has none */
    g_variant_lookup(job, "report", "&o", &report);
    made = g_str_equal(report, "/") ? g_strdup("")
                                    : g_strdup_printf("  (report %s)", strrchr(report, '/') + 1);
    errata_cli_print_line(7,
                          "%5" G_GINT64_FORMAT "  %-14s  %-12s  %-16s  %s%s",
                          listing_number(job, "id"),
                          time,
                          errata_bus_text(job, "state"),
                          errata_bus_text(job, "name"),
                          errata_bus_text(job, "input"),
                          made);
    if (errata_bus_text(job, "error")[0] != '\0')
        errata_cli_print_line(7, "       %s", errata_bus_text(job, "error"));
    if (g_str_equal(errata_bus_text(job, "state"), "merged") &&
        g_variant_lookup(job, "continues", "&o", &other) && !g_str_equal(other, "/"))
        errata_cli_print_line(7, "       part of job %s", strrchr(other, '/') + 1);
    if (listing_is_stray_reference(job))
        errata_cli_print_line(
            7,
            "       taken as a log; as a reference it belongs into its model's folder");
}

static void
listing_print_model(GVariant *model)
{
    guint32 reports = 0;

    g_variant_lookup(model, "reports", "u", &reports);
    errata_cli_print_line(26,
                          "%-24s  %u %s%s%s%s",
                          errata_bus_text(model, "name"),
                          reports,
                          reports == 1 ? "report" : "reports",
                          errata_bus_text(model, "reference")[0] != '\0' ? ", a reference" : "",
                          errata_bus_text(model, "current")[0] != '\0' ? ", a model file" : "",
                          errata_bus_text(model, "configuration")[0] != '\0' ? ", a configuration"
                                                                             : "");
}

static void
listing_print_report(GVariant *report)
{
    g_autofree char *time = errata_bus_time(listing_number(report, "created"));
    const char *by = NULL;
    g_autofree char *superseded = NULL;
    guint32 findings = 0;

    g_variant_lookup(report, "findings", "u", &findings);
    if (g_variant_lookup(report, "superseded-by", "&o", &by))
        superseded = g_strdup_printf("  (superseded by %s)", strrchr(by, '/') + 1);
    errata_cli_print_line(7,
                          "%5" G_GINT64_FORMAT "  %-14s  %-16s  %3u %-8s  %s%s",
                          listing_number(report, "id"),
                          time,
                          errata_bus_text(report, "name"),
                          findings,
                          findings == 1 ? "finding" : "findings",
                          errata_bus_text(report, "severity"),
                          superseded != NULL ? superseded : "");
    errata_cli_print_line(7, "       %s", errata_bus_text(report, "verdict"));
}

/* @model: (nullable): the only one that is asked for */
static int
listing_show(const char *method,
             GVariant *arguments,
             void (*print)(GVariant *entry),
             const char *model,
             const char *none)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = errata_bus_connect(&error);
    g_autoptr(GVariant) held = arguments != NULL ? g_variant_ref_sink(arguments) : NULL;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) list = NULL;

    if (bus != NULL)
        reply = errata_bus_call(bus,
                                ERRATA_BUS_PATH,
                                "Manager",
                                method,
                                held,
                                "(aa{sv})",
                                NULL,
                                NULL,
                                &error);
    if (reply == NULL)
        return errata_cli_fail(error);
    list = g_variant_get_child_value(reply, 0);
    if (model != NULL && g_variant_n_children(list) == 0 &&
        !errata_bus_has_model(bus, model, &error))
        return errata_cli_fail(error);
    if (listing_json) {
        errata_bus_print_json(list);
        return ERRATA_EXIT_DONE;
    }
    if (g_variant_n_children(list) == 0)
        errata_cli_print_line(0, "%s", none);
    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) entry = g_variant_get_child_value(list, i);

        print(entry);
    }
    return ERRATA_EXIT_DONE;
}

static gboolean
listing_limit_is_bad(void)
{
    return listing_limit < 1 || listing_limit > LISTING_LIMIT;
}

static int
listing_refuse_limit(void)
{
    return errata_cli_usage("--limit %d: expected a number from 1 to %d",
                            listing_limit,
                            LISTING_LIMIT);
}

/* the jobs of the last thousand that failed */
static guint
listing_count_failed(GDBusConnection *bus)
{
    GVariantDict options;
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) list = NULL;
    guint n = 0;

    g_variant_dict_init(&options, NULL);
    reply = errata_bus_call(
        bus,
        ERRATA_BUS_PATH,
        "Manager",
        "ListJobs",
        g_variant_new("(@a{sv}uu)", g_variant_dict_end(&options), 0U, (guint)LISTING_LIMIT),
        "(aa{sv})",
        NULL,
        NULL,
        NULL);
    list = reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
    for (gsize i = 0; list != NULL && i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) job = g_variant_get_child_value(list, i);

        n += g_str_equal(errata_bus_text(job, "state"), "failed") ? 1 : 0;
    }
    return n;
}

static int
jobs_run(char **arguments)
{
    GVariantDict options;

    if (listing_limit_is_bad())
        return listing_refuse_limit();
    g_variant_dict_init(&options, NULL);
    if (arguments[0] != NULL)
        g_variant_dict_insert(&options, "name", "s", arguments[0]);
    return listing_show(
        "ListJobs",
        g_variant_new("(@a{sv}uu)", g_variant_dict_end(&options), 0U, (guint)listing_limit),
        listing_print_job,
        arguments[0],
        "no jobs yet: drop a log into the inbox, or errata submit LOG");
}

static int
models_run(char **arguments)
{
    return listing_show("ListModels", NULL, listing_print_model, NULL, "no models yet");
}

static int
reports_run(char **arguments)
{
    if (listing_limit_is_bad())
        return listing_refuse_limit();
    return listing_show(
        "ListReports",
        g_variant_new("(suu)", arguments[0] != NULL ? arguments[0] : "", 0U, (guint)listing_limit),
        listing_print_report,
        arguments[0],
        "no reports yet");
}

static int
status_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = errata_bus_connect(&error);
    g_autoptr(GVariant) status =
        bus != NULL ? errata_bus_properties(bus, ERRATA_BUS_PATH, "Manager", &error) : NULL;
    guint32 running = 0;
    guint32 waiting = 0;
    guint failed;

    if (status == NULL)
        return errata_cli_fail(error);
    if (listing_json) {
        g_autoptr(GVariant) facts = errata_bus_facts(NULL, status);

        errata_bus_print_json(facts);
        return ERRATA_EXIT_DONE;
    }
    g_variant_lookup(status, "Running", "u", &running);
    g_variant_lookup(status, "Waiting", "u", &waiting);
    errata_cli_print("erratad %s: %u running, %u waiting\n",
                     errata_bus_text(status, "Version"),
                     running,
                     waiting);
    failed = listing_count_failed(bus);
    if (failed > 0)
        errata_cli_print_line(9, "failed   %u of the last jobs; errata jobs says why", failed);
    errata_cli_print("inbox    %s\n", errata_bus_text(status, "Inbox"));
    errata_cli_print("reports  %s\n", errata_bus_text(status, "Reports"));
    if (errata_bus_text(status, "ConfigError")[0] != '\0')
        errata_cli_print_line(2,
                              "configuration is not in use: %s",
                              errata_bus_text(status, "ConfigError"));
    if (errata_bus_text(status, "Problem")[0] != '\0')
        errata_cli_print_line(2, "files wait: %s", errata_bus_text(status, "Problem"));
    return ERRATA_EXIT_DONE;
}

const ErrataVerb errata_verb_status = {
    .name = "status",
    .arguments = "",
    .summary = "Say whether the daemon runs and where its folders are",
    .options = status_options,
    .too_many = 1,
    .run = status_run};
const ErrataVerb errata_verb_jobs = {.name = "jobs",
                                     .arguments = "[MODEL]",
                                     .summary = "List the daemon's jobs, newest first",
                                     .options = listing_options,
                                     .too_many = 2,
                                     .run = jobs_run};
const ErrataVerb errata_verb_models = {.name = "models",
                                       .arguments = "",
                                       .summary = "List the models the daemon watches",
                                       .options = status_options,
                                       .too_many = 1,
                                       .run = models_run};
const ErrataVerb errata_verb_reports = {.name = "reports",
                                        .arguments = "[MODEL]",
                                        .summary = "List the daemon's reports, newest first",
                                        .options = listing_options,
                                        .too_many = 2,
                                        .run = reports_run};
