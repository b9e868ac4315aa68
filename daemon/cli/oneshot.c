/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job without a daemon: open what the user named, run one worker, wait, and stop at once on
 * Ctrl-C. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "error.h"
#include "filter.h"
#include "folder.h"
#include "limit.h"
#include "oneshot.h"

#define ONESHOT_BLOCK 65536 /* bytes of a pipe read at once */

typedef struct {
    GMainLoop *loop;
    GCancellable *cancellable;
    GVariant *result;
    GError *error;
} Oneshot;

/* what comes through a pipe, as a file without a name: it is read twice */
static int
oneshot_spool(int pipe, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "errata-XXXXXX", NULL);
    g_autofree char *buffer = g_malloc(ONESHOT_BLOCK);
    int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    guint64 total = 0;
    gssize n = -1;
    gboolean ok = fd >= 0 && unlink(path) == 0;

    while (ok && (n = read(pipe, buffer, ONESHOT_BLOCK)) > 0) {
        for (gssize done = 0, put; ok && done < n; done += put) {
            put = write(fd, buffer + done, (gsize)(n - done));
            ok = put > 0;
            put = MAX(put, 0);
        }
        total += (guint64)n;
        if (total > ERRATA_LIMIT_INPUT_BYTES) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "%s: more than %" G_GUINT64_FORMAT " GiB; split it",
                        name,
                        ERRATA_LIMIT_INPUT_BYTES >> 30);
            close(pipe);
            close(fd);
            return -1;
        }
    }
    if (!ok || n < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "%s: cannot be kept in %s while it is read: %s",
                    name,
                    g_get_tmp_dir(),
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    close(pipe);
    return fd;
}

/* @ret_input: (nullable) where it is a regular file; its digest is not known yet */
static gboolean
oneshot_open(ErrataHostJob *job,
             const char *path,
             const char *kind,
             gboolean packs_folder,
             ErrataHostInput **ret_input,
             GError **error)
{
    gboolean stdin_wanted = g_strcmp0(path, "-") == 0;
    int fd = stdin_wanted ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat info;
    ErrataHostInput *input;

    if (fd < 0 || fstat(fd, &info) != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "%s: cannot be opened: %s",
                    path,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    if (!S_ISDIR(info.st_mode) && lseek(fd, 0, SEEK_CUR) < 0) {
        fd = oneshot_spool(fd, stdin_wanted ? "standard input" : path, error);
        if (fd < 0 || fstat(fd, &info) != 0)
            return FALSE;
    }
    if (S_ISDIR(info.st_mode)) {
        close(fd);
        if (!packs_folder) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_UNSUPPORTED,
                        "%s: is a folder; name the log files in it, or drop them into the daemon's "
                        "inbox",
                        path);
            return FALSE;
        }
        fd = errata_folder_pack(path, error);
        if (fd < 0)
            return FALSE;
        if (fstat(fd, &info) != 0) {
            close(fd);
            return FALSE;
        }
    }
    input = errata_host_job_add_input(job, fd, stdin_wanted ? "standard input" : path, kind);
    *ret_input = S_ISREG(info.st_mode) ? input : NULL;
    if (*ret_input != NULL)
        input->bytes = (guint64)info.st_size;
    return TRUE;
}

static gboolean
oneshot_add(ErrataHostJob *job,
            const char *path,
            const char *kind,
            gboolean packs_folder,
            GError **error)
{
    ErrataHostInput *input = NULL;

    if (!oneshot_open(job, path, kind, packs_folder, &input, error))
        return FALSE;
    if (input == NULL)
        return TRUE;
    input->sha256 = errata_digest_fd(input->fd, NULL, NULL, error);
    if (input->sha256 != NULL)
        return TRUE;
    g_prefix_error(error, "%s: ", path);
    return FALSE;
}

