/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask.h"

G_BEGIN_DECLS

/* a plan being carried out */
typedef struct {
    ErrataAskData *data;
    ErrataAnswer *answer;
    ErrataRows *rows;           /* NULL without a log */
    GString *where;             /* what holds for them; empty: all */
    double what_if;             /* the threshold supposed, or NaN */
    const ErrataAskStep *group; /* NULL: none */
    const ErrataAskStep *order; /* NULL: as in the log */
    const ErrataAskStep *top;   /* groups that are told; NULL: all */
} AskRun;

/* rows by the values of a column, or of two */
typedef struct {
    GPtrArray *names; /* (element-type utf8) */
    gint32 *code;     /* per row, an index into @names */
} AskGroups;

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
const char *errata_ask_cite_rows(AskRun *self, gsize n);
ErrataRows *errata_ask_condition_rows(AskRun *self,
                                      const char *condition,
                                      ErrataFilter **ret_filter);
/* “age is over 40” */
char *errata_ask_say(const AskRun *self, const char *condition);
char *errata_ask_where(const AskRun *self);
/* “the 1,234 rows where age is over 40”, “all 10,000 rows” */
char *errata_ask_subject(const AskRun *self);
ErrataUnit errata_ask_unit(const char *metric);
/* a value with its interval and citation: “85.2 % (84.1 to 86.3 %) [A1]” */
char *errata_ask_figure(AskRun *self,
                        const char *key,
                        const char *what,
                        const ErrataMetric *metric);

/* ask-cells.c */
AskGroups *errata_ask_groups_new(AskRun *run, const char *name);
AskGroups *errata_ask_groups_cross(AskRun *run, const ErrataAskStep *group);
gboolean errata_ask_groups_is_condition(const AskRun *run, const char *name);
void errata_ask_groups_free(AskGroups *self);
guint32 *errata_ask_order(AskRun *run, const char *name, gboolean descending, gsize *ret_n);
const ErrataColumn *errata_ask_column(AskRun *run, const char *name);
/* ask-plan-name.c */
char *errata_ask_plan_name_unquote(const char *text);
void errata_ask_plan_name_append(GString *plan, const char *name, gboolean commas);
GPtrArray *errata_ask_plan_name_split(const char *text);
/* ask-metric.c */
char *errata_ask_metric_name(const char *name);
gboolean errata_ask_metric_is_known(const char *name);
/* “ROC AUC”, “error rate”, as sentences have it */
char *errata_ask_metric_say(const char *name);
/* ask-value.c */
ErrataMetric *errata_ask_value_new(const char *name, double value, double lo, double hi, guint64 n);
ErrataMetric *errata_ask_value_measure(AskRun *self,
                                       const ErrataRows *rows,
                                       const char *name,
                                       int class_index,
                                       GArray **kept);
/* ask-twice.c */
char *errata_ask_twice(const char *json);
/* ask-table.c */
gboolean errata_ask_table_count(AskRun *self);
gboolean errata_ask_table_metrics(AskRun *self, const char *const *names, int class_index);
gboolean errata_ask_table_describe(AskRun *self, const char *name);
gboolean errata_ask_table_share(AskRun *self,
                                const char *condition,
                                const ErrataRows *part,
                                ErrataRows *whole,
                                const char *known);
/* ask-share.c */
gboolean errata_ask_share(AskRun *self, const char *condition);
const char *errata_ask_share_known(AskRun *self, const char *condition, ErrataRows *whole);
ErrataRows *errata_ask_share_part(AskRun *self, const char *condition);
char *errata_ask_share_gaps(AskRun *self,
                            const char *condition,
                            const ErrataRows *part,
                            const ErrataRows *whole);
ErrataRows *errata_ask_measure_judged(const AskRun *self);
char *errata_ask_measure_subject(const AskRun *self);
char *errata_ask_share_subject(const AskRun *self, const ErrataRows *whole, const char *known);
/* ask-threshold.c */
gboolean errata_ask_threshold(AskRun *self, const char *metric);
/* ask-measure.c */
/* “With a threshold of 0.3, ”, or NULL */
char *errata_ask_measure_suppose(const AskRun *self);
/* “precision (of the rows predicted as 1)”; @class_index: −1: none was named; −2: each group's
 * own */
char *errata_ask_measure_name(const AskRun *self, const char *metric, int class_index);
gboolean errata_ask_measure_count(AskRun *self);
gboolean errata_ask_measure_metric(AskRun *self, const ErrataAskStep *step);
gboolean errata_ask_measure_compare(AskRun *self, const char *with);
/* ask-show.c */
gboolean errata_ask_show_findings(AskRun *self, const char *which);
gboolean errata_ask_show_finding(AskRun *self, const char *id);
gboolean errata_ask_show_count(AskRun *self, const char *id);
gboolean errata_ask_show_rows(AskRun *self, guint limit);
gboolean errata_ask_show_row(AskRun *self, const char *row);
/* ask-tell.c */
gboolean errata_ask_tell_advice(AskRun *self);
gboolean errata_ask_tell_features(AskRun *self);
gboolean errata_ask_tell_columns(AskRun *self, gboolean missing);
gboolean errata_ask_tell_column(AskRun *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AskGroups, errata_ask_groups_free)

G_END_DECLS
