/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "made-analysis.h"
#include "schema-frame.h"
#include "sources.h"

#define SOURCES_ROWS  4000
#define SOURCES_BEGIN 2000

/* off by 1 until a step, then by @others; one row in four belongs to a group that is off by 9
 * then */
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

/* off by 1 until a step; since then one group of one row in four is off by 9, another by 5. The
 * second by 8 more at any time where @always */
static MadeAnalysis *
sources_event_log(gboolean always)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_REGRESSION, SOURCES_ROWS);

    for (gsize i = 0; i < SOURCES_ROWS; i++) {
        double off = i < SOURCES_BEGIN ? 1.0 : i % 4 == 0 ? 9.0 : i % 4 == 1 ? 5.0 : 1.0;

        if (always && i % 4 == 1)
            off += 8.0;
        self->outcome.truth_value[i] = i % 2 == 0 ? off : -off;
    }
    made_analysis_judge(self);
    return self;
}

static void
test_sources_event(void)
{
    g_test_summary("Groups that began to err with a step, and are more than one, are the step's "
                   "matter; one that erred before is not");
    for (guint always = 0; always < 2; always++) {
        g_autoptr(MadeAnalysis) self = sources_event_log(always != 0);
        ErrataFinding *timed = sources_add(self, ERRATA_FINDING_SLICE, 4);
        ErrataFinding *other = sources_add(self, ERRATA_FINDING_SLICE, 4);
        ErrataFinding *step = sources_add(self, ERRATA_FINDING_CHANGE_POINT, 1);

        timed->subject.from = SOURCES_BEGIN + 30; /* near enough */
        g_ptr_array_set_size(other->notes, 0);
        other->n_rows = 0;
        for (gsize i = 1; i < SOURCES_ROWS; i += 4)
            other->row[other->n_rows++] = (guint32)i;
        step->severity = ERRATA_SEVERITY_MEDIUM;
        g_free(step->subject.series);
        step->subject.series = g_strdup("mean:age"); /* whatever names the change */
        g_ptr_array_add(step->notes, g_strdup("errors=more"));
        errata_finding_add(
            step,
            errata_evidence_new("rate_after", "since", 5.0, ERRATA_UNIT_TARGET, SOURCES_ROWS))
            ->baseline = 1.0;
        errata_sources_mark(&self->analysis);
        if (always == 0)
            g_assert_cmpint(step->severity, ==, ERRATA_SEVERITY_HIGH);
        g_assert_cmpint(timed->severity, ==, ERRATA_SEVERITY_LOW);
        g_assert_cmpstr(errata_finding_evidence(timed, "comes_from")->text, ==, "step");
        g_assert_cmpint(other->severity,
                        ==,
                        always != 0 ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_LOW);
    }
}

/* the score is 0.8 in all rows, and right but in two groups of one row in ten each, which are all
 * of the other class */
static MadeAnalysis *
sources_scores_log(void)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_BINARY, SOURCES_ROWS);

    self->outcome.positive = 1;
    for (gsize i = 0; i < SOURCES_ROWS; i++) {
        self->outcome.score[i] = 0.8;
        self->outcome.predicted[i] = 1;
        self->outcome.truth[i] = i % 10 < 2 ? 0 : i / 10 % 5 != 4;
    }
    made_analysis_judge(self);
    return self;
}

static void
sources_add_tenth(MadeAnalysis *self, const char *title, gsize first)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_SLICE, title);

    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_HIGH;
    finding->row = g_new(guint32, SOURCES_ROWS);
    for (gsize i = first; i < SOURCES_ROWS; i += 10)
        finding->row[finding->n_rows++] = (guint32)i;
    errata_finding_add(finding,
                       errata_evidence_new("rate_in", "wrong", 1.0, ERRATA_UNIT_SHARE, 400));
    errata_case_add_finding(self->analysis.result, finding);
}

