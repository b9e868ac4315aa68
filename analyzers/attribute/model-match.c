/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a model made a log, and how the log's columns were turned into its inputs. Where the log
 * holds texts and the model numbers, the numbers were mostly places in a sorted list of the texts;
 * which list it was is told by the logged scores: the places are those with which the model repeats
 * them. A list of the training rows may hold texts that the log lacks, so places may have gaps:
 * they are searched one after the other, as long as the scores come closer. */
#include "model-match.h"

#include <math.h>
#include <string.h>

#include "evaluator.h"
#include "model-cells.h"
#include "model-classes.h"
#include "model-codes.h"
#include "model-truth.h"
#include "sort.h"

#define MATCH_ROWS        500
#define MATCH_FEW         20    /* rows under which nothing is told */
#define MATCH_TOLERANCE   2e-3  /* of a probability; of a number, over its range */
#define MATCH_SAME        0.999 /* agreement at which no gaps are looked for */
#define MATCH_GOOD        0.9   /* and at which a match is told to hold */
#define MATCH_MOST        0.5   /* and at which no other model can have made most rows */
#define MATCH_ORDER       0.98  /* rank correlation of scores on another scale */
#define MATCH_TEXTS       200   /* of a column; of more no gaps are looked for */
#define MATCH_GAPS        4096  /* most gaps tried */
#define MATCH_COLUMN_GAPS 4
#define MATCH_NEAR        1e-5 /* mean distance at which there is nothing left to find */
#define MATCH_SCALED      0.5 /* of its spread, by which a number is off on average on another scale */
#define MATCH_GAIN        0.98 /* a gap has to bring the distance below so much of it */

typedef struct {
    ErrataModelMatch *self;
    ErrataModel *model;
    ErrataQuantity *quantity;
    ErrataEvaluator *evaluator;
    gsize *row;
    gsize n;
    double *want; /* n × n_groups: as logged */
    double *got;  /* n × n_groups: as the model says */
    double range;
    double distance; /* mean |want − got| over the range */
} Match;

static void
match_clear(Match *match)
{
    errata_evaluator_free(match->evaluator);
    errata_quantity_free(match->quantity);
    g_free(match->row);
    g_free(match->want);
    g_free(match->got);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Match, match_clear)

void
errata_model_match_free(ErrataModelMatch *self)
{
    if (self == NULL)
        return;
    errata_model_binding_free(self->binding);
    g_free(self->class);
    g_free(self);
}

/* the logged scores of a row, as the model counts its classes */
static void
match_logged(const Match *match, const ErrataOutcome *outcome, const int *class, gsize i)
{
    gsize row = match->row[i];
    double *to = match->want + i * match->quantity->n_groups;

    for (guint g = 0; g < match->quantity->n_groups; g++)
        to[g] = (double)NAN;
    if (outcome->task == ERRATA_TASK_REGRESSION) {
        to[0] = outcome->predicted_value != NULL ? outcome->predicted_value[row] : (double)NAN;
    } else if (match->quantity->n_groups == 1) {
        if (outcome->score != NULL && outcome->positive >= 0)
            to[0] = class[outcome->positive] == 1 ? outcome->score[row] : 1.0 - outcome->score[row];
    } else if (outcome->probability != NULL) {
        for (guint c = 0; c < outcome->n_classes; c++)
            if ((guint) class[c] < match -> quantity -> n_groups)
                to[class[c]] = outcome->probability[c][row];
    }
}

static gboolean
match_is_whole(const Match *match, gsize i)
{
    for (gsize g = 0; g < match->quantity->n_groups; g++)
        if (!isfinite(match->want[i * match->quantity->n_groups + g]))
            return FALSE;
    return TRUE;
}

