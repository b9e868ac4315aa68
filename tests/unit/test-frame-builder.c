/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "frame-builder.h"
#include "limit.h"
#include "source.h"

/* one column of untyped cells, in the order given; %d in a cell is the row */
static ErrataFrame *
build(const char *name, const char *const *cells, gsize repeat)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;
    ErrataFrame *frame;
    guint column = 99;

    g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &column, &error));
    g_assert_cmpuint(column, ==, 0);
    for (gsize r = 0; r < repeat; r++)
        for (gsize i = 0; cells[i] != NULL; i++) {
            errata_frame_builder_cell(builder, column, cells[i], strlen(cells[i]));
            g_assert_true(errata_frame_builder_end_row(builder, &error));
        }
    frame = errata_frame_builder_finish(builder, &error);
    g_assert_no_error(error);
    return frame;
}

typedef struct {
    const char *name;
    const char *column;
    ErrataColumnType type;
    gsize repeat;
    gsize n_missing;
    gsize n_unparsable;
    const char *cells[24];
} Case;

static const Case cases[] = {
    {"integer", "x", ERRATA_COLUMN_I64, 1, 1, 0, {"1", "-2", "NA", "3"}},
    {"promoted", "x", ERRATA_COLUMN_F64, 1, 0, 0, {"1", "2", "2.5", "3"}},
    {"decimal", "x", ERRATA_COLUMN_F64, 1, 1, 0, {"1.5", "", " 2e3 ", "007"}},
    {"bool", "x", ERRATA_COLUMN_BOOL, 1, 1, 0, {"True", "false", "null", "TRUE"}},
    {"bool-other", "x", ERRATA_COLUMN_CATEGORY, 10, 0, 0, {"true", "false", "maybe"}},
    {"time", "x", ERRATA_COLUMN_TIME, 1, 1, 0, {"2026-01-01", "2026-01-01T10:00:00Z", "?"}},
    {"category", "x", ERRATA_COLUMN_CATEGORY, 5, 5, 0, {"red", "blue", "", "red"}},
    {"all-missing", "x", ERRATA_COLUMN_F64, 2, 4, 0, {"", "NaN"}},
    {"codes", "x", ERRATA_COLUMN_CATEGORY, 1, 0, 0, {"007", "123", "124", "125"}},
    {"large-codes", "x", ERRATA_COLUMN_CATEGORY, 1, 0, 0, {"18446744073709551615", "1", "2"}},
    {"unparsable", "x", ERRATA_COLUMN_I64, 2, 2, 2, {"1",  "2",  "3",  "4",  "5",  "6",   "7",
                                                     "8",  "9",  "10", "11", "12", "13",  "14",
                                                     "15", "16", "17", "18", "19", "n.v."}},
    {"strings-win", "x", ERRATA_COLUMN_CATEGORY, 2, 0, 0, {"1", "2", "3", "4", "5", "6", "n.v."}},
    {"late-number", "x", ERRATA_COLUMN_F64, 4, 4, 4, {"unknown", "2.5", "3",  "4",  "5",
                                                      "6",       "7",   "8",  "9",  "10",
                                                      "11",      "12",  "13", "14", "15",
                                                      "16",      "17",  "18", "19", "1e3"}},
    {"mixed-kinds", "x", ERRATA_COLUMN_CATEGORY, 3, 0, 0, {"2026-01-01", "5", "red"}},
    {"epoch-s", "ts", ERRATA_COLUMN_TIME, 1, 0, 0, {"1767225600", "1767225660"}},
    {"epoch-ms", "created_ms", ERRATA_COLUMN_TIME, 1, 0, 0, {"1767225600000", "1767225660000"}},
    {"stamp", "timestamp", ERRATA_COLUMN_TIME, 1, 0, 0, {"20260131235959", "20260201000000"}},
    {"no-stamp", "timestamp", ERRATA_COLUMN_I64, 1, 0, 0, {"20260131235960", "20260201000000"}},
    {"no-stamp-name", "order", ERRATA_COLUMN_I64, 1, 0, 0, {"20260131235959", "20260201000000"}},
    {"sheet", "timestamp", ERRATA_COLUMN_TIME, 1, 1, 0, {"46053.5", "46054", ""}},
    {"no-sheet-name", "amount", ERRATA_COLUMN_F64, 1, 0, 0, {"46053.5", "46054"}},
    {"no-sheet-low", "time", ERRATA_COLUMN_F64, 1, 0, 0, {"46053.5", "3600.5"}},
    {"no-sheet-wide", "time", ERRATA_COLUMN_F64, 1, 0, 0, {"46053.5", "37000.5"}},
    {"no-sheet-order", "time", ERRATA_COLUMN_F64, 1, 0, 0, {"44812.5", "43976.5", "45616.25"}},
    {"no-sheet-day", "revenue_day", ERRATA_COLUMN_F64, 1, 0, 0, {"44332.5", "44333.5"}},
    {"no-sheet-amount", "amount_per_day", ERRATA_COLUMN_F64, 1, 0, 0, {"44332.5", "44333.5"}},
    {"no-sheet-early", "timestamp", ERRATA_COLUMN_F64, 1, 0, 0, {"36525.5", "36526.5"}},
    {"no-sheet-late", "timestamp", ERRATA_COLUMN_F64, 1, 0, 0, {"54788.5", "54789.5"}},
    {"no-sheet-order-gaps",
     "time",
     ERRATA_COLUMN_F64,
     1,
     14,
     0,
     {"46050.5", "46051.5", "46049.5", "46052.5", "46053.5", "46054.5", "46055.5", "46056.5",
      "46057.5", "",        "",        "",        "",        "",        "",        "",
      "",        "",        "",        "",        "",        "",        ""}},
    {"epoch-nested", "event.ts", ERRATA_COLUMN_TIME, 1, 0, 0, {"1767225600", "1767225660"}},
    {"day-nested", "order.date", ERRATA_COLUMN_TIME, 1, 0, 0, {"20260131", "20260201"}},
    {"day-first", "date", ERRATA_COLUMN_TIME, 1, 0, 0, {"19000101", "20260201"}},
    {"no-day-early", "date", ERRATA_COLUMN_I64, 1, 0, 0, {"18991231", "20260201"}},
    {"no-day-late", "date", ERRATA_COLUMN_I64, 1, 0, 0, {"20260131", "21000101"}},
    {"no-day-month", "date", ERRATA_COLUMN_I64, 1, 0, 0, {"20261301", "20260201"}},
    {"no-day-zero", "date", ERRATA_COLUMN_I64, 1, 0, 0, {"20260001", "20260201"}},
    {"no-stamp-hour", "timestamp", ERRATA_COLUMN_I64, 1, 0, 0, {"20260131240000"}},
    {"no-stamp-minute", "timestamp", ERRATA_COLUMN_I64, 1, 0, 0, {"20260131236000"}},
    {"no-epoch-first", "ts", ERRATA_COLUMN_I64, 1, 0, 0, {"5", "1767225600", "1767225660"}},
    {"no-epoch", "ts", ERRATA_COLUMN_I64, 1, 0, 0, {"1", "2", "3"}},
    {"no-epoch-name", "amount", ERRATA_COLUMN_I64, 1, 0, 0, {"1767225600", "1767225660"}},
};

