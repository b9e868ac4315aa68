/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long reports are kept. A report that somebody has open stays until the next look: the kernel
 * grants a write lease only on a file that nobody else has open. */
#include "retention.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "job-run.h"
#include "publish.h"
#include "store-job.h"
#include "store-report.h"

#define RETENTION_BATCH 64
#define RETENTION_DOUBT G_TIME_SPAN_HOUR /* the network sets a clock sooner than that */

typedef struct {
    gint64 id; /* after which to list, or which to remove */
    GPtrArray *reports;
    guint64 bytes;
} Retention;

/**
 * errata_retention_clock_look:
 * @self: how the clock ran until now
 * @now: µs since 1970, by the clock
 * @booted: µs since boot, suspended ones too
 *
 * Notes where the clock was set since the last look.
 */
void
errata_retention_clock_look(ErrataRetentionClock *self, gint64 now, gint64 booted)
{
    gint64 forward = now - booted - self->ahead;

    if (forward > RETENTION_DOUBT) {
        self->unseen = MAX(self->unseen, forward);
        self->since = booted;
        self->told = FALSE;
    } else if (forward < -RETENTION_DOUBT) {
        self->unseen = 0;
    }
    self->ahead = now - booted;
}

/**
 * errata_retention_clock_tells:
 * @self: how the clock ran
 * @booted: µs since boot
 * @keep_s: how long reports are kept, in s
 *
 * Returns: whether the clock tells what is older than @keep_s: it did not go forward by more at
 *   once, or has run evenly since then, an hour or @keep_s
 */
gboolean
errata_retention_clock_tells(const ErrataRetentionClock *self, gint64 booted, guint64 keep_s)
{
    gint64 stood = booted - self->since;

    return (guint64)(self->unseen / G_USEC_PER_SEC) <= keep_s || stood >= RETENTION_DOUBT ||
           (guint64)(stood / G_USEC_PER_SEC) >= keep_s;
}

static gint64
retention_booted(void)
{
    struct timespec time;

    clock_gettime(CLOCK_BOOTTIME, &time);
    return (gint64)time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gpointer
retention_newest_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_report_list(store, NULL, 0, 1, error);
}

void
errata_retention_begin(ErrataRetentionClock *clock, ErrataStoreThread *store)
{
    g_autoptr(GPtrArray) newest = errata_store_thread_call(store, retention_newest_cb, NULL, NULL);
    gint64 now = g_get_real_time(), booted = retention_booted();

    *clock = (ErrataRetentionClock){.ahead = now - booted, .since = booted};
    if (newest != NULL && newest->len > 0)
        clock->ahead = ((ErrataReportRecord *)g_ptr_array_index(newest, 0))->created - booted;
    errata_retention_clock_look(clock, now, booted);
}

/* whether reports may go for their age */
static gboolean
retention_by_age(const ErrataConfiguration *configuration, ErrataRetentionClock *clock)
{
    gint64 booted = retention_booted();

    if (configuration->keep_s == 0)
        return FALSE;
    errata_retention_clock_look(clock, g_get_real_time(), booted);
    if (errata_retention_clock_tells(clock, booted, configuration->keep_s))
        return TRUE;
    if (!clock->told) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        g_autofree char *day = g_date_time_format(now, "%F");

        g_message("the clock went on to %s unseen, for longer than reports are kept: none is "
                  "removed for its age until it has run for an hour",
                  day);
    }
    clock->told = TRUE;
    return FALSE;
}

static gpointer
retention_list_cb(ErrataStore *store, gpointer data, GError **error)
{
    Retention *self = data;

    self->reports =
        errata_store_report_oldest(store, self->id, g_get_real_time(), RETENTION_BATCH, error);
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
                 gboolean by_age,
                 guint64 bytes)
{
    gint64 age_s = (g_get_real_time() - report->created) / G_USEC_PER_SEC;

    return (by_age && age_s > 0 && (guint64)age_s > configuration->keep_s) ||
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
errata_retention_apply(const ErrataConfiguration *configuration,
                       ErrataRetentionClock *clock,
                       ErrataStoreThread *store)
{
    GArray *removed = g_array_new(FALSE, FALSE, sizeof(gint64));
    Retention self = {0};
    gboolean by_age = retention_by_age(configuration, clock);
    gboolean more = by_age || configuration->keep_bytes > 0;

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
            if (!retention_is_due(configuration, report, by_age, self.bytes)) {
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
