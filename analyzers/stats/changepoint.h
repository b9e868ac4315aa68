/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_CHANGEPOINT_MOST   6  /* changes looked for in one series: three falls that pass */
#define ERRATA_CHANGEPOINT_BLOCKS 40 /* the fewest values that are searched */

/**
 * ErrataChange:
 * @begin: first value that is no longer as before
 * @end: first value that is wholly as after; equal to @begin for a step
 * @size: by how much the level changes, in the series' unit
 * @noise: standard deviation of one value around its level, neighbours taken as dependent
 * @statistic: the standardised CUSUM at its greatest
 * @p: that a series without a change has a CUSUM as great somewhere
 * @wander: how much the series wanders besides, as the variance of its level's steps over the
 *   noise's; 0: it does not
 *
 * A lasting change of the level of a series.
 */
typedef struct {
    guint begin;
    guint end;
    double size;
    double noise;
    double statistic;
    double p;
    double wander;
} ErrataChange;

guint errata_changepoint_find(const double *value,
                              guint n,
                              double alpha,
                              ErrataChange ret_change[ERRATA_CHANGEPOINT_MOST]);
ErrataChange errata_changepoint_locate(const double *const *series, guint n_series, guint n);
double *errata_changepoint_calm(const double *value, guint n);
double errata_changepoint_cusum_p(double statistic, double trim);
double errata_changepoint_window_p(double statistic, double trim, guint n);
double errata_changepoint_level(const ErrataChange *change, guint at);

G_END_DECLS
