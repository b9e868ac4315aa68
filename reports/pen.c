/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pen.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "text.h"

/* One PangoLayout per style is kept and reused. Hinting and glyph rounding are off, so that text
 * has the same width on every surface and what was measured is what is drawn. Target and
 * measurements are in points: the font map's resolution is 72 dpi. */

#define PEN_FAR            20000.0
#define PEN_LONG_NAME      24 /* characters of a name before what is said of it */
#define PEN_BECOMES        " → "
#define PEN_SHORT          0.35 /* of the width: a last line that is an orphan */
#define PEN_NARROWEST      0.5  /* of the width, for that not to be one */
#define PEN_STEPS          20
#define PEN_MAX_CHARACTERS 4000 /* of one text; longer ones are cut in the middle */

struct _ErrataPen {
    PangoFontMap *fonts;
    PangoContext *context;
    PangoLayout *layouts[ERRATA_THEME_N_STYLES];
    PangoAttrList
        *attributes[ERRATA_THEME_N_STYLES]; /* of the layouts, with nothing held together */
    cairo_t *target;
    gboolean log;
    guint page;
    GArray *boxes;
};

static void
pen_box_clear(gpointer data)
{
    ErrataPenBox *box = data;

    g_free(box->text);
}

static void
pen_make_context(ErrataPen *self)
{
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    self->fonts = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(self->fonts), 72.0);
    self->context = pango_font_map_create_context(self->fonts);
    pango_cairo_context_set_font_options(self->context, options);
    pango_context_set_round_glyph_positions(self->context, FALSE);
    pango_context_set_base_dir(self->context, PANGO_DIRECTION_LTR);
    pango_context_set_language(self->context, pango_language_from_string("en"));
    cairo_font_options_destroy(options);
}

static PangoLayout *
pen_make_layout(ErrataPen *self, const ErrataStyleSpec *spec)
{
    PangoLayout *layout = pango_layout_new(self->context);
    PangoFontDescription *font = pango_font_description_new();
    PangoAttrList *attributes = pango_attr_list_new();

    pango_font_description_set_family_static(font, ERRATA_THEME_FAMILY);
    pango_font_description_set_size(font, (int)lround(spec->size * PANGO_SCALE));
    pango_font_description_set_weight(font, (PangoWeight)spec->weight);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    if (spec->tabular)
        pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    return layout;
}

/**
 * errata_pen_new:
 *
 * Returns: (transfer full): a pen without a target
 */
ErrataPen *
errata_pen_new(void)
{
    ErrataPen *self = g_new0(ErrataPen, 1);

    pen_make_context(self);
    for (guint i = 0; i < ERRATA_THEME_N_STYLES; i++) {
        self->layouts[i] = pen_make_layout(self, errata_theme_style((ErrataStyle)i));
        self->attributes[i] = pango_attr_list_ref(pango_layout_get_attributes(self->layouts[i]));
    }
    self->boxes = g_array_new(FALSE, FALSE, sizeof(ErrataPenBox));
    g_array_set_clear_func(self->boxes, pen_box_clear);
    return self;
}

void
errata_pen_free(ErrataPen *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < ERRATA_THEME_N_STYLES; i++) {
        pango_attr_list_unref(self->attributes[i]);
        g_object_unref(self->layouts[i]);
    }
    g_object_unref(self->context);
    g_object_unref(self->fonts);
    g_array_unref(self->boxes);
    g_free(self);
}

/* @target: (nullable) (transfer none): has to outlive its use here */
void
errata_pen_set_target(ErrataPen *self, cairo_t *target)
{
    self->target = target;
}

cairo_t *
errata_pen_target(ErrataPen *self)
{
    return self->target;
}

void
errata_pen_log(ErrataPen *self, gboolean on)
{
    self->log = on;
}

void
errata_pen_set_page(ErrataPen *self, guint page)
{
    self->page = page;
}

const ErrataPenBox *
errata_pen_boxes(const ErrataPen *self, guint *ret_n)
{
    *ret_n = self->boxes->len;
    return (const ErrataPenBox *)(gconstpointer)self->boxes->data;
}

char *
errata_pen_family(ErrataPen *self)
{
    const PangoFontDescription *wanted =
        pango_layout_get_font_description(self->layouts[ERRATA_STYLE_BODY]);
    PangoFont *font = pango_context_load_font(self->context, wanted);
    PangoFontDescription *found = font != NULL ? pango_font_describe(font) : NULL;
    char *family = g_strdup(found != NULL ? pango_font_description_get_family(found) : "none");

    g_clear_pointer(&found, pango_font_description_free);
    g_clear_object(&font);
    return family;
}

