/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interventional Shapley values of trees, against given background rows. For a leaf, a row x and a
 * background row r, let A be the features of its path that x takes and r does not, R those that r
 * takes and x does not; a feature that neither takes makes the leaf unreachable. Then with a = |A|,
 * b = |R| each of A gets v (a−1)! b! / (a+b)!, each of R loses v a! (b−1)! / (a+b)!. Both sides are
 * reduced to patterns: which of the path's features a row takes. Background rows are counted by
 * pattern per leaf, and the shares of a pattern of x are worked out once, so that the cost hardly
 * depends on how many background rows there are. Sources: Lundberg et al. 2020; the grouping after
 * Nadel and Wettenstein 2025 (WOODELF). */
#include "treeshap-background.h"

#include <math.h>
#include <string.h>

#include "error.h"

#define BACKGROUND_PATH  64 /* features on one path */
#define BACKGROUND_INDEX 12 /* up to so many, patterns are found by index */

struct _ErrataTreeshapBackground {
    const ErrataTrees *trees;
    gsize n_rows;
    double *x; /* n_features × n_rows */
    double *bias;
    double weight[BACKGROUND_PATH + 1][BACKGROUND_PATH + 1]; /* (a − 1)! b! / (a + b)! */
};

/* rows of one side, with the pattern of each per level of the walk */
typedef struct {
    const double *x;
    gsize n;
    GPtrArray *level; /* of guint64 arrays */
} Side;

/* distinct patterns of the background at a leaf */
typedef struct {
    guint64 pattern;
    double n;
} Count;

typedef struct {
    const ErrataTreeshapBackground *self;
    Side rows;
    Side background;
    guint path[BACKGROUND_PATH];
    guint n_path;
    guint *place; /* per owner: its place on the path + 1; 0 when it is not there */
    guint group;
    guint value;
    double scale;
    double *phi;   /* rows × groups × (owners + 1) */
    GArray *count; /* of Count */
    guint32 *slot; /* by pattern: 1 + index of its shares in @share; 0 for none yet */
    GArray *share; /* of double, n_path a pattern */
    gboolean is_pairs;
} Walk;

static guint64 *
side_level(Side *self, guint depth)
{
    while (self->level->len <= depth)
        g_ptr_array_add(self->level, g_new0(guint64, MAX(self->n, 1)));
    return g_ptr_array_index(self->level, depth);
}

/* patterns below one edge: bit @place stays where the row takes it, and is set when it is new */
static void
side_descend(Side *self,
             const ErrataTrees *trees,
             guint32 node,
             guint depth,
             gboolean left,
             guint place,
             gboolean fresh)
{
    const guint64 *from = side_level(self, depth);
    guint64 *to = side_level(self, depth + 1);
    const double *x = self->x + (gsize)trees->feature[node] * self->n;
    guint64 bit = (guint64)1 << place;

    from = side_level(self, depth);
    for (gsize i = 0; i < self->n; i++) {
        gboolean takes = errata_trees_goes_left(trees, node, x[i]) == left;

        to[i] = takes ? (fresh ? from[i] | bit : from[i]) : from[i] & ~bit;
    }
}

static int
count_compare(const void *a, const void *b)
{
    guint64 x = *(const guint64 *)a;
    guint64 y = *(const guint64 *)b;

    return (x > y) - (x < y);
}

static void
walk_count(Walk *self, guint depth)
{
    const guint64 *pattern = side_level(&self->background, depth);
    gsize n = self->background.n;

    g_array_set_size(self->count, 0);
    if (self->n_path <= BACKGROUND_INDEX) {
        for (gsize i = 0; i < n; i++)
            self->slot[pattern[i]]++;
        for (guint64 p = 0; p < (guint64)1 << self->n_path; p++) {
            Count count = {p, (double)self->slot[p]};

            if (self->slot[p] > 0)
                g_array_append_val(self->count, count);
            self->slot[p] = 0;
        }
        return;
    }
    g_autofree guint64 *sorted = g_memdup2(pattern, n * sizeof *sorted);

    qsort(sorted, n, sizeof *sorted, count_compare);
    for (gsize i = 0; i < n; i++) {
        Count count = {sorted[i], 1.0};

        if (i > 0 && sorted[i] == sorted[i - 1])
            g_array_index(self->count, Count, self->count->len - 1).n += 1.0;
        else
            g_array_append_val(self->count, count);
    }
}

