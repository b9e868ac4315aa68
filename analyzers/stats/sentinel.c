/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that stand for “no value”: one extreme value, repeated, far from all others. A value that
 * is merely large is told from a code in two ways: codes look like codes (−1, −999, 9999, 65535),
 * and other extremes of the same column are not repeated as often. A code may lie nearer: −1 below
 * ages, and 9999 amid incomes, which repeat no other value as often. */
#include "sentinel.h"

#include <math.h>

#include "number.h"
#include "outside.h"
#include "sort.h"
#include "tests.h"

#define SENTINEL_DAY      86400e9 /* ns */
#define SENTINEL_ZONE     (14.0 / 24.0 * SENTINEL_DAY)
#define SENTINEL_CHUNK    4096
#define SENTINEL_SAMPLE   8192 /* values that tell the central range */
#define SENTINEL_LEAST    5    /* times */
#define SENTINEL_GAP      0.5  /* of the central range */
#define SENTINEL_FAR      5.0  /* of it, where the others have few values */
#define SENTINEL_TAIL     0.001
#define SENTINEL_MOST     0.5 /* of the values */
#define SENTINEL_DISTINCT 10  /* values of the others */
#define SENTINEL_NEAR     20  /* extremes that a code is compared with */
#define SENTINEL_REPEAT   5.0 /* times as often as those */
#define SENTINEL_DENSE    1.5 /* steps from one value to the next, of a quantity counted off */
#define SENTINEL_APART    10  /* different values as near to the smallest as −1 below it */
#define SENTINEL_EDGE \
    0.5 /* of the mean count of the lowest whole numbers, that the lowest has: they end there */
#define SENTINEL_SCALE 30   /* different values: fewer may be a scale that begins at −1 … */
#define SENTINEL_RARE  0.25 /* … unless that is so much rarer than the lowest others */
#define SENTINEL_MORE  3    /* times as often as the two lowest */
#define SENTINEL_RISE  1e-4 /* chance that numbers thinning out towards −1 leave so many there */
#define SENTINEL_STEPS 6    /* different ones: fewer are a scale, whose −1 is as good as its 1 */
#define SENTINEL_LEAP  3.0  /* times as many as they let expect */
#define SENTINEL_CROWD \
    50 /* values as near as the code: the highest are no tail that thins out towards it */
#define SENTINEL_PART  0.09  /* of the values */
#define SENTINEL_RUNG  10.0  /* times the next: both are powers of ten */
#define SENTINEL_LARGE 99.0  /* and more: a code above the values */
#define SENTINEL_CLOSE 0.3   /* of the span of as many as are near */
#define SENTINEL_AMID  999.0 /* and more, or less than 0: a code amid the values */

/* the end of the values that are no codes yet */
typedef struct {
    double first;
    gsize count;
    double next;
} SentinelEnd;

typedef struct {
    const double *value;
    gsize n;
    gboolean (*is_code)(double value);
    gboolean quantities; /* 0 means none of it, so that less is impossible; not so of instants */
    double *sample;      /* sorted, codes taken out */
    gsize n_sample;
    ErrataSentinel *found;
    guint n_found;
} Sentinel;

static gboolean
sentinel_equal(double a, double b)
{
    return !(a < b) && !(a > b);
}

static gboolean
sentinel_is_found(const Sentinel *self, double value)
{
    for (guint i = 0; i < self->n_found; i++)
        if (sentinel_equal(self->found[i].value, value))
            return TRUE;
    return FALSE;
}

static gsize
sentinel_drop(double *values, gsize n, double out)
{
    gsize kept = 0;

    for (gsize i = 0; i < n; i++)
        if (!sentinel_equal(values[i], out))
            values[kept++] = values[i];
    return kept;
}

static void
sentinel_take_sample(Sentinel *self)
{
    gsize step = MAX(self->n / SENTINEL_SAMPLE, 1);

    if (self->sample == NULL)
        self->sample = g_new(double, self->n / step + 2);
    self->n_sample = 0;
    for (gsize i = 0; i < self->n; i += step)
        if (isfinite(self->value[i]))
            self->sample[self->n_sample++] = self->value[i];
    errata_sort_values(self->sample, self->n_sample);
}

