/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do, after all is found: gains that need the whole log are computed here, costs to slices
 * are told, and what a finding suggests is put in the order of what it would gain. METHODS 9. */
#include "suggestions.h"

#include <math.h>
#include <string.h>

#include "actions.h"
#include "fairness.h"
#include "intervals.h"
#include "overlap.h"
#include "sources.h"
#include "words.h"

#define SUGGESTIONS_TAIL 0.3  /* of the rows are "now" where no change is known: METHODS 5 */
#define SUGGESTIONS_MOST 0.8  /* of the rows: beyond that, no others are left to compare with */
#define SUGGESTIONS_NEAR 1000 /* rows on each side of a window that are its neighbours, at least */

/* marks of rows for a comparison */
enum {
    SIDE_IGNORED = 0,
    SIDE_IN = 1,
    SIDE_OUT = 2,
    SIDE_GROUP = 4, /* besides: in a group that errs */
};

static guint8 *
suggestions_mark(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    guint8 *mark = g_malloc(MAX(analysis->outcome->n_rows, 1));

    memset(mark, SIDE_OUT, analysis->outcome->n_rows);
    for (gsize i = 0; finding->row != NULL && i < finding->n_rows; i++)
        mark[finding->row[i]] = SIDE_IN;
    return mark;
}

/* the rows of now: since the last lasting change, which is at @changed_at, else the last third */
static guint8 *
suggestions_mark_now(const ErrataAnalysis *analysis, gsize changed_at)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = outcome->n_rows;
    gsize from = changed_at > 0 ? changed_at : (gsize)((1.0 - SUGGESTIONS_TAIL) * (double)n);
    guint8 *mark = g_new0(guint8, MAX(n, 1));

    for (gsize i = 0; i < n; i++)
        if (i >= from)
            mark[outcome->order[i]] = SIDE_IN;
        else if (analysis->baseline == NULL || analysis->baseline[outcome->order[i]] != 0)
            mark[outcome->order[i]] = SIDE_OUT;
    return mark;
}

/* of a window in time, only the rows around it are its others */
static void
suggestions_keep_near(const ErrataAnalysis *analysis, guint8 *mark)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = outcome->n_rows;
    gsize first = n;
    gsize last = 0;
    gsize near;

    for (gsize i = 0; i < n; i++)
        if (mark[outcome->order[i]] == SIDE_IN) {
            first = MIN(first, i);
            last = i;
        }
    if (first == n)
        return;
    near = MAX(last - first + 1, (gsize)SUGGESTIONS_NEAR);
    for (gsize i = 0; i < n; i++)
        if (i + near < first || i > last + near)
            if (mark[outcome->order[i]] == SIDE_OUT)
                mark[outcome->order[i]] = SIDE_IGNORED;
}

static gboolean
suggestions_compare(const ErrataAnalysis *analysis,
                    const guint8 *mark,
                    double part,
                    const char *method,
                    ErrataSuggestion *suggestion)
{
    ErrataRate in = errata_suggestions_side(analysis->outcome, mark, SIDE_IN);
    ErrataRate out = errata_suggestions_side(analysis->outcome, mark, SIDE_OUT);

    return errata_suggestions_as_others(analysis, &in, &out, part, method, suggestion);
}

/* the rows of now against those of the reference, or of the log's beginning */
static gboolean
suggestions_against_baseline(const ErrataAnalysis *analysis,
                             const guint8 *now,
                             double part,
                             const char *method,
                             ErrataSuggestion *suggestion)
{
    ErrataRate in = errata_suggestions_side(analysis->outcome, now, SIDE_IN);
    ErrataRate out = {.n = 0.0};

    if (analysis->reference_outcome != NULL)
        out = errata_suggestions_side(analysis->reference_outcome, NULL, 0);
    if (!(out.n > 0.0))
        out = errata_suggestions_side(analysis->outcome, now, SIDE_OUT);
    return errata_suggestions_as_others(analysis, &in, &out, part, method, suggestion);
}

/* a rise that the scores foretold came with harder cases, which the model judges as well as
 * before */
