/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees prepared for attribution. With z the share of training rows that take an edge, Z the
 * product of z over a feature's edges on a path and O whether the row takes them all,
 *
 *   phi_i = Σ_leaves v (O_i − Z_i) ∫₀¹ Π_{j≠i} (Z_j (1−t) + O_j t) dt,
 *
 * a polynomial of degree d − 1 in t, for which ⌈d/2⌉ Gauss–Legendre nodes are exact; all of its
 * terms are positive. The product over a path grows edge by edge (a feature met again trades its
 * old factor for the new one), and the sums over leaves come back up: one pass per tree. Every
 * factor takes one of few values, which are worked out here. Sources: Yu et al. 2022, "Linear
 * TreeSHAP"; Lundberg et al. 2020 for the values. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "treeshap-private.h"

typedef struct {
    ErrataTreeshap *self;
    const ErrataTrees *trees;
    ShapTree *tree;
    GArray *node;      /* of ShapNode */
    GArray *constants; /* of double */
    double *z;         /* per owner: Z so far; 1 where it was not met */
    guint *met;        /* per owner: how often */
    guint n_met;       /* owners met on the path */
    guint group;
    guint value;  /* which of a leaf's values */
    double scale; /* what a leaf counts */
    double *t;
    double *w;
    GError **error;
} Plan;

/* most features on one path, and inner nodes on it */
static void
plan_measure(Plan *self, guint32 node, guint depth)
{
    guint owner;

    if ((self->trees->flags[node] & ERRATA_NODE_LEAF) != 0) {
        self->tree->k = MAX(self->tree->k, (self->n_met + 1) / 2);
        self->tree->depth = MAX(self->tree->depth, depth);
        return;
    }
    if ((self->trees->flags[node] &
         (ERRATA_NODE_CATEGORY | ERRATA_NODE_EQUAL_LEFT | ERRATA_NODE_EXACT |
          ERRATA_NODE_NAN_IS_ZERO | ERRATA_NODE_ZERO_MISSING)) != 0)
        self->tree->plain = FALSE;
    owner = errata_trees_owner(self->trees, self->trees->feature[node]);
    self->n_met += self->met[owner]++ == 0 ? 1 : 0;
    plan_measure(self, node + 1, depth + 1);
    plan_measure(self, self->trees->right[node], depth + 1);
    self->n_met -= --self->met[owner] == 0 ? 1 : 0;
}

static double
plan_leaf_value(const Plan *self, guint32 leaf)
{
    gsize at = (gsize)self->trees->feature[leaf] * self->trees->leaf_width + self->value;

    return self->scale * self->trees->leaf_value[at];
}

/* five constants per quadrature node of the edge with share @z; those of a leaf hold its value */
static void
plan_edge(const Plan *self, double before, double z, gboolean leaf, double value, double *to)
{
    guint n = self->tree->k;
    double after = before * z;
    gboolean fresh = !(before < 1.0);

    for (guint k = 0; k < n; k++) {
        double t = self->t[k];
        double old = before * (1.0 - t) + t;
        double on = after * (1.0 - t) + t;
        double share = fresh ? 0.0 : self->w[k] * (1.0 - before) / old;

        to[0 * n + k] = on / old;
        to[1 * n + k] = after * (1.0 - t) / old;
        to[2 * n + k] = z;
        to[3 * n + k] = self->w[k] * (1.0 - after) / on - share;
        to[4 * n + k] = -self->w[k] / (1.0 - t) - share;
        if (!leaf)
            continue;
        to[3 * n + k] *= value * to[0 * n + k];
        to[4 * n + k] *= value * to[1 * n + k];
        for (guint i = 0; i < 3; i++)
            to[i * n + k] *= value;
    }
}

/* two leaves under one node: constants of both ways of the test, and of neither */
static void
plan_twig(guint n, const double *left, const double *right, double *to)
{
    for (guint k = 0; k < n; k++) {
        to[0 * n + k] = left[0 * n + k] + right[1 * n + k];
        to[1 * n + k] = left[1 * n + k] + right[0 * n + k];
        to[2 * n + k] = left[2 * n + k] + right[2 * n + k];
        to[3 * n + k] = left[3 * n + k] + right[4 * n + k];
        to[4 * n + k] = left[4 * n + k] + right[3 * n + k];
    }
}

static void plan_add(Plan *self, guint32 node, double reach);

static void
plan_add_child(Plan *self, guint32 child, guint owner, double z, double reach)
{
    double before = self->z[owner];

    self->z[owner] = before * z;
    self->met[owner]++;
    plan_add(self, child, reach * z);
    self->met[owner]--;
    self->z[owner] = before;
}

static void
plan_add(Plan *self, guint32 node, double reach)
{
    const ErrataTrees *trees = self->trees;
    guint n = self->tree->k;
    guint32 place = self->node->len;
    guint owner;
    gboolean leaf[2];
    double z[2];

    if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0) {
        self->self->bias[self->group] += reach * plan_leaf_value(self, node);
        return;
    }
    owner = errata_trees_owner(trees, trees->feature[node]);
    g_autofree double *room = g_new0(double, 15 * (gsize)n);
    guint32 child[2] = {node + 1, trees->right[node]};
    ShapNode made = {.node = node,
                     .feature = trees->feature[node],
                     .owner = owner,
                     .constants = self->constants->len,
                     .repeated = self->met[owner] > 0};
    for (guint side = 0; side < 2; side++) {
        leaf[side] = (trees->flags[child[side]] & ERRATA_NODE_LEAF) != 0;
        z[side] = trees->cover[node] > 0.0 ? trees->cover[child[side]] / trees->cover[node] : 0.0;
        plan_edge(self,
                  self->met[owner] > 0 ? self->z[owner] : 1.0,
                  z[side],
                  leaf[side],
                  leaf[side] ? plan_leaf_value(self, child[side]) : 0.0,
                  room + 5 * (gsize)n * side);
    }
    if (leaf[0] && leaf[1])
        plan_twig(n, room, room + 5 * (gsize)n, room + 10 * (gsize)n);
    g_array_append_vals(self->constants,
                        leaf[0] && leaf[1] ? room + 10 * (gsize)n : room,
                        (leaf[0] && leaf[1] ? 5 : 10) * n);
    g_array_append_val(self->node, made);
    for (guint side = 0; side < 2; side++) {
        if (!leaf[side] && side == 0)
            g_array_index(self->node, ShapNode, place).left = self->node->len;
        if (!leaf[side] && side == 1)
            g_array_index(self->node, ShapNode, place).right = self->node->len;
        plan_add_child(self, child[side], owner, z[side], reach);
    }
}

