/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boosted trees over codes as trees of any library, for attribution: a node that is not split is
 * left out, tests are sets of codes, and rows are counted down the trees. */
#include <math.h>

#include "boost-private.h"
#include "trees-builder.h"

typedef struct {
    const ErrataBoost *boost;
    const ErrataBoostTree *tree;
    const guint8 *code; /* packed, column by column */
    gsize pitch;
    ErrataTreesBuilder *builder;
    guint32 *row;     /* rows, those of a node together */
    guint32 *scratch; /* room for as many */
    gsize node;       /* nodes made of the tree so far */
} BoostTrees;

static gboolean
boost_trees_is_split(const ErrataBoostTest *test)
{
    for (guint w = 0; w < G_N_ELEMENTS(test->left); w++)
        if (test->left[w] != G_MAXUINT64)
            return TRUE;
    return FALSE;
}

/* nodes of the tree below @index, without those that are not split */
static gsize
boost_trees_count(const BoostTrees *self, guint index)
{
    guint n_inner = (1U << self->boost->params.depth) - 1;

    if (index >= n_inner)
        return 1;
    if (!boost_trees_is_split(&self->tree->test[index]))
        return boost_trees_count(self, 2 * index + 1);
    return 1 + boost_trees_count(self, 2 * index + 1) + boost_trees_count(self, 2 * index + 2);
}

static void
boost_trees_split(BoostTrees *self,
                  gsize node,
                  gsize left,
                  gsize right,
                  const ErrataBoostTest *test)
{
    guint missing = test->n_codes - 1;
    guint32 words[8];
    gboolean default_left = (test->left[missing >> 6] >> (missing & 63) & 1) != 0;

    for (guint w = 0; w < G_N_ELEMENTS(words); w++)
        words[w] = (guint32)(test->left[w / 2] >> (w % 2 * 32));
    errata_trees_builder_split(self->builder,
                               node,
                               (gint64)left,
                               (gint64)right,
                               test->column,
                               0.0,
                               default_left ? ERRATA_NODE_DEFAULT_LEFT : 0);
    errata_trees_builder_bits(self->builder, node, words, G_N_ELEMENTS(words));
}

/* adds what is below @index, of rows @begin … @end; returns its place */
static gsize
boost_trees_add(BoostTrees *self, guint index, gsize begin, gsize end)
{
    guint n_inner = (1U << self->boost->params.depth) - 1;
    const ErrataBoostTest *test = index < n_inner ? &self->tree->test[index] : NULL;
    gsize at = begin, right = 0, node;

    if (test != NULL && !boost_trees_is_split(test))
        return boost_trees_add(self, 2 * index + 1, begin, end);
    node = self->node++;
    errata_trees_builder_cover(self->builder, node, (double)(end - begin));
    if (test == NULL) {
        errata_trees_builder_leaf(self->builder, node, &self->tree->leaf[index - n_inner]);
        return node;
    }
    for (gsize i = begin; i < end; i++) {
        guint32 row = self->row[i];
        guint8 code = self->code[test->column * self->pitch + row];

        if ((test->left[code >> 6] >> (code & 63) & 1) != 0)
            self->row[at++] = row;
        else
            self->scratch[right++] = row;
    }
    for (gsize i = 0; i < right; i++)
        self->row[at + i] = self->scratch[i];
    gsize left = boost_trees_add(self, 2 * index + 1, begin, at);
    gsize other = boost_trees_add(self, 2 * index + 2, at, end);
    boost_trees_split(self, node, left, other, test);
    return node;
}

/**
 * errata_boost_to_trees:
 * @self: trees
 * @columns: (array): the columns they were trained on
 * @row: (array length=n): rows to count down the trees, those trained on mostly
 * @n: how many, at least 1
 * @error: return location for a #GError
 *
 * The same margins as additive trees of any library: features are the columns, cells their codes,
 * NaN where missing.
 *
 * Errors: %ERRATA_ERROR_LIMIT for too many nodes.
 *
 * Returns: (transfer full): the trees, or %NULL with @error set
 */
ErrataTrees *
errata_boost_to_trees(const ErrataBoost *self,
                      const ErrataBoostColumn *columns,
                      const guint32 *row,
                      gsize n,
                      GError **error)
{
    gboolean squared = self->params.loss == ERRATA_BOOST_SQUARED;
    gsize pitch = errata_boost_tree_pitch(n);
    g_autofree guint8 *code = g_malloc_n(pitch, MAX(self->n_columns, 1));
    g_autofree guint32 *order = g_new(guint32, MAX(n, 1));
    g_autofree guint32 *scratch = g_new(guint32, MAX(n, 1));
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(self->n_columns, self->n_outputs, 1, TRUE);
    BoostTrees work = {self, NULL, code, pitch, builder, order, scratch, 0};
    ErrataTrees *trees;

    errata_boost_tree_pack(columns, self->n_columns, row, n, code);
    for (guint i = 0; i < self->n_trees; i++) {
        work.tree = &self->trees[i];
        work.node = 0;
        for (gsize k = 0; k < n; k++)
            order[k] = (guint32)k;
        if (!errata_trees_builder_begin(builder,
                                        boost_trees_count(&work, 0),
                                        i % self->n_outputs,
                                        squared ? self->scale : 1.0,
                                        error))
            return NULL;
        boost_trees_add(&work, 0, 0, n);
        if (!errata_trees_builder_end(builder, error))
            return NULL;
    }
    trees = errata_trees_builder_finish(builder);
    for (guint k = 0; k < self->n_outputs; k++)
        trees->base[k] = self->base[k];
    trees->link = squared                                      ? ERRATA_LINK_IDENTITY
                  : self->params.loss == ERRATA_BOOST_LOGISTIC ? ERRATA_LINK_LOGISTIC
                                                               : ERRATA_LINK_SOFTMAX;
    return trees;
}
