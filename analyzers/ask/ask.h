/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask-plan.h"
#include "case.h"
#include "filter.h"

G_BEGIN_DECLS

/**
 * ErrataAskData:
 * @report: (nullable): what was found; needed by `findings` and `finding`
 * @frame: (nullable): the log; needed by all other operations, with @schema and @outcome
 * @schema: (nullable): its roles
 * @outcome: (nullable): its labels and predictions; `what-if` changes it
 *
 * What a plan is carried out on.
 */
typedef struct {
    const ErrataCase *report;
    const ErrataFrame *frame;
    const ErrataSchema *schema;
    ErrataOutcome *outcome;
} ErrataAskData;

/**
 * ErrataAnswer:
 * @plan: the plan that was carried out, as text; %NULL when there was none
 * @planner: who made it: `user`, `builtin` or `llm`
 * @text: (nullable): the answer in words; each figure is followed by the id of its evidence in
 *   brackets
 * @why: (nullable): why there is no answer
 * @note: (nullable): a sentence to go with the answer, about how the question was read
 * @malformed: the plan cannot be carried out on any log, or names no metric that there is
 * @evidence: (element-type ErrataEvidence): every figure of @text that was worked out here
 * @table: (nullable): rows or groups
 *
 * What is told to who asked.
 */
typedef struct {
    char *plan;
    const char *planner;
    char *text;
    char *why;
    char *note;
    gboolean malformed;
    GPtrArray *evidence;
    ErrataTable *table;
} ErrataAnswer;

ErrataAnswer *errata_ask_answer_new(void);
void errata_ask_answer_free(ErrataAnswer *self);
char *errata_ask_answer_json(const ErrataAnswer *self);
gboolean errata_ask_run(const ErrataAskPlan *plan, ErrataAskData *data, ErrataAnswer *answer);
gboolean errata_ask_wants_report(const ErrataAskPlan *plan);
/* ask-plain.c: what to tell beside the answer of a question that errata_ask_route() read so;
 * (nullable) */
char *errata_ask_plain_note(const char *question, const char *plan, const ErrataAskData *data);
/* ask-route.c: a question in plain words as the text of a plan, NULL when it is not understood */
char *errata_ask_route(const char *question, const ErrataAskData *data, char **ret_why);
/* ask-shown.c */
gboolean errata_ask_shown_wants_report(const char *question, const ErrataAskData *data);
/* ask-hint.c: questions that can be answered here, NULL where none are known */
char *errata_ask_hint(const ErrataAskData *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataAnswer, errata_ask_answer_free)

G_END_DECLS
