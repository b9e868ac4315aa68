/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cairo.h>
#include <math.h>
#include <string.h>

#include "compose.h"
#include "draw.h"
#include "sample-case.h"
#include "scale.h"
#include "short-name.h"
#include "svg.h"

#define NONE   ((double)NAN)
#define MARGIN 20

/* an image with a margin that no figure may touch */
typedef struct {
    cairo_surface_t *surface;
    cairo_t *target;
    int width;
    int height;
} Canvas;

static Canvas
test_figures_canvas(double width, double height)
{
    Canvas canvas = {.width = (int)ceil(width) + 2 * MARGIN,
                     .height = (int)ceil(height) + 2 * MARGIN};

    canvas.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, canvas.width, canvas.height);
    canvas.target = cairo_create(canvas.surface);
    cairo_set_source_rgb(canvas.target, 1.0, 1.0, 1.0);
    cairo_paint(canvas.target);
    return canvas;
}

static void
test_figures_clear(Canvas *canvas)
{
    cairo_destroy(canvas->target);
    cairo_surface_destroy(canvas->surface);
}

static guint32
test_figures_pixel(const Canvas *canvas, int x, int y)
{
    const guint8 *data = cairo_image_surface_get_data(canvas->surface);
    guint32 pixel;

    memcpy(&pixel,
           data + (gsize)y * (gsize)cairo_image_surface_get_stride(canvas->surface) + (gsize)x * 4,
           4);
    return pixel & 0xffffff;
}

static guint
test_figures_count(const Canvas *canvas, guint32 colour, int y_from, int y_to)
{
    guint n = 0;

    for (int y = y_from; y < y_to; y++)
        for (int x = 0; x < canvas->width; x++)
            n += test_figures_pixel(canvas, x, y) == colour ? 1 : 0;
    return n;
}

static double
test_figures_draw(const ErrataFigure *figure, ErrataPen *pen, double width, Canvas *ret)
{
    double height = errata_draw_height(figure, pen, width);

    *ret = test_figures_canvas(width, height);
    errata_pen_set_target(pen, ret->target);
    errata_draw_figure(figure, pen, (ErrataArea){MARGIN, MARGIN, width, height});
    errata_pen_set_target(pen, NULL);
    cairo_surface_flush(ret->surface);
    return height;
}

static void
test_figures_ticks(void)
{
    const struct {
        double lo;
        double hi;
        guint wanted;
    } cases[] = {{0, 100, 5},
                 {0.08, 0.22, 4},
                 {-3, 17, 5},
                 {0, 1, 4},
                 {1e11, 1.3e11, 4},
                 {0, 1e-7, 3},
                 {99.5, 100.5, 3}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ErrataTicks ticks;

        errata_scale_ticks(cases[i].lo, cases[i].hi, cases[i].wanted, ERRATA_UNIT_NONE, &ticks);
        g_assert_cmpuint(ticks.n, >=, 2);
        g_assert_cmpuint(ticks.n, <=, cases[i].wanted * 2 + 1);
        for (guint j = 0; j < ticks.n; j++) {
            g_assert_cmpfloat(ticks.value[j], >=, cases[i].lo - 1e-9 * fabs(cases[i].hi));
            g_assert_cmpfloat(ticks.value[j], <=, cases[i].hi + 1e-9 * fabs(cases[i].hi));
            g_assert_true(j == 0 || ticks.value[j] > ticks.value[j - 1]);
            g_assert_true(j == 0 || g_strcmp0(ticks.label[j], ticks.label[j - 1]) != 0);
        }
        errata_scale_clear_ticks(&ticks);
    }
}

static void
test_figures_tick_labels(void)
{
    ErrataTicks ticks;

    errata_scale_ticks(0.0, 1.0, 5, ERRATA_UNIT_SHARE, &ticks);
    g_assert_cmpuint(ticks.n, ==, 5);
    g_assert_cmpstr(ticks.label[0], ==, "0\u202f%");
    g_assert_cmpstr(ticks.label[1], ==, "25\u202f%");
    errata_scale_clear_ticks(&ticks);
}

