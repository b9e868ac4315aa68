/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of a category whose scores mean something else than elsewhere. */
#include <math.h>

#include "calibration-segments.h"
#include "intervals.h"
#include "words.h"

#define SEGMENTS_CLASS_MEDIUM 0.05
#define SEGMENTS_IN           " in the group"

/* how the probability that is off and what it foretells are called */
typedef struct {
    char *score;
    char *rate;
} SegmentsWords;

static void
segments_words_clear(SegmentsWords *words)
{
    g_free(words->score);
    g_free(words->rate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SegmentsWords, segments_words_clear)

static const char *
segments_class(const ErrataSegments *self, const ErrataSegment *candidate)
{
    return candidate->view->class < 0 ? NULL
                                      : self->analysis->schema->classes[candidate->view->class];
}

static SegmentsWords
segments_words(const ErrataSegments *self, const ErrataSegment *candidate)
{
    gboolean top = self->analysis->schema->task == ERRATA_TASK_MULTICLASS;
    const char *class = segments_class(self, candidate);

    if (class != NULL)
        return (SegmentsWords){g_strdup_printf("mean probability of %s", class),
                               g_strdup_printf("share that is %s", class)};
    return (SegmentsWords){g_strdup(top ? "mean top probability" : "mean score"),
                           g_strdup(top ? "share right" : "observed rate")};
}

/* with a capital */
static char *
segments_capital(const char *words)
{
    char *text = g_strdup(words);

    text[0] = g_ascii_toupper(text[0]);
    return text;
}

static gboolean
segments_is_one_sided(const ErrataSegment *candidate)
{
    return fabs(candidate->direction) >= 0.7 * candidate->effect;
}

/* mean score and rate of some counts, with the calibration error over their own bins */
static void
segments_summary(const ErrataSegmentView *view,
                 const CalibrationCounts *counts,
                 double *ret_score,
                 double *ret_rate)
{
    double rows = errata_calibration_line_rows(counts);
    double score = 0.0;
    double hits = 0.0;

    for (guint b = 0; b < CALIBRATION_LINE_BINS; b++) {
        score += (counts->positive[b] + counts->negative[b]) * view->s[b];
        hits += counts->positive[b];
    }
    *ret_score = score / rows;
    *ret_rate = hits / rows;
}

/* reliability in ten groups of neighbouring bins */
static void
segments_add_series(const ErrataSegmentView *view,
                    ErrataFigure *figure,
                    const char *label,
                    ErrataTone tone,
                    const CalibrationCounts *counts,
                    const CalibrationCounts *squares)
{
    ErrataSeries *series = errata_figure_add_series(figure, label, tone, 0);
    double total = errata_calibration_line_rows(counts);
    double rows = 0.0, hits = 0.0, score = 0.0, square = 0.0;

    series->x = g_new(double, 10);
    series->y = g_new(double, 10);
    series->lo = g_new(double, 10);
    series->hi = g_new(double, 10);
    series->count = g_new(double, 10);
    for (guint b = 0; b < CALIBRATION_LINE_BINS; b++) {
        double all = counts->positive[b] + counts->negative[b], effective;
        ErrataInterval interval;

        rows += all;
        hits += counts->positive[b];
        score += all * view->s[b];
        square += squares->positive[b] + squares->negative[b];
        if (!(rows > 0.0) || series->n == 10 ||
            (rows < 0.0999 * total && b + 1 < CALIBRATION_LINE_BINS))
            continue;
        effective = rows * (rows / square);
        interval = errata_intervals_wilson(hits * (rows / square), effective, 0.95);
        series->x[series->n] = score / rows;
        series->y[series->n] = hits / rows;
        series->lo[series->n] = interval.lo;
        series->hi[series->n] = interval.hi;
        series->count[series->n++] = effective;
        rows = hits = score = square = 0.0;
    }
}

static ErrataFigure *
segments_figure(const ErrataSegments *self,
                const ErrataSegment *candidate,
                const SegmentsWords *words,
                const char *what)
{
    g_autofree char *id = g_strdup_printf("calibration-%u-%u", candidate->column, candidate->code);
    ErrataFigure *figure =
        errata_figure_new(id, ERRATA_FIGURE_LINES, "What the scores say, and what happened");

    figure->x_label = segments_capital(words->score);
    figure->y_label = segments_capital(words->rate);
    figure->x_unit = figure->y_unit = ERRATA_UNIT_SHARE;
    figure->reference_line = TRUE;
    figure->description = g_strdup_printf("%s against %s on the confirmation half, inside the "
                                          "group and elsewhere, with 95 %% intervals.",
                                          figure->y_label,
                                          words->score);
    segments_add_series(candidate->view,
                        figure,
                        "elsewhere",
                        ERRATA_TONE_REFERENCE,
                        &candidate->outside,
                        &candidate->squares_out);
    segments_add_series(candidate->view,
                        figure,
                        what,
                        ERRATA_TONE_ERROR,
                        &candidate->inside,
                        &candidate->squares_in);
    return figure;
}

static void
segments_take_rows(const ErrataSegments *self,
                   const ErrataSegment *candidate,
                   gboolean outside,
                   ErrataFinding *finding)
{
    const guint8 *code = self->bins->columns[candidate->column].code;
    gsize n = 0;

    for (gsize row = 0; row < self->bins->n_rows; row++)
        n += code[row] == candidate->code && !(outside && self->sliced[row] != 0);
    finding->n_rows = n;
    finding->row = g_new(guint32, MAX(n, 1));
    finding->row_score = g_new0(double, MAX(n, 1));
    n = 0;
    for (gsize row = 0; row < self->bins->n_rows; row++)
        if (code[row] == candidate->code && !(outside && self->sliced[row] != 0))
            finding->row[n++] = (guint32)row;
    finding->share_of_rows = (double)n / (double)self->bins->n_rows;
}

/* the effect has the sign of what it says: below 0 where the same score comes true less often */
static void
segments_add_pair(ErrataFinding *finding,
                  const ErrataSegment *candidate,
                  const SegmentsWords *words,
                  double p,
                  double q)
{
    gboolean less = segments_is_one_sided(candidate) && candidate->direction > 0.0;
    double score, rate, score_out, rate_out;
    double rows = candidate->happened.n, effective = errata_rate_effective(&candidate->happened);
    g_autofree char *score_in = g_strconcat(words->score, SEGMENTS_IN, NULL);
    g_autofree char *rate_in = g_strconcat(words->rate, SEGMENTS_IN, NULL);
    ErrataInterval interval;
    ErrataEvidence *evidence;

    segments_summary(candidate->view, &candidate->inside, &score, &rate);
    segments_summary(candidate->view, &candidate->outside, &score_out, &rate_out);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("effect",
                                                      "mean difference between what a score means "
                                                      "here and elsewhere",
                                                      less ? -candidate->effect : candidate->effect,
                                                      ERRATA_UNIT_POINTS,
                                                      (guint64)rows));
    evidence->test = g_strdup(
        "Wald's chi-square of a logistic recalibration inside against outside, without "
        "the rows that error slices or groups found before explain");
    evidence->p = p;
    evidence->q = q;
    evidence->method = g_strdup("confirmation half");
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("mean_score", score_in, score, ERRATA_UNIT_SHARE, (guint64)rows));
    evidence->baseline = score_out;
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("mean_rate", rate_in, rate, ERRATA_UNIT_SHARE, (guint64)rows));
    interval = errata_intervals_wilson(rate * effective, effective, 0.95);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = rate_out;
}

