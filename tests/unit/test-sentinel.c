/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "analysis-frame.h"
#include "anomalies.h"
#include "clean.h"
#include "rng.h"
#include "sentinel.h"

#define ROWS 20000
#define DAY  86400e9 /* ns */

static double
draw_normal(ErrataRng *rng)
{
    double u = 1.0 - errata_rng_uniform(rng);

    return sqrt(-2.0 * log(u)) * cos(2.0 * G_PI * errata_rng_uniform(rng));
}

static void
test_sentinel_instants(void)
{
    double values[ROWS];
    ErrataSentinel found[ERRATA_SENTINEL_MAX];

    g_test_summary(
        "1900-01-01 below dates of expiry, 1970-01-01 amid those of birth; days of months "
        "and few different days have none");
    for (guint seed = 0; seed < 10; seed++) {
        ErrataRng rng = errata_rng_init(seed, 9, 1);

        for (guint i = 0; i < ROWS; i++)
            values[i] = i % 500 == 7 ? -25567.0 * DAY
                                     : (20454.0 + (double)errata_rng_below(&rng, 1500)) * DAY;
        g_assert_cmpuint(errata_sentinel_find_instants(values, ROWS, found), ==, 1);
        g_assert_cmpuint(found[0].count, ==, 40);
        for (guint i = 0; i < ROWS; i++)
            values[i] = i % 100 == 8 ? 0.0
                                     : (-9600.0 + (double)errata_rng_below(&rng, 23000)) * DAY;
        g_assert_cmpuint(errata_sentinel_find_instants(values, ROWS, found), ==, 1);
        g_assert_cmpfloat_with_epsilon(found[0].value, 0.0, 1.0);
        for (guint i = 0; i < ROWS;
             i++) /* first days of months, 1996 to 2004, 2000-01-01 among them */
            values[i] = floor(9496.0 + 30.4375 * (double)errata_rng_below(&rng, 96)) * DAY;
        g_assert_cmpuint(errata_sentinel_find_instants(values, ROWS, found), ==, 0);
        for (guint i = 0; i < ROWS; i++) /* when each of some customers came, one long before */
            values[i] = i % 40 == 0 ? 7000.0 * DAY
                                    : (18000.0 + (double)((i % 40) * (i % 40) * 37 % 1511)) * DAY;
        g_assert_cmpuint(errata_sentinel_find_instants(values, ROWS, found), ==, 0);
    }
}

static void
test_sentinel_ends(void)
{
    double values[ROWS], shop[40];
    ErrataSentinel found[ERRATA_SENTINEL_MAX];

    g_test_summary(
        "An age of 150 in many rows, and -9999 apart from balances that go below 0; where values are cut "
        "off there is none, nor is an entity that lies apart one");
    for (guint seed = 0; seed < 10; seed++) {
        ErrataRng rng = errata_rng_init(seed, 9, 2);

        for (guint i = 0; i < ROWS; i++)
            values[i] = i % 17 == 3 ? 150.0 : 18.0 + (double)errata_rng_below(&rng, 72);
        g_assert_cmpuint(errata_sentinel_find(values, ROWS, found), ==, 1);
        g_assert_cmpfloat_with_epsilon(found[0].value, 150.0, 1e-9);
        for (guint i = 0; i < ROWS; i++)
            values[i] = i % 200 == 4 ? -9999.0 : rint(150000.0 * draw_normal(&rng)) / 100.0;
        g_assert_cmpuint(errata_sentinel_find(values, ROWS, found), ==, 1);
        g_assert_cmpfloat_with_epsilon(found[0].value, -9999.0, 1e-9);
        for (guint i = 0; i < ROWS; i++)
            values[i] = fmin(fmax(rint(50000.0 * draw_normal(&rng)) / 100.0, -999.0), 999.0);
        g_assert_cmpuint(errata_sentinel_find(values, ROWS, found), ==, 0);
        for (guint k = 0; k < 40; k++) /* sizes of 40 shops, one of them large */
            shop[k] = k == 0 ? 900.0 : 100.0 + (double)errata_rng_below(&rng, 300);
        for (guint i = 0; i < ROWS; i++)
            values[i] = shop[i % 40];
        g_assert_cmpuint(errata_sentinel_find(values, ROWS, found), ==, 0);
    }
}

