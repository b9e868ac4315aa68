/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ties the parts together. Files are taken in one after the other, so that a configuration or a
 * reference that was dropped before a log is there when the log is run. */
#include "engine.h"

#include <string.h>

#include "folder-lock.h"
#include "inbox-name.h"
#include "inbox.h"
#include "llm-configured.h"
#include "publish.h"
#include "retention.h"
#include "trim.h"
#include "watch.h"

#define ENGINE_MAX_OPEN 1000000               /* jobs that are resumed */
#define ENGINE_TOLD     (G_USEC_PER_SEC / 10) /* between two tellings of how many files wait */
#define ENGINE_TIDY_S   21600                 /* between two looks for old reports, at most */
#define ENGINE_RETRY_S  2                     /* before what could not be stored is tried again */
#define ENGINE_RETRIES  8                     /* times that this is doubled: to 8.5 minutes */

struct _ErrataEngine {
    ErrataPaths *paths;
    ErrataEngineEvents events;
    gpointer data;
    int state_lock;
    int reports_lock; /* −1: none could be had */
    ErrataConfiguration *configuration;
    char *config_error; /* NULL: none */
    ErrataWatch *config_watch;
    ErrataStoreThread *store;
    ErrataSpool *spool;
    ErrataInbox *inbox;
    ErrataQueue *queue;
    GQueue *intakes; /* (element-type ErrataIntakeRequest): of the inbox and submitted ones */
    gboolean taking;
    guint failures;        /* of store or spool, since a file was taken in */
    guint retry_timer;     /* nothing is taken in before */
    char *problem;         /* why files are not taken in; NULL: they are */
    gint64 told;           /* µs of the monotonic clock: of how many files wait */
    GHashTable *queued;    /* paths of the inbox that are in intakes */
    GHashTable *cancelled; /* numbers of jobs that were cancelled before they were taken in */
    gboolean tidying;
    ErrataRetentionClock clock; /* of the tidying thread */
    guint tidy_timer;           /* source, 0: reports are kept for ever */
    gboolean stopped;
};

static void engine_take_next(ErrataEngine *self);

/* ---- housekeeping: in a thread, after work ---- */

typedef struct {
    ErrataEngine *engine;
    ErrataConfiguration *configuration;
    GArray *removed;
} EngineTidy;

static void
engine_tidy_free(gpointer data)
{
    EngineTidy *tidy = data;

    errata_configuration_unref(tidy->configuration);
    g_clear_pointer(&tidy->removed, g_array_unref);
    g_free(tidy);
}

static void
engine_tidy_thread_cb(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    EngineTidy *tidy = data;

    tidy->removed =
        errata_retention_apply(tidy->configuration, &tidy->engine->clock, tidy->engine->store);
    if (tidy->removed->len > 0) /* a log is kept no longer than its report */
        errata_retention_sweep(tidy->configuration, tidy->engine->store, tidy->engine->spool);
    errata_trim();
    g_task_return_boolean(task, TRUE);
}

static void
engine_tidied_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ErrataEngine *self = user_data;
    EngineTidy *tidy = g_task_get_task_data(G_TASK(result));

    self->tidying = FALSE;
    for (guint i = 0; i < tidy->removed->len; i++)
        self->events.report_removed(g_array_index(tidy->removed, gint64, i), self->data);
    self->events.changed(self->data);
}

/* once there is nothing else to do: old reports go, memory is given back */
static void
engine_tidy(ErrataEngine *self)
{
    g_autoptr(GTask) task = NULL;
    EngineTidy *tidy;

    if (self->tidying || self->stopped || errata_queue_n_running(self->queue) > 0 ||
        errata_queue_n_waiting(self->queue) > 0 || self->taking)
        return;
    self->tidying = TRUE;
    tidy = g_new0(EngineTidy, 1);
    tidy->engine = self;
    tidy->configuration = errata_configuration_ref(self->configuration);
    task = g_task_new(NULL, NULL, engine_tidied_cb, self);
    g_task_set_task_data(task, tidy, engine_tidy_free);
    g_task_run_in_thread(task, engine_tidy_thread_cb);
}

static gboolean
engine_tidy_cb(gpointer user_data)
{
    engine_tidy(user_data);
    return G_SOURCE_CONTINUE;
}

