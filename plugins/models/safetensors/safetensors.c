/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safetensors: the length of a header, the header as JSON, the numbers. Every claim of the header
 * is checked against the file before a number is looked at: sizes against shapes, places against
 * one another (in order they fill the file, without holes or overlap), names against doubles.
 * Source: the README of huggingface/safetensors, "Format". */
#include "safetensors.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "model-facts.h"
#include "plugin.h"
#include "safetensors-private.h"
#include "text-hash.h"

extern const ErrataPlugin errata_plugin_safetensors;

#define ST_HEADER_MAX 100000000U /* bytes; the library's own limit */
#define ST_EXACT      9007199254740992.0

/* what the library calls a type; those of less than a byte are told by bits and not looked into */
static const struct {
    const char *name;
    ErrataTensorType type;
    guint bits;
} types[] = {
    {"F64", ERRATA_TENSOR_F64, 64},
    {"F32", ERRATA_TENSOR_F32, 32},
    {"F16", ERRATA_TENSOR_F16, 16},
    {"BF16", ERRATA_TENSOR_BF16, 16},
    {"F8_E4M3", ERRATA_TENSOR_F8_E4M3, 8},
    {"F8_E5M2", ERRATA_TENSOR_F8_E5M2, 8},
    {"F8_E8M0", ERRATA_TENSOR_F8_E8M0, 8},
    {"F8_E4M3FNUZ", ERRATA_TENSOR_F8_E4M3FNUZ, 8},
    {"F8_E5M2FNUZ", ERRATA_TENSOR_F8_E5M2FNUZ, 8},
    {"C64", ERRATA_TENSOR_C64, 64},
    {"I64", ERRATA_TENSOR_I64, 64},
    {"I32", ERRATA_TENSOR_I32, 32},
    {"I16", ERRATA_TENSOR_I16, 16},
    {"I8", ERRATA_TENSOR_I8, 8},
    {"U64", ERRATA_TENSOR_U64, 64},
    {"U32", ERRATA_TENSOR_U32, 32},
    {"U16", ERRATA_TENSOR_U16, 16},
    {"U8", ERRATA_TENSOR_U8, 8},
    {"BOOL", ERRATA_TENSOR_BOOL, 8},
    {"F4", ERRATA_TENSOR_OPAQUE, 4},
    {"F6_E2M3", ERRATA_TENSOR_OPAQUE, 6},
    {"F6_E3M2", ERRATA_TENSOR_OPAQUE, 6},
};

/* a tensor as the header claims it */
typedef struct {
    const char *name;
    const char *dtype;
    ErrataTensorType type;
    guint n_dims;
    guint64 dims[ERRATA_LIMIT_DIMENSIONS];
    guint64 from;
    guint64 to;
} StTensor;

struct _ErrataSafetensors {
    GBytes *bytes;
    ErrataDatumTree *document;
    GArray *found; /* (element-type StTensor) */
    gsize at;      /* where the numbers begin */
};

gboolean
st_fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, what);
    return FALSE;
}

static gboolean
st_whole(double number, guint64 *ret)
{
    if (!(number >= 0.0 && number <= ST_EXACT) || fabs(number - floor(number)) > 0.0)
        return FALSE;
    *ret = (guint64)number;
    return TRUE;
}

static gboolean
st_read_type(const ErrataDatum *entry, StTensor *tensor, guint *ret_bits, GError **error)
{
    tensor->dtype = errata_datum_text(entry, "dtype");
    for (guint i = 0; tensor->dtype != NULL && i < G_N_ELEMENTS(types); i++)
        if (strcmp(tensor->dtype, types[i].name) == 0) {
            tensor->type = types[i].type;
            *ret_bits = types[i].bits;
            return TRUE;
        }
    return tensor->dtype == NULL ? st_fail(error, "tensor “%s” has no dtype", tensor->name)
                                 : st_fail(error,
                                           "tensor “%s” is of an unknown type “%s”",
                                           tensor->name,
                                           tensor->dtype);
}

