/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "label-issues.h"
#include "made-analysis.h"

#define SEGMENTS_ROWS  8000
#define SEGMENTS_GROUP 2000
#define SEGMENTS_SMALL 160

/* a group of @group rows in which @percent are errors of a sure model, of those that it says "no"
 * to where @events; @trees: trees that have learnt the labels side with them, as they do where the
 * model is at fault and the labels are right */
static MadeAnalysis *
segments_make_group(gsize group,
                    guint percent,
                    gboolean trees,
                    gboolean events,
                    ErrataLabelIssues *ret_self)
{
    MadeAnalysis *made = made_analysis_new(ERRATA_TASK_BINARY, SEGMENTS_ROWS);
    ErrataOutcome *outcome = &made->outcome;
    ErrataFinding *slice = errata_finding_new(ERRATA_FINDING_SLICE, "group is a: wrong");

    made->schema.label = -1;
    *ret_self = (ErrataLabelIssues){.n = SEGMENTS_ROWS, .n_classes = 2, .from_features = TRUE};
    ret_self->row = g_new(guint32, SEGMENTS_ROWS);
    ret_self->given = g_new(gint32, SEGMENTS_ROWS);
    ret_self->probability = g_new(double, 2 * SEGMENTS_ROWS);
    slice->row = g_new(guint32, group);
    slice->n_rows = group;
    for (gsize i = 0; i < SEGMENTS_ROWS; i++) {
        gint32 said = (gint32)(errata_rng_mix(i + 9) % 2);
        guint64 luck = errata_rng_mix(i + 77) % 100;
        gboolean wrong = luck < (i < group ? percent : 1U);
        gint32 given = wrong && !(events && said != 0 && i < group) ? 1 - said : said;
        gint32 learnt = trees ? given : said;

        outcome->predicted[i] = said;
        outcome->truth[i] = given;
        outcome->confidence[i] = 0.99;
        outcome->score[i] = said != 0 ? 0.99 : 0.01;
        ret_self->row[i] = (guint32)i;
        ret_self->given[i] = given;
        ret_self->probability[2 * i + (gsize)learnt] = 0.95;
        ret_self->probability[2 * i + 1 - (gsize)learnt] = 0.05;
        if (i < group)
            slice->row[i] = (guint32)i;
    }
    made_analysis_judge(made);
    slice->confirmed = TRUE;
    slice->severity = ERRATA_SEVERITY_HIGH;
    g_ptr_array_add(slice->subject.predicates, errata_predicate_new("group", ERRATA_OP_IS_MISSING));
    errata_finding_suggest(slice, "collect-data", "Label more rows");
    errata_finding_add(slice,
                       errata_evidence_new("rate_in", "rate", 0.25, ERRATA_UNIT_SHARE, group));
    errata_case_add_finding(made->analysis.result, slice);
    return made;
}

static MadeAnalysis *
segments_make(gboolean trees, gboolean events, ErrataLabelIssues *ret_self)
{
    return segments_make_group(SEGMENTS_GROUP, 25, trees, events, ret_self);
}

static void
segments_clear(ErrataLabelIssues *self)
{
    g_free(self->row);
    g_free(self->given);
    g_free(self->probability);
}

/* gives the probabilities a class more, that no row is of */
static void
segments_widen(ErrataLabelIssues *self, guint n_classes)
{
    double *wide = g_new0(double, self->n *n_classes);

    for (gsize i = 0; i < self->n; i++)
        for (guint c = 0; c < self->n_classes; c++)
            wide[i * n_classes + c] = self->probability[i * self->n_classes + c];
    g_free(self->probability);
    self->probability = wide;
    self->n_classes = n_classes;
}

