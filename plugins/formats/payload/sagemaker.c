/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SageMaker data capture: a JSON object a line with the request, the response and when it was. What
 * went in and out is CSV or JSON, plain or in base64; a request of several rows gives several rows.
 * CSV has no names there: the inputs become `input_0`, `input_1` …; a response of one number is
 * `score`, of more `output_0` …; JSON is read as body.c says.
 * Source: Amazon SageMaker Developer Guide, "Capture data from real-time endpoint". */
#include <string.h>

#include "body.h"
#include "error.h"
#include "json-reader.h"
#include "lines.h"
#include "plugin.h"

#define SAGEMAKER_FACTS 4 /* which each row of a capture gets */

extern const ErrataPlugin errata_plugin_sagemaker;

typedef struct {
    ErrataPayloadRow row;
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

/**
 * SagemakerSide:
 * @lines: CSV: its rows
 * @node: JSON: what @body borrows from
 * @body: JSON: its rows
 *
 * One side of a capture, cut into rows.
 */
typedef struct {
    char **lines;
    JsonNode *node;
    ErrataPayloadBody *body;
    guint n_rows;
    guint n_left; /* rows beyond those */
} SagemakerSide;

static void
sagemaker_side_clear(SagemakerSide *self)
{
    g_clear_pointer(&self->lines, g_strfreev);
    g_clear_pointer(&self->body, errata_payload_body_free);
    g_clear_pointer(&self->node, json_node_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SagemakerSide, sagemaker_side_clear)

/* ends @text after %ERRATA_PAYLOAD_ROWS lines; how many more it had */
static guint
sagemaker_cut(char *text)
{
    char *end = NULL;
    guint n = 0;

    for (char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        if (++n == ERRATA_PAYLOAD_ROWS)
            end = at;
    if (end == NULL)
        return 0;
    *end = '\0';
    return n + 1 - ERRATA_PAYLOAD_ROWS;
}

static SagemakerSide
sagemaker_side(Sagemaker *self, JsonObject *capture, const char *key, gboolean response)
{
    SagemakerSide side = {NULL, NULL, NULL, 0, 0};
    gboolean json = FALSE;
    g_autofree char *text = sagemaker_payload(self, capture, key, &json);

    if (text == NULL)
        return side;
    if (json) {
        side.node = errata_payload_parse(text, strlen(text));
        side.body = errata_payload_body_new(side.node, response ? "score" : NULL);
        side.n_rows = errata_payload_body_n_rows(side.body);
        side.n_left = errata_payload_body_n_left(side.body);
    } else {
        side.n_left = sagemaker_cut(g_strstrip(text));
        side.lines = g_strsplit(text, "\n", -1);
        side.n_rows = g_strv_length(side.lines);
    }
    return side;
}

static gboolean
sagemaker_csv_row(Sagemaker *self, const char *line, gboolean response, GError **error)
{
    g_auto(GStrv) fields = g_strsplit(line, ",", -1);
    gboolean alone = response && fields[0] != NULL && fields[1] == NULL;

    for (guint i = 0; fields[i] != NULL; i++) {
        g_autofree char *numbered = g_strdup_printf("%s_%u", response ? "output" : "input", i);

        if (!errata_payload_row_text(&self->row,
                                     alone ? "score" : numbered,
                                     g_strstrip(fields[i]),
                                     error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
sagemaker_side_row(Sagemaker *self,
                   const SagemakerSide *side,
                   guint row,
                   gboolean response,
                   GError **error)
{
    if (side->lines != NULL)
        return row >= side->n_rows || sagemaker_csv_row(self, side->lines[row], response, error);
    return errata_payload_body_row(side->body, row, &self->row, error);
}

static gboolean
sagemaker_facts(Sagemaker *self, const char *const facts[SAGEMAKER_FACTS], GError **error)
{
    static const char *const names[SAGEMAKER_FACTS] = {"id", "inference_id", "ts", "label"};

    self->row.side = NULL;
    for (gsize i = 0; i < SAGEMAKER_FACTS; i++)
        if (!errata_payload_row_text(&self->row, names[i], facts[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
sagemaker_record(gpointer state, ErrataPayloadLines *lines, JsonNode *record, GError **error)
{
    Sagemaker *self = state;
    JsonObject *root = json_node_get_object(record);
    JsonObject *capture = errata_json_reader_object(root, "captureData");
    JsonObject *truth = errata_json_reader_object(root, "groundTruthData");
    JsonObject *event = errata_json_reader_object(root, "eventMetadata");
    g_auto(SagemakerSide) in = sagemaker_side(self, capture, "endpointInput", FALSE);
    g_auto(SagemakerSide) out = sagemaker_side(self, capture, "endpointOutput", TRUE);
    guint n_rows = MAX(MAX(in.n_rows, out.n_rows), truth != NULL ? 1 : 0);
    const char *const facts[SAGEMAKER_FACTS] = {errata_json_reader_peek(event, "eventId"),
                                                errata_json_reader_peek(event, "inferenceId"),
                                                errata_json_reader_peek(event, "inferenceTime"),
                                                errata_json_reader_peek(truth, "data")};
    gsize size = 0;
    guint n_read;

    for (gsize i = 0; i < SAGEMAKER_FACTS; i++)
        size += facts[i] != NULL ? strlen(facts[i]) : 0;
    n_read = MIN(n_rows, errata_payload_body_most(SAGEMAKER_FACTS, size));
    self->n_uneven += in.n_rows != out.n_rows ? 1 : 0;
    for (guint row = 0; row < n_read; row++)
        if (!sagemaker_facts(self, facts, error) ||
            !sagemaker_side_row(self, &in, row, FALSE, error) ||
            !sagemaker_side_row(self, &out, row, TRUE, error) ||
            !errata_payload_row_end(&self->row, error))
            return FALSE;
    errata_payload_row_leave(&self->row, n_rows - n_read + MAX(in.n_left, out.n_left));
    return TRUE;
}

static gboolean
sagemaker_read(ErrataSource *source, ErrataFrameBuilder *builder, GError **error)
{
    Sagemaker self = {.n_uneven = 0};
    gsize n_rows = errata_frame_builder_n_rows(builder);
    gboolean ok;

    errata_payload_row_init(&self.row, builder);
    ok = errata_payload_read_lines(source,
                                   builder,
                                   errata_payload_parse,
                                   "expected a JSON object with captureData",
                                   sagemaker_record,
                                   &self,
                                   error);
    errata_payload_row_clear(&self.row);
    if (!ok)
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
