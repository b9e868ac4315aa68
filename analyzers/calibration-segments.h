/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "calibration-line.h"
#include "rate.h"

G_BEGIN_DECLS

/* one probability of each row and whether what it is of came true */
#define SEGMENTS_HIGH 0.10 /* mean difference of the calibrated probabilities, to be grave */

typedef struct {
    gint32 class; /* that it is of; −1: the positive one, or of several whichever is the top one */
    guint8 *hit;
    guint8 *bin;                     /* score bin of each row */
    double x[CALIBRATION_LINE_BINS]; /* mean logit of a bin */
    double s[CALIBRATION_LINE_BINS]; /* mean score of a bin */
} ErrataSegmentView;

/* a category tried, by one probability */
typedef struct {
    const ErrataSegmentView *view;
    guint column; /* of the bins */
    guint code;
    double p;
    double statistic;
    double effect; /* mean |difference| of the calibrated probabilities inside */
    double
        direction; /* mean signed difference, outside − inside: above 0 the scores are too high */
    double own; /* mean |difference| inside between the calibrated probabilities and the scores */
    CalibrationCounts inside;
    CalibrationCounts outside;
    CalibrationCounts squares_in; /* Σ w² of what is told, where inside and outside are Σ w */
    CalibrationCounts squares_out;
    ErrataRate happened; /* of what is told: whether the rows inside are positive */
} ErrataSegment;

/* the rows in which categories are sought */
typedef struct {
    const ErrataBins *bins;
    ErrataAnalysis *analysis;
    gsize n;
    const guint32 *row;
    guint32 *cluster; /* nullable: what each row belongs to */
    guint8 *use;      /* 1: counts, 0: set aside */
    guint8 *outside;  /* 1: in no slice */
    guint8 *sliced;   /* by row of the frame; 1: in a slice */
    ErrataSegmentView *views;
    guint n_views;
    double sound; /* rows set aside as their scores hold where those of most others do not */
    double scale; /* of weights, so that all count as many as make their sum no surer than it is */
    guint n_tried;
    guint n_tried_top; /* of those, by the positive class’s probability or the top one */
} ErrataSegments;

void errata_calibration_segments(ErrataAnalysis *analysis,
                                 const guint32 *row,
                                 const double *score,
                                 const guint8 *hit,
                                 gsize n);

/* calibration-segments-report.c: what is told of one */
void errata_calibration_segments_report(const ErrataSegments *self,
                                        const ErrataSegment *candidate,
                                        const ErrataSegment *tested,
                                        gboolean outside,
                                        double q);

G_END_DECLS
