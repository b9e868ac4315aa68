/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "block.h"
#include "figures/draw.h"
#include "glyph.h"

/* Tables. Columns without a width are as wide as their cells; when that is too much, the widest
 * give way first, to a common width, and their cells are shortened; whole columns, of figures, come
 * last. */

#define TABLE_GAP          11.0
#define TABLE_SPREAD       16.0 /* more gap at most where there is room left */
#define TABLE_SUB          11.0 /* leading of the small lines */
#define TABLE_PAD          3.0
#define TABLE_TIGHT        2.0 /* air that a row keeps at least */
#define TABLE_HEADING      16.0
#define TABLE_HEADING_ROOM 56.0
#define TABLE_MIN          24.0
#define TABLE_WORDS        60.0 /* least of columns that give way to figures */
#define TABLE_BAR          60.0
#define TABLE_PICTURE      72.0
#define TABLE_BAR_TEXT     30.0

static double
table_natural(const ErrataBlock *block, ErrataPen *pen, guint column)
{
    guint n_rows = errata_block_n_rows(block);
    double heading = errata_pen_measure(pen, ERRATA_STYLE_NOTE, block->columns[column].heading);
    double width = 0.0;

    if (block->columns[column].width > 0.0)
        return block->columns[column].width;
    for (guint row = 0; row < n_rows; row++) {
        const ErrataCell *cell = errata_block_cell(block, row, column);

        if (cell->kind == ERRATA_CELL_BAR)
            width = MAX(width, TABLE_BAR + TABLE_BAR_TEXT);
        else if (cell->kind == ERRATA_CELL_HISTOGRAM)
            width = MAX(width, TABLE_PICTURE);
        else if (cell->text != NULL)
            width = MAX(width, errata_pen_measure(pen, cell->style, cell->text));
    }
    /* a long heading over short cells gives way */
    return MAX(MAX(width, MIN(heading, TABLE_HEADING_ROOM)), TABLE_MIN) + 0.5;
}

static gboolean
table_gives_way(const ErrataBlock *block, guint column, gboolean whole)
{
    return block->columns[column].width <= 0.0 && (whole || !block->columns[column].whole);
}

/* lowers the widest columns that may give way to a common width, @least or more, so that all fit
 * into
 * @room */
static void
table_squeeze(const ErrataBlock *block, double *width, double room, double least, gboolean whole)
{
    for (guint round = 0; round < block->n_columns; round++) {
        double total = 0.0;
        double widest = 0.0;
        double next = 0.0;
        guint n_widest = 0;

        for (guint i = 0; i < block->n_columns; i++) {
            total += width[i];
            if (table_gives_way(block, i, whole))
                widest = MAX(widest, width[i]);
        }
        if (total <= room || widest <= least)
            return;
        for (guint i = 0; i < block->n_columns; i++) {
            if (!table_gives_way(block, i, whole))
                continue;
            if (width[i] >= widest - 1e-6)
                n_widest++;
            else
                next = MAX(next, width[i]);
        }
        widest = MAX(MAX(next, least), widest - (total - room) / n_widest);
        for (guint i = 0; i < block->n_columns; i++)
            if (table_gives_way(block, i, whole))
                width[i] = MIN(width[i], widest);
    }
}

/* headings that were cut take what room there is */
static double
table_widen(const ErrataBlock *block, ErrataPen *pen, double *width, double spare)
{
    for (guint i = 0; i < block->n_columns; i++) {
        double more = errata_pen_measure(pen, ERRATA_STYLE_NOTE, block->columns[i].heading) + 0.5 -
                      width[i];

        if (block->columns[i].width > 0.0 || !(more > 0.0) || more > spare)
            continue;
        width[i] += more;
        spare -= more;
    }
    return spare;
}

static void
table_columns(const ErrataBlock *block, ErrataPen *pen, double width, ErrataTableMeasure *measure)
{
    double room = width - TABLE_GAP * (block->n_columns - 1);
    double used = 0.0;
    double gap = TABLE_GAP;
    int flexible = -1;
    double x = 0.0;

    for (guint i = 0; i < block->n_columns; i++) {
        measure->width[i] = table_natural(block, pen, i);
        if (block->columns[i].flexible)
            flexible = (int)i;
    }
    table_squeeze(block, measure->width, room, TABLE_WORDS, FALSE);
    table_squeeze(block, measure->width, room, TABLE_MIN, TRUE);
    for (guint i = 0; i < block->n_columns; i++)
        used += measure->width[i];
    if (used < room)
        used = room - table_widen(block, pen, measure->width, room - used);
    if (flexible >= 0 && used < room)
        measure->width[flexible] += room - used;
    else if (used < room && block->n_columns > 1)
        gap += MIN((room - used) / (block->n_columns - 1), TABLE_SPREAD);
    for (guint i = 0; i < block->n_columns; i++) {
        measure->x[i] = x;
        x += measure->width[i] + gap;
    }
}

