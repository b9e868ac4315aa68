/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LightGBM models as text, of the versions that name themselves v2 to v4 and the unnamed one
 * before: a header, a block per tree, parameters, and the categories of pandas columns as JSON at
 * the end. */
#include <math.h>
#include <string.h>

#include "datum.h"
#include "error.h"
#include "lightgbm-private.h"
#include "limit.h"
#include "number.h"
#include "plugin.h"
#include "trees-builder.h"

extern const ErrataPlugin errata_plugin_lightgbm;

static const struct {
    const char *name;
    LgbLink link;
} objectives[] = {
    {"regression", LGB_IDENTITY},
    {"regression_l2", LGB_IDENTITY},
    {"regression_l1", LGB_IDENTITY},
    {"huber", LGB_IDENTITY},
    {"fair", LGB_IDENTITY},
    {"quantile", LGB_IDENTITY},
    {"mape", LGB_IDENTITY},
    {"lambdarank", LGB_IDENTITY},
    {"rank_xendcg", LGB_IDENTITY},
    {"custom", LGB_IDENTITY},
    {"none", LGB_IDENTITY},
    {"poisson", LGB_EXP},
    {"gamma", LGB_EXP},
    {"tweedie", LGB_EXP},
    {"binary", LGB_BINARY},
    {"cross_entropy", LGB_BINARY},
    {"xentropy", LGB_BINARY},
    {"cross_entropy_lambda", LGB_LOG1P_EXP},
    {"xentlambda", LGB_LOG1P_EXP},
    {"multiclass", LGB_SOFTMAX},
    {"softmax", LGB_SOFTMAX},
    {"multiclassova", LGB_ONE_VS_ALL},
};

/* `binary sigmoid:1`, `regression sqrt`, `multiclass num_class:3`, or nothing for one of one's
 * own */
static gboolean
lgb_read_objective(const LgbBlock *block, LgbHeader *header, GError **error)
{
    g_autofree char *text = lgb_block_text(block, "objective");
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);

    header->sigmoid = 1.0;
    header->link = LGB_IDENTITY;
    if (words[0] == NULL || words[0][0] == '\0')
        return TRUE;
    for (guint i = 0;; i++) {
        if (i == G_N_ELEMENTS(objectives))
            return lgb_fail(error,
                            "the objective “%.60s” is not known, nor what its margin means",
                            words[0]);
        if (strcmp(words[0], objectives[i].name) != 0)
            continue;
        header->link = objectives[i].link;
        break;
    }
    for (guint i = 1; words[i] != NULL; i++) {
        if (strcmp(words[i], "sqrt") == 0)
            header->link = LGB_SQUARE;
        if (g_str_has_prefix(words[i], "sigmoid:") &&
            (!errata_number_parse_double(words[i] + 8, strlen(words[i] + 8), &header->sigmoid) ||
             !(header->sigmoid > 0.0 && isfinite(header->sigmoid))))
            return lgb_fail(error, "objective: “%.60s” is no slope", words[i]);
    }
    return TRUE;
}

/* the file lists how many bytes each of its trees takes */
static guint
lgb_listed_trees(const LgbBlock *block)
{
    const LgbSpan *sizes = lgb_block_get(block, "tree_sizes");
    guint n = 0;

    for (gsize i = 0; sizes != NULL && i < sizes->length; i++)
        n += sizes->text[i] != ' ' && (i == 0 || sizes->text[i - 1] == ' ') ? 1 : 0;
    return n;
}

static gboolean
lgb_read_header(const LgbBlock *block, LgbHeader *header, GError **error)
{
    gint64 n_classes = lgb_block_int(block, "num_tree_per_iteration");
    gint64 max_feature = lgb_block_int(block, "max_feature_idx");

    if (n_classes < 0)
        n_classes = lgb_block_int(block, "num_class");
    if (n_classes < 1 || n_classes > ERRATA_LIMIT_MODEL_OUTPUTS)
        return lgb_fail(error, "num_tree_per_iteration is %" G_GINT64_FORMAT, n_classes);
    if (max_feature < 0 || max_feature >= ERRATA_LIMIT_MODEL_FEATURES)
        return lgb_fail(error, "max_feature_idx is %" G_GINT64_FORMAT, max_feature);
    header->n_classes = (guint)n_classes;
    header->n_features = (guint)max_feature + 1;
    header->n_trees = lgb_listed_trees(block);
    header->average = lgb_block_get(block, "average_output") != NULL;
    if (!lgb_read_objective(block, header, error))
        return FALSE;
    if ((header->link == LGB_BINARY && n_classes > 1) ||
        ((header->link == LGB_SOFTMAX || header->link == LGB_ONE_VS_ALL) && n_classes < 2))
        return lgb_fail(error, "%" G_GINT64_FORMAT " classes do not fit the objective", n_classes);
    return TRUE;
}

