/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log with labels but without predictions, given together with a model: what the model says of
 * its rows stands in for what was not logged. A table of tests is such a log. */
#include "model-answers.h"

#include <math.h>

#include "evaluator.h"
#include "model-rows.h"
#include "model-truth.h"

#define ANSWERS_BLOCK 2048

/* whether labels are there, and nothing says what was predicted */
static gboolean
answers_are_wanted(const ErrataSchema *schema)
{
    if (schema->label < 0 || schema->prediction >= 0 || schema->score >= 0)
        return FALSE;
    for (guint i = 0; i < schema->n_columns; i++)
        if (schema->columns[i].role == ERRATA_ROLE_SCORE ||
            schema->columns[i].role == ERRATA_ROLE_PREDICTION)
            return FALSE;
    return schema->task == ERRATA_TASK_BINARY || schema->task == ERRATA_TASK_MULTICLASS ||
           schema->task == ERRATA_TASK_REGRESSION;
}

/* the log as the model's inputs, where it has all of them */
static ErrataModelBinding *
answers_bind(ErrataModel *model, const ErrataFrame *frame)
{
    g_autoptr(GPtrArray) unheard = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModelBinding) binding = errata_model_binding_open(model, frame, unheard, NULL);

    for (guint i = 0; binding != NULL && i < model->inputs->len; i++)
        if (errata_model_binding_column(binding, i) == NULL)
            return NULL;
    return g_steal_pointer(&binding);
}

/* what is asked for, with the model's class of each of the log's; NULL where classes are not known
 * by their names */
static ErrataQuantity *
answers_quantity(const ErrataModel *model, const ErrataSchema *schema, int *ret_class)
{
    g_autoptr(ErrataQuantity) quantity = NULL;
    g_autoptr(GPtrArray) by_order = g_ptr_array_new_with_free_func(g_free);

    if (schema->task == ERRATA_TASK_REGRESSION)
        return errata_quantity_of_prediction(model);
    quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_PROBABILITY, NULL);
    if (quantity == NULL || MAX(quantity->n_raw, 2) != schema->n_classes ||
        !errata_model_truth_classes(model, schema->n_classes, schema, ret_class, by_order, NULL))
        return NULL;
    if (by_order->len > 0 && (schema->n_classes > 2 || schema->positive < 0))
        return NULL;
    return g_steal_pointer(&quantity);
}

static gboolean
answers_run(ErrataEvaluator *evaluator,
            const ErrataModelBinding *binding,
            gsize n_rows,
            double *ret_raw)
{
    guint n_raw = evaluator->quantity->n_raw;
    gsize row[ANSWERS_BLOCK];

    for (gsize begin = 0; begin < n_rows; begin += ANSWERS_BLOCK) {
        gsize n = MIN(ANSWERS_BLOCK, n_rows - begin);
        g_autoptr(ErrataModelCells) cells = NULL;

        for (gsize i = 0; i < n; i++)
            row[i] = begin + i;
        cells = errata_model_cells_new(binding, row, n);
        for (gsize i = 0; i < n; i++)
            errata_model_cells_copy(evaluator->cells, i, &cells->rows, i);
        if (!errata_evaluator_run(evaluator, n, NULL))
            return FALSE;
        for (gsize i = 0; i < n * n_raw; i++)
            ret_raw[begin * n_raw + i] = evaluator->raw[i];
    }
    return TRUE;
}

/* @class of the model; −1 for the number that it predicts */
static ErrataColumn *
answers_column(const char *name, const double *raw, guint n_raw, int class, gsize n_rows)
{
    ErrataColumn *column = errata_column_new(name, ERRATA_COLUMN_F64, n_rows);

    g_free(column->valid);
    column->valid = g_new0(guint64, n_rows / 64 + 1);
    for (gsize row = 0; row < n_rows; row++) {
        const double *of = raw + row * n_raw;
        double value = class < 0 ? of[0] : n_raw > 1 ? of[class] : class == 1 ? of[0] : 1.0 - of[0];

        column->f64[row] = isfinite(value) ? value : (double)NAN;
        if (isfinite(value))
            column->valid[row >> 6] |= G_GUINT64_CONSTANT(1) << (row & 63);
        else
            column->n_missing++;
    }
    return column;
}

/* under the names by which a log would have them; FALSE where one is taken */
static gboolean
answers_columns(const ErrataFrame *frame,
                const ErrataSchema *schema,
                const int *class,
                const double *raw,
                guint n_raw,
                GPtrArray *ret_columns)
{
    gboolean many = schema->task == ERRATA_TASK_MULTICLASS;

    for (guint i = 0; i < (many ? schema->n_classes : 1); i++) {
        g_autofree char *name = many ? g_strconcat("prob_", schema->classes[i], NULL)
                                : schema->task == ERRATA_TASK_BINARY ? g_strdup("score")
                                                                     : g_strdup("prediction");
        int of = many                                 ? class[i]
                 : schema->task == ERRATA_TASK_BINARY ? class[MAX(schema->positive, 0)]
                                                      : -1;

        if (errata_frame_find(frame, name, NULL) != NULL)
            return FALSE;
        g_ptr_array_add(ret_columns, answers_column(name, raw, n_raw, of, frame->n_rows));
    }
    return TRUE;
}

/**
 * errata_model_answers_extend:
 * @model: (nullable): the model that was given with a log
 * @frame: the log; must outlive the result
 * @schema: its roles, as they are without predictions
 * @warnings: (element-type utf8): gets what was done
 *
 * One run of the model per row.
 *
 * Returns: (transfer full) (nullable): the log with what the model says of its rows as further
 * columns:
 *   the score of the positive class, one per class, or the number predicted. %NULL where the log
 *   tells itself what was predicted, has no labels, or lacks a column of the model
 */
ErrataFrame *
errata_model_answers_extend(ErrataModel *model,
                            const ErrataFrame *frame,
                            const ErrataSchema *schema,
                            GPtrArray *warnings)
{
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(ErrataQuantity) quantity = NULL;
    g_autoptr(ErrataEvaluator) evaluator = NULL;
    g_autoptr(GPtrArray) columns = NULL;
    g_autofree int *class = g_new0(int, schema->n_classes + 1);
    g_autofree double *raw = NULL;
    guint n_columns;

    if (model == NULL || model->klass == NULL || model->is_unsafe || !answers_are_wanted(schema))
        return NULL;
    binding = answers_bind(model, frame);
    quantity = binding != NULL ? answers_quantity(model, schema, class) : NULL;
    if (quantity == NULL)
        return NULL;
    evaluator = errata_evaluator_new(model, quantity, MIN(frame->n_rows, ANSWERS_BLOCK));
    raw = g_new(double, frame->n_rows * quantity->n_raw + 1);
    columns = g_ptr_array_new_with_free_func((GDestroyNotify)errata_column_free);
    if (!answers_run(evaluator, binding, frame->n_rows, raw) ||
        !answers_columns(frame, schema, class, raw, quantity->n_raw, columns))
        return NULL;
    g_ptr_array_add(
        warnings,
        g_strdup("the log holds no predictions: what the model says of its rows stands in "
                 "for them, so it is the model in this file that is judged"));
    n_columns = columns->len;
    g_ptr_array_set_free_func(columns, NULL); /* they are the frame's */
    return errata_frame_extend(frame, (ErrataColumn **)columns->pdata, n_columns);
}
