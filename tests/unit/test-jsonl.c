/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "error.h"
#include "limit.h"
#include "registry.h"

/* a source that hands out at most @step bytes at a time, so that records fall across reads */
typedef struct {
    const char *text;
    gsize left;
    gsize step;
} Trickle;

static gssize
trickle_read(gpointer state, void *buffer, gsize size, GError **error)
{
    Trickle *self = state;
    gsize n = MIN(MIN(size, self->left), self->step);

    memcpy(buffer, self->text, n);
    self->text += n;
    self->left -= n;
    return (gssize)n;
}

static void
trickle_free(gpointer state)
{
}

static const ErrataFormat *
jsonl_format(void)
{
    const ErrataFormat *format;

    for (guint i = 0; (format = errata_registry_format(i)) != NULL; i++)
        if (strcmp(format->id, "jsonl") == 0)
            return format;
    g_error("the registry has no format 'jsonl'");
}

static ErrataFrame *
read_steps(const char *text, gsize length, gsize step, GError **error)
{
    static const ErrataSourceClass klass = {trickle_read, trickle_free};
    Trickle trickle = {text, length, step};
    g_autoptr(ErrataSource) source = errata_source_new(&klass, &trickle, "log.jsonl");
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();

    if (!jsonl_format()->read(source, builder, error))
        return NULL;
    return errata_frame_builder_finish(builder, error);
}

static ErrataFrame *
read_text(const char *text)
{
    g_autoptr(GError) error = NULL;
    ErrataFrame *frame = read_steps(text, strlen(text), 65536, &error);

    g_assert_no_error(error);
    g_assert_nonnull(frame);
    return frame;
}

static void
assert_number(const ErrataFrame *frame, const char *name, gsize row, double expected)
{
    const ErrataColumn *column = errata_frame_find(frame, name, NULL);
    double got;

    g_assert_nonnull(column);
    got = errata_column_number(column, row);
    g_assert_true(got >= expected && got <= expected);
}

static void
assert_cell(const ErrataFrame *frame, const char *name, gsize row, const char *expected)
{
    const ErrataColumn *column = errata_frame_find(frame, name, NULL);
    g_autofree char *got = NULL;

    g_assert_nonnull(column);
    got = errata_column_is_valid(column, row) ? errata_column_print(column, row) : NULL;
    g_assert_cmpstr(got, ==, expected);
}

static const char nested[] =
    "{\"id\": 1, \"features\": {\"x\": 0.5, \"c\": \"red\"}, \"prediction\": {\"label\": \"a\", "
    "\"probs\": {\"a\": 0.75, \"b\": 0.25}}, \"ok\": true}\n"
    "{\"id\": 2, \"features\": {\"x\": -1e3, \"c\": null}, \"prediction\": {\"label\": \"b\", "
    "\"probs\": {\"a\": 0.125, \"b\": 0.875}}, \"ok\": false}\n";

static void
test_jsonl_nested(void)
{
    g_autoptr(ErrataFrame) frame = read_text(nested);

    g_assert_cmpuint(frame->n_rows, ==, 2);
    g_assert_cmpuint(frame->n_columns, ==, 7);
    assert_number(frame, "x", 0, 0.5);
    assert_number(frame, "x", 1, -1000.0);
    assert_cell(frame, "c", 0, "red");
    assert_cell(frame, "c", 1, NULL);
    assert_cell(frame, "prediction.label", 1, "b");
    assert_number(frame, "prediction.probs.b", 1, 0.875);
    g_assert_cmpuint(frame->n_rejected, ==, 0);
    g_assert_cmpuint(frame->warnings->len, ==, 0);
}

static void
assert_same_frame(const ErrataFrame *a, const ErrataFrame *b)
{
    g_assert_cmpuint(a->n_rows, ==, b->n_rows);
    g_assert_cmpuint(a->n_columns, ==, b->n_columns);
    g_assert_cmpuint(a->n_rejected, ==, b->n_rejected);
    for (guint i = 0; i < a->n_columns; i++) {
        g_assert_cmpstr(a->columns[i]->name, ==, b->columns[i]->name);
        for (gsize row = 0; row < a->n_rows; row++)
            g_assert_cmpuint(errata_column_hash(a->columns[i], row),
                             ==,
                             errata_column_hash(b->columns[i], row));
    }
}

