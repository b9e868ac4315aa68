/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

#define ERRATA_INTERVAL_NOTE_USUAL  "95\u202f%"
#define ERRATA_INTERVAL_NOTE_SURE   "99\u202f%"
#define ERRATA_INTERVAL_NOTE_NOISE  "noise band"  /* how far wrong labels may have moved it */
#define ERRATA_INTERVAL_NOTE_HALVES "both halves" /* what each half of the rows alone gives */

void errata_interval_note_set(ErrataFinding *finding,
                              const ErrataEvidence *evidence,
                              const char *what);
const char *errata_interval_note_get(const ErrataFinding *finding, const ErrataEvidence *evidence);

G_END_DECLS
