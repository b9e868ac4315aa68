/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "model-format.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_safetensors;

static GBytes *
make(const char *header, gsize n_numbers)
{
    GByteArray *file = g_byte_array_new();
    guint64 length = GUINT64_TO_LE((guint64)strlen(header));
    static const guint8 numbers[64] = {0, 0, 0x80, 0x3f, 1, 2, 3};

    g_assert_cmpuint(n_numbers, <=, sizeof numbers);
    g_byte_array_append(file, (const guint8 *)&length, 8);
    g_byte_array_append(file, (const guint8 *)header, (guint)strlen(header));
    g_byte_array_append(file, numbers, (guint)n_numbers);
    return g_byte_array_free_to_bytes(file);
}

static ErrataModel *
load(GBytes *bytes, GError **error)
{
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("a.safetensors");

    errata_model_parts_add(parts, "a.safetensors", bytes, g_bytes_get_size(bytes));
    return errata_plugin_safetensors.models[0]->load(parts, error);
}

static void
test_read(void)
{
    g_autoptr(GBytes) bytes =
        make("{\"__metadata__\":{\"format\":\"pt\"},"
             "\"b\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[4,16]},"
             "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
             "\"q\":{\"dtype\":\"F4\",\"shape\":[6],\"data_offsets\":[16,19]}}   ",
             19);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = load(bytes, &error);
    const ErrataModelLayer *layer;

    g_assert_no_error(error);
    g_assert_null(model->klass);
    g_assert_nonnull(model->why_not);
    g_assert_cmpuint(model->layers->len, ==, 3);
    layer = model->layers->pdata[0]; /* as they lie in the file */
    g_assert_cmpstr(layer->name, ==, "a");
    g_assert_cmpstr(layer->shape, ==, "scalar");
    g_assert_cmpuint(layer->n_values, ==, 1);
    layer = model->layers->pdata[1];
    g_assert_cmpstr(layer->shape, ==, "2 × 3");
    g_assert_cmpstr(layer->dtype, ==, "float16");
    g_assert_cmpuint(layer->n_bytes, ==, 12);
    layer = model->layers->pdata[2];
    g_assert_cmpstr(layer->dtype, ==, "f4");
    g_assert_cmpuint(layer->n_values, ==, 6);
    g_assert_cmpuint(model->training->len, ==, 1);
}

/* what the header claims and the file does not hold */
static void
test_refused(void)
{
    static const struct {
        const char *header;
        gsize n_numbers;
        const char *why;
    } cases[] = {
        {"[]", 0, "no JSON object"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3, "ends at byte 4"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5, "tensors end at"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "belong to none"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         8,
         "within the one before"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "do not"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1073741824,1073741824,16],\"data_offsets\":[0,4]}}",
         4,
         "do not"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "no count"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "no count"},
        {"{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown type"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "no place"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,1e30]}}", 4, "no place"},
        {"{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "no dtype"},
        {"{\"a\":3}", 0, "no dtype"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         8,
         "“a” stands twice"},
        {"{\"a\":{\"dtype\":\"F32\"", 0, "header"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = make(cases[i].header, cases[i].n_numbers);
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = load(bytes, &error);

        g_assert_null(model);
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        if (strstr(error->message, cases[i].why) == NULL)
            g_error("%s: %s", cases[i].header, error->message);
    }
}

static void
test_shards(void)
{
    static const char *const index =
        "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}";
    g_autoptr(GBytes) one = make("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                                 4);
    g_autoptr(GBytes) two = make("{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                                 4);
    g_autoptr(GBytes) map = g_bytes_new_static(index, strlen(index));
    g_autoptr(GBytes) config = g_bytes_new_static("{\"hidden_size\":2,\"torch_dtype\":null}", 36);
    const ErrataModelFormat *format = errata_plugin_safetensors.models[1];

    for (guint broken = 0; broken < 2; broken++) {
        g_autoptr(ErrataModelParts) parts = errata_model_parts_new("folder.zip");
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = NULL;

        errata_model_parts_add(parts, "m/config.json", config, 36);
        errata_model_parts_add(parts,
                               "m/1.safetensors",
                               broken == 0 ? one : two,
                               g_bytes_get_size(one));
        errata_model_parts_add(parts,
                               "m/2.safetensors",
                               broken == 0 ? two : one,
                               g_bytes_get_size(two));
        errata_model_parts_add(parts, "m/model.safetensors.index.json", map, g_bytes_get_size(map));
        parts->is_archive = TRUE;
        g_assert_cmpuint(format->sniff_archive(parts), >=, 50);
        model = format->load(parts, &error);
        if (broken == 1) {
            g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
            continue;
        }
        g_assert_no_error(error);
        g_assert_cmpuint(model->layers->len, ==, 2);
        g_assert_cmpuint(model->parameters->len, ==, 1);
        g_assert_cmpuint(model->training->len, ==, 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("safetensors: what the header claims is checked against the file.");
    g_test_add_func("/safetensors/read", test_read);
    g_test_add_func("/safetensors/refused", test_refused);
    g_test_add_func("/safetensors/shards", test_shards);
    return g_test_run();
}
