/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gains from rows as they are: what the metric would be if some rows did as well as others. Such a
 * gain is the most that a remedy can bring, and is called so. */
#include <math.h>
#include <string.h>

#include "gain.h"
#include "intervals.h"
#include "parallel.h"
#include "suggestions.h"

#define GAIN_LEAST 5     /* judged rows on each side */
#define GAIN_GRAIN 65536 /* rows of a chunk */
#define GAIN_CODES (ERRATA_BINS_MISSING + 1)
#define GAIN_LEVEL 0.95

typedef struct {
    const ErrataOutcome *outcome;
    const guint8 *mask;
    guint8 wanted;
    ErrataRate *part; /* one per chunk */
} GainSide;

static void
gain_side_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const GainSide *side = data;
    const ErrataOutcome *outcome = side->outcome;
    ErrataRate sum = {.n = 0.0};

    for (gsize row = begin; row < end; row++) {
        if (outcome->judged[row] == 0 || (side->mask != NULL && side->mask[row] != side->wanted) ||
            !isfinite(outcome->loss[row]))
            continue;
        errata_rate_add(&sum, outcome->loss[row], errata_outcome_weight(outcome, row));
    }
    side->part[chunk] = sum;
}

/**
 * errata_suggestions_side:
 * @outcome: a log or its reference
 * @mask: (array length=outcome->n_rows) (nullable): a mark per row; %NULL: all rows
 * @wanted: the mark of the rows that count
 *
 * Returns: the losses of the judged ones among these rows: 0/1 for classes, |residual| for numbers
 */
ErrataRate
errata_suggestions_side(const ErrataOutcome *outcome, const guint8 *mask, guint8 wanted)
{
    gsize n_chunks = errata_parallel_n_chunks(outcome->n_rows, GAIN_GRAIN);
    g_autofree ErrataRate *part = g_new0(ErrataRate, n_chunks + 1);
    GainSide work = {outcome, mask, wanted, part};
    ErrataRate side = {.n = 0.0};

    errata_parallel_for(outcome->n_rows, GAIN_GRAIN, gain_side_cb, &work);
    for (gsize chunk = 0; chunk < n_chunks; chunk++)
        errata_rate_merge(&side, &part[chunk]);
    return side;
}

/**
 * errata_suggestions_variance:
 * @side: losses of one row at least
 *
 * Returns: variance of their mean
 */
double
errata_suggestions_variance(const ErrataRate *side)
{
    return errata_rate_spread(side) / errata_rate_effective(side);
}

/**
 * errata_suggestions_above:
 * @analysis: a log
 * @in: losses of one row at least
 * @others: likewise
 *
 * Returns: the 95 % interval of by how much the mean loss of @in is above that of @others:
 * Newcombe's for classes,
 *   normal for numbers
 */
ErrataInterval
errata_suggestions_above(const ErrataAnalysis *analysis,
                         const ErrataRate *in,
                         const ErrataRate *others)
{
    if (analysis->outcome->task != ERRATA_TASK_REGRESSION)
        return errata_rate_newcombe(in, others, GAIN_LEVEL);
    return errata_intervals_normal(errata_rate_mean(in) - errata_rate_mean(others),
                                   errata_suggestions_variance(in) +
                                       errata_suggestions_variance(others),
                                   GAIN_LEVEL);
}

/* the metric that losses average to, and how it is now */
static void
gain_metric(const ErrataAnalysis *analysis, const ErrataRate *all, ErrataSuggestion *suggestion)
{
    gboolean real = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    double mean = errata_rate_mean(all);

    g_free(suggestion->metric);
    suggestion->metric = g_strdup(real ? "mae" : "accuracy");
    suggestion->from = real ? mean : 1.0 - mean;
}

/**
 * errata_suggestions_as_others:
 * @in: rows that a remedy is for
 * @others: rows that they would be like
 * @part: of the difference that the remedy is about, usually 1
 * @method: how the gain was computed
 *
 * The gain in the metric of all rows; an upper bound. Intervals: Newcombe for classes, normal for
 * numbers. What would be a loss is none to be gained.
 */
