/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of a model's tensors, looked at where they lie: in one pass over pieces that fit a
 * cache, bits are compared, nothing is converted, and no number is copied. */
#include "tensor.h"

#include <string.h>

#define TENSOR_PIECE (64U << 10) /* bytes hashed and then looked at while they are near */

/* of the item's bits, as an unsigned number: what is NaN, infinite or zero */
typedef struct {
    const char *nick;
    guint item;  /* bytes of one number, with both halves of a complex one */
    guint width; /* bytes that are looked at as one */
    guint64
        magnitude; /* bits without the sign; 0 for whole numbers, whose bits are all told by zero */
    guint64 infinity; /* 0 where there is none */
    guint64 nan_from; /* magnitudes from here on are NaN */
    guint64 nan;      /* the one other pattern that is, of all bits; 0 for none */
} TensorKind;

#define WHOLE(name, size)            \
    {                                \
        name, size, size, 0, 0, 0, 0 \
    }

static const TensorKind kinds[ERRATA_TENSOR_N_TYPES] = {
    [ERRATA_TENSOR_OPAQUE] = WHOLE("bytes", 1),
    [ERRATA_TENSOR_F64] = {"float64",
                           8,
                           8,
                           G_MAXINT64,
                           G_GUINT64_CONSTANT(0x7ff0000000000000),
                           G_GUINT64_CONSTANT(0x7ff0000000000001),
                           0},
    [ERRATA_TENSOR_F32] = {"float32", 4, 4, G_MAXINT32, 0x7f800000, 0x7f800001, 0},
    [ERRATA_TENSOR_F16] = {"float16", 2, 2, 0x7fff, 0x7c00, 0x7c01, 0},
    [ERRATA_TENSOR_BF16] = {"bfloat16", 2, 2, 0x7fff, 0x7f80, 0x7f81, 0},
    [ERRATA_TENSOR_F8_E4M3] = {"float8_e4m3fn", 1, 1, 0x7f, 0, 0x7f, 0},
    [ERRATA_TENSOR_F8_E5M2] = {"float8_e5m2", 1, 1, 0x7f, 0x7c, 0x7d, 0},
    [ERRATA_TENSOR_F8_E4M3FNUZ] = {"float8_e4m3fnuz", 1, 1, 0x7f, 0, 0x80, 0x80},
    [ERRATA_TENSOR_F8_E5M2FNUZ] = {"float8_e5m2fnuz", 1, 1, 0x7f, 0, 0x80, 0x80},
    [ERRATA_TENSOR_F8_E8M0] = {"float8_e8m0fnu", 1, 1, 0xff, 0, 0xff, 0},
    [ERRATA_TENSOR_C64] = {"complex64", 8, 4, G_MAXINT32, 0x7f800000, 0x7f800001, 0},
    [ERRATA_TENSOR_C128] = {"complex128",
                            16,
                            8,
                            G_MAXINT64,
                            G_GUINT64_CONSTANT(0x7ff0000000000000),
                            G_GUINT64_CONSTANT(0x7ff0000000000001),
                            0},
    [ERRATA_TENSOR_I8] = WHOLE("int8", 1),
    [ERRATA_TENSOR_I16] = WHOLE("int16", 2),
    [ERRATA_TENSOR_I32] = WHOLE("int32", 4),
    [ERRATA_TENSOR_I64] = WHOLE("int64", 8),
    [ERRATA_TENSOR_U8] = WHOLE("uint8", 1),
    [ERRATA_TENSOR_U16] = WHOLE("uint16", 2),
    [ERRATA_TENSOR_U32] = WHOLE("uint32", 4),
    [ERRATA_TENSOR_U64] = WHOLE("uint64", 8),
    [ERRATA_TENSOR_BOOL] = WHOLE("bool", 1),
};

/**
 * errata_tensor_nick:
 * @type: what its numbers are
 *
 * Returns: (transfer none): as the libraries write it, e.g. `float32`
 */
