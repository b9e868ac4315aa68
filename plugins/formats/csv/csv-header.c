/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of the columns: from the first record, or made up when it holds data. */
#include <math.h>
#include <string.h>

#include "csv-private.h"
#include "error.h"
#include "limit.h"
#include "number.h"
#include "text-hash.h"
#include "text.h"

#define HEADER_TITLES 50 /* lines in front of the header that are no records, at most */
#define HEADER_SHOWN  40
#define HEADER_LEVEL  1e-6 /* by which levels of quantiles are the same */
#define HEADER_SHARE \
    0.5 /* of the records have as many fields as there are, where it is skipped to */

/* "0,1,2,…" or "1,2,3,…": numbers, yet names */
static gboolean
csv_header_is_range(const CsvRecord *record)
{
    gint64 first = 0;

    for (gsize i = 0; i < record->ends->len; i++) {
        gsize length;
        const char *field = errata_csv_record_field(record, i, &length);
        gint64 value;

        if (!errata_number_parse_int(field, length, &value))
            return FALSE;
        if (i == 0)
            first = value;
        if (value != first + (gint64)i || first < 0 || first > 1)
            return FALSE;
    }
    return TRUE;
}

/* "item,timestamp,mean,0.1,0.5,0.9": names, the numbers among them levels of a forecast's
 * quantiles, going up with the median amid them */
static gboolean
csv_header_has_levels(const CsvRecord *record)
{
    double first = 0.0, before = 0.0, level;
    gboolean median = FALSE;
    gsize n_words = 0;

    for (gsize i = 0; i < record->ends->len; i++) {
        gsize length;
        const char *field = errata_csv_record_field(record, i, &length);
        gint64 instant;

        if (!errata_number_parse_double(field, length, &level)) {
            n_words += errata_number_parse_time(field, length, &instant) ? 0 : 1;
            continue;
        }
        if (!(level > before && level < 1.0))
            return FALSE;
        first = before > 0.0 ? first : level;
        median = median || fabs(level - 0.5) < HEADER_LEVEL;
        before = level;
    }
    return median && n_words > 0 && first < 0.5 && fabs(first + before - 1.0) < HEADER_LEVEL;
}

/* whether the record at @next, if there is one, has words and shares where @record has */
static gboolean
csv_header_is_alike(const CsvDialect *dialect,
                    const CsvRecord *record,
                    const char *next,
                    const char *end)
{
    CsvRecord second;
    gboolean alike;

    errata_csv_record_init(&second);
    alike = next != NULL && errata_csv_record_read(&second, dialect, next, end) != NULL &&
            second.ends->len == record->ends->len;
    for (gsize i = 0; alike && i < record->ends->len; i++) {
        gsize a_length, b_length;
        const char *a = errata_csv_record_field(record, i, &a_length);
        const char *b = errata_csv_record_field(&second, i, &b_length);
        double level, value;
        gint64 instant;

        if (errata_number_parse_double(a, a_length, &level))
            alike = errata_number_parse_double(b, b_length, &value) && value >= 0.0 && value <= 1.0;
        else
            alike = !errata_number_parse_double(b, b_length, &value) &&
                    errata_number_parse_time(a, a_length, &instant) ==
                        errata_number_parse_time(b, b_length, &instant);
    }
    errata_csv_record_clear(&second);
    return alike;
}

/* whether the first record is data: a fraction, a negative number or an instant is never a name
 * but for the level of a quantile, and neither are numbers throughout. @next: (nullable): where the
 * second record begins, of the same kind if the levels are but shares */
static gboolean
csv_header_is_data(const CsvDialect *dialect,
                   const CsvRecord *record,
                   const char *next,
                   const char *end)
{
    gsize n_numbers = 0;
    gsize n_values = 0;

    if (csv_header_is_range(record) ||
        (csv_header_has_levels(record) && !csv_header_is_alike(dialect, record, next, end)))
        return FALSE;
    for (gsize i = 0; i < record->ends->len; i++) {
        gsize length;
        const char *field = errata_csv_record_field(record, i, &length);
        gint64 integer;
        double number;

        if (errata_number_is_missing(field, length))
            continue;
        n_values++;
        if (errata_number_parse_time(field, length, &integer))
            return TRUE;
        if (errata_number_parse_int(field, length, &integer) && integer >= 0)
            n_numbers++;
        else if (g_ascii_isdigit(field[length - 1]) &&
                 errata_number_parse_double(field, length, &number))
            return TRUE;
    }
    return n_values > 0 && n_numbers == n_values;
}

