/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* languages told by their words; the others by their script */
typedef enum {
    ERRATA_LANGUAGE_ENGLISH,
    ERRATA_LANGUAGE_GERMAN,
    ERRATA_LANGUAGE_FRENCH,
    ERRATA_LANGUAGE_SPANISH,
    ERRATA_LANGUAGE_PORTUGUESE,
    ERRATA_LANGUAGE_ITALIAN,
    ERRATA_LANGUAGE_DUTCH,
    ERRATA_LANGUAGE_SWEDISH,
    ERRATA_LANGUAGE_DANISH,
    ERRATA_LANGUAGE_NORWEGIAN,
    ERRATA_LANGUAGE_FINNISH,
    ERRATA_LANGUAGE_POLISH,
    ERRATA_LANGUAGE_CZECH,
    ERRATA_LANGUAGE_ROMANIAN,
    ERRATA_LANGUAGE_HUNGARIAN,
    ERRATA_LANGUAGE_TURKISH,
    ERRATA_LANGUAGE_INDONESIAN,
    ERRATA_LANGUAGE_VIETNAMESE,
    ERRATA_LANGUAGE_RUSSIAN,
    ERRATA_LANGUAGE_UKRAINIAN,
    ERRATA_LANGUAGE_BULGARIAN,
    ERRATA_LANGUAGE_GREEK,
    ERRATA_LANGUAGE_HEBREW,
    ERRATA_LANGUAGE_ARABIC,
    ERRATA_LANGUAGE_PERSIAN,
    ERRATA_LANGUAGE_HINDI,
    ERRATA_LANGUAGE_THAI,
    ERRATA_LANGUAGE_CHINESE,
    ERRATA_LANGUAGE_JAPANESE,
    ERRATA_LANGUAGE_KOREAN,
    ERRATA_LANGUAGE_MIXED,
    ERRATA_LANGUAGE_UNKNOWN,
} ErrataLanguage;

#define ERRATA_LANGUAGES       (ERRATA_LANGUAGE_UNKNOWN + 1)
#define ERRATA_LANGUAGES_WORDS (ERRATA_LANGUAGE_BULGARIAN + 1) /* that have word lists */

/**
 * ErrataLexeme:
 * @hash: of the folded word, see errata_lexicon_hash()
 * @languages: bit l is set where the word is one of the commonest of language l
 * @valence: −2 … 2: bad to good; 0 for neither
 * @negates: denies what follows
 *
 * What the lists say of a word.
 */
typedef struct {
    guint64 hash;
    guint32 languages;
    gint8 valence;
    gboolean negates;
} ErrataLexeme;

#define ERRATA_LEXICON_SEED G_GUINT64_CONSTANT(0xcbf29ce484222325)

/* one more folded character of a word (Fowler, Noll and Vo's hash 1a, on code points) */
static inline guint64
errata_lexicon_hash(guint64 hash, gunichar character)
{
    return (hash ^ character) * G_GUINT64_CONSTANT(0x100000001b3);
}

gunichar errata_lexicon_fold(gunichar character);
void errata_lexicon_prefetch(guint64 hash);
const ErrataLexeme *errata_lexicon_find(guint64 hash);
const char *errata_lexicon_language(ErrataLanguage language);

/* lists (lexicon-words.c) */
extern const char *const errata_lexicon_common[ERRATA_LANGUAGES_WORDS];
extern const char *const errata_lexicon_good[];
extern const char *const errata_lexicon_bad[];
extern const char *const errata_lexicon_negations;

G_END_DECLS
