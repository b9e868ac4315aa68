/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Public models of XGBoost and LightGBM: loaded, run on their inputs and compared with what the
 * libraries gave: 1 ulp of single precision, or 1e-12 for libraries that work in double precision;
 * what is not read must be refused. Shares and interactions against XGBoost's own. */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"
#include "model-rows.h"
#include "registry.h"
#include "treeshap.h"

static char *data_folder;

static char *
data_path(const char *name)
{
    return g_build_filename(data_folder, "models", name, NULL);
}

static ErrataModel *
open_model(const char *name, GError **error)
{
    g_autofree char *path = data_path(name);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ErrataModel *model;

    g_assert_cmpint(fd, >=, 0);
    model = errata_registry_load_model(fd, name, warnings, error);
    close(fd);
    return model;
}

/* takes @fd */
static ErrataFrame *
read_fd(int fd, const char *name, const ErrataModel *model)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GError) error = NULL;
    ErrataFrame *frame;
    gboolean ok;

    if (model != NULL)
        errata_model_keep_strings(model, builder);
    ok = errata_registry_read(fd, name, builder, NULL, NULL, members, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    frame = errata_frame_builder_finish(builder, &error);
    g_assert_no_error(error);
    close(fd);
    return frame;
}

static ErrataFrame *
read_rows(const char *name, const ErrataModel *model)
{
    g_autofree char *path = data_path(name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    g_assert_cmpint(fd, >=, 0);
    return read_fd(fd, name, model);
}

static ErrataFrame *
read_text(const GString *text)
{
    int fd = memfd_create("rows", MFD_CLOEXEC);

    g_assert_cmpint(write(fd, text->str, text->len), ==, (gssize)text->len);
    return read_fd(fd, "rows.csv", NULL);
}

/* one column per line of a feature map, `NAME` or `NAME=VALUE` (1, or missing as it was for models
 * of old), named as the model names what has no name */
static ErrataFrame *
rows_by_map(const ErrataFrame *rows, const char *map)
{
    g_autofree char *path = data_path(map);
    g_autofree char *text = NULL;
    g_autoptr(GString) csv = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(g_strstrip(text), "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        g_string_append_printf(csv, "%sf%u", i > 0 ? "," : "", i);
    g_string_append_c(csv, '\n');
    for (gsize row = 0; row < rows->n_rows; row++) {
        for (guint i = 0; lines[i] != NULL; i++) {
            g_auto(GStrv) fields = g_strsplit(lines[i], "\t", 3);
            char *equals = strchr(fields[1], '=');
            g_autofree char *cell = NULL;

            if (equals != NULL)
                *equals = '\0';
            cell = errata_column_print(errata_frame_find(rows, fields[1], NULL), row);
            g_string_append(csv, i > 0 ? "," : "");
            if (equals == NULL)
                g_string_append(csv, cell);
            else if (strcmp(cell, equals + 1) == 0)
                g_string_append_c(csv, '1');
        }
        g_string_append_c(csv, '\n');
    }
    return read_text(csv);
}

static gint64
float_order(double value)
{
    float single = (float)value;
    gint32 bits;

    memcpy(&bits, &single, sizeof bits);
    return bits >= 0 ? bits : -(gint64)(bits & G_MAXINT32);
}

typedef struct {
    const char *file;
    double relative; /* allowed beside 1 ulp; 0 for none */
    gboolean single;
} Tolerance;

static void
check_value(const Tolerance *tolerance, const char *column, gsize row, double got, double expected)
{
    double error = fabs(got - expected) / fmax(fabs(expected), 1e-300);
    gint64 ulps = float_order(got) - float_order(expected);

    if (error <= tolerance->relative || (tolerance->single && ABS(ulps) <= 1))
        return;
    g_error("%s, %s, row %" G_GSIZE_FORMAT ": %.17g, expected %.17g",
            tolerance->file,
            column,
            row,
            got,
            expected);
}

/* expected columns: `probability(…)` in the order of the model's, any other a prediction */
static void
check_outputs(const ErrataModelResult *result,
              const ErrataFrame *expected,
              const Tolerance *tolerance)
{
    guint at[2] = {0, 0};

    g_assert_cmpuint(result->n_rows, ==, expected->n_rows);
    for (guint c = 0; c < expected->n_columns; c++) {
        const ErrataColumn *column = expected->columns[c];
        gboolean is_probability = g_str_has_prefix(column->name, "probability");
        ErrataModelRole role = is_probability ? ERRATA_MODEL_PROBABILITY : ERRATA_MODEL_PREDICTION;
        guint *next = &at[is_probability ? 1 : 0];

        while (errata_model_output(result->model, *next)->role != role) {
            (*next)++;
            g_assert_cmpuint(*next, <, result->n_outputs);
        }
        for (gsize row = 0; row < result->n_rows; row++)
            check_value(tolerance,
                        column->name,
                        row,
                        result->number[*next][row],
                        errata_column_number(column, row));
        (*next)++;
    }
}

/* `X@N.csv` is what the first N iterations give */
static void
check_expected(ErrataModel *model,
               const ErrataModelBinding *binding,
               const char *file,
               const Tolerance *tolerance)
{
    g_autoptr(ErrataFrame) expected = read_rows(file, NULL);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModelResult) result = NULL;
    g_autoptr(GError) error = NULL;
    const char *mark = strrchr(file, '@');
    guint n_trees = model->trees != NULL ? model->trees->n_trees : 0;
    Tolerance named = *tolerance;

    named.file = file;
    if (mark != NULL && strchr(mark, '/') == NULL)
        model->trees->n_trees = (guint)g_ascii_strtoull(mark + 1, NULL, 10) *
                                model->trees->n_groups;
    result = errata_model_run(binding, warnings, &error);
    g_assert_no_error(error);
    check_outputs(result, expected, &named);
    if (model->trees != NULL)
        model->trees->n_trees = n_trees;
}

/* a line of the index: family, version, name, model files, input, feature map, expected files,
 * facts, repository, commit, licence, note, what an independent evaluator reached */
static void
check_line(char **field)
{
    g_auto(GStrv) models = g_strsplit(field[3], ",", -1);
    g_auto(GStrv) expected = g_strsplit(field[6], ",", -1);
    gboolean refused = strcmp(field[1], "dump-json") == 0;
    Tolerance tolerance = {field[2], 1e-12, g_str_has_prefix(field[0], "xgboost")};

    /* what is expected of 1.3.2 was not computed by it */
    if (strcmp(field[1], "1.3.2") == 0)
        tolerance.relative = 3e-7;
    for (guint m = 0; models[m] != NULL; m++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataModel) model = open_model(models[m], &error);
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(ErrataModelBinding) binding = NULL;

        if (refused) {
            g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED);
            continue;
        }
        g_assert_no_error(error);
        frame = read_rows(field[4], model->unnamed ? NULL : model);
        if (model->unnamed) {
            ErrataFrame *mapped = rows_by_map(frame, field[5]);

            errata_frame_unref(frame);
            frame = mapped;
        }
        binding = errata_model_binding_new(model, frame, warnings, &error);
        g_assert_no_error(error);
        for (guint e = 0; expected[e] != NULL; e++)
            check_expected(model, binding, expected[e], &tolerance);
    }
}

