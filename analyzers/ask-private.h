/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask.h"

G_BEGIN_DECLS

/* a plan being carried out */
typedef struct {
    ErrataAskData *data;
    ErrataAnswer *answer;
    ErrataRows *rows; /* NULL without a log */
    GString *where;   /* what holds for them; empty: all */
    double what_if;   /* the threshold supposed, or NaN */
} AskRun;

/* FALSE, and the answer says why there is none */
gboolean errata_ask_refuse(AskRun *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* adds evidence and returns its id for brackets */
const char *errata_ask_cite(AskRun *self,
                            const char *key,
                            const char *what,
                            double value,
                            double lo,
                            double hi,
                            ErrataUnit unit,
                            guint64 n);
/* “the 1,234 rows where age > 40”, “all 10,000 rows” */
char *errata_ask_subject(const AskRun *self);
/* a value with its interval and citation: “85.2 % (84.1 to 86.3 %) [A1]” */
char *errata_ask_figure(AskRun *self,
                        const char *key,
                        const char *what,
                        const ErrataMetric *metric);

/* ask-measure.c */
gboolean errata_ask_measure_count(AskRun *self, const char *group);
gboolean errata_ask_measure_metric(AskRun *self, const ErrataAskStep *step, const char *group);
gboolean errata_ask_measure_compare(AskRun *self, const char *with);
/* ask-show.c */
gboolean errata_ask_show_findings(AskRun *self, const char *which);
gboolean errata_ask_show_finding(AskRun *self, const char *id);
gboolean errata_ask_show_rows(AskRun *self, guint limit);
gboolean errata_ask_show_row(AskRun *self, const char *row);

G_END_DECLS
