/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made-analysis.h"
#include "sources.h"

#define EVENTS_ROWS  4000
#define EVENTS_BEGIN 2000

/* off by 1 until a step, then by @others; one row in four is off by 9 then */
static MadeAnalysis *
events_log(double others)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_REGRESSION, EVENTS_ROWS);

    for (gsize i = 0; i < EVENTS_ROWS; i++) {
        double off = i < EVENTS_BEGIN ? 1.0 : i % 4 == 0 ? 9.0 : others;

        self->outcome.truth_value[i] = i % 2 == 0 ? off : -off;
    }
    made_analysis_judge(self);
    return self;
}

/* with every @every-th row from @first on */
static ErrataFinding *
events_add(MadeAnalysis *self, ErrataFindingKind kind, const char *title, gsize first, gsize every)
{
    ErrataFinding *finding = errata_finding_new(kind, title);

    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->row = g_new(guint32, EVENTS_ROWS);
    for (gsize i = first; i < EVENTS_ROWS; i += every)
        finding->row[finding->n_rows++] = (guint32)i;
    finding->subject.from = (gint64)first;
    if (kind == ERRATA_FINDING_CHANGE_POINT) {
        finding->subject.series = g_strdup("error_rate");
        finding->subject.before = 1.0;
        finding->subject.after = 5.0;
    }
    errata_finding_add(finding,
                       errata_evidence_new("rate_in", "off by", 5.0, ERRATA_UNIT_TARGET, 500));
    errata_finding_add(finding,
                       errata_evidence_new("rate_out", "elsewhere", 1.0, ERRATA_UNIT_TARGET, 500));
    errata_case_add_finding(self->analysis.result, finding);
    return finding;
}

static void
events_assert_source(const ErrataFinding *finding, const char *title)
{
    const ErrataEvidence *source = errata_finding_evidence(finding, "comes_from");

    g_assert_nonnull(source);
    g_assert_cmpstr(source->text, ==, title);
    g_assert_cmpint(finding->severity, <=, ERRATA_SEVERITY_LOW);
}

static void
test_events_fall(void)
{
    g_autoptr(MadeAnalysis) self = events_log(9.0);
    g_autofree guint8 *baseline = g_new0(guint8, EVENTS_ROWS);
    ErrataFinding *fault = events_add(self, ERRATA_FINDING_DATA_BUG, "fault", EVENTS_BEGIN, 1);
    ErrataFinding *fall = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "fall");

    g_test_summary("A fall in rows that are all faulty is the fault's matter");
    memset(baseline, 1, EVENTS_BEGIN);
    self->analysis.baseline = baseline;
    fault->severity = ERRATA_SEVERITY_MEDIUM;
    fall->severity = ERRATA_SEVERITY_CRITICAL;
    errata_finding_add(fall, errata_evidence_new("bug_share", "part", 0.7, ERRATA_UNIT_SHARE, 2000))
        ->hi = 0.9;
    errata_case_add_finding(self->analysis.result, fall);
    errata_sources_mark(&self->analysis);
    events_assert_source(fall, "fault");
    g_assert_cmpint(fault->severity, ==, ERRATA_SEVERITY_CRITICAL);
}

static void
test_events_only_since(void)
{
    g_test_summary("Rows that come since a step only are its matter where all others err as well");
    for (guint all = 0; all < 2; all++) {
        g_autoptr(MadeAnalysis) self = events_log(all != 0 ? 7.0 : 1.0);
        ErrataFinding *group = events_add(self, ERRATA_FINDING_SLICE, "new", EVENTS_BEGIN, 4);
        ErrataFinding *step =
            events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN, 1);

        errata_sources_mark(&self->analysis);
        events_assert_source(all != 0 ? group : step, all != 0 ? "step" : "new");
        g_assert_cmpint((all != 0 ? step : group)->severity, ==, ERRATA_SEVERITY_HIGH);
    }
}

static void
test_events_own(void)
{
    g_autoptr(MadeAnalysis) self = events_log(4.0);
    ErrataFinding *group = events_add(self, ERRATA_FINDING_SLICE, "new", EVENTS_BEGIN, 4);
    ErrataFinding *step = events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN, 1);

    g_test_summary(
        "Rows that come since a step only and err far more than all others do since then "
        "are a matter of their own");
    errata_sources_mark(&self->analysis);
    g_assert_null(errata_finding_evidence(group, "comes_from"));
    g_assert_cmpint(group->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpint(step->severity, ==, ERRATA_SEVERITY_HIGH);
}

