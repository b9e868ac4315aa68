/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of one job: what the worker needs is opened (thread), the worker runs (main loop), what
 * it left is published and stored (thread). A report is published in three steps, each on disk
 * before the next: stored as about to be moved; moved; stored as ready. errata_job_run_resume()
 * goes on from whichever was the last. */
#include "job-run.h"

#include <string.h>

#include "after.h"
#include "job-open.h"
#include "publish.h"
#include "store-again.h"
#include "store-labels.h"
#include "store-pattern.h"

#define JOB_RUN_BASELINES 4 /* earlier reports that a worker may choose from */

static void
job_run_free(gpointer data)
{
    ErrataJobOpen *run = data;

    errata_configuration_unref(run->configuration);
    errata_llm_broker_unref(run->llm);
    errata_job_free(run->job);
    errata_model_record_free(run->model);
    g_clear_pointer(&run->patterns, g_variant_unref);
    g_clear_pointer(&run->patterns_of, g_variant_unref);
    g_clear_pointer(&run->labels, g_ptr_array_unref);
    g_clear_pointer(&run->logs, g_ptr_array_unref);
    g_clear_pointer(&run->bare, g_ptr_array_unref);
    g_clear_pointer(&run->reports, g_ptr_array_unref);
    errata_host_job_free(run->host);
    g_clear_pointer(&run->answer, g_variant_unref);
    g_clear_error(&run->error);
    errata_report_record_free(run->report);
    g_free(run);
}

void
errata_job_run_result_free(ErrataJobRunResult *result)
{
    if (result == NULL)
        return;
    errata_job_free(result->job);
    errata_report_record_free(result->report);
    g_clear_pointer(&result->alerts, g_variant_unref);
    g_free(result);
}

/* (transfer floating) (nullable): the model's patterns before that log, as the worker takes them */
static GVariant *
job_run_patterns_before(ErrataStore *store, const ErrataJob *log, GError **error)
{
    g_autoptr(GPtrArray) known = errata_store_pattern_before(store, log, error);
    GVariantBuilder list;

    if (known == NULL)
        return NULL;
    g_variant_builder_init(&list, G_VARIANT_TYPE("a" ERRATA_PATTERN_VARIANT));
    for (guint i = 0; i < known->len; i++)
        g_variant_builder_add_value(
            &list,
            errata_pattern_to_variant(
                ((const ErrataPatternRecord *)g_ptr_array_index(known, i))->pattern));
    return g_variant_builder_end(&list);
}

static gboolean
job_run_read_patterns(ErrataJobOpen *run, ErrataStore *store, GError **error)
{
    GVariant *patterns = job_run_patterns_before(store, run->job, error);
    GVariantBuilder list;

    if (patterns == NULL)
        return FALSE;
    g_clear_pointer(&run->patterns, g_variant_unref);
    run->patterns = g_variant_ref_sink(patterns);
    g_variant_builder_init(&list, G_VARIANT_TYPE("a{sa" ERRATA_PATTERN_VARIANT "}"));
    for (guint i = 0; i < run->logs->len; i++) {
        const ErrataJob *log = g_ptr_array_index(run->logs, i);

        patterns = job_run_patterns_before(store, log, error);
        if (patterns == NULL) {
            g_variant_builder_clear(&list);
            return FALSE;
        }
        g_variant_builder_add(&list, "{s@a" ERRATA_PATTERN_VARIANT "}", log->sha256, patterns);
    }
    g_clear_pointer(&run->patterns_of, g_variant_unref);
    run->patterns_of = g_variant_ref_sink(g_variant_builder_end(&list));
    return TRUE;
}

static gboolean
job_run_read_labels(ErrataJobOpen *run, ErrataStore *store, GError **error)
{
    g_clear_pointer(&run->labels, g_ptr_array_unref);
    g_clear_pointer(&run->logs, g_ptr_array_unref);
    run->labels = errata_store_labels_list(store, run->job->name, ERRATA_KIND_LABELS, error);
    if (run->labels == NULL)
        return FALSE;
    run->logs = errata_store_labels_list(store, run->job->name, ERRATA_KIND_PREDICTIONS, error);
    if (run->logs == NULL)
        return FALSE;
    g_clear_pointer(&run->bare, g_ptr_array_unref);
    run->bare = errata_store_labels_list(store, run->job->name, ERRATA_KIND_AUTO, error);
    if (run->bare == NULL)
        return FALSE;
    g_clear_pointer(&run->reports, g_ptr_array_unref);
    run->reports = errata_store_report_baselines(store, run->job, JOB_RUN_BASELINES, error);
    return run->reports != NULL;
}

