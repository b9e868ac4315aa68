/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From tokens to a tree, by recursive descent; the grammar stands in filter.h. Chains of `and` and
 * of `or` are one node each, so depth comes from parentheses and `not` alone. */
#include <string.h>

#include "error.h"
#include "filter-private.h"
#include "limit.h"
#include "text.h"

typedef struct {
    GArray *tokens; /* (element-type FilterToken) */
    guint next;
    guint depth;
    guint n_tests;
} FilterParse;

static FilterNode *parse_or(FilterParse *self, GError **error);

static const FilterToken *
parse_peek(const FilterParse *self)
{
    return &g_array_index(self->tokens, FilterToken, self->next);
}

/* the token after the next one */
static const FilterToken *
parse_peek_second(const FilterParse *self)
{
    return &g_array_index(self->tokens, FilterToken, MIN(self->next + 1, self->tokens->len - 1));
}

static const FilterToken *
parse_take(FilterParse *self)
{
    const FilterToken *token = parse_peek(self);

    if (token->kind != FILTER_TOKEN_END)
        self->next++;
    return token;
}

static gboolean
parse_is_keyword(const FilterToken *token, const char *keyword)
{
    return token->kind == FILTER_TOKEN_WORD && g_ascii_strcasecmp(token->text, keyword) == 0;
}

static gboolean
parse_take_keyword(FilterParse *self, const char *keyword)
{
    if (!parse_is_keyword(parse_peek(self), keyword))
        return FALSE;
    self->next++;
    return TRUE;
}

static gboolean
parse_expected(const FilterParse *self, const char *what, GError **error)
{
    const FilterToken *token = parse_peek(self);
    g_autofree char *found = NULL;

    if (token->kind == FILTER_TOKEN_END) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "character %u: expected %s, found the end",
                    token->at,
                    what);
        return FALSE;
    }
    found = errata_text_excerpt(token->text, strlen(token->text), 40);
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "character %u: expected %s, found “%s”",
                token->at,
                what,
                found);
    return FALSE;
}

static gboolean
parse_value(FilterParse *self, FilterNode *test, const char *what, GError **error)
{
    const FilterToken *token = parse_peek(self);

    if (token->kind == FILTER_TOKEN_WORD && errata_filter_scan_is_keyword(token->text)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "character %u: expected %s, found the word %s; a value of that name needs "
                    "quotes: '%s'",
                    token->at,
                    what,
                    token->text,
                    token->text);
        return FALSE;
    }
    if (token->kind != FILTER_TOKEN_WORD && token->kind != FILTER_TOKEN_QUOTED)
        return parse_expected(self, what, error);
    errata_filter_node_add_value(test, token->text, token->kind == FILTER_TOKEN_QUOTED, token->at);
    self->next++;
    return TRUE;
}

static gboolean
parse_list(FilterParse *self, FilterNode *test, GError **error)
{
    if (parse_peek(self)->kind != FILTER_TOKEN_OPEN)
        return parse_expected(self, "( and a list of values after in, e.g. in (a, b)", error);
    self->next++;
    for (;;) {
        if (test->values->len >= ERRATA_LIMIT_FILTER_LIST) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "character %u: a list of more than %d values",
                        parse_peek(self)->at,
                        ERRATA_LIMIT_FILTER_LIST);
            return FALSE;
        }
        if (!parse_value(self, test, "a value of the list", error))
            return FALSE;
        if (parse_peek(self)->kind == FILTER_TOKEN_CLOSE) {
            self->next++;
            return TRUE;
        }
        if (parse_peek(self)->kind != FILTER_TOKEN_COMMA)
            return parse_expected(self,
                                  "a comma or ) in the list (values with spaces need quotes)",
                                  error);
        self->next++;
    }
}

/* `is missing`, or a value as with = */
static gboolean
parse_is(FilterParse *self, FilterNode *test, GError **error)
{
    gboolean negated = parse_take_keyword(self, "not");

    if (parse_take_keyword(self, "missing")) {
        test->op = negated ? FILTER_OP_NOT_MISSING : FILTER_OP_MISSING;
        return TRUE;
    }
    if (parse_take_keyword(self, "in")) {
        test->op = negated ? FILTER_OP_NOT_IN : FILTER_OP_IN;
        return parse_list(self, test, error);
    }
    test->op = negated ? FILTER_OP_NE : FILTER_OP_EQ;
    return parse_value(self, test, "missing or a value after is", error);
}