static void
test_segments_labels(void)
{
    ErrataLabelIssues self;
    g_autoptr(MadeAnalysis) made = segments_make(FALSE, FALSE, &self);
    const GPtrArray *findings = made->analysis.result->findings;
    const ErrataFinding *slice = g_ptr_array_index(findings, 0), *labels;

    g_test_summary("Sure rows of a group contradicted at an even rate: its labels are told");
    errata_label_issues_segments(&self, &made->analysis);
    g_assert_cmpuint(findings->len, ==, 2);
    labels = g_ptr_array_index(findings, 1);
    g_assert_cmpint(labels->kind, ==, ERRATA_FINDING_LABEL_ISSUE);
    g_assert_cmpint(labels->severity, ==, ERRATA_SEVERITY_HIGH); /* 6 % of all labels */
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(labels, "share")->value, 0.25, 0.04);
    g_assert_cmpint(slice->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpstr(((ErrataSuggestion *)g_ptr_array_index(slice->suggestions, 0))->action,
                    ==,
                    "relabel");
    g_assert_nonnull(errata_finding_evidence(slice, "comes_from"));
    segments_clear(&self);
}

static void
test_segments_classes(void)
{
    ErrataLabelIssues self;
    g_autoptr(MadeAnalysis) made = segments_make(FALSE, FALSE, &self);
    const GPtrArray *findings = made->analysis.result->findings;
    const ErrataFinding *labels;

    g_test_summary(
        "Labels changed to several classes, few of whose rows are sure, are not all one");
    for (gsize i = 0; i < SEGMENTS_ROWS; i++) { /* all are sure to be "no"; a third class exists */
        gboolean wrong = self.given[i] != made->outcome.predicted[i];
        double *p = self.probability + 2 * i;

        p[0] = 0.95;
        p[1] = 0.05;
        made->outcome.predicted[i] = 0;
        self.given[i] = wrong ? 1 + (gint32)(i % 2) : 0;
        made->outcome.truth[i] = self.given[i];
    }
    segments_widen(&self, 3);
    errata_label_issues_segments(&self, &made->analysis);
    g_assert_cmpuint(findings->len, ==, 2);
    labels = g_ptr_array_index(findings, 1);
    g_assert_null(errata_finding_note(labels, "one_way"));
    g_assert_nonnull(strstr(labels->title, "look wrong"));
    segments_clear(&self);
}

static void
test_segments_model(void)
{
    ErrataLabelIssues self;
    g_autoptr(MadeAnalysis) made = segments_make(TRUE, FALSE, &self);
    const GPtrArray *findings = made->analysis.result->findings;

    g_test_summary("Where trees learn what the model gets wrong, the model is told");
    errata_label_issues_segments(&self, &made->analysis);
    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_cmpint(((ErrataFinding *)g_ptr_array_index(findings, 0))->severity,
                    ==,
                    ERRATA_SEVERITY_HIGH);
    segments_clear(&self);
}

