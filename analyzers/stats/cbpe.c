/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Performance without labels from what calibrated probabilities expect: a row that is said to be of
 * a class with probability p is p of a hit and 1 − p of a miss. Sums of those fill the confusion
 * matrix and the ranking, and from there on everything is as with labels. METHODS e7. */
#include "cbpe.h"

#include <math.h>
#include <string.h>

#include "rng.h"
#include "sum.h"

#define CBPE_STAGE    G_GUINT64_CONSTANT(0x63627065) /* "cbpe" */
#define CBPE_SPLITS   10
#define CBPE_HELD_OUT 0.1
#define CBPE_BINS     10
#define CBPE_SORTED   20000000.0 /* rows × classes that are ranked */
#define CBPE_SPLIT    50000      /* rows that the splits are made of, evenly spread */

static const ErrataInterval cbpe_none = {(double)NAN, (double)NAN};

static double
cbpe_weight(const ErrataCbpeInput *input, gsize row)
{
    return input->weight != NULL ? input->weight[row] : 1.0;
}

/* the confusion matrix that is expected; its counts are the rows, kept on the diagonal */
static ErrataConfusion *
cbpe_confusion(const ErrataCbpeInput *input)
{
    ErrataConfusion *self = g_new0(ErrataConfusion, 1);
    gsize k = input->n_classes;

    self->n_classes = input->n_classes;
    self->count = g_new0(guint64, k * k);
    self->weight = g_new0(double, k *k);
    self->squares = g_new0(double, k *k);
    self->row = g_new0(double, k);
    self->column = g_new0(double, k);
    for (gsize i = 0; i < input->n; i++) {
        gsize p = (gsize)input->predicted[i];
        double w = cbpe_weight(input, i);

        self->count[p * k + p]++;
        for (gsize t = 0; t < k; t++) {
            self->weight[t * k + p] += w * input->chance[t][i];
            self->squares[t * k + p] += w * w * input->chance[t][i];
        }
    }
    for (gsize t = 0; t < k; t++)
        for (gsize p = 0; p < k; p++) {
            double weight = self->weight[t * k + p];

            self->row[t] += weight;
            self->column[p] += weight;
            self->total += weight;
            self->hit += t == p ? weight : 0.0;
        }
    return self;
}

/* each row stands twice: as a positive with its chance, as a negative with the rest */
static ErrataRanking *
cbpe_ranking(const ErrataCbpeInput *input, guint k)
{
    gsize n = input->n;
    g_autofree double *score = g_new(double, MAX(2 * n, 1));
    g_autofree double *weight = g_new(double, MAX(2 * n, 1));
    g_autofree guint8 *label = g_new(guint8, MAX(2 * n, 1));

    for (gsize i = 0; i < n; i++) {
        double w = cbpe_weight(input, i);

        score[2 * i] = score[2 * i + 1] = input->score[k][i];
        weight[2 * i] = w * input->chance[k][i];
        weight[2 * i + 1] = w * (1.0 - input->chance[k][i]);
        label[2 * i] = 1;
        label[2 * i + 1] = 0;
    }
    return errata_ranking_new(score, label, weight, 2 * n);
}

/* @ret_area: ROC AUC, then average precision */
static void
cbpe_areas(const ErrataCbpeInput *input, guint k, double ret_area[2])
{
    g_autoptr(ErrataRanking) ranking = cbpe_ranking(input, k);

    ret_area[0] = errata_ranking_auc(ranking, NULL);
    ret_area[1] = errata_ranking_average_precision(ranking, NULL);
}

/* nothing where the rows of a class that counts have no scores to rank them by */
static void
cbpe_add_areas(const ErrataCbpeInput *input, GArray *list)
{
    static const char *const names[] = {"roc_auc", "pr_auc"};
    double mean[2] = {0.0, 0.0};
    double area[2];
    double n = 0.0;

    if ((double)input->n * (input->positive >= 0 ? 2.0 : input->n_classes) > CBPE_SORTED)
        return;
    for (guint k = 0; k < input->n_classes; k++)
        if (input->score[k] == NULL && (input->positive < 0 || (int)k == input->positive))
            return;
    if (input->positive >= 0) {
        cbpe_areas(input, (guint)input->positive, mean);
        n = 1.0;
    }
    for (guint k = 0; input->positive < 0 && k < input->n_classes; k++) {
        cbpe_areas(input, k, area);
        if (isnan(area[0]) || isnan(area[1]))
            continue;
        mean[0] += area[0];
        mean[1] += area[1];
        n += 1.0;
    }
    for (guint m = 0; m < 2; m++)
        errata_metrics_add(list, names[m], -1, mean[m] / n, cbpe_none, input->n);
}

