/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When scores ceased to be right, or to be off: the changes of what happened less what they
 * promised, and of that among high scores against low ones, which scores too sure of themselves
 * move. Other changes of the log are no date of this one; where one of them came at the moment, its
 * date, which more is known of, is taken. */
#include "calibration-change.h"

#include <math.h>

#include "change-points.h"

#define CHANGE_ROWS  50u /* of a block, at least: its mean is about normal */
#define CHANGE_REACH 2   /* blocks on either side in which a change is dated, and as it is unsure */

typedef struct {
    const CalibrationPlaces *places;
    double *value[2]; /* per place */
    double *block;
    guint n_blocks;
} ChangeSearch;

void
errata_calibration_places_clear(CalibrationPlaces *self)
{
    g_free(self->index);
}

/**
 * errata_calibration_places:
 * @data: scores
 * @ret: (out caller-allocates): their rows in time order
 */
void
errata_calibration_places(const CalibrationData *data, CalibrationPlaces *ret)
{
    const ErrataOutcome *outcome = data->outcome;
    g_autofree gsize *at = g_new0(gsize, MAX(outcome->n_rows, 1));

    ret->data = data;
    ret->index = g_new(gsize, MAX(data->n, 1));
    ret->n = 0;
    for (gsize i = 0; i < data->n; i++)
        at[data->row[i]] = i + 1;
    for (gsize k = 0; k < outcome->n_rows; k++) {
        gsize row = outcome->order != NULL ? outcome->order[k] : k;

        if (at[row] > 0)
            ret->index[ret->n++] = at[row] - 1;
    }
}

/**
 * errata_calibration_place_time:
 * @places: rows in time order
 * @place: one of them
 *
 * Returns: its time, ns, or the row's number where there are no times
 */
gint64
errata_calibration_place_time(const CalibrationPlaces *places, gsize place)
{
    const ErrataOutcome *outcome = places->data->outcome;
    guint32 row = places->data->row[places->index[MIN(place, places->n - 1)]];

    return outcome->time != NULL ? outcome->time[row] : (gint64)row;
}

static void
change_values(ChangeSearch *self)
{
    const CalibrationData *data = self->places->data;
    double mean = 0.0;

    for (gsize i = 0; i < data->n; i++)
        mean += data->score[i] / (double)data->n;
    for (gsize k = 0; k < self->places->n; k++) {
        gsize i = self->places->index[k];
        double off = data->hit[i] - data->score[i];

        self->value[0][k] = off;
        self->value[1][k] = off * (data->score[i] - mean);
    }
}

static gsize
change_place(const ChangeSearch *self, guint block)
{
    return self->places->n * block / self->n_blocks;
}

static double
change_mean(const double *value, gsize begin, gsize end)
{
    double sum = 0.0;

    for (gsize k = begin; k < end; k++)
        sum += value[k];
    return sum / (double)(end - begin);
}

static guint
change_find(ChangeSearch *self, const double *value, double alpha, ErrataChange *ret)
{
    for (guint b = 0; b < self->n_blocks; b++)
        self->block[b] = change_mean(value, change_place(self, b), change_place(self, b + 1));
    return errata_changepoint_find(self->block, self->n_blocks, alpha, ret);
}

/* the place of an abrupt change among the rows of the blocks around it, by their likelihood under
 * the means on either side */
static void
change_date(const ChangeSearch *self,
            const double *value,
            const ErrataChange *change,
            CalibrationChange *ret)
{
    guint reach = CHANGE_REACH + (guint)ceil(errata_change_unsure(change, self->n_blocks));
    gsize begin = change_place(self, change->begin - MIN(change->begin, reach));
    gsize end = change_place(self, MIN(change->begin + reach, self->n_blocks));
    gsize lo, hi;
    double before, after, mean, square = 0.0;
    g_autofree double *support = NULL;

    begin = MAX(begin, ret->from);
    end = MIN(end, ret->to);
    if (begin <= ret->from || end >= ret->to)
        return;
    before = change_mean(value, ret->from, begin);
    after = change_mean(value, end, ret->to);
    mean = change_mean(value, begin, end);
    for (gsize k = begin; k < end; k++)
        square += (value[k] - mean) * (value[k] - mean) / (double)(end - begin);
    if (!(square > 0.0))
        return;
    support = g_new(double, end - begin);
    for (gsize k = begin; k < end; k++)
        support[k - begin] = (before - after) * (value[k] - 0.5 * (before + after)) / square;
    ret->begin = ret->end = begin + errata_change_span(support, end - begin, NULL, &lo, &hi);
    ret->lo = begin + lo;
    ret->hi = begin + hi;
}

/* the last of the changes after which and before which there are @least rows, of one series */
static gboolean
change_last(const ChangeSearch *self,
            const double *value,
            const ErrataChange *change,
            guint n_changes,
            gsize least,
            CalibrationChange *ret)
{
    guint last = G_MAXUINT;

    for (guint c = 0; c < n_changes; c++)
        if (change_place(self, change[c].end) + least <= self->places->n &&
            change_place(self, change[c].begin) >= least &&
            (last == G_MAXUINT || change[c].begin > change[last].begin))
            last = c;
    if (last == G_MAXUINT)
        return FALSE;
    ret->from = 0;
    ret->to = self->places->n;
    for (guint c = 0; c < n_changes; c++) {
        if (change[c].end < change[last].begin)
            ret->from = MAX(ret->from, change_place(self, change[c].end));
        if (change[c].begin > change[last].end)
            ret->to = MIN(ret->to, change_place(self, change[c].begin));
    }
    ret->begin = ret->lo = change_place(self, change[last].begin);
    ret->end = ret->hi = change_place(self, change[last].end);
    if (change[last].begin == change[last].end)
        change_date(self, value, &change[last], ret);
    return TRUE;
}

/**
 * errata_calibration_change:
 * @places: rows in time order
 * @alpha: greatest p, over both series
 * @least: rows that there are before and behind, at least
 * @ret: (out caller-allocates): the change
 *
 * The last lasting change of how far the scores are off, of the series that changed most surely.
 * Linear in the rows.
 *
 * Returns: whether there is one
 */
gboolean
errata_calibration_change(const CalibrationPlaces *places,
                          double alpha,
                          gsize least,
                          CalibrationChange *ret)
{
    guint n_blocks =
        (guint)CLAMP(places->n / CHANGE_ROWS, ERRATA_CHANGEPOINT_BLOCKS, ERRATA_CHANGE_BLOCKS);
    g_autofree double *own = g_new(double, places->n + 1);
    g_autofree double *slope = g_new(double, places->n + 1);
    g_autofree double *block = g_new(double, n_blocks);
    ChangeSearch self = {places, {own, slope}, block, n_blocks};
    double most = 0.0;

    if (places->n < 2 * least || places->n < n_blocks)
        return FALSE;
    change_values(&self);
    for (guint s = 0; s < 2; s++) {
        ErrataChange change[ERRATA_CHANGEPOINT_MOST];
        guint n_changes = change_find(&self, self.value[s], 0.5 * alpha, change);
        double statistic = 0.0;

        for (guint c = 0; c < n_changes; c++)
            statistic = MAX(statistic, change[c].statistic);
        if (statistic > most && change_last(&self, self.value[s], change, n_changes, least, ret))
            most = statistic;
    }
    return most > 0.0;
}
