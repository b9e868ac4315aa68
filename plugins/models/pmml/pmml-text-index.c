/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-expression.h"
#include "pmml-function.h"

#define TOKEN_LIMIT (1U << 20)
/* rounds of a recursive normalisation */
#define ROUND_LIMIT 32

typedef enum {
    TEXT_FREQUENCY,
    TEXT_BINARY,
    TEXT_LOGARITHMIC,
    TEXT_AUGMENTED,
} TextWeight;

/* one replacement of a TextIndexNormalization */
typedef struct {
    GRegex *regex;
    char *with;
} TextRule;

typedef struct {
    GPtrArray *rules; /* TextRule */
    gboolean recursive;
} TextNormalization;

struct _PmmlTextIndex {
    const PmmlElement *element;
    PmmlExpression *text;
    PmmlExpression *term;
    TextWeight weight;
    gboolean case_sensitive;
    gboolean best_only;
    gboolean tokenize;
    guint distance;
    GRegex *separator; /* either what lies between words, */
    GRegex *word;      /* or what a word is */
    GPtrArray *normalizations;
};

static void
text_rule_free(gpointer data)
{
    TextRule *rule = data;
    g_regex_unref(rule->regex);
    g_free(rule->with);
    g_free(rule);
}

static void
text_normalization_free(gpointer data)
{
    TextNormalization *one = data;
    g_ptr_array_unref(one->rules);
    g_free(one);
}

void
pmml_text_index_free(PmmlTextIndex *self)
{
    g_clear_pointer(&self->separator, g_regex_unref);
    g_clear_pointer(&self->word, g_regex_unref);
    g_ptr_array_unref(self->normalizations);
    g_free(self);
}

static gboolean
text_flag(const PmmlElement *element, const char *name, gboolean fallback)
{
    const char *text = pmml_attribute(element, name);
    return text == NULL ? fallback : g_str_equal(text, "true") || g_str_equal(text, "1");
}

static GRegex *
text_regex(const PmmlElement *element, const char *pattern, gboolean case_sensitive, GError **error)
{
    g_autoptr(GError) why = NULL;
    /* Unicode is on anyway; Java and Python say so with a flag that PCRE does not know */
    if (g_str_has_prefix(pattern, "(?u)") || g_str_has_prefix(pattern, "(?U)"))
        pattern += 4;
    GRegex *regex =
        g_regex_new(pattern, G_REGEX_OPTIMIZE | (case_sensitive ? 0 : G_REGEX_CASELESS), 0, &why);
    if (regex == NULL)
        pmml_error(error, element, "“%s” is no regular expression: %s", pattern, why->message);
    return regex;
}

static gboolean
text_read_rule(TextNormalization *self,
               const PmmlElement *element,
               const PmmlElement *row,
               gboolean case_sensitive,
               GError **error)
{
    const char *in = pmml_attribute(element, "inField");
    const char *out = pmml_attribute(element, "outField");
    const char *flag = pmml_attribute(element, "regexField");
    const char *wanted = pmml_inline_cell(row, in != NULL ? in : "string");
    const char *with = pmml_inline_cell(row, out != NULL ? out : "stem");
    flag = pmml_inline_cell(row, flag != NULL ? flag : "regex");
    if (wanted == NULL || with == NULL)
        return pmml_error(error, row, "expected a text and what replaces it");
    gboolean is_regex = flag != NULL &&
                        (g_ascii_strcasecmp(flag, "true") == 0 || g_str_equal(flag, "1"));
    g_autofree char *quoted = g_regex_escape_string(wanted, -1);
    g_autofree char *whole = g_strdup_printf("(?<!\\w)%s(?!\\w)", quoted);
    GRegex *regex = text_regex(row, is_regex ? wanted : whole, case_sensitive, error);
    if (regex == NULL)
        return FALSE;
    TextRule *rule = g_new0(TextRule, 1);
    rule->regex = regex;
    /* a plain text stands for itself */
    g_auto(GStrv) parts = g_strsplit(with, "\\", -1);
    rule->with = is_regex ? pmml_text_replacement(with) : g_strjoinv("\\\\", parts);
    g_ptr_array_add(self->rules, rule);
    return TRUE;
}

