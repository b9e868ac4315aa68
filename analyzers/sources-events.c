/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One event, one finding. Where the error rate rose at some moment, groups that began to err at that moment
 * are what it did, and so are groups of all time that erred no more than others before it: the step is told,
 * they point to it. A step that one group makes points to that group instead (sources.c), and what else
 * began then points there, too. METHODS 0. */
#include <math.h>

#include "intervals.h"
#include "rows.h"
#include "score-bins.h"
#include "sources.h"

#define EVENT_NEAR   0.02 /* of the log, between two moments that may be one */
#define EVENT_WITHIN 0.8  /* of a group's rows, that are among those of a step */
#define EVENT_BEFORE \
    0.5 /* of a group's excess: if it had surely less before the step, it is of the step */
#define EVENT_ROWS    50  /* of a group, before the step, that tell it */
#define EVENT_CLASSES 20  /* with more, rows of a score are taken together whatever they predict */
#define EVENT_LEVEL   0.9 /* two sides: each is left out with 5 % */

/* mean loss of rows of one prediction and alike scores */
typedef struct {
    guint n_bins;
    guint32 *bin;    /* per row */
    double *rate;    /* per bin */
    double *side[2]; /* likewise, of the rows since the step, and of those before it */
    guint8 *is_before;
    guint8 *is_since;
} EventExpected;

static void
event_expected_clear(EventExpected *self)
{
    g_free(self->bin);
    g_free(self->rate);
    g_free(self->side[0]);
    g_free(self->side[1]);
    g_free(self->is_before);
    g_free(self->is_since);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EventExpected, event_expected_clear)

static gboolean
event_counts(const ErrataAnalysis *analysis, gsize row)
{
    return analysis->outcome->judged[row] != 0 && isfinite(analysis->outcome->loss[row]) &&
           (analysis->set_aside == NULL || analysis->set_aside[row] == 0);
}

static void
event_bins(const ErrataOutcome *outcome, EventExpected *self)
{
    gboolean real = outcome->task == ERRATA_TASK_REGRESSION;
    const double *by = real                          ? outcome->predicted_value
                       : outcome->confidence != NULL ? outcome->confidence
                                                     : outcome->rank;
    guint n_classes = real || outcome->n_classes > EVENT_CLASSES ? 1 : MAX(outcome->n_classes, 1);
    guint n_scores = 1;

    self->bin = g_new0(guint32, MAX(outcome->n_rows, 1));
    if (by != NULL)
        n_scores = errata_score_bins(by, real ? NULL : outcome->error, outcome->n_rows, self->bin);
    for (gsize row = 0; n_classes > 1 && row < outcome->n_rows; row++)
        self->bin[row] += n_scores * (guint32)CLAMP(outcome->predicted[row], 0, (int)n_classes - 1);
    self->n_bins = n_scores * n_classes;
}

