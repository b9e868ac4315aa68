/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs and handled files in the store. An ended job is final: the statements that change one do not
 * touch it, so that no job can end twice whatever the callers do. */
#include "store-job.h"

#include "store-labels.h"
#include "store-private.h"

#define STORE_JOB_COLUMNS                                                                    \
    "id, created, ended, name, input, path, kind, sha256, bytes, state, error_code, error, " \
    "crashes, report, other, folder, temporary, seconds, owner"

void
errata_prefix_free(ErrataPrefix *self)
{
    if (self == NULL)
        return;
    g_free(self->sha256);
    g_free(self);
}

static gpointer
store_job_from_row(ErrataStatement *statement)
{
    ErrataJob *job = g_new0(ErrataJob, 1);

    job->id = sqlite3_column_int64(statement, 0);
    job->created = sqlite3_column_int64(statement, 1);
    job->ended = sqlite3_column_int64(statement, 2);
    job->name = errata_store_text(statement, 3);
    job->input = errata_store_text(statement, 4);
    job->path = errata_store_text(statement, 5);
    job->kind = (ErrataKind)sqlite3_column_int(statement, 6);
    job->sha256 = errata_store_text(statement, 7);
    job->bytes = (guint64)sqlite3_column_int64(statement, 8);
    job->state = (ErrataJobState)sqlite3_column_int(statement, 9);
    job->error_code = (ErrataError)sqlite3_column_int(statement, 10);
    job->error = errata_store_text(statement, 11);
    job->crashes = (guint)sqlite3_column_int(statement, 12);
    job->report = sqlite3_column_int64(statement, 13);
    job->other = sqlite3_column_int64(statement, 14);
    job->folder = errata_store_text(statement, 15);
    job->temporary = errata_store_text(statement, 16);
    job->seconds = sqlite3_column_double(statement, 17);
    job->owner = sqlite3_column_int64(statement, 18);
    return job;
}

/**
 * errata_store_job_insert:
 * @job: its id is set
 *
 * Also makes the model it belongs to known.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_store_job_insert(ErrataStore *self, ErrataJob *job, GError **error)
{
    if (!errata_store_run(self,
                          error,
                          "INSERT OR IGNORE INTO model (name, created) VALUES (?, ?)",
                          "si",
                          job->name,
                          job->created) ||
        !errata_store_run(
            self,
            error,
            "INSERT INTO job (created, ended, name, input, path, kind, sha256, bytes, state,"
            " error_code, error, crashes, report, other, folder, temporary, seconds, owner)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            "iisssisiiisiiissdi",
            job->created,
            job->ended,
            job->name,
            job->input,
            job->path,
            (gint64)job->kind,
            job->sha256,
            (gint64)job->bytes,
            (gint64)job->state,
            (gint64)job->error_code,
            job->error,
            (gint64)job->crashes,
            job->report,
            job->other,
            job->folder,
            job->temporary,
            job->seconds,
            job->owner))
        return FALSE;
    job->id = errata_store_last_id(self);
    return TRUE;
}

static gboolean
store_job_changed(ErrataStore *self, gint64 id, GError **error)
{
    if (errata_store_changes(self) == 1)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "job %" G_GINT64_FORMAT " has ended already",
                id);
    return FALSE;
}

/**
 * errata_store_job_update:
 * @job: with what shall be known of it
 *
 * Errors: %ERRATA_ERROR_USAGE when the stored job has ended, %ERRATA_ERROR_IO.
 */
gboolean
errata_store_job_update(ErrataStore *self, const ErrataJob *job, GError **error)
{
    return errata_store_run(
               self,
               error,
               "UPDATE job SET ended = ?, name = ?, kind = ?, sha256 = ?, bytes = ?, state = ?,"
               " error_code = ?, error = ?, crashes = ?, report = ?, other = ?, folder = ?,"
               " temporary = ?, seconds = ? WHERE id = ? AND state < 5",
               "isisiiisiiissdi",
               job->ended,
               job->name,
               (gint64)job->kind,
               job->sha256,
               (gint64)job->bytes,
               (gint64)job->state,
               (gint64)job->error_code,
               job->error,
               (gint64)job->crashes,
               job->report,
               job->other,
               job->folder,
               job->temporary,
               job->seconds,
               job->id) &&
           store_job_changed(self, job->id, error);
}

/* as errata_store_job_update(), for the stages of a running job */
gboolean
errata_store_job_set_state(ErrataStore *self, gint64 id, ErrataJobState state, GError **error)
{
    return errata_store_run(self,
                            error,
                            "UPDATE job SET state = ? WHERE id = ? AND state < 5",
                            "ii",
                            (gint64)state,
                            id) &&
           store_job_changed(self, id, error);
}

