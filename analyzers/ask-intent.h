/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask-words.h"

G_BEGIN_DECLS

/* takes all of the phrases that are there */
gboolean errata_ask_intent_all(AskWords *words, const char *const *phrases);
/* a plan about the report as a whole, or about columns; NULL: it asks for something else */
char *errata_ask_intent(AskWords *words);
/* the column, or hours, days, weeks … of time, that the words from @at on name; NULL: none */
char *errata_ask_intent_column(AskWords *words, guint at, guint *ret_n);
/* “per day”, “over time”: what the groups are; NULL: nothing of the kind */
char *errata_ask_intent_time(AskWords *words);

G_END_DECLS
