/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-tree.h"

#define NONE        G_MAXUINT
#define DEPTH_LIMIT 512

static void
tree_free(gpointer body)
{
    PmmlTree *self = body;
    g_array_unref(self->nodes);
    g_array_unref(self->shares);
    g_free(self);
}

static gboolean
tree_read_shares(PmmlModel *model,
                 PmmlTree *self,
                 const PmmlElement *element,
                 PmmlTreeNode *node,
                 GError **error)
{
    node->shares = self->shares->len;
    const PmmlElement *child = pmml_child(element, "ScoreDistribution");
    double total = 0;
    for (; child != NULL; child = pmml_next(child, "ScoreDistribution")) {
        const char *value;
        PmmlTreeShare share;
        if (!pmml_require(child, "value", &value, error) ||
            !pmml_number_or(child, "recordCount", (double)NAN, &share.count, error) ||
            !pmml_number_or(child, "probability", (double)NAN, &share.probability, error) ||
            !pmml_number_or(child, "confidence", (double)NAN, &share.confidence, error))
            return FALSE;
        share.label = pmml_model_label(model, value);
        total += isnan(share.count) ? 0 : share.count;
        g_array_append_val(self->shares, share);
        node->n_shares++;
    }
    for (guint i = 0; i < node->n_shares; i++) {
        PmmlTreeShare *share = &g_array_index(self->shares, PmmlTreeShare, node->shares + i);
        if (isnan(share->probability) && total > 0)
            share->probability = share->count / total;
    }
    if (isnan(node->count) && node->n_shares > 0)
        node->count = total;
    return TRUE;
}

/* its score; without one, the class that most of its rows have */
static gboolean
tree_read_score(PmmlModel *model,
                PmmlTree *self,
                const PmmlElement *element,
                PmmlTreeNode *node,
                GError **error)
{
    const char *score = pmml_attribute(element, "score");
    double best = -1;
    node->value = PMML_NOTHING;
    node->label = NONE;
    if (model->function == PMML_REGRESSION) {
        double number;
        if (score == NULL)
            return TRUE;
        if (!pmml_number(element, "score", &number, error))
            return FALSE;
        node->value = pmml_value_number(model->is_single ? PMML_FLOAT : PMML_DOUBLE, number);
        return TRUE;
    }
    if (score != NULL)
        node->label = pmml_model_label(model, score);
    for (guint i = 0; i < node->n_shares && score == NULL; i++) {
        const PmmlTreeShare *share = &g_array_index(self->shares, PmmlTreeShare, node->shares + i);
        if (share->probability > best) {
            best = share->probability;
            node->label = share->label;
        }
    }
    if (node->label != NONE)
        node->value = pmml_model_label_value(model, node->label);
    return TRUE;
}

static gboolean tree_read_node(PmmlProgram *program,
                               PmmlModel *model,
                               PmmlTree *self,
                               const PmmlElement *element,
                               guint depth,
                               guint *ret_index,
                               GError **error);

static gboolean
tree_read_children(PmmlProgram *program,
                   PmmlModel *model,
                   PmmlTree *self,
                   const PmmlElement *element,
                   guint depth,
                   guint index,
                   GError **error)
{
    guint last = NONE;
    const PmmlElement *child = pmml_child(element, "Node");
    for (; child != NULL; child = pmml_next(child, "Node")) {
        guint at;
        if (!tree_read_node(program, model, self, child, depth + 1, &at, error))
            return FALSE;
        if (last == NONE)
            g_array_index(self->nodes, PmmlTreeNode, index).first = at;
        else
            g_array_index(self->nodes, PmmlTreeNode, last).next = at;
        last = at;
        PmmlTreeNode *node = &g_array_index(self->nodes, PmmlTreeNode, index);
        const char *id = g_array_index(self->nodes, PmmlTreeNode, at).id;
        if (node->default_child != NULL && id != NULL && g_str_equal(node->default_child, id))
            node->fallback = at;
    }
    const PmmlTreeNode *node = &g_array_index(self->nodes, PmmlTreeNode, index);
    if (node->default_child != NULL && node->fallback == NONE && node->first != NONE &&
        self->on_missing == PMML_TREE_DEFAULT_CHILD)
        return pmml_error(error, element, "it has no child “%s”", node->default_child);
    return TRUE;
}