static void
test_jsonl_steps(void)
{
    static const char *const texts[] = {
        nested,
        "[{\"a\": 1, \"s\": \"x]}\\\"\"},\n {\"a\": 2, \"s\": \"\"}]",
        "{\n \"a\": 1\n}\n{\n \"a\": 2\n}",
        "{\"columns\": [\"a\", \"b\"], \"index\": [0, 1], \"data\": [[1, \"x\"], [2, null]]}",
    };

    g_test_summary("Where a read ends changes nothing");
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(ErrataFrame) whole = read_text(texts[i]);

        for (gsize step = 1; step < 9; step++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(ErrataFrame) frame = read_steps(texts[i], strlen(texts[i]), step, &error);

            g_assert_no_error(error);
            assert_same_frame(whole, frame);
        }
    }
}

static void
test_jsonl_template_and_parser_agree(void)
{
    g_autoptr(GString) same = g_string_new(NULL);
    g_autoptr(GString) other = g_string_new(NULL);

    g_test_summary("Records that match a template read as those that do not");
    for (guint i = 0; i < 500; i++) {
        const char *text = i % 3 == 0 ? "a\\n\\u00e9" : i % 3 == 1 ? "plain and long enough" : "";

        g_string_append_printf(same,
                               "{\"id\":%u,\"x\":%u.%03u,\"t\":\"%s\",\"b\":%s,\"n\":%s}\n",
                               i,
                               i,
                               i,
                               text,
                               i % 2 == 0 ? "true" : "false",
                               i % 5 == 0 ? "null" : "-7");
        /* a space more or less in each line, so that no template is of use for long */
        g_string_append_printf(other,
                               "{\"id\":%u,\"x\":%u.%03u,%*s\"t\":\"%s\",\"b\":%s,\"n\":%s}\n",
                               i,
                               i,
                               i,
                               (int)i % 40,
                               "",
                               text,
                               i % 2 == 0 ? "true" : "false",
                               i % 5 == 0 ? "null" : "-7");
    }
    g_autoptr(ErrataFrame) a = read_text(same->str);
    g_autoptr(ErrataFrame) b = read_text(other->str);
    g_assert_cmpuint(a->n_rows, ==, 500);
    assert_same_frame(a, b);
    assert_cell(a, "t", 0, "a\n\xc3\xa9");
    assert_number(a, "x", 12, 12.012);
}

static void
test_jsonl_arrays(void)
{
    g_autoptr(ErrataFrame) frame = read_text(
        "{\"v\": [1, 2.5], \"p\": {\"probs\": [0.9, 0.1], \"classes\": [\"no\", \"yes\"]}}\n"
        "{\"v\": [3, 4, 5], \"p\": {\"classes\": [\"yes\", \"no\"], \"probs\": [0.3, 0.7]}}\n"
        "{\"v\": [], \"p\": {\"classes\": [0, 1], \"probs\": [1, 0]}}\n");

    assert_number(frame, "v.0", 0, 1.0);
    assert_number(frame, "v.1", 0, 2.5);
    assert_cell(frame, "v.2", 0, NULL);
    assert_number(frame, "v.2", 1, 5.0);
    assert_number(frame, "p.probs.no", 0, 0.9);
    assert_number(frame, "p.probs.yes", 1, 0.3);
    assert_number(frame, "p.probs.no", 1, 0.7);
    assert_number(frame, "p.probs.1", 2, 0.0);
    g_assert_null(errata_frame_find(frame, "p.classes.0", NULL));
}

/* [{"label": …, "score": …}, …] in whatever order is one score per class; an array of one, or of
 * what has more keys, is none */
