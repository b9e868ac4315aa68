/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that follow each other and are alike tell less than as many independent ones. By how much less is
 * read from the means of batches (Conway 1963, "Some tactical problems in digital simulation", Management
 * Science 10; Schmeiser 1982, "Batch size effects in the analysis of simulation output", Operations
 * Research 30): the variance of a mean is that of 40 batches' means over 40, and its ratio to what
 * independent rows would give is the inflation. */
#include "chain.h"

#include <math.h>

#define CHAIN_BATCHES 40
#define CHAIN_ROWS    5   /* of a batch at least */
#define CHAIN_SURE    1.6 /* χ²₃₉ / 39 of independent rows exceeds that once in 100 times */

/**
 * errata_chain_inflation:
 * @value: (array length=n): values in the order in which they came; NaN: none
 * @n: how many
 *
 * Returns: by how much the variance of their mean exceeds that of independent values; 1 where it does not
 *   surely, and under 200 values
 */
double
errata_chain_inflation(const double *value, gsize n)
{
    double batch[CHAIN_BATCHES] = {0.0};
    gsize count[CHAIN_BATCHES] = {0};
    gsize there = 0, at = 0;
    double mean = 0.0, squares = 0.0, between = 0.0, first = (double)NAN, ratio;

    for (gsize i = 0; i < n; i++) {
        first = there == 0 ? value[i] : first;
        there += isnan(value[i]) ? 0 : 1;
    }
    if (there < (gsize)CHAIN_BATCHES * CHAIN_ROWS)
        return 1.0;
    for (gsize i = 0; i < n; i++) {
        gsize b = at * CHAIN_BATCHES / there;

        if (isnan(value[i]))
            continue;
        batch[b] += value[i] - first;
        mean += (value[i] - first) / (double)there;
        squares += (value[i] - first) * (value[i] - first) / (double)there;
        count[b]++;
        at++;
    }
    for (guint b = 0; b < CHAIN_BATCHES; b++) {
        double off = batch[b] / (double)count[b] - mean;

        between += (double)count[b] * off * off / (CHAIN_BATCHES - 1);
    }
    ratio = between / (squares - mean * mean);
    return isfinite(ratio) && ratio > CHAIN_SURE ? ratio : 1.0;
}
