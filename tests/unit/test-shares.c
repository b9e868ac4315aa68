/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a forest says that is no sum of its trees, against the definition: the loss of one whose
 * trees vote, and the interactions of one that isolates rows. */
#include <math.h>

#include "error.h"
#include "explainer.h"
#include "model-builder.h"
#include "pair-shares.h"
#include "schema-frame.h"
#include "shapley.h"

#define N_FEATURES   4
#define N_BACKGROUND 6
#define N_TREES      3
#define CLIP         1e-15

static gsize n_run; /* rows that forests were run on */

static gboolean
forest_predict(const ErrataModel *model,
               gconstpointer body,
               const ErrataModelRows *rows,
               ErrataModelScores *scores,
               GError **error)
{
    const ErrataTrees *trees = model->trees;
    double cell[N_FEATURES], margin[2];

    n_run += rows->n_rows;
    for (gsize row = 0; row < rows->n_rows; row++) {
        for (guint f = 0; f < N_FEATURES; f++)
            cell[f] = rows->number[f][row];
        errata_trees_exact_margin(trees, cell, margin);
        for (guint o = 0; o < model->outputs->len; o++)
            scores->number[o][row] = margin[o];
    }
    return TRUE;
}

static const ErrataModelClass forest_class = {.predict = forest_predict};

static ErrataModel *
make_forest(ErrataTrees *trees, const char *const *classes)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(GError) error = NULL;
    ErrataModel *model;

    for (guint f = 0; f < N_FEATURES; f++) {
        g_autofree char *name = g_strdup_printf("x%u", f);

        errata_model_builder_add_input(builder, name, ERRATA_MODEL_NUMBER, NULL);
    }
    if (classes != NULL)
        errata_model_builder_set_classes(builder, classes);
    for (guint c = 0; c < 2 && classes != NULL; c++)
        errata_model_builder_add_output(builder,
                                        classes[c],
                                        ERRATA_MODEL_PROBABILITY,
                                        ERRATA_MODEL_NUMBER,
                                        classes[c]);
    if (classes == NULL)
        errata_model_builder_add_output(builder,
                                        "decision",
                                        ERRATA_MODEL_PREDICTION,
                                        ERRATA_MODEL_NUMBER,
                                        NULL);
    errata_model_builder_set_trees(builder, trees);
    errata_model_builder_set_body(builder, &forest_class, NULL);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    return model;
}

/* rows of random cells; the same as numbers */
static ErrataFrame *
make_rows(guint64 seed, const ErrataTrees *trees, guint n, double *ret_cell)
{
    g_autoptr(GString) table = g_string_new("x0,x1,x2,x3\n");

    for (guint i = 0; i < n; i++) {
        double *cell = ret_cell + (gsize)i * N_FEATURES;

        shapley_make_row(seed * 100 + i, trees, cell);
        for (guint f = 0; f < N_FEATURES; f++) {
            if (!isnan(cell[f]))
                g_string_append_printf(table, "%g", cell[f]);
            g_string_append_c(table, f + 1 < N_FEATURES ? ',' : '\n');
        }
    }
    return schema_frame_new(table->str);
}

static ErrataModelBinding *
bind_rows(ErrataModel *model, const ErrataFrame *frame)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    ErrataModelBinding *binding = errata_model_binding_new(model, frame, warnings, &error);

    g_assert_no_error(error);
    return binding;
}

/* trees of two shares a leaf that add up to 1, many of them sure */
static ErrataTrees *
make_votes(guint64 seed)
{
    ErrataTrees *trees = shapley_make_trees(seed, N_FEATURES, N_TREES, 4);

    if (trees->leaf_width != 2) {
        errata_trees_free(trees);
        return NULL;
    }
    for (guint32 node = 0; node < trees->n_nodes; node++) {
        double *leaf = trees->leaf_value + (gsize)trees->feature[node] * 2;

        if ((trees->flags[node] & ERRATA_NODE_LEAF) == 0)
            continue;
        leaf[1] = leaf[1] < 0.4 ? 0.0 : leaf[1] > 0.6 ? 1.0 : leaf[1];
        leaf[0] = 1.0 - leaf[1];
    }
    for (guint tree = 0; tree < N_TREES; tree++)
        trees->weight[tree] = 1.0 / N_TREES;
    trees->base[0] = trees->base[1] = 0.0;
    return trees;
}

