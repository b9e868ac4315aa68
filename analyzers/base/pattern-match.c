/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which findings of two logs are one, and which of the two is worse. Whoever follows findings from
 * report to report and whoever holds two reports against each other asks here. One is worse or
 * better when the number that says how bad it is moved beyond chance and by a tenth; without
 * intervals, when its severity did. */
#include "pattern-match.h"

#include <math.h>
#include <string.h>

#define PATTERN_SURE   2.576 /* standard errors: p < 0.01, two-sided */
#define PATTERN_CHANGE 0.1   /* of the larger value */
#define PATTERN_Z      1.96  /* half width of an interval over its standard error */
#define PATTERN_GAP    2.0   /* times as many cells of one column, or as few */

/* evidence that says how bad a finding is, by kind, the first that is there */
static const char *const pattern_keys[][3] = {
    [ERRATA_FINDING_SLICE] = {"rate_in", "type_in"},
    [ERRATA_FINDING_CLUSTER] = {"rate_in", "lift", "share_errors"},
    [ERRATA_FINDING_LABEL_ISSUE] = {"share"},
    [ERRATA_FINDING_ANOMALY] = {"share_rows", "n_rows"},
    [ERRATA_FINDING_DRIFT] = {"distance", "wasserstein"},
    [ERRATA_FINDING_CHANGE_POINT] = {NULL},
    [ERRATA_FINDING_DATA_BUG] = {"share_rows"},
    [ERRATA_FINDING_LEAKAGE] = {"strength"},
    [ERRATA_FINDING_CALIBRATION] = {"ece", "effect", "difference"},
    [ERRATA_FINDING_FAIRNESS] = {NULL},
    [ERRATA_FINDING_THRESHOLD] = {NULL},
    [ERRATA_FINDING_PERFORMANCE] = {NULL},
    [ERRATA_FINDING_MODEL_FILE] = {NULL},
};

/* which analyzer tries for the kind */
static const char *const pattern_analyzers[] = {
    [ERRATA_FINDING_SLICE] = "slices",
    [ERRATA_FINDING_CLUSTER] = "clusters",
    [ERRATA_FINDING_LABEL_ISSUE] = "label-issues",
    [ERRATA_FINDING_ANOMALY] = "anomalies",
    [ERRATA_FINDING_DRIFT] = "drift",
    [ERRATA_FINDING_CHANGE_POINT] = "change-points",
    [ERRATA_FINDING_DATA_BUG] = "data-bugs",
    [ERRATA_FINDING_LEAKAGE] = "leakage",
    [ERRATA_FINDING_CALIBRATION] = "calibration",
    [ERRATA_FINDING_FAIRNESS] = "fairness",
    [ERRATA_FINDING_THRESHOLD] = "threshold",
    [ERRATA_FINDING_PERFORMANCE] = "drift",
    [ERRATA_FINDING_MODEL_FILE] = "model-file",
};

/**
 * errata_pattern_analyzer:
 * @kind: of a finding
 *
 * Returns: the analyzer that tries for it
 */
const char *
errata_pattern_analyzer(ErrataFindingKind kind)
{
    return pattern_analyzers[kind];
}

/* (transfer full) (nullable): two classes taken for each other, in whichever order they are told;
 * the largest cell of labels that are wrong all over is chance, and no part of what they are */
static char *
pattern_classes(const ErrataSubject *subject)
{
    if (subject->direction == NULL || subject->given == NULL || subject->suggested == NULL)
        return NULL;
    return strcmp(subject->given, subject->suggested) < 0
               ? g_strdup_printf("%s\x1f%s", subject->given, subject->suggested)
               : g_strdup_printf("%s\x1f%s", subject->suggested, subject->given);
}

/**
 * errata_pattern_identity:
 * @finding: a finding
 *
 * Returns: (transfer full): what has to be equal for two findings to be one; the rest of a subject
 * are
 *   numbers that move from log to log
 */
