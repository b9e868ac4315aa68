/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "configuration.h"
#include "host.h"
#include "spool.h"
#include "store-report.h"
#include "store-thread.h"

G_BEGIN_DECLS

/**
 * ErrataJobRunResult:
 * @job: as it is stored now; not ended: to be tried again
 * @report: (nullable): of a job that was reported
 * @alerts: (nullable): a(sss): finding, severity, title of its findings
 */
typedef struct {
    ErrataJob *job;
    ErrataReportRecord *report;
    GVariant *alerts;
} ErrataJobRunResult;

void errata_job_run_result_free(ErrataJobRunResult *result);

void errata_job_run_async(ErrataStoreThread *store,
                          ErrataSpool *spool,
                          ErrataConfiguration *configuration,
                          ErrataLlmBroker *llm,
                          const ErrataJob *job,
                          ErrataHostProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
ErrataJobRunResult *errata_job_run_finish(GAsyncResult *result, GError **error);

/* what a job needs that was interrupted after its report was complete; @job is updated; blocks */
gboolean errata_job_run_resume(ErrataStoreThread *store,
                               ErrataConfiguration *configuration,
                               ErrataJob *job,
                               GError **error);
/* lets go of bytes that no job and no model needs; blocks */
void errata_job_run_release(ErrataStoreThread *store, ErrataSpool *spool, const char *sha256);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataJobRunResult, errata_job_run_result_free)

G_END_DECLS
