/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scikit-learn's counts of words: CountVectorizer, TfidfVectorizer, HashingVectorizer. A text is
 * cut as the library cuts it (case, accents, pattern, stop words, n-grams of words or characters),
 * and its terms are counted in the columns of the vocabulary, or of their hashes. */
#include <math.h>
#include <string.h>

#include "limit.h"
#include "pickle-array.h"
#include "sk-private.h"
#include "text-hash.h"

#define LONG_TEXT   4096       /* bytes */
#define WORDS_NGRAM 16         /* words or characters of a term, at most */
#define WORDS_TEXT  (1U << 20) /* bytes of a text that are read */

typedef enum {
    WORDS_OF_WORDS,
    WORDS_OF_CHARACTERS,
    WORDS_OF_CHARACTERS_WITHIN, /* of words, with a blank on either side */
} WordsUnit;

typedef enum {
    WORDS_ACCENTS,
    WORDS_NO_ACCENTS, /* marks are taken off */
    WORDS_ASCII,      /* what is left beyond ASCII is dropped */
} WordsAccents;

struct _SkWords {
    WordsUnit unit;
    WordsAccents accents;
    gboolean lower;
    gboolean binary;
    gboolean signs; /* hashes: half of the terms count down */
    guint least;
    guint most;
    GRegex *pattern;
    GRegex *blanks;
    GHashTable *stops;      /* (nullable) */
    GHashTable *vocabulary; /* (nullable): term → column + 1; without, hashes */
    guint n_columns;
};

void
sk_words_free(SkWords *self)
{
    g_clear_pointer(&self->pattern, g_regex_unref);
    g_clear_pointer(&self->blanks, g_regex_unref);
    g_clear_pointer(&self->stops, g_hash_table_unref);
    g_clear_pointer(&self->vocabulary, g_hash_table_unref);
    g_free(self);
}

gboolean
sk_is_vectorizer(const PickleValue *object)
{
    const char *name = pickle_class(object);
    return name != NULL && g_str_has_prefix(pickle_module(object), "sklearn.feature_extraction") &&
           (g_str_equal(name, "CountVectorizer") || g_str_equal(name, "TfidfVectorizer") ||
            g_str_equal(name, "HashingVectorizer"));
}

static gboolean
words_is_none(const PickleValue *object, const char *name)
{
    const PickleValue *value = pickle_attribute(object, name);
    return value == NULL || value->kind == PICKLE_NONE;
}

static gboolean
words_read_cut(SkWords *self, const PickleValue *object, GError **error)
{
    static const char *const units[] = {"word", "char", "char_wb"};
    const char *unit = pickle_text(pickle_attribute(object, "analyzer"));
    const char *accents = pickle_text(pickle_attribute(object, "strip_accents"));
    const char *input = pickle_text(pickle_attribute(object, "input"));
    guint i = 0;
    if (!words_is_none(object, "tokenizer") || !words_is_none(object, "preprocessor") ||
        unit == NULL)
        return sk_refuse(error, "texts cut by a function of its own");
    while (i < G_N_ELEMENTS(units) && !g_str_equal(units[i], unit))
        i++;
    if (i == G_N_ELEMENTS(units) || (input != NULL && !g_str_equal(input, "content")))
        return sk_refuse(error, "texts of the kind “%.40s”", unit);
    self->unit = (WordsUnit)i;
    self->lower = sk_flag(object, "lowercase", TRUE);
    self->binary = sk_flag(object, "binary", FALSE);
    if (accents != NULL && !g_str_equal(accents, "unicode") && !g_str_equal(accents, "ascii"))
        return sk_refuse(error, "strip_accents “%.40s”", accents);
    if (accents == NULL && !words_is_none(object, "strip_accents"))
        return sk_refuse(error, "accents stripped by a function of its own");
    self->accents = accents == NULL                   ? WORDS_ACCENTS
                    : g_str_equal(accents, "unicode") ? WORDS_NO_ACCENTS
                                                      : WORDS_ASCII;
    return TRUE;
}

static gboolean
words_read_range(SkWords *self, const PickleValue *object, GError **error)
{
    const PickleValue *range = pickle_attribute(object, "ngram_range");
    double least, most;
    if (!pickle_number(pickle_item(range, 0), &least) ||
        !pickle_number(pickle_item(range, 1), &most) || !(least >= 1 && least <= most) ||
        most > WORDS_NGRAM)
        return sk_fail(error, "ngram_range: expected two numbers from 1 to %d", WORDS_NGRAM);
    self->least = (guint)least;
    self->most = (guint)most;
    return TRUE;
}

