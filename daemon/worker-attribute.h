/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker-model.h"

G_BEGIN_DECLS

gboolean errata_worker_attribute(const ErrataWorkerFile *model,
                                 const ErrataWorkerFile *rows,
                                 const ErrataWorkerFile *background,
                                 const char *what,
                                 const ErrataSettings *settings,
                                 ErrataProgress *progress,
                                 GVariantDict *answer,
                                 GError **error);

G_END_DECLS
