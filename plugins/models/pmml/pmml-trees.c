/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which documents are sums of trees: a TreeModel, segments that are added, averaged or that vote,
 * and a chain of those that ends in a regression on their results, whose normalization is the link.
 * Anything else is left as it is, with the reason. */
#include "pmml-trees.h"

#include <math.h>

#include "pmml-expression.h"
#include "pmml-grow.h"
#include "pmml-mining.h"
#include "pmml-regression.h"

typedef struct {
    const PmmlProgram *program;
    GArray *part; /* PmmlPart */
    double *base; /* per group */
    guint n_groups;
    guint leaf_width;
    ErrataLink link;
    guint single;
    GError **error;
} Sum;

void
pmml_trees_free(PmmlTrees *self)
{
    if (self == NULL)
        return;
    errata_trees_free(self->trees);
    pmml_facts_free(self->facts);
    g_free(self);
}

static gboolean
sum_fail(const Sum *self, const PmmlModel *model, const char *why)
{
    return pmml_unsupported(self->error, model->element, "%s", why);
}

static void
sum_add_part(Sum *self, const PmmlModel *tree, PmmlSay say, guint group, double weight)
{
    PmmlPart part = {tree, say, group, weight};
    g_array_append_val(self->part, part);
}

/* what a Target does to a number, where that is a factor and a constant */
static gboolean
sum_correct(Sum *self, const PmmlModel *model, guint group, double *weight)
{
    const PmmlTarget *target = model->correction;
    if (target == NULL)
        return TRUE;
    if (isfinite(target->least) || isfinite(target->most) || target->cast != NULL)
        return sum_fail(self, model, "its Target clamps or rounds the sum of the trees");
    self->base[group] += *weight * target->constant;
    *weight *= target->factor;
    return TRUE;
}

static gboolean sum_add(Sum *self, const PmmlModel *model, guint group, double weight);

static gboolean
sum_segment_is_plain(const Sum *self, const PmmlModel *model, const PmmlSegment *segment)
{
    if ((segment->predicate == NULL || segment->predicate->kind == PMML_PREDICATE_TRUE) &&
        segment->weight_slot == PMML_NO_SLOT)
        return TRUE;
    return sum_fail(self,
                    model,
                    "which of its segments run, or what they weigh, depends on the row");
}

/* factors of the segments; FALSE where they are not added up */
static gboolean
sum_weights(const PmmlMining *mining, double *ret_weight)
{
    guint n = mining->segments->len;
    gboolean mean = mining->method == PMML_MINING_AVERAGE ||
                    mining->method == PMML_MINING_WEIGHTED_AVERAGE ||
                    mining->method == PMML_MINING_MAJORITY_VOTE ||
                    mining->method == PMML_MINING_WEIGHTED_MAJORITY_VOTE;
    gboolean weighted = mining->method == PMML_MINING_WEIGHTED_AVERAGE ||
                        mining->method == PMML_MINING_WEIGHTED_SUM ||
                        mining->method == PMML_MINING_WEIGHTED_MAJORITY_VOTE;
    double total = 0;
    if (!mean && !weighted && mining->method != PMML_MINING_SUM)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        ret_weight[i] = weighted ? ((const PmmlSegment *)mining->segments->pdata[i])->weight : 1;
        total += ret_weight[i];
    }
    for (guint i = 0; mean && i < n; i++)
        ret_weight[i] /= total;
    return !mean || fabs(total) > 0;
}

/* the model whose predicted value a field is, among the segments of a chain */
static const PmmlModel *
sum_find_result(const Sum *self, const PmmlMining *chain, guint slot, guint depth)
{
    const PmmlSlot *field = pmml_program_slot(self->program, slot);
    for (guint i = 0; i < chain->segments->len; i++) {
        const PmmlModel *model = ((const PmmlSegment *)chain->segments->pdata[i])->model;
        if (model->target_slot == slot)
            return model;
        for (guint k = 0; k < model->outputs->len; k++) {
            const PmmlOutput *output = model->outputs->pdata[k];
            if (output->slot == slot && output->segment == G_MAXUINT &&
                g_str_equal(output->feature, "predictedValue"))
                return model;
        }
    }
    if (depth < 8 && field->kind == PMML_SLOT_DERIVED &&
        field->expression->kind == PMML_EXPRESSION_FIELD && !field->expression->is_parameter)
        return sum_find_result(self, chain, field->expression->slot, depth + 1);
    return NULL;
}

/* an equation on results of the chain */
static gboolean
sum_add_equation(Sum *self,
                 const PmmlModel *model,
                 const PmmlMining *chain,
                 const PmmlEquation *equation,
                 guint group,
                 double weight)
{
    self->base[group] += weight * equation->intercept;
    for (guint i = 0; i < equation->terms->len; i++) {
        const PmmlTerm *term = &g_array_index(equation->terms, PmmlTerm, i);
        const PmmlModel *from = term->kind == PMML_TERM_NUMBER && fabs(term->exponent - 1) < 1e-15
                                    ? sum_find_result(self, chain, term->slot, 0)
                                    : NULL;
        if (from == NULL)
            return sum_fail(self, model, "its last regression reads more than sums of trees");
        if (!sum_add(self, from, group, weight * term->coefficient))
            return FALSE;
    }
    return TRUE;
}

