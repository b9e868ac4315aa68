/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

/* what a report consists of: these are replaced, anything else in the folder is left alone */
static const char *const output_entries[] = {"report.json", "report.pdf", "svg", "tables"};

static gboolean
output_fail(GError **error, const char *doing, const char *path)
{
    int code = errno;

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "%s “%s”: %s; choose another folder with -o",
                doing,
                path,
                g_strerror(code));
    return FALSE;
}

static int
output_remove_cb(const char *path, const struct stat *info, int type, struct FTW *where)
{
    return remove(path);
}

static void
output_remove(const char *path)
{
    nftw(path, output_remove_cb, 16, FTW_DEPTH | FTW_PHYS);
}

/**
 * errata_output_make:
 * @path: a folder
 * @ret_made: (inout): grows by how many were made
 *
 * Makes the folder where it is not there, with those that it lies in.
 *
 * Returns: whether it is there now; errno says why not
 */
gboolean
errata_output_make(const char *path, guint *ret_made)
{
    g_autofree char *parent = g_path_get_dirname(path);
    gboolean made = g_mkdir(path, 0777) == 0;

    if (!made && errno == ENOENT && strcmp(parent, path) != 0) {
        if (!errata_output_make(parent, ret_made))
            return FALSE;
        made = g_mkdir(path, 0777) == 0;
    }
    *ret_made += made ? 1 : 0;
    return made || errno == EEXIST;
}

/**
 * errata_output_unmake:
 * @path: a folder
 * @made: how many folders at its end were made by errata_output_make()
 *
 * Removes them, the innermost first; one that holds anything stays.
 */
void
errata_output_unmake(const char *path, guint made)
{
    g_autofree char *folder = g_strdup(path);

    for (guint i = 0; i < made; i++) {
        char *parent = g_path_get_dirname(folder);

        g_rmdir(folder);
        g_free(folder);
        folder = parent;
    }
}

/**
 * errata_output_begin:
 * @self: filled
 * @path: the folder wanted; made when it is not there, with those that it lies in
 * @ret_fd: (out): the hidden folder, open
 * @error: return location for a #GError
 *
 * Returns: whether there is a folder to write into
 */
gboolean
errata_output_begin(ErrataOutput *self, const char *path, int *ret_fd, GError **error)
{
    *self = (ErrataOutput){.path = g_strdup(path)};
    if (!errata_output_make(path, &self->made)) {
        output_fail(error, "making the report's folder", path);
        errata_output_abandon(self);
        return FALSE;
    }
    self->partial = g_build_filename(path, ".errata-XXXXXX", NULL);
    if (g_mkdtemp_full(self->partial, 0700) == NULL) {
        output_fail(error, "writing into the report's folder", path);
        g_clear_pointer(&self->partial, g_free);
        errata_output_abandon(self);
        return FALSE;
    }
    *ret_fd = open(self->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_fd < 0) {
        output_fail(error, "opening", self->partial);
        errata_output_abandon(self);
        return FALSE;
    }
    return TRUE;
}

static gboolean
output_publish_entry(const ErrataOutput *self, const char *entry, GError **error)
{
    g_autofree char *from = g_build_filename(self->partial, entry, NULL);
    g_autofree char *to = g_build_filename(self->path, entry, NULL);
    g_autofree char *old = g_strdup_printf("%s/old-%s", self->partial, entry);

    if (g_file_test(to, G_FILE_TEST_EXISTS) && g_rename(to, old) != 0)
        return output_fail(error, "replacing", to);
    if (g_file_test(from, G_FILE_TEST_EXISTS) && g_rename(from, to) != 0)
        return output_fail(error, "writing", to);
    return TRUE;
}

/* the worker wrote for itself alone; the report is as readable as the user's umask says */
static int
output_open_cb(const char *path, const struct stat *info, int type, struct FTW *where)
{
    mode_t mask = umask(0);

    umask(mask);
    return chmod(path, (type == FTW_D || type == FTW_DP ? 0777 : 0666) & ~mask);
}

/**
 * errata_output_publish:
 * @self: a folder that was written whole
 * @error: return location for a #GError
 *
 * Moves the report into sight and releases @self.
 */
gboolean
errata_output_publish(ErrataOutput *self, GError **error)
{
    gboolean done = TRUE;

    nftw(self->partial, output_open_cb, 16, FTW_PHYS);
    for (gsize i = 0; done && i < G_N_ELEMENTS(output_entries); i++)
        done = output_publish_entry(self, output_entries[i], error);
    if (done)
        self->made = 0;
    errata_output_abandon(self);
    return done;
}

/**
 * errata_output_abandon:
 * @self: a folder that is not wanted any more
 *
 * Removes what was written and releases @self. The folder itself, and those it lies in, go only
 * when we made them.
 */
void
errata_output_abandon(ErrataOutput *self)
{
    if (self->partial != NULL)
        output_remove(self->partial);
    errata_output_unmake(self->path, self->made);
    g_clear_pointer(&self->partial, g_free);
    g_clear_pointer(&self->path, g_free);
}
