/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns that only say again how sure the model was, such as the larger of two probabilities
 * beside the one that is the score. Where predictions are wrong more often than the scores say,
 * such a column seems to have a part in it, but it is what the model said, not why. */
#include "slices-restated.h"

#include <math.h>

#define RESTATED_ROWS  2000   /* looked at */
#define RESTATED_KNOWN 0.9    /* of them, that must have a value */
#define RESTATED_SAME  0.9995 /* square of the correlation: rounded to two digits, still the same */
#define RESTATED_LEAST 100

typedef enum {
    RESTATED_SCORE,
    RESTATED_CONFIDENCE,
    RESTATED_MARGIN, /* how far the score is from the middle */
    RESTATED_N
} RestatedWay;

static double
restated_said(const ErrataOutcome *outcome, RestatedWay way, guint32 row)
{
    const double *from = way == RESTATED_CONFIDENCE ? outcome->confidence : outcome->score;

    if (from == NULL)
        return (double)NAN;
    return way == RESTATED_MARGIN ? fabs(from[row] - 0.5) : from[row];
}

/* the square of the correlation of a column's numbers with what the model said */
static double
restated_square(const ErrataOutcome *outcome,
                RestatedWay way,
                const guint32 *row,
                const double *value,
                gsize n)
{
    double sx = 0.0, sy = 0.0, xx = 0.0, xy = 0.0, yy = 0.0, known = 0.0;
    double shift = 0.0, middle = 0.0; /* the first of each: squares lose fewer digits */

    for (gsize i = 0; i < n; i++) {
        double x = restated_said(outcome, way, row[i]), y = value[i];

        if (isnan(x) || isnan(y))
            continue;
        if (known < 1.0) {
            shift = x;
            middle = y;
        }
        x -= shift;
        y -= middle;
        known += 1.0;
        sx += x;
        sy += y;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    if (known < RESTATED_LEAST || known < RESTATED_KNOWN * (double)n)
        return 0.0;
    xx -= sx * sx / known;
    yy -= sy * sy / known;
    xy -= sx * sy / known;
    return xx > 0.0 && yy > 0.0 ? xy * xy / (xx * yy) : 0.0;
}

/**
 * errata_slices_restated:
 * @table: a table with its rows and columns
 * @column: index into its columns
 *
 * Returns: whether the column is a number that stands for how sure the model was of a class, as the
 * scores do
 */
gboolean
errata_slices_restated(const SlicesTable *table, guint column)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->discovery;
    const SlicesColumn *own = &table->columns[column];
    gsize n = MIN(half->n_rows, RESTATED_ROWS);
    guint32 row[RESTATED_ROWS];
    double value[RESTATED_ROWS];

    if (table->real || n == 0 || !own->bin->numeric || own->bin->derived != NULL ||
        own->raw->type == ERRATA_COLUMN_TIME)
        return FALSE;
    for (gsize i = 0; i < n; i++)
        row[i] = half->row[(gsize)((guint64)i * half->n_rows / n)];
    errata_slices_table_numbers(table, column, row, n, value);
    for (RestatedWay way = RESTATED_SCORE; way < RESTATED_N; way++)
        if (restated_square(outcome, way, row, value, n) >= RESTATED_SAME)
            return TRUE;
    return FALSE;
}
