/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON records behind what a logger writes in front of each line, and within what the json-file
 * driver of Docker makes of a line:
 *
 *   2026-11-01 12:00:01,123 INFO serve: {"id": 7, "score": 0.2}
 *   Nov  1 12:00:01 host serve[12]: {"id": 7, "score": 0.2}
 *   {"log":"{\"id\": 7, \"score\": 0.2}\n","stream":"stdout","time":"2026-11-01T12:00:01.5Z"}
 *
 * Such a stream is handed on as records alone, a line each. The time in front becomes the member
 * logged_at. Lines that hold no record are handed on as they are: the reader rejects them with
 * their place. */
#include <string.h>

#include "jsonl-private.h"
#include "limit.h"
#include "number.h"

#define PREFIX_BLOCK  (256U << 10)
#define PREFIX_BYTES  256 /* in front of a record */
#define PREFIX_LINES  200 /* that are looked at */
#define PREFIX_BANNER 20  /* in front of the first record, as a server's start prints them */
#define PREFIX_NEARLY 0.9 /* of the lines, that must hold a record */
#define PREFIX_LEAST  2   /* such lines */
#define PREFIX_TIME   40  /* bytes of a time */
#define PREFIX_WORDS  4   /* in front of which a time may begin */

typedef struct {
    ErrataSource *inner; /* not owned */
    ErrataJsonlPrefix prefix;
    GString *in;
    GString *out;
    gsize given; /* of @out */
    GString *inside;
    gboolean ended;
} PrefixSource;

/* whether the text could be a logger's; fields of a table have separators between them */
static gboolean
prefix_is_logger(const char *p, const char *end)
{
    if (p == end)
        return TRUE;
    if (end - p > PREFIX_BYTES || (end[-1] != ' ' && end[-1] != ':'))
        return FALSE;
    for (const char *at = p; at < end; at++) {
        gboolean fraction = *at == ',' && at > p && g_ascii_isdigit(at[-1]) && end - at > 3 &&
                            g_ascii_isdigit(at[1]) && g_ascii_isdigit(at[2]) &&
                            g_ascii_isdigit(at[3]) && at - p >= 3 && at[-3] == ':';
        gboolean bar = *at == '|' && at + 2 == end; /* web-1  | {…} */

        if ((guchar)*at < ' ' || (strchr(",;|\"", *at) != NULL && !fraction && !bar))
            return FALSE;
    }
    return TRUE;
}

/* where the record begins that the line holds at its end; %NULL where there is none */
static const char *
prefix_record(const char *p, const char *end)
{
    const char *record, *first;

    while (end > p && g_ascii_isspace(end[-1]))
        end--;
    while (p < end && g_ascii_isspace(*p))
        p++;
    record = memchr(p, '{', (gsize)(end - p));
    if (record == NULL || !prefix_is_logger(p, record))
        return NULL;
    first = errata_jsonl_skip_space(record + 1, end);
    return first < end && *first == '"' && errata_jsonl_find_end(record, end) == end ? record
                                                                                     : NULL;
}

/* the time within a logger's text; %NULL where there is none */
static const char *
prefix_time(const char *p, const char *end, gsize *ret_length)
{
    for (guint word = 0; word < PREFIX_WORDS; word++) {
        const char *longest = end - p > PREFIX_TIME ? p + PREFIX_TIME : end;
        gint64 ns;

        while (p < end && !g_ascii_isalnum(*p))
            p++;
        for (const char *to = longest; to >= p + 10; to--)
            if (errata_number_parse_time(p, (gsize)(to - p), &ns)) {
                *ret_length = (gsize)(to - p);
                return p;
            }
        while (p < end && *p != ' ')
            p++;
    }
    return NULL;
}

