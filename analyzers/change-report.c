/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change as a finding: what it was before and after, since when, what else moved with it, and
 * whether the errors rose. */
#include <math.h>
#include <string.h>

#include "change-bias.h"
#include "change-words.h"
#include "foretold.h"
#include "interpret/words.h"
#include "intervals.h"
#include "number.h"
#include "parallel.h"
#include "spoken.h"
#include "sum.h"
#include "tests.h"

#define REPORT_LEVEL  0.95
#define REPORT_ALPHA  0.01
#define REPORT_POINTS 80  /* of the figure */
#define REPORT_NAMED  3   /* columns named in the summary */
#define REPORT_LEFT   0.5 /* of a stretch's labelled rows, that are in no fault and tell of all */
#define REPORT_MATTER \
    0.25 /* more errors, of those before: what could still be so is not “no worse” */
#define REPORT_EXTREMES 0.5 /* of a change without extremes, that it is with them at the least */

/* what each member was before and after, side by side */
typedef struct {
    const ErrataChangeLog *log;
    const ErrataChangeGroup *group;
    ErrataChangeStretch *stretch; /* two per member */
} ReportMembers;

/* before and after as they are; where a few extremes make another change of them than that which
 * was found, without these */
static void
report_measure(const ErrataChangeLog *log,
               const ErrataChangeSeries *series,
               const ErrataChangeGroup *group,
               ErrataChangeStretch ret[2])
{
    gboolean spread = series->kind == ERRATA_CHANGE_SPREAD;
    ErrataChangeSeries uncut = *series;
    ErrataChangeStretch all[2];
    double cut_by, by;

    ret[0] = errata_change_measure(log, series, group->from, group->begin);
    ret[1] = errata_change_measure(log, series, group->end, group->to);
    if (series->kind != ERRATA_CHANGE_MEAN && !spread)
        return;
    uncut.uncut = TRUE;
    all[0] = errata_change_measure(log, &uncut, group->from, group->begin);
    all[1] = errata_change_measure(log, &uncut, group->end, group->to);
    cut_by = spread ? ret[1].sd - ret[0].sd : ret[1].mean - ret[0].mean;
    by = spread ? all[1].sd - all[0].sd : all[1].mean - all[0].mean;
    if (isfinite(by) && by / cut_by >= REPORT_EXTREMES && by / cut_by <= 1.0 / REPORT_EXTREMES) {
        ret[0] = all[0];
        ret[1] = all[1];
        return;
    }
    ret[0].cut = ret[1].cut = TRUE;
}

static void
report_members_cb(gsize begin, gsize end, gsize chunk, gpointer data)
{
    const ReportMembers *work = data;
    const ErrataChangeGroup *group = work->group;

    for (gsize m = begin; m < end; m++) {
        const ErrataChangeSeries *series = g_ptr_array_index(group->member, m);

        if (series->kind != ERRATA_CHANGE_VOLUME)
            report_measure(work->log, series, group, work->stretch + 2 * m);
    }
}

/* standard error of a standard deviation, of whatever form the values are: √((m₄ − s⁴) / n) / 2s */
static double
report_spread_error(const ErrataChangeLog *log,
                    const ErrataChangeSeries *series,
                    const ErrataChangeGroup *group,
                    const ErrataChangeStretch *after)
{
    ErrataChangeSeries own = *series;
    ErrataSum fourth = {0};
    double square = after->sd * after->sd;

    own.uncut = !after->cut;
    for (gsize i = group->end; i < group->to; i++) {
        double off = errata_change_value(log, &own, log->row[i], TRUE) - after->mean;

        if (!isnan(off))
            errata_sum_add(&fourth, off * off * off * off);
    }
    return sqrt(fmax(errata_sum_value(&fourth) / after->n - square * square, 0.0) / after->n) /
           (2.0 * after->sd);
}

