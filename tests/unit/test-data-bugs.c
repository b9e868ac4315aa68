/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "clean.h"
#include "data-bugs.h"
#include "log-read.h"
#include "rng.h"

/* finding of that bug about that column (NULL: about whole rows), or NULL */
static const ErrataFinding *
bugs_find(const AnalysisFrame *fixture, const char *bug, const char *column)
{
    const GPtrArray *findings = fixture->analysis.result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strcmp(finding->subject.bug, bug) == 0 &&
            g_strcmp0(finding->subject.column, column) == 0)
            return finding;
    }
    return NULL;
}

static guint
bugs_count_loud(const AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;
    guint n = 0;

    for (guint i = 0; i < findings->len; i++)
        n += ((ErrataFinding *)g_ptr_array_index(findings, i))->severity >= ERRATA_SEVERITY_MEDIUM;
    return n;
}

static AnalysisFrame *
bugs_run(ErrataFrame *frame, ErrataFrame *reference)
{
    AnalysisFrame *fixture = analysis_frame_new(frame, reference);

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

/* what a table of noise has wrong with it */
typedef enum {
    PLANT_NOTHING,
    PLANT_MISSING,
    PLANT_SENTINEL,
    PLANT_ENCODING,
    PLANT_COPIES,
    PLANT_IDS,
    PLANT_CONSTANT,
    PLANT_NEW,
    PLANT_WORDS,
    PLANT_UNKNOWN,
    PLANT_COUNTER,
    PLANT_NUMBERED, /* ids are whole numbers, falling */
    PLANT_NUMBERED_TWICE,
} Plant;

#define PLANT_FROM 2000
#define PLANT_TO   2300

static ErrataFrame *
bugs_table(Plant plant, guint64 seed, guint n_rows)
{
    static const char *const colours[] = {"red", "green", "blue"};
    g_autoptr(GString) table = g_string_new("id,ts,x,k,colour,prediction,label\n");

    for (guint i = 0; i < n_rows; i++) {
        guint from = plant == PLANT_COPIES && i >= n_rows - 40 ? i - 500 : i;
        ErrataRng rng = errata_rng_init(seed, 1, from);
        gboolean inside = i >= PLANT_FROM && i < PLANT_TO;
        double x = errata_rng_uniform(&rng) * 100.0;
        guint k = (guint)errata_rng_below(&rng, 5);
        const char *colour = colours[errata_rng_below(&rng, 3)];
        gboolean missing = errata_rng_uniform(&rng) < 0.01;
        guint label = (guint)errata_rng_below(&rng, 2);
        gboolean wrong = errata_rng_uniform(&rng) < 0.1;

        gboolean twice = plant == PLANT_IDS || plant == PLANT_NUMBERED_TWICE;
        guint id = twice && i % 50 == 49 ? i - 1 : i;

        g_string_append_printf(table,
                               plant >= PLANT_NUMBERED ? "%u,%u," : "r%u,%u,",
                               plant >= PLANT_NUMBERED ? 90000 - 7 * id : id,
                               1700000000 + 60 * from);
        if (plant == PLANT_WORDS && inside && i % 3 == 0)
            g_string_append(table, "n/k");
        else if (plant == PLANT_UNKNOWN && i % 10 == 3)
            g_string_append(table, i % 20 == 3 ? "unknown" : "Missing");
        else if (plant == PLANT_SENTINEL && i % 100 == 7 && i > n_rows / 2)
            g_string_append(table, "-999");
        else if (plant == PLANT_COUNTER)
            g_string_append_printf(table, "%u", 1000 + 9 * i + (guint)(x / 12.0));
        else if (!(missing || (plant == PLANT_MISSING && inside && i % 2 == 0)))
            g_string_append_printf(table, "%u.%02u", (guint)x, (guint)(x * 100.0) % 100);
        if (plant == PLANT_ENCODING && inside)
            g_string_append_printf(table, ",%u,v2:%s", k, colour);
        else if (plant == PLANT_NEW && i % 7 == 3)
            g_string_append_printf(table, ",%u,pink", k);
        else
            g_string_append_printf(table, ",%u,%s", plant == PLANT_CONSTANT ? 3 : k, colour);
        g_string_append_printf(table, ",%u,%u\n", wrong ? 1 - label : label, label);
    }
    return schema_frame_new(table->str);
}

static void
test_data_bugs_nothing(void)
{
    guint loud = 0;

    g_test_summary("Noise stays silent: at most one of 40 tables has a finding");
    for (guint64 seed = 0; seed < 40; seed++) {
        g_autoptr(AnalysisFrame) fixture =
            bugs_run(bugs_table(PLANT_NOTHING, seed, 1500),
                     seed % 2 == 0 ? bugs_table(PLANT_NOTHING, seed + 1000, 700) : NULL);

        loud += bugs_count_loud(fixture) > 0 ? 1 : 0;
    }
    g_assert_cmpuint(loud, <=, 1);
}

static void
test_data_bugs_missing(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_MISSING, 1, 5000), NULL);
    const ErrataFinding *finding = bugs_find(fixture, "missing-burst", "x");

    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH); /* 3 % of the rows */
    g_assert_true(finding->subject.has_time);
    g_assert_cmpint(ABS(finding->subject.from / 1000000000 - 1700000000 - 60 * PLANT_FROM),
                    <=,
                    60 * 10);
    g_assert_cmpint(ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * PLANT_TO),
                    <=,
                    60 * 10);
    g_assert_cmpuint(finding->n_rows, >=, 145);
    g_assert_cmpuint(finding->n_rows, <=, 160);
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 1);
    g_assert_nonnull(finding->figure);
    g_assert_nonnull(errata_finding_evidence(finding, "rate_in"));
    g_assert_cmpuint(fixture->analysis.set_aside[finding->row[0]], ==, 1);
}

