/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cause, one finding, in time. A group that began to err at some time lifts the error rate of
 * the log and lowers its accuracy; a step of the error rate lowers the accuracy that is told
 * against a baseline. What tells most of it, and most narrowly, keeps its severity; the others
 * point to it and hand on its remedies. METHODS 0. */
#include "sources.h"

#include <math.h>
#include <string.h>

#include "causes.h"
#include "filter.h"
#include "intervals.h"
#include "rows.h"
#include "slices.h"
#include "suggestions.h"

#define SOURCES_PART   0.75 /* of a rise, that is told by one finding */
#define SOURCES_HALF   0.5  /* of a fall, likewise, where it may be so much */
#define SOURCES_ROWS   30   /* that a mean needs */
#define SOURCES_NOW    0.3  /* of the log, as in drift */
#define SOURCES_WITHIN 0.8  /* of a group's rows, that are among those of a step */
#define SOURCES_WHOLE  0.9  /* of a step's rows: groups that have so many are all of them */
#define SOURCES_ALL \
    0.33 /* of the rise in groups, by which a step that is everybody's rises elsewhere */

/* what a finding says has risen: the mean loss of some rows over that of others; bit 0 of a row for
 * those, bit 1 for these */
typedef struct {
    guint8 *side;     /* per row of the log */
    double reference; /* mean loss of a given reference, or NaN: bit 0 counts */
    gboolean aside;   /* rows that are set aside count too: a fault's are */
} SourcesRise;

gboolean
errata_sources_is_timed(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE && finding->confirmed && finding->row != NULL &&
           errata_finding_note(finding, "when") != NULL;
}

gboolean
errata_sources_is_fault(const ErrataFinding *finding)
{
    return errata_causes_is_fault(finding) && finding->confirmed && finding->n_rows > 0 &&
           finding->row != NULL && finding->severity >= ERRATA_SEVERITY_MEDIUM &&
           errata_finding_note(finding, "innocent") == NULL;
}

/* what the rows since a change had lost on average before it; NaN where it was not measured */
static double
sources_before(const ErrataFinding *step)
{
    const ErrataEvidence *rate = errata_finding_evidence(step, "rate_after");

    return rate != NULL                                         ? rate->baseline
           : g_strcmp0(step->subject.series, "error_rate") == 0 ? step->subject.before
                                                                : (double)NAN;
}

/**
 * errata_sources_is_step:
 * @finding: a finding
 *
 * Returns: whether it is a change of whatever series with which the errors rose
 */
gboolean
errata_sources_is_step(const ErrataFinding *finding)
{
    if (finding->kind != ERRATA_FINDING_CHANGE_POINT || finding->row == NULL)
        return FALSE;
    return g_strcmp0(errata_finding_note(finding, "errors"), "more") == 0 ||
           (g_strcmp0(finding->subject.series, "error_rate") == 0 &&
            finding->subject.after > finding->subject.before);
}

/* the narrowest first: a group since some time, any group of more errors, a step of the errors */
gboolean
errata_sources_is_source(const ErrataFinding *finding, guint turn)
{
    if (finding->severity < ERRATA_SEVERITY_MEDIUM)
        return FALSE;
    return turn == 0   ? errata_sources_is_timed(finding)
           : turn == 1 ? errata_slices_is_blind_spot(finding) ||
                             errata_finding_note(finding, "segment") != NULL
                       : errata_sources_is_step(finding);
}

/* rows before the change and since */
static gboolean
sources_of_step(const ErrataAnalysis *analysis, const ErrataFinding *step, SourcesRise *rise)
{
    const ErrataOutcome *outcome = analysis->outcome;

    for (gsize i = 0; i < outcome->n_rows; i++) {
        guint32 row = outcome->order[i];
        gint64 at = outcome->time != NULL ? outcome->time[row] : (gint64)row;

        if (at >= step->subject.from)
            break;
        rise->side[row] = 1;
    }
    for (gsize i = 0; i < step->n_rows; i++)
        rise->side[step->row[i]] = 2;
    return TRUE;
}

