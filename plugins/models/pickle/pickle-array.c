/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pickle-array.h"

#include <math.h>
#include <string.h>

#include "number.h"

/* "f8", "<i4", "O", "V56": kind and size; FALSE for others */
static gboolean
array_parse_dtype(const char *text, char *ret_kind, gsize *ret_size, gboolean *ret_big)
{
    gint64 size = 8;
    *ret_big = FALSE;
    if (*text == '<' || *text == '>' || *text == '|' || *text == '=')
        *ret_big = *text++ == '>';
    *ret_kind = *text;
    if (*text == '\0' || strchr("fiubOUV", *text) == NULL)
        return FALSE;
    if (text[1] != '\0' &&
        (!errata_number_parse_int(text + 1, strlen(text + 1), &size) || size < 1 || size > 65536))
        return FALSE;
    *ret_size = (gsize)size * (*ret_kind == 'U' ? 4 : 1);
    /* other floating point numbers are those of other machines */
    return *ret_kind != 'f' || size == 2 || size == 4 || size == 8 || (size == 16 && !*ret_big);
}

/* numpy.dtype(text, …) with a state that tells the byte order */
static gboolean
array_dtype(const PickleValue *dtype, PickleArray *self)
{
    const char *text = pickle_text(pickle_item(dtype != NULL ? dtype->args : NULL, 0));
    if (dtype == NULL || dtype->kind != PICKLE_OBJECT || text == NULL ||
        !array_parse_dtype(text, &self->kind, &self->item_size, &self->is_big_endian))
        return FALSE;
    const char *order = pickle_text(pickle_item(dtype->state, 1));
    self->is_big_endian |= order != NULL && order[0] == '>';
    self->dtype = dtype;
    return TRUE;
}

static gboolean
array_shape(const PickleValue *shape, PickleArray *self)
{
    if (shape == NULL || shape->kind != PICKLE_TUPLE ||
        pickle_n_items(shape) > PICKLE_MAX_DIMENSIONS)
        return FALSE;
    self->n_dimensions = pickle_n_items(shape);
    self->n = 1;
    for (guint i = 0; i < self->n_dimensions; i++) {
        const PickleValue *length = pickle_item(shape, i);
        if (length->kind != PICKLE_INT || length->integer < 0 ||
            !g_size_checked_mul(&self->n, self->n, (gsize)length->integer))
            return FALSE;
        self->shape[i] = (gsize)length->integer;
    }
    return TRUE;
}

gboolean
pickle_array_of_objects(const PickleValue *wrapper)
{
    PickleArray array = {0};
    return array_dtype(pickle_attribute(wrapper, "dtype"), &array) && array.kind == 'O';
}

gboolean
pickle_array_size(const PickleValue *wrapper, gsize *ret_size)
{
    PickleArray array = {0};
    return array_dtype(pickle_attribute(wrapper, "dtype"), &array) && array.kind != 'O' &&
           array_shape(pickle_attribute(wrapper, "shape"), &array) &&
           g_size_checked_mul(ret_size, array.n, array.item_size);
}

static gboolean
array_of_joblib(const PickleValue *value, PickleArray *self)
{
    const char *order = pickle_text(pickle_attribute(value, "order"));
    self->is_fortran = order != NULL && order[0] == 'F';
    self->data = value->raw;
    return array_dtype(pickle_attribute(value, "dtype"), self) &&
           array_shape(pickle_attribute(value, "shape"), self) && value->raw != NULL;
}

/* the bytes of an array or a scalar; Python 2 kept them in a string */
static const guint8 *
array_bytes(const PickleValue *value, gsize *ret_size)
{
    if (value == NULL || (value->kind != PICKLE_BYTES && value->kind != PICKLE_STRING))
        return NULL;
    gboolean is_text = value->kind == PICKLE_STRING;
    *ret_size = is_text ? value->raw_size : value->size;
    return is_text ? value->raw : (const guint8 *)value->data;
}

/* protocol 5: numpy.core.numeric._frombuffer(bytes, dtype, shape, order) */
static gboolean
array_of_buffer(const PickleValue *value, PickleArray *self)
{
    const PickleValue *data = pickle_item(value->args, 0);
    const char *order = pickle_text(pickle_item(value->args, 3));
    gsize size;
    self->is_fortran = order != NULL && order[0] == 'F';
    if (data == NULL || data->kind != PICKLE_BYTES ||
        !array_dtype(pickle_item(value->args, 1), self) || self->kind == 'O' ||
        !array_shape(pickle_item(value->args, 2), self) ||
        !g_size_checked_mul(&size, self->n, self->item_size) || size != data->size)
        return FALSE;
    self->data = (const guint8 *)data->data;
    return TRUE;
}

