/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are the scores what they say? One overall test: ten equal-mass bins, each observed count against
 * its expectation under the scores (chi-square with one degree of freedom per bin, because nothing
 * is fitted). Size is the calibration error less what chance alone shows. What recalibration would
 * gain is fitted on the discovery half and measured on the confirmation half. METHODS 1 and 9. */
#include "calibration.h"

#include <math.h>
#include <string.h>

#include "calibration-entity.h"
#include "calibration-segments.h"
#include "calibration-since.h"
#include "entity-effect.h"
#include "judged.h"
#include "number.h"
#include "parallel.h"
#include "recalibrate.h"
#include "reliability.h"
#include "sum.h"
#include "tests.h"
#include "words.h"

#define CALIBRATION_BINS      10
#define CALIBRATION_LEAST     100    /* rows under which nothing is tested */
#define CALIBRATION_VARIANCE  5.0    /* Σ p (1 − p) that a bin of the test must have */
#define CALIBRATION_POOLED    100000 /* rows from which ten bins are cut between pools of scores */
#define CALIBRATION_MEDIUM    0.05
#define CALIBRATION_HIGH      0.10
#define CALIBRATION_GROSS     0.10 /* at the least, which few rows can show … */
#define CALIBRATION_Z         4.0  /* … by so many standard errors */
#define CALIBRATION_PART      0.10 /* of the log-loss that recalibration surely saves: medium … */
#define CALIBRATION_MOST      0.25 /* … and high, however small the scores are */
#define CALIBRATION_SUBJECT   "The scores" /* what titles begin with */
#define CALIBRATION_OF_TOP    "; log-loss of being right, by the top probability"
#define CALIBRATION_ONE_SIDED 0.7 /* |bias| / ece from which the direction is called one */

/* the top probability of a multi-class row, NaN where one is missing */
static double
calibration_top(const ErrataMetricsInput *input, gsize i, gint32 *ret_class)
{
    double top = -1.0;

    for (guint k = 0; k < input->n_classes; k++) {
        double p = input->probability[k][i];

        if (isnan(p))
            return p;
        if (p > top) {
            top = p;
            *ret_class = (gint32)k;
        }
    }
    return CLAMP(top, 0.0, 1.0);
}

static void
calibration_collect(const ErrataAnalysis *analysis, CalibrationData *data)
{
    g_autoptr(ErrataJudged) judged = errata_judged_new(analysis->outcome, analysis->set_aside, 0);
    const ErrataMetricsInput *input = &judged->input;

    data->binary = input->score != NULL && input->positive >= 0;
    data->outcome = analysis->outcome;
    data->score = g_new(double, MAX(input->n, 1));
    data->hit = g_new(guint8, MAX(input->n, 1));
    data->half = g_new(guint8, MAX(input->n, 1));
    data->row = g_new(guint32, MAX(input->n, 1));
    data->weight = input->weight != NULL ? g_new(double, MAX(input->n, 1)) : NULL;
    for (gsize i = 0; i < input->n; i++) {
        gint32 top = input->positive;
        double score = data->binary         ? input->score[i]
                       : input->top != NULL ? input->top[i]
                                            : calibration_top(input, i, &top);

        if (isnan(score))
            continue;
        data->score[data->n] = score;
        if (input->top != NULL)
            top = input->predicted[i];
        data->hit[data->n] = input->truth[i] == top;
        data->row[data->n] = judged->row[i];
        data->half[data->n] = analysis->outcome->half[judged->row[i]];
        if (data->weight != NULL)
            data->weight[data->n] = input->weight[i];
        data->n++;
    }
}

/* Σ (O − E)² / Σ p (1 − p) over bins from the lowest score up, each filled to an equal share of
 * that variance, so that scores near 0 and 1 are tested in bins large enough for the normal */