/* spaces at which a line must not break: before a percent sign, around the dash of a range */
static gboolean
pen_is_glue(const char *space, const char *start)
{
    const char *next = space + 1;
    gboolean after_digit = space > start && g_ascii_isdigit(space[-1]);

    if (*next == '%' || g_str_has_prefix(next, "pt") || g_str_has_prefix(next, "–"))
        return after_digit;
    return g_ascii_isdigit(*next) && space - start >= 3 && strncmp(space - 3, "–", 3) == 0;
}

/* valid UTF-8, one line, no control characters, no text directions left open, not endless */
static char *
pen_clean(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *clean = g_string_sized_new(strlen(valid));
    glong length = g_utf8_strlen(valid, -1);
    glong at = 0;

    for (const char *p = valid; *p != '\0'; p += g_utf8_skip[(guchar)*p], at++) {
        gunichar c = g_utf8_get_char(p);

        if (length > PEN_MAX_CHARACTERS && at == PEN_MAX_CHARACTERS / 2)
            g_string_append_unichar(clean, 0x2026);
        if (length > PEN_MAX_CHARACTERS && at >= PEN_MAX_CHARACTERS / 2 &&
            at < length - PEN_MAX_CHARACTERS / 2)
            continue;
        if (c == ' ' && pen_is_glue(p, valid))
            g_string_append_unichar(clean, p[1] == '%' || p[1] == 'p' ? 0x202f : 0xa0);
        else if (c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029)
            g_string_append_c(clean, ' ');
        else if (errata_text_is_unseen(c))
            g_string_append_unichar(clean, 0xfffd);
        else
            g_string_append_unichar(clean, c);
    }
    return g_string_free(clean, FALSE);
}

/* no line ends within “5.3 – 5.9”: a dash lets lines break behind it, whatever space follows */
static void
pen_hold_intervals(PangoLayout *layout, PangoAttrList *base, const char *text)
{
    static const char *const dash = "–\u00a0";
    g_autoptr(PangoAttrList) attributes = NULL;

    for (const char *at = strstr(text, dash); at != NULL; at = strstr(at + 1, dash)) {
        PangoAttribute *hold = pango_attr_allow_breaks_new(FALSE);

        if (attributes == NULL)
            attributes = pango_attr_list_copy(base);
        hold->start_index = (guint)(at - text);
        hold->end_index = hold->start_index + (guint)strlen(dash);
        pango_attr_list_insert(attributes, hold);
    }
    pango_layout_set_attributes(layout, attributes != NULL ? attributes : base);
}

/* names differ at their ends as often as at their beginnings, and so do names of files and what
 * becomes of one; a condition on a long name ends in what it says; of other texts the beginning
 * says most */
gboolean
errata_pen_keeps_end(const char *text)
{
    return strcspn(text, " ") >= PEN_LONG_NAME || strchr(text, ' ') == NULL ||
           strchr(text, '/') != NULL || strstr(text, PEN_BECOMES) != NULL;
}

/* what is said of a name runs as the report does, though the name begin it and be of a script that
 * runs the other way; texts of the log in such a script alone keep their direction */
static gboolean
pen_has_left_to_right(const char *text)
{
    for (const char *p = text; *p != '\0'; p += g_utf8_skip[(guchar)*p]) {
        gunichar c = g_utf8_get_char(p);
        gboolean opposite = (c >= 0x590 && c < 0x900) || (c >= 0xfb1d && c < 0xff00) ||
                            (c >= 0x10800 && c < 0x11000) || (c >= 0x1e800 && c < 0x1f000);

        if (g_unichar_isalpha(c) && !opposite)
            return TRUE;
    }
    return FALSE;
}

static PangoEllipsizeMode
pen_ellipsis(const char *text, double width, guint max_lines)
{
    if (!(width > 0.0) || max_lines == 0)
        return PANGO_ELLIPSIZE_NONE;
    return max_lines == 1 && errata_pen_keeps_end(text) ? PANGO_ELLIPSIZE_MIDDLE
                                                        : PANGO_ELLIPSIZE_END;
}