/* the sample with the ends that were no codes, which judging them took out */
static void
sentinel_restore(Sentinel *self)
{
    sentinel_take_sample(self);
    for (guint i = 0; i < self->n_found; i++)
        self->n_sample = sentinel_drop(self->sample, self->n_sample, self->found[i].value);
}

/* @sign: 1 at the low end, −1 at the high one */
static inline void
sentinel_end_add(SentinelEnd *end, double value, double sign)
{
    if (value * sign < end->first * sign)
        *end = (SentinelEnd){value, 1, end->first};
    else if (sentinel_equal(value, end->first))
        end->count++;
    else if (value * sign < end->next * sign)
        end->next = value;
}

/* smallest and largest value that are no codes yet, how often they occur, and the next ones */
static void
sentinel_ends(const Sentinel *self, SentinelEnd *low, SentinelEnd *high)
{
    *low = (SentinelEnd){(double)INFINITY, 0, (double)INFINITY};
    *high = (SentinelEnd){-(double)INFINITY, 0, -(double)INFINITY};
    for (gsize begin = 0; begin < self->n; begin += SENTINEL_CHUNK) {
        gsize n = MIN(self->n - begin, SENTINEL_CHUNK);
        guint16 place[SENTINEL_CHUNK];
        gsize found = errata_outside_find(self->value + begin, n, low->next, high->next, place);

        for (gsize k = 0; k < found; k++) {
            double value = self->value[begin + place[k]];

            if ((value > low->next && value < high->next) || !isfinite(value) ||
                (self->n_found > 0 && sentinel_is_found(self, value)))
                continue;
            sentinel_end_add(low, value, 1.0);
            sentinel_end_add(high, value, -1.0);
        }
    }
}

/* different values of the sample, counted no further than @limit */
static guint
sentinel_distinct(const Sentinel *self, guint limit)
{
    guint n = 0;

    for (gsize i = 0; i < self->n_sample && n < limit; i++)
        n += i == 0 || self->sample[i] > self->sample[i - 1] ? 1 : 0;
    return n;
}

static gboolean
sentinel_has_values(const Sentinel *self)
{
    return sentinel_distinct(self, SENTINEL_DISTINCT) == SENTINEL_DISTINCT;
}

/* the step of a quantity that is counted off, as years of age are, from its lowest values; NaN
 * where they are no such steps: those of entities */
static double
sentinel_step(const double *sorted, gsize n)
{
    double step = (double)INFINITY, last = sorted[0];
    guint n_values = 1;

    for (gsize i = 1; i < n && n_values < SENTINEL_NEAR; i++)
        if (sorted[i] > sorted[i - 1]) {
            step = fmin(step, sorted[i] - sorted[i - 1]);
            last = sorted[i];
            n_values++;
        }
    return n_values == SENTINEL_NEAR && last - sorted[0] <= SENTINEL_DENSE * SENTINEL_NEAR * step
               ? step
               : (double)NAN;
}

/* the values that are no codes yet without those at @end, from it on; to be freed */
static double *
sentinel_others(const Sentinel *self, const SentinelEnd *end, gboolean is_low, gsize *ret_n)
{
    double *sorted = g_new(double, self->n + 1);
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++)
        if (isfinite(self->value[i]) && !sentinel_equal(self->value[i], end->first) &&
            !sentinel_is_found(self, self->value[i]))
            sorted[n++] = is_low ? self->value[i] : -self->value[i];
    errata_sort_values(sorted, n);
    *ret_n = n;
    return sorted;
}

/* how often each of the lowest values comes */
static double
sentinel_copies(const double *sorted, gsize n)
{
    gsize n_near = 0;
    guint n_values = 0;

    for (gsize i = 0; i < n; i++) {
        if (i > 0 && sorted[i] > sorted[i - 1] && ++n_values == SENTINEL_NEAR)
            break;
        n_near++;
    }
    return (double)n_near / (double)MAX(n_values, 1);
}

