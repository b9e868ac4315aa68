/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows are computed one by one, each as a list of numbers: that gives what the graph says only
 * where the lengths of every value are known to leave the rows apart. Lengths are followed through
 * the graph here, and an operator that mixes rows, or works along an axis which is not all that a
 * row holds, is refused. */
#include <string.h>

#include "limit.h"
#include "onnx-private.h"

/* what an operator looks like to those that find the shape of its result */
typedef struct {
    const OnnxBody *body;
    const OnnxOp *op;
    GHashTable *cells;
    const OnnxShape *in; /* the first input's, (nullable) */
    OnnxShape *out;      /* set to the first input's before */
    GError **error;
} ShapeStep;

static OnnxShape *
shape_at(const OnnxBody *self, guint cell)
{
    return &g_array_index(self->shapes, OnnxShape, cell);
}

static gboolean
shape_refuse(const ShapeStep *self)
{
    return onnx_refuse(self->error,
                       self->op->node,
                       "not along the columns: rows are computed one by one");
}

static gboolean
shape_is_whole(int type)
{
    return type >= 2 && type <= 13 && type != ONNX_STRING && type != 10 && type != ONNX_DOUBLE;
}

/* the numbers of a row from one axis to before another */
static guint64
shape_between(const OnnxShape *self, guint from, guint to)
{
    guint64 n = 1;
    for (guint i = from; i < MIN(to, self->rank); i++)
        n = MIN(n * self->length[i], G_MAXUINT);
    return n;
}

/* of what has rows, their length counts as one */
static void
shape_count(OnnxShape *self)
{
    self->width = (guint)shape_between(self, 0, self->rank);
}

static void
shape_append(OnnxShape *self, guint64 length)
{
    if (self->rank >= ONNX_MOST_RANK || length > G_MAXUINT)
        self->is_known = FALSE;
    else
        self->length[self->rank++] = (guint)length;
    shape_count(self);
}

static OnnxShape
shape_of_rows(guint width)
{
    return (OnnxShape){.is_known = TRUE,
                       .has_rows = TRUE,
                       .rank = 2,
                       .width = width,
                       .length = {1, width}};
}

OnnxShape
onnx_shape_of_constant(const GArray *dims, guint n, int type)
{
    OnnxShape self = {.is_known = TRUE, .width = 1, .is_whole = shape_is_whole(type)};
    for (guint i = 0; dims != NULL && i < dims->len; i++)
        shape_append(&self, (guint64)MAX(g_array_index(dims, gint64, i), 0));
    self.is_known &= self.width == n || n == 0; /* of texts there are no numbers */
    return self;
}

/**
 * onnx_shape_of_input:
 * @info: an input of the graph
 * @width: the columns that it is read as
 *
 * Returns: FALSE where a row is no list of columns
 */
gboolean
onnx_shape_of_input(const OnnxValueInfo *info, guint width, OnnxShape *ret)
{
    *ret = shape_of_rows(width);
    ret->is_whole = shape_is_whole(info->type);
    ret->is_known = info->dims->len != 1; /* rows or columns: not told */
    if (info->dims->len <= 2)
        return TRUE;
    ret->rank = 1;
    for (guint i = 1; i < info->dims->len; i++)
        shape_append(ret,
                     i + 1 < info->dims->len ? (guint64)g_array_index(info->dims, gint64, i)
                                             : width);
    return ret->is_known && ret->width == width;
}

gboolean
onnx_shape_agrees(const OnnxShape *self, const OnnxValueInfo *info)
{
    guint64 n = 1;
    if (!self->has_rows || self->width == 0 || self->width > ERRATA_LIMIT_COLUMNS)
        return FALSE;
    if (info->dims->len == 1)
        return self->width == 1 || g_array_index(info->dims, gint64, 0) == (gint64)self->width;
    for (guint i = 1; i < info->dims->len; i++) {
        gint64 length = g_array_index(info->dims, gint64, i);
        if (length <= 0)
            return TRUE; /* left open */
        n = MIN(n * (guint64)length, G_MAXUINT);
    }
    return info->dims->len == 0 || n == self->width;
}