/* adds before and after of one member; the first's are the subject's */
static void
report_member(const ErrataChangeLog *log,
              const ErrataChangeGroup *group,
              guint member,
              const ErrataChangeStretch stretch[2],
              ErrataFinding *finding)
{
    const ErrataChangeSeries *series = g_ptr_array_index(group->member, member);
    guint index = g_array_index(group->index, guint, member);
    gboolean volume = series->kind == ERRATA_CHANGE_VOLUME;
    gboolean spread = series->kind == ERRATA_CHANGE_SPREAD;
    ErrataChangeStretch before = stretch[0], after = stretch[1];
    g_autofree char *what = errata_change_what(log, group, series);
    ErrataUnit unit = errata_change_unit(log, series);
    ErrataInterval interval;
    ErrataEvidence *evidence;

    if (volume) {
        before.mean = errata_change_per_day(log, group->from, group->begin);
        after.mean = errata_change_per_day(log, group->end, group->to);
        before.n = (double)(group->begin - group->from);
        after.n = after.effective = (double)(group->to - group->end);
        interval =
            errata_intervals_log(after.mean, after.mean * after.mean / after.n, REPORT_LEVEL);
    } else {
        if (spread) {
            double error = report_spread_error(log, series, group, &after);

            before.mean = before.sd;
            after.mean = after.sd;
            after.sd = error * sqrt(after.effective);
        }
        interval = unit == ERRATA_UNIT_SHARE
                       ? errata_intervals_wilson(after.mean * after.effective,
                                                 after.effective,
                                                 REPORT_LEVEL)
                       : errata_intervals_normal(after.mean,
                                                 after.sd * after.sd / after.effective,
                                                 REPORT_LEVEL);
    }
    evidence = errata_finding_add(finding,
                                  errata_evidence_new(member == 0 ? "after" : "also",
                                                      what,
                                                      after.mean,
                                                      unit,
                                                      (guint64)after.n));
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    evidence->baseline = before.mean;
    evidence->test = g_strdup("standardised CUSUM");
    evidence->p = series->change[index].p;
    evidence->q = series->q[index];
    evidence->method =
        g_strdup(before.cut ? "all rows after the change against those before it, values cut at "
                              "the 0.5 and 99.5 % quantiles, as a few extremes would hide the move"
                            : "all rows after the change against those before it");
    if (member == 0) {
        g_autofree char *earlier = g_strdup_printf("%s before", what);

        errata_finding_add(
            finding,
            errata_evidence_new("before", earlier, before.mean, unit, (guint64)before.n));
        finding->subject.before = before.mean;
        finding->subject.after = after.mean;
    }
}

static char *
report_summary(const ErrataChangeLog *log, const ErrataChangeGroup *group)
{
    g_autoptr(GString) list = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint m = 0; m < group->member->len; m++) {
        ErrataChangeSeries *series = g_ptr_array_index(group->member, m);
        g_autofree char *what = errata_change_what(log, group, series);
        const char *name = series->column != NULL ? series->column : series->name;

        if (g_hash_table_contains(seen, name))
            continue;
        g_hash_table_insert(seen, series->column != NULL ? series->from->name : series->name, NULL);
        if (g_hash_table_size(seen) <= REPORT_NAMED)
            g_string_append_printf(list,
                                   "%s%s",
                                   list->len > 0 ? ", " : "",
                                   series->column != NULL ? name : what);
    }
    if (g_hash_table_size(seen) > REPORT_NAMED)
        g_string_append_printf(list, " and %u more", g_hash_table_size(seen) - REPORT_NAMED);
    return g_strdup_printf("change · %s", list->str);
}

/* that so many of all errors fall behind a place, exactly, any of the places between blocks, or two
 * of them, being looked at: where errors are few their sums are not normal */
