/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event, one row on page 1: a change and the drifts of the columns that moved with it are one
 * thing that happened. The gravest leads; what is for information only is part of it, and stays a
 * finding of its own in the report. */
#include "change-points.h"
#include "links.h"

/* the only change of the column that lasts: then drift without a date of its own is its */
static gboolean
event_is_only(const GPtrArray *findings, const ErrataFinding *change, const char *column)
{
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *other = g_ptr_array_index(findings, i);

        if (other != change && other->kind == ERRATA_FINDING_CHANGE_POINT &&
            errata_change_moves(other, column))
            return FALSE;
    }
    return errata_finding_evidence(change, "back") == NULL;
}

static gboolean
event_has(const ErrataAnalysis *analysis, const ErrataFinding *change, const ErrataFinding *drift)
{
    if (drift->kind != ERRATA_FINDING_DRIFT ||
        !errata_change_moves(change, drift->subject.column) ||
        errata_links_is_opposed(drift, change))
        return FALSE;
    return errata_finding_note(drift, "since") != NULL
               ? errata_change_is_now(analysis, change)
               : event_is_only(analysis->result->findings, change, drift->subject.column);
}

static void
event_add(const ErrataFinding *leader, ErrataFinding *part)
{
    if (part == leader || part->severity > ERRATA_SEVERITY_INFO ||
        errata_finding_note(part, "part-of") != NULL)
        return;
    g_ptr_array_add(part->notes, g_strdup_printf("part-of=%s", leader->id));
}

/**
 * errata_links_events:
 * @analysis: a log whose findings are ranked and numbered
 *
 * Notes `part-of=F1` on changes and drifts for information that are one event with another finding,
 * which leads.
 */
void
errata_links_events(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint c = 0; c < findings->len; c++) {
        ErrataFinding *change = g_ptr_array_index(findings, c);
        g_autoptr(GPtrArray) drifts = g_ptr_array_new();
        const ErrataFinding *leader = change;

        for (guint d = 0; change->kind == ERRATA_FINDING_CHANGE_POINT && d < findings->len; d++) {
            ErrataFinding *drift = g_ptr_array_index(findings, d);

            if (!event_has(analysis, change, drift))
                continue;
            g_ptr_array_add(drifts, drift);
            if (drift->severity > leader->severity)
                leader = drift;
        }
        if (drifts->len > 0)
            event_add(leader, change);
        for (guint d = 0; d < drifts->len; d++)
            event_add(leader, g_ptr_array_index(drifts, d));
    }
}
