/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "anomalies.h"
#include "clean.h"
#include "data-bugs.h"
#include "isolation-forest.h"
#include "rng.h"
#include "sentinel.h"
#include "tail-gap.h"
#include "tail.h"

#define ROWS 4000

static double
draw_normal(ErrataRng *rng)
{
    double u = 1.0 - errata_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

static void
test_sentinel_found(void)
{
    double values[1000];
    ErrataSentinel found[ERRATA_SENTINEL_MAX];
    ErrataRng rng = errata_rng_init(1, 2, 3);

    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        values[i] = i % 100 == 7 ? -999.0 : i % 125 == 3 ? 9999.0 : errata_rng_uniform(&rng) * 50.0;
    values[0] = (double)NAN;
    g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 2);
    g_assert_cmpfloat_with_epsilon(found[0].value, -999.0, 1e-9);
    g_assert_cmpuint(found[0].count, ==, 10);
    g_assert_cmpfloat_with_epsilon(found[1].value, 9999.0, 1e-9);
    g_assert_cmpuint(found[1].count, ==, 8);
    g_assert_cmpfloat(found[1].next, <, 50.0);
    g_assert_cmpfloat(found[1].lo, >=, 0.0);
}

static void
test_sentinel_near(void)
{
    double values[20000];
    ErrataSentinel found[ERRATA_SENTINEL_MAX];

    g_test_summary(
        "Rare codes near or amid the values: −1 below ages, 9999 amid incomes; charm prices, "
        "scales from −1 on and rounded values have none");
    for (guint seed = 0; seed < 20; seed++) {
        ErrataRng rng = errata_rng_init(seed, 5, 1);

        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = i % 200 == 7 ? -1.0 : 18.0 + (double)errata_rng_below(&rng, 72);
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 1);
        g_assert_cmpfloat_with_epsilon(found[0].value, -1.0, 1e-9);
        g_assert_cmpuint(found[0].count, ==, 100);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++) /* steps that a sample does not show */
            values[i] = i % 400 == 7 ? -1.0 : (double)errata_rng_below(&rng, 2000) / 10.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 1);
        g_assert_cmpfloat_with_epsilon(found[0].value, -1.0, 1e-9);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = i % 399 == 7 ? 9999.0
                                     : floor(100.0 * exp(10.0 + 0.7 * draw_normal(&rng))) / 100.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 1);
        g_assert_cmpfloat_with_epsilon(found[0].value, 9999.0, 1e-9);
        g_assert_cmpuint(found[0].count, ==, 51);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++) /* few amounts are as near to 0 */
            values[i] = i % 49 == 7 ? -1.0 : round(100.0 * exp(7.0 + draw_normal(&rng))) / 100.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 1);
        g_assert_cmpfloat_with_epsilon(found[0].value, -1.0, 1e-9);
        g_assert_cmpuint(found[0].count, ==, 409);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++) /* cut off at either end */
            values[i] = fmin(fmax(0.7 * draw_normal(&rng), -1.0), 1.0);
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = fmin(exp(5.0 + draw_normal(&rng)), 999.0);
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = (double)errata_rng_below(&rng, 12) - 1.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = 100.0 * (1.0 + floor(1200.0 * errata_rng_uniform(&rng) *
                                             errata_rng_uniform(&rng))) -
                        1.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = round(20.0 * draw_normal(&rng)) / 20.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
    }
}

/* whole numbers: @kind tells what they are, and @code comes amid them */
static guint
sentinel_find_whole(guint kind, double code, guint every, guint64 seed, ErrataSentinel *found)
{
    g_autofree double *values = g_new(double, 20000);
    ErrataRng rng = errata_rng_init(seed, 5, kind);

    for (guint i = 0; i < 20000; i++) {
        double x = floor(fabs(6.0 * draw_normal(&rng)));

        if (kind == 1)
            x = (double)errata_rng_below(&rng, 100);
        if (kind == 2)
            x = 1.0 + (double)errata_rng_below(&rng, 7);
        if (kind == 3)
            x = round(12.0 + 4.0 * draw_normal(&rng));
        values[i] = every > 0 && i % every == 3 ? code : x;
    }
    return errata_sentinel_find(values, 20000, found);
}

