/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probabilities and losses of tree ensembles, shared out: for every pair of a row and a background
 * row the exact interventional Shapley values of the margins, times the slope of the quantity
 * between the two; the mean over the background. A walk for one pair follows both rows and splits
 * only where they part, so it meets few leaves. Which way each row goes at every node is worked out
 * once. Where the processor can, eight background rows are walked at once (treeshap-lanes.c).
 * Source: Lundberg et al. 2020, algorithm 3 and its rescaling. */
#include "treeshap-rescaled.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "treeshap-lanes.h"

#define RESCALED_TABLE 64
#define RESCALED_BYTES (128U << 20) /* of ways taken */
#define RESCALED_SIDE  2            /* a feature taken from the background row */

struct _ErrataTreeshapRescaled {
    const ErrataTrees *trees;
    const ErrataQuantity *quantity;
    gsize n_rows;
    ErrataLanesNode *node;
    gboolean by_lanes;
    guint8 *way; /* per block of lanes and node a bit per row, 1 for left */
    double *raw; /* n_rows × n_groups */
    double weight[RESCALED_TABLE + 1][RESCALED_TABLE + 1];    /* (a − 1)! b! / (a + b)! */
    double gives[ERRATA_LANES_WEIGHTS][ERRATA_LANES_WEIGHTS]; /* [b][a]: the same, 0 for a = 0 */
    double takes[ERRATA_LANES_WEIGHTS][ERRATA_LANES_WEIGHTS]; /* of b and a, 0 for b = 0 */
};

/* one row against one background row, in one tree */
typedef struct {
    const ErrataTreeshapRescaled *self;
    const guint8 *way;    /* of the row */
    const guint8 *others; /* of the background rows of a block */
    guint lane;           /* of the background row */
    guint8 *side;         /* per owner: 0 not parted yet, 1 the row's, 2 the background's */
    guint8 *other_side;   /* per owner: of lanes */
    guint value;
    double scale;
    double *phi; /* per owner and lane */
} Pair;

/* what the leaves below give to each feature of one side, and take from each of the other */
typedef struct {
    double gives;
    double takes;
} Below;

static double
rescaled_weight(const ErrataTreeshapRescaled *self, guint a, guint b)
{
    int sign;

    if (a <= RESCALED_TABLE && b <= RESCALED_TABLE)
        return self->weight[a][b];
    return exp(lgamma_r(a, &sign) + lgamma_r(b + 1.0, &sign) - lgamma_r(a + b + 1.0, &sign));
}

/* 1 where the background row goes left */
static guint
rescaled_background_way(const Pair *pair, guint32 node)
{
    return pair->others[node] >> pair->lane & 1U;
}

static Below
rescaled_walk(Pair *pair, guint32 node, guint a, guint b)
{
    const ErrataTrees *trees = pair->self->trees;
    Below one, two;
    guint32 owner, own, other;

    for (;;) {
        guint8 side;
        gboolean left;

        if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0) {
            double leaf =
                pair->scale *
                trees->leaf_value[(gsize)trees->feature[node] * trees->leaf_width + pair->value];

            return (Below){a > 0 ? leaf * rescaled_weight(pair->self, a, b) : 0.0,
                           b > 0 ? leaf * rescaled_weight(pair->self, b, a) : 0.0};
        }
        owner = errata_trees_owner(trees, trees->feature[node]);
        side = pair->side[owner];
        if (side == 0 && pair->way[node] != rescaled_background_way(pair, node))
            break;
        left = (side == RESCALED_SIDE ? rescaled_background_way(pair, node) : pair->way[node]) != 0;
        node = left ? node + 1 : trees->right[node];
    }
    own = pair->way[node] != 0 ? node + 1 : trees->right[node];
    other = pair->way[node] != 0 ? trees->right[node] : node + 1;
    pair->side[owner] = 1;
    one = rescaled_walk(pair, own, a + 1, b);
    pair->phi[(gsize)owner * ERRATA_LANES + pair->lane] += one.gives;
    pair->side[owner] = RESCALED_SIDE;
    two = rescaled_walk(pair, other, a, b + 1);
    pair->phi[(gsize)owner * ERRATA_LANES + pair->lane] -= two.takes;
    pair->side[owner] = 0;
    return (Below){one.gives + two.gives, one.takes + two.takes};
}

