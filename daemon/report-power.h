/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

gboolean errata_report_power_shows(const ErrataCase *now,
                                   const ErrataCase *before,
                                   const ErrataFinding *finding);

gboolean errata_report_power_is_blanked(const ErrataCase *now,
                                        const ErrataCase *before,
                                        const ErrataFinding *finding);

G_END_DECLS
