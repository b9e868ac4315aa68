/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tensors as PyTorch pickles them: a call of a function of torch._utils with a storage, which is a
 * name of bytes beside the pickle, a place in it, a shape and strides. Several may share a
 * storage. */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "torch-private.h"

#define TORCH_SHARED_BYTES (1U << 30) /* looked at more than once, or copied */

static const struct {
    const char *storage;
    const char *dtype;
    ErrataTensorType type;
    gsize item;
} types[] = {
    {"DoubleStorage", "float64", ERRATA_TENSOR_F64, 8},
    {"FloatStorage", "float32", ERRATA_TENSOR_F32, 4},
    {"HalfStorage", "float16", ERRATA_TENSOR_F16, 2},
    {"BFloat16Storage", "bfloat16", ERRATA_TENSOR_BF16, 2},
    {"ComplexFloatStorage", "complex64", ERRATA_TENSOR_C64, 8},
    {"ComplexDoubleStorage", "complex128", ERRATA_TENSOR_C128, 16},
    {"LongStorage", "int64", ERRATA_TENSOR_I64, 8},
    {"IntStorage", "int32", ERRATA_TENSOR_I32, 4},
    {"ShortStorage", "int16", ERRATA_TENSOR_I16, 2},
    {"CharStorage", "int8", ERRATA_TENSOR_I8, 1},
    {"ByteStorage", "uint8", ERRATA_TENSOR_U8, 1},
    {"BoolStorage", "bool", ERRATA_TENSOR_BOOL, 1},
    {"Float8_e4m3fnStorage", "float8_e4m3fn", ERRATA_TENSOR_F8_E4M3, 1},
    {"Float8_e5m2Storage", "float8_e5m2", ERRATA_TENSOR_F8_E5M2, 1},
    {"Float8_e4m3fnuzStorage", "float8_e4m3fnuz", ERRATA_TENSOR_F8_E4M3FNUZ, 1},
    {"Float8_e5m2fnuzStorage", "float8_e5m2fnuz", ERRATA_TENSOR_F8_E5M2FNUZ, 1},
    {"Float8_e8m0fnuStorage", "float8_e8m0fnu", ERRATA_TENSOR_F8_E8M0, 1},
    {"UInt64Storage", "uint64", ERRATA_TENSOR_U64, 8},
    {"UInt32Storage", "uint32", ERRATA_TENSOR_U32, 4},
    {"UInt16Storage", "uint16", ERRATA_TENSOR_U16, 2},
    {"QInt8Storage", "qint8", ERRATA_TENSOR_I8, 1},
    {"QUInt8Storage", "quint8", ERRATA_TENSOR_U8, 1},
    {"QInt32Storage", "qint32", ERRATA_TENSOR_I32, 4},
    {"UntypedStorage", "bits8", ERRATA_TENSOR_OPAQUE, 1},
    {"_UntypedStorage", "bits1x8", ERRATA_TENSOR_OPAQUE, 1},
};

/* a tensor as the pickle claims it */
typedef struct {
    const PickleValue *storage;
    const PickleValue *dtype; /* nullable: of an untyped storage */
    guint64 offset;
    guint n_dims;
    guint64 dims[ERRATA_LIMIT_DIMENSIONS];
    guint64 strides[ERRATA_LIMIT_DIMENSIONS];
} Claim;

gboolean
torch_fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, what);
    return FALSE;
}

gboolean
torch_type(const PickleValue *global, ErrataTensorType *ret_type, gsize *ret_item)
{
    if (global == NULL || global->kind != PICKLE_GLOBAL ||
        !(g_str_equal(global->module, "torch") || g_str_equal(global->module, "torch.storage") ||
          g_str_equal(global->module, "torch.cuda")))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(global->name, types[i].storage) ||
            g_str_equal(global->name, types[i].dtype)) {
            *ret_type = types[i].type;
            *ret_item = types[i].item;
            return TRUE;
        }
    return FALSE;
}

static gboolean
tensor_is_call(const PickleValue *value, const char *name)
{
    return value != NULL && value->kind == PICKLE_OBJECT && value->callable != NULL &&
           value->callable->kind == PICKLE_GLOBAL &&
           (g_str_equal(value->callable->module, "torch._utils") ||
            g_str_equal(value->callable->module, "torch._tensor")) &&
           g_str_equal(value->callable->name, name);
}

/* through parameters and subclasses to the call that makes the tensor; NULL when there is none */
static const PickleValue *
tensor_call(const PickleValue *value)
{
    static const char *const makers[] = {"_rebuild_tensor",
                                         "_rebuild_tensor_v2",
                                         "_rebuild_tensor_v3",
                                         "_rebuild_qtensor"};

    for (guint depth = 0; depth < 8; depth++) {
        for (guint i = 0; i < G_N_ELEMENTS(makers); i++)
            if (tensor_is_call(value, makers[i]))
                return value;
        if (!tensor_is_call(value, "_rebuild_parameter") &&
            !tensor_is_call(value, "_rebuild_parameter_with_state"))
            return NULL;
        value = pickle_item(value->args, 0);
    }
    return NULL;
}

