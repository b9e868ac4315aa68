/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against an earlier report: what became of the headline, and what fell as a finding, with its
 * causes. How two reports are compared stands in metric-change.c. METHODS 1, e8. */
#include "compare.h"

#include <math.h>
#include <string.h>

#include "causes.h"
#include "drift.h"
#include "gain.h"
#include "interval-note.h"
#include "intervals.h"
#include "metric-change.h"
#include "precision.h"
#include "rng.h"
#include "words.h"

static ErrataSampledRow
compare_sampled_row(const ErrataOutcome *outcome, gsize row, guint64 key)
{
    ErrataSampledRow sampled = {.key = key, .value = NAN};

    sampled.judged = outcome->judged[row] != 0;
    if (outcome->task == ERRATA_TASK_REGRESSION) {
        sampled.value = sampled.judged ? (float)outcome->loss[row] : NAN;
        return sampled;
    }
    sampled.wrong = sampled.judged && outcome->error[row] != 0;
    sampled.positive = outcome->positive >= 0 && outcome->truth != NULL &&
                       outcome->truth[row] == outcome->positive;
    if (outcome->score != NULL)
        sampled.value = (float)outcome->score[row];
    return sampled;
}

ErrataRowSample *
errata_compare_sample(const ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(ErrataSampledRow));
    const guint64 all = G_GUINT64_CONSTANT(1) << 48;
    double share = 1.5 * ERRATA_ROW_SAMPLE_MOST / (double)MAX(outcome->n_rows, 1);
    guint64 limit = share < 1.0 ? (guint64)(share * (double)all) : all;
    const ErrataColumn *id;

    if (analysis->schema->id < 0 || outcome->n_judged == 0)
        return NULL;
    id = analysis->frame->columns[analysis->schema->id];
    for (gsize row = 0; row < outcome->n_rows; row++) {
        guint64 key = errata_rng_mix(errata_column_hash(id, row)) >> 16;

        if (key < limit && errata_column_is_valid(id, row)) {
            ErrataSampledRow sampled = compare_sampled_row(outcome, row, key);

            g_array_append_val(rows, sampled);
        }
    }
    return errata_row_sample_new(rows, outcome->n_rows);
}

gboolean
errata_compare_is_usable(const ErrataCase *earlier, const ErrataCase *now, const char **ret_why)
{
    const ErrataMetric *metric = earlier->headline != NULL
                                     ? errata_case_metric(earlier, earlier->headline)
                                     : NULL;

    *ret_why = NULL;
    if (earlier->task != now->task)
        *ret_why = "it is of another task";
    else if (g_strcmp0(earlier->positive, now->positive) != 0)
        *ret_why = "its positive class is another";
    else if (metric == NULL || isnan(metric->value))
        *ret_why = "it had no labels to judge by";
    return *ret_why == NULL;
}

/* what other shares of the labels alone would have done to the error rate: Σ (π' − π) · error */
static double
compare_label_shift(const ErrataPerformance *before, const ErrataPerformance *now)
{
    double total[2] = {0.0, 0.0};
    double shift = 0.0;
    guint n = before->n_confusion;

    if (n == 0 || n != now->n_confusion || before->confusion == NULL || now->confusion == NULL)
        return (double)NAN;
    for (guint k = 0; k < n; k++)
        if (g_strcmp0(before->confusion_classes[k], now->confusion_classes[k]) != 0)
            return (double)NAN;
    for (gsize cell = 0; cell < (gsize)n * n; cell++) {
        total[0] += (double)before->confusion[cell];
        total[1] += (double)now->confusion[cell];
    }
    for (gsize k = 0; k < n; k++) {
        double rows[2] = {0.0, 0.0};

        for (gsize j = 0; j < n; j++) {
            rows[0] += (double)before->confusion[k * n + j];
            rows[1] += (double)now->confusion[k * n + j];
        }
        if (rows[0] > 0.0)
            shift += (rows[1] / total[1] - rows[0] / total[0]) *
                     (1.0 - (double)before->confusion[k * n + k] / rows[0]);
    }
    return shift;
}

