/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figure.h"

#include <math.h>

ErrataFigure *
errata_figure_new(const char *id, ErrataFigureKind kind, const char *title)
{
    ErrataFigure *self = g_new0(ErrataFigure, 1);

    self->id = g_strdup(id);
    self->kind = kind;
    self->title = g_strdup(title);
    return self;
}

static void
figure_series_clear(ErrataSeries *series)
{
    g_free(series->label);
    g_free(series->x);
    g_free(series->y);
    g_free(series->lo);
    g_free(series->hi);
    g_free(series->count);
    g_strfreev(series->labels);
}

void
errata_figure_free(ErrataFigure *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_series; i++)
        figure_series_clear(&self->series[i]);
    for (guint i = 0; i < self->n_marks; i++)
        g_free(self->marks[i].label);
    for (guint i = 0; i < self->n_nodes; i++)
        g_free(self->nodes[i].label);
    g_free(self->id);
    g_free(self->title);
    g_free(self->note);
    g_free(self->description);
    g_free(self->x_label);
    g_free(self->y_label);
    g_free(self->series);
    g_free(self->marks);
    g_strfreev(self->rows);
    g_strfreev(self->columns);
    g_free(self->cells);
    g_free(self->cell_counts);
    g_free(self->edges_x);
    g_free(self->edges_y);
    g_free(self->nodes);
    g_free(self);
}

ErrataSeries *
errata_figure_add_series(ErrataFigure *self, const char *label, ErrataTone tone, guint n)
{
    ErrataSeries *series;

    self->series = g_renew(ErrataSeries, self->series, self->n_series + 1);
    series = &self->series[self->n_series++];
    *series = (ErrataSeries){.label = g_strdup(label), .tone = tone, .n = n};
    return series;
}

ErrataMark *
errata_figure_add_mark(ErrataFigure *self, double x, const char *label, ErrataTone tone)
{
    ErrataMark *mark;

    self->marks = g_renew(ErrataMark, self->marks, self->n_marks + 1);
    mark = &self->marks[self->n_marks++];
    *mark = (ErrataMark){.x = x,
                         .y = (double)NAN,
                         .x_end = (double)NAN,
                         .label = g_strdup(label),
                         .tone = tone,
                         .finding = -1};
    return mark;
}

void
errata_figure_add_dot(ErrataFigure *self,
                      const char *label,
                      ErrataTone tone,
                      double n,
                      double value,
                      double lo,
                      double hi,
                      gboolean emphasis)
{
    ErrataSeries *series = errata_figure_add_series(self, label, tone, 1);

    series->y = g_new(double, 1);
    series->lo = g_new(double, 1);
    series->hi = g_new(double, 1);
    series->count = g_new(double, 1);
    series->y[0] = value;
    series->lo[0] = lo;
    series->hi[0] = hi;
    series->count[0] = n;
    series->emphasis = emphasis;
}
