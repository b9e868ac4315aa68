/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports on the bus. What reads files does so in a thread and answers when it is done. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "report-compare.h"
#include "report-reader.h"
#include "service-private.h"
#include "trim.h"

typedef struct {
    ErrataDbusObjectSkeleton *object;
    ErrataDbusReport *report;
} ServiceReport;

typedef enum {
    SERVICE_REPORT_OPEN,
    SERVICE_REPORT_LIST,
    SERVICE_REPORT_FINDING,
    SERVICE_REPORT_COMPARE,
    SERVICE_REPORT_ROWS,
} ServiceReportMethod;

/* a method call on its way through a thread */
typedef struct {
    ServiceReportMethod method;
    char *folder;
    char *other; /* folder of the report compared with */
    char *what;  /* format or finding */
    guint offset;
    guint limit;
    int fd; /* opened; owned */
} ServiceReportCall;

void
errata_service_report_free(gpointer data)
{
    ServiceReport *shown = data;

    g_object_unref(shown->report);
    g_object_unref(shown->object);
    g_free(shown);
}

static void
service_report_call_free(gpointer data)
{
    ServiceReportCall *call = data;

    if (call->fd >= 0)
        close(call->fd);
    g_free(call->folder);
    g_free(call->other);
    g_free(call->what);
    g_free(call);
}

static char *
service_report_first_figure(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "svg", NULL);
    g_autoptr(GDir) figures = g_dir_open(path, 0, NULL);
    g_autofree char *first = NULL;
    const char *name;

    while (figures != NULL && (name = g_dir_read_name(figures)) != NULL) {
        if (g_str_has_suffix(name, ".svg") && (first == NULL || strcmp(name, first) < 0)) {
            g_free(first);
            first = g_strdup(name);
        }
    }
    return first != NULL ? g_build_filename(path, first, NULL) : NULL;
}

static gboolean
service_report_open(ServiceReportCall *call, GError **error)
{
    static const char *const formats[] = {"pdf", "html", "json", NULL};
    g_autofree char *name = g_strconcat("report.", call->what, NULL);
    g_autofree char *path = NULL;

    if (g_strv_contains(formats, call->what))
        path = g_build_filename(call->folder, name, NULL);
    else if (strcmp(call->what, "svg") == 0)
        path = service_report_first_figure(call->folder);
    if (path != NULL)
        call->fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (call->fd >= 0)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                "the report has no format '%s'; see its property Formats",
                call->what);
    return FALSE;
}

static JsonNode *
service_report_load(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "report.json", NULL);

    return errata_report_reader_load(path, error);
}

static ErrataCase *
service_report_case(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "report.json", NULL);

    return errata_report_reader_case(path, error);
}

static GVariant *
service_report_compare(const ServiceReportCall *call, GError **error)
{
    g_autoptr(ErrataCase) now = service_report_case(call->folder, error);
    g_autoptr(ErrataCase) before = now != NULL ? service_report_case(call->other, error) : NULL;

    return before != NULL ? errata_report_compare(now, before, error) : NULL;
}

static GVariant *
service_report_rows(const ServiceReportCall *call, JsonNode *report, GError **error)
{
    g_autofree char *table = errata_report_reader_table(report, call->what, error);
    g_autofree char *path = table != NULL ? g_build_filename(call->folder, table, NULL) : NULL;

    return path != NULL ? errata_report_reader_rows(path, call->offset, call->limit, error) : NULL;
}

static GVariant *
service_report_read(const ServiceReportCall *call, GError **error)
{
    g_autoptr(JsonNode) report = service_report_load(call->folder, error);

    if (report == NULL)
        return NULL;
    if (call->method == SERVICE_REPORT_LIST)
        return errata_report_reader_list(report, call->offset, call->limit);
    if (call->method == SERVICE_REPORT_FINDING)
        return errata_report_reader_finding(report, call->what, error);
    return service_report_rows(call, report, error);
}

static GVariant *
service_report_answer(const ServiceReportCall *call, GError **error)
{
    GVariant *answer = call->method == SERVICE_REPORT_COMPARE ? service_report_compare(call, error)
                                                              : service_report_read(call, error);

    errata_trim();
    return answer != NULL ? g_variant_ref_sink(g_variant_new_tuple(&answer, 1)) : NULL;
}

static void
service_report_thread_cb(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    ServiceReportCall *call = data;
    GError *error = NULL;
    GVariant *answer;

    if (call->method == SERVICE_REPORT_OPEN)
        answer = service_report_open(call, &error) ? g_variant_ref_sink(g_variant_new("(h)", 0))
                                                   : NULL;
    else
        answer = service_report_answer(call, &error);
    if (answer != NULL)
        g_task_return_pointer(task, answer, (GDestroyNotify)g_variant_unref);
    else
        g_task_return_error(task, error);
}

