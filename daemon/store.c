/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQLite file and its versions. Write-ahead log with full synchronisation: what was committed
 * survives a power cut. PRAGMA user_version counts the migrations; a file from a newer release is
 * refused rather than guessed at. Typical size: 1 kB a job. */
#include "store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-private.h"

struct _ErrataStore {
    sqlite3 *db;
    char *path;
};

/* one entry per version; never change one that was released */
static const char *const store_migrations[] = {
    "CREATE TABLE job ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " created INTEGER NOT NULL, ended INTEGER NOT NULL,"
    " name TEXT NOT NULL, input TEXT NOT NULL, path TEXT,"
    " kind INTEGER NOT NULL, sha256 TEXT, bytes INTEGER NOT NULL,"
    " state INTEGER NOT NULL, error_code INTEGER NOT NULL, error TEXT,"
    " crashes INTEGER NOT NULL, report INTEGER NOT NULL, other INTEGER NOT NULL,"
    " folder TEXT, temporary TEXT, seconds REAL NOT NULL);"
    "CREATE INDEX job_same ON job (name, sha256);"
    "CREATE INDEX job_open ON job (state) WHERE state < 5;"
    "CREATE TABLE report ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " job INTEGER NOT NULL UNIQUE REFERENCES job (id), name TEXT NOT NULL,"
    " folder TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, verdict TEXT NOT NULL,"
    " severity TEXT NOT NULL, findings INTEGER NOT NULL, formats TEXT NOT NULL,"
    " bytes INTEGER NOT NULL, input TEXT NOT NULL);"
    "CREATE INDEX report_name ON report (name, id);"
    "CREATE TABLE model (name TEXT PRIMARY KEY, created INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE model_file ("
    " name TEXT NOT NULL REFERENCES model (name), kind INTEGER NOT NULL, file TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, job INTEGER NOT NULL, PRIMARY KEY (name, kind)) WITHOUT ROWID;"
    "CREATE TABLE inbox_file ("
    " path TEXT PRIMARY KEY, dev INTEGER NOT NULL, ino INTEGER NOT NULL, size INTEGER NOT NULL,"
    " mtime INTEGER NOT NULL, ctime INTEGER NOT NULL, job INTEGER NOT NULL) WITHOUT ROWID;",
    /* 2: patterns, and what a report on its way to its place says of them */
    "CREATE TABLE pattern ("
    " name TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,"
    " title TEXT NOT NULL, severity TEXT NOT NULL, subject TEXT NOT NULL, muted INTEGER NOT NULL,"
    " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, reports INTEGER NOT NULL,"
    " value REAL, lo REAL, hi REAL, state TEXT NOT NULL, finding TEXT, report INTEGER NOT NULL,"
    " place INTEGER NOT NULL, PRIMARY KEY (name, id)) WITHOUT ROWID;"
    "CREATE INDEX pattern_report ON pattern (report);"
    "CREATE TABLE pattern_pending ("
    " job INTEGER NOT NULL REFERENCES job (id), place INTEGER NOT NULL, id TEXT NOT NULL,"
    " kind TEXT NOT NULL, title TEXT NOT NULL, severity TEXT NOT NULL, subject TEXT NOT NULL,"
    " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, reports INTEGER NOT NULL,"
    " value REAL, lo REAL, hi REAL, state TEXT NOT NULL, finding TEXT,"
    " PRIMARY KEY (job, place)) WITHOUT ROWID;",
    /* 3: whose a job is */
    "ALTER TABLE job ADD COLUMN owner INTEGER NOT NULL DEFAULT -1;",
    /* 4: answers of language models, and what was asked */
    "CREATE TABLE llm_answer ("
    " hash TEXT PRIMARY KEY, used INTEGER NOT NULL, role TEXT NOT NULL, text TEXT NOT NULL,"
    " tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE llm_use ("
    " day TEXT NOT NULL, backend TEXT NOT NULL, model TEXT NOT NULL, role TEXT NOT NULL,"
    " calls INTEGER NOT NULL, cached INTEGER NOT NULL, failed INTEGER NOT NULL,"
    " tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL,"
    " PRIMARY KEY (day, backend, model, role)) WITHOUT ROWID;",
    /* 5: what a language model called a pattern's kind */
    ("ALTER TABLE pattern ADD COLUMN taxonomy TEXT;"
     "ALTER TABLE pattern_pending ADD COLUMN taxonomy TEXT;"),
    /* 6: which version of the model a report is about; NULL in older ones: not known */
    "ALTER TABLE report ADD COLUMN model TEXT;",
    /* 7: what a pattern was in each log, by the first job with the log's bytes, so that a log that
     * is reported again stands where it stood; of older reports only the last is known, and
     * pattern.unseen counts the others */
    ("CREATE TABLE pattern_seen ("
     " name TEXT NOT NULL, id TEXT NOT NULL, log INTEGER NOT NULL, found INTEGER NOT NULL,"
     " seen INTEGER NOT NULL, value REAL, lo REAL, hi REAL, state TEXT NOT NULL,"
     " PRIMARY KEY (name, id, log)) WITHOUT ROWID;"
     "CREATE INDEX pattern_seen_log ON pattern_seen (name, log);"
     "ALTER TABLE pattern ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;"
     "INSERT INTO pattern_seen SELECT p.name, p.id, coalesce((SELECT min(f.id) FROM job AS f"
     " JOIN job AS j ON f.name = j.name AND f.sha256 = j.sha256 JOIN report AS r ON r.job = j.id"
     " WHERE r.id = p.report), 0), p.finding IS NOT NULL, p.last_seen, p.value, p.lo, p.hi, p.state"
     " FROM pattern AS p;"
     "CREATE INDEX job_other ON job (other) WHERE other <> 0;"
     "UPDATE pattern SET unseen = max(reports - (finding IS NOT NULL), 0);"),
};

