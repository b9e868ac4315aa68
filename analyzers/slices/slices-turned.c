/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that come to mean their opposite. What a score lets expect is what rows of such scores err
 * in all the log, and where one group has nearly all rows of the surest scores, that is the group's
 * own errors: a group that is surely wrong is then expected to be. But a surer score never
 * foretells more errors of the same prediction. So where a bin is mostly wrong and less sure ones
 * surely less so, the bins of that class are pooled until errors fall as sureness grows. Scores
 * that are noisy or too sure do so already. Source: pooling adjacent violators (Ayer et al. 1955).
 * */
#include "slices-turned.h"

#include <math.h>
#include <stdlib.h>

#define TURNED_MOST  0.5 /* of a bin's rows are wrong … */
#define TURNED_SURE  4.0 /* … surely more than of less sure ones, by so many standard errors … */
#define TURNED_LEAST 30  /* … of which there are so many */

/* a cell, or some that are pooled */
typedef struct {
    guint32 cell; /* the first of them */
    guint n_cells;
    double n;
    double wrong;
    double sure; /* sum of confidences */
} TurnedCell;

static int
turned_compare_cb(gconstpointer a, gconstpointer b)
{
    const TurnedCell *x = a;
    const TurnedCell *y = b;
    double less = x->sure * y->n - y->sure * x->n;

    return less < 0.0 ? -1 : less > 0.0 ? 1 : (x->cell > y->cell) - (x->cell < y->cell);
}

/* (array length=n_cells) (transfer full): the rows of each cell that are not told */
static TurnedCell *
turned_count(const SlicesTurnedRows *rows, const guint32 *cell, guint n_cells)
{
    TurnedCell *all = g_new0(TurnedCell, MAX(n_cells, 1));

    for (guint c = 0; c < n_cells; c++)
        all[c] = (TurnedCell){.cell = c, .n_cells = 1};
    for (gsize i = 0; i < rows->n; i++) {
        TurnedCell *own = &all[cell[i]];

        if (rows->told[i] != 0 || isnan(rows->confidence[i]))
            continue;
        own->n += 1.0;
        own->wrong += rows->error[i];
        own->sure += rows->confidence[i];
    }
    return all;
}

/* marks the cells that are mostly wrong where less sure ones are less so; whether there are any */
static gboolean
turned_find(const GArray *cells, guint8 *turned)
{
    double n = 0.0, wrong = 0.0;
    gboolean any = FALSE;

    for (guint k = 0; k < cells->len; k++) {
        const TurnedCell *own = &g_array_index(cells, TurnedCell, k);
        double rate = (wrong + own->wrong) / (n + own->n);
        double error = sqrt(rate * (1.0 - rate) * (1.0 / own->n + 1.0 / MAX(n, 1.0)));

        if (n >= TURNED_LEAST && own->wrong > TURNED_MOST * own->n &&
            own->wrong / own->n - wrong / n > TURNED_SURE * error) {
            turned[own->cell] = 1;
            any = TRUE;
            continue; /* what is surer still is held against those that are as they should be */
        }
        n += own->n;
        wrong += own->wrong;
    }
    return any;
}

/* pools cells, the least sure first, until each errs less than the one before it; @to gets the cell
 * that each becomes a part of */
static void
turned_pool(const GArray *cells, guint32 *to)
{
    g_autoptr(GArray) pools = g_array_new(FALSE, FALSE, sizeof(TurnedCell));
    guint at = 0;

    for (guint k = 0; k < cells->len; k++) {
        TurnedCell own = g_array_index(cells, TurnedCell, k);

        while (pools->len > 0) {
            const TurnedCell *last = &g_array_index(pools, TurnedCell, pools->len - 1);

            if (last->wrong * own.n > own.wrong * last->n)
                break;
            own.cell = last->cell;
            own.n_cells += last->n_cells;
            own.n += last->n;
            own.wrong += last->wrong;
            g_array_set_size(pools, pools->len - 1);
        }
        g_array_append_val(pools, own);
    }
    for (guint p = 0; p < pools->len; p++) {
        const TurnedCell *pool = &g_array_index(pools, TurnedCell, p);

        for (guint k = 0; k < pool->n_cells; k++)
            to[g_array_index(cells, TurnedCell, at++).cell] = pool->cell;
    }
}

/**
 * errata_slices_turned_pool:
 * @rows: rows of a classification
 * @cell: (array length=rows->n) (inout): cell of each, by its score and predicted class
 * @n_cells: cells
 * @ret_turned: (array length=rows->n) (out caller-allocates): 1 for rows of cells that are mostly
 *   wrong, where less sure ones are not
 *
 * Pools the cells of each class that has such cells, by the rows that are not told. Complexity:
 * rows + cells × classes.
 *
 * Returns: whether there is such a class; if not, all cells are left as they were
 */
gboolean
errata_slices_turned_pool(const SlicesTurnedRows *rows,
                          guint32 *cell,
                          guint n_cells,
                          guint8 *ret_turned)
{
    g_autofree TurnedCell *all = turned_count(rows, cell, n_cells);
    g_autofree guint32 *to = g_new(guint32, MAX(n_cells, 1));
    g_autofree guint8 *turned = g_malloc0(MAX(n_cells, 1));
    gboolean any = FALSE;

    for (guint c = 0; c < n_cells; c++)
        to[c] = c;
    for (guint class = 0; class < rows->n_classes; class ++) {
        g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(TurnedCell));

        for (guint c = class; c < n_cells; c += rows->n_classes)
            if (all[c].n > 0.0)
                g_array_append_val(cells, all[c]);
        g_array_sort(cells, turned_compare_cb);
        if (!turned_find(cells, turned))
            continue;
        turned_pool(cells, to);
        any = TRUE;
    }
    for (gsize i = 0; i < rows->n; i++) {
        ret_turned[i] = turned[cell[i]];
        cell[i] = to[cell[i]];
    }
    return any;
}
