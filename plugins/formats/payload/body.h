/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "row.h"

G_BEGIN_DECLS

/* rows of one request: a line of 16 MiB may ask for as many more as it has bytes */
#define ERRATA_PAYLOAD_ROWS 65536

/**
 * ErrataPayloadBody:
 *
 * What a request asks or a response answers, cut into rows.
 */
typedef struct _ErrataPayloadBody ErrataPayloadBody;

ErrataPayloadBody *errata_payload_body_new(JsonNode *node, const char *single);
void errata_payload_body_free(ErrataPayloadBody *self);
guint errata_payload_body_n_rows(const ErrataPayloadBody *self);
guint errata_payload_body_n_left(const ErrataPayloadBody *self);
guint errata_payload_body_most(gsize n_facts, gsize n_bytes);
gboolean errata_payload_body_row(const ErrataPayloadBody *self,
                                 guint row,
                                 ErrataPayloadRow *target,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPayloadBody, errata_payload_body_free)

G_END_DECLS