/* the axis counted from the first; FALSE where it is none of a row's */
static gboolean
shape_axis(gint64 axis, guint rank, guint *ret_axis)
{
    gint64 at = axis < 0 ? axis + rank : axis;
    *ret_axis = (guint)CLAMP(at, 0, ONNX_MOST_RANK);
    return at >= 1 && at < rank;
}

/* whether an axis of rows holds all that a row does */
static gboolean
shape_is_all(const OnnxShape *self, gint64 axis)
{
    guint at;
    return self->is_known && self->has_rows && shape_axis(axis, self->rank, &at) &&
           self->length[at] == self->width;
}

/* lengths of one between the rows and the last axis do not matter */
static gboolean
shape_is_flat(const OnnxShape *self)
{
    return self->is_known && self->has_rows && self->rank >= 2 &&
           self->length[self->rank - 1] == self->width;
}

/* numbers that an attribute tells, or, in later opsets, an input that is constant; FALSE where one
 * is computed */
static gboolean
shape_numbers(const ShapeStep *self, const char *name, GArray *out)
{
    const OnnxNode *node = self->op->node;
    const GArray *ints = onnx_ints(node, name);
    if (ints != NULL)
        g_array_append_vals(out, ints->data, ints->len);
    if (ints != NULL || node->inputs->len < 2 || ((const char *)node->inputs->pdata[1])[0] == '\0')
        return TRUE;
    gpointer id = g_hash_table_lookup(self->cells, node->inputs->pdata[1]);
    const OnnxCell *cell =
        id != NULL ? &g_array_index(self->body->constants, OnnxCell, GPOINTER_TO_UINT(id) - 1)
                   : NULL;
    for (guint i = 0; cell != NULL && i < cell->n; i++) {
        if (!(cell->x[i] >= -(double)G_MAXUINT && cell->x[i] <= (double)G_MAXUINT))
            return FALSE;
        gint64 value = (gint64)cell->x[i];
        g_array_append_val(out, value);
    }
    return cell != NULL && cell->n > 0;
}

/* side by side, aligned at the last axis; what is computed takes one number, or as many as the
 * result has */
static gboolean
shape_join(const ShapeStep *self)
{
    const OnnxOp *op = self->op;
    guint base = 0;
    for (guint i = 1; i < op->n_in; i++) {
        const OnnxShape *one = shape_at(self->body, op->in[i]),
                        *best = shape_at(self->body, op->in[base]);
        if (one->has_rows != best->has_rows
                ? one->has_rows
                : one->rank > best->rank || (one->rank == best->rank && one->width > best->width))
            base = i;
    }
    *self->out = *shape_at(self->body, op->in[base]);
    for (guint i = 0; i < op->n_in; i++) {
        const OnnxShape *one = shape_at(self->body, op->in[i]);
        gboolean is_number = !one->has_rows && one->is_known && one->width == 1;
        if (is_number && (one->rank <= self->out->rank || !self->out->is_known))
            continue;
        if ((!one->is_known && (op->n_in > 1 && i != base)) || one->rank > self->out->rank ||
            (one->has_rows && one->rank != self->out->rank) || (!self->out->is_known && i != base))
            return shape_refuse(self);
        guint skip = self->out->rank - one->rank;
        for (guint k = 0; k < one->rank; k++) {
            gboolean is_rows = self->out->has_rows && k + skip == 0;
            if (is_rows && one->length[k] != 1)
                return shape_refuse(self);
            self->out->length[k + skip] = MAX(self->out->length[k + skip], one->length[k]);
        }
    }
    if (self->out->is_known)
        shape_count(self->out);
    for (guint i = 0; i < op->n_in; i++) {
        const OnnxShape *one = shape_at(self->body, op->in[i]);
        if (one->width != 1 && one->width != self->out->width)
            return onnx_refuse(self->error,
                               op->node,
                               "%u and %u numbers do not go together",
                               one->width,
                               self->out->width);
        self->out->is_whole = i == 0 ? one->is_whole : self->out->is_whole && one->is_whole;
    }
    return TRUE;
}

