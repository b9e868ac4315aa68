/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model.h"

G_BEGIN_DECLS

/**
 * ErrataModelTerms:
 * @n: columns that the words of texts are counted in
 * @n_margins: numbers that the model adds up
 * @input: (array length=n): the TEXT input that a column is of
 * @term: (array length=n): its word, or run of words or characters; %NULL where several share it,
 *   as of hashes
 * @column: (array length=n): its place among what the model adds up
 * @weight: (array length=n_margins*n): per margin what a unit of each column adds to it
 *
 * How a model weighs the words of texts, where it adds them up one by one.
 */
struct _ErrataModelTerms {
    guint n;
    guint n_margins;
    guint *input;
    char **term;
    guint *column;
    double *weight;
};

ErrataModelTerms *errata_model_terms_new(guint n, guint n_margins);
void errata_model_terms_free(ErrataModelTerms *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataModelTerms, errata_model_terms_free)

G_END_DECLS
