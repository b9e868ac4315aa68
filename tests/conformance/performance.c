/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads public logs as a user's would be, measures them, and compares every key of `performance`
 * in the answers that independent software gave. How a key is found in the report:
 *
 * - a number K: the metric K; `n_positive` likewise
 * - K_wilson95: the interval of the metric K
 * - calibration, calibration_top_label: the metrics ece and mce, the bins of the reliability curve
 * - confusion: the confusion matrix
 * - K_per_class, K_ovr_per_class: the metric K with a class
 * - per_class: metrics with a class
 * - residual_quantiles P: the metric residual_quantile_P
 * - positive, classes: the schema
 */
#include "performance.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "outcome.h"
#include "registry.h"

#define TOLERANCE 1e-9

typedef struct {
    ErrataFrame *frame;
    ErrataSchema *schema;
    ErrataOutcome *outcome;
    ErrataSettings *settings;
    ErrataAnalysis analysis;
} Measured;

static char *
conformance_folder(void)
{
    const char *folder = g_getenv("ERRATA_TEST_DATA");

    return folder != NULL ? g_strdup(folder)
                          : g_test_build_filename(G_TEST_DIST,
                                                  "..",
                                                  "..",
                                                  "..",
                                                  "shared",
                                                  "data",
                                                  "public",
                                                  NULL);
}

static void
measured_free(Measured *self)
{
    errata_case_free(self->analysis.result);
    errata_outcome_free(self->outcome);
    errata_schema_free(self->schema);
    errata_settings_free(self->settings);
    errata_frame_unref(self->frame);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Measured, measured_free)

static Measured *
conformance_measure(const char *path)
{
    Measured *self = g_new0(Measured, 1);
    g_autoptr(ErrataFrameBuilder) log = errata_frame_builder_new();
    g_autoptr(ErrataFrameBuilder) reference = errata_frame_builder_new();
    g_autoptr(GString) config = g_string_new(NULL);
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)errata_member_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_path_get_basename(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    g_assert_cmpint(fd, >=, 0);
    if (!errata_registry_read(fd, name, log, reference, config, members, &error))
        g_error("%s", error->message);
    close(fd);
    self->frame = errata_frame_builder_finish(log, &error);
    g_assert_no_error(error);
    self->settings = errata_settings_new();
    self->schema = errata_schema_infer(self->frame, self->settings, NULL, &error);
    g_assert_no_error(error);
    self->outcome = errata_outcome_new(self->frame, self->schema, self->settings, &error);
    g_assert_no_error(error);
    self->analysis = (ErrataAnalysis){.frame = self->frame,
                                      .schema = self->schema,
                                      .outcome = self->outcome,
                                      .settings = self->settings,
                                      .result = errata_case_new()};
    g_assert_null(errata_analyzer_performance.why_not(&self->analysis));
    g_assert_true(errata_analyzer_performance.run(&self->analysis, &error));
    return self;
}

static const ErrataMetric *
conformance_metric(const Measured *measured, const char *name, const char *class_name)
{
    GPtrArray *metrics = measured->analysis.result->metrics;

    for (guint i = 0; i < metrics->len; i++) {
        const ErrataMetric *metric = g_ptr_array_index(metrics, i);

        if (g_str_equal(metric->name, name) && g_strcmp0(metric->class_name, class_name) == 0)
            return metric;
    }
    g_error("metric %s%s%s is not reported",
            name,
            class_name != NULL ? " of class " : "",
            class_name != NULL ? class_name : "");
    return NULL;
}

static void
conformance_near(const char *what, double value, double expected)
{
    if (!(fabs(value - expected) <= TOLERANCE * fmax(fabs(expected), 1e-3)))
        g_error("%s is %.15g, the answer %.15g", what, value, expected);
}

static void
conformance_member(const Measured *measured,
                   const char *name,
                   const char *class_name,
                   JsonNode *node)
{
    conformance_near(name,
                     conformance_metric(measured, name, class_name)->value,
                     json_node_get_double(node));
}

static void
conformance_bins(const Measured *measured, JsonObject *object)
{
    JsonArray *bins = json_object_get_array_member(object, "bins");
    const ErrataSeries *series = &measured->analysis.result->performance.reliability->series[0];

    conformance_member(measured, "ece", NULL, json_object_get_member(object, "ece"));
    conformance_member(measured, "mce", NULL, json_object_get_member(object, "mce"));
    g_assert_cmpuint(series->n, ==, json_array_get_length(bins));
    for (guint b = 0; b < series->n; b++) {
        JsonObject *bin = json_array_get_object_element(bins, b);

        conformance_near("bin count", series->count[b], json_object_get_double_member(bin, "n"));
        if (json_object_get_null_member(bin, "rate")) {
            g_assert_true(isnan(series->x[b]) && isnan(series->y[b]));
            continue;
        }
        conformance_near("mean_conf",
                         series->x[b],
                         json_object_get_double_member(bin, "mean_conf"));
        conformance_near("rate", series->y[b], json_object_get_double_member(bin, "rate"));
    }
}

