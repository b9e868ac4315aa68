/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "axis.h"
#include "short-name.h"
#include "value.h"

/* Cells by row label and column label. Counts are shaded by their share of the row, the diagonal
 * in the accent, the rest warm; rates are shaded warm over their own range. Text is printed where
 * a cell has room for it. */

#define MATRIX_MAX_CELL  26.0
#define MATRIX_TALL_CELL 44.0 /* when there are few rows: room for a second line */
#define MATRIX_FEW       3
#define MATRIX_MIN_CELL  3.0
#define MATRIX_NAMES     14.0 /* above the cells, for column labels */
#define MATRIX_LINE      9.0  /* more where they have two lines */
#define MATRIX_RANGE     " to "

typedef struct {
    ErrataArea cells;
    double cell_width;
    double cell_height;
    double labels;
    gboolean two_lines; /* column labels are ranges that are too wide for one */
    double lo;
    double hi;
} MatrixPlan;

static double
matrix_cell_height(const ErrataFigure *figure)
{
    return CLAMP((figure->row_normalised ? 300.0 : 184.0) / MAX(figure->n_rows, 1),
                 MATRIX_MIN_CELL,
                 figure->n_rows <= MATRIX_FEW ? MATRIX_TALL_CELL : MATRIX_MAX_CELL);
}

/* the columns: how wide, behind which row labels, and whether a range of theirs takes two lines */
static void
matrix_columns(const ErrataFigure *figure, ErrataPen *pen, double width, MatrixPlan *plan)
{
    for (guint i = 0; figure->rows != NULL && i < figure->n_rows; i++)
        plan->labels = MAX(plan->labels,
                           errata_pen_measure(pen, ERRATA_STYLE_NOTE, figure->rows[i]));
    plan->labels = MIN(plan->labels + 6.0, width * 0.3);
    plan->cell_width = MIN((width - plan->labels) / MAX(figure->n_columns, 1),
                           MAX(72.0, MATRIX_MAX_CELL));
    for (guint i = 0; figure->columns != NULL && i < figure->n_columns; i++)
        if (strstr(figure->columns[i], MATRIX_RANGE) != NULL &&
            errata_pen_measure(pen, ERRATA_STYLE_NOTE, figure->columns[i]) > plan->cell_width - 3.0)
            plan->two_lines = TRUE;
}

static double
matrix_names_room(const MatrixPlan *plan)
{
    return MATRIX_NAMES + ERRATA_AXIS_NAME_ROOM + (plan->two_lines ? MATRIX_LINE : 0.0);
}

static double
matrix_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    MatrixPlan plan = {0};

    matrix_columns(figure, pen, width, &plan);
    return figure->n_rows * matrix_cell_height(figure) + matrix_names_room(&plan) + 4.0;
}

static MatrixPlan
matrix_plan(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    MatrixPlan plan = {.lo = (double)NAN, .hi = (double)NAN};
    double top;

    matrix_columns(figure, pen, area.width, &plan);
    top = area.y + matrix_names_room(&plan);
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
    return figure->row_normalised && figure->n_rows == figure->n_columns && row == column;
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

/* how dark a cell is, 0 … 1 */
static double
matrix_shade(const ErrataFigure *figure, const MatrixPlan *plan, double value, double total)
{
    if (figure->row_normalised)
        return total > 0.0 ? value / total : 0.0;
    if (!(plan->hi > plan->lo))
        return 0.3;
    return 0.06 + 0.9 * (value - plan->lo) / (plan->hi - plan->lo);
}

/* the value; beneath it, where there is room, its share of the row or the rows behind it */
static void
matrix_cell_text(const ErrataFigure *figure,
                 ErrataPen *pen,
                 const MatrixPlan *plan,
                 double total,
                 guint cell,
                 double shade)
{
    double value = figure->cells[cell];
    ErrataInk ink = shade > 0.72 ? ERRATA_INK_PAPER : ERRATA_INK_TEXT;
    double x = plan->cells.x + (cell % figure->n_columns + 0.5) * plan->cell_width;
    double y = plan->cells.y + (cell / figure->n_columns + 0.5) * plan->cell_height;
    gboolean tall = plan->cell_height >= 30.0;
    g_autofree char *text = matrix_text(figure, value);
    g_autofree char *second = NULL;

    if (plan->cell_height < 11.0 ||
        (value <= 0.0 && figure->row_normalised && figure->n_rows > MATRIX_FEW) ||
        errata_pen_measure(pen, ERRATA_STYLE_NOTE, text) > plan->cell_width - 4.0)
        return;
    if (tall && figure->row_normalised && total > 0.0)
        second = errata_value_rough_share(value / total);
    else if (tall && figure->cell_counts != NULL)
        second = errata_value_count(figure->cell_counts[cell]);
    errata_pen_text(pen,
                    second != NULL ? ERRATA_STYLE_NOTE_STRONG : ERRATA_STYLE_NOTE,
                    ink,
                    ERRATA_ALIGN_CENTRE,
                    x - 0.5,
                    y + (second != NULL ? -2.0 : 2.2),
                    0.0,
                    text);
    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ink,
                    ERRATA_ALIGN_CENTRE,
                    x - 0.5,
                    y + 8.0,
                    plan->cell_width - 4.0,
                    second);
}

