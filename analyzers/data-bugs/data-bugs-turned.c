/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of labels and predictions is the other way round where they contradict each other. Either
 * goes with the other columns: per code of a column, the rate of the positive class inside the
 * window is laid against that around it. The slope is 1 where nothing turned, −1 where it did.
 * Columns whose own values changed in the window are left out, for it may be they that are wrong;
 * where one is known to be, predictions follow from it, and nothing turned. So it is where both go
 * with the columns that are left as they do elsewhere. */
#include <math.h>

#include "data-bugs.h"
#include "tests.h"

#define TURNED_SAME   0.7  /* of a known fault's window and this one's: it is the same */
#define TURNED_MOVED  0.15 /* of the rows have other values: the column has changed … */
#define TURNED_P      1e-6 /* … and not by chance */
#define TURNED_INSIDE 0.5  /* slope, and its opposite, from which a side is told */
#define TURNED_WEIGHT 60.0 /* squared standard errors of a slope of 1: enough to tell */

typedef struct {
    const ErrataOutcome *outcome;
    gsize from;
    gsize to;
} Turned;

/* rows of a code inside and around, and those of the positive class by label and by prediction */
typedef struct {
    double n[2];
    double positive[2][2]; /* inside, side */
} TurnedCode;

/* sums of least squares */
typedef struct {
    double product;
    double square;
    double variance; /* of one row, weighted by @square */
} TurnedFit;

static guint
turned_count(const Turned *self, const ErrataBinColumn *bin, TurnedCode *code)
{
    const ErrataOutcome *outcome = self->outcome;
    guint n_codes = bin->n_codes + 1; /* missing, the last */

    for (gsize i = 0; i < outcome->n_rows; i++) {
        guint32 row = outcome->order[i];
        guint inside = i >= self->from && i < self->to ? 1 : 0;
        TurnedCode *at = &code[MIN((guint)bin->code[row], bin->n_codes)];

        if (outcome->truth[row] < 0 || outcome->predicted[row] < 0 ||
            errata_outcome_is_copy(outcome, row))
            continue;
        at->n[inside] += 1.0;
        at->positive[inside][0] += outcome->truth[row] == outcome->positive ? 1.0 : 0.0;
        at->positive[inside][1] += outcome->predicted[row] == outcome->positive ? 1.0 : 0.0;
    }
    return n_codes;
}

/* whether the column itself has other values in the window */
static gboolean
turned_is_moved(const TurnedCode *code, guint n_codes)
{
    g_autofree double *count = g_new(double, 2 * (gsize)n_codes);
    double n[2] = {0.0, 0.0}, moved = 0.0, statistic, degrees;

    for (guint c = 0; c < n_codes; c++)
        for (guint inside = 0; inside < 2; inside++) {
            count[inside * n_codes + c] = code[c].n[inside];
            n[inside] += code[c].n[inside];
        }
    for (guint c = 0; c < n_codes; c++)
        moved += 0.5 * fabs(code[c].n[0] / MAX(n[0], 1.0) - code[c].n[1] / MAX(n[1], 1.0));
    return moved > TURNED_MOVED &&
           errata_tests_g(count, 2, n_codes, &statistic, &degrees) < TURNED_P;
}

static void
turned_fit(const TurnedCode *code, guint n_codes, guint side, TurnedFit *fit)
{
    double n_in = 0.0, n_out = 0.0, in = 0.0, out = 0.0, rate, square = 0.0;

    for (guint c = 0; c < n_codes; c++)
        if (code[c].n[0] > 0.0 && code[c].n[1] > 0.0) {
            n_in += code[c].n[1];
            n_out += code[c].n[0];
            in += code[c].positive[1][side];
            /* both means over the window's mix of codes, so that a mean of its own costs no
             * slope */
            out += code[c].n[1] * code[c].positive[0][side] / code[c].n[0];
        }
    if (!(n_in > 0.0) || !(n_out > 0.0))
        return;
    rate = in / n_in;
    for (guint c = 0; c < n_codes; c++)
        if (code[c].n[0] > 0.0 && code[c].n[1] > 0.0) {
            double off = code[c].positive[0][side] / code[c].n[0] - out / n_in;

            fit->product += off * (code[c].positive[1][side] - code[c].n[1] * rate);
            square += code[c].n[1] * off * off;
        }
    fit->square += square;
    fit->variance += square * rate * (1.0 - rate);
}

static double
turned_slope(const TurnedFit *fit)
{
    return fit->square > 0.0 && fit->square * fit->square > TURNED_WEIGHT * fit->variance
               ? fit->product / fit->square
               : (double)NAN;
}

/* whether a fault of a column that the model may read befalls the same window */
static gboolean
turned_is_explained(const ErrataDataBugs *self, gsize from, gsize to)
{
    for (guint i = 0; i < self->bugs->len; i++) {
        const ErrataDataBug *bug = g_ptr_array_index(self->bugs, i);
        double shared = (double)MIN(to, bug->to) - (double)MAX(from, bug->from);
        double all = (double)MAX(to, bug->to) - (double)MIN(from, bug->from);
        ErrataRole role = bug->column >= 0 ? self->analysis->schema->columns[bug->column].role
                                           : ERRATA_ROLE_IGNORE;

        if ((role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP) && bug->has_window &&
            !bug->harmless && !bug->small && shared >= TURNED_SAME * all)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_data_bugs_turned:
 * @self: what was found so far
 * @from: place in time order
 * @to: place after the last
 * @ret_label: slope of the labels, NaN where the columns do not tell
 * @ret_output: slope of the predictions, likewise
 *
 * Which of labels and predictions is the other way round in a window in which they contradict each
 * other. Linear in the cells.
 */
ErrataDataBugsTurned
errata_data_bugs_turned(const ErrataDataBugs *self,
                        gsize from,
                        gsize to,
                        double *ret_label,
                        double *ret_output)
{
    const ErrataBins *bins = self->analysis->bins;
    const Turned work = {self->analysis->outcome, from, to};
    TurnedFit fit[2] = {{0}};

    *ret_label = *ret_output = (double)NAN;
    if (turned_is_explained(self, from, to))
        return ERRATA_DATA_BUGS_TURNED_NONE;
    for (guint i = 0; bins != NULL && i < bins->n_columns; i++) {
        const ErrataBinColumn *bin = &bins->columns[i];
        g_autofree TurnedCode *code = g_new0(TurnedCode, (gsize)bin->n_codes + 1);
        guint n_codes;

        if (bin->derived != NULL || !errata_data_bugs_reads(self, bin->column))
            continue;
        n_codes = turned_count(&work, bin, code);
        for (guint side = 0; side < 2 && !turned_is_moved(code, n_codes); side++)
            turned_fit(code, n_codes, side, &fit[side]);
    }
    *ret_label = turned_slope(&fit[0]);
    *ret_output = turned_slope(&fit[1]);
    if (*ret_label >= TURNED_INSIDE && *ret_output >= TURNED_INSIDE)
        return ERRATA_DATA_BUGS_TURNED_NONE;
    if (*ret_label <= -TURNED_INSIDE && *ret_output >= TURNED_INSIDE)
        return ERRATA_DATA_BUGS_TURNED_LABELS;
    if (*ret_label >= TURNED_INSIDE && *ret_output <= -TURNED_INSIDE)
        return ERRATA_DATA_BUGS_TURNED_OUTPUTS;
    return ERRATA_DATA_BUGS_TURNED_EITHER;
}
