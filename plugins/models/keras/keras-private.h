/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"
#include "h5.h"
#include "model-format.h"
#include "tensors.h"

G_BEGIN_DECLS

/* inputs, outputs and layers of what a model is made from; nothing for another document */
void keras_describe_config(ErrataModelBuilder *builder, const ErrataDatum *config);
/* what Keras would run or import when it made the model from @config */
void keras_add_risks(ErrataModelBuilder *builder, const ErrataDatum *config);
/* all data sets of a file, by path */
gboolean keras_add_weights(ErrataModelBuilder *builder,
                           ErrataTensors *tensors,
                           H5 *file,
                           const H5Object *root,
                           GError **error);

G_END_DECLS