static void
test_builder_type(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(ErrataFrame) frame = build(c->column, c->cells, c->repeat);
    const ErrataColumn *column = frame->columns[0];

    g_assert_cmpstr(errata_column_type_nick(column->type), ==, errata_column_type_nick(c->type));
    g_assert_cmpuint(column->n_missing, ==, c->n_missing);
    g_assert_cmpuint(column->n_unparsable, ==, c->n_unparsable);
    g_assert_true((column->valid == NULL) == (column->n_missing == 0));
}

static void
test_builder_infinite(void)
{
    const char *cells[] = {"1.5", "1e400", "-inf", "2", NULL};
    g_autoptr(ErrataFrame) frame = build("x", cells, 1);
    const ErrataColumn *column = frame->columns[0];

    g_assert_cmpint(column->type, ==, ERRATA_COLUMN_F64);
    g_assert_cmpuint(column->n_infinite, ==, 2);
    g_assert_cmpuint(column->n_missing, ==, 2);
    g_assert_true(isnan(column->f64[1]) && isnan(column->f64[2]));
}

static void
test_builder_epoch_value(void)
{
    const char *cells[] = {"1767225600000001", "1767229200000000", NULL};
    const char *seconds[] = {"1767225600.5", "1767229200.25", NULL};
    g_autoptr(ErrataFrame) frame = build("event_time", cells, 1);
    g_autoptr(ErrataFrame) halves = build("event_time", seconds, 1);

    g_assert_cmpint(frame->columns[0]->i64[0], ==, G_GINT64_CONSTANT(1767225600000001000));
    g_assert_cmpint(halves->columns[0]->i64[0], ==, G_GINT64_CONSTANT(1767225600500000000));
}