char *
errata_pattern_identity(const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;
    g_autofree char *columns = subject->columns != NULL ? g_strjoinv("\x1f", subject->columns)
                                                        : NULL;
    g_autofree char *both = NULL;
    const char *direction = subject->direction;
    const char *part = subject->column;
    const char *detail = subject->bug;

    switch (finding->kind) {
    case ERRATA_FINDING_CHANGE_POINT:
        part = subject->series;
        detail = subject->after > subject->before ? "up" : "down";
        break;
    case ERRATA_FINDING_ANOMALY:
        part = columns;
        break;
    case ERRATA_FINDING_PERFORMANCE:
    case ERRATA_FINDING_FAIRNESS:
        detail = subject->metric;
        break;
    case ERRATA_FINDING_THRESHOLD:
        detail = subject->objective;
        break;
    case ERRATA_FINDING_MODEL_FILE:
        part = subject->file;
        detail = subject->problem;
        break;
    case ERRATA_FINDING_SLICE: /* errors of one kind are not all errors of the same rows */
        part = subject->given;
        detail = subject->suggested;
        break;
    case ERRATA_FINDING_LABEL_ISSUE: /* of all labels there is one, of two classes their own */
        detail = both = pattern_classes(subject);
        break;
    case ERRATA_FINDING_CLUSTER:
    case ERRATA_FINDING_DATA_BUG:
    case ERRATA_FINDING_LEAKAGE:
        break;
    case ERRATA_FINDING_DRIFT: /* a column that is missing less often is the end of what was */
        if (g_strcmp0(subject->test, "two proportions") == 0)
            detail = subject->statistic > 0.0 ? "missing-more" : "missing-less";
        break;
    case ERRATA_FINDING_CALIBRATION: /* of all rows there is one, whichever way it is off */
        if (subject->predicates->len == 0)
            direction = NULL;
        part = subject->given; /* one class of several */
        break;
    }
    return g_strdup_printf("%s\x1e%s\x1e%s\x1e%s",
                           errata_finding_kind_nick(finding->kind),
                           part != NULL ? part : "",
                           detail != NULL ? detail : "",
                           direction != NULL ? direction : "");
}

/**
 * errata_pattern_gaps:
 * @predicates: (element-type ErrataPredicate): of a finding
 * @is_code: (scope call): asked of each condition that a column is one number
 * @data: for @is_code
 *
 * A finding about a code for no value (income is −999) and one about cells that have none are of
 * the same thing: a log writes it one way or the other.
 *
 * Returns: (transfer full) (element-type ErrataPredicate): the same conditions, those on codes as
 *   conditions that the column is missing
 */
GPtrArray *
errata_pattern_gaps(const GPtrArray *predicates, ErrataPatternIsCode is_code, gconstpointer data)
{
    GPtrArray *gaps = g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);

    for (guint i = 0; i < predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(predicates, i);
        gboolean gap = predicate->op == ERRATA_OP_IS_MISSING ||
                       (predicate->op == ERRATA_OP_EQ && predicate->values == NULL &&
                        is_code(predicate, data));

        g_ptr_array_add(gaps,
                        gap ? errata_predicate_new(predicate->column, ERRATA_OP_IS_MISSING)
                            : errata_predicate_copy(predicate));
    }
    return gaps;
}

/**
 * errata_pattern_evidence:
 * @finding: a finding
 *
 * Returns: (transfer none) (nullable): the evidence that says how bad it is
 */
const ErrataEvidence *
errata_pattern_evidence(const ErrataFinding *finding)
{
    for (guint i = 0; i < G_N_ELEMENTS(pattern_keys[0]); i++) {
        const char *key = pattern_keys[finding->kind][i];
        const ErrataEvidence *evidence = key != NULL ? errata_finding_evidence(finding, key) : NULL;

        if (evidence != NULL && !isnan(evidence->value))
            return evidence;
    }
    return NULL;
}

