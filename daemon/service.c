/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bus objects follow the engine: what it tells is stored already, so that nothing is announced
 * that a crash could take back. */
#include "config.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "alert.h"
#include "errata-dbus-error.h"
#include "error.h"
#include "notify.h"
#include "service-private.h"
#include "service.h"

#define SERVICE_MAX_COMMANDS 20 /* alerts of one report that start the user's program */

char *
errata_service_path(const char *kind, gint64 id)
{
    return id > 0 ? g_strdup_printf(ERRATA_SERVICE_PATH "/%s/%" G_GINT64_FORMAT, kind, id)
                  : g_strdup("/");
}

void
errata_service_fail(GDBusMethodInvocation *invocation, const GError *error)
{
    g_autoptr(GError) ours = errata_dbus_error_wrap(error);

    g_dbus_method_invocation_return_gerror(invocation, ours);
}

gboolean
errata_service_check_fd(int fd, const char *what, GError **error)
{
    struct stat status;
    int flags = fcntl(fd, F_GETFL);

    if (flags >= 0 && (flags & O_ACCMODE) != O_WRONLY && (flags & O_PATH) == 0 &&
        fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "%s is not a regular file open for reading",
                what);
    return FALSE;
}

static gboolean
service_idle_cb(gpointer user_data)
{
    ErrataService *self = user_data;

    self->idle_timer = 0;
    g_message("nothing to do: exiting, as [daemon] idle-exit says");
    self->quit(self->quit_data);
    return G_SOURCE_REMOVE;
}

static void
service_changed_cb(gpointer data)
{
    ErrataService *self = data;
    guint running = errata_engine_n_running(self->engine);
    guint waiting = errata_engine_n_waiting(self->engine);
    guint idle_exit_s = errata_engine_configuration(self->engine)->idle_exit_s;

    if (errata_dbus_manager_get_running(self->manager) != running ||
        errata_dbus_manager_get_waiting(self->manager) != waiting) {
        g_autofree char *status =
            g_strdup_printf("STATUS=%u jobs running, %u waiting", running, waiting);

        errata_notify_send(status);
    }
    errata_dbus_manager_set_running(self->manager, running);
    errata_dbus_manager_set_waiting(self->manager, waiting);
    errata_dbus_manager_set_inbox(self->manager, errata_engine_configuration(self->engine)->inbox);
    errata_dbus_manager_set_reports(self->manager,
                                    errata_engine_configuration(self->engine)->reports);
    errata_dbus_manager_set_config_error(self->manager, errata_engine_config_error(self->engine));
    errata_dbus_manager_set_problem(self->manager, errata_engine_problem(self->engine));
    g_clear_handle_id(&self->idle_timer, g_source_remove);
    if (idle_exit_s > 0 && self->n_tasks_running == 0 && errata_engine_is_idle(self->engine))
        self->idle_timer = g_timeout_add_seconds(idle_exit_s, service_idle_cb, self);
}

static void
service_log_job(const ErrataJob *job)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, job->id);
    g_autofree char *input = g_strescape(job->input, NULL);
    g_autofree char *why = job->error != NULL ? g_strescape(job->error, NULL) : NULL;

    g_log_structured(G_LOG_DOMAIN,
                     G_LOG_LEVEL_MESSAGE,
                     "ERRATA_JOB",
                     id,
                     "MESSAGE",
                     "job %s '%s': %s%s%s",
                     id,
                     input,
                     errata_job_state_nick(job->state),
                     why != NULL ? ": " : "",
                     why != NULL ? why : "");
}

static void
service_job_changed_cb(const ErrataJob *job, gpointer data)
{
    ErrataService *self = data;

    errata_service_job_show(self, job);
    if (errata_job_has_ended(job))
        service_log_job(job);
    if (job->state == ERRATA_JOB_REGISTERED || !g_hash_table_contains(self->models, job->name))
        errata_service_model_refresh(self, job->name);
}

static void
service_progress_cb(gint64 job, const char *stage, double fraction, guint64 rows, gpointer data)
{
    errata_service_job_progress(data, job, stage, fraction, rows);
}

/* @muted: ids of findings that nobody wants to be told of */
void
errata_service_alert(ErrataService *self,
                     const ErrataReportRecord *report,
                     GVariant *alerts,
                     GHashTable *muted)
{
    const ErrataConfiguration *configuration = errata_engine_configuration(self->engine);
    g_autofree char *path = errata_service_path("reports", report->id);
    g_autofree char *folder = g_build_filename(configuration->reports, report->folder, NULL);
    const char *finding;
    const char *nick;
    const char *title;
    GVariantIter iter;
    guint n_commands = 0;

    g_variant_iter_init(&iter, alerts);
    while (g_variant_iter_next(&iter, "(&s&s&s)", &finding, &nick, &title)) {
        ErrataSeverity severity;

        if (!errata_severity_parse(nick, &severity) || severity < configuration->min_severity ||
            g_hash_table_contains(muted, finding))
            continue;
        errata_dbus_manager_emit_alert(self->manager, path, finding, nick, title);
        if (configuration->alert_command != NULL && n_commands++ < SERVICE_MAX_COMMANDS)
            errata_alert_run(configuration->alert_command,
                             report->name,
                             folder,
                             finding,
                             nick,
                             title);
    }
}

