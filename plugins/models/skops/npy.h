/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "limit.h"
#include "model-format.h"
#include "tensors.h"

G_BEGIN_DECLS

/**
 * NpyArray:
 * @descr: type of an item, or a list of fields as it stands
 * @item: bytes of an item; 0 for fields
 * @dims: (array length=n_dims): shape
 * @data: (array length=size): the items; for fields all that follows the header
 */
typedef struct {
    char *descr;
    gsize item;
    guint64 dims[ERRATA_LIMIT_DIMENSIONS];
    guint n_dims;
    gboolean is_fortran;
    gboolean has_objects;
    const guint8 *data;
    gsize size;
} NpyArray;

gboolean npy_read(const guint8 *bytes, gsize size, NpyArray *ret_array, GError **error);
void npy_array_clear(NpyArray *self);
gboolean npy_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean npy_is(const guint8 *bytes, gsize size);
/* lists the array of a file under a name; objects in it, which are a pickle, become risks */
gboolean npy_add(ErrataModelBuilder *builder,
                 ErrataTensors *tensors,
                 const char *name,
                 const ErrataModelPart *part,
                 GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NpyArray, npy_array_clear)

extern const ErrataModelFormat npy_format;
extern const ErrataModelFormat npz_format;

G_END_DECLS
