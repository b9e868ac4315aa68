/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ONNX models of tables: trees, linear models and what prepares their columns (ai.onnx.ml), with
 * the plain operators that such exports use. Others are described, with the operator that stops
 * them. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "model-format.h"
#include "number.h"
#include "onnx-private.h"
#include "plugin.h"
#include "text-hash.h"

extern const ErrataPlugin errata_plugin_onnx;

static void
onnx_op_free(gpointer data)
{
    OnnxOp *op = data;
    g_free(op->in);
    g_clear_pointer(&op->keys, g_array_unref);
    g_clear_pointer(&op->values, g_array_unref);
    if (!op->has_lent)
        errata_trees_free(op->trees);
    g_free(op);
}

static void
onnx_body_free(gpointer data)
{
    OnnxBody *self = data;
    onnx_file_free(self->file);
    g_ptr_array_unref(self->ops);
    g_array_unref(self->constants);
    g_array_unref(self->shapes);
    g_array_unref(self->input_cell);
    g_array_unref(self->input_width);
    g_free(self->class_number);
    g_ptr_array_unref(self->classes);
    g_ptr_array_unref(self->made);
    onnx_texts_clear(self);
    g_free(self);
}

static guint
onnx_cell(OnnxBody *self, GHashTable *cells, const char *name)
{
    guint id = GPOINTER_TO_UINT(g_hash_table_lookup(cells, name));
    if (id == 0) {
        OnnxCell none = {0};
        OnnxShape unknown = {0};
        g_array_append_val(self->constants, none);
        g_array_append_val(self->shapes, unknown);
        id = ++self->n_cells;
        g_hash_table_insert(cells, (gpointer)(guintptr)name, GUINT_TO_POINTER(id));
    }
    return id - 1;
}

static void
onnx_add_constants(OnnxBody *self, GHashTable *cells)
{
    for (guint i = 0; i < self->file->initializers->len; i++) {
        const OnnxTensor *tensor = self->file->initializers->pdata[i];
        if (tensor->name == NULL)
            continue;
        guint id = onnx_cell(self, cells, tensor->name);
        g_array_index(self->constants, OnnxCell, id) = (OnnxCell){
            .n = tensor->numbers->len,
            .x = (double *)(gpointer)tensor->numbers->data,
            .is_double = tensor->type != ONNX_FLOAT,
        };
        g_array_index(self->shapes, OnnxShape, id) =
            onnx_shape_of_constant(tensor->dims, tensor->numbers->len, tensor->type);
    }
}

/* columns of an input: as told, or as what takes it does */
static guint
onnx_width(const OnnxBody *self, const OnnxValueInfo *info)
{
    if (info->columns > 0 && info->columns <= ERRATA_LIMIT_COLUMNS)
        return (guint)info->columns;
    for (guint i = 0; i < self->file->nodes->len; i++) {
        const OnnxNode *node = self->file->nodes->pdata[i];
        guint n = 0;
        if (node->inputs->len > 0 && g_str_equal(node->inputs->pdata[0], info->name))
            n = onnx_columns_taken(node);
        if (n > 0)
            return n;
    }
    return 0;
}

