/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "made-analysis.h"
#include "overlap.h"

#define OVERLAP_ROWS 1000

/* 1,000 rows, those from 0 to 199 wrong */
static MadeAnalysis *
overlap_log(void)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_BINARY, OVERLAP_ROWS);

    for (gsize i = 0; i < OVERLAP_ROWS; i++)
        self->outcome.predicted[i] = i < 200;
    made_analysis_judge(self);
    return self;
}

/* a finding of rows @from to before @to, most of which are wrong up to 200 */
static ErrataFinding *
overlap_add(MadeAnalysis *self, ErrataFindingKind kind, const char *title, gsize from, gsize to)
{
    ErrataFinding *finding = errata_finding_new(kind, title);
    double wrong = (double)(MIN(to, 200) - MIN(from, 200));

    finding->confirmed = TRUE;
    finding->n_rows = to - from;
    finding->row = g_new(guint32, to - from);
    for (gsize i = from; i < to; i++)
        finding->row[i - from] = (guint32)i;
    errata_finding_add(finding,
                       errata_evidence_new("rate_in",
                                           "error rate",
                                           wrong / (double)(to - from),
                                           ERRATA_UNIT_SHARE,
                                           to - from));
    errata_case_add_finding(self->analysis.result, finding);
    return finding;
}

static void
overlap_condition(ErrataFinding *finding, const char *column, ErrataOp op)
{
    ErrataPredicate *predicate = errata_predicate_new(column, op);

    predicate->values = g_new0(char *, 2);
    predicate->values[0] = g_strdup("b");
    g_ptr_array_add(finding->subject.predicates, predicate);
}

/* what is left, titles joined */
static char *
overlap_left(MadeAnalysis *self)
{
    const GPtrArray *findings = self->analysis.result->findings;
    g_autoptr(GString) left = g_string_new(NULL);

    g_assert_true(errata_analyzer_overlap.run(&self->analysis, NULL));
    for (guint i = 0; i < findings->len; i++)
        g_string_append_printf(left,
                               "%s%s",
                               i > 0 ? " " : "",
                               ((ErrataFinding *)findings->pdata[i])->title);
    return g_string_free(g_steal_pointer(&left), FALSE);
}

static void
test_overlap_column(void)
{
    g_autoptr(MadeAnalysis) self = overlap_log();
    ErrataFinding *slice = overlap_add(self, ERRATA_FINDING_SLICE, "slice", 0, 150);
    g_autofree char *left = NULL;
    const ErrataEvidence *seen;

    g_test_summary("A condition on a column stands for the cluster whose errors it has");
    overlap_condition(slice, "plan", ERRATA_OP_IN);
    overlap_add(self, ERRATA_FINDING_CLUSTER, "cluster", 20, 140);
    overlap_add(self, ERRATA_FINDING_CLUSTER, "elsewhere", 150, 200);
    left = overlap_left(self);
    g_assert_cmpstr(left, ==, "slice elsewhere");
    seen = errata_finding_evidence(slice, "seen_as");
    g_assert_cmpstr(seen->text, ==, "cluster");
    g_assert_cmpfloat_with_epsilon(seen->value, 1.0, 1e-12);
}

static void
test_overlap_two_columns(void)
{
    g_autoptr(MadeAnalysis) self = overlap_log();
    g_autofree char *left = NULL;

    g_test_summary("Two slices by columns of the log are left alone, whatever they share");
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "one", 0, 150), "plan", ERRATA_OP_IN);
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "two", 0, 140), "plan", ERRATA_OP_IN);
    left = overlap_left(self);
    g_assert_cmpstr(left, ==, "one two");
}

static void
test_overlap_words(void)
{
    g_autoptr(MadeAnalysis) self = overlap_log();
    g_autofree char *left = NULL;

    g_test_summary("Of two slices by words with the same errors, the purer and larger stays");
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "loose", 0, 600),
                      "message",
                      ERRATA_OP_CONTAINS);
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "pure", 0, 190),
                      "message",
                      ERRATA_OP_CONTAINS);
    left = overlap_left(self);
    g_assert_cmpstr(left, ==, "pure");
}

