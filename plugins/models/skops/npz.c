/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays of NumPy by themselves, one or an archive of them. */
#include <string.h>

#include "npy.h"

static ErrataModel *
npz_load(const ErrataModelParts *parts, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder =
        errata_model_builder_new(parts->is_archive ? "npz" : "npy", "NumPy");
    g_autoptr(ErrataTensors) tensors = errata_tensors_new(builder);

    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);
        const char *slash = !parts->is_archive ? strrchr(part->name, '/') : NULL;
        g_autofree char *name = g_strdup(slash != NULL ? slash + 1 : part->name);

        if (g_str_has_suffix(name, ".npy"))
            name[strlen(name) - 4] = '\0';
        if (part->bytes != NULL && !npy_add(builder, tensors, name, part, error))
            return NULL;
    }
    errata_tensors_finish(tensors);
    errata_model_builder_set_kind(builder, "arrays");
    errata_model_builder_set_why_not(builder, "arrays are no model by themselves");
    return errata_model_builder_finish(builder, error);
}

/* every member is an array */
static guint
npz_sniff_archive(const ErrataModelParts *parts)
{
    for (guint i = 0; i < parts->part->len; i++) {
        const ErrataModelPart *part = g_ptr_array_index(parts->part, i);
        gsize size = 0;
        const guint8 *bytes = part->bytes != NULL ? g_bytes_get_data(part->bytes, &size) : NULL;

        if (!g_str_has_suffix(part->name, ".npy") || !npy_is(bytes, size))
            return 0;
    }
    return parts->part->len > 0 ? 70 : 0;
}

static guint
npy_sniff(const guint8 *head, gsize size, const char *name)
{
    return npy_is(head, size) ? 60 : 0;
}

const ErrataModelFormat npy_format = {
    .id = "npy",
    .summary = "an array of NumPy (described)",
    .sniff = npy_sniff,
    .any_size = TRUE,
    .load = npz_load,
};

const ErrataModelFormat npz_format = {
    .id = "npz",
    .summary = "arrays of NumPy (described)",
    .sniff_archive = npz_sniff_archive,
    .load = npz_load,
};