static void
test_jsonl_labelled(void)
{
    g_autoptr(ErrataFrame) frame = read_text(
        "{\"p\": [{\"label\": \"no\", \"score\": 0.9}, {\"label\": \"yes\", \"score\": 0.1}], "
        "\"q\": [{\"label\": \"a\", \"score\": 1}], "
        "\"r\": [{\"label\": \"a\", \"score\": 1, \"at\": 4}, {\"label\": \"b\", \"score\": 2}]}\n"
        "{\"p\": [{\"score\": 0.7, \"label\": \"yes\"}, { \"label\" : \"no\" , \"score\" : 0.3 } ]}\n"
        "{\"p\": [{\"label\": \"yes\", \"score\": 0.6}, {\"label\": \"no\", \"score\": 0.4}]}\n"
        "{\"p\": [{\"label\": \"yes\", \"score\": 0.5}, {\"label\": \"no\", \"score\": 0.5}]}\n"
        "{\"p\": [{\"label\": \"yes\", \"score\": 0.2}, {\"label\": 3, \"score\"}]}\n");

    g_assert_cmpuint(frame->n_rows, ==, 4);
    assert_number(frame, "p.no", 0, 0.9);
    assert_number(frame, "p.yes", 0, 0.1);
    assert_number(frame, "p.yes", 1, 0.7);
    assert_number(frame, "p.no", 1, 0.3);
    assert_number(frame, "p.yes", 2, 0.6);
    assert_number(frame, "p.no", 2, 0.4);
    assert_number(frame, "p.yes", 3, 0.5);
    assert_cell(frame, "q.0.label", 0, "a");
    assert_number(frame, "r.0.at", 0, 4.0);
    assert_number(frame, "r.1.score", 0, 2.0);
}

/* what pandas' to_json() writes by default, and records as the member of one object */
static void
test_jsonl_tables(void)
{
    static const char *const broken[] = {
        "{\"a\": {\"0\": 1, \"1\": 2, \"5\": 3}, \"b\": {\"0\": 1, \"1\": 2, \"6\": 3}}",
        "{\"a\": {\"0\": 1, \"1\": 2}, \"b\": {\"0\": 1, \"1\": 2, \"2\": 2}}",
        "{\"a\": {\"0\": 1, \"1\": 2, \"2\": 3}, \"b\": {\"0\": 1, \"1\": 2}}",
        "{\"a\": {\"0\": 1, \"1\": [2]}}",
        "{\"a\": {\"0\": 1, \"1\": 2]}}",
        "{\"a\": {\"0\": 1, \"1\": 2",
    };
    g_autoptr(ErrataFrame) columns =
        read_text("{\"a b\":{\"0\":1.5,\"1\":null},\n \"c\": {\"0\" : \"x\", \"1\": \"y\"}}\n");
    g_autoptr(ErrataFrame) records = read_text(
        "{\"n\": 2, \"who\": \"a,{\", \"data\": [{\"a\": 1}, {\"a\": 2}], \"next\": null}");
    g_autoptr(ErrataFrame) lines =
        read_text("{\"data\": [{\"a\": 1}, {\"a\": 2}]}\n{\"data\": [{\"a\": 3}, {\"a\": 4}]}\n");
    g_autoptr(ErrataFrame) inputs = read_text("{\"f\": {\"0\": 1, \"1\": 2}, \"y\": 1}\n");

    g_assert_cmpuint(columns->n_rows, ==, 2);
    assert_number(columns, "a b", 0, 1.5);
    assert_cell(columns, "a b", 1, NULL);
    assert_cell(columns, "c", 1, "y");
    g_assert_cmpuint(records->n_rows, ==, 2);
    assert_number(records, "a", 1, 2.0);
    g_assert_cmpuint(lines->n_rows, ==, 2);
    assert_number(lines, "data.1.a", 1, 4.0);
    g_assert_cmpuint(inputs->n_rows, ==, 1);
    assert_number(inputs, "f.1", 0, 2.0);
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFrame) frame = read_steps(broken[i], strlen(broken[i]), 65536, &error);

        g_test_message("%s", broken[i]);
        g_assert_null(frame);
        g_assert_nonnull(error);
    }
}

