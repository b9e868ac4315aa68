/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat completions as OpenAI's API has them, spoken by llama-server, Ollama, vLLM, LM Studio and
 * hosted services alike. Always streamed. How a request is said to a server that does not take all
 * of it, or has something better: form.c. */
#include "openai.h"

#include <string.h>

#include "datum.h"
#include "error.h"
#include "fetch.h"
#include "form.h"
#include "limit.h"
#include "sse.h"

#define OPENAI_MAX_STEPS  8 /* times a request is said another way */
#define OPENAI_MAX_MODELS 1000U
#define OPENAI_UNIX       "unix:"
#define OPENAI_UNIX_URL   "http://localhost/v1" /* what is asked for over a socket */

struct _ErrataOpenai {
    char *url; /* without the slash at its end */
    char *socket_path;
    char *key;
    char *model;
    ErrataForm form;
};

/* one completion; owned by its task */
typedef struct {
    ErrataOpenai *self;
    ErrataOpenaiPrompt prompt;
    ErrataForm form; /* in which it went out */
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
 * @url: of the API, `http://127.0.0.1:8080/v1`; a bare host gets `/v1`. `unix:/PATH` is a socket of
 *   this machine
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
    return errata_form_rung(&self->form);
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
    g_autofree char *url = errata_form_url(&self->form, self->url);
    g_autofree char *body = errata_form_body(&self->form, self->model, prompt);

    return g_strdup_printf("POST %s%s%s\n"
                           "Content-Type: application/json\n%s\n%s",
                           url,
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

/* another request of the same time may have learnt it before */
static gboolean
openai_may_say_otherwise(OpenaiCall *call, guint status, const char *words)
{
    ErrataForm *form = &call->self->form;
    ErrataForm sent = call->form;

    sent.is_vllm = form->is_vllm; /* says nothing by itself */
    return call->n_steps++ < OPENAI_MAX_STEPS &&
           (memcmp(form, &sent, sizeof sent) != 0 || errata_form_adapt(form, status, words));
}

/* a status other than 200 */
static void
openai_refused(GTask *task, const ErrataFetch *fetch)
{
    OpenaiCall *call = g_task_get_task_data(task);
    g_autofree char *type = NULL;
    g_autofree char *words =
        errata_reply_problem(fetch->status, fetch->body->str, fetch->body->len, &type);

    if (g_strcmp0(type, "BadRequestError") == 0)
        errata_openai_meet(call->self, "vllm"); /* its word for it */
    if (errata_form_may_adapt(&call->form, fetch->status) &&
        g_strcmp0(type, "exceed_context_size_error") != 0 &&
        openai_may_say_otherwise(call, fetch->status, words)) {
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
    if (call->whole->len == 0)
        errata_sse_end(call->sse, &error);
    else if (call->form.native)
        errata_reply_take_line("", call->whole->str, call->whole->len, call->reply, &error);
    else
        errata_reply_take_whole(call->reply, call->whole->str, call->whole->len, &error);
    if (call->reply->by_ollama)
        errata_openai_meet(call->self, "ollama");
    if (error == NULL && !call->reply->has_ended) {
        call->failure.may_retry = TRUE;
        g_set_error_literal(&error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "the stream ended before the answer did");
    }
    if (error == NULL && openai_was_cut(call) && call->self->form.native && !call->form.native) {
        openai_send(task); /* there it can be told how long the prompt is */
        return;
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

    if (g_strcmp0(fetch->type, call->form.native ? "application/x-ndjson" : "text/event-stream") ==
        0)
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

/* nothing of an answer to the request as it was said before */
static void
openai_begin(OpenaiCall *call)
{
    call->form = call->self->form;
    errata_reply_free(call->reply);
    errata_sse_free(call->sse);
    call->reply = errata_reply_new();
    call->sse = call->form.native ? errata_sse_new_lines(errata_reply_take_line, call->reply)
                                  : errata_sse_new(errata_reply_take_event, call->reply);
    g_string_truncate(call->whole, 0);
}

static void
openai_send(GTask *task)
{
    OpenaiCall *call = g_task_get_task_data(task);
    g_autofree char *url = errata_form_url(&call->self->form, call->self->url);
    char *body = errata_form_body(&call->self->form, call->self->model, &call->prompt);
    g_autoptr(GBytes) post = g_bytes_new_take(body, strlen(body));
    ErrataFetchRequest request = {.url = url,
                                  .socket_path = call->self->socket_path,
                                  .key = call->self->key,
                                  .post = post,
                                  .max_bytes = ERRATA_LIMIT_LLM_BODY_BYTES,
                                  .sink = openai_sink_cb,
                                  .user_data = call};

    openai_begin(call);
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

/**
 * errata_openai_meet:
 * @kind: (nullable): what the server turned out to be, as in #ErrataProbeServer
 */
void
errata_openai_meet(ErrataOpenai *self, const char *kind)
{
    errata_form_meet(&self->form, self->url, kind);
}

/* whose models they are tells who serves them */
static void
openai_meet_owner(ErrataOpenai *self, const char *owner)
{
    if (g_strcmp0(owner, "library") == 0)
        errata_openai_meet(self, "ollama");
    else if (g_strcmp0(owner, "vllm") == 0)
        errata_openai_meet(self, "vllm");
}

static GPtrArray *
openai_read_models(ErrataOpenai *self, const ErrataFetch *fetch)
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
        openai_meet_owner(self, errata_datum_text(errata_datum_at(list, i), "owned_by"));
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
        g_task_return_pointer(task,
                              openai_read_models(g_task_get_task_data(task), fetch),
                              (GDestroyNotify)g_ptr_array_unref);
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
    g_task_set_task_data(task, errata_openai_ref(self), (GDestroyNotify)errata_openai_unref);
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
