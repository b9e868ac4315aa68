/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics of the confusion matrix, as scikit-learn defines them. Each is a smooth function of the
 * cells, unchanged when all cells are scaled, so its variance is Σ_cells Σw² (∂f/∂cell)² (delta
 * method); the gradients stand beside the values. Proportions have Wilson intervals. */
#include <math.h>

#include "metrics.h"
#include "sum.h"

static const ErrataInterval confusion_none = {(double)NAN, (double)NAN};

/* value and variance of one metric, and what its gradient needs */
typedef double (*ConfusionGradientFunc)(const ErrataConfusion *self,
                                        guint truth,
                                        guint predicted,
                                        const double *f1,
                                        double value);

/**
 * errata_confusion_new:
 * @input: rows with classes
 *
 * Returns: (transfer full): their confusion matrix
 */
ErrataConfusion *
errata_confusion_new(const ErrataMetricsInput *input)
{
    ErrataConfusion *self = g_new0(ErrataConfusion, 1);
    gsize k = input->n_classes;

    self->n_classes = input->n_classes;
    self->count = g_new0(guint64, MAX(k * k, 1));
    self->weight = g_new0(double, MAX(k * k, 1));
    self->squares = g_new0(double, MAX(k * k, 1));
    self->row = g_new0(double, MAX(k, 1));
    self->column = g_new0(double, MAX(k, 1));
    for (gsize i = 0; i < input->n; i++) {
        gsize cell = (gsize)input->truth[i] * k + (gsize)input->predicted[i];

        self->count[cell]++;
        if (input->weight != NULL) {
            self->weight[cell] += input->weight[i];
            self->squares[cell] += input->weight[i] * input->weight[i];
        }
    }
    for (gsize t = 0; t < k; t++)
        for (gsize p = 0; p < k; p++) {
            gsize cell = t * k + p;

            if (input->weight == NULL)
                self->weight[cell] = self->squares[cell] = (double)self->count[cell];
            self->row[t] += self->weight[cell];
            self->column[p] += self->weight[cell];
            self->total += self->weight[cell];
            self->hit += t == p ? self->weight[cell] : 0.0;
        }
    return self;
}

void
errata_confusion_free(ErrataConfusion *self)
{
    if (self == NULL)
        return;
    g_free(self->count);
    g_free(self->weight);
    g_free(self->squares);
    g_free(self->row);
    g_free(self->column);
    g_free(self);
}

static double
confusion_cell(const ErrataConfusion *self, guint truth, guint predicted)
{
    return self->weight[(gsize)truth * self->n_classes + predicted];
}

static double
confusion_n_true(const ErrataConfusion *self)
{
    double n = 0.0;

    for (guint k = 0; k < self->n_classes; k++)
        n += self->row[k] > 0.0;
    return n;
}

static double
confusion_n_used(const ErrataConfusion *self)
{
    double n = 0.0;

    for (guint k = 0; k < self->n_classes; k++)
        n += self->row[k] > 0.0 || self->column[k] > 0.0;
    return n;
}

static double
confusion_balanced_gradient(const ErrataConfusion *self,
                            guint t,
                            guint p,
                            const double *f1,
                            double value)
{
    double recall = confusion_cell(self, t, t) / self->row[t];

    return ((t == p) - recall) / self->row[t] / confusion_n_true(self);
}

static double
confusion_precision_gradient(const ErrataConfusion *self,
                             guint t,
                             guint p,
                             const double *f1,
                             double value)
{
    double precision = confusion_cell(self, p, p) / self->column[p];

    return ((t == p) - precision) / self->column[p] / confusion_n_used(self);
}

static double
confusion_recall_gradient(const ErrataConfusion *self,
                          guint t,
                          guint p,
                          const double *f1,
                          double value)
{
    return confusion_balanced_gradient(self, t, p, f1, value) * confusion_n_true(self) /
           confusion_n_used(self);
}

