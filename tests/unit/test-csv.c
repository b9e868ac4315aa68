/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "csv-private.h"
#include "error.h"
#include "limit.h"
#include "parallel.h"
#include "plugin.h"
#include "rng.h"

extern const ErrataPlugin errata_plugin_csv;

static ErrataFrame *
read_csv(const char *text, gsize size, GError **error)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    g_autoptr(ErrataSource) source = errata_source_new_memory(text, size, "test.csv");

    if (!errata_plugin_csv.formats[0]->read(source, builder, error))
        return NULL;
    return errata_frame_builder_finish(builder, error);
}

/* all cells, `|` between columns and `\n` behind rows, with the types in front */
static char *
dump(const ErrataFrame *frame)
{
    GString *out = g_string_new(NULL);

    for (guint c = 0; c < frame->n_columns; c++)
        g_string_append_printf(out,
                               "%s%s:%s",
                               c > 0 ? "|" : "",
                               frame->columns[c]->name,
                               errata_column_type_nick(frame->columns[c]->type));
    g_string_append_c(out, '\n');
    for (gsize r = 0; r < frame->n_rows; r++)
        for (guint c = 0; c < frame->n_columns; c++) {
            g_autofree char *cell = errata_column_print(frame->columns[c], r);

            g_string_append_printf(out, "%s%s", cell, c + 1 < frame->n_columns ? "|" : "\n");
        }
    return g_string_free(out, FALSE);
}

typedef struct {
    const char *name;
    const char *text;
    gsize size;          /* 0: strlen */
    const char *want;    /* NULL: refused, or not looked at */
    const char *message; /* part of a warning, of a reject's "where: why", or of the error */
} Case;

