/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Manager interface: files come in, lists go out. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "inbox-name.h"
#include "service-private.h"

/* the files of one Submit or SubmitPaths on their way into the store */
typedef struct {
    ErrataService *service;
    GDBusMethodInvocation *invocation;
    GPtrArray *requests; /* (element-type ErrataIntakeRequest): not handed over yet */
    GPtrArray *paths;    /* of the jobs, in order */
    guint next;
} ServiceSubmit;

/* options of Submit */
typedef struct {
    char *name; /* NULL: by the file's stem */
    char **names;
    ErrataKind kind;
    gboolean force;
} ServiceOptions;

static void
service_submit_free(ServiceSubmit *submit)
{
    for (guint i = submit->next; i < submit->requests->len; i++)
        errata_intake_request_free(g_ptr_array_index(submit->requests, i));
    g_ptr_array_unref(submit->requests);
    g_ptr_array_unref(submit->paths);
    g_free(submit);
}

static ServiceSubmit *
service_submit_new(ErrataService *self, GDBusMethodInvocation *invocation)
{
    ServiceSubmit *submit = g_new0(ServiceSubmit, 1);

    submit->service = self;
    submit->invocation = invocation;
    submit->requests = g_ptr_array_new();
    submit->paths = g_ptr_array_new_with_free_func(g_free);
    return submit;
}

static void
service_options_clear(ServiceOptions *options)
{
    g_free(options->name);
    g_strfreev(options->names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ServiceOptions, service_options_clear)

static gboolean
service_options_read(GVariant *given, ServiceOptions *options, GError **error)
{
    GVariantIter iter;
    const char *key;
    GVariant *boxed;

    g_variant_iter_init(&iter, given);
    while (g_variant_iter_next(&iter, "{&sv}", &key, &boxed)) {
        g_autoptr(GVariant) value = boxed;
        gboolean good = FALSE;

        if (strcmp(key, "name") == 0 && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
            const char *name = g_variant_get_string(value, NULL);

            if (name[0] == '.' || strchr(name, '/') != NULL) {
                g_set_error(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "'%s' is no name of a model: it may hold no '/' and not begin with '.'",
                            name);
                return FALSE;
            }
            g_free(options->name);
            options->name = errata_inbox_name_clean(name);
            good = name[0] != '\0';
        } else if (strcmp(key, "names") == 0 &&
                   g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY)) {
            g_strfreev(options->names);
            options->names = g_variant_dup_strv(value, NULL);
            good = TRUE;
        } else if (strcmp(key, "kind") == 0 && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
            good = errata_job_kind_parse(g_variant_get_string(value, NULL), &options->kind) &&
                   options->kind < ERRATA_KIND_MODEL;
        } else if (strcmp(key, "force") == 0 &&
                   g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN)) {
            options->force = g_variant_get_boolean(value);
            good = TRUE;
        }
        if (!good) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_USAGE,
                        "option '%s' is unknown or has a bad value; there are: name (s), names "
                        "(as), kind (s: auto, reference or configuration), force (b)",
                        key);
            return FALSE;
        }
    }
    return TRUE;
}

static void
service_submit_add(ServiceSubmit *submit,
                   ErrataIntakeRequest *request,
                   const char *input,
                   const ServiceOptions *options)
{
    g_autofree char *valid = g_utf8_make_valid(input, -1);
    g_autofree char *base = g_path_get_basename(valid);
    g_autofree char *name = options->name != NULL ? g_strdup(options->name)
                                                  : errata_inbox_name_stem(base);

    request->job = errata_job_new(name, valid);
    request->job->path = g_strdup(request->path);
    request->job->kind = options->kind;
    request->job->owner = errata_service_caller(submit->service, submit->invocation);
    request->kind = options->kind;
    request->force = options->force;
    g_ptr_array_add(submit->requests, request);
}

static void service_submit_next(ServiceSubmit *submit);