static void
rescaled_ways(const ErrataTrees *trees, const double *const *number, gsize row, guint8 *ret_way)
{
    for (guint32 node = 0; node < trees->n_nodes; node++) {
        double value;

        if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0)
            continue;
        value = number[trees->feature[node]][row];
        if (trees->cast_float)
            value = (double)(float)value;
        ret_way[node] = errata_trees_goes_left(trees, node, value) ? 1 : 0;
    }
}

static void
rescaled_margin(const ErrataTrees *trees, const double *const *number, gsize row, double *ret)
{
    g_autofree double *cell = g_new(double, MAX(trees->n_features, 1));

    for (guint f = 0; f < trees->n_features; f++)
        cell[f] = number[f][row];
    errata_trees_exact_margin(trees, cell, ret);
}

/**
 * errata_treeshap_rescaled_most:
 * @trees: trees
 * @n_rows: background rows there are
 *
 * Returns: how many of them fit into the memory set aside for the ways they take
 */
gsize
errata_treeshap_rescaled_most(const ErrataTrees *trees, gsize n_rows)
{
    return CLAMP(RESCALED_BYTES / MAX(trees->n_nodes, 1), 1, MAX(n_rows, 1));
}

static gsize
rescaled_n_blocks(gsize n_rows)
{
    return (n_rows + ERRATA_LANES - 1) / ERRATA_LANES;
}

static void
rescaled_nodes(ErrataTreeshapRescaled *self)
{
    const ErrataTrees *trees = self->trees;

    self->by_lanes = errata_treeshap_lanes_can_walk(trees->depth);
    self->node = g_new(ErrataLanesNode, MAX(trees->n_nodes, 1));
    for (guint32 node = 0; node < trees->n_nodes; node++) {
        gboolean leaf = (trees->flags[node] & ERRATA_NODE_LEAF) != 0;
        guint32 what = trees->feature[node];

        self->node[node].right = leaf ? 0 : trees->right[node];
        self->node[node].what = leaf ? what : errata_trees_owner(trees, what);
    }
}

static void
rescaled_weights(ErrataTreeshapRescaled *self)
{
    for (guint a = 1; a <= RESCALED_TABLE; a++) {
        double choose = 1.0;

        for (guint b = 0; b <= RESCALED_TABLE; b++) {
            self->weight[a][b] = 1.0 / (a * choose);
            choose *= (double)(a + b + 1) / (b + 1);
        }
    }
    for (guint b = 0; b < ERRATA_LANES_WEIGHTS; b++)
        for (guint a = 0; a < ERRATA_LANES_WEIGHTS; a++) {
            self->gives[b][a] = a > 0 ? self->weight[a][b] : 0.0;
            self->takes[b][a] = b > 0 ? self->weight[b][a] : 0.0;
        }
}

/**
 * errata_treeshap_rescaled_new:
 * @trees: (transfer none): trees; they must outlive the result
 * @quantity: (transfer none): a probability or loss of them; likewise
 * @number: (array): per feature @n_rows values of the background
 * @n_rows: background rows
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_TOO_FEW_ROWS for none.
 *
 * Returns: (transfer full): the background, or %NULL with @error set
 */
