/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder that the user named, packed into a tar file without a name: a worker may open nothing,
 * so it gets all files of a model through one descriptor. Links are not followed, and files in
 * order of their names without their times, so that the same folder has the same digest. */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "limit.h"

#define FOLDER_DEPTH  32
#define FOLDER_BLOCK  512 /* of tar */
#define FOLDER_BUFFER 65536

typedef struct {
    const char *path;
    int out;
    guint n_files;
    guint64 total;
} Folder;

static gboolean
folder_fail(const Folder *self, const char *name, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "%s/%s: %s",
                self->path,
                name,
                g_strerror(errno));
    return FALSE;
}

static gboolean
folder_write(const Folder *self, const void *data, gsize size, GError **error)
{
    const char *at = data;

    while (size > 0) {
        gssize n = write(self->out, at, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return folder_fail(self, "", error);
        at += n;
        size -= (gsize)n;
    }
    return TRUE;
}

static gboolean
folder_pad(const Folder *self, guint64 size, GError **error)
{
    static const char zeros[FOLDER_BLOCK];

    return folder_write(self, zeros, (FOLDER_BLOCK - size % FOLDER_BLOCK) % FOLDER_BLOCK, error);
}

/* a header of ustar; a size over 8 GiB as GNU tar writes it */
static gboolean
folder_header(const Folder *self, const char *name, char type, guint64 size, GError **error)
{
    char header[FOLDER_BLOCK] = {0};
    guint sum = 0;

    memcpy(header, name, MIN(strlen(name), 100));
    memcpy(header + 100,
           "0000644\0"
           "0000000\0"
           "0000000\0",
           24);
    if (size < G_GUINT64_CONSTANT(1) << 33) {
        g_snprintf(header + 124, 12, "%011" G_GINT64_MODIFIER "o", size);
    } else {
        header[124] = (char)0x80;
        for (guint i = 0; i < 8; i++)
            header[135 - i] = (char)(size >> (8 * i));
    }
    memcpy(header + 136, "00000000000", 12);
    memset(header + 148, ' ', 8);
    header[156] = type;
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    for (guint i = 0; i < FOLDER_BLOCK; i++)
        sum += (guint8)header[i];
    g_snprintf(header + 148, 8, "%06o", sum);
    return folder_write(self, header, sizeof header, error);
}

static gboolean
folder_name(const Folder *self, const char *name, guint64 size, GError **error)
{
    gsize length = strlen(name);

    if (length >= 100 &&
        (!folder_header(self, "././@LongLink", 'L', length + 1, error) ||
         !folder_write(self, name, length + 1, error) || !folder_pad(self, length + 1, error)))
        return FALSE;
    return folder_header(self, name, '0', size, error);
}

static gboolean
folder_copy(Folder *self, int fd, const char *name, guint64 size, GError **error)
{
    g_autofree char *buffer = g_malloc(FOLDER_BUFFER);

    for (guint64 left = size; left > 0;) {
        gssize n = read(fd, buffer, MIN(left, FOLDER_BUFFER));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            return folder_fail(self, name, error);
        }
        if (!folder_write(self, buffer, (gsize)n, error))
            return FALSE;
        left -= (guint64)n;
    }
    return folder_pad(self, size, error);
}

static gboolean folder_walk(Folder *self, int fd, const char *prefix, guint depth, GError **error);

static gboolean
folder_add(Folder *self,
           int parent,
           const char *entry,
           const char *prefix,
           guint depth,
           GError **error)
{
    g_autofree char *name = g_strconcat(prefix, entry, NULL);
    struct stat info;
    int fd;
    gboolean ok;

    if (fstatat(parent, entry, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return folder_fail(self, name, error);
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return TRUE;
    fd = openat(parent, entry, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &info) != 0) {
        folder_fail(self, name, error);
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    if (S_ISDIR(info.st_mode)) {
        g_autofree char *inner = g_strconcat(name, "/", NULL);

        return folder_walk(self, fd, inner, depth + 1, error);
    }
    self->total += (guint64)MAX(info.st_size, 0);
    ok = ++self->n_files <= ERRATA_LIMIT_MEMBERS && self->total <= ERRATA_LIMIT_INPUT_BYTES;
    if (!ok)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s: holds more than %d files, or more than %" G_GUINT64_FORMAT " GiB",
                    self->path,
                    ERRATA_LIMIT_MEMBERS,
                    ERRATA_LIMIT_INPUT_BYTES >> 30);
    ok = ok && folder_name(self, name, (guint64)info.st_size, error) &&
         folder_copy(self, fd, name, (guint64)info.st_size, error);
    close(fd);
    return ok;
}

static int
folder_by_name_cb(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* takes @fd */
static gboolean
folder_walk(Folder *self, int fd, const char *prefix, guint depth, GError **error)
{
    DIR *folder = fdopendir(fd);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *entry;
    gboolean ok = depth <= FOLDER_DEPTH;

    if (folder == NULL) {
        close(fd);
        return folder_fail(self, prefix, error);
    }
    while (names->len <= ERRATA_LIMIT_MEMBERS && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    if (!ok)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s: folders lie within one another more than %d deep",
                    self->path,
                    FOLDER_DEPTH);
    g_ptr_array_sort(names, folder_by_name_cb);
    for (guint i = 0; ok && i < names->len; i++)
        ok = folder_add(self, dirfd(folder), names->pdata[i], prefix, depth, error);
    closedir(folder);
    return ok;
}

/**
 * errata_folder_pack:
 * @path: a folder
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_IO when a file cannot be read or there is no room for them all,
 * %ERRATA_ERROR_LIMIT for too many or too large ones.
 *
 * Returns: a descriptor of a tar file, the caller's to close; −1 with @error set
 */
int
errata_folder_pack(const char *path, GError **error)
{
    static const char end[2 * FOLDER_BLOCK];
    g_autofree char *name = g_build_filename(g_get_tmp_dir(), "errata-XXXXXX", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    Folder self = {.path = path};

    self.out = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 || self.out < 0 || unlink(name) != 0) {
        folder_fail(&self, "", error);
        if (fd >= 0)
            close(fd);
        if (self.out >= 0)
            close(self.out);
        return -1;
    }
    if (folder_walk(&self, fd, "", 0, error) && folder_write(&self, end, sizeof end, error))
        return self.out;
    close(self.out);
    return -1;
}
