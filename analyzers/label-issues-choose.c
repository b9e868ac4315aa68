/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do the features know as much of the labels as the logged scores do? Where they do not (the model
 * read a text that the features leave out), what looks unlikely from the features is only what they
 * cannot know, and the logged scores are the better witness. */
#include <math.h>
#include <string.h>

#include "label-issues.h"
#include "sum.h"

#define CHOOSE_LEAST 0.8   /* part of what the scores tell that the features must tell */
#define CHOOSE_ROWS  20000 /* looked at, evenly spread */
#define CHOOSE_TINY  1e-6

/* tempers and floors that recalibrate a score; noisy labels make the best score look too sure */
static const double choose_powers[] = {0.35, 0.5, 0.7, 0.85, 1.0, 1.4, 2.0};
static const double choose_floors[] = {0.0, 0.01, 0.03, 0.06, 0.1};

/* mean log-loss of @probability raised to @power and mixed with @floor of the @prior */
static double
choose_loss(const ErrataLabelIssues *self,
            const double *probability,
            const double *prior,
            double power,
            double floor)
{
    gsize step = self->n / CHOOSE_ROWS + 1;
    guint k = self->n_classes;
    ErrataSum loss = {0};
    gsize n = 0;

    for (gsize i = 0; i < self->n; i += step, n++) {
        guint given = (guint)self->given[i];
        double sum = 0.0, of_given = 0.0;

        for (guint j = 0; j < k; j++) {
            double p = pow(MAX(probability[i * k + j], CHOOSE_TINY), power);

            sum += p;
            of_given = j == given ? p : of_given;
        }
        errata_sum_add(&loss, -log((1.0 - floor) * of_given / sum + floor * prior[given]));
    }
    return errata_sum_value(&loss) / (double)MAX(n, 1);
}

static double
choose_best_loss(const ErrataLabelIssues *self, const double *probability, const double *prior)
{
    double best = (double)INFINITY;

    for (gsize p = 0; p < G_N_ELEMENTS(choose_powers); p++)
        for (gsize f = 0; f < G_N_ELEMENTS(choose_floors); f++)
            best = MIN(best,
                       choose_loss(self, probability, prior, choose_powers[p], choose_floors[f]));
    return best;
}

/* log-loss saved against guessing by what was learnt, over what @logged saves, both recalibrated */
static double
choose_knows(const ErrataLabelIssues *self, const double *logged)
{
    g_autofree double *prior = g_new0(double, self->n_classes);
    double guess, by_logged, by_features;

    for (gsize i = 0; i < self->n; i++)
        prior[self->given[i]] += 1.0 / (double)self->n;
    guess = choose_loss(self, logged, prior, 1.0, 1.0);
    by_logged = guess - choose_best_loss(self, logged, prior);
    by_features = guess - choose_best_loss(self, self->probability, prior);
    return by_logged > CHOOSE_TINY ? by_features / by_logged : (double)INFINITY;
}

/**
 * errata_label_issues_choose:
 * @self: rows with logged probabilities, as found
 * @analysis: the log
 * @scored: whether there are logged probabilities
 *
 * Learns the labels from the features; keeps that only where it tells at least 0.8 of what the
 * logged scores tell (log-loss saved against guessing, both recalibrated).
 *
 * Returns: whether there are probabilities
 */
gboolean
errata_label_issues_choose(ErrataLabelIssues *self, const ErrataAnalysis *analysis, gboolean scored)
{
    gsize size = sizeof(double) * self->n * self->n_classes;
    g_autofree double *logged = g_memdup2(self->probability, size);

    if (!errata_label_issues_learn(self, analysis))
        return scored;
    if (!scored)
        return TRUE;
    self->knows = choose_knows(self, logged);
    if (self->knows >= CHOOSE_LEAST)
        return TRUE;
    memcpy(self->probability, logged, size);
    self->from_features = FALSE;
    return TRUE;
}
