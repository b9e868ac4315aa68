/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices among the predictions of one class. Errors of one kind, false alarms or missed cases, are
 * thinned out when they are counted over all rows, and conditions that go with the prediction look
 * as if they mattered. But where a class is common, predictions of the other are wrong more often
 * than their scores say, for any column that tells the class: so all rows of such a slice must err
 * more, too. */
#include "slices-prediction.h"

#include <math.h>
#include <string.h>

#include "slices-aside.h"
#include "slices-refine.h"

#define PREDICTION_CLASSES   8    /* looked at one by one */
#define PREDICTION_LIFT      1.5  /* errors over those expected, for that to be a kind of its own */
#define PREDICTION_MORE      1.25 /* times the ratio, where the conditions are on the same columns */
#define PREDICTION_AS_BAD    0.85 /* of all its error rate, that must be left then */
#define PREDICTION_COST      5.0  /* what that must gain, besides the logarithm of their number */
#define PREDICTION_OVER_REST 1.1
#define PREDICTION_ADDS      0.5  /* of what one of several classes has more, that all have more */
#define PREDICTION_PART      0.1  /* of what a slice has more, that a class of several has */
#define PREDICTION_CHANCE    2.33 /* standard deviations of a number of errors */
#define PREDICTION_SURE      3.0  /* the same, of which hardly a chance is left */
#define PREDICTION_PARENT    0.9 /* of the ratio, for each condition that is left out: METHODS 2, 6 */
#define PREDICTION_TELLING   40.0 /* errors expected, of which some more or less can be told */
#define PREDICTION_TOLD      0.8  /* of the rows, in a slice that was kept */
#define PREDICTION_STRATA \
    (1U << SLICES_MAX_CONDITIONS) /* by the conditions left out that rows meet */

/* rows of a slice with their errors, all and by the predictions of one class */
typedef struct {
    double n;
    double observed;
    double expected;
    double observed_class;
    double expected_class;
} PredictionSum;

/* rows of the other classes, and those of them that are taken for the class; or rows of the class,
 * and those of them that are taken for others */
typedef struct {
    double n;
    double taken;
} PredictionTaken;

typedef struct {
    double taken;
    double due; /* … at the rates outside */
} PredictionLift;

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
        sum.observed_class += outcome->predicted[row] == class ? half->y[i] : 0.0;
        sum.expected_class += outcome->predicted[row] == class ? mu : 0.0;
    }
    return sum;
}

/* Which of the conditions that @own has left out of @slice each row of the discovery half meets, as
 * bits */
static guint8 *
prediction_left_out(const SlicesTable *table, const Slice *own, const Slice *slice)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    guint8 *met = g_malloc0(MAX(half->n_rows, 1));

    for (guint k = 0; k < slice->n; k++) {
        Slice one = {.n = 1, .condition = {slice->condition[k]}};

        if (slices_uses(own, slice->condition[k].column))
            continue;
        errata_slices_table_member(table, half, &one, member);
        for (gsize i = 0; i < half->n_rows; i++)
            met[i] |= (guint8)(member[i] << k);
    }
    return met;
}

/* counts the rows of the other classes (@of_class: of this one), and those taken for @class (for
 * others), by the conditions they meet */
static void
prediction_count_taken(const SlicesTable *table,
                       const guint8 *member,
                       const guint8 *met,
                       int class,
                       gboolean of_class,
                       PredictionTaken *ret_in,
                       PredictionTaken *ret_out)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->discovery;

    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        PredictionTaken *of = member[i] != 0 ? &ret_in[met[i]] : &ret_out[met[i]];

        if ((outcome->truth[row] == class) != of_class)
            continue;
        of->n += 1.0;
        of->taken += (outcome->predicted[row] == class) != of_class ? half->y[i] : 0.0;
    }
}

/* Rows of the other classes that are taken for the class, and those that would be if they were so
 * as often as outside of @own, among rows that meet the same conditions. Where a number tells the
 * class, few are taken for it at its other end, in the whole of a group that errs, too. */
static PredictionLift
prediction_lift(const PredictionTaken *in, const PredictionTaken *out)
{
    PredictionTaken all = {0.0, 0.0};
    PredictionLift lift = {0.0, 0.0};

    for (guint k = 0; k < PREDICTION_STRATA; k++) {
        all.n += out[k].n;
        all.taken += out[k].taken;
    }
    for (guint k = 0; k < PREDICTION_STRATA; k++) {
        lift.taken += in[k].taken;
        lift.due += in[k].n * (out[k].taken + all.taken / MAX(all.n, 1.0)) / (out[k].n + 1.0);
    }
    return lift;
}

/* Whether rows that a slice of one predicted class takes in beyond @slice are taken for the class
 * no more than those outside, and all of its rows less than those of @slice */
