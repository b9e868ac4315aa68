/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON that is not a record a line: an array of objects, objects one after the other (pretty
 * printed or not), and the tables of pandas and MLflow: split, {"columns": [names], "data":
 * [[cells]]}, or by columns, {"name": {"0": cell, "1": cell}}.
 * Records are found by their brackets and read as they stream by. */
#include <string.h>

#include "error.h"
#include "jsonl-private.h"
#include "limit.h"

/* the next byte that is not white space, or 0 at the end */
static gboolean
values_next(ErrataJsonlInput *input, char *ret_byte, GError **error)
{
    for (;;) {
        const char *end = input->data + input->size;
        const char *p = errata_jsonl_skip_space(input->data + input->begin, end);

        input->begin = (gsize)(p - input->data);
        if (p < end) {
            *ret_byte = *p;
            return TRUE;
        }
        if (input->ended) {
            *ret_byte = '\0';
            return TRUE;
        }
        if (!errata_jsonl_input_more(input, error))
            return FALSE;
    }
}

/* the whole object or array at the window's begin; *ret_end is NULL when the input ends in it */
static gboolean
values_extent(ErrataJsonlInput *input, const char **ret_end, GError **error)
{
    for (;;) {
        *ret_end = errata_jsonl_find_end(input->data + input->begin, input->data + input->size);
        if (*ret_end != NULL || input->ended)
            return TRUE;
        if (input->size - input->begin > ERRATA_LIMIT_LINE_BYTES) {
            g_set_error(error,
                        ERRATA_ERROR,
                        ERRATA_ERROR_LIMIT,
                        "the record at byte %" G_GUINT64_FORMAT " is longer than 16 MiB",
                        input->offset + input->begin);
            return FALSE;
        }
        /* twice as much each time, so that looking for the end again costs no more than reading */
        for (gsize wanted = 2 * (input->size - input->begin);
             input->size - input->begin < wanted;) {
            if (!errata_jsonl_input_more(input, error))
                return FALSE;
            if (input->ended)
                break;
        }
    }
}

static void
values_cut(ErrataJsonlReader *self, ErrataJsonlInput *input, guint64 number)
{
    const char *p = input->data + input->begin;
    const char *end = input->data + input->size;

    errata_frame_builder_warn(self->builder,
                              "the file ends in the middle of a record: it is truncated");
    self->why = "it is cut by the end of the file";
    errata_jsonl_reader_reject(self, p, end, "record", number);
    input->begin = input->size;
}

/* a scalar where an object should be: up to the next comma, bracket or line */
static void
values_reject_scalar(ErrataJsonlReader *self, ErrataJsonlInput *input, guint64 number)
{
    const char *p = input->data + input->begin;
    const char *end = input->data + input->size;
    const char *q = p;

    while (q < end && (q == p || strchr(",{[]}\n", *q) == NULL))
        q++;
    self->why = "expected a JSON object";
    self->at = p;
    errata_jsonl_reader_reject(self, p, q, "record", number);
    input->begin = (gsize)(q - input->data);
}

/**
 * errata_jsonl_values_read:
 * @self: the reader
 * @input: the stream
 * @error: return location for a #GError
 *
 * Reads an array of objects, or objects one after the other.
 *
 * Errors: %ERRATA_ERROR_LIMIT and those of the stream.
 */
gboolean
errata_jsonl_values_read(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error)
{
    gboolean in_array = FALSE;
    const char *end;
    char byte;

    if (!values_next(input, &byte, error))
        return FALSE;
    if (byte == '[') {
        in_array = TRUE;
        input->begin++;
    }
    for (guint64 number = 1;; number++) {
        if (!values_next(input, &byte, error))
            return FALSE;
        while (byte == ',') {
            input->begin++;
            if (!values_next(input, &byte, error))
                return FALSE;
        }
        if (byte == '\0' && input->begin == input->size) {
            if (in_array)
                errata_frame_builder_warn(self->builder,
                                          "the array does not end: the file is truncated");
            return TRUE;
        }
        if (byte == ']' && in_array) {
            input->begin++;
            if (!values_next(input, &byte, error))
                return FALSE;
            if (input->begin < input->size && byte != '}')
                errata_frame_builder_warn(self->builder,
                                          "what follows the array of records was not read");
            return TRUE;
        }
        if (byte != '{' && byte != '[') {
            values_reject_scalar(self, input, number);
            continue;
        }
        if (!values_extent(input, &end, error))
            return FALSE;
        if (end == NULL) {
            values_cut(self, input, number);
            return TRUE;
        }
        if (!errata_jsonl_reader_record(self,
                                        input->data + input->begin,
                                        end,
                                        "record",
                                        number,
                                        error))
            return FALSE;
        input->begin = (gsize)(end - input->data);
    }
}

