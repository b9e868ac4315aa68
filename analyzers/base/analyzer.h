/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bins.h"
#include "case.h"
#include "model.h"
#include "outcome.h"
#include "progress.h"

G_BEGIN_DECLS

struct ErrataClean;
struct ErrataModelUse;
struct _ErrataStaticEmbedding;
struct _ErrataTextVectors;

/**
 * ErrataAnalysis:
 * @frame: the log, codes for “no value” among its numbers read as missing
 * @clean: (nullable): the log as read, and those codes (clean.h)
 * @schema: its roles
 * @outcome: predictions and labels worked out
 * @bins: searchable columns as codes (10 quantile bins)
 * @settings: what the user set
 * @reference: (nullable): the given reference, with its schema, outcome and bins (same edges)
 * @set_aside: (array length=n_rows): 1 for rows that searches leave out (exact duplicates, rows in
 *   data-bug windows); filled by the analyzers that come first
 * @exclude: (array length=n_columns of the frame): 1 for columns that searches leave out (leaking,
 *   constant)
 * @baseline: (array length=n_rows): 1 for the rows that are the baseline when there is no reference
 *   (first half by time or row order); %NULL when there is one
 * @changed_at: place in the outcome's order of the first row after the last lasting change of what
 *   comes in, 0 when none was found
 * @worse_at: the same of the last lasting rise of the errors; @changed_at where none was found
 * @changed_from: where that change began, when it was slow and enough rows came before; else 0
 * @worse_from: the same of the rise of the errors
 * @entity_why: (nullable): what @settings call the entity was found, not declared, and why, to
 *   follow “as”
 * @late_labels: labels came later than the log and were joined to it
 * @searched: (nullable): what the searches for errors read, made by the first of them and dropped
 *   by the last; no concern of others
 * @model: (nullable): the model that made the log
 * @model_name: (nullable): of its file, without the folders that it lies in
 * @use: (nullable): that model at work on the log (model-use.h); %NULL where it cannot be run
 * @embedding: (nullable): what makes vectors of texts (static-embedding.h), instead of hashed words
 * @earlier: (nullable): an earlier report that this one is compared with
 * @earlier_beside: the baseline is @reference; @earlier only tells how the headline moved
 * @text_vectors: (nullable): what texts are embedded by (text-vectors.h), learnt by clusters and
 *   read by label-issues
 * @learnt: (array length=n_rows) (nullable): class that boosted trees give to a row that they have
 *   not seen, −1 where they were not asked; filled by label-issues
 * @result: where metrics, findings and method notes go
 * @progress: (nullable): whom to tell
 *
 * What every analyzer reads and the one thing it writes.
 */
typedef struct {
    const ErrataFrame *frame;
    const struct ErrataClean *clean;
    const ErrataSchema *schema;
    const ErrataOutcome *outcome;
    const ErrataBins *bins;
    const ErrataSettings *settings;
    const ErrataFrame *reference;
    const ErrataSchema *reference_schema;
    const ErrataOutcome *reference_outcome;
    const ErrataBins *reference_bins;
    guint8 *set_aside;
    guint8 *exclude;
    guint8 *baseline;
    gsize changed_at;
    gsize worse_at;
    gsize changed_from;
    gsize worse_from;
    const char *entity_why;
    gboolean late_labels;
    const ErrataCase *earlier;
    gboolean earlier_beside;
    ErrataModel *model;
    const char *model_name;
    struct ErrataModelUse *use;
    const struct _ErrataStaticEmbedding *embedding;
    struct _SlicesTable *searched;
    struct _ErrataTextVectors *text_vectors;
    gint16 *learnt;
    ErrataCase *result;
    ErrataProgress *progress;
} ErrataAnalysis;

/**
 * ErrataAnalyzer:
 * @id: name in `run.skipped` and `run.seconds`
 * @why_not: (transfer full) (nullable): why it cannot run on this log, %NULL when it can
 * @run: adds to analysis->result; an error ends the job, so only broken invariants are errors
 *
 * One question asked of the log. Registered in the list of run.c, nowhere else.
 */
typedef struct {
    const char *id;
    char *(*why_not)(const ErrataAnalysis *analysis);
    gboolean (*run)(ErrataAnalysis *analysis, GError **error);
} ErrataAnalyzer;

G_END_DECLS