static void
test_builder_written_value(void)
{
    const char *stamp[] = {"20260131235959", NULL};
    const char *sheet[] = {"46053.99999", NULL}; /* five digits tell 0.9 s */
    g_autoptr(ErrataFrame) stamps = build("event_time", stamp, 1);
    g_autoptr(ErrataFrame) sheets = build("event_time", sheet, 1);

    g_assert_cmpint(stamps->columns[0]->i64[0], ==, G_GINT64_CONSTANT(1769903999000000000));
    g_assert_cmpint(sheets->columns[0]->i64[0], ==, G_GINT64_CONSTANT(1769903999000000000));
}

static void
test_builder_narrow(void)
{
    static const struct {
        const char *cells[4];
        guint width; /* 0: not narrow */
    } widths[] = {{{"-128", "127", "", "5"}, 1},
                  {{"128", "-1", "", "5"}, 2},
                  {{"-32769", "1", "", "5"}, 4},
                  {{"2147483648", "1", "", "5"}, 0},
                  {{"9007199254740993", "-9223372036854775808", "", "5"}, 0}};

    g_test_summary("Whole numbers take the fewest bytes, and read back as they were");
    for (guint c = 0; c < G_N_ELEMENTS(widths); c++) {
        const char *cells[5] = {NULL};
        g_autoptr(ErrataFrame) frame = NULL;
        const ErrataColumn *column;
        double value[4];

        memcpy(cells, widths[c].cells, sizeof widths[c].cells);
        frame = build("x", cells, 1);
        column = frame->columns[0];
        g_assert_cmpint(column->type, ==, ERRATA_COLUMN_I64);
        g_assert_cmpuint(column->narrow != NULL ? column->width : 0, ==, widths[c].width);
        g_assert_true(isnan(errata_column_number(column, 2)));
        errata_column_read(column, 0, 4, value);
        g_assert_true(isnan(value[2]));
        for (guint row = 0; row < 4; row++) {
            g_autofree char *text = errata_column_print(column, row);

            g_assert_cmpstr(text, ==, cells[row]);
            if (row == 2)
                continue;
            g_assert_cmpint(errata_column_integer(column, row),
                            ==,
                            g_ascii_strtoll(cells[row], NULL, 10));
            g_assert_cmpfloat_with_epsilon(value[row], errata_column_number(column, row), 1e-300);
        }
        g_assert_cmpuint(errata_column_collect(column, NULL, 4, value), ==, 3);
    }
}

static void
test_builder_examples(void)
{
    const char *cells[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9",    "1", "2",
                           "3", "4", "5", "6", "7", "8", "9", "1", "n.v.", NULL};
    g_autoptr(ErrataFrame) frame = build("x", cells, 1);

    g_assert_cmpuint(frame->columns[0]->first_unparsable_row, ==, 19);
    g_assert_cmpstr(frame->columns[0]->unparsable[0], ==, "n.v.");
    g_assert_null(frame->columns[0]->unparsable[1]);
}

static void
test_builder_unique_is_text(void)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    guint column = 0;
    gsize length = 0;

    g_assert_true(errata_frame_builder_column(builder, "id", 2, &column, NULL));
    for (guint i = 0; i < 200000; i++) {
        g_autofree char *text = g_strdup_printf("r%u", i);

        errata_frame_builder_cell(builder, 0, i == 5 ? "" : text, i == 5 ? 0 : strlen(text));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    frame = errata_frame_builder_finish(builder, NULL);
    g_assert_cmpint(frame->columns[0]->type, ==, ERRATA_COLUMN_TEXT);
    g_assert_cmpuint(frame->columns[0]->n_missing, ==, 1);
    for (guint i = 0; i < 200000; i += 7777) {
        g_autofree char *want = g_strdup_printf("r%u", i);
        g_autofree char *got = errata_column_print(frame->columns[0], i);

        g_assert_cmpstr(got, ==, want);
    }
    g_assert_null(errata_column_text(frame->columns[0], 5, &length));
}

