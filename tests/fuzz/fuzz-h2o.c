/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fuzz-model.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_h2o;

#define FUZZ_H2O_NAME 40 /* bytes of a name at most */

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

/* a 0x1e that a name follows: trees are bytes, and hold any */
static gboolean
fuzz_h2o_is_end(const guint8 *data, gsize size)
{
    gsize n = 1;

    while (n < MIN(size, FUZZ_H2O_NAME) && g_ascii_isgraph(data[n]))
        n++;
    return data[0] == 0x1e && n > 1 && n < size && data[n] == 0x1f;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz");

    while (size > 0) {
        gsize length = 0;

        while (length < size && !fuzz_h2o_is_end(data + length, size - length))
            length++;
        fuzz_h2o_add(parts, data, length);
        length = MIN(length + 1, size);
        data += length;
        size -= length;
    }
    errata_plugin_h2o.models[0]->sniff_archive(parts);
    fuzz_model_load(errata_plugin_h2o.models[0], parts);
    return 0;
}
