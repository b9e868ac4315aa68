/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON logs: a record a line (JSON Lines, the usual case), arrays of records, records one after the
 * other, such an array as the member of one object, and tables of pandas. Nested keys are joined
 * with dots. */
#include <string.h>

#include "error.h"
#include "jsonl-private.h"
#include "limit.h"
#include "plugin.h"
#include "text.h"

extern const ErrataPlugin errata_plugin_jsonl;

#define JSONL_HEAD    (64U << 10)
#define JSONL_EXCERPT 60 /* characters of a logger's text */

typedef enum {
    JSONL_LINES,
    JSONL_VALUES,
    JSONL_SPLIT,
    JSONL_COLUMNS,
    JSONL_WRAPPED,
} JsonlShape;

static const char *
jsonl_skip_mark(const char *p, const char *end)
{
    return end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? p + 3 : p;
}

static guint
jsonl_sniff(const guint8 *head, gsize size, const char *name)
{
    const char *end = (const char *)head + size;
    const char *p = errata_jsonl_skip_space(jsonl_skip_mark((const char *)head, end), end);
    gboolean array = p < end && *p == '[';
    ErrataJsonlPrefix prefix;

    if (errata_jsonl_prefix_guess(p, (gsize)(end - p), &prefix))
        return 96; /* surer than of a table with commas between its columns */
    if (p == end || (*p != '{' && *p != '['))
        return 0;
    p = errata_jsonl_skip_space(p + 1, end);
    if (p == end)
        return 0;
    if (array)
        return *p == '{' ? 75 : 0;
    return *p == '"' || *p == '}' ? 80 : 0;
}

/* whether nothing stands from @p on */
static gboolean
jsonl_is_end(const char *p, const char *end)
{
    return errata_jsonl_skip_space(p, end) == end;
}

/* whether the object at @p is alone and begins with one of the keys of a split table, which holds
 * an array */
static gboolean
jsonl_is_split(const char *p, const char *end)
{
    static const char *const keys[] = {"\"columns\"", "\"index\"", "\"data\""};
    const char *close = errata_jsonl_find_end(p, end);
    gsize found = 0;

    if (close != NULL && !jsonl_is_end(close, end))
        return FALSE; /* one record of many, that tells what it was made from */
    p = errata_jsonl_skip_space(p + 1, end);
    while (found < G_N_ELEMENTS(keys) && ((gsize)(end - p) < strlen(keys[found]) ||
                                          memcmp(p, keys[found], strlen(keys[found])) != 0))
        found++;
    if (found == G_N_ELEMENTS(keys))
        return FALSE;
    p = errata_jsonl_skip_space(p + strlen(keys[found]), end);
    if (p == end || *p != ':')
        return FALSE;
    p = errata_jsonl_skip_space(p + 1, end);
    /* {"data": [..]} alone is some other document; data before its columns is not read */
    return p < end && *p == '[' &&
           (found != 2 || memmem(p, (gsize)(end - p), "\"columns\"", 9) != NULL);
}

/* one past the key at @p and its colon, at the value; %NULL where no key stands */
static const char *
jsonl_key(const char *p, const char *end, const char **ret_key, gsize *ret_length)
{
    const char *close;

    p = errata_jsonl_skip_space(p, end);
    if (p == end || *p != '"')
        return NULL;
    *ret_key = p + 1;
    close = memchr(p + 1, '"', (gsize)(end - p - 1));
    if (close == NULL || memchr(p, '\\', (gsize)(close - p)) != NULL)
        return NULL;
    *ret_length = (gsize)(close - p - 1);
    p = errata_jsonl_skip_space(close + 1, end);
    return p < end && *p == ':' ? errata_jsonl_skip_space(p + 1, end) : NULL;
}

/* whether the object at @p is alone, and all its members that are seen are objects with the row "0"
 * first, and the row "1" */