static gboolean
st_read_shape(const ErrataDatum *entry, StTensor *tensor, GError **error)
{
    gsize n = 0;
    const ErrataDatum *list = errata_datum_get(entry, "shape");
    const double *shape = errata_datum_numbers(entry, "shape", &n);

    if (list == NULL || list->kind != ERRATA_DATUM_NUMBERS)
        return st_fail(error, "tensor “%s” has no shape", tensor->name);
    if (n > ERRATA_LIMIT_DIMENSIONS)
        return st_fail(error,
                       "tensor “%s” has %" G_GSIZE_FORMAT " dimensions, more than %u",
                       tensor->name,
                       n,
                       ERRATA_LIMIT_DIMENSIONS);
    tensor->n_dims = (guint)n;
    for (guint i = 0; i < n; i++)
        if (!st_whole(shape[i], &tensor->dims[i]))
            return st_fail(error, "dimension %u of tensor “%s” is no count", i, tensor->name);
    return TRUE;
}

/* one member of the header, and whether its place fits its shape and the file */
static gboolean
st_read_tensor(const ErrataDatum *entry, guint64 n_bytes, StTensor *tensor, GError **error)
{
    gsize n_offsets = 0;
    const double *offsets = errata_datum_numbers(entry, "data_offsets", &n_offsets);
    guint64 n, bits;
    guint width;

    if (!st_read_type(entry, tensor, &width, error) || !st_read_shape(entry, tensor, error))
        return FALSE;
    if (offsets == NULL || n_offsets != 2 || !st_whole(offsets[0], &tensor->from) ||
        !st_whole(offsets[1], &tensor->to) || tensor->from > tensor->to)
        return st_fail(error, "tensor “%s” has no place in the file", tensor->name);
    if (tensor->to > n_bytes)
        return st_fail(error,
                       "tensor “%s” ends at byte %" G_GUINT64_FORMAT
                       " of the numbers, of which the file holds %" G_GUINT64_FORMAT,
                       tensor->name,
                       tensor->to,
                       n_bytes);
    if (!errata_tensor_count(tensor->dims, tensor->n_dims, &n) ||
        !g_uint64_checked_mul(&bits, n, (guint64)width) || bits % 8 != 0 ||
        bits / 8 != tensor->to - tensor->from)
        return st_fail(error,
                       "tensor “%s” takes %" G_GUINT64_FORMAT
                       " bytes of the file, which its type and shape do not",
                       tensor->name,
                       tensor->to - tensor->from);
    return TRUE;
}

static int
st_by_place_cb(gconstpointer a, gconstpointer b)
{
    const StTensor *one = a, *other = b;

    if (one->from != other->from)
        return one->from < other->from ? -1 : 1;
    return one->to < other->to ? -1 : one->to > other->to ? 1 : 0;
}

static gboolean
st_check_places(GArray *found, guint64 n_bytes, GError **error)
{
    guint64 end = 0;

    g_array_sort(found, st_by_place_cb);
    for (guint i = 0; i < found->len; i++) {
        const StTensor *tensor = &g_array_index(found, StTensor, i);

        if (tensor->from != end)
            return st_fail(error,
                           tensor->from < end ? "tensor “%s” begins at byte %" G_GUINT64_FORMAT
                                                ", within the one before it"
                                              : "before tensor “%s”, at byte %" G_GUINT64_FORMAT
                                                " of the numbers, lie some that belong to none",
                           tensor->name,
                           tensor->from);
        end = tensor->to;
    }
    return end == n_bytes || st_fail(error,
                                     "the tensors end at byte %" G_GUINT64_FORMAT
                                     " of the numbers, of which the file holds %" G_GUINT64_FORMAT,
                                     end,
                                     n_bytes);
}

