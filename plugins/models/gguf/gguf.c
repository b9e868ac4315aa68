/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GGUF, versions 1 to 3, of both byte orders: keys and values, a table of tensors, their numbers,
 * each at a multiple of the alignment. Source: docs/gguf.md of ggml-org/ggml. */
#include <string.h>

#include "error.h"
#include "gguf-private.h"
#include "limit.h"
#include "plugin.h"
#include "text-hash.h"

extern const ErrataPlugin errata_plugin_gguf;

#define GGUF_DIMENSIONS 4 /* as ggml has it */
#define GGUF_ALIGNMENT  32
#define GGUF_STRING_MAX (16U << 20)
#define GGUF_FACTS_MAX  (1U << 16)

/* a tensor as the table claims it */
typedef struct {
    char *name;
    guint64 type_id;
    const GgufType *type; /* NULL for one that is not known: its size is not, either */
    guint n_dims;
    guint64 dims[GGUF_DIMENSIONS];
    guint64 offset;
    guint64 size;
} GgufTensor;

static void
gguf_tensor_clear(gpointer data)
{
    GgufTensor *self = data;

    g_free(self->name);
}

gboolean
gguf_fail(const Gguf *self, GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "byte %" G_GSIZE_FORMAT ": %s",
                self->at,
                what);
    return FALSE;
}

gboolean
gguf_number(Gguf *self, guint n, guint64 *ret, GError **error)
{
    guint64 number = 0;

    if (n > self->size - self->at)
        return gguf_fail(self, error, "the file ends within its header");
    for (guint i = 0; i < n; i++)
        number |= (guint64)self->bytes[self->at + i] << (8 * (self->is_big_endian ? n - 1 - i : i));
    self->at += n;
    *ret = number;
    return TRUE;
}

gboolean
gguf_count(Gguf *self, guint64 *ret, GError **error)
{
    return gguf_number(self, self->version == 1 ? 4 : 8, ret, error);
}

static gboolean
gguf_string_length(Gguf *self, guint64 *ret, GError **error)
{
    if (!gguf_count(self, ret, error))
        return FALSE;
    return *ret <= self->size - self->at ||
           gguf_fail(self,
                     error,
                     "a text claims %" G_GUINT64_FORMAT " bytes, of %" G_GSIZE_FORMAT " left",
                     *ret,
                     self->size - self->at);
}

char *
gguf_string(Gguf *self, GError **error)
{
    guint64 length = 0;
    char *text;

    if (!gguf_string_length(self, &length, error))
        return NULL;
    if (length > GGUF_STRING_MAX) {
        gguf_fail(self, error, "a text is longer than %u bytes", GGUF_STRING_MAX);
        return NULL;
    }
    text = g_strndup((const char *)self->bytes + self->at, length);
    self->at += length;
    return text;
}

gboolean
gguf_skip_string(Gguf *self, GError **error)
{
    guint64 length = 0;

    if (!gguf_string_length(self, &length, error))
        return FALSE;
    self->at += length;
    return TRUE;
}

/* bytes that the shape takes; the first dimension is cut into blocks */
static gboolean
gguf_measure(const Gguf *self, GgufTensor *tensor, GError **error)
{
    guint64 n;

    if (tensor->type == NULL)
        return TRUE;
    if (!errata_tensor_count(tensor->dims, tensor->n_dims, &n) ||
        (tensor->n_dims > 0 ? tensor->dims[0] : 1) % tensor->type->block != 0 ||
        !g_uint64_checked_mul(&tensor->size, n / tensor->type->block, tensor->type->bytes))
        return gguf_fail(self,
                         error,
                         "the shape of tensor “%s” cannot be cut into blocks of %u",
                         tensor->name,
                         tensor->type->block);
    return TRUE;
}

static gboolean
gguf_read_tensor(Gguf *self, GgufTensor *tensor, GError **error)
{
    guint64 n_dims = 0, type = 0;

    tensor->name = gguf_string(self, error);
    if (tensor->name == NULL || !gguf_number(self, 4, &n_dims, error))
        return FALSE;
    if (n_dims > GGUF_DIMENSIONS)
        return gguf_fail(self,
                         error,
                         "tensor “%s” has %" G_GUINT64_FORMAT " dimensions, more than %d",
                         tensor->name,
                         n_dims,
                         GGUF_DIMENSIONS);
    tensor->n_dims = (guint)n_dims;
    for (guint i = 0; i < tensor->n_dims; i++)
        if (!gguf_count(self, &tensor->dims[i], error))
            return FALSE;
    if (!gguf_number(self, 4, &type, error) || !gguf_number(self, 8, &tensor->offset, error))
        return FALSE;
    tensor->type = gguf_type(type);
    tensor->type_id = type;
    return gguf_measure(self, tensor, error);
}

