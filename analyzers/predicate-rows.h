/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bins.h"
#include "finding.h"

G_BEGIN_DECLS

/* a set of rows, one bit each */
typedef struct {
    gsize n_rows;
    gsize n_words;
    guint64 *word;
} ErrataRowBits;

ErrataRowBits *errata_row_bits_new(gsize n_rows);
void errata_row_bits_free(ErrataRowBits *self);
gsize errata_row_bits_count(const ErrataRowBits *self);
double errata_row_bits_jaccard(const ErrataRowBits *a, const ErrataRowBits *b);

static inline gboolean
errata_row_bits_has(const ErrataRowBits *self, gsize row)
{
    return ((self->word[row >> 6] >> (row & 63)) & 1) != 0;
}

/* (transfer full) (nullable): the rows that meet all of them; NULL when a column is not there */
ErrataRowBits *errata_predicate_rows(const GPtrArray *predicates,
                                     const ErrataFrame *frame,
                                     const ErrataBins *bins);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataRowBits, errata_row_bits_free)

G_END_DECLS
