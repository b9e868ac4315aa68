/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drifted column as a finding: how far, and what of the change in loss goes with it. */
#include <math.h>
#include <string.h>

#include "change-points.h"
#include "drift.h"
#include "evidence-share.h"
#include "intervals.h"
#include "spoken.h"
#include "tests.h"
#include "words.h"

#define REPORT_ALPHA 0.01
#define REPORT_SURE  0.99
#define REPORT_LEVEL 0.95
#define REPORT_STILL 0.1 /* standard deviations that a mean moves at most when it hardly moves */
#define REPORT_FORETOLD \
    0.75 /* of what goes with a column, that scores let expect: nearly all, as fits are coarse */
#define REPORT_SPREAD 1.25 /* ratio of standard deviations from which on values have spread */

/* what a drift of numbers is when their mean has hardly moved: `spread`, `form`; NULL: the mean
 * moved, or nothing but the share missing */
static const char *
report_shape(const ErrataDriftColumn *self)
{
    double ratio = self->sd_to / self->sd_from;

    if (self->by_missing || isnan(self->mean_from) || !(self->sd_from > 0.0) ||
        fabs(self->mean_to - self->mean_from) >= REPORT_STILL * self->sd_from)
        return NULL;
    return ratio >= REPORT_SPREAD || ratio <= 1.0 / REPORT_SPREAD ? "spread" : "form";
}

/* the value whose share has moved most, −1 where values are not named */
static gssize
report_largest(const ErrataDriftColumn *self)
{
    gssize largest = -1;
    double most = 0.0;

    for (guint i = 0; self->labels != NULL && self->edges == NULL && i < self->n_bars; i++) {
        double gap =
            fabs(self->bar_to[i] / (double)self->n_to - self->bar_from[i] / (double)self->n_from);

        if (gap > most) {
            most = gap;
            largest = i;
        }
    }
    return largest;
}

static ErrataFigure *
report_figure(const ErrataDriftColumn *self)
{
    g_autofree char *id = g_strdup_printf("drift-%u", self->column);
    g_autofree char *title = g_strdup_printf("%s: baseline and now", self->name);
    ErrataFigure *figure;
    const double *bars[] = {self->bar_to, self->bar_from};
    const double rows[] = {(double)self->n_to, (double)self->n_from};

    if (self->n_bars == 0)
        return NULL;
    figure = errata_figure_new(id, ERRATA_FIGURE_HISTOGRAM, title);
    figure->description = g_strdup_printf("Share of the rows by %s of %s, in the baseline and now.",
                                          self->edges != NULL ? "range" : "value",
                                          self->name);
    figure->x_label = g_strdup(self->name);
    figure->y_label = g_strdup("Share of rows");
    figure->y_unit = ERRATA_UNIT_SHARE;
    if (self->edges != NULL) {
        figure->n_columns = self->n_bars;
        figure->edges_x = g_memdup2(self->edges, sizeof(double) * (self->n_bars + 1));
        figure->note = g_strdup("the outermost bars hold what lies beyond");
    }
    for (guint s = 0; s < 2; s++) {
        ErrataSeries *series = errata_figure_add_series(figure,
                                                        s == 0 ? "now" : "baseline",
                                                        s == 0 ? ERRATA_TONE_NOW
                                                               : ERRATA_TONE_REFERENCE,
                                                        self->n_bars);

        series->y = g_new(double, self->n_bars);
        series->count = g_memdup2(bars[s], sizeof(double) * self->n_bars);
        series->labels = g_strdupv(self->labels);
        for (guint i = 0; i < self->n_bars; i++)
            series->y[i] = bars[s][i] / rows[s];
    }
    return figure;
}

static ErrataEvidence *
report_add(ErrataFinding *finding,
           const char *key,
           const char *what,
           double value,
           ErrataUnit unit,
           gsize n)
{
    return errata_finding_add(finding, errata_evidence_new(key, what, value, unit, n));
}

