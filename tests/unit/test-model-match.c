/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log with texts and a model that was trained on their places in a sorted list: the list is found
 * by the logged scores, with a text in it that the log lacks; another model is told apart. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "model-builder.h"
#include "model-match.h"
#include "synth.h"

#define N_ROWS 300

typedef struct {
    double slope;
} Body;

/* a probability from a number and the place of a text, by no means in order of the place */
static double
score_of(double slope, double number, double place)
{
    static const double effect[] = {-1.0, 2.0, 0.5, -2.0, 1.5};
    double text = isnan(place) ? 0.0 : effect[(guint)place % G_N_ELEMENTS(effect)];

    return 1.0 / (1.0 + exp(-(slope * number + text)));
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
        double p = score_of(body->slope, rows->number[0][row], rows->number[1][row]);

        scores->number[0][row] = 1.0 - p;
        scores->number[1][row] = p;
    }
    return TRUE;
}

static const ErrataModelClass body_class = {.predict = body_predict, .free = g_free};

static ErrataModel *
make_model(double slope, guint n_codes)
{
    static const char *const classes[] = {"0", "1", NULL};
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(GError) error = NULL;
    Body *body = g_new0(Body, 1);
    ErrataModel *model;

    body->slope = slope;
    errata_model_builder_set_classes(builder, classes);
    errata_model_builder_add_input(builder, "number", ERRATA_MODEL_NUMBER, NULL);
    ErrataModelInput *colour =
        errata_model_builder_add_input(builder, "colour", ERRATA_MODEL_NUMBER, NULL);

    colour->is_coded = n_codes > 0;
    colour->n_codes = n_codes;
    for (guint i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("probability(%s)", classes[i]);

        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_PROBABILITY,
                                        ERRATA_MODEL_NUMBER,
                                        classes[i]);
    }
    errata_model_builder_set_body(builder, &body_class, body);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    return model;
}

/* training knew blue, green, red, white, yellow; the log has no green. @places: it holds them as
 * training's places, not as texts */
static ErrataFrame *
make_log(gboolean places, double *ret_score)
{
    static const guint place[] = {0, 2, 3, 4};
    ErrataFrame *frame = synth_frame(N_ROWS, 2);
    double number[N_ROWS], at[N_ROWS];
    guint code[N_ROWS];

    for (guint row = 0; row < N_ROWS; row++) {
        number[row] = (double)(row * 37 % 101) / 50.0 - 1.0;
        code[row] = (row * 7 / 3) % 4;
        at[row] = place[code[row]];
        ret_score[row] = score_of(1.0, number[row], at[row]);
    }
    synth_numbers(frame, "number", number);
    if (places)
        synth_numbers(frame, "colour", at);
    else
        synth_categories(frame, "colour", code, "blue red white yellow");
    return frame;
}

/* what became of the scores before they were logged */
typedef enum {
    LOGGED_AS_THEY_ARE,
    LOGGED_CALIBRATED,
    LOGGED_ROUNDED,
} Logged;

static ErrataModelMatch *
match_logged(double slope, Logged logged, guint *ret_n_warnings)
{
    double score[N_ROWS];
    g_autoptr(ErrataFrame) frame = make_log(logged != LOGGED_AS_THEY_ARE, score);
    g_autoptr(ErrataSchema) schema = synth_schema(frame);
    g_autoptr(ErrataModel) model = make_model(slope, 0);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    ErrataOutcome outcome = {.n_rows = N_ROWS,
                             .task = ERRATA_TASK_BINARY,
                             .n_classes = 2,
                             .positive = 1,
                             .score = score};
    for (guint row = 0; row < N_ROWS; row++)
        score[row] = logged == LOGGED_CALIBRATED ? score[row] * score[row]
                     : logged == LOGGED_ROUNDED  ? floor(score[row] * 10.0 + 0.5) / 10.0
                                                 : score[row];
    ErrataModelMatch *found =
        errata_model_match_new(model, frame, schema, &outcome, 0, warnings, &error);

    g_assert_no_error(error);
    *ret_n_warnings = warnings->len;
    return found;
}

static ErrataModelMatch *
match(double slope, guint *ret_n_warnings)
{
    return match_logged(slope, LOGGED_AS_THEY_ARE, ret_n_warnings);
}

static void
test_match_texts(void)
{
    guint n_warnings;
    g_autoptr(ErrataModelMatch) found = match(1.0, &n_warnings);

    g_assert_cmpuint(found->n_coded, ==, 1);
    g_assert_cmpfloat(found->agreement, >, 0.999);
    g_assert_true(errata_model_match_is_sure(found));
    g_assert_cmpuint(n_warnings, ==, 1);
}