G_STATIC_ASSERT(G_N_ELEMENTS(store_migrations) == ERRATA_STORE_VERSION);

static void
store_set_error(ErrataStore *self, GError **error)
{
    int code = self->db != NULL ? sqlite3_errcode(self->db) : SQLITE_NOMEM;
    gboolean broken = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;

    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_IO,
                "the store '%s': %s%s",
                self->path,
                self->db != NULL ? sqlite3_errmsg(self->db) : "out of memory",
                broken ? "; put a copy of it back, or move it away and start erratad again: the "
                         "reports stay, what is in the inbox is analysed anew"
                       : "");
}

static gboolean
store_exec(ErrataStore *self, const char *sql, GError **error)
{
    if (sqlite3_exec(self->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        store_set_error(self, error);
        return FALSE;
    }
    return TRUE;
}

static gboolean
store_bind(ErrataStatement *statement, const char *types, va_list args)
{
    int result = SQLITE_OK;

    for (int i = 1; *types != '\0' && result == SQLITE_OK; types++, i++) {
        if (*types == 's')
            result =
                sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        else if (*types == 'i')
            result = sqlite3_bind_int64(statement, i, va_arg(args, gint64));
        else
            result = sqlite3_bind_double(statement, i, va_arg(args, double));
    }
    return result == SQLITE_OK;
}

static ErrataStatement *
store_query_va(ErrataStore *self, GError **error, const char *sql, const char *types, va_list args)
{
    g_autoptr(ErrataStatement) statement = NULL;

    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) != SQLITE_OK ||
        !store_bind(statement, types, args)) {
        store_set_error(self, error);
        return NULL;
    }
    return g_steal_pointer(&statement);
}

ErrataStatement *
errata_store_query(ErrataStore *self, GError **error, const char *sql, const char *types, ...)
{
    ErrataStatement *statement;
    va_list args;

    va_start(args, types);
    statement = store_query_va(self, error, sql, types, args);
    va_end(args);
    return statement;
}

int
errata_store_next(ErrataStore *self, ErrataStatement *statement, GError **error)
{
    int result = sqlite3_step(statement);

    if (result == SQLITE_ROW)
        return 1;
    if (result == SQLITE_DONE)
        return 0;
    store_set_error(self, error);
    return -1;
}

gboolean
errata_store_run(ErrataStore *self, GError **error, const char *sql, const char *types, ...)
{
    g_autoptr(ErrataStatement) statement = NULL;
    va_list args;

    va_start(args, types);
    statement = store_query_va(self, error, sql, types, args);
    va_end(args);
    return statement != NULL && errata_store_next(self, statement, error) >= 0;
}

