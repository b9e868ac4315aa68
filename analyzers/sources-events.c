/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event, one finding. Where the error rate rose at some moment, groups that began to err at
 * that moment are what it did, and so are groups of all time that erred no more than others before
 * it, or were not there, and groups whose scores meant what they do elsewhere: the step is told,
 * they point to it. A step that one group makes points to that group instead (sources.c), and what
 * else began then points there, too; so do parts of the group that began to err with it. METHODS
 * 0. */
#include <math.h>

#include "causes.h"
#include "intervals.h"
#include "score-bins.h"
#include "sources.h"

#define EVENT_NEAR   0.02 /* of the log, between two moments that may be one */
#define EVENT_WITHIN 0.8  /* of a group's rows, that are among those of a step */
#define EVENT_BEFORE \
    0.5 /* of a group's excess: if it had surely less before the step, it is of the step */
#define EVENT_ROWS    50   /* of a group, before the step, that tell it */
#define EVENT_CLASSES 20   /* with more, rows of a score are taken together whatever they predict */
#define EVENT_LEVEL   0.9  /* two sides: each is left out with 5 % */
#define EVENT_ALL     0.8  /* of the rows of a step: a group that has so many is all of them */
#define EVENT_FAULT   0.5  /* of a step, that faulty rows make, where it is their matter */
#define EVENT_OTHERS  0.33 /* of the rise in a group, by which all others rise as well */
#define EVENT_OWN     0.5  /* of a group's excess: what it has beyond the others since is its own */

/* mean of what is looked at, of rows of one prediction and alike scores; the same for every
 * event */
typedef struct {
    double *value; /* per row: what it loses, or whether its label is positive; NaN: not known */
    guint n_bins;
    guint32 *bin; /* per row */
    double *rate; /* per bin */
} EventRows;

/* the log, and what is looked at in it, once somebody does */
typedef struct {
    const ErrataAnalysis *analysis;
    EventRows losses;
    EventRows scores;
} Events;

static void
event_rows_clear(EventRows *self)
{
    g_free(self->value);
    g_free(self->bin);
    g_free(self->rate);
}

static void
events_clear(Events *self)
{
    event_rows_clear(&self->losses);
    event_rows_clear(&self->scores);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Events, events_clear)

/* likewise, on either side of an event */
typedef struct {
    const EventRows *rows; /* NULL: not worked out yet */
    double *side[2];       /* per bin, of the rows since the event, and of those before it */
    guint8 *is_before;
    guint8 *is_since;
} EventExpected;

static void
event_expected_clear(EventExpected *self)
{
    g_free(self->side[0]);
    g_free(self->side[1]);
    g_free(self->is_before);
    g_free(self->is_since);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EventExpected, event_expected_clear)

static double *
event_values(const ErrataAnalysis *analysis, gboolean of_scores)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double *value = g_new(double, MAX(outcome->n_rows, 1));

    for (gsize row = 0; row < outcome->n_rows; row++)
        value[row] = outcome->judged[row] == 0 || !isfinite(outcome->loss[row]) ||
                             (analysis->set_aside != NULL && analysis->set_aside[row] != 0)
                         ? (double)NAN
                     : !of_scores                               ? outcome->loss[row]
                     : outcome->truth[row] == outcome->positive ? 1.0
                                                                : 0.0;
    return value;
}

static void
event_bins(const ErrataOutcome *outcome, gboolean of_scores, EventRows *self)
{
    gboolean real = outcome->task == ERRATA_TASK_REGRESSION;
    const double *by = real                          ? outcome->predicted_value
                       : of_scores                   ? outcome->score
                       : outcome->confidence != NULL ? outcome->confidence
                                                     : outcome->rank;
    guint n_classes = real || of_scores || outcome->n_classes > EVENT_CLASSES
                          ? 1
                          : MAX(outcome->n_classes, 1);
    guint n_scores = 1;

    self->bin = g_new0(guint32, MAX(outcome->n_rows, 1));
    if (by != NULL)
        n_scores = errata_score_bins(by,
                                     real || of_scores ? NULL : outcome->error,
                                     outcome->n_rows,
                                     self->bin);
    for (gsize row = 0; n_classes > 1 && row < outcome->n_rows; row++)
        self->bin[row] += n_scores * (guint32)CLAMP(outcome->predicted[row], 0, (int)n_classes - 1);
    self->n_bins = n_scores * n_classes;
}

