/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that cannot be right or that nothing else resembles: codes for “no value” among numbers,
 * values beyond what a column's tail reaches by nature, the same rare values together again and
 * again. Each needs five rows. How odd a row is as a whole, by an isolation forest, only ranks and
 * shows them. */
#include "anomalies.h"

#include <math.h>
#include <string.h>

#include "clean.h"
#include "fault-window.h"

#define ANOMALIES_ROWS    100 /* fewer rows tell nothing */
#define ANOMALIES_MOST    0.8 /* of the log's rows, that are set aside */
#define ANOMALIES_COVERED 0.9 /* of an earlier finding's rows: the same thing told twice */

static void
anomaly_free(gpointer data)
{
    ErrataAnomaly *anomaly = data;

    g_array_unref(anomaly->row);
    errata_fault_group_clear(&anomaly->group);
    g_free(anomaly->oddness);
    g_free(anomaly);
}

ErrataAnomaly *
errata_anomalies_add(ErrataAnomalies *self, ErrataAnomalyKind kind)
{
    ErrataAnomaly *anomaly = g_new0(ErrataAnomaly, 1);

    anomaly->kind = kind;
    anomaly->row = g_array_new(FALSE, FALSE, sizeof(guint32));
    anomaly->usual_lo = anomaly->usual_hi = anomaly->other_end = (double)NAN;
    anomaly->expected = anomaly->p = (double)NAN;
    g_ptr_array_add(self->found, anomaly);
    return anomaly;
}

static gboolean
anomalies_has_column(const ErrataAnomalies *self, const ErrataAnomaly *anomaly, const char *name)
{
    for (guint i = 0; i < anomaly->n_columns; i++)
        if (g_str_equal(self->analysis->frame->columns[anomaly->column[i]]->name, name))
            return TRUE;
    return FALSE;
}

guint8 *
errata_anomalies_left_out(const ErrataAnomalies *self, const char *column)
{
    const ErrataOutcome *outcome = self->analysis->outcome;
    const GPtrArray *findings = self->analysis->result->findings;
    guint8 *left_out = g_malloc(outcome->n_rows + 1);

    memcpy(left_out, outcome->duplicate, outcome->n_rows);
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);

        if (finding->kind != ERRATA_FINDING_DATA_BUG || finding->row == NULL ||
            (column != NULL && g_strcmp0(finding->subject.column, column) != 0) ||
            g_strcmp0(finding->subject.bug, "unit-change") != 0)
            continue;
        for (gsize k = 0; k < finding->n_rows; k++)
            left_out[finding->row[k]] = 1;
    }
    for (guint i = 0; column != NULL && i < self->found->len; i++) {
        const ErrataAnomaly *anomaly = g_ptr_array_index(self->found, i);

        if (anomaly->kind == ERRATA_ANOMALY_REPEATED && anomalies_has_column(self, anomaly, column))
            for (guint k = 0; k < anomaly->row->len; k++)
                left_out[g_array_index(anomaly->row, guint32, k)] = 1;
    }
    return left_out;
}

/* when the code came, and in whose rows */
static void
anomalies_place(const ErrataAnomalies *self, ErrataAnomaly *anomaly)
{
    const guint32 *row = (const guint32 *)(gconstpointer)anomaly->row->data;
    g_autofree guint8 *hit = NULL;

    anomaly->has_window = errata_fault_window_find(self->analysis->outcome,
                                                   row,
                                                   anomaly->row->len,
                                                   &anomaly->from,
                                                   &anomaly->to);
    if (!anomaly->has_window || anomaly->row->len == anomaly->to - anomaly->from)
        return;
    hit = g_new0(guint8, self->analysis->frame->n_rows + 1);
    for (guint i = 0; i < anomaly->row->len; i++)
        hit[row[i]] = 1;
    anomaly->group = errata_fault_group_find(self->analysis,
                                             anomaly->column[0],
                                             anomaly->from,
                                             anomaly->to,
                                             hit,
                                             0.0);
}

static void
anomalies_sentinels(ErrataAnomalies *self)
{
    const ErrataClean *clean = self->analysis->clean;

    for (guint i = 0; clean != NULL && i < clean->codes->len; i++) {
        const ErrataCleanCode *code = &g_array_index(clean->codes, ErrataCleanCode, i);
        const ErrataColumn *column = clean->raw->columns[code->column];
        ErrataAnomaly *anomaly = errata_anomalies_add(self, ERRATA_ANOMALY_SENTINEL);

        anomaly->n_columns = 1;
        anomaly->column[0] = code->column;
        anomaly->value[0] = code->sentinel.value;
        anomaly->usual_lo = code->sentinel.lo;
        anomaly->usual_hi = code->sentinel.hi;
        anomaly->maybe = code->maybe;
        for (gsize row = 0; row < column->n_rows; row++) {
            double value = errata_column_number(column, row);
            guint32 number = (guint32)row;

            if (!(value < anomaly->value[0]) && !(value > anomaly->value[0]) && !isnan(value))
                g_array_append_val(anomaly->row, number);
        }
        anomalies_place(self, anomaly);
    }
}

