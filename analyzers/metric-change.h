/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "paired.h"

G_BEGIN_DECLS

#define ERRATA_METRIC_CHANGE_ALPHA 0.01 /* of a change told by itself, and of a family of others */

/* rows that two reports keep, side by side */
typedef struct {
    gsize n;
    guint8 *right_before;
    guint8 *right_now;
    guint8 *positive;
    double *before;
    double *now;
    gsize n_valued; /* pairs of @before and @now, with the label of each */
    gsize most;     /* rows of the larger sample */
    gsize n_either; /* pairs that are positive in either report */
    gsize n_both;   /* in both */
} ErrataMetricPairs;

/**
 * ErrataMetricChange:
 * @before: (transfer none): in the earlier report
 * @now: (transfer none): in the later one
 * @change: later − earlier; its interval and p are NaN where either has no interval
 * @level: of the interval of @change
 * @alone: told by itself, as page 1 tells it; the others are one family
 * @is_changed: beyond chance at @level, and where it is told by itself by enough to be worth it
 */
typedef struct {
    const ErrataMetric *before;
    const ErrataMetric *now;
    ErrataPaired change;
    double level;
    gboolean alone;
    gboolean is_changed;
} ErrataMetricChange;

void errata_metric_change_pair(const ErrataCase *now,
                               const ErrataCase *before,
                               ErrataMetricPairs *ret_pairs);
void errata_metric_change_clear(ErrataMetricPairs *pairs);
gboolean errata_metric_change_same_rows(const ErrataMetricPairs *pairs);
gboolean errata_metric_change_by_rows(const ErrataMetricPairs *pairs);
ErrataMetricChange errata_metric_change_alone(const ErrataCase *now,
                                              const ErrataMetric *metric,
                                              const ErrataMetric *other,
                                              const ErrataMetricPairs *pairs);
GArray *errata_metric_change_all(const ErrataCase *now, const ErrataCase *before);
void errata_metric_change_mark(ErrataCase *now, const ErrataCase *before);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataMetricPairs, errata_metric_change_clear)

G_END_DECLS
