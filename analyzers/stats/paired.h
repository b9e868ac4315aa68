/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intervals.h"

G_BEGIN_DECLS

/**
 * ErrataPaired:
 * @difference: after − before
 * @interval: of it, at the level asked for
 * @variance: of it
 * @p: two-sided
 * @test: (transfer none): its name
 * @n: pairs, or rows of both sides
 */
typedef struct {
    double difference;
    ErrataInterval interval;
    double variance;
    double p;
    const char *test;
    guint64 n;
} ErrataPaired;

ErrataPaired errata_paired_shares(const guint8 *before, const guint8 *after, gsize n, double level);
ErrataPaired errata_paired_areas(const double *before,
                                 const double *after,
                                 const guint8 *label,
                                 gsize n,
                                 double level);
ErrataPaired errata_paired_means(const double *before,
                                 const double *after,
                                 gsize n,
                                 guint64 seed,
                                 double level);

G_END_DECLS
