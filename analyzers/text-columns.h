/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema.h"

G_BEGIN_DECLS

/**
 * ErrataTextColumns:
 * @frame: the log with the traits of its texts behind its own columns; borrows the log's
 * @reference: (nullable): the reference likewise
 * @n_texts: text columns that were measured
 * @n_left_out: text columns that were not, being too many
 * @n_columns: columns added
 */
typedef struct {
    ErrataFrame *frame;
    ErrataFrame *reference;
    guint n_texts;
    guint n_left_out;
    guint n_columns;
} ErrataTextColumns;

ErrataTextColumns *errata_text_columns_new(const ErrataFrame *frame,
                                           ErrataSchema *schema,
                                           const ErrataFrame *reference,
                                           ErrataSchema *reference_schema);
void errata_text_columns_free(ErrataTextColumns *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTextColumns, errata_text_columns_free)

G_END_DECLS
