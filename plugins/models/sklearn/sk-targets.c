/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's models of several targets: a model per target (MultiOutput…, one against the rest
 * of several labels), a chain of them in which each sees what those before it predicted, and models
 * whose margins stand side by side (trees and forests of several classes, networks and ridges of
 * several labels). Outputs are numbered: prediction_0, margin_0, probability_0(CLASS), prediction_1
 * … */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "sk-private.h"
#include "trees-builder.h"

#define TARGETS_MAX_LEAF_NUMBERS (1U << 26) /* of trees that are put side by side */

/**
 * SkTargets:
 * @bodies: (element-type SkBody): of a chain in its order, else by target
 * @body_of: (array length=n): per target the place of its body
 * @is_chain: a body sees the columns and what the bodies before it predicted
 * @is_joint: bodies have no model of their own: their margins are the whole's, one after the other
 */
struct _SkTargets {
    GPtrArray *bodies;
    guint *body_of;
    gboolean is_chain;
    gboolean is_joint;
};

void
sk_targets_free(SkTargets *self)
{
    g_ptr_array_unref(self->bodies);
    g_free(self->body_of);
    g_free(self);
}

static const SkBody *
targets_body(const SkTargets *self, guint target)
{
    return self->bodies->pdata[self->body_of[target]];
}

static gboolean
targets_is_list(const PickleValue *object)
{
    static const char *const names[] = {"MultiOutputRegressor",
                                        "MultiOutputClassifier",
                                        "RegressorChain",
                                        "ClassifierChain",
                                        NULL};
    const PickleValue *binarizer = pickle_attribute(object, "label_binarizer_");
    const char *type = pickle_text(pickle_attribute(binarizer, "y_type_"));
    return g_strv_contains(names, pickle_class(object)) ||
           (g_str_equal(pickle_class(object), "OneVsRestClassifier") && type != NULL &&
            g_str_has_prefix(type, "multilabel"));
}

/* a network or a ridge of labels that may all be true */
static gboolean
targets_is_labels(const PickleValue *object)
{
    const PickleValue *binarizer = pickle_attribute(object, "_label_binarizer");
    const char *type = pickle_text(pickle_attribute(binarizer, "y_type_"));
    return g_str_has_suffix(pickle_class(object), "Classifier") && type != NULL &&
           g_str_has_prefix(type, "multilabel");
}

/* classes of each target: trees, nearest neighbours, dummies */
static gboolean
targets_is_lists(const PickleValue *object)
{
    static const char *const names[] = {"DecisionTreeClassifier",
                                        "ExtraTreeClassifier",
                                        "RandomForestClassifier",
                                        "ExtraTreesClassifier",
                                        NULL};
    const PickleValue *classes = pickle_attribute(object, "classes_");
    return (g_strv_contains(names, pickle_class(object)) || sk_is_dummy(object) ||
            sk_neighbors_tell_several(object)) &&
           classes != NULL && classes->kind == PICKLE_LIST;
}

gboolean
sk_is_targets(const PickleValue *object)
{
    return pickle_class(object) != NULL &&
           (targets_is_list(object) || targets_is_labels(object) || targets_is_lists(object));
}

static gboolean
targets_begin(SkReader *reader, guint n, GError **error)
{
    SkBody *body = reader->body;
    if (reader->depth > 0)
        return sk_refuse(error, "a model of several outputs within another model");
    if (n == 0 || n > ERRATA_LIMIT_MODEL_OUTPUTS)
        return sk_fail(error, "expected 1 to %u targets, found %u", ERRATA_LIMIT_MODEL_OUTPUTS, n);
    if (body->undo != NULL)
        return sk_refuse(error, "several targets that are transformed");
    body->kind = SK_TARGETS;
    body->targets = g_new0(SkTargets, 1);
    body->targets->bodies = g_ptr_array_new_with_free_func(sk_body_free);
    body->targets->body_of = g_new(guint, n);
    for (guint i = 0; i < n; i++)
        body->targets->body_of[i] = i;
    return TRUE;
}