/* the scalars of an array; FALSE with self->why when it holds anything else */
static gboolean
values_scalars(ErrataJsonlReader *self, const char *p, const char *end)
{
    g_array_set_size(self->cells, 0);
    p = errata_jsonl_skip_space(p + 1, end);
    while (p < end && *p != ']') {
        ErrataJsonlCell cell = {NULL};
        const char *next = errata_jsonl_scan_scalar(self, p, end, &cell);

        self->at = p;
        self->why = "expected a value (string, number, true, false, null)";
        if (next == NULL)
            return FALSE;
        g_array_append_val(self->cells, cell);
        p = errata_jsonl_skip_space(next, end);
        self->at = p;
        self->why = "expected ',' or ']' in an array";
        if (p == end || (*p != ',' && *p != ']'))
            return FALSE;
        p = *p == ',' ? errata_jsonl_skip_space(p + 1, end) : p;
    }
    self->at = NULL;
    self->why = NULL;
    return TRUE;
}

static gboolean
values_split_fail(ErrataJsonlInput *input, const char *expected, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "the split table is not as expected at byte %" G_GUINT64_FORMAT ": %s",
                input->offset + input->begin,
                expected);
    return FALSE;
}

static gboolean
values_split_columns(ErrataJsonlReader *self,
                     const char *p,
                     const char *end,
                     GArray *ret_columns,
                     ErrataJsonlInput *input,
                     GError **error)
{
    if (!values_scalars(self, p, end))
        return values_split_fail(input, self->why, error);
    for (guint i = 0; i < self->cells->len; i++) {
        const ErrataJsonlCell *cell = &g_array_index(self->cells, ErrataJsonlCell, i);
        guint column;

        if (cell->kind == ERRATA_JSONL_STRING || cell->kind == ERRATA_JSONL_ESCAPED)
            errata_jsonl_unescape(cell->begin, cell->end, self->unescaped, &self->saw_surrogate);
        else
            g_string_append_len(g_string_truncate(self->unescaped, 0),
                                cell->token,
                                cell->token_end - cell->token);
        if (!errata_frame_builder_column(self->builder,
                                         self->unescaped->str,
                                         self->unescaped->len,
                                         &column,
                                         error))
            return FALSE;
        g_array_append_val(ret_columns, column);
    }
    return TRUE;
}

static gboolean
values_split_row(ErrataJsonlReader *self,
                 const char *p,
                 const char *end,
                 const GArray *columns,
                 guint64 number,
                 GError **error)
{
    gboolean ok = *p == '[' && values_scalars(self, p, end);

    if (ok && self->cells->len != columns->len) {
        self->why = "it has another number of cells than the table has columns";
        ok = FALSE;
    } else if (*p != '[') {
        self->why = "expected an array of cells";
    }
    if (!ok) {
        errata_jsonl_reader_reject(self, p, end, "record", number);
        return TRUE;
    }
    for (guint i = 0; i < columns->len; i++)
        g_array_index(self->cells, ErrataJsonlCell, i).column = g_array_index(columns, guint, i);
    return errata_jsonl_reader_emit(self, error);
}

static gboolean
values_split_rows(ErrataJsonlReader *self,
                  ErrataJsonlInput *input,
                  const GArray *columns,
                  GError **error)
{
    const char *end;
    char byte;

    input->begin++;
    for (guint64 number = 1;; number++) {
        if (!values_next(input, &byte, error))
            return FALSE;
        if (byte == ',' && number > 1) {
            input->begin++;
            if (!values_next(input, &byte, error))
                return FALSE;
        }
        if (byte == ']') {
            input->begin++;
            return TRUE;
        }
        if (byte != '[' && byte != '{' && input->begin < input->size)
            return values_split_fail(input, "expected an array of cells", error);
        if (!values_extent(input, &end, error))
            return FALSE;
        if (end == NULL) {
            values_cut(self, input, number);
            return TRUE;
        }
        if (!values_split_row(self, input->data + input->begin, end, columns, number, error))
            return FALSE;
        input->begin = (gsize)(end - input->data);
    }
}

