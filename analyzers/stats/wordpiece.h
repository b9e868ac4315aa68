/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"

G_BEGIN_DECLS

/**
 * ErrataWordpiece:
 *
 * How BERT and its kin part a text: words and marks, and words into the longest pieces of a
 * vocabulary.
 */
typedef struct _ErrataWordpiece ErrataWordpiece;

ErrataWordpiece *errata_wordpiece_new(const ErrataDatum *tokenizer,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void errata_wordpiece_free(ErrataWordpiece *self);
guint32 errata_wordpiece_last(const ErrataWordpiece *self); /* the highest number of a piece */
guint errata_wordpiece_part(const ErrataWordpiece *self,
                            const char *text,
                            gsize length,
                            guint32 *ret_pieces,
                            guint most);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataWordpiece, errata_wordpiece_free)

G_END_DECLS
