/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ask.h"

G_BEGIN_DECLS

/* one word of a question */
typedef struct {
    char *text;      /* as written */
    char *fold;      /* in small letters, _ and - as spaces */
    const char *at;  /* in the question, with quotes and parentheses */
    const char *end; /* behind it */
    gboolean used;   /* something was made of it */
} AskWord;

/* a value of a column */
typedef struct {
    int column;       /* of the frame; −1 for a class */
    const char *text; /* as the log has it */
} AskValue;

/* a question, and the names and values that it may speak of */
typedef struct {
    const ErrataAskData *data;
    char *question;
    GArray *words;       /* (element-type AskWord) */
    GPtrArray *names;    /* (element-type utf8): of columns */
    GHashTable *columns; /* folded name, or a short one → place in @names, plus 1 */
    GHashTable *shared;  /* short names that more than one column may have */
    GHashTable *values;  /* folded value → GArray of AskValue */
    guint n_top;         /* groups that are wanted, where a number of them is; else 0 */
    char *untold;        /* why a small word is neither value nor word, or NULL */
    char *row;           /* what the column of ids calls a row, or NULL */
} AskWords;

AskWords *errata_ask_words_new(const char *question, const ErrataAskData *data);
void errata_ask_words_free(AskWords *self);
const AskWord *errata_ask_words_get(const AskWords *self, guint i);
void errata_ask_words_use(AskWords *self, guint first, guint n);
char *errata_ask_words_phrase(const AskWords *self, guint first, guint n);
guint errata_ask_words_match(const AskWords *self, guint at, const char *phrase);
gboolean errata_ask_words_is_missing(const AskWords *self, guint at, const ErrataColumn *cells);
int errata_ask_words_find(const AskWords *self, const char *phrase, guint *ret_n);
int errata_ask_words_take(AskWords *self, const char *phrase);
int errata_ask_words_column(const AskWords *self, guint at, guint *ret_n);
char *errata_ask_words_left(const AskWords *self);
const AskValue *errata_ask_words_value(const AskWords *self, guint at, guint *ret_n);
/* whether a word restricts nothing */
gboolean errata_ask_words_is_plain(const char *fold);
/* whether rows are called by what they are: tickets, trips */
gboolean errata_ask_words_says_rows(const AskWords *self);
/* the column of people's ages; −1: none, or more than one */
int errata_ask_words_age(const AskWords *self);
/* ask-names.c */
void errata_ask_names_add(AskWords *self);
char *errata_ask_names_say(const AskWords *self);
int errata_ask_names_key(const AskWords *self, const char *noun);
/* ask-number.c */
void errata_ask_number_write(AskWords *words);
guint errata_ask_number_read(const AskWords *words, guint at, double *ret_value);
double errata_ask_number_word(const char *word);
/* ask-route.c: uses the words that something can be made of */
void errata_ask_route_read(AskWords *words);
/* ask-accent.c */
void errata_ask_accent_mend(AskWords *words);
/* ask-people.c */
void errata_ask_people_mend(AskWords *words);
/* ask-small.c */
void errata_ask_small_mark(AskWords *words);
/* ask-double.c */
void errata_ask_double_mark(AskWords *words);
/* ask-near.c */
void errata_ask_near_mend(AskWords *words);
char *errata_ask_near_say(const AskWords *words);
/* ask-metric.c */
const char *errata_ask_metric_named(AskWords *words);
char *errata_ask_metric_list(AskWords *words);
guint errata_ask_metric_at(const AskWords *words, guint at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AskWords, errata_ask_words_free)

G_END_DECLS
