/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report is made in a hidden folder beside the others, synced, and renamed to
 * NAME/<time>-<job>: a reader sees all of it or nothing. The job's number makes the name, so that a
 * job that is resumed cannot publish twice. */
#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errata-dbus-error.h"
#include "inbox-name.h"

#define PUBLISH_PREFIX ".errata-"
#define PUBLISH_DEPTH  8 /* folders in a report */
#define PUBLISH_FAILED \
    " was not analysed.\n" /* behind the file's name, in the first line of a reason */
#define PUBLISH_ERRORS 100 /* files of one stem whose reasons stand side by side */

static gboolean
publish_set_error(GError **error, const char *what, const char *path, int number)
{
    const char *advice = number == ENOSPC || number == EDQUOT
                             ? "; free some space, or set [store] keep"
                         : number == EROFS || number == EACCES || number == EPERM
                             ? "; make it writable, or set [report] path"
                             : "";

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "cannot %s '%s': %s%s",
                what,
                path,
                g_strerror(number),
                advice);
    return FALSE;
}

/**
 * errata_publish_begin:
 * @reports: made when missing
 * @ret_fd: (out): the new folder, open
 *
 * Makes an empty folder for a report to be drawn into.
 *
 * Errors: %ERRATA_ERROR_IO.
 *
 * Returns: (transfer full): its name, or %NULL with @error set
 */
char *
errata_publish_begin(const char *reports, int *ret_fd, GError **error)
{
    g_autofree char *path = g_build_filename(reports, PUBLISH_PREFIX "XXXXXX", NULL);
    int fd;

    if (g_mkdir_with_parents(reports, 0777) != 0) {
        publish_set_error(error, "make the folder", reports, errno);
        return NULL;
    }
    if (g_mkdtemp_full(path, 0777) == NULL) {
        publish_set_error(error, "write reports to", reports, errno);
        return NULL;
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        publish_set_error(error, "open", path, errno);
        g_rmdir(path);
        return NULL;
    }
    *ret_fd = fd;
    return g_path_get_basename(path);
}

/* Returns: (transfer full): where a job's report goes */
char *
errata_publish_folder(const ErrataJob *job)
{
    g_autoptr(GDateTime) created = g_date_time_new_from_unix_utc(job->created / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format(created, "%Y%m%dT%H%M%SZ");

    return g_strdup_printf("%s/%s-%" G_GINT64_FORMAT, job->name, time, job->id);
}

static gboolean
publish_sync_path(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int number = 0;

    if (fd < 0)
        return publish_set_error(error, "open", path, errno);
    if (fsync(fd) != 0)
        number = errno;
    close(fd);
    return number == 0 || publish_set_error(error, "sync", path, number);
}

static gboolean
publish_sync_tree(const char *path, guint depth, guint64 *bytes, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    if (folder == NULL || depth > PUBLISH_DEPTH)
        return publish_set_error(error, "read", path, errno);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        struct stat status;

        if (lstat(child, &status) != 0)
            return publish_set_error(error, "read", child, errno);
        if (S_ISDIR(status.st_mode)) {
            if (!publish_sync_tree(child, depth + 1, bytes, error))
                return FALSE;
        } else if (!S_ISREG(status.st_mode)) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_WORKER,
                        "the worker left '%s', which is no regular file",
                        name);
            return FALSE;
        } else if (!publish_sync_path(child, error)) {
            return FALSE;
        }
        *bytes += S_ISREG(status.st_mode) ? (guint64)status.st_size : 0;
    }
    return publish_sync_path(path, error);
}

/**
 * errata_publish_sync:
 * @temporary: from errata_publish_begin()
 * @ret_bytes: (out): size of all its files
 *
 * Puts a finished report on the disk; also refuses what is no file or folder in it.
 *
 * Errors: %ERRATA_ERROR_IO, %ERRATA_ERROR_WORKER.
 */
gboolean
errata_publish_sync(const char *reports, const char *temporary, guint64 *ret_bytes, GError **error)
{
    g_autofree char *path = g_build_filename(reports, temporary, NULL);
    guint64 bytes = 0;

    if (!publish_sync_tree(path, 0, &bytes, error))
        return FALSE;
    *ret_bytes = bytes;
    return TRUE;
}

