/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

char *errata_verdict_few(const ErrataCase *report, const char *unit);
char *errata_verdict_rare(const ErrataCase *report);

G_END_DECLS
