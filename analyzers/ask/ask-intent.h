/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask-words.h"

G_BEGIN_DECLS

/* before an operation that is to be carried out on two sides, each by itself */
#define ERRATA_ASK_SIDES "sides "

/* takes all of the phrases that are there */
gboolean errata_ask_intent_all(AskWords *words, const char *const *phrases);
gboolean errata_ask_intent_any(AskWords *words, const char *const *phrases);
const char *errata_ask_intent_default(const AskWords *words,
                                      const char *classes,
                                      const char *numbers);
/* the name of the column of time; NULL: none, or more than one */
const char *errata_ask_intent_time_name(const AskWords *words);
gboolean errata_ask_intent_says_when(const AskWords *words);
/* ask-route.c: what follows “by”, as plans have it; NULL: nothing does */
char *errata_ask_route_group(AskWords *words);
/* ask-mention.c */
char *errata_ask_mention_confused(AskWords *words, char **ret_where);
char *errata_ask_mention_note(const AskWords *words);
/* ask-whole.c */
char *errata_ask_whole(AskWords *words,
                       const char *operation,
                       const char *threshold,
                       char **ret_why);
/* ask-plain.c: writes a question of people who know no terms in words that the rules have */
void errata_ask_plain_write(AskWords *words);
char *errata_ask_plain_found(AskWords *words);
gboolean errata_ask_plain_wants_help(const AskWords *words);
/* ask-why.c: why there is no plan, as far as something can be said; (nullable) */
char *errata_ask_why_not(const AskWords *words,
                         const char *plan,
                         gboolean asked,
                         const char *why,
                         const char *left);
/* ask-top.c: notes and takes a number of groups that is said at @at: “worst 3 regions” */
void errata_ask_top_write(AskWords *words, guint at);
/* a number of groups; 0: none */
guint errata_ask_top_number(const AskWords *words, guint at);
/* “top 3 | ”, as plans have it; NULL: no number was said */
char *errata_ask_top_step(const AskWords *words, const char *extreme, const char *metric);
/* why @plan is no answer: it has lost the number; (nullable) */
char *errata_ask_top_lost(const AskWords *words, const char *plan);
/* ask-lost.c: why a question is not answered that asks for two figures; (nullable) */
char *errata_ask_lost(const AskWords *words);
/* ask-shown.c */
char *errata_ask_shown_rows(AskWords *words);
char *errata_ask_shown_of(AskWords *words, char **ret_why);
char *errata_ask_shown_findings(AskWords *words, gboolean shows);
/* a plan about the report as a whole, or about columns; NULL: it asks for something else */
char *errata_ask_intent(AskWords *words);
/* the column, or hours, days, weeks … of time, that the words from @at on name; NULL: none */
char *errata_ask_intent_column(AskWords *words, guint at, guint *ret_n);
/* ask-steps.c: “by tens of age”, as plans have it; NULL: nothing of the kind */
char *errata_ask_steps_before(AskWords *words, guint at, guint n_lead);
/* “in tens”, behind @name, which is taken */
char *errata_ask_steps_behind(AskWords *words, guint at, char *name);
/* “age band”: 1, and the word is used */
guint errata_ask_steps_band(AskWords *words, guint at);
/* “per day”, “over time”: what the groups are; NULL: nothing of the kind */
char *errata_ask_intent_time(AskWords *words);

G_END_DECLS