/* the name for the column, or the first of name_2, name_3 … that is free */
static char *
csv_header_unique(GHashTable *taken, const char *name)
{
    char *unique = g_strdup(name);

    for (guint i = 2; g_hash_table_contains(taken, unique); i++) {
        g_free(unique);
        unique = g_strdup_printf("%s_%u", name, i);
    }
    g_hash_table_add(taken, g_strdup(unique));
    return unique;
}

static char *
csv_header_name(const CsvRecord *record,
                gsize field,
                gboolean made_up,
                GHashTable *taken,
                ErrataFrameBuilder *builder)
{
    gsize length = 0;
    const char *text = field < record->ends->len ? errata_csv_record_field(record, field, &length)
                                                 : "";
    g_autofree char *raw = made_up ? NULL : errata_text_repair(text, length, NULL);
    g_autofree char *name = NULL;
    char *unique;

    if (!made_up && !errata_text_is_clean(text, length))
        errata_frame_builder_warn(builder,
                                  "the name of column %" G_GSIZE_FORMAT
                                  " is not UTF-8 and was read as Windows-1252",
                                  field + 1);
    name = made_up || *g_strstrip(raw) == '\0'
               ? g_strdup_printf("column_%" G_GSIZE_FORMAT, field + 1)
               : g_steal_pointer(&raw);
    unique = csv_header_unique(taken, name);
    if (!made_up && raw != NULL)
        errata_frame_builder_warn(builder,
                                  "column %" G_GSIZE_FORMAT " has no name; it is called '%s'",
                                  field + 1,
                                  unique);
    else if (!g_str_equal(unique, name))
        errata_frame_builder_warn(builder,
                                  "column %" G_GSIZE_FORMAT
                                  " has the name of an earlier one; it is called '%s'",
                                  field + 1,
                                  unique);
    return unique;
}

/* comment lines, blank lines and Excel's "sep=;" in front of the header; @last is the last
 * comment */
static const char *
csv_header_skip(const char *p, const char *end, gsize *lines, gsize *n_comments, const char **last)
{
    for (;;) {
        const char *stop = memchr(p, '\n', (gsize)(end - p));
        gboolean blank;

        if (stop == NULL)
            return p;
        blank = stop == p || (stop == p + 1 && *p == '\r');
        if (*p == '#') {
            *last = p;
            ++*n_comments;
        } else if (!blank && !(stop - p <= 6 && g_ascii_strncasecmp(p, "sep=", 4) == 0))
            return p;
        p = stop + 1;
        ++*lines;
    }
}

static gsize
csv_header_count_lines(const char *p, const char *end)
{
    gsize n = 0;

    while ((p = memchr(p, '\n', (gsize)(end - p))) != NULL) {
        n++;
        p++;
    }
    return n;
}

/* a title, or what the file is of: half of the fields are filled at most, of those that a
 * spreadsheet filled up with empty ones a quarter */
static gboolean
csv_header_is_title(const CsvDialect *dialect, const CsvRecord *record)
{
    gsize n_filled = 0;

    for (gsize i = 0; i < record->ends->len; i++) {
        gsize length;

        errata_csv_record_field(record, i, &length);
        n_filled += length > 0 ? 1 : 0;
    }
    return (record->ends->len < dialect->n_fields ? 2 : 4) * n_filled <= dialect->n_fields;
}

/* Lines in front of the header, such as a title and a date. Only where names for each field follow:
 * else a wrong header is one. @record gets the header; returns where it begins */
