/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "report.h"
#include "settings.h"

G_BEGIN_DECLS

/* a finding's table, as it was handed in */
typedef struct {
    int fd;
    const char *finding;
} ErrataWorkerExportTable;

gboolean errata_worker_export_settings(const ErrataCase *report,
                                       ErrataSettings *settings,
                                       GError **error);
gboolean errata_worker_export(const ErrataFrame *frame,
                              const ErrataFrame *written,
                              const ErrataSettings *settings,
                              const ErrataCase *report,
                              GArray *tables,
                              const char *what,
                              ErrataLlm *llm,
                              ErrataReportWrite write,
                              GVariantDict *answer,
                              GError **error);

G_END_DECLS
