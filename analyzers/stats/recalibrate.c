/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recalibration of scores: Platt's, temperature and beta scaling by Newton steps on the log-loss,
 * isotonic regression by pooling adjacent violators. All fit on a ranking, where tied scores are
 * one group with its positives and negatives. */
#include "recalibrate.h"

#include <math.h>

#include "sum.h"

#define RECALIBRATE_CLIP  1e-6 /* scores are kept this far from 0 and 1 before a logarithm */
#define RECALIBRATE_STEPS 50

/* a logistic regression of two or three coefficients */
typedef struct {
    guint n;
    double total; /* weight of all rows */
    double b[3];
    double gradient[3];
    double hessian[3][3];
} RecalibrateFit;

const char *
errata_recalibrate_name(ErrataRecalibrateKind kind)
{
    static const char *const names[] = {"Platt scaling",
                                        "beta calibration",
                                        "isotonic regression",
                                        "temperature scaling"};

    return names[kind];
}

/**
 * errata_recalibrate_logit:
 * @score: a probability
 *
 * Returns: ln(s / (1 − s)) with s kept 1e-6 from 0 and 1
 */
double
errata_recalibrate_logit(double score)
{
    double s = CLAMP(score, RECALIBRATE_CLIP, 1.0 - RECALIBRATE_CLIP);

    return log(s / (1.0 - s));
}

static void
recalibrate_features(ErrataRecalibrateKind kind, double score, double x[3])
{
    double s = CLAMP(score, RECALIBRATE_CLIP, 1.0 - RECALIBRATE_CLIP);

    x[0] = kind == ERRATA_RECALIBRATE_TEMPERATURE ? 0.0 : 1.0; /* no shift */
    x[1] = kind == ERRATA_RECALIBRATE_BETA ? log(s) : log(s / (1.0 - s));
    x[2] = kind == ERRATA_RECALIBRATE_BETA ? -log1p(-s) : 0.0;
}

static double
recalibrate_sigmoid(double z)
{
    return z >= 0.0 ? 1.0 / (1.0 + exp(-z)) : exp(z) / (1.0 + exp(z));
}

