/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a log may have groups that hide each other, for a small part of what it costs to look for
 * them. Such groups are named by values, and err so much more than the rest that a value of theirs
 * does, too. So all values that err more than the rest are left out together; those that err no
 * more than their scores mean in the rows that are left are taken back, the least first. Where most
 * of the errors that no score says are not theirs, scores are noisy or too sure all over. */
#include "slices-hidden-values.h"

#include <math.h>

#include "slices-foretold.h"
#include "slices-prediction.h"

#define VALUES_SURE  3.0 /* standard errors that a value errs more than the rest */
#define VALUES_LEFT  0.5 /* of the errors that no score says, outside of the values */
#define VALUES_CODES 256

typedef struct {
    const guint8 *code;         /* one per row */
    guint8 out[VALUES_CODES];   /* 1 for values that are left out */
    double n[VALUES_CODES];     /* rows … */
    double y[VALUES_CODES];     /* … their errors … */
    double meant[VALUES_CODES]; /* … and those that their scores mean elsewhere */
} ValuesColumn;

typedef struct {
    const SlicesHalf *half;
    double *confidence; /* of each row; NaN for none, or where it is told already */
    double *meant; /* errors that the scores of rows whose values are left out mean elsewhere */
    guint8 *told;
    guint8 *member;  /* 1 for rows whose values are left out */
    guint *n_out;    /* how many of each are */
    GArray *columns; /* (element-type ValuesColumn) */
    double total;    /* errors of rows with scores that are not told */
} Values;

static void
values_clear(Values *self)
{
    g_free(self->confidence);
    g_free(self->meant);
    g_free(self->told);
    g_free(self->member);
    g_free(self->n_out);
    g_array_unref(self->columns);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Values, values_clear)

/* the rows that have scores and that no slice tells */
static void
values_read_rows(Values *self, const SlicesTable *table, const SlicesFind *find)
{
    const SlicesHalf *half = self->half;
    const ErrataOutcome *outcome = table->analysis->outcome;

    for (guint k = 0; k < find->found->len; k++) {
        const SlicesFound *found = &g_array_index(find->found, SlicesFound, k);

        if (!found->kept || found->known)
            continue;
        errata_slices_table_member(table, half, &found->slice, self->member);
        errata_slices_prediction_keep(table, half, found->said, self->member);
        for (gsize i = 0; i < half->n_rows; i++)
            self->told[i] |= self->member[i];
    }
    for (gsize i = 0; i < half->n_rows; i++) {
        self->confidence[i] = self->told[i] != 0 ? (double)NAN : outcome->confidence[half->row[i]];
        self->total += isnan(self->confidence[i]) ? 0.0 : half->y[i];
    }
}

/* sums of each value, of the rows of which @n_out values are left out */
static void
values_count(const Values *self, ValuesColumn *column, guint n_out)
{
    for (guint c = 0; c < VALUES_CODES; c++)
        column->n[c] = column->y[c] = column->meant[c] = 0.0;
    for (gsize i = 0; i < self->half->n_rows; i++) {
        guint8 c = column->code[i];

        if (isnan(self->confidence[i]) || self->n_out[i] != n_out)
            continue;
        column->n[c] += 1.0;
        column->y[c] += self->half->y[i];
        column->meant[c] += self->meant[i];
    }
}

/* the values of a column that err more than the rest, beyond chance; @ret_column has them out */
static gboolean
values_choose(const Values *self, const SlicesColumn *of, ValuesColumn *ret_column)
{
    gboolean any = FALSE;
    double n = 0.0;

    *ret_column = (ValuesColumn){.code = of->fine.code};
    values_count(self, ret_column, 0);
    for (guint c = 0; c < VALUES_CODES; c++)
        n += ret_column->n[c];
    for (guint k = 0; k < of->fine.n_items; k++) {
        guint c = of->fine.items[k].lo;
        double own = ret_column->n[c], rest;

        if (of->bin->numeric && c < of->bin->n_codes)
            continue;
        rest = (self->total - ret_column->y[c]) / MAX(n - own, 1.0);
        ret_column->out[c] =
            ret_column->y[c] - own * rest > VALUES_SURE * sqrt(own * rest * (1.0 - rest)) ? 1 : 0;
        any = any || ret_column->out[c] != 0;
    }
    return any;
}

