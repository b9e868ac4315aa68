/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settles what the names of a filter mean in a log, and whether each comparison suits its
 * column. */
#include <math.h>
#include <string.h>

#include "error.h"
#include "filter-private.h"
#include "number.h"
#include "schema-name.h"
#include "text.h"

static const struct {
    const char *name;
    FilterSource source;
    FilterType type;
} bind_pseudo[] = {
    {"error", FILTER_SOURCE_ERROR, FILTER_TYPE_BOOL},
    {"correct", FILTER_SOURCE_CORRECT, FILTER_TYPE_BOOL},
    {"label", FILTER_SOURCE_LABEL, FILTER_TYPE_CLASS},
    {"prediction", FILTER_SOURCE_PREDICTION, FILTER_TYPE_CLASS},
    {"score", FILTER_SOURCE_SCORE, FILTER_TYPE_NUMBER},
    {"confidence", FILTER_SOURCE_CONFIDENCE, FILTER_TYPE_NUMBER},
    {"loss", FILTER_SOURCE_LOSS, FILTER_TYPE_NUMBER},
    {"row", FILTER_SOURCE_ROW, FILTER_TYPE_INTEGER},
};

static FilterType
bind_column_type(const ErrataColumn *column)
{
    switch (column->type) {
    case ERRATA_COLUMN_F64:
        return FILTER_TYPE_NUMBER;
    case ERRATA_COLUMN_I64:
        return FILTER_TYPE_INTEGER;
    case ERRATA_COLUMN_TIME:
        return FILTER_TYPE_TIME;
    case ERRATA_COLUMN_BOOL:
        return FILTER_TYPE_BOOL;
    case ERRATA_COLUMN_CATEGORY:
    case ERRATA_COLUMN_TEXT:
        break;
    }
    return FILTER_TYPE_TEXT;
}

/* without case, and one way of writing an accent */
static char *
bind_fold(const char *name)
{
    g_autofree char *whole = g_utf8_normalize(name, -1, G_NORMALIZE_NFC);

    return g_utf8_casefold(whole != NULL ? whole : name, -1);
}

