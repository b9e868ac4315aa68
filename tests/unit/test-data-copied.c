/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "data-bugs.h"
#include "fault-rows.h"
#include "rng.h"
#include "run.h"

#define COPIED_ROWS 5000

/* what a log predicts, and whether it says how sure it is */
typedef enum {
    LOG_SCORES,
    LOG_CLASSES,
    LOG_THREE,
    LOG_NUMBERS,
    N_LOGS,
} Log;

/* where the labels are the predictions */
typedef enum {
    PLANT_NONE,
    PLANT_MIDDLE,
    PLANT_END,
    PLANT_GROUP,
    PLANT_SITE,   /* values of the group are numbers */
    PLANT_SINCE,  /* in the group */
    PLANT_EASY,   /* no copy: the model is right in the group, and its scores say so */
    PLANT_NIGHT,  /* no copy: one row in four stretches of ten is always right */
    PLANT_RIGHT,  /* no copy: the model is right but for another group */
    PLANT_CELL,   /* no copy: likewise one of two columns, and no surer than elsewhere */
    PLANT_BESIDE, /* in the group, beside another that errs */
    PLANT_BREAK,  /* no copy: the model was right until it broke */
} Plant;

static gboolean
copied_is_inside(Plant plant, guint i, guint n, gboolean eu, guint site)
{
    switch (plant) {
    case PLANT_MIDDLE:
        return i >= n * 2 / 5 && i < n * 3 / 5;
    case PLANT_END:
        return i >= n * 7 / 10;
    case PLANT_GROUP:
    case PLANT_BESIDE:
        return eu;
    case PLANT_SITE:
        return site == 3;
    case PLANT_SINCE:
        return eu && i >= n * 3 / 10;
    case PLANT_NONE:
    case PLANT_EASY:
    case PLANT_NIGHT:
    case PLANT_RIGHT:
    case PLANT_CELL:
    case PLANT_BREAK:
        break;
    }
    return FALSE;
}

/* a row's prediction and label, and its score for the second class */
typedef struct {
    double score;
    double prediction;
    double label;
} Row;

static Row
copied_row(Log log, ErrataRng *rng)
{
    double x = 4.0 * errata_rng_uniform(rng) - 2.0, u = errata_rng_uniform(rng);
    Row row = {1.0 / (1.0 + exp(-1.5 * x)), x > 0.0 ? 1.0 : 0.0, 0.0};

    row.label = u < row.score ? 1.0 : 0.0;
    if (log == LOG_THREE && errata_rng_uniform(rng) < 0.3) {
        row.prediction = 2.0;
        row.label = u < 0.15 ? row.label : 2.0;
    }
    if (log == LOG_NUMBERS) {
        row.prediction = rint((50.0 + 20.0 * x) * 100.0) / 100.0;
        row.label = rint((50.0 + 20.0 * x + 12.0 * (u - 0.5)) * 100.0) / 100.0;
    }
    return row;
}

/* rows of which the model is right, as sure as it may be */
static void
copied_put_right(Row *row, Plant plant, guint i, guint n, gboolean eu, gboolean wrong)
{
    gboolean night = plant == PLANT_NIGHT && i % 500 < 250;
    gboolean right = plant == PLANT_RIGHT || (plant == PLANT_BREAK && i < n / 2);

    if ((plant == PLANT_EASY && eu) || night || right) {
        row->prediction = row->label;
        row->score = row->label > 0.5 ? 0.9995 : 0.0005;
    }
    if (plant == PLANT_RIGHT && eu && wrong)
        row->label = 1.0 - row->label;
}

/* one cell of two columns errs, whatever the scores say; of the others few rows where @plant says
 * so */
static void
copied_put_cell(Row *row, Plant plant, gboolean in_cell, double u)
{
    if (plant != PLANT_CELL && plant != PLANT_BESIDE)
        return;
    if (in_cell)
        row->label = u < 0.4 ? 1.0 - row->prediction : row->prediction;
    else if (plant == PLANT_CELL)
        row->label = u < 0.002 ? 1.0 - row->prediction : row->prediction;
}

