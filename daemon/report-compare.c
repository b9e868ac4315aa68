/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two reports of one task against each other: what got better, worse, new, fixed. Metrics are
 * compared as metric-change.c has it, as page 1 of the later report is; findings are matched one
 * to one by kind and subject as patterns are, those that have a pattern by it, those with
 * conditions by these: first exactly, then with ends that moved a little, then where one of them
 * only narrows the other. One that the later report does not have is fixed where its patterns say
 * so, or where the analyzer tries the same on every log; that a group of rows was not found again
 * shows neither that it errs less than it did nor that it errs no more than others. Every finding
 * of either report stands in one list. The command line and the bus tell the same. */
#include "report-compare.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "metric-change.h"
#include "pattern-match.h"
#include "report-power.h"

#define COMPARE_ENDS    0.1     /* of the larger: how far the end of a condition may have moved */
#define COMPARE_SHARE   0.2     /* of the earlier share: a smaller change of a finding is none */
#define COMPARE_CHANCE  1.96    /* standard errors */
#define COMPARE_MOMENT  8.64e13 /* ns */
#define COMPARE_DOUBT   0.05    /* p under which nothing is said to be fixed */
#define COMPARE_COLUMNS 0.5     /* of the report with fewer columns that the other has to have */

static const char *const compare_lists[] =
    {"new", "worse", "better", "fixed", "gone", "not-seen", "same", "unjudged", "aside"};

enum {
    COMPARE_NEW,
    COMPARE_WORSE,
    COMPARE_BETTER,
    COMPARE_FIXED,
    COMPARE_GONE,
    COMPARE_NOT_SEEN,
    COMPARE_SAME,
    COMPARE_UNJUDGED,
    COMPARE_ASIDE
};

/**
 * errata_report_compare_direction:
 * @metric: the field's name
 *
 * Returns: 1 for a metric that is better when it is higher, −1 when lower, 0 when neither: counts,
 *   shares of classes, means of scores, what a trivial model would reach
 */
int
errata_report_compare_direction(const char *metric)
{
    static const char *const falls[] = {"log_loss",
                                        "brier",
                                        "ece",
                                        "ece_corrected",
                                        "ace",
                                        "mce",
                                        "rmse",
                                        "mse",
                                        "mae",
                                        "median_ae",
                                        "max_error",
                                        "mape",
                                        "smape",
                                        "pinball",
                                        "error_rate",
                                        "false_positive_rate",
                                        "false_negative_rate",
                                        "mean_cost",
                                        "dle_mae",
                                        "dle_rmse",
                                        "suspect_labels",
                                        NULL};
    static const char *const rises[] = {"accuracy",
                                        "balanced_accuracy",
                                        "precision",
                                        "recall",
                                        "specificity",
                                        "npv",
                                        "f1",
                                        "mcc",
                                        "kappa",
                                        "roc_auc",
                                        "pr_auc",
                                        "r2",
                                        NULL};
    const char *name = g_str_has_prefix(metric, "cbpe_") ? metric + strlen("cbpe_") : metric;

    if (g_strv_contains(falls, name))
        return -1;
    for (guint i = 0; rises[i] != NULL; i++) /* f1_macro, roc_auc_ovr_macro */
        if (g_str_has_prefix(name, rises[i]) &&
            (name[strlen(rises[i])] == '\0' || name[strlen(rises[i])] == '_'))
            return 1;
    return 0;
}

static void
compare_text(GVariantBuilder *builder, const char *key, const char *text)
{
    g_variant_builder_add(builder, "{sv}", key, g_variant_new_string(text != NULL ? text : ""));
}

static void
compare_number(GVariantBuilder *builder, const char *key, double value)
{
    if (isfinite(value))
        g_variant_builder_add(builder, "{sv}", key, g_variant_new_double(value));
}

/* ---- metrics ---- */

/* "better", "worse", "same" within what chance allows, "moved" where neither way is better, ""
 * where there are no intervals */
static const char *
compare_judge(const ErrataMetricChange *change)
{
    int direction = errata_report_compare_direction(change->now->name);

    if (isnan(change->change.p))
        return "";
    if (!change->is_changed)
        return "same";
    if (direction == 0)
        return "moved";
    return (change->change.difference < 0.0) == (direction < 0) ? "better" : "worse";
}