static gpointer
job_run_begin_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJobOpen *run = data;

    if (!errata_store_job_set_state(store, run->job->id, ERRATA_JOB_READING, error))
        return NULL;
    run->job->state = ERRATA_JOB_READING;
    if (!job_run_read_labels(run, store, error) || !job_run_read_patterns(run, store, error))
        return NULL;
    run->model = errata_store_model_get(store, run->job->name, error);
    return run->model;
}

/* labels of several logs have no report: each of those logs gets its own again, with them */
static gboolean
job_run_again(ErrataJobOpen *run, ErrataStore *store, GError **error)
{
    g_auto(GStrv) logs = NULL;

    if (run->job->kind != ERRATA_KIND_LABELS || run->job->state != ERRATA_JOB_MERGED ||
        run->job->report != 0 || !g_variant_lookup(run->answer, "merged", "^as", &logs))
        return TRUE;
    for (guint i = 0; i < run->logs->len; i++) {
        const ErrataJob *log = g_ptr_array_index(run->logs, i);

        if (g_strv_contains((const char *const *)logs, log->sha256) &&
            !errata_store_again_log(store, log->id, error))
            return FALSE;
    }
    return TRUE;
}

/* how the job is now; with its report come the patterns that it is about */
static gpointer
job_run_update_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJobOpen *run = data;
    const ErrataJob *job = run->job;
    gboolean done;

    if (!errata_store_begin(store, error))
        return NULL;
    done = errata_store_job_update(store, job, error) &&
           (job->report != 0 ? errata_store_pattern_apply(store, job, error)
                             : errata_store_pattern_drop(store, job->id, error)) &&
           job_run_again(run, store, error);
    if (!errata_store_end(store, done, error))
        return NULL;
    return done ? run : NULL;
}

static void
job_run_discard(ErrataJobOpen *run)
{
    g_autoptr(GError) error = NULL;

    if (run->job->temporary != NULL &&
        !errata_publish_remove(run->configuration->reports, run->job->temporary, &error))
        g_warning("%s", error->message);
    g_clear_pointer(&run->job->temporary, g_free);
    g_clear_pointer(&run->job->folder, g_free);
}

typedef struct {
    const char *sha256;
    gboolean used;
} JobRunUse;

static gpointer
job_run_uses_cb(ErrataStore *store, gpointer data, GError **error)
{
    JobRunUse *use = data;

    return errata_store_job_uses(store, use->sha256, &use->used, error) ? use : NULL;
}

void
errata_job_run_release(ErrataStoreThread *store, ErrataSpool *spool, const char *sha256)
{
    JobRunUse use = {sha256, TRUE};
    g_autoptr(GError) error = NULL;

    errata_spool_lock(spool);
    if (errata_store_thread_call(store, job_run_uses_cb, &use, &error) == NULL)
        g_warning("the spool was not swept: %s", error->message);
    else if (!use.used)
        errata_spool_remove(spool, sha256);
    errata_spool_unlock(spool);
}

static gpointer
job_run_complete_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_labels_complete(store, data, error) ? data : NULL;
}

/* logs whose labels are all there now wait no longer */
static void
job_run_complete_logs(ErrataJobOpen *run)
{
    g_auto(GStrv) merged = NULL;
    guint64 unlabelled = 0;

    if (!g_variant_lookup(run->answer, "merged", "^as", &merged) ||
        !g_variant_lookup(run->answer, "unlabelled", "t", &unlabelled) || unlabelled > 0)
        return;
    for (guint i = 0; i < run->logs->len; i++) {
        ErrataJob *job = g_ptr_array_index(run->logs, i);
        g_autoptr(GError) error = NULL;

        if (g_strv_contains((const char *const *)merged, job->sha256) &&
            errata_store_thread_call(run->store, job_run_complete_cb, &job->id, &error) == NULL)
            g_warning("job %" G_GINT64_FORMAT ": %s", job->id, error->message);
    }
}

