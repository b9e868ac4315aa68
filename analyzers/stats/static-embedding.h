/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tensor.h"
#include "wordpiece.h"

G_BEGIN_DECLS

/**
 * ErrataStaticEmbedding:
 * @name: where it came from
 * @pieces: parts texts; no piece's number is beyond the arrays here
 * @bytes: what holds @vector
 * @type: of its numbers: F64, F32, F16 or I8, all finite
 * @vector: (array length=n_vectors*width): the vectors, not aligned
 * @n_vectors: how many
 * @width: numbers of each
 * @weight: (nullable): of each piece
 * @mapping: (nullable): the vector of each piece; without it a piece's number is its vector's
 * @normalize: a text's vector is brought to length one
 *
 * A vector for each piece of a vocabulary, as model2vec writes it.
 */
typedef struct _ErrataStaticEmbedding {
    char *name;
    ErrataWordpiece *pieces;
    GBytes *bytes;
    ErrataTensorType type;
    const guint8 *vector;
    guint64 n_vectors;
    guint width;
    double *weight;
    guint32 *mapping;
    gboolean normalize;
} ErrataStaticEmbedding;

void errata_static_embedding_free(ErrataStaticEmbedding *self);
double errata_static_embedding_number(ErrataTensorType type, const guint8 *data, guint64 at);
gboolean errata_static_embedding_text(const ErrataStaticEmbedding *self,
                                      const char *text,
                                      gsize length,
                                      double *ret_vector);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataStaticEmbedding, errata_static_embedding_free)

G_END_DECLS
