/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that err since some date, or between two, though over the whole log they need not be bad.
 * Each condition is counted by blocks of time and held, for every stretch of them, against its own
 * other times and against what all other rows do then (errata_slices_since_z()). As many conditions
 * times stretches are looked at, that many must be paid for: half the squared statistic less the
 * logarithm of their number. */
#include "slices-moments.h"

#include <math.h>
#include <string.h>

#include "parallel.h"

#define MOMENTS_BLOCKS 24
#define MOMENTS_FIRST  3   /* conditions that a second one is looked for to … */
#define MOMENTS_ODD    3.5 /* … each of so many standard errors */
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
    guint but;         /* a column that is left out */
    MomentsBest *best; /* per column */
} MomentsRun;

/* one condition, or two */
typedef struct {
    guint n;
    guint axis[2];
    guint item[2];
    double score; /* half the squared statistic less the logarithm of the candidates */
} MomentsPick;

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
        if (c != run->but && run->moments->table->columns[c].bin->derived == NULL)
            moments_search_column(run->moments,
                                  &run->moments->table->columns[c].fine,
                                  &run->best[c]);
}

/* the rows of one condition; the sums of all rows stay */
static void
moments_narrow(const Moments *self, guint column, guint item, Moments *ret)
{
    const SlicesCoding *coding = &self->table->columns[column].fine;
    const SlicesItem *range = &coding->items[item];
    gsize most = MAX(self->n_rows, 1);

    *ret = *self;
    ret->place = g_new(guint32, most);
    ret->block = g_new(guint8, most);
    ret->y = g_new(float, most);
    ret->mu = g_new(float, most);
    ret->n_rows = 0;
    for (gsize i = 0; i < self->n_rows; i++) {
        guint8 code = coding->code[self->place[i]];

        if (code < range->lo || code >= range->hi)
            continue;
        ret->place[ret->n_rows] = self->place[i];
        ret->block[ret->n_rows] = self->block[i];
        ret->y[ret->n_rows] = self->y[i];
        ret->mu[ret->n_rows++] = self->mu[i];
    }
}

/* the best condition of each column; returns how many candidates that were */
static guint64
moments_search(const Moments *self, guint but, MomentsBest *best)
{
    guint n = self->table->n_columns;
    MomentsRun run = {.moments = self, .but = but, .best = best};
    guint64 tried = 0;

    memset(best, 0, n * sizeof(*best));
    errata_parallel_for(n, 1, moments_search_cb, &run);
    for (guint c = 0; c < n; c++)
        tried += best[c].n_tried;
    return tried;
}

static double
moments_score(double z, double n_candidates)
{
    return 0.5 * z * z - log(fmax(n_candidates, 1.0));
}

/* A second condition to those that alone say the most: a few rows of either may be what errs. As
 * any other could have been the first, all pairs are paid for. */
static guint64
moments_pair(const Moments *self, const MomentsBest *best, guint64 n_single, MomentsPick *pick)
{
    guint n = self->table->n_columns;
    g_autofree MomentsBest *second = g_new(MomentsBest, n);
    g_autofree guint8 *used = g_new0(guint8, n);
    guint64 tried = 0;
    double n_items = 0.0;

    for (guint c = 0; c < n; c++)
        n_items += self->table->columns[c].fine.n_items;
    for (guint k = 0; k < MOMENTS_FIRST; k++) {
        guint first = n;
        Moments own;

        for (guint c = 0; c < n; c++)
            if (used[c] == 0 && best[c].z >= MOMENTS_ODD &&
                (first == n || best[c].z > best[first].z))
                first = c;
        if (first == n)
            break;
        used[first] = 1;
        moments_narrow(self, first, best[first].item, &own);
        tried += moments_search(&own, first, second);
        moments_clear(&own);
        for (guint c = 0; c < n; c++) {
            double score = moments_score(second[c].z, 0.5 * (double)n_single * n_items);

            if (score > pick->score)
                *pick = (MomentsPick){2, {first, c}, {best[first].item, second[c].item}, score};
        }
    }
    return tried;
}

/**
 * errata_slices_moments_next:
 * @table: a table
 * @times: its rows in order of time
 * @expected: what is expected of the rows of the discovery half
 * @ret_slice: (out): the condition, or two, that errs most surely more in some stretch of time than
 *   in others
 * @n_tried: (inout): how many candidates were looked at is added
 *
 * Hours and weekdays are no group. Costs a pass over the rows for every column and 300 stretches
 * for every condition; and where some are odd, as much again for each of three, over its rows.
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
    MomentsPick pick = {.n = 0, .score = MOMENTS_LEAST};
    guint16 lo[2] = {0, 0}, hi[2] = {0, 0};
    Moments moments;
    guint64 tried;

    if (table->analysis->outcome->time == NULL || table->n_columns == 0)
        return FALSE;
    moments_init(table, times, expected, &moments);
    tried = moments_search(&moments, G_MAXUINT, best);
    for (guint c = 0; c < table->n_columns; c++) {
        double score = moments_score(best[c].z, (double)tried);

        if (score >= pick.score)
            pick = (MomentsPick){1, {c, 0}, {best[c].item, 0}, score};
    }
    *n_tried += tried;
    *n_tried += moments_pair(&moments, best, tried, &pick);
    moments_clear(&moments);
    for (guint k = 0; k < pick.n; k++) {
        lo[k] = table->columns[pick.axis[k]].fine.items[pick.item[k]].lo;
        hi[k] = table->columns[pick.axis[k]].fine.items[pick.item[k]].hi;
    }
    if (pick.n > 0)
        *ret_slice = errata_slices_items_slice(table, FALSE, pick.axis, lo, hi, pick.n);
    return pick.n > 0;
}

/**
 * errata_slices_moments_are_foreseen:
 * @table: a table
 * @slice: a slice of some stretch of time
 *
 * Rows of a prediction and score are expected to err as those of the same do outside the slice, and
 * as all do where there are hardly any.
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
