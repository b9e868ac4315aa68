/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "analysis-frame.h"
#include "class-words.h"
#include "data-bugs.h"
#include "rng.h"
#include "text.h"

#define FAULT_ROWS 4000
#define FAULT_FROM 2000
#define FAULT_TO   2200

#define FAULT_GROUP_FROM 1500

typedef enum {
    FAULT_NONE,
    FAULT_GARBLED,
    FAULT_FROZEN,
    FAULT_FROZEN_TO_THE_END,
    FAULT_UNREADABLE,
    FAULT_CAPITALS,
    FAULT_CAPITALS_SINCE, /* in most of the rows */
    FAULT_NUMBERS,        /* for cities, to the end */
    FAULT_COPIES,
    FAULT_BLANKS,
    FAULT_GAP,
    FAULT_NIGHTS, /* no fault: no rows at night */
    FAULT_INFINITE,
    FAULT_CAPITALS_ALWAYS,
    FAULT_MISSING_ALWAYS,
    FAULT_PADDED, /* no fault: each value has a blank in front */
    FAULT_TWICE,  /* two bursts of missing values */
    FAULT_FALLS,  /* no fault: 90 % are missing at first, 30 % at last */
    FAULT_SEASON, /* no fault: from 5 % to 95 % and back */
    FAULT_GROUP,  /* one city has no k from row 1,500 on */
    FAULT_STICKY, /* no fault: a value that lasts 200 rows each time */
} Fault;

static const char *const fault_cities[] = {"Zürich", "Genève", "Bern", "Basel"};
static const char *const fault_garbled[] = {"ZÃ¼rich", "GenÃ¨ve", "Bern", "Basel"};
static const char *const fault_numbers[] = {"1", "2", "3", "4"};
static const char *const fault_capitals[] = {"ZÜRICH", "GENÈVE", "BERN", "BASEL"};

/* seconds by which a row comes later */
static guint
fault_pause(Fault fault, guint i)
{
    if (fault == FAULT_GAP)
        return (37 * i) % 30 + (i >= FAULT_FROM ? 60 * 500 : 0);
    return fault == FAULT_NIGHTS ? i / 500 * 60 * 400 + i % 30 : 0;
}

/* whether a row has no k: the share of rows without one is what the season or the fault makes it */
static gboolean
fault_has_no_k(Fault fault, guint i, guint city, double chance)
{
    double place = (double)i / FAULT_ROWS;

    if (fault == FAULT_TWICE)
        return (i >= 500 && i < 700) || (i >= FAULT_FROM && i < FAULT_TO);
    if (fault == FAULT_GROUP)
        return city == 2 && i >= FAULT_GROUP_FROM;
    if (fault == FAULT_FALLS)
        return chance < 0.9 - 0.6 * place;
    return fault == FAULT_SEASON && chance < 0.5 - 0.45 * cos(2.0 * G_PI * place);
}

static const char *
fault_city(Fault fault, guint city, guint i, gboolean inside)
{
    if (fault == FAULT_GARBLED && inside)
        return fault_garbled[city];
    if (fault == FAULT_CAPITALS_ALWAYS || (fault == FAULT_CAPITALS && inside))
        return fault_capitals[city];
    if (fault == FAULT_CAPITALS_SINCE && i >= FAULT_GROUP_FROM)
        return fault_capitals[city];
    if (fault == FAULT_NUMBERS && i > FAULT_TO)
        return fault_numbers[city];
    return fault == FAULT_MISSING_ALWAYS && i % 5 == 3 ? "" : fault_cities[city];
}