static PangoLayout *
pen_prepare(ErrataPen *self, ErrataStyle style, double width, guint max_lines, const char *text)
{
    PangoLayout *layout = self->layouts[style];
    g_autofree char *clean = pen_clean(text);

    pango_layout_set_width(layout, width > 0.0 ? (int)floor(width * PANGO_SCALE) : -1);
    pango_layout_set_height(layout, max_lines > 0 ? -(int)max_lines : G_MININT / 2);
    pango_layout_set_ellipsize(layout, pen_ellipsis(clean, width, max_lines));
    pango_layout_set_auto_dir(layout, !pen_has_left_to_right(clean));
    pen_hold_intervals(layout, self->attributes[style], clean);
    pango_layout_set_text(layout, clean, -1);
    return layout;
}

static double
pen_last_width(PangoLayout *layout)
{
    int n = pango_layout_get_line_count(layout);
    PangoRectangle last;

    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, n - 1), NULL, &last);
    return last.width / (double)PANGO_SCALE;
}

/* a headline whose last line has hardly a word: the lines before it end as little earlier as gives
 * it some, and no word is cut for that */
static void
pen_balance(PangoLayout *layout, double width)
{
    int n = pango_layout_get_line_count(layout);
    double step = width * (1.0 - PEN_NARROWEST) / PEN_STEPS;

    if (n < 2 || pango_layout_is_ellipsized(layout))
        return;
    for (guint i = 1; i <= PEN_STEPS && pen_last_width(layout) <= PEN_SHORT * width; i++) {
        pango_layout_set_width(layout, (int)floor((width - step * i) * PANGO_SCALE));
        if (pango_layout_get_line_count(layout) > n || pango_layout_is_ellipsized(layout)) {
            pango_layout_set_width(layout, (int)floor((width - step * (i - 1)) * PANGO_SCALE));
            return;
        }
    }
}

static void
pen_log_line(ErrataPen *self, PangoLayoutLine *line, const char *text, double x, double baseline)
{
    PangoRectangle ink;
    ErrataPenBox box;

    pango_layout_line_get_extents(line, &ink, NULL);
    box = (ErrataPenBox){.page = self->page,
                         .x = x + ink.x / (double)PANGO_SCALE,
                         .y = baseline + ink.y / (double)PANGO_SCALE,
                         .width = ink.width / (double)PANGO_SCALE,
                         .height = ink.height / (double)PANGO_SCALE,
                         .text = g_strndup(text + line->start_index, (gsize)line->length),
                         .cut = pango_layout_is_ellipsized(line->layout)};
    if (self->target != NULL) {
        double dx = 0.0;
        double dy = 0.0;

        cairo_user_to_device(self->target, &dx, &dy);
        box.x += dx;
        box.y += dy;
    }
    g_array_append_val(self->boxes, box);
}

static void
pen_show_line(ErrataPen *self,
              PangoLayout *layout,
              PangoLayoutLine *line,
              ErrataInk ink,
              double x,
              double baseline)
{
    if (self->log)
        pen_log_line(self, line, pango_layout_get_text(layout), x, baseline);
    if (self->target == NULL)
        return;
    ErrataColour colour = errata_theme_colour(ink);

    cairo_set_source_rgb(self->target, colour.red, colour.green, colour.blue);
    cairo_move_to(self->target, x, baseline);
    pango_cairo_show_layout_line(self->target, line);
}

/* as errata_pen_text() from the left, on a patch of paper, so that no grid line runs through it */
void
errata_pen_label(ErrataPen *self,
                 ErrataStyle style,
                 ErrataInk ink,
                 double x,
                 double baseline,
                 const char *text)
{
    double size = errata_theme_style(style)->size;

    errata_pen_rectangle(self,
                         ERRATA_INK_PAPER,
                         x - 1.5,
                         baseline - size * 0.85,
                         errata_pen_measure(self, style, text) + 3.0,
                         size * 1.1);
    errata_pen_text(self, style, ink, ERRATA_ALIGN_LEFT, x, baseline, 0.0, text);
}

double
errata_pen_measure(ErrataPen *self, ErrataStyle style, const char *text)
{
    PangoLayout *layout = pen_prepare(self, style, 0.0, 1, text);
    PangoRectangle logical;

    pango_layout_get_extents(layout, NULL, &logical);
    return logical.width / (double)PANGO_SCALE;
}

/**
 * errata_pen_text:
 * @self: a pen
 * @style: size and weight
 * @ink: colour
 * @align: which end of the text @x is
 * @x: where it stands
 * @baseline: its baseline
 * @room: width it may take; 0: as much as it needs. Shortened with an ellipsis
 * @text: any text; control characters are replaced
 *
 * Returns: the width it took
 */