/* rows of the baseline and of now, as drift compares them */
static gboolean
sources_of_fall(const ErrataAnalysis *analysis, SourcesRise *rise)
{
    const ErrataOutcome *outcome = analysis->outcome;
    gsize n = outcome->n_rows;
    gsize now = analysis->worse_at > 0 ? analysis->worse_at : n - (gsize)((double)n * SOURCES_NOW);

    if (analysis->earlier != NULL && analysis->reference == NULL)
        return FALSE; /* rows of an earlier log are not there */
    if (analysis->reference != NULL)
        rise->reference = errata_causes_loss(analysis->reference_outcome,
                                             NULL,
                                             NULL,
                                             analysis->reference_outcome->n_rows)
                              .mean;
    for (gsize i = 0; i < n; i++) {
        guint32 row = outcome->order[i];

        if (i < now && analysis->baseline != NULL && analysis->baseline[row] != 0)
            rise->side[row] = 1;
        if (i >= now)
            rise->side[row] = 2;
    }
    return analysis->reference == NULL || isfinite(rise->reference);
}

/* mean loss of a side's rows; those of @leave count as @instead, or not at all where that is NaN */
static double
sources_mean(const ErrataAnalysis *analysis,
             const SourcesRise *rise,
             guint8 side,
             const guint8 *leave,
             double instead)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double n = 0.0, sum = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double loss = outcome->loss[row];

        if (rise->side[row] != side || outcome->judged[row] == 0 || isnan(loss) ||
            (rise->aside ? outcome->duplicate[row] != 0
                         : analysis->set_aside != NULL && analysis->set_aside[row] != 0))
            continue;
        if (leave != NULL && leave[row] != 0)
            loss = instead;
        n += isnan(loss) ? 0.0 : 1.0;
        sum += isnan(loss) ? 0.0 : loss;
    }
    return n >= SOURCES_ROWS ? sum / n : (double)NAN;
}

static double
sources_size(const ErrataAnalysis *analysis,
             const SourcesRise *rise,
             const guint8 *leave,
             double instead)
{
    double before = isfinite(rise->reference) ? rise->reference
                                              : sources_mean(analysis, rise, 1, leave, instead);

    return sources_mean(analysis, rise, 2, leave, instead) - before;
}

/* the rows that are @source's matter: of a group since some time all that are in the group,
 * whenever, since it may have been better than others before */
guint8 *
errata_sources_leave(const ErrataAnalysis *analysis, const ErrataFinding *source)
{
    guint8 *leave = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));

    if (errata_sources_is_timed(source) && source->subject.predicates->len > 0) {
        g_autoptr(ErrataFilter) filter = errata_filter_predicates_join(source->subject.predicates);

        if (errata_filter_bind(filter, analysis->frame, analysis->schema, NULL)) {
            g_autoptr(ErrataRows) rows =
                errata_filter_evaluate(filter, analysis->frame, analysis->outcome);

            for (gsize row = 0; row < analysis->outcome->n_rows; row++)
                leave[row] = (rows->bits[row >> 6] >> (row & 63) & 1) != 0 ? 1 : 0;
        }
    }
    for (gsize i = 0; i < source->n_rows; i++)
        leave[source->row[i]] = 1;
    if (errata_sources_is_step(source) && errata_finding_evidence(source, "back") == NULL)
        for (gsize row = 0; row < analysis->outcome->n_rows; row++)
            leave[row] |= analysis->outcome->time != NULL
                              ? analysis->outcome->time[row] >= source->subject.from
                              : (gint64)row >= source->subject.from;
    return leave;
}

/**
 * errata_sources_part:
 * @analysis: a log
 * @finding: a step of the errors; a fall or a drift, which are told against the baseline
 * @leave: (array): per row, whether it is left out
 * @reference: mean loss of a given reference without rows like those, as errata_sources_reference()
 *   has it
 * @instead: what such a row loses instead; NaN: it does not count
 *
 * Returns: the part of what has risen by @finding that the rows of @leave make; 0 where unknown
 */
double
errata_sources_part(const ErrataAnalysis *analysis,
                    const ErrataFinding *finding,
                    const guint8 *leave,
                    double reference,
                    double instead)
{
    g_autofree guint8 *side = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    SourcesRise rise = {.side = side, .reference = (double)NAN};
    gboolean known = finding->kind == ERRATA_FINDING_CHANGE_POINT
                         ? sources_of_step(analysis, finding, &rise)
                         : sources_of_fall(analysis, &rise);
    double whole, left;

    if (!known)
        return 0.0;
    whole = sources_size(analysis, &rise, NULL, 0.0);
    if (isfinite(rise.reference) && isnan(reference))
        return 0.0;
    rise.reference = isfinite(rise.reference) ? reference : (double)NAN;
    left = sources_size(analysis, &rise, leave, instead);
    return whole > 0.0 && isfinite(left) ? 1.0 - left / whole : 0.0;
}

