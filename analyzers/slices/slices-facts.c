/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of one slice. Rates are those of the confirmation half; blame is the Shapley value of
 * each condition in the game "error rate of the rows that meet these conditions" (Pastor et al.
 * 2021, DivExplorer), which with few conditions is exact. */
#include "slices-facts.h"

#include <math.h>
#include <string.h>

#include "tests.h"

/* variance of the mean of a real loss */
static double
facts_variance(const ErrataRate *rate)
{
    double n = errata_rate_effective(rate);

    return n < 2.0 ? (double)NAN : errata_rate_spread(rate) / (n - 1.0);
}

/**
 * errata_slices_facts_interval:
 * @table: a table
 * @rate: rows and losses
 * @level: e.g. 0.95
 *
 * Returns: interval of the mean: Wilson for 0/1 losses, normal for real ones
 */
ErrataInterval
errata_slices_facts_interval(const SlicesTable *table, const ErrataRate *rate, double level)
{
    if (!table->real)
        return errata_rate_wilson(rate, level);
    return errata_intervals_normal(errata_rate_mean(rate), facts_variance(rate), level);
}

/* inside over outside: log-Wald, by the delta method for real losses */
ErrataInterval
errata_slices_facts_ratio(const SlicesTable *table, const SlicesFacts *facts)
{
    double in = errata_rate_mean(&facts->in);
    double out = errata_rate_mean(&facts->out);
    double ratio = in / out;

    if (!table->real)
        return errata_intervals_ratio(errata_rate_events(&facts->in),
                                      errata_rate_effective(&facts->in),
                                      errata_rate_events(&facts->out),
                                      errata_rate_effective(&facts->out),
                                      facts->level);
    return errata_intervals_log(
        ratio,
        ratio * ratio *
            (facts_variance(&facts->in) / (in * in) + facts_variance(&facts->out) / (out * out)),
        facts->level);
}

/* inside less outside: Newcombe, normal for real losses */
ErrataInterval
errata_slices_facts_difference(const SlicesTable *table, const SlicesFacts *facts)
{
    if (!table->real)
        return errata_rate_newcombe(&facts->in, &facts->out, facts->level);
    return errata_intervals_normal(errata_rate_mean(&facts->in) - errata_rate_mean(&facts->out),
                                   facts_variance(&facts->in) + facts_variance(&facts->out),
                                   facts->level);
}

/**
 * errata_slices_facts_add:
 * @table: a table
 * @row: a row of the frame
 * @value: its loss, or what else the mean is of
 * @rate: (inout): gets it, with the weight of the row
 */
void
errata_slices_facts_add(const SlicesTable *table, guint32 row, double value, ErrataRate *rate)
{
    errata_rate_add(rate, value, errata_outcome_weight(table->analysis->outcome, row));
}

static void
facts_add_loss(const SlicesTable *table, guint32 row, ErrataRate *rate)
{
    errata_slices_facts_add(table, row, table->analysis->outcome->loss[row], rate);
}

/* rates of all subsets of conditions: bit i of the index set means that condition i must hold */
static void
facts_subsets(const SlicesTable *table, const Slice *slice, ErrataRate *ret_rates)
{
    const SlicesHalf *half = &table->confirmation;
    guint n_subsets = 1U << slice->n;
    g_autofree guint8 *holds = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *one = g_malloc(MAX(half->n_rows, 1));
    ErrataRate exactly[1U << SLICES_MAX_CONDITIONS];

    memset(exactly, 0, sizeof(exactly));
    memset(holds, 0, half->n_rows);
    for (guint j = 0; j < slice->n; j++) {
        Slice alone = *slice; /* its time, too */

        alone.n = 1;
        alone.condition[0] = slice->condition[j];
        errata_slices_table_member(table, half, &alone, one);
        for (gsize i = 0; i < half->n_rows; i++)
            holds[i] |= (guint8)(one[i] << j);
    }
    for (gsize i = 0; i < half->n_rows; i++)
        facts_add_loss(table, half->row[i], &exactly[holds[i]]);
    for (guint subset = 0; subset < n_subsets; subset++) {
        ret_rates[subset] = (ErrataRate){.n = 0.0};
        for (guint all = 0; all < n_subsets; all++)
            if ((all & subset) == subset)
                errata_rate_merge(&ret_rates[subset], &exactly[all]);
    }
}