static void
test_figures_years(void)
{
    ErrataTicks ticks;

    g_test_summary("Years have no mark at the thousands; other numbers of that size do");
    errata_scale_ticks(1950.0, 2020.0, 5, ERRATA_UNIT_NONE, &ticks);
    errata_scale_years("Power of the engine", &ticks);
    g_assert_nonnull(strchr(ticks.label[0], ','));
    errata_scale_years("build_Year", &ticks);
    for (guint i = 0; i < ticks.n; i++)
        g_assert_cmpuint(strlen(ticks.label[i]), ==, 4);
    errata_scale_clear_ticks(&ticks);
    errata_scale_ticks(0.0, 2000.0, 5, ERRATA_UNIT_NONE, &ticks);
    errata_scale_years("income per year", &ticks);
    g_assert_nonnull(strchr(ticks.label[ticks.n - 1], ','));
    errata_scale_clear_ticks(&ticks);
}

static void
test_figures_times(void)
{
    const double day = 86400e9;
    const double start = 1771113600e9; /* 15 Feb 2026, a Sunday */
    ErrataTicks ticks;

    errata_scale_time_ticks(start, start + 45 * day, 8, &ticks);
    g_assert_cmpuint(ticks.n, ==, 7);
    g_assert_cmpstr(ticks.label[0], ==, "16 Feb"); /* Mondays */
    g_assert_cmpstr(ticks.label[2], ==, "2 Mar");
    errata_scale_clear_ticks(&ticks);
    errata_scale_time_ticks(start + 2 * day, start + 14 * day, 3, &ticks); /* one Monday within */
    g_assert_cmpuint(ticks.n, >=, 2);
    errata_scale_clear_ticks(&ticks);
    errata_scale_time_ticks(start, start + 3600e9, 5, &ticks);
    g_assert_cmpstr(ticks.label[1], ==, "00:30");
    errata_scale_clear_ticks(&ticks);
    errata_scale_time_ticks(start, start + 900 * day, 8, &ticks);
    g_assert_cmpstr(ticks.label[0], ==, "Jul 2026");
    errata_scale_clear_ticks(&ticks);
    errata_scale_time_ticks(NONE, start, 8, &ticks);
    g_assert_cmpuint(ticks.n, ==, 0);
}

/* a bar twice as long covers twice as many pixels */
static void
test_figures_bars(void)
{
    g_autoptr(ErrataPen) pen = errata_pen_new();
    g_autoptr(ErrataFigure) figure = errata_figure_new("bars", ERRATA_FIGURE_BARS, "Bars");
    Canvas canvas;
    guint one;
    guint two;

    errata_figure_add_dot(figure, "one", ERRATA_TONE_NOW, 1, 10.0, NONE, NONE, FALSE);
    errata_figure_add_dot(figure, "two", ERRATA_TONE_NOW, 1, 20.0, NONE, NONE, FALSE);
    test_figures_draw(figure, pen, 400.0, &canvas);
    one = test_figures_count(&canvas, 0x1f5fbf, MARGIN + 18, MARGIN + 34);
    two = test_figures_count(&canvas, 0x1f5fbf, MARGIN + 34, MARGIN + 50);
    g_assert_cmpuint(one, >, 500);
    g_assert_cmpfloat_with_epsilon((double)two / one, 2.0, 0.05);
    test_figures_clear(&canvas);
}

/* the emphasised dot is warm, right of the grey one, and there once */
static void
test_figures_dots(void)
{
    g_autoptr(ErrataPen) pen = errata_pen_new();
    g_autoptr(ErrataFigure) figure = errata_figure_new("dots", ERRATA_FIGURE_DOTS, "Dots");
    Canvas canvas;
    double x[2] = {0.0, 0.0};
    guint n[2] = {0, 0};

    figure->y_unit = ERRATA_UNIT_SHARE;
    errata_figure_add_dot(figure, "rest", ERRATA_TONE_REFERENCE, 900, 0.1, NONE, NONE, FALSE);
    errata_figure_add_dot(figure, "slice", ERRATA_TONE_ERROR, 100, 0.4, 0.3, 0.5, TRUE);
    test_figures_draw(figure, pen, 500.0, &canvas);
    for (int py = 0; py < canvas.height; py++)
        for (int px = 0; px < canvas.width - MARGIN - 50; px++) {
            guint32 colour = test_figures_pixel(&canvas, px, py);
            guint which = colour == 0xc8431b ? 1 : 0;

            if (colour != 0xc8431b && colour != 0x9aa3ad)
                continue;
            x[which] += px;
            n[which]++;
        }
    g_assert_cmpuint(n[0], >, 8);
    g_assert_cmpuint(n[1], >, 20);
    g_assert_cmpfloat(x[1] / n[1], >, x[0] / n[0] + 100.0);
    test_figures_clear(&canvas);
}

