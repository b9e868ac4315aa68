/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-terms.h"
#include "quantity.h"

G_BEGIN_DECLS

/**
 * ErrataTermShares:
 * @model: whose
 * @terms: the words that it adds up
 * @mean: (array length=terms.n): mean value of each word's column over the background
 *
 * A model that adds up the words of texts, and rows that a word's absence is taken from.
 */
typedef struct {
    ErrataModel *model;
    ErrataModelTerms *terms;
    double *mean;
} ErrataTermShares;

ErrataTermShares *errata_term_shares_new(ErrataModel *model, const ErrataModelRows *background);
void errata_term_shares_free(ErrataTermShares *self);
void errata_term_shares_values(const ErrataTermShares *self,
                               const ErrataModelRows *rows,
                               gsize row,
                               double *ret_value);
double errata_term_shares_of(const ErrataTermShares *self,
                             const double *value,
                             guint margin,
                             guint term);

/**
 * ErrataTermRows:
 * @n_rows: rows
 * @margin: (array length=n_rows*n_margins): what the model adds up, row by row
 * @n: words that are looked at
 * @term: (array length=n): which
 * @value: (array length=n_rows*n): what each row has in their columns
 */
typedef struct {
    gsize n_rows;
    double *margin;
    guint n;
    const guint *term;
    double *value;
} ErrataTermRows;

void errata_term_shares_loss(const ErrataTermShares *self,
                             const ErrataQuantity *loss,
                             const ErrataTermRows *rows,
                             gsize row,
                             const ErrataTermRows *background,
                             double truth,
                             double *ret_share);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTermShares, errata_term_shares_free)

G_END_DECLS