/* the key that stands next, its colon included, into self->path; empty at the end of the object */
static gboolean
values_split_key(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error)
{
    ErrataJsonlCell key = {NULL};
    const char *next;
    char byte;

    g_string_truncate(self->path, 0);
    if (!values_next(input, &byte, error))
        return FALSE;
    if (byte == ',' || byte == '{') {
        input->begin++;
        if (!values_next(input, &byte, error))
            return FALSE;
    }
    if (byte != '"')
        return TRUE;
    next =
        errata_jsonl_scan_scalar(self, input->data + input->begin, input->data + input->size, &key);
    if (next == NULL)
        return values_split_fail(input, "expected a key", error);
    g_string_append_len(self->path, key.begin, key.end - key.begin);
    input->begin = (gsize)(next - input->data);
    if (!values_next(input, &byte, error))
        return FALSE;
    if (byte != ':')
        return values_split_fail(input, "expected ':' after a key", error);
    input->begin++;
    return values_next(input, &byte, error);
}

/**
 * errata_jsonl_split_read:
 * @self: the reader
 * @input: the stream, at the opening brace
 * @error: return location for a #GError
 *
 * Reads {"columns": [names], "data": [[cells], …]}, pandas' orient="split" as MLflow stores
 * evaluation tables; a member "index" is passed over. The names must come before the data.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA, %ERRATA_ERROR_LIMIT and those of the stream.
 */
gboolean
errata_jsonl_split_read(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *end;

    for (;;) {
        if (!values_split_key(self, input, error))
            return FALSE;
        if (self->path->len == 0)
            return columns->len > 0 ? TRUE : values_split_fail(input, "expected columns", error);
        if (strcmp(self->path->str, "data") == 0) {
            if (columns->len == 0)
                return values_split_fail(input, "expected \"columns\" before \"data\"", error);
            return values_split_rows(self, input, columns, error);
        }
        if (!values_extent(input, &end, error))
            return FALSE;
        if (end == NULL)
            return values_split_fail(input, "the file ends here", error);
        if (strcmp(self->path->str, "columns") == 0 &&
            !values_split_columns(self, input->data + input->begin, end, columns, input, error))
            return FALSE;
        input->begin = (gsize)(end - input->data);
    }
}

/* where the cells of one column of a table by columns go on */
typedef struct {
    const char *at;
    guint column;
} ValuesCursor;

static gboolean
values_columns_fail(ErrataJsonlInput *input, const char *at, const char *expected, GError **error)
{
    g_set_error(error,
                ERRATA_ERROR,
                ERRATA_ERROR_INVALID_DATA,
                "the table by columns is not as expected at byte %" G_GUINT64_FORMAT
                ": %s; write it with orient=\"records\", lines=True",
                input->offset + (guint64)(at - input->data),
                expected);
    return FALSE;
}

/* the columns of the object that lies at the window's begin and ends at @end, each at its first
 * cell */
static gboolean
values_columns_open(ErrataJsonlReader *self,
                    ErrataJsonlInput *input,
                    const char *end,
                    GArray *ret_cursors,
                    GError **error)
{
    const char *p = errata_jsonl_skip_space(input->data + input->begin + 1, end);

    while (p < end && *p == '"') {
        ErrataJsonlCell key = {NULL};
        ValuesCursor cursor = {NULL, 0};
        const char *next = errata_jsonl_scan_scalar(self, p, end, &key);

        next = next != NULL ? errata_jsonl_skip_space(next, end) : end;
        if (next == end || *next != ':')
            return values_columns_fail(input, p, "expected a name and a colon", error);
        next = errata_jsonl_skip_space(next + 1, end);
        if (next == end || *next != '{')
            return values_columns_fail(input, next, "expected an object of cells", error);
        errata_jsonl_unescape(key.begin, key.end, self->unescaped, &self->saw_surrogate);
        if (!errata_frame_builder_column(self->builder,
                                         self->unescaped->str,
                                         self->unescaped->len,
                                         &cursor.column,
                                         error))
            return FALSE;
        cursor.at = errata_jsonl_skip_space(next + 1, end);
        g_array_append_val(ret_cursors, cursor);
        p = errata_jsonl_find_end(next, end);
        if (p == NULL)
            return values_columns_fail(input, next, "its brackets do not close", error);
        p = errata_jsonl_skip_space(p, end);
        if (p < end && *p == ',')
            p = errata_jsonl_skip_space(p + 1, end);
    }
    return TRUE;
}

