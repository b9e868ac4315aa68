/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs that are stamped by day or by month. All rows of a unit have one time, so that the pauses
 * between rows are whole units and hardly differ; how many rows a unit brings tells better how
 * improbable none is. Rows may come in batches, so their number is taken for a compound Poisson
 * number whose batches are as large as variance over mean (McCullagh and Nelder 1989, "Generalized
 * Linear Models", 4.5.1). */
#include "stamps.h"

#include <math.h>
#include <string.h>

#define STAMPS_DAY    G_GINT64_CONSTANT(86400000000000)
#define STAMPS_MONTHS 12    /* units that a log of months has */
#define STAMPS_FEW    3     /* months that tell that stamps are months */
#define STAMPS_MOST   40000 /* units: more than a century of days */

/* months since the year 0 */
static gint64
stamps_month(gint64 time)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(
        time / (STAMPS_DAY / 86400) - (time % (STAMPS_DAY / 86400) < 0 ? 1 : 0));

    return date != NULL ? (gint64)g_date_time_get_year(date) * 12 + g_date_time_get_month(date) - 1
                        : 0;
}

static gint64
stamps_place(ErrataStampsUnit unit, gint64 time)
{
    return unit == ERRATA_STAMPS_MONTHS ? stamps_month(time)
                                        : time / STAMPS_DAY - (time % STAMPS_DAY < 0 ? 1 : 0);
}

/**
 * errata_stamps_unit:
 * @time: (array length=n): times, rising, ns
 * @n: how many
 *
 * Returns: months where all rows of a month have one time, over a year at least; days where all
 * times are midnights
 */
ErrataStampsUnit
errata_stamps_unit(const gint64 *time, gsize n)
{
    gsize n_times = 0, n_months = 0;
    gint64 month = 0;

    for (gsize i = 0; i < n; i++) {
        gint64 now;

        if (time[i] % STAMPS_DAY != 0)
            return ERRATA_STAMPS_NONE;
        if (i > 0 && time[i] == time[i - 1])
            continue;
        if (++n_times > STAMPS_MOST)
            return ERRATA_STAMPS_NONE;
        now = stamps_month(time[i]);
        n_months += n_months == 0 || now != month ? 1 : 0;
        month = now;
    }
    if (n_times < 2)
        return ERRATA_STAMPS_NONE;
    return n_times == n_months && n_months >= STAMPS_MONTHS ? ERRATA_STAMPS_MONTHS
                                                            : ERRATA_STAMPS_DAYS;
}

/**
 * errata_stamps_grain:
 * @time: (array length=n): times, rising, ns
 * @n: how many
 * @ret_apart: (out): units that two neighbouring stamps are apart at least
 *
 * As errata_stamps_unit(), but three months that begin on their first day are months enough: for
 * who only says when.
 *
 * Returns: the unit
 */
ErrataStampsUnit
errata_stamps_grain(const gint64 *time, gsize n, gint64 *ret_apart)
{
    ErrataStampsUnit unit = errata_stamps_unit(time, n);
    gint64 months = 0, apart = G_MAXINT64;
    gboolean first = TRUE;

    for (gsize i = 0; unit == ERRATA_STAMPS_DAYS && first && i < n; i++)
        if (i == 0 || time[i] != time[i - 1]) {
            first = errata_stamps_later(ERRATA_STAMPS_MONTHS, time[i], 0) == time[i];
            months++;
        }
    if (unit == ERRATA_STAMPS_DAYS && first && months >= STAMPS_FEW)
        unit = ERRATA_STAMPS_MONTHS;
    for (gsize i = 1; unit != ERRATA_STAMPS_NONE && i < n; i++)
        if (time[i] != time[i - 1])
            apart = MIN(apart, errata_stamps_between(unit, time[i - 1], time[i]));
    *ret_apart = MAX(apart, 1);
    return unit;
}

/**
 * errata_stamps_later:
 * @unit: days or months
 * @time: a time, ns
 * @units: how many units later
 *
 * Returns: when the unit that is so much later than that of @time begins
 */
gint64
errata_stamps_later(ErrataStampsUnit unit, gint64 time, gint64 units)
{
    gint64 place = stamps_place(unit, time) + units;
    g_autoptr(GDateTime) date = NULL;

    if (unit != ERRATA_STAMPS_MONTHS)
        return place * STAMPS_DAY;
    date = g_date_time_new_utc((int)(place / 12), (int)(place % 12) + 1, 1, 0, 0, 0.0);
    return date != NULL ? g_date_time_to_unix(date) * (STAMPS_DAY / 86400) : time;
}

/**
 * errata_stamps_between:
 * @unit: days or months
 * @from: a time, ns
 * @to: a later one
 *
 * Returns: units from one to the other: 1 where none lies between them
 */
gint64
errata_stamps_between(ErrataStampsUnit unit, gint64 from, gint64 to)
{
    return stamps_place(unit, to) - stamps_place(unit, from);
}

/**
 * errata_stamps_gap_p:
 * @unit: days or months
 * @time: (array length=n): times, rising, ns
 * @n: how many
 * @place: of the row after a pause, at least 1
 * @missed: rows that should have come in the pause
 *
 * Returns: how probable it is that none comes, anywhere in the log; 1 where units are too many or
 * too few to tell
 */
double
errata_stamps_gap_p(ErrataStampsUnit unit, const gint64 *time, gsize n, gsize place, double missed)
{
    gint64 first = stamps_place(unit, time[0]);
    gint64 n_all = stamps_place(unit, time[n - 1]) - first + 1;
    double n_units, mean, squares = 0.0, batch;

    if (unit == ERRATA_STAMPS_NONE || n_all < STAMPS_MONTHS || n_all > STAMPS_MOST)
        return 1.0;
    for (gsize i = 0; i < n;) {
        gsize end = i;

        while (end < n && time[end] == time[i])
            end++;
        squares += (double)(end - i) * (double)(end - i);
        i = end;
    }
    n_units = (double)(n_all - errata_stamps_between(unit, time[place - 1], time[place]) + 1);
    mean = (double)n / n_units;
    batch = fmax((squares / n_units - mean * mean) / mean, 1.0);
    return fmin(n_units * exp(-missed / batch), 1.0);
}

/**
 * errata_stamps_other_years:
 * @time: (array length=n): times, rising, ns, of a log that is stamped by month
 * @n: how many
 * @from: the stamp before a gap
 * @to: the stamp after it
 *
 * Only the months between the two stamps count: those that a gap leaves out.
 *
 * Returns: of the rows of usual months, the part that came in the same months of another year that
 * the log covers, in
 *   the calmest; NaN where it covers none
 */
double
errata_stamps_other_years(const gint64 *time, gsize n, gint64 from, gint64 to)
{
    gint64 first = stamps_month(time[0]), last = stamps_month(time[n - 1]);
    gint64 begin = stamps_month(from) + 1, end = stamps_month(to);
    g_autofree double *rows = NULL;
    double usual, least = (double)NAN;

    if (end <= begin || last - first >= STAMPS_MOST)
        return least;
    rows = g_new0(double, last - first + 1);
    for (gsize i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && time[next] == time[i];)
            next++;
        rows[stamps_month(time[i]) - first] += (double)(next - i);
    }
    usual = (double)n / (double)(last - first + 1 - (end - begin)) * (double)(end - begin);
    for (gint64 shift = (first - begin) / 12 * 12; end + shift <= last + 1; shift += 12) {
        double sum = 0.0;

        for (gint64 month = begin + shift; month < end + shift; month++)
            sum += rows[month - first];
        if (shift != 0)
            least = fmin(least, sum / usual);
    }
    return least;
}