static void
matrix_cell(const ErrataFigure *figure,
            ErrataPen *pen,
            const MatrixPlan *plan,
            double total,
            guint row,
            guint column)
{
    guint cell = row * figure->n_columns + column;
    double value = figure->cells[cell];
    double gap = plan->cell_height > 8.0 ? 1.0 : 0.0;
    double shade = matrix_shade(figure, plan, value, total);
    ErrataInk ink = matrix_is_diagonal(figure, row, column) ? ERRATA_INK_NOW : ERRATA_INK_ERROR;
    ErrataColour colour = !isfinite(value) ? errata_theme_colour(ERRATA_INK_PALE)
                          : value > 0.0    ? errata_theme_mix(ink, MAX(shade * 0.92, 0.03))
                                           : errata_theme_colour(ERRATA_INK_PALE);

    errata_pen_cell(pen,
                    colour,
                    plan->cells.x + column * plan->cell_width,
                    plan->cells.y + row * plan->cell_height,
                    plan->cell_width - gap,
                    plan->cell_height - gap);
    if (isfinite(value))
        matrix_cell_text(figure, pen, plan, total, cell, shade);
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
matrix_column_label(ErrataPen *pen,
                    const MatrixPlan *plan,
                    guint column,
                    guint step,
                    double above,
                    const char *text)
{
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_TEXT,
                    ERRATA_ALIGN_CENTRE,
                    plan->cells.x + (column + 0.5) * plan->cell_width,
                    plan->cells.y - 4.5 - above,
                    plan->cell_width * step - 3.0,
                    text);
}

/* a range that is too wide breaks behind its “to”; of another name stands what tells it apart */
static void
matrix_column_labels(const ErrataFigure *figure, ErrataPen *pen, const MatrixPlan *plan)
{
    guint step = (guint)ceil(22.0 / plan->cell_width);

    for (guint column = 0; figure->columns != NULL && column < figure->n_columns; column += step) {
        const char *label = figure->columns[column];
        const char *to = plan->two_lines ? strstr(label, MATRIX_RANGE) : NULL;

        g_autofree char *brief = NULL;

        if (to == NULL && errata_pen_measure(pen, ERRATA_STYLE_NOTE, label) > plan->cell_width)
            label = brief = errata_short_name(figure->columns, figure->n_columns, column);
        if (to != NULL) {
            const char *upper = to + strlen(MATRIX_RANGE);
            g_autofree char *lower = g_strndup(label, (gsize)(upper - label) - 1);

            matrix_column_label(pen, plan, column, step, MATRIX_LINE, lower);
            label = upper;
        }
        matrix_column_label(pen, plan, column, step, 0.0, label);
    }
}

static void
matrix_names(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    g_autofree char *names =
        g_strdup_printf("%s%s%s%s%s",
                        figure->y_label != NULL ? "↓ " : "",
                        figure->y_label != NULL ? figure->y_label : "",
                        figure->y_label != NULL && figure->x_label != NULL ? "    " : "",
                        figure->x_label != NULL ? "→ " : "",
                        figure->x_label != NULL ? figure->x_label : "");

    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_LEFT,
                    area.x,
                    area.y + 5.0,
                    area.width,
                    names);
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
    matrix_names(figure, pen, area);
    matrix_column_labels(figure, pen, &plan);
    matrix_row_labels(figure, pen, &plan);
    for (guint row = 0; row < figure->n_rows; row++) {
        double total = matrix_row_total(figure, row);

        for (guint column = 0; column < figure->n_columns; column++)
            matrix_cell(figure, pen, &plan, total, row, column);
    }
}

const ErrataFigureClass errata_figure_matrix = {matrix_height, matrix_draw};
