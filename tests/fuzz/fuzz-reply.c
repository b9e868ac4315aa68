/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a language model's server sends: as a stream, in pieces and whole, as a body,
 * and as an error. However it is cut, the same comes out; what comes out is UTF-8 and bounded. */
#include <string.h>

#include "limit.h"
#include "reply.h"
#include "sse.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static char *
fuzz_stream(const char *bytes, gsize size, gsize piece)
{
    g_autoptr(ErrataReply) reply = errata_reply_new();
    g_autoptr(ErrataSse) sse = errata_sse_new(errata_reply_take_event, reply);
    gboolean going = TRUE;
    g_autoptr(GError) error = NULL;

    for (gsize at = 0; going && at < size; at += piece)
        going = errata_sse_push(sse, bytes + at, MIN(piece, size - at), &error);
    if (error == NULL)
        errata_sse_end(sse, &error);
    g_assert_cmpuint(reply->text->len, <=, ERRATA_LIMIT_LLM_ANSWER_BYTES);
    return error != NULL ? g_strdup(error->message) : errata_reply_extract(reply, NULL);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const char *bytes = (const char *)data;
    g_autofree char *whole = fuzz_stream(bytes, size, MAX(size, 1));
    g_autofree char *pieces = fuzz_stream(bytes, size, 1 + size % 7);
    g_autofree char *type = NULL;
    g_autofree char *problem = errata_reply_problem(500, bytes, size, &type);
    g_autoptr(ErrataReply) reply = errata_reply_new();
    g_autofree char *text = NULL;

    g_assert_cmpstr(whole, ==, pieces);
    g_assert_true(whole == NULL || g_utf8_validate(whole, -1, NULL));
    g_assert_true(g_utf8_validate(problem, -1, NULL) && strlen(problem) < 300);
    if (errata_reply_take_whole(reply, bytes, size, NULL))
        text = errata_reply_extract(reply, NULL);
    return 0;
}
