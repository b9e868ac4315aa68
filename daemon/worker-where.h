/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rows.h"
#include "worker-model.h"

G_BEGIN_DECLS

ErrataRows *errata_worker_where(const ErrataWorkerFile *log,
                                gsize n_rows,
                                const ErrataSettings *settings,
                                GPtrArray *warnings,
                                GError **error);

G_END_DECLS
