/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an array, and as the schema of a model with one array beside it. */
#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_skops;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char array[] = "\x93NUMPY\x01\x00\x36\x00{'descr': '<f8', 'fortran_order': False, "
                                "'shape': (1,)}12345678";
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz.skops");
    g_autoptr(GBytes) schema = g_bytes_new_static(data, size);
    g_autoptr(GBytes) numbers = g_bytes_new_static(array, sizeof array - 1);

    fuzz_model(errata_plugin_skops.models[2], "fuzz", data, size);
    errata_model_parts_add(parts, "schema.json", schema, size);
    errata_model_parts_add(parts, "1.npy", numbers, sizeof array - 1);
    parts->is_archive = TRUE;
    errata_plugin_skops.models[0]->sniff_archive(parts);
    errata_plugin_skops.models[1]->sniff_archive(parts);
    fuzz_model_load(errata_plugin_skops.models[0], parts);
    return 0;
}
