/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the share of a feature goes with its value, and the accumulated local effect beside it: what
 * the margin does when only that value moves, between neighbouring values that rows really have.
 * Source: Apley and Zhu 2020, section 3. */
#include <math.h>

#include "attribution-private.h"
#include "evaluator.h"
#include "select.h"
#include "sort.h"

#define DEPEND_FEATURES   4
#define DEPEND_BINS       40   /* of the accumulated effects */
#define DEPEND_SHOWN      20   /* of the mean shares, each with its band */
#define DEPEND_VALUES     12   /* of a column of names */
#define DEPEND_ROWS       2000 /* run for the accumulated effects */
#define DEPEND_LEAST      100
#define DEPEND_ROWS_ALONE 5 /* drawn one by one */
#define DEPEND_LOW        0.1
#define DEPEND_HIGH       0.9

/* edges of up to @most bins of about as many rows; the number of bins */
static guint
depend_edges(const double *sorted, gsize n, guint most, double *ret_edge)
{
    guint n_edges = 0;

    for (guint b = 0; b <= most; b++) {
        double edge = errata_sort_quantile(sorted, n, (double)b / most);

        if (n_edges == 0 || edge > ret_edge[n_edges - 1])
            ret_edge[n_edges++] = edge;
    }
    return n_edges > 0 ? n_edges - 1 : 0;
}

/* as above, but a bin for each value where they are few: 0, 1 and 2 are no "0.5" and "2" */
static guint
depend_edges_few(const double *sorted, gsize n, double *ret_edge)
{
    guint n_edges = 1;

    for (gsize i = 0; i < n; i++) {
        if (n_edges > 1 && !(sorted[i] > ret_edge[n_edges - 1]))
            continue;
        if (n_edges > DEPEND_SHOWN)
            return depend_edges(sorted, n, DEPEND_SHOWN, ret_edge);
        ret_edge[n_edges++] = sorted[i];
    }
    ret_edge[0] = ret_edge[1] - 1.0; /* before the first value is nothing */
    return n_edges - 1;
}

/* bins are open at the left, but for the first */
static guint
depend_bin(const double *edge, guint n_bins, double value)
{
    guint b = 0;

    while (b + 1 < n_bins && value > edge[b + 1])
        b++;
    return b;
}

typedef struct {
    const Attribution *attribution;
    guint feature;
    double *value;                /* of the sampled rows; NaN where there is none */
    double edge[DEPEND_BINS + 1]; /* of what the model does between them */
    guint n_bins;
    double shown[DEPEND_SHOWN + 1]; /* of the points that are drawn */
    guint n_shown;
} Depend;

static void
depend_band(const Depend *self, ErrataFigure *figure)
{
    const Attribution *from = self->attribution;
    ErrataSeries *series =
        errata_figure_add_series(figure, "share", ERRATA_TONE_NOW, self->n_shown);
    g_autofree double *share = g_new(double, MAX(from->n, 1));

    series->x = g_new0(double, self->n_shown);
    series->y = g_new0(double, self->n_shown);
    series->lo = g_new0(double, self->n_shown);
    series->hi = g_new0(double, self->n_shown);
    series->count = g_new0(double, self->n_shown);
    for (guint b = 0; b < self->n_shown; b++) {
        gsize n = 0;

        for (gsize i = 0; i < from->n; i++) {
            double one = attribution_share(from, i, self->feature);

            if (isnan(self->value[i]) || isnan(one) ||
                depend_bin(self->shown, self->n_shown, self->value[i]) != b)
                continue;
            share[n++] = one;
            series->x[b] += self->value[i];
            series->y[b] += one;
        }
        errata_sort_values(share, n);
        series->x[b] = n > 0 ? series->x[b] / (double)n : (double)NAN;
        series->y[b] = n > 0 ? series->y[b] / (double)n : (double)NAN;
        series->lo[b] = n > 0 ? errata_sort_quantile(share, n, DEPEND_LOW) : (double)NAN;
        series->hi[b] = n > 0 ? errata_sort_quantile(share, n, DEPEND_HIGH) : (double)NAN;
        series->count[b] = (double)n;
    }
}

/* the margin of figures for the rows at hand with the feature at either end of its bin */
static gboolean
depend_run(const Depend *self,
           ErrataEvaluator *evaluator,
           const ErrataModelCells *cells,
           const gsize *at,
           gsize n,
           double *effect,
           double *rows)
{
    const ErrataQuantity *quantity = evaluator->quantity;
    g_autofree double *low = g_new(double, MAX(n, 1));
    g_autofree double *value = g_new(double, quantity->n_groups);

    for (guint side = 0; side < 2; side++) {
        for (gsize i = 0; i < n; i++) {
            guint b = depend_bin(self->edge, self->n_bins, self->value[at[i]]);

            errata_model_cells_copy(evaluator->cells, i, &cells->rows, i);
            evaluator->cells->number[self->feature][i] = self->edge[b + side];
        }
        if (!errata_evaluator_run(evaluator, n, NULL))
            return FALSE;
        for (gsize i = 0; i < n; i++) {
            guint b = depend_bin(self->edge, self->n_bins, self->value[at[i]]);

            errata_quantity_value(quantity,
                                  evaluator->raw + i * quantity->n_raw,
                                  (double)NAN,
                                  value);
            if (side == 0)
                low[i] = value[self->attribution->group];
            else if (isfinite(value[self->attribution->group]) && isfinite(low[i])) {
                effect[b] += value[self->attribution->group] - low[i];
                rows[b] += 1.0;
            }
        }
    }
    return TRUE;
}

