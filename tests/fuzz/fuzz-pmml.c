/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a PMML document: refused in words, or a model that scores a few rows without
 * harm. */
#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_pmml;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    fuzz_model(errata_plugin_pmml.models[0], "fuzz.pmml", data, size);
    return 0;
}