static gboolean
suggestions_foretold(const ErrataAnalysis *analysis,
                     const ErrataFinding *finding,
                     ErrataSuggestion *suggestion)
{
    if (g_strcmp0(errata_finding_note(finding, "errors"), "foretold") != 0)
        return FALSE;
    return errata_suggestions_nothing(
        analysis,
        analysis->outcome->task == ERRATA_TASK_REGRESSION
            ? "what is predicted foretold the errors: other numbers, predicted as well as before"
            : "the scores foretold the errors: harder cases, judged as well as before",
        suggestion);
}

/* the part of a change in the errors that a column explains may as well be none */
static gboolean
suggestions_costs_nothing(const ErrataFinding *drift)
{
    const ErrataEvidence *share = errata_finding_evidence(drift, "share_of_loss");

    return share != NULL && share->lo <= 0.0;
}

/* drift: a model learnt anew, or the part of the change that the column explains */
static void
suggestions_drift(const ErrataAnalysis *analysis,
                  const ErrataFinding *finding,
                  ErrataSuggestion *suggestion)
{
    g_autofree guint8 *now = suggestions_mark_now(analysis, analysis->changed_at);
    double part = finding->subject.share_of_loss;

    if (suggestions_foretold(analysis, finding, suggestion))
        return;
    if (strcmp(suggestion->action, "retrain") == 0) {
        g_autofree guint8 *only = g_memdup2(now, MAX(analysis->outcome->n_rows, 1));

        for (gsize row = 0; row < analysis->outcome->n_rows; row++)
            only[row] = now[row] == SIDE_IN ? 1 : 0;
        if (errata_suggestions_relearn(analysis, only, suggestion))
            return;
    }
    if (suggestions_costs_nothing(finding) || strcmp(suggestion->action, "monitor") == 0 ||
        (isnan(part) && errata_suggestions_reweigh(analysis, finding->subject.column, suggestion) &&
         !(suggestion->lo > 0.0))) {
        errata_suggestions_nothing(analysis,
                                   "that the move of the column costs anything is not sure",
                                   suggestion);
        return;
    }
    if (isnan(part) && suggestion->metric != NULL)
        return;
    if (isnan(part))
        suggestions_against_baseline(analysis,
                                     now,
                                     1.0,
                                     "if the rows of now were as right as before; how much of that "
                                     "this column explains is not known",
                                     suggestion);
    else
        suggestions_against_baseline(
            analysis,
            now,
            CLAMP(part, 0.0, 1.0),
            "the part of the change in the errors that the column explains",
            suggestion);
}

/* undoing what did not make the errors more gains nothing: that they are more in its rows may be
 * the doing of what changed later */
static void
suggestions_change(const ErrataAnalysis *analysis,
                   const ErrataFinding *finding,
                   ErrataSuggestion *suggestion)
{
    g_autofree guint8 *mark = NULL;

    if (suggestions_foretold(analysis, finding, suggestion))
        return;
    if (!errata_sources_is_step(finding)) {
        errata_suggestions_nothing(analysis, "the errors did not become more with it", suggestion);
        return;
    }
    mark = suggestions_mark(analysis, finding);

    if (strcmp(suggestion->action, "retrain") == 0) {
        g_autofree guint8 *only = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

        for (gsize row = 0; row < analysis->outcome->n_rows; row++)
            only[row] = mark[row] == SIDE_IN ? 1 : 0;
        if (errata_suggestions_relearn(analysis, only, suggestion))
            return;
    }
    suggestions_compare(analysis,
                        mark,
                        1.0,
                        "if the rows since then were as right as those before",
                        suggestion);
}

/* what a fall owes to other rows no model gets back by learning anew: alike rows are predicted as
 * before */
