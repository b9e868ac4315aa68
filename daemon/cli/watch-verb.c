/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib-unix.h>

#include "bus.h"
#include "cli.h"
#include "job-end.h"

static gboolean watch_json;

static const GOptionEntry watch_options[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &watch_json, "Print one JSON document per event", NULL},
    G_OPTION_ENTRY_NULL};

typedef struct {
    GMainLoop *loop;
    GDBusConnection *bus;
    gboolean interrupted;
} Watch;

/* @line: (nullable): for a reader; %NULL with --json */
static void
watch_print(const char *event, const char *path, GVariant *facts, const char *line)
{
    if (watch_json) {
        g_autoptr(GVariant) named = errata_bus_facts(NULL, facts);
        g_autoptr(GVariant) event_value =
            g_variant_ref_sink(g_variant_new("(ss@a{sv})", event, path, named));

        errata_bus_print_json(event_value);
        return;
    }
    errata_cli_print_line(16, "%-8s %s", event, line);
}

/* “job 12  fraud  log.csv: failed: log.csv is empty” */
static void
watch_print_job(const char *path, GVariant *job)
{
    const char *error = errata_bus_text(job, "Error");
    g_autofree char *line = NULL;
    gint64 id = 0;

    g_variant_lookup(job, "Id", "x", &id);
    line = g_strdup_printf("%5" G_GINT64_FORMAT "  %-16s  %s: %s%s%s",
                           id,
                           errata_bus_text(job, "Name"),
                           errata_bus_text(job, "Input"),
                           errata_bus_text(job, "State"),
                           error[0] != '\0' ? ": " : "",
                           error);
    watch_print("job", path, job, line);
}

static void
watch_changed_cb(GDBusConnection *bus,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *signal,
                 GVariant *parameters,
                 gpointer user_data)
{
    g_autoptr(GVariant) changed = g_variant_get_child_value(parameters, 1);
    g_autoptr(GVariant) job = NULL;
    g_autoptr(GVariant) then = NULL;
    GVariantDict dict;

    if (errata_bus_text(changed, "State")[0] == '\0')
        return;
    job = errata_bus_properties(bus, path, "Job", NULL);
    if (job == NULL)
        return;
    /* the job may have gone on since: what is told is the state of this event */
    g_variant_dict_init(&dict, job);
    g_variant_dict_insert(&dict, "State", "s", errata_bus_text(changed, "State"));
    then = g_variant_ref_sink(g_variant_dict_end(&dict));
    watch_print_job(path, then);
}

/* a job that has ended when it is first seen: refused, or known before */
static void
watch_added_cb(GDBusConnection *bus,
               const char *sender,
               const char *manager,
               const char *interface,
               const char *signal,
               GVariant *parameters,
               gpointer user_data)
{
    const char *path = NULL;
    g_autoptr(GVariant) interfaces = NULL;
    g_autoptr(GVariant) job = NULL;

    g_variant_get(parameters, "(&o@a{sa{sv}})", &path, &interfaces);
    job = g_variant_lookup_value(interfaces, ERRATA_BUS_PREFIX "Job", G_VARIANT_TYPE_VARDICT);
    if (job != NULL && (errata_job_end_reached(job) || errata_bus_text(job, "Error")[0] != '\0'))
        watch_print_job(path, job);
}

