/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes back from a server that speaks as OpenAI's does, and how the servers differ: chunks
 * with `content: null`, a last chunk with usage and no choices, errors within a stream, a whole
 * answer where a stream was asked for, five shapes of error. Every byte is hostile; sizes are
 * bounded. */
#include "reply.h"

#include <math.h>
#include <string.h>

#include "datum.h"
#include "error.h"
#include "limit.h"

#define REPLY_PROBLEM_BYTES 200 /* of a server's own words in a message */
#define REPLY_MAX_TOKENS    1e12
#define REPLY_OLLAMA        "fp_ollama" /* its system_fingerprint */

ErrataReply *
errata_reply_new(void)
{
    ErrataReply *self = g_new0(ErrataReply, 1);

    self->text = g_string_new(NULL);
    return self;
}

void
errata_reply_free(ErrataReply *self)
{
    if (self == NULL)
        return;
    g_string_free(self->text, TRUE);
    g_free(self->model);
    g_free(self);
}

/* a server's words, fit to stand in a line of ours */
static char *
reply_words(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) words = g_string_new(NULL);

    for (const char *p = valid; *p != '\0' && words->len < REPLY_PROBLEM_BYTES;
         p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_isspace(c) || g_unichar_iscntrl(c) || c == '<' || c == '>' || c == '`') {
            if (words->len > 0 && words->str[words->len - 1] != ' ')
                g_string_append_c(words, ' ');
        } else if (g_unichar_isprint(c)) {
            g_string_append_unichar(words, c);
        }
    }
    return g_strchomp(g_string_free(g_steal_pointer(&words), FALSE));
}

/* {"error":{"message"}}, {"error":"text"}, {"type":"error","message"}, {"detail":…}, {"message"} */
static const char *
reply_error_text(const ErrataDatum *root, const char **ret_type)
{
    const ErrataDatum *error = errata_datum_get(root, "error");
    const ErrataDatum *detail = errata_datum_get(root, "detail");
    const char *text = errata_datum_text(error, "message");

    *ret_type = errata_datum_text(error, "type");
    if (error == NULL && g_strcmp0(errata_datum_text(root, "object"), "error") == 0)
        *ret_type = errata_datum_text(root, "type"); /* vLLM's of before */
    if (errata_datum_text(error, "code") != NULL)
        *ret_type = errata_datum_text(error, "code");
    if (text != NULL)
        return text;
    if (error != NULL && error->kind == ERRATA_DATUM_STRING)
        return error->text;
    if (detail != NULL && detail->kind == ERRATA_DATUM_STRING)
        return detail->text;
    if (detail != NULL && detail->kind == ERRATA_DATUM_LIST)
        return errata_datum_text(errata_datum_at(detail, 0), "msg");
    return errata_datum_text(root, "message");
}

/**
 * errata_reply_problem:
 * @status: of HTTP
 * @body: (array length=length): what the server sent, of any kind
 * @length: bytes of @body
 * @ret_type: (out) (optional) (nullable) (transfer full): the kind of error, as the server names it
 *
 * Returns: (transfer full): `HTTP 401: Invalid API Key`; a body without words (HTML) is not quoted
 */
char *
errata_reply_problem(guint status, const char *body, gsize length, char **ret_type)
{
    g_autoptr(ErrataDatumTree) tree = errata_datum_parse_json(body, length, NULL);
    const char *type = NULL;
    const char *text = tree != NULL ? reply_error_text(errata_datum_tree_root(tree), &type) : NULL;
    g_autofree char *words = text != NULL ? reply_words(text) : NULL;

    if (ret_type != NULL)
        *ret_type = type != NULL ? reply_words(type) : NULL;
    if (words != NULL && *words == '\0')
        g_clear_pointer(&words, g_free);
    if (words == NULL)
        return g_strdup_printf("HTTP %u", status);
    return g_strdup_printf("HTTP %u: %s", status, words);
}

/* a count of tokens; not told is 0 */
static guint64
reply_count(ErrataReply *self, const ErrataDatum *usage, const char *name, guint64 before)
{
    const ErrataDatum *told = errata_datum_get(usage, name);
    double count = errata_datum_number(usage, name);

    if (told == NULL || told->kind == ERRATA_DATUM_NULL)
        return before;
    if (!(count >= 0.0 && count < REPLY_MAX_TOKENS)) {
        self->odd_usage = TRUE;
        return 0;
    }
    return (guint64)count;
}