static void
test_data_bugs_sentinel(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_SENTINEL, 1, 5000),
                                                bugs_table(PLANT_NOTHING, 2, 5000));
    const ErrataFinding *finding = bugs_find(fixture, "out-of-range", "x");

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 25);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM); /* half a percent */
    g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "-999");
    g_assert_nonnull(strstr(finding->title, "at \u2212999: "));
    g_assert_null(strstr(finding->title, " -"));
    g_assert_cmpfloat(errata_finding_evidence(finding, "reference_hi")->value, <, 100.0);
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 1);
}

static void
test_data_bugs_encoding(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_ENCODING, 1, 8000), NULL);
    const ErrataFinding *finding = bugs_find(fixture, "encoding-change", "colour");

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, PLANT_TO - PLANT_FROM);
    g_assert_cmpint(finding->subject.from / 1000000000, ==, 1700000000 + 60 * PLANT_FROM);
    g_assert_cmpint(finding->subject.to / 1000000000, ==, 1700000000 + 60 * PLANT_TO);
    g_assert_nonnull(strstr(finding->title, "v2:"));
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 1);
}

static void
test_data_bugs_copies(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_COPIES, 1, 2000), NULL);
    const ErrataFinding *finding = bugs_find(fixture, "duplicate-rows", NULL);
    g_autoptr(GString) few = g_string_new("a,b,prediction,label\n");

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 40);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH); /* 2 % of the rows */
    g_assert_cmpuint(fixture->analysis.set_aside[1999], ==, 1);
    for (guint i = 0; i < 1000; i++) { /* by chance nearly all rows are equal to another */
        ErrataRng rng = errata_rng_init(3, 1, i);

        g_string_append_printf(few,
                               "%u,%u,%u,%u\n",
                               (guint)errata_rng_below(&rng, 6),
                               (guint)errata_rng_below(&rng, 6),
                               (guint)errata_rng_below(&rng, 2),
                               (guint)errata_rng_below(&rng, 2));
    }
    g_autoptr(AnalysisFrame) chance = bugs_run(schema_frame_new(few->str), NULL);

    g_assert_cmpuint(chance->outcome->n_duplicates, >, 800);
    g_assert_cmpuint(bugs_count_loud(chance), ==, 0);
    g_assert_cmpuint(chance->analysis.set_aside[999], ==, 0);
}