static gboolean
parse_between(FilterParse *self, FilterNode *test, GError **error)
{
    test->op = FILTER_OP_BETWEEN;
    if (!parse_value(self, test, "the lower end after between", error))
        return FALSE;
    if (!parse_take_keyword(self, "and"))
        return parse_expected(self,
                              "and and the upper end of between, which is itself left out",
                              error);
    return parse_value(self, test, "the upper end of between", error);
}

/* what follows the name */
static gboolean
parse_comparison(FilterParse *self, FilterNode *test, GError **error)
{
    const FilterToken *token = parse_peek(self);
    gboolean negated;

    if (token->kind == FILTER_TOKEN_OP) {
        g_autofree char *what = g_strdup_printf("a value after %s", token->text);

        test->op = token->op;
        self->next++;
        return parse_value(self, test, what, error);
    }
    if (parse_take_keyword(self, "between"))
        return parse_between(self, test, error);
    if (parse_take_keyword(self, "is"))
        return parse_is(self, test, error);
    if (parse_is_keyword(token, "not") && parse_is_keyword(parse_peek_second(self), "between")) {
        self->next++;
        return parse_expected(self, "in or contains after not (not (… between … and …))", error);
    }
    negated = parse_is_keyword(token, "not") &&
              (parse_is_keyword(parse_peek_second(self), "in") ||
               parse_is_keyword(parse_peek_second(self), "contains"));
    self->next += negated ? 1 : 0;
    if (parse_take_keyword(self, "in")) {
        test->op = negated ? FILTER_OP_NOT_IN : FILTER_OP_IN;
        return parse_list(self, test, error);
    }
    if (parse_take_keyword(self, "contains")) {
        test->op = negated ? FILTER_OP_NOT_CONTAINS : FILTER_OP_CONTAINS;
        return parse_value(self, test, "a text after contains", error);
    }
    test->op = FILTER_OP_HOLDS;
    return token->kind == FILTER_TOKEN_END || token->kind == FILTER_TOKEN_CLOSE ||
           parse_is_keyword(token, "and") || parse_is_keyword(token, "or") ||
           parse_expected(self,
                          "a comparison (= != < <= > >= is, between, in, is missing, contains; "
                          "names with spaces need quotes)",
                          error);
}

static FilterNode *
parse_test(FilterParse *self, GError **error)
{
    const FilterToken *token = parse_peek(self);
    g_autoptr(FilterNode) test = NULL;

    if (token->kind == FILTER_TOKEN_WORD && errata_filter_scan_is_keyword(token->text)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "character %u: expected the name of a column, found the word %s; a column of "
                    "that name needs quotes: \"%s\"",
                    token->at,
                    token->text,
                    token->text);
        return NULL;
    }
    if ((token->kind != FILTER_TOKEN_WORD && token->kind != FILTER_TOKEN_QUOTED) ||
        token->text[0] == '\0') {
        parse_expected(self, "the name of a column", error);
        return NULL;
    }
    if (++self->n_tests > ERRATA_LIMIT_FILTER_TESTS) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "character %u: more than %d comparisons",
                    token->at,
                    ERRATA_LIMIT_FILTER_TESTS);
        return NULL;
    }
    test = errata_filter_node_new(FILTER_TEST, token->at);
    test->name = g_strdup(token->text);
    test->quoted = token->kind == FILTER_TOKEN_QUOTED;
    self->next++;
    return parse_comparison(self, test, error) ? g_steal_pointer(&test) : NULL;
}

/* what went wrong behind a condition, most likely */
static gboolean
parse_expected_behind(const FilterParse *self, const char *what, GError **error)
{
    gboolean comma = parse_peek(self)->kind == FILTER_TOKEN_COMMA;
    g_autofree char *expected = g_strdup_printf(
        "%s (%s)",
        what,
        comma ? "numbers have a point and no comma; lists stand in parentheses after in"
              : "values with spaces need quotes");

    return parse_expected(self, expected, error);
}

