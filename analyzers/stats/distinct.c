/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "distinct.h"

#include <math.h>

#define DISTINCT_SLOTS 131072U /* of the exact table, three eighths full at most */

ErrataDistinct *
errata_distinct_new(void)
{
    ErrataDistinct *self = g_new0(ErrataDistinct, 1);

    self->slots = g_new0(guint64, DISTINCT_SLOTS);
    return self;
}

void
errata_distinct_free(ErrataDistinct *self)
{
    if (self == NULL)
        return;
    g_free(self->slots);
    g_free(self->registers);
    g_free(self);
}

/* too many for the table: what it holds goes into the registers */
static void
distinct_spill(ErrataDistinct *self)
{
    self->registers = g_new0(guint8, ERRATA_DISTINCT_REGISTERS);
    for (guint i = 0; i < DISTINCT_SLOTS; i++)
        if (self->slots[i] != 0)
            errata_distinct_register(self->registers, self->slots[i]);
    if (self->has_zero)
        errata_distinct_register(self->registers, 0);
    g_clear_pointer(&self->slots, g_free);
}

/* as errata_distinct_add() while the table holds all */
void
errata_distinct_add_exact(ErrataDistinct *self, guint64 hash)
{
    guint slot = (guint)(hash & (DISTINCT_SLOTS - 1));

    if (hash == 0) {
        self->has_zero = TRUE;
        return;
    }
    while (self->slots[slot] != 0 && self->slots[slot] != hash)
        slot = (slot + 1) & (DISTINCT_SLOTS - 1);
    if (self->slots[slot] == hash)
        return;
    self->slots[slot] = hash;
    if (++self->n > ERRATA_DISTINCT_EXACT)
        distinct_spill(self);
}

/**
 * errata_distinct_add_many:
 * @self: the counter
 * @hash: (array length=n): well mixed hashes
 * @n: how many
 *
 * errata_distinct_add() of each.
 */
void
errata_distinct_add_many(ErrataDistinct *self, const guint64 *hash, gsize n)
{
    guint8 *registers;
    gsize i = 0;

    for (; i < n && self->registers == NULL; i++)
        errata_distinct_add_exact(self, hash[i]);
    registers = self->registers;
    for (; i < n; i++)
        errata_distinct_register(registers, hash[i]);
}

/**
 * errata_distinct_count:
 * @self: the counter
 *
 * Source: Flajolet, Fusy, Gandouet, Meunier 2007, "HyperLogLog", figure 3; no small-range
 * correction is needed where the table has just spilled.
 *
 * Returns: how many distinct hashes were added: exact up to %ERRATA_DISTINCT_EXACT, then an
 * estimate
 */
guint64
errata_distinct_count(const ErrataDistinct *self)
{
    const double m = ERRATA_DISTINCT_REGISTERS;
    double sum = 0.0;

    if (self->registers == NULL)
        return self->n + (self->has_zero ? 1 : 0);
    for (guint i = 0; i < ERRATA_DISTINCT_REGISTERS; i++)
        sum += ldexp(1.0, -(int)self->registers[i]);
    return (guint64)llround(0.7213 / (1.0 + 1.079 / m) * m * m / sum);
}