static void
service_submitted_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServiceSubmit *submit = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataJob) job = errata_engine_submit_finish(submit->service->engine, result, &error);

    if (job == NULL) {
        errata_service_fail(submit->invocation, error);
        service_submit_free(submit);
        return;
    }
    g_ptr_array_add(submit->paths, errata_service_path("jobs", job->id));
    service_submit_next(submit);
}

static void
service_submit_next(ServiceSubmit *submit)
{
    if (submit->next < submit->requests->len) {
        errata_engine_submit_async(submit->service->engine,
                                   g_ptr_array_index(submit->requests, submit->next++),
                                   service_submitted_cb,
                                   submit);
        return;
    }
    g_dbus_method_invocation_return_value(
        submit->invocation,
        g_variant_new("(@ao)",
                      g_variant_new_objv((const char *const *)submit->paths->pdata,
                                         (gssize)submit->paths->len)));
    service_submit_free(submit);
}

static gboolean
service_submit_add_fd(ServiceSubmit *submit,
                      GUnixFDList *fds,
                      int handle,
                      const ServiceOptions *options,
                      GError **error)
{
    guint index = submit->requests->len;
    g_autoptr(ErrataIntakeRequest) request = errata_intake_request_new();
    g_autofree char *what = g_strdup_printf("descriptor %u", index);
    g_autofree char *link = NULL;
    g_autofree char *target = NULL;
    g_autofree char *name = NULL;
    g_autoptr(GError) problem = NULL;

    request->fd = fds != NULL ? g_unix_fd_list_get(fds, handle, &problem) : -1;
    if (request->fd < 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "descriptor %u did not come with the message; where many files wait, submit "
                    "the rest later",
                    index);
        return FALSE;
    }
    if (!errata_service_check_fd(request->fd, what, error))
        return FALSE;
    if (options->names != NULL && index < g_strv_length(options->names)) {
        name = g_strdup(options->names[index]);
    } else {
        link = g_strdup_printf("/proc/self/fd/%d", request->fd);
        target = g_file_read_link(link, NULL);
        name = g_path_get_basename(target != NULL ? target : "submitted");
    }
    service_submit_add(submit, g_steal_pointer(&request), name, options);
    return TRUE;
}

static gboolean
service_submit_cb(ErrataDbusManager *manager,
                  GDBusMethodInvocation *invocation,
                  GUnixFDList *fds,
                  GVariant *handles,
                  GVariant *given,
                  gpointer user_data)
{
    ServiceSubmit *submit = service_submit_new(user_data, invocation);
    g_auto(ServiceOptions) options = {0};
    g_autoptr(GError) error = NULL;
    gboolean good = service_options_read(given, &options, &error);

    for (gsize i = 0; good && i < g_variant_n_children(handles); i++) {
        int handle = -1;

        g_variant_get_child(handles, i, "h", &handle);
        good = service_submit_add_fd(submit, fds, handle, &options, &error);
    }
    if (good) {
        service_submit_next(submit);
        return TRUE;
    }
    errata_service_fail(invocation, error);
    service_submit_free(submit);
    return TRUE;
}

/* what fails at once rather than as a job of its own */
static gboolean
service_check_path(const char *path, GError **error)
{
    struct stat status;

    if (!g_path_is_absolute(path)) {
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_USAGE, "'%s' is not an absolute path", path);
        return FALSE;
    }
    if (stat(path, &status) != 0) {
        g_set_error(error,
                    ERRATA_ERROR,
                    errno == ENOENT || errno == ENOTDIR ? ERRATA_ERROR_NOT_FOUND : ERRATA_ERROR_IO,
                    "%s cannot be opened: %s",
                    path,
                    g_strerror(errno));
        return FALSE;
    }
    if (S_ISREG(status.st_mode))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                S_ISDIR(status.st_mode)
                    ? "%s is a folder; name the files in it, or drop it into the inbox"
                    : "%s is not a regular file",
                path);
    return FALSE;
}

