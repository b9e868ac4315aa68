/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `schema`, `metrics` and `performance` of report.json. */
#include <math.h>

#include "case-json-private.h"
#include "error.h"
#include "zone.h"

static void
schema_summary(ErrataJsonWriter *json, const ErrataColumnSummary *column)
{
    errata_json_writer_begin(json, "summary", '{');
    errata_json_writer_uint(json, "n", column->n);
    errata_json_writer_uint(json, "unparsable", column->unparsable);
    errata_json_writer_string(json, "unparsable_example", column->unparsable_example);
    errata_json_writer_double(json, "min", column->min);
    errata_json_writer_double(json, "max", column->max);
    errata_json_writer_double(json, "mean", column->mean);
    errata_json_writer_double(json, "sd", column->sd);
    errata_json_writer_doubles(json,
                               "quantiles",
                               column->quantiles,
                               G_N_ELEMENTS(column->quantiles));
    errata_case_json_figure(json, "histogram", column->histogram);
    errata_json_writer_double(json, "drift", column->drift);
    errata_json_writer_double(json, "drift_p", column->drift_p);
    errata_json_writer_double(json, "error_association", column->error_association);
    errata_json_writer_double(json, "error_association_p", column->error_association_p);
    errata_case_json_sketch(json, "sketch", column->sketch);
    errata_json_writer_end(json, '}');
}

static void
schema_column(ErrataJsonWriter *json, const ErrataColumnSummary *column)
{
    errata_json_writer_begin(json, NULL, '{');
    errata_json_writer_string(json, "name", column->name);
    errata_json_writer_string(json, "type", column->type);
    errata_json_writer_string(json, "role", column->role);
    errata_json_writer_string(json, "reason", column->reason);
    errata_json_writer_uint(json, "missing", column->missing);
    errata_json_writer_uint(json, "distinct", column->distinct);
    errata_json_writer_string(json, "unit", column->unit);
    errata_json_writer_string(json, "description", column->description);
    if (column->derived_from != NULL)
        errata_json_writer_string(json, "derived_from", column->derived_from);
    schema_summary(json, column);
    errata_json_writer_end(json, '}');
}

static void
schema_read_column(JsonObject *object, GPtrArray *columns)
{
    ErrataColumnSummary *column = g_new0(ErrataColumnSummary, 1);
    JsonObject *summary = errata_json_reader_object(object, "summary");
    guint n;
    g_autofree double *quantiles = errata_json_reader_doubles(summary, "quantiles", &n);

    g_ptr_array_add(columns, column);
    column->name = errata_json_reader_string(object, "name");
    column->type = errata_json_reader_string(object, "type");
    column->role = errata_json_reader_string(object, "role");
    column->reason = errata_json_reader_string(object, "reason");
    column->missing = errata_json_reader_uint(object, "missing");
    column->distinct = errata_json_reader_uint(object, "distinct");
    column->unit = errata_json_reader_string(object, "unit");
    column->description = errata_json_reader_string(object, "description");
    column->derived_from = errata_json_reader_string(object, "derived_from");
    column->n = errata_json_reader_uint(summary, "n");
    column->unparsable = errata_json_reader_uint(summary, "unparsable");
    column->unparsable_example = errata_json_reader_string(summary, "unparsable_example");
    column->min = errata_json_reader_double(summary, "min");
    column->max = errata_json_reader_double(summary, "max");
    column->mean = errata_json_reader_double(summary, "mean");
    column->sd = errata_json_reader_double(summary, "sd");
    for (guint i = 0; i < G_N_ELEMENTS(column->quantiles); i++)
        column->quantiles[i] = i < n ? quantiles[i] : (double)NAN;
    column->histogram = errata_case_json_read_figure(summary, "histogram");
    column->drift = errata_json_reader_double(summary, "drift");
    column->drift_p = errata_json_reader_double(summary, "drift_p");
    column->error_association = errata_json_reader_double(summary, "error_association");
    column->error_association_p = errata_json_reader_double(summary, "error_association_p");
    column->sketch = errata_case_json_read_sketch(summary, "sketch");
}

