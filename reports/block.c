/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block.h"

#include <math.h>

#include "figures/draw.h"

/* Every block but the table: how high it is, and how it is drawn. */

#define BLOCK_TILE_HEIGHT  66.0
#define BLOCK_TILE_GAP     8.0
#define BLOCK_TILE_PAD     8.0
#define BLOCK_NUMBER_GAP   8.0
#define BLOCK_NOTE_GAP     12.0
#define BLOCK_RULE_ROOM    6.0
#define BLOCK_ADVICE_PAD   10.0
#define BLOCK_ADVICE_LABEL 88.0
#define BLOCK_ADVICE_SPLIT 0.6 /* of the room: a longer gain has lines of its own */
#define BLOCK_MODEL_BAR    2.4 /* in the margin, beside what a language model wrote */
#define BLOCK_MODEL_GAP    8.0
#define BLOCK_MAX_LINES    12 /* of any text but prose: more is no sentence, but rows of the log */

static double
block_number_width(const ErrataBlock *block, ErrataPen *pen)
{
    if (block->number == NULL)
        return 0.0;
    return errata_pen_measure(pen, ERRATA_STYLE_TITLE, block->number) + BLOCK_NUMBER_GAP;
}

/* what the heading leaves for its note: half at least */
static double
block_note_room(const ErrataBlock *block, ErrataPen *pen, double width)
{
    double taken = block_number_width(block, pen) +
                   errata_pen_measure(pen, block->style, block->text) + BLOCK_NOTE_GAP;

    return MAX(width - taken, width / 2.0);
}

static double
block_heading_room(const ErrataBlock *block, ErrataPen *pen, double width)
{
    double whole = width;

    width -= block_number_width(block, pen);
    if (block->note != NULL && !block->note_beside)
        width -= MIN(errata_pen_measure(pen, ERRATA_STYLE_NOTE, block->note),
                     block_note_room(block, pen, whole)) +
                 BLOCK_NOTE_GAP;
    return width;
}

static double
block_heading_height(const ErrataBlock *block, ErrataPen *pen, double width)
{
    const ErrataStyleSpec *spec = errata_theme_style(block->style);
    guint lines = errata_pen_lines(pen,
                                   block->style,
                                   block_heading_room(block, pen, width),
                                   BLOCK_MAX_LINES,
                                   block->text);

    return lines * spec->leading +
           (block->rule ? BLOCK_RULE_ROOM + spec->size - spec->leading : 2.0);
}

static void
block_heading_draw(const ErrataBlock *block, ErrataPen *pen, double x, double y, double width)
{
    const ErrataStyleSpec *spec = errata_theme_style(block->style);
    double number = block_number_width(block, pen);
    double room = block_heading_room(block, pen, width);
    double baseline = y + spec->size;
    double bottom = y + block_heading_height(block, pen, width);

    if (block->number != NULL)
        errata_pen_text(pen,
                        ERRATA_STYLE_TITLE,
                        block->number_ink,
                        ERRATA_ALIGN_LEFT,
                        x,
                        baseline,
                        0.0,
                        block->number);
    errata_pen_paragraph(pen,
                         block->style,
                         block->ink,
                         x + number,
                         baseline,
                         room,
                         BLOCK_MAX_LINES,
                         block->text);
    if (block->note != NULL && block->note_beside)
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_LEFT,
                        x + number + errata_pen_measure(pen, block->style, block->text) + 10.0,
                        baseline,
                        block_note_room(block, pen, width),
                        block->note);
    else if (block->note != NULL)
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_RIGHT,
                        x + width,
                        baseline,
                        block_note_room(block, pen, width),
                        block->note);
    if (block->rule)
        errata_pen_line(pen,
                        ERRATA_INK_TEXT,
                        ERRATA_THEME_RULE,
                        x,
                        bottom - 0.4,
                        x + width,
                        bottom - 0.4);
}

