/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees of a MOJO, as bytes that are walked: type, column (65535: a leaf at the root), where
 * missing values go, a threshold or a set of categories, the size of the left side, the left side,
 * the right one. Type: bits 0–1 bytes of that size less one, bits 4–5 the left side is a leaf, 2–3
 * a set (8: 32 bits, 12: with its range), 6–7 the right side is a leaf. Sets' lengths are in bytes
 * up to version 1.1, in bits since. Unseen categories, and those out of a set's range, go where
 * missing values go.
 * Source: h2o-genmodel, SharedTreeMojoModel.java and GenmodelBitSet.java. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "h2o-private.h"
#include "limit.h"
#include "trees-builder.h"

#define TREES_MAX_SET_WORDS (1U << 24) /* of all sets of a model */
#define TREES_AUX_BYTES     40         /* of a node in the file of its statistics */

typedef struct {
    gboolean is_leaf;
    double value; /* of a leaf; else the threshold */
    guint column;
    gboolean missing_left;
    gboolean only_missing; /* all that is not missing goes left */
    gboolean has_set;
    gsize set;      /* place of the bits */
    guint set_from; /* code of the first */
    guint set_bits;
    gint64 left;
    gint64 right;
    double cover;
} TreeNode;

typedef struct {
    const guint8 *bytes;
    gsize size;
    gsize at;
    gboolean has_failed;
    gboolean sets_in_bytes;
    GArray *node; /* of TreeNode */
} TreeReader;

static guint32
tree_take(TreeReader *self, guint n)
{
    guint32 value = 0;

    if (n > self->size - self->at) {
        self->has_failed = TRUE;
        return 0;
    }
    for (guint i = 0; i < n; i++)
        value |= (guint32)self->bytes[self->at + i] << (8 * i);
    self->at += n;
    return value;
}