static const Case cases[] = {
    {"plain", "a,b\n1,x\n2,y\n", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"crlf", "a,b\r\n1,x\r\n2,y\r\n", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"cr", "a,b\r1,x\r2,y\r", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"no-final-newline", "a,b\n1,x\n2,y", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"tab", "a\tb\n1\tx, y\n2\ty\n", 0, "a:i64|b:category\n1|x, y\n2|y\n", NULL},
    {"pipe", "a|b\n1|x\n2|y\n", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"thousands",
     "a;b\n1.234,5;x\n20,25;y\n",
     0,
     "a:f64|b:category\n1234.5|x\n20.25|y\n",
     "decimal comma"},
    {"thousands-english",
     "a;b\n1,234.5;x\n20.25;y\n",
     0,
     "a:f64|b:category\n1234.5|x\n20.25|y\n",
     NULL},
    {"versions", "a\n1.234\n1.2.3\n", 0, "a:category\n1.234\n1.2.3\n", NULL},
    {"decimal-comma", "a;b\n1,5;x\n2;y\n", 0, "a:f64|b:category\n1.5|x\n2|y\n", "decimal comma"},
    {"semicolon-point", "a;b\n1.5;x,y\n2;y\n", 0, "a:f64|b:category\n1.5|x,y\n2|y\n", NULL},
    {"quotes",
     "a,b\n1,\"x,\"\"y\"\"\"\n2,\"line\nbreak\"\n",
     0,
     "a:i64|b:category\n1|x,\"y\"\n2|line\nbreak\n",
     NULL},
    {"all-quoted",
     "\"a\",\"b\"\r\n\"1\",\"x\"\r\n\"\",\"\"\r\n",
     0,
     "a:i64|b:category\n1|x\n|\n",
     NULL},
    {"quotes-as-data",
     "a,b\n5\" tall,'x'\nq\"r\"s,y\n",
     0,
     "a:category|b:category\n5\" tall|'x'\nq\"r\"s|y\n",
     NULL},
    {"junk-behind-quote",
     "a,b\n\"x\"y,1\nz,2\n",
     0,
     "a:category|b:i64\nxy|1\nz|2\n",
     "1 fields go on"},
    {"cr-behind-quote", "a,b\n\"x\"\ry,1\nz,2\n", 0, "a:category|b:i64\nx\ry|1\nz|2\n", "1 fields"},
    {"doubled",
     "a,b\n\"\"\"\",1\n\"x\"\"y\"\"\",2\n",
     0,
     "a:category|b:i64\n\"|1\nx\"y\"|2\n",
     NULL},
    {"header-again",
     "a,b\n1,x\na,b\n2,y\n",
     0,
     "a:i64|b:category\n1|x\n2|y\n",
     "1 lines among the records are the header again"},
    {"header-again-crlf",
     "a,b\n1,x\na,b\r\n2,y\n",
     0,
     "a:i64|b:category\n1|x\n2|y\n",
     "1 lines among the records are the header again"},
    {"header-again-lf",
     "a,b\r\n1,x\r\na,b\n2,y\r\n",
     0,
     "a:i64|b:category\n1|x\n2|y\n",
     "1 lines among the records are the header again"},
    {"header-again-last",
     "a,b\r\n1,x\r\n2,y\r\na,b",
     0,
     "a:i64|b:category\n1|x\n2|y\n",
     "1 lines among the records are the header again"},
    {"header-again-begins", "a,b\n1,x\na,bc\n", 0, "a:category|b:category\n1|x\na|bc\n", NULL},
    {"header-as-value", "a\na\nb\na\n", 0, "a:category\na\nb\na\n", NULL},
    {"rule", "a|b\n---|:-:\n1|x\n2|y\n", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"rule-dashes",
     "a,b,c\n---,--,----\n1,2,3\n4,5,6\n",
     0,
     "a:i64|b:i64|c:i64\n1|2|3\n4|5|6\n",
     NULL},
    {"no-rule", "a,b,c\n-,-,-\n1,2,3\n4,5,6\n", 0, "a:i64|b:i64|c:i64\n||\n1|2|3\n4|5|6\n", NULL},
    {"no-rule-pipes",
     "a|b|c\n-|-|-\n1|2|3\n4|5|6\n",
     0,
     "a:i64|b:i64|c:i64\n||\n1|2|3\n4|5|6\n",
     NULL},
    {"shares",
     "x,0.2,0.5,0.8\ny,0.1,0.4,0.9\n",
     0,
     "column_1:category|column_2:f64|column_3:f64|column_4:f64\nx|0.2|0.5|0.8\ny|0.1|0.4|0.9\n",
     "there is no header"},
    {"levels-of-shares",
     "item,n,0.1,0.5,0.9\nx,2,0.2,0.3,0.4\ny,3,0.2,0.3,0.5\n",
     0,
     "item:category|n:i64|0.1:f64|0.5:f64|0.9:f64\nx|2|0.2|0.3|0.4\ny|3|0.2|0.3|0.5\n",
     NULL},
    {"levels",
     "item,mean,0.1,0.5,0.9\nx,2,1,2,3\ny,3,2,3,4\n",
     0,
     "item:category|mean:i64|0.1:i64|0.5:i64|0.9:i64\nx|2|1|2|3\ny|3|2|3|4\n",
     NULL},
    {"no-levels",
     "x,0.1,0.5,0.7\ny,0.2,0.3,0.4\n",
     0,
     "column_1:category|column_2:f64|column_3:f64|column_4:f64\nx|0.1|0.5|0.7\ny|0.2|0.3|0.4\n",
     "there is no header"},
    {"unparsable",
     "a,b\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n9,1\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n"
     "7,1\n8,1\n9,1\n1,1\nn.v.,1\n",
     0,
     NULL,
     "1 cells of column 'a' are no numbers ('n.v.')"},
    {"backslash-even", /* as many fields either way; only one way nothing follows a quote */
     "a,b\n1,\"it's \\\"x\\\"\"\n2,y\n",
     0,
     "a:i64|b:category\n1|it's \"x\"\n2|y\n",
     "read as a quote"},
    {"backslash-at-end",
     "a,b\n1,\"C:\\dir\\\"\n2,\"D:\\\"\n",
     0,
     "a:i64|b:category\n1|C:\\dir\\\n2|D:\\\n",
     NULL},
    {"single-quotes",
     "'a';'b'\n'1';'it''s; so'\n'2';'y \"z\"'\n",
     0,
     "a:i64|b:category\n1|it's; so\n2|y \"z\"\n",
     NULL},
    {"single-quotes-in-data", "a,b\n1,'x'\n2,'y'\n", 0, "a:i64|b:category\n1|'x'\n2|'y'\n", NULL},
    {"backslash",
     "a,b\n\"say \\\"hi\\\", ok\",1\nz,2\n",
     0,
     "a:category|b:i64\nsay \"hi\", ok|1\nz|2\n",
     "\\\" within"},
    {"windows-path",
     "a,b\n\"C:\\dir\\\",1\n\"D:\\\",2\n",
     0,
     "a:category|b:i64\nC:\\dir\\|1\nD:\\|2\n",
     NULL},
    {"open-quote",
     "a,b\n1,x\n\"2,y\n3,z\n",
     0,
     "a:i64|b:category\n1|x\n3|z\n",
     "line 3: a quote is opened"},
    {"bom",
     "\xEF\xBB\xBF"
     "a,b\n1,x\n",
     0,
     "a:i64|b:category\n1|x\n",
     NULL},
    {"utf16-le",
     "\xFF\xFE"
     "a\0,\0\xF6\0\n\0"
     "1\0,\0x\0\n\0",
     18,
     "a:i64|ö:category\n1|x\n",
     NULL},
    {"utf16-be",
     "\xFE\xFF\0a\0,\0b\0\n\0"
     "1\0,\xD8\x3D\xDE\x00\0\n",
     20,
     "a:i64|b:category\n1|😀\n",
     NULL},
    {"utf32-le",
     "\xFF\xFE\0\0a\0\0\0,\0\0\0\xF6\0\0\0\n\0\0\0"
     "1\0\0\0,\0\0\0\x00\xF6\x01\0\n\0\0\0",
     36,
     "a:i64|ö:category\n1|😀\n",
     NULL},
    {"utf32-be",
     "\0\0\0a\0\0\0,\0\0\0b\0\0\0\n\0\0\0"
     "1\0\0\0,\0\0\0x\0\0\0\n",
     32,
     "a:i64|b:category\n1|x\n",
     NULL},
    {"latin1",
     "a,b\n1,Gr\xF6\xDF"
     "e\n",
     0,
     "a:i64|b:category\n1|Größe\n",
     "1 cells of column 'b' are not UTF-8"},
    {"nul",
     "a,b\n1,r\0d\n",
     10,
     "a:i64|b:category\n1|r\xEF\xBF\xBD"
     "d\n",
     "NUL"},
    {"nul-tail", "a,b\n1,x\n\0\0\0\0", 12, "a:i64|b:category\n1|x\n", "4 NUL bytes at the end"},
    {"comments",
     "# v1\n# v2\na,b\n1,x\n# mid, dle\n2,y\n",
     0,
     "a:i64|b:category\n1|x\n2|y\n",
     "2 comment lines"},
    {"commented-header",
     "# v1\n# a,b\n1.5,x\n2.5,y\n",
     0,
     "a:f64|b:category\n1.5|x\n2.5|y\n",
     "1 comment"},
    {"sep-line", "sep=;\na;b\n1;x\n", 0, "a:i64|b:category\n1|x\n", NULL},
    {"missing-in-one-column", "a\n1\n\"\"\n3\n\n4\n", 0, "a:i64\n1\n\n3\n4\n", NULL},
    {"blank-lines", "\n\na,b\n1,x\n\n2,y\n\n\n", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"short",
     "a,b,c\n1,x,5\n2,y\n3,z,6\n",
     0,
     "a:i64|b:category|c:i64\n1|x|5\n3|z|6\n",
     "line 3: 2 fields, expected 3"},
    {"long",
     "a,b\n1,x\n2,y,z\n3,w\n",
     0,
     "a:i64|b:category\n1|x\n3|w\n",
     "line 3: 3 fields, expected 2"},
    {"long-empty", "a,b\n1,x,\n2,y,\n", 0, "a:i64|b:category\n1|x\n2|y\n", "2 records have empty"},
    {"short-and-long",
     "a,b\n1\n2,y,z\n3,w\n4,v\n5,u\n",
     0,
     "a:i64|b:category\n3|w\n4|v\n5|u\n",
     "line 2: 1 fields, expected 2"},
    {"truncated",
     "a,b,c\n1,x,5\n2,y,6\n3,",
     0,
     "a:i64|b:category|c:i64\n1|x|5\n2|y|6\n",
     "truncated"},
    {"duplicate-names",
     "a,a,a_2\n1,2,3\n",
     0,
     "a:i64|a_2:i64|a_2_2:i64\n1|2|3\n",
     "column 2 has the name of an earlier one; it is called 'a_2'"},
    {"empty-names",
     "a,, \n1,2,3\n",
     0,
     "a:i64|column_2:i64|column_3:i64\n1|2|3\n",
     "column 3 has no name"},
    {"row-names",
     "a,b\nr1,1,x\nr2,2,y\nr3,3,z\n",
     0,
     "row_name:category|a:i64|b:category\nr1|1|x\nr2|2|y\nr3|3|z\n",
     "row_name"},
    {"no-header", "1.5,2\n2.5,3\n", 0, "column_1:f64|column_2:i64\n1.5|2\n2.5|3\n", "no header"},
    {"range-header", "0,1,2\n5,6,x\n", 0, "0:i64|1:i64|2:category\n5|6|x\n", NULL},
    {"titles",
     "Report of churn\nMade on,2026-03-01\n\na,b,c,d\n1,x,5,y\n2,y,6,z\n",
     0,
     "a:i64|b:category|c:i64|d:category\n1|x|5|y\n2|y|6|z\n",
     "“Report of churn” first, was skipped"},
    {"titles-filled-up",
     "Churn;;;\na;b;c;d\n1;x;5;y\n2;y;6;z\n",
     0,
     "a:i64|b:category|c:i64|d:category\n1|x|5|y\n2|y|6|z\n",
     "“Churn;;;” first, was skipped"},
    {"titles-none", /* data follows: the header is the first line, whatever it lacks */
     "a,,,\n3,2,3,4\n5,6,7,8\n",
     0,
     "a:i64|column_2:i64|column_3:i64|column_4:i64\n3|2|3|4\n5|6|7|8\n",
     "column 2 has no name"},
    {"total",
     "id,t,n,y\n1,x,5,1\n2,y,6,0\n3,z,7,1\nTotal,,18,2\n",
     0,
     "id:i64|t:category|n:i64|y:i64\n1|x|5|1\n2|y|6|0\n3|z|7|1\n",
     "line 5: a row of totals"},
    {"totals",
     "t;n;y\nx;5,5;1\ny;6;0\nz;7;1\nw;7;1\n\nSumme;;3\nMittelwert:;;0,75\n\n",
     0,
     "t:category|n:f64|y:i64\nx|5.5|1\ny|6|0\nz|7|1\nw|7|1\n",
     "line 8: a row of totals"},
    {"total-unnamed",
     "t,n,m,y\nx,5,1,1\ny,6,1,0\nz,7,1,1\n,,,2\n",
     0,
     "t:category|n:i64|m:i64|y:i64\nx|5|1|1\ny|6|1|0\nz|7|1|1\n",
     "line 5: a row of totals"},
    {"total-value", /* one of the column's values, and a record that others are like */
     "t,n,y\ntotal,5,1\ny,6,\ntotal,7,1\nx,7,1\ntotal,8,\n",
     0,
     "t:category|n:i64|y:i64\ntotal|5|1\ny|6|\ntotal|7|1\nx|7|1\ntotal|8|\n",
     NULL},
    {"total-summed",
     "y,s,t\n1,.9,a\n0,.2,b\n1,.8,c\n0,.1,d\n1,.7,e\n0,.3,f\n1,.6,g\n0,.4,h\n4,,\n",
     0,
     "y:i64|s:f64|t:category\n1|0.9|a\n0|0.2|b\n1|0.8|c\n0|0.1|d\n1|0.7|e\n0|0.3|f\n1|0.6|g\n0|0.4|"
     "h\n",
     "line 10: a row of totals"},
    {"total-none", /* a number that is less than the sum, as of a record with the rest missing */
     "y,s,t\n1,.9,a\n0,.2,b\n1,.8,c\n0,.1,d\n1,.7,e\n0,.3,f\n1,.6,g\n0,.4,h\n3,,\n",
     0,
     "y:i64|s:f64|t:category\n1|0.9|a\n0|0.2|b\n1|0.8|c\n0|0.1|d\n1|0.7|e\n0|0.3|f\n1|0.6|g\n0|0.4|"
     "h\n3||\n",
     NULL},
    {"total-missing", /* a record without its first number is one */
     "a,b,c,d\n1,2,.5,1\n3,4,.25,0\n5,6,.75,1\n7,8,.5,0\n,,.5,1\n",
     0,
     "a:i64|b:i64|c:f64|d:i64\n1|2|0.5|1\n3|4|0.25|0\n5|6|0.75|1\n7|8|0.5|0\n||0.5|1\n",
     NULL},
    {"one-column", "a\n1\n\n2\n", 0, "a:i64\n1\n2\n", NULL},
    {"spaces", "a, b\n1,  x \n2, y\n", 0, "a:i64|b:category\n1|x\n2|y\n", NULL},
    {"empty", "", 0, NULL, "the file is empty"},
    {"blank", "\n\n\n", 0, NULL, "no records"},
    {"header-only", "a,b\n", 0, NULL, "header only"},
    {"nothing-fits",
     "a,b,c\n1\n2\n",
     0,
     NULL,
     "no record could be accepted; line 2: 1 fields, expected 3"},
};