static void
test_match_other(void)
{
    guint n_warnings;
    g_autoptr(ErrataModelMatch) found = match(-1.0, &n_warnings);

    g_assert_cmpfloat(found->agreement, <, 0.2);
    g_assert_false(errata_model_match_is_sure(found));
    g_assert_cmpuint(n_warnings, >=, 1);
}

static void
test_match_nearly(void)
{
    guint n_same, n_nearly;
    g_autoptr(ErrataModelMatch) same = match(1.0, &n_same);
    g_autoptr(ErrataModelMatch) nearly = match(1.05, &n_nearly);

    g_test_summary("Scores of nearly the same order that no map makes the logged ones are another "
                   "model's");
    g_assert_cmpfloat(same->agreement, >, 0.999);
    g_assert_cmpfloat(nearly->agreement, <, 0.9);
    g_assert_cmpfloat(nearly->correlation, >, 0.98);
    g_assert_cmpfloat(nearly->mapped, <, 0.9);
    g_assert_false(errata_model_match_is_sure(nearly));
    g_assert_cmpuint(n_nearly, ==, n_same + 1);
}

static void
test_match_mapped(void)
{
    static const Logged ways[] = {LOGGED_CALIBRATED, LOGGED_ROUNDED};
    guint n_warnings;

    g_test_summary(
        "Scores that were mapped in their order before they were logged are the model's");
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(ErrataModelMatch) found = match_logged(1.0, ways[i], &n_warnings);

        g_assert_cmpfloat(found->agreement, <, 0.9);
        g_assert_cmpfloat(found->mapped, >, 0.9);
        g_assert_true(errata_model_match_is_sure(found));
        g_assert_false(errata_model_match_is_same(found));
        g_assert_cmpuint(n_warnings, >=, 1);
    }
}

/* a list that the file lacks: its places are those of the log's texts, which the logged scores
 * show, or they are not */
static void
check_coded(guint n_missing)
{
    double score[N_ROWS], number[N_ROWS];
    guint code[N_ROWS];
    g_autoptr(ErrataFrame) frame = synth_frame(N_ROWS, 2);
    g_autoptr(ErrataModel) model = make_model(1.0, 4);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataSchema) schema = NULL;
    g_autoptr(ErrataModelMatch) found = NULL;
    ErrataOutcome outcome = {.n_rows = N_ROWS,
                             .task = ERRATA_TASK_BINARY,
                             .n_classes = 2,
                             .positive = 1,
                             .score = score};

    for (guint row = 0; row < N_ROWS; row++) {
        number[row] = (double)(row * 37 % 101) / 50.0 - 1.0;
        code[row] = (row * 7 / 3) % 4;
        score[row] = score_of(1.0, number[row], code[row] + n_missing);
    }
    synth_numbers(frame, "number", number);
    synth_categories(frame, "colour", code, "blue red white yellow");
    schema = synth_schema(frame);
    found = errata_model_match_new(model, frame, schema, &outcome, 0, warnings, &error);
    if (n_missing > 0) {
        g_assert_null(found);
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        return;
    }
    g_assert_no_error(error);
    g_assert_true(errata_model_match_is_same(found));
}

static void
test_match_coded(void)
{
    check_coded(0);
    check_coded(1);
}

/* three probabilities of a number, by the order that training knew: low, mid, high */
static gboolean
order_predict(const ErrataModel *model,
              gconstpointer data,
              const ErrataModelRows *rows,
              ErrataModelScores *scores,
              GError **error)
{
    for (gsize row = 0; row < rows->n_rows; row++) {
        double x = rows->number[0][row];
        double of[] = {exp(-2.0 * x), 1.0, exp(3.0 * x)};

        for (guint k = 0; k < 3; k++)
            scores->number[k][row] = of[k] / (of[0] + of[1] + of[2]);
    }
    return TRUE;
}

static const ErrataModelClass order_class = {.predict = order_predict};

static ErrataModel *
make_order_model(void)
{
    static const char *const classes[] = {"0", "1", "2", NULL};
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(GError) error = NULL;
    ErrataModel *model;

    errata_model_builder_set_classes(builder, classes);
    errata_model_builder_add_input(builder, "number", ERRATA_MODEL_NUMBER, NULL);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("probability(%s)", classes[i]);

        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_PROBABILITY,
                                        ERRATA_MODEL_NUMBER,
                                        classes[i]);
    }
    errata_model_builder_set_body(builder, &order_class, NULL);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    return model;
}

