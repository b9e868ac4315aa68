/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapley interaction values of trees, path-dependent. With the notation of treeshap-plan.c,
 *
 *   phi_ij = ½ Σ_leaves v (O_i − Z_i) (O_j − Z_j) ∫₀¹ Π_{k≠i,j} (Z_k (1−t) + O_k t) dt,   i ≠ j,
 *
 * and phi_ii = phi_i − Σ_j phi_ij, as Lundberg et al. 2020 define them and XGBoost stores them.
 * Every pair of every path is visited once, whatever the number of features. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "treeshap-private.h"

#define PAIR_LANES 8

typedef struct {
    const ErrataTrees *trees;
    const double *x; /* n_features × lanes */
    guint k;
    const double *t;
    const double *w;
    guint *path; /* owners met, in order */
    guint n_path;
    double *z;   /* per owner, while on the path */
    guint32 *on; /* per owner: lanes that went every way */
    double scale;
    guint value;
    double *room; /* n_path × lanes of factors, then lanes of a product */
    double *phi;  /* n_owners × n_owners × lanes: i on the path before j */
} Pairs;

/* factors of the path's features at one quadrature node; their product, weighted, in front */
static void
pairs_factors(Pairs *self, double value, guint k)
{
    double *product = self->room;
    double t = self->t[k];

    for (guint lane = 0; lane < PAIR_LANES; lane++)
        product[lane] = 0.5 * value * self->w[k];
    for (guint p = 0; p < self->n_path; p++) {
        guint feature = self->path[p];
        double z = self->z[feature];
        double *factor = self->room + (gsize)(p + 1) * PAIR_LANES;

        for (guint lane = 0; lane < PAIR_LANES; lane++) {
            gboolean on = (self->on[feature] >> lane & 1) != 0;

            product[lane] *= z * (1.0 - t) + (on ? t : 0.0);
            factor[lane] = on ? (1.0 - z) / (z * (1.0 - t) + t) : -1.0 / (1.0 - t);
        }
    }
}

static void
pairs_leaf(Pairs *self, guint32 node)
{
    gsize at = (gsize)self->trees->feature[node] * self->trees->leaf_width + self->value;
    double value = self->scale * self->trees->leaf_value[at];

    if (self->n_path < 2)
        return;
    for (guint k = 0; k < self->k; k++) {
        pairs_factors(self, value, k);
        for (guint i = 0; i + 1 < self->n_path; i++) {
            const double *a = self->room + (gsize)(i + 1) * PAIR_LANES;
            double left[PAIR_LANES];

            for (guint lane = 0; lane < PAIR_LANES; lane++)
                left[lane] = self->room[lane] * a[lane];
            for (guint j = i + 1; j < self->n_path; j++) {
                const double *b = self->room + (gsize)(j + 1) * PAIR_LANES;
                double *to = self->phi +
                             ((gsize)self->path[i] * self->trees->n_owners + self->path[j]) *
                                 PAIR_LANES;

                for (guint lane = 0; lane < PAIR_LANES; lane++)
                    to[lane] += left[lane] * b[lane];
            }
        }
    }
}

static void
pairs_walk(Pairs *self, guint32 node)
{
    const ErrataTrees *trees = self->trees;
    guint owner;
    guint32 left;

    if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0) {
        pairs_leaf(self, node);
        return;
    }
    owner = errata_trees_owner(trees, trees->feature[node]);
    left =
        shap_test_slow(trees, node, self->x + (gsize)trees->feature[node] * PAIR_LANES, PAIR_LANES);
    for (guint side = 0; side < 2; side++) {
        guint32 child = side == 0 ? node + 1 : trees->right[node];
        gboolean fresh = self->z[owner] < 0.0;
        double before = fresh ? 1.0 : self->z[owner];
        guint32 on = fresh ? ~0U : self->on[owner];

        if (fresh)
            self->path[self->n_path++] = owner;
        self->z[owner] = before * (trees->cover[child] / trees->cover[node]);
        self->on[owner] = on & (side == 0 ? left : ~left);
        pairs_walk(self, child);
        self->z[owner] = fresh ? -1.0 : before;
        self->on[owner] = on;
        self->n_path -= fresh ? 1 : 0;
    }
}

/* both orders of each pair into one, and the diagonal from the features' own shares */
static void
pairs_store(const Pairs *self, guint lane, const double *own, double bias, double *to)
{
    guint n = self->trees->n_owners;

    memset(to, 0, ((gsize)n + 1) * (n + 1) * sizeof *to);
    for (guint i = 0; i < n; i++)
        for (guint j = i + 1; j < n; j++) {
            double value = self->phi[((gsize)i * n + j) * PAIR_LANES + lane] +
                           self->phi[((gsize)j * n + i) * PAIR_LANES + lane];

            to[(gsize)i * (n + 1) + j] = value;
            to[(gsize)j * (n + 1) + i] = value;
        }
    for (guint i = 0; i < n; i++) {
        double rest = 0.0;

        for (guint j = 0; j < n; j++)
            rest += to[(gsize)i * (n + 1) + j];
        to[(gsize)i * (n + 1) + i] = own[i] - rest;
    }
    to[(gsize)n * (n + 1) + n] = bias;
}

