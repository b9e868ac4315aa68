/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_h2o;

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* files of an archive: name, 0x1f, bytes; 0x1e between them */
static void
fuzz_h2o_add(ErrataModelParts *parts, const guint8 *data, gsize size)
{
    const guint8 *stop = memchr(data, 0x1f, size);
    gsize length = stop != NULL ? (gsize)(stop - data) : 0;
    g_autofree char *name = g_strndup((const char *)data, length);
    g_autoptr(GBytes) bytes = NULL;

    if (stop == NULL)
        return;
    bytes = g_bytes_new(stop + 1, size - length - 1);
    errata_model_parts_add(parts, name, bytes, size - length - 1);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz");

    while (size > 0) {
        const guint8 *stop = memchr(data, 0x1e, size);
        gsize length = stop != NULL ? (gsize)(stop - data) : size;

        fuzz_h2o_add(parts, data, length);
        length = MIN(length + 1, size);
        data += length;
        size -= length;
    }
    errata_plugin_h2o.models[0]->sniff_archive(parts);
    fuzz_model_load(errata_plugin_h2o.models[0], parts);
    return 0;
}