/* each row of COPIES five times, one of them with an x far beyond all others */
static ErrataFrame *
fault_table(Fault fault, guint64 seed)
{
    g_autoptr(GString) table = g_string_new("ts,x,k,city,prediction,label\n");

    for (guint i = 0; i < FAULT_ROWS; i++) {
        guint from = fault == FAULT_COPIES ? i / 5 : i;
        ErrataRng rng = errata_rng_init(seed, 3, from);
        double x = 100.0 * errata_rng_uniform(&rng);
        guint k = (guint)errata_rng_below(&rng, 5);
        guint city = (guint)errata_rng_below(&rng, 4);
        guint label = (guint)errata_rng_below(&rng, 2);
        guint said = errata_rng_uniform(&rng) < 0.1 ? 1 - label : label;
        gboolean inside = i >= FAULT_FROM && i < FAULT_TO;

        if ((fault == FAULT_FROZEN && inside) ||
            (fault == FAULT_FROZEN_TO_THE_END && i >= FAULT_ROWS - 500))
            x = 37.25;
        if (fault == FAULT_STICKY)
            x = 7.0 * (double)(i / 200 % 9);
        if (fault == FAULT_COPIES && from == 700)
            x = 900.0;
        g_string_append_printf(table, "%u,", 1700000000 + 60 * from + fault_pause(fault, i));
        if (fault == FAULT_INFINITE)
            g_string_append(table, i % 2 == 0 ? "inf" : "-inf");
        else
            g_string_append_printf(table, "%.2f", x);
        if (fault == FAULT_UNREADABLE && inside)
            g_string_append_printf(table, ",%u pieces", k);
        else if (fault_has_no_k(fault, i, city, errata_rng_uniform(&rng)))
            g_string_append(table, ",");
        else
            g_string_append_printf(table, ",%u", k);
        g_string_append_printf(table,
                               ",%s%s%s,%u,%u\n",
                               fault == FAULT_PADDED ? " " : "",
                               fault_city(fault, city, i, inside),
                               fault == FAULT_BLANKS && inside ? " " : "",
                               said,
                               label);
    }
    return schema_frame_new(table->str);
}

static AnalysisFrame *
fault_run(Fault fault, guint64 seed)
{
    AnalysisFrame *fixture = analysis_frame_new(fault_table(fault, seed), NULL);

    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static const ErrataFinding *
fault_find(const AnalysisFrame *fixture, const char *bug, const char *column)
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
fault_count_loud(const AnalysisFrame *fixture)
{
    const GPtrArray *findings = fixture->analysis.result->findings;
    guint n = 0;

    for (guint i = 0; i < findings->len; i++)
        n += ((ErrataFinding *)g_ptr_array_index(findings, i))->severity >= ERRATA_SEVERITY_MEDIUM;
    return n;
}

static void
fault_assert_window(const ErrataFinding *finding, guint from, guint to)
{
    g_assert_true(finding->subject.has_time);
    g_assert_cmpint(finding->subject.from / 1000000000, ==, 1700000000 + 60 * from);
    g_assert_cmpint(ABS(finding->subject.to / 1000000000 - 1700000000 - 60 * to), <=, 60);
}

static void
test_data_faults_garbled(void)
{
    g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_GARBLED, 1);
    const ErrataFinding *finding = fault_find(fixture, "encoding-change", "city");

    g_test_summary("UTF-8 read as Latin-1 in half of the values is found, and told once");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, >, 60);
    g_assert_cmpuint(finding->n_rows, <, 150);
    g_assert_cmpuint(finding->row[0], >=, FAULT_FROM);
    g_assert_cmpuint(finding->row[finding->n_rows - 1], <, FAULT_TO);
    g_assert_cmpuint(fault_count_loud(fixture), ==, 1);
    g_assert_cmpuint(fixture->analysis.set_aside[FAULT_FROM + 100], ==, 1);
    g_assert_cmpuint(fixture->analysis.set_aside[FAULT_FROM - 50], ==, 0);
}

