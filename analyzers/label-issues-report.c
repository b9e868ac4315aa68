/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The finding about labels: its numbers, its rows, the figure of given against suggested. */
#include <math.h>
#include <string.h>

#include "interval-note.h"
#include "intervals.h"
#include "label-issues.h"
#include "number.h"
#include "row-cost.h"
#include "sort.h"
#include "words.h"

#define REPORT_CLASSES  12 /* shown in the figure */
#define REPORT_EXAMPLES 8
#define REPORT_MEDIUM   0.003 /* width of the metric's band */
#define REPORT_Z        1.96

typedef struct {
    double from;
    double to;
    double lo; /* of to − from, 95 % */
    double hi;
} ReportGain;

/* listed suspects by given and suggested class */
static guint64 *
report_cells(const ErrataLabelIssues *self)
{
    guint64 *cell = g_new0(guint64, (gsize)self->n_classes * self->n_classes);

    for (gsize i = 0; i < self->n; i++)
        if (self->suggested[i] >= 0)
            cell[(guint)self->given[i] * self->n_classes + (guint)self->suggested[i]]++;
    return cell;
}

/* the classes with the most suspects, given or suggested, in their order */
static guint
report_classes(const ErrataLabelIssues *self, const guint64 *cell, guint *ret_class)
{
    guint k = MIN(self->n_classes, REPORT_CLASSES);
    g_autofree double *size = g_new0(double, self->n_classes);
    g_autofree guint32 *order = g_new(guint32, self->n_classes);
    g_autofree guint8 *shown = g_malloc0(self->n_classes);
    guint n = 0;

    for (guint i = 0; i < self->n_classes; i++)
        for (guint j = 0; j < self->n_classes; j++) {
            size[i] -= (double)cell[i * self->n_classes + j];
            size[j] -= (double)cell[i * self->n_classes + j];
        }
    errata_sort_doubles(size, self->n_classes, NULL, order);
    for (guint i = 0; i < k; i++)
        shown[order[i]] = 1;
    for (guint i = 0; i < self->n_classes; i++)
        if (shown[i] != 0)
            ret_class[n++] = i;
    return k;
}

static ErrataFigure *
report_figure(const ErrataLabelIssues *self, const ErrataSchema *schema, const guint64 *cell)
{
    ErrataFigure *figure =
        errata_figure_new("label-issues", ERRATA_FIGURE_MATRIX, "Given and suggested labels");
    guint shown[REPORT_CLASSES];
    guint k = report_classes(self, cell, shown);

    figure->note = g_strdup(k < self->n_classes ? "suspects, the 12 classes with most"
                                                : "suspects");
    figure->description = g_strdup(
        "Rows whose label looks wrong, by the label given (rows) and the one suggested "
        "(columns).");
    figure->x_label = g_strdup("suggested");
    figure->y_label = g_strdup("given");
    figure->x_unit = figure->y_unit = ERRATA_UNIT_COUNT;
    figure->n_rows = figure->n_columns = k;
    figure->rows = g_new0(char *, k + 1);
    figure->columns = g_new0(char *, k + 1);
    figure->cells = g_new0(double, (gsize)k *k);
    for (guint i = 0; i < k; i++) {
        figure->rows[i] = g_strdup(schema->classes[shown[i]]);
        figure->columns[i] = g_strdup(schema->classes[shown[i]]);
        for (guint j = 0; j < k; j++) {
            guint64 count = cell[shown[i] * self->n_classes + shown[j]];

            figure->cells[i * k + j] = count > 0 ? (double)count : (double)NAN;
        }
    }
    return figure;
}

static ErrataTable *
report_examples(const ErrataLabelIssues *self, const ErrataAnalysis *analysis, const guint32 *order)
{
    const ErrataSchema *schema = analysis->schema;
    const ErrataColumn *id = schema->id >= 0 ? analysis->frame->columns[schema->id] : NULL;
    ErrataTable *table = errata_table_new("Labels that look most wrong", 4);

    errata_table_heading(table, 0, id != NULL ? id->name : "row", id == NULL);
    errata_table_heading(table, 1, "given", FALSE);
    errata_table_heading(table, 2, "suggested", FALSE);
    errata_table_heading(table, 3, "probability of the label given", TRUE);
    for (gsize i = 0; i < MIN(self->n_listed, REPORT_EXAMPLES); i++) {
        gsize at = order[i];
        double p = self->probability[at * self->n_classes + (guint)self->given[at]];
        char buffer[ERRATA_NUMBER_BUFFER];
        g_autofree char *name = id != NULL ? errata_column_print(id, self->row[at])
                                           : g_strdup_printf("%u", self->row[at]);

        errata_table_add_cell(table, name);
        errata_table_add_cell(table, schema->classes[self->given[at]]);
        errata_table_add_cell(table, schema->classes[self->suggested[at]]);
        errata_table_add_cell(table, errata_number_print_fixed(p, 3, buffer));
    }
    return table;
}

