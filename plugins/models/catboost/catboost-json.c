/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CatBoost's JSON export: `features_info`, `oblivious_trees` (or `trees` that are not oblivious),
 * `scale_and_bias`, `model_info`. Source: catboost/libs/model/model_export. */
#include <math.h>
#include <string.h>

#include "catboost-private.h"
#include "error.h"
#include "limit.h"

/* a list of numbers that may be absent; FALSE with @error set when it is something else */
static gboolean
json_numbers(const ErrataDatum *item,
             const char *key,
             const double **ret,
             gsize *ret_n,
             GError **error)
{
    const ErrataDatum *list = errata_datum_get(item, key);

    *ret = errata_datum_numbers(item, key, ret_n);
    return *ret != NULL || list == NULL || list->kind == ERRATA_DATUM_NULL ||
           cb_fail(error, "%s: expected a list of numbers", key);
}

/* of an own index that the file may leave out: its place in the list */
static double
json_index(const ErrataDatum *item, const char *key, gsize place)
{
    double index = errata_datum_number(item, key);

    return isnan(index) ? (double)place : index;
}

static const char *
json_name(const ErrataDatum *item)
{
    const char *name = errata_datum_text(item, "feature_name");

    return name != NULL && name[0] != '\0' ? name : errata_datum_text(item, "feature_id");
}

static gboolean
json_read_numbers(CbReader *reader, const ErrataDatum *list, GError **error)
{
    for (gsize i = 0; list != NULL && list->kind == ERRATA_DATUM_LIST && i < list->n; i++) {
        const ErrataDatum *item = errata_datum_at(list, i);
        const ErrataDatum *has_nans = errata_datum_get(item, "has_nans");
        const char *treatment = errata_datum_text(item, "nan_value_treatment");
        double index = json_index(item, "feature_index", i);
        double flat = errata_datum_number(item, "flat_feature_index");
        CbFeature *feature = cb_add_feature(reader,
                                            reader->number,
                                            index,
                                            isnan(flat) ? index : flat,
                                            json_name(item),
                                            error);

        if (feature == NULL)
            return FALSE;
        if (treatment != NULL && strcmp(treatment, "AsTrue") != 0 &&
            strcmp(treatment, "AsFalse") != 0 && strcmp(treatment, "AsIs") != 0)
            return cb_refuse(error, "nan_value_treatment “%.40s” is not known", treatment);
        feature->nan_right = treatment != NULL && strcmp(treatment, "AsTrue") == 0 &&
                             (has_nans == NULL || has_nans->number > 0.0);
    }
    return TRUE;
}

/* hash → string, as the file lists them for all features */
static GHashTable *
json_hashes(const ErrataDatum *list)
{
    GHashTable *strings = g_hash_table_new(NULL, NULL);

    for (gsize i = 0; list != NULL && list->kind == ERRATA_DATUM_LIST && i < list->n; i++) {
        const ErrataDatum *item = errata_datum_at(list, i);
        double number = errata_datum_number(item, "hash");
        gpointer hash = GUINT_TO_POINTER(fabs(number) < 4294967296.0 ? (guint32)(gint64)number : 0);

        if (fabs(number) < 4294967296.0 && !g_hash_table_contains(strings, hash))
            g_hash_table_insert(strings, hash, (gpointer)(gsize)errata_datum_text(item, "value"));
    }
    return strings;
}

/* the string of a hash, from the feature's own list or the one of all features */
static const char *
json_category(const ErrataDatum *item, GHashTable *strings, gsize place, guint32 hash)
{
    const ErrataDatum *own = errata_datum_get(item, "string_values");
    const ErrataDatum *text = own != NULL && own->kind == ERRATA_DATUM_LIST && place < own->n
                                  ? errata_datum_at(own, place)
                                  : NULL;

    if (text != NULL && text->kind == ERRATA_DATUM_STRING)
        return text->text;
    return g_hash_table_lookup(strings, GUINT_TO_POINTER(hash));
}

static gboolean
json_read_values(CbFeature *feature, const ErrataDatum *item, GHashTable *strings, GError **error)
{
    gsize n;
    const double *values;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    if (!json_numbers(item, "values", &values, &n, error))
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        guint32 hash;
        const char *text;

        if (!(fabs(values[i]) < 4294967296.0))
            return cb_fail(error, "the category value %g is no hash", values[i]);
        hash = (guint32)(gint64)values[i];
        text = json_category(item, strings, i, hash);
        cb_add_category(feature, hash);
        if (text != NULL)
            g_ptr_array_add(texts, g_strdup(text));
    }
    if (n > 0 && texts->len == n)
        feature->text = g_steal_pointer(&texts);
    return TRUE;
}