/**
 * errata_publish_move:
 * @folder: from errata_publish_folder()
 *
 * Gives a synced report its name.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_publish_move(const char *reports, const char *temporary, const char *folder, GError **error)
{
    g_autofree char *from = g_build_filename(reports, temporary, NULL);
    g_autofree char *to = g_build_filename(reports, folder, NULL);
    g_autofree char *parent = g_path_get_dirname(to);

    if (g_mkdir_with_parents(parent, 0777) != 0)
        return publish_set_error(error, "make the folder", parent, errno);
    if (rename(from, to) != 0)
        return publish_set_error(error, "rename a report to", to, errno);
    return publish_sync_path(parent, error) && publish_sync_path(reports, error);
}

gboolean
errata_publish_exists(const char *reports, const char *folder)
{
    g_autofree char *path = g_build_filename(reports, folder, NULL);
    struct stat status;

    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int
publish_remove_cb(const char *path, const struct stat *status, int type, struct FTW *at)
{
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

/**
 * errata_publish_remove:
 * @folder: of a report, or a temporary one
 *
 * Removes a report with all its files, and its model's folder when it was the last there. It is
 * renamed out of sight first.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_publish_remove(const char *reports, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(reports, folder, NULL);
    g_autofree char *base = g_path_get_basename(folder);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *hidden = g_strconcat(reports, "/", PUBLISH_PREFIX, base, NULL);

    if (base[0] == '.') {
        g_free(hidden);
        hidden = g_strdup(path);
    } else if (rename(path, hidden) != 0) {
        return errno == ENOENT || publish_set_error(error, "remove", path, errno);
    }
    if (nftw(hidden, publish_remove_cb, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0 &&
        errno != ENOENT)
        return publish_set_error(error, "remove", hidden, errno);
    if (base[0] != '.')
        rmdir(parent); /* fails, as it should, when something is left */
    return TRUE;
}

/* removes what an earlier run did not finish; nothing may be under way */
void
errata_publish_sweep(const char *reports)
{
    g_autoptr(GDir) folder = g_dir_open(reports, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autoptr(GError) error = NULL;

        if (g_str_has_prefix(name, PUBLISH_PREFIX) && !errata_publish_remove(reports, name, &error))
            g_warning("%s", error->message);
    }
}

G_LOCK_DEFINE_STATIC(publish_errors); /* jobs fail side by side, and no two may take one name */

/* NAME.error.txt: beside the reports, in the model's folder for a file from one. NAME is the file's
 * stem; where that of another file stands there, NAME with its ending (a.jsonl.error.txt beside the
 * a.error.txt of a.csv), then that with a number. @nth counts from 0 */
static char *
publish_error_path(const char *reports, const ErrataJob *job, guint nth)
{
    g_autofree char *file = g_path_get_basename(job->input);
    g_autofree char *stem = errata_inbox_name_stem(file);
    g_autofree char *whole = errata_inbox_name_clean(file);
    g_autofree char *name = nth == 0   ? g_strconcat(stem, ".error.txt", NULL)
                            : nth == 1 ? g_strconcat(whole, ".error.txt", NULL)
                                       : g_strdup_printf("%s-%u.error.txt", whole, nth);

    if (strcmp(stem, job->name) == 0)
        return g_build_filename(reports, name, NULL);
    return g_build_filename(reports, job->name, name, NULL);
}

/* the file that a reason is about; NULL: there is no reason at @path, or none of ours */
static char *
publish_error_owner(const char *path)
{
    g_autofree char *text = NULL;
    const char *end;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return NULL;
    end = strstr(text, PUBLISH_FAILED);
    return end != NULL ? g_strndup(text, (gsize)(end - text)) : NULL;
}

/* where the reason of this file is, or may go */
static char *
publish_error_place(const char *reports, const ErrataJob *job)
{
    g_autofree char *first = NULL;

    for (guint nth = 0; nth < PUBLISH_ERRORS; nth++) {
        g_autofree char *path = publish_error_path(reports, job, nth);
        g_autofree char *owner = publish_error_owner(path);

        if (g_strcmp0(owner, job->input) == 0)
            return g_steal_pointer(&path);
        if (owner == NULL && first == NULL)
            first = g_steal_pointer(&path);
    }
    return first != NULL ? g_steal_pointer(&first)
                         : publish_error_path(reports, job, PUBLISH_ERRORS - 1);
}