/* @begin, three records with numbers and @filler bytes of text, and @end */
static char *
long_records(const char *begin, const char *record, const char *rest, gsize filler, const char *end)
{
    g_autoptr(GString) text = g_string_new(begin);
    g_autofree char *filled = g_strnfill(filler, 'x');

    for (guint i = 0; i < 3; i++)
        g_string_append_printf(text, "%s%u, \"t\": \"%s\"%s", record, i, filled, rest);
    g_string_append(text, end);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
test_jsonl_long_first(void)
{
    g_autofree char *items =
        long_records("", "{\"items\": [{\"v\": 0}, {\"v\": ", "}], \"y\": 1}\n", 100000, "");
    g_autofree char *inputs =
        long_records("", "{\"f\": {\"0\": 0, \"1\": ", "}, \"y\": 1}\n", 100000, "");
    g_autofree char *table =
        long_records("{\"n\": 3, \"items\": [", "{\"v\": ", "},", 40000, "{\"v\": 3}]}");
    gsize first = (gsize)(strchr(items, '\n') - items) + 1;

    g_test_summary("A first line longer than what the shape of a log is told by is a record");
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFrame) frame =
            read_steps(items, strlen(items), i == 0 ? 65536 : first, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(frame->n_rows, ==, 3);
        assert_number(frame, "items.1.v", 2, 2.0);
        assert_number(frame, "y", 2, 1.0);
    }
    for (guint i = 0; i < 2; i++) {
        g_autoptr(ErrataFrame) frame = read_text(i == 0 ? inputs : table);

        g_assert_cmpuint(frame->n_rows, ==, i == 0 ? 3 : 4);
        assert_number(frame, i == 0 ? "f.1" : "v", 2, 2.0);
    }
}

static void
test_jsonl_name_collision(void)
{
    g_autoptr(ErrataFrame) frame =
        read_text("{\"x\": 1, \"features\": {\"x\": 2}}\n{\"features\": {\"y\": 3}, \"y\": 4}\n");

    g_test_summary("features.x and x stay two columns, whichever comes first");
    assert_number(frame, "x", 0, 1.0);
    assert_number(frame, "features.x", 0, 2.0);
    assert_number(frame, "y", 1, 3.0);
    assert_number(frame, "y (outer)", 1, 4.0);
}

typedef struct {
    const char *text;
    const char *where;
    const char *why;
} Bad;

static const Bad bads[] = {
    {"{\"a\":0, oops}", "line 2, byte 9", "expected a key in quotes"},
    {"{\"a\" 1}", "line 2, byte 6", "expected ':' after a key"},
    {"{\"a\":1", "line 2, byte 7", "expected ',' or '}' in an object"},
    {"{\"a\":01}", "line 2, byte 6", "expected a value (string, number, true, false, null)"},
    {"{\"a\":1}x", "line 2, byte 8", "something follows the object"},
    {"{\"a\":[1 2]}", "line 2, byte 9", "expected ',' or ']' in an array"},
    {"{\"a\":\"x}", "line 2, byte 6", "expected a value (string, number, true, false, null)"},
    {"{\"a\":\"\\x\"}", "line 2, byte 6", "expected a value (string, number, true, false, null)"},
    {"[1,2]", "line 2, byte 1", "expected a JSON object"},
    {"{}", "line 2, byte 3", "the object has no values"},
    {"17", "line 2, byte 1", "expected a JSON object"},
};

static void
test_jsonl_bad_lines(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bads); i++) {
        g_autofree char *text = g_strdup_printf("{\"a\":1}\n%s\n\r\n{\"a\":2}\r\n", bads[i].text);
        g_autoptr(ErrataFrame) frame = read_text(text);
        const ErrataReject *reject;

        g_assert_cmpuint(frame->n_rows, ==, 2);
        g_assert_cmpuint(frame->n_columns, ==, 1);
        g_assert_cmpuint(frame->n_rejected, ==, 1);
        reject = g_ptr_array_index(frame->rejects, 0);
        g_assert_cmpstr(reject->where, ==, bads[i].where);
        g_assert_cmpstr(reject->why, ==, bads[i].why);
    }
}

