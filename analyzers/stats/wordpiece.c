/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tokenizer.json of Hugging Face tokenizers: WordPiece behind BertNormalizer and
 * BertPreTokenizer, as the published static embeddings have it. A vocabulary of some ten thousands
 * of pieces; words are parted greedily, the longest piece first, and a word that cannot be parted
 * is unknown as a whole.
 * Source: Wu et al. 2016, "Google's Neural Machine Translation System", 4.1; BERT's
 * tokenization. */
#include "wordpiece.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "text-hash.h"

#define WORDPIECE_CHARACTERS 100U /* of a word, unless the file says otherwise; more are unknown */
#define WORDPIECE_MOST       200U
#define WORDPIECE_PREFIX     16U /* bytes */
#define WORDPIECE_PIECES     (1U << 24)

struct _ErrataWordpiece {
    GHashTable *number; /* piece → its number + 1 */
    gsize longest;      /* bytes of a piece */
    guint32 last;
    guint32 unknown; /* number of what stands for an unknown word, G_MAXUINT32: none */
    char *prefix;    /* of a piece that does not begin a word */
    guint characters;
    gboolean cleans;
    gboolean parts_chinese;
    gboolean strips_accents;
    gboolean lowers;
};

/* a word that is being gathered, and where its pieces go */
typedef struct {
    const ErrataWordpiece *self;
    GString *word;
    guint n_characters;
    guint n_seen; /* pieces and unknown words */
    guint n;
    guint most;
    guint32 *piece;
} WordpieceRun;

static gboolean
wordpiece_truth(const ErrataDatum *object, const char *key, gboolean otherwise)
{
    const ErrataDatum *value = errata_datum_get(object, key);

    return value != NULL && value->kind == ERRATA_DATUM_BOOLEAN ? value->number > 0.0 : otherwise;
}

/* a part of the file is of the one type that is read */
static const ErrataDatum *
wordpiece_expect(const ErrataDatum *tokenizer, const char *key, const char *type, GError **error)
{
    const ErrataDatum *part = errata_datum_get(tokenizer, key);
    const char *found = errata_datum_text(part, "type");

    if (g_strcmp0(found, type) == 0)
        return part;
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_UNSUPPORTED,
                "its %s is “%.40s”, where only %s is read; take an embedding whose tokenizer is "
                "BERT’s",
                key,
                found != NULL ? found : "none",
                type);
    return NULL;
}

static gboolean
wordpiece_read_vocabulary(ErrataWordpiece *self, const ErrataDatum *model, GError **error)
{
    const ErrataDatum *vocabulary = errata_datum_get(model, "vocab");
    const char *unknown = errata_datum_text(model, "unk_token");

    if (vocabulary == NULL || vocabulary->kind != ERRATA_DATUM_OBJECT || vocabulary->n == 0) {
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_INVALID_DATA,
            "its model has no vocab: expected an object of pieces and their numbers");
        return FALSE;
    }
    for (gsize i = 0; i < vocabulary->n; i++) {
        const ErrataDatum *item = &vocabulary->items[i];

        if (item->kind != ERRATA_DATUM_NUMBER ||
            !(item->number >= 0.0 && item->number < WORDPIECE_PIECES) ||
            fabs(item->number - floor(item->number)) > 0.0) {
            g_set_error(
                error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "piece “%.40s” of its vocab has no number: expected a whole one from 0 to %u",
                vocabulary->keys[i],
                WORDPIECE_PIECES - 1);
            return FALSE;
        }
        self->last = MAX(self->last, (guint32)item->number);
        self->longest = MAX(self->longest, strlen(vocabulary->keys[i]));
        g_hash_table_insert(self->number,
                            g_strdup(vocabulary->keys[i]),
                            GUINT_TO_POINTER((guint32)item->number + 1));
    }
    self->unknown = unknown != NULL
                        ? GPOINTER_TO_UINT(g_hash_table_lookup(self->number, unknown)) - 1
                        : G_MAXUINT32;
    return TRUE;
}

