/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bins.h"
#include "case.h"
#include "clean.h"
#include "llm.h"
#include "outcome.h"
#include "rows.h"

G_BEGIN_DECLS

/**
 * ErrataExportTable:
 * @n: rows of a finding
 * @row: (array length=n): their numbers in the log, best first
 * @score: (array length=n): their scores, NaN where there is none
 *
 * A finding's table, read back.
 */
typedef struct {
    gsize n;
    guint32 *row;
    double *score;
} ErrataExportTable;

/**
 * ErrataExport:
 * @frame: the log that the report is about
 * @clean: (nullable): its codes for “no value”
 * @written: (nullable): the log once more, its times as text, as they were written
 * @schema: its roles, as the report has them
 * @outcome: its predictions and labels
 * @bins: its codes
 * @report: the report
 * @tables: (element-type ErrataExportTable): one per finding of the report, %NULL where it has none
 * @seed: of what is drawn
 * @llm: (nullable): a language model that may be asked for new texts
 * @only: (nullable): rows that may be exported; %NULL for all
 * @where: (nullable): the condition that holds for @only, for the README
 *
 * What an export is made from.
 */
typedef struct {
    const ErrataFrame *frame;
    const ErrataClean *clean;
    const ErrataFrame *written;
    const ErrataSchema *schema;
    const ErrataOutcome *outcome;
    const ErrataBins *bins;
    const ErrataCase *report;
    GPtrArray *tables;
    guint64 seed;
    ErrataLlm *llm;
    const ErrataRows *only;
    const char *where;
} ErrataExport;

/**
 * ErrataExported:
 * @file: name of the data's file
 * @data: what is in it
 * @readme: how each row was chosen, Markdown
 * @n: rows written
 */
typedef struct {
    const char *file;
    GString *data;
    GString *readme;
    gsize n;
} ErrataExported;

gboolean errata_exports_make(const ErrataExport *self,
                             const char *what,
                             ErrataExported *exported,
                             GError **error);
ErrataExportTable *errata_exports_read_table(const char *text,
                                             gsize length,
                                             gsize n_rows,
                                             const char *name,
                                             GError **error);
void errata_exports_table_free(ErrataExportTable *table);

/* exports-write.c: rows as CSV and JSON */
char *errata_exports_cell(const ErrataColumn *column, gsize row);
const ErrataColumn *errata_exports_written(const ErrataExport *self, guint column);
void errata_exports_tell_times(const ErrataExport *self, ErrataExported *exported);
void errata_exports_csv_heading(const ErrataExport *self,
                                const char *own,
                                ErrataExported *exported);
void errata_exports_csv_text(GString *csv, const char *text);
void errata_exports_csv_row(const ErrataExport *self, gsize row, ErrataExported *exported);
void errata_exports_readme(const ErrataExport *self, const char *title, ErrataExported *exported);
char *errata_exports_label(const ErrataExport *self, gsize row);
gboolean errata_exports_takes(const ErrataExport *self, gsize row);
/* (transfer full): per row, how many of the report's slices and clusters it is in */
gboolean errata_exports_does_worse(const ErrataFinding *finding);
guint8 *errata_exports_in_slices(const ErrataExport *self);
guint8 *errata_exports_suspects(const ErrataExport *self);

/* exports-choose.c, exports-text.c: the exports that choose rows or make new ones */
gboolean errata_exports_hard(const ErrataExport *self, ErrataExported *exported, GError **error);
gboolean errata_exports_finetune(const ErrataExport *self,
                                 ErrataExported *exported,
                                 GError **error);
gboolean errata_exports_challenge(const ErrataExport *self,
                                  ErrataExported *exported,
                                  GError **error);

G_END_DECLS
