/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sentence of a language model, taken apart. Hostile: whatever is not a Latin letter, plain
 * punctuation, a slot or one of the allowed names is refused, so that no later rule can be walked
 * round by writing a digit or a word in other characters. */
#include "sentence.h"

#include <string.h>

typedef struct {
    const char *p; /* what is left */
    const char *start;
    const GPtrArray *names;
    GPtrArray *tokens;
    const char *rule;
    char *why;
} Splitting;

static const char *
sentence_next(const char *p)
{
    return p + g_utf8_skip[*(const guchar *)p];
}

static void
token_free(gpointer data)
{
    ErrataToken *token = data;

    g_free(token->text);
    g_free(token->folded);
    g_free(token);
}

static ErrataToken *
splitting_add(Splitting *self, ErrataTokenKind kind, const char *text, gsize size)
{
    ErrataToken *token = g_new0(ErrataToken, 1);

    token->kind = kind;
    token->text = g_strndup(text, size);
    g_ptr_array_add(self->tokens, token);
    return token;
}

static void G_GNUC_PRINTF(3, 4)
    splitting_refuse(Splitting *self, const char *rule, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    self->rule = rule;
    self->why = g_strdup_vprintf(format, args);
    va_end(args);
}

static gboolean
sentence_is_joint(gunichar c)
{
    return !g_unichar_isalnum(c) && c != '_';
}

/* size of the longest allowed name at @p, 0: none */
static gsize
splitting_name(const Splitting *self, const char *p)
{
    gsize best = 0;

    if (p > self->start && !sentence_is_joint(g_utf8_get_char(g_utf8_prev_char(p))))
        return 0;
    for (guint i = 0; i < self->names->len; i++) {
        const char *name = g_ptr_array_index(self->names, i);
        gsize size = strlen(name);

        if (size > best && strncmp(p, name, size) == 0 &&
            sentence_is_joint(g_utf8_get_char(p + size)))
            best = size;
    }
    return best;
}

static gboolean
sentence_is_quote(gunichar c)
{
    return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb ||
           c == '`' || c == 0x2018 || c == '\'';
}

static gboolean
splitting_quote(Splitting *self)
{
    const char *inside = sentence_next(self->p);
    gsize size = splitting_name(self, inside);
    const char *after = inside + size;

    if (size == 0 ||
        !(sentence_is_quote(g_utf8_get_char(after)) || g_utf8_get_char(after) == 0x2019)) {
        splitting_refuse(self, "name", "quotation marks are for the names given only");
        return FALSE;
    }
    splitting_add(self, ERRATA_TOKEN_NAME, inside, size)->quoted = TRUE;
    self->p = sentence_next(after);
    return TRUE;
}

static gboolean
sentence_in_word(gunichar c)
{
    return g_unichar_isalpha(c) || c == '\'' || c == 0x2019;
}

/* “make up” is a share, no cause and no rise */
static void
splitting_join(Splitting *self, ErrataToken *token)
{
    ErrataToken *before = NULL;

    for (guint i = self->tokens->len - 1; i-- > 0 && before == NULL;) {
        ErrataToken *earlier = g_ptr_array_index(self->tokens, i);

        if (earlier->kind != ERRATA_TOKEN_MARK)
            before = earlier;
    }
    if (strcmp(token->folded, "up") == 0 && before != NULL && before->folded != NULL &&
        (g_str_has_prefix(before->folded, "mak") || strcmp(before->folded, "made") == 0)) {
        token->sense = 0;
        before->sense = 0;
    }
}

static gboolean
splitting_word(Splitting *self)
{
    const char *end = self->p;
    ErrataToken *token;
    guint capitals = 0;

    while (*end != '\0' && sentence_in_word(g_utf8_get_char(end))) {
        gunichar c = g_utf8_get_char(end);

        if (g_unichar_isalpha(c) && g_unichar_get_script(c) != G_UNICODE_SCRIPT_LATIN) {
            splitting_refuse(self, "script", "only Latin letters outside of names");
            return FALSE;
        }
        capitals += g_unichar_isupper(c) ? 1 : 0;
        end = sentence_next(end);
    }
    token = splitting_add(self, ERRATA_TOKEN_WORD, self->p, (gsize)(end - self->p));
    token->folded = errata_word_fold(token->text);
    token->sense = errata_word_sense(token->folded);
    splitting_join(self, token);
    token->capital = g_unichar_isupper(g_utf8_get_char(self->p));
    token->capitals = capitals;
    self->p = end;
    return TRUE;
}

static gboolean
splitting_mark(Splitting *self, gunichar c)
{
    static const char plain[] = " .,;:()-";
    GUnicodeType type = g_unichar_type(c);

    if (g_unichar_isdigit(c) || type == G_UNICODE_DECIMAL_NUMBER ||
        type == G_UNICODE_LETTER_NUMBER || type == G_UNICODE_OTHER_NUMBER) {
        splitting_refuse(self, "digit", "a digit; every figure comes from a slot");
    } else if (c == '%' || c == 0x2030 || c == 0xb0 || type == G_UNICODE_CURRENCY_SYMBOL) {
        splitting_refuse(self, "unit", "a unit; every slot brings its own");
    } else if (c == '{' || c == '}') {
        splitting_refuse(self, "slot", "a brace that is no slot; a slot is {}");
    } else if ((c < 0x80 && strchr(plain, (int)c) != NULL) || c == 0x2013 || c == 0x2014) {
        const char *next = sentence_next(self->p);

        splitting_add(self, ERRATA_TOKEN_MARK, self->p, (gsize)(next - self->p));
        self->p = next;
        return TRUE;
    } else {
        splitting_refuse(self, "markup", "the character U+%04X, which no sentence needs", (guint)c);
    }
    return FALSE;
}

/* whether a name cannot be taken for a word of the sentence; others need quotation marks */
static gboolean
sentence_is_plain_name(const char *name, gsize size)
{
    g_autofree char *word = g_strndup(name, size);
    g_autofree char *folded = errata_word_fold(word);
    char concept[64];

    if (strchr(word, ' ') != NULL || folded[0] == '\0')
        return FALSE;
    return strpbrk(word, "_0123456789") != NULL ||
           (errata_word_sense(folded) == 0 &&
            errata_word_concept(folded, concept, sizeof concept) != NULL);
}

static gboolean
splitting_step(Splitting *self)
{
    gunichar c = g_utf8_get_char(self->p);
    gsize name = splitting_name(self, self->p);

    if (name > 0 && sentence_is_plain_name(self->p, name)) {
        splitting_add(self, ERRATA_TOKEN_NAME, self->p, name);
        self->p += name;
        return TRUE;
    }
    if (strncmp(self->p, "{}", 2) == 0) {
        splitting_add(self, ERRATA_TOKEN_SLOT, self->p, 2);
        self->p += 2;
        return TRUE;
    }
    if (sentence_is_quote(c))
        return splitting_quote(self);
    if (g_unichar_isalpha(c))
        return splitting_word(self);
    return splitting_mark(self, c);
}

GPtrArray *
errata_sentence_split(const char *text,
                      const GPtrArray *names,
                      const char **ret_rule,
                      char **ret_why)
{
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(token_free);
    Splitting self = {.p = text, .start = text, .names = names, .tokens = tokens};

    while (*self.p != '\0')
        if (!splitting_step(&self)) {
            *ret_rule = self.rule;
            *ret_why = self.why;
            return NULL;
        }
    return g_steal_pointer(&tokens);
}
