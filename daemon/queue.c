/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs wait in the order of their numbers; those of one model run one after the other, since each
 * is told what the one before it found. A job that took a worker down runs alone, so that it cannot
 * take the blame for another's hunger for memory; a worker killed from outside is simply run again,
 * after a while when it keeps happening. */
#include "queue.h"

#define QUEUE_QUICK_RETRIES 3   /* kills from outside before the job has to wait */
#define QUEUE_RETRY_S       1   /* then this long, doubled every time */
#define QUEUE_MAX_RETRY_S   300 /* at most */
#define QUEUE_STORE_RETRY_S 30  /* after the store could not be written */

typedef struct {
    ErrataQueue *queue;
    ErrataJob *job;
    GCancellable *cancellable;
    guint kills;   /* from outside, in a row */
    guint delayed; /* timeout's source, 0: none */
} QueueEntry;

struct _ErrataQueue {
    ErrataStoreThread *store;
    ErrataSpool *spool;
    ErrataConfiguration *configuration;
    ErrataLlmBroker *llm; /* nullable */
    ErrataQueueEvents events;
    gpointer data;
    GPtrArray *waiting; /* (element-type QueueEntry), by the job's number */
    GPtrArray *running; /* (element-type QueueEntry) */
    gboolean stopped;
};

static void queue_pump(ErrataQueue *self);

static void
queue_entry_free(gpointer data)
{
    QueueEntry *entry = data;

    if (entry->delayed != 0)
        g_source_remove(entry->delayed);
    errata_job_free(entry->job);
    g_object_unref(entry->cancellable);
    g_free(entry);
}

ErrataQueue *
errata_queue_new(ErrataStoreThread *store,
                 ErrataSpool *spool,
                 ErrataConfiguration *configuration,
                 const ErrataQueueEvents *events,
                 gpointer data)
{
    ErrataQueue *self = g_new0(ErrataQueue, 1);

    self->store = store;
    self->spool = spool;
    self->configuration = errata_configuration_ref(configuration);
    self->events = *events;
    self->data = data;
    self->waiting = g_ptr_array_new_with_free_func(queue_entry_free);
    self->running = g_ptr_array_new_with_free_func(queue_entry_free);
    return self;
}

/* only when nothing runs */
void
errata_queue_free(ErrataQueue *self)
{
    if (self == NULL)
        return;
    g_warn_if_fail(self->running->len == 0);
    g_ptr_array_unref(self->waiting);
    g_ptr_array_unref(self->running);
    errata_configuration_unref(self->configuration);
    errata_llm_broker_unref(self->llm);
    g_free(self);
}

/* (nullable); for jobs that begin from now on */
void
errata_queue_set_llm(ErrataQueue *self, ErrataLlmBroker *llm)
{
    errata_llm_broker_unref(self->llm);
    self->llm = llm != NULL ? errata_llm_broker_ref(llm) : NULL;
}

/* Returns: (transfer none) (nullable): whom jobs ask for language */
ErrataLlmBroker *
errata_queue_llm(ErrataQueue *self)
{
    return self->llm;
}

void
errata_queue_set_configuration(ErrataQueue *self, ErrataConfiguration *configuration)
{
    errata_configuration_ref(configuration);
    errata_configuration_unref(self->configuration);
    self->configuration = configuration;
    queue_pump(self);
}

static QueueEntry *
queue_find(GPtrArray *entries, gint64 id, guint *ret_index)
{
    for (guint i = 0; i < entries->len; i++) {
        QueueEntry *entry = g_ptr_array_index(entries, i);

        if (entry->job->id == id) {
            *ret_index = i;
            return entry;
        }
    }
    return NULL;
}

static void
queue_insert(ErrataQueue *self, QueueEntry *entry)
{
    guint at = self->waiting->len;

    while (at > 0 &&
           ((QueueEntry *)g_ptr_array_index(self->waiting, at - 1))->job->id > entry->job->id)
        at--;
    g_ptr_array_insert(self->waiting, (int)at, entry);
}

static gboolean
queue_delay_cb(gpointer user_data)
{
    QueueEntry *entry = user_data;

    entry->delayed = 0;
    queue_pump(entry->queue);
    return G_SOURCE_REMOVE;
}