static gboolean
prediction_takes_in_others(const SlicesTable *table,
                           const Slice *own,
                           const Slice *slice,
                           int class)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *met = prediction_left_out(table, own, slice);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    PredictionTaken of_own[PREDICTION_STRATA] = {0}, outside[PREDICTION_STRATA] = {0};
    PredictionTaken of_slice[PREDICTION_STRATA] = {0}, unused[PREDICTION_STRATA] = {0};
    PredictionLift whole, part;

    errata_slices_table_member(table, half, own, member);
    prediction_count_taken(table, member, met, class, FALSE, of_own, outside);
    errata_slices_table_member(table, half, slice, member);
    prediction_count_taken(table, member, met, class, FALSE, of_slice, unused);
    whole = prediction_lift(of_own, outside);
    part = prediction_lift(of_slice, outside);
    return whole.taken * part.due < PREDICTION_AS_BAD * part.taken * whole.due &&
           whole.taken - part.taken < SLICES_MIN_LIFT * (whole.due - part.due);
}

/* whether @own is @slice without some of its conditions */
static gboolean
prediction_is_parent(const Slice *own, const Slice *slice)
{
    for (guint i = 0; i < own->n; i++)
        if (!slices_uses(slice, own->condition[i].column))
            return FALSE;
    return own->n < slice->n;
}

/* whether there are by far more than expected */
static gboolean
prediction_is_more(double observed, double expected)
{
    return observed >= SLICES_MIN_LIFT * expected &&
           observed - expected >= PREDICTION_SURE * sqrt(expected);
}

/* Whether the errors of @slice, with the sum @of_slice, go both ways: predictions of the other
 * classes are wrong more often than their scores say, and rows of the class are taken for others
 * more often than those in neither slice that meet the same of the conditions that @own leaves out.
 * That is of all predictions, be most of the errors those of one class. Rows taken for the class
 * leave fewer of the others that are right, and wrong labels fewer of the class: so both are asked
 * for. */
static gboolean
prediction_goes_both_ways(const SlicesTable *table,
                          const Slice *own,
                          const Slice *slice,
                          const PredictionSum *of_slice,
                          int class)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *met = prediction_left_out(table, own, slice);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *either = g_malloc(MAX(half->n_rows, 1));
    PredictionTaken outside[PREDICTION_STRATA] = {0}, inside[PREDICTION_STRATA] = {0};
    PredictionTaken unused[PREDICTION_STRATA] = {0};
    PredictionLift lift;

    if (!prediction_is_more(of_slice->observed - of_slice->observed_class,
                            of_slice->expected - of_slice->expected_class))
        return FALSE;
    errata_slices_table_member(table, half, own, either);
    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++)
        either[i] |= member[i];
    prediction_count_taken(table, either, met, class, TRUE, unused, outside);
    prediction_count_taken(table, member, met, class, TRUE, inside, unused);
    lift = prediction_lift(inside, outside);
    return prediction_is_more(lift.taken, lift.due);
}

static gboolean
prediction_same_columns(const Slice *a, const Slice *b)
{
    guint n = 0;

    for (guint i = 0; i < a->n; i++)
        n += slices_uses(b, a->condition[i].column) ? 1 : 0;
    return a->n == b->n && n == a->n;
}

/* Whether the predictions of the other classes are right more often than their scores say: then the
 * scores of the group are off, as they are where they are too low throughout, and calibration tells
 * it */
static gboolean
prediction_is_of_scores(const PredictionSum *own)
{
    double observed = own->observed - own->observed_class;
    double expected = own->expected - own->expected_class;

    return expected >= SLICES_MIN_LIFT * observed &&
           expected - observed >= PREDICTION_CHANCE * sqrt(expected);
}

/* Whether the predictions of the other classes err as their scores say, or more. A column that
 * tells the class beyond the scores makes those better that it makes the others worse for. */
static gboolean
prediction_leaves_others(const PredictionSum *own)
{
    double observed = own->observed - own->observed_class;
    double expected = own->expected - own->expected_class;

    return expected >= PREDICTION_TELLING && observed >= PREDICTION_AS_BAD * expected;
}

/* whether a slice of one predicted class says less than that of all: it gains too little by other
 * ends, or takes in rows that are bad among those predictions only */
static gboolean
prediction_is_looser(const PredictionSum *own,
                     const PredictionSum *slice,
                     gboolean same,
                     double gain)
{
    if (!same)
        return prediction_is_of_scores(own);
    return gain < PREDICTION_MORE ||
           own->observed * slice->n < PREDICTION_AS_BAD * slice->observed * own->n;
}

