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
 * @votes: (element-type ErrataPayloadVote) (nullable): per name of an answer's arrays, "" for none,
 *   what the beginning of the log says of them
 * @voting: it is being asked
 *
 * A row of which several sides, such as a request and its response, each give some cells.
 */
typedef struct {
    ErrataFrameBuilder *builder;
    GArray *written;
    guint64 row;
    const char *side;
    GHashTable *votes;
    gboolean voting;
} ErrataPayloadRow;

/**
 * ErrataPayloadVote:
 * @n: arrays of numbers of one name
 * @n_sums: of those, such that are from 0 to 1 and whose sum is 1
 * @n_fractions: of those, such that are not all whole
 *
 * Whether an answer's arrays hold a probability per class: what holds for the log holds for each
 * of its rows.
 */
typedef struct {
    gsize n;
    gsize n_sums;
    gsize n_fractions;
} ErrataPayloadVote;

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
void errata_payload_row_vote(ErrataPayloadRow *self,
                             const char *name,
                             gboolean sums,
                             gboolean fractions);
gboolean errata_payload_row_is_probabilities(const ErrataPayloadRow *self, const char *name);
gboolean errata_payload_row_end(ErrataPayloadRow *self, GError **error);
void errata_payload_row_leave(ErrataPayloadRow *self, guint n);

G_END_DECLS
