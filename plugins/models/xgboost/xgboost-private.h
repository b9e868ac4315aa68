/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"
#include "model-builder.h"

G_BEGIN_DECLS

/* what a prediction is made of a margin, and in which columns it is written */
typedef enum {
    XGB_IDENTITY,
    XGB_LOGISTIC_REGRESSION, /* reg:logistic: a number in [0, 1] */
    XGB_BINARY,              /* binary:logistic: two classes */
    XGB_RAW,                 /* binary:logitraw: the margin */
    XGB_HINGE,
    XGB_EXP,
    XGB_MULTI,
} XgbLink;

/* a model's header */
typedef struct {
    int version[3];
    const char *objective;
    XgbLink link;
    guint n_features;
    guint n_groups; /* margins of a row */
    guint n_classes;
    guint n_targets;
    float *base;        /* margin space */
    double missing;     /* as XgbBody's */
    guint n_iterations; /* of the trees that predict uses; 0 for all */
    gboolean base_is_margin;
} XgbHeader;

/* how a model runs */
typedef struct {
    XgbLink link;
    guint n_groups;
    guint n_features;
    const ErrataTrees *trees; /* the model's */
    float *weights;           /* of gblinear: (n_features + 1) × n_groups, the biases last */
    float *base;
    double missing; /* a number that stands for a missing cell; NaN for none */
} XgbBody;

extern const ErrataModelClass xgb_class;
extern const ErrataModelClass xgb_class_linear;
/* of models with a number that stands for missing cells, which their trees do not know */
extern const ErrataModelClass xgb_class_with_missing;

gboolean xgb_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean xgb_read_header(const ErrataDatum *learner, XgbHeader *header, GError **error);
void xgb_header_clear(XgbHeader *self);
gboolean xgb_read_inputs(const ErrataDatum *learner,
                         const XgbHeader *header,
                         ErrataModelBuilder *builder,
                         GError **error);
void xgb_add_outputs(const XgbHeader *header, ErrataModelBuilder *builder);
/* the trees, with base and link set; the codes that category nodes know are counted per feature */
ErrataTrees *xgb_read_trees(const ErrataDatum *booster,
                            XgbHeader *header,
                            guint *n_codes,
                            ErrataModelBuilder *builder,
                            GError **error);
/* the binary format up to 3.0 */
gboolean xgb_is_binary(const guint8 *head, gsize size);
ErrataDatumTree *xgb_binary_to_tree(const guint8 *bytes,
                                    gsize size,
                                    gboolean *ret_is_old,
                                    GError **error);
XgbBody *xgb_read_linear(const ErrataDatum *booster, const XgbHeader *header, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XgbHeader, xgb_header_clear)

G_END_DECLS