static double
tree_take_float(TreeReader *self)
{
    guint32 bits = tree_take(self, 4);
    float value;

    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static void
tree_skip(TreeReader *self, gsize n)
{
    if (n > self->size - self->at)
        self->has_failed = TRUE;
    else
        self->at += n;
}

static void
tree_take_set(TreeReader *self, TreeNode *node, guint kind)
{
    node->has_set = TRUE;
    node->set_bits = 32;
    if (kind == 12) {
        node->set_from = tree_take(self, 2);
        node->set_bits = self->sets_in_bytes ? tree_take(self, 2) * 8 : tree_take(self, 4);
    }
    node->set = self->at;
    tree_skip(self, ((gsize)node->set_bits + 7) / 8);
}

static gint64
tree_add_leaf(TreeReader *self)
{
    TreeNode leaf = {.is_leaf = TRUE, .value = tree_take_float(self)};

    g_array_append_val(self->node, leaf);
    return (gint64)self->node->len - 1;
}

/* the node at the place reached, and all below it; its index, or −1 */
static gint64
tree_read(TreeReader *self, guint depth)
{
    guint type = tree_take(self, 1);
    guint column = tree_take(self, 2);
    guint index = self->node->len;
    TreeNode node = {.column = column};
    guint direction;
    gsize skip;
    gint64 child;

    if (column == 65535 && !self->has_failed)
        return tree_add_leaf(self);
    direction = tree_take(self, 1);
    node.only_missing = direction == 1;
    node.missing_left = direction == 2 || direction == 4;
    if (!node.only_missing && (type & 12) != 0)
        tree_take_set(self, &node, type & 12);
    else if (!node.only_missing)
        node.value = tree_take_float(self);
    /* a node takes more than four bytes: more of them than that overlap */
    if (self->has_failed || depth > ERRATA_LIMIT_TREE_DEPTH || index > self->size / 4)
        return -1;
    g_array_append_val(self->node, node);
    skip = (type & 48) == 48 ? 4 : (type & 51) <= 3 ? tree_take(self, (type & 3) + 1) : 0;
    if (skip == 0)
        return -1;
    skip += self->at;
    child = (type & 16) != 0 ? tree_add_leaf(self) : tree_read(self, depth + 1);
    g_array_index(self->node, TreeNode, index).left = child;
    if (child < 0 || self->has_failed || skip > self->size)
        return -1;
    self->at = skip;
    child = (type & 64) != 0 ? tree_add_leaf(self) : tree_read(self, depth + 1);
    g_array_index(self->node, TreeNode, index).right = child;
    return self->has_failed || child < 0 ? -1 : (gint64)index;
}

static guint32
aux_int(const guint8 *entry, guint field)
{
    guint32 value;

    memcpy(&value, entry + 4 * (gsize)field, sizeof value);
    return GUINT32_FROM_LE(value);
}

static double
aux_float(const guint8 *entry, guint field)
{
    guint32 bits = aux_int(entry, field);
    float value;

    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

/* training weights from the file of statistics: per inner node its number, its left side's count,
 * both sides' weights, predictions and errors, and their numbers. FALSE when they do not fit the
 * tree */
static gboolean
tree_read_cover(TreeReader *self, const ErrataModelPart *part)
{
    gsize size = 0;
    const guint8 *bytes = part != NULL && part->bytes != NULL ? g_bytes_get_data(part->bytes, &size)
                                                              : NULL;
    g_autoptr(GHashTable) entry = g_hash_table_new(NULL, NULL);
    g_autofree guint32 *number = g_new0(guint32, self->node->len);

    if (bytes == NULL || size % TREES_AUX_BYTES != 0)
        return FALSE;
    for (gsize at = 0; at < size; at += TREES_AUX_BYTES)
        g_hash_table_insert(entry,
                            GUINT_TO_POINTER(aux_int(bytes + at, 0)),
                            GSIZE_TO_POINTER(at + 1));
    for (guint i = 0; i < self->node->len; i++) {
        TreeNode *node = &g_array_index(self->node, TreeNode, i);
        gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(entry, GUINT_TO_POINTER(number[i])));
        const guint8 *found = bytes + at - 1;

        if (node->is_leaf)
            continue;
        if (at == 0 || !(aux_float(found, 2) >= 0.0 && aux_float(found, 2) < 1e30) ||
            !(aux_float(found, 3) >= 0.0 && aux_float(found, 3) < 1e30))
            return FALSE;
        number[node->left] = aux_int(found, 8);
        number[node->right] = aux_int(found, 9);
        g_array_index(self->node, TreeNode, node->left).cover = aux_float(found, 2);
        g_array_index(self->node, TreeNode, node->right).cover = aux_float(found, 3);
        if (i == 0)
            node->cover = aux_float(found, 2) + aux_float(found, 3);
    }
    return self->node->len > 1;
}

static gboolean
tree_set_holds(const TreeReader *self, const TreeNode *node, guint code)
{
    guint bit = code - node->set_from;

    return (self->bytes[node->set + bit / 8] >> (bit & 7) & 1) != 0;
}

/* whether a category that the node tells of goes left */
static gboolean
tree_code_goes_left(const TreeReader *self, const TreeNode *node, guint code)
{
    return node->has_set ? !tree_set_holds(self, node, code) : code < node->value;
}

/* the categories, of @n_codes, that need not go where missing values go: no others are looked at,
 * so that a small set costs little in a column of many categories */
static void
tree_code_range(const TreeNode *node, guint n_codes, guint *ret_from, guint *ret_end)
{
    double bound = node->value > 0.0 ? ceil(node->value) : 0.0; /* of those that go left */
    guint left = bound < n_codes ? (guint)bound : n_codes;

    if (node->has_set) {
        *ret_from = MIN(node->set_from, n_codes);
        *ret_end = *ret_from + MIN(node->set_bits, n_codes - *ret_from);
    } else {
        *ret_from = node->missing_left ? left : 0;
        *ret_end = node->missing_left ? n_codes : left;
    }
}

/* the set of those categories that do not go where missing values go */
static gboolean
tree_add_set(const TreeReader *self,
             const TreeNode *node,
             gsize index,
             guint n_codes,
             gsize *n_words,
             ErrataTreesBuilder *trees,
             GError **error)
{
    g_autofree guint32 *words = NULL;
    gsize used = 0;
    guint from;
    guint end;

    tree_code_range(node, n_codes, &from, &end);
    *n_words += end / 32 + 1;
    if (*n_words > TREES_MAX_SET_WORDS) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_LIMIT,
                            "its sets of categories take more than 64 MiB");
        return FALSE;
    }
    words = g_new0(guint32, end / 32 + 1);
    for (guint code = from; code < end; code++)
        if (tree_code_goes_left(self, node, code) != node->missing_left) {
            words[code / 32] |= 1U << (code & 31);
            used = code / 32 + 1;
        }
    errata_trees_builder_bits(trees, index, words, used);
    return TRUE;
}

