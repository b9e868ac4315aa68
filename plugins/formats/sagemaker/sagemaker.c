/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SageMaker data capture: a JSON object a line with the request, the response and when it was. What
 * went in and out is CSV or JSON, plain or in base64; a request of several rows gives several rows.
 * The inputs have no names there: they become `input_0`, `input_1` …; a response of one number is
 * `score`, of more `output_0` …, and JSON predictions keep their keys.
 * Source: Amazon SageMaker Developer Guide, "Capture data from real-time endpoint". */
#include <json-glib/json-glib.h>
#include <string.h>

#include "error.h"
#include "json-reader.h"
#include "limit.h"
#include "plugin.h"

extern const ErrataPlugin errata_plugin_sagemaker;

#define SAGEMAKER_READ    (64U << 10)
#define SAGEMAKER_RECORDS 4096 /* rows of one request */

typedef struct {
    ErrataFrameBuilder *builder;
    guint64 line;
    gsize n_bad_base64;
    gsize n_uneven; /* requests whose response has another number of rows */
} Sagemaker;

/* the payload as text, %NULL when there is none or it is not valid base64 */
static char *
sagemaker_payload(Sagemaker *self, JsonObject *capture, const char *key, gboolean *ret_json)
{
    JsonObject *side = errata_json_reader_object(capture, key);
    const char *data = errata_json_reader_peek(side, "data");
    const char *encoding = errata_json_reader_peek(side, "encoding");
    const char *type = errata_json_reader_peek(side, "observedContentType");
    g_autofree guchar *decoded = NULL;
    gsize length;

    *ret_json = g_strcmp0(encoding, "JSON") == 0 ||
                (type != NULL && g_str_has_prefix(type, "application/json"));
    if (data == NULL || g_strcmp0(encoding, "BASE64") != 0)
        return g_strdup(data);
    length = strspn(data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    if (length == 0 || strlen(data) % 4 != 0 || strspn(data + length, "=") > 2 ||
        data[length + strspn(data + length, "=")] != '\0') {
        self->n_bad_base64++;
        return NULL;
    }
    decoded = g_base64_decode(data, &length);
    return g_strndup((const char *)decoded, length);
}

static gboolean
sagemaker_column(Sagemaker *self, const char *name, guint *ret_column, GError **error)
{
    return errata_frame_builder_column(self->builder, name, strlen(name), ret_column, error);
}

static gboolean
sagemaker_cell(Sagemaker *self, const char *name, const char *text, GError **error)
{
    guint column;

    if (text == NULL)
        return TRUE;
    if (!sagemaker_column(self, name, &column, error))
        return FALSE;
    errata_frame_builder_cell(self->builder, column, text, strlen(text));
    return TRUE;
}

/* a scalar, or an array of them as NAME_0 …; deeper values are left out */
static gboolean
sagemaker_value(Sagemaker *self, const char *name, JsonNode *node, GError **error)
{
    guint column;

    if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);

        for (guint i = 0; i < json_array_get_length(array); i++) {
            g_autofree char *element = g_strdup_printf("%s_%u", name, i);
            JsonNode *value = json_array_get_element(array, i);

            if (JSON_NODE_HOLDS_VALUE(value) && !sagemaker_value(self, element, value, error))
                return FALSE;
        }
        return TRUE;
    }
    if (!JSON_NODE_HOLDS_VALUE(node))
        return TRUE;
    if (!sagemaker_column(self, name, &column, error))
        return FALSE;
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

/* row @row of a CSV payload as NAME_0 …; a single field as @single */
static gboolean
sagemaker_csv_row(Sagemaker *self,
                  const char *line,
                  const char *name,
                  const char *single,
                  GError **error)
{
    g_auto(GStrv) fields = g_strsplit(line, ",", -1);

    for (guint i = 0; fields[i] != NULL; i++) {
        g_autofree char *numbered = g_strdup_printf("%s_%u", name, i);
        gboolean alone = single != NULL && i == 0 && fields[1] == NULL;

        if (!sagemaker_cell(self, alone ? single : numbered, g_strstrip(fields[i]), error))
            return FALSE;
    }
    return TRUE;
}

