/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "format.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): what a line says: an object is a record, an array holds records; NULL
 * rejects it */
typedef JsonNode *(*ErrataPayloadParse)(const char *text, gsize length);

/**
 * ErrataPayloadLines:
 * @builder: where the rows go
 * @line: the number of the line being read, from 1
 * @text: (array length=length): it, NUL-terminated
 * @length: its bytes
 * @parse: makes records of it
 *
 * A log of records, one a line or several in an array.
 */
typedef struct {
    ErrataFrameBuilder *builder;
    guint64 line;
    const char *text;
    gsize length;
    ErrataPayloadParse parse;
} ErrataPayloadLines;

/* a record; FALSE ends the reading */
typedef gboolean (*ErrataPayloadRecord)(gpointer state,
                                        ErrataPayloadLines *lines,
                                        JsonNode *record,
                                        GError **error);

gboolean errata_payload_read_lines(ErrataSource *source,
                                   ErrataFrameBuilder *builder,
                                   ErrataPayloadParse parse,
                                   const char *expected,
                                   ErrataPayloadRecord record,
                                   gpointer state,
                                   GError **error);
void errata_payload_reject(ErrataPayloadLines *self, const char *why);
JsonNode *errata_payload_parse(const char *text, gsize length);
JsonNode *errata_payload_record(JsonNode *root, guint at);

G_END_DECLS