static GArray *
gguf_read_table(Gguf *self, guint64 n, GError **error)
{
    g_autoptr(GArray) table = g_array_new(FALSE, TRUE, sizeof(GgufTensor));
    g_autoptr(GHashTable) names = g_hash_table_new(errata_text_hash, g_str_equal);

    g_array_set_clear_func(table, gguf_tensor_clear);
    for (guint64 i = 0; i < n; i++) {
        GgufTensor *tensor;

        g_array_set_size(table, (guint)i + 1);
        tensor = &g_array_index(table, GgufTensor, i);
        if (!gguf_read_tensor(self, tensor, error))
            return NULL;
        if (!g_hash_table_add(names, tensor->name)) {
            gguf_fail(self, error, "there are two tensors “%s”", tensor->name);
            return NULL;
        }
    }
    return g_steal_pointer(&table);
}

static int
gguf_by_offset_cb(gconstpointer a, gconstpointer b)
{
    const GgufTensor *one = a, *other = b;

    return one->offset < other->offset ? -1 : one->offset > other->offset ? 1 : 0;
}

/* each within the file, at a multiple of the alignment, after the one before */
static gboolean
gguf_check_places(const Gguf *self, GArray *table, guint64 n_bytes, GError **error)
{
    guint64 end = 0;

    g_array_sort(table, gguf_by_offset_cb);
    for (guint i = 0; i < table->len; i++) {
        const GgufTensor *tensor = &g_array_index(table, GgufTensor, i);

        if (tensor->offset % self->alignment != 0)
            return gguf_fail(self,
                             error,
                             "tensor “%s” is at %" G_GUINT64_FORMAT
                             ", no multiple of the alignment %" G_GUINT64_FORMAT,
                             tensor->name,
                             tensor->offset,
                             self->alignment);
        if (tensor->offset < end)
            return gguf_fail(self,
                             error,
                             "tensor “%s” begins within the one before it",
                             tensor->name);
        if (tensor->offset > n_bytes || tensor->size > n_bytes - tensor->offset)
            return gguf_fail(self,
                             error,
                             "tensor “%s” takes %" G_GUINT64_FORMAT " bytes from %" G_GUINT64_FORMAT
                             " on, of %" G_GUINT64_FORMAT " in the file",
                             tensor->name,
                             tensor->size,
                             tensor->offset,
                             n_bytes);
        end = tensor->offset + tensor->size;
    }
    return TRUE;
}

static gboolean
gguf_add_tensor(const Gguf *self,
                const GgufTensor *tensor,
                const guint8 *numbers,
                ErrataTensors *tensors,
                GError **error)
{
    ErrataTensorScan found;
    ErrataTensorView view = {.name = tensor->name,
                             .is_big_endian = self->is_big_endian,
                             .dims = tensor->dims,
                             .n_dims = tensor->n_dims};
    ErrataModelLayer *layer;

    if (tensor->type != NULL) {
        view.type = tensor->type->type;
        view.data = numbers + tensor->offset;
        view.size = tensor->size;
        if (tensor->type->n_scales > 0) {
            gguf_type_scan(tensor->type, self->is_big_endian, view.data, view.size, &found);
            view.found = &found;
        }
    }
    layer = errata_tensors_add(tensors, &view, error);
    if (layer == NULL)
        return FALSE;
    if (view.type == ERRATA_TENSOR_OPAQUE) {
        g_free(layer->dtype);
        layer->dtype = tensor->type != NULL
                           ? g_strdup(tensor->type->name)
                           : g_strdup_printf("type %" G_GUINT64_FORMAT, tensor->type_id);
    }
    return TRUE;
}

