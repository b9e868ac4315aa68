/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scores are made of, where no model was given: a surrogate that follows them, said to be one,
 * and refused where it does not; drivers that turn round or stand in for declared groups. Silent on
 * noise. */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "attribution.h"
#include "model-use.h"
#include "rng.h"

#define N_ROWS 6000

/* cells of one row */
typedef struct {
    double a, b, c;
    const char *group;
    double score;
} Cells;

typedef void (*Fill)(guint i, ErrataRng *rng, Cells *row);

static double
draw(ErrataRng *rng)
{
    return 2.0 * errata_rng_uniform(rng) - 1.0;
}

static void
fill_base(ErrataRng *rng, Cells *row)
{
    row->a = draw(rng);
    row->b = draw(rng);
    row->c = draw(rng);
    row->group = errata_rng_below(rng, 2) == 0 ? "f" : "m";
}

/* a drives, b a little, c not at all */
static void
fill_scores(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->score = 1.0 / (1.0 + exp(-3.0 * row->a - row->b));
}

static void
fill_noise(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->score = errata_rng_uniform(rng);
}

/* as much from elsewhere as from a */
static void
fill_half(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->score = 1.0 / (1.0 + exp(-2.0 * row->a - 2.0 * draw(rng)));
}

/* a is 0, 1 or 2 */
static void
fill_whole(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->a = (double)errata_rng_below(rng, 3);
    row->score = 1.0 / (1.0 + exp(3.0 - 3.0 * row->a - row->b));
}

/* a falls below 0 later on, and what counts is its size */
static void
fill_turning(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->a = i < N_ROWS / 2 ? fabs(row->a) : -fabs(row->a);
    row->score = 1.0 / (1.0 + exp(-4.0 * fabs(row->a) + 2.0 - row->b));
}

/* a is higher for one group */
static void
fill_proxy(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->a += row->group[0] == 'm' ? 1.2 : -1.2;
    row->score = 1.0 / (1.0 + exp(-1.5 * row->a - row->b));
}

/* whether a is above 0 is nearly the label */
static void
fill_rests(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->score = 1.0 / (1.0 + exp(-(row->a > 0.0 ? 3.0 : -3.0) - 0.5 * row->b));
}

/* the sign of a knows the label but for some rows, of which b tells */
static void
fill_rests_and_more(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->score = 1.0 / (1.0 + exp(-(row->a > 0.0 ? 4.0 : -4.0) -
                                  (fabs(row->b) > 0.95 ? 9.0 * row->b : 0.0)));
}

/* the same, less sure: nothing that a good feature may not be */
static void
fill_strong(guint i, ErrataRng *rng, Cells *row)
{
    fill_base(rng, row);
    row->score = 1.0 / (1.0 + exp(-(row->a > 0.0 ? 2.5 : -2.5) - 3.0 * row->b));
}

static AnalysisFrame *
make_logged(Fill fill, gboolean scores)
{
    g_autoptr(GString) table = g_string_new("id,a,b,c,gender,label,prediction");
    AnalysisFrame *self;
    ErrataFrame *frame;

    g_string_append(table, scores ? ",score\n" : "\n");
    for (guint i = 0; i < N_ROWS; i++) {
        ErrataRng rng = errata_rng_init(11, 1, i);
        Cells row;

        fill(i, &rng, &row);
        g_string_append_printf(table,
                               "r%u,%.5f,%.5f,%.5f,%s,%d,%d",
                               i,
                               row.a,
                               row.b,
                               row.c,
                               row.group,
                               errata_rng_uniform(&rng) < row.score ? 1 : 0,
                               row.score >= 0.5 ? 1 : 0);
        if (scores)
            g_string_append_printf(table, ",%.6f", row.score);
        g_string_append_c(table, '\n');
    }
    frame = schema_frame_new(table->str);
    self = analysis_frame_new(frame, NULL);
    for (guint c = 0; c < self->schema->n_columns; c++)
        if (g_str_equal(self->schema->names[c], "gender"))
            self->schema->columns[c].role = ERRATA_ROLE_GROUP;
    return self;
}

static AnalysisFrame *
make(Fill fill)
{
    return make_logged(fill, TRUE);
}

static void
run(AnalysisFrame *self)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = errata_analyzer_attribution.why_not(&self->analysis);

    g_assert_null(why);
    g_assert_true(errata_analyzer_attribution.run(&self->analysis, &error));
    g_assert_no_error(error);
}