/**
 * errata_store_job_get:
 * @id: of a job
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND, %ERRATA_ERROR_IO.
 *
 * Returns: (transfer full): the job, or %NULL with @error set
 */
ErrataJob *
errata_store_job_get(ErrataStore *self, gint64 id, GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(self,
                                                              error,
                                                              "SELECT " STORE_JOB_COLUMNS
                                                              " FROM job WHERE id = ?",
                                                              "i",
                                                              id);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;

    if (row == 0)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "there is no job %" G_GINT64_FORMAT,
                    id);
    return row == 1 ? store_job_from_row(statement) : NULL;
}

/**
 * errata_store_job_list:
 * @name: (nullable): only of this model
 * @only_open: only those that have not ended
 * @offset: how many to leave out, newest first
 * @limit: how many to return
 *
 * Returns: (transfer full) (element-type ErrataJob): newest first, or %NULL with @error set
 */
GPtrArray *
errata_store_job_list(ErrataStore *self,
                      const char *name,
                      gboolean only_open,
                      guint offset,
                      guint limit,
                      GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT " STORE_JOB_COLUMNS " FROM job"
                           " WHERE (?1 IS NULL OR name = ?1) AND state < ?2"
                           " ORDER BY id DESC LIMIT ?3 OFFSET ?4",
                           "siii",
                           name,
                           only_open ? (gint64)ERRATA_JOB_REPORTED : G_MAXINT32,
                           (gint64)limit,
                           (gint64)offset);

    return errata_store_collect(self,
                                statement,
                                store_job_from_row,
                                (GDestroyNotify)errata_job_free,
                                error);
}

/**
 * errata_store_job_find_same:
 * @ret_id: (out): a job of that model with the same bytes that did not fail and was not
 *   cancelled, the newest; 0: none since the model's file or its reference came. What is the
 *   model's file is so, whatever came since
 */
gboolean
errata_store_job_find_same(ErrataStore *self,
                           const char *name,
                           const char *sha256,
                           gint64 *ret_id,
                           GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT id FROM job WHERE name = ?1 AND sha256 = ?2 AND state < ?3"
                           " AND (state = 0 OR id >= coalesce((SELECT max(job) FROM model_file"
                           " WHERE name = ?1 AND kind IN (1, 3)), 0)"
                           " OR EXISTS (SELECT 1 FROM model_file"
                           " WHERE name = ?1 AND kind = 3 AND sha256 = ?2))"
                           " AND NOT (state = 7 AND sha256 IN"
                           " (SELECT o.sha256 FROM job AS o WHERE o.id = job.other))"
                           " ORDER BY id DESC LIMIT 1",
                           "ssi",
                           name,
                           sha256,
                           (gint64)ERRATA_JOB_FAILED);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;

    if (row < 0)
        return FALSE;
    *ret_id = row == 1 ? sqlite3_column_int64(statement, 0) : 0;
    return TRUE;
}

/**
 * errata_store_job_log:
 * @job: a log, or labels that were joined to one
 * @ret_log: (out): number of the first job of that model with the log's bytes, by which its reports
 *   are known to be of one log; @job's own where it is the first
 * @ret_created: (out): µs since 1970 UTC: when that came
 */
gboolean
errata_store_job_log(ErrataStore *self,
                     const ErrataJob *job,
                     gint64 *ret_log,
                     gint64 *ret_created,
                     GError **error)
{
    gint64 of = job->kind == ERRATA_KIND_LABELS && job->other != 0 ? job->other : job->id;
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT f.id, f.created FROM job AS f JOIN job AS j ON f.name = j.name"
                           " AND f.sha256 = j.sha256 WHERE j.id = ?1 AND f.id < ?1"
                           " AND f.state IN (5, 7) ORDER BY f.id LIMIT 1",
                           "i",
                           of);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;
    g_autoptr(ErrataJob) first = NULL;

    if (row == 1) {
        *ret_log = sqlite3_column_int64(statement, 0);
        *ret_created = sqlite3_column_int64(statement, 1);
    }
    if (row != 0)
        return row == 1;
    first = errata_store_job_get(self, of, error);
    if (first == NULL)
        return FALSE;
    *ret_log = first->id;
    *ret_created = first->created;
    return TRUE;
}

static gpointer
store_prefix_from_row(ErrataStatement *statement)
{
    ErrataPrefix *prefix = g_new0(ErrataPrefix, 1);

    prefix->job = sqlite3_column_int64(statement, 0);
    prefix->bytes = (guint64)sqlite3_column_int64(statement, 1);
    prefix->sha256 = errata_store_text(statement, 2);
    return prefix;
}