gboolean
pickle_array(const PickleValue *value, PickleArray *ret_array)
{
    PickleArray self = {0};
    gsize size;
    if (value != NULL && value->inner != NULL)
        value = value->inner;
    if (pickle_is_a(value, "joblib.numpy_pickle", "NumpyArrayWrapper")) {
        if (!array_of_joblib(value, &self))
            return FALSE;
        *ret_array = self;
        return TRUE;
    }
    if (pickle_is_a(value, "numpy.", "_frombuffer")) {
        if (!array_of_buffer(value, &self))
            return FALSE;
        *ret_array = self;
        return TRUE;
    }
    if (!pickle_is_a(value, "numpy.", "_reconstruct") || value->state == NULL ||
        value->state->kind != PICKLE_TUPLE || pickle_n_items(value->state) < 5)
        return FALSE;
    const PickleValue *fortran = pickle_item(value->state, 3);
    const PickleValue *data = pickle_item(value->state, 4);
    if (!array_shape(pickle_item(value->state, 1), &self) ||
        !array_dtype(pickle_item(value->state, 2), &self))
        return FALSE;
    self.is_fortran = fortran->kind == PICKLE_BOOL && fortran->integer != 0;
    if (self.kind == 'O') {
        self.items = data;
        if (data->kind != PICKLE_LIST || pickle_n_items(data) != self.n)
            return FALSE;
    } else {
        gsize n_bytes = 0;
        self.data = array_bytes(data, &n_bytes);
        if (self.data == NULL || !g_size_checked_mul(&size, self.n, self.item_size) ||
            size != n_bytes)
            return FALSE;
    }
    *ret_array = self;
    return TRUE;
}

/* half precision */
static double
array_half(guint64 bits)
{
    gint exponent = (gint)(bits >> 10 & 31);
    double mantissa = (double)(bits & 1023);
    double number = exponent == 31  ? mantissa > 0 ? (double)NAN : (double)INFINITY
                    : exponent == 0 ? ldexp(mantissa, -24)
                                    : ldexp(mantissa + 1024, exponent - 25);
    return (bits & 0x8000) != 0 ? -number : number;
}

/* x87's extended precision, which numpy's longdouble is on the machines that have it, to the
 * nearest double: 64 bits with their leading one, 15 of the exponent and the sign, the rest is
 * padding */
static double
array_extended(const guint8 *bytes)
{
    guint64 mantissa = 0;
    guint exponent = bytes[8] | (guint)(bytes[9] & 0x7f) << 8;
    for (guint i = 0; i < 8; i++)
        mantissa |= (guint64)bytes[i] << (8 * i);
    double number = exponent == 0x7fff ? mantissa << 1 != 0 ? (double)NAN : (double)INFINITY
                                       : ldexp((double)mantissa, (gint)exponent - 16383 - 63);
    return (bytes[9] & 0x80) != 0 ? -number : number;
}

double
pickle_bytes_number(const guint8 *bytes, char kind, gsize size, gboolean big_endian)
{
    guint64 bits = 0;
    double number;
    float single;
    if (kind == 'f' && size == 16 && !big_endian)
        return array_extended(bytes);
    if (size != 1 && size != 2 && size != 4 && size != 8)
        return (double)NAN;
    for (gsize i = 0; i < size; i++)
        bits |= (guint64)bytes[big_endian ? size - 1 - i : i] << (8 * i);
    if (kind == 'f' && size == 8) {
        memcpy(&number, &bits, sizeof number);
        return number;
    }
    if (kind == 'f' && size == 4) {
        guint32 low = (guint32)bits;
        memcpy(&single, &low, sizeof single);
        return (double)single;
    }
    if (kind == 'f' && size == 2)
        return array_half(bits);
    if (kind == 'i') {
        guint shift = 64 - 8 * (guint)size;
        return (double)((gint64)(bits << shift) >> shift);
    }
    return kind == 'u' || kind == 'b' ? (double)bits : (double)NAN;
}