/* the part of the change that rows hit by a data bug carry, beyond what bugs did then */
static void
compare_because_bugs(const ErrataAnalysis *analysis, ErrataFinding *finding, double worse)
{
    g_autofree guint8 *hit = errata_causes_hit(analysis);
    ErrataCauseLoss loss;
    double part;

    if (hit == NULL || g_strcmp0(finding->metric, "roc_auc") == 0)
        return;
    loss = errata_causes_loss(analysis->outcome, hit, NULL, analysis->outcome->n_rows);
    part = loss.part - errata_causes_then(analysis->earlier);
    if (!isnan(part))
        errata_causes_add_bugs(finding,
                               CLAMP(part / worse, 0.0, 1.0),
                               sqrt(loss.part_variance) / worse,
                               loss.n_hit);
}

/* rows and losses by bin are all that is known of then: of each column, and of the score, what its
 * own change would have made of the losses of then, Σ_b (now_b − then_b) · loss_b as
 * errata_drift_column_loss() has it. Columns go together, so parts are not added: the largest that
 * is surely above 0 is the least that other rows explain. Returns it, NaN where no column can be
 * compared */
static double
compare_covariate(const ErrataAnalysis *analysis, double *ret_sd, const char **ret_name)
{
    g_autofree guint32 *row = g_new(guint32, analysis->frame->n_rows + 1);
    ErrataDriftSide now = {.frame = analysis->frame, .outcome = analysis->outcome, .row = row};
    double part = (double)NAN, sure = 0.0;

    *ret_sd = 0.0;
    *ret_name = NULL;
    for (guint32 i = 0; i < analysis->frame->n_rows; i++)
        if (analysis->set_aside == NULL || analysis->set_aside[i] == 0)
            row[now.n++] = i;
    for (guint c = 0; now.n >= ERRATA_DRIFT_MIN_ROWS && c < analysis->frame->n_columns; c++) {
        ErrataRole role = analysis->schema->columns[c].role;
        ErrataDriftColumn column = {.column = c, .name = analysis->frame->columns[c]->name};

        if (role != ERRATA_ROLE_FEATURE && role != ERRATA_ROLE_GROUP && role != ERRATA_ROLE_SCORE)
            continue;
        if (errata_drift_earlier_measure(&column, analysis->earlier, &now) && !isnan(column.loss)) {
            part = isnan(part) ? 0.0 : part;
            if (column.loss - 3.0 * column.loss_sd > sure) {
                sure = column.loss - 3.0 * column.loss_sd;
                part = column.loss;
                *ret_sd = column.loss_sd;
                *ret_name = column.name;
            }
        }
        errata_drift_column_clear(&column);
    }
    return part;
}

static void
compare_because_rows(const ErrataAnalysis *analysis, ErrataFinding *finding, double worse)
{
    const char *name;
    double bugs = 0.0, sd, share;
    ErrataEvidence *evidence;
    g_autofree char *what = NULL;

    if (g_strcmp0(finding->metric, "roc_auc") == 0)
        return;
    share = compare_covariate(analysis, &sd, &name) / worse;
    if (isnan(share))
        return;
    for (guint i = 0; i < finding->subject.because->len; i++)
        bugs += ((const ErrataShare *)g_ptr_array_index(finding->subject.because, i))->rate;
    share = CLAMP(share, 0.0, 1.0 - MIN(bugs, 1.0));
    what = g_strdup_printf("part of the %s that comes with other values of %s",
                           errata_gain_is_loss(finding->metric) ? "rise" : "fall",
                           name != NULL ? name : "any column");
    errata_causes_add(finding, "covariate-shift", share, analysis->outcome->n_judged);
    errata_causes_add(finding,
                      "concept-shift",
                      1.0 - MIN(bugs, 1.0) - share,
                      analysis->outcome->n_judged);
    evidence = errata_finding_add(finding,
                                  errata_evidence_new("covariate_share",
                                                      what,
                                                      share,
                                                      ERRATA_UNIT_SHARE,
                                                      analysis->outcome->n_judged));
    evidence->lo = CLAMP(share - errata_intervals_z(0.95) * sd / worse, 0.0, 1.0);
    evidence->hi = CLAMP(share + errata_intervals_z(0.95) * sd / worse, 0.0, 1.0);
    evidence->method = g_strdup("losses by bin in the earlier report, weighted by the rows of now; "
                                "the largest of any one column: several together may explain more");
}

