/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When is a dropped file whole? Closed after writing, renamed in: the kernel says so at once.
 * Anything else that was seen (created by a link, appended to and left open, found by a scan while
 * somebody writes) is tracked: looked at again after the settle time, told once it has not changed
 * for that long. Where the kernel does not tell (network file systems) the folder is read once per
 * settle time. With nothing tracked and nothing polled there is no timer. While a folder is read,
 * what the kernel tells of it waits: files are told in the order in which they came. The inbox is
 * what its path leads to: when that may have changed it is attached to anew, and made where there
 * is none; while it cannot be, that is tried once per settle time. */
#include "inbox.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "inbox-name.h"
#include "inbox-place.h"
#include "inbox-scan.h"
#include "watch.h"

#define INBOX_MAX_DEPTH 8 /* folders within folders */
#define INBOX_EVENTS                                                                    \
    (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_MODIFY | IN_ATTRIB | \
     IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)

/* a file that is being looked at */
typedef struct {
    guint64 size;
    gint64 mtime;
    gint64 due;    /* monotonic µs: when to look again */
    gboolean told; /* polling: as it is now */
    guint round;   /* polling: of the scan that saw it last */
} InboxTracked;

/* what the kernel told of a file */
typedef struct {
    char *path;
    guint32 mask;
} InboxEvent;

/* a folder while it is read */
typedef struct {
    guint n_scans;
    GPtrArray *events; /* (element-type InboxEvent): until then */
} InboxReading;

struct _ErrataInbox {
    char *root;
    guint settle_s;
    ErrataInboxFunc func;
    gpointer data;
    ErrataWatch *watch;
    ErrataInboxPlace *place;
    GHashTable *folders; /* wd → path relative to the root, "" for itself */
    GHashTable *tracked; /* path → InboxTracked */
    GHashTable *reading; /* folder → InboxReading */
    GCancellable *cancellable;
    guint timer;
    guint poll_timer;
    guint attach_timer; /* 0: attached */
    guint round;
    gboolean polling;
};

typedef struct {
    ErrataInbox *inbox; /* gone when the scan was cancelled */
    char *folder;
} InboxFolder;

static gboolean inbox_add_folder(ErrataInbox *self, const char *folder);

static void
inbox_event_free(gpointer data)
{
    InboxEvent *event = data;

    g_free(event->path);
    g_free(event);
}

static void
inbox_reading_free(gpointer data)
{
    InboxReading *reading = data;

    g_ptr_array_unref(reading->events);
    g_free(reading);
}

static char *
inbox_join(const char *folder, const char *name)
{
    return *folder == '\0' ? g_strdup(name) : g_strconcat(folder, "/", name, NULL);
}

static gboolean
inbox_stat(ErrataInbox *self, const char *path, struct stat *ret_status)
{
    g_autofree char *full = g_build_filename(self->root, path, NULL);

    return lstat(full, ret_status) == 0;
}

static gint64
inbox_mtime(const struct stat *status)
{
    return status->st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + status->st_mtim.tv_nsec;
}

static void
inbox_tell(ErrataInbox *self, const char *path)
{
    g_autofree char *copy = g_strdup(path); /* path may be the table's */

    if (!self->polling)
        g_hash_table_remove(self->tracked, copy);
    self->func(copy, self->data);
}

static void inbox_arm(ErrataInbox *self);

static gboolean
inbox_timer_cb(gpointer user_data)
{
    ErrataInbox *self = user_data;
    g_autoptr(GPtrArray) whole = g_ptr_array_new_with_free_func(g_free);
    gint64 now = g_get_monotonic_time();
    GHashTableIter iter;
    gpointer key;
    gpointer value;

    self->timer = 0;
    g_hash_table_iter_init(&iter, self->tracked);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        InboxTracked *tracked = value;
        struct stat status;

        if (tracked->due > now)
            continue;
        if (!inbox_stat(self, key, &status)) {
            g_hash_table_iter_remove(&iter);
        } else if (tracked->size == (guint64)status.st_size &&
                   tracked->mtime == inbox_mtime(&status)) {
            g_ptr_array_add(whole, g_strdup(key));
        } else {
            tracked->size = (guint64)status.st_size;
            tracked->mtime = inbox_mtime(&status);
            tracked->due = now + (gint64)self->settle_s * G_USEC_PER_SEC;
        }
    }
    g_ptr_array_sort(whole, (GCompareFunc)g_strcmp0);
    for (guint i = 0; i < whole->len; i++)
        inbox_tell(self, g_ptr_array_index(whole, i));
    inbox_arm(self);
    return G_SOURCE_REMOVE;
}