static double *
event_rates(const ErrataAnalysis *analysis, const EventRows *self, const guint8 *of)
{
    double *rate = g_new0(double, self->n_bins);
    g_autofree double *n = g_new0(double, self->n_bins);

    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        if (!isnan(self->value[row]) && (of == NULL || of[row] != 0)) {
            n[self->bin[row]] += 1.0;
            rate[self->bin[row]] += self->value[row];
        }
    for (guint b = 0; b < self->n_bins; b++)
        rate[b] = n[b] > 0.0 ? rate[b] / n[b] : (double)NAN;
    return rate;
}

static gint64
event_time(const ErrataAnalysis *analysis, guint32 row)
{
    return analysis->outcome->time != NULL ? analysis->outcome->time[row] : (gint64)row;
}

/* the rows since a step and those before it, or outside where it came back; of a group, its rows
 * since then and all others that its conditions hold for; of a fault, its rows and all others. What
 * does not come back lasts, whatever changed later */
static void
event_sides(const ErrataAnalysis *analysis, const ErrataFinding *event, EventExpected *self)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gboolean lasts = errata_sources_is_step(event) &&
                     errata_finding_evidence(event, "back") == NULL;
    g_autofree guint8 *of = NULL;

    self->is_before = g_new0(guint8, MAX(outcome->n_rows, 1));
    self->is_since = g_new0(guint8, MAX(outcome->n_rows, 1));
    for (gsize i = 0; i < event->n_rows; i++)
        self->is_since[event->row[i]] = 1;
    if (event->kind == ERRATA_FINDING_SLICE) {
        of = errata_sources_leave(analysis, event);
        for (gsize row = 0; row < outcome->n_rows; row++)
            self->is_before[row] = of[row] != 0 && self->is_since[row] == 0;
        return;
    }
    for (gsize row = 0; row < outcome->n_rows; row++) {
        self->is_before[row] = lasts ? event_time(analysis, (guint32)row) < event->subject.from
                                     : self->is_since[row] == 0;
        if (lasts && self->is_before[row] == 0)
            self->is_since[row] = 1;
    }
}

static const EventRows *
event_rows(Events *self, gboolean of_scores)
{
    EventRows *rows = of_scores ? &self->scores : &self->losses;

    if (rows->bin != NULL)
        return rows;
    event_bins(self->analysis->outcome, of_scores, rows);
    rows->value = event_values(self->analysis, of_scores);
    rows->rate = event_rates(self->analysis, rows, NULL);
    return rows;
}

static void
event_expect(Events *events, const ErrataFinding *event, gboolean of_scores, EventExpected *self)
{
    self->rows = event_rows(events, of_scores);
    event_sides(events->analysis, event, self);
    self->side[0] = event_rates(events->analysis, self->rows, self->is_since);
    self->side[1] = event_rates(events->analysis, self->rows, self->is_before);
}

/* by how much a group's rows have lost more than rows of alike scores, and how sure that is */
typedef struct {
    double n;
    double mean;
    double error;
} EventExcess;

static EventExcess
event_excess(const EventExpected *expected,
             const double *rate,
             const double *way,
             const guint8 *of,
             const ErrataFinding *group)
{
    const EventRows *rows = expected->rows;
    EventExcess excess = {0.0, 0.0, 0.0};
    double squares = 0.0;

    for (gsize k = 0; k < group->n_rows; k++) {
        guint32 row = group->row[k];
        double more = rows->value[row] - rate[rows->bin[row]];

        if ((of != NULL && of[row] == 0) || isnan(more))
            continue;
        if (way != NULL)
            more *= way[rows->bin[row]];
        excess.n += 1.0;
        excess.mean += more;
        squares += more * more;
    }
    excess.mean /= fmax(excess.n, 1.0);
    excess.error = sqrt(fmax(squares / fmax(excess.n, 1.0) - excess.mean * excess.mean, 0.0) /
                        fmax(excess.n, 1.0));
    return excess;
}

/* whether a group of all time errs since the step only: what it had beyond rows of alike scores
 * before is surely less than half of what it has in all, or nothing that is sure and less than half
 * of what it has since */
static gboolean
event_is_new(const EventExpected *expected, const ErrataFinding *group, const double *way)
{
    EventExcess all = event_excess(expected, expected->rows->rate, way, NULL, group);
    EventExcess since = event_excess(expected, expected->side[0], way, expected->is_since, group);
    EventExcess before = event_excess(expected, expected->side[1], way, expected->is_before, group);
    double reach = errata_intervals_z(EVENT_LEVEL) * before.error;

    if (!(before.n >= EVENT_ROWS) || !(all.mean > 0.0))
        return FALSE;
    return before.mean + reach < EVENT_BEFORE * all.mean ||
           (before.mean - reach <= 0.0 && before.mean + reach < EVENT_BEFORE * since.mean);
}