/* 95 %, normal, within what it can be; the lower end also allows for what chance adds */
static void
report_bound(ErrataEvidence *evidence, double sd, double chance, double least, double most)
{
    double half = errata_intervals_z(REPORT_LEVEL) * sd;

    if (!isfinite(half) || !isfinite(evidence->value))
        return;
    evidence->lo = CLAMP(evidence->value - chance - half, least, most);
    evidence->hi = CLAMP(evidence->value + half, least, most);
}

/* standard errors of the means, as so many independent rows make them */
static double
report_mean_error(const ErrataDriftColumn *self, gboolean now)
{
    return now ? self->sd_to / sqrt((double)self->n_to * self->worth_to)
               : self->sd_from / sqrt((double)self->n_from * self->worth_from);
}

/* of a distance in standard deviations of the baseline: those of the means, which the Wasserstein
 * distance, by parts of values no further apart, does not exceed, and that of the standard
 * deviation itself, of values about normal */
static double
report_shift_error(const ErrataDriftColumn *self, double shift)
{
    double means = hypot(report_mean_error(self, FALSE), report_mean_error(self, TRUE));

    return hypot(means / self->sd_from,
                 shift / sqrt(2.0 * (double)self->n_from * self->worth_from));
}

static void
report_distances(ErrataFinding *finding, const ErrataDriftColumn *self)
{
    gsize n = self->n_from + self->n_to;
    ErrataEvidence *evidence;

    if (!isnan(self->js)) {
        evidence = report_add(finding,
                              "distance",
                              "Jensen–Shannon distance from the baseline",
                              self->js,
                              ERRATA_UNIT_NONE,
                              n);
        evidence->baseline = 0.1;
        report_bound(evidence,
                     self->js_sd,
                     self->js - sqrt(fmax(self->js * self->js - self->js_chance, 0.0)),
                     0.0,
                     1.0);
    }
    if (self->kind == ERRATA_DRIFT_NUMBER && !isnan(self->effect)) {
        evidence = report_add(
            finding,
            "wasserstein",
            "Wasserstein distance of clipped values in standard deviations of the baseline",
            self->effect,
            ERRATA_UNIT_SD,
            n);
        evidence->baseline = 0.1;
        evidence->method = g_strdup("values clipped to the baseline's 0.5–99.5 %");
        report_bound(evidence, report_shift_error(self, self->effect), 0.0, 0.0, (double)INFINITY);
    }
    evidence = report_add(finding,
                          self->kind == ERRATA_DRIFT_NUMBER     ? "ks"
                          : self->kind == ERRATA_DRIFT_CATEGORY ? "chi2"
                                                                : "auc",
                          self->kind == ERRATA_DRIFT_NUMBER ? "Kolmogorov–Smirnov distance"
                          : self->kind == ERRATA_DRIFT_CATEGORY
                              ? "chi-square of baseline against now"
                              : "AUC of telling baseline and now apart",
                          self->statistic,
                          ERRATA_UNIT_NONE,
                          n);
    evidence->test = g_strdup(self->test);
    evidence->p = self->p;
    evidence->q = self->q;
    if (self->kind == ERRATA_DRIFT_NUMBER) /* a share's variance is ¼ at most */
        report_bound(evidence,
                     0.5 * sqrt(1.0 / ((double)self->n_from * self->worth_from) +
                                1.0 / ((double)self->n_to * self->worth_to)),
                     0.0,
                     0.0,
                     1.0);
    else if (self->kind == ERRATA_DRIFT_TEXT)
        report_bound(evidence,
                     (self->statistic - self->auc_lo) / errata_intervals_z(REPORT_LEVEL),
                     0.0,
                     0.0,
                     1.0);
    if (isnan(self->psi))
        return;
    evidence =
        report_add(finding, "psi", "population stability index", self->psi, ERRATA_UNIT_NONE, n);
    report_bound(evidence, self->psi_sd, MIN(self->psi_chance, self->psi), 0.0, (double)INFINITY);
}

