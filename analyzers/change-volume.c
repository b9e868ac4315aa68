/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many rows come in: counts in bins of equal length, on a logarithm so that a busy hour is as
 * many times busier before and after. Bins are whole parts of a day, so that the hour of a bin is
 * known. */
#include <math.h>

#include "change-points.h"

#define VOLUME_KEPT  0.99 /* of the rows that must be left to count them */
#define VOLUME_ROWS  20   /* mean rows of a bin */
#define VOLUME_EMPTY 0.2  /* share of bins that may be empty: with more the log has pauses */
#define VOLUME_HOUR  G_GINT64_CONSTANT(3600000000000)
#define VOLUME_DAY   (24 * VOLUME_HOUR)

static const gint64 volume_bins[] = {
    VOLUME_HOUR / 60,
    VOLUME_HOUR / 12,
    VOLUME_HOUR / 4,
    VOLUME_HOUR,
    2 * VOLUME_HOUR,
    3 * VOLUME_HOUR,
    4 * VOLUME_HOUR,
    6 * VOLUME_HOUR,
    12 * VOLUME_HOUR,
    VOLUME_DAY,
    7 * VOLUME_DAY,
};

/* the shortest bin of which there are not too many and that holds enough rows; 0: none */
static gint64
volume_bin(gint64 span, gsize n_rows)
{
    for (guint i = 0; i < G_N_ELEMENTS(volume_bins); i++) {
        double n = (double)span / (double)volume_bins[i];

        if (n < ERRATA_CHANGEPOINT_BLOCKS + 2)
            return 0;
        if (n <= ERRATA_CHANGE_BLOCKS + 2 && (double)n_rows / n >= VOLUME_ROWS)
            return volume_bins[i];
    }
    return 0;
}

static double
volume_log(double count)
{
    return log(count + 0.5);
}

static void
volume_take_out_season(const ErrataChangeLog *log, ErrataChangeSeries *series)
{
    g_autofree ErrataChangeCell *cell = g_new(ErrataChangeCell, series->n + 1);
    double mean = 0.0, squares = 0.0;

    for (guint b = 0; b < series->n; b++) {
        cell[b] = (ErrataChangeCell){series->block[b],
                                     1.0,
                                     b,
                                     errata_change_cell(log->bin_from + b * log->bin)};
        mean += series->block[b] / series->n;
    }
    for (guint b = 0; b < series->n; b++)
        squares += (series->block[b] - mean) * (series->block[b] - mean) / series->n;
    series->season =
        errata_change_season_fit(cell, series->n, series->n, sqrt(squares), log->weekly);
    for (guint b = 0; b < series->n; b++)
        series->block[b] -= series->season[errata_change_cell(log->bin_from + b * log->bin)];
}

/* bins of a gap that has been told are as usual: that rows did not come then is no change of how
 * many do */
static void
volume_bridge(const ErrataChangeLog *log, ErrataChangeSeries *series)
{
    const GPtrArray *findings = log->analysis->result->findings;
    g_autofree guint8 *in_gap = g_new0(guint8, series->n + 1);
    double sum = 0.0, n = 0.0;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataSubject *subject = &((ErrataFinding *)g_ptr_array_index(findings, i))->subject;

        for (guint b = 0; g_strcmp0(subject->bug, "gap") == 0 && subject->has_time && b < series->n;
             b++) {
            gint64 begin = log->bin_from + b * log->bin;

            if (begin < subject->to && begin + log->bin > subject->from)
                in_gap[b] = 1;
        }
    }
    for (guint b = 0; b < series->n; b++) {
        sum += in_gap[b] == 0 ? series->block[b] : 0.0;
        n += in_gap[b] == 0 ? 1.0 : 0.0;
    }
    for (guint b = 0; n > 0.0 && b < series->n; b++)
        if (in_gap[b] != 0)
            series->block[b] = sum / n;
}

/**
 * errata_change_volume:
 * @log: a log; the series `volume` is added where it has times
 *
 * The first and the last bin, which the log may cover in part, are left out. Where more than a few
 * rows were set aside as copies or as part of a data bug, the gaps that they leave would look like
 * a change: there is no series then.
 */
void
errata_change_volume(ErrataChangeLog *log)
{
    const gint64 *time = log->analysis->outcome->time;
    ErrataChangeSeries *series;
    gint64 from, to;
    guint n, empty = 0;

    if (time == NULL || (double)log->n_rows < VOLUME_KEPT * (double)log->analysis->outcome->n_rows)
        return;
    from = time[log->row[0]];
    to = time[log->row[log->n_rows - 1]];
    if (from < 0 ||
        !((double)to - (double)from < 9e18)) /* before 1970 bins would not fall on hours */
        return;
    log->bin = volume_bin(to - from, log->n_rows);
    if (log->bin == 0)
        return;
    log->bin_from = from - from % log->bin + log->bin;
    n = (guint)((to - log->bin_from) / log->bin);
    series = g_new0(ErrataChangeSeries, 1);
    series->kind = ERRATA_CHANGE_VOLUME;
    series->name = g_strdup("volume");
    series->n = n;
    series->block = g_new0(double, n + 1);
    for (gsize i = 0; i < log->n_rows; i++) {
        gint64 at = time[log->row[i]];

        if (at >= log->bin_from && at < log->bin_from + n * log->bin)
            series->block[(at - log->bin_from) / log->bin] += 1.0;
    }
    for (guint b = 0; b < n; b++) {
        empty += !(series->block[b] > 0.0);
        series->block[b] = volume_log(series->block[b]);
    }
    g_ptr_array_add(log->series, series);
    if (empty > VOLUME_EMPTY * n)
        series->n = 0;
    else if (log->seasonal)
        volume_take_out_season(log, series);
    if (series->n > 0)
        volume_bridge(log, series);
}

/**
 * errata_change_per_day:
 * @log: a log that has times
 * @begin: place of a row; @end place after another
 *
 * Returns: rows per day from the one to the other, NaN where these are of one moment
 */
double
errata_change_per_day(const ErrataChangeLog *log, gsize begin, gsize end)
{
    const gint64 *time = log->analysis->outcome->time;
    double span = (double)time[log->row[end - 1]] - (double)time[log->row[begin]];

    return span > 0.0 ? (double)(end - begin) * (double)VOLUME_DAY / span : (double)NAN;
}