gboolean
errata_suggestions_as_others(const ErrataAnalysis *analysis,
                             const ErrataRate *in,
                             const ErrataRate *others,
                             double part,
                             const char *method,
                             ErrataSuggestion *suggestion)
{
    gboolean real = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    double difference = errata_rate_mean(in) - errata_rate_mean(others);
    ErrataRate all = errata_suggestions_side(analysis->outcome, NULL, 0);
    double share = all.n > 0.0 ? part * in->weight / all.weight : 0.0;
    ErrataInterval interval;

    if (in->n < GAIN_LEAST || others->n < GAIN_LEAST || !isfinite(difference) || !isfinite(share))
        return FALSE;
    interval = errata_suggestions_above(analysis, in, others);
    gain_metric(analysis, &all, suggestion);
    suggestion->to = suggestion->from + (real ? -1.0 : 1.0) * difference * share;
    suggestion->lo = interval.lo * share;
    suggestion->hi = interval.hi * share;
    suggestion->upper_bound = TRUE;
    g_free(suggestion->method);
    suggestion->method = g_strdup(method);
    errata_suggestions_clip(suggestion);
    return TRUE;
}

typedef struct {
    const ErrataOutcome *outcome;
    const guint8 *code;
    ErrataRate *part; /* GAIN_CODES per chunk */
} GainCodes;

static void
gain_codes_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const GainCodes *work = data;
    const ErrataOutcome *outcome = work->outcome;
    ErrataRate *side = work->part + chunk * GAIN_CODES;

    for (gsize row = begin; row < end; row++)
        if (outcome->judged[row] != 0 && isfinite(outcome->loss[row]))
            errata_rate_add(&side[work->code[row]],
                            outcome->loss[row],
                            errata_outcome_weight(outcome, row));
}

/* judged rows with their losses per code of a column */
static ErrataRate *
gain_by_code(const ErrataAnalysis *analysis, const ErrataBinColumn *bin)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n_chunks = errata_parallel_n_chunks(outcome->n_rows, GAIN_GRAIN);
    ErrataRate *side = g_new0(ErrataRate, MAX(n_chunks, 1) * GAIN_CODES);
    GainCodes work = {outcome, bin->code, side};

    errata_parallel_for(outcome->n_rows, GAIN_GRAIN, gain_codes_cb, &work);
    for (gsize i = GAIN_CODES; i < n_chunks * GAIN_CODES; i++)
        errata_rate_merge(&side[i % GAIN_CODES], &side[i]);
    return side;
}

/* share of the codes in the reference, or in the first half */
static double *
gain_baseline_shares(const ErrataAnalysis *analysis, guint column)
{
    gboolean given = analysis->reference_bins != NULL;
    const ErrataBins *bins = given ? analysis->reference_bins : analysis->bins;
    double *share = g_new0(double, ERRATA_BINS_MISSING + 1);
    double n = 0.0;

    for (gsize row = 0; row < bins->n_rows; row++) {
        if (!given && (analysis->baseline == NULL || analysis->baseline[row] == 0))
            continue;
        share[bins->columns[column].code[row]] += 1.0;
        n += 1.0;
    }
    for (guint c = 0; c <= ERRATA_BINS_MISSING && n > 0.0; c++)
        share[c] /= n;
    return share;
}

/**
 * errata_suggestions_reweigh:
 * @column: name of one whose values moved
 *
 * What the metric would be with the column's values as often as in the baseline, each erring as it
 * does: the part of a change that goes with the column.
 */
