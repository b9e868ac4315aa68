/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences in large type on page one: how good, compared with what, what makes the errors,
 * what fixing is worth. */
#include <math.h>
#include <string.h>

#include "precision.h"
#include "prose.h"
#include "schema-infer.h"
#include "verdict-decline.h"
#include "verdict-few.h"
#include "verdict-groups.h"
#include "words.h"

#define VERDICT_WORTH   0.002 /* of accuracy, from which on a gain is told */
#define VERDICT_LESS    0.01  /* of a mean absolute error, likewise */
#define VERDICT_WIDE    10.0  /* points of a half-width from which both ends are said */
#define VERDICT_COVERED 0.99  /* of the rows that are judged: the rest needs no mention */
#define VERDICT_PARTS   4     /* sentences of what is wrong: who reads more reads the list */
#define VERDICT_COLUMNS 8     /* named in a sentence */

static gboolean
verdict_is_loud(const ErrataFinding *finding)
{
    return finding->severity >= ERRATA_SEVERITY_MEDIUM;
}

static const ErrataFinding *
verdict_loudest(const ErrataCase *report, ErrataFindingKind kind)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->kind == kind && verdict_is_loud(finding))
            return finding;
    }
    return NULL;
}

/* the name of the column that is predicted, or NULL */
static const char *
verdict_target(const ErrataCase *report)
{
    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (g_strcmp0(column->role, "label") == 0)
            return column->name;
    }
    return NULL;
}

/* rows that have a prediction, or else a score */
static guint64
verdict_n_predictions(const ErrataCase *report)
{
    guint64 most = 0;
    gboolean any = FALSE;

    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (g_strcmp0(column->role, "prediction") != 0 && g_strcmp0(column->role, "score") != 0)
            continue;
        any = TRUE;
        most = MAX(most, column->n - MIN(column->missing, column->n));
    }
    return any ? most : report->n_rows;
}

/* “8,232 predictions without labels; estimated accuracy 64.8 % (±0.8)”; NULL without an estimate */
static char *
verdict_estimate(const ErrataCase *report, const char *unit)
{
    const ErrataEstimate *estimate = report->performance.estimate;
    const ErrataMetric *metric = estimate != NULL ? errata_case_metric(report, estimate->metric)
                                                  : NULL;
    gboolean numbers = estimate != NULL && g_strcmp0(estimate->method, "DLE") == 0;
    g_autofree char *count =
        errata_words_counted(verdict_n_predictions(report), "prediction", "predictions");
    g_autofree char *value = NULL;
    g_autofree char *before = NULL;
    g_autofree char *against = NULL;

    if (metric == NULL || isnan(metric->value))
        return NULL;
    value = numbers ? errata_words_number(metric->value, metric->lo, metric->hi)
                    : errata_words_share(metric->value, metric->lo, metric->hi);
    if (!isnan(metric->baseline)) {
        before = numbers ? errata_words_number(metric->baseline, metric->lo, metric->hi)
                         : errata_words_share(metric->baseline, metric->lo, metric->hi);
        against = g_strdup_printf(", %s%s measured on the reference", before, numbers ? unit : "");
    }
    return g_strdup_printf("%s, no labels; estimated %s %s%s%s",
                           count,
                           numbers ? "mean absolute error" : "accuracy",
                           value,
                           numbers ? unit : "",
                           against != NULL           ? against
                           : estimate->n_source == 0 ? ", if the scores can be trusted"
                                                     : "");
}

static gboolean
verdict_has_role(const ErrataCase *report, const char *role)
{
    for (guint i = 0; i < report->columns->len; i++)
        if (g_strcmp0(((const ErrataColumnSummary *)g_ptr_array_index(report->columns, i))->role,
                      role) == 0)
            return TRUE;
    return report->columns->len == 0; /* a part of a report: nothing is known to be missing */
}

