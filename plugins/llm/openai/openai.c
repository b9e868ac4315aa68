/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat completions as OpenAI's API has them, spoken by llama-server, Ollama, vLLM, LM Studio and hosted
 * services alike. Always streamed. What a server does not take (a schema, a parameter) it says once;
 * that is remembered and the request goes out again without it: json_schema, then json_object, then
 * plain text, the schema being in the prompt in any case. */
#include "openai.h"

#include <string.h>

#include "datum.h"
#include "error.h"
#include "fetch.h"
#include "json-writer.h"
#include "limit.h"
#include "sse.h"

#define OPENAI_MAX_STEPS  6 /* times a request is said another way */
#define OPENAI_MAX_MODELS 1000U
#define OPENAI_UNIX       "unix:"
#define OPENAI_UNIX_URL   "http://localhost/v1" /* what is asked for over a socket */

typedef enum {
    OPENAI_RUNG_SCHEMA,
    OPENAI_RUNG_OBJECT,
    OPENAI_RUNG_TEXT,
} OpenaiRung;

struct _ErrataOpenai {
    char *url; /* without the slash at its end */
    char *socket_path;
    char *key;
    char *model;
    OpenaiRung rung;
    gboolean no_usage;       /* does not know stream_options */
    gboolean new_max_tokens; /* wants max_completion_tokens */
    gboolean no_temperature;
};

/* one completion; owned by its task */
typedef struct {
    ErrataOpenai *self;
    ErrataOpenaiPrompt prompt;
    ErrataReply *reply;
    ErrataSse *sse;
    GString *whole; /* a body of JSON */
    ErrataOpenaiFailure failure;
    guint n_steps;
} OpenaiCall;

static void openai_send(GTask *task);

/* (nullable): the path in `unix:/run/model.sock` */
static const char *
openai_socket(const char *url)
{
    return g_str_has_prefix(url, OPENAI_UNIX "/") ? url + strlen(OPENAI_UNIX) : NULL;
}

/**
 * errata_openai_new:
 * @url: of the API, `http://127.0.0.1:8080/v1`; a bare host gets `/v1`. `unix:/PATH` is a socket of this machine
 * @socket_path: (nullable): the Unix socket that is spoken to instead
 * @key: (nullable): sent as bearer token
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_CONFIG for what is no address, and for a key over plain http to another
 * machine.
 *
 * Returns: (transfer full): the server; nothing was sent yet
 */
ErrataOpenai *
errata_openai_new(const char *url, const char *socket_path, const char *key, GError **error)
{
    const char *named = openai_socket(url);
    g_autoptr(GUri) uri =
        g_uri_parse(named != NULL ? OPENAI_UNIX_URL : url, G_URI_FLAGS_NONE, NULL);
    ErrataOpenai *self;
    gsize length;

    if (uri == NULL || g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' ||
        g_uri_get_userinfo(uri) != NULL || g_uri_get_query(uri) != NULL) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_CONFIG,
                            "[llm] url: expected an address such as http://127.0.0.1:8080/v1, "
                            "without user, password or query, or a socket such as "
                            "unix:/run/user/1000/model.sock");
        return NULL;
    }
    if (named != NULL) {
        socket_path = named;
        url = OPENAI_UNIX_URL;
    }
    length = strlen(url);
    if (key != NULL && socket_path == NULL && !errata_fetch_is_local(url) &&
        g_strcmp0(g_uri_get_scheme(uri), "https") != 0) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_CONFIG,
                            "[llm] url: a key is not sent over plain http to another machine; "
                            "use https://");
        return NULL;
    }
    self = g_rc_box_new0(ErrataOpenai);
    while (length > 0 && url[length - 1] == '/')
        length--;
    self->url = g_strndup(url, length);
    if (strlen(g_uri_get_path(uri)) <= 1) {
        g_autofree char *bare = g_steal_pointer(&self->url);

        self->url = g_strconcat(bare, "/v1", NULL);
    }
    self->socket_path = g_strdup(socket_path);
    self->key = g_strdup(key);
    return self;
}