/* the first split that no training row reached; their number where there is none */
static guint
plan_uncovered(const ErrataTrees *trees)
{
    for (guint node = 0; node < trees->n_nodes; node++)
        if ((trees->flags[node] & ERRATA_NODE_LEAF) == 0 && !(trees->cover[node] > 0.0))
            return node;
    return trees->n_nodes;
}

static gboolean
plan_check_cover(const ErrataTrees *trees, GError **error)
{
    if (trees->cover == NULL) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_UNSUPPORTED,
                            "the model's file does not say how many training rows reached each "
                            "node, which path-dependent attribution needs; give background rows "
                            "with --background");
        return FALSE;
    }
    guint node = plan_uncovered(trees);
    if (node == trees->n_nodes)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "node %u splits no training row (its cover is 0), so that path-dependent "
                "attribution is not defined; give background rows with --background",
                node);
    return FALSE;
}

/**
 * errata_treeshap_is_defined:
 * @trees: trees
 *
 * Returns: whether their file tells how many training rows every split parted, and none parted no
 *   row (as those of oblivious trees may): path-dependent attribution weighs both ways of a split
 *   by them
 */
gboolean
errata_treeshap_is_defined(const ErrataTrees *trees)
{
    return trees->cover != NULL && plan_uncovered(trees) == trees->n_nodes;
}

static void
plan_tree(Plan *self, guint tree, guint group)
{
    guint32 root = self->trees->first[tree];

    self->tree = &self->self->tree[self->self->n_trees];
    *self->tree = (ShapTree){.group = group, .k = 0, .plain = TRUE};
    self->group = group;
    self->value = self->trees->leaf_width > 1 ? group : 0;
    self->scale = errata_trees_scale(self->trees, tree);
    plan_measure(self, root, 0);
    self->t = g_new(double, MAX(self->tree->k, 1));
    self->w = g_new(double, MAX(self->tree->k, 1));
    shap_quadrature(MAX(self->tree->k, 1), self->t, self->w);
    g_array_set_size(self->node, 0);
    g_array_set_size(self->constants, 0);
    plan_add(self, root, 1.0);
    g_free(self->t);
    g_free(self->w);
    if (self->node->len == 0)
        return; /* one leaf: no feature has a share */
    self->tree->n_nodes = self->node->len;
    self->tree->node = g_memdup2(self->node->data, self->node->len * sizeof(ShapNode));
    self->tree->constants = g_memdup2(self->constants->data, self->constants->len * sizeof(double));
    self->self->max_k = MAX(self->self->max_k, self->tree->k);
    self->self->max_depth = MAX(self->self->max_depth, self->tree->depth);
    self->self->n_trees++;
}

/**
 * errata_treeshap_new:
 * @trees: (transfer none): trees; they must outlive the result
 * @error: return location for a #GError
 *
 * Prepares exact path-dependent attribution of the margin, in O(nodes × depth).
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED when nodes have no cover, or an inner node has none.
 *
 * Returns: (transfer full): the trees prepared, or %NULL with @error set
 */
ErrataTreeshap *
errata_treeshap_new(const ErrataTrees *trees, GError **error)
{
    ErrataTreeshap *self;
    g_autofree double *z = NULL;
    g_autofree guint *met = NULL;
    guint n_values = trees->leaf_width;
    Plan plan;

    if (!plan_check_cover(trees, error))
        return NULL;
    z = g_new(double, MAX(trees->n_owners, 1));
    met = g_new0(guint, MAX(trees->n_owners, 1));
    for (guint f = 0; f < trees->n_owners; f++)
        z[f] = 1.0;
    self = g_new0(ErrataTreeshap, 1);
    self->trees = trees;
    self->bias = g_memdup2(trees->base, trees->n_groups * sizeof(double));
    self->tree = g_new0(ShapTree, MAX((gsize)trees->n_trees * n_values, 1));
    errata_treeshap_set_path(self, ERRATA_TREESHAP_AUTO);
    plan = (Plan){.self = self, .trees = trees, .z = z, .met = met, .error = error};
    plan.node = g_array_new(FALSE, FALSE, sizeof(ShapNode));
    plan.constants = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint tree = 0; tree < trees->n_trees; tree++)
        for (guint value = 0; value < n_values; value++)
            plan_tree(&plan, tree, n_values > 1 ? value : trees->group[tree]);
    g_array_unref(plan.node);
    g_array_unref(plan.constants);
    return self;
}

void
errata_treeshap_free(ErrataTreeshap *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_trees; i++) {
        g_free(self->tree[i].node);
        g_free(self->tree[i].constants);
    }
    g_free(self->tree);
    g_free(self->bias);
    g_free(self);
}