/* an element of `instances` or `predictions`: an array, a scalar, or an object of such */
static gboolean
sagemaker_json_row(Sagemaker *self,
                   JsonNode *node,
                   const char *name,
                   const char *single,
                   GError **error)
{
    g_autoptr(GList) keys = NULL;

    if (!JSON_NODE_HOLDS_OBJECT(node))
        return sagemaker_value(self,
                               single != NULL && JSON_NODE_HOLDS_VALUE(node) ? single : name,
                               node,
                               error);
    keys = json_object_get_members(json_node_get_object(node));
    for (GList *l = keys; l != NULL; l = l->next) {
        JsonNode *value = json_object_get_member(json_node_get_object(node), l->data);
        const char *key = l->data;

        if (strcmp(key, "features") == 0 || strcmp(key, "data") == 0)
            key = name;
        if (!sagemaker_value(self, key, value, error))
            return FALSE;
    }
    return TRUE;
}

/**
 * SagemakerSide:
 * @rows: CSV: its lines
 * @parser: JSON: holds @array
 * @array: JSON: its rows
 *
 * One side of a capture, cut into rows.
 */
typedef struct {
    char **rows;
    JsonParser *parser;
    JsonArray *array;
    guint n_rows;
} SagemakerSide;

static void
sagemaker_side_clear(SagemakerSide *self)
{
    g_clear_pointer(&self->rows, g_strfreev);
    g_clear_object(&self->parser);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SagemakerSide, sagemaker_side_clear)

/* brackets deeper than limit.h allows would take json-glib's stack */
static gboolean
sagemaker_is_flat(const char *text)
{
    guint depth = 0;

    for (const char *p = text; *p != '\0'; p++) {
        depth += *p == '{' || *p == '[' ? 1 : 0;
        if (depth > ERRATA_LIMIT_JSON_DEPTH)
            return FALSE;
        depth -= (*p == '}' || *p == ']') && depth > 0 ? 1 : 0;
    }
    return TRUE;
}

static void
sagemaker_side_json(SagemakerSide *self, const char *text, const char *key)
{
    JsonNode *root;

    self->parser = json_parser_new_immutable();
    if (!sagemaker_is_flat(text) || !json_parser_load_from_data(self->parser, text, -1, NULL))
        return;
    root = json_parser_get_root(self->parser);
    if (root != NULL && JSON_NODE_HOLDS_OBJECT(root))
        self->array = errata_json_reader_array(json_node_get_object(root), key);
    else if (root != NULL && JSON_NODE_HOLDS_ARRAY(root))
        self->array = json_node_get_array(root);
    self->n_rows = errata_json_reader_length(self->array);
}

static SagemakerSide
sagemaker_side(Sagemaker *self, JsonObject *capture, const char *key, const char *json_key)
{
    SagemakerSide side = {NULL, NULL, NULL, 0};
    gboolean json = FALSE;
    g_autofree char *text = sagemaker_payload(self, capture, key, &json);

    if (text == NULL)
        return side;
    if (json) {
        sagemaker_side_json(&side, text, json_key);
        return side;
    }
    side.rows = g_strsplit(g_strstrip(text), "\n", SAGEMAKER_RECORDS);
    side.n_rows = g_strv_length(side.rows);
    return side;
}

static gboolean
sagemaker_side_row(Sagemaker *self,
                   const SagemakerSide *side,
                   guint row,
                   const char *name,
                   const char *single,
                   GError **error)
{
    if (row >= side->n_rows)
        return TRUE;
    if (side->rows != NULL)
        return sagemaker_csv_row(self, side->rows[row], name, single, error);
    return sagemaker_json_row(self, json_array_get_element(side->array, row), name, single, error);
}

static gboolean
sagemaker_rows(Sagemaker *self, JsonObject *root, GError **error)
{
    JsonObject *capture = errata_json_reader_object(root, "captureData");
    JsonObject *truth = errata_json_reader_object(root, "groundTruthData");
    JsonObject *event = errata_json_reader_object(root, "eventMetadata");
    g_auto(SagemakerSide) in = sagemaker_side(self, capture, "endpointInput", "instances");
    g_auto(SagemakerSide) out = sagemaker_side(self, capture, "endpointOutput", "predictions");
    guint n_rows = MIN(MAX(MAX(in.n_rows, out.n_rows), truth != NULL ? 1 : 0), SAGEMAKER_RECORDS);

    self->n_uneven += in.n_rows != out.n_rows ? 1 : 0;
    for (guint row = 0; row < n_rows; row++) {
        if (!sagemaker_cell(self, "id", errata_json_reader_peek(event, "eventId"), error) ||
            !sagemaker_cell(self,
                            "inference_id",
                            errata_json_reader_peek(event, "inferenceId"),
                            error) ||
            !sagemaker_cell(self, "ts", errata_json_reader_peek(event, "inferenceTime"), error) ||
            !sagemaker_side_row(self, &in, row, "input", NULL, error) ||
            !sagemaker_side_row(self, &out, row, "output", "score", error) ||
            !sagemaker_cell(self, "label", errata_json_reader_peek(truth, "data"), error) ||
            !errata_frame_builder_end_row(self->builder, error))
            return FALSE;
    }
    return TRUE;
}

