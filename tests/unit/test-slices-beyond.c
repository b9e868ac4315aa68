/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "calibration.h"
#include "clusters.h"
#include "rng.h"
#include "slices-table.h"
#include "slices.h"

/* how the model comes to its score */
typedef enum {
    BEYOND_NOISY,
    BEYOND_SURE,
    BEYOND_NARROW,
} BeyondModel;

static double
beyond_logit(double odds)
{
    return 1.0 / (1.0 + exp(-odds));
}

static double
beyond_normal(ErrataRng *rng)
{
    double u = 1.0 - errata_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

/* 20,000 rows whose label depends on two numbers; with @broken, where shop is d and way is web,
 * labels are turned round in two of five rows */
static AnalysisFrame *
beyond_table(BeyondModel model, gboolean broken)
{
    static const char *const shops[] = {"a", "b", "c", "d"};
    static const char *const ways[] = {"web", "phone", "desk"};
    g_autoptr(GString) table = g_string_new("width,height,shop,way,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(71, 0, 0);

    for (guint i = 0; i < 20000; i++) {
        double width = beyond_normal(&rng), height = beyond_normal(&rng);
        guint shop = (guint)errata_rng_below(&rng, 4), way = (guint)errata_rng_below(&rng, 3);
        double odds = 1.4 * width + 0.9 * height;
        gboolean label = errata_rng_uniform(&rng) < beyond_logit(odds);
        double said = model == BEYOND_NOISY  ? odds + 1.3 * beyond_normal(&rng)
                      : model == BEYOND_SURE ? 2.5 * odds
                                             : 1.2 * width;

        if (broken && shop == 3 && way == 0 && errata_rng_uniform(&rng) < 0.4)
            label = !label;
        g_string_append_printf(table,
                               "%.3f,%.3f,%s,%s,%.4f,%d,%d\n",
                               width,
                               height,
                               shops[shop],
                               ways[way],
                               beyond_logit(said),
                               said >= 0.0,
                               label);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

#define BEYOND_CLASSES 4

/* 20,000 rows of four classes that depend on three numbers, by scores that are noisy and twice too
 * sure, and logged for @n_logged of the classes; with @broken, where shop is d and way is web,
 * labels are any other class in half of the rows */
static AnalysisFrame *
beyond_classes(gboolean broken, guint n_logged)
{
    static const double by[BEYOND_CLASSES][3] = {{1.2, -0.5, 0.3},
                                                 {-0.9, 0.9, 0.2},
                                                 {0.3, 0.8, -1.0},
                                                 {-0.5, -1.1, 0.6}};
    static const char *const shops[] = {"a", "b", "c", "d"};
    static const char *const ways[] = {"web", "phone", "desk"};
    g_autoptr(GString) table = g_string_new("width,height,depth,shop,way");
    ErrataRng rng = errata_rng_init(77, 0, 0);

    for (guint c = 0; c < n_logged; c++)
        g_string_append_printf(table, ",prob_%c", "klmn"[c]);
    g_string_append(table, ",prediction,label\n");
    for (guint i = 0; i < 20000; i++) {
        double x[] = {beyond_normal(&rng), beyond_normal(&rng), beyond_normal(&rng)};
        guint shop = (guint)errata_rng_below(&rng, 4), way = (guint)errata_rng_below(&rng, 3);
        double said[BEYOND_CLASSES], sum = 0.0, best = -HUGE_VAL;
        guint label = 0, predicted = 0;

        for (guint c = 0; c < BEYOND_CLASSES; c++) {
            double level = by[c][0] * x[0] + by[c][1] * x[1] + by[c][2] * x[2];
            double drawn = level - log(-log(1.0 - errata_rng_uniform(&rng)));

            label = drawn > best ? c : label;
            best = fmax(best, drawn);
            said[c] = exp(2.0 * (level + beyond_normal(&rng)));
            sum += said[c];
            predicted = said[c] > said[predicted] ? c : predicted;
        }
        if (broken && shop == 3 && way == 0 && errata_rng_uniform(&rng) < 0.5)
            label = (predicted + 1 + (guint)errata_rng_below(&rng, BEYOND_CLASSES - 1)) %
                    BEYOND_CLASSES;
        g_string_append_printf(table,
                               "%.3f,%.3f,%.3f,%s,%s",
                               x[0],
                               x[1],
                               x[2],
                               shops[shop],
                               ways[way]);
        for (guint c = 0; c < n_logged; c++)
            g_string_append_printf(table, ",%.5f", said[c] / sum);
        g_string_append_printf(table, ",%c,%c\n", "klmn"[predicted], "klmn"[label]);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* slices of medium severity or above, and the finding that tells of all rows */
static guint
beyond_run(AnalysisFrame *self, const ErrataFinding **ret_overall)
{
    const GPtrArray *findings = self->analysis.result->findings;
    guint n = 0;

    *ret_overall = NULL;
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    if (self->outcome->score != NULL)
        g_assert_true(errata_analyzer_calibration.run(&self->analysis, NULL));
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        g_test_message("%s", finding->title);
        if (finding->kind == ERRATA_FINDING_SLICE && finding->severity >= ERRATA_SEVERITY_MEDIUM)
            n++;
        if (finding->kind == ERRATA_FINDING_CALIBRATION && finding->subject.predicates->len == 0) {
            g_assert_null(*ret_overall);
            *ret_overall = finding;
        }
    }
    return n;
}

static void
test_slices_beyond_noisy(void)
{
    g_autoptr(AnalysisFrame) self = beyond_table(BEYOND_NOISY, FALSE);
    const ErrataFinding *overall;

    g_test_summary("A score with noise errs by ranges of all that it is made of: told once");
    g_assert_cmpuint(beyond_run(self, &overall), ==, 0);
    g_assert_nonnull(overall);
    g_assert_true(
        g_str_has_prefix(overall->title, "The scores make too little of width and height"));
    g_assert_cmpint(overall->severity, ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_cmpfloat(overall->delta, >, 0.02);
    g_assert_nonnull(errata_finding_evidence(overall, "ece"));
}

static void
test_slices_beyond_narrow(void)
{
    g_autoptr(AnalysisFrame) self = beyond_table(BEYOND_NARROW, FALSE);
    const ErrataFinding *overall;
    guint n_single = 0;

    g_test_summary("A score that leaves a column out errs by its ranges: told once");
    g_assert_cmpuint(beyond_run(self, &overall), ==, 0);
    g_assert_nonnull(overall);
    g_assert_true(g_str_has_prefix(overall->title, "The scores make too little of height"));
    for (guint i = 0; i < overall->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(overall->suggestions, i);

        g_assert_null(strstr(suggestion->text, "height add "));
        n_single += strstr(suggestion->text, "so that height adds nothing") != NULL ? 1 : 0;
    }
    g_assert_cmpuint(n_single, ==, 1);
}

/* 12,000 rows of two numbers, of which the score knows one */
static AnalysisFrame *
beyond_table_of_two(guint64 seed)
{
    g_autoptr(GString) table = g_string_new("width,height,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < 12000; i++) {
        double width = beyond_normal(&rng), height = beyond_normal(&rng);
        gboolean label = errata_rng_uniform(&rng) < beyond_logit(1.5 * width + height);

        g_string_append_printf(table,
                               "%.3f,%.3f,%.4f,%d,%d\n",
                               width,
                               height,
                               beyond_logit(1.5 * width),
                               width >= 0.0,
                               label);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static void
test_slices_beyond_classes(void)
{
    g_autoptr(AnalysisFrame) clean = beyond_classes(FALSE, BEYOND_CLASSES);
    g_autoptr(AnalysisFrame) broken = beyond_classes(TRUE, BEYOND_CLASSES);
    const GPtrArray *findings = broken->analysis.result->findings;
    const ErrataFinding *overall;
    guint n_told = 0;

    g_test_summary("Noisy scores of several classes have no slices; a group with wrong labels is "
                   "found beside that");
    g_assert_cmpuint(beyond_run(clean, &overall), ==, 0);
    g_assert_cmpuint(beyond_run(broken, &overall), ==, 1);
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_SLICE && strstr(finding->title, "shop is d") != NULL)
            n_told += strstr(finding->title, "way is web") != NULL ? 1 : 0;
    }
    g_assert_cmpuint(n_told, ==, 1);
}

static void
test_slices_beyond_unlogged(void)
{
    g_autoptr(AnalysisFrame) self = beyond_classes(FALSE, BEYOND_CLASSES - 1);

    g_test_summary("Where a class has no score, nothing is told beyond the others' scores");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_nonnull(self->analysis.searched);
    g_assert_null(self->analysis.searched->classes);
}

static void
test_slices_beyond_clusters(void)
{
    g_test_summary("Nor is it told by clusters, where its errors lie close together");
    for (guint64 seed = 1; seed <= 3; seed++) {
        g_autoptr(AnalysisFrame) self = beyond_table_of_two(seed);
        const GPtrArray *findings = self->analysis.result->findings;
        const ErrataFinding *overall;

        g_assert_cmpuint(beyond_run(self, &overall), ==, 0);
        g_assert_nonnull(overall);
        g_assert_true(errata_analyzer_clusters.run(&self->analysis, NULL));
        for (guint k = 0; k < findings->len; k++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, k);

            g_test_message("%s (%d)", finding->title, (int)finding->severity);
            g_assert_cmpint(finding->kind, !=, ERRATA_FINDING_CLUSTER);
        }
    }
}

static void
test_slices_beyond_sure(void)
{
    g_autoptr(AnalysisFrame) self = beyond_table(BEYOND_SURE, FALSE);
    const ErrataFinding *overall;

    g_test_summary("A score that is too sure has no slices, and makes no less of its columns");
    g_assert_cmpuint(beyond_run(self, &overall), ==, 0);
    g_assert_nonnull(overall);
    g_assert_null(strstr(overall->title, "little"));
}

static void
test_slices_beyond_broken(void)
{
    static const BeyondModel models[] = {BEYOND_NOISY, BEYOND_SURE, BEYOND_NARROW};

    g_test_summary("A group whose labels are turned round is found beside any of these");
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        g_autoptr(AnalysisFrame) self = beyond_table(models[i], TRUE);
        const ErrataFinding *overall, *first = NULL;

        g_assert_cmpuint(beyond_run(self, &overall), ==, 1);
        for (guint k = 0; first == NULL; k++) {
            const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, k);

            if (finding->kind == ERRATA_FINDING_SLICE)
                first = finding;
        }
        g_assert_cmpuint(first->subject.predicates->len, ==, 2);
        g_assert_nonnull(strstr(first->title, "shop is d"));
        g_assert_nonnull(strstr(first->title, "way is web"));
    }
}

/* 20,000 numbers that depend on two others; predicted with @slope about their mean, @bias and
 * @noise */
static AnalysisFrame *
beyond_numbers(double slope, double bias, double noise)
{
    g_autoptr(GString) table = g_string_new("width,height,shop,predicted,actual\n");
    ErrataRng rng = errata_rng_init(72, 0, 0);

    for (guint i = 0; i < 20000; i++) {
        double width = beyond_normal(&rng), height = beyond_normal(&rng);
        double mean = 8.0 * width + 5.0 * height;

        g_string_append_printf(table,
                               "%.3f,%.3f,%c,%.3f,%.3f\n",
                               width,
                               height,
                               "abcd"[errata_rng_below(&rng, 4)],
                               60.0 + slope * mean + bias + noise * beyond_normal(&rng),
                               60.0 + mean + 4.0 * beyond_normal(&rng));
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static void
test_slices_beyond_numbers(void)
{
    static const struct {
        double slope, bias, noise;
        const char *title;
    } cases[] = {
        {0.5, 0.0, 0.0, "The predictions keep too near the middle"},
        {1.6, 0.0, 0.0, "The predictions stray too far from the middle"},
        {1.0, -5.0, 0.0, "The predictions are too low, by 5.0 on average"},
        {0.6, 0.0, 3.0, "The predictions make too little of width and height"},
        {1.0, 0.0, 0.0, NULL},
    };

    g_test_summary(
        "Numbers that are off by where they lie, or of too little use of columns: told once");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(AnalysisFrame) self =
            beyond_numbers(cases[i].slope, cases[i].bias, cases[i].noise);
        const ErrataFinding *overall;

        g_assert_cmpuint(beyond_run(self, &overall), ==, 0);
        if (cases[i].title == NULL) {
            g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
            continue;
        }
        g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
        g_assert_nonnull(overall);
        g_assert_true(g_str_has_prefix(overall->title, cases[i].title));
        g_assert_cmpint(overall->severity, ==, ERRATA_SEVERITY_CRITICAL);
    }
}

static void
test_slices_beyond_constant(void)
{
    g_autoptr(GString) table = g_string_new("width,shop,predicted,actual\n");
    g_autoptr(AnalysisFrame) self = NULL;
    ErrataRng rng = errata_rng_init(73, 0, 0);
    const ErrataFinding *overall;

    g_test_summary("Where all labels are the same, predictions do not stray from their middle");
    for (guint i = 0; i < 8000; i++) {
        double width = beyond_normal(&rng);

        g_string_append_printf(table,
                               "%.3f,%c,%.3f,7.5\n",
                               width,
                               "abcd"[errata_rng_below(&rng, 4)],
                               7.5 + 0.8 * width + 0.2 * beyond_normal(&rng));
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_cmpint(self->outcome->task, ==, ERRATA_TASK_REGRESSION);
    g_assert_cmpuint(self->outcome->n_judged, ==, 8000);
    beyond_run(self, &overall);
    g_assert_null(overall);
}

/* 24,000 policies: a claim in one of twelve, skewed; predicted @times their mean */
static AnalysisFrame *
beyond_claims(double times)
{
    g_autoptr(GString) table = g_string_new("value,age,fuel,predicted,actual\n");
    ErrataRng rng = errata_rng_init(74, 0, 0);

    for (guint i = 0; i < 24000; i++) {
        double value = exp(9.4 + 0.6 * beyond_normal(&rng));
        guint age = 18 + (guint)errata_rng_below(&rng, 68);
        guint fuel = (guint)errata_rng_below(&rng, 4);
        double often = age < 25 ? 0.12 : 0.08;
        double cost = 1200.0 * pow(value / 12000.0, 0.25);
        double claim = cost * exp(beyond_normal(&rng) - 0.5);

        g_string_append_printf(table,
                               "%.0f,%u,%c,%.2f,%.2f\n",
                               value,
                               age,
                               "pdeh"[fuel],
                               times * often * cost,
                               errata_rng_uniform(&rng) < often ? claim : 0.0);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static void
test_slices_beyond_claims(void)
{
    g_autoptr(AnalysisFrame) right = beyond_claims(1.0);
    g_autoptr(AnalysisFrame) doubled = beyond_claims(2.5);
    const ErrataFinding *overall;

    g_test_summary("Means of labels that are nearly all zero are right, though lower numbers come "
                   "nearer to most; what is too high is told");
    beyond_run(right, &overall);
    g_assert_null(overall);
    beyond_run(doubled, &overall);
    g_assert_nonnull(overall);
    g_assert_cmpstr(overall->subject.direction, !=, "under");
}

/* 5,000 numbers predicted right but for @offset in one of four shops, or with @ranged from a weight
 * on that a quarter of the rows reach */
static AnalysisFrame *
beyond_offset(double offset, gboolean ranged)
{
    g_autoptr(GString) table = g_string_new("width,weight,shop,predicted,actual\n");
    ErrataRng rng = errata_rng_init(75, 0, 0);

    for (guint i = 0; i < 5000; i++) {
        double width = errata_rng_uniform(&rng), weight = errata_rng_uniform(&rng);
        guint shop = (guint)errata_rng_below(&rng, 4);
        gboolean off = ranged ? weight >= 0.75 : shop == 3;

        g_string_append_printf(table,
                               "%.4f,%.4f,%c,%.1f,%.1f\n",
                               width,
                               weight,
                               "abcd"[shop],
                               1000.0 * width + (off ? offset : 0.0),
                               1000.0 * width + 100.0 * beyond_normal(&rng));
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

static void
test_slices_beyond_offset(void)
{
    static const struct {
        double offset;
        gboolean ranged;
        const char *title;
    } cases[] = {
        {250.0, FALSE, "shop is d"},
        {400.0, FALSE, "shop is d"},
        {-600.0, FALSE, "shop is d"},
        {400.0, TRUE, "weight ≥ 0.75"},
    };

    g_test_summary(
        "A group whose predictions are off by one number is a slice: no column that they "
        "are made of is used too little for it");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(AnalysisFrame) self = beyond_offset(cases[i].offset, cases[i].ranged);
        const GPtrArray *findings = self->analysis.result->findings;
        const ErrataFinding *overall, *first;

        g_assert_cmpuint(beyond_run(self, &overall), ==, 1);
        g_assert_null(overall);
        g_assert_cmpuint(findings->len, ==, 1);
        first = g_ptr_array_index(findings, 0);
        g_assert_true(g_str_has_prefix(first->title, cases[i].title));
        g_assert_cmpint(first->severity, ==, ERRATA_SEVERITY_CRITICAL);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-beyond/noisy", test_slices_beyond_noisy);
    g_test_add_func("/slices-beyond/narrow", test_slices_beyond_narrow);
    g_test_add_func("/slices-beyond/classes", test_slices_beyond_classes);
    g_test_add_func("/slices-beyond/unlogged", test_slices_beyond_unlogged);
    g_test_add_func("/slices-beyond/clusters", test_slices_beyond_clusters);
    g_test_add_func("/slices-beyond/sure", test_slices_beyond_sure);
    g_test_add_func("/slices-beyond/broken", test_slices_beyond_broken);
    g_test_add_func("/slices-beyond/numbers", test_slices_beyond_numbers);
    g_test_add_func("/slices-beyond/constant", test_slices_beyond_constant);
    g_test_add_func("/slices-beyond/claims", test_slices_beyond_claims);
    g_test_add_func("/slices-beyond/offset", test_slices_beyond_offset);
    return g_test_run();
}
