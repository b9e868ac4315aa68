/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What if the least sure predictions went to a person? Each half of the rows chooses a confidence
 * under which to abstain, and the other half tells what that does to the errors of the rest. Faulty
 * rows choose nothing, but they are among those that are told of: the log has them. Rows are
 * counted in 4,096 bins of confidence, so no sort is needed. METHODS 1. */
#include "abstain.h"

#include <math.h>

#include "evidence-share.h"
#include "intervals.h"
#include "precision.h"
#include "tests.h"
#include "words.h"

#define ABSTAIN_BINS   4096
#define ABSTAIN_LEAST  500   /* rows under which nothing is tried */
#define ABSTAIN_MOST   0.3   /* of the rows that may go to a person */
#define ABSTAIN_SMALL  0.005 /* share that is worth the trouble */
#define ABSTAIN_LIFT   1.2   /* routed rows are wrong so many times as often as all */
#define ABSTAIN_FALL   0.1   /* of the error rate, at least */
#define ABSTAIN_POINTS 100   /* of the figure */
#define ABSTAIN_FEW    100.0 /* rows that the curve begins with, or a fifth of all */

/* rows and errors by confidence, per half; weighted rows count as many as make their sum no surer
 * than it is */
typedef struct {
    double n[2][ABSTAIN_BINS];
    double wrong[2][ABSTAIN_BINS];
    double all[2];
    double errors[2];
} AbstainCounts;

typedef struct {
    double n, wrong;         /* all rows, both halves */
    double kept, kept_wrong; /* those above the other half's cut */
    double cut;              /* mean of the two */
    double routed;           /* share that goes to a person */
    double from, to;         /* error rates */
    double captured;         /* share of errors among the routed */
    ErrataInterval gain;     /* of the error rate's fall */
    double p;
} AbstainGain;

/* what makes of the weights of judged rows a sum that is their effective number (Kish 1965): Σ w /
 * Σ w² */
static double
abstain_scale(const ErrataOutcome *outcome)
{
    double sum = 0.0, squares = 0.0;

    for (gsize row = 0; outcome->weight != NULL && row < outcome->n_rows; row++)
        if (outcome->judged[row] != 0 && !isnan(outcome->confidence[row])) {
            sum += outcome->weight[row];
            squares += outcome->weight[row] * outcome->weight[row];
        }
    return squares > 0.0 ? sum / squares : 1.0;
}

/* @sound: without the rows that are set aside */
static AbstainCounts *
abstain_count(const ErrataAnalysis *analysis, gboolean sound)
{
    const ErrataOutcome *outcome = analysis->outcome;
    AbstainCounts *counts = g_new0(AbstainCounts, 1);
    double scale = abstain_scale(outcome);

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double confidence = outcome->confidence[row];
        guint half = outcome->half[row] & 1U;
        double weight = outcome->weight != NULL ? scale * outcome->weight[row] : 1.0;
        guint bin;

        if (outcome->judged[row] == 0 || isnan(confidence) ||
            (sound && analysis->set_aside != NULL && analysis->set_aside[row] != 0))
            continue;
        bin = MIN((guint)(CLAMP(confidence, 0.0, 1.0) * ABSTAIN_BINS), ABSTAIN_BINS - 1);
        counts->n[half][bin] += weight;
        counts->wrong[half][bin] += weight * outcome->error[row];
        counts->all[half] += weight;
        counts->errors[half] += weight * outcome->error[row];
    }
    return counts;
}

/* the first bin that is answered, 0: all are. To a person go rows that are wrong more often than
 * half way from the usual rate to a coin's: a person's time is worth more than a few errors
 * fewer */
static guint
abstain_choose(const AbstainCounts *counts, guint half)
{
    double usual = counts->errors[half] / counts->all[half];
    double limit = 0.5 * (usual + 0.5);
    double n = 0.0, wrong = 0.0, best = 0.0;
    guint cut = 0;

    for (guint b = 0; b + 1 < ABSTAIN_BINS; b++) {
        double score;

        n += counts->n[half][b];
        wrong += counts->wrong[half][b];
        if (n > ABSTAIN_MOST * counts->all[half])
            break;
        score = wrong - limit * n;
        if (counts->n[half][b] > 0.0 && score > best) {
            best = score;
            cut = b + 1;
        }
    }
    return cut;
}