/* whether a group has half of its excess over other rows since the event, too: what began then for
 * all does not tell why it errs so much more than they do */
static gboolean
event_is_own(const ErrataAnalysis *analysis,
             const EventExpected *expected,
             const ErrataFinding *group)
{
    gsize n_rows = MAX(analysis->outcome->n_rows, 1);
    g_autofree guint8 *others = g_memdup2(expected->is_since, n_rows);
    g_autofree double *rate = NULL;
    EventExcess all = event_excess(expected, expected->rows->rate, NULL, NULL, group);
    EventExcess since;

    for (gsize k = 0; k < group->n_rows; k++)
        others[group->row[k]] = 0;
    rate = event_rates(analysis, expected->rows, others);
    since = event_excess(expected, rate, NULL, expected->is_since, group);
    return since.n >= EVENT_ROWS && all.mean > 0.0 &&
           since.mean - errata_intervals_z(EVENT_LEVEL) * since.error >= EVENT_OWN * all.mean;
}

/* which way the scores of a group are off since the event, per bin: 1 too low, −1 too high */
static double *
event_ways(const EventExpected *expected, const ErrataFinding *group)
{
    const EventRows *rows = expected->rows;
    double *way = g_new0(double, rows->n_bins);

    for (gsize k = 0; k < group->n_rows; k++) {
        guint32 row = group->row[k];
        double more = rows->value[row] - expected->side[0][rows->bin[row]];

        if (expected->is_since[row] != 0 && !isnan(more))
            way[rows->bin[row]] += more;
    }
    for (guint b = 0; b < rows->n_bins; b++)
        way[b] = way[b] < 0.0 ? -1.0 : 1.0;
    return way;
}

/* whether a group of all time has hardly a row before the step, and is not what makes it: it has
 * nearly all rows since, or the others have come to err as well */
static gboolean
event_is_only_since(const ErrataAnalysis *analysis,
                    const EventExpected *expected,
                    const ErrataFinding *step,
                    const ErrataFinding *group)
{
    gsize n_rows = MAX(analysis->outcome->n_rows, 1);
    g_autofree guint8 *mark = g_memdup2(expected->is_since, n_rows);
    gsize n = 0, n_since = 0, before = 0;

    if (step->kind == ERRATA_FINDING_SLICE)
        return FALSE;
    for (gsize k = 0; k < group->n_rows; k++) {
        before += expected->is_before[group->row[k]];
        n += mark[group->row[k]] == 1 ? 1 : 0;
        if (mark[group->row[k]] == 1)
            mark[group->row[k]] = 2;
    }
    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        n_since += expected->is_since[row];
    return before < EVENT_ROWS && (double)n >= EVENT_WITHIN * (double)group->n_rows &&
           ((double)n >= EVENT_ALL * (double)n_since ||
            errata_sources_everybody(analysis, step, mark) >= EVENT_OTHERS);
}

/* whether the group began at the moment of the step, as far as is known when either did */
static gboolean
event_is_then(const ErrataAnalysis *analysis, const ErrataFinding *step, const ErrataFinding *group)
{
    const ErrataCase *result = analysis->result;
    const ErrataEvidence *since = errata_finding_evidence(group, "since");
    double near = EVENT_NEAR * (step->subject.has_time
                                    ? (double)result->time_to - (double)result->time_from
                                    : (double)analysis->outcome->n_rows);
    double lo = (double)step->subject.from, hi = lo, from = (double)group->subject.from;
    double earliest = from, latest = from;

    if (group->subject.has_time != step->subject.has_time)
        return FALSE;
    if (step->subject.at_lo < step->subject.at_hi) {
        lo = (double)step->subject.at_lo;
        hi = (double)step->subject.at_hi;
    }
    if (step->subject.to > step->subject.from)
        hi = fmax(hi, (double)step->subject.to);
    if (since != NULL && !isnan(since->lo)) {
        earliest = fmin(from, since->lo);
        latest = fmax(from, since->hi);
    }
    return (earliest <= hi && latest >= lo) || (from >= lo - near && from <= hi + near);
}

