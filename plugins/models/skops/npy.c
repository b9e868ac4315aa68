/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays of NumPy: a magic number, a header written as Python would write a dictionary, the
 * numbers.
 * Source: numpy/lib/format.py. An array of objects is a pickle, which is read by a machine that
 * calls nothing. */
#include "npy.h"

#include <string.h>

#include "error.h"
#include "limit.h"
#include "number.h"
#include "pickle-import.h"

#define NPY_HEADER_MAX (1U << 20)

typedef struct {
    char *descr; /* in quotes, or a list of fields as it stands */
    ErrataTensorType type;
    gsize item; /* 0 when it is not known */
    gboolean is_big_endian;
    gboolean has_objects;
    gboolean is_fortran;
    guint64 dims[ERRATA_LIMIT_DIMENSIONS];
    guint n_dims;
    const guint8 *data;
    gsize size;
} Npy;

gboolean
npy_fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, what);
    return FALSE;
}

gboolean
npy_is(const guint8 *bytes, gsize size)
{
    return size >= 10 && memcmp(bytes, "\x93NUMPY", 6) == 0;
}

/* what stands after 'key': in the header */
static const char *
npy_value(const char *header, const char *key)
{
    g_autofree char *quoted = g_strdup_printf("'%s':", key);
    const char *at = strstr(header, quoted);

    if (at == NULL)
        return NULL;
    at += strlen(quoted);
    while (*at == ' ')
        at++;
    return at;
}

/* '<f8': order, kind, bytes */
static void
npy_parse_type(Npy *self)
{
    static const struct {
        char kind;
        guint bytes;
        ErrataTensorType type;
    } known[] = {
        {'f', 8, ERRATA_TENSOR_F64},
        {'f', 4, ERRATA_TENSOR_F32},
        {'f', 2, ERRATA_TENSOR_F16},
        {'c', 8, ERRATA_TENSOR_C64},
        {'c', 16, ERRATA_TENSOR_C128},
        {'i', 1, ERRATA_TENSOR_I8},
        {'i', 2, ERRATA_TENSOR_I16},
        {'i', 4, ERRATA_TENSOR_I32},
        {'i', 8, ERRATA_TENSOR_I64},
        {'u', 1, ERRATA_TENSOR_U8},
        {'u', 2, ERRATA_TENSOR_U16},
        {'u', 4, ERRATA_TENSOR_U32},
        {'u', 8, ERRATA_TENSOR_U64},
        {'b', 1, ERRATA_TENSOR_BOOL},
    };
    const char *text = self->descr;
    gint64 bytes = 0;

    self->has_objects = strchr(text, 'O') != NULL;
    if (text[0] == '[') /* fields */
        return;
    if (text[0] != '\0' && strchr("<>|=", text[0]) != NULL)
        self->is_big_endian = *text++ == '>';
    if (text[0] == '\0' || !errata_number_parse_int(text + 1, strcspn(text + 1, "["), &bytes) ||
        bytes < 0 || bytes > G_MAXINT32)
        return;
    if (strchr("fciubSVUmM", text[0]) != NULL)
        self->item = (gsize)bytes * (text[0] == 'U' ? 4 : 1);
    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].kind == text[0] && known[i].bytes == (guint)bytes)
            self->type = known[i].type;
}

static gboolean
npy_parse_descr(Npy *self, const char *header, GError **error)
{
    const char *at = npy_value(header, "descr");
    const char *end;

    if (at != NULL && (*at == '\'' || *at == '[')) {
        end = *at == '\'' ? strchr(at + 1, '\'') : strstr(at, "'fortran_order'");
        while (end != NULL && end > at + 1 && *at == '[' && end[-1] != ']')
            end--; /* what parts it from the next member */
        if (end != NULL) {
            self->descr = *at == '\'' ? g_strndup(at + 1, (gsize)(end - at - 1))
                                      : g_strndup(at, (gsize)(end - at));
            npy_parse_type(self);
            return TRUE;
        }
    }
    return npy_fail(error, "the header of the array names no type");
}

/* (3, 4) */
static gboolean
npy_parse_shape(Npy *self, const char *header, GError **error)
{
    const char *at = npy_value(header, "shape");

    if (at == NULL || *at++ != '(')
        return npy_fail(error, "the header of the array names no shape");
    while (*at != ')') {
        gsize length = strspn(at, "0123456789");
        gint64 dim;

        if (length == 0 || !errata_number_parse_int(at, length, &dim) || dim < 0 ||
            self->n_dims == ERRATA_LIMIT_DIMENSIONS)
            return npy_fail(error, "the shape of the array cannot be read");
        self->dims[self->n_dims++] = (guint64)dim;
        at += length;
        at += *at == 'L' ? 1 : 0; /* as Python 2 wrote it */
        at += strspn(at, ", ");
    }
    return TRUE;
}

