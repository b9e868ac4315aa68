/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "calibration-since.h"

G_BEGIN_DECLS

/**
 * CalibrationPlaces:
 * @data: scores
 * @n: rows with one
 * @index: (array length=n): where they are in @data, in time order
 */
typedef struct {
    const CalibrationData *data;
    gsize n;
    gsize *index;
} CalibrationPlaces;

/**
 * CalibrationChange:
 * @from: place of the first row since the change before
 * @begin: of the first that is no longer as before
 * @end: of the first that is wholly as after; equal to @begin when abrupt
 * @to: of the first row of a later change
 * @lo: of the earliest that an abrupt change may have begun with; @hi the latest
 */
typedef struct {
    gsize from;
    gsize begin;
    gsize end;
    gsize to;
    gsize lo;
    gsize hi;
} CalibrationChange;

void errata_calibration_places(const CalibrationData *data, CalibrationPlaces *ret);
void errata_calibration_places_clear(CalibrationPlaces *self);
gint64 errata_calibration_place_time(const CalibrationPlaces *places, gsize place);
gboolean errata_calibration_change(const CalibrationPlaces *places,
                                   double alpha,
                                   gsize least,
                                   CalibrationChange *ret);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalibrationPlaces, errata_calibration_places_clear)

G_END_DECLS