static gboolean
gguf_add_tensors(const Gguf *self,
                 const GArray *table,
                 const guint8 *numbers,
                 ErrataTensors *tensors,
                 GError **error)
{
    guint n_unknown = 0;

    for (guint i = 0; i < table->len; i++) {
        const GgufTensor *tensor = &g_array_index(table, GgufTensor, i);

        if (!gguf_add_tensor(self, tensor, numbers, tensors, error))
            return FALSE;
        n_unknown += tensor->type == NULL ? 1 : 0;
    }
    if (n_unknown > 0)
        errata_model_builder_note(self->builder,
                                  "%u tensors are of types that are not known here: neither their "
                                  "sizes nor their numbers were looked at",
                                  n_unknown);
    return TRUE;
}

/* the version tells the byte order: it is a small number in one of them */
static gboolean
gguf_read_version(Gguf *self, GError **error)
{
    guint64 version = 0;

    self->at = 4;
    if (!gguf_number(self, 4, &version, error))
        return FALSE;
    if ((version & 0xffff) == 0) {
        self->is_big_endian = TRUE;
        self->at = 4;
        if (!gguf_number(self, 4, &version, error))
            return FALSE;
    }
    if (version < 1 || version > 3) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_UNSUPPORTED,
                    "it is GGUF of version %" G_GUINT64_FORMAT "; 1 to 3 are read",
                    version);
        return FALSE;
    }
    self->version = (guint)version;
    return TRUE;
}

static gboolean
gguf_read(Gguf *self, ErrataTensors *tensors, GError **error)
{
    g_autoptr(GArray) table = NULL;
    guint64 n_tensors = 0, n_facts = 0, from;

    if (!gguf_read_version(self, error) || !gguf_count(self, &n_tensors, error) ||
        !gguf_count(self, &n_facts, error))
        return FALSE;
    if (n_tensors > ERRATA_LIMIT_TENSORS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "it claims %" G_GUINT64_FORMAT " tensors, more than %u",
                    n_tensors,
                    ERRATA_LIMIT_TENSORS);
        return FALSE;
    }
    if (n_facts > GGUF_FACTS_MAX)
        return gguf_fail(self,
                         error,
                         "it claims %" G_GUINT64_FORMAT " keys, more than %u",
                         n_facts,
                         GGUF_FACTS_MAX);
    if (!gguf_read_facts(self, n_facts, error))
        return FALSE;
    table = gguf_read_table(self, n_tensors, error);
    if (table == NULL)
        return FALSE;
    from = (self->at + self->alignment - 1) / self->alignment * self->alignment;
    if (from > self->size && n_tensors > 0)
        return gguf_fail(self, error, "the file ends before its tensors");
    return gguf_check_places(self, table, self->size - MIN(from, self->size), error) &&
           gguf_add_tensors(self, table, self->bytes + from, tensors, error);
}

static void
gguf_describe(const Gguf *self)
{
    g_autofree char *version =
        g_strdup_printf("GGUF %u%s", self->version, self->is_big_endian ? ", big endian" : "");
    g_autofree char *kind = self->architecture != NULL
                                ? g_strdup_printf("language model (%s)", self->architecture)
                                : g_strdup("tensors");

    errata_model_builder_set_version(self->builder, version);
    errata_model_builder_set_kind(self->builder, kind);
    errata_model_builder_set_why_not(
        self->builder,
        "a GGUF file is run by a program of its own, such as llama.cpp");
}

static ErrataModel *
gguf_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("gguf", "ggml");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);
    Gguf self = {.builder = builder, .alignment = GGUF_ALIGNMENT};
    gboolean ok;

    self.bytes = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &self.size);
    ok = self.size >= 8 && memcmp(self.bytes, "GGUF", 4) == 0
             ? gguf_read(&self, tensors, error)
             : gguf_fail(&self, error, "it does not begin as a GGUF file does");
    if (ok) {
        gguf_describe(&self);
        errata_tensors_finish(tensors);
    }
    g_free(self.architecture);
    return ok ? errata_model_builder_finish(builder, error) : NULL;
}

static guint
gguf_sniff(const guint8 *head, gsize size, const char *name)
{
    return size >= 4 && memcmp(head, "GGUF", 4) == 0 ? 95 : 0;
}

static const ErrataModelFormat gguf_format = {
    .id = "gguf",
    .summary = "GGUF language models (described)",
    .sniff = gguf_sniff,
    .any_size = TRUE,
    .load = gguf_load,
};

const ErrataPlugin errata_plugin_gguf = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "gguf",
    .models = (const ErrataModelFormat *const[]){&gguf_format, NULL},
};
