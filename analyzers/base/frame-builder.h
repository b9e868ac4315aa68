/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column-store.h"
#include "frame.h"

G_BEGIN_DECLS

/**
 * ErrataFrameBuilder:
 *
 * Collects cells row by row and infers the type of each column. A reader adds columns as it
 * meets them (rows before are missing), appends the cells of a row in any order, and ends the
 * row; cells it does not append are missing. Several inputs (members of an archive, files of
 * one run) may be appended to one builder; columns are matched by name.
 *
 * Memory grows with what is accepted; limits are checked here once for all readers.
 */
typedef struct _ErrataFrameBuilder ErrataFrameBuilder;

ErrataFrameBuilder *errata_frame_builder_new(void);
void errata_frame_builder_free(ErrataFrameBuilder *self);

/* columns whose cells are kept as strings, as they stand; call before reading */
void errata_frame_builder_keep_strings(ErrataFrameBuilder *self, const char *name);

/* what is being read, for messages; e.g. "part-3.csv in logs.zip" */
void errata_frame_builder_set_source(ErrataFrameBuilder *self, const char *name);

/* finds or adds; FALSE with LIMIT when there are too many columns or the name is too long */
gboolean errata_frame_builder_column(ErrataFrameBuilder *self,
                                     const char *name,
                                     gsize length,
                                     guint *ret_column,
                                     GError **error);

/* an untyped cell, as CSV has it: number, time, bool, missing token or string is decided here.
 * @text need not be NUL-terminated; invalid UTF-8 is repaired and warned of */
void errata_frame_builder_cell(ErrataFrameBuilder *self,
                               guint column,
                               const char *text,
                               gsize length);
/* typed cells, as JSON has them */
void errata_frame_builder_string(ErrataFrameBuilder *self,
                                 guint column,
                                 const char *text,
                                 gsize length);
void errata_frame_builder_number(ErrataFrameBuilder *self, guint column, double value);
void errata_frame_builder_integer(ErrataFrameBuilder *self, guint column, gint64 value);
void errata_frame_builder_boolean(ErrataFrameBuilder *self, guint column, gboolean value);

gboolean errata_frame_builder_end_row(ErrataFrameBuilder *self, GError **error);
/* forgets the cells of the row begun, and counts and samples the rejection */
void errata_frame_builder_reject_row(ErrataFrameBuilder *self,
                                     const char *where,
                                     const char *why,
                                     const char *excerpt,
                                     gsize excerpt_length);
void errata_frame_builder_warn(ErrataFrameBuilder *self, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
gsize errata_frame_builder_n_rows(const ErrataFrameBuilder *self);
gsize errata_frame_builder_n_rejected(const ErrataFrameBuilder *self);
guint errata_frame_builder_n_columns(const ErrataFrameBuilder *self);

/* rows read apart, many at a time; no row may be begun */
gboolean errata_frame_builder_append_rows(ErrataFrameBuilder *self,
                                          const guint *columns,
                                          ErrataColumnStore *const *parts,
                                          gsize n_columns,
                                          gsize n_parts,
                                          GError **error);
void errata_frame_builder_expect(ErrataFrameBuilder *self, gsize n_rows);
ErrataStoreKind errata_frame_builder_kind(const ErrataFrameBuilder *self, guint column);
void errata_frame_builder_count_repaired(ErrataFrameBuilder *self,
                                         guint column,
                                         gsize n_not_utf8,
                                         gsize n_nul);

void errata_frame_builder_expect_halves(ErrataFrameBuilder *self, const char *why);

/* (transfer full); consumes the contents, the builder is then empty */
ErrataFrame *errata_frame_builder_finish(ErrataFrameBuilder *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataFrameBuilder, errata_frame_builder_free)

G_END_DECLS
