/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attribution of trees against the definition of Shapley values, on random ensembles, by every set
 * of instructions that the processor has. */
#include <math.h>

#include "error.h"
#include "shapley.h"
#include "trees-builder.h"
#include "treeshap-background.h"
#include "treeshap.h"

#define N_ENSEMBLES 500
#define N_ROWS      5

/* every third ensemble sees columns that inputs make two of each */
static guint
lend_columns(guint64 seed, ErrataTrees *trees)
{
    guint owner[40];

    if (seed % 3 != 2 || trees->n_features < 2)
        return trees->n_features;
    for (guint f = 0; f < trees->n_features; f++)
        owner[f] = f * 5 % ((trees->n_features + 1) / 2);
    errata_trees_set_owners(trees, owner, (trees->n_features + 1) / 2);
    return trees->n_owners;
}

static void
check_ensemble(guint64 seed, ErrataTreeshapPath path)
{
    guint n_features = 1 + (guint)(seed % 10);
    g_autoptr(ErrataTrees) trees =
        shapley_make_trees(seed, n_features, 1 + (guint)(seed % 4), 1 + (guint)(seed % 7));
    guint n_owners = lend_columns(seed, trees);
    gsize width = (gsize)n_owners + 1;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataTreeshap) shap = errata_treeshap_new(trees, &error);
    g_autofree double *cell = g_new(double, n_features *N_ROWS);
    g_autofree const double **number = g_new(const double *, n_features);
    g_autofree double *phi = g_new(double, N_ROWS * 2 * width);
    double row[10];
    double brute[11];

    g_assert_no_error(error);
    errata_treeshap_set_path(shap, path);
    for (guint i = 0; i < N_ROWS; i++) {
        shapley_make_row(seed * N_ROWS + i, trees, row);
        for (guint f = 0; f < n_features; f++)
            cell[f * N_ROWS + i] = row[f];
    }
    for (guint f = 0; f < n_features; f++)
        number[f] = cell + (gsize)f * N_ROWS;
    errata_treeshap_rows(shap, number, N_ROWS, phi);
    g_assert_cmpfloat(errata_treeshap_gap(trees, number, N_ROWS, phi, NULL), <, 1e-12);
    for (guint i = 0; i < N_ROWS; i++)
        for (guint g = 0; g < 2; g++) {
            shapley_make_row(seed * N_ROWS + i, trees, row);
            shapley_brute_force(trees, row, NULL, 0, g, brute);
            for (guint f = 0; f <= n_owners; f++)
                g_assert_cmpfloat_with_epsilon(phi[(i * 2 + g) * width + f], brute[f], 1e-12);
        }
}

static void
test_treeshap_brute_force(gconstpointer data)
{
    ErrataTreeshapPath path = *(const ErrataTreeshapPath *)data;

    if (!errata_treeshap_has_path(path)) {
        g_test_skip("this processor lacks the instructions");
        return;
    }
    for (guint64 seed = 0; seed < N_ENSEMBLES; seed++)
        check_ensemble(seed, path);
}

static void
test_treeshap_interactions(void)
{
    for (guint64 seed = 0; seed < 100; seed++) {
        guint n = 1 + (guint)(seed % 7);
        g_autoptr(ErrataTrees) trees = shapley_make_trees(seed, n, 3, 1 + (guint)(seed % 6));
        guint n_features = n;
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataTreeshap) shap = NULL;
        const double *number[10];
        double row[10];
        double phi[2 * 64];
        double brute[64];

        n = lend_columns(seed, trees);
        shap = errata_treeshap_new(trees, &error);
        shapley_make_row(seed, trees, row);
        for (guint f = 0; f < n_features; f++)
            number[f] = &row[f];
        g_assert_true(errata_treeshap_interactions(shap, number, 1, phi, &error));
        for (guint g = 0; g < 2; g++) {
            const double *got = phi + (gsize)g * (n + 1) * (n + 1);

            shapley_brute_interactions(trees, row, NULL, 0, g, brute);
            for (guint i = 0; i < n; i++)
                for (guint j = 0; j < n; j++)
                    g_assert_cmpfloat_with_epsilon(got[i * (n + 1) + j], brute[i * n + j], 1e-12);
        }
    }
}

/* pairs against a background: the definition again; where that is too slow (patterns that are not
 * found by index), the rows of the matrix add up to the features' shares */
static void
check_background_pairs(const ErrataTreeshapBackground *background,
                       const ErrataTrees *trees,
                       const double *const *number,
                       const double *row,
                       const double *rows,
                       gsize n_rows,
                       const double *phi)
{
    gsize width = (gsize)trees->n_owners + 1;
    g_autofree double *got = g_new(double, 2 * width * width);
    g_autofree double *brute = g_new(double, width *width);
    g_autoptr(GError) error = NULL;
    gboolean ok = errata_treeshap_background_interactions(background, number, 1, got, &error);

    g_assert_no_error(error);
    g_assert_true(ok);
    for (gsize at = 0; at < 2 * width; at++) {
        double sum = 0.0;

        for (gsize j = 0; j < width; j++) {
            sum += got[at * width + j];
            g_assert_cmpfloat_with_epsilon(got[at * width + j],
                                           got[(at - at % width + j) * width + at % width],
                                           1e-12);
        }
        g_assert_cmpfloat_with_epsilon(sum, phi[at], 1e-12);
    }
    for (guint g = 0; g < 2 && trees->n_owners <= 7; g++) {
        shapley_brute_interactions(trees, row, rows, n_rows, g, brute);
        for (gsize i = 0; i + 1 < width; i++)
            for (gsize j = 0; j + 1 < width; j++)
                g_assert_cmpfloat_with_epsilon(got[(g * width + i) * width + j],
                                               brute[i * (width - 1) + j],
                                               1e-12);
    }
}