static void
watch_manager_cb(GDBusConnection *bus,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *signal,
                 GVariant *parameters,
                 gpointer user_data)
{
    const char *report = NULL;
    g_autoptr(GVariant) facts = NULL;

    g_variant_get_child(parameters, 0, "&o", &report);
    if (g_strcmp0(signal, "ReportReady") == 0) {
        facts = errata_bus_properties(bus, report, "Report", NULL);
        if (facts != NULL) {
            g_autofree char *line = NULL;
            gint64 id = 0;

            g_variant_lookup(facts, "Id", "x", &id);
            line = g_strdup_printf("%5" G_GINT64_FORMAT "  %-16s  %s",
                                   id,
                                   errata_bus_text(facts, "Name"),
                                   errata_bus_text(facts, "Verdict"));
            watch_print("report", report, facts, line);
        }
        return;
    }
    if (g_strcmp0(signal, "Alert") == 0) {
        g_autoptr(GVariant) about = NULL;
        g_autofree char *line = NULL;
        GVariantDict dict;
        const char *finding;
        const char *severity;
        const char *title;

        g_variant_get(parameters, "(&o&s&s&s)", &report, &finding, &severity, &title);
        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "finding", "s", finding);
        g_variant_dict_insert(&dict, "severity", "s", severity);
        g_variant_dict_insert(&dict, "title", "s", title);
        about = errata_bus_properties(bus, report, "Report", NULL);
        if (about != NULL)
            g_variant_dict_insert(&dict, "model", "s", errata_bus_text(about, "Name"));
        facts = g_variant_ref_sink(g_variant_dict_end(&dict));
        line = g_strdup_printf("%5s  %-16s  %s, %s: %s",
                               strrchr(report, '/') + 1,
                               errata_bus_text(facts, "model"),
                               finding,
                               severity,
                               title);
        watch_print("alert", report, facts, line);
    }
}

static gboolean
watch_interrupt_cb(gpointer user_data)
{
    Watch *watch = user_data;

    watch->interrupted = TRUE;
    g_main_loop_quit(watch->loop);
    return G_SOURCE_CONTINUE;
}

static gboolean
watch_stop_cb(gpointer user_data)
{
    Watch *watch = user_data;

    g_main_loop_quit(watch->loop);
    return G_SOURCE_CONTINUE;
}

static int
watch_run(char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = errata_bus_connect(&error);
    g_autoptr(GVariant) status =
        bus != NULL ? errata_bus_properties(bus, ERRATA_BUS_PATH, "Manager", &error) : NULL;
    g_autofree char *inbox = NULL;
    Watch watch = {NULL, bus, FALSE};

    if (status == NULL)
        return errata_cli_fail(error);
    watch.loop = g_main_loop_new(NULL, FALSE);
    g_dbus_connection_signal_subscribe(bus,
                                       ERRATA_BUS_NAME,
                                       "org.freedesktop.DBus.Properties",
                                       "PropertiesChanged",
                                       NULL,
                                       ERRATA_BUS_PREFIX "Job",
                                       G_DBUS_SIGNAL_FLAGS_NONE,
                                       watch_changed_cb,
                                       &watch,
                                       NULL);
    g_dbus_connection_signal_subscribe(bus,
                                       ERRATA_BUS_NAME,
                                       "org.freedesktop.DBus.ObjectManager",
                                       "InterfacesAdded",
                                       NULL,
                                       NULL,
                                       G_DBUS_SIGNAL_FLAGS_NONE,
                                       watch_added_cb,
                                       &watch,
                                       NULL);
    g_dbus_connection_signal_subscribe(bus,
                                       ERRATA_BUS_NAME,
                                       ERRATA_BUS_PREFIX "Manager",
                                       NULL,
                                       ERRATA_BUS_PATH,
                                       NULL,
                                       G_DBUS_SIGNAL_FLAGS_NONE,
                                       watch_manager_cb,
                                       &watch,
                                       NULL);
    g_unix_signal_add(SIGINT, watch_interrupt_cb, &watch);
    g_unix_signal_add(SIGTERM, watch_stop_cb, &watch);
    inbox = errata_cli_printable(errata_bus_text(status, "Inbox"));
    g_printerr("watching %s; Ctrl-C ends it\n", inbox);
    g_main_loop_run(watch.loop);
    g_main_loop_unref(watch.loop);
    return watch.interrupted ? ERRATA_EXIT_INTERRUPTED : ERRATA_EXIT_DONE;
}

const ErrataVerb errata_verb_watch = {.name = "watch",
                                      .arguments = "",
                                      .summary = "Follow jobs, reports and alerts live",
                                      .options = watch_options,
                                      .too_many = 1,
                                      .run = watch_run};
