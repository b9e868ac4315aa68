/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probabilities and losses of trees against their definition, models that are only run against
 * values worked out by hand. */
#include <math.h>
#include <time.h>

#include "counterfactual.h"
#include "error.h"
#include "evaluator.h"
#include "model-builder.h"
#include "quantity.h"
#include "sampled-shap.h"
#include "shapley.h"
#include "treeshap-rescaled.h"

#define N_BACKGROUND 11 /* more than are walked at once */
#define MAX_FEATURES 8

typedef double (*Formula)(const double *x);

typedef struct {
    Formula formula;
    guint n_inputs;
} Body;

static double
formula_product(const double *x)
{
    return x[0] * x[1] + 2.0 * x[2];
}

static double
formula_sum(const double *x)
{
    return x[0] * x[0] - sin(x[1]) + 3.0 * x[2];
}

/* four products of two: what each pair owes is known */
static double
formula_pairs(const double *x)
{
    return x[0] * x[1] + x[2] * x[3] + x[4] * x[5] + x[6] * x[7];
}

static gboolean
body_predict(const ErrataModel *model,
             gconstpointer data,
             const ErrataModelRows *rows,
             ErrataModelScores *scores,
             GError **error)
{
    const Body *body = data;

    for (gsize row = 0; row < rows->n_rows; row++) {
        double x[MAX_FEATURES] = {0.0};

        for (guint i = 0; i < body->n_inputs; i++)
            x[i] = rows->number[i][row];
        scores->number[0][row] = body->formula(x);
    }
    return TRUE;
}

static const ErrataModelClass body_class = {.predict = body_predict, .free = g_free};

static ErrataModel *
make_model(Formula formula, guint n_inputs)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(GError) error = NULL;
    Body *body = g_new0(Body, 1);
    ErrataModel *model;

    body->formula = formula;
    body->n_inputs = n_inputs;
    for (guint i = 0; i < n_inputs; i++) {
        g_autofree char *name = g_strdup_printf("x%u", i);

        errata_model_builder_add_input(builder, name, ERRATA_MODEL_NUMBER, NULL);
    }
    errata_model_builder_add_output(builder,
                                    "prediction",
                                    ERRATA_MODEL_PREDICTION,
                                    ERRATA_MODEL_NUMBER,
                                    NULL);
    errata_model_builder_set_body(builder, &body_class, body);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    return model;
}

static double
cell_of(guint seed, guint row, guint input)
{
    return (double)((seed * 7919 + row * 104729 + input * 1299709) % 1013) / 100.0 - 4.0;
}

static ErrataModelCells *
make_cells(const ErrataModel *model, guint seed, guint n_rows)
{
    ErrataModelCells *cells = errata_model_cells_empty(model, n_rows);

    for (guint i = 0; i < model->inputs->len; i++)
        for (guint row = 0; row < n_rows; row++)
            cells->number[i][row] = cell_of(seed, row, i);
    return cells;
}

/* shares of a few rows of a model, all checked to add up; free with g_free */
static double *
share_out(Formula formula,
          guint n_inputs,
          guint n_rows,
          ErrataSampledCheck *check,
          gboolean *ret_sum)
{
    g_autoptr(ErrataModel) model = make_model(formula, n_inputs);
    g_autoptr(ErrataModelCells) rows = make_cells(model, 1, n_rows);
    g_autoptr(ErrataModelCells) background = make_cells(model, 2, N_BACKGROUND);
    g_autoptr(ErrataQuantity) quantity = NULL;
    g_autoptr(ErrataSampledShap) shap = NULL;
    g_autoptr(GError) error = NULL;
    double *phi = g_new(double, (gsize)n_rows *(n_inputs + 1));

    quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_MARGIN, &error);
    g_assert_no_error(error);
    shap = errata_sampled_shap_new(model, quantity, &background->rows, 200, 5, &error);
    g_assert_no_error(error);
    *ret_sum = errata_sampled_shap_is_additive(shap);
    g_assert_true(errata_sampled_shap_rows(shap, &rows->rows, 0, NULL, phi, check, &error));
    g_assert_no_error(error);
    g_assert_cmpfloat(check->gap, <, 1e-10);
    return phi;
}

/* of x·y, x owes (x − r)(y + s) / 2 */
static double
product_share(double x, double y, double r, double s)
{
    return (x - r) * (y + s) / 2.0;
}

