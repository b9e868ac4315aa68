/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask-words.h"

G_BEGIN_DECLS

/* which rows a question speaks of */
typedef struct {
    guint first;       /* the first word that says so */
    guint end;         /* behind the last one */
    int column;        /* equality: of the frame; −1 for classes; −2 for any other condition */
    gboolean negated;  /* equality: none of the values */
    GPtrArray *values; /* (element-type utf8): equality */
    char *filter;      /* otherwise, in the language of filters */
} AskCondition;

GPtrArray *errata_ask_condition_take(AskWords *words, gboolean compare, char **ret_why);
gboolean errata_ask_condition_is_parted(const AskWords *words);
char *errata_ask_condition_join(AskWords *words,
                                const GPtrArray *conditions,
                                guint from,
                                guint to,
                                char **ret_why);

/* ask-condition-time.c */
char *errata_ask_condition_time(AskWords *words, guint at, int column);
/* 1 to 12 of “march” or “mar”, in small letters; 0: it is no month */
int errata_ask_condition_month(const char *fold);
char *errata_ask_condition_relative(const AskWords *words);
char *errata_ask_condition_split(AskWords *words, char **ret_why);

/* name >= from and name <= to */
char *errata_ask_condition_between(const char *name,
                                   const char *from,
                                   const char *to,
                                   gboolean negated);
/* ask-whole.c: what a condition is about: a column, −1 the classes, the log's time or neither */
#define ERRATA_ASK_WHOLE_TIME -3

int errata_ask_whole_about(const AskWords *words, const AskCondition *condition);
gboolean errata_ask_whole_is_outcome(const AskWords *words, const AskCondition *condition);
/* ask-parts.c: moves what says the whole from @conditions to @whole */
gboolean errata_ask_parts_is_where(const AskWords *words,
                                   const AskCondition *condition,
                                   gboolean named);
void errata_ask_parts_share(const AskWords *words, GPtrArray *conditions, GPtrArray *whole);
gboolean errata_ask_parts_count(const AskWords *words, GPtrArray *conditions, GPtrArray *whole);
/* ask-scope.c */
void errata_ask_scope(AskWords *words, GPtrArray *list, gboolean compare, char **ret_why);
/* ask-clock.c */
char *errata_ask_clock(AskWords *words, guint at);
/* ask-phrase.c: writes phrases of a question that is being read in the forms that are known */
void errata_ask_phrase_write(AskWords *words);
void errata_ask_phrase_set(AskWords *words, guint at, guint n, const char *text);

/* ask-years.c */
char *errata_ask_years(AskWords *words, guint at);

/* ask-yes.c */
char *errata_ask_yes(const AskWords *words,
                     int column,
                     const char *called,
                     guint next,
                     gboolean negated,
                     guint *ret_end);
GArray *errata_ask_yes_values(const AskWords *words, int column, const char *called);
char *errata_ask_yes_not(const AskWords *words, int column);
gboolean errata_ask_yes_led(const AskWords *words, guint at);

/* ask-rate.c */
gboolean errata_ask_rate_is_asked(const AskWords *words);
gboolean errata_ask_rate_words(const AskWords *words, guint *ret_first, guint *ret_n);
AskCondition *errata_ask_rate_take(AskWords *words);
/* the class that words mean; −1: none */
int errata_ask_rate_class(const AskWords *words, const char *said);

/* ask-missed.c */
gboolean errata_ask_missed(AskWords *words, GPtrArray *conditions);

/* ask-mention.c */
char *errata_ask_mention(AskWords *words, guint at);

/* ask-said.c */
gboolean errata_ask_said_outcome(AskWords *words, GPtrArray *conditions, char **ret_why);
char *errata_ask_said(AskWords *words, guint at);

char *errata_ask_condition_quote(const char *text, char quote);
const char *errata_ask_condition_op(const AskWords *words, guint at, guint *ret_n);
/* whether a comparison begins at @at: over 40, between 1 and 2, is missing */
gboolean errata_ask_condition_is_test(const AskWords *words, guint at);
void errata_ask_condition_free(gpointer data);
AskCondition *errata_ask_condition_new(guint first, char *filter);
char *errata_ask_condition_name(const AskWords *words, guint column);

G_END_DECLS
