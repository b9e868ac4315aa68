/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "axis.h"
#include "value.h"

/* A binary tree lying on its side: one line per node, children indented below their parent, with
 * the node's rate on a common axis and its share of all errors. Conditions stay readable at any
 * depth, which boxes on a page do not. */

#define TREE_ROW    17.0
#define TREE_INDENT 14.0
#define TREE_MAX    63
#define TREE_COUNT  50.0
#define TREE_SHARE  76.0
#define TREE_HEAD   14.0
#define TREE_BAD    1.25 /* times the overall rate: drawn as an error */

typedef struct {
    guint n;
    guint node[TREE_MAX];
    guint depth[TREE_MAX];
} TreeOrder;

static gboolean
tree_has(const ErrataFigure *figure, int node)
{
    return node >= 0 && (guint)node < figure->n_nodes;
}

/* depth first, left before right; stops at TREE_MAX, so that a malformed tree ends too */
static void
tree_walk(const ErrataFigure *figure, int node, guint depth, TreeOrder *order)
{
    if (!tree_has(figure, node) || order->n == TREE_MAX || depth > 16)
        return;
    order->node[order->n] = (guint)node;
    order->depth[order->n++] = depth;
    tree_walk(figure, figure->nodes[node].left, depth + 1, order);
    tree_walk(figure, figure->nodes[node].right, depth + 1, order);
}

static double
tree_height(const ErrataFigure *figure, ErrataPen *pen, double width)
{
    TreeOrder order = {0};

    (void)pen;
    (void)width;
    tree_walk(figure, 0, 0, &order);
    return MAX(order.n, 2) * TREE_ROW + TREE_HEAD + ERRATA_AXIS_TICK_ROOM + 6.0;
}

/* the elbow from the parent's line to this one */
static void
tree_elbow(ErrataPen *pen, const TreeOrder *order, guint index, double left, double top)
{
    double x = left + (order->depth[index] - 1.0) * TREE_INDENT + 4.0;
    double y = top + (index + 0.5) * TREE_ROW;
    guint parent = index;

    if (order->depth[index] == 0)
        return;
    while (parent > 0 && order->depth[parent] >= order->depth[index])
        parent--;
    errata_pen_line(pen,
                    ERRATA_INK_REFERENCE,
                    ERRATA_THEME_HAIR,
                    x,
                    top + (parent + 0.5) * TREE_ROW + 6.0,
                    x,
                    y);
    errata_pen_line(pen, ERRATA_INK_REFERENCE, ERRATA_THEME_HAIR, x, y, x + 7.0, y);
}

/* dot, interval and value of a node */
static void
tree_rate(const ErrataNode *node,
          ErrataPen *pen,
          const ErrataScale *scale,
          ErrataUnit unit,
          ErrataInk ink,
          double y)
{
    g_autofree char *rate = errata_value_of_unit(node->value, node->lo, node->hi, unit);
    double end = isfinite(node->hi) ? node->hi : node->value;

    if (!isfinite(node->value))
        return;
    if (isfinite(node->lo) && isfinite(node->hi))
        errata_pen_line(pen,
                        ink,
                        1.4,
                        errata_scale_map(scale, node->lo),
                        y,
                        errata_scale_map(scale, node->hi),
                        y);
    errata_pen_dot(pen, ink, errata_scale_map(scale, node->value), y, 2.8);
    errata_pen_label(pen,
                     ERRATA_STYLE_NOTE,
                     ink == ERRATA_INK_ERROR ? ink : ERRATA_INK_SOFT,
                     MAX(errata_scale_map(scale, end), errata_scale_map(scale, node->value) + 3.0) +
                         5.0,
                     y + 2.7,
                     rate);
}

