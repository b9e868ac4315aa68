/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TreeModel laid out as tests of one value each. The tree is walked as for a row of which nothing
 * is known; where the walk has to know more, a test is laid out and the walk goes on under either
 * answer. A missing value goes along with the answer that leads to the same place, else it has a
 * test of its own. What has no result (no child applies) cannot be laid out, except where rows that
 * lack a value can be told apart beforehand. */
#include "pmml-grow.h"

#include <math.h>
#include <string.h>

#define GROW_NONE  G_MAXUINT
#define GROW_DEPTH 900U
#define GROW_WAITS 8U /* tests put off for that of another feature */
#define GROW_TIMES 8U /* nodes laid out for each of the tree */
#define GROW_SPARE 256U
#define GROW_BYTES ((gsize)64 << 20) /* of sets of codes, for one tree */

/* a node laid out */
typedef struct {
    gint64 left; /* −1 for a leaf */
    gint64 right;
    guint feature;
    double threshold;
    guint flags;
    const guint32 *set; /* of codes, in @n_words words */
    guint n_words;
    guint leaf; /* node of the PMML tree whose answer it is */
    double cover;
} GrowNode;

struct _PmmlGrown {
    GArray *node;    /* GrowNode */
    GArray *value;   /* of double: n_values per leaf, in the order of leaves */
    GPtrArray *sets; /* of guint32*: kept sets */
    guint n_values;
    gboolean has_cover;
};

typedef struct {
    PmmlFacts *facts;
    const PmmlModel *whole;
    const PmmlModel *model;
    const PmmlTree *tree;
    const PmmlPart *part;
    PmmlGrown *grown;
    guint8 *met; /* per node of the tree: as a leaf, and as what is left when no child applies */
    guint most;
    guint depth;
    guint waits; /* tests that have been put off since the last that was laid out */
    GError **error;
} Grow;

/* where a walk comes to at one node of the tree */
typedef enum {
    GROW_CHILD,
    GROW_STOP,    /* the node itself answers */
    GROW_NOTHING, /* there is no result */
    GROW_ASK,
    GROW_SHARED, /* several children answer together */
} GrowWhere;

typedef struct {
    GrowWhere where;
    guint child; /* GROW_CHILD: which; GROW_ASK: whose predicate it is */
    PmmlAsk ask;
} GrowStep;

static const PmmlTreeNode *
grow_node(const Grow *self, guint node)
{
    return &g_array_index(self->tree->nodes, PmmlTreeNode, node);
}

void
pmml_grown_free(PmmlGrown *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->node);
    g_array_unref(self->value);
    g_ptr_array_unref(self->sets);
    g_free(self);
}

/* a branch that no training row took tells nothing of what its rows are like */
gboolean
pmml_grown_has_cover(const PmmlGrown *self)
{
    for (guint i = 0; self->has_cover && i < self->node->len; i++) {
        const GrowNode *node = &g_array_index(self->node, GrowNode, i);
        if (node->left >= 0 && !(node->cover > 0))
            return FALSE;
    }
    return self->has_cover;
}

static GrowStep
grow_on_unknown(const Grow *self, const PmmlTreeNode *node)
{
    switch (self->tree->on_missing) {
    case PMML_TREE_LAST:
        return (GrowStep){.where = GROW_STOP};
    case PMML_TREE_DEFAULT_CHILD:
        return node->fallback == GROW_NONE
                   ? (GrowStep){.where = GROW_NOTHING}
                   : (GrowStep){.where = GROW_CHILD, .child = node->fallback};
    case PMML_TREE_WEIGHTED_CONFIDENCE:
    case PMML_TREE_AGGREGATE_NODES:
        return (GrowStep){.where = GROW_SHARED};
    case PMML_TREE_NONE:
    case PMML_TREE_NULL:
    default:
        return (GrowStep){.where = GROW_NOTHING};
    }
}

