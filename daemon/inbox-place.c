/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each part of the path is watched for being renamed or removed, a link as the link that it is; so
 * nothing wakes us while files come and go beside it. Mounts are no events of a folder: of those
 * the kernel's table tells (proc(5): a change is an exceptional condition of its descriptor), and
 * the path is looked at again. */
#include "inbox-place.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch.h"

struct _ErrataInboxPlace {
    char *path;
    ErrataInboxPlaceFunc func;
    gpointer data;
    ErrataWatch *watch;
    GArray *parts; /* (element-type int): watches */
    int mounts;    /* −1: no such table here */
    guint mounts_source;
    dev_t dev; /* of what the path led to when it was taken; 0 with ino 0: nothing */
    ino_t ino;
};

static void
inbox_place_event_cb(int wd, guint32 mask, const char *name, gpointer data)
{
    ErrataInboxPlace *self = data;

    if ((mask & (IN_MOVE_SELF | IN_DELETE_SELF | IN_UNMOUNT | IN_Q_OVERFLOW)) != 0)
        self->func(self->data);
}

static void
inbox_place_stat(const ErrataInboxPlace *self, dev_t *ret_dev, ino_t *ret_ino)
{
    struct stat status;
    gboolean found = stat(self->path, &status) == 0;

    *ret_dev = found ? status.st_dev : 0;
    *ret_ino = found ? status.st_ino : 0;
}

static gboolean
inbox_place_mounts_cb(int fd, GIOCondition condition, gpointer user_data)
{
    ErrataInboxPlace *self = user_data;
    dev_t dev;
    ino_t ino;

    inbox_place_stat(self, &dev, &ino);
    if (dev != self->dev || ino != self->ino)
        self->func(self->data);
    return G_SOURCE_CONTINUE;
}

/* what may not be read cannot be watched: the other parts still are */
static void
inbox_place_watch(ErrataInboxPlace *self, const char *part)
{
    int wd =
        errata_watch_add(self->watch, part, IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW, NULL);

    if (wd >= 0)
        g_array_append_val(self->parts, wd);
}

/**
 * errata_inbox_place_take:
 *
 * Keeps what the path leads to now, and watches its parts as they are now: those above the folder,
 * and the last when it is a link.
 */
void
errata_inbox_place_take(ErrataInboxPlace *self)
{
    inbox_place_stat(self, &self->dev, &self->ino);
    for (guint i = 0; i < self->parts->len; i++)
        errata_watch_remove(self->watch, g_array_index(self->parts, int, i));
    g_array_set_size(self->parts, 0);
    for (const char *end = strchr(self->path + 1, '/'); end != NULL; end = strchr(end + 1, '/')) {
        g_autofree char *part = g_strndup(self->path, (gsize)(end - self->path));

        inbox_place_watch(self, part);
    }
    if (g_file_test(self->path, G_FILE_TEST_IS_SYMLINK))
        inbox_place_watch(self, self->path);
}

/**
 * errata_inbox_place_new:
 * @path: of a folder
 * @func: called from the main loop when @path may lead elsewhere than when it was taken last; must
 *   not free the place
 *
 * Nothing is watched before errata_inbox_place_take().
 *
 * Errors: %ERRATA_ERROR_IO.
 */
ErrataInboxPlace *
errata_inbox_place_new(const char *path, ErrataInboxPlaceFunc func, gpointer data, GError **error)
{
    g_autoptr(ErrataInboxPlace) self = g_new0(ErrataInboxPlace, 1);

    self->path = g_canonicalize_filename(path, NULL);
    self->func = func;
    self->data = data;
    self->parts = g_array_new(FALSE, FALSE, sizeof(int));
    self->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (self->mounts >= 0)
        self->mounts_source = g_unix_fd_add(self->mounts, G_IO_PRI, inbox_place_mounts_cb, self);
    self->watch = errata_watch_new(inbox_place_event_cb, self, error);
    return self->watch != NULL ? g_steal_pointer(&self) : NULL;
}

void
errata_inbox_place_free(ErrataInboxPlace *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->mounts_source, g_source_remove);
    if (self->mounts >= 0)
        close(self->mounts);
    errata_watch_free(self->watch);
    g_array_unref(self->parts);
    g_free(self->path);
    g_free(self);
}
