/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What faulty rows cost: how often predictions there are wrong against elsewhere, and what there
 * would be to gain were they as right as the rest. */
#include "row-cost.h"

#include <math.h>

#include "intervals.h"

#define COST_LEVEL  0.95
#define COST_LEAST  5    /* judged rows that a rate needs */
#define COST_AROUND 1000 /* places on either side that tell what is usual at a time */
#define COST_ENOUGH 200  /* judged rows there: with fewer all others tell */

static gboolean
cost_is_regression(const ErrataAnalysis *analysis)
{
    return analysis->outcome->task == ERRATA_TASK_REGRESSION;
}

static gboolean
cost_is_known(const ErrataRowCost *cost)
{
    return cost->in.n >= COST_LEAST && cost->out.n >= COST_LEAST;
}

/**
 * errata_row_cost_measure:
 * @analysis: what is read
 * @row: (array length=n_rows): rows
 * @n_rows: how many
 *
 * Returns: the errors of these rows and of all others
 */
ErrataRowCost
errata_row_cost_measure(const ErrataAnalysis *analysis, const guint32 *row, gsize n_rows)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint8 *inside = g_new0(guint8, outcome->n_rows + 1);
    ErrataRowCost cost = {.in = {.n = 0.0}};

    for (gsize i = 0; i < n_rows; i++)
        inside[row[i]] = 1;
    for (gsize i = 0; i < outcome->n_rows; i++)
        if (outcome->judged[i] != 0)
            errata_rate_add(inside[i] != 0 ? &cost.in : &cost.out,
                            outcome->loss[i],
                            errata_outcome_weight(outcome, i));
    cost.around = cost.out;
    return cost;
}

/**
 * errata_row_cost_around:
 * @analysis: what is read
 * @cost: measured; gets what the rows are compared with
 * @row: (array length=n_rows): the rows
 * @n_rows: how many
 *
 * Rows of a while are compared with those of about the same time: as many places before the first
 * and after the last as lie between these, 1,000 at least. What spoilt, or mended, the errors of
 * another time says nothing of them.
 */
void
errata_row_cost_around(const ErrataAnalysis *analysis,
                       ErrataRowCost *cost,
                       const guint32 *row,
                       gsize n_rows)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint8 *inside = g_new0(guint8, outcome->n_rows + 1);
    gsize first = outcome->n_rows, last = 0, reach;
    ErrataRate around = {.n = 0.0};

    for (gsize i = 0; i < n_rows; i++)
        inside[row[i]] = 1;
    for (gsize i = 0; i < outcome->n_rows; i++)
        if (inside[outcome->order[i]] != 0) {
            first = MIN(first, i);
            last = i;
        }
    if (first == outcome->n_rows)
        return;
    reach = MAX(last + 1 - first, COST_AROUND);
    for (gsize i = first - MIN(first, reach); i < MIN(outcome->n_rows, last + 1 + reach); i++) {
        guint32 at = outcome->order[i];

        if (inside[at] == 0 && outcome->judged[at] != 0)
            errata_rate_add(&around, outcome->loss[at], errata_outcome_weight(outcome, at));
    }
    if (around.n < COST_ENOUGH || around.n >= cost->out.n)
        return;
    cost->around = around;
    cost->near = TRUE;
}

/**
 * errata_row_cost_share:
 *
 * Returns: the part of all losses that is of these rows; NaN where there are none
 */
double
errata_row_cost_share(const ErrataRowCost *cost)
{
    double all = cost->in.sum + cost->out.sum;

    return all > 0.0 ? cost->in.sum / all : (double)NAN;
}

/**
 * errata_row_cost_worth:
 * @outcome: the log
 * @row: (array length=n_rows): rows
 * @n_rows: how many
 *
 * Returns: what such a row counts for on average; 1 where no weights are declared
 */
double
errata_row_cost_worth(const ErrataOutcome *outcome, const guint32 *row, gsize n_rows)
{
    double sum = 0.0;

    if (outcome->weight == NULL || n_rows == 0)
        return 1.0;
    for (gsize i = 0; i < n_rows; i++)
        sum += outcome->weight[row[i]];
    return sum / (double)n_rows;
}

static void
cost_rate(ErrataFinding *finding,
          const char *key,
          const char *what,
          gboolean real,
          const ErrataRate *rate)
{
    double mean = errata_rate_mean(rate);
    ErrataInterval interval =
        real ? errata_intervals_normal(mean,
                                       errata_rate_spread(rate) / errata_rate_effective(rate),
                                       COST_LEVEL)
             : errata_rate_wilson(rate, COST_LEVEL);
    ErrataEvidence *evidence =
        errata_finding_add(finding,
                           errata_evidence_new(key,
                                               what,
                                               mean,
                                               real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                                               (guint64)rate->n));

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup(real ? "normal" : "Wilson");
}

/**
 * errata_row_cost_tell:
 * @analysis: what is read
 * @cost: measured
 * @finding: gets `rate_in`, `rate_out`, its excess and share of errors, where enough rows have a
 *   label
 */
void
errata_row_cost_tell(const ErrataAnalysis *analysis,
                     const ErrataRowCost *cost,
                     ErrataFinding *finding)
{
    gboolean real = cost_is_regression(analysis);

    if (!cost_is_known(cost))
        return;
    cost_rate(finding,
              "rate_in",
              real ? "mean absolute error in these rows" : "error rate in these rows",
              real,
              &cost->in);
    cost_rate(finding,
              "rate_out",
              cost->near ? real ? "mean absolute error in the rows around them"
                                : "error rate in the rows around them"
              : real     ? "mean absolute error elsewhere"
                         : "error rate elsewhere",
              real,
              &cost->around);
    if (cost->near)
        g_ptr_array_add(finding->notes, g_strdup("compared=around"));
    if (real)
        return;
    finding->excess_errors = cost->in.n *
                             (errata_rate_mean(&cost->in) - errata_rate_mean(&cost->around));
    if (cost->in.sum + cost->out.sum > 0.0)
        finding->share_of_errors = errata_row_cost_share(cost);
}

/**
 * errata_row_cost_promise:
 * @analysis: what is read
 * @cost: measured, and told
 * @finding: gets the metric that would move, and by how much at most
 * @fix: gets the gain were these rows as right as the rest, or why there is none
 */
void
errata_row_cost_promise(const ErrataAnalysis *analysis,
                        const ErrataRowCost *cost,
                        ErrataFinding *finding,
                        ErrataSuggestion *fix)
{
    ErrataRate all = cost->in;
    ErrataInterval difference;
    double part;

    if (!cost_is_known(cost)) {
        fix->method = g_strdup("not computed: too few of the rows have a label");
        return;
    }
    if (cost_is_regression(analysis)) {
        fix->method = g_strdup("not computed: the model would have to score the rows again");
        return;
    }
    difference = errata_rate_newcombe(&cost->in, &cost->around, COST_LEVEL);
    errata_rate_merge(&all, &cost->out);
    part = cost->in.weight / all.weight;
    fix->metric = g_strdup("accuracy");
    fix->from = 1.0 - errata_rate_mean(&all);
    fix->to = fix->from + part * (errata_rate_mean(&cost->in) - errata_rate_mean(&cost->around));
    fix->lo = difference.lo * part;
    fix->hi = difference.hi * part;
    fix->upper_bound = TRUE;
    fix->method = g_strdup("if these rows were as right as the rest; Newcombe interval");
    finding->metric = g_strdup("accuracy");
    finding->delta = MAX(fix->to - fix->from, 0.0);
}