static void
test_explainer_product(void)
{
    ErrataSampledCheck check = {0};
    gboolean is_sum;
    g_autofree double *phi = share_out(formula_product, 3, 4, &check, &is_sum);

    g_assert_false(is_sum);
    g_assert_cmpuint(check.n_sampled, ==, 0);
    for (guint row = 0; row < 4; row++) {
        double want = 0.0;

        for (guint r = 0; r < N_BACKGROUND; r++)
            want += product_share(cell_of(1, row, 0),
                                  cell_of(1, row, 1),
                                  cell_of(2, r, 0),
                                  cell_of(2, r, 1)) /
                    N_BACKGROUND;
        g_assert_cmpfloat_with_epsilon(phi[row * 4], want, 1e-10);
    }
}

static void
test_explainer_sum(void)
{
    ErrataSampledCheck check = {0};
    gboolean is_sum;
    g_autofree double *phi = share_out(formula_sum, 3, 5, &check, &is_sum);

    g_test_summary("a sum of functions of one input each is found to be one, and exact");
    g_assert_true(is_sum);
    g_assert_cmpuint(check.n_sampled, ==, 0);
    for (guint row = 0; row < 5; row++) {
        double mean = 0.0;

        for (guint r = 0; r < N_BACKGROUND; r++)
            mean += cell_of(2, r, 0) * cell_of(2, r, 0) / N_BACKGROUND;
        g_assert_cmpfloat_with_epsilon(phi[row * 4],
                                       cell_of(1, row, 0) * cell_of(1, row, 0) - mean,
                                       1e-10);
    }
}

static void
test_explainer_permutations(void)
{
    ErrataSampledCheck check = {0};
    gboolean is_sum;
    g_autofree double *phi = share_out(formula_pairs, 8, 3, &check, &is_sum);

    g_assert_false(is_sum);
    g_assert_cmpfloat(check.error, <, 0.0101);
    for (guint row = 0; row < 3; row++)
        for (guint i = 0; i < 8; i++) {
            double want = 0.0;

            for (guint r = 0; r < N_BACKGROUND; r++)
                want += product_share(cell_of(1, row, i),
                                      cell_of(1, row, i ^ 1),
                                      cell_of(2, r, i),
                                      cell_of(2, r, i ^ 1)) /
                        N_BACKGROUND;
            /* a pair's order forwards and backwards is its exact share */
            g_assert_cmpfloat_with_epsilon(phi[row * 9 + i], want, 1e-9);
        }
}

#define N_GAME 8

/* everything with everything */
static double
formula_mixed(const double *x)
{
    return x[0] * x[1] * x[2] + sin(x[3] * x[4]) - fmax(x[5], x[6]) * x[7] + 0.3 * x[0] * x[7];
}

/* mean squared error of the mixtures of a row's values in @known with each background row */
static double
game_value(const double *row, guint known, double truth)
{
    double sum = 0.0;

    for (guint r = 0; r < N_BACKGROUND; r++) {
        double x[N_GAME], miss;

        for (guint i = 0; i < N_GAME; i++)
            x[i] = (known >> i & 1) != 0 ? row[i] : cell_of(2, r, i);
        miss = formula_mixed(x) - truth;
        sum += miss * miss / N_BACKGROUND;
    }
    return sum;
}

/* the Shapley values of it by their definition */
static void
game_brute_force(const double *row, double truth, double *ret_phi)
{
    static const double factorial[] = {1, 1, 2, 6, 24, 120, 720, 5040, 40320};

    for (guint i = 0; i < N_GAME; i++) {
        ret_phi[i] = 0.0;
        for (guint known = 0; known < 1U << N_GAME; known++) {
            guint size = (guint)__builtin_popcount(known);

            if ((known >> i & 1) == 0)
                ret_phi[i] +=
                    factorial[size] * factorial[N_GAME - size - 1] / factorial[N_GAME] *
                    (game_value(row, known | 1U << i, truth) - game_value(row, known, truth));
        }
    }
    ret_phi[N_GAME] = game_value(row, 0, truth);
}

/* the loss of a row as a game: exact where all coalitions may be run, else within its standard
 * error */
