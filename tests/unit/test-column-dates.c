/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates with the year at the end: the column as a whole says which of the two comes first. */
#include <math.h>
#include <string.h>

#include "column-dates.h"
#include "frame-builder.h"
#include "number.h"

static ErrataFrame *
dates_frame(const char *const *cells, guint n)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;
    ErrataFrame *frame;
    guint column;

    for (guint i = 0; i < n; i++) {
        g_assert_true(errata_frame_builder_column(builder, "when", 4, &column, &error));
        errata_frame_builder_cell(builder, column, cells[i], strlen(cells[i]));
        g_assert_true(errata_frame_builder_end_row(builder, &error));
    }
    frame = errata_frame_builder_finish(builder, &error);
    g_assert_no_error(error);
    return frame;
}

static void
test_dates(void)
{
    static const struct {
        const char *cells[3];
        const char *first; /* as an instant, NULL: no time */
        gboolean open;
    } cases[] = {
        {{"31.01.2026", "05.02.2026", ""}, "2026-01-31T00:00:00Z", FALSE},
        {{"05.02.2026 12:30", "31.01.2026", "13.01.2026"}, "2026-02-05T12:30:00Z", FALSE},
        {{"01/31/2026", "02/05/2026", ""}, "2026-01-31T00:00:00Z", FALSE},
        {{"05.02.2026", "04.03.2026", ""}, "2026-02-05T00:00:00Z", FALSE},
        {{"02.13.2026", "04.03.2026", ""}, "2026-02-13T00:00:00Z", FALSE},
        {{"05/02/2026", "04/03/2026", ""}, NULL, TRUE},
        {{"31.01.2026", "01/31/2026", ""}, NULL, FALSE}, /* both orders: neither is meant */
        {{"31.01.2026", "soon", ""}, NULL, FALSE},
        {{"29.02.2025", "31.01.2025", ""}, NULL, FALSE},
        {{"1.2.3", "1.2.4", ""}, NULL, FALSE},
        {{"1.2.10", "1.2.25", ""}, NULL, FALSE}, /* versions */
        {{"02/01/25 12:20 AM", "02/13/25 1:05 PM", ""}, "2025-02-01T00:20:00Z", FALSE},
        {{"02/01/25 12:20 PM", "02/13/25 1:05 PM", ""}, "2025-02-01T12:20:00Z", FALSE},
        {{"13:05", "12:20 AM", ""}, NULL, FALSE},
        {{"Sat, 01 Feb 2025 00:20:11 GMT", "2025-02-01 10:00:00", ""},
         "2025-02-01T00:20:11Z",
         FALSE},
        {{"1-Feb-2025 10:00", "Feb 2, 2025 1:00 PM", ""}, "2025-02-01T10:00:00Z", FALSE},
        {{"1738369211000", "2025-02-01T06:01:23+05:30", ""}, "2025-02-01T00:20:11Z", FALSE},
        {{"1/2/2025", "2025-02-01", ""}, NULL, TRUE},
        {{"2025-02-01", "9999-12-31", ""}, "2025-02-01T00:00:00Z", FALSE},
        {{"0001-01-01", "9999-12-31", "2025-02-01"}, NULL, FALSE}, /* mostly no dates */
        {{"31/04/2025", "30/04/2025", ""}, NULL, FALSE},
        {{"20250201T002011Z", "20250201T0021", ""}, "2025-02-01T00:20:11Z", FALSE},
        {{"20250201T055011+0530", "20250231T002011Z", "2025-02-01"}, NULL, FALSE},
        {{"20250201-0020", "20250201-0021", ""}, NULL, FALSE}, /* running numbers */
        {{"[01/Feb/2025:00:20:11 +0000]", "[01/Feb/2025:00:20:12 +0000]", ""},
         "2025-02-01T00:20:11Z",
         FALSE},
        {{"01/Feb/2025:05:50:11 +0530", "2025-02-01", ""}, "2025-02-01T00:20:11Z", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrame) frame = dates_frame(cases[i].cells, 3);
        const ErrataColumn *column = frame->columns[0];
        char buffer[ERRATA_NUMBER_BUFFER];

        g_assert_cmpint(column->type == ERRATA_COLUMN_TIME, ==, cases[i].first != NULL);
        g_assert_cmpint(errata_column_dates_are_open(column), ==, cases[i].open);
        if (cases[i].first == NULL)
            continue;
        g_assert_cmpstr(errata_number_print_time(errata_column_integer(column, 0), buffer),
                        ==,
                        cases[i].first);
        g_assert_cmpint(errata_column_is_valid(column, 2), ==, cases[i].cells[2][0] != '\0');
    }
}