static FilterNode *
parse_inside(FilterParse *self, GError **error)
{
    g_autoptr(FilterNode) node = parse_or(self, error);

    if (node == NULL)
        return NULL;
    if (parse_peek(self)->kind != FILTER_TOKEN_CLOSE) {
        parse_expected_behind(self, "and, or or )", error);
        return NULL;
    }
    self->next++;
    return g_steal_pointer(&node);
}

static FilterNode *
parse_not(FilterParse *self, GError **error)
{
    const FilterToken *token = parse_peek(self);
    gboolean negated = parse_is_keyword(token, "not");
    FilterNode *inner;
    FilterNode *node;

    if (!negated && token->kind != FILTER_TOKEN_OPEN)
        return parse_test(self, error);
    if (self->depth >= ERRATA_LIMIT_FILTER_DEPTH) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "character %u: more than %d parentheses or nots within one another",
                    token->at,
                    ERRATA_LIMIT_FILTER_DEPTH);
        return NULL;
    }
    self->depth++;
    parse_take(self);
    inner = negated ? parse_not(self, error) : parse_inside(self, error);
    self->depth--;
    if (inner == NULL || !negated)
        return inner;
    node = errata_filter_node_new(FILTER_NOT, token->at);
    g_ptr_array_add(node->children, inner);
    return node;
}

/* puts @child under @node, the children of one of the same kind instead of itself */
static void
parse_adopt(FilterNode *node, FilterNode *child)
{
    if (child->kind != node->kind) {
        g_ptr_array_add(node->children, child);
        return;
    }
    g_ptr_array_extend_and_steal(node->children, g_steal_pointer(&child->children));
    errata_filter_node_free(child);
}

/* @part joined by @keyword */
static FilterNode *
parse_chain(FilterParse *self,
            FilterKind kind,
            const char *keyword,
            FilterNode *(*part)(FilterParse *self, GError **error),
            GError **error)
{
    g_autoptr(FilterNode) first = part(self, error);
    g_autoptr(FilterNode) node = NULL;

    if (first == NULL || !parse_is_keyword(parse_peek(self), keyword))
        return g_steal_pointer(&first);
    node = errata_filter_node_new(kind, first->at);
    parse_adopt(node, g_steal_pointer(&first));
    while (parse_take_keyword(self, keyword)) {
        FilterNode *next = part(self, error);

        if (next == NULL)
            return NULL;
        parse_adopt(node, next);
    }
    return g_steal_pointer(&node);
}

static FilterNode *
parse_and(FilterParse *self, GError **error)
{
    return parse_chain(self, FILTER_AND, "and", parse_not, error);
}

static FilterNode *
parse_or(FilterParse *self, GError **error)
{
    return parse_chain(self, FILTER_OR, "or", parse_and, error);
}

/**
 * errata_filter_parse:
 * @text: a filter; its grammar is described at #ErrataFilter
 * @error: return location for a #GError
 *
 * Reads a filter without looking at any log: columns and types are settled by errata_filter_bind().
 * Linear in the length of @text.
 *
 * Errors: %ERRATA_ERROR_USAGE with the character (from 1), what was expected and what was found;
 * %ERRATA_ERROR_LIMIT when it is too long, too deep, or a list has too many values.
 *
 * Returns: (transfer full): the filter, or %NULL with @error set
 */
ErrataFilter *
errata_filter_parse(const char *text, GError **error)
{
    g_autoptr(GArray) tokens = errata_filter_scan(text, error);
    FilterParse parse = {tokens, 0, 0, 0};
    g_autoptr(FilterNode) root = NULL;
    ErrataFilter *self;

    if (tokens == NULL)
        return NULL;
    root = parse_or(&parse, error);
    if (root == NULL)
        return NULL;
    if (parse_peek(&parse)->kind != FILTER_TOKEN_END) {
        parse_expected_behind(&parse, "and, or or the end", error);
        return NULL;
    }
    self = g_new0(ErrataFilter, 1);
    self->root = g_steal_pointer(&root);
    return self;
}
