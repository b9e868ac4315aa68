/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataSignFlips:
 * @p: two-sided; 1 where no difference is other than zero
 * @n: sign patterns looked at
 * @is_exact: they were all there are
 */
typedef struct {
    double p;
    guint64 n;
    gboolean is_exact;
} ErrataSignFlips;

guint64 errata_sign_flips_draws(guint n_tests, double alpha);
ErrataSignFlips errata_sign_flips_test(const double *difference,
                                       gsize n,
                                       guint64 most,
                                       guint64 seed);

G_END_DECLS