static gboolean
is_told(const ErrataFrame *frame, const char *message)
{
    for (guint i = 0; i < frame->warnings->len; i++)
        if (strstr(g_ptr_array_index(frame->warnings, i), message) != NULL)
            return TRUE;
    for (guint i = 0; i < frame->rejects->len; i++) {
        const ErrataReject *reject = g_ptr_array_index(frame->rejects, i);
        g_autofree char *text = g_strdup_printf("%s: %s", reject->where, reject->why);

        if (strstr(text, message) != NULL)
            return TRUE;
    }
    return FALSE;
}

static void
test_csv_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ErrataFrame) frame =
        read_csv(c->text, c->size > 0 ? c->size : strlen(c->text), &error);
    g_autofree char *got = NULL;

    if (c->want == NULL && frame == NULL) {
        g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_INVALID_DATA);
        g_assert_nonnull(strstr(error->message, c->message));
        return;
    }
    g_assert_no_error(error);
    got = dump(frame);
    if (c->want != NULL)
        g_assert_cmpstr(got, ==, c->want);
    if (c->message != NULL)
        g_assert_true(is_told(frame, c->message));
    else
        g_assert_cmpuint(frame->warnings->len + frame->n_rejected, ==, 0);
}

/* a file of a few blocks with everything that makes chunks irregular */
static GString *
make_large(guint64 seed, guint n_rows, guint oddness)
{
    GString *text = g_string_new("id,x,when,name,note\n");

    for (guint row = 0; row < n_rows; row++) {
        ErrataRng rng = errata_rng_init(seed, 1, row);
        guint64 pick = oddness > 0 ? errata_rng_below(&rng, oddness) : 99;

        g_string_append_printf(text,
                               "%u,%u.%u,2026-01-%02uT00:00:%02uZ,n%u,",
                               row,
                               (guint)errata_rng_below(&rng, 1000),
                               (guint)errata_rng_below(&rng, 1000),
                               row % 28 + 1,
                               row % 60,
                               (guint)errata_rng_below(&rng, 50));
        if (pick == 0)
            g_string_append(text, "\"two\nlines, and \"\"quotes\"\"\"");
        else if (pick == 1)
            g_string_append(text, "one,too many");
        else if (pick == 2)
            g_string_append(text, "5\" tall");
        else if (pick == 3)
            g_string_append(text,
                            "Gr\xF6\xDF"
                            "e");
        else if (pick == 4)
            g_string_append(text, "\"whole\"");
        else
            g_string_append_printf(text, "note %u", row % 1000);
        g_string_append_c(text, '\n');
    }
    return text;
}

