/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of true labels look miscalibrated on labels of which some are wrong: never as sure as they
 * say. Recalibrated to those labels they would learn the mistake. So where the labels that go
 * against score and features make most of a calibration error, that finding points to the one about
 * labels. */
#include <math.h>

#include "label-issues.h"

#define CALIBRATION_BINS  20
#define CALIBRATION_LEAST 0.5 /* of the calibration error */

typedef struct {
    double happened;
    double said;
    double changed; /* what would happen if the scores were right and labels changed */
} CalibrationBin;

/* rates at which what a score promises does not get the label, and gets it for nothing */
typedef struct {
    double out;
    double in;
} CalibrationRates;

static CalibrationRates
calibration_rates(const ErrataLabelIssues *self, const ErrataOutcome *outcome)
{
    double wrong = self->excess / (double)MAX(self->n, 1);

    if (self->n_classes == 2 && outcome->positive >= 0)
        return (CalibrationRates){self->floor[1 - outcome->positive],
                                  self->floor[outcome->positive]};
    return (CalibrationRates){wrong, wrong / MAX((double)self->n_classes - 1.0, 1.0)};
}

/* part of the calibration error that changed labels explain */
static double
calibration_part(const ErrataLabelIssues *self, const ErrataOutcome *outcome)
{
    CalibrationBin bins[CALIBRATION_BINS] = {{0.0, 0.0, 0.0}};
    CalibrationRates rates = calibration_rates(self, outcome);
    gboolean binary = self->n_classes == 2 && outcome->positive >= 0 && outcome->score != NULL;
    double error = 0.0, left = 0.0;

    for (gsize i = 0; i < self->n; i++) {
        guint32 row = self->row[i];
        double said = binary                        ? outcome->score[row]
                      : outcome->confidence != NULL ? outcome->confidence[row]
                                                    : (double)NAN;
        gboolean happened = binary ? self->given[i] == outcome->positive
                                   : self->given[i] == outcome->predicted[row];
        CalibrationBin *bin;

        if (isnan(said) || outcome->judged[row] == 0)
            continue;
        bin = &bins[MIN((guint)(CLAMP(said, 0.0, 1.0) * CALIBRATION_BINS), CALIBRATION_BINS - 1)];
        bin->said += said;
        bin->changed += said * (1.0 - rates.out) + (1.0 - said) * rates.in;
        bin->happened += happened ? 1.0 : 0.0;
    }
    for (guint b = 0; b < CALIBRATION_BINS; b++) {
        error += fabs(bins[b].happened - bins[b].said);
        left += fabs(bins[b].happened - bins[b].changed);
    }
    return error > 0.0 ? MAX(1.0 - left / error, 0.0) : 0.0;
}

/**
 * errata_label_issues_calibration:
 * @self: tested suspects
 * @analysis: the log, its calibration measured
 * @finding: the finding about labels
 *
 * Lets the calibration of all scores point to @finding where such labels make most of its error.
 * O(n).
 */
void
errata_label_issues_calibration(const ErrataLabelIssues *self,
                                const ErrataAnalysis *analysis,
                                const ErrataFinding *finding)
{
    GPtrArray *findings = analysis->result->findings;
    double part;

    if (!(self->excess > 0.0) || !self->from_features || analysis->outcome->predicted == NULL)
        return;
    part = calibration_part(self, analysis->outcome);
    for (guint i = 0; part >= CALIBRATION_LEAST && i < findings->len; i++) {
        ErrataFinding *other = g_ptr_array_index(findings, i);

        if (other->kind != ERRATA_FINDING_CALIBRATION || other->row != NULL ||
            other->subject.predicates->len > 0 || errata_finding_note(other, "constant") != NULL)
            continue;
        errata_finding_point(other, finding, "part of it that such labels make", part);
        g_ptr_array_add(other->notes, g_strdup("labels=beyond chance"));
    }
}
