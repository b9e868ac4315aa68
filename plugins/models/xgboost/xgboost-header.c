/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an XGBoost model says of itself: objective, base score in all its spellings, classes,
 * targets, features, categories, where early stopping ended. */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "number.h"
#include "xgboost-private.h"

static const struct {
    const char *name;
    XgbLink link;
} objectives[] = {
    {"reg:squarederror", XGB_IDENTITY},
    {"reg:linear", XGB_IDENTITY},
    {"reg:squaredlogerror", XGB_IDENTITY},
    {"reg:pseudohubererror", XGB_IDENTITY},
    {"reg:absoluteerror", XGB_IDENTITY},
    {"reg:quantileerror", XGB_IDENTITY},
    {"reg:expectileerror", XGB_IDENTITY},
    {"rank:pairwise", XGB_IDENTITY},
    {"rank:ndcg", XGB_IDENTITY},
    {"rank:map", XGB_IDENTITY},
    {"reg:logistic", XGB_LOGISTIC_REGRESSION},
    {"binary:logistic", XGB_BINARY},
    {"binary:logitraw", XGB_RAW},
    {"binary:hinge", XGB_HINGE},
    {"count:poisson", XGB_EXP},
    {"reg:gamma", XGB_EXP},
    {"reg:tweedie", XGB_EXP},
    {"survival:cox", XGB_EXP},
    {"survival:aft", XGB_EXP},
    {"multi:softprob", XGB_MULTI},
    {"multi:softmax", XGB_MULTI},
};

void
xgb_header_clear(XgbHeader *self)
{
    g_clear_pointer(&self->base, g_free);
}

static gboolean
xgb_read_objective(const ErrataDatum *learner, XgbHeader *header, GError **error)
{
    header->objective = errata_datum_text(errata_datum_get(learner, "objective"), "name");
    if (header->objective == NULL)
        return xgb_fail(error, "expected learner.objective.name, found none");
    for (guint i = 0; i < G_N_ELEMENTS(objectives); i++)
        if (strcmp(header->objective, objectives[i].name) == 0) {
            header->link = objectives[i].link;
            return TRUE;
        }
    return xgb_fail(
        error,
        "the objective “%.60s” is none of those XGBoost is known to save; what a margin "
        "means is not known",
        header->objective);
}

/* a count, which the file writes as a string */
static gboolean
xgb_read_count(const ErrataDatum *param, const char *key, guint most, guint *ret, GError **error)
{
    double value = errata_datum_number(param, key);

    *ret = 0;
    if (isnan(value))
        return TRUE;
    if (!(value >= 0.0 && value <= most) || value > floor(value))
        return xgb_fail(error,
                        "learner_model_param.%s is %g; expected a whole number from 0 to %u",
                        key,
                        value,
                        most);
    *ret = (guint)value;
    return TRUE;
}

/* up to 1.3.0 the base score of binary:logitraw was taken for a probability, from 1.3.1 on for a
 * margin */
static gboolean
xgb_is_before(const XgbHeader *header, int major, int minor, int patch)
{
    if (header->version[0] != major)
        return header->version[0] < major;
    if (header->version[1] != minor)
        return header->version[1] < minor;
    return header->version[2] < patch;
}

/* the margin of a base score, in the library's single precision */
static float
xgb_base_margin(const XgbHeader *header, float score)
{
    if (header->base_is_margin)
        return score;
    switch (header->link) {
    case XGB_RAW:
        if (!xgb_is_before(header, 1, 3, 1))
            break;
        return -logf(1.0f / score - 1.0f);
    case XGB_LOGISTIC_REGRESSION:
    case XGB_BINARY:
        return -logf(1.0f / score - 1.0f);
    case XGB_EXP:
        return logf(score);
    case XGB_IDENTITY:
    case XGB_HINGE:
    case XGB_MULTI:
        break;
    }
    return score;
}

static gboolean
xgb_set_base(XgbHeader *header, guint group, double score, GError **error)
{
    header->base[group] = xgb_base_margin(header, (float)score);
    if (isfinite(header->base[group]))
        return TRUE;
    return xgb_fail(error,
                    "base_score %g is no mean that %s can start from: its margin is not finite",
                    score,
                    header->objective);
}

