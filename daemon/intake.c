/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a dropped or submitted file to a job: open without following links, copy by content,
 * recognise what was read before, store the job and the file's stamp in one transaction. References
 * and configurations of a model's folder are registered here; all else waits for a worker. */
#include "intake.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "after.h"
#include "inbox-name.h"
#include "job-run.h"
#include "limit.h"
#include "publish.h"
#include "settings.h"
#include "store-report.h"

/* one intake, on its thread; the store's part runs on the store's while this one waits */
typedef struct {
    ErrataStoreThread *store;
    ErrataSpool *spool;
    ErrataIntakeRequest *request;
    ErrataStamp stamp;
    gboolean has_stamp;
    gint64 known_job;
    ErrataStamp known_stamp;
    gboolean known_unwritten; /* its report could not be written: worth another try */
    GPtrArray *prefixes;
    ErrataSpoolCopy *copy;
    gboolean opened; /* the request's file, by its path */
    ErrataJob *job;  /* borrowed from the result */
    ErrataIntakeResult *result;
} Intake;

ErrataIntakeRequest *
errata_intake_request_new(void)
{
    ErrataIntakeRequest *request = g_new0(ErrataIntakeRequest, 1);

    request->fd = -1;
    request->max_bytes = ERRATA_LIMIT_INPUT_BYTES;
    return request;
}

void
errata_intake_request_free(ErrataIntakeRequest *request)
{
    if (request == NULL)
        return;
    if (request->fd >= 0)
        close(request->fd);
    g_free(request->root);
    g_free(request->path);
    errata_job_free(request->job);
    g_free(request);
}

void
errata_intake_result_free(ErrataIntakeResult *result)
{
    if (result == NULL)
        return;
    errata_job_free(result->job);
    g_free(result);
}

/* not the file was at fault: dropped again as it is, or found at a start, it is taken again. What
 * could not be opened has a stamp of its own, and fails once */
static gboolean
intake_look_up_end(Intake *self, ErrataStore *store, GError **error)
{
    g_autoptr(ErrataJob) job = NULL;

    if (self->known_job == 0 || self->stamp.size == G_MAXUINT64)
        return TRUE;
    job = errata_store_job_get(store, self->known_job, error);
    if (job == NULL)
        return FALSE;
    self->known_unwritten = job->state == ERRATA_JOB_FAILED && job->error_code == ERRATA_ERROR_IO;
    return TRUE;
}

static gpointer
intake_look_up_cb(ErrataStore *store, gpointer data, GError **error)
{
    Intake *self = data;
    const ErrataIntakeRequest *request = self->request;

    if (request->root != NULL && (!errata_store_file_get(store,
                                                         request->path,
                                                         &self->known_stamp,
                                                         &self->known_job,
                                                         error) ||
                                  !intake_look_up_end(self, store, error)))
        return NULL;
    if (request->kind == ERRATA_KIND_AUTO && request->fd >= 0) {
        self->prefixes = errata_store_job_prefixes(store, self->job->name, self->stamp.size, error);
        if (self->prefixes == NULL)
            return NULL;
    }
    return self;
}

/* the earlier log that the new one begins with, if no worker has it yet, ends as part of it */
static gboolean
intake_merge_earlier(Intake *self, ErrataStore *store, GError **error)
{
    g_autoptr(ErrataJob) earlier = NULL;

    if (self->job->other == 0)
        return TRUE;
    earlier = errata_store_job_get(store, self->job->other, error);
    if (earlier == NULL)
        return FALSE;
    if (earlier->state != ERRATA_JOB_WAITING || earlier->id == self->job->id)
        return TRUE;
    errata_job_end(earlier, ERRATA_JOB_MERGED);
    earlier->other = self->job->id;
    self->result->earlier = earlier->id;
    return errata_store_job_update(store, earlier, error);
}

static gboolean
intake_store_duplicate(Intake *self, ErrataStore *store, gint64 same, GError **error)
{
    g_autoptr(ErrataJob) other = NULL;

    self->result->outcome = ERRATA_INTAKE_DUPLICATE;
    self->result->earlier = same;
    if (self->request->root != NULL &&
        !errata_store_file_put(store, self->request->path, &self->stamp, same, error))
        return FALSE;
    if (same == self->known_job) /* the file of before, only touched */
        return TRUE;
    other = errata_store_job_get(store, same, error);
    if (other == NULL)
        return FALSE;
    if (other->state == ERRATA_JOB_REGISTERED && self->request->root != NULL && self->job->id == 0)
        return TRUE; /* looked at again, since a reference came: it was no log */
    self->job->other = same;
    self->job->report = other->report;
    errata_job_end(self->job, ERRATA_JOB_MERGED);
    return self->job->id == 0 ? errata_store_job_insert(store, self->job, error)
                              : errata_store_job_update(store, self->job, error);
}

