/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pickle.h"

G_BEGIN_DECLS

#define PICKLE_MAX_DIMENSIONS 4

/**
 * PickleArray:
 * @kind: `f`, `i`, `u`, `b` (numbers), `O` (objects in @items), `U` (strings), `V` (records)
 * @item_size: bytes of an item
 * @n_dimensions, @shape: at most %PICKLE_MAX_DIMENSIONS
 * @n: items
 * @data: @n × @item_size bytes
 * @items: (nullable): of objects
 * @is_fortran: the first index runs fastest
 * @dtype: of records: the fields
 *
 * A numpy array as a pickle or joblib holds it.
 */
typedef struct {
    char kind;
    gsize item_size;
    guint n_dimensions;
    gsize shape[PICKLE_MAX_DIMENSIONS];
    gsize n;
    const guint8 *data;
    const PickleValue *items;
    gboolean is_fortran;
    gboolean is_big_endian;
    const PickleValue *dtype;
} PickleArray;

/* FALSE when it is no array that can be read */
gboolean pickle_array(const PickleValue *value, PickleArray *ret_array);
/* whether the array that a joblib wrapper stands for holds objects */
gboolean pickle_array_of_objects(const PickleValue *wrapper);
/* bytes of the array that a joblib wrapper stands for */
gboolean pickle_array_size(const PickleValue *wrapper, gsize *ret_size);
/* in C order, whatever the array's own; NaN where there is no number */
double pickle_array_number(const PickleArray *self, gsize index);
/* a new string: of strings, or of numbers as Python prints them; NULL for others */
char *pickle_array_text(const PickleArray *self, gsize index);
/* place of a field within the records; FALSE when there is none of that name */
gboolean pickle_array_field(const PickleArray *self,
                            const char *name,
                            gsize *ret_offset,
                            char *ret_kind,
                            gsize *ret_size);
double pickle_bytes_number(const guint8 *bytes, char kind, gsize size, gboolean big_endian);
/* a number, also a numpy scalar; FALSE when it is none */
gboolean pickle_number(const PickleValue *value, double *ret_number);

G_END_DECLS
