/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a model weighs the words of texts. */
#include "model-terms.h"

/**
 * errata_model_terms_new:
 * @n: columns
 * @n_margins: numbers that the model adds up
 *
 * Returns: (transfer full): room for them, all 0 or %NULL
 */
ErrataModelTerms *
errata_model_terms_new(guint n, guint n_margins)
{
    ErrataModelTerms *self = g_new0(ErrataModelTerms, 1);

    self->n = n;
    self->n_margins = n_margins;
    self->input = g_new0(guint, (gsize)n + 1);
    self->term = g_new0(char *, (gsize)n + 1);
    self->column = g_new0(guint, (gsize)n + 1);
    self->weight = g_new0(double, (gsize)n *n_margins + 1);
    return self;
}

void
errata_model_terms_free(ErrataModelTerms *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n; i++)
        g_free(self->term[i]);
    g_free(self->term);
    g_free(self->input);
    g_free(self->column);
    g_free(self->weight);
    g_free(self);
}
