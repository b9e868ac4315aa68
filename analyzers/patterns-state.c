/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pattern is fixed when that was shown. For rows: when the upper limit of their error is not
 * above the error of all (appendix e3.4), which rows that became like all others meet one time in
 * forty only; or when that limit is below all that the pattern may have been and their error is
 * that of all within a tenth. For what an analyzer tries on every column of every log: when there
 * were enough rows to try it and it was not found. */
#include "patterns-state.h"

#include <math.h>

#include "intervals.h"
#include "pattern-match.h"

#define STATE_CHANGE    0.1 /* of the larger value */
#define STATE_LEVEL     0.95
#define STATE_LEAST     32 /* rows of a slice, METHODS 2 */
#define STATE_PART      200
#define STATE_BLANKED   2.0  /* times as many, or as few */
#define STATE_ENOUGH    2000 /* rows under which not to find something says nothing */
#define STATE_CALIBRATE 0.03 /* mean probability, METHODS 8 */

/* judged rows of a set, with what their losses add up to */
typedef struct {
    double n;
    double sum;
    double square;
} StateRows;

/* rows of a set that have a probability, what it adds up to, and how often it came true */
typedef struct {
    double n;
    double score;
    double positive;
} StateScores;

/* a kind of error; classes are −1 where they do not matter */
typedef struct {
    int given;
    int said;
    double sign; /* numbers: +1 too high, −1 too low; 0: all errors */
} StateType;

static int
state_class(const ErrataSchema *schema, const char *name)
{
    for (guint k = 0; name != NULL && k < schema->n_classes; k++)
        if (g_strcmp0(schema->classes[k], name) == 0)
            return (int)k;
    return -1;
}

static StateType
state_type(const ErrataAnalysis *analysis, const ErrataSubject *subject)
{
    StateType type = {-1, -1, 0.0};

    if (g_strcmp0(subject->direction, "too-high") == 0)
        type.sign = 1.0;
    else if (g_strcmp0(subject->direction, "too-low") == 0)
        type.sign = -1.0;
    type.given = state_class(analysis->schema, subject->given);
    type.said = state_class(analysis->schema, subject->suggested);
    return type;
}

/* what a judged row loses by errors of the kind; NaN where it is none of those that could */
static double
state_loss(const ErrataOutcome *outcome, const StateType *type, gsize row)
{
    if (fabs(type->sign) > 0.0 && outcome->predicted_value != NULL)
        return type->sign * (outcome->predicted_value[row] - outcome->truth_value[row]);
    if (type->given < 0 || outcome->truth == NULL)
        return outcome->loss[row];
    if (outcome->truth[row] != type->given)
        return (double)NAN;
    return outcome->error[row] != 0 && (type->said < 0 || outcome->predicted[row] == type->said)
               ? 1.0
               : 0.0;
}

static StateRows
state_rows(const ErrataAnalysis *analysis, const ErrataRows *rows, const StateType *type)
{
    const ErrataOutcome *outcome = analysis->outcome;
    StateRows got = {0.0, 0.0, 0.0};

    for (gsize row = 0; row < outcome->n_rows; row++) {
        double loss;

        if (outcome->judged[row] == 0 || analysis->set_aside[row] != 0 ||
            (rows != NULL && !errata_rows_has(rows, row)))
            continue;
        loss = state_loss(outcome, type, row);
        if (isnan(loss))
            continue;
        got.n += 1.0;
        got.sum += loss;
        got.square += loss * loss;
    }
    return got;
}

/* the probability of @class in a row, of several classes that of the likeliest where it is −1, and
 * of which class that is; NaN where there is none */
