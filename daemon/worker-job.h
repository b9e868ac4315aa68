/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "llm.h"
#include "progress.h"

G_BEGIN_DECLS

typedef struct _ErrataWorkerJob ErrataWorkerJob;

ErrataWorkerJob *errata_worker_job_new(GUnixFDList *fds,
                                       GVariant *inputs,
                                       GVariant *settings,
                                       GVariant *options,
                                       ErrataLlm *llm,
                                       GError **error);
GVariant *errata_worker_job_run(ErrataWorkerJob *self, ErrataProgress *progress);
void errata_worker_job_free(ErrataWorkerJob *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataWorkerJob, errata_worker_job_free)

G_END_DECLS
