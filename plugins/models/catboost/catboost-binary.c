/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CatBoost's own files: `CBM1`, the size of the core, the core as a FlatBuffer, then parts that
 * only models with statistics of categories have. Sources: model.fbs and features.fbs of
 * catboost/libs/model/flatbuffers. Splits are numbered: the borders of all numbers in order, then
 * the values of categories, then the statistics. */
#include <math.h>
#include <string.h>

#include "catboost-flat.h"
#include "catboost-private.h"
#include "error.h"
#include "limit.h"

/* fields of a table, by the order in which they are declared */
enum {
    CORE_VERSION,
    CORE_TREES,
    CORE_INFO,
    CORE_PARTS,
};
enum {
    TREES_DIMENSION,
    TREES_SPLITS,
    TREES_SIZES,
    TREES_OFFSETS,
    TREES_CATEGORIES,
    TREES_NUMBERS,
    TREES_ONE_HOT,
    TREES_CTR,
    TREES_VALUES,
    TREES_WEIGHTS,
    TREES_STEPS,
    TREES_LEAF_IDS,
    TREES_TEXTS,
    TREES_ESTIMATED,
    TREES_SCALE,
    TREES_BIAS,
    TREES_BIASES,
    TREES_REPACKED,
    TREES_EMBEDDINGS,
};

static gboolean
binary_read_numbers(CbReader *reader, const CbFlat *trees, GArray *splits, GError **error)
{
    CbVector list = cb_flat_vector(trees, TREES_NUMBERS, 4);

    for (gsize i = 0; i < list.n; i++) {
        CbFlat item = cb_flat_item(trees, &list, i);
        CbVector border = cb_flat_vector(&item, 3, 4);
        g_autofree char *name = cb_flat_string(&item, 4);
        double index = cb_flat_int(&item, 1, -1);
        CbFeature *feature =
            cb_add_feature(reader, reader->number, index, cb_flat_int(&item, 2, -1), name, error);

        if (feature == NULL)
            return FALSE;
        feature->nan_right = cb_flat_byte(&item, 0, 0) != 0 && cb_flat_byte(&item, 5, 0) == 2;
        for (gsize b = 0; b < border.n; b++) {
            CbSplit split;

            if (!cb_split_number(reader, index, cb_vector_float(&border, b), &split, error))
                return FALSE;
            g_array_append_val(splits, split);
        }
    }
    return TRUE;
}

static gboolean
binary_read_categories(CbReader *reader, const CbFlat *trees, GArray *splits, GError **error)
{
    CbVector list = cb_flat_vector(trees, TREES_CATEGORIES, 4);
    CbVector one_hot = cb_flat_vector(trees, TREES_ONE_HOT, 4);

    for (gsize i = 0; i < list.n; i++) {
        CbFlat item = cb_flat_item(trees, &list, i);
        g_autofree char *name = cb_flat_string(&item, 2);

        if (cb_add_feature(reader,
                           reader->category,
                           cb_flat_int(&item, 0, -1),
                           cb_flat_int(&item, 1, -1),
                           name,
                           error) == NULL)
            return FALSE;
    }
    for (gsize i = 0; i < one_hot.n; i++) {
        CbFlat item = cb_flat_item(trees, &one_hot, i);
        CbVector value = cb_flat_vector(&item, 1, 4);

        for (gsize v = 0; v < value.n; v++) {
            CbSplit split;

            if (!cb_split_category(reader,
                                   cb_flat_int(&item, 0, -1),
                                   cb_vector_int(&value, v),
                                   &split,
                                   error))
                return FALSE;
            g_array_append_val(splits, split);
        }
    }
    return TRUE;
}

/* the strings of a category's values, where the file has all of them */
static void
binary_read_texts(CbReader *reader, const CbFlat *trees)
{
    CbVector one_hot = cb_flat_vector(trees, TREES_ONE_HOT, 4);

    for (gsize i = 0; i < one_hot.n; i++) {
        CbFlat item = cb_flat_item(trees, &one_hot, i);
        CbVector text = cb_flat_vector(&item, 2, 4);
        CbFeature *feature = cb_category(reader, cb_flat_int(&item, 0, -1));

        if (feature == NULL || text.n == 0 || text.n != feature->n_codes || feature->text != NULL)
            continue;
        feature->text = g_ptr_array_new_with_free_func(g_free);
        for (gsize v = 0; v < text.n; v++)
            g_ptr_array_add(feature->text, cb_flat_item_string(&item, &text, v));
    }
}

