/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* p values; all in [0, 1], NaN when the test is not defined */
double errata_tests_normal(double z);
double errata_tests_normal_upper(double z);
double errata_tests_chi_square(double statistic, double degrees);
double errata_tests_student(double t, double degrees);
double errata_tests_binomial_upper(guint64 successes, guint64 n, double p);
double errata_tests_binomial_lower(guint64 successes, guint64 n, double p);
double errata_tests_fisher(guint64 a, guint64 b, guint64 c, guint64 d);
double errata_tests_two_by_two(guint64 a,
                               guint64 b,
                               guint64 c,
                               guint64 d,
                               double *ret_statistic,
                               const char **ret_test);
double errata_tests_g(const double *count,
                      guint n_rows,
                      guint n_columns,
                      double *ret_statistic,
                      double *ret_degrees);
double errata_tests_pearson(const double *count,
                            guint n_rows,
                            guint n_columns,
                            double *ret_statistic,
                            double *ret_degrees);
double errata_tests_two_proportions(double successes_a, double n_a, double successes_b, double n_b);
void errata_tests_benjamini_hochberg(const double *p, gsize n, gsize n_tried, double *ret_q);

G_END_DECLS
