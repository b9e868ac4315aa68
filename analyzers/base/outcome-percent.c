/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probabilities that come as percentages for a while, or for a few, or always. */
#include "outcome-percent.h"

#include <math.h>

#include "schema-name.h"
#include "sort.h"

#define PERCENT_LEAST 20  /* values above 1 */
#define PERCENT_GAP   40  /* rows in a row that are not above 1: between two windows */
#define PERCENT_LONG  0.9 /* of the rows, at most */
#define PERCENT_FILL  0.7 /* of a window's values are above 1: few are so sure of the other class */
#define PERCENT_SLACK 1e-6
#define PERCENT_WHOLE 0.5 /* of the values are above 1, where all are percentages */
#define PERCENT_EVEN \
    0.3 /* Kolmogorov's λ: values drawn evenly are as even as that once in 100,000 samples */
#define PERCENT_RANKED 50 /* values that differ, at least */

/* whether a window is one: values enough above 1, and few others */
static gboolean
percent_holds(const double *number,
              const guint32 *order,
              const ErrataPercentWindow *window,
              gsize n_above)
{
    gsize n = 0;

    for (gsize i = window->from; i < window->to; i++)
        n += isnan(number[order != NULL ? order[i] : i]) ? 0 : 1;
    return n_above >= PERCENT_LEAST && (double)n_above >= PERCENT_FILL * (double)n;
}

/**
 * errata_outcome_percent_windows:
 * @number: (array length=n_rows): scores as logged, NaN where missing
 * @order: (array length=n_rows) (nullable): the rows in time order; %NULL: as they stand
 * @n_rows: how many
 * @ret: (out): windows of percentages, in order
 *
 * Returns: how many windows there are, not longer than nine tenths of the log together, in which
 * nearly all values are
 *   from 1 to 100, where all others are from 0 to 1; 0: none, or something else is wrong with them
 */
guint
errata_outcome_percent_windows(const double *number,
                               const guint32 *order,
                               gsize n_rows,
                               ErrataPercentWindow ret[ERRATA_PERCENT_WINDOWS])
{
    gsize n_above = 0, n_within = 0;
    guint n = 0;

    for (gsize i = 0; i < n_rows; i++) {
        double value = number[order != NULL ? order[i] : i];

        if (value < -PERCENT_SLACK || value > 100.0 + PERCENT_SLACK)
            return 0;
        if (!(value > 1.0 + PERCENT_SLACK))
            continue;
        if (n == 0 || i - ret[n - 1].to >= PERCENT_GAP) {
            if (n > 0 && !percent_holds(number, order, &ret[n - 1], n_above))
                return 0;
            if (n == ERRATA_PERCENT_WINDOWS)
                return 0;
            ret[n++].from = i;
            n_above = 0;
        }
        ret[n - 1].to = i + 1;
        n_above++;
    }
    if (n == 0 || !percent_holds(number, order, &ret[n - 1], n_above))
        return 0;
    for (guint k = 0; k < n; k++)
        n_within += ret[k].to - ret[k].from;
    return (double)n_within <= PERCENT_LONG * (double)n_rows ? n : 0;
}

/* how far values are from their own midranks, both in [0, 1], at most: rounded ones share one.
 * @ret_n: values that differ */
static double
percent_unevenness(const double *sorted, gsize n, gsize *ret_n)
{
    double most = 0.0;

    *ret_n = 0;
    for (gsize begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && !(sorted[end] > sorted[begin]))
            end++;
        most = fmax(most, fabs(sorted[begin] / 100.0 - 0.5 * (double)(begin + end) / (double)n));
        ++*ret_n;
    }
    return most;
}

/**
 * errata_outcome_percent_ranks:
 * @number: (array length=n_rows): scores as logged, NaN where missing
 * @n_rows: how many
 *
 * Percentile ranks look like percentages, but are spread far more evenly than any that are drawn:
 * one stands for each place. They tell the order of rows only.
 *
 * Returns: whether the values are the percentile ranks of these rows
 */
gboolean
errata_outcome_percent_ranks(const double *number, gsize n_rows)
{
    g_autofree double *sorted = g_new(double, MAX(n_rows, 1));
    gsize n = 0, n_distinct;
    double most;

    for (gsize row = 0; row < n_rows; row++)
        if (!isnan(number[row]))
            sorted[n++] = number[row];
    errata_sort_values(sorted, n);
    most = percent_unevenness(sorted, n, &n_distinct);
    return n_distinct >= PERCENT_RANKED && most * sqrt((double)n) < PERCENT_EVEN;
}

/**
 * errata_outcome_percent_all:
 * @name: of the column
 * @number: (array length=n_rows): scores as logged, NaN where missing
 * @n_rows: how many
 *
 * Points from 0 to 100 are no percentages by their values alone: the name must say that they are a
 * probability.
 *
 * Returns: whether all values are percentages
 */
gboolean
errata_outcome_percent_all(const char *name, const double *number, gsize n_rows)
{
    gsize n = 0, n_above = 0;

    if (!errata_schema_name_is_probability(name))
        return FALSE;
    for (gsize row = 0; row < n_rows; row++) {
        if (number[row] < -PERCENT_SLACK || number[row] > 100.0 + PERCENT_SLACK)
            return FALSE;
        n += isnan(number[row]) ? 0 : 1;
        n_above += number[row] > 1.0 + PERCENT_SLACK ? 1 : 0;
    }
    return (double)n_above > PERCENT_WHOLE * (double)n;
}
