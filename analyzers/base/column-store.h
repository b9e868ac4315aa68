/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "column-words.h"
#include "column.h"
#include "dictionary.h"

G_BEGIN_DECLS

#define ERRATA_STORE_TRIMMED 65536 /* rows; more are how the file is written */

/**
 * ErrataStoreKind:
 * @ERRATA_STORE_NONE: no value met yet
 * @ERRATA_STORE_I64: whole numbers
 * @ERRATA_STORE_F64: numbers
 * @ERRATA_STORE_TIME: instants from ISO 8601
 * @ERRATA_STORE_STRING: strings in a dictionary
 * @ERRATA_STORE_TEXT: strings one after the other
 *
 * How the values of a column under construction are kept; it says nothing yet of its final type.
 */
typedef enum {
    ERRATA_STORE_NONE,
    ERRATA_STORE_I64,
    ERRATA_STORE_F64,
    ERRATA_STORE_TIME,
    ERRATA_STORE_STRING,
    ERRATA_STORE_TEXT,
} ErrataStoreKind;

/* a cell that the array of its store cannot hold, e.g. "n.v." among numbers */
typedef struct {
    gsize row;
    guint32 string; /* in @odd_texts */
} ErrataStoreOdd;

/**
 * ErrataColumnStore:
 * @kind: how values are kept
 * @decimal_comma: "1,5" is a number, and "1.5" is not
 * @typed_strings: strings came as such ("12" in JSON), so numbers among them are codes
 * @verbatim: strings stay strings, whatever they look like, and only blank cells are missing
 * @n_rows: rows
 * @n_invalid: rows without a value in the array: missing and odd ones
 * @valid: (nullable): bit per row, %NULL while @n_invalid is 0
 * @words: which missing cells held a word
 * @trimmed: (nullable): rows of strings that had blanks around them, in order; past a limit no more
 *   are kept
 * @odd: cells that do not fit, in row order; few, or the store turns to strings
 *
 * A column being read. Zeroed memory is an empty store. The final type is decided at the end from
 * counts alone, so neither the order of rows nor the cut into chunks changes it.
 */
typedef struct {
    ErrataStoreKind kind;
    gboolean decimal_comma;
    gboolean typed_strings;
    gboolean verbatim;
    int zone; /* of TIME, as zone.h has it */
    gsize n_rows;
    gsize n_allocated;
    gsize n_expected; /* rows in all, as far as is known */
    gsize n_invalid;
    guint64 *valid;
    gsize valid_allocated; /* words */
    union {
        gint64 *i64;
        double *f64;
        guint32 *code;
        guint64 *offset;
        gpointer values;
    };
    ErrataDictionary dictionary;
    ErrataColumnWords words;
    char *bytes;
    gsize bytes_allocated;
    GArray *trimmed; /* (element-type guint32) */
    GArray *odd;     /* (element-type ErrataStoreOdd) (nullable) */
    ErrataDictionary odd_texts;
} ErrataColumnStore;

/**
 * ErrataCells:
 * @text: where offsets count from; valid UTF-8 without NUL, readable up to
 *   eight bytes behind the last offset
 * @end: (array): offsets of the bytes that end cells; a cell begins behind the end before it, so
 *   `end[-1]` is read; %G_MAXUINT32 there means that the cell begins at 0
 * @stride: cells of a row
 * @n: rows
 * @quoted: a cell may stand in a pair of `"`
 * @doubled: there may be doubled quotes within such a pair; quotes are nowhere else
 * @strip_cr: a cell may end in a carriage return that does not count
 *
 * The cells of one column in a block of separated text.
 */
typedef struct {
    const char *text;
    const guint32 *end;
    gsize stride;
    gsize n;
    gboolean quoted;
    gboolean doubled;
    gboolean strip_cr;
} ErrataCells;

/* set once at start, in a process that reads rows for a model: see errata_number_is_blank();
 * numbers that could be epochs stay numbers */
void errata_column_store_set_plain(gboolean plain);
gboolean errata_column_store_is_plain(void);
gboolean errata_column_store_is_missing(const char *text, gsize length);

void errata_column_store_append_cell(ErrataColumnStore *self, const char *text, gsize length);
void errata_column_store_append_string(ErrataColumnStore *self, const char *text, gsize length);
void errata_column_store_append_i64(ErrataColumnStore *self, gint64 value);
void errata_column_store_append_f64(ErrataColumnStore *self, double value);
void errata_column_store_append_missing(ErrataColumnStore *self, gsize n_rows);
void errata_column_store_append_cells(ErrataColumnStore *self, const ErrataCells *cells);
void errata_column_store_append_store(ErrataColumnStore *self, const ErrataColumnStore *part);
void errata_column_store_to_strings(ErrataColumnStore *self);
void errata_column_store_start(ErrataColumnStore *self, ErrataStoreKind kind);
void errata_column_store_clear(ErrataColumnStore *self);
ErrataColumn *errata_column_store_finish(ErrataColumnStore *self, const char *name);

/* for whoever fills the array directly: room for @n rows, and rows whose values are in place */
void errata_column_store_reserve(ErrataColumnStore *self, gsize n);
void errata_column_store_add_rows(ErrataColumnStore *self, gsize n, gboolean valid);

static inline gboolean
errata_column_store_is_valid(const ErrataColumnStore *self, gsize row)
{
    return self->valid == NULL || (self->valid[row >> 6] >> (row & 63) & 1) != 0;
}

G_END_DECLS
