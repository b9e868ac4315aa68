/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask-words.h"

G_BEGIN_DECLS

gboolean errata_ask_asked(const char *question,
                          const ErrataAskPlan *plan,
                          const ErrataAskData *data,
                          char **ret_note,
                          char **ret_why);
/* ask-asked-tests.c: what the conditions of a plan compare with what */
typedef struct {
    char *text; /* without quotes */
    char *op;   /* before a number, a date or a value: = != < <= > >=; "" for a name */
} AskTest;

GPtrArray *errata_ask_tests_new(const ErrataAskPlan *plan);
gboolean errata_ask_tests_number(const AskTest *test, double *ret_number);
gboolean errata_ask_tests_is_date(const char *text);
/* the rows that filters leave, and, of a comparison, the others in @ret_other */
ErrataRows *errata_ask_tests_rows(const ErrataAskPlan *plan,
                                  const ErrataAskData *data,
                                  ErrataRows **ret_other);

G_END_DECLS