static void
suggestions_performance(const ErrataAnalysis *analysis,
                        const ErrataFinding *finding,
                        ErrataSuggestion *suggestion)
{
    g_autofree guint8 *now = suggestions_mark_now(analysis, analysis->worse_at);
    double part = 1.0;
    g_autofree guint8 *only = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    if (suggestions_foretold(analysis, finding, suggestion))
        return;
    if (strcmp(suggestion->action, "monitor") == 0) {
        errata_suggestions_nothing(analysis,
                                   "rows that the model learnt from are no measure of others",
                                   suggestion);
        return;
    }
    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        only[row] = now[row] == SIDE_IN ? 1 : 0;
    for (guint i = 0; i < finding->subject.because->len; i++) {
        const ErrataShare *cause = g_ptr_array_index(finding->subject.because, i);

        if (g_strcmp0(cause->value, "covariate-shift") == 0 && isfinite(cause->rate))
            part -= cause->rate;
    }
    if (!errata_suggestions_relearn(analysis, only, suggestion))
        suggestions_against_baseline(
            analysis,
            now,
            CLAMP(part, 0.0, 1.0),
            part < 1.0 ? "the part of the change that does not come with other rows"
                       : "if the rows of now were as right as those of the "
                         "baseline",
            suggestion);
}

/* every row is prepared otherwise than in the reference: what the column's values tell, or at most
 * the whole distance between the two */
static void
suggestions_skew(const ErrataAnalysis *analysis,
                 const ErrataFinding *finding,
                 ErrataSuggestion *suggestion)
{
    g_autofree guint8 *mark = NULL;

    if (errata_suggestions_reweigh(analysis, finding->subject.column, suggestion))
        return;
    mark = g_malloc(MAX(analysis->outcome->n_rows, 1));
    memset(mark, SIDE_IN, analysis->outcome->n_rows);
    if (suggestions_against_baseline(analysis,
                                     mark,
                                     1.0,
                                     "if all of the distance to the reference, on which the model "
                                     "may have learnt, came of it; likely less",
                                     suggestion))
        suggestion->lo = 0.0;
}

/* what goes with a group that errs is no gain of mending the fault */
static void
suggestions_innocent(const ErrataAnalysis *analysis, guint8 *mark, ErrataSuggestion *suggestion)
{
    errata_overlap_mark_groups(analysis, mark, SIDE_GROUP);
    errata_suggestions_nothing(analysis,
                               "hardly any of these rows is outside a group with more errors",
                               suggestion);
    suggestions_compare(
        analysis,
        mark,
        1.0,
        "if those of these rows that no group with more errors has were as right as "
        "the rest",
        suggestion);
}

static void
suggestions_data_bug(const ErrataAnalysis *analysis,
                     const ErrataFinding *finding,
                     ErrataSuggestion *suggestion)
{
    const char *bug = finding->subject.bug;
    g_autofree guint8 *mark = NULL;

    if (g_strcmp0(bug, "constant") == 0 && !(finding->subject.to > finding->subject.from)) {
        errata_suggestions_nothing(analysis,
                                   "a column of one value moves no prediction",
                                   suggestion);
        return;
    }
    mark = suggestions_mark(analysis, finding);
    if (errata_finding_note(finding, "innocent") != NULL) {
        suggestions_innocent(analysis, mark, suggestion);
        return;
    }
    if (g_strcmp0(bug, "train-serve-skew") == 0 &&
        (finding->row == NULL || finding->share_of_rows > SUGGESTIONS_MOST)) {
        suggestions_skew(analysis, finding, suggestion);
    } else if (finding->subject.to > finding->subject.from) {
        suggestions_keep_near(analysis, mark);
        suggestions_compare(analysis,
                            mark,
                            1.0,
                            "if these rows were as right as those around them",
                            suggestion);
    } else if (finding->row != NULL) {
        suggestions_compare(analysis,
                            mark,
                            1.0,
                            strcmp(bug != NULL ? bug : "", "duplicate-rows") == 0
                                ? "accuracy without the copies"
                                : "if these rows were as right as the rest",
                            suggestion);
    }
}