/* whether nearly all of a group's rows are among those since the event */
static gboolean
event_has_rows(const EventExpected *expected, const ErrataFinding *group)
{
    gsize within = 0;

    for (gsize k = 0; k < group->n_rows; k++)
        within += expected->is_since[group->row[k]];
    return (double)within >= EVENT_WITHIN * (double)group->n_rows;
}

/* whether nearly all of a group's rows are such that the event's conditions hold, at any time */
static gboolean
event_has_kind(const EventExpected *expected, const ErrataFinding *group)
{
    gsize within = 0;

    for (gsize k = 0; k < group->n_rows; k++)
        within += expected->is_since[group->row[k]] | expected->is_before[group->row[k]];
    return (double)within >= EVENT_WITHIN * (double)group->n_rows;
}

static gboolean
event_takes(const ErrataFinding *event, const ErrataFinding *group)
{
    return group != event && group->kind == ERRATA_FINDING_SLICE && group->confirmed &&
           group->row != NULL && group->n_rows > 0 && group->severity >= ERRATA_SEVERITY_LOW &&
           errata_finding_note(group, "told") == NULL &&
           errata_finding_note(group, "better") == NULL &&
           (event->kind != ERRATA_FINDING_SLICE ||
            (group->n_rows < event->n_rows && group->rank <= event->rank));
}

static void
event_point(ErrataFinding *event, ErrataFinding *group, const char *method)
{
    event->severity = MAX(event->severity, group->severity);
    event->rank = fmax(event->rank, group->rank);
    errata_finding_point(group,
                         event,
                         event->kind == ERRATA_FINDING_SLICE
                             ? "part of it that began with the group's errors"
                         : errata_causes_is_fault(event) ? "part of it that came with the fault"
                                                         : "part of it that began with the step",
                         1.0)
        ->method = g_strdup(method);
}

static void
event_fold_groups(Events *events, ErrataFinding *event)
{
    const ErrataAnalysis *analysis = events->analysis;
    const GPtrArray *findings = analysis->result->findings;
    g_auto(EventExpected) expected = {0};

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *group = g_ptr_array_index(findings, i);

        if (!event_takes(event, group))
            continue;
        if (expected.rows == NULL)
            event_expect(events, event, FALSE, &expected);
        if (!event_has_kind(&expected, group))
            continue;
        if (errata_finding_note(group, "when") != NULL) {
            if (event_is_then(analysis, event, group) && event_has_rows(&expected, group))
                event_point(event, group, "the group errs since the same moment");
        } else if (event_is_new(&expected, group, NULL)) {
            event_point(event,
                        group,
                        "before the step the group erred no more than rows of alike scores");
        } else if (event_is_only_since(analysis, &expected, event, group) &&
                   !event_is_own(analysis, &expected, group)) {
            event_point(event, group, "such rows come since the step only, when others err, too");
        }
    }
}

/* groups whose scores meant before the step what they do elsewhere */
static void
event_fold_scores(Events *events, ErrataFinding *step)
{
    const ErrataAnalysis *analysis = events->analysis;
    const ErrataOutcome *outcome = analysis->outcome;
    const GPtrArray *findings = analysis->result->findings;
    g_auto(EventExpected) expected = {0};

    if (outcome->score == NULL || outcome->truth == NULL || outcome->positive < 0)
        return;
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *segment = g_ptr_array_index(findings, i);
        g_autofree double *way = NULL;

        if (!errata_sources_is_segment(segment) || errata_finding_note(segment, "told") != NULL)
            continue;
        if (expected.rows == NULL)
            event_expect(events, step, TRUE, &expected);
        way = event_ways(&expected, segment);
        if (event_is_new(&expected, segment, way))
            event_point(step, segment, "before the step its scores meant what they did elsewhere");
    }
}

/* (transfer full) (nullable): what the finding itself can do and was measured to, beyond chance,
 * which stays of use for as long as the step lasts, taken from its suggestions */
static ErrataSuggestion *
event_take_measured(const ErrataFinding *step, ErrataFinding *finding)
{
    for (guint i = 0;
         errata_finding_evidence(step, "back") == NULL && i < finding->suggestions->len;
         i++) {
        const ErrataSuggestion *own = g_ptr_array_index(finding->suggestions, i);

        if (own->metric != NULL && !own->upper_bound && own->lo > 0.0)
            return g_ptr_array_steal_index(finding->suggestions, i);
    }
    return NULL;
}

/* a threshold that would have been no better before the step is the step's matter; that it was
 * measured to be better since then is told beside what helps against the step */
