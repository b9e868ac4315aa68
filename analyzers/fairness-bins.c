/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of a number that is declared a group, as an age: ranges of about equally many rows. Of a
 * few values each is a group of its own. */
#include <math.h>

#include "fairness.h"
#include "number.h"
#include "sort.h"

#define BINS_GROUPS 5
#define BINS_ROWS   30    /* with a value, for each range */
#define BINS_ROUND  0.051 /* of what lies between two ends, by which an end is rounded at most */

/* an end that reads well and hardly moves: 23,411.73 between 18,000 and 31,000 is 23,400 */
static double
bins_round(double end, double gap)
{
    double step = pow(10.0, floor(log10(2.0 * BINS_ROUND * gap)));

    if (!isfinite(step) || !(step > 0.0))
        return end;
    return step < 1.0 ? round(end / step) / round(1.0 / step) : round(end / step) * step;
}

/* ends between ranges, ascending, each with rows enough on both sides, also after it is rounded;
 * how many */
static guint
bins_ends(const ErrataColumn *column, double end[BINS_GROUPS])
{
    g_autofree double *value = g_new(double, column->n_rows + 1);
    gsize n = 0, n_below = 0;
    guint n_ends = 0;
    double gap;

    for (gsize row = 0; row < column->n_rows; row++) {
        value[n] = errata_column_is_valid(column, row) ? errata_column_number(column, row)
                                                       : (double)NAN;
        n += isnan(value[n]) ? 0 : 1;
    }
    if (n < (gsize)BINS_GROUPS * BINS_ROWS)
        return 0;
    errata_sort_values(value, n);
    gap = (errata_sort_quantile(value, n, 0.9) - errata_sort_quantile(value, n, 0.1)) / BINS_GROUPS;
    for (guint k = 1; k < BINS_GROUPS; k++) {
        double at = bins_round(value[n * k / BINS_GROUPS], gap);
        gsize below = errata_sort_below(value, n, at);

        if (below < n_below + BINS_ROWS || n < below + BINS_ROWS)
            continue;
        end[n_ends++] = at;
        n_below = below;
    }
    return n_ends;
}

static char *
bins_name(const double *end, guint n_ends, guint bin)
{
    char from[ERRATA_NUMBER_BUFFER], to[ERRATA_NUMBER_BUFFER];

    if (bin > 0)
        *errata_number_put(end[bin - 1], from) = '\0';
    if (bin < n_ends)
        *errata_number_put(end[bin], to) = '\0';
    return bin == 0        ? g_strdup_printf("under %s", to)
           : bin == n_ends ? g_strdup_printf("from %s on", from)
                           : g_strdup_printf("from %s to under %s", from, to);
}

/**
 * errata_fairness_bins:
 * @self: a group column of many numbers; gets its groups, of about equally many rows, and the group
 *   of each row
 *
 * Returns: %FALSE where there are too few rows, or no two ranges
 */
gboolean
errata_fairness_bins(ErrataFairness *self)
{
    double end[BINS_GROUPS];
    guint n_ends = bins_ends(self->column, end);

    if (n_ends == 0)
        return FALSE;
    self->n_groups = n_ends + 1;
    self->group = g_new0(ErrataFairnessGroup, self->n_groups);
    self->range = g_ptr_array_new_with_free_func(g_free);
    self->code = g_new(gint32, self->column->n_rows + 1);
    for (guint g = 0; g < self->n_groups; g++) {
        g_ptr_array_add(self->range, bins_name(end, n_ends, g));
        self->group[g].value = g_ptr_array_index(self->range, g);
    }
    for (gsize row = 0; row < self->column->n_rows; row++) {
        double value = errata_column_is_valid(self->column, row)
                           ? errata_column_number(self->column, row)
                           : (double)NAN;
        gint32 code = 0;

        while (code < (gint32)n_ends && value >= end[code])
            code++;
        self->code[row] = isnan(value) ? -1 : code;
    }
    return TRUE;
}
