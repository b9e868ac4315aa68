/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "analyzer.h"
#include "expected-rate.h"

G_BEGIN_DECLS

#define SLICES_MAX_CONDITIONS 6
#define SLICES_MAX_AXES       3

/* a range of codes [lo, hi) of one column that may be a condition */
typedef struct {
    guint16 lo;
    guint16 hi;
} SlicesItem;

/**
 * SlicesCoding:
 *
 * A column cut for cubes of some depth: codes 0 … n_codes − 1, the last ones never an item by
 * themselves unless an item says so.
 */
typedef struct {
    guint n_codes;
    guint8 *code; /* one per row of the table */
    SlicesItem *items;
    guint n_items;
    guint16 *fine_lo; /* per code: the first code of the bins that it holds */
    guint16 *fine_hi; /* per code: one past the last */
} SlicesCoding;

/**
 * SlicesColumn:
 * @bin: its codes in the frame
 * @raw: its cells in the frame
 * @word: (nullable): a word that texts of @raw have or have not, or a value of @raw: code 1 or 0
 * @exact: @word is a value
 * @fine: for one and two conditions
 * @coarse: for three
 */
typedef struct {
    const ErrataBinColumn *bin;
    const ErrataColumn *raw;
    const char *word;
    gboolean exact;
    SlicesCoding fine;
    SlicesCoding coarse;
} SlicesColumn;

/**
 * SlicesCondition:
 * @column: index into the table's columns
 * @missing: the cell is missing; nothing else is set then
 * @lo: numeric: lower end, −∞ for none
 * @hi: numeric: upper end, exclusive, +∞ for none
 * @codes: categories: bit c is set for the codes of the bins that are in
 */
typedef struct {
    guint column;
    gboolean missing;
    double lo;
    double hi;
    guint64 codes[4];
} SlicesCondition;

/**
 * Slice:
 * @n: conditions, on different columns
 * @timed: only rows of a stretch of time are of it, or of row numbers where there is no time
 * @begins: the stretch begins within the log
 * @ends: it ends within the log
 * @from: its first moment; @to the first after it
 * @from_lo: the earliest that it may begin with, 95 %; @from_hi the latest
 *
 * A conjunction.
 */
typedef struct {
    guint n;
    SlicesCondition condition[SLICES_MAX_CONDITIONS];
    gboolean timed;
    gboolean begins;
    gboolean ends;
    gint64 from;
    gint64 to;
    gint64 from_lo;
    gint64 from_hi;
} Slice;

/* whether one of a slice's conditions is on @column */
static inline gboolean
slices_uses(const Slice *slice, guint column)
{
    for (guint i = 0; i < slice->n; i++)
        if (slice->condition[i].column == column)
            return TRUE;
    return FALSE;
}

/**
 * SlicesHalf:
 * @n_rows: rows of this half
 * @row: (array length=n_rows): their rows in the frame
 * @y: (array length=n_rows): 0/1 errors, or losses over the spread of their cell
 * @cell: (array length=n_rows): prediction and score bin
 * @n_cells: cells
 * @n_classes: predictions kept apart in them: the one of a cell is its number modulo them
 * @total: sum of @y
 */
typedef struct {
    gsize n_rows;
    guint32 *row;
    double *y;
    guint32 *cell;
    guint n_cells;
    guint n_classes;
    double total;
} SlicesHalf;

/**
 * SlicesOffset:
 * @column: of the table
 * @code: of a category: its rows of this code of the bins
 * @from: of a number: its rows from here on
 * @amount: by which the predictions of these rows are too high, 0 where no group is off so far
 *
 * A group of a regression whose predictions lie apart from others by what they are off.
 */
typedef struct {
    guint column;
    guint8 code;
    double from;
    double amount;
} SlicesOffset;

/**
 * SlicesTable:
 *
 * All that the search reads: the columns that take part, the rows of both halves that do, and what
 * is known of a row besides its columns.
 */
typedef struct _SlicesTable {
    const ErrataAnalysis *analysis;
    gboolean real;
    gboolean exploratory;
    guint n_columns;
    SlicesColumn *columns;
    SlicesHalf discovery;
    SlicesHalf confirmation;
    gsize min_rows; /* of a slice in the discovery half */
    guint max_level;
    struct _SlicesBeyond
        *beyond; /* (nullable): what columns tell beyond the score: slices-beyond.h */
    struct _SlicesBeyondClasses *classes; /* (nullable): the same of several classes */
    SlicesOffset offset;
    struct _SlicesNear *near; /* (nullable): how near to a decision rows are: slices-near.h */
    GPtrArray *said;          /* (element-type ErrataBinColumn): of words, owned */
    gsize n_left_out;         /* discovery rows not searched because there are too many */
    struct _SlicesMemo *memo; /* (nullable): which rows slices have: slices-memo.h */
    const guint32 *entity;    /* nullable: per row of the frame, what it belongs to */
    guint n_entities;
} SlicesTable;

SlicesTable *errata_slices_table_new(const ErrataAnalysis *analysis);
const SlicesTable *errata_slices_table_shared(ErrataAnalysis *analysis);
void errata_slices_table_forget(ErrataAnalysis *analysis);
void errata_slices_table_free(SlicesTable *self);
double errata_slices_table_number(const SlicesTable *self, guint column, gsize frame_row);
void errata_slices_table_numbers(const SlicesTable *self,
                                 guint column,
                                 const guint32 *row,
                                 gsize n,
                                 double *ret_value);
gboolean errata_slices_table_holds(const SlicesTable *self,
                                   const SlicesCondition *condition,
                                   gsize frame_row);
gboolean errata_slices_table_has_one_list(const SlicesTable *self);
void errata_slices_table_meet(const SlicesTable *self,
                              const Slice *slice,
                              const guint32 *row,
                              gsize n,
                              guint8 *ret_member);
void errata_slices_table_member(const SlicesTable *self,
                                const SlicesHalf *half,
                                const Slice *slice,
                                guint8 *ret_member);
void errata_slices_said_add(SlicesTable *self);
void errata_slices_items_build(SlicesTable *self);
void errata_slices_items_clear(SlicesColumn *column);
gboolean errata_slices_items_narrow(const SlicesTable *self, Slice *slice);
Slice errata_slices_items_slice(const SlicesTable *self,
                                gboolean coarse,
                                const guint *axis,
                                const guint16 *lo,
                                const guint16 *hi,
                                guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlicesTable, errata_slices_table_free)

G_END_DECLS
