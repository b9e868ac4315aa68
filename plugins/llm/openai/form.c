/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a request is said. What a server does not take (a schema, a parameter) it says once; that is
 * remembered and the request goes out again without it: json_schema, then json_object, then plain
 * text, the schema being in the prompt in any case. vLLM's older versions take a schema by names of
 * their own. Ollama cuts a long prompt and says nothing unless it is told, at its own address, how
 * long the context must be. */
#include "form.h"

#include <string.h>

#include "json-writer.h"

#define FORM_CONTEXT       8192U  /* tokens: another length makes Ollama load the model anew */
#define FORM_CONTEXT_LIMIT 65536U /* more than a request of ours can have */
#define FORM_BYTES         3U     /* of a token, at least */
#define FORM_API           "/v1"

/**
 * errata_form_rung:
 *
 * Returns: which form of structured output is asked for
 */
const char *
errata_form_rung(const ErrataForm *self)
{
    static const char *const names[] = {"json_schema",
                                        "structured_outputs",
                                        "guided_json",
                                        "json_object",
                                        "text"};

    return names[self->rung];
}

/**
 * errata_form_url:
 * @url: of the API
 *
 * Returns: (transfer full): where requests go
 */
char *
errata_form_url(const ErrataForm *self, const char *url)
{
    g_autofree char *root = NULL;

    if (!self->native)
        return g_strconcat(url, "/chat/completions", NULL);
    root = g_strndup(url, strlen(url) - strlen(FORM_API));
    return g_strconcat(root, "/api/chat", NULL);
}

static void
form_write_message(ErrataJsonWriter *json, const char *role, const char *content)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "role", role);
    errata_json_writer_string(json, "content", content);
    errata_json_writer_end(json, '}');
}

/* @schema was parsed by its owner */
static void
form_write_schema(ErrataJsonWriter *json, const char *name, const char *schema)
{
    g_string_append_printf(json->text, ",\"%s\":%s", name, schema);
}

static void
form_write_format(const ErrataForm *self, ErrataJsonWriter *json, const char *schema)
{
    if (self->rung == ERRATA_FORM_TEXT)
        return;
    if (self->rung == ERRATA_FORM_GUIDED) {
        form_write_schema(json, "guided_json", schema);
        return;
    }
    if (self->rung == ERRATA_FORM_STRUCTURED) {
        g_string_append_printf(json->text, ",\"structured_outputs\":{\"json\":%s}", schema);
        return;
    }
    errata_json_writer_begin(json, "response_format", '{');
    errata_json_writer_string(json, "type", errata_form_rung(self));
    if (self->rung == ERRATA_FORM_SCHEMA) {
        errata_json_writer_begin(json, "json_schema", '{');
        errata_json_writer_string(json, "name", "answer");
        errata_json_writer_boolean(json, "strict", TRUE);
        form_write_schema(json, "schema", schema);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, '}');
}

static void
form_write_limits(const ErrataForm *self, ErrataJsonWriter *json, const ErrataOpenaiPrompt *prompt)
{
    errata_json_writer_uint(json,
                            self->new_max_tokens ? "max_completion_tokens" : "max_tokens",
                            prompt->max_tokens);
    if (!self->no_temperature)
        errata_json_writer_uint(json, "temperature", 0);
    if (!self->no_usage) {
        errata_json_writer_begin(json, "stream_options", '{');
        errata_json_writer_boolean(json, "include_usage", TRUE);
        errata_json_writer_end(json, '}');
    }
    if (prompt->schema != NULL)
        form_write_format(self, json, prompt->schema);
}

/* tokens that prompt and answer have room in */
static guint
form_context(const ErrataOpenaiPrompt *prompt)
{
    gsize bytes = strlen(prompt->system) + strlen(prompt->user);
    gsize wanted = bytes / FORM_BYTES + prompt->max_tokens;
    guint context = FORM_CONTEXT;

    while (context < wanted && context < FORM_CONTEXT_LIMIT)
        context *= 2;
    return context;
}