static void
service_report_done_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GDBusMethodInvocation *invocation = user_data;
    ServiceReportCall *call = g_task_get_task_data(G_TASK(result));
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) answer = g_task_propagate_pointer(G_TASK(result), &error);
    g_autoptr(GUnixFDList) fds = NULL;

    if (answer == NULL) {
        errata_service_fail(invocation, error);
        return;
    }
    if (call->fd >= 0) {
        fds = g_unix_fd_list_new_from_array(&call->fd, 1);
        call->fd = -1;
    }
    g_dbus_method_invocation_return_value_with_unix_fd_list(invocation, answer, fds);
}

static ServiceReportCall *
service_report_call_new(ErrataDbusReport *report, ServiceReportMethod method, const char *what)
{
    ServiceReportCall *call = g_new0(ServiceReportCall, 1);

    call->method = method;
    call->folder = g_strdup(errata_dbus_report_get_folder(report));
    call->what = g_strdup(what);
    call->fd = -1;
    return call;
}

static gboolean
service_report_run(ServiceReportCall *call, GDBusMethodInvocation *invocation)
{
    g_autoptr(GTask) task = g_task_new(NULL, NULL, service_report_done_cb, invocation);

    g_task_set_task_data(task, call, service_report_call_free);
    g_task_run_in_thread(task, service_report_thread_cb);
    return TRUE;
}

static gboolean
service_report_open_cb(ErrataDbusReport *report,
                       GDBusMethodInvocation *invocation,
                       GUnixFDList *fds,
                       const char *format,
                       gpointer user_data)
{
    return service_report_run(service_report_call_new(report, SERVICE_REPORT_OPEN, format),
                              invocation);
}

static gboolean
service_report_open_json_cb(ErrataDbusReport *report,
                            GDBusMethodInvocation *invocation,
                            GUnixFDList *fds,
                            gpointer user_data)
{
    return service_report_run(service_report_call_new(report, SERVICE_REPORT_OPEN, "json"),
                              invocation);
}

static gboolean
service_report_list_cb(ErrataDbusReport *report,
                       GDBusMethodInvocation *invocation,
                       guint offset,
                       guint limit,
                       gpointer user_data)
{
    ServiceReportCall *call = service_report_call_new(report, SERVICE_REPORT_LIST, NULL);

    call->offset = offset;
    call->limit = limit;
    return service_report_run(call, invocation);
}

static gboolean
service_report_finding_cb(ErrataDbusReport *report,
                          GDBusMethodInvocation *invocation,
                          const char *id,
                          gpointer user_data)
{
    return service_report_run(service_report_call_new(report, SERVICE_REPORT_FINDING, id),
                              invocation);
}

static gboolean
service_report_rows_cb(ErrataDbusReport *report,
                       GDBusMethodInvocation *invocation,
                       const char *id,
                       guint offset,
                       guint limit,
                       gpointer user_data)
{
    ServiceReportCall *call = service_report_call_new(report, SERVICE_REPORT_ROWS, id);

    call->offset = offset;
    call->limit = limit;
    return service_report_run(call, invocation);
}

static gboolean
service_report_compare_cb(ErrataDbusReport *report,
                          GDBusMethodInvocation *invocation,
                          const char *other,
                          gpointer user_data)
{
    ErrataService *self = user_data;
    g_autoptr(GDBusInterface) found =
        g_dbus_object_manager_get_interface(G_DBUS_OBJECT_MANAGER(self->server),
                                            other,
                                            "org.errata.Errata1.Report");
    ServiceReportCall *call;

    if (found == NULL) {
        g_autoptr(GError) error = g_error_new(ERRATA_ERROR,
                                              ERRATA_ERROR_NOT_FOUND,
                                              "there is no report '%s' on the bus; an older one "
                                              "comes back with FindReport",
                                              other);

        errata_service_fail(invocation, error);
        return TRUE;
    }
    call = service_report_call_new(report, SERVICE_REPORT_COMPARE, NULL);
    call->other = g_strdup(errata_dbus_report_get_folder(ERRATA_DBUS_REPORT(found)));
    return service_report_run(call, invocation);
}