static void
test_sources_scores(void)
{
    g_autoptr(MadeAnalysis) self = sources_scores_log();
    ErrataFinding *off = errata_finding_new(ERRATA_FINDING_CALIBRATION, "scores");
    const ErrataEvidence *first, *also;

    g_test_summary("Scores that are off in two groups alone are the matter of both");
    off->severity = ERRATA_SEVERITY_HIGH;
    errata_finding_add(off,
                       errata_evidence_new("ece", "off by", 0.16, ERRATA_UNIT_SHARE, SOURCES_ROWS));
    errata_case_add_finding(self->analysis.result, off);
    sources_add_tenth(self, "group", 0);
    sources_add_tenth(self, "other", 1);
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(off->severity, ==, ERRATA_SEVERITY_LOW);
    first = errata_finding_evidence(off, "comes_from");
    also = errata_finding_evidence(off, "comes_from_also");
    g_assert_cmpstr(first->text, ==, "group");
    g_assert_cmpstr(also->text, ==, "other");
    /* 0.8 against 0.64 of all, against 0.8 without both, and 0.8 × 8 / 9 without one */
    g_assert_cmpfloat_with_epsilon(first->value, 1.0, 1e-9);
    g_assert_cmpfloat_with_epsilon(also->value, 1.0 - 0.8 / 9.0 / 0.16, 0.002); /* and chance */
}

/* by how much scores are off in ten bins where @every rows are left out, 0: none */
static double
sources_raw_off(const MadeAnalysis *self, gsize every)
{
    double gap[10] = {0.0}, n = 0.0, off = 0.0;

    for (gsize i = 0; i < SOURCES_ROWS; i++)
        if (every == 0 || i % every != 0) {
            gap[(guint)(self->outcome.score[i] * 10.0)] += self->outcome.truth[i] -
                                                           self->outcome.score[i];
            n += 1.0;
        }
    for (guint b = 0; b < G_N_ELEMENTS(gap); b++)
        off += fabs(gap[b]);
    return off / n;
}

static void
test_sources_scores_chance(void)
{
    g_autoptr(MadeAnalysis) self = made_analysis_new(ERRATA_TASK_BINARY, SOURCES_ROWS);
    ErrataFinding *off = errata_finding_new(ERRATA_FINDING_CALIBRATION, "scores");
    ErrataFinding *group;

    g_test_summary(
        "What right scores are off by chance is no part that a group would have to tell");
    self->outcome.positive = 1;
    for (gsize i = 0; i < SOURCES_ROWS; i++) {
        ErrataRng rng = errata_rng_init(5, 1, i);

        self->outcome.score[i] = errata_rng_uniform(&rng);
        self->outcome.predicted[i] = self->outcome.score[i] >= 0.5;
        self->outcome.truth[i] = i % 20 != 0 && errata_rng_uniform(&rng) < self->outcome.score[i];
    }
    made_analysis_judge(self);
    off->severity = ERRATA_SEVERITY_HIGH;
    errata_finding_add(off,
                       errata_evidence_new("ece", "off by", 0.03, ERRATA_UNIT_SHARE, SOURCES_ROWS));
    errata_case_add_finding(self->analysis.result, off);
    group = sources_add(self, ERRATA_FINDING_SLICE, 20);
    g_ptr_array_set_size(group->notes, 0);
    group->n_rows = 0;
    for (gsize i = 0; i < SOURCES_ROWS; i += 20)
        group->row[group->n_rows++] = (guint32)i;
    errata_sources_mark(&self->analysis);
    g_assert_cmpfloat(1.0 - sources_raw_off(self, 20) / sources_raw_off(self, 0), <, 0.6);
    g_assert_cmpstr(errata_finding_evidence(off, "comes_from")->text, ==, "group");
}

/* a group of an earlier report, off by 3 then, or of now */
static ErrataFinding *
sources_group(double share_of_errors)
{
    ErrataFinding *group = errata_finding_new(ERRATA_FINDING_SLICE, "group");
    ErrataPredicate *predicate = errata_predicate_new("c", ERRATA_OP_EQ);

    predicate->values = g_strsplit("B", ",", -1);
    g_ptr_array_add(group->subject.predicates, predicate);
    group->confirmed = TRUE;
    group->severity = ERRATA_SEVERITY_MEDIUM;
    group->share_of_rows = 0.25;
    group->share_of_errors = share_of_errors;
    errata_finding_add(group,
                       errata_evidence_new("rate_in", "off by", 5.0, ERRATA_UNIT_TARGET, 1000));
    return group;
}

/* all were off by 1, those of c = B by 3; now these are off by 5, and the others as before, or by
 * @others */