static gboolean
test_figures_overlap(const ErrataPenBox *a, const ErrataPenBox *b)
{
    const double touch = 0.6;

    return a->page == b->page && a->x + touch < b->x + b->width && b->x + touch < a->x + a->width &&
           a->y + touch < b->y + b->height && b->y + touch < a->y + a->height;
}

static void
test_figures_check(const ErrataFigure *figure, double width)
{
    g_autoptr(ErrataPen) pen = errata_pen_new();
    const ErrataPenBox *boxes = NULL;
    Canvas canvas;
    guint n;
    double height;

    errata_pen_log(pen, TRUE);
    height = test_figures_draw(figure, pen, width, &canvas);
    boxes = errata_pen_boxes(pen, &n);
    for (guint i = 0; i < n; i++) {
        gboolean inside = boxes[i].x >= MARGIN - 1.0 && boxes[i].y >= MARGIN - 1.0 &&
                          boxes[i].x + boxes[i].width <= MARGIN + width + 1.0 &&
                          boxes[i].y + boxes[i].height <= MARGIN + height + 1.0;

        if (!inside)
            g_error("%s at %g: “%s” leaves the figure", figure->id, width, boxes[i].text);
        for (guint j = i + 1; j < n; j++)
            if (test_figures_overlap(&boxes[i], &boxes[j]))
                g_error("%s at %g: “%s” overlaps “%s”",
                        figure->id,
                        width,
                        boxes[i].text,
                        boxes[j].text);
    }
    for (int y = 0; y < canvas.height; y++)
        for (int x = 0; x < canvas.width; x++) {
            gboolean margin = x < MARGIN - 4 || y < MARGIN - 4 || x > MARGIN + width + 4 ||
                              y > MARGIN + height + 4;

            if (margin)
                g_assert_cmphex(test_figures_pixel(&canvas, x, y), ==, 0xffffff);
        }
    test_figures_clear(&canvas);
}

static void
test_figures_check_case(ErrataCase *report_case)
{
    g_autoptr(ErrataDocument) document = errata_compose_new(report_case);

    for (guint i = 0; i < document->blocks->len; i++) {
        const ErrataBlock *block = g_ptr_array_index(document->blocks, i);

        for (guint j = 0; j < block->n_figures; j++) {
            test_figures_check(block->figures[j], 499.0);
            if (block->figures[j]->kind != ERRATA_FIGURE_TREE) /* always has the whole width */
                test_figures_check(block->figures[j], 241.0);
        }
    }
    errata_case_free(report_case);
}

static void
test_figures_no_overlap(void)
{
    test_figures_check_case(sample_case_new());
    test_figures_check_case(sample_case_regression());
    test_figures_check_case(sample_case_ugly(200, 2));
    test_figures_check_case(sample_case_ugly(2, 2));
}

/* every kind, without data: says so and draws no garbage */
static void
test_figures_empty(void)
{
    for (guint kind = 0; kind <= ERRATA_FIGURE_TREE; kind++) {
        g_autoptr(ErrataFigure) figure =
            errata_figure_new("empty", (ErrataFigureKind)kind, "Empty");
        ErrataSeries *series = NULL;

        test_figures_check(figure, 300.0);
        if (kind == ERRATA_FIGURE_MATRIX || kind == ERRATA_FIGURE_DENSITY ||
            kind == ERRATA_FIGURE_TREE)
            continue;
        series = errata_figure_add_series(figure, "nan", ERRATA_TONE_NOW, 3);
        series->x = g_new(double, 3);
        series->y = g_new(double, 3);
        for (guint i = 0; i < 3; i++)
            series->x[i] = series->y[i] = NONE;
        test_figures_check(figure, 300.0);
    }
}

/* an axis that begins below nought has its ticks above it, too */
static void
test_figures_negative(void)
{
    g_autoptr(ErrataPen) pen = errata_pen_new();
    g_autoptr(ErrataFigure) figure = errata_figure_new("ice", ERRATA_FIGURE_LINES, "ICE");
    ErrataSeries *series = errata_figure_add_series(figure, "x", ERRATA_TONE_NOW, 2);
    Canvas canvas;
    double height;
    guint n = 0;

    series->x = g_new(double, 2);
    series->y = g_new(double, 2);
    series->x[0] = 0.0;
    series->x[1] = 10.0;
    series->y[0] = -16.0;
    series->y[1] = 88.0;
    height = test_figures_draw(figure, pen, 300.0, &canvas);
    for (int y = MARGIN; y < MARGIN + (int)(height * 0.7); y++) { /* above nought */
        guint hair = test_figures_count(&canvas, 0xffffff, y, y + 1);

        n += hair + 200 < (guint)canvas.width ? 1 : 0;
    }
    g_assert_cmpuint(n, >=, 2);
    test_figures_clear(&canvas);
}

