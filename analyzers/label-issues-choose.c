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
#define CHOOSE_NONE  1e-150 /* beside a probability: neither 0, nor is a product of two */

/* tempers and floors that recalibrate a score; noisy labels make the best score look too sure */
static const double choose_powers[] = {0.35, 0.5, 0.7, 0.85, 1.0, 1.4, 2.0};
static const double choose_floors[] = {0.0, 0.01, 0.03, 0.06, 0.1};

/* rows evenly spread, with what is compared on them */
typedef struct {
    guint n_classes;
    gsize n;
    gint32 *given;
    double *probability; /* n × n_classes */
} ChooseSample;

static ChooseSample *
choose_sample_new(const ErrataLabelIssues *issues)
{
    gsize step = issues->n / CHOOSE_ROWS + 1;
    gsize k = issues->n_classes;
    ChooseSample *self = g_new0(ChooseSample, 1);

    self->n_classes = issues->n_classes;
    self->given = g_new(gint32, issues->n / step + 1);
    self->probability = g_new(double, (issues->n / step + 1) * k);
    for (gsize i = 0; i < issues->n; i += step) {
        self->given[self->n] = issues->given[i];
        memcpy(self->probability + self->n++ * k, issues->probability + i * k, k * sizeof(double));
    }
    return self;
}

static void
choose_sample_free(ChooseSample *self)
{
    g_free(self->given);
    g_free(self->probability);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChooseSample, choose_sample_free)

/* raises probabilities to @power: that of the given class, and the sum over the classes */
static void
choose_raise(const ChooseSample *sample, double power, double *ret_given, double *ret_sum)
{
    guint k = sample->n_classes;

    for (gsize i = 0; i < sample->n; i++) {
        guint given = (guint)sample->given[i];

        ret_given[i] = ret_sum[i] = 0.0;
        for (guint j = 0; j < k; j++) {
            double p = pow(MAX(sample->probability[i * k + j], CHOOSE_TINY), power);

            ret_sum[i] += p;
            ret_given[i] = j == given ? p : ret_given[i];
        }
    }
}

/* mean log-loss of raised probabilities mixed with @floor of the @prior */
static double
choose_loss(const ChooseSample *sample,
            const double *prior,
            const double *of_given,
            const double *sum,
            double floor)
{
    ErrataSum loss = {0};

    for (gsize i = 0; i < sample->n; i++)
        errata_sum_add(
            &loss,
            -log((1.0 - floor) * of_given[i] / sum[i] + floor * prior[sample->given[i]]));
    return errata_sum_value(&loss) / (double)MAX(sample->n, 1);
}

/* the least over the tempers and floors; also that of guessing by the prior */
static double
choose_best_loss(const ChooseSample *sample, const double *prior, double *ret_guess)
{
    g_autofree double *of_given = g_new(double, MAX(sample->n, 1));
    g_autofree double *sum = g_new(double, MAX(sample->n, 1));
    double best = (double)INFINITY;

    for (gsize p = 0; p < G_N_ELEMENTS(choose_powers); p++) {
        choose_raise(sample, choose_powers[p], of_given, sum);
        for (gsize f = 0; f < G_N_ELEMENTS(choose_floors); f++)
            best = fmin(best, choose_loss(sample, prior, of_given, sum, choose_floors[f]));
    }
    *ret_guess = choose_loss(sample, prior, of_given, sum, 1.0);
    return best;
}

static double *
choose_prior(const ErrataLabelIssues *self)
{
    double *prior = g_new0(double, self->n_classes);

    for (gsize i = 0; i < self->n; i++)
        prior[self->given[i]] += 1.0 / (double)self->n;
    return prior;
}

/* log-loss saved against guessing by what was learnt, over what @logged saves, both recalibrated */
static double
choose_knows(const ErrataLabelIssues *self, const ChooseSample *logged)
{
    g_autoptr(ChooseSample) learnt = choose_sample_new(self);
    g_autofree double *prior = choose_prior(self);
    double guess, ignored, by_logged, by_features;

    by_logged = choose_best_loss(logged, prior, &guess);
    by_logged = guess - by_logged;
    by_features = guess - choose_best_loss(learnt, prior, &ignored);
    return by_logged > CHOOSE_TINY ? by_features / by_logged : (double)INFINITY;
}