/* one record after the other through the plain interface of the builder */
static ErrataFrame *
read_plainly(const char *text, gsize size)
{
    g_autoptr(ErrataFrameBuilder) builder = errata_frame_builder_new();
    CsvDialect dialect = errata_csv_dialect_guess(text, MIN(size, 65536));
    CsvRecord record;
    const char *p = text;
    guint n_columns = 0;

    errata_csv_record_init(&record);
    for (gboolean header = TRUE; p < text + size; header = FALSE) {
        p = errata_csv_record_read(&record, &dialect, p, text + size);
        g_assert_nonnull(p);
        if (!header && record.ends->len != n_columns) {
            errata_frame_builder_reject_row(builder, "", "", NULL, 0);
            continue;
        }
        for (guint i = 0; i < record.ends->len; i++) {
            gsize length;
            const char *field = errata_csv_record_field(&record, i, &length);

            if (header)
                g_assert_true(
                    errata_frame_builder_column(builder, field, length, &n_columns, NULL));
            else
                errata_frame_builder_cell(builder, i, field, length);
        }
        if (header)
            n_columns++;
        else
            g_assert_true(errata_frame_builder_end_row(builder, NULL));
    }
    errata_csv_record_clear(&record);
    return errata_frame_builder_finish(builder, NULL);
}

