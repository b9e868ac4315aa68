/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slivers of a group whose scores are off. Where the scores of a group mean something else than
 * elsewhere, its errors are not those that all scores together expect, and the search finds them in
 * slices of the group, cut where the scores are near the threshold. A slice that errs no more than
 * the rest of the group at the same scores is the group's matter; so is one of a kind of error that
 * is the whole group. */
#include <math.h>

#include "filter.h"
#include "recalibrate.h"
#include "rows.h"
#include "slices.h"
#include "sources.h"

#define SEGMENT_WITHIN  0.8  /* of a slice's rows, that are in the group */
#define SEGMENT_BINS    20   /* of the scores, by prediction, … */
#define SEGMENT_LOGITS  8.0  /* … evenly by logit up to here: scores too sure lie near 0 and 1 */
#define SEGMENT_CELL    5    /* rows of the rest that tell a rate */
#define SEGMENT_KNOWN   0.8  /* of the slice's errors, of which that is told */
#define SEGMENT_MORE    1.25 /* times the errors expected, as for a slice: METHODS 2, … */
#define SEGMENT_CHANCE  2.33 /* … or standard deviations of their number */
#define SEGMENT_CLASSES 2

/* rows and errors of one prediction and one score, outside a slice and in it */
typedef struct {
    double n[2];
    double errors[2];
} SegmentCell;

static gboolean
segment_is_slice(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE && finding->row != NULL && finding->n_rows > 0 &&
           finding->severity >= ERRATA_SEVERITY_LOW &&
           errata_finding_note(finding, "told") == NULL &&
           errata_finding_note(finding, "better") == NULL;
}

gboolean
errata_sources_is_segment(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_CALIBRATION && finding->confirmed &&
           finding->row != NULL && finding->subject.predicates->len > 0 &&
           finding->subject.given == NULL && finding->severity >= ERRATA_SEVERITY_MEDIUM;
}

static guint
segment_bin(double score)
{
    double place = 0.5 * (1.0 + errata_recalibrate_logit(score) / SEGMENT_LOGITS);

    return MIN((guint)(CLAMP(place, 0.0, 1.0) * SEGMENT_BINS), SEGMENT_BINS - 1U);
}

/* whether a slice's errors are those of the rest of the group at the same scores, in all and by
 * prediction */
static gboolean
segment_is_alike(const ErrataAnalysis *analysis, const ErrataRows *group, const guint8 *slice)
{
    const ErrataOutcome *outcome = analysis->outcome;
    SegmentCell cell[SEGMENT_CLASSES][SEGMENT_BINS] = {0};
    double expected = 0.0, known = 0.0, all = 0.0; /* errors; known: where the rest has a rate */

    for (gsize row = 0; row < outcome->n_rows; row++) {
        SegmentCell *of;

        if ((group->bits[row >> 6] >> (row & 63) & 1) == 0 || outcome->judged[row] == 0 ||
            isnan(outcome->score[row]) || (guint)outcome->predicted[row] >= SEGMENT_CLASSES ||
            (analysis->set_aside != NULL && analysis->set_aside[row] != 0))
            continue;
        of = &cell[outcome->predicted[row]][segment_bin(outcome->score[row])];
        of->n[slice[row]] += 1.0;
        of->errors[slice[row]] += outcome->error[row];
    }
    for (guint class = 0; class < SEGMENT_CLASSES; class ++) {
        double of_class = 0.0, due = 0.0;

        for (guint b = 0; b < SEGMENT_BINS; b++) {
            const SegmentCell *of = &cell[class][b];

            all += of->errors[1];
            if (of->n[0] < SEGMENT_CELL)
                continue;
            of_class += of->errors[1];
            due += of->n[1] * of->errors[0] / of->n[0];
        }
        if (of_class > SEGMENT_MORE * due && of_class > due + SEGMENT_CHANCE * sqrt(due))
            return FALSE;
        known += of_class;
        expected += due;
    }
    return known > 0.0 && known >= SEGMENT_KNOWN * all &&
           (known <= SEGMENT_MORE * expected ||
            known <= expected + SEGMENT_CHANCE * sqrt(expected));
}

/* whether a slice of one kind of error has the rows of the group, whose scores are not off the
 * other way */
static gboolean
segment_is_whole(const ErrataAnalysis *analysis,
                 const ErrataFinding *segment,
                 const ErrataFinding *slice,
                 gsize n_group,
                 gsize within)
{
    const char *positive = analysis->schema->classes[analysis->outcome->positive];
    gboolean missed = g_strcmp0(slice->subject.given, positive) == 0;

    return errata_finding_note(slice, "type") != NULL &&
           (double)within > SEGMENT_WITHIN * (double)n_group &&
           g_strcmp0(segment->subject.direction, missed ? "over" : "under") != 0;
}

static ErrataRows *
segment_rows(const ErrataAnalysis *analysis, const ErrataFinding *segment)
{
    g_autoptr(ErrataFilter) filter = errata_filter_predicates_join(segment->subject.predicates);

    if (!errata_filter_bind(filter, analysis->frame, analysis->schema, NULL))
        return NULL;
    return errata_filter_evaluate(filter, analysis->frame, analysis->outcome);
}

static void
segment_point(const ErrataAnalysis *analysis, ErrataFinding *segment, const ErrataRows *group)
{
    const GPtrArray *findings = analysis->result->findings;
    gsize n_rows = MAX(analysis->outcome->n_rows, 1);
    gsize n_group = errata_rows_count(group);

    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *slice = g_ptr_array_index(findings, i);
        g_autofree guint8 *mark = NULL;
        gboolean whole;
        gsize within = 0;

        if (!segment_is_slice(slice))
            continue;
        mark = g_new0(guint8, n_rows);
        for (gsize k = 0; k < slice->n_rows; k++) {
            guint32 row = slice->row[k];

            mark[row] = 1;
            within += (group->bits[row >> 6] >> (row & 63) & 1) != 0 ? 1 : 0;
        }
        whole = segment_is_whole(analysis, segment, slice, n_group, within);
        if (!((double)within > SEGMENT_WITHIN * (double)slice->n_rows) ||
            !(whole || segment_is_alike(analysis, group, mark)))
            continue;
        segment->severity = MAX(segment->severity, slice->severity);
        segment->rank = fmax(segment->rank, slice->rank);
        errata_finding_point(slice,
                             segment,
                             "part of its rows that lie in a group whose scores are off",
                             (double)within / (double)slice->n_rows)
            ->method =
            g_strdup(whole ? "the rows of that group; scores that are off make errors of one kind"
                           : "no more errors than in the rest of that group at the same scores");
    }
}

/**
 * errata_sources_segments:
 * @analysis: a log whose slices and segments of calibration are all there
 *
 * Lets slices that lie in a group whose scores are off, and err no more than the rest of it at the
 * same scores, point to the group, which is as grave as they were; and those of one kind of error
 * that have all of its rows. Binary logs with scores; a pass over the rows per pair.
 */
void
errata_sources_segments(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    const GPtrArray *findings = analysis->result->findings;

    if (outcome->score == NULL || outcome->predicted == NULL || outcome->positive < 0)
        return;
    for (guint i = 0; i < findings->len; i++) {
        ErrataFinding *segment = g_ptr_array_index(findings, i);
        g_autoptr(ErrataRows) group = NULL;

        if (!errata_sources_is_segment(segment))
            continue;
        group = segment_rows(analysis, segment);
        if (group != NULL)
            segment_point(analysis, segment, group);
    }
}