/* which features are categorical: by the parameter where it is kept, else by feature_infos */
static gboolean *
lgb_categorical(const LgbBlock *block, const char *parameters, guint n_features, guint *ret_n)
{
    g_autofree char *infos = lgb_block_text(block, "feature_infos");
    g_auto(GStrv) words = g_strsplit(infos != NULL ? infos : "", " ", -1);
    const char *listed = parameters != NULL ? strstr(parameters, "[categorical_feature: ") : NULL;
    gboolean *is = g_new0(gboolean, n_features);

    *ret_n = 0;
    if (listed != NULL) {
        const char *at = listed + strlen("[categorical_feature: ");

        while (g_ascii_isdigit(*at)) {
            char *next = NULL;
            guint64 index = g_ascii_strtoull(at, &next, 10);

            if (index < n_features && !is[index]) {
                is[index] = TRUE;
                (*ret_n)++;
            }
            at = *next == ',' ? next + 1 : next;
        }
        if (*ret_n > 0)
            return is;
    }
    for (guint i = 0; words[i] != NULL && i < n_features; i++) {
        is[i] = words[i][0] != '[' && strcmp(words[i], "none") != 0 && words[i][0] != '\0';
        *ret_n += is[i] ? 1 : 0;
    }
    return is;
}

static char **
lgb_category_names(const ErrataDatum *list)
{
    char **names = g_new0(char *, list->n + 1);

    for (gsize i = 0; i < list->n; i++) {
        char buffer[ERRATA_NUMBER_BUFFER];
        const ErrataDatum *item = errata_datum_at(list, i);

        if (list->kind == ERRATA_DATUM_NUMBERS)
            names[i] = g_strdup(errata_number_print(list->numbers[i], buffer));
        else if (item != NULL && item->kind == ERRATA_DATUM_STRING)
            names[i] = g_strdup(item->text);
        else if (item != NULL && item->kind == ERRATA_DATUM_BOOLEAN)
            names[i] = g_strdup(item->number > 0.0 ? "true" : "false");
        else
            names[i] = g_strdup("");
    }
    return names;
}

static const ErrataDatum *
lgb_list(const ErrataDatumTree *tree, guint index)
{
    return tree != NULL ? errata_datum_at(errata_datum_tree_root(tree), index) : NULL;
}

/* the JSON behind pandas_categorical: at the end of the file; FALSE with @error set when it is
 * damaged: what a category is called would be guessed. @ret: NULL where there are none */
static gboolean
lgb_pandas(const char *rest,
           guint n_categorical,
           ErrataModelBuilder *builder,
           ErrataDatumTree **ret,
           GError **error)
{
    const char *found = strstr(rest, "pandas_categorical:");
    g_autoptr(ErrataDatumTree) lists = NULL;

    *ret = NULL;
    if (found == NULL)
        return TRUE;
    found += strlen("pandas_categorical:");
    lists = errata_datum_parse_json(found, strlen(found), error);
    if (lists == NULL) {
        g_prefix_error(error, "pandas_categorical: ");
        return FALSE;
    }
    if (errata_datum_tree_root(lists)->kind != ERRATA_DATUM_LIST)
        return TRUE;
    if (errata_datum_tree_root(lists)->n == n_categorical) {
        *ret = g_steal_pointer(&lists);
        return TRUE;
    }
    errata_model_builder_note(builder,
                              "the file lists categories of %" G_GSIZE_FORMAT
                              " columns but has %u categorical features: these are read as codes",
                              errata_datum_tree_root(lists)->n,
                              n_categorical);
    return TRUE;
}

static gboolean
lgb_read_inputs(const LgbBlock *block,
                const LgbHeader *header,
                const char *rest,
                ErrataModelBuilder *builder,
                GError **error)
{
    g_autofree char *text = lgb_block_text(block, "feature_names");
    g_auto(GStrv) names = g_strsplit(text != NULL ? text : "", " ", -1);
    guint n_categorical;
    g_autofree gboolean *is_categorical =
        lgb_categorical(block, rest, header->n_features, &n_categorical);
    g_autoptr(ErrataDatumTree) lists = NULL;
    guint at = 0;
    gboolean unnamed = TRUE;

    if (strstr(rest, "\nparameters:") != NULL && strstr(rest, "\nend of parameters") == NULL)
        return lgb_fail(error, "its parameters do not end; the file seems truncated");
    if (!lgb_pandas(rest, n_categorical, builder, &lists, error))
        return FALSE;
    if (g_strv_length(names) != header->n_features)
        return lgb_fail(error,
                        "%u feature names for %u features",
                        g_strv_length(names),
                        header->n_features);
    for (guint i = 0; i < header->n_features; i++) {
        const ErrataDatum *list = is_categorical[i] && lists != NULL ? lgb_list(lists, at++) : NULL;
        gboolean has = list != NULL &&
                       (list->kind == ERRATA_DATUM_LIST || list->kind == ERRATA_DATUM_NUMBERS);
        g_auto(GStrv) categories = has ? lgb_category_names(list) : NULL;
        g_autofree char *made = g_strdup_printf("Column_%u", i);

        unnamed = unnamed && strcmp(made, names[i]) == 0;
        errata_model_builder_add_input(builder,
                                       names[i],
                                       has ? ERRATA_MODEL_CATEGORY : ERRATA_MODEL_NUMBER,
                                       (const char *const *)categories);
    }
    errata_model_builder_set_unnamed(builder, unnamed);
    return TRUE;
}

