/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does the drift cost anything? The change in mean loss is split in two: what the reference's own
 * losses show once its rows are made to look like those of now (covariate shift), and the rest
 * (concept shift). The weights come from a classifier that tells the two apart, over all columns
 * together; for one column, from its codes alone. What the scores let expect steps in for what the
 * weights cannot know. */
#include <math.h>

#include "boost.h"
#include "chain.h"
#include "design-effect.h"
#include "drift-expect.h"
#include "entity-effect.h"
#include "intervals.h"
#include "ranking.h"
#include "rng.h"
#include "sum.h"

#define LOSS_ROWS       20000 /* per side, that the classifier is fitted on */
#define LOSS_FOLDS      3
#define LOSS_ROUNDS     30
#define LOSS_DEPTH      4
#define LOSS_MAX_WEIGHT 20.0
#define LOSS_SLOTS      256
#define LOSS_STAGE      G_GUINT64_CONSTANT(0x646f6d61) /* "doma" */

/* both sides stacked: the reference's sampled rows, then those of now */
typedef struct {
    gsize n;
    gsize n_from;
    guint n_columns;
    ErrataBoostColumn *columns;
    const char **names;
    GPtrArray *code; /* owned arrays behind the columns */
    guint32 *row;    /* in its own frame */
    guint8 *fold;
    double *target;
    double *chance; /* cross-fitted probability of being of now */
} LossStack;

static void
loss_stack_clear(LossStack *stack)
{
    g_free(stack->columns);
    g_free(stack->names);
    g_clear_pointer(&stack->code, g_ptr_array_unref);
    g_free(stack->row);
    g_free(stack->fold);
    g_free(stack->target);
    g_free(stack->chance);
}

static gsize
loss_take(const ErrataDriftSide *side, guint64 seed, guint which, guint32 *ret_row)
{
    double share = (double)LOSS_ROWS / (double)MAX(side->n, 1);
    gsize n = 0;

    for (gsize i = 0; i < side->n && n < LOSS_ROWS; i++) {
        ErrataRng rng = errata_rng_init(seed, LOSS_STAGE + which, side->row[i]);

        if (errata_rng_uniform(&rng) < share)
            ret_row[n++] = side->row[i];
    }
    return n;
}

static void
loss_stack_init(LossStack *stack,
                const ErrataDriftSide *from,
                const ErrataDriftSide *to,
                const guint8 *leave_out,
                guint64 seed)
{
    stack->row = g_new(guint32, 2 * LOSS_ROWS);
    stack->n_from = loss_take(from, seed, 0, stack->row);
    stack->n = stack->n_from + loss_take(to, seed, 1, stack->row + stack->n_from);
    stack->code = g_ptr_array_new_with_free_func(g_free);
    stack->columns = g_new0(ErrataBoostColumn, to->bins->n_columns + 1);
    stack->names = g_new0(const char *, to->bins->n_columns + 1);
    stack->target = g_new0(double, MAX(stack->n, 1));
    stack->chance = g_new0(double, MAX(stack->n, 1));
    for (gsize i = stack->n_from; i < stack->n; i++)
        stack->target[i] = 1.0;
    for (guint c = 0; c < to->bins->n_columns; c++) {
        const ErrataBinColumn *bin = &to->bins->columns[c];
        guint8 *code;

        if (bin->derived != NULL || leave_out[bin->column] != 0)
            continue;
        code = g_new(guint8, MAX(stack->n, 1));
        for (gsize i = 0; i < stack->n; i++)
            code[i] = (i < stack->n_from ? from->bins : to->bins)->columns[c].code[stack->row[i]];
        g_ptr_array_add(stack->code, code);
        stack->names[stack->n_columns] = bin->name;
        stack->columns[stack->n_columns++] = (ErrataBoostColumn){code, bin->n_codes, bin->numeric};
    }
}

/* folds by position, where no column tells what rows belong to: else what tells one entity from
 * another would tell the sides apart */
