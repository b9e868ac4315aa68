/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"
#include "theme.h"

G_BEGIN_DECLS

/* A report as a list of blocks, before anybody knows about pages. Blocks borrow figures from the
 * case or from the document; texts are the block's own. */

typedef enum {
    ERRATA_BLOCK_HEADING, /* text, maybe a number before it and a note at the right or beside it */
    ERRATA_BLOCK_PROSE,
    ERRATA_BLOCK_TILES,
    ERRATA_BLOCK_FIGURES, /* one, or several side by side */
    ERRATA_BLOCK_TABLE,
    ERRATA_BLOCK_ADVICE, /* the "What to do" box */
} ErrataBlockKind;

/* a metric in a box */
typedef struct {
    char *name;
    char *value;
    char *interval; /* nullable */
    char *change;   /* nullable */
    ErrataTone tone;
    int arrow; /* before the change: −1 down, 1 up, 0 none */
    double *history;
    guint n_history;
} ErrataTile;

typedef enum {
    ERRATA_CELL_TEXT,
    ERRATA_CELL_BAR,       /* a bar of @value over the column's largest, @text behind it */
    ERRATA_CELL_HISTOGRAM, /* a small histogram of @figure */
    ERRATA_CELL_GLYPH,     /* the sign of a finding's kind, @kind_of */
    ERRATA_CELL_PAGE,      /* the page of the table row's destination */
} ErrataCellKind;

typedef struct {
    ErrataCellKind kind;
    char *text;
    char *sub; /* nullable: small line beneath */
    double value;
    const ErrataFigure *figure;
    ErrataFindingKind kind_of;
    ErrataStyle style;
    ErrataInk ink;
} ErrataCell;

/**
 * ErrataColumnSpec:
 * @heading: above the column
 * @width: in points; 0: as wide as its cells
 * @flexible: takes what the others leave
 * @right: aligned right
 * @lines: cells may take so many lines
 * @whole: figures, which gives way only when the columns of words can no more
 */
typedef struct {
    char *heading;
    double width;
    gboolean flexible;
    gboolean right;
    gboolean whole;
    guint lines;
} ErrataColumnSpec;

typedef struct {
    char *action;
    char *text;
    char *cost;
    char *gain;
} ErrataAdvice;

/**
 * ErrataBlock:
 * @kind: which of the members below are used
 * @text: heading or prose
 * @number: (nullable): large number before a heading
 * @note: (nullable): small print
 * @note_beside: the note follows the heading instead of standing at the right margin
 * @rule: a line under the heading
 * @style: of @text
 * @ink: of @text
 * @dest: (nullable): name that links lead to
 * @outline: (nullable): entry in the outline, at depth @outline_level (0 or 1)
 * @running: (nullable): right-hand running head from here on
 * @new_page: begins a page
 * @not_first: does not stand on the first page, unless that is nearly half empty
 * @keep_next: never stands alone at the foot of a page
 * @group: blocks of one group (not 0) are set together: the group begins a page unless it fits
 *   into what is left, or much of the page is left
 * @space: space above in points, dropped at the head of a page; for SPACE its height
 * @max_height: for FIGURES: height of each at most, 0 for their natural one
 * @n_slots: FIGURES: the width is shared by at least so many
 * @stem: (nullable): FIGURES: file stem of the first figure, instead of its id
 * @by_model: a language model wrote the words: a bar stands in the margin beside the block
 * @rule_above: a hairline in the space above, where there is one
 * @cells: row-major
 * @dests: (nullable): TABLE: per row the destination that the row links to, or %NULL
 * @least_height: for FIGURES: what they shrink to at most so that the table after them stays on
 *   their page; 0 never to shrink
 * @may_break: TABLE: broken over pages even when it is short
 * @row_space: TABLE: extra height of a row
 * @heading_rule: TABLE: a dark line under the column headings
 * @no_heading: TABLE: without the line of column headings
 */
typedef struct {
    ErrataBlockKind kind;
    char *text;
    char *number;
    ErrataInk number_ink;
    char *note;
    gboolean note_beside;
    gboolean rule;
    ErrataStyle style;
    ErrataInk ink;
    char *dest;
    char *outline;
    guint outline_level;
    char *running;
    gboolean new_page;
    gboolean not_first;
    gboolean keep_next;
    guint group;
    double space;
    double max_height;
    double least_height;
    ErrataTile *tiles;
    guint n_tiles;
    const ErrataFigure **figures;
    guint n_figures;
    guint n_slots;
    char *stem;
    gboolean by_model;
    gboolean rule_above;
    ErrataColumnSpec *columns;
    guint n_columns;
    GArray *cells;
    GPtrArray *dests;
    double row_space;
    gboolean heading_rule;
    gboolean may_break;
    gboolean no_heading;
    ErrataAdvice *advice;
    guint n_advice;
} ErrataBlock;

/**
 * ErrataDocument:
 * @title: of the whole
 * @running: left-hand running head
 * @foot: (element-type utf8): lines at the foot of the first page; the last also says on which page
 *   the methods are told, and only that where it would not fit
 */
typedef struct {
    GPtrArray *blocks;
    GPtrArray *figures; /* (element-type ErrataFigure): those made for this document */
    char *title;
    char *subject;
    char *keywords;
    char *running;
    char *created;
    GPtrArray *foot;
} ErrataDocument;

ErrataDocument *errata_document_new(void);
void errata_document_free(ErrataDocument *self);
ErrataBlock *errata_document_add(ErrataDocument *self, ErrataBlockKind kind);
ErrataBlock *errata_document_heading(ErrataDocument *self, ErrataStyle style, const char *text);
ErrataBlock *errata_document_prose(ErrataDocument *self, ErrataStyle style, const char *text);
ErrataBlock *errata_document_figure(ErrataDocument *self, const ErrataFigure *figure);
void errata_block_add_figure(ErrataBlock *self, const ErrataFigure *figure);
ErrataFigure *errata_document_take(ErrataDocument *self, ErrataFigure *figure);
ErrataTile *errata_block_add_tile(ErrataBlock *self);
ErrataColumnSpec *errata_block_add_column(ErrataBlock *self,
                                          const char *heading,
                                          double width,
                                          gboolean right);
ErrataCell *errata_block_add_cell(ErrataBlock *self, const char *text);
ErrataCell *errata_block_take_cell(ErrataBlock *self, char *text);
const ErrataCell *errata_block_cell(const ErrataBlock *self, guint row, guint column);
guint errata_block_n_rows(const ErrataBlock *self);
/* leaves out the columns from @first on in which no cell says anything */
void errata_block_drop_empty(ErrataBlock *self, guint first);
ErrataAdvice *errata_block_add_advice(ErrataBlock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataDocument, errata_document_free)

G_END_DECLS
