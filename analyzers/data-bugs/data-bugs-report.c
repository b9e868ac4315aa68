/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A candidate as a finding: what the affected rows cost, the figure, examples, what to do. */
#include <math.h>
#include <string.h>

#include "columns.h"
#include "data-bugs.h"
#include "fault-window.h"
#include "interval-note.h"
#include "intervals.h"
#include "row-cost.h"
#include "row-timeline.h"
#include "words.h"

#define REPORT_HIGH     0.01 /* of the rows: CONTRACT 5 */
#define REPORT_FAR      4.0  /* times as large */
#define REPORT_EXAMPLES 6
#define REPORT_LEVEL    0.95

char *
errata_data_bugs_when(const ErrataDataBugs *self, gsize from, gsize to)
{
    return errata_fault_window_say(self->analysis->outcome, from, to);
}

/* a factor that no unit has: what a column measures may be twice as much for a while, where the
 * model is no worse for it; hardly four times */
static ErrataSeverity
report_severity_open(const ErrataDataBug *bug, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");
    gboolean worse = in != NULL && out != NULL && in->lo > out->value;
    gboolean far = bug->factor > REPORT_FAR || bug->factor < 1.0 / REPORT_FAR;

    return worse ? finding->severity
                 : MIN(finding->severity, far ? ERRATA_SEVERITY_MEDIUM : ERRATA_SEVERITY_LOW);
}

/* whether two values may have changed places in the world: the model is no worse for it. Of more
 * than two, that would be a strange accident */
static gboolean
report_is_open(const ErrataDataBug *bug, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");

    return bug->n_exchanged == 2 && !(in != NULL && out != NULL && in->lo > out->value);
}

/* whether a value of an input is written in several ways and the model is no worse for it; of the
 * label, each way may be a class */
static gboolean
report_is_free(const ErrataDataBugs *self, const ErrataDataBug *bug, const ErrataFinding *finding)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(finding, "rate_out");

    return strcmp(bug->bug, "spelling") == 0 && bug->column != self->analysis->schema->label &&
           in != NULL && out != NULL && in->lo <= out->value;
}

static void
report_suggest(const ErrataDataBugs *self,
               ErrataFinding *finding,
               const ErrataDataBug *bug,
               const ErrataRowCost *cost)
{
    gboolean new_values = strcmp(bug->bug, "new-category") == 0;
    gboolean useless = strcmp(bug->bug, "constant") == 0 && bug->harmless;
    g_autofree char *ask =
        report_is_open(bug, finding)
            ? g_strdup_printf(
                  "Ask whether these values of %s were written for one another or changed "
                  "places in fact; put them back only in the first case",
                  finding->subject.column)
            : NULL;
    ErrataSuggestion *fix = errata_finding_suggest(finding,
                                                   new_values ? "collect-data"
                                                   : useless  ? "drop-feature"
                                                              : "fix-pipeline",
                                                   ask != NULL ? ask : bug->action);

    if (strcmp(bug->bug, "gap") == 0)
        fix->method = g_strdup("not computed: rows that never came cannot be scored");
    else if (bug->row->len == 0)
        fix->method = g_strdup("not computed: the rows cannot be told apart");
    else if (!isnan(bug->contradict))
        fix->method = g_strdup("not computed: what is true of these rows is not in the log");
    else if (strcmp(bug->bug, "duplicate-rows") == 0)
        fix->method = g_strdup("not computed: the model would have to score the rows again");
    else
        errata_row_cost_promise(self->analysis, cost, finding, fix);
}

static ErrataSeverity
report_severity(const ErrataDataBug *bug, double share)
{
    if (bug->harmless || bug->small)
        return ERRATA_SEVERITY_INFO;
    if (bug->unsure)
        return ERRATA_SEVERITY_MEDIUM;
    return share >= REPORT_HIGH ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM;
}