static void
test_data_faults_frozen(void)
{
    g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_FROZEN, 2);
    g_autoptr(AnalysisFrame) late = fault_run(FAULT_FROZEN_TO_THE_END, 3);
    g_autoptr(AnalysisFrame) sticky = fault_run(FAULT_STICKY, 4);
    const ErrataFinding *finding = fault_find(fixture, "constant", "x");

    g_test_summary("A column that stands still is found; one whose values all last is not");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, FAULT_TO - FAULT_FROM);
    fault_assert_window(finding, FAULT_FROM, FAULT_TO);
    g_assert_cmpuint(fault_count_loud(fixture), ==, 1);
    finding = fault_find(late, "constant", "x");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 500);
    g_assert_null(fault_find(sticky, "constant", "x"));
}

static void
test_data_faults_once(void)
{
    g_autoptr(AnalysisFrame) types = fault_run(FAULT_UNREADABLE, 5);
    g_autoptr(AnalysisFrame) capitals = fault_run(FAULT_CAPITALS, 6);
    const ErrataFinding *finding = fault_find(types, "type-change", "k");

    g_test_summary("Unreadable cells are no missing burst besides, and a new writing no spelling");
    g_assert_nonnull(finding);
    fault_assert_window(finding, FAULT_FROM, FAULT_TO);
    g_assert_null(fault_find(types, "missing-burst", "k"));
    g_assert_nonnull(fault_find(capitals, "encoding-change", "city"));
    g_assert_null(fault_find(capitals, "spelling", "city"));
    g_assert_cmpuint(fault_count_loud(capitals), ==, 1);
}

static void
test_data_faults_since(void)
{
    g_autoptr(AnalysisFrame) capitals = fault_run(FAULT_CAPITALS_SINCE, 6);
    g_autoptr(AnalysisFrame) numbers = fault_run(FAULT_NUMBERS, 7);
    const ErrataFinding *finding = fault_find(capitals, "encoding-change", "city");

    g_test_summary(
        "A writing that most rows have is no spelling besides; numbers that words have become are dated");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, FAULT_ROWS - FAULT_GROUP_FROM);
    g_assert_null(fault_find(capitals, "spelling", "city"));
    g_assert_cmpuint(fault_count_loud(capitals), ==, 1);
    finding = fault_find(numbers, "type-change", "city");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, FAULT_ROWS - FAULT_TO - 1);
    fault_assert_window(finding, FAULT_TO + 1, FAULT_ROWS - 1);
    g_assert_nonnull(errata_finding_evidence(finding, "rate_in"));
    g_assert_cmpuint(fault_count_loud(numbers), ==, 1);
}

static void
test_data_faults_blanks(void)
{
    g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_BLANKS, 8);
    g_autoptr(AnalysisFrame) padded = fault_run(FAULT_PADDED, 9);
    const ErrataFinding *finding = fault_find(fixture, "encoding-change", "city");

    g_test_summary("Blanks around the values of a while are told of, those of all values are not");
    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpuint(finding->n_rows, ==, FAULT_TO - FAULT_FROM);
    fault_assert_window(finding, FAULT_FROM, FAULT_TO);
    g_assert_cmpuint(fault_count_loud(fixture), ==, 1);
    g_assert_cmpuint(fault_count_loud(padded), ==, 0);
}

static void
test_data_faults_gap(void)
{
    g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_GAP, 10);
    g_autoptr(AnalysisFrame) nights = fault_run(FAULT_NIGHTS, 11);
    const ErrataFinding *finding = fault_find(fixture, "gap", "ts");

    g_test_summary("A pause far longer than any other is told, one that comes every night is not");
    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_cmpint(finding->subject.from / 1000000000,
                    ==,
                    1700000000 + 60 * (FAULT_FROM - 1) + 37 * (FAULT_FROM - 1) % 30);
    g_assert_cmpint(finding->subject.to / 1000000000,
                    ==,
                    1700000000 + 60 * (FAULT_FROM + 500) + 37 * FAULT_FROM % 30);
    g_assert_cmpuint(fault_count_loud(fixture), ==, 1);
    g_assert_cmpuint(fault_count_loud(nights), ==, 0);
}