/* typed cells: columns that come late, cells that come twice, rows that are refused */
static void
test_builder_rows(void)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    guint a, b, c;

    errata_frame_builder_set_source(builder, "part.jsonl");
    g_assert_true(errata_frame_builder_column(builder, "a", 1, &a, NULL));
    errata_frame_builder_integer(builder, a, 1);
    g_assert_true(errata_frame_builder_end_row(builder, NULL));
    g_assert_true(errata_frame_builder_column(builder, "b", 1, &b, NULL));
    errata_frame_builder_string(builder, b, "12", 2);
    errata_frame_builder_number(builder, a, 9.0);
    errata_frame_builder_number(builder, a, 2.5);
    g_assert_true(errata_frame_builder_end_row(builder, NULL));
    errata_frame_builder_integer(builder, a, 77);
    errata_frame_builder_reject_row(builder, "line 3", "not an object", "x\x01\xffy", 4);
    g_assert_true(errata_frame_builder_column(builder, "c", 1, &c, NULL));
    errata_frame_builder_boolean(builder, c, TRUE);
    g_assert_true(errata_frame_builder_end_row(builder, NULL));
    errata_frame_builder_warn(builder, "odd %d", 1);
    errata_frame_builder_warn(builder, "odd %d", 1);
    frame = errata_frame_builder_finish(builder, NULL);

    g_assert_cmpuint(frame->n_rows, ==, 3);
    g_assert_cmpint(frame->columns[a]->type, ==, ERRATA_COLUMN_F64);
    g_assert_cmpfloat_with_epsilon(frame->columns[a]->f64[1], 2.5, 1e-15);
    g_assert_false(errata_column_is_valid(frame->columns[a], 2));
    g_assert_cmpint(frame->columns[b]->type, ==, ERRATA_COLUMN_CATEGORY);
    g_assert_cmpstr(errata_column_text(frame->columns[b], 1, NULL), ==, "12");
    g_assert_cmpint(frame->columns[c]->type, ==, ERRATA_COLUMN_BOOL);
    g_assert_cmpuint(frame->columns[c]->n_missing, ==, 2);
    g_assert_cmpuint(frame->n_rejected, ==, 1);
    const ErrataReject *reject = g_ptr_array_index(frame->rejects, 0);
    g_assert_cmpstr(reject->where, ==, "part.jsonl: line 3");
    g_assert_cmpstr(reject->excerpt, ==, "x ÿy");
    g_assert_cmpuint(frame->warnings->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(frame->warnings, 0), ==, "part.jsonl: odd 1");
}

static void
test_builder_warnings(void)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    guint at;

    g_test_summary("A file of defects alone has a hundred warnings, and one that there are more");
    g_assert_true(errata_frame_builder_column(builder, "a", 1, &at, NULL));
    errata_frame_builder_number(builder, at, 1.0);
    g_assert_true(errata_frame_builder_end_row(builder, NULL));
    for (int i = 0; i < 300; i++)
        errata_frame_builder_warn(builder, "odd %d", i);
    frame = errata_frame_builder_finish(builder, NULL);
    g_assert_cmpuint(frame->warnings->len, ==, 101);
    g_assert_cmpstr(g_ptr_array_index(frame->warnings, 99), ==, "odd 99");
    g_assert_cmpstr(g_ptr_array_index(frame->warnings, 100),
                    ==,
                    "only the first 100 warnings are kept");
}

static void
test_builder_repairs(void)
{
    const char *cells[] = {"Gr\xf6\xdf"
                           "e",
                           "Größe",
                           NULL};
    g_autoptr(ErrataFrame) frame = build("x", cells, 3);

    g_assert_cmpuint(frame->columns[0]->n_dictionary, ==, 1);
    g_assert_cmpstr(frame->columns[0]->dictionary[0], ==, "Größe");
    g_assert_cmpuint(frame->warnings->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(frame->warnings, 0), "3 cells"));
}

