/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Would another threshold cost less? Cross-fitted: every cut is tried on one half of the rows, the
 * cheapest is measured on the other half against the logged predictions, row by row; then the
 * halves change places, and the gain is the mean over all rows. The cut that is advised is the
 * cheapest on both halves. Faulty rows and copies choose no cut and sway no test, but what is told
 * is of all rows, as the log has them. Costs are those configured; with both 1 the cost is the
 * error rate. METHODS 1 and 9. */
#include "threshold.h"

#include <math.h>
#include <string.h>

#include "entity-effect.h"
#include "evidence-share.h"
#include "interval-note.h"
#include "judged.h"
#include "number.h"
#include "parallel.h"
#include "ranking.h"
#include "slices-missed.h"
#include "tests.h"
#include "words.h"

#define THRESHOLD_LEAST  500   /* rows under which nothing is tried */
#define THRESHOLD_SURE   2000  /* rows under which a finding is exploratory */
#define THRESHOLD_GAIN   0.001 /* cost saved per prediction, over the larger cost, that is shown */
#define THRESHOLD_SPARED 0.02 /* of the negatives: a cut that tells fewer calls everyone positive */
#define THRESHOLD_MOVE   0.5  /* of the gain, that the move must make */
#define THRESHOLD_POINTS 200  /* of the figure */
#define THRESHOLD_RECALL (2.0 / 3.0) /* of the recall: less than that left is a collapse */
#define THRESHOLD_CUT    0.5         /* by which a log without predictions is judged */

/* rows with a score, and what they cost */
typedef struct {
    gsize n;
    double *score;
    guint8 *positive;  /* label */
    guint8 *predicted; /* as logged */
    guint8 *half;
    guint32 *row;
    const ErrataOutcome *outcome;
    double *weight; /* nullable */
    double cost_fp;
    double cost_fn;
} ThresholdData;

/* the logged predictions against the new cuts, each on the half that it was not chosen on */
typedef struct {
    double cut;        /* the cheapest on all rows */
    double by_half[2]; /* the cheapest on each half */
    double from;
    double to;
    double gain;
    ErrataInterval interval;
    double p;
    guint64 n;
    double recall_from, recall_to;
    double precision_from, precision_to;
    double n_all, n_positive, n_called[2]; /* rows of equal weight that tell as much */
    double always;                         /* what calling every row the cheaper class costs */
} ThresholdGain;

static void
threshold_data_clear(ThresholdData *self)
{
    g_free(self->score);
    g_free(self->positive);
    g_free(self->predicted);
    g_free(self->half);
    g_free(self->row);
    g_free(self->weight);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThresholdData, threshold_data_clear)

/* rows that are not in @mask; all without one */
static void
threshold_collect(const ErrataAnalysis *analysis, const guint8 *mask, ThresholdData *data)
{
    g_autoptr(ErrataJudged) judged = errata_judged_new(analysis->outcome, mask, 0);
    const ErrataMetricsInput *input = &judged->input;

    data->cost_fp = analysis->settings->cost_false_positive;
    data->cost_fn = analysis->settings->cost_false_negative;
    data->score = g_new(double, MAX(input->n, 1));
    data->positive = g_new(guint8, MAX(input->n, 1));
    data->predicted = g_new(guint8, MAX(input->n, 1));
    data->half = g_new(guint8, MAX(input->n, 1));
    data->row = g_new(guint32, MAX(input->n, 1));
    data->outcome = analysis->outcome;
    data->weight = input->weight != NULL ? g_new(double, MAX(input->n, 1)) : NULL;
    for (gsize i = 0; i < input->n; i++) {
        if (isnan(input->score[i]))
            continue;
        data->score[data->n] = input->score[i];
        data->positive[data->n] = input->truth[i] == input->positive;
        data->predicted[data->n] = input->predicted[i] == input->positive;
        data->half[data->n] = analysis->outcome->half[judged->row[i]];
        data->row[data->n] = judged->row[i];
        if (data->weight != NULL)
            data->weight[data->n] = input->weight[i];
        data->n++;
    }
}

