/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long reports are kept. A report that somebody has open stays until the next look: the kernel
 * grants a write lease only on a file that nobody else has open. */
#include "retention.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job-run.h"
#include "publish.h"
#include "store-job.h"
#include "store-report.h"

#define RETENTION_BATCH 64

typedef struct {
    gint64 id; /* after which to list, or which to remove */
    GPtrArray *reports;
    guint64 bytes;
} Retention;

static gpointer
retention_list_cb(ErrataStore *store, gpointer data, GError **error)
{
    Retention *self = data;

    self->reports = errata_store_report_oldest(store, self->id, RETENTION_BATCH, error);
    return self->reports != NULL && errata_store_report_bytes(store, &self->bytes, error) ? self
                                                                                          : NULL;
}

static gpointer
retention_remove_cb(ErrataStore *store, gpointer data, GError **error)
{
    const Retention *self = data;

    return errata_store_report_remove(store, self->id, error) ? data : NULL;
}

static int
retention_is_free_cb(const char *path, const struct stat *status, int type, struct FTW *at)
{
    int fd;
    gboolean busy;

    if (type != FTW_F)
        return 0;
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return 0;
    busy = fcntl(fd, F_SETLEASE, F_WRLCK) != 0 && (errno == EAGAIN || errno == EBUSY);
    if (!busy)
        fcntl(fd, F_SETLEASE, F_UNLCK);
    close(fd);
    return busy ? 1 : 0;
}

static gboolean
retention_is_read(const ErrataConfiguration *configuration, const ErrataReportRecord *report)
{
    g_autofree char *path = g_build_filename(configuration->reports, report->folder, NULL);

    return nftw(path, retention_is_free_cb, 16, FTW_PHYS | FTW_MOUNT) == 1;
}

static gboolean
retention_is_due(const ErrataConfiguration *configuration,
                 const ErrataReportRecord *report,
                 guint64 bytes)
{
    gint64 age_s = (g_get_real_time() - report->created) / G_USEC_PER_SEC;

    return (configuration->keep_s > 0 && age_s > 0 && (guint64)age_s > configuration->keep_s) ||
           (configuration->keep_bytes > 0 && bytes > configuration->keep_bytes);
}

/* the store first: a report that is listed can be opened */
static gboolean
retention_remove(const ErrataConfiguration *configuration,
                 ErrataStoreThread *store,
                 const ErrataReportRecord *report,
                 GError **error)
{
    Retention self = {.id = report->id};

    return errata_store_thread_call(store, retention_remove_cb, &self, error) != NULL &&
           errata_publish_remove(configuration->reports, report->folder, error);
}

GArray *
errata_retention_apply(const ErrataConfiguration *configuration, ErrataStoreThread *store)
{
    GArray *removed = g_array_new(FALSE, FALSE, sizeof(gint64));
    Retention self = {0};
    gboolean more = configuration->keep_s > 0 || configuration->keep_bytes > 0;

    while (more) {
        g_autoptr(GError) error = NULL;

        if (errata_store_thread_call(store, retention_list_cb, &self, &error) == NULL) {
            g_warning("old reports are kept: %s", error->message);
            g_clear_pointer(&self.reports, g_ptr_array_unref);
            break;
        }
        more = self.reports->len == RETENTION_BATCH;
        for (guint i = 0; i < self.reports->len; i++) {
            const ErrataReportRecord *report = g_ptr_array_index(self.reports, i);

            self.id = report->id;
            if (!retention_is_due(configuration, report, self.bytes)) {
                more = FALSE; /* and neither are the younger ones */
                break;
            }
            if (retention_is_read(configuration, report))
                continue;
            self.bytes -= MIN(self.bytes, report->bytes);
            if (retention_remove(configuration, store, report, &error))
                g_array_append_val(removed, report->id);
            else
                g_warning("report %" G_GINT64_FORMAT ": %s", report->id, error->message);
            g_clear_error(&error);
        }
        g_clear_pointer(&self.reports, g_ptr_array_unref);
    }
    return removed;
}

static gpointer
retention_files_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_file_list(store, 0, error);
}

/* of those that are gone; all at once: each by itself would wait for the disk */
static gpointer
retention_forget_cb(ErrataStore *store, gpointer data, GError **error)
{
    GPtrArray *gone = data;
    gboolean done = TRUE;

    if (!errata_store_begin(store, error))
        return NULL;
    for (guint i = 0; i < gone->len && done; i++)
        done = errata_store_file_forget(store, g_ptr_array_index(gone, i), error);
    return errata_store_end(store, done, error) && done ? gone : NULL;
}

void
errata_retention_sweep(const ErrataConfiguration *configuration,
                       ErrataStoreThread *store,
                       ErrataSpool *spool)
{
    g_autoptr(GPtrArray) files = errata_store_thread_call(store, retention_files_cb, NULL, NULL);
    g_autoptr(GPtrArray) digests = errata_spool_list(spool);
    g_autoptr(GPtrArray) gone = g_ptr_array_new(); /* (element-type utf8): of files */
    g_autoptr(GError) error = NULL;

    for (guint i = 0; files != NULL && i < files->len; i++) {
        char *file = g_ptr_array_index(files, i);
        g_autofree char *path = g_build_filename(configuration->inbox, file, NULL);
        struct stat status;

        if (lstat(path, &status) != 0 && errno == ENOENT)
            g_ptr_array_add(gone, file);
    }
    if (gone->len > 0 && errata_store_thread_call(store, retention_forget_cb, gone, &error) == NULL)
        g_warning("%s", error->message);
    for (guint i = 0; i < digests->len; i++)
        errata_job_run_release(store, spool, g_ptr_array_index(digests, i));
}
