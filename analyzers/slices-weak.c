/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices that hide each other. What scores expect is learnt from all rows of the log: where slices
 * hold most of the errors of the confident predictions, these are expected everywhere, and none of
 * the slices errs by as much more as a slice must. Each such one is measured again where all the
 * others are known. */
#include "slices-weak.h"

#include <math.h>

#include "slices-prediction.h"

/**
 * errata_slices_weak_may_hide:
 * @table: a table
 * @found: (element-type SlicesFound): what was tried
 *
 * Errors that no score foretells are what slices hide behind: outside of those kept, so many more
 * than the scores say must be left as make a slice.
 *
 * Returns: whether there may be slices that hide each other
 */
gboolean
errata_slices_weak_may_hide(const SlicesTable *table, const GArray *found)
{
    const SlicesHalf *half = &table->discovery;
    const double *confidence = table->analysis->outcome->confidence;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree guint8 *known = g_malloc0(MAX(half->n_rows, 1));
    double observed = 0.0, said = 0.0;

    if (table->real || table->exploratory || confidence == NULL)
        return FALSE;
    for (guint i = 0; i < found->len; i++) {
        const SlicesFound *one = &g_array_index(found, SlicesFound, i);

        if (!one->kept)
            continue;
        errata_slices_table_member(table, half, &one->slice, member);
        for (gsize row = 0; row < half->n_rows; row++)
            known[row] |= member[row];
    }
    for (gsize i = 0; i < half->n_rows; i++)
        if (known[i] == 0 && !isnan(confidence[half->row[i]])) {
            observed += half->y[i];
            said += 1.0 - confidence[half->row[i]];
        }
    return observed >= SLICES_MIN_LIFT * said;
}

/* what is expected in the confirmation half when all slices kept or weak are known but one */
static ErrataExpected *
weak_expect(const SlicesTable *table, const GArray *found, guint but)
{
    const SlicesHalf *half = &table->confirmation;
    ErrataExpected *expected =
        errata_expected_new(half->y, half->cell, half->n_cells, half->n_rows, table->real);
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    for (guint i = 0; i < found->len && expected->n_terms < ERRATA_EXPECTED_MAX_TERMS; i++) {
        const SlicesFound *other = &g_array_index(found, SlicesFound, i);

        if (i == but || other->known || !(other->kept || other->weak))
            continue;
        errata_slices_table_member(table, half, &other->slice, member);
        errata_slices_prediction_keep(table, half, other->said, member);
        errata_expected_add(expected, member);
    }
    return expected;
}

/**
 * errata_slices_weak_settle:
 * @table: a table
 * @found: (element-type SlicesFound): what was tried, in order
 *
 * Keeps the weak slices that reach %SLICES_MIN_LIFT times what is expected where the others are
 * known. Their p stays that of the test by which they were tried.
 */
void
errata_slices_weak_settle(const SlicesTable *table, GArray *found)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    for (guint i = 0; i < found->len; i++) {
        SlicesFound *one = &g_array_index(found, SlicesFound, i);
        double p = one->test.p;

        if (!one->weak)
            continue;
        g_autoptr(ErrataExpected) expected = weak_expect(table, found, i);

        errata_slices_table_member(table, half, &one->slice, member);
        errata_slices_prediction_keep(table, half, one->said, member);
        errata_expected_test(expected, member, &one->test);
        one->test.p = p;
        one->kept = one->test.observed >= SLICES_MIN_LIFT * one->test.expected;
    }
}
