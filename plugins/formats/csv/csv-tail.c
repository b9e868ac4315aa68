/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of totals behind the last record, as spreadsheets and report writers add them,
 * "Total,,,1234". Such a row is no observation: its label would be the number of all positives. It
 * is told from a record by what the rows in front of it have and it has not. */
#include <math.h>
#include <string.h>

#include "csv-private.h"
#include "number.h"

#define TAIL_TOTALS 8  /* such rows at most */
#define TAIL_LINES  64 /* in front of them, by which records are known */
#define TAIL_LEAST  3  /* of those, to know anything */
#define TAIL_SUMMED 8  /* of those, whose sum tells a total that nothing names */

/* what the records in front have in each column */
typedef struct {
    gsize n;
    gsize *n_filled;
    gsize *n_words;  /* neither numbers nor instants */
    gsize *n_plain;  /* numbers */
    gsize *n_totals; /* that say total all the same */
    double *sums;    /* of numbers that are not negative; NaN where one is */
} TailRows;

/* whether a cell names a sum or a mean: "Total", "Grand total:", "Summe (12)" */
static gboolean
tail_is_total(const char *text, gsize length)
{
    static const char *const words[] = {
        "total",      "totals",    "subtotal",     "sum",      "average", "avg",     "mean",
        "overall",    "count",     "summe",        "gesamt",   "somme",   "moyenne", "mittelwert",
        "suma",       "insgesamt", "durchschnitt", "totale",   "somma",   "totaal",  "soma",
        "gemiddelde", "razem",     "gesamtsumme",  "promedio", "toplam",  "итого",   "всего",
        "合計",       "合计",      "总计",         NULL};
    g_autofree char *cell = g_strndup(text, length);
    g_autofree char *folded = g_utf8_validate(cell, -1, NULL) ? g_utf8_casefold(cell, -1) : NULL;
    char *word = folded;

    if (folded == NULL)
        return FALSE;
    g_strstrip(word);
    if (g_str_has_prefix(word, "grand ") || g_str_has_prefix(word, "sub "))
        word = strchr(word, ' ') + 1;
    word[strcspn(word, " :(")] = '\0';
    return g_strv_contains(words, word);
}

/* whether a cell is none of a column of words; @ret_number: NaN of an instant */
static gboolean
tail_is_number(const CsvDialect *dialect, const char *text, gsize length, double *ret_number)
{
    gint64 instant;

    if (dialect->decimal_comma ? errata_number_parse_decimal_comma(text, length, ret_number)
                               : errata_number_parse_double(text, length, ret_number))
        return TRUE;
    *ret_number = (double)NAN;
    return errata_number_parse_time(text, length, &instant);
}

/* the line at @begin, which ends at @end, as a record of as many fields as there are columns */
static gboolean
tail_read(CsvRecord *record,
          const CsvDialect *dialect,
          const char *begin,
          const char *end,
          gsize n_columns)
{
    return errata_csv_record_read(record, dialect, begin, end) == end &&
           record->ends->len == n_columns;
}

static void
tail_count(TailRows *rows, const CsvDialect *dialect, const CsvRecord *record)
{
    rows->n++;
    for (gsize c = 0; c < record->ends->len; c++) {
        gsize length;
        const char *cell = errata_csv_record_field(record, c, &length);
        double number;

        if (errata_number_is_missing(cell, length))
            continue;
        rows->n_filled[c]++;
        rows->n_words[c] += tail_is_number(dialect, cell, length, &number) ? 0 : 1;
        rows->n_plain[c] += isnan(number) ? 0 : 1;
        rows->sums[c] += number >= 0 ? number : (double)NAN;
        rows->n_totals[c] += tail_is_total(cell, length) ? 1 : 0;
    }
}

/* Cells are empty that no other row has empty, or hold a word among numbers, and one names a total;
 * or half are filled at most, with numbers, and the first, a word or an instant in every other row,
 * is not (a number may be missing in a record), or each of them is no less than the sum of the rows
 * in front and every other row has the rest */
static gboolean
tail_is_row(const TailRows *rows, const CsvDialect *dialect, const CsvRecord *record)
{
    gsize n_filled = 0, n_numbers = 0, n_lacking = 0, n_named = 0;
    gboolean odd = FALSE, first = FALSE, summed = rows->n >= TAIL_SUMMED;

    for (gsize c = 0; c < record->ends->len; c++) {
        gsize length;
        const char *cell = errata_csv_record_field(record, c, &length);
        double number;

        if (errata_number_is_missing(cell, length)) {
            n_lacking += rows->n_filled[c] == rows->n ? 1 : 0;
            first = first || (c == 0 && rows->n_filled[c] == rows->n && rows->n_plain[c] == 0);
            continue;
        }
        n_filled++;
        n_numbers += tail_is_number(dialect, cell, length, &number) ? 1 : 0;
        summed = summed && rows->sums[c] > 0 && number >= rows->sums[c];
        if (rows->n_totals[c] == 0 && tail_is_total(cell, length)) {
            n_named++;
            odd = odd || rows->n_words[c] == 0;
        }
    }
    if (n_named > 0)
        return n_lacking > 0 || odd;
    return n_filled > 0 && n_numbers == n_filled && 2 * n_filled <= record->ends->len &&
           (first || (summed && n_filled + n_lacking == record->ends->len));
}

/* the lines at the end of @text, the last one first: where each begins */
static GArray *
tail_lines(const char *text, gsize size)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(gsize));

    while (size > 0 && lines->len < TAIL_TOTALS + TAIL_LINES) {
        const char *before = text != NULL && size > 1 ? memrchr(text, '\n', size - 1) : NULL;

        size = before != NULL ? (gsize)(before + 1 - text) : 0;
        g_array_append_val(lines, size);
    }
    return lines;
}

static gboolean
tail_is_blank(const char *begin, const char *end)
{
    return begin + strspn(begin, " \t\r") + 1 >= end;
}

/**
 * errata_csv_tail_totals:
 * @dialect: how the file is written
 * @text: (array length=size): whole lines up to the end of the file, without the header
 * @size: bytes; what follows them is a NUL
 * @n_columns: columns
 *
 * Returns: where the rows of totals begin that the file ends with; @size when there are none, or
 *   too few rows in front of them are there to tell
 */
gsize
errata_csv_tail_totals(const CsvDialect *dialect, const char *text, gsize size, gsize n_columns)
{
    g_autoptr(GArray) lines = tail_lines(text, size);
    g_autofree gsize *counts = g_new0(gsize, 4 * n_columns);
    g_autofree double *sums = g_new0(double, n_columns);
    TailRows rows =
        {0, counts, counts + n_columns, counts + 2 * n_columns, counts + 3 * n_columns, sums};
    gsize found = size;
    CsvRecord record;

    if (lines->len <= TAIL_LEAST)
        return size;
    errata_csv_record_init(&record);
    for (guint i = lines->len; i-- > 0;) { /* in the order of the file */
        const char *begin = text + g_array_index(lines, gsize, i);
        const char *end = text + (i > 0 ? g_array_index(lines, gsize, i - 1) : size);
        gboolean whole = tail_read(&record, dialect, begin, end, n_columns);

        if (whole && i < TAIL_TOTALS && rows.n >= TAIL_LEAST &&
            tail_is_row(&rows, dialect, &record)) {
            found = MIN(found, (gsize)(begin - text));
        } else if (!tail_is_blank(begin, end)) {
            found = size; /* what was found in front of it is no end of the records */
            if (whole)
                tail_count(&rows, dialect, &record);
        }
    }
    errata_csv_record_clear(&record);
    return found;
}
