/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's gradient boosting of histograms: trees whose nodes are records of one array, with
 * sets of 256 categories beside them. Categories that training did not see go where missing values
 * go. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "sk-private.h"
#include "trees-builder.h"

#define HISTOGRAM_WORDS 8 /* of a set */

typedef struct {
    gsize offset;
    char kind;
    gsize size;
} HistogramField;

enum {
    FIELD_VALUE,
    FIELD_COUNT,
    FIELD_FEATURE,
    FIELD_THRESHOLD,
    FIELD_MISSING,
    FIELD_LEFT,
    FIELD_RIGHT,
    FIELD_IS_LEAF,
    FIELD_IS_CATEGORY,
    FIELD_SET,
    N_FIELDS,
};

typedef struct {
    PickleArray nodes;
    PickleArray sets;
    HistogramField field[N_FIELDS];
    const GPtrArray *known; /* guint32[HISTOGRAM_WORDS] per feature, or NULL */
} HistogramTree;

static gboolean
histogram_open(HistogramTree *self, const PickleValue *object, GError **error)
{
    static const char *const names[N_FIELDS] = {"value",
                                                "count",
                                                "feature_idx",
                                                "num_threshold",
                                                "missing_go_to_left",
                                                "left",
                                                "right",
                                                "is_leaf",
                                                "is_categorical",
                                                "bitset_idx"};
    if (!pickle_array(pickle_attribute(object, "nodes"), &self->nodes) || self->nodes.kind != 'V' ||
        self->nodes.n == 0)
        return sk_fail(error, "expected the nodes of a fitted tree");
    for (guint i = 0; i < N_FIELDS; i++)
        if (!pickle_array_field(&self->nodes,
                                names[i],
                                &self->field[i].offset,
                                &self->field[i].kind,
                                &self->field[i].size))
            return sk_refuse(error, "a tree whose nodes have no “%s”", names[i]);
    if (!pickle_array(pickle_attribute(object, "raw_left_cat_bitsets"), &self->sets) ||
        self->sets.kind != 'u' || self->sets.item_size != 4 || self->sets.n % HISTOGRAM_WORDS != 0)
        return sk_refuse(error, "raw_left_cat_bitsets of another kind than is known");
    return TRUE;
}

static double
histogram_number(const HistogramTree *self, gsize node, guint field)
{
    const HistogramField *f = &self->field[field];
    const guint8 *bytes = self->nodes.data + node * self->nodes.item_size + f->offset;
    return pickle_bytes_number(bytes, f->kind, f->size, self->nodes.is_big_endian);
}

/* a child's place, or −1 */
static gint64
histogram_index(const HistogramTree *self, gsize node, guint field)
{
    double index = histogram_number(self, node, field);
    return index >= 0 && index < 4e9 ? (gint64)index : -1;
}

/* the set of categories that do not go where missing values go */
static gboolean
histogram_add_set(const HistogramTree *self,
                  ErrataTreesBuilder *trees,
                  gsize node,
                  gint64 feature,
                  gboolean missing_left,
                  GError **error)
{
    gint64 index = histogram_index(self, node, FIELD_SET);
    const guint32 *known = feature >= 0 && feature < self->known->len ? self->known->pdata[feature]
                                                                      : NULL;
    guint32 words[HISTOGRAM_WORDS];
    if (known == NULL || index < 0 || (gsize)index >= self->sets.n / HISTOGRAM_WORDS)
        return sk_fail(error, "node %zu splits on categories that the file does not have", node);
    for (guint w = 0; w < HISTOGRAM_WORDS; w++) {
        guint32 left = (guint32)pickle_array_number(&self->sets,
                                                    (gsize)index * HISTOGRAM_WORDS + w);
        words[w] = missing_left ? known[w] & ~left : left;
    }
    errata_trees_builder_bits(trees, node, words, HISTOGRAM_WORDS);
    return TRUE;
}

static gboolean
histogram_add(const HistogramTree *self, ErrataTreesBuilder *trees, guint group, GError **error)
{
    if (!errata_trees_builder_begin(trees, self->nodes.n, group, 1, error))
        return FALSE;
    for (gsize node = 0; node < self->nodes.n; node++) {
        gboolean missing_left = histogram_number(self, node, FIELD_MISSING) > 0;
        gboolean is_category = histogram_number(self, node, FIELD_IS_CATEGORY) > 0;
        gint64 feature = histogram_index(self, node, FIELD_FEATURE);
        double value = histogram_number(self, node, FIELD_VALUE);
        ErrataNodeFlags flags = missing_left ? ERRATA_NODE_DEFAULT_LEFT : 0;
        errata_trees_builder_cover(trees, node, histogram_number(self, node, FIELD_COUNT));
        if (histogram_number(self, node, FIELD_IS_LEAF) > 0) {
            errata_trees_builder_leaf(trees, node, &value);
            continue;
        }
        flags |= is_category ? (missing_left ? ERRATA_NODE_SET_RIGHT : 0) : ERRATA_NODE_EQUAL_LEFT;
        errata_trees_builder_split(trees,
                                   node,
                                   histogram_index(self, node, FIELD_LEFT),
                                   histogram_index(self, node, FIELD_RIGHT),
                                   feature,
                                   is_category ? 0 : histogram_number(self, node, FIELD_THRESHOLD),
                                   flags);
        if (is_category && !histogram_add_set(self, trees, node, feature, missing_left, error))
            return FALSE;
    }
    return errata_trees_builder_end(trees, error);
}

