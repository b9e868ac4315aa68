/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gains measured by doing it on the log: another model's out-of-fold predictions in place of the
 * logged ones, a column's values dealt out anew, scores mapped anew, another threshold. */
#include <math.h>

#include "intervals.h"
#include "recalibrate.h"
#include "suggestions.h"
#include "sum.h"
#include "words.h"

#define REPLAY_LEVEL   0.95
#define REPLAY_LEAST   100   /* rows that a replay needs, on each half */
#define REPLAY_CELL    5     /* rows from which a cell's error rate counts */
#define REPLAY_UNKNOWN 0.05  /* part of the rows of a replay that the log may not know */
#define REPLAY_CLIP    1e-15 /* of probabilities in a log-loss, METHODS 1 */
#define REPLAY_HARM    0.005 /* of a slice's rows, more of which are wrong, that is told */

/* differences of paired losses, by weight; of the variance the sums of w², w² d and w² d² */
typedef struct {
    double n;
    ErrataSum weight;
    ErrataSum before;
    ErrataSum after;
    ErrataSum weight2;
    ErrataSum saved2;
    ErrataSum square2;
} ReplayPairs;

static void
replay_pair(ReplayPairs *self, double weight, double before, double after)
{
    double saved = before - after, weight2 = weight * weight;

    self->n += 1.0;
    errata_sum_add(&self->weight, weight);
    errata_sum_add(&self->before, weight * before);
    errata_sum_add(&self->after, weight * after);
    errata_sum_add(&self->weight2, weight2);
    errata_sum_add(&self->saved2, weight2 * saved);
    errata_sum_add(&self->square2, weight2 * saved * saved);
}

/* sets what the pairs tell, @part of all rows that count */
static void
replay_tell(const ReplayPairs *self,
            const char *metric,
            gboolean share,
            const char *method,
            ErrataSuggestion *suggestion)
{
    double weight = errata_sum_value(&self->weight);
    double before = errata_sum_value(&self->before) / weight;
    double after = errata_sum_value(&self->after) / weight;
    double gain = before - after;
    double variance = fmax(errata_sum_value(&self->square2) -
                               2.0 * gain * errata_sum_value(&self->saved2) +
                               gain * gain * errata_sum_value(&self->weight2),
                           0.0) /
                      weight / weight;
    ErrataInterval interval = errata_intervals_normal(gain, variance, REPLAY_LEVEL);

    g_free(suggestion->metric);
    g_free(suggestion->method);
    suggestion->metric = g_strdup(metric);
    suggestion->from = share ? 1.0 - before : before;
    suggestion->to = share ? 1.0 - after : after;
    suggestion->lo = interval.lo;
    suggestion->hi = interval.hi;
    suggestion->upper_bound = FALSE;
    suggestion->method = g_strdup(method);
}

/* the logged predictions against those of the trees, on the marked rows or, without marks, on
 * all */
static ReplayPairs
replay_learnt(const ErrataAnalysis *analysis, const guint8 *mask)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ReplayPairs pairs = {0};

    if (analysis->learnt == NULL || outcome->truth == NULL || outcome->predicted == NULL)
        return pairs;
    for (gsize row = 0; row < outcome->n_rows; row++)
        if ((mask == NULL || mask[row] != 0) && outcome->judged[row] != 0 &&
            analysis->learnt[row] >= 0)
            replay_pair(&pairs,
                        errata_outcome_weight(outcome, row),
                        outcome->error[row] != 0 ? 1.0 : 0.0,
                        analysis->learnt[row] != outcome->truth[row] ? 1.0 : 0.0);
    return pairs;
}

/**
 * errata_suggestions_relearn:
 * @mask: (array length=n_rows): not 0 for the rows that count
 *
 * What boosted trees, trained on the log's own labels and asked out of fold, would have got right
 * in place of the model.
 *
 * Returns: whether there are such trees and they do better
 */
