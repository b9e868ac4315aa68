/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"
#include "model-format.h"

G_BEGIN_DECLS

/**
 * H2oInfo:
 * @value: of the section [info]: strings by key
 * @column: (element-type utf8): features, then what else the training had, the target last
 * @domain: (element-type GPtrArray): per column its categories, %NULL for a number
 * @n_categories, @n_category_bytes: of all columns
 *
 * What `model.ini` tells.
 */
typedef struct {
    GHashTable *value;
    GPtrArray *column;
    GPtrArray *domain;
    gsize n_categories;
    gsize n_category_bytes;
} H2oInfo;

typedef enum {
    H2O_IDENTITY,
    H2O_LOGIT,
    H2O_LOG,
    H2O_INVERSE,
    H2O_TWEEDIE,
} H2oLink;

typedef enum {
    H2O_REGRESSION,
    H2O_BINOMIAL,    /* the link of one margin is the probability of the second class */
    H2O_TWO_TREES,   /* two classes as softmax of ±margin; the margin is the first one's */
    H2O_MULTINOMIAL, /* softmax */
    H2O_SHARES,      /* margins are shares, made to sum 1 */
    H2O_ORDINAL,     /* margins are of being at most that class */
} H2oShape;

/**
 * H2oBody:
 * @n_inputs: features, and the offset where there is one
 * @is_category: (array length=n_features)
 * @trees: (nullable): else a GLM: @n_cats categories, @n_nums numbers, @n_margins rows of @beta
 * @offset: input that is added to the margin; G_MAXUINT for none
 * @mode, @mean: (nullable): what stands in for missing categories and numbers
 * @first: (array length=n_cats+1): place of each category's first coefficient
 * @all_levels: each category has a coefficient; else all but the first
 * @prior, @trained: (nullable): shares of classes before and after they were balanced
 */
typedef struct {
    H2oShape shape;
    H2oLink link;
    double power;
    double threshold;
    guint n_features;
    guint n_inputs;
    guint n_classes;
    guint n_margins;
    guint offset;
    gboolean *is_category;
    const ErrataTrees *trees;
    double *prior;
    double *trained;
    guint n_cats;
    guint n_nums;
    guint n_beta; /* of a row */
    guint *first;
    double *mode;
    double *mean;
    double *beta;
    gboolean all_levels;
} H2oBody;

extern const ErrataModelClass h2o_class;

gboolean h2o_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

H2oInfo *h2o_info_read(const ErrataModelParts *parts, GError **error);
void h2o_info_free(H2oInfo *self);
const char *h2o_info_text(const H2oInfo *self, const char *key); /* (nullable) */
gboolean h2o_info_flag(const H2oInfo *self, const char *key);
double h2o_info_number(const H2oInfo *self, const char *key, double fallback);
/* a list in brackets; NULL when absent or no list of numbers */
double *h2o_info_numbers(const H2oInfo *self, const char *key, gsize *ret_n);
const GPtrArray *h2o_info_domain(const H2oInfo *self, guint column);

/* into @body's trees */
ErrataTrees *h2o_read_trees(const H2oInfo *info,
                            const ErrataModelParts *parts,
                            const H2oBody *body,
                            gboolean is_forest,
                            GError **error);
gboolean h2o_read_glm(const H2oInfo *info, H2oBody *body, GError **error);
void h2o_glm_margin(const H2oBody *self, const double *row, double *margin);

void h2o_body_free(gpointer body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(H2oInfo, h2o_info_free)

G_END_DECLS