static void
lgb_add_outputs(const LgbHeader *header, ErrataModelBuilder *builder)
{
    guint n = header->n_classes > 1 ? header->n_classes : header->link == LGB_BINARY ? 2 : 0;
    ErrataModelOutput *prediction = errata_model_builder_add_output(builder,
                                                                    "prediction",
                                                                    ERRATA_MODEL_PREDICTION,
                                                                    n > 0 ? ERRATA_MODEL_CATEGORY
                                                                          : ERRATA_MODEL_NUMBER,
                                                                    NULL);

    errata_model_builder_set_task(builder,
                                  n == 0   ? ERRATA_TASK_REGRESSION
                                  : n == 2 ? ERRATA_TASK_BINARY
                                           : ERRATA_TASK_MULTICLASS);
    if (n > 0) {
        prediction->categories = g_new0(char *, n + 1);
        for (guint c = 0; c < n; c++)
            prediction->categories[c] = g_strdup_printf("%u", c);
        errata_model_builder_set_classes(builder, (const char *const *)prediction->categories);
    }
    for (guint c = 0; c < header->n_classes; c++) {
        g_autofree char *label = g_strdup_printf("%u", c);
        g_autofree char *name = header->n_classes > 1 ? g_strdup_printf("margin_%u", c)
                                                      : g_strdup("margin");

        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_MARGIN,
                                        ERRATA_MODEL_NUMBER,
                                        header->n_classes > 1 ? label : NULL);
    }
    /* an objective of one's own tells nothing of what its margins mean */
    for (guint c = 0; c < n && header->link != LGB_IDENTITY; c++) {
        g_autofree char *label = g_strdup_printf("%u", c);
        g_autofree char *name = g_strdup_printf("probability(%u)", c);

        errata_model_builder_add_output(builder,
                                        name,
                                        ERRATA_MODEL_PROBABILITY,
                                        ERRATA_MODEL_NUMBER,
                                        label);
    }
}

/* `[key: value]` lines between `parameters:` and `end of parameters` */
static void
lgb_describe(const LgbBlock *header, const char *rest, ErrataModelBuilder *builder)
{
    static const char *const keys[] = {"objective", "num_class", "label_index", "max_feature_idx"};
    g_autofree char *version = lgb_block_text(header, "version");
    const char *at = rest != NULL ? strstr(rest, "parameters:") : NULL;

    errata_model_builder_set_version(builder, version != NULL ? version : "v0");
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *value = lgb_block_text(header, keys[i]);

        if (value != NULL)
            errata_model_builder_add_parameter(builder, keys[i], value);
    }
    while (at != NULL && (at = strchr(at, '\n')) != NULL && at[1] == '[') {
        const char *colon = strchr(++at, ':');
        const char *end = strchr(at, '\n');

        if (colon != NULL && end != NULL && colon < end && end[-1] == ']' && end - colon > 2) {
            g_autofree char *key = g_strndup(at + 1, (gsize)(colon - at - 1));
            g_autofree char *value = g_strndup(colon + 2, (gsize)(end - colon - 3));

            if (value[0] != '\0')
                errata_model_builder_add_parameter(builder, key, value);
        }
    }
}

static gboolean
lgb_starts(const char *at, const char *end, const char *word)
{
    gsize length = strlen(word);

    return (gsize)(end - at) >= length && memcmp(at, word, length) == 0;
}