static gboolean
intake_store_job(Intake *self, ErrataStore *store, GError **error)
{
    const ErrataIntakeRequest *request = self->request;
    ErrataJob *job = self->job;
    g_autofree char *file = g_path_get_basename(job->input);
    gint64 same = 0;

    if (self->copy != NULL && job->kind == ERRATA_KIND_AUTO && !request->force &&
        !errata_job_has_ended(job)) {
        if (!errata_store_job_find_same(store, job->name, job->sha256, &same, error))
            return FALSE;
        if (same != 0)
            return intake_store_duplicate(self, store, same, error);
    }
    if (job->id == 0 ? !errata_store_job_insert(store, job, error)
                     : !errata_store_job_update(store, job, error))
        return FALSE;
    if (request->root != NULL && self->has_stamp &&
        !errata_store_file_put(store, request->path, &self->stamp, job->id, error))
        return FALSE;
    if (job->state == ERRATA_JOB_REGISTERED)
        return errata_store_model_set_file(store,
                                           job->name,
                                           job->kind,
                                           file,
                                           job->sha256,
                                           job->id,
                                           error);
    return intake_merge_earlier(self, store, error);
}

static gpointer
intake_store_cb(ErrataStore *store, gpointer data, GError **error)
{
    Intake *self = data;
    gboolean done;

    if (!errata_store_begin(store, error))
        return NULL;
    done = intake_store_job(self, store, error);
    if (!errata_store_end(store, done, error))
        return NULL;
    return done ? self : NULL;
}

static gboolean
intake_check_configuration(Intake *self, GError **error)
{
    g_autofree char *text = g_malloc(ERRATA_LIMIT_CONFIG_BYTES + 1);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    int fd = -1;
    gssize n;

    if (self->copy->bytes > ERRATA_LIMIT_CONFIG_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%s has %" G_GUINT64_FORMAT " bytes; at most %u are read",
                    self->job->input,
                    self->copy->bytes,
                    ERRATA_LIMIT_CONFIG_BYTES);
        return FALSE;
    }
    fd = errata_spool_open(self->spool, self->copy->sha256, error);
    if (fd < 0)
        return FALSE;
    n = read(fd, text, ERRATA_LIMIT_CONFIG_BYTES);
    close(fd);
    if (n < 0) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_IO, "cannot read the spooled copy");
        return FALSE;
    }
    text[n] = '\0';
    return errata_settings_load(settings,
                                text,
                                (gsize)n,
                                self->job->input,
                                ERRATA_SETTINGS_FOLDER,
                                error);
}

/* settings dropped where no model is whose they could be: nobody would look for them in a log */
static gboolean
intake_check_place(const Intake *self, GError **error)
{
    const char *path = self->request->root != NULL ? self->request->path : "";

    if (self->job->kind != ERRATA_KIND_AUTO ||
        (strcmp(path, "errata.conf") != 0 && !g_str_has_suffix(path, "/errata.conf")))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_CONFIG,
                "%s is in no model's folder and is not read there; settings of one model go into "
                "the inbox as NAME/errata.conf, those of all models are in errata.conf(5)",
                self->job->input);
    return FALSE;
}

/* decides what the job of the kept copy is; an error here is the file's */
static gboolean
intake_decide(Intake *self, GError **error)
{
    ErrataJob *job = self->job;

    job->sha256 = g_strdup(self->copy->sha256);
    job->bytes = self->copy->bytes;
    job->other = self->copy->continues;
    if (!intake_check_place(self, error))
        return FALSE;
    if (job->kind == ERRATA_KIND_CONFIGURATION && !intake_check_configuration(self, error))
        return FALSE;
    if (job->kind == ERRATA_KIND_CONFIGURATION || job->kind == ERRATA_KIND_REFERENCE)
        errata_job_end(job, ERRATA_JOB_REGISTERED);
    return TRUE;
}

/* what cannot be opened has a stamp too, so that it fails once and not at every look: one that no
 * readable file has, and that a change of its mode changes */