static void
test_explainer_loss_game(void)
{
    g_autoptr(ErrataModel) model = make_model(formula_mixed, N_GAME);
    g_autoptr(ErrataModelCells) rows = make_cells(model, 1, 3);
    g_autoptr(ErrataModelCells) background = make_cells(model, 2, N_BACKGROUND);
    g_autoptr(ErrataQuantity) quantity = NULL;
    g_autoptr(GError) error = NULL;
    const double truth[] = {1.5, -3.0, 0.0};

    quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_LOSS, &error);
    g_assert_no_error(error);
    for (guint exact = 0; exact < 2; exact++) {
        g_autoptr(ErrataSampledShap) shap = NULL;
        double phi[3 * (N_GAME + 1)];
        ErrataSampledCheck check = {0};

        shap = errata_sampled_shap_new(model, quantity, &background->rows, 200, 5, &error);
        g_assert_no_error(error);
        errata_sampled_shap_enumerate(shap, (N_BACKGROUND << N_GAME) - 1 + exact);
        g_assert_true(errata_sampled_shap_rows(shap, &rows->rows, 0, truth, phi, &check, &error));
        g_assert_cmpuint(check.n_sampled, ==, exact ? 0 : 3);
        g_assert_cmpfloat(check.gap, <, 1e-10);
        g_assert_true(exact ? check.size <= 0.0 : check.size > 0.0);
        for (guint row = 0; row < 3; row++) {
            double x[N_GAME], want[N_GAME + 1];

            for (guint i = 0; i < N_GAME; i++)
                x[i] = cell_of(1, row, i);
            game_brute_force(x, truth[row], want);
            for (guint i = 0; i <= N_GAME; i++)
                g_assert_cmpfloat(fabs(phi[row * (N_GAME + 1) + i] - want[i]),
                                  <=,
                                  5.0 * check.size + 1e-9 * fmax(1.0, fabs(want[i])));
        }
    }
}

/* the whole of it from the definition: exact margins of each pair of rows, times the quotient of
 * differences */