/* _rebuild_from_type_v2(function, type, args, state): the call is taken apart */
static gboolean
tensor_args(const PickleValue *value, const PickleValue **ret_args, gboolean *ret_typed)
{
    const PickleValue *call = tensor_call(value);
    const PickleValue *function;

    if (call != NULL) {
        *ret_args = call->args;
        *ret_typed = tensor_is_call(call, "_rebuild_tensor_v3");
        return TRUE;
    }
    if (!tensor_is_call(value, "_rebuild_from_type_v2"))
        return FALSE;
    function = pickle_item(value->args, 0);
    *ret_args = pickle_item(value->args, 2);
    *ret_typed = function != NULL && function->kind == PICKLE_GLOBAL &&
                 g_str_equal(function->name, "_rebuild_tensor_v3");
    return function != NULL && function->kind == PICKLE_GLOBAL &&
           g_str_has_prefix(function->name, "_rebuild_tensor");
}

gboolean
torch_is_tensor(const PickleValue *value)
{
    const PickleValue *args;
    gboolean typed;

    return tensor_args(value, &args, &typed);
}

/* torch.Size is a tuple, or a call with one */
static gboolean
tensor_counts(const PickleValue *list, guint64 *counts, guint *ret_n)
{
    if (list != NULL && list->kind == PICKLE_OBJECT)
        list = pickle_item(list->args, 0);
    if (list == NULL || (list->kind != PICKLE_TUPLE && list->kind != PICKLE_LIST) ||
        pickle_n_items(list) > ERRATA_LIMIT_DIMENSIONS)
        return FALSE;
    *ret_n = pickle_n_items(list);
    for (guint i = 0; i < *ret_n; i++) {
        const PickleValue *item = pickle_item(list, i);

        if (item->kind != PICKLE_INT || item->integer < 0)
            return FALSE;
        counts[i] = (guint64)item->integer;
    }
    return TRUE;
}

static gboolean
tensor_claim(const char *name, const PickleValue *value, Claim *claim, GError **error)
{
    const PickleValue *args = NULL;
    const PickleValue *offset;
    gboolean typed = FALSE;
    guint n_strides;

    if (!tensor_args(value, &args, &typed))
        return torch_fail(error, "tensor “%s” is made in a way that is not known", name);
    offset = pickle_item(args, 1);
    claim->storage = pickle_item(args, 0);
    claim->dtype = typed ? pickle_item(args, 6) : NULL;
    if (claim->storage == NULL || claim->storage->kind != PICKLE_PERSISTENT)
        return torch_fail(error, "tensor “%s” has no storage", name);
    if (offset == NULL || offset->kind != PICKLE_INT || offset->integer < 0 ||
        !tensor_counts(pickle_item(args, 2), claim->dims, &claim->n_dims) ||
        !tensor_counts(pickle_item(args, 3), claim->strides, &n_strides) ||
        n_strides != claim->n_dims)
        return torch_fail(error, "tensor “%s” has no shape, or no strides that fit it", name);
    claim->offset = (guint64)offset->integer;
    return TRUE;
}

/* ('storage', class, key, device, numbers) */
static gboolean
tensor_storage(const Torch *self,
               const char *name,
               const Claim *claim,
               TorchStorage *ret_storage,
               GError **error)
{
    const PickleValue *id = claim->storage->args;
    const PickleValue *count = pickle_item(id, 4);
    TorchStorage storage = {.key = pickle_text(pickle_item(id, 2))};
    GBytes *bytes;
    guint64 claimed;

    if (g_strcmp0(pickle_text(pickle_item(id, 0)), "storage") != 0 || storage.key == NULL ||
        count == NULL || count->kind != PICKLE_INT || count->integer < 0 ||
        !torch_type(pickle_item(id, 1), &storage.type, &storage.item))
        return torch_fail(error, "tensor “%s” has a storage of an unknown kind", name);
    bytes = g_hash_table_lookup(self->storage, storage.key);
    if (bytes == NULL)
        return torch_fail(
            error,
            "the file holds no storage “%s”, where the numbers of tensor “%s” should be",
            storage.key,
            name);
    storage.data = g_bytes_get_data(bytes, &storage.size);
    if (!g_uint64_checked_mul(&claimed, (guint64)count->integer, (guint64)storage.item) ||
        claimed > storage.size)
        return torch_fail(error,
                          "storage “%s” claims %" G_GINT64_FORMAT
                          " numbers, but the file holds %" G_GSIZE_FORMAT " bytes of it",
                          storage.key,
                          count->integer,
                          storage.size);
    if (claim->dtype != NULL && !torch_type(claim->dtype, &storage.type, &storage.item))
        return torch_fail(error, "tensor “%s” is of an unknown type", name);
    *ret_storage = storage;
    return TRUE;
}