static double
threshold_cost(const ThresholdData *data, gboolean positive, gboolean predicted)
{
    if (positive == predicted)
        return 0.0;
    return predicted ? data->cost_fp : data->cost_fn;
}

static ErrataRanking *
threshold_ranking(const ThresholdData *data, guint8 half)
{
    g_autofree double *score = g_new(double, MAX(data->n, 1));
    g_autofree double *weight = data->weight != NULL ? g_new(double, MAX(data->n, 1)) : NULL;
    g_autofree guint8 *positive = g_new(guint8, MAX(data->n, 1));
    gsize n = 0;

    for (gsize i = 0; i < data->n; i++) {
        if (data->half[i] != half)
            continue;
        score[n] = data->score[i];
        positive[n] = data->positive[i];
        if (weight != NULL)
            weight[n] = data->weight[i];
        n++;
    }
    return errata_ranking_new(score, positive, weight, n);
}

/**
 * errata_threshold_round:
 * @below: a score that stays under the cut; NaN: there is none
 * @at: a score that does not
 *
 * Returns: the shortest decimal above @below and not above @at: it cuts where @at does
 */
double
errata_threshold_round(double below, double at)
{
    for (double scale = 10.0; scale <= 1e9; scale *= 10.0) {
        double cut = floor(at * scale) / scale;

        if (cut > below && cut <= at)
            return cut;
    }
    return at;
}

/* the next group of one or two rankings taken together, by falling score; FALSE at their end */
static gboolean
threshold_next(ErrataRanking *const *rankings,
               guint n,
               gsize *at,
               double *ret_score,
               double *ret_positive,
               double *ret_negative)
{
    *ret_score = -(double)INFINITY;
    *ret_positive = *ret_negative = 0.0;
    for (guint k = 0; k < n; k++)
        if (at[k] < rankings[k]->n_groups)
            *ret_score = fmax(*ret_score, rankings[k]->score[at[k]]);
    for (guint k = 0; k < n; k++)
        if (at[k] < rankings[k]->n_groups && rankings[k]->score[at[k]] >= *ret_score) {
            *ret_positive += rankings[k]->positive[at[k]];
            *ret_negative += rankings[k]->negative[at[k]++];
        }
    return *ret_positive + *ret_negative > 0.0 || isfinite(*ret_score);
}

/* the cheapest cut on the rows of one or two rankings; NaN when it is to call nothing or everything
 * positive */
static double
threshold_cheapest(const ThresholdData *data, ErrataRanking *const *rankings, guint n)
{
    gsize at[2] = {0, 0};
    double positives = 0.0, negatives = 0.0, cost, least = (double)INFINITY;
    double best = (double)NAN, below = (double)NAN;
    double score, positive, negative;

    for (guint k = 0; k < n; k++) {
        positives += rankings[k]->n_positive;
        negatives += rankings[k]->n_negative;
    }
    cost = data->cost_fn * positives;
    while (threshold_next(rankings, n, at, &score, &positive, &negative)) {
        if (isnan(below))
            below = score; /* the first under the best so far */
        cost += data->cost_fp * negative - data->cost_fn * positive;
        if (cost < least) {
            least = cost;
            best = score;
            below = (double)NAN;
        }
    }
    /* with the last group everything is positive */
    if (isnan(below) || data->cost_fn * positives <= least || data->cost_fp * negatives <= least)
        return (double)NAN;
    return errata_threshold_round(below, best);
}

/* the two halves, each with its cheapest cut; they are sorted side by side */
typedef struct {
    const ThresholdData *data;
    ErrataRanking *ranking[2];
    double cut[2];
} ThresholdHalves;