static void
intake_stamp_unreadable(Intake *self)
{
    g_autofree char *path = g_build_filename(self->request->root != NULL ? self->request->root
                                                                         : "/",
                                             self->request->path,
                                             NULL);
    struct stat status;

    if (lstat(path, &status) != 0)
        return;
    self->stamp = (ErrataStamp){
        .dev = status.st_dev,
        .ino = status.st_ino,
        .size = G_MAXUINT64,
        .mtime = status.st_ctim.tv_sec * G_GINT64_CONSTANT(1000000000) + status.st_ctim.tv_nsec,
    };
    self->has_stamp = TRUE;
}

static gboolean
intake_open(Intake *self, GError **error)
{
    ErrataIntakeRequest *request = self->request;
    g_autofree char *folder = NULL;
    g_autofree char *name = NULL;
    struct stat status;

    if (request->fd < 0) {
        folder = request->root != NULL ? g_strdup(request->root)
                                       : g_path_get_dirname(request->path);
        name = request->root != NULL ? g_strdup(request->path) : g_path_get_basename(request->path);
        request->fd = errata_spool_open_input(folder, name, error);
        self->opened = request->fd >= 0;
    }
    if (request->fd < 0) {
        intake_stamp_unreadable(self);
        return FALSE;
    }
    self->has_stamp = errata_spool_stamp(request->fd, &self->stamp);
    if (request->root != NULL && fstat(request->fd, &status) == 0)
        self->job->owner = status.st_uid;
    if (!self->has_stamp)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "'%s' is not a regular file",
                    self->job->input);
    return self->has_stamp;
}

/* the same path with the same content and an end: nothing to do */
static gboolean
intake_is_known(Intake *self)
{
    return self->known_job != 0 && !self->known_unwritten && !self->request->force &&
           errata_spool_stamp_equal(&self->known_stamp, &self->stamp);
}

/* FALSE with @error set: nothing can be stored now. TRUE with @problem set: the file is at fault;
 * without: the outcome says how it went */
static gboolean
intake_read(Intake *self, GError **problem, GError **error)
{
    ErrataStamp after = {0};

    if (self->stamp.size > self->request->max_bytes) {
        g_set_error(problem,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "'%s' has %" G_GUINT64_FORMAT
                    " bytes; [inbox] max-bytes allows %" G_GUINT64_FORMAT,
                    self->job->input,
                    self->stamp.size,
                    self->request->max_bytes);
        return TRUE;
    }
    self->copy = errata_spool_copy(self->spool, self->request->fd, self->prefixes, error);
    if (self->copy == NULL)
        return FALSE;
    if (self->copy->read_error != 0)
        g_set_error(problem,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "cannot read '%s': %s",
                    self->job->input,
                    g_strerror(self->copy->read_error));
    else if (!errata_spool_stamp(self->request->fd, &after) ||
             !errata_spool_stamp_equal(&self->stamp, &after) || self->copy->bytes != after.size)
        self->result->outcome = ERRATA_INTAKE_CHANGING;
    return TRUE;
}

static gboolean
intake_finish(Intake *self, GError *problem, GError **error)
{
    g_autoptr(GError) own = problem;
    gboolean done;

    errata_spool_lock(self->spool);
    done = own != NULL || errata_spool_keep(self->spool, self->copy, error);
    if (done && own == NULL)
        intake_decide(self, &own);
    if (own != NULL)
        errata_job_fail(self->job, own);
    done = done && errata_store_thread_call(self->store, intake_store_cb, self, error) != NULL;
    errata_spool_unlock(self->spool);
    return done;
}

static gboolean
intake_run(Intake *self, GError **error)
{
    g_autoptr(GError) problem = NULL;

    intake_open(self, &problem);
    if (errata_store_thread_call(self->store, intake_look_up_cb, self, error) == NULL)
        return FALSE;
    if (self->has_stamp && intake_is_known(self)) {
        self->result->outcome = ERRATA_INTAKE_UNCHANGED;
        self->result->earlier = self->known_job;
        return TRUE;
    }
    if (g_error_matches(problem, ERRATA_ERROR, ERRATA_ERROR_NOT_FOUND) && self->job->id == 0) {
        self->result->outcome = ERRATA_INTAKE_GONE;
        return TRUE;
    }
    if (problem == NULL && !intake_read(self, &problem, error))
        return FALSE;
    if (problem != NULL)
        return intake_finish(self, g_steal_pointer(&problem), error);
    if (self->result->outcome == ERRATA_INTAKE_CHANGING && self->request->root != NULL)
        return TRUE;
    self->result->outcome = ERRATA_INTAKE_ACCEPTED;
    return intake_finish(self, NULL, error);
}

