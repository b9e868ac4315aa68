/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-model.h"

#define EULER_GAMMA 0.57721566490153286061

typedef enum {
    ANOMALY_ISOLATION_FOREST,
    ANOMALY_ONE_CLASS,
    ANOMALY_CLUSTER_DISTANCE,
    ANOMALY_OTHER,
} AnomalyKind;

typedef struct {
    AnomalyKind kind;
    PmmlModel *inner;
    double path;       /* expected path length of the forest's samples */
    GArray *distances; /* double, of clusters: mean distance of their members */
} Anomaly;

static void
anomaly_free(gpointer body)
{
    Anomaly *self = body;
    g_clear_pointer(&self->distances, g_array_unref);
    g_free(self);
}

/* average path of an unsuccessful search in a binary search tree of n (Liu, Ting and Zhou 2008) */
static double
anomaly_path(double n)
{
    if (n > 2)
        return 2 * (log(n - 1) + EULER_GAMMA) - 2 * (n - 1) / n;
    return n > 1 ? 1 : 0;
}

static gboolean
anomaly_read_kind(const PmmlElement *element, AnomalyKind *ret, GError **error)
{
    static const char *const names[] = {"iforest", "ocsvm", "clusterMeanDist", "other"};
    const char *name;
    if (!pmml_require(element, "algorithmType", &name, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], name)) {
            *ret = (AnomalyKind)i;
            return TRUE;
        }
    return pmml_unsupported(error, element, "algorithmType “%s” is not known", name);
}

static gboolean
anomaly_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    Anomaly *self = g_new0(Anomaly, 1);
    double n;
    model->body = self;
    if (!anomaly_read_kind(model->element, &self->kind, error))
        return FALSE;
    for (const PmmlElement *child = model->element->first; child != NULL && self->inner == NULL;
         child = child->next)
        if (pmml_model_class(child->name) != NULL) {
            self->inner = pmml_model_read(program, child, model->scope, error);
            if (self->inner == NULL)
                return FALSE;
        }
    if (self->inner == NULL)
        return pmml_error(error, model->element, "no model within");
    if (self->kind == ANOMALY_ISOLATION_FOREST) {
        if (!pmml_number(model->element, "sampleDataSize", &n, error))
            return FALSE;
        self->path = anomaly_path(n);
        return self->path > 0 || pmml_error(error, model->element, "sampleDataSize out of range");
    }
    const PmmlElement *means = pmml_child(model->element, "MeanClusterDistances");
    if (self->kind != ANOMALY_CLUSTER_DISTANCE)
        return TRUE;
    if (means == NULL || pmml_child(means, "Array") == NULL)
        return pmml_error(error, model->element, "no MeanClusterDistances");
    self->distances = pmml_array(pmml_child(means, "Array"), self->inner->labels->len, error);
    return self->distances != NULL;
}

static gboolean
anomaly_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Anomaly *self = model->body;
    PmmlResult inner;
    if (!pmml_model_run(self->inner, row, &inner, error))
        return FALSE;
    if (inner.value.missing)
        return TRUE;
    double number = inner.value.number;
    if (self->kind == ANOMALY_ISOLATION_FOREST)
        number = exp2(-number / self->path);
    else if (self->kind == ANOMALY_CLUSTER_DISTANCE) {
        guint nearest = pmml_model_best(self->inner, inner.score);
        number = inner.score[nearest] / g_array_index(self->distances, double, nearest);
    } else if (inner.value.type == PMML_STRING) {
        result->value = inner.value;
        return TRUE;
    }
    result->value = pmml_value_number(PMML_DOUBLE, number);
    return TRUE;
}

const PmmlModelClass pmml_anomaly_class = {
    .element = "AnomalyDetectionModel",
    .kind = "anomaly detection",
    .read = anomaly_read,
    .run = anomaly_run,
    .free = anomaly_free,
};