ErrataOpenai *
errata_openai_ref(ErrataOpenai *self)
{
    return g_rc_box_acquire(self);
}

static void
openai_clear(gpointer data)
{
    ErrataOpenai *self = data;

    g_free(self->url);
    g_free(self->socket_path);
    g_free(self->key);
    g_free(self->model);
}

void
errata_openai_unref(ErrataOpenai *self)
{
    if (self != NULL)
        g_rc_box_release_full(self, openai_clear);
}

gboolean
errata_openai_is_local(const char *url)
{
    return openai_socket(url) != NULL || errata_fetch_is_local(url);
}

void
errata_openai_set_model(ErrataOpenai *self, const char *model)
{
    g_free(self->model);
    self->model = g_strdup(model);
}

const char *
errata_openai_model(const ErrataOpenai *self)
{
    return self->model;
}

const char *
errata_openai_url(const ErrataOpenai *self)
{
    return self->url;
}

const char *
errata_openai_rung(const ErrataOpenai *self)
{
    static const char *const names[] = {"json_schema", "json_object", "text"};

    return names[self->rung];
}

static void
openai_write_message(ErrataJsonWriter *json, const char *role, const char *content)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "role", role);
    errata_json_writer_string(json, "content", content);
    errata_json_writer_end(json, '}');
}

static void
openai_write_format(const ErrataOpenai *self, ErrataJsonWriter *json, const char *schema)
{
    errata_json_writer_begin(json, "response_format", '{');
    errata_json_writer_string(json, "type", errata_openai_rung(self));
    if (self->rung == OPENAI_RUNG_SCHEMA) {
        errata_json_writer_begin(json, "json_schema", '{');
        errata_json_writer_string(json, "name", "answer");
        errata_json_writer_boolean(json, "strict", TRUE);
        g_string_append_printf(json->text, ",\"schema\":%s", schema); /* was parsed by its owner */
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, '}');
}

static char *
openai_body(const ErrataOpenai *self, const ErrataOpenaiPrompt *prompt)
{
    ErrataJsonWriter json = {g_string_new(NULL), FALSE};

    errata_json_writer_begin(&json, NULL, '{');
    errata_json_writer_string(&json, "model", self->model != NULL ? self->model : "default");
    errata_json_writer_begin(&json, "messages", '[');
    openai_write_message(&json, "system", prompt->system);
    openai_write_message(&json, "user", prompt->user);
    errata_json_writer_end(&json, ']');
    errata_json_writer_uint(&json,
                            self->new_max_tokens ? "max_completion_tokens" : "max_tokens",
                            prompt->max_tokens);
    if (!self->no_temperature)
        errata_json_writer_uint(&json, "temperature", 0);
    errata_json_writer_boolean(&json, "stream", TRUE);
    if (!self->no_usage) {
        errata_json_writer_begin(&json, "stream_options", '{');
        errata_json_writer_boolean(&json, "include_usage", TRUE);
        errata_json_writer_end(&json, '}');
    }
    if (prompt->schema != NULL && self->rung != OPENAI_RUNG_TEXT)
        openai_write_format(self, &json, prompt->schema);
    errata_json_writer_end(&json, '}');
    return g_string_free(json.text, FALSE);
}

/**
 * errata_openai_show:
 * @prompt: what would be asked
 *
 * Returns: (transfer full): the request as it would go out, byte for byte but for the key
 */
char *
errata_openai_show(const ErrataOpenai *self, const ErrataOpenaiPrompt *prompt)
{
    g_autofree char *body = openai_body(self, prompt);

    return g_strdup_printf("POST %s/chat/completions%s%s\n"
                           "Content-Type: application/json\n%s\n%s",
                           self->url,
                           self->socket_path != NULL ? " by the socket " : "",
                           self->socket_path != NULL ? self->socket_path : "",
                           self->key != NULL ? "Authorization: Bearer (the key)\n" : "",
                           body);
}

