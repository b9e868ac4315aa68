/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Protocol buffers as they lie in memory, field by field. Source: the encoding as protobuf.dev
 * describes it. Nothing is copied, and nothing allocated by what a length claims. */

/* bytes being read; @failed once they made no sense */
typedef struct {
    const guint8 *at;
    const guint8 *end;
    gboolean failed;
} ErrataWire;

/**
 * ErrataWireField:
 * @number: of the field
 * @kind: 0 varint, 1 eight bytes, 2 bytes, 5 four bytes
 * @integer: of 0, 1 and 5
 * @bytes: of 2: a text, a message within, packed numbers
 */
typedef struct {
    guint number;
    guint kind;
    guint64 integer;
    ErrataWire bytes;
} ErrataWireField;

static inline gsize
errata_wire_size(const ErrataWire *self)
{
    return (gsize)(self->end - self->at);
}

guint64 errata_wire_varint(ErrataWire *self);
guint64 errata_wire_fixed(ErrataWire *self, guint n);
/* FALSE at the end, and when the bytes make no sense */
gboolean errata_wire_next(ErrataWire *self, ErrataWireField *ret);
/* (transfer full): valid UTF-8; "" for a field of another kind */
char *errata_wire_text(const ErrataWireField *field);

G_END_DECLS
