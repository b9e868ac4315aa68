/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What customers are like, who come one after another: their columns change with them, and no
 * change of the log, burst of missing cells or fault against a reference is told of that. */
#include <math.h>

#include "analysis-frame.h"
#include "change-points.h"
#include "clusters.h"
#include "data-bugs.h"
#include "design-effect.h"
#include "rng.h"

#define COLUMNS_CUSTOMERS 120u
#define COLUMNS_ROWS      50u
#define COLUMNS_NEAR      3u /* customers who are there at once */
#define COLUMNS_LOGS      16u
#define COLUMNS_CITIES    120u

/* what is planted in the rows of many customers */
typedef enum {
    COLUMNS_NOTHING,
    COLUMNS_BURST,  /* a column is missing for a tenth of the log */
    COLUMNS_CHANGE, /* from the middle on half of the values are another */
    COLUMNS_NEW,    /* a value in a tenth of the rows */
    COLUMNS_FAR,    /* a number far out in one row of 100 */
    COLUMNS_FILLED, /* one number in a fifth of the rows */
} ColumnsPlant;

static double
columns_normal(ErrataRng *rng)
{
    double radius = sqrt(-2.0 * log(1.0 - errata_rng_uniform(rng)));

    return radius * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

/* customers with an age, an income, a city and a plan of their own, and a share of cells that they
 * leave empty */
static ErrataFrame *
columns_customers(guint64 seed, ColumnsPlant plant)
{
    const guint n = COLUMNS_CUSTOMERS * COLUMNS_ROWS;
    g_autoptr(GString) table =
        g_string_new("id,customer,age,income,city,plan,gap,label,prediction\n");

    for (guint i = 0; i < n; i++) {
        ErrataRng row = errata_rng_init(seed, 3, i);
        guint at = i / COLUMNS_ROWS + (guint)errata_rng_below(&row, COLUMNS_NEAR);
        guint customer = at % COLUMNS_CUSTOMERS;
        ErrataRng own = errata_rng_init(seed, 1, customer);
        int age = (int)rint(45.0 + 12.0 * columns_normal(&own));
        double income = rint(30000.0 * exp(0.8 * columns_normal(&own)));
        guint city = (guint)(COLUMNS_CITIES * pow(errata_rng_uniform(&own), 2.0));
        guint plan = (guint)errata_rng_below(&own, 3);
        gboolean empty = errata_rng_uniform(&row) < pow(errata_rng_uniform(&own), 6.0);
        gboolean hit = errata_rng_uniform(&row) < 0.5;
        guint label = (guint)errata_rng_below(&row, 2);
        guint said = errata_rng_uniform(&row) < 0.2 ? 1 - label : label;
        double value = errata_rng_uniform(&row);

        empty = empty || (plant == COLUMNS_BURST && i >= n / 2 && i < n / 2 + n / 10);
        plan = plant == COLUMNS_CHANGE && hit && i >= n / 2 ? 3 : plan;
        city = plant == COLUMNS_NEW && i % 10 == 3 ? COLUMNS_CITIES : city;
        income = plant == COLUMNS_FAR && i % 100 == 7 ? 9e6 : income;
        age = plant == COLUMNS_FILLED && i % 5 == 0 ? -1 : age;
        g_string_append_printf(table,
                               "r%u,c%u,%d,%.0f,t%u,p%u,",
                               i,
                               customer,
                               age,
                               income,
                               city,
                               plan);
        if (!empty)
            g_string_append_printf(table, "%.1f", value);
        g_string_append_printf(table, ",%u,%u\n", label, said);
    }
    return schema_frame_new(table->str);
}

/* findings of a log, alone or against one of other customers */
static guint
columns_n_found(guint64 seed,
                ColumnsPlant plant,
                gboolean has_reference,
                const char *entity,
                const ErrataAnalyzer *analyzer)
{
    g_autoptr(AnalysisFrame) fixture = analysis_frame_of_entities(
        columns_customers(seed, plant),
        has_reference ? columns_customers(seed + 1000, COLUMNS_NOTHING) : NULL,
        entity);

    if (entity == NULL) /* as an input it is none whose values may be faults where it is known */
        fixture->schema->columns[1].role = ERRATA_ROLE_IGNORE;
    g_assert_true(analyzer->run(&fixture->analysis, NULL));
    return fixture->analysis.result->findings->len;
}

/* logs in which something is told where customers are known, and where rows are independent; then
 * each plant is */
static void
columns_hold(const ErrataAnalyzer *analyzer,
             gboolean has_reference,
             const ColumnsPlant *plants,
             guint n_plants)
{
    guint n_told = 0, n_alone = 0;

    for (guint64 seed = 0; seed < COLUMNS_LOGS; seed++) {
        n_told += columns_n_found(seed, COLUMNS_NOTHING, has_reference, "customer", analyzer) > 0;
        n_alone += columns_n_found(seed, COLUMNS_NOTHING, has_reference, NULL, analyzer) > 0;
    }
    g_test_message("told of %u of %u logs without a fault, of %u where rows are independent",
                   n_told,
                   COLUMNS_LOGS,
                   n_alone);
    g_assert_cmpuint(n_told, ==, 0);
    g_assert_cmpuint(n_alone, >, 1);
    for (guint p = 0; p < n_plants; p++)
        for (guint64 seed = 0; seed < 3; seed++)
            g_assert_cmpuint(columns_n_found(seed, plants[p], has_reference, "customer", analyzer),
                             >,
                             0);
}

static void
test_columns_changes(void)
{
    static const ColumnsPlant plants[] = {COLUMNS_CHANGE};

    g_test_summary("Customers who come and go change no column; a change in many of them does");
    columns_hold(&errata_analyzer_change_points, FALSE, plants, G_N_ELEMENTS(plants));
}

static void
test_columns_bursts(void)
{
    static const ColumnsPlant plants[] = {COLUMNS_BURST};

    g_test_summary("What a customer leaves out is no burst; what many lack for a while is");
    columns_hold(&errata_analyzer_data_bugs, FALSE, plants, G_N_ELEMENTS(plants));
}

static void
test_columns_reference(void)
{
    static const ColumnsPlant plants[] = {COLUMNS_NEW, COLUMNS_FAR, COLUMNS_FILLED};

    g_test_summary("Other customers' values are no fault; one that many of them have is");
    columns_hold(&errata_analyzer_data_bugs, TRUE, plants, G_N_ELEMENTS(plants));
}

/* customers whose predictions are off by as much as is their own; @planted: in one row of eight,
 * which are alike in four numbers, by eight times that */
static ErrataFrame *
columns_errors(guint64 seed, gboolean planted)
{
    g_autoptr(GString) table =
        g_string_new("id,customer,age,income,plan,a,b,c,d,label,prediction\n");

    for (guint i = 0; i < COLUMNS_CUSTOMERS * COLUMNS_ROWS; i++) {
        guint customer = i % COLUMNS_CUSTOMERS;
        ErrataRng row = errata_rng_init(seed, 2, i);
        ErrataRng own = errata_rng_init(seed, 1, customer);
        int age = (int)rint(45.0 + 12.0 * columns_normal(&own));
        double income = rint(30000.0 * exp(0.5 * columns_normal(&own)));
        guint plan = (guint)errata_rng_below(&own, 3);
        gboolean hit = planted && errata_rng_below(&row, 8) == 0;
        double off = exp((planted ? 0.3 : 0.9) * columns_normal(&own)) * (hit ? 8.0 : 1.0),
               said = 0.0;

        g_string_append_printf(table, "r%u,c%u,%d,%.0f,p%u,", i, customer, age, income, plan);
        for (guint k = 0; k < 4; k++) {
            double value = columns_normal(&row) * (hit ? 0.3 : 1.0) + (hit ? 2.0 : 0.0);

            said += k % 2 == 0 ? value : -value; /* which does not tell those rows */
            g_string_append_printf(table, "%.3f,", value);
        }
        g_string_append_printf(table, "%.3f,%.3f\n", said + off * columns_normal(&row), said);
    }
    return schema_frame_new(table->str);
}

static guint
columns_n_clusters(guint64 seed, gboolean planted, const char *entity)
{
    g_autoptr(AnalysisFrame) fixture =
        analysis_frame_of_entities(columns_errors(seed, planted), NULL, entity);

    fixture->schema->columns[1].role = ERRATA_ROLE_ENTITY;
    g_assert_true(errata_analyzer_clusters.run(&fixture->analysis, NULL));
    return fixture->analysis.result->findings->len;
}

static void
test_columns_clusters(void)
{
    guint n_told = 0, n_alone = 0, n_found = 0;

    g_test_summary("Rows alike in what a few bad customers are like are no cluster of errors");
    for (guint64 seed = 0; seed < COLUMNS_LOGS; seed++) {
        n_told += columns_n_clusters(seed, FALSE, "customer") > 0 ? 1 : 0;
        n_alone += columns_n_clusters(seed, FALSE, NULL) > 0 ? 1 : 0;
    }
    for (guint64 seed = 0; seed < 3; seed++)
        n_found += columns_n_clusters(seed, TRUE, "customer") > 0 ? 1 : 0;
    g_test_message("%u of %u logs have one, %u where rows are independent",
                   n_told,
                   COLUMNS_LOGS,
                   n_alone);
    g_assert_cmpuint(n_told, ==, 0);
    g_assert_cmpuint(n_alone, >, 1);
    g_assert_cmpuint(n_found, >=, 2);
}

static void
test_columns_difference(void)
{
    static const guint32 cluster[] = {0, 0, 1, 1, 2, 2, 3, 3};
    static const guint8 whole[] = {0, 0, 0, 0, 1, 1, 1, 1};
    static const guint8 within[] = {0, 1, 0, 1, 0, 1, 0, 1};
    static const guint8 single[] = {0, 0, 0, 0, 0, 0, 1, 1};
    static const double value[] = {1.0, 2.0, 3.0, 4.1, 2.0, 3.0, 5.0, 6.1};
    static const double twice[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0};
    double z[3];

    g_test_summary("A cluster that is on both sides says of the difference what it changed by");
    z[0] = errata_design_difference(cluster, 4, value, NULL, whole, NULL, 8);
    z[1] = errata_design_difference(cluster, 4, value, NULL, within, NULL, 8);
    z[2] = errata_design_difference(cluster, 4, value, twice, whole, NULL, 8);
    g_assert_cmpfloat(z[0], >, 0.0);
    g_assert_cmpfloat(z[0], <, 1.5);
    g_assert_cmpfloat(z[1], >, 3.0);
    g_assert_cmpfloat(z[2], >, z[0]);
    g_assert_cmpfloat_with_epsilon(
        errata_design_difference(cluster, 4, value, NULL, single, NULL, 8),
        0.0,
        1e-12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/entity-columns/difference", test_columns_difference);
    g_test_add_func("/entity-columns/changes", test_columns_changes);
    g_test_add_func("/entity-columns/bursts", test_columns_bursts);
    g_test_add_func("/entity-columns/reference", test_columns_reference);
    g_test_add_func("/entity-columns/clusters", test_columns_clusters);
    return g_test_run();
}