/**
 * errata_wordpiece_new:
 * @tokenizer: a tokenizer.json
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_UNSUPPORTED for another kind of tokenizer, %ERRATA_ERROR_INVALID_DATA for
 * one that is not as its kind.
 *
 * Returns: (transfer full): it, or %NULL with @error set
 */
ErrataWordpiece *
errata_wordpiece_new(const ErrataDatum *tokenizer, GError **error)
{
    g_autoptr(ErrataWordpiece) self = g_new0(ErrataWordpiece, 1);
    const ErrataDatum *model, *normalizer;
    const char *prefix;
    double characters;

    self->number = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    model = wordpiece_expect(tokenizer, "model", "WordPiece", error);
    if (model == NULL)
        return NULL;
    normalizer = wordpiece_expect(tokenizer, "normalizer", "BertNormalizer", error);
    if (normalizer == NULL ||
        wordpiece_expect(tokenizer, "pre_tokenizer", "BertPreTokenizer", error) == NULL ||
        !wordpiece_read_vocabulary(self, model, error))
        return NULL;
    self->cleans = wordpiece_truth(normalizer, "clean_text", TRUE);
    self->parts_chinese = wordpiece_truth(normalizer, "handle_chinese_chars", TRUE);
    self->lowers = wordpiece_truth(normalizer, "lowercase", TRUE);
    self->strips_accents = wordpiece_truth(normalizer, "strip_accents", self->lowers);
    prefix = errata_datum_text(model, "continuing_subword_prefix");
    self->prefix = g_strdup(prefix != NULL ? prefix : "##");
    if (strlen(self->prefix) > WORDPIECE_PREFIX || !g_utf8_validate(self->prefix, -1, NULL)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "its continuing_subword_prefix has %" G_GSIZE_FORMAT
                    " bytes: expected UTF-8 text of at most %u, such as ##",
                    strlen(self->prefix),
                    WORDPIECE_PREFIX);
        return NULL;
    }
    characters = errata_datum_number(model, "max_input_chars_per_word");
    self->characters = characters >= 1.0 ? (guint)MIN(characters, (double)WORDPIECE_MOST)
                                         : WORDPIECE_CHARACTERS;
    return g_steal_pointer(&self);
}

void
errata_wordpiece_free(ErrataWordpiece *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->number);
    g_free(self->prefix);
    g_free(self);
}

guint32
errata_wordpiece_last(const ErrataWordpiece *self)
{
    return self->last;
}

/* the longest piece that @text begins with: its number + 1, or 0; @text is one to write in */
static guint32
wordpiece_longest(const ErrataWordpiece *self, char *text, gsize least, gsize *ret_length)
{
    gsize end = strlen(text);

    if (end > self->longest)
        for (end = self->longest; end > 0 && ((guint8)text[end] & 0xc0U) == 0x80;)
            end--;
    while (end > least) {
        char kept = text[end];
        guint32 number;

        text[end] = '\0';
        number = GPOINTER_TO_UINT(g_hash_table_lookup(self->number, text));
        text[end] = kept;
        if (number > 0) {
            *ret_length = end;
            return number;
        }
        end = (gsize)(g_utf8_find_prev_char(text, text + end) - text);
    }
    return 0;
}

/* the word that was gathered, in pieces */
static void
wordpiece_finish(WordpieceRun *run)
{
    const ErrataWordpiece *self = run->self;
    guint before = run->n;
    gsize n_prefix = 0, length = 0;

    if (run->word->len == 0)
        return;
    while (run->word->len > n_prefix && run->n < run->most &&
           run->n_characters <= self->characters) {
        guint32 number = wordpiece_longest(self, run->word->str, n_prefix, &length);

        if (number == 0)
            break;
        if (number - 1 != self->unknown)
            run->piece[run->n++] = number - 1;
        g_string_erase(run->word, 0, (gssize)length);
        n_prefix = strlen(self->prefix);
        g_string_prepend(run->word, self->prefix);
    }
    if (run->word->len > n_prefix)
        run->n = before; /* unknown: there is no piece for some of it, or no room */
    run->n_seen += MAX(run->n - before, 1);
    g_string_truncate(run->word, 0);
    run->n_characters = 0;
}

