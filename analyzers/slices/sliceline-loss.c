/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SliceLine adds up: errors, or the real losses that [analysis] loss asks for. */
#include <math.h>
#include <string.h>

#include "sliceline-report.h"

#define LOSS_CLIP 1e-15 /* of a probability, as the metric has it */

/* probability that was given to the row's own label, NaN where it is not known */
static double
loss_probability(const ErrataOutcome *outcome, gsize row)
{
    gint32 truth = outcome->truth != NULL ? outcome->truth[row] : -1;
    double sum = 0.0;

    if (truth < 0)
        return (double)NAN;
    if (outcome->score != NULL)
        return truth == outcome->positive ? outcome->score[row] : 1.0 - outcome->score[row];
    if (outcome->probability == NULL) { /* that of the prediction tells the other's of two */
        if (outcome->n_classes != 2 || outcome->confidence == NULL)
            return (double)NAN;
        return outcome->error[row] != 0 ? 1.0 - outcome->confidence[row] : outcome->confidence[row];
    }
    for (guint k = 0; k < outcome->n_classes; k++)
        sum += outcome->probability[k] != NULL ? outcome->probability[k][row] : (double)NAN;
    return sum > 0.0 ? outcome->probability[truth][row] / sum : (double)NAN;
}

static double
loss_of(const ErrataOutcome *outcome, ErrataSlicelineLoss loss, gsize row)
{
    if (outcome->judged[row] == 0)
        return (double)NAN;
    switch (loss) {
    case ERRATA_SLICELINE_LOG_LOSS: {
        double p = loss_probability(outcome, row);

        return isnan(p) ? (double)NAN : -log(CLAMP(p, LOSS_CLIP, 1.0));
    }
    case ERRATA_SLICELINE_SQUARED:
        return outcome->loss[row] * outcome->loss[row];
    case ERRATA_SLICELINE_ABSOLUTE:
        return outcome->loss[row];
    case ERRATA_SLICELINE_ZERO_ONE:
        break;
    }
    return outcome->error[row] != 0 ? 1.0 : 0.0;
}

static const char *const loss_nicks[] = {"zero-one", "log-loss", "absolute", "squared"};

const char *
errata_sliceline_loss_nick(ErrataSlicelineLoss loss)
{
    return loss_nicks[loss];
}

/* whether a log of the task can have it */
static gboolean
loss_fits(const ErrataOutcome *outcome, ErrataSlicelineLoss loss)
{
    gboolean numbers = outcome->task == ERRATA_TASK_REGRESSION;

    if (loss == ERRATA_SLICELINE_ZERO_ONE)
        return TRUE;
    if (loss != ERRATA_SLICELINE_LOG_LOSS)
        return numbers;
    for (gsize row = 0; !numbers && row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && !isnan(loss_probability(outcome, row)))
            return TRUE;
    return FALSE;
}

/**
 * errata_sliceline_losses:
 * @analysis: a log whose rows are judged; warned of a loss that it cannot have
 * @ret_loss: (out): what the losses are: what [analysis] loss asks for where the log can have it,
 *   else errors of classes, absolute errors of numbers
 *
 * Log-loss: −ln of the probability of the row's label, the classes' normalised per row, clipped at
 * 1e-15. Squared and absolute: of the error of a number. Zero-one: 1 for an error, of numbers for
 * the worst tenth.
 *
 * Returns: (transfer full) (array length=n_rows): loss of each row, NaN where it is not known
 */
double *
errata_sliceline_losses(ErrataAnalysis *analysis, ErrataSlicelineLoss *ret_loss)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const char *wanted = analysis->settings->loss;
    double *losses = g_new(double, outcome->n_rows + 1);
    ErrataSlicelineLoss loss = outcome->task == ERRATA_TASK_REGRESSION ? ERRATA_SLICELINE_ABSOLUTE
                                                                       : ERRATA_SLICELINE_ZERO_ONE;

    for (guint i = 0; wanted != NULL && i < G_N_ELEMENTS(loss_nicks); i++) {
        if (strcmp(loss_nicks[i], wanted) != 0)
            continue;
        if (loss_fits(outcome, (ErrataSlicelineLoss)i))
            loss = (ErrataSlicelineLoss)i;
        else
            g_ptr_array_add(
                analysis->result->warnings,
                g_strdup_printf("[analysis] loss is %s, which needs %s; SliceLine adds "
                                "up %s",
                                wanted,
                                i == ERRATA_SLICELINE_LOG_LOSS ? "classes with probabilities"
                                                               : "numbers, not classes",
                                loss == ERRATA_SLICELINE_ABSOLUTE ? "absolute errors" : "errors"));
    }
    for (gsize row = 0; row < outcome->n_rows; row++)
        losses[row] = loss_of(outcome, loss, row);
    *ret_loss = loss;
    return losses;
}
