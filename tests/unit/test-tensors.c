/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "tensors.h"

#define N 40000 /* numbers: several pieces */

/* bit patterns written down from the standards */
static void
test_patterns(void)
{
    static const struct {
        ErrataTensorType type;
        guint8 bytes[16];
        guint size;
        guint n_nan;
        guint n_infinite;
        gboolean all_zero;
    } cases[] = {
        {ERRATA_TENSOR_F64,
         {0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1, 0, 0, 0, 0, 0, 0xf0, 0xff},
         16,
         1,
         1,
         0},
        {ERRATA_TENSOR_F32,
         {0, 0, 0x80, 0xff, 0, 0, 0xc0, 0x7f, 0xff, 0xff, 0x7f, 0x7f},
         12,
         1,
         1,
         0},
        {ERRATA_TENSOR_F16, {0, 0x7c, 0, 0xfc, 1, 0xfc, 0xff, 0x7b}, 8, 1, 2, 0},
        {ERRATA_TENSOR_BF16, {0x80, 0x7f, 0x80, 0xff, 0xc0, 0x7f, 0x7f, 0x7f}, 8, 1, 2, 0},
        {ERRATA_TENSOR_BF16, {0, 0, 0, 0x80}, 4, 0, 0, 1},
        {ERRATA_TENSOR_F8_E4M3, {0x7f, 0xff, 0x7e, 0x80, 0}, 5, 2, 0, 0},
        {ERRATA_TENSOR_F8_E5M2, {0x7c, 0xfc, 0x7d, 0xff, 0x7b}, 5, 2, 2, 0},
        {ERRATA_TENSOR_F8_E4M3FNUZ, {0x80, 0x7f, 0xff, 0}, 4, 1, 0, 0},
        {ERRATA_TENSOR_F8_E5M2FNUZ, {0x80, 0x80}, 2, 2, 0, 0},
        {ERRATA_TENSOR_F8_E8M0, {0, 0xff, 0xfe}, 3, 1, 0, 0},
        {ERRATA_TENSOR_F8_E8M0, {0, 0}, 2, 0, 0, 0},
        {ERRATA_TENSOR_C64, {0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0xff}, 8, 1, 1, 0},
        {ERRATA_TENSOR_I32, {0, 0, 0x80, 0x7f, 0xff, 0xff, 0xff, 0xff}, 8, 0, 0, 0},
        {ERRATA_TENSOR_I16, {0, 0, 0, 0}, 4, 0, 0, 1},
        {ERRATA_TENSOR_U8, {0, 0, 1}, 3, 0, 0, 0},
        {ERRATA_TENSOR_BOOL, {0, 0, 0}, 3, 0, 0, 1},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ErrataTensorScan scan;

        errata_tensor_scan(cases[i].type, FALSE, cases[i].bytes, cases[i].size, &scan);
        g_test_message("%s", errata_tensor_nick(cases[i].type));
        g_assert_cmpuint(scan.n_nan, ==, cases[i].n_nan);
        g_assert_cmpuint(scan.n_infinite, ==, cases[i].n_infinite);
        g_assert_cmpint(scan.all_zero, ==, cases[i].all_zero);
    }
}