static void
test_segments_events(void)
{
    ErrataLabelIssues self;
    g_autoptr(MadeAnalysis) made = segments_make(FALSE, TRUE, &self);
    const GPtrArray *findings = made->analysis.result->findings;
    const ErrataFinding *slice = g_ptr_array_index(findings, 0), *labels;

    g_test_summary(
        "Contradicted one way only, things may have happened: the group stays one of errors");
    errata_label_issues_segments(&self, &made->analysis);
    g_assert_cmpuint(findings->len, ==, 2);
    labels = g_ptr_array_index(findings, 1);
    g_assert_nonnull(errata_finding_note(labels, "one_way"));
    g_assert_cmpint(labels->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_cmpstr(labels->subject.given, ==, "yes");
    g_assert_null(strstr(labels->title, "look wrong"));
    g_assert_cmpstr(((ErrataSuggestion *)g_ptr_array_index(labels->suggestions, 0))->action,
                    ==,
                    "add-feature");
    g_assert_cmpint(slice->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_null(errata_finding_evidence(slice, "comes_from"));
    segments_clear(&self);
}

static void
test_segments_inverted(void)
{
    ErrataLabelIssues self;
    g_autoptr(MadeAnalysis) made = segments_make(FALSE, FALSE, &self);
    const GPtrArray *findings = made->analysis.result->findings;

    g_test_summary("Scores that rank a group backwards are told as labels or scores turned over");
    errata_label_issues_inverted(&made->analysis); /* one row in four wrong: no */
    g_assert_cmpuint(findings->len, ==, 1);
    for (gsize i = 0; i < SEGMENTS_GROUP; i++)
        made->outcome.truth[i] = 1 - made->outcome.truth[i];
    errata_label_issues_inverted(&made->analysis);
    g_assert_cmpuint(findings->len, ==, 2);
    g_assert_cmpfloat_with_epsilon(
        errata_finding_evidence(g_ptr_array_index(findings, 1), "auc_in")->value,
        0.25,
        0.04);
    g_assert_cmpint(((ErrataFinding *)g_ptr_array_index(findings, 0))->severity,
                    ==,
                    ERRATA_SEVERITY_HIGH);
    segments_clear(&self);
}

static void
test_segments_small(void)
{
    g_test_summary(
        "So is a group of 2 % of the rows, also where no score was logged; what more than half of the "
        "labels of so few rows say is another rule");
    for (guint percent = 43; percent < 100; percent += 40)
        for (guint logged = 0; logged < 2; logged++) {
            ErrataLabelIssues self;
            g_autoptr(MadeAnalysis) made =
                segments_make_group(SEGMENTS_SMALL, percent, FALSE, FALSE, &self);
            const GPtrArray *findings = made->analysis.result->findings;
            const ErrataFinding *slice = g_ptr_array_index(findings, 0);

            if (logged == 0)
                g_clear_pointer(&made->outcome.confidence, g_free);
            errata_label_issues_segments(&self, &made->analysis);
            g_assert_cmpuint(findings->len, ==, percent < 50 ? 2 : 1);
            g_assert_cmpint(slice->severity,
                            ==,
                            percent < 50 ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_HIGH);
            segments_clear(&self);
        }
}

static void
test_segments_foretold(void)
{
    g_autoptr(ErrataColumn) column = errata_column_new("size", ERRATA_COLUMN_F64, SEGMENTS_SMALL);
    ErrataSchemaColumn role = {.role = ERRATA_ROLE_FEATURE};
    g_autoptr(MadeAnalysis) made = made_analysis_new(ERRATA_TASK_BINARY, SEGMENTS_SMALL);
    ErrataLabelSure sure[SEGMENTS_SMALL];

    g_test_summary(
        "Another rule is told from chance by the column that it reads, which raises one label where it "
        "lowers the other");
    made->frame.columns = &column;
    made->frame.n_columns = 1;
    made->schema.columns = &role;
    for (gsize i = 0; i < SEGMENTS_SMALL; i++) {
        gboolean upper;

        column->f64[i] = (double)(errata_rng_mix(i + 5) % 1000);
        upper = column->f64[i] > 600.0;
        sure[i] = (ErrataLabelSure){(guint32)i, (guint)(i % 2), (i % 2 != 0) != upper};
    }
    g_assert_true(errata_label_issues_foretold(&made->analysis, sure, SEGMENTS_SMALL));
    for (gsize i = 0; i < SEGMENTS_SMALL; i++)
        sure[i].against = errata_rng_mix(i + 77) % 100 < 43;
    g_assert_false(errata_label_issues_foretold(&made->analysis, sure, SEGMENTS_SMALL));
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/label-segments/labels", test_segments_labels);
    g_test_add_func("/label-segments/events", test_segments_events);
    g_test_add_func("/label-segments/inverted", test_segments_inverted);
    g_test_add_func("/label-segments/classes", test_segments_classes);
    g_test_add_func("/label-segments/model", test_segments_model);
    g_test_add_func("/label-segments/small", test_segments_small);
    g_test_add_func("/label-segments/foretold", test_segments_foretold);
    return g_test_run();
}
