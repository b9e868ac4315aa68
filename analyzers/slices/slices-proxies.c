/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that say much of what the scores expect. */
#include "slices-proxies.h"

#define PROXIES_SHARE 0.5 /* of what the scores expect that a column alone tells */

/* part of the variance of what the scores expect that a column's codes explain */
static double
proxies_explains(const SlicesTable *table, const ErrataExpected *scored, guint column)
{
    const SlicesCoding *fine = &table->columns[column].fine;
    double n[256] = {0.0}, sum[256] = {0.0};
    double total = 0.0, square = 0.0, between = 0.0;

    for (gsize i = 0; i < scored->n_rows; i++) {
        double mu = errata_expected_mu(scored, i);

        n[fine->code[i]] += 1.0;
        sum[fine->code[i]] += mu;
        total += mu;
        square += mu * mu;
    }
    for (guint c = 0; c < fine->n_codes; c++)
        between += n[c] > 0.0 ? sum[c] * sum[c] / n[c] : 0.0;
    total = total * total / MAX((double)scored->n_rows, 1.0);
    return square > total ? (between - total) / (square - total) : 0.0;
}

/**
 * errata_slices_proxies:
 * @table: a table
 * @scored: what the scores expect in its discovery half
 *
 * The numbers that say what the score does: that unsure predictions are often wrong is no news.
 *
 * Returns: (transfer full) (array length=table->n_columns): 1 for those
 */
guint8 *
errata_slices_proxies(const SlicesTable *table, const ErrataExpected *scored)
{
    guint8 *proxy = g_new0(guint8, MAX(table->n_columns, 1));

    for (guint c = 0; c < table->n_columns; c++)
        proxy[c] = table->columns[c].bin->numeric &&
                   proxies_explains(table, scored, c) >= PROXIES_SHARE;
    return proxy;
}
