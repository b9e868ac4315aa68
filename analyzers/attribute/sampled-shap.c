/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapley values of any model that runs, against background rows. A quantity that is a sum of
 * functions of one input each (linear and generalised linear models on their margin, naive Bayes,
 * scorecards, whatever scales or encodes columns one by one before) is found to be so by trying,
 * and then exact values take one run per input; every row is checked to add up, and one that does
 * not is estimated by permutations like the rows of all other models. */
#include "sampled-shap.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "sampled-private.h"

#define SAMPLED_CAPACITY  1024
#define SAMPLED_INPUTS    1024U /* most inputs of a model */
#define SAMPLED_TOLERANCE 1e-7  /* of sums of doubles; of singles the next */
#define SAMPLED_SINGLE    1e-5

void
errata_sampled_shap_free(ErrataSampledShap *self)
{
    if (self == NULL)
        return;
    errata_model_cells_free(self->background);
    errata_model_unref(self->model);
    g_free(self->read);
    g_free(self->raw);
    g_free(self->part);
    g_free(self);
}

/* the quantity of an evaluated row */
void
sampled_value(const SampledRow *at, gsize evaluated, double *ret_value)
{
    const ErrataQuantity *quantity = at->self->quantity;

    errata_quantity_value(quantity,
                          at->evaluator->raw + evaluated * quantity->n_raw,
                          at->truth,
                          ret_value);
}

/* rows that the model's library would refuse have no quantity */
static gboolean
sampled_refuses(const ErrataModel *model, const ErrataModelRows *rows, gsize row)
{
    for (guint i = 0; i < model->inputs->len; i++) {
        const ErrataModelInput *input = errata_model_input(model, i);
        double value = rows->number[i] != NULL ? rows->number[i][row] : 0.0;

        if ((input->refuses_missing && isnan(value)) || (input->refuses_unseen && value < 0.0))
            return TRUE;
    }
    return FALSE;
}

/* keeps the background rows that the model gives something for */
static gboolean
sampled_keep_background(ErrataSampledShap *self, const ErrataModelRows *rows, GError **error)
{
    g_autoptr(ErrataEvaluator) evaluator =
        errata_evaluator_new(self->model, self->quantity, self->capacity);
    guint n_raw = self->quantity->n_raw;

    self->background = errata_model_cells_empty(self->model, rows->n_rows);
    self->raw = g_new(double, MAX(rows->n_rows, 1) * n_raw);
    for (gsize begin = 0; begin < rows->n_rows; begin += self->capacity) {
        gsize n = MIN(self->capacity, rows->n_rows - begin);

        for (gsize i = 0; i < n; i++)
            errata_model_cells_copy(evaluator->cells, i, rows, begin + i);
        if (!errata_evaluator_run(evaluator, n, error))
            return FALSE;
        for (gsize i = 0; i < n; i++) {
            const double *raw = evaluator->raw + i * n_raw;
            gboolean defined = !sampled_refuses(self->model, rows, begin + i);

            for (guint k = 0; k < n_raw; k++)
                defined = defined && isfinite(raw[k]);
            if (!defined)
                continue;
            errata_model_cells_copy(self->background, self->n_background, rows, begin + i);
            memcpy(self->raw + self->n_background++ * n_raw, raw, n_raw * sizeof *raw);
        }
    }
    self->background->rows.n_rows = self->n_background;
    if (self->n_background > 0)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_TOO_FEW_ROWS,
                "the background has no row that the model gives a %s for, out of %" G_GSIZE_FORMAT,
                errata_quantity_nick(self->quantity->kind),
                rows->n_rows);
    return FALSE;
}

/* what each value of a row does to the first row of the background, by itself; the evaluator holds
 * one mixture per input after it */
