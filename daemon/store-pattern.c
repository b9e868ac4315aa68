/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns in the store. What a worker says of them is kept beside its job while the report is on
 * its way to its place, and becomes what is known of the model in the transaction that makes the
 * job reported: a report and its patterns are there together or not at all. */
#include "store-pattern.h"

#include <math.h>

#include "store-job.h"
#include "store-private.h"

#define STORE_PATTERN_COLUMNS \
    "id, kind, title, severity, subject, muted, first_seen, last_seen, reports, value, lo, hi, state, taxonomy"

void
errata_pattern_record_free(ErrataPatternRecord *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    errata_pattern_free(self->pattern);
    g_free(self);
}

/* SQLite has no NaN: it stores NULL */
static double
store_pattern_double(ErrataStatement *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? (double)NAN
               : sqlite3_column_double(statement, column);
}

static const char *
store_pattern_peek(ErrataStatement *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

/* NULL when a newer release wrote a word that this one does not know */
static ErrataPattern *
store_pattern_from_row(ErrataStatement *statement)
{
    g_autoptr(ErrataPattern) pattern = errata_pattern_new(store_pattern_peek(statement, 0),
                                                          ERRATA_FINDING_SLICE,
                                                          store_pattern_peek(statement, 2));

    if (!errata_finding_kind_parse(store_pattern_peek(statement, 1), &pattern->kind) ||
        !errata_severity_parse(store_pattern_peek(statement, 3), &pattern->severity) ||
        !errata_pattern_state_parse(store_pattern_peek(statement, 12), &pattern->state))
        return NULL;
    pattern->subject = errata_store_text(statement, 4);
    pattern->muted = sqlite3_column_int(statement, 5) != 0;
    pattern->first_seen = sqlite3_column_int64(statement, 6);
    pattern->last_seen = sqlite3_column_int64(statement, 7);
    pattern->reports = (guint)sqlite3_column_int64(statement, 8);
    pattern->value = store_pattern_double(statement, 9);
    pattern->lo = store_pattern_double(statement, 10);
    pattern->hi = store_pattern_double(statement, 11);
    pattern->taxonomy = errata_store_text(statement, 13);
    return g_steal_pointer(&pattern);
}

static GPtrArray *
store_pattern_collect(ErrataStore *self, ErrataStatement *statement, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_pattern_record_free);
    int row = -1;

    if (statement == NULL)
        return NULL;
    while ((row = errata_store_next(self, statement, error)) == 1) {
        ErrataPattern *pattern = store_pattern_from_row(statement);
        ErrataPatternRecord *record;

        if (pattern == NULL)
            continue;
        record = g_new0(ErrataPatternRecord, 1);
        record->pattern = pattern;
        record->name = errata_store_text(statement, 14);
        record->report = sqlite3_column_int64(statement, 15);
        pattern->finding = errata_store_text(statement, 16);
        record->current = sqlite3_column_count(statement) > 17 &&
                          sqlite3_column_int(statement, 17) != 0;
        g_ptr_array_add(list, record);
    }
    return row == 0 ? g_steal_pointer(&list) : NULL;
}

/**
 * errata_store_pattern_list:
 * @name: (nullable): only of this model
 *
 * Returns: (transfer full) (element-type ErrataPatternRecord): those seen last first, without those
 *   that no report has any more since their log was reported again; or %NULL with @error set
 */
GPtrArray *
errata_store_pattern_list(ErrataStore *self,
                          const char *name,
                          guint offset,
                          guint limit,
                          GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self,
                           error,
                           "SELECT " STORE_PATTERN_COLUMNS ", name, report, finding,"
                           " report = (SELECT max(r.id) FROM report AS r"
                           " WHERE r.name = pattern.name) FROM pattern"
                           " WHERE (?1 IS NULL OR name = ?1) AND reports > 0"
                           " ORDER BY last_seen DESC, report DESC, place, name, id"
                           " LIMIT ?2 OFFSET ?3",
                           "sii",
                           name,
                           (gint64)limit,
                           (gint64)offset);

    return store_pattern_collect(self, statement, error);
}

/**
 * errata_store_pattern_before:
 * @job: a log
 *
 * Returns: (transfer full) (element-type ErrataPatternRecord): the model's patterns as they were
 *   before that log, those seen last first; one in none of the logs before lends its id only: its
 *   reports are 0; %NULL with @error set
 */
