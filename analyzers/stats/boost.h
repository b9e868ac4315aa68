/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trees.h"

G_BEGIN_DECLS

#define ERRATA_BOOST_MISSING  255        /* code of a missing cell, as in ErrataBins */
#define ERRATA_BOOST_MAX_ROWS (1U << 24) /* rows a model may be trained on */

/**
 * ErrataBoostColumn:
 * @code: codes of all rows of the frame, 0 … n_codes − 1 or %ERRATA_BOOST_MISSING
 * @n_codes: codes in use, at most 255
 * @ordered: neighbouring codes are neighbouring values; otherwise codes are categories
 */
typedef struct {
    const guint8 *code;
    guint n_codes;
    gboolean ordered;
} ErrataBoostColumn;

/**
 * ErrataBoostLoss:
 * @ERRATA_BOOST_SQUARED: squared error; predicts the mean
 * @ERRATA_BOOST_LOGISTIC: log-loss of two classes; predicts the probability of class 1
 * @ERRATA_BOOST_SOFTMAX: log-loss of several classes; predicts a probability per class
 */
typedef enum {
    ERRATA_BOOST_SQUARED,
    ERRATA_BOOST_LOGISTIC,
    ERRATA_BOOST_SOFTMAX,
} ErrataBoostLoss;

/**
 * ErrataBoostParams:
 * @loss: what is minimised
 * @n_classes: for softmax, at least 2; otherwise ignored
 * @rounds: trees per output
 * @depth: of each tree, 1 … 8
 * @learning_rate: shrinkage of each tree
 * @l2: penalty on squared leaf values
 * @min_hessian: least sum of second derivatives in a leaf
 * @halvings: each round sees a random 2^-halvings of the rows, 0 … 4
 * @seed: of those
 */
typedef struct {
    ErrataBoostLoss loss;
    guint n_classes;
    guint rounds;
    guint depth;
    double learning_rate;
    double l2;
    double min_hessian;
    guint halvings;
    guint64 seed;
} ErrataBoostParams;

/**
 * ErrataBoost:
 *
 * Gradient-boosted trees over one-byte codes.
 */
typedef struct _ErrataBoost ErrataBoost;

ErrataBoostParams errata_boost_params(ErrataBoostLoss loss, guint n_classes, guint64 seed);
ErrataBoost *errata_boost_train(const ErrataBoostColumn *columns,
                                guint n_columns,
                                const guint32 *row,
                                gsize n,
                                const double *target,
                                const ErrataBoostParams *params);
void errata_boost_predict(ErrataBoost *self,
                          const ErrataBoostColumn *columns,
                          const guint32 *row,
                          gsize n,
                          double *ret_value);
void errata_boost_predict_mean(ErrataBoost *const *boosts,
                               guint n_boosts,
                               const ErrataBoostColumn *columns,
                               const guint32 *row,
                               gsize n,
                               double *ret_value);
ErrataTrees *errata_boost_to_trees(const ErrataBoost *self,
                                   const ErrataBoostColumn *columns,
                                   const guint32 *row,
                                   gsize n,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint errata_boost_n_outputs(const ErrataBoost *self);
const double *errata_boost_gain(const ErrataBoost *self);
void errata_boost_free(ErrataBoost *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataBoost, errata_boost_free)

G_END_DECLS