/* the targets in the order of a chain; each once */
static gboolean
targets_read_order(SkTargets *self, const PickleValue *object, guint n, GError **error)
{
    const PickleValue *value = pickle_attribute(object, "order_");
    g_autofree gboolean *seen = g_new0(gboolean, (gsize)n + 1);
    PickleArray array;
    gboolean is_array = pickle_array(value, &array) && array.n == n;
    if (!is_array && pickle_n_items(value) != n)
        return sk_fail(error, "order_: expected %u targets", n);
    for (guint i = 0; i < n; i++) {
        double target = (double)NAN;
        if (is_array)
            target = pickle_array_number(&array, i);
        else if (!pickle_number(pickle_item(value, i), &target))
            target = (double)NAN;
        if (!(target >= 0 && target < n) || seen[(guint)target])
            return sk_fail(error, "order_: expected each of %u targets once", n);
        seen[(guint)target] = TRUE;
        self->body_of[(guint)target] = i;
    }
    return TRUE;
}

/* what a chain hands on is a number */
static gboolean
targets_check_link(const SkBody *body, gboolean is_chain, GError **error)
{
    if (body->n_values > 0 || body->kind == SK_ISOLATION || body->kind == SK_OUTLYING)
        return sk_refuse(error, "a target told by a model of another kind");
    return !is_chain || body->n_classes == 0 || body->class_number != NULL ||
           sk_refuse(error, "a chain of classes that are no numbers");
}

static gboolean
targets_read_list(SkReader *reader, const PickleValue *object, GError **error)
{
    const PickleValue *list = pickle_attribute(object, "estimators_");
    guint n = pickle_n_items(list), none = G_MAXUINT;
    g_autoptr(GArray) raw = g_array_copy(reader->raw);
    if (!targets_begin(reader, n, error))
        return FALSE;
    SkTargets *self = reader->body->targets;
    gboolean all_take = TRUE;
    self->is_chain = g_str_has_suffix(pickle_class(object), "Chain");
    if (self->is_chain && !targets_read_order(self, object, n, error))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        reader->takes_missing = FALSE;
        SkBody *body = sk_read_member(reader, pickle_item(list, i), raw, error);
        if (body == NULL)
            return FALSE;
        all_take &= reader->takes_missing;
        g_ptr_array_add(self->bodies, body);
        if (!targets_check_link(body, self->is_chain, error))
            return FALSE;
        if (self->is_chain)
            g_array_append_val(raw, none);
    }
    reader->takes_missing = reader->body->takes_missing = all_take;
    return TRUE;
}

/* bodies that hold classes only */
static SkBody *
targets_add_joint(SkTargets *self, SkLink link, guint n_margins)
{
    SkBody *body = sk_body_new();
    g_ptr_array_add(self->bodies, body);
    body->kind = SK_LINEAR;
    body->link = link;
    body->n_margins = n_margins;
    return body;
}

static gboolean
targets_read_lists(SkReader *reader, const PickleValue *object, GError **error)
{
    const PickleValue *classes = pickle_attribute(object, "classes_");
    guint n = pickle_n_items(classes);
    g_autofree guint *width = g_new0(guint, (gsize)n + 1);
    if (!targets_begin(reader, n, error))
        return FALSE;
    SkTargets *self = reader->body->targets;
    self->is_joint = TRUE;
    for (guint i = 0; i < n; i++) {
        SkBody *body = targets_add_joint(self, SK_LINK_SHARES, 0);
        if (!sk_take_classes(body, pickle_item(classes, i), error))
            return FALSE;
        body->n_margins = width[i] = body->n_classes;
    }
    gboolean is_near = sk_neighbors_tell_several(object);
    gboolean ok = is_near               ? sk_read_joint_neighbors(reader, object, width, n, error)
                  : sk_is_dummy(object) ? sk_read_joint_dummy(reader, object, width, n, error)
                                        : sk_read_joint_trees(reader, object, width, n, error);
    reader->body->joint = reader->body->kind;
    reader->body->kind = SK_TARGETS;
    return ok;
}

