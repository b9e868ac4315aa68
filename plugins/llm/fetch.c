/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP request, its answer read piece by piece and never further than its limit. No redirect is
 * followed, no proxy stands between us and a server on this machine, nothing is unpacked, no
 * connection is kept: to stop is to close. The only file that knows libsoup. */
#include "fetch.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "error.h"
#include "number.h"

#define FETCH_PIECE      (16U << 10)
#define FETCH_MAX_WAIT_S 3600.0 /* longer waits are as good as a refusal */

typedef struct {
    SoupSession *session;
    SoupMessage *message;
    GInputStream *stream;
    ErrataFetch *fetch;
    ErrataFetchSink sink;
    gpointer user_data;
    gsize max_bytes;
    gsize n_read;
} FetchRun;

static void fetch_read(GTask *task);

void
errata_fetch_free(ErrataFetch *self)
{
    if (self == NULL)
        return;
    g_free(self->type);
    g_free(self->server);
    g_string_free(self->body, TRUE);
    g_free(self);
}

static void
fetch_run_free(gpointer data)
{
    FetchRun *run = data;

    soup_session_abort(
        run->session); /* first: a stream that is closed politely is read to its end */
    g_clear_object(&run->stream);
    g_clear_object(&run->message);
    g_object_unref(run->session);
    errata_fetch_free(run->fetch);
    g_free(run);
}

/**
 * errata_fetch_is_local:
 * @url: an address
 *
 * Returns: whether it is on this machine: localhost, 127.0.0.0/8 or ::1
 */
gboolean
errata_fetch_is_local(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    g_autoptr(GInetAddress) address = NULL;

    if (host == NULL)
        return FALSE;
    if (g_ascii_strcasecmp(host, "localhost") == 0)
        return TRUE;
    address = g_inet_address_new_from_string(host);
    return address != NULL && g_inet_address_get_is_loopback(address);
}

/* errors of GIO and libsoup in our words, the address kept out of them: it may hold a secret */
static void
fetch_set_error(GError **error, const GError *problem)
{
    if (problem->domain == ERRATA_ERROR)
        g_propagate_error(error, g_error_copy(problem));
    else if (g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_set_error_literal(error, ERRATA_ERROR, ERRATA_ERROR_CANCELLED, "cancelled");
    else if (g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "the connection was refused: nothing listens there");
    else if (g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
             g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_IO,
                            "the connection was closed before the answer was whole");
    else
        g_set_error(error, ERRATA_ERROR, ERRATA_ERROR_IO, "%s", problem->message);
}

static void
fetch_fail(GTask *task, const GError *problem)
{
    GError *error = NULL;

    fetch_set_error(&error, problem);
    g_task_return_error(task, error);
}

static void
fetch_succeed(GTask *task)
{
    FetchRun *run = g_task_get_task_data(task);

    g_task_return_pointer(task, g_steal_pointer(&run->fetch), (GDestroyNotify)errata_fetch_free);
}

/* whether more is wanted */
static gboolean
fetch_take(FetchRun *run, const char *bytes, gsize length, GError **error)
{
    run->n_read += length;
    if (run->n_read > run->max_bytes) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "the answer has more than %" G_GSIZE_FORMAT " bytes",
                    run->max_bytes);
        return FALSE;
    }
    if (run->sink != NULL && run->fetch->status == SOUP_STATUS_OK)
        return run->sink(run->fetch, bytes, length, run->user_data, error);
    g_string_append_len(run->fetch->body, bytes, (gssize)length);
    return TRUE;
}

static void
fetch_read_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) piece =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, &error);
    gsize length = 0;
    const char *bytes = piece != NULL ? g_bytes_get_data(piece, &length) : NULL;

    if (piece == NULL) {
        fetch_fail(task, error);
        return;
    }
    if (length > 0 && fetch_take(g_task_get_task_data(task), bytes, length, &error)) {
        fetch_read(task);
        return;
    }
    if (error != NULL)
        fetch_fail(task, error);
    else
        fetch_succeed(task);
}

static void
fetch_read(GTask *task)
{
    FetchRun *run = g_task_get_task_data(task);

    g_input_stream_read_bytes_async(run->stream,
                                    FETCH_PIECE,
                                    G_PRIORITY_DEFAULT,
                                    g_task_get_cancellable(task),
                                    fetch_read_cb,
                                    g_object_ref(task));
}