/* whether the nearest extremes, each repeated too, are much less so: an entity's value comes as
 * often as any other entity's. The steps of a quantity are no entities, where the end lies as many
 * of them away */
static gboolean
sentinel_stands_out(const Sentinel *self, const SentinelEnd *end, gboolean is_low)
{
    gsize n;
    g_autofree double *sorted = sentinel_others(self, end, is_low, &n);
    gboolean off_steps = fabs(end->first - end->next) >= SENTINEL_NEAR * sentinel_step(sorted, n);

    return (double)end->count >= (off_steps ? 1.0 : SENTINEL_REPEAT) * sentinel_copies(sorted, n);
}

/* whether so many of the sample lie as near to the end's next value as the end does that they are
 * no tail thinning out towards it */
static gboolean
sentinel_is_crowded(const Sentinel *self, const SentinelEnd *end)
{
    double gap = fabs(end->first - end->next);
    double least = SENTINEL_CROWD * fmin((double)self->n_sample / (double)self->n, 1.0);
    guint n_values = 0;

    for (gsize near = 0; near < self->n_sample; near++) {
        gsize at = self->n_sample - 1 - near;

        if (fabs(self->sample[at] - end->next) > gap)
            break;
        n_values += near == 0 || !sentinel_equal(self->sample[at], self->sample[at + 1]) ? 1 : 0;
        if ((double)near + 1.0 >= least && n_values >= SENTINEL_APART)
            return TRUE;
    }
    return FALSE;
}

/* a code of many nines in few of the rows, above values that crowd where they end. Of a 0 below
 * them no values tell whether it stands for none: fees, tips and amounts have a least one that is
 * more, and may well be nothing */
static gboolean
sentinel_is_apart(const Sentinel *self, const SentinelEnd *end)
{
    g_autofree double *sorted = NULL;
    gsize n;

    if (!self->quantities || !self->is_code(end->first) || end->first < SENTINEL_LARGE ||
        (double)end->count > SENTINEL_PART * (double)self->n || !sentinel_is_crowded(self, end))
        return FALSE;
    sorted = sentinel_others(self, end, FALSE, &n);
    return !isnan(sentinel_step(sorted, n)) ||
           (double)end->count >= SENTINEL_REPEAT * sentinel_copies(sorted, n);
}

/* whether the lowest of the others are repeated much less, and 0 is none of them: what thins out
 * above 0 does not come back below it */
static gboolean
sentinel_is_repeated(const Sentinel *self, const SentinelEnd *end)
{
    g_autofree double *sorted = NULL;
    gsize n;

    if (!(end->next > 0.0))
        return FALSE;
    sorted = sentinel_others(self, end, TRUE, &n);
    return (double)end->count >= SENTINEL_REPEAT * sentinel_copies(sorted, n);
}

/* a negative code below values of which none is negative: ten different ones lie as near above the
 * least of them as the code lies below it, or they thin out towards 0, and it is repeated */
static gboolean
sentinel_is_below(const Sentinel *self, const SentinelEnd *end)
{
    double seen[SENTINEL_APART];
    guint n_seen = 0;

    if (!self->quantities || !(end->first < 0.0) || end->next < 0.0 || !self->is_code(end->first) ||
        !sentinel_has_values(self))
        return FALSE;
    for (gsize i = 0; i < self->n && n_seen < SENTINEL_APART; i++) {
        double value = self->value[i];
        gboolean is_new = value > end->next && value <= 2.0 * end->next - end->first;

        for (guint k = 0; is_new && k < n_seen; k++)
            is_new = !sentinel_equal(seen[k], value);
        if (is_new)
            seen[n_seen++] = value;
    }
    return n_seen == SENTINEL_APART || sentinel_is_repeated(self, end);
}

/* whether whole numbers that thin out towards 0 rise again at −1: each step down from 1 to 0 leaves
 * a smaller part of them, so that the next could not leave more */