/* labels 0 and 1, true above a margin of 0 */
static gboolean
targets_read_labels(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    gboolean is_network = g_str_equal(pickle_class(object), "MLPClassifier");
    if (!(is_network ? sk_read_network(reader, object, error)
                     : sk_read_linear(reader, object, error)))
        return FALSE;
    SkPredictorKind kind = body->kind;
    guint n = body->n_margins;
    body->n_values = 0;
    if (!targets_begin(reader, n, error))
        return FALSE;
    body->targets->is_joint = TRUE;
    body->joint = kind;
    for (guint i = 0; i < n; i++) {
        SkBody *label =
            targets_add_joint(body->targets, is_network ? SK_LINK_LOGISTIC : SK_LINK_NONE, 1);
        label->n_classes = 2;
        label->class_number = g_memdup2(((const double[]){0, 1}), 2 * sizeof(double));
        label->class_name = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(label->class_name, g_strdup("0"));
        g_ptr_array_add(label->class_name, g_strdup("1"));
        g_ptr_array_add(label->class_name, NULL);
    }
    return TRUE;
}

static gboolean
targets_has_margins(const SkTargets *self, const SkBody *body)
{
    gboolean by_share = TRUE;
    return body->n_classes > 0 && body->n_margins > 0 &&
           (self->is_joint ? body->link != SK_LINK_SHARES
                           : sk_body_is_asked(body, &by_share, NULL) && !by_share);
}

/* numbers of the target among the outputs: the prediction, margins, probabilities */
static guint
targets_width(const SkTargets *self, const SkBody *body)
{
    return 1 + (targets_has_margins(self, body) ? body->n_margins : 0) +
           (sk_body_has_shares(body) ? body->n_classes : 0);
}

/**
 * sk_read_targets:
 *
 * Reads a model of several targets into the reader's body.
 */
gboolean
sk_read_targets(SkReader *reader, const PickleValue *object, GError **error)
{
    SkBody *body = reader->body;
    gboolean ok = targets_is_list(object)    ? targets_read_list(reader, object, error)
                  : targets_is_lists(object) ? targets_read_lists(reader, object, error)
                                             : targets_read_labels(reader, object, error);
    if (!ok)
        return FALSE;
    if (body->targets->is_joint)
        return TRUE;
    if (!body->targets->is_chain)
        body->trees = sk_merge_trees(body->targets->bodies, body->n_features);
    for (guint i = 0; i < body->targets->bodies->len; i++)
        body->n_margins += targets_width(body->targets, targets_body(body->targets, i));
    return TRUE;
}

static void
targets_add_number(SkReader *reader, ErrataModelRole role, char *name)
{
    errata_model_builder_add_output(reader->builder, name, role, ERRATA_MODEL_NUMBER, NULL);
    g_free(name);
}

void
sk_add_targets(SkReader *reader)
{
    const SkTargets *self = reader->body->targets;
    gboolean has_classes = FALSE;
    for (guint t = 0; t < self->bodies->len; t++) {
        const SkBody *body = targets_body(self, t);
        g_autofree char *name = g_strdup_printf("prediction_%u", t);
        gboolean is_number = body->n_classes == 0 || body->class_number != NULL;
        guint n = targets_has_margins(self, body) ? body->n_margins : 0;
        has_classes |= body->n_classes > 0;
        errata_model_builder_add_output(reader->builder,
                                        name,
                                        ERRATA_MODEL_FIELD,
                                        is_number ? ERRATA_MODEL_NUMBER : ERRATA_MODEL_TEXT,
                                        NULL);
        for (guint k = 0; k < n; k++)
            targets_add_number(
                reader,
                ERRATA_MODEL_MARGIN,
                n == 1 ? g_strdup_printf("margin_%u", t)
                : n == body->n_classes
                    ? g_strdup_printf("margin_%u_%s", t, (const char *)body->class_name->pdata[k])
                    : g_strdup_printf("margin_%u_%u", t, k));
        for (guint k = 0; sk_body_has_shares(body) && k < body->n_classes; k++)
            targets_add_number(
                reader,
                ERRATA_MODEL_FIELD,
                g_strdup_printf("probability_%u(%s)", t, (const char *)body->class_name->pdata[k]));
    }
    if (!has_classes)
        errata_model_builder_set_task(reader->builder, ERRATA_TASK_REGRESSION);
}

