/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regression: how far off predictions are where they are right on average. Noise whose size goes
 * with a column makes large errors that no model can avoid; a slice that is no more than that is
 * hard ground. The level of a row is a product of one factor per column that matters, each the
 * median distance from the median residual among rows alike in that column: a group that is
 * predicted too low keeps its level, and a few bad rows among many change it little. Learnt on the
 * discovery half. */
#include "slices-level.h"

#include <math.h>
#include <string.h>

#include "parallel.h"
#include "select.h"

#define LEVEL_SAMPLE 20000 /* discovery rows that it is learnt on */
#define LEVEL_LEAST  100   /* of them in a group of its own */
#define LEVEL_GROUPS 16    /* of a number, equal … */
#define LEVEL_TAILS  4     /* … and how often the first and the last are halved */
#define LEVEL_EDGES  (LEVEL_GROUPS + 2 * LEVEL_TAILS)
#define LEVEL_CODES  256 /* groups of a category; the last one is missing */
#define LEVEL_SPREAD \
    0.1 /* of the logarithms of a column's factors beyond chance, for it to matter … */
#define LEVEL_SURE        4.0 /* … and by how many standard errors they exceed it */
#define LEVEL_MOST        8   /* columns that matter */
#define LEVEL_BIASED      0.5 /* of a slice's mean loss that its mean residual is: no mere noise … */
#define LEVEL_BIASED_SURE 3.0  /* … by so many standard errors */
#define LEVEL_FARTHER     1.1  /* times the mean loss of the others */
#define LEVEL_SMALL       1e-6 /* of the overall level: rows predicted exactly have none */

typedef struct {
    guint column;
    guint n_edges;
    double edge[LEVEL_EDGES];
    guint8 *group; /* one per sampled row */
    gboolean picked;
    double factor[LEVEL_CODES];
    double worth;
} LevelColumn;

typedef struct {
    const SlicesTable *table;
    gsize n;
    guint32 *row;     /* of the frame */
    double *residual; /* of the sampled rows, over the spread of their cell and the level so far */
    LevelColumn *columns;
} Level;

static double
level_median(const double *value, gsize n)
{
    const double half = 0.5;
    double median = 0.0;

    errata_select_quantiles(value, n, &half, 1, &median);
    return median;
}