static void
test_builder_limits(void)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *large = g_strnfill(ERRATA_LIMIT_CELL_BYTES + 1, 'x');
    guint column;

    g_assert_false(
        errata_frame_builder_column(builder, large, ERRATA_LIMIT_NAME_BYTES + 1, &column, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
    g_clear_error(&error);
    for (guint i = 0; i < ERRATA_LIMIT_COLUMNS; i++) {
        g_autofree char *name = g_strdup_printf("c%u", i);

        g_assert_true(errata_frame_builder_column(builder, name, strlen(name), &column, NULL));
    }
    g_assert_false(errata_frame_builder_column(builder, "one more", 8, &column, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
    errata_frame_builder_cell(builder, 0, large, ERRATA_LIMIT_CELL_BYTES + 1);
    g_assert_true(errata_frame_builder_end_row(builder, NULL));
    errata_frame_builder_cell(builder, 0, large, ERRATA_LIMIT_CELL_BYTES);
    g_assert_true(errata_frame_builder_end_row(builder, NULL));
    frame = errata_frame_builder_finish(builder, NULL);
    g_assert_cmpuint(frame->n_rows, ==, 1);
    g_assert_cmpuint(frame->n_rejected, ==, 1);
}

static void
test_builder_empty(void)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(GError) error = NULL;

    g_assert_null(errata_frame_builder_finish(builder, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
}

static void
test_builder_hash(void)
{
    const char *integers[] = {"1", "2", "-0.0", "", NULL};
    const char *decimals[] = {"1.0", "2.5", "0", "NA", NULL};
    g_autoptr(ErrataFrame) a = build("x", integers, 1);
    g_autoptr(ErrataFrame) b = build("x", decimals, 1);

    g_assert_cmpuint(errata_column_hash(a->columns[0], 0),
                     ==,
                     errata_column_hash(b->columns[0], 0));
    g_assert_cmpuint(errata_column_hash(a->columns[0], 1),
                     !=,
                     errata_column_hash(b->columns[0], 1));
    g_assert_cmpuint(errata_column_hash(a->columns[0], 2),
                     ==,
                     errata_column_hash(b->columns[0], 2));
    g_assert_cmpuint(errata_column_hash(a->columns[0], 3),
                     ==,
                     errata_column_hash(b->columns[0], 3));
}

/* what is foreseen changes no row, however wrong it is */
static void
test_builder_expect(void)
{
    static const gsize expected[] = {0, 3, 5000, 3000000};

    for (guint k = 0; k < G_N_ELEMENTS(expected); k++) {
        g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
        g_autoptr(ErrataFrame) frame = NULL;
        guint a;

        g_assert_true(errata_frame_builder_column(builder, "a", 1, &a, NULL));
        errata_frame_builder_expect(builder, expected[k]);
        for (guint i = 0; i < 4000; i++) {
            errata_frame_builder_number(builder, a, i + 0.5);
            g_assert_true(errata_frame_builder_end_row(builder, NULL));
        }
        frame = errata_frame_builder_finish(builder, NULL);
        g_assert_cmpuint(frame->n_rows, ==, 4000);
        for (guint i = 0; i < 4000; i++)
            g_assert_cmpfloat_with_epsilon(frame->columns[a]->f64[i], i + 0.5, 1e-12);
    }
}

/* cells that hold lists or objects, and the columns that they become, with their last values */
static const struct {
    const char *cells[4];
    const char *columns; /* names between spaces */
    double last[3];
} nested[] = {
    {{"[0.1, 0.9]", "[0.5, 0.5]", "[0.75, 0.25]"}, "p.0 p.1", {0.75, 0.25}},
    {{"[0.1 0.9]", "[0.5 0.5]", "[ 0.75\n 0.25 ]"}, "p.0 p.1", {0.75, 0.25}},
    {{"array([0.1, 0.9], dtype=float32)", "array([0.1, 0.9])"}, "p.0 p.1", {0.1, 0.9}},
    {{"[np.float64(0.1), np.float64(0.9)]", "[0.2, None]"}, "p.0 p.1", {0.2, (double)NAN}},
    {{"[[0.1, 0.9]]", "[[0.4, 0.6]]"}, "p.0.0 p.0.1", {0.4, 0.6}},
    {{"[0.87]", "[0.5]"}, "p", {0.5}},
    {{"tensor(0.87, device='cuda:0')", "tensor(0.5)"}, "p", {0.5}},
    {{"{\"cat\": 0.1, \"dog\": 0.9}", "{\"dog\": 0.6, \"cat\": 0.4}"}, "p.cat p.dog", {0.4, 0.6}},
    {{"{'it\\'s': 0.1, 'caf\\u00e9': 0.9}", "{}", "{'caf\u00e9': 1}"},
     "p.it's p.caf\u00e9",
     {(double)NAN, 1.0}},
    {{"{cat=0.1, dog=0.9}", "{cat=0.4, dog=0.6}"}, "p.cat p.dog", {0.4, 0.6}},
    {{"{0.1,0.9}", "{0.4,0.6}"}, "p.0 p.1", {0.4, 0.6}},
    {{"[{\"label\":\"cat\",\"prob\":0.9},{\"label\":\"dog\",\"prob\":0.1}]",
      "[{\"label\":\"dog\",\"prob\":0.6},{\"label\":\"cat\",\"prob\":0.4}]"},
     "p.cat p.dog",
     {0.4, 0.6}},
    {{"{\"class\": 1, \"probs\": {\"0\": 0.1, \"1\": 0.9}}",
      "{\"class\": 0, \"probs\": {\"0\": 0.6, \"1\": 0.4}}"},
     "p.class p.probs.0 p.probs.1",
     {0.0, 0.6, 0.4}},
    /* no list like the others: words, other lengths, prose, brackets that do not close */
    {{"['red', 'blue']", "['red', 'blue']"}, "p", {(double)NAN}},
    {{"[1, 2]", "[1, 2, 3]"}, "p", {(double)NAN}},
    {{"[deleted] by its author", "[deleted] by its author"}, "p", {(double)NAN}},
    {{"f(0.5)", "f(0.5)"}, "p", {(double)NAN}},
    {{"[0.1, 0.9", "[0.1, 0.9"}, "p", {(double)NAN}},
    {{"{\"a\": 1} and more", "{\"a\": 1} and more"}, "p", {(double)NAN}},
};

static void
test_builder_nested(void)
{
    for (guint c = 0; c < G_N_ELEMENTS(nested); c++) {
        g_autoptr(ErrataFrame) frame = build("p", nested[c].cells, 1);
        g_auto(GStrv) names = g_strsplit(nested[c].columns, " ", -1);

        g_test_message("%s", nested[c].cells[0]);
        g_assert_cmpuint(frame->n_columns, ==, g_strv_length(names));
        for (guint i = 0; i < frame->n_columns; i++) {
            const ErrataColumn *column = frame->columns[i];
            double last = errata_column_number(column, frame->n_rows - 1);

            g_assert_cmpstr(column->name, ==, names[i]);
            g_assert_cmpuint(column->n_rows, ==, frame->n_rows);
            g_assert_true(isnan(last) == isnan(nested[c].last[i]));
            if (!isnan(last))
                g_assert_cmpfloat_with_epsilon(last, nested[c].last[i], 1e-15);
        }
    }
}

/* cells of lists or objects, %u the row: what they become, told by names between spaces */
static const struct {
    const char *name;
    const char *cells[4];
    const char *columns;
} kept[] = {
    /* a label or a prediction of several numbers is one value */
    {"label", {"[0, 1, %u]", "[1, 1, %u]"}, "label"},
    {"label", {"[0.5%u, 61.32]", "[53.35, 50.4%u]"}, "label"},
    {"target", {"{'a': 0.120%04u, 'b': 0.88}"}, "target"},
    {"prediction", {"[0.1, 0.9]", "[0.25, 0.75]"}, "prediction"},
    {"prediction", {"[11%u, 249, 62, 391]"}, "prediction"},
    {"prediction", {"[0]", "[1]"}, "prediction"},
    {"prediction", {"[1.0, 0.0, 0.0]", "[0.0, 1.0, 0.0]"}, "prediction"},
    {"prediction", {"[%u.5, 400.5]"}, "prediction"},
    {"label", {"[0.120%04u, 0.88]", "[0.3, 0.7]"}, "label"},
    /* bins, one-hot codes, boxes, histograms */
    {"age_band", {"[25, 34]", "[35, 44]"}, "age_band"},
    {"risk_band", {"[25, 34]", "[35, 44]"}, "risk_band"},
    {"colour", {"[1, 0, 0]", "[0, 1, 0]", "[0, 0, 1]"}, "colour"},
    {"f", {"{\"x\": 2}", "{\"x\": 4}"}, "f"},
    {"split", {"[0.5, 0.5]", "[0.25, 0.75]"}, "split"},
    {"bbox", {"(%u, 573, 638, 383)"}, "bbox"},
    {"hist", {"[%u, 1, 7]"}, "hist"},
    /* prose and texts in braces */
    {"text", {"{q: row %u, x: noisy, x: cold}", "{a: lift %u, x: near}"}, "text"},
    {"text", {"{q: lift %u, r: noisy}"}, "text"},
    /* probabilities, scores, embeddings, records */
    {"output_of", {"[0.120%04u, 0.88]", "[0.3, 0.7]"}, "output_of.0 output_of.1"},
    {"probs", {"[0.1, 0.9]", "[0.25, 0.75]"}, "probs.0 probs.1"},
    {"probs", {"[1.0, 0.0]", "[0.0, 1.0]"}, "probs.0 probs.1"},
    {"logits", {"[-%u.1, 2.9]"}, "logits.0 logits.1"},
    {"embedding", {"[ 1.%u -0.6 ]"}, "embedding.0 embedding.1"},
    {"prediction", {"[0.120%04u, 0.88]", "[0.3, 0.7]"}, "prediction.0 prediction.1"},
    {"y_pred", {"[0.5 0.320%04u 0.18]"}, "y_pred.0 y_pred.1 y_pred.2"},
    {"prediction",
     {"{'cat': 0.120%04u, 'dog': 0.88}", "{'cat': 0.3, 'dog': 0.7}"},
     "prediction.cat prediction.dog"},
    {"prediction",
     {"[{'label': 'cat', 'prob': 0.120%04u}, {'label': 'dog', 'prob': 0.88}]"},
     "prediction.cat prediction.dog"},
    {"out", {"{'label': 'cat', 'score': 0.%u}"}, "out.label out.score"},
    {"sensor", {"{'t': 2%u, 'h': 40}"}, "sensor.t sensor.h"},
};

static void
test_builder_nested_kept(void)
{
    for (guint c = 0; c < G_N_ELEMENTS(kept); c++) {
        g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
        g_autoptr(ErrataFrame) frame = NULL;
        g_autoptr(GString) names = g_string_new(NULL);
        guint n_kinds = 0;
        guint column;

        g_assert_true(errata_frame_builder_column(builder,
                                                  kept[c].name,
                                                  strlen(kept[c].name),
                                                  &column,
                                                  NULL));
        while (kept[c].cells[n_kinds] != NULL)
            n_kinds++;
        for (guint row = 0; row < 400; row++) {
            g_autofree char *at = g_strdup_printf("%04u", row);
            g_autofree char *number = g_strdup_printf("%u", row);
            GString *cell = g_string_new(kept[c].cells[row % n_kinds]);

            g_string_replace(cell, "%04u", at, 0);
            g_string_replace(cell, "%u", number, 0);
            errata_frame_builder_cell(builder, column, cell->str, cell->len);
            g_assert_true(errata_frame_builder_end_row(builder, NULL));
            g_string_free(cell, TRUE);
        }
        frame = errata_frame_builder_finish(builder, NULL);
        for (guint i = 0; i < frame->n_columns; i++)
            g_string_append_printf(names, i > 0 ? " %s" : "%s", frame->columns[i]->name);
        g_test_message("%s: %s", kept[c].name, kept[c].cells[0]);
        g_assert_cmpstr(names->str, ==, kept[c].columns);
        g_assert_cmpuint(frame->columns[0]->n_missing, ==, 0);
    }
}

/* no two columns have one name, those of lists and objects included */
static void
test_builder_nested_names(void)
{
    static const char *const columns[] = {"f.x", "f", "a.b", "a"};
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    guint numbers[G_N_ELEMENTS(columns)];

    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        g_assert_true(errata_frame_builder_column(builder,
                                                  columns[i],
                                                  strlen(columns[i]),
                                                  &numbers[i],
                                                  NULL));
    for (guint row = 0; row < 300; row++) {
        g_autofree char *x = g_strdup_printf("{\"x\": %u}", row);
        g_autofree char *c = g_strdup_printf("{\"c\": %u, \"d\": 1}", row);
        g_autofree char *b = g_strdup_printf("{\"b.c\": %u, \"e\": 1}", row);

        errata_frame_builder_number(builder, numbers[0], row + 0.5);
        errata_frame_builder_cell(builder, numbers[1], x, strlen(x));
        errata_frame_builder_cell(builder, numbers[2], c, strlen(c));
        errata_frame_builder_cell(builder, numbers[3], b, strlen(b));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    frame = errata_frame_builder_finish(builder, NULL);
    g_assert_cmpuint(frame->n_columns, ==, 5);
    g_assert_cmpstr(frame->columns[0]->name, ==, "f.x");
    g_assert_cmpstr(frame->columns[1]->name, ==, "f");
    g_assert_cmpstr(frame->columns[2]->name, ==, "a.b.c");
    g_assert_cmpstr(frame->columns[3]->name, ==, "a.b.d");
    g_assert_cmpstr(frame->columns[4]->name, ==, "a");
}

static void
test_builder_nested_defects(void)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    guint column;

    g_test_summary("One cell in a hundred may be something else; it is told of");
    g_assert_true(errata_frame_builder_column(builder, "p", 1, &column, NULL));
    for (guint row = 0; row < 200; row++) {
        const char *cell = row == 7 ? "[0.1, " : "[0.1, 0.9]";

        errata_frame_builder_cell(builder, column, cell, strlen(cell));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    frame = errata_frame_builder_finish(builder, NULL);
    g_assert_cmpuint(frame->n_columns, ==, 2);
    g_assert_cmpuint(frame->columns[1]->n_missing, ==, 1);
    g_assert_cmpuint(frame->warnings->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(frame->warnings, 0),
                    ==,
                    "1 cells of column 'p' are no list or object like the others ('[0.1,') and "
                    "read as missing");
}

/* words that are counted per row are values, not names of columns */
static void
test_builder_nested_sparse(void)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataFrame) frame = NULL;
    guint column;

    g_assert_true(errata_frame_builder_column(builder, "p", 1, &column, NULL));
    for (guint row = 0; row < 200; row++) {
        g_autofree char *cell = g_strdup_printf("{\"user_%u\": 1}", row);

        errata_frame_builder_cell(builder, column, cell, strlen(cell));
        g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    frame = errata_frame_builder_finish(builder, NULL);
    g_assert_cmpuint(frame->n_columns, ==, 1);
    g_assert_cmpstr(frame->columns[0]->name, ==, "p");
}

static void
test_source_peek(void)
{
    g_autofree char *data = g_strnfill(100000, 'x');
    g_autoptr(ErrataSource) source = NULL;
    g_autofree char *buffer = g_malloc(100000);
    const guint8 *ahead;
    gsize n;
    gsize total = 0;
    gssize got;

    data[0] = 'a';
    data[65540] = 'b';
    source = errata_source_new_memory(data, 100000, "m");
    g_assert_true(errata_source_peek(source, 16, &ahead, &n, NULL));
    g_assert_cmpuint(n, ==, 16);
    g_assert_true(errata_source_peek(source, 65536, &ahead, &n, NULL));
    g_assert_cmpuint(n, ==, 65536);
    g_assert_cmpint(ahead[0], ==, 'a');
    g_assert_cmpint(errata_source_read(source, buffer, 10, NULL), ==, 10);
    g_assert_true(errata_source_peek(source, 65536, &ahead, &n, NULL));
    g_assert_cmpint(ahead[65530], ==, 'b');
    while ((got = errata_source_read(source, buffer, 30000, NULL)) > 0)
        total += (gsize)got;
    g_assert_cmpuint(total, ==, 99990);
    g_assert_cmpuint(errata_source_position(source), ==, 100000);
    g_assert_true(errata_source_peek(source, 10, &ahead, &n, NULL));
    g_assert_cmpuint(n, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/frame-builder/type/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_builder_type);
    }
    g_test_add_func("/frame-builder/infinite", test_builder_infinite);
    g_test_add_func("/frame-builder/epoch-value", test_builder_epoch_value);
    g_test_add_func("/frame-builder/written-value", test_builder_written_value);
    g_test_add_func("/frame-builder/narrow", test_builder_narrow);
    g_test_add_func("/frame-builder/examples", test_builder_examples);
    g_test_add_func("/frame-builder/unique-is-text", test_builder_unique_is_text);
    g_test_add_func("/frame-builder/rows", test_builder_rows);
    g_test_add_func("/frame-builder/repairs", test_builder_repairs);
    g_test_add_func("/frame-builder/warnings", test_builder_warnings);
    g_test_add_func("/frame-builder/limits", test_builder_limits);
    g_test_add_func("/frame-builder/empty", test_builder_empty);
    g_test_add_func("/frame-builder/hash", test_builder_hash);
    g_test_add_func("/frame-builder/expect", test_builder_expect);
    g_test_add_func("/frame-builder/nested", test_builder_nested);
    g_test_add_func("/frame-builder/nested-kept", test_builder_nested_kept);
    g_test_add_func("/frame-builder/nested-names", test_builder_nested_names);
    g_test_add_func("/frame-builder/nested-defects", test_builder_nested_defects);
    g_test_add_func("/frame-builder/nested-sparse", test_builder_nested_sparse);
    g_test_add_func("/source/peek", test_source_peek);
    return g_test_run();
}
