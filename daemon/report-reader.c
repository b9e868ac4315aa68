/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a report.json for the bus. An object becomes a{sv}, what is null is left out; an array of
 * texts becomes as, of numbers ad (null: NaN), of objects aa{sv}, anything else av. */
#include "report-reader.h"

#include <math.h>
#include <string.h>

#include "case-json.h"
#include "error.h"
#include "limit.h"

static GVariant *reader_object(JsonObject *object);

static GVariant *
reader_empty(void)
{
    return g_variant_new("a{sv}", NULL);
}

/* whether arrays and objects are nested no deeper than the parser, which calls itself, can bear */
static gboolean
reader_is_flat(const char *text, gsize length)
{
    gboolean quoted = FALSE;
    guint depth = 0;

    for (gsize i = 0; i < length; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '{' || text[i] == '[') && ++depth > ERRATA_LIMIT_JSON_DEPTH)
            return FALSE;
        else if (!quoted && (text[i] == '}' || text[i] == ']') && depth > 0)
            depth--;
    }
    return TRUE;
}

/* the text of a report.json, small and flat enough to be parsed */
static GMappedFile *
reader_map(const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &problem);

    if (file == NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_IO, problem->message);
        return NULL;
    }
    if (g_mapped_file_get_length(file) > ERRATA_REPORT_READER_MAX_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "'%s' has %" G_GSIZE_FORMAT " bytes; open it instead",
                    path,
                    g_mapped_file_get_length(file));
        return NULL;
    }
    if (!reader_is_flat(g_mapped_file_get_contents(file), g_mapped_file_get_length(file))) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "'%s' is not a report: expected an object, nested 64 deep at most",
                    path);
        return NULL;
    }
    return g_steal_pointer(&file);
}

/**
 * errata_report_reader_load:
 * @path: of a report.json
 *
 * Errors: %ERRATA_ERROR_IO, %ERRATA_ERROR_LIMIT, %ERRATA_ERROR_INVALID_DATA.
 *
 * Returns: (transfer full): an object
 */
JsonNode *
errata_report_reader_load(const char *path, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GMappedFile) file = reader_map(path, error);
    g_autoptr(GError) problem = NULL;
    JsonNode *root;

    if (file == NULL)
        return NULL;
    if (!json_parser_load_from_data(parser,
                                    g_mapped_file_get_contents(file),
                                    (gssize)g_mapped_file_get_length(file),
                                    &problem) ||
        (root = json_parser_get_root(parser)) == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "'%s' is not a report: %s",
                    path,
                    problem != NULL ? problem->message : "expected an object");
        return NULL;
    }
    return json_node_ref(root);
}

/**
 * errata_report_reader_case:
 * @path: of a report.json
 *
 * Errors: as errata_report_reader_load().
 *
 * Returns: (transfer full): the report
 */
ErrataCase *
errata_report_reader_case(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = reader_map(path, error);

    return file != NULL ? errata_case_from_json(g_mapped_file_get_contents(file),
                                                g_mapped_file_get_length(file),
                                                error)
                        : NULL;
}

static gboolean
reader_is_number(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && (json_node_get_value_type(node) == G_TYPE_INT64 ||
                                           json_node_get_value_type(node) == G_TYPE_DOUBLE);
}

static gboolean
reader_is_text(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

static GVariant *reader_array(JsonArray *array);

static GVariant *
reader_value(JsonNode *node)
{
    GType type;

    if (JSON_NODE_HOLDS_OBJECT(node))
        return reader_object(json_node_get_object(node));
    if (JSON_NODE_HOLDS_ARRAY(node))
        return reader_array(json_node_get_array(node));
    if (JSON_NODE_HOLDS_NULL(node))
        return g_variant_new_string("");
    type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING)
        return g_variant_new_string(json_node_get_string(node));
    if (type == G_TYPE_BOOLEAN)
        return g_variant_new_boolean(json_node_get_boolean(node));
    if (type == G_TYPE_INT64)
        return g_variant_new_int64(json_node_get_int(node));
    return g_variant_new_double(json_node_get_double(node));
}

static GVariant *
reader_array(JsonArray *array)
{
    guint n = json_array_get_length(array);
    guint n_texts = 0;
    guint n_numbers = 0;
    guint n_objects = 0;
    GVariantBuilder builder;

    for (guint i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);

        n_texts += reader_is_text(node) ? 1 : 0;
        n_numbers += reader_is_number(node) || JSON_NODE_HOLDS_NULL(node) ? 1 : 0;
        n_objects += JSON_NODE_HOLDS_OBJECT(node) ? 1 : 0;
    }
    g_variant_builder_init(&builder,
                           n == 0           ? G_VARIANT_TYPE("av")
                           : n_texts == n   ? G_VARIANT_TYPE("as")
                           : n_numbers == n ? G_VARIANT_TYPE("ad")
                           : n_objects == n ? G_VARIANT_TYPE("aa{sv}")
                                            : G_VARIANT_TYPE("av"));
    for (guint i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(array, i);

        if (n_texts == n)
            g_variant_builder_add(&builder, "s", json_node_get_string(node));
        else if (n_numbers == n)
            g_variant_builder_add(&builder,
                                  "d",
                                  JSON_NODE_HOLDS_NULL(node) ? (double)NAN
                                                             : json_node_get_double(node));
        else if (n_objects == n)
            g_variant_builder_add_value(&builder, reader_object(json_node_get_object(node)));
        else
            g_variant_builder_add(&builder, "v", reader_value(node));
    }
    return g_variant_builder_end(&builder);
}

