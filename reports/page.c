/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <math.h>

#include "number.h"

#define PAGE_HEAD 40.0 /* baseline of the running head, from the top */
#define PAGE_FOOT 34.0 /* baseline of the last foot line, from the bottom */

/* the last line with where the methods are told; a command that is too long is told there alone, as
 * one cut short cannot be run */
static char *
page_last_foot(ErrataPen *pen, const char *line, guint page, double width)
{
    g_autofree char *whole = g_strdup_printf("%s · method: page %u", line, page);

    if (errata_pen_measure(pen, ERRATA_STYLE_TICK, whole) <= width)
        return g_steal_pointer(&whole);
    return g_strdup_printf("How this was made, and the command that makes it again: page %u", page);
}

/* what the first page says at its foot */
static void
page_draw_foot(const ErrataLayout *layout,
               const ErrataDocument *document,
               ErrataPen *pen,
               double foot,
               double width)
{
    gpointer page = g_hash_table_lookup(layout->dests, "method");

    for (guint i = 0; i < document->foot->len; i++) {
        const char *line = g_ptr_array_index(document->foot, i);
        gboolean last = i + 1 == document->foot->len && page != NULL;
        g_autofree char *where = last ? page_last_foot(pen, line, GPOINTER_TO_UINT(page), width)
                                      : g_strdup(line);

        errata_pen_text(pen,
                        ERRATA_STYLE_TICK,
                        ERRATA_INK_SOFT,
                        ERRATA_ALIGN_LEFT,
                        ERRATA_THEME_MARGIN,
                        foot - 10.0 * (document->foot->len - 1 - i),
                        width,
                        where);
    }
}

static void
page_draw_frame(const ErrataLayout *layout,
                const ErrataDocument *document,
                ErrataPen *pen,
                guint index)
{
    const ErrataPage *page = g_ptr_array_index(layout->pages, index);
    double right = layout->width - ERRATA_THEME_MARGIN;
    double width = right - ERRATA_THEME_MARGIN;
    double foot = layout->height - PAGE_FOOT;
    char number[16];

    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE_STRONG,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_LEFT,
                    ERRATA_THEME_MARGIN,
                    PAGE_HEAD,
                    width * 0.48,
                    index == 0 ? "Errata" : document->running);
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    right,
                    PAGE_HEAD,
                    width * 0.48,
                    page->running);
    errata_pen_line(pen,
                    ERRATA_INK_HAIR,
                    ERRATA_THEME_HAIR,
                    ERRATA_THEME_MARGIN,
                    PAGE_HEAD + 6.0,
                    right,
                    PAGE_HEAD + 6.0);
    g_snprintf(number, sizeof number, "%u", index + 1);
    errata_pen_text(pen,
                    ERRATA_STYLE_NOTE,
                    ERRATA_INK_SOFT,
                    ERRATA_ALIGN_RIGHT,
                    right,
                    foot,
                    0.0,
                    number);
    if (index == 0)
        page_draw_foot(layout, document, pen, foot, width - 24.0);
}

void
errata_page_draw(const ErrataLayout *layout,
                 const ErrataDocument *document,
                 ErrataPen *pen,
                 guint index)
{
    const ErrataPage *page = g_ptr_array_index(layout->pages, index);

    errata_pen_set_page(pen, index + 1);
    page_draw_frame(layout, document, pen, index);
    for (guint i = 0; i < page->placed->len; i++) {
        const ErrataPlaced *placed = &g_array_index(page->placed, ErrataPlaced, i);

        if (placed->block->dest != NULL && placed->first_row == 0)
            errata_pen_dest(pen, placed->block->dest, placed->x, placed->y - 8.0);
        if (placed->block->rule_above && i > 0)
            errata_pen_line(pen,
                            ERRATA_INK_HAIR,
                            ERRATA_THEME_HAIR,
                            placed->x,
                            placed->y - placed->block->space / 2.0,
                            placed->x + placed->width,
                            placed->y - placed->block->space / 2.0);
        if (placed->table != NULL)
            errata_table_draw(placed->block,
                              placed->table,
                              pen,
                              placed->x,
                              placed->y,
                              placed->first_row,
                              placed->n_rows,
                              layout->dests);
        else
            errata_block_draw(placed->block,
                              pen,
                              placed->x,
                              placed->y,
                              placed->width,
                              placed->height);
    }
}

static void
page_dump_number(GString *text, double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    double tenth = round(value * 10.0) / 10.0;

    g_string_append(text, errata_number_print_fixed(tenth + 0.0, 1, buffer));
    g_string_append_c(text, ' ');
}

/**
 * errata_page_dump:
 * @layout: pages
 * @document: what is on them
 * @pen: a pen without a target
 *
 * Returns: (transfer full): the boxes of blocks and of texts, for golden files and for tests
 */
char *
errata_page_dump(const ErrataLayout *layout, const ErrataDocument *document, ErrataPen *pen)
{
    static const char *const kinds[] =
        {"heading", "prose", "tiles", "figures", "table", "advice", "space"};
    GString *text = g_string_new(NULL);
    const ErrataPenBox *boxes = NULL;
    guint n_boxes;

    errata_pen_log(pen, TRUE);
    for (guint i = 0; i < layout->pages->len; i++) {
        const ErrataPage *page = g_ptr_array_index(layout->pages, i);

        for (guint j = 0; j < page->placed->len; j++) {
            const ErrataPlaced *placed = &g_array_index(page->placed, ErrataPlaced, j);

            g_string_append_printf(text, "block %u ", i + 1);
            page_dump_number(text, placed->x);
            page_dump_number(text, placed->y);
            page_dump_number(text, placed->width);
            page_dump_number(text, placed->height);
            g_string_append_printf(text, "%s\n", kinds[placed->block->kind]);
        }
        errata_page_draw(layout, document, pen, i);
    }
    boxes = errata_pen_boxes(pen, &n_boxes);
    for (guint i = 0; i < n_boxes; i++) {
        g_string_append_printf(text, "text %u ", boxes[i].page);
        page_dump_number(text, boxes[i].x);
        page_dump_number(text, boxes[i].y);
        page_dump_number(text, boxes[i].width);
        page_dump_number(text, boxes[i].height);
        g_string_append_printf(text, "%s\n", boxes[i].text);
    }
    return g_string_free(text, FALSE);
}
