/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "word-sense.h"

G_BEGIN_DECLS

typedef enum {
    ERRATA_TOKEN_WORD,
    ERRATA_TOKEN_NAME, /* one of the allowed names, as it is */
    ERRATA_TOKEN_SLOT, /* {} */
    ERRATA_TOKEN_MARK, /* punctuation or a space */
} ErrataTokenKind;

/**
 * ErrataToken:
 * @kind: what it is
 * @text: as it was written
 * @folded: of a word: its letters, folded
 * @sense: of a word
 * @quoted: of a name: it stood between quotation marks
 * @capital: of a word: it begins with a capital
 * @capitals: of a word: how many of its letters are
 */
typedef struct {
    ErrataTokenKind kind;
    char *text;
    char *folded;
    ErrataWordSense sense;
    gboolean quoted;
    gboolean capital;
    guint capitals;
} ErrataToken;

/* splits @text; NULL with @ret_rule and @ret_why when it holds what no sentence of ours may */
GPtrArray *errata_sentence_split(const char *text,
                                 const GPtrArray *names,
                                 const char **ret_rule,
                                 char **ret_why);

G_END_DECLS