gboolean
errata_suggestions_relearn(const ErrataAnalysis *analysis,
                           const guint8 *mask,
                           ErrataSuggestion *suggestion)
{
    ReplayPairs pairs = replay_learnt(analysis, mask);
    ErrataRate all;
    double part;

    if (pairs.n < REPLAY_LEAST || errata_sum_value(&pairs.after) >= errata_sum_value(&pairs.before))
        return FALSE;
    replay_tell(&pairs,
                "accuracy",
                TRUE,
                "on these rows, over all: boosted trees trained on the labels of the log, each row "
                "by trees that have not seen it",
                suggestion);
    /* the gain of all rows: these are a part of them */
    all = errata_suggestions_side(analysis->outcome, NULL, 0);
    part = errata_sum_value(&pairs.weight) / all.weight;
    suggestion->to = suggestion->from + part * (suggestion->to - suggestion->from);
    suggestion->lo *= part;
    suggestion->hi *= part;
    return TRUE;
}

/* rows per class and code, and their weight, its squares and that of the errors */
typedef struct {
    guint n_classes;
    guint n_codes;
    double *n;
    double *weight;
    double *weight2;
    double *errors;
} ReplayCells;

static void
replay_cells_clear(ReplayCells *cells)
{
    g_free(cells->n);
    g_free(cells->weight);
    g_free(cells->weight2);
    g_free(cells->errors);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReplayCells, replay_cells_clear)

static ReplayCells
replay_cells(const ErrataAnalysis *analysis, const ErrataBinColumn *bin)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ReplayCells cells = {.n_classes = outcome->n_classes, .n_codes = ERRATA_BINS_MISSING + 1};
    gsize n = (gsize)cells.n_classes * cells.n_codes;

    cells.n = g_new0(double, n);
    cells.weight = g_new0(double, n);
    cells.weight2 = g_new0(double, n);
    cells.errors = g_new0(double, n);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double w = errata_outcome_weight(outcome, row);
        gsize cell;

        if (outcome->judged[row] == 0)
            continue;
        cell = (gsize)outcome->truth[row] * cells.n_codes + bin->code[row];
        cells.n[cell] += 1.0;
        cells.weight[cell] += w;
        cells.weight2[cell] += w * w;
        cells.errors[cell] += outcome->error[row] != 0 ? w : 0.0;
    }
    return cells;
}

/* the error rate, were the codes dealt out whatever the class; @ret_unknown: the part of the rows
 * for which the log has none to go by */
static double
replay_dealt(const ReplayCells *cells, double *ret_variance, double *ret_unknown)
{
    g_autofree double *code = g_new0(double, cells->n_codes);
    double total = 0.0;
    double rate = 0.0;

    for (guint k = 0; k < cells->n_classes; k++)
        for (guint c = 0; c < cells->n_codes; c++) {
            code[c] += cells->weight[(gsize)k * cells->n_codes + c];
            total += cells->weight[(gsize)k * cells->n_codes + c];
        }
    *ret_variance = *ret_unknown = 0.0;
    for (guint k = 0; k < cells->n_classes; k++) {
        gsize first = (gsize)k * cells->n_codes;
        double of_class = 0.0, squares = 0.0, wrong = 0.0;

        for (gsize cell = first; cell < first + cells->n_codes; cell++) {
            of_class += cells->weight[cell];
            squares += cells->weight2[cell];
            wrong += cells->errors[cell];
        }
        for (guint c = 0; c < cells->n_codes && of_class > 0.0; c++) {
            gsize cell = first + c;
            gboolean known = cells->n[cell] >= REPLAY_CELL && cells->weight[cell] > 0.0;
            double all = known ? cells->weight[cell] : of_class;
            double p = (known ? cells->errors[cell] : wrong) / all;
            double weight = of_class / total * code[c] / total;

            rate += weight * p;
            *ret_unknown += known ? 0.0 : weight;
            *ret_variance += weight * weight * p * (1.0 - p) *
                             (known ? cells->weight2[cell] : squares) / all / all;
        }
    }
    return rate;
}

/* the column says the same as the label: only a model that never had it tells what is left */
static gboolean
replay_without(const ErrataAnalysis *analysis, ErrataSuggestion *suggestion)
{
    ReplayPairs pairs = replay_learnt(analysis, NULL);

    if (pairs.n < REPLAY_LEAST)
        return FALSE;
    replay_tell(&pairs,
                "accuracy",
                TRUE,
                "what boosted trees get right without the column, each row by trees that have not "
                "seen it",
                suggestion);
    return TRUE;
}

/**
 * errata_suggestions_permute:
 * @column: name of one that leaks
 *
 * What would be right if the column told nothing: its values are dealt out anew, whatever the
 * label, and rows of a label and a value err as those that the log has. A gain below 0 is what the
 * figures owe to the leak.
 */
