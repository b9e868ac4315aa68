/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "outcome.h"

G_BEGIN_DECLS

/**
 * ErrataFitSide:
 * @frame: rows
 * @schema: their roles
 * @outcome: their labels
 *
 * A log, or the reference it is compared with.
 */
typedef struct {
    const ErrataFrame *frame;
    const ErrataSchema *schema;
    const ErrataOutcome *outcome;
} ErrataFitSide;

gboolean errata_fit_reference(const ErrataFitSide *log,
                              const ErrataFitSide *reference,
                              GPtrArray *warnings,
                              GError **error);
gboolean errata_fit_earlier(const ErrataFitSide *log,
                            const ErrataCase *earlier,
                            GPtrArray *warnings,
                            GError **error);

G_END_DECLS