static void
test_overlap_chance(void)
{
    g_autoptr(MadeAnalysis) self = overlap_log();
    g_autofree char *left = NULL;

    g_test_summary("What nearly all errors share by chance is not one thing");
    /* 160 and 195 of 200 errors cannot but share 155 */
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "wide", 5, 200),
                      "message",
                      ERRATA_OP_CONTAINS);
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "other", 0, 160),
                      "message",
                      ERRATA_OP_CONTAINS);
    left = overlap_left(self);
    g_assert_cmpstr(left, ==, "wide other");
}

static void
test_overlap_several(void)
{
    g_autoptr(MadeAnalysis) self = overlap_log();
    ErrataFinding *first, *second;
    g_autofree char *left = NULL;

    g_test_summary("A slice by words whose errors are those of two clusters of texts goes");
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "words", 0, 160),
                      "message",
                      ERRATA_OP_CONTAINS);
    first = overlap_add(self, ERRATA_FINDING_CLUSTER, "first", 0, 80);
    second = overlap_add(self, ERRATA_FINDING_CLUSTER, "second", 80, 150);
    g_ptr_array_add(first->notes, g_strdup("of=texts"));
    g_ptr_array_add(second->notes, g_strdup("of=texts"));
    left = overlap_left(self);
    g_assert_cmpstr(left, ==, "first second");
}

/* a cluster of texts that words tell */
static ErrataFinding *
overlap_add_said(MadeAnalysis *self, const char *title, gsize from, gsize to)
{
    ErrataFinding *finding = overlap_add(self, ERRATA_FINDING_CLUSTER, title, from, to);

    errata_finding_add(
        finding,
        errata_evidence_new("said_rate", "error rate", 1.0, ERRATA_UNIT_SHARE, to - from));
    g_ptr_array_add(finding->notes, g_strdup("of=texts"));
    return finding;
}

static void
test_overlap_whole(void)
{
    static const struct {
        gsize slice_to;
        gsize cluster_to;
        gboolean said;
        gboolean word; /* the slice is by one, not by a property */
        const char *left;
    } cases[] = {
        {160, 110, TRUE, FALSE, "slice"},    /* as pure, and of half as many errors again */
        {160, 110, TRUE, TRUE, "cluster"},   /* several words say more than one */
        {160, 150, TRUE, FALSE, "cluster"},  /* hardly more: the words name it */
        {300, 160, TRUE, FALSE, "cluster"},  /* more errors, among rows that are right, too */
        {195, 250, FALSE, FALSE, "slice"},   /* no words name it, and it is less pure */
        {160, 160, FALSE, FALSE, "cluster"}, /* one is as good as the other */
    };

    char name[] = "message: words", text[] = "message";
    ErrataColumn property = {.name = name};
    const ErrataColumn *columns[] = {&property};
    ErrataSchemaColumn derived = {.derived_from = text};

    g_test_summary(
        "A property of texts that tells more errors, as surely, is no part of a cluster");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MadeAnalysis) self = overlap_log();
        g_autofree char *left = NULL;

        self->frame.columns = (ErrataColumn **)(gpointer)columns;
        self->frame.n_columns = 1;
        self->schema.columns = &derived;
        overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "slice", 0, cases[i].slice_to),
                          cases[i].word ? "message" : name,
                          cases[i].word ? ERRATA_OP_CONTAINS : ERRATA_OP_GE);
        if (cases[i].said)
            overlap_add_said(self, "cluster", 0, cases[i].cluster_to);
        else
            g_ptr_array_add(
                overlap_add(self, ERRATA_FINDING_CLUSTER, "cluster", 0, cases[i].cluster_to)->notes,
                g_strdup("of=texts"));
        left = overlap_left(self);
        g_assert_cmpstr(left, ==, cases[i].left);
    }
}

