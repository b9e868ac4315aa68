/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that wanders, as a price or a level does, and comes in another unit for a while. No window of it
 * looks like the rows around it, in whatever unit, so windows are not compared; but what wanders goes on
 * where it was. Blocks of rows are searched for jumps that are far beyond the column's other steps. A stretch
 * between two jumps is in another unit when one and the same factor undoes the jump at both its ends, to
 * within the column's usual step, and the steps from row to row inside are as many times as long as the
 * factor has it. Levels are compared on the logarithm where all blocks are above 0. Each factor is
 * judged by the larger of the two gaps that it leaves, in usual steps; of two that fit alike none is told. */
#include <math.h>

#include "data-bugs-units.h"
#include "select.h"
#include "sort.h"
#include "tests.h"

#define WANDER_BLOCK   30  /* rows */
#define WANDER_BLOCKS  40  /* the fewest */
#define WANDER_LOOKS   400 /* pairs of blocks that tell whether the column wanders */
#define WANDER_APART   20 /* blocks between two that are further apart in a column that wanders … */
#define WANDER_TIMES   1.5  /* … by so many times than neighbours are */
#define WANDER_JUMP    10.0 /* usual steps: an end */
#define WANDER_JUMPS   6    /* more make no stretch */
#define WANDER_GAP     4.0  /* usual steps that a factor may leave */
#define WANDER_CLEAR   2.0  /* usual steps by which the next factor must be worse */
#define WANDER_RARE    0.01 /* prior of a factor: rarer ones only make the others doubtful */
#define WANDER_STEPS   1.6  /* times that the steps from row to row may be off the factor */
#define WANDER_ONE_END 200  /* rows of a stretch of one end, at least */
#define WANDER_ALIKE   0.5  /* distance of levels, most of which are alike */
#define WANDER_NEAR    40   /* blocks at either side of a place whose steps are usual there */

typedef struct {
    const ErrataColumn *column;
    const guint32 *order;
    gsize n_rows;
    gsize n_blocks;
    double *level; /* median of each block */
    gboolean logs;
    double step; /* usual, from block to block */
} Wander;

static double
wander_scale(const Wander *self, double level)
{
    return self->logs ? log(level) : level;
}

/* median of the values in these places; NaN: none */
static double
wander_median(const Wander *self, gsize from, gsize to)
{
    double value[WANDER_BLOCK];
    const double half = 0.5;
    double median = (double)NAN;
    gsize n = 0;

    for (gsize i = from; i < to && n < WANDER_BLOCK; i++) {
        value[n] = errata_column_number(self->column, self->order[i]);
        n += isnan(value[n]) ? 0 : 1;
    }
    if (n > 0)
        errata_select_quantiles(value, n, &half, 1, &median);
    return median;
}

/* robust standard deviation of the differences of blocks so far apart, of those from @from to @to; NaN: too
 * few */
static double
wander_step(const Wander *self, gsize from, gsize to, gsize apart, gsize stride)
{
    static const double at[] = {0.5, 0.9};
    g_autofree double *step = g_new(double, (to - from) / stride + 1);
    double quantile[2] = {0.0, 0.0};
    gsize n = 0;

    for (gsize b = from; b + apart < to; b += stride) {
        double a = self->level[b];
        double z = self->level[b + apart];

        if (isnan(a)) /* not read yet: only these two are needed */
            a = wander_median(self, b * WANDER_BLOCK, (b + 1) * WANDER_BLOCK);
        if (isnan(z))
            z = wander_median(self, (b + apart) * WANDER_BLOCK, (b + apart + 1) * WANDER_BLOCK);
        step[n] = fabs(wander_scale(self, z) - wander_scale(self, a));
        n += isfinite(step[n]) ? 1 : 0;
    }
    if (n < WANDER_APART)
        return (double)NAN;
    errata_select_quantiles(step, n, at, G_N_ELEMENTS(at), quantile);
    return MAX(quantile[0] / 0.6745, quantile[1] / 1.645);
}