/* @n_features: above 12 patterns are no longer found by index, but then the definition is too slow:
 * there the check is that shares add up */
static void
check_background(guint64 seed, guint n_features, guint depth)
{
    enum {
        BACKGROUND = 9
    };
    g_autoptr(ErrataTrees) trees = shapley_make_trees(seed, n_features, 3, depth);
    guint n_owners = lend_columns(seed, trees);
    g_autoptr(ErrataTreeshapBackground) background = NULL;
    g_autoptr(GError) error = NULL;
    const double *number[40];
    const double *behind[40];
    double cell[40][BACKGROUND];
    double rows[BACKGROUND * 40];
    double row[40];
    double phi[2 * 41];
    double brute[41];

    for (guint i = 0; i < BACKGROUND; i++) {
        shapley_make_row(seed * 100 + i, trees, rows + (gsize)i * n_features);
        for (guint f = 0; f < n_features; f++)
            cell[f][i] = rows[i * n_features + f];
    }
    shapley_make_row(seed * 100 + 99, trees, row);
    for (guint f = 0; f < n_features; f++) {
        number[f] = &row[f];
        behind[f] = cell[f];
    }
    background = errata_treeshap_background_new(trees, behind, BACKGROUND, &error);
    g_assert_no_error(error);
    g_assert_true(errata_treeshap_background_rows(background, number, 1, phi, &error));
    g_assert_cmpfloat(errata_treeshap_gap(trees, number, 1, phi, NULL), <, 1e-12);
    for (guint g = 0; g < 2 && n_features <= 10; g++) {
        shapley_brute_force(trees, row, rows, BACKGROUND, g, brute);
        for (guint f = 0; f <= n_owners; f++)
            g_assert_cmpfloat_with_epsilon(phi[g * (n_owners + 1) + f], brute[f], 1e-12);
    }
    check_background_pairs(background, trees, number, row, rows, BACKGROUND, phi);
}

static void
test_treeshap_background(void)
{
    for (guint64 seed = 0; seed < 100; seed++)
        check_background(seed, 1 + (guint)(seed % 9), 1 + (guint)(seed % 7));
    for (guint64 seed = 0; seed < 4; seed++)
        check_background(seed, 40, 14);
}

/* 64 features in one chain: far more quadrature nodes than have code of their own */
static void
test_treeshap_deep(void)
{
    enum {
        DEPTH = 200
    };
    g_autoptr(ErrataTreesBuilder) builder = errata_trees_builder_new(64, 1, 1, TRUE);
    g_autoptr(ErrataTrees) trees = NULL;
    g_autoptr(ErrataTreeshap) shap = NULL;
    g_autoptr(GError) error = NULL;
    const double *number[64];
    double cell[64][3];
    double phi[3 * 65];

    g_assert_true(errata_trees_builder_begin(builder, 2 * DEPTH + 1, 0, 1.0, &error));
    for (gsize i = 0; i < DEPTH; i++) {
        gint64 at = (gint64)i;

        errata_trees_builder_split(builder,
                                   i,
                                   at + 1,
                                   DEPTH + 1 + at,
                                   (gint64)(i * 7 % 64),
                                   1.0 + (double)(i % 3),
                                   0);
        errata_trees_builder_cover(builder, i, 1.0 + 2.0 * (double)(DEPTH - i));
        errata_trees_builder_leaf(builder, DEPTH + 1 + i, &(double){(double)i});
        errata_trees_builder_cover(builder, DEPTH + 1 + i, 2.0);
    }
    errata_trees_builder_leaf(builder, DEPTH, &(double){-5.0});
    errata_trees_builder_cover(builder, DEPTH, 1.0);
    g_assert_true(errata_trees_builder_end(builder, &error));
    trees = errata_trees_builder_finish(builder);
    shap = errata_treeshap_new(trees, &error);
    g_assert_no_error(error);
    for (guint f = 0; f < 64; f++) {
        number[f] = cell[f];
        for (guint i = 0; i < 3; i++)
            cell[f][i] = (f + i * 5) % 11 == 0 ? 5.0 : 0.0;
    }
    errata_treeshap_rows(shap, number, 3, phi);
    g_assert_cmpfloat(errata_treeshap_gap(trees, number, 3, phi, NULL), <, 1e-9);
}

static void
test_treeshap_zero_cover(void)
{
    g_autoptr(ErrataTrees) trees = shapley_make_trees(3, 4, 1, 4);
    g_autoptr(ErrataTreeshap) shap = NULL;
    g_autoptr(GError) error = NULL;

    trees->cover[0] = 0.0;
    shap = errata_treeshap_new(trees, &error);
    g_assert_null(shap);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
}

int
main(int argc, char **argv)
{
    static const ErrataTreeshapPath paths[] = {ERRATA_TREESHAP_BASELINE,
                                               ERRATA_TREESHAP_AVX2,
                                               ERRATA_TREESHAP_AVX512};
    static const char *const names[] = {"baseline", "avx2", "avx512"};

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *path = g_strdup_printf("/treeshap/brute-force/%s", names[i]);

        g_test_add_data_func(path, &paths[i], test_treeshap_brute_force);
    }
    g_test_add_func("/treeshap/interactions", test_treeshap_interactions);
    g_test_add_func("/treeshap/background", test_treeshap_background);
    g_test_add_func("/treeshap/deep", test_treeshap_deep);
    g_test_add_func("/treeshap/zero-cover", test_treeshap_zero_cover);
    return g_test_run();
}
