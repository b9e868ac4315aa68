/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What KServe's logger stores in files: as JSON a record or an array of records a line, as CSV a
 * record a line, the payload in base64 in both. Its fields become those of the CloudEvents that the
 * same logger sends, so that one reader serves all. Source: pkg/logger of KServe. */
#include "store.h"

#include <string.h>

#include "json-reader.h"
#include "lines.h"

/* the fields of a record that say something of its rows: in JSON as Go names them, in CSV */
static const struct {
    const char *json;
    const char *csv;
    guint column;
    const char *event;
} store_fields[] = {
    {"Bytes", "bytes", 1, "data_base64"},
    {"ReqType", "reqType", 3, "type"},
    {"Id", "id", 4, "id"},
    {"InferenceService", "inferenceService", 6, "inferenceservicename"},
    {"Component", "component", 8, "component"},
};

#define STORE_TYPE    1     /* in store_fields */
#define STORE_COLUMNS 5     /* that a record has at least */
#define STORE_CUT     9     /* that are looked at */
#define STORE_RECORDS 65536 /* in one array, at most: a batch of the logger has some hundreds */

static JsonObject *
store_event(void)
{
    JsonObject *event = json_object_new();

    json_object_set_string_member(event, "specversion", "1.0");
    return event;
}

/* (transfer full): a record of the store as an event, anything else as it is */
static JsonNode *
store_take_json(JsonNode *record)
{
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(record) ? json_node_get_object(record) : NULL;
    JsonNode *node;

    if (object == NULL || (errata_json_reader_peek(object, store_fields[STORE_TYPE].json) == NULL &&
                           errata_json_reader_peek(object, store_fields[STORE_TYPE].csv) == NULL))
        return json_node_ref(record);
    node = json_node_init_object(json_node_alloc(), NULL);
    json_node_take_object(node, store_event());
    for (gsize i = 0; i < G_N_ELEMENTS(store_fields); i++) {
        JsonNode *value = json_object_get_member(object, store_fields[i].json);

        value = value != NULL ? value : json_object_get_member(object, store_fields[i].csv);
        if (value != NULL)
            json_object_set_member(json_node_get_object(node),
                                   store_fields[i].event,
                                   json_node_copy(value));
    }
    return node;
}

static JsonNode *
store_json(const char *text, gsize length)
{
    g_autoptr(JsonNode) root = errata_payload_parse(text, length);
    JsonArray *from, *to;
    JsonNode *all;

    if (root == NULL || !JSON_NODE_HOLDS_ARRAY(root))
        return root != NULL ? store_take_json(root) : NULL;
    from = json_node_get_array(root);
    if (json_array_get_length(from) > STORE_RECORDS)
        return NULL;
    to = json_array_sized_new(json_array_get_length(from));
    for (guint i = 0; i < json_array_get_length(from); i++)
        json_array_add_element(to, store_take_json(json_array_get_element(from, i)));
    all = json_node_alloc();
    json_node_init_array(all, to);
    json_array_unref(to);
    return all;
}

/* (transfer full): the field at *@at, which is moved behind its comma, or to %NULL after the last.
 * A quoted one holds quotes as two; none holds a line break: what could is written as JSON */
static char *
store_cut(const char **at)
{
    GString *field = g_string_new(NULL);
    const char *p = *at;
    gboolean quoted = *p == '"';

    for (p += quoted ? 1 : 0; *p != '\0' && (quoted || *p != ','); p++) {
        if (quoted && *p == '"' && *++p != '"')
            break;
        g_string_append_c(field, *p);
    }
    p += strcspn(p, ",");
    *at = *p == ',' ? p + 1 : NULL;
    return g_string_free(field, FALSE);
}

/* an array of one event, or of none for the line of the names */
static JsonNode *
store_csv(const char *text)
{
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(JsonArray) events = json_array_new();
    JsonObject *event;
    JsonNode *all;

    while (text != NULL && fields->len < STORE_CUT)
        g_ptr_array_add(fields, store_cut(&text));
    if (fields->len < STORE_COLUMNS)
        return NULL;
    if (strcmp(g_ptr_array_index(fields, store_fields[STORE_TYPE].column),
               store_fields[STORE_TYPE].csv) != 0) {
        event = store_event();
        for (gsize i = 0; i < G_N_ELEMENTS(store_fields); i++)
            if (store_fields[i].column < fields->len)
                json_object_set_string_member(event,
                                              store_fields[i].event,
                                              g_ptr_array_index(fields, store_fields[i].column));
        json_array_add_object_element(events, event);
    }
    all = json_node_alloc();
    json_node_init_array(all, events);
    return all;
}

/**
 * errata_payload_store_parse:
 * @text: (array length=length): a line of a log, NUL-terminated
 * @length: its bytes
 *
 * Returns: (transfer full) (nullable): an event or an array of them, whatever other JSON it is;
 *   none of them for the names of CSV's columns; %NULL for what is neither JSON nor such CSV, an
 *   array of more than 65,536, or what errata_payload_parse() refuses
 */
JsonNode *
errata_payload_store_parse(const char *text, gsize length)
{
    const char *first = text + strspn(text, " \t");

    if (*first == '{' || *first == '[')
        return store_json(text, length);
    return strlen(text) == length && g_utf8_validate(text, (gssize)length, NULL) ? store_csv(text)
                                                                                 : NULL;
}
