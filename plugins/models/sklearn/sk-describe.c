/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scikit-learn object was made with: its own parameters, and those of every step and model
 * within it, by the names that get_params() gives them (`prep__num__impute__strategy`). Each step
 * is a layer, with the columns it is given. */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "model-curve.h"
#include "number.h"
#include "sk-private.h"

#define DESCRIBE_COLUMNS 20 /* names of one step's columns that are told */
#define DESCRIBE_ITEMS   20 /* values of a list */
#define DESCRIBE_STEPS \
    1000 /* of all steps together: the same few objects may stand in one another */

/* the steps are told in their order, the parameters from what predicts backwards, so that its own
 * come first where there are many */
typedef struct {
    ErrataModelBuilder *builder;
    gboolean is_steps; /* else parameters */
    guint n_steps;
} Describer;

/* what a fit keeps of its steps; boosting of the older kind keeps a loss under the name of a
 * score */
static void
describe_curves(const PickleValue *object, ErrataModelBuilder *builder)
{
    static const char *const names[] = {"loss_curve_",
                                        "validation_scores_",
                                        "train_score_",
                                        "validation_score_"};
    gboolean is_loss = pickle_class(object) != NULL &&
                       g_str_has_prefix(pickle_class(object), "GradientBoosting");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const PickleValue *value = pickle_attribute(object, names[i]);
        PickleArray array;
        gsize n = pickle_array(value, &array) ? array.n : 0;
        gboolean is_array = n > 0;
        if (value != NULL && value->kind == PICKLE_LIST)
            n = pickle_n_items(value);
        if (n < 2 || n > ERRATA_LIMIT_DICTIONARY)
            continue;
        g_autofree double *curve = g_new(double, n);
        for (gsize k = 0; k < n; k++)
            if (is_array)
                curve[k] = pickle_array_number(&array, k);
            else if (!pickle_number(pickle_item(value, (guint)k), &curve[k]))
                curve[k] = (double)NAN;
        g_autofree char *name = is_loss ? g_strdup("train_loss")
                                        : g_strndup(names[i], strlen(names[i]) - 1);
        g_autofree char *words = errata_model_curve_describe(name, curve, n);
        if (words != NULL)
            errata_model_builder_add_training(builder, name, words);
    }
}

static char *describe_value(const PickleValue *value, guint depth);

