/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of the error over time: about 40 windows of equal length that mostly hold 100 rows or
 * more, by row order where there is no time; in a log that is stamped by day or month, of whole
 * ones. Windows with under 80 % of their labels are shown and not judged. */
#include <math.h>

#include "design-effect.h"
#include "performance.h"
#include "rate.h"
#include "stamps.h"

#define WINDOWS_MOST    40
#define WINDOWS_ROWS    100
#define WINDOWS_LABELS  0.8
#define WINDOWS_IN_FULL 0.8 /* share of rows that must lie in windows of WINDOWS_ROWS */

/* how rows fall into windows */
typedef struct {
    guint n;
    gboolean by_time;
    gint64 from; /* ns, or the first row */
    double step;
    ErrataStampsUnit unit; /* of the stamps; windows are of whole ones */
    gint64 edge[WINDOWS_MOST + 1];
} WindowsPlan;

/* sums of one window */
typedef struct {
    guint64 n;
    guint64 labelled;
    ErrataRate loss;
    ErrataRate score;    /* or of predicted numbers */
    ErrataRate positive; /* whether the positive class is predicted */
} WindowsSums;

static guint
windows_of(const WindowsPlan *plan, const ErrataOutcome *outcome, gsize rank, gsize row)
{
    double at = plan->by_time ? ((double)outcome->time[row] - (double)plan->from) / plan->step
                              : (double)rank / plan->step;
    guint w = MIN((guint)fmax(at, 0.0), plan->n - 1);

    if (!plan->by_time || plan->unit == ERRATA_STAMPS_NONE)
        return w;
    while (w > 0 && outcome->time[row] < plan->edge[w])
        w--;
    while (w + 1 < plan->n && outcome->time[row] >= plan->edge[w + 1])
        w++;
    return w;
}

static gboolean
windows_has_time(const ErrataOutcome *outcome, gsize row)
{
    return outcome->time[row] != G_MININT64;
}

/* the span of the times there are; FALSE when most rows have none or all have the same */
static gboolean
windows_time_span(const ErrataOutcome *outcome, gint64 *ret_from, gint64 *ret_to)
{
    gint64 from = G_MAXINT64;
    gint64 to = G_MININT64;
    gsize n = 0;

    for (gsize row = 0; outcome->time != NULL && row < outcome->n_rows; row++)
        if (windows_has_time(outcome, row)) {
            from = MIN(from, outcome->time[row]);
            to = MAX(to, outcome->time[row]);
            n++;
        }
    *ret_from = from;
    *ret_to = to;
    return n > outcome->n_rows / 2 && to > from;
}

/* share of rows that lie in windows of at least WINDOWS_ROWS */
static double
windows_full(const WindowsPlan *plan, const ErrataOutcome *outcome)
{
    guint64 count[WINDOWS_MOST] = {0};
    double full = 0.0;
    double all = 0.0;

    for (gsize row = 0; row < outcome->n_rows; row++)
        if (windows_has_time(outcome, row))
            count[windows_of(plan, outcome, 0, row)]++;
    for (guint w = 0; w < plan->n; w++) {
        all += (double)count[w];
        full += count[w] >= WINDOWS_ROWS ? (double)count[w] : 0.0;
    }
    return full / all;
}

/* the unit of the stamps, and how many units they are apart */
static ErrataStampsUnit
windows_stamps(const ErrataOutcome *outcome, gint64 *ret_apart)
{
    g_autofree gint64 *time = g_new(gint64, outcome->n_rows);
    gsize n = 0;

    for (gsize i = 0; i < outcome->n_rows; i++)
        if (windows_has_time(outcome, outcome->order[i]))
            time[n++] = outcome->time[outcome->order[i]];
    return errata_stamps_grain(time, n, ret_apart);
}

/* windows of whole units, and of as many as two stamps are apart, so that none is empty for its
 * length alone */
static void
windows_cut(WindowsPlan *plan, gint64 to, gint64 apart)
{
    gint64 units = errata_stamps_between(plan->unit, plan->from, to) + 1;
    gint64 length = (units + plan->n - 1) / plan->n;

    length = (length + apart - 1) / apart * apart;
    plan->n = (guint)((units + length - 1) / length);
    for (guint w = 0; w <= plan->n; w++)
        plan->edge[w] = errata_stamps_later(plan->unit, plan->from, MIN(w * length, units));
}