/* reports grow old also when nothing is dropped; twice within the time that they are kept */
static void
engine_set_tidy_timer(ErrataEngine *self)
{
    guint64 keep_s = self->configuration->keep_s;

    g_clear_handle_id(&self->tidy_timer, g_source_remove);
    if (keep_s > 0)
        self->tidy_timer =
            g_timeout_add_seconds((guint)CLAMP(keep_s / 2, 1, ENGINE_TIDY_S), engine_tidy_cb, self);
}

static gpointer
engine_open_jobs_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_job_list(store, NULL, TRUE, 0, ENGINE_MAX_OPEN, error);
}

static void
engine_listed_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ErrataEngine *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) jobs = errata_store_thread_call_finish(self->store, result, &error);

    if (jobs == NULL)
        g_warning("logs of before are not analysed again yet: %s", error->message);
    for (guint i = jobs != NULL ? jobs->len : 0; i-- > 0;) { /* oldest first */
        const ErrataJob *job = g_ptr_array_index(jobs, i);

        if (job->state != ERRATA_JOB_WAITING || job->sha256 == NULL ||
            errata_queue_has(self->queue, job->id))
            continue;
        self->events.queue.job_changed(job, self->data);
        errata_queue_add(self->queue, job);
    }
}

/* logs of before are read again with what was registered: the store has made jobs of those that are
 * in the spool, others may lie in the inbox */
static void
engine_registered(ErrataEngine *self)
{
    errata_store_thread_call_async(self->store,
                                   engine_open_jobs_cb,
                                   NULL,
                                   NULL,
                                   (GDestroyNotify)g_ptr_array_unref,
                                   engine_listed_cb,
                                   self);
    errata_engine_rescan(self);
}

static void
engine_job_changed_cb(const ErrataJob *job, gpointer data)
{
    ErrataEngine *self = data;

    self->events.queue.job_changed(job, self->data);
    if (errata_job_has_ended(job))
        engine_tidy(self);
    if (job->state == ERRATA_JOB_REGISTERED ||
        (job->state == ERRATA_JOB_MERGED && job->report == 0)) /* labels of several logs */
        engine_registered(self);
    self->events.changed(self->data);
}

static void
engine_progress_cb(gint64 job, const char *stage, double fraction, guint64 rows, gpointer data)
{
    ErrataEngine *self = data;

    self->events.queue.progress(job, stage, fraction, rows, self->data);
}

static void
engine_reported_cb(const ErrataJob *job,
                   const ErrataReportRecord *report,
                   GVariant *alerts,
                   gpointer data)
{
    ErrataEngine *self = data;

    self->events.queue.reported(job, report, alerts, self->data);
}

static const ErrataQueueEvents engine_queue_events = {
    .job_changed = engine_job_changed_cb,
    .progress = engine_progress_cb,
    .reported = engine_reported_cb,
};

/* ---- intake ---- */

/* in the same thread as the intake: what has to be done on disk after it */
static void
engine_after_thread_cb(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    EngineTidy *tidy = data;
    const ErrataIntakeResult *taken = g_object_get_data(G_OBJECT(task), "taken");

    errata_intake_settle(tidy->engine->store, tidy->engine->spool, tidy->configuration, taken);
    g_task_return_boolean(task, TRUE);
}

static void
engine_after_done_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ErrataEngine *self = user_data;

    self->taking = FALSE;
    engine_take_next(self);
}

static gpointer
engine_get_job_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_job_get(store, *(gint64 *)data, error);
}

static void
engine_merged_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ErrataEngine *self = user_data;
    g_autoptr(ErrataJob) job = errata_store_thread_call_finish(self->store, result, NULL);

    if (job != NULL)
        self->events.queue.job_changed(job, self->data);
}