static char *
verdict_columns(const ErrataCase *report)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < report->columns->len && i <= VERDICT_COLUMNS; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        g_string_append_printf(names,
                               "%s%s",
                               i > 0 ? ", " : "",
                               i < VERDICT_COLUMNS ? column->name : "…");
    }
    return g_string_free(names, FALSE);
}

/* the flags that a warning proposes, or how to write them */
static char *
verdict_flags(const ErrataCase *report)
{
    for (guint i = 0; i < report->warnings->len; i++) {
        const char *use = strstr(g_ptr_array_index(report->warnings, i), "? use --role ");

        if (use != NULL)
            return g_strdup_printf("they may be there under other names: %s",
                                   use + strlen("? use "));
    }
    return g_strdup("name it with --role COL=prediction");
}

/* (nullable): a label whose values are words, more than are told apart as classes */
static const ErrataColumnSummary *
verdict_wide_label(const ErrataCase *report)
{
    for (guint i = 0; report->task == ERRATA_TASK_NONE && i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (g_strcmp0(column->role, "label") == 0 && column->distinct > ERRATA_SCHEMA_CLASSES)
            return column;
    }
    return NULL;
}

/* what is missing to judge the predictions, and what to do */
static char *
verdict_unjudged(const ErrataCase *report)
{
    gboolean predicted = verdict_has_role(report, "prediction") ||
                         verdict_has_role(report, "score");
    gboolean labelled = verdict_has_role(report, "label");
    g_autofree char *rows = errata_words_counted(report->n_rows, "row", "rows");
    guint64 n_predictions = verdict_n_predictions(report);
    g_autofree char *predictions = errata_words_counted(n_predictions, "prediction", "predictions");
    g_autofree char *columns = verdict_columns(report);
    g_autofree char *flags = verdict_flags(report);
    const ErrataColumnSummary *wide = verdict_wide_label(report);

    if (wide != NULL) {
        g_autofree char *values = errata_precision_print((double)wide->distinct, 0);
        g_autofree char *most = errata_precision_print(ERRATA_SCHEMA_CLASSES, 0);

        return g_strdup_printf("%s and nothing to judge: %s has %s values, and at most %s classes "
                               "are told apart",
                               rows,
                               wide->name,
                               values,
                               most);
    }
    if (labelled && !predicted && report->columns->len == 2 && verdict_has_role(report, "id"))
        return g_strdup_printf("%s of ids and labels alone: give them together with the log of the "
                               "predictions they belong to, errata analyze LOG LABELS",
                               rows);
    if (predicted && labelled && report->columns->len > 0)
        return g_strdup_printf("%s, none with both a label and a prediction to judge by it", rows);
    if (predicted)
        return g_strdup_printf("%s and no labels to judge %s by",
                               predictions,
                               n_predictions == 1 ? "it" : "them");
    return g_strdup_printf(
        "%s and nothing to judge: no column is a %sprediction or score; the columns "
        "are %s; %s",
        rows,
        labelled ? "" : "label, ",
        columns,
        flags);
}

/* whether all predictions are right, or all wrong, row by row: weights may say so of others */
static gboolean
verdict_is_one_kind(const ErrataCase *report, gboolean right)
{
    guint n = report->performance.n_confusion;

    for (guint i = 0; i < n * n; i++)
        if (report->performance.confusion[i] > 0 && (i % (n + 1) == 0) != right)
            return FALSE;
    return TRUE;
}

