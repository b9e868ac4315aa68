/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

/* at most ten bytes, the bits above 64 lost */
guint64
errata_wire_varint(ErrataWire *self)
{
    guint64 value = 0;

    for (guint shift = 0; shift < 64 && self->at < self->end; shift += 7) {
        guint8 byte = *self->at++;

        value |= (guint64)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    self->failed = TRUE;
    self->at = self->end;
    return 0;
}

/* @n bytes, the lowest first */
guint64
errata_wire_fixed(ErrataWire *self, guint n)
{
    guint64 value = 0;

    if (errata_wire_size(self) < n) {
        self->failed = TRUE;
        self->at = self->end;
        return 0;
    }
    for (guint i = 0; i < n; i++)
        value |= (guint64)self->at[i] << (8 * i);
    self->at += n;
    return value;
}

/**
 * errata_wire_next:
 * @self: what is being read
 * @ret: (out): the next field
 *
 * Returns: whether there was one; FALSE with @failed set when the bytes make no sense
 */
gboolean
errata_wire_next(ErrataWire *self, ErrataWireField *ret)
{
    guint64 key;

    if (self->at >= self->end || self->failed)
        return FALSE;
    key = errata_wire_varint(self);
    *ret = (ErrataWireField){.number = (guint)(key >> 3), .kind = (guint)(key & 7)};
    if (ret->kind == 0) {
        ret->integer = errata_wire_varint(self);
    } else if (ret->kind == 1 || ret->kind == 5) {
        ret->integer = errata_wire_fixed(self, ret->kind == 1 ? 8 : 4);
    } else if (ret->kind == 2) {
        guint64 size = errata_wire_varint(self);

        if (size > errata_wire_size(self)) {
            self->failed = TRUE;
            return FALSE;
        }
        ret->bytes = (ErrataWire){self->at, self->at + size, FALSE};
        self->at += size;
    } else {
        self->failed = TRUE;
    }
    return !self->failed;
}

char *
errata_wire_text(const ErrataWireField *field)
{
    return field->kind == 2 ? g_utf8_make_valid((const char *)field->bytes.at,
                                                (gssize)errata_wire_size(&field->bytes))
                            : g_strdup("");
}