/* adds the shares of the path's features in a leaf of value @leaf for rows of pattern @x; all
 * patterns with the bits @flip the other way; FALSE when all are 0 */
static gboolean
walk_shares(const Walk *self, guint64 x, guint64 flip, double leaf, double *share)
{
    guint64 full = self->n_path == 64 ? G_MAXUINT64 : ((guint64)1 << self->n_path) - 1;
    guint64 needed = full & ~(x ^= flip);
    guint n_needed = (guint)__builtin_popcountll(needed);
    double scale = leaf / (double)self->background.n;
    double loss = 0.0;
    gboolean any = FALSE;

    for (guint i = 0; i < self->count->len; i++) {
        const Count *count = &g_array_index(self->count, Count, i);
        guint64 pattern = count->pattern ^ flip;
        guint64 gain = x & ~pattern;
        guint n_gain = (guint)__builtin_popcountll(gain);
        double each;

        if ((pattern & needed) != needed || n_gain + n_needed == 0)
            continue;
        any = TRUE;
        if (n_needed > 0)
            loss += count->n * self->self->weight[n_needed][n_gain];
        each = n_gain > 0 ? count->n * scale * self->self->weight[n_gain][n_needed] : 0.0;
        for (; gain != 0; gain &= gain - 1)
            share[__builtin_ctzll(gain)] += each;
    }
    for (; needed != 0; needed &= needed - 1)
        share[__builtin_ctzll(needed)] -= loss * scale;
    return any;
}

/* where the share of two places on the path stands: those below the diagonal, row by row */
static guint
walk_pair_at(guint i, guint j)
{
    return i > j ? i * (i - 1) / 2 + j : j * (j - 1) / 2 + i;
}

/* adds @each to the shares of all pairs of one of @some and one of @others, which do not overlap or
 * are the same */
static void
walk_pair_up(guint64 some, guint64 others, double each, double *share)
{
    gboolean same = some == others;

    for (; some != 0; some &= some - 1) {
        guint i = (guint)__builtin_ctzll(some);

        for (guint64 left = same ? some & (some - 1) : others; left != 0; left &= left - 1)
            share[walk_pair_at(i, (guint)__builtin_ctzll(left))] += each;
    }
}

/* as walk_shares(), for pairs: two of A share ½ v (a−2)! b! / (a+b−1)!, two of R ½ v a! (b−2)! /
 * (a+b−1)!, one of each loses ½ v (a−1)! (b−1)! / (a+b−1)! */
static gboolean
walk_pair_shares(const Walk *self, guint64 x, guint64 flip, double leaf, double *share)
{
    guint64 full = self->n_path == 64 ? G_MAXUINT64 : ((guint64)1 << self->n_path) - 1;
    guint64 needed = full & ~(x ^= flip);
    guint b = (guint)__builtin_popcountll(needed);
    double scale = 0.5 * leaf / (double)self->background.n;
    double both = 0.0;
    gboolean any = FALSE;

    for (guint i = 0; i < self->count->len; i++) {
        const Count *count = &g_array_index(self->count, Count, i);
        guint64 pattern = count->pattern ^ flip;
        guint64 gain = x & ~pattern;
        guint a = (guint)__builtin_popcountll(gain);
        double each = count->n * scale;

        if ((pattern & needed) != needed || a + b < 2)
            continue;
        any = TRUE;
        if (a >= 2)
            walk_pair_up(gain, gain, each * self->self->weight[a - 1][b], share);
        if (b >= 2)
            both += each * self->self->weight[b - 1][a];
        if (a >= 1 && b >= 1) /* (a−1)! (b−1)! / (a+b−1)! */
            walk_pair_up(gain, needed, -each * self->self->weight[a][b - 1], share);
    }
    walk_pair_up(needed, needed, both, share);
    return any;
}

/* numbers that a pattern has at a leaf */
static guint
walk_n_shares(const Walk *self)
{
    return self->is_pairs ? self->n_path * (MAX(self->n_path, 1) - 1) / 2 : self->n_path;
}

