/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is hidden, for the file that hides it. */
#pragma once

#include "stand-ins.h"

G_BEGIN_DECLS

#define ERRATA_STAND_IN_BYTES 512U /* a longer value is a text, which is not looked for */

/**
 * ErrataStandIn:
 * @text: as the log has it: what an answer gets back
 * @is_name: of a column
 * @is_plain: short, a small number or a common word: it is hidden only where it is said of
 *   something
 */
typedef struct {
    char *text;
    gboolean is_name;
    gboolean is_plain;
} ErrataStandIn;

struct _ErrataStandIns {
    GHashTable *known;                             /* spelling → ErrataStandIn; folded ones too */
    GPtrArray *all;                                /* (element-type ErrataStandIn): owns them */
    guint8 has_length[ERRATA_STAND_IN_BYTES + 1U]; /* 1: a spelling has so many bytes */
};

/* what the @length bytes at @text stand for, or NULL */
const ErrataStandIn *errata_stand_ins_find(const ErrataStandIns *self,
                                           const char *text,
                                           gsize length);

G_END_DECLS
