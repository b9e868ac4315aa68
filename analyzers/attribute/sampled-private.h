/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "evaluator.h"
#include "sampled-shap.h"

G_BEGIN_DECLS

#define SAMPLED_MOST  14 /* values whose coalitions are run at most */
#define SAMPLED_EXACT 5  /* differing values whose coalitions are run, unless more were asked for */

struct _ErrataSampledShap {
    ErrataModel *model;
    const ErrataQuantity *quantity;
    ErrataModelCells *background; /* rows that the model gives something for */
    gsize n_background;
    guint8 *read; /* per input: whether the model asks for it */
    double *raw;  /* n_background × n_raw */
    gsize capacity;
    guint max_rounds;
    guint most_exact; /* up to so many differing values all coalitions are run */
    guint64 seed;
    gboolean is_additive;
    double tolerance;
    double
        *part; /* n_inputs × n_groups: mean of what the background's values do to its first row */
};

/* what is known of the row at hand */
typedef struct {
    const ErrataSampledShap *self;
    ErrataEvaluator *evaluator;
    const ErrataModelRows *rows;
    gsize row;
    guint64 stream; /* of the random numbers */
    double truth;
    const double *value; /* its quantity */
    double *bias;        /* mean quantity of the background, with its label */
    double *range;       /* of the quantity over the background and the row */
    double *base;        /* n_background × n_groups: quantity of the background, with its label */
    double *phi;         /* groups × (inputs + 1), to fill */
    double *ret_error;   /* largest standard error over the range … */
    double *ret_size;    /* … and the largest itself */
} SampledRow;

gboolean sampled_permute(const SampledRow *at, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sampled_value(const SampledRow *at, gsize evaluated, double *ret_value);

G_END_DECLS