static void
sagemaker_reject(Sagemaker *self, const char *why, const char *line, gsize length)
{
    g_autofree char *where = g_strdup_printf("line %" G_GUINT64_FORMAT, self->line);

    errata_frame_builder_reject_row(self->builder, where, why, line, length);
}

/* @line is NUL-terminated at @length */
static gboolean
sagemaker_line(Sagemaker *self, const char *line, gsize length, GError **error)
{
    g_autoptr(JsonParser) parser = NULL;
    JsonNode *root;

    self->line++;
    if (strspn(line, " \t\r") == length)
        return TRUE;
    if (strlen(line) != length || !sagemaker_is_flat(line)) {
        sagemaker_reject(self, "it holds NUL bytes or is nested more than 64 deep", line, length);
        return TRUE;
    }
    parser = json_parser_new_immutable();
    root = json_parser_load_from_data(parser, line, (gssize)length, NULL)
               ? json_parser_get_root(parser)
               : NULL;
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        sagemaker_reject(self, "expected a JSON object with captureData", line, length);
        return TRUE;
    }
    return sagemaker_rows(self, json_node_get_object(root), error);
}

/* the whole lines in @text; what is left of them stays */
static gboolean
sagemaker_lines(Sagemaker *self, GString *text, gboolean ended, GError **error)
{
    gsize begin = 0;

    while (begin < text->len) {
        char *newline = memchr(text->str + begin, '\n', text->len - begin);
        gsize end = newline != NULL ? (gsize)(newline - text->str) : text->len;

        if (newline == NULL && !ended)
            break;
        text->str[end] = '\0';
        if (!sagemaker_line(self, text->str + begin, end - begin, error))
            return FALSE;
        begin = MIN(end + 1, text->len);
    }
    g_string_erase(text, 0, (gssize)begin);
    if (text->len <= ERRATA_LIMIT_LINE_BYTES)
        return TRUE;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_LIMIT,
                "line %" G_GUINT64_FORMAT " is longer than 16 MiB",
                self->line + 1);
    return FALSE;
}

static gboolean
sagemaker_read_all(Sagemaker *self, ErrataSource *source, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *buffer = g_malloc(SAGEMAKER_READ);
    gssize got;

    do {
        got = errata_source_read(source, buffer, SAGEMAKER_READ, error);
        if (got < 0)
            return FALSE;
        g_string_append_len(text, buffer, got);
        if (!sagemaker_lines(self, text, got == 0, error))
            return FALSE;
    } while (got > 0);
    return TRUE;
}

static gboolean
sagemaker_read(ErrataSource *source, ErrataFrameBuilder *builder, GError **error)
{
    Sagemaker self = {.builder = builder};
    gsize n_rows = errata_frame_builder_n_rows(builder);

    if (!sagemaker_read_all(&self, source, error))
        return FALSE;
    if (self.n_bad_base64 > 0)
        errata_frame_builder_warn(builder,
                                  "%" G_GSIZE_FORMAT
                                  " payloads are not valid base64 and were left out",
                                  self.n_bad_base64);
    if (self.n_uneven > 0)
        errata_frame_builder_warn(builder,
                                  "%" G_GSIZE_FORMAT
                                  " captures have another number of rows in the response than in "
                                  "the request",
                                  self.n_uneven);
    if (errata_frame_builder_n_rows(builder) > n_rows)
        return TRUE;
    g_set_error_literal(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "no record holds a payload that can be read");
    return FALSE;
}

static guint
sagemaker_sniff(const guint8 *head, gsize size, const char *name)
{
    static const char *const words[] = {"\"captureData\"", "\"groundTruthData\""};
    const guint8 *newline = memchr(head, '\n', size);
    gsize length = newline != NULL ? (gsize)(newline - head) : size;

    if (size == 0 || head[0] != '{' || memmem(head, length, "\"eventMetadata\"", 15) == NULL)
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (memmem(head, length, words[i], strlen(words[i])) != NULL)
            return 95;
    return 0;
}

static const ErrataFormat sagemaker_format = {
    .id = "sagemaker",
    .summary = "SageMaker data capture and ground truth",
    .sniff = sagemaker_sniff,
    .read = sagemaker_read,
};

const ErrataPlugin errata_plugin_sagemaker = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "sagemaker",
    .formats = (const ErrataFormat *const[]){&sagemaker_format, NULL},
};
