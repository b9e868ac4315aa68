/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Monitored models on the bus. */
#include <string.h>

#include "error.h"
#include "service-private.h"

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

static gboolean
service_model_refuse(GDBusMethodInvocation *invocation)
{
    g_autoptr(GError) error =
        g_error_new_literal(ERRATA_ERROR,
                            ERRATA_ERROR_UNSUPPORTED,
                            "this release does not run models; log the model's scores and "
                            "attributions instead");

    errata_service_fail(invocation, error);
    return TRUE;
}

static gboolean
service_model_explain_cb(ErrataDbusModel *model,
                         GDBusMethodInvocation *invocation,
                         GVariant *row,
                         GVariant *options,
                         gpointer user_data)
{
    return service_model_refuse(invocation);
}

static gboolean
service_model_score_cb(ErrataDbusModel *model,
                       GDBusMethodInvocation *invocation,
                       GUnixFDList *fds,
                       GVariant *rows,
                       GVariant *options,
                       gpointer user_data)
{
    return service_model_refuse(invocation);
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

/* the newest report at once, so that nobody who hears of it finds a history without it; the store is
 * asked for the rest */
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
