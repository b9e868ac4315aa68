/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Monitored models on the bus. */
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"
#include "json-writer.h"
#include "service-private.h"
#include "service-task.h"

/* what the store knows of a model */
typedef struct {
    ErrataService *service;
    char *name; /* NULL: all models */
    GPtrArray *models;
    GPtrArray *histories; /* (element-type GPtrArray): of reports, beside @models */
} ServiceModelQuery;

static void
service_model_query_free(ServiceModelQuery *query)
{
    g_free(query->name);
    g_clear_pointer(&query->models, g_ptr_array_unref);
    g_ptr_array_unref(query->histories);
    g_free(query);
}

/* /org/errata/Errata1/models/NAME, with bytes that a path may not have as _xx */
char *
errata_service_model_path(const char *name)
{
    g_autofree char *label = g_dbus_escape_object_path(name);

    return g_strconcat(ERRATA_SERVICE_PATH "/models/", label, NULL);
}

/* a job for the model's registered file; %NULL where there is none */
static ErrataHostJob *
service_model_job(ErrataService *self, ErrataDbusModel *model, const char *mode, GError **error)
{
    const char *current = errata_dbus_model_get_current(model);
    const char *name = errata_dbus_model_get_name(model);
    const ErrataConfiguration *configuration = errata_engine_configuration(self->engine);
    ErrataHostJob *job;
    int fd;

    if (current == NULL || *current == '\0') {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "no model file is registered for %s; drop it into its folder, or submit it "
                    "under that name",
                    name);
        return NULL;
    }
    fd = errata_spool_open(errata_engine_spool(self->engine), current, error);
    if (fd < 0)
        return NULL;
    job = errata_host_job_new(mode);
    job->memory = configuration->memory;
    errata_host_job_add_input(job, fd, name, "model");
    return job;
}

/* one value of a row as JSON; FALSE for a kind that no column has */
static gboolean
service_model_value(ErrataJsonWriter *json, const char *key, GVariant *value, GError **error)
{
    switch (g_variant_classify(value)) {
    case G_VARIANT_CLASS_STRING:
        errata_json_writer_string(json, key, g_variant_get_string(value, NULL));
        return TRUE;
    case G_VARIANT_CLASS_BOOLEAN:
        errata_json_writer_boolean(json, key, g_variant_get_boolean(value));
        return TRUE;
    case G_VARIANT_CLASS_DOUBLE:
        errata_json_writer_double(json, key, g_variant_get_double(value));
        return TRUE;
    case G_VARIANT_CLASS_INT32:
        errata_json_writer_int(json, key, g_variant_get_int32(value));
        return TRUE;
    case G_VARIANT_CLASS_UINT32:
        errata_json_writer_uint(json, key, g_variant_get_uint32(value));
        return TRUE;
    case G_VARIANT_CLASS_INT64:
        errata_json_writer_int(json, key, g_variant_get_int64(value));
        return TRUE;
    case G_VARIANT_CLASS_UINT64:
        errata_json_writer_uint(json, key, g_variant_get_uint64(value));
        return TRUE;
    case G_VARIANT_CLASS_INT16:
        errata_json_writer_int(json, key, g_variant_get_int16(value));
        return TRUE;
    case G_VARIANT_CLASS_UINT16:
        errata_json_writer_uint(json, key, g_variant_get_uint16(value));
        return TRUE;
    case G_VARIANT_CLASS_BYTE:
        errata_json_writer_uint(json, key, g_variant_get_byte(value));
        return TRUE;
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
        break;
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "the value of '%s' is of type %s; expected a string, a number or a truth value",
                key,
                g_variant_get_type_string(value));
    return FALSE;
}

/* the row as a file that a worker reads like any log */
static int
service_model_row(GVariant *row, GError **error)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};
    g_autoptr(GString) text = json.text;
    GVariantIter iter;
    const char *key;
    GVariant *value;
    gboolean good = TRUE;
    int fd;

    errata_json_writer_begin(&json, NULL, '{');
    g_variant_iter_init(&iter, row);
    while (good && g_variant_iter_next(&iter, "{&sv}", &key, &value)) {
        good = service_model_value(&json, key, value, error);
        g_variant_unref(value);
    }
    if (!good)
        return -1;
    errata_json_writer_end(&json, '}');
    g_string_append_c(text, '\n');
    fd = memfd_create("row.jsonl", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, text->str, text->len) == (gssize)text->len &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_IO, "no room for the row");
    return -1;
}

