/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of PyTorch before 1.6, and as the pickle of a later archive with two
 * storages. */
#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_torch;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const float numbers[] = {1, 2, 3, 4, 5, (float)NAN};
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz.pt");
    g_autoptr(GBytes) pickle = g_bytes_new_static(data, size);
    g_autoptr(GBytes) storage = g_bytes_new_static(numbers, sizeof numbers);

    fuzz_model(errata_plugin_torch.models[1], "fuzz", data, size);
    errata_model_parts_add(parts, "fuzz/data.pkl", pickle, size);
    errata_model_parts_add(parts, "fuzz/data/0", storage, sizeof numbers);
    errata_model_parts_add(parts, "fuzz/data/1", storage, sizeof numbers);
    parts->is_archive = TRUE;
    g_assert_cmpuint(errata_plugin_torch.models[0]->sniff_archive(parts), >=, 50);
    fuzz_model_load(errata_plugin_torch.models[0], parts);
    return 0;
}
