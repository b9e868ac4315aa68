/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LabelEncoder in the spellings of all versions: classes_strings (1), lists of keys and values (2),
 * tensors of them (4). Texts are their places, as onnx-text has them. */
#include <math.h>

#include "onnx-private.h"

typedef struct {
    GArray *list; /* (nullable) (transfer full): double */
    gboolean is_text;
    gboolean is_whole;
    gboolean is_double;
} EncoderSide;

/* what a node says by @floats, @ints, @strings or @tensor; no list where it says nothing */
static EncoderSide
encoder_side(OnnxBody *body,
             const OnnxNode *node,
             const char *floats,
             const char *ints,
             const char *strings,
             const char *tensor)
{
    const OnnxAttribute *held = onnx_attribute(node, tensor);
    const OnnxTensor *table = held != NULL ? held->tensor : NULL;
    const GArray *reals = onnx_floats(node, floats), *wholes = onnx_ints(node, ints);
    const GPtrArray *texts = onnx_strings(node, strings);
    EncoderSide side = {.is_whole = reals == NULL};
    if (table != NULL) {
        reals = table->numbers->len > 0 ? table->numbers : NULL;
        texts = table->strings->len > 0 ? table->strings : NULL;
        side.is_whole = table->type == ONNX_INT64 || table->type == 6;
        side.is_double = table->type == ONNX_DOUBLE;
    }
    side.is_text = texts != NULL;
    if (texts == NULL && reals == NULL && wholes == NULL)
        return side;
    side.list = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; texts != NULL && i < texts->len; i++) {
        double code = onnx_text_know(body, texts->pdata[i]);
        g_array_append_val(side.list, code);
    }
    if (texts == NULL && reals != NULL)
        g_array_append_vals(side.list, reals->data, reals->len);
    for (guint i = 0; texts == NULL && reals == NULL && i < wholes->len; i++) {
        double number = (double)g_array_index(wholes, gint64, i);
        g_array_append_val(side.list, number);
    }
    return side;
}

/* the first version: a list of texts whose places are the numbers */
static void
encoder_classes(OnnxBody *body,
                const OnnxNode *node,
                gboolean of_texts,
                EncoderSide *keys,
                EncoderSide *values)
{
    EncoderSide *numbers = of_texts ? values : keys;
    EncoderSide *texts = of_texts ? keys : values;
    *texts = encoder_side(body, node, "", "", "classes_strings", "");
    *numbers = (EncoderSide){.is_whole = TRUE};
    numbers->list = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < texts->list->len; i++) {
        double place = i;
        g_array_append_val(numbers->list, place);
    }
}

/* what is given for any other key */
static double
encoder_fallback(OnnxBody *body, const OnnxNode *node, const EncoderSide *values)
{
    const OnnxAttribute *held = onnx_attribute(node, "default_tensor");
    const OnnxTensor *one = held != NULL ? held->tensor : NULL;
    const char *word = onnx_string(node, "default_string");
    if (values->is_text) {
        if (one != NULL && one->strings->len > 0)
            word = one->strings->pdata[0];
        return onnx_text_know(body, word != NULL ? word : "_Unused");
    }
    if (one != NULL && one->numbers->len > 0)
        return g_array_index(one->numbers, double, 0);
    return values->is_whole ? (double)onnx_int(node, "default_int64", -1)
                            : onnx_float(node, "default_float", -0.0);
}

/* the last of equal keys counts, and a key that is NaN stands for missing numbers */
static gboolean
encoder_run(const OnnxOp *op, OnnxRow *row, GError **error G_GNUC_UNUSED)
{
    const OnnxCell in = row->cell[op->in[0]];
    double *out = onnx_set(op, row, in.n, op->gives_exact || op->gives_double);
    for (guint i = 0; i < in.n; i++) {
        double x = in.x[i];
        out[i] = op->fallback;
        for (guint k = 0; k < op->keys->len; k++) {
            double key = g_array_index(op->keys, double, k);
            if (isnan(key) ? isnan(x) : !(fabs(x - key) > 0) && !isnan(x))
                out[i] = g_array_index(op->values, double, k);
        }
    }
    return TRUE;
}

/**
 * onnx_compile_encoder:
 * @op: a LabelEncoder whose input is known
 * @of_texts: whether its input is
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA where keys and values do not go together,
 * %ERRATA_ERROR_UNSUPPORTED where the keys are not what the input has.
 */
gboolean
onnx_compile_encoder(OnnxBody *self, OnnxOp *op, gboolean of_texts, GError **error)
{
    const OnnxNode *node = op->node;
    EncoderSide keys, values;
    if (onnx_strings(node, "classes_strings") != NULL) {
        encoder_classes(self, node, of_texts, &keys, &values);
    } else {
        keys =
            encoder_side(self, node, "keys_floats", "keys_int64s", "keys_strings", "keys_tensor");
        values = encoder_side(self,
                              node,
                              "values_floats",
                              "values_int64s",
                              "values_strings",
                              "values_tensor");
    }
    op->keys = keys.list;
    op->values = values.list;
    op->gives_exact = values.is_whole || values.is_text;
    op->gives_double = values.is_double;
    op->run = encoder_run;
    if (keys.list == NULL || values.list == NULL || keys.list->len != values.list->len)
        return onnx_fail(error, node, "expected a value for each key");
    if (keys.is_text != of_texts)
        return onnx_refuse(error,
                           node,
                           "its keys are %s, its input is of %s",
                           keys.is_text ? "texts" : "numbers",
                           of_texts ? "texts" : "numbers");
    op->fallback = encoder_fallback(self, node, &values);
    if (values.is_text)
        onnx_text_mark(self, op->out);
    return TRUE;
}
