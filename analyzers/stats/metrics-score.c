/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics of probabilities, as scikit-learn defines them. Rows without a score are left out and
 * the count says so. Intervals by the influence function: of a mean, the standard error of its
 * terms; of AUC, DeLong. */
#include <math.h>

#include "metrics.h"
#include "sum.h"

#define SCORE_CLIP     1e-15
#define SCORE_BINS     10
#define SCORE_BLOCK    128         /* rows summed before a compensated addition */
#define SCORE_AUC_MOST 100000000.0 /* rows × classes sorted for the AUC of each class */

static const ErrataInterval score_none = {(double)NAN, (double)NAN};

/* a weighted mean with the variance of its estimate; rows are summed plainly by blocks, the blocks
 * with compensation */
typedef struct {
    ErrataSum weight;
    ErrataSum squares;  /* Σ w² */
    ErrataSum sum;      /* Σ w x */
    ErrataSum sum_w2;   /* Σ w² x */
    ErrataSum sum_w2x2; /* Σ w² x² */
    double part[5];
    guint n_part;
} ScoreMean;

static void
score_mean_flush(ScoreMean *self)
{
    errata_sum_add(&self->weight, self->part[0]);
    errata_sum_add(&self->squares, self->part[1]);
    errata_sum_add(&self->sum, self->part[2]);
    errata_sum_add(&self->sum_w2, self->part[3]);
    errata_sum_add(&self->sum_w2x2, self->part[4]);
    for (guint k = 0; k < 5; k++)
        self->part[k] = 0.0;
    self->n_part = 0;
}

static inline void
score_mean_add(ScoreMean *self, double x, double w)
{
    self->part[0] += w;
    self->part[1] += w * w;
    self->part[2] += w * x;
    self->part[3] += w * w * x;
    self->part[4] += w * w * x * x;
    if (++self->n_part == SCORE_BLOCK)
        score_mean_flush(self);
}

static double
score_mean_value(ScoreMean *self, double *ret_variance)
{
    double weight, mean, squares;

    score_mean_flush(self);
    weight = errata_sum_value(&self->weight);
    mean = errata_sum_value(&self->sum) / weight;
    squares = errata_sum_value(&self->sum_w2x2) - 2.0 * mean * errata_sum_value(&self->sum_w2) +
              mean * mean * errata_sum_value(&self->squares);

    *ret_variance = weight > 0.0 ? fmax(squares, 0.0) / weight / weight : (double)NAN;
    return weight > 0.0 ? mean : (double)NAN;
}

static void
score_add_mean(GArray *list, const char *name, ScoreMean *mean, guint64 n)
{
    double variance;
    double value = score_mean_value(mean, &variance);

    errata_metrics_add(list,
                       name,
                       -1,
                       value,
                       errata_intervals_log(value, variance, ERRATA_METRICS_LEVEL),
                       n);
}

static void
score_add_calibration(GArray *list,
                      const char *name,
                      const ErrataReliability *reliability,
                      guint64 n)
{
    errata_metrics_add(list,
                       name,
                       -1,
                       reliability->ece,
                       errata_reliability_interval(reliability, ERRATA_METRICS_LEVEL),
                       n);
}

static void
score_add_bins(GArray *list, const ErrataReliability *reliability, guint64 n)
{
    score_add_calibration(list, "ece", reliability, n);
    errata_metrics_add(list, "ece_expected", -1, reliability->ece_expected, score_none, n);
    errata_metrics_add(list,
                       "ece_corrected",
                       -1,
                       fmax(reliability->ece - reliability->ece_expected, 0.0),
                       score_none,
                       n)
        ->why = reliability->ece <= reliability->ece_expected ? "indistinguishable from calibrated"
                                                              : NULL;
    errata_metrics_add(list, "mce", -1, reliability->mce, score_none, n);
}

/* why there is nothing to rank; with a class against the rest, why it is not one of two */
static const char *
score_why_none(const ErrataRanking *ranking, int class_index)
{
    if (class_index < 0)
        return "all labels are of one class";
    return ranking->n_positive > 0.0 ? "every row has this label" : "no row has this label";
}

static void
score_add_ranking(GArray *list, const ErrataRanking *ranking, int class_index, guint64 n)
{
    double variance;
    double value = errata_ranking_auc(ranking, &variance);
    ErrataMetricValue *entry;

    entry = errata_metrics_add(list,
                               "roc_auc",
                               class_index,
                               value,
                               errata_intervals_logit(value, variance, ERRATA_METRICS_LEVEL),
                               n);
    if (isnan(value))
        entry->why = score_why_none(ranking, class_index);
    value = errata_ranking_average_precision(ranking, &variance);
    entry = errata_metrics_add(list,
                               "pr_auc",
                               class_index,
                               value,
                               errata_intervals_logit(value, variance, ERRATA_METRICS_LEVEL),
                               n);
    if (isnan(value))
        entry->why = class_index >= 0 ? score_why_none(ranking, class_index)
                                      : "no row has the positive label";
}

