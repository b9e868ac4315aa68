/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "static-embedding.h"
#include "worker-job-private.h"

G_BEGIN_DECLS

ErrataStaticEmbedding *errata_worker_embedding_read(const ErrataWorkerJob *self,
                                                    GPtrArray *warnings);

G_END_DECLS