static const ErrataFinding *
find_problem(const AnalysisFrame *self, const char *problem)
{
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        if (g_strcmp0(finding->subject.problem, problem) == 0)
            return finding;
    }
    return NULL;
}

static void
test_surrogate(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_scores);
    const ErrataShares *shares;
    const ErrataEvidence *fidelity;

    run(self);
    shares = self->analysis.result->shares;
    g_assert_nonnull(shares);
    g_assert_cmpstr(shares->source, ==, "surrogate");
    g_assert_cmpfloat(shares->fidelity, >, 0.95);
    g_assert_cmpfloat(shares->gap, <, 1e-9);
    g_assert_nonnull(strstr(shares->method, "surrogate"));
    g_assert_nonnull(strstr(shares->method, ",")); /* thousands are parted */
    g_assert_true(
        g_regex_match_simple("scores of [0-9]{1,3}(,[0-9]{3})* rows", shares->method, 0, 0));
    g_assert_cmpstr(shares->feature[0], ==, "a");
    g_assert_cmpstr(shares->feature[1], ==, "b");
    g_assert_cmpfloat(shares->mean_abs[0], >, 2.0 * shares->mean_abs[1]);
    fidelity = errata_shares_evidence(shares, "fidelity");
    g_assert_nonnull(fidelity);
    g_assert_cmpfloat_with_epsilon(fidelity->value, shares->fidelity, 1e-12);
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
}

/* a model that cannot be asked leaves the log, which a surrogate follows; the text says why */
static void
test_instead(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_scores);
    char why[] = "of another kind";
    ErrataModel model = {.why_not = why};

    self->analysis.model = &model;
    run(self);
    self->analysis.model = NULL;
    g_assert_nonnull(self->analysis.result->shares);
    g_assert_cmpstr(self->analysis.result->shares->source, ==, "surrogate");
    g_assert_cmpstr(self->analysis.result->shares->instead,
                    ==,
                    "the model cannot be run: of another kind");
}

/* scores that no feature tells are not explained, and that is said with the fidelity */
static void
test_noise(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_noise);
    const ErrataSkipped *skipped;

    run(self);
    g_assert_null(self->analysis.result->shares);
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
    g_assert_cmpuint(self->analysis.result->skipped->len, ==, 1);
    skipped = g_ptr_array_index(self->analysis.result->skipped, 0);
    g_assert_cmpstr(skipped->analyzer, ==, "attribution");
    g_assert_nonnull(strstr(skipped->why, "R²"));
    g_assert_nonnull(strstr(skipped->why, "not reliable enough to explain the model"));
    g_assert_nonnull(strstr(skipped->why, "no more of the logged scores than their mean does"));
}

/* scores that the features tell half of: how much is said in words, and that nothing is
 * explained */
static void
test_half(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_half);
    const ErrataSkipped *skipped;

    run(self);
    g_assert_null(self->analysis.result->shares);
    g_assert_cmpuint(self->analysis.result->skipped->len, ==, 1);
    skipped = g_ptr_array_index(self->analysis.result->skipped, 0);
    g_assert_true(
        g_regex_match_simple("account for (4|5|6)[0-9] % of the variance of the logged scores "
                             "\\(R² 0.[456][0-9]\\), and R² 0.8 is asked for",
                             skipped->why,
                             0,
                             0));
    g_assert_nonnull(strstr(skipped->why, "what drives the model is not said"));
}

static void
test_turning(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_turning);
    const ErrataFinding *finding;

    run(self);
    finding = find_problem(self, "unstable-sign:a");
    g_assert_nonnull(finding);
    g_assert_cmpfloat(errata_finding_evidence(finding, "earlier")->value, >, 0.2);
    g_assert_cmpfloat(errata_finding_evidence(finding, "later")->value, <, -0.2);
    g_assert_null(find_problem(self, "unstable-sign:b"));
    g_assert_null(find_problem(self, "unstable-sign:c"));
}

static void
test_proxy(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_proxy);
    const ErrataFinding *finding;

    run(self);
    finding = find_problem(self, "proxy:a");
    g_assert_nonnull(finding);
    g_assert_cmpfloat(errata_finding_evidence(finding, "tells")->value, >, 0.8);
    g_assert_null(find_problem(self, "proxy:b"));
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_LOW);
}

/* one column that tells as much as the whole model */
static void
test_rests(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_rests);
    const GPtrArray *findings = self->analysis.result->findings;
    const ErrataFinding *finding;

    run(self);
    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_LEAKAGE);
    g_assert_cmpstr(finding->subject.column, ==, "a");
    g_assert_cmpfloat(errata_finding_evidence(finding, "strength")->value, >=, 0.95);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
}

