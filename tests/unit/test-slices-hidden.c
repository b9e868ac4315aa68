/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "normal-scale.h"
#include "rng.h"
#include "slices.h"

#define HIDDEN_ROWS 30000

/* a normal deviate */
static double
hidden_normal(ErrataRng *rng)
{
    return errata_normal_scale_quantile(CLAMP(errata_rng_uniform(rng), 1e-9, 1.0 - 1e-9));
}

/* A sharp model of a rare class, which columns tell. For @turned of the rows of one fuel, one agent
 * and one zone it turns its score round: most of what it says of the class is then wrong, be it
 * where it may. @noise and @steep distort the scores of all rows alike; @blank of the rows have
 * none. */
static AnalysisFrame *
hidden_run(guint64 seed, double turned, double noise, double steep, double blank)
{
    g_autoptr(GString) table = g_string_new("fuel,agent,zone,heat,load,score,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    AnalysisFrame *self;

    for (guint i = 0; i < HIDDEN_ROWS; i++) {
        double heat = hidden_normal(&rng), load = hidden_normal(&rng);
        double odds = 4.0 * (0.8 * heat + 0.6 * load) - 7.0;
        guint label = errata_rng_uniform(&rng) < 1.0 / (1.0 + exp(-odds)) ? 1 : 0;
        double said = steep * (odds + noise * hidden_normal(&rng));
        guint value[3];
        g_autofree char *score = NULL;

        for (guint c = 0; c < G_N_ELEMENTS(value); c++) {
            value[c] = (guint)errata_rng_below(&rng, 5);
            if (value[c] == 1 + c && errata_rng_uniform(&rng) < turned)
                said = -said;
        }
        score = blank > 0.0 && errata_rng_uniform(&rng) < blank
                    ? g_strdup("")
                    : g_strdup_printf("%.4f", 1.0 / (1.0 + exp(-said)));
        g_string_append_printf(table,
                               "f%u,a%u,z%u,%.3f,%.3f,%s,%u,%u\n",
                               value[0],
                               value[1],
                               value[2],
                               heat,
                               load,
                               score,
                               said >= 0.0 ? 1U : 0U,
                               label);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    return self;
}

/* all three groups are told, and nothing else */
static void
hidden_assert_turned(const AnalysisFrame *self)
{
    static const char *const columns[] = {"fuel", "agent", "zone"};
    static const char *const values[] = {"f1", "a2", "z3"};
    guint n_loud = 0, n_found = 0;

    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);
        const GPtrArray *predicates = finding->subject.predicates;

        if (finding->severity < ERRATA_SEVERITY_MEDIUM)
            continue;
        n_loud++;
        g_assert_cmpuint(predicates->len, ==, 1);
        for (guint c = 0; c < G_N_ELEMENTS(columns); c++) {
            const ErrataPredicate *first = g_ptr_array_index(predicates, 0);

            if (g_str_equal(first->column, columns[c]) && strstr(finding->title, values[c]) != NULL)
                n_found++;
        }
    }
    g_assert_cmpuint(n_loud, ==, 3);
    g_assert_cmpuint(n_found, ==, 3);
}

static void
test_slices_hidden_turned(void)
{
    static const double blank[] = {0.0, 0.005};

    g_test_summary(
        "Three groups hold most errors of the confident predictions, so that scores as "
        "theirs are wrong everywhere: all three are told, though some rows lack a score");
    for (guint k = 0; k < G_N_ELEMENTS(blank); k++) {
        g_autoptr(AnalysisFrame) self = hidden_run(31, 0.4, 0.0, 1.0, blank[k]);

        hidden_assert_turned(self);
    }
}

/* what is told of a group by name; where scores are noise, ground near the decision may be told */
static guint
hidden_n_groups(const AnalysisFrame *self)
{
    guint n = 0;

    for (guint i = 0; i < self->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(self->analysis.result->findings, i);

        for (guint k = 0; k < finding->subject.predicates->len; k++) {
            const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, k);

            if (finding->severity >= ERRATA_SEVERITY_MEDIUM &&
                !g_str_equal(predicate->column, "heat") && !g_str_equal(predicate->column, "load"))
                n++;
        }
    }
    return n;
}

static void
test_slices_hidden_none(void)
{
    static const double scores[][2] = {{0.0, 1.0}, {0.0, 2.5}, {2.0, 1.0}, {2.0, 2.5}, {5.0, 2.0}};

    g_test_summary("Scores that are noisy or too sure hide no group, and none is told");
    for (guint k = 0; k < G_N_ELEMENTS(scores); k++) {
        g_autoptr(AnalysisFrame) self = hidden_run(50 + k, 0.0, scores[k][0], scores[k][1], 0.0);

        g_assert_cmpuint(hidden_n_groups(self), ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-hidden/turned", test_slices_hidden_turned);
    g_test_add_func("/slices-hidden/none", test_slices_hidden_none);
    return g_test_run();
}