/* effects per bin added up from the left, their mean over the rows taken off */
static void
depend_accumulate(const Depend *self,
                  ErrataFigure *figure,
                  const double *effect,
                  const double *rows)
{
    ErrataSeries *series =
        errata_figure_add_series(figure, "alone (ALE)", ERRATA_TONE_GOOD, self->n_bins + 1);
    double sum = 0.0, all = 0.0;

    series->x = g_memdup2(self->edge, (self->n_bins + 1) * sizeof *self->edge);
    series->y = g_new0(double, self->n_bins + 1);
    for (guint b = 0; b < self->n_bins; b++) {
        series->y[b + 1] = series->y[b] + (rows[b] > 0.0 ? effect[b] / rows[b] : 0.0);
        sum += rows[b] * 0.5 * (series->y[b] + series->y[b + 1]);
        all += rows[b];
    }
    for (guint b = 0; b <= self->n_bins && all > 0.0; b++)
        series->y[b] -= sum / all;
}

/* individual conditional expectations: what the margin of a row does when its value moves from edge
 * to edge, less its mean. Source: Goldstein et al. 2015 (centred) */
static void
depend_alone(const Depend *self,
             ErrataFigure *figure,
             ErrataEvaluator *evaluator,
             const ErrataModelCells *cells,
             gsize n)
{
    const ErrataQuantity *quantity = evaluator->quantity;
    guint n_edges = self->n_bins + 1;
    g_autofree double *value = g_new(double, quantity->n_groups);

    for (guint k = 0; k < DEPEND_ROWS_ALONE && n >= n_edges; k++) {
        ErrataSeries *series;
        double mean = 0.0;

        for (guint e = 0; e < n_edges; e++) {
            errata_model_cells_copy(evaluator->cells,
                                    e,
                                    &cells->rows,
                                    (k * n + n / 2) / DEPEND_ROWS_ALONE);
            evaluator->cells->number[self->feature][e] = self->edge[e];
        }
        if (!errata_evaluator_run(evaluator, n_edges, NULL))
            return;
        series = errata_figure_add_series(figure,
                                          k == 0 ? "single rows (ICE)" : "",
                                          ERRATA_TONE_REFERENCE,
                                          n_edges);
        series->x = g_memdup2(self->edge, n_edges * sizeof *self->edge);
        series->y = g_new0(double, n_edges);
        for (guint e = 0; e < n_edges; e++) {
            errata_quantity_value(quantity,
                                  evaluator->raw + (gsize)e * quantity->n_raw,
                                  (double)NAN,
                                  value);
            series->y[e] = value[self->attribution->group];
            mean += series->y[e] / n_edges;
        }
        for (guint e = 0; e < n_edges; e++)
            series->y[e] -= mean;
    }
}

static void
depend_effects(const Depend *self, ErrataFigure *figure)
{
    const Attribution *from = self->attribution;
    ErrataModel *model = from->analysis->model;
    g_autoptr(ErrataQuantity) quantity =
        from->use != NULL ? errata_quantity_of_outputs(model, ERRATA_QUANTITY_MARGIN, NULL) : NULL;
    g_autoptr(ErrataEvaluator) evaluator = NULL;
    g_autoptr(ErrataModelCells) cells = NULL;
    g_autofree gsize *at = g_new(gsize, DEPEND_ROWS);
    g_autofree gsize *row = g_new(gsize, DEPEND_ROWS);
    double effect[DEPEND_BINS] = {0.0}, rows[DEPEND_BINS] = {0.0};
    gsize tried, n = 0;

    if (quantity == NULL || quantity->n_groups != from->n_groups ||
        errata_model_input(model, self->feature)->type != ERRATA_MODEL_NUMBER)
        return;
    tried = MIN(from->n, (gsize)errata_model_use_runs(model, DEPEND_ROWS));
    for (gsize k = 0; k < tried; k++) {
        gsize i = k * from->n / tried; /* evenly: rows stand in the order of the log */

        if (!isnan(self->value[i])) {
            at[n] = i;
            row[n++] = from->row[i];
        }
    }
    if (n < DEPEND_LEAST)
        return;
    cells = errata_model_cells_new(from->use->match->binding, row, n);
    evaluator = errata_evaluator_new(model, quantity, n);
    if (depend_run(self, evaluator, cells, at, n, effect, rows)) {
        depend_alone(self, figure, evaluator, cells, n);
        depend_accumulate(self, figure, effect, rows);
    }
}