/* the one column whose name differs in case or in how accents are written only, or NULL */
static const ErrataColumn *
bind_find_folded(const ErrataFrame *frame, const char *name, guint *ret_column)
{
    g_autofree char *folded = bind_fold(name);
    const ErrataColumn *found = NULL;

    for (guint i = 0; i < frame->n_columns; i++) {
        g_autofree char *other = bind_fold(frame->columns[i]->name);

        if (strcmp(folded, other) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = frame->columns[i];
        *ret_column = i;
    }
    return found;
}

/* `"ts hour"` and `"ts weekday"` of a column of time called ts */
static gboolean
bind_derived(FilterNode *test, const ErrataFrame *frame)
{
    static const struct {
        const char *suffix;
        FilterSource source;
        FilterType type;
    } derived[] = {{" hour", FILTER_SOURCE_HOUR, FILTER_TYPE_INTEGER},
                   {" weekday", FILTER_SOURCE_WEEKDAY, FILTER_TYPE_WEEKDAY}};

    for (guint i = 0; i < G_N_ELEMENTS(derived); i++) {
        g_autofree char *stem = NULL;
        const ErrataColumn *column;

        if (!g_str_has_suffix(test->name, derived[i].suffix))
            continue;
        stem = g_strndup(test->name, strlen(test->name) - strlen(derived[i].suffix));
        column = errata_frame_find(frame, stem, &test->column);
        if (column == NULL || column->type != ERRATA_COLUMN_TIME)
            continue;
        test->source = derived[i].source;
        test->type = derived[i].type;
        return TRUE;
    }
    return FALSE;
}

static gboolean
bind_pseudo_name(FilterNode *test, const ErrataSchema *schema)
{
    const char *name = test->name + (test->name[0] == '@');

    for (guint i = 0; !test->quoted && i < G_N_ELEMENTS(bind_pseudo); i++) {
        if (g_ascii_strcasecmp(name, bind_pseudo[i].name) != 0)
            continue;
        test->source = bind_pseudo[i].source;
        test->type = bind_pseudo[i].type;
        if (test->type == FILTER_TYPE_CLASS && schema->task == ERRATA_TASK_REGRESSION)
            test->type = FILTER_TYPE_NUMBER;
        return TRUE;
    }
    return FALSE;
}

static gboolean
bind_unknown(const FilterNode *test, const ErrataFrame *frame, GError **error)
{
    g_autofree char *names = errata_schema_nearest(frame, test->name);
    g_autofree char *name = errata_text_excerpt(test->name, strlen(test->name), 60);
    const char *nearest = NULL;
    guint least = 2 + (guint)g_utf8_strlen(test->name, -1) / 5; /* further off is another name */

    for (guint i = 0; i < frame->n_columns; i++) {
        guint distance = errata_schema_name_distance(test->name, frame->columns[i]->name);

        if (distance < least) {
            least = distance;
            nearest = frame->columns[i]->name;
        }
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "character %u: there is no column “%s”%s%s%s; the columns are %s",
                test->at,
                name,
                nearest != NULL ? "; did you mean “" : "",
                nearest != NULL ? nearest : "",
                nearest != NULL ? "”?" : "",
                names);
    return FALSE;
}

static gboolean
bind_name(FilterNode *test, const ErrataFrame *frame, const ErrataSchema *schema, GError **error)
{
    gboolean marked = !test->quoted && test->name[0] == '@';
    const ErrataColumn *column = NULL;

    if (!marked)
        column = errata_frame_find(frame, test->name, &test->column);
    if (column == NULL && (bind_pseudo_name(test, schema) || bind_derived(test, frame)))
        return TRUE;
    if (column == NULL)
        column = bind_find_folded(frame, test->name, &test->column);
    if (column == NULL)
        return bind_unknown(test, frame, error);
    test->source = FILTER_SOURCE_COLUMN;
    test->type = bind_column_type(column);
    g_free(test->name);
    test->name = g_strdup(column->name);
    /* a bare @name is never a column */
    test->quoted = test->quoted && test->name[0] == '@';
    return TRUE;
}

static gboolean
bind_refuse(const FilterNode *test, const char *why, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_USAGE,
                "character %u: %s %s",
                test->at,
                test->name,
                why);
    return FALSE;
}

static gboolean
bind_check_op(const FilterNode *test, GError **error)
{
    gboolean ordered = test->type == FILTER_TYPE_NUMBER || test->type == FILTER_TYPE_INTEGER ||
                       test->type == FILTER_TYPE_TIME;

    switch (test->op) {
    case FILTER_OP_LT:
    case FILTER_OP_LE:
    case FILTER_OP_GT:
    case FILTER_OP_GE:
    case FILTER_OP_BETWEEN:
        return ordered ||
               bind_refuse(test,
                           "holds no numbers or times, which < <= > >= and between compare; "
                           "use = or in",
                           error);
    case FILTER_OP_CONTAINS:
    case FILTER_OP_NOT_CONTAINS:
        return test->type == FILTER_TYPE_TEXT ||
               bind_refuse(test, "holds no text, which contains looks into; use =", error);
    case FILTER_OP_HOLDS:
        return test->type == FILTER_TYPE_BOOL ||
               bind_refuse(test,
                           "is not true or false by itself: expected a comparison behind it "
                           "(= != < <= > >= is, between, in, is missing, contains)",
                           error);
    case FILTER_OP_EQ:
    case FILTER_OP_NE:
    case FILTER_OP_IN:
    case FILTER_OP_NOT_IN:
    case FILTER_OP_MISSING:
    case FILTER_OP_NOT_MISSING:
        break;
    }
    return TRUE;
}

static gboolean
bind_is_number(const char *text)
{
    double number;
    gint64 ns;

    return errata_number_parse_double(text, strlen(text), &number) ||
           errata_number_parse_time(text, strlen(text), &ns);
}

/* whether @text is a value that cells of the test may have */
static gboolean
bind_has_value(const FilterNode *test,
               const ErrataFrame *frame,
               const ErrataSchema *schema,
               const char *text)
{
    const ErrataColumn *column = test->source == FILTER_SOURCE_COLUMN ? frame->columns[test->column]
                                                                      : NULL;

    if (test->type == FILTER_TYPE_CLASS && errata_schema_class(schema, text) >= 0)
        return TRUE;
    if (column == NULL || column->type != ERRATA_COLUMN_CATEGORY)
        return FALSE;
    for (guint i = 0; i < column->n_dictionary; i++)
        if (strcmp(column->dictionary[i], text) == 0)
            return TRUE;
    return FALSE;
}