/* the small print of a cell that may have several lines may have as many */
static guint
table_sub_lines(const ErrataColumnSpec *column,
                const ErrataCell *cell,
                ErrataPen *pen,
                double width)
{
    if (cell->sub == NULL)
        return 0;
    return MAX(errata_pen_lines(pen, ERRATA_STYLE_NOTE, width, MAX(column->lines, 1), cell->sub),
               1);
}

static double
table_row_height(const ErrataBlock *block,
                 ErrataPen *pen,
                 const ErrataTableMeasure *measure,
                 guint row)
{
    double height = errata_theme_style(ERRATA_STYLE_CELL)->leading;

    for (guint i = 0; i < block->n_columns; i++) {
        const ErrataCell *cell = errata_block_cell(block, row, i);
        guint lines = 1;

        if (block->columns[i].lines > 1 && cell->kind == ERRATA_CELL_TEXT)
            lines = MAX(errata_pen_lines(pen,
                                         cell->style,
                                         measure->width[i],
                                         block->columns[i].lines,
                                         cell->text),
                        1);
        height =
            MAX(height,
                lines * errata_theme_style(cell->style)->leading +
                    table_sub_lines(&block->columns[i], cell, pen, measure->width[i]) * TABLE_SUB);
    }
    return height + TABLE_PAD + measure->space;
}

/**
 * errata_table_measure:
 * @block: a table
 * @pen: measures
 * @width: the table's
 *
 * Returns: (transfer full): where columns and rows stand
 */
ErrataTableMeasure *
errata_table_measure(const ErrataBlock *block, ErrataPen *pen, double width)
{
    ErrataTableMeasure *self = g_new0(ErrataTableMeasure, 1);

    self->n_rows = errata_block_n_rows(block);
    self->x = g_new0(double, MAX(block->n_columns, 1));
    self->width = g_new0(double, MAX(block->n_columns, 1));
    self->height = g_new0(double, MAX(self->n_rows, 1));
    self->heading = block->no_heading ? 0.0 : TABLE_HEADING;
    self->total = width;
    self->space = block->row_space;
    table_columns(block, pen, width, self);
    for (guint row = 0; row < self->n_rows; row++)
        self->height[row] = table_row_height(block, pen, self, row);
    return self;
}

static double
table_total(const ErrataTableMeasure *self)
{
    double height = self->heading;

    for (guint row = 0; row < self->n_rows; row++)
        height += self->height[row];
    return height;
}

/* height of the whole table with the least air in its rows */
double
errata_table_tightest(const ErrataTableMeasure *self)
{
    return table_total(self) - self->n_rows * MAX(self->space - TABLE_TIGHT, 0.0);
}

/**
 * errata_table_tighten:
 * @self: a table
 * @left: height that is left for it, in points
 *
 * Takes so much of the air within the rows that the whole table fits; a table that does not fit
 * even so is left as it is.
 */
void
errata_table_tighten(ErrataTableMeasure *self, double left)
{
    double over = table_total(self) - left;
    double less = over / MAX(self->n_rows, 1);

    if (over <= 0.0 || errata_table_tightest(self) > left)
        return;
    self->space -= less;
    for (guint row = 0; row < self->n_rows; row++)
        self->height[row] -= less;
}

void
errata_table_measure_free(ErrataTableMeasure *self)
{
    if (self == NULL)
        return;
    g_free(self->x);
    g_free(self->width);
    g_free(self->height);
    g_free(self);
}

static void
table_draw_headings(const ErrataBlock *block,
                    const ErrataTableMeasure *measure,
                    ErrataPen *pen,
                    double x,
                    double y)
{
    double right = measure->total;

    for (guint i = 0; i < block->n_columns; i++) {
        gboolean to_right = block->columns[i].right;

        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_SOFT,
                        to_right ? ERRATA_ALIGN_RIGHT : ERRATA_ALIGN_LEFT,
                        x + measure->x[i] + (to_right ? measure->width[i] : 0.0),
                        y + 10.0,
                        measure->width[i],
                        block->columns[i].heading);
    }
    if (block->heading_rule)
        errata_pen_line(pen,
                        ERRATA_INK_TEXT,
                        ERRATA_THEME_RULE,
                        x,
                        y + TABLE_HEADING - 1.0,
                        x + right,
                        y + TABLE_HEADING - 1.0);
}

static void
table_draw_bar(const ErrataBlock *block,
               const ErrataCell *cell,
               ErrataPen *pen,
               guint column,
               double x,
               double baseline,
               double width)
{
    double largest = 0.0;
    double length = 0.0;
    double most = width - TABLE_BAR_TEXT;

    for (guint row = 0; row < errata_block_n_rows(block); row++) {
        double value = errata_block_cell(block, row, column)->value;

        largest = isfinite(value) ? MAX(largest, value) : largest;
    }
    if (isfinite(cell->value) && largest > 0.0)
        length = CLAMP(cell->value / largest, 0.0, 1.0) * most;
    errata_pen_rectangle(pen,
                         cell->ink,
                         x,
                         baseline - 7.0,
                         MAX(length, length > 0.0 ? 1.0 : 0.0),
                         8.0);
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_TEXT,
                    ERRATA_ALIGN_LEFT,
                    x + length + (length > 0.0 ? 4.0 : 0.0),
                    baseline,
                    width - length - 4.0,
                    cell->text);
}

