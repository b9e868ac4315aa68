/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conjunction with the fewest errors against those expected: every single condition, every pair
 * of the columns whose single ones say most, and every condition that may join the best of these.
 * Sums by code are cumulated, so that a range costs the sums at its ends. */
#include <math.h>
#include <string.h>

#include "slices-better.h"
#include "slices-refine.h"

#define BETTER_MAX_ROW 0.5 /* of the rows: what more meet is the rule itself */
#define BETTER_COLUMNS 8   /* whose pairs are searched */
#define BETTER_PARENT  0.9 /* of the ratio, that a condition less may cost to be dropped */

typedef struct {
    const SlicesTable *table;
    const ErrataExpected *expected;
    const double *mu;
    const guint8 *member; /* nullable: the rows that count */
    double price;         /* log of the conditions there are */
    double best;          /* ratio less the logarithm of the candidates of its level */
    Slice slice;
} Better;

/* the likelihood ratio of fewer errors than expected: that of as many more right answers */
static double
better_evidence(const Better *self, const SlicesSum *sum)
{
    if (sum->n < (double)self->table->min_rows || !(sum->expected > sum->observed))
        return 0.0;
    if (self->table->real)
        return errata_expected_ratio(sum->n,
                                     sum->expected,
                                     sum->observed,
                                     self->expected->variance);
    return errata_expected_ratio(sum->n, sum->n - sum->observed, sum->n - sum->expected, 0.0);
}

/* the same of what may be told: so much better, and not most of the rows */
static double
better_ratio(const Better *self, const SlicesSum *sum)
{
    return sum->n > BETTER_MAX_ROW * (double)self->table->discovery.n_rows ||
                   sum->expected < SLICES_BETTER_LIFT * sum->observed
               ? 0.0
               : better_evidence(self, sum);
}

static void
better_add_sum(SlicesSum *sum, const SlicesSum *other, double sign)
{
    sum->n += sign * other->n;
    sum->observed += sign * other->observed;
    sum->expected += sign * other->expected;
}

/* a ratio less the logarithm of the conjunctions of @level conditions that there are */
static double
better_score(const Better *self, double ratio, guint level)
{
    return ratio - (double)level * self->price + lgamma(level + 1.0);
}

/* takes a conjunction that is better than the best so far */
static void
better_offer(Better *self, const Slice *slice, double ratio)
{
    double score = ratio > 0.0 ? better_score(self, ratio, slice->n) : 0.0;

    if (score <= self->best)
        return;
    self->best = score;
    self->slice = *slice;
}

/* adds a range of codes as a condition */
static Slice
better_join(const Better *self, const Slice *to, guint column, const SlicesItem *item)
{
    Slice one = errata_slices_items_slice(self->table, FALSE, &column, &item->lo, &item->hi, 1);
    Slice joined = *to;

    joined.condition[joined.n++] = one.condition[0];
    return joined;
}

/* every condition on one column, joined to @to; the strongest evidence among them, however common
 * it is */
static double
better_search_column(Better *self, guint column, const Slice *to)
{
    const SlicesCoding *fine = &self->table->columns[column].fine;
    const ErrataExpected *expected = self->expected;
    SlicesSum sums[257] = {{0.0, 0.0, 0.0}}; /* below each code */
    double most = 0.0;

    for (gsize i = 0; i < expected->n_rows; i++) {
        SlicesSum *sum = &sums[fine->code[i] + 1];

        if (self->member != NULL && self->member[i] == 0)
            continue;
        sum->n += 1.0;
        sum->observed += expected->y[i];
        sum->expected += self->mu[i];
    }
    for (guint c = 0; c < fine->n_codes; c++)
        better_add_sum(&sums[c + 1], &sums[c], 1.0);
    for (guint i = 0; i < fine->n_items; i++) {
        SlicesSum sum = sums[fine->items[i].hi];
        double ratio;

        better_add_sum(&sum, &sums[fine->items[i].lo], -1.0);
        most = fmax(most, better_evidence(self, &sum));
        ratio = better_ratio(self, &sum);
        if (ratio > 0.0 && better_score(self, ratio, to->n + 1) > self->best) {
            Slice slice = better_join(self, to, column, &fine->items[i]);

            better_offer(self, &slice, ratio);
        }
    }
    return most;
}

/* sums over the codes of @a below the first and of @b below the second index */
static SlicesSum *
better_count(const Better *self, const SlicesCoding *a, const SlicesCoding *b)
{
    guint width = b->n_codes + 1;
    SlicesSum *cells = g_new0(SlicesSum, (gsize)(a->n_codes + 1) * width);

    for (gsize i = 0; i < self->expected->n_rows; i++) {
        SlicesSum *cell = &cells[(gsize)(a->code[i] + 1) * width + b->code[i] + 1];

        cell->n += 1.0;
        cell->observed += self->expected->y[i];
        cell->expected += self->mu[i];
    }
    for (guint r = 1; r <= a->n_codes; r++)
        for (guint c = 1; c <= b->n_codes; c++) {
            SlicesSum *cell = &cells[(gsize)r * width + c];

            better_add_sum(cell, cell - 1, 1.0);
            better_add_sum(cell, cell - width, 1.0);
            better_add_sum(cell, cell - width - 1, -1.0);
        }
    return cells;
}