/* the way in which the column's cells write the accents of a value, where none writes it as given
 * and one kind does */
static void
bind_take_accents(const ErrataColumn *column, FilterValue *value)
{
    g_autofree char *whole = g_utf8_normalize(value->text, -1, G_NORMALIZE_NFC);
    const char *found = NULL;

    for (guint i = 0; i < column->n_dictionary && whole != NULL; i++) {
        g_autofree char *other = g_utf8_normalize(column->dictionary[i], -1, G_NORMALIZE_NFC);

        if (strcmp(column->dictionary[i], value->text) == 0 ||
            (g_strcmp0(other, whole) == 0 && found != NULL))
            return;
        if (g_strcmp0(other, whole) == 0)
            found = column->dictionary[i];
    }
    if (found == NULL)
        return;
    g_free(value->text);
    value->text = g_strdup(found);
}

/* 50% is 0.5 where shares are meant; where the column goes beyond 1 it may as well be 50 */
static gboolean
bind_check_percent(const FilterNode *test, const ErrataFrame *frame, GError **error)
{
    const ErrataColumn *column = test->source == FILTER_SOURCE_COLUMN ? frame->columns[test->column]
                                                                      : NULL;

    for (guint i = 0; i < test->values->len; i++) {
        const FilterValue *value = g_ptr_array_index(test->values, i);

        if (column == NULL || !errata_column_is_numeric(column) ||
            !g_str_has_suffix(value->text, "%"))
            continue;
        for (gsize row = 0; row < column->n_rows; row++)
            if (fabs(errata_column_number(column, row)) > 1.0) {
                g_set_error(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_USAGE,
                            "character %u: %s goes beyond 1, so that %s may mean two things: "
                            "write the number as the log has it",
                            value->at,
                            test->name,
                            value->text);
                return FALSE;
            }
    }
    return TRUE;
}

/* `prediction != truth` asks for what comparisons do not do; taken for a text it would hold
 * everywhere */
static gboolean
bind_check_values(FilterNode *test,
                  const ErrataFrame *frame,
                  const ErrataSchema *schema,
                  GError **error)
{
    gboolean contains = test->op == FILTER_OP_CONTAINS || test->op == FILTER_OP_NOT_CONTAINS;
    const ErrataColumn *column = test->source == FILTER_SOURCE_COLUMN ? frame->columns[test->column]
                                                                      : NULL;

    for (guint i = 0; i < test->values->len; i++) {
        FilterValue *value = g_ptr_array_index(test->values, i);
        const char *text = value->text;
        const char *bare = text + (text[0] == '@');
        gboolean names = errata_frame_find(frame, text, NULL) != NULL ||
                         g_ascii_strcasecmp(bare, "label") == 0 ||
                         g_ascii_strcasecmp(bare, "prediction") == 0;

        if (!contains && column != NULL && column->type == ERRATA_COLUMN_CATEGORY &&
            !g_str_is_ascii(text)) {
            bind_take_accents(column, value);
            text = value->text;
        }
        if (!names || contains || bind_is_number(text) ||
            bind_has_value(test, frame, schema, text)) {
            value->quoted = FALSE;
            continue;
        }
        if (value->quoted)
            continue;
        g_set_error(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_USAGE,
            "character %u: %s is a column, and columns are compared with values only; quote "
            "it to mean the text ('%s'). Rows whose label and prediction differ are those "
            "for which error holds",
            value->at,
            text,
            text);
        return FALSE;
    }
    return TRUE;
}

/* whether cells with the word in them read as missing in the test's column */
static gboolean
bind_reads_as_missing(const FilterNode *test,
                      const ErrataFrame *frame,
                      const ErrataSchema *schema,
                      const char *word)
{
    const ErrataColumn *column = test->source == FILTER_SOURCE_COLUMN ? frame->columns[test->column]
                                                                      : NULL;

    for (guint i = 0;
         column != NULL && column->missing_words != NULL && column->missing_words[i] != NULL;
         i++)
        if (g_ascii_strcasecmp(column->missing_words[i], word) == 0)
            return !bind_has_value(test, frame, schema, word);
    return FALSE;
}

