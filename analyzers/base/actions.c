/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do about findings, in order. What is grave and broken comes first where no gain of its
 * repair could be computed, such as a column that tells the answer; then everything in the order of
 * what it would gain, for an upper bound of what is sure of it. Gains in the report's own metric
 * come before others, since gains of different metrics cannot be weighed, and those before repairs
 * that nothing hangs on. Rows left to a person come last: that gain is one of the rest. The same
 * remedy for several findings is told once. */
#include "actions.h"

#include <math.h>

#define ACTIONS_LEAST 0.0005 /* of a metric; less is told with its finding only */

gboolean
errata_actions_is_hard_ground(const ErrataFinding *finding)
{
    if (finding->kind == ERRATA_FINDING_CLUSTER)
        return g_strcmp0(errata_finding_note(finding, "hard"), "known") == 0;
    return finding->kind == ERRATA_FINDING_SLICE &&
           g_strcmp0(finding->subject.direction, "known") == 0;
}

static gboolean
actions_is_headline(const ErrataCase *report_case, const ErrataSuggestion *suggestion)
{
    const char *headline = report_case->headline != NULL ? report_case->headline : "accuracy";

    /* the rates of errors and their mean sizes are what findings about rows are told in */
    return g_strcmp0(suggestion->metric, headline) == 0 ||
           g_strcmp0(suggestion->metric, "accuracy") == 0 ||
           g_strcmp0(suggestion->metric, "mae") == 0;
}

static guint
actions_turn(const ErrataAction *action)
{
    double size = errata_suggestion_size(action->suggestion);

    if (size < ACTIONS_LEAST) /* only repairs are told without a gain */
        return !isfinite(size) && action->finding->severity >= ERRATA_SEVERITY_HIGH ? 0 : 3;
    return errata_suggestion_leaves(action->suggestion) ? 4 : action->headline ? 1 : 2;
}

static int
actions_order_cb(gconstpointer a, gconstpointer b)
{
    const ErrataAction *x = a;
    const ErrataAction *y = b;
    double size_x = errata_suggestion_size(x->suggestion);
    double size_y = errata_suggestion_size(y->suggestion);

    if (actions_turn(x) != actions_turn(y))
        return actions_turn(x) < actions_turn(y) ? -1 : 1;
    if (size_x > size_y || size_x < size_y)
        return size_x > size_y ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* one remedy may be named by several findings: a model is trained again once, and what comes from
 * another finding has that one's remedy, whose gain is an upper bound there */
static gboolean
actions_is_told(const GArray *actions, const ErrataSuggestion *suggestion)
{
    for (guint i = 0; i < actions->len; i++) {
        const ErrataSuggestion *other = g_array_index(actions, ErrataAction, i).suggestion;

        if (g_strcmp0(other->action, suggestion->action) != 0)
            continue;
        if (suggestion->upper_bound && g_strcmp0(other->text, suggestion->text) == 0 &&
            g_strcmp0(other->metric, suggestion->metric) == 0)
            return TRUE;
        if (g_strcmp0(other->method, suggestion->method) == 0 &&
            fabs(other->to - suggestion->to) < 1e-12 &&
            fabs(other->from - suggestion->from) < 1e-12)
            return TRUE;
    }
    return FALSE;
}

/**
 * errata_actions_gather:
 * @report_case: a finished case
 *
 * Returns: (transfer full) (element-type ErrataAction): what to do, what matters most first;
 * borrows from
 *   @report_case
 */
GArray *
errata_actions_gather(const ErrataCase *report_case)
{
    GArray *actions = g_array_new(FALSE, FALSE, sizeof(ErrataAction));

    for (guint i = 0; i < report_case->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report_case->findings, i);

        for (guint j = 0; j < finding->suggestions->len; j++) {
            ErrataAction action = {finding, g_ptr_array_index(finding->suggestions, j), i, FALSE};
            gboolean repair;

            if (errata_actions_is_hard_ground(finding) && action.suggestion->upper_bound)
                continue;
            action.headline = actions_is_headline(report_case, action.suggestion);
            repair = j == 0 && finding->severity >= ERRATA_SEVERITY_MEDIUM &&
                     (finding->kind == ERRATA_FINDING_DATA_BUG ||
                      finding->kind == ERRATA_FINDING_LEAKAGE ||
                      g_strcmp0(action.suggestion->action, "fix-pipeline") == 0);
            if ((repair || errata_suggestion_size(action.suggestion) >= ACTIONS_LEAST) &&
                !actions_is_told(actions, action.suggestion))
                g_array_append_val(actions, action);
        }
    }
    g_array_sort(actions, actions_order_cb);
    return actions;
}
