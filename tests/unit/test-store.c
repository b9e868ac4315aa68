/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "job-open.h"
#include "scratch.h"
#include "spool.h"
#include "store-job.h"
#include "store-report.h"
#include "store-thread.h"
#include "store.h"

static char *
test_path(const char *name)
{
    g_autofree char *folder = scratch_folder();

    return g_build_filename(folder, name, NULL);
}

static ErrataJob *
test_insert(ErrataStore *store, const char *name, const char *sha256, guint64 bytes)
{
    g_autoptr(GError) error = NULL;
    ErrataJob *job = errata_job_new(name, "log.csv");

    job->sha256 = g_strdup(sha256);
    job->bytes = bytes;
    errata_store_job_insert(store, job, &error);
    g_assert_no_error(error);
    g_assert_cmpint(job->id, >, 0);
    return job;
}

static void
test_store_survives(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    g_autoptr(ErrataJob) job = NULL;
    g_autoptr(ErrataJob) again = NULL;
    GStatBuf info;

    g_test_summary("A job is the same after the store was closed and opened");
    g_assert_no_error(error);
    g_assert_cmpint(g_stat(path, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
    job = test_insert(store, "fraud", "aa", 12);
    job->state = ERRATA_JOB_FAILED;
    job->error_code = ERRATA_ERROR_INVALID_DATA;
    job->error = g_strdup("line 3: expected 4 cells, found 5");
    job->crashes = 1;
    job->ended = 99;
    g_assert_true(errata_store_job_update(store, job, &error));
    g_clear_pointer(&store, errata_store_free);
    store = errata_store_open(path, &error);
    g_assert_no_error(error);
    again = errata_store_job_get(store, job->id, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->name, ==, "fraud");
    g_assert_cmpstr(again->error, ==, job->error);
    g_assert_cmpint(again->error_code, ==, ERRATA_ERROR_INVALID_DATA);
    g_assert_cmpuint(again->crashes, ==, 1);
    g_assert_cmpuint(again->bytes, ==, 12);
    g_assert_cmpint(again->created, ==, job->created);
    g_assert_cmpint(again->ended, ==, 99);
}

static void
test_store_end_is_final(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    g_autoptr(ErrataJob) job = test_insert(store, "fraud", "aa", 12);
    g_autoptr(ErrataJob) stored = NULL;

    g_test_summary("No job ends twice, whoever tries");
    job->state = ERRATA_JOB_REPORTED;
    g_assert_true(errata_store_job_update(store, job, &error));
    job->state = ERRATA_JOB_FAILED;
    g_assert_false(errata_store_job_update(store, job, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_false(errata_store_job_set_state(store, job->id, ERRATA_JOB_READING, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE);
    stored = errata_store_job_get(store, job->id, NULL);
    g_assert_cmpint(stored->state, ==, ERRATA_JOB_REPORTED);
}

static void
test_store_same(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    g_autoptr(ErrataJob) a = test_insert(store, "fraud", "aa", 12);
    g_autoptr(ErrataJob) b = test_insert(store, "fraud", "bb", 20);
    gint64 id = -1;
    gboolean used = FALSE;

    g_test_summary("The same bytes are known per model, and not when they failed");
    g_assert_true(errata_store_job_find_same(store, "fraud", "aa", &id, &error));
    g_assert_cmpint(id, ==, a->id);
    g_assert_true(errata_store_job_find_same(store, "other", "aa", &id, &error));
    g_assert_cmpint(id, ==, 0);
    b->state = ERRATA_JOB_FAILED;
    g_assert_true(errata_store_job_update(store, b, &error));
    g_assert_true(errata_store_job_find_same(store, "fraud", "bb", &id, &error));
    g_assert_cmpint(id, ==, 0);
    g_assert_true(errata_store_job_uses(store, "aa", &used, &error));
    g_assert_true(used);
    g_assert_true(errata_store_job_uses(store, "bb", &used, &error));
    g_assert_false(used);
}

static void
test_store_prefixes(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    g_autoptr(ErrataJob) a = test_insert(store, "fraud", "aa", 30);
    g_autoptr(ErrataJob) b = test_insert(store, "fraud", "bb", 20);
    g_autoptr(ErrataJob) c = test_insert(store, "fraud", "cc", 50);
    g_autoptr(ErrataJob) d = test_insert(store, "other", "dd", 10);
    g_autoptr(GPtrArray) found = errata_store_job_prefixes(store, "fraud", 50, &error);

    g_test_summary("Only shorter logs of the model can be the beginning, shortest first");
    g_assert_no_error(error);
    g_assert_cmpint(c->id, <, d->id);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpint(((ErrataPrefix *)g_ptr_array_index(found, 0))->job, ==, b->id);
    g_assert_cmpint(((ErrataPrefix *)g_ptr_array_index(found, 1))->job, ==, a->id);
}

static void
test_store_reports_and_models(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    g_autoptr(ErrataJob) job = test_insert(store, "fraud", "aa", 30);
    g_autoptr(ErrataModelRecord) model = NULL;
    g_autoptr(ErrataModelRecord) missing = NULL;
    g_autoptr(GPtrArray) before = NULL;
    g_autoptr(GPtrArray) after = NULL;
    g_autoptr(ErrataReportRecord) report = g_new0(ErrataReportRecord, 1);
    guint64 bytes = 0;

    g_test_summary("A report is listed once its job has ended with it");
    report->job = job->id;
    report->name = g_strdup("fraud");
    report->folder = g_strdup("fraud/1");
    report->verdict = g_strdup("Right 91 % of the time.");
    report->severity = g_strdup("high");
    report->formats = g_strdup("pdf,json");
    report->input = g_strdup("log.csv");
    report->bytes = 1000;
    g_assert_true(errata_store_report_insert(store, report, &error));
    before = errata_store_report_list(store, NULL, 0, 10, &error);
    g_assert_cmpuint(before->len, ==, 0);
    job->state = ERRATA_JOB_REPORTED;
    g_assert_true(errata_store_job_update(store, job, &error));
    after = errata_store_report_list(store, "fraud", 0, 10, &error);
    g_assert_cmpuint(after->len, ==, 1);
    g_assert_false(errata_store_report_insert(store, report, &error)); /* one report a job */
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_IO);
    g_clear_error(&error);
    g_assert_true(errata_store_report_bytes(store, &bytes, &error));
    g_assert_cmpuint(bytes, ==, 1000);
    g_assert_true(errata_store_model_set_file(store,
                                              "fraud",
                                              ERRATA_KIND_REFERENCE,
                                              "reference.csv",
                                              "ee",
                                              job->id,
                                              &error));
    g_assert_true(errata_store_model_set_file(store,
                                              "fraud",
                                              ERRATA_KIND_REFERENCE,
                                              "reference.csv",
                                              "ff",
                                              job->id,
                                              &error));
    model = errata_store_model_get(store, "fraud", &error);
    g_assert_cmpstr(model->reference, ==, "ff");
    g_assert_cmpstr(model->current, ==, "");
    g_assert_cmpstr(model->current_file, ==, "");
    g_assert_cmpuint(model->n_reports, ==, 1);
    missing = errata_store_model_get(store, "none", &error);
    g_assert_null(missing);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_NOT_FOUND);
}

static ErrataJob *
test_registered(ErrataStore *store, const char *file, const char *sha256, ErrataKind kind)
{
    ErrataJob *job = test_insert(store, "fraud", sha256, 12);
    g_autoptr(GError) error = NULL;

    job->state = ERRATA_JOB_REGISTERED;
    g_assert_true(errata_store_job_update(store, job, &error));
    g_assert_true(errata_store_model_set_file(store, "fraud", kind, file, sha256, job->id, &error));
    return job;
}

static void
test_store_model_file(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    g_autoptr(ErrataJob) file = test_registered(store, "m.joblib", "aa", ERRATA_KIND_MODEL);
    g_autoptr(ErrataJob) other = test_registered(store, "r.csv", "bb", ERRATA_KIND_REFERENCE);
    g_autoptr(ErrataJob) log = errata_job_new("fraud", "fraud/log.csv");
    g_autoptr(ErrataModelRecord) model = NULL;
    g_autofree char *command = NULL;
    gint64 same = 0;

    g_test_summary("A model's file is known, whatever came since, and the command names it");
    g_assert_true(errata_store_job_find_same(store, "fraud", "aa", &same, &error));
    g_assert_cmpint(same, ==, file->id);
    g_assert_cmpint(same, <, other->id);
    model = errata_store_model_get(store, "fraud", &error);
    log->path = g_strdup("/in/fraud/log.csv");
    log->sha256 = g_strdup("cc");
    command = errata_job_open_command(log, model, "/in");
    g_assert_cmpstr(command,
                    ==,
                    "errata analyze '/in/fraud/log.csv' --name 'fraud' --reference "
                    "'/in/fraud/r.csv' --model '/in/fraud/m.joblib'");
}

static void
test_store_newer_is_refused(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    sqlite3 *db = NULL;

    g_clear_pointer(&store, errata_store_free);
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
    sqlite3_close(db);
    store = errata_store_open(path, &error);
    g_assert_null(store);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
}

/* of SQLite's machine, on a connection that was opened between the two calls below */
static gint64 test_steps;

/* a report, not in the store yet, of a log that is */
static ErrataReportRecord *
test_reported(ErrataStore *store, const char *sha256, guint i)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataJob) job = test_insert(store, "fraud", sha256, i);
    ErrataReportRecord *report = g_new0(ErrataReportRecord, 1);

    job->state = ERRATA_JOB_REPORTED;
    g_assert_true(errata_store_job_update(store, job, &error));
    report->job = job->id;
    report->name = g_strdup("fraud");
    report->folder = g_strdup_printf("fraud/%u", i);
    report->verdict = g_strdup("");
    report->severity = g_strdup("");
    report->formats = g_strdup("json");
    report->input = g_strdup("log.csv");
    return report;
}

static int
test_profile_cb(unsigned int type, void *data, void *statement, void *nanoseconds)
{
    test_steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
    return 0;
}

static int
test_opened_cb(sqlite3 *db, char **message, const struct sqlite3_api_routines *routines)
{
    return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, test_profile_cb, NULL);
}

