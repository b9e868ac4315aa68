/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inner loops of the SliceLine search. */
#include "sliceline.h"

static guint64
bits_count_any(const guint64 *a, const guint64 *b, gsize n_words)
{
    guint64 n = 0;

    for (gsize i = 0; i < n_words; i++)
        n += (guint64)__builtin_popcountll(a[i] & b[i]);
    return n;
}

#if defined(__x86_64__)
/* four counters, so that one addition need not wait for another */
__attribute__((target("popcnt"))) static guint64
bits_count_popcnt(const guint64 *a, const guint64 *b, gsize n_words)
{
    guint64 n[4] = {0, 0, 0, 0};
    gsize i = 0;

    for (; i + 4 <= n_words; i += 4)
        for (guint k = 0; k < 4; k++)
            n[k] += (guint64)__builtin_popcountll(a[i + k] & b[i + k]);
    for (; i < n_words; i++)
        n[0] += (guint64)__builtin_popcountll(a[i] & b[i]);
    return n[0] + n[1] + n[2] + n[3];
}
#endif

/* Returns: rows that are in both sets */
guint64
errata_sliceline_bits_count(const guint64 *a, const guint64 *b, gsize n_words)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("popcnt"))
        return bits_count_popcnt(a, b, n_words);
#endif
    return bits_count_any(a, b, n_words);
}

void
errata_sliceline_bits_and(const guint64 *a, const guint64 *b, gsize n_words, guint64 *ret_and)
{
    for (gsize i = 0; i < n_words; i++)
        ret_and[i] = a[i] & b[i];
}