/* what a body says of a row */
static double
targets_told(const SkBody *body, const SkAnswer *answer)
{
    if (body->n_classes == 0)
        return answer->value;
    return body->class_number != NULL ? body->class_number[answer->best] : answer->best;
}

static void
targets_put(const SkTargets *self, const SkBody *body, const SkAnswer *own, double *to)
{
    guint at = 0;
    to[at++] = targets_told(body, own);
    for (guint k = 0; targets_has_margins(self, body) && k < body->n_margins; k++)
        to[at++] = own->margin[k];
    for (guint k = 0; sk_body_has_shares(body) && k < body->n_classes; k++)
        to[at++] = own->share[k];
}

static guint
targets_place(const SkTargets *self, guint body)
{
    guint at = 0;
    for (guint t = 0; self->body_of[t] != body; t++)
        at += targets_width(self, targets_body(self, t));
    return at;
}

/* numbers in the order of the outputs, into the answer's margins; of a class that is text its
 * place */
static void
targets_run_each(const SkBody *whole, const double *x, SkAnswer *answer)
{
    const SkTargets *self = whole->targets;
    guint n = self->bodies->len;
    g_autofree double *seen = g_new(double, (gsize)whole->n_features + n + 1);
    gboolean lacks = FALSE;
    memcpy(seen, x, whole->n_features * sizeof(double));
    for (guint i = 0; i < n; i++) {
        const SkBody *body = self->bodies->pdata[i];
        g_auto(SkAnswer) own = {0};
        sk_answer_init(&own, body);
        own.texts = answer->texts;
        sk_body_answer(body, seen, &own);
        lacks |= own.lacks;
        targets_put(self, body, &own, answer->margin + targets_place(self, i));
        if (self->is_chain)
            seen[whole->n_features + i] = targets_told(body, &own);
    }
    answer->lacks = lacks;
}

void
sk_targets_run(const SkBody *whole, const double *x, SkAnswer *answer)
{
    const SkTargets *self = whole->targets;
    if (!self->is_joint) {
        targets_run_each(whole, x, answer);
        return;
    }
    g_autofree double *margin = g_new0(double, (gsize)whole->n_margins + 1);
    guint from = 0, to = 0;
    sk_body_margin(whole, x, margin);
    answer->lacks |= whole->n_margins > 0 && isnan(margin[0]);
    for (guint i = 0; i < self->bodies->len; i++) {
        const SkBody *body = self->bodies->pdata[i];
        g_auto(SkAnswer) own = {0};
        sk_answer_init(&own, body);
        memcpy(own.margin, margin + from, body->n_margins * sizeof(double));
        sk_body_conclude(body, &own);
        targets_put(self, body, &own, answer->margin + to);
        from += body->n_margins;
        to += targets_width(self, body);
    }
}

guint
sk_targets_n_numbers(const SkBody *whole)
{
    guint n = 0;
    for (guint i = 0; i < whole->targets->bodies->len; i++)
        n += targets_width(whole->targets, whole->targets->bodies->pdata[i]);
    return n;
}

void
sk_targets_write(const SkBody *whole, gsize row, const SkAnswer *answer, ErrataModelScores *scores)
{
    const SkTargets *self = whole->targets;
    guint at = 0;
    for (guint t = 0; t < self->bodies->len; t++) {
        const SkBody *body = targets_body(self, t);
        guint end = at + targets_width(self, body);
        if (body->n_classes > 0 && body->class_number == NULL) {
            scores->text[at][row] = body->class_name->pdata[(guint)answer->margin[at]];
            at++;
        }
        for (; at < end; at++)
            scores->number[at][row] = answer->margin[at];
    }
}

