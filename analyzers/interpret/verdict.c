/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentence in large type on page one: how good, compared with what, what makes the errors, what
 * fixing is worth. */
#include <math.h>

#include "prose.h"
#include "words.h"

static gboolean
verdict_is_loud(const ErrataFinding *finding)
{
    return finding->severity >= ERRATA_SEVERITY_MEDIUM;
}

static char *
verdict_off_by(const ErrataMetric *mae)
{
    g_autofree char *value = errata_words_number(mae->value, mae->lo, mae->hi);

    return g_strdup_printf("off by %s on average", value);
}

static char *
verdict_headline(const ErrataCase *report)
{
    const ErrataMetric *metric = report->headline != NULL
                                     ? errata_case_metric(report, report->headline)
                                     : NULL;
    g_autofree char *rows = errata_words_counted(report->n_rows, "row", "rows");

    if (metric == NULL || isnan(metric->value))
        return g_strdup_printf("%s without labels to judge them by", rows);
    if (g_strcmp0(report->headline, "accuracy") == 0) {
        g_autofree char *share = errata_words_share(metric->value, metric->lo, metric->hi);
        g_autofree char *half =
            isnan(metric->lo) ? NULL
                              : errata_words_number(50.0 * (metric->hi - metric->lo), 0.0, 0.2);

        return g_strdup_printf("right %s of the time%s%s%s",
                               share,
                               half != NULL ? " (±" : "",
                               half != NULL ? half : "",
                               half != NULL ? ")" : "");
    }
    if (report->task == ERRATA_TASK_REGRESSION && errata_case_metric(report, "mae") != NULL)
        return verdict_off_by(errata_case_metric(report, "mae"));
    {
        g_autofree char *value = errata_words_number(metric->value, metric->lo, metric->hi);

        return g_strdup_printf("%s %s", report->headline, value);
    }
}

/* slices of note: how many, the share of rows and of errors they make together (as a bound: they may overlap) */
static char *
verdict_slices(const ErrataCase *report)
{
    double rows = 0.0;
    double errors = 0.0;
    guint n = 0;
    g_autofree char *count = NULL;
    g_autofree char *rows_words = NULL;
    g_autofree char *errors_words = NULL;

    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->kind != ERRATA_FINDING_SLICE || !verdict_is_loud(finding) ||
            isnan(finding->share_of_errors))
            continue;
        n++;
        rows += finding->share_of_rows;
        errors += finding->share_of_errors;
    }
    if (n == 0)
        return NULL;
    count = errata_words_count(n);
    rows_words = errata_words_part(MIN(rows, 1.0));
    errors_words = errata_words_part(MIN(errors, 1.0));
    return g_strdup_printf("%s %s, %s%s of the rows, %s %s%s of the errors",
                           count,
                           n == 1 ? "group" : "groups",
                           n > 1 ? "at most " : "",
                           rows_words,
                           n == 1 ? "makes" : "make",
                           n > 1 ? "up to " : "",
                           errors_words);
}

static char *
verdict_others(const ErrataCase *report)
{
    guint bugs = 0;
    guint labels = 0;
    g_autofree char *count = NULL;

    for (guint i = 0; i < report->findings->len; i++) {
        const ErrataFinding *finding = g_ptr_array_index(report->findings, i);

        if (!verdict_is_loud(finding))
            continue;
        bugs += finding->kind == ERRATA_FINDING_DATA_BUG;
        labels += finding->kind == ERRATA_FINDING_LABEL_ISSUE;
    }
    if (bugs == 0 && labels == 0)
        return NULL;
    if (bugs == 0)
        return g_strdup("some of the labels look wrong");
    count = errata_words_counted(bugs, "data bug", "data bugs");
    return g_strdup_printf("%s %s attention%s",
                           count,
                           bugs == 1 ? "needs" : "need",
                           labels > 0 ? ", and so do the labels" : "");
}

static char *
verdict_nothing(const ErrataCase *report)
{
    guint64 tried = 0;
    g_autofree char *count = NULL;

    for (guint i = 0; i < report->tried->len; i++) {
        const ErrataTried *family = g_ptr_array_index(report->tried, i);

        tried += family->count;
    }
    if (tried == 0)
        return g_strdup("nothing stands out");
    count = errata_words_counted(tried, "comparison", "comparisons");
    return g_strdup_printf("nothing stands out in %s", count);
}

/**
 * errata_plan_verdict:
 * @report: a finished case
 *
 * Returns: (transfer full): one to three short sentences
 */
char *
errata_plan_verdict(const ErrataCase *report)
{
    ErrataProse prose = {g_string_new(NULL), g_ptr_array_new_with_free_func(g_free), report};
    g_autofree char *headline = verdict_headline(report);
    g_autofree char *slices = verdict_slices(report);
    g_autofree char *others = verdict_others(report);
    gboolean loud = FALSE;

    for (guint i = 0; i < report->findings->len; i++)
        loud |= verdict_is_loud(g_ptr_array_index(report->findings, i));
    errata_prose_say(&prose, "%s", headline);
    if (slices != NULL && others != NULL)
        errata_prose_say(&prose, "%s; %s", slices, others);
    else if (slices != NULL || others != NULL)
        errata_prose_say(&prose, "%s", slices != NULL ? slices : others);
    else if (!loud) {
        g_autofree char *nothing = verdict_nothing(report);

        errata_prose_say(&prose, "%s", nothing);
    }
    g_ptr_array_unref(prose.citations);
    return g_string_free(prose.text, FALSE);
}
