/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "svg.h"

#include <cairo-svg.h>
#include <string.h>

#include "error.h"
#include "figures/draw.h"
#include "text.h"

/* One figure a file. cairo writes no <title> and numbers its surfaces through the whole process,
 * so its output is edited: both are put right in the first two lines, the drawing is left alone. */

#define SVG_WIDTH    499.0
#define SVG_MARGIN   8.0
#define SVG_DECIMALS 3

static cairo_status_t
svg_append_cb(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

/* `svg/<stem>.svg`; of the stem only letters, digits, `-` and `_` are kept */
char *
errata_svg_path(const char *stem)
{
    g_autofree char *clean = g_strdup(stem != NULL ? stem : "figure");

    g_strcanon(clean, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_", '_');
    return g_strdup_printf("svg/%s.svg", clean);
}

/* text for XML: valid UTF-8 without the control characters that XML forbids, and others that are
 * not seen */
static char *
svg_escape(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    GString *clean = g_string_new(NULL);
    g_autofree char *plain = NULL;

    for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        gboolean allowed = c != 0xfffe && c != 0xffff && !errata_text_is_unseen(c);

        g_string_append_unichar(clean, allowed ? c : ' ');
    }
    plain = g_string_free(clean, FALSE);
    return g_markup_escape_text(plain, -1);
}

static void
svg_settle_surface(GString *text)
{
    char *id = strstr(text->str, "id=\"surface");
    char *end = id != NULL ? strchr(id + 4, '"') : NULL;
    g_autofree char *old = NULL;

    if (end == NULL)
        return;
    old = g_strndup(id, (gsize)(end - id + 1));
    g_string_replace(text, old, "id=\"figure\"", 0);
}

/* three decimals are a thousandth of a point; cairo writes six, and most of a file is numbers */
static void
svg_trim_numbers(GByteArray *bytes)
{
    guint to = 0;
    guint decimals = 0;
    gboolean fraction = FALSE;

    for (guint from = 0; from < bytes->len; from++) {
        guint8 c = bytes->data[from];
        gboolean digit = g_ascii_isdigit(c);

        if (fraction && digit && ++decimals > SVG_DECIMALS)
            continue;
        if (!digit) {
            fraction = c == '.' && from > 0 && g_ascii_isdigit(bytes->data[from - 1]);
            decimals = 0;
        }
        bytes->data[to++] = c;
    }
    g_byte_array_set_size(bytes, to);
}

static gboolean
svg_finish(GByteArray *bytes, const ErrataFigure *figure)
{
    GString *text = g_string_new_len((const char *)bytes->data, bytes->len);
    const char *start = strstr(text->str, "<svg");
    const char *end = start != NULL ? strchr(start, '>') : NULL;
    g_autofree char *title = svg_escape(figure->title);
    g_autofree char *desc = svg_escape(figure->description != NULL ? figure->description
                                                                   : figure->title);
    g_autofree char *head = NULL;

    if (end == NULL) {
        g_string_free(text, TRUE);
        return FALSE;
    }
    head = g_strdup_printf("\n<title>%s</title>\n<desc>%s</desc>", title, desc);
    g_string_insert(text, end + 1 - text->str, head);
    svg_settle_surface(text);
    g_byte_array_set_size(bytes, 0);
    g_byte_array_append(bytes, (const guint8 *)text->str, (guint)text->len);
    g_string_free(text, TRUE);
    return TRUE;
}

/**
 * errata_svg_draw:
 * @figure: a figure
 * @pen: draws
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_INTERNAL when cairo fails.
 */
GByteArray *
errata_svg_draw(const ErrataFigure *figure, ErrataPen *pen, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    double height = errata_draw_height(figure, pen, SVG_WIDTH);
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(svg_append_cb,
                                                                   bytes,
                                                                   SVG_WIDTH + 2.0 * SVG_MARGIN,
                                                                   height + 2.0 * SVG_MARGIN);
    cairo_t *target = cairo_create(surface);
    cairo_status_t status;

    errata_pen_set_target(pen, target);
    errata_pen_rectangle(pen,
                         ERRATA_INK_PAPER,
                         0.0,
                         0.0,
                         SVG_WIDTH + 2.0 * SVG_MARGIN,
                         height + 2.0 * SVG_MARGIN);
    errata_draw_figure(figure, pen, (ErrataArea){SVG_MARGIN, SVG_MARGIN, SVG_WIDTH, height});
    errata_pen_set_target(pen, NULL);
    status = cairo_status(target);
    cairo_destroy(target);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    svg_trim_numbers(bytes);
    if (status != CAIRO_STATUS_SUCCESS || !svg_finish(bytes, figure)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INTERNAL,
                    "drawing the figure “%s” failed: %s",
                    figure->id,
                    cairo_status_to_string(status));
        return NULL;
    }
    return g_steal_pointer(&bytes);
}
