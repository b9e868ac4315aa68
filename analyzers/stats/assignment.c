/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which column goes to which row, each to one, so that the sum of costs is the least (Kuhn 1955,
 * "The Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2), by
 * shortest augmenting paths with potentials (Jonker and Volgenant 1987, "A shortest augmenting path
 * algorithm for dense and sparse linear assignment problems", Computing 38). */
#include "assignment.h"

typedef struct {
    const double *cost;
    guint n;
    double *row_price; /* counted from 1, as all below; 0 is where a path begins */
    double *column_price;
    guint *row_of; /* of a column; 0: none yet */
    guint *before; /* the column before on the path */
    double *reach; /* least reduced cost to get to a column */
    guint8 *done;
} Assignment;

/* one step of the path from @column: the next column, the prices changed so that it costs
 * nothing */
static guint
assignment_step(Assignment *self, guint column)
{
    guint row = self->row_of[column];
    double least = G_MAXDOUBLE;
    guint next = 0;

    self->done[column] = 1;
    for (guint j = 1; j <= self->n; j++) {
        double reduced;

        if (self->done[j] != 0)
            continue;
        reduced = self->cost[(gsize)(row - 1) * self->n + j - 1] - self->row_price[row] -
                  self->column_price[j];
        if (reduced < self->reach[j]) {
            self->reach[j] = reduced;
            self->before[j] = column;
        }
        if (next == 0 || self->reach[j] < least) {
            least = self->reach[j];
            next = j;
        }
    }
    for (guint j = 0; j <= self->n; j++) {
        if (self->done[j] != 0) {
            self->row_price[self->row_of[j]] += least;
            self->column_price[j] -= least;
        } else {
            self->reach[j] -= least;
        }
    }
    return next;
}

static void
assignment_add_row(Assignment *self, guint row)
{
    guint column = 0;

    self->row_of[0] = row;
    for (guint j = 0; j <= self->n; j++) {
        self->reach[j] = G_MAXDOUBLE;
        self->done[j] = 0;
    }
    do
        column = assignment_step(self, column);
    while (self->row_of[column] != 0);
    while (column != 0) {
        self->row_of[column] = self->row_of[self->before[column]];
        column = self->before[column];
    }
}

/**
 * errata_assignment_solve:
 * @cost: (array length=n*n): finite costs, row by row
 * @n: rows, and columns
 * @ret_column: (array length=n): the column of each row
 *
 * Takes @n³ steps.
 *
 * Returns: the sum of the costs
 */
double
errata_assignment_solve(const double *cost, guint n, guint *ret_column)
{
    g_autofree double *row_price = g_new0(double, (gsize)n + 1);
    g_autofree double *column_price = g_new0(double, (gsize)n + 1);
    g_autofree double *reach = g_new0(double, (gsize)n + 1);
    g_autofree guint *row_of = g_new0(guint, (gsize)n + 1);
    g_autofree guint *before = g_new0(guint, (gsize)n + 1);
    g_autofree guint8 *done = g_new0(guint8, (gsize)n + 1);
    Assignment self = {cost, n, row_price, column_price, row_of, before, reach, done};
    double sum = 0.0;

    for (guint row = 1; row <= n; row++)
        assignment_add_row(&self, row);
    for (guint j = 1; j <= n; j++) {
        ret_column[row_of[j] - 1] = j - 1;
        sum += cost[(gsize)(row_of[j] - 1) * n + j - 1];
    }
    return sum;
}
