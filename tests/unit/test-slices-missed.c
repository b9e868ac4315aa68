/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rare class: where its missed cases lie, and ground that is hard at one threshold only. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices-missed.h"

#define MISSED_ROWS 8000

/* 4 % are fraud, 70 % of them in a tenth of the rows; scores of fraud reach @high, others 0.1 */
static AnalysisFrame *
missed_fixture(double high)
{
    g_autoptr(GString) table = g_string_new("id,channel,score,prediction,fraud\n");

    for (guint i = 0; i < MISSED_ROWS; i++) {
        ErrataRng rng = errata_rng_init(3, 1, i);
        gboolean web = errata_rng_uniform(&rng) < 0.1;
        gboolean fraud = errata_rng_uniform(&rng) < (web ? 0.28 : 0.0133);
        double score = fraud ? high * errata_rng_uniform(&rng) : 0.1 * errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "r%u,%s,%.4f,%d,%d\n",
                               i,
                               web ? "web" : "app",
                               score,
                               score >= 0.5 ? 1 : 0,
                               fraud ? 1 : 0);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* what the search makes of the channel */
static ErrataFinding *
missed_slice(const AnalysisFrame *fixture)
{
    ErrataFinding *slice = errata_finding_new(ERRATA_FINDING_SLICE,
                                              "channel is web: hard ground, wrong 20 %");
    ErrataPredicate *predicate = errata_predicate_new("channel", ERRATA_OP_EQ);
    const ErrataColumn *channel = errata_frame_find(fixture->frame, "channel", NULL);

    predicate->values = g_new0(char *, 2);
    predicate->values[0] = g_strdup("web");
    g_ptr_array_add(slice->subject.predicates, predicate);
    g_ptr_array_add(slice->notes, g_strdup("hard=known"));
    slice->confirmed = TRUE;
    slice->row = g_new0(guint32, MISSED_ROWS);
    for (guint32 row = 0; row < MISSED_ROWS; row++) {
        gsize length = 0;

        if (strncmp(errata_column_text(channel, row, &length), "web", 3) == 0)
            slice->row[slice->n_rows++] = row;
    }
    slice->row_score = g_new0(double, slice->n_rows);
    errata_slices_missed_add(&fixture->analysis, slice);
    errata_case_add_finding(fixture->analysis.result, slice);
    return slice;
}

static void
test_missed_share(void)
{
    g_autoptr(AnalysisFrame) fixture = missed_fixture(0.4);
    ErrataFinding *slice = missed_slice(fixture);

    g_assert_cmpfloat(fabs(errata_finding_evidence(slice, "missed_share")->value - 0.7), <, 0.08);
    g_assert_cmpfloat(fabs(errata_finding_evidence(slice, "positive_share")->value - 0.7), <, 0.08);
    g_assert_cmpfloat(errata_finding_evidence(slice, "missed_in")->value, >, 0.99);
    g_assert_nonnull(
        strstr(slice->title, " of the missed cases of fraud 1 lie where channel is web"));
}

/* scores of fraud reach 0.4: nine tenths of them lie above 0.1 */
static void
test_missed_threshold(void)
{
    g_autoptr(AnalysisFrame) fixture = missed_fixture(0.4);
    g_autoptr(ErrataFinding) threshold = errata_finding_new(ERRATA_FINDING_THRESHOLD, "lower");
    ErrataFinding *slice = missed_slice(fixture);

    threshold->subject.best = 0.1;
    errata_slices_missed_threshold(&fixture->analysis, threshold);
    g_assert_cmpfloat(fabs(errata_finding_evidence(slice, "gone_at_threshold")->value - 0.75),
                      <,
                      0.08);
    g_assert_true(g_str_has_suffix(slice->title, ": hard ground at this threshold"));
}

static void
test_missed_not(void)
{
    g_autoptr(AnalysisFrame) fixture = missed_fixture(0.4);
    g_autoptr(ErrataFinding) threshold = errata_finding_new(ERRATA_FINDING_THRESHOLD, "higher");
    ErrataFinding *slice = missed_slice(fixture);

    g_test_summary("Ground that stays hard at the other threshold is called hard");
    threshold->subject.best = 0.39;
    errata_slices_missed_threshold(&fixture->analysis, threshold);
    g_assert_null(errata_finding_evidence(slice, "gone_at_threshold"));
    g_assert_nonnull(strstr(slice->title, "hard ground"));
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-missed/share", test_missed_share);
    g_test_add_func("/slices-missed/threshold", test_missed_threshold);
    g_test_add_func("/slices-missed/not", test_missed_not);
    return g_test_run();
}
