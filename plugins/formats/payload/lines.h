/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "format.h"

G_BEGIN_DECLS

/**
 * ErrataPayloadLines:
 * @builder: where the rows go
 * @line: the number of the line being read, from 1
 * @text: (array length=length): it, NUL-terminated
 * @length: its bytes
 *
 * A log of JSON objects, one a line.
 */
typedef struct {
    ErrataFrameBuilder *builder;
    guint64 line;
    const char *text;
    gsize length;
} ErrataPayloadLines;

/* a line that is a JSON object; FALSE ends the reading */
typedef gboolean (*ErrataPayloadRecord)(gpointer state,
                                        ErrataPayloadLines *lines,
                                        JsonNode *record,
                                        GError **error);

gboolean errata_payload_read_lines(ErrataSource *source,
                                   ErrataFrameBuilder *builder,
                                   const char *expected,
                                   ErrataPayloadRecord record,
                                   gpointer state,
                                   GError **error);
void errata_payload_reject(ErrataPayloadLines *self, const char *why);
JsonNode *errata_payload_parse(const char *text, gsize length);

G_END_DECLS
