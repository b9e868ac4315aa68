/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CbFlat:
 *
 * A table of a FlatBuffer, read where it lies: every place is checked against the bytes there are,
 * and what lies outside reads as absent.
 */
typedef struct {
    const guint8 *bytes;
    gsize size;
    gsize table;  /* its place; 0 for none */
    gsize fields; /* place of its list of fields' places */
    guint n_fields;
} CbFlat;

/* a vector of items of a fixed size; n = 0 where there is none */
typedef struct {
    const guint8 *item;
    gsize n;
} CbVector;

CbFlat cb_flat_root(const guint8 *bytes, gsize size);
CbFlat cb_flat_table(const CbFlat *self, guint field);
gint32 cb_flat_int(const CbFlat *self, guint field, gint32 fallback);
guint8 cb_flat_byte(const CbFlat *self, guint field, guint8 fallback);
double cb_flat_double(const CbFlat *self, guint field, double fallback);
char *cb_flat_string(const CbFlat *self, guint field); /* (nullable) */
CbVector cb_flat_vector(const CbFlat *self, guint field, gsize item_size);
/* of a vector of tables or strings */
CbFlat cb_flat_item(const CbFlat *self, const CbVector *vector, gsize index);
char *cb_flat_item_string(const CbFlat *self, const CbVector *vector, gsize index);

gint32 cb_vector_int(const CbVector *self, gsize index);
double cb_vector_float(const CbVector *self, gsize index);
double cb_vector_double(const CbVector *self, gsize index);
guint16 cb_vector_short(const CbVector *self, gsize index);

G_END_DECLS