static void
test_data_faults_infinite(void)
{
    g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_INFINITE, 12);
    const ErrataFinding *finding = fault_find(fixture, "out-of-range", "x");

    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
    g_assert_cmpuint(finding->n_rows, ==, FAULT_ROWS);
    g_assert_cmpuint(fixture->analysis.exclude[1], ==, 1);
    g_assert_null(fault_find(fixture, "constant", "x")); /* once is enough */
}

static void
test_data_faults_skew(void)
{
    static const Fault faults[] = {FAULT_CAPITALS_ALWAYS, FAULT_MISSING_ALWAYS, FAULT_PADDED};
    static const guint n_rows[] = {FAULT_ROWS, FAULT_ROWS / 5, FAULT_ROWS};

    g_test_summary("Values written otherwise, missing or padded from the first row on, against a "
                   "reference");
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autoptr(AnalysisFrame) fixture = analysis_frame_new(fault_table(faults[i], 13),
                                                              fault_table(FAULT_NONE, 14));
        const ErrataFinding *finding;

        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        finding = fault_find(fixture, "train-serve-skew", "city");
        g_assert_nonnull(finding);
        g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_HIGH);
        g_assert_cmpuint(finding->n_rows, ==, n_rows[i]);
        g_assert_cmpuint(fault_count_loud(fixture), ==, 1);
        if (i == 0) {
            g_assert_cmpuint(g_strv_length(finding->undo), ==, 8);
            for (guint k = 0; k < 8; k += 2)
                g_assert_cmpstr(finding->undo[k], !=, finding->undo[k + 1]);
            g_assert_true(g_strv_contains((const char *const *)finding->undo, "Zürich"));
        }
    }
}

static void
test_data_faults_copies(void)
{
    g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_COPIES, 7);
    const ErrataFinding *finding = fault_find(fixture, "duplicate-rows", NULL);

    g_test_summary("Copies are told of, and are no further evidence of anything");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, FAULT_ROWS / 5 * 4);
    g_assert_cmpuint(fault_count_loud(fixture), ==, 1);
}

static void
test_data_faults_noise(void)
{
    guint loud = 0;

    g_test_summary("Tables without a fault stay silent");
    for (guint64 seed = 0; seed < 20; seed++) {
        g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_NONE, 100 + seed);

        loud += fault_count_loud(fixture);
    }
    g_assert_cmpuint(loud, ==, 0);
}

static void
test_data_faults_ungarble(void)
{
    static const struct {
        const char *text;
        const char *was;
    } texts[] = {
        {"GenÃ¨ve", "Genève"},
        {"â‚¬ 5", "€ 5"},
        {"Ã©tÃ©", "été"},
        {"Ã€", "À"}, /* 0x80 is the euro sign in Windows-1252 */
        {"Genève", NULL},
        {"Ã", NULL},
        {"Ãé", NULL},
        {"漢Ã©", NULL},
        {"plain", NULL},
        {"", NULL},
    };

    g_test_summary("A text in the wrong encoding is put right, a sound one is left alone");
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *was = errata_text_ungarble(texts[i].text, strlen(texts[i].text));

        g_assert_cmpstr(was, ==, texts[i].was);
    }
}

static void
test_data_faults_bursts(void)
{
    g_autoptr(AnalysisFrame) twice = fault_run(FAULT_TWICE, 9);
    const GPtrArray *findings = twice->analysis.result->findings;
    guint n = 0;

    g_test_summary("Two bursts are two findings, with what is missing outside both; a share that "
                   "falls all the time, or a season of it, is no burst");
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (strcmp(finding->subject.bug, "missing-burst") != 0)
            continue;
        fault_assert_window(finding, n == 0 ? 500 : FAULT_FROM, n == 0 ? 700 : FAULT_TO);
        g_assert_nonnull(strstr(finding->title, "outside its two bursts never"));
        n++;
    }
    g_assert_cmpuint(n, ==, 2);
    for (guint64 seed = 20; seed < 23; seed++) {
        g_autoptr(AnalysisFrame) falls = fault_run(FAULT_FALLS, seed);
        g_autoptr(AnalysisFrame) season = fault_run(FAULT_SEASON, seed);

        g_assert_cmpuint(fault_count_loud(falls), ==, 0);
        g_assert_cmpuint(fault_count_loud(season), ==, 0);
    }
}

