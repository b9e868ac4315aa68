/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The types of ggml's tensors. Source: ggml/include/ggml.h for the numbers, ggml/src/ggml-common.h
 * for the blocks. A block whose scale is NaN or infinite gives nothing but such numbers. */
#include <string.h>

#include "gguf-private.h"

#define PLAIN(name, type, bytes)                                              \
    {                                                                         \
        name, 1, bytes, ERRATA_TENSOR_##type, 0, {0, 0}, ERRATA_TENSOR_OPAQUE \
    }
/* one scale of 16 bits */
#define ONE(name, block, bytes, at)                                             \
    {                                                                           \
        name, block, bytes, ERRATA_TENSOR_OPAQUE, 1, {at, 0}, ERRATA_TENSOR_F16 \
    }
/* a scale, and a second one or a minimum */
#define TWO(name, block, bytes, at, other)                                          \
    {                                                                               \
        name, block, bytes, ERRATA_TENSOR_OPAQUE, 2, {at, other}, ERRATA_TENSOR_F16 \
    }

static const GgufType types[] = {
    [0] = PLAIN("F32", F32, 4),
    [1] = PLAIN("F16", F16, 2),
    [2] = ONE("Q4_0", 32, 18, 0),
    [3] = TWO("Q4_1", 32, 20, 0, 2),
    [6] = ONE("Q5_0", 32, 22, 0),
    [7] = TWO("Q5_1", 32, 24, 0, 2),
    [8] = ONE("Q8_0", 32, 34, 0),
    [9] = TWO("Q8_1", 32, 36, 0, 2),
    [10] = TWO("Q2_K", 256, 84, 80, 82),
    [11] = ONE("Q3_K", 256, 110, 108),
    [12] = TWO("Q4_K", 256, 144, 0, 2),
    [13] = TWO("Q5_K", 256, 176, 0, 2),
    [14] = ONE("Q6_K", 256, 210, 208),
    [15] = {"Q8_K", 256, 292, ERRATA_TENSOR_OPAQUE, 1, {0, 0}, ERRATA_TENSOR_F32},
    [16] = ONE("IQ2_XXS", 256, 66, 0),
    [17] = ONE("IQ2_XS", 256, 74, 0),
    [18] = ONE("IQ3_XXS", 256, 98, 0),
    [19] = ONE("IQ1_S", 256, 50, 0),
    [20] = ONE("IQ4_NL", 32, 18, 0),
    [21] = ONE("IQ3_S", 256, 110, 0),
    [22] = ONE("IQ2_S", 256, 82, 0),
    [23] = ONE("IQ4_XS", 256, 136, 0),
    [24] = PLAIN("I8", I8, 1),
    [25] = PLAIN("I16", I16, 2),
    [26] = PLAIN("I32", I32, 4),
    [27] = PLAIN("I64", I64, 8),
    [28] = PLAIN("F64", F64, 8),
    /* its scale is spread over the high bits of others */
    [29] = {"IQ1_M", 256, 56, ERRATA_TENSOR_OPAQUE, 0, {0, 0}, ERRATA_TENSOR_OPAQUE},
    [30] = PLAIN("BF16", BF16, 2),
    [31] = ONE("Q4_0_4_4", 32, 18, 0),
    [32] = ONE("Q4_0_4_8", 32, 18, 0),
    [33] = ONE("Q4_0_8_8", 32, 18, 0),
    [34] = ONE("TQ1_0", 256, 54, 52),
    [35] = ONE("TQ2_0", 256, 66, 64),
    [39] = {"MXFP4", 32, 17, ERRATA_TENSOR_OPAQUE, 1, {0, 0}, ERRATA_TENSOR_F8_E8M0},
};

/* NULL for a number that is none, or one that was taken back */
const GgufType *
gguf_type(guint64 id)
{
    return id < G_N_ELEMENTS(types) && types[id].name != NULL ? &types[id] : NULL;
}

/* most scales are what they should be: half precision that is neither zero nor special */
static gboolean
type_is_plain(const GgufType *self, gboolean is_big_endian, const guint8 *scale)
{
    guint bits = (guint)scale[is_big_endian ? 0 : 1] << 8 | scale[is_big_endian ? 1 : 0];

    return self->scale_type == ERRATA_TENSOR_F16 && (bits & 0x7c00) != 0x7c00 &&
           (bits & 0x7fff) != 0;
}

/**
 * gguf_type_scan:
 * @self: a type of blocks with scales
 * @is_big_endian: of the scales
 * @data: (array length=size): whole blocks
 * @size: bytes
 * @ret_scan: (out): numbers that a NaN or infinite scale makes so
 */
void
gguf_type_scan(const GgufType *self,
               gboolean is_big_endian,
               const guint8 *data,
               gsize size,
               ErrataTensorScan *ret_scan)
{
    gsize item = errata_tensor_item_size(self->scale_type);
    gsize n_nan = 0, n_infinite = 0;
    gboolean all_zero = size > 0 && self->scale_type != ERRATA_TENSOR_F8_E8M0;

    for (gsize at = 0; at < size; at += self->bytes) {
        ErrataTensorScan scale = {0}, block = {0};

        for (guint i = 0; i < self->n_scales; i++) {
            if (type_is_plain(self, is_big_endian, data + at + self->scale[i])) {
                all_zero = FALSE;
                continue;
            }
            errata_tensor_scan(self->scale_type,
                               is_big_endian,
                               data + at + self->scale[i],
                               item,
                               &scale);
            block.n_nan += scale.n_nan;
            block.n_infinite += scale.n_infinite;
            all_zero = all_zero && scale.all_zero;
        }
        n_nan += block.n_nan > 0 ? 1 : 0;
        n_infinite += block.n_nan == 0 && block.n_infinite > 0 ? 1 : 0;
    }
    *ret_scan = (ErrataTensorScan){.n_nan = n_nan * self->block,
                                   .n_infinite = n_infinite * self->block,
                                   .all_zero = all_zero};
}
