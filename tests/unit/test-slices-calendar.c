/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hours and weekdays among errors that have memory. */
#include <math.h>

#include "analysis-frame.h"
#include "rng.h"
#include "slices-calendar.h"
#include "slices.h"

#define CALENDAR_ROWS 8000 /* one in five minutes: four weeks */

static double
calendar_normal(ErrataRng *rng)
{
    double sum = 0.0;

    for (guint i = 0; i < 12; i++)
        sum += errata_rng_uniform(rng);
    return sum - 6.0;
}

/* a regression log whose errors hang together over four hours; where @habit, Wednesdays from 14 to
 * 19 are off much farther */
static AnalysisFrame *
calendar_log(guint64 seed, gboolean habit)
{
    g_autoptr(GString) text = g_string_new("ts,x,kind,prediction,label\n");
    g_autoptr(GDateTime) begin = g_date_time_new_utc(2025, 3, 1, 0, 0, 0.0); /* a Saturday */
    ErrataRng rng = errata_rng_init(seed, 0, 0);
    double memory = 0.0;

    for (guint i = 0; i < CALENDAR_ROWS; i++) {
        g_autoptr(GDateTime) at = g_date_time_add_minutes(begin, 5 * (int)i);
        g_autofree char *stamp = g_date_time_format(at, "%Y-%m-%dT%H:%M:%S");
        int hour = g_date_time_get_hour(at);
        gboolean bad = habit && g_date_time_get_day_of_week(at) == 3 && hour >= 14 && hour < 19;
        double said = 20.0 + 10.0 * errata_rng_uniform(&rng), off;

        memory = 0.98 * memory + sqrt(1.0 - 0.98 * 0.98) * calendar_normal(&rng);
        off = 3.0 * memory + (bad ? 16.0 : 4.0) * calendar_normal(&rng);
        g_string_append_printf(text,
                               "%s,%.4f,%c,%.3f,%.3f\n",
                               stamp,
                               errata_rng_uniform(&rng),
                               "abcd"[errata_rng_below(&rng, 4)],
                               said,
                               said + off);
    }
    return analysis_frame_new(schema_frame_new(text->str), NULL);
}

static void
test_calendar_memory(void)
{
    g_test_summary("Errors that hang together over hours make no weekday's hours a slice");
    for (guint64 seed = 1; seed <= 4; seed++) {
        g_autoptr(AnalysisFrame) self = calendar_log(seed, FALSE);

        g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
        g_assert_cmpuint(self->analysis.result->findings->len, ==, 0);
        errata_slices_table_forget(&self->analysis);
    }
}

static void
test_calendar_habit(void)
{
    g_autoptr(AnalysisFrame) self = calendar_log(5, TRUE);
    const ErrataFinding *finding;

    g_test_summary("Hours of a weekday that are off every week are one, amid such errors, too");
    g_assert_true(errata_analyzer_slices.run(&self->analysis, NULL));
    g_assert_cmpuint(self->analysis.result->findings->len, >, 0);
    finding = g_ptr_array_index(self->analysis.result->findings, 0);
    g_assert_cmpuint(finding->subject.predicates->len, ==, 2);
    g_assert_cmpint(finding->severity, >=, ERRATA_SEVERITY_MEDIUM);
    g_assert_null(errata_finding_note(finding, "when"));
    errata_slices_table_forget(&self->analysis);
}

enum {
    DAYS = 70,
    HOURS = 10,
    N = DAYS * HOURS
};

/* by hand: a table of N rows, HOURS a day from a Monday on, with a weekday */
static void
test_calendar_days(void)
{
    g_autofree double *y = g_new0(double, N);
    g_autofree guint32 *cell = g_new0(guint32, N);
    g_autofree guint32 *row = g_new(guint32, N);
    g_autofree guint8 *code = g_new(guint8, N);
    g_autofree guint8 *member = g_new(guint8, N);
    g_autofree gint64 *stamp = g_new(gint64, N);
    ErrataColumn raw = {.n_rows = N, .i64 = stamp, .type = ERRATA_COLUMN_TIME};
    ErrataBinColumn bin = {.derived = "weekday", .code = code, .n_codes = 7};
    SlicesColumn column = {.bin = &bin, .raw = &raw};
    SlicesHalf half = {.n_rows = N, .row = row, .y = y};
    SlicesTable table = {.columns = &column, .n_columns = 1};
    Slice slice = {.n = 1, .condition = {{.codes = {1U << 2}}}};

    g_test_summary("Days that are wrong as a whole tell as much as so many days, by hand");
    for (guint i = 0; i < N; i++) {
        row[i] = i;
        code[i] = (guint8)(i / HOURS % 7);
        member[i] = code[i] == 2;
        stamp[i] = (gint64)(i / HOURS + 4) * 86400 * G_GINT64_CONSTANT(1000000000);
    }
    for (guint together = 0; together < 2; together++) {
        g_autoptr(ErrataExpected) expected = NULL;
        ErrataExpectedTest test, plain;
        double inflation;

        /* four in five of a Wednesday's, two in five of the others': of rows or of days */
        for (guint i = 0; i < N; i++) {
            guint unit = together != 0 ? i / HOURS / 7 : i % HOURS;

            if (together != 0 && member[i] == 0)
                unit += i / HOURS % 7;
            y[i] = unit % 5 < (member[i] != 0 ? 4U : 2U) ? 1.0 : 0.0;
        }
        expected = errata_expected_new(y, cell, 1, N, FALSE);
        errata_expected_test(expected, member, &plain);
        inflation = errata_slices_calendar_test(&table, &half, &slice, member, expected, &test);
        g_assert_cmpfloat(plain.p, <, 1e-9);
        if (together == 0) {
            g_assert_cmpfloat_with_epsilon(inflation, 1.0, 1e-12);
            g_assert_cmpfloat(test.p, <, 1e-9);
        } else {
            g_assert_cmpfloat_with_epsilon(inflation, HOURS, 0.2 * HOURS);
            g_assert_cmpfloat(test.p, >, 0.01);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slices-calendar/days", test_calendar_days);
    g_test_add_func("/slices-calendar/memory", test_calendar_memory);
    g_test_add_func("/slices-calendar/habit", test_calendar_habit);
    return g_test_run();
}
