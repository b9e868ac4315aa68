/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-end.h"

#include <glib-unix.h>
#include <string.h>

#include "bus.h"
#include "case-json.h"
#include "cli.h"
#include "compose.h"
#include "error.h"
#include "report-find.h"

typedef struct {
    GMainLoop *loop;
    GDBusConnection *bus;
    const char *path;
    GVariant *properties;
    GError *error;
} JobWait;

gboolean
errata_job_end_reached(GVariant *properties)
{
    static const char *const ends[] =
        {"reported", "registered", "merged", "failed", "cancelled", NULL};

    return g_strv_contains(ends, errata_bus_text(properties, "State"));
}

gboolean
errata_job_end_failed(GVariant *properties)
{
    static const char *const bad[] = {"failed", "cancelled", NULL};

    return g_strv_contains(bad, errata_bus_text(properties, "State"));
}

static void
job_end_look(JobWait *wait)
{
    g_clear_pointer(&wait->properties, g_variant_unref);
    wait->properties = errata_bus_properties(wait->bus, wait->path, "Job", &wait->error);
    if (wait->properties == NULL || errata_job_end_reached(wait->properties))
        g_main_loop_quit(wait->loop);
}

static void
job_end_changed_cb(GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer user_data)
{
    g_autoptr(GVariant) changed = g_variant_get_child_value(parameters, 1);

    if (errata_bus_text(changed, "State")[0] != '\0')
        job_end_look(user_data);
}

static void
job_end_vanished_cb(GDBusConnection *bus, const char *name, gpointer user_data)
{
    JobWait *wait = user_data;

    if (wait->error == NULL && wait->properties != NULL &&
        !errata_job_end_reached(wait->properties))
        job_end_look(wait); /* activates it again, or says that it is gone */
}

/* Ctrl-C ends the waiting, not the job */
static gboolean
job_end_interrupt_cb(gpointer user_data)
{
    JobWait *wait = user_data;

    if (wait->error == NULL)
        g_set_error(&wait->error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CANCELLED,
                    "no longer waiting; job %s goes on, errata jobs shows how",
                    strrchr(wait->path, '/') + 1);
    g_main_loop_quit(wait->loop);
    return G_SOURCE_CONTINUE;
}

GVariant *
errata_job_end_wait(GDBusConnection *bus, const char *path, GError **error)
{
    JobWait wait = {.loop = g_main_loop_new(NULL, FALSE), .bus = bus, .path = path};
    guint changed = g_dbus_connection_signal_subscribe(bus,
                                                       ERRATA_BUS_NAME,
                                                       "org.freedesktop.DBus.Properties",
                                                       "PropertiesChanged",
                                                       path,
                                                       ERRATA_BUS_PREFIX "Job",
                                                       G_DBUS_SIGNAL_FLAGS_NONE,
                                                       job_end_changed_cb,
                                                       &wait,
                                                       NULL);
    guint interrupt;
    guint watch = g_bus_watch_name_on_connection(bus,
                                                 ERRATA_BUS_NAME,
                                                 G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                 NULL,
                                                 job_end_vanished_cb,
                                                 &wait,
                                                 NULL);

    interrupt = g_unix_signal_add(SIGINT, job_end_interrupt_cb, &wait);
    job_end_look(&wait);
    if (wait.properties != NULL && !errata_job_end_reached(wait.properties))
        g_main_loop_run(wait.loop);
    g_source_remove(interrupt);
    g_bus_unwatch_name(watch);
    g_dbus_connection_signal_unsubscribe(bus, changed);
    g_main_loop_unref(wait.loop);
    if (wait.error != NULL) {
        g_propagate_error(error, wait.error);
        g_clear_pointer(&wait.properties, g_variant_unref);
    }
    return wait.properties;
}

/* what its reader must know first: rows left out, a file cut short */
static void
job_end_print_notes(gint64 id)
{
    g_autofree char *what = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_autoptr(ErrataReportFound) found = errata_report_find(what, NULL);
    g_autoptr(ErrataCase) report = found != NULL
                                       ? errata_case_from_json(found->json, found->length, NULL)
                                       : NULL;
    g_autoptr(GPtrArray) notes = report != NULL ? errata_compose_notes(report) : NULL;

    for (guint i = 0; notes != NULL && i < notes->len; i++)
        errata_cli_print("  note: %s\n", (const char *)g_ptr_array_index(notes, i));
}

/* its number, verdict and place */
static void
job_end_print_report(GDBusConnection *bus, GVariant *properties)
{
    g_autoptr(GVariant) report = NULL;
    const char *path = "/";
    gint64 id = 0;

    if (!g_variant_lookup(properties, "Report", "&o", &path) || g_str_equal(path, "/"))
        return;
    report = errata_bus_properties(bus, path, "Report", NULL);
    if (report == NULL)
        return;
    g_variant_lookup(report, "Id", "x", &id);
    errata_cli_print("  report %" G_GINT64_FORMAT ": %s\n", id, errata_bus_text(report, "Verdict"));
    if (errata_bus_text(report, "Folder")[0] != '\0')
        errata_cli_print("  %s\n", errata_bus_text(report, "Folder"));
    job_end_print_notes(id);
}

void
errata_job_end_print(GDBusConnection *bus, const char *file, GVariant *properties)
{
    const char *error = errata_bus_text(properties, "Error");
    const char *into = "/";
    gint64 id = 0;

    g_variant_lookup(properties, "Id", "x", &id);
    errata_cli_print("%s: job %" G_GINT64_FORMAT ", %s%s%s\n",
                     file,
                     id,
                     errata_bus_text(properties, "State"),
                     error[0] != '\0' ? ": " : "",
                     error);
    if (g_variant_lookup(properties, "MergedInto", "&o", &into) && !g_str_equal(into, "/"))
        errata_cli_print("  merged into job %s\n", strrchr(into, '/') + 1);
    job_end_print_report(bus, properties);
}