GPtrArray *
errata_store_pattern_before(ErrataStore *self, const ErrataJob *job, GError **error)
{
    g_autoptr(ErrataStatement) statement = NULL;
    gint64 created = 0;
    gint64 log = 0;

    if (!errata_store_job_log(self, job, &log, &created, error))
        return NULL;
    statement = errata_store_query(
        self,
        error,
        "SELECT p.id, p.kind, p.title, p.severity, p.subject, p.muted, p.first_seen, p.last_seen,"
        " p.unseen + (SELECT count(*) FROM pattern_seen AS c WHERE c.name = p.name"
        " AND c.id = p.id AND c.found AND c.log < ?2),"
        " s.value, s.lo, s.hi, coalesce(s.state, p.state), p.taxonomy, p.name, p.report, p.finding"
        " FROM pattern AS p LEFT JOIN pattern_seen AS s ON s.name = p.name AND s.id = p.id"
        " AND s.log = (SELECT max(m.log) FROM pattern_seen AS m WHERE m.name = p.name"
        " AND m.id = p.id AND m.log < ?2)"
        " WHERE p.name = ?1 ORDER BY p.last_seen DESC, p.report DESC, p.place, p.id LIMIT ?3",
        "sii",
        job->name,
        log,
        (gint64)ERRATA_STORE_MAX_PATTERNS);
    return store_pattern_collect(self, statement, error);
}

/* those of which a report says something, in its order */
GPtrArray *
errata_store_pattern_of_report(ErrataStore *self, gint64 report, GError **error)
{
    g_autoptr(ErrataStatement) statement = errata_store_query(self,
                                                              error,
                                                              "SELECT " STORE_PATTERN_COLUMNS
                                                              ", name, report, finding FROM pattern"
                                                              " WHERE report = ? ORDER BY place",
                                                              "i",
                                                              report);

    return store_pattern_collect(self, statement, error);
}

static gboolean
store_pattern_keep_one(ErrataStore *self,
                       gint64 job,
                       gint64 place,
                       const ErrataPattern *pattern,
                       GError **error)
{
    return errata_store_run(
        self,
        error,
        "INSERT INTO pattern_pending (job, place, id, kind, title, severity,"
        " subject, first_seen, last_seen, reports, value, lo, hi, state,"
        " finding, taxonomy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "iisssssiiidddsss",
        job,
        place,
        pattern->id,
        errata_finding_kind_nick(pattern->kind),
        pattern->title,
        errata_severity_nick(pattern->severity),
        pattern->subject,
        pattern->first_seen,
        pattern->last_seen,
        (gint64)pattern->reports,
        pattern->value,
        pattern->lo,
        pattern->hi,
        errata_pattern_state_nick(pattern->state),
        pattern->finding,
        pattern->taxonomy);
}

/**
 * errata_store_pattern_keep:
 * @job: whose report is complete, but not in its place
 * @patterns: (nullable): what its worker said, a%ERRATA_PATTERN_VARIANT
 *
 * Keeps it until errata_store_pattern_apply() or errata_store_pattern_drop().
 */
