/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A classifier that is right less often than chance makes it, or never: classes turned round,
 * labels joined to other rows. No group stands out where all of it is wrong, so this has to be said
 * first. */
#include <math.h>

#include "design-effect.h"
#include "performance.h"
#include "words.h"

#define OPPOSED_LEAST 100   /* rows */
#define OPPOSED_KAPPA -0.05 /* agreement beyond chance that is clearly against the labels … */
#define OPPOSED_SURE  2.0   /* … by so many half-widths of its interval */
#define OPPOSED_WORSE -0.2  /* and this one is critical */
#define OPPOSED_RANKS 0.45  /* upper end of a ROC AUC that ranks the wrong way … */
#define OPPOSED_BADLY 0.3   /* … and the value of one that is critical */
#define OPPOSED_TELLS 0.55  /* one from which on the threshold is to blame, not the scores */

typedef struct {
    double n;
    double worth;  /* as many independent rows tell as much */
    double right;  /* share */
    double chance; /* share that would be right were predictions and labels independent */
    double ranks;  /* ROC AUC of the scores, NaN without */
} Opposed;

/* rows that belong together tell less than as many others */
static double
opposed_worth(const ErrataOutcome *outcome)
{
    return (double)outcome->n_judged / errata_design_effect(outcome->entity,
                                                            outcome->n_entities,
                                                            outcome->loss,
                                                            NULL,
                                                            outcome->n_rows);
}

static Opposed
opposed_measure(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const ErrataMetric *auc = errata_case_metric(analysis->result, "roc_auc");
    g_autofree double *truth = g_new0(double, MAX(outcome->n_classes, 1)); /* rows per class */
    g_autofree double *said = g_new0(double, MAX(outcome->n_classes, 1));
    Opposed self = {(double)outcome->n_judged,
                    opposed_worth(outcome),
                    0.0,
                    0.0,
                    auc != NULL ? auc->value : (double)NAN};

    self.right = 1.0 - (double)outcome->n_errors / self.n;
    for (gsize row = 0; row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0) {
            truth[outcome->truth[row]] += 1.0;
            said[outcome->predicted[row]] += 1.0;
        }
    for (guint k = 0; k < outcome->n_classes; k++)
        self.chance += truth[k] * said[k] / (self.n * self.n);
    return self;
}

/* whether the scores rank the classes the wrong way round, for sure */
static gboolean
opposed_ranks(const ErrataAnalysis *analysis)
{
    const ErrataMetric *auc = errata_case_metric(analysis->result, "roc_auc");

    return auc != NULL && analysis->outcome->n_classes == 2 && auc->hi < OPPOSED_RANKS;
}

/* whether predictions agree with the labels less often than chance makes them, for sure */
static gboolean
opposed_is_below_chance(const ErrataAnalysis *analysis)
{
    const ErrataMetric *kappa = errata_case_metric(analysis->result, "kappa");

    return kappa != NULL && !isnan(kappa->value) && kappa->hi < 0.0;
}

/* of two classes, the other one would be right more often, and neither chance nor a threshold says
 * why */
static gboolean
opposed_is_wrong(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const ErrataMetric *auc = errata_case_metric(analysis->result, "roc_auc");
    double right = 1.0 - (double)outcome->n_errors / (double)outcome->n_judged;
    double n = opposed_worth(outcome);

    return outcome->n_classes == 2 && (auc == NULL || !(auc->value > OPPOSED_TELLS)) &&
           opposed_is_below_chance(analysis) &&
           errata_intervals_wilson(right * n, n, ERRATA_METRICS_LEVEL).hi < 0.5;
}

static gboolean
opposed_is_sure(const ErrataAnalysis *analysis)
{
    const ErrataMetric *kappa = errata_case_metric(analysis->result, "kappa");

    if (analysis->outcome->n_errors == analysis->outcome->n_judged || opposed_ranks(analysis) ||
        opposed_is_wrong(analysis))
        return TRUE;
    return kappa != NULL && !isnan(kappa->value) &&
           kappa->value + OPPOSED_SURE * (kappa->hi - kappa->value) < OPPOSED_KAPPA;
}

static void
opposed_add_evidence(const Opposed *self, ErrataFinding *finding)
{
    ErrataInterval interval =
        errata_intervals_wilson(self->right * self->worth, self->worth, ERRATA_METRICS_LEVEL);
    ErrataEvidence *evidence = errata_evidence_new("right",
                                                   "share of the predictions that are right",
                                                   self->right,
                                                   ERRATA_UNIT_SHARE,
                                                   (guint64)self->n);

    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson");
    errata_finding_add(finding, evidence);
    errata_finding_add(finding,
                       errata_evidence_new("chance",
                                           "share that would be right by chance, from how often "
                                           "each class is predicted and true",
                                           self->chance,
                                           ERRATA_UNIT_SHARE,
                                           (guint64)self->n));
    if (!isnan(self->ranks))
        errata_finding_add(finding,
                           errata_evidence_new("ranks",
                                               "ROC AUC of the scores",
                                               self->ranks,
                                               ERRATA_UNIT_NONE,
                                               (guint64)self->n));
}