/**
 * errata_sources_faulty:
 * @analysis: a log
 * @step: a step of the errors
 * @mark: (array): per row, whether a fault befell it
 *
 * Returns: the part of the step, as all rows but copies have it, that goes with the rows of the
 * fault; 1 where hardly any
 *   other is left, or where that is not known
 */
double
errata_sources_faulty(const ErrataAnalysis *analysis, const ErrataFinding *step, const guint8 *mark)
{
    g_autofree guint8 *side = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    SourcesRise rise = {.side = side, .reference = (double)NAN, .aside = TRUE};
    double whole, left;

    sources_of_step(analysis, step, &rise);
    whole = sources_size(analysis, &rise, NULL, 0.0);
    left = sources_size(analysis, &rise, mark, (double)NAN);
    return whole > 0.0 && isfinite(left) ? 1.0 - left / whole : 1.0;
}

/* the part of what @finding tells has risen that is the matter of @source's rows */
static double
sources_part(const ErrataAnalysis *analysis,
             const ErrataFinding *source,
             const ErrataFinding *finding)
{
    g_autofree guint8 *leave = errata_sources_leave(analysis, source);

    return errata_sources_part(analysis,
                               finding,
                               leave,
                               errata_sources_reference(analysis, &source, 1),
                               errata_sources_is_step(source) ? sources_before(source)
                                                              : (double)NAN);
}

/* what began at some time, or is a fault of the data, has a cause, which comes first */
static void
sources_look_first(ErrataFinding *finding)
{
    gboolean takes = errata_sources_is_timed(finding) || errata_sources_is_fault(finding);

    for (guint i = 1; takes && i < finding->suggestions->len; i++) {
        const ErrataSuggestion *suggestion = g_ptr_array_index(finding->suggestions, i);

        if (strcmp(suggestion->action, "fix-pipeline") == 0) {
            g_ptr_array_insert(finding->suggestions,
                               0,
                               g_ptr_array_steal_index(finding->suggestions, i));
            return;
        }
    }
}

static gboolean
sources_takes(const ErrataFinding *finding, gboolean of_steps)
{
    return finding->severity >= ERRATA_SEVERITY_LOW &&
           errata_finding_note(finding, "told") == NULL &&
           errata_finding_note(finding, "opposed") == NULL &&
           (finding->kind == ERRATA_FINDING_PERFORMANCE ||
            (of_steps && errata_sources_is_step(finding)));
}

/* the part of a fall that is the matter of rows marked in @leave, which are set aside elsewhere */
static double
sources_fault_part(const ErrataAnalysis *analysis, const guint8 *leave)
{
    g_autofree guint8 *side = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    SourcesRise rise = {.side = side, .reference = (double)NAN, .aside = TRUE};
    double whole, left;

    if (!sources_of_fall(analysis, &rise))
        return 0.0;
    whole = sources_size(analysis, &rise, NULL, 0.0);
    left = sources_size(analysis, &rise, leave, (double)NAN);
    return whole > 0.0 && isfinite(left) ? 1.0 - left / whole : 0.0;
}

static void
sources_mark_rows(const ErrataFinding *finding, guint8 *mark)
{
    for (gsize k = 0; k < finding->n_rows; k++)
        mark[finding->row[k]] = 1;
}

/* the fault whose rows make most of a fall that all faults' rows together make, and the part that
 * these make; %NULL where they do not make it */
static ErrataFinding *
sources_guilty(const ErrataAnalysis *analysis, double *ret_part)
{
    const GPtrArray *findings = analysis->result->findings;
    gsize n_rows = MAX(analysis->outcome->n_rows, 1);
    g_autofree guint8 *mark = g_new0(guint8, n_rows);
    ErrataFinding *best = NULL;
    guint n_faults = 0;
    double most = 0.0;

    for (guint i = 0; i < findings->len; i++)
        if (errata_sources_is_fault(g_ptr_array_index(findings, i))) {
            sources_mark_rows(g_ptr_array_index(findings, i), mark);
            n_faults++;
        }
    *ret_part = n_faults > 0 ? sources_fault_part(analysis, mark) : 0.0;
    if (!(*ret_part >= SOURCES_PART))
        return NULL;
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *fault = g_ptr_array_index(findings, i);
        double part;

        if (!errata_sources_is_fault(fault))
            continue;
        memset(mark, 0, n_rows);
        sources_mark_rows(fault, mark);
        part = n_faults > 1 ? sources_fault_part(analysis, mark) : *ret_part;
        if (best != NULL && part <= most)
            continue;
        best = fault;
        most = part;
    }
    return best;
}

