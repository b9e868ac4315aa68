/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_RHYTHM_CELLS 168 /* hours of a week */

/**
 * ErrataRhythm:
 * @time: (array length=n): times, rising, ns
 * @n: how many
 * @cell: (array length=168): rows that came in each hour of the week; Thursday's first is the first
 * @exposure: (array length=168): how many such hours the log has
 * @rate: (array length=168): rows per hour
 * @sum: (array length=169): of the rates before each hour
 * @period: hours after which it begins anew: 1, 24 or 168, as the log is long enough to show
 * @level: (array length=n_weeks): rows of a usual week around each, over those of an average one
 *   that has any
 * @first_week: since 1970
 * @n_weeks: weeks
 *
 * When rows of a log come: by the hour of the day, by the weekday, more of them as it grows.
 */
typedef struct {
    const gint64 *time;
    gsize n;
    double cell[ERRATA_RHYTHM_CELLS];
    double exposure[ERRATA_RHYTHM_CELLS];
    double rate[ERRATA_RHYTHM_CELLS];
    double sum[ERRATA_RHYTHM_CELLS + 1];
    guint period;
    double *level;
    gint64 first_week;
    gsize n_weeks;
} ErrataRhythm;

void errata_rhythm_init(ErrataRhythm *self, const gint64 *time, gsize n);
void errata_rhythm_clear(ErrataRhythm *self);
double errata_rhythm_expected(const ErrataRhythm *self, gint64 from, gint64 to);
double errata_rhythm_missed(const ErrataRhythm *self, gint64 from, gint64 to);
double errata_rhythm_rest(const ErrataRhythm *self);
double errata_rhythm_other_years(const ErrataRhythm *self, gint64 from, gint64 to);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrataRhythm, errata_rhythm_clear)

G_END_DECLS