gboolean
errata_store_pattern_keep(ErrataStore *self, gint64 job, GVariant *patterns, GError **error)
{
    if (!errata_store_pattern_drop(self, job, error))
        return FALSE;
    for (gsize i = 0; patterns != NULL && i < g_variant_n_children(patterns); i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(patterns, i);
        g_autoptr(ErrataPattern) pattern = errata_pattern_from_variant(child);

        if (pattern != NULL && !store_pattern_keep_one(self, job, (gint64)i, pattern, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
errata_store_pattern_drop(ErrataStore *self, gint64 job, GError **error)
{
    return errata_store_run(self, error, "DELETE FROM pattern_pending WHERE job = ?", "i", job);
}

/* what the report says of each, in place of what an earlier one said of the same log */
static gboolean
store_pattern_see(ErrataStore *self, const ErrataJob *job, gint64 log, gint64 seen, GError **error)
{
    return errata_store_run(self,
                            error,
                            "DELETE FROM pattern_seen WHERE name = ? AND log = ?",
                            "si",
                            job->name,
                            log) &&
           errata_store_run(self,
                            error,
                            "INSERT INTO pattern_seen (name, id, log, found, seen, value, lo, hi,"
                            " state) SELECT ?2, id, ?3, finding IS NOT NULL, ?4, value, lo, hi,"
                            " state FROM pattern_pending WHERE job = ?1",
                            "isii",
                            job->id,
                            job->name,
                            log,
                            seen);
}

/* how it looks is told by the newest log that has it */
static gboolean
store_pattern_tell(ErrataStore *self, const ErrataJob *job, gint64 log, gint64 seen, GError **error)
{
    return errata_store_run(
        self,
        error,
        "INSERT INTO pattern (name, id, kind, title, severity, subject, muted, first_seen,"
        " last_seen, reports, state, finding, taxonomy, report, place)"
        " SELECT ?2, id, kind, title, severity, subject, 0, ?5, ?5, reports, state, finding,"
        " taxonomy, ?3, place FROM pattern_pending WHERE job = ?1"
        " ON CONFLICT (name, id) DO UPDATE SET (kind, title, severity, subject, taxonomy) ="
        " (SELECT kind, title, severity, subject, taxonomy FROM (SELECT excluded.kind,"
        " excluded.title, excluded.severity, excluded.subject, excluded.taxonomy, 1 AS nth"
        " WHERE NOT EXISTS (SELECT 1 FROM pattern_seen AS s WHERE s.name = pattern.name"
        " AND s.id = pattern.id AND s.found AND s.log > ?4)"
        " UNION ALL SELECT pattern.kind, pattern.title, pattern.severity, pattern.subject,"
        " pattern.taxonomy, 2) ORDER BY nth LIMIT 1),"
        " finding = excluded.finding, report = excluded.report, place = excluded.place",
        "isiii",
        job->id,
        job->name,
        job->report,
        log,
        seen);
}

/* what is known of all the model's patterns follows from what they were in each log */
static gboolean
store_pattern_follow(ErrataStore *self, const char *name, GError **error)
{
    return errata_store_run(
        self,
        error,
        "UPDATE pattern SET (reports, first_seen, last_seen) ="
        " (SELECT pattern.unseen + count(*),"
        " min(coalesce(min(seen), pattern.first_seen),"
        " CASE WHEN pattern.unseen > 0 OR count(*) = 0 THEN pattern.first_seen"
        " ELSE min(seen) END),"
        " coalesce(max(seen), pattern.last_seen) FROM pattern_seen AS s"
        " WHERE s.name = pattern.name AND s.id = pattern.id AND s.found),"
        " (value, lo, hi, state) = (SELECT value, lo, hi, state FROM ("
        " SELECT value, lo, hi, state, log FROM pattern_seen AS s"
        " WHERE s.name = pattern.name AND s.id = pattern.id"
        " UNION ALL SELECT pattern.value, pattern.lo, pattern.hi, pattern.state, -1)"
        " ORDER BY log DESC LIMIT 1)"
        " WHERE name = ?",
        "s",
        name);
}

/**
 * errata_store_pattern_apply:
 * @job: which is being reported in this transaction, with the number of its report
 *
 * Makes what was kept what is known. Whether a pattern is muted stays as it is. Where the log was
 * reported before, its patterns were seen then, and once.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_store_pattern_apply(ErrataStore *self, const ErrataJob *job, GError **error)
{
    gint64 log = 0;
    gint64 created = 0;

    if (!errata_store_job_log(self, job, &log, &created, error))
        return FALSE;
    created -= created % G_USEC_PER_SEC; /* as reports have it */
    return store_pattern_see(self, job, log, created, error) &&
           store_pattern_tell(self, job, log, created, error) &&
           store_pattern_follow(self, job->name, error) &&
           errata_store_pattern_drop(self, job->id, error);
}

/**
 * errata_store_pattern_mute:
 * @id: of a pattern of the model
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND, %ERRATA_ERROR_IO.
 */
gboolean
errata_store_pattern_mute(ErrataStore *self,
                          const char *name,
                          const char *id,
                          gboolean muted,
                          GError **error)
{
    if (!errata_store_run(self,
                          error,
                          "UPDATE pattern SET muted = ? WHERE name = ? AND id = ?",
                          "iss",
                          (gint64)(muted ? 1 : 0),
                          name,
                          id))
        return FALSE;
    if (errata_store_changes(self) == 1)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                "the model '%s' has no pattern '%s'; see errata patterns %s",
                name,
                id,
                name);
    return FALSE;
}
