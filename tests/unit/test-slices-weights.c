/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "performance.h"
#include "rng.h"
#include "slices.h"

/* 8,000 rows of which half count ten times as much and are three times as seldom wrong, but in
 * group c, where half of all are, or, where @light, only those that count little; positives count
 * more often than they come */
static AnalysisFrame *
weights_frame(gboolean light)
{
    g_autoptr(GString) table = g_string_new("timestamp,region,w,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(11, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < 8000; i++) {
        char region = (char)('a' + errata_rng_below(&rng, 5));
        double score = 0.02 + 0.96 * errata_rng_uniform(&rng);
        guint said = score >= 0.5 ? 1 : 0;
        gboolean heavy = errata_rng_uniform(&rng) < (said != 0 ? 0.7 : 0.3);
        double rate = heavy ? 0.05 : 0.15;

        if (region == 'c')
            rate = light && heavy ? 0.0 : 0.5;
        g_string_append_printf(table,
                               "2026-01-%02u %02u:%02u:00,%c,%d,%.3f,%u,%u\n",
                               1 + i / 400,
                               i % 400 / 20,
                               i % 20,
                               region,
                               heavy ? 10 : 1,
                               score,
                               said,
                               errata_rng_uniform(&rng) < rate ? 1 - said : said);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    self->schema->weight = 2;
    self->analysis.exclude[2] = 1;
    errata_outcome_free(self->outcome);
    self->outcome = errata_outcome_new(self->frame, self->schema, self->settings, NULL);
    self->analysis.outcome = self->outcome;
    g_assert_nonnull(self->outcome->weight);
    return self;
}

static const ErrataFinding *
weights_slice(const AnalysisFrame *self)
{
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        if (g_str_has_prefix(finding->title, "region is c: wrong"))
            return finding;
    }
    return NULL;
}

/* sums of weights and of the errors' among rows of group c, or of all */
static double
weights_sum(const AnalysisFrame *self, gboolean in, gboolean errors)
{
    double sum = 0.0;

    for (gsize row = 0; row < self->frame->n_rows; row++) {
        g_autofree char *region = errata_column_show(self->frame->columns[1], row, 8);

        if ((!in || strcmp(region, "c") == 0) && (!errors || self->outcome->error[row] != 0))
            sum += self->outcome->weight[row];
    }
    return sum;
}

static void
test_slices_weights_told(void)
{
    g_autoptr(AnalysisFrame) self = weights_frame(FALSE);
    const ErrataFinding *finding;
    const ErrataEvidence *in, *out;
    double rate, gain;

    g_test_summary("Rates, shares and gains of a slice count rows by their declared weight");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    finding = weights_slice(self);
    g_assert_nonnull(finding);
    in = errata_finding_evidence(finding, "rate_in");
    out = errata_finding_evidence(finding, "rate_out");
    g_assert_cmpfloat_with_epsilon(in->value, 0.5, 0.08);
    g_assert_cmpfloat_with_epsilon(out->value, 0.055, 0.015); /* of rows: 0.10 */
    g_assert_true(out->lo < 0.06 && out->hi > 0.06);
    g_assert_cmpfloat_with_epsilon(finding->share_of_errors,
                                   weights_sum(self, TRUE, TRUE) / weights_sum(self, FALSE, TRUE),
                                   1e-9);
    rate = weights_sum(self, FALSE, TRUE) / weights_sum(self, FALSE, FALSE);
    gain = (in->value - out->value) * weights_sum(self, TRUE, FALSE) /
           weights_sum(self, FALSE, FALSE);
    g_assert_cmpfloat(finding->delta, <=, gain + 1e-9);
    g_assert_cmpfloat(finding->delta, >, 0.7 * gain);
    g_assert_cmpfloat(finding->delta, <, rate);
}

static void
test_slices_weights_agree(void)
{
    g_autoptr(AnalysisFrame) self = weights_frame(TRUE);

    g_test_summary("A group that errs only in rows that count little is no slice");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_null(weights_slice(self));
}

static void
test_slices_weights_windows(void)
{
    g_autoptr(AnalysisFrame) self = weights_frame(FALSE);
    const GPtrArray *windows;
    double positive = 0.0, rows = 0.0;

    g_test_summary("What a window predicts is weighted as its errors are");
    errata_performance_windows(&self->analysis);
    windows = self->analysis.result->performance.windows;
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);

        for (guint k = 0; k < window->metrics->len; k++) {
            const ErrataMetric *metric = g_ptr_array_index(window->metrics, k);

            if (strcmp(metric->name, "predicted_positive_rate") != 0)
                continue;
            positive += metric->value * (double)metric->n;
            rows += (double)metric->n;
        }
    }
    g_assert_cmpfloat(rows, >, 7999.0);
    g_assert_cmpfloat(positive / rows, >, 0.6); /* of rows: 0.5 */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-weights/told", test_slices_weights_told);
    g_test_add_func("/slices-weights/agree", test_slices_weights_agree);
    g_test_add_func("/slices-weights/windows", test_slices_weights_windows);
    return g_test_run();
}
