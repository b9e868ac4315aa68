/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

/* Values as readers write them. All return (transfer full); an undefined value (NaN) reads "—".
 * @lo and @hi are the interval, which decides how many digits are shown; NaN when there is none. */

char *errata_value_count(double value);
char *errata_value_number(double value, double lo, double hi);
char *errata_value_share(double value, double lo, double hi);
char *errata_value_rough_share(double value);
char *errata_value_points(double value, double lo, double hi);
char *errata_value_of_unit(double value, double lo, double hi, ErrataUnit unit);
char *errata_value_interval(double lo, double hi, ErrataUnit unit);
/* a label of an axis whose last digit stands for @digit (of a percent where @unit is a share) */
char *errata_value_tick(double value, double digit, ErrataUnit unit);
char *errata_value_probability(double p);
gboolean errata_value_same_year(gint64 from, gint64 to);
/* whether days are known of the times that are told from now on; a process writes about one log at
 * a time */
void errata_value_by_month(gboolean by_month);
gboolean errata_value_is_by_month(void);
char *errata_value_day(gint64 ns, gboolean with_year);
char *errata_value_month(gint64 ns);
char *errata_value_moment(gint64 ns, gboolean with_year);
char *errata_value_days(gint64 from, gint64 to);
char *errata_value_bytes(guint64 bytes);
char *errata_value_date_of(const char *iso);

/**
 * ErrataMetricWords:
 * @name: the field's name, as in report.json
 * @label: as people say it
 * @is_share: shown in percent
 * @lower_is_better: a fall is good
 */
typedef struct {
    const char *name;
    const char *label;
    gboolean is_share;
    gboolean lower_is_better;
} ErrataMetricWords;

const ErrataMetricWords *errata_value_metric(const char *name);
const char *errata_value_metric_short(const char *name);
/* what a suggestion's action is called where people read: “leave to a person” for abstain-route */
const char *errata_value_action(const char *action);
char *errata_value_of_metric(const ErrataMetric *metric);
char *errata_value_metric_interval(const ErrataMetric *metric);
/* cells of the columns of values and intervals in a terminal: what the widest takes, as no figure
 * is cut */
void errata_value_metrics_room(const GPtrArray *metrics, guint *ret_value, guint *ret_interval);

G_END_DECLS
