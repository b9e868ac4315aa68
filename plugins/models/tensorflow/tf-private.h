/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-format.h"
#include "tensors.h"
#include "wire.h"

G_BEGIN_DECLS

/**
 * TfShape:
 * @dims, @n_dims: its dimensions; G_MAXUINT64 for one of any length
 * @is_unknown: nothing is known of it
 */
typedef struct {
    guint64 dims[32];
    guint n_dims;
    gboolean is_unknown;
} TfShape;

gboolean tf_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* of TensorFlow's number of a type; a word for those without a scan */
ErrataTensorType tf_type(guint64 number);
const char *tf_type_name(guint64 number);
gboolean tf_shape_read(ErrataWire wire, TfShape *ret);
char *tf_shape_text(const TfShape *self, guint64 type);

/* a SavedModel's first graph: signatures, operations, constants */
gboolean tf_read_saved_model(ErrataModelBuilder *builder,
                             ErrataTensors *tensors,
                             const ErrataModelPart *part,
                             GError **error);
gboolean tf_read_graph(ErrataModelBuilder *builder,
                       ErrataTensors *tensors,
                       ErrataWire wire,
                       GError **error);
gboolean tf_read_signatures(ErrataModelBuilder *builder, GArray *entries, GError **error);
gboolean tf_is_bundle(const ErrataModelPart *part);
/* the tensors of an index and its shards */
gboolean tf_read_bundle(ErrataModelBuilder *builder,
                        ErrataTensors *tensors,
                        const ErrataModelParts *parts,
                        const ErrataModelPart *index,
                        GError **error);

G_END_DECLS
