/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of rows, one bit a row. */
#include "rows.h"

/**
 * errata_rows_new:
 * @n_rows: rows of the frame
 *
 * Returns: (transfer full): the empty set
 */
ErrataRows *
errata_rows_new(gsize n_rows)
{
    ErrataRows *self = g_new0(ErrataRows, 1);

    self->n_rows = n_rows;
    self->n_words = (n_rows + 63) / 64;
    self->bits = g_new0(guint64, self->n_words + 1);
    return self;
}

void
errata_rows_free(ErrataRows *self)
{
    if (self == NULL)
        return;
    g_free(self->bits);
    g_free(self);
}

/* Returns: number of rows in the set */
gsize
errata_rows_count(const ErrataRows *self)
{
    gsize n = 0;

    for (gsize i = 0; i < self->n_words; i++)
        n += (gsize)__builtin_popcountll(self->bits[i]);
    return n;
}

double
errata_rows_jaccard(const ErrataRows *a, const ErrataRows *b)
{
    gsize both = 0;
    gsize either = 0;

    g_return_val_if_fail(a->n_rows == b->n_rows, 0.0);
    for (gsize i = 0; i < a->n_words; i++) {
        both += (gsize)__builtin_popcountll(a->bits[i] & b->bits[i]);
        either += (gsize)__builtin_popcountll(a->bits[i] | b->bits[i]);
    }
    return either > 0 ? (double)both / (double)either : 0.0;
}

/* keeps the rows that are in @other too, a set over as many rows */
void
errata_rows_intersect(ErrataRows *self, const ErrataRows *other)
{
    g_return_if_fail(self->n_rows == other->n_rows);
    for (gsize i = 0; i < self->n_words; i++)
        self->bits[i] &= other->bits[i];
}

/* adds the rows of @other, a set over as many rows */
void
errata_rows_unite(ErrataRows *self, const ErrataRows *other)
{
    g_return_if_fail(self->n_rows == other->n_rows);
    for (gsize i = 0; i < self->n_words; i++)
        self->bits[i] |= other->bits[i];
}

/* the rows that were not in the set */
void
errata_rows_complement(ErrataRows *self)
{
    for (gsize i = 0; i < self->n_words; i++)
        self->bits[i] = ~self->bits[i];
    if (self->n_rows % 64 != 0)
        self->bits[self->n_words - 1] &= (G_GUINT64_CONSTANT(1) << (self->n_rows % 64)) - 1;
}

/**
 * errata_rows_list:
 * @self: a set over at most 2³² rows
 * @ret_n: (out): how many rows it has
 *
 * Returns: (transfer full) (array length=ret_n): its rows, increasing
 */
guint32 *
errata_rows_list(const ErrataRows *self, gsize *ret_n)
{
    gsize n = errata_rows_count(self);
    guint32 *list = g_new(guint32, n + 1);
    gsize at = 0;

    for (gsize i = 0; i < self->n_words; i++)
        for (guint64 word = self->bits[i]; word != 0; word &= word - 1)
            list[at++] = (guint32)(i * 64 + (gsize)__builtin_ctzll(word));
    *ret_n = n;
    return list;
}

gboolean
errata_rows_run(const ErrataRows *self, gsize from, gsize to, gsize *ret_begin, gsize *ret_end)
{
    gsize begin = from, end;

    while (begin < to && !errata_rows_has(self, begin))
        begin++;
    for (end = begin; end < to && errata_rows_has(self, end);)
        end++;
    *ret_begin = begin;
    *ret_end = end;
    return begin < end;
}