static int
level_compare_cb(gconstpointer a, gconstpointer b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

/* edges at equal shares, closer towards either end, without those that part nothing */
static void
level_edges(const double *known, gsize n, LevelColumn *ret_column)
{
    double p[LEVEL_EDGES], edge[LEVEL_EDGES];
    guint n_p = 0;

    for (guint i = 1; i < LEVEL_GROUPS; i++)
        p[n_p++] = (double)i / LEVEL_GROUPS;
    for (guint i = 1; i <= LEVEL_TAILS; i++) {
        double tail = 1.0 / (LEVEL_GROUPS * (double)(1U << i));

        if (tail * (double)n < LEVEL_LEAST)
            break;
        p[n_p++] = tail;
        p[n_p++] = 1.0 - tail;
    }
    for (guint i = 0; i < n_p && n > 0; i += ERRATA_SELECT_MAX)
        errata_select_quantiles(known, n, p + i, MIN(ERRATA_SELECT_MAX, n_p - i), edge + i);
    qsort(edge, n_p, sizeof(*edge), level_compare_cb);
    ret_column->n_edges = 0;
    for (guint i = 0; i < n_p && n > 0; i++)
        if (ret_column->n_edges == 0 || edge[i] > ret_column->edge[ret_column->n_edges - 1])
            ret_column->edge[ret_column->n_edges++] = edge[i];
}

/* the group of each of some rows of the frame */
static void
level_group(const SlicesTable *table,
            const LevelColumn *column,
            const guint32 *row,
            gsize n,
            guint8 *ret_group)
{
    const ErrataBinColumn *bin = table->columns[column->column].bin;
    g_autofree double *value = NULL;

    if (!bin->numeric) {
        for (gsize i = 0; i < n; i++)
            ret_group[i] = bin->code[row[i]];
        return;
    }
    value = g_new(double, MAX(n, 1));
    errata_slices_table_numbers(table, column->column, row, n, value);
    for (gsize i = 0; i < n; i++) {
        guint group = 0;

        for (guint k = 0; k < column->n_edges; k++)
            group += value[i] >= column->edge[k] ? 1 : 0;
        ret_group[i] = (guint8)(isnan(value[i]) ? ERRATA_BINS_MISSING : group);
    }
}

static void
level_cut(const Level *self, LevelColumn *column)
{
    const ErrataBinColumn *bin = self->table->columns[column->column].bin;

    if (bin->numeric) {
        g_autofree double *value = g_new(double, self->n + 1);
        gsize n_known = 0;

        errata_slices_table_numbers(self->table, column->column, self->row, self->n, value);
        for (gsize i = 0; i < self->n; i++)
            if (!isnan(value[i]))
                value[n_known++] = value[i];
        level_edges(value, n_known, column);
    }
    column->group = g_malloc(self->n + 1);
    level_group(self->table, column, self->row, self->n, column->group);
}

/* standard deviation of the logarithm of the median of @n of these distances, times √n: from the
 * density about the median */
static double
level_noise(const double *distance, gsize n)
{
    const double p[] = {0.4, 0.5, 0.6};
    double q[G_N_ELEMENTS(p)];

    errata_select_quantiles(distance, n, p, G_N_ELEMENTS(p), q);
    return q[1] > 0.0 ? 0.5 * (q[2] - q[0]) / (0.2 * q[1]) : 0.0;
}

/* rows in the order of their groups; group g has those from ret_begin[g] to ret_begin[g + 1] */
static double *
level_sort(const Level *self, const guint8 *group, gsize *ret_begin)
{
    double *sorted = g_new(double, self->n + 1);
    gsize place[LEVEL_CODES];

    memset(ret_begin, 0, (LEVEL_CODES + 1) * sizeof(*ret_begin));
    for (gsize i = 0; i < self->n; i++)
        ret_begin[group[i] + 1]++;
    for (guint g = 0; g < LEVEL_CODES; g++)
        ret_begin[g + 1] += ret_begin[g];
    memcpy(place, ret_begin, sizeof(place));
    for (gsize i = 0; i < self->n; i++)
        sorted[place[group[i]]++] = self->residual[i];
    return sorted;
}

/* the factors of a column, shrunk towards 1 by what chance gives, and how sure it is that they
 * differ */
static void
level_measure(const Level *self, LevelColumn *column)
{
    gsize begin[LEVEL_CODES + 1];
    g_autofree double *distance = level_sort(self, column->group, begin);
    double excess = 0.0, weight = 0.0, square = 0.0, n_groups = 0.0;
    double all, noise;

    for (guint g = 0; g < LEVEL_CODES; g++) {
        gsize n = begin[g + 1] - begin[g];
        double centre = n > 0 ? level_median(distance + begin[g], n) : 0.0;

        for (gsize i = begin[g]; i < begin[g + 1]; i++)
            distance[i] = fabs(distance[i] - centre);
    }
    all = level_median(distance, self->n);
    noise = level_noise(distance, self->n);
    for (guint g = 0; g < LEVEL_CODES; g++) {
        gsize n = begin[g + 1] - begin[g];
        double own = n >= LEVEL_LEAST ? level_median(distance + begin[g], n) : 0.0;
        double z;

        column->factor[g] = 1.0;
        if (!(own > LEVEL_SMALL * all) || !(noise > 0.0))
            continue;
        z = log(own / all) * sqrt((double)n) / noise;
        n_groups += 1.0;
        excess += z * z - 1.0;
        weight += (double)n;
        square += (double)n * log(own / all) * log(own / all) - noise * noise;
        column->factor[g] = exp(log(own / all) * MAX(1.0 - 1.0 / MAX(z * z, 1e-9), 0.0));
    }
    column->worth = 0.0;
    if (square > LEVEL_SPREAD * LEVEL_SPREAD * weight)
        column->worth = excess / sqrt(2.0 * n_groups);
}

static void
level_look_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const Level *self = data;

    for (gsize i = begin; i < end; i++) {
        LevelColumn *column = &self->columns[i];

        if (column->group == NULL)
            level_cut(self, column);
        level_measure(self, column);
        column->worth = column->picked ? 0.0 : column->worth;
    }
}

static void
level_divide(Level *self, const LevelColumn *column, gboolean back)
{
    for (gsize i = 0; i < self->n; i++) {
        double factor = column->factor[column->group[i]];

        self->residual[i] *= back ? factor : 1.0 / factor;
    }
}

/* the columns that matter, the one that tells most first, each given those before; then each once
 * more given all others */
static guint
level_pick(Level *self, LevelColumn *ret_picked)
{
    guint n_columns = self->table->n_columns;
    guint n = 0;

    while (n < LEVEL_MOST) {
        LevelColumn *best = self->columns;

        errata_parallel_for(n_columns, 1, level_look_cb, self);
        for (guint c = 1; c < n_columns; c++)
            best = self->columns[c].worth > best->worth ? &self->columns[c] : best;
        if (best->worth < LEVEL_SURE)
            break;
        level_divide(self, best, FALSE);
        ret_picked[n++] = *best;
        best->picked = TRUE;
    }
    for (guint i = 0; i < n && n > 1; i++) {
        level_divide(self, &ret_picked[i], TRUE);
        level_measure(self, &ret_picked[i]);
        level_divide(self, &ret_picked[i], FALSE);
    }
    return n;
}