static void
engine_took(ErrataEngine *self, const ErrataIntakeRequest *request, const ErrataIntakeResult *taken)
{
    const ErrataJob *job = taken->job;

    if (taken->outcome == ERRATA_INTAKE_CHANGING && request->root != NULL)
        errata_inbox_again(self->inbox, request->path);
    if (taken->outcome == ERRATA_INTAKE_DUPLICATE && request->path != NULL)
        g_message("'%s' has the same bytes as job %" G_GINT64_FORMAT ": not analysed again",
                  request->path,
                  taken->earlier);
    if (job == NULL)
        return;
    self->events.queue.job_changed(job, self->data);
    if (job->state == ERRATA_JOB_REGISTERED)
        engine_registered(self);
    if (taken->outcome == ERRATA_INTAKE_ACCEPTED && taken->earlier != 0) {
        errata_queue_forget(self->queue, taken->earlier);
        errata_store_thread_call_async(self->store,
                                       engine_get_job_cb,
                                       g_memdup2(&taken->earlier, sizeof taken->earlier),
                                       g_free,
                                       (GDestroyNotify)errata_job_free,
                                       engine_merged_cb,
                                       self);
    }
    if (!errata_job_has_ended(job)) {
        errata_queue_add(self->queue, job);
        if (g_hash_table_remove(self->cancelled, &job->id))
            errata_queue_cancel(self->queue, job->id);
    }
}

typedef struct {
    ErrataEngine *engine;
    ErrataIntakeRequest *request;
} EngineTake;

static gboolean
engine_retry_cb(gpointer user_data)
{
    ErrataEngine *self = user_data;

    self->retry_timer = 0;
    engine_take_next(self);
    return G_SOURCE_REMOVE;
}

/* the store or the spool cannot be written, which is no fault of the file: it waits, behind the
 * others, since one that is too large for the disk should not stop them. @request is taken */
static void
engine_take_later(ErrataEngine *self, ErrataIntakeRequest *request, const GError *error)
{
    const char *name = request->path != NULL ? request->path : request->job->input;
    guint seconds = ENGINE_RETRY_S << MIN(self->failures, ENGINE_RETRIES);

    if (self->failures++ == 0)
        g_warning("'%s' is not taken in yet: %s", name, error->message);
    g_free(self->problem);
    self->problem = g_strdup_printf("'%s' is not taken in yet: %s", name, error->message);
    if (request->root == NULL || g_hash_table_add(self->queued, g_strdup(request->path)))
        g_queue_push_tail(self->intakes, request);
    else
        errata_intake_request_free(request); /* told again meanwhile */
    self->retry_timer = g_timeout_add_seconds(seconds, engine_retry_cb, self);
    self->events.changed(self->data);
}

static void
engine_took_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    EngineTake *take = user_data;
    ErrataEngine *self = take->engine;
    ErrataIntakeRequest *request = take->request;
    g_autoptr(GError) error = NULL;
    ErrataIntakeResult *taken = errata_intake_take_finish(result, &error);
    g_autoptr(GTask) task = NULL;
    EngineTidy *tidy;

    g_free(take);
    if (taken == NULL) {
        self->taking = FALSE;
        engine_take_later(self, request, error);
        return;
    }
    self->failures = 0;
    g_clear_pointer(&self->problem, g_free);
    engine_took(self, request, taken);
    errata_intake_request_free(request);
    task = g_task_new(NULL, NULL, engine_after_done_cb, self);
    tidy = g_new0(EngineTidy, 1);
    tidy->engine = self;
    tidy->configuration = errata_configuration_ref(self->configuration);
    g_task_set_task_data(task, tidy, engine_tidy_free);
    g_object_set_data_full(G_OBJECT(task),
                           "taken",
                           taken,
                           (GDestroyNotify)errata_intake_result_free);
    g_task_run_in_thread(task, engine_after_thread_cb);
}

static void
engine_take_next(ErrataEngine *self)
{
    ErrataIntakeRequest *request;
    EngineTake *take;
    gint64 now = g_get_monotonic_time();

    if (self->taking || self->stopped || self->retry_timer != 0)
        return;
    request = g_queue_pop_head(self->intakes);
    if (request == NULL) {
        engine_tidy(self);
        self->events.changed(self->data);
        return;
    }
    self->taking = TRUE;
    take = g_new0(EngineTake, 1);
    take->engine = self;
    take->request = request;
    if (request->root != NULL)
        g_hash_table_remove(self->queued, request->path);
    errata_intake_take_async(self->store, self->spool, request, engine_took_cb, take);
    if (now - self->told >= ENGINE_TOLD) { /* files of which no job runs move the count as well */
        self->told = now;
        self->events.changed(self->data);
    }
}

