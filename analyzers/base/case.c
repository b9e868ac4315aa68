/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "case.h"

#include <math.h>

/* also that of the lists that errata_case_new_metrics() makes */
void
errata_case_metric_free(ErrataMetric *metric)
{
    if (metric == NULL)
        return;
    g_free(metric->name);
    g_free(metric->class_name);
    g_free(metric->why);
    g_free(metric);
}

static void
case_input_free(gpointer data)
{
    ErrataInput *input = data;

    if (input == NULL)
        return;
    g_free(input->path);
    g_free(input->sha256);
    g_free(input->format);
    g_free(input);
}

static void
case_column_free(gpointer data)
{
    ErrataColumnSummary *column = data;

    g_free(column->name);
    g_free(column->type);
    g_free(column->role);
    g_free(column->reason);
    g_free(column->unparsable_example);
    errata_figure_free(column->histogram);
    g_free(column->unit);
    g_free(column->description);
    g_free(column->derived_from);
    errata_column_sketch_free(column->sketch);
    g_free(column);
}

static void
case_cluster_free(gpointer data)
{
    ErrataCluster *cluster = data;

    g_free(cluster->id);
    g_free(cluster->name);
    g_free(cluster->described);
    g_strfreev(cluster->taxonomy);
    g_free(cluster->parent);
    g_strfreev(cluster->keywords);
    g_free(cluster->keyword_weights);
    g_ptr_array_unref(cluster->predicates);
    g_strfreev(cluster->exemplars);
    g_clear_pointer(&cluster->shown, g_array_unref);
    g_clear_pointer(&cluster->contrast, g_array_unref);
    g_clear_pointer(&cluster->members, g_array_unref);
    g_clear_pointer(&cluster->others, g_array_unref);
    g_free(cluster);
}

static void
case_window_free(gpointer data)
{
    ErrataWindow *window = data;

    g_clear_pointer(&window->metrics, g_ptr_array_unref);
    g_free(window);
}

static void
case_estimate_free(ErrataEstimate *estimate)
{
    if (estimate == NULL)
        return;
    g_free(estimate->method);
    g_free(estimate->metric);
    g_free(estimate->source);
    g_free(estimate->assumes);
    g_free(estimate);
}

void
errata_case_since_free(ErrataSince *since)
{
    if (since == NULL)
        return;
    g_free(since->metric);
    g_free(since->test);
    g_free(since);
}

static void
case_tried_free(gpointer data)
{
    ErrataTried *tried = data;

    g_free(tried->family);
    g_free(tried);
}

static void
case_skipped_free(gpointer data)
{
    ErrataSkipped *skipped = data;

    g_free(skipped->analyzer);
    g_free(skipped->why);
    g_free(skipped);
}

/**
 * errata_case_new:
 *
 * Returns: (transfer full): a case with empty lists and nothing measured
 */
ErrataCase *
errata_case_new(void)
{
    ErrataCase *self = g_new0(ErrataCase, 1);

    self->inputs = g_ptr_array_new_with_free_func(case_input_free);
    self->skipped = g_ptr_array_new_with_free_func(case_skipped_free);
    self->stage_names = g_ptr_array_new_with_free_func(g_free);
    self->stage_seconds = g_array_new(FALSE, FALSE, sizeof(double));
    self->warnings = g_ptr_array_new_with_free_func(g_free);
    self->columns = g_ptr_array_new_with_free_func(case_column_free);
    self->derived = g_ptr_array_new_with_free_func(case_column_free);
    self->clusters = g_ptr_array_new_with_free_func(case_cluster_free);
    self->proposals = g_ptr_array_new_with_free_func((GDestroyNotify)errata_proposal_free);
    self->metrics = g_ptr_array_new_with_free_func((GDestroyNotify)errata_case_metric_free);
    self->performance.windows = g_ptr_array_new_with_free_func(case_window_free);
    self->performance.cohorts = g_ptr_array_new_with_free_func((GDestroyNotify)errata_cohort_free);
    self->evidence = g_ptr_array_new();
    self->findings = g_ptr_array_new_with_free_func((GDestroyNotify)errata_finding_free);
    self->files = g_ptr_array_new_with_free_func(g_free);
    self->tables = g_ptr_array_new_with_free_func(g_free);
    self->tried = g_ptr_array_new_with_free_func(case_tried_free);
    self->method_notes = g_ptr_array_new_with_free_func(g_free);
    self->threshold = (double)NAN;
    self->power_share = self->power_gap = self->slices_errors = (double)NAN;
    return self;
}

