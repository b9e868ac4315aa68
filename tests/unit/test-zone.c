/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offsets of stamps from UTC: read, shared, told. */
#include <string.h>

#include "case-json.h"
#include "column-store.h"
#include "frame-zone.h"

#define HOUR (3600 * G_GINT64_CONSTANT(1000000000))

static ErrataColumn *
zone_column(const char *const *cells)
{
    ErrataColumnStore store = {0};

    for (guint i = 0; cells[i] != NULL; i++)
        errata_column_store_append_cell(&store, cells[i], strlen(cells[i]));
    return errata_column_store_finish(&store, "ts");
}

static void
test_zone_read(void)
{
    static const struct {
        const char *cells[4];
        int zone;
    } cases[] = {
        {{"2025-03-01T10:00:00+02:00", "2025-03-02 11:30:00+0200"}, ERRATA_ZONE_UTC + 120},
        {{"2025-03-01T10:00:00-03:30", "2025-03-02T10:00:00-03:30"}, ERRATA_ZONE_UTC - 210},
        {{"2025-03-01T10:00:00Z", "2025-03-02T10:00:00+00:00"}, ERRATA_ZONE_UTC},
        {{"2025-03-01T10:00:00", "2025-03-02"}, ERRATA_ZONE_UNSAID},
        {{"2025-03-01T10:00:00+02:00", "2025-03-02T10:00:00+01:00"}, ERRATA_ZONE_MIXED},
        {{"2025-03-01T10:00:00+02:00", "2025-03-02T10:00:00"}, ERRATA_ZONE_MIXED},
        {{"1740819600", "1740819660"}, ERRATA_ZONE_NONE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ErrataColumn) column = zone_column(cases[i].cells);

        g_assert_cmpint(column->type, ==, ERRATA_COLUMN_TIME);
        g_assert_cmpint(column->zone, ==, cases[i].zone);
    }
}

/* parts read on their own */
static void
test_zone_parts(void)
{
    static const char *const cells[] = {"2025-03-01T10:00:00+02:00", "2025-03-01T10:00:00+01:00"};

    for (guint second = 0; second < 2; second++) {
        ErrataColumnStore store = {0}, part = {0};
        g_autoptr(ErrataColumn) column = NULL;

        errata_column_store_append_cell(&store, cells[0], strlen(cells[0]));
        errata_column_store_append_cell(&part, cells[second], strlen(cells[second]));
        errata_column_store_append_store(&store, &part);
        errata_column_store_clear(&part);
        column = errata_column_store_finish(&store, "ts");
        g_assert_cmpint(column->zone, ==, second == 0 ? ERRATA_ZONE_UTC + 120 : ERRATA_ZONE_MIXED);
    }
}

/* stamps that share an offset show its clock, epochs too; dates stay */
static void
test_zone_clock(void)
{
    ErrataColumn *columns[] = {
        zone_column((const char *const[]){"2025-03-01T10:00:00+02:00", "", NULL}),
        zone_column((const char *const[]){"1740819600", "1740819660", NULL}),
        zone_column((const char *const[]){"2025-03-01", "2025-03-02", NULL}),
    };
    ErrataFrame frame = {.n_rows = 2, .n_columns = 3, .columns = columns};
    int minutes = errata_frame_zone(&frame);
    char buffer[ERRATA_NUMBER_BUFFER];
    gint64 shown;

    g_assert_cmpint(minutes, ==, 120);
    errata_zone_set_clock(minutes);
    errata_frame_set_clock(&frame, minutes);
    g_assert_cmpstr(errata_zone_print(columns[0]->i64[0], buffer), ==, "2025-03-01T10:00:00+02:00");
    g_assert_cmpint(columns[0]->i64[1], ==, 0); /* missing */
    g_assert_cmpstr(errata_zone_print(columns[1]->i64[0], buffer), ==, "2025-03-01T11:00:00+02:00");
    g_assert_cmpstr(errata_zone_print(columns[2]->i64[0], buffer), ==, "2025-03-01T00:00:00+02:00");
    g_assert_true(errata_zone_parse("2025-03-01T08:00:00Z", 20, &shown));
    g_assert_cmpint(shown, ==, columns[0]->i64[0]);
    g_assert_true(errata_zone_parse("2025-03-01T10:00", 16, &shown));
    g_assert_cmpint(shown, ==, columns[0]->i64[0]);
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        errata_column_free(columns[i]);
}

/* offsets that differ from column to column: UTC */
static void
test_zone_columns(void)
{
    ErrataColumn *columns[] = {
        zone_column((const char *const[]){"2025-03-01T10:00:00+02:00", NULL}),
        zone_column((const char *const[]){"2025-03-01T10:00:00Z", NULL}),
    };
    ErrataFrame frame = {.n_rows = 1, .n_columns = 2, .columns = columns};

    g_assert_cmpint(errata_frame_zone(&frame), ==, 0);
    frame.n_columns = 1;
    g_assert_cmpint(errata_frame_zone(&frame), ==, 120);
    errata_column_free(columns[0]);
    errata_column_free(columns[1]);
}

/* a report says the clock, and reads back to what it showed */
static void
test_zone_report(void)
{
    g_autoptr(ErrataCase) report = errata_case_new();
    g_autoptr(ErrataCase) again = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) json = NULL;
    const char *text;
    gsize length;

    errata_zone_set_clock(-210);
    report->has_time = TRUE;
    report->time_from = 5 * HOUR;
    report->time_to = 6 * HOUR;
    json = errata_case_to_json(report);
    text = g_bytes_get_data(json, &length);
    g_assert_nonnull(g_strstr_len(text, (gssize)length, "\"1970-01-01T05:00:00-03:30\""));
    g_assert_nonnull(g_strstr_len(text, (gssize)length, "\"utc_offset\":\"-03:30\""));
    again = errata_case_from_json(text, length, &error);
    g_assert_no_error(error);
    g_assert_cmpint(again->time_from, ==, 5 * HOUR);
    errata_zone_set_clock(0);
    errata_case_free(g_steal_pointer(&again));
    again = errata_case_from_json(text, length, &error); /* an earlier report of another clock */
    g_assert_no_error(error);
    g_assert_cmpint(again->time_from, ==, 8 * HOUR + HOUR / 2);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zone/read", test_zone_read);
    g_test_add_func("/zone/parts", test_zone_parts);
    g_test_add_func("/zone/clock", test_zone_clock);
    g_test_add_func("/zone/columns", test_zone_columns);
    g_test_add_func("/zone/report", test_zone_report);
    return g_test_run();
}