static WindowsPlan
windows_plan(const ErrataOutcome *outcome)
{
    WindowsPlan plan = {(guint)CLAMP(outcome->n_rows / WINDOWS_ROWS, 1, WINDOWS_MOST),
                        FALSE,
                        0,
                        1.0,
                        ERRATA_STAMPS_NONE,
                        {0}};
    gint64 to, apart = 1;

    plan.by_time = windows_time_span(outcome, &plan.from, &to);
    if (!plan.by_time) {
        plan.from = 0;
        plan.step = (double)outcome->n_rows / plan.n;
        return plan;
    }
    plan.unit = windows_stamps(outcome, &apart);
    for (;; plan.n = (plan.n + 1) / 2) {
        if (plan.unit != ERRATA_STAMPS_NONE)
            windows_cut(&plan, to, apart);
        plan.step = ((double)to - (double)plan.from) / plan.n;
        if (plan.n == 1 || windows_full(&plan, outcome) >= WINDOWS_IN_FULL)
            return plan;
    }
}

static void
windows_add_row(WindowsSums *sums, const ErrataOutcome *outcome, gsize row)
{
    double w = errata_outcome_weight(outcome, row);
    gboolean labelled = outcome->truth != NULL         ? outcome->truth[row] >= 0
                        : outcome->truth_value != NULL ? !isnan(outcome->truth_value[row])
                                                       : outcome->judged[row] != 0;

    sums->n++;
    sums->labelled += labelled;
    if (outcome->score != NULL && !isnan(outcome->score[row]))
        errata_rate_add(&sums->score, outcome->score[row], w);
    if (outcome->predicted != NULL && outcome->predicted[row] >= 0)
        errata_rate_add(&sums->positive,
                        outcome->predicted[row] == outcome->positive ? 1.0 : 0.0,
                        w);
    if (outcome->predicted_value != NULL && !isnan(outcome->predicted_value[row]))
        errata_rate_add(&sums->score, outcome->predicted_value[row], w);
    if (outcome->judged[row] != 0 && !isnan(outcome->loss[row]))
        errata_rate_add(&sums->loss, outcome->loss[row], w);
}

static void
windows_judge_class(ErrataWindow *window, const WindowsSums *sums)
{
    ErrataInterval interval = errata_rate_wilson(&sums->loss, ERRATA_METRICS_LEVEL);

    window->error = errata_rate_mean(&sums->loss);
    window->lo = interval.lo;
    window->hi = interval.hi;
}

static void
windows_judge_number(ErrataWindow *window, const WindowsSums *sums)
{
    double mean = errata_rate_mean(&sums->loss);
    ErrataInterval interval = errata_intervals_normal(mean,
                                                      errata_rate_spread(&sums->loss) /
                                                          errata_rate_effective(&sums->loss),
                                                      ERRATA_METRICS_LEVEL);

    window->error = mean;
    window->lo = fmax(interval.lo, 0.0);
    window->hi = interval.hi;
}

/* what needs no labels */
static void
windows_predictions(ErrataWindow *window, const WindowsSums *sums, gboolean number, int positive)
{
    double mean = errata_rate_mean(&sums->score);
    ErrataInterval interval = {0.0, 0.0};

    if (sums->score.n > 0.0)
        interval = errata_intervals_normal(mean,
                                           errata_rate_spread(&sums->score) /
                                               errata_rate_effective(&sums->score),
                                           ERRATA_METRICS_LEVEL);
    if (sums->score.n > 0.0)
        errata_case_append_metric(window->metrics,
                                  number ? "mean_prediction" : "mean_score",
                                  mean,
                                  interval.lo,
                                  interval.hi,
                                  (guint64)sums->score.n);
    if (!(sums->positive.n > 0.0) || positive < 0)
        return;
    interval = errata_rate_wilson(&sums->positive, ERRATA_METRICS_LEVEL);
    errata_case_append_metric(window->metrics,
                              "predicted_positive_rate",
                              errata_rate_mean(&sums->positive),
                              interval.lo,
                              interval.hi,
                              (guint64)sums->positive.n);
}

static void
windows_finish(const WindowsPlan *plan,
               const ErrataAnalysis *analysis,
               const WindowsSums *sums,
               guint index)
{
    ErrataWindow *window = errata_case_add_window(analysis->result);
    gboolean number = analysis->schema->task == ERRATA_TASK_REGRESSION;

    window->from = plan->from + (gint64)ceil(plan->step * index);
    window->to = plan->from + (gint64)ceil(plan->step * (index + 1));
    if (plan->by_time && index + 1 == plan->n)
        window->to++; /* the last instant belongs to it */
    if (plan->by_time && plan->unit != ERRATA_STAMPS_NONE) {
        window->from = plan->edge[index];
        window->to = plan->edge[index + 1];
    }
    window->n = sums->n;
    window->labelled = sums->labelled;
    windows_predictions(window, sums, number, analysis->outcome->positive);
    if (!(sums->loss.n > 0.0) || (double)sums->labelled < WINDOWS_LABELS * (double)sums->n)
        return;
    if (number)
        windows_judge_number(window, sums);
    else
        windows_judge_class(window, sums);
}