static void
engine_inbox_cb(const char *path, gpointer data)
{
    ErrataEngine *self = data;
    ErrataIntakeRequest *request;

    if (!g_hash_table_add(self->queued, g_strdup(path)))
        return; /* not looked at yet: it will be found as it is then */
    request = errata_intake_request_new();
    request->root = g_strdup(self->configuration->inbox);
    request->path = g_strdup(path);
    request->kind = errata_inbox_name_kind(path);
    request->max_bytes = self->configuration->max_bytes;
    g_queue_push_tail(self->intakes, request);
    engine_take_next(self);
}

/* ---- submitted files ---- */

static gpointer
engine_insert_cb(ErrataStore *store, gpointer data, GError **error)
{
    ErrataIntakeRequest *request = data;

    return errata_store_job_insert(store, request->job, error) ? request : NULL;
}

static void
engine_inserted_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    ErrataEngine *self = g_task_get_task_data(task);
    GError *error = NULL;
    ErrataIntakeRequest *request = errata_store_thread_call_finish(self->store, result, &error);

    if (request == NULL) {
        g_task_return_error(task, error);
        return;
    }
    self->events.queue.job_changed(request->job, self->data);
    g_task_return_pointer(task, errata_job_copy(request->job), (GDestroyNotify)errata_job_free);
    g_queue_push_tail(self->intakes, request);
    engine_take_next(self);
}

/**
 * errata_engine_submit_async:
 * @request: (transfer full): with its job, not stored yet
 *
 * Makes a job of a file that somebody hands in.
 */
void
errata_engine_submit_async(ErrataEngine *self,
                           ErrataIntakeRequest *request,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, callback, user_data);

    g_task_set_source_tag(task, errata_engine_submit_async);
    g_task_set_task_data(task, self, NULL);
    request->max_bytes = self->configuration->max_bytes;
    errata_store_thread_call_async(self->store,
                                   engine_insert_cb,
                                   request,
                                   NULL,
                                   (GDestroyNotify)errata_intake_request_free,
                                   engine_inserted_cb,
                                   task);
}

/* Returns: (transfer full): the job, waiting for its file to be copied */
ErrataJob *
errata_engine_submit_finish(ErrataEngine *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, NULL), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/**
 * errata_engine_cancel:
 * @id: of a job that has not ended
 *
 * Returns: whether it will end
 */
gboolean
errata_engine_cancel(ErrataEngine *self, gint64 id)
{
    if (errata_queue_cancel(self->queue, id))
        return TRUE;
    g_hash_table_add(self->cancelled, g_memdup2(&id, sizeof id)); /* still being taken in */
    return TRUE;
}

/* ---- start ---- */

static gpointer
engine_update_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_job_update(store, data, error) ? data : NULL;
}

/* a submitted file that was not copied when the daemon stopped */
static gboolean
engine_resume_uncopied(ErrataEngine *self, ErrataJob *job, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (job->path != NULL) {
        ErrataIntakeRequest *request = errata_intake_request_new();

        request->path = g_strdup(job->path);
        request->kind = job->kind;
        request->max_bytes = self->configuration->max_bytes;
        request->job = errata_job_copy(job);
        g_queue_push_tail(self->intakes, request);
        return TRUE;
    }
    g_set_error_literal(&problem,
                        ERRATA_ERROR,
                        ERRATA_ERROR_IO,
                        "the daemon stopped before the file was copied; submit it again");
    errata_job_fail(job, problem);
    if (errata_store_thread_call(self->store, engine_update_cb, job, error) == NULL)
        return FALSE;
    errata_publish_error(self->configuration->reports, job);
    return TRUE;
}

/* before the main loop runs, so that calls may wait */
static gboolean
engine_resume(ErrataEngine *self, GError **error)
{
    g_autoptr(GPtrArray) jobs =
        errata_store_thread_call(self->store, engine_open_jobs_cb, NULL, error);

    if (jobs == NULL)
        return FALSE;
    for (guint i = jobs->len; i-- > 0;) { /* oldest first */
        ErrataJob *job = g_ptr_array_index(jobs, i);
        gboolean done = job->sha256 == NULL
                            ? engine_resume_uncopied(self, job, error)
                            : errata_job_run_resume(self->store, self->configuration, job, error);

        if (!done)
            return FALSE;
        self->events.queue.job_changed(job, self->data);
    }
    errata_publish_sweep(self->configuration->reports); /* before a job makes a folder again */
    errata_retention_begin(&self->clock, self->store);
    errata_retention_sweep(self->configuration, self->store, self->spool);
    for (guint i = jobs->len; i-- > 0;) {
        const ErrataJob *job = g_ptr_array_index(jobs, i);

        if (!errata_job_has_ended(job) && job->sha256 != NULL)
            errata_queue_add(self->queue, job);
    }
    if (jobs->len > 0)
        g_message("resumed %u jobs", jobs->len);
    return TRUE;
}

