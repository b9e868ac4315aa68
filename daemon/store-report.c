/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports and models in the store. */
#include "store-report.h"

#include "store-again.h"
#include "store-job.h"
#include "store-private.h"

/* other reports of the log of one: of jobs on the same bytes, and of labels joined to those */
#define STORE_REPORTS_OF_LOG                                                           \
    " FROM job AS l JOIN job AS j ON j.id = l.id"                                      \
    " OR (j.kind = 4 AND j.other <> 0 AND j.other = l.id)"                             \
    " JOIN report AS r ON r.job = j.id WHERE l.name = report.name AND l.sha256 ="      \
    " (SELECT CASE o.kind WHEN 4 THEN (SELECT sha256 FROM job WHERE job.id = o.other)" \
    " ELSE o.sha256 END FROM job AS o WHERE o.id = report.job) AND j.state IN (5, 7)"

#define STORE_REPORT_COLUMNS_OF(created)                                                      \
    "id, job, name, folder, " created ", verdict, severity, findings, formats, bytes, input," \
    " (SELECT owner FROM job WHERE job.id = report.job), model,"                              \
    " (SELECT max(r.id)" STORE_REPORTS_OF_LOG " AND r.id < report.id),"                       \
    " (SELECT min(r.id)" STORE_REPORTS_OF_LOG " AND r.id > report.id)"

#define STORE_REPORT_COLUMNS STORE_REPORT_COLUMNS_OF("created")

#define STORE_MAX_VERSIONS 4 /* of a model whose reports may be baselines */

/* jobs on the rows of one, ?4, that continues ?5 and has the bytes ?6: those that it continues, and
 * what has the bytes of one of them */
#define STORE_SAME_ROWS                                                                  \
    "WITH RECURSIVE same (id, other, sha256) AS (VALUES (?4, ?5, ?6)"                    \
    " UNION SELECT j.id, j.other, j.sha256 FROM same JOIN job AS j ON j.id = same.other" \
    " UNION SELECT j.id, j.other, j.sha256 FROM same JOIN job AS j"                      \
    " ON j.name = ?1 AND j.sha256 = same.sha256) "

/* a report is stored before it is moved to its place; it is ready when its job says so */
#define STORE_REPORT_READY "(SELECT state FROM job WHERE job.id = report.job) IN (5, 7)"

void
errata_report_record_free(ErrataReportRecord *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->folder);
    g_free(self->verdict);
    g_free(self->severity);
    g_free(self->formats);
    g_free(self->input);
    g_free(self->model);
    g_free(self);
}

void
errata_model_record_free(ErrataModelRecord *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->current);
    g_free(self->current_file);
    g_free(self->reference);
    g_free(self->reference_file);
    g_free(self->configuration);
    g_free(self->configuration_file);
    g_free(self);
}

static gpointer
store_report_from_row(ErrataStatement *statement)
{
    ErrataReportRecord *report = g_new0(ErrataReportRecord, 1);

    report->id = sqlite3_column_int64(statement, 0);
    report->job = sqlite3_column_int64(statement, 1);
    report->name = errata_store_text(statement, 2);
    report->folder = errata_store_text(statement, 3);
    report->created = sqlite3_column_int64(statement, 4);
    report->verdict = errata_store_text(statement, 5);
    report->severity = errata_store_text(statement, 6);
    report->n_findings = (guint)sqlite3_column_int(statement, 7);
    report->formats = errata_store_text(statement, 8);
    report->bytes = (guint64)sqlite3_column_int64(statement, 9);
    report->input = errata_store_text(statement, 10);
    report->owner = sqlite3_column_int64(statement, 11);
    report->model = errata_store_text(statement, 12);
    report->supersedes = sqlite3_column_int64(statement, 13); /* 0 for NULL */
    report->superseded_by = sqlite3_column_int64(statement, 14);
    return report;
}

static gboolean
store_report_set_supersedes(ErrataStore *self, ErrataReportRecord *report, GError **error)
{
    g_autoptr(ErrataReportRecord) stored = errata_store_report_get(self, report->id, error);

    if (stored != NULL)
        report->supersedes = stored->supersedes;
    return stored != NULL;
}

/**
 * errata_store_report_insert:
 * @report: of a job that is stored as it is now; its id is set, and which report it supersedes
 *
 * Errors: %ERRATA_ERROR_IO; also when its job has a report already.
 */
gboolean
errata_store_report_insert(ErrataStore *self, ErrataReportRecord *report, GError **error)
{
    if (!errata_store_run(self,
                          error,
                          "INSERT INTO report (job, name, folder, created, verdict, severity,"
                          " findings, formats, bytes, input, model)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "ississisiss",
                          report->job,
                          report->name,
                          report->folder,
                          report->created,
                          report->verdict,
                          report->severity,
                          (gint64)report->n_findings,
                          report->formats,
                          (gint64)report->bytes,
                          report->input,
                          report->model))
        return FALSE;
    report->id = errata_store_last_id(self);
    return store_report_set_supersedes(self, report, error);
}

