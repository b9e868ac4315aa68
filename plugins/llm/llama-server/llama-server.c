/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts and stops llama-server (llama.cpp). It gets an empty environment (LLAMA_ARG_* would change
 * it), a folder of its own with mode 0700 for socket and key, no tool or agent flags, small batches
 * so that SIGTERM is heard within moments, and dies with us. Readiness is asked for at /health: 503
 * while the model loads. */
#include "llama-server.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "fetch.h"

#define SERVER_POLL_MS    50
#define SERVER_END_MS     500  /* that it has to end before we do */
#define SERVER_GRACE_MS   2000 /* between SIGTERM and SIGKILL */
#define SERVER_WORD_BYTES 512U /* of its last words */
#define SERVER_MAX_FALLS  3    /* times it may die in a row */
#define SERVER_CONTEXT    "8192"

struct _ErrataLlamaServer {
    char *gguf;
    char *alias;
    char *folder;
    char *socket_path;
    char *key;
    GSubprocess *child;
    GString *words;
    char buffer[512];
    gboolean ready;
    guint n_falls;
    guint n_users;
    guint idle_s;
    guint idle_id;
    GPtrArray *waiting; /* (element-type GTask) */
    guint poll_id;
    GCancellable *stop; /* of the polling and the reading of words */
};

typedef struct {
    ErrataLlamaServer *self; /* NULL once it was freed */
    GSubprocess *child;
} ServerWatch;

static void server_poll(ErrataLlamaServer *self);

/**
 * errata_llama_server_new:
 * @gguf: the model's file
 * @idle_s: seconds after which it is stopped when nobody needs it
 *
 * Returns: (transfer full): a server that does not run yet
 */
ErrataLlamaServer *
errata_llama_server_new(const char *gguf, guint idle_s)
{
    ErrataLlamaServer *self = g_new0(ErrataLlamaServer, 1);
    g_autofree char *base = g_path_get_basename(gguf);

    self->gguf = g_strdup(gguf);
    if (g_str_has_suffix(base, ".gguf"))
        base[strlen(base) - strlen(".gguf")] = '\0';
    self->alias = g_utf8_make_valid(base, -1);
    self->idle_s = idle_s;
    self->words = g_string_new(NULL);
    self->waiting = g_ptr_array_new_with_free_func(g_object_unref);
    self->stop = g_cancellable_new();
    return self;
}

const char *
errata_llama_server_socket(const ErrataLlamaServer *self)
{
    return self->socket_path;
}

const char *
errata_llama_server_key(const ErrataLlamaServer *self)
{
    return self->key;
}

const char *
errata_llama_server_alias(const ErrataLlamaServer *self)
{
    return self->alias;
}

int
errata_llama_server_pid(const ErrataLlamaServer *self)
{
    const char *pid = self->child != NULL ? g_subprocess_get_identifier(self->child) : NULL;

    return pid != NULL ? atoi(pid) : 0;
}

static void
server_answer(ErrataLlamaServer *self, const GError *error)
{
    g_autoptr(GPtrArray) waiting = g_steal_pointer(&self->waiting);

    self->waiting = g_ptr_array_new_with_free_func(g_object_unref);
    g_clear_handle_id(&self->poll_id, g_source_remove);
    for (guint i = 0; i < waiting->len; i++) {
        GTask *task = g_ptr_array_index(waiting, i);
        GSource *stop = g_task_get_task_data(task);

        if (stop != NULL)
            g_source_destroy(stop);
        if (error != NULL)
            g_task_return_error(task, g_error_copy(error));
        else
            g_task_return_boolean(task, TRUE);
    }
}

static void
server_forget_child(ErrataLlamaServer *self)
{
    g_clear_object(&self->child);
    self->ready = FALSE;
    if (self->socket_path != NULL)
        g_unlink(self->socket_path);
}

static char *
server_last_words(const ErrataLlamaServer *self)
{
    g_autofree char *valid = g_utf8_make_valid(self->words->str, -1);
    char **lines = g_strsplit(g_strchomp(valid), "\n", -1);
    guint n = g_strv_length(lines);
    char *last = g_strdup(n > 0 ? lines[n - 1] : "");

    g_strfreev(lines);
    g_strdelimit(last, "\t\r", ' ');
    return last;
}