double
errata_pen_text(ErrataPen *self,
                ErrataStyle style,
                ErrataInk ink,
                ErrataAlign align,
                double x,
                double baseline,
                double room,
                const char *text)
{
    PangoLayout *layout = NULL;
    PangoRectangle logical;
    double width;

    if (text == NULL || *text == '\0')
        return 0.0;
    layout = pen_prepare(self, style, room, 1, text);
    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), NULL, &logical);
    width = logical.width / (double)PANGO_SCALE;
    if (align == ERRATA_ALIGN_RIGHT)
        x -= width;
    else if (align == ERRATA_ALIGN_CENTRE)
        x -= width / 2.0;
    pen_show_line(self, layout, pango_layout_get_line_readonly(layout, 0), ink, x, baseline);
    return width;
}

guint
errata_pen_lines(ErrataPen *self,
                 ErrataStyle style,
                 double width,
                 guint max_lines,
                 const char *text)
{
    PangoLayout *layout = NULL;

    if (text == NULL || *text == '\0')
        return 0;
    layout = pen_prepare(self, style, width, max_lines, text);
    return (guint)pango_layout_get_line_count(layout);
}

/**
 * errata_pen_paragraph:
 * @baseline: of the first line; the others follow at the style's leading
 * @width: of the lines
 * @max_lines: the last line ends in an ellipsis when more would be needed; 0: no limit
 *
 * Returns: the number of lines
 */