static void
check_rescaled(guint64 seed, ErrataQuantityKind kind)
{
    guint n = 2 + (guint)(seed % 6);
    g_autoptr(ErrataTrees) trees = shapley_make_trees(seed, n, 4, 5);
    g_autoptr(ErrataTreeshapRescaled) rescaled = NULL;
    g_autoptr(GError) error = NULL;
    ErrataQuantity quantity = {.kind = kind,
                               .form = ERRATA_FORM_LOGISTIC,
                               .scale = 1.0,
                               .is_class = TRUE,
                               .n_raw = 2,
                               .n_groups = kind == ERRATA_QUANTITY_LOSS ? 1 : 2};
    double rows[N_BACKGROUND * MAX_FEATURES], cell[MAX_FEATURES][N_BACKGROUND];
    double row[MAX_FEATURES], phi[2 * (MAX_FEATURES + 1)], brute[MAX_FEATURES + 1];
    double plain[2 * (MAX_FEATURES + 1)];
    const double *number[MAX_FEATURES];
    const double *behind[MAX_FEATURES];
    double truth = 1.0, to[2], from[2];

    for (guint i = 0; i < N_BACKGROUND; i++) {
        shapley_make_row(seed * 100 + i, trees, rows + (gsize)i * n);
        for (guint f = 0; f < n; f++)
            cell[f][i] = rows[i * n + f];
    }
    shapley_make_row(seed * 100 + 99, trees, row);
    for (guint f = 0; f < n; f++) {
        number[f] = &row[f];
        behind[f] = cell[f];
    }
    rescaled = errata_treeshap_rescaled_new(trees, &quantity, behind, N_BACKGROUND, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(errata_treeshap_rescaled_rows(rescaled, number, 1, &truth, phi), <, 1e-9);
    errata_treeshap_rescaled_by_pairs(rescaled);
    errata_treeshap_rescaled_rows(rescaled, number, 1, &truth, plain);
    for (guint i = 0; i < quantity.n_groups * (n + 1); i++)
        g_assert_true(memcmp(&plain[i], &phi[i], sizeof plain[i]) == 0);
    if (kind == ERRATA_QUANTITY_LOSS)
        return;
    errata_trees_exact_margin(trees, row, to);
    for (guint g = 0; g < 2; g++) {
        double want[MAX_FEATURES] = {0.0};

        for (guint r = 0; r < N_BACKGROUND; r++) {
            double slope;

            errata_trees_exact_margin(trees, rows + (gsize)r * n, from);
            if (fabs(to[g] - from[g]) < 1e-9)
                continue;
            slope = (1.0 / (1.0 + exp(-to[g])) - 1.0 / (1.0 + exp(-from[g]))) / (to[g] - from[g]);
            shapley_brute_force(trees, row, rows + (gsize)r * n, 1, g, brute);
            for (guint f = 0; f < n; f++)
                want[f] += slope * brute[f] / N_BACKGROUND;
        }
        for (guint f = 0; f < n; f++)
            g_assert_cmpfloat_with_epsilon(phi[g * (n + 1) + f], want[f], 1e-9);
    }
}

static void
test_explainer_rescaled(void)
{
    for (guint64 seed = 0; seed < 60; seed++) {
        check_rescaled(seed, ERRATA_QUANTITY_PROBABILITY);
        check_rescaled(seed, ERRATA_QUANTITY_LOSS);
    }
}

/* slopes times differences are the difference, whatever the form */
static void
test_explainer_slopes(void)
{
    static const ErrataQuantityForm forms[] = {ERRATA_FORM_LOGISTIC, ERRATA_FORM_SOFTMAX};

    for (guint trial = 0; trial < 400; trial++) {
        ErrataQuantity quantity = {.kind = trial % 2 == 0 ? ERRATA_QUANTITY_LOSS
                                                          : ERRATA_QUANTITY_PROBABILITY,
                                   .form = forms[trial / 2 % 2],
                                   .scale = 1.0 + (double)(trial % 3),
                                   .is_class = TRUE,
                                   .n_raw = 1 + trial % 4,
                                   .n_groups = trial % 2 == 0 ? 1 : 1 + trial % 4};
        double to[4], from[4], slope[4], high[4], low[4];
        double truth = (double)(trial % quantity.n_raw);

        if (quantity.n_raw == 1)
            quantity.form = ERRATA_FORM_LOGISTIC;
        for (guint i = 0; i < 4; i++) {
            to[i] = cell_of(trial, 1, i);
            from[i] = trial % 7 == 0 ? to[i] + 1e-9 : cell_of(trial, 2, i);
        }
        errata_quantity_value(&quantity, to, truth, high);
        errata_quantity_value(&quantity, from, truth, low);
        for (guint g = 0; g < quantity.n_groups; g++) {
            double sum = 0.0;

            errata_quantity_slope(&quantity, to, from, truth, g, slope);
            for (guint i = 0; i < quantity.n_raw; i++)
                sum += slope[i] * (to[i] - from[i]);
            g_assert_cmpfloat_with_epsilon(sum, high[g] - low[g], 1e-9);
        }
    }
}

/* beyond the clip of the loss nothing moves, however far the margins do */
static void
test_explainer_clipped(void)
{
    ErrataQuantity quantity = {.kind = ERRATA_QUANTITY_LOSS,
                               .form = ERRATA_FORM_SOFTMAX,
                               .scale = 1.0,
                               .is_class = TRUE,
                               .n_raw = 3,
                               .n_groups = 1};
    const double to[] = {60.0, 0.0, 1.0}, from[] = {45.0, 0.0, 2.0};
    double slope[3];

    errata_quantity_slope(&quantity, to, from, 1.0, 0, slope);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpfloat_with_epsilon(slope[i], 0.0, 1e-12);
}

/* by hand: margin 0 is even odds; −log 1/2, and a margin of log 3 is 3/4 */
static void
test_explainer_losses(void)
{
    ErrataQuantity quantity = {.kind = ERRATA_QUANTITY_LOSS,
                               .form = ERRATA_FORM_LOGISTIC,
                               .scale = 1.0,
                               .is_class = TRUE,
                               .n_raw = 1,
                               .n_groups = 1};
    double value;

    errata_quantity_value(&quantity, &(double){0.0}, 1.0, &value);
    g_assert_cmpfloat_with_epsilon(value, log(2.0), 1e-14);
    errata_quantity_value(&quantity, &(double){log(3.0)}, 1.0, &value);
    g_assert_cmpfloat_with_epsilon(value, log(4.0 / 3.0), 1e-14);
    errata_quantity_value(&quantity, &(double){log(3.0)}, 0.0, &value);
    g_assert_cmpfloat_with_epsilon(value, log(4.0), 1e-14);
    errata_quantity_value(&quantity, &(double){1000.0}, 0.0, &value);
    g_assert_cmpfloat_with_epsilon(value, -log(1e-15), 1e-12);
    errata_quantity_value(&quantity, &(double){1.0}, (double)NAN, &value);
    g_assert_true(isnan(value));
}

static void
test_explainer_no_probability(void)
{
    g_autoptr(ErrataModel) model = make_model(formula_sum, 3);
    g_autoptr(ErrataQuantity) quantity = NULL;
    g_autoptr(GError) error = NULL;

    quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_PROBABILITY, &error);
    g_assert_null(quantity);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
}