/* `5E-1`, a number, `[5E-1]`, `[a,b,c]`; in the space of means */
static gboolean
xgb_read_base(const ErrataDatum *param, XgbHeader *header, GError **error)
{
    const char *text = errata_datum_text(param, "base_score");
    double score = errata_datum_number(param, "base_score");
    g_autoptr(ErrataDatumTree) list = NULL;
    const ErrataDatum *values;

    header->base = g_new0(float, header->n_groups);
    if (text == NULL || text[0] != '[') {
        if (isnan(score))
            return xgb_fail(error, "learner_model_param.base_score is no number");
        for (guint g = 0; g < header->n_groups; g++)
            if (!xgb_set_base(header, g, score, error))
                return FALSE;
        return TRUE;
    }
    list = errata_datum_parse_json(text, strlen(text), NULL);
    values = list != NULL ? errata_datum_tree_root(list) : NULL;
    if (values == NULL || values->kind != ERRATA_DATUM_NUMBERS ||
        (values->n != 1 && values->n != header->n_groups))
        return xgb_fail(error,
                        "learner_model_param.base_score is “%.60s”; expected one number or %u",
                        text,
                        header->n_groups);
    for (guint g = 0; g < header->n_groups; g++)
        if (!xgb_set_base(header, g, values->numbers[values->n == 1 ? 0 : g], error))
            return FALSE;
    return TRUE;
}

gboolean
xgb_read_header(const ErrataDatum *learner, XgbHeader *header, GError **error)
{
    const ErrataDatum *param = errata_datum_get(learner, "learner_model_param");
    double best = errata_datum_number(errata_datum_get(learner, "attributes"), "best_iteration");
    guint n_classes;

    if (!xgb_read_objective(learner, header, error) ||
        !xgb_read_count(param,
                        "num_feature",
                        ERRATA_LIMIT_MODEL_FEATURES,
                        &header->n_features,
                        error) ||
        !xgb_read_count(param, "num_class", ERRATA_LIMIT_MODEL_OUTPUTS, &n_classes, error) ||
        !xgb_read_count(param, "num_target", ERRATA_LIMIT_MODEL_OUTPUTS, &header->n_targets, error))
        return FALSE;
    header->n_targets = MAX(header->n_targets, 1);
    header->n_classes = header->link == XGB_MULTI ? n_classes : 0;
    if (header->link == XGB_MULTI && n_classes < 2)
        return xgb_fail(error, "%s with num_class %u", header->objective, n_classes);
    header->n_groups = MAX(MAX(n_classes, header->n_targets), 1);
    if (header->n_features == 0)
        return xgb_fail(error, "learner_model_param.num_feature is 0 or absent");
    if (best >= 0.0 && best < 1e9)
        header->n_iterations = (guint)best + 1;
    return xgb_read_base(param, header, error);
}

/* the categories of a feature, from the recoder of 3.1 and later: strings as one run of bytes with
 * offsets, or numbers */
static GPtrArray *
xgb_categories(const ErrataDatum *encoder)
{
    gsize n_offsets;
    gsize n_values;
    const double *offset = errata_datum_numbers(encoder, "offsets", &n_offsets);
    const double *value = errata_datum_numbers(encoder, "values", &n_values);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    if (value == NULL || n_values == 0)
        return NULL;
    if (offset == NULL || n_offsets == 0) {
        for (gsize i = 0; i < n_values; i++) {
            char buffer[ERRATA_NUMBER_BUFFER];

            g_ptr_array_add(names, g_strdup(errata_number_print(value[i], buffer)));
        }
    }
    for (gsize i = 0; i + 1 < n_offsets; i++) {
        g_autoptr(GString) name = g_string_new(NULL);

        if (!(offset[i] >= 0.0 && offset[i + 1] >= offset[i] && offset[i + 1] <= (double)n_values))
            return NULL;
        for (gsize c = (gsize)offset[i]; c < (gsize)offset[i + 1]; c++) {
            if (!(value[c] >= G_MININT8 && value[c] <= G_MAXUINT8))
                return NULL; /* no byte, signed or not */
            g_string_append_c(name, (char)(guint8)(gint)value[c]);
        }
        g_ptr_array_add(names, g_string_free(g_steal_pointer(&name), FALSE));
    }
    g_ptr_array_add(names, NULL);
    return g_steal_pointer(&names);
}