static void
reply_take_usage(ErrataReply *self, const ErrataDatum *root)
{
    const ErrataDatum *usage = errata_datum_get(root, "usage");

    self->tokens_in = reply_count(self, usage, "prompt_tokens", self->tokens_in);
    self->tokens_out = reply_count(self, usage, "completion_tokens", self->tokens_out);
    if (self->model == NULL && errata_datum_text(root, "model") != NULL)
        self->model = reply_words(errata_datum_text(root, "model"));
}

static gboolean
reply_append(ErrataReply *self, const char *text, GError **error)
{
    if (text == NULL)
        return TRUE;
    if (self->text->len + strlen(text) > ERRATA_LIMIT_LLM_ANSWER_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "the answer has more than %u bytes",
                    ERRATA_LIMIT_LLM_ANSWER_BYTES);
        return FALSE;
    }
    g_string_append(self->text, text);
    return TRUE;
}

/* the choice with the index 0, which servers may leave out; others were not asked for */
static const ErrataDatum *
reply_choice(ErrataReply *self, const ErrataDatum *root)
{
    const ErrataDatum *choices = errata_datum_get(root, "choices");

    for (gsize i = 0; choices != NULL && i < choices->n; i++) {
        const ErrataDatum *choice = errata_datum_at(choices, i);
        const ErrataDatum *index = errata_datum_get(choice, "index");
        double number = errata_datum_number(choice, "index");

        if (index == NULL || index->kind == ERRATA_DATUM_NULL || (number >= 0.0 && number < 0.5))
            return choice;
        self->elsewhere = TRUE;
    }
    return NULL;
}

/* thoughts that are kept apart, as DeepSeek's, vLLM's and Ollama's servers call them */
static gsize
reply_thought(const ErrataDatum *message)
{
    const char *thought = errata_datum_text(message, "reasoning_content");

    if (thought == NULL)
        thought = errata_datum_text(message, "reasoning");
    if (thought == NULL)
        thought = errata_datum_text(message, "thinking");
    return thought != NULL ? strlen(thought) : 0;
}

/* @has_parts: has what an answer has */
static gboolean
reply_is_one(const ErrataDatum *root, gboolean has_parts, GError **error)
{
    gboolean is_object = root != NULL && root->kind == ERRATA_DATUM_OBJECT;

    if (is_object && has_parts)
        return TRUE;
    /* told nowhere in the server's words: they may echo the key */
    g_set_error_literal(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        is_object ? "the server broke off and reports an error"
                                  : "the server sent broken JSON");
    return FALSE;
}

/* @part: `delta` in a stream, `message` in a whole answer */
static gboolean
reply_take(ErrataReply *self, const char *data, gsize length, const char *part, GError **error)
{
    g_autoptr(ErrataDatumTree) tree = errata_datum_parse_json(data, length, NULL);
    const ErrataDatum *root = tree != NULL ? errata_datum_tree_root(tree) : NULL;
    const ErrataDatum *choice = reply_choice(self, root);
    const char *reason = errata_datum_text(choice, "finish_reason");

    if (!reply_is_one(root,
                      errata_datum_get(root, "choices") != NULL ||
                          errata_datum_get(root, "usage") != NULL,
                      error))
        return FALSE;
    reply_take_usage(self, root);
    self->by_ollama = self->by_ollama ||
                      g_strcmp0(errata_datum_text(root, "system_fingerprint"), REPLY_OLLAMA) == 0;
    if (reason != NULL)
        self->has_ended = TRUE;
    if (g_strcmp0(reason, "length") == 0)
        self->cut = TRUE;
    self->n_thought += reply_thought(errata_datum_get(choice, part));
    return reply_append(self, errata_datum_text(errata_datum_get(choice, part), "content"), error);
}

/**
 * errata_reply_take_event:
 *
 * Takes a chunk of a stream.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA for broken JSON, an error within the stream, or an answer over
 * the limit.
 */
gboolean
errata_reply_take_event(const char *event,
                        const char *data,
                        gsize length,
                        gpointer user_data,
                        GError **error)
{
    ErrataReply *self = user_data;

    if (strcmp(data, "[DONE]") == 0) {
        self->has_ended = TRUE;
        return FALSE;
    }
    return reply_take(self, data, length, "delta", error);
}

/**
 * errata_reply_take_line:
 *
 * Takes a line of what Ollama's own address streams.
 *
 * Errors: as errata_reply_take_event().
 */
