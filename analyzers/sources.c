/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One cause, one finding, in time. A group that began to err at some time lifts the error rate of the log
 * and lowers its accuracy; a step of the error rate lowers the accuracy that is told against a baseline.
 * What tells most of it, and most narrowly, keeps its severity; the others point to it and hand on its
 * remedies. METHODS 0. */
#include "sources.h"

#include <math.h>
#include <string.h>

#include "causes.h"
#include "slices.h"

#define SOURCES_PART   0.75 /* of a rise, that is told by one finding */
#define SOURCES_OFF    0.65 /* of how far scores are off, likewise: some of it is chance */
#define SOURCES_BINS   10
#define SOURCES_SCORES 1000 /* rows that tell it */
#define SOURCES_ROWS   30   /* that a mean needs */
#define SOURCES_NOW    0.3  /* of the log, as in drift */

/* what a finding says has risen: the mean loss of some rows over that of others; bit 0 of a row for
 * those, bit 1 for these */
typedef struct {
    guint8 *side;     /* per row of the log */
    double reference; /* mean loss of a given reference, or NaN: bit 0 counts */
    double size;
} SourcesRise;

static gboolean
sources_is_timed(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE && finding->confirmed && finding->row != NULL &&
           errata_finding_note(finding, "when") != NULL;
}

static gboolean
sources_is_step(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_CHANGE_POINT && finding->row != NULL &&
           g_strcmp0(finding->subject.series, "error_rate") == 0 &&
           finding->subject.after > finding->subject.before;
}

/* the narrowest first: a group since some time, any other group of more errors, a step of the error rate */
static gboolean
sources_is_source(const ErrataFinding *finding, guint turn)
{
    if (finding->severity < ERRATA_SEVERITY_MEDIUM)
        return FALSE;
    return turn == 0   ? sources_is_timed(finding)
           : turn == 1 ? errata_slices_is_blind_spot(finding) ||
                             errata_finding_note(finding, "segment") != NULL
                       : sources_is_step(finding);
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
    gsize now = analysis->changed_at > 0 ? analysis->changed_at
                                         : n - (gsize)((double)n * SOURCES_NOW);

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

/* mean loss of the rows of a side; those of @leave count as @instead, or not at all where that is NaN */
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
            (analysis->set_aside != NULL && analysis->set_aside[row] != 0))
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

/* the part of what @finding tells has risen that is the matter of @source's rows */
static double
sources_part(const ErrataAnalysis *analysis,
             const ErrataFinding *source,
             const ErrataFinding *finding)
{
    g_autofree guint8 *side = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    g_autofree guint8 *leave = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    SourcesRise rise = {.side = side, .reference = (double)NAN};
    gboolean known = finding->kind == ERRATA_FINDING_PERFORMANCE
                         ? sources_of_fall(analysis, &rise)
                         : sources_of_step(analysis, finding, &rise);
    double whole, left;

    for (gsize i = 0; i < source->n_rows; i++)
        leave[source->row[i]] = 1;
    if (!known)
        return 0.0;
    whole = sources_size(analysis, &rise, NULL, 0.0);
    left = sources_size(analysis,
                        &rise,
                        leave,
                        sources_is_step(source) ? source->subject.before : (double)NAN);
    return whole > 0.0 && isfinite(left) ? 1.0 - left / whole : 0.0;
}

/* scores are off on average: binary, over all rows */
static gboolean
sources_is_scores(const ErrataAnalysis *analysis, const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_CALIBRATION && finding->subject.predicates->len == 0 &&
           analysis->outcome->score != NULL && analysis->outcome->positive >= 0 &&
           finding->severity >= ERRATA_SEVERITY_LOW && errata_finding_note(finding, "told") == NULL;
}

/* by how much scores are off, in ten bins, where @leave is not set; NaN under 1,000 rows */
static double
sources_off(const ErrataAnalysis *analysis, const guint8 *leave)
{
    const ErrataOutcome *outcome = analysis->outcome;
    double gap[SOURCES_BINS + 1] = {0.0};
    double n = 0.0, off = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double score = outcome->score[row];

        if (outcome->truth[row] < 0 || isnan(score) || leave[row] != 0)
            continue;
        gap[(guint)(CLAMP(score, 0.0, 1.0) * SOURCES_BINS)] +=
            (outcome->truth[row] == outcome->positive ? 1.0 : 0.0) - score;
        n += 1.0;
    }
    for (guint b = 0; b <= SOURCES_BINS; b++)
        off += fabs(gap[b]);
    return n >= SOURCES_SCORES ? off / n : (double)NAN;
}

/* scores that are right where what @source tells is not; @whole is by how much all are off, NaN until
 * it is asked for */
static void
sources_point_scores(const ErrataAnalysis *analysis,
                     const ErrataFinding *source,
                     ErrataFinding *finding,
                     double *whole)
{
    g_autofree guint8 *leave = g_new0(guint8, MAX(analysis->outcome->n_rows, 1));
    double part;

    if (isnan(*whole))
        *whole = sources_off(analysis, leave);
    for (gsize i = 0; i < source->n_rows; i++)
        leave[source->row[i]] = 1;
    part = 1.0 - sources_off(analysis, leave) / *whole;
    if (!(part >= SOURCES_OFF))
        return;
    errata_finding_point(finding, source, "part of it that another finding tells", MIN(part, 1.0))
        ->method = g_strdup("calibration error in ten bins with these rows left out");
}

/* what began at some time has a cause of that time, which comes before learning to live with it */
static void
sources_look_first(ErrataFinding *finding)
{
    for (guint i = 1; sources_is_timed(finding) && i < finding->suggestions->len; i++) {
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
           (finding->kind == ERRATA_FINDING_PERFORMANCE || (of_steps && sources_is_step(finding)));
}

/**
 * errata_sources_mark:
 * @analysis: a log whose findings and suggestions are all there, not yet ranked
 *
 * Lets falls of the headline metric, steps of the error rate and scores that are off on average, where
 * they are the matter of one group, and falls and scores that are the matter of one step, point to that
 * (evidence `comes_from`); severity low. Costs two passes over the rows per pair.
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
    for (guint turn = 0; turn < 3; turn++)
        for (guint i = 0; i < findings->len; i++) {
            const ErrataFinding *source = g_ptr_array_index(findings, i);

            for (guint j = 0; sources_is_source(source, turn) && j < findings->len; j++) {
                ErrataFinding *finding = g_ptr_array_index(findings, j);
                double part = 0.0;

                if (j != i && sources_is_scores(analysis, finding))
                    sources_point_scores(analysis, source, finding, &whole);
                part = j != i && sources_takes(finding, turn < 2)
                           ? sources_part(analysis, source, finding)
                           : 0.0;

                if (part >= SOURCES_PART)
                    errata_finding_point(finding,
                                         source,
                                         "part of it that another finding tells",
                                         MIN(part, 1.0))
                        ->method =
                        g_strdup("the rise with these rows left out, or as they were before");
            }
        }
}
