/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probabilities that come as percentages for a while. */
#include "outcome-percent.h"

#include <math.h>

#define PERCENT_LEAST 20  /* values above 1 */
#define PERCENT_LONG  0.5 /* of the rows, at most */
#define PERCENT_FILL \
    0.7 /* of the window's values are above 1: few are so sure of the other class */
#define PERCENT_SLACK 1e-6

/**
 * errata_outcome_percent_window:
 * @number: (array length=n_rows): scores as logged, NaN where missing
 * @order: (array length=n_rows) (nullable): the rows in time order; %NULL: as they stand
 * @n_rows: how many
 * @ret_from: place of the first that is a percentage
 * @ret_to: place behind the last
 *
 * Returns: whether all values are from 0 to 1 but for one window, not longer than half of the log, in which
 *   nearly all are from 1 to 100
 */
gboolean
errata_outcome_percent_window(const double *number,
                              const guint32 *order,
                              gsize n_rows,
                              gsize *ret_from,
                              gsize *ret_to)
{
    gsize from = n_rows, to = 0, n_above = 0, n = 0;

    for (gsize i = 0; i < n_rows; i++) {
        double value = number[order != NULL ? order[i] : i];

        if (value < -PERCENT_SLACK || value > 100.0 + PERCENT_SLACK)
            return FALSE;
        if (!(value > 1.0 + PERCENT_SLACK))
            continue;
        from = MIN(from, i);
        to = i + 1;
        n_above++;
    }
    if (n_above < PERCENT_LEAST || (double)(to - from) > PERCENT_LONG * (double)n_rows)
        return FALSE;
    for (gsize i = from; i < to; i++)
        n += isnan(number[order != NULL ? order[i] : i]) ? 0 : 1;
    if ((double)n_above < PERCENT_FILL * (double)n)
        return FALSE;
    *ret_from = from;
    *ret_to = to;
    return TRUE;
}