/* a number in another unit for a while: skewed values, counts, and degrees */
static ErrataFrame *
bugs_units_in(double factor, double offset, guint64 seed, guint from, guint to)
{
    g_autoptr(GString) table = g_string_new("ts,x,k,prediction,label\n");

    for (guint i = 0; i < 9000; i++) {
        ErrataRng rng = errata_rng_init(seed, 1, i);
        gboolean inside = i >= from && i < to;
        double x = 20.0 + 60.0 * errata_rng_uniform(&rng) * errata_rng_uniform(&rng);
        double k = (double)errata_rng_below(&rng, 4) * (double)errata_rng_below(&rng, 3);
        guint label = (guint)errata_rng_below(&rng, 2);

        x = inside && seed % 2 == 0 ? factor * x + offset : x;
        k = inside && seed % 2 == 1 ? factor * k + offset : k;
        g_string_append_printf(table, "%u,%.3f,%.4g,1,%u\n", 1700000000 + 60 * i, x, k, label);
    }
    return schema_frame_new(table->str);
}

static ErrataFrame *
bugs_units(double factor, double offset, guint64 seed)
{
    return bugs_units_in(factor, offset, seed, PLANT_FROM, PLANT_TO);
}

static void
test_data_bugs_units_long(void)
{
    static const struct {
        guint from;
        guint to;
        double factor;
    } plants[] = {{3000, 9000, 0.001}, {6000, 9000, 60.0}, {2500, 5500, 1000.0}, {0, 2000, 100.0}};

    g_test_summary("Units that are wrong for long, to the end, or from the start");
    for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
        g_autoptr(AnalysisFrame) fixture =
            bugs_run(bugs_units_in(plants[i].factor, 0.0, 2, plants[i].from, plants[i].to),
                     plants[i].from == 0 ? bugs_units(1.0, 0.0, 8) : NULL);
        const ErrataFinding *finding = bugs_find(fixture, "unit-change", "x");

        g_assert_nonnull(finding);
        g_assert_cmpfloat(fabs(finding->subject.factor / plants[i].factor - 1.0), <, 1e-9);
        g_assert_cmpint(ABS(finding->subject.from / 1000000000 - 1700000000 - 60 * plants[i].from),
                        <=,
                        60 * 6);
        g_assert_cmpint(ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * plants[i].to),
                        <=,
                        60 * 6);
        g_assert_cmpuint(fixture->analysis.exclude[1], ==, 1);
    }
    for (guint i = 0; i < 2; i++) { /* a shift, and a spread */
        g_autoptr(AnalysisFrame) drift =
            bugs_run(bugs_units_in(i == 0 ? 1.0 : 1.5, i == 0 ? 12.0 : -15.0, 2, 4000, 9000), NULL);

        g_assert_null(bugs_find(drift, "unit-change", "x"));
    }
}

static void
test_data_bugs_units(void)
{
    static const struct {
        double factor;
        double offset;
        guint64 seed;
    } plants[] = {{0.01, 0.0, 2}, {60.0, 0.0, 4}, {1.8, 32.0, 6}, {1.609344, 0.0, 1}};

    for (guint i = 0; i < G_N_ELEMENTS(plants); i++) {
        g_autoptr(AnalysisFrame) fixture =
            bugs_run(bugs_units(plants[i].factor, plants[i].offset, plants[i].seed), NULL);
        const ErrataFinding *finding =
            bugs_find(fixture, "unit-change", plants[i].seed % 2 == 0 ? "x" : "k");

        g_assert_nonnull(finding);
        g_assert_cmpfloat(fabs(finding->subject.factor / plants[i].factor - 1.0), <, 1e-9);
        g_assert_cmpint(ABS(finding->subject.from / 1000000000 - 1700000000 - 60 * PLANT_FROM),
                        <=,
                        60 * 6);
        g_assert_cmpint(ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * PLANT_TO),
                        <=,
                        60 * 6);
        g_assert_cmpuint(fixture->analysis.set_aside[PLANT_FROM + 100], ==, 1);
        g_assert_cmpuint(fixture->analysis.set_aside[PLANT_FROM - 100], ==, 0);
        g_assert_cmpuint(bugs_count_loud(fixture), ==, 1);
    }
    g_autoptr(AnalysisFrame) none = bugs_run(bugs_units(1.0, 0.0, 2), NULL);

    g_assert_cmpuint(none->analysis.result->findings->len, <=, 1); /* the constant prediction */
    g_assert_null(bugs_find(none, "unit-change", "x"));
}