/* the log has the classes by their names, whose order is not that of training */
static void
check_order(gboolean probabilities)
{
    static const int place[] = {2, 0, 1}; /* high, low, mid */
    g_auto(GStrv) names = g_strsplit("high low mid", " ", -1);
    g_autoptr(ErrataFrame) frame = synth_frame(N_ROWS, 1);
    g_autoptr(ErrataModel) model = make_order_model();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    double number[N_ROWS], logged[3][N_ROWS];
    double *probability[] = {logged[0], logged[1], logged[2]};
    gint32 predicted[N_ROWS];
    ErrataSchema schema = {.n_classes = 3, .classes = names, .positive = -1};
    ErrataOutcome outcome = {.n_rows = N_ROWS,
                             .task = ERRATA_TASK_MULTICLASS,
                             .n_classes = 3,
                             .positive = -1,
                             .predicted = predicted,
                             .probability = probabilities ? probability : NULL};

    for (guint row = 0; row < N_ROWS; row++) {
        double x = number[row] = (double)(row * 37 % 101) / 50.0 - 1.0;
        double of[] = {exp(-2.0 * x), 1.0, exp(3.0 * x)};

        predicted[row] = 0;
        for (guint c = 0; c < 3; c++) {
            logged[c][row] = of[place[c]] / (of[0] + of[1] + of[2]);
            if (logged[c][row] > logged[predicted[row]][row])
                predicted[row] = (gint32)c;
        }
    }
    synth_numbers(frame, "number", number);

    g_autoptr(ErrataModelMatch) found =
        errata_model_match_new(model, frame, &schema, &outcome, 0, warnings, &error);

    g_assert_no_error(error);
    g_assert_nonnull(found->class);
    for (guint c = 0; c < 3; c++)
        g_assert_cmpint(found->class[c], ==, place[c]);
    g_assert_true(errata_model_match_is_sure(found));
    if (probabilities)
        g_assert_cmpfloat(found->agreement, >, 0.999);
    g_assert_cmpuint(warnings->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(warnings, 0), "“low”, “mid”, “high”"));
}

static void
test_match_order(void)
{
    check_order(TRUE);
    check_order(FALSE);
}

/* a model that names no inputs takes as many numbers, in their order, where the log has words
 * beside them */
static void
test_match_unnamed(void)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(ErrataFrame) frame = synth_frame(N_ROWS, 4);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(ErrataModelBinding) binding = NULL;
    g_autoptr(GError) error = NULL;
    double number[N_ROWS] = {0.0};
    guint code[N_ROWS] = {0};

    errata_model_builder_add_input(builder, "f0", ERRATA_MODEL_NUMBER, NULL);
    errata_model_builder_add_input(builder, "f1", ERRATA_MODEL_NUMBER, NULL);
    errata_model_builder_set_unnamed(builder, TRUE);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    synth_numbers(frame, "age", number);
    synth_categories(frame, "region", code, "north south");
    synth_numbers(frame, "debt", number);
    synth_numbers(frame, "label", number);
    binding = errata_model_binding_open(model, frame, warnings, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(errata_model_binding_column(binding, 0)->name, ==, "age");
    g_assert_cmpstr(errata_model_binding_column(binding, 1)->name, ==, "debt");
    g_assert_cmpuint(warnings->len, ==, 1);
}

/* two classes by other names, the model's first of which is what the log calls positive */
static void
test_match_turned(void)
{
    g_auto(GStrv) names = g_strsplit("bad good", " ", -1);
    g_autoptr(ErrataFrame) frame = synth_frame(N_ROWS, 2);
    g_autoptr(ErrataModel) model = make_model(1.0, 0);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    double number[N_ROWS], colour[N_ROWS], score[N_ROWS];
    ErrataSchema schema = {.n_classes = 2, .classes = names, .positive = 0};
    ErrataOutcome outcome = {.n_rows = N_ROWS,
                             .task = ERRATA_TASK_BINARY,
                             .n_classes = 2,
                             .positive = 0,
                             .score = score};

    for (guint row = 0; row < N_ROWS; row++) {
        number[row] = (double)(row * 37 % 101) / 50.0 - 1.0;
        colour[row] = row % 5;
        score[row] = 1.0 - score_of(1.0, number[row], colour[row]);
    }
    synth_numbers(frame, "number", number);
    synth_numbers(frame, "colour", colour);

    g_autoptr(ErrataModelMatch) found =
        errata_model_match_new(model, frame, &schema, &outcome, 0, warnings, &error);

    g_assert_no_error(error);
    g_assert_nonnull(found->class);
    g_assert_cmpint(found->class[0], ==, 0);
    g_assert_cmpint(found->class[1], ==, 1);
    g_assert_cmpfloat(found->agreement, >, 0.999);
    g_assert_true(errata_model_match_is_same(found));
}