/* one timer, for the file that is due first */
static void
inbox_arm(ErrataInbox *self)
{
    gint64 first = G_MAXINT64;
    GHashTableIter iter;
    gpointer value;

    if (self->timer != 0 || self->polling)
        return;
    g_hash_table_iter_init(&iter, self->tracked);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        first = MIN(first, ((InboxTracked *)value)->due);
    if (first != G_MAXINT64)
        self->timer = g_timeout_add((guint)(MAX(first - g_get_monotonic_time(), 0) / 1000 + 1),
                                    inbox_timer_cb,
                                    self);
}

/* looks at the file again after the settle time, unless it is looked at already */
static void
inbox_track(ErrataInbox *self, const char *path)
{
    InboxTracked *tracked;
    struct stat status;

    if (self->polling || g_hash_table_contains(self->tracked, path) ||
        !inbox_stat(self, path, &status))
        return;
    tracked = g_new0(InboxTracked, 1);
    tracked->size = (guint64)status.st_size;
    tracked->mtime = inbox_mtime(&status);
    tracked->due = g_get_monotonic_time() + (gint64)self->settle_s * G_USEC_PER_SEC;
    g_hash_table_insert(self->tracked, g_strdup(path), tracked);
    inbox_arm(self);
}

/* a poll saw the file: told when two looks in a row saw the same */
static void
inbox_poll_entry(ErrataInbox *self, const char *path, const ErrataInboxEntry *entry)
{
    InboxTracked *tracked = g_hash_table_lookup(self->tracked, path);

    if (tracked == NULL) {
        tracked = g_new0(InboxTracked, 1);
        g_hash_table_insert(self->tracked, g_strdup(path), tracked);
    } else if (tracked->size == entry->size && tracked->mtime == entry->mtime) {
        tracked->round = self->round;
        if (!tracked->told) {
            tracked->told = TRUE;
            inbox_tell(self, path);
        }
        return;
    }
    *tracked = (InboxTracked){.size = entry->size,
                              .mtime = entry->mtime,
                              .told = FALSE,
                              .round = self->round};
}

static void
inbox_file_event(ErrataInbox *self, const char *path, guint32 mask)
{
    struct stat status;

    if ((mask & IN_MOVED_FROM) != 0) {
        g_hash_table_remove(self->tracked, path);
    } else if (!inbox_stat(self, path, &status)) {
        return;
    } else if (!S_ISREG(status.st_mode)) {
        if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0)
            inbox_tell(self, path);
    } else if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0 && status.st_size > 0) {
        inbox_tell(self, path);
    } else {
        inbox_track(self, path); /* also an empty file: its maker may go on */
    }
}

static void
inbox_read_begin(ErrataInbox *self, const char *folder)
{
    InboxReading *reading = g_hash_table_lookup(self->reading, folder);

    if (reading == NULL) {
        reading = g_new0(InboxReading, 1);
        reading->events = g_ptr_array_new_with_free_func(inbox_event_free);
        g_hash_table_insert(self->reading, g_strdup(folder), reading);
    }
    reading->n_scans++;
}

static void
inbox_read_end(ErrataInbox *self, const char *folder)
{
    InboxReading *reading = g_hash_table_lookup(self->reading, folder);
    g_autoptr(GPtrArray) events = NULL;

    if (--reading->n_scans > 0)
        return;
    events = g_ptr_array_ref(reading->events);
    g_hash_table_remove(self->reading, folder);
    for (guint i = 0; i < events->len; i++) {
        const InboxEvent *event = g_ptr_array_index(events, i);

        inbox_file_event(self, event->path, event->mask);
    }
}

/* now, or once the folder is read */
static void
inbox_file_later(ErrataInbox *self, const char *folder, const char *path, guint32 mask)
{
    InboxReading *reading = g_hash_table_lookup(self->reading, folder);
    InboxEvent *event;

    if (reading == NULL) {
        inbox_file_event(self, path, mask);
        return;
    }
    event = g_new0(InboxEvent, 1);
    event->path = g_strdup(path);
    event->mask = mask;
    g_ptr_array_add(reading->events, event);
}