static char *
verdict_headline(ErrataProse *prose)
{
    const ErrataCase *report = prose->report;
    const ErrataMetric *metric = report->headline != NULL
                                     ? errata_case_metric(report, report->headline)
                                     : NULL;
    const ErrataMetric *mae = errata_case_metric(report, "mae");
    const char *unit = errata_prose_unit(prose);
    const char *target = verdict_target(report);
    g_autofree char *decline =
        errata_verdict_decline(report, verdict_loudest(report, ERRATA_FINDING_PERFORMANCE), unit);
    g_autofree char *value = NULL;
    g_autofree char *half = NULL;

    if (metric == NULL || isnan(metric->value)) {
        char *estimate = verdict_estimate(report, unit);

        if (estimate != NULL)
            return estimate;
        return verdict_unjudged(report);
    }
    if (g_strcmp0(report->headline, "accuracy") == 0 && metric->n > 1 && !(metric->value > 0.0) &&
        verdict_is_one_kind(report, FALSE)) {
        g_autofree char *count = errata_words_counted(metric->n, "prediction", "predictions");

        return g_strdup_printf("not one of %s is right%s", count, decline);
    }
    if (g_strcmp0(report->headline, "accuracy") == 0 && metric->n > 1 && metric->value >= 1.0 &&
        verdict_is_one_kind(report, TRUE)) {
        g_autofree char *count = errata_words_counted(metric->n, "prediction", "predictions");
        g_autofree char *least = errata_words_share(metric->lo, (double)NAN, (double)NAN);

        return g_strdup_printf("all %s are right (more than %s, 95\u202f%% sure)%s",
                               count,
                               least,
                               decline);
    }
    if (g_strcmp0(report->headline, "accuracy") == 0) {
        double width = 50.0 * (metric->hi - metric->lo);
        int place = errata_precision_of_share(metric->value, metric->lo, metric->hi);

        value = errata_words_share(metric->value, metric->lo, metric->hi);
        if (width >= VERDICT_WIDE) { /* not as far up as down */
            g_autofree char *lo = errata_precision_print(100.0 * metric->lo, 0);
            g_autofree char *hi = errata_precision_print(100.0 * metric->hi, 0);
            g_autofree char *middle = errata_precision_print(100.0 * metric->value, 0);

            return g_strdup_printf("right %s\u202f%% of the time (%s to %s\u202f%%)%s",
                                   middle, /* in digits, as in the tile beneath */
                                   lo,
                                   hi,
                                   decline);
        }
        half = isnan(width) ? NULL : errata_precision_print(width, width < 0.05 ? -2 : place);
        return g_strdup_printf("right %s of the time%s%s%s%s",
                               value,
                               half != NULL ? " (±" : "",
                               half != NULL ? half : "",
                               half != NULL ? ")" : "",
                               decline);
    }
    if (report->task == ERRATA_TASK_REGRESSION && mae != NULL && !isnan(mae->value)) {
        value = errata_words_number(mae->value, mae->lo, mae->hi);
        return g_strdup_printf("off by %s%s on average%s%s%s",
                               value,
                               unit,
                               target != NULL ? " in " : "",
                               target != NULL ? target : "",
                               decline);
    }
    value = errata_words_number(metric->value, metric->lo, metric->hi);
    return g_strdup_printf("the %s is %s%s", report->headline, value, decline);
}

/* rows with a label and a prediction */
static guint64
verdict_n_judged(const ErrataCase *report)
{
    const ErrataMetric *share = errata_case_metric(report, "judged_share");

    return share != NULL ? (guint64)llround(share->value * (double)share->n) : report->n_rows;
}

/* “28,041 of 40,000 rows have a label to judge them by”, where a part has none; or NULL */
static char *
verdict_coverage(const ErrataCase *report)
{
    const ErrataMetric *share = errata_case_metric(report, "judged_share");
    g_autofree char *judged = NULL;
    g_autofree char *rows = NULL;

    if (share == NULL || !(share->value > 0.0) || share->value >= VERDICT_COVERED)
        return NULL;
    judged = errata_words_count(verdict_n_judged(report));
    rows = errata_words_counted(share->n, "row", "rows");
    return g_strdup_printf("%s of %s %s; the figures are theirs",
                           judged,
                           rows,
                           verdict_has_role(report, "correct") ? "are said to be right or wrong"
                                                               : "have a label and a prediction");
}

