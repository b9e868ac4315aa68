/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made-analysis.h"
#include "sources.h"

#define SOURCES_ROWS  4000
#define SOURCES_BEGIN 2000

/* off by 1 until a step, then by @others; one row in four belongs to a group that is off by 9 then */
static MadeAnalysis *
sources_log(double others)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_REGRESSION, SOURCES_ROWS);

    for (gsize i = 0; i < SOURCES_ROWS; i++)
        self->outcome.predicted_value[i] = i < SOURCES_BEGIN ? 1.0 : i % 4 == 0 ? 9.0 : others;
    made_analysis_judge(self);
    return self;
}

static ErrataFinding *
sources_add(MadeAnalysis *self, ErrataFindingKind kind, gsize every)
{
    ErrataFinding *finding = errata_finding_new(kind,
                                                kind == ERRATA_FINDING_SLICE ? "group" : "step");

    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->row = g_new(guint32, SOURCES_ROWS);
    for (gsize i = SOURCES_BEGIN; i < SOURCES_ROWS; i += every)
        finding->row[finding->n_rows++] = (guint32)i;
    if (kind == ERRATA_FINDING_SLICE) {
        g_ptr_array_add(finding->notes, g_strdup("when=since then"));
    } else {
        finding->subject.series = g_strdup("error_rate");
        finding->subject.from = SOURCES_BEGIN;
        finding->subject.before = 1.0;
        finding->subject.after = 5.0;
    }
    errata_finding_add(finding,
                       errata_evidence_new("rate_in", "off by", 5.0, ERRATA_UNIT_TARGET, 500));
    errata_case_add_finding(self->analysis.result, finding);
    return finding;
}

static void
test_sources_everybody(void)
{
    g_autoptr(MadeAnalysis) self = sources_log(7.0);
    ErrataFinding *group = sources_add(self, ERRATA_FINDING_SLICE, 4);
    ErrataFinding *step = sources_add(self, ERRATA_FINDING_CHANGE_POINT, 1);
    const ErrataEvidence *source;

    g_test_summary("A group that errs since some time as all rows do is the step's matter");
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(step->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpint(group->severity, ==, ERRATA_SEVERITY_LOW);
    source = errata_finding_evidence(group, "comes_from");
    g_assert_cmpstr(source->text, ==, "step");
    g_assert_cmpfloat_with_epsilon(source->value, (7.0 - 1.0) / (9.0 - 1.0), 1e-12);
}

static void
test_sources_group(void)
{
    g_autoptr(MadeAnalysis) self = sources_log(1.0);
    ErrataFinding *group = sources_add(self, ERRATA_FINDING_SLICE, 4);
    ErrataFinding *step = sources_add(self, ERRATA_FINDING_CHANGE_POINT, 1);

    g_test_summary("A step of the error that one group makes is the group's matter");
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(group->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpint(step->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpstr(errata_finding_evidence(step, "comes_from")->text, ==, "group");
}

static void
test_sources_whole(void)
{
    g_autoptr(MadeAnalysis) self = sources_log(7.0);
    ErrataFinding *group = sources_add(self, ERRATA_FINDING_SLICE, 1);

    g_test_summary("Groups that are nearly all rows since then are no groups");
    sources_add(self, ERRATA_FINDING_CHANGE_POINT, 1);
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(group->severity, ==, ERRATA_SEVERITY_LOW);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sources/everybody", test_sources_everybody);
    g_test_add_func("/sources/group", test_sources_group);
    g_test_add_func("/sources/whole", test_sources_whole);
    return g_test_run();
}