/* from the predicate of @child on, by what is known */
static GrowStep
grow_settle(const Grow *self, guint index, guint child)
{
    const PmmlTreeNode *node = grow_node(self, index);
    for (; child != GROW_NONE; child = grow_node(self, child)->next) {
        GrowStep step = {.where = GROW_ASK, .child = child};
        switch (pmml_facts_test(self->facts, grow_node(self, child)->predicate, &step.ask)) {
        case PMML_KNOWN_TRUE:
            return (GrowStep){.where = GROW_CHILD, .child = child};
        case PMML_KNOWN_FALSE:
            break;
        case PMML_KNOWN_UNKNOWN:
            if (self->tree->on_missing != PMML_TREE_NONE)
                return grow_on_unknown(self, node);
            break;
        case PMML_NOT_KNOWN:
            return step;
        }
    }
    return (GrowStep){.where = self->tree->last_when_none ? GROW_STOP : GROW_NOTHING};
}

static gboolean
grow_same_ask(const Grow *self, const PmmlAsk *a, const PmmlAsk *b)
{
    if (a->feature != b->feature || a->kind != b->kind)
        return FALSE;
    if (a->kind == PMML_ASK_MISSING)
        return TRUE;
    if (a->kind != PMML_ASK_SET)
        return a->threshold >= b->threshold && a->threshold <= b->threshold;
    return memcmp(a->set, b->set, pmml_facts_words(self->facts, a->feature) * sizeof *a->set) == 0;
}

/* whether two walks go on alike: to the same place, or to the same test of another feature */
static gboolean
grow_same(const Grow *self, const GrowStep *a, const GrowStep *b)
{
    if (a->where != b->where)
        return FALSE;
    if (a->where == GROW_ASK && !grow_same_ask(self, &a->ask, &b->ask))
        return FALSE;
    return (a->where != GROW_CHILD && a->where != GROW_ASK) || a->child == b->child;
}

static gint64
grow_fail(const Grow *self, const char *why)
{
    pmml_unsupported(self->error, self->model->element, "%s", why);
    return -1;
}

/* FALSE when the node has no answer */
static gboolean
grow_answer(Grow *self, const PmmlTreeNode *node)
{
    double *value;
    if (node->model != NULL || (self->part->say == PMML_SAY_NUMBER &&
                                (node->value.missing || !isfinite(node->value.number))))
        return FALSE;
    guint at = self->grown->value->len;
    g_array_set_size(self->grown->value, at + self->grown->n_values);
    value = &g_array_index(self->grown->value, double, at);
    for (guint i = 0; i < self->grown->n_values; i++)
        value[i] = 0;
    if (self->part->say == PMML_SAY_NUMBER) {
        value[0] = node->value.number;
        return TRUE;
    }
    if (self->part->say == PMML_SAY_VOTE || node->n_shares == 0) {
        guint label = node->label == GROW_NONE
                          ? GROW_NONE
                          : pmml_model_find_label(self->whole,
                                                  self->model->labels->pdata[node->label]);
        if (label == GROW_NONE)
            return FALSE;
        value[label] = 1;
        return TRUE;
    }
    for (guint i = 0; i < node->n_shares; i++) {
        const PmmlTreeShare *share =
            &g_array_index(self->tree->shares, PmmlTreeShare, node->shares + i);
        guint label = pmml_model_find_label(self->whole, self->model->labels->pdata[share->label]);
        if (label == GROW_NONE || !isfinite(share->probability))
            return FALSE;
        value[label] = share->probability;
    }
    return TRUE;
}

/* rows that stop at a node: all of a leaf, those that no child has of another */
static double
grow_count(const Grow *self, guint index)
{
    const PmmlTreeNode *node = grow_node(self, index);
    double count = node->count;
    for (guint at = node->first; at != GROW_NONE; at = grow_node(self, at)->next)
        count -= grow_node(self, at)->count;
    return node->first == GROW_NONE ? count : fmax(count, 0) + 0 * count;
}

