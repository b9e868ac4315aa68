/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions on the bus: about a report, and about its log as long as the spool has it. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "error.h"
#include "job-open.h"
#include "limit.h"
#include "report-reader.h"
#include "service-private.h"
#include "service-task.h"
#include "store-labels.h"

#define ASK_QUESTION_BYTES 4096

/* a question on its way through the store */
typedef struct {
    ErrataService *service;
    GDBusMethodInvocation *invocation;
    char *question; /* nullable */
    char *plan;     /* nullable */
    gint64 report;  /* 0: the newest */
    gint64 from;    /* 0, or the job whose report is meant */
    ErrataReportRecord *found;
    ErrataModelRecord *model;
    GPtrArray *jobs; /* (element-type ErrataJob): whose files the report may be of, its own first */
    ErrataHostJob *host;
    int log; /* what came with the question, or −1 */
} Ask;

static void
ask_free(Ask *ask)
{
    if (ask->log >= 0)
        close(ask->log);
    g_free(ask->question);
    g_free(ask->plan);
    errata_report_record_free(ask->found);
    errata_model_record_free(ask->model);
    g_clear_pointer(&ask->jobs, g_ptr_array_unref);
    errata_host_job_free(ask->host);
    g_free(ask);
}

/* the number of an object of @kind (`reports`, `jobs`), 0 where @path is none */
static gint64
ask_number(const char *path, const char *kind)
{
    g_autofree char *prefix = g_strdup_printf(ERRATA_SERVICE_PATH "/%s/", kind);

    return g_str_has_prefix(path, prefix) ? MAX(g_ascii_strtoll(path + strlen(prefix), NULL, 10), 0)
                                          : 0;
}

static gboolean
ask_read_log(Ask *ask, GVariant *handle, GError **error)
{
    GUnixFDList *fds =
        g_dbus_message_get_unix_fd_list(g_dbus_method_invocation_get_message(ask->invocation));

    if (ask->log >= 0) /* the option given twice */
        close(ask->log);
    ask->log = fds != NULL ? g_unix_fd_list_get(fds, g_variant_get_handle(handle), NULL) : -1;
    if (ask->log < 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "the descriptor of the option log did not come with the message");
        return FALSE;
    }
    return errata_service_check_fd(ask->log, "the option log", error);
}

static gboolean
ask_read_option(Ask *ask, const char *key, GVariant *value, GError **error)
{
    gboolean is_path = g_variant_is_of_type(value, G_VARIANT_TYPE_OBJECT_PATH);
    const char *path = is_path ? g_variant_get_string(value, NULL) : NULL;

    if (strcmp(key, "plan") == 0 && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
        g_free(ask->plan);
        ask->plan = g_variant_dup_string(value, NULL);
        return TRUE;
    }
    if (strcmp(key, "log") == 0 && g_variant_is_of_type(value, G_VARIANT_TYPE_HANDLE))
        return ask_read_log(ask, value, error);
    if (!is_path || (strcmp(key, "report") != 0 && strcmp(key, "job") != 0)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "option '%s' is unknown or of a wrong type; there are: report (o), job (o), "
                    "plan (s), log (h)",
                    key);
        return FALSE;
    }
    if (strcmp(key, "report") == 0)
        ask->report = ask_number(path, "reports");
    else
        ask->from = ask_number(path, "jobs");
    if ((strcmp(key, "report") == 0 ? ask->report : ask->from) > 0)
        return TRUE;
    g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_NOT_FOUND, "there is no %s %s", key, path);
    return FALSE;
}

static gboolean
ask_read_options(Ask *ask, GVariant *options, GError **error)
{
    GVariantIter iter;
    const char *key;
    GVariant *boxed;

    g_variant_iter_init(&iter, options);
    while (g_variant_iter_next(&iter, "{&sv}", &key, &boxed)) {
        g_autoptr(GVariant) value = boxed;

        if (!ask_read_option(ask, key, value, error))
            return FALSE;
    }
    if (ask->report > 0 && ask->from > 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "the options report and job do not go together");
        return FALSE;
    }
    if (ask->plan == NULL && ask->question[0] == '\0') {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "a question in words is wanted, or the option plan (s)");
        return FALSE;
    }
    if (strlen(ask->question) > ASK_QUESTION_BYTES ||
        (ask->plan != NULL && strlen(ask->plan) > ERRATA_LIMIT_FILTER_BYTES)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "a question has at most %d bytes",
                    ASK_QUESTION_BYTES);
        return FALSE;
    }
    return TRUE;
}

