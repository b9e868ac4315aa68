/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which way predictions are off since a change of their error. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "change-points.h"
#include "rng.h"

#define BIAS_ROWS  4000
#define BIAS_BEGIN 2600

/* predictions @shift too high and @noise times as far off from a row on; the first finding, %NULL
 * for none */
static const ErrataFinding *
bias_run(AnalysisFrame **ret, double shift, double noise)
{
    g_autoptr(GString) text = g_string_new("x,prediction,label\n");
    ErrataRng rng = errata_rng_init(3, 0, 0);
    const GPtrArray *findings;

    for (guint i = 0; i < BIAS_ROWS; i++) {
        double x = errata_rng_uniform(&rng);
        double label = 40.0 * x + 10.0 * errata_rng_uniform(&rng);
        double off = 16.0 * (errata_rng_uniform(&rng) - 0.5); /* 4 on average */

        off = i >= BIAS_BEGIN ? noise * off + shift : off;
        g_string_append_printf(text, "%.3f,%.3f,%.3f\n", x, label + off, label);
    }
    *ret = analysis_frame_new(schema_frame_new(text->str), NULL);
    g_assert_true(errata_analyzer_change_points.run(&(*ret)->analysis, NULL));
    findings = (*ret)->analysis.result->findings;
    return findings->len > 0 ? g_ptr_array_index(findings, 0) : NULL;
}

static const ErrataSuggestion *
bias_suggestion(const ErrataFinding *finding)
{
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *own = g_ptr_array_index(finding->suggestions, i);

        if (strcmp(own->action, "recalibrate") == 0)
            return own;
    }
    return NULL;
}

static void
test_change_bias_high(void)
{
    g_autoptr(AnalysisFrame) self = NULL;
    const ErrataFinding *finding = bias_run(&self, 15.0, 1.0);
    const ErrataSuggestion *suggestion;
    const ErrataEvidence *bias;

    g_test_summary("Predictions that are 15 too high since some row: so it says, and takes 15 off");
    g_assert_nonnull(finding);
    bias = errata_finding_evidence(finding, "bias_after");
    suggestion = bias_suggestion(finding);
    if (bias == NULL || suggestion == NULL) {
        g_test_fail_printf("neither told nor advised");
        return;
    }
    g_assert_cmpfloat_with_epsilon(bias->value, 15.0, 0.5);
    g_assert_cmpfloat_with_epsilon(bias->baseline, 0.0, 0.5);
    g_assert_true(g_str_has_prefix(suggestion->text, "Take 1"));
    /* 15 less 4 in 1,400 of 4,000 rows */
    g_assert_cmpfloat_with_epsilon(suggestion->from - suggestion->to, 11.0 * 0.35, 0.4);
    g_assert_cmpfloat(suggestion->lo, >, 0.0);
}

static void
test_change_bias_none(void)
{
    g_autoptr(AnalysisFrame) self = NULL;
    const ErrataFinding *finding = bias_run(&self, 0.0, 4.0);

    g_test_summary("Predictions that are off farther either way are neither too high nor too low");
    g_assert_nonnull(finding);
    g_assert_null(errata_finding_evidence(finding, "bias_after"));
    g_assert_null(bias_suggestion(finding));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change-bias/high", test_change_bias_high);
    g_test_add_func("/change-bias/none", test_change_bias_none);
    return g_test_run();
}
