/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of customers and what scores mean, where what the model does not know of a customer is in
 * the labels of all of the customer's rows. */
#include <math.h>

#include "analysis-frame.h"
#include "calibration.h"
#include "design-effect.h"
#include "drift.h"
#include "fairness.h"
#include "rng.h"

#define GROUPS_CUSTOMERS 300
#define GROUPS_ROWS      30
#define GROUPS_LOGS      12U
#define GROUPS_SPREAD    1.0 /* of what is not known of customers, in log odds */

static double
groups_normal(ErrataRng *rng)
{
    double radius = sqrt(-2.0 * log(1.0 - errata_rng_uniform(rng)));

    return radius * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

static double
groups_chance(double log_odds)
{
    return 1.0 / (1.0 + exp(-log_odds));
}

/* what the model says, which knows x and how much customers differ */
static double
groups_score(double x)
{
    static const double at[] = {-1.7320508, 0.0, 1.7320508}, weight[] = {1.0, 4.0, 1.0};
    double score = 0.0;

    for (guint k = 0; k < G_N_ELEMENTS(at); k++)
        score += weight[k] / 6.0 * groups_chance(x + GROUPS_SPREAD * at[k]);
    return score;
}

/* customers with a plan each, and an x that is @moved; those of plan p2 have @off more in log odds
 * than the scores say */
static ErrataFrame *
groups_customers(guint64 seed, double off, double moved)
{
    g_autoptr(GString) table = g_string_new("id,customer,plan,x,prediction,score,label\n");

    for (guint i = 0; i < GROUPS_CUSTOMERS * GROUPS_ROWS; i++) {
        guint customer = i % GROUPS_CUSTOMERS;
        ErrataRng own = errata_rng_init(seed, 1, customer);
        ErrataRng row = errata_rng_init(seed, 2, i);
        guint plan = (guint)errata_rng_below(&own, 4);
        double usual = moved + groups_normal(&own);
        double unknown = GROUPS_SPREAD * groups_normal(&own);
        double x = usual + 0.5 * groups_normal(&row), score = groups_score(x);
        double chance = groups_chance(x + unknown + (plan == 2 ? off : 0.0));

        g_string_append_printf(table,
                               "r%u,c%u,p%u,%.3f,%u,%.4f,%u\n",
                               i,
                               customer,
                               plan,
                               x,
                               score > 0.5 ? 1U : 0U,
                               score,
                               errata_rng_uniform(&row) < chance ? 1U : 0U);
    }
    return schema_frame_new(table->str);
}

/* findings of medium weight or above */
static guint
groups_n_loud(guint64 seed, double off, const char *entity, const ErrataAnalyzer *analyzer)
{
    g_autoptr(AnalysisFrame) fixture =
        analysis_frame_of_entities(groups_customers(seed, off, 0.0), NULL, entity);
    GPtrArray *findings = fixture->analysis.result->findings;
    guint n = 0;

    fixture->schema->columns[2].role = ERRATA_ROLE_GROUP;
    fixture->schema->columns[2].declared = TRUE;
    g_assert_true(analyzer->run(&fixture->analysis, NULL));
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        n += finding->severity >= ERRATA_SEVERITY_MEDIUM ? 1 : 0;
    }
    return n;
}

/* logs in which something is told, where customers are known and where rows are independent */
static void
groups_hold(const ErrataAnalyzer *analyzer)
{
    guint n_told = 0, n_alone = 0, n_found = 0;

    for (guint64 seed = 0; seed < GROUPS_LOGS; seed++) {
        n_told += groups_n_loud(seed, 0.0, "customer", analyzer) > 0 ? 1 : 0;
        n_alone += groups_n_loud(seed, 0.0, NULL, analyzer) > 0 ? 1 : 0;
    }
    for (guint64 seed = 0; seed < 3; seed++)
        n_found += groups_n_loud(seed, -1.5, "customer", analyzer) > 0 ? 1 : 0;
    g_test_message("told of %u of %u logs without a difference, of %u where rows are independent",
                   n_told,
                   GROUPS_LOGS,
                   n_alone);
    g_assert_cmpuint(n_told, ==, 0);
    g_assert_cmpuint(n_alone, >, 1);
    g_assert_cmpuint(n_found, ==, 3);
}