static void
form_write_options(const ErrataForm *self, ErrataJsonWriter *json, const ErrataOpenaiPrompt *prompt)
{
    if (prompt->schema != NULL && self->rung == ERRATA_FORM_OBJECT)
        errata_json_writer_string(json, "format", "json");
    else if (prompt->schema != NULL && self->rung != ERRATA_FORM_TEXT)
        form_write_schema(json, "format", prompt->schema);
    errata_json_writer_begin(json, "options", '{');
    errata_json_writer_uint(json, "temperature", 0);
    errata_json_writer_uint(json, "num_predict", prompt->max_tokens);
    errata_json_writer_uint(json, "num_ctx", form_context(prompt));
    errata_json_writer_end(json, '}');
}

/**
 * errata_form_body:
 * @model: (nullable): its name
 * @prompt: what is asked
 *
 * Returns: (transfer full): the request, JSON
 */
char *
errata_form_body(const ErrataForm *self, const char *model, const ErrataOpenaiPrompt *prompt)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&json, NULL, '{');
    errata_json_writer_string(&json, "model", model != NULL ? model : "default");
    errata_json_writer_begin(&json, "messages", '[');
    form_write_message(&json, "system", prompt->system);
    form_write_message(&json, "user", prompt->user);
    errata_json_writer_end(&json, ']');
    errata_json_writer_boolean(&json, "stream", TRUE);
    if (self->native)
        form_write_options(self, &json, prompt);
    else
        form_write_limits(self, &json, prompt);
    errata_json_writer_end(&json, '}');
    return g_string_free(json.text, FALSE);
}

/**
 * errata_form_meet:
 * @url: of the API
 * @kind: (nullable): `ollama`, `vllm` or another: what the server turned out to be
 */
void
errata_form_meet(ErrataForm *self, const char *url, const char *kind)
{
    if (g_strcmp0(kind, "vllm") == 0)
        self->is_vllm = TRUE;
    else if (g_strcmp0(kind, "ollama") == 0 && g_str_has_suffix(url, FORM_API))
        self->native = !self->no_native;
}

static gboolean
form_mentions(const char *words, const char *const *any)
{
    g_autofree char *lower = g_ascii_strdown(words, -1);

    for (guint i = 0; any[i] != NULL; i++)
        if (strstr(lower, any[i]) != NULL)
            return TRUE;
    return FALSE;
}

static ErrataFormRung
form_below(const ErrataForm *self)
{
    if (self->rung == ERRATA_FORM_SCHEMA && (self->native || !self->is_vllm))
        return ERRATA_FORM_OBJECT;
    return self->rung + 1;
}

/* whether that status may come of how the request was said */
gboolean
errata_form_may_adapt(const ErrataForm *self, guint status)
{
    return status == 400 || status == 422 || status == 501 ||
           (self->native && (status == 404 || status == 405));
}

/**
 * errata_form_adapt:
 * @status: one that errata_form_may_adapt()
 * @words: the server's own
 *
 * Says requests another way, where the server named what it does not take.
 *
 * Returns: whether there was another way
 */
gboolean
errata_form_adapt(ErrataForm *self, guint status, const char *words)
{
    static const char *const usage[] = {"stream_options", NULL};
    static const char *const max[] = {"max_completion_tokens", NULL};
    static const char *const temperature[] = {"temperature", NULL};
    static const char *const format[] = {"response_format",
                                         ".format",
                                         "json_schema",
                                         "json_object",
                                         "schema",
                                         "grammar",
                                         "structured",
                                         "guided",
                                         NULL};

    if (self->native && (status == 404 || status == 405)) {
        self->native = FALSE;
        self->no_native = TRUE;
    } else if (!self->native && !self->no_usage && form_mentions(words, usage)) {
        self->no_usage = TRUE;
    } else if (!self->native && !self->new_max_tokens && form_mentions(words, max)) {
        self->new_max_tokens = TRUE;
    } else if (!self->native && !self->no_temperature && form_mentions(words, temperature)) {
        self->no_temperature = TRUE;
    } else if (self->rung != ERRATA_FORM_TEXT &&
               (form_mentions(words, format) || strchr(words, ':') == NULL)) {
        self->rung = form_below(self);
    } else {
        return FALSE;
    }
    return TRUE;
}