static void
test_store_long_history(void)
{
    enum {
        N_JOBS = 300,
        N_LISTED = 100
    };
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = NULL;
    g_autoptr(GPtrArray) list = NULL;

    g_test_summary("Listing reports does not look at every job for each of them");
    sqlite3_auto_extension((void (*)(void))test_opened_cb);
    store = errata_store_open(path, &error);
    sqlite3_cancel_auto_extension((void (*)(void))test_opened_cb);
    g_assert_no_error(error);
    g_assert_true(errata_store_begin(store, &error));
    for (guint i = 0; i < N_JOBS; i++) {
        g_autofree char *sha256 = g_strdup_printf("%04u", i);
        g_autoptr(ErrataReportRecord) report = test_reported(store, sha256, i);

        g_assert_true(errata_store_report_insert(store, report, &error));
    }
    g_assert_true(errata_store_end(store, TRUE, &error));
    test_steps = 0;
    list = errata_store_report_list(store, "fraud", 0, N_LISTED, &error);
    g_assert_cmpuint(list->len, ==, N_LISTED);
    g_assert_cmpint(test_steps, <, N_LISTED * 1000); /* 146 each; 8486 when all jobs are read */
}

static void
test_store_oldest(void)
{
    static const gint64 created[] = {10, 99, 98, 20, 1, 30};
    static const gint64 wanted[] = {10, 20, 20, 20, 1, 30};
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = errata_store_open(path, &error);
    g_autoptr(GPtrArray) list = NULL;

    g_test_summary("A report made while the clock was ahead is as old as the next and keeps none; "
                   "one made while it was behind leaves those before it as old as they are");
    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(created); i++) {
        g_autofree char *sha256 = g_strdup_printf("%04u", i);
        g_autoptr(ErrataReportRecord) report = test_reported(store, sha256, i);

        report->created = created[i];
        g_assert_true(errata_store_report_insert(store, report, &error));
    }
    list = errata_store_report_oldest(store, 0, 50, 5, &error);
    g_assert_cmpuint(list->len, ==, 5);
    for (guint i = 0; i < list->len; i++)
        g_assert_cmpint(((ErrataReportRecord *)list->pdata[i])->created, ==, wanted[i]);
}

