/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A static embedding in three files, as model2vec saves it: the vectors (model.safetensors:
 * embeddings, perhaps weights and mapping), what parts a text into pieces (tokenizer.json), and
 * config.json, of which `normalize` counts. The vectors stay where they are; every number that
 * leads to one is checked.
 * Source: MinishLab/model2vec, persistence.py, save_pretrained. */
#include "embedding-file.h"

#include <math.h>

#include "error.h"
#include "safetensors.h"

#define EMBEDDING_WIDTH 4096U
#define EMBEDDING_TEXT  (256U << 20) /* bytes of tokenizer.json, 2 MB as published */

static void embedding_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
embedding_fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, what);
}

static ErrataDatumTree *
embedding_parse(GBytes *bytes, const char *file, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(bytes, &size);
    ErrataDatumTree *document = NULL;

    if (size > EMBEDDING_TEXT)
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "%" G_GSIZE_FORMAT " bytes, more than %u",
                    size,
                    EMBEDDING_TEXT);
    else
        document = errata_datum_parse_model_json(text != NULL ? text : "", size, error);
    if (document == NULL)
        g_prefix_error(error, "%s: ", file);
    return document;
}

static gboolean
embedding_read_pieces(ErrataStaticEmbedding *self, GBytes *tokenizer, GError **error)
{
    g_autoptr(ErrataDatumTree) document = embedding_parse(tokenizer, "tokenizer.json", error);

    if (document == NULL)
        return FALSE;
    self->pieces = errata_wordpiece_new(errata_datum_tree_root(document), error);
    if (self->pieces == NULL)
        g_prefix_error(error, "tokenizer.json: ");
    return self->pieces != NULL;
}

static gboolean
embedding_read_config(ErrataStaticEmbedding *self, GBytes *config, GError **error)
{
    g_autoptr(ErrataDatumTree) document = NULL;
    const ErrataDatum *normalize;

    if (config == NULL)
        return TRUE;
    document = embedding_parse(config, "config.json", error);
    if (document == NULL)
        return FALSE;
    normalize = errata_datum_get(errata_datum_tree_root(document), "normalize");
    if (normalize != NULL && normalize->kind != ERRATA_DATUM_BOOLEAN &&
        normalize->kind != ERRATA_DATUM_NULL) {
        embedding_fail(error, "config.json: “normalize” is neither true nor false");
        return FALSE;
    }
    self->normalize = normalize != NULL && normalize->kind == ERRATA_DATUM_BOOLEAN &&
                      normalize->number > 0.0;
    return TRUE;
}

static gboolean
embedding_read_vectors(ErrataStaticEmbedding *self, const ErrataSafetensors *file, GError **error)
{
    ErrataTensorView view;
    ErrataTensorScan scan;
    g_autofree char *shape = NULL;

    if (!errata_safetensors_find(file, "embeddings", &view)) {
        embedding_fail(error, "there is no tensor “embeddings”; expected a file of model2vec");
        return FALSE;
    }
    shape = errata_tensor_shape(view.dims, view.n_dims);
    if (view.n_dims != 2 || view.dims[0] == 0 || view.dims[1] == 0 ||
        view.dims[1] > EMBEDDING_WIDTH) {
        embedding_fail(error,
                       "tensor “embeddings” has the shape %s: expected vectors of 1 to %u numbers",
                       shape,
                       EMBEDDING_WIDTH);
        return FALSE;
    }
    if (view.type != ERRATA_TENSOR_F64 && view.type != ERRATA_TENSOR_F32 &&
        view.type != ERRATA_TENSOR_F16 && view.type != ERRATA_TENSOR_I8) {
        embedding_fail(error,
                       "tensor “embeddings” is of type %s: expected f16, f32, f64 or i8",
                       errata_tensor_nick(view.type));
        return FALSE;
    }
    errata_tensor_scan(view.type, FALSE, view.data, view.size, &scan);
    if (scan.n_nan + scan.n_infinite > 0) {
        embedding_fail(error,
                       "tensor “embeddings” holds %" G_GUINT64_FORMAT
                       " numbers that are NaN or infinite; save it anew",
                       scan.n_nan + scan.n_infinite);
        return FALSE;
    }
    self->type = view.type;
    self->vector = view.data;
    self->n_vectors = view.dims[0];
    self->width = (guint)view.dims[1];
    return TRUE;
}

