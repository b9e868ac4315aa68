/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Server-sent events (HTML Living Standard 9.2.6) from pieces of any size: lines end in LF, CR or
 * CRLF; `data` and `event` are kept, comments (`:`, which servers send as pings) and other fields
 * are not; an empty line ends an event. An event, and so a line of it, has a limit: more is an
 * error. */
#include "sse.h"

#include <string.h>

#include "error.h"
#include "limit.h"

struct _ErrataSse {
    ErrataSseFunc func;
    gpointer user_data;
    GString *line;
    GString *data;
    GString *event;
    gboolean by_lines; /* no fields: a line is an event's data */
    gboolean has_data;
    gboolean after_cr;  /* a LF that follows belongs to the CR */
    gboolean begun;     /* the byte order mark may stand only before the first line */
    gboolean has_ended; /* @func wants no more */
};

/**
 * errata_sse_new:
 * @func: called for each event that has data
 * @user_data: for @func
 */
ErrataSse *
errata_sse_new(ErrataSseFunc func, gpointer user_data)
{
    ErrataSse *self = g_new0(ErrataSse, 1);

    self->func = func;
    self->user_data = user_data;
    self->line = g_string_new(NULL);
    self->data = g_string_new(NULL);
    self->event = g_string_new(NULL);
    return self;
}

ErrataSse *
errata_sse_new_lines(ErrataSseFunc func, gpointer user_data)
{
    ErrataSse *self = errata_sse_new(func, user_data);

    self->by_lines = TRUE;
    return self;
}

void
errata_sse_free(ErrataSse *self)
{
    if (self == NULL)
        return;
    g_string_free(self->line, TRUE);
    g_string_free(self->data, TRUE);
    g_string_free(self->event, TRUE);
    g_free(self);
}

static gboolean
sse_dispatch(ErrataSse *self, GError **error)
{
    gboolean go_on = TRUE;
    g_autoptr(GError) problem = NULL;

    if (self->has_data)
        go_on = self->func(self->event->str,
                           self->data->str,
                           self->data->len,
                           self->user_data,
                           &problem);
    g_string_truncate(self->data, 0);
    g_string_truncate(self->event, 0);
    self->has_data = FALSE;
    self->has_ended = !go_on;
    if (problem == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

static void
sse_field(ErrataSse *self)
{
    const char *colon = strchr(self->line->str, ':');
    gsize name = colon != NULL ? (gsize)(colon - self->line->str) : self->line->len;
    const char *value = colon != NULL ? colon + 1 : "";

    if (*value == ' ')
        value++;
    if (name == 4 && memcmp(self->line->str, "data", 4) == 0) {
        if (self->has_data)
            g_string_append_c(self->data, '\n');
        g_string_append(self->data, value);
        self->has_data = TRUE;
    } else if (name == 5 && memcmp(self->line->str, "event", 5) == 0) {
        g_string_assign(self->event, value);
    }
}

static gboolean
sse_line(ErrataSse *self, GError **error)
{
    if (!self->begun && g_str_has_prefix(self->line->str, "\xef\xbb\xbf"))
        g_string_erase(self->line, 0, 3);
    self->begun = TRUE;
    if (self->by_lines && self->line->len > 0) {
        g_string_assign(self->data, self->line->str);
        g_string_truncate(self->line, 0);
        self->has_data = TRUE;
    }
    if (self->line->len == 0)
        return sse_dispatch(self, error);
    if (self->line->len + self->data->len > ERRATA_LIMIT_LLM_EVENT_BYTES) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "an event of the stream has more than %u bytes",
                    ERRATA_LIMIT_LLM_EVENT_BYTES);
        return FALSE;
    }
    sse_field(self);
    g_string_truncate(self->line, 0);
    return TRUE;
}

/**
 * errata_sse_push:
 * @bytes: (array length=length): what came next
 * @length: bytes
 * @error: return location for a #GError
 *
 * Errors: those of the function; %ERRATA_ERROR_INVALID_DATA for an event over the limit or a NUL.
 *
 * Returns: whether to go on: %FALSE without an error when the function wants no more
 */
gboolean
errata_sse_push(ErrataSse *self, const char *bytes, gsize length, GError **error)
{
    for (gsize i = 0; i < length && !self->has_ended; i++) {
        char c = bytes[i];
        gboolean swallow = c == '\n' && self->after_cr;

        self->after_cr = c == '\r';
        if (swallow)
            continue;
        if (c == '\n' || c == '\r') {
            if (!sse_line(self, error))
                return FALSE;
            continue;
        }
        if (c == '\0' || self->line->len >= ERRATA_LIMIT_LLM_EVENT_BYTES) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_INVALID_DATA,
                        c == '\0' ? "the stream holds a NUL byte (a line has at most %u bytes)"
                                  : "a line of the stream has more than %u bytes",
                        ERRATA_LIMIT_LLM_EVENT_BYTES);
            return FALSE;
        }
        g_string_append_c(self->line, c);
    }
    return !self->has_ended;
}

/**
 * errata_sse_end:
 *
 * The stream has ended. An event whose empty line never came counts too: servers forget it.
 *
 * Errors: those of the function.
 */
gboolean
errata_sse_end(ErrataSse *self, GError **error)
{
    if (self->has_ended)
        return TRUE;
    if (self->line->len > 0 && !sse_line(self, error))
        return FALSE;
    return sse_dispatch(self, error);
}