static double *
event_rates(const ErrataAnalysis *analysis, const EventExpected *self, const guint8 *of)
{
    double *rate = g_new0(double, self->n_bins);
    g_autofree double *n = g_new0(double, self->n_bins);

    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        if (event_counts(analysis, row) && (of == NULL || of[row] != 0)) {
            n[self->bin[row]] += 1.0;
            rate[self->bin[row]] += analysis->outcome->loss[row];
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

static void
event_expect(const ErrataAnalysis *analysis, const ErrataFinding *step, EventExpected *self)
{
    event_bins(analysis->outcome, self);
    self->is_before = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    self->is_since = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    for (gsize row = 0; row < analysis->outcome->n_rows; row++)
        self->is_before[row] = event_time(analysis, (guint32)row) < step->subject.from;
    for (gsize i = 0; i < step->n_rows; i++)
        self->is_since[step->row[i]] = 1;
    self->rate = event_rates(analysis, self, NULL);
    self->side[0] = event_rates(analysis, self, self->is_since);
    self->side[1] = event_rates(analysis, self, self->is_before);
}

/* by how much a group's rows have lost more than rows of alike scores, and how sure that is */
typedef struct {
    double n;
    double mean;
    double error;
} EventExcess;

static EventExcess
event_excess(const ErrataAnalysis *analysis,
             const EventExpected *expected,
             const double *rate,
             const guint8 *of,
             const ErrataFinding *group)
{
    EventExcess excess = {0.0, 0.0, 0.0};
    double squares = 0.0;

    for (gsize k = 0; k < group->n_rows; k++) {
        guint32 row = group->row[k];
        double more = analysis->outcome->loss[row] - rate[expected->bin[row]];

        if (!event_counts(analysis, row) || (of != NULL && of[row] == 0) || isnan(more))
            continue;
        excess.n += 1.0;
        excess.mean += more;
        squares += more * more;
    }
    excess.mean /= fmax(excess.n, 1.0);
    excess.error = sqrt(fmax(squares / fmax(excess.n, 1.0) - excess.mean * excess.mean, 0.0) /
                        fmax(excess.n, 1.0));
    return excess;
}

/* whether a group of all time errs since the step only: what it had beyond rows of alike scores before is surely less
 * than half of what it has in all, or nothing that is sure and less than half of what it has since */
static gboolean
event_is_new(const ErrataAnalysis *analysis,
             const EventExpected *expected,
             const ErrataFinding *group)
{
    EventExcess all = event_excess(analysis, expected, expected->rate, NULL, group);
    EventExcess since =
        event_excess(analysis, expected, expected->side[0], expected->is_since, group);
    EventExcess before =
        event_excess(analysis, expected, expected->side[1], expected->is_before, group);
    double reach = errata_intervals_z(EVENT_LEVEL) * before.error;

    if (!(before.n >= EVENT_ROWS) || !(all.mean > 0.0))
        return FALSE;
    return before.mean + reach < EVENT_BEFORE * all.mean ||
           (before.mean - reach <= 0.0 && before.mean + reach < EVENT_BEFORE * since.mean);
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

static gboolean
event_has_rows(const ErrataAnalysis *analysis,
               const ErrataFinding *step,
               const ErrataFinding *group)
{
    g_autoptr(ErrataRows) rows = errata_rows_new(analysis->outcome->n_rows);
    gsize within = 0;

    for (gsize k = 0; k < step->n_rows; k++)
        rows->bits[step->row[k] >> 6] |= G_GUINT64_CONSTANT(1) << (step->row[k] & 63);
    for (gsize k = 0; k < group->n_rows; k++)
        within += (rows->bits[group->row[k] >> 6] >> (group->row[k] & 63) & 1) != 0 ? 1 : 0;
    return (double)within >= EVENT_WITHIN * (double)group->n_rows;
}

static gboolean
event_takes(const ErrataFinding *group)
{
    return group->kind == ERRATA_FINDING_SLICE && group->confirmed && group->row != NULL &&
           group->n_rows > 0 && group->severity >= ERRATA_SEVERITY_LOW &&
           errata_finding_note(group, "told") == NULL &&
           errata_finding_note(group, "better") == NULL;
}

static void
event_fold(const ErrataAnalysis *analysis, ErrataFinding *step)
{
    const GPtrArray *findings = analysis->result->findings;
    g_auto(EventExpected) expected = {0};

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *group = g_ptr_array_index(findings, i);
        gboolean timed;

        if (!event_takes(group))
            continue;
        timed = errata_finding_note(group, "when") != NULL;
        if (!timed && expected.bin == NULL)
            event_expect(analysis, step, &expected);
        if (timed ? !event_is_then(analysis, step, group) || !event_has_rows(analysis, step, group)
                  : !event_is_new(analysis, &expected, group))
            continue;
        step->severity = MAX(step->severity, group->severity);
        step->rank = fmax(step->rank, group->rank);
        errata_finding_point(group, step, "part of it that began with the step", 1.0)->method =
            g_strdup(timed ? "the group errs since the moment at which the error rate rose"
                           : "before the step the group erred no more than rows of alike scores");
    }
}

/**
 * errata_sources_events:
 * @analysis: a log; what is the matter of one group or one fault points to it already
 *
 * Lets groups that err since a step of the errors, and are not what makes it, point to that step.
 */
void
errata_sources_events(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *step = g_ptr_array_index(findings, i);

        if (errata_sources_is_step(step) && step->severity >= ERRATA_SEVERITY_MEDIUM &&
            errata_finding_note(step, "told") == NULL)
            event_fold(analysis, step);
    }
}