/* every pair of conditions on two columns */
static void
better_search_pair(Better *self, guint first, guint second)
{
    const SlicesCoding *a = &self->table->columns[first].fine;
    const SlicesCoding *b = &self->table->columns[second].fine;
    g_autofree SlicesSum *cells = better_count(self, a, b);
    guint width = b->n_codes + 1;

    for (guint i = 0; i < a->n_items; i++) {
        const SlicesSum *from = &cells[(gsize)a->items[i].lo * width];
        const SlicesSum *to = &cells[(gsize)a->items[i].hi * width];

        for (guint k = 0; k < b->n_items; k++) {
            const SlicesItem *item = &b->items[k];
            SlicesSum sum = to[item->hi];
            double ratio;

            better_add_sum(&sum, &to[item->lo], -1.0);
            better_add_sum(&sum, &from[item->hi], -1.0);
            better_add_sum(&sum, &from[item->lo], 1.0);
            ratio = better_ratio(self, &sum);
            if (ratio > 0.0 && better_score(self, ratio, 2) > self->best) {
                Slice none = {.n = 0};
                Slice one = better_join(self, &none, first, &a->items[i]);
                Slice slice = better_join(self, &one, second, item);

                better_offer(self, &slice, ratio);
            }
        }
    }
}

/* pairs of the columns whose single conditions say most */
static void
better_search_pairs(Better *self, const double *most)
{
    guint column[BETTER_COLUMNS];
    guint n = 0;

    for (guint c = 0; c < self->table->n_columns; c++) {
        guint at = n;

        while (at > 0 && most[c] > most[column[at - 1]])
            at--;
        if (at == BETTER_COLUMNS)
            continue;
        n = MIN(n + 1, BETTER_COLUMNS);
        memmove(&column[at + 1], &column[at], (n - 1 - at) * sizeof *column);
        column[at] = c;
    }
    for (guint i = 0; i < n; i++)
        for (guint k = i + 1; k < n; k++)
            better_search_pair(self, column[i], column[k]);
}

static SlicesSum
better_measure(const Better *self, const Slice *slice, guint8 *member)
{
    SlicesSum sum = {0.0, 0.0, 0.0};

    errata_slices_table_member(self->table, &self->table->discovery, slice, member);
    for (gsize i = 0; i < self->expected->n_rows; i++)
        if (member[i] != 0) {
            sum.n += 1.0;
            sum.observed += self->expected->y[i];
            sum.expected += self->mu[i];
        }
    return sum;
}

/* one condition more, on any column that the best has none on */
static void
better_extend(Better *self, guint8 *member)
{
    Slice to = self->slice;

    better_measure(self, &to, member);
    self->member = member;
    for (guint c = 0; c < self->table->n_columns; c++) {
        gboolean used = FALSE;

        for (guint i = 0; i < to.n; i++)
            used = used || to.condition[i].column == c;
        if (!used)
            better_search_column(self, c, &to);
    }
    self->member = NULL;
}

/* leaves out the conditions without which most of the evidence stays */
static void
better_drop(Better *self, guint8 *member)
{
    SlicesSum sum = better_measure(self, &self->slice, member);
    double ratio = better_ratio(self, &sum);

    for (guint i = self->slice.n; i-- > 0 && self->slice.n > 1;) {
        Slice parent = self->slice;
        double without;

        parent.condition[i] = parent.condition[--parent.n];
        sum = better_measure(self, &parent, member);
        without = better_ratio(self, &sum);
        if (without < BETTER_PARENT * ratio)
            continue;
        self->slice = parent;
        ratio = without;
    }
}

/**
 * errata_slices_better_search:
 * @table: a table
 * @expected: what is expected of its discovery half
 * @ret_slice: (out): the best
 *
 * Complexity: two passes over the discovery rows per column, and one per pair of eight columns.
 *
 * Returns: whether there is one whose likelihood ratio exceeds the logarithm of the candidates
 */
gboolean
errata_slices_better_search(const SlicesTable *table,
                            const ErrataExpected *expected,
                            Slice *ret_slice)
{
    g_autofree double *mu = g_new(double, MAX(expected->n_rows, 1));
    g_autofree double *most = g_new0(double, MAX(table->n_columns, 1));
    g_autofree guint8 *member = g_malloc(MAX(expected->n_rows, 1));
    Better self = {.table = table, .expected = expected, .mu = mu};
    Slice none = {.n = 0};
    double n_items = 0.0;

    for (gsize i = 0; i < expected->n_rows; i++)
        mu[i] = errata_expected_mu(expected, i);
    for (guint c = 0; c < table->n_columns; c++)
        n_items += (double)table->columns[c].fine.n_items;
    self.price = log(fmax(n_items, 1.0));
    for (guint c = 0; c < table->n_columns; c++)
        most[c] = better_search_column(&self, c, &none);
    if (table->max_level >= 2)
        better_search_pairs(&self, most);
    if (self.slice.n > 0 && self.slice.n < MIN(table->max_level, SLICES_MAX_AXES))
        better_extend(&self, member);
    if (!(self.best > 0.0))
        return FALSE;
    better_drop(&self, member);
    errata_slices_refine_fewer(table, expected, &self.slice);
    *ret_slice = self.slice;
    return TRUE;
}