static void
compare_add_metric(GVariantBuilder *builder, const ErrataMetricChange *change)
{
    const ErrataMetric *now = change->now, *before = change->before;

    compare_text(builder, "name", now->name);
    compare_text(builder, "class", now->class_name);
    compare_number(builder, "from", before->value);
    compare_number(builder, "from-lo", before->lo);
    compare_number(builder, "from-hi", before->hi);
    compare_number(builder, "to", now->value);
    compare_number(builder, "to-lo", now->lo);
    compare_number(builder, "to-hi", now->hi);
    compare_number(builder, "delta", change->change.difference);
    compare_number(builder, "delta-lo", change->change.interval.lo);
    compare_number(builder, "delta-hi", change->change.interval.hi);
    compare_number(builder, "delta-level", change->level);
    compare_text(builder, "change", compare_judge(change));
}

/* all of both, and apart the headline; that empty where either has none */
static void
compare_metrics(GVariantBuilder *result, const ErrataCase *now, const ErrataCase *before)
{
    g_autoptr(GArray) changes = errata_metric_change_all(now, before);
    const ErrataMetric *headline = errata_case_metric(now,
                                                      now->headline != NULL ? now->headline : "");
    GVariantBuilder all, one;

    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
    for (guint i = 0; i < changes->len; i++) {
        const ErrataMetricChange *change = &g_array_index(changes, ErrataMetricChange, i);

        g_variant_builder_open(&all, G_VARIANT_TYPE_VARDICT);
        compare_add_metric(&all, change);
        g_variant_builder_close(&all);
        if (change->now == headline)
            compare_add_metric(&one, change);
    }
    g_variant_builder_add(result, "{sv}", "headline", g_variant_builder_end(&one));
    g_variant_builder_add(result, "{sv}", "metrics", g_variant_builder_end(&all));
}

/* ---- findings ---- */

static gboolean
compare_near(double a, double b, double tolerance)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

static gboolean
compare_same_values(char *const *a, char *const *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return g_strv_equal((const char *const *)a, (const char *const *)b);
}

static gboolean
compare_same_predicate(const ErrataPredicate *a, const ErrataPredicate *b, double tolerance)
{
    return g_strcmp0(a->column, b->column) == 0 && a->op == b->op &&
           compare_same_values(a->values, b->values) &&
           (a->values != NULL || (compare_near(a->number, b->number, tolerance) &&
                                  compare_near(a->upper, b->upper, tolerance)));
}

/* in any order; a column may stand in two of them */
static gboolean
compare_same_predicates(const GPtrArray *a, const GPtrArray *b, double tolerance)
{
    guint64 used = 0;

    if (a->len != b->len || a->len > 64)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        guint k = 0;

        while (k < b->len && ((used >> k & 1) != 0 ||
                              !compare_same_predicate(a->pdata[i], b->pdata[k], tolerance)))
            k++;
        if (k == b->len)
            return FALSE;
        used |= G_GUINT64_CONSTANT(1) << k;
    }
    return TRUE;
}

/* whether all of @a stand in @b, which has more: it is about a part of the rows of @a */
static gboolean
compare_narrows(const GPtrArray *a, const GPtrArray *b)
{
    for (guint i = 0; i < a->len; i++) {
        gboolean found = FALSE;

        for (guint k = 0; k < b->len && !found; k++)
            found = compare_same_predicate(a->pdata[i], b->pdata[k], COMPARE_ENDS);
        if (!found)
            return FALSE;
    }
    return a->len > 0 && a->len < b->len;
}

/* as much of the rows as one group of two logs has: the part is most of the whole */
static gboolean
compare_nested(const ErrataFinding *a, const ErrataFinding *b)
{
    double less = MIN(a->share_of_rows, b->share_of_rows);
    double more = MAX(a->share_of_rows, b->share_of_rows);

    return less >= ERRATA_PATTERN_ALIKE * more &&
           (compare_narrows(a->subject.predicates, b->subject.predicates) ||
            compare_narrows(b->subject.predicates, a->subject.predicates));
}

/* how much is asked of two findings to be one, the most first */
enum {
    COMPARE_BY_PATTERN,
    COMPARE_BY_ALL,
    COMPARE_BY_ENDS,
    COMPARE_BY_PART,
    COMPARE_BY_GAPS,
    COMPARE_PASSES
};

