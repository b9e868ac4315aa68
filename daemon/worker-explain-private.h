/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "explainer.h"
#include "json-writer.h"
#include "model-cells.h"
#include "model-match.h"
#include "term-shares.h"
#include "worker-explain.h"

G_BEGIN_DECLS

#define EXPLAIN_BACKGROUND 100 /* rows that a feature's absence is taken from */

typedef struct {
    ErrataWorkerModel opened;
    gboolean is_alone; /* no log beside what was given as the model, which may be one */
    gboolean has_log;
    gsize row; /* the one that is explained */
    ErrataSchema *schema;
    ErrataOutcome *outcome;
    ErrataModelMatch *match;           /* nullable: with a log */
    ErrataModelBinding *own;           /* nullable: without */
    const ErrataModelBinding *binding; /* of either */
    ErrataModelCells *cell;
    gsize *log_row;          /* rows whose values are plausible */
    ErrataModelCells *log;   /* nullable: the same */
    gboolean is_logged;      /* the row is one of the log's, which has a prediction of its own */
    gboolean is_disputed;    /* what is explained decides otherwise there */
    ErrataTermShares *words; /* nullable: of texts that the model adds words of up */
    double *word_value;      /* of the row */
    ErrataJsonWriter json;
} Explain;

double explain_features(Explain *self, const double *phi, guint n);
void explain_find_words(Explain *self, const ErrataExplainer *explainer);
void explain_words(Explain *self, const double *phi, guint group);
gboolean explain_loss(Explain *self,
                      const ErrataSettings *settings,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
