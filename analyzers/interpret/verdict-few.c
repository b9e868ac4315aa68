/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures that are those of a few rows: an error that one row makes, an accuracy that is the share
 * of a class. */
#include "verdict-few.h"

#include <math.h>

#include "words.h"

#define FEW_RARE 0.95 /* of the rows that are of the other class */
#define FEW_MANY 20   /* of a class of which none is found: no chance */
#define FEW_ALL  0.96 /* of the error: nearly all of it */

static const ErrataFinding *
few_find(const ErrataCase *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->kind == ERRATA_FINDING_LABEL_ISSUE &&
            finding->severity >= ERRATA_SEVERITY_MEDIUM &&
            errata_finding_evidence(finding, "rest") != NULL)
            return finding;
    }
    return NULL;
}

/* whether what was predicted is what the scores say at a cut, the log having no predictions */
static gboolean
few_is_cut(const ErrataCase *report)
{
    gboolean scored = FALSE;

    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (g_strcmp0(column->role, "prediction") == 0)
            return FALSE;
        scored |= g_strcmp0(column->role, "score") == 0;
    }
    return scored;
}

/**
 * errata_verdict_few:
 * @report: a finished case
 * @unit: of the label, with a space before it, or empty
 *
 * Returns: (transfer full) (nullable): “one row makes nearly all of that error; the others are off
 * by 4.06”, where labels
 *   of a regression that no error reaches make much of it
 */
char *
errata_verdict_few(const ErrataCase *report, const char *unit)
{
    const ErrataFinding *finding = few_find(report);
    const ErrataEvidence *rest = finding != NULL ? errata_finding_evidence(finding, "rest") : NULL;
    g_autofree char *rows = NULL;
    g_autofree char *part = NULL;
    g_autofree char *others = NULL;

    if (rest == NULL || isnan(rest->value))
        return NULL;
    rows = errata_words_counted(finding->n_rows, "row", "rows");
    part = finding->share_of_errors > FEW_ALL ? g_strdup("nearly all")
                                              : errata_words_part(finding->share_of_errors);
    others = errata_words_number(rest->value, (double)NAN, (double)NAN);
    return g_strdup_printf("%s %s %s of that error; the others are off by %s%s",
                           rows,
                           finding->n_rows == 1 ? "makes" : "make",
                           part,
                           others,
                           unit);
}

/**
 * errata_verdict_rare:
 * @report: a finished case
 *
 * Returns: (transfer full) (nullable): “none of the 19 rows of class 1 is found, and always saying
 * the other class is
 *   right as often”, where the positive class is rare and the accuracy no better than that, or
 *   where none at all of many is found
 */
char *
errata_verdict_rare(const ErrataCase *report)
{
    const ErrataMetric *recall = errata_case_metric(report, "recall");
    const ErrataMetric *rare = errata_case_metric(report, "n_positive");
    const ErrataMetric *most = errata_case_metric(report, "majority_accuracy");
    const ErrataMetric *accuracy = errata_case_metric(report, "accuracy");
    g_autofree char *count = NULL;
    g_autofree char *found = NULL;
    g_autofree char *class = NULL;
    guint64 n_found;

    if (recall == NULL || rare == NULL || most == NULL || accuracy == NULL ||
        report->task != ERRATA_TASK_BINARY || isnan(recall->value) || !(accuracy->value > 0.0) ||
        accuracy->value > most->value)
        return NULL;
    n_found = (guint64)llround(recall->value * rare->value);
    if ((most->value < FEW_RARE || rare->value > (1.0 - FEW_RARE) * (double)accuracy->n) &&
        (n_found > 0 || rare->value < FEW_MANY))
        return NULL;
    count = errata_words_count((guint64)llround(rare->value));
    found = n_found == 0 ? g_strdup("none") : errata_words_count(n_found);
    class = report->positive != NULL ? g_strdup_printf("rows of class %s", report->positive)
                                     : g_strdup("positives");
    return g_strdup_printf(
        "%s of the %s %s %s found%s, and always saying the other class is right %s",
        found,
        count,
        class,
        n_found <= 1 ? "is" : "are",
        few_is_cut(report) ? " at a cut of 0.5" : "",
        accuracy->value < most->value ? "more often" : "as often");
}
