/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass over the bytes of a text, from word to word. Plain ASCII goes by a table; other
 * characters are decoded and told by their block. */
#include "text-scan.h"

#include <string.h>

typedef struct {
    guint32 first;
    guint32 last;
    guint8 class;
    guint8 script;
} ScanBlock;

/* sorted; what lies between is an OTHER letter */
static const ScanBlock scan_blocks[] = {
    {0x80, 0x9f, ERRATA_SCAN_SPACE, 0},
    {0xa0, 0xa0, ERRATA_SCAN_SPACE, 0},
    {0xa1, 0xa9, ERRATA_SCAN_PUNCTUATION, 0},
    {0xaa, 0xaa, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_LATIN},
    {0xab, 0xb4, ERRATA_SCAN_PUNCTUATION, 0},
    {0xb5, 0xb5, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_GREEK},
    {0xb6, 0xb9, ERRATA_SCAN_PUNCTUATION, 0},
    {0xba, 0xba, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_LATIN},
    {0xbb, 0xbf, ERRATA_SCAN_PUNCTUATION, 0},
    {0xc0, 0xd6, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_LATIN},
    {0xd7, 0xd7, ERRATA_SCAN_PUNCTUATION, 0},
    {0xd8, 0xf6, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_LATIN},
    {0xf7, 0xf7, ERRATA_SCAN_PUNCTUATION, 0},
    {0xf8, 0x2af, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_LATIN},
    {0x300, 0x36f, ERRATA_SCAN_MARK, 0},
    {0x370, 0x3ff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_GREEK},
    {0x400, 0x52f, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_CYRILLIC},
    {0x591, 0x5c7, ERRATA_SCAN_MARK, 0},
    {0x5d0, 0x5f4, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HEBREW},
    {0x600, 0x61f, ERRATA_SCAN_PUNCTUATION, 0},
    {0x620, 0x64a, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_ARABIC},
    {0x64b, 0x65f, ERRATA_SCAN_MARK, 0},
    {0x660, 0x669, ERRATA_SCAN_DIGIT, 0},
    {0x66a, 0x66d, ERRATA_SCAN_PUNCTUATION, 0},
    {0x66e, 0x6d3, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_ARABIC},
    {0x6f0, 0x6f9, ERRATA_SCAN_DIGIT, 0},
    {0x900, 0x903, ERRATA_SCAN_MARK, 0},
    {0x904, 0x939, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_DEVANAGARI},
    {0x93a, 0x94f, ERRATA_SCAN_MARK, 0},
    {0x950, 0x963, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_DEVANAGARI},
    {0x964, 0x965, ERRATA_SCAN_PUNCTUATION, 0},
    {0x966, 0x96f, ERRATA_SCAN_DIGIT, 0},
    {0xe01, 0xe30, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_THAI},
    {0xe31, 0xe3a, ERRATA_SCAN_MARK, 0},
    {0xe40, 0xe46, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_THAI},
    {0xe47, 0xe4e, ERRATA_SCAN_MARK, 0},
    {0x1100, 0x11ff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HANGUL},
    {0x1e00, 0x1eff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_LATIN},
    {0x1f00, 0x1fff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_GREEK},
    {0x2000, 0x200b, ERRATA_SCAN_SPACE, 0},
    {0x200c, 0x200f, ERRATA_SCAN_MARK, 0},
    {0x2010, 0x2027, ERRATA_SCAN_PUNCTUATION, 0},
    {0x2028, 0x202f, ERRATA_SCAN_SPACE, 0},
    {0x2030, 0x20cf, ERRATA_SCAN_PUNCTUATION, 0},
    {0x20d0, 0x20ff, ERRATA_SCAN_MARK, 0},
    {0x2100, 0x2319, ERRATA_SCAN_PUNCTUATION, 0},
    {0x231a, 0x231b, ERRATA_SCAN_EMOJI, 0},
    {0x231c, 0x23e8, ERRATA_SCAN_PUNCTUATION, 0},
    {0x23e9, 0x23fa, ERRATA_SCAN_EMOJI, 0},
    {0x23fb, 0x25ff, ERRATA_SCAN_PUNCTUATION, 0},
    {0x2600, 0x27bf, ERRATA_SCAN_EMOJI, 0},
    {0x27c0, 0x2b04, ERRATA_SCAN_PUNCTUATION, 0},
    {0x2b05, 0x2b55, ERRATA_SCAN_EMOJI, 0},
    {0x2b56, 0x2bff, ERRATA_SCAN_PUNCTUATION, 0},
    {0x3000, 0x3000, ERRATA_SCAN_SPACE, 0},
    {0x3001, 0x3004, ERRATA_SCAN_PUNCTUATION, 0},
    {0x3005, 0x3007, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HAN},
    {0x3008, 0x3040, ERRATA_SCAN_PUNCTUATION, 0},
    {0x3041, 0x30ff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_KANA},
    {0x3130, 0x318f, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HANGUL},
    {0x31f0, 0x31ff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_KANA},
    {0x3400, 0x9fff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HAN},
    {0xac00, 0xd7af, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HANGUL},
    {0xe000, 0xf8ff, ERRATA_SCAN_PUNCTUATION, 0},
    {0xf900, 0xfaff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HAN},
    {0xfb50, 0xfdff, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_ARABIC},
    {0xfe00, 0xfe0f, ERRATA_SCAN_MARK, 0},
    {0xfe10, 0xfe6f, ERRATA_SCAN_PUNCTUATION, 0},
    {0xfe70, 0xfefe, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_ARABIC},
    {0xfeff, 0xfeff, ERRATA_SCAN_SPACE, 0},
    {0xff01, 0xff0f, ERRATA_SCAN_PUNCTUATION, 0},
    {0xff10, 0xff19, ERRATA_SCAN_DIGIT, 0},
    {0xff1a, 0xff20, ERRATA_SCAN_PUNCTUATION, 0},
    {0xff21, 0xff5a, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_LATIN},
    {0xff5b, 0xff65, ERRATA_SCAN_PUNCTUATION, 0},
    {0xff66, 0xff9f, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_KANA},
    {0xfff0, 0xffff, ERRATA_SCAN_PUNCTUATION, 0},
    {0x1f000, 0x1f3fa, ERRATA_SCAN_EMOJI, 0},
    {0x1f3fb, 0x1f3ff, ERRATA_SCAN_MARK, 0}, /* skin tones */
    {0x1f400, 0x1faff, ERRATA_SCAN_EMOJI, 0},
    {0x20000, 0x323af, ERRATA_SCAN_LETTER, ERRATA_SCRIPT_HAN},
    {0xe0000, 0xe0fff, ERRATA_SCAN_MARK, 0},
};