/* the next cell of a column into self->cells, its key into @ret_key */
static gboolean
values_columns_cell(ErrataJsonlReader *self,
                    ErrataJsonlInput *input,
                    ValuesCursor *cursor,
                    const char *end,
                    ErrataJsonlCell *ret_key,
                    GError **error)
{
    ErrataJsonlCell cell = {NULL};
    const char *p = cursor->at < end && *cursor->at == '"'
                        ? errata_jsonl_scan_scalar(self, cursor->at, end, ret_key)
                        : NULL;

    p = p != NULL ? errata_jsonl_skip_space(p, end) : end;
    if (p == end || *p != ':')
        return values_columns_fail(input, cursor->at, "expected a row's key and a colon", error);
    p = errata_jsonl_skip_space(p + 1, end);
    cursor->at = p;
    p = errata_jsonl_scan_scalar(self, p, end, &cell);
    if (p == NULL)
        return values_columns_fail(input, cursor->at, "expected a plain value", error);
    cell.column = cursor->column;
    g_array_append_val(self->cells, cell);
    p = errata_jsonl_skip_space(p, end);
    if (p == end || (*p != ',' && *p != '}'))
        return values_columns_fail(input, p, "expected ',' or '}'", error);
    cursor->at = *p == ',' ? errata_jsonl_skip_space(p + 1, end) : p;
    return TRUE;
}

static gboolean
values_same_key(const ErrataJsonlCell *a, const ErrataJsonlCell *b)
{
    gsize length = (gsize)(a->token_end - a->token);

    return length == (gsize)(b->token_end - b->token) && memcmp(a->token, b->token, length) == 0;
}

/**
 * errata_jsonl_columns_read:
 * @self: the reader
 * @input: the stream, at the opening brace
 * @error: return location for a #GError
 *
 * Reads {"name": {"0": cell, "1": cell, …}, …}, pandas' orient="columns", up to 16 MiB. All columns
 * have the same keys in the same order.
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA, %ERRATA_ERROR_LIMIT and those of the stream.
 */
gboolean
errata_jsonl_columns_read(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error)
{
    g_autoptr(GArray) cursors = g_array_new(FALSE, FALSE, sizeof(ValuesCursor));
    const char *end;

    if (!values_extent(input, &end, error))
        return FALSE;
    if (end == NULL)
        return values_columns_fail(input, input->data + input->size, "the file ends here", error);
    if (!values_columns_open(self, input, end, cursors, error))
        return FALSE;
    while (cursors->len > 0 && g_array_index(cursors, ValuesCursor, 0).at < end &&
           *g_array_index(cursors, ValuesCursor, 0).at != '}') {
        ErrataJsonlCell first = {NULL};

        g_array_set_size(self->cells, 0);
        for (guint i = 0; i < cursors->len; i++) {
            ValuesCursor *cursor = &g_array_index(cursors, ValuesCursor, i);
            ErrataJsonlCell key = {NULL};

            if (!values_columns_cell(self, input, cursor, end, &key, error))
                return FALSE;
            first = i == 0 ? key : first;
            if (!values_same_key(&first, &key))
                return values_columns_fail(input,
                                           key.token,
                                           "its columns have other rows than the first",
                                           error);
        }
        if (!errata_jsonl_reader_emit(self, error))
            return FALSE;
    }
    for (guint i = 1; i < cursors->len; i++) {
        const char *at = g_array_index(cursors, ValuesCursor, i).at;

        if (at == end || *at != '}')
            return values_columns_fail(input,
                                       at,
                                       "its columns have other rows than the first",
                                       error);
    }
    return TRUE;
}