static gint64
grow_leaf(Grow *self, guint index)
{
    const PmmlTreeNode *node = grow_node(self, index);
    GrowNode made = {.left = -1, .right = -1, .leaf = index, .cover = grow_count(self, index)};
    if (!grow_answer(self, node))
        return grow_fail(self, "a node gives no score, or that of a model of its own");
    if (self->met[index] || !(made.cover >= 0 && isfinite(made.cover)))
        self->grown->has_cover = FALSE;
    self->met[index] = TRUE;
    g_array_append_val(self->grown->node, made);
    return self->grown->node->len - 1;
}

static gint64 grow_at(Grow *self, guint index, guint child);
static gint64 grow_ask(Grow *self, guint index, guint child, const PmmlAsk *ask);

/* both sides of a test under their facts, and the node that makes it; the no goes on from @later */
static gint64
grow_split(Grow *self,
           guint index,
           guint child,
           guint later,
           const PmmlAsk *ask,
           const PmmlFact *yes,
           const PmmlFact *no,
           guint flags)
{
    PmmlFact *fact = &self->facts->fact[ask->feature];
    PmmlFact before = *fact;
    guint place = self->grown->node->len;
    GrowNode made = {.feature = ask->feature, .threshold = ask->threshold, .flags = flags};
    if (place >= self->most || self->depth >= GROW_DEPTH || self->facts->spent > GROW_BYTES)
        return grow_fail(self, "its predicates are too tangled to be laid out one by one");
    if (ask->kind == PMML_ASK_MISSING)
        made.threshold = (double)INFINITY;
    if (ask->kind == PMML_ASK_MISSING || ask->kind == PMML_ASK_LESS_OR_EQUAL)
        made.flags |= ERRATA_NODE_EQUAL_LEFT;
    if (ask->kind == PMML_ASK_SET) {
        made.n_words = pmml_facts_words(self->facts, ask->feature);
        made.set = g_memdup2(ask->set, made.n_words * sizeof *ask->set);
        g_ptr_array_add(self->grown->sets, pmml_pointer(made.set));
    }
    g_array_append_val(self->grown->node, made);
    guint waits = self->waits;
    self->waits = 0;
    self->depth++;
    *fact = *yes;
    gint64 left = grow_at(self, index, child);
    *fact = *no;
    gint64 right = left < 0 ? -1 : grow_at(self, index, later);
    *fact = before;
    self->depth--;
    self->waits = waits;
    if (right < 0)
        return -1;
    GrowNode *node = &g_array_index(self->grown->node, GrowNode, place);
    node->left = left;
    node->right = right;
    node->cover = g_array_index(self->grown->node, GrowNode, left).cover +
                  g_array_index(self->grown->node, GrowNode, right).cover;
    return place;
}

static GrowStep
grow_settle_with(Grow *self, guint index, guint child, guint feature, const PmmlFact *fact)
{
    PmmlFact before = self->facts->fact[feature];
    self->facts->fact[feature] = *fact;
    GrowStep step = grow_settle(self, index, child);
    self->facts->fact[feature] = before;
    return step;
}

/* goes on from @child with @fact known instead */
static gint64
grow_with(Grow *self, guint index, guint child, guint feature, const PmmlFact *fact)
{
    PmmlFact before = self->facts->fact[feature];
    self->facts->fact[feature] = *fact;
    gint64 made = grow_at(self, index, child);
    self->facts->fact[feature] = before;
    return made;
}

/* where a step that is settled leads */
static gint64
grow_follow(Grow *self, guint index, const GrowStep *step)
{
    switch (step->where) {
    case GROW_CHILD:
        return grow_node(self, step->child)->first == GROW_NONE
                   ? grow_leaf(self, step->child)
                   : grow_at(self, step->child, grow_node(self, step->child)->first);
    case GROW_STOP:
        return grow_leaf(self, index);
    case GROW_SHARED:
        return grow_fail(self, "rows with missing values go to several of its branches");
    case GROW_ASK:
        return grow_ask(self, index, step->child, &step->ask);
    case GROW_NOTHING:
    default:
        return grow_fail(self, "some rows come to a node none of whose children applies");
    }
}