/* a tree whose nodes say how far on their children are; 0 on a side ends there in the node's own
 * leaf, which becomes node n + i */
typedef struct {
    const CbReader *reader;
    const GArray *splits;
    ErrataTreesBuilder *trees;
    CbVector step;
    CbVector id;
    CbVector which;
    CbVector value;
    CbVector weight;
    gsize first;
    gsize n;
    double *cover; /* 2n */
    double *leaf;
} BinarySteps;

static gboolean
binary_add_step(BinarySteps *self, gsize i, GError **error)
{
    guint n_groups = self->reader->n_groups;
    guint16 left = cb_vector_short(&self->step, 2 * (self->first + i));
    guint16 right = cb_vector_short(&self->step, 2 * (self->first + i) + 1);
    guint32 at = (guint32)cb_vector_int(&self->id, self->first + i);
    gint32 split = cb_vector_int(&self->which, self->first + i);
    gboolean is_leaf = left == 0 && right == 0;
    gsize own = is_leaf ? i : self->n + i;
    gsize to_left = left != 0 ? i + left : own;
    gsize to_right = right != 0 ? i + right : own;

    if (!is_leaf && (split < 0 || (guint)split >= self->splits->len))
        return cb_fail(error, "node %zu tests the condition %d of %u", i, split, self->splits->len);
    if ((left == 0 || right == 0) && (self->value.n < n_groups || at > self->value.n - n_groups))
        return cb_fail(error, "node %zu has no leaf value", i);
    if (MAX(i + left, i + right) >= self->n)
        return cb_fail(error, "node %zu leads out of the tree", i);
    if (left == 0 || right == 0) {
        for (guint g = 0; g < n_groups; g++)
            self->leaf[g] = cb_vector_double(&self->value, at + g) * self->reader->scale;
        errata_trees_builder_leaf(self->trees, own, self->leaf);
        self->cover[own] = at / n_groups < self->weight.n
                               ? cb_vector_double(&self->weight, at / n_groups)
                               : 0.0;
        errata_trees_builder_cover(self->trees, own, self->cover[own]);
    }
    if (is_leaf)
        return TRUE;
    cb_set_split(self->reader,
                 self->trees,
                 i,
                 to_left,
                 to_right,
                 &g_array_index(self->splits, CbSplit, split));
    self->cover[i] = self->cover[to_left] + self->cover[to_right];
    errata_trees_builder_cover(self->trees, i, self->cover[i]);
    return TRUE;
}

static gboolean
binary_add_steps(const CbReader *reader,
                 const CbFlat *flat,
                 const GArray *splits,
                 gsize first,
                 gsize n,
                 ErrataTreesBuilder *trees,
                 GError **error)
{
    g_autofree double *cover = NULL;
    g_autofree double *leaf = g_new(double, reader->n_groups);
    BinarySteps self = {.reader = reader,
                        .splits = splits,
                        .trees = trees,
                        .step = cb_flat_vector(flat, TREES_STEPS, 4),
                        .id = cb_flat_vector(flat, TREES_LEAF_IDS, 4),
                        .which = cb_flat_vector(flat, TREES_SPLITS, 4),
                        .value = cb_flat_vector(flat, TREES_VALUES, 8),
                        .weight = cb_flat_vector(flat, TREES_WEIGHTS, 8),
                        .first = first,
                        .n = n,
                        .leaf = leaf};

    if (first + n > self.step.n || first + n > self.id.n || first + n > self.which.n)
        return cb_fail(error, "nodes %zu to %zu of %zu", first, first + n, self.step.n);
    if (!errata_trees_builder_begin(trees, 2 * n, 0, 1.0, error))
        return FALSE;
    self.cover = cover = g_new0(double, 2 * n);
    for (gsize i = n; i-- > 0;)
        if (!binary_add_step(&self, i, error))
            return FALSE;
    return errata_trees_builder_end(trees, error);
}

