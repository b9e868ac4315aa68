/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataParallelFunc:
 * @begin: first item of the chunk
 * @end: one past the last item of the chunk
 * @chunk: index of the chunk, 0 … n_chunks − 1
 * @data: user data
 */
typedef void (*ErrataParallelFunc)(gsize begin, gsize end, gsize chunk, gpointer data);

void errata_parallel_set_threads(guint n_threads);
gsize errata_parallel_n_chunks(gsize n_items, gsize grain);
void errata_parallel_for(gsize n_items, gsize grain, ErrataParallelFunc func, gpointer data);

G_END_DECLS
