/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices among the predictions of one class. Errors of one kind, false alarms or missed cases, are thinned
 * out when they are counted over all rows, and conditions that go with the prediction look as if they
 * mattered. But where a class is common, predictions of the other are wrong more often than their scores
 * say, for any column that tells the class: so all rows of such a slice must err more, too. */
#include "slices-prediction.h"

#include <math.h>
#include <string.h>

#include "slices-refine.h"

#define PREDICTION_CLASSES   8    /* looked at one by one */
#define PREDICTION_LIFT      1.5  /* errors over those expected, for that to be a kind of its own */
#define PREDICTION_MORE      1.25 /* times the ratio, where the conditions are on the same columns */
#define PREDICTION_AS_BAD    0.85 /* of all its error rate, that must be left then */
#define PREDICTION_COST      5.0  /* what that must gain, besides the logarithm of their number */
#define PREDICTION_OVER_REST 1.1

/* rows of a slice with their errors, all and by the predictions of one class */
typedef struct {
    double n;
    double observed;
    double expected;
    double n_other; /* rows of the other classes, which may be taken for it */
    double observed_class;
    double expected_class;
} PredictionSum;

/* on the discovery half */
static PredictionSum
prediction_sum(const SlicesTable *table,
               const ErrataExpected *expected,
               const Slice *slice,
               int class)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    PredictionSum sum = {0};

    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        double mu = errata_expected_mu(expected, i);

        if (member[i] == 0)
            continue;
        sum.n += 1.0;
        sum.observed += half->y[i];
        sum.expected += mu;
        sum.n_other += outcome->truth[row] != class ? 1.0 : 0.0;
        sum.observed_class += outcome->predicted[row] == class ? half->y[i] : 0.0;
        sum.expected_class += outcome->predicted[row] == class ? mu : 0.0;
    }
    return sum;
}

/* how often rows of the other classes are taken for the class */
static double
prediction_taken(const PredictionSum *sum)
{
    return sum->n_other > 0.0 ? sum->observed_class / sum->n_other : 0.0;
}

static gboolean
prediction_same_columns(const Slice *a, const Slice *b)
{
    guint n = 0;

    for (guint i = 0; i < a->n; i++)
        for (guint k = 0; k < b->n; k++)
            n += a->condition[i].column == b->condition[k].column ? 1 : 0;
    return a->n == b->n && n == a->n;
}

/* whether a slice of one predicted class says less than that of all: it gains too little by other ends, or
 * takes in rows that are bad among those predictions only, or others that are taken for the class less often */
static gboolean
prediction_is_looser(const PredictionSum *own,
                     const PredictionSum *slice,
                     gboolean same,
                     double gain)
{
    if (prediction_taken(own) < PREDICTION_AS_BAD * prediction_taken(slice))
        return TRUE;
    return same && (gain < PREDICTION_MORE ||
                    own->observed * slice->n < PREDICTION_AS_BAD * slice->observed * own->n);
}

/**
 * errata_slices_prediction_errs_more:
 * @half: the rows looked at
 * @n: rows of a slice in it
 * @observed: their errors
 * @expected: those that their scores expect
 *
 * Returns: whether all rows of the slice together err more often than the others and than expected
 */
gboolean
errata_slices_prediction_errs_more(const SlicesHalf *half,
                                   double n,
                                   double observed,
                                   double expected)
{
    double rest = (half->total - observed) / MAX((double)half->n_rows - n, 1.0);

    return n > 0.0 && observed / n >= PREDICTION_OVER_REST * rest && observed > expected;
}

/**
 * errata_slices_prediction_keep:
 * @half: rows of a table
 * @predicted: a class; −1 for any
 * @member: (array length=half->n_rows) (inout): 1 for rows of a slice; those predicted otherwise become 0
 */
void
errata_slices_prediction_keep(const SlicesTable *table,
                              const SlicesHalf *half,
                              int predicted,
                              guint8 *member)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    for (gsize i = 0; predicted >= 0 && i < half->n_rows; i++)
        member[i] &= (guint8)(outcome->predicted[half->row[i]] == predicted);
}

/**
 * errata_slices_prediction_choose:
 * @table: a table
 * @expected: what is expected of its discovery half
 * @slice: (inout): a refined slice of all predictions
 * @ratio: its log likelihood ratio
 *
 * Takes the slice as it is among the predictions of one class, where it is more unlikely there than
 * over all. Complexity: a refinement per class.
 *
 * Returns: that class; −1 where the slice is of all predictions
 */
int
errata_slices_prediction_choose(const SlicesTable *table,
                                const ErrataExpected *expected,
                                Slice *slice,
                                double ratio)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *within = NULL;
    Slice best = *slice;
    int predicted = -1;

    if (table->real || outcome->predicted == NULL || outcome->n_classes > PREDICTION_CLASSES)
        return -1;
    within = g_malloc(MAX(half->n_rows, 1));
    ratio += PREDICTION_COST + log((double)outcome->n_classes);
    for (int class = 0; class < (int)outcome->n_classes; class ++) {
        Slice own = *slice;
        PredictionSum of_own, of_slice;
        double own_ratio;

        memset(within, 1, half->n_rows);
        errata_slices_prediction_keep(table, half, class, within);
        own_ratio = errata_slices_refine(table, expected, within, &own);
        if (own_ratio <= ratio)
            continue;
        of_own = prediction_sum(table, expected, &own, class);
        of_slice = prediction_sum(table, expected, slice, class);
        if (of_own.observed_class < PREDICTION_LIFT * of_own.expected_class ||
            !errata_slices_prediction_errs_more(half, of_own.n, of_own.observed, of_own.expected) ||
            prediction_is_looser(&of_own,
                                 &of_slice,
                                 prediction_same_columns(&own, slice),
                                 own_ratio / ratio))
            continue;
        ratio = own_ratio;
        best = own;
        predicted = class;
    }
    *slice = best;
    return predicted;
}