/* a regression or another tree within the node */
static gboolean
tree_read_model(PmmlProgram *program,
                PmmlModel *model,
                const PmmlElement *element,
                PmmlTreeNode *node,
                GError **error)
{
    for (const PmmlElement *child = element->first; child != NULL; child = child->next)
        if (pmml_is(child, "Regression") || pmml_is(child, "DecisionTree")) {
            node->model = pmml_model_read(program, child, model->scope, error);
            if (node->model == NULL)
                return FALSE;
            for (guint i = 0; i < node->model->labels->len; i++)
                pmml_model_label(model, node->model->labels->pdata[i]);
        }
    return TRUE;
}

static gboolean
tree_read_node(PmmlProgram *program,
               PmmlModel *model,
               PmmlTree *self,
               const PmmlElement *element,
               guint depth,
               guint *ret_index,
               GError **error)
{
    PmmlTreeNode node = {.element = element, .first = NONE, .next = NONE, .fallback = NONE};
    if (depth > DEPTH_LIMIT)
        return pmml_error(error, element, "nested more than %d deep", DEPTH_LIMIT);
    if (!tree_read_model(program, model, element, &node, error))
        return FALSE;
    node.id = pmml_attribute(element, "id");
    self->n_nodes++;
    if (node.id == NULL) { /* their numbers in the document, from 1 */
        g_autofree char *number = g_strdup_printf("%u", self->n_nodes);
        node.id = g_string_chunk_insert(program->strings, number);
    }
    node.default_child = pmml_attribute(element, "defaultChild");
    node.predicate = pmml_predicate_within(program, element, model->scope, error);
    if (node.predicate == NULL ||
        !pmml_number_or(element, "recordCount", (double)NAN, &node.count, error) ||
        !tree_read_shares(model, self, element, &node, error) ||
        !tree_read_score(model, self, element, &node, error))
        return FALSE;
    *ret_index = self->nodes->len;
    g_array_append_val(self->nodes, node);
    return tree_read_children(program, model, self, element, depth, *ret_index, error);
}

static gboolean
tree_read_strategy(PmmlTree *self, const PmmlElement *element, GError **error)
{
    static const char *const names[] = {"none",
                                        "lastPrediction",
                                        "nullPrediction",
                                        "defaultChild",
                                        "weightedConfidence",
                                        "aggregateNodes"};
    const char *missing = pmml_attribute(element, "missingValueStrategy");
    const char *none = pmml_attribute(element, "noTrueChildStrategy");
    self->last_when_none = none != NULL && g_str_equal(none, "returnLastPrediction");
    if (none != NULL && !self->last_when_none && !g_str_equal(none, "returnNullPrediction"))
        return pmml_unsupported(error, element, "noTrueChildStrategy “%s” is not known", none);
    if (!pmml_number_or(element, "missingValuePenalty", 1, &self->penalty, error))
        return FALSE;
    for (guint i = 0; missing != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], missing)) {
            self->on_missing = (PmmlTreeMissing)i;
            return TRUE;
        }
    return missing == NULL ||
           pmml_unsupported(error, element, "missingValueStrategy “%s” is not known", missing);
}

static gboolean
tree_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    guint root;
    const PmmlElement *node = pmml_child(model->element, "Node");
    PmmlTree *self = g_new0(PmmlTree, 1);
    model->body = self;
    self->nodes = g_array_new(FALSE, FALSE, sizeof(PmmlTreeNode));
    self->shares = g_array_new(FALSE, FALSE, sizeof(PmmlTreeShare));
    if (node == NULL)
        return pmml_error(error, model->element, "no Node");
    return tree_read_strategy(self, model->element, error) &&
           tree_read_node(program, model, self, node, 1, &root, error);
}

static void
tree_answer(const PmmlModel *model,
            const PmmlTree *self,
            PmmlRow *row,
            guint index,
            guint missing_levels,
            PmmlResult *result)
{
    const PmmlTreeNode *node = &g_array_index(self->nodes, PmmlTreeNode, index);
    result->value = node->value;
    result->entity = node->id;
    if (model->function == PMML_REGRESSION)
        return;
    result->score = pmml_row_scores(row, model);
    result->confidence = pmml_row_scores(row, model);
    for (guint i = 0; i < model->labels->len; i++)
        result->score[i] = result->confidence[i] = node->n_shares == 0 ? 0 : (double)NAN;
    double penalty = pow(self->penalty, missing_levels);
    for (guint i = 0; i < node->n_shares; i++) {
        const PmmlTreeShare *share = &g_array_index(self->shares, PmmlTreeShare, node->shares + i);
        double confidence = isnan(share->confidence) ? share->probability : share->confidence;
        result->score[share->label] = share->probability;
        result->confidence[share->label] = confidence * penalty;
    }
    if (node->n_shares == 0 && node->label != NONE)
        result->score[node->label] = result->confidence[node->label] = 1;
}