/* “classes are turned round, or labels stand beside other rows”, or NULL */
static char *
verdict_opposed(const ErrataCase *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (verdict_is_loud(finding) && errata_finding_note(finding, "opposed") != NULL)
            return g_strdup("that is against the labels rather than off them: classes are turned "
                            "round, or labels stand beside other rows");
    }
    return NULL;
}

/* “would be worth up to 2.0 points”, “would take up to 150 EUR off the average”; NULL for little */
static char *
verdict_worth(const ErrataCase *report, const char *unit, double gain)
{
    const ErrataMetric *mae = errata_case_metric(report, "mae");
    g_autofree char *size = NULL;
    double half;

    if (report->task != ERRATA_TASK_REGRESSION) {
        size = gain >= VERDICT_WORTH ? errata_words_points(gain, 0.0) : NULL;
        return size != NULL ? g_strdup_printf("would be worth up to %s", size) : NULL;
    }
    if (mae == NULL || !(gain >= VERDICT_LESS * mae->value))
        return NULL;
    half = (mae->hi - mae->lo) / 2.0;
    size = errata_words_number(gain, gain - half, gain + half);
    return g_strdup_printf("would take up to %s%s off the average", size, unit);
}

/* “where region is C, predictions of billing are wrong 69 % of the time”, or NULL */
static char *
verdict_of_class(const ErrataCase *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);
        const ErrataEvidence *said = errata_finding_evidence(finding, "said_in");
        g_autofree char *who = NULL;
        g_autofree char *rate = NULL;

        if (!verdict_is_loud(finding) || said == NULL ||
            g_strcmp0(errata_finding_note(finding, "of"), "said") != 0)
            continue;
        who = errata_words_where(finding);
        rate = errata_words_value(said);
        return g_strdup_printf("where %s, predictions of %s are wrong %s of the time",
                               who,
                               errata_finding_note(finding, "said"),
                               rate);
    }
    return NULL;
}

static char *
verdict_slices(const ErrataCase *report, const ErrataVerdictGroups *slices, const char *unit)
{
    const char *noun = report->task == ERRATA_TASK_REGRESSION ? "error" : "errors";
    g_autofree char *count = errata_words_counted(slices->n, "group", "groups");
    g_autofree char *rows = errata_words_part(slices->rows);
    g_autofree char *errors = errata_words_part(slices->errors);
    g_autofree char *worth =
        verdict_worth(report, unit, slices->apart ? slices->gain : slices->gain_one);

    if (slices->n == 0)
        return verdict_of_class(report);
    return g_strdup_printf("%s, %s of the rows, %s %s%s of the %s%s%s",
                           count,
                           rows,
                           slices->n == 1 ? "makes" : "make",
                           slices->exact ? "" : "up to ",
                           errors,
                           noun,
                           worth == NULL   ? ""
                           : slices->apart ? "; doing as well there as can be expected "
                                           : "; mending the costliest alone ",
                           worth != NULL ? worth : "");
}

/* “A threshold of 0.39 would get 16 % wrong instead of 33 %” */
static char *
verdict_threshold(const ErrataCase *report)
{
    const ErrataFinding *finding = verdict_loudest(report, ERRATA_FINDING_THRESHOLD);
    const ErrataEvidence *best = finding != NULL ? errata_finding_evidence(finding, "best") : NULL;
    const ErrataEvidence *from = finding != NULL ? errata_finding_evidence(finding, "cost_from")
                                                 : NULL;
    const ErrataEvidence *to = finding != NULL ? errata_finding_evidence(finding, "cost_to") : NULL;
    const ErrataEvidence *recall = finding != NULL ? errata_finding_evidence(finding, "recall_to")
                                                   : NULL;
    g_autofree char *cut = NULL;
    g_autofree char *gain = NULL;
    g_autofree char *found = NULL;

    if (best == NULL || from == NULL || to == NULL)
        return NULL;
    cut = errata_words_number(best->value, (double)NAN, (double)NAN); /* as the title has it */
    found = recall != NULL ? errata_words_value(recall) : NULL;
    if (to->unit != ERRATA_UNIT_SHARE)
        return g_strdup_printf("a threshold of %s would cost less", cut);
    gain = errata_words_points(from->value - to->value, (to->hi - to->lo) / 2.0);
    return g_strdup_printf("with a threshold of %s it would be right %s more often%s%s",
                           cut,
                           gain,
                           found != NULL ? ", at a recall of " : "",
                           found != NULL ? found : "");
}