/**
 * errata_store_collect:
 * @statement: (nullable): a query; %NULL with @error set is passed on
 * @read: makes something of a row
 * @free_row: frees it
 *
 * Errors: %ERRATA_ERROR_IO.
 *
 * Returns: (transfer full): all rows in their order, or %NULL with @error set
 */
GPtrArray *
errata_store_collect(ErrataStore *self,
                     ErrataStatement *statement,
                     ErrataStoreRow read,
                     GDestroyNotify free_row,
                     GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
    int row = statement != NULL ? errata_store_next(self, statement, error) : -1;

    for (; row == 1; row = errata_store_next(self, statement, error))
        g_ptr_array_add(rows, read(statement));
    return row == 0 ? g_steal_pointer(&rows) : NULL;
}

gint64
errata_store_last_id(ErrataStore *self)
{
    return sqlite3_last_insert_rowid(self->db);
}

int
errata_store_changes(ErrataStore *self)
{
    return sqlite3_changes(self->db);
}

char *
errata_store_text(ErrataStatement *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

static gboolean
store_version(ErrataStore *self, guint *ret_version, GError **error)
{
    g_autoptr(ErrataStatement) statement =
        errata_store_query(self, error, "PRAGMA user_version", "");

    if (statement == NULL || errata_store_next(self, statement, error) != 1)
        return FALSE;
    *ret_version = (guint)sqlite3_column_int(statement, 0);
    return TRUE;
}

static gboolean
store_migrate(ErrataStore *self, GError **error)
{
    guint version = 0;

    if (!store_version(self, &version, error))
        return FALSE;
    if (version > ERRATA_STORE_VERSION) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "the store '%s' has version %u, written by a newer release; this one knows up "
                    "to %d: run the newer one, or move the file away",
                    self->path,
                    version,
                    ERRATA_STORE_VERSION);
        return FALSE;
    }
    for (; version < ERRATA_STORE_VERSION; version++) {
        g_autofree char *sql =
            g_strdup_printf("BEGIN IMMEDIATE; %s PRAGMA user_version = %u; COMMIT",
                            store_migrations[version],
                            version + 1);
        if (!store_exec(self, sql, error)) {
            sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);
            return FALSE;
        }
    }
    return TRUE;
}

/* names of jobs, answers of models: nobody else's. SQLite gives the files beside it the same mode;
 * what it cannot open it reports itself */
static void
store_make_private(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *name = g_strconcat(path, ends[i], NULL);
        int fd =
            open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (i == 0 ? O_CREAT : 0), 0600);
        struct stat info;

        if (fd < 0)
            continue;
        if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) != 0 &&
            fchmod(fd, 0600) != 0)
            g_info("%s may be read by others", name);
        close(fd);
    }
}

/**
 * errata_store_open:
 * @path: of the file; made when missing, its folder is not
 *
 * Opens the store and brings it to this release's version.
 *
 * Errors: %ERRATA_ERROR_IO, %ERRATA_ERROR_UNSUPPORTED when a newer release wrote it.
 *
 * Returns: (transfer full): the store, or %NULL with @error set
 */
ErrataStore *
errata_store_open(const char *path, GError **error)
{
    g_autoptr(ErrataStore) self = g_new0(ErrataStore, 1);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

    self->path = g_strdup(path);
    store_make_private(path);
    if (sqlite3_open_v2(path, &self->db, flags, NULL) != SQLITE_OK) {
        store_set_error(self, error);
        return NULL;
    }
    sqlite3_busy_timeout(self->db, 5000);
    if (!store_exec(self,
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                    "PRAGMA foreign_keys = ON; PRAGMA cache_size = -512;"
                    "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576;"
                    "PRAGMA trusted_schema = OFF",
                    error) ||
        !store_migrate(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
errata_store_free(ErrataStore *self)
{
    if (self == NULL)
        return;
    sqlite3_close(self->db);
    g_free(self->path);
    g_free(self);
}

gboolean
errata_store_begin(ErrataStore *self, GError **error)
{
    return store_exec(self, "BEGIN IMMEDIATE", error);
}

gboolean
errata_store_end(ErrataStore *self, gboolean commit, GError **error)
{
    if (commit && store_exec(self, "COMMIT", error))
        return TRUE;
    sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);
    return !commit;
}