/* whether the column wanders, by some blocks of it; then all are read */
static gboolean
wander_read(Wander *self)
{
    gsize stride = MAX(self->n_blocks / WANDER_LOOKS, 1);
    double near, far;

    for (gsize b = 0; b < self->n_blocks; b++)
        self->level[b] = (double)NAN;
    near = wander_step(self, 0, self->n_blocks, 1, stride);
    far = wander_step(self, 0, self->n_blocks, WANDER_APART, stride);
    if (!(near > 0.0) || !(far > WANDER_TIMES * near))
        return FALSE;
    self->logs = TRUE;
    for (gsize b = 0; b < self->n_blocks; b++) {
        self->level[b] = wander_median(self, b * WANDER_BLOCK, (b + 1) * WANDER_BLOCK);
        self->logs = self->logs && !(self->level[b] <= 0.0);
    }
    self->step = wander_step(self, 0, self->n_blocks, 1, 1);
    return self->step > 0.0;
}

/* the usual step near a block: the column may step further where it is low, or late */
static double
wander_step_near(const Wander *self, gsize block)
{
    gsize from = block > WANDER_NEAR ? block - WANDER_NEAR : 0;
    double step = wander_step(self, from, MIN(block + WANDER_NEAR, self->n_blocks), 1, 1);

    return step > self->step ? step : self->step;
}

/* the row of a jump: where the rows come to be nearer to the block after it than to the one before */
static gsize
wander_date(const Wander *self, gsize block)
{
    double before = wander_scale(self, self->level[block - 1]);
    double after = wander_scale(self, self->level[block + 1]);
    double reach = fabs(after - before);
    double sum = 0.0, most = 0.0;
    gsize place = (block - 1) * WANDER_BLOCK;

    for (gsize i = (block - 1) * WANDER_BLOCK; i < (block + 2) * WANDER_BLOCK; i++) {
        double value = errata_column_number(self->column, self->order[i]);
        double off;

        if (isnan(value) || (self->logs && value <= 0.0))
            continue;
        off = fabs(wander_scale(self, value) - after) - fabs(wander_scale(self, value) - before);
        sum += CLAMP(off, -reach, reach);
        if (sum > most) {
            most = sum;
            place = i + 1;
        }
    }
    return place;
}

/* places of the jumps, in order; 0: none, or too many to tell stretches by */
static guint
wander_jumps(const Wander *self, gsize ret_place[WANDER_JUMPS])
{
    guint n = 0;

    for (gsize b = 1; b + 1 < self->n_blocks; b++) {
        double most = WANDER_JUMP * self->step;
        gsize at = 0;

        for (gsize k = b; k < MIN(b + 3, self->n_blocks - 1); k++) {
            double jump = fabs(wander_scale(self, self->level[k + 1]) -
                               wander_scale(self, self->level[k - 1]));

            if (jump > most) {
                most = jump;
                at = k;
            }
        }
        if (at == 0 || at >= b + 2) /* not here, or the next look has it in its middle */
            continue;
        if (!(most > WANDER_JUMP * wander_step_near(self, at)))
            continue;
        if (n == WANDER_JUMPS)
            return 0;
        ret_place[n++] = wander_date(self, at);
        b = at + 2;
    }
    return n;
}

/* by how many usual steps the rows on either side of a place differ; those from @place on (@inside 1), or
 * those in front of it (@inside 0), came by @factor. NaN where they cannot have */