/* 3,000 rows: a tenth wrong, all of those from 0 to 299; @more: those of the fault, too */
static MadeAnalysis *
overlap_fault_log(gboolean more, ErrataFinding **ret_fault, ErrataFinding **ret_group)
{
    MadeAnalysis *self = made_analysis_new(ERRATA_TASK_BINARY, 3000);
    ErrataFinding *fault, *group;

    for (gsize i = 0; i < 3000; i++)
        self->outcome.predicted[i] = i < 300 || i % 10 == 0 || (more && i < 800 && i % 2 == 0);
    made_analysis_judge(self);
    fault = overlap_add(self, ERRATA_FINDING_DATA_BUG, "missing", 150, 800);
    fault->severity = ERRATA_SEVERITY_HIGH;
    fault->subject.bug = g_strdup("missing-burst");
    fault->subject.column = g_strdup("tenure");
    fault->delta = 0.05;
    group = overlap_add(self, ERRATA_FINDING_SLICE, "group", 0, 300);
    group->severity = ERRATA_SEVERITY_HIGH;
    *ret_fault = fault;
    *ret_group = group;
    return self;
}

static void
test_overlap_innocent(void)
{
    ErrataFinding *fault, *group;
    g_autoptr(MadeAnalysis) self = overlap_fault_log(FALSE, &fault, &group);
    g_autofree char *left = overlap_left(self);
    const ErrataEvidence *alone, *decoy;

    g_test_summary("A fault whose rows outside a group that errs are as right as all is no cause");
    g_assert_cmpstr(left, ==, "missing group");
    g_assert_nonnull(errata_finding_note(fault, "innocent"));
    g_assert_cmpint(fault->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpfloat_with_epsilon(fault->delta, 0.0, 1e-12);
    alone = errata_finding_evidence(fault, "rate_alone");
    g_assert_cmpstr(alone->text, ==, "group");
    g_assert_cmpfloat_with_epsilon(alone->value, 0.1, 1e-12); /* 50 of rows 300 to 799 */
    g_assert_cmpuint(alone->n, ==, 500);
    g_assert_cmpfloat_with_epsilon(alone->baseline, 0.1, 1e-12); /* 220 of 2,200 */
    decoy = errata_finding_evidence(group, "decoy");
    g_assert_cmpstr(decoy->text, ==, "tenure is missing");
}

static void
test_overlap_guilty(void)
{
    ErrataFinding *fault, *group;
    g_autoptr(MadeAnalysis) self = overlap_fault_log(TRUE, &fault, &group);
    g_autofree char *left = overlap_left(self);

    g_test_summary("A fault whose rows err outside the group as well keeps its part");
    g_assert_cmpstr(left, ==, "missing group");
    g_assert_null(errata_finding_note(fault, "innocent"));
    g_assert_cmpint(fault->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_null(errata_finding_evidence(group, "decoy"));
}

static void
test_overlap_thirds(void)
{
    g_autoptr(MadeAnalysis) self = overlap_log();
    static const char *const titles[] = {"first", "second", "third"};
    g_autofree char *left = NULL;

    g_test_summary("Clusters that explain a slice by words together do not yield to it one by one");
    overlap_condition(overlap_add(self, ERRATA_FINDING_SLICE, "words", 0, 160),
                      "message",
                      ERRATA_OP_CONTAINS);
    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++)
        g_ptr_array_add(
            overlap_add(self, ERRATA_FINDING_CLUSTER, titles[i], 50 * i, 50 * i + 50)->notes,
            g_strdup("of=texts"));
    left = overlap_left(self);
    g_assert_cmpstr(left, ==, "first second third");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/overlap/column", test_overlap_column);
    g_test_add_func("/overlap/two-columns", test_overlap_two_columns);
    g_test_add_func("/overlap/words", test_overlap_words);
    g_test_add_func("/overlap/chance", test_overlap_chance);
    g_test_add_func("/overlap/several", test_overlap_several);
    g_test_add_func("/overlap/whole", test_overlap_whole);
    g_test_add_func("/overlap/innocent", test_overlap_innocent);
    g_test_add_func("/overlap/guilty", test_overlap_guilty);
    g_test_add_func("/overlap/thirds", test_overlap_thirds);
    return g_test_run();
}
