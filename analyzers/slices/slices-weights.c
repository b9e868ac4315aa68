/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declared weights of rows. A slice is searched and tested on rows, each of which is one
 * observation whatever it counts for; what is told of it counts them by weight, so it must err more
 * by weight, too. */
#include "slices-weights.h"

#include "rate.h"

/**
 * errata_slices_weights_agree:
 * @table: a table
 * @member: (array length=table->confirmation.n_rows): 1 for the rows of a slice
 * @said: the class whose predictions the slice is about, −1 for all
 * @over: the rest's rate, times which its rate must be
 *
 * Returns: whether its rows err that much more than the others by weight; always without weights
 */
gboolean
errata_slices_weights_agree(const SlicesTable *table, const guint8 *member, int said, double over)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->confirmation;
    ErrataRate rate[2] = {{.n = 0.0}};

    if (outcome->weight == NULL)
        return TRUE;
    for (gsize i = 0; i < half->n_rows; i++)
        if (said < 0 || outcome->predicted[half->row[i]] == said)
            errata_rate_add(&rate[member[i] != 0], half->y[i], outcome->weight[half->row[i]]);
    return rate[1].n > 0.0 &&
           (!(rate[0].n > 0.0) || errata_rate_mean(&rate[1]) >= over * errata_rate_mean(&rate[0]));
}
