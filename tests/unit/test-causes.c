/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "causes.h"
#include "drift.h"
#include "made-analysis.h"

/* labels all `no`; the first @wrong of each @of rows from @begin on are said to be `yes` */
static void
test_causes_fill(MadeAnalysis *made, gsize begin, gsize end, gsize wrong, gsize of)
{
    for (gsize i = begin; i < end; i++)
        made->outcome.predicted[i] = (i - begin) % of < wrong ? 1 : 0;
}

static void
test_causes_add_bug(MadeAnalysis *made, const char *bug, guint32 begin, gsize n)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_DATA_BUG, bug);

    finding->confirmed = TRUE;
    finding->subject.bug = g_strdup(bug);
    finding->n_rows = n;
    finding->row = g_new(guint32, n);
    for (guint32 i = 0; i < n; i++)
        finding->row[i] = begin + i;
    errata_finding_add(
        finding,
        errata_evidence_new("n_rows", "rows affected", (double)n, ERRATA_UNIT_COUNT, n));
    errata_case_add_finding(made->analysis.result, finding);
}

/* 1,000 rows: the first half wrong in a tenth; of the second, 100 hit by a bug and wrong in half,
 * the others wrong in a fifth */
static MadeAnalysis *
test_causes_new(void)
{
    MadeAnalysis *made = made_analysis_new(ERRATA_TASK_BINARY, 1000);

    test_causes_fill(made, 0, 500, 1, 10);
    test_causes_fill(made, 500, 900, 1, 5);
    test_causes_fill(made, 900, 1000, 1, 2);
    made_analysis_judge(made);
    return made;
}

static void
test_causes_loss(void)
{
    g_autoptr(MadeAnalysis) made = test_causes_new();
    g_autofree guint32 *row = g_new(guint32, 500);
    g_autofree guint8 *none = errata_causes_hit(&made->analysis);
    g_autofree guint8 *hit = NULL;
    ErrataCauseLoss loss;

    g_test_summary("What hit rows add to a mean, by hand; copies are no cause");
    g_assert_null(none);
    for (guint32 i = 0; i < 500; i++)
        row[i] = 500 + i;
    test_causes_add_bug(made, "duplicate-rows", 0, 500);
    test_causes_add_bug(made, "unit-change", 900, 100);
    hit = errata_causes_hit(&made->analysis);
    g_assert_nonnull(hit);
    g_assert_cmpuint(hit[0] + hit[899], ==, 0);
    g_assert_cmpuint(hit[900], ==, 1);
    loss = errata_causes_loss(&made->outcome, hit, row, 500);
    g_assert_cmpuint(loss.n, ==, 500);
    g_assert_cmpuint(loss.n_hit, ==, 100);
    g_assert_cmpfloat_with_epsilon(loss.mean, 0.26, 1e-12); /* (80 + 50) / 500 */
    g_assert_cmpfloat_with_epsilon(loss.clean, 0.2, 1e-12);
    g_assert_cmpfloat_with_epsilon(loss.part, 0.06, 1e-12); /* a fifth of 0.5 − 0.2 */
    /* 0.04 (¼ / 100 + 81·321/402² / 400) */
    g_assert_cmpfloat_with_epsilon(loss.part_variance,
                                   0.04 * (0.0025 + 81.0 * 321.0 / 161604.0 / 400.0),
                                   1e-12);
}

static void
test_causes_split(void)
{
    g_autoptr(MadeAnalysis) made = test_causes_new();
    g_autofree guint32 *row = g_new(guint32, 1000);
    g_autofree guint8 *hit = g_new0(guint8, 1000);
    ErrataDriftSide from = {.outcome = &made->outcome, .row = row, .n = 500};
    ErrataDriftSide to = {.outcome = &made->outcome, .row = row + 500, .n = 500};
    ErrataDriftSide first = {.n = 0};
    ErrataDriftSplit clean = {.known = TRUE,
                              .loss_from = 0.1,
                              .loss_to = 0.2,
                              .covariate = 0.04,
                              .covariate_sd = 0.01,
                              .bugs = (double)NAN};
    g_autoptr(ErrataFinding) finding = NULL;
    ErrataDriftSplit whole;
    const double shares[] = {0.375, 0.25, 0.375}; /* 0.06, 0.04 and the rest of 0.16 */

    g_test_summary("A fall of 16 points: 6 by a bug, 4 by other rows, 6 otherwise");
    for (guint32 i = 0; i < 1000; i++) {
        row[i] = i;
        hit[i] = i >= 900;
    }
    whole = errata_drift_with_bugs(&clean, &made->outcome, hit, &from, &to);
    g_assert_cmpfloat_with_epsilon(whole.loss_from, 0.1, 1e-12);
    g_assert_cmpfloat_with_epsilon(whole.loss_to, 0.26, 1e-12);
    g_assert_cmpfloat_with_epsilon(whole.bugs, 0.06, 1e-12);
    finding = errata_drift_change(&made->analysis, &whole, &from, &first, &to);
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->subject.because->len, ==, 4);
    for (guint i = 0; i < 3; i++) {
        const ErrataShare *cause = g_ptr_array_index(finding->subject.because, i);

        g_assert_cmpfloat_with_epsilon(cause->rate, shares[i], 1e-12);
    }
    g_assert_cmpstr(((ErrataShare *)g_ptr_array_index(finding->subject.because, 0))->value,
                    ==,
                    "data-bug");
    for (guint32 i = 500; i < 1000; i++)
        hit[i] = 1;
    whole = errata_drift_with_bugs(&clean, &made->outcome, hit, &from, &to);
    g_assert_cmpfloat_with_epsilon(whole.bugs, 0.16, 1e-12); /* no row of now is without it */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/causes/loss", test_causes_loss);
    g_test_add_func("/causes/split", test_causes_split);
    return g_test_run();
}
