/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error rates over the two columns of the slice that makes most errors more than expected; where it
 * has one column, or there is no slice, those that tell most about the loss, chosen on the
 * discovery half by the adjusted sum of squares between their codes. Shown are the rates of the
 * other half. */
#include <math.h>
#include <string.h>

#include "error-tree.h"
#include "slices-facts.h"
#include "spoken.h"

#define HEAT_MAP_BINS     8
#define HEAT_MAP_MIN_BINS 3
#define HEAT_MAP_MIN_CELL 30
#define HEAT_MAP_N_CODES  256
#define HEAT_MAP_LONG     1e9
#define HEAT_MAP_DIGITS   3 /* of an edge, or as many more as set it apart from the next */

/* loss that a column's codes explain beyond what as many random codes would */
static double
heat_map_worth(const SlicesTable *table, guint column)
{
    const SlicesHalf *half = &table->discovery;
    const guint8 *code = table->columns[column].fine.code;
    double count[HEAT_MAP_N_CODES] = {0.0};
    double sum[HEAT_MAP_N_CODES] = {0.0};
    double total = 0.0;
    double square = 0.0;
    double between = 0.0;
    double n = (double)half->n_rows;
    double n_codes = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        count[code[i]] += 1.0;
        sum[code[i]] += half->y[i];
        total += half->y[i];
        square += half->y[i] * half->y[i];
    }
    for (guint c = 0; c < HEAT_MAP_N_CODES; c++) {
        if (count[c] < 1.0)
            continue;
        between += sum[c] * sum[c] / count[c];
        n_codes += 1.0;
    }
    between -= total * total / n;
    return between - (n_codes - 1.0) * (square - total * total / n) / n;
}

/* the slice of the log whose rows hold most errors beyond what is expected; NULL: there is none */
static const ErrataFinding *
heat_map_slice(const SlicesTable *table)
{
    const GPtrArray *findings = table->analysis->result->findings;
    const ErrataFinding *worst = NULL;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind == ERRATA_FINDING_SLICE && finding->subject.predicates != NULL &&
            isfinite(finding->excess_errors) &&
            (worst == NULL || finding->excess_errors > worst->excess_errors))
            worst = finding;
    }
    return worst;
}

static gboolean
heat_map_may_take(const SlicesTable *table, guint column, const guint *columns, guint n)
{
    const SlicesColumn *c = &table->columns[column];

    /* two columns of the log, so not hour and weekday of one time */
    return c->word == NULL && c->bin->n_codes > 1 &&
           (n == 0 || c->raw != table->columns[columns[0]].raw);
}

/* the columns of the slice; returns how many of them are in the table */
static guint
heat_map_take_slice(const SlicesTable *table, guint *ret_columns)
{
    const ErrataFinding *slice = heat_map_slice(table);
    guint n = 0;

    for (guint i = 0; slice != NULL && i < slice->subject.predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(slice->subject.predicates, i);

        for (guint c = 0; n < 2 && c < table->n_columns; c++)
            if (g_strcmp0(table->columns[c].bin->name, predicate->column) == 0 &&
                heat_map_may_take(table, c, ret_columns, n)) {
                ret_columns[n++] = c;
                break;
            }
    }
    return n;
}

static guint
heat_map_pick(const SlicesTable *table, guint *ret_columns)
{
    guint n = heat_map_take_slice(table, ret_columns);

    while (n < 2) {
        double most = 0.0;
        guint best = table->n_columns;

        for (guint c = 0; c < table->n_columns; c++) {
            double own = heat_map_may_take(table, c, ret_columns, n) ? heat_map_worth(table, c)
                                                                     : 0.0;

            if (own > most) {
                most = own;
                best = c;
            }
        }
        if (best == table->n_columns)
            break;
        ret_columns[n++] = best;
    }
    return n;
}

/* places a side, so that cells have about twice the rows that they need */
static guint
heat_map_places(const SlicesTable *table)
{
    double side = sqrt((double)table->confirmation.n_rows / (2.0 * HEAT_MAP_MIN_CELL));

    return (guint)CLAMP(side, HEAT_MAP_MIN_BINS, HEAT_MAP_BINS);
}

/* codes of a column joined to at most eight places */
typedef struct {
    guint n;
    guint8 place[HEAT_MAP_N_CODES];
    char **labels;
} HeatMapAxis;

/* to so many significant digits; whole numbers stay whole */
static double
heat_map_round(double value, int digits)
{
    double size = fabs(value) > 0.0 ? floor(log10(fabs(value))) : 0.0;
    double unit = pow(10.0, (double)digits - 1.0 - size);

    if (!(unit > 0.0) || !isfinite(unit) || (unit < 1.0 && value <= floor(value)))
        return value;
    return round(value * unit) / unit;
}