/* of single words, those that are left out are in no vocabulary anyway */
static gboolean
words_read_stops(SkWords *self, const PickleValue *object, GError **error)
{
    const PickleValue *stops = pickle_attribute(object, "stop_words");
    if (words_is_none(object, "stop_words") || self->unit != WORDS_OF_WORDS)
        return TRUE;
    if (pickle_text(stops) != NULL)
        return (self->most == 1 && self->vocabulary != NULL) ||
               sk_refuse(error, "runs of words without the library's list of stop words");
    self->stops = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < pickle_n_items(stops); i++)
        if (pickle_text(pickle_item(stops, i)) != NULL)
            g_hash_table_add(self->stops, g_strdup(pickle_text(pickle_item(stops, i))));
    return TRUE;
}

static gboolean
words_read_pattern(SkWords *self, const PickleValue *object, GError **error)
{
    const char *pattern = pickle_text(pickle_attribute(object, "token_pattern"));
    if (self->unit != WORDS_OF_WORDS)
        return TRUE;
    if (pattern == NULL)
        return sk_refuse(error, "texts cut by no pattern");
    /* Unicode is on anyway */
    if (g_str_has_prefix(pattern, "(?u)"))
        pattern += 4;
    self->pattern = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, NULL);
    return (self->pattern != NULL && g_regex_get_capture_count(self->pattern) <= 1) ||
           sk_refuse(error, "texts cut by the pattern “%.60s”", pattern);
}

static gboolean
words_read_vocabulary(SkWords *self, const PickleValue *object, GError **error)
{
    const PickleValue *terms = pickle_attribute(object, "vocabulary_");
    guint n = pickle_n_items(terms) / 2;
    if (g_str_equal(pickle_class(object), "HashingVectorizer")) {
        double columns = sk_number(object, "n_features", (double)NAN);
        if (!(columns >= 1 && columns <= ERRATA_LIMIT_DICTIONARY))
            return sk_fail(error, "n_features: expected 1 to %u", ERRATA_LIMIT_DICTIONARY);
        self->n_columns = (guint)columns;
        self->signs = sk_flag(object, "alternate_sign", TRUE);
        return TRUE;
    }
    if (terms == NULL || terms->kind != PICKLE_DICT || n == 0 || n > ERRATA_LIMIT_DICTIONARY)
        return sk_fail(error, "vocabulary_: expected a dictionary of terms");
    self->vocabulary = g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);
    self->n_columns = n;
    for (guint i = 0; i < n; i++) {
        const char *term = pickle_text(pickle_item(terms, 2 * i));
        double column;
        if (term == NULL || !pickle_number(pickle_item(terms, 2 * i + 1), &column) ||
            !(column >= 0 && column < n))
            return sk_fail(error, "vocabulary_: expected a column under %u per term", n);
        g_hash_table_insert(self->vocabulary, g_strdup(term), GUINT_TO_POINTER((guint)column + 1));
    }
    return TRUE;
}

/* what TfidfTransformer does with counts */
gboolean
sk_read_tfidf(const PickleValue *object, guint n, GPtrArray *steps, GError **error)
{
    const PickleValue *diagonal = pickle_attribute(object, "_idf_diag");
    const char *norm = pickle_text(pickle_attribute(object, "norm"));
    if (sk_flag(object, "sublinear_tf", FALSE))
        sk_step_new(steps, SK_STEP_FUNCTION, n)->function = SK_FUNCTION_SUBLINEAR;
    if (sk_flag(object, "use_idf", TRUE)) {
        SkStep *step = sk_step_new(steps, SK_STEP_SCALE, n);
        step->a = g_new0(double, (gsize)n + 1);
        step->b = diagonal != NULL ? sk_numbers(diagonal, "data", n, error)
                                   : sk_numbers(object, "idf_", n, error);
        if (step->b == NULL)
            return FALSE;
    }
    if (norm == NULL)
        return TRUE;
    if (!g_str_equal(norm, "l2") && !g_str_equal(norm, "l1"))
        return sk_refuse(error, "counts of words normalised by “%.40s”", norm);
    sk_step_new(steps, SK_STEP_NORMALIZE, n)->norm = g_str_equal(norm, "l2") ? SK_NORM_L2
                                                                             : SK_NORM_L1;
    return TRUE;
}