/* the same rows with the same labels: what predicts them is another thing now, or is given other
 * values */
static void
compare_because_model(ErrataFinding *finding, const ErrataMetricPairs *pairs)
{
    errata_finding_add(finding,
                       errata_evidence_new("same_rows",
                                           "rows with the same id and label in both reports",
                                           (double)pairs->n,
                                           ERRATA_UNIT_COUNT,
                                           pairs->n));
}

static void
compare_because(const ErrataAnalysis *analysis,
                ErrataFinding *finding,
                const ErrataMetricPairs *pairs,
                double worse)
{
    double shift = compare_label_shift(&analysis->earlier->performance,
                                       &analysis->result->performance);
    double share = CLAMP(shift / worse, 0.0, 1.0);

    compare_because_bugs(analysis, finding, worse);
    if (errata_metric_change_same_rows(pairs)) {
        compare_because_model(finding, pairs);
        return;
    }
    compare_because_rows(analysis, finding, worse);
    if (isnan(share) || g_strcmp0(finding->metric, "accuracy") != 0)
        return;
    errata_causes_add(finding, "label-shift", share, analysis->outcome->n_judged);
    errata_finding_add(finding,
                       errata_evidence_new("label_shift_share",
                                           "part of the fall that other shares of the labels alone "
                                           "would make",
                                           share,
                                           ERRATA_UNIT_SHARE,
                                           analysis->outcome->n_judged))
        ->method = g_strdup("error per label then, weighted by the labels of now");
}

static ErrataUnit
compare_unit(const char *name)
{
    return strcmp(name, "accuracy") == 0 ? ERRATA_UNIT_SHARE
           : strcmp(name, "mae") == 0    ? ERRATA_UNIT_TARGET
                                         : ERRATA_UNIT_NONE;
}

static void
compare_add_evidence(const ErrataAnalysis *analysis,
                     ErrataFinding *finding,
                     const char *name,
                     const char *shown,
                     const ErrataPaired *change,
                     double q)
{
    const ErrataMetric *before = errata_case_metric(analysis->earlier, name);
    const ErrataMetric *now = errata_case_metric(analysis->result, name);
    g_autofree char *then_what = g_strdup_printf("%s in the earlier report", shown);
    g_autofree char *now_what = g_strdup_printf("%s now", shown);
    ErrataEvidence *evidence;
    gboolean lower = errata_gain_is_loss(name);

    evidence = errata_finding_add(finding,
                                  errata_evidence_new("metric_from",
                                                      then_what,
                                                      before->value,
                                                      compare_unit(name),
                                                      before->n));
    evidence->lo = before->lo;
    evidence->hi = before->hi;
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("metric_to", now_what, now->value, compare_unit(name), now->n));
    evidence->lo = now->lo;
    evidence->hi = now->hi;
    evidence->baseline = before->value;
    evidence->test = g_strdup(change->test);
    evidence->p = change->p;
    evidence->q = q;
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("rise",
                            lower                           ? "rise of the mean absolute error"
                            : strcmp(name, "accuracy") == 0 ? "rise of the error rate"
                                                            : "fall of the ROC AUC",
                            fabs(change->difference),
                            strcmp(name, "accuracy") == 0 ? ERRATA_UNIT_POINTS : compare_unit(name),
                            change->n));
    evidence->lo = lower ? change->interval.lo : -change->interval.hi;
    evidence->hi = lower ? change->interval.hi : -change->interval.lo;
    errata_interval_note_set(finding, evidence, ERRATA_INTERVAL_NOTE_SURE);
    evidence->method = g_strdup_printf("%s, 99 %%; severity by its lower end", change->test);
}

static ErrataSeverity
compare_severity(const char *name, const ErrataMetric *now, double sure)
{
    if (strcmp(name, "accuracy") == 0)
        return errata_severity_from_impact(sure / (1.0 - now->value), sure);
    if (strcmp(name, "mae") == 0)
        return errata_severity_from_impact(sure / now->value, 0.0);
    return MIN(errata_severity_from_impact(0.0, sure), ERRATA_SEVERITY_MEDIUM);
}

/* whether most of the fall comes with the data: other values, or bugs, or other labels. Then
 * another version has nothing to give back */
