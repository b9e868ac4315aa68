/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interpret/built-in-writer.h"
#include "lead.h"
#include "links.h"
#include "made-analysis.h"

static ErrataFinding *
test_links_add(MadeAnalysis *made,
               ErrataFindingKind kind,
               ErrataSeverity severity,
               const char *title)
{
    ErrataFinding *finding = errata_finding_new(kind, title);

    finding->severity = severity;
    errata_finding_add(
        finding,
        errata_evidence_new("n", "rows", 1.0, ERRATA_UNIT_COUNT, made->frame.n_rows));
    errata_case_add_finding(made->analysis.result, finding);
    return finding;
}

static void
test_links_set_rows(ErrataFinding *finding, guint32 begin, gsize n)
{
    finding->n_rows = n;
    finding->row = g_new(guint32, n);
    for (guint32 i = 0; i < n; i++)
        finding->row[i] = begin + i;
}

static void
test_links_overlap(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 1000);
    ErrataFinding *a = test_links_add(made, ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, "a");
    ErrataFinding *b = test_links_add(made, ERRATA_FINDING_SLICE, ERRATA_SEVERITY_MEDIUM, "b");
    ErrataFinding *c = test_links_add(made, ERRATA_FINDING_SLICE, ERRATA_SEVERITY_LOW, "c");
    const ErrataEvidence *link;

    g_test_summary("Groups that share 60 of their rows name each other; one apart is not named");
    test_links_set_rows(a, 0, 200);
    test_links_set_rows(b, 140, 100);
    test_links_set_rows(c, 500, 100);
    errata_links_add(&made->analysis);
    link = errata_finding_evidence(a, "overlap");
    g_assert_nonnull(link);
    g_assert_cmpstr(link->text, ==, "F2");
    g_assert_cmpfloat_with_epsilon(link->value, 0.3, 1e-12);
    g_assert_cmpfloat_with_epsilon(link->baseline, 0.1, 1e-12);
    link = errata_finding_evidence(b, "overlap");
    g_assert_nonnull(link);
    g_assert_cmpstr(link->text, ==, "F1");
    g_assert_cmpfloat_with_epsilon(link->value, 0.6, 1e-12);
    g_assert_null(errata_finding_evidence(c, "overlap"));
    g_assert_nonnull(link->id);
}

static void
test_links_opposed(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 1000);
    ErrataFinding *drift =
        test_links_add(made, ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_HIGH, "age has risen");
    ErrataFinding *change =
        test_links_add(made, ERRATA_FINDING_CHANGE_POINT, ERRATA_SEVERITY_MEDIUM, "age fell");

    g_test_summary("A mean that fell once and has risen since is not one move");
    drift->subject.column = g_strdup("age");
    errata_finding_add(drift, errata_evidence_new("mean_from", "then", 8.2, ERRATA_UNIT_NONE, 500));
    errata_finding_add(drift, errata_evidence_new("mean_to", "now", 8.9, ERRATA_UNIT_NONE, 500));
    change->subject.series = g_strdup("mean:age");
    change->subject.before = 8.5;
    change->subject.after = 7.8;
    errata_links_add(&made->analysis);
    g_assert_cmpint(change->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_null(errata_finding_evidence(change, "same"));
}