/* a category written anew from a row on, or for long, in one of several ways */
static AnalysisFrame *
bugs_recoded(guint way, guint from, guint to)
{
    static const char *const old[] = {"red wine", "white wine", "cider", "beer"};
    static const char *const real[] = {"gin", "rum", "vodka", "soda"};
    static const char *const partly[] = {"red",
                                         "ww",
                                         "apples",
                                         "ale"}; /* by name, initials, frequency */
    g_autoptr(GString) table = g_string_new("ts,x,drink,prediction,label\n");

    for (guint i = 0; i < 6000; i++) {
        ErrataRng rng = errata_rng_init(way, 1, i);
        guint k = (guint)MIN(errata_rng_below(&rng, 4), errata_rng_below(&rng, 4));
        g_autofree char *upper = g_ascii_strup(old[k], -1);
        gboolean inside = i >= from && i < to;

        if (way == 3) /* no two as frequent */
            k = errata_rng_uniform(&rng) < 0.5   ? 0
                : errata_rng_uniform(&rng) < 0.5 ? 1
                                                 : 2 + k % 4 / 3;
        g_string_append_printf(table,
                               "%u,%.3f,%s%s,1,%u\n",
                               1700000000 + 60 * i,
                               errata_rng_uniform(&rng),
                               inside && way == 1 ? "drk:" : "",
                               !inside || way == 1 ? old[k]
                               : way == 0          ? upper
                               : way == 3          ? partly[k]
                                                   : real[k],
                               (guint)errata_rng_below(&rng, 2));
    }
    return bugs_run(schema_frame_new(table->str), NULL);
}

static void
test_data_bugs_recoded(void)
{
    for (guint way = 0; way < 2; way++) {
        g_autoptr(AnalysisFrame) fixture = bugs_recoded(way, 3500, way == 0 ? 6000 : 4500);
        const ErrataFinding *finding = bugs_find(fixture, "encoding-change", "drink");

        g_assert_nonnull(finding);
        g_assert_cmpint(finding->subject.from / 1000000000, ==, 1700000000 + 60 * 3500);
        g_assert_cmpuint(finding->n_rows, ==, way == 0 ? 2500 : 1000);
        g_assert_cmpuint(fixture->analysis.exclude[2], ==, way == 0);
    }
    g_autoptr(AnalysisFrame) other = bugs_recoded(2, 3500, 6000);

    g_assert_null(bugs_find(other, "encoding-change", "drink")); /* other drinks */
    g_autoptr(AnalysisFrame) partly = bugs_recoded(3, 3500, 6000);
    const ErrataFinding *found = bugs_find(partly, "encoding-change", "drink");

    g_assert_nonnull(found);
    g_assert_cmpuint(found->n_rows, ==, 2500);
}

/* a log whose clock is wrong in one of several ways */
static AnalysisFrame *
bugs_clock(guint way)
{
    g_autoptr(GString) table = g_string_new("ts,x,prediction,label\n");

    for (guint i = 0; i < 4000; i++) {
        ErrataRng rng = errata_rng_init(way, 1, i);
        guint ts = 1700000000 + 60 * i + (guint)errata_rng_below(&rng, 50);

        if (way == 1 && i % 400 == 99)
            ts = 4102444800U; /* the year 2100 */
        if (way == 2 && i >= 1000 && i < 1300)
            ts -= 7200;
        if (way == 3 && i % 500 == 250)
            ts -= 86400;
        g_string_append_printf(table,
                               "%u,%.3f,1,%u\n",
                               ts,
                               errata_rng_uniform(&rng),
                               (guint)errata_rng_below(&rng, 2));
    }
    return bugs_run(schema_frame_new(table->str), NULL);
}

