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
} Watch;

static void
watch_print(const char *event, const char *path, GVariant *facts)
{
    const char *text = "";
    const char *key = g_variant_lookup(facts, "Verdict", "&s", &text) ? "verdict"
                      : g_variant_lookup(facts, "State", "&s", &text) ? "state"
                                                                      : "title";

    if (watch_json) {
        g_autoptr(GVariant) event_value =
            g_variant_ref_sink(g_variant_new("(ss@a{sv})", event, path, facts));

        errata_bus_print_json(event_value);
        return;
    }
    if (g_strcmp0(key, "title") == 0)
        g_variant_lookup(facts, "title", "&s", &text);
    errata_cli_print("%-8s %-36s %s\n", event, path, text);
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
    const char *state = NULL;

    if (g_variant_lookup(changed, "State", "&s", &state))
        watch_print("job", path, changed);
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
        if (facts != NULL)
            watch_print("report", report, facts);
        return;
    }
    if (g_strcmp0(signal, "Alert") == 0) {
        GVariantDict dict;
        const char *finding;
        const char *severity;
        const char *title;

        g_variant_get(parameters, "(&o&s&s&s)", &report, &finding, &severity, &title);
        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "finding", "s", finding);
        g_variant_dict_insert(&dict, "severity", "s", severity);
        g_variant_dict_insert(&dict, "title", "s", title);
        facts = g_variant_ref_sink(g_variant_dict_end(&dict));
        watch_print("alert", report, facts);
    }
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
    Watch watch = {NULL, bus};

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
                                       ERRATA_BUS_PREFIX "Manager",
                                       NULL,
                                       ERRATA_BUS_PATH,
                                       NULL,
                                       G_DBUS_SIGNAL_FLAGS_NONE,
                                       watch_manager_cb,
                                       &watch,
                                       NULL);
    g_unix_signal_add(SIGINT, watch_stop_cb, &watch);
    g_unix_signal_add(SIGTERM, watch_stop_cb, &watch);
    g_printerr("watching; Ctrl-C ends it\n");
    g_main_loop_run(watch.loop);
    g_main_loop_unref(watch.loop);
    return ERRATA_EXIT_DONE;
}

const ErrataVerb errata_verb_watch = {.name = "watch",
                                      .arguments = "",
                                      .summary = "Follow jobs, reports and alerts live",
                                      .options = watch_options,
                                      .run = watch_run};
