/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language of a text: commonest words first, then letters that few languages have, then
 * endings. A word that several languages share counts a part for each. Unsure is unknown. */
#include <string.h>

#include "text-traits.h"

#define TONGUE_LETTER 0.8F /* evidence of a telling letter, once per text */
#define TONGUE_ENDING 0.35F
#define TONGUE_LEAST  0.9F  /* evidence that is needed at all … */
#define TONGUE_SHARE  0.08F /* … and per word */
#define TONGUE_LEAD   1.25F /* over the next language */
#define TONGUE_MIXED  0.3F  /* of the first language's own words, which another needs … */
#define TONGUE_BOTH   2.0F  /* … and this many */
#define TONGUE_PLACES 128U  /* of last letters that endings are looked up by */

#define L(language) (1U << ERRATA_LANGUAGE_##language)

/* in the order of ErrataScan.letters */
static const guint32 tongue_letters[] = {
    L(GERMAN),                                                       /* ß */
    L(GERMAN) | L(SWEDISH) | L(FINNISH),                             /* ä */
    L(GERMAN) | L(SWEDISH) | L(FINNISH) | L(TURKISH) | L(HUNGARIAN), /* ö */
    L(GERMAN) | L(TURKISH) | L(HUNGARIAN),                           /* ü */
    L(SPANISH),                                                      /* ñ */
    L(PORTUGUESE) | L(VIETNAMESE),                                   /* ã */
    L(PORTUGUESE) | L(VIETNAMESE),                                   /* õ */
    L(FRENCH) | L(PORTUGUESE) | L(TURKISH),                          /* ç */
    L(SWEDISH) | L(DANISH) | L(NORWEGIAN),                           /* å */
    L(DANISH) | L(NORWEGIAN),                                        /* ø */
    L(DANISH) | L(NORWEGIAN),                                        /* æ */
    L(POLISH),                                                       /* ł */
    L(POLISH),                                                       /* ż */
    L(POLISH),                                                       /* ź */
    L(POLISH),                                                       /* ś */
    L(POLISH),                                                       /* ć */
    L(POLISH),                                                       /* ę */
    L(POLISH),                                                       /* ą */
    L(CZECH),                                                        /* ř */
    L(CZECH),                                                        /* ě */
    L(CZECH),                                                        /* ů */
    L(TURKISH),                                                      /* ğ */
    L(TURKISH) | L(ROMANIAN),                                        /* ş */
    L(TURKISH),                                                      /* ı */
    L(HUNGARIAN),                                                    /* ő */
    L(HUNGARIAN),                                                    /* ű */
    L(ROMANIAN) | L(VIETNAMESE),                                     /* ă */
    L(ROMANIAN),                                                     /* ț */
    L(ROMANIAN),                                                     /* ș */
    L(VIETNAMESE),                                                   /* đ */
    L(VIETNAMESE),                                                   /* ơ */
    L(VIETNAMESE),                                                   /* ư */
    L(UKRAINIAN),                                                    /* і */
    L(UKRAINIAN),                                                    /* ї */
    L(UKRAINIAN),                                                    /* є */
    L(RUSSIAN),                                                      /* ы */
    L(RUSSIAN),                                                      /* э */
    L(BULGARIAN) | L(RUSSIAN),                                       /* ъ */
    0,
    0,
    0,
    0,                      /* Persian letters: by script below */
    L(FRENCH),              /* œ */
    L(CZECH),               /* š */
    L(CZECH),               /* ž */
    L(FRENCH) | L(ITALIAN), /* è */
    L(FRENCH) | L(ITALIAN), /* ù */
};

#define TONGUE_PERSIAN (G_GUINT64_CONSTANT(0xf) << 38)

typedef struct {
    gunichar ending[6]; /* reversed */
    guint32 languages;
} TongueEnding;

