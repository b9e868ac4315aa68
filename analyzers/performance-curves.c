/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The curves of a classifier: ROC, precision against recall, reliability, cost against threshold,
 * accuracy against coverage. At most 200 points each, spread by arc length so that corners stay. */
#include <math.h>

#include "performance.h"
#include "sort.h"

#define CURVES_POINTS  200
#define CURVES_FEW     100.0 /* rows of which a share is told, or a fifth of all where these are few */
#define CURVES_CLASSES 5     /* classes drawn in a multi-class ROC */
#define CURVES_SORTED  20000000.0

static void
curves_alloc(ErrataSeries *series)
{
    series->x = g_new(double, MAX(series->n, 1));
    series->y = g_new(double, MAX(series->n, 1));
}

static ErrataFigure *
curves_figure(const char *id, const char *title, const char *x_label, const char *y_label)
{
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_LINES, title);

    figure->x_label = g_strdup(x_label);
    figure->y_label = g_strdup(y_label);
    figure->x_unit = figure->y_unit = ERRATA_UNIT_SHARE;
    return figure;
}

static void
curves_add_roc(ErrataFigure *figure,
               const char *label,
               const ErrataRanking *ranking,
               guint most,
               ErrataTone tone)
{
    guint n = 0;
    g_autofree ErrataRankingPoint *point = errata_ranking_points(ranking, most, &n);
    ErrataSeries *series = errata_figure_add_series(figure, label, tone, n);

    curves_alloc(series);
    for (guint i = 0; i < n; i++) {
        series->x[i] = point[i].false_positive / ranking->n_negative;
        series->y[i] = point[i].true_positive / ranking->n_positive;
    }
}

static gboolean
curves_has_both(const ErrataRanking *ranking)
{
    return ranking->n_positive > 0.0 && ranking->n_negative > 0.0;
}

/* what the mark on a curve stands for: a log may have no predictions of its own */
static const char *
curves_mark(const ErrataSchema *schema)
{
    return schema->prediction < 0 ? "predictions at a cut of 0.5" : "logged predictions";
}

static ErrataFigure *
curves_roc(const ErrataRanking *ranking,
           const ErrataConfusion *confusion,
           guint positive,
           const char *mark_is)
{
    ErrataFigure *figure =
        curves_figure("roc", "ROC curve", "False positive rate", "True positive rate");
    guint negative = 1 - positive;
    ErrataMark *mark;

    figure->reference_line = TRUE;
    figure->description = g_strdup_printf("True positive rate against false positive rate over all "
                                          "thresholds; the mark is where the %s lie.",
                                          mark_is);
    curves_add_roc(figure, "all predictions", ranking, CURVES_POINTS, ERRATA_TONE_NOW);
    mark = errata_figure_add_mark(figure,
                                  confusion->weight[negative * 2 + positive] /
                                      confusion->row[negative],
                                  mark_is,
                                  ERRATA_TONE_ERROR);
    mark->y = confusion->weight[positive * 3] / confusion->row[positive];
    return figure;
}

static ErrataFigure *
curves_pr(const ErrataRanking *ranking,
          const ErrataConfusion *confusion,
          guint positive,
          const char *mark_is)
{
    ErrataFigure *figure =
        curves_figure("precision-recall", "Precision and recall", "Recall", "Precision");
    guint n = 0;
    g_autofree ErrataRankingPoint *point = errata_ranking_points(ranking, CURVES_POINTS, &n);
    ErrataSeries *series = errata_figure_add_series(figure, "all predictions", ERRATA_TONE_NOW, n);

    figure->description =
        g_strdup_printf("Precision against recall over all thresholds; the mark is "
                        "where the %s lie.",
                        mark_is);
    curves_alloc(series);
    for (guint i = 0; i < n; i++) {
        const ErrataRankingPoint *at = &point[i == 0 && n > 1 ? 1 : i];

        series->x[i] = point[i].true_positive / ranking->n_positive;
        series->y[i] = at->true_positive / (at->true_positive + at->false_positive);
    }
    if (confusion->column[positive] > 0.0)
        errata_figure_add_mark(figure,
                               confusion->weight[positive * 3] / confusion->row[positive],
                               mark_is,
                               ERRATA_TONE_ERROR)
            ->y = confusion->weight[positive * 3] / confusion->column[positive];
    return figure;
}

