/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What recalibration gains: the map that does best on two folds of the discovery half is fitted to
 * all of it, and measured on the confirmation half in log-loss, Brier score and calibration error.
 * METHODS 9. */
#include <math.h>

#include "calibration-entity.h"
#include "calibration-since.h"
#include "entity-effect.h"
#include "metrics.h"
#include "reliability.h"
#include "sum.h"

#define CALIBRATION_BINS 10 /* of equal width: METHODS 1 */

/* the rows of one half, their scores pooled; of the discovery half one of two folds when @fold is 0
 * or 1 */
static ErrataRanking *
calibration_ranking(const CalibrationData *data, guint8 half, int fold)
{
    g_autofree double *score = g_new(double, MAX(data->n, 1));
    g_autofree double *weight = data->weight != NULL ? g_new(double, MAX(data->n, 1)) : NULL;
    g_autofree guint8 *hit = g_new(guint8, MAX(data->n, 1));
    gsize n = 0;
    guint turn = 0;

    for (gsize i = 0; i < data->n; i++) {
        if (data->half[i] != half || (fold >= 0 && (turn++ & 1) != (guint)fold))
            continue;
        score[n] = data->score[i];
        hit[n] = data->hit[i];
        if (weight != NULL)
            weight[n] = data->weight[i];
        n++;
    }
    return errata_ranking_pooled(score, hit, weight, n);
}

/* the map that does best when each fold of the discovery half is fitted and the other measured */
static ErrataRecalibrateKind
calibration_choose(const CalibrationData *data)
{
    g_autoptr(ErrataRanking) fold0 = calibration_ranking(data, 0, 0);
    g_autoptr(ErrataRanking) fold1 = calibration_ranking(data, 0, 1);
    ErrataRecalibrateKind best = ERRATA_RECALIBRATE_PLATT;
    double least = (double)INFINITY;

    for (guint kind = 0; kind < ERRATA_RECALIBRATE_N_KINDS; kind++) {
        g_autoptr(ErrataRecalibration) map0 = errata_recalibrate_fit(fold0,
                                                                     (ErrataRecalibrateKind)kind);
        g_autoptr(ErrataRecalibration) map1 = errata_recalibrate_fit(fold1,
                                                                     (ErrataRecalibrateKind)kind);
        double loss = errata_recalibrate_loss(map0, fold1) + errata_recalibrate_loss(map1, fold0);

        if (loss < least) {
            least = loss;
            best = (ErrataRecalibrateKind)kind;
        }
    }
    return best;
}

static double
calibration_row_loss(double p, guint8 hit)
{
    p = CLAMP(p, 1e-15, 1.0 - 1e-15);
    return hit != 0 ? -log(p) : -log1p(-p);
}

/* the mean of @value over the rows that have one, with its interval: as sure as so many rows of
 * equal weight, and so many entities, make it */
static double
calibration_mean(const CalibrationData *data, const double *value, ErrataInterval *ret_interval)
{
    ErrataSum sum = {0}, squares = {0};
    double total = 0.0, weights2 = 0.0, mean, effective;

    for (gsize i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1.0;

        if (isnan(value[i]))
            continue;
        errata_sum_add(&sum, w * value[i]);
        total += w;
        weights2 += w * w;
    }
    mean = errata_sum_value(&sum) / total;
    effective = total * total / weights2;
    *ret_interval = (ErrataInterval){(double)NAN, (double)NAN};
    if (!(effective >= 2.0))
        return mean;
    for (gsize i = 0; i < data->n; i++)
        if (!isnan(value[i]))
            errata_sum_add(&squares,
                           (data->weight != NULL ? data->weight[i] : 1.0) * (value[i] - mean) *
                               (value[i] - mean));
    *ret_interval =
        errata_intervals_normal(mean,
                                errata_sum_value(&squares) / total / (effective - 1.0) *
                                    errata_entity_effect(data->outcome, data->row, data->n, value),
                                ERRATA_METRICS_LEVEL);
    return mean;
}

static double
calibration_row_square(double p, guint8 hit)
{
    double miss = hit != 0 ? 1.0 - p : p;

    return miss * miss;
}

/* the calibration error of the rows of the confirmation half by @score, less what chance shows at
 * the lower end */