ErrataTreeshapRescaled *
errata_treeshap_rescaled_new(const ErrataTrees *trees,
                             const ErrataQuantity *quantity,
                             const double *const *number,
                             gsize n_rows,
                             GError **error)
{
    g_autofree guint8 *way = g_malloc0(MAX(trees->n_nodes, 1));
    ErrataTreeshapRescaled *self;

    if (n_rows == 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_TOO_FEW_ROWS,
                            "the background has no rows");
        return NULL;
    }
    self = g_new0(ErrataTreeshapRescaled, 1);
    self->trees = trees;
    self->quantity = quantity;
    self->n_rows = n_rows;
    self->way = g_malloc0_n(MAX(trees->n_nodes, 1), rescaled_n_blocks(n_rows));
    self->raw = g_new(double, n_rows * trees->n_groups);
    rescaled_nodes(self);
    rescaled_weights(self);
    for (gsize row = 0; row < n_rows; row++) {
        guint8 *to = self->way + row / ERRATA_LANES * trees->n_nodes;

        rescaled_ways(trees, number, row, way);
        for (guint32 node = 0; node < trees->n_nodes; node++)
            to[node] |= (guint8)(way[node] << row % ERRATA_LANES);
        rescaled_margin(trees, number, row, self->raw + row * trees->n_groups);
    }
    return self;
}

void
errata_treeshap_rescaled_free(ErrataTreeshapRescaled *self)
{
    if (self == NULL)
        return;
    g_free(self->node);
    g_free(self->way);
    g_free(self->raw);
    g_free(self);
}

/**
 * errata_treeshap_rescaled_by_pairs:
 * @self: a background
 *
 * Walks with one background row at a time from now on; for tests.
 */
void
errata_treeshap_rescaled_by_pairs(ErrataTreeshapRescaled *self)
{
    self->by_lanes = FALSE;
}

static void
rescaled_tree(Pair *pair, guint tree, guint n_lanes)
{
    const ErrataTreeshapRescaled *self = pair->self;
    const ErrataTrees *trees = self->trees;
    ErrataLanes lanes = {.node = self->node,
                         .way = pair->way,
                         .others = pair->others,
                         .leaf = trees->leaf_value + pair->value,
                         .leaf_width = trees->leaf_width,
                         .scale = pair->scale,
                         .row_side = pair->side,
                         .other_side = pair->other_side,
                         .gives = self->gives,
                         .takes = self->takes,
                         .phi = pair->phi};

    if (self->by_lanes) {
        errata_treeshap_lanes_walk(&lanes, trees->first[tree], (guint8)((1U << n_lanes) - 1));
        return;
    }
    for (pair->lane = 0; pair->lane < n_lanes; pair->lane++)
        rescaled_walk(pair, trees->first[tree], 0, 0);
}

/* margins of all groups, shared out between a row and each of a block of the background */
static void
rescaled_block(Pair *pair, guint n_lanes, double *ret_margins)
{
    const ErrataTrees *trees = pair->self->trees;
    gsize n_sums = (gsize)trees->n_owners * ERRATA_LANES;

    memset(ret_margins, 0, trees->n_groups * n_sums * sizeof *ret_margins);
    for (guint tree = 0; tree < trees->n_trees; tree++) {
        pair->scale = errata_trees_scale(trees, tree);
        for (guint value = 0; value < trees->leaf_width; value++) {
            guint group = trees->leaf_width > 1 ? value : trees->group[tree];

            pair->value = value;
            pair->phi = ret_margins + group * n_sums;
            rescaled_tree(pair, tree, n_lanes);
        }
    }
}

/* adds one background row's part to the shares of a row */
static void
rescaled_add(const ErrataTreeshapRescaled *self,
             const double *margins,
             const double *raw,
             gsize background,
             double truth,
             double *phi)
{
    const ErrataTrees *trees = self->trees;
    const ErrataQuantity *quantity = self->quantity;
    const double *from = self->raw + background * trees->n_groups;
    gsize width = (gsize)trees->n_owners + 1;
    g_autofree double *slope = g_new(double, trees->n_groups);
    g_autofree double *value = g_new(double, quantity->n_groups);

    errata_quantity_value(quantity, from, truth, value);
    for (guint group = 0; group < quantity->n_groups; group++) {
        double *to = phi + group * width;

        errata_quantity_slope(quantity, raw, from, truth, group, slope);
        for (guint g = 0; g < trees->n_groups; g++)
            for (guint f = 0; f < trees->n_owners && fabs(slope[g]) > 0.0; f++)
                to[f] += slope[g] * margins[((gsize)g * trees->n_owners + f) * ERRATA_LANES] /
                         (double)self->n_rows;
        to[trees->n_owners] += value[group] / (double)self->n_rows;
    }
}