static gboolean
service_submit_paths_cb(ErrataDbusManager *manager,
                        GDBusMethodInvocation *invocation,
                        const char *const *paths,
                        GVariant *given,
                        gpointer user_data)
{
    ErrataService *self = user_data;
    ServiceSubmit *submit = service_submit_new(self, invocation);
    g_auto(ServiceOptions) options = {0};
    g_autoptr(GError) error = NULL;
    gboolean good = !self->is_system && service_options_read(given, &options, &error);

    if (self->is_system)
        g_set_error_literal(&error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_UNSUPPORTED,
                            "on the system bus files come as descriptors; call Submit");
    for (guint i = 0; good && paths[i] != NULL; i++) {
        ErrataIntakeRequest *request;

        good = service_check_path(paths[i], &error);
        if (!good)
            break;
        request = errata_intake_request_new();
        request->path = g_canonicalize_filename(paths[i], NULL);
        service_submit_add(submit, request, request->path, &options);
    }
    if (good) {
        service_submit_next(submit);
        return TRUE;
    }
    errata_service_fail(invocation, error);
    service_submit_free(submit);
    return TRUE;
}

/* ---- lists ---- */

typedef enum {
    SERVICE_LIST_JOBS,
    SERVICE_LIST_REPORTS,
    SERVICE_LIST_MODELS,
    SERVICE_FIND_JOB,
    SERVICE_FIND_REPORT,
} ServiceQuestion;

/* a question to the store */
typedef struct {
    ErrataService *service;
    GDBusMethodInvocation *invocation;
    ServiceQuestion question;
    char *name; /* of a model, or what FindReport was given; NULL: any */
    gint64 id;
    gboolean open;
    guint offset;
    guint limit;
    ErrataJob *job;             /* found */
    ErrataReportRecord *report; /* found */
    GPtrArray *listed;          /* (nullable): jobs or reports */
} ServiceQuery;

static void
service_query_free(ServiceQuery *query)
{
    g_free(query->name);
    errata_job_free(query->job);
    errata_report_record_free(query->report);
    g_clear_pointer(&query->listed, g_ptr_array_unref);
    g_free(query);
}

/* in the main thread, where it is known what the bus has been told */
static GVariant *
service_describe_jobs(ErrataService *self, const GPtrArray *jobs)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < jobs->len; i++)
        g_variant_builder_add_value(&builder,
                                    errata_service_job_describe(self, g_ptr_array_index(jobs, i)));
    return g_variant_builder_end(&builder);
}

static GVariant *
service_describe_reports(ErrataService *self, const GPtrArray *reports)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < reports->len; i++) {
        const ErrataReportRecord *report = g_ptr_array_index(reports, i);

        if (errata_service_job_is_ending(self, report->job))
            errata_service_report_show(self, report);
        g_variant_builder_add_value(&builder, errata_service_report_describe(report));
    }
    return g_variant_builder_end(&builder);
}

static GVariant *
service_list_models(ErrataStore *store, GError **error)
{
    g_autoptr(GPtrArray) models = errata_store_model_list(store, error);
    GVariantBuilder builder;

    if (models == NULL)
        return NULL;
    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < models->len; i++) {
        const ErrataModelRecord *model = g_ptr_array_index(models, i);
        g_autofree char *path = errata_service_model_path(model->name);
        GVariantDict dict;

        /* a file that failed makes no model */
        if (model->n_reports == 0 && model->current[0] == '\0' && model->reference[0] == '\0' &&
            model->configuration[0] == '\0')
            continue;
        g_variant_dict_init(&dict, NULL);
        g_variant_dict_insert(&dict, "name", "s", model->name);
        g_variant_dict_insert(&dict, "path", "o", path);
        g_variant_dict_insert(&dict, "reports", "u", model->n_reports);
        g_variant_dict_insert(&dict, "current", "s", model->current);
        g_variant_dict_insert(&dict, "reference", "s", model->reference);
        g_variant_dict_insert(&dict, "configuration", "s", model->configuration);
        g_variant_builder_add_value(&builder, g_variant_dict_end(&dict));
    }
    return g_variant_builder_end(&builder);
}

