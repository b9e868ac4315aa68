/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of rows of which columns tell beyond the score: what score bin, prediction and columns
 * expect together. */
#include <math.h>

#include "score-bins.h"
#include "side-terms.h"
#include "slices-beyond.h"

/**
 * errata_slices_beyond_cells:
 * @expected: (array length=n): how likely each row is wrong, as far as columns tell
 * @error: (array length=n): 1 for wrong rows
 * @cell: (array length=n) (inout): score bin and prediction of each row; what they and the columns
 *   expect together, in bins, afterwards
 * @n_cells: cells before
 * @n: rows
 *
 * Returns: cells
 */
guint
errata_slices_beyond_cells(const double *expected,
                           const guint8 *error,
                           guint32 *cell,
                           guint n_cells,
                           gsize n)
{
    g_autofree double *count = g_new0(double, n_cells);
    g_autofree double *wrong = g_new0(double, n_cells);
    g_autofree double *terms = g_new(double, 4 * n + 1);
    g_autofree double *y = g_new(double, n + 1);
    ErrataSideTerms both = {.n = n, .p = 4, .y = y};
    double total = 0.0;

    for (gsize i = 0; i < n; i++) {
        y[i] = error[i] != 0 ? 1.0 : 0.0;
        count[cell[i]] += 1.0;
        wrong[cell[i]] += y[i];
        total += y[i] / (double)n;
    }
    for (guint k = 0; k < 4; k++)
        both.x[k] = terms + k * n;
    for (gsize i = 0; i < n; i++) {
        double rate = (wrong[cell[i]] + total) / (count[cell[i]] + 1.0);
        double own = CLAMP(expected[i], 1e-6, 1.0 - 1e-6);

        terms[i] = 1.0;
        terms[n + i] = log(rate / (1.0 - rate));
        terms[2 * n + i] = log(own / (1.0 - own));
        terms[3 * n + i] = terms[n + i] * terms[2 * n + i];
    }
    errata_side_terms_fit(&both);
    for (gsize i = 0; i < n; i++)
        y[i] = errata_side_terms_predict(&both, i);
    return errata_score_bins(y, error, n, cell);
}