static void
event_fold_threshold(const ErrataAnalysis *analysis, ErrataFinding *step)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        double gain = 0.0, n = 0.0;

        if (finding->kind != ERRATA_FINDING_THRESHOLD ||
            finding->severity < ERRATA_SEVERITY_MEDIUM || outcome->score == NULL ||
            g_strcmp0(finding->subject.objective, "accuracy") != 0 ||
            errata_finding_note(finding, "told") != NULL)
            continue;
        for (gsize row = 0; row < outcome->n_rows; row++) {
            gboolean positive = outcome->truth[row] == outcome->positive;

            if (outcome->judged[row] == 0 || isnan(outcome->score[row]) ||
                event_time(analysis, (guint32)row) >= step->subject.from)
                continue;
            n += 1.0;
            gain += outcome->error[row] != 0 ? 1.0 : 0.0;
            gain -= (outcome->score[row] >= finding->subject.best) != positive ? 1.0 : 0.0;
        }
        if (n >= EVENT_ROWS && !(gain > 0.0)) {
            ErrataSuggestion *own = event_take_measured(step, finding);

            event_point(step, finding, "before the step it would have made no fewer errors");
            if (own != NULL)
                g_ptr_array_add(finding->suggestions, own);
        }
    }
}

/* whether the rows of a fault make most of a step: sound ones that err more since then are not its
 * matter */
static gboolean
event_is_of_fault(const ErrataAnalysis *analysis,
                  const ErrataFinding *step,
                  const ErrataFinding *fault)
{
    g_autofree guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    for (gsize k = 0; k < fault->n_rows; k++)
        mark[fault->row[k]] = 1;
    return errata_sources_faulty(analysis, step, mark) >= EVENT_FAULT;
}

/* a step that has the window of a fault, whose rows make most of it, is the fault's: it begins
 * where that does, and lasts as long */
static void
event_fold_steps(const ErrataAnalysis *analysis, ErrataFinding *fault)
{
    const GPtrArray *findings = analysis->result->findings;
    const ErrataCase *result = analysis->result;
    double near = EVENT_NEAR * (fault->subject.has_time
                                    ? (double)result->time_to - (double)result->time_from
                                    : (double)analysis->outcome->n_rows);

    for (guint i = 0; fault->subject.to > fault->subject.from && i < findings->len; i++) {
        ErrataFinding *step = g_ptr_array_index(findings, i);
        const ErrataEvidence *back = errata_finding_evidence(step, "back");
        gint64 end = fault->subject.has_time ? result->time_to : (gint64)analysis->outcome->n_rows;

        if (!errata_sources_is_step(step) || step->severity < ERRATA_SEVERITY_LOW ||
            errata_finding_note(step, "told") != NULL || !event_is_then(analysis, step, fault))
            continue;
        if (back != NULL)
            end = (gint64)back->value;
        if (fabs((double)end - (double)fault->subject.to) <= near &&
            event_is_of_fault(analysis, step, fault))
            event_point(fault, step, "its window is that of the fault");
    }
}

static gboolean
event_is_told(const ErrataFinding *finding)
{
    return finding->severity < ERRATA_SEVERITY_MEDIUM ||
           errata_finding_note(finding, "told") != NULL;
}

/**
 * errata_sources_events:
 * @analysis: a log; what is the matter of one group or one fault points to it already
 *
 * Lets groups that err since a step of the errors, and are not what makes it, groups whose scores
 * are off since then, and a threshold that is better since then, point to that step; steps with the
 * window of a fault, and groups that err or whose scores are off in its rows only, to the fault;
 * and parts of a group that errs since some time to the group.
 */
void
errata_sources_events(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    g_auto(Events) events = {.analysis = analysis};

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *step = g_ptr_array_index(findings, i);

        if (!errata_sources_is_step(step) || event_is_told(step))
            continue;
        event_fold_groups(&events, step);
        event_fold_scores(&events, step);
        event_fold_threshold(analysis, step);
    }
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *group = g_ptr_array_index(findings, i);

        if (errata_causes_is_fault(group) && group->confirmed && !event_is_told(group))
            event_fold_steps(analysis, group);
        if (errata_sources_is_fault(group)) {
            event_fold_groups(&events, group);
            event_fold_scores(&events, group);
        }
        if (errata_sources_is_timed(group) && errata_finding_note(group, "better") == NULL &&
            !event_is_told(group))
            event_fold_groups(&events, group);
    }
}