static void
test_events_part(void)
{
    g_autoptr(MadeAnalysis) self = events_log(1.0);
    ErrataFinding *group = events_add(self, ERRATA_FINDING_SLICE, "group", EVENTS_BEGIN, 4);
    ErrataFinding *part = events_add(self, ERRATA_FINDING_SLICE, "part", EVENTS_BEGIN, 8);
    ErrataFinding *other = events_add(self, ERRATA_FINDING_SLICE, "other", EVENTS_BEGIN + 1, 8);
    ErrataSuggestion *remedy;

    g_test_summary("A part of a group that began to err with it is the group's matter");
    g_ptr_array_add(group->notes, g_strdup("when=since then"));
    g_ptr_array_add(part->notes, g_strdup("when=since then"));
    g_ptr_array_add(other->notes, g_strdup("when=since then"));
    group->rank = 0.5;
    part->rank = 0.2;
    part->metric = g_strdup("mae");
    part->delta = 0.2;
    remedy = errata_finding_suggest(group, "fix-pipeline", "look");
    remedy->metric = g_strdup("mae");
    remedy->from = 3.0;
    remedy->to = 2.0;
    remedy->lo = 0.9;
    remedy->hi = 1.1;
    errata_sources_mark(&self->analysis);
    events_assert_source(part, "group");
    remedy = g_ptr_array_index(part->suggestions, 0);
    g_assert_cmpfloat_with_epsilon(remedy->to, 2.8, 1e-9); /* no more than its own */
    g_assert_cmpfloat_with_epsilon(remedy->hi, 0.22, 1e-9);
    g_assert_true(remedy->upper_bound);
    g_assert_cmpint(group->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpint(other->severity, ==, ERRATA_SEVERITY_HIGH);
}

static void
test_events_window(void)
{
    g_autoptr(MadeAnalysis) self = events_log(9.0);
    ErrataFinding *fault = events_add(self, ERRATA_FINDING_DATA_BUG, "fault", EVENTS_BEGIN, 1);
    ErrataFinding *step =
        events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN + 9, 1);
    ErrataFinding *late = events_add(self, ERRATA_FINDING_CHANGE_POINT, "late", 3000, 1);

    g_test_summary("A step that has the window of a fault is the fault's, another is not");
    fault->subject.to = EVENTS_ROWS;
    errata_sources_mark(&self->analysis);
    events_assert_source(step, "fault");
    g_assert_cmpint(late->severity, ==, ERRATA_SEVERITY_HIGH);
}

static void
test_events_sound(void)
{
    g_autoptr(MadeAnalysis) self = events_log(8.0);
    ErrataFinding *fault = events_add(self, ERRATA_FINDING_DATA_BUG, "fault", EVENTS_BEGIN, 4);
    ErrataFinding *step =
        events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN + 9, 1);

    g_test_summary(
        "Rows that a fault did not befall and that err as much since then are not its matter");
    fault->subject.to = EVENTS_ROWS;
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(step->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_null(errata_finding_evidence(step, "comes_from"));
}

static void
test_events_drift(void)
{
    g_autoptr(MadeAnalysis) self = events_log(9.0);
    ErrataFinding *drift = errata_finding_new(ERRATA_FINDING_DRIFT, "drift");
    ErrataFinding *step = events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN, 1);

    g_test_summary("A step at which a column moved, that goes with it, is the drift's matter");
    drift->severity = ERRATA_SEVERITY_MEDIUM;
    drift->subject.column = g_strdup("x");
    errata_finding_add(drift,
                       errata_evidence_new("shift", "moved", 1.0, ERRATA_UNIT_NONE, EVENTS_ROWS));
    drift->subject.share_of_loss = 0.8;
    errata_case_add_finding(self->analysis.result, drift);
    self->analysis.changed_at = EVENTS_BEGIN + 3;
    errata_sources_mark(&self->analysis);
    events_assert_source(step, "drift");
    g_assert_cmpint(drift->severity, ==, ERRATA_SEVERITY_HIGH);
}

static void
test_events_columns(void)
{
    g_autoptr(MadeAnalysis) self = events_log(1.0);
    g_autofree guint8 *baseline = g_new0(guint8, EVENTS_ROWS);
    ErrataFinding *drift = errata_finding_new(ERRATA_FINDING_DRIFT, "drift");
    ErrataFinding *step = events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN, 1);

    g_test_summary("A step and a drift that two groups of one column make are the groups' matter");
    memset(baseline, 1, EVENTS_BEGIN);
    self->analysis.baseline = baseline;
    self->analysis.changed_at = EVENTS_BEGIN;
    for (guint k = 0; k < 2; k++) {
        ErrataFinding *group = events_add(self,
                                          ERRATA_FINDING_SLICE,
                                          k == 0 ? "low" : "lower",
                                          EVENTS_BEGIN + 4 * k,
                                          8);

        g_ptr_array_add(group->subject.predicates, errata_predicate_new("x", ERRATA_OP_GE));
        group->rank = k;
    }
    drift->severity = ERRATA_SEVERITY_HIGH;
    drift->subject.column = g_strdup("x");
    errata_finding_add(drift,
                       errata_evidence_new("shift", "moved", 1.0, ERRATA_UNIT_NONE, EVENTS_ROWS));
    errata_case_add_finding(self->analysis.result, drift);
    errata_sources_mark(&self->analysis);
    events_assert_source(step, "lower");
    events_assert_source(drift, "lower");
    g_assert_cmpstr(errata_finding_evidence(drift, "comes_from_also")->text, ==, "low");
}