static void
test_data_bugs_clock(void)
{
    g_autoptr(AnalysisFrame) none = bugs_clock(0);
    g_autoptr(AnalysisFrame) far = bugs_clock(1);
    g_autoptr(AnalysisFrame) zone = bugs_clock(2);
    g_autoptr(AnalysisFrame) order = bugs_clock(3);
    const ErrataFinding *finding = bugs_find(far, "clock-fault", "ts");

    g_assert_null(bugs_find(none, "clock-fault", "ts"));
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 10);
    g_assert_cmpuint(far->analysis.set_aside[99], ==, 1);
    finding = bugs_find(zone, "clock-fault", "ts");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 300);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "−2 h");
    finding = bugs_find(order, "clock-fault", "ts");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 8);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_INFO);
}

#define BUGS_NONE 0.0821 /* probability of the count 0: a Poisson law of mean 2.5 */

/* a log and what its model learnt from, where x was prepared in one of several ways */
static AnalysisFrame *
bugs_skewed(guint way)
{
    ErrataFrame *frames[2];

    for (guint side = 0; side < 2; side++) {
        g_autoptr(GString) table = g_string_new("x,prediction,label\n");

        for (guint i = 0; i < 3000; i++) {
            ErrataRng rng = errata_rng_init(11 + side, 1, i);
            double x = 5.0 + 90.0 * errata_rng_uniform(&rng) * errata_rng_uniform(&rng);
            guint label = (guint)errata_rng_below(&rng, 2);

            if (way == 7) { /* counts */
                x = 0.0;
                for (double part = errata_rng_uniform(&rng); part > BUGS_NONE && x < 12.0; x++)
                    part *= errata_rng_uniform(&rng);
            }
            if (side == 1)
                x = way == 1   ? log1p(x)
                    : way == 2 ? 10.0 * round(x / 10.0)
                    : way == 3 ? x / 60.0
                    : way == 5 ? (x - 5.0) / 90.0
                    : way == 7 ? x / 12.0
                    : way == 6 ? (x - 27.5) / 20.0 /* mean 5 + 90 / 4, deviation about 20 */
                               : x;
            if (side == 1 && way == 4 && i % 8 == 0)
                x = 27.5;
            if (way >= 8)
                x = round(x / 4.0);
            if (way == 8 && side == 0 && i % 10 == 3)
                x = 5.0;
            if (way >= 8 && side == 1 && i % 10 == 3) { /* filled in the log, or all there */
                g_string_append_printf(table, ",%u,%u\n", i % 2, label);
                continue;
            }
            g_string_append_printf(table, "%.4f,%u,%u\n", x, i % 2, label);
        }
        frames[side] = schema_frame_new(table->str);
    }
    return bugs_run(frames[0], frames[1]);
}

static void
test_data_bugs_skew(void)
{
    static const char *const words[] = {"",
                                        "log(1 + x)",
                                        "multiples of 10",
                                        "60 times",
                                        "filled in",
                                        "scaled to lie from 0 to 1 in the reference",
                                        "standardised (mean 0, deviation 1) in the reference",
                                        "scaled to lie from 0 to 1 in the reference",
                                        "in the log it is 5 so much more often: filled in",
                                        ""};

    for (guint way = 0; way < G_N_ELEMENTS(words); way++) {
        g_autoptr(AnalysisFrame) fixture = bugs_skewed(way);
        const ErrataFinding *finding = bugs_find(fixture, "train-serve-skew", "x");

        g_test_message("way %u", way);
        g_assert_cmpuint(bugs_count_loud(fixture), ==, *words[way] != '\0' ? 1 : 0);
        g_assert_true((finding != NULL) == (*words[way] != '\0'));
        if (finding == NULL)
            continue;
        g_assert_nonnull(strstr(finding->title, words[way]));
        g_assert_nonnull(finding->figure);
    }
}