static void
report_means(ErrataFinding *finding, const ErrataDriftColumn *self)
{
    double shift = (self->mean_to - self->mean_from) / self->sd_from;

    report_bound(report_add(finding,
                            "mean_from",
                            "mean in the baseline",
                            self->mean_from,
                            ERRATA_UNIT_NONE,
                            self->n_from),
                 report_mean_error(self, FALSE),
                 0.0,
                 -(double)INFINITY,
                 (double)INFINITY);
    report_bound(
        report_add(finding, "mean_to", "mean now", self->mean_to, ERRATA_UNIT_NONE, self->n_to),
        report_mean_error(self, TRUE),
        0.0,
        -(double)INFINITY,
        (double)INFINITY);
    if (self->sd_from > 0.0)
        report_bound(report_add(finding,
                                "shift",
                                "change of the mean in standard deviations of the baseline",
                                shift,
                                ERRATA_UNIT_SD,
                                self->n_to),
                     report_shift_error(self, shift),
                     0.0,
                     -(double)INFINITY,
                     (double)INFINITY);
}

static void
report_values(ErrataFinding *finding, const ErrataDriftColumn *self)
{
    gssize largest = report_largest(self);
    ErrataEvidence *evidence;

    if (!isnan(self->mean_from))
        report_means(finding, self);
    if (self->sd_from > 0.0 && !isnan(self->sd_to)) {
        report_add(finding,
                   "sd_from",
                   "standard deviation in the baseline",
                   self->sd_from,
                   ERRATA_UNIT_NONE,
                   self->n_from);
        report_add(finding,
                   "sd_to",
                   "standard deviation now",
                   self->sd_to,
                   ERRATA_UNIT_NONE,
                   self->n_to);
    }
    if (largest >= 0) {
        evidence = report_add(finding,
                              "largest_share",
                              "share of the value that moved most",
                              self->bar_to[largest] / (double)self->n_to,
                              ERRATA_UNIT_SHARE,
                              self->n_to);
        evidence->baseline = self->bar_from[largest] / (double)self->n_from;
        evidence->text = g_strdup(self->labels[largest]);
        errata_evidence_share_of(evidence, (double)self->n_to * self->worth_to);
    }
    if (self->missing_from > 0.0 || self->missing_to > 0.0) {
        report_add(finding,
                   "missing_from",
                   "share missing in the baseline",
                   self->missing_from,
                   ERRATA_UNIT_SHARE,
                   self->rows_from);
        evidence = report_add(finding,
                              "missing_to",
                              "share missing now",
                              self->missing_to,
                              ERRATA_UNIT_SHARE,
                              self->rows_to);
        evidence->test = g_strdup("two proportions");
        evidence->p = self->missing_p;
        evidence->baseline = self->missing_from;
    }
    if (self->n_new > 0) {
        evidence = report_add(finding,
                              "new_values",
                              "values not in the baseline",
                              (double)self->n_new,
                              ERRATA_UNIT_COUNT,
                              self->n_to);
        evidence->text = g_strdup(self->new_values);
    }
    if (self->n_vanished > 0)
        report_add(finding,
                   "vanished_values",
                   "values of the baseline not seen now",
                   (double)self->n_vanished,
                   ERRATA_UNIT_COUNT,
                   self->n_to);
}

/* the mean loss is where it was as far as can be told: of no change there are no shares */
static gboolean
report_cancels(const ErrataDriftColumn *self, const ErrataDriftSplit *split)
{
    double change = split->loss_to - split->loss_from;

    return fabs(self->loss) > fabs(change) &&
           fabs(change) < errata_intervals_z(0.95) * split->change_sd;
}

