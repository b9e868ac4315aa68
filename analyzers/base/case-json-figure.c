/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures and tables of report.json. What a figure does not have is left out. A curve is a figure
 * whose first series stands at the top ({"x": …, "y": …, "figure": {the rest}}), so that a reader
 * who wants the numbers of the ROC curve need not know what a figure is. */
#include <math.h>

#include "case-json-private.h"
#include "error.h"

static const char *const kind_nicks[] =
    {"dots", "lines", "timeline", "histogram", "matrix", "bars", "density", "tree", "map", "swarm"};
static const char *const tone_nicks[] = {"now", "reference", "error", "good"};

static guint
figure_parse_nick(const char *const *nicks, guint n, const char *nick)
{
    for (guint i = 0; i < n; i++)
        if (g_strcmp0(nick, nicks[i]) == 0)
            return i;
    return 0;
}

static void
figure_optional_string(ErrataJsonWriter *json, const char *key, const char *value)
{
    if (value != NULL)
        errata_json_writer_string(json, key, value);
}

static void
figure_optional_doubles(ErrataJsonWriter *json, const char *key, const double *values, gsize n)
{
    if (values != NULL)
        errata_json_writer_doubles(json, key, values, n);
}

static void
figure_optional_true(ErrataJsonWriter *json, const char *key, gboolean value)
{
    if (value)
        errata_json_writer_boolean(json, key, TRUE);
}

static void
figure_series(ErrataJsonWriter *json, const ErrataSeries *series)
{
    errata_json_writer_string(json, "label", series->label);
    errata_json_writer_string(json, "tone", tone_nicks[series->tone]);
    figure_optional_doubles(json, "x", series->x, series->n);
    figure_optional_doubles(json, "y", series->y, series->n);
    figure_optional_doubles(json, "lo", series->lo, series->n);
    figure_optional_doubles(json, "hi", series->hi, series->n);
    figure_optional_doubles(json, "count", series->count, series->n);
    if (series->labels != NULL)
        errata_json_writer_strings(json, "labels", series->labels);
    figure_optional_true(json, "emphasis", series->emphasis);
    figure_optional_true(json, "step", series->step);
}

static void
figure_mark(ErrataJsonWriter *json, const ErrataMark *mark)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_double(json, "x", mark->x);
    errata_json_writer_double(json, "y", mark->y);
    errata_json_writer_double(json, "x_end", mark->x_end);
    errata_json_writer_string(json, "label", mark->label);
    errata_json_writer_string(json, "tone", tone_nicks[mark->tone]);
    errata_json_writer_int(json, "finding", mark->finding);
    errata_json_writer_end(json, '}');
}

static void
figure_node(ErrataJsonWriter *json, const ErrataNode *node)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "label", node->label);
    errata_json_writer_int(json, "left", node->left);
    errata_json_writer_int(json, "right", node->right);
    errata_json_writer_double(json, "value", node->value);
    errata_json_writer_double(json, "lo", node->lo);
    errata_json_writer_double(json, "hi", node->hi);
    errata_json_writer_double(json, "n", node->n);
    errata_json_writer_double(json, "coverage", node->coverage);
    errata_json_writer_end(json, '}');
}

static void
figure_grid(ErrataJsonWriter *json, const ErrataFigure *figure)
{
    gsize n_cells = (gsize)figure->n_rows * figure->n_columns;

    if (figure->n_rows > 0)
        errata_json_writer_uint(json, "n_rows", figure->n_rows);
    if (figure->n_columns > 0)
        errata_json_writer_uint(json, "n_columns", figure->n_columns);
    if (figure->rows != NULL)
        errata_json_writer_strings(json, "rows", figure->rows);
    if (figure->columns != NULL)
        errata_json_writer_strings(json, "columns", figure->columns);
    figure_optional_doubles(json, "cells", figure->cells, n_cells);
    figure_optional_doubles(json, "cell_counts", figure->cell_counts, n_cells);
    figure_optional_doubles(json, "edges_x", figure->edges_x, (gsize)figure->n_columns + 1);
    figure_optional_doubles(json, "edges_y", figure->edges_y, (gsize)figure->n_rows + 1);
}