static double
calibration_test(const CalibrationData *data,
                 const ErrataRanking *ranking,
                 double *ret_statistic,
                 double *ret_degrees)
{
    double top[CALIBRATION_BINS], spread[CALIBRATION_BINS];
    double total = 0.0;
    double difference = 0.0;
    double variance = 0.0;
    double done = 0.0;
    guint n_bins;

    for (gsize g = 0; g < ranking->n_groups; g++)
        total += (ranking->positive[g] + ranking->negative[g]) * ranking->score[g] *
                 (1.0 - ranking->score[g]);
    n_bins = (guint)CLAMP(total / CALIBRATION_VARIANCE, 1.0, CALIBRATION_BINS);
    *ret_statistic = *ret_degrees = 0.0;
    for (gsize g = ranking->n_groups; g > 0; g--) {
        double p = ranking->score[g - 1];
        double all = ranking->positive[g - 1] + ranking->negative[g - 1];

        difference += ranking->positive[g - 1] - all * p;
        variance += all * p * (1.0 - p);
        if (g > 1 && done + variance < total * (*ret_degrees + 1.0) / n_bins)
            continue;
        if (*ret_degrees + 1.0 > n_bins)
            break;
        /* scores of exactly 0 or 1 leave no variance: half a row of either kind is granted */
        top[(guint)*ret_degrees] = p;
        spread[(guint)*ret_degrees] = fmax(variance, 0.5);
        *ret_statistic += difference * difference / fmax(variance, 0.5);
        *ret_degrees += 1.0;
        done += variance;
        difference = variance = 0.0;
    }
    return fmax(errata_tests_chi_square(*ret_statistic, *ret_degrees),
                errata_calibration_entity_p(data, top, spread, (guint)*ret_degrees));
}

void
errata_calibration_test_rows(const CalibrationData *data, double alpha, CalibrationTest *test)
{
    g_autoptr(ErrataRanking) ranking =
        data->n < CALIBRATION_POOLED ? errata_ranking_new(data->score, data->hit, NULL, data->n)
                                     : errata_ranking_pooled(data->score, data->hit, NULL, data->n);

    test->p = calibration_test(data, ranking, &test->statistic, &test->degrees);
    test->reliability = errata_reliability_equal_width(data->score,
                                                       data->hit,
                                                       data->weight,
                                                       data->n,
                                                       CALIBRATION_BINS);
    errata_calibration_entity_reliability(data, test->reliability);
    /* too small to matter, or no more than chance shows: nothing to say */
    test->tells = test->p < alpha && !(test->reliability->ece - test->reliability->ece_expected <
                                       0.5 * CALIBRATION_LOW);
}

void
errata_calibration_test_all(const CalibrationData *data, double alpha, CalibrationTest *test)
{
    errata_calibration_test_rows(data, alpha, test);
    test->measured = test->tells && errata_calibration_gain(data, &test->gain);
}

static const char *
calibration_direction(const ErrataReliability *reliability)
{
    if (fabs(reliability->bias) < CALIBRATION_ONE_SIDED * reliability->ece)
        return "mixed";
    return reliability->bias < 0.0 ? "over" : "under";
}

static guint
calibration_worst_bin(const ErrataReliability *reliability)
{
    guint worst = 0;
    double most = -1.0;

    for (guint b = 0; b < reliability->n_bins; b++) {
        double gap = reliability->weight[b] > 0.0
                         ? reliability->weight[b] *
                               fabs(reliability->rate[b] - reliability->mean_score[b])
                         : 0.0;

        if (gap > most) {
            most = gap;
            worst = b;
        }
    }
    return worst;
}

/* by the error in points, @least surely, and by the @part of the log-loss surely saved */
static ErrataSeverity
calibration_severity(double error, double least, double part, gboolean confirmed, gboolean gains)
{
    ErrataSeverity severity = ERRATA_SEVERITY_INFO;

    if (error >= CALIBRATION_HIGH || part >= CALIBRATION_MOST)
        severity = ERRATA_SEVERITY_HIGH;
    else if (error >= CALIBRATION_MEDIUM || part >= CALIBRATION_PART)
        severity = ERRATA_SEVERITY_MEDIUM;
    else if (error >= CALIBRATION_LOW)
        severity = ERRATA_SEVERITY_LOW;

    if (!gains)
        return ERRATA_SEVERITY_INFO;
    /* few rows are enough for what is far off, as nothing was searched for it */
    return confirmed || least >= CALIBRATION_GROSS ? severity : MIN(severity, ERRATA_SEVERITY_LOW);
}

