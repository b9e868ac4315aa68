/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that depends only on the order of scores. One sort, or a count of scores of few
 * digits, then sums over groups of tied scores: DeLong's placements are constant within a group and
 * class, so its variance needs no second pass over rows. */
#include "ranking.h"

#include <math.h>

#include "scale.h"
#include "sort.h"
#include "sum.h"

#define RANKING_POOLS 4096
#define RANKING_STEPS 1000000 /* scores of so many parts of 1 are counted rather than sorted … */
#define RANKING_NEAR  0x1p-53 /* what 1 less a decimal may be off */
#define RANKING_DENSE 16      /* … from one in so many steps on */

/* room for @most groups, nothing in them yet: to be written, not added to */
static ErrataRanking *
ranking_alloc(gsize most)
{
    ErrataRanking *self = g_new0(ErrataRanking, 1);

    self->score = g_new(double, MAX(most, 1));
    self->positive = g_new(double, MAX(most, 1));
    self->negative = g_new(double, MAX(most, 1));
    return self;
}

/* the same, with zeros to add to */
static ErrataRanking *
ranking_alloc_sums(gsize most, gboolean squares)
{
    ErrataRanking *self = g_new0(ErrataRanking, 1);

    self->score = g_new(double, MAX(most, 1));
    self->positive = g_new0(double, MAX(most, 1));
    self->negative = g_new0(double, MAX(most, 1));
    if (squares) {
        self->positive_squares = g_new0(double, MAX(most, 1));
        self->negative_squares = g_new0(double, MAX(most, 1));
    }
    return self;
}

/* without weights: each class sorted on its own, then merged; half the memory moved of a sort with
 * a payload */
static ErrataRanking *
ranking_merge(const double *score, const guint8 *label, gsize n)
{
    g_autofree double *value = g_new(double, MAX(n, 1));
    gsize n_positive = 0;
    gsize n_groups = 0;
    ErrataRanking *self;

    for (gsize i = 0; i < n; i++)
        n_positive += label[i] != 0;
    for (gsize i = 0, up = 0, down = n_positive; i < n; i++)
        value[label[i] != 0 ? up++ : down++] = score[i];
    errata_sort_values(value, n_positive);
    errata_sort_values(value + n_positive, n - n_positive);
    self = ranking_alloc(n);
    for (gsize p = n_positive, q = n; p > 0 || q > n_positive; n_groups++) {
        double best = q == n_positive || (p > 0 && value[p - 1] > value[q - 1]) ? value[p - 1]
                                                                                : value[q - 1];
        gsize p_end = p;
        gsize q_end = q;

        while (p > 0 && value[p - 1] >= best)
            p--;
        while (q > n_positive && value[q - 1] >= best)
            q--;
        self->score[n_groups] = best;
        self->positive[n_groups] = (double)(p_end - p);
        self->negative[n_groups] = (double)(q_end - q);
    }
    self->n_groups = n_groups;
    self->n_positive = (double)n_positive;
    self->n_negative = (double)(n - n_positive);
    return self;
}

/* rows of each class per step, where all scores are whole steps of [0, 1]: decimals of at most six
 * digits are, and their distances from 1 but for the last bit. %NULL where one is not */
static guint32 *
ranking_count(const double *score, const guint8 *label, gsize n)
{
    g_autofree guint32 *count = g_new0(guint32, 2 * (RANKING_STEPS + 1));

    for (gsize i = 0; i < n; i++) {
        double step = rint(score[i] * RANKING_STEPS);
        double value = step / RANKING_STEPS;

        if (!(step >= 0.0 && step <= RANKING_STEPS && fabs(score[i] - value) <= RANKING_NEAR))
            return NULL;
        count[2 * (gsize)step + (label[i] != 0 ? 1 : 0)]++;
    }
    return g_steal_pointer(&count);
}

/* without weights, many scores of few digits: no order is needed to count them */
static ErrataRanking *
ranking_counted(const double *score, const guint8 *label, gsize n)
{
    g_autofree guint32 *count = ranking_count(score, label, n);
    gsize n_groups = 0;
    ErrataRanking *self;

    if (count == NULL)
        return NULL;
    for (gsize step = 0; step <= RANKING_STEPS; step++)
        n_groups += (count[2 * step] | count[2 * step + 1]) != 0;
    self = ranking_alloc(n_groups);
    for (gsize step = RANKING_STEPS + 1; step-- > 0;) {
        double negative = count[2 * step], positive = count[2 * step + 1];

        if (!(positive + negative > 0.0))
            continue;
        self->score[self->n_groups] = (double)step / RANKING_STEPS;
        self->positive[self->n_groups] = positive;
        self->negative[self->n_groups++] = negative;
        self->n_positive += positive;
        self->n_negative += negative;
    }
    return self;
}