static void
server_exited_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServerWatch *watch = user_data;
    ErrataLlamaServer *self = watch->self;
    g_autoptr(GError) error = NULL;

    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    if (self != NULL && self->child == watch->child) {
        g_autofree char *words = server_last_words(self);

        self->n_falls = self->ready ? 1 : self->n_falls + 1;
        server_forget_child(self);
        error = g_error_new(ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "llama-server ended%s%s",
                            *words != '\0' ? ": " : "",
                            words);
        server_answer(self, error);
    }
    g_free(watch);
}

static void
server_words_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, &error);
    ErrataLlamaServer *self = user_data;

    if (n <= 0)
        return; /* cancelled: @self may be gone */
    g_string_append_len(self->words, self->buffer, n);
    if (self->words->len > SERVER_WORD_BYTES)
        g_string_erase(self->words, 0, (gssize)(self->words->len - SERVER_WORD_BYTES));
    g_input_stream_read_async(G_INPUT_STREAM(source),
                              self->buffer,
                              sizeof self->buffer,
                              G_PRIORITY_LOW,
                              self->stop,
                              server_words_cb,
                              self);
}

/* in the child, before it becomes llama-server */
static void
server_child_setup(gpointer user_data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    umask(077);
}

static gboolean
server_write_key(ErrataLlamaServer *self, const char *path, GError **error)
{
    guint8 random[16];
    int fd;
    gboolean done;

    if (self->key == NULL) {
        if (getrandom(random, sizeof random, 0) != (gssize)sizeof random) {
            g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_IO, "no random bytes for a key");
            return FALSE;
        }
        self->key = g_compute_checksum_for_data(G_CHECKSUM_SHA256, random, sizeof random);
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    done = fd >= 0 && write(fd, self->key, strlen(self->key)) == (gssize)strlen(self->key);
    if (fd >= 0)
        close(fd);
    if (!done)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "the key of llama-server cannot be written: %s",
                    g_strerror(errno));
    return done;
}

static gboolean
server_make_folder(ErrataLlamaServer *self, GError **error)
{
    const char *run = g_getenv("XDG_RUNTIME_DIR");
    g_autofree char *template = NULL;

    if (self->folder != NULL)
        return TRUE;
    if (run == NULL || !g_file_test(run, G_FILE_TEST_IS_DIR) || strlen(run) > 60)
        run = g_get_tmp_dir();
    template = g_build_filename(run, "errata-llm-XXXXXX", NULL);
    if (g_mkdtemp_full(template, 0700) == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "no folder for llama-server in '%s': %s",
                    run,
                    g_strerror(errno));
        return FALSE;
    }
    self->folder = g_steal_pointer(&template);
    self->socket_path = g_build_filename(self->folder, "llm.sock", NULL);
    return TRUE;
}

static GSubprocess *
server_spawn(ErrataLlamaServer *self, const char *program, const char *key_path, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_auto(GStrv) environment =
        g_strsplit("PATH=/usr/bin:/bin HOME=/nonexistent LC_ALL=C.UTF-8", " ", -1);
    g_autofree char *threads =
        g_strdup_printf("%u", g_get_num_processors() > 1 ? g_get_num_processors() - 1 : 1);
    const char *const argv[] = {program,     "--host",   self->socket_path,
                                "--offline", "--no-ui",  "--no-slots",
                                "-m",        self->gguf, "--alias",
                                self->alias, "-c",       SERVER_CONTEXT,
                                "-np",       "1",        "-t",
                                threads,     "-b",       "256",
                                "-ub",       "256",      "--api-key-file",
                                key_path,    NULL};

    g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_set_child_setup(launcher, server_child_setup, NULL, NULL);
    g_subprocess_launcher_set_cwd(launcher, "/");
    return g_subprocess_launcher_spawnv(launcher, argv, error);
}

