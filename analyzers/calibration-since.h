/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "recalibrate.h"
#include "reliability.h"

G_BEGIN_DECLS

#define CALIBRATION_SURE 2000 /* rows under which a finding is exploratory */
#define CALIBRATION_LOW  0.02 /* calibration error above chance from which it matters */

/* scores against what happened, whole and by half */
typedef struct {
    gsize n;
    double *score;
    guint8 *hit;
    guint8 *half;
    guint32 *row;
    double *weight; /* nullable */
    const ErrataOutcome *outcome;
    gboolean binary;
} CalibrationData;

/* what recalibration gives */
typedef struct {
    ErrataRecalibrateKind kind;
    double from;
    double to;
    double gain;
    ErrataInterval interval;
    guint64 n;
} CalibrationGain;

/* the one test of all rows */
typedef struct {
    ErrataReliability *reliability; /* owned */
    double statistic, degrees, p;
    gboolean tells; /* it is no chance and matters */
    gboolean measured;
    CalibrationGain gain; /* where @measured */
} CalibrationTest;

void errata_calibration_data_clear(CalibrationData *self);
/* the overall test, and with @test_all() what recalibration gains where it tells */
void errata_calibration_test_rows(const CalibrationData *data, double alpha, CalibrationTest *test);
void errata_calibration_test_all(const CalibrationData *data, double alpha, CalibrationTest *test);
void errata_calibration_tell_past(const ErrataAnalysis *analysis,
                                  const CalibrationData *data,
                                  ErrataFinding *finding);
char *errata_calibration_since(const ErrataAnalysis *analysis,
                               const CalibrationData *data,
                               CalibrationData *since,
                               CalibrationTest *test);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalibrationData, errata_calibration_data_clear)

G_END_DECLS