/* scores alone show no more than how many labels may be wrong: that many more would be right */
static void
suggestions_relabel(const ErrataAnalysis *analysis,
                    const ErrataFinding *finding,
                    ErrataSuggestion *suggestion)
{
    const ErrataEvidence *share = errata_finding_evidence(finding, "share");
    double n = (double)analysis->outcome->n_judged;

    if (share == NULL || isnan(share->value) || !(n > 0.0))
        return;
    suggestion->metric = g_strdup("accuracy");
    suggestion->from = 1.0 - (double)analysis->outcome->n_errors / n;
    suggestion->to = suggestion->from + share->value;
    suggestion->lo = 0.0;
    suggestion->hi = share->hi;
    suggestion->upper_bound = TRUE;
    g_free(suggestion->method);
    suggestion->method = g_strdup("if every label beyond chance that fits its score badly were "
                                  "wrong; scores alone cannot tell");
}

/* the greatest difference there is, and the one between the other groups: what is left when the
 * group's rate comes to be that of the others, or what chance makes of equal rates */
static void
suggestions_fairness(const ErrataFinding *finding, ErrataSuggestion *suggestion)
{
    const ErrataEvidence *in = errata_finding_evidence(finding, "rate_in");
    const ErrataEvidence *gap = errata_finding_evidence(finding, "difference");
    double low = (double)INFINITY, high = -(double)INFINITY;
    double left;

    if (in == NULL || gap == NULL || isnan(in->value) || isnan(gap->value))
        return;
    for (guint i = 0; i < finding->subject.groups->len; i++) {
        const ErrataShare *group = g_ptr_array_index(finding->subject.groups, i);

        if (isnan(group->rate) || group->n < ERRATA_FAIRNESS_LEAST ||
            !(fabs(group->rate - in->value) > 0.0))
            continue;
        low = fmin(low, group->rate);
        high = fmax(high, group->rate);
    }
    left = fmax(high > low ? fmin(high - low, gap->value) : 0.0,
                errata_suggestions_even_least(gap));
    suggestion->metric = g_strdup_printf("%s_difference", finding->subject.metric);
    suggestion->from = gap->value;
    suggestion->to = left;
    suggestion->lo = fmax(gap->lo - left, 0.0);
    suggestion->hi = fmax(gap->hi - left, 0.0);
    suggestion->upper_bound = TRUE;
    g_free(suggestion->method);
    suggestion->method = g_strdup("if the rate of the group came to be that of the others");
}

/* rows that a remedy is for, of whatever kind */
static void
suggestions_rows(const ErrataAnalysis *analysis,
                 const ErrataFinding *finding,
                 ErrataSuggestion *suggestion)
{
    g_autofree guint8 *mark = suggestions_mark(analysis, finding);

    suggestions_compare(analysis, mark, 1.0, "if these rows were as right as the rest", suggestion);
}

/* a column that tells the label is no gain to be without on a log that has it; what is right in its
 * absence is told by rows to come */
static void
suggestions_leak(ErrataSuggestion *suggestion)
{
    g_free(suggestion->method);
    suggestion->method = g_strdup("no gain can be told: this log has the column, so that it does "
                                  "not tell how right a model is where it is not known yet");
}

/* the class whose probability alone a finding is about, −1 for no one */
static gint32
suggestions_class(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_CALIBRATION && finding->subject.given != NULL
               ? errata_schema_class(analysis->schema, finding->subject.given)
               : -1;
}

