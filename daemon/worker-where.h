/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rows.h"
#include "worker-model.h"

G_BEGIN_DECLS

/**
 * ErrataWorkerNames:
 * @frame: (nullable): the log, where a condition chose rows of it; %NULL: all rows are written, and
 *   a line's place names its row
 * @id: the column of ids, or −1
 *
 * By which the lines of chosen rows are told apart.
 */
typedef struct {
    ErrataFrame *frame;
    int id;
} ErrataWorkerNames;

void errata_worker_names_header(const ErrataWorkerNames *self, GString *csv);
void errata_worker_names_row(const ErrataWorkerNames *self, gsize row, GString *csv);
void errata_worker_names_clear(ErrataWorkerNames *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataWorkerNames, errata_worker_names_clear)

ErrataRows *errata_worker_where(const ErrataWorkerFile *log,
                                gsize n_rows,
                                const ErrataSettings *settings,
                                GPtrArray *warnings,
                                ErrataWorkerNames *ret_names,
                                GError **error);

G_END_DECLS
