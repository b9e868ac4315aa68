/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pmml-facts.h"
#include "pmml-tree.h"
#include "trees-builder.h"

G_BEGIN_DECLS

/* what a leaf says */
typedef enum {
    PMML_SAY_NUMBER, /* its score */
    PMML_SAY_SHARES, /* its distribution over the classes */
    PMML_SAY_VOTE,   /* 1 for its class */
} PmmlSay;

/**
 * PmmlPart:
 * @tree: a TreeModel
 * @say: what its leaves count with
 * @group: the margin that numbers add to
 * @weight: times which
 *
 * A tree of a sum.
 */
typedef struct {
    const PmmlModel *tree;
    PmmlSay say;
    guint group;
    double weight;
} PmmlPart;

typedef struct _PmmlGrown PmmlGrown;

/* @whole: whose labels leaves are by */
PmmlGrown *pmml_grow(PmmlFacts *facts,
                     const PmmlModel *whole,
                     const PmmlPart *part,
                     GError **error);
void pmml_grown_free(PmmlGrown *self);
gboolean pmml_grown_has_cover(const PmmlGrown *self);
gboolean pmml_grown_build(const PmmlGrown *self,
                          const PmmlPart *part,
                          ErrataTreesBuilder *builder,
                          GError **error);

G_END_DECLS