/* as the first input, which the others fit */
static gboolean
shape_fitted(const ShapeStep *self)
{
    return shape_join(self) &&
           ((self->out->width == self->in->width && self->out->has_rows == self->in->has_rows) ||
            shape_refuse(self));
}

static gboolean
shape_truth(const ShapeStep *self)
{
    gboolean ok = shape_join(self);
    self->out->is_whole = TRUE;
    return ok;
}

/* the first tells which of the others counts */
static gboolean
shape_where(const ShapeStep *self)
{
    gboolean ok = shape_join(self);
    self->out->is_whole = self->op->n_in > 1 && shape_at(self->body, self->op->in[1])->is_whole;
    return ok;
}

static gboolean
shape_pow(const ShapeStep *self)
{
    gboolean ok = shape_join(self);
    self->out->is_whole = self->in->is_whole;
    return ok;
}

static gboolean
shape_same(const ShapeStep *self G_GNUC_UNUSED)
{
    return TRUE;
}

static gboolean
shape_clip(const ShapeStep *self)
{
    for (guint i = 1; i < self->op->n_in; i++)
        if (shape_at(self->body, self->op->in[i])->has_rows)
            return shape_refuse(self);
    return TRUE;
}

static gboolean
shape_cast(const ShapeStep *self)
{
    self->out->is_whole = shape_is_whole((int)onnx_int(self->op->node, "to", 0));
    return TRUE;
}

static gboolean
shape_softmax(const ShapeStep *self)
{
    gboolean told = onnx_attribute(self->op->node, "axis") != NULL;
    gint64 axis = onnx_int(self->op->node, "axis", 1);
    /* the default is another from opset 13 on */
    return (shape_is_all(self->in, axis) && (told || shape_is_all(self->in, -1))) ||
           shape_refuse(self);
}

/* the axes that are marked vanish, or are left with the length of one */
static void
shape_drop(OnnxShape *self, const gboolean *marked, gboolean keeps)
{
    guint rank = self->rank;
    self->rank = 0;
    for (guint i = 0; i < rank; i++)
        if (!marked[i] || keeps)
            shape_append(self, marked[i] ? 1 : self->length[i]);
}

static gboolean
shape_reduce(const ShapeStep *self)
{
    static const char *const exact[] =
        {"ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceSumSquare", NULL};
    const OnnxNode *node = self->op->node;
    gboolean marked[ONNX_MOST_RANK] = {FALSE}, is_arg = g_str_has_prefix(node->op, "Arg");
    g_autoptr(GArray) axes = g_array_new(FALSE, FALSE, sizeof(gint64));
    guint at;
    if (!self->in->is_known || !self->in->has_rows)
        return shape_refuse(self);
    if (is_arg) {
        gint64 axis = onnx_int(node, "axis", 0);
        g_array_append_val(axes, axis);
    } else if (!shape_numbers(self, "axes", axes)) {
        return shape_refuse(self);
    }
    for (guint i = 0; i < axes->len; i++) {
        if (!shape_axis(g_array_index(axes, gint64, i), self->in->rank, &at))
            return shape_refuse(self);
        marked[at] = TRUE;
    }
    for (guint i = 1; i < self->in->rank; i++)
        if (axes->len == 0 || (!marked[i] && self->in->length[i] != 1))
            return shape_refuse(self);
    if (axes->len == 0 || self->in->width == 0)
        return shape_refuse(self);
    if (!is_arg && self->in->is_whole && !g_strv_contains(exact, node->op))
        return onnx_refuse(self->error, node, "not computed of whole numbers");
    shape_drop(self->out, marked, onnx_int(node, "keepdims", 1) != 0);
    self->out->is_whole |= is_arg;
    return TRUE;
}

static gboolean
shape_layer(const ShapeStep *self)
{
    guint at;
    gint64 axis = onnx_int(self->op->node, "axis", -1);
    if (!self->in->is_known || !self->in->has_rows || !shape_axis(axis, self->in->rank, &at) ||
        shape_between(self->in, at, self->in->rank) != self->in->width)
        return shape_refuse(self);
    return shape_fitted(self);
}

