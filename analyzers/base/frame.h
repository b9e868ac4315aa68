/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column.h"

G_BEGIN_DECLS

/**
 * ErrataReject:
 * @where: `line 12` or `byte 4096`, with the member's name when in an archive
 * @why: what was expected and what was found, no full stop
 * @excerpt: the start of the record, printable, at most 80 characters
 */
typedef struct {
    char *where;
    char *why;
    char *excerpt;
} ErrataReject;

/**
 * ErrataFrame:
 * @n_rows: accepted rows
 * @n_columns: columns
 * @columns: (array length=n_columns): equally long columns
 * @n_rejected: records that were not accepted
 * @rejects: (element-type ErrataReject): the first %ERRATA_LIMIT_REJECT_SAMPLES of them
 * @warnings: (element-type utf8): defects of the input that a reader must know of, in words
 *   ("the file ends in the middle of a record: truncated"), each once
 * @n_borrowed: columns at the front that belong to another frame, which outlives this one
 *
 * What was read, immutable and reference counted.
 */
typedef struct {
    gatomicrefcount ref_count;
    gsize n_rows;
    guint n_columns;
    ErrataColumn **columns;
    gsize n_rejected;
    GPtrArray *rejects;
    GPtrArray *warnings;
    guint n_borrowed;
} ErrataFrame;

ErrataFrame *errata_frame_ref(ErrataFrame *self);
void errata_frame_unref(ErrataFrame *self);
const ErrataColumn *errata_frame_find(const ErrataFrame *self, const char *name, guint *ret_index);
ErrataFrame *errata_frame_extend(const ErrataFrame *base, ErrataColumn **columns, guint n_columns);
void errata_reject_free(ErrataReject *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataFrame, errata_frame_unref)

G_END_DECLS