static void
case_performance_clear(ErrataPerformance *performance)
{
    g_strfreev(performance->confusion_classes);
    g_free(performance->confusion);
    errata_figure_free(performance->roc);
    errata_figure_free(performance->pr);
    errata_figure_free(performance->reliability);
    errata_figure_free(performance->threshold);
    errata_figure_free(performance->coverage);
    errata_figure_free(performance->residual);
    errata_figure_free(performance->predicted_actual);
    errata_figure_free(performance->residual_prediction);
    errata_figure_free(performance->error_quantile);
    g_ptr_array_unref(performance->windows);
    case_estimate_free(performance->estimate);
    errata_case_since_free(performance->since);
    errata_row_sample_free(performance->sample);
    g_ptr_array_unref(performance->cohorts);
    errata_figure_free(performance->error_tree);
    errata_figure_free(performance->heat_map);
}

void
errata_case_free(ErrataCase *self)
{
    if (self == NULL)
        return;
    g_free(self->run_id);
    g_free(self->name);
    g_free(self->created);
    g_free(self->command);
    errata_top_slices_free(self->top_slices);
    g_free(self->where);
    g_free(self->cohort);
    g_ptr_array_unref(self->inputs);
    case_input_free(self->reference);
    case_input_free(self->model);
    g_free(self->baseline_kind);
    g_free(self->baseline_what);
    g_ptr_array_unref(self->skipped);
    g_clear_pointer(&self->patterns, g_ptr_array_unref);
    g_ptr_array_unref(self->stage_names);
    g_array_unref(self->stage_seconds);
    errata_table_free(self->rejected);
    g_ptr_array_unref(self->warnings);
    g_free(self->task_reason);
    g_strfreev(self->classes);
    g_free(self->positive);
    g_free(self->positive_reason);
    g_ptr_array_unref(self->columns);
    g_ptr_array_unref(self->derived);
    g_free(self->model_kind);
    errata_shares_free(self->shares);
    g_clear_pointer(&self->inventory, g_ptr_array_unref);
    g_ptr_array_unref(self->clusters);
    g_ptr_array_unref(self->proposals);
    g_free(self->verdict);
    g_free(self->headline);
    g_ptr_array_unref(self->metrics);
    case_performance_clear(&self->performance);
    errata_figure_free(self->timeline);
    g_ptr_array_unref(self->evidence);
    g_ptr_array_unref(self->findings);
    g_ptr_array_unref(self->files);
    g_ptr_array_unref(self->tables);
    g_ptr_array_unref(self->tried);
    g_free(self->split);
    g_free(self->sampled);
    g_ptr_array_unref(self->method_notes);
    errata_llm_use_free(self->llm);
    g_free(self);
}

/**
 * errata_case_new_metrics:
 *
 * Returns: (transfer full) (element-type ErrataMetric): an empty list that owns its metrics
 */
GPtrArray *
errata_case_new_metrics(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)errata_case_metric_free);
}

/**
 * errata_case_append_metric:
 * @metrics: a list of metrics: the case's, or a window's
 * @name: the field's name of the metric
 * @value: its value, NaN when undefined
 * @lo: lower end of its 95 % interval, or NaN
 * @hi: upper end
 * @n: rows it was computed from
 *
 * Returns: (transfer none): the metric, for class, threshold or the reason to be set
 */
ErrataMetric *
errata_case_append_metric(GPtrArray *metrics,
                          const char *name,
                          double value,
                          double lo,
                          double hi,
                          guint64 n)
{
    ErrataMetric *metric = g_new0(ErrataMetric, 1);

    metric->name = g_strdup(name);
    metric->value = value;
    metric->lo = lo;
    metric->hi = hi;
    metric->n = n;
    metric->threshold = metric->baseline = (double)NAN;
    metric->band_lo = metric->band_hi = (double)NAN;
    g_ptr_array_add(metrics, metric);
    return metric;
}

/* a metric of the whole log */
ErrataMetric *
errata_case_add_metric(ErrataCase *self,
                       const char *name,
                       double value,
                       double lo,
                       double hi,
                       guint64 n)
{
    return errata_case_append_metric(self->metrics, name, value, lo, hi, n);
}