static gboolean
sampled_one_by_one(const SampledRow *at, double *ret_part, GError **error)
{
    const ErrataSampledShap *self = at->self;
    guint n_groups = self->quantity->n_groups;
    guint n_inputs = self->model->inputs->len;
    ErrataModelCells *cells = at->evaluator->cells;
    g_autofree double *base = g_new(double, n_groups);

    for (guint f = 0; f < n_inputs; f++) {
        errata_model_cells_copy(cells, f, &self->background->rows, 0);
        if (cells->number[f] != NULL)
            cells->number[f][f] = at->rows->number[f][at->row];
        else
            cells->text[f][f] = at->rows->text[f][at->row];
    }
    if (!errata_evaluator_run(at->evaluator, n_inputs, error))
        return FALSE;
    errata_quantity_value(self->quantity, self->raw, at->truth, base);
    for (guint f = 0; f < n_inputs; f++) {
        sampled_value(at, f, ret_part + (gsize)f * n_groups);
        for (guint g = 0; g < n_groups; g++)
            ret_part[(gsize)f * n_groups + g] -= base[g];
    }
    return TRUE;
}

/* whether parts add up to the way from the first background row to @value */
static gboolean
sampled_adds_up(const ErrataSampledShap *self, const double *part, const double *value)
{
    guint n_groups = self->quantity->n_groups;
    g_autofree double *base = g_new(double, n_groups);

    errata_quantity_value(self->quantity, self->raw, (double)NAN, base);
    for (guint g = 0; g < n_groups; g++) {
        double sum = base[g];

        for (guint f = 0; f < self->model->inputs->len; f++)
            sum += part[(gsize)f * n_groups + g];
        if (!(fabs(sum - value[g]) <= self->tolerance * fmax(1.0, fabs(value[g]))))
            return FALSE;
    }
    return TRUE;
}

/* tries whether the quantity is a sum of functions of one input each, and works out the mean of
 * each over the background */
static gboolean
sampled_try_sum(ErrataSampledShap *self, GError **error)
{
    guint n_groups = self->quantity->n_groups;
    gsize width = (gsize)self->model->inputs->len * n_groups;
    g_autoptr(ErrataEvaluator) evaluator =
        errata_evaluator_new(self->model, self->quantity, self->capacity);
    g_autofree double *part = g_new(double, MAX(width, 1));
    g_autofree double *value = g_new(double, n_groups);
    SampledRow at = {.self = self,
                     .evaluator = evaluator,
                     .rows = &self->background->rows,
                     .truth = (double)NAN};

    self->part = g_new0(double, MAX(width, 1));
    for (at.row = 0; at.row < self->n_background; at.row++) {
        if (!sampled_one_by_one(&at, part, error))
            return FALSE;
        errata_quantity_value(self->quantity,
                              self->raw + at.row * self->quantity->n_raw,
                              (double)NAN,
                              value);
        if (!sampled_adds_up(self, part, value))
            return TRUE;
        for (gsize i = 0; i < width; i++)
            self->part[i] += part[i] / (double)self->n_background;
    }
    self->is_additive = self->n_background > 1;
    return TRUE;
}

/**
 * errata_sampled_shap_new:
 * @model: a model that runs
 * @quantity: (transfer none): a quantity of its outputs; must outlive the result
 * @background: rows that a feature's absence is taken from; copied, its texts must outlive the
 *   result
 * @max_rounds: most rounds through the background per row
 * @seed: of the orders
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_TOO_FEW_ROWS when the model gives nothing for any background row;
 * %ERRATA_ERROR_LIMIT for a model of more than 1024 inputs; those of the model.
 *
 * Returns: (transfer full): what rows are explained with, or %NULL with @error set
 */