static void
conformance_confusion(const Measured *measured, JsonObject *object)
{
    const ErrataPerformance *performance = &measured->analysis.result->performance;
    const guint64 *cell = performance->confusion;
    guint positive = (guint)MAX(measured->schema->positive, 0);

    if (json_object_has_member(object, "tn")) {
        guint negative = 1 - positive;

        g_assert_cmpuint(cell[negative * 3], ==, json_object_get_int_member(object, "tn"));
        g_assert_cmpuint(cell[positive * 3], ==, json_object_get_int_member(object, "tp"));
        g_assert_cmpuint(cell[negative * 2 + positive],
                         ==,
                         json_object_get_int_member(object, "fp"));
        g_assert_cmpuint(cell[positive * 2 + negative],
                         ==,
                         json_object_get_int_member(object, "fn"));
        return;
    }
    for (guint t = 0; t < performance->n_confusion; t++) {
        JsonArray *row = json_array_get_array_element(
            json_object_get_array_member(object, "matrix_rows_true_cols_pred"),
            t);

        g_assert_cmpstr(
            performance->confusion_classes[t],
            ==,
            json_array_get_string_element(json_object_get_array_member(object, "labels"), t));
        for (guint p = 0; p < performance->n_confusion; p++)
            g_assert_cmpuint(cell[t * performance->n_confusion + p],
                             ==,
                             json_array_get_int_element(row, p));
    }
}

/* {class: value} or {class: {metric: value}} */
static void
conformance_classes(const Measured *measured, const char *name, JsonObject *object)
{
    g_autoptr(GList) classes = json_object_get_members(object);

    for (GList *l = classes; l != NULL; l = l->next) {
        JsonNode *node = json_object_get_member(object, l->data);
        g_autoptr(GList) names = NULL;

        if (!JSON_NODE_HOLDS_OBJECT(node)) {
            conformance_member(measured, name, l->data, node);
            continue;
        }
        names = json_object_get_members(json_node_get_object(node));
        for (GList *m = names; m != NULL; m = m->next)
            conformance_member(measured,
                               m->data,
                               l->data,
                               json_object_get_member(json_node_get_object(node), m->data));
    }
}

static void
conformance_quantiles(const Measured *measured, JsonObject *object)
{
    g_autoptr(GList) levels = json_object_get_members(object);

    for (GList *l = levels; l != NULL; l = l->next) {
        g_autofree char *name = g_strdup_printf("residual_quantile_%s", (const char *)l->data);

        conformance_member(measured, name, NULL, json_object_get_member(object, l->data));
    }
}

static void
conformance_key(const Measured *measured, const char *key, JsonNode *node)
{
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    g_autofree char *name = g_strdup(key);

    if (g_str_equal(key, "positive")) {
        const char *positive = measured->schema->classes[measured->schema->positive];

        if (json_node_get_value_type(node) == G_TYPE_STRING)
            g_assert_cmpstr(positive, ==, json_node_get_string(node));
    } else if (g_str_equal(key, "classes")) {
        g_assert_cmpuint(measured->schema->n_classes,
                         ==,
                         json_array_get_length(json_node_get_array(node)));
    } else if (g_str_has_suffix(key, "_wilson95")) {
        const ErrataMetric *metric;

        name[strlen(name) - strlen("_wilson95")] = '\0';
        metric = conformance_metric(measured, name, NULL);
        conformance_near(key,
                         metric->lo,
                         json_array_get_double_element(json_node_get_array(node), 0));
        conformance_near(key,
                         metric->hi,
                         json_array_get_double_element(json_node_get_array(node), 1));
    } else if (g_str_has_prefix(key, "calibration")) {
        conformance_bins(measured, object);
    } else if (g_str_equal(key, "confusion")) {
        conformance_confusion(measured, object);
    } else if (g_str_equal(key, "residual_quantiles")) {
        conformance_quantiles(measured, object);
    } else if (g_str_has_suffix(key, "per_class")) {
        const char *const suffixes[] = {"_ovr_per_class", "_per_class"};

        for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++)
            if (g_str_has_suffix(name, suffixes[i]))
                name[strlen(name) - strlen(suffixes[i])] = '\0';
        conformance_classes(measured, name, object);
    } else {
        conformance_member(measured, key, NULL, node);
    }
}

static void
test_conformance_log(gconstpointer data)
{
    const char *stem = data;
    g_autofree char *folder = conformance_folder();
    g_autofree char *answer = g_strdup_printf("%s/reference/%s.json", folder, stem);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(Measured) measured = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GList) keys = NULL;
    g_autofree char *path = NULL;
    JsonObject *root, *performance;

    g_test_summary("Every key of the answer is reported and equal to 1e-9");
    if (!g_file_test(answer, G_FILE_TEST_EXISTS)) {
        g_test_skip("no test data");
        return;
    }
    json_parser_load_from_file(parser, answer, &error);
    g_assert_no_error(error);
    root = json_node_get_object(json_parser_get_root(parser));
    path = g_build_filename(folder, json_object_get_string_member(root, "log"), NULL);
    measured = conformance_measure(path);
    performance = json_object_get_object_member(root, "performance");
    keys = json_object_get_members(performance);
    g_assert_cmpuint(g_list_length(keys), >, 10);
    for (GList *l = keys; l != NULL; l = l->next)
        conformance_key(measured, l->data, json_object_get_member(performance, l->data));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/conformance/wine", "wine_multiclass", test_conformance_log);
    g_test_add_data_func("/conformance/adult", "adult_binary", test_conformance_log);
    g_test_add_data_func("/conformance/housing", "housing_regression", test_conformance_log);
    g_test_add_data_func("/conformance/sms", "sms_spam_text", test_conformance_log);
    return g_test_run();
}