static GVariant *
reader_object(JsonObject *object)
{
    g_autoptr(GList) members = json_object_get_members(object);
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    for (GList *at = members; at != NULL; at = at->next) {
        JsonNode *node = json_object_get_member(object, at->data);

        if (!JSON_NODE_HOLDS_NULL(node))
            g_variant_builder_add(&builder, "{sv}", at->data, reader_value(node));
    }
    return g_variant_builder_end(&builder);
}

static JsonObject *
reader_member(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static const char *
reader_text(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    return node != NULL && reader_is_text(node) ? json_node_get_string(node) : "";
}

static double
reader_number(JsonObject *object, const char *name)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;

    return node != NULL && reader_is_number(node) ? json_node_get_double(node) : (double)NAN;
}

/* the objects of an array; empty when there is none */
static GPtrArray *
reader_objects(JsonObject *object, const char *name)
{
    GPtrArray *objects = g_ptr_array_new();
    JsonNode *node = object != NULL ? json_object_get_member(object, name) : NULL;
    JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node)
                                                                   : NULL;

    for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);

        if (JSON_NODE_HOLDS_OBJECT(element))
            g_ptr_array_add(objects, json_node_get_object(element));
    }
    return objects;
}

static void
reader_add_member(GVariantBuilder *builder, JsonObject *object, const char *name)
{
    JsonObject *member = reader_member(object, name);

    g_variant_builder_add(builder,
                          "{sv}",
                          name,
                          member != NULL ? reader_object(member) : reader_empty());
}

static void
reader_add_text(GVariantBuilder *builder, const char *key, const char *text)
{
    g_variant_builder_add(builder, "{sv}", key, g_variant_new_string(text));
}

static void
reader_add_heading(GVariantBuilder *builder, JsonObject *finding)
{
    static const char *const names[] = {"id", "kind", "severity", "title"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        reader_add_text(builder, names[i], reader_text(finding, names[i]));
}

/**
 * errata_report_reader_list:
 * @offset: how many findings to leave out
 * @limit: at most %ERRATA_REPORT_READER_MAX_LIST are returned
 *
 * Returns: (transfer floating): aa{sv}, as ListFindings gives it
 */
GVariant *
errata_report_reader_list(JsonNode *report, guint offset, guint limit)
{
    g_autoptr(GPtrArray) findings = reader_objects(json_node_get_object(report), "findings");
    GVariantBuilder builder;

    limit = MIN(limit, ERRATA_REPORT_READER_MAX_LIST);
    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = offset; i < findings->len && i - offset < limit; i++) {
        JsonObject *finding = g_ptr_array_index(findings, i);
        double rows = reader_number(reader_member(finding, "rows"), "count");

        g_variant_builder_open(&builder, G_VARIANT_TYPE_VARDICT);
        reader_add_heading(&builder, finding);
        reader_add_member(&builder, finding, "subject");
        reader_add_member(&builder, finding, "impact");
        g_variant_builder_add(&builder,
                              "{sv}",
                              "row-count",
                              g_variant_new_uint64(rows > 0 ? (guint64)rows : 0));
        g_variant_builder_close(&builder);
    }
    return g_variant_builder_end(&builder);
}

static JsonObject *
reader_find(JsonNode *report, const char *id, GError **error)
{
    g_autoptr(GPtrArray) findings = reader_objects(json_node_get_object(report), "findings");

    for (guint i = 0; i < findings->len; i++) {
        JsonObject *finding = g_ptr_array_index(findings, i);

        if (strcmp(reader_text(finding, "id"), id) == 0)
            return finding;
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                "there is no finding '%s' in this report; it has %u, F1 and up",
                id,
                findings->len);
    return NULL;
}

