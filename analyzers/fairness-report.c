/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured between groups, as metrics and as a finding. */
#include <math.h>

#include "fairness.h"
#include "interpret/words.h"

#define REPORT_LEVEL 0.95
#define REPORT_HIGH  0.2 /* difference from which it weighs heavily */
#define REPORT_SURE  0.1 /* lower limit of that difference */

static const char *const report_words[ERRATA_FAIRNESS_N] = {"selection rate",
                                                            "true positive rate",
                                                            "false positive rate",
                                                            "precision",
                                                            "error rate"};

static void
report_metric(const ErrataFairness *self,
              ErrataCase *result,
              const char *name,
              const char *group,
              double value,
              ErrataInterval interval,
              guint64 n)
{
    ErrataMetric *metric = errata_case_add_metric(result, name, value, interval.lo, interval.hi, n);

    metric->class_name = group != NULL ? g_strdup_printf("%s=%s", self->column->name, group)
                                       : g_strdup(self->column->name);
    if (isnan(value))
        metric->why = g_strdup("fewer than two groups can be compared");
}

static double
report_greater(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : fmax(a, b);
}

static double
report_lesser(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : fmin(a, b);
}

static void
report_group_metrics(const ErrataFairness *self,
                     const ErrataFairnessGroup *group,
                     ErrataCase *result)
{
    for (guint m = 0; m < ERRATA_FAIRNESS_N; m++) {
        if (!(group->rate[m].n > 0.0))
            continue;
        report_metric(self,
                      result,
                      errata_fairness_metric_name(m),
                      group->value,
                      errata_fairness_rate(group, m),
                      errata_rate_wilson(&group->rate[m], REPORT_LEVEL),
                      (guint64)group->rate[m].n);
    }
    if (group->score.n > 0.0) {
        double gap = (group->score.sum - group->positive.sum) / group->score.weight;
        double variance = fmax(group->score_squares / group->score.weight - gap * gap, 0.0);

        report_metric(self,
                      result,
                      "calibration_gap",
                      group->value,
                      gap,
                      errata_intervals_normal(gap,
                                              variance / errata_rate_effective(&group->score),
                                              REPORT_LEVEL),
                      (guint64)group->score.n);
    }
}

/**
 * errata_fairness_publish:
 * @self: a measured group column
 * @result: where its metrics go: by group as `COLUMN=VALUE`, between groups as `COLUMN`
 *
 * Differences and ratios are over the groups of at least %ERRATA_FAIRNESS_LEAST rows; equalised
 * odds is the greater of the two differences, the lesser of the two ratios, as in Fairlearn.
 * Intervals: Newcombe of differences, log of ratios, widened for the pair being the farthest apart
 * of all.
 */
void
errata_fairness_publish(const ErrataFairness *self, ErrataCase *result)
{
    const ErrataFairnessRate *rate = self->rate;
    const ErrataFairnessRate *selection = &rate[ERRATA_FAIRNESS_SELECTION];
    const ErrataFairnessRate *hits = &rate[ERRATA_FAIRNESS_TRUE_POSITIVE];
    const ErrataFairnessRate *alarms = &rate[ERRATA_FAIRNESS_FALSE_POSITIVE];
    const ErrataFairnessRate *precision = &rate[ERRATA_FAIRNESS_PRECISION];
    const ErrataFairnessRate *errors = &rate[ERRATA_FAIRNESS_ERROR];
    double odds = report_greater(hits->difference, alarms->difference);
    double odds_ratio = report_lesser(hits->ratio, alarms->ratio);
    const struct {
        const char *name;
        double value;
        ErrataInterval interval; /* of equalised odds: of the rate that decides */
    } between[] = {
        {"demographic_parity_difference", selection->difference, selection->interval},
        {"demographic_parity_ratio", selection->ratio, selection->ratio_interval},
        {"equal_opportunity_difference", hits->difference, hits->interval},
        {"equalized_odds_difference",
         odds,
         hits->difference >= odds ? hits->interval : alarms->interval},
        {"equalized_odds_ratio",
         odds_ratio,
         hits->ratio <= odds_ratio ? hits->ratio_interval : alarms->ratio_interval},
        {"predictive_parity_difference", precision->difference, precision->interval},
        {"accuracy_difference", errors->difference, errors->interval},
    };
    guint64 n = 0;

    for (guint g = 0; g < self->n_groups; g++) {
        n += self->group[g].n;
        report_group_metrics(self, &self->group[g], result);
    }
    for (guint i = 0; i < G_N_ELEMENTS(between); i++)
        report_metric(self,
                      result,
                      between[i].name,
                      NULL,
                      between[i].value,
                      between[i].interval,
                      n);
}