static ErrataReportRecord *
service_find_report(ErrataStore *store, const char *what, GError **error)
{
    g_autoptr(GPtrArray) newest = NULL;
    guint64 id = 0;

    if (g_ascii_string_to_unsigned(what, 10, 1, G_MAXINT64, &id, NULL)) {
        ErrataReportRecord *report = errata_store_report_get(store, (gint64)id, NULL);

        if (report != NULL)
            return report;
    }
    newest = errata_store_report_list(store, *what != '\0' ? what : NULL, 0, 1, error);
    if (newest != NULL && newest->len == 1)
        return g_ptr_array_steal_index(newest, 0);
    if (newest != NULL && *what == '\0')
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_NOT_FOUND,
            "there is no report yet; drop a log into the inbox, or errata submit LOG");
    else if (newest != NULL)
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_NOT_FOUND,
            "there is no report '%s', and no model of that name has one; errata reports lists those there are",
            what);
    return NULL;
}

static gpointer
service_query_cb(ErrataStore *store, gpointer data, GError **error)
{
    ServiceQuery *query = data;
    GVariant *list = NULL;

    switch (query->question) {
    case SERVICE_LIST_JOBS:
        query->listed = errata_store_job_list(store,
                                              query->name,
                                              query->open,
                                              query->offset,
                                              query->limit,
                                              error);
        return query->listed != NULL ? g_variant_ref_sink(g_variant_new("()")) : NULL;
    case SERVICE_LIST_REPORTS:
        query->listed =
            errata_store_report_list(store, query->name, query->offset, query->limit, error);
        return query->listed != NULL ? g_variant_ref_sink(g_variant_new("()")) : NULL;
    case SERVICE_LIST_MODELS:
        list = service_list_models(store, error);
        break;
    case SERVICE_FIND_JOB:
        query->job = errata_store_job_get(store, query->id, error);
        return query->job != NULL ? g_variant_ref_sink(g_variant_new("()")) : NULL;
    case SERVICE_FIND_REPORT:
        query->report = service_find_report(store, query->name, error);
        return query->report != NULL ? g_variant_ref_sink(g_variant_new("()")) : NULL;
    }
    return list != NULL ? g_variant_ref_sink(g_variant_new_tuple(&list, 1)) : NULL;
}

static void
service_queried_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServiceQuery *query = user_data;
    ErrataService *self = query->service;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        errata_store_thread_call_finish(errata_engine_store(self->engine), result, &error);
    g_autofree char *path = NULL;

    if (answer == NULL) {
        errata_service_fail(query->invocation, error);
    } else if (query->job != NULL) {
        path = errata_service_path("jobs", query->job->id);
        if (!g_hash_table_contains(self->jobs, &query->job->id))
            errata_service_job_show(self, query->job);
        g_dbus_method_invocation_return_value(query->invocation, g_variant_new("(o)", path));
    } else if (query->report != NULL) {
        path = errata_service_path("reports", query->report->id);
        errata_service_report_show(self, query->report);
        g_dbus_method_invocation_return_value(query->invocation, g_variant_new("(o)", path));
    } else if (query->listed != NULL) {
        GVariant *list = query->question == SERVICE_LIST_JOBS
                             ? service_describe_jobs(self, query->listed)
                             : service_describe_reports(self, query->listed);

        g_dbus_method_invocation_return_value(query->invocation, g_variant_new_tuple(&list, 1));
    } else {
        g_dbus_method_invocation_return_value(query->invocation, answer);
    }
    service_query_free(query);
}