/* lists and arrays of plain values, short enough to be read */
static char *
describe_list(const PickleValue *value, guint depth)
{
    g_autoptr(GString) text = g_string_new(value->kind == PICKLE_TUPLE ? "(" : "[");
    guint n = pickle_n_items(value);
    for (guint i = 0; i < MIN(n, DESCRIBE_ITEMS); i++) {
        g_autofree char *item = describe_value(pickle_item(value, i), depth + 1);
        if (item == NULL)
            return NULL;
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", item);
    }
    if (n > DESCRIBE_ITEMS)
        g_string_append_printf(text, ", … %u more", n - DESCRIBE_ITEMS);
    g_string_append_c(text, value->kind == PICKLE_TUPLE ? ')' : ']');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
describe_array(const PickleArray *array)
{
    g_autoptr(GString) text = g_string_new("[");
    for (gsize i = 0; i < MIN(array->n, DESCRIBE_ITEMS); i++) {
        g_autofree char *item = pickle_array_text(array, i);
        if (item == NULL)
            return NULL;
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", item);
    }
    if (array->n > DESCRIBE_ITEMS)
        g_string_append_printf(text, ", … %zu more", array->n - DESCRIBE_ITEMS);
    g_string_append_c(text, ']');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* {'min': 1}: class weights, named categories */
static char *
describe_dict(const PickleValue *value, guint depth)
{
    g_autoptr(GString) text = g_string_new("{");
    guint n = pickle_n_items(value) / 2;
    for (guint i = 0; i < MIN(n, DESCRIBE_ITEMS); i++) {
        g_autofree char *key = describe_value(value->items->pdata[2 * i], depth + 1);
        g_autofree char *item = describe_value(value->items->pdata[2 * i + 1], depth + 1);
        if (key == NULL || item == NULL)
            return NULL;
        g_string_append_printf(text, "%s%s: %s", i > 0 ? ", " : "", key, item);
    }
    if (n > DESCRIBE_ITEMS)
        g_string_append_printf(text, ", … %u more", n - DESCRIBE_ITEMS);
    g_string_append_c(text, '}');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* a plain value in words; %NULL for what is none */
static char *
describe_value(const PickleValue *value, guint depth)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    PickleArray array;
    double number;
    if (value == NULL || depth > 3)
        return NULL;
    switch (value->kind) {
    case PICKLE_STRING:
        return g_strdup(value->data);
    case PICKLE_BOOL:
        return g_strdup(value->integer ? "True" : "False");
    case PICKLE_LIST:
    case PICKLE_TUPLE:
        return describe_list(value, depth);
    case PICKLE_DICT:
        return describe_dict(value, depth);
    case PICKLE_GLOBAL:
        return g_strdup_printf("%s.%s", value->module, value->name);
    case PICKLE_NONE:
        return depth > 0 ? g_strdup("None") : NULL;
    case PICKLE_INT:
    case PICKLE_FLOAT:
    case PICKLE_OBJECT:
        if (pickle_number(value, &number))
            return isnan(number)               ? g_strdup("nan")
                   : isfinite(number)          ? g_strdup(errata_number_print(number, buffer))
                   : value->kind == PICKLE_INT ? NULL
                                               : g_strdup(number > 0 ? "inf" : "-inf");
        return pickle_array(value, &array) && array.n_dimensions == 1 ? describe_array(&array)
                                                                      : NULL;
    case PICKLE_BYTES:
    case PICKLE_SET:
    case PICKLE_PERSISTENT:
    case PICKLE_MARK:
        break;
    }
    return NULL;
}

/* a model or step, of the library or of one that fits to it */
static gboolean
describe_is_object(const PickleValue *value)
{
    const char *module = value != NULL && value->kind == PICKLE_OBJECT ? pickle_module(value)
                                                                       : NULL;
    return module != NULL && value->state != NULL &&
           (g_str_has_prefix(module, "sklearn.") || sk_is_booster(value));
}

static void describe_object(Describer *self,
                            const PickleValue *object,
                            const char *path,
                            guint depth);

/* a step is a layer; @columns: (nullable): which it is given */
static void
describe_step(Describer *self,
              const PickleValue *step,
              const char *path,
              const char *columns,
              guint depth)
{
    const char *word = pickle_text(step);
    if (self->n_steps++ >= DESCRIBE_STEPS || (word == NULL && !describe_is_object(step)))
        return;
    if (self->is_steps) {
        ErrataModelLayer *layer = errata_model_builder_add_layer(self->builder,
                                                                 path,
                                                                 word != NULL ? word
                                                                              : pickle_class(step));
        if (columns != NULL)
            layer->settings = g_strdup_printf("of %s", columns);
    }
    if (word == NULL)
        describe_object(self, step, path, depth + 1);
}

/* (nullable): the columns that a part of a column transformer takes */
static char *
describe_columns(const PickleValue *value)
{
    g_autoptr(GString) text = g_string_new(NULL);
    PickleArray array;
    guint n = 0, n_all = 0;
    if (value == NULL)
        return NULL;
    if (value->kind == PICKLE_STRING || value->kind == PICKLE_INT)
        return describe_value(value, 0);
    if (pickle_array(value, &array))
        n_all = (guint)MIN(array.n, G_MAXINT);
    else if (value->kind == PICKLE_LIST || value->kind == PICKLE_TUPLE)
        n_all = pickle_n_items(value);
    for (guint i = 0; i < n_all && n < DESCRIBE_COLUMNS; i++) {
        g_autofree char *name = value->kind == PICKLE_OBJECT
                                    ? pickle_array_text(&array, i)
                                    : describe_value(pickle_item(value, i), 0);
        if (name == NULL)
            continue;
        g_string_append_printf(text, "%s%s", n > 0 ? ", " : "", name);
        n++;
    }
    if (n_all > DESCRIBE_COLUMNS)
        g_string_append_printf(text, ", … %u more", n_all - DESCRIBE_COLUMNS);
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

/* (name, step) or (name, step, columns), one after the other */
static void
describe_steps(Describer *self, const PickleValue *list, const char *path, guint depth)
{
    guint n = pickle_n_items(list);
    for (guint i = 0; i < n; i++) {
        const PickleValue *entry = pickle_item(list, self->is_steps ? i : n - 1 - i);
        const char *name = pickle_text(pickle_item(entry, 0));
        const PickleValue *step = pickle_item(entry, 1);
        if (name == NULL || entry->kind != PICKLE_TUPLE ||
            (!describe_is_object(step) && pickle_text(step) == NULL))
            continue;
        g_autofree char *below = g_strdup_printf("%s%s%s", path, path[0] != '\0' ? "__" : "", name);
        g_autofree char *columns = describe_columns(pickle_item(entry, 2));
        describe_step(self, step, below, columns, depth);
    }
}

/* what a column transformer learned of its columns replaces what it was told */
static gboolean
describe_is_told_elsewhere(const PickleValue *object, const char *name)
{
    return strcmp(name, "transformers") == 0 && pickle_attribute(object, "transformers_") != NULL;
}

static void
describe_within(Describer *self,
                const PickleValue *object,
                const char *name,
                const PickleValue *value,
                const char *path,
                guint depth)
{
    g_autofree char *below = g_strdup_printf("%s%s%s", path, path[0] != '\0' ? "__" : "", name);
    if (describe_is_object(value))
        describe_step(self, value, below, NULL, depth);
    else if (value->kind == PICKLE_LIST && !describe_is_told_elsewhere(object, name))
        describe_steps(self, value, path, depth);
}

static void
describe_parameter(Describer *self, const char *name, const PickleValue *value, const char *path)
{
    g_autofree char *below = g_strdup_printf("%s%s%s", path, path[0] != '\0' ? "__" : "", name);
    g_autofree char *words = describe_value(value, 0);
    /* the library's word for a parameter that is gone */
    if (words != NULL && strcmp(words, "deprecated") != 0)
        errata_model_builder_add_parameter(self->builder, below, words);
}

/* hyper-parameters are the attributes whose names neither begin nor end with _ */
static void
describe_state(Describer *self,
               const PickleValue *object,
               const PickleValue *state,
               const char *path,
               guint depth)
{
    guint n = state != NULL && state->kind == PICKLE_DICT ? pickle_n_items(state) / 2 : 0;
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < n; i++) {
            const char *name = pickle_text(state->items->pdata[2 * i]);
            const PickleValue *value = state->items->pdata[2 * i + 1];
            if (name == NULL || name[0] == '_' || g_str_has_suffix(name, "_"))
                continue;
            if (pass == 1)
                describe_within(self, object, name, value, path, depth);
            else if (!self->is_steps)
                describe_parameter(self, name, value, path);
        }
}

static void
describe_object(Describer *self, const PickleValue *object, const char *path, guint depth)
{
    const PickleValue *state = object->state;
    if (depth > SK_MAX_DEPTH)
        return;
    if (state->kind == PICKLE_TUPLE)
        for (guint i = 0; i < 2; i++)
            describe_state(self, object, pickle_item(state, i), path, depth);
    describe_state(self, object, state, path, depth);
    describe_steps(self, pickle_attribute(object, "transformers_"), path, depth);
}

/* what of it predicts: the end of a pipeline, what a search found best */
static const PickleValue *
describe_last(const PickleValue *object)
{
    static const char *const within[] = {"best_estimator_", "regressor_"};
    for (guint depth = 0; depth < SK_MAX_DEPTH; depth++) {
        const PickleValue *steps = pickle_attribute(object, "steps");
        guint n = pickle_n_items(steps);
        const PickleValue *last = n > 0 ? pickle_item(pickle_item(steps, n - 1), 1) : NULL;
        for (guint i = 0; last == NULL && i < G_N_ELEMENTS(within); i++)
            last = pickle_attribute(object, within[i]);
        if (last == NULL)
            break;
        object = last;
    }
    return object;
}

/* what a search over parameters found */
static void
describe_search(const PickleValue *object, ErrataModelBuilder *builder)
{
    static const char *const names[][2] = {{"best_params_", "best parameters"},
                                           {"best_score_", "best score"}};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *words = describe_value(pickle_attribute(object, names[i][0]), 0);
        if (words != NULL)
            errata_model_builder_add_training(builder, names[i][1], words);
    }
}

/**
 * sk_describe:
 * @object: a model
 * @builder: gets its version, parameters, steps and how its training went
 */
void
sk_describe(const PickleValue *object, ErrataModelBuilder *builder)
{
    Describer steps = {.builder = builder, .is_steps = TRUE};
    Describer parameters = {.builder = builder};
    const PickleValue *last = describe_last(object);
    const char *version = pickle_text(pickle_attribute(object, "_sklearn_version"));
    if (version != NULL)
        errata_model_builder_set_version(builder, version);
    describe_search(object, builder);
    describe_curves(object, builder);
    if (last != object)
        describe_curves(last, builder);
    if (object->state == NULL)
        return;
    describe_object(&steps, object, "", 0);
    describe_object(&parameters, object, "", 0);
}

/* one measure of one set that was looked at while training */
static void
describe_evals_of(ErrataModelBuilder *builder, const char *set, const PickleValue *measures)
{
    guint n = measures->kind == PICKLE_DICT || measures->kind == PICKLE_OBJECT
                  ? pickle_n_items(measures) / 2
                  : 0;
    for (guint i = 0; i < n; i++) {
        const char *measure = pickle_text(measures->items->pdata[2 * i]);
        const PickleValue *list = measures->items->pdata[2 * i + 1];
        guint n_steps = list->kind == PICKLE_LIST ? pickle_n_items(list) : 0;
        if (measure == NULL || n_steps < 2 || n_steps > ERRATA_LIMIT_DICTIONARY)
            continue;
        g_autofree double *curve = g_new(double, n_steps);
        for (guint k = 0; k < n_steps; k++)
            if (!pickle_number(pickle_item(list, k), &curve[k]))
                curve[k] = (double)NAN;
        g_autofree char *name = g_strdup_printf("%s-%s", set, measure);
        g_autofree char *words = errata_model_curve_describe(name, curve, n_steps);
        if (words != NULL)
            errata_model_builder_add_training(builder, name, words);
    }
}

/* facts that are not told yet */
static void
describe_move(GPtrArray *from, GPtrArray *to)
{
    guint n_told = to->len;
    for (guint i = 0; i < from->len;) {
        const ErrataModelFact *fact = from->pdata[i];
        gboolean is_told = FALSE;
        for (guint k = 0; k < n_told && !is_told; k++)
            is_told = strcmp(((const ErrataModelFact *)to->pdata[k])->name, fact->name) == 0;
        if (is_told)
            i++;
        else
            g_ptr_array_add(to, g_ptr_array_steal_index(from, i));
    }
}

/**
 * sk_describe_booster:
 * @object: a wrapper of XGBoost or LightGBM
 * @model: the booster within; gets the wrapper's parameters, and the curves of its training
 */
void
sk_describe_booster(const PickleValue *object, ErrataModel *model)
{
    static const char *const names[] = {"evals_result_", "_evals_result", "evals_result"};
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new(model->format, "scikit-learn");
    const PickleValue *evals = NULL;
    for (guint i = 0; evals == NULL && i < G_N_ELEMENTS(names); i++)
        evals = pickle_attribute(object, names[i]);
    if (object->state != NULL && g_strcmp0(pickle_class(object), "Booster") != 0)
        describe_object(&(Describer){.builder = builder}, object, "", 0);
    for (guint i = 0; i < pickle_n_items(evals) / 2; i++) {
        const char *set = pickle_text(evals->items->pdata[2 * i]);
        if (set != NULL)
            describe_evals_of(builder, set, evals->items->pdata[2 * i + 1]);
    }
    g_autoptr(ErrataModel) described = errata_model_builder_finish(builder, NULL);
    if (described == NULL)
        return;
    describe_move(described->parameters, model->parameters);
    describe_move(described->training, model->training);
}
