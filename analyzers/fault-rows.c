/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows are set aside for a fault of one column, and which for one of the whole row. */
#include "fault-rows.h"

#include <string.h>

#include "causes.h"

#define FAULT_LONG 0.5 /* of the rows: without such a window too little is left to follow */

/* a new writing has its whole window set aside, which is fair to all columns: half of it is not; an
 * exchange is a fault of two columns */
static const ErrataColumn *
fault_column(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    if (finding->kind == ERRATA_FINDING_ANOMALY)
        return errata_causes_is_fault(finding)
                   ? errata_frame_find(analysis->frame, finding->subject.columns[0], NULL)
                   : NULL;
    if (finding->subject.column == NULL || finding->subject.columns != NULL ||
        g_strcmp0(finding->subject.bug, "encoding-change") == 0 ||
        g_strcmp0(finding->subject.bug, "column-swap") == 0)
        return NULL;
    return errata_frame_find(analysis->frame, finding->subject.column, NULL);
}

/* faults, and repeated records; other odd rows may be those of a fault, too, but are not set aside
 * themselves */
static gboolean
fault_sets_aside(const ErrataFinding *finding)
{
    return errata_causes_is_fault(finding) ||
           (finding->kind == ERRATA_FINDING_ANOMALY &&
            g_strcmp0(errata_finding_note(finding, "anomaly"), "repeated") == 0);
}

static void
fault_column_clear(gpointer data)
{
    g_free(((ErrataFaultColumn *)data)->row);
}

static guint8 *
fault_find(const ErrataFaultRows *self, const ErrataColumn *column)
{
    for (guint i = 0; i < self->columns->len; i++) {
        const ErrataFaultColumn *faults = &g_array_index(self->columns, ErrataFaultColumn, i);

        if (faults->column == column)
            return faults->row;
    }
    return NULL;
}

static guint8 *
fault_mask(ErrataFaultRows *self, const ErrataColumn *column, gsize n_rows)
{
    ErrataFaultColumn faults = {column, fault_find(self, column)};

    if (faults.row == NULL) {
        faults.row = g_new0(guint8, MAX(n_rows, 1));
        g_array_append_val(self->columns, faults);
    }
    return faults.row;
}

/* rows of one column's fault only are given back */
static void
fault_give_back(ErrataFaultRows *self, const ErrataAnalysis *analysis, const guint8 *kept_out)
{
    const guint8 *duplicate = analysis->outcome->duplicate;

    for (gsize row = 0; row < analysis->frame->n_rows; row++) {
        guint8 of_column = 0;

        if (self->whole[row] == 0 || kept_out[row] != 0 ||
            (duplicate != NULL && duplicate[row] != 0))
            continue;
        for (guint i = 0; i < self->columns->len; i++)
            of_column |= g_array_index(self->columns, ErrataFaultColumn, i).row[row];
        self->whole[row] = of_column == 0;
    }
}

/* all rows of the window in which a fault befell one group; of a long one only those it befell */
static void
fault_window(ErrataFaultRows *self, const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    g_autofree guint8 *hit = NULL;
    gsize n_rows = analysis->frame->n_rows;
    gsize from = n_rows, to = 0;

    if (errata_finding_evidence(finding, "group") == NULL)
        return;
    hit = g_new0(guint8, MAX(n_rows, 1));
    for (gsize i = 0; i < finding->n_rows; i++)
        hit[finding->row[i]] = analysis->set_aside[finding->row[i]];
    for (gsize i = 0; i < n_rows; i++)
        if (hit[analysis->outcome->order[i]] != 0) {
            from = MIN(from, i);
            to = i + 1;
        }
    for (gsize i = from; i < to && (double)(to - from) <= FAULT_LONG * (double)n_rows; i++)
        self->model[analysis->outcome->order[i]] = 1;
}

/**
 * errata_fault_rows_new:
 * @analysis: a log whose faults were looked for
 *
 * Returns: (transfer full): its rows that are set aside, by what they are set aside for
 */
ErrataFaultRows *
errata_fault_rows_new(const ErrataAnalysis *analysis)
{
    ErrataFaultRows *self = g_new0(ErrataFaultRows, 1);
    gsize n_rows = analysis->frame->n_rows;
    g_autofree guint8 *kept_out = g_new0(guint8, MAX(n_rows, 1));
    const GPtrArray *findings = analysis->result->findings;

    self->whole = g_new0(guint8, MAX(n_rows, 1));
    self->model = g_new0(guint8, MAX(n_rows, 1));
    self->columns = g_array_new(FALSE, FALSE, sizeof(ErrataFaultColumn));
    g_array_set_clear_func(self->columns, fault_column_clear);
    if (analysis->set_aside == NULL)
        return self;
    memcpy(self->whole, analysis->set_aside, n_rows);
    memcpy(self->model, analysis->set_aside, n_rows);
    for (guint f = 0; f < findings->len; f++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, f);
        const ErrataColumn *column;
        guint8 *mask = kept_out;

        if (finding->row == NULL || !fault_sets_aside(finding))
            continue;
        column = fault_column(analysis, finding);
        if (column != NULL)
            mask = fault_mask(self, column, n_rows);
        for (gsize i = 0; i < finding->n_rows; i++)
            mask[finding->row[i]] |= analysis->set_aside[finding->row[i]];
        fault_window(self, analysis, finding);
    }
    fault_give_back(self, analysis, kept_out);
    return self;
}

void
errata_fault_rows_free(ErrataFaultRows *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->columns);
    g_free(self->whole);
    g_free(self->model);
    g_free(self);
}

/**
 * errata_fault_rows_of:
 * @self: rows that are set aside
 * @column: a column of the log
 *
 * Returns: (transfer none) (nullable) (array length=n_rows): 1 for the rows of its own faults,
 * %NULL where it
 *   has none
 */
const guint8 *
errata_fault_rows_of(const ErrataFaultRows *self, const ErrataColumn *column)
{
    return fault_find(self, column);
}