static guint
facts_size(guint subset)
{
    guint n = 0;

    for (; subset != 0; subset >>= 1)
        n += subset & 1;
    return n;
}

/* Shapley value of each condition, as a share of the whole difference */
static void
facts_blame(const Slice *slice, const ErrataRate *rates, double *ret_blame)
{
    guint full = (1U << slice->n) - 1;
    double total = errata_rate_mean(&rates[full]) - errata_rate_mean(&rates[0]);

    for (guint i = 0; i < slice->n; i++) {
        double value = 0.0;

        for (guint subset = 0; subset <= full; subset++) {
            guint with = subset | (1U << i);
            guint size = facts_size(subset);

            if (with == subset || rates[with].n < 1.0)
                continue;
            value += tgamma(size + 1.0) * tgamma((double)slice->n - size) / tgamma(slice->n + 1.0) *
                     (errata_rate_mean(&rates[with]) - errata_rate_mean(&rates[subset]));
        }
        ret_blame[i] = fabs(total) > 0.0 ? value / total : (double)NAN;
    }
}

/* errors by direction and mean confidence, inside and outside */
static void
facts_directions(const SlicesTable *table, const guint8 *member, SlicesFacts *facts)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->confirmation;
    gboolean binary = outcome->task == ERRATA_TASK_BINARY;

    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        gboolean in = member[i] != 0;

        if (outcome->confidence != NULL && !isnan(outcome->confidence[row]))
            errata_slices_facts_add(table,
                                    row,
                                    outcome->confidence[row],
                                    in ? &facts->confidence_in : &facts->confidence_out);
        if (!binary || outcome->error[row] == 0)
            continue;
        errata_slices_facts_add(table,
                                row,
                                outcome->truth[row] == outcome->positive ? 1.0 : 0.0,
                                in ? &facts->missed_in : &facts->missed_out);
    }
}

/* the level of an interval of independent rows that is as wide as one at @level of rows that err
 * together */
static double
facts_widen(double level, double inflation)
{
    double z = errata_intervals_z(level) * sqrt(fmax(inflation, 1.0));

    return inflation > 1.0 ? fmin(1.0 - 2.0 * errata_tests_normal_upper(z), 1.0 - 1e-12) : level;
}

/* rows that meet the conditions of a timed slice when it is not its time */
static void
facts_other_time(const SlicesTable *table,
                 const Slice *slice,
                 const guint8 *member,
                 SlicesFacts *facts)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *ever = g_malloc(MAX(half->n_rows, 1));
    Slice always = *slice;

    if (!slice->timed)
        return;
    always.timed = FALSE;
    errata_slices_table_member(table, half, &always, ever);
    for (gsize i = 0; i < half->n_rows; i++)
        if (ever[i] != 0 && member[i] == 0)
            facts_add_loss(table, half->row[i], &facts->other_time);
}

/**
 * errata_slices_facts_gather:
 * @table: a table
 * @find: what was found in it
 * @index: a slice of it
 * @ret_facts: its numbers, without decoys
 */
void
errata_slices_facts_gather(const SlicesTable *table,
                           const SlicesFind *find,
                           guint index,
                           SlicesFacts *ret_facts)
{
    const SlicesFound *found = &g_array_index(find->found, SlicesFound, index);
    const Slice *slice = &found->slice;
    g_autofree guint8 *member = g_malloc(MAX(table->confirmation.n_rows, 1));
    ErrataRate rates[1U << SLICES_MAX_CONDITIONS];
    guint full = (1U << slice->n) - 1;
    guint n_kept = 0;

    memset(ret_facts, 0, sizeof(*ret_facts));
    for (guint i = 0; i < find->found->len; i++)
        n_kept += g_array_index(find->found, SlicesFound, i).kept;
    ret_facts->told = errata_intervals_selected_level(0.05, n_kept, find->found->len);
    ret_facts->level = facts_widen(ret_facts->told, found->inflation);
    facts_subsets(table, slice, rates);
    ret_facts->all = rates[0];
    ret_facts->in = rates[full];
    ret_facts->out = errata_rate_minus(&rates[0], &rates[full]);
    for (guint i = 0; i < slice->n; i++)
        ret_facts->parent[i] = rates[full & ~(1U << i)];
    facts_blame(slice, rates, ret_facts->blame);
    errata_slices_table_member(table, &table->confirmation, slice, member);
    facts_directions(table, member, ret_facts);
    facts_other_time(table, slice, member, ret_facts);
}
