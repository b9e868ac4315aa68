/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/**
 * ErrataAction:
 * @finding: whose it is
 * @suggestion: what to do
 * @index: of the finding, from 0
 * @headline: its gain is one of the report's own metric
 *
 * Something to do about what a report has found.
 */
typedef struct {
    const ErrataFinding *finding;
    const ErrataSuggestion *suggestion;
    guint index;
    gboolean headline;
} ErrataAction;

/* how they are ordered, as a reader is told */
#define ERRATA_ACTIONS_ORDER \
    "grave repairs of unknown gain first, then the surest gain; left to a person last"

GArray *errata_actions_gather(const ErrataCase *report_case);
/* rows that the model itself knows to be hard: nobody can promise that they could do as well as
 * others */
gboolean errata_actions_is_hard_ground(const ErrataFinding *finding);

G_END_DECLS
