/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An anomaly as a finding: its rows, oddest first, when, what they cost, the figure, what to do. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anomalies.h"
#include "clean.h"
#include "fault-window.h"
#include "row-cost.h"
#include "row-timeline.h"
#include "spoken.h"
#include "words.h"
#include "zone.h"

#define REPORT_HIGH     0.01 /* of the rows: CONTRACT 5 */
#define REPORT_EXAMPLES 6

typedef struct {
    guint32 row;
    double oddness;
} ReportRow;

static const ErrataColumn *
report_column(const ErrataAnomalies *self, guint column)
{
    const ErrataFrame *frame = self->analysis->clean != NULL ? self->analysis->clean->raw
                                                             : self->analysis->frame;

    return frame->columns[column];
}

static int
report_row_cb(gconstpointer a, gconstpointer b)
{
    const ReportRow *x = a;
    const ReportRow *y = b;

    if (x->oddness < y->oddness || x->oddness > y->oddness)
        return x->oddness > y->oddness ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static void
report_rows(ErrataFinding *finding, const ErrataAnomaly *anomaly)
{
    g_autofree ReportRow *rows = g_new0(ReportRow, anomaly->row->len + 1);

    finding->n_rows = anomaly->row->len;
    finding->row = g_new(guint32, finding->n_rows);
    finding->row_score = g_new(double, finding->n_rows);
    for (guint i = 0; i < anomaly->row->len; i++) {
        rows[i].row = g_array_index(anomaly->row, guint32, i);
        rows[i].oddness = anomaly->oddness != NULL ? anomaly->oddness[i] : 0.0;
    }
    qsort(rows, finding->n_rows, sizeof *rows, report_row_cb);
    for (gsize i = 0; i < finding->n_rows; i++) {
        finding->row[i] = rows[i].row;
        finding->row_score[i] = rows[i].oddness;
    }
}

/* from the first to the last row, where these lie near one another */
static void
report_time(const ErrataAnomalies *self, const ErrataAnomaly *anomaly, ErrataFinding *finding)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    gsize from = anomaly->from, to = anomaly->to;
    gboolean near = anomaly->has_window;

    if (!near && anomaly->kind != ERRATA_ANOMALY_SENTINEL)
        near = errata_fault_window_find(outcome, finding->row, finding->n_rows, &from, &to);
    if (!near || outcome->time == NULL || outcome->time[outcome->order[from]] == G_MININT64)
        return;
    finding->subject.has_time = TRUE;
    finding->subject.from = outcome->time[outcome->order[from]];
    finding->subject.to = outcome->time[outcome->order[to - 1]] + 1;
}

/* “997 rows”, “997 rows between … and …”, “all rows where channel is app from … on” */
static char *
report_where(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    g_autofree char *count = errata_words_counted(anomaly->row->len, "row", "rows");
    g_autofree char *when = NULL;
    g_autofree char *group = NULL;

    if (!anomaly->has_window)
        return g_steal_pointer(&count);
    when = errata_fault_window_say(self->analysis->outcome, anomaly->from, anomaly->to);
    group = anomaly->group.words != NULL ? errata_fault_group_say(&anomaly->group) : NULL;
    return g_strdup_printf("%s %s",
                           group != NULL                                      ? group
                           : anomaly->row->len == anomaly->to - anomaly->from ? "all rows"
                                                                              : count,
                           when);
}

static char *
report_number(double value)
{
    return fabs(value) < 1e5 ? errata_spoken_number(value)
                             : errata_words_number(value, (double)NAN, (double)NAN);
}

/* an instant as the log has it: the date alone where all of the column are dates */
static char *
report_instant(double value)
{
    char buffer[ERRATA_NUMBER_BUFFER];
    char *clock = strstr(errata_zone_print((gint64)value, buffer), "T00:00:00");

    if (clock != NULL)
        *clock = '\0';
    return g_strdup(buffer);
}

static gboolean
report_is_instant(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    return anomaly->kind == ERRATA_ANOMALY_SENTINEL &&
           report_column(self, anomaly->column[0])->type == ERRATA_COLUMN_TIME;
}

static char *
report_value(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    return report_is_instant(self, anomaly) ? report_instant(anomaly->value[0])
                                            : report_number(anomaly->value[0]);
}

