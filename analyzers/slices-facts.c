/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of one slice. Rates are those of the confirmation half; blame is the Shapley value of
 * each condition in the game "error rate of the rows that meet these conditions" (Pastor et al.
 * 2021, DivExplorer), which with few conditions is exact. */
#include "slices-facts.h"

#include <math.h>
#include <string.h>

#include "tests.h"

double
errata_slices_facts_mean(const SlicesRate *rate)
{
    return rate->n > 0.0 ? rate->sum / rate->n : (double)NAN;
}

/* variance of the mean of a real loss */
static double
facts_variance(const SlicesRate *rate)
{
    double mean = errata_slices_facts_mean(rate);

    if (rate->n < 2.0)
        return (double)NAN;
    return MAX(rate->square / rate->n - mean * mean, 0.0) / (rate->n - 1.0);
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
errata_slices_facts_interval(const SlicesTable *table, const SlicesRate *rate, double level)
{
    if (!table->real)
        return errata_intervals_wilson(rate->sum, rate->n, level);
    return errata_intervals_normal(errata_slices_facts_mean(rate), facts_variance(rate), level);
}

/* inside over outside: log-Wald, by the delta method for real losses */
ErrataInterval
errata_slices_facts_ratio(const SlicesTable *table, const SlicesFacts *facts)
{
    double in = errata_slices_facts_mean(&facts->in);
    double out = errata_slices_facts_mean(&facts->out);
    double ratio = in / out;

    if (!table->real)
        return errata_intervals_ratio(facts->in.sum,
                                      facts->in.n,
                                      facts->out.sum,
                                      facts->out.n,
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
        return errata_intervals_newcombe(facts->in.sum,
                                         facts->in.n,
                                         facts->out.sum,
                                         facts->out.n,
                                         facts->level);
    return errata_intervals_normal(errata_slices_facts_mean(&facts->in) -
                                       errata_slices_facts_mean(&facts->out),
                                   facts_variance(&facts->in) + facts_variance(&facts->out),
                                   facts->level);
}

static void
facts_add(SlicesRate *rate, double loss)
{
    rate->n += 1.0;
    rate->sum += loss;
    rate->square += loss * loss;
}

static SlicesRate
facts_minus(const SlicesRate *a, const SlicesRate *b)
{
    return (SlicesRate){a->n - b->n, a->sum - b->sum, a->square - b->square};
}

/* rates of all subsets of conditions: bit i of the index set means that condition i must hold */
static void
facts_subsets(const SlicesTable *table, const Slice *slice, SlicesRate *ret_rates)
{
    const SlicesHalf *half = &table->confirmation;
    guint n_subsets = 1U << slice->n;
    g_autofree guint8 *holds = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *one = g_malloc(MAX(half->n_rows, 1));
    SlicesRate exactly[1U << SLICES_MAX_CONDITIONS];

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
        facts_add(&exactly[holds[i]], table->analysis->outcome->loss[half->row[i]]);
    for (guint subset = 0; subset < n_subsets; subset++) {
        ret_rates[subset] = (SlicesRate){0.0, 0.0, 0.0};
        for (guint all = 0; all < n_subsets; all++)
            if ((all & subset) == subset) {
                ret_rates[subset].n += exactly[all].n;
                ret_rates[subset].sum += exactly[all].sum;
                ret_rates[subset].square += exactly[all].square;
            }
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
facts_blame(const Slice *slice, const SlicesRate *rates, double *ret_blame)
{
    guint full = (1U << slice->n) - 1;
    double total = errata_slices_facts_mean(&rates[full]) - errata_slices_facts_mean(&rates[0]);

    for (guint i = 0; i < slice->n; i++) {
        double value = 0.0;

        for (guint subset = 0; subset <= full; subset++) {
            guint with = subset | (1U << i);
            guint size = facts_size(subset);

            if (with == subset || rates[with].n < 1.0)
                continue;
            value +=
                tgamma(size + 1.0) * tgamma((double)slice->n - size) / tgamma(slice->n + 1.0) *
                (errata_slices_facts_mean(&rates[with]) - errata_slices_facts_mean(&rates[subset]));
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
            facts_add(in ? &facts->confidence_in : &facts->confidence_out,
                      outcome->confidence[row]);
        if (!binary || outcome->error[row] == 0)
            continue;
        *(in ? &facts->errors_in : &facts->errors_out) += 1.0;
        if (outcome->truth[row] == outcome->positive)
            *(in ? &facts->false_negatives_in : &facts->false_negatives_out) += 1.0;
    }
}

/* the level of an interval of independent rows that is as wide as one at @level of rows that err together */
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
            facts_add(&facts->other_time, table->analysis->outcome->loss[half->row[i]]);
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
    SlicesRate rates[1U << SLICES_MAX_CONDITIONS];
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
    ret_facts->out = facts_minus(&rates[0], &rates[full]);
    for (guint i = 0; i < slice->n; i++)
        ret_facts->parent[i] = rates[full & ~(1U << i)];
    facts_blame(slice, rates, ret_facts->blame);
    errata_slices_table_member(table, &table->confirmation, slice, member);
    facts_directions(table, member, ret_facts);
    facts_other_time(table, slice, member, ret_facts);
}
