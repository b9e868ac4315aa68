/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one worker for one job: spawns it with its socket and its output folder as the only
 * descriptors and an empty environment, speaks org.errata.Worker1 with it, keeps a deadline per
 * stage, and turns whatever way it ends into a result or an error. */
#include "config.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errata-worker-generated.h"
#include "error.h"
#include "host-embedding.h"
#include "host-llm.h"
#include "host.h"
#include "limit.h"
#include "sandbox.h"

#define HOST_STDERR_BYTES 4096 /* of the worker's last words that are kept */

/* one run; owned by its GTask */
typedef struct {
    ErrataHostJob *job;
    GSubprocess *worker;
    GDBusConnection *connection;
    ErrataWorkerDbusWorker1 *proxy;
    GSource *deadline;
    gulong cancel_id;
    GCancellable *cancellable;
    ErrataHostProgress progress;
    gpointer progress_data;
    char *stage;
    gboolean timed_out;
    GVariant *result;
    GError *error;
    GString *last_words;
    char buffer[1024];
    ErrataHostEnd end;
    guint pending; /* callbacks that still hold the task: exit and stderr */
    GObject *llm;  /* nullable: exported */
    GCancellable *llm_stop;
} HostRun;

static void
host_input_free(gpointer data)
{
    ErrataHostInput *input = data;

    if (input->fd >= 0)
        close(input->fd);
    g_free(input->name);
    g_free(input->kind);
    g_free(input->sha256);
    g_free(input->path);
    g_free(input);
}

static void
host_settings_free(gpointer data)
{
    ErrataHostSettings *settings = data;

    g_free(settings->name);
    g_free(settings->text);
    g_free(settings);
}

ErrataHostJob *
errata_host_job_new(const char *mode)
{
    ErrataHostJob *self = g_new0(ErrataHostJob, 1);

    self->mode = g_strdup(mode);
    self->inputs = g_ptr_array_new_with_free_func(host_input_free);
    self->settings = g_ptr_array_new_with_free_func(host_settings_free);
    self->output_fd = -1;
    return self;
}

void
errata_host_job_free(ErrataHostJob *self)
{
    if (self == NULL)
        return;
    g_free(self->mode);
    g_ptr_array_unref(self->inputs);
    g_ptr_array_unref(self->settings);
    if (self->output_fd >= 0)
        close(self->output_fd);
    g_free(self->id);
    g_free(self->name);
    g_free(self->created);
    g_free(self->question);
    g_free(self->plan);
    g_free(self->command);
    g_free(self->what);
    g_free(self->embedding);
    g_free(self->embedding_problem);
    g_clear_pointer(&self->patterns, g_variant_unref);
    g_clear_pointer(&self->patterns_of, g_variant_unref);
    errata_llm_session_unref(self->llm);
    g_free(self);
}

ErrataHostInput *
errata_host_job_add_input(ErrataHostJob *self, int fd, const char *name, const char *kind)
{
    ErrataHostInput *input = g_new0(ErrataHostInput, 1);

    input->fd = fd;
    input->name = g_utf8_make_valid(name, -1); /* a path is any bytes; the protocol is not */
    input->kind = g_strdup(kind);
    g_ptr_array_add(self->inputs, input);
    return input;
}

void
errata_host_job_add_settings(ErrataHostJob *self,
                             const char *name,
                             const char *text,
                             gboolean folder)
{
    ErrataHostSettings *settings = g_new0(ErrataHostSettings, 1);

    settings->name = g_utf8_make_valid(name, -1);
    settings->text = g_utf8_make_valid(text, -1);
    settings->folder = folder;
    g_ptr_array_add(self->settings, settings);
}