static gsize
score_n_known(const double *from, gsize n)
{
    gsize n_known = 0;

    for (gsize i = 0; i < n; i++)
        n_known += isnan(from[i]) ? 0 : 1;
    return n_known;
}

/* the labels of the rows that have a score in @from; these and their weights too where they are
 * asked for */
static void
score_compact(const ErrataMetricsInput *input,
              const double *from,
              double *score,
              guint8 *label,
              double *weight)
{
    gsize n = 0;

    for (gsize i = 0; i < input->n; i++) {
        if (isnan(from[i]))
            continue;
        if (score != NULL)
            score[n] = from[i];
        label[n] = input->truth[i] == input->positive;
        if (weight != NULL)
            weight[n] = input->weight[i];
        n++;
    }
}

/* roc_auc, pr_auc and ks_statistic_scores of both classes */
static void
score_add_order(GArray *list, const ErrataRanking *ranking, guint64 n)
{
    score_add_ranking(list, ranking, -1, n);
    errata_metrics_add(list, "ks_statistic_scores", -1, errata_ranking_ks(ranking), score_none, n)
        ->why = ranking->n_positive > 0.0 && ranking->n_negative > 0.0
                    ? NULL
                    : "all labels are of one class";
}

static void
score_binary_means(const double *score,
                   const guint8 *label,
                   const double *weight,
                   gsize n,
                   GArray *list)
{
    ScoreMean log_loss = {0};
    ScoreMean brier = {0};
    ScoreMean mean = {0};

    for (gsize i = 0; i < n; i++) {
        double w = weight != NULL ? weight[i] : 1.0;
        double p = CLAMP(score[i], SCORE_CLIP, 1.0 - SCORE_CLIP);
        double miss = label[i] != 0 ? 1.0 - score[i] : score[i];

        score_mean_add(&log_loss, -log(label[i] != 0 ? p : 1.0 - p), w);
        score_mean_add(&brier, miss * miss, w);
        score_mean_add(&mean, score[i], w);
    }
    score_add_mean(list, "log_loss", &log_loss, n);
    score_add_mean(list, "brier", &brier, n);
    score_add_mean(list, "mean_score", &mean, n);
}

/**
 * errata_metrics_binary_scores:
 * @input: rows with @score set
 * @list: (element-type ErrataMetricValue): where the metrics go
 * @ret_ranking: (out) (optional) (nullable): the ranking they came from; %NULL without a score
 * @ret_reliability: (out) (optional) (nullable): the ten equal-width bins; %NULL likewise
 *
 * Adds log_loss (clipped at 1e-15), brier, mean_score, roc_auc, pr_auc (average precision),
 * ks_statistic_scores, ece (ten equal-width bins), ece_expected, ece_corrected, mce, ace (ten
 * equal-mass bins).
 */
void
errata_metrics_binary_scores(const ErrataMetricsInput *input,
                             GArray *list,
                             ErrataRanking **ret_ranking,
                             ErrataReliability **ret_reliability)
{
    const double *score = input->score, *weight = input->weight;
    g_autofree double *known = NULL, *known_weight = NULL; /* where not all rows have a score */
    g_autofree guint8 *label = g_new(guint8, MAX(input->n, 1));
    g_autoptr(ErrataRanking) ranking = NULL;
    g_autoptr(ErrataReliability) width = NULL;
    g_autoptr(ErrataReliability) mass = NULL;
    gsize n = score_n_known(input->score, input->n);

    if (n == 0)
        return;
    if (n < input->n) {
        score = known = g_new(double, n);
        weight = known_weight = weight != NULL ? g_new(double, n) : NULL;
    }
    score_compact(input, input->score, known, label, known_weight);
    score_binary_means(score, label, weight, n, list);
    ranking = errata_ranking_new(score, label, weight, n);
    score_add_order(list, ranking, n);
    width = errata_reliability_equal_width(score, label, weight, n, SCORE_BINS);
    score_add_bins(list, width, n);
    mass = errata_reliability_equal_mass(ranking, SCORE_BINS);
    score_add_calibration(list, "ace", mass, n);
    if (ret_ranking != NULL)
        *ret_ranking = g_steal_pointer(&ranking);
    if (ret_reliability != NULL)
        *ret_reliability = g_steal_pointer(&width);
}