/* the column's part in the change of the mean loss, and by it the severity */
static void
report_loss(ErrataFinding *finding,
            const ErrataDriftColumn *self,
            const ErrataDriftSplit *split,
            ErrataTask task,
            gsize n)
{
    double change = split->loss_to - split->loss_from;
    double whole = MAX(fabs(change), fabs(self->loss));
    double z = self->loss / self->loss_sd;
    double sure;
    ErrataInterval interval;
    ErrataEvidence *evidence;

    finding->severity = ERRATA_SEVERITY_INFO;
    if (!split->known || isnan(self->loss)) {
        g_ptr_array_add(
            finding->notes,
            g_strdup(!split->known
                         ? "loss-unknown=there are no labels and predictions on both sides"
                         : "loss-unknown=the column is not coded"));
        return;
    }
    if (!(whole > 0.0))
        return;
    interval = errata_intervals_normal(self->loss, self->loss_sd * self->loss_sd, 0.95);
    if (interval.hi - interval.lo >= 2.0 * whole) { /* a share between less than nothing and all */
        g_ptr_array_add(finding->notes, g_strdup("loss-unknown=the mean loss has hardly changed"));
        return;
    }
    if (report_cancels(self, split)) {
        g_ptr_array_add(finding->notes,
                        g_strdup("loss-unknown=the mean loss has changed by less than this column "
                                 "alone would account for"));
        return;
    }
    if (change < 0.0 && interval.lo > 0.0) {
        g_ptr_array_add(finding->notes,
                        g_strdup("loss-unknown=the mean loss has fallen, though this column alone "
                                 "would have raised it"));
        return;
    }
    finding->subject.share_of_loss = self->loss / whole;
    evidence = report_add(finding,
                          "share_of_loss",
                          "part of the change in mean loss that goes with the column",
                          self->loss / whole,
                          ERRATA_UNIT_SHARE,
                          n);
    evidence->lo = CLAMP(interval.lo / whole, -1.0, 1.0);
    evidence->hi = CLAMP(interval.hi / whole, -1.0, 1.0);
    evidence->method = g_strdup("the baseline's losses weighted to the column's values now");
    if (!(self->loss > 0.0) || errata_tests_normal_upper(z) >= REPORT_ALPHA)
        return;
    interval = errata_intervals_normal(self->loss, self->loss_sd * self->loss_sd, REPORT_SURE);
    sure = MAX(interval.lo, 0.0); /* severity by the least that it has cost */
    finding->severity = errata_severity_from_impact(sure / MAX(split->loss_to, 1e-12),
                                                    task == ERRATA_TASK_REGRESSION ? 0.0 : sure);
    finding->rank = self->loss / MAX(split->loss_to, 1e-12);
}

static void
report_suggest(ErrataFinding *finding, const ErrataDriftColumn *self, gboolean judged)
{
    gboolean costs = finding->severity > ERRATA_SEVERITY_INFO;
    gboolean unknown = isnan(finding->subject.share_of_loss);
    g_autofree char *text =
        costs ? g_strdup_printf("Retrain with rows from after %s moved, or weight the training "
                                "rows to look like those of now",
                                self->name)
        : unknown && !judged
            ? g_strdup_printf("Get labels for the latest rows, to see what the move of %s costs",
                              self->name)
            : g_strdup_printf("Watch %s; find out whether the world or the pipeline changed",
                              self->name);

    errata_finding_suggest(finding, costs ? "retrain" : "monitor", text)->method =
        g_strdup(costs     ? "not computed: needs a retrained model"
                 : unknown ? "not computed: the cost is not known"
                           : "nothing to gain: it costs nothing measurable");
}

/* of a slow change with two dates as what happened, else as what is so now */
static char *
report_move(const ErrataDriftColumn *self, gboolean slow)
{
    const char *shape = report_shape(self);
    gssize largest = report_largest(self);
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (self->by_missing)
        return g_strdup_printf("%s is missing %s often than in the baseline",
                               self->name,
                               self->missing_to > self->missing_from ? "more" : "less");
    if (self->kind == ERRATA_DRIFT_TEXT)
        return g_strdup_printf("The texts of %s read differently from the baseline's", self->name);
    if (shape != NULL)
        return g_strdup_printf(
            strcmp(shape, "spread") != 0 ? "%s keeps its mean, but not the form of its distribution"
            : self->sd_to > self->sd_from ? "%s keeps its mean, but its values have spread"
                                          : "%s keeps its mean, but its values have drawn together",
            self->name);
    if (!isnan(self->mean_from)) {
        errata_spoken_of(self->name);
        errata_words_pair(self->mean_from, self->mean_to, &from, &to);
        errata_spoken_of(NULL);
        return g_strdup_printf("%s %s from %s to %s on average",
                               self->name,
                               self->mean_to > self->mean_from ? slow ? "rose" : "has risen"
                               : slow                          ? "fell"
                                                               : "has fallen",
                               from,
                               to);
    }
    if (largest < 0)
        return g_strdup_printf("%s is distributed differently from the baseline", self->name);
    from = errata_words_share(self->bar_from[largest] / (double)self->n_from,
                              (double)NAN,
                              (double)NAN);
    to = errata_words_share(self->bar_to[largest] / (double)self->n_to, (double)NAN, (double)NAN);
    return g_strdup_printf("%s has moved: %s went from %s of the %s to %s",
                           self->name,
                           self->labels[largest],
                           from,
                           self->missing_from > 0.0 || self->missing_to > 0.0 ? "values" : "rows",
                           to);
}