static double
report_few(const ErrataChangeLog *log,
           const ErrataChangeStretch *before,
           const ErrataChangeStretch *after,
           guint n_changes)
{
    guint64 n_before = (guint64)llround(before->mean * before->effective);
    guint64 n_after = (guint64)llround(after->mean * after->effective);
    double p =
        errata_tests_binomial_upper(n_after,
                                    n_before + n_after,
                                    after->effective / (before->effective + after->effective));

    return MIN(p * (log->n_blocks * (n_changes > 1 ? (double)log->n_blocks : 1.0)), 1.0);
}

static gsize
report_count_judged(const ErrataChangeLog *log, gsize begin, gsize end)
{
    gsize n = 0;

    for (gsize i = begin; i < end; i++)
        n += log->analysis->outcome->judged[log->row[i]] != 0 ? 1 : 0;
    return n;
}

/* the errors before and after; of faulty rows too, where hardly others are left of a side. A change
 * of the errors themselves is one of sound rows: what faults cost is told by them. Returns: whether
 * it is of sound rows only */
static gboolean
report_errors(const ErrataChangeLog *log,
              const ErrataChangeGroup *group,
              ErrataChangeStretch *ret_before,
              ErrataChangeStretch *ret_after)
{
    ErrataChangeSeries errors = {.kind = ERRATA_CHANGE_ERROR};

    *ret_before = errata_change_measure(log, &errors, group->from, group->begin);
    *ret_after = errata_change_measure(log, &errors, group->end, group->to);
    if (((const ErrataChangeSeries *)g_ptr_array_index(group->member, 0))->kind ==
        ERRATA_CHANGE_ERROR)
        return errata_change_leaves_out(log, group);
    if (ret_before->n >=
            REPORT_LEFT * (double)report_count_judged(log, group->from, group->begin) &&
        ret_after->n >= REPORT_LEFT * (double)report_count_judged(log, group->end, group->to))
        return errata_change_leaves_out(log, group);
    errors.with_faults = TRUE;
    *ret_before = errata_change_measure(log, &errors, group->from, group->begin);
    *ret_after = errata_change_measure(log, &errors, group->end, group->to);
    return FALSE;
}

/* how much of a rise the scores foretold, as evidence; whatever else changed: rows that have moved
 * to hard ground, of which the model knows, are wrong as often as it says */
static double
report_foretold(const ErrataChangeLog *log,
                const ErrataChangeGroup *group,
                double before,
                ErrataFinding *finding)
{
    const ErrataAnalysis *analysis = log->analysis;
    ErrataForetoldRows was = {analysis->outcome,
                              log->row + group->from,
                              group->begin - group->from,
                              log->faults->model,
                              analysis->outcome->weight};
    ErrataForetoldRows is = {analysis->outcome,
                             log->row + group->end,
                             group->to - group->end,
                             log->faults->model,
                             analysis->outcome->weight};
    ErrataForetold foretold;

    foretold = errata_foretold(&was, &is);
    if (!(foretold.errors > before))
        return 0.0;
    errata_finding_add(finding,
                       errata_foretold_evidence(&foretold,
                                                "since",
                                                analysis->outcome->task == ERRATA_TASK_REGRESSION));
    return foretold.errors - before;
}

/* of the errors of a stretch, whose rows follow each other; no error is less than none */
static ErrataInterval
report_rate_interval(const ErrataChangeStretch *stretch, gboolean regression)
{
    double n = stretch->effective / stretch->inflation;
    ErrataInterval interval;

    if (!regression)
        return errata_intervals_wilson(stretch->mean * n, n, REPORT_LEVEL);
    interval = errata_intervals_normal(stretch->mean, stretch->sd * stretch->sd / n, REPORT_LEVEL);
    interval.lo = fmax(interval.lo, 0.0);
    return interval;
}

/* all errors of the rows since, of all of the log, as of any rows; the rise alone is excess_errors,
 * and the rank */
static double
report_share_of_errors(const ErrataChangeLog *log, const ErrataChangeStretch *after)
{
    ErrataChangeSeries errors = {.kind = ERRATA_CHANGE_ERROR, .with_faults = TRUE};
    ErrataChangeStretch all = errata_change_measure(log, &errors, 0, log->n_rows);

    return MIN(after->mean * after->weight / (all.mean * all.weight), 1.0);
}