/* a column out of its reference's range, when these rows are the reason: told once, here */
static void
anomalies_take_over(ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    GPtrArray *findings = self->analysis->result->findings;
    const char *name = self->analysis->frame->columns[anomaly->column[0]]->name;
    g_autofree guint8 *inside = NULL;

    if (anomaly->kind != ERRATA_ANOMALY_SENTINEL && anomaly->kind != ERRATA_ANOMALY_TAIL)
        return;
    inside = g_new0(guint8, self->analysis->frame->n_rows + 1);
    for (guint i = 0; i < anomaly->row->len; i++)
        inside[g_array_index(anomaly->row, guint32, i)] = 1;
    for (guint i = findings->len; i-- > 0;) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);
        gsize n = 0;

        if (finding->kind != ERRATA_FINDING_DATA_BUG || finding->row == NULL ||
            g_strcmp0(finding->subject.bug, "out-of-range") != 0 ||
            g_strcmp0(finding->subject.column, name) != 0)
            continue;
        for (gsize k = 0; k < finding->n_rows; k++)
            n += inside[finding->row[k]] | self->analysis->outcome->duplicate[finding->row[k]];
        if ((double)n >= ANOMALIES_COVERED * (double)finding->n_rows)
            g_ptr_array_remove_index(findings, i);
    }
}

/* a code that comes in some window only is a fault of that time, as a burst of missing cells is */
static gboolean
anomalies_is_set_aside(const ErrataAnomalies *self, const ErrataAnomaly *anomaly)
{
    return anomaly->kind == ERRATA_ANOMALY_REPEATED ||
           (anomaly->has_window &&
            (double)anomaly->row->len <= ANOMALIES_MOST * (double)self->analysis->frame->n_rows);
}

static void
anomalies_report_all(ErrataAnomalies *self)
{
    for (guint i = 0; i < self->found->len; i++) {
        const ErrataAnomaly *anomaly = g_ptr_array_index(self->found, i);

        if (anomaly->row->len < ERRATA_ANOMALY_LEAST)
            continue;
        anomalies_take_over(self, anomaly);
        for (guint k = 0; anomalies_is_set_aside(self, anomaly) && k < anomaly->row->len; k++)
            self->analysis->set_aside[g_array_index(anomaly->row, guint32, k)] = 1;
        errata_case_add_finding(self->analysis->result, errata_anomalies_report(self, anomaly));
    }
    errata_case_tried(self->analysis->result, "anomalies", self->n_tried);
}

static char *
anomalies_why_not(const ErrataAnalysis *analysis)
{
    return analysis->frame->n_rows < ANOMALIES_ROWS
               ? g_strdup_printf("%" G_GSIZE_FORMAT " rows; at least %d are needed",
                                 analysis->frame->n_rows,
                                 ANOMALIES_ROWS)
               : NULL;
}

static gboolean
anomalies_run(ErrataAnalysis *analysis, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(anomaly_free);
    g_autoptr(GArray) numeric = g_array_new(FALSE, FALSE, sizeof(guint));
    ErrataAnomalies self = {analysis, found, numeric, 0};

    for (guint i = 0; i < analysis->frame->n_columns; i++) {
        ErrataRole role = analysis->schema->columns[i].role;

        if ((role == ERRATA_ROLE_FEATURE || role == ERRATA_ROLE_GROUP) &&
            errata_schema_is_logged(analysis->schema, i) &&
            errata_column_is_numeric(analysis->frame->columns[i]))
            g_array_append_val(numeric, i);
    }
    self.n_tried = numeric->len;
    anomalies_sentinels(&self);
    errata_anomalies_repeated(&self); /* a record that came again and again thickens a tail */
    errata_anomalies_tails(&self);
    errata_anomalies_joint(&self);
    errata_anomalies_outputs(&self);
    errata_anomalies_unlike(&self);
    errata_anomalies_rank(&self);
    anomalies_report_all(&self);
    errata_case_method(
        analysis->result,
        "Anomalies: one value at an end, repeated and apart from all others, unless, being 0, its rows lie where "
        "the other columns foretell values near it (of low severity where one cause parts its rows from all others; read as missing "
        "everywhere else); values beyond a generalised Pareto law of the outer 5 %% of their column "
        "(Benjamini–Hochberg over all rows and columns at 0.05), or behind a gap that the spacings of "
        "the tail below it do not explain (p ≤ 0.01, all gaps and columns counted) or that is over five times as wide as the column; the same values in three columns' "
        "outer 1 %% in at least 5 rows where under a hundredth of them is expected; usual values that do "
        "not go together, by the Mahalanobis distance of their normal scores; one output for 20 rows "
        "or more in a row; outputs unlike what boosted trees expect of alike rows of the other half. "
        "Rows are ranked by an isolation forest of 256 trees.");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_anomalies = {
    .id = "anomalies",
    .why_not = anomalies_why_not,
    .run = anomalies_run,
};