static void
loss_folds(LossStack *stack,
           const ErrataDriftSide *from,
           const ErrataDriftSide *to,
           const ErrataSettings *settings)
{
    const char *name = settings != NULL ? settings->entity : NULL;
    const ErrataColumn *entity[] = {name != NULL ? errata_frame_find(from->frame, name, NULL)
                                                 : NULL,
                                    name != NULL ? errata_frame_find(to->frame, name, NULL) : NULL};

    stack->fold = g_new(guint8, MAX(stack->n, 1));
    for (gsize i = 0; i < stack->n; i++) {
        const ErrataColumn *column = entity[i < stack->n_from ? 0 : 1];

        stack->fold[i] = (guint8)((column != NULL
                                       ? errata_rng_mix(errata_column_hash(column, stack->row[i]))
                                       : i) %
                                  LOSS_FOLDS);
    }
}

/* by how much less rows of either side tell, as those of one entity are alike in @value */
static double
loss_effect(const LossStack *stack,
            const ErrataDriftSide *from,
            const ErrataDriftSide *to,
            const double *value)
{
    gsize n = stack->n_from;

    return fmax(errata_entity_effect(from->outcome, stack->row, n, value),
                errata_entity_effect(to->outcome, stack->row + n, stack->n - n, value + n));
}

/* cross-fitted; gains summed over the folds */
static void
loss_classify(LossStack *stack, guint64 seed, double *gain)
{
    ErrataBoostParams params = errata_boost_params(ERRATA_BOOST_LOGISTIC, 0, seed);

    params.rounds = LOSS_ROUNDS;
    params.depth = LOSS_DEPTH;
    for (guint fold = 0; fold < LOSS_FOLDS; fold++) {
        g_autofree guint32 *train = g_new(guint32, stack->n);
        g_autofree guint32 *rest = g_new(guint32, stack->n);
        g_autofree double *value = g_new(double, stack->n);
        g_autoptr(ErrataBoost) boost = NULL;
        gsize n = 0, m = 0;

        for (gsize i = 0; i < stack->n; i++)
            if (stack->fold[i] == fold)
                rest[m++] = (guint32)i;
            else
                train[n++] = (guint32)i;
        boost =
            errata_boost_train(stack->columns, stack->n_columns, train, n, stack->target, &params);
        errata_boost_predict(boost, stack->columns, rest, m, value);
        for (gsize i = 0; i < m; i++)
            stack->chance[rest[i]] = value[i];
        for (guint c = 0; c < stack->n_columns; c++)
            gain[c] += errata_boost_gain(boost)[c];
    }
}

static void
loss_used(ErrataDriftSplit *split, const LossStack *stack, double *gain)
{
    while (split->n_used < MIN(G_N_ELEMENTS(split->used), stack->n_columns)) {
        guint best = 0;

        for (guint c = 1; c < stack->n_columns; c++)
            best = gain[c] > gain[best] ? c : best;
        if (!(gain[best] > 0.0))
            return;
        split->used[split->n_used++] = stack->names[best];
        gain[best] = 0.0;
    }
}

/* mean and variance of the mean of the losses that are there */
double
errata_drift_mean_loss(const ErrataDriftSide *side, double *ret_variance)
{
    ErrataSum sum = {0}, squares = {0};
    g_autofree double *all = g_new(double, side->n + 1);
    gsize used = 0;
    double n = 0.0, n2 = 0.0, mean, variance, worth;

    for (gsize i = 0; side->outcome != NULL && side->outcome->loss != NULL && i < side->n; i++) {
        double loss = side->outcome->loss[side->row[i]];
        double own = errata_outcome_weight(side->outcome, side->row[i]);

        if (isnan(loss) || !(own > 0.0))
            continue;
        errata_sum_add(&sum, own * loss);
        errata_sum_add(&squares, own * (loss * loss));
        all[used++] = loss;
        n += own;
        n2 += own * own;
    }
    if (used < ERRATA_DRIFT_MIN_ROWS)
        return (double)NAN;
    worth = n / n2; /* of a weight, in rows by which the mean is as sure: Kish 1965 */
    mean = errata_sum_value(&sum) / n;
    variance = errata_sum_value(&squares) / n - mean * mean;
    if (!isfinite(variance)) /* losses whose squares overflow */
        return (double)NAN;
    if (side->outcome->task != ERRATA_TASK_REGRESSION) { /* none wrong is not surely never wrong */
        double wrong = (errata_sum_value(&sum) * worth + 1.0) / (n * worth + 2.0);

        variance = wrong * (1.0 - wrong);
    }
    *ret_variance = MAX(variance, 0.0) / (n * worth) *
                    fmax(errata_chain_inflation(all, used),
                         errata_design_effect(side->outcome->entity,
                                              side->outcome->n_entities,
                                              side->outcome->loss,
                                              side->row,
                                              side->n));
    return mean;
}