/* the last segment of a chain, a regression; NULL with an error */
static const PmmlModel *
sum_chain_end(const Sum *self, const PmmlModel *model)
{
    const PmmlMining *chain = model->body;
    for (guint i = 0; i < chain->segments->len; i++)
        if (!sum_segment_is_plain(self, model, chain->segments->pdata[i]))
            return NULL;
    const PmmlSegment *last = chain->segments->pdata[chain->segments->len - 1];
    if (last->model->klass == &pmml_regression_class)
        return last->model;
    sum_fail(self, model, "it chains models otherwise than by a regression on sums of trees");
    return NULL;
}

static gboolean
sum_add_chain(Sum *self, const PmmlModel *model, guint group, double weight)
{
    const PmmlModel *end = sum_chain_end(self, model);
    if (end == NULL)
        return FALSE;
    const PmmlRegression *regression = end->body;
    gboolean whole = model == self->program->root;
    if (end->function != PMML_REGRESSION ||
        !(regression->norm == PMML_NORM_NONE ||
          (whole && regression->norm == PMML_NORM_EXP && end->correction == NULL &&
           model->correction == NULL)))
        return sum_fail(self, end, "its normalization is no link of a sum of trees");
    if (regression->norm == PMML_NORM_EXP)
        self->link = ERRATA_LINK_EXP;
    return sum_correct(self, end, group, &weight) &&
           sum_add_equation(self,
                            end,
                            model->body,
                            &g_array_index(regression->equations, PmmlEquation, 0),
                            group,
                            weight);
}

/* a number, times @weight */
static gboolean
sum_add(Sum *self, const PmmlModel *model, guint group, double weight)
{
    if (model->function != PMML_REGRESSION)
        return sum_fail(self, model, "it is not a sum of trees");
    if (!sum_correct(self, model, group, &weight))
        return FALSE;
    if (model->klass == &pmml_tree_class) {
        sum_add_part(self, model, PMML_SAY_NUMBER, group, weight);
        return TRUE;
    }
    if (model->klass != &pmml_mining_class)
        return sum_fail(self, model, "it is not a sum of trees");
    const PmmlMining *mining = model->body;
    g_autofree double *share = g_new0(double, mining->segments->len + 1);
    if (mining->method == PMML_MINING_MODEL_CHAIN)
        return sum_add_chain(self, model, group, weight);
    if (!sum_weights(mining, share))
        return sum_fail(self, model, "its segments are not added up");
    for (guint i = 0; i < mining->segments->len; i++) {
        const PmmlSegment *segment = mining->segments->pdata[i];
        if (!sum_segment_is_plain(self, model, segment) ||
            !sum_add(self, segment->model, group, weight * share[i]))
            return FALSE;
    }
    return TRUE;
}

/* trees whose leaves are distributions or votes */
static gboolean
sum_add_classes(Sum *self, const PmmlModel *model)
{
    self->leaf_width = self->n_groups;
    if (model->klass == &pmml_tree_class) {
        sum_add_part(self, model, PMML_SAY_SHARES, 0, 1);
        return TRUE;
    }
    const PmmlMining *mining = model->body;
    gboolean vote = mining->method == PMML_MINING_MAJORITY_VOTE ||
                    mining->method == PMML_MINING_WEIGHTED_MAJORITY_VOTE;
    g_autofree double *share = g_new0(double, mining->segments->len + 1);
    if (!sum_weights(mining, share))
        return sum_fail(self, model, "its segments are not added up");
    for (guint i = 0; i < mining->segments->len; i++) {
        const PmmlSegment *segment = mining->segments->pdata[i];
        if (!sum_segment_is_plain(self, model, segment))
            return FALSE;
        if (segment->model->klass != &pmml_tree_class ||
            segment->model->function != PMML_CLASSIFICATION)
            return sum_fail(self, segment->model, "it is not a sum of trees");
        sum_add_part(self, segment->model, vote ? PMML_SAY_VOTE : PMML_SAY_SHARES, 0, share[i]);
    }
    return TRUE;
}

/* a classification by a regression on sums of trees: its normalization is the link */
static gboolean
sum_add_logits(Sum *self, const PmmlModel *model)
{
    const PmmlModel *end = sum_chain_end(self, model);
    if (end == NULL)
        return FALSE;
    const PmmlRegression *regression = end->body;
    guint n_classes = self->n_groups, n = regression->equations->len;
    gboolean two = n_classes == 2 && (regression->norm != PMML_NORM_SOFTMAX || n == 1);
    if (end->function != PMML_CLASSIFICATION || regression->ordinal ||
        !(regression->norm == PMML_NORM_LOGIT || regression->norm == PMML_NORM_SOFTMAX) ||
        (!two && n != n_classes))
        return sum_fail(self, end, "its normalization is no link of a sum of trees");
    self->link = regression->norm == PMML_NORM_SOFTMAX && !two ? ERRATA_LINK_SOFTMAX
                                                               : ERRATA_LINK_LOGISTIC;
    self->n_groups = two ? 1 : n_classes;
    for (guint i = 0; i < n; i++) {
        const PmmlEquation *equation = &g_array_index(regression->equations, PmmlEquation, i);
        guint label = pmml_model_find_label(model, equation->category);
        if (two && equation->label != 0)
            continue;
        if (label == G_MAXUINT)
            return sum_fail(self, end, "it has a class that its model has not");
        if (two)
            self->single = label;
        if (!sum_add_equation(self, end, model->body, equation, two ? 0 : label, 1))
            return FALSE;
    }
    return TRUE;
}

