/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataCohort:
 * @name: as saved
 * @where: what holds for its rows, canonical; as saved where it does not fit the log
 * @n: rows
 * @judged: rows with a label and a prediction
 * @metrics: (element-type ErrataMetric): of these rows, with intervals
 * @error: error rate, or mean absolute error for a regression; NaN where nothing is judged
 * @rest: the same of all other judged rows
 * @difference: @error − @rest
 * @lo: lower end of its 95 % interval, or NaN
 * @hi: upper end
 * @test: (nullable): the test of no difference
 * @p: its p, or NaN
 * @q: p corrected over the cohorts of the run (Benjamini–Hochberg), or NaN
 * @verdict: (nullable): `worse` or `better` than the rest where that is certain enough and large
 *   enough, else `same`: no difference shown; %NULL where nothing was tested
 * @why: (nullable): why something is missing
 *
 * A saved selection of rows, measured in every report.
 */
typedef struct {
    char *name;
    char *where;
    guint64 n;
    guint64 judged;
    GPtrArray *metrics;
    double error;
    double rest;
    double difference;
    double lo;
    double hi;
    char *test;
    double p;
    double q;
    char *verdict;
    char *why;
} ErrataCohort;

ErrataCohort *errata_cohort_new(const char *name, const char *where);
void errata_cohort_free(ErrataCohort *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataCohort, errata_cohort_free)

G_END_DECLS
