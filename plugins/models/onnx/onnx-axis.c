/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows are computed one by one: what joins, sums or reshapes along another axis than the columns' would mix
 * them, and is refused. */
#include "onnx-private.h"

/* (nullable): numbers that an attribute tells, or, in later opsets, an input that is constant */
static GArray *
axis_numbers(const OnnxBody *self,
             const OnnxOp *op,
             const char *name,
             GHashTable *cells,
             guint input,
             gboolean *ret_known)
{
    const GArray *ints = onnx_ints(op->node, name);
    GArray *out = g_array_new(FALSE, FALSE, sizeof(double));
    *ret_known = TRUE;
    for (guint i = 0; ints != NULL && i < ints->len; i++) {
        double value = (double)g_array_index(ints, gint64, i);
        g_array_append_val(out, value);
    }
    if (ints != NULL || op->node->inputs->len <= input)
        return out;
    gpointer id = g_hash_table_lookup(cells, op->node->inputs->pdata[input]);
    if (id == NULL)
        return out;
    const OnnxCell *cell = &g_array_index(self->constants, OnnxCell, GPOINTER_TO_UINT(id) - 1);
    *ret_known = cell->n > 0;
    g_array_append_vals(out, cell->x, cell->n);
    return out;
}

static gboolean
axis_refuse(const OnnxOp *op, GError **error)
{
    return onnx_refuse(error, op->node, "not along the columns: rows are computed one by one");
}

/* whether all of the axes are the columns' */
static gboolean
axis_are_columns(const GArray *axes)
{
    for (guint i = 0; i < axes->len; i++) {
        double axis = g_array_index(axes, double, i);
        if (!(axis >= 1 || axis < 0))
            return FALSE;
    }
    return TRUE;
}

/* the rows stay rows where the first length is theirs and the others make up the columns */
static gboolean
axis_check_shape(const OnnxBody *self, OnnxOp *op, const GArray *shape, GError **error)
{
    double first = shape->len > 0 ? g_array_index(shape, double, 0) : 1, width = 1;
    const OnnxValueInfo *info = self->file->inputs->len > 0 ? self->file->inputs->pdata[0] : NULL;
    gboolean one_row = info != NULL && info->dims->len > 0 &&
                       g_array_index(info->dims, gint64, 0) == 1;
    if (!(first <= 0) && !(one_row && first <= 1))
        return axis_refuse(op, error);
    for (guint i = 1; i < shape->len; i++)
        width *= g_array_index(shape, double, i);
    op->width = width; /* not above 0 where a length is left open */
    return TRUE;
}

/**
 * onnx_check_axis:
 * @op: an operator whose inputs are known
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED where it works along another axis than the columns'.
 */
gboolean
onnx_check_axis(const OnnxBody *self, OnnxOp *op, GHashTable *cells, GError **error)
{
    static const char *const along[] =
        {"Concat", "Softmax", "LogSoftmax", "ArgMax", "ArgMin", "Gather", "Flatten", NULL};
    static const char *const products[] = {"MatMul", "Gemm", NULL};
    const char *name = op->node->op;
    gboolean known, reduces = g_str_has_prefix(name, "Reduce");
    gboolean squeezes = g_str_equal(name, "Squeeze") || g_str_equal(name, "Unsqueeze");
    if (g_strv_contains(along, name)) {
        gboolean from_zero = g_str_has_prefix(name, "Arg") || g_str_equal(name, "Gather");
        gint64 axis = onnx_int(op->node, "axis", from_zero ? 0 : 1);
        return axis == 1 || axis == -1 || axis_refuse(op, error);
    }
    if (g_strv_contains(products, name))
        return op->n_in < 2 ||
               (g_array_index(self->constants, OnnxCell, op->in[0]).n == 0 &&
                g_array_index(self->constants, OnnxCell, op->in[1]).n > 0) ||
               onnx_refuse(error, op->node, "only computed of columns and a constant matrix");
    if (g_str_equal(name, "Reshape")) {
        g_autoptr(GArray) shape = axis_numbers(self, op, "shape", cells, 1, &known);
        return known ? axis_check_shape(self, op, shape, error)
                     : onnx_refuse(error, op->node, "a shape that is computed");
    }
    if (reduces || squeezes) {
        g_autoptr(GArray) axes = axis_numbers(self, op, "axes", cells, 1, &known);
        if (!known || !axis_are_columns(axes) || (reduces && axes->len != 1))
            return axis_refuse(op, error);
    }
    return TRUE;
}