/* derivative of row t's and column p's F1 by their cell, weighted by a and b */
static double
confusion_f1_part(const ErrataConfusion *self,
                  guint t,
                  guint p,
                  const double *f1,
                  double a,
                  double b)
{
    double st = self->row[t] + self->column[t];
    double sp = self->row[p] + self->column[p];

    return (t == p ? 2.0 * a / st : 0.0) - a * f1[t] / st - b * f1[p] / sp;
}

static double
confusion_f1_macro_gradient(const ErrataConfusion *self,
                            guint t,
                            guint p,
                            const double *f1,
                            double value)
{
    return confusion_f1_part(self, t, p, f1, 1.0, 1.0) / confusion_n_used(self);
}

static double
confusion_f1_weighted_gradient(const ErrataConfusion *self,
                               guint t,
                               guint p,
                               const double *f1,
                               double value)
{
    return (f1[t] - value + confusion_f1_part(self, t, p, f1, self->row[t], self->row[p])) /
           self->total;
}

/* Σ columns · rows, Σ columns², Σ rows² */
static void
confusion_moments(const ErrataConfusion *self, double *ret_pr, double *ret_pp, double *ret_rr)
{
    *ret_pr = *ret_pp = *ret_rr = 0.0;
    for (guint k = 0; k < self->n_classes; k++) {
        *ret_pr += self->column[k] * self->row[k];
        *ret_pp += self->column[k] * self->column[k];
        *ret_rr += self->row[k] * self->row[k];
    }
}

static double
confusion_mcc(const ErrataConfusion *self)
{
    double s = self->total;
    double pr, pp, rr;

    confusion_moments(self, &pr, &pp, &rr);
    /* a margin with one class only leaves a difference of rounding size */
    if (!(s * s - pp > 1e-12 * s * s && s * s - rr > 1e-12 * s * s))
        return (double)NAN;
    return (self->hit * s - pr) / sqrt(s * s - pp) / sqrt(s * s - rr);
}

static double
confusion_kappa(const ErrataConfusion *self)
{
    double s = self->total;
    double pr, pp, rr;

    confusion_moments(self, &pr, &pp, &rr);
    if (!(s * s - pr > 1e-12 * s * s))
        return (double)NAN;
    return (self->hit * s - pr) / (s * s - pr);
}

static double
confusion_variance(const ErrataConfusion *self,
                   ConfusionGradientFunc gradient,
                   const double *f1,
                   double value)
{
    ErrataSum sum = {0};

    for (guint t = 0; t < self->n_classes; t++)
        for (guint p = 0; p < self->n_classes; p++) {
            double squares = self->squares[(gsize)t * self->n_classes + p];
            double slope = squares > 0.0 ? gradient(self, t, p, f1, value) : 0.0;

            errata_sum_add(&sum, squares * slope * slope);
        }
    return errata_sum_value(&sum);
}

/* the matrix coefficients share their sums, so they are done by cell here */
static void
confusion_agreement_variance(const ErrataConfusion *self,
                             double mcc,
                             double kappa,
                             double *ret_mcc,
                             double *ret_kappa)
{
    double s = self->total;
    double c = self->hit;
    double pr, pp, rr, x, y, pe;

    confusion_moments(self, &pr, &pp, &rr);
    x = s * s - pp;
    y = s * s - rr;
    pe = pr / s / s;
    *ret_mcc = *ret_kappa = 0.0;
    for (guint t = 0; t < self->n_classes; t++)
        for (guint p = 0; p < self->n_classes; p++) {
            double squares = self->squares[(gsize)t * self->n_classes + p];
            double chance = self->column[t] + self->row[p];
            double slope = ((t == p ? s : 0.0) + c - chance) / sqrt(x) / sqrt(y) -
                           mcc * ((s - self->column[p]) / x + (s - self->row[t]) / y);
            double observed = (t == p ? 1.0 / s : 0.0) - c / s / s;
            double expected = chance / s / s - 2.0 * pe / s;

            *ret_mcc += squares * slope * slope;
            slope = observed / (1.0 - pe) - (1.0 - c / s) * expected / (1.0 - pe) / (1.0 - pe);
            *ret_kappa += squares * slope * slope;
        }
    if (isnan(mcc))
        *ret_mcc = (double)NAN;
    if (isnan(kappa))
        *ret_kappa = (double)NAN;
}