static void
threshold_halves_clear(ThresholdHalves *self)
{
    g_clear_pointer(&self->ranking[0], errata_ranking_free);
    g_clear_pointer(&self->ranking[1], errata_ranking_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThresholdHalves, threshold_halves_clear)

static void
threshold_half_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    ThresholdHalves *self = data;

    for (gsize half = begin; half < end; half++) {
        self->ranking[half] = threshold_ranking(self->data, (guint8)half);
        self->cut[half] = threshold_cheapest(self->data, &self->ranking[half], 1);
    }
}

/* whether the cut parts nothing: it calls nearly all negatives positive too, or the scores rank the
 * classes the wrong way round, where any cut is worse than none */
static gboolean
threshold_is_idle(const ThresholdData *data, ErrataRanking *const *rankings, double cut)
{
    double negatives = 0.0, spared = 0.0, above = 0.0, pairs = 0.0;
    gsize at[2] = {0, 0};
    double score, positive, negative;

    for (gsize i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1.0;

        negatives += data->positive[i] == 0 ? w : 0.0;
        spared += data->positive[i] == 0 && data->score[i] < cut ? w : 0.0;
    }
    while (threshold_next(rankings, 2, at, &score, &positive, &negative)) {
        pairs += negative * (above + 0.5 * positive);
        above += positive;
    }
    return spared < THRESHOLD_SPARED * negatives || pairs < 0.5 * above * negatives;
}

static void
threshold_measure(const ThresholdData *data, ThresholdGain *gain)
{
    double total = 0.0;
    double sums[2] = {0.0, 0.0};
    double hits[2] = {0.0, 0.0};
    double called[2] = {0.0, 0.0};
    double positives = 0.0;
    double difference = 0.0;
    double squares = 0.0;
    double weights2 = 0.0;
    double cross = 0.0;
    g_autofree double *saved = g_new(double, MAX(data->n, 1));

    gain->n = 0;
    for (gsize i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1.0;
        gboolean moved = data->score[i] >= gain->by_half[data->half[i] == 0 ? 1 : 0];
        double before, after;

        before = threshold_cost(data, data->positive[i] != 0, data->predicted[i] != 0);
        after = threshold_cost(data, data->positive[i] != 0, moved);
        gain->n++;
        saved[i] = before - after;
        total += w;
        sums[0] += w * before;
        sums[1] += w * after;
        difference += w * (before - after);
        squares += w * w * (before - after) * (before - after);
        cross += w * w * (before - after);
        weights2 += w * w;
        positives += w * data->positive[i];
        called[0] += w * data->predicted[i];
        called[1] += w * moved;
        hits[0] += w * (data->positive[i] & data->predicted[i]);
        hits[1] += data->positive[i] != 0 && moved ? w : 0.0;
    }
    gain->from = sums[0] / total;
    gain->to = sums[1] / total;
    gain->gain = difference / total;
    squares += gain->gain * (gain->gain * weights2 - 2.0 * cross);
    squares *= errata_entity_effect(data->outcome, data->row, data->n, saved);
    gain->interval = errata_intervals_normal(gain->gain,
                                             fmax(squares, 0.0) / total / total,
                                             ERRATA_METRICS_LEVEL);
    gain->p = errata_tests_normal_upper(difference / sqrt(squares));
    gain->recall_from = hits[0] / positives;
    gain->recall_to = hits[1] / positives;
    gain->precision_from = hits[0] / called[0];
    gain->precision_to = hits[1] / called[1];
    gain->n_all = total * total / weights2;
    gain->n_positive = positives * total / weights2;
    gain->n_called[0] = called[0] * total / weights2;
    gain->n_called[1] = called[1] * total / weights2;
    gain->always = fmin(data->cost_fn * positives, data->cost_fp * (total - positives)) / total;
}

/* whether less than half of the gain comes of the move: the rest is of predictions that do not
 * follow their score, and the threshold in use would save as much if they did */
