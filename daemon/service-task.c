/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs on the bus that only answer: they are not stored, and a restart forgets them. */
#include "service-task.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "errata-dbus-error.h"
#include "error.h"

#define TASK_MOST  64 /* ended ones that stay objects */
#define TASK_TABLE "table.csv"
#define TASK_BYTES (16U << 20) /* of an answer; more go by the command line */

typedef struct {
    ErrataService *service;
    ErrataDbusObjectSkeleton *object;
    ErrataDbusJob *job;
    GCancellable *cancellable;
    ErrataServiceAnswer answer;
    char *folder; /* nullable: where the worker writes its table */
} Task;

static void
task_free(Task *task)
{
    if (task->folder != NULL) {
        g_autofree char *table = g_build_filename(task->folder, TASK_TABLE, NULL);

        g_unlink(table);
        g_rmdir(task->folder);
    }
    g_free(task->folder);
    g_object_unref(task->cancellable);
    g_object_unref(task->job);
    g_object_unref(task->object);
    g_free(task);
}

static gboolean
task_cancel_cb(ErrataDbusJob *job, GDBusMethodInvocation *invocation, gpointer user_data)
{
    g_cancellable_cancel(G_CANCELLABLE(user_data));
    errata_dbus_job_complete_cancel(job, invocation);
    return TRUE;
}

static void
task_progress_cb(const char *stage, double fraction, guint64 rows, gpointer data)
{
    Task *task = data;

    errata_dbus_job_set_stage(task->job, stage);
    errata_dbus_job_set_progress(task->job, fraction);
    errata_dbus_job_set_rows(task->job, rows);
}

static void
task_fail(Task *task, const GError *error)
{
    g_autoptr(GError) ours = errata_dbus_error_wrap(error);
    gboolean cancelled = g_error_matches(ours, ERRATA_ERROR, ERRATA_ERROR_CANCELLED);

    errata_dbus_job_set_error(task->job, cancelled ? "" : ours->message);
    errata_dbus_job_set_error_name(task->job,
                                   cancelled ? ""
                                             : errata_dbus_error_name((ErrataError)ours->code));
    errata_dbus_job_set_state(task->job, cancelled ? "cancelled" : "failed");
}

/* the table that the worker wrote, as text */
static char *
task_read_table(const Task *task, GError **error)
{
    g_autofree char *path = g_build_filename(task->folder, TASK_TABLE, NULL);
    g_autofree char *text = NULL;
    GStatBuf info;

    if (g_stat(path, &info) != 0 || info.st_size > (goffset)TASK_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the table is larger than the %u MiB that an answer may have; run errata score "
                    "instead",
                    TASK_BYTES >> 20);
        return NULL;
    }
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    return g_utf8_make_valid(text, -1);
}

static void
task_answer(Task *task, GVariant *result)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    if (task->answer == ERRATA_SERVICE_ANSWER_TABLE)
        text = task_read_table(task, &error);
    else if (!g_variant_lookup(result,
                               task->answer == ERRATA_SERVICE_ANSWER_QUESTION ? "answer"
                                                                              : "explanation",
                               "s",
                               &text))
        error = g_error_new_literal(ERRATA_ERROR, ERRATA_ERROR_INTERNAL, "no answer came");
    if (text == NULL) {
        task_fail(task, error);
        return;
    }
    errata_dbus_job_set_answer(task->job, text);
    errata_dbus_job_set_progress(task->job, 1.0);
    errata_dbus_job_set_state(task->job, "reported");
}

/* only so many ended ones stay objects */
static void
task_limit(ErrataService *self, const char *path)
{
    g_queue_push_tail(self->ended_tasks, g_strdup(path));
    while (g_queue_get_length(self->ended_tasks) > TASK_MOST) {
        g_autofree char *oldest = g_queue_pop_head(self->ended_tasks);

        g_dbus_object_manager_server_unexport(self->server, oldest);
    }
}

static void
task_done_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Task *task = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer = errata_host_run_finish(result, NULL, &error);

    errata_dbus_job_set_stage(task->job, "");
    if (answer != NULL)
        task_answer(task, answer);
    else
        task_fail(task, error);
    task_limit(task->service, g_dbus_object_get_object_path(G_DBUS_OBJECT(task->object)));
    task->service->n_tasks_running--;
    task_free(task);
}

static gboolean
task_open_folder(Task *task, ErrataHostJob *job, GError **error)
{
    task->folder = g_dir_make_tmp("errata-XXXXXX", error);
    if (task->folder == NULL)
        return FALSE;
    job->output_fd = open(task->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (job->output_fd >= 0)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "no room for the answer: %s",
                g_strerror(errno));
    return FALSE;
}

static void
task_show(Task *task, const char *name, const char *input, gint64 owner, guint number)
{
    errata_dbus_job_set_id(task->job, -(gint64)number);
    errata_dbus_job_set_name(task->job, name);
    errata_dbus_job_set_input(task->job, input);
    errata_dbus_job_set_state(task->job, "analysing");
    errata_dbus_job_set_stage(task->job, "");
    errata_dbus_job_set_error(task->job, "");
    errata_dbus_job_set_error_name(task->job, "");
    errata_dbus_job_set_report(task->job, "/");
    errata_dbus_job_set_merged_into(task->job, "/");
    errata_dbus_job_set_answer(task->job, "");
    errata_dbus_job_set_created(task->job, g_get_real_time());
    errata_service_guard(task->service, task->job, owner);
    g_signal_connect_object(task->job,
                            "handle-cancel",
                            G_CALLBACK(task_cancel_cb),
                            task->cancellable,
                            0);
    errata_dbus_object_skeleton_set_job(task->object, task->job);
    g_dbus_object_manager_server_export(task->service->server,
                                        G_DBUS_OBJECT_SKELETON(task->object));
}

/**
 * errata_service_task_start:
 * @self: the service
 * @invocation: the call that asked for it; not answered here
 * @job: (transfer full): what a worker is to do
 * @name: of the model
 * @input: what is worked on, for people
 * @answer: what its Answer is in the end
 * @error: return location for a #GError
 *
 * Starts a worker and shows a job for it, whose Answer is set before its State is `reported`.
 *
 * Returns: (transfer full) (nullable): path of the job
 */
char *
errata_service_task_start(ErrataService *self,
                          GDBusMethodInvocation *invocation,
                          ErrataHostJob *job,
                          const char *name,
                          const char *input,
                          ErrataServiceAnswer answer,
                          GError **error)
{
    Task *task = g_new0(Task, 1);
    guint number = ++self->n_tasks;
    char *path = g_strdup_printf(ERRATA_SERVICE_PATH "/jobs/answer%u", number);

    task->service = self;
    task->answer = answer;
    task->cancellable = g_cancellable_new();
    task->object = errata_dbus_object_skeleton_new(path);
    task->job = errata_dbus_job_skeleton_new();
    if (answer == ERRATA_SERVICE_ANSWER_TABLE && !task_open_folder(task, job, error)) {
        errata_host_job_free(job);
        task_free(task);
        g_free(path);
        return NULL;
    }
    task_show(task, name, input, errata_service_caller(self, invocation), number);
    self->n_tasks_running++;
    errata_host_run_async(job, task_progress_cb, task, task->cancellable, task_done_cb, task);
    return path;
}