/**
 * errata_cbpe_accuracy:
 * @input: the rows
 * @ret_variance: (out) (optional): of the share that will turn out right, given the probabilities:
 *   Σ p (1 − p) / n², the variance of a Poisson-binomial sum
 *
 * Returns: the mean probability of the predicted class; NaN without rows
 */
double
errata_cbpe_accuracy(const ErrataCbpeInput *input, double *ret_variance)
{
    ErrataSum sum = {0};
    ErrataSum variance = {0};
    ErrataSum total = {0};
    double all;

    for (gsize i = 0; i < input->n; i++) {
        double w = cbpe_weight(input, i);
        double p = input->chance[input->predicted[i]][i];

        errata_sum_add(&sum, w * p);
        errata_sum_add(&variance, w * w * p * (1.0 - p));
        errata_sum_add(&total, w);
    }
    all = errata_sum_value(&total);
    if (ret_variance != NULL)
        *ret_variance = errata_sum_value(&variance) / all / all;
    return errata_sum_value(&sum) / all;
}

/**
 * errata_cbpe_estimate:
 * @input: rows with a prediction and calibrated probabilities, at least one
 * @list: (element-type ErrataMetricValue): where the estimates go
 *
 * Adds what errata_metrics_confusion() adds, and roc_auc and pr_auc (several classes: the mean of
 * each against the rest), as expected under the probabilities. Accuracy has the 95 % interval of
 * its Poisson-binomial variance and of what was learnt; the others have none here: what labels
 * would scatter is not known from probabilities alone.
 *
 * Source: confidence-based performance estimation as NannyML defines it (documentation, "How it
 * works: Performance estimation").
 */
void
errata_cbpe_estimate(const ErrataCbpeInput *input, GArray *list)
{
    g_autoptr(ErrataConfusion) confusion = cbpe_confusion(input);
    guint first = list->len;
    double variance;
    double accuracy = errata_cbpe_accuracy(input, &variance);

    errata_metrics_confusion(confusion, input->positive, list);
    for (guint i = first; i < list->len; i++) {
        ErrataMetricValue *entry = &g_array_index(list, ErrataMetricValue, i);
        double sign = strcmp(entry->name, "error_rate") == 0 ? -1.0 : 1.0;
        gboolean right = strcmp(entry->name, "accuracy") == 0 || sign < 0.0;

        entry->interval = cbpe_none;
        if (right) {
            entry->value = sign < 0.0 ? 1.0 - accuracy : accuracy;
            entry->interval = errata_intervals_normal(entry->value,
                                                      variance + input->learnt,
                                                      ERRATA_METRICS_LEVEL);
            entry->interval.lo = fmax(entry->interval.lo, 0.0);
            entry->interval.hi = fmin(entry->interval.hi, 1.0);
        }
    }
    cbpe_add_areas(input, list);
}

/* pools adjacent violators from the lowest score up; a block is flat from its first score to its
 * last, and the way to the next block is a straight line, as scikit-learn has it */
static ErrataRecalibration *
cbpe_isotonic(const ErrataRanking *ranking)
{
    ErrataRecalibration *self = g_new0(ErrataRecalibration, 1);
    gsize most = MAX(ranking->n_groups, 1);
    g_autofree double *weight = g_new(double, most);
    gsize n = 0;

    self->kind = ERRATA_RECALIBRATE_ISOTONIC;
    self->knot = g_new(double, 2 * most);
    self->level = g_new(double, 2 * most);
    for (gsize g = ranking->n_groups; g > 0; g--) {
        double all = ranking->positive[g - 1] + ranking->negative[g - 1];

        if (!(all > 0.0))
            continue;
        self->knot[2 * n] = self->knot[2 * n + 1] = ranking->score[g - 1];
        self->level[2 * n] = ranking->positive[g - 1] / all;
        weight[n++] = all;
        for (; n > 1 && self->level[2 * n - 4] >= self->level[2 * n - 2]; n--) {
            double sum = weight[n - 2] + weight[n - 1];

            self->knot[2 * n - 3] = self->knot[2 * n - 1];
            self->level[2 * n - 4] =
                (self->level[2 * n - 4] * weight[n - 2] + self->level[2 * n - 2] * weight[n - 1]) /
                sum;
            weight[n - 2] = sum;
        }
    }
    for (gsize b = 0; b < n; b++)
        self->level[2 * b + 1] = self->level[2 * b];
    self->n_knots = 2 * n;
    return self;
}