static char *
server_program(GError **error)
{
    const char *override = g_getenv("ERRATA_LLAMA_SERVER");
    char *found = override != NULL ? g_strdup(override) : g_find_program_in_path("llama-server");

    if (found == NULL)
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "there is no llama-server in PATH; install llama.cpp, or set "
                            "ERRATA_LLAMA_SERVER to it");
    return found;
}

static gboolean
server_start(ErrataLlamaServer *self, GError **error)
{
    g_autofree char *program = NULL;
    g_autofree char *key_path = NULL;
    g_autoptr(GError) problem = NULL;
    ServerWatch *watch;

    if (self->n_falls >= SERVER_MAX_FALLS) {
        g_autofree char *words = server_last_words(self);

        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "llama-server ended %u times in a row%s%s",
                    self->n_falls,
                    *words != '\0' ? ", the last time with: " : "",
                    words);
        return FALSE;
    }
    program = server_program(error);
    if (program == NULL || !server_make_folder(self, error))
        return FALSE;
    key_path = g_build_filename(self->folder, "key", NULL);
    if (!server_write_key(self, key_path, error))
        return FALSE;
    g_unlink(self->socket_path); /* a stale one keeps it from listening */
    g_string_truncate(self->words, 0);
    self->child = server_spawn(self, program, key_path, &problem);
    if (self->child == NULL) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "%s cannot be started: %s",
                    program,
                    problem->message);
        return FALSE;
    }
    watch = g_new0(ServerWatch, 1);
    watch->self = self;
    watch->child = self->child;
    g_object_set_data(G_OBJECT(self->child), "errata-watch", watch);
    g_subprocess_wait_async(self->child, NULL, server_exited_cb, watch);
    g_input_stream_read_async(g_subprocess_get_stderr_pipe(self->child),
                              self->buffer,
                              sizeof self->buffer,
                              G_PRIORITY_LOW,
                              self->stop,
                              server_words_cb,
                              self);
    return TRUE;
}

static gboolean
server_poll_cb(gpointer user_data)
{
    ErrataLlamaServer *self = user_data;

    self->poll_id = 0;
    server_poll(self);
    return G_SOURCE_REMOVE;
}

/* 200: loaded; anything else, or nothing there yet: ask again */
static void
server_health_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFetch) fetch = errata_fetch_finish(result, &error);
    ErrataLlamaServer *self = user_data;

    if (g_error_matches(error, ERRATA_ERROR, ERRATA_ERROR_CANCELLED))
        return; /* @self may be gone */
    if (self->child == NULL)
        return; /* who waits was told */
    if (fetch != NULL && fetch->status == 200) {
        self->ready = TRUE;
        self->n_falls = 0;
        server_answer(self, NULL);
        return;
    }
    if (self->poll_id == 0)
        self->poll_id = g_timeout_add(SERVER_POLL_MS, server_poll_cb, self);
}

static void
server_poll(ErrataLlamaServer *self)
{
    ErrataFetchRequest request = {.url = "http://localhost/health",
                                  .socket_path = self->socket_path,
                                  .max_bytes = 4096};

    errata_fetch_async(&request, self->stop, server_health_cb, self);
}

static gboolean
server_kill_cb(gpointer user_data)
{
    g_subprocess_force_exit(user_data); /* nothing, when it has ended */
    return G_SOURCE_REMOVE;
}

/* SIGTERM can wait for a running batch: SIGKILL after a while */
static void
server_stop(ErrataLlamaServer *self)
{
    ServerWatch *watch;

    if (self->child == NULL)
        return;
    watch = g_object_get_data(G_OBJECT(self->child), "errata-watch");
    watch->self = NULL; /* its end is no news */
    g_subprocess_send_signal(self->child, SIGTERM);
    g_timeout_add_full(G_PRIORITY_DEFAULT,
                       SERVER_GRACE_MS,
                       server_kill_cb,
                       g_object_ref(self->child),
                       g_object_unref);
    server_forget_child(self);
}