/* what a node says of a class, among others that may apply: aggregateNodes counts rows */
static double
tree_share(const PmmlTree *self,
           const PmmlTreeNode *node,
           const PmmlTreeShare *share,
           double weight)
{
    if (self->on_missing == PMML_TREE_AGGREGATE_NODES)
        return isnan(share->count) ? share->probability * node->count : share->count;
    return weight * (isnan(share->confidence) ? share->probability : share->confidence);
}

/* what a node without children that may apply says by itself; where it gives no shares, all its
 * rows are of its class */
static void
tree_add_node(const PmmlTree *self,
              const PmmlTreeNode *node,
              double weight,
              double *score,
              double *number)
{
    if (number != NULL)
        *number += weight * (node->value.missing ? (double)NAN : node->value.number);
    for (guint i = 0; score != NULL && i < node->n_shares; i++) {
        const PmmlTreeShare *share = &g_array_index(self->shares, PmmlTreeShare, node->shares + i);
        score[share->label] += tree_share(self, node, share, weight);
    }
    if (score != NULL && node->n_shares == 0 && node->label != NONE)
        score[node->label] += self->on_missing == PMML_TREE_AGGREGATE_NODES ? node->count : weight;
}

/* adds a node's shares, times @weight: its own if it has no children that may apply */
static gboolean
tree_add_weighted(const PmmlTree *self,
                  PmmlRow *row,
                  guint index,
                  double weight,
                  double *score,
                  double *number,
                  GError **error)
{
    const PmmlTreeNode *node = &g_array_index(self->nodes, PmmlTreeNode, index);
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint));
    double total = 0;
    guint n_uncounted = 0;
    gboolean any_unknown = FALSE;
    for (guint at = node->first; at != NONE;
         at = g_array_index(self->nodes, PmmlTreeNode, at).next) {
        const PmmlTreeNode *child = &g_array_index(self->nodes, PmmlTreeNode, at);
        PmmlTruth truth;
        if (!pmml_predicate_test(child->predicate, row, &truth, error))
            return FALSE;
        if (truth == PMML_FALSE)
            continue;
        g_array_append_val(open, at);
        total += child->count;
        n_uncounted += isnan(child->count) ? 1 : 0;
        any_unknown |= truth == PMML_UNKNOWN;
        if (truth == PMML_TRUE && !any_unknown)
            break;
    }
    if (any_unknown && n_uncounted > 0)
        return pmml_error(error,
                          node->element,
                          "its children are weighed by recordCount, which %u of them lack",
                          n_uncounted);
    for (guint i = 0; i < open->len; i++) {
        guint at = g_array_index(open, guint, i);
        double share = any_unknown && total > 0
                           ? g_array_index(self->nodes, PmmlTreeNode, at).count / total
                           : 1;
        if (!tree_add_weighted(self, row, at, weight * share, score, number, error))
            return FALSE;
    }
    if (open->len == 0)
        tree_add_node(self, node, weight, score, number);
    return TRUE;
}

/* weightedConfidence: every branch that may apply counts by its rows; aggregateNodes: the rows of
 * all leaves that may be reached count together */
static gboolean
tree_weighted(const PmmlModel *model,
              const PmmlTree *self,
              PmmlRow *row,
              guint index,
              PmmlResult *result,
              GError **error)
{
    double number = 0;
    if (model->function == PMML_REGRESSION) {
        if (!tree_add_weighted(self, row, index, 1, NULL, &number, error))
            return FALSE;
        if (!isnan(number))
            result->value = pmml_value_number(PMML_DOUBLE, number);
        return TRUE;
    }
    result->score = pmml_row_scores(row, model);
    if (!tree_add_weighted(self, row, index, 1, result->score, NULL, error))
        return FALSE;
    if (self->on_missing == PMML_TREE_AGGREGATE_NODES) {
        double total = 0;
        for (guint i = 0; i < model->labels->len; i++)
            total += result->score[i];
        for (guint i = 0; i < model->labels->len; i++)
            result->score[i] /= total;
    }
    result->confidence = result->score;
    pmml_model_decide(model, result);
    return TRUE;
}