/* what has to change for the model's only output, as @form has it, to come to @cut */
static ErrataCounterfactual
change_of(ErrataModel *model,
          ErrataQuantityForm form,
          double cut,
          const ErrataModelCells *row,
          const ErrataModelCells *log,
          const guint8 *fixed)
{
    guint output = 0;
    const ErrataQuantity quantity = {.kind = ERRATA_QUANTITY_PROBABILITY,
                                     .form = form,
                                     .scale = 1.0,
                                     .is_class = TRUE,
                                     .n_raw = 1,
                                     .output = &output,
                                     .n_groups = 1};
    ErrataCounterfactual found;
    g_autoptr(GError) error = NULL;

    g_assert_true(errata_counterfactual_find(model,
                                             &quantity,
                                             cut,
                                             &row->rows,
                                             &log->rows,
                                             fixed,
                                             &found,
                                             &error));
    g_assert_no_error(error);
    return found;
}

/* x0·x1 + 2·x2 from −1: one value is enough, and the nearest that the log has is taken; the fixed
 * input stays as it is */
static void
test_explainer_counterfactual(void)
{
    g_autoptr(ErrataModel) model = make_model(formula_product, 3);
    g_autoptr(ErrataModelCells) row = errata_model_cells_empty(model, 1);
    g_autoptr(ErrataModelCells) log = errata_model_cells_empty(model, 4);
    guint8 fixed[3] = {0, 0, 1};
    ErrataCounterfactual found;

    row->number[0][0] = 1.0;
    row->number[1][0] = 1.0;
    row->number[2][0] = -1.0;
    for (guint i = 0; i < 4; i++) {
        log->number[0][i] = (double)i;
        log->number[1][i] = 1.0;
        log->number[2][i] = 10.0 * i;
    }
    found = change_of(model, ERRATA_FORM_LOGISTIC, 0.5, row, log, fixed);
    g_assert_cmpuint(found.n_changes, ==, 1);
    g_assert_cmpuint(found.input[0], ==, 0);
    g_assert_cmpfloat(log->number[0][found.donor[0]], >, 1.5);
    g_assert_cmpfloat(log->number[0][found.donor[0]], <, 2.5);
    g_assert_cmpfloat(found.value, >=, 0.5);
}

/* of the 400 values that the log has, the nearest that is enough; a missing one is none */
static void
test_explainer_nearest_value(void)
{
    g_autoptr(ErrataModel) model = make_model(formula_product, 3);
    g_autoptr(ErrataModelCells) row = errata_model_cells_empty(model, 1);
    g_autoptr(ErrataModelCells) log = errata_model_cells_empty(model, 400);
    guint8 fixed[3] = {0, 0, 0};
    ErrataCounterfactual found;

    for (guint f = 0; f < 3; f++) {
        row->number[f][0] = f < 2 ? 1.0 : -1.0;
        for (guint i = 0; i < 400; i++)
            log->number[f][i] = (double)((i * 37 + f * 11) % 400) / 100.0;
        log->number[f][f] = (double)NAN;
    }
    /* of −1, 2·x2 is −2: x2 must come to −0.5, and the nearest that the log has is 0 */
    found = change_of(model, ERRATA_FORM_LOGISTIC, 0.5, row, log, fixed);
    g_assert_true(found.is_known);
    g_assert_cmpuint(found.n_changes, ==, 1);
    g_assert_cmpuint(found.input[0], ==, 2);
    g_assert_cmpfloat(log->number[2][found.donor[0]], <, 0.005);
    /* with x2 held, x0 or x1 must come to 2; the first of the two that are as near is told */
    fixed[2] = 1;
    found = change_of(model, ERRATA_FORM_LOGISTIC, 0.5, row, log, fixed);
    g_assert_cmpuint(found.n_changes, ==, 1);
    g_assert_cmpfloat_with_epsilon(log->number[found.input[0]][found.donor[0]], 2.0, 1e-9);
    /* for 4 no one is enough: both, each as near as the other lets it */
    found = change_of(model, ERRATA_FORM_PLAIN, 4.0, row, log, fixed);
    g_assert_cmpuint(found.n_changes, ==, 2);
    {
        double a = log->number[0][found.donor[found.input[0] == 0 ? 0 : 1]];
        double b = log->number[1][found.donor[found.input[0] == 0 ? 1 : 0]];

        g_assert_cmpfloat(a * b - 2.0, >=, 4.0);
        g_assert_cmpfloat((a - 0.0101) * b - 2.0, <, 4.0);
        g_assert_cmpfloat(a * (b - 0.0101) - 2.0, <, 4.0);
    }
}