static gint64
grow_missing(Grow *self, guint index, guint child, guint feature)
{
    const PmmlAsk ask = {.kind = PMML_ASK_MISSING, .feature = feature};
    PmmlFact missing = pmml_facts_after(self->facts, &ask, TRUE);
    PmmlFact present = pmml_facts_after(self->facts, &ask, FALSE);
    GrowStep if_missing = grow_settle_with(self, index, child, feature, &missing);
    GrowStep if_present = grow_settle_with(self, index, child, feature, &present);
    if (if_missing.where == GROW_NOTHING) {
        self->facts->feature[feature].needed = TRUE;
        return grow_with(self, index, child, feature, &present);
    }
    /* two tests may each wait for the other: xor is unknown whichever value is missing */
    if (!grow_same(self, &if_missing, &if_present) || self->waits >= GROW_WAITS)
        return grow_split(self, index, child, child, &ask, &present, &missing, 0);
    self->waits++;
    gint64 made = grow_follow(self, index, &if_present);
    self->waits--;
    return made;
}

/* only values that are none of the known ones come to nothing: such rows are told apart
 * beforehand */
static gboolean
grow_is_other(const Grow *self, guint feature, const PmmlFact *fact)
{
    guint other = self->facts->feature[feature].n_codes;
    guint n_words = pmml_facts_words(self->facts, feature);
    for (guint w = 0; w < n_words; w++)
        if (fact->set[w] != (w == other / 32 ? 1U << (other % 32) : 0U))
            return FALSE;
    return TRUE;
}

/* a missing value may go along to the next child that asks for it, where it comes to the same */
static gboolean
grow_can_wait(Grow *self,
              guint index,
              const GrowStep *if_no,
              guint feature,
              const PmmlFact *missing,
              const GrowStep *if_missing)
{
    if (if_no->where != GROW_ASK || if_no->ask.feature != feature || if_missing->where == GROW_ASK)
        return FALSE;
    GrowStep step = grow_settle_with(self, index, if_no->child, feature, missing);
    return grow_same(self, &step, if_missing);
}

static gint64
grow_ask(Grow *self, guint index, guint child, const PmmlAsk *ask)
{
    gboolean may_miss = self->facts->fact[ask->feature].may_miss;
    guint flags = 0, later = child;
    if (ask->kind == PMML_ASK_MISSING)
        return grow_missing(self, index, child, ask->feature);
    PmmlFact yes = pmml_facts_after(self->facts, ask, TRUE);
    PmmlFact no = pmml_facts_after(self->facts, ask, FALSE);
    GrowStep if_yes = grow_settle_with(self, index, child, ask->feature, &yes);
    GrowStep if_no = grow_settle_with(self, index, child, ask->feature, &no);
    if (if_no.where == GROW_ASK)
        later = if_no.child;
    if (may_miss) {
        PmmlAsk about = {.kind = PMML_ASK_MISSING, .feature = ask->feature};
        PmmlFact missing = pmml_facts_after(self->facts, &about, TRUE);
        GrowStep if_missing = grow_settle_with(self, index, child, ask->feature, &missing);
        if (if_missing.where == GROW_NOTHING)
            self->facts->feature[ask->feature].needed = TRUE;
        else if (grow_same(self, &if_missing, &if_yes)) {
            flags = ERRATA_NODE_DEFAULT_LEFT;
            yes.may_miss = TRUE;
        } else if (grow_same(self, &if_missing, &if_no) ||
                   grow_can_wait(self, index, &if_no, ask->feature, &missing, &if_missing))
            no.may_miss = TRUE;
        else
            return grow_missing(self, index, child, ask->feature);
    }
    if (ask->kind == PMML_ASK_SET &&
        (if_no.where == GROW_NOTHING || if_yes.where == GROW_NOTHING)) {
        const PmmlFact *lost = if_no.where == GROW_NOTHING ? &no : &yes;
        if (grow_is_other(self, ask->feature, lost)) {
            self->facts->feature[ask->feature].shut = TRUE;
            return grow_with(self, index, child, ask->feature, lost == &no ? &yes : &no);
        }
    }
    return grow_split(self, index, child, later, ask, &yes, &no, flags);
}

