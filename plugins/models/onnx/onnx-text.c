/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts in a graph: exporters give each column of texts an input of its own, put such columns side
 * by side and encode them. Nothing is done with a text but to compare it with those that encoders
 * name, so a cell holds its place in the list of these, or −1 for any other. A missing cell is the
 * empty text. */
#include "limit.h"
#include "onnx-private.h"
#include "text-hash.h"

#define ONNX_OTHER_TEXT (-1.0)

void
onnx_texts_init(OnnxBody *self)
{
    self->text_code = g_hash_table_new(errata_text_hash, g_str_equal);
    self->text_cells = g_hash_table_new(NULL, NULL);
}

void
onnx_texts_clear(OnnxBody *self)
{
    g_hash_table_unref(self->text_code);
    g_hash_table_unref(self->text_cells);
}

double
onnx_text_code(const OnnxBody *self, const char *text)
{
    guint code = GPOINTER_TO_UINT(g_hash_table_lookup(self->text_code, text != NULL ? text : ""));
    return code > 0 ? (double)code - 1 : ONNX_OTHER_TEXT;
}

void
onnx_text_mark(OnnxBody *self, guint cell)
{
    g_hash_table_add(self->text_cells, GUINT_TO_POINTER(cell + 1));
}

static gboolean
text_is(const OnnxBody *self, guint cell)
{
    return g_hash_table_contains(self->text_cells, GUINT_TO_POINTER(cell + 1));
}

/* the place of a text that the file holds, which it gets here */
double
onnx_text_know(OnnxBody *self, const char *text)
{
    if (!g_hash_table_contains(self->text_code, text))
        g_hash_table_insert(self->text_code,
                            (gpointer)(guintptr)text,
                            GUINT_TO_POINTER(g_hash_table_size(self->text_code) + 1));
    return onnx_text_code(self, text);
}

/* (transfer full) (nullable): of a list of texts their places */
static GArray *
text_know_all(OnnxBody *self, const OnnxNode *node, const char *attribute)
{
    const GPtrArray *texts = onnx_strings(node, attribute);
    GArray *codes = texts != NULL ? g_array_new(FALSE, FALSE, sizeof(double)) : NULL;
    for (guint i = 0; texts != NULL && i < texts->len; i++) {
        double code = onnx_text_know(self, texts->pdata[i]);
        g_array_append_val(codes, code);
    }
    return codes;
}

/* the last place of a text among the keys, or their number */
static guint
text_find(const GArray *keys, double code)
{
    for (guint i = keys->len; i-- > 0;)
        if (code >= 0 && !(g_array_index(keys, double, i) < code) &&
            !(g_array_index(keys, double, i) > code))
            return i;
    return keys->len;
}

static gboolean
text_run_one_hot(const OnnxOp *op, OnnxRow *row, GError **error)
{
    const OnnxCell in = row->cell[op->in[0]];
    guint n = op->keys->len;
    if ((guint64)in.n * n > ERRATA_LIMIT_COLUMNS)
        return onnx_fail(error, op->node, "more than %d columns", ERRATA_LIMIT_COLUMNS);
    double *out = onnx_alloc(row, in.n * n);
    for (guint i = 0; i < in.n; i++) {
        guint found = text_find(op->keys, in.x[i]);
        row->lacks |= found == n && onnx_int(op->node, "zeros", 1) == 0;
        for (guint k = 0; k < n; k++)
            out[i * n + k] = k == found ? 1 : 0;
    }
    row->cell[op->out] = (OnnxCell){.n = in.n * n, .x = out};
    return TRUE;
}

static gboolean
text_run_same(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    row->cell[op->out] = row->cell[op->in[0]];
    return TRUE;
}

static gboolean
text_compile_one_hot(OnnxBody *self, OnnxOp *op, GError **error)
{
    op->keys = text_know_all(self, op->node, "cats_strings");
    if (op->keys == NULL)
        return onnx_fail(error, op->node, "texts, but no cats_strings");
    op->run = text_run_one_hot;
    return TRUE;
}

/**
 * onnx_compile_texts:
 * @op: an operator whose inputs are known
 *
 * Sets how it runs where it takes texts, or encodes them.
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for operators that do something else with texts.
 */
gboolean
onnx_compile_texts(OnnxBody *self, OnnxOp *op, GError **error)
{
    static const char *const alike[] =
        {"Identity", "Reshape", "Flatten", "Squeeze", "Concat", "ArrayFeatureExtractor", NULL};
    const char *name = op->node->op;
    guint n_texts = 0;
    for (guint i = 0; i < op->n_in; i++)
        n_texts += text_is(self, op->in[i]) ? 1 : 0;
    if (g_str_equal(name, "LabelEncoder"))
        return onnx_compile_encoder(self, op, n_texts > 0, error);
    if (n_texts == 0)
        return TRUE;
    if (g_str_equal(name, "Concat") && n_texts < op->n_in)
        return onnx_refuse(error, op->node, "texts beside numbers");
    if (g_str_equal(name, "OneHotEncoder"))
        return text_compile_one_hot(self, op, error);
    if (g_str_equal(name, "Cast") && onnx_int(op->node, "to", 0) == ONNX_STRING)
        op->run = text_run_same;
    else if (!g_strv_contains(alike, name))
        return onnx_refuse(error, op->node, "not computed of texts");
    onnx_text_mark(self, op->out);
    return TRUE;
}