/* also those that a longer log has taken the place of, or for which a model has come */
static void
job_run_release_logs(ErrataJobOpen *run)
{
    GPtrArray *const kept[] = {run->logs, run->bare};

    if (run->logs != NULL && run->answer != NULL)
        job_run_complete_logs(run);
    for (guint k = 0; k < G_N_ELEMENTS(kept); k++)
        for (guint i = 0; kept[k] != NULL && i < kept[k]->len; i++) {
            const ErrataJob *job = g_ptr_array_index(kept[k], i);

            errata_job_run_release(run->store, run->spool, job->sha256);
        }
}

/* stores how the job ended; then what it leaves behind is put in order */
static gboolean
job_run_end(ErrataJobOpen *run, GError **error)
{
    ErrataJob *job = run->job;

    if (errata_store_thread_call(run->store, job_run_update_cb, run, error) == NULL)
        return FALSE;
    if (!errata_job_has_ended(job))
        return TRUE;
    if (job->state == ERRATA_JOB_FAILED)
        errata_publish_error(run->configuration->reports, job);
    else if (job->state != ERRATA_JOB_CANCELLED)
        errata_publish_no_error(run->configuration->reports, job);
    errata_job_run_release(run->store, run->spool, job->sha256);
    job_run_release_logs(run);
    errata_after_apply(run->configuration, run->store, job->id);
    return TRUE;
}

static gboolean
job_run_fail(ErrataJobOpen *run, const GError *problem, GError **error)
{
    job_run_discard(run);
    errata_job_fail(run->job, problem);
    return job_run_end(run, error);
}

/* a worker that went down: once more alone, then never again */
static gboolean
job_run_crashed(ErrataJobOpen *run, GError **error)
{
    ErrataJob *job = run->job;

    job_run_discard(run);
    job->crashes++;
    if (job->crashes < ERRATA_JOB_MAX_CRASHES) {
        job->state = ERRATA_JOB_WAITING;
        return job_run_end(run, error);
    }
    g_prefix_error(&run->error,
                   "poisoned: it took its worker down %u times, the last time alone: ",
                   job->crashes);
    errata_job_fail(job, run->error);
    return job_run_end(run, error);
}

static gboolean
job_run_interrupted(ErrataJobOpen *run, GError **error)
{
    job_run_discard(run);
    if (g_error_matches(run->error, ERRATA_ERROR, ERRATA_ERROR_CANCELLED))
        errata_job_end(run->job, ERRATA_JOB_CANCELLED);
    else
        run->job->state = ERRATA_JOB_WAITING; /* killed from outside: never counts */
    return job_run_end(run, error);
}

/* which formats the worker drew */
static char *
job_run_formats(const ErrataJobOpen *run)
{
    static const char *const names[] = {"report.pdf", "report.html", "svg", "report.json"};
    static const char *const formats[] = {"pdf", "html", "svg", "json"};
    g_autoptr(GString) found = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path =
            g_build_filename(run->configuration->reports, run->job->temporary, names[i], NULL);

        if (g_file_test(path, G_FILE_TEST_EXISTS))
            g_string_append_printf(found, "%s%s", found->len > 0 ? "," : "", formats[i]);
    }
    return g_string_free(g_steal_pointer(&found), FALSE);
}

static ErrataReportRecord *
job_run_describe(const ErrataJobOpen *run)
{
    ErrataReportRecord *report = g_new0(ErrataReportRecord, 1);

    report->job = run->job->id;
    report->owner = run->job->owner;
    report->name = g_strdup(run->job->name);
    report->folder = errata_publish_folder(run->job);
    report->created = g_get_real_time();
    report->input = g_strdup(run->job->input);
    report->formats = job_run_formats(run);
    if (!g_variant_lookup(run->answer, "verdict", "s", &report->verdict))
        report->verdict = g_strdup("");
    if (!g_variant_lookup(run->answer, "severity", "s", &report->severity))
        report->severity = g_strdup("");
    if (!g_variant_lookup(run->answer, "version", "s", &report->model))
        report->model = g_strdup("");
    g_variant_lookup(run->answer, "findings", "u", &report->n_findings);
    return report;
}

