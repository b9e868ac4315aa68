/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What faulty rows cost: how often predictions there are wrong against elsewhere, and what there would be
 * to gain were they as right as the rest. */
#include "row-cost.h"

#include <math.h>

#include "intervals.h"

#define COST_LEVEL 0.95
#define COST_LEAST 5 /* judged rows that a rate needs */

static gboolean
cost_is_regression(const ErrataAnalysis *analysis)
{
    return analysis->outcome->task == ERRATA_TASK_REGRESSION;
}

static gboolean
cost_is_known(const ErrataRowCost *cost)
{
    return cost->n_in >= COST_LEAST && cost->n_out >= COST_LEAST;
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
    ErrataRowCost cost = {.n_in = 0};

    for (gsize i = 0; i < n_rows; i++)
        inside[row[i]] = 1;
    for (gsize i = 0; i < outcome->n_rows; i++) {
        if (outcome->judged[i] == 0)
            continue;
        if (inside[i] != 0) {
            cost.n_in++;
            cost.errors_in += outcome->error[i];
            cost.loss_in += outcome->loss[i];
            cost.square_in += outcome->loss[i] * outcome->loss[i];
        } else {
            cost.n_out++;
            cost.errors_out += outcome->error[i];
            cost.loss_out += outcome->loss[i];
            cost.square_out += outcome->loss[i] * outcome->loss[i];
        }
    }
    return cost;
}

static void
cost_rate(ErrataFinding *finding, const char *key, const char *what, guint64 errors, guint64 n)
{
    ErrataInterval interval = errata_intervals_wilson((double)errors, (double)n, COST_LEVEL);
    ErrataEvidence *evidence = errata_finding_add(
        finding,
        errata_evidence_new(key, what, (double)errors / (double)n, ERRATA_UNIT_SHARE, n));

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson");
}

static void
cost_mean(ErrataFinding *finding,
          const char *key,
          const char *what,
          double loss,
          double square,
          guint64 n)
{
    double mean = loss / (double)n;
    ErrataInterval interval =
        errata_intervals_normal(mean,
                                fmax(square / (double)n - mean * mean, 0.0) / (double)n,
                                COST_LEVEL);
    ErrataEvidence *evidence =
        errata_finding_add(finding, errata_evidence_new(key, what, mean, ERRATA_UNIT_TARGET, n));

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("normal");
}

/**
 * errata_row_cost_tell:
 * @analysis: what is read
 * @cost: measured
 * @finding: gets `rate_in`, `rate_out`, its excess and share of errors, where enough rows have a label
 */
void
errata_row_cost_tell(const ErrataAnalysis *analysis,
                     const ErrataRowCost *cost,
                     ErrataFinding *finding)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double rate_out;

    if (!cost_is_known(cost))
        return;
    if (cost_is_regression(analysis)) {
        cost_mean(finding,
                  "rate_in",
                  "mean absolute error in these rows",
                  cost->loss_in,
                  cost->square_in,
                  cost->n_in);
        cost_mean(finding,
                  "rate_out",
                  "mean absolute error elsewhere",
                  cost->loss_out,
                  cost->square_out,
                  cost->n_out);
        return;
    }
    cost_rate(finding, "rate_in", "error rate in these rows", cost->errors_in, cost->n_in);
    cost_rate(finding, "rate_out", "error rate elsewhere", cost->errors_out, cost->n_out);
    rate_out = (double)cost->errors_out / (double)cost->n_out;
    finding->excess_errors = (double)cost->errors_in - rate_out * (double)cost->n_in;
    if (outcome->n_errors > 0)
        finding->share_of_errors = (double)cost->errors_in / (double)outcome->n_errors;
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
    double n = (double)analysis->outcome->n_judged;
    ErrataInterval difference;

    if (!cost_is_known(cost)) {
        fix->method = g_strdup("not computed: too few of the rows have a label");
        return;
    }
    if (cost_is_regression(analysis)) {
        fix->method = g_strdup("not computed: the model would have to score the rows again");
        return;
    }
    difference = errata_intervals_newcombe((double)cost->errors_in,
                                           (double)cost->n_in,
                                           (double)cost->errors_out,
                                           (double)cost->n_out,
                                           COST_LEVEL);
    fix->metric = g_strdup("accuracy");
    fix->from = 1.0 - (double)analysis->outcome->n_errors / n;
    fix->to = fix->from + finding->excess_errors / n;
    fix->lo = difference.lo * (double)cost->n_in / n;
    fix->hi = difference.hi * (double)cost->n_in / n;
    fix->upper_bound = TRUE;
    fix->method = g_strdup("if these rows were as right as the rest; Newcombe interval");
    finding->metric = g_strdup("accuracy");
    finding->delta = MAX(finding->excess_errors / n, 0.0);
}