/* what a finding is called; @what: its rows */
static char *
segments_title(const ErrataSegments *self,
               const ErrataSegment *candidate,
               gboolean outside,
               const char *what)
{
    gboolean one_sided = segments_is_one_sided(candidate);
    const char *class = segments_class(self, candidate);
    g_autofree char *points = errata_words_points(candidate->effect, 0.0);
    g_autofree char *score = class != NULL ? g_strdup_printf("probability of %s", class) : NULL;

    return g_strdup_printf("%s %s, the same %s comes true %s than elsewhere, by %s",
                           outside ? "Outside the error slices, where" : "Where",
                           what,
                           score != NULL ? score : "score",
                           !one_sided                   ? "at other rates"
                           : candidate->direction > 0.0 ? "less often"
                                                        : "more often",
                           points);
}

/* Of one class that is not the top one as many rows are right as before: it weighs as scores that
 * are off as a whole do */
static ErrataSeverity
segments_severity(const ErrataSegment *candidate, const ErrataSegment *tested)
{
    double effect = fmin(candidate->effect, tested->effect);

    if (candidate->view->class >= 0)
        return effect >= SEGMENTS_CLASS_MEDIUM ? ERRATA_SEVERITY_MEDIUM : ERRATA_SEVERITY_LOW;
    return effect >= SEGMENTS_HIGH ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM;
}

/**
 * errata_calibration_segments_report:
 * @self: the rows
 * @candidate: what is told of a group, of all rows or of those @outside the slices
 * @tested: what was tested of it; rows of slices, which are told themselves, make it no graver
 * @outside: whether slices hide it over all rows
 * @q: of the test
 *
 * Adds the finding to the result.
 */
void
errata_calibration_segments_report(const ErrataSegments *self,
                                   const ErrataSegment *candidate,
                                   const ErrataSegment *tested,
                                   gboolean outside,
                                   double q)
{
    const ErrataBinColumn *bins = &self->bins->columns[candidate->column];
    ErrataPredicate *predicate = errata_predicate_new(bins->name, ERRATA_OP_EQ);
    g_auto(SegmentsWords) words = segments_words(self, candidate);
    const char *class = segments_class(self, candidate);
    const char *direction = !segments_is_one_sided(candidate) ? "mixed"
                            : candidate->direction > 0.0      ? "over"
                                                              : "under";
    g_autofree char *count = NULL;
    g_autofree char *what = NULL;
    g_autofree char *title = NULL;
    g_autofree char *text = NULL;
    ErrataFinding *finding;
    ErrataSuggestion *suggestion;

    predicate->values = g_new0(char *, 2);
    predicate->values[0] = g_strdup(bins->labels[candidate->code]);
    what = errata_predicate_describe(predicate);
    title = segments_title(self, candidate, outside, what);
    finding = errata_finding_new(ERRATA_FINDING_CALIBRATION, title);
    g_ptr_array_add(finding->subject.predicates, predicate);
    finding->subject.direction = g_strdup(direction);
    finding->confirmed = TRUE;
    finding->severity = segments_severity(candidate, tested);
    finding->subject.given = g_strdup(class);
    if (outside)
        g_ptr_array_add(finding->notes, g_strdup("outside=slices"));
    segments_take_rows(self, candidate, outside, finding);
    finding->rank = candidate->effect * finding->share_of_rows;
    count = errata_words_counted(finding->n_rows, "row", "rows");
    finding->summary = g_strdup_printf("calibration · %s", count);
    segments_add_pair(finding, candidate, &words, tested->p, q);
    text =
        class != NULL
            ? g_strdup_printf("Where %s, recalibrate the probability of %s on its own", what, class)
            : g_strdup_printf("Where %s, recalibrate the scores on their own", what);
    suggestion = errata_finding_suggest(finding, "recalibrate", text);
    suggestion->method = g_strdup("no gain is computed for one group");
    finding->figure = segments_figure(self, candidate, &words, what);
    errata_case_add_finding(self->analysis->result, finding);
}