/* a lasting change that no fall in performance tells */
static const ErrataFinding *
verdict_change(const ErrataCase *report)
{
    const ErrataFinding *finding = verdict_loudest(report, ERRATA_FINDING_CHANGE_POINT);
    gboolean bugs = verdict_loudest(report, ERRATA_FINDING_DATA_BUG) != NULL;

    if (finding == NULL || verdict_loudest(report, ERRATA_FINDING_PERFORMANCE) != NULL ||
        (bugs && finding->severity < ERRATA_SEVERITY_HIGH))
        return NULL;
    return finding;
}

/* @title as it stands after a colon: a first word that is no name of the data is small */
static char *
verdict_inside(const ErrataCase *report, const char *title)
{
    for (guint i = 0; i < report->columns->len; i++) {
        const ErrataColumnSummary *column = g_ptr_array_index(report->columns, i);

        if (g_str_has_prefix(title, column->name))
            return g_strdup(title);
    }
    return g_ascii_isupper(title[0]) && g_ascii_islower(title[1])
               ? g_strdup_printf("%c%s", g_ascii_tolower(title[0]), title + 1)
               : g_strdup(title);
}

/* the gravest data bug of note that does not only go with a group that errs */
static const ErrataFinding *
verdict_bug(const ErrataCase *report)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (verdict_is_loud(finding) && finding->kind == ERRATA_FINDING_DATA_BUG &&
            errata_finding_note(finding, "innocent") == NULL)
            return finding;
    }
    return NULL;
}

/* “the main cause: income arrives multiplied by 100 from 10 February, 04:23 on; 73 % of the errors
 * lie there”, “two data bugs need attention; the gravest: …”, or NULL */
static char *
verdict_bugs(const ErrataCase *report)
{
    const ErrataFinding *first = verdict_bug(report);
    gboolean cause;
    g_autofree char *count = NULL;
    g_autofree char *errors = NULL;
    g_autofree char *without = NULL; /* the metric, where the labels of these rows are not known */
    g_autofree char *title = NULL;
    const ErrataEvidence *metric;
    guint bugs = 0;

    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (!verdict_is_loud(finding) || finding->kind != ERRATA_FINDING_DATA_BUG ||
            errata_finding_note(finding, "innocent") != NULL)
            continue;
        bugs++;
    }
    cause = first != NULL && errata_finding_note(first, "lead") != NULL;
    if (bugs == 0)
        return NULL;
    if (cause && isfinite(first->share_of_errors))
        errors = errata_words_share(first->share_of_errors, (double)NAN, (double)NAN);
    metric = errata_finding_evidence(first, "metric_without");
    if (metric != NULL && metric->unit == ERRATA_UNIT_SHARE && !isnan(metric->value))
        without = errata_words_value(metric);
    count = errata_words_counted(bugs, "data bug needs attention", "data bugs need attention");
    title = verdict_inside(report, first->title);
    return g_strdup_printf("%s: %s%s%s%s%s%s",
                           cause       ? "the main cause is a data bug"
                           : bugs == 1 ? count
                                       : "the gravest of the data bugs",
                           title,
                           errors != NULL ? "; " : "",
                           errors != NULL ? errors : "",
                           errors != NULL ? " of the errors lie there" : "",
                           without != NULL ? "; accuracy without these rows is " : "",
                           without != NULL ? without : "");
}

