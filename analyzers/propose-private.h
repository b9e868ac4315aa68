/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The roles of a language model that need the log to be checked. Each asks, checks with the engine
 * and leaves what passed in the case; without an answer nothing changes. */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

/* the names of columns that may be proposed, with what they mean, as a table for a prompt */
GPtrArray *errata_propose_columns(const ErrataAnalysis *analysis, GString *facts);
/* the searchable column of that name, or NULL */
const ErrataBinColumn *errata_propose_bin(const ErrataAnalysis *analysis, const char *name);

/* what the cluster is a finding as, or NULL */
ErrataFinding *errata_propose_cluster_finding(const ErrataCase *report,
                                              const ErrataCluster *cluster);
/* propose-rows.c: a row as a text, declared columns masked */
char *errata_propose_row(const ErrataAnalysis *analysis, gsize row, gboolean masks);
char *errata_propose_text(const ErrataAnalysis *analysis, guint column, gsize row, gboolean masks);

/* propose-values.c: what findings name of rows, where none may go out */
void errata_propose_hide_values(const ErrataAnalysis *analysis, ErrataStandIns *known);
/* propose-names.c: names of clusters, tried on rows that were not shown */
void errata_propose_names(ErrataAnalysis *analysis, ErrataLlm *llm);
/* propose-taxonomy.c: kinds of error, kept from report to report */
void errata_propose_taxonomy(ErrataAnalysis *analysis, ErrataLlm *llm);
/* propose-kept.c: coarse kind, fine kind, name, description */
#define ERRATA_PROPOSE_N_KEPT 4
gboolean errata_propose_kept(const ErrataAnalysis *analysis,
                             const ErrataFinding *finding,
                             char **ret_kept);
void errata_propose_keep(ErrataAnalysis *analysis,
                         const ErrataFinding *finding,
                         const char *coarse,
                         const char *fine,
                         const ErrataCluster *cluster);
/* propose-triage.c: a cause for each anomaly and change point, from a closed list */
void errata_propose_triage(ErrataAnalysis *analysis, ErrataLlm *llm);
/* propose-attribution.c: drivers that are implausible, stand for something else or give the answer
 * away */
void errata_propose_attribution(ErrataAnalysis *analysis, ErrataLlm *llm);
/* propose-fixes.c: further suggestions, their gains computed here */
void errata_propose_fixes(ErrataAnalysis *analysis, ErrataLlm *llm);
/* propose-labels.c: votes on suspects and on rows that nobody suspects, blind to their labels */
void errata_propose_labels(ErrataAnalysis *analysis, ErrataLlm *llm);
/* propose-hypotheses.c: groups in the language of filters, tested on rows that were not searched */
void errata_propose_hypotheses(ErrataAnalysis *analysis, ErrataLlm *llm);

G_END_DECLS
