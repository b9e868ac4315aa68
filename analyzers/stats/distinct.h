/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_DISTINCT_EXACT 49152 /* counted exactly up to here, estimated beyond */

#define ERRATA_DISTINCT_BITS      14 /* of the registers' index */
#define ERRATA_DISTINCT_REGISTERS (1U << ERRATA_DISTINCT_BITS)

/**
 * ErrataDistinct:
 * @slots: open table of the hashes, 0 where free; %NULL once there are registers
 * @n: hashes in it
 * @has_zero: the hash 0 was seen: it cannot stand in the table
 * @registers: (nullable): %NULL while the table holds all
 *
 * Counts distinct things by their 64-bit hashes, in bounded memory: an open table while there are
 * few, HyperLogLog beyond (standard error 0.8 %).
 */
typedef struct {
    guint64 *slots;
    gsize n;
    gboolean has_zero;
    guint8 *registers;
} ErrataDistinct;

ErrataDistinct *errata_distinct_new(void);
void errata_distinct_add_exact(ErrataDistinct *self, guint64 hash);
void errata_distinct_add_many(ErrataDistinct *self, const guint64 *hash, gsize n);
guint64 errata_distinct_count(const ErrataDistinct *self);
void errata_distinct_free(ErrataDistinct *self);

static inline void
errata_distinct_register(guint8 *registers, guint64 hash)
{
    guint index = (guint)(hash >> (64 - ERRATA_DISTINCT_BITS));
    guint64 rest = (hash << ERRATA_DISTINCT_BITS) |
                   (G_GUINT64_CONSTANT(1) << (ERRATA_DISTINCT_BITS - 1));
    guint8 rank = (guint8)(__builtin_clzll(rest) + 1);

    if (registers[index] < rank)
        registers[index] = rank;
}

/**
 * errata_distinct_add:
 * @self: the counter
 * @hash: a well mixed hash of the thing
 */
static inline void
errata_distinct_add(ErrataDistinct *self, guint64 hash)
{
    if (self->registers != NULL)
        errata_distinct_register(self->registers, hash);
    else
        errata_distinct_add_exact(self, hash);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataDistinct, errata_distinct_free)

G_END_DECLS