/* all but the first @skip series */
static void
figure_members(ErrataJsonWriter *json, const ErrataFigure *figure, guint skip)
{
    errata_json_writer_string(json, "id", figure->id);
    errata_json_writer_string(json, "kind", kind_nicks[figure->kind]);
    errata_json_writer_string(json, "title", figure->title);
    figure_optional_string(json, "note", figure->note);
    figure_optional_string(json, "description", figure->description);
    figure_optional_string(json, "x_label", figure->x_label);
    figure_optional_string(json, "y_label", figure->y_label);
    errata_json_writer_string(json, "x_unit", errata_unit_nick(figure->x_unit));
    errata_json_writer_string(json, "y_unit", errata_unit_nick(figure->y_unit));
    figure_optional_true(json, "x_is_time", figure->x_is_time);
    errata_json_writer_begin(json, "series", '[');
    for (guint i = skip; i < figure->n_series; i++) {
        errata_json_writer_begin(json, NULL, '{');
        figure_series(json, &figure->series[i]);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_begin(json, "marks", '[');
    for (guint i = 0; i < figure->n_marks; i++)
        figure_mark(json, &figure->marks[i]);
    errata_json_writer_end(json, ']');
    figure_grid(json, figure);
    if (figure->n_nodes > 0) {
        errata_json_writer_begin(json, "nodes", '[');
        for (guint i = 0; i < figure->n_nodes; i++)
            figure_node(json, &figure->nodes[i]);
        errata_json_writer_end(json, ']');
    }
    figure_optional_true(json, "reference_line", figure->reference_line);
    figure_optional_true(json, "row_normalised", figure->row_normalised);
}

void
errata_case_json_figure(ErrataJsonWriter *json, const char *key, const ErrataFigure *figure)
{
    if (figure == NULL) {
        errata_json_writer_null(json, key);
        return;
    }
    errata_json_writer_begin(json, key, '{');
    figure_members(json, figure, 0);
    errata_json_writer_end(json, '}');
}

void
errata_case_json_curve(ErrataJsonWriter *json, const char *key, const ErrataFigure *figure)
{
    if (figure == NULL) {
        errata_json_writer_null(json, key);
        return;
    }
    errata_json_writer_begin(json, key, '{');
    if (figure->n_series > 0)
        figure_series(json, &figure->series[0]);
    errata_json_writer_begin(json, "figure", '{');
    figure_members(json, figure, 1);
    errata_json_writer_end(json, '}');
    errata_json_writer_end(json, '}');
}

/* an array of a series, which must be as long as its first; anything else is dropped */
static double *
figure_read_array(JsonObject *object, const char *key, ErrataSeries *series)
{
    guint n;
    double *values = errata_json_reader_doubles(object, key, &n);

    if (values != NULL && series->n == 0)
        series->n = n;
    if (n != series->n)
        g_clear_pointer(&values, g_free);
    return values;
}

static void
figure_read_series(JsonObject *object, ErrataFigure *figure)
{
    guint tone = figure_parse_nick(tone_nicks,
                                   G_N_ELEMENTS(tone_nicks),
                                   errata_json_reader_peek(object, "tone"));
    ErrataSeries *series = errata_figure_add_series(figure,
                                                    errata_json_reader_peek(object, "label"),
                                                    (ErrataTone)tone,
                                                    0);

    series->labels = errata_json_reader_strings(object, "labels");
    series->n = series->labels != NULL ? g_strv_length(series->labels) : 0;
    series->x = figure_read_array(object, "x", series);
    series->y = figure_read_array(object, "y", series);
    series->lo = figure_read_array(object, "lo", series);
    series->hi = figure_read_array(object, "hi", series);
    series->count = figure_read_array(object, "count", series);
    series->emphasis = errata_json_reader_boolean(object, "emphasis");
    series->step = errata_json_reader_boolean(object, "step");
}

static void
figure_read_marks(JsonArray *marks, ErrataFigure *figure)
{
    for (guint i = 0; i < errata_json_reader_length(marks); i++) {
        JsonObject *object = errata_json_reader_element(marks, i);
        guint tone = figure_parse_nick(tone_nicks,
                                       G_N_ELEMENTS(tone_nicks),
                                       errata_json_reader_peek(object, "tone"));
        ErrataMark *mark = errata_figure_add_mark(figure,
                                                  errata_json_reader_double(object, "x"),
                                                  errata_json_reader_peek(object, "label"),
                                                  (ErrataTone)tone);

        mark->y = errata_json_reader_double(object, "y");
        mark->x_end = errata_json_reader_double(object, "x_end");
        mark->finding = (int)errata_json_reader_int(object, "finding");
    }
}

/* children must come after their parent, so that no reader can go round in circles */
static int
figure_read_child(JsonObject *object, const char *key, guint parent, guint n_nodes)
{
    gint64 child = errata_json_reader_int(object, key);

    return child > parent && child < n_nodes ? (int)child : -1;
}

static void
figure_read_nodes(JsonArray *nodes, ErrataFigure *figure)
{
    figure->n_nodes = errata_json_reader_length(nodes);
    figure->nodes = g_new0(ErrataNode, MAX(figure->n_nodes, 1));
    for (guint i = 0; i < figure->n_nodes; i++) {
        JsonObject *object = errata_json_reader_element(nodes, i);
        ErrataNode *node = &figure->nodes[i];

        node->label = errata_json_reader_string(object, "label");
        node->left = figure_read_child(object, "left", i, figure->n_nodes);
        node->right = figure_read_child(object, "right", i, figure->n_nodes);
        node->value = errata_json_reader_double(object, "value");
        node->lo = errata_json_reader_double(object, "lo");
        node->hi = errata_json_reader_double(object, "hi");
        node->n = errata_json_reader_double(object, "n");
        node->coverage = errata_json_reader_double(object, "coverage");
    }
}

/* an array of exactly @wanted numbers, or NULL */
static double *
figure_read_exactly(JsonObject *object, const char *key, guint64 wanted)
{
    guint n;
    double *values = errata_json_reader_doubles(object, key, &n);

    if (n != wanted)
        g_clear_pointer(&values, g_free);
    return values;
}

static char **
figure_read_labels(JsonObject *object, const char *key, guint wanted)
{
    char **labels = errata_json_reader_strings(object, key);

    if (labels != NULL && g_strv_length(labels) != wanted)
        g_clear_pointer(&labels, g_strfreev);
    return labels;
}

static void
figure_read_grid(JsonObject *object, ErrataFigure *figure)
{
    guint64 n_rows = errata_json_reader_uint(object, "n_rows");
    guint64 n_columns = errata_json_reader_uint(object, "n_columns");

    if (n_rows >= G_MAXUINT16 || n_columns >= G_MAXUINT16)
        return;
    figure->n_rows = (guint)n_rows;
    figure->n_columns = (guint)n_columns;
    figure->rows = figure_read_labels(object, "rows", figure->n_rows);
    figure->columns = figure_read_labels(object, "columns", figure->n_columns);
    figure->cells = figure_read_exactly(object, "cells", n_rows * n_columns);
    figure->cell_counts = figure_read_exactly(object, "cell_counts", n_rows * n_columns);
    figure->edges_x = figure_read_exactly(object, "edges_x", n_columns + 1);
    figure->edges_y = figure_read_exactly(object, "edges_y", n_rows + 1);
}

static ErrataFigure *
figure_read_members(JsonObject *object, JsonObject *first)
{
    guint kind = figure_parse_nick(kind_nicks,
                                   G_N_ELEMENTS(kind_nicks),
                                   errata_json_reader_peek(object, "kind"));
    ErrataFigure *figure = errata_figure_new(errata_json_reader_peek(object, "id"),
                                             (ErrataFigureKind)kind,
                                             errata_json_reader_peek(object, "title"));
    JsonArray *series = errata_json_reader_array(object, "series");

    figure->note = errata_json_reader_string(object, "note");
    figure->description = errata_json_reader_string(object, "description");
    figure->x_label = errata_json_reader_string(object, "x_label");
    figure->y_label = errata_json_reader_string(object, "y_label");
    errata_unit_parse(errata_json_reader_peek(object, "x_unit"), &figure->x_unit);
    errata_unit_parse(errata_json_reader_peek(object, "y_unit"), &figure->y_unit);
    figure->x_is_time = errata_json_reader_boolean(object, "x_is_time");
    if (first != NULL && json_object_has_member(first, "tone"))
        figure_read_series(first, figure);
    for (guint i = 0; i < errata_json_reader_length(series); i++)
        figure_read_series(errata_json_reader_element(series, i), figure);
    figure_read_marks(errata_json_reader_array(object, "marks"), figure);
    figure_read_grid(object, figure);
    figure_read_nodes(errata_json_reader_array(object, "nodes"), figure);
    figure->reference_line = errata_json_reader_boolean(object, "reference_line");
    figure->row_normalised = errata_json_reader_boolean(object, "row_normalised");
    return figure;
}

/* the figure that an object is */
ErrataFigure *
errata_case_json_figure_of(JsonObject *object)
{
    return object != NULL ? figure_read_members(object, NULL) : NULL;
}

ErrataFigure *
errata_case_json_read_figure(JsonObject *object, const char *key)
{
    JsonObject *figure = errata_json_reader_object(object, key);

    return figure != NULL ? figure_read_members(figure, NULL) : NULL;
}

ErrataFigure *
errata_case_json_read_curve(JsonObject *object, const char *key)
{
    JsonObject *curve = errata_json_reader_object(object, key);
    JsonObject *figure = errata_json_reader_object(curve, "figure");

    return figure != NULL ? figure_read_members(figure, curve) : NULL;
}

void
errata_case_json_table(ErrataJsonWriter *json, const char *key, const ErrataTable *table)
{
    if (table == NULL) {
        errata_json_writer_null(json, key);
        return;
    }
    errata_json_writer_begin(json, key, '{');
    errata_json_writer_string(json, "title", table->title);
    figure_optional_string(json, "note", table->note);
    errata_json_writer_begin(json, "columns", '[');
    for (guint i = 0; i < table->n_columns; i++) {
        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "heading", table->headings[i]);
        errata_json_writer_boolean(json, "right", table->right[i]);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_begin(json, "rows", '[');
    for (guint i = 0; i < table->n_rows; i++) {
        errata_json_writer_begin(json, NULL, '[');
        for (guint j = 0; j < table->n_columns; j++)
            errata_json_writer_string(json, NULL, errata_table_cell(table, i, j));
        errata_json_writer_end(json, ']');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

ErrataTable *
errata_case_json_read_table(JsonObject *object, const char *key)
{
    JsonObject *source = errata_json_reader_object(object, key);
    JsonArray *columns = errata_json_reader_array(source, "columns");
    JsonArray *rows = errata_json_reader_array(source, "rows");
    guint n_columns = errata_json_reader_length(columns);
    ErrataTable *table;

    if (source == NULL || n_columns == 0)
        return NULL;
    table = errata_table_new(errata_json_reader_peek(source, "title"), n_columns);
    table->note = errata_json_reader_string(source, "note");
    for (guint i = 0; i < n_columns; i++) {
        JsonObject *column = errata_json_reader_element(columns, i);

        errata_table_heading(table,
                             i,
                             errata_json_reader_peek(column, "heading"),
                             errata_json_reader_boolean(column, "right"));
    }
    for (guint i = 0; i < errata_json_reader_length(rows); i++) {
        JsonNode *row = json_array_get_element(rows, i);
        JsonArray *cells = JSON_NODE_HOLDS_ARRAY(row) ? json_node_get_array(row) : NULL;

        for (guint j = 0; j < n_columns; j++) {
            JsonNode *cell = j < errata_json_reader_length(cells) ? json_array_get_element(cells, j)
                                                                  : NULL;

            errata_table_add_cell(table,
                                  cell != NULL && JSON_NODE_HOLDS_VALUE(cell) &&
                                          json_node_get_value_type(cell) == G_TYPE_STRING
                                      ? json_node_get_string(cell)
                                      : "");
        }
    }
    return table;
}