static gboolean
compare_is_of_data(const ErrataFinding *finding)
{
    double rows = 0.0, labels = 0.0;

    for (guint i = 0; i < finding->subject.because->len; i++) {
        const ErrataShare *cause = g_ptr_array_index(finding->subject.because, i);

        if (strcmp(cause->value, "label-shift") == 0)
            labels = cause->rate;
        else if (strcmp(cause->value, "concept-shift") != 0)
            rows += cause->rate;
    }
    return fmax(rows, labels) > 0.5; /* labels come with rows, so the two are not added */
}

/* what going back would give: what the earlier report measured, known on the same rows, else at
 * most */
static void
compare_suggest(ErrataFinding *finding,
                const ErrataMetric *before,
                const ErrataMetric *now,
                const ErrataPaired *change,
                gboolean lower)
{
    gboolean paired = strcmp(change->test, "two samples, normal") != 0;
    ErrataSuggestion *suggestion =
        errata_finding_suggest(finding,
                               "rollback",
                               "Compare the two versions on the same rows, and go back to the "
                               "earlier one unless this one is better where it counts");

    suggestion->metric = g_strdup(now->name);
    suggestion->from = now->value;
    suggestion->to = paired ? now->value - change->difference : before->value;
    suggestion->lo = lower ? change->interval.lo : -change->interval.hi;
    suggestion->hi = lower ? change->interval.hi : -change->interval.lo;
    suggestion->upper_bound = !paired;
    suggestion->method =
        g_strdup(paired ? "measured on rows with the same ids in both reports; 99 %"
                        : "what the earlier report measured on its own rows: if the model alone "
                          "has changed; 99 %");
}

static void
compare_report(ErrataAnalysis *analysis,
               const char *name,
               const ErrataMetricPairs *pairs,
               const ErrataPaired *change,
               double q)
{
    gboolean lower = errata_gain_is_loss(name);
    gboolean share = strcmp(name, "accuracy") == 0;
    const ErrataMetric *before = errata_case_metric(analysis->earlier, name);
    const ErrataMetric *now = errata_case_metric(analysis->result, name);
    double worse = lower ? change->difference : -change->difference;
    double sure = fmax(lower ? change->interval.lo : -change->interval.hi, 0.0);
    const char *shown = share ? "accuracy" : lower ? "mean absolute error" : "ROC AUC";
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    g_autofree char *title = NULL;
    ErrataFinding *finding;

    if (share) {
        from = errata_words_share(before->value, (double)NAN, (double)NAN);
        to = errata_words_share(now->value, (double)NAN, (double)NAN);
    } else {
        errata_words_pair(before->value, now->value, &from, &to);
    }
    title = g_strdup_printf("%s from %s to %s since the earlier report",
                            share   ? "Accuracy fell"
                            : lower ? "The mean absolute error rose"
                                    : "The ROC AUC fell",
                            from,
                            to);
    finding = errata_finding_new(ERRATA_FINDING_PERFORMANCE, title);
    finding->confirmed = TRUE;
    finding->severity = compare_severity(name, now, sure);
    finding->rank = share ? worse / (1.0 - now->value) : lower ? worse / now->value : worse;
    finding->share_of_errors = finding->share_of_rows = finding->excess_errors = (double)NAN;
    finding->metric = g_strdup(name);
    finding->delta = lower ? -worse : worse;
    finding->summary = g_strdup_printf("performance · against %s", analysis->result->baseline_what);
    finding->subject.metric = g_strdup(name);
    finding->subject.metric_from = before->value;
    finding->subject.metric_to = now->value;
    g_ptr_array_add(finding->notes, g_strdup("against=report"));
    compare_add_evidence(analysis, finding, name, shown, change, q);
    compare_because(analysis, finding, pairs, worse);
    if (!compare_is_of_data(finding))
        compare_suggest(finding, before, now, change, lower);
    errata_case_add_finding(analysis->result, finding);
}