static void
queue_delay(QueueEntry *entry, guint seconds)
{
    entry->delayed = g_timeout_add_seconds(seconds, queue_delay_cb, entry);
}

/* a stage of a running job, on its way into the store */
typedef struct {
    ErrataQueue *queue;
    ErrataJob *job;
} QueueStage;

static void
queue_stage_free(QueueStage *stage)
{
    errata_job_free(stage->job);
    g_free(stage);
}

static gpointer
queue_stage_cb(ErrataStore *store, gpointer data, GError **error)
{
    const ErrataJob *job = data;

    return errata_store_job_set_state(store, job->id, job->state, error) ? data : NULL;
}

static void
queue_staged_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    QueueStage *stage = user_data;
    ErrataQueue *self = stage->queue;
    g_autoptr(GError) error = NULL;

    if (errata_store_thread_call_finish(self->store, result, &error) != NULL)
        self->events.job_changed(stage->job, self->data);
    else
        g_debug("job %" G_GINT64_FORMAT ": %s", stage->job->id, error->message);
    queue_stage_free(stage);
}

static void
queue_progress_cb(const char *stage, double fraction, guint64 rows, gpointer data)
{
    QueueEntry *entry = data;
    ErrataQueue *self = entry->queue;
    ErrataJobState state = errata_job_state_of_stage(stage);

    if (state != entry->job->state) {
        QueueStage *staged = g_new0(QueueStage, 1);

        entry->job->state = state;
        staged->queue = self;
        staged->job = errata_job_copy(entry->job);
        errata_store_thread_call_async(self->store,
                                       queue_stage_cb,
                                       staged->job,
                                       NULL,
                                       NULL,
                                       queue_staged_cb,
                                       staged);
    }
    self->events.progress(entry->job->id, stage, fraction, rows, self->data);
}

static void
queue_finished_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    QueueEntry *entry = user_data;
    ErrataQueue *self = entry->queue;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataJobRunResult) run = errata_job_run_finish(result, &error);
    guint at = 0;

    if (queue_find(self->running, entry->job->id, &at) != NULL)
        g_ptr_array_steal_index_fast(self->running, at);
    if (run == NULL && g_error_matches(error, ERRATA_ERROR, ERRATA_ERROR_USAGE)) {
        queue_entry_free(entry); /* ended meanwhile, as part of another */
    } else if (run == NULL) {
        g_warning("job %" G_GINT64_FORMAT ": %s", entry->job->id, error->message);
        entry->job->state = ERRATA_JOB_WAITING;
        queue_insert(self, entry);
        queue_delay(entry, QUEUE_STORE_RETRY_S);
    } else {
        gboolean crashed = run->job->crashes > entry->job->crashes;

        errata_job_free(entry->job);
        entry->job = errata_job_copy(run->job);
        if (run->report != NULL) /* first, so that whoever hears of the job finds its report */
            self->events.reported(run->job, run->report, run->alerts, self->data);
        self->events.job_changed(run->job, self->data);
        if (errata_job_has_ended(run->job)) {
            queue_entry_free(entry);
        } else {
            queue_insert(self, entry);
            if (!crashed && ++entry->kills > QUEUE_QUICK_RETRIES)
                queue_delay(entry,
                            MIN(QUEUE_RETRY_S << MIN(entry->kills - QUEUE_QUICK_RETRIES, 16),
                                QUEUE_MAX_RETRY_S));
        }
    }
    queue_pump(self);
}

/* whether a job of that model runs */
static gboolean
queue_is_busy(const ErrataQueue *self, const char *name)
{
    for (guint i = 0; i < self->running->len; i++)
        if (g_strcmp0(((QueueEntry *)g_ptr_array_index(self->running, i))->job->name, name) == 0)
            return TRUE;
    return FALSE;
}

/* the next job that may run now; one that crashed waits for the others to end, and they for it */
static QueueEntry *
queue_take(ErrataQueue *self)
{
    for (guint i = 0; i < self->running->len; i++) {
        if (((QueueEntry *)g_ptr_array_index(self->running, i))->job->crashes > 0)
            return NULL;
    }
    for (guint i = 0; i < self->waiting->len; i++) {
        QueueEntry *entry = g_ptr_array_index(self->waiting, i);

        if (entry->delayed != 0 || queue_is_busy(self, entry->job->name))
            continue;
        if (entry->job->crashes > 0 && self->running->len > 0)
            return NULL;
        return g_ptr_array_steal_index(self->waiting, i);
    }
    return NULL;
}