/* FALSE where there is nothing to compare with */
static gboolean
match_prepare(Match *match,
              const ErrataFrame *frame,
              const ErrataSchema *schema,
              const ErrataOutcome *outcome,
              guint64 seed)
{
    g_autoptr(GPtrArray) unheard = g_ptr_array_new_with_free_func(g_free);
    g_autofree int *class = g_new0(int, outcome->n_classes + 1);
    gsize kept = 0;
    double low = (double)INFINITY, high = -(double)INFINITY;

    match->quantity =
        outcome->task == ERRATA_TASK_REGRESSION
            ? errata_quantity_of_prediction(match->model)
            : errata_quantity_of_outputs(match->model, ERRATA_QUANTITY_PROBABILITY, NULL);
    if (match->quantity == NULL)
        return FALSE;
    if (outcome->task != ERRATA_TASK_REGRESSION &&
        !errata_model_truth_classes(match->model,
                                    MAX(match->quantity->n_groups, 2),
                                    schema,
                                    class,
                                    unheard,
                                    NULL))
        return FALSE;
    if (match->self->class != NULL)
        memcpy(class, match->self->class, outcome->n_classes * sizeof *class);
    match->row = errata_model_cells_sample(frame->n_rows, MATCH_ROWS, seed, &match->n);
    match->want = g_new(double, MAX(match->n, 1) * match->quantity->n_groups);
    match->got = g_new(double, MAX(match->n, 1) * match->quantity->n_groups);
    for (gsize i = 0; i < match->n; i++) {
        match->row[kept] = match->row[i];
        match_logged(match, outcome, class, kept);
        for (guint g = 0; g < match->quantity->n_groups; g++) {
            low = fmin(low, match->want[kept * match->quantity->n_groups + g]);
            high = fmax(high, match->want[kept * match->quantity->n_groups + g]);
        }
        if (match_is_whole(match, kept))
            kept++;
    }
    match->n = kept;
    match->range = outcome->task == ERRATA_TASK_REGRESSION ? high - low : 1.0;
    match->evaluator = errata_evaluator_new(match->model, match->quantity, MAX(match->n, 1));
    return match->n >= MATCH_FEW && match->range > 0.0;
}

/* runs the model on the compared rows; FALSE where it fails */
static gboolean
match_run(Match *match, const ErrataModelCells *cells)
{
    gsize n_groups = match->quantity->n_groups;
    double sum = 0.0;

    for (gsize i = 0; i < match->n; i++)
        errata_model_cells_copy(match->evaluator->cells, i, &cells->rows, i);
    if (!errata_evaluator_run(match->evaluator, match->n, NULL))
        return FALSE;
    memcpy(match->got, match->evaluator->raw, match->n * n_groups * sizeof *match->got);
    for (gsize i = 0; i < match->n * n_groups; i++)
        sum += isfinite(match->got[i])
                   ? fmin(fabs(match->got[i] - match->want[i]) / match->range, 1.0)
                   : 1.0;
    match->distance = sum / (double)(match->n * n_groups);
    return TRUE;
}

static double
match_agreement(const Match *match)
{
    gsize n_groups = match->quantity->n_groups;
    gsize n = 0;

    for (gsize i = 0; i < match->n; i++) {
        gboolean same = TRUE;

        for (gsize g = 0; g < n_groups; g++)
            same = same && fabs(match->got[i * n_groups + g] - match->want[i * n_groups + g]) <=
                               MATCH_TOLERANCE * match->range;
        n += same ? 1 : 0;
    }
    return (double)n / (double)match->n;
}

/* rank correlation over all groups together */
static double
match_correlation(const Match *match)
{
    gsize n = match->n * match->quantity->n_groups;
    g_autofree double *a = g_new(double, n);
    g_autofree double *b = g_new(double, n);
    double mean = (double)(n + 1) / 2.0;
    double ab = 0.0, aa = 0.0, bb = 0.0;

    for (gsize i = 0; i < n; i++)
        if (!isfinite(match->got[i]))
            return 0.0;
    errata_sort_midranks(match->want, n, a);
    errata_sort_midranks(match->got, n, b);
    for (gsize i = 0; i < n; i++) {
        ab += (a[i] - mean) * (b[i] - mean);
        aa += (a[i] - mean) * (a[i] - mean);
        bb += (b[i] - mean) * (b[i] - mean);
    }
    return aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : 0.0;
}

/* a block of rows whose logged scores have one mean */
typedef struct {
    gsize end; /* one past its last row, in the order of the model's scores */
    double sum;
    double n;
} MatchBlock;

