/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "outcome-percent.h"
#include "rng.h"

#define SWAPS_ROWS 4000
#define SWAPS_FROM 2500
#define SWAPS_TO   2700

static const double swaps_kinds[] = {-2.5, 1.5, 2.5, -1.5};

typedef enum {
    SWAPS_NOTHING,
    SWAPS_PERCENT,  /* scores times 100 */
    SWAPS_INVERTED, /* scores of the other class */
    SWAPS_LABELS,   /* labels the other way round */
    SWAPS_COLUMNS,  /* x and y in each other's place */
    SWAPS_RING,     /* x holds y's values, y z's, z x's */
    SWAPS_COPY,     /* z holds y's values */
    SWAPS_WORSE,    /* no swap: the model is wrong half of the time for a while */
    SWAPS_SORTED,   /* no swap: all labels of one class come last, and the model says neither */
    SWAPS_OUTPUTS,  /* predictions and scores the other way round */
    SWAPS_EITHER,   /* labels the other way round, and no column tells of it */
    SWAPS_CODES, /* kinds for one another, and the model read them so: it errs as if labels had turned */
    N_SWAPS,
    SWAPS_CODES_SINCE, /* likewise, to the end */
} Swaps;

static double
swaps_normal(ErrataRng *rng)
{
    double u = errata_rng_uniform(rng), v = errata_rng_uniform(rng);

    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * G_PI * v);
}

