/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XGBoost models in JSON and UBJSON, as versions 1.3 to 3.4 write them (doc/model.schema): one
 * object `learner` whose numbers are strings, whose trees are arrays per property; and in the
 * binary format that versions up to 3.0 wrote. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "model-format.h"
#include "number.h"
#include "plugin.h"
#include "xgboost-private.h"

extern const ErrataPlugin errata_plugin_xgboost;

gboolean
xgb_fail(GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, message);
    return FALSE;
}

static void
xgb_describe_facts(const ErrataDatum *object, const char *prefix, ErrataModelBuilder *builder)
{
    for (gsize i = 0; object != NULL && object->kind == ERRATA_DATUM_OBJECT && i < object->n; i++) {
        const ErrataDatum *value = &object->items[i];
        g_autofree char *name = g_strdup_printf("%s%s", prefix, object->keys[i]);

        if (value->kind == ERRATA_DATUM_STRING)
            errata_model_builder_add_parameter(builder, name, value->text);
        else if (value->kind == ERRATA_DATUM_OBJECT)
            xgb_describe_facts(value, prefix, builder);
    }
}

/* what its scikit-learn wrapper was told, of which the learner keeps the objective alone; FALSE
 * where the text is no object */
static gboolean
xgb_describe_wrapper(const char *text, ErrataModelBuilder *builder)
{
    g_autoptr(ErrataDatumTree) document = errata_datum_parse_json(text, strlen(text), NULL);
    const ErrataDatum *told = document != NULL ? errata_datum_tree_root(document) : NULL;
    char buffer[ERRATA_NUMBER_BUFFER];

    if (told == NULL || told->kind != ERRATA_DATUM_OBJECT)
        return FALSE;
    for (gsize i = 0; i < told->n; i++) {
        const ErrataDatum *value = &told->items[i];

        if (told->keys[i][0] == '_' || strcmp(told->keys[i], "objective") == 0 ||
            strcmp(told->keys[i], "booster") == 0 || strcmp(told->keys[i], "missing") == 0 ||
            strcmp(told->keys[i], "base_score") == 0)
            continue;
        if (value->kind == ERRATA_DATUM_STRING)
            errata_model_builder_add_parameter(builder, told->keys[i], value->text);
        else if (value->kind == ERRATA_DATUM_NUMBER)
            errata_model_builder_add_parameter(builder,
                                               told->keys[i],
                                               errata_number_print(value->number, buffer));
        else if (value->kind == ERRATA_DATUM_BOOLEAN)
            errata_model_builder_add_parameter(builder,
                                               told->keys[i],
                                               value->number > 0.0 ? "true" : "false");
    }
    return TRUE;
}

static void
xgb_describe(const ErrataDatum *learner, const XgbHeader *header, ErrataModelBuilder *builder)
{
    const ErrataDatum *attributes = errata_datum_get(learner, "attributes");
    g_autofree char *version = header->base_is_margin ? g_strdup("before 1.0")
                                                      : g_strdup_printf("%d.%d.%d",
                                                                        header->version[0],
                                                                        header->version[1],
                                                                        header->version[2]);

    errata_model_builder_set_version(builder, version);
    errata_model_builder_add_parameter(builder, "objective", header->objective);
    xgb_describe_facts(errata_datum_get(learner, "learner_model_param"), "", builder);
    for (gsize i = 0;
         attributes != NULL && attributes->kind == ERRATA_DATUM_OBJECT && i < attributes->n;
         i++)
        if (attributes->items[i].kind == ERRATA_DATUM_STRING &&
            (strcmp(attributes->keys[i], "scikit_learn") != 0 ||
             !xgb_describe_wrapper(attributes->items[i].text, builder)))
            errata_model_builder_add_training(builder,
                                              attributes->keys[i],
                                              attributes->items[i].text);
}

/* what its scikit-learn wrapper was told stands for a missing cell; NaN, the usual, is no number
 * here */