static double
cbpe_error(const ErrataRecalibration *map,
           const double *score,
           const guint8 *hit,
           const double *weight,
           gsize n)
{
    g_autofree double *value = g_new(double, MAX(n, 1));
    g_autoptr(ErrataReliability) bins = NULL;

    for (gsize i = 0; i < n; i++)
        value[i] = map != NULL ? errata_recalibrate_apply(map, score[i]) : score[i];
    bins = errata_reliability_equal_width(value, hit, weight, n, CBPE_BINS);
    return bins->ece;
}

/* rows of one split, each @step-th: those held out behind the others; returns how many are not */
static gsize
cbpe_split(const double *score,
           const guint8 *hit,
           const double *weight,
           gsize n,
           gsize step,
           ErrataRng *rng,
           double *to_score,
           guint8 *to_hit,
           double *to_weight)
{
    gsize front = 0, back = n;

    for (gsize i = 0; i < n; i++) {
        gsize at = errata_rng_uniform(rng) < CBPE_HELD_OUT ? --back : front++;

        to_score[at] = score[i * step];
        to_hit[at] = hit[i * step];
        if (to_weight != NULL)
            to_weight[at] = weight[i * step];
    }
    return front;
}

/* whether isotonic regression brings the error of calibration down on rows it has not seen */
static gboolean
cbpe_helps(const double *score, const guint8 *hit, const double *weight, gsize n, guint64 seed)
{
    g_autofree double *s = g_new(double, MAX(n, 1));
    g_autofree guint8 *h = g_new(guint8, MAX(n, 1));
    g_autofree double *w = weight != NULL ? g_new(double, MAX(n, 1)) : NULL;
    double before = 0.0, after = 0.0;
    gsize step = n / CBPE_SPLIT + 1;

    n /= step;
    for (guint split = 0; split < CBPE_SPLITS; split++) {
        ErrataRng rng = errata_rng_init(seed, CBPE_STAGE, split);
        gsize m = cbpe_split(score, hit, weight, n, step, &rng, s, h, w);
        g_autoptr(ErrataRanking) ranking = errata_ranking_new(s, h, w, m);
        g_autoptr(ErrataRecalibration) map = NULL;
        const double *rest = w != NULL ? w + m : NULL;

        if (m == n || !(ranking->n_positive > 0.0 && ranking->n_negative > 0.0))
            continue;
        map = cbpe_isotonic(ranking);
        before += cbpe_error(NULL, s + m, h + m, rest, n - m);
        after += cbpe_error(map, s + m, h + m, rest, n - m);
    }
    return after < before;
}

/**
 * errata_cbpe_recalibration:
 * @score: (array length=n): scores of the reference, none NaN
 * @hit: (array length=n): what happened
 * @weight: (array length=n) (nullable): row weights
 * @n: rows
 * @seed: of the splits
 *
 * Isotonic regression on all rows, if over ten splits of 90 against 10 % it lowers the mean error
 * of calibration (ten equal bins) of the rows held out (of at most 50,000, evenly spread).
 *
 * Returns: (transfer full) (nullable): the map; %NULL when the scores are best left as they are
 */
ErrataRecalibration *
errata_cbpe_recalibration(const double *score,
                          const guint8 *hit,
                          const double *weight,
                          gsize n,
                          guint64 seed)
{
    g_autoptr(ErrataRanking) ranking = NULL;

    if (!cbpe_helps(score, hit, weight, n, seed))
        return NULL;
    ranking = errata_ranking_new(score, hit, weight, n);
    return cbpe_isotonic(ranking);
}
