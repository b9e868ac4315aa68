/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threshold that is best for some rows, worked out from their scores: every cut is tried. What
 * is to be expected of it is measured by choosing on one half of the rows and counting on the
 * other. METHODS 1. */
#include <math.h>
#include <string.h>

#include "ask-private.h"
#include "judged.h"
#include "metrics.h"
#include "number.h"
#include "ranking.h"
#include "threshold.h"

#define THRESHOLD_LEAST 100 /* rows, of which both classes have some */

/* rows with a label, a prediction and a score */
typedef struct {
    ErrataJudged *judged;
    guint8 *positive;
    guint8 *half;
    const char *metric;
} ThresholdRows;

static void
threshold_rows_clear(ThresholdRows *self)
{
    g_clear_pointer(&self->judged, errata_judged_free);
    g_free(self->positive);
    g_free(self->half);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThresholdRows, threshold_rows_clear)

/* sums of weights */
typedef struct {
    double tp, fp, fn, tn;
} ThresholdCounts;

static double
threshold_metric(const char *metric, const ThresholdCounts *c)
{
    double positives = c->tp + c->fn;
    double negatives = c->fp + c->tn;

    if (strcmp(metric, "balanced_accuracy") == 0)
        return 0.5 * (c->tp / positives + c->tn / negatives);
    if (strcmp(metric, "f1") == 0)
        return 2.0 * c->tp / (2.0 * c->tp + c->fp + c->fn);
    if (strcmp(metric, "mcc") == 0) {
        double below = sqrt((c->tp + c->fp) * positives * negatives * (c->tn + c->fn));

        return below > 0.0 ? (c->tp * c->tn - c->fp * c->fn) / below : 0.0;
    }
    return (c->tp + c->tn) / (positives + negatives);
}

/* the best cut for the rows of one half, or of both (2): a row is positive from it on. Infinity: to
 * call nothing positive is best; −infinity: everything */
static double
threshold_best(const ThresholdRows *self, guint8 half)
{
    const ErrataMetricsInput *input = &self->judged->input;
    g_autofree double *score = g_new(double, input->n + 1);
    g_autofree double *weight = input->weight != NULL ? g_new(double, input->n + 1) : NULL;
    g_autofree guint8 *positive = g_new(guint8, input->n + 1);
    g_autoptr(ErrataRanking) ranking = NULL;
    ThresholdCounts counts = {0.0, 0.0, 0.0, 0.0};
    double best = (double)INFINITY, greatest;
    gsize n = 0;

    for (gsize i = 0; i < input->n; i++) {
        if (half < 2 && self->half[i] != half)
            continue;
        score[n] = input->score[i];
        positive[n] = self->positive[i];
        if (weight != NULL)
            weight[n] = input->weight[i];
        n++;
    }
    ranking = errata_ranking_new(score, positive, weight, n);
    counts.fn = ranking->n_positive;
    counts.tn = ranking->n_negative;
    greatest = threshold_metric(self->metric, &counts);
    for (gsize i = 0; i < ranking->n_groups; i++) {
        gboolean last = i + 1 == ranking->n_groups;
        double value;

        counts.tp += ranking->positive[i];
        counts.fn -= ranking->positive[i];
        counts.fp += ranking->negative[i];
        counts.tn -= ranking->negative[i];
        value = threshold_metric(self->metric, &counts);
        if (!(value > greatest + 1e-12))
            continue;
        greatest = value;
        best = last ? -(double)INFINITY
                    : errata_threshold_round(ranking->score[i + 1], ranking->score[i]);
    }
    return best;
}

/* the metric, with its interval, where a row is positive from @cut of the other half on; NaN cuts:
 * as logged */
static ErrataMetric *
threshold_measure(const ThresholdRows *self, const double cut[2])
{
    ErrataMetricsInput input = self->judged->input;
    g_autofree gint32 *predicted = g_new(gint32, input.n + 1);
    g_autoptr(ErrataConfusion) confusion = NULL;
    g_autoptr(GArray) list = errata_metrics_list_new();
    const ErrataMetricValue *found;

    for (gsize i = 0; i < input.n; i++) {
        double at = cut[self->half[i]];

        predicted[i] = isnan(at)              ? input.predicted[i]
                       : input.score[i] >= at ? input.positive
                                              : 1 - input.positive;
    }
    input.predicted = predicted;
    confusion = errata_confusion_new(&input);
    errata_metrics_confusion(confusion, input.positive, list);
    found = errata_metrics_find(list, self->metric, -1);
    return found != NULL && !isnan(found->value) ? errata_ask_value_new(self->metric,
                                                                        found->value,
                                                                        found->interval.lo,
                                                                        found->interval.hi,
                                                                        found->n)
                                                 : NULL;
}

