/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "limit.h"
#include "reply.h"
#include "sse.h"

static gboolean
collect_cb(const char *event, const char *data, gsize length, gpointer user_data, GError **error)
{
    g_string_append_printf(user_data, "%s|%s;", event, data);
    return TRUE;
}

typedef struct {
    const char *name;
    const char *stream;
    const char *events;
} Stream;

static const Stream streams[] = {
    {"plain", "data: a\n\ndata: b\n\n", "|a;|b;"},
    {"crlf", "data: a\r\n\r\ndata:b\r\n\r\n", "|a;|b;"},
    {"cr", "data: a\r\rdata: b\r\r", "|a;|b;"},
    {"mixed", "data: a\r\n\ndata: b\r\r\n", "|a;|b;"},
    {"comments", ": ping\n\n: x\ndata: a\n: y\n\n", "|a;"},
    {"lines", "data: a\ndata\ndata:  b\n\n", "|a\n\n b;"},
    {"events", "event: error\ndata: x\n\ndata: y\n\n", "error|x;|y;"},
    {"others", "id: 1\nretry: 5\nfoo\ndata: a\n\n", "|a;"},
    {"no-end", "data: a\n\ndata: b", "|a;|b;"},
    {"mark",
     "\xef\xbb\xbf"
     "data: a\n\n",
     "|a;"},
    {"no-data", "event: x\n\n\n\n", ""},
};

/* the same however it comes in pieces */
static void
test_reply_stream(gconstpointer data)
{
    const Stream *s = data;
    gsize length = strlen(s->stream);

    for (gsize piece = 1; piece <= length; piece++) {
        g_autoptr(GString) events = g_string_new(NULL);
        g_autoptr(ErrataSse) sse = errata_sse_new(collect_cb, events);

        for (gsize at = 0; at < length; at += piece)
            g_assert_true(errata_sse_push(sse, s->stream + at, MIN(piece, length - at), NULL));
        g_assert_true(errata_sse_end(sse, NULL));
        g_assert_cmpstr(events->str, ==, s->events);
    }
}