static gboolean
sentinel_rises(gsize count, gsize lowest, gsize second, gsize n)
{
    double least = (double)MAX(lowest, 1), expected = least * least / (double)MAX(second, 1);

    return lowest < second && (double)count >= SENTINEL_LEAP * expected &&
           errata_tests_binomial_upper((guint64)count, n, expected / (double)n) < SENTINEL_RISE;
}

/* a negative code below whole numbers of which none is negative, and which do not thin out towards
 * 0: counts and marks end at 0, a code lies below; what thins out goes on there, unless the code is
 * far more frequent. Of few different ones only what leaves a gap, as −9 or 0 left out, is a code,
 * or what is rarer than any: −1, 0 and 1 are a scale */
static gboolean
sentinel_is_below_whole(const Sentinel *self, const SentinelEnd *end)
{
    gboolean gap = end->first < -1.0 || end->next > 0.0, few = !sentinel_has_values(self);
    gsize near[SENTINEL_APART] = {0}, all = 0;

    if (!self->quantities || !(end->first < 0.0) || end->next < 0.0 || end->next > 1.0 ||
        !self->is_code(end->first))
        return FALSE;
    for (gsize i = 0; i < self->n; i++) {
        double above = self->value[i] - end->next;

        if (!isfinite(above) || above < 0.0)
            continue;
        if (!sentinel_equal(above, floor(above)))
            return FALSE;
        if (above < SENTINEL_APART)
            near[(gsize)above]++;
    }
    for (guint k = 0; k < SENTINEL_APART; k++)
        all += near[k];
    if (sentinel_distinct(self, SENTINEL_STEPS) == SENTINEL_STEPS &&
        sentinel_rises(end->count, near[0], near[1], self->n))
        return TRUE;
    if (few && !gap)
        return FALSE;
    if (!gap && sentinel_distinct(self, SENTINEL_SCALE) < SENTINEL_SCALE &&
        (double)end->count > SENTINEL_RARE * fmax((double)all / SENTINEL_APART, (double)near[0]))
        return FALSE;
    return (double)near[0] >= SENTINEL_EDGE * (double)all / SENTINEL_APART ||
           end->count >= SENTINEL_MORE * MAX(near[0], near[1]);
}

static gboolean
sentinel_judge(Sentinel *self, const SentinelEnd *end, gboolean is_low)
{
    gsize n_kept;
    double lo;
    double hi;
    double gap = fabs(end->first - end->next);
    gboolean whole;

    if (end->count < SENTINEL_LEAST || !isfinite(end->next) ||
        (double)end->count > SENTINEL_MOST * (double)self->n ||
        sentinel_equal(end->first, SENTINEL_RUNG * end->next)) /* of a scale of powers */
        return FALSE;
    n_kept = sentinel_drop(self->sample, self->n_sample, end->first);
    if (n_kept < SENTINEL_DISTINCT)
        return FALSE;
    self->n_sample = n_kept;
    lo = errata_sort_quantile(self->sample, n_kept, SENTINEL_TAIL);
    hi = errata_sort_quantile(self->sample, n_kept, 1.0 - SENTINEL_TAIL);
    whole = is_low && sentinel_is_below_whole(self, end);
    if (!(hi > lo) ||
        (!(gap > SENTINEL_GAP * (hi - lo)) && !(is_low && sentinel_is_below(self, end)) && !whole &&
         (is_low || !sentinel_is_apart(self, end))) ||
        (!sentinel_has_values(self) && !(gap > SENTINEL_FAR * (hi - lo)) && !whole))
        return FALSE;
    if (!self->is_code(end->first) && !sentinel_stands_out(self, end, is_low))
        return FALSE;
    self->found[self->n_found++] = (ErrataSentinel){end->first, end->count, end->next, lo, hi};
    return TRUE;
}