/* whether predictions are wrong more often since; severity by how much */
static void
report_cost(const ErrataChangeLog *log, const ErrataChangeGroup *group, ErrataFinding *finding)
{
    const ErrataOutcome *outcome = log->analysis->outcome;
    gboolean regression = outcome->task == ERRATA_TASK_REGRESSION;
    ErrataChangeSeries errors = {.kind = ERRATA_CHANGE_ERROR};
    ErrataChangeStretch before, after, all;
    ErrataChangeGroup whole = *group;
    const ErrataChangeSeries *first = g_ptr_array_index(group->member, 0);
    gboolean of_errors = first->kind == ERRATA_CHANGE_ERROR;
    gboolean sound;
    double rise, error, share, sure, foretold;
    ErrataEvidence *evidence;
    ErrataInterval interval;

    if (outcome->n_judged == 0 || group->is_volume) /* how many come does not make them wrong */
        return;
    if (group->errors_apart) {
        g_ptr_array_add(finding->notes, g_strdup("errors=apart"));
        return;
    }
    if (group->back_of > 0)
        whole.from = group->errors_from;
    sound = report_errors(log, &whole, &before, &after);
    all = errata_change_measure(log, &errors, 0, log->n_rows);
    rise = after.mean - before.mean;
    error = sqrt(before.sd * before.sd / before.effective * before.inflation +
                 after.sd * after.sd / after.effective * after.inflation);
    if (!isfinite(rise) || !(error > 0.0) || !(all.mean > 0.0))
        return;
    evidence = errata_finding_add(
        finding,
        errata_evidence_new("rate_after",
                            regression ? "mean absolute error since" : "error rate since",
                            after.mean,
                            regression ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE,
                            (guint64)after.n));
    evidence->baseline = before.mean;
    interval = report_rate_interval(&after, regression);
    evidence->lo = interval.lo;
    evidence->hi = interval.hi;
    if (sound)
        g_ptr_array_add(finding->notes, g_strdup("errors-of=sound"));
    evidence->test = g_strdup("difference of means, one-sided");
    evidence->p = errata_tests_normal_upper(rise / error);
    if (of_errors && !regression)
        evidence->p = MAX(evidence->p, report_few(log, &before, &after, first->n_changes));
    if (!(evidence->p < REPORT_ALPHA)) {
        gboolean few = errata_intervals_normal(rise, error * error, REPORT_LEVEL).hi >
                       REPORT_MATTER * before.mean;

        g_ptr_array_add(finding->notes, g_strdup(few ? "errors=untold" : "errors=no-more"));
        return;
    }
    foretold = report_foretold(log, &whole, before.mean, finding);
    rise -= foretold;
    if (!(errata_tests_normal_upper(rise / error) < REPORT_ALPHA) ||
        (regression && foretold > 0.0 && rise <= ERRATA_FORETOLD_NEAR * (before.mean + foretold))) {
        g_ptr_array_add(finding->notes, g_strdup("errors=foretold"));
        return;
    }
    g_ptr_array_add(finding->notes, g_strdup("errors=more"));
    share = rise * after.weight / (all.mean * all.weight);
    finding->share_of_errors = report_share_of_errors(log, &after);
    /* where something else has changed, or errors come in stretches, severity by the least that it
     * has cost */
    sure = of_errors && !(before.inflation > 1.0) && !(after.inflation > 1.0)
               ? rise
               : fmax(errata_intervals_normal(rise, error * error, 0.99).lo, 0.0);
    sure *= after.weight / all.weight;
    finding->severity = errata_severity_from_impact(sure / all.mean, regression ? 0.0 : sure);
    finding->rank = share;
    if (regression)
        return;
    finding->excess_errors = rise * after.n;
    finding->metric = g_strdup("accuracy");
    finding->delta = rise * after.weight / all.weight;
}

