/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lexicon.h"

G_BEGIN_DECLS

typedef enum {
    ERRATA_SCRIPT_NONE,
    ERRATA_SCRIPT_LATIN,
    ERRATA_SCRIPT_CYRILLIC,
    ERRATA_SCRIPT_GREEK,
    ERRATA_SCRIPT_ARABIC,
    ERRATA_SCRIPT_HEBREW,
    ERRATA_SCRIPT_DEVANAGARI,
    ERRATA_SCRIPT_THAI,
    ERRATA_SCRIPT_HAN,
    ERRATA_SCRIPT_KANA,
    ERRATA_SCRIPT_HANGUL,
    ERRATA_SCRIPT_OTHER,
} ErrataScript;

#define ERRATA_SCRIPTS (ERRATA_SCRIPT_OTHER + 1)

/* what a character is, besides the script of a letter */
typedef enum {
    ERRATA_SCAN_SPACE,
    ERRATA_SCAN_LETTER,
    ERRATA_SCAN_DIGIT,
    ERRATA_SCAN_EMOJI,
    ERRATA_SCAN_PUNCTUATION,
    ERRATA_SCAN_MARK, /* joins the character before it */
} ErrataScanClass;

/**
 * ErrataScanWord:
 * @hash: of its folded characters
 * @begin: where it begins in the text
 * @length: its bytes
 * @n_characters: its characters
 * @n_letters: letters among them
 * @n_capitals: capital letters among them
 * @drawn: a letter stands three times in a row
 * @last: its last folded characters, the very last first
 *
 * A word: a run of letters, digits and apostrophes; of scripts without spaces (Han, kana, Thai)
 * every letter is one.
 */
typedef struct {
    guint64 hash;
    guint32 begin;
    guint32 length;
    guint32 n_characters;
    guint32 n_letters;
    guint32 n_capitals;
    gboolean drawn;
    gunichar last[4];
} ErrataScanWord;

/**
 * ErrataScan:
 *
 * Reads a text once, from word to word, counting what lies between.
 */
typedef struct {
    const char *text;
    guint32 length;
    guint32 at;
    guint32 n_characters;
    guint32 n_spaces;
    guint32 n_digits;
    guint32 n_emoji;
    guint32 n_punctuation;
    guint32 n_questions;
    guint32 n_exclamations;
    guint32 n_links;
    guint32 n_script[ERRATA_SCRIPTS]; /* letters by script */
    guint64 letters; /* bit set of letters that few languages have (text-tongue.c) */
} ErrataScan;

void errata_text_scan_start(ErrataScan *self, const char *text, gsize length);
gboolean errata_text_scan_next(ErrataScan *self, ErrataScanWord *ret_word);
gboolean errata_text_scan_is_alone(gunichar character);
const char *errata_text_scan_script(ErrataScript script);

G_END_DECLS