/* (nullable): the one column of which cells hold something odd, or nothing for a while */
static const char *
pattern_gap(const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;

    if (finding->kind == ERRATA_FINDING_ANOMALY)
        return subject->columns != NULL && g_strv_length(subject->columns) == 1
                   ? subject->columns[0]
                   : NULL;
    return finding->kind == ERRATA_FINDING_DATA_BUG && g_strcmp0(subject->bug, "missing-burst") == 0
               ? subject->column
               : NULL;
}

/**
 * errata_pattern_same_gap:
 * @before: a finding
 * @share: its share of the rows; NaN: as its evidence has it
 * @now: a finding of another log
 *
 * Returns: whether one is about a code that stands for no value and the other about blanks in its
 *   place: the same column, about as many cells
 */
gboolean
errata_pattern_same_gap(const ErrataFinding *before, double share, const ErrataFinding *now)
{
    const char *column = pattern_gap(before);
    const ErrataEvidence *then = errata_pattern_evidence(before);
    const ErrataEvidence *here = errata_pattern_evidence(now);

    if (before->kind == now->kind || column == NULL || here == NULL ||
        g_strcmp0(column, pattern_gap(now)) != 0)
        return FALSE;
    if (isnan(share) && then != NULL)
        share = then->value;
    return share <= PATTERN_GAP * here->value && here->value <= PATTERN_GAP * share;
}

/**
 * errata_pattern_measure:
 * @finding: a finding
 * @pattern: gets its value and interval
 */
void
errata_pattern_measure(const ErrataFinding *finding, ErrataPattern *pattern)
{
    const ErrataSubject *subject = &finding->subject;
    const ErrataEvidence *evidence = errata_pattern_evidence(finding);

    pattern->value = pattern->lo = pattern->hi = (double)NAN;
    if (evidence != NULL) {
        pattern->value = fabs(evidence->value);
        pattern->lo = evidence->value < 0.0 ? -evidence->hi : evidence->lo;
        pattern->hi = evidence->value < 0.0 ? -evidence->lo : evidence->hi;
        return;
    }
    if (finding->kind == ERRATA_FINDING_CHANGE_POINT)
        pattern->value = fabs(subject->after - subject->before);
    else if (finding->kind == ERRATA_FINDING_PERFORMANCE)
        pattern->value = fabs(subject->metric_to - subject->metric_from);
    else if (finding->kind == ERRATA_FINDING_FAIRNESS)
        pattern->value = fabs(subject->difference);
    else if (finding->kind == ERRATA_FINDING_THRESHOLD)
        pattern->value = finding->delta;
}

static double
pattern_error(const ErrataPattern *pattern)
{
    double width = pattern->hi - pattern->lo;

    return width > 0.0 ? width / (2.0 * PATTERN_Z) : (double)NAN;
}

/**
 * errata_pattern_compare:
 * @before: as it was stored
 * @now: as it is found again
 *
 * Returns: REGRESSED, WORSE, BETTER or RECURRING
 */
ErrataPatternState
errata_pattern_compare(const ErrataPattern *before, const ErrataPattern *now)
{
    double change = now->value - before->value;
    double error = hypot(pattern_error(before), pattern_error(now));

    if (before->state == ERRATA_PATTERN_FIXED)
        return ERRATA_PATTERN_REGRESSED;
    if (!isnan(change) && !isnan(error)) {
        if (fabs(change) < PATTERN_CHANGE * fmax(now->value, before->value) ||
            fabs(change) < PATTERN_SURE * error)
            return ERRATA_PATTERN_RECURRING;
        return change > 0.0 ? ERRATA_PATTERN_WORSE : ERRATA_PATTERN_BETTER;
    }
    if (now->severity > before->severity)
        return ERRATA_PATTERN_WORSE;
    return now->severity < before->severity ? ERRATA_PATTERN_BETTER : ERRATA_PATTERN_RECURRING;
}