static void
inbox_scanned_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    InboxFolder *scan = user_data;
    g_autofree char *folder = scan->folder;
    g_autoptr(GPtrArray) entries = errata_inbox_scan_finish(result, NULL);
    ErrataInbox *self = scan->inbox;

    g_free(scan);
    if (entries == NULL)
        return;
    for (guint i = 0; i < entries->len; i++) {
        const ErrataInboxEntry *entry = g_ptr_array_index(entries, i);
        g_autofree char *path = inbox_join(folder, entry->name);

        if (entry->is_folder)
            inbox_add_folder(self, path);
        else if (self->polling && entry->is_file)
            inbox_poll_entry(self, path, entry);
        else if (entry->is_whole || !entry->is_file)
            inbox_tell(self, path);
        else
            inbox_track(self, path);
    }
    inbox_read_end(self, folder);
}

static guint
inbox_depth(const char *folder)
{
    guint depth = *folder == '\0' ? 0 : 1;

    for (const char *p = folder; *p != '\0'; p++)
        depth += *p == '/' ? 1 : 0;
    return depth;
}

/* watches first, then reads: what comes in between is seen twice rather than never. Only the root
 * may be a link. FALSE: not watched */
static gboolean
inbox_add_folder(ErrataInbox *self, const char *folder)
{
    g_autofree char *full = *folder == '\0' ? g_strdup(self->root)
                                            : g_build_filename(self->root, folder, NULL);
    g_autoptr(GError) error = NULL;
    InboxFolder *scan;
    int wd = 0;

    if (inbox_depth(folder) > INBOX_MAX_DEPTH) {
        g_warning("'%s' is not watched: it is more than %d folders deep", full, INBOX_MAX_DEPTH);
        return FALSE;
    }
    if (!self->polling) {
        wd = errata_watch_add(self->watch,
                              full,
                              INBOX_EVENTS | (*folder == '\0' ? 0 : IN_DONT_FOLLOW),
                              &error);
        if (wd >= 0)
            g_hash_table_replace(self->folders, GINT_TO_POINTER(wd), g_strdup(folder));
        else if (self->attach_timer == 0)
            g_warning("%s", error->message);
    }
    scan = g_new0(InboxFolder, 1);
    scan->inbox = self;
    scan->folder = g_strdup(folder);
    inbox_read_begin(self, folder);
    errata_inbox_scan_async(self->root,
                            folder,
                            self->settle_s,
                            self->cancellable,
                            inbox_scanned_cb,
                            scan);
    return wd >= 0;
}

/* a folder went away with all below it */
static void
inbox_drop_folder(ErrataInbox *self, const char *folder)
{
    g_autofree char *below = g_strconcat(folder, "/", NULL);
    GHashTableIter iter;
    gpointer key;
    gpointer value;

    g_hash_table_iter_init(&iter, self->folders);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (*folder == '\0' || strcmp(value, folder) == 0 || g_str_has_prefix(value, below)) {
            errata_watch_remove(self->watch, GPOINTER_TO_INT(key));
            g_hash_table_iter_remove(&iter);
        }
    }
}

static gboolean inbox_poll_cb(gpointer user_data);

/* watches where the kernel tells of changes, polls elsewhere */
static void
inbox_set_polling(ErrataInbox *self, gboolean polling)
{
    if (self->polling == polling)
        return;
    self->polling = polling;
    g_hash_table_remove_all(self->tracked); /* what is there is found by the scan */
    g_clear_handle_id(&self->poll_timer, g_source_remove);
    if (polling)
        self->poll_timer = g_timeout_add_seconds(self->settle_s, inbox_poll_cb, self);
}

/* to the folder that the path leads to now */
static gboolean
inbox_attach(ErrataInbox *self, GError **error)
{
    inbox_drop_folder(self, "");
    if (g_mkdir_with_parents(self->root, 0777) != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "cannot make the inbox '%s': %s",
                    self->root,
                    g_strerror(errno));
        return FALSE;
    }
    errata_inbox_place_take(self->place);
    inbox_set_polling(self, !errata_inbox_scan_is_local(self->root));
    if (inbox_add_folder(self, ""))
        return TRUE;
    g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_IO, "'%s' is not watched", self->root);
    return FALSE;
}

static gboolean
inbox_attach_cb(gpointer user_data)
{
    ErrataInbox *self = user_data;

    if (!inbox_attach(self, NULL))
        return G_SOURCE_CONTINUE;
    g_message("the inbox '%s' is watched again", self->root);
    self->attach_timer = 0;
    return G_SOURCE_REMOVE;
}

static void
inbox_attach_later(ErrataInbox *self)
{
    if (self->attach_timer == 0)
        self->attach_timer = g_timeout_add_seconds(self->settle_s, inbox_attach_cb, self);
}