static void
test_jsonl_odd_strings(void)
{
    g_autoptr(ErrataFrame) frame = read_text(
        "\xef\xbb\xbf{\"s\":\"\\ud83d\\ude00\",\"k\\u0065y\":1}\n"
        "{\"s\":\"\\ud83d oops \\udc00\",\"k\\u0065y\":2}\n"
        "{\"s\":\"a\tb\",\"k\\u0065y\":3,\"key\":4}\n");

    assert_cell(frame, "s", 0, "\xf0\x9f\x98\x80");
    assert_cell(frame, "s", 1, "\xef\xbf\xbd oops \xef\xbf\xbd");
    assert_number(frame, "key", 2, 4.0);
    g_assert_cmpuint(frame->warnings->len, ==, 3);
}

static void
test_jsonl_numbers(void)
{
    g_autoptr(ErrataFrame) frame = read_text(
        "{\"a\":9223372036854775807,\"b\":1e999,\"c\":0.1}\n"
        "{\"a\":9223372036854775808,\"b\":-0.0,\"c\":NaN}\n"
        "{\"a\":1,\"b\":Infinity,\"c\":1.7976931348623157e308}\n");

    assert_number(frame, "a", 1, 9223372036854775808.0);
    assert_number(frame, "c", 0, 0.1);
    assert_cell(frame, "c", 1, NULL);
    assert_number(frame, "c", 2, 1.7976931348623157e308);
    g_assert_cmpuint(errata_frame_find(frame, "b", NULL)->n_infinite, ==, 2);
}

static void
test_jsonl_split(void)
{
    g_autoptr(ErrataFrame) frame = read_text(
        "{\"columns\": [\"age\", \"label\"], \"data\": [[25, \"a\"], [38, \"b\"], [1], "
        "[2, [3]], [40, null]]}");

    g_assert_cmpuint(frame->n_rows, ==, 3);
    g_assert_cmpuint(frame->n_rejected, ==, 2);
    assert_number(frame, "age", 2, 40.0);
    assert_cell(frame, "label", 1, "b");
    assert_cell(frame, "label", 2, NULL);
}

static void
test_jsonl_record_like_split(void)
{
    static const char *const keys[] = {"columns", "index", "data"};

    g_test_summary("Records whose first member is called as one of a split table are records");
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *text =
            g_strdup_printf("{\"%s\":[\"a\",\"b\"],\"columns\":1,\"label\":3}\n"
                            "{\"%s\":[\"a\",\"c\"],\"columns\":1,\"label\":4}\n",
                            keys[i],
                            keys[i]);
        g_autoptr(ErrataFrame) frame = read_text(text);

        g_assert_cmpuint(frame->n_rows, ==, 2);
        assert_number(frame, "label", 1, 4.0);
    }
}

static void
test_jsonl_cut(void)
{
    static const char *const cut[] = {
        "{\"a\":1}\n{\"a\":2",
        "[{\"a\":1},\n{\"a\":2",
        "{\n\"a\":1\n}\n{\n\"a\":2",
        "{\"columns\":[\"a\"],\"data\":[[1],[2",
    };

    g_test_summary("A file that ends in a record keeps the whole ones and says so");
    for (gsize i = 0; i < G_N_ELEMENTS(cut); i++) {
        g_autoptr(ErrataFrame) frame = read_text(cut[i]);

        g_assert_cmpuint(frame->n_rows, ==, 1);
        g_assert_cmpuint(frame->n_rejected, ==, 1);
        g_assert_cmpuint(frame->warnings->len, >=, 1);
        g_assert_nonnull(strstr(g_ptr_array_index(frame->warnings, 0), "truncated"));
    }
}