static void
service_reported_cb(const ErrataJob *job,
                    const ErrataReportRecord *report,
                    GVariant *alerts,
                    gpointer data)
{
    ErrataService *self = data;
    g_autofree char *path = errata_service_path("reports", report->id);

    errata_service_report_show(self, report);
    errata_service_model_add_report(self, report);
    errata_dbus_manager_emit_report_ready(self->manager, path);
    errata_service_pattern_announce(self, report, alerts);
}

static void
service_report_removed_cb(gint64 report, gpointer data)
{
    errata_service_report_hide(data, report);
}

static const ErrataEngineEvents service_events = {
    .queue =
        {
            .job_changed = service_job_changed_cb,
            .progress = service_progress_cb,
            .reported = service_reported_cb,
        },
    .report_removed = service_report_removed_cb,
    .changed = service_changed_cb,
};

/**
 * errata_service_new:
 * @connection: of the session or the system bus
 * @is_system: which of the two
 * @paths: where things are
 * @quit: called when the daemon has been idle for long enough
 *
 * Errors: as errata_engine_new().
 */
ErrataService *
errata_service_new(GDBusConnection *connection,
                   gboolean is_system,
                   const ErrataPaths *paths,
                   ErrataServiceQuit quit,
                   gpointer quit_data,
                   GError **error)
{
    g_autoptr(ErrataService) self = g_new0(ErrataService, 1);

    errata_dbus_error_register();
    self->connection = g_object_ref(connection);
    self->is_system = is_system;
    self->quit = quit;
    self->quit_data = quit_data;
    self->jobs =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, errata_service_job_free);
    self->reports =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, errata_service_report_free);
    self->models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
    self->ended_jobs = g_queue_new();
    self->ended_tasks = g_queue_new();
    self->all_reports = g_queue_new();
    self->server = g_dbus_object_manager_server_new(ERRATA_SERVICE_PATH);
    self->manager = errata_dbus_manager_skeleton_new();
    errata_dbus_manager_set_version(self->manager, ERRATA_VERSION);
    errata_service_manager_connect(self);
    self->engine = errata_engine_new(paths, &service_events, self, error);
    return self->engine != NULL ? g_steal_pointer(&self) : NULL;
}

static gpointer
service_recent_reports_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_report_list(store, NULL, 0, ERRATA_SERVICE_MAX_REPORTS, error);
}

static gpointer
service_recent_jobs_cb(ErrataStore *store, gpointer data, GError **error)
{
    return errata_store_job_list(store, NULL, FALSE, 0, ERRATA_SERVICE_MAX_JOBS, error);
}

/* the newest of what earlier runs left; before the main loop, so that it may wait */
static gboolean
service_show_recent(ErrataService *self, GError **error)
{
    ErrataStoreThread *store = errata_engine_store(self->engine);
    g_autoptr(GPtrArray) reports =
        errata_store_thread_call(store, service_recent_reports_cb, NULL, error);
    g_autoptr(GPtrArray) jobs =
        reports != NULL ? errata_store_thread_call(store, service_recent_jobs_cb, NULL, error)
                        : NULL;

    if (jobs == NULL)
        return FALSE;
    for (guint i = reports->len; i-- > 0;)
        errata_service_report_show(self, g_ptr_array_index(reports, i));
    for (guint i = jobs->len; i-- > 0;)
        errata_service_job_show(self, g_ptr_array_index(jobs, i));
    errata_service_model_refresh_all(self);
    return TRUE;
}

/**
 * errata_service_start:
 *
 * Puts the objects on the bus, resumes, watches. The name is the caller's to own.
 *
 * Errors: %ERRATA_ERROR_IO.
 */
gboolean
errata_service_start(ErrataService *self, GError **error)
{
    if (!g_dbus_interface_skeleton_export(G_DBUS_INTERFACE_SKELETON(self->manager),
                                          self->connection,
                                          ERRATA_SERVICE_PATH,
                                          error))
        return FALSE;
    g_dbus_object_manager_server_set_connection(self->server, self->connection);
    if (!service_show_recent(self, error) || !errata_engine_start(self->engine, error))
        return FALSE;
    service_changed_cb(self);
    return TRUE;
}

void
errata_service_reload(ErrataService *self)
{
    errata_engine_reload(self->engine);
}

/* Returns: whether nothing was under way, so that @self may be freed */
gboolean
errata_service_stop(ErrataService *self)
{
    gboolean idle = self->n_tasks_running == 0 && errata_engine_is_idle(self->engine);

    errata_engine_stop(self->engine);
    return idle;
}

void
errata_service_free(ErrataService *self)
{
    if (self == NULL)
        return;
    g_clear_handle_id(&self->idle_timer, g_source_remove);
    errata_engine_free(self->engine);
    if (g_dbus_interface_skeleton_get_object_path(G_DBUS_INTERFACE_SKELETON(self->manager)) != NULL)
        g_dbus_interface_skeleton_unexport(G_DBUS_INTERFACE_SKELETON(self->manager));
    g_dbus_object_manager_server_set_connection(self->server, NULL);
    g_object_unref(self->server);
    g_object_unref(self->manager);
    g_hash_table_unref(self->jobs);
    g_hash_table_unref(self->reports);
    g_hash_table_unref(self->models);
    g_queue_free_full(self->ended_jobs, g_free);
    g_queue_free_full(self->ended_tasks, g_free);
    g_queue_free_full(self->all_reports, g_free);
    g_object_unref(self->connection);
    g_free(self);
}