/* whether a file that was analysed is the one that failed: by its place in the inbox; one that is
 * handed in from elsewhere, corrected, by its name */
static gboolean
publish_error_is_of(const char *owner, const ErrataJob *job)
{
    g_autofree char *failed = g_path_get_basename(owner);
    g_autofree char *file = g_path_get_basename(job->input);

    return strcmp(owner, job->input) == 0 ||
           (strcmp(failed, file) == 0 &&
            (g_path_is_absolute(owner) || g_path_is_absolute(job->input)));
}

static const char *
publish_advice(const ErrataJob *job)
{
    if (job->bytes == 0 && job->error_code == ERRATA_ERROR_UNSUPPORTED)
        return "look at what wrote it: no byte came; drop it again once it has rows";
    switch (job->error_code) {
    case ERRATA_ERROR_INVALID_DATA:
        return "correct what the message says, and drop the file again";
    case ERRATA_ERROR_UNSUPPORTED:
        return "write it as a table with a row per prediction (CSV, TSV or JSON Lines), and drop it "
               "again";
    case ERRATA_ERROR_LIMIT:
        return "make the file smaller, or raise the limit the message names, and drop it again";
    case ERRATA_ERROR_MISSING_ROLE:
        return "name the column in [roles] of errata.conf, and drop the file again";
    case ERRATA_ERROR_TOO_FEW_ROWS:
        return "drop a log with more rows";
    case ERRATA_ERROR_IO:
        return "mend what the message says about the disk or the permission, and drop the file again";
    case ERRATA_ERROR_USAGE:
    case ERRATA_ERROR_CONFIG:
        return "correct errata.conf as the message says, and drop the file again";
    case ERRATA_ERROR_CANCELLED:
    case ERRATA_ERROR_NOT_FOUND:
        return "drop the file again";
    case ERRATA_ERROR_INTERNAL:
    case ERRATA_ERROR_WORKER:
        break;
    }
    return "this is a bug in errata: please report it, with the file if you may share it";
}

/**
 * errata_publish_error:
 * @job: one that failed
 *
 * Writes why beside the reports, for a reader who dropped a file and looks for the report. Best
 * effort: what cannot be written is logged, the reason is on the bus and in the store anyway.
 */
void
errata_publish_error(const char *reports, const ErrataJob *job)
{
    g_autofree char *path = NULL, *folder = NULL, *text = NULL;
    g_autoptr(GDateTime) ended = g_date_time_new_from_unix_utc(job->ended / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format(ended, "%Y-%m-%d %H:%M:%S UTC");
    g_autoptr(GError) error = NULL;

    text = g_strdup_printf("%s" PUBLISH_FAILED "\n"
                           "file:   %s\nmodel:  %s\njob:    %" G_GINT64_FORMAT
                           "\ntime:   %s\nerror:  %s\n\n%s\n\nWhat to do: %s.\n",
                           job->input,
                           job->path != NULL ? job->path : job->input,
                           job->name,
                           job->id,
                           time,
                           errata_dbus_error_name(job->error_code),
                           job->error,
                           publish_advice(job));
    G_LOCK(publish_errors);
    path = publish_error_place(reports, job);
    folder = g_path_get_dirname(path);
    if (g_mkdir_with_parents(folder, 0777) != 0 ||
        !g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &error))
        g_warning("'%s' was not written: %s",
                  path,
                  error != NULL ? error->message : g_strerror(errno));
    G_UNLOCK(publish_errors);
}

/* the file was analysed after all: an earlier reason no longer holds */
void
errata_publish_no_error(const char *reports, const ErrataJob *job)
{
    G_LOCK(publish_errors);
    for (guint nth = 0; nth < PUBLISH_ERRORS; nth++) {
        g_autofree char *path = publish_error_path(reports, job, nth);
        g_autofree char *owner = publish_error_owner(path);

        if (owner != NULL && publish_error_is_of(owner, job))
            unlink(path);
    }
    G_UNLOCK(publish_errors);
}