static void
host_run_free(gpointer data)
{
    HostRun *run = data;

    if (run->cancel_id != 0)
        g_cancellable_disconnect(run->cancellable, run->cancel_id);
    g_clear_object(&run->cancellable);
    if (run->deadline != NULL) {
        g_source_destroy(run->deadline);
        g_source_unref(run->deadline);
    }
    g_clear_object(&run->proxy);
    g_clear_object(&run->llm);
    g_object_unref(run->llm_stop);
    g_clear_object(&run->connection);
    g_clear_object(&run->worker);
    g_clear_pointer(&run->result, g_variant_unref);
    g_clear_error(&run->error);
    g_string_free(run->last_words, TRUE);
    g_free(run->stage);
    errata_host_job_free(run->job);
    g_free(run);
}

static const char *
host_stage(const HostRun *run)
{
    return run->stage != NULL ? run->stage : "starting";
}

static char *
host_worker_path(void)
{
    const char *override = g_getenv("ERRATA_WORKER");
    g_autofree char *self = NULL;
    g_autofree char *folder = NULL;
    char *beside;

    if (override != NULL)
        return g_strdup(override);
    self = g_file_read_link("/proc/self/exe", NULL);
    folder = self != NULL ? g_path_get_dirname(self) : g_strdup(".");
    beside = g_build_filename(folder, "errata-worker", NULL); /* run from the build folder */
    if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return beside;
    g_free(beside);
    return g_build_filename(ERRATA_LIBEXECDIR, "errata-worker", NULL);
}

static gboolean
host_deadline_cb(gpointer user_data)
{
    HostRun *run = user_data;

    run->timed_out = TRUE;
    g_subprocess_force_exit(run->worker);
    return G_SOURCE_REMOVE;
}

static void
host_start_deadline(GTask *task)
{
    HostRun *run = g_task_get_task_data(task);

    if (run->deadline != NULL) {
        g_source_destroy(run->deadline);
        g_source_unref(run->deadline);
    }
    run->deadline = g_timeout_source_new_seconds(ERRATA_LIMIT_STAGE_SECONDS);
    g_source_set_callback(run->deadline, host_deadline_cb, run, NULL);
    g_source_attach(run->deadline, g_task_get_context(task));
}

static void
host_progress_cb(ErrataWorkerDbusWorker1 *proxy,
                 const char *stage,
                 double fraction,
                 guint64 rows,
                 gpointer user_data)
{
    GTask *task = user_data;
    HostRun *run = g_task_get_task_data(task);

    if (g_strcmp0(stage, run->stage) != 0) {
        g_free(run->stage);
        run->stage = g_strdup(stage);
        host_start_deadline(task);
    }
    if (run->progress != NULL)
        run->progress(stage, fraction, rows, run->progress_data);
}

static void
host_finished_cb(ErrataWorkerDbusWorker1 *proxy, GVariant *result, gpointer user_data)
{
    HostRun *run = g_task_get_task_data(G_TASK(user_data));

    g_clear_pointer(&run->result, g_variant_unref);
    run->result = g_variant_ref(result);
}

/* an answer without a result: the words of Finished become an error */
static void
host_take_failure(HostRun *run)
{
    g_autofree char *message = NULL;
    guint32 code = ERRATA_ERROR_INTERNAL;

    g_variant_lookup(run->result, "code", "u", &code);
    if (!g_variant_lookup(run->result, "message", "s", &message))
        message = g_strdup("the worker failed without saying why");
    g_set_error(&run->error, ERRATA_ERROR, (int)MIN(code, ERRATA_ERROR_N_CODES - 1), "%s", message);
}

static void
host_judge_signal(HostRun *run, int signal_number)
{
    switch (signal_number) {
    case SIGSEGV:
    case SIGABRT:
    case SIGBUS:
    case SIGFPE:
    case SIGSYS:
    case SIGILL:
    case SIGTRAP:
        if (strstr(run->last_words->str, "failed to allocate") != NULL ||
            strstr(run->last_words->str, "Error creating thread") !=
                NULL) { /* no room for its stack */
            run->end = ERRATA_HOST_END_MEMORY;
            g_set_error(
                &run->error,
                ERRATA_ERROR,
                ERRATA_ERROR_LIMIT,
                "ran out of memory while %s; give it more with [analysis] memory or --memory",
                host_stage(run));
            return;
        }
        run->end = ERRATA_HOST_END_CRASH;
        g_set_error(&run->error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_WORKER,
                    "the worker crashed (%s) while %s%s%s",
                    g_strsignal(signal_number),
                    host_stage(run),
                    run->last_words->len > 0 ? ": " : "",
                    run->last_words->str);
        return;
    default:
        run->end = ERRATA_HOST_END_KILLED;
        g_set_error(&run->error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_WORKER,
                    "the worker was killed from outside (%s) while %s",
                    g_strsignal(signal_number),
                    host_stage(run));
    }
}