static gboolean
onnx_add_inputs(OnnxBody *self, GHashTable *cells, ErrataModelBuilder *builder, GError **error)
{
    guint n = self->file->inputs->len;
    for (guint i = 0; i < n; i++) {
        const OnnxValueInfo *info = self->file->inputs->pdata[i];
        guint width = onnx_width(self, info), id = onnx_cell(self, cells, info->name);
        gboolean is_number = info->type == ONNX_FLOAT || info->type == ONNX_DOUBLE ||
                             info->type == ONNX_INT64 || info->type == 6 || info->type == 9;
        gboolean is_text = info->type == ONNX_STRING;
        if ((!is_number && !is_text) || width == 0) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_UNSUPPORTED,
                        is_number || is_text ? "the input %s does not tell its columns"
                                             : "the input %s is no table of numbers or texts",
                        info->name);
            return FALSE;
        }
        if (!onnx_shape_of_input(info, width, &g_array_index(self->shapes, OnnxShape, id))) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_UNSUPPORTED,
                        "the input %s is no table: its rows are no lists of columns",
                        info->name);
            return FALSE;
        }
        if (is_text)
            onnx_text_mark(self, id);
        g_array_append_val(self->input_cell, id);
        g_array_append_val(self->input_width, width);
        for (guint k = 0; k < width; k++) {
            g_autofree char *name = width == 1 ? g_strdup(info->name)
                                    : n == 1   ? g_strdup_printf("x%u", k)
                                               : g_strdup_printf("%s_%u", info->name, k);
            errata_model_builder_add_input(builder,
                                           name,
                                           is_text ? ERRATA_MODEL_TEXT : ERRATA_MODEL_NUMBER,
                                           NULL);
        }
        self->n_inputs += width;
    }
    errata_model_builder_set_unnamed(builder, n == 1);
    return TRUE;
}

/* class labels of a classifying node; FALSE with @error when it has none */
static gboolean
onnx_read_classes(OnnxBody *self, OnnxOp *op, ErrataModelBuilder *builder, GError **error)
{
    static const char *const numbers[] = {"classlabels_int64s", "classlabels_ints"};
    const GPtrArray *texts = onnx_strings(op->node, "classlabels_strings");
    const GArray *ints = NULL;
    char buffer[ERRATA_NUMBER_BUFFER];
    for (guint i = 0; i < G_N_ELEMENTS(numbers) && ints == NULL; i++)
        ints = onnx_ints(op->node, numbers[i]);
    op->n_classes = texts != NULL ? texts->len : ints != NULL ? ints->len : 0;
    if (op->n_classes < 2 || op->n_classes > ERRATA_LIMIT_MODEL_OUTPUTS)
        return onnx_fail(error, op->node, "expected two class labels or more");
    if (self->n_classes > 0)
        return onnx_refuse(error, op->node, "a second classifier");
    GPtrArray *names = self->classes;
    self->n_classes = op->n_classes;
    self->class_number = texts == NULL ? g_new(double, op->n_classes) : NULL;
    for (guint k = 0; k < op->n_classes; k++) {
        if (texts == NULL)
            self->class_number[k] = (double)g_array_index(ints, gint64, k);
        g_ptr_array_add(names,
                        texts != NULL
                            ? g_strdup(texts->pdata[k])
                            : g_strdup(errata_number_print(self->class_number[k], buffer)));
    }
    g_ptr_array_add(names, NULL);
    errata_model_builder_set_classes(builder, (const char *const *)names->pdata);
    return TRUE;
}

