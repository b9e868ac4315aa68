/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "calibration-line.h"
#include "calibration-since.h"

G_BEGIN_DECLS

/* rows inside a group and outside of it */
typedef struct {
    const guint32 *cluster; /* per row what it belongs to */
    guint n_clusters;
    const guint8 *side; /* per row 1: inside, 0: outside, 2: neither */
    const double *x;    /* per row its logit */
    const guint8 *hit;
    gsize n;
} CalibrationSides;

double errata_calibration_entity_p(const CalibrationData *data,
                                   const double *top,
                                   const double *variance,
                                   guint n_cells);
void errata_calibration_entity_reliability(const CalibrationData *data,
                                           ErrataReliability *reliability);
double errata_calibration_entity_lines(const CalibrationSides *sides,
                                       const CalibrationLine *inside,
                                       const CalibrationLine *outside);

G_END_DECLS
