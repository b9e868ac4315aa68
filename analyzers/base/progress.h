/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataProgressFunc:
 * @stage: `reading`, `analysing`, `interpreting` or `drawing`
 * @fraction: of the whole job, 0 … 1, never going back
 * @rows: rows handled so far
 */
typedef void (*ErrataProgressFunc)(const char *stage, double fraction, guint64 rows, gpointer data);

/**
 * ErrataProgress:
 *
 * Tells how far a job is. A stage owns the range [@from, @to] of the whole; whoever works in it
 * reports the fraction of its own work. Stopping a job means ending its process: there is no
 * cancel flag to poll.
 */
typedef struct {
    ErrataProgressFunc func;
    gpointer data;
    const char *stage;
    double from;
    double to;
    guint64 rows;
} ErrataProgress;

void errata_progress_stage(ErrataProgress *self, const char *stage, double from, double to);
void errata_progress_update(ErrataProgress *self, double fraction);

G_END_DECLS