/* what a value amid the others is told as: how often it occurs, and the nearest other one */
static void
sentinel_add_amid(Sentinel *self, double value)
{
    ErrataSentinel found = {value, 0, (double)INFINITY, 0.0, 0.0};
    gsize n_kept = sentinel_drop(self->sample, self->n_sample, value);

    for (gsize i = 0; i < self->n; i++) {
        if (sentinel_equal(self->value[i], value))
            found.count++;
        else if (isfinite(self->value[i]) && !sentinel_is_found(self, self->value[i]) &&
                 fabs(self->value[i] - value) < fabs(found.next - value))
            found.next = self->value[i];
    }
    if (n_kept < SENTINEL_DISTINCT || !isfinite(found.next))
        return;
    self->n_sample = n_kept;
    found.lo = errata_sort_quantile(self->sample, n_kept, SENTINEL_TAIL);
    found.hi = errata_sort_quantile(self->sample, n_kept, 1.0 - SENTINEL_TAIL);
    self->found[self->n_found++] = found;
}

/* whether the values reach the end at @at, one past it in the sample towards @step: what was cut
 * off left others close by, a code lies apart from them by as much as a third of the span of the
 * nearest 20 different ones */
static gboolean
sentinel_is_reached(const Sentinel *self, gsize at, gssize step)
{
    gsize far = at;
    guint n = 1;

    for (gsize next = at; n < SENTINEL_NEAR && next < self->n_sample; next += (gsize)step) {
        n += sentinel_equal(self->sample[next], self->sample[far]) ? 0 : 1;
        far = next;
    }
    return n < SENTINEL_NEAR || fabs(self->sample[at] - self->sample[at - (gsize)step]) <
                                    SENTINEL_CLOSE * fabs(self->sample[far] - self->sample[at]);
}

/* whether a value that is no code by its distance is an end of the others: what is cut off there is
 * repeated, too. A negative one below values of which none is negative is no end. It stands in the
 * sample from @begin to @end */
static gboolean
sentinel_is_cut(const Sentinel *self,
                gsize begin,
                gsize end,
                const SentinelEnd *low,
                const SentinelEnd *high)
{
    double value = self->sample[begin];

    if (sentinel_equal(value, high->first))
        return begin == 0 || sentinel_is_reached(self, begin - 1, -1);
    return sentinel_equal(value, low->first) && low->next < 0.0 &&
           sentinel_is_reached(self, end, 1);
}

/* a code amid the values, or closely below them, in a column where no other value is repeated
 * nearly as often */
static void
sentinel_amid(Sentinel *self, const SentinelEnd *low, const SentinelEnd *high)
{
    gsize most = 1; /* times that a value that is no code occurs */
    gsize best = 0;
    double code = 0.0;

    for (gsize begin = 0, end = 0; begin < self->n_sample; begin = end) {
        double value = self->sample[begin];
        gboolean is_code;

        while (end < self->n_sample && sentinel_equal(self->sample[end], value))
            end++;
        is_code = end - begin >= SENTINEL_LEAST &&
                  (!self->quantities || value < 0.0 || value >= SENTINEL_AMID) &&
                  self->is_code(value) && !sentinel_is_cut(self, begin, end, low, high);
        if (!is_code) {
            most = MAX(most, end - begin);
        } else if (end - begin > best) {
            best = end - begin;
            code = value;
        }
    }
    if (!((double)best >= SENTINEL_REPEAT * (double)most) || !sentinel_has_values(self) ||
        (double)best > SENTINEL_MOST * (double)self->n_sample)
        return;
    sentinel_add_amid(self, code);
}

/**
 * errata_sentinel_is_instant:
 * @value: nanoseconds since 1970
 *
 * Returns: %TRUE for dates that programs write for “no date”: the epochs of Unix (as shown in any
 * zone), of
 *   spreadsheets, of databases, the ends of 32-bit clocks, first and last days of centuries
 */
gboolean
errata_sentinel_is_instant(double value)
{
    static const int days[] = {-79257,
                               -62091,
                               -25569,
                               -25568,
                               -25567,
                               -25202,
                               -24856,
                               -24107,
                               -1,
                               3652,
                               10957,
                               24855,
                               29219,
                               39811,
                               39968,
                               47481,
                               47482,
                               84005,
                               84006};
    double day = floor(value / SENTINEL_DAY);

    if (fabs(value) <= SENTINEL_ZONE)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(days); i++)
        if (sentinel_equal(day, (double)days[i]))
            return TRUE;
    return FALSE;
}