/* `plan = none`, where none reads as missing, asks whether it is missing; `plan in (none, full)`
 * asks for either */
static void
bind_take_missing(FilterNode *test, const ErrataFrame *frame, const ErrataSchema *schema)
{
    gboolean negated = test->op == FILTER_OP_NE || test->op == FILTER_OP_NOT_IN;
    FilterNode *missing, *rest;
    GPtrArray *values;
    guint n = test->values->len;

    if (!negated && test->op != FILTER_OP_EQ && test->op != FILTER_OP_IN)
        return;
    for (guint i = test->values->len; i-- > 0;)
        if (bind_reads_as_missing(test,
                                  frame,
                                  schema,
                                  ((const FilterValue *)g_ptr_array_index(test->values, i))->text))
            g_ptr_array_remove_index(test->values, i);
    if (test->values->len == n)
        return;
    if (test->values->len == 0) {
        test->op = negated ? FILTER_OP_NOT_MISSING : FILTER_OP_MISSING;
        return;
    }
    rest = errata_filter_node_new(FILTER_TEST, test->at);
    rest->op = test->op;
    rest->quoted = test->quoted;
    rest->name = g_strdup(test->name);
    values = rest->values;
    rest->values = test->values;
    test->values = values;
    missing = errata_filter_node_new(FILTER_TEST, test->at);
    missing->op = negated ? FILTER_OP_NOT_MISSING : FILTER_OP_MISSING;
    missing->quoted = test->quoted;
    missing->name = g_steal_pointer(&test->name);
    test->kind = negated ? FILTER_AND : FILTER_OR;
    g_ptr_array_add(test->children, rest);
    g_ptr_array_add(test->children, missing);
}

static gboolean
bind_node(FilterNode *node, const ErrataFrame *frame, const ErrataSchema *schema, GError **error)
{
    for (guint i = 0; i < node->children->len; i++)
        if (!bind_node(g_ptr_array_index(node->children, i), frame, schema, error))
            return FALSE;
    if (node->kind != FILTER_TEST)
        return TRUE;
    node->bound = FALSE;
    g_array_set_size(node->ranges, 0);
    if (!bind_name(node, frame, schema, error) || !bind_check_op(node, error))
        return FALSE;
    bind_take_missing(node, frame, schema);
    if (node->kind != FILTER_TEST)
        return bind_node(node, frame, schema, error);
    if (!bind_check_values(node, frame, schema, error) || !bind_check_percent(node, frame, error) ||
        !errata_filter_value_ranges(node, schema, error))
        return FALSE;
    node->bound = TRUE;
    return TRUE;
}

/**
 * errata_filter_bind:
 * @self: a filter
 * @frame: a log
 * @schema: its roles
 * @error: return location for a #GError
 *
 * Checks names and types against a log; may be called again with another one. Afterwards
 * errata_filter_print() has the log's own names.
 *
 * Errors: %ERRATA_ERROR_USAGE with the character, what was expected and what was found; for an
 * unknown column with the nearest name and the columns there are.
 *
 * Returns: whether the filter fits the log
 */
gboolean
errata_filter_bind(ErrataFilter *self,
                   const ErrataFrame *frame,
                   const ErrataSchema *schema,
                   GError **error)
{
    return bind_node(self->root, frame, schema, error);
}

static void
bind_rename(FilterNode *node, const char *folded, const char *to)
{
    g_autofree char *name = node->name != NULL ? g_utf8_casefold(node->name, -1) : NULL;

    for (guint i = 0; i < node->children->len; i++)
        bind_rename(g_ptr_array_index(node->children, i), folded, to);
    if (name == NULL || strcmp(name, folded) != 0)
        return;
    g_free(node->name);
    node->name = g_strdup(to);
    node->quoted = FALSE;
}

