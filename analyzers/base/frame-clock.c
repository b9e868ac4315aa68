/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A date in one column and the time of day in the next, as spreadsheets and plants export them:
 * where a log has one column of either kind, the dates become instants. A date of birth or of
 * expiry takes no time of day. */
#include "frame-clock.h"

#include <string.h>

#include "column-dates.h"
#include "schema-name.h"

#define CLOCK_DAY (86400 * G_GINT64_CONSTANT(1000000000))

/* whether the name speaks of another time than the row's own */
static gboolean
clock_is_other(const char *name)
{
    ErrataName words;
    gboolean other;

    errata_schema_name_read(&words, name);
    other = words.time_rank == 0;
    errata_schema_name_clear(&words);
    return other;
}

static gboolean
clock_is_dates(const ErrataColumn *column)
{
    if (column->type != ERRATA_COLUMN_TIME || column->n_missing >= column->n_rows)
        return FALSE;
    for (gsize row = 0; row < column->n_rows; row++)
        if (errata_column_is_valid(column, row) && column->i64[row] % CLOCK_DAY != 0)
            return FALSE;
    return !clock_is_other(column->name);
}

static gboolean
clock_parse(const ErrataColumn *column, gsize row, gint64 *ret_ns)
{
    gsize length;
    const char *text = errata_column_text(column, row, &length);

    return errata_column_dates_clock(text, length, ret_ns);
}

/* times of day as they are met */
typedef struct {
    gint64 first; /* −1 as long as there is none */
    gboolean differ;
} ClockSeen;

static gboolean
clock_see_cb(const char *text, gsize length, gpointer data)
{
    ClockSeen *seen = data;
    gint64 ns;

    if (!errata_column_dates_clock(text, length, &ns))
        return FALSE;
    seen->differ = seen->differ || (seen->first >= 0 && ns != seen->first);
    seen->first = seen->first < 0 ? ns : seen->first;
    return TRUE;
}

/**
 * errata_frame_is_clock:
 * @column: a column
 *
 * Returns: whether all its values are times of day, and more than one
 */
gboolean
errata_frame_is_clock(const ErrataColumn *column)
{
    ClockSeen seen = {-1, FALSE};

    return errata_column_all_texts(column, clock_see_cb, &seen) && seen.differ;
}

/**
 * errata_frame_join_clock:
 * @frame: a log
 *
 * Adds the times of day of the one column that holds such to the one column of dates beside it, in
 * place. Rows without a time of day stay at midnight.
 *
 * Returns: (nullable): the column of times of day, if that was done
 */
const ErrataColumn *
errata_frame_join_clock(ErrataFrame *frame)
{
    ErrataColumn *dates = NULL;
    const ErrataColumn *times = NULL;
    guint at = 0;

    for (guint i = 0; i < frame->n_columns; i++) {
        ErrataColumn *column = frame->columns[i];

        if (clock_is_dates(column)) {
            if (dates != NULL)
                return NULL; /* which one? */
            dates = column;
            at = i;
        } else if (errata_frame_is_clock(column)) {
            if (times != NULL)
                return NULL;
            times = column;
        }
    }
    if (dates == NULL || times == NULL)
        return NULL;
    if ((at == 0 || frame->columns[at - 1] != times) &&
        (at + 1 == frame->n_columns || frame->columns[at + 1] != times))
        return NULL;
    for (gsize row = 0; row < frame->n_rows; row++) {
        gint64 ns = 0;

        if (errata_column_is_valid(dates, row) && errata_column_is_valid(times, row) &&
            clock_parse(times, row, &ns))
            dates->i64[row] += ns;
    }
    return times;
}