static ErrataFigure *
calibration_figure(const ErrataReliability *reliability, gboolean binary)
{
    ErrataFigure *figure = errata_figure_new("calibration",
                                             ERRATA_FIGURE_LINES,
                                             "What the scores say, and what happened");
    ErrataSeries *series = errata_figure_add_series(figure, "ten equal bins", ERRATA_TONE_NOW, 0);

    figure->x_label = g_strdup(binary ? "Mean score" : "Mean top probability");
    figure->y_label = g_strdup(binary ? "Observed rate" : "Share right");
    figure->x_unit = figure->y_unit = ERRATA_UNIT_SHARE;
    figure->reference_line = TRUE;
    figure->description = g_strdup("Observed rate against mean score in ten bins of equal width, "
                                   "with 95 % intervals; on the diagonal the scores are right.");
    series->x = g_new(double, reliability->n_bins);
    series->y = g_new(double, reliability->n_bins);
    series->lo = g_new(double, reliability->n_bins);
    series->hi = g_new(double, reliability->n_bins);
    series->count = g_new(double, reliability->n_bins);
    for (guint b = 0; b < reliability->n_bins; b++) {
        ErrataInterval interval;

        if (reliability->n[b] == 0 || !(reliability->weight[b] > 0.0))
            continue;
        interval = errata_intervals_wilson(reliability->rate[b] * reliability->effective[b],
                                           reliability->effective[b],
                                           ERRATA_METRICS_LEVEL);
        series->x[series->n] = reliability->mean_score[b];
        series->y[series->n] = reliability->rate[b];
        series->lo[series->n] = interval.lo;
        series->hi[series->n] = interval.hi;
        series->count[series->n++] = (double)reliability->n[b];
    }
    return figure;
}

/* as how many independent rows of equal weight the rate of what happened is sure */
static double
calibration_effective(const CalibrationData *data)
{
    g_autofree double *happened = g_new(double, MAX(data->n, 1));
    double total = 0.0, squares = 0.0;

    for (gsize i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1.0;

        happened[i] = data->hit[i];
        total += w;
        squares += w * w;
    }
    return total * total / squares /
           errata_entity_effect(data->outcome, data->row, data->n, happened);
}

static void
calibration_add_evidence(ErrataFinding *finding,
                         const CalibrationData *data,
                         const ErrataReliability *reliability,
                         double statistic,
                         double degrees,
                         double p)
{
    double score = 0.0;
    double rate = 0.0;
    double total = 0.0;
    double effective = calibration_effective(data);
    guint worst = calibration_worst_bin(reliability);
    ErrataInterval range = errata_reliability_interval(reliability, ERRATA_METRICS_LEVEL);
    char number[ERRATA_NUMBER_BUFFER];
    char other[ERRATA_NUMBER_BUFFER];
    ErrataInterval interval;
    ErrataEvidence *evidence;

    for (guint b = 0; b < reliability->n_bins; b++)
        if (reliability->weight[b] > 0.0) {
            score += reliability->weight[b] * reliability->mean_score[b];
            rate += reliability->weight[b] * reliability->rate[b];
            total += reliability->weight[b];
        }
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("ece",
                                                      "expected calibration error, ten bins of "
                                                      "equal width",
                                                      reliability->ece,
                                                      ERRATA_UNIT_SHARE,
                                                      data->n));
    evidence->lo = range.lo;
    evidence->hi = range.hi;
    evidence->baseline = reliability->ece_expected;
    evidence->p = evidence->q = p;
    evidence->test =
        g_strdup_printf("chi-square %s with %s degrees of freedom, observed counts against scores",
                        errata_number_print_fixed(statistic, 1, number),
                        errata_number_print_fixed(degrees, 0, other));
    evidence->method = g_strdup("Guo et al. 2017; interval less what chance adds");
    errata_finding_add(
        finding,
        errata_evidence_new("ece_expected",
                            "calibration error that right scores would show by chance",
                            reliability->ece_expected,
                            ERRATA_UNIT_SHARE,
                            data->n));
    errata_finding_add(finding,
                       errata_evidence_new("mean_score",
                                           data->binary ? "mean score" : "mean top probability",
                                           score / total,
                                           ERRATA_UNIT_SHARE,
                                           data->n));
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("mean_rate",
                                               data->binary ? "observed rate" : "share right",
                                               rate / total,
                                               ERRATA_UNIT_SHARE,
                                               data->n));
    interval = errata_intervals_wilson(rate / total * effective, effective, ERRATA_METRICS_LEVEL);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("worst_bin",
                                                      "observed rate in the bin that adds most to "
                                                      "the error, against its mean score",
                                                      reliability->rate[worst],
                                                      ERRATA_UNIT_SHARE,
                                                      reliability->n[worst]));
    interval = errata_intervals_wilson(reliability->rate[worst] * reliability->effective[worst],
                                       reliability->effective[worst],
                                       ERRATA_METRICS_LEVEL);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = reliability->mean_score[worst];
}