/* the first series in stretches of equally many rows, or of equal length for the volume */
static ErrataFigure *
report_figure(const ErrataChangeLog *log,
              const ErrataChangeGroup *group,
              const char *title,
              guint number)
{
    const ErrataChangeSeries *first = g_ptr_array_index(group->member, 0);
    const gint64 *time = log->analysis->outcome->time;
    g_autofree char *id = g_strdup_printf("change-%u", number + 1);
    g_autofree char *what = errata_change_what(log, group, first);
    g_autofree char *name = errata_words_capital(what);
    g_autofree char *heading =
        g_strdup_printf("%s %s", name, time != NULL ? "over time" : "by row");
    ErrataFigure *figure = errata_figure_new(id, ERRATA_FIGURE_TIMELINE, heading);
    ErrataSeries *series = errata_figure_add_series(figure, what, ERRATA_TONE_NOW, REPORT_POINTS);
    ErrataMark *mark;

    series->x = g_new(double, REPORT_POINTS);
    series->y = g_new(double, REPORT_POINTS);
    series->lo = g_new(double, REPORT_POINTS);
    series->hi = g_new(double, REPORT_POINTS);
    series->count = g_new(double, REPORT_POINTS);
    for (guint i = 0; i < REPORT_POINTS; i++) {
        gsize begin = log->n_rows * i / REPORT_POINTS;
        gsize end = log->n_rows * (i + 1) / REPORT_POINTS;
        gsize middle = (begin + end) / 2;
        gboolean spread = first->kind == ERRATA_CHANGE_SPREAD;
        ErrataChangeStretch stretch = {.n = (double)(end - begin),
                                       .effective = (double)(end - begin),
                                       .mean = (double)NAN,
                                       .sd = (double)NAN};
        ErrataInterval interval;

        if (first->kind == ERRATA_CHANGE_VOLUME)
            stretch.mean = errata_change_per_day(log, begin, end);
        else
            stretch = errata_change_measure(log, first, begin, end);
        interval = errata_intervals_normal(spread ? stretch.sd : stretch.mean,
                                           stretch.sd * stretch.sd / stretch.effective /
                                               (spread ? 2.0 : 1.0),
                                           REPORT_LEVEL);
        series->x[i] = time != NULL ? (double)time[log->row[middle]] : (double)log->row[middle];
        series->y[i] = spread ? stretch.sd : stretch.mean;
        series->lo[i] = interval.lo;
        series->hi[i] = interval.hi;
        series->count[i] = (double)(end - begin);
    }
    figure->x_is_time = time != NULL;
    figure->x_unit = time != NULL ? ERRATA_UNIT_TIME : ERRATA_UNIT_COUNT;
    figure->x_label = g_strdup(time != NULL ? "Time" : "Row");
    figure->y_label = errata_words_capital(what);
    figure->y_unit = errata_change_unit(log, first);
    figure->note = g_strdup("bars: rows");
    figure->description = g_strdup_printf("The %s over time, with a 95 %% band: %s.", what, title);
    mark = errata_figure_add_mark(figure, (double)group->begin_time, "change", ERRATA_TONE_ERROR);
    mark->x_end = group->begin < group->end ? (double)group->end_time : (double)NAN;
    return figure;
}

