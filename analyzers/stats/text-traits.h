/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "text-scan.h"
#include "trait.h"

G_BEGIN_DECLS

/* how often a column has each word, by hash: what is rare, and what is a slip of the pen */
typedef struct _ErrataTextUsage ErrataTextUsage;

/**
 * ErrataTextTraits:
 * @value: by trait; LANGUAGE and SCRIPT hold an #ErrataLanguage and an #ErrataScript
 *
 * What was measured of one text. Shares of a text without words are 0.
 */
typedef struct {
    double value[ERRATA_TRAITS];
} ErrataTextTraits;

/* what a text says of its language, gathered word by word */
typedef struct {
    float evidence[ERRATA_LANGUAGES_WORDS];
    float alone[ERRATA_LANGUAGES_WORDS]; /* of it, what no other language shares */
    guint n_words;
} ErrataTextTongue;

/**
 * ErrataTextRare:
 * @row: the text
 * @begin: where the word begins in it
 * @length: its bytes
 * @slot: where it is counted
 *
 * A word that was rare when its text was counted, and may no longer be.
 */
typedef struct {
    guint32 row;
    guint32 begin;
    guint32 length;
    guint32 slot;
} ErrataTextRare;

ErrataTextUsage *errata_text_usage_new(void);
void errata_text_usage_free(ErrataTextUsage *self);
void errata_text_usage_count(ErrataTextUsage *self, const char *text, gsize length);
void errata_text_usage_prefetch(const ErrataTextUsage *self, guint64 hash);
gboolean errata_text_usage_add(ErrataTextUsage *self, guint64 hash, guint32 *ret_slot);
gboolean errata_text_usage_stayed_rare(const ErrataTextUsage *self, const ErrataTextRare *word);
void errata_text_usage_learn(ErrataTextUsage *self, const char *text, gsize length);
gboolean errata_text_usage_is_rare(const ErrataTextUsage *self, guint64 hash, guint own);
gboolean errata_text_usage_is_typo(const ErrataTextUsage *self, const char *word, gsize length);

void errata_text_tongue_add(ErrataTextTongue *self,
                            const ErrataScanWord *word,
                            const ErrataLexeme *lexeme);
ErrataLanguage errata_text_tongue_decide(ErrataTextTongue *self, const ErrataScan *scan);
ErrataScript errata_text_tongue_script(const ErrataScan *scan);

void errata_text_traits_measure(const char *text,
                                gsize length,
                                const ErrataTextUsage *usage,
                                guint own,
                                ErrataTextTraits *ret_traits);
void errata_text_traits_count(const char *text,
                              gsize length,
                              guint32 row,
                              ErrataTextUsage *usage,
                              GArray *rare,
                              ErrataTextTraits *ret_traits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataTextUsage, errata_text_usage_free)

G_END_DECLS
