/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs that were reported before the first model or reference, or their labels, came are analysed
 * again with it: from the spool's bytes where those are kept, whoever handed them in; else from the
 * inbox, if they still lie there. */
#include "store-again.h"

#include "store-job.h"
#include "store-labels.h"
#include "store-private.h"

#define STORE_MAX_AGAIN 16 /* logs of before */

/* parameters: the model's name, what came, the job that brought it, a limit. A log that brought a
 * model of its own has been reported with that one */
#define STORE_BEFORE                                                              \
    " job.name = ?1 AND job.id < ?3 AND job.kind IN (0, 5)"                       \
    " AND (?2 <> 3 OR NOT EXISTS (SELECT 1 FROM report WHERE report.job = job.id" \
    " AND report.model <> ''))"

/**
 * errata_store_again_log:
 * @id: number of a log's job, whose bytes are in the spool
 *
 * Makes a waiting job of the same bytes; the file in the inbox is that job's from now on. In a
 * transaction.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_store_again_log(ErrataStore *self, gint64 id, GError **error)
{
    g_autoptr(ErrataJob) before = errata_store_job_get(self, id, error);
    g_autoptr(ErrataJob) again = NULL;

    if (before == NULL)
        return FALSE;
    again = errata_job_new(before->name, before->input);
    again->path = g_strdup(before->path);
    again->sha256 = g_strdup(before->sha256);
    again->bytes = before->bytes;
    again->other = before->other;
    again->owner = before->owner;
    return errata_store_job_insert(self, again, error) &&
           errata_store_run(self,
                            error,
                            "UPDATE inbox_file SET job = ?1 WHERE job IN"
                            " (SELECT id FROM job WHERE name = ?2 AND sha256 = ?3)",
                            "iss",
                            again->id,
                            again->name,
                            again->sha256);
}

static gpointer
store_again_id(ErrataStatement *statement)
{
    gint64 id = sqlite3_column_int64(statement, 0);

    return g_memdup2(&id, sizeof id);
}

/**
 * errata_store_again:
 * @name: a model
 * @kind: MODEL or REFERENCE
 * @job: that brought it
 *
 * Where it is the first of its kind, makes waiting jobs of the newest %STORE_MAX_AGAIN logs of
 * before, oldest first. Of those whose bytes are no longer in the spool the inbox's file is
 * forgotten, so that its next look takes it in again. In a transaction, before the file is set.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_store_again(ErrataStore *self, const char *name, ErrataKind kind, gint64 job, GError **error)
{
    g_autoptr(ErrataStatement) known =
        errata_store_query(self,
                           error,
                           "SELECT 1 FROM model_file WHERE name = ? AND kind = ?",
                           "si",
                           name,
                           (gint64)kind);
    int row = known != NULL ? errata_store_next(self, known, error) : -1;
    g_autoptr(ErrataStatement) statement = NULL;
    g_autoptr(GPtrArray) ids = NULL;

    if (row != 0)
        return row == 1;
    statement = errata_store_query(
        self,
        error,
        "SELECT id FROM (SELECT max(id) AS id FROM job WHERE " STORE_BEFORE
        " AND (state BETWEEN 1 AND 4 OR id IN (SELECT id FROM (" ERRATA_STORE_KEPT_LOGS
        " UNION ALL " ERRATA_STORE_KEPT_BARE ") WHERE name = ?1))"
        " GROUP BY sha256 ORDER BY id DESC LIMIT ?4) ORDER BY id",
        "siii",
        name,
        (gint64)kind,
        job,
        (gint64)STORE_MAX_AGAIN);
    ids = errata_store_collect(self, statement, store_again_id, g_free, error);
    for (guint i = 0; ids != NULL && i < ids->len; i++)
        if (!errata_store_again_log(self, *(gint64 *)g_ptr_array_index(ids, i), error))
            return FALSE;
    return ids != NULL &&
           errata_store_run(self,
                            error,
                            "DELETE FROM inbox_file WHERE job IN (SELECT id FROM job"
                            " WHERE " STORE_BEFORE
                            " AND EXISTS (SELECT 1 FROM report WHERE report.job = job.id)"
                            " ORDER BY id DESC LIMIT ?4)",
                            "siii",
                            name,
                            (gint64)kind,
                            job,
                            (gint64)STORE_MAX_AGAIN);
}