/* how it ended: an answer stands whatever the exit; then our own reasons; then the signal */
static void
host_judge(HostRun *run)
{
    if (run->result != NULL) {
        const char *state = NULL;

        run->end = ERRATA_HOST_END_RESULT;
        if (!g_variant_lookup(run->result, "state", "&s", &state) ||
            g_strcmp0(state, "failed") == 0)
            host_take_failure(run);
    } else if (g_cancellable_is_cancelled(run->cancellable)) {
        run->end = ERRATA_HOST_END_KILLED;
        g_clear_error(&run->error);
        g_set_error_literal(&run->error, ERRATA_ERROR, ERRATA_ERROR_CANCELLED, "cancelled");
    } else if (run->timed_out) {
        run->end = ERRATA_HOST_END_DEADLINE;
        g_clear_error(&run->error);
        g_set_error(&run->error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s took more than %u s",
                    host_stage(run),
                    ERRATA_LIMIT_STAGE_SECONDS);
    } else if (g_subprocess_get_if_signaled(run->worker)) {
        g_clear_error(&run->error);
        host_judge_signal(run, g_subprocess_get_term_sig(run->worker));
    } else if (run->error == NULL) {
        run->end = ERRATA_HOST_END_CRASH;
        g_set_error(&run->error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_WORKER,
                    "the worker ended without a result while %s%s%s",
                    host_stage(run),
                    run->last_words->len > 0 ? ": " : "",
                    run->last_words->str);
    }
}

static void
host_settle(GTask *task)
{
    HostRun *run = g_task_get_task_data(task);

    if (--run->pending > 0)
        return;
    g_cancellable_cancel(run->llm_stop);
    if (run->connection != NULL)
        g_dbus_connection_close_sync(run->connection, NULL, NULL);
    if (run->proxy != NULL)
        g_signal_handlers_disconnect_by_data(run->proxy, task);
    host_judge(run);
    if (run->error != NULL)
        g_task_return_error(task, g_steal_pointer(&run->error));
    else
        g_task_return_pointer(task, g_steal_pointer(&run->result), (GDestroyNotify)g_variant_unref);
}

static void
host_stderr_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    HostRun *run = g_task_get_task_data(task);
    gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);

    if (n <= 0) {
        g_autofree char *printable = g_strescape(g_strchomp(run->last_words->str), NULL);

        g_string_assign(run->last_words, printable);
        host_settle(task);
        return;
    }
    g_string_append_len(run->last_words, run->buffer, n);
    if (run->last_words->len > HOST_STDERR_BYTES)
        g_string_erase(run->last_words, 0, (gssize)(run->last_words->len - HOST_STDERR_BYTES));
    g_input_stream_read_async(G_INPUT_STREAM(source),
                              run->buffer,
                              sizeof run->buffer,
                              G_PRIORITY_DEFAULT,
                              NULL,
                              host_stderr_cb,
                              g_steal_pointer(&task));
}

static void
host_exited_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;

    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    host_settle(task);
}

/* the connection may still hold a Finished that was sent before the exit: it closes after it */
static void
host_closed_cb(GDBusConnection *connection,
               gboolean remote_vanished,
               GError *error,
               gpointer user_data)
{
    GTask *task = user_data;

    g_signal_handlers_disconnect_by_func(connection, host_closed_cb, task);
    host_settle(task);
    g_object_unref(task);
}

