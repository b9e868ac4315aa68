/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a slice that are as right as others. Sets of three columns are counted by a few codes of
 * each, so a slice of two conditions whose ends are fine can come before the part of it that a
 * third condition tells, and the rows which that leaves out are told as wrong. So each column is
 * asked once more within the slice, by all of its codes. */
#include "slices-deepen.h"

#include <math.h>

#include "slices-refine.h"
#include "slices-search.h"
#include "slices-sum.h"

#define DEEPEN_PARENT 0.9 /* of the ratio of the slice with one more condition: METHODS 2, 6 */

typedef struct {
    const SlicesTable *table;
    const ErrataExpected *expected;
    guint8 *member; /* (array length=discovery.n_rows): 1 for rows of the slice */
    double best;
    SlicesCondition condition;
} Deepen;

static double
deepen_ratio(const Deepen *self, const SlicesSum *sum)
{
    if (sum->n < (double)self->table->min_rows || sum->observed < SLICES_MIN_LIFT * sum->expected)
        return 0.0;
    return errata_expected_ratio(sum->n,
                                 sum->observed,
                                 sum->expected,
                                 self->expected->real ? self->expected->variance : 0.0);
}

/* the item of a column whose rows of the slice are least likely */
static void
deepen_try(Deepen *self, guint column)
{
    const SlicesCoding *fine = &self->table->columns[column].fine;
    SlicesSum code[257] = {{0.0, 0.0, 0.0}};

    for (gsize i = 0; i < self->expected->n_rows; i++)
        if (self->member[i] != 0)
            slices_sum_add_row(&code[fine->code[i]],
                               self->expected->y[i],
                               errata_expected_mu(self->expected, i));
    for (guint k = 0; k < fine->n_items; k++) {
        SlicesSum sum = {0.0, 0.0, 0.0};
        double ratio;

        for (guint c = fine->items[k].lo; c < fine->items[k].hi; c++)
            sum = slices_sum_plus(&sum, &code[c]);
        ratio = deepen_ratio(self, &sum);
        if (ratio > self->best) {
            self->best = ratio;
            self->condition = errata_slices_items_slice(self->table,
                                                        FALSE,
                                                        &column,
                                                        &fine->items[k].lo,
                                                        &fine->items[k].hi,
                                                        1)
                                  .condition[0];
        }
    }
}

/**
 * errata_slices_deepen:
 * @table: a table
 * @expected: what is expected of the rows of its discovery half
 * @n_valid: (array length=SLICES_MAX_AXES + 1): candidates of each level that were tried
 * @slice: (inout): a refined slice; gets a condition that it lacks
 * @ret_ratio: (inout): its log likelihood ratio
 *
 * Adds the condition, if there is one, without which the slice is so much less likely that it would
 * not be left out (METHODS 2, 6), and that is worth the candidates of the next level. Complexity: a
 * pass over the slice's rows per column.
 */
void
errata_slices_deepen(const SlicesTable *table,
                     const ErrataExpected *expected,
                     const guint64 *n_valid,
                     Slice *slice,
                     double *ret_ratio)
{
    g_autofree guint8 *member = g_malloc(MAX(table->discovery.n_rows, 1));
    Deepen self = {.table = table, .expected = expected, .member = member};
    Slice child = *slice;
    double ratio, price;

    if (slice->n >= MIN(table->max_level, SLICES_MAX_AXES) || slice->timed)
        return;
    errata_slices_table_member(table, &table->discovery, slice, member);
    for (guint c = 0; c < table->n_columns; c++)
        if (!slices_uses(slice, c))
            deepen_try(&self, c);
    price = log(fmax((double)n_valid[slice->n + 1], 1.0) / fmax((double)n_valid[slice->n], 1.0));
    if (DEEPEN_PARENT * self.best <= *ret_ratio || self.best - price <= *ret_ratio)
        return;
    child.condition[child.n++] = self.condition;
    ratio = errata_slices_refine(table, expected, NULL, &child);
    if (child.n <= slice->n || DEEPEN_PARENT * ratio <= *ret_ratio)
        return;
    *slice = child;
    *ret_ratio = ratio;
}
