/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a watched folder. Whether a file is still being written is asked of the kernel: a read
 * lease is granted only when nobody has the file open for writing. */
#include "inbox-scan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "error.h"
#include "inbox-name.h"

typedef struct {
    char *root;
    char *folder;
    guint settle_s;
} InboxScan;

static void
inbox_scan_free(gpointer data)
{
    InboxScan *scan = data;

    g_free(scan->root);
    g_free(scan->folder);
    g_free(scan);
}

static void
inbox_scan_entry_free(gpointer data)
{
    ErrataInboxEntry *entry = data;

    g_free(entry->name);
    g_free(entry);
}

static gboolean
inbox_scan_has_no_writer(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    gboolean granted;

    if (fd < 0)
        return FALSE;
    granted = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
    if (granted)
        fcntl(fd, F_SETLEASE, F_UNLCK);
    close(fd);
    return granted;
}

static ErrataInboxEntry *
inbox_scan_describe(int folder, const char *name, const struct stat *status, guint settle_s)
{
    ErrataInboxEntry *entry = g_new0(ErrataInboxEntry, 1);
    gint64 age_s = g_get_real_time() / G_USEC_PER_SEC - status->st_mtim.tv_sec;

    entry->name = g_strdup(name);
    entry->is_folder = S_ISDIR(status->st_mode);
    entry->is_file = S_ISREG(status->st_mode);
    entry->size = (guint64)status->st_size;
    entry->mtime = status->st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + status->st_mtim.tv_nsec;
    entry->is_whole = entry->is_file &&
                      (age_s > (gint64)settle_s ||
                       (entry->size > 0 && inbox_scan_has_no_writer(folder, name)));
    return entry;
}

static guint
inbox_scan_rank(const ErrataInboxEntry *entry)
{
    if (strcmp(entry->name, "errata.conf") == 0)
        return 0;
    return g_str_has_prefix(entry->name, "reference.") ? 1 : 2;
}

static int
inbox_scan_compare_cb(gconstpointer pa, gconstpointer pb)
{
    const ErrataInboxEntry *a = *(ErrataInboxEntry *const *)pa;
    const ErrataInboxEntry *b = *(ErrataInboxEntry *const *)pb;
    guint rank_a = inbox_scan_rank(a);
    guint rank_b = inbox_scan_rank(b);

    if (rank_a != rank_b)
        return rank_a < rank_b ? -1 : 1;
    if (a->mtime != b->mtime)
        return a->mtime < b->mtime ? -1 : 1;
    return strcmp(a->name, b->name);
}

static int
inbox_scan_open(const InboxScan *scan)
{
    g_auto(GStrv) parts = g_strsplit(scan->folder, "/", -1);
    int at = open(scan->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (guint i = 0; parts[i] != NULL && *parts[i] != '\0' && at >= 0; i++) {
        int next = openat(at, parts[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int number = errno;

        close(at);
        errno = number;
        at = next;
    }
    return at;
}

static void
inbox_scan_thread_cb(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const InboxScan *scan = data;
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(inbox_scan_entry_free);
    g_autofree char *path = g_build_filename(scan->root, scan->folder, NULL);
    g_autoptr(GDir) listing = NULL;
    const char *name;
    int folder = inbox_scan_open(scan);

    if (folder >= 0)
        listing = g_dir_open(path, 0, NULL);
    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL) {
        struct stat status;

        if (!errata_inbox_name_is_ignored(name) &&
            fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            g_ptr_array_add(entries, inbox_scan_describe(folder, name, &status, scan->settle_s));
    }
    if (folder >= 0)
        close(folder);
    g_ptr_array_sort(entries, inbox_scan_compare_cb);
    g_task_return_pointer(task, g_steal_pointer(&entries), (GDestroyNotify)g_ptr_array_unref);
}

void
errata_inbox_scan_async(const char *root,
                        const char *folder,
                        guint settle_s,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    InboxScan *scan = g_new0(InboxScan, 1);

    scan->root = g_strdup(root);
    scan->folder = g_strdup(folder);
    scan->settle_s = settle_s;
    g_task_set_source_tag(task, errata_inbox_scan_async);
    g_task_set_task_data(task, scan, inbox_scan_free);
    g_task_run_in_thread(task, inbox_scan_thread_cb);
}

/* Returns: (transfer full) (element-type ErrataInboxEntry): empty when the folder is gone; %NULL
 * only when cancelled */
GPtrArray *
errata_inbox_scan_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, NULL), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

gboolean
errata_inbox_scan_is_local(const char *path)
{
    /* statfs(2): file systems that other machines or programs change behind the kernel's back */
    static const guint64 remote[] = {
        NFS_SUPER_MAGIC,
        SMB_SUPER_MAGIC,
        0xff534d42U, /* CIFS */
        0xfe534d42U, /* SMB2 */
        0x65735546U, /* FUSE */
        V9FS_MAGIC,
        CODA_SUPER_MAGIC,
        AFS_SUPER_MAGIC,
        0x5346414fU, /* AFS of OpenAFS */
        0x00c36400U, /* Ceph */
        0x786f4256U, /* VirtualBox shared folders */
        0x7461636fU, /* OCFS2 */
        0x01161970U, /* GFS2 */
        0x0bd00bd0U, /* Lustre */
    };
    struct statfs status;

    if (statfs(path, &status) != 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(remote); i++) {
        if (((guint64)status.f_type & 0xffffffffU) == remote[i])
            return FALSE;
    }
    return TRUE;
}