/* a number of each column, whatever lies behind it */
static gboolean
shape_batch(const ShapeStep *self)
{
    if (!shape_is_flat(self->in) || self->in->rank != 2)
        return shape_refuse(self);
    return shape_fitted(self);
}

static gboolean
shape_gather(const ShapeStep *self)
{
    const OnnxShape *which = shape_at(self->body, self->op->in[1]);
    guint at, rank = self->in->rank;
    if (!shape_is_all(self->in, onnx_int(self->op->node, "axis", 0)) || which->has_rows ||
        !which->is_known)
        return shape_refuse(self);
    shape_axis(onnx_int(self->op->node, "axis", 0), rank, &at);
    self->out->rank = at;
    for (guint i = 0; i < which->rank; i++)
        shape_append(self->out, which->length[i]);
    for (guint i = at + 1; i < rank; i++)
        shape_append(self->out, self->in->length[i]);
    shape_count(self->out);
    return TRUE;
}

/* columns that a constant list tells; of a constant list, those that the rows tell */
static gboolean
shape_extract(const ShapeStep *self)
{
    const OnnxShape *which = self->op->n_in > 1 ? shape_at(self->body, self->op->in[1]) : NULL;
    if (which == NULL)
        return onnx_fail(self->error, self->op->node, "expected two inputs");
    if (self->op->n_classes > 0 || !self->in->has_rows) {
        gboolean is_list = self->in->is_known && self->in->rank > 0 &&
                           self->in->length[self->in->rank - 1] == self->in->width;
        if (!is_list || !which->has_rows)
            return shape_refuse(self);
        /* all that the rows chose lies in one row then */
        *self->out = (OnnxShape){.has_rows = TRUE,
                                 .width = which->width,
                                 .is_whole = self->in->is_whole,
                                 .is_label = self->op->n_classes > 0};
        return TRUE;
    }
    if (which->has_rows || (self->in->is_known && !shape_is_flat(self->in)))
        return shape_refuse(self);
    self->out->width = which->width;
    if (self->out->is_known)
        self->out->length[self->out->rank - 1] = which->width;
    return TRUE;
}

static gboolean
shape_concat(const ShapeStep *self)
{
    const OnnxOp *op = self->op;
    gint64 axis = onnx_int(op->node, "axis", 1);
    guint width = 0, at;
    gboolean alike = TRUE, flat = TRUE;
    for (guint i = 0; i < op->n_in; i++) {
        const OnnxShape *one = shape_at(self->body, op->in[i]);
        if (!one->is_known || !one->has_rows || !shape_axis(axis, one->rank, &at) ||
            shape_between(one, 1, at) != 1)
            return shape_refuse(self);
        flat &= shape_is_flat(one);
        alike &= one->rank == self->in->rank && shape_between(one, at + 1, one->rank) ==
                                                    shape_between(self->in, at + 1, one->rank);
        self->out->is_whole &= one->is_whole;
        width += one->width;
    }
    /* encoded columns have a length of one before the last, which exporters pass over */
    if (alike && shape_axis(axis, self->in->rank, &at)) {
        guint64 rest = shape_between(self->in, at + 1, self->in->rank);
        self->out->length[at] = rest > 0 ? (guint)(width / rest) : 0;
        shape_count(self->out);
        return self->out->width == width || shape_refuse(self);
    }
    gboolean whole = self->out->is_whole;
    *self->out = shape_of_rows(width);
    self->out->is_whole = whole;
    return flat || shape_refuse(self);
}

static gboolean
shape_flatten(const ShapeStep *self)
{
    gint64 axis = onnx_int(self->op->node, "axis", 1);
    guint rank = self->in->rank, width = self->in->width;
    gint64 at = axis < 0 ? axis + rank : axis;
    if (!self->in->is_known || !self->in->has_rows || at < 1 || at > rank ||
        shape_between(self->in, 1, (guint)at) != 1)
        return shape_refuse(self);
    self->out->rank = 1;
    shape_append(self->out, width);
    return TRUE;
}

