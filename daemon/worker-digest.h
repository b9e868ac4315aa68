/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "worker-job-private.h"

G_BEGIN_DECLS

typedef struct _ErrataWorkerDigests ErrataWorkerDigests;

ErrataWorkerDigests *errata_worker_digests_new(const GPtrArray *inputs);
gboolean errata_worker_digests_tell(ErrataWorkerDigests *self, ErrataCase *result, GError **error);
void errata_worker_digests_free(ErrataWorkerDigests *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataWorkerDigests, errata_worker_digests_free)

G_END_DECLS
