/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout.h"

#include <math.h>

/* Blocks are set one below the other. A page is broken before a block that does not fit, before a
 * heading whose block would not follow, and before a group that does not fit when little of the
 * page is left. Only tables are broken inside, between rows; figures that may are set lower where
 * they would else begin a page. Where a last page would hold but a few lines, all is set again with
 * less air between texts. Places are rounded to half of the baseline grid. */

#define LAYOUT_TOP        56.0
#define LAYOUT_BOTTOM     60.0
#define LAYOUT_WHOLE_ROWS 12  /* tables of up to so many are not broken */
#define LAYOUT_FIRST_ROWS 3   /* of a table that is broken, on its first page at least */
#define LAYOUT_FEW_ROWS   2   /* the same of one that may be broken though it is short */
#define LAYOUT_NOT_ALONE  2   /* rows that stay when the row before a last one goes over with it */
#define LAYOUT_WITH_PRINT 2   /* last rows that go over with the small print beneath a table */
#define LAYOUT_ENOUGH     0.2 /* of a page: a group may begin in what is left and go on */
#define LAYOUT_LITTLE     0.2 /* of a page: a table is not broken for it, if a page holds it whole */
#define LAYOUT_MUCH       0.3 /* of a page: too much to leave white for a figure to stand by its text */
#define LAYOUT_ROOMY      0.4 /* of the first page: what is for the following pages may begin there */
#define LAYOUT_FEW        0.2 /* of a page: a last one with less on it is to be saved */

typedef struct {
    ErrataLayout *layout;
    const ErrataDocument *document;
    ErrataPen *pen;
    GPtrArray *measures; /* per block; NULL but for tables */
    double *heights;     /* per block; of a table: heading and all rows */
    double air;          /* share of the space above texts that is kept */
    double y;
    gboolean apart; /* on this page a figure may stand without the text beneath it */
    ErrataPage *page;
    const char *running;
} LayoutState;

static void
layout_page_free(gpointer data)
{
    ErrataPage *page = data;

    g_array_unref(page->placed);
    g_free(page);
}

static double
layout_bottom(const LayoutState *state)
{
    return state->layout->height - LAYOUT_BOTTOM;
}

static double
layout_round(double height)
{
    return ceil(height / (ERRATA_THEME_GRID / 2.0) - 1e-6) * (ERRATA_THEME_GRID / 2.0);
}

static void
layout_new_page(LayoutState *state)
{
    ErrataPage *page = g_new0(ErrataPage, 1);

    page->placed = g_array_new(FALSE, FALSE, sizeof(ErrataPlaced));
    page->running = state->running;
    g_ptr_array_add(state->layout->pages, page);
    state->page = page;
    state->y = LAYOUT_TOP;
    state->apart = FALSE;
}

static gboolean
layout_at_top(const LayoutState *state)
{
    return state->page->placed->len == 0;
}

static const ErrataBlock *
layout_block(const LayoutState *state, guint index)
{
    return g_ptr_array_index(state->document->blocks, index);
}

static double
layout_space(const LayoutState *state, guint index)
{
    const ErrataBlock *block = layout_block(state, index);

    return block->kind == ERRATA_BLOCK_PROSE ? block->space * state->air : block->space;
}

static void
layout_measure(LayoutState *state)
{
    double width = state->layout->width - 2.0 * ERRATA_THEME_MARGIN;

    for (guint i = 0; i < state->document->blocks->len; i++) {
        const ErrataBlock *block = layout_block(state, i);
        ErrataTableMeasure *measure = NULL;

        if (block->kind == ERRATA_BLOCK_TABLE) {
            measure = errata_table_measure(block, state->pen, width);
            g_ptr_array_add(state->layout->tables, measure);
            state->heights[i] = measure->heading;
            for (guint row = 0; row < measure->n_rows; row++)
                state->heights[i] += measure->height[row];
        } else
            state->heights[i] = layout_round(errata_block_height(block, state->pen, width));
        g_ptr_array_add(state->measures, measure);
    }
}

/* as low as block @index can be set */
static double
layout_lowest(const LayoutState *state, guint index)
{
    double least = layout_block(state, index)->least_height;

    return least > 0.0 ? MIN(least, state->heights[index]) : state->heights[index];
}