static const char *
csv_header_skip_titles(const CsvDialect *dialect,
                       CsvRecord *record,
                       const char *p,
                       const char *end,
                       gsize *lines,
                       const char **ret_next)
{
    const char *at = p, *next = *ret_next;
    gsize n_lines = 0, n_comments = 0;

    for (guint i = 0; i < HEADER_TITLES && next != NULL && csv_header_is_title(dialect, record);
         i++) {
        const char *comment = NULL;

        n_lines += csv_header_count_lines(at, next);
        at = csv_header_skip(next, end, &n_lines, &n_comments, &comment);
        next = errata_csv_record_read(record, dialect, at, end);
    }
    if (next != NULL && at > p && record->ends->len == dialect->n_fields &&
        !csv_header_is_title(dialect, record) && !csv_header_is_data(dialect, record, next, end)) {
        *lines += n_lines;
        *ret_next = next;
        return at;
    }
    *ret_next = errata_csv_record_read(record, dialect, p, end);
    return p;
}

static void
csv_header_say_titles(ErrataFrameBuilder *builder, const char *first)
{
    g_autofree char *title = errata_text_excerpt(first, strcspn(first, "\n"), HEADER_SHOWN);

    errata_frame_builder_warn(builder,
                              "what stands in front of the header, “%s” first, was skipped",
                              title);
}

/* R's row names: the header has one field less than the records, whose last field is not empty */
static gboolean
csv_header_lacks_first(const CsvDialect *dialect,
                       const CsvRecord *header,
                       const char *p,
                       const char *end)
{
    CsvRecord record;
    gsize length = 0;

    if (dialect->n_fields != header->ends->len + 1 || header->ends->len < 2)
        return FALSE;
    errata_csv_record_init(&record);
    if (errata_csv_record_read(&record, dialect, p, end) != NULL &&
        record.ends->len == dialect->n_fields)
        errata_csv_record_field(&record, record.ends->len - 1, &length);
    errata_csv_record_clear(&record);
    return length > 0;
}

static void
csv_header_insert_first(CsvRecord *header, ErrataFrameBuilder *builder)
{
    static const char name[] = "row_name";
    const gsize length = strlen(name);

    g_string_prepend(header->text, name);
    for (gsize i = 0; i < header->ends->len; i++)
        g_array_index(header->ends, gsize, i) += length;
    g_array_prepend_val(header->ends, length);
    errata_frame_builder_warn(builder,
                              "the header has one name less than the records have fields; the "
                              "first column is called '%s'",
                              name);
}

/* "# a,b,c" right above the data is a header all the same; reads it into @record */
static gboolean
csv_header_is_commented(const CsvDialect *dialect,
                        CsvRecord *record,
                        const char *comment,
                        const char *data)
{
    gboolean header;
    CsvRecord first;

    if (comment == NULL)
        return FALSE;
    do
        comment++;
    while (*comment == '#' || *comment == ' ' || *comment == '\t');
    errata_csv_record_init(&first);
    header = errata_csv_record_read(&first, dialect, comment, data) == data &&
             first.ends->len == dialect->n_fields && first.ends->len > 1 &&
             !csv_header_is_data(dialect, &first, NULL, NULL);
    if (header) {
        CsvRecord swap = *record;

        *record = first;
        first = swap;
    }
    errata_csv_record_clear(&first);
    return header;
}

static gboolean
csv_header_add_columns(const CsvRecord *record,
                       gboolean made_up,
                       ErrataFrameBuilder *builder,
                       GArray *columns,
                       GError **error)
{
    g_autoptr(GHashTable) taken =
        g_hash_table_new_full(errata_text_hash, g_str_equal, g_free, NULL);

    if (made_up)
        errata_frame_builder_warn(
            builder,
            "there is no header; the columns are called column_1 to column_%u",
            record->ends->len);
    for (gsize i = 0; i < record->ends->len; i++) {
        g_autofree char *name = csv_header_name(record, i, made_up, taken, builder);
        guint column = 0;

        if (!errata_frame_builder_column(builder, name, strlen(name), &column, error))
            return FALSE;
        g_array_append_val(columns, column);
    }
    return TRUE;
}

/* a line of dashes below the header, as tables for people have: "|---|:-:|", "----+-----"; a single
 * dash in each field is a record without values */