/* cuts by the @sound rows of one half, and what they do to all of the other */
static gboolean
abstain_measure(const AbstainCounts *sound, const AbstainCounts *counts, AbstainGain *gain)
{
    double variance, kept_share;

    for (guint half = 0; half < 2; half++) {
        guint cut = abstain_choose(sound, 1 - half); /* by the other half */

        if (cut == 0)
            return FALSE;
        gain->cut += 0.5 * cut / ABSTAIN_BINS;
        gain->n += counts->all[half];
        gain->wrong += counts->errors[half];
        for (guint b = cut; b < ABSTAIN_BINS; b++) {
            gain->kept += counts->n[half][b];
            gain->kept_wrong += counts->wrong[half][b];
        }
    }
    if (!(gain->kept > 0.0) || !(gain->kept < gain->n))
        return FALSE;
    gain->from = gain->wrong / gain->n;
    gain->to = gain->kept_wrong / gain->kept;
    gain->routed = 1.0 - gain->kept / gain->n;
    gain->captured = 1.0 - gain->kept_wrong / gain->wrong;
    gain->p = errata_tests_two_proportions(gain->wrong - gain->kept_wrong,
                                           gain->n - gain->kept,
                                           gain->kept_wrong,
                                           gain->kept);
    /* from − to = Σ (e_i − from) / n − Σ_kept (e_i − to) / kept; rows kept count in both */
    kept_share = gain->kept / gain->n;
    variance = gain->from * (1.0 - gain->from) / gain->n +
               gain->to * (1.0 - gain->to) / gain->kept -
               2.0 * kept_share * gain->to * (1.0 - gain->to) / gain->kept;
    gain->gain = errata_intervals_normal(gain->from - gain->to, fmax(variance, 0.0), 0.95);
    return TRUE;
}

/* error rate of those that are answered, by how many are */
static ErrataFigure *
abstain_figure(const AbstainCounts *counts, const AbstainGain *gain)
{
    ErrataFigure *figure = errata_figure_new("abstain",
                                             ERRATA_FIGURE_LINES,
                                             "Errors among those kept, by how many are kept");
    ErrataSeries *series = errata_figure_add_series(figure, "all rows", ERRATA_TONE_NOW, 0);
    double n = 0.0, wrong = 0.0, next = 0.0;

    figure->x_label = g_strdup("Share of predictions kept");
    figure->y_label = g_strdup("Error rate of those kept");
    figure->x_unit = figure->y_unit = ERRATA_UNIT_SHARE;
    figure->description = g_strdup("Error rate of the surest predictions against the share of "
                                   "predictions that these are.");
    series->x = g_new(double, ABSTAIN_POINTS + 2);
    series->y = g_new(double, ABSTAIN_POINTS + 2);
    for (guint b = ABSTAIN_BINS; b-- > 0;) {
        n += counts->n[0][b] + counts->n[1][b];
        wrong += counts->wrong[0][b] + counts->wrong[1][b];
        if (n < fmin(ABSTAIN_FEW, gain->n / 5.0) || (n / gain->n < next && b > 0))
            continue;
        series->x[series->n] = n / gain->n;
        series->y[series->n++] = wrong / n;
        next = n / gain->n + 1.0 / ABSTAIN_POINTS;
    }
    errata_figure_add_mark(figure, 1.0 - gain->routed, "the least sure left out", ERRATA_TONE_GOOD)
        ->y = gain->to;
    errata_figure_add_mark(figure, 1.0, "all of them", ERRATA_TONE_REFERENCE)->y = gain->from;
    return figure;
}

static ErrataEvidence *
abstain_add(ErrataFinding *finding,
            const char *key,
            const char *what,
            double value,
            ErrataUnit unit,
            double n)
{
    ErrataEvidence *evidence =
        errata_finding_add(finding, errata_evidence_new(key, what, value, unit, (guint64)n));

    evidence->method = g_strdup("cut by one half, measured on the other, both ways");
    return evidence;
}

