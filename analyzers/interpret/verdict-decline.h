/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

char *errata_verdict_decline(const ErrataCase *report,
                             const ErrataFinding *finding,
                             const char *unit);

G_END_DECLS
