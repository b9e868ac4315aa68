/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as HDF5 and as the description of a Keras model. */
#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_keras;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    fuzz_model(errata_plugin_keras.models[1], "fuzz", data, size);
    fuzz_model(errata_plugin_keras.models[2], "fuzz", data, size);
    return 0;
}
