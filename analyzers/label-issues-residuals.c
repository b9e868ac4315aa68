/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regression: labels so far from their prediction that the natural tail of the errors does not
 * reach there. Residuals are measured against the median and the spread of rows predicted alike,
 * the tail of those is fitted by a generalised Pareto law. Errors like those of other rows are
 * never suspect, however large: a model may be bad without a label being wrong.
 *
 * Where a hundredth of the labels is wrong, the outer rows are theirs, and so is the tail fitted to
 * them. But errors grow rarer with their size, of whatever law: where many lie behind a gap in
 * which few do, they are of another kind. */
#include <math.h>
#include <string.h>

#include "label-issues.h"
#include "select.h"
#include "sort.h"
#include "sum.h"
#include "tail.h"
#include "tests.h"
#include "words.h"

#define RESIDUALS_LEAST  1000 /* rows */
#define RESIDUALS_BINS   20   /* of the predictions */
#define RESIDUALS_TAIL   0.05 /* of the rows, by which the tail is fitted */
#define RESIDUALS_ALPHA  0.01
#define RESIDUALS_SPREAD 1.4826 /* of a median absolute deviation */
#define RESIDUALS_LOW    5      /* rows from which it is more than an oddity */
#define RESIDUALS_MEDIUM 0.1    /* of all error, from which on they matter … */
#define RESIDUALS_HIGH   0.5    /* … and make the figures theirs */
#define RESIDUALS_ALL    0.96
#define RESIDUALS_NEAR   3.0 /* spreads within which nobody looks for a gap */
#define RESIDUALS_TIMES  4.0 /* as many rows behind a gap as in it, at least */
#define RESIDUALS_ATOM   0.1 /* of the labels have one value: errors are of two kinds by nature */

typedef struct {
    gsize n;
    guint32 *row;
    double *residual; /* label less prediction, later in spreads of its bin */
    guint32 *order;   /* by prediction, later by distance */
} Residuals;

static void
residuals_clear(Residuals *self)
{
    g_free(self->row);
    g_free(self->residual);
    g_free(self->order);
}

/* rows with a finite residual, in the order of their predictions */
static void
residuals_gather(Residuals *self, const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize most = MAX(outcome->n_judged, 1);
    g_autofree double *prediction = g_new(double, most);
    g_autofree guint32 *index = g_new(guint32, most);

    self->row = g_new(guint32, most);
    self->residual = g_new(double, most);
    self->order = g_new(guint32, most);
    for (gsize row = 0; row < outcome->n_rows; row++) {
        double residual = outcome->judged[row] != 0
                              ? outcome->truth_value[row] - outcome->predicted_value[row]
                              : (double)NAN;

        if (isfinite(residual) == 0 ||
            (analysis->set_aside != NULL && analysis->set_aside[row] != 0))
            continue;
        self->row[self->n] = (guint32)row;
        self->residual[self->n] = residual;
        prediction[self->n] = outcome->predicted_value[row];
        index[self->n] = (guint32)self->n;
        self->n++;
    }
    errata_sort_payload(prediction, index, self->n, NULL, self->order);
}

static double
residuals_median(const double *value, gsize n)
{
    const double half = 0.5;
    double median = 0.0;

    errata_select_quantiles(value, n, &half, 1, &median);
    return median;
}

/* residuals over the spread of those predicted alike; FALSE when most are the same */
static gboolean
residuals_studentise(Residuals *self)
{
    gsize n_bin = self->n / RESIDUALS_BINS + 1;
    g_autofree double *own = g_new(double, n_bin);

    for (gsize begin = 0; begin < self->n; begin += n_bin) {
        gsize n = MIN(n_bin, self->n - begin);
        double median, spread;

        for (gsize i = 0; i < n; i++)
            own[i] = self->residual[self->order[begin + i]];
        median = residuals_median(own, n);
        for (gsize i = 0; i < n; i++)
            own[i] = fabs(own[i] - median);
        spread = RESIDUALS_SPREAD * residuals_median(own, n);
        if (!(spread > 0.0))
            return FALSE;
        for (gsize i = 0; i < n; i++)
            self->residual[self->order[begin + i]] =
                (self->residual[self->order[begin + i]] - median) / spread;
    }
    return TRUE;
}

/* the farthest first; how many lie beyond the natural tail, Benjamini and Hochberg over all rows */
static gsize
residuals_beyond(Residuals *self, double *ret_p)
{
    gsize n_tail = (gsize)(RESIDUALS_TAIL * (double)self->n);
    g_autofree double *distance = g_new(double, self->n);
    g_autofree double *sorted = g_new(double, self->n);
    g_autofree guint32 *index = g_new(guint32, self->n);
    g_autofree double *tail_values = g_new(double, n_tail + 1);
    ErrataTail tail;
    gsize n_beyond = 0;

    for (gsize i = 0; i < self->n; i++) {
        distance[i] = -fabs(self->residual[i]);
        index[i] = (guint32)i;
    }
    errata_sort_payload(distance, index, self->n, sorted, self->order);
    for (gsize i = 0; i < n_tail; i++)
        tail_values[i] = -sorted[n_tail - 1 - i];
    if (!errata_tail_fit(tail_values, n_tail, -sorted[n_tail], &tail))
        return 0;
    for (gsize i = 0; i < n_tail; i++) {
        double p = (double)n_tail * errata_tail_survival(&tail, -sorted[i]);

        if (p <= RESIDUALS_ALPHA * (double)(i + 1)) {
            n_beyond = i + 1;
            *ret_p = p / (double)(i + 1);
        }
    }
    return n_beyond;
}