/* how good the scores are before or after recalibration, where less is better */
static void
calibration_add_level(ErrataFinding *finding,
                      const char *id,
                      const char *label,
                      const char *method,
                      double value,
                      const ErrataInterval *interval,
                      guint64 n)
{
    ErrataUnit unit = g_str_has_prefix(id, "ece") ? ERRATA_UNIT_SHARE : ERRATA_UNIT_NONE;
    ErrataEvidence *evidence = errata_finding_add(finding,
                                                  errata_evidence_new(id, label, value, unit, n));

    evidence->lo = fmax(interval->lo, 0.0);
    evidence->hi = interval->hi;
    evidence->method = g_strdup(method);
}

static void
calibration_add_gain(ErrataFinding *finding, const CalibrationGain *gain, gboolean binary)
{
    const char *name = errata_recalibrate_name(gain->kind);
    g_autofree char *text =
        g_strdup_printf("Recalibrate the scores by %s, fitted on labelled rows; their order "
                        "stays as it is",
                        name);
    g_autofree char *method =
        g_strdup_printf("%s, fitted on the discovery half, measured on the other", name);
    ErrataSuggestion *suggestion;

    calibration_add_level(finding,
                          "log_loss_from",
                          binary ? "log-loss of the scores" : "log-loss of the top probability",
                          "confirmation half",
                          gain->from,
                          &gain->of_from,
                          gain->n);
    calibration_add_level(finding,
                          "log_loss_to",
                          "log-loss after recalibration",
                          method,
                          gain->to,
                          &gain->of_to,
                          gain->n);
    for (guint k = 0; k < 2; k++) {
        const char *where = k == 0 ? "confirmation half" : method;

        calibration_add_level(finding,
                              k == 0 ? "brier_from" : "brier_to",
                              k == 0 ? "Brier score" : "Brier score after recalibration",
                              where,
                              gain->brier[k],
                              &gain->of_brier[k],
                              gain->n);
        calibration_add_level(finding,
                              k == 0 ? "ece_from" : "ece_to",
                              k == 0 ? "calibration error of that half"
                                     : "calibration error after recalibration",
                              where,
                              gain->ece[k],
                              &gain->of_ece[k],
                              gain->n);
    }
    if (!(gain->interval.lo > 0.0)) { /* advice whose gain may be none */
        if (gain->to < gain->from)
            g_ptr_array_add(finding->notes, g_strdup("gain=unsure"));
        suggestion = errata_finding_suggest(finding,
                                            "monitor",
                                            "Leave the scores as they are until more labels have "
                                            "come, and look again then");
        suggestion->metric = g_strdup("log_loss");
        suggestion->from = suggestion->to = gain->from;
        suggestion->lo = suggestion->hi = 0.0;
        suggestion->method =
            g_strdup_printf("%s, fitted on one half, is not surely better on the other%s",
                            name,
                            binary ? "" : CALIBRATION_OF_TOP);
        return;
    }
    suggestion = errata_finding_suggest(finding, "recalibrate", text);
    suggestion->metric = g_strdup("log_loss");
    suggestion->from = gain->from;
    suggestion->to = gain->to;
    suggestion->lo = gain->interval.lo;
    suggestion->hi = gain->interval.hi;
    suggestion->method =
        g_strdup_printf("%s fitted on the discovery half, measured on the confirmation half%s",
                        name,
                        binary ? "" : CALIBRATION_OF_TOP);
    if (finding->metric != NULL)
        return;
    finding->metric = g_strdup("log_loss");
    finding->delta = gain->gain;
}

/* scores off both ways are off by the calibration error; off one way, by the mean of what happened
 * less that of what they say */
