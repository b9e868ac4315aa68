/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model has become worse since the baseline: by how much, and how much of it the rows
 * explain. */
#include <math.h>
#include <string.h>

#include "causes.h"
#include "drift-labels.h"
#include "drift-memory.h"
#include "foretold.h"
#include "interval-note.h"
#include "intervals.h"
#include "tests.h"
#include "words.h"

#define CHANGE_ALPHA 0.01
#define CHANGE_ALONE \
    0.1 /* share of the rows of now without their like, from which on weights are blind */
#define CHANGE_LABELS \
    0.5 /* part of the rise that other shares of the labels must make to name it */
#define CHANGE_LEVEL 0.99
#define CHANGE_VAGUE \
    0.1 /* of the log: where no change tells when now began, the minute says nothing */

/* how sure the rise is, and whether it came with the log or within it */
typedef struct {
    double sure;     /* the least that the loss has risen */
    gboolean learnt; /* the log's first rows are worse than the reference already: perhaps the model
                        * learnt from it, and would be worse on any other rows */
    gboolean remembered;     /* the model seems to have */
    double sure_within;      /* the least that it has risen from the log's first rows on */
    double first;            /* mean loss on those, or NaN */
    ErrataForetold foretold; /* what the scores let expect of the rows of now */
    double beyond;           /* the rise less what was foretold of it */
} ChangeGrade;

/* first what bugs carry, then what comes with other rows, the rest is alike rows behaving
 * differently. Where many rows have no like in the baseline and no scores tell of them, that rest
 * is not known */
static void
change_because(ErrataFinding *finding, const ErrataDriftSplit *split)
{
    double change = split->loss_to - split->loss_from;
    double bugs = isnan(split->bugs) ? 0.0 : CLAMP(split->bugs / change, 0.0, 1.0);
    double covariate = CLAMP(split->covariate / change, 0.0, 1.0 - bugs);
    double error = split->covariate_sd / change;
    gboolean blind = split->alone >= CHANGE_ALONE && !split->scored;
    ErrataEvidence *evidence;

    if (!isnan(split->bugs))
        errata_causes_add_bugs(finding, bugs, split->bugs_sd / change, split->n_hit);
    if (isnan(covariate))
        return;
    if (split->alone >= CHANGE_ALONE)
        errata_finding_add(finding,
                           errata_evidence_new("alone",
                                               "rows of now that hardly any row of the baseline is "
                                               "like",
                                               split->alone,
                                               ERRATA_UNIT_SHARE,
                                               split->n));
    if (!blind) {
        errata_causes_add(finding, "covariate-shift", covariate, split->n);
        errata_causes_add(finding, "concept-shift", 1.0 - bugs - covariate, split->n);
    }
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("covariate_share",
                            "part of the rise that comes with rows unlike the baseline's",
                            covariate,
                            ERRATA_UNIT_SHARE,
                            split->n));
    evidence->lo = CLAMP(covariate - errata_intervals_z(0.95) * error, 0.0, 1.0);
    evidence->hi = CLAMP(covariate + errata_intervals_z(0.95) * error, 0.0, 1.0);
    if (blind)
        evidence->hi = 1.0 - bugs;
    evidence->method =
        g_strdup(split->scored ? "the baseline's losses by prediction and score, the rest weighted "
                                 "by a domain classifier"
                               : "the baseline's losses weighted by a domain classifier");
}

/* what other shares of the labels alone would have done: Σ (π' − π) · mean loss of the label */
static double
change_label_shift(const ErrataDriftSide *from, const ErrataDriftSide *to)
{
    guint n = from->outcome->n_classes;
    g_autofree double *rows = g_new0(double, 3 * MAX(n, 1)); /* then, now, wrong then */
    double total[2] = {0.0, 0.0};
    double shift = 0.0;

    if (from->outcome->truth == NULL || to->outcome->truth == NULL || n < 2 ||
        n != to->outcome->n_classes)
        return (double)NAN;
    for (guint side = 0; side < 2; side++) {
        const ErrataDriftSide *rows_of = side == 0 ? from : to;

        for (gsize i = 0; i < rows_of->n; i++) {
            guint32 row = rows_of->row[i];
            double own = errata_outcome_weight(rows_of->outcome, row);
            gsize cell = side * n;

            if (rows_of->outcome->judged[row] == 0)
                continue;
            cell += (gsize)rows_of->outcome->truth[row];
            rows[cell] += own;
            total[side] += own;
            if (side == 0)
                rows[cell + 2 * n] += own * rows_of->outcome->error[row];
        }
    }
    for (gsize k = 0; k < n; k++)
        if (rows[k] > 0.0)
            shift += (rows[n + k] / total[1] - rows[k] / total[0]) * rows[2 * n + k] / rows[k];
    return shift;
}