static gboolean
service_model_no_options(GVariant *options, GError **error)
{
    if (g_variant_n_children(options) == 0)
        return TRUE;
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_USAGE, "no options are known yet");
    return FALSE;
}

/* the log that plausible values, a background and errors alike are taken from */
static gboolean
service_model_explain_options(ErrataHostJob *job,
                              GDBusMethodInvocation *invocation,
                              GVariant *options,
                              GError **error)
{
    GUnixFDList *fds =
        g_dbus_message_get_unix_fd_list(g_dbus_method_invocation_get_message(invocation));
    g_autoptr(GVariant) log = g_variant_lookup_value(options, "log", G_VARIANT_TYPE_HANDLE);
    int fd;

    if (g_variant_n_children(options) != (log != NULL ? 1U : 0U)) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "expected no option but log, the descriptor of a log");
        return FALSE;
    }
    if (log == NULL)
        return TRUE;
    if (fds == NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_USAGE, "no descriptor came along");
        return FALSE;
    }
    fd = g_unix_fd_list_get(fds, g_variant_get_handle(log), error);
    if (fd < 0)
        return FALSE;
    errata_host_job_add_input(job, fd, "the log", "auto");
    return TRUE;
}

static gboolean
service_model_explain_cb(ErrataDbusModel *model,
                         GDBusMethodInvocation *invocation,
                         GVariant *row,
                         GVariant *options,
                         gpointer user_data)
{
    ErrataService *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    ErrataHostJob *job = service_model_job(self, model, "explain", &error);
    int fd = job != NULL && service_model_explain_options(job, invocation, options, &error)
                 ? service_model_row(row, &error)
                 : -1;

    if (fd >= 0) {
        errata_host_job_add_input(job, fd, "the row", "row");
        path = errata_service_task_start(self,
                                         invocation,
                                         g_steal_pointer(&job),
                                         errata_dbus_model_get_name(model),
                                         "a row",
                                         ERRATA_SERVICE_ANSWER_EXPLANATION,
                                         &error);
    }
    errata_host_job_free(job);
    if (path != NULL)
        errata_dbus_model_complete_explain(model, invocation, path);
    else
        errata_service_fail(invocation, error);
    return TRUE;
}

static gboolean
service_model_score_cb(ErrataDbusModel *model,
                       GDBusMethodInvocation *invocation,
                       GUnixFDList *fds,
                       GVariant *rows,
                       GVariant *options,
                       gpointer user_data)
{
    ErrataService *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    ErrataHostJob *job = service_model_no_options(options, &error)
                             ? service_model_job(self, model, "score", &error)
                             : NULL;
    int fd = job != NULL && fds != NULL
                 ? g_unix_fd_list_get(fds, g_variant_get_handle(rows), &error)
                 : -1;

    if (fd >= 0) {
        errata_host_job_add_input(job, fd, "the rows", "auto");
        path = errata_service_task_start(self,
                                         invocation,
                                         g_steal_pointer(&job),
                                         errata_dbus_model_get_name(model),
                                         "rows",
                                         ERRATA_SERVICE_ANSWER_TABLE,
                                         &error);
    }
    errata_host_job_free(job);
    if (path == NULL && error == NULL)
        error = g_error_new_literal(ERRATA_ERROR, ERRATA_ERROR_USAGE, "no descriptor came along");
    if (path != NULL)
        errata_dbus_model_complete_score(model, invocation, NULL, path);
    else
        errata_service_fail(invocation, error);
    return TRUE;
}

