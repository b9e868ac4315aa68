/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_ASK_MAX_STEPS    16
#define ERRATA_ASK_MAX_ROWS     100              /* rows that an answer may show */
#define ERRATA_ASK_COPIES       "duplicate-rows" /* findings of this bug alone */
#define ERRATA_ASK_GAPS         "missing-values" /* findings on cells without a value */
#define ERRATA_ASK_FINDINGS_MAX 20   /* findings, or groups of top, that an answer tells */
#define ERRATA_ASK_COMMA        ", " /* between metrics */
#define ERRATA_ASK_METRICS_MAX  6    /* metrics of one answer */

/**
 * ErrataAskOp:
 * @ERRATA_ASK_FILTER: goes on with rows for which a condition holds
 * @ERRATA_ASK_WHAT_IF: goes on as if the threshold were another
 * @ERRATA_ASK_GROUP: the operation that follows is done per value of a column, or of two
 * @ERRATA_ASK_ORDER: the rows that follow are shown in the order of a column
 * @ERRATA_ASK_TOP: of the groups, so many are told: those of which the figure is greatest
 * @ERRATA_ASK_BOTTOM: … or least
 * @ERRATA_ASK_COUNT: how many rows, or how many a finding is about
 * @ERRATA_ASK_SHARE: for how many of the rows a condition holds, and which share of them that is
 * @ERRATA_ASK_METRIC: metrics of the rows
 * @ERRATA_ASK_COMPARE: errors of the rows against others
 * @ERRATA_ASK_FINDINGS: findings, of a kind or from a severity on
 * @ERRATA_ASK_FINDING: one finding
 * @ERRATA_ASK_ROWS: some of the rows
 * @ERRATA_ASK_EXPLAIN: one row
 * @ERRATA_ASK_ADVICE: what to do, what matters most first
 * @ERRATA_ASK_FEATURES: what predictions owe to each feature
 * @ERRATA_ASK_COLUMNS: the columns, or those with missing values
 * @ERRATA_ASK_DESCRIBE: the values of a column in the rows
 * @ERRATA_ASK_THRESHOLD: the threshold that is best for the rows
 *
 * The operations of a plan. The last step is one of those from COUNT on.
 */
typedef enum {
    ERRATA_ASK_FILTER,
    ERRATA_ASK_WHAT_IF,
    ERRATA_ASK_GROUP,
    ERRATA_ASK_ORDER,
    ERRATA_ASK_TOP,
    ERRATA_ASK_BOTTOM,
    ERRATA_ASK_COUNT,
    ERRATA_ASK_SHARE,
    ERRATA_ASK_METRIC,
    ERRATA_ASK_COMPARE,
    ERRATA_ASK_FINDINGS,
    ERRATA_ASK_FINDING,
    ERRATA_ASK_ROWS,
    ERRATA_ASK_EXPLAIN,
    ERRATA_ASK_ADVICE,
    ERRATA_ASK_FEATURES,
    ERRATA_ASK_COLUMNS,
    ERRATA_ASK_DESCRIBE,
    ERRATA_ASK_THRESHOLD,
} ErrataAskOp;

/**
 * ErrataAskStep:
 * @op: what to do
 * @text: FILTER, SHARE and COMPARE: the condition (COMPARE: `rest` for all other rows); COUNT: a
 *   finding, or %NULL for the rows; GROUP, ORDER and DESCRIBE: the column (GROUP: or a condition;
 *   ORDER: `count` for groups by their rows); METRIC: the names, with commas between; FINDINGS:
 *   kinds with commas between (or duplicate-rows, missing-values), a severity or how many (of
 *   some kinds: behind a comma), or %NULL; FINDING: its id; EXPLAIN: number or id of the row;
 *   COLUMNS: `missing`, or %NULL; THRESHOLD: the metric, or %NULL
 * @of: (nullable): METRIC: the class; GROUP: the second column
 * @number: WHAT_IF: the threshold; ROWS, TOP and BOTTOM: how many; ORDER: 1 where the greatest come
 *   first, else 0
 */
typedef struct {
    ErrataAskOp op;
    char *text;
    char *of;
    double number;
} ErrataAskStep;

/**
 * ErrataAskPlan:
 * @steps: (element-type ErrataAskStep)
 *
 * A question as typed operations, as people write it
 * (`filter age > 40 | group region | metric accuracy`) or as JSON of the published schema.
 */
typedef struct {
    GPtrArray *steps;
} ErrataAskPlan;

ErrataAskPlan *errata_ask_plan_parse(const char *text, GError **error);
void errata_ask_plan_free(ErrataAskPlan *self);
char *errata_ask_plan_print(const ErrataAskPlan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataAskPlan, errata_ask_plan_free)

G_END_DECLS