static gboolean
text_read_normalization(PmmlTextIndex *self, const PmmlElement *element, GError **error)
{
    const PmmlElement *table = pmml_inline_table(element, error);
    if (table == NULL)
        return FALSE;
    if (pmml_attribute(element, "maxLevenshteinDistance") != NULL &&
        !g_str_equal(pmml_attribute(element, "maxLevenshteinDistance"), "0"))
        return pmml_unsupported(error, element, "normalisation by edit distance is not computed");
    TextNormalization *one = g_new0(TextNormalization, 1);
    one->rules = g_ptr_array_new_with_free_func(text_rule_free);
    one->recursive = text_flag(element, "recursive", FALSE);
    g_ptr_array_add(self->normalizations, one);
    gboolean case_sensitive = text_flag(element, "isCaseSensitive", self->case_sensitive);
    for (const PmmlElement *row = pmml_child(table, "row"); row != NULL;
         row = pmml_next(row, "row"))
        if (!text_read_rule(one, element, row, case_sensitive, error))
            return FALSE;
    return TRUE;
}

static gboolean
text_read_weight(PmmlTextIndex *self, GError **error)
{
    static const char *const names[] = {"termFrequency",
                                        "binary",
                                        "logarithmic",
                                        "augmentedNormalizedTermFrequency"};
    const char *name = pmml_attribute(self->element, "localTermWeights");
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], name)) {
            self->weight = (TextWeight)i;
            return TRUE;
        }
    return name == NULL ||
           pmml_unsupported(error, self->element, "localTermWeights “%s” is not known", name);
}

static gboolean
text_read_options(PmmlTextIndex *self, GError **error)
{
    double distance;
    const char *hits = pmml_attribute(self->element, "countHits");
    const char *word = pmml_attribute(self->element, "wordRE");
    const char *separator = pmml_attribute(self->element, "wordSeparatorCharacterRE");
    self->case_sensitive = text_flag(self->element, "isCaseSensitive", FALSE);
    self->tokenize = text_flag(self->element, "tokenize", TRUE);
    self->best_only = hits != NULL && g_str_equal(hits, "bestHits");
    if (!text_read_weight(self, error) ||
        !pmml_number_or(self->element, "maxLevenshteinDistance", 0, &distance, error))
        return FALSE;
    if (!(distance >= 0 && distance < 100))
        return pmml_error(error, self->element, "maxLevenshteinDistance out of range");
    self->distance = (guint)distance;
    if (word == NULL)
        word = pmml_attribute(self->element, "x-wordRE");
    if (word != NULL)
        self->word = text_regex(self->element, word, TRUE, error);
    else
        self->separator =
            text_regex(self->element, separator != NULL ? separator : "\\s+", TRUE, error);
    return self->word != NULL || self->separator != NULL;
}

static gboolean
text_read_children(PmmlTextIndex *self, GError **error)
{
    for (const PmmlElement *child = self->element->first; child != NULL; child = child->next)
        if (pmml_is(child, "TextIndexNormalization") &&
            !text_read_normalization(self, child, error))
            return FALSE;
    return TRUE;
}