static ErrataJob *
intake_make_job(const ErrataIntakeRequest *request)
{
    g_autofree char *name = errata_inbox_name_model(request->path);
    g_autofree char *shown = g_utf8_make_valid(request->path, -1); /* a name is any bytes */
    ErrataJob *job = errata_job_new(name, shown);

    job->kind = request->kind;
    job->path = g_build_filename(request->root, request->path, NULL);
    return job;
}

/**
 * errata_intake_take:
 * @store: the store
 * @spool: the spool
 * @request: the file
 *
 * Takes a file in. Blocks; not for the main thread. A file that cannot be read becomes a job that
 * has failed; an error here means that nothing was stored, and @request may be tried again.
 *
 * Errors: %ERRATA_ERROR_IO.
 *
 * Returns: (transfer full): what became of it, or %NULL with @error set
 */
ErrataIntakeResult *
errata_intake_take(ErrataStoreThread *store,
                   ErrataSpool *spool,
                   ErrataIntakeRequest *request,
                   GError **error)
{
    g_autoptr(ErrataIntakeResult) result = g_new0(ErrataIntakeResult, 1);
    Intake self = {.store = store, .spool = spool, .request = request, .result = result};
    gboolean done;

    result->job = request->job != NULL ? errata_job_copy(request->job) : intake_make_job(request);
    self.job = result->job;
    done = intake_run(&self, error);
    g_clear_pointer(&self.prefixes, g_ptr_array_unref);
    errata_spool_copy_free(self.copy);
    if (self.opened) { /* another may have the name when it is tried again */
        close(request->fd);
        request->fd = -1;
    }
    if (!done)
        return NULL;
    if (result->job->id == 0)
        g_clear_pointer(&result->job, errata_job_free);
    return g_steal_pointer(&result);
}

/**
 * errata_intake_settle:
 * @result: what became of a file
 *
 * What has to be done on disk then: its reason beside the reports, `[inbox] after`, its bytes in
 * the spool. Blocks.
 */
void
errata_intake_settle(ErrataStoreThread *store,
                     ErrataSpool *spool,
                     const ErrataConfiguration *configuration,
                     const ErrataIntakeResult *result)
{
    const ErrataJob *job = result->job;

    if (job != NULL && job->state == ERRATA_JOB_FAILED)
        errata_publish_error(configuration->reports, job);
    if (job != NULL && job->state == ERRATA_JOB_REGISTERED)
        errata_publish_no_error(configuration->reports, job);
    if (job != NULL && errata_job_has_ended(job))
        errata_after_apply(configuration, store, job->id);
    if (job != NULL && errata_job_has_ended(job) && job->sha256 != NULL)
        errata_job_run_release(store, spool, job->sha256);
    if (result->outcome == ERRATA_INTAKE_DUPLICATE || result->outcome == ERRATA_INTAKE_UNCHANGED)
        errata_after_apply(configuration, store, result->earlier);
}

typedef struct {
    ErrataStoreThread *store;
    ErrataSpool *spool;
    ErrataIntakeRequest *request;
} IntakeTask;

static void
intake_thread_cb(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    IntakeTask *intake = data;
    GError *error = NULL;
    ErrataIntakeResult *result =
        errata_intake_take(intake->store, intake->spool, intake->request, &error);

    if (result != NULL)
        g_task_return_pointer(task, result, (GDestroyNotify)errata_intake_result_free);
    else
        g_task_return_error(task, error);
}

/**
 * errata_intake_take_async:
 * @store: must live until @callback
 * @spool: must live until @callback
 * @request: the file; must live until @callback
 *
 * As errata_intake_take(), in a thread.
 */
void
errata_intake_take_async(ErrataStoreThread *store,
                         ErrataSpool *spool,
                         ErrataIntakeRequest *request,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, NULL, callback, user_data);
    IntakeTask *intake = g_new0(IntakeTask, 1);

    intake->store = store;
    intake->spool = spool;
    intake->request = request;
    g_task_set_source_tag(task, errata_intake_take_async);
    g_task_set_task_data(task, intake, g_free);
    g_task_run_in_thread(task, intake_thread_cb);
}

ErrataIntakeResult *
errata_intake_take_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, NULL), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