/**
 * errata_store_job_prefixes:
 * @name: a model
 * @bytes: size of a new log
 *
 * Which earlier logs of the model the new one could continue: those that are shorter.
 *
 * Returns: (transfer full) (element-type ErrataPrefix): shortest first, the newest
 *   %ERRATA_STORE_MAX_PREFIXES of them; %NULL with @error set
 */
GPtrArray *
errata_store_job_prefixes(ErrataStore *self, const char *name, guint64 bytes, GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(
        self,
        error,
        "SELECT * FROM (SELECT max(id) AS id, bytes, sha256 FROM job"
        " WHERE name = ? AND kind IN (0, 5) AND bytes > 0 AND bytes < ? AND sha256 IS NOT NULL"
        " AND state < 8 GROUP BY sha256 ORDER BY id DESC LIMIT ?) ORDER BY bytes, id",
        "sii",
        name,
        (gint64)bytes,
        (gint64)ERRATA_STORE_MAX_PREFIXES);

    return errata_store_collect(self,
                                statement,
                                store_prefix_from_row,
                                (GDestroyNotify)errata_prefix_free,
                                error);
}

/* whether bytes in the spool are still needed: by a job that has not ended, by a model, or for
 * labels or a model that may come */
gboolean
errata_store_job_uses(ErrataStore *self, const char *sha256, gboolean *ret_used, GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(
        self,
        error,
        "SELECT EXISTS (SELECT 1 FROM job WHERE sha256 = ?1 AND state < 5)"
        " OR EXISTS (SELECT 1 FROM model_file WHERE sha256 = ?1)"
        " OR EXISTS (SELECT 1 FROM (" ERRATA_STORE_KEPT_LABELS " UNION ALL " ERRATA_STORE_KEPT_LOGS
        " UNION ALL " ERRATA_STORE_KEPT_BARE ") WHERE sha256 = ?1)",
        "s",
        sha256);

    if (statement == NULL || errata_store_next(self, statement, error) != 1)
        return FALSE;
    *ret_used = sqlite3_column_int(statement, 0) != 0;
    return TRUE;
}

/**
 * errata_store_file_get:
 * @path: relative to the inbox
 * @ret_job: (out): the job it became, 0: never seen, and @ret_stamp is untouched
 * @ret_stamp: (out): what it was like then
 */
gboolean
errata_store_file_get(ErrataStore *self,
                      const char *path,
                      ErrataStamp *ret_stamp,
                      gint64 *ret_job,
                      GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(
        self,
        error,
        "SELECT dev, ino, size, mtime, ctime, job FROM inbox_file WHERE path = ?",
        "s",
        path);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;

    if (row < 0)
        return FALSE;
    if (row == 0) {
        *ret_job = 0;
        return TRUE;
    }
    *ret_stamp = (ErrataStamp){
        .dev = (guint64)sqlite3_column_int64(statement, 0),
        .ino = (guint64)sqlite3_column_int64(statement, 1),
        .size = (guint64)sqlite3_column_int64(statement, 2),
        .mtime = sqlite3_column_int64(statement, 3),
        .ctime = sqlite3_column_int64(statement, 4),
    };
    *ret_job = sqlite3_column_int64(statement, 5);
    return TRUE;
}

gboolean
errata_store_file_put(ErrataStore *self,
                      const char *path,
                      const ErrataStamp *stamp,
                      gint64 job,
                      GError **error)
{
    return errata_store_run(
        self,
        error,
        "INSERT OR REPLACE INTO inbox_file"
        " (path, dev, ino, size, mtime, ctime, job) VALUES (?, ?, ?, ?, ?, ?, ?)",
        "siiiiii",
        path,
        (gint64)stamp->dev,
        (gint64)stamp->ino,
        (gint64)stamp->size,
        stamp->mtime,
        stamp->ctime,
        job);
}

static gpointer
store_path_from_row(ErrataStatement *statement)
{
    return errata_store_text(statement, 0);
}

/* Returns: (element-type utf8): paths of files that were handled and not forgotten */
GPtrArray *
errata_store_file_list(ErrataStore *self, gint64 job, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT path FROM inbox_file WHERE ?1 = 0 OR job = ?1 ORDER BY path",
                           "i",
                           job);

    return errata_store_collect(self, statement, store_path_from_row, g_free, error);
}

gboolean
errata_store_file_forget(ErrataStore *self, const char *path, GError **error)
{
    return errata_store_run(self, error, "DELETE FROM inbox_file WHERE path = ?", "s", path);
}
