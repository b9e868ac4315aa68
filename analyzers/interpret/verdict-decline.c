/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That performance has fallen, behind how good it is. */
#include "verdict-decline.h"

#include <math.h>
#include <string.h>

#include "precision.h"
#include "prose.h"
#include "words.h"

/* whether the end of the log is no worse than the whole of it: then only what it is compared with
 * is news */
static gboolean
decline_is_throughout(const ErrataCase *report, const ErrataEvidence *to)
{
    gboolean share = to->unit == ERRATA_UNIT_SHARE;
    const ErrataMetric *whole = errata_case_metric(report, share ? "accuracy" : "mae");

    return whole != NULL && (share ? to->value >= whole->value : to->value <= whole->value);
}

/* the accuracies' difference, with the digits that they have */
static char *
decline_points(const ErrataCase *report, double from, double to)
{
    const ErrataMetric *now = errata_case_metric(report, "accuracy");
    int place = now != NULL ? errata_precision_of_share(now->value, now->lo, now->hi) : -1;
    double points = errata_precision_round(100.0 * (to - from), place);

    return errata_words_points(fabs(points) / 100.0, 0.0);
}

/* “, 15.2 points more than in the earlier report”: better than it was, as is told of worse; nothing
 * where it is not */
static char *
decline_rise(const ErrataCase *report, const char *unit)
{
    const ErrataSince *since = report->performance.since;
    gboolean share = since != NULL && strcmp(since->metric, "accuracy") == 0;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (since == NULL || !since->changed || (since->difference > 0.0) != share)
        return g_strdup("");
    if (share) {
        after = decline_points(report, since->from, since->to);
        return g_strdup_printf(", %s more than in the earlier report", after);
    }
    errata_words_pair(since->from, since->to, &before, &after);
    return g_strdup_printf(", against %s%s in the earlier report", before, unit);
}

/**
 * errata_verdict_decline:
 * @report: a case
 * @finding: (nullable): that performance has fallen
 * @unit: of the target, with what stands before it
 *
 * Returns: (transfer full): “, but 84.1 % at the end of the log, against 92.8 % on the reference”;
 *   without the end where that is no worse than all of the log; a ROC AUC that fell by its name,
 *   with both values; without @finding, that it is better than in the earlier report, or nothing
 */
char *
errata_verdict_decline(const ErrataCase *report, const ErrataFinding *finding, const char *unit)
{
    const ErrataEvidence *from = finding != NULL ? errata_finding_evidence(finding, "metric_from")
                                                 : NULL;
    const ErrataEvidence *to = finding != NULL ? errata_finding_evidence(finding, "metric_to")
                                               : NULL;
    gboolean earlier = finding != NULL && errata_finding_note(finding, "against") != NULL;
    const char *where = errata_prose_has_reference(report) ? "on the reference"
                        : finding != NULL && errata_finding_note(finding, "before") != NULL
                            ? "before"
                            : "in the first half";
    const char *learnt = finding != NULL && errata_finding_note(finding, "learnt") != NULL
                             ? ", from which it may have learnt"
                             : "";
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    if (finding == NULL)
        return decline_rise(report, unit);
    if (from == NULL || to == NULL || isnan(from->value) || isnan(to->value) ||
        (finding->severity <= ERRATA_SEVERITY_LOW &&
         g_strcmp0(errata_finding_note(finding, "learnt"), "seems") == 0))
        return g_strdup("");
    if (to->unit == ERRATA_UNIT_SHARE && earlier) {
        after = decline_points(report, from->value, to->value);
        return g_strdup_printf(", %s less than in the earlier report", after);
    }
    if (to->unit == ERRATA_UNIT_SHARE) {
        before = errata_words_share(from->value, from->lo, from->hi);
        after = errata_words_share(to->value, to->lo, to->hi);
        if (decline_is_throughout(report, to))
            return g_strdup_printf(", against %s %s%s", before, where, learnt);
        return g_strdup_printf(", but %s at the end of the log, against %s %s%s",
                               after,
                               before,
                               where,
                               learnt);
    }
    errata_words_pair(from->value, to->value, &before, &after);
    if (earlier && g_strcmp0(finding->metric, "roc_auc") == 0) /* what stands before is not that */
        return g_strdup_printf(", with a ROC AUC of %s, against %s in the earlier report",
                               after,
                               before);
    if (earlier)
        return g_strdup_printf(", against %s%s in the earlier report", before, unit);
    if (decline_is_throughout(report, to))
        return g_strdup_printf(", against %s%s %s", before, unit, where);
    return g_strdup_printf(", but by %s%s at the end of the log, against %s%s %s",
                           after,
                           unit,
                           before,
                           unit,
                           where);
}