/* the job's report, if it has one by now */
static gboolean
ask_find_report(Ask *ask, ErrataStore *store, GError **error)
{
    g_autoptr(ErrataJob) job = errata_store_job_get(store, ask->from, error);

    if (job == NULL)
        return FALSE;
    ask->report = job->report;
    if (job->report > 0)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                errata_job_has_ended(job) ? "job %" G_GINT64_FORMAT " has no report: it is %s"
                                          : "job %" G_GINT64_FORMAT
                                            " has no report yet: it is %s; ask again when its "
                                            "State is reported",
                job->id,
                errata_job_state_nick(job->state));
    return FALSE;
}

/* the report's own job, the log that its labels were for, and the model's labels */
static gboolean
ask_find_jobs(Ask *ask, ErrataStore *store, GError **error)
{
    ErrataJob *own = errata_store_job_get(store, ask->found->job, error);
    ErrataJob *log;

    if (own == NULL)
        return FALSE;
    ask->jobs = errata_store_labels_list(store, ask->found->name, ERRATA_KIND_LABELS, error);
    if (ask->jobs == NULL) {
        errata_job_free(own);
        return FALSE;
    }
    g_ptr_array_insert(ask->jobs, 0, own);
    log = own->other > 0 ? errata_store_job_get(store, own->other, NULL) : NULL;
    if (log != NULL)
        g_ptr_array_insert(ask->jobs, 1, log);
    return TRUE;
}

static gpointer
ask_find_cb(ErrataStore *store, gpointer data, GError **error)
{
    Ask *ask = data;

    if (ask->from > 0 && !ask_find_report(ask, store, error))
        return NULL;
    if (ask->report > 0) {
        ask->found = errata_store_report_get(store, ask->report, error);
    } else {
        g_autoptr(GPtrArray) newest = errata_store_report_list(store, NULL, 0, 1, error);

        if (newest != NULL && newest->len == 0)
            g_set_error_literal(error,
                                ERRATA_ERROR,
                                ERRATA_ERROR_NOT_FOUND,
                                "there is no report yet: ask when a job's State is reported");
        else if (newest != NULL)
            ask->found = g_ptr_array_steal_index(newest, 0);
    }
    if (ask->found == NULL)
        return NULL;
    ask->model = ask_find_jobs(ask, store, error)
                     ? errata_store_model_get(store, ask->found->name, error)
                     : NULL;
    return ask->model;
}

/* what the report is of, by its own word; NULL with @error set */
static ErrataCase *
ask_add_report(Ask *ask, GError **error)
{
    const char *reports = errata_engine_configuration(ask->service->engine)->reports;
    g_autofree char *path = g_build_filename(reports, ask->found->folder, "report.json", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "the report of %s cannot be read: %s",
                    ask->found->name,
                    g_strerror(errno));
        return NULL;
    }
    errata_host_job_add_input(ask->host, fd, path, "baseline");
    return errata_report_reader_case(path, error);
}

