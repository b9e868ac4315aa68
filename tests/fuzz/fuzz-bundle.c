/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what lies beside a model: MLmodel, MANIFEST.json, code, requirements. */
#include "bundle-yaml.h"
#include "bundle.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
fuzz_one(const char *path, const guint8 *data, gsize size)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("fuzz");
    g_autoptr(ErrataModelParts) inner = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(ErrataModelContainer) container = NULL;
    g_autoptr(GError) error = NULL;

    errata_model_parts_add(parts, path, bytes, size);
    errata_model_parts_add(parts, "model.bin", bytes, size);
    container = errata_bundle_read(parts, &inner, &error);
    g_assert_true((container == NULL) == (error != NULL));
    g_assert_true((container == NULL) == (inner == NULL));
    if (error != NULL)
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    for (guint i = 0; container != NULL && i < container->facts->len; i++) {
        const ErrataModelFact *fact = g_ptr_array_index(container->facts, i);

        g_assert_true(g_utf8_validate(fact->name, -1, NULL));
        g_assert_true(g_utf8_validate(fact->value, -1, NULL));
    }
    for (guint i = 0; container != NULL && i < container->risks->len; i++) {
        const ErrataModelRisk *risk = g_ptr_array_index(container->risks, i);

        g_assert_true(g_utf8_validate(risk->what, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char *const paths[] = {"MLmodel",
                                        "MAR-INF/MANIFEST.json",
                                        "code/inference.py",
                                        "requirements.txt"};

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
        fuzz_one(paths[i], data, size);
    return 0;
}