/* the string behind the key at @p, of which the quote is @ret_end; %NULL where there is none */
static const char *
prefix_string(const char *p, const char *end, const char *key, const char **ret_end)
{
    gsize length = strlen(key);

    if ((gsize)(end - p) < length || memcmp(p, key, length) != 0)
        return NULL;
    p = errata_jsonl_skip_space(p + length, end);
    if (p == end || *p != ':')
        return NULL;
    p = errata_jsonl_skip_space(p + 1, end);
    if (p == end || *p != '"')
        return NULL;
    for (const char *at = ++p; at < end; at++) {
        if (*at == '"') {
            *ret_end = at;
            return p;
        }
        if (*at != '\\')
            continue;
        if (++at == end || *at == '\0' || strchr("\"\\/bfnrtu", *at) == NULL)
            return NULL;
        for (guint i = 1; *at == 'u' && i <= 4; i++)
            if (end - at <= (gssize)i || !g_ascii_isxdigit(at[i]))
                return NULL;
    }
    return NULL;
}

/* takes the line out of what Docker made of it, into @inside; the time, %NULL where it is none */
static const char *
prefix_docker(const char *p, const char *end, GString *inside, const char **ret_time_end)
{
    static const char *const keys[] = {"\"stream\"", "\"time\""};
    const char *text, *text_end, *value = NULL;
    gboolean lone = FALSE;

    p = errata_jsonl_skip_space(p, end);
    if (p == end || *p != '{' || (text = prefix_string(p + 1, end, "\"log\"", &text_end)) == NULL)
        return NULL;
    p = text_end + 1;
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        const char *key = memmem(p, (gsize)(end - p), keys[i], strlen(keys[i]));

        value = key != NULL ? prefix_string(key, end, keys[i], ret_time_end) : NULL;
        if (value == NULL)
            return NULL;
    }
    errata_jsonl_unescape(text, text_end, inside, &lone);
    for (gsize i = 0; i < inside->len; i++)
        inside->str[i] = inside->str[i] == '\n' ? ' ' : inside->str[i];
    return value;
}

/**
 * errata_jsonl_prefix_guess:
 * @head: (array length=size): the first bytes of a file
 * @size: how many
 * @ret_prefix: (out): how its records stand in it
 *
 * Looks for records behind a logger's text, or in Docker's lines, in nearly all lines. A plain file
 * of JSON has none, but for one whose first lines are a banner.
 *
 * Returns: whether that is so
 */
gboolean
errata_jsonl_prefix_guess(const char *head, gsize size, ErrataJsonlPrefix *ret_prefix)
{
    const char *end = head + size;
    g_autoptr(GString) inside = g_string_new(NULL);
    ErrataJsonlPrefix found = {FALSE, TRUE, NULL, NULL};
    guint n = 0, n_fit = 0, n_docker = 0, n_before = 0;
    gboolean behind = FALSE;

    for (const char *p = head, *next; p < end && n < PREFIX_LINES; p = next) {
        const char *newline = memchr(p, '\n', (gsize)(end - p));
        const char *stop = newline != NULL ? newline : end, *time_end, *record;
        gsize length;

        next = newline != NULL ? newline + 1 : end;
        if (errata_jsonl_skip_space(p, stop) == stop || (newline == NULL && n > PREFIX_LEAST))
            continue; /* blank, or cut off */
        if (prefix_docker(p, stop, inside, &time_end) != NULL &&
            prefix_record(inside->str, inside->str + inside->len) != NULL) {
            n_docker++;
            n_fit++;
            n++;
            continue;
        }
        record = prefix_record(p, stop);
        if (record == NULL && n_fit == 0 && n_before < PREFIX_BANNER) {
            n_before++;
            continue;
        }
        n++;
        if (record == NULL)
            continue;
        n_fit++;
        behind = behind || errata_jsonl_skip_space(p, record) < record;
        found.timed = found.timed && prefix_time(p, record, &length) != NULL;
        found.example = found.example != NULL ? found.example : p;
        found.example_end = found.example == p ? record : found.example_end;
    }
    found.docker = n_docker > 0;
    if (n_fit < PREFIX_LEAST || n_fit < PREFIX_NEARLY * n || (n_docker > 0 && n_docker < n_fit) ||
        (n_docker == 0 && !behind && (n_before == 0 || *head == '{')))
        return FALSE;
    *ret_prefix = found;
    return TRUE;
}

