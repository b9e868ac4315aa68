/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Epoch times are ordinary numbers but for their name and their range: a column named like a time
 * whose values all lie between 1980 and 2100 when read as s, ms, µs or ns. Likewise days written
 * as one number, 20260131, and instants, 20260131235959: a column named like a date or a time
 * whose values are all in the calendar. And the days since 1899-12-30 by which spreadsheets count,
 * 46053.5 for noon: a column whose name is that of a time and whose values lie within 20 years and
 * follow the order of the rows. */
#include "column-epoch.h"

#include <math.h>
#include <string.h>

#include "schema-name.h"

#define EPOCH_FROM_S   315532800.0  /* 1980-01-01 */
#define EPOCH_TO_S     4102444800.0 /* 2100-01-01 */
#define EPOCH_FROM_DAY 19000101     /* births, too */
#define EPOCH_TO_DAY   20991231

/* days of spreadsheets (ECMA-376 part 1, 18.17.4.1, 1900 date base system) */
#define EPOCH_SHEET_1970 25569.0
#define EPOCH_SHEET_FROM 36526.0 /* 2000-01-01: seconds of a day and most other counts lie lower, */
#define EPOCH_SHEET_TO   54789.0 /* 2050-01-01: … or higher, … */
#define EPOCH_SHEET_SPAN 7305.0  /* or are spread wider than the 20 years of a log */
#define EPOCH_SHEET_BACK 0.05    /* of the rows that may be older than the one before */

/* whole words of names, and endings behind an underscore */
static gboolean
epoch_is_named(const char *name)
{
    static const char *const words[] = {"ts",
                                        "t",
                                        "time",
                                        "timestamp",
                                        "datetime",
                                        "date",
                                        "epoch",
                                        "instant",
                                        "when",
                                        "unixtime",
                                        "unix",
                                        "created",
                                        "updated",
                                        "modified",
                                        "logged",
                                        "recorded",
                                        "received",
                                        "occurred"};
    static const char *const ends[] = {"ts",
                                       "time",
                                       "timestamp",
                                       "datetime",
                                       "date",
                                       "epoch",
                                       "at",
                                       "ms",
                                       "us",
                                       "ns",
                                       "millis",
                                       "unix",
                                       "sec",
                                       "s"};
    const char *last = strrchr(name, '.');
    g_autofree char *lower = g_ascii_strdown(last != NULL ? last + 1 : name, -1);
    const char *end = strrchr(lower, '_');

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(lower, words[i]))
            return TRUE;
    for (gsize i = 0; end != NULL && i < G_N_ELEMENTS(ends); i++)
        if (g_str_equal(end + 1, ends[i]))
            return TRUE;
    return g_str_has_prefix(lower, "ts_") || strstr(lower, "timestamp") != NULL ||
           strstr(lower, "time_") != NULL || strstr(lower, "epoch") != NULL ||
           g_str_has_suffix(lower, "time");
}

/* units per second that put all values between 1980 and 2100, or 0 */
static double
epoch_units(const ErrataColumn *column)
{
    double min = HUGE_VAL;
    double max = -HUGE_VAL;

    for (gsize row = 0; row < column->n_rows; row++) {
        double value;

        if (!errata_column_is_valid(column, row))
            continue;
        value = errata_column_number(column, row);
        min = MIN(min, value);
        max = MAX(max, value);
    }
    for (double units = 1.0; units < 1e10; units *= 1e3)
        if (min >= EPOCH_FROM_S * units && max < EPOCH_TO_S * units)
            return units;
    return 0.0;
}

/* whether the name is one of a day: date, dt, order_date */
static gboolean
epoch_is_day_named(const char *name)
{
    static const char *const words[] = {"date", "dt", "ds", "day", "yyyymmdd"};
    const char *last = strrchr(name, '.');
    g_autofree char *lower = g_ascii_strdown(last != NULL ? last + 1 : name, -1);
    const char *end = strrchr(lower, '_');

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(end != NULL ? end + 1 : lower, words[i]))
            return TRUE;
    return FALSE;
}

/* the midnight of a day written as year, month and day, in seconds since 1970; FALSE: it is none */
static gboolean
epoch_day(gint64 written, gint64 *ret_seconds)
{
    GDateDay day = (GDateDay)(written % 100);
    guint month = (guint)(written / 100 % 100);
    GDateYear year = (GDateYear)(written / 10000);
    g_autoptr(GDateTime) midnight = NULL;

    if (written < EPOCH_FROM_DAY || written > EPOCH_TO_DAY || month < 1 || month > 12 ||
        !g_date_valid_dmy(day, (GDateMonth)month, year))
        return FALSE;
    midnight = g_date_time_new_utc(year, (int)month, day, 0, 0, 0.0);
    *ret_seconds = g_date_time_to_unix(midnight);
    return TRUE;
}