void
errata_case_json_schema(ErrataJsonWriter *json, const ErrataCase *self)
{
    g_autofree char *zone = errata_zone_name(errata_zone_clock());

    errata_json_writer_begin(json, "schema", '{');
    errata_json_writer_string(json, "task", errata_task_nick(self->task));
    errata_json_writer_string(json, "task_reason", self->task_reason);
    errata_json_writer_strings(json, "classes", self->classes);
    errata_json_writer_string(json, "positive", self->positive);
    errata_json_writer_string(json, "positive_reason", self->positive_reason);
    errata_json_writer_double(json, "threshold", self->threshold);
    errata_json_writer_uint(json, "rows", self->n_rows);
    errata_json_writer_uint(json, "rejected_rows", self->n_rejected);
    if (self->has_time) {
        errata_json_writer_begin(json, "time", '{');
        errata_case_json_place(json, "from", TRUE, self->time_from);
        errata_case_json_place(json, "to", TRUE, self->time_to);
        errata_json_writer_boolean(json, "by_month", self->by_month);
        if (errata_zone_clock() != 0)
            errata_json_writer_string(json, "utc_offset", zone);
        errata_json_writer_end(json, '}');
    } else {
        errata_json_writer_null(json, "time");
    }
    errata_json_writer_begin(json, "columns", '[');
    for (guint i = 0; i < self->columns->len; i++)
        schema_column(json, g_ptr_array_index(self->columns, i));
    errata_json_writer_end(json, ']');
    errata_json_writer_begin(json, "derived", '[');
    for (guint i = 0; i < self->derived->len; i++)
        schema_column(json, g_ptr_array_index(self->derived, i));
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

static gboolean
schema_parse_task(const char *nick, ErrataTask *ret_task)
{
    static const ErrataTask tasks[] = {ERRATA_TASK_NONE,
                                       ERRATA_TASK_BINARY,
                                       ERRATA_TASK_MULTICLASS,
                                       ERRATA_TASK_REGRESSION};

    for (guint i = 0; i < G_N_ELEMENTS(tasks); i++)
        if (g_strcmp0(nick, errata_task_nick(tasks[i])) == 0) {
            *ret_task = tasks[i];
            return TRUE;
        }
    return FALSE;
}

/* Errors: INVALID_DATA when there is no schema or its task is not known */
gboolean
errata_case_json_read_schema(JsonObject *root, ErrataCase *self, GError **error)
{
    JsonObject *schema = errata_json_reader_object(root, "schema");
    JsonObject *time = errata_json_reader_object(schema, "time");
    JsonArray *columns = errata_json_reader_array(schema, "columns");
    JsonArray *derived = errata_json_reader_array(schema, "derived");

    if (!schema_parse_task(errata_json_reader_peek(schema, "task"), &self->task)) {
        g_set_error_literal(error,
                            ERRATA_ERROR,
                            ERRATA_ERROR_INVALID_DATA,
                            "the report has no schema with a known task");
        return FALSE;
    }
    self->task_reason = errata_json_reader_string(schema, "task_reason");
    self->classes = errata_json_reader_strings(schema, "classes");
    self->positive = errata_json_reader_string(schema, "positive");
    self->positive_reason = errata_json_reader_string(schema, "positive_reason");
    self->threshold = errata_json_reader_double(schema, "threshold");
    self->n_rows = errata_json_reader_uint(schema, "rows");
    self->n_rejected = errata_json_reader_uint(schema, "rejected_rows");
    self->has_time = time != NULL;
    self->time_from = errata_case_json_read_place(time, "from", NULL);
    self->time_to = errata_case_json_read_place(time, "to", NULL);
    self->by_month = errata_json_reader_boolean(time, "by_month");
    for (guint i = 0; i < errata_json_reader_length(columns); i++)
        schema_read_column(errata_json_reader_element(columns, i), self->columns);
    for (guint i = 0; i < errata_json_reader_length(derived); i++)
        schema_read_column(errata_json_reader_element(derived, i), self->derived);
    return TRUE;
}

void
errata_case_json_metrics(ErrataJsonWriter *json, const char *key, GPtrArray *metrics)
{
    errata_json_writer_begin(json, key, '[');
    for (guint i = 0; metrics != NULL && i < metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(metrics, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "name", metric->name);
        errata_json_writer_double(json, "value", metric->value);
        errata_case_json_interval(json, "ci", metric->lo, metric->hi);
        errata_json_writer_uint(json, "n", metric->n);
        if (metric->class_name != NULL)
            errata_json_writer_string(json, "class", metric->class_name);
        if (isfinite(metric->threshold))
            errata_json_writer_double(json, "threshold", metric->threshold);
        if (isfinite(metric->baseline))
            errata_json_writer_double(json, "baseline", metric->baseline);
        if (metric->change != ERRATA_SINCE_UNJUDGED)
            errata_json_writer_boolean(json, "changed", metric->change == ERRATA_SINCE_TOLD);
        if (isfinite(metric->band_lo) && isfinite(metric->band_hi))
            errata_case_json_interval(json, "label_noise_band", metric->band_lo, metric->band_hi);
        if (metric->why != NULL || !isfinite(metric->value))
            errata_json_writer_string(json,
                                      "why",
                                      metric->why != NULL ? metric->why : "not defined here");
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

/* appends the list @key of @object to @metrics */
void
errata_case_json_read_metrics(JsonObject *object, const char *key, GPtrArray *metrics)
{
    JsonArray *array = errata_json_reader_array(object, key);

    for (guint i = 0; i < errata_json_reader_length(array); i++) {
        JsonObject *element = errata_json_reader_element(array, i);
        double lo, hi;
        ErrataMetric *metric;

        errata_json_reader_interval(element, "ci", &lo, &hi);
        metric = errata_case_append_metric(metrics,
                                           errata_json_reader_peek(element, "name"),
                                           errata_json_reader_double(element, "value"),
                                           lo,
                                           hi,
                                           errata_json_reader_uint(element, "n"));
        metric->class_name = errata_json_reader_string(element, "class");
        metric->threshold = errata_json_reader_double(element, "threshold");
        metric->baseline = errata_json_reader_double(element, "baseline");
        if (json_object_has_member(element, "changed"))
            metric->change = errata_json_reader_boolean(element, "changed") ? ERRATA_SINCE_TOLD
                                                                            : ERRATA_SINCE_NONE;
        errata_json_reader_interval(element,
                                    "label_noise_band",
                                    &metric->band_lo,
                                    &metric->band_hi);
        metric->why = errata_json_reader_string(element, "why");
    }
}

static void
performance_confusion(ErrataJsonWriter *json, const ErrataPerformance *performance)
{
    guint n = performance->n_confusion;

    if (performance->confusion == NULL) {
        errata_json_writer_null(json, "confusion");
        return;
    }
    errata_json_writer_begin(json, "confusion", '{');
    errata_json_writer_strings(json, "classes", performance->confusion_classes);
    errata_json_writer_begin(json, "counts", '[');
    for (guint i = 0; i < n; i++) {
        errata_json_writer_begin(json, NULL, '[');
        for (guint j = 0; j < n; j++)
            errata_json_writer_uint(json, NULL, performance->confusion[(gsize)i * n + j]);
        errata_json_writer_end(json, ']');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

static void
performance_read_confusion(JsonObject *object, ErrataPerformance *performance)
{
    JsonObject *confusion = errata_json_reader_object(object, "confusion");
    JsonArray *counts = errata_json_reader_array(confusion, "counts");
    guint n = errata_json_reader_length(counts);

    performance->confusion_classes = errata_json_reader_strings(confusion, "classes");
    if (performance->confusion_classes == NULL || n == 0 ||
        g_strv_length(performance->confusion_classes) != n)
        return;
    performance->n_confusion = n;
    performance->confusion = g_new0(guint64, (gsize)n * n);
    for (guint i = 0; i < n; i++) {
        JsonNode *node = json_array_get_element(counts, i);
        JsonArray *row = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

        for (guint j = 0; j < MIN(n, errata_json_reader_length(row)); j++)
            performance->confusion[(gsize)i * n + j] =
                (guint64)MAX(json_array_get_int_element(row, j), 0);
    }
}

static void
performance_windows(ErrataJsonWriter *json, const ErrataPerformance *performance)
{
    errata_json_writer_begin(json, "windows", '[');
    for (guint i = 0; i < performance->windows->len; i++) {
        const ErrataWindow *window = g_ptr_array_index(performance->windows, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_case_json_place(json, "from", performance->windows_are_time, window->from);
        errata_case_json_place(json, "to", performance->windows_are_time, window->to);
        errata_json_writer_uint(json, "n", window->n);
        errata_json_writer_uint(json, "labelled", window->labelled);
        errata_json_writer_double(json, "error", window->error);
        errata_case_json_interval(json, "ci", window->lo, window->hi);
        errata_case_json_metrics(json, "metrics", window->metrics);
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
}

static void
performance_read_window(JsonObject *object, ErrataCase *self)
{
    ErrataWindow *window = errata_case_add_window(self);

    window->from = errata_case_json_read_place(object, "from", &self->performance.windows_are_time);
    window->to = errata_case_json_read_place(object, "to", NULL);
    window->n = errata_json_reader_uint(object, "n");
    window->labelled = errata_json_reader_uint(object, "labelled");
    window->error = errata_json_reader_double(object, "error");
    errata_json_reader_interval(object, "ci", &window->lo, &window->hi);
    errata_case_json_read_metrics(object, "metrics", window->metrics);
}

static void
performance_estimate(ErrataJsonWriter *json, const ErrataEstimate *estimate)
{
    if (estimate == NULL) {
        errata_json_writer_null(json, "estimate");
        return;
    }
    errata_json_writer_begin(json, "estimate", '{');
    errata_json_writer_string(json, "method", estimate->method);
    errata_json_writer_string(json, "metric", estimate->metric);
    errata_json_writer_string(json, "source", estimate->source);
    errata_json_writer_string(json, "assumes", estimate->assumes);
    errata_json_writer_uint(json, "n", estimate->n);
    errata_json_writer_uint(json, "n_source", estimate->n_source);
    errata_json_writer_boolean(json, "recalibrated", estimate->recalibrated);
    errata_json_writer_double(json, "outside", estimate->outside);
    errata_json_writer_uint(json, "n_chunks", estimate->n_chunks);
    errata_case_json_interval(json, "limits", estimate->lower, estimate->upper);
    errata_json_writer_uint(json, "n_alerts", estimate->n_alerts);
    errata_json_writer_begin(json, "track_record", '{');
    errata_json_writer_uint(json, "n_windows", estimate->n_scored);
    errata_json_writer_double(json, "bias", estimate->bias);
    errata_json_writer_double(json, "covered", estimate->covered);
    errata_json_writer_end(json, '}');
    errata_json_writer_end(json, '}');
}

static void
performance_read_estimate(JsonObject *object, ErrataCase *self)
{
    JsonObject *source = errata_json_reader_object(object, "estimate");
    JsonObject *track = errata_json_reader_object(source, "track_record");
    ErrataEstimate *estimate;

    if (source == NULL)
        return;
    estimate = errata_case_estimate(self);
    estimate->method = errata_json_reader_string(source, "method");
    estimate->metric = errata_json_reader_string(source, "metric");
    estimate->source = errata_json_reader_string(source, "source");
    estimate->assumes = errata_json_reader_string(source, "assumes");
    estimate->n = errata_json_reader_uint(source, "n");
    estimate->n_source = errata_json_reader_uint(source, "n_source");
    estimate->recalibrated = errata_json_reader_boolean(source, "recalibrated");
    estimate->outside = errata_json_reader_double(source, "outside");
    estimate->n_chunks = (guint)errata_json_reader_uint(source, "n_chunks");
    errata_json_reader_interval(source, "limits", &estimate->lower, &estimate->upper);
    estimate->n_alerts = (guint)errata_json_reader_uint(source, "n_alerts");
    estimate->n_scored = (guint)errata_json_reader_uint(track, "n_windows");
    estimate->bias = errata_json_reader_double(track, "bias");
    estimate->covered = errata_json_reader_double(track, "covered");
}

static void
performance_since(ErrataJsonWriter *json, const ErrataSince *since)
{
    if (since == NULL) {
        errata_json_writer_null(json, "since");
        return;
    }
    errata_json_writer_begin(json, "since", '{');
    errata_json_writer_string(json, "metric", since->metric);
    errata_json_writer_double(json, "from", since->from);
    errata_json_writer_double(json, "to", since->to);
    errata_json_writer_double(json, "difference", since->difference);
    errata_case_json_interval(json, "ci", since->lo, since->hi);
    errata_json_writer_double(json, "p", since->p);
    errata_json_writer_uint(json, "n", since->n);
    errata_json_writer_string(json, "test", since->test);
    errata_json_writer_boolean(json, "changed", since->changed);
    errata_json_writer_end(json, '}');
}

static ErrataSince *
performance_read_since(JsonObject *object)
{
    JsonObject *source = errata_json_reader_object(object, "since");
    ErrataSince *since = source != NULL ? g_new0(ErrataSince, 1) : NULL;

    if (source == NULL)
        return NULL;
    since->metric = errata_json_reader_string(source, "metric");
    since->from = errata_json_reader_double(source, "from");
    since->to = errata_json_reader_double(source, "to");
    since->difference = errata_json_reader_double(source, "difference");
    errata_json_reader_interval(source, "ci", &since->lo, &since->hi);
    since->p = errata_json_reader_double(source, "p");
    since->n = errata_json_reader_uint(source, "n");
    since->test = errata_json_reader_string(source, "test");
    since->changed = errata_json_reader_boolean(source, "changed");
    return since;
}

static void
performance_sample(ErrataJsonWriter *json, const ErrataRowSample *sample)
{
    g_autofree char *packed = sample != NULL ? errata_row_sample_pack(sample) : NULL;

    if (sample == NULL) {
        errata_json_writer_null(json, "sample");
        return;
    }
    errata_json_writer_begin(json, "sample", '{');
    errata_json_writer_uint(json, "of", sample->n_rows);
    errata_json_writer_uint(json, "n", sample->n);
    errata_json_writer_string(json, "packed", packed);
    errata_json_writer_end(json, '}');
}

static void
performance_read_sample(JsonObject *object, ErrataPerformance *performance)
{
    JsonObject *sample = errata_json_reader_object(object, "sample");

    if (sample != NULL)
        performance->sample = errata_row_sample_unpack(errata_json_reader_peek(sample, "packed"),
                                                       errata_json_reader_uint(sample, "of"));
}

/* the curves by name, in the order of the document */
typedef struct {
    const char *key;
    gsize offset;
} PerformanceCurve;

static const PerformanceCurve curves[] = {
    {"roc", G_STRUCT_OFFSET(ErrataPerformance, roc)},
    {"pr", G_STRUCT_OFFSET(ErrataPerformance, pr)},
    {"reliability", G_STRUCT_OFFSET(ErrataPerformance, reliability)},
    {"threshold", G_STRUCT_OFFSET(ErrataPerformance, threshold)},
    {"coverage", G_STRUCT_OFFSET(ErrataPerformance, coverage)},
    {"residual", G_STRUCT_OFFSET(ErrataPerformance, residual)},
    {"predicted_actual", G_STRUCT_OFFSET(ErrataPerformance, predicted_actual)},
    {"residual_prediction", G_STRUCT_OFFSET(ErrataPerformance, residual_prediction)},
    {"error_quantile", G_STRUCT_OFFSET(ErrataPerformance, error_quantile)},
};

void
errata_case_json_performance(ErrataJsonWriter *json, const ErrataCase *self)
{
    const ErrataPerformance *performance = &self->performance;

    errata_json_writer_begin(json, "performance", '{');
    performance_confusion(json, performance);
    errata_json_writer_begin(json, "curves", '{');
    for (guint i = 0; i < G_N_ELEMENTS(curves); i++) {
        const void *member = (const guint8 *)performance + curves[i].offset;

        errata_case_json_curve(json, curves[i].key, *(const ErrataFigure *const *)member);
    }
    errata_json_writer_end(json, '}');
    performance_windows(json, performance);
    performance_estimate(json, performance->estimate);
    performance_since(json, performance->since);
    performance_sample(json, performance->sample);
    errata_case_json_cohorts(json, performance->cohorts);
    errata_case_json_top_slices(json, self->top_slices);
    errata_case_json_figure(json, "error_tree", performance->error_tree);
    errata_case_json_figure(json, "heat_map", performance->heat_map);
    errata_json_writer_end(json, '}');
}

void
errata_case_json_read_performance(JsonObject *root, ErrataCase *self)
{
    JsonObject *object = errata_json_reader_object(root, "performance");
    JsonObject *source = errata_json_reader_object(object, "curves");
    JsonArray *windows = errata_json_reader_array(object, "windows");
    ErrataPerformance *performance = &self->performance;

    performance_read_confusion(object, performance);
    for (guint i = 0; i < G_N_ELEMENTS(curves); i++)
        G_STRUCT_MEMBER(ErrataFigure *, performance, curves[i].offset) =
            errata_case_json_read_curve(source, curves[i].key);
    for (guint i = 0; i < errata_json_reader_length(windows); i++)
        performance_read_window(errata_json_reader_element(windows, i), self);
    performance_read_estimate(object, self);
    performance->since = performance_read_since(object);
    performance_read_sample(object, performance);
    errata_case_json_read_cohorts(object, performance->cohorts);
    self->top_slices = errata_case_json_read_top_slices(object);
    performance->error_tree = errata_case_json_read_figure(object, "error_tree");
    performance->heat_map = errata_case_json_read_figure(object, "heat_map");
}