static void
abstain_add_evidence(ErrataFinding *finding, const AbstainGain *gain)
{
    ErrataEvidence *evidence = abstain_add(finding,
                                           "cost_from",
                                           "error rate of all",
                                           gain->from,
                                           ERRATA_UNIT_SHARE,
                                           gain->n);

    errata_evidence_share_of(evidence, gain->n);
    evidence = abstain_add(finding,
                           "cost_to",
                           "error rate of the rest",
                           gain->to,
                           ERRATA_UNIT_SHARE,
                           gain->kept);
    errata_evidence_share_of(evidence, gain->kept);
    evidence->baseline = gain->from;
    evidence->test = g_strdup("two proportions, those left out against the rest");
    evidence->p = evidence->q = gain->p;
    abstain_add(finding,
                "routed",
                "share of rows that a person would decide",
                gain->routed,
                ERRATA_UNIT_SHARE,
                gain->n);
    evidence = abstain_add(finding,
                           "captured",
                           "share of all errors among them",
                           gain->captured,
                           ERRATA_UNIT_SHARE,
                           gain->wrong);
    errata_evidence_share_of(evidence, gain->wrong);
    abstain_add(finding,
                "best",
                "confidence under which to abstain",
                gain->cut,
                ERRATA_UNIT_NONE,
                gain->n);
}

static void
abstain_suggest(ErrataFinding *finding, const AbstainGain *gain)
{
    g_autofree char *cut = errata_words_number(gain->cut, (double)NAN, (double)NAN);
    g_autofree char *part = errata_words_share(gain->routed, (double)NAN, (double)NAN);
    g_autofree char *text =
        g_strdup_printf("Send predictions with a confidence under %s to a person", cut);
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "abstain-route", text);

    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 1.0 - gain->from;
    suggestion->to = 1.0 - gain->to;
    suggestion->lo = gain->gain.lo;
    suggestion->hi = gain->gain.hi;
    suggestion->method = g_strdup("of the predictions still made; cut by one half, measured on the "
                                  "other, both ways");
    suggestion->cost = g_strdup_printf("a person decides %s of the rows", part);
}

static void
abstain_report(ErrataAnalysis *analysis, const AbstainCounts *counts, const AbstainGain *gain)
{
    g_autofree char *part = errata_words_share(gain->routed, (double)NAN, (double)NAN);
    g_autofree char *from = errata_words_share(gain->from, (double)NAN, (double)NAN);
    g_autofree char *to = errata_words_share(gain->to, (double)NAN, (double)NAN);
    g_autofree char *title =
        g_strdup_printf("With the least sure %s left to a person, %s of the rest would be wrong, "
                        "against %s of all",
                        part,
                        to,
                        from);
    g_autofree char *count = errata_words_counted(analysis->outcome->n_judged, "row", "rows");
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_THRESHOLD, title);

    finding->severity = ERRATA_SEVERITY_INFO; /* a way to work, not a fault */
    finding->confirmed = TRUE;
    finding->summary = g_strdup_printf("abstention · %s", count);
    finding->subject.current = 0.0;
    finding->subject.best = gain->cut;
    finding->subject.objective = g_strdup("coverage");
    finding->share_of_errors = finding->excess_errors = (double)NAN;
    finding->share_of_rows = gain->routed;
    finding->metric = g_strdup("accuracy");
    finding->delta = gain->from - gain->to;
    finding->rank = 0.0;
    g_ptr_array_add(finding->notes, g_strdup("abstain=yes"));
    abstain_add_evidence(finding, gain);
    abstain_suggest(finding, gain);
    finding->figure = abstain_figure(counts, gain);
    errata_case_add_finding(analysis->result, finding);
}

static gboolean
abstain_run(ErrataAnalysis *analysis, GError **error)
{
    g_autofree AbstainCounts *sound = NULL;
    g_autofree AbstainCounts *counts = NULL;
    AbstainGain gain = {0};

    if (analysis->outcome->confidence == NULL || analysis->outcome->n_judged < ABSTAIN_LEAST)
        return TRUE;
    sound = abstain_count(analysis, TRUE);
    counts = abstain_count(analysis, FALSE);
    if (sound->all[0] + sound->all[1] < ABSTAIN_LEAST || !(sound->errors[0] > 0.0) ||
        !(sound->errors[1] > 0.0) || !abstain_measure(sound, counts, &gain))
        return TRUE;
    errata_case_tried(analysis->result, "abstention", 1);
    if (!(gain.p < analysis->settings->alpha) || gain.routed < ABSTAIN_SMALL ||
        gain.captured < ABSTAIN_LIFT * gain.routed ||
        gain.from - gain.to < ABSTAIN_FALL * gain.from)
        return TRUE;
    abstain_report(analysis, counts, &gain);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_abstain = {
    .id = "abstention",
    .run = abstain_run,
};
