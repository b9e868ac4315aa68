/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values at the ends of a column that stand for missing: −1, 999 and the like. */
#include "slices-sentinels.h"

#include <math.h>

#include "column-view.h"
#include "outside.h"
#include "select.h"

#define SENTINELS_SEEN     5    /* times that a sentinel is seen */
#define SENTINELS_DISTINCT 10   /* values from which a column is not just a few values */
#define SENTINELS_GAP      0.5  /* of the central range, by which a sentinel lies apart … */
#define SENTINELS_FEW_GAP  2.0  /* … and where there are just a few values */
#define SENTINELS_READ     1024 /* cells read at once */
#define SENTINELS_GLANCE   4096 /* rows that are enough to see that there is no gap */

/* distinct values, counted no further than @limit */
static guint
sentinels_distinct(const double *values, gsize n, guint limit)
{
    double found[SENTINELS_DISTINCT];
    guint n_found = 0;

    for (gsize i = 0; i < n && n_found < limit; i++) {
        guint at = 0;

        while (at < n_found && (values[i] < found[at] || values[i] > found[at]))
            at++;
        if (at == n_found)
            found[n_found++] = values[i];
    }
    return n_found;
}

/* one end of a column's values: the extreme, how often it is seen, and the value next to it */
typedef struct {
    double extreme;
    gsize n;
    double next;
} SlicesEnd;

static void
sentinels_end_add(SlicesEnd *end, double value, double sign)
{
    if (value * sign < end->extreme * sign) {
        if (value * sign > end->next * sign)
            end->next = value;
        return;
    }
    if (value * sign > end->extreme * sign) {
        *end = (SlicesEnd){value, 1, end->extreme};
        return;
    }
    end->n++;
}

/* whether the gap at an end is too small to be looked at: at most half of the range of a few values
 * spread over the rows, which is less than the central range of all */
static gboolean
sentinels_is_near(const SlicesColumn *column, const SlicesEnd *end)
{
    gsize step = column->raw->n_rows / SENTINELS_GLANCE + 1;
    g_autofree double *seen = g_new(double, SENTINELS_GLANCE + 1);
    double gap = fabs(end->extreme - end->next);
    const double p[] = {0.1, 0.9};
    double ends[2];
    gsize n = 0;

    for (gsize row = 0; row < column->raw->n_rows; row += step) {
        double value = errata_column_number(column->raw, row);

        if (value < end->extreme || value > end->extreme)
            seen[n++] = value;
    }
    if (n < SENTINELS_GLANCE / 10)
        return FALSE;
    errata_select_quantiles(seen, n, p, 2, ends);
    return gap <= SENTINELS_GAP * (ends[1] - ends[0]);
}

/* the extreme at one end when it stands for missing: repeated, far from the rest by over half of
 * the central 99.8 % of them, and not just one of a few values */
static double
sentinels_judge(const SlicesColumn *column, const SlicesEnd *end, gsize n)
{
    g_autofree double *rest = NULL;
    gsize n_rest = 0;
    double ends[2];
    guint n_values;

    if (end->n < SENTINELS_SEEN || end->n * 4 > n || sentinels_is_near(column, end))
        return (double)NAN;
    rest = g_new(double, n);
    for (gsize row = 0; row < column->raw->n_rows; row++) {
        double value = errata_column_number(column->raw, row);

        if (value < end->extreme || value > end->extreme)
            rest[n_rest++] = value;
    }
    n_values = sentinels_distinct(rest, n_rest, SENTINELS_DISTINCT);
    if (n_values < 3)
        return (double)NAN;
    const double from = (double)(n_rest / 1000) / (double)(n_rest - 1);
    const double p[2] = {from, 1.0 - from};

    errata_select_quantiles(rest, n_rest, p, 2, ends);
    if (fabs(end->extreme - end->next) <=
        (n_values < SENTINELS_DISTINCT ? SENTINELS_FEW_GAP : SENTINELS_GAP) * (ends[1] - ends[0]))
        return (double)NAN;
    return end->extreme;
}

/**
 * errata_slices_sentinels_find:
 * @column: a column; gets the values at its ends that stand for missing, NaN where there is none
 */
void
errata_slices_sentinels_find(SlicesColumn *column)
{
    const ErrataColumn *raw = column->raw;
    SlicesEnd ends[2] = {{(double)INFINITY, 0, (double)INFINITY},
                         {-(double)INFINITY, 0, -(double)INFINITY}};
    double buffer[SENTINELS_READ];
    gsize n = 0;

    column->sentinel[0] = column->sentinel[1] = (double)NAN;
    if (!column->bin->numeric || !errata_column_is_numeric(raw))
        return;
    for (gsize begin = 0; begin < raw->n_rows; begin += SENTINELS_READ) {
        gsize n_read = MIN(SENTINELS_READ, raw->n_rows - begin);
        double least = (double)INFINITY, most = -(double)INFINITY;
        const double *value;

        value = errata_column_view(raw, begin, n_read, buffer);
        n += errata_outside_ends(value, n_read, &least, &most);
        if (least > ends[0].next && most < ends[1].next)
            continue;
        for (gsize i = 0; i < n_read; i++) {
            if (isnan(value[i]))
                continue;
            sentinels_end_add(&ends[0], value[i], -1.0);
            sentinels_end_add(&ends[1], value[i], 1.0);
        }
    }
    if (n < 100)
        return;
    for (guint i = 0; i < 2; i++)
        column->sentinel[i] = sentinels_judge(column, &ends[i], n);
}