/* letters that few languages have, by their place in ErrataScan.letters */
static const gunichar scan_telling[] = {
    0xdf,  0xe4,  0xf6,  0xfc,  0xf1,  0xe3,  0xf5,  0xe7,  0xe5,  0xf8,  0xe6,  0x142,
    0x17c, 0x17a, 0x15b, 0x107, 0x119, 0x105, 0x159, 0x11b, 0x16f, 0x11f, 0x15f, 0x131,
    0x151, 0x171, 0x103, 0x21b, 0x219, 0x111, 0x1a1, 0x1b0, 0x456, 0x457, 0x454, 0x44b,
    0x44d, 0x44a, 0x67e, 0x686, 0x6af, 0x6cc, 0x153, 0x161, 0x17e, 0xe8,  0xf9,
};

G_STATIC_ASSERT(G_N_ELEMENTS(scan_telling) <= 64);

static const ScanBlock *
scan_block(gunichar character)
{
    guint low = 0, high = G_N_ELEMENTS(scan_blocks);

    while (low < high) {
        guint middle = (low + high) / 2;

        if (character > scan_blocks[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < G_N_ELEMENTS(scan_blocks) && character >= scan_blocks[low].first)
        return &scan_blocks[low];
    return NULL;
}

static ErrataScanClass
scan_class(gunichar character, ErrataScript *ret_script)
{
    const ScanBlock *block;

    *ret_script = ERRATA_SCRIPT_LATIN;
    if (character < 0x80) {
        if (g_ascii_isalpha((char)character))
            return ERRATA_SCAN_LETTER;
        if (g_ascii_isdigit((char)character))
            return ERRATA_SCAN_DIGIT;
        return character <= ' ' || character == 0x7f ? ERRATA_SCAN_SPACE : ERRATA_SCAN_PUNCTUATION;
    }
    block = scan_block(character);
    *ret_script = block != NULL ? block->script : ERRATA_SCRIPT_OTHER;
    return block != NULL ? block->class : ERRATA_SCAN_LETTER;
}

/**
 * errata_text_scan_start:
 * @self: a scan
 * @text: valid UTF-8, outlives the scan
 * @length: its bytes
 */
void
errata_text_scan_start(ErrataScan *self, const char *text, gsize length)
{
    memset(self, 0, sizeof *self);
    self->text = text;
    self->length = (guint32)MIN(length, (gsize)G_MAXUINT32 / 2);
}

static inline gunichar
scan_peek(const ErrataScan *self, guint32 at, guint32 *ret_next)
{
    const guchar first = (guchar)self->text[at];

    if (first < 0x80) {
        *ret_next = at + 1;
        return first;
    }
    *ret_next = MIN(at + (guint32)g_utf8_skip[first], self->length);
    return g_utf8_get_char(self->text + at);
}

static gboolean
scan_follows(const ErrataScan *self, guint32 at, const char *what)
{
    gsize length = strlen(what);

    return self->length - at >= length && memcmp(self->text + at, what, length) == 0;
}

/* a letter, digit or byte of another script at @at */
static gboolean
scan_is_wordly(const ErrataScan *self, guint32 at)
{
    return at < self->length && (g_ascii_isalnum(self->text[at]) || (guchar)self->text[at] >= 0xc3);
}

/* one character that is no part of a word */
static void
scan_between(ErrataScan *self, ErrataScanClass class, gunichar character, guint32 next)
{
    switch (class) {
    case ERRATA_SCAN_SPACE:
        self->n_spaces++;
        break;
    case ERRATA_SCAN_EMOJI:
        self->n_emoji++;
        break;
    case ERRATA_SCAN_PUNCTUATION:
        self->n_punctuation++;
        if (character == '?' || character == 0xff1f || character == 0x61f)
            self->n_questions++;
        else if (character == '!' || character == 0xff01)
            self->n_exclamations++;
        else if (character == '@' && scan_is_wordly(self, next))
            self->n_links++;
        break;
    case ERRATA_SCAN_MARK:
    case ERRATA_SCAN_LETTER:
    case ERRATA_SCAN_DIGIT:
        break;
    }
}

static void
scan_tell(ErrataScan *self, gunichar folded)
{
    if (folded >= 0x430 && folded <= 0x44f && folded != 0x44a && folded != 0x44b && folded != 0x44d)
        return; /* letters of every Cyrillic alphabet */
    for (guint i = 0; i < G_N_ELEMENTS(scan_telling); i++)
        if (scan_telling[i] == folded)
            self->letters |= G_GUINT64_CONSTANT(1) << i;
}

static void
scan_letter(ErrataScan *self, ErrataScanWord *word, gunichar character, ErrataScript script)
{
    gunichar folded = errata_lexicon_fold(character);

    self->n_script[script]++;
    word->n_letters++;
    word->n_capitals += folded != character ? 1 : 0;
    if (folded >= 0x80 && folded < 0x700)
        scan_tell(self, folded);
    word->drawn |= folded == word->last[0] && folded == word->last[1];
}

static void
scan_extend(ErrataScanWord *word, gunichar character)
{
    gunichar folded = errata_lexicon_fold(character);

    word->hash = errata_lexicon_hash(word->hash, folded);
    word->last[3] = word->last[2];
    word->last[2] = word->last[1];
    word->last[1] = word->last[0];
    word->last[0] = folded;
    word->n_characters++;
}

/* an address swallows all up to the next space */
static void
scan_skip_link(ErrataScan *self)
{
    self->n_links++;
    while (self->at < self->length && (guchar)self->text[self->at] > ' ') {
        guint32 next;

        scan_peek(self, self->at, &next);
        self->n_characters++;
        self->at = next;
    }
}

static gboolean
scan_is_alone(ErrataScript script)
{
    return script == ERRATA_SCRIPT_HAN || script == ERRATA_SCRIPT_KANA ||
           script == ERRATA_SCRIPT_THAI;
}

/* plain letters and digits, the bulk of most texts: the same as below, without decoding */
static void
scan_plain(ErrataScan *self, ErrataScanWord *word)
{
    const guchar *text = (const guchar *)self->text;
    guint64 hash = word->hash;
    guint32 at = self->at, n_letters = 0, n_capitals = 0;
    gunichar a = word->last[0], b = word->last[1], c = word->last[2], d = word->last[3];
    gboolean drawn = FALSE;

    for (; at < self->length; at++) {
        guchar byte = text[at];
        guint lower = byte | 0x20U;
        gboolean letter = lower - 'a' < 26U;

        if (!letter && byte - (guint)'0' >= 10U)
            break;
        lower = letter ? lower : byte;
        n_letters += letter ? 1 : 0;
        n_capitals += letter && lower != byte ? 1 : 0;
        drawn |= letter && lower == a && lower == b;
        hash = errata_lexicon_hash(hash, lower);
        d = c;
        c = b;
        b = a;
        a = lower;
    }
    word->hash = hash;
    word->last[0] = a;
    word->last[1] = b;
    word->last[2] = c;
    word->last[3] = d;
    word->drawn |= drawn;
    word->n_characters += at - self->at;
    word->n_letters += n_letters;
    word->n_capitals += n_capitals;
    self->n_characters += at - self->at;
    self->n_digits += at - self->at - n_letters;
    self->n_script[ERRATA_SCRIPT_LATIN] += n_letters;
    self->at = at;
}

/* the rest of a word that begins at word->begin */
static void
scan_word(ErrataScan *self, ErrataScanWord *word)
{
    scan_plain(self, word);
    while (self->at < self->length) {
        guint32 next;
        gunichar character = scan_peek(self, self->at, &next);
        ErrataScript script;
        ErrataScanClass class;

        if (character == ' ')
            break;
        class = scan_class(character, &script);
        if (class == ERRATA_SCAN_LETTER) {
            if (scan_is_alone(script) && word->n_characters > 0)
                break;
            scan_letter(self, word, character, script);
        } else if (class == ERRATA_SCAN_DIGIT) {
            self->n_digits++;
        } else if (class == ERRATA_SCAN_PUNCTUATION && (character == '\'' || character == 0x2019) &&
                   word->n_characters > 0 && scan_is_wordly(self, next)) {
            self->n_punctuation++;
        } else if (class != ERRATA_SCAN_MARK) {
            break;
        }
        self->n_characters++;
        self->at = next;
        scan_extend(word, character);
        if (class == ERRATA_SCAN_LETTER && scan_is_alone(script))
            break;
        scan_plain(self, word);
    }
    word->length = self->at - word->begin;
}

/**
 * errata_text_scan_next:
 * @self: a scan
 * @ret_word: (out): the next word
 *
 * Returns: whether there was another word; after the last one the counts of @self are those of the
 *   whole text
 */
gboolean
errata_text_scan_next(ErrataScan *self, ErrataScanWord *ret_word)
{
    while (self->at < self->length) {
        guint32 next;
        gunichar character;
        ErrataScript script;
        ErrataScanClass class;

        if (self->text[self->at] == ' ') {
            self->n_spaces++;
            self->n_characters++;
            self->at++;
            continue;
        }
        character = scan_peek(self, self->at, &next);
        class = scan_class(character, &script);
        if (class == ERRATA_SCAN_LETTER || class == ERRATA_SCAN_DIGIT) {
            memset(ret_word, 0, sizeof *ret_word);
            ret_word->hash = ERRATA_LEXICON_SEED;
            ret_word->begin = self->at;
            scan_word(self, ret_word);
            if (scan_follows(self, self->at, "://") ||
                (ret_word->length == 3 && scan_follows(self, ret_word->begin, "www.")))
                scan_skip_link(self);
            return TRUE;
        }
        scan_between(self, class, character, next);
        self->n_characters++;
        self->at = next;
    }
    return FALSE;
}

/**
 * errata_text_scan_is_alone:
 * @character: a character
 *
 * Returns: whether it is a letter of a script without spaces (Han, kana, Thai), a word by itself
 */
gboolean
errata_text_scan_is_alone(gunichar character)
{
    ErrataScript script;

    return character >= 0x80 && scan_class(character, &script) == ERRATA_SCAN_LETTER &&
           scan_is_alone(script);
}

/**
 * errata_text_scan_script:
 * @script: a script
 *
 * Returns: (transfer none): its name; `none` for texts without letters
 */
const char *
errata_text_scan_script(ErrataScript script)
{
    static const char *const names[] = {"none",
                                        "Latin",
                                        "Cyrillic",
                                        "Greek",
                                        "Arabic",
                                        "Hebrew",
                                        "Devanagari",
                                        "Thai",
                                        "Han",
                                        "Kana",
                                        "Hangul",
                                        "other"};

    G_STATIC_ASSERT(G_N_ELEMENTS(names) == ERRATA_SCRIPTS);
    return names[script];
}