/* whether two changes may be of one moment: each as exact as it is dated, a day at least */
static gboolean
compare_same_moment(const ErrataSubject *a, const ErrataSubject *b)
{
    double unsure = fmax((double)a->at_hi - (double)a->at_lo, (double)b->at_hi - (double)b->at_lo);

    return !a->has_time || !b->has_time ||
           fabs((double)a->from - (double)b->from) <= fmax(unsure, COMPARE_MOMENT);
}

/* whether a number cannot be a value of its column in @data, a report whose log has gaps there */
static gboolean
compare_is_code(const ErrataPredicate *predicate, gconstpointer data)
{
    const ErrataCase *report = data;

    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (g_strcmp0(column->name, predicate->column) == 0)
            return column->missing > 0 &&
                   (predicate->number < column->min || predicate->number > column->max);
    }
    return FALSE;
}

static gboolean
compare_same_finding(const ErrataCase *now,
                     const ErrataFinding *a,
                     const ErrataCase *before,
                     const ErrataFinding *b,
                     guint pass)
{
    g_autofree char *identity = NULL;
    g_autofree char *other = NULL;

    if (a->kind != b->kind)
        return pass == COMPARE_BY_GAPS && errata_pattern_same_gap(b, (double)NAN, a);
    if (pass == COMPARE_BY_PATTERN)
        return a->pattern != NULL && b->pattern != NULL && a->pattern->id != NULL &&
               g_strcmp0(a->pattern->id, b->pattern->id) == 0;
    identity = errata_pattern_identity(a);
    other = errata_pattern_identity(b);
    if (strcmp(identity, other) != 0 ||
        (a->kind == ERRATA_FINDING_CHANGE_POINT && !compare_same_moment(&a->subject, &b->subject)))
        return FALSE;
    if (pass == COMPARE_BY_PART)
        return compare_nested(a, b);
    if (pass == COMPARE_BY_GAPS) {
        const GPtrArray *one = a->subject.predicates, *two = b->subject.predicates;
        g_autoptr(GPtrArray) here = errata_pattern_gaps(one, compare_is_code, before);
        g_autoptr(GPtrArray) there = errata_pattern_gaps(two, compare_is_code, now);

        return compare_same_predicates(here, there, COMPARE_ENDS);
    }
    return compare_same_predicates(a->subject.predicates,
                                   b->subject.predicates,
                                   pass == COMPARE_BY_ENDS ? COMPARE_ENDS : 0.0);
}

/* by place in @now, the place of the same finding in @before, or G_MAXUINT; each is taken once */
static guint *
compare_match(const ErrataCase *now, const ErrataCase *before)
{
    const GPtrArray *here = now->findings;
    guint *match = g_new(guint, here->len + 1);
    g_autofree guint8 *taken = g_new0(guint8, before->findings->len + 1);

    memset(match, 0xff, here->len * sizeof *match); /* G_MAXUINT */
    for (guint pass = 0; pass < COMPARE_PASSES; pass++)
        for (guint i = 0; i < here->len; i++)
            for (guint k = 0; match[i] == G_MAXUINT && k < before->findings->len; k++)
                if (taken[k] == 0 && compare_same_finding(now,
                                                          here->pdata[i],
                                                          before,
                                                          before->findings->pdata[k],
                                                          pass)) {
                    match[i] = k;
                    taken[k] = 1;
                }
    return match;
}

/* errors that a share of the errors is counted on; 0 where they are not known */
static double
compare_errors(const ErrataCase *report)
{
    const ErrataMetric *accuracy = errata_case_metric(report, "accuracy");

    return accuracy != NULL && isfinite(accuracy->value)
               ? (1.0 - accuracy->value) * (double)accuracy->n
               : 0.0;
}

/* of the errors where both, or the one that there is, have such a share, else of the rows */
static double
compare_share(const ErrataFinding *finding, gboolean of_errors)
{
    return of_errors ? finding->share_of_errors : finding->share_of_rows;
}

/* a finding that both have, by the number that says how bad it is, as patterns are compared; %FALSE
 * where that is not known with its interval */