/* when the rows of now began, ns, or the row's number where there are no times */
static gint64
report_now(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    guint32 row = outcome->order[analysis->changed_at];

    return outcome->time != NULL ? outcome->time[row] : (gint64)row;
}

/* the change that now began with, where that moved the column, or the errors, at once or until
 * then; NULL: none did */
static const ErrataFinding *
report_change(const ErrataAnalysis *analysis, const char *column)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);
        gboolean slow = finding->subject.to > finding->subject.from;

        if (errata_change_is_now(analysis, finding) && errata_change_moves(finding, column) &&
            (!slow || finding->subject.to == report_now(analysis)))
            return finding;
    }
    return NULL;
}

/* the slow change that moved the column, or the errors, and goes on to the log's end; NULL: none
 * does */
static const ErrataFinding *
report_going_on(const ErrataAnalysis *analysis, const char *column)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = findings->len; i-- > 0;) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (errata_change_goes_on(analysis, finding) && errata_change_moves(finding, column))
            return finding;
    }
    return NULL;
}

/* “25 January, 04:00”, “row 3,000” */
static char *
report_place(const ErrataAnalysis *analysis, gint64 place)
{
    g_autofree char *count = NULL;

    if (analysis->outcome->time != NULL)
        return errata_words_time(place);
    count = errata_words_count((guint64)place);
    return g_strdup_printf("row %s", count);
}

/* since when, of a change that came at once */
static char *
report_since(const ErrataAnalysis *analysis, const ErrataFinding *change)
{
    gint64 now = report_now(analysis);

    if (analysis->outcome->time == NULL || change->subject.from != now ||
        change->subject.at_lo >= change->subject.at_hi)
        return report_place(analysis, now);
    return errata_words_time_about(change->subject.from,
                                   (double)change->subject.at_lo,
                                   (double)change->subject.at_hi);
}

/**
 * errata_drift_since:
 * @analysis: a log whose changes were looked for
 * @column: (nullable): the column that is told of; %NULL: the errors
 * @finding: of the rows of now against those before; gets the notes that say since when now is,
 *   until when a slow change had not begun, since when one that goes on to the log's end has come,
 *   and that what came before is less than the first half, or, of the errors, all that did
 *
 * A change of something else at the moment that now began with is no date of this one. A slow
 * change has two dates; a baseline without rows from before it has no part in the first.
 *
 * Returns: (transfer full) (nullable): “since 22 March, 14:45”, as precisely as the change that now
 *   began with tells it, or “between 15 January, 03:26 and 25 January, 04:00”; of a change that
 *   now is a part of, “in a slow change since 22 March, 14:45”; %NULL where it began with none that
 *   moved this
 */
char *
errata_drift_since(const ErrataAnalysis *analysis, const char *column, ErrataFinding *finding)
{
    const ErrataFinding *change = report_change(analysis, column);
    gsize before = analysis->changed_from > 0 ? analysis->changed_from : analysis->changed_at;
    const ErrataFinding *slow = change == NULL ? report_going_on(analysis, column) : NULL;
    g_autofree char *since = NULL;
    g_autofree char *until = NULL;

    if (before > 0 && (column == NULL || before < analysis->frame->n_rows / 2))
        g_ptr_array_add(finding->notes, g_strdup("before=change"));
    if (slow != NULL) {
        since = report_place(analysis, slow->subject.from);
        g_ptr_array_add(finding->notes, g_strdup_printf("begun=%s", since));
        return g_strdup_printf("in a slow change since %s", since);
    }
    if (change == NULL ||
        (change->subject.to > change->subject.from && analysis->changed_from == 0))
        return NULL;
    since = report_since(analysis, change);
    g_ptr_array_add(finding->notes, g_strdup_printf("since=%s", since));
    if (change->subject.to <= change->subject.from)
        return g_strdup_printf("since %s", since);
    until = report_place(analysis, change->subject.from);
    g_ptr_array_add(finding->notes, g_strdup_printf("until=%s", until));
    return g_strdup_printf("between %s and %s", until, since);
}