static void
xgb_read_missing(const ErrataDatum *learner, XgbHeader *header, ErrataModelBuilder *builder)
{
    const char *wrapper = errata_datum_text(errata_datum_get(learner, "attributes"),
                                            "scikit_learn");
    const char *at = wrapper != NULL ? strstr(wrapper, "\"missing\":") : NULL;
    char buffer[ERRATA_NUMBER_BUFFER];
    char *end;
    double missing;

    header->missing = (double)NAN;
    if (at == NULL)
        return;
    at += strlen("\"missing\":");
    missing = g_ascii_strtod(at, &end);
    if (end == at || !isfinite(missing))
        return;
    header->missing = missing;
    errata_model_builder_add_parameter(builder, "missing", errata_number_print(missing, buffer));
    errata_model_builder_note(builder,
                              "%s stands for a missing cell, as its scikit-learn wrapper was told",
                              errata_number_print(missing, buffer));
}

/* how many rounds the training took, of which the best may be fewer */
static void
xgb_describe_rounds(const ErrataDatum *booster,
                    const XgbHeader *header,
                    ErrataModelBuilder *builder)
{
    const ErrataDatum *outer = errata_datum_get(booster, "gbtree");
    const ErrataDatum *model = errata_datum_get(outer != NULL ? outer : booster, "model");
    const ErrataDatum *param = errata_datum_get(model, "gbtree_model_param");
    double n_trees = errata_datum_number(param, "num_trees");
    double n_parallel = errata_datum_number(param, "num_parallel_tree");
    double rounds = n_trees / (header->n_groups * MAX(n_parallel, 1.0));
    char buffer[ERRATA_NUMBER_BUFFER];

    if (rounds >= 1.0 && rounds < 1e9 && !(rounds > floor(rounds)))
        errata_model_builder_add_training(builder,
                                          "boosting_rounds",
                                          errata_number_print(rounds, buffer));
}

static gboolean
xgb_load_trees(const ErrataDatum *booster,
               const char *name,
               XgbHeader *header,
               ErrataModelBuilder *builder,
               GError **error)
{
    g_autofree guint *n_codes = g_new0(guint, MAX(header->n_features, 1));
    ErrataTrees *trees = xgb_read_trees(booster, header, n_codes, builder, error);
    XgbBody *body;

    if (trees == NULL)
        return FALSE;
    for (guint i = 0; i < header->n_features; i++) {
        ErrataModelInput *input = errata_model_builder_input(builder, i);

        if (n_codes[i] > 0 && input->type == ERRATA_MODEL_NUMBER) {
            input->is_coded = TRUE;
            input->n_codes = n_codes[i];
        }
    }
    body = g_new0(XgbBody, 1);
    body->link = header->link;
    body->n_groups = header->n_groups;
    body->n_features = header->n_features;
    body->trees = trees;
    body->missing = header->missing;
    xgb_describe_rounds(booster, header, builder);
    errata_model_builder_set_kind(builder,
                                  strcmp(name, "dart") == 0 ? "gradient boosted trees (DART)"
                                                            : "gradient boosted trees");
    errata_model_builder_set_trees(builder, trees);
    errata_model_builder_set_body(builder,
                                  isnan(body->missing) ? &xgb_class : &xgb_class_with_missing,
                                  body);
    return TRUE;
}

static ErrataModel *
xgb_load(const ErrataDatumTree *document,
         const char *format,
         gboolean base_is_margin,
         GError **error)
{
    const ErrataDatum *whole = errata_datum_tree_root(document);
    /* a snapshot, as pickles of boosters hold it, has the model beside the configuration */
    const ErrataDatum *snapshot = errata_datum_get(whole, "Model");
    const ErrataDatum *root = snapshot != NULL ? snapshot : whole;
    const ErrataDatum *learner = errata_datum_get(root, "learner");
    const ErrataDatum *booster = errata_datum_get(learner, "gradient_booster");
    const char *name = errata_datum_text(booster, "name");
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new(format, "XGBoost");
    g_auto(XgbHeader) header = {.version = {0, 0, 0}, .base_is_margin = base_is_margin};
    gsize n = 0;
    const double *version = errata_datum_numbers(root, "version", &n);

    if (learner == NULL || booster == NULL || name == NULL) {
        xgb_fail(error,
                 "expected the members learner and gradient_booster of a saved model; a dump of "
                 "trees or a configuration is none, save with Booster.save_model");
        return NULL;
    }
    for (gsize i = 0; i < MIN(n, 3); i++)
        header.version[i] = version[i] >= 0.0 && version[i] < 1e6 ? (int)version[i] : 0;
    if (!xgb_read_header(learner, &header, error) ||
        !xgb_read_inputs(learner, &header, builder, error))
        return NULL;
    xgb_describe(learner, &header, builder);
    xgb_read_missing(learner, &header, builder);
    errata_model_builder_add_parameter(builder, "booster", name);
    if (strcmp(name, "gblinear") == 0) {
        XgbBody *body = xgb_read_linear(booster, &header, error);

        if (body == NULL)
            return NULL;
        errata_model_builder_set_kind(builder, "linear model (gblinear)");
        errata_model_builder_set_body(builder, &xgb_class_linear, body);
        errata_model_builder_set_why_not_trees(builder, "gblinear is a linear model");
    } else if (strcmp(name, "gbtree") != 0 && strcmp(name, "dart") != 0) {
        xgb_fail(error, "expected the booster gbtree, dart or gblinear, found “%.40s”", name);
        return NULL;
    } else if (!xgb_load_trees(booster, name, &header, builder, error)) {
        return NULL;
    }
    xgb_add_outputs(&header, builder);
    return errata_model_builder_finish(builder, error);
}