static void
test_comma(void)
{
    static const struct {
        const char *cells[3];
        double first; /* NaN: no numbers */
    } cases[] = {
        {{"0,731", "0,25", ""}, 0.731},
        {{"-12,5", "3", ""}, -12.5},
        {{"0,731", "0,952", "0,113"}, 0.731}, /* a leading zero is none of thousands */
        {{"1,250", "3,100", ""}, (double)NAN},
        {{"1,25", "soon", ""}, (double)NAN},
        {{"1,2,3", "1,2,4", ""}, (double)NAN},
        {{"007", "008", ""}, (double)NAN},
        {{"$1,096.10", "$751.00", ""}, 1096.1},
        {{"1.096,10 \u20ac", "751,00 \u20ac", ""}, 1096.1},
        {{"-$1,250", "$ 300", ""}, -1250.0},
        {{"1.250 EUR", "12.300 EUR", ""}, 1250.0},
        {{"USD 7.5", "USD 8", "USD -3.25"}, 7.5},
        {{"($1,096.10)", "$751.00", ""}, -1096.1}, /* as accounts write it */
        {{"(1,096.10)", "751.00", ""}, -1096.1},
        {{"(-$5)", "$6", ""}, (double)NAN},
        {{"5.5 km", "6.5 km", ""}, (double)NAN}, /* so few may be names */
        {{"$5", "\u20ac5", ""}, (double)NAN},
        {{"$5", "5", ""}, (double)NAN},
        {{"$A", "$B", ""}, (double)NAN},
        {{"$", "$", ""}, (double)NAN},
    };

    g_test_summary("A column with decimal commas in a file of points is one of numbers");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrame) frame = dates_frame(cases[i].cells, 3);
        const ErrataColumn *column = frame->columns[0];

        g_assert_true((column->type == ERRATA_COLUMN_F64) == !isnan(cases[i].first));
        if (isnan(cases[i].first))
            continue;
        g_assert_cmpfloat_with_epsilon(errata_column_number(column, 0), cases[i].first, 1e-12);
        g_assert_cmpint(errata_column_is_valid(column, 2), ==, cases[i].cells[2][0] != '\0');
        g_assert_cmpint(isnan(errata_column_number(column, 2)), ==, cases[i].cells[2][0] == '\0');
    }
}

/* what all cells have beside their numbers is kept as the unit */
static void
test_units(void)
{
    static const struct {
        const char *form;
        const char *other; /* of one cell */
        const char *unit;  /* NULL: no numbers */
    } cases[] = {
        {"%u.5 km", "%u.5km", "km"},
        {"%u.25kg", "%u.25kg", "kg"},
        {"\u20ac%u.50", "\u20ac%u.50", "\u20ac"},
        {"%u,5 \u00b0C", "-%u,5 \u00b0C", "\u00b0C"},
        {"%u.5 %%", "%u.5%%", "%"},
        {"%u.5 km", "%u.5 m", NULL},
        {"%u.5 km", "%u.5", NULL},
        {"%u.5 lights", "%u.5 lights", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) cells = g_new0(char *, 41);
        g_autoptr(ErrataFrame) frame = NULL;

        for (guint row = 0; row < 40; row++) {
            g_auto(GStrv) parts = g_strsplit(row == 7 ? cases[i].other : cases[i].form, "%u", 2);
            g_auto(GStrv) percents = g_strsplit(parts[1], "%%", -1);
            g_autofree char *behind = g_strjoinv("%", percents);

            cells[row] = g_strdup_printf("%s%u%s", parts[0], row + 1, behind);
        }
        frame = dates_frame((const char *const *)cells, 40);
        g_test_message("%s", cases[i].form);
        g_assert_true((frame->columns[0]->type == ERRATA_COLUMN_F64) == (cases[i].unit != NULL));
        g_assert_cmpstr(frame->columns[0]->unit, ==, cases[i].unit);
    }
}