/* accuracy on true labels where @wrong of those given are others, drawn without regard to what was
 * predicted: a = t·(1 − w) + (1 − t)·w / (classes − 1), solved for t */
static double
report_true_accuracy(const ErrataLabelIssues *self, double accuracy, double wrong)
{
    double lucky = wrong / MAX((double)self->n_classes - 1.0, 1.0);

    return CLAMP((accuracy - lucky) / MAX(1.0 - wrong - lucky, 0.1), 0.0, 1.0);
}

/* what a listed suspect counts for, a label looked at counting for 1: labels beyond chance count
 * for as much */
static double
report_worth(const ErrataLabelIssues *self, const ErrataOutcome *outcome, const guint32 *order)
{
    g_autofree guint32 *listed = g_new(guint32, self->n_listed + 1);
    double all = errata_row_cost_worth(outcome, self->row, self->n);

    for (gsize i = 0; i < self->n_listed; i++)
        listed[i] = self->row[order[i]];
    return all > 0.0 ? errata_row_cost_worth(outcome, listed, self->n_listed) / all : 0.0;
}

/* accuracy now and were the wrong labels right. Suspects are rows that features and score go
 * against, so relabelling as many of those as exceed chance would flatter the model: it is right
 * about more of them than of the labels that are wrong. The gain varies with the rows drawn and
 * with how many labels are wrong; the two are independent and small, so their variances add. */
static ReportGain
report_gain(const ErrataLabelIssues *self, const ErrataAnalysis *analysis, const guint32 *order)
{
    ErrataRate all = errata_row_cost_measure(analysis, NULL, 0).out;
    ReportGain gain = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    double worth = report_worth(self, analysis->outcome, order);
    double wrong = worth * self->excess / (double)MAX(self->n, 1);
    double spread = worth * REPORT_Z * self->excess_error / (double)MAX(self->n, 1);
    double to, less, more, rows, count, half;

    if (!(all.n > 0.0))
        return gain;
    gain.from = (all.weight - all.sum) / all.weight;
    to = report_true_accuracy(self, gain.from, wrong);
    if (!(wrong > 0.0) || !(to > gain.from) || !self->from_features)
        return gain;
    less = report_true_accuracy(self, gain.from, MAX(wrong - spread, 0.0));
    more = report_true_accuracy(self, gain.from, wrong + spread);
    rows = REPORT_Z * sqrt(MAX(wrong - (to - gain.from) * (to - gain.from), 0.0) /
                           errata_rate_effective(&all));
    count = 0.5 * (more - less);
    half = sqrt(rows * rows + count * count);
    gain.to = to;
    gain.lo = to - gain.from - half;
    gain.hi = to - gain.from + half;
    return gain;
}

static ErrataSeverity
report_severity(const ErrataLabelIssues *self, double width)
{
    /* scores alone cannot tell wrong labels from what the model gets wrong for sure, and no log
     * tells them from what happened by a cause that it lacks */
    if (!(self->excess > 0.0) || !self->from_features)
        return ERRATA_SEVERITY_INFO;
    return width >= REPORT_MEDIUM ? ERRATA_SEVERITY_MEDIUM : ERRATA_SEVERITY_LOW;
}

static void
report_excess(ErrataFinding *finding, const ErrataLabelIssues *self)
{
    double n = (double)self->n;
    ErrataEvidence *evidence;

    evidence = errata_finding_add(finding,
                                  errata_evidence_new("expected_suspects",
                                                      "such rows among clean labels",
                                                      self->expected,
                                                      ERRATA_UNIT_COUNT,
                                                      self->n));
    evidence->method = g_strdup("suspects less those that the floor under the error explains");
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("share",
                            self->from_features
                                ? "share of labels against features and score, beyond chance"
                                : "share of labels that do not fit their scores, beyond chance",
                            self->excess / n,
                            ERRATA_UNIT_SHARE,
                            self->n));
    evidence->lo = MAX(self->excess - REPORT_Z * self->excess_error, 0.0) / n;
    evidence->hi = MIN((self->excess + REPORT_Z * self->excess_error) / n, 1.0);
    evidence->method =
        g_strdup(self->from_features
                     ? "rate left where score and features are sure, beyond their calibration curve"
                     : "rate left where the score is sure, beyond its own calibration curve");
    errata_finding_add(finding,
                       errata_evidence_new("excess",
                                           "suspects beyond chance",
                                           self->excess,
                                           ERRATA_UNIT_COUNT,
                                           self->n));
    if (self->n_listed == 0)
        return;
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("share_listed",
                                               "share of the suspects that can be wrong, at most",
                                               MIN(self->excess / (double)self->n_listed, 1.0),
                                               ERRATA_UNIT_SHARE,
                                               self->n_listed));
    evidence->lo =
        CLAMP((self->excess - REPORT_Z * self->excess_error) / (double)self->n_listed, 0.0, 1.0);
    evidence->hi = MIN((self->excess + REPORT_Z * self->excess_error) / (double)self->n_listed,
                       1.0);
    evidence->method = g_strdup("labels beyond chance over suspects");
}