/* an instant written as year, month, day, hour, minute and second, in seconds since 1970; FALSE:
 * it is none */
static gboolean
epoch_stamp(gint64 written, gint64 *ret_seconds)
{
    gint64 second = written % 100;
    gint64 minute = written / 100 % 100;
    gint64 hour = written / 10000 % 100;

    if (written < 0 || second > 59 || minute > 59 || hour > 23 ||
        !epoch_day(written / 1000000, ret_seconds))
        return FALSE;
    *ret_seconds += hour * 3600 + minute * 60 + second;
    return TRUE;
}

/* what all values of the column are by @read, where they are that; 0 is no day: a column that has
 * one holds numbers */
static gboolean
epoch_convert_written(ErrataColumn *column, gboolean (*read)(gint64, gint64 *))
{
    gint64 seconds, before = G_MININT64;

    for (gsize row = 0; row < column->n_rows; row++) {
        if (!errata_column_is_valid(column, row) || column->i64[row] == before)
            continue;
        before = column->i64[row];
        if (!read(before, &seconds))
            return FALSE;
    }
    for (gsize row = 0; row < column->n_rows; row++)
        column->i64[row] = errata_column_is_valid(column, row) && read(column->i64[row], &seconds)
                               ? seconds * 1000000000
                               : 0;
    column->type = ERRATA_COLUMN_TIME;
    return TRUE;
}

/* a name that is that of an instant and nothing else: timestamp, event_date; an amount per day, or
 * a time that may as well be a duration, is none */
static gboolean
epoch_is_instant_named(const char *name)
{
    static const char *const ends[] = {"date", "at", "timestamp", "datetime"};
    ErrataName words;
    const char *end;
    gboolean is;

    errata_schema_name_read(&words, name);
    end = strrchr(words.leaf, '_');
    is = words.time == ERRATA_NAME_STRONG || strcmp(words.leaf, "date") == 0;
    for (gsize i = 0; end != NULL && i < G_N_ELEMENTS(ends); i++)
        is = is || strcmp(end + 1, ends[i]) == 0;
    errata_schema_name_clear(&words);
    return is;
}

/* whether the values hardly ever go back from row to row: amounts do in half of the steps */
static gboolean
epoch_is_in_order(const ErrataColumn *column)
{
    gsize n = 0, n_back = 0;
    double before = -HUGE_VAL;

    for (gsize row = 0; row < column->n_rows; row++) {
        if (!errata_column_is_valid(column, row))
            continue;
        n_back += column->f64[row] < before ? 1 : 0;
        before = column->f64[row];
        n++;
    }
    return (double)n_back <= EPOCH_SHEET_BACK * (double)n;
}

/* fractions of days; whole days are too often other counts */
static void
epoch_convert_sheet(ErrataColumn *column)
{
    double min = HUGE_VAL, max = -HUGE_VAL;

    if (column->type != ERRATA_COLUMN_F64 || !epoch_is_instant_named(column->name))
        return;
    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row)) {
            min = MIN(min, column->f64[row]);
            max = MAX(max, column->f64[row]);
        }
    if (!(min >= EPOCH_SHEET_FROM && max < EPOCH_SHEET_TO && max - min <= EPOCH_SHEET_SPAN) ||
        !epoch_is_in_order(column))
        return;
    for (gsize row = 0; row < column->n_rows; row++)
        column->i64[row] = errata_column_is_valid(column, row)
                               ? llround((column->f64[row] - EPOCH_SHEET_1970) * 86400.0) *
                                     1000000000
                               : 0;
    column->type = ERRATA_COLUMN_TIME;
}

void
errata_column_epoch_convert(ErrataColumn *column)
{
    double units;

    if (column->type == ERRATA_COLUMN_I64 && column->n_missing < column->n_rows) {
        gboolean day = epoch_is_day_named(column->name);

        if ((day && epoch_convert_written(column, epoch_day)) ||
            ((day || epoch_is_named(column->name)) && epoch_convert_written(column, epoch_stamp)))
            return;
    }
    epoch_convert_sheet(column);
    if (!errata_column_is_numeric(column) || !epoch_is_named(column->name))
        return;
    units = epoch_units(column);
    if (!(units > 0.0))
        return;
    for (gsize row = 0; row < column->n_rows; row++) {
        if (!errata_column_is_valid(column, row))
            column->i64[row] = 0;
        else if (column->type == ERRATA_COLUMN_I64)
            column->i64[row] *= (gint64)(1e9 / units);
        else /* a double of today's seconds resolves 0.2 µs */
            column->i64[row] = llround(column->f64[row] * (1e6 / units)) * 1000;
    }
    column->type = ERRATA_COLUMN_TIME;
}