/* the place in memory of an index in C order */
static gsize
array_place(const PickleArray *self, gsize index)
{
    if (!self->is_fortran || self->n_dimensions < 2)
        return index;
    gsize at[PICKLE_MAX_DIMENSIONS];
    for (guint i = self->n_dimensions; i-- > 0;) {
        at[i] = index % self->shape[i];
        index /= self->shape[i];
    }
    gsize place = 0;
    for (guint i = self->n_dimensions; i-- > 0;)
        place = place * self->shape[i] + at[i];
    return place;
}

double
pickle_array_number(const PickleArray *self, gsize index)
{
    double number = (double)NAN;
    if (self->kind == 'O') {
        pickle_number(pickle_item(self->items, (guint)array_place(self, index)), &number);
        return number;
    }
    return pickle_bytes_number(self->data + array_place(self, index) * self->item_size,
                               self->kind,
                               self->item_size,
                               self->is_big_endian);
}

char *
pickle_array_text(const PickleArray *self, gsize index)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    if (self->kind == 'U') {
        const guint8 *bytes = self->data + array_place(self, index) * self->item_size;
        GString *text = g_string_new(NULL);
        for (gsize i = 0; i + 4 <= self->item_size; i += 4) {
            gunichar c = (gunichar)pickle_bytes_number(bytes + i, 'u', 4, self->is_big_endian);
            if (c == 0)
                break;
            g_string_append_unichar(text, g_unichar_validate(c) ? c : 0xFFFD);
        }
        return g_string_free(text, FALSE);
    }
    if (self->kind == 'O') {
        const char *text = pickle_text(pickle_item(self->items, (guint)array_place(self, index)));
        if (text != NULL)
            return g_strdup(text);
    }
    double number = pickle_array_number(self, index);
    if (isnan(number))
        return NULL;
    if (self->kind == 'b')
        return g_strdup(number > 0 ? "True" : "False");
    return g_strdup(errata_number_print(number, buffer));
}

gboolean
pickle_array_field(const PickleArray *self,
                   const char *name,
                   gsize *ret_offset,
                   char *ret_kind,
                   gsize *ret_size)
{
    PickleArray field = {0};
    const PickleValue *fields = pickle_item(self->dtype->state, 4);
    const PickleValue *place = pickle_get(fields, name);
    const PickleValue *offset = pickle_item(place, 1);
    if (offset == NULL || offset->kind != PICKLE_INT || offset->integer < 0 ||
        !array_dtype(pickle_item(place, 0), &field))
        return FALSE;
    *ret_offset = (gsize)offset->integer;
    *ret_kind = field.kind;
    *ret_size = field.item_size;
    return *ret_offset <= self->item_size && field.item_size <= self->item_size - *ret_offset;
}

gboolean
pickle_number(const PickleValue *value, double *ret_number)
{
    PickleArray scalar = {0};
    if (value == NULL)
        return FALSE;
    if (value->kind == PICKLE_INT || value->kind == PICKLE_FLOAT || value->kind == PICKLE_BOOL) {
        *ret_number = value->number;
        return TRUE;
    }
    if (!pickle_is_a(value, "numpy.", "scalar") ||
        !array_dtype(pickle_item(value->args, 0), &scalar))
        return FALSE;
    gsize n_bytes = 0;
    const guint8 *bytes = array_bytes(pickle_item(value->args, 1), &n_bytes);
    if (bytes == NULL || n_bytes != scalar.item_size)
        return FALSE;
    *ret_number = pickle_bytes_number(bytes, scalar.kind, scalar.item_size, scalar.is_big_endian);
    return !isnan(*ret_number) || scalar.kind == 'f';
}

char *
pickle_call_text(const PickleValue *callable, const PickleValue *args)
{
    PickleArray scalar = {.n = 1};
    gsize n_bytes = 0;
    if (callable->kind != PICKLE_GLOBAL || !g_str_has_prefix(callable->module, "numpy.") ||
        !g_str_equal(callable->name, "scalar") || !array_dtype(pickle_item(args, 0), &scalar) ||
        scalar.kind != 'U')
        return NULL;
    scalar.data = array_bytes(pickle_item(args, 1), &n_bytes);
    return scalar.data != NULL && n_bytes == scalar.item_size ? pickle_array_text(&scalar, 0)
                                                              : NULL;
}
