/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the hour and the weekday add to a series. In a log of two or three weeks a change of some
 * days is part of what their weekdays seem to add, and would go with it, or come back a week off:
 * changes are told apart from weekdays first, by what is left of them within the weekdays, as the
 * regression on both has it, and are left out of what weekdays are read from. Of two weeks a rise
 * on some days of one is a rise on those weekdays and a fall in the other as well: where changes
 * alone explain the series, weekdays have no part in it. */
#include <math.h>
#include <string.h>

#include "change-points.h"

#define SEASON_SWEEPS    4
#define SEASON_DAYS      7
#define SEASON_STEPS     3
#define SEASON_STRETCHES 100 /* of time, that steps lie between */
#define SEASON_SURE      4.5 /* standard errors of a step: METHODS 4 */
#define SEASON_LEFT      0.2 /* of a step, that weekdays must leave of it to tell it */

/**
 * errata_change_season:
 * @sum: (array length=168): sums of a quantity by hour of the week
 * @count: (array length=168): how many values
 * @weekly: the weekday has an effect too
 *
 * Effects of the hour and of the weekday, added up, each fitted with the other taken out.
 *
 * Returns: (transfer full) (array length=168): the effects; their mean over the values is 0
 */
double *
errata_change_season(const double *sum, const double *count, gboolean weekly)
{
    double *effect = g_new0(double, ERRATA_CHANGE_CELLS);
    double hour[24] = {0}, day[7] = {0};
    double all = 0.0, n = 0.0;

    for (guint c = 0; c < ERRATA_CHANGE_CELLS; c++) {
        all += sum[c];
        n += count[c];
    }
    for (guint sweep = 0; sweep < SEASON_SWEEPS; sweep++) {
        for (guint h = 0; h < 24; h++) {
            double s = 0.0, k = 0.0;

            for (guint d = 0; d < 7; d++) {
                s += sum[24 * d + h] - count[24 * d + h] * (all / n + day[d]);
                k += count[24 * d + h];
            }
            hour[h] = k > 0.0 ? s / k : 0.0;
        }
        for (guint d = 0; weekly && d < 7; d++) {
            double s = 0.0, k = 0.0;

            for (guint h = 0; h < 24; h++) {
                s += sum[24 * d + h] - count[24 * d + h] * (all / n + hour[h]);
                k += count[24 * d + h];
            }
            day[d] = k > 0.0 ? s / k : 0.0;
        }
    }
    for (guint c = 0; c < ERRATA_CHANGE_CELLS; c++)
        effect[c] = hour[c % 24] + day[c / 24];
    return effect;
}

/* sums by stretch of time, and by weekday where those are told apart; what came before each
 * stretch */
typedef struct {
    guint n_days;
    guint n;
    double spread;
    double *sum[SEASON_DAYS];   /* (array length=n + 1) */
    double *count[SEASON_DAYS]; /* likewise */
} SeasonDays;

/* a change of size from one stretch to before another; to the end where that is the number of
 * stretches */
typedef struct {
    guint lo;
    guint hi;
    double size;
    double gain; /* log likelihood, what it costs taken off */
} SeasonStep;