/* “a = 1, b = 2 and c = 3” */
static char *
report_record(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < anomaly->n_columns; i++) {
        g_autofree char *value = report_number(anomaly->value[i]);

        g_ptr_array_add(
            parts,
            g_strdup_printf("%s = %s", report_column(self, anomaly->column[i])->name, value));
    }
    return errata_words_list((const char *const *)parts->pdata, parts->len, "and");
}

static char *
report_names(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    const char *names[ERRATA_ANOMALY_COLUMNS];

    for (guint i = 0; i < anomaly->n_columns; i++)
        names[i] = report_column(self, anomaly->column[i])->name;
    return errata_words_list(names, anomaly->n_columns, "and");
}

static char *
report_title(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    const char *name = report_column(self, anomaly->column[0])->name;
    g_autofree char *count = errata_words_counted(anomaly->row->len, "row", "rows");
    g_autofree char *value = report_value(self, anomaly);
    g_autofree char *record = NULL;
    g_autofree char *where = NULL;
    g_autofree char *other = NULL;

    switch (anomaly->kind) {
    case ERRATA_ANOMALY_SENTINEL:
        where = report_where(self, anomaly);
        return g_strdup_printf("%s is %s in %s: %sa code, not a %s",
                               name,
                               value,
                               where,
                               anomaly->maybe ? "perhaps " : "",
                               report_is_instant(self, anomaly) ? "date" : "quantity");
    case ERRATA_ANOMALY_TAIL:
        return g_strdup_printf("%s lies beyond all that is natural for it in %s, as far as %s",
                               name,
                               count,
                               value);
    case ERRATA_ANOMALY_REPEATED:
        record = report_record(self, anomaly);
        return g_strdup_printf("The same rare values come together in %s: %s", count, record);
    case ERRATA_ANOMALY_STUCK:
        return g_strdup_printf("%s is %s for %s in a row, whatever comes in", name, value, count);
    case ERRATA_ANOMALY_CERTAIN:
        other = isnan(anomaly->other_end) ? NULL : report_number(anomaly->other_end);
        return other != NULL
                   ? g_strdup_printf("%s ends at %s and at %s, as if clipped: %s lie at the first",
                                     name,
                                     value,
                                     other,
                                     count)
                   : g_strdup_printf("%s ends at %s, as if clipped: %s lie there",
                                     name,
                                     value,
                                     count);
    case ERRATA_ANOMALY_UNLIKE:
        return g_strdup_printf("%s is unlike that of alike rows in %s", name, count);
    case ERRATA_ANOMALY_JOINT:
        record = report_names(self, anomaly);
        return g_strdup_printf("Usual values of %s do not go together in %s", record, count);
    }
    return NULL;
}

static void
report_add(ErrataFinding *finding,
           const char *key,
           const char *what,
           double value,
           gboolean is_instant)
{
    ErrataUnit unit = is_instant ? ERRATA_UNIT_TIME : ERRATA_UNIT_NONE;
    ErrataEvidence *evidence;

    if (isnan(value))
        return;
    evidence = errata_finding_add(finding,
                                  errata_evidence_new(key, what, value, unit, finding->n_rows));
    if (is_instant)
        evidence->text = report_instant(value);
}

