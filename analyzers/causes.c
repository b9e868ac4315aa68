/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data bugs as a cause of a fall in performance: the part of the change in mean loss that rows hit
 * by a found bug carry. METHODS 5. */
#include "causes.h"

#include <math.h>
#include <string.h>

#include "design-effect.h"
#include "intervals.h"
#include "sum.h"

#define CAUSES_ROWS 30 /* that a mean needs */
#define CAUSES_HIT  5

static gboolean
causes_is_code(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_ANOMALY &&
           g_strcmp0(errata_finding_note(finding, "anomaly"), "sentinel") == 0 &&
           errata_finding_note(finding, "window") != NULL;
}

gboolean
errata_causes_is_fault(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_DATA_BUG || causes_is_code(finding);
}

/* bugs that falsify what the model is told of a row; copies, wrong clocks and columns that were
 * always other than in training are none of a fall's making */
static gboolean
causes_falsifies(const ErrataFinding *finding)
{
    static const char *const bugs[] = {"unit-change",
                                       "encoding-change",
                                       "missing-burst",
                                       "type-change",
                                       "out-of-range",
                                       "new-category",
                                       "constant",
                                       NULL};

    if (causes_is_code(finding))
        return finding->confirmed;
    return finding->kind == ERRATA_FINDING_DATA_BUG && finding->confirmed &&
           finding->subject.bug != NULL && g_strv_contains(bugs, finding->subject.bug);
}

/**
 * errata_causes_hit:
 * @analysis: a log whose data bugs have been looked for
 *
 * Returns: (transfer full) (nullable) (array): per row 1 where a found bug falsifies a value, %NULL
 *   when there is no such row
 */
guint8 *
errata_causes_hit(const ErrataAnalysis *analysis)
{
    guint8 *hit = NULL;

    for (guint i = 0; i < analysis->result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);

        if (!causes_falsifies(finding) || finding->row == NULL)
            continue;
        if (hit == NULL)
            hit = g_new0(guint8, analysis->outcome->n_rows);
        for (gsize k = 0; k < finding->n_rows; k++)
            hit[finding->row[k]] = 1;
    }
    return hit;
}

/**
 * errata_causes_uncounted:
 * @analysis: a log whose data bugs have been looked for
 *
 * Returns: (transfer full) (nullable) (array): per row 1 where it is set aside as a copy, or as its
 * time is wrong, and so
 *   tells nothing of before and after; %NULL when nothing is set aside
 */
guint8 *
errata_causes_uncounted(const ErrataAnalysis *analysis)
{
    const guint8 *duplicate = analysis->outcome->duplicate;
    guint8 *uncounted;

    if (analysis->set_aside == NULL)
        return NULL;
    uncounted = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    for (gsize row = 0; duplicate != NULL && row < analysis->outcome->n_rows; row++)
        uncounted[row] = duplicate[row] != 0 && analysis->set_aside[row] != 0;
    for (guint i = 0; i < analysis->result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(analysis->result->findings, i);

        if (g_strcmp0(finding->subject.bug, "clock-fault") != 0 &&
            g_strcmp0(finding->subject.bug, "duplicate-rows") != 0)
            continue;
        for (gsize k = 0; finding->row != NULL && k < finding->n_rows; k++)
            uncounted[finding->row[k]] |= analysis->set_aside[finding->row[k]];
    }
    return uncounted;
}

typedef struct {
    ErrataSum sum;
    ErrataSum squares;
    double n;
    double weight; /* what they count for */
    double weight2;
} CausesSum;

/* as many rows of one weight tell as surely: Kish 1965 */
static double
causes_effective(const CausesSum *self)
{
    return self->weight * (self->weight / self->weight2);
}

/* of one loss */
static double
causes_variance(const CausesSum *self, gboolean numbers)
{
    double mean = errata_sum_value(&self->sum) / self->weight;
    double wrong = (errata_sum_value(&self->sum) * (self->weight / self->weight2) + 1.0) /
                   (causes_effective(self) + 2.0);

    return numbers ? fmax(errata_sum_value(&self->squares) / self->weight - mean * mean, 0.0)
                   : wrong * (1.0 - wrong); /* none wrong is not surely never wrong */
}

/**
 * errata_causes_loss:
 * @outcome: predictions and labels
 * @hit: (array) (nullable): per row of @outcome whether a bug hit it
 * @row: (array length=n_rows) (nullable): rows; %NULL: all of @outcome
 * @n_rows: how many
 *
 * Returns: their mean loss, and what of it the hit ones make; `part` is NaN under 5 of them or
 * under
 *   30 others
 */