static void
sources_check_earlier(ErrataFrame *frame, double others, gboolean points)
{
    g_autoptr(MadeAnalysis) self = made_analysis_new(ERRATA_TASK_REGRESSION, SOURCES_ROWS);
    g_autoptr(ErrataCase) earlier = errata_case_new();
    ErrataSchemaColumn column = {.role = ERRATA_ROLE_FEATURE};
    ErrataFinding *fall = errata_finding_new(ERRATA_FINDING_PERFORMANCE, "fall");
    ErrataFinding *group = sources_group(0.6);
    double now = (5.0 + 3.0 * others) / 4.0;

    for (gsize i = 0; i < SOURCES_ROWS; i++)
        self->outcome.predicted_value[i] = i % 4 == 0 ? 5.0 : others;
    made_analysis_judge(self);
    self->frame.n_columns = frame->n_columns;
    self->frame.columns = frame->columns;
    self->schema.columns = &column;
    self->analysis.earlier = earlier;
    errata_case_add_finding(earlier, sources_group(0.5));
    group->row = g_new(guint32, SOURCES_ROWS);
    for (gsize i = 0; i < SOURCES_ROWS; i += 4)
        group->row[group->n_rows++] = (guint32)i;
    errata_case_add_finding(self->analysis.result, group);
    fall->severity = ERRATA_SEVERITY_HIGH;
    fall->metric = g_strdup("mae");
    fall->subject.metric_from = 1.5;
    fall->subject.metric_to = now;
    g_ptr_array_add(fall->notes, g_strdup("against=report"));
    errata_finding_add(fall,
                       errata_evidence_new("rise", "rise", 0.5, ERRATA_UNIT_TARGET, SOURCES_ROWS));
    errata_case_add_finding(self->analysis.result, fall);
    errata_sources_earlier(&self->analysis);
    g_assert_cmpint(fall->severity, ==, points ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_HIGH);
    g_assert_cmpint(group->severity, ==, points ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM);
    if (points)
        g_assert_cmpfloat_with_epsilon(errata_finding_evidence(fall, "comes_from")->value,
                                       1.0 - (others - 1.0) / (now - 1.5),
                                       1e-9);
}

static void
test_sources_earlier(void)
{
    g_autoptr(GString) table = g_string_new("c\n");
    g_autoptr(ErrataFrame) frame = NULL;

    g_test_summary("A fall since an earlier report that a group told there makes is that group's");
    for (gsize i = 0; i < SOURCES_ROWS; i++)
        g_string_append(table, i % 4 == 0 ? "B\n" : "A\n");
    frame = schema_frame_new(table->str);
    sources_check_earlier(frame, 1.0, TRUE);
    sources_check_earlier(frame, 1.1, TRUE);
    sources_check_earlier(frame, 2.0, FALSE);
}

