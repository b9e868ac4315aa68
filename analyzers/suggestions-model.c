/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gains measured by asking the model itself: rows scored again with a unit undone, with values
 * written as before, or with a column's values exchanged among rows. */
#include <math.h>
#include <string.h>

#include "evaluator.h"
#include "intervals.h"
#include "model-use.h"
#include "rng.h"
#include "suggestions.h"

#define MODEL_ROWS    2000 /* scored again at most */
#define MODEL_LEAST   30
#define MODEL_LEVEL   0.95
#define MODEL_STAGE   29
#define MODEL_CELSIUS 1.8

typedef struct {
    const ErrataAnalysis *analysis;
    ErrataQuantity *quantity;
    ErrataEvaluator *evaluator;
    ErrataModelCells *cells;
    ErrataModelCells *as_before; /* nullable: with values written as before */
    gsize *row;
    gsize n;
    guint input;
} Again;

static void
again_clear(Again *self)
{
    errata_evaluator_free(self->evaluator);
    errata_quantity_free(self->quantity);
    errata_model_cells_free(self->cells);
    errata_model_cells_free(self->as_before);
    g_free(self->row);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Again, again_clear)

/* the model's input that reads a column of numbers */
static gboolean
again_find_input(const ErrataAnalysis *analysis, const char *column, guint *ret_input)
{
    for (guint f = 0; column != NULL && f < analysis->model->inputs->len; f++) {
        const ErrataColumn *bound = errata_model_binding_column(analysis->use->match->binding, f);

        if (bound != NULL && g_str_equal(bound->name, column)) {
            *ret_input = f;
            return TRUE;
        }
    }
    return FALSE;
}

/* judged rows among @among (all where NULL), evenly, with their cells */
static gboolean
again_prepare(Again *self, const char *column, const guint32 *among, gsize n_among)
{
    const ErrataAnalysis *analysis = self->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n_all = among != NULL ? n_among : outcome->n_rows;
    gsize step = MAX(n_all / MODEL_ROWS, 1);

    if (analysis->use == NULL || !analysis->use->is_sure || analysis->use->truth == NULL ||
        isnan(analysis->use->match->agreement) || !again_find_input(analysis, column, &self->input))
        return FALSE;
    if (outcome->task != ERRATA_TASK_REGRESSION)
        self->quantity =
            errata_quantity_of_outputs(analysis->model, ERRATA_QUANTITY_PROBABILITY, NULL);
    else if (errata_model_match_is_same(analysis->use->match)) /* errors are on the log's scale */
        self->quantity = errata_quantity_of_prediction(analysis->model);
    if (self->quantity == NULL)
        return FALSE;
    self->row = g_new(gsize, n_all / step + 2);
    for (gsize i = 0; i < n_all && self->n < MODEL_ROWS; i += step) {
        gsize row = among != NULL ? among[i] : i;

        if (outcome->judged[row] != 0 && !isnan(analysis->use->truth[row]))
            self->row[self->n++] = row;
    }
    if (self->n < MODEL_LEAST)
        return FALSE;
    self->cells = errata_model_cells_new(analysis->use->match->binding, self->row, self->n);
    self->evaluator = errata_evaluator_new(analysis->model, self->quantity, self->n);
    return TRUE;
}

/* how wrong the model is about a row of the last run: 0 or 1; of numbers by how much */
static double
again_loss(const Again *self, gsize i)
{
    const double *raw = self->evaluator->raw + i * self->quantity->n_raw;
    double cut = self->analysis->schema->threshold;
    double truth = self->analysis->use->truth[self->row[i]];
    ErrataModelScale scale = self->analysis->use->match->scale;
    guint best = 0;

    if (self->analysis->outcome->task == ERRATA_TASK_REGRESSION)
        return fabs(errata_model_scale_apply(scale, raw[0]) -
                    errata_model_scale_apply(scale, truth));
    if (self->quantity->n_raw == 1)
        return (raw[0] >= (isnan(cut) ? 0.5 : cut)) != (truth > 0.5) ? 1.0 : 0.0;
    for (guint k = 1; k < self->quantity->n_raw; k++)
        if (raw[k] > raw[best])
            best = k;
    return best != (guint)truth ? 1.0 : 0.0;
}

/* losses with the cells as they stand in the evaluator; FALSE where the model fails, or has no
 * number */