static void
engine_take_llm(ErrataEngine *self)
{
    g_autoptr(ErrataLlmBroker) llm =
        errata_llm_configured(self->configuration, self->paths, self->store);

    errata_queue_set_llm(self->queue, llm);
}

ErrataLlmBroker *
errata_engine_llm(ErrataEngine *self)
{
    return errata_queue_llm(self->queue);
}

/* what it names is tried first: FALSE with @error set, and all is as before. @configuration is
 * taken when it is TRUE */
static gboolean
engine_take_configuration(ErrataEngine *self, ErrataConfiguration *configuration, GError **error)
{
    g_autoptr(ErrataInbox) inbox = NULL;
    gboolean moved = strcmp(configuration->inbox, self->configuration->inbox) != 0 ||
                     configuration->settle_s != self->configuration->settle_s;
    gboolean elsewhere = strcmp(configuration->reports, self->configuration->reports) != 0;
    int lock = -1;

    if (moved && (inbox = errata_inbox_new(configuration->inbox,
                                           configuration->settle_s,
                                           engine_inbox_cb,
                                           self,
                                           error)) == NULL)
        return FALSE;
    if (elsewhere && !errata_folder_lock_reports(configuration->reports, &lock, error))
        return FALSE;
    if (elsewhere) {
        errata_folder_unlock(self->reports_lock);
        self->reports_lock = lock;
    }
    if (strcmp(configuration->store, self->configuration->store) != 0)
        g_message("[store] path takes effect when the daemon is started again");
    errata_configuration_unref(self->configuration);
    self->configuration = configuration;
    errata_queue_set_configuration(self->queue, configuration);
    engine_take_llm(self);
    engine_set_tidy_timer(self);
    if (moved) {
        errata_inbox_free(self->inbox);
        self->inbox = g_steal_pointer(&inbox);
    }
    return TRUE;
}

/**
 * errata_engine_reload:
 *
 * Reads errata.conf again. A bad one is reported and the last good one stays.
 */
void
errata_engine_reload(ErrataEngine *self)
{
    g_autoptr(GError) error = NULL;
    ErrataConfiguration *configuration = errata_configuration_load(self->paths, &error);

    g_clear_pointer(&self->config_error, g_free);
    if (configuration != NULL && engine_take_configuration(self, configuration, &error)) {
        g_info("configuration read");
    } else {
        g_warning("the last good configuration is kept: %s", error->message);
        self->config_error = g_strdup(error->message);
        errata_configuration_unref(configuration);
    }
    self->events.changed(self->data);
}

static void
engine_config_event_cb(int wd, guint32 mask, const char *name, gpointer data)
{
    if (g_strcmp0(name, "errata.conf") == 0 || (mask & IN_Q_OVERFLOW) != 0)
        errata_engine_reload(data);
}

static void
engine_watch_config(ErrataEngine *self, const char *folder)
{
    g_autoptr(GError) error = NULL;

    if (errata_watch_add(self->config_watch,
                         folder,
                         IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE,
                         &error) < 0)
        g_debug("%s", error->message);
}

/**
 * errata_engine_new:
 * @paths: where things are; copied
 * @events: whom to tell
 *
 * Opens the store; nothing runs yet. At start a bad errata.conf is an error.
 *
 * Errors: %ERRATA_ERROR_CONFIG, %ERRATA_ERROR_IO, %ERRATA_ERROR_USAGE when another daemon runs.
 */