static void
test_sentinel_whole(void)
{
    static const struct {
        guint kind;
        double code;
        guint every;
    } plants[] = {{1, -1.0, 100},
                  {1, -1.0, 1000},
                  {1, -9.0, 100},
                  {0, -1.0, 200},
                  {2, -1.0, 300},
                  {2, -9.0, 100},
                  {2, 99.0, 300}};
    ErrataSentinel found[ERRATA_SENTINEL_MAX];

    g_test_summary(
        "−1 below whole numbers from 0 on is a code, −9 and 99 beside marks are; the tail of "
        "what falls below 0, and natural ends, are none");
    for (guint64 seed = 0; seed < 20; seed++) {
        for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
            g_assert_cmpuint(
                sentinel_find_whole(plants[i].kind, plants[i].code, plants[i].every, seed, found),
                ==,
                1);
            g_assert_cmpfloat_with_epsilon(found[0].value, plants[i].code, 1e-9);
        }
        for (guint kind = 0; kind < 4; kind++)
            g_assert_cmpuint(sentinel_find_whole(kind, 0.0, 0, seed, found), ==, 0);
    }
}

static void
test_sentinel_not(void)
{
    double values[2000];
    ErrataSentinel found[ERRATA_SENTINEL_MAX];

    g_test_summary("No code: entities with heavy tails, clipped values, flags, ratings");
    for (guint seed = 0; seed < 50; seed++) {
        ErrataRng rng = errata_rng_init(seed, 2, 3);
        double entity[100];

        for (guint i = 0; i < G_N_ELEMENTS(entity); i++)
            entity[i] = pow(1.0 - errata_rng_uniform(&rng), -1.0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = entity[i % G_N_ELEMENTS(entity)];
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = MIN(pow(1.0 - errata_rng_uniform(&rng), -1.0), 40.0);
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = errata_rng_uniform(&rng) < 0.005 ? 1.0 : 0.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(values); i++)
            values[i] = (double)(1 + errata_rng_below(&rng, 5)) * 10.0;
        g_assert_cmpuint(errata_sentinel_find(values, G_N_ELEMENTS(values), found), ==, 0);
    }
}