/* The nearest map of a group's scores to the logged ones that keeps their order: blocks that would
 * fall are pooled (Ayer et al. 1955). @got and @want: (array length=n): in the order of @got; what
 * it gives takes the place of @got. */
static void
match_map(double *got, const double *want, gsize n)
{
    g_autofree MatchBlock *block = g_new(MatchBlock, n + 1);
    gsize n_blocks = 0;

    for (gsize i = 0; i < n; i++) {
        MatchBlock one = {.end = i + 1, .sum = want[i], .n = 1.0};

        if (i > 0 && got[i] <= got[i - 1]) { /* one score is mapped to one */
            one.sum += block[--n_blocks].sum;
            one.n += block[n_blocks].n;
        }
        while (n_blocks > 0 && block[n_blocks - 1].sum * one.n >= one.sum * block[n_blocks - 1].n) {
            one.sum += block[--n_blocks].sum;
            one.n += block[n_blocks].n;
        }
        block[n_blocks++] = one;
    }
    for (gsize b = 0, i = 0; b < n_blocks; b++)
        for (; i < block[b].end; i++)
            got[i] = block[b].sum / block[b].n;
}

/* share of the rows whose logged scores are the model's once these are mapped in their order: as
 * they are where they were calibrated, rounded or brought on another scale afterwards */
static double
match_mapped_agreement(const Match *match)
{
    gsize n_groups = match->quantity->n_groups;
    g_autofree gboolean *same = g_new(gboolean, match->n + 1);
    g_autofree double *got = g_new(double, match->n + 1);
    g_autofree double *want = g_new(double, match->n + 1);
    g_autofree guint32 *order = g_new(guint32, match->n + 1);
    gsize n = 0;

    for (gsize i = 0; i < match->n; i++)
        same[i] = TRUE;
    for (gsize g = 0; g < n_groups; g++) {
        for (gsize i = 0; i < match->n; i++)
            want[i] = match->got[i * n_groups + g];
        errata_sort_doubles(want, match->n, got, order);
        for (gsize i = 0; i < match->n; i++)
            want[i] = match->want[order[i] * n_groups + g];
        match_map(got, want, match->n);
        for (gsize i = 0; i < match->n; i++)
            same[order[i]] = same[order[i]] &&
                             fabs(got[i] - want[i]) <= MATCH_TOLERANCE * match->range;
    }
    for (gsize i = 0; i < match->n; i++)
        n += same[i] ? 1 : 0;
    return (double)n / (double)match->n;
}

/* codes of one input of the compared rows, through the places of its texts */
static void
match_set_column(const Match *match, ErrataModelCells *cells, guint input, const double *of_code)
{
    const ErrataColumn *column = errata_model_binding_column(match->self->binding, input);

    for (gsize i = 0; i < match->n; i++)
        cells->number[input][i] = errata_column_is_valid(column, match->row[i])
                                      ? of_code[column->code[match->row[i]]]
                                      : (double)NAN;
}

/* moves all places from @from on by one */
static void
match_shift(double *of_code, guint n_codes, double from, double by)
{
    for (guint i = 0; i < n_codes; i++)
        if (of_code[i] >= from)
            of_code[i] += by;
}

/* the distance with a gap before the text that has now place @from; the codes stay as they are */
static double
match_try_gap(Match *match,
              ErrataModelCells *cells,
              guint input,
              double *of_code,
              guint n,
              double from)
{
    double distance;

    match_shift(of_code, n, from, 1.0);
    match_set_column(match, cells, input, of_code);
    distance = match_run(match, cells) ? match->distance : (double)INFINITY;
    match_shift(of_code, n, from + 1.0, -1.0);
    return distance;
}

/* gaps in the places of one column's texts: the best one, then again, as long as the scores come
 * closer */
static void
match_gaps(Match *match, ErrataModelCells *cells, guint input, double *of_code, guint *left)
{
    guint n = errata_model_binding_column(match->self->binding, input)->n_dictionary;
    double now = match->distance;

    for (guint gap = 0; n <= MATCH_TEXTS && gap < MATCH_COLUMN_GAPS; gap++) {
        double best = now, from = (double)NAN;

        for (guint i = 0; i<n && * left> 0; i++) {
            double distance;

            if (isnan(of_code[i]))
                continue;
            (*left)--;
            distance = match_try_gap(match, cells, input, of_code, n, of_code[i]);
            if (distance < best) {
                best = distance;
                from = of_code[i];
            }
        }
        if (!(best < MATCH_GAIN * now))
            break;
        match_shift(of_code, n, from, 1.0);
        now = best;
    }
    match_set_column(match, cells, input, of_code);
    match->distance = now;
}

