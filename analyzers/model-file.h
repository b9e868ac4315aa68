/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"

G_BEGIN_DECLS

extern const ErrataAnalyzer errata_analyzer_model_file;

/* what findings call the file: without the folders that it lies in */
const char *errata_model_file_name(const ErrataAnalysis *analysis);
/* a finding about the file, to be given evidence and added to the case */
ErrataFinding *errata_model_file_finding(ErrataAnalysis *analysis,
                                         const char *problem,
                                         ErrataSeverity severity,
                                         const char *title,
                                         const char *summary);
/* what the curves of its training say */
void errata_model_file_curves(ErrataAnalysis *analysis);
/* what the file wants and the log has: columns, their types, their values */
void errata_model_file_compare(ErrataAnalysis *analysis);
/* “a, b and 3 more” */
char *errata_model_file_list(const GPtrArray *names);
/* why columns are missing: the log holds them before or after they were made a column per value */
gboolean errata_model_file_prepared(const ErrataModel *model,
                                    const ErrataFrame *frame,
                                    const GPtrArray *missing,
                                    char **ret_said,
                                    char **ret_advice);

G_END_DECLS
