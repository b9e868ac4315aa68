/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_catboost;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    for (guint i = 0; errata_plugin_catboost.models[i] != NULL; i++)
        fuzz_model(errata_plugin_catboost.models[i], "fuzz", data, size);
    return 0;
}
