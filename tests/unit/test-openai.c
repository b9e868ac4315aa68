/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is learnt of a server, when several requests learn it at once. */
#include <string.h>

#include "openai.h"

#define SERVER_CALLS 4U

/* refuses what @refused names, and answers the rest */
typedef struct {
    GSocketService *service;
    guint16 port;
    const char *refused;
    gint n_refused;
    gint n_good;
} Server;

static char *
server_read(GInputStream *stream)
{
    GString *text = g_string_new(NULL);
    const char *head;
    char bytes[4096];
    gsize wanted = G_MAXSIZE;

    while (text->len < wanted) {
        gssize n = g_input_stream_read(stream, bytes, sizeof bytes, NULL, NULL);

        if (n <= 0)
            break;
        g_string_append_len(text, bytes, n);
        head = strstr(text->str, "\r\n\r\n");
        if (head != NULL && strstr(text->str, "Content-Length: ") != NULL)
            wanted = (gsize)(head - text->str) + 4 +
                     g_ascii_strtoull(strstr(text->str, "Content-Length: ") + 16, NULL, 10);
    }
    return g_string_free(text, FALSE);
}

static gboolean
server_run_cb(GThreadedSocketService *service,
              GSocketConnection *connection,
              GObject *source,
              gpointer user_data)
{
    Server *server = user_data;
    g_autofree char *text = server_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    gboolean refuses = strstr(text, server->refused) != NULL;
    const char *body = refuses ? "{\"error\":{\"message\":\"response_format: not supported\"}}"
                               : "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":"
                                 "{\"content\":\"{}\"}}]}";
    g_autofree char *reply = g_strdup_printf("HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                                             "Content-Length: %u\r\n\r\n%s",
                                             refuses ? "400 Bad Request" : "200 OK",
                                             (guint)strlen(body),
                                             body);

    g_atomic_int_inc(refuses ? &server->n_refused : &server->n_good);
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                              reply,
                              strlen(reply),
                              NULL,
                              NULL,
                              NULL);
    return TRUE;
}

static void
completed_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    guint *n_left = user_data;
    ErrataOpenaiFailure failure = {0};
    g_autoptr(GError) error = NULL;
    ErrataReply *reply = errata_openai_complete_finish(NULL, result, &failure, &error);

    g_assert_no_error(error);
    errata_reply_free(reply);
    --*n_left;
}

/* each is refused once; one step down the ladder is enough for all */
static void
test_openai_at_once(void)
{
    Server server = {.service = g_threaded_socket_service_new((gint)SERVER_CALLS),
                     .refused = "json_schema"};
    char system[] = "s", user[] = "u", schema[] = "{}";
    ErrataOpenaiPrompt prompt = {system, user, schema, 10};
    g_autofree char *url = NULL;
    g_autoptr(ErrataOpenai) openai = NULL;
    guint n_left = SERVER_CALLS;

    server.port =
        g_socket_listener_add_any_inet_port(G_SOCKET_LISTENER(server.service), NULL, NULL);
    g_assert_cmpuint(server.port, !=, 0);
    g_signal_connect(server.service, "run", G_CALLBACK(server_run_cb), &server);
    g_socket_service_start(server.service);
    url = g_strdup_printf("http://127.0.0.1:%u/v1", server.port);
    openai = errata_openai_new(url, NULL, NULL, NULL);
    for (guint i = 0; i < SERVER_CALLS; i++)
        errata_openai_complete_async(openai, &prompt, NULL, completed_cb, &n_left);
    while (n_left > 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpstr(errata_openai_rung(openai), ==, "json_object");
    g_assert_cmpint(g_atomic_int_get(&server.n_refused), ==, SERVER_CALLS);
    g_assert_cmpint(g_atomic_int_get(&server.n_good), ==, SERVER_CALLS);
    g_socket_service_stop(server.service);
    g_object_unref(server.service);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/openai/at-once", test_openai_at_once);
    return g_test_run();
}