static gboolean
tree_add_node(const TreeReader *self,
              gsize index,
              const H2oBody *body,
              const H2oInfo *info,
              gsize *n_words,
              ErrataTreesBuilder *trees,
              GError **error)
{
    const TreeNode *node = &g_array_index(self->node, TreeNode, index);
    ErrataNodeFlags flags = node->missing_left ? ERRATA_NODE_DEFAULT_LEFT : 0;
    gboolean is_category = node->column < body->n_features && body->is_category[node->column];

    errata_trees_builder_cover(trees, index, node->cover);
    if (node->is_leaf) {
        errata_trees_builder_leaf(trees, index, &node->value);
        return TRUE;
    }
    if (node->has_set && !is_category)
        return h2o_fail(error,
                        "node %zu has a set of categories for column %u",
                        index,
                        node->column);
    if (node->only_missing && is_category) {
        /* unseen categories are −1, and missing: these are below, all others above */
        errata_trees_builder_split(trees,
                                   index,
                                   node->right,
                                   node->left,
                                   node->column,
                                   -0.5,
                                   ERRATA_NODE_DEFAULT_LEFT);
        return TRUE;
    }
    if (node->only_missing) {
        errata_trees_builder_split(trees,
                                   index,
                                   node->left,
                                   node->right,
                                   node->column,
                                   (double)INFINITY,
                                   ERRATA_NODE_EQUAL_LEFT);
        return TRUE;
    }
    if (is_category && node->missing_left)
        flags |= ERRATA_NODE_SET_RIGHT;
    errata_trees_builder_split(trees,
                               index,
                               node->left,
                               node->right,
                               node->column,
                               is_category ? 0.0 : node->value,
                               flags);
    return !is_category || tree_add_set(self,
                                        node,
                                        index,
                                        h2o_info_domain(info, node->column)->len,
                                        n_words,
                                        trees,
                                        error);
}

static TreeReader *
tree_open(const H2oInfo *info, const ErrataModelPart *part, GError **error)
{
    TreeReader *self = g_new0(TreeReader, 1);

    self->bytes = g_bytes_get_data(part->bytes, &self->size);
    self->sets_in_bytes = h2o_info_number(info, "mojo_version", 1.0) < 1.2;
    self->node = g_array_new(FALSE, TRUE, sizeof(TreeNode));
    if (tree_read(self, 0) == 0)
        return self;
    h2o_fail(error, "%s is cut off or malformed near byte %zu", part->name, self->at);
    g_array_unref(self->node);
    g_free(self);
    return NULL;
}

static void
tree_close(TreeReader *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->node);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TreeReader, tree_close)

static const ErrataModelPart *
tree_part(const ErrataModelParts *parts, guint group, guint tree, const char *suffix)
{
    g_autofree char *name = g_strdup_printf("trees/t%02u_%03u%s.bin", group, tree, suffix);

    return errata_model_parts_find(parts, name);
}

/* @cover: set to FALSE when a tree has no statistics that fit */
static gboolean
tree_add(const H2oInfo *info,
         const ErrataModelParts *parts,
         const H2oBody *body,
         guint group,
         guint tree,
         double weight,
         gsize *n_words,
         gboolean *cover,
         ErrataTreesBuilder *trees,
         GError **error)
{
    const ErrataModelPart *part = tree_part(parts, group, tree, "");
    g_autoptr(TreeReader) reader = NULL;

    if (part == NULL)
        return h2o_fail(error, "trees/t%02u_%03u.bin is absent", group, tree);
    if (part->bytes == NULL)
        return h2o_fail(error, "%s is too large", part->name);
    reader = tree_open(info, part, error);
    if (reader == NULL)
        return FALSE;
    if (*cover && reader->node->len > 1)
        *cover = tree_read_cover(reader, tree_part(parts, group, tree, "_aux"));
    if (!errata_trees_builder_begin(trees, reader->node->len, group, weight, error))
        return FALSE;
    for (gsize i = 0; i < reader->node->len; i++)
        if (!tree_add_node(reader, i, body, info, n_words, trees, error))
            return FALSE;
    return errata_trees_builder_end(trees, error);
}