/* every metric beside what it was then */
static void
compare_set_baseline(ErrataAnalysis *analysis)
{
    const ErrataCase *earlier = analysis->earlier;
    GPtrArray *metrics = analysis->result->metrics;

    for (guint i = 0; i < metrics->len; i++) {
        ErrataMetric *metric = g_ptr_array_index(metrics, i);

        metric->baseline = (double)NAN;
        for (guint j = 0; j < earlier->metrics->len; j++) {
            const ErrataMetric *before = g_ptr_array_index(earlier->metrics, j);

            if (strcmp(before->name, metric->name) == 0 &&
                g_strcmp0(before->class_name, metric->class_name) == 0) {
                metric->baseline = before->value;
                break;
            }
        }
    }
}

/* what page 1 tells of the headline, whichever way it went */
static void
compare_set_since(ErrataAnalysis *analysis, const ErrataMetricChange *told)
{
    ErrataSince *since = g_new0(ErrataSince, 1);

    since->metric = g_strdup(told->now->name);
    since->from = told->before->value;
    since->to = told->now->value;
    since->difference = told->change.difference;
    since->lo = told->change.interval.lo;
    since->hi = told->change.interval.hi;
    since->p = told->change.p;
    since->n = told->change.n;
    since->test = g_strdup(told->change.test);
    since->changed = told->is_changed;
    errata_case_since_free(analysis->result->performance.since);
    analysis->result->performance.since = since;
}

/* the headline, and what fell of @n_names metrics: one story, the headline's if it has one */
static void
compare_tell(ErrataAnalysis *analysis,
             const char *const *names,
             guint n_names,
             const ErrataMetricPairs *pairs)
{
    gboolean numbers = analysis->schema->task == ERRATA_TASK_REGRESSION;

    for (guint m = 0; m < n_names; m++) {
        const ErrataMetric *now = errata_case_metric(analysis->result, names[m]);
        const ErrataMetric *before = errata_case_metric(analysis->earlier, names[m]);
        ErrataMetricChange told = errata_metric_change_alone(analysis->result, now, before, pairs);
        double q = told.change.p * n_names;

        if (isnan(told.change.difference) || isnan(told.change.p))
            continue;
        if (m == 0)
            compare_set_since(analysis, &told);
        if (analysis->earlier_beside)
            return; /* what fell is told against the reference */
        if (!told.is_changed || !(q < ERRATA_METRIC_CHANGE_ALPHA) ||
            (told.change.difference > 0.0) != numbers)
            continue;
        compare_report(analysis, names[m], pairs, &told.change, q);
        return;
    }
}

static gboolean
compare_run(ErrataAnalysis *analysis, GError **error)
{
    static const char *const class_metrics[] = {"accuracy", "roc_auc"};
    static const char *const number_metrics[] = {"mae"};
    gboolean numbers = analysis->schema->task == ERRATA_TASK_REGRESSION;
    const char *const *names = numbers ? number_metrics : class_metrics;
    guint n_names = numbers ? G_N_ELEMENTS(number_metrics) : G_N_ELEMENTS(class_metrics);
    g_auto(ErrataMetricPairs) pairs = {0};
    g_autofree char *count = NULL;
    const char *what = analysis->earlier_beside ? "the earlier report"
                                                : analysis->result->baseline_what;
    const char *why;

    analysis->result->performance.sample = errata_compare_sample(analysis);
    if (analysis->earlier == NULL)
        return TRUE;
    if (!analysis->earlier_beside)
        compare_set_baseline(analysis);
    if (!errata_compare_is_usable(analysis->earlier, analysis->result, &why)) {
        g_autofree char *text = g_strdup_printf("the earlier report cannot be compared with: %s",
                                                why);

        errata_case_skip(analysis->result, "compare", text);
        return TRUE;
    }
    errata_metric_change_pair(analysis->result, analysis->earlier, &pairs);
    errata_case_tried(analysis->result, "performance", n_names);
    compare_tell(analysis, names, n_names, &pairs);
    count = errata_precision_print((double)pairs.n, 0);
    errata_case_method(analysis->result,
                       "Comparison: with %s; %s rows have the same id in both samples of rows; %s.",
                       what,
                       count,
                       errata_metric_change_by_rows(&pairs)
                           ? "row by row by McNemar, DeLong or a paired bootstrap where that knows "
                             "the difference better than the two samples apart"
                           : "compared as two samples, by the intervals of each");
    return TRUE;
}

const ErrataAnalyzer errata_analyzer_compare = {
    .id = "compare",
    .run = compare_run,
};
