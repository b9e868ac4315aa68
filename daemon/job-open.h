/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "configuration.h"
#include "host.h"
#include "spool.h"
#include "store-report.h"
#include "store-thread.h"

G_BEGIN_DECLS

/* one run; owned by its GTask */
typedef struct {
    ErrataStoreThread *store;
    ErrataSpool *spool;
    ErrataConfiguration *configuration;
    ErrataLlmBroker *llm; /* nullable */
    ErrataJob *job;
    ErrataModelRecord *model;
    GVariant *patterns;    /* of the model before the log */
    GVariant *patterns_of; /* of the model before each of @logs */
    GPtrArray *labels;     /* (element-type ErrataJob): those of the model that came before */
    GPtrArray *logs;       /* (element-type ErrataJob): those that labels may come for */
    GPtrArray *bare;       /* (element-type ErrataJob): those that a model may come for */
    GPtrArray *reports;    /* (element-type ErrataReportRecord): earlier ones, newest first */
    ErrataHostJob *host;
    ErrataHostProgress progress;
    gpointer progress_data;
    GVariant *answer; /* of the worker */
    GError *error;    /* or why there is none */
    ErrataHostEnd end;
    gint64 started;
    ErrataReportRecord *report;
} ErrataJobOpen;

gboolean errata_job_open(ErrataJobOpen *run, GError **error);
char *errata_job_open_command(const ErrataJob *job,
                              const ErrataModelRecord *model,
                              const char *inbox);
gboolean errata_job_open_settings(ErrataHostJob *host,
                                  const ErrataConfiguration *configuration,
                                  ErrataSpool *spool,
                                  const ErrataModelRecord *model,
                                  GError **error);

G_END_DECLS
