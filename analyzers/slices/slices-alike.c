/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether two groups go wrong in the same way. Groups that are wrong as often may be so for reasons
 * of their own: one is missed and the other raises false alarms, one has been bad for years and the
 * other since Monday. Those are two slices, though one condition could hold both. Reads the
 * discovery half. */
#include "slices-alike.h"

#include <math.h>

#include "tests.h"

#define ALIKE_STRETCHES 4 /* of time, each of as many rows of the half */
#define ALIKE_SIDES     2 /* predicted as the class that is predicted most, or not */
#define ALIKE_CELLS     (ALIKE_STRETCHES * ALIKE_SIDES)
#define ALIKE_LEAST     10.0 /* errors that each group must have */
#define ALIKE_ALPHA     1e-4 /* at which they are not alike … */
#define ALIKE_APART     0.3 /* … with such a part of the errors elsewhere: 1 where none coincide */

typedef struct {
    double rows[ALIKE_CELLS];
    double errors[ALIKE_CELLS];
    double n_rows, n_errors;
} AlikeGroup;

/* the class that is predicted most */
static gint32
alike_commonest(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    g_autofree gsize *count = g_new0(gsize, MAX(outcome->n_classes, 1));
    guint best = 0;

    for (gsize i = 0; i < table->discovery.n_rows; i++)
        count[outcome->predicted[table->discovery.row[i]]]++;
    for (guint k = 1; k < outcome->n_classes; k++)
        best = count[k] > count[best] ? k : best;
    return (gint32)best;
}

/* the stretch of time of each row of the half */
static guint8 *
alike_stretches(const SlicesTable *table)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    guint8 *stretch = g_new0(guint8, MAX(outcome->n_rows, 1));

    for (gsize i = 0; i < outcome->n_rows; i++)
        stretch[outcome->order != NULL ? outcome->order[i] : i] =
            (guint8)(i * ALIKE_STRETCHES / outcome->n_rows);
    return stretch;
}

static void
alike_count(const SlicesTable *table,
            const Slice *slice,
            const guint8 *stretch,
            gint32 commonest,
            AlikeGroup *ret)
{
    const gint32 *predicted = table->analysis->outcome->predicted;
    const SlicesHalf *half = &table->discovery;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));

    *ret = (AlikeGroup){.n_rows = 0.0};
    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        guint cell = ALIKE_SIDES * stretch[row] + (predicted[row] == commonest ? 1 : 0);

        if (member[i] == 0)
            continue;
        ret->rows[cell] += 1.0;
        ret->errors[cell] += half->y[i];
        ret->n_rows += 1.0;
        ret->n_errors += half->y[i];
    }
}

/**
 * errata_slices_alike:
 * @table: a table
 * @a: a slice
 * @b: another one, without a row of @a
 *
 * Holds the errors of the two against one another by stretch of time and by prediction; how many
 * there are, and where the rows are, is not looked at.
 *
 * Returns: %FALSE if they lie elsewhere, beyond chance (χ²) and with a good part of them; real
 * losses,
 *   which have no count, are always alike
 */
gboolean
errata_slices_alike(const SlicesTable *table, const Slice *a, const Slice *b)
{
    const Slice *slice[] = {a, b};
    AlikeGroup group[2];
    g_autofree guint8 *stretch = NULL;
    double statistic = 0.0, apart = 0.0, n = 0.0;
    gint32 commonest;

    if (table->real || table->analysis->outcome->predicted == NULL)
        return TRUE;
    stretch = alike_stretches(table);
    commonest = alike_commonest(table);
    for (guint k = 0; k < 2; k++) {
        alike_count(table, slice[k], stretch, commonest, &group[k]);
        if (group[k].n_errors < ALIKE_LEAST)
            return TRUE;
    }
    for (guint c = 0; c < ALIKE_CELLS; c++) {
        double first = group[0].rows[c] * group[0].n_errors / group[0].n_rows;
        double second = group[1].rows[c] * group[1].n_errors / group[1].n_rows;
        double sum = group[0].errors[c] + group[1].errors[c];
        double part = first / (first + second);

        if (!(sum > 0.0) || !(part > 0.0 && part < 1.0))
            continue;
        statistic += pow(group[0].errors[c] - sum * part, 2.0) / (sum * part * (1.0 - part));
        apart += fabs(group[0].errors[c] - sum * part);
        n += 1.0;
    }
    apart *= 0.5 * (1.0 / group[0].n_errors + 1.0 / group[1].n_errors);
    return apart < ALIKE_APART || n < 2.0 ||
           errata_tests_chi_square(statistic, n - 1.0) >= ALIKE_ALPHA;
}