static double
swaps_chance(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

static ErrataFrame *
swaps_table(Swaps plant, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,ts,x,y,z,kind,score,prediction,label\n");

    for (guint i = 0; i < SWAPS_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 5, i);
        gboolean inside = i >= SWAPS_FROM && (i < SWAPS_TO || plant == SWAPS_CODES_SINCE);
        gboolean codes = plant == SWAPS_CODES || plant == SWAPS_CODES_SINCE;
        double x = 20.0 + 5.0 * swaps_normal(&rng);
        double y = 75.0 + 10.0 * swaps_normal(&rng);
        double z = 125.0 + 16.0 * swaps_normal(&rng), in_x = x, in_y = y, in_z = z;
        ErrataRng kinds = errata_rng_init(seed, 6, i);
        double part = errata_rng_uniform(&kinds);
        guint kind = part < 0.5 ? 0 : part < 0.8 ? 1 : part < 0.95 ? 2 : 3;
        guint read = inside && codes ? (kind + 2) % 4 : kind;
        double effect = codes ? 1.0 : 0.0, slope = codes ? 0.06 : 0.5;
        double rest = slope * (x - 20.0);
        double score = swaps_chance(rest + effect * swaps_kinds[read]);
        guint prediction = score >= 0.5 ? 1 : 0;
        double u = errata_rng_uniform(&rng);
        guint label = u < swaps_chance(rest + effect * swaps_kinds[kind]) ? 1 : 0;

        if (inside && plant == SWAPS_PERCENT)
            score *= 100.0;
        if (inside && plant == SWAPS_INVERTED)
            score = 1.0 - score;
        if (inside && (plant == SWAPS_LABELS || plant == SWAPS_EITHER))
            label = 1 - label;
        if (inside && plant == SWAPS_OUTPUTS) {
            score = 1.0 - score;
            prediction = 1 - prediction;
        }
        if (plant == SWAPS_EITHER)
            in_x = 20.0 + 5.0 * swaps_normal(&rng);
        if (inside && plant == SWAPS_WORSE)
            label = errata_rng_uniform(&rng) < 0.5 ? 1 : 0;
        if (inside && (plant == SWAPS_COLUMNS || plant == SWAPS_RING))
            in_x = y;
        if (inside && plant == SWAPS_COLUMNS)
            in_y = x;
        if (inside && plant == SWAPS_RING)
            in_y = z;
        if (inside && plant == SWAPS_RING)
            in_z = x;
        if (inside && plant == SWAPS_COPY)
            in_z = y;
        if (plant == SWAPS_SORTED) {
            label = i < SWAPS_FROM ? 0 : 1;
            prediction = errata_rng_uniform(&rng) < 0.01 ? 1 : 0;
        }
        g_string_append_printf(table,
                               "r%u,%u,%.2f,%.2f,%.2f,%u,%.4f,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               in_x,
                               in_y,
                               in_z,
                               read + 1,
                               score,
                               prediction,
                               label);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
swaps_run(Swaps plant, guint64 seed)
{
    AnalysisFrame *fixture = analysis_frame_new(swaps_table(plant, seed), NULL);

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_data_swaps_since(void)
{
    g_test_summary("Values exchanged to the end of the log are told of to its end");
    for (guint64 seed = 0; seed < 6; seed++) {
        g_autoptr(AnalysisFrame) fixture = swaps_run(SWAPS_CODES_SINCE, 107 + seed);
        const GPtrArray *findings = fixture->analysis.result->findings;
        const ErrataFinding *finding;

        g_assert_cmpuint(findings->len, ==, 1);
        finding = g_ptr_array_index(findings, 0);
        g_assert_cmpstr(finding->subject.column, ==, "kind");
        g_assert_cmpint(finding->subject.to / 1000000000,
                        >=,
                        1700000000 + 60 * (G_GINT64_CONSTANT(1) * SWAPS_ROWS - 1));
    }
}

static void
test_data_swaps_found(void)
{
    static const struct {
        const char *bug;
        const char *column;
        const char *title; /* as it begins */
    } wanted[N_SWAPS] = {
        [SWAPS_PERCENT] = {"unit-change", "score", NULL},
        [SWAPS_INVERTED] = {"unit-change", "score", NULL},
        [SWAPS_LABELS] = {"encoding-change", "label", "The labels of label are"},
        [SWAPS_OUTPUTS] = {"encoding-change", "prediction", "The predictions of prediction are"},
        [SWAPS_EITHER] = {"encoding-change",
                          "label",
                          "The labels of label or the predictions of prediction are"},
        [SWAPS_CODES] = {"encoding-change", "kind", "Values of kind are exchanged"},
        [SWAPS_COLUMNS] = {"column-swap", "x", NULL},
        [SWAPS_RING] = {"column-swap", "x", NULL},
        [SWAPS_COPY] = {"column-swap", "z", NULL},
    };

    g_test_summary(
        "Scores as percentages or of the other class, labels the other way round, columns in "
        "each other’s place: told once, with their window; nothing else is");
    for (guint plant = 0; plant < N_SWAPS; plant++) {
        g_autoptr(AnalysisFrame) fixture = swaps_run((Swaps)plant, 40 + plant);
        const GPtrArray *findings = fixture->analysis.result->findings;
        const ErrataFinding *finding;

        g_assert_cmpuint(findings->len, ==, wanted[plant].bug != NULL ? 1 : 0);
        if (findings->len == 0)
            continue;
        finding = g_ptr_array_index(findings, 0);
        g_test_message("%s", finding->title);
        g_assert_cmpstr(finding->subject.bug, ==, wanted[plant].bug);
        g_assert_cmpstr(finding->subject.column, ==, wanted[plant].column);
        if (wanted[plant].title != NULL)
            g_assert_true(g_str_has_prefix(finding->title, wanted[plant].title));
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
        g_assert_cmpint(ABS(finding->subject.from / 1000000000 - 1700000000 - 60 * SWAPS_FROM),
                        <=,
                        60 * 8);
        g_assert_cmpint(ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * SWAPS_TO),
                        <=,
                        60 * 8);
        g_assert_cmpuint(fixture->analysis.set_aside[SWAPS_FROM + 100], ==, 1);
        g_assert_cmpuint(fixture->analysis.set_aside[SWAPS_FROM - 100], ==, 0);
    }
}

static void
test_data_swaps_percent(void)
{
    g_autoptr(AnalysisFrame) fixture = swaps_run(SWAPS_PERCENT, 50);
    const double above[] = {0.1, 0.9, 50.0, 0.2};
    const guint32 order[] = {0, 1, 2, 3};
    ErrataPercentWindow window[ERRATA_PERCENT_WINDOWS];
    gsize n = 0;

    g_test_summary("The other rows keep their scores");
    g_assert_nonnull(fixture->outcome->score);
    for (guint i = 0; i < SWAPS_ROWS; i++)
        n += isnan(fixture->outcome->score[i]) ? 1 : 0;
    g_assert_cmpuint(n, >, 190);
    g_assert_cmpuint(n, <=, SWAPS_TO - SWAPS_FROM);
    g_assert_cmpuint(errata_outcome_percent_windows(above, order, 4, window), ==, 0);
}

static ErrataFrame *
percent_table(guint parts)
{
    g_autoptr(GString) table =
        g_string_new("id,ts,x,score_cat,score_dog,score_owl,prediction,label\n");

    for (guint i = 0; i < SWAPS_ROWS; i++) {
        static const char *const names[] = {"cat", "dog", "owl"};
        ErrataRng rng = errata_rng_init(7, 6, i);
        gboolean inside = parts > 0 ? i >= (4 - parts) * SWAPS_ROWS / 4
                                    : (i >= 500 && i < 600) || (i >= SWAPS_FROM && i < SWAPS_TO);
        guint best = (guint)errata_rng_below(&rng, 3), label;
        double sure = 0.6 + 0.35 * errata_rng_uniform(&rng), score[3];

        for (guint k = 0; k < 3; k++)
            score[k] = (k == best ? sure : 0.5 * (1.0 - sure)) * (inside ? 100.0 : 1.0);
        label = errata_rng_uniform(&rng) < 0.8 ? best : (guint)errata_rng_below(&rng, 3);
        g_string_append_printf(table,
                               "r%u,%u,%.2f,%.4f,%.4f,%.4f,%s,%s\n",
                               i,
                               1700000000 + 60 * i,
                               swaps_normal(&rng),
                               score[0],
                               score[1],
                               score[2],
                               names[best],
                               names[label]);
    }
    return schema_frame_new(table->str);
}

static void
test_data_swaps_percents(void)
{
    static const gint64 from[] = {500, SWAPS_FROM}, to[] = {600, SWAPS_TO};
    g_autoptr(AnalysisFrame) fixture = analysis_frame_new(percent_table(0), NULL);
    const GPtrArray *findings = fixture->analysis.result->findings;
    gsize n = 0;

    g_test_summary("Percentages in two windows and in the scores of all classes: each window once");
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        g_test_message("%s", finding->title);
        if (g_strcmp0(finding->subject.bug, "unit-change") != 0)
            continue;
        g_assert_cmpuint(n, <, 2);
        g_assert_true(g_str_has_prefix(finding->title,
                                       "score_cat, score_dog and score_owl arrive as percentages"));
        g_assert_cmpint(finding->subject.from / 1000000000 - 1700000000, ==, 60 * from[n]);
        g_assert_cmpint(finding->subject.to / 1000000000 - 1700000000, ==, 60 * to[n]);
        n++;
    }
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpuint(findings->len, ==, 2);
}

/* so many quarters of the log, its last, hold percentages */
static void
swaps_check_parts(guint parts)
{
    g_autoptr(AnalysisFrame) fixture = analysis_frame_new(percent_table(parts), NULL);
    const GPtrArray *findings = fixture->analysis.result->findings;
    const ErrataFinding *finding;

    g_assert_nonnull(fixture->outcome->probability);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_assert_cmpstr(finding->subject.bug, ==, "unit-change");
}

static void
test_data_swaps_quarter(void)
{
    g_test_summary("Scores that are percentages in a quarter of the log, or in three, are scores");
    for (guint parts = 1; parts <= 3; parts += 2)
        swaps_check_parts(parts);
}

/* wide and tall change places in the rows of one region, between @from and @to */
static AnalysisFrame *
part_run(guint from, guint to)
{
    static const char *const regions[] = {"EU", "UK", "US"};
    g_autoptr(GString) table = g_string_new("id,ts,wide,tall,region,prediction,label\n");
    AnalysisFrame *fixture;

    for (guint i = 0; i < 6000; i++) {
        ErrataRng rng = errata_rng_init(12, 8, i);
        double wide = 130.0 + 15.0 * swaps_normal(&rng), tall = 45.0 + 8.0 * swaps_normal(&rng);
        guint region = (guint)errata_rng_below(&rng, 3), label = (guint)errata_rng_below(&rng, 2);
        gboolean swapped = region == 0 && i >= from && i < to;

        g_string_append_printf(table,
                               "r%u,%u,%.1f,%.1f,%s,%u,%u\n",
                               i,
                               1700000000 + 60 * i,
                               swapped ? tall : wide,
                               swapped ? wide : tall,
                               regions[region],
                               errata_rng_uniform(&rng) < 0.1 ? 1 - label : label,
                               label);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_data_swaps_part(void)
{
    g_autoptr(AnalysisFrame) some = part_run(2000, 3200);
    g_autoptr(AnalysisFrame) always = part_run(0, 6000);
    const GPtrArray *findings = some->analysis.result->findings;
    const ErrataFinding *finding;

    g_test_summary(
        "Columns in each other's place in a part of a window's rows; what is always so is no fault");
    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_test_message("%s", finding->title);
    g_assert_cmpstr(finding->subject.bug, ==, "column-swap");
    g_assert_nonnull(strstr(finding->title, "rows where region is EU between"));
    g_assert_cmpuint(finding->n_rows, >=, 360);
    g_assert_cmpuint(finding->n_rows, <=, 440);
    for (gsize i = 0; i < finding->n_rows; i++)
        g_assert_true(finding->row[i] >= 2000 && finding->row[i] < 3200);
    g_assert_cmpuint(always->analysis.result->findings->len, ==, 0);
}

/* a mean of @mean over the sum of two exponential draws */
static double
two_gamma(ErrataRng *rng, double mean)
{
    double sum = 0.0;

    for (guint i = 0; i < 2; i++)
        sum -= log(1.0 - errata_rng_uniform(rng));
    return 0.5 * mean * sum;
}

/* weights in pounds in rows 8,177 to 9,480, then in place of the distances (or in grams) in 12,977
 * to 13,476, with which no block begins or ends */
static AnalysisFrame *
two_run(gboolean swap, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("id,ts,weight,distance,score,label\n");
    AnalysisFrame *fixture;

    for (guint i = 0; i < 15000; i++) {
        ErrataRng rng = errata_rng_init(seed, 12, i);
        double weight = 0.2 + two_gamma(&rng, 3.0), distance = two_gamma(&rng, 180.0);
        double score = errata_rng_uniform(&rng), told = weight;
        gboolean wrong = i >= 12977 && i < 13477;

        if (i >= 8177 && i < 9481)
            told = 2.2046 * weight;
        else if (wrong)
            told = swap ? distance : 1000.0 * weight;
        g_string_append_printf(table,
                               "%u,%u,%.2f,%.2f,%.3f,%u\n",
                               i,
                               1700000000 + 300 * i,
                               told,
                               wrong && swap ? weight : distance,
                               score,
                               errata_rng_uniform(&rng) < score ? 1U : 0U);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
test_data_swaps_two(void)
{
    g_test_summary(
        "A fault that moves a column far does not hide one that moves it less at another time, and a "
        "window of whole blocks does not hide a swap");
    for (guint64 seed = 0; seed < 8; seed++) {
        g_autoptr(AnalysisFrame) fixture = two_run(seed % 2 == 0, seed);
        const GPtrArray *findings = fixture->analysis.result->findings;
        guint n_pounds = 0, n_others = 0;

        g_assert_cmpuint(findings->len, ==, 2);
        for (guint i = 0; i < findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(findings, i);

            n_pounds += strstr(finding->title, "multiplied by 2.2046") != NULL ? 1 : 0;
            n_others += strstr(finding->title,
                               seed % 2 == 0 ? "each other’s" : "multiplied by 1000") != NULL
                            ? 1
                            : 0;
        }
        g_assert_cmpuint(n_pounds, ==, 1);
        g_assert_cmpuint(n_others, ==, 1);
    }
}

/* pounds that come as kilograms are as large as what another column counts */
static void
test_data_swaps_finer(void)
{
    g_test_summary("Values with decimals are not those of a column of whole numbers");
    for (guint64 seed = 0; seed < 4; seed++) {
        g_autoptr(GString) table = g_string_new("ts,weight,pieces,prediction,label\n");
        g_autoptr(AnalysisFrame) fixture = NULL;
        guint n_found = 0;

        for (guint i = 0; i < SWAPS_ROWS; i++) {
            ErrataRng rng = errata_rng_init(seed, 8, i);
            gboolean inside = i >= SWAPS_FROM && i < SWAPS_TO;
            double weight = 70.0 + 12.0 * swaps_normal(&rng);
            double pieces = 70.0 * 0.45359237 + 12.0 * 0.45359237 * swaps_normal(&rng);
            guint label = errata_rng_uniform(&rng) < 0.3 ? 1u : 0u;

            g_string_append_printf(table,
                                   inside ? "%u,%.4f,%.0f,%u,%u\n" : "%u,%.1f,%.0f,%u,%u\n",
                                   1700000000 + 60 * i,
                                   inside ? 0.45359237 * weight : weight,
                                   pieces,
                                   errata_rng_uniform(&rng) < 0.3 ? 1u : 0u,
                                   label);
        }
        fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        for (guint i = 0; i < fixture->analysis.result->findings->len; i++) {
            const ErrataFinding *finding = g_ptr_array_index(fixture->analysis.result->findings, i);

            n_found += g_strcmp0(finding->subject.bug, "unit-change") == 0 &&
                       fabs(finding->subject.factor - 0.45359237) < 1e-9;
        }
        g_assert_cmpuint(n_found, ==, 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-swaps/found", test_data_swaps_found);
    g_test_add_func("/data-swaps/since", test_data_swaps_since);
    g_test_add_func("/data-swaps/part", test_data_swaps_part);
    g_test_add_func("/data-swaps/two", test_data_swaps_two);
    g_test_add_func("/data-swaps/finer", test_data_swaps_finer);
    g_test_add_func("/data-swaps/percent", test_data_swaps_percent);
    g_test_add_func("/data-swaps/percents", test_data_swaps_percents);
    g_test_add_func("/data-swaps/quarter", test_data_swaps_quarter);
    return g_test_run();
}