static gboolean
jsonl_is_columns(const char *p, const char *end)
{
    const char *key;
    const char *close = errata_jsonl_find_end(p, end);
    gsize length;

    if (close != NULL && !jsonl_is_end(close, end))
        return FALSE;
    for (guint n = 0;; n++) {
        const char *row = p = jsonl_key(p + 1, end, &key, &length);

        for (guint i = 0; i < 2; i++) {
            row = row != NULL && row < end && *row == (i == 0 ? '{' : ',')
                      ? jsonl_key(row + 1, end, &key, &length)
                      : NULL;
            if (row == NULL || length != 1 || *key != (char)('0' + i))
                return FALSE;
            while (row < end && strchr(",}{[", *row) == NULL)
                row++;
        }
        p = errata_jsonl_find_end(p, end);
        p = p != NULL ? errata_jsonl_skip_space(p, end) : NULL;
        if (p == NULL || p == end || *p != ',')
            return p == NULL || p == end || *p == '}';
    }
}

/* the array of objects that is what the one object at @p is about: {"meta": …, "data": [{…},
 * {…}]} */
static const char *
jsonl_wrapped(const char *p, const char *end)
{
    static const char *const names[] = {"data",
                                        "records",
                                        "rows",
                                        "results",
                                        "items",
                                        "predictions",
                                        "logs",
                                        "events",
                                        "entries",
                                        "instances",
                                        "values",
                                        "hits",
                                        "samples",
                                        "examples",
                                        "observations"};
    const char *close = errata_jsonl_find_end(p, end);

    if (close != NULL && !jsonl_is_end(close, end))
        return NULL;
    for (;;) {
        const char *key, *value, *first;
        gsize length;

        value = p = jsonl_key(p + 1, end, &key, &length);
        if (value == NULL || value == end)
            return NULL;
        first = *value == '[' ? errata_jsonl_skip_space(value + 1, end) : NULL;
        if (first != NULL && first < end && *first == '{') {
            first = errata_jsonl_find_end(first, end);
            first = first != NULL ? errata_jsonl_skip_space(first, end) : end;
            if (first == end || *first != ',')
                return NULL;
            for (guint i = 0; i < G_N_ELEMENTS(names); i++)
                if (strlen(names[i]) == length && memcmp(names[i], key, length) == 0)
                    return value;
            return NULL;
        }
        if (*value == '{' || *value == '[')
            p = errata_jsonl_find_end(value, end);
        else if (*value == '"')
            p = memchr(value + 1, '"', (gsize)(end - value - 1));
        p = p != NULL && p < end ? p + (*value == '"' ? 1 : 0) : NULL;
        while (p != NULL && p < end && *p != ',' && *p != '}')
            p++;
        if (p == NULL || p == end || *p == '}')
            return NULL;
    }
}

/* what is seen in the first bytes: an array, a table, an object that goes on after its first line,
 * or lines */
static JsonlShape
jsonl_shape(const char *p, const char *end)
{
    const char *newline;
    const char *last;

    p = errata_jsonl_skip_space(p, end);
    if (p == end)
        return JSONL_LINES;
    if (*p == '[')
        return JSONL_VALUES;
    if (jsonl_is_split(p, end))
        return JSONL_SPLIT;
    if (jsonl_is_columns(p, end))
        return JSONL_COLUMNS;
    if (jsonl_wrapped(p, end) != NULL)
        return JSONL_WRAPPED;
    newline = memchr(p, '\n', (gsize)(end - p));
    if (newline == NULL)
        return JSONL_LINES;
    for (last = newline; last > p && g_ascii_isspace(last[-1]);)
        last--;
    return last > p && strchr("{[,", last[-1]) != NULL ? JSONL_VALUES : JSONL_LINES;
}

/* whether it cannot be told yet that the object at @p is alone */
static gboolean
jsonl_is_open(const char *p, const char *end)
{
    const char *close = errata_jsonl_find_end(p, end);

    return close == NULL || jsonl_is_end(close, end);
}

/* the shape of what is read so far; for one object that is the whole log, more is read until it
 * closes and the stream ends, or it is longer than a record can be: a long first line looks like
 * that, too */
static gboolean
jsonl_find_shape(ErrataJsonlInput *input, JsonlShape *ret_shape, GError **error)
{
    for (;;) {
        const char *end = input->data + input->size;
        const char *p = errata_jsonl_skip_space(input->data + input->begin, end);
        JsonlShape shape = jsonl_shape(p, end);

        if ((shape != JSONL_WRAPPED && shape != JSONL_COLUMNS) || input->ended ||
            input->size > ERRATA_LIMIT_LINE_BYTES || !jsonl_is_open(p, end)) {
            *ret_shape = shape;
            return TRUE;
        }
        for (gsize wanted = 2 * input->size; !input->ended && input->size < wanted;)
            if (!errata_jsonl_input_more(input, error))
                return FALSE;
    }
}