static void
suggestions_compute(const ErrataAnalysis *analysis,
                    const ErrataFinding *finding,
                    ErrataSuggestion *suggestion)
{
    if (finding->kind == ERRATA_FINDING_CLUSTER && errata_actions_is_hard_ground(finding))
        return; /* it lists its errors only, and nothing says that they could be fewer */
    switch (finding->kind) {
    case ERRATA_FINDING_DRIFT:
        suggestions_drift(analysis, finding, suggestion);
        break;
    case ERRATA_FINDING_CHANGE_POINT:
        suggestions_change(analysis, finding, suggestion);
        break;
    case ERRATA_FINDING_PERFORMANCE:
        if (errata_finding_note(finding, "opposed") == NULL)
            suggestions_performance(analysis, finding, suggestion);
        break;
    case ERRATA_FINDING_DATA_BUG:
        if (g_strcmp0(finding->subject.bug, "copied-labels") == 0)
            break;
        if (!errata_suggestions_model_undo(analysis, finding, suggestion))
            suggestions_data_bug(analysis, finding, suggestion);
        break;
    case ERRATA_FINDING_LEAKAGE:
        if (errata_finding_note(finding, "copied") == NULL)
            suggestions_leak(suggestion);
        break;
    case ERRATA_FINDING_CALIBRATION:
        if (finding->row != NULL) {
            g_autofree guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

            for (gsize i = 0; i < finding->n_rows; i++)
                mark[finding->row[i]] = 1;
            errata_suggestions_recalibrate(analysis,
                                           suggestions_class(analysis, finding),
                                           mark,
                                           suggestion);
        }
        break;
    case ERRATA_FINDING_LABEL_ISSUE:
        suggestions_relabel(analysis, finding, suggestion);
        break;
    case ERRATA_FINDING_FAIRNESS:
        if (!errata_suggestions_even(analysis, finding, suggestion))
            suggestions_fairness(finding, suggestion);
        break;
    case ERRATA_FINDING_SLICE:
    case ERRATA_FINDING_CLUSTER:
    case ERRATA_FINDING_ANOMALY:
        if (finding->row != NULL)
            suggestions_rows(analysis, finding, suggestion);
        break;
    case ERRATA_FINDING_THRESHOLD:
    case ERRATA_FINDING_MODEL_FILE:
        break;
    }
}

/* what gains something, what leaves rows to a person, what is not known to gain anything */
static guint
suggestions_turn(const ErrataSuggestion *suggestion)
{
    return !(errata_suggestion_size(suggestion) > 0.0) ? 2
           : errata_suggestion_leaves(suggestion)      ? 1
                                                       : 0;
}

static int
suggestions_order_cb(gconstpointer a, gconstpointer b)
{
    const ErrataSuggestion *x = *(ErrataSuggestion *const *)a;
    const ErrataSuggestion *y = *(ErrataSuggestion *const *)b;
    double size_x = errata_suggestion_size(x);
    double size_y = errata_suggestion_size(y);

    if (suggestions_turn(x) != suggestions_turn(y))
        return suggestions_turn(x) < suggestions_turn(y) ? -1 : 1;
    if (size_x > size_y || size_x < size_y)
        return size_x > size_y ? -1 : 1;
    if (x->upper_bound != y->upper_bound) /* what was measured before what is possible */
        return x->upper_bound ? 1 : -1;
    return g_strcmp0(x->action, y->action);
}

/* a remedy that the log shows to do harm has nothing to be gained by; the others of the finding
 * stay */
static void
suggestions_refuse_loss(ErrataSuggestion *suggestion)
{
    char *method;

    if (suggestion->upper_bound || !(errata_suggestions_points(suggestion) < 0.0))
        return;
    method = g_strdup_printf("no gain on this log: %s",
                             suggestion->method != NULL ? suggestion->method : "replayed");
    g_free(suggestion->method);
    suggestion->method = method;
    suggestion->upper_bound = TRUE; /* of nothing */
}

static void
suggestions_finish(const ErrataAnalysis *analysis,
                   ErrataFinding *finding,
                   ErrataSuggestion *suggestion)
{
    g_autofree char *harm = NULL;
    gboolean mends = finding->kind == ERRATA_FINDING_DATA_BUG && finding->undo != NULL &&
                     strcmp(suggestion->action, "fix-pipeline") == 0;
    gboolean afresh = finding->kind == ERRATA_FINDING_DATA_BUG &&
                      finding->subject.to > finding->subject.from && finding->row != NULL;
    gboolean innocent = finding->kind == ERRATA_FINDING_DATA_BUG && finding->row != NULL &&
                        errata_finding_note(finding, "innocent") != NULL;

    if (strcmp(suggestion->action, "quarantine-file") == 0)
        return; /* computed as it was added; no mending */
    if (suggestion->metric == NULL || afresh || innocent)
        suggestions_compute(analysis, finding, suggestion);
    else if (mends) /* what it would be at most stays where the model cannot be asked */
        afresh = errata_suggestions_model_undo(analysis, finding, suggestion);
    suggestions_refuse_loss(suggestion);
    errata_suggestions_clip(suggestion);
    errata_suggestions_rebase(analysis, suggestion);
    if (afresh && suggestion->metric != NULL) {
        g_free(finding->metric);
        finding->metric = g_strdup(suggestion->metric);
        finding->delta = fabs(suggestion->to - suggestion->from);
    }
    if (finding->kind != ERRATA_FINDING_THRESHOLD ||
        g_strcmp0(finding->subject.objective, "coverage") == 0)
        return;
    harm = errata_suggestions_threshold_cost(analysis, finding->subject.best);
    if (harm != NULL) {
        char *cost = g_strdup_printf("%s%s%s",
                                     suggestion->cost != NULL ? suggestion->cost : "",
                                     suggestion->cost != NULL ? "; " : "",
                                     harm);

        g_free(suggestion->cost);
        suggestion->cost = cost;
    }
}

