/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "slices-table.h"

G_BEGIN_DECLS

#define ERROR_TREE_DEPTH     4
#define ERROR_TREE_MAX_NODES 31

/* which codes of a column go left; bit 255 and up is unused, the code after the last is missing */
typedef struct {
    guint64 bits[4];
} ErrorTreeCodes;

/* a node; children are indices, 0 in a leaf (the root is nobody's child) */
typedef struct {
    guint left;
    guint right;
    guint column; /* of the table; of an inner node */
    ErrorTreeCodes goes_left;
    double n;
    double sum;
    double square;
} ErrorTreeNode;

typedef struct {
    guint n_nodes;
    ErrorTreeNode node[ERROR_TREE_MAX_NODES];
} ErrorTree;

/* the root error and the split, error tree and heat map */
extern const ErrataAnalyzer errata_analyzer_error_tree;

void errata_error_tree_grow(const SlicesTable *table, const double *loss, ErrorTree *ret_tree);
guint errata_error_tree_leaf(const SlicesTable *table, const ErrorTree *tree, gsize frame_row);
guint errata_error_tree_code(const SlicesTable *table, guint column, gsize frame_row);
ErrataFigure *errata_heat_map_new(const SlicesTable *table);

G_END_DECLS