static char *
calibration_title(const char *direction, const ErrataReliability *reliability, gboolean over)
{
    const char *are = over ? "were" : "are";
    gboolean mixed = g_strcmp0(direction, "mixed") == 0;
    double half = errata_intervals_z(ERRATA_METRICS_LEVEL) * sqrt(reliability->ece_variance) +
                  reliability->ece_expected / 2.0;
    g_autofree char *points =
        errata_words_points(mixed ? reliability->ece : fabs(reliability->bias), half);

    if (mixed)
        return g_strdup_printf(CALIBRATION_SUBJECT " %s off by %s on average", are, points);
    return g_strdup_printf(CALIBRATION_SUBJECT " %s too %s, by %s on average",
                           are,
                           g_strcmp0(direction, "over") == 0 ? "high" : "low",
                           points);
}

/* the finding on all rows that the search for slices has begun, %NULL where there is none; its
 * title then tells both */
static ErrataFinding *
calibration_begun(ErrataAnalysis *analysis, const char *title)
{
    GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *before = NULL;

        if (finding->kind != ERRATA_FINDING_CALIBRATION ||
            errata_finding_note(finding, "beyond") == NULL)
            continue;
        before = g_steal_pointer(&finding->title);
        finding->title = g_strdup_printf("%s; they%s", before, title + strlen(CALIBRATION_SUBJECT));
        return finding;
    }
    return NULL;
}

static void
calibration_report(ErrataAnalysis *analysis,
                   const CalibrationData *data,
                   const CalibrationTest *test,
                   const CalibrationPeriod *period)
{
    const ErrataReliability *reliability = test->reliability;
    gboolean sure = data->n >= CALIBRATION_SURE;
    gboolean gains = test->measured && test->gain.interval.lo > 0.0;
    double error = fmax(reliability->ece - reliability->ece_expected, 0.0);
    const char *direction = calibration_direction(reliability);
    g_autofree char *count = errata_words_counted(data->n, "row", "rows");
    g_autofree char *title =
        calibration_title(direction, reliability, period != NULL && period->over);
    ErrataFinding *begun = calibration_begun(analysis, title);
    ErrataFinding *finding = begun != NULL ? begun
                                           : errata_finding_new(ERRATA_FINDING_CALIBRATION, title);
    ErrataSeverity severity =
        calibration_severity(error,
                             error - CALIBRATION_Z * sqrt(reliability->ece_variance),
                             gains ? test->gain.interval.lo / fmax(test->gain.from, 1e-12) : 0.0,
                             sure,
                             gains);

    finding->confirmed = finding->confirmed || (sure && gains);
    finding->severity = MAX(finding->severity, severity);
    g_free(finding->subject.direction);
    finding->subject.direction = g_strdup(direction);
    g_free(finding->summary);
    finding->summary = g_strdup_printf("calibration · %s", count);
    finding->share_of_rows = 1.0;
    finding->n_rows = data->n;
    finding->rank = fmax(isnan(finding->rank) ? 0.0 : finding->rank, error);
    calibration_add_evidence(finding, data, reliability, test->statistic, test->degrees, test->p);
    if (test->measured)
        calibration_add_gain(finding, &test->gain, data->binary);
    if (!sure)
        g_ptr_array_add(finding->notes, g_strdup("exploratory=few rows"));
    finding->figure = calibration_figure(reliability, data->binary);
    if (period != NULL)
        errata_calibration_tell_period(period, finding);
    if (begun == NULL)
        errata_case_add_finding(analysis->result, finding);
}

/* a score that is the same in every row ranks nothing, whatever groups it is held against */
static gboolean
calibration_is_constant(const CalibrationData *data)
{
    for (gsize i = 1; i < data->n; i++)
        if (data->score[i] < data->score[0] || data->score[i] > data->score[0])
            return FALSE;
    return TRUE;
}

static void
calibration_report_constant(ErrataAnalysis *analysis, const CalibrationData *data)
{
    char number[ERRATA_NUMBER_BUFFER];
    g_autofree char *title =
        g_strdup_printf("The score is %s in every row: it tells no row from another",
                        errata_number_print(data->score[0], number));
    g_autofree char *count = errata_words_counted(data->n, "row", "rows");
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CALIBRATION, title);

    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_LOW; /* where cases are rare, scores may be rounded away */
    finding->subject.direction = g_strdup("mixed");
    finding->summary = g_strdup_printf("calibration · %s", count);
    finding->share_of_rows = 1.0;
    finding->n_rows = data->n;
    errata_finding_add(finding,
                       errata_evidence_new("mean_score",
                                           data->binary ? "mean score" : "mean top probability",
                                           data->score[0],
                                           ERRATA_UNIT_SHARE,
                                           data->n));
    g_ptr_array_add(finding->notes, g_strdup("constant=yes"));
    errata_finding_suggest(finding,
                           "fix-pipeline",
                           "Find out why every row has the same score: look at what wrote the log")
        ->method = g_strdup("no gain computed: what the scores would have been is not known");
    errata_case_add_finding(analysis->result, finding);
}