/* residuals over the spread of their cell, where the label and the prediction are numbers */
static void
level_gather(Level *self)
{
    const ErrataOutcome *outcome = self->table->analysis->outcome;
    const SlicesHalf *half = &self->table->discovery;
    gsize n = MIN(half->n_rows, LEVEL_SAMPLE);
    g_autofree double *count = g_new0(double, half->n_cells);
    g_autofree double *sum = g_new0(double, half->n_cells);
    g_autofree double *distance = g_new0(double, half->n_cells);

    self->row = g_new(guint32, n + 1);
    self->residual = g_new(double, n + 1);
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];

        count[half->cell[i]] += 1.0;
        sum[half->cell[i]] += outcome->predicted_value[row] - outcome->truth_value[row];
        distance[half->cell[i]] += outcome->loss[row];
    }
    for (gsize k = 0; k < n; k++) {
        gsize i = (gsize)((guint64)k * half->n_rows / n);
        guint32 row = half->row[i], c = half->cell[i];
        double residual = outcome->predicted_value[row] - outcome->truth_value[row];

        if (!(distance[c] > 0.0))
            continue;
        self->row[self->n] = row;
        self->residual[self->n++] = (residual - sum[c] / count[c]) * count[c] / distance[c];
    }
}

static float *
level_apply(const SlicesTable *table, const SlicesHalf *half, const LevelColumn *picked, guint n)
{
    g_autofree guint8 *group = g_malloc(MAX(half->n_rows, 1));
    float *level = g_new(float, MAX(half->n_rows, 1));

    for (gsize i = 0; i < half->n_rows; i++)
        level[i] = 1.0F;
    for (guint k = 0; k < n; k++) {
        level_group(table, &picked[k], half->row, half->n_rows, group);
        for (gsize i = 0; i < half->n_rows; i++)
            level[i] *= (float)picked[k].factor[group[i]];
    }
    return level;
}

/**
 * errata_slices_level_new:
 * @table: a table of a regression
 * @half: one of its halves
 *
 * Learns on the discovery half how far off predictions are by column, where they are right on
 * average.
 * Complexity: columns × 20,000 sampled rows, once more per column that matters.
 *
 * Returns: (transfer full) (array length=half->n_rows) (nullable): that level of each row of @half,
 * over
 *   the typical one of rows predicted alike; %NULL where no column matters
 */
float *
errata_slices_level_new(const SlicesTable *table, const SlicesHalf *half)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    LevelColumn picked[LEVEL_MOST];
    Level self = {.table = table};
    float *level = NULL;
    guint n = 0;

    if (outcome->predicted_value == NULL || outcome->truth_value == NULL || table->n_columns == 0)
        return NULL;
    level_gather(&self);
    self.columns = g_new0(LevelColumn, table->n_columns);
    for (guint c = 0; c < table->n_columns; c++)
        self.columns[c].column = c;
    if (self.n > 2 * LEVEL_LEAST)
        n = level_pick(&self, picked);
    if (n > 0)
        level = level_apply(table, half, picked, n);
    for (guint c = 0; c < table->n_columns; c++)
        g_free(self.columns[c].group);
    g_free(self.columns);
    g_free(self.row);
    g_free(self.residual);
    return level;
}

/**
 * errata_slices_level_is_unbiased:
 * @table: a table of a regression
 * @member: (array length=table->confirmation.n_rows): 1 for rows of the confirmation half
 *
 * Returns: whether the predictions are right there on average, as far as can be told
 */
gboolean
errata_slices_level_is_unbiased(const SlicesTable *table, const guint8 *member)
{
    const ErrataOutcome *outcome = table->analysis->outcome;
    const SlicesHalf *half = &table->confirmation;
    double n = 0.0, sum = 0.0, square = 0.0, loss = 0.0;

    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 row = half->row[i];
        double residual = outcome->predicted_value[row] - outcome->truth_value[row];

        if (member[i] == 0)
            continue;
        n += 1.0;
        sum += residual;
        square += residual * residual;
        loss += outcome->loss[row];
    }
    return fabs(sum) < LEVEL_BIASED * loss ||
           fabs(sum) < LEVEL_BIASED_SURE * sqrt(MAX(square - sum * sum / MAX(n, 1.0), 0.0));
}

/**
 * errata_slices_level_is_farther:
 * @table: a table of a regression
 * @member: (array length=table->confirmation.n_rows): 1 for rows of the confirmation half
 *
 * Returns: whether losses are larger there as they stand, not only for their prediction
 */
gboolean
errata_slices_level_is_farther(const SlicesTable *table, const guint8 *member)
{
    const SlicesHalf *half = &table->confirmation;
    const double *loss = table->analysis->outcome->loss;
    double n[2] = {0.0, 0.0}, sum[2] = {0.0, 0.0};

    for (gsize i = 0; i < half->n_rows; i++) {
        n[member[i] != 0] += 1.0;
        sum[member[i] != 0] += loss[half->row[i]];
    }
    return sum[1] * n[0] >= LEVEL_FARTHER * sum[0] * n[1];
}