ErrataCauseLoss
errata_causes_loss(const ErrataOutcome *outcome,
                   const guint8 *hit,
                   const guint32 *row,
                   gsize n_rows)
{
    gboolean numbers = outcome->task == ERRATA_TASK_REGRESSION;
    ErrataCauseLoss loss = {.part = (double)NAN, .clean = (double)NAN, .mean = (double)NAN};
    CausesSum side[2] = {{.n = 0.0}, {.n = 0.0}}, all;
    double n, share, mean[2], variance[2], design;

    for (gsize i = 0; outcome->loss != NULL && i < n_rows; i++) {
        gsize at = row != NULL ? row[i] : i;
        CausesSum *sum = &side[hit != NULL && hit[at] != 0];
        double weight = errata_outcome_weight(outcome, at);

        if (outcome->judged[at] == 0 || isnan(outcome->loss[at]) || !(weight > 0.0))
            continue;
        errata_sum_add(&sum->sum, weight * outcome->loss[at]);
        errata_sum_add(&sum->squares, weight * (outcome->loss[at] * outcome->loss[at]));
        sum->n += 1.0;
        sum->weight += weight;
        sum->weight2 += weight * weight;
    }
    n = side[0].n + side[1].n;
    loss.n = (gsize)n;
    loss.n_hit = (gsize)side[1].n;
    if (n < CAUSES_ROWS)
        return loss;
    all = (CausesSum){.weight = side[0].weight + side[1].weight,
                      .weight2 = side[0].weight2 + side[1].weight2};
    share = side[1].weight / all.weight;
    for (guint k = 0; k < 2; k++) {
        mean[k] = side[k].n > 0.0 ? errata_sum_value(&side[k].sum) / side[k].weight : 0.0;
        variance[k] = side[k].n > 0.0 ? causes_variance(&side[k], numbers) : 0.0;
    }
    loss.mean = (1.0 - share) * mean[0] + share * mean[1];
    design = errata_design_effect(outcome->entity, outcome->n_entities, outcome->loss, row, n_rows);
    loss.variance = ((1.0 - share) * variance[0] + share * variance[1]) / causes_effective(&all) *
                    design;
    if (side[0].n < CAUSES_ROWS)
        return loss;
    loss.clean = mean[0];
    if (side[1].n < CAUSES_HIT)
        return loss;
    loss.part = share * (mean[1] - mean[0]);
    loss.part_variance =
        design * share * share *
        (variance[0] / causes_effective(&side[0]) + variance[1] / causes_effective(&side[1]));
    return loss;
}

/**
 * errata_causes_then:
 * @earlier: an earlier report
 *
 * Returns: by how much its own data bugs had raised its mean loss, as far as it tells
 */
double
errata_causes_then(const ErrataCase *earlier)
{
    const ErrataMetric *metric = errata_case_metric(earlier, earlier->headline);
    double part = 0.0;

    for (guint i = 0; i < earlier->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(earlier->findings, i);
        const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
        const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");

        if (causes_falsifies(finding) && in != NULL && out != NULL && isfinite(in->value) &&
            isfinite(out->value))
            part += (in->value - out->value) * (double)in->n;
    }
    return metric != NULL && metric->n > 0 ? part / (double)metric->n : 0.0;
}

/**
 * errata_causes_add:
 * @finding: a fall in performance
 * @cause: as CONTRACT names it
 * @share: of the fall
 * @n: rows that tell so
 */
void
errata_causes_add(ErrataFinding *finding, const char *cause, double share, gsize n)
{
    ErrataShare *entry = g_new0(ErrataShare, 1);

    entry->value = g_strdup(cause);
    entry->n = n;
    entry->rate = share;
    g_ptr_array_add(finding->subject.because, entry);
}

/**
 * errata_causes_add_bugs:
 * @finding: a fall in performance
 * @share: of it that hit rows carry
 * @error: its standard error, or NaN
 * @n_hit: judged rows that are hit
 *
 * Adds the cause and its evidence, `bug_share`.
 */
void
errata_causes_add_bugs(ErrataFinding *finding, double share, double error, gsize n_hit)
{
    double half = errata_intervals_z(0.95) * error;
    ErrataEvidence *evidence;

    errata_causes_add(finding, "data-bug", share, n_hit);
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("bug_share",
                                               "part of the rise that rows hit by a data bug carry",
                                               share,
                                               ERRATA_UNIT_SHARE,
                                               n_hit));
    if (!isnan(half)) {
        evidence->lo = CLAMP(share - half, 0.0, 1.0);
        evidence->hi = CLAMP(share + half, 0.0, 1.0);
    }
    evidence->method = g_strdup("mean loss with the hit rows against without them");
}