static void
test_links_back(void)
{
    static const char *const series[] = {"spread:age", "missing:age", "share:age=old"};
    static const char *const ends[][2] = {{"sd_from", "sd_to"}, {"missing_from", "missing_to"}};

    g_test_summary("A spread, a missing value or a share that moved back is not one move either");
    for (guint i = 0; i < G_N_ELEMENTS(series); i++) {
        g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 1000);
        ErrataFinding *drift =
            test_links_add(made, ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_HIGH, "age has moved");
        ErrataFinding *change =
            test_links_add(made, ERRATA_FINDING_CHANGE_POINT, ERRATA_SEVERITY_LOW, "age came back");
        ErrataEvidence *share =
            errata_evidence_new("largest_share", "share", 0.6, ERRATA_UNIT_SHARE, 500);

        drift->subject.column = g_strdup("age");
        share->baseline = 0.2;
        share->text = g_strdup("old");
        errata_finding_add(drift, share);
        for (guint k = 0; i < 2 && k < 2; k++)
            errata_finding_add(
                drift,
                errata_evidence_new(ends[i][k], "end", k == 0 ? 0.1 : 0.4, ERRATA_UNIT_SHARE, 500));
        change->subject.series = g_strdup(series[i]);
        change->subject.before = 0.5;
        change->subject.after = 0.1;
        errata_links_add(&made->analysis);
        g_assert_cmpint(change->severity, ==, ERRATA_SEVERITY_LOW);
        g_assert_null(errata_finding_evidence(change, "same"));
    }
}

static void
test_links_event(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 1000);
    ErrataFinding *change =
        test_links_add(made, ERRATA_FINDING_CHANGE_POINT, ERRATA_SEVERITY_MEDIUM, "errors rose");
    ErrataFinding *same =
        test_links_add(made, ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_INFO, "age since then");
    ErrataFinding *later =
        test_links_add(made, ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_INFO, "fare since then");
    ErrataFinding *costs =
        test_links_add(made, ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_LOW, "town since then");

    g_test_summary(
        "What moved at the moment of a change is part of it, unless it is told for itself");
    change->subject.series = g_strdup("error_rate");
    made_analysis_judge(made);
    change->subject.from = 600;
    g_ptr_array_add(change->notes, g_strdup("of=age"));
    g_ptr_array_add(change->notes, g_strdup("of=town"));
    same->subject.column = g_strdup("age");
    later->subject.column = g_strdup("fare");
    costs->subject.column = g_strdup("town");
    g_ptr_array_add(same->notes, g_strdup("since=row 600"));
    g_ptr_array_add(later->notes, g_strdup("since=row 600"));
    g_ptr_array_add(costs->notes, g_strdup("since=row 600"));
    made->analysis.changed_at = 600;
    errata_links_add(&made->analysis);
    g_assert_cmpstr(errata_finding_note(same, "part-of"), ==, change->id);
    g_assert_null(errata_finding_note(later, "part-of"));
    g_assert_null(errata_finding_note(costs, "part-of"));
    g_assert_null(errata_finding_note(change, "part-of"));
}