#define WORD_ROWS 6000
#define WORD_FROM 2600
#define WORD_TO   3000

/* a column in which none is a value: 20 % of the rows have it. From one row to another six in ten
 * others are lost to it, of each alike (@choice: of one only) */
static AnalysisFrame *
fault_word(gboolean choice, guint64 seed)
{
    static const char *const plans[] = {"none", "basic", "full", "basic", "full"};
    g_autoptr(GString) table = g_string_new("ts,plan,x,score,label\n");
    ErrataFrame *frame;
    AnalysisFrame *fixture;

    for (guint i = 0; i < WORD_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, 9, i);
        guint plan = (guint)errata_rng_below(&rng, 5);
        gboolean lost = errata_rng_below(&rng, 10) < 6;
        guint x = (guint)errata_rng_below(&rng, 1000);
        guint score = 10 + (guint)errata_rng_below(&rng, 80);
        guint label = (guint)errata_rng_below(&rng, 100) < score ? 1 : 0;

        if (i >= WORD_FROM && i < WORD_TO && lost && (!choice || plan % 2 == 1))
            plan = 0;
        g_string_append_printf(table,
                               "%u,%s,%u,0.%02u,%u\n",
                               1700000000 + 60 * i,
                               plans[plan],
                               x,
                               score,
                               label);
    }
    frame = schema_frame_new(table->str);
    errata_class_words_settle(frame, NULL, NULL);
    fixture = analysis_frame_new(frame, NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    return fixture;
}

static void
fault_check_advice(const ErrataFinding *finding, const char *begins)
{
    const ErrataSuggestion *first = g_ptr_array_index(finding->suggestions, 0);

    g_assert_cmpstr(first->action, ==, "fix-pipeline");
    g_assert_true(g_str_has_prefix(first->text, begins));
}

static void
test_data_faults_word(void)
{
    for (guint64 seed = 1; seed <= 3; seed++) {
        g_autoptr(AnalysisFrame) lost = fault_word(FALSE, seed);
        g_autoptr(AnalysisFrame) choice = fault_word(TRUE, seed);
        const ErrataFinding *finding = fault_find(lost, "missing-burst", "plan");

        g_test_summary("A word that is a value else stands for lost values for a while; where one "
                       "value makes room for it, people chose it");
        g_assert_nonnull(finding);
        g_assert_true(g_str_has_prefix(finding->title, "plan is none in "));
        fault_check_advice(finding, "Find out why values of plan go missing, fill them in ");
        g_assert_cmpuint(fault_count_loud(lost), ==, 1);
        g_assert_null(fault_find(choice, "missing-burst", "plan"));
    }
}

static void
test_data_faults_group(void)
{
    g_autoptr(AnalysisFrame) fixture = fault_run(FAULT_GROUP, 11);
    const ErrataFinding *finding = fault_find(fixture, "missing-burst", "k");
    const ErrataEvidence *group;

    g_test_summary(
        "Cells missing in one group since before the middle of the log are that group's");
    g_assert_nonnull(finding);
    g_assert_nonnull(strstr(finding->title, "k is missing in all rows where city is Bern from "));
    fault_check_advice(finding, "Find out why k stopped arriving where city is Bern, fill it in ");
    g_assert_nonnull(strstr(finding->title, ", otherwise never"));
    g_assert_cmpint(ABS(finding->subject.from / 1000000000 - 1700000000 - 60 * FAULT_GROUP_FROM),
                    <=,
                    60 * 30);
    g_assert_cmpint(finding->subject.to / 1000000000, >=, 1700000000 + 60 * (FAULT_ROWS - 1));
    group = errata_finding_evidence(finding, "group");
    g_assert_nonnull(group);
    g_assert_cmpstr(group->text, ==, "city is Bern");
    g_assert_cmpfloat_with_epsilon(group->value, 1.0, 1e-12);
    g_assert_cmpfloat_with_epsilon(group->baseline, 0.0, 1e-12);
    g_assert_cmpuint(fault_count_loud(fixture), ==, 1);
}

