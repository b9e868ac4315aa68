/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Declared row weights. Only their proportions matter, so huge ones are brought down by a power of
 * two; what is no weight at all is refused by the row that has it. */
#include "outcome-weights.h"

#include <math.h>

#include "number.h"

#define WEIGHTS_LEAST    100 /* rows of which none may weigh more than all others together */
#define WEIGHTS_EXPONENT 300 /* of two: beyond it, sums or squares of weights could overflow */

typedef struct {
    gsize negative; /* first row below 0, rows of the frame for none */
    gsize missing;  /* the same */
    gsize n_missing;
    double most;
    gsize heaviest; /* the first row that has it */
    double least;
} Weights;

static Weights
weights_look(const ErrataFrame *frame, const double *weight)
{
    Weights seen = {.negative = frame->n_rows, .missing = frame->n_rows, .least = (double)INFINITY};

    for (gsize row = 0; row < frame->n_rows; row++) {
        if (isfinite(weight[row]) == 0) {
            seen.missing = MIN(seen.missing, row);
            seen.n_missing++;
        } else {
            seen.negative = weight[row] < 0.0 ? MIN(seen.negative, row) : seen.negative;
            seen.heaviest = weight[row] > seen.most ? row : seen.heaviest;
            seen.most = MAX(seen.most, weight[row]);
            seen.least = MIN(seen.least, weight[row]);
        }
    }
    return seen;
}

/* whether a row has more than half of all weight: the figures would be those of that row alone */
static gboolean
weights_one_has_most(const Weights *seen, const double *weight, gsize n)
{
    double rest = -1.0; /* the row itself, in units of the largest */

    for (gsize row = 0; row < n; row++)
        rest += isfinite(weight[row]) != 0 ? weight[row] / seen->most : 0.0;
    return n - seen->n_missing >= WEIGHTS_LEAST && rest < 1.0;
}

/**
 * errata_outcome_weights:
 * @frame: the log
 * @column: a column of it
 * @weight: (array length=n_rows): its cells as numbers, NaN where missing; becomes usable as
 *   weights: 0 where missing, scaled by a power of two where they are so large or small that sums
 *   would leave the range of a double
 * @ret_problem: (out) (nullable): what was refused or passed over, in words
 *
 * Returns: whether they can be used; not if one is negative, none above 0, one of 100 rows or more
 * above
 *   all others together, or all are the same
 */
gboolean
errata_outcome_weights(const ErrataFrame *frame, guint column, double *weight, char **ret_problem)
{
    const char *name = frame->columns[column]->name;
    Weights seen = weights_look(frame, weight);
    char number[ERRATA_NUMBER_BUFFER];
    int exponent = 0;

    if (seen.negative < frame->n_rows) {
        *ret_problem = g_strdup_printf("the weights of %s are not used: row %" G_GSIZE_FORMAT
                                       " has %s, and a weight is 0 or more",
                                       name,
                                       seen.negative + 1,
                                       errata_number_print(weight[seen.negative], number));
        return FALSE;
    }
    if (!(seen.most > 0.0)) {
        *ret_problem = g_strdup_printf("the weights of %s are not used: none is above 0", name);
        return FALSE;
    }
    if (seen.n_missing == 0 && !(seen.least < seen.most))
        return FALSE; /* the same answer as without, to the last digit */
    if (weights_one_has_most(&seen, weight, frame->n_rows)) {
        *ret_problem = g_strdup_printf("the weights of %s are not used: row %" G_GSIZE_FORMAT
                                       " has %s, more than all other rows together",
                                       name,
                                       seen.heaviest + 1,
                                       errata_number_print(seen.most, number));
        return FALSE;
    }
    if (seen.n_missing > 0)
        *ret_problem = g_strdup_printf("%" G_GSIZE_FORMAT " %s no weight in %s (the first is row "
                                       "%" G_GSIZE_FORMAT ") and %s for nothing in the figures",
                                       seen.n_missing,
                                       seen.n_missing == 1 ? "row has" : "rows have",
                                       name,
                                       seen.missing + 1,
                                       seen.n_missing == 1 ? "counts" : "count");
    frexp(seen.most, &exponent);
    for (gsize row = 0; row < frame->n_rows; row++) {
        if (isfinite(weight[row]) == 0)
            weight[row] = 0.0;
        else if (exponent > WEIGHTS_EXPONENT || exponent < -WEIGHTS_EXPONENT)
            weight[row] = ldexp(weight[row], -exponent);
    }
    return TRUE;
}