static void
test_models_index(gconstpointer data)
{
    g_autofree char *path = data_path("INDEX_ext.tsv");
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    guint n = 0;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        g_test_skip("no test data");
        return;
    }
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        g_auto(GStrv) field = g_strsplit(lines[i], "\t", -1);

        if (!g_str_has_prefix(field[0], data))
            continue;
        check_line(field);
        n++;
    }
    g_assert_cmpuint(n, >, 0);
}

static void
check_shares(const ErrataTreeshap *shap,
             const ErrataModelRows *rows,
             const ErrataTrees *trees,
             const ErrataFrame *expected)
{
    gsize n = (gsize)trees->n_groups * (trees->n_features + 1);
    g_autofree double *phi = g_new(double, rows->n_rows *n);

    errata_treeshap_rows(shap, rows->number, rows->n_rows, phi);
    g_assert_cmpuint(expected->n_columns, ==, n);
    g_assert_cmpfloat(errata_treeshap_gap(trees, rows->number, rows->n_rows, phi, NULL), <, 1e-9);
    for (gsize row = 0; row < rows->n_rows; row++)
        for (guint c = 0; c < n; c++) {
            double want = errata_column_number(expected->columns[c], row);
            /* single precision of sums as large as the bias */
            double scale = fmax(1.0, fabs(phi[row * n + n - 1]));

            g_assert_cmpfloat_with_epsilon(phi[row * n + c], want, 1e-5 * scale);
        }
}

