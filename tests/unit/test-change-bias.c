/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which way predictions are off since a change of their error. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "change-points.h"
#include "rng.h"

#define BIAS_ROWS  4000
#define BIAS_BEGIN 2600

/* a fault of every fourth row from 1,000 to 1,400, those of one group */
static gboolean
bias_is_fault(guint row)
{
    return row >= 1000 && row < 1400 && row % 4 == 0;
}

static void
bias_add_fault(AnalysisFrame *self)
{
    ErrataFinding *fault = errata_finding_new(ERRATA_FINDING_DATA_BUG, "x arrives multiplied");

    fault->confirmed = TRUE;
    fault->subject.bug = g_strdup("unit-change");
    fault->subject.column = g_strdup("x");
    errata_finding_add(fault,
                       errata_evidence_new("group", "of the group", 1.0, ERRATA_UNIT_SHARE, 100));
    fault->row = g_new(guint32, BIAS_ROWS);
    for (guint32 row = 0; row < BIAS_ROWS; row++)
        if (bias_is_fault(row)) {
            fault->row[fault->n_rows++] = row;
            self->analysis.set_aside[row] = 1;
        }
    errata_case_add_finding(self->analysis.result, fault);
}

/* predictions @shift too high and @noise times as far off from a row on, and 60 too high in the
 * rows of a fault, if there is one; the last finding, %NULL for none */
static const ErrataFinding *
bias_run(AnalysisFrame **ret, double shift, double noise, gboolean faulty)
{
    g_autoptr(GString) text = g_string_new("x,prediction,label\n");
    ErrataRng rng = errata_rng_init(3, 0, 0);
    const GPtrArray *findings;

    for (guint i = 0; i < BIAS_ROWS; i++) {
        double x = errata_rng_uniform(&rng);
        double label = 40.0 * x + 10.0 * errata_rng_uniform(&rng);
        double off = 16.0 * (errata_rng_uniform(&rng) - 0.5); /* 4 on average */

        off = i >= BIAS_BEGIN ? noise * off + shift : off;
        off += faulty && bias_is_fault(i) ? 60.0 : 0.0;
        g_string_append_printf(text, "%.3f,%.3f,%.3f\n", x, label + off, label);
    }
    *ret = analysis_frame_new(schema_frame_new(text->str), NULL);
    if (faulty)
        bias_add_fault(*ret);
    g_assert_true(errata_analyzer_change_points.run(&(*ret)->analysis, NULL));
    findings = (*ret)->analysis.result->findings;
    return findings->len > 0 ? g_ptr_array_index(findings, findings->len - 1) : NULL;
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
    const ErrataFinding *finding = bias_run(&self, 15.0, 1.0, FALSE);
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
    const ErrataFinding *finding = bias_run(&self, 0.0, 4.0, FALSE);

    g_test_summary("Predictions that are off farther either way are neither too high nor too low");
    g_assert_nonnull(finding);
    g_assert_null(errata_finding_evidence(finding, "bias_after"));
    g_assert_null(bias_suggestion(finding));
}

static void
test_change_bias_outside(void)
{
    g_autoptr(AnalysisFrame) self = NULL;
    const ErrataFinding *finding = bias_run(&self, 15.0, 1.0, TRUE);
    const ErrataOutcome *outcome = self->outcome;
    const ErrataEvidence *bias, *before, *left;
    double signed_before = 0.0, since = 0.0, all = 0.0;
    gsize begin;

    g_test_summary("Outside data bugs: bias, errors and rows are of the same rows, which are told");
    g_assert_nonnull(finding);
    g_assert_nonnull(strstr(finding->title, "outside data bugs"));
    bias = errata_finding_evidence(finding, "bias_after");
    before = errata_finding_evidence(finding, "before");
    left = errata_finding_evidence(finding, "left_out");
    g_assert_true(bias != NULL && before != NULL && left != NULL);
    begin = (gsize)finding->subject.from;
    for (gsize i = 0; i < BIAS_ROWS; i++) {
        double off = outcome->predicted_value[i] - outcome->truth_value[i];

        all += fabs(off);
        since += i >= begin ? fabs(off) : 0.0;
        if (i < begin && !(i >= 1000 && i <= 1396)) /* the last row of the fault */
            signed_before += off;
    }
    g_assert_cmpuint(left->n, ==, 397);
    g_assert_cmpuint(before->n, ==, begin - 397);
    g_assert_cmpfloat_with_epsilon(bias->baseline, signed_before / (double)before->n, 1e-9);
    g_assert_cmpfloat_with_epsilon(finding->share_of_errors, since / all, 1e-9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change-bias/high", test_change_bias_high);
    g_test_add_func("/change-bias/none", test_change_bias_none);
    g_test_add_func("/change-bias/outside", test_change_bias_outside);
    return g_test_run();
}