static ErrataRanking *
ranking_weighted(const double *score, const guint8 *label, const double *weight, gsize n)
{
    g_autofree double *sorted = g_new(double, MAX(n, 1));
    g_autofree guint32 *order = g_new(guint32, MAX(n, 1));
    ErrataRanking *self = ranking_alloc_sums(n, TRUE);
    ErrataSum positive = {0};
    ErrataSum negative = {0};
    gsize group = 0;

    errata_sort_doubles(score, n, sorted, order);
    for (gsize i = n; i > 0; i--) {
        guint32 row = order[i - 1];
        double w = weight[row];

        group += i < n && sorted[i - 1] < sorted[i];
        self->score[group] = sorted[i - 1];
        (label[row] != 0 ? self->positive : self->negative)[group] += w;
        (label[row] != 0 ? self->positive_squares : self->negative_squares)[group] += w * w;
        errata_sum_add(label[row] != 0 ? &positive : &negative, w);
    }
    self->n_groups = n > 0 ? group + 1 : 0;
    self->n_positive = errata_sum_value(&positive);
    self->n_negative = errata_sum_value(&negative);
    return self;
}

/**
 * errata_ranking_new:
 * @score: (array length=n): scores, none NaN
 * @label: (array length=n): 1 for a positive row, 0 for a negative one
 * @weight: (array length=n) (nullable): weights, at least 0
 * @n: rows, at most 2³² − 1
 *
 * Returns: (transfer full): the ranking
 */
ErrataRanking *
errata_ranking_new(const double *score, const guint8 *label, const double *weight, gsize n)
{
    ErrataRanking *self = NULL;

    if (weight != NULL)
        return ranking_weighted(score, label, weight, n);
    if (n >= RANKING_STEPS / RANKING_DENSE)
        self = ranking_counted(score, label, n);
    return self != NULL ? self : ranking_merge(score, label, n);
}

/**
 * errata_ranking_pooled:
 * @score: (array length=n): scores, none NaN
 * @label: (array length=n): 1 for a positive row, 0 for a negative one
 * @weight: (array length=n) (nullable): weights, at least 0
 * @n: rows, at most 2³² − 1
 *
 * A ranking whose neighbouring scores are pooled into about 4,000 groups of equal size, each with
 * its mean score: for whoever fits a smooth map on it. It knows no squares of weights. Linear.
 *
 * Returns: (transfer full): the ranking
 */
ErrataRanking *
errata_ranking_pooled(const double *score, const guint8 *label, const double *weight, gsize n)
{
    g_autofree ErrataScale *scale = g_new(ErrataScale, 1);
    ErrataRanking *self = ranking_alloc_sums(RANKING_POOLS, FALSE);
    double sum[RANKING_POOLS] = {0.0};
    gsize n_groups = 0;

    errata_scale_learn(scale, score, n, NULL, 0, RANKING_POOLS);
    for (gsize i = 0; i < n; i++) {
        guint group = scale->n_codes - 1 - errata_scale_code(scale, score[i]);
        double w = weight != NULL ? weight[i] : 1.0;

        (label[i] != 0 ? self->positive : self->negative)[group] += w;
        sum[group] += w * score[i];
    }
    for (guint g = 0; g < scale->n_codes; g++) {
        double all = self->positive[g] + self->negative[g];

        if (!(all > 0.0))
            continue;
        self->score[n_groups] = sum[g] / all;
        self->positive[n_groups] = self->positive[g];
        self->negative[n_groups] = self->negative[g];
        self->n_positive += self->positive[g];
        self->n_negative += self->negative[g];
        n_groups++;
    }
    self->n_groups = n_groups;
    return self;
}

void
errata_ranking_free(ErrataRanking *self)
{
    if (self == NULL)
        return;
    g_free(self->score);
    g_free(self->positive);
    g_free(self->negative);
    g_free(self->positive_squares);
    g_free(self->negative_squares);
    g_free(self);
}

/**
 * errata_ranking_auc:
 * @self: a ranking
 * @ret_variance: (out) (optional): its variance by DeLong; with weights the sandwich form
 *
 * Area under the ROC curve: the probability that a positive scores above a negative, ties half.
 * Source: DeLong et al. 1988; Sun and Xu 2014, "Fast implementation of DeLong's algorithm".
 *
 * Returns: the area, in [0, 1]; NaN without a positive or a negative
 */