/* numbers that come with a decimal comma for a while: the column is one of words */
static void
test_data_faults_comma(void)
{
    g_autoptr(GString) table = g_string_new("ts,x,code,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    const ErrataFinding *finding;
    ErrataRng rng = errata_rng_init(4, 1, 9);

    g_test_summary(
        "Decimal commas of a while are dated; codes that are numbers now and then are none");
    for (guint i = 0; i < 9000; i++) {
        guint x = (guint)errata_rng_below(&rng, 3000) + 100,
              code = (guint)errata_rng_below(&rng, 12);

        g_string_append_printf(table,
                               i >= 4000 && i < 4900 ? "%u,\"%u,%02u\",%s%u,%u,%u\n"
                                                     : "%u,%u.%02u,%s%u,%u,%u\n",
                               1700000000 + 60 * i,
                               x / 100,
                               x % 100,
                               code % 4 == 0 ? "c" : "",
                               code,
                               i % 2,
                               (guint)errata_rng_below(&rng, 2));
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    finding = fault_find(fixture, "type-change", "x");
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->n_rows, ==, 900);
    g_assert_cmpint(finding->subject.from / 1000000000, ==, 1700000000 + 60 * 4000);
    g_assert_nonnull(strstr(finding->title, "holds no numbers"));
    g_assert_null(fault_find(fixture, "type-change", "code"));
}

/* normal scores of mean 0, that in the log have moved by a part of their deviation, or drawn
 * together */
static AnalysisFrame *
test_data_faults_drifted(double moved, double spread)
{
    ErrataFrame *frames[2];
    ErrataRng rng = errata_rng_init(6, 1, 9);

    for (guint side = 0; side < 2; side++) {
        g_autoptr(GString) table = g_string_new("x,prediction,label\n");

        for (guint i = 0; i < 6000; i++) {
            double x = -6.0;

            for (guint k = 0; k < 12; k++)
                x += errata_rng_uniform(&rng);
            g_string_append_printf(table,
                                   "%.3f,%u,%u\n",
                                   side == 0 ? spread * x + moved : x,
                                   i % 2,
                                   (guint)errata_rng_below(&rng, 2));
        }
        frames[side] = schema_frame_new(table->str);
    }
    return analysis_frame_new(frames[0], frames[1]);
}

static void
test_data_faults_moved(void)
{
    static const double ways[][2] = {{0.7, 1.0}, {0.0, 0.58}, {0.1, 0.6}};

    g_test_summary("A column with a mean of 0 by nature that drifts was not standardised once");
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(AnalysisFrame) fixture = test_data_faults_drifted(ways[i][0], ways[i][1]);
        const ErrataFinding *finding;

        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        finding = fault_find(fixture, "train-serve-skew", "x");
        g_test_message("%s", finding != NULL ? finding->title : "none");
        g_assert_null(finding);
    }
}

/* names of people, which nearly all differ */
static void
test_data_faults_names(void)
{
    g_autoptr(GString) table = g_string_new("who,x,prediction,label\n");
    g_autoptr(AnalysisFrame) fixture = NULL;
    ErrataRng rng = errata_rng_init(7, 1, 9);

    g_test_summary("Two people of one name are no fault of an id");
    for (guint i = 0; i < 3000; i++) {
        guint code = i % 50 == 7 ? i - 1 : i;

        for (guint k = 0; k < 5; k++)
            g_string_append_c(table, (char)('a' + (code * 7919u >> (3 * k)) % 26));
        g_string_append_printf(table,
                               "%c%c,%.4f,%u,%u\n",
                               (int)('a' + code % 26),
                               (int)('a' + code / 26 % 26),
                               errata_rng_uniform(&rng),
                               i % 2,
                               (guint)errata_rng_below(&rng, 2));
    }
    fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
    g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
    g_assert_null(fault_find(fixture, "duplicate-rows", "who"));
}