static void
walk_add_pairs(Walk *self, gsize row, const double *share)
{
    const ErrataTrees *trees = self->self->trees;
    gsize width = (gsize)trees->n_owners + 1;
    double *to = self->phi + (row * trees->n_groups + self->group) * width * width;

    for (guint i = 1; i < self->n_path; i++)
        for (guint j = 0; j < i; j++) {
            double value = share[walk_pair_at(i, j)];

            to[self->path[i] * width + self->path[j]] += value;
            to[self->path[j] * width + self->path[i]] += value;
        }
}

static void
walk_add(Walk *self, gsize row, const double *share)
{
    const ErrataTrees *trees = self->self->trees;
    double *to = self->phi + (row * trees->n_groups + self->group) * (trees->n_owners + 1);

    if (self->is_pairs) {
        walk_add_pairs(self, row, share);
        return;
    }
    for (guint i = 0; i < self->n_path; i++)
        to[self->path[i]] += share[i];
}

static double
walk_value(const Walk *self, guint32 leaf)
{
    const ErrataTrees *trees = self->self->trees;

    return self->scale *
           trees->leaf_value[(gsize)trees->feature[leaf] * trees->leaf_width + self->value];
}

/* shares of a pattern at a leaf, or at two leaves under one test of a feature that is new: these
 * have the same features, and what takes the one way does not take the other */
static gboolean
walk_pattern(const Walk *self, guint64 x, guint32 leaf, guint32 other, double *ret_share)
{
    gboolean (*shares)(const Walk *walk, guint64 x, guint64 flip, double leaf, double *share) =
        self->is_pairs ? walk_pair_shares : walk_shares;
    gboolean any;

    memset(ret_share, 0, walk_n_shares(self) * sizeof *ret_share);
    any = shares(self, x, 0, walk_value(self, leaf), ret_share);
    if (other != 0)
        any |=
            shares(self, x, (guint64)1 << (self->n_path - 1), walk_value(self, other), ret_share);
    return any;
}

/* @other: (nullable as 0): the leaf on the other side of the last test */
static void
walk_leaf(Walk *self, guint32 leaf, guint32 other, guint depth)
{
    const guint64 *pattern = side_level(&self->rows, depth);
    double share[BACKGROUND_PATH * (BACKGROUND_PATH - 1) / 2];
    guint n_shares = walk_n_shares(self);
    gboolean indexed = self->n_path <= BACKGROUND_INDEX;

    walk_count(self, depth);
    g_array_set_size(self->share, 0);
    for (gsize row = 0; row < self->rows.n; row++) {
        guint32 slot = indexed ? self->slot[pattern[row]] : 0;

        if (slot == 0) {
            gboolean any = walk_pattern(self, pattern[row], leaf, other, share);

            slot = any ? self->share->len / MAX(n_shares, 1) + 1 : G_MAXUINT32;
            if (indexed)
                self->slot[pattern[row]] = slot;
            if (indexed && any)
                g_array_append_vals(self->share, share, n_shares);
            if (any)
                walk_add(self, row, share);
        } else if (slot != G_MAXUINT32) {
            walk_add(self, row, &g_array_index(self->share, double, (gsize)(slot - 1) * n_shares));
        }
    }
    if (indexed)
        memset(self->slot, 0, ((gsize)1 << self->n_path) * sizeof *self->slot);
}

static gboolean walk_node(Walk *self, guint32 node, guint depth, GError **error);