/* another city is another city, however far its code lies; a row that the model says nothing of has
 * no other side */
static void
test_explainer_categories(void)
{
    static const char *const cities[] = {"a", "b", "c", "d", "e", "f", NULL};
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(ErrataModelCells) row = NULL;
    g_autoptr(ErrataModelCells) log = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree double *scale = NULL;
    Body *body = g_new0(Body, 1);
    guint8 fixed[2] = {0, 0};
    ErrataCounterfactual found;

    body->formula = formula_product;
    body->n_inputs = 2;
    errata_model_builder_add_input(builder, "city", ERRATA_MODEL_CATEGORY, cities);
    errata_model_builder_add_input(builder, "rank", ERRATA_MODEL_NUMBER, NULL)->is_coded = TRUE;
    errata_model_builder_add_output(builder,
                                    "prediction",
                                    ERRATA_MODEL_PREDICTION,
                                    ERRATA_MODEL_NUMBER,
                                    NULL);
    errata_model_builder_set_body(builder, &body_class, body);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    row = errata_model_cells_empty(model, 1);
    log = errata_model_cells_empty(model, 6);
    row->number[0][0] = 0.0;
    row->number[1][0] = (double)NAN;
    for (guint i = 0; i < 6; i++)
        log->number[0][i] = log->number[1][i] = (double)i;
    scale = errata_counterfactual_scales(model, &log->rows);
    for (guint f = 0; f < 2; f++)
        for (guint i = 1; i < 6; i++)
            g_assert_cmpfloat_with_epsilon(
                errata_counterfactual_distance(&row->rows, 0, &log->rows, i, f, scale[f]),
                1.0,
                1e-12);
    found = change_of(model, ERRATA_FORM_LOGISTIC, 0.5, row, log, fixed);
    g_assert_false(found.is_known);
    g_assert_cmpuint(found.n_changes, ==, 0);
}

/* probabilities in another order than the classes, one of them twice; as many as a file may
 * claim */
static void
test_explainer_many_classes(void)
{
    const guint n = 60000;
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_auto(GStrv) classes = g_new0(char *, n + 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(ErrataQuantity) quantity = NULL;
    clock_t begin = clock();

    for (guint c = 0; c < n; c++)
        classes[c] = g_strdup_printf("class %u", c);
    for (guint c = n + 1; c-- > 0;)
        errata_model_builder_add_output(builder,
                                        classes[c % n],
                                        ERRATA_MODEL_PROBABILITY,
                                        ERRATA_MODEL_NUMBER,
                                        classes[c % n]);
    errata_model_builder_set_classes(builder, (const char *const *)classes);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    quantity = errata_quantity_of_outputs(model, ERRATA_QUANTITY_PROBABILITY, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(quantity->n_raw, ==, n);
    g_assert_cmpuint(quantity->output[0], ==, 0); /* the first of the two of class 0 */
    g_assert_cmpuint(quantity->output[1], ==, n - 1);
    g_assert_cmpuint(quantity->output[n - 1], ==, 1);
    g_assert_cmpfloat((double)(clock() - begin) / CLOCKS_PER_SEC, <, 5.0); /* was 18 */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/explainer/product", test_explainer_product);
    g_test_add_func("/explainer/sum", test_explainer_sum);
    g_test_add_func("/explainer/permutations", test_explainer_permutations);
    g_test_add_func("/explainer/loss-game", test_explainer_loss_game);
    g_test_add_func("/explainer/rescaled", test_explainer_rescaled);
    g_test_add_func("/explainer/slopes", test_explainer_slopes);
    g_test_add_func("/explainer/clipped", test_explainer_clipped);
    g_test_add_func("/explainer/losses", test_explainer_losses);
    g_test_add_func("/explainer/counterfactual", test_explainer_counterfactual);
    g_test_add_func("/explainer/nearest-value", test_explainer_nearest_value);
    g_test_add_func("/explainer/categories", test_explainer_categories);
    g_test_add_func("/explainer/many-classes", test_explainer_many_classes);
    g_test_add_func("/explainer/no-probability", test_explainer_no_probability);
    return g_test_run();
}