static gboolean
server_idle_cb(gpointer user_data)
{
    ErrataLlamaServer *self = user_data;

    self->idle_id = 0;
    g_debug("llama-server was not needed for %u s and is stopped", self->idle_s);
    server_stop(self);
    return G_SOURCE_REMOVE;
}

void
errata_llama_server_enter(ErrataLlamaServer *self)
{
    self->n_users++;
    g_clear_handle_id(&self->idle_id, g_source_remove);
}

void
errata_llama_server_leave(ErrataLlamaServer *self)
{
    if (--self->n_users == 0)
        self->idle_id = g_timeout_add_seconds(self->idle_s, server_idle_cb, self);
}

/* who waited waits no longer; the server goes on */
static gboolean
server_wait_cancelled_cb(GCancellable *cancellable, gpointer user_data)
{
    g_autoptr(GTask) task = g_object_ref(G_TASK(user_data));
    ErrataLlamaServer *self = g_object_get_data(G_OBJECT(task), "errata-server");

    if (g_ptr_array_remove(self->waiting, task))
        g_task_return_new_error(task, ERRATA_ERROR, ERRATA_ERROR_CANCELLED, "cancelled");
    return G_SOURCE_REMOVE;
}

static void
server_watch_wait(ErrataLlamaServer *self, GTask *task)
{
    GSource *stop = g_cancellable_source_new(g_task_get_cancellable(task));

    g_object_set_data(G_OBJECT(task), "errata-server", self);
    g_source_set_callback(stop, G_SOURCE_FUNC(server_wait_cancelled_cb), task, NULL);
    g_source_attach(stop, g_task_get_context(task));
    g_task_set_task_data(task, stop, (GDestroyNotify)g_source_unref);
}

/**
 * errata_llama_server_ready_async:
 * @cancellable: (nullable): of the waiting; the server goes on loading
 * @callback: called when it answers, or has ended
 * @user_data: for @callback
 *
 * Starts the server unless it runs, and waits until its model is loaded.
 */
void
errata_llama_server_ready_async(ErrataLlamaServer *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    GError *error = NULL;

    g_task_set_source_tag(task, errata_llama_server_ready_async);
    g_task_set_check_cancellable(task, FALSE);
    if (self->ready) {
        g_task_return_boolean(task, TRUE);
        return;
    }
    if (self->child == NULL) {
        if (!server_start(self, &error)) {
            g_task_return_error(task, error);
            return;
        }
        server_poll(self);
    }
    if (cancellable != NULL)
        server_watch_wait(self, task);
    g_ptr_array_add(self->waiting, g_steal_pointer(&task));
}

/**
 * errata_llama_server_ready_finish:
 *
 * Errors: %ERRATA_ERROR_IO when it cannot be started or has ended, with its last words.
 */
gboolean
errata_llama_server_ready_finish(ErrataLlamaServer *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

/* no time is left for a timeout of the main loop */
static void
server_end(ErrataLlamaServer *self)
{
    ServerWatch *watch = g_object_get_data(G_OBJECT(self->child), "errata-watch");
    int pid = errata_llama_server_pid(self);

    watch->self = NULL;
    g_subprocess_send_signal(self->child, SIGTERM);
    for (guint i = 0; pid > 0 && i < SERVER_END_MS / 10 && kill(pid, 0) == 0; i++)
        g_usleep(10000);
    g_subprocess_force_exit(self->child);
    server_forget_child(self);
}

void
errata_llama_server_free(ErrataLlamaServer *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->stop);
    g_clear_handle_id(&self->idle_id, g_source_remove);
    g_clear_handle_id(&self->poll_id, g_source_remove);
    if (self->child != NULL)
        server_end(self);
    if (self->folder != NULL) {
        g_autofree char *key_path = g_build_filename(self->folder, "key", NULL);

        g_unlink(key_path);
        g_unlink(self->socket_path);
        g_rmdir(self->folder);
    }
    g_object_unref(self->stop);
    g_ptr_array_unref(self->waiting);
    g_string_free(self->words, TRUE);
    g_free(self->gguf);
    g_free(self->alias);
    g_free(self->folder);
    g_free(self->socket_path);
    g_free(self->key);
    g_free(self);
}