static ErrataFigure *
curves_reliability(const ErrataReliability *reliability, gboolean binary)
{
    ErrataFigure *figure = curves_figure("reliability",
                                         "Reliability of the scores",
                                         binary ? "Mean score" : "Mean top probability",
                                         binary ? "Observed rate" : "Share right");
    ErrataSeries *series =
        errata_figure_add_series(figure, "ten equal bins", ERRATA_TONE_NOW, reliability->n_bins);

    figure->reference_line = TRUE;
    figure->description = g_strdup("Observed rate against mean score in ten bins of equal width, "
                                   "with 95 % intervals; on the diagonal the scores are right.");
    curves_alloc(series);
    series->lo = g_new(double, series->n);
    series->hi = g_new(double, series->n);
    series->count = g_new(double, series->n);
    for (guint b = 0; b < reliability->n_bins; b++) {
        ErrataInterval interval = {(double)NAN, (double)NAN};

        if (reliability->n[b] > 0)
            interval = errata_intervals_wilson(reliability->rate[b] * reliability->effective[b],
                                               reliability->effective[b],
                                               ERRATA_METRICS_LEVEL);
        series->x[b] = reliability->mean_score[b];
        series->y[b] = reliability->rate[b];
        series->lo[b] = interval.lo;
        series->hi[b] = interval.hi;
        series->count[b] = (double)reliability->n[b];
    }
    return figure;
}

/* mean cost of a prediction when the points before group @group are called positive */
static double
curves_cost(const ErrataRanking *ranking,
            const ErrataRankingPoint *point,
            const ErrataSettings *settings)
{
    return (settings->cost_false_positive * point->false_positive +
            settings->cost_false_negative * (ranking->n_positive - point->true_positive)) /
           (ranking->n_positive + ranking->n_negative);
}

static ErrataFigure *
curves_threshold(const ErrataAnalysis *analysis, const ErrataRanking *ranking)
{
    const ErrataSettings *settings = analysis->settings;
    gboolean plain = fabs(settings->cost_false_positive - 1.0) < 1e-12 &&
                     fabs(settings->cost_false_negative - 1.0) < 1e-12;
    ErrataFigure *figure = curves_figure("threshold",
                                         plain ? "Error rate by threshold" : "Cost by threshold",
                                         "Threshold",
                                         plain ? "Error rate" : "Mean cost of a prediction");
    guint n = 0;
    g_autofree ErrataRankingPoint *point = errata_ranking_points(ranking, CURVES_POINTS, &n);
    ErrataSeries *series = errata_figure_add_series(figure, "all predictions", ERRATA_TONE_NOW, n);

    figure->y_unit = plain ? ERRATA_UNIT_SHARE : ERRATA_UNIT_NONE;
    figure->description = g_strdup("Mean cost of a prediction by the score from which on it is "
                                   "positive.");
    curves_alloc(series);
    for (guint i = 0; i < n; i++) {
        const ErrataRankingPoint *at = &point[n - 1 - i];

        series->x[i] = isinf(at->score) ? fmax(ranking->score[0], 1.0) : at->score;
        series->y[i] = curves_cost(ranking, at, settings);
    }
    if (!isnan(analysis->schema->threshold))
        errata_figure_add_mark(figure, analysis->schema->threshold, "in use", ERRATA_TONE_ERROR);
    return figure;
}

static ErrataFigure *
curves_coverage(const ErrataRanking *ranking, gsize n)
{
    guint n_points = 0;
    g_autofree ErrataRankingPoint *point = errata_ranking_points(ranking, CURVES_POINTS, &n_points);
    ErrataFigure *figure = curves_figure("coverage",
                                         "Accuracy when the least sure are left to a person",
                                         "Share of predictions kept",
                                         "Accuracy of those kept");
    ErrataSeries *series =
        errata_figure_add_series(figure, "all predictions", ERRATA_TONE_NOW, n_points - 1);
    double all = ranking->n_positive + ranking->n_negative;

    curves_alloc(series);
    series->n = 0;
    for (guint i = 1; i < n_points; i++) {
        double kept = point[i].true_positive + point[i].false_positive;

        /* the share of a handful of rows leaps */
        if (kept / all * (double)n < fmin(CURVES_FEW, (double)n / 5.0))
            continue;
        series->x[series->n] = kept / all;
        series->y[series->n++] = point[i].true_positive / kept;
    }
    return figure;
}

