/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/* report.json, CONTRACT 5: key order fixed, doubles shortest round-trip, no NaN (null with a
 * why) */
GBytes *errata_case_to_json(const ErrataCase *self);
ErrataCase *errata_case_from_json(const char *text, gsize length, GError **error);
/* a subject alone, for whoever keeps it: one JSON object on one line */
char *errata_case_subject_to_text(const ErrataFinding *finding);
ErrataFinding *errata_case_subject_from_text(ErrataFindingKind kind, const char *text);

G_END_DECLS