/* share of affected rows per stretch of equally many rows, the window marked */
static ErrataFigure *
report_timeline(const ErrataDataBugs *self, const ErrataDataBug *bug, const char *id)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    ErrataFigure *figure = errata_row_timeline(outcome,
                                               bug->row,
                                               id,
                                               "Share of affected rows",
                                               "affected rows",
                                               ERRATA_UNIT_SHARE);

    figure->description = g_strdup_printf("Share of affected rows over time: %s.", bug->title);
    if (bug->has_window) {
        g_autofree char *label = g_strdelimit(g_strdup(bug->bug), "-", ' ');
        ErrataMark *mark;

        mark = errata_figure_add_mark(figure,
                                      figure->x_is_time
                                          ? (double)outcome->time[outcome->order[bug->from]]
                                          : (double)bug->from,
                                      label,
                                      ERRATA_TONE_ERROR);
        mark->x_end = figure->x_is_time ? (double)outcome->time[outcome->order[bug->to - 1]]
                                        : (double)bug->to;
    }
    return figure;
}

static ErrataFigure *
report_figure(const ErrataDataBugs *self, const ErrataDataBug *bug)
{
    g_autofree char *id =
        g_strdup_printf("data-bug-%s-%d", bug->bug, bug->column >= 0 ? bug->column : 0);
    ErrataFigure *figure;

    if (bug->row->len > 0 &&
        (bug->has_window || bug->column < 0 || strcmp(bug->bug, "missing-burst") == 0 ||
         strcmp(bug->bug, "duplicate-rows") == 0 || !isnan(bug->contradict)))
        return report_timeline(self, bug, id);
    figure = errata_columns_histogram(self->analysis, (guint)bug->column);
    if (figure != NULL) {
        g_free(figure->id);
        figure->id = g_steal_pointer(&id);
    }
    return figure;
}

static ErrataTable *
report_examples(const ErrataDataBugs *self, const ErrataDataBug *bug)
{
    const ErrataSchema *schema = self->analysis->schema;
    const int shown[] = {schema->id, schema->time, bug->column, schema->prediction, schema->label};
    const ErrataColumn *columns[G_N_ELEMENTS(shown)];
    ErrataTable *table;
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS(shown); i++)
        if (shown[i] >= 0 && !(i == 2 && shown[i] == schema->id))
            columns[n++] = self->analysis->frame->columns[shown[i]];
    table = errata_table_new("Some of the rows", n + 1);
    errata_table_heading(table, 0, "row", TRUE);
    for (guint i = 0; i < n; i++)
        errata_table_heading(table, i + 1, columns[i]->name, errata_column_is_numeric(columns[i]));
    for (guint i = 0; i < MIN(bug->row->len, REPORT_EXAMPLES); i++) {
        guint32 row = g_array_index(bug->row, guint32, i);
        g_autofree char *number = g_strdup_printf("%u", row);

        errata_table_add_cell(table, number);
        for (guint j = 0; j < n; j++) {
            g_autofree char *cell = errata_column_print(columns[j], row);

            errata_table_add_cell(table, cell);
        }
    }
    return table;
}

static void
report_subject(const ErrataDataBugs *self, const ErrataDataBug *bug, ErrataSubject *subject)
{
    const ErrataOutcome *outcome = self->analysis->outcome;

    subject->bug = g_strdup(bug->bug);
    subject->factor = bug->factor;
    if (bug->column >= 0)
        subject->column = g_strdup(self->analysis->frame->columns[bug->column]->name);
    if (!bug->has_window)
        return;
    subject->from = (gint64)bug->from;
    subject->to = (gint64)bug->to;
    if (outcome->time == NULL || outcome->time[outcome->order[bug->from]] == G_MININT64)
        return;
    subject->has_time = TRUE;
    subject->from = outcome->time[outcome->order[bug->from]];
    subject->to = bug->to < outcome->n_rows ? outcome->time[outcome->order[bug->to]]
                                            : outcome->time[outcome->order[bug->to - 1]] + 1;
}

static void
report_add_turned(const ErrataDataBug *bug, ErrataFinding *finding)
{
    if (!isnan(bug->turned_label) && !isnan(bug->turned_output)) {
        errata_finding_add(
            finding,
            errata_evidence_new("turned_label",
                                "how labels go with the other columns: 1 as elsewhere, −1 the "
                                "other way round",
                                bug->turned_label,
                                ERRATA_UNIT_NONE,
                                bug->n_rows));
        errata_finding_add(finding,
                           errata_evidence_new("turned_output",
                                               "how predictions do",
                                               bug->turned_output,
                                               ERRATA_UNIT_NONE,
                                               bug->n_rows));
    }
}