static void
test_data_bugs_same(void)
{
    g_autoptr(GString) table = g_string_new("id,x,z,prediction,label\n");

    g_test_summary("Rows without any information are no copies of each other");
    for (guint i = 0; i < 100; i++)
        g_string_append_printf(table, "i%u,1,red,%u,%u\n", i, i % 2, (i % 3) / 2);
    g_autoptr(AnalysisFrame) fixture = bugs_run(schema_frame_new(table->str), NULL);

    g_assert_cmpuint(fixture->outcome->n_duplicates, >, 90);
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 0);
}

static void
test_data_bugs_ids(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_IDS, 1, 2000), NULL);
    g_autoptr(AnalysisFrame) numbered = bugs_run(bugs_table(PLANT_NUMBERED, 1, 2000), NULL);
    g_autoptr(AnalysisFrame) twice = bugs_run(bugs_table(PLANT_NUMBERED_TWICE, 1, 2000), NULL);
    const ErrataFinding *finding = bugs_find(fixture, "duplicate-rows", "id");

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 40);
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 1);
    g_assert_null(bugs_find(numbered, "duplicate-rows", "id"));
    finding = bugs_find(twice, "duplicate-rows", "id");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 40);
}

static void
test_data_bugs_constant(void)
{
    g_autoptr(AnalysisFrame) stuck = bugs_run(bugs_table(PLANT_CONSTANT, 1, 2000),
                                              bugs_table(PLANT_NOTHING, 2, 1000));
    g_autoptr(AnalysisFrame) always = bugs_run(bugs_table(PLANT_CONSTANT, 1, 2000), NULL);
    const ErrataFinding *finding = bugs_find(stuck, "constant", "k");

    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpuint(stuck->analysis.exclude[3], ==, 1);
    finding = bugs_find(always, "constant", "k");
    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_INFO);
}

static void
test_data_bugs_new(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_NEW, 1, 2000),
                                                bugs_table(PLANT_NOTHING, 2, 1000));
    const ErrataFinding *finding = bugs_find(fixture, "new-category", "colour");

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 286);
    g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "pink");
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 1);
}

static void
test_data_bugs_words(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_WORDS, 1, 8000), NULL);
    const ErrataFinding *finding = bugs_find(fixture, "type-change", "x");

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 100);
    g_assert_cmpstr(errata_finding_evidence(finding, "value")->text, ==, "n/k");
}

static void
test_data_bugs_unknown(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_UNKNOWN, 1, 4000), NULL);
    const ErrataFinding *finding = bugs_find(fixture, "type-change", "x");

    g_test_summary("Words for no value in every tenth cell leave a column of numbers one");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 400);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_LOW);
    g_assert_nonnull(strstr(finding->title, "spell out that there is no value"));
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 0);
}

/* @grows: all values become four times as large in time; else every twentieth row of the second
 *   half is six
 * times as large */
static AnalysisFrame *
bugs_run_range(gboolean grows)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(5, 1, grows ? 1 : 0);

    for (guint i = 0; i < 4000; i++) {
        double x = 50.0 + 50.0 * errata_rng_uniform(&rng);
        double times = grows ? pow(4.0, i / 4000.0) : i > 2000 && i % 20 == 3 ? 6.0 : 1.0;

        g_string_append_printf(table,
                               "r%u,%u,%.3f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               x * times,
                               i % 2,
                               i % 10 == 0 ? 1 - i % 2 : i % 2);
    }
    return bugs_run(schema_frame_new(table->str), NULL);
}

static void
test_data_bugs_growth(void)
{
    g_autoptr(AnalysisFrame) grown = bugs_run_range(TRUE);
    g_autoptr(AnalysisFrame) strays = bugs_run_range(FALSE);

    g_test_summary("Ends of a column that grew as a whole are no rows out of range; strays are");
    g_assert_null(bugs_find(grown, "out-of-range", "x"));
    g_assert_nonnull(bugs_find(strays, "out-of-range", "x"));
}

