/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row.h"

#include <string.h>

#define ROW_NEARLY 0.95 /* of the arrays of a name */

void
errata_payload_row_init(ErrataPayloadRow *self, ErrataFrameBuilder *builder)
{
    self->builder = builder;
    self->written = g_array_new(FALSE, TRUE, sizeof(guint64));
    self->row = 1;
    self->side = NULL;
    self->votes = NULL;
    self->voting = FALSE;
}

void
errata_payload_row_clear(ErrataPayloadRow *self)
{
    g_clear_pointer(&self->written, g_array_unref);
}

/* @ret_taken: the row has that cell */
static gboolean
row_column(ErrataPayloadRow *self,
           const char *name,
           guint *ret_column,
           gboolean *ret_taken,
           GError **error)
{
    guint64 *last;

    if (!errata_frame_builder_column(self->builder, name, strlen(name), ret_column, error))
        return FALSE;
    if (*ret_column >= self->written->len)
        g_array_set_size(self->written, *ret_column + 1);
    last = &g_array_index(self->written, guint64, *ret_column);
    *ret_taken = *last == self->row;
    *last = self->row;
    return TRUE;
}

/* @ret_taken: the row has a cell of that name from each of two sides, and gets no third */
static gboolean
row_place(ErrataPayloadRow *self,
          const char *name,
          guint *ret_column,
          gboolean *ret_taken,
          GError **error)
{
    g_autofree char *sided = NULL;

    if (!row_column(self, name, ret_column, ret_taken, error))
        return FALSE;
    if (!*ret_taken || self->side == NULL)
        return TRUE;
    sided = g_strconcat(self->side, ".", name, NULL);
    return row_column(self, sided, ret_column, ret_taken, error);
}

/**
 * errata_payload_row_text:
 * @self: a row
 * @name: of the cell
 * @text: (nullable): an untyped value, as CSV has it; none gives no cell
 * @error: return location
 *
 * Errors: LIMIT where there are too many columns.
 *
 * Returns: whether it has its cell
 */
gboolean
errata_payload_row_text(ErrataPayloadRow *self, const char *name, const char *text, GError **error)
{
    guint column;
    gboolean taken;

    if (text == NULL)
        return TRUE;
    if (!row_place(self, name, &column, &taken, error))
        return FALSE;
    if (!taken)
        errata_frame_builder_cell(self->builder, column, text, strlen(text));
    return TRUE;
}

static gboolean
row_scalar(ErrataPayloadRow *self, const char *name, JsonNode *node, GError **error)
{
    guint column;
    gboolean taken;

    if (!row_place(self, name, &column, &taken, error))
        return FALSE;
    if (taken)
        return TRUE;
    if (json_node_get_value_type(node) == G_TYPE_STRING)
        errata_frame_builder_string(self->builder,
                                    column,
                                    json_node_get_string(node),
                                    strlen(json_node_get_string(node)));
    else if (json_node_get_value_type(node) == G_TYPE_INT64)
        errata_frame_builder_integer(self->builder, column, json_node_get_int(node));
    else if (json_node_get_value_type(node) == G_TYPE_BOOLEAN)
        errata_frame_builder_boolean(self->builder, column, json_node_get_boolean(node));
    else
        errata_frame_builder_number(self->builder, column, json_node_get_double(node));
    return TRUE;
}

static gboolean
row_array(ErrataPayloadRow *self, const char *name, JsonArray *array, GError **error)
{
    for (guint i = 0; i < json_array_get_length(array); i++) {
        g_autofree char *element = g_strdup_printf("%s_%u", name, i);

        if (!errata_payload_row_node(self, element, json_array_get_element(array, i), error))
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_payload_row_node:
 * @self: a row
 * @name: of the cell
 * @node: a value; the elements of an array become NAME_0, NAME_1 …, the members of an object
 *   NAME.KEY, and null gives no cell
 * @error: return location
 *
 * Errors: LIMIT where there are too many columns.
 *
 * Returns: whether it has its cells
 */
gboolean
errata_payload_row_node(ErrataPayloadRow *self, const char *name, JsonNode *node, GError **error)
{
    g_autoptr(GList) keys = NULL;

    if (JSON_NODE_HOLDS_ARRAY(node))
        return row_array(self, name, json_node_get_array(node), error);
    if (JSON_NODE_HOLDS_VALUE(node))
        return row_scalar(self, name, node, error);
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return TRUE;
    keys = json_object_get_members(json_node_get_object(node));
    for (GList *l = keys; l != NULL; l = l->next) {
        g_autofree char *path = g_strconcat(name, ".", (const char *)l->data, NULL);
        JsonNode *value = json_object_get_member(json_node_get_object(node), l->data);

        if (!errata_payload_row_node(self, path, value, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * errata_payload_row_vote:
 * @self: a row of the beginning of a log
 * @name: (nullable): of an answer's array
 * @sums: its numbers are from 0 to 1, and their sum is 1
 * @fractions: they are not all whole
 */
void
errata_payload_row_vote(ErrataPayloadRow *self, const char *name, gboolean sums, gboolean fractions)
{
    const char *key = name != NULL ? name : "";
    ErrataPayloadVote *vote = g_hash_table_lookup(self->votes, key);

    if (vote == NULL) {
        vote = g_new0(ErrataPayloadVote, 1);
        g_hash_table_insert(self->votes, g_strdup(key), vote);
    }
    vote->n++;
    vote->n_sums += sums ? 1 : 0;
    vote->n_fractions += sums && fractions ? 1 : 0;
}

/**
 * errata_payload_row_is_probabilities:
 * @self: a row
 * @name: (nullable): of an answer's array
 *
 * Returns: whether such arrays hold a probability per class, as nearly all at the log's beginning
 *   do
 */
gboolean
errata_payload_row_is_probabilities(const ErrataPayloadRow *self, const char *name)
{
    const ErrataPayloadVote *vote = self->votes != NULL
                                        ? g_hash_table_lookup(self->votes, name != NULL ? name : "")
                                        : NULL;

    return vote != NULL && vote->n_fractions > 0 &&
           (double)vote->n_sums >= ROW_NEARLY * (double)vote->n;
}

/**
 * errata_payload_row_end:
 * @self: a row
 * @error: return location
 *
 * Ends the row; the next begins.
 *
 * Errors: LIMIT where there are too many rows.
 *
 * Returns: whether it was taken
 */
gboolean
errata_payload_row_end(ErrataPayloadRow *self, GError **error)
{
    self->row++;
    return errata_frame_builder_end_row(self->builder, error);
}

/**
 * errata_payload_row_leave:
 * @self: a row, after the last that was read of a request
 * @n: rows of that request beyond it
 *
 * Rejects each of them.
 */
void
errata_payload_row_leave(ErrataPayloadRow *self, guint n)
{
    g_autofree char *where = g_strdup_printf("after row %u", (guint)self->row);

    for (guint i = 0; i < n; i++)
        errata_frame_builder_reject_row(self->builder,
                                        where,
                                        "its request has more rows than are read of one",
                                        "",
                                        0);
}
