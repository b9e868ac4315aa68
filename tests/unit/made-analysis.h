/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <math.h>

#include "analyzer.h"
#include "rng.h"

/* An analysis made in memory: rows of classes or numbers, filled by the test. */
typedef struct {
    ErrataFrame frame;
    ErrataSchema schema;
    ErrataOutcome outcome;
    ErrataSettings settings;
    ErrataAnalysis analysis;
    char *classes[4];
} MadeAnalysis;

static inline void
made_analysis_free(MadeAnalysis *self)
{
    for (guint k = 0; self->outcome.probability != NULL && k < self->outcome.n_classes; k++)
        g_free(self->outcome.probability[k]);
    g_free(self->outcome.probability);
    g_free(self->outcome.truth);
    g_free(self->outcome.predicted);
    g_free(self->outcome.truth_value);
    g_free(self->outcome.predicted_value);
    g_free(self->outcome.score);
    g_free(self->outcome.confidence);
    g_free(self->outcome.judged);
    g_free(self->outcome.error);
    g_free(self->outcome.loss);
    g_free(self->outcome.half);
    g_free(self->outcome.duplicate);
    g_free(self->outcome.time);
    g_free(self->outcome.order);
    g_free(self->outcome.weight);
    errata_case_free(self->analysis.result);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MadeAnalysis, made_analysis_free)

static inline MadeAnalysis *
made_analysis_new(ErrataTask task, gsize n)
{
    MadeAnalysis *self = g_new0(MadeAnalysis, 1);
    ErrataOutcome *outcome = &self->outcome;
    gboolean number = task == ERRATA_TASK_REGRESSION;
    static char names[][8] = {"no", "yes", "maybe"};

    for (guint k = 0; k < 3; k++)
        self->classes[k] = names[k];
    self->frame.n_rows = n;
    self->schema.task = outcome->task = task;
    self->schema.n_classes = outcome->n_classes = number ? 0 : task == ERRATA_TASK_BINARY ? 2 : 3;
    self->schema.classes = self->classes;
    self->schema.positive = outcome->positive = task == ERRATA_TASK_BINARY ? 1 : -1;
    self->schema.correct = -1;
    self->schema.threshold = task == ERRATA_TASK_BINARY ? 0.5 : (double)NAN;
    self->settings.alpha = 0.01;
    self->settings.cost_false_positive = self->settings.cost_false_negative = 1.0;
    outcome->n_rows = n;
    if (number) {
        outcome->truth_value = g_new0(double, n);
        outcome->predicted_value = g_new0(double, n);
    } else {
        outcome->truth = g_new0(gint32, n);
        outcome->predicted = g_new0(gint32, n);
        outcome->confidence = g_new0(double, n);
        if (task == ERRATA_TASK_BINARY)
            outcome->score = g_new0(double, n);
    }
    outcome->judged = g_new0(guint8, n);
    outcome->error = g_new0(guint8, n);
    outcome->loss = g_new0(double, n);
    outcome->half = g_new0(guint8, n);
    outcome->duplicate = g_new0(guint8, n);
    outcome->order = g_new0(guint32, n);
    self->analysis.frame = &self->frame;
    self->analysis.schema = &self->schema;
    self->analysis.outcome = outcome;
    self->analysis.settings = &self->settings;
    self->analysis.result = errata_case_new();
    return self;
}

/* judged, error, loss, half and order from labels and predictions */
static inline void
made_analysis_judge(MadeAnalysis *self)
{
    ErrataOutcome *outcome = &self->outcome;

    outcome->n_judged = outcome->n_errors = 0;
    for (gsize i = 0; i < outcome->n_rows; i++) {
        outcome->order[i] = (guint32)i;
        outcome->half[i] = (guint8)(errata_rng_mix(i + 1) & 1);
        if (outcome->truth != NULL) {
            outcome->judged[i] = outcome->truth[i] >= 0 && outcome->predicted[i] >= 0;
            outcome->error[i] = outcome->judged[i] != 0 &&
                                outcome->truth[i] != outcome->predicted[i];
            outcome->loss[i] = outcome->judged[i] != 0 ? outcome->error[i] : (double)NAN;
        } else {
            outcome->loss[i] = fabs(outcome->predicted_value[i] - outcome->truth_value[i]);
            outcome->judged[i] = (guint8)!isnan(outcome->loss[i]);
        }
        outcome->n_judged += outcome->judged[i];
        outcome->n_errors += outcome->error[i];
    }
}

/* calibrated scores s ~ U(0, 1), labels drawn from @link(s), predictions cut at one half */
static inline MadeAnalysis *
made_analysis_binary(gsize n, double (*link)(double), guint64 seed)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_BINARY, n);
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (gsize i = 0; i < n; i++) {
        double s = errata_rng_uniform(&rng);

        self->outcome.score[i] = s;
        self->outcome.truth[i] = errata_rng_uniform(&rng) < link(s);
        self->outcome.predicted[i] = s >= 0.5;
        self->outcome.confidence[i] = fmax(s, 1.0 - s);
    }
    made_analysis_judge(self);
    return self;
}