static gboolean
service_query(ErrataService *self, GDBusMethodInvocation *invocation, const ServiceQuery *template)
{
    ServiceQuery *query = g_memdup2(template, sizeof *template);

    query->service = self;
    query->invocation = invocation;
    query->name = g_strdup(template->name);
    query->limit = MIN(template->limit, ERRATA_SERVICE_MAX_LIST);
    errata_store_thread_call_async(errata_engine_store(self->engine),
                                   service_query_cb,
                                   query,
                                   NULL,
                                   (GDestroyNotify)g_variant_unref,
                                   service_queried_cb,
                                   query);
    return TRUE;
}

static gboolean
service_list_jobs_cb(ErrataDbusManager *manager,
                     GDBusMethodInvocation *invocation,
                     GVariant *options,
                     guint offset,
                     guint limit,
                     gpointer user_data)
{
    g_autofree char *name = NULL;
    ServiceQuery query = {.question = SERVICE_LIST_JOBS, .offset = offset, .limit = limit};

    if (g_variant_lookup(options, "name", "s", &name))
        query.name = name;
    g_variant_lookup(options, "open", "b", &query.open);
    return service_query(user_data, invocation, &query);
}

static gboolean
service_list_reports_cb(ErrataDbusManager *manager,
                        GDBusMethodInvocation *invocation,
                        const char *name,
                        guint offset,
                        guint limit,
                        gpointer user_data)
{
    g_autofree char *copy = *name != '\0' ? g_strdup(name) : NULL;
    ServiceQuery query = {.question = SERVICE_LIST_REPORTS,
                          .name = copy,
                          .offset = offset,
                          .limit = limit};

    return service_query(user_data, invocation, &query);
}

static gboolean
service_list_models_cb(ErrataDbusManager *manager,
                       GDBusMethodInvocation *invocation,
                       gpointer user_data)
{
    ServiceQuery query = {.question = SERVICE_LIST_MODELS};

    return service_query(user_data, invocation, &query);
}

static gboolean
service_find_report_cb(ErrataDbusManager *manager,
                       GDBusMethodInvocation *invocation,
                       const char *what,
                       gpointer user_data)
{
    g_autofree char *copy = g_strdup(what);
    ServiceQuery query = {.question = SERVICE_FIND_REPORT, .name = copy};

    return service_query(user_data, invocation, &query);
}

static gboolean
service_find_job_cb(ErrataDbusManager *manager,
                    GDBusMethodInvocation *invocation,
                    gint64 id,
                    gpointer user_data)
{
    ServiceQuery query = {.question = SERVICE_FIND_JOB, .id = id};

    return service_query(user_data, invocation, &query);
}

static gboolean
service_rescan_cb(ErrataDbusManager *manager, GDBusMethodInvocation *invocation, gpointer user_data)
{
    ErrataService *self = user_data;

    errata_engine_rescan(self->engine);
    errata_dbus_manager_complete_rescan(manager, invocation);
    return TRUE;
}

void
errata_service_manager_connect(ErrataService *self)
{
    ErrataDbusManager *manager = self->manager;

    errata_service_guard(self, manager, -1);
    g_signal_connect(manager, "handle-submit", G_CALLBACK(service_submit_cb), self);
    g_signal_connect(manager, "handle-submit-paths", G_CALLBACK(service_submit_paths_cb), self);
    g_signal_connect(manager, "handle-ask", G_CALLBACK(errata_service_ask_cb), self);
    g_signal_connect(manager, "handle-list-jobs", G_CALLBACK(service_list_jobs_cb), self);
    g_signal_connect(manager, "handle-list-reports", G_CALLBACK(service_list_reports_cb), self);
    g_signal_connect(manager, "handle-list-models", G_CALLBACK(service_list_models_cb), self);
    g_signal_connect(manager, "handle-find-report", G_CALLBACK(service_find_report_cb), self);
    g_signal_connect(manager, "handle-find-job", G_CALLBACK(service_find_job_cb), self);
    g_signal_connect(manager, "handle-rescan", G_CALLBACK(service_rescan_cb), self);
    errata_service_pattern_connect_manager(self);
}
