/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the predicates of slices to filters. */
#include "filter-private.h"
#include "number.h"

static const struct {
    ErrataOp op;
    FilterOp filter_op;
} predicates_ops[] = {
    {ERRATA_OP_EQ, FILTER_OP_EQ},
    {ERRATA_OP_IN, FILTER_OP_IN},
    {ERRATA_OP_NOT_IN, FILTER_OP_NOT_IN},
    {ERRATA_OP_LT, FILTER_OP_LT},
    {ERRATA_OP_LE, FILTER_OP_LE},
    {ERRATA_OP_GT, FILTER_OP_GT},
    {ERRATA_OP_GE, FILTER_OP_GE},
    {ERRATA_OP_BETWEEN, FILTER_OP_BETWEEN},
    {ERRATA_OP_IS_MISSING, FILTER_OP_MISSING},
    {ERRATA_OP_CONTAINS, FILTER_OP_CONTAINS},
};

static FilterNode *
predicates_test(const ErrataPredicate *predicate)
{
    FilterNode *test = errata_filter_node_new(FILTER_TEST, 1);
    char buffer[ERRATA_NUMBER_BUFFER];

    for (guint i = 0; i < G_N_ELEMENTS(predicates_ops); i++)
        if (predicates_ops[i].op == predicate->op)
            test->op = predicates_ops[i].filter_op;
    test->name = g_strdup(predicate->column);
    test->quoted = predicate->column[0] == '@';
    if (predicate->op == ERRATA_OP_IS_MISSING)
        return test;
    for (char **value = predicate->values; value != NULL && *value != NULL; value++)
        errata_filter_node_add_value(test, *value, TRUE, 1);
    if (predicate->values == NULL)
        errata_filter_node_add_value(test,
                                     errata_number_print(predicate->number, buffer),
                                     FALSE,
                                     1);
    if (predicate->op == ERRATA_OP_BETWEEN)
        errata_filter_node_add_value(test, errata_number_print(predicate->upper, buffer), FALSE, 1);
    return test;
}

/**
 * errata_filter_predicates_join:
 * @predicates: (element-type ErrataPredicate): of a slice, at least one
 *
 * Returns: (transfer full): the filter for which all of them hold, not bound yet
 */
ErrataFilter *
errata_filter_predicates_join(const GPtrArray *predicates)
{
    ErrataFilter *self = g_new0(ErrataFilter, 1);

    g_return_val_if_fail(predicates->len > 0, self);
    if (predicates->len == 1) {
        self->root = predicates_test(g_ptr_array_index(predicates, 0));
        return self;
    }
    self->root = errata_filter_node_new(FILTER_AND, 1);
    for (guint i = 0; i < predicates->len; i++)
        g_ptr_array_add(self->root->children, predicates_test(g_ptr_array_index(predicates, i)));
    return self;
}
