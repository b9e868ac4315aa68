/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "change-points.h"

G_BEGIN_DECLS

void errata_change_bias_add(const ErrataChangeLog *log,
                            const ErrataChangeGroup *group,
                            const char *when,
                            ErrataFinding *finding);

G_END_DECLS