/* ln(1 + e^z) without overflow */
static double
recalibrate_softplus(double z)
{
    return z > 0.0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

/* log-loss at @fit->b with gradient and Hessian */
static double
recalibrate_derive(RecalibrateFit *fit, const ErrataRanking *ranking, const double (*x)[3])
{
    ErrataSum loss = {0};

    for (guint j = 0; j < 3; j++) {
        fit->gradient[j] = 0.0;
        for (guint k = 0; k < 3; k++)
            fit->hessian[j][k] = 0.0;
    }
    for (gsize g = 0; g < ranking->n_groups; g++) {
        double all = ranking->positive[g] + ranking->negative[g];
        double z = fit->b[0] * x[g][0] + fit->b[1] * x[g][1] + fit->b[2] * x[g][2];
        double p = recalibrate_sigmoid(z);
        double slope = all * p - ranking->positive[g];

        errata_sum_add(&loss, all * recalibrate_softplus(z) - ranking->positive[g] * z);
        for (guint j = 0; j < fit->n; j++) {
            fit->gradient[j] += slope * x[g][j];
            for (guint k = 0; k <= j; k++)
                fit->hessian[j][k] += all * p * (1.0 - p) * x[g][j] * x[g][k];
        }
    }
    return errata_sum_value(&loss);
}

/* solves hessian · step = gradient by Cholesky with a little ridge, which grows with the weights as
 * the Hessian does; FALSE when it is singular */
static gboolean
recalibrate_solve(const RecalibrateFit *fit, double step[3])
{
    double l[3][3] = {{0.0}};

    for (guint j = 0; j < fit->n; j++) {
        for (guint k = 0; k <= j; k++) {
            double sum = fit->hessian[j][k] +
                         (j == k ? 1e-9 * (fit->total + fit->hessian[j][j]) : 0.0);

            for (guint m = 0; m < k; m++)
                sum -= l[j][m] * l[k][m];
            if (j == k && !(sum > 0.0))
                return FALSE;
            l[j][k] = j == k ? sqrt(sum) : sum / l[k][k];
        }
    }
    for (guint j = 0; j < fit->n; j++) {
        step[j] = fit->gradient[j];
        for (guint k = 0; k < j; k++)
            step[j] -= l[j][k] * step[k];
        step[j] /= l[j][j];
    }
    for (guint j = fit->n; j-- > 0;) {
        for (guint k = j + 1; k < fit->n; k++)
            step[j] -= l[k][j] * step[k];
        step[j] /= l[j][j];
    }
    return TRUE;
}

static void
recalibrate_logistic(ErrataRecalibration *self, const ErrataRanking *ranking)
{
    RecalibrateFit fit = {.n = self->kind == ERRATA_RECALIBRATE_BETA ? 3 : 2,
                          .total = ranking->n_positive + ranking->n_negative};
    double(*x)[3] = g_malloc_n(MAX(ranking->n_groups, 1), sizeof *x);
    double loss;

    for (gsize g = 0; g < ranking->n_groups; g++)
        recalibrate_features(self->kind, ranking->score[g], x[g]);
    fit.b[1] = 1.0; /* the scores as they are */
    fit.b[2] = self->kind == ERRATA_RECALIBRATE_BETA ? 1.0 : 0.0;
    loss = recalibrate_derive(&fit, ranking, x);
    for (guint step = 0; step < RECALIBRATE_STEPS; step++) {
        RecalibrateFit next = fit;
        double move[3] = {0.0, 0.0, 0.0};
        double scale = 1.0;
        double gain = -1.0;

        if (!recalibrate_solve(&fit, move))
            break;
        for (; scale > 1e-6 && !(gain >= 0.0); scale *= 0.5) {
            double after;

            for (guint j = 0; j < fit.n; j++)
                next.b[j] = fit.b[j] - scale * move[j];
            after = recalibrate_derive(&next, ranking, x);
            gain = loss - after;
        }
        if (!(gain >= 0.0))
            break;
        fit = next;
        loss -= gain;
        if (gain <= 1e-12 * fmax(loss, 1e-3 * fit.total))
            break;
    }
    g_free(x);
    /* a map that falls is no calibration: the constant rate then */
    if (!(fit.b[1] >= 0.0 && fit.b[2] >= 0.0)) {
        fit.b[0] = errata_recalibrate_logit(ranking->n_positive /
                                            (ranking->n_positive + ranking->n_negative));
        fit.b[1] = fit.b[2] = 0.0;
    }
    for (guint j = 0; j < 3; j++)
        self->coefficient[j] = fit.b[j];
}

/* from the lowest score up; each block keeps the mean score and the rate of what it pooled */
static void
recalibrate_isotonic(ErrataRecalibration *self, const ErrataRanking *ranking)
{
    g_autofree double *weight = g_new(double, MAX(ranking->n_groups, 1));
    double total = ranking->n_positive + ranking->n_negative;
    double least = 0.5 / fmax(total, 1.0);
    gsize n = 0;

    self->knot = g_new(double, MAX(ranking->n_groups, 1));
    self->level = g_new(double, MAX(ranking->n_groups, 1));
    for (gsize g = ranking->n_groups; g > 0; g--) {
        double all = ranking->positive[g - 1] + ranking->negative[g - 1];

        if (!(all > 0.0))
            continue;
        self->knot[n] = ranking->score[g - 1];
        self->level[n] = ranking->positive[g - 1] / all;
        weight[n++] = all;
        for (; n > 1 && self->level[n - 2] >= self->level[n - 1]; n--) {
            double sum = weight[n - 2] + weight[n - 1];

            self->knot[n - 2] =
                (self->knot[n - 2] * weight[n - 2] + self->knot[n - 1] * weight[n - 1]) / sum;
            self->level[n - 2] =
                (self->level[n - 2] * weight[n - 2] + self->level[n - 1] * weight[n - 1]) / sum;
            weight[n - 2] = sum;
        }
    }
    for (gsize i = 0; i < n; i++)
        self->level[i] = CLAMP(self->level[i], least, 1.0 - least);
    self->n_knots = n;
}

/**
 * errata_recalibrate_fit:
 * @ranking: scores in [0, 1] and what happened, with at least one positive and one negative
 * @kind: how
 *
 * Sources: Platt 1999, "Probabilistic outputs for support vector machines"; Kull et al. 2017, "Beta
 * calibration"; Zadrozny and Elkan 2002, "Transforming classifier scores into accurate multiclass
 * probability estimates" (isotonic).
 *
 * Returns: (transfer full): the map
 */
ErrataRecalibration *
errata_recalibrate_fit(const ErrataRanking *ranking, ErrataRecalibrateKind kind)
{
    ErrataRecalibration *self = g_new0(ErrataRecalibration, 1);

    self->kind = kind;
    if (kind == ERRATA_RECALIBRATE_ISOTONIC)
        recalibrate_isotonic(self, ranking);
    else
        recalibrate_logistic(self, ranking);
    return self;
}

void
errata_recalibration_free(ErrataRecalibration *self)
{
    if (self == NULL)
        return;
    g_free(self->knot);
    g_free(self->level);
    g_free(self);
}

/**
 * errata_recalibrate_apply:
 * @self: a map
 * @score: a score in [0, 1]
 *
 * Returns: the calibrated probability, in (0, 1)
 */
double
errata_recalibrate_apply(const ErrataRecalibration *self, double score)
{
    double x[3];
    gsize low = 0;
    gsize high = self->n_knots;
    double share;

    if (self->kind != ERRATA_RECALIBRATE_ISOTONIC) {
        recalibrate_features(self->kind, score, x);
        return CLAMP(recalibrate_sigmoid(self->coefficient[0] + self->coefficient[1] * x[1] +
                                         self->coefficient[2] * x[2]),
                     1e-15,
                     1.0 - 1e-15);
    }
    if (self->n_knots == 0)
        return 0.5;
    while (low < high) { /* first knot above the score */
        gsize middle = low + (high - low) / 2;

        if (self->knot[middle] <= score)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || low == self->n_knots)
        return self->level[low == 0 ? 0 : low - 1];
    share = (score - self->knot[low - 1]) / (self->knot[low] - self->knot[low - 1]);
    return self->level[low - 1] + share * (self->level[low] - self->level[low - 1]);
}

/**
 * errata_recalibrate_loss:
 * @self: (nullable): a map; %NULL for the scores as they are
 * @ranking: scores and what happened, not those that @self was fitted on
 *
 * Returns: mean log-loss, probabilities clipped at 1e-15
 */
double
errata_recalibrate_loss(const ErrataRecalibration *self, const ErrataRanking *ranking)
{
    ErrataSum loss = {0};

    for (gsize g = 0; g < ranking->n_groups; g++) {
        double p = self != NULL ? errata_recalibrate_apply(self, ranking->score[g])
                                : ranking->score[g];

        p = CLAMP(p, 1e-15, 1.0 - 1e-15);
        errata_sum_add(&loss, -ranking->positive[g] * log(p) - ranking->negative[g] * log1p(-p));
    }
    return errata_sum_value(&loss) / (ranking->n_positive + ranking->n_negative);
}