static void
test_sources_fault(void)
{
    g_autoptr(MadeAnalysis) self = sources_log(1.0);
    ErrataFinding *fault = sources_add(self, ERRATA_FINDING_SLICE, 4);
    ErrataFinding *fall = sources_add(self, ERRATA_FINDING_CHANGE_POINT, 1);
    g_autofree guint8 *aside = g_new0(guint8, SOURCES_ROWS);
    g_autofree guint8 *baseline = g_new0(guint8, SOURCES_ROWS);

    g_test_summary("A fall that faulty rows make is the fault's matter, though they are set aside");
    for (gsize i = 0; i < SOURCES_ROWS; i++) {
        baseline[i] = i < SOURCES_BEGIN;
        aside[i] = i >= SOURCES_BEGIN && i % 4 == 0;
    }
    self->analysis.baseline = baseline;
    self->analysis.set_aside = aside;
    fault->kind = ERRATA_FINDING_DATA_BUG;
    fault->severity = ERRATA_SEVERITY_MEDIUM;
    fall->kind = ERRATA_FINDING_PERFORMANCE;
    fall->severity = ERRATA_SEVERITY_CRITICAL;
    errata_finding_suggest(fault, "quarantine-file", "leave out");
    errata_finding_suggest(fault, "fix-pipeline", "mend");
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(fall->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpint(fault->severity, ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_cmpstr(errata_finding_evidence(fall, "comes_from")->text, ==, fault->title);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(fall, "comes_from")->value, 1.0, 1e-12);
    g_assert_cmpstr(((ErrataSuggestion *)g_ptr_array_index(fall->suggestions, 0))->text,
                    ==,
                    "mend");
}

static void
test_sources_output(void)
{
    g_autoptr(MadeAnalysis) self = sources_log(1.0);
    ErrataFinding *fault = sources_add(self, ERRATA_FINDING_SLICE, 4);
    ErrataFinding *stuck = sources_add(self, ERRATA_FINDING_SLICE, 8);

    g_test_summary(
        "An output that stays at one value in rows with a code for a number is the code's matter");
    fault->kind = stuck->kind = ERRATA_FINDING_ANOMALY;
    g_ptr_array_add(fault->notes, g_strdup("anomaly=sentinel"));
    g_ptr_array_add(stuck->notes, g_strdup("anomaly=stuck"));
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(stuck->severity,
                    ==,
                    ERRATA_SEVERITY_HIGH); /* a code throughout is none of a time */
    g_ptr_array_add(fault->notes, g_strdup("window=yes"));
    errata_sources_mark(&self->analysis);
    g_assert_cmpint(stuck->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpstr(errata_finding_evidence(stuck, "comes_from")->text, ==, fault->title);
}

/* one row in four since then holds a code; of each eight of those, the first @n_wrong are off */
static MadeAnalysis *
sources_code_log(gsize n_wrong, ErrataFinding **ret_code)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_REGRESSION, SOURCES_ROWS);
    ErrataFinding *code = sources_add(self, ERRATA_FINDING_SLICE, 4);

    for (gsize i = 0; i < SOURCES_ROWS; i++)
        self->outcome.predicted_value[i] = i >= SOURCES_BEGIN && i % 4 == 0 && i / 4 % 8 < n_wrong
                                               ? 9.0
                                               : 1.0;
    made_analysis_judge(self);
    code->kind = ERRATA_FINDING_ANOMALY;
    code->severity = ERRATA_SEVERITY_MEDIUM;
    code->subject.columns = g_strsplit("x", ",", -1);
    g_ptr_array_set_size(code->notes, 0);
    g_ptr_array_add(code->notes, g_strdup("anomaly=sentinel"));
    *ret_code = code;
    return self;
}

/* a slice of the code's rows: of each eight of them, those from @from to under @to */
static ErrataFinding *
sources_code_slice(MadeAnalysis *self, gsize from, gsize to)
{
    ErrataFinding *slice = sources_add(self, ERRATA_FINDING_SLICE, 4);

    slice->n_rows = 0;
    for (gsize i = SOURCES_BEGIN; i < SOURCES_ROWS; i += 4)
        if (i / 4 % 8 >= from && i / 4 % 8 < to)
            slice->row[slice->n_rows++] = (guint32)i;
    return slice;
}

static void
test_sources_code(void)
{
    static const struct {
        gsize n_wrong; /* of eight rows with the code */
        gsize end[2];  /* of two slices of them, one after the other; the second may be empty */
        gboolean is_code;
    } cases[] = {
        {8, {2, 2}, TRUE},  /* the others err as well */
        {2, {2, 2}, FALSE}, /* the slice alone */
        {4, {2, 4}, FALSE}, /* two slices, and no other row */
        {4, {4, 4}, FALSE}, /* many rows, but not nearly all */
        {7, {7, 7}, TRUE},  /* nearly the rows of the code, whatever the few others do */
        {8, {4, 8}, TRUE},  /* two slices that are all of them */
        {0, {2, 2}, FALSE}, /* no cost */
    };

    g_test_summary("A slice of rows with a code is the code's matter where the code costs errors "
                   "without the slice as well, or both are nearly the same rows");
    for (gsize k = 0; k < G_N_ELEMENTS(cases); k++) {
        ErrataFinding *code = NULL;
        g_autoptr(MadeAnalysis) self = sources_code_log(cases[k].n_wrong, &code);
        ErrataFinding *inside = sources_code_slice(self, 0, cases[k].end[0]);
        ErrataFinding *wider = sources_add(self, ERRATA_FINDING_SLICE, 2);

        if (cases[k].end[1] > cases[k].end[0])
            sources_code_slice(self, cases[k].end[0], cases[k].end[1]);
        errata_sources_codes(&self->analysis);
        g_assert_cmpint(wider->severity, ==, ERRATA_SEVERITY_HIGH);
        g_assert_cmpint(inside->severity,
                        ==,
                        cases[k].is_code ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_HIGH);
        g_assert_cmpint(code->severity,
                        ==,
                        cases[k].is_code ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM);
    }
}