static gboolean
compare_measured(const ErrataFinding *finding, const ErrataFinding *other, guint *ret_list)
{
    ErrataPattern now = {.severity = finding->severity};
    ErrataPattern before = {.severity = other->severity};
    ErrataPatternState state;

    errata_pattern_measure(finding, &now);
    errata_pattern_measure(other, &before);
    if (!(now.hi > now.lo) || !(before.hi > before.lo))
        return FALSE;
    state = errata_pattern_compare(&before, &now);
    *ret_list = state == ERRATA_PATTERN_WORSE    ? COMPARE_WORSE
                : state == ERRATA_PATTERN_BETTER ? COMPARE_BETTER
                                                 : COMPARE_SAME;
    return TRUE;
}

/* whether both are about all rows of their logs, or those for which the same holds */
static gboolean
compare_same_rows(const ErrataCase *now, const ErrataCase *before)
{
    return g_strcmp0(now->where, before->where) == 0;
}

/* else by its share of the errors, or of the rows, where it moved by more than a fifth and more
 * than chance; by its severity where it has none */
static guint
compare_change(const ErrataCase *now,
               const ErrataFinding *finding,
               const ErrataCase *before,
               const ErrataFinding *other)
{
    gboolean errors = isfinite(finding->share_of_errors) && isfinite(other->share_of_errors);
    double to = errors ? finding->share_of_errors : finding->share_of_rows;
    double from = errors ? other->share_of_errors : other->share_of_rows;
    double n = errors ? compare_errors(now) : (double)now->n_rows;
    double m = errors ? compare_errors(before) : (double)before->n_rows;
    double sd;
    guint list;

    if (finding->kind ==
        ERRATA_FINDING_THRESHOLD) /* what a cut sends away is no measure of how bad */
        return finding->severity > other->severity   ? COMPARE_WORSE
               : finding->severity < other->severity ? COMPARE_BETTER
                                                     : COMPARE_SAME;
    if (compare_measured(finding, other, &list))
        return list;
    if (!compare_same_rows(now, before))
        return COMPARE_SAME; /* its share is one of another whole */
    if (!(from > 0.0 && to > 0.0 && n > 0.0 && m > 0.0))
        return finding->severity > other->severity   ? COMPARE_WORSE
               : finding->severity < other->severity ? COMPARE_BETTER
                                                     : COMPARE_SAME;
    sd = sqrt(fmax(to * (1.0 - to), 0.0) / n + fmax(from * (1.0 - from), 0.0) / m);
    if (fabs(to - from) <= fmax(COMPARE_SHARE * from, COMPARE_CHANCE * sd))
        return COMPARE_SAME;
    return to > from ? COMPARE_WORSE : COMPARE_BETTER;
}

/* what both measure of how bad it is, which their titles may tell by other numbers */
static void
compare_add_measure(GVariantBuilder *list, const ErrataFinding *now, const ErrataFinding *before)
{
    const ErrataEvidence *to = errata_pattern_evidence(now);
    const ErrataEvidence *from = errata_pattern_evidence(before);

    if (to == NULL || from == NULL || g_strcmp0(to->key, from->key) != 0 || to->unit != from->unit)
        return;
    compare_text(list, "measure", to->what);
    compare_text(list, "measure-unit", errata_unit_nick(to->unit));
    compare_number(list, "measure-from", from->value);
    compare_number(list, "measure-from-lo", from->lo);
    compare_number(list, "measure-from-hi", from->hi);
    compare_number(list, "measure-to", to->value);
    compare_number(list, "measure-to-lo", to->lo);
    compare_number(list, "measure-to-hi", to->hi);
}

static void
compare_add_finding(GVariantBuilder *list,
                    const ErrataFinding *now,
                    const ErrataFinding *before,
                    gboolean same_rows)
{
    const ErrataFinding *shown = now != NULL ? now : before;
    gboolean errors = (now == NULL || isfinite(now->share_of_errors)) &&
                      (before == NULL || isfinite(before->share_of_errors));

    g_variant_builder_open(list, G_VARIANT_TYPE_VARDICT);
    compare_text(list, "id", shown->id);
    compare_text(list, "kind", errata_finding_kind_nick(shown->kind));
    compare_text(list, "severity", errata_severity_nick(shown->severity));
    compare_text(list, "title", shown->title);
    if (now != NULL && before != NULL) {
        compare_text(list, "other-id", before->id);
        compare_text(list, "other-severity", errata_severity_nick(before->severity));
        compare_text(list, "other-title", before->title);
        compare_add_measure(list, now, before);
    }
    compare_text(list, "share-of", errors ? "errors" : "rows");
    if (now != NULL && before != NULL && !same_rows) { /* shares of two wholes */
        g_variant_builder_close(list);
        return;
    }
    if (before != NULL)
        compare_number(list, "from", compare_share(before, errors));
    if (now != NULL)
        compare_number(list, "to", compare_share(now, errors));
    g_variant_builder_close(list);
}