/* a node that is nothing but its numbers */
static gboolean
onnx_add_constant(OnnxBody *self, const OnnxNode *node, GHashTable *cells, GError **error)
{
    const OnnxAttribute *value = node->attributes->len > 0 ? node->attributes->pdata[0] : NULL;
    const OnnxTensor *tensor = value != NULL ? value->tensor : NULL;
    if (node->outputs->len != 1 || value == NULL || (tensor != NULL && tensor->numbers->len == 0) ||
        value->strings->len > 0 || value->s != NULL)
        return onnx_refuse(error, node, "a constant without numbers");
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(double));
    g_ptr_array_add(self->made, numbers);
    if (tensor != NULL)
        g_array_append_vals(numbers, tensor->numbers->data, tensor->numbers->len);
    else if (value->floats->len > 0)
        g_array_append_vals(numbers, value->floats->data, value->floats->len);
    else if (g_strcmp0(value->name, "value_float") == 0)
        g_array_append_val(numbers, value->f);
    for (guint i = 0; i < value->ints->len; i++) {
        double one = (double)g_array_index(value->ints, gint64, i);
        g_array_append_val(numbers, one);
    }
    if (g_strcmp0(value->name, "value_int") == 0) {
        double one = (double)value->i;
        g_array_append_val(numbers, one);
    }
    gboolean is_whole = value->ints->len > 0 || g_strcmp0(value->name, "value_int") == 0;
    guint id = onnx_cell(self, cells, node->outputs->pdata[0]);
    g_array_index(self->constants, OnnxCell, id) = (OnnxCell){
        .n = numbers->len,
        .x = (double *)(gpointer)numbers->data,
        .is_double = tensor != NULL ? tensor->type != ONNX_FLOAT : is_whole,
    };
    gint64 n = numbers->len;
    g_autoptr(GArray) dims = g_array_new(FALSE, FALSE, sizeof n);
    if (g_str_has_suffix(value->name != NULL ? value->name : "", "s"))
        g_array_append_val(dims, n);
    g_array_index(self->shapes, OnnxShape, id) =
        onnx_shape_of_constant(tensor != NULL ? tensor->dims : dims,
                               numbers->len,
                               tensor != NULL ? tensor->type
                               : is_whole     ? ONNX_INT64
                                              : ONNX_FLOAT);
    return TRUE;
}

/* thresholds of single precision are compared with what is rounded to it; doubles are not */
static gboolean
onnx_rounds(const OnnxBody *self, const OnnxOp *op)
{
    for (guint i = 0; op->n_in > 0 && i < self->input_cell->len; i++)
        if (g_array_index(self->input_cell, guint, i) == op->in[0])
            return ((const OnnxValueInfo *)self->file->inputs->pdata[i])->type != ONNX_DOUBLE;
    return op->n_in > 0 && g_array_index(self->shapes, OnnxShape, op->in[0]).is_whole;
}

static gboolean
onnx_add_op(OnnxBody *self,
            const OnnxNode *node,
            GHashTable *cells,
            ErrataModelBuilder *builder,
            GError **error)
{
    if (g_str_equal(node->op, "Constant"))
        return onnx_add_constant(self, node, cells, error);
    OnnxOp *op = g_new0(OnnxOp, 1);
    g_ptr_array_add(self->ops, op);
    op->node = node;
    op->in = g_new0(guint, node->inputs->len + 1);
    static const char *const shaped[] = {"Reshape", "Squeeze", "Unsqueeze", NULL};
    gboolean is_shape = g_strv_contains(shaped, node->op) || g_str_has_prefix(node->op, "Reduce");
    for (guint i = 0; i < node->inputs->len; i++) {
        const char *name = node->inputs->pdata[i];
        if (name[0] == '\0' || (is_shape && i > 0))
            continue;
        if (!g_hash_table_contains(cells, name))
            return onnx_fail(error, node, "its input “%s” comes from nowhere before it", name);
        op->in[op->n_in++] = onnx_cell(self, cells, name);
    }
    if (node->outputs->len == 0)
        return onnx_fail(error, node, "no output");
    op->label = onnx_cell(self, cells, node->outputs->pdata[0]);
    op->out = onnx_cell(self, cells, node->outputs->pdata[node->outputs->len - 1]);
    if (g_str_has_suffix(node->op, "Classifier")) {
        if (node->outputs->len != 2)
            return onnx_fail(error, node, "expected two outputs");
        if (!onnx_read_classes(self, op, builder, error))
            return FALSE;
    }
    if (!onnx_compile_op(op, error))
        return FALSE;
    if (op->trees != NULL)
        op->trees->cast_float = onnx_rounds(self, op);
    return onnx_compile_texts(self, op, error) && onnx_compile_label(self, op, builder, error) &&
           onnx_find_shape(self, op, cells, error);
}

