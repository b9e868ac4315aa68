/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inotify(7) as a source of the main loop. GFileMonitor would do for "something changed", but it
 * holds events back on timers and does not tell "closed after writing" and "renamed in" apart. */
#include "watch.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#include "error.h"

struct _ErrataWatch {
    int fd;
    guint source;
    ErrataWatchFunc func;
    gpointer data;
};

static gboolean
watch_ready_cb(int fd, GIOCondition condition, gpointer user_data)
{
    ErrataWatch *self = user_data;
    union {
        struct inotify_event event;
        char bytes[16384];
    } buffer;
    gssize n = read(fd, buffer.bytes, sizeof buffer.bytes);

    for (gssize at = 0; at < n;) {
        const struct inotify_event *event =
            (const struct inotify_event *)(const void *)(buffer.bytes + at);

        at += (gssize)(sizeof *event + event->len);
        self->func(event->wd, event->mask, event->len > 0 ? event->name : NULL, self->data);
    }
    return G_SOURCE_CONTINUE;
}

/**
 * errata_watch_new:
 * @func: called for every event, from the default main context; must not free the watch
 *
 * Errors: %ERRATA_ERROR_IO.
 */
ErrataWatch *
errata_watch_new(ErrataWatchFunc func, gpointer data, GError **error)
{
    ErrataWatch *self;
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (fd < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "cannot watch folders: %s; raise fs.inotify.max_user_instances",
                    g_strerror(errno));
        return NULL;
    }
    self = g_new0(ErrataWatch, 1);
    self->fd = fd;
    self->func = func;
    self->data = data;
    self->source = g_unix_fd_add(fd, G_IO_IN, watch_ready_cb, self);
    return self;
}

void
errata_watch_free(ErrataWatch *self)
{
    if (self == NULL)
        return;
    g_source_remove(self->source);
    close(self->fd);
    g_free(self);
}

/* Returns: the watch's number, or −1 with @error set */
int
errata_watch_add(ErrataWatch *self, const char *path, guint32 mask, GError **error)
{
    int wd = inotify_add_watch(self->fd, path, mask);

    if (wd < 0)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "cannot watch '%s': %s%s",
                    path,
                    g_strerror(errno),
                    errno == ENOSPC ? "; raise fs.inotify.max_user_watches" : "");
    return wd;
}

void
errata_watch_remove(ErrataWatch *self, int wd)
{
    inotify_rm_watch(self->fd, wd);
}
