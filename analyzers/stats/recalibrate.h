/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ranking.h"

G_BEGIN_DECLS

typedef enum {
    ERRATA_RECALIBRATE_PLATT,
    ERRATA_RECALIBRATE_BETA,
    ERRATA_RECALIBRATE_ISOTONIC,
    ERRATA_RECALIBRATE_TEMPERATURE,
} ErrataRecalibrateKind;

#define ERRATA_RECALIBRATE_N_KINDS 4

/**
 * ErrataRecalibration:
 * @kind: how
 * @coefficient: PLATT: a, b of σ(a + b logit s), of which TEMPERATURE has b = 1 / T only; BETA: a,
 *   b, c of σ(a + b ln s − c ln(1 − s))
 * @n_knots: ISOTONIC: number of knots
 * @knot: (array length=n_knots): increasing scores, interpolated between, flat outside
 * @level: (array length=n_knots): calibrated probabilities
 *
 * A monotone map from scores to probabilities.
 */
typedef struct {
    ErrataRecalibrateKind kind;
    double coefficient[3];
    gsize n_knots;
    double *knot;
    double *level;
} ErrataRecalibration;

ErrataRecalibration *errata_recalibrate_fit(const ErrataRanking *ranking,
                                            ErrataRecalibrateKind kind);
void errata_recalibration_free(ErrataRecalibration *self);
double errata_recalibrate_apply(const ErrataRecalibration *self, double score);
double errata_recalibrate_loss(const ErrataRecalibration *self, const ErrataRanking *ranking);
const char *errata_recalibrate_name(ErrataRecalibrateKind kind);
double errata_recalibrate_logit(double score);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataRecalibration, errata_recalibration_free)

G_END_DECLS