/* what the scores of rows whose values are left out mean in the others */
static void
values_mean(Values *self)
{
    for (gsize i = 0; i < self->half->n_rows; i++)
        self->member[i] = self->n_out[i] > 0 ? 1 : 0;
    errata_slices_foretold_elsewhere(
        &(SlicesScored){self->half->n_rows, self->confidence, self->half->y, NULL},
        self->member,
        self->told,
        self->meant);
}

/* takes the value back that errs least of those that err as their scores mean on the rows that no
 * other has; returns whether there was one */
static gboolean
values_take_back(Values *self)
{
    ValuesColumn *worst = NULL;
    double least = (double)INFINITY;
    guint code = 0;

    values_mean(self);
    for (guint k = 0; k < self->columns->len; k++) {
        ValuesColumn *column = &g_array_index(self->columns, ValuesColumn, k);

        values_count(self, column, 1);
        for (guint c = 0; c < VALUES_CODES; c++) {
            double lift = column->y[c] / MAX(column->meant[c], 1.0);

            if (column->out[c] == 0 || lift >= MIN(least, SLICES_MIN_LIFT))
                continue;
            least = lift;
            worst = column;
            code = c;
        }
    }
    if (worst == NULL)
        return FALSE;
    worst->out[code] = 0;
    for (gsize i = 0; i < self->half->n_rows; i++)
        self->n_out[i] -= worst->code[i] == code ? 1 : 0;
    return TRUE;
}

/* whether most of the errors that no score says are in rows of values that are left out */
static gboolean
values_hold_most(const Values *self)
{
    double all = 0.0, rest = 0.0;

    for (gsize i = 0; i < self->half->n_rows; i++) {
        double more = self->half->y[i] - (1.0 - self->confidence[i]);

        if (isnan(more))
            continue;
        all += more;
        rest += self->n_out[i] == 0 ? more : 0.0;
    }
    return all > 0.0 && rest <= VALUES_LEFT * all;
}

/**
 * errata_slices_hidden_values:
 * @table: a table of errors, with scores
 * @find: what was found in it
 *
 * Looks at the discovery half. A group that is so small a part of each of its values that none of
 * them errs a quarter more than its scores mean is not seen. Complexity: rows × columns, and as
 * much again per value that is taken back.
 *
 * Returns: whether values that err more than their scores mean in rows of none of them have most of
 *   the errors that no score says, outside of what was found
 */
gboolean
errata_slices_hidden_values(const SlicesTable *table, const SlicesFind *find)
{
    const SlicesHalf *half = &table->discovery;
    g_auto(Values) self = {.half = half,
                           .confidence = g_new(double, half->n_rows + 1),
                           .meant = g_new0(double, half->n_rows + 1),
                           .told = g_malloc0(half->n_rows + 1),
                           .member = g_malloc(half->n_rows + 1),
                           .n_out = g_new0(guint, half->n_rows + 1),
                           .columns = g_array_new(FALSE, FALSE, sizeof(ValuesColumn))};

    values_read_rows(&self, table, find);
    for (guint c = 0; c < table->n_columns; c++) {
        ValuesColumn column;

        if (values_choose(&self, &table->columns[c], &column))
            g_array_append_val(self.columns, column);
    }
    for (guint k = 0; k < self.columns->len; k++) {
        const ValuesColumn *column = &g_array_index(self.columns, ValuesColumn, k);

        for (gsize i = 0; i < half->n_rows; i++)
            self.n_out[i] += column->out[column->code[i]];
    }
    while (values_take_back(&self))
        ;
    return values_hold_most(&self);
}