static double
wander_gap(const Wander *self, gsize place, guint inside, const ErrataUnitFactor *factor)
{
    gsize begin = place > WANDER_BLOCK ? place - WANDER_BLOCK : 0;
    double side[2] = {wander_median(self, begin, place),
                      wander_median(self, place, MIN(place + WANDER_BLOCK, self->n_rows))};

    if (!errata_unit_factor_holds(factor, side[inside], side[inside]))
        return (double)NAN;
    side[inside] = errata_unit_factor_undo(factor, side[inside]);
    if (self->logs && !(side[inside] > 0.0 && side[1 - inside] > 0.0))
        return (double)NAN;
    return fabs(wander_scale(self, side[1]) - wander_scale(self, side[0])) /
           wander_step_near(self, place / WANDER_BLOCK);
}

/* the larger gap of the stretch's ends; one at the end of the log is none */
static double
wander_cost(const Wander *self, gsize from, gsize to, const ErrataUnitFactor *factor)
{
    double cost = from > 0 ? wander_gap(self, from, 1, factor) : 0.0;

    return to < self->n_rows ? MAX(cost, wander_gap(self, to, 0, factor)) : cost;
}

/* upper quartile of the steps from row to row, which a few jumps do not touch */
static double
wander_row_step(const Wander *self, gsize from, gsize to)
{
    const double upper = 0.75;
    gsize most = MIN(to - from, (gsize)WANDER_BLOCK * WANDER_BLOCK);
    g_autofree double *step = g_new(double, most + 1);
    double last = (double)NAN, quantile = (double)NAN;
    gsize n = 0;

    for (gsize i = from; i < from + most; i++) {
        double value = errata_column_number(self->column, self->order[i]);

        if (isnan(value))
            continue;
        step[n] = fabs(value - last);
        n += isnan(last) ? 0 : 1;
        last = value;
    }
    if (n > 0)
        errata_select_quantiles(step, n, &upper, 1, &quantile);
    return quantile;
}

/* whether steps inside are as many times as long as outside as the factor has it */
static gboolean
wander_steps_agree(const Wander *self, gsize from, gsize to, const ErrataUnitFactor *factor)
{
    gsize width = MIN(to - from, (gsize)WANDER_BLOCK * WANDER_BLOCK);
    double outside = from > WANDER_BLOCK ? wander_row_step(self, from - MIN(width, from), from)
                                         : wander_row_step(self, to, MIN(to + width, self->n_rows));
    double ratio = wander_row_step(self, from, to) / outside;

    if (factor->kind != ERRATA_UNIT_LINEAR)
        return TRUE;
    return ratio > factor->scale / WANDER_STEPS && ratio < factor->scale * WANDER_STEPS;
}

/* the factor that undoes both ends; %NULL: none does, or two do */
static const ErrataUnitFactor *
wander_factor(const Wander *self, gsize from, gsize to)
{
    const ErrataUnitFactor *best = NULL;
    double least = WANDER_GAP, next = G_MAXDOUBLE;

    for (guint i = 0; i < errata_unit_factor_count(); i++) {
        const ErrataUnitFactor *factor = errata_unit_factor(i);
        double cost = wander_cost(self, from, to, factor);

        if (factor->kind == ERRATA_UNIT_LINEAR && factor->prior > WANDER_RARE)
            continue;
        if (!(cost < G_MAXDOUBLE) || !wander_steps_agree(self, from, to, factor))
            continue;
        if (cost < least) {
            next = best != NULL ? least : next;
            least = cost;
            best = factor;
        } else {
            next = MIN(next, cost);
        }
    }
    return best != NULL && next > least + WANDER_CLEAR ? best : NULL;
}

/* whether most levels beyond the one end of a stretch are like those in it as they come, and fewer are once it is
 * undone: then something that began before is over, or will be, and the stretch is as usual */