/* a model of a number, whose logarithm it gives */
static gboolean
log_predict(const ErrataModel *model,
            gconstpointer data,
            const ErrataModelRows *rows,
            ErrataModelScores *scores,
            GError **error)
{
    for (gsize row = 0; row < rows->n_rows; row++)
        scores->number[0][row] = 1.0 + rows->number[0][row];
    return TRUE;
}

static const ErrataModelClass log_class = {.predict = log_predict};

static ErrataModelMatch *
match_logged_as(double (*as)(double), guint *ret_n_warnings)
{
    g_autoptr(ErrataFrame) frame = synth_frame(N_ROWS, 1);
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("test", "test");
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataModel) model = NULL;
    g_autoptr(GError) error = NULL;
    double number[N_ROWS], logged[N_ROWS];
    ErrataSchema schema = {.positive = -1};
    ErrataOutcome outcome = {.n_rows = N_ROWS,
                             .task = ERRATA_TASK_REGRESSION,
                             .positive = -1,
                             .predicted_value = logged};
    ErrataModelMatch *found;

    errata_model_builder_add_input(builder, "number", ERRATA_MODEL_NUMBER, NULL);
    errata_model_builder_add_output(builder,
                                    "prediction",
                                    ERRATA_MODEL_PREDICTION,
                                    ERRATA_MODEL_NUMBER,
                                    NULL);
    errata_model_builder_set_body(builder, &log_class, NULL);
    model = errata_model_builder_finish(builder, &error);
    g_assert_no_error(error);
    for (guint row = 0; row < N_ROWS; row++) {
        number[row] = (double)(row * 37 % 101) / 20.0;
        logged[row] = as(1.0 + number[row]);
    }
    synth_numbers(frame, "number", number);
    found = errata_model_match_new(model, frame, &schema, &outcome, 0, warnings, &error);
    g_assert_no_error(error);
    *ret_n_warnings = warnings->len;
    return found;
}

static double
as_it_is(double value)
{
    return value;
}

static double
as_nothing_known(double value)
{
    return value * value * value + 20.0;
}

static void
test_match_scale(void)
{
    guint n;
    g_autoptr(ErrataModelMatch) same = match_logged_as(as_it_is, &n);
    g_autoptr(ErrataModelMatch) as_exp = match_logged_as(exp, &n);
    g_autoptr(ErrataModelMatch) as_expm1 = NULL;
    g_autoptr(ErrataModelMatch) strange = NULL;

    g_assert_cmpint(same->scale, ==, ERRATA_MODEL_SCALE_SAME);
    g_assert_false(same->is_scaled);
    g_assert_cmpint(as_exp->scale, ==, ERRATA_MODEL_SCALE_EXP);
    g_assert_cmpfloat(as_exp->agreement, >, 0.999);
    g_assert_false(as_exp->is_scaled);
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpfloat(errata_model_scale_undo(as_exp->scale, exp(2.0)), >, 2.0 - 1e-12);
    g_assert_true(isnan(errata_model_scale_undo(as_exp->scale, 0.0)));
    as_expm1 = match_logged_as(expm1, &n);
    g_assert_cmpint(as_expm1->scale, ==, ERRATA_MODEL_SCALE_EXPM1);
    strange = match_logged_as(as_nothing_known, &n);
    g_assert_cmpint(strange->scale, ==, ERRATA_MODEL_SCALE_SAME);
    g_assert_true(strange->is_scaled);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model-match/texts", test_match_texts);
    g_test_add_func("/model-match/coded", test_match_coded);
    g_test_add_func("/model-match/other", test_match_other);
    g_test_add_func("/model-match/nearly", test_match_nearly);
    g_test_add_func("/model-match/mapped", test_match_mapped);
    g_test_add_func("/model-match/order", test_match_order);
    g_test_add_func("/model-match/unnamed", test_match_unnamed);
    g_test_add_func("/model-match/turned", test_match_turned);
    g_test_add_func("/model-match/scale", test_match_scale);
    return g_test_run();
}
