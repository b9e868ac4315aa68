/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataInterval:
 * @lo: lower end; NaN when not defined
 * @hi: upper end; NaN when not defined
 */
typedef struct {
    double lo;
    double hi;
} ErrataInterval;

double errata_intervals_z(double level);
double errata_intervals_t(double degrees, double level);
double errata_intervals_selected_level(double alpha, gsize n_shown, gsize n_tried);
ErrataInterval errata_intervals_wilson(double successes, double n, double level);
ErrataInterval errata_intervals_newcombe(double successes_a,
                                         double n_a,
                                         double successes_b,
                                         double n_b,
                                         double level);
ErrataInterval errata_intervals_ratio(double successes_a,
                                      double n_a,
                                      double successes_b,
                                      double n_b,
                                      double level);
ErrataInterval errata_intervals_normal(double value, double variance, double level);
ErrataInterval errata_intervals_student(double value,
                                        double variance,
                                        double degrees,
                                        double level);
ErrataInterval errata_intervals_logit(double value, double variance, double level);
ErrataInterval errata_intervals_log(double value, double variance, double level);

G_END_DECLS