static gboolean
threshold_is_overruled(const ErrataAnalysis *analysis,
                       const ThresholdData *data,
                       const ThresholdGain *gain)
{
    double used = analysis->schema->threshold;
    double saved = 0.0, total = 0.0;

    if (analysis->schema->prediction < 0 || isnan(used))
        return FALSE;
    for (gsize i = 0; i < data->n; i++) {
        double w = data->weight != NULL ? data->weight[i] : 1.0;
        gboolean positive = data->positive[i] != 0;
        gboolean moved = data->score[i] >= gain->by_half[data->half[i] == 0 ? 1 : 0];

        saved += w * (threshold_cost(data, positive, data->score[i] >= used) -
                      threshold_cost(data, positive, moved));
        total += w;
    }
    return saved / total < THRESHOLD_MOVE * gain->gain;
}

static gboolean
threshold_is_plain(const ThresholdData *data)
{
    return fabs(data->cost_fp - 1.0) < 1e-12 && fabs(data->cost_fn - 1.0) < 1e-12;
}

/* errors saved by hardly calling anything positive any more: with costs the user has said what a
 * missed positive is worth, with none a rare class has no say */
static gboolean
threshold_collapses(const ThresholdData *data, const ThresholdGain *gain)
{
    return threshold_is_plain(data) && gain->recall_to < THRESHOLD_RECALL * gain->recall_from;
}

/* whether the new cut is no better than calling every row the cheaper class; a part of a thousandth
 * of a prediction's cost is none */
static gboolean
threshold_gains_nothing(const ThresholdData *data, const ThresholdGain *gain)
{
    double half = 0.5 * (gain->interval.hi - gain->interval.lo);

    return gain->always - gain->to - half < THRESHOLD_GAIN * fmax(data->cost_fp, data->cost_fn);
}

/* what is predicted where the log does not say it; NaN: it does, or no cut tells it */
static double
threshold_in_use(const ErrataAnalysis *analysis)
{
    return analysis->schema->prediction < 0 && isnan(analysis->schema->threshold)
               ? THRESHOLD_CUT
               : analysis->schema->threshold;
}

static const char *
threshold_against(const ErrataAnalysis *analysis)
{
    return analysis->schema->prediction < 0 ? "a cut of 0.5, as the log has no predictions"
                                            : "the logged predictions";
}

static ErrataFigure *
threshold_figure(const ErrataAnalysis *analysis,
                 const ThresholdData *data,
                 const ThresholdGain *gain)
{
    gboolean plain = threshold_is_plain(data);
    g_autoptr(ErrataRanking) ranking =
        errata_ranking_new(data->score, data->positive, data->weight, data->n);
    ErrataFigure *figure = errata_figure_new("threshold-moved",
                                             ERRATA_FIGURE_LINES,
                                             plain ? "Error rate by threshold"
                                                   : "Mean cost by threshold");
    double total = ranking->n_positive + ranking->n_negative;
    guint n = 0;
    g_autofree ErrataRankingPoint *point = errata_ranking_points(ranking, THRESHOLD_POINTS, &n);
    ErrataSeries *series = errata_figure_add_series(figure, "all rows", ERRATA_TONE_NOW, n - 1);

    figure->x_label = g_strdup("Threshold");
    figure->y_label = g_strdup(plain ? "Error rate" : "Mean cost of a prediction");
    figure->x_unit = ERRATA_UNIT_SHARE;
    figure->y_unit = plain ? ERRATA_UNIT_SHARE : ERRATA_UNIT_NONE;
    figure->description = g_strdup("Mean cost of a prediction by the score from which on it is "
                                   "positive; the marked cost is cross-fitted.");
    series->x = g_new(double, MAX(series->n, 1));
    series->y = g_new(double, MAX(series->n, 1));
    for (guint i = 0; i < series->n; i++) {
        const ErrataRankingPoint *at = &point[n - 1 - i];

        series->x[i] = at->score;
        series->y[i] = (data->cost_fp * at->false_positive +
                        data->cost_fn * (ranking->n_positive - at->true_positive)) /
                       total;
    }
    if (!isnan(threshold_in_use(analysis)))
        errata_figure_add_mark(figure, threshold_in_use(analysis), "in use", ERRATA_TONE_ERROR)->y =
            gain->from;
    errata_figure_add_mark(figure, gain->cut, "cheapest", ERRATA_TONE_GOOD)->y = gain->to;
    return figure;
}

