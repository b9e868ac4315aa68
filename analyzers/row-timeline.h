/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "figure.h"
#include "outcome.h"

G_BEGIN_DECLS

ErrataFigure *errata_row_timeline(const ErrataOutcome *outcome,
                                  const GArray *rows,
                                  const char *id,
                                  const char *title,
                                  const char *what,
                                  ErrataUnit unit);

G_END_DECLS