static gboolean
jsonl_read_shape(ErrataJsonlReader *reader,
                 ErrataJsonlInput *input,
                 JsonlShape shape,
                 GError **error)
{
    const char *end = input->data + input->size;

    switch (shape) {
    case JSONL_LINES:
        return errata_jsonl_lines_read(reader, input, error);
    case JSONL_COLUMNS:
        return errata_jsonl_columns_read(reader, input, error);
    case JSONL_SPLIT:
        return errata_jsonl_split_read(reader, input, error);
    case JSONL_WRAPPED:
        input->begin =
            (gsize)(jsonl_wrapped(errata_jsonl_skip_space(input->data + input->begin, end), end) -
                    input->data);
        break;
    case JSONL_VALUES:
        break;
    }
    return errata_jsonl_values_read(reader, input, error);
}

/* the stream of records alone where they stand behind a logger's text; else %NULL */
static ErrataSource *
jsonl_unprefixed(ErrataSource *source, ErrataFrameBuilder *builder)
{
    ErrataJsonlPrefix prefix;
    const guint8 *head;
    gsize size;
    const char *p, *end;

    if (!errata_source_peek(source, JSONL_HEAD, &head, &size, NULL))
        return NULL; /* the reader meets the error again */
    end = (const char *)head + size;
    p = errata_jsonl_skip_space(jsonl_skip_mark((const char *)head, end), end);
    if (!errata_jsonl_prefix_guess(p, (gsize)(end - p), &prefix))
        return NULL;
    if (prefix.docker) {
        errata_frame_builder_warn(builder,
                                  "the records are in lines that Docker logged; they were taken "
                                  "out of them, and the time of each is the column logged_at");
    } else if (prefix.example < prefix.example_end) {
        g_autofree char *shown = errata_text_excerpt(prefix.example,
                                                     (gsize)(prefix.example_end - prefix.example),
                                                     JSONL_EXCERPT);

        errata_frame_builder_warn(builder,
                                  "each record stands behind a logger's text (%s), which was "
                                  "passed over%s",
                                  shown,
                                  prefix.timed ? "; its time is the column logged_at" : "");
    }
    return errata_jsonl_prefix_new(source, &prefix);
}

static gboolean
jsonl_read(ErrataSource *source, ErrataFrameBuilder *builder, GError **error)
{
    g_autoptr(ErrataSource) records = jsonl_unprefixed(source, builder);
    gsize n_rows = errata_frame_builder_n_rows(builder);
    gsize n_rejected = errata_frame_builder_n_rejected(builder);
    ErrataJsonlReader reader;
    ErrataJsonlInput input;
    JsonlShape shape;
    gboolean ok;

    errata_jsonl_reader_init(&reader, builder);
    errata_jsonl_input_init(&input, records != NULL ? records : source);
    do
        ok = errata_jsonl_input_more(&input, error);
    while (ok && !input.ended && input.size < JSONL_HEAD);
    if (ok) {
        const char *begin = jsonl_skip_mark(input.data, input.data + input.size);

        input.begin = (gsize)(begin - input.data);
        ok = jsonl_find_shape(&input, &shape, error) &&
             jsonl_read_shape(&reader, &input, shape, error);
    }
    errata_jsonl_input_clear(&input);
    errata_jsonl_reader_clear(&reader);
    n_rejected = errata_frame_builder_n_rejected(builder) - n_rejected;
    if (ok && n_rejected > 0 && errata_frame_builder_n_rows(builder) == n_rows) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "none of its %" G_GSIZE_FORMAT
                    " records could be read; a record is a JSON object with values (%s)",
                    n_rejected,
                    reader.why != NULL ? reader.why : "the last is none");
        return FALSE;
    }
    return ok;
}

static const ErrataFormat jsonl_format = {
    .id = "jsonl",
    .summary = "JSON Lines, JSON arrays of objects, tables of pandas",
    .sniff = jsonl_sniff,
    .read = jsonl_read,
};

const ErrataPlugin errata_plugin_jsonl = {
    .abi = ERRATA_PLUGIN_ABI,
    .struct_size = sizeof(ErrataPlugin),
    .id = "jsonl",
    .formats = (const ErrataFormat *const[]){&jsonl_format, NULL},
};