static void
test_links_same(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 1000);
    ErrataFinding *drift =
        test_links_add(made, ERRATA_FINDING_DRIFT, ERRATA_SEVERITY_HIGH, "age has risen");
    ErrataFinding *change =
        test_links_add(made, ERRATA_FINDING_CHANGE_POINT, ERRATA_SEVERITY_MEDIUM, "age rose");
    ErrataFinding *other =
        test_links_add(made, ERRATA_FINDING_CHANGE_POINT, ERRATA_SEVERITY_MEDIUM, "age_band rose");

    g_test_summary("A column's change and its drift: the graver is told, the other points to it");
    drift->subject.column = g_strdup("age");
    change->subject.series = g_strdup("mean:age");
    other->subject.series = g_strdup("share:age_band=old");
    errata_links_add(&made->analysis);
    g_assert_cmpint(drift->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpint(change->severity, ==, ERRATA_SEVERITY_INFO);
    g_assert_cmpint(other->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpstr(errata_finding_evidence(change, "same")->text, ==, drift->id);
    g_assert_cmpstr(errata_finding_evidence(drift, "same")->text, ==, change->id);
    g_assert_null(errata_finding_evidence(other, "same"));
}

static void
test_links_lead(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 1000);
    ErrataFinding *fall =
        test_links_add(made, ERRATA_FINDING_PERFORMANCE, ERRATA_SEVERITY_CRITICAL, "worse");
    ErrataFinding *bug =
        test_links_add(made, ERRATA_FINDING_DATA_BUG, ERRATA_SEVERITY_MEDIUM, "x ×100");
    ErrataFinding *small =
        test_links_add(made, ERRATA_FINDING_DATA_BUG, ERRATA_SEVERITY_MEDIUM, "y is missing");
    const double rates[][2] = {{0.8, 0.1}, {0.11, 0.1}};
    ErrataShare *cause = g_new0(ErrataShare, 1);

    g_test_summary(
        "A bug that makes most errors leads, with its own remedy; one that does not, not");
    cause->value = g_strdup("data-bug");
    cause->rate = 0.9;
    g_ptr_array_add(fall->subject.because, cause);
    fall->rank = 5.0;
    errata_finding_suggest(fall, "retrain", "Retrain");
    errata_finding_suggest(bug, "quarantine-file", "Leave out");
    errata_finding_suggest(bug, "fix-pipeline", "Divide by 100");
    for (guint i = 0; i < 2; i++) {
        ErrataFinding *of = i == 0 ? bug : small;

        of->confirmed = TRUE;
        of->share_of_rows = 0.2;
        errata_finding_add(
            of,
            errata_evidence_new("rate_in", "in", rates[i][0], ERRATA_UNIT_SHARE, 200));
        errata_finding_add(
            of,
            errata_evidence_new("rate_out", "out", rates[i][1], ERRATA_UNIT_SHARE, 800));
    }
    errata_lead_mark(&made->analysis);
    errata_links_add(&made->analysis);
    g_assert_cmpstr(bug->id, ==, "F1");
    g_assert_cmpstr(fall->id, ==, "F3"); /* one event: the bug tells it */
    g_assert_cmpint(fall->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpint(bug->severity, ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_cmpint(small->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_nonnull(errata_finding_note(bug, "lead"));
    g_assert_null(errata_finding_note(small, "lead"));
    g_assert_cmpuint(fall->suggestions->len, ==, 1);
    for (guint i = 0; i < 2; i++) {
        const ErrataFinding *of = i == 0 ? bug : fall;

        g_assert_cmpstr(((const ErrataSuggestion *)g_ptr_array_index(of->suggestions, 0))->action,
                        ==,
                        "fix-pipeline");
    }
}

static void
test_links_seen(void)
{
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, 1000);
    ErrataFinding *step =
        test_links_add(made, ERRATA_FINDING_CHANGE_POINT, ERRATA_SEVERITY_HIGH, "step");
    ErrataFinding *slice =
        test_links_add(made, ERRATA_FINDING_SLICE, ERRATA_SEVERITY_HIGH, "slice");
    ErrataFinding *scores =
        test_links_add(made, ERRATA_FINDING_CALIBRATION, ERRATA_SEVERITY_HIGH, "scores");
    guint n = 0;

    g_test_summary("What tells an event names all that it is seen in, whatever that points to");
    errata_finding_point(slice, step, "part", 1.0);
    errata_finding_point(scores, slice, "part", 1.0);
    errata_links_add(&made->analysis);
    for (guint i = 0; i < step->evidence->len; i++) {
        const ErrataEvidence *seen = g_ptr_array_index(step->evidence, i);

        if (g_strcmp0(seen->key, "seen_in") == 0)
            n += g_strcmp0(seen->text, slice->id) == 0 || g_strcmp0(seen->text, scores->id) == 0;
    }
    g_assert_cmpuint(n, ==, 2);
    g_assert_null(errata_finding_evidence(slice, "seen_in"));
    errata_built_in_writer_write(made->analysis.result);
    g_assert_nonnull(strstr(step->rationale, "lso seen in findings 2 and 3"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/links/opposed", test_links_opposed);
    g_test_add_func("/links/back", test_links_back);
    g_test_add_func("/links/event", test_links_event);
    g_test_add_func("/links/overlap", test_links_overlap);
    g_test_add_func("/links/same", test_links_same);
    g_test_add_func("/links/seen", test_links_seen);
    g_test_add_func("/links/lead", test_links_lead);
    return g_test_run();
}
