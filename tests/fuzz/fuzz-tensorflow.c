/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the graph of a SavedModel, and as the index of its variables. */
#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_tensorflow;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
fuzz_folder(const char *name, const guint8 *data, gsize size)
{
    static const guint8 numbers[64] = {1, 2, 3};
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz.zip");
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(GBytes) shard = g_bytes_new_static(numbers, sizeof numbers);

    errata_model_parts_add(parts, name, bytes, size);
    errata_model_parts_add(parts, "variables/variables.data-00000-of-00001", shard, sizeof numbers);
    parts->is_archive = TRUE;
    errata_plugin_tensorflow.models[0]->sniff_archive(parts);
    fuzz_model_load(errata_plugin_tensorflow.models[0], parts);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    fuzz_model(errata_plugin_tensorflow.models[0], "fuzz", data, size);
    fuzz_folder("saved_model.pb", data, size);
    fuzz_folder("variables/variables.index", data, size);
    return 0;
}