/* whether many labels are one value, as where most claims are 0: what is off that is far off */
static gboolean
residuals_has_atom(const Residuals *self, const ErrataOutcome *outcome)
{
    g_autofree double *truth = g_new(double, self->n + 1);
    gsize most = 0;

    for (gsize i = 0; i < self->n; i++)
        truth[i] = outcome->truth_value[self->row[i]];
    errata_sort_values(truth, self->n);
    for (gsize begin = 0, end = 0; begin < self->n; begin = end) {
        while (end < self->n && !(truth[end] > truth[begin]))
            end++;
        most = MAX(most, end - begin);
    }
    return (double)most >= RESIDUALS_ATOM * (double)self->n;
}

/* rows of the order whose distance is @lo or more and less than @hi */
static gsize
residuals_between(const Residuals *self, double lo, double hi)
{
    double bound[2] = {hi, lo};
    gsize at[2];

    for (guint k = 0; k < 2; k++) {
        gsize from = 0, to = self->n;

        while (from < to) {
            gsize middle = from + (to - from) / 2;

            if (fabs(self->residual[self->order[middle]]) >= bound[k])
                from = middle + 1;
            else
                to = middle;
        }
        at[k] = from;
    }
    return at[1] - at[0];
}

/* how many of the order lie behind a gap: of two stretches of one width the outer has not more rows
 * where errors grow rarer with their size, so its rows are an even draw from both at the most.
 * Widths of two spreads and more hold several values of whole numbers, too. */
static gsize
residuals_behind(const Residuals *self, double *ret_p)
{
    static const double widths[] = {2.0, 3.0, 4.0};
    gsize n_tail = (gsize)(RESIDUALS_TAIL * (double)self->n), n_behind = 0;
    double n_tried = (double)(n_tail * G_N_ELEMENTS(widths)), least = RESIDUALS_ALPHA;

    for (gsize i = RESIDUALS_LOW - 1; i < n_tail; i++) {
        double edge = fabs(self->residual[self->order[i]]);

        for (guint w = 0; w < G_N_ELEMENTS(widths); w++) {
            gsize in_gap, behind;
            double p;

            if (edge - widths[w] < RESIDUALS_NEAR)
                continue;
            in_gap = residuals_between(self, edge - widths[w], edge);
            behind = residuals_between(self, edge, edge + widths[w]);
            if ((double)behind < RESIDUALS_TIMES * (double)MAX(in_gap, 1))
                continue;
            p = n_tried * errata_tests_binomial_upper(behind - 1, in_gap + behind - 1, 0.5);
            if (p < least) {
                least = *ret_p = p;
                n_behind = i + 1;
            }
        }
    }
    return n_behind;
}

/* mean |residual| of the rows that are not among the first @n */
static double
residuals_rest(const Residuals *self, const ErrataAnalysis *analysis, gsize n)
{
    ErrataSum rest = {0}, weights = {0};

    for (gsize i = n; i < self->n; i++) {
        guint32 row = self->row[self->order[i]];
        double weight = errata_outcome_weight(analysis->outcome, row);

        errata_sum_add(&rest, weight * analysis->outcome->loss[row]);
        errata_sum_add(&weights, weight);
    }
    return self->n > n ? errata_sum_value(&rest) / errata_sum_value(&weights) : (double)NAN;
}

/* a few rows that make much of the error are no oddity: the figures are theirs */
static void
residuals_weigh(const Residuals *self,
                const ErrataAnalysis *analysis,
                gsize n,
                ErrataFinding *finding)
{
    double share = finding->share_of_errors;
    g_autofree char *part = NULL;
    char *title = finding->title;

    if (!(share >= RESIDUALS_MEDIUM))
        return;
    part = share > RESIDUALS_ALL ? g_strdup("nearly all") : errata_words_part(share);
    finding->severity = share >= RESIDUALS_HIGH ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM;
    finding->title =
        g_strdup_printf("%s: %s %s of the error", title, n == 1 ? "it makes" : "they make", part);
    g_free(title);
    errata_finding_add(finding,
                       errata_evidence_new("share_errors",
                                           "their share of the error",
                                           share,
                                           ERRATA_UNIT_SHARE,
                                           self->n));
    errata_finding_add(finding,
                       errata_evidence_new("rest",
                                           "mean absolute error of the other rows",
                                           residuals_rest(self, analysis, n),
                                           ERRATA_UNIT_TARGET,
                                           self->n - n));
}

