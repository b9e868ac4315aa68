/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one group whose offset tells most of a label: a value of a category, or the rows of a number
 * from an edge on. A prediction that holds the offset of a group tells the group itself beside the
 * columns that it is else made of: then these seem to tell the label. */
#include "slices-offset.h"

#include <math.h>

#include "normal-scale.h"

/* the last knot at or below each number: at most 64 ranges, as even as its values let them be */
static void
offset_ranges(const double *value, gsize n, ErrataNormalScale *ret_scale, guint8 *ret_code)
{
    errata_normal_scale_learn(ret_scale, value, n);
    for (gsize i = 0; i < n; i++) {
        guint lo = 0, hi = ret_scale->n;

        while (hi - lo > 1) {
            guint middle = (lo + hi) / 2;

            if (value[i] >= ret_scale->value[middle])
                lo = middle;
            else
                hi = middle;
        }
        ret_code[i] = (guint8)(isnan(value[i]) ? ERRATA_BINS_MISSING : lo);
    }
}

/**
 * errata_slices_offset_best:
 * @table: a table
 * @row: (array length=known.n): rows of the frame
 * @known: a fitted predictor of these rows
 * @ret_group: (out): the group that tells most beside it, its amount 0; left alone where none does
 *
 * Complexity: rows × columns × terms.
 *
 * Returns: its score statistic, about chi-square with one degree of freedom; 0 where none tells
 *   anything
 */
double
errata_slices_offset_best(const SlicesTable *table,
                          const guint32 *row,
                          const ErrataSideTerms *known,
                          SlicesOffset *ret_group)
{
    g_autoptr(ErrataSideTest) test = errata_side_test_new(known);
    g_autofree guint8 *code = g_malloc(MAX(known->n, 1));
    g_autofree double *value = g_new(double, MAX(known->n, 1));
    double best = 0.0;

    for (guint c = 0; c < table->n_columns; c++) {
        const ErrataBinColumn *bin = table->columns[c].bin;
        ErrataNormalScale scale;
        double statistic[ERRATA_SIDE_GROUPS];

        if (table->columns[c].word != NULL)
            continue;
        if (bin->numeric) {
            errata_slices_table_numbers(table, c, row, known->n, value);
            offset_ranges(value, known->n, &scale, code);
        }
        for (gsize i = 0; i < known->n && !bin->numeric; i++)
            code[i] = bin->code[row[i]];
        errata_side_test_groups(test, code, bin->numeric, statistic);
        for (guint g = 0; g < (bin->numeric ? scale.n : ERRATA_SIDE_GROUPS); g++)
            if (statistic[g] > best) {
                best = statistic[g];
                *ret_group = (SlicesOffset){.column = c,
                                            .code = (guint8)g,
                                            .from = bin->numeric ? scale.value[g] : 0.0};
            }
    }
    return best;
}

/**
 * errata_slices_offset_term:
 * @table: a table
 * @self: a group
 * @row: (array length=n): rows of the frame
 * @n: their number
 *
 * Returns: (transfer full) (array length=n): 1 for rows of the group, else 0
 */
double *
errata_slices_offset_term(const SlicesTable *table,
                          const SlicesOffset *self,
                          const guint32 *row,
                          gsize n)
{
    const ErrataBinColumn *bin = table->columns[self->column].bin;
    double *term = g_new(double, MAX(n, 1));

    if (bin->numeric)
        errata_slices_table_numbers(table, self->column, row, n, term);
    for (gsize i = 0; i < n; i++)
        term[i] = (bin->numeric ? term[i] >= self->from : bin->code[row[i]] == self->code) ? 1.0
                                                                                           : 0.0;
    return term;
}

/**
 * errata_slices_offset_take_off:
 * @table: a table
 * @self: a group, its amount 0 for none
 * @row: (array length=n): rows of the frame
 * @n: their number
 * @value: (array length=n) (inout): their predictions; without the group's offset afterwards
 */
void
errata_slices_offset_take_off(const SlicesTable *table,
                              const SlicesOffset *self,
                              const guint32 *row,
                              gsize n,
                              double *value)
{
    g_autofree double *term = NULL;

    if (!(fabs(self->amount) > 0.0))
        return;
    term = errata_slices_offset_term(table, self, row, n);
    for (gsize i = 0; i < n; i++)
        value[i] -= self->amount * term[i];
}