/* a proportion of weights, with Kish's effective count */
static void
confusion_add_share(GArray *list,
                    const char *name,
                    int class_index,
                    double part,
                    double whole,
                    double squares,
                    guint64 n,
                    const char *why)
{
    double effective = squares > 0.0 ? whole * whole / squares : 0.0;
    double value = whole > 0.0 ? part / whole : (double)NAN;
    ErrataMetricValue *entry = errata_metrics_add(
        list,
        name,
        class_index,
        value,
        whole > 0.0 ? errata_intervals_wilson(value * effective, effective, ERRATA_METRICS_LEVEL)
                    : confusion_none,
        n);

    if (isnan(value))
        entry->why = why;
}

/* F1 is 2 J / (1 + J) of the share J that is right among the rows that are of a class or are said
 * to be: with none or all of them right, Wilson's interval of J gives its own */
static ErrataInterval
confusion_f1_interval(double right, double n)
{
    ErrataInterval share = errata_intervals_wilson(right, n, ERRATA_METRICS_LEVEL);

    return (ErrataInterval){2.0 * share.lo / (1.0 + share.lo), 2.0 * share.hi / (1.0 + share.hi)};
}

/* one class against the rest */
static void
confusion_add_class(const ErrataConfusion *self, guint k, int class_index, GArray *list)
{
    double row_squares = 0.0;
    double column_squares = 0.0;
    guint64 n_row = 0;
    guint64 n_column = 0;
    double hit = confusion_cell(self, k, k);
    double s = self->row[k] + self->column[k];
    double f1 = s > 0.0 ? 2.0 * hit / s : (double)NAN;
    double hit_squares = self->squares[(gsize)k * self->n_classes + k];
    double slope_hit = (2.0 - 2.0 * f1) / s;
    double slope_miss = f1 / s;
    ErrataInterval interval;
    ErrataMetricValue *entry;

    for (guint j = 0; j < self->n_classes; j++) {
        row_squares += self->squares[(gsize)k * self->n_classes + j];
        column_squares += self->squares[(gsize)j * self->n_classes + k];
        n_row += self->count[(gsize)k * self->n_classes + j];
        n_column += self->count[(gsize)j * self->n_classes + k];
    }
    confusion_add_share(list,
                        "precision",
                        class_index,
                        hit,
                        self->column[k],
                        column_squares,
                        n_column,
                        "the class is never predicted");
    confusion_add_share(list,
                        "recall",
                        class_index,
                        hit,
                        self->row[k],
                        row_squares,
                        n_row,
                        "no row has this label");
    interval = errata_intervals_logit(f1,
                                      hit_squares * slope_hit * slope_hit +
                                          (row_squares + column_squares - 2.0 * hit_squares) *
                                              slope_miss * slope_miss,
                                      ERRATA_METRICS_LEVEL);
    if (!(hit > 0.0) || !(s > 2.0 * hit)) { /* none right, or all */
        double squares = row_squares + column_squares - hit_squares;
        double n = squares > 0.0 ? (s - hit) * (s - hit) / squares : 0.0;

        interval = confusion_f1_interval(hit > 0.0 ? n : 0.0, n);
    }
    entry = errata_metrics_add(list,
                               "f1",
                               class_index,
                               f1,
                               isnan(f1) ? confusion_none : interval,
                               n_row + n_column - self->count[(gsize)k * self->n_classes + k]);
    if (isnan(f1))
        entry->why = "the class is neither in the labels nor in the predictions";
    if (class_index >= 0)
        errata_metrics_add(list, "support", class_index, self->row[k], confusion_none, n_row);
}

