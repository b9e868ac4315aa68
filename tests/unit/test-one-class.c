/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made-analysis.h"
#include "one-class.h"

static double
test_link(double s)
{
    return s;
}

static void
test_one_class_weighs_little(void)
{
    static const ErrataFindingKind kinds[] = {ERRATA_FINDING_SLICE,
                                              ERRATA_FINDING_CLUSTER,
                                              ERRATA_FINDING_LABEL_ISSUE,
                                              ERRATA_FINDING_FAIRNESS};

    g_test_summary("Where all labels are of one class, what rests on its errors alone is low");
    for (guint several = 0; several < 2; several++) {
        g_autoptr(MadeAnalysis) made = made_analysis_binary(400, test_link, 5);

        for (gsize row = 0; row < 400; row++)
            made->outcome.truth[row] = row % 7 == 0 ? -1 : 0;
        made->outcome.truth[399] = several != 0 ? 1 : 0;
        made_analysis_judge(made);
        g_assert_cmpint(errata_one_class_of(&made->outcome), ==, several != 0 ? -1 : 0);
        for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
            ErrataFinding *finding = errata_finding_new(kinds[i], "found");

            finding->severity = i == 1 ? ERRATA_SEVERITY_INFO : ERRATA_SEVERITY_CRITICAL;
            errata_finding_add(finding,
                               errata_evidence_new("rate", "rate", 0.5, ERRATA_UNIT_SHARE, 400));
            errata_case_add_finding(made->analysis.result, finding);
        }
        g_assert_true(errata_analyzer_one_class.run(&made->analysis, NULL));
        for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
            const ErrataFinding *finding = g_ptr_array_index(made->analysis.result->findings, i);
            gboolean capped = several == 0 && i < 3;

            g_assert_cmpint(finding->severity,
                            ==,
                            i == 1   ? ERRATA_SEVERITY_INFO
                            : capped ? ERRATA_SEVERITY_LOW
                                     : ERRATA_SEVERITY_CRITICAL);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/one-class/weighs-little", test_one_class_weighs_little);
    return g_test_run();
}