gboolean
errata_suggestions_permute(const ErrataAnalysis *analysis,
                           const char *column,
                           ErrataSuggestion *suggestion)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const ErrataBinColumn *bin = NULL;
    ErrataRate all = errata_suggestions_side(outcome, NULL, 0);
    g_auto(ReplayCells) cells = {0};
    ErrataInterval interval;
    double variance = 0.0;
    double unknown = 0.0;
    double rate;

    for (guint i = 0; analysis->bins != NULL && i < analysis->bins->n_columns; i++)
        if (g_strcmp0(analysis->bins->columns[i].name, column) == 0)
            bin = &analysis->bins->columns[i];
    if (bin == NULL || outcome->truth == NULL || all.n < REPLAY_LEAST)
        return FALSE;
    cells = replay_cells(analysis, bin);
    rate = replay_dealt(&cells, &variance, &unknown);
    if (unknown > REPLAY_UNKNOWN)
        return replay_without(analysis, suggestion);
    interval = errata_intervals_normal(errata_rate_mean(&all) - rate, variance, REPLAY_LEVEL);
    g_free(suggestion->metric);
    g_free(suggestion->method);
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 1.0 - errata_rate_mean(&all);
    suggestion->to = 1.0 - rate;
    suggestion->lo = interval.lo;
    suggestion->hi = interval.hi;
    suggestion->method = g_strdup(
        "the column’s values dealt out anew, whatever the label; rows of a "
        "label and a value err as in the log");
    return TRUE;
}

/* what a labelled row's scores promise, and whether it happened: of several classes @of_class, or
 * where that is −1, that the one of the top probability is right; NaN where a score is missing */
static double
replay_promise(const ErrataOutcome *outcome, gint32 of_class, gsize row, gboolean *ret_happened)
{
    gint32 class = outcome->positive;
    double promise = -1.0;

    if (of_class >= 0) {
        *ret_happened = outcome->truth[row] == of_class;
        promise = outcome->probability[of_class][row];
        return isnan(promise) ? promise : CLAMP(promise, 0.0, 1.0);
    }
    if (outcome->task == ERRATA_TASK_BINARY)
        promise = outcome->score[row];
    for (guint k = 0; outcome->task != ERRATA_TASK_BINARY && k < outcome->n_classes; k++) {
        double p = outcome->probability[k][row];

        if (isnan(p))
            return p;
        if (p > promise) {
            promise = p;
            class = (gint32)k;
        }
    }
    *ret_happened = outcome->truth[row] == class;
    return outcome->task == ERRATA_TASK_BINARY ? promise : CLAMP(promise, 0.0, 1.0);
}

/* scores and labels of the marked rows of one half, by weight; @ret_n: how many rows */
static ErrataRanking *
replay_ranking(const ErrataAnalysis *analysis,
               gint32 class,
               const guint8 *mask,
               guint8 half,
               gsize *ret_n)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(GArray) score = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) positive = g_array_new(FALSE, FALSE, sizeof(guint8));
    g_autoptr(GArray) weight = g_array_new(FALSE, FALSE, sizeof(double));

    for (gsize row = 0; row < outcome->n_rows; row++) {
        gboolean happened = FALSE;
        double promise = replay_promise(outcome, class, row, &happened);
        double w = errata_outcome_weight(outcome, row);
        guint8 is_positive = happened ? 1 : 0;

        if (mask[row] == 0 || outcome->truth[row] < 0 || outcome->half[row] != half ||
            isnan(promise))
            continue;
        g_array_append_val(score, promise);
        g_array_append_val(positive, is_positive);
        g_array_append_val(weight, w);
    }
    *ret_n = score->len;
    return errata_ranking_new((const double *)(gpointer)score->data,
                              (const guint8 *)positive->data,
                              (const double *)(gpointer)weight->data,
                              score->len);
}

static double
replay_log_loss(double p, gboolean positive)
{
    p = CLAMP(p, REPLAY_CLIP, 1.0 - REPLAY_CLIP);
    return positive ? -log(p) : -log1p(-p);
}