static void
test_sentinel_told(void)
{
    g_autoptr(GString) table = g_string_new("timestamp,expires,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    ErrataRng rng = errata_rng_init(9, 9, 3);
    const ErrataFinding *finding;

    g_test_summary(
        "A column of dates holds a date that is none: told as it stands in the log, read as missing");
    for (guint i = 0; i < 2000; i++) {
        g_autofree char *date = g_strdup_printf("20%02u-%02u-%02u",
                                                27 + (guint)errata_rng_below(&rng, 5),
                                                1 + (guint)errata_rng_below(&rng, 12),
                                                1 + (guint)errata_rng_below(&rng, 28));
        double score = errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "2026-01-%02u,%s,%.3f,%d,%d\n",
                               1 + i / 80,
                               i % 50 == 3 ? "1900-01-01" : date,
                               score,
                               score >= 0.5,
                               errata_rng_uniform(&rng) < score);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    clean = errata_clean_new(self->frame, self->schema, NULL);
    g_assert_cmpuint(clean->codes->len, ==, 1);
    g_assert_cmpuint(clean->frame->columns[1]->n_missing, ==, 40);
    self->analysis.clean = clean;
    g_assert_true(errata_analyzer_anomalies.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >, 0);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpstr(finding->title, ==, "expires is 1900-01-01 in 40 rows: a code, not a date");
}

static void
test_sentinel_counted(void)
{
    g_autoptr(GString) table = g_string_new("weight,ward,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    const ErrataFinding *finding;

    g_test_summary(
        "A code's rows that are equal to others are counted, too: each of them holds it");
    for (guint i = 0; i < 2000; i++)
        g_string_append_printf(table,
                               "%u,%c,%.2f,%d,%u\n",
                               i % 20 == 3 ? 999 : 50 + i * 7 % 60,
                               "abc"[i % 3],
                               i % 10 < 5 ? 0.2 : 0.8,
                               i % 10 >= 5,
                               i / 20 % 2);
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    clean = errata_clean_new(self->frame, self->schema, NULL);
    self->analysis.clean = clean;
    g_assert_cmpuint(self->outcome->n_duplicates, >, 500);
    g_assert_true(errata_analyzer_anomalies.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >, 0);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpstr(finding->title, ==, "weight is 999 in 100 rows: a code, not a quantity");
    g_assert_cmpuint(finding->n_rows, ==, 100);
    g_assert_cmpfloat_with_epsilon(errata_finding_evidence(finding, "n_rows")->value, 100.0, 1e-9);
}

/* what a column holds where it holds no code */
typedef double (*Natural)(ErrataRng *rng);

static double
draw_income(ErrataRng *rng)
{
    return 8000.0 + rint(192000.0 * errata_rng_uniform(rng));
}

static double
draw_pressure(ErrataRng *rng)
{
    return rint(122.0 + 16.0 * draw_normal(rng));
}

static double
draw_age(ErrataRng *rng)
{
    return fmin(fmax(rint(42.0 + 14.0 * draw_normal(rng)), 18.0), 90.0);
}

static double
draw_credit(ErrataRng *rng)
{
    return fmin(fmax(rint(660.0 + 90.0 * draw_normal(rng)), 300.0), 850.0);
}

static double
draw_trials(ErrataRng *rng)
{
    double n = 0.0;

    for (guint i = 0; i < 12; i++)
        n += errata_rng_uniform(rng) < 0.3 ? 1.0 : 0.0;
    return n;
}

static double
draw_customer(ErrataRng *rng)
{
    return fmax(rint(50.0 + 11.0 * draw_normal(rng)), 2.0);
}

static double
draw_gift(ErrataRng *rng)
{
    return rint(100.0 * exp(3.0 + 0.9 * draw_normal(rng))) / 100.0;
}

static double
draw_fee(ErrataRng *rng)
{
    return 2.9 + rint(1000.0 * errata_rng_uniform(rng)) / 100.0;
}

static double
draw_station(ErrataRng *rng)
{
    return 80.0 + (double)(errata_rng_below(rng, 60) * 137 % 821);
}

static double
draw_discount(ErrataRng *rng)
{
    return 5.0 * (double)(1 + errata_rng_below(rng, 6));
}

static double
draw_power(ErrataRng *rng)
{
    return pow(10.0, (double)errata_rng_below(rng, 6));
}

/* codes found where every 50th row, or every @every th, holds @code */
static guint
find_in(Natural natural, guint64 seed, guint every, double code, ErrataSentinel *found)
{
    ErrataRng rng = errata_rng_init(seed, 9, 4);
    double values[ROWS];

    for (guint i = 0; i < ROWS; i++)
        values[i] = i % every == 3 ? code : natural(&rng);
    return errata_sentinel_find(values, ROWS, found);
}

static void
test_sentinel_apart(void)
{
    static const struct {
        Natural natural;
        double code;
    } plants[] = {{draw_pressure, 0.0},
                  {draw_credit, 999.0},
                  {draw_trials, -1.0},
                  {draw_customer, -1.0}};
    static const struct {
        Natural natural;
        guint every;
        double value;
    } alike[] = {{draw_gift, 30, 0.0},
                 {draw_income, 50, 0.0},
                 {draw_age, 50, 0.0},
                 {draw_fee, 14, 0.0},
                 {draw_station, 60, 0.0},
                 {draw_discount, 30, 0.0},
                 {draw_power, 7, 1e6}};
    ErrataSentinel found[ERRATA_SENTINEL_MAX];

    g_test_summary(
        "Zeros far below pressures, 999 above scores and -1 below counts and ages that thin out "
        "towards 0 are codes; gifts of nothing, a station at the sea, no discount, no income, no fee and a million "
        "among powers of ten are values");
    for (guint64 seed = 0; seed < 10; seed++) {
        for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
            g_assert_cmpuint(find_in(plants[i].natural, seed, 50, plants[i].code, found), ==, 1);
            g_assert_cmpfloat_with_epsilon(found[0].value, plants[i].code, 1e-9);
        }
        for (guint i = 0; i < G_N_ELEMENTS(alike); i++)
            g_assert_cmpuint(find_in(alike[i].natural, seed, alike[i].every, alike[i].value, found),
                             ==,
                             0);
    }
}

static void
test_sentinel_beside(void)
{
    g_autoptr(GString) table = g_string_new("latitude,longitude,change,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    ErrataRng rng = errata_rng_init(9, 9, 5);

    g_test_summary(
        "0 for a degree that is 0 nowhere near is one for the other degree of the same rows, too; "
        "where a change is 0 in other rows it is a change");
    for (guint i = 0; i < 3000; i++) {
        double score = errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "%.5f,%.5f,%.3f,%.3f,%d,%d\n",
                               i % 40 == 3 ? 0.0 : 42.0 + 9.0 * errata_rng_uniform(&rng),
                               i % 40 == 3 ? 0.0 : -4.0 + 12.0 * errata_rng_uniform(&rng),
                               i % 20 == 3 ? 0.0 : draw_normal(&rng),
                               score,
                               score >= 0.5,
                               errata_rng_uniform(&rng) < score);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    clean = errata_clean_new(self->frame, self->schema, NULL);
    g_assert_cmpuint(clean->codes->len, ==, 2);
    g_assert_cmpuint(clean->frame->columns[0]->n_missing, ==, 75);
    g_assert_cmpuint(clean->frame->columns[1]->n_missing, ==, 75);
    g_assert_cmpfloat(g_array_index(clean->codes, ErrataCleanCode, 1).sentinel.lo, <, -3.9);
}

/* codes found in a log of the kind @kind, of 4,000 rows, in its column “x” */
static gsize
codes_of(const char *kind, guint64 seed, gboolean maybe)
{
    g_autoptr(GString) table = g_string_new("timestamp,x,y,state,unit,score,prediction,label\n");
    g_autoptr(AnalysisFrame) self = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    ErrataRng rng = errata_rng_init(seed, 9, 6);

    for (guint i = 0; i < 4000; i++) {
        double score = errata_rng_uniform(&rng), chance = errata_rng_uniform(&rng);
        double x = rint(60.0 + 6.0 * draw_normal(&rng)), noise = draw_normal(&rng);
        double y = 900.0 + 20.0 * x + 100.0 * noise;
        guint unit = (guint)errata_rng_below(&rng, 12);
        const char *state = chance < 0.1 ? "on" : "off";

        if (g_str_equal(kind, "foretold") && chance < 0.1) {
            x = 0.0; /* a parked car's speed: the engine idles */
            y = 800.0 + 10.0 * noise;
        } else if (g_str_equal(kind, "parted") && chance < 0.1) {
            x = 0.0; /* the state tells, nothing else does */
        } else if (g_str_equal(kind, "many") && errata_rng_uniform(&rng) < 0.3) {
            x = 0.0; /* nothing tells */
            y = 900.0;
        } else if (g_str_equal(kind, "random") && errata_rng_uniform(&rng) < 0.3) {
            x = 0.0; /* a weight not taken */
        } else if (g_str_equal(kind, "sender") && unit == 7) {
            x = 0.0;
        } else if (g_str_equal(kind, "brief") && i >= 1000 && i < 1400) {
            x = 0.0;
            y = 800.0 + 10.0 * noise;
        }
        if (g_str_equal(kind, "many"))
            y = 900.0 + 100.0 * noise;
        g_string_append_printf(table,
                               "2026-01-%02u,%.0f,%.0f,%s,u%u,%.3f,%d,%d\n",
                               1 + i / 160,
                               x,
                               y,
                               state,
                               unit,
                               score,
                               score >= 0.5,
                               noise > 0.0);
    }
    self = analysis_frame_new(schema_frame_new(table->str), NULL);
    clean = errata_clean_new(self->frame, self->schema, NULL);
    for (guint i = 0; i < clean->codes->len; i++) {
        const ErrataCleanCode *code = &g_array_index(clean->codes, ErrataCleanCode, i);

        g_assert_cmpuint(code->column, ==, 1);
        g_assert_cmpint(code->maybe, ==, maybe);
    }
    g_assert_cmpint(clean->frame->columns[1] == clean->raw->columns[1], ==, clean->codes->len == 0);
    return clean->codes->len;
}

static void
test_sentinel_natural(void)
{
    g_test_summary(
        "A 0 far below all others is a value where what foretells low values foretells it, and in many rows "
        "of which nothing is known; a code where it comes at random, from one device, or for a while; it may be "
        "either where the rows of one cause hold it");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_assert_cmpuint(codes_of("foretold", seed, FALSE), ==, 0);
        g_assert_cmpuint(codes_of("parted", seed, TRUE), ==, 1);
        g_assert_cmpuint(codes_of("many", seed, FALSE), ==, 0);
        g_assert_cmpuint(codes_of("random", seed, FALSE), ==, 1);
        g_assert_cmpuint(codes_of("sender", seed, FALSE), ==, 1);
        g_assert_cmpuint(codes_of("brief", seed, FALSE), ==, 1);
    }
}

static double
draw_visits(ErrataRng *rng)
{
    double gaps = 0.0; /* a gamma of two */

    for (guint i = 0; i < 2; i++)
        gaps -= 300.0 * log(1.0 - errata_rng_uniform(rng));
    return fmin(rint(gaps), 999.0);
}

static void
test_sentinel_capped(void)
{
    ErrataSentinel found[ERRATA_SENTINEL_MAX];

    g_test_summary("Counts cut off at 999 reach up to it: their last value is no code");
    for (guint64 seed = 0; seed < 40; seed++)
        g_assert_cmpuint(find_in(draw_visits, seed, ROWS + 9, 0.0, found), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sentinel/instants", test_sentinel_instants);
    g_test_add_func("/sentinel/ends", test_sentinel_ends);
    g_test_add_func("/sentinel/apart", test_sentinel_apart);
    g_test_add_func("/sentinel/natural", test_sentinel_natural);
    g_test_add_func("/sentinel/capped", test_sentinel_capped);
    g_test_add_func("/sentinel/beside", test_sentinel_beside);
    g_test_add_func("/sentinel/counted", test_sentinel_counted);
    g_test_add_func("/sentinel/told", test_sentinel_told);
    return g_test_run();
}