static void
pairs_group(Pairs *self, const ErrataTreeshap *shap, guint group)
{
    const ErrataTrees *trees = self->trees;

    for (guint tree = 0; tree < trees->n_trees; tree++) {
        if (trees->leaf_width == 1 && trees->group[tree] != group)
            continue;
        self->value = trees->leaf_width > 1 ? group : 0;
        self->scale = errata_trees_scale(trees, tree);
        pairs_walk(self, trees->first[tree]);
    }
}

static double *
pairs_load(const ErrataTrees *trees, const double *const *number, gsize begin, gsize n)
{
    double *x = g_new(double, MAX((gsize)trees->n_features * PAIR_LANES, 1));

    for (guint f = 0; f < trees->n_features; f++)
        for (gsize lane = 0; lane < PAIR_LANES; lane++) {
            double value = number[f][begin + MIN(lane, n - 1)];

            x[f * PAIR_LANES + lane] = trees->cast_float ? (double)(float)value : value;
        }
    return x;
}

static void
pairs_block(Pairs *self,
            const ErrataTreeshap *shap,
            gsize begin,
            gsize n,
            const double *own,
            double *ret_phi)
{
    const ErrataTrees *trees = self->trees;
    gsize width = (gsize)trees->n_owners + 1;
    gsize n_phi = (gsize)trees->n_owners * trees->n_owners * PAIR_LANES;

    for (guint group = 0; group < trees->n_groups; group++) {
        memset(self->phi, 0, n_phi * sizeof *self->phi);
        pairs_group(self, shap, group);
        for (gsize lane = 0; lane < n; lane++) {
            gsize at = (begin + lane) * trees->n_groups + group;

            pairs_store(self,
                        (guint)lane,
                        own + at * width,
                        shap->bias[group],
                        ret_phi + at * width * width);
        }
    }
}

/**
 * errata_treeshap_interactions:
 * @self: prepared trees
 * @number: (array): per feature @n_rows values; NaN where missing
 * @n_rows: rows
 * @ret_phi: (out caller-allocates): per row and group a symmetric matrix of n_features + 1 rows and
 *   columns: off the diagonal half of a pair's interaction, on it the rest of the feature's share,
 *   in the last place the bias
 * @error: return location for a #GError
 *
 * Exact, in O(rows × leaves × features of a path squared × depth / 2).
 *
 * Errors: %ERRATA_ERROR_LIMIT over 2,000 features.
 *
 * Returns: whether it was done
 */
gboolean
errata_treeshap_interactions(const ErrataTreeshap *self,
                             const double *const *number,
                             gsize n_rows,
                             double *ret_phi,
                             GError **error)
{
    const ErrataTrees *trees = self->trees;
    guint k = MAX(self->max_k, 1);
    g_autofree double *t = g_new(double, k);
    g_autofree double *w = g_new(double, k);
    g_autofree guint *path = g_new(guint, MAX(trees->n_owners, 1));
    g_autofree double *z = g_new(double, MAX(trees->n_owners, 1));
    g_autofree guint32 *on = g_new0(guint32, MAX(trees->n_owners, 1));
    g_autofree double *room = g_new(double, (2 * (gsize)k + 2) * PAIR_LANES);
    g_autofree double *own = NULL;
    g_autofree double *phi = NULL;
    Pairs pairs = {.trees = trees, .k = k, .t = t, .w = w, .path = path, .z = z, .on = on};

    if (trees->n_owners > ERRATA_TREESHAP_PAIR_FEATURES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "interactions of %u features are too many; at most %d are shared out",
                    trees->n_owners,
                    ERRATA_TREESHAP_PAIR_FEATURES);
        return FALSE;
    }
    own = g_new(double, n_rows * trees->n_groups * ((gsize)trees->n_owners + 1));
    phi = g_new(double, MAX((gsize)trees->n_owners * trees->n_owners * PAIR_LANES, 1));
    errata_treeshap_rows(self, number, n_rows, own);
    shap_quadrature(k, t, w);
    for (guint f = 0; f < trees->n_owners; f++)
        z[f] = -1.0;
    pairs.room = room;
    pairs.phi = phi;
    for (gsize begin = 0; begin < n_rows; begin += PAIR_LANES) {
        gsize n = MIN(PAIR_LANES, n_rows - begin);
        g_autofree double *x = pairs_load(trees, number, begin, n);

        pairs.x = x;
        pairs_block(&pairs, self, begin, n, own, ret_phi);
    }
    return TRUE;
}
