/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

void errata_calibration_segments(ErrataAnalysis *analysis,
                                 const guint32 *row,
                                 const double *score,
                                 const guint8 *hit,
                                 gsize n);

G_END_DECLS