/* the fault that has nearly all rows of a finding; %NULL: none */
static ErrataFinding *
sources_fault_of(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *fault = g_ptr_array_index(findings, i);
        g_autofree guint8 *mark = NULL;
        gsize n = 0;

        if (fault == finding || !errata_sources_is_fault(fault))
            continue;
        mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
        sources_mark_rows(fault, mark);
        for (gsize k = 0; k < finding->n_rows; k++)
            n += mark[finding->row[k]];
        if ((double)n >= SOURCES_WHOLE * (double)finding->n_rows)
            return fault;
    }
    return NULL;
}

/* the fault of most rows of now, by what they lose more than others; %NULL: none loses more */
static ErrataFinding *
sources_guilty_now(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *side = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    SourcesRise rise = {.side = side, .reference = (double)NAN};
    ErrataFinding *best = NULL;
    double most = 0.0;

    if (!sources_of_fall(analysis, &rise))
        return NULL;
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *fault = g_ptr_array_index(findings, i);
        const ErrataEvidence *in = errata_finding_evidence(fault, "rate_in");
        const ErrataEvidence *out = errata_finding_evidence(fault, "rate_out");
        double n = 0.0;

        if (!errata_sources_is_fault(fault) || in == NULL || out == NULL)
            continue;
        for (gsize k = 0; k < fault->n_rows; k++)
            n += side[fault->row[k]] == 2 ? 1.0 : 0.0;
        if (!(n * (in->value - out->value) > most))
            continue;
        most = n * (in->value - out->value);
        best = fault;
    }
    return best;
}

/* the part of a fall that faulty rows make by its own account, which knows of faults that have all
 * rows since; 0 where they may make less than most of it */
static double
sources_faults_share(const ErrataFinding *fall)
{
    const ErrataEvidence *share = errata_finding_evidence(fall, "bug_share");

    return share != NULL && share->value >= SOURCES_HALF && !(share->hi < SOURCES_PART)
               ? share->value
               : 0.0;
}

/* an output that stays at one value while what comes in is faulty is the fault's doing */
static void
sources_point_outputs(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        ErrataFinding *fault;

        if (finding->kind != ERRATA_FINDING_ANOMALY || finding->n_rows == 0 ||
            g_strcmp0(errata_finding_note(finding, "anomaly"), "stuck") != 0)
            continue;
        fault = sources_fault_of(analysis, finding);
        if (fault == NULL)
            continue;
        fault->severity = MAX(fault->severity, finding->severity);
        fault->rank = fmax(fault->rank, finding->rank);
        errata_finding_point(finding, fault, "part of it that lies in faulty rows", 1.0);
    }
}

/* falls that the rows of faults make point to the fault, which is as grave as they were */
static void
sources_point_falls(const ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(findings, i);
        ErrataFinding *fault;
        double part = 0.0;

        if (!sources_takes(finding, FALSE))
            continue;
        fault = sources_guilty(analysis, &part);
        if (fault == NULL && (part = sources_faults_share(finding)) > 0.0)
            fault = sources_guilty_now(analysis);
        if (fault == NULL)
            continue;
        fault->severity = MAX(fault->severity, finding->severity);
        fault->rank = fmax(fault->rank, finding->rank);
        errata_finding_point(finding, fault, "part of it that faulty rows make", MIN(part, 1.0))
            ->method = g_strdup("the rise with these rows left out");
    }
}

/* the groups since some time whose rows are those of @step: 2 among its rows, 1; how many */
static guint
sources_mark_members(const GPtrArray *findings, const ErrataFinding *step, guint8 *mark, guint8 *is)
{
    guint n = 0;

    for (gsize k = 0; k < step->n_rows; k++)
        mark[step->row[k]] = 1;
    for (guint i = 0; i < findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(findings, i);
        gsize within = 0;

        is[i] = 0;
        if (!errata_sources_is_timed(finding) || errata_finding_note(finding, "told") != NULL ||
            errata_finding_note(finding, "better") != NULL)
            continue;
        for (gsize k = 0; k < finding->n_rows; k++)
            within += mark[finding->row[k]] != 0 ? 1 : 0;
        if ((double)within < SOURCES_WITHIN * (double)finding->n_rows)
            continue;
        is[i] = 1;
        n++;
        for (gsize k = 0; k < finding->n_rows; k++)
            if (mark[finding->row[k]] != 0)
                mark[finding->row[k]] = 2;
    }
    return n;
}

/* the part of the rise in groups (marked 2) that the other rows of the step (marked 1) have as
 * well; 0 where that is not sure */
