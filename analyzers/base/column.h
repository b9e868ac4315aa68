/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column-words.h"

G_BEGIN_DECLS

/**
 * ErrataColumnType:
 * @ERRATA_COLUMN_F64: floating point numbers
 * @ERRATA_COLUMN_I64: whole numbers
 * @ERRATA_COLUMN_TIME: instants, nanoseconds since 1970-01-01 UTC; of a log that has a clock of its
 *   own (zone.h), what that shows
 * @ERRATA_COLUMN_CATEGORY: strings from a dictionary
 * @ERRATA_COLUMN_TEXT: free strings, or more distinct ones than a dictionary may hold
 * @ERRATA_COLUMN_BOOL: true or false
 */
typedef enum {
    ERRATA_COLUMN_F64,
    ERRATA_COLUMN_I64,
    ERRATA_COLUMN_TIME,
    ERRATA_COLUMN_CATEGORY,
    ERRATA_COLUMN_TEXT,
    ERRATA_COLUMN_BOOL,
} ErrataColumnType;

/**
 * ErrataColumn:
 * @name: the name as in the log (nested JSON keys joined with `.`), unique in its frame
 * @n_rows: rows
 * @n_missing: rows without a value
 * @valid: (nullable): bit r is 1 where row r has a value; %NULL when none is missing
 * @f64: (array length=n_rows): for F64; NaN where missing, never NaN or infinite otherwise
 * @i64: (array length=n_rows): for TIME, and for I64 unless @narrow holds it; 0 where missing
 * @code: (array length=n_rows): for CATEGORY; index into @dictionary, 0 where missing
 * @boolean: (array length=n_rows): for BOOL; 0 or 1, 0 where missing
 * @offset: for TEXT: n_rows + 1 offsets into @bytes
 * @narrow: (array length=n_rows) (nullable): for I64 that fits: signed integers of @width bytes, 1,
 *   2 or 4; @i64 is %NULL then. Read either by errata_column_integer()
 * @width: bytes of such an integer
 * @bytes: for TEXT: valid UTF-8, no NUL inside
 * @dictionary: (array length=n_dictionary): for CATEGORY: the values in order of first appearance
 * @unit: (nullable): what all of its cells had beside the number: €, km; %, where the values are
 *   hundredths
 * @zone: for TIME: the offset from UTC that its cells were written with, as zone.h has it
 * @n_unparsable: cells that were neither missing nor of the column's type; they read as missing
 * @unparsable: up to five of those cells as found, %NULL-terminated, or %NULL
 * @n_unknown: those of them that hold a word by which there is no value ("unknown")
 * @n_infinite: cells that held ±infinity; they read as missing
 * @first_unparsable_row: row of the first such cell
 * @trimmed: (array length=n_trimmed) (nullable): for CATEGORY: rows, in order, whose cells had
 *   blanks around the value that were left out; %NULL where too many had for them to be an
 *   exception
 * @words: (nullable): for CATEGORY: which missing cells held a word, until class-words.h has
 *   settled which of these are classes
 * @class_words: (nullable): those that are, and so are values of the column
 * @class_why: (nullable): why they are, in words
 * @missing_words: (nullable): those that are not, as they are spelled; of any type
 * @n_worded: cells of a CATEGORY that hold one of these words
 * @as_read: (nullable) (transfer none): the column of the log, where cells of it that hold a code
 *   for “no value” are missing here (clean.h)
 *
 * A column of a frame: immutable once the frame is finished.
 */
typedef struct ErrataColumn {
    char *name;
    ErrataColumnType type;
    gsize n_rows;
    gsize n_missing;
    guint64 *valid;
    union {
        double *f64;
        gint64 *i64;
        guint32 *code;
        guint8 *boolean;
        guint64 *offset;
    };
    gpointer narrow;
    guint width;
    char *bytes;
    char **dictionary;
    guint n_dictionary;
    char *unit;
    int zone;
    gsize n_unparsable;
    gsize n_unknown;
    gsize first_unparsable_row;
    char **unparsable;
    gsize n_infinite;
    guint32 *trimmed;
    gsize n_trimmed;
    ErrataColumnWords *words;
    char **class_words;
    const char *class_why;
    char **missing_words;
    gsize n_worded;
    const struct ErrataColumn *as_read;
} ErrataColumn;

static inline gboolean
errata_column_is_valid(const ErrataColumn *self, gsize row)
{
    return self->valid == NULL || ((self->valid[row >> 6] >> (row & 63)) & 1) != 0;
}

/* the whole number in a row of an I64 or TIME column; 0 where missing */
static inline gint64
errata_column_integer(const ErrataColumn *self, gsize row)
{
    if (self->narrow == NULL)
        return self->i64[row];
    return self->width == 1   ? ((const gint8 *)self->narrow)[row]
           : self->width == 2 ? ((const gint16 *)self->narrow)[row]
                              : ((const gint32 *)self->narrow)[row];
}

static inline gboolean
errata_column_is_numeric(const ErrataColumn *self)
{
    return self->type == ERRATA_COLUMN_F64 || self->type == ERRATA_COLUMN_I64;
}

ErrataColumn *errata_column_new(const char *name, ErrataColumnType type, gsize n_rows);
void errata_column_free(ErrataColumn *self);
void errata_column_narrow(ErrataColumn *self);
void errata_column_settle_words(ErrataColumn *self);
void errata_column_take_words(ErrataColumn *self, char **words);
const char *errata_column_type_nick(ErrataColumnType type);
double errata_column_number_of(const ErrataColumn *self, gsize row);

/**
 * errata_column_number:
 * @self: a column
 * @row: row, below n_rows
 *
 * Returns: the value of a numeric, boolean (0 or 1) or time (ns) column; NaN where missing and for
 *   strings
 */
static inline double
errata_column_number(const ErrataColumn *self, gsize row)
{
    return self->type == ERRATA_COLUMN_F64 ? self->f64[row] : errata_column_number_of(self, row);
}

void errata_column_read(const ErrataColumn *self, gsize begin, gsize n, double *ret_value);
gsize errata_column_collect(const ErrataColumn *self,
                            const guint32 *row,
                            gsize n,
                            double *ret_value);
gboolean errata_column_is_counter(const ErrataColumn *self);
const double *errata_column_present(const ErrataColumn *self, double **ret_owned, gsize *ret_n);
double *errata_column_numbers(const ErrataColumn *self);
const char *errata_column_text(const ErrataColumn *self, gsize row, gsize *ret_length);
/* @text is NUL-terminated in columns of categories only */
typedef gboolean (*ErrataColumnTextFunc)(const char *text, gsize length, gpointer data);
gboolean errata_column_all_texts(const ErrataColumn *self,
                                 ErrataColumnTextFunc accept,
                                 gpointer data);
char *errata_column_print(const ErrataColumn *self, gsize row);
/* a cell for people: numbers to six digits, texts to @most characters of one line */
char *errata_column_show(const ErrataColumn *self, gsize row, guint most);
guint64 errata_column_hash(const ErrataColumn *self, gsize row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataColumn, errata_column_free)

G_END_DECLS
