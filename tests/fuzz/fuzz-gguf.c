/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_gguf;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    fuzz_model(errata_plugin_gguf.models[0], "fuzz", data, size);
    return 0;
}
