/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "format.h"

G_BEGIN_DECLS

/**
 * ErrataPayloadRow:
 * @builder: where the cells go
 * @written: (element-type guint64): per column the number of the row, from 1, that it has last
 * @row: the number of this one
 * @side: whose cells follow: they are called "SIDE.NAME" where the row has a NAME already
 *
 * A row of which several sides, such as a request and its response, each give some cells.
 */
typedef struct {
    ErrataFrameBuilder *builder;
    GArray *written;
    guint64 row;
    const char *side;
} ErrataPayloadRow;

void errata_payload_row_init(ErrataPayloadRow *self, ErrataFrameBuilder *builder);
void errata_payload_row_clear(ErrataPayloadRow *self);
gboolean errata_payload_row_text(ErrataPayloadRow *self,
                                 const char *name,
                                 const char *text,
                                 GError **error);
gboolean errata_payload_row_node(ErrataPayloadRow *self,
                                 const char *name,
                                 JsonNode *node,
                                 GError **error);
gboolean errata_payload_row_end(ErrataPayloadRow *self, GError **error);

G_END_DECLS
