/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which logs wait for labels or for a model, and which labels there are. */
#include "store-labels.h"

#include "store-job.h"
#include "store-private.h"

/**
 * errata_store_labels_list:
 * @name: a model
 * @kind: LABELS; PREDICTIONS: logs that wait for labels; AUTO: logs that wait for a model
 *
 * Returns: (transfer full) (element-type ErrataJob): the jobs whose bytes are kept, oldest first;
 * or
 *   %NULL with @error set
 */
GPtrArray *
errata_store_labels_list(ErrataStore *self, const char *name, ErrataKind kind, GError **error)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func((GDestroyNotify)errata_job_free);
    const char *kept = kind == ERRATA_KIND_LABELS        ? ERRATA_STORE_KEPT_LABELS
                       : kind == ERRATA_KIND_PREDICTIONS ? ERRATA_STORE_KEPT_LOGS
                                                         : ERRATA_STORE_KEPT_BARE;
    g_autofree char *sql = g_strdup_printf("SELECT id FROM (%s) WHERE name = ? ORDER BY id", kept);
    g_autoptr(ErrataStatement) statement = errata_store_query(self, error, sql, "s", name);
    int row = -1;

    if (statement == NULL)
        return NULL;
    while ((row = errata_store_next(self, statement, error)) == 1) {
        ErrataJob *job = errata_store_job_get(self, sqlite3_column_int64(statement, 0), error);

        if (job == NULL)
            return NULL;
        g_ptr_array_add(jobs, job);
    }
    return row == 0 ? g_steal_pointer(&jobs) : NULL;
}

/**
 * errata_store_labels_complete:
 * @job: number of a log that has all its labels by now
 *
 * Its bytes need not be kept any more.
 */
gboolean
errata_store_labels_complete(ErrataStore *self, const gint64 *job, GError **error)
{
    return errata_store_run(self,
                            error,
                            "UPDATE job SET kind = 0 WHERE id = ? AND kind = 5",
                            "i",
                            *job);
}