/* whether labels came with the rows */
static gboolean
compare_is_judged(const ErrataCase *report)
{
    const ErrataMetric *metric = report->headline != NULL
                                     ? errata_case_metric(report, report->headline)
                                     : NULL;

    return metric != NULL && isfinite(metric->value);
}

static gboolean
compare_has_column(const ErrataCase *report, const char *name)
{
    for (guint i = 0; i < report->columns->len; i++)
        if (g_strcmp0(((const ErrataColumnSummary *)g_ptr_array_index(report->columns, i))->name,
                      name) == 0)
            return TRUE;
    return name == NULL || report->columns->len == 0;
}

static gboolean
compare_needs_labels(const ErrataFinding *finding)
{
    switch (finding->kind) {
    case ERRATA_FINDING_SLICE:
    case ERRATA_FINDING_CLUSTER:
    case ERRATA_FINDING_LABEL_ISSUE:
    case ERRATA_FINDING_CALIBRATION:
    case ERRATA_FINDING_FAIRNESS:
    case ERRATA_FINDING_THRESHOLD:
    case ERRATA_FINDING_PERFORMANCE:
    case ERRATA_FINDING_LEAKAGE:
        return TRUE;
    case ERRATA_FINDING_CHANGE_POINT:
        return g_strcmp0(finding->subject.series, "error_rate") == 0;
    case ERRATA_FINDING_ANOMALY:
    case ERRATA_FINDING_DRIFT:
    case ERRATA_FINDING_DATA_BUG:
    case ERRATA_FINDING_MODEL_FILE:
        break;
    }
    return FALSE;
}

/* whether scores miss what comes true by more, all in all, than they did */
static gboolean
compare_scores_fell(const ErrataCase *now, const ErrataCase *before)
{
    const ErrataMetricPairs none = {0};
    ErrataMetricChange change = errata_metric_change_alone(now,
                                                           errata_case_metric(now, "ece"),
                                                           errata_case_metric(before, "ece"),
                                                           &none);

    return change.change.difference > 0.0 && change.change.p < COMPARE_DOUBT;
}

/* whether a finding of @before would stand in @now if it still were so */
static gboolean
compare_can_tell(const ErrataCase *now, const ErrataCase *before, const ErrataFinding *finding)
{
    const ErrataSubject *subject = &finding->subject;
    gboolean known = compare_has_column(now, subject->column) ||
                     !compare_has_column(before, subject->column);

    for (guint i = 0; i < subject->predicates->len; i++) {
        const ErrataPredicate *predicate = g_ptr_array_index(subject->predicates, i);

        known = known && (compare_has_column(now, predicate->column) ||
                          !compare_has_column(before, predicate->column));
    }
    if (compare_needs_labels(finding) && compare_is_judged(before) && !compare_is_judged(now))
        return FALSE;
    if (finding->kind == ERRATA_FINDING_CALIBRATION && compare_scores_fell(now, before))
        return FALSE;
    if (finding->kind == ERRATA_FINDING_DRIFT && before->baseline_kind != NULL &&
        now->baseline_kind == NULL)
        return FALSE;
    return known && (now->where == NULL || g_strcmp0(now->where, before->where) == 0);
}

/* what @now says became of the pattern of a finding that it does not have */
static gboolean
compare_pattern_is_fixed(const ErrataCase *now, const ErrataFinding *finding)
{
    for (guint i = 0; now->patterns != NULL && finding->pattern != NULL && i < now->patterns->len;
         i++) {
        const ErrataPattern *pattern = g_ptr_array_index(now->patterns, i);

        if (g_strcmp0(pattern->id, finding->pattern->id) == 0)
            return pattern->state == ERRATA_PATTERN_FIXED;
    }
    return FALSE;
}

