/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What predictions owe to each feature. */
#include "shares.h"

#include <math.h>

static double *
shares_undefined(guint n)
{
    double *value = g_new(double, MAX(n, 1));

    for (guint i = 0; i < n; i++)
        value[i] = (double)NAN;
    return value;
}

ErrataShares *
errata_shares_new(const char *source, const char *method, guint n)
{
    ErrataShares *self = g_new0(ErrataShares, 1);

    self->source = g_strdup(source);
    self->method = g_strdup(method);
    self->fidelity = self->agreement = self->loss = (double)NAN;
    self->loss_gap = self->loss_error = (double)NAN;
    self->n = n;
    self->feature = g_new0(char *, (gsize)n + 1);
    self->mean_abs = g_new0(double, MAX(n, 1));
    self->mean_abs_errors = g_new0(double, MAX(n, 1));
    self->mean_abs_correct = g_new0(double, MAX(n, 1));
    self->mean_abs_lo = shares_undefined(n);
    self->mean_abs_hi = shares_undefined(n);
    self->mean_abs_errors_lo = shares_undefined(n);
    self->mean_abs_errors_hi = shares_undefined(n);
    self->mean_abs_correct_lo = shares_undefined(n);
    self->mean_abs_correct_hi = shares_undefined(n);
    self->push = shares_undefined(n);
    self->push_lo = shares_undefined(n);
    self->push_hi = shares_undefined(n);
    self->push_q = shares_undefined(n);
    self->rise = shares_undefined(n);
    self->rise_lo = shares_undefined(n);
    self->rise_hi = shares_undefined(n);
    self->rise_q = shares_undefined(n);
    self->hold = shares_undefined(n);
    self->hold_lo = shares_undefined(n);
    self->hold_hi = shares_undefined(n);
    self->hold_q = shares_undefined(n);
    self->figures = g_ptr_array_new_with_free_func((GDestroyNotify)errata_figure_free);
    self->evidence = g_ptr_array_new_with_free_func((GDestroyNotify)errata_evidence_free);
    self->citations = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
errata_shares_free(ErrataShares *self)
{
    if (self == NULL)
        return;
    g_free(self->source);
    g_free(self->method);
    g_free(self->instead);
    g_strfreev(self->feature);
    g_free(self->mean_abs);
    g_free(self->mean_abs_errors);
    g_free(self->mean_abs_correct);
    g_free(self->mean_abs_lo);
    g_free(self->mean_abs_hi);
    g_free(self->mean_abs_errors_lo);
    g_free(self->mean_abs_errors_hi);
    g_free(self->mean_abs_correct_lo);
    g_free(self->mean_abs_correct_hi);
    g_free(self->loss_name);
    g_free(self->loss_method);
    g_free(self->push);
    g_free(self->push_lo);
    g_free(self->push_hi);
    g_free(self->push_q);
    g_free(self->rise);
    g_free(self->rise_lo);
    g_free(self->rise_hi);
    g_free(self->rise_q);
    g_free(self->hold);
    g_free(self->hold_lo);
    g_free(self->hold_hi);
    g_free(self->hold_q);
    g_ptr_array_unref(self->figures);
    g_ptr_array_unref(self->evidence);
    g_ptr_array_unref(self->citations);
    g_free(self->text);
    g_free(self);
}

/* the first evidence with that key, or NULL */
const ErrataEvidence *
errata_shares_evidence(const ErrataShares *self, const char *key)
{
    for (guint i = 0; i < self->evidence->len; i++) {
        const ErrataEvidence *evidence = g_ptr_array_index(self->evidence, i);

        if (g_strcmp0(evidence->key, key) == 0)
            return evidence;
    }
    return NULL;
}
