/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether labels are the predictions again, row by row in time order, and what rows elsewhere let
 * expect. */
#include "copied-rows.h"

#include <math.h>

#include "select.h"

#define ROWS_SURE  48 /* steps of half a unit of the log odds that the prediction is right */
#define ROWS_LEAST 50 /* rows of a cell that tell a rate */
#define ROWS_RIGHT \
    0.5 /* a class that is wrong more often elsewhere is not met there: a log sorted by labels */
#define ROWS_DOUBT \
    3.0 /* times as many errors as scores say, at most: a group may be as easy as they say */
#define ROWS_EVER 1e-3 /* copied labels that contradict … */
#define ROWS_PART 0.02 /* … at most this part of what is expected */
#define ROWS_SAME 1e-9 /* of a number */
#define ROWS_NEAR 5e-3 /* of the residual that a tenth exceeds: written with fewer digits */

/* a number that is no more than rounded: whole numbers are that for other reasons */
static gboolean
rows_is_equal(double truth, double predicted, double near)
{
    double off = fabs(truth - predicted);

    return off <= ROWS_SAME * MAX(1.0, fabs(truth)) ||
           (off <= near && fabs(truth - rint(truth)) > ROWS_SAME * MAX(1.0, fabs(truth)));
}

static double
rows_near(const ErrataOutcome *outcome)
{
    static const double at = 0.9;
    g_autofree double *off = g_new(double, outcome->n_rows + 1);
    double far = 0.0;
    gsize n = 0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0)
            off[n++] = fabs(outcome->truth_value[row] - outcome->predicted_value[row]);
    if (n > 0)
        errata_select_quantiles(off, n, &at, 1, &far);
    return ROWS_NEAR * far;
}

/* the predicted class, and how sure it is; of many classes only the latter, where it is known */
static guint16
rows_cell(const ErrataOutcome *outcome, guint32 row, guint class)
{
    double sure = outcome->confidence != NULL ? outcome->confidence[row] : (double)NAN;
    double odds;

    if (isnan(sure))
        return (guint16)(class * ROWS_SURE);
    odds = log(MAX(sure, 1e-9) / MAX(1.0 - sure, 1e-9));
    return (guint16)((outcome->n_classes > 2 ? 0 : class) * ROWS_SURE + 1 +
                     (guint)(2.0 * (CLAMP(odds, -6.0, 16.0) + 6.0)));
}

/**
 * errata_copied_rows_new:
 * @outcome: a log with labels and predictions; must outlive the result
 * @skip: (array length=n_rows) (nullable): 1 for rows that are left out
 *
 * Returns: (transfer full) (nullable): its rows, %NULL where there is nothing to compare
 */
ErrataCopiedRows *
errata_copied_rows_new(const ErrataOutcome *outcome, const guint8 *skip)
{
    gboolean regression = outcome->truth_value != NULL && outcome->predicted_value != NULL;
    ErrataCopiedRows *self;
    double near;

    if (!regression && (outcome->truth == NULL || outcome->predicted == NULL))
        return NULL;
    self = g_new0(ErrataCopiedRows, 1);
    self->n_rows = outcome->n_rows;
    self->order = outcome->order;
    self->regression = regression;
    self->state = g_new(guint8, self->n_rows + 1);
    self->class = g_new0(guint8, self->n_rows + 1);
    self->cell = g_new0(guint16, self->n_rows + 1);
    self->group = g_new0(guint8, self->n_rows + 1);
    self->expected = g_new0(double, self->n_rows + 1);
    self->gain = g_new0(double, self->n_rows + 1);
    if (!regression && outcome->confidence != NULL)
        self->doubt = g_new(double, self->n_rows + 1);
    near = regression ? rows_near(outcome) : 0.0;
    for (gsize i = 0; i < self->n_rows; i++) {
        guint32 row = self->order[i];

        self->state[i] = 2;
        if (self->doubt != NULL)
            self->doubt[i] = 1.0 - outcome->confidence[row];
        if (outcome->judged[row] == 0 || (skip != NULL && skip[row] != 0))
            continue;
        self->state[i] =
            regression
                ? !rows_is_equal(outcome->truth_value[row], outcome->predicted_value[row], near)
                : outcome->error[row] != 0;
        self->n_judged++;
        self->n_wrong += self->state[i];
        if (regression)
            continue;
        self->class[i] = (guint8)CLAMP(outcome->predicted[row], 0, ERRATA_COPIED_CLASSES - 1);
        self->cell[i] = rows_cell(outcome, row, self->class[i]);
    }
    return self;
}

void
errata_copied_rows_free(ErrataCopiedRows *self)
{
    if (self == NULL)
        return;
    g_free(self->state);
    g_free(self->class);
    g_free(self->cell);
    g_free(self->group);
    g_free(self->doubt);
    g_free(self->expected);
    g_free(self->gain);
    g_free(self);
}

/* the log likelihood ratio of a label that is copied, of one that comes to be as elsewhere */
static double
rows_gain(double expected, gboolean wrong)
{
    double ever = MIN(ROWS_EVER, ROWS_PART * expected);

    if (!(expected > 0.0))
        return wrong ? log(ROWS_PART) : 0.0;
    return wrong ? log(ever / expected) : log((1.0 - ever) / (1.0 - expected));
}

gsize
errata_copied_rows_cells(void)
{
    return (gsize)ERRATA_COPIED_CLASSES * ROWS_SURE;
}

/* where what is learnt of rows like this one stands: rows of different groups are not alike */
static gsize
rows_at(const ErrataCopiedRows *self, gsize place)
{
    return self->group[place] * errata_copied_rows_cells() + self->cell[place];
}

/**
 * errata_copied_rows_learn:
 * @self: rows
 * @left: (array length=n_rows): per place: 1 for rows that were told already
 * @inside: (array length=n_rows) (nullable): per place: 1 for rows that others are to tell of
 * @own: part of what equal rows elsewhere let expect that is believed, in 0 … 1
 *
 * Works out what rows are expected to be, by the rows that are in neither.
 */
void
errata_copied_rows_learn(ErrataCopiedRows *self,
                         const guint8 *left,
                         const guint8 *inside,
                         double own)
{
    gsize n_cells = (ERRATA_COPIED_GROUPS + 1) * errata_copied_rows_cells();
    g_autofree double *n = g_new0(double, n_cells);
    g_autofree double *wrong = g_new0(double, n_cells);

    for (gsize i = 0; i < self->n_rows; i++) {
        if (self->state[i] > 1 || left[i] != 0 || (inside != NULL && inside[i] != 0))
            continue;
        n[rows_at(self, i)] += 1.0;
        wrong[rows_at(self, i)] += self->state[i];
    }
    for (gsize cell = 0; cell < n_cells; cell++) {
        gboolean known = n[cell] >= ROWS_LEAST &&
                         (self->regression || wrong[cell] <= ROWS_RIGHT * n[cell]);

        wrong[cell] = known ? (wrong[cell] + 0.5) / (n[cell] + 1.0) : 0.0;
    }
    for (gsize i = 0; i < self->n_rows; i++) {
        double expected = wrong[rows_at(self, i)];

        if (self->doubt != NULL && !isnan(self->doubt[i]))
            expected = MIN(expected, ROWS_DOUBT * MAX(self->doubt[i], 0.0));
        self->expected[i] = own * expected;
        self->gain[i] = rows_gain(self->expected[i], self->state[i] == 1);
    }
}

gboolean
errata_copied_rows_is_scored(const ErrataCopiedRows *self, gsize place)
{
    return self->doubt != NULL && !isnan(self->doubt[place]);
}
