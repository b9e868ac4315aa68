/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A filter as a tree, and its canonical text: words bare where they can be, names else in ", values
 * else in ', parentheses only where they are needed. Parsing what was printed gives the same
 * text. */
#include "filter.h"

#include <math.h>
#include <string.h>

#include "filter-private.h"
#include "number.h"
#include "text.h"
#include "zone.h"

#define FILTER_SECOND_NS     G_GINT64_CONSTANT(1000000000)
#define FILTER_VALUES_TOLD   12 /* of a column, in a message */
#define FILTER_VALUE_LONGEST 30 /* characters of one */

static void
filter_value_free(gpointer data)
{
    FilterValue *value = data;

    g_free(value->text);
    g_free(value);
}

FilterNode *
errata_filter_node_new(FilterKind kind, guint at)
{
    FilterNode *self = g_new0(FilterNode, 1);

    self->kind = kind;
    self->at = at;
    self->children = g_ptr_array_new_with_free_func((GDestroyNotify)errata_filter_node_free);
    self->values = g_ptr_array_new_with_free_func(filter_value_free);
    self->ranges = g_array_new(FALSE, TRUE, sizeof(FilterRange));
    return self;
}

void
errata_filter_node_free(FilterNode *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->children, g_ptr_array_unref);
    g_ptr_array_unref(self->values);
    g_array_unref(self->ranges);
    g_free(self->name);
    g_free(self);
}

void
errata_filter_node_add_value(FilterNode *self, const char *text, gboolean quoted, guint at)
{
    FilterValue *value = g_new0(FilterValue, 1);

    value->text = g_strdup(text);
    value->quoted = quoted;
    value->at = at;
    g_ptr_array_add(self->values, value);
}

void
errata_filter_free(ErrataFilter *self)
{
    if (self == NULL)
        return;
    errata_filter_node_free(self->root);
    g_free(self);
}

/* Returns: how the operator is written, for messages too */
const char *
errata_filter_op_nick(FilterOp op)
{
    static const char *const nicks[] = {"=",
                                        "!=",
                                        "<",
                                        "<=",
                                        ">",
                                        ">=",
                                        "between",
                                        "in",
                                        "not in",
                                        "is missing",
                                        "is not missing",
                                        "contains",
                                        "not contains",
                                        ""};

    return nicks[op];
}

static void
filter_print_quoted(GString *text, const char *word, char quote)
{
    g_string_append_c(text, quote);
    for (const char *p = word; *p != '\0'; p++) {
        if (*p == quote)
            g_string_append_c(text, quote);
        g_string_append_c(text, *p);
    }
    g_string_append_c(text, quote);
}

static void
filter_print_word(GString *text, const char *word, gboolean quoted, char quote)
{
    if (!quoted && errata_filter_scan_is_word(word) && !errata_filter_scan_is_keyword(word))
        g_string_append(text, word);
    else
        filter_print_quoted(text, word, quote);
}

static void
filter_print_test(GString *text, const FilterNode *test)
{
    gboolean list = test->op == FILTER_OP_IN || test->op == FILTER_OP_NOT_IN;

    filter_print_word(text, test->name, test->quoted, '"');
    if (test->op != FILTER_OP_HOLDS)
        g_string_append_printf(text, " %s", errata_filter_op_nick(test->op));
    for (guint i = 0; i < test->values->len; i++) {
        const FilterValue *value = g_ptr_array_index(test->values, i);

        if (i > 0)
            g_string_append(text, list ? ", " : " and ");
        else
            g_string_append(text, list ? " (" : " ");
        filter_print_word(text, value->text, test->bound && value->quoted, '\'');
    }
    if (list)
        g_string_append_c(text, ')');
}

static void
filter_print_node(GString *text, const FilterNode *node)
{
    if (node->kind == FILTER_TEST) {
        filter_print_test(text, node);
        return;
    }
    if (node->kind == FILTER_NOT)
        g_string_append(text, "not ");
    for (guint i = 0; i < node->children->len; i++) {
        const FilterNode *child = g_ptr_array_index(node->children, i);
        gboolean inside = node->kind == FILTER_NOT ||
                          (node->kind == FILTER_AND && child->kind == FILTER_OR);

        if (i > 0)
            g_string_append(text, node->kind == FILTER_AND ? " and " : " or ");
        if (inside)
            g_string_append_c(text, '(');
        filter_print_node(text, child);
        if (inside)
            g_string_append_c(text, ')');
    }
}

/**
 * errata_filter_print:
 * @self: a filter
 *
 * A bound filter is printed with the names of the columns as the log has them and with numbers and
 * instants in their shortest form.
 *
 * Returns: (transfer full): the canonical text, which is parsed back to the same filter
 */
char *
errata_filter_print(const ErrataFilter *self)
{
    GString *text = g_string_new(NULL);

    filter_print_node(text, self->root);
    return g_string_free(text, FALSE);
}