static gboolean
json_read_categories(CbReader *reader, const ErrataDatum *info, GError **error)
{
    const ErrataDatum *list = errata_datum_get(info, "categorical_features");
    g_autoptr(GHashTable) strings = json_hashes(errata_datum_get(info, "cat_features_hash"));

    for (gsize i = 0; list != NULL && list->kind == ERRATA_DATUM_LIST && i < list->n; i++) {
        const ErrataDatum *item = errata_datum_at(list, i);
        double index = json_index(item, "feature_index", i);
        double flat = errata_datum_number(item, "flat_feature_index");
        CbFeature *feature = cb_add_feature(reader,
                                            reader->category,
                                            index,
                                            isnan(flat) ? index : flat,
                                            json_name(item),
                                            error);

        if (feature == NULL || !json_read_values(feature, item, strings, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
json_refuse_ctr(const CbReader *reader, const ErrataDatum *ctrs, GError **error)
{
    const ErrataDatum *elements = errata_datum_get(errata_datum_at(ctrs, 0), "elements");
    g_autoptr(GString) names = g_string_new(NULL);

    for (gsize i = 0; elements != NULL && elements->kind == ERRATA_DATUM_LIST && i < elements->n;
         i++) {
        double index = errata_datum_number(errata_datum_at(elements, i), "cat_feature_index");
        const CbFeature *feature = cb_category(reader, index);

        if (feature != NULL)
            g_string_append_printf(names,
                                   "%s%s",
                                   names->len > 0 ? ", " : "",
                                   feature->name != NULL ? feature->name : "one without a name");
    }
    return cb_refuse_ctr(names->len > 0 ? names->str : "categorical features", error);
}

static gboolean
json_read_features(CbReader *reader, const ErrataDatum *info, GError **error)
{
    static const char *const other[] = {"text_features",
                                        "embedding_features",
                                        "estimated_features"};

    for (guint i = 0; i < G_N_ELEMENTS(other); i++) {
        const ErrataDatum *list = errata_datum_get(info, other[i]);

        if (list != NULL && list->n > 0)
            return cb_refuse(error, "it has %s, which are not computed", other[i]);
    }
    return json_read_numbers(reader, errata_datum_get(info, "float_features"), error) &&
           json_read_categories(reader, info, error);
}

static gboolean
json_read_split(const CbReader *reader,
                const ErrataDatum *item,
                const ErrataDatum *info,
                CbSplit *ret,
                GError **error)
{
    const char *type = errata_datum_text(item, "split_type");

    if (type == NULL || strcmp(type, "FloatFeature") == 0)
        return cb_split_number(reader,
                               errata_datum_number(item, "float_feature_index"),
                               errata_datum_number(item, "border"),
                               ret,
                               error);
    if (strcmp(type, "OneHotFeature") == 0)
        return cb_split_category(reader,
                                 errata_datum_number(item, "cat_feature_index"),
                                 errata_datum_number(item, "value"),
                                 ret,
                                 error);
    if (strcmp(type, "OnlineCtr") == 0)
        return json_refuse_ctr(reader, errata_datum_get(info, "ctrs"), error);
    return cb_refuse(error, "splits of type “%.40s” are not computed", type);
}

static gboolean
json_add_oblivious(const CbReader *reader,
                   const ErrataDatum *tree,
                   const ErrataDatum *info,
                   ErrataTreesBuilder *trees,
                   GError **error)
{
    const ErrataDatum *splits = errata_datum_get(tree, "splits");
    gsize depth = splits != NULL ? splits->n : 0;
    gsize n_values = 0;
    gsize n_weights;
    const double *value = errata_datum_numbers(tree, "leaf_values", &n_values);
    const double *weight;
    CbSplit split[CB_MAX_DEPTH];

    if (!json_numbers(tree, "leaf_weights", &weight, &n_weights, error))
        return FALSE;
    if (depth > CB_MAX_DEPTH)
        return cb_fail(error, "%zu splits; expected at most %d", depth, CB_MAX_DEPTH);
    if (n_weights > 0 && n_weights != (gsize)1 << depth)
        return cb_fail(error, "%zu leaf weights for %zu splits", n_weights, depth);
    if (n_values != ((gsize)1 << depth) * reader->n_groups)
        return cb_fail(error,
                       "%zu leaf values for %zu splits and %u outputs",
                       n_values,
                       depth,
                       reader->n_groups);
    for (gsize i = 0; i < depth; i++)
        if (!json_read_split(reader, errata_datum_at(splits, i), info, &split[i], error))
            return FALSE;
    return cb_add_tree(reader,
                       trees,
                       split,
                       (guint)depth,
                       value,
                       n_weights > 0 ? weight : NULL,
                       error);
}

typedef struct {
    const CbReader *reader;
    const ErrataDatum *info;
    GArray *split;  /* CbSplit per node */
    GArray *left;   /* gint64 per node, −1 of leaves */
    GArray *right;  /* gint64 */
    GArray *value;  /* n_groups numbers per node */
    GArray *weight; /* double */
    gsize n_nodes;
} JsonWalk;

static gboolean
json_walk_leaf(JsonWalk *self, const ErrataDatum *item, GError **error)
{
    const ErrataDatum *value = errata_datum_get(item, "value");
    double weight = errata_datum_number(item, "weight");

    if (value != NULL && value->kind == ERRATA_DATUM_NUMBERS && value->n == self->reader->n_groups)
        g_array_append_vals(self->value, value->numbers, self->reader->n_groups);
    else if (value != NULL && value->kind == ERRATA_DATUM_NUMBER && self->reader->n_groups == 1)
        g_array_append_val(self->value, value->number);
    else
        return cb_fail(error, "a leaf: expected %u values", self->reader->n_groups);
    g_array_append_val(self->weight, weight);
    return TRUE;
}

static gboolean
json_walk(JsonWalk *self, const ErrataDatum *item, GError **error)
{
    const gint64 none = -1;
    gsize node = self->n_nodes++;
    CbSplit split = {0};

    g_array_append_val(self->left, none);
    g_array_append_val(self->right, none);
    if (errata_datum_get(item, "value") != NULL) {
        if (errata_datum_get(item, "split") != NULL)
            return cb_fail(error, "a node has both a value and a split");
        g_array_append_val(self->split, split);
        return json_walk_leaf(self, item, error);
    }
    if (!json_read_split(self->reader, errata_datum_get(item, "split"), self->info, &split, error))
        return FALSE;
    g_array_append_val(self->split, split);
    g_array_set_size(self->value, self->value->len + self->reader->n_groups);
    g_array_set_size(self->weight, self->weight->len + 1);
    g_array_index(self->left, gint64, node) = (gint64)self->n_nodes;
    if (!json_walk(self, errata_datum_get(item, "left"), error))
        return FALSE;
    g_array_index(self->right, gint64, node) = (gint64)self->n_nodes;
    return json_walk(self, errata_datum_get(item, "right"), error);
}

static gboolean
json_add_walked(JsonWalk *self, ErrataTreesBuilder *trees, gboolean has_cover, GError **error)
{
    if (!errata_trees_builder_begin(trees, self->n_nodes, 0, 1.0, error))
        return FALSE;
    for (gsize i = self->n_nodes; i-- > 0;) {
        gint64 left = g_array_index(self->left, gint64, i);
        gint64 right = g_array_index(self->right, gint64, i);
        double *weight = &g_array_index(self->weight, double, i);
        double *value = &g_array_index(self->value, double, i * self->reader->n_groups);

        if (left >= 0) {
            cb_set_split(self->reader,
                         trees,
                         i,
                         (gsize)left,
                         (gsize)right,
                         &g_array_index(self->split, CbSplit, i));
            *weight = g_array_index(self->weight, double, left) +
                      g_array_index(self->weight, double, right);
        } else {
            for (guint g = 0; g < self->reader->n_groups; g++)
                value[g] *= self->reader->scale;
            errata_trees_builder_leaf(trees, i, value);
        }
        if (has_cover)
            errata_trees_builder_cover(trees, i, *weight);
    }
    return errata_trees_builder_end(trees, error);
}

static gboolean
json_add_tree(const CbReader *reader,
              const ErrataDatum *tree,
              const ErrataDatum *info,
              gboolean has_cover,
              ErrataTreesBuilder *trees,
              GError **error)
{
    g_autoptr(GArray) split = g_array_new(FALSE, TRUE, sizeof(CbSplit));
    g_autoptr(GArray) left = g_array_new(FALSE, TRUE, sizeof(gint64));
    g_autoptr(GArray) right = g_array_new(FALSE, TRUE, sizeof(gint64));
    g_autoptr(GArray) value = g_array_new(FALSE, TRUE, sizeof(double));
    g_autoptr(GArray) weight = g_array_new(FALSE, TRUE, sizeof(double));
    JsonWalk walk = {reader, info, split, left, right, value, weight, 0};

    return json_walk(&walk, tree, error) && json_add_walked(&walk, trees, has_cover, error);
}

/* outputs of a row, from the bias, or of a file without from the first tree */
static gboolean
json_read_scale(CbReader *reader,
                const ErrataDatum *root,
                const ErrataDatum *oblivious,
                const ErrataDatum *trees,
                GError **error)
{
    const ErrataDatum *pair = errata_datum_get(root, "scale_and_bias");
    const ErrataDatum *scale = errata_datum_at(pair, 0);
    const ErrataDatum *bias = errata_datum_at(pair, 1);
    const ErrataDatum *first = errata_datum_at(oblivious, 0);
    const ErrataDatum *leaf = errata_datum_at(trees, 0);
    gsize n = 0;
    const double *values = errata_datum_numbers(first, "leaf_values", &n);
    const ErrataDatum *splits = errata_datum_get(first, "splits");

    if (scale != NULL && scale->kind == ERRATA_DATUM_NUMBER)
        reader->scale = scale->number;
    else if (pair != NULL && pair->kind == ERRATA_DATUM_NUMBERS && pair->n > 0)
        reader->scale = pair->numbers[0];
    else if (pair != NULL)
        return cb_fail(error, "scale_and_bias: expected a scale, then biases");
    while (errata_datum_get(leaf, "left") != NULL)
        leaf = errata_datum_get(leaf, "left");
    leaf = errata_datum_get(leaf, "value");
    if (values != NULL)
        n >>= MIN(splits != NULL ? splits->n : 0, CB_MAX_DEPTH);
    else
        n = leaf != NULL && leaf->kind == ERRATA_DATUM_NUMBERS ? leaf->n : 1;
    if (n == 0 || n > ERRATA_LIMIT_MODEL_OUTPUTS)
        return cb_fail(error, "a model of %zu outputs", n);
    reader->n_groups = (guint)n;
    reader->bias = g_new0(double, n);
    if (bias != NULL && bias->kind == ERRATA_DATUM_NUMBER)
        reader->bias[0] = bias->number;
    else if (bias != NULL && bias->kind == ERRATA_DATUM_NUMBERS && bias->n == n)
        memcpy(reader->bias, bias->numbers, n * sizeof(double));
    else if (pair != NULL && pair->kind == ERRATA_DATUM_NUMBERS && pair->n == 2 && n == 1)
        reader->bias[0] = pair->numbers[1];
    else if (bias != NULL && bias->n > 0)
        return cb_fail(error, "scale_and_bias: %zu biases for %zu outputs", bias->n, n);
    for (gsize i = 0; i < n; i++)
        if (!isfinite(reader->bias[i]))
            return cb_fail(error, "scale_and_bias: the bias of output %zu is not finite", i);
    return TRUE;
}

static gboolean
json_has_weights(const ErrataDatum *oblivious)
{
    for (gsize i = 0; oblivious != NULL && i < oblivious->n; i++) {
        gsize n = 0;
        gsize n_values = 0;

        errata_datum_numbers(errata_datum_at(oblivious, i), "leaf_weights", &n);
        errata_datum_numbers(errata_datum_at(oblivious, i), "leaf_values", &n_values);
        if (n == 0 || n_values % n != 0)
            return FALSE;
    }
    return oblivious != NULL && oblivious->n > 0;
}

static gboolean
json_weighs(const ErrataDatum *item)
{
    if (errata_datum_get(item, "value") != NULL)
        return !isnan(errata_datum_number(item, "weight"));
    return errata_datum_get(item, "left") != NULL && json_weighs(errata_datum_get(item, "left")) &&
           json_weighs(errata_datum_get(item, "right"));
}

static ErrataTrees *
json_read_trees(CbReader *reader, const ErrataDatum *root, GError **error)
{
    const ErrataDatum *oblivious = errata_datum_get(root, "oblivious_trees");
    const ErrataDatum *other = errata_datum_get(root, "trees");
    const ErrataDatum *list = oblivious != NULL ? oblivious : other;
    const ErrataDatum *info = errata_datum_get(root, "features_info");
    gboolean has_cover = oblivious != NULL ? json_has_weights(oblivious) : TRUE;
    g_autoptr(ErrataTreesBuilder) trees = NULL;

    if (list == NULL) {
        cb_fail(error, "expected the member oblivious_trees or trees, found none");
        return NULL;
    }
    if (!json_read_scale(reader, root, oblivious, other, error))
        return NULL;
    for (gsize i = 0; other == list && list != NULL && i < list->n; i++)
        has_cover = has_cover && json_weighs(errata_datum_at(list, i));
    trees = errata_trees_builder_new(reader->feature->len,
                                     reader->n_groups,
                                     reader->n_groups,
                                     has_cover);
    for (gsize i = 0; list != NULL && list->kind == ERRATA_DATUM_LIST && i < list->n; i++) {
        const ErrataDatum *tree = errata_datum_at(list, i);

        if (list == oblivious ? !json_add_oblivious(reader, tree, info, trees, error)
                              : !json_add_tree(reader, tree, info, has_cover, trees, error)) {
            if (!g_str_has_prefix((*error)->message, "tree ") &&
                !g_error_matches(*error, ERRATA_ERROR, ERRATA_ERROR_UNSUPPORTED))
                g_prefix_error(error, "tree %zu: ", i);
            return NULL;
        }
    }
    return errata_trees_builder_finish(trees);
}

static void
json_describe(const ErrataDatum *info, const char *prefix, guint depth, ErrataModelBuilder *builder)
{
    for (gsize i = 0; info != NULL && info->kind == ERRATA_DATUM_OBJECT && i < info->n; i++) {
        const ErrataDatum *value = &info->items[i];
        g_autofree char *name = g_strdup_printf("%s%s", prefix, info->keys[i]);

        if (value->kind == ERRATA_DATUM_STRING && depth == 0)
            errata_model_builder_add_training(builder, name, value->text);
        else if (value->kind == ERRATA_DATUM_OBJECT && depth < 4)
            json_describe(value,
                          strcmp(info->keys[i], "params") == 0 || depth > 0 ? "" : prefix,
                          depth + 1,
                          builder);
        else if (value->kind == ERRATA_DATUM_STRING)
            errata_model_builder_add_parameter(builder, name, value->text);
    }
}

/* a member that is an object, or a string which holds one */
static const ErrataDatum *
json_object(const ErrataDatum *info, const char *key, ErrataDatumTree **keep)
{
    const ErrataDatum *value = errata_datum_get(info, key);

    if (value == NULL || value->kind != ERRATA_DATUM_STRING)
        return value;
    *keep = errata_datum_parse_json(value->text, value->n, NULL);
    return *keep != NULL ? errata_datum_tree_root(*keep) : NULL;
}

ErrataModel *
cb_load_json(const ErrataDatumTree *document, GError **error)
{
    const ErrataDatum *root = errata_datum_tree_root(document);
    const ErrataDatum *info = errata_datum_get(root, "model_info");
    g_autoptr(ErrataDatumTree) params = NULL;
    g_autoptr(ErrataDatumTree) classes = NULL;
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("catboost-json", "CatBoost");
    g_auto(CbReader) reader = {0};
    ErrataTrees *trees;

    cb_reader_init(&reader, builder);
    if (errata_datum_get(root, "features_info") == NULL) {
        cb_fail(error, "expected the member features_info of a model exported as JSON");
        return NULL;
    }
    if (!json_read_features(&reader, errata_datum_get(root, "features_info"), error))
        return NULL;
    json_describe(info, "", 0, builder);
    trees = json_read_trees(&reader, root, error);
    if (trees == NULL)
        return NULL;
    cb_read_training(&reader,
                     json_object(info, "params", &params),
                     json_object(info,
                                 errata_datum_get(info, "class_params") != NULL
                                     ? "class_params"
                                     : "multiclass_params", /* up to 0.24 */
                                 &classes));
    if (!cb_finish(&reader, trees, error))
        return NULL;
    return errata_model_builder_finish(builder, error);
}