static void
confusion_add_binary(const ErrataConfusion *self, guint positive, GArray *list)
{
    guint negative = 1 - positive;
    const double *w = self->weight;
    const double *w2 = self->squares;
    gsize tn = negative * 2 + negative;
    gsize fp = negative * 2 + positive;
    gsize fn = positive * 2 + negative;
    guint64 n_negative = self->count[tn] + self->count[fp];
    guint64 n = n_negative + self->count[fn] + self->count[positive * 3];
    double all_squares = w2[0] + w2[1] + w2[2] + w2[3];
    const ErrataMetricValue *f1;

    confusion_add_class(self, positive, -1, list);
    f1 = errata_metrics_find(list, "f1", -1);
    errata_metrics_add(list, "f1_positive", -1, f1->value, f1->interval, f1->n)->why = f1->why;
    confusion_add_share(list,
                        "specificity",
                        -1,
                        w[tn],
                        self->row[negative],
                        w2[tn] + w2[fp],
                        n_negative,
                        "no row has the negative label");
    confusion_add_share(list,
                        "npv",
                        -1,
                        w[tn],
                        self->column[negative],
                        w2[tn] + w2[fn],
                        self->count[tn] + self->count[fn],
                        "the negative class is never predicted");
    confusion_add_share(list,
                        "false_positive_rate",
                        -1,
                        w[fp],
                        self->row[negative],
                        w2[tn] + w2[fp],
                        n_negative,
                        "no row has the negative label");
    errata_metrics_add(list, "n_positive", -1, self->row[positive], confusion_none, n);
    confusion_add_share(list,
                        "positive_rate",
                        -1,
                        self->row[positive],
                        self->total,
                        all_squares,
                        n,
                        "no rows");
    confusion_add_share(list,
                        "predicted_positive_rate",
                        -1,
                        self->column[positive],
                        self->total,
                        all_squares,
                        n,
                        "no rows");
}

/* per-class F1 (0 where the class is in neither margin), and the averages' values */
static void
confusion_averages(const ErrataConfusion *self,
                   double *f1,
                   double *ret_recall,
                   double *ret_precision,
                   double *ret_macro,
                   double *ret_weighted)
{
    *ret_recall = *ret_precision = *ret_macro = *ret_weighted = 0.0;
    for (guint k = 0; k < self->n_classes; k++) {
        double hit = confusion_cell(self, k, k);
        double s = self->row[k] + self->column[k];

        f1[k] = s > 0.0 ? 2.0 * hit / s : 0.0;
        *ret_recall += self->row[k] > 0.0 ? hit / self->row[k] : 0.0;
        *ret_precision += self->column[k] > 0.0 ? hit / self->column[k] : 0.0;
        *ret_macro += f1[k];
        *ret_weighted += self->row[k] * f1[k] / self->total;
    }
}

/* Wilson's interval of the part of a class that is found, by Kish's effective count */
static ErrataInterval
confusion_recall_interval(const ErrataConfusion *self, guint k)
{
    double squares = 0.0, n;

    for (guint j = 0; j < self->n_classes; j++)
        squares += self->squares[(gsize)k * self->n_classes + j];
    n = squares > 0.0 ? self->row[k] * self->row[k] / squares : 0.0;
    return errata_intervals_wilson(confusion_cell(self, k, k) / self->row[k] * n,
                                   n,
                                   ERRATA_METRICS_LEVEL);
}

/* whether a class is always found or never: the variance of what was seen is 0 there, that of its
 * share is not */
static gboolean
confusion_is_at_end(const ErrataConfusion *self)
{
    for (guint k = 0; k < self->n_classes; k++) {
        double hit = confusion_cell(self, k, k);

        if (self->row[k] > 0.0 && (!(hit > 0.0) || !(hit < self->row[k])))
            return TRUE;
    }
    return FALSE;
}

/* mean of the classes' recalls over @n classes: from the recovered variances of their own intervals
 * (Zou and Donner 2008) */
static ErrataInterval
confusion_recalls_interval(const ErrataConfusion *self, double value, double n)
{
    double below = 0.0, above = 0.0;

    for (guint k = 0; k < self->n_classes; k++) {
        double recall = self->row[k] > 0.0 ? confusion_cell(self, k, k) / self->row[k] : 0.0;
        ErrataInterval own;

        if (!(self->row[k] > 0.0))
            continue;
        own = confusion_recall_interval(self, k);
        below += (recall - own.lo) * (recall - own.lo);
        above += (own.hi - recall) * (own.hi - recall);
    }
    return (ErrataInterval){fmax(value - sqrt(below) / n, 0.0), fmin(value + sqrt(above) / n, 1.0)};
}