static void
test_data_faults_letters(void)
{
    /* grades, of which some are typed small; genes, and four kinds that case tells apart;
     * countries, of which some are typed small; genes of two letters, units; answers */
    static const char *const capital[][4] = {{"A", "B", "C", "D"},
                                             {"A", "A", "A", "A"},
                                             {"A", "B", "C", "D"},
                                             {"US", "DE", "FR", "IT"},
                                             {"AA", "AA", "Aa", "Aa"},
                                             {"GB", "Gb", "MB", "Mb"},
                                             {"NO", "NO", "YES", "YES"}};
    static const char *const small[] = {"b", "a", "a", "Us", "aa", "kB", "No"};
    static const guint every[] = {50, 50, 6, 50, 6, 50, 50};
    static const gboolean told[] = {TRUE, FALSE, FALSE, TRUE, FALSE, FALSE, TRUE};

    g_test_summary(
        "A few small letters among capital ones are the same; two of a kind, or many, not, nor those "
        "of pairs");
    for (guint k = 0; k < G_N_ELEMENTS(capital); k++) {
        g_autoptr(GString) table = g_string_new("grade,x,prediction,label\n");
        g_autoptr(AnalysisFrame) fixture = NULL;
        const ErrataFinding *finding;
        ErrataRng rng = errata_rng_init(11, 1, k);

        for (guint i = 0; i < 3000; i++) {
            guint grade = (guint)errata_rng_below(&rng, 4),
                  label = (guint)errata_rng_below(&rng, 2);
            double x = errata_rng_uniform(&rng);

            g_string_append_printf(table,
                                   "%s,%.4f,%u,%u\n",
                                   i % every[k] == 7 % every[k] ? small[k] : capital[k][grade],
                                   x,
                                   i % 2,
                                   label);
        }
        fixture = analysis_frame_new(schema_frame_new(table->str), NULL);
        g_assert_true(errata_analyzer_data_bugs.run(&fixture->analysis, NULL));
        finding = fault_find(fixture, "spelling", "grade");
        g_test_message("%u: %s", k, finding != NULL ? finding->title : "none");
        g_assert_cmpint(finding != NULL, ==, told[k]);
        if (finding != NULL) /* it costs nothing */
            g_assert_cmpint(finding->severity, ==, ERRATA_SEVERITY_MEDIUM);
        g_assert_cmpuint(finding != NULL ? finding->n_rows : 60, ==, 60);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/data-faults/garbled", test_data_faults_garbled);
    g_test_add_func("/data-faults/frozen", test_data_faults_frozen);
    g_test_add_func("/data-faults/once", test_data_faults_once);
    g_test_add_func("/data-faults/since", test_data_faults_since);
    g_test_add_func("/data-faults/blanks", test_data_faults_blanks);
    g_test_add_func("/data-faults/gap", test_data_faults_gap);
    g_test_add_func("/data-faults/infinite", test_data_faults_infinite);
    g_test_add_func("/data-faults/skew", test_data_faults_skew);
    g_test_add_func("/data-faults/copies", test_data_faults_copies);
    g_test_add_func("/data-faults/noise", test_data_faults_noise);
    g_test_add_func("/data-faults/ungarble", test_data_faults_ungarble);
    g_test_add_func("/data-faults/bursts", test_data_faults_bursts);
    g_test_add_func("/data-faults/word", test_data_faults_word);
    g_test_add_func("/data-faults/group", test_data_faults_group);
    g_test_add_func("/data-faults/comma", test_data_faults_comma);
    g_test_add_func("/data-faults/moved", test_data_faults_moved);
    g_test_add_func("/data-faults/names", test_data_faults_names);
    g_test_add_func("/data-faults/letters", test_data_faults_letters);
    return g_test_run();
}