static void
openai_call_free(gpointer data)
{
    OpenaiCall *call = data;

    errata_openai_unref(call->self);
    g_free(call->prompt.system);
    g_free(call->prompt.user);
    g_free(call->prompt.schema);
    errata_reply_free(call->reply);
    errata_sse_free(call->sse);
    g_string_free(call->whole, TRUE);
    g_free(call);
}

static gboolean
openai_mentions(const char *words, const char *const *any)
{
    g_autofree char *lower = g_ascii_strdown(words, -1);

    for (guint i = 0; any[i] != NULL; i++)
        if (strstr(lower, any[i]) != NULL)
            return TRUE;
    return FALSE;
}

/* says the request another way, where the server named what it does not take; FALSE: nothing left */
static gboolean
openai_adapt(ErrataOpenai *self, const char *words)
{
    static const char *const usage[] = {"stream_options", NULL};
    static const char *const max[] = {"max_completion_tokens", NULL};
    static const char *const temperature[] = {"temperature", NULL};
    static const char *const format[] =
        {"response_format", "json_schema", "json_object", "schema", "grammar", "structured", NULL};

    if (!self->no_usage && openai_mentions(words, usage))
        self->no_usage = TRUE;
    else if (!self->new_max_tokens && openai_mentions(words, max))
        self->new_max_tokens = TRUE;
    else if (!self->no_temperature && openai_mentions(words, temperature))
        self->no_temperature = TRUE;
    else if (self->rung != OPENAI_RUNG_TEXT &&
             (openai_mentions(words, format) || strchr(words, ':') == NULL))
        self->rung = self->rung == OPENAI_RUNG_SCHEMA ? OPENAI_RUNG_OBJECT : OPENAI_RUNG_TEXT;
    else
        return FALSE;
    return TRUE;
}

static gboolean
openai_may_retry(guint status, const char *type)
{
    static const guint transient[] = {408, 409, 429, 500, 502, 503, 504, 529};

    if (g_strcmp0(type, "insufficient_quota") == 0)
        return FALSE; /* no money: waiting earns none */
    for (guint i = 0; i < G_N_ELEMENTS(transient); i++)
        if (transient[i] == status)
            return TRUE;
    return FALSE;
}

/* what a status means, in our words: a server's own may say anything, and this goes into reports */
static const char *
openai_status_words(guint status, const char *type)
{
    static const struct {
        guint status;
        const char *words;
    } known[] = {{400, "the server does not take the request"},
                 {401, "the server does not take the key"},
                 {402, "the server asks for payment"},
                 {403, "the server does not let this key in"},
                 {404, "the server has no such address or model"},
                 {408, "the server waited too long"},
                 {413, "the request is too long for the server"},
                 {422, "the server does not take the request"},
                 {429, "the server has too many requests"},
                 {501, "the server does not know how to do this"},
                 {503, "the server is not ready"},
                 {529, "the server has too many requests"}};

    if (g_strcmp0(type, "insufficient_quota") == 0)
        return "the server says that the account has no money left";
    if (g_strcmp0(type, "exceed_context_size_error") == 0)
        return "the request is longer than the model's context";
    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].status == status)
            return known[i].words;
    return status >= 500 ? "the server failed" : "the server refused";
}

/* a status other than 200 */
static void
openai_refused(GTask *task, const ErrataFetch *fetch)
{
    OpenaiCall *call = g_task_get_task_data(task);
    g_autofree char *type = NULL;
    g_autofree char *words =
        errata_reply_problem(fetch->status, fetch->body->str, fetch->body->len, &type);

    if ((fetch->status == 400 || fetch->status == 422 || fetch->status == 501) &&
        g_strcmp0(type, "exceed_context_size_error") != 0 && call->n_steps < OPENAI_MAX_STEPS &&
        openai_adapt(call->self, words)) {
        call->n_steps++;
        openai_send(task);
        return;
    }
    call->failure.status = fetch->status;
    call->failure.may_retry = openai_may_retry(fetch->status, type);
    call->failure.retry_after_s = fetch->retry_after_s;
    /* not in its words: they may echo the request's headers and with them the key, whole or cut */
    g_debug("the server answers HTTP %u", fetch->status);
    g_task_return_new_error(task,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "%s (HTTP %u)",
                            openai_status_words(fetch->status, type),
                            fetch->status);
}

