/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-model.h"

typedef struct {
    GArray *slots; /* guint, of the centre fields */
    PmmlMeasure *measure;
    GPtrArray *centres; /* GArray of PmmlValue, by label */
    GArray *weights;    /* double: MissingValueWeights; empty without */
} Clustering;

static void
clustering_free(gpointer body)
{
    Clustering *self = body;
    g_array_unref(self->slots);
    g_clear_pointer(&self->measure, pmml_measure_free);
    g_ptr_array_unref(self->centres);
    g_clear_pointer(&self->weights, g_array_unref);
    g_free(self);
}

static gboolean
clustering_read_fields(const PmmlModel *model, Clustering *self, GError **error)
{
    const PmmlElement *field = pmml_child(model->element, "ClusteringField");
    for (; field != NULL; field = pmml_next(field, "ClusteringField")) {
        const char *centre = pmml_attribute(field, "isCenterField");
        guint slot;
        if (centre != NULL && g_str_equal(centre, "false"))
            continue;
        if (field->first != NULL)
            return pmml_unknown(error, field->first);
        if (!pmml_program_field(field, model->scope, "field", &slot, error) ||
            !pmml_measure_add_field(self->measure, field, error))
            return FALSE;
        g_array_append_val(self->slots, slot);
    }
    return TRUE;
}

static gboolean
clustering_read_centre(PmmlModel *model,
                       Clustering *self,
                       const PmmlElement *element,
                       GError **error)
{
    const PmmlElement *array = pmml_child(element, "Array");
    const char *id = pmml_attribute(element, "id");
    const char *name = pmml_attribute(element, "name");
    g_autofree char *number = g_strdup_printf("%u", self->centres->len + 1);
    if (array == NULL)
        return pmml_error(error, element, "no Array");
    g_autoptr(GArray) numbers = pmml_array(array, self->slots->len, error);
    if (numbers == NULL)
        return FALSE;
    GArray *centre = g_array_new(FALSE, FALSE, sizeof(PmmlValue));
    for (guint i = 0; i < numbers->len; i++) {
        PmmlValue value = pmml_value_number(PMML_DOUBLE, g_array_index(numbers, double, i));
        g_array_append_val(centre, value);
    }
    g_ptr_array_add(self->centres, centre);
    pmml_model_add_label(model, id != NULL ? id : g_intern_string(number));
    g_ptr_array_add(model->label_names, pmml_pointer(name));
    return TRUE;
}

static gboolean
clustering_read(PmmlProgram *program G_GNUC_UNUSED, PmmlModel *model, GError **error)
{
    Clustering *self = g_new0(Clustering, 1);
    const char *klass = pmml_attribute(model->element, "modelClass");
    const PmmlElement *weights = pmml_child(model->element, "MissingValueWeights");
    model->body = self;
    model->label_names = g_ptr_array_new();
    self->slots = g_array_new(FALSE, FALSE, sizeof(guint));
    self->centres = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    if (klass != NULL && !g_str_equal(klass, "centerBased"))
        return pmml_unsupported(error, model->element, "modelClass “%s”", klass);
    self->measure = pmml_measure_read(model->element, error);
    if (self->measure == NULL || !clustering_read_fields(model, self, error))
        return FALSE;
    if (weights != NULL) {
        const PmmlElement *array = pmml_child(weights, "Array");
        if (array == NULL)
            return pmml_error(error, weights, "no Array");
        self->weights = pmml_array(array, self->slots->len, error);
        if (self->weights == NULL)
            return FALSE;
    }
    model->score_kind = pmml_measure_is_distance(self->measure) ? PMML_SCORE_DISTANCE
                                                                : PMML_SCORE_SIMILARITY;
    const PmmlElement *cluster = pmml_child(model->element, "Cluster");
    for (; cluster != NULL; cluster = pmml_next(cluster, "Cluster"))
        if (!clustering_read_centre(model, self, cluster, error))
            return FALSE;
    return self->centres->len > 0 || pmml_error(error, model->element, "no Cluster");
}

/* share of the weights whose fields are there, turned over; NaN when none is */
static double
clustering_adjust(const Clustering *self, const PmmlValue *value)
{
    double all = 0, there = 0;
    for (guint i = 0; i < self->slots->len; i++) {
        double weight = self->weights == NULL ? 1 : g_array_index(self->weights, double, i);
        all += weight;
        there += value[i].missing ? 0 : weight;
    }
    return there > 0 ? all / there : (double)NAN;
}

static gboolean
clustering_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Clustering *self = model->body;
    guint n = self->slots->len;
    PmmlValue *value = pmml_row_alloc(row, n, sizeof(PmmlValue));
    for (guint i = 0; i < n; i++) {
        double number;
        gboolean missing;
        if (!pmml_row_number(row, g_array_index(self->slots, guint, i), &number, &missing, error))
            return FALSE;
        value[i] = missing ? PMML_NOTHING : pmml_value_number(PMML_DOUBLE, number);
    }
    double adjust = clustering_adjust(self, value);
    if (isnan(adjust))
        return TRUE;
    result->score = pmml_row_scores(row, model);
    for (guint k = 0; k < self->centres->len; k++) {
        const GArray *centre = self->centres->pdata[k];
        result->score[k] = pmml_measure_between(self->measure,
                                                value,
                                                (const PmmlValue *)(gconstpointer)centre->data,
                                                adjust);
    }
    pmml_model_decide(model, result);
    return TRUE;
}

const PmmlModelClass pmml_clustering_class = {
    .element = "ClusteringModel",
    .kind = "clustering",
    .read = clustering_read,
    .run = clustering_run,
    .free = clustering_free,
};