/**
 * errata_oneshot_add_input:
 * @job: gets the input
 * @path: as the user gave it; `-` is standard input
 * @kind: what it is, as in org.errata.Worker1.Start
 * @error: return location for a #GError
 *
 * A pipe is read to its end into a file without a name, and so are the files of a folder that is a
 * model, packed.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when it cannot be opened, %ERRATA_ERROR_UNSUPPORTED for a
 * folder of another kind, %ERRATA_ERROR_LIMIT for a pipe that does not end or a folder that is too
 * large, %ERRATA_ERROR_IO when it cannot be kept.
 *
 * Returns: whether it was opened
 */
gboolean
errata_oneshot_add_input(ErrataHostJob *job, const char *path, const char *kind, GError **error)
{
    return oneshot_add(job, path, kind, strcmp(kind, "model") == 0, error);
}

/**
 * errata_oneshot_add_any:
 * @job: gets the input
 * @path: as the user gave it; `-` is standard input
 * @error: return location for a #GError
 *
 * errata_oneshot_add_input() for what may be a log or a model, a folder too.
 *
 * Returns: whether it was opened
 */
gboolean
errata_oneshot_add_any(ErrataHostJob *job, const char *path, GError **error)
{
    return oneshot_add(job, path, "auto", TRUE, error);
}

/**
 * errata_oneshot_add_log:
 * @job: gets the input
 * @path: as the user gave it; `-` is standard input
 * @kind: `auto`
 * @error: return location for a #GError
 *
 * errata_oneshot_add_input() for a log that is analysed alone: the worker makes its digest
 * meanwhile.
 *
 * Returns: whether it was opened
 */
gboolean
errata_oneshot_add_log(ErrataHostJob *job, const char *path, const char *kind, GError **error)
{
    ErrataHostInput *input = NULL;

    return oneshot_open(job, path, kind, FALSE, &input, error);
}

static gboolean
oneshot_load(ErrataHostJob *job, const char *path, gboolean wanted, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) local = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, &local)) {
        if (!wanted && g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return TRUE;
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "configuration %s: %s",
                    path,
                    local->message);
        return FALSE;
    }
    if (length > ERRATA_LIMIT_CONFIG_BYTES || !g_utf8_validate(text, (gssize)length, NULL)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_CONFIG,
                    "configuration %s: not a text file of at most %u bytes",
                    path,
                    ERRATA_LIMIT_CONFIG_BYTES);
        return FALSE;
    }
    errata_host_job_add_settings(job, path, text, FALSE);
    return TRUE;
}

/**
 * errata_oneshot_add_config:
 * @job: gets the system's, the user's and then the given configuration
 * @config: (nullable): a file the user named
 * @error: return location for a #GError
 */
gboolean
errata_oneshot_add_config(ErrataHostJob *job, const char *config, GError **error)
{
    const char *override = g_getenv("ERRATA_CONFIG_DIR");
    g_autofree char *system = g_build_filename(ERRATA_SYSCONFDIR, "errata", "errata.conf", NULL);
    g_autofree char *user =
        override != NULL ? g_build_filename(override, "errata.conf", NULL)
                         : g_build_filename(g_get_user_config_dir(), "errata", "errata.conf", NULL);

    return (override != NULL || oneshot_load(job, system, FALSE, error)) &&
           oneshot_load(job, user, FALSE, error) &&
           (config == NULL || oneshot_load(job, config, TRUE, error));
}

/**
 * errata_oneshot_set_roles:
 * @settings: gets the roles
 * @roles: (array zero-terminated=1) (nullable): `COLUMN=ROLE`, as given with --role
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_USAGE for anything else.
 */
gboolean
errata_oneshot_set_roles(GKeyFile *settings, char **roles, GError **error)
{
    for (char **role = roles; role != NULL && *role != NULL; role++) {
        char *equals = strrchr(*role, '=');
        g_autofree char *column = equals != NULL ? g_strndup(*role, (gsize)(equals - *role)) : NULL;

        if (column == NULL || column[0] == '\0' || strpbrk(column, "=[]\n") != NULL) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_USAGE,
                        "--role “%s”: expected COLUMN=ROLE, e.g. --role y=label",
                        *role);
            return FALSE;
        }
        g_key_file_set_string(settings, "roles", column, equals + 1);
    }
    return TRUE;
}

