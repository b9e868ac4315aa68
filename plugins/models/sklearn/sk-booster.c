/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gradient boosting of other libraries within a pickle: the wrapper's object holds the library's
 * own model file as bytes (XGBoost) or text (LightGBM), which the plugin of that format reads.
 * Nothing is called. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "model-format.h"
#include "plugin.h"
#include "sk-private.h"

extern const ErrataPlugin errata_plugin_xgboost;
extern const ErrataPlugin errata_plugin_lightgbm;

/**
 * SkBooster:
 * @model: the booster's own
 * @missing: a number that stands for a missing cell; NaN for none
 * @lacks_zeros: as zeros do, which the sparse matrix before it does not hold
 *
 * A model of another library as the last step of a pipeline.
 */
struct _SkBooster {
    ErrataModel *model;
    double missing;
    gboolean lacks_zeros;
};

void
sk_booster_free(SkBooster *self)
{
    errata_model_unref(self->model);
    g_free(self);
}

/* the bytes that the characters of a text stand for: so protocols before 3 write a bytearray */
static GBytes *
booster_latin1(const PickleValue *text)
{
    gsize size = 0;
    g_autofree char *bytes = g_convert((const char *)text->raw,
                                       (gssize)text->raw_size,
                                       "ISO-8859-1",
                                       "UTF-8",
                                       NULL,
                                       &size,
                                       NULL);
    return bytes != NULL ? g_bytes_new_take(g_steal_pointer(&bytes), size) : NULL;
}

/* (transfer full) (nullable): bytes, a bytearray made of some, or text */
static GBytes *
booster_bytes(const PickleValue *value)
{
    if (value != NULL && value->kind == PICKLE_OBJECT && value->callable != NULL &&
        value->callable->kind == PICKLE_GLOBAL && g_str_equal(value->callable->name, "bytearray")) {
        const PickleValue *encoding = pickle_item(value->args, 1);
        value = pickle_item(value->args, 0);
        if (encoding != NULL && value->kind == PICKLE_STRING && value->raw != NULL)
            return booster_latin1(value);
    }
    if (value == NULL || (value->kind != PICKLE_BYTES && value->kind != PICKLE_STRING))
        return NULL;
    return g_bytes_new_static(value->data, value->size);
}

gboolean
sk_is_booster(const PickleValue *object)
{
    const char *module = pickle_module(object);
    return module != NULL &&
           (g_str_has_prefix(module, "xgboost.") || g_str_has_prefix(module, "lightgbm."));
}

/* the object that keeps the file: itself, or what its wrapper made */
static const PickleValue *
booster_of(const PickleValue *object)
{
    const PickleValue *booster = pickle_attribute(object, "_Booster");
    return booster == NULL || booster->kind == PICKLE_NONE ? object : booster;
}

static GBytes *
booster_handle(const PickleValue *object)
{
    static const char *const names[] = {"handle", "_handle"};
    GBytes *found = NULL;
    for (guint i = 0; found == NULL && i < G_N_ELEMENTS(names); i++)
        found = booster_bytes(pickle_attribute(booster_of(object), names[i]));
    return found;
}

/* a pickled booster of LightGBM keeps all rounds, and how many of them were best: it predicts with
 * these */
static void
booster_stop(ErrataModel *model, const PickleValue *object)
{
    double best = sk_number(booster_of(object), "best_iteration", 0);
    ErrataTrees *trees = model->trees;
    double n_rounds = trees != NULL ? (double)trees->n_trees / trees->n_groups : 0;
    if (!(best >= 1 && best < n_rounds))
        return;
    trees->n_trees = (guint)best * trees->n_groups;
    trees->n_nodes = trees->first[trees->n_trees];
    g_ptr_array_add(model->notes,
                    g_strdup_printf("it predicts with the first %.0f of %.0f rounds, its best "
                                    "iteration",
                                    floor(best),
                                    n_rounds));
}

ErrataModel *
sk_booster_model(const PickleValue *object, GError **error)
{
    gboolean is_light = g_str_has_prefix(pickle_module(object), "lightgbm.");
    const ErrataPlugin *plugin = is_light ? &errata_plugin_lightgbm : &errata_plugin_xgboost;
    g_autoptr(ErrataModelParts) parts = errata_model_parts_new("booster");
    g_autoptr(GBytes) handle = booster_handle(object);
    gsize size = 0;
    const char *data = handle != NULL ? g_bytes_get_data(handle, &size) : NULL;
    guint format = 0;
    if (size < 2) {
        sk_refuse(error,
                  "a booster that holds no model: it was not trained, or another program wrote the "
                  "pickle; train it, or write the model with save_model(\"%s\") and give that file",
                  is_light ? "model.txt" : "model.json");
        return NULL;
    }
    /* JSON goes on with a quote, UBJSON with a length; what begins otherwise is the old binary
     * format */
    if (!is_light)
        format = data[0] != '{' ? 2 : data[1] == '"' ? 0 : 1;
    errata_model_parts_add(parts, "booster", handle, size);
    ErrataModel *model = plugin->models[format]->load(parts, error);
    if (model != NULL && is_light)
        booster_stop(model, object);
    return model;
}

/* the old binary format has no names, which the object around it kept beside */
void
sk_booster_name_inputs(const PickleValue *object, ErrataModel *model)
{
    const PickleValue *names = pickle_attribute(booster_of(object), "feature_names");
    if (!model->unnamed || pickle_n_items(names) != model->inputs->len)
        return;
    for (guint i = 0; i < model->inputs->len; i++)
        if (pickle_text(pickle_item(names, i)) == NULL)
            return;
    for (guint i = 0; i < model->inputs->len; i++) {
        ErrataModelInput *input = g_ptr_array_index(model->inputs, i);
        g_free(input->name);
        input->name = g_strdup(pickle_text(pickle_item(names, i)));
    }
    model->unnamed = FALSE;
}