static void
check_pairs(const ErrataTreeshap *shap,
            const ErrataModelRows *rows,
            const ErrataTrees *trees,
            const ErrataFrame *expected)
{
    gsize n = (gsize)trees->n_features + 1;
    gsize size = n * n * trees->n_groups;
    gsize n_rows = MIN(rows->n_rows, 20);
    g_autofree double *phi = g_new(double, n_rows *size);
    g_autoptr(GError) error = NULL;
    gboolean ok = errata_treeshap_interactions(shap, rows->number, n_rows, phi, &error);

    g_assert_no_error(error);
    g_assert_true(ok);
    for (gsize line = 0; line < expected->n_rows; line++) {
        gsize at[4];
        double got;

        for (guint c = 0; c < 4; c++)
            at[c] = (gsize)errata_column_number(expected->columns[c], line);
        if (at[0] >= n_rows)
            continue;
        got = phi[at[0] * size + (at[1] * n + at[2]) * n + at[3]];
        g_assert_cmpfloat_with_epsilon(got,
                                       errata_column_number(expected->columns[4], line),
                                       1e-5 * fmax(1.0, fabs(phi[n * n - 1])));
    }
}

static void
test_models_shares(gconstpointer data)
{
    const char *name = data;
    g_autofree char *model_name = g_build_filename(name, "model.ubj", NULL);
    g_autofree char *input = g_build_filename(name, "input.csv", NULL);
    g_autofree char *contribs = g_build_filename(name, "contribs.csv.gz", NULL);
    g_autofree char *pairs = g_build_filename(name, "interactions_upper.csv.gz", NULL);
    g_autofree char *path = data_path(model_name);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(ErrataFrame) want_shares = NULL;
    g_autoptr(ErrataFrame) want_pairs = NULL;
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(ErrataModelBlock) block = NULL;
    g_autoptr(ErrataTreeshap) shap = NULL;
    const ErrataModelRows *rows;

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_test_skip("no test data");
        return;
    }
    model = open_model(model_name, &error);
    g_assert_no_error(error);
    frame = read_rows(input, model);
    want_shares = read_rows(contribs, NULL);
    want_pairs = read_rows(pairs, NULL);
    binding = errata_model_binding_new(model, frame, warnings, &error);
    g_assert_no_error(error);
    block = errata_model_block_new(binding, frame->n_rows);
    rows = errata_model_block_fill(block, 0, frame->n_rows);
    shap = errata_treeshap_new(model->trees, &error);
    g_assert_no_error(error);
    check_shares(shap, rows, model->trees, want_shares);
    check_pairs(shap, rows, model->trees, want_pairs);
}

int
main(int argc, char **argv)
{
    const char *folder = g_getenv("ERRATA_TEST_DATA");
    int code;

    g_test_init(&argc, &argv, NULL);
    data_folder = folder != NULL ? g_strdup(folder)
                                 : g_test_build_filename(G_TEST_DIST,
                                                         "..",
                                                         "..",
                                                         "..",
                                                         "shared",
                                                         "data",
                                                         "public",
                                                         NULL);
    g_test_add_data_func("/models/xgboost", "xgboost", test_models_index);
    g_test_add_data_func("/models/lightgbm", "lightgbm", test_models_index);
    g_test_add_data_func("/models/shares/adult-3", "xgb_adult_d3", test_models_shares);
    g_test_add_data_func("/models/shares/adult-6", "xgb_adult_d6", test_models_shares);
    g_test_add_data_func("/models/shares/housing", "xgb_housing_reg_d6", test_models_shares);
    g_test_add_data_func("/models/shares/wine", "xgb_wine_multi_d4", test_models_shares);
    code = g_test_run();
    g_free(data_folder);
    return code;
}
