/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format.h"

G_BEGIN_DECLS

#define ERRATA_JSONL_ARRAY_MAX 4096 /* elements of an array that become columns */

typedef enum {
    ERRATA_JSONL_NULL,
    ERRATA_JSONL_STRING,  /* begin … end is the text itself */
    ERRATA_JSONL_ESCAPED, /* begin … end holds escapes */
    ERRATA_JSONL_I64,
    ERRATA_JSONL_F64,
    ERRATA_JSONL_TRUE,
    ERRATA_JSONL_FALSE,
} ErrataJsonlKind;

/**
 * ErrataJsonlCell:
 * @token: where the value begins in the record, quote included
 * @token_end: one past its last byte, quote included
 * @begin: first byte of a string
 * @end: one past the last byte of a string
 * @i64: value of a whole number
 * @f64: value of a number
 * @path: offset of its path in the reader's paths, while a record is parsed in full
 * @column: its column
 *
 * A scalar found in a record.
 */
typedef struct {
    const char *token;
    const char *token_end;
    union {
        struct {
            const char *begin;
            const char *end;
        };
        gint64 i64;
        double f64;
    };
    guint path;
    guint column;
    ErrataJsonlKind kind;
} ErrataJsonlCell;

typedef struct _ErrataJsonlTemplate ErrataJsonlTemplate;

/**
 * ErrataJsonlReader:
 * @builder: where the rows go
 * @columns: full path (`features.age`) → column + 1
 * @names: column name (`age`) → the full path that has it
 * @cells: (element-type ErrataJsonlCell): of the record being read
 * @paths: NUL-terminated paths of those cells
 * @path: path of the value being parsed
 * @mute: above 0 while values are checked but not kept
 * @templates: (element-type ErrataJsonlTemplate): shapes of records met
 * @last_template: the one that matched last
 * @why: (nullable): why the record cannot be read; static text
 * @at: where in the record it cannot be read
 *
 * Records to rows.
 */
typedef struct {
    ErrataFrameBuilder *builder;
    GHashTable *columns;
    GHashTable *names;
    GArray *cells;
    GString *paths;
    GString *path;
    GString *unescaped;
    guint mute;
    GPtrArray *templates;
    guint last_template;
    gsize n_learnt; /* templates made so far */
    gsize n_missed; /* records that no template matched */
    const char *why;
    const char *at;
    const char *rejected_to; /* (nullable): end of the record rejected last */
    gboolean too_long;       /* a string of the record is over its limit */
    gboolean has_classes;    /* the record has an array of class names */
    gboolean saw_control;
    gboolean saw_surrogate;
    gboolean saw_long_array;
    gboolean saw_duplicate;
    gboolean has_duplicate; /* in this record */
} ErrataJsonlReader;

/* scan.c: tokens; each returns one past the token, or NULL */
const char *errata_jsonl_skip_space(const char *p, const char *end);
const char *errata_jsonl_scan_scalar(ErrataJsonlReader *self,
                                     const char *p,
                                     const char *end,
                                     ErrataJsonlCell *ret_cell);
const char *errata_jsonl_find_end(const char *p, const char *end);
void errata_jsonl_unescape(const char *p, const char *end, GString *ret_text, gboolean *ret_lone);

/* record.c: any record, into cells with paths */
gboolean errata_jsonl_parse(ErrataJsonlReader *self, const char *p, const char *end);

/* template.c: records like one before, into cells with columns */
gboolean errata_jsonl_match(ErrataJsonlReader *self, const char *p, const char *end);
void errata_jsonl_learn(ErrataJsonlReader *self, const char *p, const char *end);
void errata_jsonl_template_free(gpointer data);

/* reader.c: rows */
void errata_jsonl_reader_init(ErrataJsonlReader *self, ErrataFrameBuilder *builder);
void errata_jsonl_reader_clear(ErrataJsonlReader *self);
gboolean errata_jsonl_reader_record(ErrataJsonlReader *self,
                                    const char *p,
                                    const char *end,
                                    const char *place,
                                    guint64 number,
                                    GError **error);
void errata_jsonl_reader_learn(ErrataJsonlReader *self, const char *p, const char *end);
gboolean errata_jsonl_reader_known(ErrataJsonlReader *self);
void errata_jsonl_reader_scratch(ErrataJsonlReader *self, const ErrataJsonlReader *whole);
gboolean errata_jsonl_reader_emit(ErrataJsonlReader *self, GError **error);
void errata_jsonl_reader_reject(ErrataJsonlReader *self,
                                const char *p,
                                const char *end,
                                const char *place,
                                guint64 number);

/**
 * ErrataJsonlInput:
 * @data: the bytes in memory
 * @begin: first of them not yet used
 * @size: bytes in @data
 * @ended: there are no more
 * @offset: bytes of the stream before @data
 *
 * A window over a stream that grows as far as one record needs.
 */
typedef struct {
    ErrataSource *source;
    char *data;
    gsize begin;
    gsize size;
    gsize allocated;
    gboolean ended;
    guint64 offset;
} ErrataJsonlInput;

/* input.c */
void errata_jsonl_input_init(ErrataJsonlInput *self, ErrataSource *source);
void errata_jsonl_input_clear(ErrataJsonlInput *self);
gboolean errata_jsonl_input_more(ErrataJsonlInput *self, GError **error);

/**
 * ErrataJsonlPrefix:
 * @docker: the lines are in Docker's
 * @timed: a time is in the text in front of each record
 * @example: (nullable): that text of the first record, in the bytes that were looked at
 * @example_end: one past its last byte
 *
 * What stands around the records of a log.
 */
typedef struct {
    gboolean docker;
    gboolean timed;
    const char *example;
    const char *example_end;
} ErrataJsonlPrefix;

/* prefix.c: records behind a logger's text */
gboolean errata_jsonl_prefix_guess(const char *head, gsize size, ErrataJsonlPrefix *ret_prefix);
ErrataSource *errata_jsonl_prefix_new(ErrataSource *inner, const ErrataJsonlPrefix *prefix);

/* lines.c: a record a line, in parallel */
gboolean errata_jsonl_lines_read(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error);

/* values.c: one long text of values, lines or not */
gboolean errata_jsonl_values_read(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error);
gboolean errata_jsonl_columns_read(ErrataJsonlReader *self,
                                   ErrataJsonlInput *input,
                                   GError **error);
gboolean errata_jsonl_split_read(ErrataJsonlReader *self, ErrataJsonlInput *input, GError **error);

G_END_DECLS