static double
state_probability(const ErrataOutcome *outcome, int class, gsize row, int *ret_class)
{
    double top = (double)NAN;

    *ret_class = class >= 0 ? class : outcome->positive;
    if (outcome->score != NULL)
        return outcome->score[row];
    if (outcome->probability == NULL) {
        *ret_class = outcome->predicted[row];
        return outcome->only_top && class < 0 ? outcome->confidence[row] : (double)NAN;
    }
    if (class >= 0)
        return outcome->probability[class][row];
    for (guint k = 0; k < outcome->n_classes; k++) {
        double p = outcome->probability[k][row];

        if (isnan(p))
            return p;
        if (isnan(top) || p > top) {
            top = p;
            *ret_class = (int)k;
        }
    }
    return top;
}

static StateScores
state_scores(const ErrataAnalysis *analysis, const ErrataRows *rows, int class)
{
    const ErrataOutcome *outcome = analysis->outcome;
    StateScores got = {0.0, 0.0, 0.0};

    for (gsize row = 0; outcome->truth != NULL && row < outcome->n_rows; row++) {
        double score;
        int of = -1;

        if (outcome->judged[row] == 0 || analysis->set_aside[row] != 0 ||
            !errata_rows_has(rows, row))
            continue;
        score = state_probability(outcome, class, row, &of);
        if (isnan(score))
            continue;
        got.n += 1.0;
        got.score += score;
        got.positive += outcome->truth[row] == of ? 1.0 : 0.0;
    }
    return got;
}

static gboolean
state_slice_is_gone(const ErrataAnalysis *analysis,
                    const ErrataPattern *before,
                    const StateRows *in,
                    const StateRows *all)
{
    double overall = all->sum / all->n;
    double rate = in->sum / in->n;
    gboolean real = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    ErrataInterval interval;

    if (real)
        interval = errata_intervals_normal(rate,
                                           fmax(in->square - in->sum * in->sum / in->n, 0.0) /
                                               (in->n * in->n),
                                           STATE_LEVEL);
    else
        interval = errata_intervals_wilson(in->sum, in->n, STATE_LEVEL);
    if (interval.hi <= overall)
        return TRUE;
    return interval.hi < before->lo && rate <= (1.0 + STATE_CHANGE) * overall &&
           interval.lo <= overall;
}

/* the scores' mean is the rate, within the practical threshold and beyond doubt; of one class where
 * the pattern is of its probability */
static gboolean
state_segment_is_gone(const ErrataAnalysis *analysis,
                      const ErrataSubject *subject,
                      const ErrataRows *rows)
{
    int class = state_class(analysis->schema, subject->given);
    StateScores in = state_scores(analysis, rows, class);
    ErrataInterval rate;
    double mean;

    if (in.n < fmax(STATE_LEAST, (double)analysis->outcome->n_judged / STATE_PART) ||
        (subject->given != NULL && class < 0))
        return FALSE;
    rate = errata_intervals_wilson(in.positive, in.n, STATE_LEVEL);
    mean = in.score / in.n;
    return mean - rate.lo < STATE_CALIBRATE && rate.hi - mean < STATE_CALIBRATE;
}

static gboolean
state_rows_are_gone(const ErrataAnalysis *analysis,
                    const ErrataPattern *before,
                    const ErrataFinding *subject,
                    const ErrataRows *rows)
{
    StateType type = state_type(analysis, &subject->subject);
    StateRows in = state_rows(analysis, rows, &type);
    StateRows all = state_rows(analysis, NULL, &type);

    if (in.n < fmax(STATE_LEAST, all.n / STATE_PART))
        return FALSE;
    return state_slice_is_gone(analysis, before, &in, &all);
}

static gboolean
state_was_tried(const ErrataAnalysis *analysis, const ErrataFinding *subject)
{
    const char *analyzer = errata_pattern_analyzer(subject->kind);
    const ErrataColumn *column = NULL;

    for (guint i = 0; i < analysis->result->skipped->len; i++) {
        const ErrataSkipped *skipped = g_ptr_array_index(analysis->result->skipped, i);

        if (g_strcmp0(skipped->analyzer, analyzer) == 0)
            return FALSE;
    }
    if (analysis->frame->n_rows < STATE_ENOUGH)
        return FALSE;
    if (subject->subject.column == NULL)
        return TRUE;
    column = errata_frame_find(analysis->frame, subject->subject.column, NULL);
    return column != NULL && column->n_rows - column->n_missing >= STATE_ENOUGH;
}