static void
report_suggest(const ErrataChangeLog *log,
               ErrataFinding *finding,
               const ErrataChangeSeries *first,
               const char *when,
               const char *after,
               gboolean passed)
{
    gboolean costs = finding->severity > ERRATA_SEVERITY_INFO;
    gboolean real = log->analysis->outcome->task == ERRATA_TASK_REGRESSION;
    g_autofree char *depends = g_strdup_printf("%s depends on",
                                               first->column != NULL ? first->column : "");
    const char *about = first->column != NULL                 ? depends
                        : first->kind == ERRATA_CHANGE_VOLUME ? "the volume depends on"
                        : first->kind == ERRATA_CHANGE_SCORE
                            ? real ? "the predictions depend on" : "the scores depend on"
                            : "the errors depend on";
    g_autofree char *look = g_strdup_printf("Find out what was changed %s that %s", when, about);
    g_autofree char *text = g_strdup_printf("Retrain with rows from after %s once they are enough",
                                            after);

    errata_finding_suggest(finding, costs ? "fix-pipeline" : "monitor", look)->method =
        g_strdup("not computed: the cause is not in the log");
    if (costs && !passed) /* what is over is nothing to learn from */
        errata_finding_suggest(finding, "retrain", text)->method =
            g_strdup("not computed: needs a retrained model");
}

/* a stretch of few rows is named as one; how many come in a while is no matter of their number */
static void
report_short(const ErrataChangeLog *log, const ErrataChangeGroup *group, ErrataFinding *finding)
{
    gsize least = errata_change_least(log);

    if (group->is_volume)
        return;
    if (group->begin - group->from < least) {
        g_autofree char *count = errata_words_counted(group->begin - group->from, "row", "rows");

        g_ptr_array_add(
            finding->notes,
            g_strdup_printf("before-rows=in the %s%s", group->from == 0 ? "first " : "", count));
    }
    if (group->to - group->end < least && !group->has_back) {
        g_autofree char *count = errata_words_counted(group->to - group->end, "row", "rows");

        g_ptr_array_add(finding->notes, g_strdup_printf("after-rows=%s", count));
    }
}

/* the rows since, first come first */
static void
report_rows(const ErrataChangeLog *log, const ErrataChangeGroup *group, ErrataFinding *finding)
{
    finding->n_rows = group->to - group->begin;
    finding->share_of_rows = (double)finding->n_rows / (double)log->analysis->frame->n_rows;
    finding->row = g_memdup2(log->row + group->begin, finding->n_rows * sizeof(guint32));
    finding->row_score = g_new(double, finding->n_rows);
    for (gsize i = 0; i < finding->n_rows; i++)
        finding->row_score[i] = group->begin + i < group->end
                                    ? (double)i / (double)(group->end - group->begin)
                                    : 1.0;
}

static void
report_add_moment(const ErrataChangeLog *log,
                  const ErrataChangeGroup *group,
                  ErrataFinding *finding)
{
    ErrataUnit unit = log->analysis->outcome->time != NULL ? ERRATA_UNIT_TIME : ERRATA_UNIT_COUNT;
    gboolean gradual = group->begin < group->end;
    ErrataEvidence *at;

    at = errata_finding_add(
        finding,
        errata_evidence_new("at",
                            gradual ? "when the change began" : "when it changed",
                            (double)group->begin_time,
                            unit,
                            log->n_rows));
    at->method = g_strdup(group->is_volume ? "the start of the bin"
                          : gradual        ? "least squares of a ramp on blocks of rows"
                                           : "greatest likelihood over the rows of all series");
    if (!gradual && group->lo_time < group->hi_time) {
        at->lo = (double)group->lo_time;
        at->hi = (double)group->hi_time;
        finding->subject.at_lo = group->lo_time;
        finding->subject.at_hi = group->hi_time;
    }
    if (gradual)
        errata_finding_add(finding,
                           errata_evidence_new("until",
                                               "when the change was complete",
                                               (double)group->end_time,
                                               unit,
                                               log->n_rows));
    if (group->has_back)
        errata_finding_add(finding,
                           errata_evidence_new("back",
                                               "when it changed back",
                                               (double)group->back_time,
                                               unit,
                                               log->n_rows));
    g_ptr_array_add(finding->notes, g_strdup(gradual ? "shape=gradual" : "shape=abrupt"));
    g_ptr_array_add(finding->notes, g_strdup_printf("series=%u", group->member->len));
    for (guint m = 0; m < group->member->len; m++) {
        const ErrataChangeSeries *series = g_ptr_array_index(group->member, m);

        if (series->column != NULL)
            g_ptr_array_add(finding->notes, g_strdup_printf("of=%s", series->column));
    }
}

