/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "built-in-writer.h"
#include "made-analysis.h"
#include "power.h"

static void
test_power_rate(void)
{
    const double candidates = 300000.0;
    guint found = 0;
    double rate = errata_power_rate(0.15, 1000.0, candidates);

    g_test_summary("Slices that are as bad as told exceed the search's bar four times in five");
    g_assert_cmpfloat(rate, >, 0.15 * 1.25);
    for (guint draw = 0; draw < 2000; draw++) {
        ErrataRng rng = errata_rng_init(7, 1, draw);
        double errors = 0.0, p;

        for (guint i = 0; i < 1000; i++)
            errors += errata_rng_uniform(&rng) < rate;
        p = errors / 1000.0;
        found += p > 0.15 && 1000.0 * (p * log(p / 0.15) + (1.0 - p) * log((1.0 - p) / 0.85)) >=
                                 log(candidates);
    }
    g_assert_cmpfloat_with_epsilon(found / 2000.0, 0.8, 0.06);
}

static void
test_power_ends(void)
{
    g_test_summary("More rows see more; too few promise nothing");
    g_assert_cmpfloat(errata_power_rate(0.1, 4000.0, 1e6), <, errata_power_rate(0.1, 400.0, 1e6));
    g_assert_true(isnan(errata_power_rate(0.5, 10.0, 1e6)));
    g_assert_true(isnan(errata_power_rate(0.0, 1000.0, 1e6)));
    g_assert_cmpfloat(errata_power_mean(2.0, 3.0, 4000.0, 1e6),
                      <,
                      errata_power_mean(2.0, 3.0, 100.0, 1e6));
}

static void
test_power_nothing(void)
{
    g_test_summary("Nothing stands out only where there is no finding at all");
    for (guint n = 0; n < 2; n++) {
        g_autoptr(ErrataCase) report = errata_case_new();
        ErrataFinding *finding;

        report->headline = g_strdup("accuracy");
        report->n_rows = 1000;
        errata_case_add_metric(report, "accuracy", 0.849, 0.845, 0.853, 1000);
        errata_case_tried(report, "slices", 40);
        if (n == 1) {
            finding = errata_finding_new(ERRATA_FINDING_THRESHOLD, "A person may decide some");
            finding->severity = ERRATA_SEVERITY_INFO;
            errata_finding_add(finding,
                               errata_evidence_new("left", "left", 0.2, ERRATA_UNIT_SHARE, 1000));
            errata_case_add_finding(report, finding);
        }
        errata_case_finish(report);
        errata_built_in_writer_write(report);
        g_assert_nonnull(strstr(report->verdict,
                                n == 0 ? ". Nothing stands out in 40 comparisons"
                                       : ". Nothing of weight stands out in 40 comparisons"));
    }
}

static void
test_power_few(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, "A group");

    g_test_summary("The rows that are too few are those that are judged");
    report->headline = g_strdup("accuracy");
    report->n_rows = 3000;
    errata_case_add_metric(report, "accuracy", 0.8, 0.78, 0.82, 1995);
    errata_case_add_metric(report, "judged_share", 0.665, 0.648, 0.682, 3000);
    errata_case_tried(report, "slices", 40);
    finding->severity = ERRATA_SEVERITY_LOW;
    g_ptr_array_add(finding->subject.predicates,
                    errata_predicate_new("city", ERRATA_OP_IS_MISSING));
    errata_finding_add(finding, errata_evidence_new("rate", "rate", 0.5, ERRATA_UNIT_SHARE, 200));
    errata_case_add_finding(report, finding);
    errata_case_finish(report);
    errata_built_in_writer_write(report);
    g_assert_nonnull(strstr(report->verdict, " 1,995 rows are too few to confirm"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/power/rate", test_power_rate);
    g_test_add_func("/power/ends", test_power_ends);
    g_test_add_func("/power/nothing", test_power_nothing);
    g_test_add_func("/power/few", test_power_few);
    return g_test_run();
}
