/* SPDX-License-Identifier: GPL-3.0-or-later */
/* errata-worker: one sandboxed process per job. The jail comes first; then it serves
 * org.errata.Worker1 to its host on the socket it was given, runs one job in a thread of its own,
 * says Finished and ends. It dies with its host. */
#include "config.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "errata-worker-generated.h"
#include "error.h"
#include "sandbox.h"
#include "worker-job.h"
#include "worker-llm.h"

#define WORKER_PROGRESS_US 100000 /* at most ten reports of progress a second leave the worker */

typedef struct {
    GMainLoop *loop;
    ErrataWorkerDbusWorker1 *interface;
    GDBusConnection *connection;
    ErrataWorkerJob *job; /* the one job, once Start came */
    gint64 last_progress_us;
    const char *last_stage;
} Worker;

static void
worker_progress_cb(const char *stage, double fraction, guint64 rows, gpointer data)
{
    Worker *worker = data;
    gint64 now = g_get_monotonic_time();

    if (stage == worker->last_stage && now - worker->last_progress_us < WORKER_PROGRESS_US)
        return;
    worker->last_progress_us = now;
    worker->last_stage = stage;
    errata_worker_dbus_worker1_emit_progress(worker->interface, stage, fraction, rows);
}

static void
worker_finished_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Worker *worker = user_data;
    GVariant *answer = g_task_propagate_pointer(G_TASK(result), NULL);

    errata_worker_dbus_worker1_emit_finished(worker->interface, answer);
    g_variant_unref(answer);
    g_dbus_connection_flush_sync(worker->connection, NULL, NULL);
    g_main_loop_quit(worker->loop);
}

static void
worker_thread_cb(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    Worker *worker = task_data;
    ErrataProgress progress = {.func = worker_progress_cb, .data = worker};

    g_task_return_pointer(task,
                          errata_worker_job_run(worker->job, &progress),
                          (GDestroyNotify)g_variant_unref);
}

static gboolean
worker_start_cb(ErrataWorkerDbusWorker1 *interface,
                GDBusMethodInvocation *invocation,
                GUnixFDList *fds,
                GVariant *inputs,
                GVariant *settings,
                GVariant *options,
                gpointer user_data)
{
    Worker *worker = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GTask) task = NULL;

    if (worker->job == NULL)
        worker->job = errata_worker_job_new(fds,
                                            inputs,
                                            settings,
                                            options,
                                            errata_worker_llm_new(worker->connection, options),
                                            &error);
    else
        error = g_error_new_literal(ERRATA_ERROR, ERRATA_ERROR_USAGE, "a worker does one job");
    if (error != NULL) {
        g_dbus_method_invocation_return_gerror(invocation, error);
        return TRUE;
    }
    errata_worker_dbus_worker1_complete_start(interface, invocation, NULL);
    task = g_task_new(NULL, NULL, worker_finished_cb, worker);
    g_task_set_source_tag(task, worker_start_cb);
    g_task_set_task_data(task, worker, NULL);
    g_task_run_in_thread(task, worker_thread_cb);
    return TRUE;
}

static gboolean
worker_cancel_cb(ErrataWorkerDbusWorker1 *interface,
                 GDBusMethodInvocation *invocation,
                 gpointer user_data)
{
    _exit(EXIT_FAILURE);
}

static void G_GNUC_NORETURN
worker_closed_cb(GDBusConnection *connection,
                 gboolean remote_vanished,
                 GError *error,
                 gpointer user_data)
{
    _exit(EXIT_FAILURE); /* the host is gone, and with it who wanted the result */
}

static gboolean
worker_serve(Worker *worker, GError **error)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(ERRATA_SANDBOX_SOCKET_FD, error);
    g_autoptr(GSocketConnection) stream = NULL;

    if (socket == NULL)
        return FALSE;
    stream = g_socket_connection_factory_create_connection(socket);
    worker->connection =
        g_dbus_connection_new_sync(G_IO_STREAM(stream),
                                   NULL,
                                   G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                       G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                                   NULL,
                                   NULL,
                                   error);
    if (worker->connection == NULL)
        return FALSE;
    g_signal_connect(worker->connection, "closed", G_CALLBACK(worker_closed_cb), worker);
    worker->interface = errata_worker_dbus_worker1_skeleton_new();
    g_signal_connect(worker->interface, "handle-start", G_CALLBACK(worker_start_cb), worker);
    g_signal_connect(worker->interface, "handle-cancel", G_CALLBACK(worker_cancel_cb), worker);
    if (!g_dbus_interface_skeleton_export(G_DBUS_INTERFACE_SKELETON(worker->interface),
                                          worker->connection,
                                          "/org/errata/Worker1",
                                          error))
        return FALSE;
    g_dbus_connection_start_message_processing(worker->connection);
    return TRUE;
}

/* This function is the jail's door: nothing before it but the death signal. */
static void
worker_enter_jail(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) fences = g_string_new(NULL);
    ErrataSandboxFlags flags = ERRATA_SANDBOX_DEFAULT;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (g_strcmp0(g_getenv("ERRATA_JAIL"), "no-landlock") == 0)
        flags |= ERRATA_SANDBOX_NO_LANDLOCK;
    if (!errata_sandbox_enter(flags, fences, &error)) {
        g_printerr("errata-worker: %s\n", error->message);
        _exit(EXIT_FAILURE);
    }
    g_debug("jailed: %s", fences->str);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Worker worker = {0};

    worker_enter_jail();
    if (argc > 1) {
        g_printerr("errata-worker: started by erratad and errata, never by hand\n");
        return 2;
    }
    setlocale(LC_ALL, "C.UTF-8");
    mallopt(M_ARENA_MAX, 1); /* what one short-lived thread frees any other one finds */
    mallopt(M_MMAP_MAX,
            0); /* a large array that is freed serves the next one, pages cleared already */
    mallopt(M_TRIM_THRESHOLD, G_MAXINT);
    worker.loop = g_main_loop_new(NULL, FALSE);
    if (!worker_serve(&worker, &error)) {
        g_printerr("errata-worker: %s\n", error->message);
        return EXIT_FAILURE;
    }
    g_main_loop_run(worker.loop);
    _exit(EXIT_SUCCESS); /* the memory of a whole log is not worth giving back page by page */
}