/* the evidence itself in place of its ids */
static GVariant *
reader_evidence(JsonNode *report, JsonObject *finding)
{
    JsonObject *all = reader_member(json_node_get_object(report), "evidence");
    JsonNode *node = json_object_get_member(finding, "evidence");
    JsonArray *ids = node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; ids != NULL && i < json_array_get_length(ids); i++) {
        JsonNode *id = json_array_get_element(ids, i);
        JsonObject *evidence = reader_is_text(id) ? reader_member(all, json_node_get_string(id))
                                                  : NULL;

        if (evidence == NULL)
            continue;
        g_variant_builder_open(&builder, G_VARIANT_TYPE_VARDICT);
        reader_add_text(&builder, "id", json_node_get_string(id));
        g_autoptr(GList) members = json_object_get_members(evidence);
        for (GList *at = members; at != NULL; at = at->next) {
            JsonNode *value = json_object_get_member(evidence, at->data);

            if (!JSON_NODE_HOLDS_NULL(value) && strcmp(at->data, "id") != 0)
                g_variant_builder_add(&builder, "{sv}", at->data, reader_value(value));
        }
        g_variant_builder_close(&builder);
    }
    return g_variant_builder_end(&builder);
}

/* Errors: %ERRATA_ERROR_NOT_FOUND. Returns: (transfer floating): a{sv}, as GetFinding gives it */
GVariant *
errata_report_reader_finding(JsonNode *report, const char *id, GError **error)
{
    JsonObject *finding = reader_find(report, id, error);
    g_autoptr(GList) members = NULL;
    GVariantBuilder builder;

    if (finding == NULL)
        return NULL;
    members = json_object_get_members(finding);
    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    for (GList *at = members; at != NULL; at = at->next) {
        JsonNode *node = json_object_get_member(finding, at->data);

        if (strcmp(at->data, "evidence") == 0)
            g_variant_builder_add(&builder, "{sv}", "evidence", reader_evidence(report, finding));
        else if (!JSON_NODE_HOLDS_NULL(node))
            g_variant_builder_add(&builder, "{sv}", at->data, reader_value(node));
    }
    return g_variant_builder_end(&builder);
}

/**
 * errata_report_reader_table:
 * @id: of a finding
 *
 * Errors: %ERRATA_ERROR_NOT_FOUND when there is no such finding or it is not about rows.
 *
 * Returns: (transfer full): path of its table in the report's folder, with nothing that leads out
 */
char *
errata_report_reader_table(JsonNode *report, const char *id, GError **error)
{
    g_autoptr(GPtrArray) tables =
        reader_objects(reader_member(json_node_get_object(report), "files"), "tables");

    if (reader_find(report, id, error) == NULL)
        return NULL;
    for (guint i = 0; i < tables->len; i++) {
        const char *path = reader_text(g_ptr_array_index(tables, i), "path");

        if (strcmp(reader_text(g_ptr_array_index(tables, i), "finding"), id) == 0 &&
            *path != '\0' && *path != '/' && strstr(path, "..") == NULL)
            return g_strdup(path);
    }
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_NOT_FOUND,
                "finding '%s' has no table of rows",
                id);
    return NULL;
}

/* one record of RFC 4180; @at moves past it */
static char **
reader_record(const char **at, const char *end)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    g_autoptr(GString) cell = g_string_new(NULL);
    gboolean quoted = FALSE;
    const char *p = *at;

    for (; p < end && (quoted || *p != '\n'); p++) {
        if (*p == '"' && quoted && p + 1 < end && p[1] == '"')
            g_string_append_c(cell, *p++);
        else if (*p == '"')
            quoted = !quoted;
        else if (*p == ',' && !quoted) {
            g_ptr_array_add(cells, g_utf8_make_valid(cell->str, -1));
            g_string_truncate(cell, 0);
        } else if (*p != '\r' || quoted)
            g_string_append_c(cell, *p);
    }
    g_ptr_array_add(cells, g_utf8_make_valid(cell->str, -1));
    g_ptr_array_add(cells, NULL);
    *at = p < end ? p + 1 : end;
    return (char **)g_ptr_array_free(g_steal_pointer(&cells), FALSE);
}

/**
 * errata_report_reader_rows:
 * @path: of a finding's table, CSV with a heading
 * @offset: how many rows to leave out
 * @limit: at most %ERRATA_REPORT_READER_MAX_ROWS are returned
 *
 * Errors: %ERRATA_ERROR_IO.
 *
 * Returns: (transfer floating): aas
 */
GVariant *
errata_report_reader_rows(const char *path, guint offset, guint limit, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &problem);
    GVariantBuilder builder;
    const char *at;
    const char *end;

    if (file == NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_IO, problem->message);
        return NULL;
    }
    at = g_mapped_file_get_contents(file);
    end = at != NULL ? at + g_mapped_file_get_length(file) : NULL;
    limit = MIN(limit, ERRATA_REPORT_READER_MAX_ROWS);
    g_variant_builder_init(&builder, G_VARIANT_TYPE("aas"));
    for (guint64 record = 0; at < end && record < (guint64)offset + limit + 1; record++) {
        g_auto(GStrv) cells = reader_record(&at, end);

        if (record > offset)
            g_variant_builder_add_value(&builder,
                                        g_variant_new_strv((const char *const *)cells, -1));
    }
    return g_variant_builder_end(&builder);
}