static char *
verdict_labels(const ErrataCase *report)
{
    const ErrataFinding *finding = verdict_loudest(report, ERRATA_FINDING_LABEL_ISSUE);

    if (finding == NULL)
        return NULL;
    if (errata_finding_evidence(finding, "rest") != NULL)
        return g_strdup(finding->n_rows == 1 ? "its label or its prediction cannot be right"
                                             : "some of the labels may be wrong");
    return g_ascii_islower(finding->title[0]) ? g_strdup_printf("labels: %s", finding->title)
                                              : g_strdup(finding->title);
}

/* a title as a sentence; one that begins with a name of the data is led in */
static void
verdict_tell(ErrataProse *prose, const ErrataFinding *finding)
{
    static const char *const nouns[] = {[ERRATA_FINDING_LEAKAGE] = "leakage",
                                        [ERRATA_FINDING_DRIFT] = "drift",
                                        [ERRATA_FINDING_FAIRNESS] = "unfairness",
                                        [ERRATA_FINDING_ANOMALY] = "odd rows",
                                        [ERRATA_FINDING_CALIBRATION] = "scores",
                                        [ERRATA_FINDING_CLUSTER] = "errors alike",
                                        [ERRATA_FINDING_CHANGE_POINT] = "a change",
                                        [ERRATA_FINDING_MODEL_FILE] = "the model"};
    const char *noun = (guint)finding->kind < G_N_ELEMENTS(nouns) ? nouns[finding->kind] : NULL;
    g_autofree char *worth = finding->kind == ERRATA_FINDING_CLUSTER ||
                                     finding->kind == ERRATA_FINDING_CHANGE_POINT
                                 ? verdict_worth(prose->report,
                                                 errata_prose_unit(prose),
                                                 errata_verdict_gain(prose->report, finding))
                                 : NULL;
    g_autofree char *title = worth == NULL
                                 ? g_strdup(finding->title)
                                 : g_strdup_printf("%s; %s %s",
                                                   finding->title,
                                                   finding->kind == ERRATA_FINDING_CLUSTER
                                                       ? "doing as well there as elsewhere"
                                                       : "undoing that",
                                                   worth);

    if (g_ascii_isupper(finding->title[0]) || noun == NULL)
        errata_prose_quote(prose, title);
    else
        errata_prose_say(prose, "%s: %s", noun, title);
}

/* the gravest of the kinds that no other sentence tells: always where it is high, else where
 * nothing else has been said. A grave leak comes first, as no other figure holds where it is */
static const ErrataFinding *
verdict_untold(const ErrataCase *report, gboolean said)
{
    const ErrataFinding *leak = verdict_loudest(report, ERRATA_FINDING_LEAKAGE);

    if (leak != NULL && leak->severity >= ERRATA_SEVERITY_HIGH)
        return leak;
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        switch (finding->kind) {
        case ERRATA_FINDING_CALIBRATION:
        case ERRATA_FINDING_CLUSTER:
        case ERRATA_FINDING_DRIFT:
        case ERRATA_FINDING_LEAKAGE:
        case ERRATA_FINDING_FAIRNESS:
        case ERRATA_FINDING_ANOMALY:
        case ERRATA_FINDING_MODEL_FILE:
            if (finding->severity >= (said ? ERRATA_SEVERITY_HIGH : ERRATA_SEVERITY_MEDIUM))
                return finding;
            break;
        case ERRATA_FINDING_PERFORMANCE:
        case ERRATA_FINDING_SLICE:
        case ERRATA_FINDING_DATA_BUG:
        case ERRATA_FINDING_LABEL_ISSUE:
        case ERRATA_FINDING_CHANGE_POINT:
        case ERRATA_FINDING_THRESHOLD:
            break;
        }
    }
    return NULL;
}