/* what the move does to recall and precision, and what a constant answer costs */
static void
threshold_add_trade(ErrataFinding *finding, const ThresholdData *data, const ThresholdGain *gain)
{
    const struct {
        const char *key, *what;
        double value, n;
    } shares[] = {
        {"recall_from", "recall now", gain->recall_from, gain->n_positive},
        {"recall_to", "recall at the new threshold", gain->recall_to, gain->n_positive},
        {"precision_from", "precision now", gain->precision_from, gain->n_called[0]},
        {"precision_to", "precision at the new threshold", gain->precision_to, gain->n_called[1]}};

    for (guint i = 0; i < G_N_ELEMENTS(shares); i++) {
        ErrataEvidence *evidence;

        if (isnan(shares[i].value))
            continue;
        evidence = errata_finding_add(finding,
                                      errata_evidence_new(shares[i].key,
                                                          shares[i].what,
                                                          shares[i].value,
                                                          ERRATA_UNIT_SHARE,
                                                          (guint64)rint(shares[i].n)));
        errata_evidence_share_of(evidence, shares[i].n);
        if (g_str_has_suffix(shares[i].key, "_to"))
            evidence->method = g_strdup("cross-fitted: each half by the threshold of the other");
    }
    errata_finding_add(
        finding,
        errata_evidence_new("always",
                            threshold_is_plain(data)
                                ? "error rate of always saying the commoner class"
                                : "mean cost of always saying the cheaper class",
                            gain->always,
                            threshold_is_plain(data) ? ERRATA_UNIT_SHARE : ERRATA_UNIT_NONE,
                            gain->n));
    if (threshold_collapses(data, gain))
        g_ptr_array_add(finding->notes, g_strdup("recall=collapses"));
    if (threshold_gains_nothing(data, gain))
        g_ptr_array_add(finding->notes, g_strdup("always=as good"));
}

static void
threshold_add_evidence(ErrataFinding *finding,
                       const ErrataAnalysis *analysis,
                       const ThresholdData *data,
                       const ThresholdGain *gain)
{
    gboolean plain = threshold_is_plain(data);
    ErrataUnit unit = plain ? ERRATA_UNIT_SHARE : ERRATA_UNIT_NONE;
    const char *what = plain ? "error rate" : "mean cost of a prediction";
    gboolean logged = analysis->schema->prediction >= 0;
    g_autofree char *from = g_strdup_printf(logged ? "%s as logged" : "%s at a cut of 0.5", what);
    g_autofree char *to = g_strdup_printf("%s at the new threshold", what);
    ErrataEvidence *evidence;

    errata_finding_add(finding,
                       errata_evidence_new("current",
                                           logged ? "threshold in use"
                                                  : "cut that the log is judged by, having no "
                                                    "predictions",
                                           threshold_in_use(analysis),
                                           ERRATA_UNIT_NONE,
                                           data->n));
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("best", "cheapest threshold", gain->cut, ERRATA_UNIT_NONE, data->n));
    evidence->lo = fmin(fmin(gain->by_half[0], gain->by_half[1]), gain->cut);
    evidence->hi = fmax(fmax(gain->by_half[0], gain->by_half[1]), gain->cut);
    errata_interval_note_set(finding, evidence, ERRATA_INTERVAL_NOTE_HALVES);
    evidence->method =
        g_strdup("chosen on all sound rows; the range holds what each half alone would choose");
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("cost_from", from, gain->from, unit, gain->n));
    if (plain)
        errata_evidence_share_of(evidence, gain->n_all);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("cost_to", to, gain->to, unit, gain->n));
    evidence->lo = gain->from - gain->interval.hi;
    evidence->hi = gain->from - gain->interval.lo;
    evidence->baseline = gain->from;
    evidence->test = g_strdup("paired z test of the cost saved");
    evidence->p = evidence->q = gain->p;
    evidence->method =
        g_strdup_printf("cross-fitted: each half by the threshold of the other, row by "
                        "row against %s",
                        threshold_against(analysis));
    threshold_add_trade(finding, data, gain);
    if (!logged)
        g_ptr_array_add(finding->notes, g_strdup("predictions=none"));
}