gboolean
xgb_read_inputs(const ErrataDatum *learner,
                const XgbHeader *header,
                ErrataModelBuilder *builder,
                GError **error)
{
    const ErrataDatum *names = errata_datum_get(learner, "feature_names");
    const ErrataDatum *booster = errata_datum_get(learner, "gradient_booster");
    const ErrataDatum *model = errata_datum_get(booster, "model");
    const ErrataDatum *encoders;

    if (model == NULL)
        model = errata_datum_get(errata_datum_get(booster, "gbtree"), "model");
    encoders = errata_datum_get(errata_datum_get(model, "cats"), "enc");
    if (names != NULL && names->n > 0 && names->n != header->n_features)
        return xgb_fail(error,
                        "%" G_GSIZE_FORMAT " feature names for %u features",
                        names->n,
                        header->n_features);
    errata_model_builder_set_unnamed(builder, names == NULL || names->n == 0);
    for (guint i = 0; i < header->n_features; i++) {
        const ErrataDatum *name = names != NULL && names->n > 0 ? errata_datum_at(names, i) : NULL;
        g_autofree char *made = g_strdup_printf("f%u", i);
        g_autoptr(GPtrArray) categories = xgb_categories(errata_datum_at(encoders, i));

        if (name != NULL && name->kind != ERRATA_DATUM_STRING)
            return xgb_fail(error, "feature name %u is no string", i);
        errata_model_builder_add_input(
            builder,
            name != NULL ? name->text : made,
            categories != NULL ? ERRATA_MODEL_CATEGORY : ERRATA_MODEL_NUMBER,
            categories != NULL ? (const char *const *)categories->pdata : NULL);
    }
    return TRUE;
}

static void
xgb_add_numbers(ErrataModelBuilder *builder,
                const char *name,
                const char *label,
                ErrataModelRole role)
{
    errata_model_builder_add_output(builder, name, role, ERRATA_MODEL_NUMBER, label)->single = TRUE;
}

static void
xgb_add_classes(ErrataModelBuilder *builder, const char *name, guint n_classes)
{
    ErrataModelOutput *output = errata_model_builder_add_output(builder,
                                                                name,
                                                                ERRATA_MODEL_PREDICTION,
                                                                ERRATA_MODEL_CATEGORY,
                                                                NULL);

    output->categories = g_new0(char *, n_classes + 1);
    for (guint c = 0; c < n_classes; c++)
        output->categories[c] = g_strdup_printf("%u", c);
    errata_model_builder_set_classes(builder, (const char *const *)output->categories);
}

static void
xgb_add_probabilities(ErrataModelBuilder *builder, const char *target, guint n_classes)
{
    for (guint c = 0; c < n_classes; c++) {
        g_autofree char *label = g_strdup_printf("%u", c);
        g_autofree char *name = g_strdup_printf("probability%s(%u)", target, c);

        xgb_add_numbers(builder, name, label, ERRATA_MODEL_PROBABILITY);
    }
}

/* in the order in which xgb_class fills them */
void
xgb_add_outputs(const XgbHeader *header, ErrataModelBuilder *builder)
{
    gboolean classes = header->link == XGB_BINARY || header->link == XGB_HINGE;

    if (header->link == XGB_MULTI) {
        errata_model_builder_set_task(builder, ERRATA_TASK_MULTICLASS);
        xgb_add_classes(builder, "prediction", header->n_classes);
        for (guint c = 0; c < header->n_classes; c++) {
            g_autofree char *label = g_strdup_printf("%u", c);
            g_autofree char *name = g_strdup_printf("margin_%u", c);

            xgb_add_numbers(builder, name, label, ERRATA_MODEL_MARGIN);
        }
        xgb_add_probabilities(builder, "", header->n_classes);
        return;
    }
    errata_model_builder_set_task(builder,
                                  classes || header->link == XGB_RAW ? ERRATA_TASK_BINARY
                                                                     : ERRATA_TASK_REGRESSION);
    for (guint g = 0; g < header->n_groups; g++) {
        g_autofree char *target = header->n_groups > 1 ? g_strdup_printf("_%u", g) : g_strdup("");
        g_autofree char *prediction = g_strdup_printf("prediction%s", target);
        g_autofree char *margin = g_strdup_printf("margin%s", target);

        if (classes)
            xgb_add_classes(builder, prediction, 2);
        else
            xgb_add_numbers(builder, prediction, NULL, ERRATA_MODEL_PREDICTION);
        xgb_add_numbers(builder, margin, NULL, ERRATA_MODEL_MARGIN);
        if (header->link == XGB_BINARY)
            xgb_add_probabilities(builder, target, 2);
    }
}