/**
 * errata_suggestions_recalibrate:
 * @class: the class whose probability gets a map of its own, of a log of several with
 *   probabilities; or −1
 * @mask: (array length=n_rows): not 0 for the rows whose scores get a map of their own
 *
 * Platt's map fitted on the discovery half of these rows; the log-loss of all rows of the other
 * half with it and without. Of several classes it is the map of the top probability, and the
 * log-loss of that; or the map of the probability of @class, and the log-loss of that against all
 * other classes.
 */
gboolean
errata_suggestions_recalibrate(const ErrataAnalysis *analysis,
                               gint32 class,
                               const guint8 *mask,
                               ErrataSuggestion *suggestion)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(ErrataRanking) ranking = NULL;
    g_autoptr(ErrataRecalibration) map = NULL;
    ReplayPairs pairs = {0};
    gsize n = 0;

    if (!(outcome->task == ERRATA_TASK_BINARY ? outcome->score != NULL
                                              : outcome->probability != NULL) ||
        outcome->truth == NULL)
        return FALSE;
    ranking = replay_ranking(analysis, class, mask, 0, &n);
    if (!(ranking->n_positive > 0.0) || !(ranking->n_negative > 0.0) || n < REPLAY_LEAST)
        return FALSE;
    map = errata_recalibrate_fit(ranking, ERRATA_RECALIBRATE_PLATT);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        gboolean happened = FALSE;
        double promise = replay_promise(outcome, class, row, &happened);
        double before;

        if (outcome->half[row] != 1 || outcome->truth[row] < 0 || isnan(promise))
            continue;
        before = replay_log_loss(promise, happened);
        replay_pair(&pairs,
                    errata_outcome_weight(outcome, row),
                    before,
                    mask[row] != 0
                        ? replay_log_loss(errata_recalibrate_apply(map, promise), happened)
                        : before);
    }
    if (pairs.n < REPLAY_LEAST || !(errata_sum_value(&pairs.weight) > 0.0))
        return FALSE;
    replay_tell(&pairs,
                "log_loss",
                FALSE,
                class >= 0
                    ? "Platt scaling of that probability in these rows, fitted on the discovery "
                      "half; log-loss of that class against the others, of all rows of the "
                      "confirmation half"
                : outcome->task == ERRATA_TASK_BINARY
                    ? "Platt scaling of these rows, fitted on the discovery half; log-loss of all "
                      "rows of the confirmation half"
                    : "Platt scaling of these rows’ top probability, fitted on the discovery half; "
                      "log-loss of that of all rows of the confirmation half",
                suggestion);
    return TRUE;
}

/* how much more of a slice's rows would be wrong */
static double
replay_harm(const ErrataAnalysis *analysis, const ErrataFinding *slice, double threshold)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double harm = 0.0;
    double n = 0.0, weight = 0.0;

    for (gsize i = 0; slice->row != NULL && i < slice->n_rows; i++) {
        guint32 row = slice->row[i];
        double w;

        if (outcome->judged[row] == 0 || isnan(outcome->score[row]))
            continue;
        w = errata_outcome_weight(outcome, row);
        harm += w * (((outcome->score[row] >= threshold) !=
                      (outcome->truth[row] == outcome->positive)) -
                     (outcome->error[row] != 0));
        weight += w;
        n += 1.0;
    }
    return n >= REPLAY_LEAST && weight > 0.0 ? harm / weight : 0.0;
}

/**
 * errata_suggestions_threshold_cost:
 * @threshold: one for all rows
 *
 * Returns: (transfer full) (nullable): the slice that it would harm most, in words; %NULL: none by
 *   more than half a point
 */
char *
errata_suggestions_threshold_cost(const ErrataAnalysis *analysis, double threshold)
{
    const GPtrArray *findings = analysis->result->findings;
    const ErrataFinding *worst = NULL;
    double most = REPLAY_HARM;
    g_autofree char *points = NULL;
    g_autofree char *where = NULL;

    if (analysis->outcome->score == NULL || analysis->outcome->task != ERRATA_TASK_BINARY)
        return NULL;
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);
        double harm = finding->kind == ERRATA_FINDING_SLICE
                          ? replay_harm(analysis, finding, threshold)
                          : 0.0;

        if (harm > most) {
            most = harm;
            worst = finding;
        }
    }
    if (worst == NULL)
        return NULL;
    where = errata_words_where(worst);
    points = errata_words_points(most, 0.0);
    return g_strdup_printf("where %s, %s more are wrong", where, points);
}