gboolean
sk_read_vectorizer(SkReader *reader,
                   const PickleValue *object,
                   GArray *raw,
                   GPtrArray *steps,
                   GError **error)
{
    guint input = raw->len == 1 ? g_array_index(raw, guint, 0) : G_MAXUINT;
    if (input == G_MAXUINT || reader->depth > 0 || reader->categories[input] != NULL)
        return sk_refuse(error, "counts of the words of something else than one input");
    SkStep *step = sk_step_new(steps, SK_STEP_WORDS, 1);
    SkWords *self = step->words = g_new0(SkWords, 1);
    self->blanks = g_regex_new("\\s\\s+", G_REGEX_OPTIMIZE, 0, NULL);
    if (!words_read_cut(self, object, error) || !words_read_range(self, object, error) ||
        !words_read_vocabulary(self, object, error) || !words_read_pattern(self, object, error) ||
        !words_read_stops(self, object, error))
        return FALSE;
    reader->is_text[input] = TRUE;
    step->n_out = self->n_columns;
    gboolean ok = TRUE;
    if (g_str_equal(pickle_class(object), "TfidfVectorizer")) {
        const PickleValue *inner = pickle_attribute(object, "_tfidf");
        ok = inner != NULL ? sk_read_tfidf(inner, self->n_columns, steps, error)
                           : sk_fail(error, "_tfidf: expected a fitted TfidfTransformer");
    } else if (self->vocabulary == NULL) {
        const char *norm = pickle_text(pickle_attribute(object, "norm"));
        if (norm != NULL)
            sk_step_new(steps, SK_STEP_NORMALIZE, self->n_columns)->norm = g_str_equal(norm, "l1")
                                                                               ? SK_NORM_L1
                                                                               : SK_NORM_L2;
    }
    sk_step_forget(raw, self->n_columns);
    return ok;
}

/* MurmurHash3, 32 bits, seed 0 (Appleby 2011) */
static guint32
words_hash(const char *text, gsize size)
{
    guint32 h = 0, k;
    gsize at = 0;
    for (; at + 4 <= size; at += 4) {
        memcpy(&k, text + at, 4);
        k = GUINT32_FROM_LE(k) * 0xcc9e2d51U;
        k = (k << 15 | k >> 17) * 0x1b873593U;
        h ^= k;
        h = (h << 13 | h >> 19) * 5 + 0xe6546b64U;
    }
    k = 0;
    for (gsize i = size; i > at; i--)
        k = k << 8 | (guint8)text[i - 1];
    if (size > at) {
        k *= 0xcc9e2d51U;
        h ^= (k << 15 | k >> 17) * 0x1b873593U;
    }
    h ^= (guint32)size;
    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return h ^ h >> 16;
}

static void
words_count(const SkWords *self, const char *term, double *out)
{
    double step = 1;
    guint column;
    if (self->vocabulary != NULL) {
        column = GPOINTER_TO_UINT(g_hash_table_lookup(self->vocabulary, term));
        if (column-- == 0)
            return;
    } else {
        gint32 hash = (gint32)words_hash(term, strlen(term));
        column = hash == G_MININT32 ? (G_MAXINT32 - (self->n_columns - 1)) % self->n_columns
                                    : (guint)ABS(hash) % self->n_columns;
        step = self->signs && hash < 0 ? -1 : 1;
    }
    out[column] += step;
}

static char *
words_strip(const SkWords *self, char *text)
{
    g_autofree char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    GString *plain = g_string_new(NULL);
    for (const char *at = apart; at != NULL && *at != '\0';
         at += g_utf8_skip[*(const guchar *)at]) {
        gunichar c = g_utf8_get_char(at);
        if (self->accents == WORDS_ASCII ? c < 128 : g_unichar_combining_class(c) == 0)
            g_string_append_unichar(plain, c);
    }
    g_free(text);
    return g_string_free(plain, FALSE);
}