static void
change_add_label_shift(ErrataFinding *finding, double share, gsize n)
{
    errata_finding_add(finding,
                       errata_evidence_new("label_shift_share",
                                           "part of the rise that other shares of the labels alone "
                                           "would make",
                                           share,
                                           ERRATA_UNIT_SHARE,
                                           n))
        ->method = g_strdup("error per label on the baseline, weighted by the labels of now");
}

/* other shares of the labels are all that has changed: rows and what scores mean change with them,
 * and are no causes of their own */
static void
change_because_of_labels(ErrataFinding *finding,
                         const ErrataDriftSplit *split,
                         const ErrataDriftLabels *labels,
                         const char *class_name,
                         double share)
{
    double change = split->loss_to - split->loss_from;
    double bugs = isnan(split->bugs) ? 0.0 : CLAMP(split->bugs / change, 0.0, 1.0);
    ErrataEvidence *evidence;

    share = MIN(share, 1.0 - bugs);
    if (!isnan(split->bugs))
        errata_causes_add_bugs(finding, bugs, split->bugs_sd / change, split->n_hit);
    errata_causes_add(finding, "label-shift", share, labels->n_to);
    errata_causes_add(finding, "concept-shift", 1.0 - bugs - share, labels->n_to);
    change_add_label_shift(finding, share, labels->n_to);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("label_now",
                                                      "share of the label that moved most",
                                                      labels->to,
                                                      ERRATA_UNIT_SHARE,
                                                      labels->n_to));
    evidence->baseline = labels->from;
    evidence->text = g_strdup(class_name);
    errata_finding_add(finding,
                       errata_evidence_new("label_within",
                                           "of the change of labels and scores together, what is "
                                           "left among rows of one label",
                                           labels->within,
                                           ERRATA_UNIT_SHARE,
                                           labels->n_from + labels->n_to))
        ->method = g_strdup("G beyond its degrees of freedom");
    errata_finding_add(finding,
                       errata_evidence_new("label_means",
                                           "of the change of labels and scores together, what is "
                                           "left among rows of one score",
                                           labels->means,
                                           ERRATA_UNIT_SHARE,
                                           labels->n_from + labels->n_to))
        ->method = g_strdup("G beyond its degrees of freedom");
}

/* why: other shares of the labels where nothing else has changed; else bugs, other rows and the
 * rest, with the labels as another reading */
static void
change_explain(const ErrataAnalysis *analysis,
               ErrataFinding *finding,
               const ErrataDriftSplit *split,
               const ErrataDriftSide *from,
               const ErrataDriftSide *to)
{
    ErrataDriftLabels labels = errata_drift_labels(from, to);
    double share =
        CLAMP(change_label_shift(from, to) / (split->loss_to - split->loss_from), 0.0, 1.0);
    const char *name = analysis->schema != NULL && labels.class < analysis->schema->n_classes
                           ? analysis->schema->classes[labels.class]
                           : NULL;

    if (labels.moved && share >= CHANGE_LABELS && name != NULL) {
        change_because_of_labels(finding, split, &labels, name, share);
        errata_drift_labels_suggest(finding, &labels, name, analysis->outcome, to);
        return;
    }
    change_because(finding, split);
    if (isnan(share))
        return;
    errata_causes_add(finding, "label-shift", share, to->n);
    change_add_label_shift(finding, share, to->n);
}

/* one-sided: the least by which @to is above @from */
static double
change_sure(double change, double variance)
{
    return fmax(errata_intervals_normal(change, variance, CHANGE_LEVEL).lo, 0.0);
}