static void
table_draw_sub(const ErrataColumnSpec *column,
               const ErrataCell *cell,
               ErrataPen *pen,
               double x,
               double baseline,
               double width)
{
    if (cell->sub == NULL)
        return;
    if (table_sub_lines(column, cell, pen, width) > 1)
        errata_pen_paragraph(pen,
                             ERRATA_STYLE_NOTE,
                             ERRATA_INK_SOFT,
                             x,
                             baseline,
                             width,
                             column->lines,
                             cell->sub);
    else
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_SOFT,
                        column->right ? ERRATA_ALIGN_RIGHT : ERRATA_ALIGN_LEFT,
                        x + (column->right ? width : 0.0),
                        baseline,
                        width,
                        cell->sub);
}

static void
table_draw_text(const ErrataColumnSpec *column,
                const ErrataCell *cell,
                ErrataPen *pen,
                double x,
                double baseline,
                double width)
{
    guint lines = 1;

    if (column->lines > 1)
        lines = errata_pen_paragraph(pen,
                                     cell->style,
                                     cell->ink,
                                     x,
                                     baseline,
                                     width,
                                     column->lines,
                                     cell->text);
    else
        errata_pen_text(pen,
                        cell->style,
                        cell->ink,
                        column->right ? ERRATA_ALIGN_RIGHT : ERRATA_ALIGN_LEFT,
                        x + (column->right ? width : 0.0),
                        baseline,
                        width,
                        cell->text);
    table_draw_sub(column,
                   cell,
                   pen,
                   x,
                   baseline + (MAX(lines, 1) - 1) * errata_theme_style(cell->style)->leading +
                       TABLE_SUB,
                   width);
}

static void
table_draw_page(const char *dest, ErrataPen *pen, double right, double baseline, GHashTable *pages)
{
    gpointer page = NULL;
    char text[16];

    if (dest == NULL || !g_hash_table_lookup_extended(pages, dest, NULL, &page))
        return;
    g_snprintf(text, sizeof text, "%u", GPOINTER_TO_UINT(page));
    errata_pen_text(pen,
                    ERRATA_STYLE_CELL,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    right,
                    baseline,
                    0.0,
                    text);
}

static void
table_draw_row(const ErrataBlock *block,
               const ErrataTableMeasure *measure,
               ErrataPen *pen,
               double x,
               double y,
               guint row,
               GHashTable *pages)
{
    double baseline = y + measure->space / 2.0 + 9.5;
    const char *dest = block->dests != NULL ? g_ptr_array_index(block->dests, row) : NULL;

    for (guint i = 0; i < block->n_columns; i++) {
        const ErrataCell *cell = errata_block_cell(block, row, i);
        double left = x + measure->x[i];
        double width = measure->width[i];

        switch (cell->kind) {
        case ERRATA_CELL_TEXT:
            table_draw_text(&block->columns[i], cell, pen, left, baseline, width);
            break;
        case ERRATA_CELL_BAR:
            table_draw_bar(block, cell, pen, i, left, baseline, width);
            break;
        case ERRATA_CELL_HISTOGRAM:
            if (cell->figure != NULL)
                errata_draw_small_histogram(
                    pen,
                    (ErrataArea){left, y + 1.5, width, measure->height[row] - 3.5},
                    cell->figure);
            break;
        case ERRATA_CELL_GLYPH:
            errata_glyph_draw(pen, cell->kind_of, cell->ink, left, baseline - 8.0);
            break;
        case ERRATA_CELL_PAGE:
            table_draw_page(dest, pen, left + width, baseline, pages);
            break;
        }
    }
}

void
errata_table_draw(const ErrataBlock *block,
                  const ErrataTableMeasure *measure,
                  ErrataPen *pen,
                  double x,
                  double y,
                  guint first,
                  guint n_rows,
                  GHashTable *pages)
{
    double right;

    if (block->n_columns == 0)
        return;
    right = measure->total;
    if (!block->no_heading)
        table_draw_headings(block, measure, pen, x, y);
    y += measure->heading;
    for (guint row = first; row < first + n_rows; row++) {
        const char *dest = block->dests != NULL ? g_ptr_array_index(block->dests, row) : NULL;

        table_draw_row(block, measure, pen, x, y, row, pages);
        if (dest != NULL && g_hash_table_contains(pages, dest))
            errata_pen_link(pen, dest, x, y, right, measure->height[row]);
        y += measure->height[row];
        errata_pen_line(pen, ERRATA_INK_HAIR, ERRATA_THEME_HAIR, x, y - 0.5, x + right, y - 0.5);
    }
}
