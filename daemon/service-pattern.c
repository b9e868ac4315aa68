/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns on the bus: lists, muting, and who is told when a report is ready. What nobody wants to
 * be told of is asked of the store once the report is there, since it may be muted while a job
 * runs. */
#include <math.h>

#include "service-private.h"
#include "store-pattern.h"

/* a call or an announcement on its way through the store */
typedef struct {
    ErrataService *service;
    GDBusMethodInvocation *invocation; /* nullable */
    char *name;                        /* nullable */
    char *id;                          /* of the pattern that is muted or not */
    gboolean muted;
    guint offset;
    guint limit;
    ErrataReportRecord report; /* that is announced: id, name and folder */
    GVariant *alerts;          /* nullable */
} ServicePattern;

static void
service_pattern_free(ServicePattern *call)
{
    g_free(call->name);
    g_free(call->id);
    g_free(call->report.name);
    g_free(call->report.folder);
    g_clear_pointer(&call->alerts, g_variant_unref);
    g_free(call);
}

static GVariant *
service_pattern_describe(const ErrataPatternRecord *record)
{
    const ErrataPattern *pattern = record->pattern;
    g_autofree char *path = errata_service_model_path(record->name);
    g_autofree char *report = errata_service_path("reports", record->report);
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "name", "s", record->name);
    g_variant_dict_insert(&dict, "path", "o", path);
    g_variant_dict_insert(&dict, "id", "s", pattern->id);
    g_variant_dict_insert(&dict, "kind", "s", errata_finding_kind_nick(pattern->kind));
    g_variant_dict_insert(&dict, "title", "s", pattern->title);
    g_variant_dict_insert(&dict, "severity", "s", errata_severity_nick(pattern->severity));
    g_variant_dict_insert(&dict, "state", "s", errata_pattern_state_nick(pattern->state));
    g_variant_dict_insert(&dict, "muted", "b", pattern->muted);
    g_variant_dict_insert(&dict, "first-seen", "x", pattern->first_seen);
    g_variant_dict_insert(&dict, "last-seen", "x", pattern->last_seen);
    g_variant_dict_insert(&dict, "reports", "u", pattern->reports);
    g_variant_dict_insert(&dict, "report", "o", report);
    g_variant_dict_insert(&dict, "current", "b", record->current);
    g_variant_dict_insert(&dict, "finding", "s", pattern->finding != NULL ? pattern->finding : "");
    if (!isnan(pattern->value))
        g_variant_dict_insert(&dict, "value", "d", pattern->value);
    return g_variant_dict_end(&dict);
}

static gpointer
service_pattern_list_cb(ErrataStore *store, gpointer data, GError **error)
{
    const ServicePattern *call = data;
    g_autoptr(GPtrArray) records =
        errata_store_pattern_list(store, call->name, call->offset, call->limit, error);
    GVariantBuilder list;
    GVariant *answer;

    if (records == NULL)
        return NULL;
    g_variant_builder_init(&list, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < records->len; i++)
        g_variant_builder_add_value(&list, service_pattern_describe(g_ptr_array_index(records, i)));
    answer = g_variant_builder_end(&list);
    return g_variant_ref_sink(g_variant_new_tuple(&answer, 1));
}

static gpointer
service_pattern_mute_cb(ErrataStore *store, gpointer data, GError **error)
{
    const ServicePattern *call = data;

    return errata_store_pattern_mute(store, call->name, call->id, call->muted, error)
               ? g_variant_ref_sink(g_variant_new("()"))
               : NULL;
}

static void
service_pattern_answered_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServicePattern *call = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer =
        errata_store_thread_call_finish(errata_engine_store(call->service->engine), result, &error);

    if (answer != NULL)
        g_dbus_method_invocation_return_value(call->invocation, answer);
    else
        errata_service_fail(call->invocation, error);
    service_pattern_free(call);
}

static gboolean
service_pattern_ask(ServicePattern *call, ErrataStoreFunc func)
{
    errata_store_thread_call_async(errata_engine_store(call->service->engine),
                                   func,
                                   call,
                                   NULL,
                                   (GDestroyNotify)g_variant_unref,
                                   service_pattern_answered_cb,
                                   call);
    return TRUE;
}

static gboolean
service_pattern_handle_list_cb(ErrataDbusManager *manager,
                               GDBusMethodInvocation *invocation,
                               const char *name,
                               guint offset,
                               guint limit,
                               gpointer user_data)
{
    ServicePattern *call = g_new0(ServicePattern, 1);

    call->service = user_data;
    call->invocation = invocation;
    call->name = *name != '\0' ? g_strdup(name) : NULL;
    call->offset = offset;
    call->limit = MIN(limit, ERRATA_SERVICE_MAX_LIST);
    return service_pattern_ask(call, service_pattern_list_cb);
}

