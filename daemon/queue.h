/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job-run.h"

G_BEGIN_DECLS

/**
 * ErrataQueue:
 *
 * Which job gets a worker, and when. Lives on the main loop.
 */
typedef struct _ErrataQueue ErrataQueue;

/**
 * ErrataQueueEvents:
 * @job_changed: a job's state is stored and may be announced
 * @progress: of a running job
 * @reported: a report is in its folder; follows @job_changed of its job
 *
 * What the queue tells; all on the main loop.
 */
typedef struct {
    void (*job_changed)(const ErrataJob *job, gpointer data);
    void (*progress)(gint64 job, const char *stage, double fraction, guint64 rows, gpointer data);
    void (*reported)(const ErrataJob *job,
                     const ErrataReportRecord *report,
                     GVariant *alerts,
                     gpointer data);
} ErrataQueueEvents;

ErrataQueue *errata_queue_new(ErrataStoreThread *store,
                              ErrataSpool *spool,
                              ErrataConfiguration *configuration,
                              const ErrataQueueEvents *events,
                              gpointer data);
void errata_queue_free(ErrataQueue *self);
void errata_queue_set_llm(ErrataQueue *self, ErrataLlmBroker *llm);
ErrataLlmBroker *errata_queue_llm(ErrataQueue *self);
void errata_queue_set_configuration(ErrataQueue *self, ErrataConfiguration *configuration);
void errata_queue_add(ErrataQueue *self, const ErrataJob *job);
gboolean errata_queue_has(const ErrataQueue *self, gint64 id);
void errata_queue_forget(ErrataQueue *self, gint64 id);
gboolean errata_queue_cancel(ErrataQueue *self, gint64 id);
void errata_queue_stop(ErrataQueue *self);
guint errata_queue_n_running(const ErrataQueue *self);
guint errata_queue_n_waiting(const ErrataQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataQueue, errata_queue_free)

G_END_DECLS