static void
host_started_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    HostRun *run = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;

    if (errata_worker_dbus_worker1_call_start_finish(ERRATA_WORKER_DBUS_WORKER1(source),
                                                     NULL,
                                                     result,
                                                     &error))
        return;
    if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED))
        return; /* it died: its exit says more */
    g_dbus_error_strip_remote_error(error);
    if (run->error == NULL)
        g_set_error_literal(&run->error, ERRATA_ERROR, ERRATA_ERROR_INTERNAL, error->message);
    g_subprocess_force_exit(run->worker);
}

static GVariant *
host_inputs_variant(const ErrataHostJob *job, GUnixFDList *fds, GError **error)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(hsssst)"));
    for (guint i = 0; i < job->inputs->len; i++) {
        const ErrataHostInput *input = g_ptr_array_index(job->inputs, i);
        g_autofree char *path = g_utf8_make_valid(input->path != NULL ? input->path : "", -1);
        int handle = g_unix_fd_list_append(fds, input->fd, error);

        if (handle < 0) {
            g_variant_builder_clear(&builder);
            return NULL;
        }
        g_variant_builder_add(&builder,
                              "(hsssst)",
                              handle,
                              input->name,
                              input->kind,
                              input->sha256 != NULL ? input->sha256 : "",
                              path,
                              input->bytes);
    }
    return g_variant_builder_end(&builder);
}

static GVariant *
host_settings_variant(const ErrataHostJob *job)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ssb)"));
    for (guint i = 0; i < job->settings->len; i++) {
        const ErrataHostSettings *settings = g_ptr_array_index(job->settings, i);

        g_variant_builder_add(&builder, "(ssb)", settings->name, settings->text, settings->folder);
    }
    return g_variant_builder_end(&builder);
}

static GVariant *
host_options_variant(const ErrataHostJob *job)
{
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "mode", "s", job->mode);
    g_variant_dict_insert(&dict, "memory", "t", job->memory);
    if (job->question != NULL)
        g_variant_dict_insert(&dict, "question", "s", job->question);
    if (job->plan != NULL)
        g_variant_dict_insert(&dict, "plan", "s", job->plan);
    g_variant_dict_insert(&dict, "keeps-labels", "b", job->keeps_labels);
    if (job->id != NULL)
        g_variant_dict_insert(&dict, "id", "s", job->id);
    if (job->name != NULL)
        g_variant_dict_insert(&dict, "name", "s", job->name);
    if (job->created != NULL)
        g_variant_dict_insert(&dict, "created", "s", job->created);
    if (job->what != NULL)
        g_variant_dict_insert(&dict, "what", "s", job->what);
    if (job->embedding != NULL)
        g_variant_dict_insert(&dict, "embedding", "s", job->embedding);
    if (job->embedding_problem != NULL)
        g_variant_dict_insert_value(
            &dict,
            "embedding-problem",
            g_variant_new_take_string(g_utf8_make_valid(job->embedding_problem, -1)));
    if (job->patterns != NULL)
        g_variant_dict_insert_value(&dict, "patterns", job->patterns);
    if (job->patterns_of != NULL)
        g_variant_dict_insert_value(&dict, "patterns-of", job->patterns_of);
    if (job->llm != NULL)
        g_variant_dict_insert_value(&dict, "llm", errata_host_llm_describe(job->llm));
    if (job->command != NULL)
        g_variant_dict_insert_value(&dict,
                                    "command",
                                    g_variant_new_take_string(g_utf8_make_valid(job->command, -1)));
    return g_variant_dict_end(&dict);
}

static gboolean
host_call_start(GTask *task, GError **error)
{
    HostRun *run = g_task_get_task_data(task);
    g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();
    GVariant *inputs = host_inputs_variant(run->job, fds, error);

    if (inputs == NULL)
        return FALSE;
    run->proxy =
        errata_worker_dbus_worker1_proxy_new_sync(run->connection,
                                                  G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES,
                                                  NULL,
                                                  "/org/errata/Worker1",
                                                  NULL,
                                                  error);
    if (run->proxy == NULL) {
        g_variant_unref(g_variant_ref_sink(inputs));
        return FALSE;
    }
    g_dbus_proxy_set_default_timeout(G_DBUS_PROXY(run->proxy), G_MAXINT);
    g_signal_connect(run->proxy, "progress", G_CALLBACK(host_progress_cb), task);
    g_signal_connect(run->proxy, "finished", G_CALLBACK(host_finished_cb), task);
    errata_worker_dbus_worker1_call_start(run->proxy,
                                          inputs,
                                          host_settings_variant(run->job),
                                          host_options_variant(run->job),
                                          fds,
                                          NULL,
                                          host_started_cb,
                                          g_object_ref(task));
    return TRUE;
}