static void
test_percent(void)
{
    static const struct {
        const char *name;
        const char *cells[3];
        double second; /* NaN: no column of numbers */
    } cases[] = {
        {"score", {"83.2%", "7.5%", ""}, 0.075},
        {"score", {"72,3 %", "7,5 %", "100 %"}, 0.075},
        {"p_default", {"83\u00a0%", "7\u202f%", "NA"}, 0.07},
        {"score", {"83.2%", "7,5%", ""}, (double)NAN},
        {"score", {"83.2%", "high", ""}, (double)NAN},
        {"score", {"83.2%", "%", ""}, (double)NAN},
        {"discount", {"5%", "10%", ""}, (double)NAN}, /* categories */
    };

    g_test_summary("Percentages are numbers, a few that are not named like a score categories");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
        g_autoptr(ErrataFrame) frame = NULL;
        guint column;

        for (guint row = 0; row < 3; row++) {
            const char *cell = cases[i].cells[row];

            g_assert_true(errata_frame_builder_column(builder,
                                                      cases[i].name,
                                                      strlen(cases[i].name),
                                                      &column,
                                                      NULL));
            errata_frame_builder_cell(builder, column, cell, strlen(cell));
            g_assert_true(errata_frame_builder_end_row(builder, NULL));
        }
        frame = errata_frame_builder_finish(builder, NULL);
        g_test_message("%s", cases[i].cells[0]);
        g_assert_cmpint(frame->columns[0]->type == ERRATA_COLUMN_F64, ==, !isnan(cases[i].second));
        if (!isnan(cases[i].second))
            g_assert_cmpfloat_with_epsilon(frame->columns[0]->f64[1], cases[i].second, 1e-12);
    }
}

/* a date and the time of day beside it are one instant */
static void
test_clock(void)
{
    static const struct {
        const char *names[3];
        const char *rows[2][3];
        const char *second; /* instant of the second row */
    } cases[] = {
        {{"Datum", "Uhrzeit", "x"},
         {{"01.03.2025", "09:15", "1"}, {"02.03.2025", "17:30:05", "2"}},
         "2025-03-02T17:30:05Z"},
        {{"x", "Time", "Date"},
         {{"1", "9:15 AM", "2025-03-01"}, {"2", "5:30 PM", "2025-03-02"}},
         "2025-03-02T17:30:00Z"},
        {{"Date", "x", "Time"}, /* not beside it */
         {{"2025-03-01", "1", "09:15"}, {"2025-03-02", "2", "17:30"}},
         "2025-03-02T00:00:00Z"},
        {{"birth_date", "opens", "x"},
         {{"2025-03-01", "09:15", "1"}, {"2025-03-02", "17:30", "2"}},
         "2025-03-02T00:00:00Z"},
        {{"Date", "score", "x"},
         {{"2025-03-01", "2:1", "1"}, {"2025-03-02", "soon", "2"}},
         "2025-03-02T00:00:00Z"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
        g_autoptr(ErrataFrame) frame = NULL;
        char buffer[ERRATA_NUMBER_BUFFER];
        guint column;

        for (guint row = 0; row < 2; row++) {
            for (guint c = 0; c < 3; c++) {
                const char *name = cases[i].names[c];
                const char *cell = cases[i].rows[row][c];

                g_assert_true(
                    errata_frame_builder_column(builder, name, strlen(name), &column, NULL));
                errata_frame_builder_cell(builder, column, cell, strlen(cell));
            }
            g_assert_true(errata_frame_builder_end_row(builder, NULL));
        }
        frame = errata_frame_builder_finish(builder, NULL);
        g_test_message("%s %s", cases[i].names[0], cases[i].names[1]);
        for (guint c = 0; c < 3; c++)
            if (frame->columns[c]->type == ERRATA_COLUMN_TIME)
                g_assert_cmpstr(
                    errata_number_print_time(errata_column_integer(frame->columns[c], 1), buffer),
                    ==,
                    cases[i].second);
        g_assert_cmpuint(frame->warnings != NULL ? frame->warnings->len : 0, ==, i < 2 ? 1 : 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/column-dates/orders", test_dates);
    g_test_add_func("/column-dates/clock", test_clock);
    g_test_add_func("/column-comma", test_comma);
    g_test_add_func("/column-units", test_units);
    g_test_add_func("/column-percent", test_percent);
    return g_test_run();
}