/* “; a group of 2 % that is wrong 4 points more often than expected would have been seen”, or
 * NULL */
static char *
verdict_power(const ErrataCase *report)
{
    g_autofree char *share = NULL;
    g_autofree char *gap = NULL;

    if (isnan(report->power_share) || isnan(report->power_gap))
        return NULL;
    share = errata_words_share(report->power_share, (double)NAN, (double)NAN);
    if (report->task == ERRATA_TASK_REGRESSION) {
        gap = errata_precision_print(report->power_gap, -1);
        return g_strdup_printf(
            "; a group of %s off %s times as far as expected would have been seen",
            share,
            gap);
    }
    gap = errata_words_points(report->power_gap, report->power_gap < 0.02 ? 0.001 : 0.01);
    return g_strdup_printf("; a group of %s wrong %s more often than expected would have been seen",
                           share,
                           gap);
}

/* nothing of note: what was looked at, and what is there all the same */
static char *
verdict_nothing(const ErrataCase *report)
{
    guint64 tried = 0;
    guint drifted = 0;
    guint little = 0;
    guint information = 0;
    gboolean searched = FALSE;
    const ErrataMetric *metric = report->headline != NULL
                                     ? errata_case_metric(report, report->headline)
                                     : NULL;
    gboolean judged = metric != NULL && !isnan(metric->value);
    const ErrataFinding *likely = NULL;
    g_autofree char *count = NULL;
    g_autofree char *columns = NULL;
    g_autofree char *power = NULL;

    for (guint i = 0; i < report->tried->len; i++) {
        const ErrataTried *family = g_ptr_array_index(report->tried, i);

        tried += family->count;
        searched |= strcmp(family->family, "slices") == 0;
    }
    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        drifted += finding->kind == ERRATA_FINDING_DRIFT ? 1 : 0;
        little += finding->severity == ERRATA_SEVERITY_LOW ? 1 : 0;
        information += finding->severity == ERRATA_SEVERITY_INFO ? 1 : 0;
        if (likely == NULL && finding->severity == ERRATA_SEVERITY_LOW && !finding->confirmed &&
            finding->kind == ERRATA_FINDING_SLICE)
            likely = finding;
    }
    count = errata_words_counted(tried, "comparison", "comparisons");
    columns = errata_words_counted(drifted, "column", "columns");
    if (drifted > 0)
        return g_strdup_printf("%s %s drifted%s; nothing else %sstands out",
                               columns,
                               drifted == 1 ? "has" : "have",
                               judged ? ", at no cost that could be seen" : "",
                               drifted < report->findings->len ? "of weight " : "");
    if (tried == 0)
        return g_strdup_printf("nothing %sstands out",
                               report->findings->len > 0 ? "of weight " : "");
    if (likely != NULL) {
        g_autofree char *rows = errata_words_counted(verdict_n_judged(report), "row", "rows");
        g_autofree char *where = errata_words_where(likely);

        return g_strdup_printf(
            "%s are too few to confirm a group of errors; the first to look at is "
            "where %s",
            rows,
            where);
    }
    if (little > 0) {
        g_autofree char *smaller =
            errata_words_counted(little + information, "finding", "findings");

        return g_strdup_printf("nothing of weight stands out in %s; %s of little weight below",
                               count,
                               smaller);
    }
    power = verdict_power(report);
    return g_strdup_printf(
        "nothing %sstands out in %s%s%s",
        information > 0 ? "of weight " : "",
        count,
        power != NULL ? power : "",
        searched || !judged ? "" : "; the rows are too few to look for groups of errors");
}

/* what one sentence of the verdict tells, in its own words or in those of the finding's title */
typedef struct {
    const ErrataFinding *finding; /* the gravest that it tells; nullable */
    char *text;                   /* nullable */
} VerdictPart;