ErrataSampledShap *
errata_sampled_shap_new(ErrataModel *model,
                        const ErrataQuantity *quantity,
                        const ErrataModelRows *background,
                        guint max_rounds,
                        guint64 seed,
                        GError **error)
{
    g_autoptr(ErrataSampledShap) self = NULL;

    if (model->inputs->len > SAMPLED_INPUTS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the model reads %u inputs; shares by permutation are worked out for up to %u",
                    model->inputs->len,
                    SAMPLED_INPUTS);
        return NULL;
    }
    self = g_new0(ErrataSampledShap, 1);
    self->model = errata_model_ref(model);
    self->quantity = quantity;
    self->read = errata_model_reads(model);
    self->capacity = MAX(SAMPLED_CAPACITY, 2 * model->inputs->len);
    self->max_rounds = max_rounds;
    self->most_exact = SAMPLED_EXACT;
    self->seed = seed;
    self->tolerance = SAMPLED_TOLERANCE;
    for (guint k = 0; k < quantity->n_raw; k++)
        if (errata_model_output(model, quantity->output[k])->single)
            self->tolerance = SAMPLED_SINGLE;
    if (!sampled_keep_background(self, background, error) ||
        (quantity->kind == ERRATA_QUANTITY_MARGIN && !sampled_try_sum(self, error)))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * errata_sampled_shap_enumerate:
 * @self: what rows are to be explained with; not yet in use
 * @most_runs: runs of the model that a row may take
 *
 * Lets all coalitions of a row's values be run, so that shares are exact, where those of all that
 * the model reads take no more runs and are 14 at most; rows that are explained in number have it
 * for five.
 */
void
errata_sampled_shap_enumerate(ErrataSampledShap *self, gsize most_runs)
{
    guint n = 0;

    for (guint f = 0; f < self->model->inputs->len; f++)
        n += self->read[f] != 0 ? 1 : 0;
    if (n > SAMPLED_MOST || self->n_background << n > most_runs)
        return;
    self->most_exact = MAX(self->most_exact, n);
    self->capacity = MAX(self->capacity, (gsize)1 << self->most_exact);
}

/* the quantity was found to be a sum of functions of one input each */
gboolean
errata_sampled_shap_is_additive(const ErrataSampledShap *self)
{
    return self->is_additive;
}

/* the rows that a feature's absence is taken from: those that the model gives something for */
const ErrataModelRows *
errata_sampled_shap_background(const ErrataSampledShap *self)
{
    return &self->background->rows;
}

/* how far shares of exact sums may be from adding up, given the precision of the model's outputs */
double
errata_sampled_shap_tolerance(const ErrataSampledShap *self)
{
    return self->tolerance;
}

/* what the background says of the quantity, with the label of the row */
static void
sampled_prepare(const SampledRow *at)
{
    const ErrataSampledShap *self = at->self;
    guint n_groups = self->quantity->n_groups;
    g_autofree double *low = g_memdup2(at->value, n_groups * sizeof *low);
    g_autofree double *high = g_memdup2(at->value, n_groups * sizeof *high);

    memset(at->bias, 0, n_groups * sizeof *at->bias);
    for (gsize r = 0; r < self->n_background; r++) {
        double *value = at->base + r * n_groups;

        errata_quantity_value(self->quantity,
                              self->raw + r * self->quantity->n_raw,
                              at->truth,
                              value);
        for (guint g = 0; g < n_groups; g++) {
            at->bias[g] += value[g] / (double)self->n_background;
            low[g] = fmin(low[g], value[g]);
            high[g] = fmax(high[g], value[g]);
        }
    }
    for (guint g = 0; g < n_groups; g++)
        at->range[g] = high[g] - low[g];
}

/* exact, where the row adds up; @ret_done tells */
static gboolean
sampled_sum(const SampledRow *at, gboolean *ret_done, GError **error)
{
    const ErrataSampledShap *self = at->self;
    guint n_groups = self->quantity->n_groups;
    guint n_inputs = self->model->inputs->len;
    g_autofree double *part = g_new(double, MAX((gsize)n_inputs * n_groups, 1));

    if (!sampled_one_by_one(at, part, error))
        return FALSE;
    *ret_done = sampled_adds_up(self, part, at->value);
    for (guint f = 0; *ret_done && f < n_inputs; f++)
        for (guint g = 0; g < n_groups; g++) {
            gsize place = (gsize)f * n_groups + g;

            at->phi[(gsize)g * (n_inputs + 1) + f] = part[place] - self->part[place];
        }
    return TRUE;
}