/* all blocks `Tree=0` …; @ret_rest is what follows them */
static ErrataTrees *
lgb_read_trees(const char *at,
               const char *end,
               const LgbHeader *header,
               LgbLinear *linear,
               const char **ret_rest,
               GError **error)
{
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(header->n_features, header->n_classes, 1, TRUE);
    ErrataTrees *trees;
    gboolean counted = TRUE, has_stand_in = FALSE;
    guint tree = 0;

    while (at < end) {
        if (*at == '\n' || *at == '\r') {
            at++;
            continue;
        }
        if (!lgb_starts(at, end, "Tree="))
            break;
        g_autoptr(LgbBlock) block = lgb_block_read(&at, end, error);

        if (block == NULL || !lgb_read_tree(block,
                                            header,
                                            tree % header->n_classes,
                                            linear,
                                            builder,
                                            &counted,
                                            error)) {
            if (!g_str_has_prefix((*error)->message, "tree "))
                g_prefix_error(error, "tree %u: ", tree);
            return NULL;
        }
        has_stand_in |= lgb_block_get(block, "default_value") != NULL;
        tree++;
    }
    if (tree == 0 || tree % header->n_classes != 0) {
        lgb_fail(error,
                 "%u trees for %u trees an iteration; the file seems truncated",
                 tree,
                 header->n_classes);
        return NULL;
    }
    if (header->n_trees > 0 && tree != header->n_trees) {
        lgb_fail(error,
                 "tree_sizes lists %u trees, the file holds %u; it seems truncated",
                 header->n_trees,
                 tree);
        return NULL;
    }
    *ret_rest = at;
    trees = errata_trees_builder_finish(builder);
    if (!counted)
        g_clear_pointer(&trees->cover, g_free);
    if (has_stand_in)
        trees->zero = (double)1e-20f; /* kMissingValueRange of those versions */
    trees->average = header->average;
    trees->link = header->link == LGB_BINARY     ? ERRATA_LINK_LOGISTIC
                  : header->link == LGB_SOFTMAX  ? ERRATA_LINK_SOFTMAX
                  : header->link == LGB_EXP      ? ERRATA_LINK_EXP
                  : header->link == LGB_IDENTITY ? ERRATA_LINK_IDENTITY
                                                 : ERRATA_LINK_OTHER;
    trees->link_scale = header->sigmoid;
    return trees;
}

static void
lgb_set_body(const LgbHeader *header,
             ErrataTrees *trees,
             LgbLinear *linear,
             ErrataModelBuilder *builder)
{
    LgbBody *body = g_new0(LgbBody, 1);

    body->header = *header;
    body->trees = trees;
    body->linear = linear;
    if (linear != NULL) {
        body->own = trees;
        errata_model_builder_set_why_not_trees(builder,
                                               "its leaves are linear models, not constants");
    } else {
        errata_model_builder_set_trees(builder, trees);
    }
    errata_model_builder_set_kind(builder,
                                  linear != NULL    ? "gradient boosted linear trees"
                                  : header->average ? "random forest"
                                                    : "gradient boosted trees");
    errata_model_builder_set_body(builder, &lgb_class, body);
}

static ErrataModel *
lgb_load_text(const char *text, const char *end, GError **error)
{
    const char *at = text;
    const char *rest = NULL;
    g_autoptr(LgbBlock) block = lgb_block_read(&at, end, error);
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("lightgbm", "LightGBM");
    gboolean is_linear = memmem(text, (gsize)(end - text), "\nis_linear=1", 12) != NULL;
    g_autoptr(LgbLinear) linear = is_linear ? lgb_linear_new() : NULL;
    g_autoptr(ErrataTrees) trees = NULL;
    LgbHeader header = {0};

    if (block == NULL || !lgb_read_header(block, &header, error))
        return NULL;
    trees = lgb_read_trees(at, end, &header, linear, &rest, error);
    if (trees == NULL || !lgb_read_inputs(block, &header, rest, builder, error))
        return NULL;
    lgb_describe(block, rest, builder);
    lgb_add_outputs(&header, builder);
    lgb_set_body(&header, g_steal_pointer(&trees), g_steal_pointer(&linear), builder);
    return errata_model_builder_finish(builder, error);
}

static ErrataModel *
lgb_load(const ErrataModelParts *parts, GError **error)
{
    gsize size;
    const char *bytes = g_bytes_get_data(errata_model_parts_main(parts)->bytes, &size);
    g_autofree char *text = g_strndup(bytes, size);

    if (strlen(text) < size) {
        lgb_fail(error, "byte %" G_GSIZE_FORMAT ": expected text, found a byte of 0", strlen(text));
        return NULL;
    }
    return lgb_load_text(text, text + size, error);
}

static guint
lgb_sniff(const guint8 *head, gsize size, const char *name)
{
    if (size < 8 || memcmp(head, "tree", 4) != 0 || (head[4] != '\n' && head[4] != '\r'))
        return 0;
    return memmem(head, size, "num_class=", 10) != NULL ? 95 : 40;
}

static const ErrataModelFormat lgb_format = {
    .id = "lightgbm",
    .summary = "LightGBM, text",
    .sniff = lgb_sniff,
    .load = lgb_load,
};

const ErrataPlugin errata_plugin_lightgbm = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "lightgbm",
    .models = (const ErrataModelFormat *const[]){&lgb_format, NULL},
};