static void
tree_row(const ErrataFigure *figure,
         const ErrataNode *node,
         ErrataPen *pen,
         const ErrataScale *scale,
         ErrataArea area,
         double labels,
         double indent,
         double y)
{
    gboolean leaf = !tree_has(figure, node->left);
    gboolean bad = leaf && node->value > figure->nodes[0].value * TREE_BAD;
    ErrataInk ink = bad ? ERRATA_INK_ERROR : leaf ? ERRATA_INK_NOW : ERRATA_INK_REFERENCE;
    g_autofree char *count = errata_value_count(node->n);
    g_autofree char *share = errata_value_rough_share(node->coverage);
    double right = area.x + area.width;

    errata_pen_text(pen,
                    leaf ? ERRATA_STYLE_CELL_STRONG : ERRATA_STYLE_CELL,
                    ERRATA_INK_TEXT,
                    ERRATA_ALIGN_LEFT,
                    area.x + indent,
                    y + 3.0,
                    labels - indent,
                    node->label);
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    area.x + labels + TREE_COUNT,
                    y + 3.0,
                    TREE_COUNT - 4.0,
                    count);
    tree_rate(node, pen, scale, figure->y_unit, ink, y);
    if (isfinite(node->coverage))
        errata_pen_rectangle(pen,
                             leaf ? ink : ERRATA_INK_HAIR,
                             right - TREE_SHARE,
                             y - 3.5,
                             CLAMP(node->coverage, 0.0, 1.0) * (TREE_SHARE - 34.0),
                             7.0);
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    right,
                    y + 2.7,
                    32.0,
                    share);
}

static double
tree_labels(const ErrataFigure *figure, ErrataPen *pen, const TreeOrder *order, double width)
{
    double widest = 0.0;

    for (guint i = 0; i < order->n; i++)
        widest = MAX(widest,
                     order->depth[i] * TREE_INDENT +
                         errata_pen_measure(pen,
                                            ERRATA_STYLE_CELL_STRONG,
                                            figure->nodes[order->node[i]].label));
    return MIN(widest + 2.0, width * 0.42);
}

static void
tree_headings(ErrataPen *pen, ErrataArea area, gboolean numbers, double labels, double left)
{
    const char *what = numbers ? "mean absolute error" : "error rate";
    double right = area.x + area.width;
    double share = errata_pen_text(pen,
                                   ERRATA_STYLE_TICK,
                                   ERRATA_INK_SOFT,
                                   ERRATA_ALIGN_RIGHT,
                                   right,
                                   area.y + 6.0,
                                   TREE_SHARE,
                                   numbers ? "share of all error" : "share of errors");

    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    area.x + labels + TREE_COUNT,
                    area.y + 6.0,
                    0.0,
                    "predictions");
    if (left + errata_pen_measure(pen, ERRATA_STYLE_TICK, what) < right - share - 8.0)
        errata_pen_text(pen,
                        ERRATA_STYLE_TICK,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_LEFT,
                        left,
                        area.y + 6.0,
                        0.0,
                        what);
}

static void
tree_draw(const ErrataFigure *figure, ErrataPen *pen, ErrataArea area)
{
    TreeOrder order = {0};
    ErrataTicks ticks;
    ErrataScale scale;
    double labels;
    double left;
    double top = area.y + TREE_HEAD;
    double lo = 0.0;
    double hi = (double)NAN;

    tree_walk(figure, 0, 0, &order);
    if (order.n < 2) {
        errata_draw_nothing(pen, area, "no split makes a difference that holds");
        return;
    }
    for (guint i = 0; i < order.n; i++) {
        errata_axis_extend(&lo, &hi, &figure->nodes[order.node[i]].value, 1);
        errata_axis_extend(&lo, &hi, &figure->nodes[order.node[i]].hi, 1);
    }
    labels = tree_labels(figure, pen, &order, area.width);
    left = area.x + labels + TREE_COUNT + 14.0;
    tree_headings(pen, area, figure->y_unit == ERRATA_UNIT_TARGET, labels, left);
    scale = errata_scale_new(lo, hi, left, area.x + area.width - TREE_SHARE - 46.0);
    errata_scale_ticks(scale.lo, scale.hi, 4, figure->y_unit, &ticks);
    errata_axis_x_grid(pen, &scale, &ticks, top, top + order.n * TREE_ROW);
    errata_axis_x_labels(pen,
                         &scale,
                         &ticks,
                         top + order.n * TREE_ROW + 9.0,
                         left - 8.0,
                         area.x + area.width - TREE_SHARE);
    errata_scale_clear_ticks(&ticks);
    for (guint i = 0; i < order.n; i++) {
        tree_elbow(pen, &order, i, area.x, top);
        tree_row(figure,
                 &figure->nodes[order.node[i]],
                 pen,
                 &scale,
                 area,
                 labels,
                 order.depth[i] * TREE_INDENT,
                 top + (i + 0.5) * TREE_ROW);
    }
}

const ErrataFigureClass errata_figure_tree = {tree_height, tree_draw};