static void
sources_call(ErrataFinding *finding, const char *title)
{
    g_free(finding->title);
    finding->title = g_strdup(title);
}

static const char *
sources_advice(const ErrataFinding *finding)
{
    return ((ErrataSuggestion *)g_ptr_array_index(finding->suggestions, 0))->text;
}

static void
test_sources_chain(void)
{
    ErrataFinding *code = NULL;
    g_autoptr(MadeAnalysis) self = sources_code_log(8, &code);
    ErrataFinding *slice = sources_code_slice(self, 0, 8);
    ErrataFinding *scores = sources_add(self, ERRATA_FINDING_CALIBRATION, 4);
    ErrataFinding *fall = sources_add(self, ERRATA_FINDING_PERFORMANCE, 4);

    g_test_summary("What to do of a finding whose source has a source is that source's");
    sources_call(slice, "the slice");
    sources_call(code, "the code");
    sources_call(scores, "the scores");
    errata_finding_suggest(code, "fix-pipeline", "send as missing");
    errata_finding_suggest(slice, "reweight", "more weight");
    errata_finding_point(scores, slice, "part", 1.0);
    errata_finding_point(fall, scores, "part", 1.0);
    g_assert_cmpstr(sources_advice(fall), ==, "more weight");
    errata_sources_codes(&self->analysis);
    errata_sources_chain(&self->analysis);
    g_assert_cmpstr(sources_advice(slice), ==, "send as missing");
    g_assert_cmpstr(sources_advice(scores), ==, "send as missing");
    g_assert_cmpstr(sources_advice(fall), ==, "send as missing");
    g_assert_cmpuint(fall->suggestions->len, ==, 1);
}

/* the score of c = B means less than elsewhere; of its rows, one in three of high score are in a
 * slice, which errs as the others do, or by @more than they */
static MadeAnalysis *
sources_segment_log(ErrataFrame *frame, double more)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_BINARY, SOURCES_ROWS);

    self->outcome.positive = 1;
    for (gsize i = 0; i < SOURCES_ROWS; i++) {
        ErrataRng rng = errata_rng_init(9, 1, i);
        double score = errata_rng_uniform(&rng);
        double means = i % 4 != 0 ? score : 0.6 * score;

        if (i % 4 == 0 && i % 3 == 0 && score >= 0.5)
            means -= more;
        self->outcome.score[i] = score;
        self->outcome.predicted[i] = score >= 0.5;
        self->outcome.truth[i] = errata_rng_uniform(&rng) < means;
    }
    made_analysis_judge(self);
    self->frame.n_columns = frame->n_columns;
    self->frame.columns = frame->columns;
    return self;
}

static void
test_sources_segment(void)
{
    g_autoptr(GString) table = g_string_new("c\n");
    g_autoptr(ErrataFrame) frame = NULL;

    g_test_summary(
        "A sliver of a group whose scores are off is the group's matter, unless it errs more than the rest");
    for (gsize i = 0; i < SOURCES_ROWS; i++)
        g_string_append(table, i % 4 == 0 ? "B\n" : "A\n");
    frame = schema_frame_new(table->str);
    for (guint more = 0; more < 2; more++) {
        g_autoptr(MadeAnalysis) self = sources_segment_log(frame, more == 0 ? 0.0 : 0.25);
        ErrataFinding *segment = sources_add(self, ERRATA_FINDING_SLICE, 4);
        ErrataFinding *slice = sources_add(self, ERRATA_FINDING_SLICE, 1);
        ErrataPredicate *predicate = errata_predicate_new("c", ERRATA_OP_EQ);
        ErrataSchemaColumn column = {.role = ERRATA_ROLE_FEATURE};

        predicate->values = g_strsplit("B", ",", -1);
        self->schema.columns = &column;
        segment->kind = ERRATA_FINDING_CALIBRATION;
        segment->severity = ERRATA_SEVERITY_MEDIUM;
        g_ptr_array_add(segment->subject.predicates, predicate);
        slice->n_rows = 0;
        for (gsize i = 0; i < SOURCES_ROWS; i += 12)
            if (self->outcome.predicted[i] == 1)
                slice->row[slice->n_rows++] = (guint32)i;
        g_ptr_array_set_size(slice->notes, 0);
        errata_sources_segments(&self->analysis);
        g_assert_cmpint(slice->severity,
                        ==,
                        more == 0 ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_HIGH);
        g_assert_cmpint(segment->severity,
                        ==,
                        more == 0 ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM);
    }
}

