/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"

G_BEGIN_DECLS

void errata_finding_spoken(const ErrataFinding *finding);

G_END_DECLS
