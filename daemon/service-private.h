/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the bus service share. */
#pragma once

#include "engine.h"
#include "errata-dbus-generated.h"
#include "service.h"

G_BEGIN_DECLS

#define ERRATA_SERVICE_PATH        "/org/errata/Errata1"
#define ERRATA_SERVICE_MAX_JOBS    64  /* ended jobs that stay objects */
#define ERRATA_SERVICE_MAX_REPORTS 128 /* reports that do */
#define ERRATA_SERVICE_MAX_HISTORY 100 /* reports in a model's history */
#define ERRATA_SERVICE_MAX_LIST    1000

struct _ErrataService {
    GDBusConnection *connection;
    gboolean is_system;
    ErrataEngine *engine;
    GDBusObjectManagerServer *server;
    ErrataDbusManager *manager;
    GHashTable *jobs;    /* number → ServiceJob */
    GHashTable *reports; /* number → ServiceReport */
    GHashTable *models;  /* name → ErrataDbusObjectSkeleton */
    GQueue *ended_jobs;  /* numbers, oldest first */
    GQueue *ended_tasks; /* paths, oldest first: service-task.c */
    guint n_tasks;       /* made so far */
    guint n_tasks_running;
    GQueue *all_reports; /* numbers, oldest first */
    guint idle_timer;
    ErrataServiceQuit quit;
    gpointer quit_data;
};

char *errata_service_path(const char *kind, gint64 id); /* "/" for 0 */
/* answers with ours, whatever domain the error has */
void errata_service_fail(GDBusMethodInvocation *invocation, const GError *error);
/* whether @fd may be read as a file; @what it is, for the message */
gboolean errata_service_check_fd(int fd, const char *what, GError **error);

/* service-access.c */
void errata_service_guard(ErrataService *self, gpointer skeleton, gint64 owner);
gint64 errata_service_caller(ErrataService *self, GDBusMethodInvocation *invocation);

/* service-job.c */
void errata_service_job_free(gpointer data);
void errata_service_job_show(ErrataService *self, const ErrataJob *job);
void errata_service_job_progress(ErrataService *self,
                                 gint64 id,
                                 const char *stage,
                                 double fraction,
                                 guint64 rows);
gboolean errata_service_job_is_ending(ErrataService *self, gint64 id);
GVariant *errata_service_job_describe(ErrataService *self, const ErrataJob *job);

/* service-report.c */
void errata_service_report_free(gpointer data);
void errata_service_report_show(ErrataService *self, const ErrataReportRecord *report);
void errata_service_report_hide(ErrataService *self, gint64 id);
GVariant *errata_service_report_describe(const ErrataReportRecord *report);

/* service-model.c */
char *errata_service_model_path(const char *name);
void errata_service_model_refresh(ErrataService *self, const char *name);
void errata_service_model_add_report(ErrataService *self, const ErrataReportRecord *report);
void errata_service_model_refresh_all(ErrataService *self);

/* service-pattern.c */
void errata_service_pattern_announce(ErrataService *self,
                                     const ErrataReportRecord *report,
                                     GVariant *alerts);
void errata_service_pattern_connect_manager(ErrataService *self);
void errata_service_pattern_connect_model(ErrataService *self, ErrataDbusModel *model);

/* service.c: tells of a finding where configuration and severity say so */
void errata_service_alert(ErrataService *self,
                          const ErrataReportRecord *report,
                          GVariant *alerts,
                          GHashTable *muted);

/* service-ask.c */
gboolean errata_service_ask_cb(ErrataDbusManager *manager,
                               GDBusMethodInvocation *invocation,
                               const char *question,
                               GVariant *options,
                               gpointer user_data);

/* service-manager.c */
void errata_service_manager_connect(ErrataService *self);

G_END_DECLS
