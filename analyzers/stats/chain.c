/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that follow each other and are alike tell less than as many independent ones. By how much
 * less is read from the means of batches (Conway 1963, "Some tactical problems in digital
 * simulation", Management Science 10; Schmeiser 1982, "Batch size effects in the analysis of
 * simulation output", Operations Research 30): the variance of a mean is that of 40 batches' means
 * over 40, and its ratio to what independent rows would give is the inflation. */
#include "chain.h"

#include <math.h>

#define CHAIN_BATCHES 40
#define CHAIN_ROWS    5 /* of a batch at least */
#define CHAIN_LANES   4
#define CHAIN_SURE    1.6 /* χ²₃₉ / 39 of independent rows exceeds that once in 100 times */

/* sums of a batch about the first value, four side by side as each waits for its last addition */
typedef struct {
    double sum;
    double squares;
} ChainBatch;

static ChainBatch
chain_batch(const double *value, gsize n, double first)
{
    double sum[CHAIN_LANES] = {0.0}, squares[CHAIN_LANES] = {0.0};
    gsize i = 0;

    for (; i + CHAIN_LANES <= n; i += CHAIN_LANES)
        for (guint k = 0; k < CHAIN_LANES; k++) {
            double off = value[i + k] - first;

            sum[k] += off;
            squares[k] += off * off;
        }
    for (; i < n; i++) {
        sum[0] += value[i] - first;
        squares[0] += (value[i] - first) * (value[i] - first);
    }
    return (ChainBatch){(sum[0] + sum[1]) + (sum[2] + sum[3]),
                        (squares[0] + squares[1]) + (squares[2] + squares[3])};
}

/* place of the first value of a batch: value i is in batch ⌊i · batches / n⌋ */
static gsize
chain_begin(guint batch, gsize n)
{
    return (batch * n + CHAIN_BATCHES - 1) / CHAIN_BATCHES;
}

/**
 * errata_chain_inflation:
 * @value: (array length=n): values in the order in which they came; NaN: none
 * @n: how many
 *
 * Returns: by how much the variance of their mean exceeds that of independent values; 1 where it
 * does not
 *   surely, and under 200 values
 */
double
errata_chain_inflation(const double *value, gsize n)
{
    g_autofree double *present = NULL;
    double batch[CHAIN_BATCHES];
    double mean = 0.0, squares = 0.0, between = 0.0, ratio;
    gsize there = 0;

    for (gsize i = 0; i < n; i++)
        there += isnan(value[i]) ? 0 : 1;
    if (there < (gsize)CHAIN_BATCHES * CHAIN_ROWS)
        return 1.0;
    if (there < n) {
        present = g_new(double, n);
        there = 0;
        for (gsize i = 0; i < n; i++) {
            present[there] = value[i];
            there += isnan(value[i]) ? 0 : 1;
        }
        value = present;
    }
    for (guint b = 0; b < CHAIN_BATCHES; b++) {
        gsize begin = chain_begin(b, there);
        ChainBatch own = chain_batch(value + begin, chain_begin(b + 1, there) - begin, value[0]);

        batch[b] = own.sum;
        mean += own.sum / (double)there;
        squares += own.squares / (double)there;
    }
    for (guint b = 0; b < CHAIN_BATCHES; b++) {
        double count = (double)(chain_begin(b + 1, there) - chain_begin(b, there));
        double off = batch[b] / count - mean;

        between += count * off * off / (CHAIN_BATCHES - 1);
    }
    ratio = between / (squares - mean * mean);
    return isfinite(ratio) && ratio > CHAIN_SURE ? ratio : 1.0;
}
