/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "change-points.h"

G_BEGIN_DECLS

ErrataUnit errata_change_unit(const ErrataChangeLog *log, const ErrataChangeSeries *series);
gboolean errata_change_leaves_out(const ErrataChangeLog *log, const ErrataChangeGroup *group);
char *errata_change_what(const ErrataChangeLog *log,
                         const ErrataChangeGroup *group,
                         const ErrataChangeSeries *series);
char *errata_change_moment(const ErrataChangeLog *log, const ErrataChangeGroup *group);
char *errata_change_began(const ErrataChangeLog *log, const ErrataChangeGroup *group);
char *errata_change_over(const ErrataChangeLog *log, const ErrataChangeGroup *group);
char *errata_change_title(const ErrataChangeLog *log,
                          const ErrataChangeGroup *group,
                          const ErrataFinding *finding);

G_END_DECLS