static void
block_tile_draw(const ErrataTile *tile, ErrataPen *pen, double x, double y, double width)
{
    double left = x + BLOCK_TILE_PAD;
    double room = width - 2.0 * BLOCK_TILE_PAD;
    double change = left;
    double spark = room * 0.42;
    gboolean has_spark = tile->n_history >= 3;
    static const char *const arrows[] = {"▼", "", "▲"};

    errata_pen_box(pen, ERRATA_INK_PALE, x, y, width, BLOCK_TILE_HEIGHT);
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_LEFT,
                    left,
                    y + 14.0,
                    room,
                    tile->name);
    errata_pen_text(pen,
                    errata_pen_measure(pen, ERRATA_STYLE_VALUE, tile->value) > room
                        ? ERRATA_STYLE_STRONG
                        : ERRATA_STYLE_VALUE,
                    ERRATA_INK_TEXT,
                    ERRATA_ALIGN_LEFT,
                    left,
                    y + 34.0,
                    room,
                    tile->value);
    errata_pen_text(pen,
                    ERRATA_STYLE_TICK,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_LEFT,
                    left,
                    y + 46.0,
                    room,
                    tile->interval);
    if (tile->change != NULL) {
        ErrataInk ink = tile->tone == ERRATA_TONE_REFERENCE ? ERRATA_INK_SOFT
                                                            : errata_theme_tone(tile->tone);

        if (tile->arrow != 0)
            change += errata_pen_text(pen,
                                      ERRATA_STYLE_NOTE_STRONG,
                                      ink,
                                      ERRATA_ALIGN_LEFT,
                                      left,
                                      y + 58.5,
                                      0.0,
                                      arrows[tile->arrow + 1]) +
                      3.0;
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE_STRONG,
                        ink,
                        ERRATA_ALIGN_LEFT,
                        change,
                        y + 58.5,
                        (has_spark ? room - spark - 4.0 : room) - (change - left),
                        tile->change);
    }
    if (has_spark)
        errata_draw_spark(pen,
                          (ErrataArea){left + room - spark, y + 48.0, spark - 2.0, 11.0},
                          tile->history,
                          tile->n_history);
}

static void
block_tiles_draw(const ErrataBlock *block, ErrataPen *pen, double x, double y, double width)
{
    double each = (width - BLOCK_TILE_GAP * (MAX(block->n_tiles, 4) - 1)) / MAX(block->n_tiles, 4);

    for (guint i = 0; i < block->n_tiles; i++)
        block_tile_draw(&block->tiles[i], pen, x + i * (each + BLOCK_TILE_GAP), y, each);
}

static double
block_figure_width(const ErrataBlock *block, double width)
{
    guint n = MAX(MAX(block->n_figures, block->n_slots), 1);

    return (width - ERRATA_THEME_GUTTER * (n - 1)) / n;
}

static double
block_figures_height(const ErrataBlock *block, ErrataPen *pen, double width)
{
    double height = 0.0;

    for (guint i = 0; i < block->n_figures; i++)
        height = MAX(height,
                     errata_draw_height(block->figures[i], pen, block_figure_width(block, width)));
    return block->max_height > 0.0 ? MIN(height, block->max_height) : height;
}

static void
block_figures_draw(const ErrataBlock *block,
                   ErrataPen *pen,
                   double x,
                   double y,
                   double width,
                   double height)
{
    double each = block_figure_width(block, width);

    for (guint i = 0; i < block->n_figures; i++)
        errata_draw_figure(block->figures[i],
                           pen,
                           (ErrataArea){x + i * (each + ERRATA_THEME_GUTTER), y, each, height});
}

static double
block_advice_room(double width)
{
    return width - 2.0 * BLOCK_ADVICE_PAD - BLOCK_ADVICE_LABEL;
}

static double
block_advice_gain_width(const ErrataAdvice *advice, ErrataPen *pen)
{
    if (advice->gain == NULL)
        return 0.0;
    return errata_pen_measure(pen, ERRATA_STYLE_NOTE_STRONG, advice->gain) + BLOCK_NOTE_GAP;
}

/* lines of the small print: the cost beside the gain, or, where that is long, beneath it */
static guint
block_advice_small_lines(const ErrataAdvice *advice, ErrataPen *pen, double room)
{
    double gain = block_advice_gain_width(advice, pen);
    guint cost = 0;

    if (gain <= room * BLOCK_ADVICE_SPLIT) {
        cost = errata_pen_lines(pen, ERRATA_STYLE_NOTE, room - gain, BLOCK_MAX_LINES, advice->cost);
        return MAX(cost, advice->gain != NULL ? 1 : 0);
    }
    cost = errata_pen_lines(pen, ERRATA_STYLE_NOTE, room, BLOCK_MAX_LINES, advice->cost);
    return cost +
           errata_pen_lines(pen, ERRATA_STYLE_NOTE_STRONG, room, BLOCK_MAX_LINES, advice->gain);
}

static double
block_advice_item_height(const ErrataAdvice *advice, ErrataPen *pen, double width)
{
    double room = block_advice_room(width);
    guint lines = errata_pen_lines(pen, ERRATA_STYLE_CELL, room, BLOCK_MAX_LINES, advice->text);

    return MAX(lines, 1) * errata_theme_style(ERRATA_STYLE_CELL)->leading +
           block_advice_small_lines(advice, pen, room) *
               errata_theme_style(ERRATA_STYLE_NOTE)->leading +
           4.0;
}

static double
block_advice_height(const ErrataBlock *block, ErrataPen *pen, double width)
{
    double height = 34.0;

    for (guint i = 0; i < block->n_advice; i++)
        height += block_advice_item_height(&block->advice[i], pen, width);
    return height;
}