static gboolean
csv_header_is_rule(const CsvDialect *dialect, const CsvRecord *record)
{
    const char *text = record->text->str;

    if (record->text->len < 3 || strstr(text, "--") == NULL ||
        strspn(text, "-+:=| ") != record->text->len)
        return FALSE;
    if (dialect->separator == '|' ? record->text->len > record->ends->len
                                  : strpbrk(text, "|+") != NULL)
        return TRUE;
    for (gsize i = 0; i < record->ends->len; i++) {
        gsize length;
        const char *field = errata_csv_record_field(record, i, &length);

        if (g_strstr_len(field, (gssize)length, "--") == NULL)
            return FALSE;
    }
    return TRUE;
}

/* where the line from @p ends that has its line feed, or both characters, before @next */
static const char *
csv_header_line_end(const char *p, const char *next)
{
    while (next > p && (next[-1] == '\n' || next[-1] == '\r'))
        next--;
    return next;
}

/* behind such a line, if there is one */
static const char *
csv_header_skip_rule(const CsvDialect *dialect, const char *p, const char *end)
{
    CsvRecord record;
    const char *next;
    gboolean is;

    errata_csv_record_init(&record);
    next = errata_csv_record_read(&record, dialect, p, end);
    is = next != NULL && csv_header_is_rule(dialect, &record);
    errata_csv_record_clear(&record);
    return is ? next : p;
}

static void
csv_header_refuse(gboolean nothing, gsize size, GError **error)
{
    if (nothing)
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_INVALID_DATA,
                            "the file holds no records");
    else
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_LIMIT,
                    "the first record has no end within %" G_GSIZE_FORMAT " bytes",
                    size);
}

/**
 * errata_csv_header_read:
 * @dialect: (inout): how the file is written; gets the header's line
 * @text: (array length=size): the start of the file
 * @size: bytes
 * @builder: gets the columns
 * @ret_columns: (element-type guint): their numbers
 * @ret_consumed: (out): bytes up to the first record of data
 * @ret_lines: (out): lines in them
 * @error: return location
 *
 * Errors: %ERRATA_ERROR_INVALID_DATA when there is nothing but blank lines and comments;
 * %ERRATA_ERROR_LIMIT.
 *
 * Returns: whether there are columns
 */
gboolean
errata_csv_header_read(CsvDialect *dialect,
                       const char *text,
                       gsize size,
                       ErrataFrameBuilder *builder,
                       GArray *ret_columns,
                       gsize *ret_consumed,
                       gsize *ret_lines,
                       GError **error)
{
    const char *end = text + size;
    const char *comment = NULL;
    const char *p, *first, *next;
    gsize n_comments = 0;
    CsvRecord record;
    gboolean made_up;
    gboolean ok = FALSE;

    *ret_lines = 0;
    p = csv_header_skip(text, end, ret_lines, &n_comments, &comment);
    errata_csv_record_init(&record);
    next = errata_csv_record_read(&record, dialect, p, end);
    first = p;
    if (next != NULL && dialect->n_fields > 1 && dialect->share > HEADER_SHARE)
        p = csv_header_skip_titles(dialect, &record, p, end, ret_lines, &next);
    if (p > first)
        csv_header_say_titles(builder, first);
    made_up = next != NULL && csv_header_is_data(dialect, &record, next, end);
    if (made_up && csv_header_is_commented(dialect, &record, comment, p)) {
        made_up = FALSE;
        n_comments--;
        next = p;
    } else if (next != NULL && !made_up && csv_header_lacks_first(dialect, &record, next, end)) {
        csv_header_insert_first(&record, builder);
    }
    if (n_comments > 0)
        errata_frame_builder_warn(builder,
                                  "%" G_GSIZE_FORMAT
                                  " comment lines before the header were skipped",
                                  n_comments);
    if (next == NULL)
        csv_header_refuse(p == end, size, error);
    else
        ok = csv_header_add_columns(&record, made_up, builder, ret_columns, error);
    if (ok && !made_up) {
        if (record.ends->len > 1 && next > p)
            dialect->header = g_string_new_len(p, csv_header_line_end(p, next) - p);
        next = csv_header_skip_rule(dialect, next, end);
    }
    errata_csv_record_clear(&record);
    next = made_up ? p : next;
    *ret_consumed = ok ? (gsize)(next - text) : 0;
    *ret_lines += ok ? csv_header_count_lines(p, next) : 0;
    return ok;
}
