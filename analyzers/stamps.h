/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    ERRATA_STAMPS_NONE,
    ERRATA_STAMPS_DAYS,
    ERRATA_STAMPS_MONTHS,
} ErrataStampsUnit;

ErrataStampsUnit errata_stamps_unit(const gint64 *time, gsize n);
ErrataStampsUnit errata_stamps_grain(const gint64 *time, gsize n, gint64 *ret_apart);
gint64 errata_stamps_later(ErrataStampsUnit unit, gint64 time, gint64 units);
gint64 errata_stamps_between(ErrataStampsUnit unit, gint64 from, gint64 to);
double errata_stamps_gap_p(ErrataStampsUnit unit,
                           const gint64 *time,
                           gsize n,
                           gsize place,
                           double missed);
double errata_stamps_other_years(const gint64 *time, gsize n, gint64 from, gint64 to);

G_END_DECLS