guint
errata_pen_paragraph(ErrataPen *self,
                     ErrataStyle style,
                     ErrataInk ink,
                     double x,
                     double baseline,
                     double width,
                     guint max_lines,
                     const char *text)
{
    double leading = errata_theme_style(style)->leading;
    PangoLayout *layout = NULL;
    PangoLayoutIter *iter = NULL;
    guint n = 0;

    if (text == NULL || *text == '\0')
        return 0;
    layout = pen_prepare(self, style, width, max_lines, text);
    if (style <= ERRATA_STYLE_SECTION || style == ERRATA_STYLE_ITEM)
        pen_balance(layout, width);
    iter = pango_layout_get_iter(layout);
    do {
        PangoRectangle logical;

        pango_layout_iter_get_line_extents(iter, NULL, &logical);
        pen_show_line(self,
                      layout,
                      pango_layout_iter_get_line_readonly(iter),
                      ink,
                      x + logical.x / (double)PANGO_SCALE,
                      baseline + leading * n);
        n++;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    return n;
}

static void
pen_source(ErrataPen *self, ErrataInk ink)
{
    ErrataColour colour = errata_theme_colour(ink);

    cairo_set_source_rgb(self->target, colour.red, colour.green, colour.blue);
    cairo_new_path(self->target); /* text leaves a current point behind */
}

void
errata_pen_rectangle(ErrataPen *self, ErrataInk ink, double x, double y, double w, double h)
{
    errata_pen_cell(self, errata_theme_colour(ink), x, y, w, h);
}

void
errata_pen_cell(ErrataPen *self, ErrataColour colour, double x, double y, double w, double h)
{
    if (self->target == NULL || !(w > 0.0) || !(h > 0.0))
        return;
    cairo_set_source_rgb(self->target, colour.red, colour.green, colour.blue);
    cairo_rectangle(self->target, x, y, w, h);
    cairo_fill(self->target);
}

/* a rectangle with rounded corners */
void
errata_pen_box(ErrataPen *self, ErrataInk ink, double x, double y, double w, double h)
{
    const double r = 3.0;

    if (self->target == NULL)
        return;
    pen_source(self, ink);
    cairo_new_sub_path(self->target);
    cairo_arc(self->target, x + w - r, y + r, r, -G_PI_2, 0.0);
    cairo_arc(self->target, x + w - r, y + h - r, r, 0.0, G_PI_2);
    cairo_arc(self->target, x + r, y + h - r, r, G_PI_2, G_PI);
    cairo_arc(self->target, x + r, y + r, r, G_PI, 3.0 * G_PI_2);
    cairo_close_path(self->target);
    cairo_fill(self->target);
}

void
errata_pen_line(ErrataPen *self,
                ErrataInk ink,
                double line_width,
                double x1,
                double y1,
                double x2,
                double y2)
{
    if (self->target == NULL)
        return;
    pen_source(self, ink);
    cairo_set_line_width(self->target, line_width);
    cairo_move_to(self->target, x1, y1);
    cairo_line_to(self->target, x2, y2);
    cairo_stroke(self->target);
}

void
errata_pen_dashes(ErrataPen *self, ErrataInk ink, double x1, double y1, double x2, double y2)
{
    const double dashes[] = {2.0, 2.0};

    if (self->target == NULL)
        return;
    cairo_set_dash(self->target, dashes, G_N_ELEMENTS(dashes), 0.0);
    errata_pen_line(self, ink, ERRATA_THEME_RULE, x1, y1, x2, y2);
    cairo_set_dash(self->target, NULL, 0, 0.0);
}

void
errata_pen_dot(ErrataPen *self, ErrataInk ink, double x, double y, double radius)
{
    if (self->target == NULL)
        return;
    pen_source(self, ink);
    cairo_arc(self->target, x, y, radius, 0.0, 2.0 * G_PI);
    cairo_fill(self->target);
}

/* cairo's coordinates are fixed-point: what is far off the page is brought near */
static double
pen_bound(double value)
{
    return CLAMP(value, -PEN_FAR, PEN_FAR);
}

void
errata_pen_curve(ErrataPen *self,
                 ErrataInk ink,
                 double line_width,
                 const double *x,
                 const double *y,
                 guint n)
{
    gboolean down = FALSE;

    if (self->target == NULL)
        return;
    pen_source(self, ink);
    cairo_set_line_width(self->target, line_width);
    cairo_set_line_join(self->target, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(self->target, CAIRO_LINE_CAP_ROUND);
    for (guint i = 0; i < n; i++) {
        gboolean there = isfinite(x[i]) && isfinite(y[i]);

        if (there && down)
            cairo_line_to(self->target, pen_bound(x[i]), pen_bound(y[i]));
        else if (there) {
            cairo_move_to(self->target, pen_bound(x[i]), pen_bound(y[i]));
            cairo_line_to(self->target,
                          pen_bound(x[i]),
                          pen_bound(y[i])); /* a lone point shows as a round dot */
        }
        down = there;
    }
    cairo_stroke(self->target);
    cairo_set_line_cap(self->target, CAIRO_LINE_CAP_BUTT);
}

void
errata_pen_band(ErrataPen *self,
                ErrataInk ink,
                const double *x,
                const double *lo,
                const double *hi,
                guint n)
{
    if (self->target == NULL)
        return;
    pen_source(self, ink);
    for (guint begin = 0; begin < n;) {
        guint end = begin;

        while (end < n && isfinite(x[end]) && isfinite(lo[end]) && isfinite(hi[end]))
            end++;
        for (guint i = begin; i < end; i++)
            cairo_line_to(self->target, pen_bound(x[i]), pen_bound(hi[i]));
        for (guint i = end; i > begin; i--)
            cairo_line_to(self->target, pen_bound(x[i - 1]), pen_bound(lo[i - 1]));
        cairo_close_path(self->target);
        cairo_fill(self->target);
        begin = end + 1;
    }
}

void
errata_pen_clip(ErrataPen *self, double x, double y, double w, double h)
{
    if (self->target == NULL)
        return;
    cairo_save(self->target);
    cairo_new_path(self->target);
    cairo_rectangle(self->target, x, y, w, h);
    cairo_clip(self->target);
}

void
errata_pen_clip_end(ErrataPen *self)
{
    if (self->target != NULL)
        cairo_restore(self->target);
}

void
errata_pen_link(ErrataPen *self, const char *dest, double x, double y, double w, double h)
{
    g_autofree char *attributes = NULL;

    if (self->target == NULL)
        return;
    attributes = g_strdup_printf("rect=[%d %d %d %d] dest='%s'",
                                 (int)lround(x),
                                 (int)lround(y),
                                 (int)lround(w),
                                 (int)lround(h),
                                 dest);
    cairo_tag_begin(self->target, CAIRO_TAG_LINK, attributes);
    cairo_tag_end(self->target, CAIRO_TAG_LINK);
}

void
errata_pen_dest(ErrataPen *self, const char *dest, double x, double y)
{
    g_autofree char *attributes = NULL;

    if (self->target == NULL)
        return;
    attributes =
        g_strdup_printf("name='%s' x=%d y=%d internal", dest, (int)lround(x), (int)lround(y));
    cairo_tag_begin(self->target, CAIRO_TAG_DEST, attributes);
    cairo_tag_end(self->target, CAIRO_TAG_DEST);
}