gboolean
errata_reply_take_line(const char *event,
                       const char *data,
                       gsize length,
                       gpointer user_data,
                       GError **error)
{
    ErrataReply *self = user_data;
    g_autoptr(ErrataDatumTree) tree = errata_datum_parse_json(data, length, NULL);
    const ErrataDatum *root = tree != NULL ? errata_datum_tree_root(tree) : NULL;
    const ErrataDatum *message = errata_datum_get(root, "message");
    const ErrataDatum *done = errata_datum_get(root, "done");

    if (!reply_is_one(root, message != NULL || done != NULL, error))
        return FALSE;
    self->tokens_in = reply_count(self, root, "prompt_eval_count", self->tokens_in);
    self->tokens_out = reply_count(self, root, "eval_count", self->tokens_out);
    if (self->model == NULL && errata_datum_text(root, "model") != NULL)
        self->model = reply_words(errata_datum_text(root, "model"));
    self->has_ended = done != NULL && done->kind == ERRATA_DATUM_BOOLEAN && done->number > 0.5;
    self->cut = g_strcmp0(errata_datum_text(root, "done_reason"), "length") == 0;
    self->n_thought += reply_thought(message);
    return reply_append(self, errata_datum_text(message, "content"), error) && !self->has_ended;
}

/**
 * errata_reply_take_whole:
 * @data: (array length=length): a body of JSON
 * @length: bytes of @data
 * @error: return location for a #GError
 *
 * For servers that answer at once although a stream was asked for.
 */
gboolean
errata_reply_take_whole(ErrataReply *self, const char *data, gsize length, GError **error)
{
    if (!reply_take(self, data, length, "message", error))
        return FALSE;
    self->has_ended = TRUE;
    return TRUE;
}

/* the end of the object that begins at @text, or NULL */
static const char *
reply_object_end(const char *text)
{
    guint depth = 0;
    gboolean quoted = FALSE;

    for (const char *p = text; *p != '\0'; p++) {
        if (quoted) {
            if (*p == '\\' && p[1] != '\0')
                p++;
            else if (*p == '"')
                quoted = FALSE;
        } else if (*p == '"') {
            quoted = TRUE;
        } else if (*p == '{') {
            depth++;
        } else if (*p == '}' && --depth == 0) {
            return p + 1;
        }
    }
    return NULL;
}

/* where the answer begins: behind the thoughts; NULL: they do not end */
static const char *
reply_begin(const char *text)
{
    const char *thought = g_strrstr(text, "</think>");
    const char *begin = thought != NULL ? thought + strlen("</think>") : text;
    const char *opened = strstr(begin, "<think>");
    const char *object = strchr(begin, '{');

    return opened != NULL && (object == NULL || opened < object) ? NULL : begin;
}

/* why there is no answer in it, or NULL */
static const char *
reply_lacks(const ErrataReply *self)
{
    if (!g_utf8_validate(self->text->str, (gssize)self->text->len, NULL))
        return "the answer is not UTF-8 text";
    if (reply_begin(self->text->str) == NULL || (self->text->len == 0 && self->n_thought > 0))
        return "the model thought until it had to end, and gave no answer";
    if (self->text->len == 0 && self->elsewhere)
        return "the server sent other choices than the first, which alone was asked for";
    return NULL;
}

/**
 * errata_reply_extract:
 * @error: return location for a #GError
 *
 * Models wrap their JSON in thoughts, words and fences. The first object that parses is the answer;
 * what stands before `</think>` is none, nor is what follows a `<think>` that nothing closes. At
 * most 16 beginnings are tried.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when it is not UTF-8 or holds no answer.
 *
 * Returns: (transfer full): the object, or all of the text where none is found
 */
char *
errata_reply_extract(const ErrataReply *self, GError **error)
{
    const char *text = self->text->str;
    const char *lacks = reply_lacks(self);
    const char *open = reply_begin(text);

    if (lacks != NULL) {
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA, lacks);
        return NULL;
    }
    for (guint i = 0; i < 16 && (open = strchr(open, '{')) != NULL; i++, open++) {
        const char *end = reply_object_end(open);
        g_autoptr(ErrataDatumTree) tree =
            end != NULL ? errata_datum_parse_json(open, (gsize)(end - open), NULL) : NULL;

        if (tree != NULL)
            return g_strndup(open, (gsize)(end - open));
    }
    return g_strdup(text);
}