static void
block_advice_small_draw(const ErrataAdvice *advice,
                        ErrataPen *pen,
                        double x,
                        double baseline,
                        double room)
{
    double gain = block_advice_gain_width(advice, pen);

    if (gain <= room * BLOCK_ADVICE_SPLIT) {
        errata_pen_text(pen,
                        ERRATA_STYLE_NOTE_STRONG,
                        ERRATA_INK_GOOD,
                        ERRATA_ALIGN_RIGHT,
                        x + room,
                        baseline,
                        0.0,
                        advice->gain);
        room -= gain;
    } else
        baseline += errata_pen_paragraph(pen,
                                         ERRATA_STYLE_NOTE_STRONG,
                                         ERRATA_INK_GOOD,
                                         x,
                                         baseline,
                                         room,
                                         BLOCK_MAX_LINES,
                                         advice->gain) *
                    errata_theme_style(ERRATA_STYLE_NOTE)->leading;
    errata_pen_paragraph(pen,
                         ERRATA_STYLE_NOTE,
                         ERRATA_INK_SOFT,
                         x,
                         baseline,
                         room,
                         BLOCK_MAX_LINES,
                         advice->cost);
}

static void
block_advice_item_draw(const ErrataAdvice *advice, ErrataPen *pen, double x, double y, double width)
{
    double left = x + BLOCK_ADVICE_PAD;
    double text = left + BLOCK_ADVICE_LABEL;
    double room = block_advice_room(width);
    guint lines;

    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE_STRONG,
                    ERRATA_INK_NOW,
                    ERRATA_ALIGN_LEFT,
                    left,
                    y + 8.5,
                    BLOCK_ADVICE_LABEL - 6.0,
                    advice->action);
    lines = errata_pen_paragraph(pen,
                                 ERRATA_STYLE_CELL,
                                 ERRATA_INK_TEXT,
                                 text,
                                 y + 8.5,
                                 room,
                                 BLOCK_MAX_LINES,
                                 advice->text);
    block_advice_small_draw(advice,
                            pen,
                            text,
                            y + 8.5 +
                                MAX(lines, 1) * errata_theme_style(ERRATA_STYLE_CELL)->leading,
                            room);
}

static void
block_advice_draw(const ErrataBlock *block, ErrataPen *pen, double x, double y, double width)
{
    double at = y + 26.0;

    errata_pen_box(pen, ERRATA_INK_PALE, x, y, width, block_advice_height(block, pen, width));
    errata_pen_text(pen,
                    ERRATA_STYLE_STRONG,
                    ERRATA_INK_TEXT,
                    ERRATA_ALIGN_LEFT,
                    x + BLOCK_ADVICE_PAD,
                    y + 16.0,
                    width - 2.0 * BLOCK_ADVICE_PAD,
                    block->text);
    for (guint i = 0; i < block->n_advice; i++) {
        block_advice_item_draw(&block->advice[i], pen, x, at, width);
        at += block_advice_item_height(&block->advice[i], pen, width);
    }
}

/**
 * errata_block_height:
 * @block: any block but a table
 * @pen: measures
 * @width: it will get
 *
 * Returns: its height in points, space above not counted
 */
double
errata_block_height(const ErrataBlock *block, ErrataPen *pen, double width)
{
    switch (block->kind) {
    case ERRATA_BLOCK_HEADING:
        return block_heading_height(block, pen, width);
    case ERRATA_BLOCK_PROSE:
        return errata_pen_lines(pen, block->style, width, 0, block->text) *
               errata_theme_style(block->style)->leading;
    case ERRATA_BLOCK_TILES:
        return BLOCK_TILE_HEIGHT;
    case ERRATA_BLOCK_FIGURES:
        return block_figures_height(block, pen, width);
    case ERRATA_BLOCK_ADVICE:
        return block_advice_height(block, pen, width);
    case ERRATA_BLOCK_TABLE:
        break;
    }
    return 0.0;
}

void
errata_block_draw(const ErrataBlock *block,
                  ErrataPen *pen,
                  double x,
                  double y,
                  double width,
                  double height)
{
    if (block->by_model)
        errata_pen_line(pen,
                        ERRATA_INK_REFERENCE,
                        BLOCK_MODEL_BAR,
                        x - BLOCK_MODEL_GAP,
                        y,
                        x - BLOCK_MODEL_GAP,
                        y + height);
    switch (block->kind) {
    case ERRATA_BLOCK_HEADING:
        block_heading_draw(block, pen, x, y, width);
        break;
    case ERRATA_BLOCK_PROSE:
        errata_pen_paragraph(pen,
                             block->style,
                             block->ink,
                             x,
                             y + errata_theme_style(block->style)->size,
                             width,
                             0,
                             block->text);
        break;
    case ERRATA_BLOCK_TILES:
        block_tiles_draw(block, pen, x, y, width);
        break;
    case ERRATA_BLOCK_FIGURES:
        block_figures_draw(block, pen, x, y, width, height);
        break;
    case ERRATA_BLOCK_ADVICE:
        block_advice_draw(block, pen, x, y, width);
        break;
    case ERRATA_BLOCK_TABLE:
        break;
    }
}
