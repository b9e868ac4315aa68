/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "drift.h"

G_BEGIN_DECLS

/**
 * ErrataDriftMemory:
 * @seems: the model seems to have learnt from the reference
 * @reference: how sure its scores are there, on average; NaN without scores
 * @log: how sure on the first rows of the log
 * @n_reference: rows of the reference with a score; @n_log of the log
 * @p: one-sided, of the difference
 */
typedef struct {
    gboolean seems;
    double reference;
    double log;
    gsize n_reference;
    gsize n_log;
    double p;
} ErrataDriftMemory;

ErrataDriftMemory errata_drift_memory(const ErrataDriftSplit *split,
                                      const ErrataDriftSide *from,
                                      const ErrataDriftSide *first);
void errata_drift_memory_tell(const ErrataDriftMemory *self, ErrataFinding *finding);
void errata_drift_memory_estimate(const ErrataDriftMemory *self, ErrataCase *result);

G_END_DECLS
