/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json-reader.h"

#include <math.h>
#include <string.h>

#include "error.h"

#define JSON_READER_DEPTH 16
#define JSON_READER_BYTES (1U << 20)

static JsonNode *
json_reader_node(JsonObject *object, const char *key, JsonNodeType type)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;

    return node != NULL && json_node_get_node_type(node) == type ? node : NULL;
}

static double
json_reader_number(JsonNode *node)
{
    GType type = node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node)
                                                             : G_TYPE_INVALID;

    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double(node) : (double)NAN;
}

/* how deep brackets stand within one another; the parser recurses once for each */
static guint
json_reader_depth(const char *text)
{
    guint depth = 0;
    guint deepest = 0;
    gboolean in_string = FALSE;

    for (const char *p = text; *p != '\0'; p++) {
        if (in_string) {
            if (*p == '\\' && p[1] != '\0')
                p++;
            else if (*p == '"')
                in_string = FALSE;
        } else if (*p == '"') {
            in_string = TRUE;
        } else if (*p == '{' || *p == '[') {
            depth++; /* not within MAX(), which reads it twice */
            deepest = MAX(deepest, depth);
        } else if ((*p == '}' || *p == ']') && depth > 0) {
            depth--;
        }
    }
    return deepest;
}

JsonNode *
errata_json_reader_parse(const char *text, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    if (strlen(text) > JSON_READER_BYTES || json_reader_depth(text) > JSON_READER_DEPTH) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "longer than %u bytes or deeper than %d brackets",
                    JSON_READER_BYTES,
                    JSON_READER_DEPTH);
        return NULL;
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "not valid UTF-8");
        return NULL;
    }
    if (!json_parser_load_from_data(parser, text, -1, error))
        return NULL;
    if (json_parser_get_root(parser) == NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, "empty");
        return NULL;
    }
    return json_parser_steal_root(parser);
}

JsonObject *
errata_json_reader_object(JsonObject *object, const char *key)
{
    JsonNode *node = json_reader_node(object, key, JSON_NODE_OBJECT);

    return node != NULL ? json_node_get_object(node) : NULL;
}

JsonArray *
errata_json_reader_array(JsonObject *object, const char *key)
{
    JsonNode *node = json_reader_node(object, key, JSON_NODE_ARRAY);

    return node != NULL ? json_node_get_array(node) : NULL;
}

guint
errata_json_reader_length(JsonArray *array)
{
    return array != NULL ? json_array_get_length(array) : 0;
}

JsonObject *
errata_json_reader_element(JsonArray *array, guint index)
{
    JsonNode *node = json_array_get_element(array, index);

    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

const char *
errata_json_reader_peek(JsonObject *object, const char *key)
{
    JsonNode *node = json_reader_node(object, key, JSON_NODE_VALUE);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

char *
errata_json_reader_string(JsonObject *object, const char *key)
{
    return g_strdup(errata_json_reader_peek(object, key));
}

double
errata_json_reader_double(JsonObject *object, const char *key)
{
    return json_reader_number(json_reader_node(object, key, JSON_NODE_VALUE));
}

gint64
errata_json_reader_int(JsonObject *object, const char *key)
{
    JsonNode *node = json_reader_node(object, key, JSON_NODE_VALUE);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node)
                                                                          : 0;
}

guint64
errata_json_reader_uint(JsonObject *object, const char *key)
{
    return (guint64)MAX(errata_json_reader_int(object, key), 0);
}

gboolean
errata_json_reader_boolean(JsonObject *object, const char *key)
{
    JsonNode *node = json_reader_node(object, key, JSON_NODE_VALUE);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_BOOLEAN &&
           json_node_get_boolean(node);
}

char **
errata_json_reader_strings(JsonObject *object, const char *key)
{
    JsonArray *array = errata_json_reader_array(object, key);
    guint n = errata_json_reader_length(array);
    char **strings;

    if (array == NULL)
        return NULL;
    strings = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);
        gboolean text = JSON_NODE_HOLDS_VALUE(node) &&
                        json_node_get_value_type(node) == G_TYPE_STRING;

        strings[i] = g_strdup(text ? json_node_get_string(node) : "");
    }
    return strings;
}

double *
errata_json_reader_doubles(JsonObject *object, const char *key, guint *ret_n)
{
    JsonArray *array = errata_json_reader_array(object, key);
    guint n = errata_json_reader_length(array);
    double *values;

    *ret_n = n;
    if (array == NULL)
        return NULL;
    values = g_new0(double, MAX(n, 1));
    for (guint i = 0; i < n; i++)
        values[i] = json_reader_number(json_array_get_element(array, i));
    return values;
}

void
errata_json_reader_interval(JsonObject *object, const char *key, double *ret_lo, double *ret_hi)
{
    guint n;
    g_autofree double *ends = errata_json_reader_doubles(object, key, &n);

    *ret_lo = n == 2 ? ends[0] : (double)NAN;
    *ret_hi = n == 2 ? ends[1] : (double)NAN;
}
