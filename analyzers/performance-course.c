/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The headline metrics of each window, each with its interval. Rows are dealt to their windows in
 * one pass, so that all windows together cost about as much as the metrics of the whole log; most
 * windows are small enough for their sorts to stay in the cache. */
#include <math.h>

#include "parallel.h"
#include "performance.h"

#define COURSE_CLASSES 200 /* with more of them a window says too little of each */

/* in the order in which they are reported */
static const char *const course_binary[] = {"accuracy",
                                            "balanced_accuracy",
                                            "precision",
                                            "recall",
                                            "f1",
                                            "mcc",
                                            "roc_auc",
                                            "pr_auc",
                                            "log_loss",
                                            "brier",
                                            "ece",
                                            NULL};
static const char *const course_multiclass[] = {"accuracy",
                                                "balanced_accuracy",
                                                "f1_macro",
                                                "f1_weighted",
                                                "mcc",
                                                "roc_auc",
                                                "log_loss",
                                                "brier",
                                                "ece",
                                                NULL};
static const char *const course_numbers[] =
    {"mae", "rmse", "r2", "bias_mean_error", "mape", "median_abs_error", NULL};

typedef struct {
    const ErrataOutcome *outcome;
    GPtrArray *windows;
    const guint32 *row; /* judged rows, window by window, each in row order */
    const gsize *begin; /* n windows + 1 */
    const double *design;
} Course;

static const char *const *
course_names(const ErrataMetricsInput *input)
{
    if (input->truth_value != NULL)
        return course_numbers;
    return input->positive >= 0 ? course_binary : course_multiclass;
}

static void
course_window(const Course *course, guint index)
{
    ErrataWindow *window = g_ptr_array_index(course->windows, index);
    gsize n = course->begin[index + 1] - course->begin[index];
    g_autoptr(ErrataJudged) judged = NULL;
    g_autoptr(GArray) list = NULL;
    const char *const *names;

    if (!(window->error >= 0.0) || n == 0) /* not judged */
        return;
    if (course->outcome->n_classes > COURSE_CLASSES) {
        errata_case_append_metric(window->metrics,
                                  "accuracy",
                                  1.0 - window->error,
                                  1.0 - window->hi,
                                  1.0 - window->lo,
                                  n);
        return;
    }
    judged =
        errata_judged_of(course->outcome,
                         g_memdup2(course->row + course->begin[index], n * sizeof *course->row),
                         n);
    names = course_names(&judged->input);
    list = errata_performance_list(&judged->input);
    for (guint i = 0; i < list->len; i++)
        errata_performance_stretch(&g_array_index(list, ErrataMetricValue, i),
                                   sqrt(course->design[index]));
    for (guint i = 0; names[i] != NULL; i++) {
        const ErrataMetricValue *value = errata_metrics_find(list, names[i], -1);

        if (value != NULL)
            errata_case_append_metric(window->metrics,
                                      value->name,
                                      value->value,
                                      value->interval.lo,
                                      value->interval.hi,
                                      value->n)
                ->why = g_strdup(value->why);
    }
}

static void
course_window_cb(gsize begin, gsize end, G_GNUC_UNUSED gsize chunk, gpointer data)
{
    for (gsize i = begin; i < end; i++)
        course_window(data, (guint)i);
}

/**
 * errata_performance_course:
 * @outcome: a log's predictions and labels
 * @window: (array length=n_rows): the window that each row lies in; others than those of @windows:
 *   none
 * @design: (array): per window by how much the variance of its error exceeds that of independent
 *   rows: intervals of its other metrics are widened alike
 * @windows: (element-type ErrataWindow): those with an error get their metrics
 *
 * Measures the headline metrics of the task in every window that is judged, by the same functions
 * as those of the whole log.
 */
void
errata_performance_course(const ErrataOutcome *outcome,
                          const guint8 *window,
                          const double *design,
                          GPtrArray *windows)
{
    guint n = windows->len;
    g_autofree gsize *begin = g_new0(gsize, n + 1);
    g_autofree gsize *next = g_new0(gsize, n + 1);
    g_autofree guint32 *row = g_new(guint32, MAX(outcome->n_judged, 1));
    Course course = {outcome, windows, row, begin, design};

    for (gsize i = 0; i < outcome->n_rows; i++)
        if (outcome->judged[i] != 0 && window[i] < n)
            begin[window[i] + 1]++;
    for (guint w = 0; w < n; w++)
        next[w + 1] = begin[w + 1] += begin[w];
    for (gsize i = 0; i < outcome->n_rows; i++)
        if (outcome->judged[i] != 0 && window[i] < n)
            row[next[window[i]]++] = (guint32)i;
    errata_parallel_for(n, 1, course_window_cb, &course);
}