/* whether @now followed the patterns of @before, and would have said that one is fixed */
static gboolean
compare_is_followed(const ErrataCase *now, const ErrataCase *before, const ErrataFinding *finding)
{
    return finding->pattern != NULL && now->patterns != NULL &&
           g_strcmp0(now->name, before->name) == 0;
}

/* what may go on unseen: groups of rows, and what began or ended at a time that the later log does
 * not hold */
static gboolean
compare_may_remain(const ErrataFinding *finding)
{
    return finding->kind == ERRATA_FINDING_SLICE || finding->kind == ERRATA_FINDING_CLUSTER ||
           finding->kind == ERRATA_FINDING_CHANGE_POINT ||
           (finding->kind == ERRATA_FINDING_CALIBRATION && finding->subject.predicates->len > 0);
}

/* the list of a finding of @before that @now has not */
static guint
compare_gone(const ErrataCase *now, const ErrataCase *before, const ErrataFinding *finding)
{
    if (compare_pattern_is_fixed(now, finding))
        return COMPARE_FIXED;
    if (!compare_can_tell(now, before, finding))
        return COMPARE_UNJUDGED;
    if (!errata_report_power_shows(now, before, finding))
        return COMPARE_NOT_SEEN;
    return compare_is_followed(now, before, finding) || compare_may_remain(finding) ||
                   errata_report_power_is_blanked(now, before, finding)
               ? COMPARE_GONE
               : COMPARE_FIXED;
}

/* whether it only tells in other words what another finding of its report tells */
static gboolean
compare_is_told(const ErrataFinding *finding)
{
    return errata_finding_note(finding, "told") != NULL;
}

/* what comes or goes with the finding that tells it, or with nothing being wrong, is no news; both
 * as they are in reports and in patterns */
static gboolean
compare_is_news(const ErrataFinding *now, const ErrataFinding *before)
{
    const ErrataFinding *one = now != NULL ? now : before;

    if (now != NULL && before != NULL)
        return !compare_is_told(now) || !compare_is_told(before);
    return !compare_is_told(one) && errata_finding_note(one, "better") == NULL;
}

static void
compare_findings(GVariantBuilder *result, const ErrataCase *now, const ErrataCase *before)
{
    GVariantBuilder lists[G_N_ELEMENTS(compare_lists)];
    g_autofree guint *match = compare_match(now, before);
    g_autofree guint8 *seen = g_new0(guint8, before->findings->len + 1);
    gboolean same_rows = compare_same_rows(now, before);

    for (guint i = 0; i < G_N_ELEMENTS(compare_lists); i++)
        g_variant_builder_init(&lists[i], G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < now->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(now->findings, i);
        const ErrataFinding *other = NULL;
        guint list = COMPARE_NEW;

        if (match[i] != G_MAXUINT) {
            other = g_ptr_array_index(before->findings, match[i]);
            seen[match[i]] = 1;
            list = compare_change(now, finding, before, other);
        }
        compare_add_finding(&lists[compare_is_news(finding, other) ? list : COMPARE_ASIDE],
                            finding,
                            other,
                            same_rows);
    }
    for (guint k = 0; k < before->findings->len; k++)
        if (seen[k] == 0) {
            const ErrataFinding *finding = g_ptr_array_index(before->findings, k);
            guint list = compare_is_news(NULL, finding) ? compare_gone(now, before, finding)
                                                        : COMPARE_ASIDE;

            compare_add_finding(&lists[list], NULL, finding, same_rows);
        }
    for (guint i = 0; i < G_N_ELEMENTS(compare_lists); i++)
        g_variant_builder_add(result, "{sv}", compare_lists[i], g_variant_builder_end(&lists[i]));
}

/* ---- the whole ---- */

/* of the columns of the one that has fewer, the part that the other has, too; NaN where that is not
 * known */
static double
compare_columns(const ErrataCase *now, const ErrataCase *before)
{
    const ErrataCase *fewer = now->columns->len <= before->columns->len ? now : before;
    const ErrataCase *more = fewer == now ? before : now;
    guint n = 0;

    for (guint i = 0; i < fewer->columns->len && more->columns->len > 0; i++)
        n += compare_has_column(
            more,
            ((const ErrataColumnSummary *)g_ptr_array_index(fewer->columns, i))->name);
    return fewer->columns->len > 0 ? (double)n / fewer->columns->len : (double)NAN;
}

