/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "attribution-private.h"
#include "boost.h"

G_BEGIN_DECLS

/* what the trees follow */
typedef enum {
    SURROGATE_SCORE,  /* probability of the positive class */
    SURROGATE_NUMBER, /* a predicted number */
    SURROGATE_CLASS,  /* the predicted class */
    SURROGATE_NONE,
} SurrogateTarget;

typedef struct {
    Attribution *attribution; /* (nullable): gets shares */
    const ErrataAnalysis *analysis;
    SurrogateTarget target;
    gsize n;
    guint32 *row; /* rows of the log */
    double *value;
    ErrataFrame *frame; /* of those rows */
    ErrataBins *bins;
    ErrataBoostColumn *columns;
    guint *bin; /* per column: of the bins */
    guint n_columns;
    guint32 *train;
    gsize n_train;
    guint32 *held;
    gsize n_held;
    ErrataBoost *boost;
    double fidelity;
} Surrogate;

SurrogateTarget attribution_surrogate_target(const ErrataAnalysis *analysis);
gboolean attribution_surrogate_fit(Surrogate *self);
const char *attribution_surrogate_measure(const Surrogate *self);
char *attribution_surrogate_followed(const Surrogate *self);
char *attribution_surrogate_weak(const Surrogate *self);
void attribution_surrogate_clear(Surrogate *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Surrogate, attribution_surrogate_clear)

G_END_DECLS
