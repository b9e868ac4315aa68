/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model that knows a category by the codes 0 … 3 only, and logs that hold the categories, the
 * codes, or other categories: what nothing shows to be right is refused. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "model-builder.h"
#include "model-cells.h"
#include "synth.h"
#include "trees-builder.h"

#define N_ROWS 1000

/* of ten training rows one had code 0, two code 1, three code 2 and four code 3 */
static const double share[] = {0.1, 0.2, 0.3, 0.4};

/* a tree for each code but the third, that sends it left */
static ErrataTrees *
make_trees(void)
{
    g_autoptr(ErrataTreesBuilder) builder = errata_trees_builder_new(1, 1, 1, TRUE);
    g_autoptr(GError) error = NULL;

    for (guint32 code = 0; code < 4; code += code == 1 ? 2 : 1) {
        g_assert_true(errata_trees_builder_begin(builder, 3, 0, 1.0, &error));
        errata_trees_builder_split(builder, 0, 1, 2, 0, 0.0, 0);
        errata_trees_builder_codes(builder, 0, &code, 1);
        errata_trees_builder_leaf(builder, 1, &(double){1.0 + code});
        errata_trees_builder_leaf(builder, 2, &(double){0.0});
        errata_trees_builder_cover(builder, 0, 5000.0);
        errata_trees_builder_cover(builder, 1, 5000.0 * share[code]);
        errata_trees_builder_cover(builder, 2, 5000.0 * (1.0 - share[code]));
        g_assert_true(errata_trees_builder_end(builder, &error));
    }
    g_assert_no_error(error);
    return errata_trees_builder_finish(builder);
}

static ErrataModel *
make_model(gboolean with_trees)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(GError) error = NULL;
    ErrataModelInput *input =
        errata_model_builder_add_input(builder, "kind", ERRATA_MODEL_NUMBER, NULL);
    ErrataModel *model;

    input->is_coded = TRUE;
    input->n_codes = 4;
    if (with_trees)
        errata_model_builder_set_trees(builder, make_trees());
    errata_model_builder_set_why_not(builder, "it is not run here");
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    return model;
}

/* the place of a row among four, by the shares that training had */
static guint
place_of(guint row)
{
    guint of_ten = row % 10;

    return of_ten < 1 ? 0 : of_ten < 3 ? 1 : of_ten < 6 ? 2 : 3;
}

/* what the last row is read as; NaN where the log is refused */
static double
read_last(ErrataModel *model, const char *name, const double *values, guint *ret_n_warnings)
{
    g_autoptr(ErrataFrame) frame = synth_frame(N_ROWS, 1);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(ErrataModelCells) cells = NULL;
    g_autoptr(GError) error = NULL;
    gsize row = N_ROWS - 1;

    synth_numbers(frame, name, values);
    binding = errata_model_binding_open(model, frame, warnings, &error);
    *ret_n_warnings = warnings->len;
    if (binding == NULL) {
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        g_assert_nonnull(strstr(error->message, "code(kind)"));
        return (double)NAN;
    }
    cells = errata_model_cells_new(binding, &row, 1);
    return cells->number[0][0];
}

static double
read_places(gboolean with_trees, const char *name, const double *of_place)
{
    g_autoptr(ErrataModel) model = make_model(with_trees);
    double value[N_ROWS];
    guint n;

    for (guint row = 0; row < N_ROWS; row++)
        value[row] = of_place[place_of(row)];
    return read_last(model, name, value, &n);
}

static void
test_model_codes_themselves(void)
{
    static const double all[] = {0, 1, 2, 3}, more[] = {0, 1, 2, 9}, low[] = {0, 0, 1, 2};

    g_test_summary("Numbers from 0 on without a gap are codes, whatever the model can tell");
    g_assert_cmpfloat_with_epsilon(read_places(FALSE, "kind", all), 3, 1e-9);
    g_assert_cmpfloat_with_epsilon(read_places(TRUE, "kind", all), 3, 1e-9);
    g_assert_cmpfloat_with_epsilon(read_places(FALSE, "kind", low), 2, 1e-9);
    g_assert_true(isnan(read_places(FALSE, "kind", more)));
    g_assert_cmpfloat_with_epsilon(read_places(FALSE, "code(kind)", more), 9, 1e-9);
}

static void
test_model_codes_strange(void)
{
    g_autoptr(ErrataModel) model = make_model(FALSE);
    double value[N_ROWS];
    guint n;

    g_test_summary("A few cells that are no codes make none of the others");
    for (guint row = 0; row < N_ROWS; row++)
        value[row] = row == 0 ? -1.0 : row == 1 ? 1.5 : row % 4;
    g_assert_cmpfloat_with_epsilon(read_last(model, "kind", value, &n), 3, 1e-9);
    g_assert_cmpuint(n, ==, 1);
}

static void
test_model_codes_categories(void)
{
    static const double same[] = {10, 20, 30, 40}, months[] = {1, 2, 3, 4};

    g_test_summary("Categories are ranked where the rows part as the training's did");
    g_assert_cmpfloat_with_epsilon(read_places(TRUE, "kind", same), 3, 1e-9);
    g_assert_cmpfloat_with_epsilon(read_places(TRUE, "kind", months), 3, 1e-9);
    g_assert_true(isnan(read_places(FALSE, "kind", same)));
}

static void
test_model_codes_others(void)
{
    /* training knew one more before these, or one of these was not there; and months 1 … 3 that
     * look like codes, of which the third is the fourth of the log's rows */
    static const double other[][4] = {{20, 30, 40, 10}, {10, 30, 40, 50}, {1, 2, 3, 3}};
    g_autoptr(ErrataModel) model = make_model(TRUE);
    double value[N_ROWS];
    guint n;

    g_test_summary("Categories that the rows cannot show to be the training's are refused");
    g_assert_true(isnan(read_places(TRUE, "kind", other[0])));
    g_assert_true(isnan(read_places(TRUE, "kind", other[2])));
    for (guint row = 0; row < N_ROWS; row++)
        value[row] = other[1][row % 4]; /* each as often */
    g_assert_true(isnan(read_last(model, "kind", value, &n)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model-codes/themselves", test_model_codes_themselves);
    g_test_add_func("/model-codes/strange", test_model_codes_strange);
    g_test_add_func("/model-codes/categories", test_model_codes_categories);
    g_test_add_func("/model-codes/others", test_model_codes_others);
    return g_test_run();
}
