/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What predictions owe to each feature. */
#include "shares.h"

#include <math.h>

ErrataShares *
errata_shares_new(const char *source, const char *method, guint n)
{
    ErrataShares *self = g_new0(ErrataShares, 1);

    self->source = g_strdup(source);
    self->method = g_strdup(method);
    self->fidelity = (double)NAN;
    self->n = n;
    self->feature = g_new0(char *, (gsize)n + 1);
    self->mean_abs = g_new0(double, MAX(n, 1));
    self->mean_abs_errors = g_new0(double, MAX(n, 1));
    self->mean_abs_correct = g_new0(double, MAX(n, 1));
    return self;
}

void
errata_shares_free(ErrataShares *self)
{
    if (self == NULL)
        return;
    g_free(self->source);
    g_free(self->method);
    g_strfreev(self->feature);
    g_free(self->mean_abs);
    g_free(self->mean_abs_errors);
    g_free(self->mean_abs_correct);
    g_free(self);
}