/**
 * errata_metrics_binary_ranks:
 * @input: rows with @rank set
 * @list: (element-type ErrataMetricValue): where the metrics go
 *
 * Adds what the order of scores gives, whatever their scale: roc_auc, pr_auc (average precision)
 * and ks_statistic_scores.
 */
void
errata_metrics_binary_ranks(const ErrataMetricsInput *input, GArray *list)
{
    const gsize n = score_n_known(input->rank, input->n);
    g_autofree double *rank = g_new(double, MAX(n, 1));
    g_autofree double *weight = input->weight != NULL ? g_new(double, MAX(n, 1)) : NULL;
    g_autofree guint8 *label = g_new(guint8, MAX(n, 1));
    g_autoptr(ErrataRanking) ranking = NULL;

    if (n == 0)
        return;
    score_compact(input, input->rank, rank, label, weight);
    ranking = errata_ranking_new(rank, label, weight, n);
    score_add_order(list, ranking, n);
}

/* what one row's probabilities say */
typedef struct {
    gboolean complete;
    double sum;
    double squares; /* Σ (p_k − [y = k])² */
    guint top;
    guint above; /* classes more probable than the label, ties by index */
} ScoreRow;

static ScoreRow
score_row(const ErrataMetricsInput *input, gsize i)
{
    guint truth = (guint)input->truth[i];
    ScoreRow row = {TRUE, 0.0, 0.0, 0, 0};
    double label = input->probability[truth][i];

    for (guint k = 0; k < input->n_classes; k++) {
        double p = input->probability[k][i];
        double gap = p - (k == truth ? 1.0 : 0.0);

        row.complete &= !isnan(p);
        row.sum += p;
        row.squares += gap * gap;
        if (p > input->probability[row.top][i])
            row.top = k;
        row.above += p > label || (k < truth && p >= label);
    }
    return row;
}

/* the AUC of each class against the rest, and their mean */
static void
score_add_one_vs_rest(const ErrataMetricsInput *input,
                      const guint32 *rows,
                      gsize n,
                      const double *weight,
                      GArray *list)
{
    g_autofree double *score = g_new(double, MAX(n, 1));
    g_autofree guint8 *label = g_new(guint8, MAX(n, 1));
    double sum[2] = {0.0, 0.0};
    double half[2] = {0.0, 0.0};
    double n_defined[2] = {0.0, 0.0};
    static const char *const names[] = {"roc_auc", "pr_auc"};
    static const char *const macro_names[] = {"roc_auc_ovr_macro", "pr_auc_ovr_macro"};

    for (guint k = 0; k < input->n_classes; k++) {
        g_autoptr(ErrataRanking) ranking = NULL;

        for (gsize i = 0; i < n; i++) {
            score[i] = input->probability[k][rows[i]];
            label[i] = input->truth[rows[i]] == (gint32)k;
        }
        ranking = errata_ranking_new(score, label, weight, n);
        score_add_ranking(list, ranking, (int)k, n);
        for (guint m = 0; m < 2; m++) {
            const ErrataMetricValue *entry = errata_metrics_find(list, names[m], (int)k);

            if (isnan(entry->value))
                continue;
            sum[m] += entry->value;
            half[m] += 0.5 * (entry->interval.hi - entry->interval.lo);
            n_defined[m] += 1.0;
        }
    }
    /* the classes' errors depend on each other: the mean of their half widths bounds the mean's */
    for (guint m = 0; m < 2; m++) {
        double mean = sum[m] / n_defined[m];
        ErrataInterval interval = {fmax(mean - half[m] / n_defined[m], 0.0),
                                   fmin(mean + half[m] / n_defined[m], 1.0)};
        const char *why = n_defined[m] > 0.0 ? NULL : "no class has rows inside and outside";

        if (isnan(mean))
            interval = score_none;
        errata_metrics_add(list, names[m], -1, mean, interval, n)->why = why;
        errata_metrics_add(list, macro_names[m], -1, mean, interval, n)->why = why;
    }
}

/* the calibration of the top probability; (transfer full): its ten equal-width bins */
static ErrataReliability *
score_add_top(GArray *list, const double *top, const guint8 *hit, const double *weight, gsize n)
{
    g_autoptr(ErrataReliability) width =
        errata_reliability_equal_width(top, hit, weight, n, SCORE_BINS);
    g_autoptr(ErrataRanking) ranking = errata_ranking_new(top, hit, weight, n);
    g_autoptr(ErrataReliability) mass = errata_reliability_equal_mass(ranking, SCORE_BINS);

    score_add_bins(list, width, n);
    score_add_calibration(list, "ace", mass, n);
    return g_steal_pointer(&width);
}