static gboolean
sum_read(Sum *self, const PmmlModel *root)
{
    gboolean mining = root->klass == &pmml_mining_class;
    if (root->klass != &pmml_tree_class && !mining)
        return sum_fail(self, root, "it is no model of trees");
    if (root->function == PMML_REGRESSION)
        return sum_add(self, root, 0, 1);
    if (root->function != PMML_CLASSIFICATION || root->labels->len < 2)
        return sum_fail(self, root, "it predicts neither numbers nor classes");
    if (mining && ((const PmmlMining *)root->body)->method == PMML_MINING_MODEL_CHAIN)
        return sum_add_logits(self, root);
    return sum_add_classes(self, root);
}

static gboolean
sum_learn(const Sum *self, PmmlFacts *facts)
{
    for (guint i = 0; i < self->part->len; i++) {
        const PmmlTree *tree = g_array_index(self->part, PmmlPart, i).tree->body;
        for (guint k = 0; k < tree->nodes->len; k++)
            if (!pmml_facts_learn(facts,
                                  g_array_index(tree->nodes, PmmlTreeNode, k).predicate,
                                  self->error))
                return FALSE;
    }
    return TRUE;
}

static void
sum_free_grown(gpointer grown)
{
    pmml_grown_free(grown);
}

static ErrataTrees *
sum_build(Sum *self, PmmlFacts *facts)
{
    g_autoptr(GPtrArray) grown = g_ptr_array_new_with_free_func(sum_free_grown);
    gboolean cover = TRUE;
    for (guint i = 0; i < self->part->len; i++) {
        PmmlGrown *one = pmml_grow(facts,
                                   self->program->root,
                                   &g_array_index(self->part, PmmlPart, i),
                                   self->error);
        if (one == NULL)
            return NULL;
        g_ptr_array_add(grown, one);
        cover = cover && pmml_grown_has_cover(one);
    }
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(facts->n_features, self->n_groups, self->leaf_width, cover);
    for (guint i = 0; i < grown->len; i++)
        if (!pmml_grown_build(grown->pdata[i],
                              &g_array_index(self->part, PmmlPart, i),
                              builder,
                              self->error))
            return NULL;
    ErrataTrees *trees = errata_trees_builder_finish(builder);
    for (guint g = 0; g < self->n_groups; g++)
        trees->base[g] = self->base[g];
    trees->link = self->link;
    return trees;
}

/**
 * pmml_trees_new:
 * @program: compiled, with its inputs
 * @error: return location for the reason
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED where the document is no sum of trees that each test one input
 * at a time.
 *
 * Returns: (transfer full) (nullable): the sum
 */
PmmlTrees *
pmml_trees_new(const PmmlProgram *program, GError **error)
{
    guint most = MAX(program->root->labels->len, 1);
    g_autoptr(GArray) part = g_array_new(FALSE, FALSE, sizeof(PmmlPart));
    g_autofree double *base = g_new0(double, most);
    g_autoptr(PmmlTrees) self = g_new0(PmmlTrees, 1);
    Sum sum = {.program = program,
               .part = part,
               .base = base,
               .n_groups = program->root->function == PMML_CLASSIFICATION ? most : 1,
               .leaf_width = 1,
               .link = ERRATA_LINK_IDENTITY,
               .single = G_MAXUINT,
               .error = error};
    self->facts = pmml_facts_new(program);
    if (!sum_read(&sum, program->root) || !sum_learn(&sum, self->facts))
        return NULL;
    self->single = sum.single;
    self->trees = sum_build(&sum, self->facts);
    pmml_facts_start(self->facts); /* lets go of the sets */
    if (self->trees == NULL || !pmml_trees_agree(self, program, error))
        return NULL;
    return g_steal_pointer(&self);
}

/**
 * pmml_trees_cells:
 * @row: started
 * @ret_cell: (out caller-allocates) (array): per input what trees read
 *
 * Returns: whether the trees have a result for the row
 */
gboolean
pmml_trees_cells(const PmmlTrees *self, PmmlRow *row, double *ret_cell)
{
    gboolean ok = TRUE;
    for (guint i = 0; i < self->facts->n_features; i++)
        ok = pmml_facts_cell(self->facts, i, row, &ret_cell[i]) && ok;
    return ok && !row->is_invalid;
}
