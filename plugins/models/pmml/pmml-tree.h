/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-model.h"

G_BEGIN_DECLS

/* a ScoreDistribution */
typedef struct {
    guint label;
    double count;
    double probability;
    double confidence;
} PmmlTreeShare;

typedef struct {
    const PmmlElement *element;
    PmmlPredicate *predicate;
    const char *id;
    const char *default_child;
    PmmlModel *model; /* (nullable): that answers for the node */
    PmmlValue value;
    guint label; /* of value, in a classification */
    double count;
    guint shares; /* first of n_shares */
    guint n_shares;
    guint first; /* child, then by next */
    guint next;
    guint fallback; /* the default child */
} PmmlTreeNode;

typedef enum {
    PMML_TREE_NONE,
    PMML_TREE_LAST,
    PMML_TREE_NULL,
    PMML_TREE_DEFAULT_CHILD,
    PMML_TREE_WEIGHTED_CONFIDENCE,
    PMML_TREE_AGGREGATE_NODES,
} PmmlTreeMissing;

typedef struct {
    GArray *nodes;  /* PmmlTreeNode; the first is the root */
    GArray *shares; /* PmmlTreeShare */
    PmmlTreeMissing on_missing;
    gboolean last_when_none; /* noTrueChildStrategy */
    guint n_nodes;           /* read so far */
    double penalty;
} PmmlTree;

G_END_DECLS