/* “recall goes from 81 to 72.3 %”; “stays at” where the digits told do not differ */
static char *
threshold_moves(const char *name, double from, double to)
{
    char before[ERRATA_NUMBER_BUFFER] = "undefined", after[ERRATA_NUMBER_BUFFER] = "undefined";

    if (!isnan(from))
        errata_number_print_fixed(100.0 * from, 1, before);
    if (!isnan(to))
        errata_number_print_fixed(100.0 * to, 1, after);
    return strcmp(before, after) == 0
               ? g_strdup_printf("%s stays at %s %%", name, after)
               : g_strdup_printf("%s goes from %s to %s %%", name, before, after);
}

/* what the move does to recall and precision */
static char *
threshold_trade(const ThresholdGain *gain)
{
    g_autofree char *recall = threshold_moves("recall", gain->recall_from, gain->recall_to);
    g_autofree char *precision =
        threshold_moves("precision", gain->precision_from, gain->precision_to);

    return g_strdup_printf("%s, %s", recall, precision);
}

static void
threshold_suggest(ErrataFinding *finding, const ThresholdData *data, const ThresholdGain *gain)
{
    gboolean plain = threshold_is_plain(data);
    char number[ERRATA_NUMBER_BUFFER];
    g_autofree char *text = g_strdup_printf("Call a prediction positive from a score of %s on",
                                            errata_number_print(gain->cut, number));
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "move-threshold", text);

    suggestion->metric = g_strdup(plain ? "accuracy" : "cost");
    suggestion->from = plain ? 1.0 - gain->from : gain->from;
    suggestion->to = plain ? 1.0 - gain->to : gain->to;
    suggestion->lo = gain->interval.lo;
    suggestion->hi = gain->interval.hi;
    suggestion->method =
        g_strdup("cross-fitted: chosen on one half, measured on the other, both ways");
    suggestion->cost = threshold_trade(gain);
    finding->metric = g_strdup(suggestion->metric);
    finding->delta = gain->gain;
}

/* “A threshold of 0.4 would make 9 % fewer errors; recall goes from 81 to 72.3 %” */
static char *
threshold_title(const ThresholdData *data, const ThresholdGain *gain)
{
    double share = gain->gain / gain->from;
    g_autofree char *cut = errata_words_number(gain->cut, (double)NAN, (double)NAN);
    g_autofree char *part =
        errata_words_share(share, gain->interval.lo / gain->from, gain->interval.hi / gain->from);
    g_autofree char *recall = threshold_moves("recall", gain->recall_from, gain->recall_to);

    return g_strdup_printf(threshold_is_plain(data)
                               ? "A threshold of %s would make %s fewer errors; %s"
                               : "A threshold of %s would cost %s less; %s",
                           cut,
                           part,
                           recall);
}