/* how far shares and bias miss the quantity */
static double
rescaled_gap(const ErrataTreeshapRescaled *self, const double *raw, double truth, const double *phi)
{
    gsize width = (gsize)self->trees->n_owners + 1;
    g_autofree double *value = g_new(double, self->quantity->n_groups);
    double gap = 0.0;

    errata_quantity_value(self->quantity, raw, truth, value);
    for (guint group = 0; group < self->quantity->n_groups; group++) {
        double sum = 0.0;

        for (gsize f = 0; f < width; f++)
            sum += phi[group * width + f];
        gap = fmax(gap, fabs(sum - value[group]) / fmax(1.0, fabs(value[group])));
    }
    return gap;
}

/**
 * errata_treeshap_rescaled_rows:
 * @self: a background
 * @number: (array): per feature @n_rows values; NaN where missing
 * @n_rows: rows
 * @truth: (array length=n_rows) (nullable): labels, for losses; rows without one get NaN
 * @ret_phi: (out caller-allocates): per row and number of the quantity the share of each feature,
 *   then the mean over the background
 *
 * Rescaled interventional Shapley values, O(rows × background rows × leaves met).
 *
 * Returns: the largest |bias + Σ phi − quantity| / max(1, |quantity|)
 */
double
errata_treeshap_rescaled_rows(const ErrataTreeshapRescaled *self,
                              const double *const *number,
                              gsize n_rows,
                              const double *truth,
                              double *ret_phi)
{
    const ErrataTrees *trees = self->trees;
    gsize n_row = (gsize)self->quantity->n_groups * (trees->n_owners + 1);
    g_autofree guint8 *way = g_malloc0(MAX(trees->n_nodes, 1));
    g_autofree guint8 *side = g_malloc0(MAX(trees->n_owners, 1));
    g_autofree double *raw = g_new(double, trees->n_groups);
    g_autofree double *value = g_new(double, self->quantity->n_groups);
    g_autofree guint8 *other_side = g_malloc0(MAX(trees->n_owners, 1));
    g_autofree double *margins =
        g_new(double, (gsize)trees->n_groups *MAX(trees->n_owners, 1) * ERRATA_LANES);
    Pair pair = {.self = self, .way = way, .side = side, .other_side = other_side};
    double gap = 0.0;

    for (gsize row = 0; row < n_rows; row++) {
        double *phi = ret_phi + row * n_row;
        double label = truth != NULL ? truth[row] : (double)NAN;
        gboolean known;

        rescaled_margin(trees, number, row, raw);
        errata_quantity_value(self->quantity, raw, label, value);
        known = !isnan(value[0]);
        for (gsize i = 0; i < n_row; i++)
            phi[i] = known ? 0.0 : (double)NAN;
        if (!known)
            continue;
        rescaled_ways(trees, number, row, way);
        for (gsize r = 0; r < self->n_rows; r += ERRATA_LANES) {
            guint n_lanes = (guint)MIN(ERRATA_LANES, self->n_rows - r);

            pair.others = self->way + r / ERRATA_LANES * trees->n_nodes;
            rescaled_block(&pair, n_lanes, margins);
            for (guint lane = 0; lane < n_lanes; lane++)
                rescaled_add(self, margins + lane, raw, r + lane, label, phi);
        }
        gap = fmax(gap, rescaled_gap(self, raw, label, phi));
    }
    return gap;
}
