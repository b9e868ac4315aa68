/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "figure.h"

G_BEGIN_DECLS

#define ERRATA_SCALE_MAX_TICKS 12

/**
 * ErrataScale:
 * @lo: data value at @from
 * @hi: data value at @to, larger than @lo
 * @from: position in points
 * @to: position in points; may be smaller than @from
 *
 * A linear map from data to paper.
 */
typedef struct {
    double lo;
    double hi;
    double from;
    double to;
} ErrataScale;

/* where an axis is labelled, and with what */
typedef struct {
    guint n;
    double value[ERRATA_SCALE_MAX_TICKS];
    char *label[ERRATA_SCALE_MAX_TICKS];
} ErrataTicks;

static inline double
errata_scale_map(const ErrataScale *self, double value)
{
    return self->from + (value - self->lo) / (self->hi - self->lo) * (self->to - self->from);
}

ErrataScale errata_scale_new(double lo, double hi, double from, double to);
/* widens an interval that is empty, undefined or a point to one that can be drawn */
void errata_scale_repair(double *lo, double *hi);
void errata_scale_ticks(double lo, double hi, guint wanted, ErrataUnit unit, ErrataTicks *ret);
void errata_scale_time_ticks(double lo, double hi, guint wanted, ErrataTicks *ret);
void errata_scale_years(const char *name, ErrataTicks *ticks);
void errata_scale_clear_ticks(ErrataTicks *ticks);

G_END_DECLS