/* Which cell is the prediction and which the probabilities: followed back to the classifier. */
static gboolean
onnx_add_outputs(OnnxBody *self, GHashTable *cells, ErrataModelBuilder *builder, GError **error)
{
    gboolean is_double = FALSE;
    self->prediction = self->shares = G_MAXUINT;
    if (self->file->outputs->len == 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_INVALID_DATA,
                            "expected an output of the graph");
        return FALSE;
    }
    for (guint i = 0; i < self->file->outputs->len; i++) {
        const OnnxValueInfo *info = self->file->outputs->pdata[i];
        if (!g_hash_table_contains(cells, info->name)) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "nothing gives the output “%s”",
                        info->name);
            return FALSE;
        }
        guint id = onnx_cell(self, cells, info->name);
        gboolean is_label = info->type == ONNX_INT64 || info->type == ONNX_STRING;
        if (self->n_classes == 0 || (is_label && self->prediction == G_MAXUINT))
            self->prediction = self->prediction == G_MAXUINT ? id : self->prediction;
        else if (!is_label && self->shares == G_MAXUINT &&
                 g_array_index(self->shapes, OnnxShape, id).width == self->n_classes) {
            self->shares = id;
            is_double = info->type == ONNX_DOUBLE;
        }
    }
    const OnnxValueInfo *first = self->file->outputs->pdata[0];
    const OnnxShape *shape = self->n_classes == 0
                                 ? &g_array_index(self->shapes, OnnxShape, self->prediction)
                                 : NULL;
    if (shape != NULL && !onnx_shape_agrees(shape, first)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "the output %s is declared in another shape than is computed: %u numbers a row",
                    first->name,
                    shape->width);
        return FALSE;
    }
    self->n_fields = shape != NULL ? shape->width : 0;
    for (guint k = 0; self->n_fields > 1 && k < self->n_fields; k++) {
        g_autofree char *name = g_strdup_printf("%s_%u", first->name, k);
        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_FIELD,
                                        ERRATA_MODEL_NUMBER,
                                        NULL)
            ->single = first->type != ONNX_DOUBLE;
    }
    if (self->n_fields > 1)
        return TRUE;
    gboolean is_number = self->n_classes == 0 || self->class_number != NULL;
    errata_model_builder_add_output(builder,
                                    "prediction",
                                    ERRATA_MODEL_PREDICTION,
                                    is_number ? ERRATA_MODEL_NUMBER : ERRATA_MODEL_TEXT,
                                    NULL)
        ->single = self->n_classes == 0 && first->type != ONNX_DOUBLE;
    for (guint k = 0; self->shares != G_MAXUINT && k < self->n_classes; k++) {
        g_autofree char *name = g_strdup_printf("probability(%s)",
                                                (const char *)self->classes->pdata[k]);
        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_PROBABILITY,
                                        ERRATA_MODEL_NUMBER,
                                        self->classes->pdata[k])
            ->single = !is_double;
    }
    return TRUE;
}

/* @until: (nullable): an operator that is not run any more */
static gboolean
onnx_run_row(const OnnxBody *self,
             const OnnxOp *until,
             const ErrataModelRows *rows,
             gsize at,
             OnnxRow *row,
             GError **error)
{
    guint column = 0;
    memcpy(row->cell, self->constants->data, self->n_cells * sizeof *row->cell);
    row->block = 0;
    row->used = 0;
    row->lacks = FALSE;
    for (guint i = 0; i < self->input_cell->len; i++) {
        const OnnxValueInfo *info = self->file->inputs->pdata[i];
        guint width = g_array_index(self->input_width, guint, i);
        double *x = onnx_alloc(row, width);
        for (guint k = 0; k < width; k++) {
            if (info->type == ONNX_STRING)
                x[k] = onnx_text_code(self, rows->text[column][at]);
            else
                x[k] = rows->number[column][at];
            if (info->type == ONNX_FLOAT)
                x[k] = (double)(float)x[k];
            column++;
        }
        row->cell[g_array_index(self->input_cell, guint, i)] =
            (OnnxCell){.n = width, .x = x, .is_double = info->type != ONNX_FLOAT};
    }
    for (guint i = 0; i < self->ops->len && self->ops->pdata[i] != until; i++) {
        const OnnxOp *op = self->ops->pdata[i];
        if (!op->run(op, row, error))
            return FALSE;
        if (row->cell[op->out].n != op->shape.width)
            return onnx_fail(error,
                             op->node,
                             "%u numbers, expected %u",
                             row->cell[op->out].n,
                             op->shape.width);
    }
    return TRUE;
}