/* the rows stay rows where the first length is theirs and the others make up what a row holds */
static gboolean
shape_reshape(const ShapeStep *self)
{
    g_autoptr(GArray) told = g_array_new(FALSE, FALSE, sizeof(gint64));
    const OnnxValueInfo *info = self->body->file->inputs->len > 0
                                    ? self->body->file->inputs->pdata[0]
                                    : NULL;
    gboolean one_row = info != NULL && info->dims->len > 0 &&
                       g_array_index(info->dims, gint64, 0) == 1;
    const OnnxShape in = *self->in;
    guint64 known = 1, n_open = 0;
    if (!shape_numbers(self, "shape", told) || told->len > ONNX_MOST_RANK)
        return onnx_refuse(self->error, self->op->node, "a shape that is computed");
    gint64 first = told->len > 0 ? g_array_index(told, gint64, 0) : 0;
    if (!in.has_rows || told->len == 0 ||
        !(first == -1 || (first == 0 && in.is_known) || (first == 1 && one_row)) ||
        onnx_int(self->op->node, "allowzero", 0) != 0)
        return shape_refuse(self);
    n_open = first == -1 ? 1 : 0;
    *self->out =
        (OnnxShape){.is_known = TRUE, .has_rows = TRUE, .rank = 1, .width = 1, .length = {1}};
    self->out->is_whole = in.is_whole;
    self->out->is_label = in.is_label;
    for (guint i = 1; i < told->len; i++) {
        gint64 length = g_array_index(told, gint64, i);
        if (length < -1 || (length == 0 && (!in.is_known || i >= in.rank)))
            return shape_refuse(self);
        n_open += length == -1 ? 1 : 0;
        length = length == 0 ? in.length[i] : length;
        known = MIN(known * (guint64)(length > 0 ? length : 1), G_MAXUINT);
        shape_append(self->out, length > 0 ? (guint64)length : 1);
        if (length == -1)
            self->out->length[i] = 0; /* found below */
    }
    for (guint i = 1; i < self->out->rank; i++)
        if (self->out->length[i] == 0)
            self->out->length[i] = (guint)(in.width / known);
    shape_count(self->out);
    return (n_open <= 1 && self->out->width == in.width && in.width > 0) ||
           onnx_refuse(self->error,
                       self->op->node,
                       "%u columns made into others: rows would mix",
                       in.width);
}

static gboolean
shape_squeeze(const ShapeStep *self)
{
    g_autoptr(GArray) axes = g_array_new(FALSE, FALSE, sizeof(gint64));
    gboolean marked[ONNX_MOST_RANK] = {FALSE};
    guint at;
    if (!self->in->has_rows || !shape_numbers(self, "axes", axes))
        return shape_refuse(self);
    if (!self->in->is_known)
        return (axes->len == 0 && self->in->width == 1) || shape_refuse(self);
    for (guint i = 0; i < axes->len; i++) {
        if (!shape_axis(g_array_index(axes, gint64, i), self->in->rank, &at) ||
            self->in->length[at] != 1)
            return shape_refuse(self);
        marked[at] = TRUE;
    }
    for (guint i = 1; axes->len == 0 && i < self->in->rank; i++)
        marked[i] = self->in->length[i] == 1;
    shape_drop(self->out, marked, FALSE);
    return TRUE;
}

static gboolean
shape_unsqueeze(const ShapeStep *self)
{
    g_autoptr(GArray) axes = g_array_new(FALSE, FALSE, sizeof(gint64));
    gboolean marked[ONNX_MOST_RANK] = {FALSE};
    guint at, from = 0, rank = self->in->rank;
    if (!self->in->is_known || !self->in->has_rows || !shape_numbers(self, "axes", axes) ||
        axes->len == 0 || rank + axes->len > ONNX_MOST_RANK)
        return shape_refuse(self);
    for (guint i = 0; i < axes->len; i++) {
        if (!shape_axis(g_array_index(axes, gint64, i), rank + axes->len, &at) || marked[at])
            return shape_refuse(self);
        marked[at] = TRUE;
    }
    self->out->rank = 0;
    for (guint i = 0; i < rank + axes->len; i++)
        shape_append(self->out, marked[i] ? 1 : self->in->length[from++]);
    return TRUE;
}

