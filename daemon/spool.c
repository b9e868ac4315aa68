/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spool: a folder of read-only files named by the SHA-256 of what is in them. A file is copied
 * to a temporary name, synced, renamed: whatever has a digest for a name is whole. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SPOOL_BUFFER (256U << 10)
#define SPOOL_PREFIX "tmp."

struct _ErrataSpool {
    char *folder;
    GMutex mutex;
};

/* the earlier logs a copy may continue, shortest first, and how far we are */
typedef struct {
    const GPtrArray *prefixes;
    guint next;
    gint64 longest;
} SpoolPrefixes;

static gboolean
spool_set_error(GError **error, const char *what, const char *path, int number)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "cannot %s '%s': %s",
                what,
                path,
                g_strerror(number));
    return FALSE;
}

static void
spool_clear_temporary(ErrataSpool *self)
{
    g_autoptr(GDir) folder = g_dir_open(self->folder, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(self->folder, name, NULL);

        if (g_str_has_prefix(name, SPOOL_PREFIX))
            unlink(path);
    }
}

/**
 * errata_spool_new:
 * @folder: made when missing; copies that an earlier run did not finish are removed
 *
 * Errors: %ERRATA_ERROR_IO.
 */
ErrataSpool *
errata_spool_new(const char *folder, GError **error)
{
    ErrataSpool *self;

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        spool_set_error(error, "make the folder", folder, errno);
        return NULL;
    }
    self = g_new0(ErrataSpool, 1);
    self->folder = g_strdup(folder);
    g_mutex_init(&self->mutex);
    spool_clear_temporary(self);
    return self;
}

void
errata_spool_free(ErrataSpool *self)
{
    if (self == NULL)
        return;
    g_mutex_clear(&self->mutex);
    g_free(self->folder);
    g_free(self);
}

void
errata_spool_lock(ErrataSpool *self)
{
    g_mutex_lock(&self->mutex);
}

void
errata_spool_unlock(ErrataSpool *self)
{
    g_mutex_unlock(&self->mutex);
}

void
errata_spool_copy_free(ErrataSpoolCopy *copy)
{
    if (copy == NULL)
        return;
    if (copy->temporary != NULL)
        unlink(copy->temporary);
    g_free(copy->temporary);
    g_free(copy->sha256);
    g_free(copy);
}