static gboolean
wordpiece_is_of(gunichar character, guint32 types)
{
    return (1U << g_unichar_type(character) & types) != 0;
}

static gboolean
wordpiece_is_control(gunichar character)
{
    return character == 0xFFFD ||
           (character != '\t' && character != '\n' && character != '\r' &&
            wordpiece_is_of(character,
                            1U << G_UNICODE_CONTROL | 1U << G_UNICODE_FORMAT |
                                1U << G_UNICODE_PRIVATE_USE | 1U << G_UNICODE_SURROGATE |
                                1U << G_UNICODE_UNASSIGNED));
}

/* all of ASCII that is neither letter, digit nor blank is punctuation here, as in BERT */
static gboolean
wordpiece_is_mark(gunichar character)
{
    if (character < 0x80)
        return g_ascii_ispunct((char)character);
    return wordpiece_is_of(
        character,
        1U << G_UNICODE_CONNECT_PUNCTUATION | 1U << G_UNICODE_DASH_PUNCTUATION |
            1U << G_UNICODE_CLOSE_PUNCTUATION | 1U << G_UNICODE_FINAL_PUNCTUATION |
            1U << G_UNICODE_INITIAL_PUNCTUATION | 1U << G_UNICODE_OTHER_PUNCTUATION |
            1U << G_UNICODE_OPEN_PUNCTUATION);
}

/* the blocks that BERT parts character by character */
static gboolean
wordpiece_is_chinese(gunichar character)
{
    return (character >= 0x4E00 && character <= 0x9FFF) ||
           (character >= 0x3400 && character <= 0x4DBF) ||
           (character >= 0x20000 && character <= 0x2A6DF) ||
           (character >= 0x2A700 && character <= 0x2CEAF) ||
           (character >= 0xF900 && character <= 0xFAFF) ||
           (character >= 0x2F800 && character <= 0x2FA1F);
}

static void
wordpiece_add(WordpieceRun *run, gunichar character)
{
    gboolean alone = wordpiece_is_mark(character) ||
                     (run->self->parts_chinese && wordpiece_is_chinese(character));

    if (alone || g_unichar_isspace(character))
        wordpiece_finish(run);
    if (!alone && g_unichar_isspace(character))
        return;
    if (run->n_characters <= run->self->characters) /* a longer word is unknown anyway */
        g_string_append_unichar(run->word, character);
    run->n_characters++;
    if (alone)
        wordpiece_finish(run);
}

/* a character as the normalizer leaves it: without accents, small, perhaps several or none */
static void
wordpiece_normalize(WordpieceRun *run, gunichar character)
{
    const ErrataWordpiece *self = run->self;
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = 1;

    if (self->cleans && (character == 0 || wordpiece_is_control(character)))
        return;
    parts[0] = character;
    if (self->strips_accents)
        n = g_unichar_fully_decompose(character, FALSE, parts, G_N_ELEMENTS(parts));
    for (gsize i = 0; i < n; i++) {
        if (self->strips_accents && g_unichar_type(parts[i]) == G_UNICODE_NON_SPACING_MARK)
            continue;
        wordpiece_add(run, self->lowers ? g_unichar_tolower(parts[i]) : parts[i]);
    }
}

/**
 * errata_wordpiece_part:
 * @self: a tokenizer
 * @text: (array length=length): valid UTF-8
 * @length: bytes of @text
 * @ret_pieces: (array length=most): numbers of its pieces in their order, unknown words left out
 * @most: pieces and unknown words looked at
 *
 * Returns: how many there are
 */
guint
errata_wordpiece_part(const ErrataWordpiece *self,
                      const char *text,
                      gsize length,
                      guint32 *ret_pieces,
                      guint most)
{
    g_autoptr(GString) word = g_string_new(NULL);
    WordpieceRun run = {.self = self, .word = word, .most = most, .piece = ret_pieces};

    for (gsize at = 0; at < length && run.n_seen < most; at += g_utf8_skip[(guint8)text[at]])
        wordpiece_normalize(&run, g_utf8_get_char(text + at));
    if (run.n_seen < most)
        wordpiece_finish(&run);
    return run.n;
}