/* a number for each piece, from @lo and below @hi */
static double *
embedding_read_list(const ErrataStaticEmbedding *self,
                    const ErrataTensorView *view,
                    double lo,
                    double hi,
                    GError **error)
{
    guint64 n = (guint64)errata_wordpiece_last(self->pieces) + 1;
    g_autofree char *shape = errata_tensor_shape(view->dims, view->n_dims);
    g_autofree double *list = NULL;

    if (view->n_dims == 0 || view->dims[0] < n ||
        (view->n_dims > 1 && (view->n_dims > 2 || view->dims[1] != 1))) {
        embedding_fail(
            error,
            "tensor “%s” has the shape %s: expected a number for each of %" G_GUINT64_FORMAT
            " pieces of tokenizer.json",
            view->name,
            shape,
            n);
        return NULL;
    }
    list = g_new(double, n);
    for (guint64 i = 0; i < n; i++) {
        list[i] = errata_static_embedding_number(view->type, view->data, i);
        if (list[i] >= lo && list[i] < hi)
            continue;
        embedding_fail(error,
                       "number %" G_GUINT64_FORMAT
                       " of tensor “%s” (%s) is %g: expected one from %g to "
                       "below %g",
                       i,
                       view->name,
                       errata_tensor_nick(view->type),
                       list[i],
                       lo,
                       hi);
        return NULL;
    }
    return g_steal_pointer(&list);
}

static gboolean
embedding_read_lists(ErrataStaticEmbedding *self, const ErrataSafetensors *file, GError **error)
{
    guint64 n = (guint64)errata_wordpiece_last(self->pieces) + 1;
    ErrataTensorView view;

    if (errata_safetensors_find(file, "weights", &view)) {
        self->weight = embedding_read_list(self, &view, -1e30, 1e30, error);
        if (self->weight == NULL)
            return FALSE;
    }
    if (errata_safetensors_find(file, "mapping", &view)) {
        g_autofree double *mapping =
            embedding_read_list(self, &view, 0.0, (double)MIN(self->n_vectors, G_MAXUINT32), error);

        if (mapping == NULL)
            return FALSE;
        self->mapping = g_new(guint32, n);
        for (guint64 i = 0; i < n; i++)
            self->mapping[i] = (guint32)mapping[i];
    } else if (self->n_vectors < n) {
        embedding_fail(error,
                       "tensor “embeddings” has %" G_GUINT64_FORMAT
                       " vectors and tokenizer.json pieces up to number %" G_GUINT64_FORMAT
                       ": the two do not belong together",
                       self->n_vectors,
                       n - 1);
        return FALSE;
    }
    return TRUE;
}

/**
 * errata_embedding_file_load:
 * @tensors: model.safetensors; referenced, not copied
 * @tokenizer: tokenizer.json
 * @config: (nullable): config.json
 * @name: where they came from
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA, %ERRATA_ERROR_UNSUPPORTED for a tokenizer of another kind,
 * %ERRATA_ERROR_LIMIT; the message names the file of the three.
 *
 * Returns: (transfer full): the embedding, or %NULL with @error set
 */
ErrataStaticEmbedding *
errata_embedding_file_load(GBytes *tensors,
                           GBytes *tokenizer,
                           GBytes *config,
                           const char *name,
                           GError **error)
{
    g_autoptr(ErrataStaticEmbedding) self = g_new0(ErrataStaticEmbedding, 1);
    g_autoptr(ErrataSafetensors) file = NULL;

    self->name = g_strdup(name);
    self->bytes = g_bytes_ref(tensors);
    if (!embedding_read_pieces(self, tokenizer, error) ||
        !embedding_read_config(self, config, error))
        return NULL;
    file = errata_safetensors_new(tensors, error);
    if (file == NULL || !embedding_read_vectors(self, file, error) ||
        !embedding_read_lists(self, file, error)) {
        g_prefix_error(error, "model.safetensors: ");
        return NULL;
    }
    return g_steal_pointer(&self);
}