static void
report_evidence(ErrataFinding *finding,
                const ErrataLabelIssues *self,
                const ErrataSchema *schema,
                const guint64 *cell,
                guint largest)
{
    const char *method = self->from_features
                             ? "confident learning on out-of-fold probabilities from the features"
                             : "confident learning on the logged scores";
    ErrataEvidence *evidence;

    evidence = errata_finding_add(finding,
                                  errata_evidence_new("n_suspects",
                                                      "rows whose label looks wrong",
                                                      (double)self->n_suspects,
                                                      ERRATA_UNIT_COUNT,
                                                      self->n));
    evidence->baseline = self->expected;
    evidence->method = g_strdup(method);
    if (self->excess > 0.0) {
        evidence->test = g_strdup("likelihood ratio of a floor under the error");
        evidence->p = evidence->q = self->p;
    }
    if (self->why_untested == NULL)
        report_excess(finding, self);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("largest_cell",
                                                      "suspects of the most frequent change",
                                                      (double)cell[largest],
                                                      ERRATA_UNIT_COUNT,
                                                      self->n));
    evidence->text = g_strdup_printf("%s → %s",
                                     schema->classes[largest / self->n_classes],
                                     schema->classes[largest % self->n_classes]);
}

static char *
report_relabel(const ErrataLabelIssues *self)
{
    g_autofree char *count = errata_words_counted(self->n_listed, "row", "rows");

    if (self->why_untested != NULL)
        return g_strdup("Leave the labels as they are; whoever checks some anyway should begin at "
                        "the top of the table");
    if (!self->from_features)
        return g_strdup("Have a person check the first rows of the table; where the label is "
                        "right, the model is mistaken");
    return g_strdup_printf("Have a person label the first %s of the table again, from the top; "
                           "stop when few of them change, go on where most do",
                           count);
}

static const char *
report_why_no_gain(const ErrataLabelIssues *self)
{
    if (self->why_untested != NULL)
        return self->why_untested;
    if (!self->from_features)
        return "scores alone cannot tell wrong labels from what the model gets wrong for sure";
    return "with those labels put right the accuracy would not rise";
}

static void
report_metric(ErrataFinding *finding,
              const ErrataLabelIssues *self,
              const ErrataOutcome *outcome,
              const ReportGain *gain,
              double width)
{
    g_autofree char *text = report_relabel(self);
    ErrataSuggestion *suggestion = errata_finding_suggest(finding, "relabel", text);
    ErrataEvidence *evidence;

    if (!isnan(gain->from)) {
        evidence = errata_finding_add(finding,
                                      errata_evidence_new("metric_from",
                                                          "accuracy with the labels as given",
                                                          gain->from,
                                                          ERRATA_UNIT_SHARE,
                                                          outcome->n_judged));
        if (self->excess > 0.0 && self->from_features) {
            evidence->lo = MAX(gain->from - width, 0.0);
            evidence->hi = MIN(gain->from + width, 1.0);
            errata_interval_note_set(finding, evidence, ERRATA_INTERVAL_NOTE_NOISE);
            evidence->method =
                g_strdup("band: every label beyond chance wrong, for or against the model");
        }
    }
    if (isnan(gain->to)) {
        suggestion->method = g_strdup(report_why_no_gain(self));
        return;
    }
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("metric_to",
                                               "accuracy if the labels beyond chance are wrong",
                                               gain->to,
                                               ERRATA_UNIT_SHARE,
                                               outcome->n_judged));
    evidence->baseline = gain->from;
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = gain->from;
    suggestion->to = gain->to;
    suggestion->lo = gain->lo;
    suggestion->hi = gain->hi;
    suggestion->method = g_strdup("if all labels beyond chance are wrong, and put right");
    suggestion->upper_bound = TRUE;
    finding->metric = g_strdup("accuracy");
    finding->delta = gain->to - gain->from;
}

/* as many rows again, next in line after the suspects: whoever finds most of those wrong goes on */
static gsize
report_next(const ErrataLabelIssues *self, guint32 *ret_next)
{
    g_autofree double *key = g_new(double, MAX(self->n, 1));
    g_autofree guint32 *index = g_new(guint32, MAX(self->n, 1));
    g_autofree guint32 *order = g_new(guint32, MAX(self->n, 1));
    gsize n = 0;

    for (gsize i = 0; i < self->n; i++)
        if (self->suggested[i] < 0) {
            key[n] = -self->badness[i];
            index[n++] = (guint32)i;
        }
    errata_sort_payload(key, index, n, NULL, order);
    n = MIN(n, self->n_listed);
    memcpy(ret_next, order, n * sizeof(guint32));
    return n;
}

