/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intake.h"
#include "queue.h"
#include "spool.h"

G_BEGIN_DECLS

/**
 * ErrataEngine:
 *
 * All of the daemon but the bus: store, spool, watched folder, intake and queue, and the
 * errata.conf they follow. Lives on the main loop.
 */
typedef struct _ErrataEngine ErrataEngine;

/**
 * ErrataEngineEvents:
 * @queue: of the jobs; @job_changed also for jobs that are new
 * @report_removed: a report is no longer kept
 * @changed: counts or the configuration may have changed
 */
typedef struct {
    ErrataQueueEvents queue;
    void (*report_removed)(gint64 report, gpointer data);
    void (*changed)(gpointer data);
} ErrataEngineEvents;

ErrataEngine *errata_engine_new(const ErrataPaths *paths,
                                const ErrataEngineEvents *events,
                                gpointer data,
                                GError **error);
gboolean errata_engine_start(ErrataEngine *self, GError **error);
void errata_engine_stop(ErrataEngine *self);
void errata_engine_free(ErrataEngine *self);

void errata_engine_submit_async(ErrataEngine *self,
                                ErrataIntakeRequest *request,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
ErrataJob *errata_engine_submit_finish(ErrataEngine *self, GAsyncResult *result, GError **error);
gboolean errata_engine_cancel(ErrataEngine *self, gint64 id);
void errata_engine_rescan(ErrataEngine *self);
void errata_engine_reload(ErrataEngine *self);

ErrataStoreThread *errata_engine_store(ErrataEngine *self);
ErrataSpool *errata_engine_spool(ErrataEngine *self);
ErrataConfiguration *errata_engine_configuration(ErrataEngine *self);
/* (nullable): whom jobs ask for language; as the configuration has it now */
ErrataLlmBroker *errata_engine_llm(ErrataEngine *self);
const char *errata_engine_config_error(ErrataEngine *self);
/* why files are not taken in, "" when they are */
const char *errata_engine_problem(ErrataEngine *self);
guint errata_engine_n_running(ErrataEngine *self);
guint errata_engine_n_waiting(ErrataEngine *self);
gboolean errata_engine_is_idle(ErrataEngine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataEngine, errata_engine_free)

G_END_DECLS