/* the commonest classes, each against the rest */
static ErrataFigure *
curves_multiclass_roc(const ErrataAnalysis *analysis,
                      const ErrataJudged *judged,
                      const ErrataConfusion *confusion)
{
    gsize n = judged->input.n;
    g_autofree double *score = g_new(double, MAX(n, 1));
    g_autofree guint8 *label = g_new(guint8, MAX(n, 1));
    g_autofree double *size = g_new(double, confusion->n_classes);
    g_autofree guint32 *order = g_new(guint32, confusion->n_classes);
    guint most = MIN(confusion->n_classes, CURVES_CLASSES);
    ErrataFigure *figure = curves_figure("roc",
                                         "ROC curve of each class against the rest",
                                         "False positive rate",
                                         "True positive rate");

    figure->reference_line = TRUE;
    for (guint k = 0; k < confusion->n_classes; k++)
        size[k] = -confusion->row[k];
    errata_sort_doubles(size, confusion->n_classes, NULL, order);
    for (guint j = 0; j < most; j++) {
        guint k = order[j];
        g_autoptr(ErrataRanking) ranking = NULL;
        gsize m = 0;

        for (gsize i = 0; i < n; i++)
            if (!isnan(judged->input.probability[k][i])) {
                score[m] = judged->input.probability[k][i];
                label[m++] = judged->input.truth[i] == (gint32)k;
            }
        ranking = errata_ranking_new(score, label, NULL, m);
        if (curves_has_both(ranking))
            curves_add_roc(figure,
                           analysis->schema->classes[k],
                           ranking,
                           CURVES_POINTS / CURVES_CLASSES,
                           j == 0 ? ERRATA_TONE_NOW : ERRATA_TONE_REFERENCE);
    }
    if (figure->n_series == 0)
        g_clear_pointer(&figure, errata_figure_free);
    return figure;
}

/**
 * errata_performance_curves:
 * @analysis: where the figures go
 * @judged: its judged rows
 * @confusion: their confusion matrix
 * @ranking: (nullable): binary with scores: their ranking
 * @reliability: (nullable): their reliability bins
 *
 * Sets the figures of a classifier that its log allows, but for coverage.
 */
void
errata_performance_curves(ErrataAnalysis *analysis,
                          const ErrataJudged *judged,
                          const ErrataConfusion *confusion,
                          const ErrataRanking *ranking,
                          const ErrataReliability *reliability)
{
    ErrataPerformance *performance = &analysis->result->performance;
    int positive = judged->input.positive;

    if (ranking != NULL && positive >= 0 && confusion->n_classes == 2 && curves_has_both(ranking) &&
        confusion->row[0] > 0.0 && confusion->row[1] > 0.0) {
        const char *mark_is = curves_mark(analysis->schema);

        performance->roc = curves_roc(ranking, confusion, (guint)positive, mark_is);
        performance->pr = curves_pr(ranking, confusion, (guint)positive, mark_is);
        performance->threshold = curves_threshold(analysis, ranking);
    } else if (judged->input.probability != NULL &&
               (double)judged->input.n * CURVES_CLASSES <= CURVES_SORTED) {
        performance->roc = curves_multiclass_roc(analysis, judged, confusion);
    }
    if (reliability != NULL)
        performance->reliability = curves_reliability(reliability, judged->input.score != NULL);
}

/**
 * errata_performance_coverage:
 * @analysis: where the figure goes
 * @judged: its judged rows
 *
 * Sets the figure of accuracy against coverage where predictions have a confidence.
 */
void
errata_performance_coverage(ErrataAnalysis *analysis, const ErrataJudged *judged)
{
    const double *confidence = judged->confidence, *weight = judged->input.weight;
    g_autofree double *known = NULL, *known_weight = NULL;
    g_autofree guint8 *hit = NULL;
    g_autoptr(ErrataRanking) ranking = NULL;
    gsize n = 0, n_known = 0;

    for (gsize i = 0; confidence != NULL && i < judged->input.n; i++)
        n_known += isnan(confidence[i]) ? 0 : 1;
    if (n_known == 0)
        return;
    hit = g_new(guint8, n_known);
    if (n_known < judged->input.n) {
        known = g_new(double, n_known);
        known_weight = weight != NULL ? g_new(double, n_known) : NULL;
    }
    for (gsize i = 0; i < judged->input.n; i++) {
        if (isnan(confidence[i]))
            continue;
        hit[n] = judged->input.wrong != NULL ? !(judged->input.wrong[i] > 0.0)
                                             : judged->input.truth[i] == judged->input.predicted[i];
        if (known != NULL)
            known[n] = confidence[i];
        if (known_weight != NULL)
            known_weight[n] = weight[i];
        n++;
    }
    ranking = errata_ranking_new(known != NULL ? known : confidence,
                                 hit,
                                 known != NULL ? known_weight : weight,
                                 n);
    if (ranking->n_positive + ranking->n_negative > 0.0)
        analysis->result->performance.coverage = curves_coverage(ranking, n);
}