/* lays out what follows at node @index from the predicate of @child on; −1 with an error */
static gint64
grow_at(Grow *self, guint index, guint child)
{
    GrowStep step = grow_settle(self, index, child);
    if (self->depth >= GROW_DEPTH)
        return grow_fail(self, "it is too deep");
    if (step.where == GROW_ASK)
        return grow_ask(self, index, step.child, &step.ask);
    self->depth++;
    gint64 made = grow_follow(self, index, &step);
    self->depth--;
    return made;
}

/**
 * pmml_grow:
 * @facts: that have learnt all predicates of the tree
 * @whole: model whose labels leaves are by
 * @part: the tree
 * @error: return location for a #GError
 *
 * Returns: (transfer full) (nullable): the tree laid out; %NULL with the reason why it cannot be
 */
PmmlGrown *
pmml_grow(PmmlFacts *facts, const PmmlModel *whole, const PmmlPart *part, GError **error)
{
    const PmmlTree *tree = part->tree->body;
    g_autofree guint8 *met = g_new0(guint8, tree->nodes->len);
    PmmlGrown *grown = g_new0(PmmlGrown, 1);
    Grow self = {.facts = facts,
                 .whole = whole,
                 .model = part->tree,
                 .tree = tree,
                 .part = part,
                 .grown = grown,
                 .met = met,
                 .most = GROW_SPARE + GROW_TIMES * tree->nodes->len,
                 .error = error};
    PmmlAsk ask;
    grown->node = g_array_new(FALSE, FALSE, sizeof(GrowNode));
    grown->value = g_array_new(FALSE, FALSE, sizeof(double));
    grown->sets = g_ptr_array_new_with_free_func(g_free);
    grown->n_values = part->say == PMML_SAY_NUMBER ? 1 : whole->labels->len;
    grown->has_cover = TRUE;
    pmml_facts_start(facts);
    gint64 root = -1;
    if (pmml_facts_test(facts, grow_node(&self, 0)->predicate, &ask) != PMML_KNOWN_TRUE)
        grow_fail(&self, "its root does not apply to all rows");
    else if (grow_node(&self, 0)->first == GROW_NONE)
        root = grow_leaf(&self, 0);
    else
        root = grow_at(&self, 0, grow_node(&self, 0)->first);
    if (root < 0)
        g_clear_pointer(&grown, pmml_grown_free);
    else
        g_assert(root == 0 || grown->node->len == 1);
    return grown;
}

/**
 * pmml_grown_build:
 * @part: the tree's place in the sum
 * @builder: gets it
 *
 * Returns: whether it was sound
 */
gboolean
pmml_grown_build(const PmmlGrown *self,
                 const PmmlPart *part,
                 ErrataTreesBuilder *builder,
                 GError **error)
{
    guint leaf = 0;
    if (!errata_trees_builder_begin(builder, self->node->len, part->group, part->weight, error))
        return FALSE;
    for (guint i = 0; i < self->node->len; i++) {
        const GrowNode *node = &g_array_index(self->node, GrowNode, i);
        if (node->left < 0)
            errata_trees_builder_leaf(builder,
                                      i,
                                      &g_array_index(self->value, double, self->n_values *leaf++));
        else
            errata_trees_builder_split(builder,
                                       i,
                                       node->left,
                                       node->right,
                                       node->feature,
                                       node->threshold,
                                       (ErrataNodeFlags)node->flags);
        if (node->set != NULL)
            errata_trees_builder_bits(builder, i, node->set, node->n_words);
        errata_trees_builder_cover(builder, i, node->cover);
    }
    return errata_trees_builder_end(builder, error);
}