static void
test_reply_limits(void)
{
    g_autoptr(GString) events = g_string_new(NULL);
    g_autoptr(ErrataSse) sse = errata_sse_new(collect_cb, events);
    g_autoptr(ErrataSse) other = errata_sse_new(collect_cb, events);
    g_autofree char *line = g_strnfill(ERRATA_LIMIT_LLM_EVENT_BYTES + 1, 'x');
    g_autoptr(GError) error = NULL;
    gboolean going = TRUE;

    g_assert_false(errata_sse_push(sse, line, strlen(line), &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_clear_error(&error);
    g_assert_false(errata_sse_push(other, "data: \0\n", 8, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_clear_error(&error);
    g_clear_pointer(&other, errata_sse_free);
    other = errata_sse_new(collect_cb, events); /* one event of many lines */
    memcpy(line, "data: ", 6);
    line[1000] = '\n';
    for (guint i = 0; going && i < 2000; i++)
        going = errata_sse_push(other, line, 1001, &error);
    g_assert_false(going);
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
}

static gboolean
take(ErrataReply *reply, const char *chunk, GError **error)
{
    return errata_reply_take_event("", chunk, strlen(chunk), reply, error);
}

static void
test_reply_chunks(void)
{
    g_autoptr(ErrataReply) reply = errata_reply_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(take(reply,
                       "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null},"
                       "\"finish_reason\":null}],\"model\":\"m\"}",
                       NULL));
    g_assert_true(take(reply, "{\"choices\":[{\"delta\":{\"content\":\"{\\\"a\"}}]}", NULL));
    g_assert_false(reply->has_ended);
    g_assert_true(take(reply,
                       "{\"choices\":[{\"delta\":{\"content\":\"\\\":1}\"},"
                       "\"finish_reason\":\"length\"}]}",
                       NULL));
    g_assert_true(reply->has_ended && reply->cut);
    g_assert_true(take(reply,
                       "{\"choices\":[],\"usage\":{\"prompt_tokens\":46,\"completion_tokens\":4}}",
                       NULL));
    g_assert_false(take(reply, "[DONE]", &error));
    g_assert_no_error(error);
    g_assert_cmpstr(reply->text->str, ==, "{\"a\":1}");
    g_assert_cmpstr(reply->model, ==, "m");
    g_assert_cmpuint(reply->tokens_in, ==, 46);
    g_assert_cmpuint(reply->tokens_out, ==, 4);
    g_assert_false(take(reply, "{\"error\":{\"message\":\"out of memory\"}}", &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_assert_nonnull(strstr(error->message, "reports an error"));
    g_assert_null(strstr(error->message, "memory"));
}

static gboolean
take_line(ErrataReply *reply, const char *line, GError **error)
{
    return errata_reply_take_line("", line, strlen(line), reply, error);
}

/* Ollama's own stream: a line is a chunk */
static void
test_reply_lines(void)
{
    static const char stream[] =
        "{\"message\":{\"content\":\"{\\\"a\",\"thinking\":\"hm\"},\"done\":false}\n\n"
        "{\"message\":{\"content\":\"\\\":1}\"},\"done\":true,\"done_reason\":\"length\","
        "\"prompt_eval_count\":46,\"eval_count\":4}";
    g_autoptr(ErrataReply) broken = errata_reply_new();
    g_autoptr(GError) error = NULL;

    for (gsize piece = 1; piece < sizeof stream; piece++) {
        g_autoptr(ErrataReply) reply = errata_reply_new();
        g_autoptr(ErrataSse) lines = errata_sse_new_lines(errata_reply_take_line, reply);

        for (gsize at = 0; at < sizeof stream - 1; at += piece)
            g_assert_true(
                errata_sse_push(lines, stream + at, MIN(piece, sizeof stream - 1 - at), NULL));
        g_assert_true(errata_sse_end(lines, NULL));
        g_assert_true(reply->has_ended && reply->cut);
        g_assert_cmpstr(reply->text->str, ==, "{\"a\":1}");
        g_assert_cmpuint(reply->n_thought, ==, 2);
        g_assert_cmpuint(reply->tokens_in, ==, 46);
        g_assert_cmpuint(reply->tokens_out, ==, 4);
    }
    g_assert_false(take_line(broken, "{\"error\":\"the key sk-1 is bad\"}", &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_assert_null(strstr(error->message, "sk-1"));
    g_clear_error(&error);
    g_assert_false(take_line(broken, "[]", &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
}

static void
test_reply_too_long(void)
{
    g_autoptr(ErrataReply) reply = errata_reply_new();
    g_autofree char *word = g_strnfill(1000, 'x');
    g_autofree char *chunk = g_strdup_printf("{\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}",
                                             word);
    g_autoptr(GError) error = NULL;
    guint n = 0;

    while (n < 1000 && take(reply, chunk, &error))
        n++;
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
    g_assert_cmpuint(n, ==, ERRATA_LIMIT_LLM_ANSWER_BYTES / 1000);
}

typedef struct {
    const char *name;
    const char *from;
    const char *to;
} Text;

static const Text texts[] = {
    {"open-thought", "<think>{\"a\":1} or", NULL},
    {"second-thought-open", "<think>x</think> <think>{\"a\":1}", NULL},
    {"thought-in-a-string", "{\"a\":\"<think>\"}", "{\"a\":\"<think>\"}"},
    {"bare", "{\"a\":1}", "{\"a\":1}"},
    {"fenced", "Sure:\n```json\n{\"a\": {\"b\": 2}}\n```", "{\"a\": {\"b\": 2}}"},
    {"thought", "<think>{\"a\":0}</think>{\"a\":1}", "{\"a\":1}"},
    {"braces", "{not} so {\"a\":\"}{\\\"\"} yes", "{\"a\":\"}{\\\"\"}"},
    {"none", "I cannot.", "I cannot."},
    {"cut", "{\"a\":", "{\"a\":"},
    {"empty", "", ""},
};

static void
test_reply_extract(gconstpointer data)
{
    const Text *t = data;
    g_autoptr(ErrataReply) reply = errata_reply_new();
    g_autofree char *found = NULL;

    g_string_assign(reply->text, t->from);
    found = errata_reply_extract(reply, NULL);
    g_assert_cmpstr(found, ==, t->to);
}

/* thoughts apart, another choice first, counts that are none */
static void
test_reply_choices(void)
{
    g_autoptr(ErrataReply) reply = errata_reply_new();
    g_autoptr(ErrataReply) other = errata_reply_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(
        take(reply,
             "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}},"
             "{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\",\"content\":\"{}\"}}]}",
             NULL));
    g_assert_true(
        take(reply,
             "{\"choices\":[],\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":\"x\"}}",
             NULL));
    g_assert_cmpstr(reply->text->str, ==, "{}");
    g_assert_cmpuint(reply->n_thought, ==, 2);
    g_assert_true(reply->odd_usage);
    g_assert_cmpuint(reply->tokens_in + reply->tokens_out, ==, 0);
    g_assert_true(take(other,
                       "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"},"
                       "\"finish_reason\":\"stop\"}]}",
                       NULL));
    g_assert_false(other->has_ended);
    g_assert_null(errata_reply_extract(other, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
}

static void
test_reply_not_utf8(void)
{
    g_autoptr(ErrataReply) reply = errata_reply_new();
    g_autoptr(GError) error = NULL;

    g_string_assign(reply->text, "{\"a\":\"\xff\"}");
    g_assert_null(errata_reply_extract(reply, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
}

static const Text problems[] = {
    {"object",
     "{\"error\":{\"message\":\"Invalid API Key\",\"code\":401}}",
     "HTTP 400: Invalid API Key"},
    {"text", "{\"error\":\"model not found\"}", "HTTP 400: model not found"},
    {"typed",
     "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
     "HTTP 400: Overloaded"},
    {"detail", "{\"detail\":\"Not Found\"}", "HTTP 400: Not Found"},
    {"details",
     "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}",
     "HTTP 400: field required"},
    {"html", "<html>Bad Gateway</html>", "HTTP 400"},
    {"empty", "", "HTTP 400"},
    {"control", "{\"error\":\"a\\u001b[2J\\nb\\u202e\"}", "HTTP 400: a [2J b"},
};

static void
test_reply_problem(gconstpointer data)
{
    const Text *t = data;
    g_autofree char *words = errata_reply_problem(400, t->from, strlen(t->from), NULL);

    g_assert_cmpstr(words, ==, t->to);
}

static void
add(const char *group, const Text *list, gsize n, GTestDataFunc func)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/reply/%s/%s", group, list[i].name);

        g_test_add_data_func(path, &list[i], func);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(streams); i++) {
        g_autofree char *path = g_strdup_printf("/reply/stream/%s", streams[i].name);
        g_test_add_data_func(path, &streams[i], test_reply_stream);
    }
    add("extract", texts, G_N_ELEMENTS(texts), test_reply_extract);
    add("problem", problems, G_N_ELEMENTS(problems), test_reply_problem);
    g_test_add_func("/reply/limits", test_reply_limits);
    g_test_add_func("/reply/chunks", test_reply_chunks);
    g_test_add_func("/reply/lines", test_reply_lines);
    g_test_add_func("/reply/too-long", test_reply_too_long);
    g_test_add_func("/reply/choices", test_reply_choices);
    g_test_add_func("/reply/not-utf8", test_reply_not_utf8);
    return g_test_run();
}