static int
compare_cb(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void
test_tail_fit(void)
{
    g_autofree double *values = g_new(double, 20000);
    ErrataRng rng = errata_rng_init(5, 2, 3);
    ErrataTail tail;

    g_test_summary("Shape and survival of laws that are known");
    for (guint i = 0; i < 20000; i++)
        values[i] = 2.0 - 3.0 * log(1.0 - errata_rng_uniform(&rng));
    qsort(values, 20000, sizeof(double), compare_cb);
    g_assert_true(errata_tail_fit(values, 20000, 2.0, &tail));
    g_assert_cmpfloat(tail.shape, <, 0.06);
    g_assert_cmpfloat(fabs(errata_tail_survival(&tail, 2.0 + 3.0 * log(2.0)) - 0.5), <, 0.02);
    g_assert_cmpfloat(errata_tail_survival(&tail, 2.0 + 3.0 * log(1e6)), >, 1e-6);
    g_assert_cmpfloat(errata_tail_survival(&tail, 2.0 + 3.0 * log(1e6)), <, 2e-5);
    for (guint i = 0; i < 20000; i++)
        values[i] = pow(1.0 - errata_rng_uniform(&rng), -1.0); /* Pareto: ξ = 1, σ = 1 */
    qsort(values, 20000, sizeof(double), compare_cb);
    g_assert_true(errata_tail_fit(values, 20000, 1.0, &tail));
    g_assert_cmpfloat(fabs(tail.shape - 1.0), <, 0.08);
    g_assert_cmpfloat(fabs(errata_tail_survival(&tail, 101.0) - 1.0 / 101.0), <, 0.003);
    g_assert_false(errata_tail_fit(values, 49, 1.0, &tail));
}

typedef enum {
    LAW_EXPONENTIAL,
    LAW_CUBE, /* of a normal: heavier */
    LAW_LOGNORMAL,
    LAW_WIDE,      /* lognormal, σ = 2 */
    LAW_PARETO_15, /* α = 1.5 */
    LAW_PARETO_2,
    LAW_PARETO_3,
    LAW_T3,
    LAW_CAUCHY,
    LAW_COUNTS,
    LAW_PRICES, /* three digits: a coarser lattice from each power of ten on */
    LAW_ENTITIES,
    LAW_MIXED, /* 1 % of it ten times as wide */
    LAW_MIXED_FEW,
    N_LAWS
} Law;

static double
draw_law(Law law, ErrataRng *rng, guint row)
{
    double u = 1.0 - errata_rng_uniform(rng), z = draw_normal(rng);

    switch (law) {
    case LAW_EXPONENTIAL:
        return -log(u);
    case LAW_CUBE:
        return pow(MAX(1.0 + 0.35 * z, 0.02), 3.0);
    case LAW_LOGNORMAL:
        return exp(z);
    case LAW_WIDE:
        return exp(2.0 * z);
    case LAW_PARETO_15:
        return pow(u, -1.0 / 1.5);
    case LAW_PARETO_2:
        return pow(u, -1.0 / 2.0);
    case LAW_PARETO_3:
        return pow(u, -1.0 / 3.0);
    case LAW_T3:
        return z / sqrt((pow(draw_normal(rng), 2.0) + pow(draw_normal(rng), 2.0) +
                         pow(draw_normal(rng), 2.0)) /
                        3.0);
    case LAW_CAUCHY:
        return tan(G_PI * (u - 0.5));
    case LAW_COUNTS:
        return floor(-6.0 * log(u));
    case LAW_PRICES: {
        double value = pow(u, -1.0 / 2.0), step = pow(10.0, floor(log10(value)) - 2.0);

        return step * round(value / step);
    }
    case LAW_ENTITIES: {
        ErrataRng entity = errata_rng_init(row % 60, 9, 9);

        return pow(1.0 - errata_rng_uniform(&entity), -1.0);
    }
    case LAW_MIXED:
        return z * (u < 0.01 ? 10.0 : 1.0);
    case LAW_MIXED_FEW:
    case N_LAWS:
        break;
    }
    return z * (u < 0.002 ? 5.0 : 1.0);
}

/* where the gap of a sample is, of which @n_planted lie evenly between 14 and 30 deviations of its
 * rest */
static double
draw_gap(Law law, guint64 seed, gsize n, gsize n_planted, double *ret_end, double *ret_p)
{
    ErrataRng rng = errata_rng_init(seed, law, 12);
    g_autofree double *value = g_new(double, n + n_planted);
    double mean = 0.0, spread = 0.0, cut, median;
    gsize n_tail = 0;

    for (gsize i = 0; i < n; i++) {
        double delta;

        value[i] = draw_law(law, &rng, (guint)i);
        delta = value[i] - mean;
        mean += delta / (double)(i + 1);
        spread += delta * (value[i] - mean);
    }
    qsort(value, n, sizeof(double), compare_cb);
    *ret_end = value[n - 1];
    spread = sqrt(spread / (double)n);
    for (gsize i = 0; i < n_planted; i++)
        value[n + i] = mean + spread * (14.0 + 16.0 * errata_rng_uniform(&rng));
    qsort(value, n + n_planted, sizeof(double), compare_cb);
    n += n_planted;
    median = value[n / 2];
    cut = value[n - n / 20];
    for (gsize i = 0; i < n; i++)
        if (value[i] > cut)
            value[n_tail++] = value[i];
    return errata_tail_gap(value, n_tail, median, n, 2.0, ret_p);
}

static void
test_tail_gap_none(void)
{
    g_test_summary("No gap in tails of any weight, on lattices, of entities, of mixtures");
    for (guint law = 0; law < N_LAWS; law++)
        for (guint64 seed = 0; seed < 6; seed++) {
            double end, p;

            g_test_message("law %u seed %u", law, (guint)seed);
            g_assert_true(isinf(draw_gap(law, seed, seed % 2 == 0 ? 2000 : 10000, 0, &end, &p)));
            g_assert_cmpfloat_with_epsilon(p, 1.0, 1e-12);
        }
}

static void
test_tail_gap_found(void)
{
    static const Law laws[] = {LAW_EXPONENTIAL, LAW_CUBE};

    g_test_summary(
        "Values spread evenly beyond the largest natural one are told, and nothing else");
    for (guint k = 0; k < G_N_ELEMENTS(laws); k++)
        for (guint64 seed = 0; seed < 4; seed++) {
            double end, p, from = draw_gap(laws[k], seed, 20000, 40, &end, &p);

            g_test_message("law %u seed %u", laws[k], (guint)seed);
            g_assert_true(isfinite(from));
            g_assert_cmpfloat(from, >, end);
            g_assert_cmpfloat(p, <=, 0.01);
        }
}

static void
test_forest(void)
{
    g_autofree double *values = g_new(double, 2 * 1000);
    ErrataRng rng = errata_rng_init(7, 2, 3);
    g_autoptr(ErrataIsolationForest) forest = NULL;
    g_autofree double *oddness = g_new(double, 1000);

    for (guint i = 0; i < 2000; i++)
        values[i] = draw_normal(&rng);
    forest = errata_isolation_forest_new(values, 1000, 2, 1);
    errata_isolation_forest_score(forest,
                                  (const double[]){0.0, 0.0, 6.0, 6.0, (double)NAN, 0.0},
                                  3,
                                  oddness);
    g_assert_cmpfloat(oddness[0], <, 0.5);
    g_assert_cmpfloat(oddness[1], >, 0.7);
    g_assert_cmpfloat(oddness[2], <, 0.8);
    /* a row is as odd among others as by itself */
    errata_isolation_forest_score(forest, values, 1000, oddness);
    for (guint i = 0; i < 1000; i += 37) {
        double alone;

        errata_isolation_forest_score(forest, values + 2 * i, 1, &alone);
        g_assert_cmpfloat_with_epsilon(alone, oddness[i], 1e-15);
    }
}

typedef enum {
    TABLE_NOTHING,
    TABLE_REPEATED,
    TABLE_EXTREME,
    TABLE_SPREAD,
    TABLE_ENTITY,
    TABLE_CLIPPED,
    TABLE_LATTICE,
    TABLE_MIXED,
    TABLE_TAILS,
} TableKind;

/* a classifier's log: four numbers, correlated, some heavy-tailed */
static ErrataFrame *
made_table(TableKind kind, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,a,b,c,d,prediction,label\n");

    for (guint i = 0; i < ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 9, kind == TABLE_ENTITY ? i % 40 : i);
        ErrataRng own = errata_rng_init(seed, 10, i);
        double z = draw_normal(&rng);
        double v[4] = {z + 0.3 * draw_normal(&rng),
                       z + 0.3 * draw_normal(&rng),
                       exp(draw_normal(&rng)),
                       pow(1.0 - errata_rng_uniform(&rng), -0.5)};
        guint label = (guint)errata_rng_below(&own, 2);

        if (kind == TABLE_LATTICE)
            for (guint k = 0; k < 4; k++)
                v[k] = round(3.0 * z + 0.5 * (double)k * draw_normal(&rng));
        if (kind == TABLE_CLIPPED)
            for (guint k = 0; k < 4; k++)
                v[k] = fmax(-2.3, fmin(z + 0.1 * draw_normal(&rng), 2.3));
        for (guint k = 0; kind == TABLE_TAILS && k < 4; k++) /* coarse, and far out together */
            v[k] = round((20.0 + 30.0 * k) * exp(-fabs(2.0 * z + 0.2 * draw_normal(&rng))));
        for (guint k = 0; kind == TABLE_MIXED && k < 4; k++) /* the wider part makes 1 … 8 % */
            v[k] = draw_normal(&rng) *
                   (errata_rng_uniform(&rng) < 0.01 * (double)(1U << k) ? 4.0 + 2.0 * k : 1.0);
        if (kind == TABLE_REPEATED && i % 150 == 60) {
            v[0] = 2.917;
            v[1] = -2.844;
            v[2] = 14.25;
        }
        if (kind == TABLE_EXTREME && i % 400 == 70)
            v[0] = 300.0 + 200.0 * errata_rng_uniform(&own);
        if (kind == TABLE_SPREAD && i % 200 == 70)
            v[2] = 60.0 + 70.0 * errata_rng_uniform(&own);
        g_string_append_printf(table,
                               "r%u,%.3f,%.3f,%.3f,%.3f,%u,%u\n",
                               i,
                               v[0],
                               v[1],
                               v[2],
                               v[3],
                               label,
                               errata_rng_uniform(&own) < 0.1 ? 1 - label : label);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
anomalies_run(TableKind kind, guint64 seed)
{
    AnalysisFrame *fixture = analysis_frame_new(made_table(kind, seed), NULL);

    g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_anomalies_nothing(void)
{
    static const TableKind kinds[] =
        {TABLE_NOTHING, TABLE_ENTITY, TABLE_CLIPPED, TABLE_LATTICE, TABLE_MIXED, TABLE_TAILS};

    g_test_summary(
        "Heavy tails, entities, clipped and coarse columns, common tails, contaminated normals: "
        "nothing to report");
    for (guint k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (guint64 seed = 0; seed < 15; seed++) {
            g_autoptr(AnalysisFrame) fixture = anomalies_run(kinds[k], seed);

            g_test_message("kind %u seed %u", kinds[k], (guint)seed);
            for (guint i = 0; i < fixture->analysis.result->findings->len; i++)
                g_test_message(
                    "%s",
                    ((ErrataFinding *)g_ptr_array_index(fixture->analysis.result->findings, i))
                        ->title);
            g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 0);
        }
}

static void
test_anomalies_repeated(void)
{
    g_autoptr(AnalysisFrame) fixture = anomalies_run(TABLE_REPEATED, 1);
    const GPtrArray *findings = fixture->analysis.result->findings;
    const ErrataFinding *finding;

    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_ANOMALY);
    g_assert_cmpstr(errata_finding_note(finding, "anomaly"), ==, "repeated");
    g_assert_cmpuint(g_strv_length(finding->subject.columns), ==, 3);
    g_assert_cmpuint(finding->n_rows, ==, 27);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpuint(finding->row[0] % 150, ==, 60);
    g_assert_cmpuint(fixture->analysis.set_aside[finding->row[0]], ==, 1);
    g_assert_nonnull(errata_finding_evidence(finding, "rate_in"));
}

static void
test_anomalies_counted(void)
{
    g_autoptr(AnalysisFrame) fixture = analysis_frame_new(made_table(TABLE_REPEATED, 1), NULL);
    const ErrataFinding *finding;

    g_test_summary("Rows of a repeated record that are copies of others are counted with it");
    for (guint i = 60; i < ROWS / 2; i += 450)
        fixture->outcome->duplicate[i] = 1;
    g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
    g_assert_cmpuint(finding->n_rows, ==, 27);
}

static void
test_anomalies_extreme(void)
{
    g_autoptr(AnalysisFrame) fixture = anomalies_run(TABLE_EXTREME, 1);
    const GPtrArray *findings = fixture->analysis.result->findings;
    const ErrataFinding *finding;

    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_assert_cmpstr(errata_finding_note(finding, "anomaly"), ==, "tail");
    g_assert_cmpstr(finding->subject.columns[0], ==, "a");
    g_assert_cmpuint(finding->n_rows, ==, 10);
    g_assert_cmpfloat(finding->row_score[0], >=, finding->row_score[9]);
}

/* whole numbers from 0 to 21, and 250 in 12 of 12,000 rows; counts of two kinds that reach far by
 * nature */
static void
test_anomalies_beyond_all(void)
{
    for (guint64 seed = 1; seed < 6; seed++) {
        g_autoptr(GString) table = g_string_new("x,age,count,rare,prediction,label\n");
        g_autoptr(AnalysisFrame) fixture = NULL;
        const GPtrArray *findings;
        const ErrataFinding *finding;
        ErrataRng rng = errata_rng_init(seed, 7, 1);

        for (guint i = 0; i < 12000; i++) {
            double tail = floor(pow(errata_rng_uniform(&rng), -0.7));
            guint rare = errata_rng_uniform(&rng) < 0.003 ? (guint)errata_rng_below(&rng, 60) : 0;

            g_string_append_printf(table,
                                   "%.6f,%u,%.0f,%u,%u,%u\n",
                                   errata_rng_uniform(&rng),
                                   i % 1000 == 70 ? 250 : (guint)errata_rng_below(&rng, 22),
                                   tail,
                                   rare + (guint)errata_rng_below(&rng, 3),
                                   i % 2,
                                   (guint)errata_rng_below(&rng, 2));
        }
        fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
        g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
        findings = fixture->analysis.result->findings;
        g_assert_cmpuint(findings->len, ==, 1);
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpstr(errata_finding_note(finding, "anomaly"), ==, "tail");
        g_assert_cmpstr(finding->subject.columns[0], ==, "age");
        g_assert_cmpuint(finding->n_rows, ==, 12);
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
    }
}

static void
test_anomalies_spread(void)
{
    g_test_summary("Values that a heavy law reaches, spread evenly behind a gap");
    for (guint64 seed = 1; seed < 4; seed++) {
        g_autoptr(AnalysisFrame) fixture = anomalies_run(TABLE_SPREAD, seed);
        const GPtrArray *findings = fixture->analysis.result->findings;
        const ErrataFinding *finding;

        g_assert_cmpuint(findings->len, ==, 1);
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpstr(errata_finding_note(finding, "anomaly"), ==, "tail");
        g_assert_cmpstr(finding->subject.columns[0], ==, "c");
        g_assert_null(errata_finding_evidence(finding, "usual_lo")); /* c ends at 0 */
        g_assert_cmpuint(finding->n_rows, >=, 18);
        g_assert_cmpuint(finding->n_rows, <=, 21);
    }
}

static void
test_clean(void)
{
    g_autoptr(GString) table = g_string_new("x,y,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    const ErrataFinding *finding;

    for (guint i = 0; i < 500; i++)
        g_string_append_printf(table,
                               "%d,%u,%u,1\n",
                               i % 50 == 9 ? -999 : (int)(i % 90),
                               i * i % 499,
                               i % 2);
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    clean = errata_clean_new(fixture->frame, fixture->schema, NULL);
    g_assert_cmpuint(clean->codes->len, ==, 1);
    g_assert_cmpuint(clean->frame->columns[0]->n_missing, ==, 10);
    g_assert_true(isnan(errata_column_number(clean->frame->columns[0], 9)));
    g_assert_cmpfloat_with_epsilon(errata_column_number(clean->raw->columns[0], 9), -999.0, 1e-9);
    g_assert_true(clean->frame->columns[1] == clean->raw->columns[1]);
    fixture->analysis.frame = clean->frame;
    fixture->analysis.clean = clean;
    g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
    g_assert_cmpuint(finding->n_rows, ==, 10);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "value")->value, -999.0, 1e-9);
}

/* which cells that read as missing were infinite nobody knows: their finding has no rows */
static void
test_codes_infinite(void)
{
    g_autoptr(GString) table = g_string_new("age,x,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    gboolean code = FALSE;
    g_test_summary("A column with a code, infinite cells and blanks is told of, and harms nothing");
    for (guint i = 0; i < 3000; i++) {
        if (i % 33 == 5 || i % 50 == 7 || i % 31 == 11)
            g_string_append(table, i % 33 == 5 ? "-1" : i % 50 == 7 ? "inf" : "");
        else
            g_string_append_printf(table, "%u", 18 + i * 31 % 60);
        g_string_append_printf(table, ",%u,%u,1\n", i * i % 499, i % 4 != 0 ? 1U : 0U);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    clean = errata_clean_new(fixture->frame, fixture->schema, NULL);
    fixture->analysis.frame = clean->frame;
    fixture->analysis.clean = clean;
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
    for (guint i = 0; i < fixture->analysis.result->findings->len; i++)
        code |= strstr(((ErrataFinding *)fixture->analysis.result->findings->pdata[i])->title,
                       "age is −1 in ") != NULL;
    g_assert_true(code);
}

/* y is −999 in rows 400 to 599: in those of city B, or in three of four; x is so now and then */
static ErrataFrame *
made_codes(gboolean group)
{
    g_autoptr(GString) table = g_string_new("ts,x,y,city,prediction,label\n");

    for (guint i = 0; i < 2000; i++) {
        gboolean inside = i >= 400 && i < 600;
        guint city = i * 7 % 5 % 3;

        g_string_append_printf(table,
                               "%u,%d,%d,%c,%u,1\n",
                               1700000000 + 60 * i,
                               i % 50 == 9 ? -999 : (int)(i * 31 % 90),
                               inside && (group ? city == 1 : i % 4 != 0) ? -999
                                                                          : (int)(i * 17 % 83),
                               "ABC"[city],
                               i % 10 != 0 && !inside ? 1U : 0U);
    }
    return schema_frame_new(table->str);
}

static void
test_codes_window(void)
{
    g_test_summary(
        "A code that comes in some window has its dates and its group, and is set aside; one that comes "
        "now and then is not");
    for (guint group = 0; group < 2; group++) {
        g_autoptr(AnalysisFrame) fixture = analysis_frame_new(made_codes(group != 0), NULL);
        g_autoptr(ErrataClean) clean = errata_clean_new(fixture->frame, fixture->schema, NULL);
        const ErrataFinding *finding;

        fixture->analysis.frame = clean->frame;
        fixture->analysis.clean = clean;
        g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
        g_assert_cmpuint(fixture->analysis.result->findings->len, >=, 2);
        finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
        g_assert_cmpstr(finding->subject.columns[0], ==, "x");
        g_assert_false(finding->subject.has_time);
        g_assert_null(errata_finding_note(finding, "window"));
        finding = g_ptr_array_index(fixture->analysis.result->findings, 1);
        g_assert_cmpstr(finding->subject.columns[0], ==, "y");
        g_assert_cmpint(finding->subject.from / 1000000000, <=, 1700000000 + 60 * 405);
        g_assert_cmpint(finding->subject.to / 1000000000, >=, 1700000000 + 60 * 594);
        g_assert_nonnull(strstr(finding->title,
                                group != 0 ? "y is −999 in all rows where city is B between "
                                           : "y is −999 in 150 rows between "));
        g_assert_cmpuint(fixture->analysis.set_aside[finding->row[0]], ==, 1);
        g_assert_cmpuint(fixture->analysis.set_aside[9], ==, 0);
        g_assert_nonnull(errata_finding_evidence(finding, "rate_in"));
        g_assert_cmpint(errata_finding_evidence(finding, "group") != NULL, ==, group);
    }
}

typedef enum {
    OUTPUT_SOUND,
    OUTPUT_STUCK,
    OUTPUT_FLIPPED,
    OUTPUT_CLIPPED,
    OUTPUT_JOINT,
    OUTPUT_CONSTANT,
} OutputKind;

/* scores from two numbers that go together; some rows are spoilt */
static ErrataFrame *
made_outputs(OutputKind kind, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,a,b,c,d,label,score\n");

    for (guint i = 0; i < 4 * ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 11, i);
        double a = draw_normal(&rng), b = 0.98 * a + 0.2 * draw_normal(&rng);
        double c = errata_rng_uniform(&rng), d = errata_rng_uniform(&rng);
        double m = 5.0 * c - 3.0 * d - 1.0 + 0.2 * draw_normal(&rng);
        double s = 1.0 / (1.0 + exp(-m));
        gboolean y = errata_rng_uniform(&rng) < s, odd = i % 100 == 7;

        if (kind == OUTPUT_STUCK && i >= 900 && i < 930)
            s = 0.25;
        if (kind == OUTPUT_FLIPPED && odd && fabs(m) > 2.0)
            s = 1.0 - s;
        if (kind == OUTPUT_CLIPPED && s > 0.9)
            s = 0.999, y = errata_rng_uniform(&rng) < 0.85;
        if (kind == OUTPUT_CLIPPED && seed == 1 && s < 0.03)
            s = 0.001, y = FALSE; /* clipped as well, without harm */
        s = kind == OUTPUT_CONSTANT ? 0.7 : s;
        if (kind == OUTPUT_JOINT && i % 160 == 7 && fabs(a) > 1.0 && fabs(a) < 2.0)
            b = -b;
        g_string_append_printf(table,
                               "r%u,%.4f,%.4f,%.3f,%.3f,%u,%.6f\n",
                               i,
                               a,
                               b,
                               c,
                               d,
                               y ? 1U : 0U,
                               s);
    }
    return schema_frame_new(table->str);
}

static void
test_anomalies_outputs(void)
{
    static const char *const kinds[] = {NULL, "stuck", "unlike", "certain", "joint"};
    static const ErrataSeverity severities[] = {ERRATA_SEVERITY_INFO,
                                                ERRATA_SEVERITY_MEDIUM,
                                                ERRATA_SEVERITY_LOW,
                                                ERRATA_SEVERITY_INFO,
                                                ERRATA_SEVERITY_LOW};

    g_test_summary(
        "Stuck, flipped and clipped scores; rows odd only as a whole; nothing on sound ones");
    for (guint k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (guint64 seed = 0; seed < (k == 0 ? 8 : 2); seed++) {
            g_autoptr(AnalysisFrame) fixture = analysis_frame_new(made_outputs((OutputKind)k, seed),
                                                                  NULL);
            const GPtrArray *findings = fixture->analysis.result->findings;

            g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
            g_assert_cmpuint(findings->len, ==, k == 0 ? 0 : 1);
            if (k == 0)
                continue;
            const ErrataFinding *finding = g_ptr_array_index(findings, 0);
            g_test_message("%s", finding->title);
            g_assert_cmpstr(errata_finding_note(finding, "anomaly"), ==, kinds[k]);
            g_assert_cmpint(finding->severity, ==, severities[k]);
            if (k == OUTPUT_STUCK)
                g_assert_cmpuint(finding->n_rows, ==, 30);
            if (k == OUTPUT_CLIPPED)
                g_assert_cmpint(strstr(finding->title, "0.999 and at 0.001, ") != NULL, ==, seed);
            guint n_right = 0;
            for (gsize i = 0; i < finding->n_rows; i++)
                n_right += finding->row[i] % 20 == 7 ? 1 : 0;
            if (k == OUTPUT_FLIPPED || k == OUTPUT_JOINT)
                g_assert_cmpuint(n_right + 2, >=, finding->n_rows);
        }
}

static void
test_anomalies_constant(void)
{
    g_autoptr(AnalysisFrame) fixture = analysis_frame_new(made_outputs(OUTPUT_CONSTANT, 0), NULL);

    g_assert_true(errata_analyzer_anomalies.run(&fixture->analysis, NULL));
    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sentinel/found", test_sentinel_found);
    g_test_add_func("/sentinel/near", test_sentinel_near);
    g_test_add_func("/sentinel/not", test_sentinel_not);
    g_test_add_func("/sentinel/whole", test_sentinel_whole);
    g_test_add_func("/tail/fit", test_tail_fit);
    g_test_add_func("/tail-gap/none", test_tail_gap_none);
    g_test_add_func("/tail-gap/found", test_tail_gap_found);
    g_test_add_func("/isolation-forest/score", test_forest);
    g_test_add_func("/clean/codes", test_clean);
    g_test_add_func("/anomalies/codes", test_codes_window);
    g_test_add_func("/anomalies/codes-infinite", test_codes_infinite);
    g_test_add_func("/anomalies/nothing", test_anomalies_nothing);
    g_test_add_func("/anomalies/repeated", test_anomalies_repeated);
    g_test_add_func("/anomalies/counted", test_anomalies_counted);
    g_test_add_func("/anomalies/extreme", test_anomalies_extreme);
    g_test_add_func("/anomalies/beyond-all", test_anomalies_beyond_all);
    g_test_add_func("/anomalies/spread", test_anomalies_spread);
    g_test_add_func("/anomalies/outputs", test_anomalies_outputs);
    g_test_add_func("/anomalies/constant", test_anomalies_constant);
    return g_test_run();
}