static gboolean
sampled_share(const SampledRow *at, ErrataSampledCheck *check, GError **error)
{
    const ErrataSampledShap *self = at->self;
    guint n_inputs = self->model->inputs->len;
    gboolean done = FALSE;

    sampled_prepare(at);
    if (self->is_additive && !sampled_sum(at, &done, error))
        return FALSE;
    *at->ret_error = *at->ret_size = 0.0;
    if (!done && !sampled_permute(at, error))
        return FALSE;
    check->n_sampled += *at->ret_error > 0.0 ? 1 : 0;
    check->error = fmax(check->error, *at->ret_error);
    check->size = fmax(check->size, *at->ret_size);
    for (guint g = 0; g < self->quantity->n_groups; g++) {
        double *phi = at->phi + (gsize)g * (n_inputs + 1);
        double sum = at->bias[g];
        /* what sums of the background's values are rounded to */
        double scale = fmax(1.0, fmax(fabs(at->value[g]), at->range[g]));

        for (guint f = 0; f < n_inputs; f++)
            sum += phi[f];
        phi[n_inputs] = at->bias[g];
        if (!isfinite(sum)) { /* the model has no number for some mixture of the rows */
            for (guint f = 0; f <= n_inputs; f++)
                phi[f] = (double)NAN;
            continue;
        }
        check->gap = fmax(check->gap, fabs(sum - at->value[g]) / scale);
    }
    return TRUE;
}

/* the quantity of a row of @rows; FALSE with no error where there is none */
static gboolean
sampled_quantity(SampledRow *at, double *ret_value, gboolean *ret_defined, GError **error)
{
    const ErrataSampledShap *self = at->self;

    errata_model_cells_copy(at->evaluator->cells, 0, at->rows, at->row);
    if (!errata_evaluator_run(at->evaluator, 1, error))
        return FALSE;
    sampled_value(at, 0, ret_value);
    *ret_defined = !sampled_refuses(self->model, at->rows, at->row);
    for (guint g = 0; g < self->quantity->n_groups; g++)
        *ret_defined = *ret_defined && isfinite(ret_value[g]);
    return TRUE;
}

/**
 * errata_sampled_shap_rows:
 * @self: what to explain with
 * @rows: rows
 * @first_row: number of the first of them in the log, for the random numbers
 * @truth: (array) (nullable): their labels, for losses
 * @ret_phi: (out caller-allocates): per row and number of the quantity the share of each input,
 *   then the mean over the background; NaN for rows that the model gives nothing for
 * @check: (inout): added to
 * @error: return location for a #GError
 *
 * Interventional Shapley values of the quantity itself; exact for sums and for rows that differ
 * from each background row in at most five inputs (or as errata_sampled_shap_enumerate() has it),
 * else estimates. Adds up for every row.
 *
 * Errors: those of the model.
 *
 * Returns: whether the model ran
 */
gboolean
errata_sampled_shap_rows(const ErrataSampledShap *self,
                         const ErrataModelRows *rows,
                         guint64 first_row,
                         const double *truth,
                         double *ret_phi,
                         ErrataSampledCheck *check,
                         GError **error)
{
    guint n_groups = self->quantity->n_groups;
    gsize n_row = (gsize)n_groups * (self->model->inputs->len + 1);
    g_autoptr(ErrataEvaluator) evaluator =
        errata_evaluator_new(self->model, self->quantity, self->capacity);
    g_autofree double *value = g_new(double, n_groups);
    g_autofree double *bias = g_new(double, n_groups);
    g_autofree double *range = g_new(double, n_groups);
    g_autofree double *base = g_new(double, self->n_background *n_groups);
    double deviation = 0.0, size = 0.0;
    SampledRow at = {.self = self,
                     .evaluator = evaluator,
                     .rows = rows,
                     .value = value,
                     .bias = bias,
                     .range = range,
                     .base = base,
                     .ret_error = &deviation,
                     .ret_size = &size};

    for (at.row = 0; at.row < rows->n_rows; at.row++) {
        gboolean defined;

        at.stream = first_row + at.row;
        at.truth = truth != NULL ? truth[at.row] : (double)NAN;
        at.phi = ret_phi + at.row * n_row;
        if (!sampled_quantity(&at, value, &defined, error))
            return FALSE;
        if (!defined) {
            check->n_undefined++;
            for (gsize i = 0; i < n_row; i++)
                at.phi[i] = (double)NAN;
        } else if (!sampled_share(&at, check, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