/* with few digits, yet not the same as its neighbours */
static char *
heat_map_edge(const ErrataBinColumn *bin, guint edge)
{
    if (fabs(bin->edges[edge]) >=
        HEAT_MAP_LONG) /* a column of the map has no room for all of its digits */
        return errata_spoken_end(bin->edges[edge],
                                 edge > 0 ? bin->edges[edge] - bin->edges[edge - 1]
                                          : bin->edges[edge]);
    for (int digits = HEAT_MAP_DIGITS; digits < 17; digits++) {
        double rounded = heat_map_round(bin->edges[edge], digits);
        gboolean apart = (edge == 0 || heat_map_round(bin->edges[edge - 1], digits) < rounded) &&
                         (edge + 2 > bin->n_codes - 1 ||
                          heat_map_round(bin->edges[edge + 1], digits) > rounded);

        if (apart)
            return errata_spoken_number(rounded);
    }
    return errata_spoken_number(bin->edges[edge]);
}

/* @whole: the column has whole numbers only, of which a range has a last one */
static char *
heat_map_range(const ErrataBinColumn *bin, guint lo, guint hi, gboolean whole)
{
    g_autofree char *from = lo > 0 ? heat_map_edge(bin, lo - 1) : NULL;
    g_autofree char *to = hi < bin->n_codes ? heat_map_edge(bin, hi - 1) : NULL;

    if (from == NULL)
        return to == NULL ? g_strdup("all") : g_strdup_printf("< %s", to);
    if (to == NULL)
        return g_strdup_printf("≥ %s", from);
    if (whole && bin->edges[hi - 1] < HEAT_MAP_LONG &&
        bin->edges[hi - 1] - bin->edges[lo - 1] >= 1.0) {
        double last = ceil(bin->edges[hi - 1]) - 1.0;

        g_free(from);
        g_free(to);
        from = errata_spoken_number(ceil(bin->edges[lo - 1]));
        to = errata_spoken_number(last);
        if (strcmp(from, to) == 0)
            return g_steal_pointer(&from);
    }
    return g_strdup_printf("%s to %s", from, to);
}

/* neighbouring codes in about equal shares */
static void
heat_map_join_numbers(const ErrataBinColumn *bin,
                      const gsize *count,
                      guint n_places,
                      gboolean whole,
                      HeatMapAxis *axis,
                      GPtrArray *labels)
{
    gsize total = 0;
    gsize seen = 0;
    guint lo = 0;

    for (guint c = 0; c < bin->n_codes; c++)
        total += count[c];
    for (guint c = 0; c < bin->n_codes; c++) {
        gboolean last = c + 1 == bin->n_codes;

        axis->place[c] = (guint8)axis->n;
        seen += count[c];
        if (!last && (bin->n_codes <= n_places || seen * n_places >= (axis->n + 1) * total) &&
            axis->n + 1 < n_places) {
            g_ptr_array_add(labels, heat_map_range(bin, lo, c + 1, whole));
            axis->n++;
            lo = c + 1;
        }
        if (last) {
            g_ptr_array_add(labels, heat_map_range(bin, lo, c + 1, whole));
            axis->n++;
        }
    }
}

/* the first values, which are the most common, and the others together */
static void
heat_map_join_categories(const ErrataBinColumn *bin,
                         guint n_places,
                         HeatMapAxis *axis,
                         GPtrArray *labels)
{
    guint n_own = bin->n_codes <= n_places ? bin->n_codes : n_places - 1;

    for (guint c = 0; c < bin->n_codes; c++) {
        axis->place[c] = (guint8)MIN(c, n_own);
        if (c < n_own)
            g_ptr_array_add(labels, g_strdup(bin->labels[c]));
    }
    if (n_own < bin->n_codes)
        g_ptr_array_add(labels, g_strdup("other"));
    axis->n = labels->len;
}

static void
heat_map_axis_init(const SlicesTable *table, guint column, guint n_most, HeatMapAxis *axis)
{
    const SlicesColumn *c = &table->columns[column];
    gboolean has_missing = c->fine.n_codes > c->bin->n_codes;
    guint n_places = n_most - (has_missing ? 1 : 0);
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    gsize count[HEAT_MAP_N_CODES] = {0};

    memset(axis, 0, sizeof(*axis));
    for (gsize i = 0; i < table->discovery.n_rows; i++)
        count[c->fine.code[i]]++;
    if (c->bin->numeric)
        heat_map_join_numbers(c->bin,
                              count,
                              n_places,
                              table->analysis->frame->columns[c->bin->column]->type ==
                                  ERRATA_COLUMN_I64,
                              axis,
                              labels);
    else
        heat_map_join_categories(c->bin, n_places, axis, labels);
    axis->place[c->bin->n_codes] = (guint8)axis->n;
    if (has_missing) {
        g_ptr_array_add(labels, g_strdup("missing"));
        axis->n++;
    }
    g_ptr_array_add(labels, NULL);
    axis->labels = (char **)g_ptr_array_free(g_steal_pointer(&labels), FALSE);
}