static gboolean
wander_is_usual(const Wander *self, gsize from, gsize to, const ErrataUnitFactor *factor)
{
    gsize end = MIN(to / WANDER_BLOCK, self->n_blocks), n = 0, n_inside = 0;
    g_autofree double *inside = g_new(double, self->n_blocks + 1);
    g_autofree double *outside = g_new(double, self->n_blocks + 1);
    double none;

    for (gsize b = 0; b < self->n_blocks; b++) {
        if (isnan(self->level[b]))
            continue;
        if (b >= from / WANDER_BLOCK && b < end)
            inside[n_inside++] = self->level[b];
        else
            outside[n++] = self->level[b];
    }
    if (n == 0 || n_inside == 0)
        return FALSE;
    errata_sort_values(inside, n_inside);
    errata_sort_values(outside, n);
    none = errata_unit_factor_distance(&errata_unit_none, inside, n_inside, outside, n);
    return none < WANDER_ALIKE &&
           none < errata_unit_factor_distance(factor, inside, n_inside, outside, n);
}

static gboolean
wander_look(ErrataDataBugs *self, const Wander *work, guint column, gsize from, gsize to)
{
    gboolean one_end = from == 0 || to == work->n_rows;
    double none = wander_cost(work, from, to, &errata_unit_none);
    const ErrataUnitFactor *factor;
    ErrataDataBug *bug;

    if (to < from + WANDER_BLOCK || (one_end && to - from < WANDER_ONE_END))
        return FALSE;
    factor = wander_factor(work, from, to);
    if (factor == NULL || (one_end && (factor->kind != ERRATA_UNIT_LINEAR ||
                                       wander_is_usual(work, from, to, factor))))
        return FALSE;
    bug = errata_data_bugs_add_unit(self, column, from, to, factor);
    bug->grew = errata_data_bugs_units_grew(self, column, from, to, factor);
    bug->p = MIN(2.0 * (double)work->n_blocks * errata_tests_normal_upper(none), 1.0);
    bug->test = "jump at its ends against the column's usual steps, all blocks counted";
    return TRUE;
}

/* whether most blocks before a place are like those behind it, and not like those right before it: then what
 * came before the place was the odd part, and it is over */
static gboolean
wander_is_over(const Wander *self, gsize place)
{
    gsize end = place / WANDER_BLOCK, begin = end > WANDER_NEAR ? end - WANDER_NEAR : 0;
    double before = wander_median(self, place > WANDER_BLOCK ? place - WANDER_BLOCK : 0, place);
    double after = wander_median(self, place, MIN(place + WANDER_BLOCK, self->n_rows));
    double level[WANDER_NEAR], most = (double)NAN;
    const double half = 0.5;
    gsize n = 0;

    for (gsize b = begin; b < end; b++) {
        level[n] = wander_scale(self, self->level[b]);
        n += isfinite(level[n]) ? 1 : 0;
    }
    if (n == 0)
        return FALSE;
    errata_select_quantiles(level, n, &half, 1, &most);
    return fabs(most - wander_scale(self, after)) < fabs(most - wander_scale(self, before));
}

/**
 * errata_data_bugs_wander:
 * @self: what was found so far
 * @column: a column of numbers
 *
 * Returns: whether it wanders and comes in another unit for a while
 */
gboolean
errata_data_bugs_wander(ErrataDataBugs *self, guint column)
{
    const ErrataColumn *data = self->analysis->frame->columns[column];
    Wander work = {.column = data,
                   .order = self->analysis->outcome->order,
                   .n_rows = data->n_rows,
                   .n_blocks = data->n_rows / WANDER_BLOCK};
    g_autofree double *level = g_new(double, work.n_blocks + 1);
    gsize place[WANDER_JUMPS] = {0};
    gboolean found = FALSE;
    guint n = 0;

    work.level = level;
    if (work.n_blocks >= WANDER_BLOCKS && wander_read(&work))
        n = wander_jumps(&work, place);
    for (guint i = 0; i < n; i++) {
        gsize to = i + 1 < n ? place[i + 1] : work.n_rows;

        if (to == work.n_rows && wander_is_over(&work, place[i]))
            continue;
        if (wander_look(self, &work, column, place[i], to)) {
            found = TRUE;
            i++; /* what follows is in the usual unit again */
        }
    }
    return found;
}