/* a tree of another body, at @offset among the leaves' numbers or the groups */
static gboolean
targets_copy_tree(const ErrataTrees *from,
                  guint tree,
                  guint offset,
                  guint width,
                  ErrataTreesBuilder *builder)
{
    guint32 first = from->first[tree];
    gsize n = from->first[tree + 1] - first;
    g_autofree double *leaf = g_new0(double, width);
    if (!errata_trees_builder_begin(builder,
                                    n,
                                    offset + from->group[tree],
                                    errata_trees_scale(from, tree),
                                    NULL))
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        gsize node = first + i;
        ErrataNodeFlags flags = from->flags[node];
        if (from->cover != NULL)
            errata_trees_builder_cover(builder, i, from->cover[node]);
        if ((flags & ERRATA_NODE_LEAF) != 0) {
            const double *value = from->leaf_value + (gsize)from->feature[node] * from->leaf_width;
            memcpy(width > 1 && from->leaf_width > 1 ? leaf + offset
                   : width > 1                       ? leaf + offset + from->group[tree]
                                                     : leaf,
                   value,
                   from->leaf_width * sizeof(double));
            errata_trees_builder_leaf(builder, i, leaf);
            continue;
        }
        errata_trees_builder_split(builder,
                                   i,
                                   (gint64)i + 1,
                                   (gint64)(from->right[node] - first),
                                   from->feature[node],
                                   from->threshold[node],
                                   flags);
        if ((flags & ERRATA_NODE_CATEGORY) != 0) {
            const guint32 *set = from->set_words + from->set[node];
            errata_trees_builder_bits(builder, i, set + 1, set[0]);
        }
    }
    return errata_trees_builder_end(builder, NULL);
}

/* bodies are trees of the same ways, which nothing stands before or behind */
static gboolean
targets_can_merge(const GPtrArray *bodies)
{
    const ErrataTrees *first = ((const SkBody *)bodies->pdata[0])->trees;
    for (guint i = 0; i < bodies->len; i++) {
        const SkBody *body = bodies->pdata[i];
        if (body->kind != SK_TREES || body->start != NULL || body->steps->len > 0 ||
            body->undo != NULL || body->trees->cast_float != first->cast_float ||
            body->trees->sum_float || (body->trees->cover == NULL) != (first->cover == NULL) ||
            body->trees->link != first->link ||
            fabs(body->trees->link_scale - first->link_scale) > 0 ||
            (body->trees->link == ERRATA_LINK_SOFTMAX && bodies->len > 1))
            return FALSE;
    }
    return TRUE;
}

/**
 * sk_merge_trees:
 * @bodies: (element-type SkBody): one per target
 * @n_features: columns that they see
 *
 * Returns: (transfer full) (nullable): the trees of all of them, their margins one after the other;
 *   %NULL where they are not all plain trees
 */
ErrataTrees *
sk_merge_trees(const GPtrArray *bodies, guint n_features)
{
    guint n_groups = 0, width = 1, offset = 0;
    guint64 n_nodes = 0;
    if (!targets_can_merge(bodies))
        return NULL;
    for (guint i = 0; i < bodies->len; i++) {
        const ErrataTrees *trees = ((const SkBody *)bodies->pdata[i])->trees;
        n_groups += trees->n_groups;
        n_nodes += trees->n_nodes;
        width = MAX(width, trees->leaf_width);
    }
    width = width > 1 ? n_groups : 1;
    if (n_groups > ERRATA_LIMIT_MODEL_OUTPUTS || n_nodes * width > TARGETS_MAX_LEAF_NUMBERS)
        return NULL;
    const ErrataTrees *model = ((const SkBody *)bodies->pdata[0])->trees;
    g_autoptr(ErrataTreesBuilder) builder =
        errata_trees_builder_new(n_features, n_groups, width, model->cover != NULL);
    for (guint i = 0; i < bodies->len; i++) {
        const ErrataTrees *trees = ((const SkBody *)bodies->pdata[i])->trees;
        for (guint tree = 0; tree < trees->n_trees; tree++)
            if (!targets_copy_tree(trees, tree, offset, width, builder))
                return NULL;
        offset += trees->n_groups;
    }
    ErrataTrees *merged = errata_trees_builder_finish(builder);
    merged->cast_float = model->cast_float;
    merged->link = model->link;
    merged->link_scale = model->link_scale;
    offset = 0;
    for (guint i = 0; i < bodies->len; i++) {
        const ErrataTrees *trees = ((const SkBody *)bodies->pdata[i])->trees;
        memcpy(merged->base + offset, trees->base, trees->n_groups * sizeof(double));
        offset += trees->n_groups;
    }
    return merged;
}