/**
 * errata_oneshot_add_roles:
 * @job: gets the roles as a piece of errata.conf
 * @roles: (array zero-terminated=1) (nullable): as errata_oneshot_set_roles() takes them
 * @error: return location for a #GError
 *
 * Errors: those of errata_oneshot_set_roles().
 */
gboolean
errata_oneshot_add_roles(ErrataHostJob *job, char **roles, GError **error)
{
    g_autoptr(GKeyFile) settings = g_key_file_new();
    g_autofree char *text = NULL;

    if (!errata_oneshot_set_roles(settings, roles, error))
        return FALSE;
    text = g_key_file_to_data(settings, NULL, NULL);
    errata_host_job_add_settings(job, "command line", text, FALSE);
    return TRUE;
}

/**
 * errata_oneshot_add_where:
 * @job: gets the condition
 * @where: (nullable): as given with --where
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_USAGE where it cannot be read; whether it fits the log is for the worker to
 * say.
 */
gboolean
errata_oneshot_add_where(ErrataHostJob *job, const char *where, GError **error)
{
    g_autoptr(GKeyFile) settings = g_key_file_new();
    g_autoptr(ErrataFilter) filter = NULL;
    g_autofree char *text = NULL;

    if (where == NULL)
        return TRUE;
    filter = errata_filter_parse(where, error);
    if (filter == NULL) {
        g_prefix_error(error, "--where “%s”: ", where);
        return FALSE;
    }
    g_key_file_set_string(settings, "analysis", "where", where);
    text = g_key_file_to_data(settings, NULL, NULL);
    errata_host_job_add_settings(job, "--where", text, FALSE);
    return TRUE;
}

static gboolean
oneshot_interrupt_cb(gpointer user_data)
{
    Oneshot *run = user_data;

    g_cancellable_cancel(run->cancellable);
    return G_SOURCE_CONTINUE;
}

static void
oneshot_done_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Oneshot *run = user_data;

    run->result = errata_host_run_finish(result, NULL, &run->error);
    g_main_loop_quit(run->loop);
}

gboolean
errata_oneshot_spares(const ErrataHostJob *job, const char *output, GError **error)
{
    struct stat there;

    if (output == NULL || stat(output, &there) != 0 || !S_ISREG(there.st_mode))
        return TRUE;
    for (guint i = 0; i < job->inputs->len; i++) {
        const ErrataHostInput *input = g_ptr_array_index(job->inputs, i);
        struct stat read;

        if (fstat(input->fd, &read) != 0 || read.st_dev != there.st_dev ||
            read.st_ino != there.st_ino)
            continue;
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "-o %s: is what is read, and would be lost; choose another file",
                    output);
        return FALSE;
    }
    return TRUE;
}

/**
 * errata_oneshot_run:
 * @job: (transfer full): what to do
 * @bar: (nullable): shows how far it is
 * @error: return location for a #GError
 *
 * Runs a worker to its end. SIGINT and SIGTERM end it within moments.
 *
 * Returns: (transfer full): the worker's result, or %NULL with @error set
 */
GVariant *
errata_oneshot_run(ErrataHostJob *job, ErrataBar *bar, GError **error)
{
    Oneshot run = {.loop = g_main_loop_new(NULL, FALSE), .cancellable = g_cancellable_new()};
    guint interrupt = g_unix_signal_add(SIGINT, oneshot_interrupt_cb, &run);
    guint terminate = g_unix_signal_add(SIGTERM, oneshot_interrupt_cb, &run);

    errata_host_run_async(job,
                          bar != NULL ? errata_bar_update : NULL,
                          bar,
                          run.cancellable,
                          oneshot_done_cb,
                          &run);
    g_main_loop_run(run.loop);
    if (bar != NULL)
        errata_bar_clear(bar);
    g_source_remove(interrupt);
    g_source_remove(terminate);
    g_object_unref(run.cancellable);
    g_main_loop_unref(run.loop);
    if (run.error != NULL)
        g_propagate_error(error, run.error);
    return run.result;
}
