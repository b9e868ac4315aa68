/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact attribution of tree ensembles: blocks of rows through all trees, by the best instructions
 * that the processor has, and the check that what was attributed adds up to the margin. */
#include "treeshap.h"

#include <math.h>
#include <string.h>

#include "treeshap-private.h"

#define GAP_ROWS 128 /* whose margins are computed at once */

typedef struct {
    gsize (*lanes)(void);
    void (*tree)(ShapBlock *block);
} ShapKernel;

static const ShapKernel kernels[] = {
    [ERRATA_TREESHAP_BASELINE] = {shap_base_lanes, shap_base_tree},
#ifdef __x86_64__
    [ERRATA_TREESHAP_AVX2] = {shap_avx2_lanes, shap_avx2_tree},
    [ERRATA_TREESHAP_AVX512] = {shap_avx512_lanes, shap_avx512_tree},
#endif
};

/**
 * errata_treeshap_has_path:
 * @path: a set of instructions
 *
 * Returns: whether this processor and build have it
 */
gboolean
errata_treeshap_has_path(ErrataTreeshapPath path)
{
    switch (path) {
    case ERRATA_TREESHAP_AUTO:
    case ERRATA_TREESHAP_BASELINE:
        return TRUE;
    case ERRATA_TREESHAP_AVX2:
#ifdef __x86_64__
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
        return FALSE;
#endif
    case ERRATA_TREESHAP_AVX512:
#ifdef __x86_64__
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
#else
        return FALSE;
#endif
    }
    return FALSE;
}

/**
 * errata_treeshap_set_path:
 * @self: prepared trees
 * @path: instructions that errata_treeshap_has_path() has; for tests and measurements
 */
void
errata_treeshap_set_path(ErrataTreeshap *self, ErrataTreeshapPath path)
{
    self->path = path;
    if (path == ERRATA_TREESHAP_AUTO)
        self->path = errata_treeshap_has_path(ERRATA_TREESHAP_AVX512) ? ERRATA_TREESHAP_AVX512
                     : errata_treeshap_has_path(ERRATA_TREESHAP_AVX2) ? ERRATA_TREESHAP_AVX2
                                                                      : ERRATA_TREESHAP_BASELINE;
}

/* tests other than `<` with NaN missing, row by row */
guint32
shap_test_slow(const ErrataTrees *trees, guint32 node, const double *x, guint lanes)
{
    guint32 left = 0;

    for (guint i = 0; i < lanes; i++)
        left |= (guint32)(errata_trees_goes_left(trees, node, x[i]) ? 1 : 0) << i;
    return left;
}

static gpointer
shap_aligned(gsize n_doubles)
{
    return g_aligned_alloc0(MAX(n_doubles, 1), sizeof(double), 64);
}

static void
shap_load(const ErrataTrees *trees,
          const double *const *number,
          gsize begin,
          gsize n,
          gsize lanes,
          double *x)
{
    for (guint f = 0; f < trees->n_features; f++)
        for (gsize i = 0; i < lanes; i++) {
            double value = number[f][begin + MIN(i, n - 1)];

            x[f * lanes + i] = trees->cast_float ? (double)(float)value : value;
        }
}

static void
shap_store(const ErrataTreeshap *self,
           const double *phi,
           guint group,
           gsize begin,
           gsize n,
           gsize lanes,
           double *ret_phi)
{
    gsize width = (gsize)self->trees->n_owners + 1;

    for (gsize i = 0; i < n; i++) {
        double *to = ret_phi + ((begin + i) * self->trees->n_groups + group) * width;

        for (guint f = 0; f < self->trees->n_owners; f++)
            to[f] = phi[f * lanes + i];
        to[self->trees->n_owners] = self->bias[group];
    }
}

