/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a column that are codes of categories, or stand for them. A model names only the codes that
 * it splits by, so that larger ones are usual; the library sends these where it sends what it does not
 * know. */
#include "model-codes.h"

#include <math.h>
#include <stdlib.h>

#define CODES_STRANGE 0.05       /* of the cells of a column of codes, that are none */
#define CODES_DENSE   0.75       /* of numbers that are codes, that are there or known */
#define CODES_ROWS    4          /* for each code, so that the first would be among them */
#define CODES_MAX     16777216.0 /* single precision tells no larger ones apart */

typedef struct {
    gsize n; /* cells that are there */
    guint n_codes;
    gsize n_strange; /* cells that are none of the model's codes */
    gboolean first;  /* whether a cell is the first of them */
    gboolean last;
    gboolean whole; /* whether all cells could be codes of some model */
    double most;
} CodesCells;

static CodesCells
codes_count(const double *value, gsize n, guint n_codes)
{
    CodesCells self = {.n = n, .n_codes = n_codes, .whole = TRUE};
    for (gsize i = 0; i < n; i++) {
        gboolean whole = value[i] >= 0.0 && value[i] < CODES_MAX && !(value[i] > floor(value[i]));
        gboolean known = whole && value[i] < n_codes;
        self.whole = self.whole && whole;
        self.n_strange += !known;
        self.first = self.first || (known && !(value[i] > 0.0));
        self.last = self.last || (known && !(value[i] < n_codes - 1.0));
        self.most = fmax(self.most, value[i]);
    }
    return self;
}

/* all of them are, or, where they begin and end as the model's codes do, all but few. Those few (−1 for
 * unknown, a code of tomorrow) are no categories: numbers that are ranked with them would all be read as
 * others */
static gboolean
codes_are_same(const CodesCells *self)
{
    return self->n_strange == 0 || (self->first && self->last &&
                                    (double)self->n_strange <= CODES_STRANGE * (double)self->n);
}

/* Whole numbers that can be codes though some are larger than all that the model splits by: from 0 on with
 * few gaps, most of them known, or too few to rank and none far beyond. What reaches far are the
 * categories themselves (years, postcodes), what has no 0 in many rows counts from 1, and as many values
 * as the model has codes are these, ranked. */
static gboolean
codes_are_codes(const CodesCells *self, guint n_distinct)
{
    gboolean from_zero = self->first || self->n < CODES_ROWS * (gsize)self->n_codes;

    if (!self->whole || !from_zero || n_distinct == self->n_codes)
        return FALSE;
    return n_distinct >= CODES_DENSE * (self->most + 1.0) ||
           (double)self->n_strange <= (1.0 - CODES_DENSE) * (double)self->n ||
           (n_distinct < self->n_codes && self->most < 2.0 * (double)self->n_codes);
}

static int
codes_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/**
 * errata_model_codes_read:
 * @column: of numbers
 * @n_codes: one more than the largest code that the model splits by
 * @ret_level: (out) (transfer full) (nullable): of ranks, the distinct numbers, ascending; else %NULL
 * @ret_n: (out): of codes, the cells that are none of the model's; else the distinct numbers
 *
 * O(n log n) in the rows, O(n) for codes.
 *
 * Returns: what the numbers are
 */
ErrataModelCodes
errata_model_codes_read(const ErrataColumn *column, guint n_codes, double **ret_level, guint *ret_n)
{
    g_autofree double *value = g_new(double, column->n_rows);
    gsize n = errata_column_collect(column, NULL, column->n_rows, value);
    CodesCells cells = codes_count(value, n, n_codes);
    guint kept = 0;

    *ret_level = NULL;
    *ret_n = (guint)cells.n_strange;
    if (codes_are_same(&cells))
        return ERRATA_MODEL_CODES_SAME;
    qsort(value, n, sizeof *value, codes_compare);
    for (gsize i = 0; i < n; i++)
        if (kept == 0 || value[i] > value[kept - 1])
            value[kept++] = value[i];
    if (codes_are_codes(&cells, kept))
        return ERRATA_MODEL_CODES_SAME;
    *ret_n = kept;
    if (kept < n_codes)
        return ERRATA_MODEL_CODES_UNKNOWN;
    *ret_level = g_steal_pointer(&value);
    return ERRATA_MODEL_CODES_RANKS;
}
