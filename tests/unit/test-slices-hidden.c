/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "normal-scale.h"
#include "rng.h"
#include "slices-hidden-values.h"
#include "slices.h"

#define HIDDEN_ROWS 30000

/* a normal deviate */
static double
hidden_normal(ErrataRng *rng)
{
    return errata_normal_scale_quantile(CLAMP(errata_rng_uniform(rng), 1e-9, 1.0 - 1e-9));
}

/**
 * HiddenLog:
 * @turned: of the rows of one fuel, one agent and one zone, whose scores are turned round
 * @noise: of the scores of all rows
 * @steep: times as sure as they are right
 * @blank: of the rows, that have no score
 * @n_users: that rows are of, who have one fuel, agent and zone each, and all their scores turned
 *   round or none; 0: rows are independent
 *
 * A sharp model of a rare class, which columns tell.
 */
typedef struct {
    double turned;
    double noise;
    double steep;
    double blank;
    guint n_users;
} HiddenLog;

static void
hidden_add_row(const HiddenLog *log, guint64 seed, ErrataRng *rng, GString *table)
{
    double heat = hidden_normal(rng), load = hidden_normal(rng);
    double odds = 4.0 * (0.8 * heat + 0.6 * load) - 7.0;
    guint label = errata_rng_uniform(rng) < 1.0 / (1.0 + exp(-odds)) ? 1 : 0;
    double said = log->steep * (odds + log->noise * hidden_normal(rng));
    guint user = log->n_users > 0 ? (guint)errata_rng_below(rng, log->n_users) : 0;
    ErrataRng one = errata_rng_init(seed, 1, user);
    ErrataRng *of = log->n_users > 0 ? &one : rng;
    guint value[3];
    g_autofree char *score = NULL;

    for (guint c = 0; c < G_N_ELEMENTS(value); c++) {
        value[c] = (guint)errata_rng_below(of, 5);
        if (value[c] == 1 + c && errata_rng_uniform(of) < log->turned)
            said = -said;
    }
    score = log->blank > 0.0 && errata_rng_uniform(rng) < log->blank
                ? g_strdup("")
                : g_strdup_printf("%.4f", 1.0 / (1.0 + exp(-said)));
    g_string_append_printf(table,
                           "f%u,a%u,z%u,%.3f,%.3f,%s,%u,%u,u%u\n",
                           value[0],
                           value[1],
                           value[2],
                           heat,
                           load,
                           score,
                           said >= 0.0 ? 1U : 0U,
                           label,
                           user);
}

static AnalysisFrame *
hidden_run(const HiddenLog *log, guint64 seed)
{
    g_autoptr(GString) table =
        g_string_new("fuel,agent,zone,heat,load,score,prediction,label,user\n");
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    ErrataFrame *frame;
    AnalysisFrame *self;

    for (guint i = 0; i < HIDDEN_ROWS; i++)
        hidden_add_row(log, seed, &rng, table);
    frame = schema_frame_new(table->str);
    self = log->n_users > 0 ? analysis_frame_of_entities(frame, NULL, "user")
                            : analysis_frame_new(frame, NULL);
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

/* whether what its values say is worth a second search */
static gboolean
hidden_may_be(AnalysisFrame *self)
{
    const SlicesTable *table = errata_slices_table_shared(&self->analysis);
    g_autoptr(SlicesFind) none = g_new0(SlicesFind, 1);

    none->found = g_array_new(FALSE, TRUE, sizeof(SlicesFound));
    none->spared = g_array_new(FALSE, TRUE, sizeof(Slice));
    return errata_slices_hidden_values(table, none);
}

static void
test_slices_hidden_turned(void)
{
    static const double blank[] = {0.0, 0.005};

    g_test_summary(
        "Three groups hold most errors of the confident predictions, so that scores as "
        "theirs are wrong everywhere: all three are told, though some rows lack a score");
    for (guint k = 0; k < G_N_ELEMENTS(blank); k++) {
        HiddenLog log = {.turned = 0.4, .steep = 1.0, .blank = blank[k]};
        g_autoptr(AnalysisFrame) self = hidden_run(&log, 31);

        hidden_assert_turned(self);
        g_assert_true(hidden_may_be(self));
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

    g_test_summary("Scores that are noisy or too sure hide no group: none is told, nor looked for");
    for (guint k = 0; k < G_N_ELEMENTS(scores); k++) {
        HiddenLog log = {.noise = scores[k][0], .steep = scores[k][1]};
        g_autoptr(AnalysisFrame) self = hidden_run(&log, 50 + k);

        g_assert_cmpuint(hidden_n_groups(self), ==, 0);
        g_assert_false(hidden_may_be(self));
    }
}

static void
test_slices_hidden_users(void)
{
    static const guint n_users[] = {150, 2000};

    g_test_summary(
        "Users whose scores are turned round: many of a group, it is told; of few, as many "
        "may be by chance");
    for (guint k = 0; k < G_N_ELEMENTS(n_users); k++) {
        HiddenLog log = {.turned = 0.4, .steep = 1.0, .n_users = n_users[k]};
        g_autoptr(AnalysisFrame) self = hidden_run(&log, 3);

        if (k == 0)
            g_assert_cmpuint(hidden_n_groups(self), ==, 0);
        else
            hidden_assert_turned(self);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-hidden/turned", test_slices_hidden_turned);
    g_test_add_func("/slices-hidden/none", test_slices_hidden_none);
    g_test_add_func("/slices-hidden/users", test_slices_hidden_users);
    return g_test_run();
}
