/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "clusters.h"
#include "rng.h"
#include "slices.h"

/* what is wrong beside decisions that are close */
typedef enum {
    NEAR_NOTHING,
    NEAR_LABELS,      /* labels of a group are turned round */
    NEAR_PREDICTIONS, /* predictions of a group are, and labels are sure otherwise */
} NearFault;

static double
near_normal(ErrataRng *rng)
{
    double u = 1.0 - errata_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

/* 12,000 rows without scores, whose prediction is the likelier label by two numbers */
static AnalysisFrame *
near_table(NearFault fault, gboolean one)
{
    static const char *const shops[] = {"a", "b", "c", "d"};
    static const char *const ways[] = {"web", "phone", "desk"};
    g_autoptr(GString) table = g_string_new("width,height,shop,way,prediction,label\n");
    ErrataRng rng = errata_rng_init(83, 0, 0);

    for (guint i = 0; i < 12000; i++) {
        double width = near_normal(&rng), height = near_normal(&rng);
        guint shop = (guint)errata_rng_below(&rng, 4), way = (guint)errata_rng_below(&rng, 3);
        double odds = one ? 4.0 * width : 4.0 * width + 3.0 * height;
        double slope = fault == NEAR_PREDICTIONS ? 100.0 : 1.0;
        gboolean label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-slope * odds));
        gboolean prediction = odds >= 0.0;
        gboolean turned = errata_rng_uniform(&rng) < 0.45 && shop == 3 && way == 0;

        label = fault == NEAR_LABELS && turned ? !label : label;
        prediction = fault == NEAR_PREDICTIONS && turned ? !prediction : prediction;
        g_string_append_printf(table,
                               "%.3f,%.3f,%s,%s,%d,%d\n",
                               width,
                               height,
                               shops[shop],
                               ways[way],
                               prediction,
                               label);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* 16,000 rows without scores, of labels that two numbers do not tell for sure; in shop d more of
 * them are turned round where one of the two is high */
static AnalysisFrame *
near_noisy_table(guint64 seed)
{
    static const char *const shops[] = {"a", "b", "c", "d", "e"};
    static const char *const ways[] = {"web", "phone", "desk", "mail"};
    g_autoptr(GString) table =
        g_string_new("width,height,depth,age,visits,shop,way,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);

    for (guint i = 0; i < 16000; i++) {
        double width = near_normal(&rng), height = near_normal(&rng), depth = near_normal(&rng);
        guint age = (guint)errata_rng_below(&rng, 60), visits = (guint)errata_rng_below(&rng, 9);
        guint shop = (guint)errata_rng_below(&rng, 5), way = (guint)errata_rng_below(&rng, 4);
        double odds = 1.2 * width + 0.9 * height;
        gboolean label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-odds));
        gboolean turned = errata_rng_uniform(&rng) < 0.28 && shop == 3 && height > 0.3;

        g_string_append_printf(table,
                               "%.3f,%.3f,%.3f,%u,%u,%s,%s,%d,%d\n",
                               width,
                               height,
                               depth,
                               age,
                               visits,
                               shops[shop],
                               ways[way],
                               odds >= 0.0,
                               turned ? !label : label);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

typedef enum {
    NEAR_CURVE_PRODUCT, /* of two numbers */
    NEAR_CURVE_MIXED,   /* that, and a third */
    NEAR_CURVE_WAVE,    /* up and down along one of two */
    NEAR_CURVE_CIRCLE,
} NearCurve;

/* 16,000 rows without scores, whose labels and predictions both are unsure only where a curved
 * decision is close */
static AnalysisFrame *
near_curved_table(NearCurve curve, guint64 seed)
{
    static const char *const shops[] = {"a", "b", "c", "d"};
    g_autoptr(GString) table = g_string_new("width,height,depth,age,shop,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, curve, 0);

    for (guint i = 0; i < 16000; i++) {
        double width = near_normal(&rng), height = near_normal(&rng), depth = near_normal(&rng);
        guint age = (guint)errata_rng_below(&rng, 60), shop = (guint)errata_rng_below(&rng, 4);
        double model = near_normal(&rng), noise = near_normal(&rng);
        double far = curve == NEAR_CURVE_PRODUCT ? 2.0 * width * height
                     : curve == NEAR_CURVE_MIXED ? 1.5 * width * height + 1.2 * depth
                     : curve == NEAR_CURVE_WAVE  ? 2.0 * sin(2.0 * width) + height
                                                 : 1.5 * (width * width + height * height - 1.6);

        g_string_append_printf(table,
                               "%.3f,%.3f,%.3f,%u,%s,%d,%d\n",
                               width,
                               height,
                               depth,
                               age,
                               shops[shop],
                               far + 0.45 * model > 0.0,
                               far + 0.25 * noise > 0.0);
    }
    return analysis_frame_new(schema_frame_new(table->str), NULL);
}

/* slices and clusters of severity medium or above; all must be of shop d and way web */
static guint
near_run(AnalysisFrame *self, const ErrataFinding **ret_near)
{
    const GPtrArray *findings = self->analysis.result->findings;
    guint n = 0;

    *ret_near = NULL;
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_true(errata_analyzer_clusters.run(&self->analysis, NULL));
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        g_test_message("%s", finding->title);
        if (errata_finding_note(finding, "near") != NULL) {
            g_assert_null(*ret_near);
            *ret_near = finding;
            continue;
        }
        if (finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
        g_assert_nonnull(strstr(finding->title, "shop is d"));
        g_assert_nonnull(strstr(finding->title, "way is web"));
        n++;
    }
    return n;
}

static void
test_slices_near_nothing(void)
{
    g_test_summary("Close decisions of a log without scores are told once, and as no fault");
    for (guint one = 0; one < 2; one++) {
        g_autoptr(AnalysisFrame) self = near_table(NEAR_NOTHING, one != 0);
        const ErrataFinding *near;

        g_assert_cmpuint(near_run(self, &near), ==, 0);
        g_assert_nonnull(near);
        g_assert_cmpint(near->severity, ==, ERRATA_SEVERITY_LOW);
        g_assert_cmpfloat(near->share_of_rows, >, 0.19);
        g_assert_cmpfloat(near->share_of_rows, <, 0.21);
        g_assert_cmpfloat(errata_finding_evidence(near, "near_in")->value,
                          >,
                          3.0 * errata_finding_evidence(near, "near_out")->value);
    }
}

static void
test_slices_near_untold(void)
{
    g_autoptr(GString) table = g_string_new("device,label,prediction\n");
    g_autoptr(AnalysisFrame) self = NULL;
    const ErrataFinding *finding;

    g_test_summary(
        "Where the columns do not tell what is predicted, a group that errs is none near "
        "a decision");
    for (guint i = 0; i < 3000; i++) {
        ErrataRng rng = errata_rng_init(5, 0, i);
        guint label = errata_rng_below(&rng, 2) != 0 ? 1 : 0;
        double wrong = i % 5 == 0 ? 0.55 : 0.08;

        g_string_append_printf(table,
                               "%s,%u,%u\n",
                               i % 5 == 0 ? "kiosk" : "phone",
                               label,
                               errata_rng_uniform(&rng) < wrong ? 1 - label : label);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_true(g_str_has_prefix(finding->title, "device is kiosk: wrong "));
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_CRITICAL);
}

static void
test_slices_near_weights(void)
{
    g_autoptr(AnalysisFrame) self = near_table(NEAR_NOTHING, TRUE);
    const ErrataColumn *width = self->frame->columns[0];
    const ErrataFinding *near;

    g_test_summary(
        "The closest fifth is one of the rows, however much they weigh; rates are by weight");
    g_assert_null(self->outcome->weight);
    self->outcome->weight = g_new(double, width->n_rows);
    for (gsize row = 0; row < width->n_rows; row++)
        self->outcome->weight[row] = fabs(errata_column_number(width, row)) < 0.1 ? 5.0 : 1.0;
    g_assert_cmpuint(near_run(self, &near), ==, 0);
    g_assert_nonnull(near);
    g_assert_cmpfloat(near->share_of_rows, >, 0.19);
    g_assert_cmpfloat(near->share_of_rows, <, 0.21);
    g_assert_cmpfloat(errata_finding_evidence(near, "near_in")->value, >, 0.36); /* of rows, 0.32 */
}

static void
test_slices_near_labels(void)
{
    g_autoptr(AnalysisFrame) self = near_table(NEAR_LABELS, FALSE);
    const ErrataFinding *near;

    g_test_summary("A group that errs far from any decision stays a slice, the only one");
    g_assert_cmpuint(near_run(self, &near), ==, 1);
    g_assert_nonnull(near);
}

static void
test_slices_near_noisy(void)
{
    static const guint64 seeds[] = {0, 3, 4, 7};

    g_test_summary("A group that the distance does not explain is told whole, as it was found");
    for (guint k = 0; k < G_N_ELEMENTS(seeds); k++) {
        g_autoptr(AnalysisFrame) self = near_noisy_table(seeds[k]);
        const GPtrArray *findings = self->analysis.result->findings;
        guint n = 0;

        g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
        for (guint i = 0; i < findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, i);

            g_test_message("%s: %.3f", finding->title, finding->share_of_rows);
            if (finding->severity < ERRATA_SEVERITY_MEDIUM)
                continue;
            n++;
            g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
            g_assert_nonnull(strstr(finding->title, "height ≥"));
            g_assert_nonnull(strstr(finding->title, "shop is d"));
            g_assert_cmpfloat(finding->share_of_rows, >, 0.06); /* 0.076 were planted */
            g_assert_cmpfloat(finding->share_of_rows, <, 0.1);
        }
        g_assert_cmpuint(n, ==, 1);
    }
}

static void
test_slices_near_curved(void)
{
    guint n = 0;

    g_test_summary("A curved decision tells no slices either");
    for (guint curve = NEAR_CURVE_PRODUCT; curve <= NEAR_CURVE_CIRCLE; curve++)
        for (guint64 seed = 1; seed <= 2; seed++) {
            g_autoptr(AnalysisFrame) self = near_curved_table(curve, seed);
            const GPtrArray *findings = self->analysis.result->findings;

            g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
            for (guint i = 0; i < findings->len; i++) {
                const ErrataFinding *finding = g_ptr_array_index(findings, i);

                g_test_message("curve %u: %s", curve, finding->title);
                n += finding->severity >= ERRATA_SEVERITY_MEDIUM ? 1 : 0;
            }
        }
    g_assert_cmpuint(n, ==, 0);
}

static void
test_slices_near_predictions(void)
{
    g_autoptr(AnalysisFrame) self = near_table(NEAR_PREDICTIONS, FALSE);
    const ErrataFinding *near;

    g_test_summary("A group whose predictions are turned round is not near a decision for that");
    g_assert_cmpuint(near_run(self, &near), ==, 1);
    g_assert_null(near);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-near/nothing", test_slices_near_nothing);
    g_test_add_func("/slices-near/untold", test_slices_near_untold);
    g_test_add_func("/slices-near/weights", test_slices_near_weights);
    g_test_add_func("/slices-near/labels", test_slices_near_labels);
    g_test_add_func("/slices-near/noisy", test_slices_near_noisy);
    g_test_add_func("/slices-near/curved", test_slices_near_curved);
    g_test_add_func("/slices-near/predictions", test_slices_near_predictions);
    return g_test_run();
}
