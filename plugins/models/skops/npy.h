/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-format.h"
#include "tensors.h"

G_BEGIN_DECLS

gboolean npy_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean npy_is(const guint8 *bytes, gsize size);
/* lists the array of a file under a name; objects in it, which are a pickle, become risks */
gboolean npy_add(ErrataModelBuilder *builder,
                 ErrataTensors *tensors,
                 const char *name,
                 const ErrataModelPart *part,
                 GError **error);

extern const ErrataModelFormat npy_format;
extern const ErrataModelFormat npz_format;

G_END_DECLS
