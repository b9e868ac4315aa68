/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word lists as one open table by hash, made when first asked for. About 2,500 words: a lookup
 * is one probe, and most words of a text end at an empty slot. */
#include "lexicon.h"

#include <string.h>

#include "rng.h"

#define LEXICON_SLOTS 16384U

static ErrataLexeme lexicon_table[LEXICON_SLOTS];

/**
 * errata_lexicon_fold:
 * @character: a character
 *
 * Returns: it in lower case where its alphabet has one: Latin, Greek and Cyrillic by rule, others
 * as
 *   they are; a typographic apostrophe is a plain one
 */
gunichar
errata_lexicon_fold(gunichar character)
{
    if (character < 0x80)
        return character >= 'A' && character <= 'Z' ? character + 32 : character;
    if (character == 0x2019)
        return '\'';
    if (character >= 0xc0 && character <= 0xde)
        return character != 0xd7 ? character + 32 : character;
    if (character >= 0x391 && character <= 0x3a9)
        return character + 32;
    if (character >= 0x410 && character <= 0x42f)
        return character + 32;
    if (character >= 0x400 && character <= 0x40f)
        return character != 0x401 ? character + 80 : 0x435;
    if (character == 0x130)
        return 'i';
    if (character == 0x451)
        return 0x435; /* ё is written е as often as not */
    if ((character >= 0x100 && character <= 0x137) || (character >= 0x14a && character <= 0x177) ||
        (character >= 0x218 && character <= 0x21b) || (character >= 0x1e00 && character <= 0x1eff))
        return character | 1; /* pairs of an even capital and an odd small letter */
    if ((character >= 0x139 && character <= 0x148) || (character >= 0x179 && character <= 0x17e))
        return (character & 1) != 0 ? character + 1 : character;
    return character == 0x1a0 || character == 0x1af ? character + 1 : character;
}

static ErrataLexeme *
lexicon_slot(guint64 hash)
{
    guint64 at = errata_rng_mix(hash);

    while (lexicon_table[at & (LEXICON_SLOTS - 1)].hash != 0 &&
           lexicon_table[at & (LEXICON_SLOTS - 1)].hash != hash)
        at++;
    return &lexicon_table[at & (LEXICON_SLOTS - 1)];
}

static ErrataLexeme *
lexicon_add(const char *word, gsize length)
{
    guint64 hash = ERRATA_LEXICON_SEED;
    ErrataLexeme *lexeme;

    for (const char *at = word; at < word + length; at += g_utf8_skip[*(const guchar *)at])
        hash = errata_lexicon_hash(hash, errata_lexicon_fold(g_utf8_get_char(at)));
    lexeme = lexicon_slot(hash);
    lexeme->hash = hash;
    return lexeme;
}

typedef void (*LexiconMark)(ErrataLexeme *lexeme, int value);

static void
lexicon_mark_language(ErrataLexeme *lexeme, int value)
{
    lexeme->languages |= 1U << value;
}

static void
lexicon_mark_valence(ErrataLexeme *lexeme, int value)
{
    lexeme->valence = (gint8)value;
}

static void
lexicon_mark_negation(ErrataLexeme *lexeme, int value)
{
    lexeme->negates = value != 0;
}

static void
lexicon_add_list(const char *list, LexiconMark mark, int value)
{
    while (*list != '\0') {
        gsize length = strcspn(list, " ");

        if (length > 0)
            mark(lexicon_add(list, length), value);
        list += length + (list[length] != '\0' ? 1 : 0);
    }
}

static gpointer
lexicon_make_cb(gpointer data)
{
    for (guint i = 0; i < ERRATA_LANGUAGES_WORDS; i++)
        lexicon_add_list(errata_lexicon_common[i], lexicon_mark_language, (int)i);
    for (int i = 0; errata_lexicon_good[i] != NULL; i++)
        lexicon_add_list(errata_lexicon_good[i], lexicon_mark_valence, 2 - i);
    for (int i = 0; errata_lexicon_bad[i] != NULL; i++)
        lexicon_add_list(errata_lexicon_bad[i], lexicon_mark_valence, i - 2);
    lexicon_add_list(errata_lexicon_negations, lexicon_mark_negation, 1);
    return lexicon_table;
}

/* brings what the lists say of a word near, which will be asked for soon */
void
errata_lexicon_prefetch(guint64 hash)
{
    __builtin_prefetch(&lexicon_table[errata_rng_mix(hash) & (LEXICON_SLOTS - 1)]);
}

/**
 * errata_lexicon_find:
 * @hash: of a folded word, errata_lexicon_hash() over its characters from %ERRATA_LEXICON_SEED
 *
 * Returns: (nullable): what the lists say of it; %NULL where no list has it
 */
const ErrataLexeme *
errata_lexicon_find(guint64 hash)
{
    static GOnce once = G_ONCE_INIT;
    const ErrataLexeme *lexeme;

    g_once(&once, lexicon_make_cb, NULL);
    lexeme = lexicon_slot(hash);
    return lexeme->hash != 0 ? lexeme : NULL;
}

/**
 * errata_lexicon_language:
 * @language: a language
 *
 * Returns: (transfer none): its English name, `mixed` or `unknown`
 */
const char *
errata_lexicon_language(ErrataLanguage language)
{
    static const char *const names[] = {
        "English",   "German",  "French",     "Spanish",    "Portuguese", "Italian",   "Dutch",
        "Swedish",   "Danish",  "Norwegian",  "Finnish",    "Polish",     "Czech",     "Romanian",
        "Hungarian", "Turkish", "Indonesian", "Vietnamese", "Russian",    "Ukrainian", "Bulgarian",
        "Greek",     "Hebrew",  "Arabic",     "Persian",    "Hindi",      "Thai",      "Chinese",
        "Japanese",  "Korean",  "mixed",      "unknown",
    };

    G_STATIC_ASSERT(G_N_ELEMENTS(names) == ERRATA_LANGUAGES);
    return names[language];
}
