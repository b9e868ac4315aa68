/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "precision.h"
#include "rng.h"
#include "unit-factor.h"

#define CYCLE_ROWS    12000
#define CYCLE_SECONDS 180 /* from row to row: 480 are a day */

typedef enum {
    CYCLE_SINE,     /* of a day */
    CYCLE_WEATHER,  /* and rows that follow those before them */
    CYCLE_WEEK,     /* quiet on two days of seven */
    CYCLE_WALK,     /* and a random walk */
    CYCLE_SEASON,   /* no day: a lognormal whose level changes by the month */
    CYCLE_ADDITIVE, /* no day, no season: normal */
    CYCLE_WIND,     /* no day: rows that follow those before them, and noise */
    CYCLE_PRICE,    /* no day: a random walk of the logarithm */
    N_CYCLE_KINDS,
} CycleKind;

typedef struct {
    CycleKind kind;
    ErrataUnitFactor change;
    guint from;
    guint to;
} CyclePlant;

static double
cycle_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

/* the next value without any fault */
static double
cycle_next(CycleKind kind, ErrataRng *rng, guint i, double *state)
{
    double noise = cycle_normal(rng);
    double day = sin(2.0 * G_PI * i / 480.0);

    switch (kind) {
    case CYCLE_WEATHER:
        *state = 0.98 * *state + 0.4 * noise;
        return 18.0 + 6.0 * day + *state;
    case CYCLE_WEEK:
        return (i / 480 % 7 < 5 ? 40.0 + 15.0 * day : 30.0 + 5.0 * day) + 2.0 * noise;
    case CYCLE_WALK:
        *state += 0.1 * noise;
        return 50.0 + 6.0 * day + *state;
    case CYCLE_WIND:
        *state = 0.995 * *state + 0.1 * cycle_normal(rng);
        return 8.0 * exp(0.3 * *state) + 0.3 * noise;
    case CYCLE_PRICE:
        *state += 0.003 * noise;
        return 40.0 * exp(*state);
    case CYCLE_SEASON:
        return exp(4.0 + 0.4 * sin(2.0 * G_PI * i / CYCLE_ROWS) + 0.5 * noise);
    case CYCLE_ADDITIVE:
        return 20.0 + 3.0 * noise;
    case CYCLE_SINE:
    case N_CYCLE_KINDS:
        break;
    }
    return 15.0 + 7.0 * day + 1.2 * noise;
}

/* the analysis of such a column, of which some rows came changed */
static AnalysisFrame *
cycle_run(const CyclePlant *plant, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 11, plant->kind);
    double state = 0.0;
    AnalysisFrame *fixture;

    for (guint i = 0; i < CYCLE_ROWS; i++) {
        double x = cycle_next(plant->kind, &rng, i, &state);
        guint label = (guint)errata_rng_below(&rng, 2);
        guint wrong = errata_rng_uniform(&rng) < 0.1;

        if (i >= plant->from && i < plant->to)
            x = plant->change.scale * x + plant->change.offset;
        g_string_append_printf(table,
                               "r%u,%u,%.2f,%u,%u\n",
                               i,
                               1700000000 + CYCLE_SECONDS * i,
                               x,
                               wrong ? 1 - label : label,
                               label);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static guint
cycle_count(const AnalysisFrame *fixture, const ErrataFinding **ret_last)
{
    const GPtrArray *findings = fixture->analysis.result->findings;
    guint n = 0;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strcmp(finding->subject.bug, "unit-change") != 0)
            continue;
        g_test_message("%s", finding->title);
        *ret_last = finding;
        n++;
    }
    return n;
}