static ChangeGrade
change_grade(const ErrataDriftSplit *split, const ErrataDriftSide *first, const ErrataDriftSide *to)
{
    ChangeGrade grade = {.first = (double)NAN};
    double of_first = (double)NAN, of_to = (double)NAN, of_from;
    double change = split->loss_to - split->loss_from;
    double before;

    grade.sure = change_sure(change, split->change_sd * split->change_sd);
    if (first->n == 0)
        return grade;
    grade.first = errata_drift_mean_loss(first, &of_first);
    errata_drift_mean_loss(to, &of_to);
    if (isnan(grade.first))
        return grade;
    of_from = fmax(split->change_sd * split->change_sd - of_to, 0.0);
    before = grade.first - split->loss_from;
    grade.learnt = errata_tests_normal_upper(before / sqrt(of_from + of_first)) < CHANGE_ALPHA;
    grade.sure_within = change_sure(split->loss_to - grade.first, of_first + of_to);
    return grade;
}

/* of a rise that was there from the first row on at most medium is told, or low where the model
 * seems to know the reference's rows */
static ErrataSeverity
change_severity(const ChangeGrade *grade, const ErrataDriftSplit *split, gboolean regression)
{
    ErrataSeverity all = errata_severity_from_impact(grade->sure / split->loss_to,
                                                     regression ? 0.0 : grade->sure);
    ErrataSeverity within = errata_severity_from_impact(grade->sure_within / split->loss_to,
                                                        regression ? 0.0 : grade->sure_within);

    return grade->remembered ? MAX(MIN(all, ERRATA_SEVERITY_LOW), within)
           : grade->learnt   ? MAX(MIN(all, ERRATA_SEVERITY_MEDIUM), within)
                             : all;
}

/* what the scores foretold of a rise is no fault of the model: its severity is that of the rest */
static void
change_foretell(ChangeGrade *grade,
                const ErrataDriftSplit *split,
                const ErrataDriftSide *from,
                const ErrataDriftSide *to)
{
    ErrataForetoldRows was = {from->outcome,
                              from->row,
                              from->n,
                              NULL,
                              from->outcome != NULL ? from->outcome->weight : NULL};
    ErrataForetoldRows is = {to->outcome, to->row, to->n, NULL, to->outcome->weight};
    double rise;

    grade->foretold = errata_foretold(&was, &is);
    grade->beyond = split->loss_to - split->loss_from;
    rise = grade->foretold.errors - split->loss_from;
    if (!(rise > 0.0) || grade->learnt)
        return;
    grade->beyond -= rise;
    grade->sure = change_sure(grade->beyond, split->change_sd * split->change_sd);
    grade->sure_within = MIN(grade->sure_within, grade->sure);
}

static ErrataEvidence *
change_add(ErrataFinding *finding,
           gboolean regression,
           const char *key,
           const char *what,
           double value,
           gsize n)
{
    return errata_finding_add(
        finding,
        errata_evidence_new(key,
                            what,
                            value,
                            regression ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                            n));
}

/* says so where nothing is left of the rise but chance */
static gboolean
change_is_foretold(ErrataFinding *finding,
                   const ChangeGrade *grade,
                   const ErrataDriftSplit *split,
                   gboolean regression)
{
    if (!(grade->foretold.errors > split->loss_from) || grade->learnt ||
        (errata_tests_normal_upper(grade->beyond / split->change_sd) < CHANGE_ALPHA &&
         !(regression && grade->beyond <= ERRATA_FORETOLD_NEAR * grade->foretold.errors)))
        return FALSE;
    errata_finding_add(finding,
                       errata_foretold_evidence(&grade->foretold, "of the last rows", regression));
    g_ptr_array_add(finding->notes, g_strdup("errors=foretold"));
    return TRUE;
}

