/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column-store.h"
#include "jsonl-private.h"

G_BEGIN_DECLS

typedef struct {
    guint64 line; /* within the chunk, from 1 */
    const char *begin;
    const char *end;
    const char *at; /* (nullable) */
    const char *why;
} ErrataJsonlReject;

/**
 * ErrataJsonlChunk:
 * @text: whole lines
 * @end: one past the last
 * @parts: (array length=n_columns): the rows read
 * @n_rows: how many
 * @n_lines: lines in the chunk
 * @rejects: (element-type ErrataJsonlReject): lines that are no records
 * @miss: (nullable): the first line that no template matched
 * @miss_end: one past it
 * @gave_up: a line has a column that is new: the chunk must be read line by line
 * @n_not_utf8: (array length=n_columns): cells that were repaired
 * @n_nul: (array length=n_columns): cells with NUL that were
 *
 * Lines read apart from all others, with the columns known when the round began.
 */
typedef struct {
    const char *text;
    const char *end;
    ErrataJsonlReader scan;
    guint n_columns;
    ErrataColumnStore *parts;
    gsize n_rows;
    guint64 n_lines;
    GArray *rejects;
    const char *miss;
    const char *miss_end;
    gboolean gave_up;
    gboolean clean; /* valid UTF-8 without NUL */
    gsize *n_not_utf8;
    gsize *n_nul;
} ErrataJsonlChunk;

void errata_jsonl_chunk_init(ErrataJsonlChunk *self,
                             const ErrataJsonlReader *whole,
                             guint n_columns);
void errata_jsonl_chunk_clear(ErrataJsonlChunk *self);
void errata_jsonl_chunk_parse(ErrataJsonlChunk *self, const ErrataStoreKind *kinds);
/* the line without white space around it; FALSE when nothing is left */
gboolean errata_jsonl_chunk_trim(const char **p, const char **end);

G_END_DECLS