static void
onnx_write(const ErrataModel *model,
           const OnnxBody *self,
           const OnnxRow *row,
           gsize at,
           ErrataModelScores *scores)
{
    const OnnxCell *cell = self->prediction == G_MAXUINT ? NULL : &row->cell[self->prediction];
    for (guint k = 0; cell != NULL && k < MIN(cell->n, self->n_fields); k++)
        scores->number[k][at] = cell->x[k];
    if (cell != NULL && cell->n > 0 && self->n_classes > 0 && cell->x[0] >= 0 &&
        cell->x[0] < self->n_classes) {
        guint label = (guint)cell->x[0];
        if (scores->text[0] != NULL)
            scores->text[0][at] = model->classes[label];
        else
            scores->number[0][at] = self->class_number[label];
    }
    for (guint k = 0; self->shares != G_MAXUINT && k < self->n_classes; k++) {
        const OnnxCell *shares = &row->cell[self->shares];
        scores->number[1 + k][at] = k < shares->n ? shares->x[k] : (double)NAN;
    }
}

static gboolean
onnx_predict(const ErrataModel *model,
             gconstpointer body,
             const ErrataModelRows *rows,
             ErrataModelScores *scores,
             GError **error)
{
    const OnnxBody *self = body;
    OnnxRow row = {
        .cell = g_new0(OnnxCell, self->n_cells + 1),
        .blocks = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
    };
    gboolean ok = TRUE;
    for (gsize at = 0; ok && at < rows->n_rows; at++) {
        ok = onnx_run_row(self, NULL, rows, at, &row, error);
        if (ok && !row.lacks)
            onnx_write(model, self, &row, at, scores);
        else if (!ok)
            g_prefix_error(error, "row %" G_GSIZE_FORMAT ": ", at);
    }
    g_free(row.cell);
    g_ptr_array_unref(row.blocks);
    return ok;
}

/* the columns that the trees read */
static gboolean
onnx_features(const ErrataModel *model,
              gconstpointer body,
              const ErrataModelRows *rows,
              double *const *ret_number,
              guint8 *ret_defined,
              GError **error)
{
    const OnnxBody *self = body;
    guint n = model->trees->n_features;
    OnnxRow row = {
        .cell = g_new0(OnnxCell, self->n_cells + 1),
        .blocks = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
    };
    gboolean ok = TRUE;
    for (gsize at = 0; ok && at < rows->n_rows; at++) {
        ok = onnx_run_row(self, self->lent, rows, at, &row, error);
        const OnnxCell *cell = &row.cell[self->lent->in[0]];
        ret_defined[at] = row.lacks ? 0 : 1;
        for (guint f = 0; ok && f < n; f++)
            ret_number[f][at] = f < cell->n ? cell->x[f] : (double)NAN;
    }
    g_free(row.cell);
    g_ptr_array_unref(row.blocks);
    return ok;
}

static const ErrataModelClass onnx_class = {
    .predict = onnx_predict,
    .free = onnx_body_free,
};

static const ErrataModelClass onnx_class_of_columns = {
    .predict = onnx_predict,
    .free = onnx_body_free,
    .features = onnx_features,
};