PmmlTextIndex *
pmml_text_index_read(PmmlProgram *program,
                     PmmlExpression *expression,
                     const PmmlScope *scope,
                     const char *const *parameters,
                     GError **error)
{
    PmmlTextIndex *self = g_new0(PmmlTextIndex, 1);
    self->element = expression->element;
    self->normalizations = g_ptr_array_new_with_free_func(text_normalization_free);
    /* its text is a field, named by an attribute */
    PmmlElement *reference = g_new0(PmmlElement, 1);
    g_ptr_array_add(program->made, reference);
    const char **attributes = g_new0(const char *, 3);
    g_ptr_array_add(program->made, attributes);
    attributes[0] = "field";
    attributes[1] = pmml_attribute(self->element, "textField");
    *reference = *self->element;
    reference->name = "FieldRef";
    reference->attributes = attributes;
    if (attributes[1] == NULL)
        attributes[0] = NULL;
    self->text = pmml_expression_read(program, reference, scope, parameters, error);
    if (self->text != NULL)
        self->term = pmml_expression_within(program, self->element, scope, parameters, error);
    if (self->term != NULL) {
        g_ptr_array_add(expression->arguments, self->text);
        g_ptr_array_add(expression->arguments, self->term);
    }
    if (self->term == NULL || !text_read_options(self, error) || !text_read_children(self, error))
        g_clear_pointer(&self, pmml_text_index_free);
    return self;
}

static char *
text_normalize(const PmmlTextIndex *self, const char *text)
{
    char *now = g_strdup(text);
    for (guint k = 0; k < self->normalizations->len; k++) {
        const TextNormalization *one = self->normalizations->pdata[k];
        gboolean changed = TRUE;
        for (guint round = 0; changed && round < (one->recursive ? ROUND_LIMIT : 1); round++) {
            changed = FALSE;
            for (guint i = 0; i < one->rules->len; i++) {
                const TextRule *rule = one->rules->pdata[i];
                char *next = pmml_text_may_replace(now, rule->with)
                                 ? g_regex_replace(rule->regex, now, -1, 0, rule->with, 0, NULL)
                                 : NULL;
                if (next == NULL || strlen(next) > TOKEN_LIMIT) {
                    g_free(next);
                    continue;
                }
                changed |= !g_str_equal(next, now);
                g_free(now);
                now = next;
            }
        }
    }
    return now;
}

/* of Unicode's categories P*; symbols are part of a word */
static gboolean
text_is_punctuation(gunichar c)
{
    switch ((guint)g_unichar_type(c)) {
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
        return TRUE;
    default:
        return FALSE;
    }
}

static void
text_add_trimmed(GPtrArray *tokens, const char *from, const char *to)
{
    while (from < to && text_is_punctuation(g_utf8_get_char(from)))
        from += g_utf8_skip[*(const guchar *)from];
    while (to > from && text_is_punctuation(g_utf8_get_char(g_utf8_prev_char(to))))
        to = g_utf8_prev_char(to);
    if (to > from)
        g_ptr_array_add(tokens, g_strndup(from, (gsize)(to - from)));
}

static void
text_add_words(const PmmlTextIndex *self, GPtrArray *tokens, const char *text)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_regex_match(self->word, text, 0, &match);
    while (g_match_info_matches(match) && tokens->len < TOKEN_LIMIT) {
        g_ptr_array_add(tokens, g_match_info_fetch(match, 0));
        if (!g_match_info_next(match, NULL))
            break;
    }
}

static GPtrArray *
text_tokens(const PmmlTextIndex *self, const char *text)
{
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *normalized = text_normalize(self, text);
    if (!self->tokenize) {
        g_ptr_array_add(tokens, g_steal_pointer(&normalized));
        return tokens;
    }
    if (self->word != NULL) {
        text_add_words(self, tokens, normalized);
        return tokens;
    }
    g_auto(GStrv) parts = g_regex_split(self->separator, normalized, 0);
    for (char **part = parts; *part != NULL && tokens->len < TOKEN_LIMIT; part++)
        text_add_trimmed(tokens, *part, *part + strlen(*part));
    return tokens;
}

static gboolean
text_is_same(const PmmlTextIndex *self, const char *a, const char *b)
{
    if (self->case_sensitive)
        return g_str_equal(a, b);
    g_autofree char *x = g_utf8_casefold(a, -1);
    g_autofree char *y = g_utf8_casefold(b, -1);
    return g_str_equal(x, y);
}