static void
test_groups_fairness(void)
{
    g_test_summary("Plans whose customers differ by chance are not told; one that differs is");
    groups_hold(&errata_analyzer_fairness);
}

static void
test_groups_calibration(void)
{
    g_test_summary("So it is with what scores mean for them");
    groups_hold(&errata_analyzer_calibration);
}

/* drift told of a log against other customers, whose x is @moved */
static guint
groups_n_drifts(guint64 seed, double moved, const char *entity)
{
    g_autoptr(AnalysisFrame) fixture =
        analysis_frame_of_entities(groups_customers(seed, 0.0, moved),
                                   groups_customers(seed + 1000, 0.0, 0.0),
                                   entity);
    guint n = 0;

    fixture->schema->columns[1].role = ERRATA_ROLE_IGNORE;
    g_assert_true(errata_analyzer_drift.run(&fixture->analysis, NULL));
    for (guint i = 0; i < fixture->analysis.result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(fixture->analysis.result->findings, i);

        n += finding->kind == ERRATA_FINDING_DRIFT ? 1 : 0;
    }
    return n;
}

static void
test_groups_drift(void)
{
    guint n_told = 0, n_alone = 0;

    g_test_summary("Other customers are no drift, though many rows each; what moves is one");
    for (guint64 seed = 0; seed < GROUPS_LOGS; seed++) {
        n_told += groups_n_drifts(seed, 0.0, "customer");
        n_alone += groups_n_drifts(seed, 0.0, NULL);
    }
    g_test_message("%u columns of %u logs, %u where rows are independent",
                   n_told,
                   GROUPS_LOGS,
                   n_alone);
    g_assert_cmpuint(n_told, ==, 0);
    g_assert_cmpuint(n_alone, >=, 4);
    g_assert_cmpuint(groups_n_drifts(0, 0.8, "customer"), >, 0);
}

/* p of the hypothesis that the numbers of four cells are 0 on average, which they are; what rows of
 * a cluster have in common lies in all its cells */
static double
groups_p(guint64 seed, gboolean clustered)
{
    enum {
        CELLS = 4,
        CLUSTERS = 80,
        ROWS = 10
    };
    guint32 cluster[CLUSTERS * ROWS];
    guint cell[CLUSTERS * ROWS];
    double value[CLUSTERS * ROWS];

    for (guint i = 0; i < CLUSTERS * ROWS; i++) {
        ErrataRng own = errata_rng_init(seed, 1, i / ROWS);
        ErrataRng row = errata_rng_init(seed, 2, i);

        cluster[i] = clustered ? i / ROWS : i;
        cell[i] = (guint)errata_rng_below(&row, CELLS);
        value[i] = groups_normal(&row) + (clustered ? groups_normal(&own) : 0.0);
        value[i] /= sqrt((clustered ? 2.0 : 1.0) * CLUSTERS * ROWS / CELLS);
    }
    return errata_design_chi_square(cluster,
                                    clustered ? CLUSTERS : CLUSTERS * ROWS,
                                    cell,
                                    value,
                                    CLUSTERS * ROWS,
                                    CELLS);
}

static void
test_groups_chi_square(void)
{
    guint n[2] = {0, 0};
    static const guint32 one[] = {0, 0, 0};
    static const guint cell[] = {0, 1, 0};
    static const double value[] = {5.0, 5.0, 5.0};

    g_test_summary("p of sums over clusters is under 5 % in about one of twenty");
    for (guint64 seed = 0; seed < 1000; seed++) {
        n[0] += groups_p(seed, FALSE) < 0.05 ? 1 : 0;
        n[1] += groups_p(seed, TRUE) < 0.05 ? 1 : 0;
    }
    g_test_message("%u of 1000, in clusters %u", n[0], n[1]);
    for (guint k = 0; k < 2; k++) {
        g_assert_cmpuint(n[k], >=, 30);
        g_assert_cmpuint(n[k], <=, 70);
    }
    /* one cluster tells nothing */
    g_assert_cmpfloat_with_epsilon(errata_design_chi_square(one, 1, cell, value, 3, 2), 1.0, 1e-12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/entity-groups/fairness", test_groups_fairness);
    g_test_add_func("/entity-groups/calibration", test_groups_calibration);
    g_test_add_func("/entity-groups/drift", test_groups_drift);
    g_test_add_func("/entity-groups/chi-square", test_groups_chi_square);
    return g_test_run();
}