/* categories that training saw, per feature; NULL for numbers */
static GPtrArray *
histogram_known(const PickleValue *object, guint n_features)
{
    GPtrArray *known = g_ptr_array_new_with_free_func(g_free);
    const PickleValue *mapper = pickle_attribute(object, "_bin_mapper");
    const PickleValue *lists = pickle_attribute(mapper, "bin_thresholds_");
    PickleArray is;
    gboolean has = pickle_array(pickle_attribute(object, "is_categorical_"), &is) &&
                   is.n == n_features;
    for (guint f = 0; f < n_features; f++) {
        PickleArray list;
        guint32 *words = NULL;
        if (has && pickle_array_number(&is, f) > 0 && pickle_array(pickle_item(lists, f), &list)) {
            words = g_new0(guint32, HISTOGRAM_WORDS);
            for (gsize i = 0; i < list.n; i++) {
                double code = pickle_array_number(&list, i);
                if (code >= 0 && code < 32 * HISTOGRAM_WORDS)
                    words[(guint)code / 32] |= 1U << ((guint)code & 31);
            }
        }
        g_ptr_array_add(known, words);
    }
    return known;
}

static gboolean
histogram_read_trees(SkReader *reader,
                     const PickleValue *object,
                     ErrataTreesBuilder *trees,
                     GError **error)
{
    const SkBody *body = reader->body;
    const PickleValue *stages = pickle_attribute(object, "_predictors");
    g_autoptr(GPtrArray) known = histogram_known(object, body->n_features);
    for (guint i = 0; i < pickle_n_items(stages); i++) {
        const PickleValue *stage = pickle_item(stages, i);
        if (pickle_n_items(stage) != body->n_margins)
            return sk_fail(error, "stage %u: expected %u trees", i, body->n_margins);
        for (guint k = 0; k < body->n_margins; k++) {
            HistogramTree tree = {.known = known};
            if (!sk_may_read(reader, pickle_item(stage, k), error) ||
                !histogram_open(&tree, pickle_item(stage, k), error) ||
                !histogram_add(&tree, trees, k, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
histogram_read_link(SkBody *body, const PickleValue *object, GError **error)
{
    static const char *const plain[] = {"squared_error",
                                        "least_squares",
                                        "absolute_error",
                                        "least_absolute_deviation",
                                        "quantile",
                                        NULL};
    const char *loss = pickle_text(pickle_attribute(object, "loss"));
    if (body->n_classes > 0) {
        body->link = body->n_classes > 2 ? SK_LINK_SOFTMAX : SK_LINK_LOGISTIC;
        return TRUE;
    }
    if (loss != NULL && (g_str_equal(loss, "poisson") || g_str_equal(loss, "gamma")))
        body->link = SK_LINK_EXP;
    else if (loss == NULL || !g_strv_contains(plain, loss))
        return sk_refuse(error, "the loss “%.40s” is not known", loss != NULL ? loss : "(none)");
    return TRUE;
}

/**
 * sk_read_histogram:
 * @ret_is: whether @object is a gradient boosting of histograms at all
 *
 * Reads it into the reader's body.
 */
gboolean
sk_read_histogram(SkReader *reader, const PickleValue *object, gboolean *ret_is, GError **error)
{
    SkBody *body = reader->body;
    const PickleValue *before = pickle_attribute(object, "_preprocessor");
    *ret_is = g_str_has_prefix(pickle_class(object), "HistGradientBoosting");
    if (!*ret_is)
        return TRUE;
    if (before != NULL && before->kind != PICKLE_NONE)
        return sk_refuse(error, "categories of boosted histograms that are encoded within");
    body->kind = SK_TREES;
    body->n_margins = body->n_classes > 2 ? body->n_classes : 1;
    reader->takes_missing = reader->body->takes_missing = TRUE;
    g_autofree double *start = sk_numbers(object, "_baseline_prediction", body->n_margins, NULL);
    double single = sk_number(object, "_baseline_prediction", (double)NAN);
    g_autoptr(ErrataTreesBuilder) trees =
        errata_trees_builder_new(body->n_features, body->n_margins, 1, TRUE);
    if (start == NULL && (isnan(single) || body->n_margins != 1))
        return sk_fail(error, "_baseline_prediction: expected %u numbers", body->n_margins);
    if (!histogram_read_link(body, object, error) ||
        !histogram_read_trees(reader, object, trees, error))
        return FALSE;
    body->trees = errata_trees_builder_finish(trees);
    for (guint k = 0; k < body->n_margins; k++)
        body->trees->base[k] = start != NULL ? start[k] : single;
    body->trees->link = body->link == SK_LINK_SOFTMAX    ? ERRATA_LINK_SOFTMAX
                        : body->link == SK_LINK_LOGISTIC ? ERRATA_LINK_LOGISTIC
                        : body->link == SK_LINK_EXP      ? ERRATA_LINK_EXP
                                                         : ERRATA_LINK_IDENTITY;
    return TRUE;
}