/* edits between two words, at most @limit + 1 (Levenshtein 1966) */
static guint
text_edits(const PmmlTextIndex *self, const char *a, const char *b, guint limit)
{
    if (limit == 0)
        return text_is_same(self, a, b) ? 0 : 1;
    g_autofree char *x = self->case_sensitive ? g_strdup(a) : g_utf8_casefold(a, -1);
    g_autofree char *y = self->case_sensitive ? g_strdup(b) : g_utf8_casefold(b, -1);
    glong n, m;
    g_autofree gunichar *u = g_utf8_to_ucs4_fast(x, -1, &n);
    g_autofree gunichar *v = g_utf8_to_ucs4_fast(y, -1, &m);
    if (ABS(n - m) > (glong)limit)
        return limit + 1;
    g_autofree guint *row = g_new(guint, (gsize)m + 1);
    for (glong j = 0; j <= m; j++)
        row[j] = (guint)j;
    for (glong i = 1; i <= n; i++) {
        guint diagonal = row[0];
        row[0] = (guint)i;
        for (glong j = 1; j <= m; j++) {
            guint above = row[j];
            guint least = MIN(above, row[j - 1]) + 1;
            row[j] = MIN(least, diagonal + (u[i - 1] != v[j - 1]));
            diagonal = above;
        }
    }
    return MIN(row[m], limit + 1);
}

/* how often the words of @term follow one another in @words */
static double
text_count(const PmmlTextIndex *self, const GPtrArray *words, const GPtrArray *term)
{
    guint hits = 0, best = self->distance;
    for (guint at = 0; term->len > 0 && at + term->len <= words->len; at++) {
        guint edits = 0;
        for (guint k = 0; k < term->len && edits <= self->distance; k++)
            edits += text_edits(self, words->pdata[at + k], term->pdata[k], self->distance - edits);
        if (edits > best)
            continue;
        if (self->best_only && edits < best) {
            best = edits;
            hits = 0;
        }
        hits++;
    }
    return hits;
}

static double
text_most_frequent(const PmmlTextIndex *self, const GPtrArray *words)
{
    double most = 0;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_set_size(one, 1);
    for (guint i = 0; i < words->len; i++) {
        one->pdata[0] = words->pdata[i];
        most = fmax(most, text_count(self, words, one));
    }
    return most;
}

static PmmlValue
text_weight(const PmmlTextIndex *self, double count, const GPtrArray *words)
{
    switch (self->weight) {
    case TEXT_BINARY:
        return pmml_value_number(PMML_INTEGER, count > 0 ? 1 : 0);
    case TEXT_LOGARITHMIC:
        return pmml_value_number(PMML_DOUBLE, log10(1 + count));
    case TEXT_AUGMENTED: {
        double most = count > 0 ? text_most_frequent(self, words) : 1;
        return pmml_value_number(PMML_DOUBLE, 0.5 * ((count > 0 ? 1 : 0) + count / most));
    }
    case TEXT_FREQUENCY:
    default:
        return pmml_value_number(PMML_INTEGER, count);
    }
}

gboolean
pmml_text_index_value(const PmmlTextIndex *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    PmmlValue text, term;
    if (!pmml_expression_value(self->text, row, &text, error) ||
        !pmml_expression_value(self->term, row, &term, error))
        return FALSE;
    *ret = PMML_NOTHING;
    if (text.missing || term.missing)
        return TRUE;
    const char *string = pmml_value_text(&text, row->strings);
    if (row->tokenized != string || row->tokenizer != self) {
        g_clear_pointer(&row->tokens, g_ptr_array_unref);
        row->tokens = text_tokens(self, string);
        row->tokenized = string;
        row->tokenizer = self;
    }
    g_autoptr(GPtrArray) wanted = text_tokens(self, pmml_value_text(&term, row->strings));
    *ret = text_weight(self, text_count(self, row->tokens, wanted), row->tokens);
    return TRUE;
}
