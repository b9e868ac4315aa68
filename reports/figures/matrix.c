/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "value.h"

/* Cells by row label and column label. Counts are shaded by their share of the row, the diagonal
 * in the accent, the rest warm; rates are shaded warm over their own range. Text is printed where
 * a cell has room for it. */

#define MATRIX_MAX_CELL 26.0
#define MATRIX_MIN_CELL 3.0
#define MATRIX_NAMES    14.0 /* above the cells, for column labels */

typedef struct {
    ErrataArea cells;
    double cell_width;
    double cell_height;
    double labels;
    double lo;
    double hi;
} MatrixPlan;

static double
matrix_cell_height(const ErrataFigure *figure)
{
    return CLAMP(300.0 / MAX(figure->n_rows, 1), MATRIX_MIN_CELL, MATRIX_MAX_CELL);
}

static double
matrix_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    (void)pen;
    (void)width;
    return figure->n_rows * matrix_cell_height(figure) + MATRIX_NAMES + 2.0 * ERRATA_AXIS_NAME_ROOM;
}

static MatrixPlan
matrix_plan(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    MatrixPlan plan = {.lo = (double)NAN, .hi = (double)NAN};
    double top = area.y + MATRIX_NAMES + (figure->x_label != NULL ? ERRATA_AXIS_NAME_ROOM : 0.0);

    for (guint i = 0; figure->rows != NULL && i < figure->n_rows; i++)
        plan.labels = MAX(plan.labels, errata_pen_measure(pen, ERRATA_STYLE_NOTE, figure->rows[i]));
    plan.labels = MIN(plan.labels + 6.0, area.width * 0.3);
    plan.cell_width = MIN((area.width - plan.labels) / figure->n_columns,
                          MAX(72.0, MATRIX_MAX_CELL));
    plan.cell_height = MIN(matrix_cell_height(figure),
                           (area.y + area.height - top) / figure->n_rows);
    plan.cells = (ErrataArea){area.x + plan.labels,
                              top,
                              plan.cell_width * figure->n_columns,
                              plan.cell_height * figure->n_rows};
    errata_axis_extend(&plan.lo, &plan.hi, figure->cells, figure->n_rows * figure->n_columns);
    return plan;
}

static double
matrix_row_total(const ErrataFigure *figure, guint row)
{
    double total = 0.0;

    for (guint i = 0; i < figure->n_columns; i++) {
        double value = figure->cells[row * figure->n_columns + i];

        total += isfinite(value) ? value : 0.0;
    }
    return total;
}

static gboolean
matrix_is_diagonal(const ErrataFigure *figure, guint row, guint column)
{
    return figure->row_normalised && figure->rows != NULL && figure->columns != NULL &&
           g_strcmp0(figure->rows[row], figure->columns[column]) == 0;
}

static char *
matrix_text(const ErrataFigure *figure, double value)
{
    if (figure->row_normalised || figure->y_unit == ERRATA_UNIT_COUNT)
        return errata_value_count(value);
    if (figure->y_unit == ERRATA_UNIT_SHARE)
        return errata_value_share(value, 0.0, 0.018);
    return errata_value_number(value, (double)NAN, (double)NAN);
}

static void
matrix_cell(const ErrataFigure *figure,
            ErrataPen *pen,
            const MatrixPlan *plan,
            double total,
            guint row,
            guint column)
{
    double value = figure->cells[row * figure->n_columns + column];
    double x = plan->cells.x + column * plan->cell_width;
    double y = plan->cells.y + row * plan->cell_height;
    double gap = plan->cell_height > 8.0 ? 1.0 : 0.0;
    double shade;
    g_autofree char *text = NULL;

    if (!isfinite(value)) {
        errata_pen_cell(pen,
                        errata_theme_colour(ERRATA_INK_PALE),
                        x,
                        y,
                        plan->cell_width - gap,
                        plan->cell_height - gap);
        return;
    }
    if (figure->row_normalised)
        shade = total > 0.0 ? value / total : 0.0;
    else
        shade = plan->hi > plan->lo ? 0.06 + 0.9 * (value - plan->lo) / (plan->hi - plan->lo) : 0.3;
    errata_pen_cell(pen,
                    errata_theme_mix(matrix_is_diagonal(figure, row, column) ? ERRATA_INK_NOW
                                                                             : ERRATA_INK_ERROR,
                                     value > 0.0 ? MAX(shade * 0.92, 0.03) : 0.0),
                    x,
                    y,
                    plan->cell_width - gap,
                    plan->cell_height - gap);
    text = matrix_text(figure, value);
    if (plan->cell_height >= 11.0 &&
        errata_pen_measure(pen, ERRATA_STYLE_NOTE, text) <= plan->cell_width - 4.0)
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        shade > 0.55 ? ERRATA_INK_PAPER : ERRATA_INK_TEXT,
                        ERRATA_ALIGN_CENTRE,
                        x + (plan->cell_width - gap) / 2.0,
                        y + plan->cell_height / 2.0 + 2.2,
                        0.0,
                        text);
}

static void
matrix_row_labels(const ErrataFigure *figure, ErrataPen *pen, const MatrixPlan *plan)
{
    guint step = (guint)ceil(9.0 / plan->cell_height);

    for (guint row = 0; figure->rows != NULL && row < figure->n_rows; row += step)
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_TEXT,
                        ERRATA_ALIGN_RIGHT,
                        plan->cells.x - 5.0,
                        plan->cells.y + (row + 0.5) * plan->cell_height + 2.5,
                        plan->labels - 5.0,
                        figure->rows[row]);
}

static void
matrix_column_labels(const ErrataFigure *figure, ErrataPen *pen, const MatrixPlan *plan)
{
    guint step = (guint)ceil(22.0 / plan->cell_width);

    for (guint column = 0; figure->columns != NULL && column < figure->n_columns; column += step)
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_TEXT,
                        ERRATA_ALIGN_CENTRE,
                        plan->cells.x + (column + 0.5) * plan->cell_width,
                        plan->cells.y - 4.5,
                        plan->cell_width * step - 3.0,
                        figure->columns[column]);
}

static void
matrix_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    MatrixPlan plan;

    if (figure->n_rows == 0 || figure->n_columns == 0 || figure->cells == NULL) {
        errata_draw_nothing(pen, area, "nothing to count");
        return;
    }
    plan = matrix_plan(figure, pen, area);
    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_LEFT,
                    plan.cells.x,
                    area.y + 5.0,
                    area.x + area.width - plan.cells.x,
                    figure->x_label);
    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    plan.cells.x - 5.0,
                    plan.cells.y - 4.5,
                    plan.labels - 5.0,
                    figure->y_label);
    matrix_column_labels(figure, pen, &plan);
    matrix_row_labels(figure, pen, &plan);
    for (guint row = 0; row < figure->n_rows; row++) {
        double total = matrix_row_total(figure, row);

        for (guint column = 0; column < figure->n_columns; column++)
            matrix_cell(figure, pen, &plan, total, row, column);
    }
}

const ErrataFigureClass errata_figure_matrix = {matrix_height, matrix_draw};