static void
season_days_clear(SeasonDays *self)
{
    for (guint d = 0; d < SEASON_DAYS; d++) {
        g_free(self->sum[d]);
        g_free(self->count[d]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SeasonDays, season_days_clear)

/* what the hour adds is taken out: steps are hardly part of that */
static void
season_days_init(const ErrataChangeCell *cell, gsize n, guint n_blocks, SeasonDays *self)
{
    double sum[ERRATA_CHANGE_CELLS] = {0}, count[ERRATA_CHANGE_CELLS] = {0};
    g_autofree double *hour = NULL;

    for (gsize i = 0; i < n; i++) {
        sum[cell[i].cell] += cell[i].sum;
        count[cell[i].cell] += cell[i].n;
    }
    hour = errata_change_season(sum, count, FALSE);
    self->n = MIN(n_blocks, SEASON_STRETCHES);
    for (guint d = 0; d < self->n_days; d++) {
        self->sum[d] = g_new0(double, self->n + 1);
        self->count[d] = g_new0(double, self->n + 1);
    }
    for (gsize i = 0; i < n; i++) {
        guint day = self->n_days == 1 ? 0 : cell[i].cell / 24;
        guint at = 1 + (guint)((gsize)cell[i].block * self->n / n_blocks);

        self->sum[day][at] += cell[i].sum - cell[i].n * hour[cell[i].cell];
        self->count[day][at] += cell[i].n;
    }
    for (guint d = 0; d < self->n_days; d++)
        for (guint k = 0; k < self->n; k++) {
            self->sum[d][k + 1] += self->sum[d][k];
            self->count[d][k + 1] += self->count[d][k];
        }
}

/* what a number read from all values has to gain in log likelihood (Schwarz 1978, "Estimating the
 * dimension of a model", Annals of Statistics 6) */
static double
season_cost(const SeasonDays *self)
{
    double n = 0.0;

    for (guint d = 0; d < self->n_days; d++)
        n += self->count[d][self->n];
    return 0.5 * log(fmax(n, 2.0));
}

/* what one stretch of time has beyond others on the same weekdays */
static SeasonStep
season_try(const SeasonDays *self, guint lo, guint hi, double cost)
{
    SeasonStep step = {lo, hi, 0.0, 0.0};
    double product = 0.0, norm = 0.0, within = 0.0, total = 0.0;

    for (guint d = 0; d < self->n_days; d++) {
        double n = self->count[d][self->n], in = self->count[d][hi] - self->count[d][lo];

        total += n;
        within += in;
        if (!(n > 0.0))
            continue;
        product += self->sum[d][hi] - self->sum[d][lo] - in / n * self->sum[d][self->n];
        norm += in * (1.0 - in / n);
    }
    if (!(norm > 0.0) || norm < SEASON_LEFT * within * (1.0 - within / total))
        return step;
    step.size = product / norm;
    step.gain = 0.5 * product * product / norm / (self->spread * self->spread);
    step.gain -= step.gain >= 0.5 * SEASON_SURE * SEASON_SURE ? cost * (hi < self->n ? 3.0 : 2.0)
                                                              : step.gain;
    return step;
}

/* the likeliest step, or stretch with two ends; of gain 0 where none pays */
static SeasonStep
season_find(const SeasonDays *self)
{
    double cost = season_cost(self);
    SeasonStep best = {0, 0, 0.0, 0.0};

    for (guint lo = 1; lo < self->n; lo++)
        for (guint hi = lo + 1; hi <= self->n; hi++) {
            SeasonStep step = season_try(self, lo, hi, cost);

            if (step.gain > best.gain)
                best = step;
        }
    return best;
}

/* what the weekdays by themselves gain, less their cost */
static double
season_gain_of_days(const SeasonDays *self)
{
    double n = 0.0, sum = 0.0, squares = 0.0;
    guint known = 0;

    for (guint d = 0; d < self->n_days; d++) {
        double count = self->count[d][self->n], all = self->sum[d][self->n];

        n += count;
        sum += all;
        squares += count > 0.0 ? all * all / count : 0.0;
        known += count > 0.0 ? 1 : 0;
    }
    return known < 2 ? 0.0
                     : 0.5 * (squares - sum * sum / n) / (self->spread * self->spread) -
                           season_cost(self) * (known - 1);
}

/* adds the steps found to @steps, by stretch. Returns: what they, and the weekdays, gain */
static double
season_find_all(SeasonDays *self, double *steps)
{
    double gain = season_gain_of_days(self);

    for (guint k = 0; k < SEASON_STEPS; k++) {
        SeasonStep step = season_find(self);

        if (!(step.gain > 0.0))
            break;
        gain += step.gain;
        for (guint b = step.lo; b < step.hi; b++)
            steps[b] += step.size;
        for (guint d = 0; d < self->n_days; d++)
            for (guint b = step.lo; b < self->n; b++)
                self->sum[d][b + 1] -=
                    step.size * (self->count[d][MIN(b + 1, step.hi)] - self->count[d][step.lo]);
    }
    return gain;
}

/**
 * errata_change_season_fit:
 * @cell: (array length=n): sums of a quantity by block and hour of the week
 * @n: how many
 * @n_blocks: blocks in time order
 * @spread: standard deviation of one value
 * @weekly: the weekday may have an effect too
 *
 * Steps and stretches of time are looked for with weekdays and without; what is likelier, for what
 * it costs, stands.
 *
 * Returns: (transfer full) (array length=168): what the hour and the weekday add; lasting changes
 * are no part of it
 */
double *
errata_change_season_fit(const ErrataChangeCell *cell,
                         gsize n,
                         guint n_blocks,
                         double spread,
                         gboolean weekly)
{
    double sum[ERRATA_CHANGE_CELLS] = {0}, count[ERRATA_CHANGE_CELLS] = {0};
    double steps[2][SEASON_STRETCHES] = {{0}, {0}};
    double gain[2] = {0.0, 0.0};
    guint n_stretches = MIN(n_blocks, SEASON_STRETCHES);

    for (guint days = 0; weekly && spread > 0.0 && days < 2; days++) {
        g_auto(SeasonDays) table = {.n_days = days == 0 ? 1 : SEASON_DAYS, .spread = spread};

        season_days_init(cell, n, n_blocks, &table);
        gain[days] = season_find_all(&table, steps[days]);
    }
    weekly = weekly && gain[1] >= gain[0];
    for (gsize i = 0; i < n; i++) {
        double step = steps[weekly ? 1 : 0][(gsize)cell[i].block * n_stretches / n_blocks];

        sum[cell[i].cell] += cell[i].sum - cell[i].n * step;
        count[cell[i].cell] += cell[i].n;
    }
    return errata_change_season(sum, count, weekly);
}