static ErrataFigure *
report_figure(const ErrataFairness *self, ErrataFairnessMetric metric)
{
    const ErrataFairnessRate *rate = &self->rate[metric];
    g_autofree char *id = g_strdup_printf("fairness-%s", self->column->name);
    g_autofree char *what = errata_words_capital(report_words[metric]);
    g_autofree char *title = g_strdup_printf("%s by %s", what, self->column->name);
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_DOTS, title);

    figure->y_unit = figure->x_unit = ERRATA_UNIT_SHARE;
    figure->x_label = g_steal_pointer(&what);
    figure->note = g_strdup("with 95 % intervals");
    figure->description = g_strdup_printf("The %s of each group of %s with its 95 %% interval.",
                                          report_words[metric],
                                          self->column->name);
    for (guint g = 0; g < self->n_groups; g++) {
        const ErrataFairnessGroup *group = &self->group[g];
        ErrataInterval interval = errata_rate_wilson(&group->rate[metric], REPORT_LEVEL);

        if (group->rate[metric].n > 0.0)
            errata_figure_add_dot(figure,
                                  group->value,
                                  g == rate->odd ? ERRATA_TONE_ERROR : ERRATA_TONE_REFERENCE,
                                  group->rate[metric].n,
                                  errata_fairness_rate(group, metric),
                                  interval.lo,
                                  interval.hi,
                                  g == rate->odd);
    }
    return figure;
}

/* the injured group's rate and that of all others together */
static void
report_sides(const ErrataFairness *self, ErrataFairnessMetric metric, ErrataFinding *finding)
{
    const ErrataFairnessGroup *odd = &self->group[self->rate[metric].odd];
    g_autofree char *in = g_strdup_printf("%s of %s%s%s",
                                          report_words[metric],
                                          self->range != NULL ? self->column->name : "",
                                          self->range != NULL ? " " : "",
                                          odd->value);
    g_autofree char *out = g_strdup_printf("%s of the other groups", report_words[metric]);
    ErrataRate others = {.n = 0.0};
    ErrataInterval interval;
    ErrataEvidence *evidence;

    for (guint g = 0; g < self->n_groups; g++)
        if (&self->group[g] != odd)
            errata_rate_merge(&others, &self->group[g].rate[metric]);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("rate_in",
                                                      in,
                                                      errata_fairness_rate(odd, metric),
                                                      ERRATA_UNIT_SHARE,
                                                      (guint64)odd->rate[metric].n));
    interval = errata_rate_wilson(&odd->rate[metric], REPORT_LEVEL);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = errata_rate_mean(&others);
    evidence->method = g_strdup("Wilson");
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("rate_out",
                                                      out,
                                                      errata_rate_mean(&others),
                                                      ERRATA_UNIT_SHARE,
                                                      (guint64)others.n));
    interval = errata_rate_wilson(&others, REPORT_LEVEL);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->method = g_strdup("Wilson");
}

