/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "facts.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_gguf;

static ErrataModel *
load(const guint8 *data, gsize size, GError **error)
{
    g_autofree guint8 *copy = g_memdup2(data, size);
    g_autoptr(GBytes) bytes = g_bytes_new_static(copy, size);
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("a.gguf");

    errata_model_parts_add(parts, "a.gguf", bytes, size);
    return errata_plugin_gguf.models[0]->load(parts, error);
}

static char *
read_corpus(const char *name, gsize *ret_size)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "fuzz", "corpus", "gguf", name, NULL);
    g_autoptr(GError) error = NULL;
    char *bytes;

    g_file_get_contents(path, &bytes, ret_size, &error);
    g_assert_no_error(error);
    return bytes;
}

/* the same model in four spellings */
static void
test_versions(void)
{
    static const struct {
        const char *name;
        const char *version;
    } cases[] = {{"v1", "GGUF 1"},
                 {"v2", "GGUF 2"},
                 {"v3", "GGUF 3"},
                 {"v3-big", "GGUF 3, big endian"}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize size;
        g_autofree char *bytes = read_corpus(cases[i].name, &size);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load((guint8 *)bytes, size, &error);
        const ErrataModelLayer *layer;

        g_assert_no_error(error);
        g_assert_cmpstr(model->version, ==, cases[i].version);
        g_assert_cmpstr(model->kind, ==, "language model (llama)");
        g_assert_null(model->klass);
        g_assert_cmpstr(test_fact(model->parameters, "llama.block_count"), ==, "2");
        g_assert_cmpstr(test_fact(model->parameters, "x.f"), ==, "1e-05");
        g_assert_cmpstr(test_fact(model->parameters, "x.i"), ==, "-7");
        g_assert_cmpstr(test_fact(model->parameters, "x.list"), ==, "-1, 2");
        g_assert_cmpstr(test_fact(model->parameters, "tokenizer.ggml.tokens"), ==, "3 texts");
        g_assert_cmpuint(model->layers->len, ==, 4);
        layer = model->layers->pdata[0];
        g_assert_cmpuint(layer->n_nan, ==, 1);
        g_assert_cmpuint(layer->n_infinite, ==, 1);
        layer = model->layers->pdata[1]; /* one of two blocks has a scale that is NaN */
        g_assert_cmpstr(layer->dtype, ==, "Q4_0");
        g_assert_cmpuint(layer->n_nan, ==, 32);
        g_assert_cmpuint(layer->n_bytes, ==, 36);
        layer = model->layers->pdata[2];
        g_assert_true(layer->all_zero);
        layer = model->layers->pdata[3];
        g_assert_cmpstr(layer->dtype, ==, "type 40");
        g_assert_cmpstr(((ErrataModelRisk *)model->risks->pdata[0])->problem, ==, "template-code");
    }
}

static void
test_refused(void)
{
    static const struct {
        const char *name;
        const char *why;
    } cases[] = {
        {"counts", "more than"},
        {"keys", "more than"},
        {"shape", "blocks of 1"},
        {"overlap", "within the one before"},
        {"block", "blocks of 32"},
        {"alignment", "no power of two"},
        {"array", "more than the file could hold"},
        {"cut", "in the file"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize size;
        g_autofree char *bytes = read_corpus(cases[i].name, &size);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load((guint8 *)bytes, size, &error);

        g_assert_null(model);
        if (strstr(error->message, cases[i].why) == NULL)
            g_error("%s: %s", cases[i].name, error->message);
    }
}

/* cut anywhere, or with any byte changed, it is refused or described, and nothing is read past its
 * end */
static void
test_broken(void)
{
    gsize size;
    g_autofree char *bytes = read_corpus("v3", &size);

    for (gsize n = 0; n < size; n++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) cut = n > 0 ? load((guint8 *)bytes, n, &error) : NULL;
        g_autoptr(ErrataModel) changed = NULL;
        char was = bytes[n];

        bytes[n] = (char)(was ^ 0x41);
        changed = load((guint8 *)bytes, size, NULL);
        bytes[n] = was;
        g_assert_true(n == 0 || (cut == NULL) == (error != NULL));
    }
}

/* a real model, where there is one */
static void
test_real(void)
{
    g_autofree char *path =
        g_build_filename(g_test_get_dir(G_TEST_DIST), "../../../shared/llm/stories260K.gguf", NULL);
    g_autofree char *bytes = NULL;
    gsize size;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    guint64 n = 0;

    if (!g_file_get_contents(path, &bytes, &size, NULL)) {
        g_test_skip("no model there");
        return;
    }
    model = load((guint8 *)bytes, size, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < model->layers->len; i++)
        n += ((ErrataModelLayer *)model->layers->pdata[i])->n_values;
    g_assert_cmpuint(n, ==, 292800);
    g_assert_cmpuint(model->layers->len, ==, 48);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("GGUF: keys, tensors and scales of all versions and byte orders.");
    g_test_add_func("/gguf/versions", test_versions);
    g_test_add_func("/gguf/refused", test_refused);
    g_test_add_func("/gguf/broken", test_broken);
    g_test_add_func("/gguf/real", test_real);
    return g_test_run();
}