static guint
verdict_rank(const ErrataCase *report, const VerdictPart *part)
{
    guint rank = G_MAXUINT;

    if (part->finding != NULL)
        g_ptr_array_find(report->findings, part->finding, &rank);
    return rank;
}

/* what is gravest is told first, as the list has it, and what is least grave is left to the list */
static void
verdict_say_parts(const ErrataCase *report, ErrataProse *prose, VerdictPart *parts, guint n)
{
    for (guint told = 0; told < VERDICT_PARTS; told++) {
        VerdictPart *next = NULL;

        for (guint i = 0; i < n; i++)
            if ((parts[i].text != NULL || parts[i].finding != NULL) &&
                (next == NULL || verdict_rank(report, &parts[i]) < verdict_rank(report, next)))
                next = &parts[i];
        if (next == NULL)
            break;
        if (next->text != NULL)
            errata_prose_say(prose, "%s", next->text);
        else
            verdict_tell(prose, next->finding);
        g_clear_pointer(&next->text, g_free);
        next->finding = NULL;
    }
    for (guint i = 0; i < n; i++)
        g_clear_pointer(&parts[i].text, g_free);
}

/* @text: (transfer full) (nullable): of the gravest finding of @kind; nothing where there is
 *   none */
static VerdictPart
verdict_part(const ErrataCase *report, ErrataFindingKind kind, char *text)
{
    return (VerdictPart){text != NULL ? verdict_loudest(report, kind) : NULL, text};
}

/**
 * errata_plan_verdict:
 * @report: a finished case
 *
 * Returns: (transfer full): how good it is, and up to four short sentences of what is gravest
 */
char *
errata_plan_verdict(const ErrataCase *report)
{
    g_autoptr(GPtrArray) citations = g_ptr_array_new_with_free_func(g_free);
    ErrataProse prose = {g_string_new(NULL), citations, report, NULL, 0};
    ErrataVerdictGroups slices = errata_verdict_groups(report);
    g_autofree char *rare = errata_verdict_rare(report);
    char *const figures[] = {verdict_coverage(report),
                             errata_verdict_few(report, errata_prose_unit(&prose)),
                             verdict_opposed(report)};
    const ErrataFinding *change = verdict_change(report);
    VerdictPart parts[] = {
        {verdict_bug(report), verdict_bugs(report)},
        verdict_part(report,
                     ERRATA_FINDING_SLICE,
                     verdict_slices(report, &slices, errata_prose_unit(&prose))),
        verdict_part(report, ERRATA_FINDING_THRESHOLD, verdict_threshold(report)),
        verdict_part(report, ERRATA_FINDING_LABEL_ISSUE, verdict_labels(report)),
        {change, NULL},
        {NULL, NULL}};
    gboolean said = verdict_loudest(report, ERRATA_FINDING_PERFORMANCE) != NULL || change != NULL ||
                    figures[G_N_ELEMENTS(figures) - 1] != NULL;
    g_autofree char *headline = verdict_headline(&prose);
    gboolean loud = FALSE;

    for (guint i = 0; i < report->findings->len; i++)
        loud |= verdict_is_loud(g_ptr_array_index(report->findings, i));
    errata_prose_say(&prose,
                     "%s%s%s",
                     headline,
                     rare != NULL ? ", yet " : "",
                     rare != NULL ? rare : "");
    for (guint i = 0; i < G_N_ELEMENTS(figures); i++) {
        if (figures[i] != NULL)
            errata_prose_say(&prose, "%s", figures[i]);
        g_free(figures[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        said = said || parts[i].text != NULL;
    parts[G_N_ELEMENTS(parts) - 1].finding = verdict_untold(report, said);
    verdict_say_parts(report, &prose, parts, G_N_ELEMENTS(parts));
    if (!loud) {
        g_autofree char *nothing = verdict_nothing(report);

        errata_prose_say(&prose, "%s", nothing);
    }
    g_free(prose.unit);
    return g_string_free(prose.text, FALSE);
}