static void
confusion_add_recalls(const ErrataConfusion *self,
                      GArray *list,
                      const char *name,
                      double value,
                      double n_classes,
                      ConfusionGradientFunc gradient,
                      const double *f1,
                      guint64 n)
{
    ErrataInterval interval =
        confusion_is_at_end(self)
            ? confusion_recalls_interval(self, value, n_classes)
            : errata_intervals_logit(value,
                                     confusion_variance(self, gradient, f1, value),
                                     ERRATA_METRICS_LEVEL);

    errata_metrics_add(list, name, -1, value, interval, n);
}

static void
confusion_add_smooth(const ErrataConfusion *self,
                     GArray *list,
                     const char *name,
                     double value,
                     ConfusionGradientFunc gradient,
                     const double *f1,
                     guint64 n)
{
    errata_metrics_add(list,
                       name,
                       -1,
                       value,
                       errata_intervals_logit(value,
                                              confusion_variance(self, gradient, f1, value),
                                              ERRATA_METRICS_LEVEL),
                       n);
}

static ErrataInterval
confusion_coefficient_interval(double value, double variance)
{
    ErrataInterval interval = errata_intervals_normal(value, variance, ERRATA_METRICS_LEVEL);

    return isnan(interval.lo) ? interval
                              : (ErrataInterval){fmax(interval.lo, -1.0), fmin(interval.hi, 1.0)};
}

/* kappa of two classes, of which a share @of is the first, that are found as often as that; or
 * Matthews' coefficient */
static double
confusion_agreement_of(double of, double first, double second, gboolean is_kappa)
{
    double right = of * first + (1.0 - of) * second;
    double said = of * first + (1.0 - of) * (1.0 - second);
    double chance = of * said + (1.0 - of) * (1.0 - said);

    return is_kappa ? (right - chance) / (1.0 - chance)
                    : (first + second - 1.0) * sqrt(of * (1.0 - of) / (said * (1.0 - said)));
}

/* of two classes, one of which is always found or never: what the intervals of both recalls leave
 * open */
static ErrataInterval
confusion_corners(const ErrataConfusion *self, double value, gboolean is_kappa)
{
    ErrataInterval first = confusion_recall_interval(self, 0);
    ErrataInterval second = confusion_recall_interval(self, 1);
    ErrataInterval all = {value, value};

    for (guint corner = 0; corner < 4; corner++) {
        double at = confusion_agreement_of(self->row[0] / self->total,
                                           corner < 2 ? first.lo : first.hi,
                                           corner % 2 == 0 ? second.lo : second.hi,
                                           is_kappa);

        all.lo = fmin(all.lo, isnan(at) ? value : at);
        all.hi = fmax(all.hi, isnan(at) ? value : at);
    }
    return all;
}

static ErrataInterval
confusion_agreement_interval(const ErrataConfusion *self,
                             double value,
                             double variance,
                             gboolean is_kappa)
{
    if (self->n_classes == 2 && self->row[0] > 0.0 && self->row[1] > 0.0 && !isnan(value) &&
        confusion_is_at_end(self))
        return confusion_corners(self, value, is_kappa);
    return confusion_coefficient_interval(value, variance);
}

static void
confusion_add_agreement(const ErrataConfusion *self, GArray *list, guint64 n)
{
    double mcc = confusion_mcc(self);
    double kappa = confusion_kappa(self);
    double mcc_variance, kappa_variance;
    ErrataMetricValue *entry;

    confusion_agreement_variance(self, mcc, kappa, &mcc_variance, &kappa_variance);
    entry = errata_metrics_add(list,
                               "mcc",
                               -1,
                               mcc,
                               confusion_agreement_interval(self, mcc, mcc_variance, FALSE),
                               n);
    if (isnan(mcc))
        entry->why = "labels or predictions are all of one class";
    entry = errata_metrics_add(list,
                               "kappa",
                               -1,
                               kappa,
                               confusion_agreement_interval(self, kappa, kappa_variance, TRUE),
                               n);
    if (isnan(kappa))
        entry->why = "labels and predictions are all of one class";
}