/* seconds, or a date */
static double
fetch_retry_after(const char *value)
{
    double seconds = 0.0;
    g_autoptr(GDateTime) date = NULL;

    if (value == NULL)
        return 0.0;
    if (!errata_number_parse_double(value, strlen(value), &seconds)) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();

        date = soup_date_time_new_from_http_string(value);
        seconds = date != NULL
                      ? (double)g_date_time_difference(date, now) / (double)G_TIME_SPAN_SECOND
                      : 0.0;
    }
    return seconds > 0.0 ? MIN(seconds, FETCH_MAX_WAIT_S) : 0.0;
}

static void
fetch_sent_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    FetchRun *run = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    SoupMessageHeaders *headers = soup_message_get_response_headers(run->message);

    run->stream = soup_session_send_finish(SOUP_SESSION(source), result, &error);
    if (run->stream == NULL) {
        fetch_fail(task, error);
        return;
    }
    run->fetch->status = soup_message_get_status(run->message);
    run->fetch->type = g_strdup(soup_message_headers_get_content_type(headers, NULL));
    run->fetch->server = g_strdup(soup_message_headers_get_one(headers, "Server"));
    run->fetch->retry_after_s =
        fetch_retry_after(soup_message_headers_get_one(headers, "Retry-After"));
    fetch_read(task);
}

static SoupSession *
fetch_session(const ErrataFetchRequest *request)
{
    g_autoptr(GSocketAddress) address = request->socket_path != NULL
                                            ? g_unix_socket_address_new(request->socket_path)
                                            : NULL;
    SoupSession *session = soup_session_new_with_options("remote-connectable",
                                                         address,
                                                         "max-conns",
                                                         1,
                                                         "max-conns-per-host",
                                                         1,
                                                         NULL);

    if (address != NULL || errata_fetch_is_local(request->url))
        soup_session_set_proxy_resolver(session, NULL);
    soup_session_remove_feature_by_type(session, SOUP_TYPE_CONTENT_DECODER);
    return session;
}

static SoupMessage *
fetch_message(const ErrataFetchRequest *request)
{
    SoupMessage *message = soup_message_new(request->post != NULL ? "POST" : "GET", request->url);
    SoupMessageHeaders *headers;

    if (message == NULL)
        return NULL;
    headers = soup_message_get_request_headers(message);
    soup_message_add_flags(message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
    soup_message_headers_replace(headers, "User-Agent", "errata");
    soup_message_headers_replace(headers, "Connection", "close");
    if (request->key != NULL) {
        g_autofree char *bearer = g_strdup_printf("Bearer %s", request->key);

        soup_message_headers_replace(headers, "Authorization", bearer);
    }
    if (request->post != NULL) {
        soup_message_headers_replace(headers, "Accept", "text/event-stream, application/json");
        soup_message_set_request_body_from_bytes(message, "application/json", request->post);
    }
    return message;
}

/**
 * errata_fetch_async:
 * @request: what is asked; copied but for what its sink is for
 * @cancellable: (nullable): closes the connection
 * @callback: called when the answer was read, or will not be
 * @user_data: for @callback
 */
void
errata_fetch_async(const ErrataFetchRequest *request,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    FetchRun *run = g_new0(FetchRun, 1);

    g_task_set_source_tag(task, errata_fetch_async);
    g_task_set_check_cancellable(task, FALSE); /* the error says so, in our words */
    run->session = fetch_session(request);
    run->message = fetch_message(request);
    run->fetch = g_new0(ErrataFetch, 1);
    run->fetch->body = g_string_new(NULL);
    run->sink = request->sink;
    run->user_data = request->user_data;
    run->max_bytes = request->max_bytes;
    g_task_set_task_data(task, run, fetch_run_free);
    if (run->message == NULL) {
        g_task_return_new_error(task, ERRATA_ERROR, ERRATA_ERROR_CONFIG, "not an address");
        return;
    }
    soup_session_send_async(run->session,
                            run->message,
                            G_PRIORITY_DEFAULT,
                            cancellable,
                            fetch_sent_cb,
                            g_object_ref(task));
}

/**
 * errata_fetch_finish:
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_IO, %ERRATA_ERROR_CANCELLED, %ERRATA_ERROR_INVALID_DATA for more bytes than
 * the limit, those of the sink. A status other than 200 is none.
 *
 * Returns: (transfer full): the answer
 */
ErrataFetch *
errata_fetch_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