/* with the rows kept out, the metric is that of the others: that is no bound, it is known; what it
 * costs is that nobody is told of those */
static void
suggestions_without(const ErrataAnalysis *analysis,
                    const ErrataFinding *finding,
                    ErrataSuggestion *suggestion)
{
    g_autofree guint8 *mark = suggestions_mark(analysis, finding);

    suggestions_compare(analysis,
                        mark,
                        1.0,
                        "the metric of all other rows, which it would be",
                        suggestion);
    suggestion->upper_bound = FALSE;
    if (suggestion->cost == NULL) {
        g_autofree char *share =
            errata_words_share(finding->share_of_rows, (double)NAN, (double)NAN);

        suggestion->cost = g_strdup_printf(strcmp(suggestion->action, "abstain-route") == 0
                                               ? "%s of the rows are decided by hand"
                                               : "%s of the rows are no longer judged",
                                           share);
    }
}

/**
 * errata_suggestions_order:
 * @finding: gets its suggestions in the order of what they would gain, those that leave rows to a
 *   person behind
 */
void
errata_suggestions_order(ErrataFinding *finding)
{
    g_ptr_array_sort(finding->suggestions, suggestions_order_cb);
}

/* whether a finding lists right rows with wrong ones: what others would gain can then be told from
 * them */
static gboolean
suggestions_has_all_rows(const ErrataFinding *finding)
{
    return finding->row != NULL && finding->n_rows > 0 &&
           ((finding->kind == ERRATA_FINDING_SLICE && finding->subject.direction == NULL) ||
            finding->kind == ERRATA_FINDING_DATA_BUG || finding->kind == ERRATA_FINDING_ANOMALY ||
            finding->kind == ERRATA_FINDING_CHANGE_POINT ||
            finding->kind == ERRATA_FINDING_CALIBRATION);
}

/* a cluster lists its errors only; its rate has been measured */
static void
suggestions_cluster(const ErrataAnalysis *analysis,
                    const ErrataFinding *finding,
                    ErrataSuggestion *suggestion)
{
    const ErrataOutcome *outcome = analysis->outcome;

    if (finding->metric == NULL || !(finding->delta > 0.0) || outcome->n_judged == 0 ||
        errata_actions_is_hard_ground(finding))
        return;
    suggestion->metric = g_strdup(finding->metric);
    suggestion->from = 1.0 - (double)outcome->n_errors / (double)outcome->n_judged;
    suggestion->to = suggestion->from + finding->delta;
    suggestion->lo = 0.0;
    suggestion->hi = finding->delta;
    suggestion->upper_bound = TRUE;
    suggestion->method = g_strdup("gain if rows like these reached the rest’s error rate");
}

/**
 * errata_suggestions_propose:
 * @finding: what the action is for
 * @column: (nullable): what it is done to
 * @suggestion: (inout): gets its gain where the log tells one, else why not
 *
 * The gain of an action that somebody else thought of, computed in the same ways.
 */
