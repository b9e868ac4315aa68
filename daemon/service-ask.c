/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions on the bus: about a report, and about its log as long as the spool has it. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "error.h"
#include "job-open.h"
#include "limit.h"
#include "service-private.h"
#include "service-task.h"
#include "store-job.h"

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
    ErrataJob *job; /* whose file the report is of */
    int log;        /* what came with the question, or that file, or −1 */
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
    errata_job_free(ask->job);
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
    ask->job = errata_store_job_get(store, ask->found->job, error);
    ask->model = ask->job != NULL ? errata_store_model_get(store, ask->found->name, error) : NULL;
    return ask->model;
}

static gboolean
ask_add_report(const Ask *ask, ErrataHostJob *job, GError **error)
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
        return FALSE;
    }
    errata_host_job_add_input(job, fd, path, "baseline");
    return TRUE;
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

/* in a thread: it reads the whole log */
static void
ask_open_cb(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    Ask *ask = task_data;
    ErrataSpool *spool = errata_engine_spool(ask->service->engine);

    if (ask->log < 0)
        ask->log = ask->job->sha256 != NULL ? errata_spool_open(spool, ask->job->sha256, NULL) : -1;
    if (ask->log < 0)
        ask->log = ask_open_file(ask->job);
    g_task_return_boolean(task, TRUE);
}

static void
ask_opened_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Ask *ask = user_data;
    ErrataService *self = ask->service;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    ErrataHostJob *job = errata_host_job_new("ask");

    if (ask_add_report(ask, job, &error) &&
        errata_job_open_settings(job,
                                 errata_engine_configuration(self->engine),
                                 errata_engine_spool(self->engine),
                                 ask->model,
                                 &error)) {
        ErrataLlmBroker *llm = errata_engine_llm(self->engine);

        job->memory = errata_engine_configuration(self->engine)->memory;
        job->llm = llm != NULL && ask->plan == NULL ? errata_llm_session_new(llm) : NULL;
        job->question = ask->plan == NULL ? g_strdup(ask->question) : NULL;
        job->plan = g_strdup(ask->plan);
        if (ask->log >= 0) /* else the answer says what it lacks */
            errata_host_job_add_input(job, ask->log, ask->job->input, "auto");
        ask->log = -1;
        path = errata_service_task_start(self,
                                         ask->invocation,
                                         g_steal_pointer(&job),
                                         ask->found->name,
                                         ask->plan != NULL ? ask->plan : ask->question,
                                         ERRATA_SERVICE_ANSWER_QUESTION,
                                         &error);
    }
    errata_host_job_free(job);
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