/**
 * errata_metrics_top_scores:
 * @input: rows with @top set
 * @list: (element-type ErrataMetricValue): where the metrics go
 * @ret_reliability: (out) (optional) (nullable): ten equal-width bins of the top probability
 *
 * Adds ece, ece_expected, ece_corrected, mce and ace of the probability of the predicted class,
 * which need no other class's. Rows that lack it are left out.
 */
void
errata_metrics_top_scores(const ErrataMetricsInput *input,
                          GArray *list,
                          ErrataReliability **ret_reliability)
{
    g_autofree double *top = g_new(double, MAX(input->n, 1));
    g_autofree guint8 *hit = g_new(guint8, MAX(input->n, 1));
    g_autofree double *weight = input->weight != NULL ? g_new(double, MAX(input->n, 1)) : NULL;
    g_autoptr(ErrataReliability) width = NULL;
    gsize n = 0;

    for (gsize i = 0; i < input->n; i++) {
        if (isnan(input->top[i]))
            continue;
        top[n] = input->top[i];
        hit[n] = input->predicted[i] == input->truth[i];
        if (weight != NULL)
            weight[n] = input->weight[i];
        n++;
    }
    if (n == 0)
        return;
    width = score_add_top(list, top, hit, weight, n);
    if (ret_reliability != NULL)
        *ret_reliability = g_steal_pointer(&width);
}

/**
 * errata_metrics_multiclass_scores:
 * @input: rows with @probability set
 * @list: (element-type ErrataMetricValue): where the metrics go
 * @ret_reliability: (out) (optional) (nullable): ten equal-width bins of the top probability
 *
 * Adds log_loss (probabilities divided by their sum, then clipped at 1e-15), brier (sum over
 * classes, as logged), top2_accuracy, ece, ece_expected, ece_corrected, mce, ace of the top
 * probability, roc_auc and pr_auc of each class against the rest and their means (roc_auc, also as
 * roc_auc_ovr_macro). Rows that lack a probability are left out.
 */
void
errata_metrics_multiclass_scores(const ErrataMetricsInput *input,
                                 GArray *list,
                                 ErrataReliability **ret_reliability)
{
    g_autofree guint32 *rows = g_new(guint32, MAX(input->n, 1));
    g_autofree double *top = g_new(double, MAX(input->n, 1));
    g_autofree guint8 *hit = g_new(guint8, MAX(input->n, 1));
    g_autofree double *weight = input->weight != NULL ? g_new(double, MAX(input->n, 1)) : NULL;
    g_autoptr(ErrataReliability) width = NULL;
    ScoreMean log_loss = {0};
    ScoreMean brier = {0};
    ScoreMean top2 = {0};
    double variance, value;
    gsize n = 0;

    for (gsize i = 0; i < input->n; i++) {
        ScoreRow row = score_row(input, i);
        double w = input->weight != NULL ? input->weight[i] : 1.0;
        double p = row.sum > 0.0 ? input->probability[input->truth[i]][i] / row.sum : 0.0;

        if (!row.complete)
            continue;
        score_mean_add(&log_loss, -log(CLAMP(p, SCORE_CLIP, 1.0 - SCORE_CLIP)), w);
        score_mean_add(&brier, row.squares, w);
        score_mean_add(&top2, row.above < 2 ? 1.0 : 0.0, w);
        top[n] = CLAMP(input->probability[row.top][i], 0.0, 1.0);
        hit[n] = (gint32)row.top == input->truth[i];
        if (weight != NULL)
            weight[n] = w;
        rows[n++] = (guint32)i;
    }
    if (n == 0)
        return;
    score_add_mean(list, "log_loss", &log_loss, n);
    score_add_mean(list, "brier", &brier, n);
    value = score_mean_value(&top2, &variance);
    errata_metrics_add(list,
                       "top2_accuracy",
                       -1,
                       value,
                       errata_intervals_logit(value, variance, ERRATA_METRICS_LEVEL),
                       n);
    width = score_add_top(list, top, hit, weight, n);
    if ((double)n * input->n_classes <= SCORE_AUC_MOST)
        score_add_one_vs_rest(input, rows, n, weight, list);
    else
        errata_metrics_add(list, "roc_auc", -1, (double)NAN, score_none, n)->why =
            "too many rows times classes to sort";
    if (ret_reliability != NULL)
        *ret_reliability = g_steal_pointer(&width);
}
