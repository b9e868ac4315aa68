/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataRows:
 * @n_rows: rows of the frame
 * @n_words: 64-bit words of @bits
 * @bits: (array length=n_words): bit r & 63 of word r >> 6 is 1 where row r is in the set; the bits
 *   behind the last row are 0
 *
 * A set of rows of a frame. Slices, cohorts and filters are such sets, never copies of rows.
 */
typedef struct {
    gsize n_rows;
    gsize n_words;
    guint64 *bits;
} ErrataRows;

static inline gboolean
errata_rows_has(const ErrataRows *self, gsize row)
{
    return (self->bits[row >> 6] >> (row & 63) & 1) != 0;
}

ErrataRows *errata_rows_new(gsize n_rows);
void errata_rows_free(ErrataRows *self);
gsize errata_rows_count(const ErrataRows *self);
/* rows in both over rows in either, 0 when neither has any */
double errata_rows_jaccard(const ErrataRows *a, const ErrataRows *b);
void errata_rows_intersect(ErrataRows *self, const ErrataRows *other);
void errata_rows_unite(ErrataRows *self, const ErrataRows *other);
void errata_rows_complement(ErrataRows *self);
/* the first run of rows in the set that begins at @from or behind; FALSE where there is none before
 * @to */
gboolean errata_rows_run(const ErrataRows *self,
                         gsize from,
                         gsize to,
                         gsize *ret_begin,
                         gsize *ret_end);
guint32 *errata_rows_list(const ErrataRows *self, gsize *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataRows, errata_rows_free)

G_END_DECLS
