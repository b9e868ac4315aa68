/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker-model.h"

G_BEGIN_DECLS

gboolean errata_worker_explain(const ErrataWorkerFile *model,
                               const ErrataWorkerFile *log,
                               const ErrataWorkerFile *row,
                               const char *id,
                               const ErrataSettings *settings,
                               ErrataProgress *progress,
                               GVariantDict *answer,
                               GError **error);

G_END_DECLS