static gboolean
service_pattern_set_muted(ErrataService *self,
                          ErrataDbusModel *model,
                          GDBusMethodInvocation *invocation,
                          const char *id,
                          gboolean muted)
{
    ServicePattern *call = g_new0(ServicePattern, 1);

    call->service = self;
    call->invocation = invocation;
    call->name = g_strdup(errata_dbus_model_get_name(model));
    call->id = g_strdup(id);
    call->muted = muted;
    return service_pattern_ask(call, service_pattern_mute_cb);
}

static gboolean
service_pattern_handle_mute_cb(ErrataDbusModel *model,
                               GDBusMethodInvocation *invocation,
                               const char *id,
                               gpointer user_data)
{
    return service_pattern_set_muted(user_data, model, invocation, id, TRUE);
}

static gboolean
service_pattern_handle_unmute_cb(ErrataDbusModel *model,
                                 GDBusMethodInvocation *invocation,
                                 const char *id,
                                 gpointer user_data)
{
    return service_pattern_set_muted(user_data, model, invocation, id, FALSE);
}

void
errata_service_pattern_connect_manager(ErrataService *self)
{
    g_signal_connect(self->manager,
                     "handle-list-patterns",
                     G_CALLBACK(service_pattern_handle_list_cb),
                     self);
}

void
errata_service_pattern_connect_model(ErrataService *self, ErrataDbusModel *model)
{
    g_signal_connect(model, "handle-mute", G_CALLBACK(service_pattern_handle_mute_cb), self);
    g_signal_connect(model, "handle-unmute", G_CALLBACK(service_pattern_handle_unmute_cb), self);
}

/* ---- a report is ready ---- */

static gpointer
service_pattern_of_report_cb(ErrataStore *store, gpointer data, GError **error)
{
    const ServicePattern *call = data;

    return errata_store_pattern_of_report(store, call->report.id, error);
}

static void
service_pattern_emit(const ServicePattern *call, const ErrataPattern *pattern)
{
    ErrataDbusObjectSkeleton *object = g_hash_table_lookup(call->service->models,
                                                           call->report.name);
    g_autoptr(ErrataDbusModel) model = NULL;
    g_autofree char *path = errata_service_path("reports", call->report.id);

    if (object == NULL || !errata_pattern_is_news(pattern))
        return;
    model = errata_dbus_object_get_model(ERRATA_DBUS_OBJECT(object));
    errata_dbus_model_emit_pattern_changed(model,
                                           pattern->id,
                                           errata_pattern_state_nick(pattern->state),
                                           pattern->title,
                                           path);
}

static void
service_pattern_announced_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServicePattern *call = user_data;
    ErrataService *self = call->service;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) records =
        errata_store_thread_call_finish(errata_engine_store(self->engine), result, &error);
    g_autoptr(GHashTable) muted = g_hash_table_new(g_str_hash, g_str_equal);

    if (records == NULL)
        g_warning("patterns: %s", error->message);
    for (guint i = 0; records != NULL && i < records->len; i++) {
        const ErrataPattern *pattern =
            ((const ErrataPatternRecord *)g_ptr_array_index(records, i))->pattern;

        if (pattern->muted && pattern->finding != NULL)
            g_hash_table_add(muted, pattern->finding);
        service_pattern_emit(call, pattern);
    }
    if (call->alerts != NULL)
        errata_service_alert(self, &call->report, call->alerts, muted);
    service_pattern_free(call);
}

/**
 * errata_service_pattern_announce:
 * @report: that is ready
 * @alerts: (nullable): a(sss): what its worker would have people told of
 *
 * Sends what is due: PatternChanged of the model, Alert, the user's program.
 */
void
errata_service_pattern_announce(ErrataService *self,
                                const ErrataReportRecord *report,
                                GVariant *alerts)
{
    ServicePattern *call = g_new0(ServicePattern, 1);

    call->service = self;
    call->report.id = report->id;
    call->report.name = g_strdup(report->name);
    call->report.folder = g_strdup(report->folder);
    call->alerts = alerts != NULL ? g_variant_ref(alerts) : NULL;
    errata_store_thread_call_async(errata_engine_store(self->engine),
                                   service_pattern_of_report_cb,
                                   call,
                                   NULL,
                                   (GDestroyNotify)g_ptr_array_unref,
                                   service_pattern_announced_cb,
                                   call);
}