static double
vote_loss(const ErrataTrees *trees,
          const double *row,
          const double *behind,
          guint known,
          guint truth)
{
    double mixed[N_FEATURES], margin[2];

    for (guint f = 0; f < N_FEATURES; f++)
        mixed[f] = (known >> f & 1) != 0 ? row[f] : behind[f];
    errata_trees_exact_margin(trees, mixed, margin);
    return -log(fmax(margin[truth] / (margin[0] + margin[1]), CLIP));
}

/* by all coalitions against each background row */
static double
vote_share(const ErrataTrees *trees,
           const double *row,
           const double *background,
           guint feature,
           guint truth)
{
    static const double weight[] = {6.0 / 24.0, 2.0 / 24.0, 2.0 / 24.0, 6.0 / 24.0};
    double sum = 0.0;

    for (guint r = 0; r < N_BACKGROUND; r++)
        for (guint known = 0; known < 1U << N_FEATURES; known++) {
            const double *behind = background + (gsize)r * N_FEATURES;

            if ((known >> feature & 1) == 0)
                sum += weight[__builtin_popcount(known)] *
                       (vote_loss(trees, row, behind, known | 1U << feature, truth) -
                        vote_loss(trees, row, behind, known, truth)) /
                       N_BACKGROUND;
        }
    return sum;
}

static void
check_votes(guint64 seed)
{
    static const char *const classes[] = {"a", "b", NULL};
    static const ErrataExplainerEffort effort = {100, 20};
    ErrataTrees *trees = make_votes(seed);
    double behind[N_BACKGROUND * N_FEATURES], row[N_FEATURES], phi[N_FEATURES + 1];
    double truth = (double)(seed % 2);

    if (trees == NULL)
        return;
    g_autoptr(ErrataModel) model = make_forest(trees, classes);
    g_autoptr(ErrataFrame) frame = make_rows(seed, trees, N_BACKGROUND, behind);
    g_autoptr(ErrataFrame) one = make_rows(seed + 1000, trees, 1, row);
    g_autoptr(ErrataModelBinding) background = bind_rows(model, frame);
    g_autoptr(ErrataModelBinding) binding = bind_rows(model, one);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataExplainer) explainer =
        errata_explainer_new(model, ERRATA_QUANTITY_LOSS, background, &effort, 1, &error);
    ErrataSampledCheck check;
    gsize first = 0;

    g_assert_no_error(error);
    g_assert_true(
        errata_explainer_binding_rows(explainer, binding, &first, 1, &truth, phi, &check, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat(check.gap, <=, errata_explainer_tolerance(explainer));
    for (guint f = 0; f < N_FEATURES; f++)
        g_assert_cmpfloat_with_epsilon(phi[f],
                                       vote_share(trees, row, behind, f, (guint)truth),
                                       1e-9);
}

static void
test_shares_votes(void)
{
    for (guint64 seed = 0; seed < 60; seed++)
        check_votes(seed);
}

/* inputs that no tree asks for take no part in the mixtures */
static void
test_shares_unread(void)
{
    static const char *const classes[] = {"a", "b", NULL};
    static const ErrataExplainerEffort effort = {100, 20};
    static const guint owner[] = {0, 1};
    ErrataTrees *trees = shapley_make_trees(3, 2, N_TREES, 4);
    double behind[N_BACKGROUND * N_FEATURES], row[N_FEATURES], phi[N_FEATURES + 1];

    errata_trees_set_owners(trees, owner, N_FEATURES);
    g_autoptr(ErrataModel) model = make_forest(trees, classes);
    g_autoptr(ErrataTrees) shape = shapley_make_trees(3, N_FEATURES, 1, 2);
    g_autoptr(ErrataFrame) frame = make_rows(3, shape, N_BACKGROUND, behind);
    g_autoptr(ErrataFrame) one = make_rows(4, shape, 1, row);
    g_autoptr(ErrataModelBinding) background = bind_rows(model, frame);
    g_autoptr(ErrataModelBinding) binding = bind_rows(model, one);
    g_autofree guint8 *read = errata_model_reads(model);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataExplainer) explainer =
        errata_explainer_new(model, ERRATA_QUANTITY_LOSS, background, &effort, 1, &error);
    ErrataSampledCheck check;

    g_assert_no_error(error);
    g_assert_cmpmem(read, N_FEATURES, ((const guint8[]){1, 1, 0, 0}), N_FEATURES);
    n_run = 0;
    g_assert_true(errata_explainer_binding_rows(explainer,
                                                binding,
                                                &(gsize){0},
                                                1,
                                                &(double){1.0},
                                                phi,
                                                &check,
                                                &error));
    g_assert_no_error(error);
    /* the row itself, and against each background row the two mixtures of two values */
    g_assert_cmpuint(n_run, <=, 1 + 2 * N_BACKGROUND);
}

