/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-model.h"

G_BEGIN_DECLS

typedef enum {
    PMML_MINING_MAJORITY_VOTE,
    PMML_MINING_WEIGHTED_MAJORITY_VOTE,
    PMML_MINING_AVERAGE,
    PMML_MINING_WEIGHTED_AVERAGE,
    PMML_MINING_MEDIAN,
    PMML_MINING_WEIGHTED_MEDIAN,
    PMML_MINING_MAX,
    PMML_MINING_SUM,
    PMML_MINING_WEIGHTED_SUM,
    PMML_MINING_SELECT_FIRST,
    PMML_MINING_SELECT_ALL,
    PMML_MINING_MODEL_CHAIN,
} PmmlMiningMethod;

typedef enum {
    PMML_MINING_CONTINUE,
    PMML_MINING_SKIP_SEGMENT,
    PMML_MINING_RETURN_MISSING,
} PmmlMiningMissing;

typedef struct {
    const char *id;
    PmmlPredicate *predicate;
    PmmlModel *model;
    double weight;
    guint weight_slot; /* the field that the weight is read from, or PMML_NO_SLOT */
    guint *label;      /* of the inner model → of the outer */
} PmmlSegment;

typedef struct {
    PmmlMiningMethod method;
    GPtrArray *segments; /* PmmlSegment */
    PmmlMiningMissing on_missing;
    double threshold; /* share of weight that may be missing */
} PmmlMining;

G_END_DECLS