static guint
sentinel_search(Sentinel *self)
{
    SentinelEnd low = {0}, high = {0};
    gboolean again = self->n >= 2 * SENTINEL_DISTINCT;

    if (again)
        sentinel_take_sample(self);
    while (again && self->n_found < ERRATA_SENTINEL_MAX) {
        sentinel_ends(self, &low, &high);
        again = sentinel_judge(self, &low, TRUE);
        if (self->n_found < ERRATA_SENTINEL_MAX && low.first < high.first)
            again = sentinel_judge(self, &high, FALSE) || again;
    }
    if (self->sample != NULL && self->n_found < ERRATA_SENTINEL_MAX) {
        sentinel_restore(self);
        sentinel_amid(self, &low, &high);
    }
    g_free(self->sample);
    return self->n_found;
}

/**
 * errata_sentinel_find:
 * @value: (array length=n): numbers in any order; NaN and infinite ones are passed over
 * @n: how many
 * @ret: the codes found, in the order found
 *
 * Looks at either end of the values for one that occurs at least five times and is further from the
 * next than half of the central 99.8 % of the others, of which there must be ten different ones (or
 * the distance five times that range). It must look like a code, or be repeated five times as often
 * as the 20 values next to it. What is found is taken out, and the ends looked at again. A negative
 * code below values that are 0 and more need only be as far as ten of them lie from the least;
 * 99 and other codes above the values, in at most 9 % of them, as far as 50 of ten different ones
 * do; −1 below whole numbers may also be more frequent than their thinning out towards 0 explains.
 * A negative one, or one from 999 on, may lie amid the others, or a negative one anywhere below
 * those from 0 on, where it is repeated five times as often as any of them. Linear in @n; the
 * central range is that of an even sample of 8,192 values.
 *
 * Returns: number of codes
 */
guint
errata_sentinel_find(const double *value, gsize n, ErrataSentinel ret[ERRATA_SENTINEL_MAX])
{
    Sentinel self = {.value = value,
                     .n = n,
                     .is_code = errata_number_is_code,
                     .quantities = TRUE,
                     .found = ret};

    return sentinel_search(&self);
}

/**
 * errata_sentinel_find_instants:
 * @value: (array length=n): instants, nanoseconds since 1970; NaN is passed over
 * @n: how many
 * @ret: the codes found, in the order found
 *
 * The same for dates: codes are those of errata_sentinel_is_instant(), at an end or amid the
 * others.
 *
 * Returns: number of codes
 */
guint
errata_sentinel_find_instants(const double *value, gsize n, ErrataSentinel ret[ERRATA_SENTINEL_MAX])
{
    Sentinel self = {.value = value, .n = n, .is_code = errata_sentinel_is_instant, .found = ret};

    return sentinel_search(&self);
}

/**
 * errata_sentinel_measure:
 * @value: (array length=n): numbers in any order; NaN and infinite ones are passed over
 * @n: how many
 * @code: one of them that is known to be a code
 * @ret_sentinel: (out): it, and the others; untouched on failure
 *
 * Returns: %TRUE where there are ten different others
 */
gboolean
errata_sentinel_measure(const double *value, gsize n, double code, ErrataSentinel *ret_sentinel)
{
    ErrataSentinel found[ERRATA_SENTINEL_MAX];
    Sentinel self = {.value = value, .n = n, .found = found};

    if (n < 2 * SENTINEL_DISTINCT)
        return FALSE;
    sentinel_take_sample(&self);
    if (sentinel_distinct(&self, SENTINEL_DISTINCT + 1) > SENTINEL_DISTINCT)
        sentinel_add_amid(&self, code);
    g_free(self.sample);
    if (self.n_found == 0)
        return FALSE;
    *ret_sentinel = found[0];
    return TRUE;
}