static void
change_add_evidence(const ErrataAnalysis *analysis,
                    ErrataFinding *finding,
                    const ErrataDriftSplit *split,
                    const ChangeGrade *grade,
                    gsize n_from,
                    gsize n_first,
                    gsize n_to)
{
    gboolean regression = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    double change = split->loss_to - split->loss_from;
    double from = regression ? split->loss_from : 1.0 - split->loss_from;
    double to = regression ? split->loss_to : 1.0 - split->loss_to;
    ErrataInterval interval =
        errata_intervals_normal(change, split->change_sd * split->change_sd, CHANGE_LEVEL);
    ErrataEvidence *evidence;

    evidence = change_add(finding,
                          regression,
                          "metric_from",
                          regression ? "mean absolute error on the baseline"
                                     : "accuracy on the baseline",
                          from,
                          n_from);
    if (grade->learnt)
        evidence->method = g_strdup("on the reference; models do better on rows they learnt from");
    if (!isnan(grade->first))
        change_add(finding,
                   regression,
                   "metric_first",
                   regression ? "mean absolute error on the first rows of the log"
                              : "accuracy on the first rows of the log",
                   regression ? grade->first : 1.0 - grade->first,
                   n_first);
    evidence = change_add(finding,
                          regression,
                          "metric_to",
                          regression ? "mean absolute error on the last rows"
                                     : "accuracy on the last rows",
                          to,
                          n_to);
    evidence->baseline = from;
    evidence->test = g_strdup("difference of means");
    evidence->p = evidence->q = errata_tests_normal_upper(change / split->change_sd);
    evidence = change_add(finding,
                          regression,
                          "rise",
                          regression ? "rise of the mean absolute error" : "rise of the error rate",
                          change,
                          n_to);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    errata_interval_note_set(finding, evidence, ERRATA_INTERVAL_NOTE_SURE);
    evidence->method = g_strdup("normal, 99 %; severity by its lower end");
}

/* the mean losses of all rows, where no bug hit those of now */
static ErrataDriftSplit
change_of_all(const ErrataDriftSplit *split, const ErrataDriftSide *from, const ErrataDriftSide *to)
{
    ErrataDriftSplit whole = *split;
    double of_from = 0.0, of_to = 0.0;

    whole.loss_from = errata_drift_mean_loss(from, &of_from);
    whole.loss_to = errata_drift_mean_loss(to, &of_to);
    whole.known = !isnan(whole.loss_from) && !isnan(whole.loss_to);
    whole.change_sd = sqrt(of_from + of_to);
    return whole;
}

/**
 * errata_drift_with_bugs:
 * @split: the change of the rows that no bug hit, as far as they could be told
 * @outcome: predictions and labels of the log
 * @hit: (array) (nullable): per row of the log whether a bug hit it
 * @from: rows of the baseline, those of faults included
 * @to: rows of now, likewise
 *
 * Returns: the change of all those rows, with the part that the hit ones carry. Where hardly any
 * other
 *   rows are left now, that is all of it
 */
ErrataDriftSplit
errata_drift_with_bugs(const ErrataDriftSplit *split,
                       const ErrataOutcome *outcome,
                       const guint8 *hit,
                       const ErrataDriftSide *from,
                       const ErrataDriftSide *to)
{
    const guint8 *hit_from = from->outcome == outcome ? hit : NULL;
    ErrataDriftSplit whole = *split;
    ErrataCauseLoss before = {.mean = (double)NAN}, now;
    double part;

    if (from->outcome != NULL)
        before = errata_causes_loss(from->outcome, hit_from, from->row, from->n);
    now = errata_causes_loss(outcome, hit, to->row, to->n);
    if (isnan(before.mean) || isnan(now.mean))
        return whole;
    if (now.n_hit == 0)
        return change_of_all(split, from, to);
    part = isnan(now.clean) ? now.mean - before.mean
                            : now.part - (isnan(before.part) ? 0.0 : before.part);
    whole.known = TRUE;
    whole.loss_from = before.mean;
    whole.loss_to = now.mean;
    whole.change_sd = sqrt(before.variance + now.variance);
    whole.n_hit = now.n_hit;
    whole.bugs = part;
    whole.bugs_sd = isnan(now.clean) ? whole.change_sd : sqrt(now.part_variance);
    return whole;
}

/* “from 22 March on”, “9,000 rows”: the rows of now, where no change tells since when they are */
static char *
change_rows(const ErrataAnalysis *analysis, const ErrataDriftSide *now)
{
    const ErrataCase *result = analysis->result;
    gint64 first = analysis->outcome->time != NULL && now->n > 0
                       ? analysis->outcome->time[now->row[0]]
                       : G_MININT64;
    g_autofree char *count = errata_words_count(now->n);
    g_autofree char *day = NULL;

    if (first == G_MININT64 || !(result->time_from < result->time_to))
        return g_strdup_printf("last %s rows", count);
    day = errata_words_time_about(first,
                                  0.0,
                                  ((double)result->time_to - (double)result->time_from) *
                                      CHANGE_VAGUE);
    return g_strdup_printf("rows from %s on", day);
}