/* how many rows before and since what is “outside data bugs” is without */
static void
report_left_out(const ErrataChangeLog *log, const ErrataChangeGroup *group, ErrataFinding *finding)
{
    const ErrataChangeSeries *first = g_ptr_array_index(group->member, 0);
    gboolean of_model = first->kind == ERRATA_CHANGE_ERROR || first->kind == ERRATA_CHANGE_SCORE;
    guint64 n = 0, near = 0;

    if (errata_finding_note(finding, "errors-of") == NULL &&
        !(of_model && errata_change_leaves_out(log, group)))
        return;
    for (gsize i = group->from; i < group->to; i++) {
        guint32 row = log->row[i];

        if ((i >= group->begin && i < group->end) || log->faults->model[row] == 0)
            continue;
        n++;
        near += log->analysis->set_aside[row] == 0;
    }
    errata_finding_add(finding,
                       errata_evidence_new("left_out",
                                           near > 0 ? "rows of data bugs and of the time in which "
                                                      "one befell a single group"
                                                    : "rows of data bugs",
                                           (double)n,
                                           ERRATA_UNIT_COUNT,
                                           n))
        ->method = g_strdup("left out of errors and predictions");
}

/**
 * errata_change_report:
 * @log: the log
 * @group: series that change at one moment
 * @number: how many changes come before it
 *
 * Severity by how much more often predictions are wrong since; `info` where they are not.
 *
 * Returns: (transfer full): the finding
 */
ErrataFinding *
errata_change_report(const ErrataChangeLog *log, ErrataChangeGroup *group, guint number)
{
    const ErrataChangeSeries *first;
    ErrataFinding *finding = errata_finding_new(ERRATA_FINDING_CHANGE_POINT, "");
    gboolean gradual = group->begin < group->end;
    g_autofree char *begin = errata_change_began(log, group);
    g_autofree char *when = gradual ? g_strdup_printf("from %s on", begin)
                                    : errata_change_moment(log, group);
    g_autofree char *after = errata_change_over(log, group);
    g_autofree ErrataChangeStretch *stretch = NULL;

    first = g_ptr_array_index(group->member, 0);
    finding->confirmed = TRUE;
    finding->severity = ERRATA_SEVERITY_INFO;
    finding->share_of_errors = finding->excess_errors = finding->delta = (double)NAN;
    finding->rank = 1e-6 * (double)group->member->len;
    finding->subject.series = g_strdup(first->name);
    finding->subject.has_time = log->analysis->outcome->time != NULL;
    finding->subject.from = group->begin_time;
    finding->subject.to = group->begin < group->end ? group->end_time : 0;
    stretch = g_new0(ErrataChangeStretch, 2 * (gsize)group->member->len);
    errata_parallel_for(group->member->len,
                        1,
                        report_members_cb,
                        &(ReportMembers){log, group, stretch});
    report_member(log, group, 0, stretch, finding);
    report_add_moment(log, group, finding);
    report_short(log, group, finding);
    report_cost(log, group, finding);
    report_left_out(log, group, finding);
    for (guint m = 1; m < group->member->len; m++)
        report_member(log, group, m, stretch + 2 * (gsize)m, finding);
    g_free(finding->title);
    errata_spoken_of(first->name);
    finding->title = errata_change_title(log, group, finding);
    errata_spoken_of(NULL);
    finding->summary = report_summary(log, group);
    report_rows(log, group, finding);
    finding->figure = report_figure(log, group, finding->title, number);
    report_suggest(log, finding, first, when, after, group->has_back);
    if (g_strcmp0(errata_finding_note(finding, "errors"), "more") == 0)
        errata_change_bias_add(log, group, begin, finding);
    return finding;
}
