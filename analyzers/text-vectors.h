/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "text-grams.h"

G_BEGIN_DECLS

typedef struct _ErrataTextVectors ErrataTextVectors;

ErrataGramsText *errata_text_vectors_read(const ErrataAnalysis *analysis,
                                          const guint32 *row,
                                          guint n,
                                          GPtrArray *owned);
ErrataTextVectors *errata_text_vectors_new(const ErrataAnalysis *analysis,
                                           const guint32 *row,
                                           guint n,
                                           const guint32 *lesson,
                                           guint n_lesson,
                                           float **ret_x);
guint errata_text_vectors_width(const ErrataTextVectors *self);
void errata_text_vectors_keep(ErrataTextVectors *self, guint32 *row, float *x, guint n);
void errata_text_vectors_embed(const ErrataTextVectors *self,
                               const ErrataAnalysis *analysis,
                               const guint32 *row,
                               guint n,
                               float *ret_x);
void errata_text_vectors_free(ErrataTextVectors *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTextVectors, errata_text_vectors_free)

G_END_DECLS