/* a range that is too wide for its column takes a second line rather than lose its end */
static void
test_figures_ranges(void)
{
    g_autoptr(ErrataPen) pen = errata_pen_new();
    const char *const labels[] = {"2 to 3", "-0.705 to -0.426"};
    double height[G_N_ELEMENTS(labels)];

    for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
        g_autoptr(ErrataFigure) figure = errata_figure_new("m", ERRATA_FIGURE_MATRIX, "Map");

        figure->n_rows = 1;
        figure->n_columns = 8;
        figure->columns = g_new0(char *, 9);
        figure->cells = g_new0(double, 8);
        for (guint column = 0; column < 8; column++)
            figure->columns[column] = g_strdup(labels[i]);
        test_figures_check(figure, 420.0);
        height[i] = errata_draw_height(figure, pen, 420.0);
    }
    g_assert_cmpfloat(height[1], >, height[0] + 6.0);
}

/* names that share their beginnings and ends are told apart, others stay as they are */
static void
test_figures_short_names(void)
{
    g_auto(GStrv) alike = g_strsplit("ware number 01: garden,ware number 12: garden", ",", -1);
    g_auto(GStrv) unlike = g_strsplit("a class with a long name,another one again", ",", -1);
    g_autofree char *one = errata_short_name(alike, 2, 0);
    g_autofree char *two = errata_short_name(alike, 2, 1);
    g_autofree char *whole = errata_short_name(unlike, 2, 0);

    g_assert_cmpstr(one, ==, "…01…");
    g_assert_cmpstr(two, ==, "…12…");
    g_assert_cmpstr(whole, ==, unlike[0]);
}

static void
test_figures_add_curve(ErrataFigure *figure, const char *label, double above)
{
    ErrataSeries *series = errata_figure_add_series(figure, label, ERRATA_TONE_NOW, 11);

    series->x = g_new(double, series->n);
    series->y = g_new(double, series->n);
    for (guint i = 0; i < series->n; i++) {
        series->x[i] = 0.09 * i;
        series->y[i] = 0.09 * i + above;
    }
}

/* the name of a curve beside the diagonal lies neither on that nor on a curve: nothing but paper
 * and grid is drawn there without names */
static void
test_figures_names_off_the_diagonal(void)
{
    for (double above = 0.02; above < 0.1; above += 0.01) {
        const ErrataPenBox *boxes = NULL;
        Canvas canvas;
        guint n, n_names = 0;
        g_autoptr(ErrataFigure) named = errata_figure_new("n", ERRATA_FIGURE_LINES, "Named");
        g_autoptr(ErrataFigure) bare = errata_figure_new("b", ERRATA_FIGURE_LINES, "Bare");
        g_autoptr(ErrataPen) log = errata_pen_new();
        g_autoptr(ErrataPen) pen = errata_pen_new();

        test_figures_add_curve(named, "elsewhere", above);
        test_figures_add_curve(named, "here", 0.5);
        test_figures_add_curve(bare, NULL, above);
        test_figures_add_curve(bare, NULL, 0.5);
        named->x_unit = named->y_unit = bare->x_unit = bare->y_unit = ERRATA_UNIT_SHARE;
        named->reference_line = TRUE;
        errata_pen_log(log, TRUE);
        test_figures_draw(named, log, 300.0, &canvas);
        test_figures_clear(&canvas);
        bare->reference_line = TRUE;
        test_figures_draw(bare, pen, 300.0, &canvas);
        boxes = errata_pen_boxes(log, &n);
        for (guint i = 0; i < n; i++) {
            if (strcmp(boxes[i].text, "elsewhere") != 0)
                continue;
            n_names++;
            for (int y = (int)boxes[i].y; y < (int)(boxes[i].y + boxes[i].height); y++)
                for (int x = (int)boxes[i].x; x < (int)(boxes[i].x + boxes[i].width); x++)
                    g_assert_cmphex(test_figures_pixel(&canvas, x, y) & 0xff, >, 0xe0);
        }
        g_assert_cmpuint(n_names, ==, 1);
        test_figures_clear(&canvas);
    }
}

