/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

/* Labels come later than predictions: until they do, the bytes of the newest logs that lack some
 * are kept, and those of labels, since labels may come in any order and in parts. A model may come
 * later than its logs, too. */

/* the newest 64 files of labels of each model */
#define ERRATA_STORE_KEPT_LABELS                                                 \
    "SELECT id, name, kind, sha256 FROM job WHERE kind = 4 AND state IN (6, 7)"  \
    " AND (SELECT count(*) FROM job AS n WHERE n.name = job.name AND n.kind = 4" \
    " AND n.state IN (6, 7) AND n.id > job.id) < 64"

/* a log with a report of its own, which is the last of it: neither a longer log nor the same one
 * again has one since */
#define ERRATA_STORE_LAST_OF_LOG                                                      \
    " state IN (5, 7) AND NOT EXISTS (SELECT 1 FROM job AS n WHERE n.name = job.name" \
    " AND n.id > job.id AND (n.other = job.id OR n.sha256 = job.sha256)"              \
    " AND n.kind IN (0, 5) AND EXISTS (SELECT 1 FROM report AS r WHERE r.job = n.id))"

/* the newest 16 logs of each model that lack labels */
#define ERRATA_STORE_KEPT_LOGS                                                   \
    "SELECT id, name, kind, sha256 FROM job WHERE kind = 5"                      \
    " AND EXISTS (SELECT 1 FROM report WHERE report.job = job.id)"               \
    " AND" ERRATA_STORE_LAST_OF_LOG                                              \
    " AND (SELECT count(*) FROM job AS n WHERE n.name = job.name AND n.kind = 5" \
    " AND n.state IN (5, 7) AND n.id > job.id) < 16"

/* the newest 16 logs of each model that were reported without one, while none is registered */
#define ERRATA_STORE_KEPT_BARE                                                               \
    "SELECT id, name, kind, sha256 FROM job WHERE kind IN (0, 5)"                            \
    " AND EXISTS (SELECT 1 FROM report WHERE report.job = job.id AND report.model = '')"     \
    " AND" ERRATA_STORE_LAST_OF_LOG                                                          \
    " AND NOT EXISTS (SELECT 1 FROM model_file AS f WHERE f.name = job.name AND f.kind = 3)" \
    " AND (SELECT count(*) FROM report AS n WHERE n.name = job.name AND n.model = ''"        \
    " AND n.job > job.id) < 16"

GPtrArray *errata_store_labels_list(ErrataStore *self,
                                    const char *name,
                                    ErrataKind kind,
                                    GError **error);
gboolean errata_store_labels_complete(ErrataStore *self, const gint64 *job, GError **error);

G_END_DECLS
