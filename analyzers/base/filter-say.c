/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A filter as a sentence says it: “city is Kiel and the prediction is wrong”. */
#include <string.h>

#include "filter-private.h"

static void say_node(GString *text, const FilterNode *node, gboolean numbers);

/* “the label”, “age”, “the hour of ts” */
static void
say_name(GString *text, const FilterNode *test)
{
    gboolean hour = test->source == FILTER_SOURCE_HOUR;
    gboolean weekday = test->source == FILTER_SOURCE_WEEKDAY;
    gboolean outcome = test->source != FILTER_SOURCE_COLUMN && !hour && !weekday;
    gsize n = strlen(test->name);

    if (hour || weekday) {
        n -= strlen(hour ? " hour" : " weekday");
        g_string_append_printf(text, "the %s of %.*s", test->name + n + 1, (int)n, test->name);
        return;
    }
    g_string_append_printf(text,
                           "%s%s",
                           outcome ? "the " : "",
                           test->name + (outcome && test->name[0] == '@' ? 1 : 0));
}

/* “a, b or c” */
static void
say_values(GString *text, const FilterNode *test, const char *last)
{
    for (guint i = 0; i < test->values->len; i++) {
        const FilterValue *value = g_ptr_array_index(test->values, i);

        g_string_append_printf(text,
                               "%s%s",
                               i == 0                       ? ""
                               : i + 1 == test->values->len ? last
                                                            : ", ",
                               value->text);
    }
}

/* “ts falls on a Saturday or Sunday”; FALSE: it says something else of the weekday */
static gboolean
say_falls(GString *text, const FilterNode *test)
{
    gboolean is = test->op == FILTER_OP_EQ || test->op == FILTER_OP_IN;

    if (!is && test->op != FILTER_OP_NE && test->op != FILTER_OP_NOT_IN)
        return FALSE;
    g_string_append_printf(text,
                           "%.*s %s on a ",
                           (int)(strlen(test->name) - strlen(" weekday")),
                           test->name,
                           is ? "falls" : "does not fall");
    say_values(text, test, " or ");
    return TRUE;
}

static const char *
say_verb(FilterOp op, gboolean time)
{
    if (time && op == FILTER_OP_GE)
        return "is not before ";
    if (time && op == FILTER_OP_LE)
        return "is not after ";
    switch (op) {
    case FILTER_OP_EQ:
    case FILTER_OP_IN:
        return "is ";
    case FILTER_OP_NE:
    case FILTER_OP_NOT_IN:
        return "is not ";
    case FILTER_OP_LT:
        return time ? "is before " : "is under ";
    case FILTER_OP_LE:
        return "is at most ";
    case FILTER_OP_GT:
        return time ? "is after " : "is over ";
    case FILTER_OP_GE:
        return "is at least ";
    case FILTER_OP_BETWEEN:
        return "is from ";
    case FILTER_OP_MISSING:
        return "is missing";
    case FILTER_OP_NOT_MISSING:
        return "is not missing";
    case FILTER_OP_CONTAINS:
        return "contains ";
    case FILTER_OP_NOT_CONTAINS:
        return "does not contain ";
    case FILTER_OP_HOLDS:
        break;
    }
    return "holds";
}

static void
say_test(GString *text, const FilterNode *test, gboolean numbers)
{
    gboolean time = test->bound && test->type == FILTER_TYPE_TIME;
    gboolean quotes = test->op == FILTER_OP_CONTAINS || test->op == FILTER_OP_NOT_CONTAINS;

    if (test->op == FILTER_OP_HOLDS && test->source == FILTER_SOURCE_ERROR) {
        g_string_append(text,
                        numbers ? "the prediction is of the worst tenth"
                                : "the prediction is wrong");
        return;
    }
    if (test->op == FILTER_OP_HOLDS && test->source == FILTER_SOURCE_CORRECT) {
        g_string_append(text,
                        numbers ? "the prediction is not of the worst tenth"
                                : "the prediction is right");
        return;
    }
    if (test->source == FILTER_SOURCE_WEEKDAY && say_falls(text, test))
        return;
    say_name(text, test);
    g_string_append_printf(text, " %s%s", say_verb(test->op, time), quotes ? "“" : "");
    say_values(text,
               test,
               test->op != FILTER_OP_BETWEEN ? " or "
               : time                        ? " to before "
                                             : " to under ");
    g_string_append(text, quotes ? "”" : "");
}

/* lists within lists stand in parentheses */
static void
say_list(GString *text, const FilterNode *node, gboolean numbers)
{
    for (guint i = 0; i < node->children->len; i++) {
        const FilterNode *child = g_ptr_array_index(node->children, i);
        gboolean inside = child->kind == FILTER_AND || child->kind == FILTER_OR;

        g_string_append(text, i == 0 ? "" : node->kind == FILTER_AND ? " and " : " or ");
        g_string_append(text, inside ? "(" : "");
        say_node(text, child, numbers);
        g_string_append(text, inside ? ")" : "");
    }
}

static void
say_node(GString *text, const FilterNode *node, gboolean numbers)
{
    if (node->kind == FILTER_TEST) {
        say_test(text, node, numbers);
    } else if (node->kind == FILTER_NOT) {
        g_string_append(text, "it is not so that ");
        say_node(text, g_ptr_array_index(node->children, 0), numbers);
    } else {
        say_list(text, node, numbers);
    }
}

/**
 * errata_filter_say:
 * @self: a filter that is bound: what a name means is known then
 * @numbers: predictions are numbers: none is wrong or right, but a tenth of them is farthest off
 *
 * Returns: (transfer full): its conditions in words, for answers; what errata_filter_print() gives
 * is
 *   what is parsed
 */
char *
errata_filter_say(const ErrataFilter *self, gboolean numbers)
{
    GString *text = g_string_new(NULL);

    say_node(text, self->root, numbers);
    return g_string_free(text, FALSE);
}