static gboolean
binary_add_oblivious(const CbReader *reader,
                     const CbFlat *flat,
                     const GArray *splits,
                     gsize first,
                     gsize depth,
                     gsize *leaf,
                     ErrataTreesBuilder *trees,
                     GError **error)
{
    CbVector which = cb_flat_vector(flat, TREES_SPLITS, 4);
    CbVector value = cb_flat_vector(flat, TREES_VALUES, 8);
    CbVector weight = cb_flat_vector(flat, TREES_WEIGHTS, 8);
    gsize n_leaves = (gsize)1 << MIN(depth, CB_MAX_DEPTH);
    gsize n_values = n_leaves * reader->n_groups;
    CbSplit split[CB_MAX_DEPTH];
    g_autofree double *values = NULL;
    g_autofree double *weights = NULL;

    if (depth > CB_MAX_DEPTH || first > which.n || depth > which.n - first)
        return cb_fail(error, "%zu splits; expected at most %d", depth, CB_MAX_DEPTH);
    if (*leaf * reader->n_groups > value.n || n_values > value.n - *leaf * reader->n_groups)
        return cb_fail(error, "leaf values end before it does");
    for (gsize i = 0; i < depth; i++) {
        gint32 number = cb_vector_int(&which, first + i);

        if (number < 0 || (guint)number >= splits->len)
            return cb_fail(error, "it tests the condition %d of %u", number, splits->len);
        split[i] = g_array_index(splits, CbSplit, number);
    }
    values = g_new(double, n_values);
    for (gsize i = 0; i < n_values; i++)
        values[i] = cb_vector_double(&value, *leaf * reader->n_groups + i);
    if (weight.n * reader->n_groups == value.n) {
        weights = g_new(double, n_leaves);
        for (gsize i = 0; i < n_leaves; i++)
            weights[i] = cb_vector_double(&weight, *leaf + i);
    }
    *leaf += n_leaves;
    return cb_add_tree(reader, trees, split, (guint)depth, values, weights, error);
}

static ErrataTrees *
binary_read_trees(CbReader *reader, const CbFlat *flat, const GArray *splits, GError **error)
{
    CbVector sizes = cb_flat_vector(flat, TREES_SIZES, 4);
    CbVector steps = cb_flat_vector(flat, TREES_STEPS, 4);
    CbVector value = cb_flat_vector(flat, TREES_VALUES, 8);
    CbVector weight = cb_flat_vector(flat, TREES_WEIGHTS, 8);
    gboolean has_cover = weight.n > 0 && weight.n * reader->n_groups == value.n;
    g_autoptr(ErrataTreesBuilder) trees = errata_trees_builder_new(reader->feature->len,
                                                                   reader->n_groups,
                                                                   reader->n_groups,
                                                                   has_cover);
    gsize first = 0;
    gsize leaf = 0;

    for (gsize i = 0; i < sizes.n; i++) {
        gint32 size = cb_vector_int(&sizes, i);
        gboolean ok = size >= 0 || cb_fail(error, "its size is %d", size);

        ok = ok &&
             (steps.n > 0 ? binary_add_steps(reader, flat, splits, first, (gsize)size, trees, error)
                          : binary_add_oblivious(reader,
                                                 flat,
                                                 splits,
                                                 first,
                                                 (gsize)size,
                                                 &leaf,
                                                 trees,
                                                 error));
        if (!ok) {
            if (!g_str_has_prefix((*error)->message, "tree "))
                g_prefix_error(error, "tree %zu: ", i);
            return NULL;
        }
        first += (gsize)size;
    }
    return errata_trees_builder_finish(trees);
}

static gboolean
binary_read_scale(CbReader *reader, const CbFlat *trees, GError **error)
{
    gint32 n = cb_flat_int(trees, TREES_DIMENSION, 0);
    CbVector biases = cb_flat_vector(trees, TREES_BIASES, 8);

    if (n < 1 || (guint)n > ERRATA_LIMIT_MODEL_OUTPUTS)
        return cb_fail(error, "a model of %d outputs", n);
    reader->n_groups = (guint)n;
    reader->scale = cb_flat_double(trees, TREES_SCALE, 1.0);
    reader->bias = g_new(double, n);
    for (gint32 g = 0; g < n; g++)
        reader->bias[g] = biases.n == (gsize)n ? cb_vector_double(&biases, (gsize)g)
                                               : cb_flat_double(trees, TREES_BIAS, 0.0);
    return TRUE;
}