static void
test_unit_cycle_found(void)
{
    static const CyclePlant plants[] = {
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 1.8, 32.0, 0.0}, 4000, 5000},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 1.8, 32.0, 0.0}, 6100, 7600},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 0.3048, 0.0, 0.0}, 5200, 6700},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 1.943844, 0.0, 0.0}, 3111, 4444},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 3.6, 0.0, 0.0}, 7000, 7200},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 1.0, 273.15, 0.0}, 8000, 9500},
        {CYCLE_WEATHER, {ERRATA_UNIT_LINEAR, 1.8, 32.0, 0.0}, 2400, 4000},
        {CYCLE_WEATHER, {ERRATA_UNIT_LINEAR, 0.3048, 0.0, 0.0}, 2400, 4000},
        {CYCLE_SEASON, {ERRATA_UNIT_LINEAR, 3.6, 0.0, 0.0}, 7200, 7900},
        {CYCLE_ADDITIVE, {ERRATA_UNIT_LINEAR, 1.0, 273.15, 0.0}, 3000, 3700},
        {CYCLE_ADDITIVE, {ERRATA_UNIT_LINEAR, 1.0 / 18.0182, 0.0, 0.0}, 3000, 3700},
        {CYCLE_ADDITIVE, {ERRATA_UNIT_LINEAR, 1.0 / 3.785412, 0.0, 0.0}, 3000, 3700},
        {CYCLE_WEEK, {ERRATA_UNIT_LINEAR, 100.0, 0.0, 0.0}, 5000, 5727},
        {CYCLE_WEEK, {ERRATA_UNIT_LINEAR, 2.54, 0.0, 0.0}, 5111, 6400},
        {CYCLE_WEEK, {ERRATA_UNIT_LINEAR, 0.45359237, 0.0, 0.0}, 6700, 7600},
        {CYCLE_WIND, {ERRATA_UNIT_LINEAR, 0.3048, 0.0, 0.0}, 4100, 5900},
        {CYCLE_WIND, {ERRATA_UNIT_LINEAR, 10.0, 0.0, 0.0}, 4100, 5900},
    };

    g_test_summary(
        "A window in another unit of a column that follows the hour of the day or the season is told "
        "alone, with its ends, and the rows around it are as usual");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
        g_autoptr(AnalysisFrame) fixture = cycle_run(&plants[i], 70 + i);
        const ErrataFinding *finding = NULL;
        guint n = cycle_count(fixture, &finding);

        g_test_message("plant %u: rows %u to %u", i, plants[i].from, plants[i].to - 1);
        g_assert_cmpuint(n, ==, 1);
        if (finding == NULL)
            return;
        if (fabs(plants[i].change.scale - 1.0) > 0.0)
            g_assert_cmpfloat_with_epsilon(finding->subject.factor / plants[i].change.scale,
                                           1.0,
                                           1e-5);
        else
            g_assert_nonnull(strstr(finding->title, "in K instead of °C"));
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
        g_assert_cmpint(ABS((int)finding->row[0] - (int)plants[i].from), <=, 5);
        g_assert_cmpint(ABS((int)finding->row[finding->n_rows - 1] - (int)plants[i].to + 1), <=, 5);
    }
}

static void
test_unit_cycle_quiet(void)
{
    g_test_summary(
        "Columns that follow the hour, the week, the weather or a walk: no unit changes");
    for (guint kind = 0; kind < N_CYCLE_KINDS; kind++)
        for (guint64 seed = 0; seed < 6; seed++) {
            const CyclePlant none = {.kind = kind};
            g_autoptr(AnalysisFrame) fixture = cycle_run(&none, seed);
            const ErrataFinding *finding = NULL;

            g_assert_cmpuint(cycle_count(fixture, &finding), ==, 0);
        }
}

static void
test_unit_cycle_world(void)
{
    static const double scales[] = {1.3, 1.5, 2.0, 3.0};
    static const CycleKind kinds[] = {CYCLE_SINE, CYCLE_WEATHER, CYCLE_SEASON, CYCLE_ADDITIVE};

    g_test_summary(
        "What is a round number of times as much for a while is not said to be another unit");
    for (guint k = 0; k < G_N_ELEMENTS(scales); k++)
        for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
            const CyclePlant plant = {kinds[i],
                                      {ERRATA_UNIT_LINEAR, scales[k], 0.0, 0.0},
                                      5000,
                                      6500};
            g_autoptr(AnalysisFrame) fixture = cycle_run(&plant, 90 + k);
            const ErrataFinding *finding = NULL;

            if (cycle_count(fixture, &finding) == 0)
                continue;
            g_test_message("kind %u, %g times", kinds[i], scales[k]);
            g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_HIGH);
        }
}