/**
 * errata_drift_tell_rows:
 * @analysis: a log whose changes were looked for
 * @finding: of the rows of now; gets the note that says which they are, where none says since when
 * @now: these
 */
void
errata_drift_tell_rows(const ErrataAnalysis *analysis,
                       ErrataFinding *finding,
                       const ErrataDriftSide *now)
{
    if (errata_finding_note(finding, "since") == NULL && now->n < analysis->frame->n_rows) {
        g_autofree char *rows = change_rows(analysis, now);

        g_ptr_array_add(finding->notes, g_strdup_printf("rows=%s", rows));
    }
}

/* what a loss that was there in the log's first rows already, which is no fall, stands beside: “and
 * 75.9 % in the first rows of the log, against 80.1 % on the reference” */
static char *
change_standing(const ChangeGrade *grade,
                const ErrataDriftSplit *split,
                gboolean regression,
                gboolean known)
{
    g_autofree char *before = NULL;
    g_autofree char *at_first = NULL;
    const char *reference = known ? "a reference that the model seems to have learnt from"
                                  : "the reference";

    if (regression) {
        errata_words_pair(split->loss_from, grade->first, &before, &at_first);
    } else {
        before = errata_words_share(1.0 - split->loss_from, (double)NAN, (double)NAN);
        at_first = errata_words_share(1.0 - grade->first, (double)NAN, (double)NAN);
    }
    return g_strdup_printf("and %s in the first rows of the log, against %s on %s",
                           at_first,
                           before,
                           reference);
}

/* which rows are now: without them a fall would seem to be that between the halves */
static void
change_place(const ErrataAnalysis *analysis,
             ErrataFinding *finding,
             const ErrataDriftSide *now,
             const char *standing)
{
    gboolean regression = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    g_autofree char *since = errata_drift_since(analysis, NULL, finding);
    g_autofree char *rows = change_rows(analysis, now);
    const char *what = regression ? "The mean absolute error" : "Accuracy";
    gboolean lasts = since != NULL && errata_finding_note(finding, "until") == NULL;
    const char *moved = lasts        ? regression ? "has risen" : "has fallen"
                        : regression ? "rose"
                                     : "fell";
    char *title;

    if (errata_finding_note(finding, "since") == NULL && g_str_has_prefix(rows, "rows "))
        g_ptr_array_add(finding->notes, g_strdup_printf("rows=%s", rows + strlen("rows ")));
    title = g_strdup_printf("%s %s %s %s%s%s%s",
                            what,
                            standing == NULL ? moved
                            : lasts          ? "has been"
                                             : "is",
                            finding->title,
                            since != NULL ? since : "in the ",
                            since != NULL ? "" : rows,
                            standing != NULL ? " " : "",
                            standing != NULL ? standing : "");
    g_free(finding->title);
    finding->title = title;
}

/* of a rise that the scores foretold: it came with harder rows, what they did not tell is the
 * rest */
static void
change_because_foretold(ErrataFinding *finding,
                        const ErrataDriftSplit *split,
                        const ChangeGrade *grade)
{
    double change = split->loss_to - split->loss_from;
    double bugs = isnan(split->bugs) ? 0.0 : CLAMP(split->bugs / change, 0.0, 1.0);
    double harder = CLAMP((grade->foretold.errors - split->loss_from) / change, 0.0, 1.0 - bugs);

    if (!isnan(split->bugs))
        errata_causes_add_bugs(finding, bugs, split->bugs_sd / change, split->n_hit);
    errata_causes_add(finding, "covariate-shift", harder, grade->foretold.n);
    errata_causes_add(finding, "concept-shift", 1.0 - bugs - harder, grade->foretold.n);
}

