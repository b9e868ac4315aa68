/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that hold a code for “no value” are missing to every search, which finds them once more: as
 * a slice of the column's missing values, as a column that is missing more often. Where the code's
 * rows are wrong more often than others without it as well, or are nearly its rows, such a slice is
 * the code's matter; what is missing more often is so in any case, where all that is missing is the
 * code. METHODS 0. */
#include <math.h>
#include <string.h>

#include "causes.h"
#include "clean.h"
#include "slices-search.h"
#include "sources.h"

#define CODES_WITHIN 0.8  /* of a slice's rows, that hold the code */
#define CODES_CHANCE 2.33 /* standard deviations: p < 0.01, one-sided */

static gboolean
codes_is_code(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_ANOMALY && finding->confirmed && finding->row != NULL &&
           finding->severity >= ERRATA_SEVERITY_MEDIUM && finding->subject.columns != NULL &&
           g_strcmp0(errata_finding_note(finding, "anomaly"), "sentinel") == 0 &&
           errata_finding_note(finding, "innocent") == NULL;
}

/* whether a finding says that a column is missing more often */
static gboolean
codes_is_more(const ErrataFinding *finding, const char *column)
{
    const ErrataSubject *subject = &finding->subject;

    if (finding->kind == ERRATA_FINDING_DRIFT)
        return g_strcmp0(subject->column, column) == 0 &&
               g_strcmp0(subject->test, "two proportions") == 0 && subject->statistic > 0.0;
    return finding->kind == ERRATA_FINDING_CHANGE_POINT && subject->series != NULL &&
           g_str_has_prefix(subject->series, "missing:") &&
           strcmp(subject->series + strlen("missing:"), column) == 0 &&
           subject->after > subject->before;
}

/* rows of the log: bit 0 for those that hold the code, bit 1 for those of a slice within them */
enum {
    CODES_HOLDS = 1,
    CODES_SLICE = 2
};

/* rows of a slice that hold the code */
static gsize
codes_within(const guint8 *mark, const ErrataFinding *finding)
{
    gsize within = 0;

    if (finding->kind != ERRATA_FINDING_SLICE || finding->row == NULL || finding->n_rows == 0 ||
        errata_finding_note(finding, "better") != NULL)
        return 0;
    for (gsize k = 0; k < finding->n_rows; k++)
        within += mark[finding->row[k]] & CODES_HOLDS;
    return within;
}

/* whether a slice is one of the code's own, at some values of other columns */
static gboolean
codes_is_named(const ErrataFinding *finding, const char *column)
{
    for (guint i = 0; i < finding->subject.predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(finding->subject.predicates, i);

        if (g_strcmp0(predicate->column, column) == 0)
            return TRUE;
    }
    return FALSE;
}

/* whether rows within those of the code are nearly all of them */
static gboolean
codes_is_whole(gsize n_within, const ErrataFinding *code)
{
    return (double)n_within >= CODES_WITHIN * (double)code->n_rows;
}

static ErrataCauseLoss
codes_loss(const ErrataAnalysis *analysis, const guint8 *mark, guint8 which)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autofree guint32 *row = g_new(guint32, MAX(outcome->n_rows, 1));
    gsize n = 0;

    for (gsize i = 0; i < outcome->n_rows; i++)
        if (mark[i] == which)
            row[n++] = (guint32)i;
    return errata_causes_loss(outcome, NULL, row, n);
}

/* A slice within the rows of a code may be all that is wrong with them, unless the code is one of
 * its conditions: whether they err more than rows elsewhere, as a slice must, also without such
 * slices. Of slices that leave hardly a row none is the cause: then it is the code's. */
static gboolean
codes_costs(const ErrataAnalysis *analysis, const ErrataFinding *code, guint8 *mark)
{
    const GPtrArray *findings = analysis->result->findings;
    ErrataCauseLoss in, out;
    gsize n_slice = 0;

    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);
        gsize within = codes_within(mark, finding);

        if (errata_finding_note(finding, "told") != NULL || within == 0 ||
            codes_is_named(finding, code->subject.columns[0]) ||
            (double)within < CODES_WITHIN * (double)finding->n_rows || codes_is_whole(within, code))
            continue;
        for (gsize k = 0; k < finding->n_rows; k++)
            mark[finding->row[k]] |= CODES_SLICE;
    }
    for (gsize k = 0; k < code->n_rows; k++)
        n_slice += (mark[code->row[k]] & CODES_SLICE) != 0;
    if (codes_is_whole(n_slice, code))
        return TRUE;
    in = codes_loss(analysis, mark, CODES_HOLDS);
    out = codes_loss(analysis, mark, 0);
    return in.mean >= SLICES_MIN_LIFT * out.mean &&
           in.mean - out.mean > CODES_CHANCE * sqrt(in.variance + out.variance);
}

/* part of a finding that is the code's matter */
static double
codes_part(const ErrataAnalysis *analysis,
           const ErrataFinding *code,
           const guint8 *mark,
           gboolean costs,
           const ErrataFinding *finding)
{
    const char *name = code->subject.columns[0];
    gsize within = codes_within(mark, finding);
    guint column;

    if (codes_is_more(finding, name))
        return analysis->clean != NULL &&
                       errata_frame_find(analysis->frame, name, &column) != NULL &&
                       !isnan(errata_clean_only(analysis->clean, column))
                   ? 1.0
                   : 0.0;
    return within > 0 && (costs || codes_is_whole(within, code))
               ? (double)within / (double)finding->n_rows
               : 0.0;
}

static void
codes_point(const ErrataAnalysis *analysis, ErrataFinding *code)
{
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    gboolean costs;

    for (gsize k = 0; k < code->n_rows; k++)
        mark[code->row[k]] = CODES_HOLDS;
    costs = codes_costs(analysis, code, mark);
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        double part = errata_finding_note(finding, "told") == NULL
                          ? codes_part(analysis, code, mark, costs, finding)
                          : 0.0;

        if (part < CODES_WITHIN)
            continue;
        code->severity = MAX(code->severity, finding->severity);
        code->rank = MAX(code->rank, finding->rank);
        errata_finding_point(finding, code, "part of it that lies in rows with a code", part);
    }
}

/**
 * errata_sources_codes:
 * @analysis: a log; what else has a source points to it already
 *
 * Lets slices whose rows hold a code for “no value”, and columns that are missing more often for a
 * code, point to the code, which is as grave as they were.
 */
void
errata_sources_codes(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++)
        if (codes_is_code(g_ptr_array_index(findings, i)))
            codes_point(analysis, g_ptr_array_index(findings, i));
}