ErrataEngine *
errata_engine_new(const ErrataPaths *paths,
                  const ErrataEngineEvents *events,
                  gpointer data,
                  GError **error)
{
    g_autoptr(ErrataEngine) self = g_new0(ErrataEngine, 1);
    g_autofree char *path = NULL;
    g_autofree char *spool = NULL;

    self->state_lock = -1;
    self->reports_lock = -1;
    self->paths = errata_paths_copy(paths);
    self->events = *events;
    self->data = data;
    self->intakes = g_queue_new();
    self->queued = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->cancelled = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self->configuration = errata_configuration_load(paths, error);
    if (self->configuration == NULL ||
        (self->state_lock = errata_folder_lock_state(self->configuration->store, error)) < 0 ||
        !errata_folder_lock_reports(self->configuration->reports, &self->reports_lock, error))
        return NULL;
    path = g_build_filename(self->configuration->store, "store.db", NULL);
    spool = g_build_filename(self->configuration->store, "spool", NULL);
    self->spool = errata_spool_new(spool, error);
    self->store = self->spool != NULL ? errata_store_thread_new(path, error) : NULL;
    if (self->store == NULL)
        return NULL;
    self->queue =
        errata_queue_new(self->store, self->spool, self->configuration, &engine_queue_events, self);
    engine_take_llm(self);
    return g_steal_pointer(&self);
}

/**
 * errata_engine_start:
 *
 * Resumes what an earlier run left, then watches.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_engine_start(ErrataEngine *self, GError **error)
{
    if (!engine_resume(self, error))
        return FALSE;
    self->inbox = errata_inbox_new(self->configuration->inbox,
                                   self->configuration->settle_s,
                                   engine_inbox_cb,
                                   self,
                                   error);
    self->config_watch = errata_watch_new(engine_config_event_cb, self, error);
    if (self->inbox == NULL || self->config_watch == NULL)
        return FALSE;
    g_mkdir_with_parents(self->paths->config, 0700); /* to be seen when errata.conf is made */
    engine_watch_config(self, self->paths->config);
    engine_watch_config(self, self->paths->system_config);
    engine_set_tidy_timer(self);
    engine_take_next(self);
    return TRUE;
}

/* nothing new is begun from now on */
void
errata_engine_stop(ErrataEngine *self)
{
    self->stopped = TRUE;
    g_clear_handle_id(&self->tidy_timer, g_source_remove);
    g_clear_handle_id(&self->retry_timer, g_source_remove);
    errata_queue_stop(self->queue);
    g_clear_pointer(&self->inbox, errata_inbox_free);
}

/* only when it is idle: otherwise the process ends and the next one resumes */
void
errata_engine_free(ErrataEngine *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->tidy_timer, g_source_remove);
    errata_inbox_free(self->inbox);
    errata_watch_free(self->config_watch);
    errata_queue_free(self->queue);
    errata_store_thread_free(self->store);
    errata_spool_free(self->spool);
    g_queue_free_full(self->intakes, (GDestroyNotify)errata_intake_request_free);
    g_hash_table_unref(self->queued);
    g_hash_table_unref(self->cancelled);
    errata_configuration_unref(self->configuration);
    g_free(self->config_error);
    g_free(self->problem);
    errata_paths_free(self->paths);
    errata_folder_unlock(self->state_lock);
    errata_folder_unlock(self->reports_lock);
    g_free(self);
}

void
errata_engine_rescan(ErrataEngine *self)
{
    if (self->inbox != NULL)
        errata_inbox_rescan(self->inbox);
}

ErrataStoreThread *
errata_engine_store(ErrataEngine *self)
{
    return self->store;
}

ErrataSpool *
errata_engine_spool(ErrataEngine *self)
{
    return self->spool;
}

ErrataConfiguration *
errata_engine_configuration(ErrataEngine *self)
{
    return self->configuration;
}

const char *
errata_engine_config_error(ErrataEngine *self)
{
    return self->config_error != NULL ? self->config_error : "";
}

const char *
errata_engine_problem(ErrataEngine *self)
{
    return self->problem != NULL ? self->problem : "";
}

guint
errata_engine_n_running(ErrataEngine *self)
{
    return errata_queue_n_running(self->queue);
}

guint
errata_engine_n_waiting(ErrataEngine *self)
{
    return errata_queue_n_waiting(self->queue) + g_queue_get_length(self->intakes) +
           (self->taking ? 1U : 0U);
}

gboolean
errata_engine_is_idle(ErrataEngine *self)
{
    return errata_engine_n_running(self) == 0 && errata_engine_n_waiting(self) == 0 &&
           !self->tidying;
}
