/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number that wanders, as a price, a level or the weather does, and comes in another unit for a
 * while. No window of it looks like the rows around it, in whatever unit, so windows are not
 * compared; but what wanders goes on where it was. Blocks of rows, long ones and short ones, are
 * searched for jumps that are far beyond the column's other steps. A stretch between two jumps is
 * in another unit when one and the same factor undoes the jump at both its ends, to within the
 * column's usual step, and the steps from row to row inside are as many times as long as the factor
 * has it (data-bugs-wander-factor.c). Levels are compared on the logarithm where all blocks are
 * above 0. */
#include "data-bugs-wander.h"

#include <math.h>

#include "select.h"
#include "sort.h"
#include "tests.h"

#define WANDER_BLOCK     30  /* rows */
#define WANDER_BLOCKS    40  /* the fewest */
#define WANDER_LOOKS     400 /* pairs of blocks that tell whether the column wanders */
#define WANDER_APART     20 /* blocks between two that are further apart in a column that wanders … */
#define WANDER_TIMES     1.5  /* … by so many times than neighbours are */
#define WANDER_JUMP      10.0 /* usual steps: an end … */
#define WANDER_SHARP     7.0  /* … between short blocks */
#define WANDER_JUMPS     8    /* more make no stretch */
#define WANDER_BETWEEN   3    /* of them, that a stretch may hold */
#define WANDER_ENDS      5.0  /* usual steps by which both ends of a stretch jump */
#define WANDER_RARE      0.01 /* prior of a factor that is told by one end */
#define WANDER_ONE_END   200  /* rows of a stretch of one end, at least */
#define WANDER_ALIKE     0.5  /* distance of levels, most of which are alike */
#define WANDER_NEAR      40   /* blocks at either side of a place whose steps are usual there */
#define WANDER_STEPS     1500 /* rows, at most, whose steps are compared with those beside them */
#define WANDER_ERROR     1.0  /* of the logarithm of steps, times the root of their number */
#define WANDER_LOGS      200  /* rows of a stretch that came as a logarithm, at least */
#define WANDER_TOLD      8 /* places elsewhere that tell how much such steps differ anyhow, at least */
#define WANDER_ELSEWHERE 200 /* … and about so many */

static const gsize wander_blocks[] = {WANDER_BLOCK, 8, 3}; /* rows */

static double
wander_scale(const Wander *self, double level)
{
    return self->logs ? log(level) : level;
}

/* median of the values in these places, at most a long block; NaN: none */
static double
wander_median(const Wander *self, gsize from, gsize to)
{
    double value[WANDER_BLOCK];
    gsize n = 0;

    for (gsize i = from; i < to && n < WANDER_BLOCK; i++) {
        value[n] = errata_column_number(self->column, self->order[i]);
        n += isnan(value[n]) ? 0 : 1;
    }
    return errata_select_median(value, n);
}

/* robust standard deviation of the differences of blocks so far apart, of those from @from to @to;
 * NaN: too few */
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
            a = wander_median(self, b * self->block, (b + 1) * self->block);
        if (isnan(z))
            z = wander_median(self, (b + apart) * self->block, (b + apart + 1) * self->block);
        step[n] = fabs(wander_scale(self, z) - wander_scale(self, a));
        n += isfinite(step[n]) ? 1 : 0;
    }
    if (n < WANDER_APART)
        return (double)NAN;
    errata_select_quantiles(step, n, at, G_N_ELEMENTS(at), quantile);
    return MAX(quantile[0] / 0.6745, quantile[1] / 1.645);
}

/* whether the column wanders, by some blocks of it */
static gboolean
wander_is_wanderer(Wander *self)
{
    gsize stride = MAX(self->n_blocks / WANDER_LOOKS, 1);
    double near, far;

    for (gsize b = 0; b < self->n_blocks; b++)
        self->level[b] = (double)NAN;
    near = wander_step(self, 0, self->n_blocks, 1, stride);
    far = wander_step(self, 0, self->n_blocks, WANDER_APART, stride);
    return self->n_blocks >= WANDER_BLOCKS && near > 0.0 && far > WANDER_TIMES * near;
}