/* two discs of points, each named where @named */
static ErrataFigure *
test_figures_map(gboolean named)
{
    static const char *const names[] = {"the group that is told", "another group"};
    static const ErrataTone tones[] = {ERRATA_TONE_ERROR, ERRATA_TONE_REFERENCE};
    ErrataFigure *figure = errata_figure_new("map", ERRATA_FIGURE_MAP, "Errors");

    for (guint s = 0; s < 2; s++) {
        ErrataSeries *series = errata_figure_add_series(figure, names[s], tones[s], 400);

        series->x = g_new(double, 400);
        series->y = g_new(double, 400);
        for (guint i = 0; i < 400; i++) {
            series->x[i] = 5.0 * s + sqrt(i / 400.0) * cos(2.4 * i);
            series->y[i] = sqrt(i / 400.0) * sin(2.4 * i);
        }
        series->emphasis = s == 0;
        if (named)
            errata_figure_add_mark(figure, 5.0 * s, names[s], tones[s])->y = 0.0;
    }
    return figure;
}

/* names of groups stand beside their points */
static void
test_figures_names_beside_points(void)
{
    g_autoptr(ErrataFigure) named = test_figures_map(TRUE);
    g_autoptr(ErrataFigure) bare = test_figures_map(FALSE);
    g_autoptr(ErrataPen) log = errata_pen_new();
    g_autoptr(ErrataPen) pen = errata_pen_new();
    const ErrataPenBox *boxes = NULL;
    Canvas canvas;
    guint n, n_names = 0;

    errata_pen_log(log, TRUE);
    test_figures_draw(named, log, 480.0, &canvas);
    test_figures_clear(&canvas);
    test_figures_draw(bare, pen, 480.0, &canvas);
    boxes = errata_pen_boxes(log, &n);
    for (guint i = 0; i < n; i++) {
        if (strstr(boxes[i].text, "group") == NULL)
            continue;
        n_names++;
        for (int y = (int)boxes[i].y; y < (int)(boxes[i].y + boxes[i].height); y++)
            for (int x = (int)boxes[i].x; x < (int)(boxes[i].x + boxes[i].width); x++)
                g_assert_cmphex(test_figures_pixel(&canvas, x, y), ==, 0xffffff);
    }
    g_assert_cmpuint(n_names, ==, 2);
    test_figures_clear(&canvas);
}

static void
test_figures_svg(void)
{
    g_autoptr(ErrataCase) report_case = sample_case_ugly(30, 1);
    const ErrataFinding *finding = g_ptr_array_index(report_case->findings, 0);
    g_autoptr(ErrataPen) pen = errata_pen_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = errata_svg_draw(finding->figure, pen, &error);
    g_autoptr(GByteArray) again = errata_svg_draw(finding->figure, pen, &error);
    g_autoptr(GMarkupParseContext) parser =
        g_markup_parse_context_new(&(GMarkupParser){0}, 0, NULL, NULL);
    g_autofree char *text = g_strndup((const char *)bytes->data, bytes->len);
    g_autofree char *path = errata_svg_path("../a b<&>");

    g_assert_no_error(error);
    g_assert_true(g_markup_parse_context_parse(parser, text, -1, &error));
    g_assert_true(g_markup_parse_context_end_parse(parser, &error));
    g_assert_no_error(error);
    g_assert_nonnull(strstr(text, "<title>&lt;b&gt;not &amp; markup&lt;/b&gt;"));
    g_assert_nonnull(strstr(text, "<desc>"));
    g_assert_null(strstr(text, "<script"));
    g_assert_null(strstr(text, "href=\"http"));
    g_assert_cmpuint(bytes->len, <, 120000);
    g_assert_cmpmem(bytes->data, bytes->len, again->data, again->len);
    g_assert_cmpstr(path, ==, "svg/___a_b___.svg");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/figures/ticks", test_figures_ticks);
    g_test_add_func("/figures/tick-labels", test_figures_tick_labels);
    g_test_add_func("/figures/ranges", test_figures_ranges);
    g_test_add_func("/figures/years", test_figures_years);
    g_test_add_func("/figures/times", test_figures_times);
    g_test_add_func("/figures/bars", test_figures_bars);
    g_test_add_func("/figures/dots", test_figures_dots);
    g_test_add_func("/figures/no-overlap", test_figures_no_overlap);
    g_test_add_func("/figures/empty", test_figures_empty);
    g_test_add_func("/figures/negative", test_figures_negative);
    g_test_add_func("/figures/short-names", test_figures_short_names);
    g_test_add_func("/figures/names-off-the-diagonal", test_figures_names_off_the_diagonal);
    g_test_add_func("/figures/names-beside-points", test_figures_names_beside_points);
    g_test_add_func("/figures/svg", test_figures_svg);
    return g_test_run();
}
