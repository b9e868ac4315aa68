/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error rates over the two columns that tell most about the loss: chosen on the discovery half by the
 * adjusted sum of squares between their codes, shown with the rates of the other half. */
#include <math.h>
#include <string.h>

#include "error-tree.h"
#include "number.h"

#define HEAT_MAP_BINS     8
#define HEAT_MAP_MIN_CELL 30
#define HEAT_MAP_N_CODES  256

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

/* the two best columns; from different columns of the log, so not hour and weekday of one time */
static guint
heat_map_pick(const SlicesTable *table, guint *ret_columns)
{
    double worth[2] = {0.0, 0.0};
    guint n = 0;

    for (guint pick = 0; pick < 2; pick++) {
        for (guint c = 0; c < table->n_columns; c++) {
            double own;

            if (table->columns[c].word != NULL ||
                (pick == 1 && table->columns[c].raw == table->columns[ret_columns[0]].raw))
                continue;
            own = heat_map_worth(table, c);
            if (own <= worth[pick])
                continue;
            worth[pick] = own;
            ret_columns[pick] = c;
            n = pick + 1;
        }
        if (n != pick + 1)
            break;
    }
    return n;
}

/* codes of a column joined to at most eight places */
typedef struct {
    guint n;
    guint8 place[HEAT_MAP_N_CODES];
    char **labels;
} HeatMapAxis;

static char *
heat_map_range(const ErrataBinColumn *bin, guint lo, guint hi)
{
    char a[ERRATA_NUMBER_BUFFER];
    char b[ERRATA_NUMBER_BUFFER];

    if (lo == 0 && hi == bin->n_codes)
        return g_strdup("all");
    if (lo == 0)
        return g_strdup_printf("< %s", errata_number_print(bin->edges[hi - 1], a));
    if (hi == bin->n_codes)
        return g_strdup_printf("≥ %s", errata_number_print(bin->edges[lo - 1], a));
    return g_strdup_printf("%s to %s",
                           errata_number_print(bin->edges[lo - 1], a),
                           errata_number_print(bin->edges[hi - 1], b));
}

/* neighbouring codes in about equal shares */
static void
heat_map_join_numbers(const ErrataBinColumn *bin,
                      const gsize *count,
                      guint n_places,
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
            g_ptr_array_add(labels, heat_map_range(bin, lo, c + 1));
            axis->n++;
            lo = c + 1;
        }
        if (last) {
            g_ptr_array_add(labels, heat_map_range(bin, lo, c + 1));
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
heat_map_axis_init(const SlicesTable *table, guint column, HeatMapAxis *axis)
{
    const SlicesColumn *c = &table->columns[column];
    gboolean has_missing = c->fine.n_codes > c->bin->n_codes;
    guint n_places = HEAT_MAP_BINS - (has_missing ? 1 : 0);
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    gsize count[HEAT_MAP_N_CODES] = {0};

    memset(axis, 0, sizeof(*axis));
    for (gsize i = 0; i < table->discovery.n_rows; i++)
        count[c->fine.code[i]]++;
    if (c->bin->numeric)
        heat_map_join_numbers(c->bin, count, n_places, axis, labels);
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

    figure->cells = g_new0(double, n_cells);
    figure->cell_counts = g_new0(double, n_cells);
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        guint r = axes[0].place[errata_error_tree_code(table, columns[0], row)];
        guint c = axes[1].place[errata_error_tree_code(table, columns[1], row)];

        if (r >= axes[0].n || c >= axes[1].n)
            continue; /* missing in this half only */
        figure->cells[r * axes[1].n + c] += table->analysis->outcome->loss[row];
        figure->cell_counts[r * axes[1].n + c] += 1.0;
    }
    for (guint i = 0; i < n_cells; i++)
        figure->cells[i] = figure->cell_counts[i] >= HEAT_MAP_MIN_CELL
                               ? figure->cells[i] / figure->cell_counts[i]
                               : (double)NAN;
}

/**
 * errata_heat_map_new:
 * @table: a table
 *
 * Returns: (transfer full) (nullable): error rate, or mean loss, by the two columns that tell most,
 *   at most eight places a side, cells under 30 rows empty; %NULL when fewer than two columns tell
 *   anything
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
        heat_map_axis_init(table, columns[i], &axes[i]);
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
    return figure;
}
