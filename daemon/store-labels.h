/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* Labels come later than predictions: until they do, the bytes of the newest logs that lack some
 * are kept, and those of labels, since labels may come in any order and in parts. */

/* the newest 64 files of labels of each model */
#define ERRATA_STORE_KEPT_LABELS                                                 \
    "SELECT id, name, kind, sha256 FROM job WHERE kind = 4 AND state IN (6, 7)"  \
    " AND (SELECT count(*) FROM job AS n WHERE n.name = job.name AND n.kind = 4" \
    " AND n.state IN (6, 7) AND n.id > job.id) < 64"

/* the newest 16 logs of each model that lack labels, have a report, and that no longer log
 * continues */
#define ERRATA_STORE_KEPT_LOGS                                                            \
    "SELECT id, name, kind, sha256 FROM job WHERE kind = 5 AND state = 5"                 \
    " AND EXISTS (SELECT 1 FROM report WHERE report.job = job.id)"                        \
    " AND NOT EXISTS (SELECT 1 FROM job AS n WHERE n.other = job.id AND n.kind IN (0, 5)" \
    " AND n.state = 5)"                                                                   \
    " AND (SELECT count(*) FROM job AS n WHERE n.name = job.name AND n.kind = 5"          \
    " AND n.state = 5 AND n.id > job.id) < 16"

GPtrArray *errata_store_labels_list(ErrataStore *self,
                                    const char *name,
                                    ErrataKind kind,
                                    GError **error);
gboolean errata_store_labels_complete(ErrataStore *self, const gint64 *job, GError **error);

G_END_DECLS