static void
depend_numbers(const Attribution *from, ErrataFigure *figure, guint feature)
{
    const ErrataColumn *column = from->column[feature];
    g_autofree double *value = g_new(double, MAX(from->n, 1));
    g_autofree double *sorted = g_new(double, MAX(from->n, 1));
    Depend self = {.attribution = from, .feature = feature, .value = value};
    gsize n = 0;

    for (gsize i = 0; i < from->n; i++) {
        value[i] = errata_column_is_valid(column, from->row[i])
                       ? errata_column_number(column, from->row[i])
                       : (double)NAN;
        if (!isnan(value[i]))
            sorted[n++] = value[i];
    }
    errata_sort_values(sorted, n);
    self.n_bins = n > 0 ? depend_edges(sorted, n, DEPEND_BINS, self.edge) : 0;
    if (self.n_bins == 0)
        return;
    self.n_shown = depend_edges_few(sorted, n, self.shown);
    depend_band(&self, figure);
    depend_effects(&self, figure);
}

typedef struct {
    guint code;
    double n;
    double sum;
} Name;

static int
depend_compare_names(const void *a, const void *b)
{
    const Name *x = a;
    const Name *y = b;

    return x->n > y->n ? -1 : x->n < y->n ? 1 : (int)x->code - (int)y->code;
}

static int
depend_compare_means(const void *a, const void *b)
{
    const Name *x = a;
    const Name *y = b;
    double left = x->sum / x->n, right = y->sum / y->n;

    return left > right ? -1 : left < right ? 1 : (int)x->code - (int)y->code;
}

/* a bar per frequent value, by its mean share */
static void
depend_names(const Attribution *from, ErrataFigure *figure, guint feature)
{
    const ErrataColumn *column = from->column[feature];
    g_autofree Name *name = g_new0(Name, MAX(column->n_dictionary, 1));
    guint n = 0;

    for (guint i = 0; i < column->n_dictionary; i++)
        name[i].code = i;
    for (gsize i = 0; i < from->n; i++) {
        double share = attribution_share(from, i, feature);

        if (!errata_column_is_valid(column, from->row[i]) || isnan(share))
            continue;
        name[column->code[from->row[i]]].n += 1.0;
        name[column->code[from->row[i]]].sum += share;
    }
    qsort(name, column->n_dictionary, sizeof *name, depend_compare_names);
    while (n < MIN(column->n_dictionary, DEPEND_VALUES) && name[n].n > 0.0)
        n++;
    qsort(name, n, sizeof *name, depend_compare_means);
    for (guint i = 0; i < n; i++) {
        double mean = name[i].sum / name[i].n;

        errata_figure_add_dot(figure,
                              column->dictionary[name[i].code],
                              mean >= 0.0 ? ERRATA_TONE_ERROR : ERRATA_TONE_NOW,
                              name[i].n,
                              mean,
                              (double)NAN,
                              (double)NAN,
                              FALSE);
    }
}

/* what a value of names alone does, beside the shares */
static void
depend_add_effects(const Attribution *self, guint feature, guint k)
{
    g_autofree char *id = g_strdup_printf("effect-%u", k + 1);
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_BARS, self->name[feature]);

    figure->note = g_strdup("that value alone moved (ALE), 95 %");
    figure->description =
        g_strdup_printf("What the model says when only %s has another value, less "
                        "the mean.",
                        self->name[feature]);
    figure->y_label = attribution_unit(self);
    attribution_effects(self, feature, figure);
    if (figure->n_series > 0)
        g_ptr_array_add(self->shares->figures, figure);
    else
        errata_figure_free(figure);
}

/* figures of the features with the largest shares */
void
attribution_depend(const Attribution *self)
{
    for (guint k = 0; k < MIN(self->n_features, DEPEND_FEATURES); k++) {
        guint feature = self->order[k];
        const ErrataColumn *column = self->column[feature];
        gboolean names = column != NULL && column->type == ERRATA_COLUMN_CATEGORY;
        g_autofree char *id = g_strdup_printf("dependence-%u", k + 1);
        ErrataFigure *figure;

        if (column == NULL || column->type == ERRATA_COLUMN_TEXT ||
            !(self->shares->mean_abs[k] > 0.0))
            continue;
        figure = errata_figure_new(id,
                                   names ? ERRATA_FIGURE_BARS : ERRATA_FIGURE_LINES,
                                   self->name[feature]);
        figure->note = g_strdup(names ? "mean share, by value" : "mean share, 10–90 % of rows");
        figure->description = g_strdup_printf("How the share of %s goes with its value.",
                                              self->name[feature]);
        figure->y_label = attribution_unit(self);
        if (names)
            depend_names(self, figure, feature);
        else
            depend_numbers(self, figure, feature);
        if (self->column[feature] != NULL && self->column[feature]->type == ERRATA_COLUMN_I64)
            figure->x_unit = ERRATA_UNIT_COUNT; /* between whole numbers there is nothing */
        if (figure->n_series > 0)
            g_ptr_array_add(self->shares->figures, figure);
        else
            errata_figure_free(figure);
        if (names)
            depend_add_effects(self, feature, k);
    }
}