/* x jumps by @by at row 3000 of 4000, up to row @to */
static AnalysisFrame *
bugs_run_jump(double by, guint to, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,prediction,label\n");
    ErrataRng rng = errata_rng_init(seed, 2, 7);

    for (guint i = 0; i < 4000; i++) {
        double x = 50.0 + 10.0 * errata_rng_uniform(&rng);

        g_string_append_printf(table,
                               "r%u,%u,%.3f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               i >= 3000 && i < to ? x + by : x,
                               i % 2,
                               i % 10 == 0 ? 1 - i % 2 : i % 2);
    }
    return bugs_run(schema_frame_new(table->str), NULL);
}

static void
test_data_bugs_jump(void)
{
    static const double by[] = {23.7, 41.3, -37.9};

    g_test_summary(
        "A column that moved for good is left to drift; one that was off for a while is told");
    for (guint i = 0; i < G_N_ELEMENTS(by); i++) {
        g_autoptr(AnalysisFrame) lasts = bugs_run_jump(by[i], 4000, i);
        g_autoptr(AnalysisFrame) ends = bugs_run_jump(by[i], 3200, i);

        g_assert_null(bugs_find(lasts, "out-of-range", "x"));
        g_assert_true(bugs_find(ends, "out-of-range", "x") != NULL ||
                      bugs_find(ends, "unit-change", "x") != NULL);
    }
}

static void
test_data_bugs_sorted(void)
{
    static const guint sizes[] = {150, 400, 1000};
    g_autoptr(ErrataColumn) counter = errata_column_new("n", ERRATA_COLUMN_F64, 10000);

    g_test_summary(
        "Values sorted within each batch are no row counter; one that starts anew once is");
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(ErrataColumn) sorted = errata_column_new("x", ERRATA_COLUMN_F64, 10000);

        for (guint row = 0; row < 10000; row++)
            sorted->f64[row] = 5.0 + (double)(row % sizes[i]) / sizes[i];
        g_assert_false(errata_column_is_counter(sorted));
    }
    for (guint row = 0; row < 10000; row++)
        counter->f64[row] = row % 6000;
    g_assert_true(errata_column_is_counter(counter));
}

/* a counter with gaps is past its first half's range for good, and nothing is wrong with it */
static void
test_data_bugs_counter(void)
{
    g_autoptr(AnalysisFrame) fixture = bugs_run(bugs_table(PLANT_COUNTER, 1, 5000), NULL);

    g_assert_null(bugs_find(fixture, "out-of-range", "x"));
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 0);
}

/* what the planted logs must show, and nothing louder than medium besides */
typedef struct {
    const char *log;
    const char *reference;
    const char *bugs[6]; /* bug, column, bug, column … */
    gsize rows[3];       /* rows planted */
    double factor;       /* of the unit change */
} Planted;

static const Planted planted[] = {
    {"tab_s1.csv.gz",
     "tab_s1.reference.csv.gz",
     {"unit-change", "ip_risk", "encoding-change", "mcc", "train-serve-skew", "hour_local"},
     {685, 1754, 0},
     0.01},
    {"tab_s2.csv.zst",
     "tab_s2.reference.csv.gz",
     {"unit-change",
      "support_tickets",
      "encoding-change",
      "platform",
      "train-serve-skew",
      "storage_gb"},
     {496, 1466},
     1.609344},
    {"tab_s3.jsonl.zst",
     "tab_s3.reference.csv.gz",
     {"unit-change",
      "systolic_bp",
      "encoding-change",
      "lab_vendor",
      "train-serve-skew",
      "glucose_mgdl"},
     {519, 1245},
     60.0},
};