/**
 * errata_filter_rename:
 * @self: a filter that is not bound yet
 * @from: a name, in any case
 * @to: what is meant by it, e.g. `@prediction`
 *
 * Makes a condition on one thing one on another.
 */
void
errata_filter_rename(ErrataFilter *self, const char *from, const char *to)
{
    g_autofree char *folded = g_utf8_casefold(from, -1);

    bind_rename(self->root, folded, to);
}

static char *
bind_absent(const FilterNode *test, const ErrataColumn *column, const char *value)
{
    const char *nearest = NULL;
    guint least = 2 + (guint)g_utf8_strlen(value, -1) / 5;

    for (guint i = 0; i < column->n_dictionary; i++) {
        guint distance = errata_schema_name_distance(value, column->dictionary[i]);

        if (strcmp(column->dictionary[i], value) == 0)
            return NULL;
        if (distance < least) {
            least = distance;
            nearest = column->dictionary[i];
        }
    }
    return g_strdup_printf("no %s is “%s”%s%s%s",
                           test->name,
                           value,
                           nearest != NULL ? "; did you mean “" : "",
                           nearest != NULL ? nearest : "",
                           nearest != NULL ? "”?" : "");
}

static char *
bind_find_absent(const FilterNode *node, const ErrataFrame *frame)
{
    gboolean equality = node->kind == FILTER_TEST && node->source == FILTER_SOURCE_COLUMN &&
                        (node->op == FILTER_OP_EQ || node->op == FILTER_OP_NE ||
                         node->op == FILTER_OP_IN || node->op == FILTER_OP_NOT_IN);
    const ErrataColumn *column = equality ? frame->columns[node->column] : NULL;
    char *found = NULL;

    for (guint i = 0; found == NULL && i < node->children->len; i++)
        found = bind_find_absent(g_ptr_array_index(node->children, i), frame);
    if (column == NULL || column->type != ERRATA_COLUMN_CATEGORY)
        return found;
    for (guint i = 0; found == NULL && i < node->values->len; i++)
        found = bind_absent(node,
                            column,
                            ((const FilterValue *)g_ptr_array_index(node->values, i))->text);
    return found;
}

/**
 * errata_filter_absent:
 * @self: a bound filter
 * @frame: the log it is bound to
 *
 * Returns: (transfer full) (nullable): in words, the first value that is compared with and that no
 * cell
 *   of its column has, with the nearest that one has
 */
char *
errata_filter_absent(const ErrataFilter *self, const ErrataFrame *frame)
{
    return bind_find_absent(self->root, frame);
}

static gboolean
bind_is_column(const FilterNode *node)
{
    return node->source == FILTER_SOURCE_COLUMN || node->source == FILTER_SOURCE_HOUR ||
           node->source == FILTER_SOURCE_WEEKDAY;
}

static char *
bind_find_outside(const FilterNode *node, const guint8 *allowed)
{
    char *found = NULL;

    if (node->kind == FILTER_TEST)
        return bind_is_column(node) && allowed[node->column] != 0 ? NULL : g_strdup(node->name);
    for (guint i = 0; found == NULL && i < node->children->len; i++)
        found = bind_find_outside(g_ptr_array_index(node->children, i), allowed);
    return found;
}

/**
 * errata_filter_outside:
 * @self: a bound filter
 * @allowed: (array): per column of the log, 1 where it may be used
 *
 * Returns: (transfer full) (nullable): the first name in it that is none of those columns, such as
 *   `error`; %NULL when all are
 */
char *
errata_filter_outside(const ErrataFilter *self, const guint8 *allowed)
{
    return bind_find_outside(self->root, allowed);
}

static gboolean
bind_uses(const FilterNode *node, guint column)
{
    if (node->kind == FILTER_TEST)
        return bind_is_column(node) && node->column == column;
    for (guint i = 0; i < node->children->len; i++)
        if (bind_uses(g_ptr_array_index(node->children, i), column))
            return TRUE;
    return FALSE;
}

/**
 * errata_filter_uses:
 * @self: a bound filter
 * @column: index of a column of the log
 *
 * Returns: whether it asks for cells of that column
 */
gboolean
errata_filter_uses(const ErrataFilter *self, guint column)
{
    return bind_uses(self->root, column);
}