static void
onnx_describe(const OnnxFile *file, ErrataModelBuilder *builder)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(errata_text_hash, g_str_equal);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    g_autofree char *version = g_strdup_printf("IR %" G_GINT64_FORMAT, file->ir_version);
    errata_model_builder_set_version(builder, version);
    if (file->producer != NULL) {
        g_autofree char *both = g_strjoin(" ", file->producer, file->producer_version, NULL);
        errata_model_builder_add_training(builder, "written by", both);
    }
    for (guint i = 0; i < file->opsets->len; i++)
        errata_model_builder_add_parameter(builder, "operators of", file->opsets->pdata[i]);
    for (guint i = 0; i + 1 < file->metadata->len; i += 2)
        errata_model_builder_add_training(builder,
                                          file->metadata->pdata[i],
                                          file->metadata->pdata[i + 1]);
    for (guint i = 0; i < file->nodes->len; i++) {
        const char *op = ((const OnnxNode *)file->nodes->pdata[i])->op;
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, op));
        if (n == 0)
            g_ptr_array_add(order, (gpointer)(guintptr)op);
        g_hash_table_insert(counts, (gpointer)(guintptr)op, GUINT_TO_POINTER(n + 1));
    }
    for (guint i = 0; i < MIN(order->len, 40); i++) {
        g_autofree char *n =
            g_strdup_printf("%u", GPOINTER_TO_UINT(g_hash_table_lookup(counts, order->pdata[i])));
        errata_model_builder_add_parameter(builder, order->pdata[i], n);
    }
    errata_model_builder_set_kind(builder, order->len > 0 ? order->pdata[order->len - 1] : "graph");
}

static gboolean
onnx_compile(OnnxBody *self, ErrataModelBuilder *builder, GError **error)
{
    g_autoptr(GHashTable) cells = g_hash_table_new(errata_text_hash, g_str_equal);
    onnx_add_constants(self, cells);
    if (!onnx_add_inputs(self, cells, builder, error))
        return FALSE;
    for (guint i = 0; i < self->file->nodes->len; i++)
        if (!onnx_add_op(self, self->file->nodes->pdata[i], cells, builder, error))
            return FALSE;
    errata_model_builder_set_task(builder,
                                  self->n_classes == 0   ? ERRATA_TASK_REGRESSION
                                  : self->n_classes == 2 ? ERRATA_TASK_BINARY
                                                         : ERRATA_TASK_MULTICLASS);
    return onnx_add_outputs(self, cells, builder, error);
}

/* what may stand between an ensemble and the graph's outputs without changing what it says */
static gboolean
onnx_only_hands_on(const OnnxOp *op)
{
    static const char *const names[] = {"ZipMap",
                                        "Cast",
                                        "Identity",
                                        "Reshape",
                                        "Flatten",
                                        "ArgMax",
                                        "ArrayFeatureExtractor",
                                        "Normalizer",
                                        NULL};
    return g_strv_contains(names, op->node->op);
}

/* the ensemble that the graph ends in, with what prepares its columns before it */
static OnnxOp *
onnx_find_ensemble(const OnnxBody *self)
{
    OnnxOp *found = NULL;
    for (guint i = 0; i < self->ops->len; i++) {
        OnnxOp *op = self->ops->pdata[i];
        if (found != NULL && (op->trees != NULL || !onnx_only_hands_on(op)))
            return NULL;
        if (op->trees != NULL)
            found = op;
    }
    gboolean adds = found != NULL && found->extreme == 0 && !found->is_mirrored;
    return adds && found->n_in > 0 ? found : NULL;
}

/* it sees the one input of the graph as it is */
static gboolean
onnx_is_plain(const OnnxBody *self, const OnnxOp *op)
{
    return self->input_cell->len == 1 && op->in[0] == g_array_index(self->input_cell, guint, 0) &&
           op->trees->n_features <= self->n_inputs;
}