/**
 * errata_treeshap_rows:
 * @self: prepared trees
 * @number: (array): per feature @n_rows values; NaN where missing
 * @n_rows: rows
 * @ret_phi: (out caller-allocates): per row and group the share of each owner of features, then the
 *   bias: n_rows × n_groups × (n_owners + 1) numbers
 *
 * Exact Shapley values of the margin under the path-dependent distribution, in double precision;
 * O(rows × nodes × depth / 2). What it gives does not depend on the instructions used, to about
 * 1e-15 of the largest term, nor on how rows are cut into calls.
 */
void
errata_treeshap_rows(const ErrataTreeshap *self,
                     const double *const *number,
                     gsize n_rows,
                     double *ret_phi)
{
    const ErrataTrees *trees = self->trees;
    const ShapKernel *kernel = &kernels[self->path];
    gsize lanes = kernel->lanes();
    gsize n_x = (gsize)trees->n_features * lanes;
    ShapBlock block = {.trees = trees};
    gsize n_own = (gsize)trees->n_owners * lanes;
    gsize n_phi = n_own * trees->n_groups;
    double *phi = shap_aligned(n_phi);

    block.x = shap_aligned(n_x);
    block.on = g_new0(guint32, MAX(trees->n_owners, 1));
    block.room = shap_aligned(2 * ((gsize)self->max_depth + 2) * self->max_k * lanes);
    for (gsize begin = 0; begin < n_rows; begin += lanes) {
        gsize n = MIN(lanes, n_rows - begin);

        shap_load(trees, number, begin, n, lanes, block.x);
        memset(phi, 0, n_phi * sizeof *phi);
        for (guint i = 0; i < self->n_trees; i++) {
            block.tree = &self->tree[i];
            block.phi = phi + n_own * block.tree->group;
            kernel->tree(&block);
        }
        for (guint g = 0; g < trees->n_groups; g++)
            shap_store(self, phi + n_own * g, g, begin, n, lanes, ret_phi);
    }
    g_aligned_free(phi);
    g_aligned_free(block.x);
    g_aligned_free(block.room);
    g_free(block.on);
}

/**
 * errata_treeshap_gap:
 * @trees: trees
 * @number: (array): per feature @n_rows values
 * @n_rows: rows
 * @phi: their shares, path-dependent or against a background
 * @ret_margin: (nullable) (out caller-allocates) (array): n_rows × n_groups margins
 *
 * The check that must hold for exact values: bias + Σ phi = margin, walked down the trees without
 * any of the above, in double precision.
 *
 * Returns: the largest |bias + Σ phi − margin| / max(1, |margin|) over rows and groups
 */
double
errata_treeshap_gap(const ErrataTrees *trees,
                    const double *const *number,
                    gsize n_rows,
                    const double *phi,
                    double *ret_margin)
{
    gsize width = (gsize)trees->n_owners + 1;
    g_autofree double *row = g_new(double, MAX(trees->n_features, 1) * GAP_ROWS);
    g_autofree double *margin = g_new(double, (gsize)trees->n_groups *GAP_ROWS);
    double worst = 0.0;

    for (gsize begin = 0; begin < n_rows; begin += GAP_ROWS) {
        gsize n = MIN(n_rows - begin, (gsize)GAP_ROWS);

        for (gsize i = 0; i < n; i++)
            for (guint f = 0; f < trees->n_features; f++)
                row[i * trees->n_features + f] = number[f][begin + i];
        errata_trees_exact_margins(trees, row, trees->n_features, n, margin);
        for (gsize i = 0; i < n * trees->n_groups; i++) {
            const double *from = phi + (begin * trees->n_groups + i) * width;
            double sum = 0.0;

            for (gsize f = 0; f < width; f++)
                sum += from[f];
            worst = fmax(worst, fabs(sum - margin[i]) / fmax(1.0, fabs(margin[i])));
        }
        if (ret_margin != NULL)
            memcpy(ret_margin + begin * trees->n_groups,
                   margin,
                   n * trees->n_groups * sizeof *margin);
    }
    return worst;
}