/**
 * errata_slices_prediction_errs_more:
 * @table: a table
 * @half: its rows looked at
 * @excess: errors beyond those expected of a slice's predictions of one class
 * @n: rows of the slice in it
 * @observed: their errors, whatever the prediction
 * @expected: those that their scores expect
 *
 * Returns: whether all rows of the slice together err more often than expected, and than the
 *   others. Of several classes one is a small part of all errors: there it is enough that what its
 *   predictions have more is not made up for by those of the others
 */
gboolean
errata_slices_prediction_errs_more(const SlicesTable *table,
                                   const SlicesHalf *half,
                                   double excess,
                                   double n,
                                   double observed,
                                   double expected)
{
    double rest = (half->total - observed) / MAX((double)half->n_rows - n, 1.0);

    return n > 0.0 && observed > expected &&
           (observed / n >= PREDICTION_OVER_REST * rest ||
            (table->analysis->outcome->n_classes > 2 &&
             observed - expected >= PREDICTION_ADDS * excess));
}

/**
 * errata_slices_prediction_keep:
 * @half: rows of a table
 * @predicted: a class; −1 for any
 * @member: (array length=half->n_rows) (inout): 1 for rows of a slice; those predicted otherwise
 *   become 0
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
 * errata_slices_prediction_keep_several:
 * @half: rows of a table
 * @classes: a bit for each class
 * @member: (array length=half->n_rows) (inout): 1 for rows of a slice; those predicted as none of
 *   them become 0
 */
void
errata_slices_prediction_keep_several(const SlicesTable *table,
                                      const SlicesHalf *half,
                                      guint classes,
                                      guint8 *member)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    for (gsize i = 0; i < half->n_rows; i++)
        member[i] &= (guint8)((classes >> outcome->predicted[half->row[i]]) & 1);
}

/* whether a kept slice can tell one of predictions of @class: it is of those, too, or of all
 * predictions, by columns which @own has all of */
static gboolean
prediction_may_tell(const SlicesFound *found, const Slice *own, int class)
{
    if (!found->kept || (found->said >= 0 && found->said != class))
        return FALSE;
    for (guint i = 0; found->said < 0 && i < found->slice.n; i++)
        if (!slices_uses(own, found->slice.condition[i].column))
            return FALSE;
    return TRUE;
}

/* whether most predictions of @class in a slice are in one that was kept: of that class, or of all
 * predictions, whose child this is (METHODS 2, 7) */
static gboolean
prediction_is_told(const SlicesTable *table, const SlicesFind *find, const Slice *own, int class)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *told = g_malloc(MAX(half->n_rows, 1));

    errata_slices_table_member(table, half, own, member);
    errata_slices_prediction_keep(table, half, class, member);
    for (guint k = 0; k < find->found->len; k++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, k);
        gsize n = 0, n_told = 0;

        if (!prediction_may_tell(found, own, class))
            continue;
        errata_slices_table_member(table, half, &found->slice, told);
        for (gsize i = 0; i < half->n_rows; i++) {
            n += member[i];
            n_told += member[i] & told[i];
        }
        if ((double)n_told >= PREDICTION_TOLD * (double)n)
            return TRUE;
    }
    return FALSE;
}

/* Takes a slice whose errors are nearly all those of the predictions of one class without the
 * conditions that only say where those are; returns that class, −1, or SLICES_PREDICTION_TOLD where
 * that slice was kept before */
static int
prediction_choose_reason(const SlicesTable *table,
                         const SlicesFind *find,
                         const ErrataExpected *expected,
                         Slice *slice)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *within = g_malloc(MAX(half->n_rows, 1));

    for (int class = 0; class < (int)table->analysis->outcome->n_classes; class ++) {
        PredictionSum sum = prediction_sum(table, expected, slice, class);
        Slice own = *slice;

        if (!errata_slices_aside_is_of(sum.observed - sum.expected,
                                       sum.observed_class - sum.expected_class) ||
            !errata_slices_aside(table, &own, class) ||
            prediction_goes_both_ways(table, &own, slice, &sum, class))
            continue;
        if (prediction_is_told(table, find, &own, class))
            return SLICES_PREDICTION_TOLD;
        memset(within, 1, half->n_rows);
        errata_slices_prediction_keep(table, half, class, within);
        errata_slices_refine(table, expected, within, &own);
        sum = prediction_sum(table, expected, &own, class);
        if (sum.observed_class < SLICES_MIN_LIFT * sum.expected_class ||
            prediction_is_of_scores(&sum))
            continue;
        *slice = own;
        return class;
    }
    return -1;
}

/**
 * errata_slices_prediction_several:
 * @table: a table
 * @expected: what is expected of its discovery half
 * @slice: a slice
 * @said: the class whose predictions it is of, −1 for all predictions
 *
 * Returns: the classes whose predictions err by far more than expected in it, a bit each: @said, or
 *   several; 0 where those are fewer than two, or all, or classes are not looked at one by one
 */