static void
test_csv_large(void)
{
    g_test_summary("Blocks, chunks, threads and the fast paths change nothing");
    for (guint oddness = 0; oddness <= 20000; oddness = oddness * 10 + 20) {
        g_autoptr(GString) text = make_large(7 + oddness, 110000, oddness);
        g_autoptr(ErrataFrame) plain = read_plainly(text->str, text->len);
        g_autofree char *want = dump(plain);

        for (guint threads = 1; threads <= 3; threads += 2) {
            g_autoptr(GError) error = NULL;
            g_autoptr(ErrataFrame) frame = NULL;
            g_autofree char *got = NULL;

            errata_parallel_set_threads(threads);
            frame = read_csv(text->str, text->len, &error);
            g_assert_no_error(error);
            got = dump(frame);
            g_assert_true(g_str_equal(got, want));
            g_assert_cmpuint(frame->n_rejected, ==, plain->n_rejected);
        }
    }
    errata_parallel_set_threads(1);
}

/* the line of a reject far down is right, also behind fields with line breaks */
static void
test_csv_line_numbers(void)
{
    g_autoptr(GString) text = g_string_new("a,b\n");
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;
    const ErrataReject *reject;

    for (guint row = 0; row < 400000; row++)
        g_string_append(text, row % 1000 == 0 ? "1,\"x\ny\"\n" : "12345,some text\n");
    g_string_append(text, "bad\n2,z\n");
    frame = read_csv(text->str, text->len, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(frame->n_rejected, ==, 1);
    reject = g_ptr_array_index(frame->rejects, 0);
    g_assert_cmpstr(reject->where, ==, "line 400402"); /* 1 + 400,000 + 400 + 1 */
}

static void
test_csv_limits(void)
{
    g_autoptr(GString) text = g_string_new("a,b\n1,x\n2,");
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *got = NULL;

    for (gsize n = 0; n < ERRATA_LIMIT_CELL_BYTES + 10; n++)
        g_string_append_c(text, 'y');
    g_string_append(text, "\n3,z\n4,");
    for (gsize n = 0; n < 2U * ERRATA_LIMIT_LINE_BYTES; n++)
        g_string_append_c(text, 'w');
    g_string_append(text, "\n5,v\n");
    frame = read_csv(text->str, text->len, &error);
    g_assert_no_error(error);
    got = dump(frame);
    g_assert_cmpstr(got, ==, "a:i64|b:category\n1|x\n3|z\n5|v\n");
    g_assert_true(is_told(frame, "line 3: a cell is longer"));
    g_assert_true(is_told(frame, "line 5: the record is longer"));
    g_clear_pointer(&frame, errata_frame_unref);

    g_string_truncate(text, 0);
    for (gsize n = 0; n < 2U * ERRATA_LIMIT_LINE_BYTES; n++)
        g_string_append_c(text, 'w');
    g_assert_null(read_csv(text->str, text->len, &error));
    g_assert_error(error, ERRATA_ERROR, ERRATA_ERROR_LIMIT);
}

/* the mask of 64 bytes with and without vector instructions */
static void
test_csv_scan(void)
{
    static const char alphabet[] = "ab,,\n\"\"\r1;\xC3\xA4";
    g_autofree guint32 *fast = g_new(guint32, 4096);
    g_autofree guint32 *plain = g_new(guint32, 4096);
    char text[2048 + CSV_SCAN_SLACK];

    for (guint64 round = 0; round < 500; round++) {
        ErrataRng rng = errata_rng_init(3, 4, round);
        gsize size = errata_rng_below(&rng, 2048);
        CsvScan a, b;

        for (gsize i = 0; i < sizeof text; i++)
            text[i] = alphabet[errata_rng_below(&rng, round % 2 == 0 ? 4 : sizeof alphabet)];
        a = errata_csv_scan(text, size, ',', fast);
        b = errata_csv_scan_plain(text, size, ',', plain);
        g_assert_cmpuint(a.n_ends, ==, b.n_ends);
        g_assert_cmpuint(a.n_lines, ==, b.n_lines);
        g_assert_cmpuint(a.last_line, ==, b.last_line);
        g_assert_cmpint(a.odd_quotes * 2 + a.wild_quotes, ==, b.odd_quotes * 2 + b.wild_quotes);
        g_assert_true(memcmp(fast, plain, a.n_ends * sizeof *fast) == 0);
    }
}

static void
test_csv_sniff(void)
{
    static const struct {
        const char *text;
        const char *name;
        guint min, max;
    } sniffs[] = {
        {"a,b\n1,2\n3,4\n", "x.csv", 90, 100},
        {"a,b\n1,2\n3,4\n", "x.bin", 70, 90},
        {"{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2}\n", "x.csv", 0, 10},
        {"<?xml version=\"1.0\"?>\n<a,b>\n", "x.xml", 0, 0},
        {"PAR1\x01\x02\x03\x04\x05,\x06\x07\n", "x", 0, 0},
        {"", "x.csv", 0, 0},
        {"word\nother\n", "x.csv", 20, 40},
        {"word\nother\n", "x", 0, 10},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(sniffs); i++) {
        guint got = errata_plugin_csv.formats[0]->sniff((const guint8 *)sniffs[i].text,
                                                        strlen(sniffs[i].text),
                                                        sniffs[i].name);

        g_assert_cmpuint(got, >=, sniffs[i].min);
        g_assert_cmpuint(got, <=, sniffs[i].max);
    }
}

static void
check_hostile(const char *path, const char *expected)
{
    g_autofree char *bytes = NULL;
    g_autoptr(ErrataFrame) frame = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    frame = read_csv(bytes, size, &error);
    g_test_message("%s: %s", path, frame != NULL ? "read" : error->message);
    if (g_str_equal(expected, "reject")) {
        g_assert_null(frame);
        g_assert_true(error->message[0] != '\0');
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(frame->n_rows, >, 0);
    if (g_str_equal(expected, "accept"))
        g_assert_cmpuint(frame->warnings->len + frame->n_rejected, ==, 0);
}

static void
test_csv_hostile(void)
{
    const char *given = g_getenv("ERRATA_TEST_DATA");
    g_autofree char *data =
        given != NULL ? g_strdup(given)
                      : g_test_build_filename(G_TEST_DIST, "../../../shared/data/public", NULL);
    g_autofree char *index = g_build_filename(data, "hostile", "INDEX.tsv", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    guint n = 0;

    if (!g_file_get_contents(index, &text, NULL, NULL)) {
        g_test_skip("the collection of hostile files is not there");
        return;
    }
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, "\t", -1);
        g_autofree char *path = NULL;

        if (g_strv_length(fields) < 3 || !g_str_equal(fields[0], "csv") ||
            !g_str_has_suffix(fields[1], ".csv"))
            continue;
        path = g_build_filename(data, "hostile", fields[1], NULL);
        check_hostile(path, fields[2]);
        n++;
    }
    g_assert_cmpuint(n, >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/csv/case/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_csv_case);
    }
    g_test_add_func("/csv/large", test_csv_large);
    g_test_add_func("/csv/line-numbers", test_csv_line_numbers);
    g_test_add_func("/csv/limits", test_csv_limits);
    g_test_add_func("/csv/scan", test_csv_scan);
    g_test_add_func("/csv/sniff", test_csv_sniff);
    g_test_add_func("/csv/hostile", test_csv_hostile);
    return g_test_run();
}