static ErrataFrame *
copied_table(Log log, Plant plant, guint n, guint64 seed)
{
    static const char *const regions[] = {"EU", "US", "UK", "JP"};
    g_autoptr(GString) table = g_string_new("id,ts,x,region,site,");

    g_string_append(table, log == LOG_SCORES ? "score,prediction,label\n" : "prediction,label\n");
    for (guint i = 0; i < n; i++) {
        ErrataRng rng = errata_rng_init(seed, 5 + log, i);
        Row row = copied_row(log, &rng);
        guint region = (guint)errata_rng_below(&rng, 4), site = (guint)errata_rng_below(&rng, 6);

        copied_put_right(&row, plant, i, n, region == 0, errata_rng_uniform(&rng) < 0.5);
        copied_put_cell(&row, plant, region == 1 && site < 3, errata_rng_uniform(&rng));
        if (copied_is_inside(plant, i, n, region == 0, site))
            row.label = row.prediction;
        g_string_append_printf(table,
                               "r%u,%u,%u,%s,%u,",
                               i,
                               1700000000 + 600 * i,
                               (guint)errata_rng_below(&rng, 1000),
                               regions[region],
                               site);
        if (log == LOG_SCORES)
            g_string_append_printf(table, "%.4f,", row.score);
        g_string_append_printf(table,
                               log == LOG_NUMBERS ? "%.2f,%.2f\n" : "c%.0f,c%.0f\n",
                               row.prediction,
                               row.label);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
copied_run(Log log, Plant plant, guint n, guint64 seed)
{
    AnalysisFrame *fixture = analysis_frame_new(copied_table(log, plant, n, seed), NULL);

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

/* the one finding; its rows, and those planted, are nearly the same */
static const ErrataFinding *
copied_only(const AnalysisFrame *fixture, Plant plant)
{
    const GPtrArray *findings = fixture->analysis.result->findings;
    const ErrataColumn *region = errata_frame_find(fixture->frame, "region", NULL);
    const ErrataColumn *site = errata_frame_find(fixture->frame, "site", NULL);
    guint n = (guint)fixture->frame->n_rows, planted = 0;
    const ErrataFinding *finding;

    g_assert_cmpuint(findings->len, ==, 1);
    finding = g_ptr_array_index(findings, 0);
    g_test_message("%s", finding->title);
    g_assert_cmpint(finding->kind, ==, ERRATA_FINDING_DATA_BUG);
    g_assert_cmpstr(finding->subject.bug, ==, "copied-labels");
    g_assert_cmpstr(finding->subject.column, ==, "label");
    for (guint i = 0; i < n; i++) {
        g_autofree char *value = errata_column_print(region, i);
        gboolean eu = strcmp(value, "EU") == 0;

        if (!copied_is_inside(plant, i, n, eu, (guint)errata_column_number(site, i)))
            continue;
        planted++;
        g_assert_cmpuint(fixture->analysis.set_aside[i], ==, 1);
    }
    /* the rows next to a window agree for a while, by chance */
    g_assert_cmpuint(finding->n_rows, >=, planted);
    g_assert_cmpuint(finding->n_rows, <=, planted + 60);
    g_assert_cmpuint(finding->suggestions->len, ==, 1);
    return finding;
}

static void
test_data_copied_found(void)
{
    static const struct {
        Plant plant;
        const char *words;
    } expected[] = {
        {PLANT_MIDDLE, "Between "},
        {PLANT_END, "From "},
        {PLANT_GROUP, "Where region is EU, the labels look copied from the predictions: all "},
        {PLANT_SITE, "Where site is 3, the labels look copied from the predictions: all "},
        {PLANT_SINCE, "Where region is EU, from "},
        {PLANT_BESIDE, "Where region is EU, the labels look copied from the predictions: all "},
    };

    g_test_summary("Labels copied from the predictions for a while, in a group, or both, are told "
                   "with their rows, in all kinds of logs");
    for (Log log = 0; log < N_LOGS; log++)
        for (guint k = 0; k < G_N_ELEMENTS(expected); k++) {
            if (log == LOG_NUMBERS && expected[k].plant == PLANT_BESIDE)
                continue; /* numbers do not go wrong by class */
            g_autoptr(AnalysisFrame) fixture =
                copied_run(log, expected[k].plant, COPIED_ROWS, 20 + k);
            const ErrataFinding *finding = copied_only(fixture, expected[k].plant);
            const ErrataEvidence *without = errata_finding_evidence(finding, "metric_without");
            gboolean doubtful = log != LOG_SCORES && log != LOG_NUMBERS &&
                                (expected[k].plant == PLANT_GROUP ||
                                 expected[k].plant == PLANT_BESIDE ||
                                 expected[k].plant == PLANT_SITE);

            g_assert_true(g_str_has_prefix(finding->title, expected[k].words));
            g_assert_cmpint(finding->severity,
                            ==,
                            doubtful ? ERRATA_SEVERITY_MEDIUM : ERRATA_SEVERITY_HIGH);
            g_assert_true(isnan(finding->excess_errors));
            if (log == LOG_NUMBERS)
                g_assert_cmpfloat(without->value, >, without->baseline);
            else
                g_assert_cmpfloat(without->value, <, without->baseline);
            g_assert_cmpfloat(errata_finding_evidence(finding, "disagree")->value, <, 3.0);
        }
}

static void
test_data_copied_silent(void)
{
    static const struct {
        Log log;
        Plant plant;
    } sound[] = {
        {LOG_SCORES, PLANT_NONE},
        {LOG_CLASSES, PLANT_NONE},
        {LOG_THREE, PLANT_NONE},
        {LOG_NUMBERS, PLANT_NONE},
        {LOG_SCORES, PLANT_EASY},
        {LOG_SCORES, PLANT_NIGHT},
        {LOG_CLASSES, PLANT_NIGHT},
        {LOG_SCORES, PLANT_RIGHT},
        {LOG_CLASSES, PLANT_RIGHT},
        {LOG_SCORES, PLANT_CELL},
        {LOG_CLASSES, PLANT_CELL},
        {LOG_SCORES, PLANT_BREAK},
        {LOG_CLASSES, PLANT_BREAK},
    };

    g_test_summary("Groups that are easy, models that are right but for one group or until they "
                   "break, and logs of few rows are not accused");
    for (guint k = 0; k < G_N_ELEMENTS(sound); k++)
        for (guint64 seed = 0; seed < 3; seed++) {
            g_autoptr(AnalysisFrame) fixture =
                copied_run(sound[k].log, sound[k].plant, seed == 0 ? 500 : COPIED_ROWS, seed);

            for (guint f = 0; f < fixture->analysis.result->findings->len; f++) {
                const ErrataFinding *finding = g_ptr_array_index(fixture->analysis.result->findings,
                                                                 f);

                g_assert_cmpstr(finding->subject.bug, !=, "copied-labels");
            }
        }
}

/* labels that are whole numbers, and predictions so near in a group that they round to them */
static void
test_data_copied_whole_numbers(void)
{
    g_autoptr(GString) table = g_string_new("id,region,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;

    g_test_summary("Whole numbers that predictions come near to are no copies");
    for (guint i = 0; i < COPIED_ROWS; i++) {
        ErrataRng rng = errata_rng_init(4, 4, i);
        double label = 20.0 + (double)errata_rng_below(&rng, 80);
        gboolean near = errata_rng_below(&rng, 3) == 0;
        double off = (near ? 0.02 : 20.0) * (errata_rng_uniform(&rng) - 0.5);

        g_string_append_printf(table,
                               "r%u,%s,%.3f,%.0f\n",
                               i,
                               near                             ? "near"
                               : errata_rng_below(&rng, 2) == 0 ? "far"
                                                                : "wide",
                               label + off,
                               label);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 0);
}

static void
test_data_copied_beside(void)
{
    g_autoptr(ErrataFrame) frame = copied_table(LOG_SCORES, PLANT_GROUP, COPIED_ROWS, 3);
    g_autoptr(ErrataSettings) settings = errata_settings_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataCase) result = NULL;
    g_autoptr(AnalysisFrame) fixture = copied_run(LOG_SCORES, PLANT_GROUP, COPIED_ROWS, 3);
    g_autoptr(ErrataFaultRows) faults = errata_fault_rows_new(&fixture->analysis);
    const ErrataColumn *label = errata_frame_find(fixture->frame, "label", NULL);
    const ErrataColumn *x = errata_frame_find(fixture->frame, "x", NULL);

    g_test_summary("The sound groups beside copied labels are not accused, and neither is the "
                   "model of treating them otherwise; other columns are read in all rows");
    g_hash_table_insert(settings->roles, g_strdup("region"), g_strdup("group"));
    result = errata_run(frame, NULL, settings, ERRATA_RUN_FULL, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);

        g_test_message("%s %s", errata_severity_nick(finding->severity), finding->title);
        if (finding->severity >= ERRATA_SEVERITY_LOW)
            g_assert_cmpstr(finding->subject.bug, ==, "copied-labels");
    }
    g_assert_nonnull(errata_fault_rows_of(faults, label));
    g_assert_null(errata_fault_rows_of(faults, x));
    for (gsize row = 0; row < fixture->frame->n_rows; row++)
        g_assert_cmpuint(faults->whole[row], ==, 0);
}

/* a log stamped by day: the window begins and ends with a day */
static void
test_data_copied_days(void)
{
    g_autoptr(GString) table = g_string_new("id,day,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    const ErrataFinding *finding;

    g_test_summary("In a log stamped by day a window of copied labels begins with a day");
    for (guint i = 0; i < COPIED_ROWS; i++) {
        ErrataRng rng = errata_rng_init(6, 6, i);
        guint day = i / 200, prediction = (guint)errata_rng_below(&rng, 2);
        gboolean wrong = errata_rng_uniform(&rng) < 0.1;

        g_string_append_printf(table,
                               "r%u,2026-03-%02u,%u,%u\n",
                               i,
                               day + 1,
                               prediction,
                               wrong && (day < 10 || day >= 16) ? 1 - prediction : prediction);
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_cmpuint(fixture->analysis.result->findings->len, ==, 1);
    finding = g_ptr_array_index(fixture->analysis.result->findings, 0);
    g_test_message("%s", finding->title);
    g_assert_true(g_str_has_prefix(finding->title, "Between 11 March and 17 March, "));
    g_assert_cmpuint(finding->n_rows, ==, 1200);
    g_assert_cmpuint(finding->row[0], ==, 2000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-copied/found", test_data_copied_found);
    g_test_add_func("/data-copied/silent", test_data_copied_silent);
    g_test_add_func("/data-copied/whole-numbers", test_data_copied_whole_numbers);
    g_test_add_func("/data-copied/beside", test_data_copied_beside);
    g_test_add_func("/data-copied/days", test_data_copied_days);
    return g_test_run();
}