static const TongueEnding tongue_endings[] = {
    {U"gni", L(ENGLISH)},
    {U"yl", L(ENGLISH)},
    {U"ssen", L(ENGLISH)},
    {U"de", L(ENGLISH)},
    {U"gnu", L(GERMAN)},
    {U"tiek", L(GERMAN)},
    {U"hcil", L(GERMAN)},
    {U"hcsi", L(GERMAN)},
    {U"tfah", L(GERMAN)},
    {U"xue", L(FRENCH)},
    {U"eéi", L(FRENCH)},
    {U"zevi", L(FRENCH)},
    {U"nóic", L(SPANISH)},
    {U"dad", L(SPANISH)},
    {U"oda", L(SPANISH) | L(PORTUGUESE)},
    {U"etnem", L(SPANISH) | L(PORTUGUESE) | L(ITALIAN)},
    {U"oãç", L(PORTUGUESE)},
    {U"edad", L(PORTUGUESE)},
    {U"enoi", L(ITALIAN)},
    {U"otta", L(ITALIAN)},
    {U"dieh", L(DUTCH)},
    {U"kjil", L(DUTCH)},
    {U"gil", L(SWEDISH) | L(DANISH) | L(NORWEGIAN)},
    {U"nnell", L(FINNISH)},
    {U"ass", L(FINNISH)},
    {U"äss", L(FINNISH)},
    {U"hcy", L(POLISH)},
    {U"cść", L(POLISH)},
    {U"éý", L(CZECH)},
    {U"eluţ", L(ROMANIAN)},
    {U"kaná", L(HUNGARIAN)},
    {U"ral", L(TURKISH)},
    {U"rel", L(TURKISH)},
    {U"nak", L(INDONESIAN)},
};

static void
tongue_give(ErrataTextTongue *self, guint32 languages, float weight)
{
    float share;

    if (languages == 0)
        return;
    share = weight / (float)__builtin_popcount(languages);
    if ((languages & (languages - 1)) == 0)
        self->alone[__builtin_ctz(languages)] += weight;
    for (; languages != 0; languages &= languages - 1)
        self->evidence[__builtin_ctz(languages)] += share;
}

static gboolean
tongue_ends(const ErrataScanWord *word, const gunichar *ending)
{
    for (guint i = 0; ending[i] != 0; i++)
        if (i < G_N_ELEMENTS(word->last) && word->last[i] != ending[i])
            return FALSE;
    return TRUE;
}

static gpointer
tongue_endings_cb(gpointer data)
{
    static guint64 by_letter[TONGUE_PLACES];

    for (guint i = 0; i < G_N_ELEMENTS(tongue_endings); i++)
        by_letter[tongue_endings[i].ending[0] % TONGUE_PLACES] |= G_GUINT64_CONSTANT(1) << i;
    return by_letter;
}

/* the endings, a bit each, that a word with this last letter may have */
static guint64
tongue_may_end(gunichar last)
{
    static GOnce once = G_ONCE_INIT;
    const guint64 *by_letter = g_once(&once, tongue_endings_cb, NULL);

    G_STATIC_ASSERT(G_N_ELEMENTS(tongue_endings) <= 64);
    return by_letter[last % TONGUE_PLACES];
}

/**
 * errata_text_tongue_add:
 * @self: what is known of the text's language
 * @word: its next word
 * @lexeme: (nullable): what the lists say of it
 */
void
errata_text_tongue_add(ErrataTextTongue *self,
                       const ErrataScanWord *word,
                       const ErrataLexeme *lexeme)
{
    if (word->n_letters == 0)
        return;
    self->n_words++;
    if (lexeme != NULL && lexeme->languages != 0) {
        tongue_give(self, lexeme->languages, 1.0F);
        return;
    }
    if (word->n_characters < 5)
        return;
    for (guint64 may = tongue_may_end(word->last[0]); may != 0; may &= may - 1) {
        const TongueEnding *ending = &tongue_endings[__builtin_ctzll(may)];

        if (tongue_ends(word, ending->ending))
            tongue_give(self, ending->languages, TONGUE_ENDING);
    }
}

/**
 * errata_text_tongue_script:
 * @scan: of the whole text
 *
 * Returns: the script of most letters, NONE without letters; kana tell Japanese, so half as many as
 *   Han letters are enough
 */
ErrataScript
errata_text_tongue_script(const ErrataScan *scan)
{
    ErrataScript most = ERRATA_SCRIPT_NONE;

    for (guint i = 1; i < ERRATA_SCRIPTS; i++)
        if (scan->n_script[i] > scan->n_script[most])
            most = i;
    if (most == ERRATA_SCRIPT_HAN && 2 * scan->n_script[ERRATA_SCRIPT_KANA] >= scan->n_script[most])
        return ERRATA_SCRIPT_KANA;
    return most;
}