/* a record with the time put in front of its members */
static void
prefix_emit(PrefixSource *self, const char *record, const char *end, const char *time, gsize length)
{
    if (time == NULL) {
        g_string_append_len(self->out, record, end - record);
        return;
    }
    g_string_append(self->out, "{\"logged_at\":\"");
    g_string_append_len(self->out, time, (gssize)length);
    g_string_append(self->out, "\",");
    g_string_append_len(self->out, record + 1, end - record - 1);
}

static void
prefix_line(PrefixSource *self, const char *p, const char *end)
{
    const char *time = NULL, *time_end, *record;
    gsize length = 0;

    if (self->prefix.docker && (time = prefix_docker(p, end, self->inside, &time_end)) != NULL) {
        length = (gsize)(time_end - time);
        p = self->inside->str;
        end = p + self->inside->len;
    }
    record = prefix_record(p, end);
    if (record != NULL && time == NULL && self->prefix.timed)
        time = prefix_time(p, record, &length);
    if (record != NULL)
        prefix_emit(self, record, end, time, length);
    else
        g_string_append_len(self->out, p, end - p);
}

/* more of the stream, its whole lines handed on; a line longer than any record as it comes */
static gboolean
prefix_fill(PrefixSource *self, GError **error)
{
    const char *p, *end, *newline;
    gsize before = self->in->len;
    gssize got;

    g_string_set_size(self->in, before + PREFIX_BLOCK);
    got = errata_source_read(self->inner, self->in->str + before, PREFIX_BLOCK, error);
    g_string_set_size(self->in, before + (gsize)MAX(got, 0));
    if (got < 0)
        return FALSE;
    self->ended = got == 0;
    g_string_truncate(self->out, 0);
    self->given = 0;
    p = self->in->str;
    end = p + self->in->len;
    while ((newline = memchr(p, '\n', (gsize)(end - p))) != NULL) {
        prefix_line(self, p, newline);
        g_string_append_c(self->out, '\n');
        p = newline + 1;
    }
    if (self->ended && p < end) {
        prefix_line(self, p, end);
        p = end;
    } else if ((gsize)(end - p) > ERRATA_LIMIT_LINE_BYTES) {
        g_string_append_len(self->out, p, end - p);
        p = end;
    }
    g_string_erase(self->in, 0, p - self->in->str);
    return TRUE;
}

static gssize
prefix_read(gpointer state, void *buffer, gsize size, GError **error)
{
    PrefixSource *self = state;
    gsize n;

    while (self->given == self->out->len && !self->ended)
        if (!prefix_fill(self, error))
            return -1;
    n = MIN(size, self->out->len - self->given);
    memcpy(buffer, self->out->str + self->given, n);
    self->given += n;
    return (gssize)n;
}

static void
prefix_free(gpointer state)
{
    PrefixSource *self = state;

    g_string_free(self->in, TRUE);
    g_string_free(self->out, TRUE);
    g_string_free(self->inside, TRUE);
    g_free(self);
}

/**
 * errata_jsonl_prefix_new:
 * @inner: (transfer none): the stream as it is; it must live longer
 * @prefix: how the records stand in it
 *
 * Returns: (transfer full): a stream of the records, as many lines as @inner has
 */
ErrataSource *
errata_jsonl_prefix_new(ErrataSource *inner, const ErrataJsonlPrefix *prefix)
{
    static const ErrataSourceClass klass = {prefix_read, prefix_free};
    PrefixSource *self = g_new0(PrefixSource, 1);

    self->inner = inner;
    self->prefix = *prefix;
    self->in = g_string_new(NULL);
    self->out = g_string_new(NULL);
    self->inside = g_string_new(NULL);
    return errata_source_new(&klass, self, errata_source_name(inner));
}