static gboolean
st_add(St *self, const GArray *found, const char *file, const guint8 *numbers, GError **error)
{
    for (guint i = 0; i < found->len; i++) {
        const StTensor *tensor = &g_array_index(found, StTensor, i);
        ErrataTensorView view = {.name = tensor->name,
                                 .type = tensor->type,
                                 .dims = tensor->dims,
                                 .n_dims = tensor->n_dims,
                                 .data = numbers + tensor->from,
                                 .size = tensor->to - tensor->from};
        const char *other = g_hash_table_lookup(self->home, tensor->name);
        ErrataModelLayer *layer;

        if (other != NULL)
            return st_fail(error, "there is a tensor “%s” in %s as well", tensor->name, other);
        g_hash_table_insert(self->home, g_strdup(tensor->name), g_strdup(file));
        layer = errata_tensors_add(self->tensors, &view, error);
        if (layer == NULL)
            return FALSE;
        if (tensor->type == ERRATA_TENSOR_OPAQUE) {
            g_free(layer->dtype);
            layer->dtype = g_ascii_strdown(tensor->dtype, -1);
        }
    }
    return TRUE;
}

/* Returns: (transfer full): the tensors of a header, in the order of their places */
static GArray *
st_list(const ErrataDatum *header,
        guint64 n_bytes,
        const ErrataDatum **ret_metadata,
        GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(StTensor));

    if (header->kind != ERRATA_DATUM_OBJECT) {
        st_fail(error, "its header is no JSON object");
        return NULL;
    }
    if (header->n > ERRATA_LIMIT_TENSORS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "it holds more than %u tensors",
                    ERRATA_LIMIT_TENSORS);
        return NULL;
    }
    for (gsize i = 0; i < header->n; i++) {
        StTensor tensor = {.name = header->keys[i]};

        if (strcmp(tensor.name, "__metadata__") == 0) {
            *ret_metadata = &header->items[i];
            continue;
        }
        if (!st_read_tensor(&header->items[i], n_bytes, &tensor, error))
            return NULL;
        g_array_append_val(found, tensor);
    }
    return st_check_places(found, n_bytes, error) ? g_steal_pointer(&found) : NULL;
}

/* Returns: (transfer full): the header of a file whose numbers begin at @ret_at */
static ErrataDatumTree *
st_parse(GBytes *bytes, gsize *ret_at, GError **error)
{
    ErrataDatumTree *document;
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    guint64 length = 0;

    if (size < 8) {
        st_fail(error, "%" G_GSIZE_FORMAT " bytes are too few for the length of a header", size);
        return NULL;
    }
    for (guint i = 8; i-- > 0;)
        length = length << 8 | data[i];
    if (length > size - 8) {
        st_fail(error,
                "its header claims %" G_GUINT64_FORMAT " bytes, of a file of %" G_GSIZE_FORMAT,
                length,
                size);
        return NULL;
    }
    if (length > ST_HEADER_MAX) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "its header is larger than %u bytes",
                    ST_HEADER_MAX);
        return NULL;
    }
    if (length < 2 || data[8] != '{') {
        st_fail(error, "its header is no JSON object");
        return NULL;
    }
    document = errata_datum_parse_model_json((const char *)data + 8, length, error);
    if (document == NULL)
        g_prefix_error(error, "header: ");
    *ret_at = 8 + length;
    return document;
}

/**
 * st_read:
 * @self: gets the tensors
 * @part: a file
 * @error: return location for a #GError
 *
 * Returns: whether the file is sound and was read
 */
gboolean
st_read(St *self, const ErrataModelPart *part, GError **error)
{
    gsize at = 0;
    g_autoptr(ErrataDatumTree) document = st_parse(part->bytes, &at, error);
    g_autoptr(GArray) found = NULL;
    const ErrataDatum *metadata = NULL;
    const guint8 *data = g_bytes_get_data(part->bytes, NULL);

    if (document == NULL)
        return FALSE;
    found = st_list(errata_datum_tree_root(document), part->size - at, &metadata, error);
    if (found == NULL)
        return FALSE;
    if (metadata != NULL)
        errata_model_facts_add_training(self->builder, NULL, metadata);
    return st_add(self, found, part->name, data + at, error);
}

