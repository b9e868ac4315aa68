/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "schema-frame.h"
#include "slices-table.h"

/* an analysis of a frame with inferred roles, as analyzers get it */
typedef struct {
    ErrataAnalysis analysis;
    ErrataFrame *frame;
    ErrataFrame *reference;
    ErrataSchema *schema;
    ErrataSchema *reference_schema;
    ErrataOutcome *outcome;
    ErrataOutcome *reference_outcome;
    ErrataSettings *settings;
    ErrataBins *bins;
    ErrataBins *reference_bins;
} AnalysisFrame;

/* takes @frame and @reference (nullable) */
static inline AnalysisFrame *
analysis_frame_new(ErrataFrame *frame, ErrataFrame *reference)
{
    AnalysisFrame *self = g_new0(AnalysisFrame, 1);
    g_autoptr(GError) error = NULL;

    self->frame = frame;
    self->reference = reference;
    self->settings = errata_settings_new();
    self->schema = errata_schema_infer(frame, self->settings, NULL, &error);
    g_assert_no_error(error);
    self->outcome = errata_outcome_new(frame, self->schema, self->settings, &error);
    self->bins = errata_bins_new(frame, self->schema, reference, 10, 0);
    if (reference != NULL) {
        self->reference_schema =
            errata_schema_infer(reference, self->settings, self->schema, &error);
        g_assert_no_error(error);
        self->reference_outcome =
            errata_outcome_new(reference, self->reference_schema, self->settings, &error);
        self->reference_bins = errata_bins_apply(self->bins, reference);
    }
    self->analysis.frame = frame;
    self->analysis.schema = self->schema;
    self->analysis.outcome = self->outcome;
    self->analysis.bins = self->bins;
    self->analysis.settings = self->settings;
    self->analysis.reference = reference;
    self->analysis.reference_schema = self->reference_schema;
    self->analysis.reference_outcome = self->reference_outcome;
    self->analysis.reference_bins = self->reference_bins;
    self->analysis.set_aside = g_new0(guint8, frame->n_rows + 1);
    self->analysis.exclude = g_new0(guint8, frame->n_columns + 1);
    if (reference == NULL) {
        self->analysis.baseline = g_new0(guint8, frame->n_rows + 1);
        for (gsize i = 0; i < frame->n_rows / 2; i++)
            self->analysis.baseline[self->outcome->order[i]] = 1;
    }
    self->analysis.result = errata_case_new();
    return self;
}

static inline void
analysis_frame_free(AnalysisFrame *self)
{
    errata_slices_table_forget(&self->analysis);
    errata_case_free(self->analysis.result);
    g_free(self->analysis.set_aside);
    g_free(self->analysis.exclude);
    g_free(self->analysis.baseline);
    errata_bins_free(self->bins);
    errata_bins_free(self->reference_bins);
    errata_outcome_free(self->outcome);
    errata_outcome_free(self->reference_outcome);
    errata_schema_free(self->schema);
    errata_schema_free(self->reference_schema);
    errata_settings_free(self->settings);
    errata_frame_unref(self->frame);
    errata_frame_unref(self->reference);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalysisFrame, analysis_frame_free)

/* takes @frame and @reference (nullable); what their rows belong to is declared where @entity is
 * given */
static inline AnalysisFrame *
analysis_frame_of_entities(ErrataFrame *frame, ErrataFrame *reference, const char *entity)
{
    AnalysisFrame *self = analysis_frame_new(frame, reference);

    self->settings->entity = g_strdup(entity);
    errata_outcome_free(self->outcome);
    self->outcome = errata_outcome_new(self->frame, self->schema, self->settings, NULL);
    self->analysis.outcome = self->outcome;
    if (reference == NULL)
        return self;
    errata_outcome_free(self->reference_outcome);
    self->reference_outcome =
        errata_outcome_new(self->reference, self->reference_schema, self->settings, NULL);
    self->analysis.reference_outcome = self->reference_outcome;
    return self;
}