static double
residuals_loss(const ErrataOutcome *outcome, guint32 row)
{
    return errata_outcome_weight(outcome, row) * outcome->loss[row];
}

static ErrataFinding *
residuals_report(const Residuals *self,
                 const ErrataAnalysis *analysis,
                 gsize n,
                 gboolean is_behind,
                 double q)
{
    g_autofree char *count = errata_words_counted(n, "label", "labels");
    g_autofree char *capital = errata_words_capital(count);
    g_autofree char *title = g_strdup_printf("%s %s farther from the prediction than errors reach",
                                             capital,
                                             n == 1 ? "is" : "are");
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE, title);
    g_autofree char *rows = errata_words_counted(n, "row", "rows");
    ErrataEvidence *evidence;
    ErrataSuggestion *suggestion;
    double own = 0.0, total = 0.0;

    finding->severity = n >= RESIDUALS_LOW ? ERRATA_SEVERITY_LOW : ERRATA_SEVERITY_INFO;
    finding->summary = g_strdup_printf("label issues · %s", rows);
    if (analysis->schema->label >= 0)
        finding->subject.column = g_strdup(analysis->frame->columns[analysis->schema->label]->name);
    finding->n_rows = n;
    finding->row = g_new(guint32, n);
    finding->row_score = g_new(double, n);
    for (gsize i = 0; i < n; i++) {
        finding->row[i] = self->row[self->order[i]];
        finding->row_score[i] = fabs(self->residual[self->order[i]]);
        own += residuals_loss(analysis->outcome, finding->row[i]);
    }
    for (gsize i = 0; i < self->n; i++)
        total += residuals_loss(analysis->outcome, self->row[i]);
    finding->share_of_rows = (double)n / (double)analysis->outcome->n_rows;
    finding->share_of_errors = total > 0.0 ? own / total : (double)NAN;
    finding->excess_errors = (double)NAN;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("n_suspects",
                                                      is_behind
                                                          ? "labels behind a gap in the errors"
                                                          : "labels beyond the natural tail of "
                                                            "errors",
                                                      (double)n,
                                                      ERRATA_UNIT_COUNT,
                                                      self->n));
    evidence->method = g_strdup_printf("residual over the spread of rows predicted alike; %s",
                                       is_behind ? "rows of as wide a stretch at either side"
                                                 : "generalised Pareto tail of the outer 5 %");
    evidence->test = g_strdup(is_behind ? "exact binomial, all gaps counted" : "tail probability");
    evidence->p = evidence->q = q;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("nearest",
                                                      "spreads from the prediction, at the least",
                                                      finding->row_score[n - 1],
                                                      ERRATA_UNIT_RATIO,
                                                      n));
    g_ptr_array_add(finding->notes, g_strdup("source=residuals"));
    residuals_weigh(self, analysis, n, finding);
    suggestion = errata_finding_suggest(finding,
                                        "relabel",
                                        "Look these labels up at their source; where they are "
                                        "right, the predictions are not");
    suggestion->method = g_strdup("which of the two is wrong cannot be told from the log");
    return finding;
}

/**
 * errata_label_issues_residuals:
 * @analysis: the log of a regression; gets a finding where labels stand out
 *
 * O(n log n).
 */
void
errata_label_issues_residuals(ErrataAnalysis *analysis)
{
    Residuals self = {0};
    gboolean is_behind = FALSE;
    gsize n_beyond = 0;
    double q = 1.0;

    residuals_gather(&self, analysis);
    if (self.n < RESIDUALS_LEAST)
        errata_case_skip(analysis->result,
                         errata_analyzer_label_issues.id,
                         "under 1,000 rows cannot show how far errors reach");
    else if (!residuals_studentise(&self))
        errata_case_skip(
            analysis->result,
            errata_analyzer_label_issues.id,
            "most predictions miss by the same, so there is no spread to compare with");
    else {
        n_beyond = residuals_beyond(&self, &q);
        if (n_beyond == 0 && !residuals_has_atom(&self, analysis->outcome)) {
            n_beyond = residuals_behind(&self, &q);
            is_behind = n_beyond > 0;
        }
        errata_case_tried(analysis->result, "label-issues", self.n);
        errata_case_method(analysis->result,
                           "Label issues: residuals over the spread (1.4826 times the median "
                           "absolute deviation) of rows predicted alike, against the natural tail "
                           "of the outer 5 %%, q < 0.01%s.%s",
                           is_behind ? ", and against errors growing rarer with their size" : "",
                           n_beyond > 0 ? "" : " None lies beyond it.");
    }
    if (n_beyond > 0)
        errata_case_add_finding(analysis->result,
                                residuals_report(&self, analysis, n_beyond, is_behind, q));
    residuals_clear(&self);
}
