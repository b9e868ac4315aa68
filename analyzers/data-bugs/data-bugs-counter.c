/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that number rows. Such a number has no unit: where it jumps, rows are missing or come
 * from elsewhere. */
#include <math.h>

#include "data-bugs.h"
#include "select.h"
#include "sort.h"

#define COUNTER_BLOCKS   40
#define COUNTER_LEAST    400  /* values */
#define COUNTER_MOST     8000 /* values that are read */
#define COUNTER_RISES    0.9  /* of the blocks have a larger median than the one before */
#define COUNTER_DISTINCT 0.8  /* of the values: numbers of two machines meet */

static gboolean
counter_is_whole(const double *value, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (value[i] < floor(value[i]) || value[i] > floor(value[i]))
            return FALSE;
    return TRUE;
}

/* whether few come twice; sorts them */
static gboolean
counter_is_distinct(double *value, gsize n)
{
    gsize n_distinct = 1;

    errata_sort_values(value, n);
    for (gsize i = 1; i < n; i++)
        n_distinct += value[i] > value[i - 1] ? 1 : 0;
    return (double)n_distinct >= COUNTER_DISTINCT * (double)n;
}

/**
 * errata_data_bugs_counts:
 * @self: what is looked at
 * @column: a column of numbers
 *
 * Returns: whether the column counts rows or what they are of: whole numbers that rise row by row,
 * but
 *   for a fall here and there; or that seldom come twice and rise from block to block of time, in
 *   whatever order the rows of a block came and whatever was left out between them
 */
gboolean
errata_data_bugs_counts(const ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    const guint32 *order = self->analysis->outcome->order;
    gsize step = data->n_rows / COUNTER_MOST + 1;
    const double half = 0.5;
    g_autofree double *value = NULL;
    double last = (double)NAN;
    gsize n = 0;
    guint n_rises = 0;

    if (!errata_column_is_numeric(data))
        return FALSE;
    value = g_new(double, data->n_rows / step + 1);
    for (gsize i = 0; i < data->n_rows; i += step) {
        value[n] = errata_column_number(data, order[i]);
        n += isnan(value[n]) ? 0 : 1;
    }
    if (n < COUNTER_LEAST || !counter_is_whole(value, n))
        return FALSE;
    if (errata_column_is_counter(data))
        return TRUE;
    for (guint b = 0; b < COUNTER_BLOCKS; b++) {
        gsize begin = n * b / COUNTER_BLOCKS, end = n * (b + 1) / COUNTER_BLOCKS;
        double median;

        errata_select_quantiles(value + begin, end - begin, &half, 1, &median);
        n_rises += median > last ? 1 : 0;
        last = median;
    }
    return n_rises >= COUNTER_RISES * (COUNTER_BLOCKS - 1) && counter_is_distinct(value, n);
}
