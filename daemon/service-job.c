/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs on the bus. */
#include "errata-dbus-error.h"
#include "error.h"
#include "service-private.h"

#define SERVICE_PROGRESS_US (G_USEC_PER_SEC / 4) /* between two announcements */

typedef struct {
    ErrataDbusObjectSkeleton *object;
    ErrataDbusJob *job;
    gint64 announced; /* monotonic µs of the last progress */
    guint64 rows;     /* by the last progress, announced or not */
    gboolean ended;
} ServiceJob;

void
errata_service_job_free(gpointer data)
{
    ServiceJob *shown = data;

    g_object_unref(shown->job);
    g_object_unref(shown->object);
    g_free(shown);
}

static gboolean
service_job_cancel_cb(ErrataDbusJob *job, GDBusMethodInvocation *invocation, gpointer user_data)
{
    ErrataService *self = user_data;
    gint64 id = errata_dbus_job_get_id(job);
    const ServiceJob *shown = g_hash_table_lookup(self->jobs, &id);

    if (shown == NULL || shown->ended) {
        g_autoptr(GError) error = g_error_new(ERRATA_ERROR,
                                              ERRATA_ERROR_USAGE,
                                              "job %" G_GINT64_FORMAT
                                              " has ended already: it is %s",
                                              id,
                                              errata_dbus_job_get_state(job));

        errata_service_fail(invocation, error);
        return TRUE;
    }
    errata_engine_cancel(self->engine, id);
    errata_dbus_job_complete_cancel(job, invocation);
    return TRUE;
}

static ServiceJob *
service_job_add(ErrataService *self, const ErrataJob *job)
{
    g_autofree char *path = errata_service_path("jobs", job->id);
    ServiceJob *shown = g_new0(ServiceJob, 1);

    shown->object = errata_dbus_object_skeleton_new(path);
    shown->job = errata_dbus_job_skeleton_new();
    errata_dbus_job_set_id(shown->job, job->id);
    errata_dbus_job_set_input(shown->job, job->input);
    errata_dbus_job_set_created(shown->job, job->created);
    errata_dbus_job_set_answer(shown->job, "");
    errata_dbus_job_set_stage(shown->job, "");
    errata_service_guard(self, shown->job, job->owner);
    g_signal_connect(shown->job, "handle-cancel", G_CALLBACK(service_job_cancel_cb), self);
    errata_dbus_object_skeleton_set_job(shown->object, shown->job);
    g_hash_table_insert(self->jobs, g_memdup2(&job->id, sizeof job->id), shown);
    return shown;
}

static void
service_job_set(ServiceJob *shown, const ErrataJob *job)
{
    g_autofree char *report = errata_service_path("reports", job->report);
    g_autofree char *other = errata_service_path("jobs",
                                                 job->state == ERRATA_JOB_MERGED ? job->other : 0);

    errata_dbus_job_set_name(shown->job, job->name);
    errata_dbus_job_set_state(shown->job, errata_job_state_nick(job->state));
    errata_dbus_job_set_error(shown->job, job->error != NULL ? job->error : "");
    errata_dbus_job_set_error_name(shown->job,
                                   job->error != NULL ? errata_dbus_error_name(job->error_code)
                                                      : "");
    errata_dbus_job_set_report(shown->job, report);
    errata_dbus_job_set_merged_into(shown->job, other);
    if (job->state == ERRATA_JOB_REPORTED || job->state == ERRATA_JOB_REGISTERED ||
        job->state == ERRATA_JOB_MERGED)
        errata_dbus_job_set_progress(shown->job, 1.0);
    if (errata_job_has_ended(job)) {
        errata_dbus_job_set_stage(shown->job, "");
        errata_dbus_job_set_rows(shown->job, shown->rows);
    }
}