static void
windows_draw(ErrataAnalysis *analysis, const WindowsPlan *plan)
{
    GPtrArray *windows = analysis->result->performance.windows;
    gboolean number = analysis->schema->task == ERRATA_TASK_REGRESSION;
    g_autofree char *title = g_strdup_printf("%s %s",
                                             number ? "Mean absolute error" : "Error rate",
                                             plan->by_time ? "over time" : "by row order");
    ErrataFigure *figure = errata_figure_new("timeline", ERRATA_FIGURE_TIMELINE, title);
    ErrataSeries *series = errata_figure_add_series(figure,
                                                    number ? "mean absolute error" : "error rate",
                                                    ERRATA_TONE_NOW,
                                                    windows->len);

    figure->x_is_time = plan->by_time;
    figure->x_unit = plan->by_time ? ERRATA_UNIT_TIME : ERRATA_UNIT_COUNT;
    figure->y_unit = number ? ERRATA_UNIT_TARGET : ERRATA_UNIT_SHARE;
    figure->x_label = g_strdup(plan->by_time ? "Time" : "Row");
    figure->y_label = g_strdup(number ? "Mean absolute error" : "Error rate");
    figure->note = g_strdup("bars: predictions");
    figure->description =
        g_strdup_printf("%s in %u windows of equal length with a 95 %% band; bars beneath show how "
                        "many predictions each holds. Windows with under 80 %% of their labels "
                        "have no value.",
                        number ? "Mean absolute error" : "Error rate",
                        windows->len);
    series->x = g_new(double, series->n);
    series->y = g_new(double, series->n);
    series->lo = g_new(double, series->n);
    series->hi = g_new(double, series->n);
    series->count = g_new(double, series->n);
    for (guint i = 0; i < windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(windows, i);

        series->x[i] = 0.5 * ((double)window->from + (double)window->to);
        series->y[i] = window->error;
        series->lo[i] = window->lo;
        series->hi[i] = window->hi;
        series->count[i] = (double)window->n;
    }
    g_clear_pointer(&analysis->result->timeline, errata_figure_free);
    analysis->result->timeline = figure;
}

/* per window, how many rows tell as much of its error as an independent one: 1 where rows belong to
 * nothing */
static void
windows_designs(const ErrataOutcome *outcome, const guint8 *window, guint n, double *design)
{
    g_autofree guint32 *row = outcome->entity != NULL ? g_new(guint32, outcome->n_rows) : NULL;

    for (guint w = 0; w < n; w++) {
        gsize n_rows = 0;

        for (gsize i = 0; row != NULL && i < outcome->n_rows; i++)
            if (window[i] == w)
                row[n_rows++] = (guint32)i;
        design[w] = row != NULL ? errata_design_effect(outcome->entity,
                                                       outcome->n_entities,
                                                       outcome->loss,
                                                       row,
                                                       n_rows)
                                : 1.0;
    }
}

/**
 * errata_performance_windows:
 * @analysis: a log; windows and the timeline of page 1 are set in its result
 *
 * Cuts the log into windows and measures each.
 */
void
errata_performance_windows(ErrataAnalysis *analysis)
{
    const ErrataOutcome *outcome = analysis->outcome;
    ErrataPerformance *performance = &analysis->result->performance;
    WindowsSums sums[WINDOWS_MOST] = {{0}};
    double design[WINDOWS_MOST];
    g_autofree guint8 *window = g_new(guint8, MAX(outcome->n_rows, 1));
    WindowsPlan plan;

    if (outcome->n_rows == 0)
        return;
    plan = windows_plan(outcome);
    for (gsize rank = 0; rank < outcome->n_rows; rank++) {
        gsize row = outcome->order[rank];

        window[row] = WINDOWS_MOST;
        if (plan.by_time && !windows_has_time(outcome, row))
            continue;
        window[row] = (guint8)windows_of(&plan, outcome, rank, row);
        windows_add_row(&sums[window[row]], outcome, row);
    }
    performance->windows_are_time = plan.by_time;
    windows_designs(outcome, window, plan.n, design);
    for (guint w = 0; w < plan.n; w++) {
        sums[w].loss.weight2 *= design[w];
        windows_finish(&plan, analysis, &sums[w], w);
    }
    errata_performance_course(outcome, window, design, performance->windows);
    windows_draw(analysis, &plan);
}
