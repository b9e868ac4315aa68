/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"
#include "tensor.h"

G_BEGIN_DECLS

/**
 * ErrataTensors:
 *
 * The tensors of a model that is being read: each becomes a layer of the builder, its numbers are
 * looked at, and what all of them together show becomes the model's risks.
 */
typedef struct _ErrataTensors ErrataTensors;

/**
 * ErrataTensorView:
 * @name: of the tensor
 * @type: what its numbers are
 * @is_big_endian: of numbers of more than a byte
 * @dims: (array length=n_dims): its shape
 * @n_dims: how many; 0 for a single number
 * @data: (array length=size) (nullable): its numbers, where they stay until the end; %NULL when
 *   they are not at hand
 * @size: bytes of them
 * @found: (nullable): what the loader found in numbers of a form of its own, for an OPAQUE tensor
 *
 * A tensor in a file, whose size was checked against its shape by the loader.
 */
typedef struct {
    const char *name;
    ErrataTensorType type;
    gboolean is_big_endian;
    const guint64 *dims;
    guint n_dims;
    const guint8 *data;
    gsize size;
    const ErrataTensorScan *found;
} ErrataTensorView;

ErrataTensors *errata_tensors_new(ErrataModelBuilder *builder);
void errata_tensors_free(ErrataTensors *self);
/* the layer made, to fill in more; NULL with @error set past %ERRATA_LIMIT_TENSORS */
ErrataModelLayer *errata_tensors_add(ErrataTensors *self,
                                     const ErrataTensorView *view,
                                     GError **error);
/* keeps @bytes until the end, for views of what was unpacked */
void errata_tensors_keep(ErrataTensors *self, GBytes *bytes);
guint64 errata_tensors_n_values(const ErrataTensors *self);
/* adds the risks; once, after the last tensor */
void errata_tensors_finish(ErrataTensors *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTensors, errata_tensors_free)

G_END_DECLS