double
errata_ranking_auc(const ErrataRanking *self, double *ret_variance)
{
    double m = self->n_positive;
    double n = self->n_negative;
    const double *p2 = self->positive_squares != NULL ? self->positive_squares : self->positive;
    const double *n2 = self->negative_squares != NULL ? self->negative_squares : self->negative;
    ErrataSum area = {0};
    ErrataSum s10 = {0};
    ErrataSum s01 = {0};
    double above_p = 0.0;
    double above_n = 0.0;
    double auc;

    if (ret_variance != NULL)
        *ret_variance = (double)NAN;
    if (!(m > 0.0 && n > 0.0))
        return (double)NAN;
    for (gsize g = 0; g < self->n_groups; g++) {
        above_n += self->negative[g];
        errata_sum_add(&area, self->positive[g] * (n - above_n + 0.5 * self->negative[g]));
    }
    auc = errata_sum_value(&area) / m / n;
    above_n = 0.0;
    for (gsize g = 0; ret_variance != NULL && g < self->n_groups; g++) {
        double v10, v01;

        above_p += self->positive[g];
        above_n += self->negative[g];
        v10 = (n - above_n + 0.5 * self->negative[g]) / n - auc;
        v01 = (above_p - 0.5 * self->positive[g]) / m - auc;
        errata_sum_add(&s10, p2[g] * v10 * v10);
        errata_sum_add(&s01, n2[g] * v01 * v01);
    }
    if (ret_variance != NULL && self->positive_squares != NULL)
        *ret_variance = errata_sum_value(&s10) / m / m + errata_sum_value(&s01) / n / n;
    else if (ret_variance != NULL && m > 1.5 && n > 1.5)
        *ret_variance = errata_sum_value(&s10) / m / (m - 1.0) +
                        errata_sum_value(&s01) / n / (n - 1.0);
    return auc;
}

/* variance of average precision by its influence function, from the lowest score up:
 * with θ = Σ_pos P(s_i) / m and P = TP / (TP + FP), a row k moves P at all thresholds ≤ s_k */
static double
ranking_average_precision_variance(const ErrataRanking *self, double value)
{
    const double *p2 = self->positive_squares != NULL ? self->positive_squares : self->positive;
    const double *n2 = self->negative_squares != NULL ? self->negative_squares : self->negative;
    double tp = self->n_positive;
    double fp = self->n_negative;
    double m = self->n_positive;
    double from_tp = 0.0; /* Σ over lower groups of positives · ∂P/∂TP */
    double from_fp = 0.0;
    ErrataSum squares = {0};

    for (gsize g = self->n_groups; g > 0; g--) {
        double all = tp + fp;
        double inverse = all > 0.0 ? 1.0 / all : 0.0;
        double step = self->positive[g - 1] * inverse * inverse;
        double influence_p, influence_n;

        from_tp += step * fp;
        from_fp -= step * tp;
        influence_p = (tp * inverse - value + from_tp) / m;
        influence_n = from_fp / m;
        errata_sum_add(&squares,
                       p2[g - 1] * influence_p * influence_p +
                           n2[g - 1] * influence_n * influence_n);
        tp -= self->positive[g - 1];
        fp -= self->negative[g - 1];
    }
    return errata_sum_value(&squares);
}

/**
 * errata_ranking_average_precision:
 * @self: a ranking
 * @ret_variance: (out) (optional): its variance by the influence function
 *
 * Average precision Σ (R_k − R_(k−1)) P_k over decreasing thresholds, as scikit-learn's
 * `average_precision_score` (steps, not trapezoids).
 *
 * Returns: the value, in [0, 1]; NaN without a positive
 */
double
errata_ranking_average_precision(const ErrataRanking *self, double *ret_variance)
{
    ErrataSum sum = {0};
    double tp = 0.0;
    double fp = 0.0;
    double value;

    if (ret_variance != NULL)
        *ret_variance = (double)NAN;
    if (!(self->n_positive > 0.0))
        return (double)NAN;
    for (gsize g = 0; g < self->n_groups; g++) {
        tp += self->positive[g];
        fp += self->negative[g];
        if (self->positive[g] > 0.0)
            errata_sum_add(&sum, self->positive[g] * tp / (tp + fp));
    }
    value = errata_sum_value(&sum) / self->n_positive;
    if (ret_variance != NULL)
        *ret_variance = ranking_average_precision_variance(self, value);
    return value;
}

/**
 * errata_ranking_ks:
 * @self: a ranking
 *
 * The Kolmogorov–Smirnov distance between the scores of positives and of negatives.
 *
 * Returns: the distance, in [0, 1]; NaN without a positive or a negative
 */