static void
report_numbers(const ErrataAnomalies *self, const ErrataAnomaly *anomaly, ErrataFinding *finding)
{
    guint64 n = self->analysis->frame->n_rows;
    gboolean instant = report_is_instant(self, anomaly);
    ErrataEvidence *evidence = errata_finding_add(finding,
                                                  errata_evidence_new("n_rows",
                                                                      "rows affected",
                                                                      (double)finding->n_rows,
                                                                      ERRATA_UNIT_COUNT,
                                                                      n));

    evidence->test = g_strdup(anomaly->test);
    evidence->p = anomaly->p;
    errata_finding_add(finding,
                       errata_evidence_new("share_rows",
                                           "share of all rows",
                                           finding->share_of_rows,
                                           ERRATA_UNIT_SHARE,
                                           n));
    if (anomaly->has_window) {
        errata_finding_add(
            finding,
            errata_evidence_new("share_now",
                                "share in that window",
                                (double)finding->n_rows / (double)(anomaly->to - anomaly->from),
                                ERRATA_UNIT_SHARE,
                                anomaly->to - anomaly->from));
        g_ptr_array_add(finding->notes, g_strdup("window=yes"));
    }
    if (anomaly->group.words != NULL)
        errata_fault_group_add(&anomaly->group, n, finding);
    if (anomaly->kind == ERRATA_ANOMALY_REPEATED) {
        evidence = errata_finding_add(finding,
                                      errata_evidence_new("expected",
                                                          "such rows by chance, at most",
                                                          MAX(anomaly->expected, 0.001),
                                                          ERRATA_UNIT_NONE,
                                                          n));
        evidence->method = g_strdup("product of the values' shares");
        evidence = errata_finding_add(finding,
                                      errata_evidence_new("record",
                                                          "the repeated values",
                                                          (double)NAN,
                                                          ERRATA_UNIT_NONE,
                                                          finding->n_rows));
        evidence->text = report_record(self, anomaly);
        return;
    }
    if (anomaly->kind == ERRATA_ANOMALY_JOINT) {
        report_add(finding,
                   "distance",
                   "Mahalanobis distance of the normal scores, largest",
                   anomaly->value[0],
                   FALSE);
        return;
    }
    if (anomaly->kind == ERRATA_ANOMALY_CERTAIN)
        report_add(finding,
                   "expected",
                   "rows at any other value, at most",
                   anomaly->expected,
                   FALSE);
    report_add(finding,
               "value",
               anomaly->kind == ERRATA_ANOMALY_SENTINEL  ? "the code"
               : anomaly->kind == ERRATA_ANOMALY_STUCK   ? "the output that stays"
               : anomaly->kind == ERRATA_ANOMALY_CERTAIN ? "the end of the range"
                                                         : "furthest value",
               anomaly->value[0],
               instant);
    if (anomaly->kind == ERRATA_ANOMALY_CERTAIN)
        report_add(finding, "other_end", "the other end of the range", anomaly->other_end, FALSE);
    report_add(finding, "usual_lo", "lower end of what is usual", anomaly->usual_lo, instant);
    report_add(finding, "usual_hi", "upper end of what is usual", anomaly->usual_hi, instant);
}

/* values on a line of their own: how many where, those of the finding apart */
static ErrataFigure *
report_figure(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    const ErrataColumn *column = report_column(self, anomaly->column[0]);
    g_autofree char *id = g_strdup_printf("anomaly-%d-%u", (int)anomaly->kind, anomaly->column[0]);
    ErrataFigure *figure = errata_row_timeline(self->analysis->outcome,
                                               anomaly->row,
                                               id,
                                               "Such rows over time",
                                               "such rows",
                                               ERRATA_UNIT_COUNT);

    figure->description = g_strdup_printf("Rows over time in which %s is anomalous.", column->name);
    return figure;
}

static ErrataTable *
report_examples(const ErrataAnomalies *self,
                const ErrataAnomaly *anomaly,
                const ErrataFinding *finding)
{
    const ErrataSchema *schema = self->analysis->schema;
    const ErrataColumn *columns[ERRATA_ANOMALY_COLUMNS + 4];
    const int also[] = {schema->id, schema->time, schema->prediction, schema->label};
    ErrataTable *table;
    guint n = 0;

    for (guint i = 0; i < 2; i++)
        if (also[i] >= 0)
            columns[n++] = report_column(self, (guint)also[i]);
    for (guint i = 0; i < anomaly->n_columns; i++)
        columns[n++] = report_column(self, anomaly->column[i]);
    for (guint i = 2; i < G_N_ELEMENTS(also); i++)
        if (also[i] >= 0)
            columns[n++] = report_column(self, (guint)also[i]);
    table = errata_table_new("Some of the rows, the oddest first", n + 1);
    errata_table_heading(table, 0, "row", TRUE);
    for (guint i = 0; i < n; i++)
        errata_table_heading(table, i + 1, columns[i]->name, errata_column_is_numeric(columns[i]));
    for (gsize i = 0; i < MIN(finding->n_rows, (gsize)REPORT_EXAMPLES); i++) {
        g_autofree char *number = g_strdup_printf("%u", finding->row[i]);

        errata_table_add_cell(table, number);
        for (guint k = 0; k < n; k++) {
            g_autofree char *cell = errata_column_print(columns[k], finding->row[i]);

            errata_table_add_cell(table, cell);
        }
    }
    return table;
}

