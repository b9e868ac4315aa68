/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_DISTINCT_EXACT 49152 /* counted exactly up to here, estimated beyond */

/**
 * ErrataDistinct:
 *
 * Counts distinct things by their 64-bit hashes, in bounded memory: an open table while there are few,
 * HyperLogLog beyond (standard error 0.8 %).
 */
typedef struct _ErrataDistinct ErrataDistinct;

ErrataDistinct *errata_distinct_new(void);
void errata_distinct_add(ErrataDistinct *self, guint64 hash);
guint64 errata_distinct_count(const ErrataDistinct *self);
void errata_distinct_free(ErrataDistinct *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataDistinct, errata_distinct_free)

G_END_DECLS