/* some servers cut a long prompt and say nothing; a token has hardly more than eight bytes */
static gboolean
openai_was_cut(const OpenaiCall *call)
{
    gsize bytes = strlen(call->prompt.system) + strlen(call->prompt.user);

    return call->reply->tokens_in > 0 && bytes > 4000 && call->reply->tokens_in < bytes / 16;
}

static void
openai_complete(GTask *task, const ErrataFetch *fetch)
{
    OpenaiCall *call = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;

    if (fetch->status != 200) {
        openai_refused(task, fetch);
        return;
    }
    if (call->whole->len > 0)
        errata_reply_take_whole(call->reply, call->whole->str, call->whole->len, &error);
    else
        errata_sse_end(call->sse, &error);
    if (error == NULL && !call->reply->has_ended) {
        call->failure.may_retry = TRUE;
        g_set_error_literal(&error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "the stream ended before the answer did");
    }
    if (error == NULL && openai_was_cut(call))
        g_set_error(&error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_IO,
                    "the server read only %" G_GUINT64_FORMAT
                    " tokens of a longer prompt; give it a larger context",
                    call->reply->tokens_in);
    if (error != NULL)
        g_task_return_error(task, g_steal_pointer(&error));
    else
        g_task_return_pointer(task,
                              g_steal_pointer(&call->reply),
                              (GDestroyNotify)errata_reply_free);
}

static void
openai_fetched_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    OpenaiCall *call = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFetch) fetch = errata_fetch_finish(result, &error);

    if (fetch != NULL) {
        openai_complete(task, fetch);
        return;
    }
    /* what came was whole, though the connection did not end well */
    if (call->reply->has_ended && g_error_matches(error, ERRATA_ERROR, ERRATA_ERROR_IO)) {
        g_task_return_pointer(task,
                              g_steal_pointer(&call->reply),
                              (GDestroyNotify)errata_reply_free);
        return;
    }
    call->failure.may_retry = g_error_matches(error, ERRATA_ERROR, ERRATA_ERROR_IO) &&
                              strstr(error->message, "refused") == NULL;
    g_task_return_error(task, g_steal_pointer(&error));
}

static gboolean
openai_sink_cb(const ErrataFetch *fetch,
               const char *bytes,
               gsize length,
               gpointer user_data,
               GError **error)
{
    OpenaiCall *call = user_data;

    if (g_strcmp0(fetch->type, "text/event-stream") == 0)
        return errata_sse_push(call->sse, bytes, length, error);
    if (g_strcmp0(fetch->type, "application/json") == 0) {
        g_string_append_len(call->whole, bytes, (gssize)length);
        return TRUE;
    }
    g_set_error_literal(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        "the server answered with neither text/event-stream nor application/json");
    return FALSE;
}

static void
openai_send(GTask *task)
{
    OpenaiCall *call = g_task_get_task_data(task);
    g_autofree char *url = g_strconcat(call->self->url, "/chat/completions", NULL);
    char *body = openai_body(call->self, &call->prompt);
    g_autoptr(GBytes) post = g_bytes_new_take(body, strlen(body));
    ErrataFetchRequest request = {.url = url,
                                  .socket_path = call->self->socket_path,
                                  .key = call->self->key,
                                  .post = post,
                                  .max_bytes = ERRATA_LIMIT_LLM_BODY_BYTES,
                                  .sink = openai_sink_cb,
                                  .user_data = call};

    errata_fetch_async(&request,
                       g_task_get_cancellable(task),
                       openai_fetched_cb,
                       g_object_ref(task));
}