static void
heat_map_fill(const SlicesTable *table,
              const guint *columns,
              const HeatMapAxis *axes,
              ErrataFigure *figure)
{
    const SlicesHalf *half = &table->confirmation;
    guint n_cells = axes[0].n * axes[1].n;
    g_autofree ErrataRate *cell = g_new0(ErrataRate, n_cells);

    figure->cells = g_new0(double, n_cells);
    figure->cell_counts = g_new0(double, n_cells);
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        guint r = axes[0].place[errata_error_tree_code(table, columns[0], row)];
        guint c = axes[1].place[errata_error_tree_code(table, columns[1], row)];

        if (r >= axes[0].n || c >= axes[1].n)
            continue; /* missing in this half only */
        errata_slices_facts_add(table,
                                row,
                                table->analysis->outcome->loss[row],
                                &cell[r * axes[1].n + c]);
    }
    for (guint i = 0; i < n_cells; i++) {
        gboolean enough = errata_rate_effective(&cell[i]) >= HEAT_MAP_MIN_CELL;

        figure->cell_counts[i] = cell[i].n;
        figure->cells[i] = enough ? errata_rate_mean(&cell[i]) : (double)NAN;
        if (!enough && figure->note == NULL)
            figure->note = g_strdup_printf("blank: under %d rows", HEAT_MAP_MIN_CELL);
    }
}

/* the labels that are kept, moved together; returns their number */
static guint
heat_map_keep(char **labels, const gboolean *keep, guint n)
{
    guint n_kept = 0;

    for (guint i = 0; i < n; i++)
        if (keep[i])
            labels[n_kept++] = labels[i];
        else
            g_free(labels[i]);
    labels[n_kept] = NULL;
    return n_kept;
}

/* without the rows and columns of which no cell has rows enough */
static void
heat_map_trim(ErrataFigure *figure)
{
    g_autofree gboolean *row = g_new0(gboolean, figure->n_rows + 1);
    g_autofree gboolean *column = g_new0(gboolean, figure->n_columns + 1);
    guint n_all = figure->n_columns, n_rows = figure->n_rows, n = 0;

    for (guint r = 0; r < n_rows; r++)
        for (guint c = 0; c < n_all; c++)
            if (!isnan(figure->cells[r * n_all + c]))
                row[r] = column[c] = TRUE;
    for (guint r = 0; r < n_rows; r++)
        for (guint c = 0; c < n_all; c++)
            if (row[r] && column[c]) {
                figure->cells[n] = figure->cells[r * n_all + c];
                figure->cell_counts[n++] = figure->cell_counts[r * n_all + c];
            }
    figure->n_rows = heat_map_keep(figure->rows, row, n_rows);
    figure->n_columns = heat_map_keep(figure->columns, column, n_all);
}

/**
 * errata_heat_map_new:
 * @table: a table
 *
 * Returns: (transfer full) (nullable): error rate, or mean loss, by the two columns that tell most,
 *   at most eight places a side, cells under 30 rows empty and none of a side where all are; %NULL
 *   when fewer than two columns tell anything, or one has a single place then
 */
ErrataFigure *
errata_heat_map_new(const SlicesTable *table)
{
    guint columns[2] = {0, 0};
    HeatMapAxis axes[2];
    ErrataFigure *figure;
    const char *names[2];

    if (heat_map_pick(table, columns) < 2)
        return NULL;
    for (guint i = 0; i < 2; i++) {
        names[i] = table->columns[columns[i]].bin->name;
        heat_map_axis_init(table, columns[i], heat_map_places(table), &axes[i]);
    }
    figure = errata_figure_new("heat-map",
                               ERRATA_FIGURE_MATRIX,
                               table->real ? "Mean absolute error by the two columns that tell most"
                                           : "Error rate by the two columns that tell most");
    figure->description =
        g_strdup_printf("%s by rows, %s by columns; cells under %d rows are empty.",
                        names[0],
                        names[1],
                        HEAT_MAP_MIN_CELL);
    figure->y_label = g_strdup(names[0]);
    figure->x_label = g_strdup(names[1]);
    figure->y_unit = figure->x_unit = table->real ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE;
    figure->n_rows = axes[0].n;
    figure->n_columns = axes[1].n;
    figure->rows = axes[0].labels;
    figure->columns = axes[1].labels;
    heat_map_fill(table, columns, axes, figure);
    heat_map_trim(figure);
    if (figure->n_rows >= 2 && figure->n_columns >= 2)
        return figure;
    errata_figure_free(figure);
    return NULL;
}