static gboolean
again_run(Again *self, double *ret_loss)
{
    if (!errata_evaluator_run(self->evaluator, self->n, NULL))
        return FALSE;
    for (gsize i = 0; i < self->n; i++) {
        ret_loss[i] = again_loss(self, i);
        if (!isfinite(ret_loss[i]))
            return FALSE;
    }
    return TRUE;
}

static void
again_fill(Again *self)
{
    for (gsize i = 0; i < self->n; i++)
        errata_model_cells_copy(self->evaluator->cells, i, &self->cells->rows, i);
}

/* the metric of all judged rows, had the @n_stood_for rows that the sample stands for done so */
static void
again_tell(const Again *self,
           const double *before,
           const double *after,
           gsize n_stood_for,
           const char *method,
           ErrataSuggestion *suggestion)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gboolean real = outcome->task == ERRATA_TASK_REGRESSION;
    ErrataRate all = errata_suggestions_side(outcome, NULL, 0);
    double part = (double)n_stood_for / (double)MAX(outcome->n_judged, 1);
    double mean = 0.0, square = 0.0;
    ErrataInterval interval;

    for (gsize i = 0; i < self->n; i++)
        mean += (before[i] - after[i]) / (double)self->n;
    for (gsize i = 0; i < self->n; i++)
        square += (before[i] - after[i] - mean) * (before[i] - after[i] - mean) / (double)self->n;
    interval = errata_intervals_normal(mean, square / (double)self->n, MODEL_LEVEL);
    g_free(suggestion->metric);
    g_free(suggestion->method);
    suggestion->metric = g_strdup(real ? "mae" : "accuracy");
    suggestion->from = real ? errata_rate_mean(&all) : 1.0 - errata_rate_mean(&all);
    suggestion->to = suggestion->from + part * (real ? -mean : mean);
    suggestion->lo = part * interval.lo;
    suggestion->hi = part * interval.hi;
    suggestion->upper_bound = FALSE;
    suggestion->method = g_strdup(method);
}

/* a value as it was before its unit changed */
static double
again_undo(double value, double factor)
{
    if (fabs(factor - MODEL_CELSIUS) < 1e-9)
        return (value - 32.0) / MODEL_CELSIUS;
    if (fabs(factor - 1.0 / MODEL_CELSIUS) < 1e-9)
        return value * MODEL_CELSIUS + 32.0;
    return value / factor;
}

/* numbers of the evaluator's rows with a unit taken back */
static gboolean
again_undo_unit(Again *self, const ErrataFinding *finding)
{
    double factor = finding->subject.factor;
    double *number = self->evaluator->cells->number[self->input];

    if (g_strcmp0(finding->subject.bug, "unit-change") != 0 || !isfinite(factor) ||
        !(fabs(factor) > 0.0) || number == NULL)
        return FALSE;
    for (gsize i = 0; i < self->n; i++)
        number[i] = again_undo(number[i], factor);
    return TRUE;
}

static int
again_code(const ErrataColumn *column, const char *value)
{
    for (guint i = 0; i < column->n_dictionary; i++)
        if (g_str_equal(column->dictionary[i], value))
            return (int)i;
    return -1;
}

/* by code of the column, the first row of the log that has the value it stood for; n_rows for
 * none */
static gsize *
again_donors(const ErrataColumn *column, char **undo)
{
    gsize *donor = g_new(gsize, (gsize)column->n_dictionary + 1);
    g_autofree gsize *first = g_new(gsize, (gsize)column->n_dictionary + 1);

    for (guint i = 0; i < column->n_dictionary; i++)
        donor[i] = first[i] = column->n_rows;
    for (gsize row = column->n_rows; row-- > 0;)
        if (errata_column_is_valid(column, row))
            first[column->code[row]] = row;
    for (guint i = 0; undo[i] != NULL && undo[i + 1] != NULL; i += 2) {
        int now = again_code(column, undo[i]), was = again_code(column, undo[i + 1]);

        if (now >= 0 && was >= 0)
            donor[now] = first[was];
    }
    return donor;
}

/* likewise as texts: the log need not have the value as it was */
static gboolean
again_write(Again *self, const ErrataColumn *column, const ErrataFinding *finding)
{
    const char **text = self->evaluator->cells->text[self->input];
    gboolean any = FALSE;

    for (guint k = 0; text != NULL && finding->undo[k] != NULL && finding->undo[k + 1] != NULL;
         k += 2) {
        int now = again_code(column, finding->undo[k]);

        for (gsize i = 0; now >= 0 && i < self->n; i++)
            if (errata_column_is_valid(column, self->row[i]) &&
                column->code[self->row[i]] == (guint32)now) {
                text[i] = finding->undo[k + 1];
                any = TRUE;
            }
    }
    return any;
}

