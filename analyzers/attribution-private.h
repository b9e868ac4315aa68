/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-use.h"
#include "sign-flips.h"

G_BEGIN_DECLS

/**
 * Attribution:
 * @n: rows shared out
 * @row: (array length=n): which
 * @n_features: of the model, or columns of logged attributions
 * @n_groups: margins
 * @phi: n × n_groups × (n_features + 1): shares and bias
 * @order: (array length=n_features): features by falling mean size
 * @name: (array length=n_features): their names
 * @column: (array length=n_features): their columns in the log; NULL where it has none
 * @group: the margin that figures are of
 * @error: largest standard error of a share over the range; 0 where they are exact
 * @fidelity: (nullable): of a surrogate: what its fidelity is measured in
 * @shares: (transfer none): what is being found out
 *
 * The shares of a sample of rows.
 */
typedef struct {
    ErrataAnalysis *analysis;
    ErrataModelUse *use; /* NULL for logged attributions */
    gsize n;
    gsize *row;
    guint n_features;
    guint n_groups;
    double *phi;
    guint *order;
    const char **name;
    const ErrataColumn **column;
    guint group;
    double error;
    const char *fidelity;
    ErrataShares *shares;
} Attribution;

/* by how much errors' shares of the loss differ from those of the correct rows beside them, its
 * standard error and test */
typedef struct {
    double mean;
    double error;
    ErrataSignFlips test;
} AttributionPush;

/* one feature's share in figures' margin of sampled row @i */
static inline double
attribution_share(const Attribution *self, gsize i, guint feature)
{
    return self->phi[(i * self->n_groups + self->group) * ((gsize)self->n_features + 1) + feature];
}

void attribution_figures(const Attribution *self);
void attribution_push_figure(const Attribution *self);
void attribution_effects(const Attribution *self, guint feature, ErrataFigure *figure);
void attribution_depend(const Attribution *self);
void attribution_loss(const Attribution *self);
void attribution_loss_of_rows(const Attribution *self, ErrataFinding *finding);
guint *attribution_loss_blocks(const Attribution *self);
AttributionPush attribution_push(const double *difference,
                                 const guint *block,
                                 gsize n,
                                 guint64 draws,
                                 guint64 seed);
void attribution_words(const Attribution *self);
void attribution_ways(const Attribution *self);
void attribution_permute(const Attribution *self);
void attribution_drivers(const Attribution *self);
void attribution_sizes(Attribution *self);
void attribution_signs(const Attribution *self);
void attribution_clear(Attribution *self);
void attribution_check_log(const Attribution *self);
gboolean attribution_read_log(Attribution *self, char **ret_method, double *ret_gap);
const char *attribution_surrogate_why_not(const ErrataAnalysis *analysis);
gboolean attribution_of_surrogate(Attribution *self,
                                  char **ret_method,
                                  double *ret_gap,
                                  double *ret_fidelity,
                                  const char **ret_measure);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attribution, attribution_clear)

/* of what margins are measured in, for axes: “log odds of yes” */
char *attribution_unit(const Attribution *self);

G_END_DECLS