static void
threshold_report(ErrataAnalysis *analysis, const ThresholdData *data, const ThresholdGain *gain)
{
    double largest = fmax(data->cost_fp, data->cost_fn);
    double points = gain->gain / largest;
    double share = gain->gain / gain->from;
    gboolean sure = data->n >= THRESHOLD_SURE;
    g_autofree char *count = errata_words_counted(data->n, "row", "rows");
    g_autofree char *title = threshold_title(data, gain);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_THRESHOLD, title);

    /* by what is surely saved, since the cut was chosen among many */
    finding->severity = errata_severity_from_impact(share * gain->interval.lo / gain->gain,
                                                    gain->interval.lo / largest);
    if (!sure || threshold_collapses(data, gain) || threshold_gains_nothing(data, gain))
        finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
    finding->confirmed = sure;
    finding->summary = g_strdup_printf("threshold · %s", count);
    finding->subject.current = threshold_in_use(analysis);
    finding->subject.best = gain->cut;
    finding->subject.objective = g_strdup(threshold_is_plain(data) ? "accuracy" : "cost");
    finding->share_of_errors = share;
    finding->share_of_rows = 1.0;
    finding->rank = points;
    threshold_add_evidence(finding, analysis, data, gain);
    threshold_suggest(finding, data, gain);
    if (!sure)
        g_ptr_array_add(finding->notes, g_strdup("exploratory=few rows"));
    finding->figure = threshold_figure(analysis, data, gain);
    if (finding->severity >= ERRATA_SEVERITY_MEDIUM)
        errata_slices_missed_threshold(analysis, finding);
    errata_case_add_finding(analysis->result, finding);
}

/* a gain that held on the sound rows, as it is on all rows */
static void
threshold_tell(ErrataAnalysis *analysis, const ThresholdData *sound, ThresholdGain *gain)
{
    g_auto(ThresholdData) all = {0};
    double p = gain->p;

    threshold_collect(analysis, NULL, &all);
    if (all.n > sound->n)
        threshold_measure(&all, gain);
    gain->p = fmax(p, gain->p);
    if (gain->gain > 0.0)
        threshold_report(analysis, all.n > sound->n ? &all : sound, gain);
}

static char *
threshold_why_not(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (analysis->schema->task != ERRATA_TASK_BINARY)
        return g_strdup("only a binary classifier has one threshold");
    if (outcome->score == NULL)
        return g_strdup(errata_outcome_why_no_scores(outcome));
    if (outcome->truth == NULL || outcome->predicted == NULL || outcome->n_judged < THRESHOLD_LEAST)
        return errata_words_too_few(outcome->n_judged, "a label and a prediction", THRESHOLD_LEAST);
    return NULL;
}

static gboolean
threshold_run(ErrataAnalysis *analysis, GError **error)
{
    g_auto(ThresholdData) data = {0};
    g_auto(ThresholdHalves) halves = {.data = &data};
    ThresholdGain gain = {0};
    char cost_fp[ERRATA_NUMBER_BUFFER];
    char cost_fn[ERRATA_NUMBER_BUFFER];
    g_autofree char *cuts = NULL;

    threshold_collect(analysis, analysis->set_aside, &data);
    if (data.n < THRESHOLD_LEAST)
        return TRUE;
    errata_parallel_for(2, 1, threshold_half_cb, &halves);
    cuts = errata_words_counted(MAX(halves.ranking[0]->n_groups, halves.ranking[1]->n_groups),
                                "cut",
                                "cuts");
    gain.by_half[0] = halves.cut[0];
    gain.by_half[1] = halves.cut[1];
    errata_case_tried(analysis->result, "threshold", 1);
    errata_case_method(
        analysis->result,
        "Threshold: cheapest of %s on one half of the sound rows, measured on the other "
        "against %s, both ways, and told of all rows (cost of a false positive %s, of a false negative "
        "%s).",
        cuts,
        threshold_against(analysis),
        errata_number_print(data.cost_fp, cost_fp),
        errata_number_print(data.cost_fn, cost_fn));
    if (isnan(gain.by_half[0]) || isnan(gain.by_half[1]))
        return TRUE;
    threshold_measure(&data, &gain);
    if (!(gain.p < analysis->settings->alpha) ||
        gain.gain < THRESHOLD_GAIN * fmax(data.cost_fp, data.cost_fn) ||
        threshold_is_overruled(analysis, &data, &gain))
        return TRUE;
    gain.cut = threshold_cheapest(&data, halves.ranking, 2);
    if (!isnan(gain.cut) && !threshold_is_idle(&data, halves.ranking, gain.cut))
        threshold_tell(analysis, &data, &gain);
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_threshold = {
    .id = "threshold",
    .why_not = threshold_why_not,
    .run = threshold_run,
};