/* what has to be on the page together with block @index */
static double
layout_least(const LayoutState *state, guint index)
{
    const ErrataBlock *block = layout_block(state, index);
    const ErrataTableMeasure *measure = g_ptr_array_index(state->measures, index);
    double height = layout_lowest(state, index);

    if (measure != NULL && !block->may_break && measure->n_rows <= LAYOUT_WHOLE_ROWS)
        height = errata_table_tightest(measure);
    else if (measure != NULL) {
        guint first = block->may_break ? LAYOUT_FEW_ROWS : LAYOUT_FIRST_ROWS;

        height = measure->heading;
        for (guint row = 0; row < MIN(measure->n_rows, first); row++)
            height += measure->height[row];
        if (measure->n_rows > first + LAYOUT_NOT_ALONE)
            return height; /* what stands beneath it goes over with its last rows */
    }
    if (state->apart && block->kind == ERRATA_BLOCK_FIGURES)
        return height;
    if (block->keep_next && index + 1 < state->document->blocks->len)
        height += layout_space(state, index + 1) + layout_least(state, index + 1);
    return height;
}

/* height of the group that begins at @index; 0 when none does */
static double
layout_group(const LayoutState *state, guint index)
{
    guint group = layout_block(state, index)->group;
    double height = 0.0;

    if (group == 0 || (index > 0 && layout_block(state, index - 1)->group == group))
        return 0.0;
    for (guint i = index;
         i < state->document->blocks->len && layout_block(state, i)->group == group;
         i++)
        height += state->heights[i] + (i > index ? layout_space(state, i) : 0.0);
    return height;
}

static void
layout_place(LayoutState *state, guint index, double height, guint first_row, guint n_rows)
{
    const ErrataBlock *block = layout_block(state, index);
    ErrataPlaced placed = {.block = block,
                           .table = g_ptr_array_index(state->measures, index),
                           .x = ERRATA_THEME_MARGIN,
                           .y = state->y,
                           .width = state->layout->width - 2.0 * ERRATA_THEME_MARGIN,
                           .height = height,
                           .first_row = first_row,
                           .n_rows = n_rows};

    g_array_append_val(state->page->placed, placed);
    if (block->dest != NULL && first_row == 0)
        g_hash_table_insert(state->layout->dests,
                            g_strdup(block->dest),
                            GUINT_TO_POINTER(state->layout->pages->len));
    state->y += height;
}

/* what a line that belongs to a table takes beneath it, on the grid; 0 where none does */
static double
layout_beneath(const LayoutState *state, guint index)
{
    if (!layout_block(state, index)->keep_next || index + 1 >= state->document->blocks->len ||
        g_ptr_array_index(state->measures, index + 1) != NULL)
        return 0.0;
    return layout_space(state, index + 1) + state->heights[index + 1] + ERRATA_THEME_GRID / 2.0;
}

static void
layout_place_table(LayoutState *state, guint index)
{
    ErrataTableMeasure *measure = g_ptr_array_index(state->measures, index);
    double beneath = layout_beneath(state, index);
    guint row = 0;

    errata_table_tighten(measure, layout_bottom(state) - state->y - beneath);
    do {
        double height = measure->heading;
        guint first = row;

        while (row < measure->n_rows &&
               (row == first || state->y + height + measure->height[row] <= layout_bottom(state)))
            height += measure->height[row++];
        if (row + 1 == measure->n_rows && row > first + LAYOUT_NOT_ALONE)
            height -= measure->height[--row];
        if (row == measure->n_rows && row > first + LAYOUT_NOT_ALONE &&
            state->y + height + beneath > layout_bottom(state))
            for (guint i = 0; i < LAYOUT_WITH_PRINT; i++)
                height -= measure->height[--row];
        layout_place(state, index, height, first, row - first);
        if (row < measure->n_rows)
            layout_new_page(state);
    } while (row < measure->n_rows);
    state->y = layout_round(state->y - LAYOUT_TOP) + LAYOUT_TOP;
}

/* by how much the page is too short for the figures @index and the rest of their part, up to the
 * last of its tables that it would do to set them lower for; 0 for none */
static double
layout_over_with_tables(const LayoutState *state, guint index)
{
    const ErrataBlock *block = layout_block(state, index);
    double most = state->heights[index] - layout_lowest(state, index);
    double over = state->y + state->heights[index] - layout_bottom(state);
    double best = 0.0;

    for (guint i = index + 1; i < state->document->blocks->len; i++) {
        const ErrataTableMeasure *measure = g_ptr_array_index(state->measures, i);
        const ErrataBlock *next = layout_block(state, i);

        if (next->group != block->group || next->new_page || next->not_first)
            break;
        over += layout_space(state, i);
        if (measure != NULL) {
            double total =
                layout_round(over + errata_table_tightest(measure) + layout_beneath(state, i));

            best = total <= most ? MAX(best, total) : best;
        }
        over += state->heights[i];
    }
    return best;
}

/* height of the figures @index: lower where the tables after them, or what has to stand with them,
 * would else go over the page */
static double
layout_figures(const LayoutState *state, guint index)
{
    double height = state->heights[index];
    double lowest = layout_lowest(state, index);
    double with_tables = layout_over_with_tables(state, index);
    double with_next =
        MAX(state->y + height - lowest + layout_least(state, index) - layout_bottom(state), 0.0);

    if (height - MAX(with_tables, with_next) >= lowest)
        return height - MAX(with_tables, with_next);
    return MAX(height - with_next, lowest);
}