const char *
errata_tensor_nick(ErrataTensorType type)
{
    return kinds[type].nick;
}

/**
 * errata_tensor_item_size:
 * @type: what its numbers are
 *
 * Returns: bytes of one
 */
gsize
errata_tensor_item_size(ErrataTensorType type)
{
    return kinds[type].item;
}

/**
 * errata_tensor_count:
 * @dims: (array length=n_dims): a shape
 * @n_dims: how many; 0 for a single number
 * @ret_n: (out): numbers in it
 *
 * Returns: whether they can be counted in 64 bits
 */
gboolean
errata_tensor_count(const guint64 *dims, guint n_dims, guint64 *ret_n)
{
    guint64 n = 1;
    gboolean empty = FALSE;

    for (guint i = 0; i < n_dims; i++)
        empty = empty || dims[i] == 0;
    for (guint i = 0; i < n_dims && !empty; i++)
        if (!g_uint64_checked_mul(&n, n, dims[i]))
            return FALSE;
    *ret_n = empty ? 0 : n;
    return TRUE;
}

/**
 * errata_tensor_bytes:
 * @type: what its numbers are
 * @dims: (array length=n_dims): a shape
 * @n_dims: how many
 * @ret_bytes: (out): its size
 *
 * Returns: whether it can be told in 64 bits
 */
gboolean
errata_tensor_bytes(ErrataTensorType type, const guint64 *dims, guint n_dims, guint64 *ret_bytes)
{
    guint64 n;

    return errata_tensor_count(dims, n_dims, &n) &&
           g_uint64_checked_mul(ret_bytes, n, (guint64)kinds[type].item);
}

/**
 * errata_tensor_shape:
 * @dims: (array length=n_dims): a shape
 * @n_dims: how many
 *
 * Returns: (transfer full): for people: `108 × 16`, `scalar`
 */
char *
errata_tensor_shape(const guint64 *dims, guint n_dims)
{
    GString *text = g_string_new(n_dims == 0 ? "scalar" : NULL);

    for (guint i = 0; i < n_dims; i++)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, i > 0 ? " × " : "", dims[i]);
    return g_string_free(text, FALSE);
}

/* word by word, each spread over all bits by a multiplication; not for secrets: a match is
 * confirmed by the bytes themselves. Constants: splitmix64 (Steele et al. 2014) */
static guint64
tensor_hash(guint64 hash, const guint8 *data, gsize size)
{
    guint64 word = 0;
    gsize at = 0;

    for (; at + 8 <= size; at += 8) {
        memcpy(&word, data + at, 8);
        hash = (hash ^ word) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
        hash ^= hash >> 31;
    }
    word = 0;
    memcpy(&word, data + at, size - at);
    return (hash ^ word) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
}

/* one loop a width: what differs from the first number, what magnitude there is, NaN and
 * infinities */
