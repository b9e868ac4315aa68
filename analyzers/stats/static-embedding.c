/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vector of a text is the mean of the vectors of its pieces, each times its weight.
 * Source: MinishLab/model2vec, StaticModel.encode. */
#include "static-embedding.h"

#include <math.h>
#include <string.h>

#define EMBEDDING_PIECES 512U /* of a text, as the library's own limit */

void
errata_static_embedding_free(ErrataStaticEmbedding *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    errata_wordpiece_free(self->pieces);
    g_clear_pointer(&self->bytes, g_bytes_unref);
    g_free(self->weight);
    g_free(self->mapping);
    g_free(self);
}

static double
embedding_half(guint16 bits)
{
    guint32 wide = (guint32)(bits & 0x7fffU) << 13;
    float value;

    memcpy(&value,
           &wide,
           sizeof value); /* 2^112 too small: the exponents' zeros lie so far apart */
    return ((bits & 0x8000U) != 0 ? -1.0 : 1.0) * (double)value * 0x1p112;
}

/**
 * errata_static_embedding_number:
 * @type: F64, F32, F16, I8, I32 or I64
 * @data: numbers of that type, little endian, not aligned
 * @at: which of them
 *
 * Returns: the number; NaN for another type
 */
double
errata_static_embedding_number(ErrataTensorType type, const guint8 *data, guint64 at)
{
    guint16 half;
    guint32 narrow;
    guint64 wide;
    float single;
    double number;

    if (type == ERRATA_TENSOR_I8)
        return (double)(gint8)data[at];
    if (type == ERRATA_TENSOR_F16) {
        memcpy(&half, data + 2 * at, sizeof half);
        return embedding_half(GUINT16_FROM_LE(half));
    }
    if (type == ERRATA_TENSOR_F32 || type == ERRATA_TENSOR_I32) {
        memcpy(&narrow, data + 4 * at, sizeof narrow);
        narrow = GUINT32_FROM_LE(narrow);
        memcpy(&single, &narrow, sizeof single);
        return type == ERRATA_TENSOR_I32 ? (double)(gint32)narrow : (double)single;
    }
    if (type == ERRATA_TENSOR_F64 || type == ERRATA_TENSOR_I64) {
        memcpy(&wide, data + 8 * at, sizeof wide);
        wide = GUINT64_FROM_LE(wide);
        memcpy(&number, &wide, sizeof number);
        return type == ERRATA_TENSOR_I64 ? (double)(gint64)wide : number;
    }
    return (double)NAN;
}

static void
embedding_add(const ErrataStaticEmbedding *self, guint32 piece, double *vector)
{
    guint64 first = (guint64)self->width *
                    (self->mapping != NULL ? self->mapping[piece] : (guint64)piece);
    double weight = self->weight != NULL ? self->weight[piece] : 1.0;

    if (self->type == ERRATA_TENSOR_F32 && G_BYTE_ORDER == G_LITTLE_ENDIAN) { /* most files */
        const guint8 *at = self->vector + 4 * first;

        for (guint k = 0; k < self->width; k++) {
            float number;

            memcpy(&number, at + 4 * (gsize)k, sizeof number);
            vector[k] += weight * (double)number;
        }
        return;
    }
    for (guint k = 0; k < self->width; k++)
        vector[k] += weight * errata_static_embedding_number(self->type, self->vector, first + k);
}

/**
 * errata_static_embedding_text:
 * @self: an embedding
 * @text: (array length=length): valid UTF-8
 * @length: bytes of @text
 * @ret_vector: (array length=width): its vector; zeros where no piece of it is known,
 *   or where it is beyond all numbers
 *
 * Returns: whether any piece is known
 */
gboolean
errata_static_embedding_text(const ErrataStaticEmbedding *self,
                             const char *text,
                             gsize length,
                             double *ret_vector)
{
    guint32 piece[EMBEDDING_PIECES];
    guint n = errata_wordpiece_part(self->pieces, text, length, piece, EMBEDDING_PIECES);
    double square = 0.0, scale;

    memset(ret_vector, 0, self->width * sizeof *ret_vector);
    for (guint i = 0; i < n; i++)
        embedding_add(self, piece[i], ret_vector);
    for (guint k = 0; k < self->width; k++)
        square += ret_vector[k] * ret_vector[k];
    if (n == 0 || !isfinite(square)) { /* each number is finite, their sum need not be */
        memset(ret_vector, 0, self->width * sizeof *ret_vector);
        return FALSE;
    }
    scale = 1.0 / n;
    if (self->normalize && square > 0.0)
        scale = 1.0 / sqrt(square);
    for (guint k = 0; k < self->width; k++)
        ret_vector[k] *= scale;
    return TRUE;
}