static double
calibration_ece(const CalibrationData *data, const double *score, ErrataInterval *ret_interval)
{
    g_autofree double *value = g_new(double, MAX(data->n, 1));
    g_autofree double *weight = data->weight != NULL ? g_new(double, MAX(data->n, 1)) : NULL;
    g_autofree guint8 *hit = g_new(guint8, MAX(data->n, 1));
    g_autofree guint32 *row = g_new(guint32, MAX(data->n, 1));
    g_autoptr(ErrataReliability) bins = NULL;
    CalibrationData half = {.score = value, .hit = hit, .row = row, .weight = weight};

    half.outcome = data->outcome;
    for (gsize i = 0; i < data->n; i++) {
        if (isnan(score[i]))
            continue;
        value[half.n] = score[i];
        hit[half.n] = data->hit[i];
        row[half.n] = data->row[i];
        if (weight != NULL)
            weight[half.n] = data->weight[i];
        half.n++;
    }
    bins = errata_reliability_equal_width(value, hit, weight, half.n, CALIBRATION_BINS);
    errata_calibration_entity_reliability(&half, bins);
    *ret_interval = errata_reliability_interval(bins, ERRATA_METRICS_LEVEL);
    return bins->ece;
}

/* the rows of the confirmation half by their scores, before and after; NaN for all others */
typedef struct {
    double *score[2];
    double *loss[2];
    double *square[2];
    double *saved;
} CalibrationRows;

static void
calibration_rows_clear(CalibrationRows *rows)
{
    for (guint k = 0; k < 2; k++) {
        g_free(rows->score[k]);
        g_free(rows->loss[k]);
        g_free(rows->square[k]);
    }
    g_free(rows->saved);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CalibrationRows, calibration_rows_clear)

static guint64
calibration_rows_fill(const CalibrationData *data,
                      const ErrataRecalibration *map,
                      CalibrationRows *rows)
{
    guint64 n = 0;

    for (guint k = 0; k < 2; k++) {
        rows->score[k] = g_new(double, MAX(data->n, 1));
        rows->loss[k] = g_new(double, MAX(data->n, 1));
        rows->square[k] = g_new(double, MAX(data->n, 1));
    }
    rows->saved = g_new(double, MAX(data->n, 1));
    for (gsize i = 0; i < data->n; i++) {
        gboolean counts = data->half[i] != 0 && (data->weight == NULL || data->weight[i] > 0.0);

        n += counts ? 1 : 0;
        for (guint k = 0; k < 2; k++) {
            double p = !counts  ? (double)NAN
                       : k == 0 ? data->score[i]
                                : errata_recalibrate_apply(map, data->score[i]);

            rows->score[k][i] = p;
            rows->loss[k][i] = counts ? calibration_row_loss(p, data->hit[i]) : p;
            rows->square[k][i] = counts ? calibration_row_square(p, data->hit[i]) : p;
        }
        rows->saved[i] = rows->loss[0][i] - rows->loss[1][i];
    }
    return n;
}

/**
 * errata_calibration_gain:
 * @data: scores and what happened
 * @gain: (out): what recalibration gives, in log-loss with the interval of the difference; beside
 *   it Brier score and calibration error (ten equal-width bins) before and after
 *
 * Returns: %FALSE when the discovery half lacks a class, or all weight is in one row
 */
gboolean
errata_calibration_gain(const CalibrationData *data, CalibrationGain *gain)
{
    g_autoptr(ErrataRanking) discovery = calibration_ranking(data, 0, -1);
    g_autoptr(ErrataRecalibration) map = NULL;
    g_auto(CalibrationRows) rows = {0};

    if (!(discovery->n_positive >= 2.0 && discovery->n_negative >= 2.0))
        return FALSE;
    gain->kind = calibration_choose(data);
    map = errata_recalibrate_fit(discovery, gain->kind);
    gain->n = calibration_rows_fill(data, map, &rows);
    gain->from = calibration_mean(data, rows.loss[0], &gain->of_from);
    gain->to = calibration_mean(data, rows.loss[1], &gain->of_to);
    gain->gain = calibration_mean(data, rows.saved, &gain->interval);
    if (!isfinite(gain->interval.lo))
        return FALSE;
    for (guint k = 0; k < 2; k++) {
        gain->brier[k] = calibration_mean(data, rows.square[k], &gain->of_brier[k]);
        gain->ece[k] = calibration_ece(data, rows.score[k], &gain->of_ece[k]);
    }
    return TRUE;
}