/* only so many ended jobs stay objects */
static void
service_job_limit(ErrataService *self)
{
    while (g_queue_get_length(self->ended_jobs) > ERRATA_SERVICE_MAX_JOBS) {
        g_autofree gint64 *id = g_queue_pop_head(self->ended_jobs);
        g_autofree char *path = errata_service_path("jobs", *id);

        g_dbus_object_manager_server_unexport(self->server, path);
        g_hash_table_remove(self->jobs, id);
    }
}

/* shows a job as it is stored now */
void
errata_service_job_show(ErrataService *self, const ErrataJob *job)
{
    ServiceJob *shown = g_hash_table_lookup(self->jobs, &job->id);
    gboolean is_new = shown == NULL;

    if (is_new)
        shown = service_job_add(self, job);
    service_job_set(shown, job);
    if (is_new)
        g_dbus_object_manager_server_export(self->server, G_DBUS_OBJECT_SKELETON(shown->object));
    if (errata_job_has_ended(job) && !shown->ended) {
        shown->ended = TRUE;
        g_queue_push_tail(self->ended_jobs, g_memdup2(&job->id, sizeof job->id));
        service_job_limit(self);
    }
}

void
errata_service_job_progress(ErrataService *self,
                            gint64 id,
                            const char *stage,
                            double fraction,
                            guint64 rows)
{
    ServiceJob *shown = g_hash_table_lookup(self->jobs, &id);
    gint64 now = g_get_monotonic_time();

    if (shown == NULL || shown->ended)
        return;
    shown->rows = rows;
    if (now - shown->announced < SERVICE_PROGRESS_US)
        return;
    shown->announced = now;
    errata_dbus_job_set_stage(shown->job, stage);
    errata_dbus_job_set_progress(shown->job, fraction);
    errata_dbus_job_set_rows(shown->job, rows);
}

/* whether a job's end is stored, but not told on the bus yet */
gboolean
errata_service_job_is_ending(ErrataService *self, gint64 id)
{
    const ServiceJob *shown = g_hash_table_lookup(self->jobs, &id);

    return shown != NULL && !shown->ended;
}

/* Returns: (transfer floating): a{sv}, as ListJobs gives it: what the store says, but never ahead
 * of the job's object */
GVariant *
errata_service_job_describe(ErrataService *self, const ErrataJob *job)
{
    gboolean early = errata_job_has_ended(job) && errata_service_job_is_ending(self, job->id);
    const ServiceJob *shown;
    g_autofree char *path = errata_service_path("jobs", job->id);
    g_autofree char *report = errata_service_path("reports", early ? 0 : job->report);
    g_autofree char *other = errata_service_path("jobs", job->other);
    const char *problem = job->error != NULL && !early ? job->error : "";
    GVariantDict dict;

    if (!errata_job_has_ended(job) && !g_hash_table_contains(self->jobs, &job->id))
        errata_service_job_show(self, job); /* stored a moment ago: its path is given out here */
    shown = g_hash_table_lookup(self->jobs, &job->id);
    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "id", "x", job->id);
    g_variant_dict_insert(&dict, "path", "o", path);
    g_variant_dict_insert(&dict, "name", "s", job->name);
    g_variant_dict_insert(&dict, "input", "s", job->input);
    g_variant_dict_insert(&dict,
                          "state",
                          "s",
                          early ? errata_dbus_job_get_state(shown->job)
                                : errata_job_state_nick(job->state));
    g_variant_dict_insert(&dict, "error", "s", problem);
    g_variant_dict_insert(&dict,
                          "error-code",
                          "s",
                          *problem != '\0' ? errata_dbus_error_name(job->error_code) : "");
    g_variant_dict_insert(&dict, "created", "x", job->created);
    g_variant_dict_insert(&dict, "ended", "x", early ? (gint64)0 : job->ended);
    g_variant_dict_insert(&dict, "bytes", "t", job->bytes);
    g_variant_dict_insert(&dict, "report", "o", report);
    g_variant_dict_insert(&dict, "continues", "o", other);
    return g_variant_dict_end(&dict);
}
