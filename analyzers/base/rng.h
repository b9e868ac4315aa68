/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataRng:
 *
 * Counter-based random numbers: a stream is named by (seed, stage, item), so that neither
 * the number of threads nor the order of work changes a result. SplitMix64 over a hashed
 * key (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
 */
typedef struct {
    guint64 state;
} ErrataRng;

static inline guint64
errata_rng_mix(guint64 z)
{
    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* @stage names the use ("slices/bootstrap" hashed by the caller, or an enum), @item the row */
static inline ErrataRng
errata_rng_init(guint64 seed, guint64 stage, guint64 item)
{
    const guint64 golden = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    ErrataRng rng;

    rng.state = errata_rng_mix(seed + golden);
    rng.state = errata_rng_mix(rng.state ^ (stage * golden + 1));
    rng.state = errata_rng_mix(rng.state ^ (item * golden + 2));
    return rng;
}

static inline guint64
errata_rng_next(ErrataRng *rng)
{
    rng->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return errata_rng_mix(rng->state);
}

/* uniform in [0, 1) */
static inline double
errata_rng_uniform(ErrataRng *rng)
{
    return (double)(errata_rng_next(rng) >> 11) * 0x1.0p-53;
}

/* uniform in 0 … @n − 1, @n at least 1 */
static inline guint64
errata_rng_below(ErrataRng *rng, guint64 n)
{
    return (guint64)(((unsigned __int128)errata_rng_next(rng) * n) >> 64);
}

G_END_DECLS
