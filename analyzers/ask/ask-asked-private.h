/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask-asked.h"

G_BEGIN_DECLS

/* a question against a plan */
typedef struct {
    const ErrataAskPlan *plan;
    const ErrataAskData *data;
    AskWords *words;   /* of the question; those of dates are used */
    GPtrArray *tests;  /* of the plan */
    GPtrArray *dates;  /* (element-type utf8): conditions of time that the question has */
    GArray *left_out;  /* (element-type gboolean): whether the question leaves that time out */
    char *folded;      /* the plan */
    ErrataRows *rows;  /* of the plan */
    ErrataRows *other; /* (nullable): what they are compared with */
    char *why;
} AskAsked;

/* FALSE, with the reason */
gboolean errata_ask_asked_refuse(AskAsked *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* whether a word of the question is one of the list; of errata_ask_asked_any(): any word */
gboolean errata_ask_asked_is(const AskAsked *self, guint at, const char *const *list);
gboolean errata_ask_asked_any(const AskAsked *self, const char *const *list);
gboolean errata_ask_asked_is_kin(const char *a, const char *b);
gboolean errata_ask_asked_is_short(const AskWord *word, const char *value);
gboolean errata_ask_asked_names(const AskAsked *self, const char *text);
gboolean errata_ask_asked_number(const AskAsked *self, guint at, double *ret_value, guint *ret_n);
gboolean errata_ask_asked_groups(const AskAsked *self);
const char *errata_ask_asked_comparison(const AskAsked *self, guint at, guint n);
/* ask-asked-left.c */
guint errata_ask_asked_negation(const AskAsked *self, guint at);
gboolean errata_ask_asked_keeps(const AskAsked *self,
                                const ErrataRows *rows,
                                const AskValue *value);
gboolean errata_ask_asked_check_negations(AskAsked *self);
gboolean errata_ask_asked_check_share(AskAsked *self);
gboolean errata_ask_asked_is_linked(const AskAsked *self);
gboolean errata_ask_asked_check_left(AskAsked *self, const char *question, char **ret_note);
/* ask-asked-sides.c */
gboolean errata_ask_asked_is_of_errors(const AskAsked *self);
gboolean errata_ask_asked_check_sides(AskAsked *self);

G_END_DECLS