static void
test_jsonl_depth(void)
{
    g_autoptr(GString) text = g_string_new("{\"a\":1}\n");
    g_autoptr(ErrataFrame) frame = NULL;

    for (guint i = 0; i < 100000; i++)
        g_string_append(text, "{\"a\":");
    g_string_append(text, "1");
    for (guint i = 0; i < 100000; i++)
        g_string_append(text, "}");
    g_string_append(text, "\n");
    frame = read_text(text->str);
    g_assert_cmpuint(frame->n_rows, ==, 1);
    g_assert_cmpuint(frame->n_rejected, ==, 1);
    g_assert_cmpstr(((ErrataReject *)g_ptr_array_index(frame->rejects, 0))->why,
                    ==,
                    "nested more than 64 deep");
}

static void
test_jsonl_limits(void)
{
    g_autoptr(GString) text = g_string_new("{\"a\":1}\n{\"a\":\"");
    g_autoptr(ErrataFrame) frame = NULL;

    for (guint i = 0; i <= ERRATA_LIMIT_LINE_BYTES / 16; i++)
        g_string_append(text, "0123456789abcdef");
    g_string_append(text, "\"}\n{\"a\":2,\"v\":[0");
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, ",0");
    g_string_append(text, "]}\n{\"a\":3}\n");
    frame = read_text(text->str);
    g_assert_cmpuint(frame->n_rows, ==, 3);
    g_assert_cmpuint(frame->n_columns, ==, 1);
    g_assert_cmpuint(frame->n_rejected, ==, 1);
    g_assert_cmpstr(((ErrataReject *)g_ptr_array_index(frame->rejects, 0))->where, ==, "line 2");
    assert_number(frame, "a", 2, 3.0);
}

static void
test_jsonl_nothing(void)
{
    static const char *const texts[] = {"{}\n{}\n",
                                        "{\"a\":\n",
                                        "[1,2,3]",
                                        "{\"data\":[[1]],\"columns\":[\"a\"]}"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ErrataFrame) frame = read_steps(texts[i], strlen(texts[i]), 65536, &error);

        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        g_assert_null(frame);
    }
}

/* records behind a logger's text: what is read of them, by one byte at a time and all at once */
static const struct {
    const char *text;
    guint n_rows;
    guint n_rejected;
    const char *at; /* time of the last row */
} prefixed[] = {
    {"2026-03-01 12:00:01,500 INFO serve: {\"id\": 1, \"s\": 0.5}\n"
     "2026-03-01 12:00:02,500 INFO serve: {\"id\": 2, \"s\": 0.25}\r\n",
     2,
     0,
     "2026-03-01T12:00:02.500Z"},
    {"[2026-03-01T12:00:01Z] {\"id\": 1, \"s\": 0.5}\n[2026-03-01T12:00:02Z] {\"id\": 2, \"s\": 0.25}",
     2,
     0,
     "2026-03-01T12:00:02Z"},
    {"Mar  1 12:00:01 host a[1]: {\"id\": 1, \"s\": 0.5}\nMar  1 12:00:01 host a[1]: "
     "{\"id\": 2, \"s\": 0.25}\n",
     2,
     0,
     NULL},
    {"INFO:root:{\"id\": 1, \"s\": 0.5}\nINFO:root:{\"id\": 2, \"s\": 0.25}\n", 2, 0, NULL},
    {"web-1  | {\"id\": 1, \"s\": 0.5}\nweb-1  | {\"id\": 2, \"s\": 0.25}\n", 2, 0, NULL},
    {"starting\n\nlistening on 80\n{\"id\": 1, \"s\": 0.5}\n{\"id\": 2, \"s\": 0.25}\n",
     2,
     2,
     NULL},
    {"{\"log\":\"{\\\"id\\\": 1, \\\"s\\\": 0.5}\\n\",\"stream\":\"stdout\","
     "\"time\":\"2026-03-01T12:00:01.5Z\"}\n"
     "{\"log\":\"INFO {\\\"id\\\": 2, \\\"s\\\": 0.25}\\n\",\"stream\":\"stderr\","
     "\"time\":\"2026-03-01T12:00:02.5Z\"}\n",
     2,
     0,
     "2026-03-01T12:00:02.500Z"},
};