/* the geometric mean of two kinds of probabilities, brought to a sum of one */
static double *
choose_pool(const ErrataLabelIssues *self, const double *one, const double *other)
{
    guint k = self->n_classes;
    double *pooled = g_new(double, MAX(self->n, 1) * k);

    for (gsize i = 0; i < self->n; i++) {
        const double *a = one + i * k, *b = other + i * k;
        double *p = pooled + i * k;
        double sum = 0.0;

        for (guint j = 0; j < k; j++)
            sum += p[j] = sqrt((a[j] + CHOOSE_NONE) * (b[j] + CHOOSE_NONE));
        for (guint j = 0; j < k; j++)
            p[j] /= sum;
    }
    return pooled;
}

/* Trees that read what words say lose some of it to their few rounds, and tell what columns add:
 * of both, words alone and their mean, the probabilities that lose least are taken */
static void
choose_words(ErrataLabelIssues *self)
{
    g_autofree double *prior = choose_prior(self);
    g_autofree double *pooled = choose_pool(self, self->probability, self->words);
    double *const kinds[] = {self->probability, self->words, pooled};
    double least = (double)INFINITY;
    double *best = NULL;

    for (guint kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        g_autoptr(ChooseSample) sample = NULL;
        double loss, ignored;

        self->probability = kinds[kind];
        sample = choose_sample_new(self);
        loss = choose_best_loss(sample, prior, &ignored);
        if (loss < least) {
            least = loss;
            best = kinds[kind];
        }
    }
    self->probability = kinds[0];
    if (best != self->probability)
        memcpy(self->probability, best, self->n * self->n_classes * sizeof *best);
}

/* A few directions know some words for what they are not. Where the model, which read the text,
 * does not doubt the label either, it is no suspect: the logged scores have half the say in who is.
 * They have none in whether labels are wrong, of which the features must tell by themselves. */
static void
choose_with_logged(ErrataLabelIssues *self, const ErrataOutcome *outcome)
{
    double *learnt = self->probability;
    g_autofree double *logged = g_new(double, MAX(self->n, 1) * self->n_classes);

    self->probability = logged;
    errata_label_issues_log(self, outcome);
    self->probability = learnt;
    self->pooled = choose_pool(self, learnt, logged);
}

/* the class that the features make likeliest, for whoever asks what they would have said */
static void
choose_keep_learnt(const ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    for (gsize i = 0; analysis->learnt != NULL && i < self->n; i++) {
        const double *p = self->probability + i * self->n_classes;
        guint best = 0;

        for (guint j = 1; j < self->n_classes; j++)
            best = p[j] > p[best] ? j : best;
        analysis->learnt[self->row[i]] = (gint16)best;
    }
}

/**
 * errata_label_issues_choose:
 * @self: rows with logged probabilities, as found
 * @analysis: the log
 * @scored: whether there are logged probabilities
 *
 * Learns the labels from the features, words among them; keeps that only where it tells at least
 * 0.8 of what the logged scores tell (log-loss saved against guessing, both recalibrated).
 *
 * Returns: whether there are probabilities
 */
gboolean
errata_label_issues_choose(ErrataLabelIssues *self, const ErrataAnalysis *analysis, gboolean scored)
{
    g_autoptr(ChooseSample) logged = choose_sample_new(self);

    if (!errata_label_issues_learn(self, analysis))
        return scored;
    if (self->words != NULL)
        choose_words(self);
    choose_keep_learnt(self, analysis);
    if (!scored)
        return TRUE;
    self->knows = choose_knows(self, logged);
    if (self->knows >= CHOOSE_LEAST) {
        if (self->words != NULL)
            choose_with_logged(self, analysis->outcome);
        return TRUE;
    }
    errata_label_issues_log(self, analysis->outcome);
    self->from_features = FALSE;
    return TRUE;
}