/* texts as codes, where the model then comes closer to the logged scores */
static void
match_code(Match *match, ErrataModelCells *cells)
{
    ErrataModelMatch *self = match->self;
    guint n_inputs = match->model->inputs->len;
    g_autoptr(GPtrArray) of_code = g_ptr_array_new_with_free_func(g_free);
    guint n_texts;
    double before = match->distance;
    guint left = MATCH_GAPS;

    for (guint i = 0; i < n_inputs; i++) {
        double *ranks = errata_model_binding_text_ranks(self->binding, i, &n_texts);

        g_ptr_array_add(of_code, ranks);
        if (ranks == NULL)
            continue;
        match_set_column(match, cells, i, ranks);
        self->n_coded++;
    }
    if (self->n_coded == 0 || !match_run(match, cells))
        return;
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < n_inputs; i++)
            if (of_code->pdata[i] != NULL && match->distance > MATCH_NEAR)
                match_gaps(match, cells, i, of_code->pdata[i], &left);
    if (!match_run(match, cells) || !(match->distance < before) ||
        match_agreement(match) < 1.0 - MATCH_GOOD) {
        self->n_coded = 0;
        return;
    }
    for (guint i = 0; i < n_inputs; i++)
        if (of_code->pdata[i] != NULL)
            errata_model_binding_set_codes(self->binding, i, of_code->pdata[i]);
}

/* a number that the log holds on another scale than the model's: what is compared then is as the
 * log has it */
static void
match_scale(Match *match)
{
    double mean = 0.0, spread = 0.0, off = 0.0;
    gsize n = match->n;

    if (match_agreement(match) >= MATCH_GOOD)
        return;
    match->self->scale = errata_model_scale_find(match->got, match->want, n);
    for (gsize i = 0; i < n; i++) {
        match->got[i] = errata_model_scale_apply(match->self->scale, match->got[i]);
        mean += match->want[i] / (double)n;
    }
    for (gsize i = 0; i < n; i++) {
        spread += fabs(match->want[i] - mean);
        off += fabs(match->want[i] - match->got[i]);
    }
    match->self->is_scaled = !(off <= MATCH_SCALED * spread);
}

static void
match_tell(const ErrataModelMatch *self, const ErrataModel *model, GPtrArray *warnings)
{
    errata_model_binding_tell(self->binding, warnings);
    if (self->n_coded > 0)
        g_ptr_array_add(
            warnings,
            g_strdup_printf("%u column%s texts where the model takes numbers: each was read as its "
                            "place in the sorted list of texts, with which the model gives the "
                            "logged scores in %.3g %% of %" G_GSIZE_FORMAT " rows",
                            self->n_coded,
                            self->n_coded == 1 ? " holds" : "s hold",
                            100.0 * self->agreement,
                            self->n_compared));
    if (self->scale != ERRATA_MODEL_SCALE_SAME)
        g_ptr_array_add(warnings,
                        g_strdup_printf("the model gives %s of the number that the log holds: its "
                                        "losses and what they owe are told on the model’s scale",
                                        errata_model_scale_words(self->scale)));
    if (self->is_scaled && errata_model_match_is_sure(self))
        g_ptr_array_add(
            warnings,
            g_strdup("the model gives other numbers than the log holds, in the same "
                     "order: they are on another scale, which was not found, so no loss "
                     "is told of it"));
    gboolean is_nearly = errata_model_match_is_sure(self) && self->agreement < MATCH_GOOD &&
                         !self->is_scaled;
    if (is_nearly && self->mapped >= MATCH_GOOD)
        g_ptr_array_add(
            warnings,
            g_strdup_printf("the model gives the logged scores in only %.3g %% of %" G_GSIZE_FORMAT
                            " rows, and in %.3g %% once its own are mapped in their order: they "
                            "were calibrated, rounded or otherwise mapped before they were logged; "
                            "what is asked of it is told before that",
                            100.0 * self->agreement,
                            self->n_compared,
                            100.0 * self->mapped));
    else if (is_nearly)
        g_ptr_array_add(
            warnings,
            g_strdup_printf("the model gives the logged scores in only %.3g %% of %" G_GSIZE_FORMAT
                            " rows, in the others nearly the same order: it is another version, or "
                            "those rows hold something else than it was given; what is asked of it "
                            "is told of this file, not of what made those rows",
                            100.0 * self->agreement,
                            self->n_compared));
    if (!errata_model_match_is_sure(self))
        g_ptr_array_add(
            warnings,
            g_strdup_printf("the model gives the logged scores in only %.3g %% of %" G_GSIZE_FORMAT
                            " rows: it is another version of %s, or its inputs were prepared in a "
                            "way that the log does not show",
                            100.0 * self->agreement,
                            self->n_compared,
                            model->kind != NULL ? "what made the log" : "the model"));
}

