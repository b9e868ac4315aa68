/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"
#include "schema.h"
#include "sentinel.h"

G_BEGIN_DECLS

/**
 * ErrataClean:
 * @frame: the frame with codes for “no value” read as missing; shares all other columns with @raw
 * @raw: (transfer none): the frame as read
 * @codes: (element-type ErrataCleanCode): the codes, by column
 *
 * METHODS 2.1, "clean first": what every analyzer reads.
 */
typedef struct ErrataClean {
    ErrataFrame *frame;
    const ErrataFrame *raw;
    GArray *codes;
} ErrataClean;

/* a code of a column, with how it was told; @maybe: it may be the value that one cause makes */
typedef struct {
    guint column;
    ErrataSentinel sentinel;
    gboolean maybe;
} ErrataCleanCode;

ErrataClean *errata_clean_new(const ErrataFrame *frame,
                              const ErrataSchema *schema,
                              const ErrataClean *like);
double errata_clean_only(const ErrataClean *self, guint column);
void errata_clean_free(ErrataClean *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataClean, errata_clean_free)

G_END_DECLS