static gpointer
job_run_announce_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJobOpen *run = data;
    g_autoptr(GVariant) patterns =
        g_variant_lookup_value(run->answer, "patterns", G_VARIANT_TYPE("a" ERRATA_PATTERN_VARIANT));
    gboolean done;

    if (!errata_store_begin(store, error))
        return NULL;
    done = errata_store_job_update(store, run->job, error) &&
           errata_store_report_insert(store, run->report, error) &&
           errata_store_pattern_keep(store, run->job->id, patterns, error);
    if (!errata_store_end(store, done, error))
        return NULL;
    return done ? run : NULL;
}

static gpointer
job_run_withdraw_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJobOpen *run = data;

    return errata_store_report_remove(store, run->report->id, error) ? run : NULL;
}

/* what the worker found the file to be */
static void
job_run_classify(ErrataJobOpen *run)
{
    ErrataJob *job = run->job;
    const char *state = NULL;
    g_auto(GStrv) merged = NULL;
    guint64 unlabelled = 0;

    if (g_variant_lookup(run->answer, "state", "&s", &state) && g_strcmp0(state, "merged") == 0)
        job->kind = ERRATA_KIND_LABELS;
    else if (g_variant_lookup(run->answer, "unlabelled", "t", &unlabelled) && unlabelled > 0)
        job->kind = ERRATA_KIND_PREDICTIONS;
    if (!g_variant_lookup(run->answer, "merged", "^as", &merged))
        return;
    for (guint i = 0; run->logs != NULL && i < run->logs->len; i++) {
        const ErrataJob *log = g_ptr_array_index(run->logs, i);

        if (g_strv_contains((const char *const *)merged, log->sha256))
            job->other = log->id; /* the last of them */
    }
}

/* labels that give a log of before its report, and a log whose first rows are one of before, end as
 * part of that; they have a report all the same */
static ErrataJobState
job_run_end_state(const ErrataJob *job)
{
    return job->kind == ERRATA_KIND_LABELS || job->other != 0 ? ERRATA_JOB_MERGED
                                                              : ERRATA_JOB_REPORTED;
}

static gboolean
job_run_publish(ErrataJobOpen *run, GError **error)
{
    const char *reports = run->configuration->reports;
    ErrataJob *job = run->job;
    g_autoptr(GError) problem = NULL;

    job_run_classify(run);
    run->report = job_run_describe(run);
    if (!errata_publish_sync(reports, job->temporary, &run->report->bytes, &problem)) {
        g_clear_pointer(&run->report, errata_report_record_free);
        return job_run_fail(run, problem, error);
    }
    job->state = ERRATA_JOB_DRAWING;
    job->folder = g_strdup(run->report->folder);
    if (errata_store_thread_call(run->store, job_run_announce_cb, run, error) == NULL)
        return FALSE;
    if (!errata_publish_move(reports, job->temporary, job->folder, &problem)) {
        if (errata_store_thread_call(run->store, job_run_withdraw_cb, run, error) == NULL)
            return FALSE;
        g_clear_pointer(&run->report, errata_report_record_free);
        return job_run_fail(run, problem, error);
    }
    g_clear_pointer(&job->temporary, g_free);
    job->report = run->report->id;
    errata_job_end(job, job_run_end_state(job));
    return job_run_end(run, error);
}

static gpointer
job_run_register_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJobOpen *run = data;
    g_autofree char *file = g_path_is_absolute(run->job->input)
                                ? g_strdup(run->job->input) /* submitted: it lies elsewhere */
                                : g_path_get_basename(run->job->input);
    const char *nick = NULL;
    ErrataKind kind = ERRATA_KIND_MODEL;
    gboolean done;

    if (g_variant_lookup(run->answer, "kind", "&s", &nick))
        errata_job_kind_parse(nick, &kind);
    if (kind == ERRATA_KIND_LABELS) { /* kept as a job: there may be many */
        job_run_classify(run);
        run->job->kind = kind;
        return run;
    }
    if (!errata_store_begin(store, error))
        return NULL;
    done = errata_store_model_set_file(store,
                                       run->job->name,
                                       kind,
                                       file,
                                       run->job->sha256,
                                       run->job->id,
                                       error);
    if (!errata_store_end(store, done, error))
        return NULL;
    return done ? run : NULL;
}

