/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that err since some date, or between two, though over the whole log they need not be bad. Each
 * condition is counted by blocks of time and held, for every stretch of them, against its own other times
 * and against what all other rows do then (errata_slices_since_z()). As many conditions times stretches are
 * looked at, that many must be paid for: half the squared statistic less the logarithm of their number. */
#include "slices-moments.h"

#include <math.h>
#include <string.h>

#include "parallel.h"

#define MOMENTS_BLOCKS 24
#define MOMENTS_CELL \
    20.0 /* rows outside a slice that tell how often those of their score are wrong */
#define MOMENTS_FORETOLD 0.5 /* of a slice's excess that the scores expect */
#define MOMENTS_LEAST \
    1.5 /* beyond the logarithm of the candidates: by chance 1 in 50 logs, before it is confirmed */

/* of the rows of one code; with them the residuals about any level are known */
typedef struct {
    double y_mu;
    double mu_mu;
} MomentsCross;

/* of all rows that have a time, in order of it */
typedef struct {
    const SlicesTable *table;
    guint32 *place; /* in the discovery half */
    guint8 *block;
    float *y;
    float *mu;
    gsize n_rows;
    SlicesSum total[MOMENTS_BLOCKS + 1];
} Moments;

typedef struct {
    double z;
    guint item;
    guint64 n_tried;
} MomentsBest;

typedef struct {
    const Moments *moments;
    MomentsBest *best; /* per column */
} MomentsRun;

static void
moments_add(SlicesSum *sum, double y, double mu)
{
    sum->n += 1.0;
    sum->y += y;
    sum->mu += mu;
    sum->square += y * y;
}

static void
moments_join(SlicesSum *sum, const SlicesSum *other)
{
    sum->n += other->n;
    sum->y += other->y;
    sum->mu += other->mu;
    sum->square += other->square;
}

static void
moments_clear(Moments *self)
{
    g_free(self->place);
    g_free(self->block);
    g_free(self->y);
    g_free(self->mu);
}

static void
moments_init(const SlicesTable *table,
             const SlicesTimes *times,
             const ErrataExpected *expected,
             Moments *self)
{
    gsize most = MAX(table->discovery.n_rows, 1);

    *self = (Moments){.table = table};
    self->place = g_new(guint32, most);
    self->block = g_new(guint8, most);
    self->y = g_new(float, most);
    self->mu = g_new(float, most);
    while (self->n_rows < table->discovery.n_rows && times->at[0][self->n_rows] != G_MAXUINT32)
        self->n_rows++;
    for (gsize i = 0; i < self->n_rows; i++) {
        guint32 at = times->at[0][i];

        self->place[i] = at;
        self->block[i] = (guint8)(i * MOMENTS_BLOCKS / self->n_rows);
        self->y[i] = (float)expected->y[at];
        self->mu[i] = (float)errata_expected_mu(expected, at);
        moments_add(&self->total[self->block[i] + 1], (double)self->y[i], (double)self->mu[i]);
    }
    for (guint b = 0; b < MOMENTS_BLOCKS; b++)
        moments_join(&self->total[b + 1], &self->total[b]);
}

/* sums by code and block */
static void
moments_count(const Moments *self, const guint8 *code, SlicesSum *sum, MomentsCross *cross)
{
    for (gsize i = 0; i < self->n_rows; i++) {
        guint8 c = code[self->place[i]];
        double y = (double)self->y[i], mu = (double)self->mu[i];

        moments_add(&sum[(gsize)c * MOMENTS_BLOCKS + self->block[i]], y, mu);
        cross[c].y_mu += y * mu;
        cross[c].mu_mu += mu * mu;
    }
}

/* the rows of an item and all others, block by block */
static void
moments_line(const Moments *self,
             const SlicesSum *sum,
             const MomentsCross *cross,
             const SlicesItem *item,
             SlicesLine *line)
{
    MomentsCross all = {0.0, 0.0};
    SlicesSum *last = &line->own[MOMENTS_BLOCKS];
    double level;

    memset(line->own, 0, (MOMENTS_BLOCKS + 1) * sizeof(SlicesSum));
    for (guint c = item->lo; c < item->hi; c++) {
        for (guint b = 0; b < MOMENTS_BLOCKS; b++)
            moments_join(&line->own[b + 1], &sum[(gsize)c * MOMENTS_BLOCKS + b]);
        all.y_mu += cross[c].y_mu;
        all.mu_mu += cross[c].mu_mu;
    }
    for (guint b = 0; b <= MOMENTS_BLOCKS; b++) {
        if (b > 0)
            moments_join(&line->own[b], &line->own[b - 1]);
        line->other[b] = (SlicesSum){self->total[b].n - line->own[b].n,
                                     self->total[b].y - line->own[b].y,
                                     self->total[b].mu - line->own[b].mu,
                                     self->total[b].square - line->own[b].square};
    }
    level = last->mu > 0.0 ? last->y / last->mu : 1.0;
    last->square += level * (level * all.mu_mu - 2.0 * all.y_mu);
}

