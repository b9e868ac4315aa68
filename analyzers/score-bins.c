/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores cut into bins within which rows are taken to be equally likely wrong. */
#include "score-bins.h"

#include <math.h>

#include "select.h"

#define BINS_ROWS   100 /* rows that a bin needs, real losses … */
#define BINS_ERRORS 10  /* … or errors */

/* inner edges by quantiles of the known scores; fewer are asked for at once than there may be. Of
 * equal ones all but the first part a score that fills bins by itself from those above it. */
static void
bins_edges(const double *known, gsize n, guint n_bins, double *ret_edge)
{
    double p[ERRATA_SCORE_BINS];
    guint n_edges = n_bins - 1;

    for (guint i = 0; i < n_edges; i++) {
        p[i] = n > 1 ? (double)(n * (i + 1) / n_bins) / (double)(n - 1) : 0.0;
        ret_edge[i] = 0.0;
    }
    for (guint i = 0; i < n_edges && n > 0; i += ERRATA_SELECT_MAX)
        errata_select_quantiles(known, n, p + i, MIN(ERRATA_SELECT_MAX, n_edges - i), ret_edge + i);
    for (guint i = n_edges; i-- > 1;)
        if (!(ret_edge[i] > ret_edge[i - 1]) && (i + 1 == n_edges || ret_edge[i + 1] > ret_edge[i]))
            ret_edge[i] = nextafter(ret_edge[i], (double)INFINITY);
}

/**
 * errata_score_bins:
 * @score: (array length=n): scores, or predicted numbers; NaN where there is none
 * @error: (array length=n) (nullable): 1 for wrong rows; %NULL for real losses
 * @n: rows
 * @ret_bin: (out caller-allocates) (array length=n): bin of each row, the last one for those
 *   without
 *
 * The edges part the rows and the errors alike, in equal measure: where errors are rare and the
 * scores say where, bins of equally many rows would pool all that they say in the last one, bins of
 * equally many errors all that is sure in the first. Real losses: the rows.
 *
 * Returns: bins, at most %ERRATA_SCORE_BINS + 1
 */
guint
errata_score_bins(const double *score, const guint8 *error, gsize n, guint32 *ret_bin)
{
    g_autofree double *known = g_new(double, 2 * n + 1);
    double edge[ERRATA_SCORE_BINS];
    gsize n_known = 0;
    gsize n_errors = 0, due = 0;
    guint n_bins;

    for (gsize i = 0; i < n; i++)
        n_errors += error != NULL && error[i] != 0 ? 1 : 0;
    for (gsize i = 0; i < n; i++) {
        gboolean one = error == NULL;

        due += n_errors; /* one is due whenever i · n_errors / n reaches a whole number */
        if (due >= n && n_errors > 0) {
            due -= n;
            one = TRUE;
        }
        if (isnan(score[i]))
            continue;
        if (one) /* every row, or as many as there are errors, evenly */
            known[n_known++] = score[i];
        if (error != NULL && error[i] != 0)
            known[n_known++] = score[i];
    }
    n_bins = error != NULL ? (guint)CLAMP(n_errors / BINS_ERRORS, 2, ERRATA_SCORE_BINS)
                           : (guint)CLAMP(n / BINS_ROWS, 2, ERRATA_SCORE_BINS);
    bins_edges(known, n_known, n_bins, edge);
    for (gsize i = 0; i < n; i++) {
        guint bin = 0;

        for (guint k = 0; k + 1 < n_bins; k++)
            bin += score[i] >= edge[k] ? 1 : 0;
        ret_bin[i] = isnan(score[i]) ? n_bins : bin;
    }
    return n_bins + 1;
}