/* Of c = B the scores are far too sure, by @sharp times the logit; the slice has half of its rows
 * whose scores were from 0.68 to 0.8 */
static void
sources_sharpen(MadeAnalysis *self, double sharp, ErrataFinding *slice)
{
    slice->n_rows = 0;
    for (gsize i = 0; i < SOURCES_ROWS; i += 4) {
        double score = self->outcome.score[i];
        ErrataRng rng = errata_rng_init(9, 2, i);

        self->outcome.truth[i] = errata_rng_uniform(&rng) < score;
        self->outcome.score[i] = 1.0 / (1.0 + pow((1.0 - score) / score, sharp));
        if (i % 8 == 0 && score >= 0.68 && score < 0.8)
            slice->row[slice->n_rows++] = (guint32)i;
    }
    made_analysis_judge(self);
}

static void
test_sources_segment_sure(void)
{
    g_autoptr(GString) table = g_string_new("c\n");
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(MadeAnalysis) self = NULL;
    ErrataPredicate *predicate = errata_predicate_new("c", ERRATA_OP_EQ);
    ErrataSchemaColumn column = {.role = ERRATA_ROLE_FEATURE};
    ErrataFinding *segment, *slice;

    g_test_summary("Scores that are too sure lie near 0 and 1, and are told apart there");
    for (gsize i = 0; i < SOURCES_ROWS; i++)
        g_string_append(table, i % 4 == 0 ? "B\n" : "A\n");
    frame = schema_frame_new(table->str);
    self = sources_segment_log(frame, 0.0);
    segment = sources_add(self, ERRATA_FINDING_SLICE, 4);
    slice = sources_add(self, ERRATA_FINDING_SLICE, 4);
    predicate->values = g_strsplit("B", ",", -1);
    self->schema.columns = &column;
    segment->kind = ERRATA_FINDING_CALIBRATION;
    segment->severity = ERRATA_SEVERITY_MEDIUM;
    g_ptr_array_add(segment->subject.predicates, predicate);
    sources_sharpen(self, 4.0, slice);
    g_ptr_array_set_size(slice->notes, 0);
    errata_sources_segments(&self->analysis);
    g_assert_cmpint(slice->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpint(segment->severity, ==, ERRATA_SEVERITY_HIGH);
}

/* predicted numbers that are off by @others, in the one row in four where c is B by @group */
static MadeAnalysis *
sources_reference_log(ErrataFrame *frame, ErrataSchemaColumn *column, double others, double group)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_REGRESSION, SOURCES_ROWS);

    for (gsize i = 0; i < SOURCES_ROWS; i++)
        self->outcome.predicted_value[i] = i % 4 == 0 ? group : others;
    made_analysis_judge(self);
    self->frame.n_columns = frame->n_columns;
    self->frame.columns = frame->columns;
    self->schema.columns = column;
    return self;
}

static void
test_sources_reference(void)
{
    g_autoptr(GString) table = g_string_new("c\n");
    g_autoptr(ErrataFrame) frame = NULL;
    ErrataSchemaColumn column = {.role = ERRATA_ROLE_FEATURE};
    /* what others and the group were off by then and are now, and the part of the rise that is the
     * group's */
    static const struct {
        double then[2];
        double now[2];
        double part;
    } cases[] = {
        {{1.0, 9.0}, {1.5, 9.4}, 0.0},
        {{1.0, 1.0}, {1.0, 9.0}, 1.0},
        {{1.0, 5.0}, {1.2, 9.4}, 1.0 - 0.2 / 1.25},
    };

    g_test_summary("A group that erred in the given reference as it does now is no part of what "
                   "has changed since");
    for (gsize i = 0; i < SOURCES_ROWS; i++)
        g_string_append(table, i % 4 == 0 ? "B\n" : "A\n");
    frame = schema_frame_new(table->str);
    for (guint k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autoptr(MadeAnalysis) then =
            sources_reference_log(frame, &column, cases[k].then[0], cases[k].then[1]);
        g_autoptr(MadeAnalysis) self =
            sources_reference_log(frame, &column, cases[k].now[0], cases[k].now[1]);
        ErrataFinding *group = sources_add(self, ERRATA_FINDING_SLICE, 4);
        ErrataFinding *fall = sources_add(self, ERRATA_FINDING_CHANGE_POINT, 1);
        ErrataPredicate *predicate = errata_predicate_new("c", ERRATA_OP_EQ);
        const ErrataEvidence *source;

        predicate->values = g_strsplit("B", ",", -1);
        g_ptr_array_add(group->subject.predicates, predicate);
        g_ptr_array_set_size(group->notes, 0);
        group->n_rows = 0;
        for (gsize i = 0; i < SOURCES_ROWS; i += 4)
            group->row[group->n_rows++] = (guint32)i;
        fall->kind = ERRATA_FINDING_PERFORMANCE;
        self->analysis.reference = &then->frame;
        self->analysis.reference_schema = &then->schema;
        self->analysis.reference_outcome = &then->outcome;
        errata_sources_mark(&self->analysis);
        source = errata_finding_evidence(fall, "comes_from");
        g_assert_cmpint(source != NULL, ==, cases[k].part > 0.0);
        if (source != NULL)
            g_assert_cmpfloat_with_epsilon(source->value, cases[k].part, 1e-9);
    }
}