static void
test_data_bugs_planted(gconstpointer data)
{
    const Planted *c = data;
    g_autoptr(AnalysisFrame) fixture = NULL;
    g_autoptr(ErrataClean) clean = NULL;
    ErrataFrame *frame = log_read("planted", c->log);
    guint n_expected = 1;

    if (frame == NULL)
        return;
    fixture = analysis_frame_new(frame, log_read("planted", c->reference));
    clean = errata_clean_new(frame, fixture->schema, NULL);
    fixture->analysis.frame = clean->frame; /* as a whole run has it */
    fixture->analysis.clean = clean;
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    for (guint i = 0; i < 6 && c->bugs[i] != NULL; i += 2, n_expected++) {
        const ErrataFinding *finding = bugs_find(fixture, c->bugs[i], c->bugs[i + 1]);

        g_assert_nonnull(finding);
        g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
        if (c->rows[i / 2] > 0)
            g_assert_cmpfloat_with_epsilon((double)finding->n_rows,
                                           (double)c->rows[i / 2],
                                           0.02 * (double)c->rows[i / 2]);
        if (i == 0)
            g_assert_cmpfloat_with_epsilon(finding->subject.factor, c->factor, 1e-9);
    }
    g_assert_cmpuint(bugs_find(fixture, "duplicate-rows", NULL)->n_rows, ==, 1400);
    g_assert_cmpuint(bugs_count_loud(fixture), ==, n_expected);
}

static void
test_data_bugs_clean(gconstpointer data)
{
    ErrataFrame *frame = log_read("logs", data);
    g_autoptr(AnalysisFrame) fixture = NULL;

    if (frame == NULL)
        return;
    fixture = bugs_run(frame, NULL);
    g_assert_cmpuint(bugs_count_loud(fixture), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-bugs/nothing", test_data_bugs_nothing);
    g_test_add_func("/data-bugs/missing", test_data_bugs_missing);
    g_test_add_func("/data-bugs/sentinel", test_data_bugs_sentinel);
    g_test_add_func("/data-bugs/encoding", test_data_bugs_encoding);
    g_test_add_func("/data-bugs/copies", test_data_bugs_copies);
    g_test_add_func("/data-bugs/units", test_data_bugs_units);
    g_test_add_func("/data-bugs/units/long", test_data_bugs_units_long);
    g_test_add_func("/data-bugs/recoded", test_data_bugs_recoded);
    g_test_add_func("/data-bugs/clock", test_data_bugs_clock);
    g_test_add_func("/data-bugs/skew", test_data_bugs_skew);
    g_test_add_func("/data-bugs/same", test_data_bugs_same);
    g_test_add_func("/data-bugs/ids", test_data_bugs_ids);
    g_test_add_func("/data-bugs/constant", test_data_bugs_constant);
    g_test_add_func("/data-bugs/new", test_data_bugs_new);
    g_test_add_func("/data-bugs/words", test_data_bugs_words);
    g_test_add_func("/data-bugs/unknown", test_data_bugs_unknown);
    g_test_add_func("/data-bugs/growth", test_data_bugs_growth);
    g_test_add_func("/data-bugs/jump", test_data_bugs_jump);
    g_test_add_func("/data-bugs/sorted", test_data_bugs_sorted);
    g_test_add_func("/data-bugs/counter", test_data_bugs_counter);
    for (guint i = 0; i < G_N_ELEMENTS(planted); i++) {
        g_autofree char *path = g_strconcat("/data-bugs/planted/", planted[i].log, NULL);

        g_test_add_data_func(path, &planted[i], test_data_bugs_planted);
    }
    g_test_add_data_func("/data-bugs/clean/adult", "adult_binary.csv", test_data_bugs_clean);
    g_test_add_data_func("/data-bugs/clean/housing",
                         "housing_regression.csv.gz",
                         test_data_bugs_clean);
    g_test_add_data_func("/data-bugs/clean/wine",
                         "wine_multiclass_nested.jsonl",
                         test_data_bugs_clean);
    g_test_add_data_func("/data-bugs/clean/sms", "sms_spam_text.csv", test_data_bugs_clean);
    return g_test_run();
}
