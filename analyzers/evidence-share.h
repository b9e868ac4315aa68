/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

void errata_evidence_share_of(ErrataEvidence *evidence, double n);

G_END_DECLS