#define TENSOR_LOOK(bits, swap)                                             \
    static void look_##bits(const TensorKind *kind,                         \
                            gboolean swapped,                               \
                            const guint8 *data,                             \
                            gsize n,                                        \
                            guint64 first,                                  \
                            guint64 *differ,                                \
                            guint64 *any,                                   \
                            ErrataTensorScan *scan)                         \
    {                                                                       \
        const guint##bits magnitude = (guint##bits)kind->magnitude;         \
        const guint##bits infinity = (guint##bits)kind->infinity;           \
        const guint##bits last = (guint##bits)(kind->nan_from - 1);         \
        guint##bits same = 0, all = 0;                                      \
        guint64 n_nan = 0, n_infinite = 0;                                  \
        for (gsize i = 0; i < n; i++) {                                     \
            guint##bits word;                                               \
            memcpy(&word, data + i * sizeof word, sizeof word);             \
            if (swapped)                                                    \
                word = (guint##bits)swap(word);                             \
            same |= (guint##bits)(word ^ (guint##bits)first);               \
            all |= magnitude != 0 ? (guint##bits)(word & magnitude) : word; \
            n_nan += (guint##bits)(word & magnitude) > last;                \
            n_infinite += (guint##bits)(word & magnitude) == infinity;      \
        }                                                                   \
        *differ |= same;                                                    \
        *any |= all;                                                        \
        scan->n_nan += kind->nan_from != 0 ? n_nan : 0;                     \
        scan->n_infinite += infinity != 0 ? n_infinite : 0;                 \
    }

TENSOR_LOOK(16, GUINT16_SWAP_LE_BE)
TENSOR_LOOK(32, GUINT32_SWAP_LE_BE)
TENSOR_LOOK(64, GUINT64_SWAP_LE_BE)

/* bytes are few patterns: they are counted first */
static void
look_8(const TensorKind *kind,
       const guint8 *data,
       gsize n,
       guint64 first,
       guint64 *differ,
       guint64 *any,
       ErrataTensorScan *scan)
{
    gsize count[256] = {0};

    for (gsize i = 0; i < n; i++)
        count[data[i]]++;
    for (guint value = 0; value < 256; value++) {
        guint64 magnitude = value & kind->magnitude;
        gboolean is_nan = kind->nan_from != 0 &&
                          (magnitude >= kind->nan_from || (kind->nan != 0 && value == kind->nan));

        if (count[value] == 0)
            continue;
        *differ |= value ^ first;
        *any |= kind->magnitude == 0 || is_nan ? value : magnitude;
        scan->n_nan += is_nan ? count[value] : 0;
        scan->n_infinite += kind->infinity != 0 && magnitude == kind->infinity ? count[value] : 0;
    }
}

static guint64
tensor_first(const TensorKind *kind, gboolean is_big_endian, const guint8 *data)
{
    guint64 first = 0;

    for (guint i = 0; i < kind->width; i++)
        first |= (guint64)data[i] << (8 * (is_big_endian ? kind->width - 1 - i : i));
    return first;
}

/**
 * errata_tensor_scan:
 * @type: what its numbers are
 * @is_big_endian: their bytes come highest first
 * @data: (array length=size): the numbers, as they lie in the file; not aligned
 * @size: bytes; a number cut at the end is not looked at
 * @ret_scan: (out): what there is
 *
 * Counts what should not be among weights. About 1 ns for 4 bytes.
 *
 * Source of the bit patterns: IEEE 754-2019 for F64, F32, F16; OCP 8-bit Floating Point
 * Specification 1.0, table 1, and OCP Microscaling Formats 1.0, 5.4.1 for F8.
 */
void
errata_tensor_scan(ErrataTensorType type,
                   gboolean is_big_endian,
                   const guint8 *data,
                   gsize size,
                   ErrataTensorScan *ret_scan)
{
    const TensorKind *kind = &kinds[type];
    ErrataTensorScan scan = {.hash = size};
    gboolean swapped = is_big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);
    guint64 first, differ = 0, any = 0;

    size -= size % kind->item;
    *ret_scan = scan;
    if (size == 0)
        return;
    first = tensor_first(kind, is_big_endian, data);
    for (gsize at = 0; at < size; at += TENSOR_PIECE) {
        gsize length = MIN(size - at, TENSOR_PIECE);
        const guint8 *piece = data + at;
        gsize n = length / kind->width;

        scan.hash = tensor_hash(scan.hash, piece, length);
        if (kind->width == 8)
            look_64(kind, swapped, piece, n, first, &differ, &any, &scan);
        else if (kind->width == 4)
            look_32(kind, swapped, piece, n, first, &differ, &any, &scan);
        else if (kind->width == 2)
            look_16(kind, swapped, piece, n, first, &differ, &any, &scan);
        else
            look_8(kind, piece, n, first, &differ, &any, &scan);
    }
    scan.is_constant = differ == 0;
    /* a power of two is never 0 */
    scan.all_zero = any == 0 && type != ERRATA_TENSOR_F8_E8M0;
    *ret_scan = scan;
}
