/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapley values by their definition, and random trees to take them of. */
#include "shapley.h"

#include <math.h>

#include "rng.h"
#include "trees-builder.h"

typedef struct {
    ErrataTreesBuilder *builder;
    ErrataRng *rng;
    guint n_features;
    gsize next;
} Maker;

static void
make_node(Maker *self, gsize node, guint depth, double cover)
{
    double share = 0.05 + 0.9 * errata_rng_uniform(self->rng);
    guint feature = (guint)errata_rng_below(self->rng, self->n_features);
    ErrataNodeFlags flags = 0;
    gsize left = self->next;

    errata_trees_builder_cover(self->builder, node, cover);
    if (depth == 0 || errata_rng_uniform(self->rng) < 0.15) {
        double value[2] = {errata_rng_uniform(self->rng) - 0.5, errata_rng_uniform(self->rng)};

        errata_trees_builder_leaf(self->builder, node, value);
        return;
    }
    self->next += 2;
    if (errata_rng_below(self->rng, 2) == 0)
        flags |= ERRATA_NODE_DEFAULT_LEFT;
    if (errata_rng_below(self->rng, 2) == 0)
        flags |= ERRATA_NODE_EQUAL_LEFT;
    errata_trees_builder_split(self->builder,
                               node,
                               (gint64)left,
                               (gint64)left + 1,
                               feature,
                               floor(6.0 * errata_rng_uniform(self->rng)),
                               flags);
    if (errata_rng_below(self->rng, 5) == 0)
        errata_trees_builder_bits(self->builder,
                                  node,
                                  &(guint32){(guint32)errata_rng_below(self->rng, 64)},
                                  1);
    make_node(self, left, depth - 1, cover * share);
    make_node(self, left + 1, depth - 1, cover * (1.0 - share));
}

ErrataTrees *
shapley_make_trees(guint64 seed, guint n_features, guint n_trees, guint depth)
{
    ErrataRng rng = errata_rng_init(seed, 1, 0);
    guint width = 1 + (guint)errata_rng_below(&rng, 2);
    g_autoptr(ErrataTreesBuilder) builder = errata_trees_builder_new(n_features, 2, width, TRUE);
    ErrataTrees *trees;

    for (guint tree = 0; tree < n_trees; tree++) {
        Maker maker = {builder, &rng, n_features, 1};
        g_autoptr(GError) error = NULL;
        gboolean ok = errata_trees_builder_begin(builder,
                                                 (gsize)2 << depth,
                                                 tree % 2,
                                                 0.5 + errata_rng_uniform(&rng),
                                                 &error);

        g_assert_no_error(error);
        g_assert_true(ok);
        make_node(&maker, 0, depth, 100.0);
        ok = errata_trees_builder_end(builder, &error);
        g_assert_no_error(error);
        g_assert_true(ok);
    }
    trees = errata_trees_builder_finish(builder);
    trees->base[0] = 0.3;
    return trees;
}

void
shapley_make_row(guint64 seed, const ErrataTrees *trees, double *ret_row)
{
    ErrataRng rng = errata_rng_init(seed, 2, 0);

    for (guint f = 0; f < trees->n_features; f++)
        ret_row[f] = errata_rng_below(&rng, 8) == 0 ? (double)NAN
                                                    : (double)errata_rng_below(&rng, 7);
}

/* the mean of a tree over the features not in @known */
static double
expect_node(const ErrataTrees *trees, guint32 node, const double *row, guint known, guint value)
{
    guint feature = trees->feature[node];
    guint32 left = node + 1;
    guint32 right = trees->right[node];

    if ((trees->flags[node] & ERRATA_NODE_LEAF) != 0)
        return trees->leaf_value[feature * trees->leaf_width + value];
    if ((known >> errata_trees_owner(trees, feature) & 1) != 0)
        return expect_node(trees,
                           errata_trees_goes_left(trees, node, row[feature]) ? left : right,
                           row,
                           known,
                           value);
    return (trees->cover[left] * expect_node(trees, left, row, known, value) +
            trees->cover[right] * expect_node(trees, right, row, known, value)) /
           trees->cover[node];
}

static double
expect(const ErrataTrees *trees, const double *row, guint known, guint group)
{
    double sum = trees->base[group];

    for (guint tree = 0; tree < trees->n_trees; tree++) {
        if (trees->leaf_width == 1 && trees->group[tree] != group)
            continue;
        sum +=
            errata_trees_scale(trees, tree) *
            expect_node(trees, trees->first[tree], row, known, trees->leaf_width > 1 ? group : 0);
    }
    return sum;
}

static double
expect_background(const ErrataTrees *trees,
                  const double *row,
                  const double *background,
                  gsize n,
                  guint known,
                  guint group)
{
    g_autofree double *mixed = g_new(double, trees->n_features);
    g_autofree double *margin = g_new(double, trees->n_groups);
    double sum = 0.0;

    for (gsize i = 0; i < n; i++) {
        for (guint f = 0; f < trees->n_features; f++)
            mixed[f] = (known >> errata_trees_owner(trees, f) & 1) != 0
                           ? row[f]
                           : background[i * trees->n_features + f];
        errata_trees_exact_margin(trees, mixed, margin);
        sum += margin[group];
    }
    return sum / (double)n;
}

static double
factorial(guint n)
{
    return n < 2 ? 1.0 : n * factorial(n - 1);
}

void
shapley_brute_force(const ErrataTrees *trees,
                    const double *row,
                    const double *background,
                    gsize n_background,
                    guint group,
                    double *ret_phi)
{
    guint n = trees->n_owners;
    g_autofree double *value = g_new(double, (gsize)1 << n);

    for (guint known = 0; known < 1U << n; known++)
        value[known] = background != NULL
                           ? expect_background(trees, row, background, n_background, known, group)
                           : expect(trees, row, known, group);
    for (guint f = 0; f < n; f++) {
        ret_phi[f] = 0.0;
        for (guint known = 0; known < 1U << n; known++) {
            guint size = (guint)__builtin_popcount(known);

            if ((known >> f & 1) == 0)
                ret_phi[f] += factorial(size) * factorial(n - size - 1) / factorial(n) *
                              (value[known | 1U << f] - value[known]);
        }
    }
    ret_phi[n] = value[0];
}

void
shapley_brute_interactions(const ErrataTrees *trees,
                           const double *row,
                           const double *background,
                           gsize n_background,
                           guint group,
                           double *ret_phi)
{
    guint n = trees->n_owners;
    g_autofree double *value = g_new(double, (gsize)1 << n);
    g_autofree double *phi = g_new(double, n + 1);

    for (guint known = 0; known < 1U << n; known++)
        value[known] = background != NULL
                           ? expect_background(trees, row, background, n_background, known, group)
                           : expect(trees, row, known, group);
    shapley_brute_force(trees, row, background, n_background, group, phi);
    for (guint i = 0; i < n; i++) {
        ret_phi[i * n + i] = phi[i];
        for (guint j = 0; j < n; j++) {
            guint pair = 1U << i | 1U << j;

            if (i == j)
                continue;
            ret_phi[i * n + j] = 0.0;
            for (guint known = 0; known < 1U << n; known++) {
                guint size = (guint)__builtin_popcount(known);

                if ((known & pair) == 0)
                    ret_phi[i * n + j] += 0.5 * factorial(size) * factorial(n - size - 2) /
                                          factorial(n - 1) *
                                          (value[known | pair] - value[known | 1U << i] -
                                           value[known | 1U << j] + value[known]);
            }
            ret_phi[i * n + i] -= ret_phi[i * n + j];
        }
    }
}