/* pairs of the training; @ret_params and @ret_classes are those that hold JSON */
static void
binary_describe(const CbFlat *core,
                ErrataModelBuilder *builder,
                ErrataDatumTree **ret_params,
                ErrataDatumTree **ret_classes)
{
    CbVector list = cb_flat_vector(core, CORE_INFO, 4);

    for (gsize i = 0; i < list.n; i++) {
        CbFlat item = cb_flat_item(core, &list, i);
        g_autofree char *key = cb_flat_string(&item, 0);
        g_autofree char *value = cb_flat_string(&item, 1);

        if (key == NULL || value == NULL)
            continue;
        if (strcmp(key, "params") == 0 && *ret_params == NULL)
            *ret_params = errata_datum_parse_json(value, strlen(value), NULL);
        else if ((strcmp(key, "class_params") == 0 || strcmp(key, "multiclass_params") == 0) &&
                 *ret_classes == NULL)
            *ret_classes = errata_datum_parse_json(value, strlen(value), NULL);
        else if (value[0] != '{')
            errata_model_builder_add_training(builder, key, value);
    }
}

/* why it cannot be run, if so */
static gboolean
binary_check_kinds(const CbFlat *trees, ErrataModelBuilder *builder)
{
    static const struct {
        guint field;
        const char *what;
    } kinds[] = {
        {TREES_CTR, "encodes categories by statistics of the target (CTR)"},
        {TREES_TEXTS, "reads texts"},
        {TREES_ESTIMATED, "computes features of texts or embeddings"},
        {TREES_EMBEDDINGS, "reads embeddings"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (cb_flat_vector(trees, kinds[i].field, 1).n > 0) {
            errata_model_builder_set_why_not(builder,
                                             "it %s, which is not computed",
                                             kinds[i].what);
            return FALSE;
        }
    return TRUE;
}

ErrataModel *
cb_load_binary(const guint8 *bytes, gsize size, GError **error)
{
    g_autoptr(ErrataModelBuilder) builder = errata_model_builder_new("catboost", "CatBoost");
    g_autoptr(GArray) splits = g_array_new(FALSE, FALSE, sizeof(CbSplit));
    g_autoptr(ErrataDatumTree) params = NULL;
    g_autoptr(ErrataDatumTree) classes = NULL;
    g_auto(CbReader) reader = {0};
    CbVector head = {bytes, size / 4};
    gsize n = size >= 8 ? (guint32)cb_vector_int(&head, 1) : 0;
    CbFlat core = cb_flat_root(size >= 8 ? bytes + 8 : bytes, MIN(n, size >= 8 ? size - 8 : 0));
    g_autofree char *version = cb_flat_string(&core, CORE_VERSION);
    CbFlat flat = cb_flat_table(&core, CORE_TREES);
    ErrataTrees *trees = NULL;

    cb_reader_init(&reader, builder);
    if (size < 8 || n > size - 8 || version == NULL || strncmp(version, "Flabuffers", 10) != 0 ||
        flat.table == 0) {
        cb_fail(error,
                "expected the core of a CatBoost model, found it cut off or of another kind");
        return NULL;
    }
    errata_model_builder_set_version(builder, version);
    binary_describe(&core, builder, &params, &classes);
    if (!binary_read_scale(&reader, &flat, error) ||
        !binary_read_numbers(&reader, &flat, splits, error) ||
        !binary_read_categories(&reader, &flat, splits, error))
        return NULL;
    binary_read_texts(&reader, &flat);
    if (binary_check_kinds(&flat, builder)) {
        trees = binary_read_trees(&reader, &flat, splits, error);
        if (trees == NULL)
            return NULL;
    }
    cb_read_training(&reader,
                     params != NULL ? errata_datum_tree_root(params) : NULL,
                     classes != NULL ? errata_datum_tree_root(classes) : NULL);
    if (!cb_finish(&reader, trees, error))
        return NULL;
    return errata_model_builder_finish(builder, error);
}