static char *
report_advice(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    const char *name = report_column(self, anomaly->column[0])->name;
    g_autofree char *value = report_value(self, anomaly);
    g_autofree char *hi = isnan(anomaly->usual_hi)
                              ? NULL
                              : errata_words_number(anomaly->usual_hi, (double)NAN, (double)NAN);

    switch (anomaly->kind) {
    case ERRATA_ANOMALY_SENTINEL:
        return g_strdup_printf(
            anomaly->maybe ? "Ask whether %s is %s there, as where nothing happens, or not "
                             "known; if not known, send it as missing"
                           : "Send %s as missing instead of %s, and have the model treat it "
                             "as missing",
            name,
            value);
    case ERRATA_ANOMALY_TAIL:
        return g_strdup_printf("Find where these values of %s come from, and check it on entry%s%s",
                               name,
                               hi != NULL ? " against its usual range, which ends near " : "",
                               hi != NULL ? hi : "");
    case ERRATA_ANOMALY_REPEATED:
        return g_strdup("Find what fills in this record (a default, a stuck device, a test "
                        "account), and keep such rows from the model and from its figures");
    case ERRATA_ANOMALY_STUCK:
        return g_strdup("Find why the model answered alike there (a fallback, a cache, a service "
                        "that was down), and score these rows again");
    case ERRATA_ANOMALY_CERTAIN:
        return g_strdup("Log the output before it is clipped or rounded, and recalibrate it: no "
                        "model is as sure as that");
    case ERRATA_ANOMALY_UNLIKE:
        return g_strdup("Score these rows again, and compare: another version, a fallback or a "
                        "mixed-up id may have answered");
    case ERRATA_ANOMALY_JOINT:
        return g_strdup("Look at the oddest of these rows: one of the values may belong to "
                        "another row or another unit");
    }
    return NULL;
}

/* what is odd only as a whole, or against what trees expect, is for a person to look at */
static ErrataSeverity
report_severity(const ErrataAnomaly *anomaly, double share)
{
    if (anomaly->kind == ERRATA_ANOMALY_CERTAIN)
        return ERRATA_SEVERITY_INFO;
    if (anomaly->kind == ERRATA_ANOMALY_UNLIKE || anomaly->kind == ERRATA_ANOMALY_JOINT ||
        anomaly->maybe)
        return ERRATA_SEVERITY_LOW;
    return share >= REPORT_HIGH ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM;
}

/**
 * errata_anomalies_report:
 * @self: the checks' state
 * @anomaly: one with enough rows
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_anomalies_report(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    static const char *const kinds[] =
        {"sentinel", "tail", "repeated", "stuck", "certain", "unlike", "joint"};
    static const char *const names[] = {"code among numbers",
                                        "extreme values",
                                        "repeated record",
                                        "stuck output",
                                        "clipped output",
                                        "odd output",
                                        "odd together"};
    g_autofree char *title = report_title(self, anomaly);
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_ANOMALY, title);
    g_autofree char *count = errata_words_counted(anomaly->row->len, "row", "rows");
    g_autofree char *advice = report_advice(self, anomaly);
    ErrataRowCost cost;

    finding->subject.columns = g_new0(char *, anomaly->n_columns + 1);
    for (guint i = 0; i < anomaly->n_columns; i++)
        finding->subject.columns[i] = g_strdup(report_column(self, anomaly->column[i])->name);
    report_rows(finding, anomaly);
    report_time(self, anomaly, finding);
    finding->confirmed = TRUE;
    finding->share_of_rows = (double)finding->n_rows / (double)self->analysis->frame->n_rows;
    finding->severity = report_severity(anomaly, finding->share_of_rows);
    finding->summary = g_strdup_printf("%s · %s", names[anomaly->kind], count);
    g_ptr_array_add(finding->notes, g_strdup_printf("anomaly=%s", kinds[anomaly->kind]));
    report_numbers(self, anomaly, finding);
    cost = errata_row_cost_measure(self->analysis, finding->row, finding->n_rows);
    errata_row_cost_tell(self->analysis, &cost, finding);
    errata_row_cost_promise(self->analysis,
                            &cost,
                            finding,
                            errata_finding_suggest(finding, "fix-pipeline", advice));
    finding->rank = !isnan(finding->delta) && finding->delta > 0.0 ? finding->delta : 0.0;
    finding->figure = report_figure(self, anomaly);
    finding->examples = report_examples(self, anomaly, finding);
    return finding;
}