static gboolean
job_run_register(ErrataJobOpen *run, GError **error)
{
    job_run_discard(run);
    if (errata_store_thread_call(run->store, job_run_register_cb, run, error) == NULL)
        return FALSE;
    errata_job_end(run->job,
                   run->job->kind == ERRATA_KIND_LABELS && run->job->other != 0
                       ? ERRATA_JOB_MERGED
                       : ERRATA_JOB_REGISTERED);
    return job_run_end(run, error);
}

static gboolean
job_run_conclude(ErrataJobOpen *run, GError **error)
{
    const char *state = NULL;

    run->job->seconds += (double)(g_get_monotonic_time() - run->started) / G_USEC_PER_SEC;
    if (run->answer != NULL) {
        g_variant_lookup(run->answer, "state", "&s", &state);
        return g_strcmp0(state, "registered") == 0 ? job_run_register(run, error)
                                                   : job_run_publish(run, error);
    }
    switch (run->end) {
    case ERRATA_HOST_END_CRASH:
    case ERRATA_HOST_END_DEADLINE:
    case ERRATA_HOST_END_MEMORY:
        return job_run_crashed(run, error);
    case ERRATA_HOST_END_KILLED:
        return job_run_interrupted(run, error);
    case ERRATA_HOST_END_RESULT:
        break;
    }
    return job_run_fail(run, run->error, error);
}

static void
job_run_return(GTask *task)
{
    ErrataJobOpen *run = g_task_get_task_data(task);
    ErrataJobRunResult *result = g_new0(ErrataJobRunResult, 1);

    result->job = errata_job_copy(run->job);
    result->report = g_steal_pointer(&run->report);
    if (run->answer != NULL)
        result->alerts = g_variant_lookup_value(run->answer, "alerts", G_VARIANT_TYPE("a(sss)"));
    g_task_return_pointer(task, result, (GDestroyNotify)errata_job_run_result_free);
}

static void
job_run_conclude_cb(GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
    GError *error = NULL;

    if (job_run_conclude(data, &error))
        g_task_return_boolean(step, TRUE);
    else
        g_task_return_error(step, error);
}

static void
job_run_step_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;

    if (!g_task_propagate_boolean(G_TASK(result), &error))
        g_task_return_error(task, error);
    else
        job_run_return(task);
}

/* the thread's steps are tasks of their own: the whole one returns on the main loop */
static void
job_run_step(GTask *task, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
    g_autoptr(GTask) step = g_task_new(NULL, NULL, callback, g_object_ref(task));

    g_task_set_task_data(step, g_task_get_task_data(task), NULL);
    g_task_run_in_thread(step, func);
}

static void
job_run_worker_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataJobOpen *run = g_task_get_task_data(task);

    run->answer = errata_host_run_finish(result, &run->end, &run->error);
    job_run_step(task, job_run_conclude_cb, job_run_step_cb);
}

/* the report of a job that was being published; there is one, or nothing was announced */
static gpointer
job_run_find_report_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJobOpen *run = data;

    return errata_store_report_of_job(store, run->job->id, &run->report, error) ? run : NULL;
}

static gpointer
job_run_get_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataJobOpen *run = data;

    return errata_store_job_get(store, run->job->id, error);
}

/* a job whose end could not be stored, tried again: its report may be complete */
static gboolean
job_run_catch_up(ErrataJobOpen *run, GError **error)
{
    ErrataJob *stored = errata_store_thread_call(run->store, job_run_get_cb, run, error);

    if (stored == NULL)
        return FALSE;
    errata_job_free(run->job);
    run->job = stored;
    if (stored->folder == NULL)
        return TRUE;
    return errata_job_run_resume(run->store, run->configuration, stored, error) &&
           (!errata_job_has_ended(stored) ||
            errata_store_thread_call(run->store, job_run_find_report_cb, run, error) != NULL);
}

static void
job_run_prepare_cb(GTask *step, gpointer source, gpointer data, GCancellable *cancellable)
{
    ErrataJobOpen *run = data;
    GError *error = NULL;
    g_autoptr(GError) problem = NULL;

    if (!job_run_catch_up(run, &error)) {
        g_task_return_error(step, error);
        return;
    }
    if (errata_job_has_ended(run->job) && run->report != NULL) {
        g_task_return_boolean(step, TRUE);
        return;
    }
    if (errata_store_thread_call(run->store, job_run_begin_cb, run, &error) == NULL) {
        g_task_return_error(step, error);
        return;
    }
    if (!errata_job_open(run, &problem) && !job_run_fail(run, problem, &error)) {
        g_task_return_error(step, error);
        return;
    }
    g_task_return_boolean(step, TRUE);
}

