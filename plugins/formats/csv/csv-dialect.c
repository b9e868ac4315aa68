/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a file is written, from its first records: the separator (and whether backslashes escape) is
 * the one by which most records have the same number of fields, at least two, the first among
 * them; of two, the one by which fewer fields go on behind their closing quote. */
#include <string.h>

#include "csv-private.h"
#include "number.h"

#define CSV_SAMPLE_RECORDS 300
#define CSV_SAMPLE_FIELDS  4096

/* lines in front of the header that are no records */
static gboolean
csv_dialect_is_comment(const char *p, const char *end)
{
    return p < end && *p == '#';
}

typedef struct {
    gsize n;                          /* records */
    gsize first;                      /* fields of the first one */
    gsize max;                        /* fields of the longest one */
    guint16 count[CSV_SAMPLE_FIELDS]; /* records by their fields */
    gsize n_comma;                    /* fields like 1,5 */
    gsize n_point;                    /* fields like 1.5 */
    gsize n_junk;                     /* records with a field that goes on behind its quote */
} CsvSample;

static void
csv_dialect_count_points(CsvSample *sample, const char *text, gsize length)
{
    double value;

    if (memchr(text, ',', length) != NULL)
        sample->n_comma += errata_number_parse_decimal_comma(text, length, &value);
    else if (memchr(text, '.', length) != NULL)
        sample->n_point += errata_number_parse_double(text, length, &value);
}

static void
csv_dialect_sample(CsvSample *sample, const CsvDialect *dialect, const char *text, gsize size)
{
    CsvRecord record;
    const char *end = text + size;

    errata_csv_record_init(&record);
    *sample = (CsvSample){0};
    for (const char *p = text, *next; sample->n < CSV_SAMPLE_RECORDS; p = next) {
        gsize length = 0;

        next = errata_csv_record_read(&record, dialect, p, end);
        if (next == NULL)
            break;
        errata_csv_record_field(&record, 0, &length);
        if (csv_dialect_is_comment(p, end) || (record.ends->len == 1 && length == 0))
            continue;
        if (sample->n++ == 0)
            sample->first = record.ends->len;
        sample->n_junk += record.n_junk > 0;
        sample->max = MAX(sample->max, MIN(record.ends->len, CSV_SAMPLE_FIELDS - 1));
        sample->count[MIN(record.ends->len, CSV_SAMPLE_FIELDS - 1)]++;
        for (gsize i = 0; i < record.ends->len && sample->n > 1; i++) {
            const char *field = errata_csv_record_field(&record, i, &length);

            csv_dialect_count_points(sample, field, length);
        }
    }
    errata_csv_record_clear(&record);
}

/* how well a dialect explains the text; 0 when it does not separate anything */
static double
csv_dialect_score(CsvDialect *dialect, const CsvSample *sample)
{
    gsize most = 1;
    double score;

    for (gsize fields = 1; fields <= sample->max; fields++)
        if (sample->count[fields] > sample->count[most])
            most = fields;
    dialect->n_fields = sample->n > 0 ? most : 0;
    dialect->share = sample->n > 0 ? (double)sample->count[most] / (double)sample->n : 0.0;
    if (most < 2)
        return 0.0;
    score = dialect->share;
    if (sample->first == most)
        score += 0.5;
    /* of two that fit, the one with more fields: "a, b" within a column of a tab file fits too */
    score += 0.001 * (double)MIN(most, 100);
    return score - 0.1 * (double)sample->n_junk / (double)sample->n;
}

/* the first line that is no comment: `'a','b'`, whatever separates */
static char
csv_dialect_quote(const char *text, gsize size)
{
    const char *end = text + size;
    const char *line = text;
    const char *stop = memchr(line, '\n', (gsize)(end - line));
    gboolean any = FALSE;

    while (stop != NULL && csv_dialect_is_comment(line, end)) {
        line = stop + 1;
        stop = memchr(line, '\n', (gsize)(end - line));
    }
    if (stop != NULL && stop > line && stop[-1] == '\r')
        stop--;
    if (stop == NULL || stop - line < 2 || line[0] != '\'' || stop[-1] != '\'')
        return '"';
    for (const char *p = line + 1; p + 1 < stop; p++) {
        if (memchr(",\t;|", *p, 4) == NULL)
            continue;
        if (p[-1] != '\'' || p[1] != '\'')
            return '"';
        any = TRUE;
    }
    return any ? '\'' : '"';
}

/**
 * errata_csv_dialect_guess:
 * @text: (array length=size): the first bytes of a file
 * @size: bytes
 *
 * Returns: the dialect; @n_fields is 1 when nothing separates, 0 when there is no whole record
 */
CsvDialect
errata_csv_dialect_guess(const char *text, gsize size)
{
    static const char separators[] = {',', '\t', ';', '|'};
    g_autofree CsvSample *sample = g_new(CsvSample, 1);
    const char quote = csv_dialect_quote(text, size);
    const char escaped[] = {'\\', quote};
    const gboolean escapes = memmem(text, size, escaped, sizeof escaped) != NULL;
    CsvDialect best = {.separator = ',', .quote = quote};
    double best_score = -1.0;

    for (gsize i = 0; i < G_N_ELEMENTS(separators); i++) {
        for (int backslash = 0; backslash <= (escapes ? 1 : 0); backslash++) {
            CsvDialect dialect = {.separator = separators[i],
                                  .quote = quote,
                                  .backslash = backslash != 0};
            double score;

            csv_dialect_sample(sample, &dialect, text, size);
            score = csv_dialect_score(&dialect, sample);
            if (score > best_score) {
                best_score = score;
                best = dialect;
                best.decimal_comma = separators[i] != ',' && sample->n_comma > 0 &&
                                     sample->n_point == 0;
            }
        }
    }
    best.comments = csv_dialect_is_comment(text, text + size);
    return best;
}