/* how values in another unit came: multiplied, and moved */
static void
report_add_unit(const ErrataDataBug *bug, ErrataFinding *finding)
{
    ErrataEvidence *evidence;

    if (!isnan(bug->factor)) {
        evidence = errata_finding_add(finding,
                                      errata_evidence_new("factor",
                                                          "what the values were multiplied by",
                                                          bug->factor,
                                                          ERRATA_UNIT_RATIO,
                                                          bug->n_rows));
        evidence->lo = bug->factor_lo;
        evidence->hi = bug->factor_hi;
        if (isfinite(evidence->lo) && isfinite(evidence->hi))
            errata_interval_note_set(finding, evidence, ERRATA_INTERVAL_NOTE_SURE);
    }
    if (!isnan(bug->offset))
        errata_finding_add(finding,
                           errata_evidence_new("offset",
                                               isnan(bug->factor) ? "what was added to the values"
                                                                  : "what was added after that",
                                               bug->offset,
                                               ERRATA_UNIT_NONE,
                                               bug->n_rows));
}

static void
report_add_numbers(ErrataFinding *finding,
                   const ErrataDataBugs *self,
                   const ErrataDataBug *bug,
                   double q)
{
    guint64 n = self->analysis->frame->n_rows;
    ErrataEvidence *evidence;

    evidence = errata_finding_add(
        finding,
        errata_evidence_new("n_rows", "rows affected", (double)bug->n_rows, ERRATA_UNIT_COUNT, n));
    evidence->test = g_strdup(bug->test);
    evidence->p = bug->test != NULL ? bug->p : (double)NAN;
    evidence->q = bug->test != NULL ? q : (double)NAN;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("share_rows",
                                                      "share of all rows",
                                                      (double)bug->n_rows / (double)n,
                                                      ERRATA_UNIT_SHARE,
                                                      n));
    if (!isnan(bug->after)) {
        evidence = errata_finding_add(
            finding,
            errata_evidence_new("share_now",
                                bug->has_window ? "share in that window" : "share now",
                                bug->after,
                                ERRATA_UNIT_SHARE,
                                bug->has_window ? bug->to - bug->from : n));
        evidence->baseline = bug->before;
    }
    if (bug->group.words != NULL)
        errata_fault_group_add(&bug->group, n, finding);
    report_add_unit(bug, finding);
    report_add_turned(bug, finding);
    if (bug->n_exchanged > 0)
        errata_finding_add(finding,
                           errata_evidence_new("exchanged",
                                               "values that stand for others",
                                               (double)bug->n_exchanged,
                                               ERRATA_UNIT_COUNT,
                                               bug->n_rows));
    if (bug->value != NULL) {
        evidence = errata_finding_add(finding,
                                      errata_evidence_new("value",
                                                          "most telling value",
                                                          (double)NAN,
                                                          ERRATA_UNIT_NONE,
                                                          bug->n_rows));
        evidence->text = g_strdup(bug->value);
    }
    if (isnan(bug->lo))
        return;
    errata_finding_add(finding,
                       errata_evidence_new("reference_lo",
                                           "smallest value of the reference",
                                           bug->lo,
                                           ERRATA_UNIT_NONE,
                                           n));
    errata_finding_add(finding,
                       errata_evidence_new("reference_hi",
                                           "largest value of the reference",
                                           bug->hi,
                                           ERRATA_UNIT_NONE,
                                           n));
}

/* labels that are the predictions again: what they cost is not known, but the metric without them
 * is */