typedef struct {
    guint next; /* the child to go to, NONE to stop */
    gboolean stops;
    gboolean nothing; /* there is no prediction */
    gboolean is_missing;
    gboolean is_stood_in; /* by a default child or a surrogate: what the penalty is for */
} TreeStep;

static TreeStep
tree_on_unknown(const PmmlTree *self, const PmmlTreeNode *node)
{
    switch ((guint)self->on_missing) {
    case PMML_TREE_LAST:
        return (TreeStep){.next = NONE, .stops = TRUE};
    case PMML_TREE_DEFAULT_CHILD:
        return (TreeStep){.next = node->fallback,
                          .stops = TRUE,
                          .nothing = node->fallback == NONE,
                          .is_stood_in = TRUE};
    case PMML_TREE_NONE:
        return (TreeStep){.next = NONE};
    default:
        return (TreeStep){.next = NONE, .stops = TRUE, .nothing = TRUE};
    }
}

static gboolean
tree_step(const PmmlTree *self,
          PmmlRow *row,
          const PmmlTreeNode *node,
          TreeStep *ret,
          GError **error)
{
    for (guint at = node->first; at != NONE;
         at = g_array_index(self->nodes, PmmlTreeNode, at).next) {
        const PmmlPredicate *predicate = g_array_index(self->nodes, PmmlTreeNode, at).predicate;
        PmmlTruth truth;
        if (!pmml_predicate_test(predicate, row, &truth, error))
            return FALSE;
        if (truth == PMML_TRUE) {
            *ret = (TreeStep){.next = at, .stops = TRUE};
            return pmml_predicate_by_surrogate(predicate, row, &ret->is_stood_in, error);
        }
        if (truth == PMML_FALSE)
            continue;
        *ret = tree_on_unknown(self, node);
        ret->is_missing = TRUE;
        if (ret->stops)
            return TRUE;
    }
    *ret = (TreeStep){.next = NONE, .nothing = !self->last_when_none};
    return TRUE;
}

/* what the model within a node says, by the labels of the whole */
static gboolean
tree_ask(const PmmlModel *model,
         const PmmlModel *within,
         PmmlRow *row,
         PmmlResult *result,
         GError **error)
{
    PmmlResult inner;
    if (!pmml_model_run(within, row, &inner, error))
        return FALSE;
    result->value = inner.value;
    result->entity = inner.entity;
    if (inner.score == NULL)
        return TRUE;
    result->score = pmml_row_scores(row, model);
    for (guint i = 0; i < model->labels->len; i++)
        result->score[i] = (double)NAN;
    for (guint i = 0; i < within->labels->len; i++)
        result->score[pmml_model_find_label(model, within->labels->pdata[i])] = inner.score[i];
    return TRUE;
}

static gboolean
tree_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const PmmlTree *self = model->body;
    PmmlTruth truth;
    guint at = 0, missing_levels = 0;
    if (!pmml_predicate_test(g_array_index(self->nodes, PmmlTreeNode, 0).predicate,
                             row,
                             &truth,
                             error))
        return FALSE;
    if (truth != PMML_TRUE)
        return TRUE;
    while (TRUE) {
        const PmmlTreeNode *node = &g_array_index(self->nodes, PmmlTreeNode, at);
        TreeStep step;
        if (node->first == NONE)
            break;
        if (!tree_step(self, row, node, &step, error))
            return FALSE;
        if (step.is_missing && (self->on_missing == PMML_TREE_WEIGHTED_CONFIDENCE ||
                                self->on_missing == PMML_TREE_AGGREGATE_NODES))
            return tree_weighted(model, self, row, at, result, error);
        if (step.nothing)
            return TRUE;
        missing_levels += step.is_stood_in;
        if (step.next == NONE)
            break;
        at = step.next;
    }
    const PmmlTreeNode *last = &g_array_index(self->nodes, PmmlTreeNode, at);
    if (last->model != NULL)
        return tree_ask(model, last->model, row, result, error);
    tree_answer(model, self, row, at, missing_levels, result);
    return TRUE;
}

const PmmlModelClass pmml_tree_class = {
    .element = "TreeModel",
    .kind = "decision tree",
    .read = tree_read,
    .run = tree_run,
    .free = tree_free,
};
