/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "label-issues.h"
#include "made-analysis.h"

#define SHAPE_ROWS  40000
#define SHAPE_LARGE 300000 /* elsewhere, pools of scores are fitted then */
#define SHAPE_GROUP 16000

typedef enum {
    SHAPE_CHANGED, /* a quarter of the labels, both ways */
    SHAPE_MISSED,  /* half of the positives are given as negatives */
    SHAPE_MODEL,   /* a quarter of the scores turned round */
    SHAPE_SHIFTED, /* scores too low by a constant of their logit */
    SHAPE_FLAT,    /* scores too sure */
} ShapeCase;

/* a group in which labels are changed, or scores are off; trees know what is true */
static MadeAnalysis *
shape_make(ShapeCase kind, gsize n_rows, guint64 seed, ErrataLabelIssues *ret_self)
{
    MadeAnalysis *made = made_analysis_new(ERRATA_TASK_BINARY, n_rows);
    ErrataOutcome *outcome = &made->outcome;
    ErrataFinding *finding = errata_finding_new(kind == SHAPE_MISSED ? ERRATA_FINDING_CALIBRATION
                                                                     : ERRATA_FINDING_SLICE,
                                                "group is a");
    ErrataRng rng = errata_rng_init(seed, kind, 0);

    *ret_self = (ErrataLabelIssues){.n = n_rows, .n_classes = 2, .from_features = TRUE};
    ret_self->row = g_new(guint32, n_rows);
    ret_self->given = g_new(gint32, n_rows);
    ret_self->probability = g_new(double, 2 * n_rows);
    finding->row = g_new(guint32, SHAPE_GROUP);
    for (gsize i = 0; i < n_rows; i++) {
        double drawn = errata_rng_uniform(&rng);
        double true_p = 0.02 + 0.96 * drawn * drawn, score = true_p;
        double logit = log(true_p / (1.0 - true_p));
        gboolean turned = errata_rng_uniform(&rng) < 0.25;
        gboolean half = errata_rng_uniform(&rng) < 0.5;
        gint32 given = errata_rng_uniform(&rng) < true_p ? 1 : 0;
        gboolean in = i < SHAPE_GROUP;

        if (in && kind == SHAPE_CHANGED && turned)
            given = 1 - given;
        else if (in && kind == SHAPE_MISSED && half)
            given = 0;
        else if (in && kind == SHAPE_MODEL && turned)
            score = 1.0 - true_p;
        else if (in && kind == SHAPE_SHIFTED)
            score = 1.0 / (1.0 + exp(1.5 - logit));
        else if (in && kind == SHAPE_FLAT)
            score = 1.0 / (1.0 + exp(-2.5 * logit));
        outcome->score[i] = score;
        outcome->predicted[i] = score >= 0.5 ? 1 : 0;
        outcome->confidence[i] = fmax(score, 1.0 - score);
        outcome->truth[i] = given;
        ret_self->row[i] = (guint32)i;
        ret_self->given[i] = given;
        ret_self->probability[2 * i + 1] = true_p;
        ret_self->probability[2 * i] = 1.0 - true_p;
        if (in)
            finding->row[finding->n_rows++] = (guint32)i;
    }
    made_analysis_judge(made);
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_HIGH;
    g_ptr_array_add(finding->subject.predicates,
                    errata_predicate_new("group", ERRATA_OP_IS_MISSING));
    errata_finding_suggest(finding,
                           kind == SHAPE_MISSED ? "recalibrate" : "collect-data",
                           "Do something");
    errata_finding_add(finding,
                       errata_evidence_new("rate", "rate", 0.25, ERRATA_UNIT_SHARE, SHAPE_GROUP));
    errata_case_add_finding(made->analysis.result, finding);
    return made;
}

static void
shape_clear(ErrataLabelIssues *self)
{
    g_free(self->row);
    g_free(self->given);
    g_free(self->probability);
}