/* the score of every fourth row says more than it did: since the step only, or @always */
static void
test_events_scores(void)
{
    g_test_summary("A group whose scores mean less since a step is the step's matter");
    for (guint always = 0; always < 2; always++) {
        g_autoptr(MadeAnalysis) self = made_analysis_new(ERRATA_TASK_BINARY, EVENTS_ROWS);
        ErrataFinding *segment = events_add(self, ERRATA_FINDING_CALIBRATION, "segment", 0, 4);
        ErrataFinding *step =
            events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN, 1);

        for (gsize i = 0; i < EVENTS_ROWS; i++) {
            gboolean off = i % 4 == 0 && (always != 0 || i >= EVENTS_BEGIN);
            double chance = off ? 0.4 : 0.8;

            self->outcome.score[i] = 0.8;
            self->outcome.predicted[i] = 1;
            self->outcome.truth[i] = (double)(i / 4 % 10) < 10.0 * chance;
        }
        made_analysis_judge(self);
        step->subject.before = 0.2;
        g_ptr_array_add(segment->subject.predicates, errata_predicate_new("c", ERRATA_OP_EQ));
        errata_sources_events(&self->analysis);
        g_assert_cmpint(segment->severity,
                        ==,
                        always != 0 ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_LOW);
    }
}

/* all scores lie under the threshold, and half of the rows are positive since a step: another
 * threshold is @measured to err less */
static void
events_threshold(gboolean measured, gboolean back)
{
    g_autoptr(MadeAnalysis) self = made_analysis_new(ERRATA_TASK_BINARY, EVENTS_ROWS);
    ErrataFinding *step = events_add(self, ERRATA_FINDING_CHANGE_POINT, "step", EVENTS_BEGIN, 1);
    ErrataFinding *cut = errata_finding_new(ERRATA_FINDING_THRESHOLD, "cut");
    ErrataSuggestion *move = errata_finding_suggest(cut, "move-threshold", "From 0.3 on");
    const ErrataSuggestion *first;

    for (gsize i = 0; i < EVENTS_ROWS; i++) {
        self->outcome.truth[i] = i >= EVENTS_BEGIN && i % 2 == 0;
        self->outcome.score[i] = i % 2 == 0 ? 0.4 : 0.1;
    }
    made_analysis_judge(self);
    errata_finding_suggest(step, "retrain", "Retrain");
    if (back)
        errata_finding_add(step, errata_evidence_new("back", "back", 1.0, ERRATA_UNIT_NONE, 1));
    errata_finding_add(cut, errata_evidence_new("rate_from", "now", 0.25, ERRATA_UNIT_SHARE, 4000));
    cut->severity = ERRATA_SEVERITY_HIGH;
    cut->subject.objective = g_strdup("accuracy");
    cut->subject.best = 0.3;
    move->metric = g_strdup("accuracy");
    move->from = 0.75;
    move->to = 0.85;
    move->lo = measured ? 0.08 : -0.02;
    move->hi = 0.12;
    errata_case_add_finding(self->analysis.result, cut);
    errata_sources_events(&self->analysis);
    events_assert_source(cut, "step");
    g_assert_cmpuint(cut->suggestions->len, ==, measured && !back ? 2 : 1);
    first = g_ptr_array_index(cut->suggestions, 0);
    g_assert_cmpstr(first->action, ==, "retrain");
    if (measured && !back)
        g_assert_true(g_ptr_array_index(cut->suggestions, 1) == move);
}

static void
test_events_threshold(void)
{
    g_test_summary("A threshold that errs less since a step is the step's matter, and kept beside "
                   "what helps against it where it was measured to, and the step lasts");
    events_threshold(TRUE, FALSE);
    events_threshold(FALSE, FALSE);
    events_threshold(TRUE, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sources-events/fall", test_events_fall);
    g_test_add_func("/sources-events/only-since", test_events_only_since);
    g_test_add_func("/sources-events/own", test_events_own);
    g_test_add_func("/sources-events/part", test_events_part);
    g_test_add_func("/sources-events/window", test_events_window);
    g_test_add_func("/sources-events/sound", test_events_sound);
    g_test_add_func("/sources-events/drift", test_events_drift);
    g_test_add_func("/sources-events/columns", test_events_columns);
    g_test_add_func("/sources-events/scores", test_events_scores);
    g_test_add_func("/sources-events/threshold", test_events_threshold);
    return g_test_run();
}