double
errata_ranking_ks(const ErrataRanking *self)
{
    double tp = 0.0;
    double fp = 0.0;
    double most = 0.0;

    if (!(self->n_positive > 0.0 && self->n_negative > 0.0))
        return (double)NAN;
    for (gsize g = 0; g < self->n_groups; g++) {
        tp += self->positive[g];
        fp += self->negative[g];
        most = fmax(most, fabs(tp / self->n_positive - fp / self->n_negative));
    }
    return most;
}

/**
 * errata_ranking_points:
 * @self: a ranking
 * @most: at most so many points, at least 4
 * @ret_n: (out): points returned
 *
 * Points of the curve over thresholds, from nothing to everything predicted positive. Where there
 * are more thresholds than @most, those at equal steps of the arc length |ΔTPR| + |ΔFPR| are kept,
 * so that a steep corner keeps as many points as a flat stretch of the same length.
 *
 * Returns: (transfer full) (array length=ret_n): the points
 */
ErrataRankingPoint *
errata_ranking_points(const ErrataRanking *self, guint most, guint *ret_n)
{
    ErrataRankingPoint *point = g_new0(ErrataRankingPoint, MAX(most, 4));
    double length = (self->n_positive > 0.0) + (self->n_negative > 0.0);
    double step = self->n_groups + 1 > most ? length / (double)(most - 2) : 0.0;
    double tp = 0.0;
    double fp = 0.0;
    guint n = 1;

    g_return_val_if_fail(most >= 4, point);
    point[0].score = (double)INFINITY;
    for (gsize g = 0; g < self->n_groups; g++) {
        double arc;

        tp += self->positive[g];
        fp += self->negative[g];
        arc = (self->n_positive > 0.0 ? tp / self->n_positive : 0.0) +
              (self->n_negative > 0.0 ? fp / self->n_negative : 0.0);
        if (g + 1 == self->n_groups || arc >= step * n - 1e-12) {
            if (n == most)
                n--; /* the end replaces the point before */
            point[n++] = (ErrataRankingPoint){g + 1, self->score[g], tp, fp};
        }
    }
    *ret_n = n;
    return point;
}

/**
 * errata_ranking_delong:
 * @score_a: (array length=n): scores of one model, none NaN
 * @score_b: (array length=n): scores of the other on the same rows
 * @label: (array length=n): 1 for a positive row, 0 for a negative one
 * @n: rows
 * @ret_variance: (out): variance of the difference, NaN with fewer than two rows of a class
 *
 * Paired comparison of two AUCs. Source: DeLong et al. 1988; midranks as Sun and Xu 2014.
 *
 * Returns: AUC of a − AUC of b; NaN without a positive or a negative
 */
double
errata_ranking_delong(const double *score_a,
                      const double *score_b,
                      const guint8 *label,
                      gsize n,
                      double *ret_variance)
{
    const double *score[2] = {score_a, score_b};
    g_autofree double *difference = g_new0(double, MAX(n, 1));
    g_autofree double *within = g_new(double, MAX(n, 1));
    g_autofree double *all = g_new(double, MAX(n, 1));
    g_autofree double *subset = g_new(double, MAX(n, 1));
    double count[2] = {0.0, 0.0};
    double mean[2] = {0.0, 0.0};
    double squares[2] = {0.0, 0.0};

    for (gsize i = 0; i < n; i++)
        count[label[i] != 0] += 1.0;
    *ret_variance = (double)NAN;
    if (!(count[0] > 0.0 && count[1] > 0.0))
        return (double)NAN;
    for (guint model = 0; model < 2; model++) {
        errata_sort_midranks(score[model], n, all);
        for (guint side = 0; side < 2; side++) {
            double sign = (model == 0 ? 1.0 : -1.0) * (side == 1 ? 1.0 : -1.0);
            gsize k = 0;

            for (gsize i = 0; i < n; i++)
                if ((label[i] != 0) == (side == 1))
                    subset[k++] = score[model][i];
            errata_sort_midranks(subset, k, within);
            k = 0;
            for (gsize i = 0; i < n; i++)
                if ((label[i] != 0) == (side == 1)) /* placement among the other class */
                    difference[i] += sign * (all[i] - within[k++]) / count[1 - side];
        }
    }
    for (gsize i = 0; i < n; i++)
        mean[label[i] != 0] += difference[i] / count[label[i] != 0];
    for (gsize i = 0; i < n; i++) {
        double delta = difference[i] - mean[label[i] != 0];

        squares[label[i] != 0] += delta * delta;
    }
    if (count[0] > 1.5 && count[1] > 1.5)
        *ret_variance = squares[0] / count[0] / (count[0] - 1.0) +
                        squares[1] / count[1] / (count[1] - 1.0);
    return mean[1];
}
