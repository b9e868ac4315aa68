/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of one user err together: so many of them tell as much as fewer that are independent. The
 * variance of a slice's errors is that of the sums of its users (Liang and Zeger 1986,
 * "Longitudinal data analysis using generalized linear models", Biometrika 73), with the correction
 * for few of them (Cameron, Gelbach and Miller 2008, "Bootstrap-based improvements for inference
 * with clustered errors", Review of Economics and Statistics 90): G − 1 degrees of freedom. */
#include "slices-entity.h"

#include <math.h>

#include "tests.h"

#define ENTITY_LEAST 5 /* that rows must be of */

/* by how much the variance of the errors of rows exceeds that of independent ones */
static double
entity_inflation(const SlicesTable *table,
                 const SlicesHalf *half,
                 const guint8 *member,
                 const double *more,
                 guint *ret_entities)
{
    g_autofree double *sum = NULL;
    g_autofree guint8 *seen = NULL;
    double n = 0.0, excess = 0.0, single = 0.0, together = 0.0;

    *ret_entities = 0;
    sum = g_new0(double, MAX(table->n_entities, 1));
    seen = g_new0(guint8, MAX(table->n_entities, 1));
    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] != 0) {
            n += 1.0;
            excess += more[i];
        }
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 entity = table->entity[half->row[i]];
        double rest;

        if (member[i] == 0)
            continue;
        rest = more[i] - excess / n;
        sum[entity] += rest;
        seen[entity] = 1;
        single += rest * rest;
    }
    for (guint e = 0; e < table->n_entities; e++) {
        together += sum[e] * sum[e];
        *ret_entities += seen[e];
    }
    if (*ret_entities < 2 || !(single > 0.0))
        return 1.0;
    return fmax(together / single * *ret_entities / (*ret_entities - 1.0), 1.0);
}

/**
 * errata_slices_entity_widen:
 * @table: a table
 * @half: one of its halves
 * @member: (array length=half->n_rows): 1 for the rows in question
 * @more: (array length=half->n_rows): of those, the error less what is expected
 * @test: (inout): their sums, variance and p as of independent rows; where rows belong together,
 *   gets the p of as many entities as the rows are of
 *
 * Returns: by how much the variance of their errors exceeds that of independent rows; 1 where it
 * does not
 */
double
errata_slices_entity_widen(const SlicesTable *table,
                           const SlicesHalf *half,
                           const guint8 *member,
                           const double *more,
                           ErrataExpectedTest *test)
{
    double inflation, z;
    guint n;

    if (table->entity == NULL || !(test->variance > 0.0))
        return 1.0;
    inflation = entity_inflation(table, half, member, more, &n);
    z = (test->observed - test->expected) / sqrt(test->variance * inflation);
    if (n < ENTITY_LEAST || !(z > 0.0))
        test->p = 1.0;
    else
        test->p = MAX(test->p, 0.5 * errata_tests_student(z, n - 1.0));
    return inflation;
}

/**
 * errata_slices_entity_test:
 * @table: a table
 * @half: one of its halves
 * @member: (array length=half->n_rows): 1 for the rows in question
 * @expected: what is expected of the half's rows
 * @ret_test: (out): the score test; where rows belong together, of as many entities as the rows are
 *   of
 *
 * Returns: by how much the variance of their errors exceeds that of independent rows; 1 where it
 * does not
 */
double
errata_slices_entity_test(const SlicesTable *table,
                          const SlicesHalf *half,
                          const guint8 *member,
                          const ErrataExpected *expected,
                          ErrataExpectedTest *ret_test)
{
    g_autofree double *more = NULL;

    errata_expected_test(expected, member, ret_test);
    if (table->entity == NULL)
        return 1.0;
    more = g_new(double, MAX(half->n_rows, 1));
    for (gsize i = 0; i < half->n_rows; i++)
        more[i] = member[i] != 0 ? expected->y[i] - errata_expected_mu(expected, i) : 0.0;
    return errata_slices_entity_widen(table, half, member, more, ret_test);
}
