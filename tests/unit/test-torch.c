/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pickles in the corpus were made by Python's own pickle with stand-ins of the names of
 * PyTorch. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "facts.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_torch;

static GBytes *
read_corpus(const char *name)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "fuzz", "corpus", "torch", name, NULL);
    g_autoptr(GError) error = NULL;
    char *bytes;
    gsize size;

    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(bytes, size);
}

/* a pickle of the corpus with storages 0 (six floats, the last NaN) and 1 (@n_one floats) */
static ErrataModel *
load(const char *name, guint n_one, GError **error)
{
    static const float numbers[] = {1, 2, 3, 4, 5, (float)NAN};
    static const float more[] = {0, (float)INFINITY};
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("a.pt");
    g_autoptr(GBytes) pickle = read_corpus(name);
    g_autoptr(GBytes) zero = g_bytes_new_static(numbers, sizeof numbers);
    g_autoptr(GBytes) one = g_bytes_new_static(more, n_one * sizeof *more);
    g_autoptr(GBytes) version = g_bytes_new_static("3\n", 2);

    errata_model_parts_add(parts, "a/data.pkl", pickle, g_bytes_get_size(pickle));
    errata_model_parts_add(parts, "a/data/0", zero, g_bytes_get_size(zero));
    errata_model_parts_add(parts, "a/data/1", one, g_bytes_get_size(one));
    errata_model_parts_add(parts, "a/version", version, 2);
    parts->is_archive = TRUE;
    g_assert_cmpuint(errata_plugin_torch.models[0]->sniff_archive(parts), >=, 50);
    return errata_plugin_torch.models[0]->load(parts, error);
}

static const ErrataModelLayer *
find(const ErrataModel *model, const char *name)
{
    for (guint i = 0; i < model->layers->len; i++) {
        const ErrataModelLayer *layer = model->layers->pdata[i];

        if (strcmp(layer->name, name) == 0)
            return layer;
    }
    g_error("no layer %s", name);
}

static void
test_checkpoint(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load("checkpoint", 2, &error);
    const ErrataModelLayer *layer;

    g_assert_no_error(error);
    g_assert_null(model->klass);
    g_assert_cmpuint(model->layers->len, ==, 4);
    g_assert_cmpuint(model->training->len, ==, 2);
    g_assert_cmpstr(model->version, ==, "archive format 3");
    layer = find(model, "state_dict.fc.weight");
    g_assert_cmpstr(layer->shape, ==, "2 × 3");
    g_assert_cmpuint(layer->n_nan, ==, 1);
    g_assert_cmpstr(find(model, "state_dict.tied")->duplicate_of, ==, "state_dict.fc.weight");
    /* every second number: 1, 3, 5 */
    layer = find(model, "state_dict.turned");
    g_assert_cmpuint(layer->n_values, ==, 3);
    g_assert_cmpuint(layer->n_nan, ==, 0);
    g_assert_cmpuint(find(model, "state_dict.fc.bias")->n_infinite, ==, 1);
}

/* a module as a whole: its class, its settings, its tensors; one import is not PyTorch's */
static void
test_module(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load("module", 2, &error);
    const ErrataModelRisk *risk;

    g_assert_no_error(error);
    g_assert_cmpstr(find(model, "(model)")->kind, ==, "Net");
    g_assert_cmpstr(find(model, "fc")->kind, ==, "Linear");
    g_assert_cmpstr(find(model, "fc.weight")->shape, ==, "2 × 3");
    g_assert_cmpuint(model->parameters->len, ==, 2);
    g_assert_cmpstr(model->kind, ==, "PyTorch module (Net)");
    risk = model->risks->pdata[0];
    g_assert_cmpstr(risk->problem, ==, "pickle-import");
    g_assert_cmpint(risk->severity, ==, ERRATA_SEVERITY_MEDIUM);
    g_assert_nonnull(strstr(risk->what, "nets.Net"));
}