/* Errors: %ERRATA_ERROR_NOT_FOUND, %ERRATA_ERROR_IO */
ErrataReportRecord *
errata_store_report_get(ErrataStore *self, gint64 id, GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(self,
                                                              error,
                                                              "SELECT " STORE_REPORT_COLUMNS
                                                              " FROM report WHERE id = ?",
                                                              "i",
                                                              id);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;

    if (row == 0)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_NOT_FOUND,
                    "there is no report %" G_GINT64_FORMAT,
                    id);
    return row == 1 ? store_report_from_row(statement) : NULL;
}

/**
 * errata_store_report_of_job:
 * @job: number of a job
 * @ret_report: (out) (nullable): its report, ready or not; %NULL: it has none
 */
gboolean
errata_store_report_of_job(ErrataStore *self,
                           gint64 job,
                           ErrataReportRecord **ret_report,
                           GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(self,
                                                              error,
                                                              "SELECT " STORE_REPORT_COLUMNS
                                                              " FROM report WHERE job = ?",
                                                              "i",
                                                              job);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;

    if (row < 0)
        return FALSE;
    *ret_report = row == 1 ? store_report_from_row(statement) : NULL;
    return TRUE;
}

static GPtrArray *
store_report_collect(ErrataStore *self, ErrataStatement *statement, GError **error)
{
    return errata_store_collect(self,
                                statement,
                                store_report_from_row,
                                (GDestroyNotify)errata_report_record_free,
                                error);
}

/**
 * errata_store_report_list:
 * @name: (nullable): only of this model
 *
 * Returns: (transfer full) (element-type ErrataReportRecord): newest first, or %NULL with @error
 * set
 */
GPtrArray *
errata_store_report_list(ErrataStore *self,
                         const char *name,
                         guint offset,
                         guint limit,
                         GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT " STORE_REPORT_COLUMNS " FROM report"
                           " WHERE (?1 IS NULL OR name = ?1) AND " STORE_REPORT_READY
                           " ORDER BY id DESC LIMIT ?2 OFFSET ?3",
                           "sii",
                           name,
                           (gint64)limit,
                           (gint64)offset);

    return store_report_collect(self, statement, error);
}

GPtrArray *
errata_store_report_oldest(ErrataStore *self,
                           gint64 after_id,
                           gint64 now,
                           guint limit,
                           GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(
        self,
        error,
        "SELECT " STORE_REPORT_COLUMNS_OF(
            "ifnull((SELECT r.created FROM report AS r"
            " WHERE report.created > ?2 AND r.id > report.id AND r.created <= ?2"
            " ORDER BY r.id LIMIT 1), created)") " FROM report WHERE id > ?1"
                                                 " AND " STORE_REPORT_READY " ORDER BY id LIMIT ?3",
        "iii",
        after_id,
        now,
        (gint64)limit);

    return store_report_collect(self, statement, error);
}

/**
 * errata_store_report_baselines:
 * @job: a log, or what may be one
 * @limit: of each version of its model
 *
 * Which reports a new one of the model may be compared with: none on the same bytes or on rows that
 * the log begins with, as it continues them, and none on a log that came after it. A log may bring
 * its model in its own archive, so that the version is known only to the worker: the newest of
 * every version are listed, and none from before the model's present file unless it is of that
 * version.
 *
 * Returns: (transfer full) (element-type ErrataReportRecord): newest first, at most
 *   %STORE_MAX_VERSIONS times @limit, or %NULL with @error set
 */
GPtrArray *
errata_store_report_baselines(ErrataStore *self, const ErrataJob *job, guint limit, GError **error)
{
    g_autoptr(ErrataStatement) statement = NULL;
    gint64 log = 0;
    gint64 created = 0;

    if (!errata_store_job_log(self, job, &log, &created, error))
        return NULL;
    statement = errata_store_query(
        self,
        error,
        STORE_SAME_ROWS
        "SELECT " STORE_REPORT_COLUMNS " FROM (SELECT *, row_number() OVER"
        " (PARTITION BY model ORDER BY id DESC) AS nth FROM report"
        " WHERE name = ?1 AND " STORE_REPORT_READY " AND job NOT IN (SELECT id FROM same)"
        " AND NOT EXISTS (SELECT 1 FROM job AS l WHERE l.id = report.job AND l.kind = 4"
        " AND l.other IN (SELECT id FROM same))"
        " AND (job > coalesce((SELECT job FROM model_file WHERE name = ?1 AND kind = 3), 0)"
        " OR model = (SELECT sha256 FROM model_file WHERE name = ?1 AND kind = 3))"
        " AND (SELECT min(f.id) FROM job AS r JOIN job AS l"
        " ON l.id = CASE WHEN r.kind = 4 AND r.other <> 0 THEN r.other ELSE r.id END"
        " JOIN job AS f ON f.name = l.name AND f.sha256 = l.sha256 WHERE r.id = report.job) <= ?7"
        ") AS report WHERE nth <= ?2 ORDER BY id DESC LIMIT ?3",
        "siiiisi",
        job->name,
        (gint64)limit,
        (gint64)limit * STORE_MAX_VERSIONS,
        job->id,
        job->other,
        job->sha256 != NULL ? job->sha256 : "",
        log);

    return store_report_collect(self, statement, error);
}

