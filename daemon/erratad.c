/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's main: flags, bus, signals. */
#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "notify.h"
#include "service.h"
#include "trim.h"

#define ERRATAD_LARGE_BYTES 131072 /* blocks that go back to the system when they are freed */

typedef struct {
    GMainLoop *loop;
    ErrataService *service;
    int status;
} Erratad;

typedef struct {
    gboolean is_system;
    gboolean version;
    gboolean verbose;
    char *state;
    char *data;
    char *config;
    char *inbox;
    char *reports;
} ErratadFlags;

/* a submitted file that waits to be taken in is an open one; nothing here uses select(2) */
static void
erratad_raise_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static void
erratad_quit(gpointer data)
{
    Erratad *self = data;

    g_main_loop_quit(self->loop);
}

static gboolean
erratad_signal_cb(gpointer user_data)
{
    erratad_quit(user_data);
    return G_SOURCE_CONTINUE;
}

static gboolean
erratad_reload_cb(gpointer user_data)
{
    Erratad *self = user_data;

    errata_service_reload(self->service);
    return G_SOURCE_CONTINUE;
}

static void
erratad_acquired_cb(GDBusConnection *connection, const char *name, gpointer user_data)
{
    errata_notify_send("READY=1");
    g_info("'%s' is ours", name);
}

static void
erratad_lost_cb(GDBusConnection *connection, const char *name, gpointer user_data)
{
    Erratad *self = user_data;

    if (connection == NULL || g_dbus_connection_is_closed(connection))
        g_warning("the bus is gone; what is under way is resumed at the next start");
    else
        g_warning("cannot own the name '%s' on the bus: another erratad has it, or the bus's "
                  "policy forbids it",
                  name);
    self->status = EXIT_FAILURE;
    g_main_loop_quit(self->loop);
}

static gboolean
erratad_parse(int *argc, char ***argv, ErratadFlags *flags, GError **error)
{
    const GOptionEntry entries[] = {
        {"system", 0, 0, G_OPTION_ARG_NONE, &flags->is_system, "Serve the system bus", NULL},
        {"state-dir",
         0,
         0,
         G_OPTION_ARG_FILENAME,
         &flags->state,
         "Keep store and spool there ($ERRATA_STATE_DIR)",
         "DIR"},
        {"data-dir",
         0,
         0,
         G_OPTION_ARG_FILENAME,
         &flags->data,
         "Inbox and reports there ($ERRATA_DATA_DIR)",
         "DIR"},
        {"config-dir",
         0,
         0,
         G_OPTION_ARG_FILENAME,
         &flags->config,
         "Read errata.conf from there ($ERRATA_CONFIG_DIR)",
         "DIR"},
        {"inbox", 0, 0, G_OPTION_ARG_FILENAME, &flags->inbox, "Watch this folder", "DIR"},
        {"reports", 0, 0, G_OPTION_ARG_FILENAME, &flags->reports, "Put reports there", "DIR"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &flags->verbose, "Say more", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &flags->version, "Print the version", NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context,
        "Watches a folder for the logs of machine-learning models and writes a report on\n"
        "where each goes wrong. Drop files into the inbox, or use errata submit.");
    g_option_context_set_description(
        context,
        "The system's errata.conf is read from $ERRATA_SYSTEM_CONFIG_DIR where that is set.\n"
        "Signals: HUP reads errata.conf again; TERM and INT stop, and the next start resumes.");
    if (!g_option_context_parse(context, argc, argv, error))
        return FALSE;
    if (*argc > 1) {
        g_set_error(error,
                    G_OPTION_ERROR,
                    G_OPTION_ERROR_FAILED,
                    "'%s' is not an option; see erratad --help",
                    (*argv)[1]);
        return FALSE;
    }
    return TRUE;
}

static ErrataPaths *
erratad_paths(const ErratadFlags *flags)
{
    ErrataPaths *paths = errata_paths_new(flags->is_system);

    errata_paths_override(&paths->state, flags->state);
    errata_paths_override(&paths->data, flags->data);
    errata_paths_override(&paths->config, flags->config);
    errata_paths_override(&paths->inbox, flags->inbox);
    errata_paths_override(&paths->reports, flags->reports);
    return paths;
}

static gboolean
erratad_serve(Erratad *self, GDBusConnection *connection, const ErratadFlags *flags, GError **error)
{
    g_autoptr(ErrataPaths) paths = erratad_paths(flags);
    guint name;

    self->service =
        errata_service_new(connection, flags->is_system, paths, erratad_quit, self, error);
    if (self->service == NULL || !errata_service_start(self->service, error))
        return FALSE;
    name = g_bus_own_name_on_connection(connection,
                                        ERRATA_SERVICE_NAME,
                                        G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                        erratad_acquired_cb,
                                        erratad_lost_cb,
                                        self,
                                        NULL);
    errata_trim();
    g_main_loop_run(self->loop);
    errata_notify_send("STOPPING=1");
    g_bus_unown_name(name);
    g_dbus_connection_flush_sync(connection, NULL, NULL);
    if (!errata_service_stop(self->service))
        _exit(self->status); /* as a kill would: the next start resumes what is under way */
    g_clear_pointer(&self->service, errata_service_free);
    return TRUE;
}

int
main(int argc, char **argv)
{
    Erratad self = {.status = EXIT_SUCCESS};
    ErratadFlags flags = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection = NULL;

    setlocale(LC_ALL, "");
    mallopt(M_ARENA_MAX, 2); /* a daemon that waits should not keep an arena per thread */
    /* fixed: else glibc raises it to the largest block that was freed, and what one long message
     * took stays with the heap */
    mallopt(M_MMAP_THRESHOLD, ERRATAD_LARGE_BYTES);
    erratad_raise_files();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGIO, SIG_IGN); /* a lease that is broken while we look */
    if (!erratad_parse(&argc, &argv, &flags, &error)) {
        g_printerr("erratad: %s\n", error->message);
        return 2;
    }
    if (flags.version) {
        g_print("erratad %s\n", ERRATA_VERSION);
        return EXIT_SUCCESS;
    }
    if (flags.verbose)
        g_setenv("G_MESSAGES_DEBUG", "errata", TRUE);
    connection =
        g_bus_get_sync(flags.is_system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, NULL, &error);
    if (connection == NULL) {
        g_printerr("erratad: no bus: %s\n", error->message);
        return EXIT_FAILURE;
    }
    self.loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGTERM, erratad_signal_cb, &self);
    g_unix_signal_add(SIGINT, erratad_signal_cb, &self);
    g_unix_signal_add(SIGHUP, erratad_reload_cb, &self);
    if (!erratad_serve(&self, connection, &flags, &error)) {
        g_printerr("erratad: %s\n", error->message);
        self.status = EXIT_FAILURE;
    }
    g_main_loop_unref(self.loop);
    return self.status;
}