static void
test_jsonl_prefixed(void)
{
    for (guint c = 0; c < G_N_ELEMENTS(prefixed); c++) {
        static const gsize steps[] = {1, 65536};

        g_test_message("%s", prefixed[c].text);
        for (guint k = 0; k < G_N_ELEMENTS(steps); k++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(ErrataFrame) frame =
                read_steps(prefixed[c].text, strlen(prefixed[c].text), steps[k], &error);
            gsize last = prefixed[c].n_rows - 1;

            g_assert_no_error(error);
            g_assert_cmpuint(frame->n_rows, ==, prefixed[c].n_rows);
            g_assert_cmpuint(frame->n_rejected, ==, prefixed[c].n_rejected);
            g_assert_cmpuint(frame->n_columns, ==, prefixed[c].at != NULL ? 3 : 2);
            assert_number(frame, "id", 0, 1);
            assert_number(frame, "s", 0, 0.5);
            assert_number(frame, "id", last, 2);
            assert_number(frame, "s", last, 0.25);
            if (prefixed[c].at != NULL)
                assert_cell(frame, "logged_at", last, prefixed[c].at);
        }
    }
}

static void
test_jsonl_sniff(void)
{
    static const struct {
        const char *text;
        gboolean is;
    } heads[] = {{"{\"a\":1}\n", TRUE},
                 {"\xef\xbb\xbf \n{ \"a\":1}", TRUE},
                 {"[ {\"a\":1}", TRUE},
                 {"a,b\n1,2\n", FALSE},
                 {"[section]\nkey=value\n", FALSE},
                 {"12:00:01,123 INFO {\"a\":1}\n12:00:02,456 INFO {\"a\":2}\n", TRUE},
                 {"ready\n{\"a\":1}\n{\"a\":2}\n", TRUE},
                 /* tables whose last column holds objects */
                 {"n\tp\n1\t{\"a\":1}\n2\t{\"a\":2}\n3\t{\"a\":3}\n", FALSE},
                 {"n, p\n1, {\"a\":1}\n2, {\"a\":2}\n3, {\"a\":3}\n", FALSE},
                 {"n | m | p\n1 | 2 | {\"a\":1}\n1 | 2 | {\"a\":2}\n", FALSE},
                 {"x {\"a\":1}\nx {\"a\":1}\nstopped\nstopped\n", FALSE},
                 {"{L", FALSE},
                 {"", FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
        guint score =
            jsonl_format()->sniff((const guint8 *)heads[i].text, strlen(heads[i].text), "log");
        g_assert_cmpint(score > 20, ==, heads[i].is);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/jsonl/tables", test_jsonl_tables);
    g_test_add_func("/jsonl/long-first", test_jsonl_long_first);
    g_test_add_func("/jsonl/labelled", test_jsonl_labelled);
    g_test_add_func("/jsonl/nested", test_jsonl_nested);
    g_test_add_func("/jsonl/steps", test_jsonl_steps);
    g_test_add_func("/jsonl/template-and-parser-agree", test_jsonl_template_and_parser_agree);
    g_test_add_func("/jsonl/arrays", test_jsonl_arrays);
    g_test_add_func("/jsonl/name-collision", test_jsonl_name_collision);
    g_test_add_func("/jsonl/bad-lines", test_jsonl_bad_lines);
    g_test_add_func("/jsonl/odd-strings", test_jsonl_odd_strings);
    g_test_add_func("/jsonl/numbers", test_jsonl_numbers);
    g_test_add_func("/jsonl/split", test_jsonl_split);
    g_test_add_func("/jsonl/record-like-split", test_jsonl_record_like_split);
    g_test_add_func("/jsonl/cut", test_jsonl_cut);
    g_test_add_func("/jsonl/depth", test_jsonl_depth);
    g_test_add_func("/jsonl/limits", test_jsonl_limits);
    g_test_add_func("/jsonl/nothing", test_jsonl_nothing);
    g_test_add_func("/jsonl/prefixed", test_jsonl_prefixed);
    g_test_add_func("/jsonl/sniff", test_jsonl_sniff);
    return g_test_run();
}