static GVariant *
compare_describe(const ErrataCase *report)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    compare_text(&builder, "name", report->name);
    compare_text(&builder, "created", report->created);
    g_variant_builder_add(&builder, "{sv}", "rows", g_variant_new_uint64(report->n_rows));
    g_variant_builder_add(&builder,
                          "{sv}",
                          "findings",
                          g_variant_new_uint32(report->findings->len));
    return g_variant_builder_end(&builder);
}

static void
compare_note_where(GStrvBuilder *notes, const char *which, const ErrataCase *report)
{
    g_autofree char *note = report->where == NULL
                                ? NULL
                                : g_strdup_printf("the %s report is about %" G_GUINT64_FORMAT
                                                  " of %" G_GUINT64_FORMAT
                                                  " rows only, those where %s",
                                                  which,
                                                  report->n_rows,
                                                  report->n_rows_all,
                                                  report->where);

    if (note != NULL)
        g_strv_builder_add(notes, note);
}

/* what makes the two less than two reports of one model, in words */
static GVariant *
compare_notes(const ErrataCase *now, const ErrataCase *before)
{
    g_autoptr(GStrvBuilder) notes = g_strv_builder_new();
    g_auto(GStrv) all = NULL;

    if (g_strcmp0(now->name, before->name) != 0) {
        g_autofree char *note =
            g_strdup_printf("the reports are of two models, %s and %s: what differs may be the "
                            "model, the data or both",
                            before->name != NULL ? before->name : "one without a name",
                            now->name != NULL ? now->name : "one without a name");

        g_strv_builder_add(notes, note);
    }
    if (g_strcmp0(now->positive, before->positive) != 0)
        g_strv_builder_add(notes,
                           "another class is the positive one: precision, recall, F1 and the "
                           "curves do not compare");
    if (!compare_same_values(now->classes, before->classes))
        g_strv_builder_add(notes, "the two have other classes");
    if (g_strcmp0(now->headline, before->headline) != 0)
        g_strv_builder_add(notes, "the two are judged by different headline metrics");
    if (!compare_same_rows(now, before)) {
        compare_note_where(notes, "earlier", before);
        compare_note_where(notes, "later", now);
        g_strv_builder_add(notes,
                           "shares of the errors and of the rows are shares of other wholes, and "
                           "are not compared");
    }
    if (compare_is_judged(now) != compare_is_judged(before))
        g_strv_builder_add(notes,
                           compare_is_judged(before)
                               ? "the later report has no labels to judge by: what needs them "
                                 "cannot be judged"
                               : "the earlier report had no labels to judge by: what needs them "
                                 "counts as new");
    all = g_strv_builder_end(notes);
    return g_variant_new_strv((const char *const *)all, -1);
}

/**
 * errata_report_compare:
 * @now: the later report
 * @before: the earlier one
 * @error: return location for a #GError
 *
 * Errors: %ERRATA_ERROR_USAGE when they are of different tasks, or of logs with other columns.
 *
 * Returns: (transfer floating): a{sv}, as Report.Compare gives it, or %NULL with @error set
 */
GVariant *
errata_report_compare(const ErrataCase *now, const ErrataCase *before, GError **error)
{
    GVariantBuilder result;

    if (now->task != before->task) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_USAGE,
                    "the reports are of different tasks, %s and %s; compare two of one task",
                    errata_task_nick(before->task),
                    errata_task_nick(now->task));
        return NULL;
    }
    if (compare_columns(now, before) < COMPARE_COLUMNS) {
        g_set_error_literal(
            error,
            ERRATA_ERROR,
            ERRATA_ERROR_USAGE,
            "the reports are about different things: hardly a column of the one is in "
            "the other; compare two of one model, or of two models for one task");
        return NULL;
    }
    g_variant_builder_init(&result, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&result, "{sv}", "earlier", compare_describe(before));
    g_variant_builder_add(&result, "{sv}", "later", compare_describe(now));
    g_variant_builder_add(&result, "{sv}", "notes", compare_notes(now, before));
    compare_metrics(&result, now, before);
    g_variant_builder_add(&result,
                          "{sv}",
                          "same-rows",
                          g_variant_new_boolean(compare_same_rows(now, before)));
    compare_findings(&result, now, before);
    return g_variant_builder_end(&result);
}