/* runs of words that follow one another, with a blank between */
static void
words_of_tokens(const SkWords *self, const GPtrArray *token, double *out)
{
    g_autoptr(GString) term = g_string_new(NULL);
    for (guint n = self->least; n <= MIN(self->most, token->len); n++)
        for (guint i = 0; i + n <= token->len; i++) {
            g_string_truncate(term, 0);
            for (guint k = 0; k < n; k++) {
                g_string_append(term, k > 0 ? " " : "");
                g_string_append(term, token->pdata[i + k]);
            }
            words_count(self, term->str, out);
        }
}

static void
words_cut(const SkWords *self, const char *text, double *out)
{
    g_autoptr(GPtrArray) token = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GMatchInfo) match = NULL;
    int group = g_regex_get_capture_count(self->pattern) > 0 ? 1 : 0;
    g_regex_match(self->pattern, text, 0, &match);
    while (g_match_info_matches(match)) {
        char *word = g_match_info_fetch(match, group);
        if (word != NULL && (self->stops == NULL || !g_hash_table_contains(self->stops, word)))
            g_ptr_array_add(token, word);
        else
            g_free(word);
        if (!g_match_info_next(match, NULL))
            break;
    }
    words_of_tokens(self, token, out);
}

static void
words_of_run(const SkWords *self, const gunichar *c, gsize length, guint n, double *out)
{
    for (gsize i = 0; i + n <= length; i++) {
        g_autofree char *term = g_ucs4_to_utf8(c + i, n, NULL, NULL, NULL);
        if (term != NULL)
            words_count(self, term, out);
    }
}

static void
words_of_characters(const SkWords *self, const char *text, double *out)
{
    glong length = 0;
    g_autofree gunichar *c = g_utf8_to_ucs4_fast(text, -1, &length);
    for (guint n = self->least; n <= self->most; n++)
        words_of_run(self, c, (gsize)length, n, out);
}

/* a word shorter than a run is counted once, whole */
static void
words_within_words(const SkWords *self, const char *text, double *out)
{
    /* not compiled, it goes through the rest of the text at each match */
    GRegexCompileFlags flags = strlen(text) > LONG_TEXT ? G_REGEX_OPTIMIZE : 0;
    g_autoptr(GRegex) blank = g_regex_new("\\s+", flags, 0, NULL);
    g_auto(GStrv) word = g_regex_split(blank, text, 0);
    for (guint w = 0; word != NULL && word[w] != NULL; w++) {
        g_autofree char *padded = g_strdup_printf(" %s ", word[w]);
        glong length = 0;
        g_autofree gunichar *c = g_utf8_to_ucs4_fast(padded, -1, &length);
        if (word[w][0] == '\0')
            continue;
        for (guint n = self->least; n <= self->most; n++) {
            if ((glong)n >= length) {
                words_count(self, padded, out);
                break;
            }
            words_of_run(self, c, (gsize)length, n, out);
        }
    }
}

void
sk_words_terms(const SkWords *self, const char **ret_term)
{
    GHashTableIter iter;
    gpointer term, column;
    memset(ret_term, 0, self->n_columns * sizeof *ret_term);
    if (self->vocabulary == NULL)
        return;
    g_hash_table_iter_init(&iter, self->vocabulary);
    while (g_hash_table_iter_next(&iter, &term, &column))
        ret_term[GPOINTER_TO_UINT(column) - 1] = term;
}

/* @text: (nullable): without one, nothing is known */
void
sk_words_run(const SkWords *self, const char *text, double *out)
{
    for (guint i = 0; i < self->n_columns; i++)
        out[i] = text == NULL ? (double)NAN : 0;
    if (text == NULL)
        return;
    g_autofree char *cut = g_strndup(text, strnlen(text, WORDS_TEXT));
    g_autofree char *valid = g_utf8_make_valid(cut, -1);
    g_autofree char *low = self->lower ? g_utf8_strdown(valid, -1) : g_strdup(valid);
    if (self->accents != WORDS_ACCENTS)
        low = words_strip(self, g_steal_pointer(&low));
    if (self->unit == WORDS_OF_WORDS)
        words_cut(self, low, out);
    else {
        g_autofree char *single = g_regex_replace_literal(self->blanks, low, -1, 0, " ", 0, NULL);
        if (self->unit == WORDS_OF_CHARACTERS)
            words_of_characters(self, single != NULL ? single : low, out);
        else
            words_within_words(self, single != NULL ? single : low, out);
    }
    for (guint i = 0; self->binary && i < self->n_columns; i++)
        out[i] = fabs(out[i]) > 0 ? 1 : 0;
}