/**
 * errata_safetensors_new:
 * @bytes: a file
 * @error: return location for a #GError
 *
 * For whoever wants the numbers of single tensors; nothing is copied.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA where the header does not fit the file, %ERRATA_ERROR_LIMIT.
 *
 * Returns: (transfer full): its tensors, or %NULL with @error set
 */
ErrataSafetensors *
errata_safetensors_new(GBytes *bytes, GError **error)
{
    g_autoptr(ErrataSafetensors) self = g_new0(ErrataSafetensors, 1);
    const ErrataDatum *metadata = NULL;

    self->bytes = g_bytes_ref(bytes);
    self->document = st_parse(bytes, &self->at, error);
    if (self->document == NULL)
        return NULL;
    self->found = st_list(errata_datum_tree_root(self->document),
                          g_bytes_get_size(bytes) - self->at,
                          &metadata,
                          error);
    return self->found != NULL ? g_steal_pointer(&self) : NULL;
}

void
errata_safetensors_free(ErrataSafetensors *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->found, g_array_unref);
    errata_datum_tree_free(self->document);
    g_bytes_unref(self->bytes);
    g_free(self);
}

/**
 * errata_safetensors_find:
 * @self: a file
 * @name: of a tensor
 * @ret_view: (out): it; valid as long as @self
 *
 * Returns: whether there is such a tensor
 */
gboolean
errata_safetensors_find(const ErrataSafetensors *self, const char *name, ErrataTensorView *ret_view)
{
    const guint8 *data = g_bytes_get_data(self->bytes, NULL);

    for (guint i = 0; i < self->found->len; i++) {
        const StTensor *tensor = &g_array_index(self->found, StTensor, i);

        if (strcmp(tensor->name, name) != 0)
            continue;
        *ret_view = (ErrataTensorView){.name = tensor->name,
                                       .type = tensor->type,
                                       .dims = tensor->dims,
                                       .n_dims = tensor->n_dims,
                                       .data = data + self->at + tensor->from,
                                       .size = tensor->to - tensor->from};
        return TRUE;
    }
    return FALSE;
}

/**
 * st_finish:
 * @self: all tensors
 * @error: return location for a #GError
 *
 * Returns: (nullable): the model
 */
ErrataModel *
st_finish(St *self, GError **error)
{
    errata_tensors_finish(self->tensors);
    errata_model_builder_set_kind(self->builder, "tensors");
    errata_model_builder_set_why_not(
        self->builder,
        "safetensors hold weights only, not what is to be done with them");
    return errata_model_builder_finish(self->builder, error);
}

static ErrataModel *
st_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("safetensors", "safetensors");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);
    g_autoptr(GHashTable) home =
        g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, g_free);
    St self = {builder, tensors, home};

    return st_read(&self, errata_model_parts_main(parts), error) ? st_finish(&self, error) : NULL;
}

static guint
st_sniff(const guint8 *head, gsize size, const char *name)
{
    guint64 length = 0;

    for (guint i = 8; size >= 10 && i-- > 0;)
        length = length << 8 | head[i];
    if (length >= 2 && length <= ST_HEADER_MAX && head[8] == '{' &&
        (head[9] == '"' || head[9] == '}' || head[9] == ' '))
        return 90;
    return g_str_has_suffix(name, ".safetensors") ? 60 : 0;
}

static const ErrataModelFormat st_format = {
    .id = "safetensors",
    .summary = "safetensors (weights, described)",
    .sniff = st_sniff,
    .any_size = TRUE,
    .load = st_load,
};

const ErrataPlugin errata_plugin_safetensors = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "safetensors",
    .models = (const ErrataModelFormat *const[]){&st_format, &st_index_format, NULL},
};
