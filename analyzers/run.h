/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "static-embedding.h"

G_BEGIN_DECLS

/**
 * ErrataRunDepth:
 * @ERRATA_RUN_SCHEMA: roles and column summaries only (`errata inspect`)
 * @ERRATA_RUN_FULL: every analyzer that applies
 */
typedef enum {
    ERRATA_RUN_SCHEMA,
    ERRATA_RUN_FULL,
} ErrataRunDepth;

/**
 * ErrataRunPatterns:
 * @known: (element-type ErrataPattern): the model's patterns so far, those seen last first
 * @now: µs since 1970 UTC: when the report is made
 *
 * For whoever keeps patterns: what earlier reports found.
 */
typedef struct {
    GPtrArray *known;
    gint64 now;
} ErrataRunPatterns;

/**
 * ErrataRunExtra:
 * @late_labels: the labels came later than the log and were joined to it
 * @model: (nullable): the model that made the log
 * @model_name: (nullable): of its file, without the folders that it lies in
 * @earlier: (nullable): an earlier report that this one is compared with
 * @llm: (nullable): the door to a language model
 * @embedding: (nullable): what makes vectors of texts, instead of hashed words
 * @earlier_is_guess: it was not named by the user: left out where it is of something else
 */
typedef struct {
    gboolean late_labels;
    const ErrataCase *earlier;
    gboolean earlier_is_guess;
    ErrataModel *model;
    const char *model_name;
    ErrataLlm *llm;
    const ErrataStaticEmbedding *embedding;
} ErrataRunExtra;

ErrataCase *errata_run(const ErrataFrame *frame,
                       const ErrataFrame *reference,
                       const ErrataSettings *settings,
                       ErrataRunDepth depth,
                       const ErrataRunPatterns *patterns,
                       const ErrataRunExtra *extra,
                       ErrataProgress *progress,
                       GError **error);

G_END_DECLS