/* the file under that path when it has the job's bytes still, or −1 */
static int
ask_open_file(const ErrataJob *job)
{
    int fd = job->path != NULL && job->sha256 != NULL
                 ? open(job->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                 : -1;
    struct stat status;
    g_autofree char *digest = NULL;

    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (guint64)status.st_size == job->bytes)
        digest = errata_digest_fd(fd, NULL, NULL, NULL);
    if (g_strcmp0(digest, job->sha256) == 0 && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return -1;
}

/* the job that brought a file of the report; NULL where the store knows of none */
static const ErrataJob *
ask_job_of(const Ask *ask, const ErrataInput *input)
{
    for (guint i = 0; i < ask->jobs->len; i++) {
        const ErrataJob *job = g_ptr_array_index(ask->jobs, i);

        if (job->sha256 != NULL && g_strcmp0(job->sha256, input->sha256) == 0)
            return job;
    }
    return NULL;
}

static gboolean
ask_add_file(Ask *ask, const ErrataInput *input, const ErrataJob *job)
{
    int fd = -1;
    ErrataHostInput *added;

    if (job != NULL) {
        fd = errata_spool_open(errata_engine_spool(ask->service->engine), job->sha256, NULL);
        fd = fd >= 0 ? fd : ask_open_file(job);
    }
    if (fd < 0)
        return FALSE;
    added = errata_host_job_add_input(ask->host, fd, input->path, "auto");
    added->bytes = input->bytes;
    added->sha256 = g_strdup(job->sha256);
    return TRUE;
}

/* the report's logs, or its labels; what came with the question is the log */
static gboolean
ask_add_kind(Ask *ask, const ErrataCase *report, gboolean labels)
{
    for (guint i = 0; i < report->inputs->len; i++) {
        const ErrataInput *input = g_ptr_array_index(report->inputs, i);
        const ErrataJob *job = ask_job_of(ask, input);

        if ((job != NULL && job->kind == ERRATA_KIND_LABELS) != labels)
            continue;
        if (ask->log >= 0 && !labels)
            errata_host_job_add_input(ask->host, g_steal_fd(&ask->log), input->path, "auto");
        else if (!ask_add_file(ask, input, job))
            return FALSE;
    }
    return TRUE;
}

/* all files of the report or none: some of its labels only would give other figures than it has.
 * Without its log the answer says what it lacks */
static void
ask_add_files(Ask *ask, const ErrataCase *report)
{
    guint n = ask->host->inputs->len;
    guint kept = ask->log >= 0 ? n + 1 : n;

    if (!ask_add_kind(ask, report, FALSE) || !ask_add_kind(ask, report, TRUE))
        g_ptr_array_set_size(ask->host->inputs, (int)MIN(kept, ask->host->inputs->len));
}

/* in a thread: it reads all of them */
static void
ask_open_cb(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    Ask *ask = task_data;
    g_autoptr(ErrataCase) report = NULL;
    GError *error = NULL;

    ask->host = errata_host_job_new("ask");
    report = ask_add_report(ask, &error);
    if (report == NULL) {
        g_task_return_error(task, error);
        return;
    }
    ask_add_files(ask, report);
    g_task_return_boolean(task, TRUE);
}

static void
ask_opened_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Ask *ask = user_data;
    ErrataService *self = ask->service;
    const ErrataConfiguration *configuration = errata_engine_configuration(self->engine);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;

    if (g_task_propagate_boolean(G_TASK(result), &error) &&
        errata_job_open_settings(ask->host,
                                 configuration,
                                 errata_engine_spool(self->engine),
                                 ask->model,
                                 &error)) {
        ErrataLlmBroker *llm = errata_engine_llm(self->engine);
        ErrataHostJob *job = ask->host;

        job->memory = configuration->memory;
        job->llm = llm != NULL && ask->plan == NULL ? errata_llm_session_new(llm) : NULL;
        job->question = ask->plan == NULL ? g_strdup(ask->question) : NULL;
        job->plan = g_strdup(ask->plan);
        path = errata_service_task_start(self,
                                         ask->invocation,
                                         g_steal_pointer(&ask->host),
                                         ask->found->name,
                                         ask->plan != NULL ? ask->plan : ask->question,
                                         ERRATA_SERVICE_ANSWER_QUESTION,
                                         &error);
    }
    if (path != NULL)
        errata_dbus_manager_complete_ask(self->manager, ask->invocation, path);
    else
        errata_service_fail(ask->invocation, error);
    ask_free(ask);
}

static void
ask_found_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Ask *ask = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GTask) task = NULL;

    if (errata_store_thread_call_finish(errata_engine_store(ask->service->engine),
                                        result,
                                        &error) == NULL) {
        errata_service_fail(ask->invocation, error);
        ask_free(ask);
        return;
    }
    task = g_task_new(NULL, NULL, ask_opened_cb, ask);
    g_task_set_source_tag(task, ask_found_cb);
    g_task_set_task_data(task, ask, NULL);
    g_task_run_in_thread(task, ask_open_cb);
}

/* Ask of org.errata.Errata1.Manager */
gboolean
errata_service_ask_cb(ErrataDbusManager *manager,
                      GDBusMethodInvocation *invocation,
                      const char *question,
                      GVariant *options,
                      gpointer user_data)
{
    ErrataService *self = user_data;
    g_autoptr(GError) error = NULL;
    Ask *ask = g_new0(Ask, 1);

    ask->service = self;
    ask->log = -1;
    ask->invocation = invocation;
    ask->question = g_strdup(question);
    if (!ask_read_options(ask, options, &error)) {
        errata_service_fail(invocation, error);
        ask_free(ask);
        return TRUE;
    }
    errata_store_thread_call_async(errata_engine_store(self->engine),
                                   ask_find_cb,
                                   ask,
                                   NULL,
                                   NULL,
                                   ask_found_cb,
                                   ask);
    return TRUE;
}