static void
service_report_connect(ErrataService *self, ErrataDbusReport *report)
{
    g_signal_connect(report, "handle-open", G_CALLBACK(service_report_open_cb), self);
    g_signal_connect(report, "handle-open-json", G_CALLBACK(service_report_open_json_cb), self);
    g_signal_connect(report, "handle-list-findings", G_CALLBACK(service_report_list_cb), self);
    g_signal_connect(report, "handle-get-finding", G_CALLBACK(service_report_finding_cb), self);
    g_signal_connect(report, "handle-rows", G_CALLBACK(service_report_rows_cb), self);
    g_signal_connect(report, "handle-compare", G_CALLBACK(service_report_compare_cb), self);
}

/* the report of the same log before it has a successor now */
static void
service_report_supersede(ErrataService *self, const ErrataReportRecord *record)
{
    const ServiceReport *before = g_hash_table_lookup(self->reports, &record->supersedes);
    g_autofree char *path = errata_service_path("reports", record->id);

    if (before != NULL)
        errata_dbus_report_set_superseded_by(before->report, path);
}

/* puts a report on the bus; the one shown longest goes when there are too many */
void
errata_service_report_show(ErrataService *self, const ErrataReportRecord *record)
{
    g_autofree char *path = errata_service_path("reports", record->id);
    g_autofree char *job = errata_service_path("jobs", record->job);
    g_autofree char *by = record->superseded_by != 0
                              ? errata_service_path("reports", record->superseded_by)
                              : g_strdup("/");
    g_autofree char *folder = NULL;
    g_auto(GStrv) formats = g_strsplit(record->formats, ",", -1);
    ServiceReport *shown;

    if (g_hash_table_contains(self->reports, &record->id))
        return;
    service_report_supersede(self, record);
    folder =
        g_build_filename(errata_engine_configuration(self->engine)->reports, record->folder, NULL);
    shown = g_new0(ServiceReport, 1);
    shown->object = errata_dbus_object_skeleton_new(path);
    shown->report = errata_dbus_report_skeleton_new();
    errata_dbus_report_set_id(shown->report, record->id);
    errata_dbus_report_set_name(shown->report, record->name);
    errata_dbus_report_set_created(shown->report, record->created);
    errata_dbus_report_set_verdict(shown->report, record->verdict);
    errata_dbus_report_set_formats(shown->report, (const char *const *)formats);
    errata_dbus_report_set_finding_count(shown->report, record->n_findings);
    errata_dbus_report_set_severity(shown->report, record->severity);
    errata_dbus_report_set_folder(shown->report, folder);
    errata_dbus_report_set_job(shown->report, job);
    errata_dbus_report_set_superseded_by(shown->report, by);
    errata_service_guard(self, shown->report, record->owner);
    service_report_connect(self, shown->report);
    errata_dbus_object_skeleton_set_report(shown->object, shown->report);
    g_dbus_object_manager_server_export(self->server, G_DBUS_OBJECT_SKELETON(shown->object));
    g_hash_table_insert(self->reports, g_memdup2(&record->id, sizeof record->id), shown);
    g_queue_push_tail(self->all_reports, g_memdup2(&record->id, sizeof record->id));
    while (g_queue_get_length(self->all_reports) > ERRATA_SERVICE_MAX_REPORTS) {
        g_autofree gint64 *id = g_queue_pop_head(self->all_reports);

        errata_service_report_hide(self, *id);
    }
}

void
errata_service_report_hide(ErrataService *self, gint64 id)
{
    g_autofree char *path = errata_service_path("reports", id);

    if (!g_hash_table_contains(self->reports, &id))
        return;
    g_dbus_object_manager_server_unexport(self->server, path);
    g_hash_table_remove(self->reports, &id);
}

/* Returns: (transfer floating): a{sv}, as ListReports gives it */
GVariant *
errata_service_report_describe(const ErrataReportRecord *report)
{
    g_autofree char *path = errata_service_path("reports", report->id);
    g_auto(GStrv) formats = g_strsplit(report->formats, ",", -1);
    GVariantDict dict;

    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "id", "x", report->id);
    g_variant_dict_insert(&dict, "path", "o", path);
    g_variant_dict_insert(&dict, "name", "s", report->name);
    g_variant_dict_insert(&dict, "folder", "s", report->folder);
    g_variant_dict_insert(&dict, "verdict", "s", report->verdict);
    g_variant_dict_insert(&dict, "input", "s", report->input);
    g_variant_dict_insert(&dict, "created", "x", report->created);
    g_variant_dict_insert(&dict, "findings", "u", report->n_findings);
    g_variant_dict_insert(&dict, "formats", "^as", formats);
    g_variant_dict_insert(&dict, "severity", "s", report->severity);
    if (report->superseded_by != 0) {
        g_autofree char *by = errata_service_path("reports", report->superseded_by);

        g_variant_dict_insert(&dict, "superseded-by", "o", by);
    }
    return g_variant_dict_end(&dict);
}