static gboolean
npy_parse(Npy *self, const guint8 *bytes, gsize size, GError **error)
{
    g_autofree char *header = NULL;
    const char *fortran;
    gsize before, length;
    guint64 n, claimed = 0;

    if (!npy_is(bytes, size) || bytes[6] < 1 || bytes[6] > 3 || size < 12)
        return npy_fail(error, "it does not begin as an array of NumPy does");
    before = bytes[6] == 1 ? 10 : 12;
    length = (gsize)bytes[8] | (gsize)bytes[9] << 8;
    if (bytes[6] > 1)
        length |= (gsize)bytes[10] << 16 | (gsize)bytes[11] << 24;
    if (length > NPY_HEADER_MAX || length > size - before)
        return npy_fail(error,
                        "the header of the array claims %" G_GSIZE_FORMAT
                        " bytes, of %" G_GSIZE_FORMAT,
                        length,
                        size);
    header = g_strndup((const char *)bytes + before, length);
    if (!npy_parse_descr(self, header, error) || !npy_parse_shape(self, header, error))
        return FALSE;
    fortran = npy_value(header, "fortran_order");
    self->is_fortran = g_str_has_prefix(fortran != NULL ? fortran : "", "True");
    self->data = bytes + before + length;
    self->size = size - before - length;
    if (self->item == 0 || self->has_objects)
        return TRUE;
    if (!errata_tensor_count(self->dims, self->n_dims, &n) ||
        !g_uint64_checked_mul(&claimed, n, (guint64)self->item) || claimed > self->size)
        return npy_fail(error,
                        "the array's shape takes more than the %" G_GSIZE_FORMAT
                        " bytes that are there",
                        self->size);
    self->size = claimed;
    return TRUE;
}

gboolean
npy_read(const guint8 *bytes, gsize size, NpyArray *ret_array, GError **error)
{
    Npy self = {0};
    gboolean ok = npy_parse(&self, bytes, size, error);

    *ret_array = (NpyArray){.descr = self.descr,
                            .item = self.item,
                            .n_dims = self.n_dims,
                            .is_fortran = self.is_fortran,
                            .has_objects = self.has_objects,
                            .data = self.data,
                            .size = self.size};
    memcpy(ret_array->dims, self.dims, sizeof self.dims);
    if (!ok)
        npy_array_clear(ret_array);
    return ok;
}

void
npy_array_clear(NpyArray *self)
{
    g_clear_pointer(&self->descr, g_free);
}

static void
npy_add_imports(ErrataModelBuilder *builder, const char *name, const Npy *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Pickle) pickle = pickle_read(self->data, self->size, &error);
    const GPtrArray *globals = pickle != NULL ? pickle_globals(pickle) : NULL;

    for (guint i = 0; globals != NULL && i < globals->len; i++) {
        const PickleValue *global = globals->pdata[i];

        if (pickle_import_is_harmless(global) || !pickle_import_is_dangerous(global))
            continue;
        errata_model_builder_add_risk(
            builder,
            ERRATA_SEVERITY_CRITICAL,
            "pickle-import",
            "“%s” is an array of objects that would call %s.%s when Python "
            "opened it; nothing of it was run here",
            name,
            global->module,
            global->name);
        return;
    }
    errata_model_builder_add_risk(builder,
                                  ERRATA_SEVERITY_MEDIUM,
                                  "pickle-import",
                                  "“%s” is an array of objects, which Python can only open as a "
                                  "pickle%s%s",
                                  name,
                                  error != NULL ? "; it is none that can be read: " : "",
                                  error != NULL ? error->message : "");
}

gboolean
npy_add(ErrataModelBuilder *builder,
        ErrataTensors *tensors,
        const char *name,
        const ErrataModelPart *part,
        GError **error)
{
    Npy self = {0};
    ErrataTensorView view = {.name = name, .dims = self.dims};
    ErrataModelLayer *layer = NULL;
    gsize size;
    const guint8 *bytes = g_bytes_get_data(part->bytes, &size);

    if (npy_parse(&self, bytes, size, error)) {
        view.type = self.type;
        view.is_big_endian = self.is_big_endian;
        view.n_dims = self.n_dims;
        view.data = self.data;
        view.size = self.size;
        layer = errata_tensors_add(tensors, &view, error);
    }
    if (layer == NULL)
        g_prefix_error(error, "%s: ", part->name);
    else if (self.type == ERRATA_TENSOR_OPAQUE) {
        g_free(layer->dtype);
        layer->dtype = g_strndup(self.descr, 60);
    }
    if (layer != NULL && self.has_objects)
        npy_add_imports(builder, name, &self);
    g_free(self.descr);
    return layer != NULL;
}
