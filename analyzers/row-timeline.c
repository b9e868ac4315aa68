/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where in a log's course some of its rows lie. */
#include "row-timeline.h"

#define TIMELINE_BLOCKS 60

/**
 * errata_row_timeline:
 * @outcome: the log, with at least one row
 * @rows: (element-type guint32): some of its rows
 * @id: of the figure
 * @title: its title
 * @what: what they are, on the axis: “affected rows”
 * @unit: %ERRATA_UNIT_SHARE or %ERRATA_UNIT_COUNT
 *
 * Returns: (transfer full): a figure of them in stretches of equally many rows, without a
 * description
 */
ErrataFigure *
errata_row_timeline(const ErrataOutcome *outcome,
                    const GArray *rows,
                    const char *id,
                    const char *title,
                    const char *what,
                    ErrataUnit unit)
{
    gsize n = outcome->n_rows;
    guint n_blocks = (guint)MIN((gsize)TIMELINE_BLOCKS, n);
    gboolean is_time = outcome->time != NULL && outcome->time[outcome->order[0]] != G_MININT64;
    g_autofree guint8 *inside = g_new0(guint8, n + 1);
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_TIMELINE, title);
    ErrataSeries *series = errata_figure_add_series(figure, what, ERRATA_TONE_ERROR, n_blocks);

    for (guint i = 0; i < rows->len; i++)
        inside[g_array_index(rows, guint32, i)] = 1;
    series->x = g_new0(double, n_blocks);
    series->y = g_new0(double, n_blocks);
    series->count = g_new0(double, n_blocks);
    for (guint block = 0; block < n_blocks; block++) {
        gsize begin = n * block / n_blocks;
        gsize end = n * (block + 1) / n_blocks;

        for (gsize i = begin; i < end; i++)
            series->y[block] += inside[outcome->order[i]];
        series->count[block] = (double)(end - begin);
        series->y[block] /= unit == ERRATA_UNIT_SHARE ? series->count[block] : 1.0;
        series->x[block] = is_time ? (double)outcome->time[outcome->order[(begin + end) / 2]]
                                   : (double)begin;
    }
    figure->x_is_time = is_time;
    figure->x_label = is_time ? NULL : g_strdup("row");
    figure->y_label = g_strdup(what);
    figure->y_unit = unit;
    figure->note = g_strdup("bars: rows");
    return figure;
}
