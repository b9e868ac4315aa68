/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CatBoost models, exported as JSON and in CatBoost's own format: what both have in common. Loss
 * and classes stand in the parameters of the training, which both keep as JSON. */
#include <math.h>
#include <string.h>

#include "catboost-private.h"
#include "error.h"
#include "model-format.h"
#include "number.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_catboost;

static const struct {
    const char *name;
    CbLink link;
} losses[] = {
    {"Logloss", CB_BINARY},
    {"CrossEntropy", CB_BINARY},
    {"Focal", CB_BINARY},
    {"MultiClass", CB_SOFTMAX},
    {"MultiClassOneVsAll", CB_ONE_VS_ALL},
    {"MultiLogloss", CB_LABELS},
    {"MultiCrossEntropy", CB_LABELS},
    {"Poisson", CB_EXP},
    {"Tweedie", CB_EXP},
    {"RMSEWithUncertainty", CB_SPREAD},
};

static char **
cb_class_names(const ErrataDatum *list)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    char buffer[ERRATA_NUMBER_BUFFER];

    if (list == NULL || list->n < 2)
        return NULL;
    for (gsize i = 0; i < list->n; i++) {
        const ErrataDatum *item = list->kind == ERRATA_DATUM_LIST ? &list->items[i] : NULL;

        if (list->kind == ERRATA_DATUM_NUMBERS)
            g_ptr_array_add(names, g_strdup(errata_number_print(list->numbers[i], buffer)));
        else if (item != NULL && item->kind == ERRATA_DATUM_STRING)
            g_ptr_array_add(names, g_strdup(item->text));
        else if (item != NULL && item->kind == ERRATA_DATUM_NUMBER)
            g_ptr_array_add(names, g_strdup(errata_number_print(item->number, buffer)));
        else
            return NULL;
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static void
cb_describe_params(const ErrataDatum *params, ErrataModelBuilder *builder)
{
    static const char *const groups[] = {"boosting_options", "tree_learner_options"};

    for (guint g = 0; g < G_N_ELEMENTS(groups); g++) {
        const ErrataDatum *group = errata_datum_get(params, groups[g]);

        for (gsize i = 0; group != NULL && group->kind == ERRATA_DATUM_OBJECT && i < group->n;
             i++) {
            const ErrataDatum *value = &group->items[i];
            char buffer[ERRATA_NUMBER_BUFFER];

            if (value->kind == ERRATA_DATUM_STRING)
                errata_model_builder_add_parameter(builder, group->keys[i], value->text);
            else if (value->kind == ERRATA_DATUM_NUMBER)
                errata_model_builder_add_parameter(builder,
                                                   group->keys[i],
                                                   errata_number_print(value->number, buffer));
        }
    }
}

void
cb_read_training(CbReader *self, const ErrataDatum *params, const ErrataDatum *classes)
{
    const ErrataDatum *options = errata_datum_get(params, "data_processing_options");

    self->loss =
        g_intern_string(errata_datum_text(errata_datum_get(params, "loss_function"), "type"));
    self->classes = cb_class_names(errata_datum_get(classes, "class_names"));
    if (self->classes == NULL)
        self->classes = cb_class_names(errata_datum_get(options, "class_names"));
    if (self->loss != NULL)
        errata_model_builder_add_parameter(self->builder, "loss_function", self->loss);
    cb_describe_params(params, self->builder);
}

/* inputs by their place; TRUE when a category is known by hash only, so that it is read as a
 * string */
static gboolean
cb_add_inputs(const CbReader *self)
{
    gboolean has_text = FALSE;
    gboolean unnamed = TRUE;

    for (guint i = 0; i < self->feature->len; i++) {
        const CbFeature *feature = g_ptr_array_index(self->feature, i);
        g_autofree char *made = g_strdup_printf("%u", i);
        gboolean is_category = feature->is_category && feature->text != NULL;

        unnamed = unnamed && (feature->name == NULL || strcmp(feature->name, made) == 0);
        has_text = has_text || (feature->is_category && !is_category);
        if (is_category)
            g_ptr_array_add(feature->text, NULL);
        errata_model_builder_add_input(self->builder,
                                       feature->name != NULL ? feature->name : made,
                                       is_category            ? ERRATA_MODEL_CATEGORY
                                       : feature->is_category ? ERRATA_MODEL_TEXT
                                                              : ERRATA_MODEL_NUMBER,
                                       is_category ? (const char *const *)feature->text->pdata
                                                   : NULL);
    }
    errata_model_builder_set_unnamed(self->builder, unnamed);
    return has_text;
}

static void
cb_add_number(const CbReader *self,
              const char *name,
              const char *of,
              ErrataModelRole role,
              const char *label)
{
    g_autofree char *full = g_strdup_printf("%s%s", name, of);

    errata_model_builder_add_output(self->builder, full, role, ERRATA_MODEL_NUMBER, label);
}

static void
cb_add_prediction(const CbReader *self, const char *of, const char *const *classes)
{
    g_autofree char *name = g_strdup_printf("prediction%s", of);

    ErrataModelOutput *output = errata_model_builder_add_output(self->builder,
                                                                name,
                                                                ERRATA_MODEL_PREDICTION,
                                                                ERRATA_MODEL_CATEGORY,
                                                                NULL);
    guint n = 0;

    while (classes[n] != NULL)
        n++;
    output->categories = g_new0(char *, n + 1);
    for (guint c = 0; c < n; c++)
        output->categories[c] = g_strdup(classes[c]);
}

static void
cb_add_classes(const CbReader *self, guint n, const char *const *classes)
{
    cb_add_prediction(self, "", classes);
    errata_model_builder_set_classes(self->builder, classes);
    for (guint c = 0; c < (n > 2 || self->n_groups > 1 ? n : 1); c++) {
        g_autofree char *of = g_strdup_printf("_%s", classes[c]);

        if (self->n_groups == 1)
            cb_add_number(self, "margin", "", ERRATA_MODEL_MARGIN, NULL);
        else
            cb_add_number(self, "margin", of, ERRATA_MODEL_MARGIN, classes[c]);
    }
    for (guint c = 0; c < n; c++) {
        g_autofree char *of = g_strdup_printf("(%s)", classes[c]);

        cb_add_number(self, "probability", of, ERRATA_MODEL_PROBABILITY, classes[c]);
    }
}

/* in the order in which cb_class fills them */
static gboolean
cb_add_outputs(const CbReader *self, CbLink link, GError **error)
{
    static const char *const binary[] = {"0", "1", NULL};
    guint n = link == CB_BINARY ? 2 : self->n_groups;
    g_auto(GStrv) made = g_new0(char *, n + 1);
    const char *const *classes = (const char *const *)self->classes;

    for (guint c = 0; c < n; c++)
        made[c] = g_strdup_printf("%u", c);
    if (classes == NULL || g_strv_length(self->classes) != n)
        classes = (const char *const *)made;
    errata_model_builder_set_task(self->builder,
                                  link == CB_BINARY ? ERRATA_TASK_BINARY
                                  : link == CB_SOFTMAX || link == CB_ONE_VS_ALL
                                      ? ERRATA_TASK_MULTICLASS
                                      : ERRATA_TASK_REGRESSION);
    if ((link == CB_BINARY && self->n_groups != 1) || (link == CB_SPREAD && self->n_groups != 2) ||
        ((link == CB_SOFTMAX || link == CB_ONE_VS_ALL) && n < 2))
        return cb_fail(error, "%u outputs do not fit the loss %s", self->n_groups, self->loss);
    if (link == CB_BINARY || link == CB_SOFTMAX || link == CB_ONE_VS_ALL) {
        cb_add_classes(self, n, classes);
    } else if (link == CB_SPREAD) {
        cb_add_number(self, "prediction", "", ERRATA_MODEL_PREDICTION, NULL);
        cb_add_number(self, "variance", "", ERRATA_MODEL_FIELD, NULL);
    } else {
        for (guint g = 0; g < self->n_groups; g++) {
            g_autofree char *of = self->n_groups > 1
                                      ? g_strdup_printf("_%s",
                                                        link == CB_LABELS ? classes[g] : made[g])
                                      : g_strdup("");

            if (link == CB_LABELS)
                cb_add_prediction(self, of, binary);
            else
                cb_add_number(self, "prediction", of, ERRATA_MODEL_PREDICTION, NULL);
            cb_add_number(self, "margin", of, ERRATA_MODEL_MARGIN, NULL);
            if (link == CB_LABELS)
                cb_add_number(self, "probability", of, ERRATA_MODEL_PROBABILITY, NULL);
        }
    }
    return TRUE;
}

static void
cb_set_body(CbReader *self, CbLink link, gboolean has_text, ErrataTrees *trees)
{
    static const ErrataLink links[] = {[CB_IDENTITY] = ERRATA_LINK_IDENTITY,
                                       [CB_EXP] = ERRATA_LINK_EXP,
                                       [CB_BINARY] = ERRATA_LINK_LOGISTIC,
                                       [CB_SOFTMAX] = ERRATA_LINK_SOFTMAX,
                                       [CB_ONE_VS_ALL] = ERRATA_LINK_LOGISTIC,
                                       [CB_LABELS] = ERRATA_LINK_LOGISTIC,
                                       [CB_SPREAD] = ERRATA_LINK_OTHER};
    CbBody *body = g_new0(CbBody, 1);

    body->link = link;
    body->n_groups = self->n_groups;
    body->n_features = self->feature->len;
    body->trees = trees;
    body->code = g_new0(GHashTable *, self->feature->len + 1);
    for (guint i = 0; i < self->feature->len; i++) {
        const CbFeature *feature = g_ptr_array_index(self->feature, i);

        if (feature->is_category && feature->text == NULL)
            body->code[i] = g_hash_table_ref(feature->code);
    }
    memcpy(trees->base, self->bias, self->n_groups * sizeof(double));
    trees->cast_float = TRUE;
    trees->link = links[link];
    if (has_text) {
        body->own = trees;
        errata_model_builder_set_why_not_trees(self->builder,
                                               "its categories are known by their hashes only");
    } else {
        errata_model_builder_set_trees(self->builder, trees);
    }
    errata_model_builder_set_body(self->builder, &cb_class, body);
}

gboolean
cb_finish(CbReader *self, ErrataTrees *trees, GError **error)
{
    gboolean has_text = cb_add_inputs(self);
    CbLink link = CB_IDENTITY;

    for (guint i = 0; self->loss != NULL && i < G_N_ELEMENTS(losses); i++)
        if (strcmp(self->loss, losses[i].name) == 0)
            link = losses[i].link;
    errata_model_builder_set_kind(self->builder, "gradient boosted trees");
    if (self->loss == NULL)
        errata_model_builder_note(self->builder,
                                  "the file does not tell the loss: the prediction is the margin");
    if (!cb_add_outputs(self, link, error)) {
        errata_trees_free(trees);
        return FALSE;
    }
    if (trees != NULL)
        cb_set_body(self, link, has_text, trees);
    return TRUE;
}

static gboolean
cb_has(const guint8 *head, gsize size, const char *word)
{
    return head != NULL && memmem(head, size, word, strlen(word)) != NULL;
}

static guint
cb_sniff_json(const guint8 *head, gsize size, const char *name)
{
    static const char *const words[] = {"\"oblivious_trees\"",
                                        "\"scale_and_bias\"",
                                        "\"float_feature_index\"",
                                        "\"features_info\"",
                                        "\"nan_value_treatment\""};
    guint found = 0;
    gsize at = 0;

    while (at < size && (g_ascii_isspace((char)head[at]) || head[at] >= 0x80))
        at++;
    if (head == NULL || at >= size || head[at] != '{')
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        found += cb_has(head, size, words[i]);
    return found > 0 ? 85 + 2 * found : cb_has(head, size, "\"catboost") ? 40 : 0;
}

static guint
cb_sniff_binary(const guint8 *head, gsize size, const char *name)
{
    return size >= 8 && memcmp(head, "CBM1", 4) == 0 ? 95 : 0;
}

static ErrataModel *
cb_load_text(const ErrataModelParts *parts, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &size);
    g_autoptr(ErrataDatumTree) document = errata_datum_parse_model_json(text, size, error);

    return document != NULL ? cb_load_json(document, error) : NULL;
}

static ErrataModel *
cb_load_bytes(const ErrataModelParts *parts, GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &size);

    return cb_load_binary(bytes, size, error);
}

static const ErrataModelFormat cb_json = {
    .id = "catboost-json",
    .summary = "CatBoost, exported as JSON",
    .sniff = cb_sniff_json,
    .load = cb_load_text,
};

static const ErrataModelFormat cb_binary = {
    .id = "catboost",
    .summary = "CatBoost",
    .sniff = cb_sniff_binary,
    .load = cb_load_bytes,
};

const ErrataPlugin errata_plugin_catboost = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "catboost",
    .models = (const ErrataModelFormat *const[]){&cb_json, &cb_binary, NULL},
};