static int
tree_compare_groups(gconstpointer a, gconstpointer b)
{
    const guint32 *left = a;
    const guint32 *right = b;

    return (*left > *right) - (*left < *right);
}

/* the classes that have a first tree, in order; @ret_n: all trees there are */
static GArray *
tree_groups(const ErrataModelParts *parts, guint n_groups, guint *ret_n)
{
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(guint32));

    *ret_n = 0;
    for (guint i = 0; i < parts->part->len; i++) {
        const char *name = ((const ErrataModelPart *)g_ptr_array_index(parts->part, i))->name;
        const char *digits = strstr(name, "trees/t");
        char *end = NULL;
        guint64 group;

        if (digits == NULL || !g_str_has_suffix(name, ".bin") || g_str_has_suffix(name, "_aux.bin"))
            continue;
        (*ret_n)++;
        group = g_ascii_strtoull(digits + strlen("trees/t"), &end, 10);
        if (group < n_groups && strcmp(end, "_000.bin") == 0)
            g_array_append_vals(groups, &(guint32){(guint32)group}, 1);
    }
    g_array_sort(groups, tree_compare_groups);
    return groups;
}

/* a class of which the training had no rows has no trees: of one that has trees none may be absent.
 * What is looked for is bounded by what is there, not by the counts that the file claims */
static gboolean
tree_add_all(const H2oInfo *info,
             const ErrataModelParts *parts,
             const H2oBody *body,
             guint n_trees,
             double weight,
             gboolean *cover,
             ErrataTreesBuilder *trees,
             GError **error)
{
    guint found;
    g_autoptr(GArray) groups = tree_groups(parts, body->n_margins, &found);
    gsize n_words = 0;

    if (groups->len == 0 || (gsize)groups->len * n_trees != found)
        return h2o_fail(
            error,
            "n_trees is %u, and %u classes have a first tree; the folder trees holds %u "
            "trees: the file seems truncated",
            n_trees,
            groups->len,
            found);
    for (guint tree = 0; tree < n_trees; tree++)
        for (guint i = 0; i < groups->len; i++) {
            guint group = g_array_index(groups, guint32, i);

            if (!tree_add(info, parts, body, group, tree, weight, &n_words, cover, trees, error)) {
                g_prefix_error(error, "tree %u of class %u: ", tree, group);
                return FALSE;
            }
        }
    return TRUE;
}

ErrataTrees *
h2o_read_trees(const H2oInfo *info,
               const ErrataModelParts *parts,
               const H2oBody *body,
               gboolean is_forest,
               GError **error)
{
    double n_trees = h2o_info_number(info, "n_trees", -1.0);
    double n_groups = h2o_info_number(info, "n_trees_per_class", body->n_margins);
    double sign = is_forest && body->shape == H2O_BINOMIAL ? -1.0 : 1.0;
    g_autoptr(ErrataTreesBuilder) trees =
        errata_trees_builder_new(body->n_features, body->n_margins, 1, TRUE);
    gboolean cover = TRUE;
    ErrataTrees *made;

    if (!(n_trees >= 1.0 && n_trees <= ERRATA_LIMIT_TREES && n_trees <= floor(n_trees)) ||
        fabs(n_groups - body->n_margins) > 0) {
        h2o_fail(error,
                 "n_trees is %g, n_trees_per_class %g; expected trees, in %u groups",
                 n_trees,
                 n_groups,
                 body->n_margins);
        return NULL;
    }
    if (!tree_add_all(info,
                      parts,
                      body,
                      (guint)n_trees,
                      is_forest ? sign / n_trees : 1.0,
                      &cover,
                      trees,
                      error))
        return NULL;
    made = errata_trees_builder_finish(trees);
    if (!cover)
        g_clear_pointer(&made->cover, g_free);
    return made;
}