/* whether all blocks, which are read, are above 0 */
static gboolean
wander_read(Wander *self)
{
    gboolean above = TRUE;

    for (gsize b = 0; b < self->n_blocks; b++) {
        self->level[b] = wander_median(self, b * self->block, (b + 1) * self->block);
        above = above && !(self->level[b] <= 0.0);
    }
    return above;
}

/* the usual step at one side of a block, @after it or before: the column may step further where it
 * is low, or late */
static double
wander_step_beside(const Wander *self, gsize block, gboolean after)
{
    gsize from = block > WANDER_NEAR ? block - WANDER_NEAR : 0;
    double step = wander_step(self,
                              after ? MIN(block, self->n_blocks) : from,
                              after ? MIN(block + WANDER_NEAR, self->n_blocks)
                                    : MIN(block, self->n_blocks),
                              1,
                              1);

    return step > self->step ? step : self->step;
}

/* the row of a jump: where the rows come to be nearer to the block after it than to the one
 * before */
static gsize
wander_date(const Wander *self, gsize block)
{
    double before = wander_scale(self, self->level[block - 1]);
    double after = wander_scale(self, self->level[block + 1]);
    double reach = fabs(after - before);
    double sum = 0.0, most = 0.0;
    gsize place = (block - 1) * self->block;

    for (gsize i = (block - 1) * self->block; i < (block + 2) * self->block; i++) {
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
    double sharp = self->block == WANDER_BLOCK ? WANDER_JUMP : WANDER_SHARP;
    guint n = 0;

    for (gsize b = 1; b + 1 < self->n_blocks; b++) {
        double most = sharp * self->step;
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
        if (!(most > sharp * MIN(wander_step_beside(self, at, FALSE),
                                 wander_step_beside(self, at + 1, TRUE))))
            continue;
        if (n == WANDER_JUMPS)
            return 0;
        ret_place[n++] = wander_date(self, at);
        b = at + 2;
    }
    return n;
}

/* mean logarithm of the longer steps from row to row, which a few jumps do not touch; NaN: there
 * are too few */
static double
wander_row_step(const Wander *self, gsize from, gsize to)
{
    static const double at[] = {0.65, 0.75, 0.85, 0.92};
    g_autofree double *step = g_new(double, to - from + 1);
    double last = (double)NAN, sum = 0.0, quantile[G_N_ELEMENTS(at)] = {0.0};
    gsize n = 0;

    for (gsize i = from; i < to; i++) {
        double value = errata_column_number(self->column, self->order[i]);

        if (isnan(value))
            continue;
        step[n] = fabs(value - last);
        n += isnan(last) ? 0 : 1;
        last = value;
    }
    if (n < WANDER_TOLD)
        return (double)NAN;
    errata_select_quantiles(step, n, at, G_N_ELEMENTS(at), quantile);
    for (guint k = 0; k < G_N_ELEMENTS(at); k++)
        sum += quantile[k] > 0.0 ? log(quantile[k]) / G_N_ELEMENTS(at) : (double)NAN;
    return sum;
}

/* logarithm of how many times as long the steps from row to row behind a place are as those in
 * front; NaN: they tell nothing */
static double
wander_times(const Wander *self, gsize place, gsize width)
{
    if (place < width || place + width > self->n_rows)
        return (double)NAN;
    return wander_row_step(self, place, place + width) -
           wander_row_step(self, place - width, place);
}

/* robust standard deviation of that, all along the log but near these two places; NaN: it tells
 * nothing */
static double
wander_times_usual(const Wander *self, gsize width, const gsize near[2])
{
    static const double at[] = {0.5, 0.9};
    gsize step = MAX(self->n_rows / WANDER_ELSEWHERE, width / 3);
    g_autofree double *times = g_new(double, self->n_rows / step + 1);
    double quantile[2] = {0.0, 0.0};
    gsize n = 0;

    for (gsize i = width; i + width <= self->n_rows; i += step) {
        if ((i < near[0] + width && i + width > near[0]) ||
            (i < near[1] + width && i + width > near[1]))
            continue;
        times[n] = fabs(wander_times(self, i, width));
        n += isnan(times[n]) ? 0 : 1;
    }
    if (n < WANDER_TOLD)
        return (double)NAN;
    errata_select_quantiles(times, n, at, G_N_ELEMENTS(at), quantile);
    return MAX(MAX(quantile[0] / 0.6745, quantile[1] / 1.645), WANDER_ERROR / sqrt((double)width));
}

/* the levels at the ends of a stretch; one at the end of the log tells nothing */
static WanderEnds
wander_ends(const Wander *self, gsize from, gsize to)
{
    const gsize place[] = {from, to};
    WanderEnds ends = {.logs = self->logs, .times = (double)NAN, .times_step = (double)NAN};

    for (guint e = 0; e < 2; e++) {
        gsize at = place[e];
        gsize begin = at > self->block ? at - self->block : 0;
        double before = wander_median(self, begin, at);
        double after = wander_median(self, at, MIN(at + self->block, self->n_rows));

        ends.is_there[e] = at > 0 && at < self->n_rows;
        ends.inside[e] = e == 0 ? after : before;
        ends.outside[e] = e == 0 ? before : after;
        ends.step[e] = wander_step_beside(self, at / self->block, e == 1);
    }
    return ends;
}

/* … and the steps from row to row */
static void
wander_add_times(const Wander *self, gsize from, gsize to, WanderEnds *ends)
{
    const gsize place[] = {from, to};
    gsize width = MIN((gsize)WANDER_STEPS, to - from);
    double sum = 0.0;
    guint n = 0;

    for (guint e = 0; e < 2; e++) {
        double times = ends->is_there[e] ? wander_times(self, place[e], width) : (double)NAN;

        if (isnan(times))
            continue;
        sum += e == 0 ? times : -times;
        n++;
    }
    ends->times = n > 0 ? sum / n : (double)NAN;
    ends->times_step = wander_times_usual(self, width, place) / sqrt(MAX(n, 1));
}

/* whether most levels beyond a stretch are like those in it as they come, and fewer are once it is
 * undone: then something that began before is over, or will be, and the stretch is as usual */
static gboolean
wander_is_usual(const Wander *self, gsize from, gsize to, const ErrataUnitFactor *factor)
{
    gsize end = MIN(to / self->block, self->n_blocks), n = 0, n_inside = 0;
    g_autofree double *inside = g_new(double, self->n_blocks + 1);
    g_autofree double *outside = g_new(double, self->n_blocks + 1);
    double none;

    for (gsize b = 0; b < self->n_blocks; b++) {
        if (isnan(self->level[b]))
            continue;
        if (b >= from / self->block && b < end)
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

/* tells a stretch of two ends by what explains it: a unit, one of two, or a number; TRUE: it is
 * told */
static gboolean
wander_tell(ErrataDataBugs *self,
            const Wander *work,
            guint column,
            gsize from,
            gsize to,
            const WanderEnds *ends)
{
    WanderFactor found = errata_data_bugs_wander_factor(ends);
    double first =
        errata_tests_normal_upper(errata_data_bugs_wander_gap(ends, 0, &errata_unit_none));
    double last =
        errata_tests_normal_upper(errata_data_bugs_wander_gap(ends, 1, &errata_unit_none));
    ErrataDataBug *bug;

    if ((found.unit == NULL && !found.is_number) ||
        wander_is_usual(work, from, to, found.unit != NULL ? found.unit : &found.other) ||
        (found.unit != NULL && found.unit->kind != ERRATA_UNIT_LINEAR && to < from + WANDER_LOGS))
        return FALSE;
    if (found.unit != NULL) {
        bug = errata_data_bugs_add_unit(self, column, work->rows, from, to, found.unit);
        if (found.other.scale > 0.0)
            errata_data_bugs_waver(self, bug, found.unit, &found.other);
        bug->factor_lo = found.measured.lo;
        bug->factor_hi = found.measured.hi;
        bug->grew = work->last &&
                    errata_data_bugs_units_grew(self, column, work->rows, from, to, found.unit);
    } else {
        bug = errata_data_bugs_add_scaled(self,
                                          column,
                                          work->rows,
                                          from,
                                          to,
                                          found.other.scale,
                                          &found.measured);
    }
    bug->p = MIN(pow((double)work->n_blocks, 2.0) * first * last, 1.0);
    bug->test = "jumps at its ends against the column's usual steps, all blocks counted";
    return TRUE;
}

/* a stretch between two jumps */
static gboolean
wander_look(ErrataDataBugs *self, const Wander *work, guint column, gsize from, gsize to)
{
    WanderEnds ends = wander_ends(work, from, to);

    if (to < from + 2 * WANDER_BLOCK ||
        !(errata_data_bugs_wander_gap(&ends, 0, &errata_unit_none) > WANDER_ENDS) ||
        !(errata_data_bugs_wander_gap(&ends, 1, &errata_unit_none) > WANDER_ENDS) ||
        (!work->last && errata_data_bugs_units_is_steady(self, column, work->rows, from, to)))
        return FALSE;
    wander_add_times(work, from, to, &ends);
    return wander_tell(self, work, column, from, to, &ends);
}

/* a stretch that lasts from a jump to the end of the log */
static gboolean
wander_look_open(ErrataDataBugs *self, const Wander *work, guint column, gsize from)
{
    gsize to = work->n_rows;
    WanderEnds ends = wander_ends(work, from, to);
    double none = errata_data_bugs_wander_gap(&ends, 0, &errata_unit_none);
    WanderFactor found;
    ErrataDataBug *bug;

    if (to - from < WANDER_ONE_END || !(none > WANDER_ENDS))
        return FALSE;
    wander_add_times(work, from, to, &ends);
    found = errata_data_bugs_wander_factor(&ends);
    if (found.unit == NULL || found.other.scale > 0.0 || found.unit->prior > WANDER_RARE ||
        found.unit->kind != ERRATA_UNIT_LINEAR || wander_is_usual(work, from, to, found.unit))
        return FALSE;
    bug = errata_data_bugs_add_unit(self, column, work->rows, from, to, found.unit);
    bug->grew = errata_data_bugs_units_grew(self, column, work->rows, from, to, found.unit);
    bug->p = MIN(2.0 * (double)work->n_blocks * errata_tests_normal_upper(none), 1.0);
    bug->test = "jump at its end against the column's usual steps, all blocks counted";
    return TRUE;
}

/* whether most blocks before a place are like those behind it, and not like those right before it:
 * then what came before the place was the odd part, and it is over */
static gboolean
wander_is_over(const Wander *self, gsize place)
{
    gsize end = place / self->block, begin = end > WANDER_NEAR ? end - WANDER_NEAR : 0;
    double before = wander_median(self, place > self->block ? place - self->block : 0, place);
    double after = wander_median(self, place, MIN(place + self->block, self->n_rows));
    double level[WANDER_NEAR], most;
    gsize n = 0;

    for (gsize b = begin; b < end; b++) {
        level[n] = wander_scale(self, self->level[b]);
        n += isfinite(level[n]) ? 1 : 0;
    }
    most = errata_select_median(level, n);
    return fabs(most - wander_scale(self, after)) < fabs(most - wander_scale(self, before));
}

/* stretches between jumps of blocks of one length, measured by those of the length whose steps are
 * shortest */
static gboolean
wander_search(ErrataDataBugs *self, const Wander *work, const Wander *measure, guint column)
{
    gsize place[WANDER_JUMPS] = {0};
    guint n = wander_jumps(work, place);
    gboolean found = FALSE;

    for (guint i = 0; i < n; i++)
        for (guint k = i + 1; k < MIN(n, i + 1 + WANDER_BETWEEN); k++)
            if (wander_look(self, measure, column, place[i], place[k])) {
                found = TRUE;
                i = k; /* what follows is in the usual unit again */
                break;
            }
    return found;
}

/* on the logarithm, or as the values are */
static gboolean
wander_try(ErrataDataBugs *self, Wander *work, guint column, gboolean logs)
{
    const Wander *measure = NULL;
    gboolean found = FALSE;

    for (guint k = 0; k < G_N_ELEMENTS(wander_blocks); k++) {
        work[k].logs = logs;
        work[k].step = wander_step(&work[k], 0, work[k].n_blocks, 1, 1);
        if (work[k].step > 0.0 && (measure == NULL || work[k].step < measure->step))
            measure = &work[k];
    }
    for (guint k = 0; measure != NULL && !found && k < G_N_ELEMENTS(wander_blocks); k++)
        if (work[k].step > 0.0)
            found = wander_search(self, &work[k], measure, column);
    return found;
}

static Wander
wander_new(const ErrataDataBugs *self, guint column, const ErrataDataBugsRows *rows, gsize block)
{
    gsize n_blocks = rows->n_rows / block;

    return (Wander){.column = self->analysis->frame->columns[column],
                    .rows = rows,
                    .order = rows->order,
                    .n_rows = rows->n_rows,
                    .block = block,
                    .n_blocks = n_blocks,
                    .level = g_new(double, n_blocks + 1)};
}

/**
 * errata_data_bugs_wander:
 * @self: what was found so far
 * @column: a column of numbers
 * @rows: those that are looked at
 *
 * Returns: whether it wanders and comes in another unit for a while
 */
gboolean
errata_data_bugs_wander(ErrataDataBugs *self, guint column, const ErrataDataBugsRows *rows)
{
    Wander work[G_N_ELEMENTS(wander_blocks)];
    gboolean above, found = FALSE;

    work[0] = wander_new(self, column, rows, wander_blocks[0]);
    if (wander_is_wanderer(&work[0])) {
        above = wander_read(&work[0]);
        for (guint k = 1; k < G_N_ELEMENTS(work); k++) {
            work[k] = wander_new(self, column, rows, wander_blocks[k]);
            above = wander_read(&work[k]) && above;
        }
        found = (above && wander_try(self, work, column, TRUE)) ||
                wander_try(self, work, column, FALSE);
        for (guint k = 1; k < G_N_ELEMENTS(work); k++)
            g_free(work[k].level);
    }
    g_free(work[0].level);
    return found;
}

/**
 * errata_data_bugs_wander_on:
 * @self: what was found so far
 * @column: a column of numbers
 * @rows: those that are looked at
 *
 * For columns in which no other check found anything.
 *
 * Returns: whether it wanders and comes in another unit from some row on, or for a while
 */
gboolean
errata_data_bugs_wander_on(ErrataDataBugs *self, guint column, const ErrataDataBugsRows *rows)
{
    Wander work = wander_new(self, column, rows, wander_blocks[0]);
    gsize place[WANDER_JUMPS] = {0};
    gboolean found = FALSE;

    if (wander_is_wanderer(&work)) {
        work.logs = wander_read(&work);
        work.step = wander_step(&work, 0, work.n_blocks, 1, 1);
        if (work.step > 0.0) {
            guint n = wander_jumps(&work, place);

            work.last = TRUE;
            found = wander_search(self, &work, &work, column);
            found = found || (n > 0 && !wander_is_over(&work, place[n - 1]) &&
                              wander_look_open(self, &work, column, place[n - 1]));
        }
    }
    g_free(work.level);
    return found;
}