guint
errata_slices_prediction_several(const SlicesTable *table,
                                 const ErrataExpected *expected,
                                 const Slice *slice,
                                 int said)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    guint classes = 0, n = 0;

    if (said >= 0)
        return 1U << said;
    if (table->real || outcome->predicted == NULL || outcome->n_classes > PREDICTION_CLASSES)
        return 0;
    for (guint class = 0; class < outcome->n_classes; class ++) {
        PredictionSum sum = prediction_sum(table, expected, slice, (int)class);

        if (!prediction_is_more(sum.observed_class, sum.expected_class) ||
            sum.observed_class - sum.expected_class <
                PREDICTION_PART * (sum.observed - sum.expected))
            continue;
        classes |= 1U << class;
        n++;
    }
    return n >= 2 && n < outcome->n_classes ? classes : 0;
}

/* Leaves conditions out that only say where the predictions are of the classes that err, of which
 * there are several but not all. What is told is of all rows of the group, so those must err more
 * than expected, and than the others. */
static void
prediction_widen(const SlicesTable *table,
                 const ErrataExpected *expected,
                 double alone,
                 Slice *slice)
{
    const SlicesHalf *half = &table->discovery;
    guint classes = errata_slices_prediction_several(table, expected, slice, -1);
    g_autofree guint8 *within = NULL;
    Slice own = *slice;
    PredictionSum sum;
    double ratio;

    if (classes == 0)
        return;
    within = g_malloc(MAX(half->n_rows, 1));
    memset(within, 1, half->n_rows);
    errata_slices_prediction_keep_several(table, half, classes, within);
    ratio = errata_slices_refine(table, expected, within, &own);
    if (!prediction_is_parent(&own, slice) ||
        ratio <= pow(PREDICTION_PARENT, slice->n - own.n) * alone)
        return;
    sum = prediction_sum(table, expected, &own, -1);
    if (sum.observed >= SLICES_MIN_LIFT * sum.expected &&
        sum.observed / sum.n >= PREDICTION_OVER_REST * (half->total - sum.observed) /
                                    MAX((double)half->n_rows - sum.n, 1.0))
        *slice = own;
}

/**
 * errata_slices_prediction_choose:
 * @table: a table
 * @find: what was found in it so far
 * @expected: what is expected of its discovery half
 * @slice: (inout): a refined slice of all predictions
 * @ratio: its log likelihood ratio
 *
 * Takes the slice as it is among the predictions of one class, where it is more unlikely there than
 * over all, or nearly as unlikely with fewer conditions. Complexity: a refinement per class.
 *
 * Returns: that class; −1 where the slice is of all predictions; SLICES_PREDICTION_TOLD where it is
 * what a slice that
 *   was kept has left
 */
int
errata_slices_prediction_choose(const SlicesTable *table,
                                const SlicesFind *find,
                                const ErrataExpected *expected,
                                Slice *slice,
                                double ratio)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *within = NULL;
    Slice best = *slice;
    int predicted = -1;
    double alone = ratio;
    double cost;

    if (table->real || outcome->predicted == NULL || outcome->n_classes > PREDICTION_CLASSES)
        return -1;
    predicted = prediction_choose_reason(table, find, expected, slice);
    if (predicted != -1)
        return predicted;
    within = g_malloc(MAX(half->n_rows, 1));
    cost = PREDICTION_COST + log((double)outcome->n_classes);
    ratio += cost;
    for (int class = 0; class < (int)outcome->n_classes; class ++) {
        Slice own = *slice;
        PredictionSum of_own, of_slice;
        double own_ratio, least;

        memset(within, 1, half->n_rows);
        errata_slices_prediction_keep(table, half, class, within);
        own_ratio = errata_slices_refine(table, expected, within, &own);
        least = ratio;
        if (predicted < 0 && prediction_is_parent(&own, slice))
            least = pow(PREDICTION_PARENT, slice->n - own.n) * alone + cost;
        if (own_ratio <= least)
            continue;
        of_own = prediction_sum(table, expected, &own, class);
        of_slice = prediction_sum(table, expected, slice, class);
        if (of_own.observed_class < PREDICTION_LIFT * of_own.expected_class ||
            !errata_slices_prediction_errs_more(table,
                                                half,
                                                of_own.observed_class - of_own.expected_class,
                                                of_own.n,
                                                of_own.observed,
                                                of_own.expected) ||
            (prediction_takes_in_others(table, &own, slice, class) &&
             !prediction_leaves_others(&of_own)) ||
            prediction_goes_both_ways(table, &own, slice, &of_slice, class) ||
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
    if (predicted < 0)
        prediction_widen(table, expected, alone, slice);
    return predicted >= 0 && prediction_is_told(table, find, &best, predicted)
               ? SLICES_PREDICTION_TOLD
               : predicted;
}