gboolean
errata_suggestions_reweigh(const ErrataAnalysis *analysis,
                           const char *column,
                           ErrataSuggestion *suggestion)
{
    gboolean real = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    ErrataRate all = errata_suggestions_side(analysis->outcome, NULL, 0);
    g_autofree ErrataRate *side = NULL;
    g_autofree double *share = NULL;
    ErrataInterval interval;
    double known = 0.0;
    double loss = 0.0;
    double variance = 0.0;
    guint index = 0;

    while (analysis->bins != NULL && index < analysis->bins->n_columns &&
           g_strcmp0(analysis->bins->columns[index].name, column) != 0)
        index++;
    if (analysis->bins == NULL || index == analysis->bins->n_columns || all.n < GAIN_LEAST)
        return FALSE;
    side = gain_by_code(analysis, &analysis->bins->columns[index]);
    share = gain_baseline_shares(analysis, index);
    for (guint c = 0; c <= ERRATA_BINS_MISSING; c++) {
        if (side[c].n < GAIN_LEAST || !(share[c] > 0.0))
            continue;
        known += share[c];
        loss += share[c] * errata_rate_mean(&side[c]);
        variance += share[c] * share[c] * errata_suggestions_variance(&side[c]);
    }
    if (!(known > 0.5)) /* values that the log hardly has cannot be weighed by it */
        return FALSE;
    interval = errata_intervals_normal(errata_rate_mean(&all) - loss / known,
                                       variance / known / known,
                                       GAIN_LEVEL);
    gain_metric(analysis, &all, suggestion);
    suggestion->to = real ? loss / known : 1.0 - loss / known;
    suggestion->lo = interval.lo;
    suggestion->hi = interval.hi;
    suggestion->upper_bound = FALSE;
    g_free(suggestion->method);
    suggestion->method = g_strdup(
        "with the column’s values as often as in the baseline, each erring "
        "as it does; to know more, the model has to score the rows again");
    return TRUE;
}

/* it cannot move a prediction: the gain is 0, for sure */
gboolean
errata_suggestions_nothing(const ErrataAnalysis *analysis,
                           const char *method,
                           ErrataSuggestion *suggestion)
{
    ErrataRate all;

    if (analysis->outcome->n_judged == 0)
        return FALSE;
    all = errata_suggestions_side(analysis->outcome, NULL, 0);
    gain_metric(analysis, &all, suggestion);
    suggestion->to = suggestion->from;
    suggestion->lo = suggestion->hi = 0.0;
    g_free(suggestion->method);
    suggestion->method = g_strdup(method);
    return TRUE;
}

/**
 * errata_suggestions_points:
 * @suggestion: a suggestion
 *
 * Returns: by how much its metric would get better, less than 0 where it would get worse; NaN
 * without a
 *   gain
 */
double
errata_suggestions_points(const ErrataSuggestion *suggestion)
{
    double gain = suggestion->to - suggestion->from;

    if (suggestion->metric == NULL || !isfinite(gain))
        return (double)NAN;
    return errata_gain_is_loss(suggestion->metric) ? -gain : gain;
}

/* an upper bound below zero says that there is nothing to gain, not that the remedy does harm */
void
errata_suggestions_clip(ErrataSuggestion *suggestion)
{
    if (suggestion->metric == NULL || !suggestion->upper_bound)
        return;
    if (errata_suggestions_points(suggestion) < 0.0)
        suggestion->to = suggestion->from;
    suggestion->lo = fmax(suggestion->lo, 0.0);
    suggestion->hi = fmax(suggestion->hi, 0.0);
}

/**
 * errata_suggestions_rebase:
 * @suggestion: (inout): a gain that is measured on part of the rows, such as one half
 *
 * States a gain in accuracy or mean absolute error from the value that the report gives for all
 * rows, so that one report has one such value; the gain itself stays.
 */
void
errata_suggestions_rebase(const ErrataAnalysis *analysis, ErrataSuggestion *suggestion)
{
    const ErrataMetric *now = suggestion->metric != NULL
                                  ? errata_case_metric(analysis->result, suggestion->metric)
                                  : NULL;
    double gain = suggestion->to - suggestion->from;

    if (now == NULL || !isfinite(now->value) || !isfinite(gain) ||
        (strcmp(suggestion->metric, "accuracy") != 0 && strcmp(suggestion->metric, "mae") != 0))
        return;
    suggestion->from = now->value;
    suggestion->to = now->value + gain;
    if (strcmp(suggestion->metric, "accuracy") == 0)
        suggestion->to = fmin(suggestion->to, 1.0);
}