static void
test_unit_cycle_number(void)
{
    static const CyclePlant plants[] = {
        {CYCLE_PRICE, {ERRATA_UNIT_LINEAR, 2.0, 0.0, 0.0}, 4000, 5500},
        {CYCLE_PRICE, {ERRATA_UNIT_LINEAR, 3.0, 0.0, 0.0}, 6200, 7000},
        {CYCLE_PRICE, {ERRATA_UNIT_LINEAR, 7.0, 0.0, 0.0}, 6200, 7000},
        {CYCLE_WEEK, {ERRATA_UNIT_LINEAR, 2.0, 0.0, 0.0}, 4800, 6000},
    };

    g_test_summary("What no unit has is told as the number that it is, not as the nearest unit");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++)
        for (guint64 seed = 0; seed < 3; seed++) {
            g_autoptr(AnalysisFrame) fixture = cycle_run(&plants[i], 300 + seed);
            const ErrataFinding *finding = NULL;

            g_assert_cmpuint(cycle_count(fixture, &finding), ==, 1);
            if (finding == NULL)
                return;
            g_assert_cmpfloat_with_epsilon(finding->subject.factor / plants[i].change.scale,
                                           1.0,
                                           0.01);
            g_assert_cmpint(finding->severity, <, ERRATA_SEVERITY_HIGH);
            g_assert_cmpint(ABS((int)finding->row[0] - (int)plants[i].from), <=, 2);
        }
}

/* a column of which some rows of one site came changed */
static AnalysisFrame *
cycle_run_site(const CyclePlant *plant, guint n_sites, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,ts,site,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 12, plant->kind);
    double state = 0.0;
    AnalysisFrame *fixture;

    for (guint i = 0; i < CYCLE_ROWS; i++) {
        double x = cycle_next(plant->kind, &rng, i, &state);
        guint site = (guint)errata_rng_below(&rng, n_sites);
        guint label = (guint)errata_rng_below(&rng, 2);

        if (i >= plant->from && i < plant->to && site == 1)
            x = plant->change.scale * x + plant->change.offset;
        g_string_append_printf(table,
                               "r%u,%u,s%u,%.2f,%u,%u\n",
                               i,
                               1700000000 + CYCLE_SECONDS * i,
                               site,
                               x,
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label,
                               label);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_unit_cycle_site(void)
{
    static const CyclePlant plants[] = {
        {CYCLE_ADDITIVE, {ERRATA_UNIT_LINEAR, 100.0, 0.0, 0.0}, 4000, 6500},
        {CYCLE_ADDITIVE, {ERRATA_UNIT_LINEAR, 1.8, 32.0, 0.0}, 5000, 8000},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 100.0, 0.0, 0.0}, 4000, 7500},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 2.54, 0.0, 0.0}, 5000, 8000},
        {CYCLE_ADDITIVE, {ERRATA_UNIT_LINEAR, 1.0, 0.0, 0.0}, 0, 1},
        {CYCLE_SINE, {ERRATA_UNIT_LINEAR, 1.0, 0.0, 0.0}, 0, 1},
    };

    g_test_summary(
        "Another unit of the rows of one site is told with the site, and has no other rows");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++)
        for (guint n_sites = 3; n_sites <= 6; n_sites += 3) {
            g_autoptr(AnalysisFrame) fixture = cycle_run_site(&plants[i], n_sites, 500 + i);
            const ErrataFinding *finding = NULL;
            guint n = cycle_count(fixture, &finding);

            g_assert_cmpuint(n, ==, plants[i].to > 1 ? 1 : 0);
            if (finding == NULL)
                continue;
            g_assert_cmpfloat_with_epsilon(finding->subject.factor / plants[i].change.scale,
                                           1.0,
                                           1e-5);
            g_assert_nonnull(strstr(finding->title, "where site is s1"));
            g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
            g_assert_cmpint(ABS((int)finding->row[0] - (int)plants[i].from), <=, 40);
            g_assert_cmpint(ABS((int)finding->row[finding->n_rows - 1] - (int)plants[i].to),
                            <=,
                            40);
        }
}

static void
test_unit_cycle_digits(void)
{
    g_test_summary("The interval of a factor under a half keeps its width");
    g_assert_cmpint(errata_precision_of_unit(0.1333, 0.132, 0.1346, ERRATA_UNIT_RATIO), <=, -3);
    g_assert_cmpint(errata_precision_of_unit(2.6, 2.512, 2.688, ERRATA_UNIT_RATIO), ==, -2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/unit-cycle/found", test_unit_cycle_found);
    g_test_add_func("/unit-cycle/quiet", test_unit_cycle_quiet);
    g_test_add_func("/unit-cycle/world", test_unit_cycle_world);
    g_test_add_func("/unit-cycle/number", test_unit_cycle_number);
    g_test_add_func("/unit-cycle/site", test_unit_cycle_site);
    g_test_add_func("/unit-cycle/digits", test_unit_cycle_digits);
    return g_test_run();
}