/**
 * errata_openai_complete_async:
 * @prompt: what is asked; copied
 * @cancellable: (nullable): closes the connection
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * One request, said again only where the server does not know a parameter.
 */
void
errata_openai_complete_async(ErrataOpenai *self,
                             const ErrataOpenaiPrompt *prompt,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    OpenaiCall *call = g_new0(OpenaiCall, 1);

    g_task_set_source_tag(task, errata_openai_complete_async);
    g_task_set_check_cancellable(task, FALSE);
    call->self = errata_openai_ref(self);
    call->prompt.system = g_strdup(prompt->system);
    call->prompt.user = g_strdup(prompt->user);
    call->prompt.schema = g_strdup(prompt->schema);
    call->prompt.max_tokens = prompt->max_tokens;
    call->reply = errata_reply_new();
    call->sse = errata_sse_new(errata_reply_take_event, call->reply);
    call->whole = g_string_new(NULL);
    g_task_set_task_data(task, call, openai_call_free);
    openai_send(task);
}

/**
 * errata_openai_complete_finish:
 * @result: what the callback got
 * @ret_failure: (out): whether to try again, when it failed
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_IO, %ERRATA_ERROR_CANCELLED, %ERRATA_ERROR_INVALID_DATA for what is no
 * answer.
 *
 * Returns: (transfer full): the answer
 */
ErrataReply *
errata_openai_complete_finish(ErrataOpenai *self,
                              GAsyncResult *result,
                              ErrataOpenaiFailure *ret_failure,
                              GError **error)
{
    OpenaiCall *call = g_task_get_task_data(G_TASK(result));

    *ret_failure = call->failure;
    return g_task_propagate_pointer(G_TASK(result), error);
}

static GPtrArray *
openai_read_models(const ErrataFetch *fetch)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ErrataDatumTree) tree =
        errata_datum_parse_json(fetch->body->str, fetch->body->len, NULL);
    const ErrataDatum *list = tree != NULL ? errata_datum_get(errata_datum_tree_root(tree), "data")
                                           : NULL;

    for (gsize i = 0; i < OPENAI_MAX_MODELS && errata_datum_at(list, i) != NULL; i++) {
        const char *id = errata_datum_text(errata_datum_at(list, i), "id");

        if (id != NULL && *id != '\0' && strlen(id) < 256 && g_utf8_validate(id, -1, NULL))
            g_ptr_array_add(names, g_strdup(id));
    }
    return names;
}

static void
openai_models_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;
    g_autoptr(ErrataFetch) fetch = errata_fetch_finish(result, &error);

    if (fetch != NULL && fetch->status == 200) {
        g_task_return_pointer(task, openai_read_models(fetch), (GDestroyNotify)g_ptr_array_unref);
        return;
    }
    if (fetch != NULL) {
        g_debug("the server answers HTTP %u", fetch->status);
        error = g_error_new(ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "%s (HTTP %u)",
                            openai_status_words(fetch->status, NULL),
                            fetch->status);
    }
    g_task_return_error(task, error);
}

void
errata_openai_models_async(ErrataOpenai *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);
    g_autofree char *url = g_strconcat(self->url, "/models", NULL);
    ErrataFetchRequest request = {.url = url,
                                  .socket_path = self->socket_path,
                                  .key = self->key,
                                  .max_bytes = ERRATA_LIMIT_LLM_BODY_BYTES};

    g_task_set_source_tag(task, errata_openai_models_async);
    g_task_set_check_cancellable(task, FALSE);
    errata_fetch_async(&request, cancellable, openai_models_cb, task);
}

/**
 * errata_openai_models_finish:
 *
 * Errors: %ERRATA_ERROR_IO, %ERRATA_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (element-type utf8): what the server serves, in its order
 */
GPtrArray *
errata_openai_models_finish(ErrataOpenai *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
