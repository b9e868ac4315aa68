/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a dropped file once it was read. Only here is anything in the inbox changed, only
 * when `[inbox] after` asks for it, and never a file that failed or that changed since. */
#include "after.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "spool.h"
#include "store-job.h"

typedef struct {
    gint64 job;
    gboolean ended_well;
    GPtrArray *paths;
    GArray *stamps; /* (element-type ErrataStamp) */
} After;

static gpointer
after_look_up_cb(ErrataStore *store, gpointer data, GError **error)
{
    After *self = data;
    g_autoptr(ErrataJob) job = errata_store_job_get(store, self->job, error);

    if (job == NULL)
        return NULL;
    self->ended_well = job->state == ERRATA_JOB_REPORTED || job->state == ERRATA_JOB_REGISTERED ||
                       job->state == ERRATA_JOB_MERGED;
    self->paths = errata_store_file_list(store, self->job, error);
    self->stamps = g_array_new(FALSE, TRUE, sizeof(ErrataStamp));
    for (guint i = 0; self->paths != NULL && i < self->paths->len; i++) {
        ErrataStamp stamp = {0};
        gint64 id = 0;

        if (!errata_store_file_get(store, g_ptr_array_index(self->paths, i), &stamp, &id, error))
            return NULL;
        g_array_append_val(self->stamps, stamp);
    }
    return self->paths != NULL ? self : NULL;
}

static void
after_archive(const char *inbox, const char *path, gint64 job)
{
    g_autofree char *from = g_build_filename(inbox, path, NULL);
    g_autofree char *to = g_strdup_printf("%s/.archive/%s", inbox, path);
    g_autofree char *folder = g_path_get_dirname(to);

    if (g_file_test(to, G_FILE_TEST_EXISTS)) {
        char *numbered = g_strdup_printf("%s.%" G_GINT64_FORMAT, to, job);

        g_free(to);
        to = numbered;
    }
    if (g_mkdir_with_parents(folder, 0777) != 0 || g_rename(from, to) != 0)
        g_warning("'%s' was not archived: %s", from, g_strerror(errno));
}

static void
after_apply_one(const ErrataConfiguration *configuration,
                const char *path,
                const ErrataStamp *stamp,
                gint64 job)
{
    g_autofree char *full = g_build_filename(configuration->inbox, path, NULL);
    ErrataStamp now = {0};
    int fd = errata_spool_open_input(configuration->inbox, path, NULL);
    gboolean same;

    if (fd < 0)
        return;
    same = errata_spool_stamp(fd, &now) && errata_spool_stamp_equal(&now, stamp);
    close(fd);
    if (!same)
        return;
    if (configuration->after == ERRATA_AFTER_ARCHIVE)
        after_archive(configuration->inbox, path, job);
    else if (g_unlink(full) != 0)
        g_warning("'%s' was not deleted: %s", full, g_strerror(errno));
}

void
errata_after_apply(const ErrataConfiguration *configuration, ErrataStoreThread *store, gint64 job)
{
    After self = {.job = job};
    g_autoptr(GError) error = NULL;

    if (configuration->after == ERRATA_AFTER_KEEP)
        return;
    if (errata_store_thread_call(store, after_look_up_cb, &self, &error) == NULL)
        g_warning("job %" G_GINT64_FORMAT ": %s", job, error->message);
    else if (self.ended_well)
        for (guint i = 0; i < self.paths->len; i++)
            after_apply_one(configuration,
                            g_ptr_array_index(self.paths, i),
                            &g_array_index(self.stamps, ErrataStamp, i),
                            job);
    g_clear_pointer(&self.paths, g_ptr_array_unref);
    g_clear_pointer(&self.stamps, g_array_unref);
}