void
errata_suggestions_propose(const ErrataAnalysis *analysis,
                           const ErrataFinding *finding,
                           const char *column,
                           ErrataSuggestion *suggestion)
{
    static const char *const learning[] =
        {"collect-data", "reweight", "augment", "add-feature", "retrain", NULL};
    const char *action = suggestion->action;
    gboolean has_rows = suggestions_has_all_rows(finding);
    gboolean like_others = /* what is computed is what they would gain by doing as well as others */
        (has_rows && finding->kind != ERRATA_FINDING_CALIBRATION) ||
        finding->kind == ERRATA_FINDING_DRIFT || finding->kind == ERRATA_FINDING_PERFORMANCE;

    g_free(suggestion->method);
    suggestion->method = NULL;
    if (strcmp(action, "drop-feature") == 0 && finding->kind == ERRATA_FINDING_LEAKAGE) {
        suggestions_leak(suggestion);
    } else if (strcmp(action, "drop-feature") == 0 && column != NULL) {
        if (!errata_suggestions_model_permute(analysis, column, suggestion))
            errata_suggestions_permute(analysis, column, suggestion);
    } else if (has_rows &&
               (strcmp(action, "quarantine-file") == 0 || strcmp(action, "abstain-route") == 0)) {
        suggestions_without(analysis, finding, suggestion);
    } else if (has_rows && strcmp(action, "recalibrate") == 0) {
        g_autofree guint8 *mark = suggestions_mark(analysis, finding);

        for (gsize row = 0; row < analysis->outcome->n_rows; row++)
            mark[row] = mark[row] == SIDE_IN ? 1 : 0;
        errata_suggestions_recalibrate(analysis,
                                       suggestions_class(analysis, finding),
                                       mark,
                                       suggestion);
    } else if ((strcmp(action, "relabel") == 0 && finding->kind == ERRATA_FINDING_LABEL_ISSUE) ||
               (strcmp(action, "fix-pipeline") == 0 && like_others)) {
        suggestions_compute(analysis, finding, suggestion);
    } else if (g_strv_contains(learning, action) && finding->kind == ERRATA_FINDING_CLUSTER) {
        suggestions_cluster(analysis, finding, suggestion);
    } else if (g_strv_contains(learning, action) && like_others) {
        suggestions_compute(analysis, finding, suggestion);
    }
    errata_suggestions_clip(suggestion);
    if (suggestion->metric == NULL && suggestion->method == NULL)
        suggestion->method = g_strdup("not computed: the log does not tell what it would gain");
}

/* mending what is broken is worth saying whatever it gains; the rest is offered for its gain, which
 * of training anew has to be sure */
static gboolean
suggestions_is_idle(const ErrataSuggestion *suggestion)
{
    if (strcmp(suggestion->action, "fix-pipeline") == 0 || suggestion->metric == NULL)
        return FALSE;
    if (strcmp(suggestion->action, "retrain") == 0 && !suggestion->upper_bound)
        return !(suggestion->lo > 0.0);
    return suggestion->upper_bound && !(errata_suggestions_points(suggestion) > 0.0);
}

/* leaves out what the log shows to gain nothing, where something else is offered */
static void
suggestions_drop_idle(ErrataFinding *finding)
{
    for (guint j = finding->suggestions->len; j > 0; j--)
        if (finding->suggestions->len > 1 &&
            suggestions_is_idle(g_ptr_array_index(finding->suggestions, j - 1)))
            g_ptr_array_remove_index(finding->suggestions, j - 1);
}

static gboolean
suggestions_run(ErrataAnalysis *analysis, GError **error)
{
    GPtrArray *findings = analysis->result->findings;

    if (findings->len == 0)
        return TRUE;
    errata_suggestions_add(analysis);
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);

        for (guint j = 0; j < finding->suggestions->len; j++)
            suggestions_finish(analysis, finding, g_ptr_array_index(finding->suggestions, j));
        suggestions_drop_idle(finding);
        errata_suggestions_order(finding);
    }
    errata_case_method(
        analysis->result,
        "Suggestions: a gain is measured on the log where the log can be replayed "
        "(another threshold, scores mapped anew, labels learnt anew, a column dealt "
        "out anew); else it is what there would be to gain if the rows did as well "
        "as others, and called “up to”. Each finding’s are ordered by gain, an upper bound "
        "by what is sure of it; what leaves rows to a person stands behind those.");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_suggestions = {
    .id = "suggestions",
    .run = suggestions_run,
};