static void
moments_search_column(const Moments *self, const SlicesCoding *coding, MomentsBest *best)
{
    g_autofree SlicesSum *sum = g_new0(SlicesSum, (gsize)256 * MOMENTS_BLOCKS);
    g_autofree MomentsCross *cross = g_new0(MomentsCross, 256);
    SlicesSum own[MOMENTS_BLOCKS + 1], other[MOMENTS_BLOCKS + 1];
    SlicesLine line = {.n = MOMENTS_BLOCKS, .own = own, .other = other};
    double least = (double)self->table->min_rows;

    moments_count(self, coding->code, sum, cross);
    for (guint k = 0; k < coding->n_items; k++) {
        moments_line(self, sum, cross, &coding->items[k], &line);
        for (guint lo = 0; own[MOMENTS_BLOCKS].n >= 2.0 * least && lo < MOMENTS_BLOCKS; lo++)
            for (guint hi = lo + 1; hi <= MOMENTS_BLOCKS - (lo == 0 ? 1 : 0); hi++) {
                double n = other[hi].n - other[lo].n, rest, z = 0.0;

                if (n >= least && other[MOMENTS_BLOCKS].n - n >= least)
                    z = errata_slices_since_z(&line, lo, hi, least, &rest);
                best->n_tried++;
                if (z > best->z) {
                    best->z = z;
                    best->item = k;
                }
            }
    }
}

static void
moments_search_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    MomentsRun *run = data;

    for (gsize c = begin; c < end; c++)
        if (run->moments->table->columns[c].bin->derived == NULL)
            moments_search_column(run->moments,
                                  &run->moments->table->columns[c].fine,
                                  &run->best[c]);
}

/**
 * errata_slices_moments_next:
 * @table: a table
 * @times: its rows in order of time
 * @expected: what is expected of the rows of the discovery half
 * @ret_slice: (out): the condition that errs most surely more in some stretch of time than in others
 * @n_tried: (inout): how many candidates were looked at is added
 *
 * Hours and weekdays are no group. Costs a pass over the rows for every column and 300 stretches for every
 * condition.
 *
 * Returns: whether one does so beyond chance
 */
gboolean
errata_slices_moments_next(const SlicesTable *table,
                           const SlicesTimes *times,
                           const ErrataExpected *expected,
                           Slice *ret_slice,
                           guint64 *n_tried)
{
    g_autofree MomentsBest *best = g_new0(MomentsBest, MAX(table->n_columns, 1));
    MomentsRun run = {.best = best};
    Moments moments;
    guint64 tried = 0;
    guint first = 0;
    const SlicesItem *item;

    if (table->analysis->outcome->time == NULL || table->n_columns == 0)
        return FALSE;
    moments_init(table, times, expected, &moments);
    run.moments = &moments;
    errata_parallel_for(table->n_columns, 1, moments_search_cb, &run);
    moments_clear(&moments);
    for (guint c = 0; c < table->n_columns; c++) {
        tried += best[c].n_tried;
        first = best[c].z > best[first].z ? c : first;
    }
    *n_tried += tried;
    if (0.5 * best[first].z * best[first].z - log((double)MAX(tried, 1)) < MOMENTS_LEAST)
        return FALSE;
    item = &table->columns[first].fine.items[best[first].item];
    *ret_slice = errata_slices_items_slice(table, FALSE, &first, &item->lo, &item->hi, 1);
    return TRUE;
}

/**
 * errata_slices_moments_are_foreseen:
 * @table: a table
 * @slice: a slice of some stretch of time
 *
 * Rows of a prediction and score are expected to err as those of the same do outside the slice, and as all
 * do where there are hardly any.
 *
 * Returns: whether the scores foresee most of what the slice has in excess: then the model knows
 */
gboolean
errata_slices_moments_are_foreseen(const SlicesTable *table, const Slice *slice)
{
    const SlicesHalf *half = &table->confirmation;
    g_autofree guint8 *member = g_malloc(MAX(half->n_rows, 1));
    g_autofree double *count = g_new0(double, half->n_cells);
    g_autofree double *sum = g_new0(double, half->n_cells);
    double n = 0.0, all = 0.0, own = 0.0, excess = 0.0, foretold = 0.0;

    errata_slices_table_member(table, half, slice, member);
    for (gsize i = 0; i < half->n_rows; i++)
        if (member[i] == 0) {
            count[half->cell[i]] += 1.0;
            sum[half->cell[i]] += half->y[i];
            n += 1.0;
            all += half->y[i];
        } else {
            own += 1.0;
            excess += half->y[i];
        }
    if (!(n > 0.0))
        return FALSE;
    excess -= own * all / n;
    for (gsize i = 0; i < half->n_rows; i++) {
        guint32 cell = half->cell[i];

        if (member[i] != 0 && count[cell] >= MOMENTS_CELL)
            foretold += sum[cell] / count[cell] - all / n;
    }
    return foretold >= MOMENTS_FORETOLD * excess;
}