static void
queue_pump(ErrataQueue *self)
{
    QueueEntry *entry;

    while (!self->stopped && self->running->len < self->configuration->workers &&
           (entry = queue_take(self)) != NULL) {
        g_ptr_array_add(self->running, entry);
        errata_job_run_async(self->store,
                             self->spool,
                             self->configuration,
                             self->llm,
                             entry->job,
                             queue_progress_cb,
                             entry,
                             entry->cancellable,
                             queue_finished_cb,
                             entry);
    }
}

/* whether a job waits or runs */
gboolean
errata_queue_has(const ErrataQueue *self, gint64 id)
{
    guint at = 0;

    return queue_find(self->waiting, id, &at) != NULL || queue_find(self->running, id, &at) != NULL;
}

/**
 * errata_queue_add:
 * @job: stored, waiting, with its bytes in the spool; copied
 *
 * From now on the job is the queue's until it has ended. One that it has already is left as it is.
 */
void
errata_queue_add(ErrataQueue *self, const ErrataJob *job)
{
    QueueEntry *entry;

    if (errata_queue_has(self, job->id))
        return;
    entry = g_new0(QueueEntry, 1);
    entry->queue = self;
    entry->job = errata_job_copy(job);
    entry->cancellable = g_cancellable_new();
    queue_insert(self, entry);
    queue_pump(self);
}

/* a waiting job that ended otherwise */
void
errata_queue_forget(ErrataQueue *self, gint64 id)
{
    guint at = 0;

    if (queue_find(self->waiting, id, &at) != NULL)
        g_ptr_array_remove_index(self->waiting, at);
}

static gpointer
queue_cancel_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_job_update(store, data, error) ? data : NULL;
}

static void
queue_release_cb(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const QueueStage *stage = data;

    errata_job_run_release(stage->queue->store, stage->queue->spool, stage->job->sha256);
    g_task_return_boolean(task, TRUE);
}

static void
queue_cancelled_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    QueueStage *stage = user_data;
    ErrataQueue *self = stage->queue;
    g_autoptr(GError) error = NULL;
    g_autoptr(GTask) task = NULL;

    if (errata_store_thread_call_finish(self->store, result, &error) == NULL) {
        g_warning("job %" G_GINT64_FORMAT " was not cancelled: %s", stage->job->id, error->message);
        queue_stage_free(stage);
        return;
    }
    self->events.job_changed(stage->job, self->data);
    task = g_task_new(NULL, NULL, NULL, NULL);
    g_task_set_task_data(task, stage, (GDestroyNotify)queue_stage_free);
    g_task_run_in_thread(task, queue_release_cb);
}

/**
 * errata_queue_cancel:
 * @id: of a job
 *
 * Ends a job; that it has ended is told by the event.
 *
 * Returns: whether it was waiting or running
 */
gboolean
errata_queue_cancel(ErrataQueue *self, gint64 id)
{
    guint at = 0;
    QueueEntry *entry = queue_find(self->running, id, &at);
    QueueStage *stage;

    if (entry != NULL) {
        g_cancellable_cancel(entry->cancellable);
        return TRUE;
    }
    entry = queue_find(self->waiting, id, &at);
    if (entry == NULL)
        return FALSE;
    stage = g_new0(QueueStage, 1);
    stage->queue = self;
    stage->job = errata_job_copy(entry->job);
    errata_job_end(stage->job, ERRATA_JOB_CANCELLED);
    g_ptr_array_remove_index(self->waiting, at);
    errata_store_thread_call_async(self->store,
                                   queue_cancel_cb,
                                   stage->job,
                                   NULL,
                                   NULL,
                                   queue_cancelled_cb,
                                   stage);
    return TRUE;
}

/* no job is started from now on; running ones go on and are resumed if they do not end in time */
void
errata_queue_stop(ErrataQueue *self)
{
    self->stopped = TRUE;
}

guint
errata_queue_n_running(const ErrataQueue *self)
{
    return self->running->len;
}

guint
errata_queue_n_waiting(const ErrataQueue *self)
{
    return self->waiting->len;
}