/* connected, and whether there is a language model is known */
static void
host_begin(GTask *task)
{
    HostRun *run = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;

    if (run->job->llm != NULL) {
        run->llm = errata_host_llm_export(run->connection, run->job->llm, run->llm_stop, &error);
        if (run->llm == NULL)
            g_clear_pointer(&run->job->llm, errata_llm_session_unref);
    }
    g_clear_error(&error);
    if (!host_call_start(task, &error)) {
        g_dbus_connection_close(run->connection, NULL, NULL, NULL);
        g_debug("talking to the worker: %s", error->message);
        g_subprocess_force_exit(run->worker);
    }
    host_settle(task); /* the hold that was for connecting */
}

static void
host_found_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    HostRun *run = g_task_get_task_data(task);
    ErrataLlmBroker *broker = errata_llm_session_broker(run->job->llm);
    g_autoptr(GError) error = NULL;

    if (!errata_llm_broker_find_finish(broker, result, &error)) {
        g_info("%s", error->message); /* the built-in writer does without */
        g_clear_pointer(&run->job->llm, errata_llm_session_unref);
    }
    host_begin(task);
}

static void
host_connected_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    HostRun *run = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;

    run->connection = g_dbus_connection_new_finish(result, &error);
    if (run->connection == NULL) {
        g_debug("talking to the worker: %s", error->message);
        g_subprocess_force_exit(run->worker);
        host_settle(task);
        return;
    }
    run->pending++;
    g_signal_connect(run->connection, "closed", G_CALLBACK(host_closed_cb), g_object_ref(task));
    if (run->job->llm != NULL)
        errata_llm_broker_find_async(errata_llm_session_broker(run->job->llm),
                                     run->llm_stop,
                                     host_found_cb,
                                     g_steal_pointer(&task));
    else
        host_begin(task);
}

static GSubprocessLauncher *
host_launcher(int socket_fd, int output_fd)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);
    static const char *const kept[] = {"ERRATA_JAIL",
                                       "ASAN_OPTIONS",
                                       "UBSAN_OPTIONS",
                                       "LSAN_OPTIONS",
                                       "G_DEBUG"};
    g_auto(GStrv) environment = g_strdupv((char *[]){NULL});

    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
        if (g_getenv(kept[i]) != NULL)
            environment = g_environ_setenv(environment, kept[i], g_getenv(kept[i]), TRUE);
    environment = g_environ_setenv(environment, "LC_ALL", "C.UTF-8", TRUE);
    environment = g_environ_setenv(environment, "TZ", "UTC", TRUE);
    /* glibc asks for huge pages for large arrays: a third of the page faults */
    environment = g_environ_setenv(environment, "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", TRUE);
    environment = g_environ_setenv(environment, "HOME", "/nonexistent", TRUE);
    environment = g_environ_setenv(environment, "GIO_USE_VFS", "local", TRUE);
    environment = g_environ_setenv(environment, "GIO_MODULE_DIR", "/nonexistent", TRUE);
    g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_take_fd(launcher, socket_fd, ERRATA_SANDBOX_SOCKET_FD);
    if (output_fd >= 0)
        g_subprocess_launcher_take_fd(launcher, output_fd, ERRATA_SANDBOX_OUTPUT_FD);
    return launcher;
}

