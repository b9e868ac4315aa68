/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that hold a code for “no value” are missing to every search, which finds them once more: as
 * a slice of the column's missing values, as a column that is missing more often. Where the code's
 * rows are wrong more often than others, such a slice is the code's matter; what is missing more
 * often is so in any case, where all that is missing is the code. METHODS 0. */
#include <math.h>
#include <string.h>

#include "clean.h"
#include "sources.h"

#define CODES_WITHIN 0.8 /* of a slice's rows, that hold the code */

static gboolean
codes_is_code(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_ANOMALY && finding->confirmed && finding->row != NULL &&
           finding->severity >= ERRATA_SEVERITY_MEDIUM && finding->subject.columns != NULL &&
           g_strcmp0(errata_finding_note(finding, "anomaly"), "sentinel") == 0 &&
           errata_finding_note(finding, "innocent") == NULL;
}

static gboolean
codes_costs(const ErrataFinding *code)
{
    const ErrataEvidence *in = errata_finding_evidence(code, "rate_in");
    const ErrataEvidence *out = errata_finding_evidence(code, "rate_out");

    return in != NULL && out != NULL && in->value > out->value;
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

static double
codes_part(const ErrataAnalysis *analysis,
           const ErrataFinding *code,
           const guint8 *mark,
           const ErrataFinding *finding)
{
    const char *name = code->subject.columns[0];
    gsize within = 0;
    guint column;

    if (codes_is_more(finding, name))
        return analysis->clean != NULL &&
                       errata_frame_find(analysis->frame, name, &column) != NULL &&
                       !isnan(errata_clean_only(analysis->clean, column))
                   ? 1.0
                   : 0.0;
    if (finding->kind != ERRATA_FINDING_SLICE || finding->row == NULL || finding->n_rows == 0 ||
        errata_finding_note(finding, "better") != NULL || !codes_costs(code))
        return 0.0;
    for (gsize k = 0; k < finding->n_rows; k++)
        within += mark[finding->row[k]];
    return (double)within / (double)finding->n_rows;
}

static void
codes_point(const ErrataAnalysis *analysis, ErrataFinding *code)
{
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    for (gsize k = 0; k < code->n_rows; k++)
        mark[code->row[k]] = 1;
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        double part = errata_finding_note(finding, "told") == NULL
                          ? codes_part(analysis, code, mark, finding)
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