static const ErrataSuggestion *
shape_suggestion(const ErrataFinding *finding, const char *action)
{
    for (guint i = 0; i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        if (g_strcmp0(suggestion->action, action) == 0)
            return suggestion;
    }
    return NULL;
}

static void
test_shape_changed(void)
{
    g_test_summary("A group whose labels are changed both ways is told so, with their share");
    for (guint64 seed = 0; seed < 4; seed++) {
        ErrataLabelIssues self;
        g_autoptr(MadeAnalysis) made =
            shape_make(SHAPE_CHANGED, seed == 3 ? SHAPE_LARGE : SHAPE_ROWS, seed, &self);
        const ErrataFinding *finding = g_ptr_array_index(made->analysis.result->findings, 0);
        const ErrataEvidence *changed;
        const ErrataSuggestion *relabel;

        errata_label_issues_shape(&self, &made->analysis);
        changed = errata_finding_evidence(finding, "labels_changed");
        if (changed == NULL)
            g_error("the labels are told to be right");
        g_assert_cmpfloat_with_epsilon(changed->value, 0.25, 0.04);
        g_assert_true(changed->lo < changed->value && changed->value < changed->hi);
        g_assert_null(errata_finding_note(finding, "changed"));
        relabel = shape_suggestion(finding, "relabel");
        if (relabel == NULL)
            g_error("no one is to look at the labels");
        g_assert_cmpfloat(relabel->to, >, relabel->from);
        g_assert_null(shape_suggestion(finding, "collect-data"));
        shape_clear(&self);
    }
}

static void
test_shape_missed(void)
{
    g_test_summary("Half of the cases of a class given as the other: scores are not to be fitted "
                   "to that");
    for (guint64 seed = 0; seed < 4; seed++) {
        ErrataLabelIssues self;
        g_autoptr(MadeAnalysis) made = shape_make(SHAPE_MISSED, SHAPE_ROWS, seed, &self);
        const ErrataFinding *finding = g_ptr_array_index(made->analysis.result->findings, 0);
        const ErrataEvidence *changed;
        const ErrataSuggestion *relabel;

        errata_label_issues_shape(&self, &made->analysis);
        changed = errata_finding_evidence(finding, "labels_changed");
        if (changed == NULL)
            g_error("the labels are told to be right");
        g_assert_cmpfloat_with_epsilon(changed->value, 0.5, 0.05);
        g_assert_cmpstr(errata_finding_note(finding, "changed"), ==, "yes");
        g_assert_null(shape_suggestion(finding, "recalibrate"));
        relabel = shape_suggestion(finding, "relabel");
        if (relabel == NULL)
            g_error("no one is to look at the labels");
        g_assert_cmpstr(relabel->metric, ==, "log_loss");
        g_assert_cmpfloat(relabel->to, <, relabel->from);
        shape_clear(&self);
    }
}

static void
test_shape_silent(void)
{
    static const ShapeCase kinds[] = {SHAPE_MODEL, SHAPE_SHIFTED, SHAPE_FLAT};

    g_test_summary("Scores that are turned round, or off along their logit, are no labels changed");
    for (guint k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (guint64 seed = 0; seed < 4; seed++) {
            ErrataLabelIssues self;
            g_autoptr(MadeAnalysis) made = shape_make(kinds[k], SHAPE_ROWS, seed, &self);
            const ErrataFinding *finding = g_ptr_array_index(made->analysis.result->findings, 0);

            errata_label_issues_shape(&self, &made->analysis);
            g_assert_null(errata_finding_evidence(finding, "labels_changed"));
            g_assert_cmpuint(finding->suggestions->len, ==, 1);
            shape_clear(&self);
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/label-shape/changed", test_shape_changed);
    g_test_add_func("/label-shape/missed", test_shape_missed);
    g_test_add_func("/label-shape/silent", test_shape_silent);
    return g_test_run();
}