static void
test_sources_segment_type(void)
{
    g_autoptr(GString) table = g_string_new("c\n");
    g_autoptr(ErrataFrame) frame = NULL;
    /* how the scores of the group are off, which class its errors are taken for, and whether it is
     * told then */
    static const struct {
        const char *direction;
        guint said;
        gboolean told;
    } cases[] = {{"over", 1, TRUE}, {"over", 0, FALSE}, {"under", 0, TRUE}, {"mixed", 0, TRUE}};

    g_test_summary(
        "Errors of one kind in all of a group whose scores are off that way are the group's matter");
    for (gsize i = 0; i < SOURCES_ROWS; i++)
        g_string_append(table, i % 4 == 0 ? "B\n" : "A\n");
    frame = schema_frame_new(table->str);
    for (guint k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_autoptr(MadeAnalysis) self = sources_segment_log(frame, 0.0);
        ErrataFinding *segment = sources_add(self, ERRATA_FINDING_SLICE, 4);
        ErrataFinding *slice = sources_add(self, ERRATA_FINDING_SLICE, 1);
        ErrataPredicate *predicate = errata_predicate_new("c", ERRATA_OP_EQ);
        ErrataSchemaColumn column = {.role = ERRATA_ROLE_FEATURE};

        predicate->values = g_strsplit("B", ",", -1);
        self->schema.columns = &column;
        segment->kind = ERRATA_FINDING_CALIBRATION;
        segment->subject.direction = g_strdup(cases[k].direction);
        g_ptr_array_add(segment->subject.predicates, predicate);
        slice->n_rows = 0;
        for (gsize i = 0; i < SOURCES_ROWS; i += 4)
            slice->row[slice->n_rows++] = (guint32)i;
        slice->severity = ERRATA_SEVERITY_LOW;
        slice->subject.given = g_strdup(self->schema.classes[1 - cases[k].said]);
        slice->subject.suggested = g_strdup(self->schema.classes[cases[k].said]);
        g_ptr_array_add(slice->notes, g_strdup("type=a kind of error"));
        errata_sources_segments(&self->analysis);
        g_assert_cmpint(errata_finding_note(slice, "told") != NULL, ==, cases[k].told);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sources/everybody", test_sources_everybody);
    g_test_add_func("/sources/group", test_sources_group);
    g_test_add_func("/sources/whole", test_sources_whole);
    g_test_add_func("/sources/event", test_sources_event);
    g_test_add_func("/sources/scores", test_sources_scores);
    g_test_add_func("/sources/scores-chance", test_sources_scores_chance);
    g_test_add_func("/sources/earlier", test_sources_earlier);
    g_test_add_func("/sources/fault", test_sources_fault);
    g_test_add_func("/sources/output", test_sources_output);
    g_test_add_func("/sources/code", test_sources_code);
    g_test_add_func("/sources/chain", test_sources_chain);
    g_test_add_func("/sources/reference", test_sources_reference);
    g_test_add_func("/sources/segment", test_sources_segment);
    g_test_add_func("/sources/segment-sure", test_sources_segment_sure);
    g_test_add_func("/sources/segment-type", test_sources_segment_type);
    return g_test_run();
}