static GIOStream *
host_spawn(HostRun *run, GError **error)
{
    int pair[2];
    g_autofree char *path = host_worker_path();
    g_autoptr(GSubprocessLauncher) launcher = NULL;
    g_autoptr(GSocket) socket = NULL;
    int output_fd = run->job->output_fd >= 0 ? fcntl(run->job->output_fd, F_DUPFD_CLOEXEC, 10) : -1;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_INTERNAL,
                            "no socket pair for the worker");
        if (output_fd >= 0)
            close(output_fd);
        return NULL;
    }
    launcher = host_launcher(pair[1], output_fd);
    run->worker = g_subprocess_launcher_spawn(launcher, error, path, NULL);
    g_subprocess_launcher_close(launcher);
    socket = run->worker != NULL ? g_socket_new_from_fd(pair[0], error) : NULL;
    if (socket == NULL) {
        g_prefix_error(error, "starting %s: ", path);
        close(pair[0]);
        return NULL;
    }
    if (run->job->background) {
        const char *pid = g_subprocess_get_identifier(run->worker);

        if (pid != NULL)
            setpriority(PRIO_PROCESS, (id_t)g_ascii_strtoull(pid, NULL, 10), 10);
    }
    return G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
}

static void
host_cancelled_cb(GCancellable *cancellable, gpointer user_data)
{
    HostRun *run = user_data;

    g_subprocess_force_exit(run->worker);
}

/**
 * errata_host_run_async:
 * @job: (transfer full): what to do
 * @progress: (nullable): told how far it is
 * @progress_data: for @progress
 * @cancellable: (nullable): ends the worker at once
 * @callback: called when the worker has ended
 * @user_data: for @callback
 */
void
errata_host_run_async(ErrataHostJob *job,
                      ErrataHostProgress progress,
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, NULL, callback, user_data);
    g_autoptr(GIOStream) stream = NULL;
    g_autofree char *guid = g_dbus_generate_guid();
    HostRun *run = g_new0(HostRun, 1);
    GError *error = NULL;

    g_task_set_source_tag(task, errata_host_run_async);
    g_task_set_task_data(task, run, host_run_free);
    run->job = job;
    if (g_strcmp0(job->mode, "analyze") == 0)
        errata_host_embedding_open(job);
    run->progress = progress;
    run->progress_data = progress_data;
    run->last_words = g_string_new(NULL);
    run->llm_stop = g_cancellable_new();
    run->cancellable = cancellable != NULL ? g_object_ref(cancellable) : g_cancellable_new();
    stream = host_spawn(run, &error);
    if (stream == NULL) {
        run->end = ERRATA_HOST_END_KILLED;
        g_task_return_error(task, error);
        return;
    }
    host_start_deadline(task);
    run->pending = 3; /* exit, stderr, connecting */
    g_subprocess_wait_async(run->worker, NULL, host_exited_cb, g_object_ref(task));
    g_input_stream_read_async(g_subprocess_get_stderr_pipe(run->worker),
                              run->buffer,
                              sizeof run->buffer,
                              G_PRIORITY_DEFAULT,
                              NULL,
                              host_stderr_cb,
                              g_object_ref(task));
    g_dbus_connection_new(stream,
                          guid,
                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER,
                          NULL,
                          NULL,
                          host_connected_cb,
                          g_object_ref(task));
    run->cancel_id =
        g_cancellable_connect(run->cancellable, G_CALLBACK(host_cancelled_cb), run, NULL);
}

/**
 * errata_host_run_finish:
 * @result: what the callback got
 * @ret_end: (out) (optional): how the worker ended, set in any case
 * @error: return location for a #GError
 *
 * Errors: those of the job as the worker says them; %ERRATA_ERROR_CANCELLED; %ERRATA_ERROR_LIMIT
 * for a deadline or the memory; %ERRATA_ERROR_WORKER for a crash.
 *
 * Returns: (transfer full): the result of Finished, or %NULL with @error set
 */
GVariant *
errata_host_run_finish(GAsyncResult *result, ErrataHostEnd *ret_end, GError **error)
{
    HostRun *run = g_task_get_task_data(G_TASK(result));

    if (ret_end != NULL)
        *ret_end = run->end;
    return g_task_propagate_pointer(G_TASK(result), error);
}
