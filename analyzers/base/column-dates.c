/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates with the year at the end, 31.01.2026 or 01/31/2026: whether the day or the month comes first is
 * settled by the column as a whole, where some number beyond 12 tells. Where none does, the column
 * stays a text, and the reader is told why. */
#include "column-dates.h"

#include <string.h>

#include "number.h"

/* which way all values of a column can be read */
typedef struct {
    gboolean day_first;
    gboolean month_first;
    gboolean any;
} DatesOrder;

static gboolean
dates_two(const char *p, guint *ret_number)
{
    if (!g_ascii_isdigit(p[0]) || !g_ascii_isdigit(p[1]))
        return FALSE;
    *ret_number = (guint)(p[0] - '0') * 10 + (guint)(p[1] - '0');
    return TRUE;
}

/* dd.mm.yyyy and what is behind it, as ISO 8601 has it; FALSE where it is no date in that order */
static gboolean
dates_parse(const char *text, gsize length, gboolean day_first, gint64 *ret_ns)
{
    char iso[64];
    guint a, b;

    if (length < 10 || length >= sizeof iso || strchr("./-", text[2]) == NULL ||
        text[5] != text[2] || !dates_two(text, &a) || !dates_two(text + 3, &b))
        return FALSE;
    memcpy(iso, text + 6, 4);
    iso[4] = iso[7] = '-';
    memcpy(iso + 5, day_first ? text + 3 : text, 2);
    memcpy(iso + 8, day_first ? text : text + 3, 2);
    memcpy(iso + 10, text + 10, length - 10);
    return errata_number_parse_time(iso, length, ret_ns);
}

static gboolean
dates_narrow(DatesOrder *order, const char *text, gsize length)
{
    gint64 ns;

    order->any = TRUE;
    order->day_first = order->day_first && dates_parse(text, length, TRUE, &ns);
    order->month_first = order->month_first && dates_parse(text, length, FALSE, &ns);
    return order->day_first || order->month_first;
}

static DatesOrder
dates_order(const ErrataColumn *column)
{
    DatesOrder order = {TRUE, TRUE, FALSE};

    if (column->type == ERRATA_COLUMN_CATEGORY) {
        for (guint i = 0; i < column->n_dictionary; i++)
            if (!dates_narrow(&order, column->dictionary[i], strlen(column->dictionary[i])))
                return order;
    } else if (column->type == ERRATA_COLUMN_TEXT) {
        for (gsize row = 0; row < column->n_rows; row++) {
            gsize length;
            const char *text;

            if (!errata_column_is_valid(column, row))
                continue;
            text = errata_column_text(column, row, &length);
            if (!dates_narrow(&order, text, length))
                return order;
        }
    } else {
        order.day_first = order.month_first = FALSE;
    }
    return order;
}

/**
 * errata_column_dates_convert:
 * @column: (transfer full): any column
 *
 * Returns: (transfer full): @column, or one of type TIME in its place when all of its values are dates
 *   that can be read in one order of day and month only
 */
ErrataColumn *
errata_column_dates_convert(ErrataColumn *column)
{
    DatesOrder order = dates_order(column);
    ErrataColumn *times;

    if (!order.any || order.day_first == order.month_first)
        return column;
    times = errata_column_new(column->name, ERRATA_COLUMN_TIME, column->n_rows);
    for (gsize row = 0; row < column->n_rows; row++) {
        gsize length;
        const char *text;

        if (!errata_column_is_valid(column, row))
            continue;
        text = errata_column_text(column, row, &length);
        dates_parse(text, length, order.day_first, &times->i64[row]);
    }
    times->n_missing = column->n_missing;
    times->valid = g_steal_pointer(&column->valid);
    errata_column_free(column);
    return times;
}

/**
 * errata_column_dates_are_open:
 * @column: a finished column
 *
 * Returns: whether its values are dates of which the day and the month cannot be told apart
 */
gboolean
errata_column_dates_are_open(const ErrataColumn *column)
{
    DatesOrder order = dates_order(column);

    return order.any && order.day_first && order.month_first;
}