/* what was measured on a text is filled in by nobody */
/* a column that leaves a few rows open, which the model has learnt another for */
static void
test_rests_and_more(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_rests_and_more);
    g_autoptr(AnalysisFrame) strong = make(fill_strong);
    guint n = 0;

    run(self);
    run(strong);
    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        n += finding->kind == ERRATA_FINDING_LEAKAGE && g_strcmp0(finding->subject.column, "a") == 0
                 ? 1
                 : 0;
    }
    g_assert_cmpuint(n, ==, 1);
    for (guint i = 0; i < strong->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(strong->analysis.result->findings, i);

        g_assert_cmpint(finding->kind, !=, ERRATA_FINDING_LEAKAGE);
    }
}

/* without scores the model's answers are a cut of the column, which tells more by its order */
static void
test_rests_on_answers(void)
{
    g_autoptr(AnalysisFrame) self = make_logged(fill_rests, FALSE);

    run(self);
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
}

static void
test_rests_on_text(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_rests);

    for (guint c = 0; c < self->schema->n_columns; c++)
        if (g_str_equal(self->schema->names[c], "a"))
            self->schema->columns[c].derived_from = g_strdup("text");
    run(self);
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
}

/* of “text: punctuation” the property is what tells rows of a waterfall apart */
static void
test_property_names(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_scores);
    const ErrataFigure *figure = NULL;
    gboolean found = FALSE;

    for (guint c = 0; c < self->schema->n_columns; c++)
        if (g_str_equal(self->schema->names[c], "a")) {
            g_free(self->schema->names[c]);
            self->schema->names[c] = g_strdup("text: punctuation");
        }
    run(self);
    for (guint i = 0; i < self->analysis.result->shares->figures->len; i++) {
        figure = g_ptr_array_index(self->analysis.result->shares->figures, i);
        for (guint k = 0; g_str_has_prefix(figure->id, "example-") && k < figure->n_series; k++)
            found = found || g_str_has_prefix(figure->series[k].label, "punct");
    }
    g_assert_true(found);
}

static void
test_budget(void)
{
    g_autoptr(GPtrArray) inputs = g_ptr_array_new();
    ErrataModel model = {.inputs = inputs};
    gsize quick = errata_model_use_budget(&model, 10000, 50), slow;

    /* 4000 training rows of 8 numbers: two hundredths of the runs */
    model.work = 32000.0;
    slow = errata_model_use_budget(&model, 10000, 50);
    g_assert_cmpuint(quick, ==, 3000);
    g_assert_cmpuint(slow, <, 500);
    g_assert_cmpuint(slow, >=, 20);
    model.work = 1e9;
    g_assert_cmpuint(errata_model_use_budget(&model, 10000, 50), ==, 20);
}

/* a point for each of three values, none between them */
static void
test_few_values(void)
{
    g_autoptr(AnalysisFrame) self = make(fill_whole);
    const ErrataFigure *figure;

    run(self);
    g_assert_cmpstr(self->analysis.result->shares->feature[0], ==, "a");
    for (guint i = 0; i < self->analysis.result->shares->figures->len; i++) {
        figure = g_ptr_array_index(self->analysis.result->shares->figures, i);
        if (g_strcmp0(figure->id, "dependence-1") != 0)
            continue;
        g_assert_cmpuint(figure->series[0].n, ==, 3);
        for (guint b = 0; b < 3; b++) {
            g_assert_cmpfloat_with_epsilon(figure->series[0].x[b], b, 1e-12);
            g_assert_cmpfloat(figure->series[0].count[b], >, 100.0);
        }
        return;
    }
    g_assert_not_reached();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/attribution/budget", test_budget);
    g_test_add_func("/attribution/surrogate", test_surrogate);
    g_test_add_func("/attribution/instead", test_instead);
    g_test_add_func("/attribution/few-values", test_few_values);
    g_test_add_func("/attribution/property-names", test_property_names);
    g_test_add_func("/attribution/noise", test_noise);
    g_test_add_func("/attribution/half", test_half);
    g_test_add_func("/attribution/turning", test_turning);
    g_test_add_func("/attribution/proxy", test_proxy);
    g_test_add_func("/attribution/rests", test_rests);
    g_test_add_func("/attribution/rests-and-more", test_rests_and_more);
    g_test_add_func("/attribution/rests-on-answers", test_rests_on_answers);
    g_test_add_func("/attribution/rests-on-text", test_rests_on_text);
    return g_test_run();
}