/* rows times a constant matrix */
static gboolean
shape_product(const ShapeStep *self)
{
    const OnnxOp *op = self->op;
    const OnnxShape *matrix = op->n_in > 1 ? shape_at(self->body, op->in[1]) : NULL;
    gboolean turned = g_str_equal(op->node->op, "Gemm") && onnx_int(op->node, "transB", 0) != 0;
    guint n = self->in->width;
    if (matrix == NULL || matrix->has_rows || !self->in->has_rows || !self->in->is_known ||
        self->in->rank != 2)
        return onnx_refuse(self->error, op->node, "only computed of columns and a constant matrix");
    gboolean fits = matrix->is_known && n > 0 && matrix->width % n == 0 &&
                    (matrix->rank == 1 ||
                     (matrix->rank == 2 && matrix->length[turned ? 1 : 0] == n));
    if (!fits)
        return onnx_refuse(self->error, op->node, "a matrix that does not fit %u columns", n);
    gboolean is_vector = matrix->rank == 1 && matrix->width == n && op->n_in == 2;
    self->out->rank = 1;
    if (!is_vector)
        shape_append(self->out, matrix->width / n);
    shape_count(self->out);
    const OnnxShape *plus = op->n_in > 2 ? shape_at(self->body, op->in[2]) : NULL;
    gboolean adds = plus == NULL || (plus->is_known && plus->rank <= 2 &&
                                     (plus->rank < 2 || plus->length[0] == 1) &&
                                     (!plus->has_rows || plus->rank == 2) &&
                                     (plus->width == 1 || plus->width == self->out->width));
    return adds || onnx_refuse(self->error, op->node, "what is added does not fit the columns");
}

/* operators of tables take columns */
static gboolean
shape_table(const ShapeStep *self)
{
    const OnnxOp *op = self->op;
    const char *name = op->node->op;
    gboolean one_by_one = self->in->is_known && self->in->rank == 1;
    static const char *const singly[] =
        {"Imputer", "Binarizer", "LabelEncoder", "Scaler", "OneHotEncoder", NULL};
    if (!self->in->has_rows || (self->in->is_known && !shape_is_flat(self->in) &&
                                !(one_by_one && g_strv_contains(singly, name))))
        return shape_refuse(self);
    self->out->is_whole = FALSE;
    if (g_str_equal(name, "LabelEncoder"))
        self->out->is_whole = op->gives_exact;
    if (g_str_equal(name, "Imputer"))
        self->out->is_whole = onnx_floats(op->node, "imputed_value_floats") == NULL;
    if (g_str_equal(name, "OneHotEncoder")) {
        const GArray *categories = op->keys != NULL ? op->keys : onnx_ints(op->node, "cats_int64s");
        guint n = categories != NULL ? categories->len : 0;
        if (self->in->is_known)
            shape_append(self->out, n);
        else
            self->out->width *= n;
    }
    return TRUE;
}

static gboolean
shape_vectorizer(const ShapeStep *self)
{
    const GArray *lengths = onnx_ints(self->op->node, "inputdimensions");
    guint width = 0;
    for (guint i = 0; i < self->op->n_in; i++) {
        const OnnxShape *one = shape_at(self->body, self->op->in[i]);
        if (!one->has_rows || (one->is_known && one->rank > 1 && !shape_is_flat(one)) ||
            (lengths != NULL &&
             (i >= lengths->len || g_array_index(lengths, gint64, i) != (gint64)one->width)))
            return shape_refuse(self);
        width += one->width;
    }
    *self->out = shape_of_rows(width);
    return TRUE;
}