static gboolean
xgb_has(const guint8 *head, gsize size, const char *word)
{
    return head != NULL && memmem(head, size, word, strlen(word)) != NULL;
}

static guint
xgb_sniff_json(const guint8 *head, gsize size, const char *name)
{
    gsize at = 0;

    while (at < size && (g_ascii_isspace((char)head[at]) || head[at] >= 0x80))
        at++;
    if (at >= size || head[at] != '{' || (at + 1 < size && g_ascii_isalpha((char)head[at + 1])))
        return 0;
    return xgb_has(head, size, "\"learner\"") && !xgb_has(head, size, "\"oblivious_trees\"") ? 90
                                                                                             : 0;
}

static guint
xgb_sniff_ubjson(const guint8 *head, gsize size, const char *name)
{
    if (size < 3 || head[0] != '{' || strchr("iUIlLN$#}", head[1]) == NULL)
        return 0;
    if (xgb_has(head, size, "learner") || xgb_has(head, size, "gradient_booster"))
        return 90;
    return g_str_has_suffix(name, ".ubj") ? 60 : 0;
}

static guint
xgb_sniff_binary(const guint8 *head, gsize size, const char *name)
{
    return xgb_is_binary(head, size) ? 90 : 0;
}

static ErrataModel *
xgb_load_json(const ErrataModelParts *parts, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &size);
    g_autoptr(ErrataDatumTree) document = errata_datum_parse_model_json(text, size, error);

    return document != NULL ? xgb_load(document, "xgboost-json", FALSE, error) : NULL;
}

static ErrataModel *
xgb_load_ubjson(const ErrataModelParts *parts, GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &size);
    g_autoptr(ErrataDatumTree) document = errata_datum_parse_ubjson(bytes, size, error);

    return document != NULL ? xgb_load(document, "xgboost-ubjson", FALSE, error) : NULL;
}

static ErrataModel *
xgb_load_binary(const ErrataModelParts *parts, GError **error)
{
    gsize size;
    const guint8 *bytes = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &size);
    gboolean is_old = FALSE;
    g_autoptr(ErrataDatumTree) document = xgb_binary_to_tree(bytes, size, &is_old, error);

    return document != NULL ? xgb_load(document, "xgboost-binary", is_old, error) : NULL;
}

static const ErrataModelFormat xgb_json = {
    .id = "xgboost-json",
    .summary = "XGBoost, JSON",
    .sniff = xgb_sniff_json,
    .load = xgb_load_json,
};

static const ErrataModelFormat xgb_ubjson = {
    .id = "xgboost-ubjson",
    .summary = "XGBoost, UBJSON",
    .sniff = xgb_sniff_ubjson,
    .load = xgb_load_ubjson,
};

static const ErrataModelFormat xgb_binary = {
    .id = "xgboost-binary",
    .summary = "XGBoost, the binary format up to 3.0",
    .sniff = xgb_sniff_binary,
    .load = xgb_load_binary,
};

const ErrataPlugin errata_plugin_xgboost = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "xgboost",
    .models = (const ErrataModelFormat *const[]){&xgb_json, &xgb_ubjson, &xgb_binary, NULL},
};