double
errata_sources_everybody(const ErrataAnalysis *analysis,
                         const ErrataFinding *step,
                         const guint8 *mark)
{
    ErrataRate others = errata_suggestions_side(analysis->outcome, mark, 1);
    ErrataRate groups = errata_suggestions_side(analysis->outcome, mark, 2);
    double mean, rise;

    if (groups.n >= SOURCES_WHOLE * (groups.n + others.n))
        return 1.0;
    if (others.n < SOURCES_ROWS)
        return 0.0;
    mean = errata_rate_mean(&others);
    rise = errata_rate_mean(&groups) - sources_before(step);
    if (!(mean - errata_intervals_z(0.95) * sqrt(errata_suggestions_variance(&others)) >
          sources_before(step)) ||
        !(rise > 0.0))
        return 0.0;
    return MIN((mean - sources_before(step)) / rise, 1.0);
}

/* a group that errs since some time as all rows do since then is no group: it points to the step */
static void
sources_point_members(const ErrataAnalysis *analysis, const ErrataFinding *step)
{
    const GPtrArray *findings = analysis->result->findings;
    g_autofree guint8 *mark = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    g_autofree guint8 *is = g_new0(guint8, findings->len + 1);
    double part;

    if (sources_mark_members(findings, step, mark, is) == 0)
        return;
    part = errata_sources_everybody(analysis, step, mark);
    for (guint i = 0; part >= SOURCES_ALL && i < findings->len; i++)
        if (is[i] != 0)
            errata_finding_point(g_ptr_array_index(findings, i),
                                 step,
                                 "part of its rise that all other rows of that time have as well",
                                 part)
                ->method = g_strdup("mean loss of those against that before");
}

/* lets all that are the matter of @source, where it takes its turn, point to it */
static void
sources_point_to(const ErrataAnalysis *analysis,
                 const ErrataFinding *source,
                 guint turn,
                 double *whole)
{
    const GPtrArray *findings = analysis->result->findings;

    if (!errata_sources_is_of_scores(source, turn) || errata_finding_note(source, "told") != NULL)
        return;
    for (guint j = 0; j < findings->len; j++) {
        ErrataFinding *finding = g_ptr_array_index(findings, j);
        double part = 0.0;

        if (finding == source)
            continue;
        errata_sources_scores(analysis, source, finding, whole);
        if (errata_sources_is_source(source, turn) && sources_takes(finding, turn < 2))
            part = sources_part(analysis, source, finding);
        if (part >= SOURCES_PART)
            errata_finding_point(finding,
                                 source,
                                 "part of it that another finding tells",
                                 MIN(part, 1.0))
                ->method = g_strdup("the rise with these rows left out, or as they were before");
    }
}

/**
 * errata_sources_mark:
 * @analysis: a log whose findings and suggestions are all there, not yet ranked
 *
 * Lets findings point to what they come from (evidence `comes_from`), at severity low: outputs that
 * stay at one value in faulty rows, and falls that these make, to the fault; falls of the headline
 * metric, steps of the error rate and scores that are off on average, to the group or the step that
 * they are the matter of (scores perhaps to several groups together); groups that err since some
 * time as all rows do since then, to that step. Costs two passes over the rows per pair.
 */
void
errata_sources_mark(ErrataAnalysis *analysis)
{
    const GPtrArray *findings = analysis->result->findings;
    double whole = (double)NAN;

    if (analysis->outcome->loss == NULL)
        return;
    for (guint i = 0; i < findings->len; i++)
        sources_look_first(g_ptr_array_index(findings, i));
    errata_sources_segments(analysis);
    errata_sources_earlier(analysis);
    sources_point_falls(analysis);
    sources_point_outputs(analysis);
    for (guint i = 0; i < findings->len; i++)
        if (errata_sources_is_source(g_ptr_array_index(findings, i), 2))
            sources_point_members(analysis, g_ptr_array_index(findings, i));
    for (guint turn = 0; turn < 3; turn++) {
        for (guint i = 0; i < findings->len; i++)
            sources_point_to(analysis, g_ptr_array_index(findings, i), turn, &whole);
        if (turn == 0)
            errata_sources_events(analysis);
        if (turn == 1)
            errata_sources_columns(analysis);
    }
    errata_sources_drifts(analysis);
    for (guint i = 0; i < findings->len; i++)
        errata_sources_scores_many(analysis, g_ptr_array_index(findings, i), &whole);
    errata_sources_codes(analysis);
    errata_sources_labels(analysis);
    errata_sources_chain(analysis);
}