static gboolean
spool_write_all(int fd, const guint8 *data, gsize size)
{
    while (size > 0) {
        gssize n = write(fd, data, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        data += n;
        size -= (gsize)n;
    }
    return TRUE;
}

/* feeds the digest, stopping at the size of each earlier log to compare */
static void
spool_digest(GChecksum *digest, SpoolPrefixes *at, guint64 done, const guint8 *data, gsize size)
{
    while (at->prefixes != NULL && at->next < at->prefixes->len) {
        const ErrataPrefix *prefix = g_ptr_array_index(at->prefixes, at->next);
        g_autoptr(GChecksum) so_far = NULL;
        gsize step;

        if (prefix->bytes > done + size)
            break;
        step = (gsize)(prefix->bytes - done);
        g_checksum_update(digest, data, (gssize)step);
        data += step;
        size -= step;
        done += step;
        so_far = g_checksum_copy(digest);
        if (strcmp(g_checksum_get_string(so_far), prefix->sha256) == 0)
            at->longest = prefix->job;
        at->next++;
    }
    g_checksum_update(digest, data, (gssize)size);
}

/* reads @from to its end, writing to @to unless it is −1; FALSE: that failed */
static gboolean
spool_transfer(int from, int to, GChecksum *digest, SpoolPrefixes *at, ErrataSpoolCopy *copy)
{
    g_autofree guint8 *buffer = g_malloc(SPOOL_BUFFER);
    guint64 done = 0;

    for (;;) {
        gssize n = pread(from, buffer, SPOOL_BUFFER, (off_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            copy->read_error = errno;
        if (n <= 0)
            break;
        if (to >= 0 && !spool_write_all(to, buffer, (gsize)n))
            return FALSE;
        spool_digest(digest, at, done, buffer, (gsize)n);
        done += (guint64)n;
    }
    copy->bytes = done;
    return TRUE;
}

/* what will not fit is told at once: it may be tried often, and others want to write meanwhile.
 * File systems without a size, as in memory, have no count of what is free */
static gboolean
spool_has_room(int from, int to)
{
    struct stat status;
    struct statvfs disk;

    if (fstat(from, &status) != 0 || fstatvfs(to, &disk) != 0 || disk.f_blocks == 0 ||
        (guint64)status.st_size / disk.f_frsize < disk.f_bavail)
        return TRUE;
    errno = ENOSPC;
    return FALSE;
}

/**
 * errata_spool_copy:
 * @fd: a regular file, open for reading; read from its beginning, its position stays
 * @prefixes: (nullable) (element-type ErrataPrefix): earlier logs, shortest first
 *
 * Copies a file: shares its blocks where the file system can, else reads it once. The digest is
 * that of the copy, so that a file changed meanwhile cannot be mistaken.
 *
 * Errors: %ERRATA_ERROR_IO, always the spool's: that the file cannot be read is told in the copy.
 *
 * Returns: (transfer full): the copy, or %NULL with @error set
 */
ErrataSpoolCopy *
errata_spool_copy(ErrataSpool *self, int fd, const GPtrArray *prefixes, GError **error)
{
    g_autoptr(ErrataSpoolCopy) copy = g_new0(ErrataSpoolCopy, 1);
    g_autoptr(GChecksum) digest = g_checksum_new(G_CHECKSUM_SHA256);
    SpoolPrefixes at = {prefixes, 0, 0};
    gboolean done;
    int to;

    copy->temporary = g_build_filename(self->folder, SPOOL_PREFIX "XXXXXX", NULL);
    to = g_mkstemp_full(copy->temporary, O_RDWR | O_CLOEXEC, 0400);
    if (to < 0) {
        spool_set_error(error, "make a file in", self->folder, errno);
        g_clear_pointer(&copy->temporary, g_free);
        return NULL;
    }
    if (ioctl(to, FICLONE, fd) == 0)
        done = spool_transfer(to, -1, digest, &at, copy);
    else
        done = spool_has_room(fd, to) && spool_transfer(fd, to, digest, &at, copy);
    if (!done || fsync(to) != 0) {
        spool_set_error(error, "copy into", self->folder, errno);
        close(to);
        return NULL;
    }
    close(to);
    copy->sha256 = g_strdup(g_checksum_get_string(digest));
    copy->continues = at.longest;
    return g_steal_pointer(&copy);
}

static char *
spool_path(ErrataSpool *self, const char *sha256)
{
    return g_build_filename(self->folder, sha256, NULL);
}

/**
 * errata_spool_keep:
 * @copy: gets its final name; from then on it is the spool's
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_spool_keep(ErrataSpool *self, ErrataSpoolCopy *copy, GError **error)
{
    g_autofree char *path = spool_path(self, copy->sha256);
    int folder;

    if (rename(copy->temporary, path) != 0)
        return spool_set_error(error, "rename into", self->folder, errno);
    g_clear_pointer(&copy->temporary, g_free);
    folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0) {
        spool_set_error(error, "sync", self->folder, errno);
        if (folder >= 0)
            close(folder);
        return FALSE;
    }
    close(folder);
    return TRUE;
}

/* Returns: a descriptor, or −1 with @error set */
int
errata_spool_open(ErrataSpool *self, const char *sha256, GError **error)
{
    g_autofree char *path = spool_path(self, sha256);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "the spooled copy cannot be opened: %s; drop the file again",
                    g_strerror(errno));
    return fd;
}

void
errata_spool_remove(ErrataSpool *self, const char *sha256)
{
    g_autofree char *path = spool_path(self, sha256);

    if (unlink(path) != 0 && errno != ENOENT)
        g_warning("cannot remove '%s': %s", path, g_strerror(errno));
}

/* Returns: (element-type utf8): the digests of all files */
GPtrArray *
errata_spool_list(ErrataSpool *self)
{
    GPtrArray *digests = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) folder = g_dir_open(self->folder, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        if (strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64)
            g_ptr_array_add(digests, g_strdup(name));
    }
    return digests;
}

static int
spool_open_at(int folder, const char *name, int flags)
{
    return openat(folder, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int
spool_refuse(GError **error, const char *path, const char *why)
{
    g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "'%s' %s", path, why);
    return -1;
}

/**
 * errata_spool_open_input:
 * @root: folder that is trusted
 * @path: of a file in it; none of its parts may be a symbolic link
 *
 * Opens a dropped file without following links and without waiting for a writer.
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND when it is gone, %ERRATA_ERROR_INVALID_DATA when it is no regular
 * file, %ERRATA_ERROR_IO.
 *
 * Returns: a descriptor of a regular file, or −1 with @error set
 */
int
errata_spool_open_input(const char *root, const char *path, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;

    for (guint i = 0; parts[i] != NULL && at >= 0; i++) {
        int next = spool_open_at(at, parts[i], parts[i + 1] != NULL ? O_DIRECTORY : 0);
        int number = errno;

        close(at);
        errno = number;
        at = next;
    }
    if (at < 0) {
        if (errno == ENOENT)
            g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_NOT_FOUND, "'%s' is gone", path);
        else if (errno == ELOOP || errno == ENOTDIR)
            return spool_refuse(error,
                                path,
                                "is a symbolic link, which is not followed; drop the file itself");
        else if (errno == ENXIO)
            return spool_refuse(error, path, "is a socket or device, not a regular file");
        else
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_IO,
                        "cannot read '%s': %s; make it readable for the daemon and drop it again",
                        path,
                        g_strerror(errno));
        return -1;
    }
    if (fstat(at, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(at);
        return spool_refuse(error, path, "is not a regular file");
    }
    return at;
}

/* what the file is like now; FALSE when it is not a regular file */
gboolean
errata_spool_stamp(int fd, ErrataStamp *ret_stamp)
{
    struct stat status;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return FALSE;
    *ret_stamp = (ErrataStamp){
        .dev = status.st_dev,
        .ino = status.st_ino,
        .size = (guint64)status.st_size,
        .mtime = status.st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + status.st_mtim.tv_nsec,
        .ctime = status.st_ctim.tv_sec * G_GINT64_CONSTANT(1000000000) + status.st_ctim.tv_nsec,
    };
    return TRUE;
}

/* whether two stamps are of the same content: a change of mode or owner does not count */
gboolean
errata_spool_stamp_equal(const ErrataStamp *a, const ErrataStamp *b)
{
    return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mtime == b->mtime;
}
