/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"
#include "model-format.h"
#include "tensors.h"

G_BEGIN_DECLS

/**
 * St:
 * @builder: of the model
 * @tensors: of all files
 * @home: name of a tensor → name of the file that holds it
 */
typedef struct {
    ErrataModelBuilder *builder;
    ErrataTensors *tensors;
    GHashTable *home;
} St;

gboolean st_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean st_read(St *self, const ErrataModelPart *part, GError **error);
ErrataModel *st_finish(St *self, GError **error);

extern const ErrataModelFormat st_index_format;

G_END_DECLS
