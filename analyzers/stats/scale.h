/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

#define ERRATA_SCALE_CELLS 2048
#define ERRATA_SCALE_FINE  20 /* bits of a place within a cell */

/* where the codes of a cell begin, and how many it has */
typedef struct {
    guint32 base;
    guint32 width;
} ErrataScaleCell;

/**
 * ErrataScale:
 * @lo: key at which the first cell begins
 * @hi: last key of the last cell
 * @shift: cells are 2^shift keys wide
 * @n_codes: codes are 0 … n_codes − 1
 * @middle: a number in the middle of those that it was learnt from; 0 without any
 * @cell: the cells
 *
 * A monotone map from numbers to codes, each of which takes about as many of the values that it was
 * learnt from. It only sorts into groups: equal numbers have equal codes, and a larger code means
 * a larger number.
 */
typedef struct {
    guint64 lo;
    guint64 hi;
    guint shift;
    guint n_codes;
    double middle;
    ErrataScaleCell cell[ERRATA_SCALE_CELLS];
} ErrataScale;

void errata_scale_learn(ErrataScale *self,
                        const double *a,
                        gsize n_a,
                        const double *b,
                        gsize n_b,
                        guint n_codes);
void errata_scale_codes(const ErrataScale *self, const double *value, gsize n, guint16 *ret_code);

/* unsigned, in the order of the numbers; −0 equals 0; @value is not NaN */
static inline guint64
errata_scale_key(double value)
{
    guint64 bits;

    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ ((guint64)((gint64)bits >> 63) | G_GUINT64_CONSTANT(1) << 63);
}

static inline guint
errata_scale_code(const ErrataScale *self, double value)
{
    guint64 key = errata_scale_key(value);
    guint64 at;
    const ErrataScaleCell *cell;
    guint64 fine;

    key = key < self->lo ? self->lo : key;
    key = key > self->hi ? self->hi : key;
    at = key - self->lo;
    cell = &self->cell[at >> self->shift];
    fine = (at & ((G_GUINT64_CONSTANT(1) << self->shift) - 1)) >> (self->shift - ERRATA_SCALE_FINE);
    return cell->base + (guint)(fine * cell->width >> ERRATA_SCALE_FINE);
}

G_END_DECLS