gboolean
errata_store_report_remove(ErrataStore *self, gint64 id, GError **error)
{
    return errata_store_run(self, error, "DELETE FROM report WHERE id = ?", "i", id);
}

gboolean
errata_store_report_bytes(ErrataStore *self, guint64 *ret_bytes, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self, error, "SELECT coalesce(sum(bytes), 0) FROM report", "");

    if (statement == NULL || errata_store_next(self, statement, error) != 1)
        return FALSE;
    *ret_bytes = (guint64)sqlite3_column_int64(statement, 0);
    return TRUE;
}

/**
 * errata_store_model_set_file:
 * @kind: REFERENCE, CONFIGURATION or MODEL
 * @file: what it is called
 * @sha256: of its bytes, in the spool
 * @job: that brought it
 *
 * From now on the model has this file; an earlier one of the same kind is let go. With the first
 * model or reference, logs of before are analysed again. In a transaction.
 */
gboolean
errata_store_model_set_file(ErrataStore *self,
                            const char *name,
                            ErrataKind kind,
                            const char *file,
                            const char *sha256,
                            gint64 job,
                            GError **error)
{
    if ((kind == ERRATA_KIND_MODEL || kind == ERRATA_KIND_REFERENCE) &&
        !errata_store_again(self, name, kind, job, error))
        return FALSE;
    return errata_store_run(self,
                            error,
                            "INSERT OR REPLACE INTO model_file (name, kind, file, sha256, job)"
                            " VALUES (?, ?, ?, ?, ?)",
                            "sissi",
                            name,
                            (gint64)kind,
                            file,
                            sha256,
                            job);
}

#define STORE_MODEL_QUERY                                                                            \
    "SELECT m.name, (SELECT count(*) FROM report WHERE report.name = m.name AND " STORE_REPORT_READY \
    "),"                                                                                             \
    " c.sha256, r.sha256, r.file, s.sha256, s.file, c.file FROM model m"                             \
    " LEFT JOIN model_file c ON c.name = m.name AND c.kind = 3"                                      \
    " LEFT JOIN model_file r ON r.name = m.name AND r.kind = 1"                                      \
    " LEFT JOIN model_file s ON s.name = m.name AND s.kind = 2"

static char *
store_model_text(ErrataStatement *statement, int column)
{
    char *text = errata_store_text(statement, column);

    return text != NULL ? text : g_strdup("");
}

static gpointer
store_model_from_row(ErrataStatement *statement)
{
    ErrataModelRecord *model = g_new0(ErrataModelRecord, 1);

    model->name = errata_store_text(statement, 0);
    model->n_reports = (guint)sqlite3_column_int(statement, 1);
    model->current = store_model_text(statement, 2);
    model->reference = store_model_text(statement, 3);
    model->reference_file = store_model_text(statement, 4);
    model->configuration = store_model_text(statement, 5);
    model->configuration_file = store_model_text(statement, 6);
    model->current_file = store_model_text(statement, 7);
    return model;
}

/* Errors: %ERRATA_ERROR_NOT_FOUND, %ERRATA_ERROR_IO */
ErrataModelRecord *
errata_store_model_get(ErrataStore *self, const char *name, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self, error, STORE_MODEL_QUERY " WHERE m.name = ?", "s", name);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;

    if (row == 0)
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_NOT_FOUND, "there is no model '%s'", name);
    return row == 1 ? store_model_from_row(statement) : NULL;
}

/* Returns: (transfer full) (element-type ErrataModelRecord): by name, or %NULL with @error set */
GPtrArray *
errata_store_model_list(ErrataStore *self, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self, error, STORE_MODEL_QUERY " ORDER BY m.name", "");

    return errata_store_collect(self,
                                statement,
                                store_model_from_row,
                                (GDestroyNotify)errata_model_record_free,
                                error);
}