static gboolean
walk_sides(Walk *self, guint32 node, guint depth, gboolean fresh, GError **error)
{
    const ErrataTrees *trees = self->self->trees;
    guint32 child[2] = {node + 1, trees->right[node]};
    guint place = self->place[errata_trees_owner(trees, trees->feature[node])] - 1;
    gboolean twig = fresh && (trees->flags[child[0]] & ERRATA_NODE_LEAF) != 0 &&
                    (trees->flags[child[1]] & ERRATA_NODE_LEAF) != 0;

    for (guint side = 0; side < 2; side++) {
        side_descend(&self->rows, trees, node, depth, side == 0, place, fresh);
        side_descend(&self->background, trees, node, depth, side == 0, place, fresh);
        if (twig) {
            walk_leaf(self, child[0], child[1], depth + 1);
            return TRUE;
        }
        if (!walk_node(self, child[side], depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
walk_node(Walk *self, guint32 node, guint depth, GError **error)
{
    const ErrataTrees *trees = self->self->trees;
    guint owner;
    gboolean fresh;
    gboolean ok;

    if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0) {
        walk_leaf(self, node, 0, depth);
        return TRUE;
    }
    owner = errata_trees_owner(trees, trees->feature[node]);
    fresh = self->place[owner] == 0;
    if (fresh && self->n_path == BACKGROUND_PATH) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "a path of a tree tests more than %d features, which is more than attribution "
                    "against background rows can take; leave --background out",
                    BACKGROUND_PATH);
        return FALSE;
    }
    if (fresh) {
        self->path[self->n_path++] = owner;
        self->place[owner] = self->n_path;
    }
    ok = walk_sides(self, node, depth, fresh, error);
    if (fresh) {
        self->place[owner] = 0;
        self->n_path--;
    }
    return ok;
}

static double *
background_load(const ErrataTrees *trees, const double *const *number, gsize n_rows)
{
    double *x = g_new(double, MAX((gsize)trees->n_features * n_rows, 1));

    for (guint f = 0; f < trees->n_features; f++)
        for (gsize i = 0; i < n_rows; i++)
            x[f * n_rows + i] = trees->cast_float ? (double)(float)number[f][i] : number[f][i];
    return x;
}

/* (a − 1)! b! / (a + b)! = 1 / (a C(a + b, a)) */
static void
background_weights(ErrataTreeshapBackground *self)
{
    for (guint a = 1; a <= BACKGROUND_PATH; a++) {
        double choose = 1.0;

        for (guint b = 0; b <= BACKGROUND_PATH; b++) {
            self->weight[a][b] = 1.0 / (a * choose);
            choose *= (double)(a + b + 1) / (b + 1);
        }
    }
}

/**
 * errata_treeshap_background_new:
 * @trees: (transfer none): trees; they must outlive the result
 * @number: (array): per feature @n_rows values of the background
 * @n_rows: background rows
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_TOO_FEW_ROWS for none.
 *
 * Returns: (transfer full): the background, or %NULL with @error set
 */
ErrataTreeshapBackground *
errata_treeshap_background_new(const ErrataTrees *trees,
                               const double *const *number,
                               gsize n_rows,
                               GError **error)
{
    ErrataTreeshapBackground *self;
    g_autofree double *row = g_new(double, MAX(trees->n_features, 1));
    g_autofree double *margin = g_new(double, trees->n_groups);

    if (n_rows == 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_TOO_FEW_ROWS,
                            "the background has no rows");
        return NULL;
    }
    self = g_new0(ErrataTreeshapBackground, 1);
    self->trees = trees;
    self->n_rows = n_rows;
    self->x = background_load(trees, number, n_rows);
    self->bias = g_new0(double, trees->n_groups);
    background_weights(self);
    for (gsize i = 0; i < n_rows; i++) {
        for (guint f = 0; f < trees->n_features; f++)
            row[f] = number[f][i];
        errata_trees_exact_margin(trees, row, margin);
        for (guint g = 0; g < trees->n_groups; g++)
            self->bias[g] += margin[g] / (double)n_rows;
    }
    return self;
}

void
errata_treeshap_background_free(ErrataTreeshapBackground *self)
{
    if (self == NULL)
        return;
    g_free(self->x);
    g_free(self->bias);
    g_free(self);
}

static gboolean
background_walk(Walk *walk, GError **error)
{
    const ErrataTrees *trees = walk->self->trees;

    for (guint tree = 0; tree < trees->n_trees; tree++)
        for (guint value = 0; value < trees->leaf_width; value++) {
            walk->group = trees->leaf_width > 1 ? value : trees->group[tree];
            walk->value = value;
            walk->scale = errata_trees_scale(trees, tree);
            memset(side_level(&walk->rows, 0), 0, walk->rows.n * sizeof(guint64));
            memset(side_level(&walk->background, 0), 0, walk->background.n * sizeof(guint64));
            if (!walk_node(walk, trees->first[tree], 0, error))
                return FALSE;
        }
    return TRUE;
}

