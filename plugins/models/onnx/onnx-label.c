/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Classes of graphs that end in no classifier: networks, neighbours, votes and naive Bayes are
 * exported as plain operators on probabilities, of which ArgMax finds the largest;
 * ArrayFeatureExtractor then takes the label from a constant list. */
#include "limit.h"
#include "number.h"
#include "onnx-private.h"

static const OnnxTensor *
label_constant(const OnnxBody *self, const char *name)
{
    for (guint i = 0; i < self->file->initializers->len; i++) {
        const OnnxTensor *tensor = self->file->initializers->pdata[i];
        if (tensor->name != NULL && g_str_equal(tensor->name, name))
            return tensor;
    }
    return NULL;
}

/* whether a cell holds what ArgMax found, handed on as it is */
static gboolean
label_is_argmax(const OnnxBody *self, guint cell)
{
    static const char *const same[] = {"Cast", "Reshape", "Identity", "Flatten", "Squeeze", NULL};
    for (guint i = self->ops->len; i-- > 0;) {
        const OnnxOp *op = self->ops->pdata[i];
        if (op->out != cell)
            continue;
        if (g_str_equal(op->node->op, "ArgMax"))
            return TRUE;
        if (!g_strv_contains(same, op->node->op) || op->n_in == 0)
            return FALSE;
        cell = op->in[0];
    }
    return FALSE;
}

/* the place of the largest is the number of the class */
static gboolean
label_run(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell *which = &row->cell[op->in[1]];
    if (which->n != 1 || !(which->x[0] >= 0 && which->x[0] < op->n_classes))
        return onnx_fail(error, op->node, "expected the place of one of %u classes", op->n_classes);
    row->cell[op->out] = (OnnxCell){.n = 1, .x = which->x, .is_double = TRUE};
    return TRUE;
}

/**
 * onnx_compile_label:
 * @op: an operator whose inputs are known
 *
 * Makes an ArrayFeatureExtractor that takes a label from a constant list the graph's classifier.
 */
gboolean
onnx_compile_label(OnnxBody *self, OnnxOp *op, ErrataModelBuilder *builder, GError **error)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    const OnnxTensor *list = g_str_equal(op->node->op, "ArrayFeatureExtractor") && op->n_in == 2
                                 ? label_constant(self, op->node->inputs->pdata[0])
                                 : NULL;
    gboolean is_text = list != NULL && list->type == ONNX_STRING;
    guint n = list == NULL ? 0 : is_text ? list->strings->len : list->numbers->len;
    gboolean is_class = is_text || (list != NULL && (list->type == ONNX_INT64 || list->type == 6));
    if (n < 2 || !is_class || !label_is_argmax(self, op->in[1]))
        return !is_text ||
               onnx_refuse(error, op->node, "texts chosen by something else than ArgMax");
    if (n > ERRATA_LIMIT_MODEL_OUTPUTS)
        return onnx_fail(error, op->node, "%u classes are too many", n);
    if (self->n_classes > 0)
        return onnx_refuse(error, op->node, "a second classifier");
    self->n_classes = op->n_classes = n;
    self->class_number = is_text ? NULL : g_new(double, n);
    for (guint k = 0; k < n; k++) {
        if (!is_text)
            self->class_number[k] = g_array_index(list->numbers, double, k);
        g_ptr_array_add(self->classes,
                        g_strdup(is_text ? list->strings->pdata[k]
                                         : errata_number_print(self->class_number[k], buffer)));
    }
    g_ptr_array_add(self->classes, NULL);
    errata_model_builder_set_classes(builder, (const char *const *)self->classes->pdata);
    op->run = label_run;
    return TRUE;
}