/**
 * errata_metrics_right:
 * @input: rows of which only is known which were wrong
 * @list: (element-type ErrataMetricValue): where the metrics go
 *
 * Adds accuracy and error_rate with Wilson's intervals, by Kish's effective count where rows have
 * weights.
 */
void
errata_metrics_right(const ErrataMetricsInput *input, GArray *list)
{
    double whole = 0.0, wrong = 0.0, squares = 0.0;

    for (gsize i = 0; i < input->n; i++) {
        double weight = input->weight != NULL ? input->weight[i] : 1.0;

        whole += weight;
        squares += weight * weight;
        wrong += input->wrong[i] * weight;
    }
    confusion_add_share(list, "accuracy", -1, whole - wrong, whole, squares, input->n, "no rows");
    confusion_add_share(list, "error_rate", -1, wrong, whole, squares, input->n, "no rows");
}

/**
 * errata_metrics_confusion:
 * @confusion: a confusion matrix with at least one row
 * @positive: binary: the positive class, else −1
 * @list: (element-type ErrataMetricValue): where the metrics go
 *
 * Adds accuracy, error_rate, balanced_accuracy, precision, recall, f1 (binary: of the positive
 * class, also as f1_positive, with specificity, npv, false_positive_rate, n_positive,
 * positive_rate, predicted_positive_rate), precision_macro, recall_macro, f1_macro, f1_micro,
 * f1_weighted, mcc, kappa; and precision, recall, f1, support for each class. Classes that are in
 * neither margin are left out of macro means; a class never predicted counts 0 there, as in
 * scikit-learn. @majority_accuracy is that of always saying the commonest label.
 */
void
errata_metrics_confusion(const ErrataConfusion *confusion, int positive, GArray *list)
{
    const ErrataConfusion *self = confusion;
    g_autofree double *f1 = g_new0(double, MAX(self->n_classes, 1));
    double recall, precision, macro, weighted;
    double squares = 0.0;
    double most = 0.0;
    guint64 n = 0;

    for (gsize cell = 0; cell < (gsize)self->n_classes * self->n_classes; cell++) {
        squares += self->squares[cell];
        n += self->count[cell];
    }
    if (!(self->total > 0.0))
        return;
    confusion_averages(self, f1, &recall, &precision, &macro, &weighted);
    confusion_add_share(list, "accuracy", -1, self->hit, self->total, squares, n, NULL);
    confusion_add_share(list,
                        "error_rate",
                        -1,
                        self->total - self->hit,
                        self->total,
                        squares,
                        n,
                        NULL);
    confusion_add_recalls(self,
                          list,
                          "balanced_accuracy",
                          recall / confusion_n_true(self),
                          confusion_n_true(self),
                          confusion_balanced_gradient,
                          f1,
                          n);
    if (positive >= 0 && self->n_classes == 2)
        confusion_add_binary(self, (guint)positive, list);
    confusion_add_smooth(self,
                         list,
                         "precision_macro",
                         precision / confusion_n_used(self),
                         confusion_precision_gradient,
                         f1,
                         n);
    confusion_add_recalls(self,
                          list,
                          "recall_macro",
                          recall / confusion_n_used(self),
                          confusion_n_used(self),
                          confusion_recall_gradient,
                          f1,
                          n);
    confusion_add_smooth(self,
                         list,
                         "f1_macro",
                         macro / confusion_n_used(self),
                         confusion_f1_macro_gradient,
                         f1,
                         n);
    confusion_add_share(list, "f1_micro", -1, self->hit, self->total, squares, n, NULL);
    confusion_add_smooth(self,
                         list,
                         "f1_weighted",
                         weighted,
                         confusion_f1_weighted_gradient,
                         f1,
                         n);
    confusion_add_agreement(self, list, n);
    for (guint k = 0; k < self->n_classes; k++)
        most = fmax(most, self->row[k]);
    confusion_add_share(list, "majority_accuracy", -1, most, self->total, squares, n, NULL);
    for (guint k = 0; k < self->n_classes; k++)
        confusion_add_class(self, k, (int)k, list);
}