static void
report_copied(const ErrataDataBugs *self,
              const ErrataDataBug *bug,
              const ErrataRowCost *cost,
              ErrataFinding *finding)
{
    gboolean regression = self->analysis->outcome->task == ERRATA_TASK_REGRESSION;
    double without = errata_rate_mean(&cost->out);
    ErrataRate all = cost->in;
    ErrataEvidence *evidence;

    finding->share_of_errors = finding->excess_errors = (double)NAN;
    errata_finding_add(finding,
                       errata_evidence_new("disagree",
                                           "labels there that are not the prediction",
                                           bug->contradict,
                                           ERRATA_UNIT_COUNT,
                                           bug->n_rows));
    if (!regression)
        errata_finding_add(finding,
                           errata_evidence_new("expected",
                                               "expected from equal rows elsewhere",
                                               round(bug->expected),
                                               ERRATA_UNIT_COUNT,
                                               bug->n_rows));
    evidence =
        errata_finding_add(finding,
                           errata_evidence_new("metric_without",
                                               regression ? "mean absolute error without these rows"
                                                          : "accuracy without these rows",
                                               regression ? without : 1.0 - without,
                                               regression ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                                               (guint64)cost->out.n));
    errata_rate_merge(&all, &cost->out);
    evidence->baseline = regression ? errata_rate_mean(&all) : 1.0 - errata_rate_mean(&all);
    if (!regression) {
        ErrataInterval interval = errata_rate_wilson(&cost->out, REPORT_LEVEL);

        evidence->lo = 1.0 - interval.hi;
        evidence->hi = 1.0 - interval.lo;
        evidence->method = g_strdup("Wilson");
    }
}

/**
 * errata_data_bugs_report:
 * @self: the checks' state
 * @bug: a candidate that held
 * @q: its p after the family's correction, NaN when it was not tested
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_data_bugs_report(const ErrataDataBugs *self, const ErrataDataBug *bug, double q)
{
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_DATA_BUG, bug->title);
    g_autofree char *count = errata_data_bugs_count(bug->n_rows);
    ErrataRowCost cost = errata_row_cost_measure(self->analysis,
                                                 (const guint32 *)(gconstpointer)bug->row->data,
                                                 bug->row->len);

    report_subject(self, bug, &finding->subject);
    if (bug->undo != NULL) {
        finding->undo = g_new0(char *, bug->undo->len + 1);
        for (guint i = 0; i < bug->undo->len; i++)
            finding->undo[i] = g_strdup(bug->undo->pdata[i]);
    }
    finding->confirmed = !bug->harmless;
    finding->share_of_rows = (double)bug->n_rows / (double)self->analysis->frame->n_rows;
    finding->severity = report_severity(bug, finding->share_of_rows);
    finding->summary =
        g_strdup_printf("%s · %s %s", bug->bug, count, bug->n_rows == 1 ? "row" : "rows");
    report_add_numbers(finding, self, bug, q);
    if (bug->has_window)
        errata_row_cost_around(self->analysis,
                               &cost,
                               (const guint32 *)(gconstpointer)bug->row->data,
                               bug->row->len);
    errata_row_cost_tell(self->analysis, &cost, finding);
    if (!isnan(bug->contradict))
        report_copied(self, bug, &cost, finding);
    if (bug->open)
        finding->severity = report_severity_open(bug, finding);
    if (report_is_open(bug, finding) || report_is_free(self, bug, finding))
        finding->severity = MIN(finding->severity, ERRATA_SEVERITY_MEDIUM);
    if (bug->spelled)
        finding->severity = MIN(finding->severity, ERRATA_SEVERITY_LOW);
    report_suggest(self, finding, bug, &cost);
    finding->rank = !isnan(finding->delta) && finding->delta > 0.0 ? finding->delta : 0.0;
    finding->n_rows = bug->n_rows;
    if (bug->row->len > 0) {
        finding->row = g_new(guint32, bug->row->len);
        memcpy(finding->row, bug->row->data, bug->row->len * sizeof(guint32));
        finding->row_score = g_new(double, bug->row->len);
        for (guint i = 0; i < bug->row->len; i++)
            finding->row_score[i] = 1.0;
        finding->examples = report_examples(self, bug);
    }
    if (bug->same_inputs)
        g_ptr_array_add(finding->notes, g_strdup("inputs=same"));
    if (bug->mixed != NULL)
        g_ptr_array_add(finding->notes, g_strdup_printf("mixed=%s", bug->mixed));
    finding->figure = report_figure(self, bug);
    return finding;
}
