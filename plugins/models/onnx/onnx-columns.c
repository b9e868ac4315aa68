/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which input each column of a cell comes from, as far as operators treat columns one by one:
 * scaled, filled, cast, encoded, chosen, put side by side. An ensemble that reads such a cell is
 * shared out among the inputs. */
#include "onnx-private.h"

#define ONNX_NO_ORIGIN G_MAXUINT       /* a constant */
#define ONNX_MIXED     (G_MAXUINT - 1) /* several inputs */

static GArray *
columns_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(guint));
}

static void
columns_repeat(GArray *out, guint origin, guint n)
{
    for (guint i = 0; i < n; i++)
        g_array_append_val(out, origin);
}

static guint
columns_join(guint a, guint b)
{
    if (a == ONNX_NO_ORIGIN || a == b)
        return b;
    return b == ONNX_NO_ORIGIN ? a : ONNX_MIXED;
}

static GArray *
columns_copy(const GArray *in)
{
    GArray *out = columns_new();
    if (in->len > 0)
        g_array_append_vals(out, in->data, in->len);
    return out;
}

/* one number, or as many as the other has */
static GArray *
columns_of_both(const GArray *a, const GArray *b)
{
    guint n = MAX(a->len, b->len);
    GArray *out;
    if (a->len == 0 || b->len == 0 || (a->len != n && a->len != 1) || (b->len != n && b->len != 1))
        return NULL;
    out = columns_new();
    for (guint i = 0; i < n; i++)
        columns_repeat(out,
                       columns_join(g_array_index(a, guint, a->len == 1 ? 0 : i),
                                    g_array_index(b, guint, b->len == 1 ? 0 : i)),
                       1);
    return out;
}

static GArray *
columns_chosen(const GArray *in, const OnnxCell *which)
{
    GArray *out = columns_new();
    for (guint i = 0; which->n > 0 && i < which->n; i++) {
        if (!(which->x[i] >= 0 && which->x[i] < in->len)) {
            g_array_unref(out);
            return NULL;
        }
        columns_repeat(out, g_array_index(in, guint, (guint)which->x[i]), 1);
    }
    return out;
}

/* (nullable): of what an operator gives; NULL where columns are not kept apart */
static GArray *
columns_of_op(const OnnxBody *self, const OnnxOp *op, GArray *const *origin)
{
    static const char *const alike[] = {"Scaler",
                                        "Imputer",
                                        "Binarizer",
                                        "LabelEncoder",
                                        "Cast",
                                        "Identity",
                                        "Reshape",
                                        "Flatten",
                                        "Squeeze",
                                        "Sigmoid",
                                        "Tanh",
                                        "Relu",
                                        "Exp",
                                        "Log",
                                        "Sqrt",
                                        "Abs",
                                        "Neg",
                                        NULL};
    static const char *const pairs[] = {"Add", "Sub", "Mul", "Div", NULL};
    const char *name = op->node->op;
    for (guint i = 0; i < op->n_in; i++)
        if (origin[op->in[i]] == NULL)
            return NULL;
    if (op->n_in > 0 && g_strv_contains(alike, name))
        return columns_copy(origin[op->in[0]]);
    if (op->n_in == 2 && g_strv_contains(pairs, name))
        return columns_of_both(origin[op->in[0]], origin[op->in[1]]);
    if (op->n_in == 2 && g_str_equal(name, "ArrayFeatureExtractor"))
        return columns_chosen(origin[op->in[0]],
                              &g_array_index(self->constants, OnnxCell, op->in[1]));
    if (g_str_equal(name, "Concat") || g_str_equal(name, "FeatureVectorizer")) {
        GArray *out = columns_new();
        for (guint i = 0; i < op->n_in; i++)
            for (guint k = 0; k < origin[op->in[i]]->len; k++)
                columns_repeat(out, g_array_index(origin[op->in[i]], guint, k), 1);
        return out;
    }
    const GArray *categories = op->keys != NULL ? op->keys : onnx_ints(op->node, "cats_int64s");
    if (op->n_in > 0 && g_str_equal(name, "OneHotEncoder") && categories != NULL) {
        GArray *out = columns_new();
        for (guint k = 0; k < origin[op->in[0]]->len; k++)
            columns_repeat(out, g_array_index(origin[op->in[0]], guint, k), categories->len);
        return out;
    }
    return NULL;
}

static void
columns_free(gpointer data)
{
    if (data != NULL)
        g_array_unref(data);
}

/**
 * onnx_columns_own:
 * @self: a graph
 * @ensemble: one of its operators, whose trees get owners
 *
 * Returns: whether every column that the trees split on comes from one input
 */
gboolean
onnx_columns_own(const OnnxBody *self, OnnxOp *ensemble)
{
    g_autoptr(GPtrArray) origins = g_ptr_array_new_with_free_func(columns_free);
    GArray **origin;
    GArray *seen;
    guint column = 0;
    g_ptr_array_set_size(origins, (int)self->n_cells);
    origin = (GArray **)origins->pdata;
    for (guint id = 0; id < self->n_cells; id++)
        if (g_array_index(self->constants, OnnxCell, id).n > 0) {
            origin[id] = columns_new();
            columns_repeat(origin[id],
                           ONNX_NO_ORIGIN,
                           g_array_index(self->constants, OnnxCell, id).n);
        }
    for (guint i = 0; i < self->input_cell->len; i++) {
        guint id = g_array_index(self->input_cell, guint, i);
        columns_free(origin[id]);
        origin[id] = columns_new();
        for (guint k = 0; k < g_array_index(self->input_width, guint, i); k++)
            columns_repeat(origin[id], column++, 1);
    }
    for (guint i = 0; i < self->ops->len && self->ops->pdata[i] != ensemble; i++) {
        const OnnxOp *op = self->ops->pdata[i];
        GArray *made = columns_of_op(self, op, origin);
        columns_free(origin[op->out]);
        origin[op->out] = made;
    }
    seen = ensemble->n_in > 0 ? origin[ensemble->in[0]] : NULL;
    if (seen == NULL || seen->len < ensemble->trees->n_features || self->n_inputs == 0)
        return FALSE;
    for (guint node = 0; node < ensemble->trees->n_nodes; node++)
        if ((ensemble->trees->flags[node] & ERRATA_NODE_LEAF) == 0 &&
            g_array_index(seen, guint, ensemble->trees->feature[node]) == ONNX_MIXED)
            return FALSE;
    for (guint f = 0; f < seen->len; f++)
        if (g_array_index(seen, guint, f) >= self->n_inputs)
            g_array_index(seen, guint, f) = 0; /* never split on, or constant: without a share */
    ensemble->trees->n_features = seen->len;
    errata_trees_set_owners(ensemble->trees,
                            (const guint *)(gconstpointer)seen->data,
                            self->n_inputs);
    return TRUE;
}