/* shares of rows, or of their pairs, added to @phi */
static gboolean
background_add(const ErrataTreeshapBackground *self,
               const double *const *number,
               gsize n_rows,
               gboolean is_pairs,
               double *phi,
               GError **error)
{
    const ErrataTrees *trees = self->trees;
    g_autofree double *x = background_load(trees, number, n_rows);
    g_autofree guint *place = g_new0(guint, MAX(trees->n_owners, 1));
    g_autofree guint32 *slot = g_new0(guint32, 1U << BACKGROUND_INDEX);
    g_autoptr(GPtrArray) levels = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) background_levels = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) count = g_array_new(FALSE, FALSE, sizeof(Count));
    g_autoptr(GArray) share = g_array_new(FALSE, FALSE, sizeof(double));
    Walk walk = {.self = self,
                 .rows = {x, n_rows, levels},
                 .background = {self->x, self->n_rows, background_levels},
                 .place = place,
                 .slot = slot,
                 .phi = phi,
                 .count = count,
                 .share = share,
                 .is_pairs = is_pairs};

    return background_walk(&walk, error);
}

/**
 * errata_treeshap_background_rows:
 * @self: a background
 * @number: (array): per feature @n_rows values; NaN where missing
 * @n_rows: rows; several thousand at a time are best
 * @ret_phi: (out caller-allocates): as errata_treeshap_rows(); the bias is the background's mean
 *   margin
 * @error: return location for a #GError
 *
 * Exact interventional Shapley values of the margin; O((rows + background rows) × nodes).
 *
 * Errors: %ERRATA_ERROR_LIMIT for a path of more than 64 features.
 *
 * Returns: whether it was done
 */
gboolean
errata_treeshap_background_rows(const ErrataTreeshapBackground *self,
                                const double *const *number,
                                gsize n_rows,
                                double *ret_phi,
                                GError **error)
{
    const ErrataTrees *trees = self->trees;
    gsize width = (gsize)trees->n_owners + 1;

    memset(ret_phi, 0, n_rows * trees->n_groups * width * sizeof *ret_phi);
    for (gsize i = 0; i < n_rows; i++)
        for (guint g = 0; g < trees->n_groups; g++)
            ret_phi[(i * trees->n_groups + g) * width + trees->n_owners] = self->bias[g];
    return background_add(self, number, n_rows, FALSE, ret_phi, error);
}

/**
 * errata_treeshap_background_interactions:
 * @self: a background
 * @number: (array): per feature @n_rows values; NaN where missing
 * @n_rows: rows; some hundred at a time are best
 * @ret_phi: (out caller-allocates): as errata_treeshap_interactions(); the bias is the background's
 *   mean margin
 * @error: return location for a #GError
 *
 * Exact interventional Shapley interaction values of the margin, halved between both orders of a
 * pair; what is left of a feature's share stands on the diagonal. O((rows + background rows) ×
 * nodes) and the pairs of each pattern at each leaf. Source: Lundberg et al. 2020, eq. 8, for the
 * game of one leaf.
 *
 * Errors: %ERRATA_ERROR_LIMIT for a path of more than 64 features.
 *
 * Returns: whether it was done
 */
gboolean
errata_treeshap_background_interactions(const ErrataTreeshapBackground *self,
                                        const double *const *number,
                                        gsize n_rows,
                                        double *ret_phi,
                                        GError **error)
{
    const ErrataTrees *trees = self->trees;
    gsize width = (gsize)trees->n_owners + 1;
    gsize n_own = n_rows * trees->n_groups;
    g_autofree double *own = g_new(double, MAX(n_own * width, 1));

    memset(ret_phi, 0, n_own * width * width * sizeof *ret_phi);
    if (!errata_treeshap_background_rows(self, number, n_rows, own, error) ||
        !background_add(self, number, n_rows, TRUE, ret_phi, error))
        return FALSE;
    for (gsize at = 0; at < n_own * width; at++) {
        double *to = ret_phi + at * width;
        gsize i = at % width;
        double rest = 0.0;

        for (gsize j = 0; j < width; j++)
            rest += to[j];
        to[i] = own[at] - rest;
    }
    return TRUE;
}
