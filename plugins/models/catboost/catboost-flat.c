/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FlatBuffers (flatbuffers.dev, “Binary format”): a table begins with the distance back to its list
 * of fields: 16-bit size of the list, of the table, then each field's place within the table, 0 for
 * absent. References are 32-bit distances forward. All little-endian. */
#include "catboost-flat.h"

#include <string.h>

static gboolean
flat_has(const CbFlat *self, gsize at, gsize size)
{
    return size <= self->size && at <= self->size - size;
}

static guint16
flat_16(const CbFlat *self, gsize at)
{
    guint16 value = 0;

    if (flat_has(self, at, sizeof value))
        memcpy(&value, self->bytes + at, sizeof value);
    return GUINT16_FROM_LE(value);
}

static guint32
flat_32(const CbFlat *self, gsize at)
{
    guint32 value = 0;

    if (flat_has(self, at, sizeof value))
        memcpy(&value, self->bytes + at, sizeof value);
    return GUINT32_FROM_LE(value);
}

static CbFlat
flat_open(const CbFlat *self, gsize table)
{
    CbFlat opened = {self->bytes, self->size, 0, 0, 0};
    gint64 fields = (gint64)table - (gint32)flat_32(self, table);
    guint16 n;

    if (!flat_has(self, table, 4) || fields < 0 || !flat_has(self, (gsize)fields, 4))
        return opened;
    n = flat_16(self, (gsize)fields);
    if (n < 4 || !flat_has(self, (gsize)fields, n))
        return opened;
    opened.table = table;
    opened.fields = (gsize)fields + 4;
    opened.n_fields = (n - 4U) / 2;
    return opened;
}

CbFlat
cb_flat_root(const guint8 *bytes, gsize size)
{
    CbFlat all = {bytes, size, 0, 0, 0};

    return flat_open(&all, flat_32(&all, 0));
}

/* place of a field's content, 0 when it is absent */
static gsize
flat_place(const CbFlat *self, guint field, gsize size)
{
    gsize offset = field < self->n_fields ? flat_16(self, self->fields + 2 * (gsize)field) : 0;

    return offset != 0 && flat_has(self, self->table + offset, size) ? self->table + offset : 0;
}

/* what a reference leads to, 0 for nothing */
static gsize
flat_follow(const CbFlat *self, gsize place)
{
    gsize target = place != 0 ? place + flat_32(self, place) : 0;

    return target != place && flat_has(self, target, 4) ? target : 0;
}

CbFlat
cb_flat_table(const CbFlat *self, guint field)
{
    gsize target = flat_follow(self, flat_place(self, field, 4));
    CbFlat none = {self->bytes, self->size, 0, 0, 0};

    return target != 0 ? flat_open(self, target) : none;
}

gint32
cb_flat_int(const CbFlat *self, guint field, gint32 fallback)
{
    gsize place = flat_place(self, field, 4);

    return place != 0 ? (gint32)flat_32(self, place) : fallback;
}

guint8
cb_flat_byte(const CbFlat *self, guint field, guint8 fallback)
{
    gsize place = flat_place(self, field, 1);

    return place != 0 ? self->bytes[place] : fallback;
}

static double
flat_bits(guint64 bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

double
cb_flat_double(const CbFlat *self, guint field, double fallback)
{
    gsize place = flat_place(self, field, 8);

    return place != 0 ? flat_bits((guint64)flat_32(self, place + 4) << 32 | flat_32(self, place))
                      : fallback;
}

static CbVector
flat_vector_at(const CbFlat *self, gsize target, gsize item_size)
{
    CbVector vector = {NULL, 0};
    guint32 n = target != 0 ? flat_32(self, target) : 0;

    if (n > 0 && (self->size - target - 4) / item_size >= n) {
        vector.item = self->bytes + target + 4;
        vector.n = n;
    }
    return vector;
}

CbVector
cb_flat_vector(const CbFlat *self, guint field, gsize item_size)
{
    return flat_vector_at(self, flat_follow(self, flat_place(self, field, 4)), item_size);
}

char *
cb_flat_string(const CbFlat *self, guint field)
{
    CbVector text = cb_flat_vector(self, field, 1);

    return text.n > 0 ? g_strndup((const char *)text.item, text.n) : NULL;
}

CbFlat
cb_flat_item(const CbFlat *self, const CbVector *vector, gsize index)
{
    gsize target = flat_follow(self, (gsize)(vector->item - self->bytes) + 4 * index);
    CbFlat none = {self->bytes, self->size, 0, 0, 0};

    return target != 0 ? flat_open(self, target) : none;
}

char *
cb_flat_item_string(const CbFlat *self, const CbVector *vector, gsize index)
{
    gsize target = flat_follow(self, (gsize)(vector->item - self->bytes) + 4 * index);
    CbVector text = flat_vector_at(self, target, 1);

    return g_strndup((const char *)text.item, text.n);
}

guint16
cb_vector_short(const CbVector *self, gsize index)
{
    guint16 value;

    memcpy(&value, self->item + 2 * index, sizeof value);
    return GUINT16_FROM_LE(value);
}

gint32
cb_vector_int(const CbVector *self, gsize index)
{
    guint32 value;

    memcpy(&value, self->item + 4 * index, sizeof value);
    return (gint32)GUINT32_FROM_LE(value);
}

double
cb_vector_float(const CbVector *self, gsize index)
{
    guint32 bits = (guint32)cb_vector_int(self, index);
    float value;

    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

double
cb_vector_double(const CbVector *self, gsize index)
{
    guint64 bits;

    memcpy(&bits, self->item + 8 * index, sizeof bits);
    return flat_bits(GUINT64_FROM_LE(bits));
}