static double
isolation(const ErrataTrees *trees, double margin)
{
    return -exp2(-trees->link_scale * margin) - trees->link_shift;
}

static void
check_isolation(guint64 seed)
{
    static const gsize width = N_FEATURES + 1;
    ErrataTrees *trees = shapley_make_trees(seed, N_FEATURES, N_TREES, 4);
    double behind[N_BACKGROUND * N_FEATURES], row[N_FEATURES], to[2], from[2];
    double want[N_FEATURES * N_FEATURES] = {0.0}, pairs[(N_FEATURES + 1) * (N_FEATURES + 1)];
    double brute[N_FEATURES * N_FEATURES], bias = 0.0;

    trees->link = ERRATA_LINK_ISOLATION;
    trees->link_scale = 0.3;
    trees->link_shift = -0.5;
    trees->n_groups = 1;
    for (guint tree = 0; tree < N_TREES; tree++)
        trees->group[tree] = 0;
    if (trees->leaf_width != 1) {
        errata_trees_free(trees);
        return;
    }
    g_autoptr(ErrataModel) model = make_forest(trees, NULL);
    g_autoptr(ErrataFrame) frame = make_rows(seed, trees, N_BACKGROUND, behind);
    g_autoptr(ErrataFrame) one = make_rows(seed + 1000, trees, 1, row);
    g_autoptr(ErrataModelBinding) background = bind_rows(model, frame);
    g_autoptr(ErrataModelBinding) binding = bind_rows(model, one);
    g_autoptr(ErrataModelCells) cells = errata_model_cells_new(binding, &(gsize){0}, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataPairShares) shares = errata_pair_shares_new(model, background, 100, 1, &error);
    ErrataSampledCheck check = {0};

    g_assert_no_error(error);
    g_assert_true(errata_pair_shares_rows(shares, &cells->rows, pairs, &check, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat(check.gap, <=, errata_pair_shares_tolerance());
    errata_trees_exact_margin(trees, row, to);
    for (guint r = 0; r < N_BACKGROUND; r++) {
        const double *other = behind + (gsize)r * N_FEATURES;
        double slope;

        errata_trees_exact_margin(trees, other, from);
        bias += isolation(trees, from[0]) / N_BACKGROUND;
        slope = fabs(to[0] - from[0]) > 1e-7
                    ? (isolation(trees, to[0]) - isolation(trees, from[0])) / (to[0] - from[0])
                    : log(2.0) * trees->link_scale * exp2(-trees->link_scale * to[0]);
        shapley_brute_interactions(trees, row, other, 1, 0, brute);
        for (guint i = 0; i < N_FEATURES * N_FEATURES; i++)
            want[i] += slope * brute[i] / N_BACKGROUND;
    }
    for (guint i = 0; i < N_FEATURES; i++)
        for (guint j = 0; j < N_FEATURES; j++)
            g_assert_cmpfloat_with_epsilon(pairs[i * width + j], want[i * N_FEATURES + j], 1e-9);
    g_assert_cmpfloat_with_epsilon(pairs[width * width - 1], bias, 1e-12);
    g_assert_null(errata_pair_shares_new(model, NULL, 100, 1, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
}

static void
test_shares_isolation(void)
{
    for (guint64 seed = 0; seed < 60; seed++)
        check_isolation(seed);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shares/votes", test_shares_votes);
    g_test_add_func("/shares/unread", test_shares_unread);
    g_test_add_func("/shares/isolation", test_shares_isolation);
    return g_test_run();
}