/* FALSE, and the answer says why, where no threshold can be chosen */
static gboolean
threshold_collect(AskRun *self, ThresholdRows *rows)
{
    const ErrataOutcome *outcome = self->data->outcome;
    g_autofree guint8 *mask = g_new0(guint8, self->rows->n_rows + 1);
    const ErrataMetricsInput *input;
    gsize n[2] = {0, 0};

    if (outcome->task != ERRATA_TASK_BINARY || outcome->score == NULL || outcome->positive < 0 ||
        outcome->predicted == NULL)
        return errata_ask_refuse(self,
                                 "a threshold can be chosen only for two classes with scores; "
                                 "this log has none");
    for (gsize row = 0; row < self->rows->n_rows; row++)
        mask[row] = errata_rows_has(self->rows, row) && !isnan(outcome->score[row]) ? 1 : 0;
    rows->judged = errata_judged_new(outcome, mask, 1);
    input = &rows->judged->input;
    rows->positive = g_new(guint8, input->n + 1);
    rows->half = g_new(guint8, input->n + 1);
    for (gsize i = 0; i < input->n; i++) {
        rows->positive[i] = input->truth[i] == input->positive ? 1 : 0;
        rows->half[i] = outcome->half[rows->judged->row[i]];
        n[rows->positive[i]]++;
    }
    if (input->n >= THRESHOLD_LEAST && n[0] > 1 && n[1] > 1)
        return TRUE;
    return errata_ask_refuse(self,
                             "too few rows with a label and a score to choose a threshold: "
                             "%" G_GSIZE_FORMAT " of one class and %" G_GSIZE_FORMAT
                             " of the other, at least %d are needed, of both",
                             n[1],
                             n[0],
                             THRESHOLD_LEAST);
}

/* “a threshold of 0.7 [A1]”, or that there is none */
static char *
threshold_say_cut(AskRun *self, double cut, gsize n)
{
    const ErrataSchema *schema = self->data->schema;
    int positive = self->data->outcome->positive;
    char buffer[ERRATA_NUMBER_BUFFER];
    const char *id;

    if (!isfinite(cut))
        return g_strdup_printf("no threshold, but to call every row %s",
                               schema->classes[cut > 0.0 ? 1 - positive : positive]);
    id = errata_ask_cite(self,
                         "threshold",
                         "score from which on a row is positive",
                         cut,
                         (double)NAN,
                         (double)NAN,
                         ERRATA_UNIT_NONE,
                         n);
    return g_strdup_printf("a threshold of %s [%s]", errata_number_print(cut, buffer), id);
}

/**
 * errata_ask_threshold:
 * @self: the rows
 * @metric: (nullable): what is to be greatest: accuracy (the default), balanced_accuracy, f1 or mcc
 *
 * Returns: whether there is an answer
 */
gboolean
errata_ask_threshold(AskRun *self, const char *metric)
{
    g_auto(ThresholdRows) rows = {.metric = metric != NULL ? metric : "accuracy"};
    const double logged[2] = {(double)NAN, (double)NAN};
    double crossed[2];
    double both[2];
    g_autoptr(ErrataMetric) now = NULL;
    g_autoptr(ErrataMetric) best = NULL;
    g_autoptr(ErrataMetric) expected = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *subject = errata_ask_subject(self);
    g_autofree char *cut = NULL;

    if (!threshold_collect(self, &rows))
        return FALSE;
    crossed[0] = threshold_best(&rows, 1); /* the other half's */
    crossed[1] = threshold_best(&rows, 0);
    both[0] = both[1] = threshold_best(&rows, 2);
    now = threshold_measure(&rows, logged);
    best = threshold_measure(&rows, both);
    expected = threshold_measure(&rows, crossed);
    cut = threshold_say_cut(self, both[0], rows.judged->input.n);
    g_string_append_printf(text, "Of %s, the %s is greatest with %s", subject, rows.metric, cut);
    if (best != NULL) {
        g_autofree char *figure = errata_ask_figure(self, "best", "with that threshold", best);

        g_string_append_printf(text, ": %s", figure);
    }
    if (now != NULL) {
        g_autofree char *figure = errata_ask_figure(self, "logged", "as logged", now);

        g_string_append_printf(text, "; with the predictions of the log it is %s", figure);
    }
    if (expected != NULL) {
        g_autofree char *figure =
            errata_ask_figure(self, "expected", "chosen on the other half", expected);

        g_string_append_printf(text,
                               ". Chosen on one half of the rows and measured on the other, it "
                               "is %s, which is nearer to what new rows will give",
                               figure);
    }
    g_string_append_c(text, '.');
    self->answer->text = g_string_free(g_steal_pointer(&text), FALSE);
    return TRUE;
}