/* ensembles, lines, machines: a number per class or target, and a label */
static gboolean
shape_model(const ShapeStep *self)
{
    const OnnxOp *op = self->op;
    const char *targets = op->trees != NULL ? "n_targets" : "targets";
    if (!self->in->has_rows || (self->in->is_known && !shape_is_flat(self->in)))
        return shape_refuse(self);
    *self->out = shape_of_rows(op->n_classes > 0 ? op->n_classes
                               : g_str_has_prefix(op->node->op, "SVM")
                                   ? 1
                                   : (guint)CLAMP(onnx_int(op->node, targets, 1), 1, G_MAXINT));
    if (op->n_classes > 0)
        *shape_at(self->body, op->label) = (OnnxShape){.is_known = TRUE,
                                                       .has_rows = TRUE,
                                                       .rank = 1,
                                                       .width = 1,
                                                       .length = {1},
                                                       .is_whole = TRUE,
                                                       .is_label = TRUE};
    return TRUE;
}

static const struct {
    const char *names; /* with a comma behind each */
    gboolean (*find)(const ShapeStep *self);
} rules[] = {
    {"Add,Sub,Mul,Div,Max,Min,Sum,Mean,", shape_join},
    {"Greater,Less,GreaterOrEqual,LessOrEqual,Equal,And,Or,Xor,", shape_truth},
    {"PRelu,", shape_fitted},
    {"Where,", shape_where},
    {"Pow,", shape_pow},
    {"Clip,", shape_clip},
    {"Cast,", shape_cast},
    {"Softmax,LogSoftmax,", shape_softmax},
    {"ArgMax,ArgMin,ReduceSum,ReduceMean,ReduceMax,ReduceMin,ReduceProd,ReduceL1,ReduceL2,ReduceSumSquare,"
     "ReduceLogSum,ReduceLogSumExp,",
     shape_reduce},
    {"LayerNormalization,", shape_layer},
    {"BatchNormalization,", shape_batch},
    {"Gather,", shape_gather},
    {"ArrayFeatureExtractor,", shape_extract},
    {"Concat,", shape_concat},
    {"Flatten,", shape_flatten},
    {"Reshape,", shape_reshape},
    {"Squeeze,", shape_squeeze},
    {"Unsqueeze,", shape_unsqueeze},
    {"MatMul,Gemm,", shape_product},
    {"Scaler,Imputer,Normalizer,Binarizer,OneHotEncoder,LabelEncoder,", shape_table},
    {"FeatureVectorizer,", shape_vectorizer},
    {"TreeEnsemble,TreeEnsembleRegressor,TreeEnsembleClassifier,LinearRegressor,LinearClassifier,SVMRegressor,"
     "SVMClassifier,",
     shape_model},
};

/**
 * onnx_find_shape:
 * @op: an operator that is compiled
 * @cells: ids by name, plus one
 *
 * Finds the shape of its result.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED where it works along another axis than the columns'.
 */
gboolean
onnx_find_shape(const OnnxBody *self, OnnxOp *op, GHashTable *cells, GError **error)
{
    static const char handing[] = "Identity,Cast,Reshape,Flatten,Squeeze,Unsqueeze,ZipMap,";
    g_autofree char *name = g_strconcat(op->node->op, ",", NULL);
    if (op->n_in == 0)
        return onnx_fail(error, op->node, "no input");
    const OnnxShape in = *shape_at(self, op->in[0]);
    OnnxShape out = in;
    ShapeStep step = {self, op, cells, &in, &out, error};
    for (guint i = 0; i < op->n_in; i++)
        if (shape_at(self, op->in[i])->is_label && strstr(handing, name) == NULL)
            return onnx_refuse(error, op->node, "only numbers are computed with, no classes");
    gboolean (*find)(const ShapeStep *) = shape_same;
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        const char *at = strstr(rules[i].names, name);
        while (at != NULL && at > rules[i].names && at[-1] != ',')
            at = strstr(at + 1, name);
        find = at != NULL ? rules[i].find : find;
    }
    if (!find(&step))
        return FALSE;
    *shape_at(self, op->out) = op->shape = out;
    return TRUE;
}