/* lends the trees to the model, that attribution may use them */
static void
onnx_lend_trees(OnnxBody *self, ErrataModelBuilder *builder)
{
    OnnxOp *op = onnx_find_ensemble(self);
    const char *transform = op != NULL ? onnx_transform(op) : NULL;
    if (op == NULL || (!onnx_is_plain(self, op) && !onnx_columns_own(self, op))) {
        errata_model_builder_set_why_not_trees(
            builder,
            "its graph is no ensemble of trees whose columns come from one input each");
        return;
    }
    if (onnx_is_plain(self, op))
        op->trees->n_features = op->trees->n_owners = self->n_inputs;
    else
        self->lent = op;
    op->trees->link = transform == NULL || g_str_equal(transform, "NONE")   ? ERRATA_LINK_IDENTITY
                      : g_str_equal(transform, "LOGISTIC")                  ? ERRATA_LINK_LOGISTIC
                      : g_str_equal(transform, "SOFTMAX") && !op->is_binary ? ERRATA_LINK_SOFTMAX
                                                                            : ERRATA_LINK_OTHER;
    op->has_lent = TRUE;
    errata_model_builder_set_trees(builder, op->trees);
}

static OnnxBody *
onnx_body_new(OnnxFile *file)
{
    OnnxBody *self = g_new0(OnnxBody, 1);
    self->file = file;
    self->ops = g_ptr_array_new_with_free_func(onnx_op_free);
    self->constants = g_array_new(FALSE, FALSE, sizeof(OnnxCell));
    self->shapes = g_array_new(FALSE, FALSE, sizeof(OnnxShape));
    self->classes = g_ptr_array_new_with_free_func(g_free);
    self->made = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    self->input_cell = g_array_new(FALSE, FALSE, sizeof(guint));
    self->input_width = g_array_new(FALSE, FALSE, sizeof(guint));
    onnx_texts_init(self);
    return self;
}

/* a graph that is not run, because of @why */
static ErrataModel *
onnx_describe_only(const OnnxFile *file, const GError *why, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("onnx", "ONNX");
    onnx_describe(file, builder);
    onnx_describe_values(file, builder);
    if (!onnx_weights_describe(file, builder, error))
        return NULL;
    errata_model_builder_set_why_not(builder, "%s", why->message);
    return errata_model_builder_finish(builder, error);
}

static ErrataModel *
onnx_load(const ErrataModelParts *parts, GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &size);
    g_autoptr(GError) why = NULL;
    OnnxFile *file = onnx_file_read(bytes, size, error);
    if (file == NULL)
        return NULL;
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("onnx", "ONNX");
    OnnxBody *self = onnx_body_new(file);
    ErrataModel *model = NULL;
    onnx_describe(file, builder);
    if (onnx_weights_find(file, parts, &why) && onnx_compile(self, builder, &why)) {
        onnx_lend_trees(self, builder);
        gboolean ok = onnx_weights_describe(file, builder, error);
        errata_model_builder_set_body(builder,
                                      self->lent != NULL ? &onnx_class_of_columns : &onnx_class,
                                      self);
        return ok ? errata_model_builder_finish(builder, error) : NULL;
    }
    if (g_error_matches(why, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED))
        model = onnx_describe_only(file, why, error);
    else
        g_propagate_error(error, g_steal_pointer(&why));
    onnx_body_free(self);
    return model;
}

/* a ModelProto begins with its IR version; its graph follows within the head */
static guint
onnx_sniff(const guint8 *head, gsize size, const char *name)
{
    gboolean named = g_str_has_suffix(name, ".onnx");
    if (size < 4 || head[0] != 0x08 || head[1] == 0 || head[1] > 32)
        return named ? 50 : 0;
    if (head[2] == 0x12 || head[2] == 0x3a || head[2] == 0x42)
        return named ? 95 : 60;
    return named ? 60 : 0;
}

static const ErrataModelFormat onnx_format = {
    .id = "onnx",
    .summary = "ONNX: trees, linear models, and what prepares their columns",
    .sniff = onnx_sniff,
    .load = onnx_load,
};

const ErrataPlugin errata_plugin_onnx = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "onnx",
    .models = (const ErrataModelFormat *const[]){&onnx_format, NULL},
};
