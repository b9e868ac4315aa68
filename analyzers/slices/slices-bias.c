/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regression: which way the predictions of a slice are off, and what adding one number to them
 * would bring. The number is the median residual of the discovery half, the gain that of the
 * other. */
#include <math.h>

#include "bias-gain.h"
#include "select.h"
#include "slices-finding.h"
#include "sum.h"

#define BIAS_MOSTLY   0.6   /* of the mean error, that its signed mean is */
#define BIAS_SURE     3.0   /* standard errors of the gain */
#define BIAS_MIN_GAIN 0.001 /* of the mean error */

static double
bias_residual(const SlicesTable *table, guint32 row)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    return outcome->predicted_value[row] - outcome->truth_value[row];
}

static gboolean
bias_is_known(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;

    return table->real && outcome->predicted_value != NULL && outcome->truth_value != NULL;
}

/* prediction less label in the slice and elsewhere, on the confirmation half */
static void
bias_rates(const SlicesTable *table, const Slice *slice, ErrataRate *ret_in, ErrataRate *ret_out)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    *ret_in = *ret_out = (ErrataRate){.n = 0.0};
    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++)
        errata_slices_facts_add(table,
                                half->row[i],
                                bias_residual(table, half->row[i]),
                                member[i] != 0 ? ret_in : ret_out);
}

/**
 * errata_slices_bias_add:
 * @table: a table
 * @slice: a slice
 * @level: of the interval, e.g. 0.95
 * @finding: gets the evidence `bias_in`: prediction less label, with its sign
 */
void
errata_slices_bias_add(const SlicesTable *table,
                       const Slice *slice,
                       double level,
                       ErrataFinding *finding)
{
    ErrataRate in, out;
    ErrataInterval interval;
    ErrataEvidence *evidence;

    if (!bias_is_known(table))
        return;
    bias_rates(table, slice, &in, &out);
    if (in.n < 2.0)
        return;
    interval = errata_slices_facts_interval(table, &in, level);
    evidence = errata_evidence_new("bias_in",
                                   "mean of prediction less label in the slice",
                                   errata_rate_mean(&in),
                                   ERRATA_UNIT_TARGET,
                                   (guint64)in.n);
    evidence->baseline = errata_rate_mean(&out);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("normal, confirmation half");
    errata_finding_add(finding, evidence);
}

/**
 * errata_slices_bias_sign:
 * @table: a table
 * @slice: a slice
 * @level: of the interval that must not hold 0
 *
 * Returns: 1 where the predictions of the slice are off mostly by being too high, −1 too low, else
 * 0
 */
int
errata_slices_bias_sign(const SlicesTable *table, const Slice *slice, double level)
{
    const double *loss = table->analysis->outcome->loss;
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = NULL;
    ErrataRate in, out;
    ErrataInterval interval;
    double off = 0.0;

    if (!bias_is_known(table))
        return 0;
    bias_rates(table, slice, &in, &out);
    if (in.n < 2.0)
        return 0;
    member = g_malloc(MAX(half->n_rows, 1));
    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++)
        off += member[i] != 0 ? loss[half->row[i]] : 0.0;
    interval = errata_slices_facts_interval(table, &in, level);
    if (fabs(in.sum) < BIAS_MOSTLY * off || !(interval.lo * interval.hi > 0.0))
        return 0;
    return in.sum > 0.0 ? 1 : -1;
}

/* the median residual of the slice's rows in the discovery half */
static double
bias_shift(const SlicesTable *table, const Slice *slice)
{
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree double *residual = g_new(double, MAX(half->n_rows, 1));
    const double middle = 0.5;
    double shift = 0.0;
    gsize n = 0;

    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] != 0)
            residual[n++] = bias_residual(table, half->row[i]);
    if (n > 0)
        errata_select_quantiles(residual, n, &middle, 1, &shift);
    return shift;
}

/**
 * errata_slices_bias_advise:
 * @table: a table
 * @slice: a slice
 * @finding: gets a suggestion where moving its predictions by one number pays
 *
 * The gain is that of the mean absolute error over all rows, measured on rows that the number was
 * not learnt on.
 */
void
errata_slices_bias_advise(const SlicesTable *table, const Slice *slice, ErrataFinding *finding)
{
    const SlicesHalf *half = &table->confirmation;
    ErrataBiasGain gained = {0};
    g_autofree guint8 *member = NULL;
    g_autofree char *conditions = NULL;
    g_autofree char *rows = NULL;
    double shift, gain, error;

    if (!bias_is_known(table) || table->exploratory || half->n_rows == 0)
        return;
    shift = bias_shift(table, slice);
    member = g_malloc(half->n_rows);
    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++)
        errata_bias_gain_add(&gained,
                             bias_residual(table, half->row[i]),
                             member[i] != 0 ? shift : 0.0);
    gain = errata_bias_gain_mean(&gained, &error);
    if (gain < BIAS_MIN_GAIN * errata_sum_value(&gained.before) / gained.n ||
        gain < BIAS_SURE * error)
        return;
    conditions = errata_slices_words_conditions(finding);
    rows = g_strdup_printf("where %s", conditions);
    errata_bias_gain_suggest(&gained,
                             finding,
                             shift,
                             rows,
                             "median residual of the discovery half, gain measured on the "
                             "confirmation half");
}