static void
service_model_show(ErrataService *self, const ErrataModelRecord *record, const GPtrArray *history)
{
    ErrataDbusObjectSkeleton *object = g_hash_table_lookup(self->models, record->name);
    g_autoptr(ErrataDbusModel) model = NULL;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    gboolean is_new = object == NULL;

    for (guint i = 0; i < history->len; i++)
        g_ptr_array_add(
            paths,
            errata_service_path("reports",
                                ((const ErrataReportRecord *)g_ptr_array_index(history, i))->id));
    g_ptr_array_add(paths, NULL);
    if (is_new) {
        g_autofree char *path = errata_service_model_path(record->name);

        object = errata_dbus_object_skeleton_new(path);
        model = errata_dbus_model_skeleton_new();
        errata_dbus_model_set_name(model, record->name);
        errata_service_guard(self, model, -1);
        g_signal_connect(model, "handle-explain", G_CALLBACK(service_model_explain_cb), self);
        g_signal_connect(model, "handle-score", G_CALLBACK(service_model_score_cb), self);
        errata_service_pattern_connect_model(self, model);
        errata_dbus_object_skeleton_set_model(object, model);
        g_hash_table_insert(self->models, g_strdup(record->name), object);
    } else {
        model = errata_dbus_object_get_model(ERRATA_DBUS_OBJECT(object));
    }
    errata_dbus_model_set_current(model, record->current);
    errata_dbus_model_set_reference(model, record->reference);
    errata_dbus_model_set_history(model, (const char *const *)paths->pdata);
    if (is_new)
        g_dbus_object_manager_server_export(self->server, G_DBUS_OBJECT_SKELETON(object));
}

static gpointer
service_model_query_cb(ErrataStore *store, gpointer data, GError **error)
{
    ServiceModelQuery *query = data;

    if (query->name == NULL) {
        query->models = errata_store_model_list(store, error);
        if (query->models == NULL)
            return NULL;
    } else {
        ErrataModelRecord *model = errata_store_model_get(store, query->name, error);

        if (model == NULL)
            return NULL;
        query->models = g_ptr_array_new_with_free_func((GDestroyNotify)errata_model_record_free);
        g_ptr_array_add(query->models, model);
    }
    for (guint i = 0; i < query->models->len; i++) {
        const ErrataModelRecord *model = g_ptr_array_index(query->models, i);
        GPtrArray *history =
            errata_store_report_list(store, model->name, 0, ERRATA_SERVICE_MAX_HISTORY, error);

        if (history == NULL)
            return NULL;
        g_ptr_array_add(query->histories, history);
    }
    return query;
}

static void
service_model_queried_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServiceModelQuery *query = user_data;
    ErrataService *self = query->service;
    g_autoptr(GError) error = NULL;

    if (errata_store_thread_call_finish(errata_engine_store(self->engine), result, &error) == NULL)
        g_warning("models: %s", error->message);
    else
        for (guint i = 0; i < query->models->len; i++)
            service_model_show(self,
                               g_ptr_array_index(query->models, i),
                               g_ptr_array_index(query->histories, i));
    service_model_query_free(query);
}

/* shows a model as the store has it */
void
errata_service_model_refresh(ErrataService *self, const char *name)
{
    ServiceModelQuery *query = g_new0(ServiceModelQuery, 1);

    query->service = self;
    query->name = g_strdup(name);
    query->histories = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    errata_store_thread_call_async(errata_engine_store(self->engine),
                                   service_model_query_cb,
                                   query,
                                   NULL,
                                   NULL,
                                   service_model_queried_cb,
                                   query);
}

void
errata_service_model_refresh_all(ErrataService *self)
{
    errata_service_model_refresh(self, NULL);
}

/* the newest report at once, so that nobody who hears of it finds a history without it; the store
 * is asked for the rest */
void
errata_service_model_add_report(ErrataService *self, const ErrataReportRecord *report)
{
    ErrataDbusObjectSkeleton *object = g_hash_table_lookup(self->models, report->name);
    g_autofree char *path = errata_service_path("reports", report->id);

    if (object != NULL) {
        g_autoptr(ErrataDbusModel) model = errata_dbus_object_get_model(ERRATA_DBUS_OBJECT(object));
        const char *const *history = errata_dbus_model_get_history(model);
        g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
        g_auto(GStrv) all = NULL;

        if (!g_strv_contains(history, path))
            g_strv_builder_add(paths, path);
        for (guint i = 0; history[i] != NULL && i + 1 < ERRATA_SERVICE_MAX_HISTORY; i++)
            g_strv_builder_add(paths, history[i]);
        all = g_strv_builder_end(paths);
        errata_dbus_model_set_history(model, (const char *const *)all);
    }
    errata_service_model_refresh(self, report->name);
}
