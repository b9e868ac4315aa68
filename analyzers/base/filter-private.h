/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter.h"

G_BEGIN_DECLS

typedef enum {
    FILTER_AND,
    FILTER_OR,
    FILTER_NOT,
    FILTER_TEST,
} FilterKind;

typedef enum {
    FILTER_OP_EQ,
    FILTER_OP_NE,
    FILTER_OP_LT,
    FILTER_OP_LE,
    FILTER_OP_GT,
    FILTER_OP_GE,
    FILTER_OP_BETWEEN,
    FILTER_OP_IN,
    FILTER_OP_NOT_IN,
    FILTER_OP_MISSING,
    FILTER_OP_NOT_MISSING,
    FILTER_OP_CONTAINS,
    FILTER_OP_NOT_CONTAINS,
    FILTER_OP_HOLDS,
} FilterOp;

/* where the cells of a test come from */
typedef enum {
    FILTER_SOURCE_COLUMN,
    FILTER_SOURCE_HOUR,
    FILTER_SOURCE_WEEKDAY,
    FILTER_SOURCE_ERROR,
    FILTER_SOURCE_CORRECT,
    FILTER_SOURCE_LABEL,
    FILTER_SOURCE_PREDICTION,
    FILTER_SOURCE_SCORE,
    FILTER_SOURCE_CONFIDENCE,
    FILTER_SOURCE_LOSS,
    FILTER_SOURCE_ROW,
} FilterSource;

typedef enum {
    FILTER_TYPE_NUMBER,  /* double */
    FILTER_TYPE_INTEGER, /* gint64 */
    FILTER_TYPE_TIME,    /* gint64, ns */
    FILTER_TYPE_BOOL,    /* 0 or 1 */
    FILTER_TYPE_CLASS,   /* index of a class */
    FILTER_TYPE_WEEKDAY, /* 0 (Monday) … 6 */
    FILTER_TYPE_TEXT,
} FilterType;

/* a closed interval of numbers or of whole numbers; empty when lo > hi */
typedef union {
    struct {
        double lo;
        double hi;
    } number;
    struct {
        gint64 lo;
        gint64 hi;
    } integer;
} FilterRange;

typedef struct {
    char *text;      /* quotes undone */
    guint at;        /* character, from 1 */
    gboolean quoted; /* a text, never the name of a column */
} FilterValue;

typedef struct _FilterNode FilterNode;

struct _FilterNode {
    FilterKind kind;
    guint at;
    GPtrArray *children; /* (element-type FilterNode): AND and OR two or more, NOT one */
    /* a test */
    FilterOp op;
    char *name;
    gboolean quoted;   /* never one of the names with @ */
    GPtrArray *values; /* (element-type FilterValue) */
    /* after binding */
    gboolean bound;
    FilterSource source;
    FilterType type;
    guint column;
    GArray *ranges; /* (element-type FilterRange): sorted; all types but TEXT */
};

struct _ErrataFilter {
    FilterNode *root;
};

typedef enum {
    FILTER_TOKEN_END,
    FILTER_TOKEN_WORD,
    FILTER_TOKEN_QUOTED,
    FILTER_TOKEN_OPEN,
    FILTER_TOKEN_CLOSE,
    FILTER_TOKEN_COMMA,
    FILTER_TOKEN_OP,
} FilterTokenKind;

typedef struct {
    FilterTokenKind kind;
    char *text; /* owned; WORD and QUOTED: what it says; else as written */
    FilterOp op;
    guint at;
} FilterToken;

FilterNode *errata_filter_node_new(FilterKind kind, guint at);
void errata_filter_node_free(FilterNode *self);
void errata_filter_node_add_value(FilterNode *self, const char *text, gboolean quoted, guint at);
const char *errata_filter_op_nick(FilterOp op);

/* filter-scan.c */
GArray *errata_filter_scan(const char *text, GError **error);
gboolean errata_filter_scan_is_word(const char *text);
gboolean errata_filter_scan_is_keyword(const char *text);

/* filter-value.c: the ranges of a bound test */
gboolean errata_filter_value_ranges(FilterNode *test, const ErrataSchema *schema, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FilterNode, errata_filter_node_free)

G_END_DECLS