static void
test_facts(void)
{
    /* {'val_loss': [3.0, 2.0, 1.5], 'hyper_parameters': {'lr': 0.5}, 'betas': (0.5, 0.25),
     * 'w': {'_metadata': 1}} */
    static const char bytes[] =
        "\x80\x02\x7d\x71\x00\x28\x58\x08\x00\x00\x00\x76\x61\x6c\x5f\x6c\x6f\x73\x73\x71"
        "\x01\x5d\x71\x02\x28\x47\x40\x08\x00\x00\x00\x00\x00\x00\x47\x40\x00\x00\x00\x00"
        "\x00\x00\x00\x47\x3f\xf8\x00\x00\x00\x00\x00\x00\x65\x58\x10\x00\x00\x00\x68\x79"
        "\x70\x65\x72\x5f\x70\x61\x72\x61\x6d\x65\x74\x65\x72\x73\x71\x03\x7d\x71\x04\x58"
        "\x02\x00\x00\x00\x6c\x72\x71\x05\x47\x3f\xe0\x00\x00\x00\x00\x00\x00\x73\x58\x05"
        "\x00\x00\x00\x62\x65\x74\x61\x73\x71\x06\x47\x3f\xe0\x00\x00\x00\x00\x00\x00\x47"
        "\x3f\xd0\x00\x00\x00\x00\x00\x00\x86\x71\x07\x58\x01\x00\x00\x00\x77\x71\x08\x7d"
        "\x71\x09\x58\x09\x00\x00\x00\x5f\x6d\x65\x74\x61\x64\x61\x74\x61\x71\x0a\x4b\x01"
        "\x73\x75\x2e";
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("a.pt");
    g_autoptr(GBytes) pickle = g_bytes_new_static(bytes, sizeof bytes - 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;

    g_test_summary("Losses of a training are a curve, its settings parameters, a tuple one fact");
    errata_model_parts_add(parts, "a/data.pkl", pickle, g_bytes_get_size(pickle));
    parts->is_archive = TRUE;
    model = errata_plugin_torch.models[0]->load(parts, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(test_fact(model->training, "val_loss"), "3 steps, 3 at first"));
    g_assert_cmpstr(test_fact(model->training, "betas"), ==, "(0.5, 0.25)");
    g_assert_cmpstr(test_fact(model->parameters, "hyper_parameters.lr"), ==, "0.5");
    g_assert_cmpuint(model->training->len, ==, 2);
    g_assert_cmpuint(model->parameters->len, ==, 1);
}

static void
test_evil(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load("evil", 2, &error);
    const ErrataModelRisk *risk;

    g_assert_no_error(error);
    risk = model->risks->pdata[0];
    g_assert_cmpint(risk->severity, ==, ERRATA_SEVERITY_CRITICAL);
    g_assert_nonnull(strstr(risk->what, "posix.system"));
    g_assert_cmpuint(model->training->len, ==, 0);
}

static void
test_false_sizes(void)
{
    static const struct {
        const char *name;
        guint n_one;
        const char *why;
    } cases[] = {
        {"past", 2, "reaches past the end"},
        {"checkpoint", 1, "claims 2 numbers"},
        {"missing", 2, "no storage “7”"},
        {"huge", 2, "reaches past the end"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(cases[i].name, cases[i].n_one, &error);

        g_assert_null(model);
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        if (strstr(error->message, cases[i].why) == NULL)
            g_error("%s: %s", cases[i].name, error->message);
    }
}

/* as before 1.6, whole and cut anywhere */
static void
test_legacy(void)
{
    g_autoptr(GBytes) bytes = read_corpus("legacy");
    const ErrataModelFormat *format = errata_plugin_torch.models[1];
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    for (gsize n = 1; n <= size; n++) {
        g_autofree guint8 *part = g_memdup2(data, n);
        g_autoptr(GBytes) cut = g_bytes_new_static(part, n);
        g_autoptr(ErrataModelParts) parts = errata_model_parts_new("a.pt");
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = NULL;

        errata_model_parts_add(parts, "a.pt", cut, n);
        model = format->load(parts, &error);
        g_assert_true((model == NULL) == (n < size));
        if (model != NULL) {
            g_assert_cmpuint(format->sniff(data, size, "a.pt"), ==, 95);
            g_assert_cmpuint(find(model, "fc.weight")->n_values, ==, 6);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("PyTorch: tensors by name, shared and turned storages, false claims, imports.");
    g_test_add_func("/torch/checkpoint", test_checkpoint);
    g_test_add_func("/torch/module", test_module);
    g_test_add_func("/torch/facts", test_facts);
    g_test_add_func("/torch/evil", test_evil);
    g_test_add_func("/torch/false-sizes", test_false_sizes);
    g_test_add_func("/torch/legacy", test_legacy);
    return g_test_run();
}