/* the numbers that the tensor reaches into: one past the last, counted from its first */
static gboolean
tensor_span(const Claim *claim, guint64 *ret_span)
{
    guint64 span = 1;

    for (guint i = 0; i < claim->n_dims; i++) {
        guint64 reach;

        if (claim->dims[i] == 0) {
            *ret_span = 0;
            return TRUE;
        }
        if (!g_uint64_checked_mul(&reach, claim->dims[i] - 1, claim->strides[i]) ||
            !g_uint64_checked_add(&span, span, reach))
            return FALSE;
    }
    *ret_span = span;
    return TRUE;
}

/* a tensor that skips numbers of its storage, or turns it round: in its own order. NULL when it
 * repeats numbers so often that it is larger than its storage */
static GBytes *
tensor_gather(const Claim *claim, guint64 n, const TorchStorage *storage)
{
    guint8 *copy, *to;
    guint64 index[ERRATA_LIMIT_DIMENSIONS] = {0};
    guint64 from = claim->offset;

    if (n > storage->size / storage->item)
        return NULL;
    copy = g_malloc(n * storage->item);
    to = copy;
    for (guint64 i = 0; i < n; i++) {
        memcpy(to, storage->data + from * storage->item, storage->item);
        to += storage->item;
        for (guint d = claim->n_dims; d-- > 0;) {
            from += claim->strides[d];
            if (++index[d] < claim->dims[d])
                break;
            from -= claim->strides[d] * claim->dims[d];
            index[d] = 0;
        }
    }
    return g_bytes_new_take(copy, n * storage->item);
}

static gboolean
tensor_is_contiguous(const Claim *claim)
{
    guint64 expected = 1;

    for (guint d = claim->n_dims; d-- > 0;) {
        if (claim->dims[d] > 1 && claim->strides[d] != expected)
            return FALSE;
        expected *= MAX(claim->dims[d], 1);
    }
    return TRUE;
}

/* the numbers in order, where they lie or copied; not looked into when they repeat those of others
 * so often that looking would cost more than the file is worth */
static void
tensor_view(Torch *self,
            const Claim *claim,
            guint64 n,
            const TorchStorage *storage,
            ErrataTensorView *view)
{
    g_autoptr(GBytes) gathered = NULL;

    view->size = MIN(n, storage->size / storage->item) * storage->item;
    if (view->size <= self->budget) {
        self->budget -= view->size;
        if (n == 0 || tensor_is_contiguous(claim))
            view->data = storage->data + claim->offset * storage->item;
        else if ((gathered = tensor_gather(claim, n, storage)) != NULL) {
            errata_tensors_keep(self->tensors, gathered);
            view->data = g_bytes_get_data(gathered, &view->size);
        }
    }
    if (view->data == NULL && n > 0)
        errata_model_builder_note(self->builder,
                                  "“%s” repeats numbers of its storage and was not looked into",
                                  view->name);
}

guint64
torch_budget(guint64 n_bytes)
{
    return MIN(4 * n_bytes, n_bytes + (guint64)TORCH_SHARED_BYTES);
}

/**
 * torch_add_tensor:
 * @self: the model
 * @name: where it was found
 * @value: a tensor
 * @error: return location for a #GError
 *
 * Returns: whether what it claims fits its storage
 */
gboolean
torch_add_tensor(Torch *self, const char *name, const PickleValue *value, GError **error)
{
    Claim claim = {0};
    TorchStorage storage = {0};
    guint64 n, span, end;
    ErrataTensorView view = {.name = name, .is_big_endian = self->is_big_endian};

    if (!tensor_claim(name, value, &claim, error) ||
        !tensor_storage(self, name, &claim, &storage, error))
        return FALSE;
    if (!errata_tensor_count(claim.dims, claim.n_dims, &n) || !tensor_span(&claim, &span) ||
        !g_uint64_checked_add(&end, claim.offset, span) || end > storage.size / storage.item)
        return torch_fail(error,
                          "tensor “%s” reaches past the end of its storage “%s” of %" G_GSIZE_FORMAT
                          " bytes",
                          name,
                          storage.key,
                          storage.size);
    view.type = storage.type;
    view.dims = claim.dims;
    view.n_dims = claim.n_dims;
    tensor_view(self, &claim, n, &storage, &view);
    return errata_tensors_add(self->tensors, &view, error) != NULL;
}