static ErrataLanguage
tongue_of_script(ErrataScript script, const ErrataScan *scan)
{
    switch (script) {
    case ERRATA_SCRIPT_GREEK:
        return ERRATA_LANGUAGE_GREEK;
    case ERRATA_SCRIPT_HEBREW:
        return ERRATA_LANGUAGE_HEBREW;
    case ERRATA_SCRIPT_ARABIC:
        return (scan->letters & TONGUE_PERSIAN) != 0 ? ERRATA_LANGUAGE_PERSIAN
                                                     : ERRATA_LANGUAGE_ARABIC;
    case ERRATA_SCRIPT_DEVANAGARI:
        return ERRATA_LANGUAGE_HINDI;
    case ERRATA_SCRIPT_THAI:
        return ERRATA_LANGUAGE_THAI;
    case ERRATA_SCRIPT_HAN:
        return scan->n_script[ERRATA_SCRIPT_KANA] > 0 ? ERRATA_LANGUAGE_JAPANESE
                                                      : ERRATA_LANGUAGE_CHINESE;
    case ERRATA_SCRIPT_KANA:
        return ERRATA_LANGUAGE_JAPANESE;
    case ERRATA_SCRIPT_HANGUL:
        return ERRATA_LANGUAGE_KOREAN;
    case ERRATA_SCRIPT_NONE:
    case ERRATA_SCRIPT_LATIN:
    case ERRATA_SCRIPT_CYRILLIC:
    case ERRATA_SCRIPT_OTHER:
        break;
    }
    return ERRATA_LANGUAGE_UNKNOWN;
}

/* languages of the other script cannot be it */
static void
tongue_drop(ErrataTextTongue *self, ErrataScript script)
{
    gboolean cyrillic = script == ERRATA_SCRIPT_CYRILLIC;
    guint end = cyrillic ? ERRATA_LANGUAGE_RUSSIAN : ERRATA_LANGUAGES_WORDS;

    G_STATIC_ASSERT(ERRATA_LANGUAGE_BULGARIAN + 1 == ERRATA_LANGUAGES_WORDS);
    for (guint i = cyrillic ? 0 : ERRATA_LANGUAGE_RUSSIAN; i < end; i++)
        self->evidence[i] = self->alone[i] = 0.0F;
}

/* the language with the largest value, @but left out */
static guint
tongue_most(const float *value, guint but)
{
    guint most = but == 0 ? 1 : 0;

    for (guint i = most + 1; i < ERRATA_LANGUAGES_WORDS; i++)
        if (i != but && value[i] > value[most])
            most = i;
    return most;
}

/**
 * errata_text_tongue_decide:
 * @self: after the last word; letters are added to it
 * @scan: of the whole text
 *
 * Returns: the language; MIXED where two have much evidence each, UNKNOWN where none has enough or
 *   none leads
 */
ErrataLanguage
errata_text_tongue_decide(ErrataTextTongue *self, const ErrataScan *scan)
{
    ErrataScript script = errata_text_tongue_script(scan);
    guint first = 0, second, other;

    if (script != ERRATA_SCRIPT_LATIN && script != ERRATA_SCRIPT_CYRILLIC)
        return tongue_of_script(script, scan);
    for (guint64 letters = scan->letters; letters != 0; letters &= letters - 1)
        tongue_give(self, tongue_letters[__builtin_ctzll(letters)], TONGUE_LETTER);
    tongue_drop(self, script);
    first = tongue_most(self->evidence, ERRATA_LANGUAGES_WORDS);
    second = tongue_most(self->evidence, first);
    other = tongue_most(self->alone, first);
    if (self->alone[other] >= TONGUE_BOTH &&
        self->alone[other] >= TONGUE_MIXED * self->alone[first])
        return ERRATA_LANGUAGE_MIXED;
    if (self->evidence[first] < TONGUE_LEAST ||
        self->evidence[first] < TONGUE_SHARE * (float)self->n_words ||
        self->evidence[first] < TONGUE_LEAD * self->evidence[second])
        return ERRATA_LANGUAGE_UNKNOWN;
    return first;
}