/**
 * errata_drift_report:
 * @self: a drifted column
 * @analysis: the log
 * @split: the change in loss
 *
 * Severity by the loss the column explains; `info` where that is none or not known.
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_drift_report(const ErrataDriftColumn *self,
                    const ErrataAnalysis *analysis,
                    const ErrataDriftSplit *split)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_DRIFT, "");
    g_autofree char *since = self->earlier ? NULL /* compared with all rows of that report */
                                           : errata_drift_since(analysis, self->name, finding);
    g_autofree char *move = report_move(self, errata_finding_note(finding, "until") != NULL);
    gsize n = self->n_from + self->n_to;

    g_free(finding->title);
    finding->title =
        g_strdup_printf("%s%s%s", move, since != NULL ? " " : "", since != NULL ? since : "");
    finding->confirmed = TRUE;
    finding->summary = g_strdup_printf("drift · %s", self->name);
    finding->rank = isnan(self->js) ? 1e-6 : self->js * 1e-6;
    finding->subject.column = g_strdup(self->name);
    finding->subject.test = g_strdup(self->by_missing ? "two proportions" : self->test);
    finding->subject.statistic = self->by_missing ? self->missing_to - self->missing_from
                                                  : self->statistic;
    finding->subject.p = self->by_missing ? self->missing_p : self->p;
    finding->subject.share_of_loss = (double)NAN;
    report_distances(finding, self);
    report_values(finding, self);
    if (self->earlier)
        g_ptr_array_add(finding->notes, g_strdup("against=report"));
    if (report_shape(self) != NULL)
        g_ptr_array_add(finding->notes, g_strdup_printf("shape=%s", report_shape(self)));
    report_loss(finding, self, split, analysis->outcome->task, n);
    finding->figure = report_figure(self);
    report_suggest(finding, self, split->known);
    return finding;
}

/**
 * errata_drift_report_foretold:
 * @finding: a column that moved
 * @self: it
 * @foretold: what the scores let expect of the rows of now, where that is all of the rise; its
 *   errors are NaN otherwise
 * @regression: of numbers
 *
 * Where the column brought harder rows, which the model judges as well as before, to train it anew
 * would gain nothing that the log could tell: the whole rise was foretold, or nearly all of what
 * goes with the column. What nobody can mend is graded as medium at most; of numbers as low, for
 * each season's counts and loads are such.
 */
void
errata_drift_report_foretold(ErrataFinding *finding,
                             const ErrataDriftColumn *self,
                             const ErrataForetold *foretold,
                             gboolean regression)
{
    g_autofree char *text = NULL;

    if (finding->severity == ERRATA_SEVERITY_INFO)
        return;
    if (isfinite(foretold->errors))
        errata_finding_add(finding,
                           errata_foretold_evidence(foretold, "of the last rows", regression));
    else if (self->foretold >= REPORT_FORETOLD * self->loss && self->loss > 0.0)
        report_add(finding,
                   "foretold_part",
                   regression ? "part of that which what is predicted let expect"
                              : "part of that which the scores let expect",
                   MIN(self->foretold / self->loss, 1.0),
                   ERRATA_UNIT_SHARE,
                   self->n_from);
    else
        return;
    text = g_strdup_printf("Learn why %s moved, and whether it stays: it brings harder cases",
                           finding->subject.column);
    finding->severity = MIN(finding->severity,
                            regression ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_MEDIUM);
    g_ptr_array_add(finding->notes, g_strdup("errors=foretold"));
    g_ptr_array_set_size(finding->suggestions, 0);
    errata_finding_suggest(finding, "monitor", text)->method =
        g_strdup("nothing to mend: the model judges them as well as before");
}