/* a test for values that the column does not hold; NULL: there is none below @node */
static const FilterNode *
filter_find_absent(const FilterNode *node, const ErrataFrame *frame)
{
    const ErrataColumn *column;

    for (guint i = 0; node->kind != FILTER_TEST && i < node->children->len; i++) {
        const FilterNode *found = filter_find_absent(g_ptr_array_index(node->children, i), frame);

        if (found != NULL)
            return found;
    }
    if (node->kind != FILTER_TEST || !node->bound || node->source != FILTER_SOURCE_COLUMN ||
        (node->op != FILTER_OP_EQ && node->op != FILTER_OP_IN))
        return NULL;
    column = frame->columns[node->column];
    if (column->type != ERRATA_COLUMN_CATEGORY)
        return NULL;
    for (guint i = 0; i < node->values->len; i++) {
        const FilterValue *value = g_ptr_array_index(node->values, i);

        for (guint k = 0; k < column->n_dictionary; k++)
            if (strcmp(column->dictionary[k], value->text) == 0)
                return NULL;
    }
    return node;
}

/* a time of the log to the second, of which a double is sure */
static char *
filter_print_end(gboolean time, double value, char buffer[ERRATA_NUMBER_BUFFER])
{
    return time ? errata_zone_print((gint64)value / FILTER_SECOND_NS * FILTER_SECOND_NS, buffer)
                : errata_number_print(value, buffer);
}

/* from where to where a column of numbers or times reaches, where a test asks for what lies
 * beyond */
static char *
filter_reach(const FilterNode *test, const ErrataFrame *frame)
{
    const ErrataColumn *column = frame->columns[test->column];
    gboolean time = test->type == FILTER_TYPE_TIME, whole = test->type != FILTER_TYPE_NUMBER;
    double lo = (double)INFINITY, hi = -(double)INFINITY;
    char from[ERRATA_NUMBER_BUFFER], to[ERRATA_NUMBER_BUFFER];

    for (gsize row = 0; row < column->n_rows; row++) {
        double value = errata_column_number(column, row);

        lo = value < lo ? value : lo; /* neither where it is missing */
        hi = value > hi ? value : hi;
    }
    for (guint i = 0; i < test->ranges->len; i++) {
        const FilterRange *range = &g_array_index(test->ranges, FilterRange, i);

        if (whole ? (double)range->integer.lo <= hi && (double)range->integer.hi >= lo
                  : range->number.lo <= hi && range->number.hi >= lo)
            return NULL;
    }
    if (!(lo <= hi))
        return NULL;
    return g_strdup_printf("%s reaches from %s to %s%s",
                           test->name,
                           filter_print_end(time, lo, from),
                           filter_print_end(time, hi, to),
                           !whole && lo >= 0.0 && hi <= 1.0 ? " (0.5 is 50%)" : "");
}

static char *
filter_find_reach(const FilterNode *node, const ErrataFrame *frame)
{
    char *found = NULL;

    for (guint i = 0; found == NULL && i < node->children->len; i++)
        found = filter_find_reach(g_ptr_array_index(node->children, i), frame);
    if (node->kind != FILTER_TEST || !node->bound || node->source != FILTER_SOURCE_COLUMN ||
        (node->type != FILTER_TYPE_NUMBER && node->type != FILTER_TYPE_INTEGER &&
         node->type != FILTER_TYPE_TIME) ||
        node->op == FILTER_OP_MISSING || node->op == FILTER_OP_NOT_MISSING ||
        node->op == FILTER_OP_NE || node->op == FILTER_OP_NOT_IN)
        return found;
    return filter_reach(node, frame);
}

/**
 * errata_filter_other_values:
 * @self: a filter that is bound to @frame
 * @frame: the log
 *
 * For a message where no row meets the filter: the values that a column holds, or from where to
 * where it reaches, where the filter asks for none of them.
 *
 * Returns: (transfer full) (nullable): “country holds DE, FR and 3 more”, “age reaches from 18 to
 * 90”
 */
char *
errata_filter_other_values(const ErrataFilter *self, const ErrataFrame *frame)
{
    const FilterNode *test = filter_find_absent(self->root, frame);
    const ErrataColumn *column = test != NULL ? frame->columns[test->column] : NULL;
    GString *text;

    if (column == NULL)
        return filter_find_reach(self->root, frame);
    text = g_string_new(column->name);
    for (guint k = 0; k < MIN(column->n_dictionary, FILTER_VALUES_TOLD); k++) {
        g_autofree char *value = errata_text_excerpt(column->dictionary[k],
                                                     strlen(column->dictionary[k]),
                                                     FILTER_VALUE_LONGEST);

        g_string_append_printf(text, "%s%s", k == 0 ? " holds " : ", ", value);
    }
    if (column->n_dictionary > FILTER_VALUES_TOLD)
        g_string_append_printf(text, " and %u more", column->n_dictionary - FILTER_VALUES_TOLD);
    return g_string_free(text, FALSE);
}