/* labels that cannot be held against scores: nothing is gained by recalibrating to them */
static const char *
calibration_why_not_labels(const ErrataCase *result)
{
    for (guint i = 0; i < result->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(result->findings, i);
        const ErrataEvidence *ranks = errata_finding_evidence(finding, "ranks");

        if (errata_finding_note(finding, "copied") != NULL)
            return "the labels look copied from the predictions, which the scores cannot be held against";
        if (errata_finding_note(finding, "opposed") != NULL && ranks != NULL && ranks->value < 0.5)
            return "scores and labels go against each other: which of them are turned round comes first";
    }
    return NULL;
}

static char *
calibration_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (analysis->schema->task == ERRATA_TASK_REGRESSION)
        return g_strdup("a regression has no scores to calibrate");
    if (analysis->schema->correct >= 0)
        return g_strdup_printf("rows are judged by %s, without labels",
                               analysis->frame->columns[analysis->schema->correct]->name);
    if (outcome->score == NULL && outcome->probability == NULL && !outcome->only_top)
        return g_strdup(outcome->score_problem == NULL && outcome->confidence != NULL
                            ? "the score is too low for the probability of the likeliest class"
                            : errata_outcome_why_no_scores(outcome));
    if (outcome->truth == NULL || outcome->n_judged < CALIBRATION_LEAST)
        return errata_words_too_few(outcome->n_judged,
                                    "a label and a prediction",
                                    CALIBRATION_LEAST);
    return g_strdup(calibration_why_not_labels(analysis->result));
}

/* the test of all rows beside that of the segments; only the latter adds to the result */
typedef struct {
    ErrataAnalysis *analysis;
    const CalibrationData *data;
    CalibrationTest test;
} CalibrationWork;

static void
calibration_part_cb(gsize begin, gsize end, gsize chunk, gpointer user_data)
{
    CalibrationWork *work = user_data;
    const CalibrationData *data = work->data;

    for (gsize part = begin; part < end; part++)
        if (part == 0)
            errata_calibration_test_all(data, work->analysis->settings->alpha, &work->test);
        else
            errata_calibration_segments(work->analysis, data->row, data->score, data->hit, data->n);
}

static gboolean
calibration_run(ErrataAnalysis *analysis, GError **error)
{
    g_auto(CalibrationData) data = {0};
    CalibrationWork work = {.analysis = analysis, .data = &data};
    g_autoptr(ErrataReliability) reliability = NULL;
    g_auto(CalibrationPeriod) period = {0};
    char alpha[ERRATA_NUMBER_BUFFER];
    char least[ERRATA_NUMBER_BUFFER];

    calibration_collect(analysis, &data);
    if (data.n < CALIBRATION_LEAST)
        return TRUE;
    if (calibration_is_constant(&data)) {
        calibration_report_constant(analysis, &data);
        return TRUE;
    }
    errata_parallel_for(2, 1, calibration_part_cb, &work);
    reliability = work.test.reliability;
    errata_case_tried(analysis->result, "calibration", 1);
    errata_case_method(analysis->result,
                       "Calibration: observed counts against scores in up to %d bins of equal "
                       "variance, chi-square, p < %s; told from a calibration error of %s above "
                       "chance on; since when, by changes of what happened less the scores.",
                       CALIBRATION_BINS,
                       errata_number_print(analysis->settings->alpha, alpha),
                       errata_number_print(0.5 * CALIBRATION_LOW, least));
    if (errata_calibration_period(analysis, &data, work.test.tells, &period))
        calibration_report(analysis, &period.rows, &period.test, &period);
    else if (work.test.tells)
        calibration_report(analysis, &data, &work.test, NULL);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_calibration = {
    .id = "calibration",
    .why_not = calibration_why_not,
    .run = calibration_run,
};