static void
report_differences(const ErrataFairness *self, ErrataFairnessMetric metric, ErrataFinding *finding)
{
    for (guint i = 0; i < ERRATA_FAIRNESS_N; i++) {
        ErrataFairnessMetric m = (metric + i) % ERRATA_FAIRNESS_N;
        const ErrataFairnessRate *rate = &self->rate[m];
        g_autofree char *what = g_strdup_printf("greatest difference in %s", report_words[m]);
        ErrataEvidence *evidence;

        if (!rate->known)
            continue;
        evidence = errata_finding_add(finding,
                                      errata_evidence_new(i == 0 ? "difference" : "also",
                                                          what,
                                                          rate->difference,
                                                          ERRATA_UNIT_POINTS,
                                                          0));
        for (guint g = 0; g < self->n_groups; g++)
            evidence->n += (guint64)self->group[g].rate[m].n;
        evidence->lo = rate->interval.lo;
        evidence->hi = rate->interval.hi;
        evidence->test = g_strdup("Pearson χ² over all groups");
        evidence->p = rate->p;
        evidence->q = rate->q;
        evidence->method = g_strdup("Newcombe, widened for the choice of the two groups");
    }
}

static void
report_rows(const ErrataFairness *self, guint odd, gsize n_rows, ErrataFinding *finding)
{
    finding->n_rows = 0;
    finding->row = g_new(guint32, self->group[odd].n + 1);
    finding->row_score = g_new(double, self->group[odd].n + 1);
    for (gsize row = 0; row < n_rows; row++)
        if (self->code[row] == (gint32)odd) {
            finding->row_score[finding->n_rows] = 1.0;
            finding->row[finding->n_rows++] = (guint32)row;
        }
    finding->share_of_rows = (double)finding->n_rows / (double)n_rows;
}

static void
report_subject(const ErrataFairness *self, ErrataFairnessMetric metric, ErrataSubject *subject)
{
    subject->column = g_strdup(self->column->name);
    subject->metric = g_strdup(errata_fairness_metric_name(metric));
    subject->difference = self->rate[metric].difference;
    subject->ratio = self->rate[metric].ratio;
    for (guint g = 0; g < self->n_groups; g++) {
        ErrataShare *share = g_new0(ErrataShare, 1);

        share->value = g_strdup(self->group[g].value);
        share->n = self->group[g].n;
        share->rate = errata_fairness_rate(&self->group[g], metric);
        g_ptr_array_add(subject->groups, share);
    }
}

/**
 * errata_fairness_report:
 * @self: a measured group column
 * @analysis: the log
 * @metric: the rate that differs most
 *
 * Medium, high from a difference of 20 points on that is surely 10: nobody's errors alone measure
 * it.
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_fairness_report(const ErrataFairness *self,
                       const ErrataAnalysis *analysis,
                       ErrataFairnessMetric metric)
{
    const ErrataFairnessRate *rate = &self->rate[metric];
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_FAIRNESS, "");
    g_autofree char *in = NULL;
    g_autofree char *out = NULL;
    g_autofree char *check = NULL;

    finding->confirmed = TRUE;
    finding->severity = rate->difference >= REPORT_HIGH && rate->interval.lo >= REPORT_SURE
                            ? ERRATA_SEVERITY_HIGH
                            : ERRATA_SEVERITY_MEDIUM;
    finding->rank = rate->difference / 10.0;
    finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
    report_subject(self, metric, &finding->subject);
    report_sides(self, metric, finding);
    report_differences(self, metric, finding);
    errata_words_shares(errata_finding_evidence(finding, "rate_in"),
                        errata_finding_evidence(finding, "rate_out"),
                        &in,
                        &out);
    g_free(finding->title);
    finding->title = g_strdup_printf("%s %s has %s %s of %s, the other groups %s",
                                     self->column->name,
                                     self->group[rate->odd].value,
                                     metric == ERRATA_FAIRNESS_ERROR ? "an" : "a",
                                     report_words[metric],
                                     in,
                                     out);
    finding->summary = g_strdup_printf("fairness · %s", self->column->name);
    report_rows(self, rate->odd, analysis->frame->n_rows, finding);
    finding->figure = report_figure(self, metric);
    check = g_strdup_printf("Compare scores and labels of %s %s with the others', and weight its "
                            "training rows or set its threshold so that the rates meet",
                            self->column->name,
                            self->group[rate->odd].value);
    errata_finding_suggest(finding, "reweight", check)->method =
        g_strdup("not computed: needs a retrained model");
    return finding;
}