/* whether block @index is the heading of a table that would be broken for so little room */
static gboolean
layout_breaks_for_little(const LayoutState *state, guint index, double left, double most)
{
    const ErrataTableMeasure *measure;
    double whole;

    if (!layout_block(state, index)->keep_next || index + 1 >= state->document->blocks->len ||
        g_ptr_array_index(state->measures, index) != NULL)
        return FALSE;
    measure = g_ptr_array_index(state->measures, index + 1);
    if (measure == NULL || layout_block(state, index + 1)->may_break)
        return FALSE;
    whole = state->heights[index] + layout_space(state, index + 1) +
            errata_table_tightest(measure) + layout_beneath(state, index + 1);
    return whole > left && whole <= most && left < most * LAYOUT_LITTLE;
}

/* whether that is so of block @index or of a heading that it must stand with */
static gboolean
layout_chain_breaks(const LayoutState *state, guint index, double left, double most)
{
    for (;; index++) {
        if (layout_breaks_for_little(state, index, left, most))
            return TRUE;
        if (!layout_block(state, index)->keep_next || index + 1 >= state->document->blocks->len)
            return FALSE;
        left -= state->heights[index] + layout_space(state, index + 1);
    }
}

static void
layout_add(LayoutState *state, guint index)
{
    const ErrataBlock *block = layout_block(state, index);
    double group = layout_group(state, index);
    double most = layout_bottom(state) - LAYOUT_TOP;
    double left = layout_bottom(state) - state->y - layout_space(state, index);

    if (block->running != NULL)
        state->running = block->running;
    state->apart = state->apart || (left > most * LAYOUT_MUCH && layout_least(state, index) > left);
    if (!layout_at_top(state) &&
        (block->new_page ||
         (block->not_first && state->layout->pages->len == 1 && left < most * LAYOUT_ROOMY) ||
         layout_least(state, index) > left || layout_chain_breaks(state, index, left, most) ||
         (group > left && left < most * LAYOUT_ENOUGH)))
        layout_new_page(state);
    if (layout_at_top(state))
        state->page->running = state->running;
    else
        state->y += layout_space(state, index);
    if (block->kind == ERRATA_BLOCK_TABLE)
        layout_place_table(state, index);
    else
        layout_place(state, index, layout_figures(state, index), 0, 0);
}

static ErrataLayout *
layout_set(const ErrataDocument *document,
           ErrataPen *pen,
           gboolean letter,
           double air,
           double *ret_y)
{
    ErrataLayout *self = g_new0(ErrataLayout, 1);
    g_autoptr(GPtrArray) measures = g_ptr_array_new();
    g_autofree double *heights = g_new0(double, MAX(document->blocks->len, 1));
    LayoutState state = {.layout = self,
                         .document = document,
                         .pen = pen,
                         .measures = measures,
                         .heights = heights,
                         .air = air};

    self->width = letter ? 612.0 : 595.28;
    self->height = letter ? 792.0 : 841.89;
    self->pages = g_ptr_array_new_with_free_func(layout_page_free);
    self->tables = g_ptr_array_new_with_free_func((GDestroyNotify)errata_table_measure_free);
    self->dests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    layout_measure(&state);
    layout_new_page(&state);
    for (guint i = 0; i < document->blocks->len; i++)
        layout_add(&state, i);
    *ret_y = state.y;
    return self;
}

/**
 * errata_layout_new:
 * @document: blocks
 * @pen: measures
 * @paper: (nullable): `A4` or `Letter`
 *
 * Returns: (transfer full): pages; they borrow the document's blocks
 */
ErrataLayout *
errata_layout_new(const ErrataDocument *document, ErrataPen *pen, const char *paper)
{
    static const double airs[] = {0.75, 0.5, 0.25};
    gboolean letter = paper != NULL && g_ascii_strcasecmp(paper, "Letter") == 0;
    double y;
    ErrataLayout *self = layout_set(document, pen, letter, 1.0, &y);

    if (self->pages->len < 2 || y - LAYOUT_TOP > LAYOUT_FEW * self->height)
        return self;
    for (guint i = 0; i < G_N_ELEMENTS(airs); i++) {
        ErrataLayout *closer = layout_set(document, pen, letter, airs[i], &y);
        gboolean saved = closer->pages->len < self->pages->len;

        errata_layout_free(saved ? self : closer);
        if (saved)
            return closer;
    }
    return self;
}

void
errata_layout_free(ErrataLayout *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->pages);
    g_ptr_array_unref(self->tables);
    g_hash_table_unref(self->dests);
    g_free(self);
}
