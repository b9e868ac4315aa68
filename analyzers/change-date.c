/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On which row an abrupt change began, and between which rows it surely did. Each row says by how
 * much the log likelihood falls or rises when it is counted to before the change; the date is where
 * the sum is greatest (Hinkley 1970, "Inference about the change-point in a sequence of random
 * variables", Biometrika 57). With all places alike at first, exp of the sum is the probability of
 * each, and the middle 95 % of it is the interval (Smith 1975, "A Bayesian approach to inference
 * about a change-point", Biometrika 62). Series that go together and rows that follow each other
 * tell less than so many independent ones: the sum is scaled by what its mean is against its
 * variance, which in a likelihood is ½ (Pauli, Racugno and Ventura 2011, "Bayesian composite
 * marginal likelihoods", Statistica Sinica 21). */
#include <math.h>

#include "change-points.h"

#define DATE_OUTSIDE 0.025 /* of the probability, on either side of the interval */
#define DATE_SCALE   4.0   /* at most: the noise was measured with the change in it */
#define DATE_BATCHES 2.0   /* rows of a batch: times the root of all */
#define DATE_ALIKE   0.98  /* correlation of neighbours, at most … */
#define DATE_CHAIN   2.33  /* … and the standard errors that it must exceed */
#define DATE_BATCH   3     /* the fewest batches that a variance is read from */

/**
 * errata_change_others:
 * @series: a series
 * @but: one of its changes
 * @b: a block
 *
 * Returns: what all changes but that one add to the block
 */
double
errata_change_others(const ErrataChangeSeries *series, guint but, guint b)
{
    double sum = 0.0;

    for (guint c = 0; c < series->n_changes; c++)
        if (c != but)
            sum += series->change[c].size * errata_changepoint_level(&series->change[c], b);
    return sum;
}

/* variance of one value where neighbours may depend on each other: of the sums of batches around
 * the means on either side of @place, or what the likeness of neighbours tells, which few batches
 * do not: for a chain of order one the sum of its correlations (Andrews 1991, "Heteroskedasticity
 * and autocorrelation consistent covariance matrix estimation", Econometrica 59); the correlation
 * is that of a small sample (Marriott and Pope 1954, "Bias in the estimation of autocorrelations",
 * Biometrika 41) */
static double
date_variance(const double *support, gsize n, gsize place, const double mean[2])
{
    gsize batch = (gsize)ceil(DATE_BATCHES * sqrt((double)n));
    double squares = 0.0, single = 0.0, next = 0.0, last = 0.0, alike, chain;
    gsize count = 0;

    for (gsize i = 0; i < n; i++) {
        double off = support[i] - mean[i < place ? 0 : 1];

        single += off * off / (double)n;
        next += i != place ? off * last / (double)n : 0.0;
        last = off;
    }
    alike = single > 0.0 ? next / single : 0.0;
    alike = CLAMP(alike + (1.0 + 3.0 * alike) / (double)n, 0.0, DATE_ALIKE);
    chain = next * sqrt((double)n) > DATE_CHAIN * single ? single * (1.0 + alike) / (1.0 - alike)
                                                         : single;
    for (gsize begin = 0; begin + batch <= n; begin += batch) {
        double sum = 0.0;

        for (gsize i = begin; i < begin + batch; i++)
            sum += support[i] - mean[i < place ? 0 : 1];
        squares += sum * sum / (double)batch;
        count++;
    }
    return count >= DATE_BATCH ? fmax(squares / (double)count, chain) : chain;
}

/* the likeliest place of those that may be, and what the sum is before it */
static gsize
date_likeliest(const double *support, gsize n, const gboolean *may, double *ret_most)
{
    double sum = 0.0;
    gsize place = 0;

    *ret_most = may == NULL || may[0] ? 0.0 : -G_MAXDOUBLE;
    for (gsize i = 0; i < n; i++) {
        sum += support[i];
        if (sum > *ret_most && (may == NULL || may[i + 1])) {
            *ret_most = sum;
            place = i + 1;
        }
    }
    return place;
}

/* what a row's support is multiplied with, so that the sums are as sure as they say */
static double
date_scale(const double *support, gsize n)
{
    double mean[2] = {0.0, 0.0}, most, variance;
    gsize place = date_likeliest(support, n, NULL, &most);

    for (gsize i = 0; i < n; i++)
        mean[i < place ? 0 : 1] += support[i] / (double)(i < place ? place : n - place);
    variance = date_variance(support, n, place, mean);
    return variance > 0.0 ? CLAMP((mean[0] - mean[1]) / variance, 0.0, DATE_SCALE) : 1.0;
}

/**
 * errata_change_span:
 * @support: (array length=n): per row the log likelihood of lying before the change, against after
 * @n: at least 1
 * @may: (nullable): for each place 0 … n whether a change may lie there, for one at least; all
 *   where %NULL
 * @ret_lo: (out): the earliest place that may be the first after the change
 * @ret_hi: (out): the latest; both include 95 % of the probability
 *
 * Returns: the likeliest place, 0 … n
 */
gsize
errata_change_span(const double *support,
                   gsize n,
                   const gboolean *may,
                   gsize *ret_lo,
                   gsize *ret_hi)
{
    double scale = date_scale(support, n), most, sum, all, below;
    gsize place = date_likeliest(support, n, may, &most);

    sum = -scale * most;
    all = below = may == NULL || may[0] ? exp(sum) : 0.0;
    for (gsize i = 0; i < n; i++) {
        sum += scale * support[i];
        all += may == NULL || may[i + 1] ? exp(sum) : 0.0;
    }
    sum = -scale * most;
    *ret_lo = below >= DATE_OUTSIDE * all ? 0 : n;
    *ret_hi = n;
    for (gsize i = 0; i < n; i++) {
        sum += scale * support[i];
        below += may == NULL || may[i + 1] ? exp(sum) : 0.0;
        if (*ret_lo == n && below >= DATE_OUTSIDE * all)
            *ret_lo = i + 1;
        if (below >= (1.0 - DATE_OUTSIDE) * all) {
            *ret_hi = i + 1;
            break;
        }
    }
    return place;
}

/* between which rows a change may lie: not between those of one time, whose order says nothing;
 * %NULL where no place is between two times */
static gboolean *
date_places(const ErrataChangeLog *log, gsize begin, gsize end)
{
    const gint64 *time = log->analysis->outcome->time;
    g_autofree gboolean *may = g_new0(gboolean, end - begin + 1);
    gboolean any = FALSE;

    for (gsize i = MAX(begin, 1); time != NULL && i <= MIN(end, log->n_rows - 1); i++) {
        gint64 last = time[log->row[i - 1]], next = time[log->row[i]];

        may[i - begin] = last != next || next == G_MININT64;
        any |= may[i - begin];
    }
    return any ? g_steal_pointer(&may) : NULL;
}

/* of few stamps none may begin within the window: it reaches the next one on either side at
 * least */
static void
date_reach_stamps(const ErrataChangeLog *log, gsize place, gsize *begin, gsize *end)
{
    const gint64 *time = log->analysis->outcome->time;
    gint64 at;

    if (time == NULL || place == 0 || place >= log->n_rows)
        return;
    for (at = time[log->row[place - 1]]; *begin > 0 && time[log->row[*begin]] >= at;)
        --*begin;
    for (at = time[log->row[place]]; *end < log->n_rows && time[log->row[*end - 1]] <= at;)
        ++*end;
}

/* the likeliest place that may be; where the rows tell that the change lies between two that may,
 * the interval reaches from one to the other */
static gsize
date_span(const double *support, gsize n, const gboolean *may, gsize *ret_lo, gsize *ret_hi)
{
    gsize place = errata_change_span(support, n, may, ret_lo, ret_hi), lo, hi;

    if (may == NULL)
        return place;
    errata_change_span(support, n, NULL, &lo, &hi);
    for (gsize i = lo; i <= hi; i++)
        if (may[i])
            return place;
    while (lo > 0 && !may[lo])
        lo--;
    while (hi < n && !may[hi])
        hi++;
    *ret_lo = MIN(*ret_lo, lo);
    *ret_hi = MAX(*ret_hi, hi);
    return place;
}

/* the levels on either side: of the whole log, or, where the series wanders, of what is near */
static void
date_levels(const ErrataChangeSeries *series,
            const ErrataChange *change,
            const double *block,
            guint at,
            guint reach,
            double level[2])
{
    guint begin = change->wander > 0.0 && at > reach ? at - reach : 0;
    guint end = change->wander > 0.0 ? MIN(at + reach, series->n) : series->n;

    level[0] = level[1] = 0.0;
    for (guint b = begin; b < end; b++)
        level[b < at ? 0 : 1] += block[b] * change->noise / (b < at ? at - begin : end - at);
}

/**
 * errata_change_date:
 * @log: the log
 * @group: series that change abruptly together; its place and the interval of it are set
 * @block: (array length=n_members): their blocks in units of their noise, other changes taken out
 * @member: (array length=n_members): which of the group's they are
 * @n_members: how many
 * @at: the first block that is as after the change, inside the log
 * @reach: blocks at either side that it may lie in
 *
 * What the other changes of a series add to its rows is taken from them, as it was from the blocks
 * that the two levels come from: a plateau's one edge is another change within the window of its
 * other.
 */
void
errata_change_date(const ErrataChangeLog *log,
                   ErrataChangeGroup *group,
                   double *const *block,
                   const guint *member,
                   guint n_members,
                   guint at,
                   guint reach)
{
    gsize begin = log->n_rows * (at > reach ? at - reach : 0) / log->n_blocks;
    gsize end = log->n_rows * MIN(at + reach, log->n_blocks) / log->n_blocks;
    g_autofree double *support = NULL;
    g_autofree gboolean *may = NULL;
    gsize lo = 0, hi = 0;

    date_reach_stamps(log, log->n_rows * at / log->n_blocks, &begin, &end);
    support = g_new0(double, end - begin + 1);
    may = date_places(log, begin, end);
    for (guint m = 0; m < n_members; m++) {
        const ErrataChangeSeries *series = g_ptr_array_index(group->member, member[m]);
        guint index = g_array_index(group->index, guint, member[m]);
        double level[2], step;

        date_levels(series, &series->change[index], block[m], at, reach, level);
        step = (level[1] - level[0]) / (series->spread * series->spread);
        for (gsize i = begin; series->spread > 0.0 && i < end; i++) {
            double value = errata_change_value(log, series, log->row[i], FALSE);

            if (isnan(value))
                continue;
            if (series->season != NULL)
                value -= series->season[errata_change_row_cell(log, log->row[i])];
            value -= errata_change_others(series, index, (guint)(i * log->n_blocks / log->n_rows));
            support[i - begin] += step * (0.5 * (level[0] + level[1]) - value);
        }
    }
    group->begin = begin + date_span(support, end - begin, may, &lo, &hi);
    group->begin = group->end = CLAMP(group->begin, 1, log->n_rows - 1);
    group->lo = CLAMP(begin + lo, 1, log->n_rows - 1);
    group->hi = CLAMP(begin + hi, 1, log->n_rows - 1);
}