/* what is told: all wrong, ranked the wrong way, or against the labels */
static char *
opposed_title(const ErrataAnalysis *analysis, const Opposed *self, const char *count)
{
    g_autofree char *right = errata_words_share(self->right, (double)NAN, (double)NAN);
    g_autofree char *chance = errata_words_share(self->chance, (double)NAN, (double)NAN);
    g_autofree char *ranks = NULL;

    if (analysis->outcome->n_errors == analysis->outcome->n_judged)
        return g_strdup_printf("All %s are wrong", count);
    if (opposed_ranks(analysis)) {
        ranks = errata_words_number(self->ranks, self->ranks - 0.01, self->ranks + 0.01);
        return g_strdup_printf("Scores go against the labels: ROC AUC %s, right %s of the time",
                               ranks,
                               right);
    }
    if (opposed_is_wrong(analysis))
        return g_strdup_printf("Predictions are wrong more often than right: right %s of the time",
                               right);
    return g_strdup_printf("Predictions go against the labels: right %s of the time, by chance %s",
                           right,
                           chance);
}

static ErrataSeverity
opposed_severity(const ErrataAnalysis *analysis, const Opposed *self)
{
    if (analysis->outcome->n_errors == analysis->outcome->n_judged ||
        self->right - self->chance < OPPOSED_WORSE * (1.0 - self->chance) ||
        (opposed_ranks(analysis) && self->ranks < OPPOSED_BADLY))
        return ERRATA_SEVERITY_CRITICAL;
    return ERRATA_SEVERITY_HIGH;
}

static void
opposed_suggest(const Opposed *self, const ErrataOutcome *outcome, ErrataFinding *finding)
{
    ErrataInterval interval = errata_intervals_wilson((1.0 - self->right) * self->worth,
                                                      self->worth,
                                                      ERRATA_METRICS_LEVEL);
    ErrataSuggestion *suggestion;

    if (outcome->n_classes != 2) {
        errata_finding_suggest(
            finding,
            "fix-pipeline",
            "Check that labels and predictions belong to the same rows, and that "
            "both use the same names for the classes")
            ->method = g_strdup("no gain computed: which class should be which is not known");
        return;
    }
    suggestion = errata_finding_suggest(finding,
                                        "fix-pipeline",
                                        self->ranks > 0.5
                                            ? "Turn the predictions round: the scores rank the "
                                              "classes rightly"
                                            : "Find out whether the labels or the predictions have "
                                              "their two classes turned round, and turn them back");
    if (!(self->right < 0.5)) {
        suggestion->method = g_strdup("no gain computed: with predictions turned round, accuracy "
                                      "would not rise");
        return;
    }
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = self->right;
    suggestion->to = 1.0 - self->right;
    suggestion->lo = fmax(interval.lo - self->right, 0.0);
    suggestion->hi = fmin(interval.hi - self->right, 1.0);
    suggestion->method = g_strdup("the same rows with the two classes turned round, Wilson");
}

/**
 * errata_performance_opposed:
 * @analysis: a log whose metrics have been added
 *
 * Adds a finding where a classifier is never right, agrees with its labels less often than chance
 * (kappa below −0.05 by twice its interval), has scores that rank the wrong way round (all of the
 * interval of its ROC AUC below 0.45), or is wrong more often than right in two classes, agrees
 * with them less often than chance (all of kappa's interval below 0), and no threshold would help.
 */
void
errata_performance_opposed(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree char *count = NULL;
    g_autofree char *title = NULL;
    ErrataFinding *finding;
    Opposed self;

    if (outcome->task == ERRATA_TASK_REGRESSION || outcome->truth == NULL ||
        outcome->predicted == NULL || outcome->n_judged < OPPOSED_LEAST ||
        !opposed_is_sure(analysis))
        return;
    self = opposed_measure(analysis);
    count = errata_words_counted(outcome->n_judged, "prediction", "predictions");
    title = opposed_title(analysis, &self, count);
    finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, title);
    finding->confirmed = TRUE;
    finding->severity = opposed_severity(analysis, &self);
    finding->share_of_errors = finding->share_of_rows = finding->excess_errors = (double)NAN;
    finding->metric = g_strdup("accuracy");
    finding->delta = fmax(self.chance - self.right, 0.0);
    finding->rank = 1.0;
    finding->summary = g_strdup_printf("performance · %s", count);
    finding->subject.metric = g_strdup("accuracy");
    finding->subject.metric_from = self.chance;
    finding->subject.metric_to = self.right;
    g_ptr_array_add(finding->notes, g_strdup("opposed=yes"));
    opposed_add_evidence(&self, finding);
    opposed_suggest(&self, outcome, finding);
    errata_case_add_finding(analysis->result, finding);
}