ErrataEstimate *
errata_case_estimate(ErrataCase *self)
{
    ErrataEstimate *estimate = self->performance.estimate;

    if (estimate == NULL) {
        estimate = self->performance.estimate = g_new0(ErrataEstimate, 1);
        estimate->outside = estimate->lower = estimate->upper = (double)NAN;
        estimate->bias = estimate->covered = (double)NAN;
    }
    return estimate;
}

/**
 * errata_case_add_window:
 * @self: a case
 *
 * Returns: (transfer none): a new last window of `performance.windows`, with nothing measured
 */
ErrataCluster *
errata_case_add_cluster(ErrataCase *self)
{
    ErrataCluster *cluster = g_new0(ErrataCluster, 1);

    cluster->level = 1;
    cluster->precision = cluster->recall = (double)NAN;
    cluster->predicates = g_ptr_array_new_with_free_func((GDestroyNotify)errata_predicate_free);
    g_ptr_array_add(self->clusters, cluster);
    return cluster;
}

ErrataWindow *
errata_case_add_window(ErrataCase *self)
{
    ErrataWindow *window = g_new0(ErrataWindow, 1);

    window->error = window->lo = window->hi = (double)NAN;
    window->metrics = errata_case_new_metrics();
    g_ptr_array_add(self->performance.windows, window);
    return window;
}

const ErrataMetric *
errata_case_metric(const ErrataCase *self, const char *name)
{
    for (guint i = 0; i < self->metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(self->metrics, i);

        if (metric->class_name == NULL && isnan(metric->threshold) &&
            g_strcmp0(metric->name, name) == 0)
            return metric;
    }
    return NULL;
}

void
errata_case_add_finding(ErrataCase *self, ErrataFinding *finding)
{
    if (finding->evidence->len == 0) {
        g_critical("finding “%s” has no evidence: refused", finding->title);
        errata_finding_free(finding);
        return;
    }
    g_ptr_array_add(self->findings, finding);
}

void
errata_case_tried(ErrataCase *self, const char *family, guint64 count)
{
    ErrataTried *tried;

    for (guint i = 0; i < self->tried->len; i++) {
        tried = g_ptr_array_index(self->tried, i);
        if (g_strcmp0(tried->family, family) == 0) {
            tried->count += count;
            return;
        }
    }
    tried = g_new0(ErrataTried, 1);
    tried->family = g_strdup(family);
    tried->count = count;
    g_ptr_array_add(self->tried, tried);
}

void
errata_case_skip(ErrataCase *self, const char *analyzer, const char *why)
{
    ErrataSkipped *skipped = g_new0(ErrataSkipped, 1);

    skipped->analyzer = g_strdup(analyzer);
    skipped->why = g_strdup(why);
    g_ptr_array_add(self->skipped, skipped);
}

void
errata_case_method(ErrataCase *self, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(self->method_notes, g_strdup_vprintf(format, args));
    va_end(args);
}

static int
case_compare_findings_cb(gconstpointer a, gconstpointer b)
{
    const ErrataFinding *x = *(ErrataFinding *const *)a;
    const ErrataFinding *y = *(ErrataFinding *const *)b;

    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->rank > y->rank || x->rank < y->rank)
        return x->rank > y->rank ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return g_strcmp0(x->title, y->title);
}

/**
 * errata_case_finish:
 * @self: a case with all its findings
 *
 * Ranks the findings by severity, then impact, and numbers findings and evidence in that order.
 */
void
errata_case_finish(ErrataCase *self)
{
    g_ptr_array_sort(self->findings, case_compare_findings_cb);
    g_ptr_array_set_size(self->evidence, 0);
    for (guint i = 0; i < self->findings->len; i++) {
        ErrataFinding *finding = g_ptr_array_index(self->findings, i);

        g_free(finding->id);
        finding->id = g_strdup_printf("F%u", i + 1);
        for (guint j = 0; j < finding->evidence->len; j++) {
            ErrataEvidence *evidence = g_ptr_array_index(finding->evidence, j);

            g_ptr_array_add(self->evidence, evidence);
            g_free(evidence->id);
            evidence->id = g_strdup_printf("E%u", self->evidence->len);
        }
    }
    for (guint j = 0; self->shares != NULL && j < self->shares->evidence->len; j++) {
        ErrataEvidence *evidence = g_ptr_array_index(self->shares->evidence, j);

        g_ptr_array_add(self->evidence, evidence);
        g_free(evidence->id);
        evidence->id = g_strdup_printf("E%u", self->evidence->len);
    }
}