static void
report_rows(ErrataFinding *finding,
            const ErrataLabelIssues *self,
            const ErrataAnalysis *analysis,
            const guint32 *order)
{
    g_autofree guint32 *next = g_new(guint32, MAX(self->n_listed, 1));
    ErrataRowCost cost;

    finding->n_rows = self->n_listed;
    finding->n_next = finding->confirmed ? report_next(self, next) : 0;
    finding->row = g_new(guint32, MAX(finding->n_rows + finding->n_next, 1));
    finding->row_score = g_new(double, MAX(finding->n_rows + finding->n_next, 1));
    for (gsize i = 0; i < finding->n_rows + finding->n_next; i++) {
        guint32 at = i < self->n_listed ? order[i] : next[i - self->n_listed];

        finding->row[i] = self->row[at];
        finding->row_score[i] = self->badness[at];
    }
    cost = errata_row_cost_measure(analysis, finding->row, self->n_listed);
    finding->share_of_rows = (double)self->n_listed / (double)analysis->outcome->n_rows;
    /* suspects disagree with the model by construction; only noise that was shown explains
     * errors */
    finding->share_of_errors = self->excess > 0.0 && self->from_features
                                   ? errata_row_cost_share(&cost)
                                   : (double)NAN;
    finding->excess_errors = (double)NAN;
}

static char *
report_title(const ErrataLabelIssues *self)
{
    double n = (double)self->n;
    double half = REPORT_Z * self->excess_error;
    g_autofree char *share =
        errata_words_share(self->excess / n, (self->excess - half) / n, (self->excess + half) / n);
    g_autofree char *vague = errata_words_about(share);
    g_autofree char *about = errata_words_capital(vague);
    g_autofree char *count = errata_words_counted(self->n_listed, "label", "labels");
    g_autofree char *capital = errata_words_capital(count);

    if (self->excess > 0.0 && self->from_features)
        return g_strdup_printf("%s of the labels go against features and scores: wrong, or of a "
                               "cause not logged",
                               about);
    if (self->excess > 0.0)
        return g_strdup_printf("%s of the labels contradict their scores beyond chance; either may "
                               "be wrong",
                               about);
    return g_strdup_printf("%s %s unlikely; whether any is wrong could not be tested",
                           capital,
                           self->n_listed == 1 ? "is" : "are");
}

/**
 * errata_label_issues_report:
 * @self: tested suspects, at least one listed
 * @analysis: the log
 *
 * Severity follows the width of the band in which the metric may truly lie, ± the share of labels
 * wrong beyond chance, and is medium at most: what happened by a cause that the log lacks looks the
 * same. Without such a share, or where only scores show it, the list is for information.
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_label_issues_report(const ErrataLabelIssues *self, const ErrataAnalysis *analysis)
{
    g_autofree char *title = report_title(self);
    g_autofree char *count = NULL;
    g_autofree guint64 *cell = report_cells(self);
    gsize n_listed;
    g_autofree guint32 *order = errata_label_issues_order(self, &n_listed);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_LABEL_ISSUE, title);
    const ErrataSchema *schema = analysis->schema;
    double width = self->excess / (double)self->n;
    ReportGain gain = report_gain(self, analysis, order);
    guint largest = 0;

    for (guint i = 1; i < self->n_classes * self->n_classes; i++)
        largest = cell[i] > cell[largest] ? i : largest;
    finding->severity = report_severity(self, width);
    finding->confirmed = self->excess > 0.0 && self->from_features;
    finding->rank = width;
    count = errata_words_counted(n_listed, "row", "rows");
    finding->summary = g_strdup_printf("label issues · %s", count);
    if (schema->label >= 0)
        finding->subject.column = g_strdup(analysis->frame->columns[schema->label]->name);
    finding->subject.given = g_strdup(schema->classes[largest / self->n_classes]);
    finding->subject.suggested = g_strdup(schema->classes[largest % self->n_classes]);
    report_evidence(finding, self, schema, cell, largest);
    report_metric(finding, self, analysis->outcome, &gain, width);
    report_rows(finding, self, analysis, order);
    finding->figure = report_figure(self, schema, cell);
    finding->examples = report_examples(self, analysis, order);
    g_ptr_array_add(finding->notes,
                    g_strdup(self->from_features ? "source=features" : "source=scores"));
    if (!self->from_features && !isnan(self->knows))
        g_ptr_array_add(finding->notes, g_strdup("features=know-less"));
    if (self->why_untested != NULL)
        g_ptr_array_add(finding->notes, g_strdup_printf("untested=%s", self->why_untested));
    return finding;
}