/* what goes with a row of the baseline */
typedef struct {
    guint cell;    /* of its prediction and score */
    double own;    /* what it counts for */
    double weight; /* odds of being of now, times that */
    double loss;   /* NaN: not judged */
    double rest;   /* of the loss beyond what its cell lets expect */
} LossRow;

typedef struct {
    LossRow *row;    /* of the baseline's */
    double *of_from; /* share of the cell among the baseline's rows; likewise weighted, and now */
    double *of_weighted;
    double *of_to;
    double n; /* judged rows of the baseline, by what they count for, as all below */
    double weights;
    double rest;  /* weighted mean */
    double base;  /* plain mean loss */
    double there; /* mean over now of what is expected */
    double there_variance;
    double alone; /* share of the rows of now that the baseline has hardly any like */
} LossWeighed;

static void
loss_weighed_clear(LossWeighed *self)
{
    g_free(self->row);
    g_free(self->of_from);
    g_free(self->of_weighted);
    g_free(self->of_to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LossWeighed, loss_weighed_clear)

static void
loss_weigh_from(LossWeighed *self,
                const LossStack *stack,
                const ErrataDriftExpect *expect,
                const ErrataDriftSide *from,
                double odds)
{
    double rest = 0.0, base = 0.0;

    for (gsize i = 0; i < stack->n_from; i++) {
        LossRow *row = &self->row[i];

        row->loss = from->outcome->loss[stack->row[i]];
        if (isnan(row->loss))
            continue;
        row->cell = errata_drift_expect_cell(expect, from, stack->row[i]);
        row->own = errata_outcome_weight(from->outcome, stack->row[i]);
        row->weight = row->own * MIN(stack->chance[i] / MAX(1.0 - stack->chance[i], 1e-9) * odds,
                                     LOSS_MAX_WEIGHT);
        row->rest = row->loss - expect->loss[row->cell];
        self->n += row->own;
        self->weights += row->weight;
        self->of_from[row->cell] += row->own;
        self->of_weighted[row->cell] += row->weight;
        rest += row->weight * row->rest;
        base += row->own * row->loss;
    }
    self->rest = rest / self->weights;
    self->base = base / self->n;
}

static void
loss_weigh_to(LossWeighed *self,
              const LossStack *stack,
              const ErrataDriftExpect *expect,
              const ErrataDriftSide *to,
              double odds)
{
    gsize n_to = stack->n - stack->n_from;
    g_autofree double *expected = g_new(double, MAX(n_to, 1));
    double n = 0.0, n2 = 0.0, sum = 0.0, squares = 0.0, alone = 0.0;

    for (gsize i = stack->n_from; i < stack->n; i++) {
        double loss = to->outcome->loss[stack->row[i]];
        double own = errata_outcome_weight(to->outcome, stack->row[i]);
        guint cell;

        expected[i - stack->n_from] = (double)NAN;
        if (isnan(loss))
            continue;
        cell = errata_drift_expect_cell(expect, to, stack->row[i]);
        expected[i - stack->n_from] = expect->loss[cell];
        self->of_to[cell] += own;
        n += own;
        n2 += own * own;
        sum += own * expect->loss[cell];
        squares += own * (expect->loss[cell] * expect->loss[cell]);
        if (stack->chance[i] / MAX(1.0 - stack->chance[i], 1e-9) * odds >= LOSS_MAX_WEIGHT)
            alone += own;
    }
    self->there = sum / n;
    self->there_variance =
        MAX(squares / n - self->there * self->there, 0.0) / (n * (n / n2)) *
        errata_entity_effect(to->outcome, stack->row + stack->n_from, n_to, expected);
    self->alone = alone / n;
    for (guint cell = 0; cell < expect->n_cells; cell++) {
        self->of_to[cell] /= n;
        self->of_from[cell] /= self->n;
        self->of_weighted[cell] /= self->weights;
    }
}

/* The part of the change that comes with other rows, doubly robust (Robins, Rotnitzky and Zhao
 * 1994): what predictions and scores let expect of the rows of now, and the baseline's losses
 * beyond that, weighted by the odds of being of now. Right where either holds: the weights can say
 * nothing of rows unlike all of the baseline's, the scores can. */
static void
loss_reweigh(ErrataDriftSplit *split,
             const LossStack *stack,
             const ErrataDriftSide *from,
             const ErrataDriftSide *to)
{
    double odds = (double)stack->n_from / MAX((double)(stack->n - stack->n_from), 1.0);
    g_autoptr(ErrataDriftExpect) expect = errata_drift_expect_new(from, to);
    g_auto(LossWeighed) all = {0};
    g_autofree double *moves = g_new(double, MAX(stack->n_from, 1));
    double variance = 0.0;

    if (expect == NULL)
        return;
    all.row = g_new0(LossRow, MAX(stack->n_from, 1));
    all.of_from = g_new0(double, expect->n_cells);
    all.of_weighted = g_new0(double, expect->n_cells);
    all.of_to = g_new0(double, expect->n_cells);
    loss_weigh_from(&all, stack, expect, from, odds);
    loss_weigh_to(&all, stack, expect, to, odds);
    if (!isfinite(all.there + all.rest + all.base))
        return;
    for (gsize i = 0; i < stack->n_from; i++) {
        const LossRow *row = &all.row[i];
        double influence;

        moves[i] = (double)NAN;
        if (isnan(row->loss) || !(row->own > 0.0))
            continue;
        influence = row->weight * all.n / all.weights * (row->rest - all.rest) +
                    row->own * ((all.of_to[row->cell] - all.of_weighted[row->cell]) /
                                all.of_from[row->cell] * row->rest) -
                    row->own * (row->loss - all.base);
        moves[i] = influence;
        variance += influence * influence / (all.n * all.n);
    }
    variance *= errata_entity_effect(from->outcome, stack->row, stack->n_from, moves);
    split->covariate = all.there + all.rest - all.base;
    split->covariate_sd = sqrt(variance + all.there_variance);
    split->alone = all.alone;
    split->scored = expect->n_edges > 0;
}

/**
 * errata_drift_split:
 * @analysis: for the seed
 * @from: the reference
 * @to: now
 * @leave_out: (array): by column of the frame of @to, 1 for those that may not tell the sides apart
 *
 * Fits the domain classifier (boosted trees, three folds) and splits the change in mean loss.
 * Source: Shimodaira 2000 for the weights, Robins, Rotnitzky and Zhao 1994 for what is expected by
 * predictions and scores beside them; limits by the influence function.
 *
 * Returns: the split; parts that are not known are NaN
 */
ErrataDriftSplit
errata_drift_split(const ErrataAnalysis *analysis,
                   const ErrataDriftSide *from,
                   const ErrataDriftSide *to,
                   const guint8 *leave_out)
{
    ErrataDriftSplit split = {.covariate = (double)NAN, .auc = (double)NAN, .bugs = (double)NAN};
    guint64 seed = analysis->settings != NULL ? analysis->settings->seed : 0;
    double variance_from = 0.0, variance_to = 0.0, variance;
    LossStack stack = {0};

    split.loss_from = errata_drift_mean_loss(from, &variance_from);
    split.loss_to = errata_drift_mean_loss(to, &variance_to);
    split.known = !isnan(split.loss_from) && !isnan(split.loss_to);
    split.change_sd = sqrt(variance_from + variance_to);
    if (from->bins == NULL || to->bins == NULL)
        return split;
    loss_stack_init(&stack, from, to, leave_out, seed);
    if (stack.n_columns > 0 && stack.n_from >= ERRATA_DRIFT_MIN_ROWS &&
        stack.n - stack.n_from >= ERRATA_DRIFT_MIN_ROWS) {
        g_autofree double *gain = g_new0(double, stack.n_columns);
        g_autofree guint8 *label = g_new0(guint8, stack.n);
        g_autoptr(ErrataRanking) ranking = NULL;
        ErrataInterval interval;

        loss_folds(&stack, from, to, analysis->settings);
        loss_classify(&stack, seed, gain);
        for (gsize i = stack.n_from; i < stack.n; i++)
            label[i] = 1;
        ranking = errata_ranking_new(stack.chance, label, NULL, stack.n);
        split.auc = errata_ranking_auc(ranking, &variance);
        variance *= loss_effect(&stack, from, to, stack.chance);
        interval = errata_intervals_normal(split.auc, variance, 0.95);
        split.auc_lo = MAX(interval.lo, 0.0);
        split.auc_hi = MIN(interval.hi, 1.0);
        split.n = stack.n;
        loss_used(&split, &stack, gain);
        if (split.known)
            loss_reweigh(&split, &stack, from, to);
    }
    loss_stack_clear(&stack);
    return split;
}

static const ErrataBinColumn *
loss_bin(const ErrataBins *bins, guint column, guint *ret_index)
{
    for (guint c = 0; bins != NULL && c < bins->n_columns; c++)
        if (bins->columns[c].column == column && bins->columns[c].derived == NULL) {
            *ret_index = c;
            return &bins->columns[c];
        }
    return NULL;
}

typedef struct {
    double n[LOSS_SLOTS];  /* what rows count for, as in all of it */
    double n2[LOSS_SLOTS]; /* the sum of its squares */
    double sum[LOSS_SLOTS];
    double total;
    double mean;
} LossCells;

static void
loss_cells(LossCells *cells, const ErrataDriftSide *side, const guint8 *code)
{
    double sum = 0.0;

    for (gsize i = 0; i < side->n; i++) {
        double loss = side->outcome->loss[side->row[i]];
        double own = errata_outcome_weight(side->outcome, side->row[i]);

        if (isnan(loss))
            continue;
        cells->n[code[side->row[i]]] += own;
        cells->n2[code[side->row[i]]] += own * own;
        cells->sum[code[side->row[i]]] += own * loss;
        cells->total += own;
        sum += own * loss;
    }
    cells->mean = cells->total > 0.0 ? sum / cells->total : (double)NAN;
}

/* by how much less rows of now tell of the losses of their codes, where they come in entities */
static double
loss_effect_to(const LossCells *cells, const ErrataDriftSide *to, const guint8 *code)
{
    g_autofree double *loss = NULL;

    if (to->outcome->entity == NULL)
        return 1.0;
    loss = g_new(double, MAX(to->n, 1));
    for (gsize i = 0; i < to->n; i++) {
        guint c = code[to->row[i]];

        loss[i] = isnan(to->outcome->loss[to->row[i]]) ? (double)NAN
                  : cells->n[c] > 0.0                  ? cells->sum[c] / cells->n[c]
                                                       : cells->mean;
    }
    return errata_entity_effect(to->outcome, to->row, to->n, loss);
}

/* the same change, of the losses that are expected of the reference's rows */
static double
loss_foretold(const LossCells *a,
              const LossCells *b,
              const ErrataDriftSide *from,
              const guint8 *code,
              const double *expected)
{
    double n[LOSS_SLOTS] = {0.0}, sum[LOSS_SLOTS] = {0.0};
    double change = 0.0, total = 0.0, all = 0.0;

    for (gsize i = 0; expected != NULL && i < from->n; i++) {
        guint32 row = from->row[i];
        double own = errata_outcome_weight(from->outcome, row);

        if (isnan(expected[row]))
            continue;
        n[code[row]] += own;
        sum[code[row]] += own * expected[row];
        total += own;
        all += own * expected[row];
    }
    if (!(total > 0.0))
        return (double)NAN;
    for (guint c = 0; c < LOSS_SLOTS; c++)
        change += (b->n[c] / b->total - a->n[c] / a->total) *
                  (n[c] > 0.0 ? sum[c] / n[c] : all / total);
    return change;
}

/**
 * errata_drift_expected:
 * @from: the reference, with losses
 *
 * Returns: (transfer full) (nullable) (array): by row of its frame, what scores, or predicted
 *   numbers, let expect of the rows of @from; NaN elsewhere; %NULL where they let nothing expect
 */
double *
errata_drift_expected(const ErrataDriftSide *from)
{
    ErrataForetoldRows rows = {from->outcome,
                               from->row,
                               from->n,
                               NULL,
                               from->outcome != NULL ? from->outcome->weight : NULL};
    g_autofree double *loss = errata_foretold_losses(&rows, &rows);
    double *expected;

    if (loss == NULL)
        return NULL;
    expected = g_new(double, from->frame->n_rows + 1);
    for (gsize row = 0; row < from->frame->n_rows; row++)
        expected[row] = (double)NAN;
    for (gsize i = 0; i < from->n; i++)
        expected[from->row[i]] = loss[i];
    return expected;
}

/**
 * errata_drift_column_loss:
 * @self: a column; its loss, loss_sd and foretold are filled
 * @from: the reference, with losses
 * @to: now, with losses
 * @expected: (nullable) (array): as errata_drift_expected() gives it
 *
 * Σ_b (c_b − r_b)·l_b over the column's codes b: shares now and in the reference, mean loss in the
 * reference. Codes that the reference lacks count with its overall mean. The standard error is by
 * the influence function of both sides' rows.
 */
void
errata_drift_column_loss(ErrataDriftColumn *self,
                         const ErrataDriftSide *from,
                         const ErrataDriftSide *to,
                         const double *expected)
{
    guint index;
    const ErrataBinColumn *bin = loss_bin(to->bins, self->column, &index);
    LossCells a = {0}, b = {0};
    g_autofree double *moves = g_new(double, MAX(from->n, 1));
    double change = 0.0, variance = 0.0, of_from = 0.0;

    if (bin == NULL || from->bins == NULL)
        return;
    loss_cells(&a, from, from->bins->columns[index].code);
    loss_cells(&b, to, bin->code);
    if (!(a.total > 0.0 && b.total > 0.0))
        return;
    for (guint c = 0; c < LOSS_SLOTS; c++)
        change += (b.n[c] / b.total - a.n[c] / a.total) *
                  (a.n[c] > 0.0 ? a.sum[c] / a.n[c] : a.mean);
    for (guint c = 0; c < LOSS_SLOTS; c++) {
        double loss = a.n[c] > 0.0 ? a.sum[c] / a.n[c] : a.mean;
        double of_now = loss - a.mean - change;

        variance += b.n2[c] * of_now * of_now / (b.total * b.total);
    }
    variance *= loss_effect_to(&a, to, bin->code);
    for (gsize i = 0; i < from->n; i++) {
        double loss = from->outcome->loss[from->row[i]];
        double own = errata_outcome_weight(from->outcome, from->row[i]);
        guint c = from->bins->columns[index].code[from->row[i]];

        moves[i] = (double)NAN;
        if (isnan(loss) || !(own > 0.0))
            continue;
        double ratio = (b.n[c] / b.total) / (a.n[c] / a.total);
        double influence = own * (ratio * (loss - a.sum[c] / a.n[c]) - (loss - a.mean));
        moves[i] = influence;
        of_from += influence * influence / (a.total * a.total);
        variance += influence * influence / (a.total * a.total);
    }
    variance += of_from * (errata_entity_effect(from->outcome, from->row, from->n, moves) - 1.0);
    self->loss = change;
    self->loss_sd = sqrt(variance);
    self->foretold = loss_foretold(&a, &b, from, from->bins->columns[index].code, expected);
}