/* cells of the evaluator's rows as rows have them in which the value is written as before */
static gboolean
again_undo_codes(Again *self, const ErrataFinding *finding)
{
    const ErrataModelBinding *binding = self->analysis->use->match->binding;
    const ErrataColumn *column = errata_model_binding_column(binding, self->input);
    g_autofree gsize *donor = NULL;
    g_autofree gsize *from = g_new(gsize, self->n);
    gboolean any = FALSE;

    if (finding->undo == NULL || column->type != ERRATA_COLUMN_CATEGORY)
        return FALSE;
    donor = again_donors(column, finding->undo);
    for (gsize i = 0; i < self->n; i++) {
        gsize row = self->row[i];

        from[i] = errata_column_is_valid(column, row) && donor[column->code[row]] < column->n_rows
                      ? donor[column->code[row]]
                      : row;
        any = any || from[i] != row;
    }
    errata_model_cells_free(self->as_before);
    self->as_before = errata_model_cells_new(binding, from, self->n);
    for (gsize i = 0; i < self->n && any; i++) {
        if (self->cells->number[self->input] != NULL)
            self->evaluator->cells->number[self->input][i] =
                self->as_before->number[self->input][i];
        else
            self->evaluator->cells->text[self->input][i] = self->as_before->text[self->input][i];
    }
    return again_write(self, column, finding) || any;
}

/**
 * errata_suggestions_model_undo:
 * @finding: a unit that changed, or values that are written otherwise
 *
 * The rows of the window scored again by the model, with the factor taken back or the values mapped
 * back.
 *
 * Returns: whether the model could be asked
 */
gboolean
errata_suggestions_model_undo(const ErrataAnalysis *analysis,
                              const ErrataFinding *finding,
                              ErrataSuggestion *suggestion)
{
    g_auto(Again) self = {.analysis = analysis};
    g_autofree double *before = NULL;
    g_autofree double *after = NULL;
    gboolean codes;
    gsize n_judged = 0;

    if (finding->row == NULL ||
        (g_strcmp0(finding->subject.bug, "unit-change") != 0 && finding->undo == NULL) ||
        !again_prepare(&self, finding->subject.column, finding->row, finding->n_rows))
        return FALSE;
    before = g_new(double, self.n);
    after = g_new(double, self.n);
    again_fill(&self);
    if (!again_run(&self, before))
        return FALSE;
    again_fill(&self);
    codes = again_undo_codes(&self, finding);
    if ((!codes && !again_undo_unit(&self, finding)) || !again_run(&self, after))
        return FALSE;
    for (gsize i = 0; i < finding->n_rows; i++)
        n_judged += analysis->outcome->judged[finding->row[i]] != 0 ? 1 : 0;
    again_tell(&self,
               before,
               after,
               n_judged,
               codes ? "replayed: the model scored these rows again, with the values mapped back"
                     : "replayed: the model scored these rows again, with the unit undone",
               suggestion);
    return TRUE;
}

/**
 * errata_suggestions_model_permute:
 * @column: name of one that leaks
 *
 * Rows scored again by the model, the column's values exchanged among them.
 *
 * Returns: whether the model reads the column and could be asked
 */
gboolean
errata_suggestions_model_permute(const ErrataAnalysis *analysis,
                                 const char *column,
                                 ErrataSuggestion *suggestion)
{
    g_auto(Again) self = {.analysis = analysis};
    ErrataRng rng = errata_rng_init(analysis->settings->seed, MODEL_STAGE, 0);
    g_autofree double *before = NULL;
    g_autofree double *after = NULL;

    if (!again_prepare(&self, column, NULL, 0))
        return FALSE;
    before = g_new(double, self.n);
    after = g_new(double, self.n);
    again_fill(&self);
    if (!again_run(&self, before))
        return FALSE;
    again_fill(&self);
    for (gsize i = 0; i < self.n; i++) {
        gsize other = errata_rng_below(&rng, self.n);

        if (self.cells->number[self.input] != NULL)
            self.evaluator->cells->number[self.input][i] = self.cells->number[self.input][other];
        else
            self.evaluator->cells->text[self.input][i] = self.cells->text[self.input][other];
    }
    if (!again_run(&self, after))
        return FALSE;
    again_tell(&self,
               before,
               after,
               analysis->outcome->n_judged,
               "replayed: the model scored rows again, the column’s values exchanged among them",
               suggestion);
    return TRUE;
}