gboolean
errata_model_match_is_same(const ErrataModelMatch *self)
{
    return self->agreement >= MATCH_GOOD;
}

gboolean
errata_model_match_is_sure(const ErrataModelMatch *self)
{
    return isnan(self->agreement) || self->agreement >= MATCH_GOOD ||
           (self->correlation >= MATCH_ORDER &&
            (self->mapped >= MATCH_GOOD || self->agreement >= MATCH_MOST));
}

/**
 * errata_model_match_new:
 * @model: a model that runs
 * @frame: (transfer none): the log as the model saw it; must outlive the match
 * @schema: its roles
 * @outcome: its logged scores
 * @seed: of the choice of rows compared
 * @warnings: (element-type utf8): gets what did not fit
 * @error: return location for a #GError
 *
 * Binds the log to the model and tells by the logged scores whether it made them. O(rows compared ×
 * gaps tried) runs of the model, up to 500 rows and, where there are texts to be coded, 4096 gaps.
 *
 * Errors: those of errata_model_binding_open().
 *
 * Returns: (transfer full): the match, or %NULL with @error set
 */
ErrataModelMatch *
errata_model_match_new(ErrataModel *model,
                       const ErrataFrame *frame,
                       const ErrataSchema *schema,
                       const ErrataOutcome *outcome,
                       guint64 seed,
                       GPtrArray *warnings,
                       GError **error)
{
    g_autoptr(ErrataModelMatch) self = g_new0(ErrataModelMatch, 1);
    g_auto(Match) match = {.self = self, .model = model};
    g_autoptr(ErrataModelCells) cells = NULL;

    self->agreement = self->correlation = self->mapped = (double)NAN;
    self->binding = errata_model_binding_try(model, frame, warnings, error);
    if (self->binding == NULL)
        return NULL;
    self->class =
        errata_model_classes_by_scores(model, self->binding, schema, outcome, seed, warnings);
    if (match_prepare(&match, frame, schema, outcome, seed)) {
        cells = errata_model_cells_new(self->binding, match.row, match.n);
        if (match_run(&match, cells)) {
            if (match_agreement(&match) < MATCH_SAME)
                match_code(&match, cells);
            if (self->n_coded == 0) { /* back to what the binding says */
                g_autoptr(ErrataModelCells) plain =
                    errata_model_cells_new(self->binding, match.row, match.n);

                match_run(&match, plain);
            }
            if (outcome->task == ERRATA_TASK_REGRESSION)
                match_scale(&match);
            self->n_compared = match.n;
            self->agreement = match_agreement(&match);
            self->correlation = match_correlation(&match);
            if (self->correlation >= MATCH_ORDER)
                self->mapped = match_mapped_agreement(&match);
        }
    }
    /* the logged scores show that a guess is right, or nothing does */
    const ErrataModelInput *guess = errata_model_binding_guess(self->binding);
    if (guess != NULL && !errata_model_match_is_same(self)) {
        errata_model_codes_refuse(guess, error);
        return NULL;
    }
    match_tell(self, model, warnings);
    return g_steal_pointer(&self);
}