/* Against the last report a fall is over as soon as nothing falls any more; it is mended only when
 * the metric is back where it came from, and beyond doubt off where it fell to. */
static gboolean
state_metric_is_back(const ErrataAnalysis *analysis, const ErrataSubject *subject)
{
    const ErrataMetric *metric = errata_case_metric(analysis->result, subject->metric);

    if (metric == NULL || isnan(metric->lo) || isnan(metric->hi))
        return FALSE;
    return subject->metric_to < subject->metric_from
               ? metric->hi >= subject->metric_from && metric->lo > subject->metric_to
               : metric->lo <= subject->metric_from && metric->hi < subject->metric_to;
}

/* whether about as many cells of the one column are missing as had odd values: a code for no value
 * is gone where blanks stand in its place, and what it stood for is not mended */
static gboolean
state_is_blanked(const ErrataAnalysis *analysis,
                 const ErrataPattern *before,
                 const ErrataSubject *subject)
{
    char *const *names = subject->columns;
    const ErrataColumn *column = names != NULL && names[0] != NULL && names[1] == NULL
                                     ? errata_frame_find(analysis->frame, names[0], NULL)
                                     : NULL;
    double share = column != NULL && column->n_rows > 0
                       ? (double)column->n_missing / (double)column->n_rows
                       : 0.0;

    return share > 0.0 && share * STATE_BLANKED >= before->value &&
           share <= STATE_BLANKED * before->value;
}

/**
 * errata_patterns_is_gone:
 * @analysis: a log in which the pattern was not found
 * @before: the pattern as it was stored
 * @subject: what the pattern is about
 * @rows: (nullable): the rows of the log that it is about, where its predicates say
 *
 * Returns: whether the log shows that it is fixed; what happened at one time (a change point) never
 * is
 */
gboolean
errata_patterns_is_gone(const ErrataAnalysis *analysis,
                        const ErrataPattern *before,
                        const ErrataFinding *subject,
                        const ErrataRows *rows)
{
    switch (subject->kind) {
    case ERRATA_FINDING_SLICE:
    case ERRATA_FINDING_CLUSTER: /* known by keywords alone, nothing shows that it is gone */
        return rows != NULL && state_rows_are_gone(analysis, before, subject, rows);
    case ERRATA_FINDING_CALIBRATION:
        if (subject->subject.predicates->len > 0)
            return rows != NULL && state_segment_is_gone(analysis, &subject->subject, rows);
        return state_was_tried(analysis, subject) && analysis->outcome->n_judged >= STATE_ENOUGH;
    case ERRATA_FINDING_LABEL_ISSUE:
    case ERRATA_FINDING_FAIRNESS:
    case ERRATA_FINDING_THRESHOLD:
    case ERRATA_FINDING_LEAKAGE:
        return state_was_tried(analysis, subject) && analysis->outcome->n_judged >= STATE_ENOUGH;
    case ERRATA_FINDING_PERFORMANCE: /* the same comparison has to have been made */
        return state_was_tried(analysis, subject) && analysis->outcome->n_judged >= STATE_ENOUGH &&
               g_strcmp0(analysis->result->baseline_kind, "first-half") != 0 &&
               analysis->result->baseline_kind != NULL &&
               (g_strcmp0(analysis->result->baseline_kind, "report") != 0 ||
                state_metric_is_back(analysis, &subject->subject));
    case ERRATA_FINDING_DRIFT:
    case ERRATA_FINDING_DATA_BUG:
        return state_was_tried(analysis, subject);
    case ERRATA_FINDING_ANOMALY:
        return state_was_tried(analysis, subject) &&
               !state_is_blanked(analysis, before, &subject->subject);
    case ERRATA_FINDING_CHANGE_POINT:
    case ERRATA_FINDING_MODEL_FILE:
        break;
    }
    return FALSE;
}