static void
test_store_broken(void)
{
    g_autofree char *path = test_path("store.db");
    g_autofree char *noise = g_strnfill(8192, 'x');
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStore) store = NULL;

    g_test_summary(
        "A store that is none is refused, left as it is, and the message says what to do");
    g_assert_true(g_file_set_contents(path, noise, 8192, NULL));
    store = errata_store_open(path, &error);
    g_assert_null(store);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_IO);
    g_assert_nonnull(strstr(error->message, "move it away"));
    g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
}

static gpointer
test_count_cb(ErrataStore *store, gpointer data, GError **error)
{
    guint *count = data;

    (*count)++;
    if (*count == 3) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT, "three");
        return NULL;
    }
    return count;
}

static void
test_store_thread(void)
{
    g_autofree char *path = test_path("store.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataStoreThread) thread = errata_store_thread_new(path, &error);
    guint count = 0;

    g_test_summary("Calls run one after the other and hand their errors back");
    g_assert_no_error(error);
    g_assert_nonnull(errata_store_thread_call(thread, test_count_cb, &count, &error));
    g_assert_nonnull(errata_store_thread_call(thread, test_count_cb, &count, &error));
    g_assert_null(errata_store_thread_call(thread, test_count_cb, &count, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
    g_assert_cmpuint(count, ==, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/survives", test_store_survives);
    g_test_add_func("/store/end-is-final", test_store_end_is_final);
    g_test_add_func("/store/same", test_store_same);
    g_test_add_func("/store/prefixes", test_store_prefixes);
    g_test_add_func("/store/reports-and-models", test_store_reports_and_models);
    g_test_add_func("/store/model-file", test_store_model_file);
    g_test_add_func("/store/newer-is-refused", test_store_newer_is_refused);
    g_test_add_func("/store/long-history", test_store_long_history);
    g_test_add_func("/store/oldest", test_store_oldest);
    g_test_add_func("/store/broken", test_store_broken);
    g_test_add_func("/store/thread", test_store_thread);
    return g_test_run();
}