/* what made the rise, and what to do about it */
static void
change_say_why(const ErrataAnalysis *analysis,
               ErrataFinding *finding,
               const ErrataDriftSplit *split,
               const ChangeGrade *grade,
               const ErrataDriftSide *from,
               const ErrataDriftSide *to)
{
    if (change_is_foretold(finding,
                           grade,
                           split,
                           analysis->outcome->task == ERRATA_TASK_REGRESSION)) {
        change_because_foretold(finding, split, grade);
        errata_finding_suggest(finding,
                               "monitor",
                               "Learn which cases are harder, and whether they stay")
            ->method = g_strdup("nothing to mend: the model judges them as well as before");
        return;
    }
    change_explain(analysis, finding, split, from, to);
    errata_finding_suggest(finding, "retrain", "Retrain with labelled rows from the end of the log")
        ->method = g_strdup("not computed: needs a retrained model");
}

/**
 * errata_drift_change:
 * @analysis: the log
 * @split: the mean losses and what explains their change
 * @from_side: rows of the baseline
 * @first: the first rows of the log, none without a reference
 * @to_side: rows now
 *
 * One test per run: the mean loss now against the baseline's, at 0.01, one-sided.
 *
 * Returns: (transfer full) (nullable): the finding, %NULL when the loss has not risen beyond chance
 */
ErrataFinding *
errata_drift_change(const ErrataAnalysis *analysis,
                    const ErrataDriftSplit *split,
                    const ErrataDriftSide *from_side,
                    const ErrataDriftSide *first,
                    const ErrataDriftSide *to_side)
{
    gsize n_from = from_side->n;
    gsize n_to = to_side->n;
    gboolean regression = analysis->outcome->task == ERRATA_TASK_REGRESSION;
    double change = split->loss_to - split->loss_from;
    double p = errata_tests_normal_upper(change / split->change_sd);
    double from = regression ? split->loss_from : 1.0 - split->loss_from;
    double to = regression ? split->loss_to : 1.0 - split->loss_to;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *title = NULL;
    ErrataDriftMemory memory;
    ErrataSeverity severity;
    ErrataFinding *finding;
    ChangeGrade grade;
    g_autofree char *standing = NULL;
    gboolean known; /* no more than the model's knowing the reference */

    if (!split->known || !(change > 0.0) || !(p < CHANGE_ALPHA))
        return NULL;
    if (regression) {
        errata_words_pair(from, to, &before, &after);
    } else {
        before = errata_words_share(from, (double)NAN, (double)NAN);
        after = errata_words_share(to, (double)NAN, (double)NAN);
    }
    grade = change_grade(split, first, to_side);
    change_foretell(&grade, split, from_side, to_side);
    memory = errata_drift_memory(split, from_side, first);
    grade.remembered = grade.learnt && memory.seems;
    severity = change_severity(&grade, split, regression);
    known = grade.remembered && severity <= ERRATA_SEVERITY_LOW;
    if (known || (grade.learnt && !(grade.sure_within > 0.0)))
        standing = change_standing(&grade, split, regression, known);
    title = standing != NULL ? g_strdup(after) : g_strdup_printf("from %s to %s", before, after);
    finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, title);
    change_place(analysis, finding, to_side, standing); /* tells what, and when */
    finding->confirmed = TRUE;
    finding->severity = severity;
    if (grade.remembered)
        errata_drift_memory_tell(&memory, finding);
    else if (grade.learnt)
        g_ptr_array_add(finding->notes, g_strdup("learnt=perhaps"));
    finding->rank = change / split->loss_to;
    finding->share_of_errors = finding->share_of_rows = finding->excess_errors = (double)NAN;
    finding->metric = g_strdup(regression ? "mae" : "accuracy");
    finding->delta = from - to;
    finding->summary = g_strdup(
        known ? "performance · against a reference that the model seems to have learnt from"
        : grade.learnt && finding->severity <= ERRATA_SEVERITY_MEDIUM
            ? "performance · against the reference, on which the model may have learnt: medium at most"
        : analysis->reference != NULL ? "performance · against the reference"
        : analysis->changed_at > 0    ? "performance · against the rows before"
                                      : "performance · against the first half");
    finding->subject.metric = g_strdup(finding->metric);
    finding->subject.metric_from = from;
    finding->subject.metric_to = to;
    change_add_evidence(analysis, finding, split, &grade, n_from, first->n, n_to);
    if (known)
        errata_finding_suggest(finding,
                               "monitor",
                               "Compare with labelled rows that the model has not learnt from")
            ->method = g_strdup("nothing to gain: the reference measures another thing");
    else
        change_say_why(analysis, finding, split, &grade, from_side, to_side);
    return finding;
}
