/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* what the numbers of a tensor are; F8 spellings differ in what their bits say of NaN and
 * infinity */
typedef enum {
    ERRATA_TENSOR_OPAQUE, /* bytes that are not looked into */
    ERRATA_TENSOR_F64,
    ERRATA_TENSOR_F32,
    ERRATA_TENSOR_F16,
    ERRATA_TENSOR_BF16,
    ERRATA_TENSOR_F8_E4M3,     /* all ones is NaN, no infinity */
    ERRATA_TENSOR_F8_E5M2,     /* as IEEE has it */
    ERRATA_TENSOR_F8_E4M3FNUZ, /* minus zero is NaN, no infinity */
    ERRATA_TENSOR_F8_E5M2FNUZ, /* the same */
    ERRATA_TENSOR_F8_E8M0,     /* a power of two; all ones is NaN */
    ERRATA_TENSOR_C64,         /* two F32 */
    ERRATA_TENSOR_C128,        /* two F64 */
    ERRATA_TENSOR_I8,
    ERRATA_TENSOR_I16,
    ERRATA_TENSOR_I32,
    ERRATA_TENSOR_I64,
    ERRATA_TENSOR_U8,
    ERRATA_TENSOR_U16,
    ERRATA_TENSOR_U32,
    ERRATA_TENSOR_U64,
    ERRATA_TENSOR_BOOL,
} ErrataTensorType;

#define ERRATA_TENSOR_N_TYPES (ERRATA_TENSOR_BOOL + 1)

/**
 * ErrataTensorScan:
 * @n_nan: NaN among the numbers
 * @n_infinite: infinite ones
 * @all_zero: there are numbers and each is 0
 * @is_constant: each number has the same bits
 * @hash: of the bytes; equal bytes have equal hashes
 */
typedef struct {
    guint64 n_nan;
    guint64 n_infinite;
    gboolean all_zero;
    gboolean is_constant;
    guint64 hash;
} ErrataTensorScan;

const char *errata_tensor_nick(ErrataTensorType type);
gsize errata_tensor_item_size(ErrataTensorType type);
gboolean errata_tensor_count(const guint64 *dims, guint n_dims, guint64 *ret_n);
gboolean errata_tensor_bytes(ErrataTensorType type,
                             const guint64 *dims,
                             guint n_dims,
                             guint64 *ret_bytes);
char *errata_tensor_shape(const guint64 *dims, guint n_dims);
void errata_tensor_scan(ErrataTensorType type,
                        gboolean is_big_endian,
                        const guint8 *data,
                        gsize size,
                        ErrataTensorScan *ret_scan);

G_END_DECLS