static void
job_run_prepared_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataJobOpen *run = g_task_get_task_data(task);
    GError *error = NULL;

    if (!g_task_propagate_boolean(G_TASK(result), &error)) {
        g_task_return_error(task, error);
        return;
    }
    if (errata_job_has_ended(run->job)) {
        job_run_return(task);
        return;
    }
    if (run->llm != NULL)
        run->host->llm = errata_llm_session_new(run->llm);
    run->started = g_get_monotonic_time();
    errata_host_run_async(g_steal_pointer(&run->host),
                          run->progress,
                          run->progress_data,
                          g_task_get_cancellable(task),
                          job_run_worker_cb,
                          g_object_ref(task));
}

/**
 * errata_job_run_async:
 * @store: must live until @callback, as must @spool
 * @configuration: as it is now
 * @llm: (nullable): who asks a language model
 * @job: a waiting job whose bytes are in the spool
 * @progress: (nullable): called on the main loop
 * @cancellable: stops the worker; the job ends as cancelled
 *
 * Runs a job in a worker of its own.
 */
void
errata_job_run_async(ErrataStoreThread *store,
                     ErrataSpool *spool,
                     ErrataConfiguration *configuration,
                     ErrataLlmBroker *llm,
                     const ErrataJob *job,
                     ErrataHostProgress progress,
                     gpointer progress_data,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    ErrataJobOpen *run = g_new0(ErrataJobOpen, 1);

    g_task_set_source_tag(task, errata_job_run_async);
    g_task_set_check_cancellable(task, FALSE); /* how the job ended is told in any case */
    run->store = store;
    run->spool = spool;
    run->configuration = errata_configuration_ref(configuration);
    run->llm = llm != NULL ? errata_llm_broker_ref(llm) : NULL;
    run->job = errata_job_copy(job);
    run->progress = progress;
    run->progress_data = progress_data;
    g_task_set_task_data(task, run, job_run_free);
    job_run_step(task, job_run_prepare_cb, job_run_prepared_cb);
}

/**
 * errata_job_run_finish:
 *
 * Errors: %ERRATA_ERROR_USAGE when the job had ended meanwhile, %ERRATA_ERROR_IO when how it ended
 * could not be stored: it is still open.
 *
 * Returns: (transfer full): how it ended, or %NULL with @error set
 */
ErrataJobRunResult *
errata_job_run_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, NULL), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/**
 * errata_job_run_resume:
 * @job: one that has not ended, from an earlier run of the daemon
 *
 * A report that was complete is moved to its place if it is not there yet, and the job is reported;
 * any other job waits again. Blocks.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_job_run_resume(ErrataStoreThread *store,
                      ErrataConfiguration *configuration,
                      ErrataJob *job,
                      GError **error)
{
    const char *reports = configuration->reports;
    ErrataJobOpen run = {.store = store, .configuration = configuration, .job = job};
    gboolean done;

    if (errata_store_thread_call(store, job_run_find_report_cb, &run, error) == NULL)
        return FALSE;
    if (run.report != NULL &&
        (errata_publish_exists(reports, run.report->folder) ||
         (job->temporary != NULL && errata_publish_exists(reports, job->temporary) &&
          errata_publish_move(reports, job->temporary, run.report->folder, NULL)))) {
        g_clear_pointer(&job->temporary, g_free);
        job->report = run.report->id;
        errata_job_end(job, job_run_end_state(job));
    } else {
        if (run.report != NULL &&
            errata_store_thread_call(store, job_run_withdraw_cb, &run, error) == NULL) {
            errata_report_record_free(run.report);
            return FALSE;
        }
        g_clear_pointer(&job->folder, g_free);
        g_clear_pointer(&job->temporary, g_free);
        job->state = ERRATA_JOB_WAITING;
    }
    done = errata_store_thread_call(store, job_run_update_cb, &run, error) != NULL;
    errata_report_record_free(run.report);
    return done;
}