/* a number that its wrapper was told stands for a missing cell */
static double
booster_missing(const PickleValue *object)
{
    double missing = sk_number(object, "missing", (double)NAN);
    return isfinite(missing) ? missing : (double)NAN;
}

/* classes are 0, 1, … where the wrapper names no others */
static void
booster_number_classes(SkReader *reader, guint n)
{
    SkBody *body = reader->body;
    body->n_classes = n;
    body->class_number = g_new(double, n);
    body->class_name = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n; i++) {
        body->class_number[i] = i;
        g_ptr_array_add(body->class_name, g_strdup_printf("%u", i));
    }
    g_ptr_array_add(body->class_name, NULL);
    if (reader->depth == 0)
        errata_model_builder_set_classes(reader->builder,
                                         (const char *const *)body->class_name->pdata);
}

static guint
booster_count(const ErrataModel *model, ErrataModelRole role)
{
    guint n = 0;
    for (guint o = 0; o < model->outputs->len; o++)
        n += errata_model_output(model, o)->role == role ? 1 : 0;
    return n;
}

gboolean
sk_read_booster(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    g_autoptr(ErrataModel) model = sk_booster_model(object, error);
    if (model == NULL)
        return FALSE;
    if (model->klass == NULL)
        return sk_refuse(error, "a booster that is not run: %s", model->why_not);
    if (model->inputs->len != body->n_features)
        return sk_fail(error,
                       "a booster of %u features behind %u columns",
                       model->inputs->len,
                       body->n_features);
    for (guint i = 0; i < model->inputs->len; i++)
        if (errata_model_input(model, i)->type != ERRATA_MODEL_NUMBER ||
            errata_model_input(model, i)->is_coded)
            return sk_refuse(error, "a booster that reads categories behind other steps");
    gboolean is_light = g_str_has_prefix(pickle_module(object), "lightgbm.");
    if (!is_light && reader->zeros == SK_ZEROS_UNSURE)
        return sk_refuse(error,
                         "a booster behind a sparse matrix that may hold some zeros: XGBoost takes "
                         "the others for missing");
    guint n_shares = booster_count(model, ERRATA_MODEL_PROBABILITY);
    body->n_margins = booster_count(model, ERRATA_MODEL_MARGIN);
    if (n_shares > 0 && body->n_classes == 0)
        booster_number_classes(reader, n_shares);
    if (n_shares != body->n_classes || body->n_margins == 0)
        return sk_refuse(error,
                         "a booster of %u probabilities for %u classes",
                         n_shares,
                         body->n_classes);
    body->kind = SK_BOOSTER;
    body->link = n_shares > 0 ? SK_LINK_OWN : SK_LINK_NONE;
    body->takes_missing = reader->takes_missing = TRUE;
    body->booster = g_new0(SkBooster, 1);
    body->booster->missing = booster_missing(object);
    body->booster->lacks_zeros = !is_light && reader->zeros == SK_ZEROS_LEFT_OUT;
    body->trees = g_steal_pointer(&model->trees);
    body->booster->model = g_steal_pointer(&model);
    errata_model_builder_set_kind(reader->builder, body->booster->model->kind);
    return TRUE;
}

/* what the booster reads of the columns before it */
void
sk_booster_cells(const SkBody *body, double *x)
{
    float missing = (float)body->booster->missing;
    for (guint i = 0; i < body->n_features; i++)
        if (((float)x[i] >= missing && (float)x[i] <= missing) ||
            (body->booster->lacks_zeros && !(fabs(x[i]) > 0)))
            x[i] = (double)NAN;
}

void
sk_booster_run(const SkBody *body, const double *x, SkAnswer *answer)
{
    const ErrataModel *model = body->booster->model;
    guint n = model->outputs->len, n_margins = 0, n_shares = 0;
    g_autofree double *cell = sk_copy(x, body->n_features * sizeof(double));
    g_autofree const double **column = g_new(const double *, (gsize)body->n_features + 1);
    g_autofree double *said = g_new(double, (gsize)n + 1);
    g_autofree double **number = g_new0(double *, (gsize)n + 1);
    g_autofree const char ***text = g_new0(const char **, (gsize)n + 1);
    const char *word = NULL;
    ErrataModelRows rows = {.n_rows = 1, .number = column};
    ErrataModelScores scores = {.n_rows = 1, .number = number, .text = text};
    sk_booster_cells(body, cell);
    for (guint i = 0; i < body->n_features; i++)
        column[i] = &cell[i];
    for (guint o = 0; o < n; o++) {
        said[o] = (double)NAN;
        if (errata_model_output(model, o)->type == ERRATA_MODEL_TEXT)
            text[o] = &word;
        else
            number[o] = &said[o];
    }
    answer->lacks = !model->klass->predict(model, model->body, &rows, &scores, NULL);
    for (guint o = 0; o < n; o++) {
        ErrataModelRole role = errata_model_output(model, o)->role;
        if (role == ERRATA_MODEL_MARGIN && n_margins < body->n_margins)
            answer->margin[n_margins++] = said[o];
        else if (role == ERRATA_MODEL_PROBABILITY && n_shares < body->n_classes)
            answer->share[n_shares++] = said[o];
        else if (role == ERRATA_MODEL_PREDICTION)
            answer->value = said[o];
    }
    answer->best = 0;
    for (guint k = 1; k < body->n_classes; k++)
        if (answer->share[k] > answer->share[answer->best])
            answer->best = k;
}
