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
    ErrataInterval interval; /* of @gain; of the two losses below */
    ErrataInterval of_from;
    ErrataInterval of_to;
    double brier[2]; /* before and after */
    ErrataInterval of_brier[2];
    double ece[2];
    ErrataInterval of_ece[2];
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

/**
 * CalibrationPeriod:
 * @rows: the scores that are off, or were
 * @test: of these, with what recalibration gains
 * @over: they were off until @when, and are right since; else they are off since @when
 * @when: in words
 * @from: (nullable): @over: from when they were off, %NULL: from the first row on. Else of a slow
 *   change: until when they were as before
 * @right_from: (nullable): else since when the rows before were as they were, %NULL: from the first
 * @other: the test of the rows on the other side of @when: of now, or of before
 * @n_other: how many those are
 *
 * Scores that are off in a part of the log only.
 */
typedef struct {
    CalibrationData rows;
    CalibrationTest test;
    gboolean over;
    char *when;
    char *from;
    char *right_from;
    CalibrationTest other;
    gsize n_other;
} CalibrationPeriod;

void errata_calibration_data_clear(CalibrationData *self);
/* the overall test, and with @test_all() what recalibration gains where it tells */
void errata_calibration_test_rows(const CalibrationData *data, double alpha, CalibrationTest *test);
void errata_calibration_test_all(const CalibrationData *data, double alpha, CalibrationTest *test);
gboolean errata_calibration_gain(const CalibrationData *data, CalibrationGain *gain);
void errata_calibration_period_clear(CalibrationPeriod *self);
gboolean errata_calibration_period(const ErrataAnalysis *analysis,
                                   const CalibrationData *data,
                                   gboolean tells,
                                   CalibrationPeriod *ret);
void errata_calibration_tell_period(const CalibrationPeriod *period, ErrataFinding *finding);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalibrationData, errata_calibration_data_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalibrationPeriod, errata_calibration_period_clear)

G_END_DECLS