/* many numbers, unaligned, of both byte orders, against the C library's opinion */
static void
test_many(void)
{
    g_autofree guint8 *bytes = g_malloc(N * 4 + 1);
    g_autofree guint8 *swapped = g_malloc(N * 4 + 1);
    guint64 n_nan = 0, n_infinite = 0;
    ErrataTensorScan scan, other;

    for (guint i = 0; i < N; i++) {
        guint32 bits = i % 7 == 0    ? 0x7f800000U + i % 3
                       : i % 11 == 0 ? 0xff800000U
                                     : i * 2654435761U;
        float number;

        memcpy(&number, &bits, 4);
        memcpy(bytes + 1 + 4 * i, &bits, 4);
        bits = GUINT32_SWAP_LE_BE(bits);
        memcpy(swapped + 1 + 4 * i, &bits, 4);
        n_nan += isnan(number) ? 1 : 0;
        n_infinite += isinf(number) ? 1 : 0;
    }
    errata_tensor_scan(ERRATA_TENSOR_F32, FALSE, bytes + 1, N * 4, &scan);
    errata_tensor_scan(ERRATA_TENSOR_F32, TRUE, swapped + 1, N * 4, &other);
    g_assert_cmpuint(scan.n_nan, ==, n_nan);
    g_assert_cmpuint(scan.n_infinite, ==, n_infinite);
    g_assert_cmpuint(other.n_nan, ==, n_nan);
    g_assert_cmpuint(other.n_infinite, ==, n_infinite);
    g_assert_false(scan.is_constant);
    g_assert_cmpuint(scan.hash, !=, other.hash);
}

static void
test_shapes(void)
{
    static const guint64 dims[] = {108, 16}, huge[] = {1ULL << 33, 1ULL << 33},
                         none[] = {1ULL << 63, 4, 0};
    guint64 n;
    g_autofree char *shape = errata_tensor_shape(dims, 2);
    g_autofree char *scalar = errata_tensor_shape(NULL, 0);

    g_assert_cmpstr(shape, ==, "108 × 16");
    g_assert_cmpstr(scalar, ==, "scalar");
    g_assert_true(errata_tensor_bytes(ERRATA_TENSOR_F32, dims, 2, &n));
    g_assert_cmpuint(n, ==, 6912);
    g_assert_true(errata_tensor_count(NULL, 0, &n));
    g_assert_cmpuint(n, ==, 1);
    g_assert_false(errata_tensor_count(huge, 2, &n));
    g_assert_true(errata_tensor_count(none, 3, &n));
    g_assert_cmpuint(n, ==, 0);
    g_assert_false(errata_tensor_bytes(ERRATA_TENSOR_C128, huge, 1, &n) &&
                   errata_tensor_bytes(ERRATA_TENSOR_F64, huge, 2, &n));
}

/* the same numbers twice are told, the same zeros are not */
static void
test_duplicates(void)
{
    static const guint64 dims[] = {2, 2};
    static const float one[] = {1, 2, 3, 4}, same[] = {1, 2, 3, 4}, zero[4], more[4];
    const struct {
        const char *name;
        const float *data;
    } tensors[] = {{"a", one}, {"b", same}, {"c", zero}, {"d", more}};
    ErrataModelLayer *layer[4];
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(ErrataTensors) self = errata_tensors_new(builder);
    g_autoptr(ErrataModel) model = NULL;

    for (guint i = 0; i < 4; i++) {
        ErrataTensorView view = {.name = tensors[i].name,
                                 .type = ERRATA_TENSOR_F32,
                                 .dims = dims,
                                 .n_dims = 2,
                                 .data = (const guint8 *)tensors[i].data,
                                 .size = sizeof one};

        layer[i] = errata_tensors_add(self, &view, NULL);
    }
    errata_tensors_finish(self);
    g_assert_cmpstr(layer[1]->duplicate_of, ==, "a");
    g_assert_null(layer[3]->duplicate_of);
    g_assert_true(layer[2]->all_zero);
    model = errata_model_builder_finish(builder, NULL);
    g_assert_cmpuint(model->risks->len, ==, 2);
    g_assert_cmpstr(((ErrataModelRisk *)model->risks->pdata[0])->problem, ==, "zero-weights");
    g_assert_cmpstr(((ErrataModelRisk *)model->risks->pdata[1])->problem, ==, "duplicated-weights");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_summary("Tensors: what their bits say, sizes, and which equal another.");
    g_test_add_func("/tensors/patterns", test_patterns);
    g_test_add_func("/tensors/many", test_many);
    g_test_add_func("/tensors/shapes", test_shapes);
    g_test_add_func("/tensors/duplicates", test_duplicates);
    return g_test_run();
}
