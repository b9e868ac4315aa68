/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lines.h"

#include <string.h>

#include "error.h"
#include "limit.h"

#define LINES_READ (64U << 10)

/* brackets deeper than limit.h allows would take json-glib's stack */
static gboolean
lines_is_flat(const char *text)
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

/**
 * errata_payload_parse:
 * @text: (array length=length): NUL-terminated
 * @length: its bytes
 *
 * Returns: (transfer full) (nullable): what it says; %NULL for what is no JSON, holds NUL bytes or
 *   is nested deeper than limit.h allows
 */
JsonNode *
errata_payload_parse(const char *text, gsize length)
{
    g_autoptr(JsonParser) parser = NULL;

    if (strlen(text) != length || !lines_is_flat(text))
        return NULL;
    parser = json_parser_new_immutable();
    return json_parser_load_from_data(parser, text, (gssize)length, NULL)
               ? json_parser_steal_root(parser)
               : NULL;
}

/**
 * errata_payload_record:
 * @root: what a line says
 * @at: from 0
 *
 * Returns: (transfer none) (nullable): the record at @at, which need not be an object; %NULL behind
 *   the last
 */
JsonNode *
errata_payload_record(JsonNode *root, guint at)
{
    if (!JSON_NODE_HOLDS_ARRAY(root))
        return at == 0 ? root : NULL;
    return at < json_array_get_length(json_node_get_array(root))
               ? json_array_get_element(json_node_get_array(root), at)
               : NULL;
}

/**
 * errata_payload_reject:
 * @self: the log being read
 * @why: what is wrong with this line
 */
void
errata_payload_reject(ErrataPayloadLines *self, const char *why)
{
    g_autofree char *where = g_strdup_printf("line %" G_GUINT64_FORMAT, self->line);

    errata_frame_builder_reject_row(self->builder, where, why, self->text, self->length);
}

static gboolean
lines_one(ErrataPayloadLines *self,
          const char *expected,
          ErrataPayloadRecord record,
          gpointer state,
          GError **error)
{
    g_autoptr(JsonNode) root = NULL;
    JsonNode *one;

    self->line++;
    if (strspn(self->text, " \t\r") == self->length)
        return TRUE;
    root = self->parse(self->text, self->length);
    if (root == NULL)
        errata_payload_reject(self,
                              strlen(self->text) != self->length || !lines_is_flat(self->text)
                                  ? "it holds NUL bytes or is nested more than 64 deep"
                                  : expected);
    for (guint i = 0; root != NULL && (one = errata_payload_record(root, i)) != NULL; i++)
        if (!JSON_NODE_HOLDS_OBJECT(one))
            errata_payload_reject(self, expected);
        else if (!record(state, self, one, error))
            return FALSE;
    return TRUE;
}

/* the whole lines in @text; what is left of them stays */
static gboolean
lines_whole(ErrataPayloadLines *self,
            GString *text,
            gboolean ended,
            const char *expected,
            ErrataPayloadRecord record,
            gpointer state,
            GError **error)
{
    gsize begin = 0;

    while (begin < text->len) {
        char *newline = memchr(text->str + begin, '\n', text->len - begin);
        gsize end = newline != NULL ? (gsize)(newline - text->str) : text->len;

        if (newline == NULL && !ended)
            break;
        text->str[end] = '\0';
        self->text = text->str + begin;
        self->length = end - begin;
        if (!lines_one(self, expected, record, state, error))
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

/**
 * errata_payload_read_lines:
 * @source: a log
 * @builder: gets the lines that hold no records as rejected rows
 * @parse: makes records of a line
 * @expected: why such a line is rejected: what should stand there
 * @record: (scope call): called for each that is one
 * @state: for @record
 * @error: return location
 *
 * Errors: LIMIT for a line of more than 16 MiB; those of @source and @record.
 *
 * Returns: whether all lines were read
 */
gboolean
errata_payload_read_lines(ErrataSource *source,
                          ErrataFrameBuilder *builder,
                          ErrataPayloadParse parse,
                          const char *expected,
                          ErrataPayloadRecord record,
                          gpointer state,
                          GError **error)
{
    ErrataPayloadLines self = {.builder = builder, .parse = parse};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *buffer = g_malloc(LINES_READ);
    gssize got;

    do {
        got = errata_source_read(source, buffer, LINES_READ, error);
        if (got < 0)
            return FALSE;
        g_string_append_len(text, buffer, got);
        if (!lines_whole(&self, text, got == 0, expected, record, state, error))
            return FALSE;
    } while (got > 0);
    return TRUE;
}