static void
inbox_place_cb(gpointer data)
{
    ErrataInbox *self = data;
    g_autoptr(GError) error = NULL;

    if (self->attach_timer != 0)
        return;
    g_message("the inbox '%s' was removed, renamed or replaced; looking for it again", self->root);
    if (!inbox_attach(self, &error)) {
        g_warning("%s", error->message);
        inbox_attach_later(self);
    }
}

static void
inbox_event_cb(int wd, guint32 mask, const char *name, gpointer data)
{
    ErrataInbox *self = data;
    g_autofree char *folder = NULL;
    g_autofree char *path = NULL;

    if ((mask & IN_Q_OVERFLOW) != 0) {
        g_info("notifications were lost: reading the inbox again");
        errata_inbox_rescan(self);
        return;
    }
    folder = g_strdup(g_hash_table_lookup(self->folders, GINT_TO_POINTER(wd)));
    if (folder == NULL)
        return;
    if ((mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) != 0 && *folder == '\0') {
        inbox_place_cb(self);
    } else if ((mask & IN_IGNORED) != 0) {
        g_hash_table_remove(self->folders, GINT_TO_POINTER(wd));
    } else if (name == NULL && (mask & IN_ATTRIB) != 0) {
        inbox_add_folder(self, folder); /* it may be readable now */
    } else if (name != NULL && !errata_inbox_name_is_ignored(name)) {
        path = inbox_join(folder, name);
        if ((mask & IN_ISDIR) == 0)
            inbox_file_later(self, folder, path, mask);
        else if ((mask & (IN_CREATE | IN_MOVED_TO | IN_ATTRIB)) != 0)
            inbox_add_folder(self, path);
        else if ((mask & IN_MOVED_FROM) != 0)
            inbox_drop_folder(self, path);
    }
}

static gboolean
inbox_poll_cb(gpointer user_data)
{
    ErrataInbox *self = user_data;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->tracked);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((InboxTracked *)value)->round + 2 < self->round)
            g_hash_table_iter_remove(&iter); /* gone */
    }
    self->round++;
    inbox_add_folder(self, "");
    return G_SOURCE_CONTINUE;
}

/**
 * errata_inbox_rescan:
 *
 * Reads the whole folder again, as after lost notifications.
 */
void
errata_inbox_rescan(ErrataInbox *self)
{
    inbox_add_folder(self, "");
}

/**
 * errata_inbox_again:
 * @path: a file that changed while it was read
 *
 * Looks at it again after the settle time.
 */
void
errata_inbox_again(ErrataInbox *self, const char *path)
{
    InboxTracked *tracked = g_hash_table_lookup(self->tracked, path);

    if (tracked != NULL)
        tracked->told = FALSE;
    inbox_track(self, path);
}

gboolean
errata_inbox_is_polling(const ErrataInbox *self)
{
    return self->polling;
}

/**
 * errata_inbox_new:
 * @root: the folder; made when missing
 * @settle_s: seconds a file must be unchanged where its end is not told
 * @func: called for every whole file, from the main loop, at first for those that are there
 *
 * Errors: %ERRATA_ERROR_IO.
 */
ErrataInbox *
errata_inbox_new(const char *root,
                 guint settle_s,
                 ErrataInboxFunc func,
                 gpointer data,
                 GError **error)
{
    g_autoptr(ErrataInbox) self = g_new0(ErrataInbox, 1);
    g_autoptr(GError) problem = NULL;

    self->root = g_strdup(root);
    self->settle_s = settle_s;
    self->func = func;
    self->data = data;
    self->cancellable = g_cancellable_new();
    self->folders = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    self->tracked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->reading = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, inbox_reading_free);
    self->watch = errata_watch_new(inbox_event_cb, self, error);
    self->place = self->watch != NULL ? errata_inbox_place_new(root, inbox_place_cb, self, error)
                                      : NULL;
    if (self->place == NULL)
        return NULL;
    if (!inbox_attach(self, &problem)) {
        if (!g_file_test(root, G_FILE_TEST_IS_DIR)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return NULL;
        }
        inbox_attach_later(self);
    }
    return g_steal_pointer(&self);
}

void
errata_inbox_free(ErrataInbox *self)
{
    if (self == NULL)
        return;
    g_cancellable_cancel(self->cancellable); /* scans under way end without touching us */
    g_object_unref(self->cancellable);
    errata_inbox_place_free(self->place);
    errata_watch_free(self->watch);
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_handle_id(&self->poll_timer, g_source_remove);
    g_clear_handle_id(&self->attach_timer, g_source_remove);
    g_hash_table_unref(self->folders);
    g_hash_table_unref(self->tracked);
    g_hash_table_unref(self->reading);
    g_free(self->root);
    g_free(self);
}
