/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-model.h"

/* of the standard normal distribution, below x */
double
pmml_normal_share(double x)
{
    return 0.5 * erfc(-x / G_SQRT2);
}

/* the x below which a share @p lies: Abramowitz and Stegun 26.2.23, then Halley's steps */
double
pmml_normal_quantile(double p)
{
    if (!(p >= 0 && p <= 1))
        return (double)NAN;
    if (!(p > 0 && p < 1))
        return p > 0 ? (double)INFINITY : -(double)INFINITY;
    double tail = p < 0.5 ? p : 1 - p;
    double t = sqrt(-2 * log(tail));
    double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    x = p < 0.5 ? -x : x;
    for (guint i = 0; i < 4; i++) {
        double density = exp(-x * x / 2) / sqrt(2 * G_PI);
        double step = (p < 0.5 ? pmml_normal_share(x) - p : tail - pmml_normal_share(-x)) / density;
        x -= step / (1 + x * step / 2);
    }
    return x;
}

/* Inverse links of PMML's GeneralRegressionModel and RegressionModel. */
double
pmml_link_inverse(PmmlLink link, double parameter, double eta)
{
    switch (link) {
    case PMML_LINK_LOGIT:
        return 1 / (1 + exp(-eta));
    case PMML_LINK_LOG:
        return exp(eta);
    case PMML_LINK_PROBIT:
        return pmml_normal_share(eta);
    case PMML_LINK_CLOGLOG:
        return 1 - exp(-exp(eta));
    case PMML_LINK_LOGLOG:
        return exp(-exp(-eta));
    case PMML_LINK_LOGC:
        return 1 - exp(eta);
    case PMML_LINK_CAUCHIT:
        return 0.5 + atan(eta) / G_PI;
    case PMML_LINK_INVERSE:
        return 1 / eta;
    case PMML_LINK_POWER:
        return fabs(parameter) > 0 ? pow(eta, 1 / parameter) : exp(eta);
    case PMML_LINK_ODDSPOWER:
        return fabs(parameter) > 0 ? 1 / (1 + pow(1 + parameter * eta, -1 / parameter))
                                   : 1 / (1 + exp(-eta));
    case PMML_LINK_NEGBIN:
        return 1 / (parameter * (exp(-eta) - 1));
    case PMML_LINK_IDENTITY:
    default:
        return eta;
    }
}

void
pmml_softmax(double *score, guint n, gboolean is_single)
{
    double most = -(double)INFINITY, sum = 0;
    for (guint i = 0; i < n; i++)
        most = fmax(most, score[i]);
    for (guint i = 0; i < n; i++) {
        score[i] = is_single ? (double)expf((float)(score[i] - most)) : exp(score[i] - most);
        sum = is_single ? (double)(float)(sum + score[i]) : sum + score[i];
    }
    for (guint i = 0; i < n; i++)
        score[i] = is_single ? (double)(float)(score[i] / sum) : score[i] / sum;
}
