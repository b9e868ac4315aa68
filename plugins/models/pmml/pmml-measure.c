/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-model.h"

typedef enum {
    MEASURE_EUCLIDEAN,
    MEASURE_SQUARED_EUCLIDEAN,
    MEASURE_CITY_BLOCK,
    MEASURE_CHEBYCHEV,
    MEASURE_MINKOWSKI,
    MEASURE_SIMPLE_MATCHING,
    MEASURE_JACCARD,
    MEASURE_TANIMOTO,
    MEASURE_BINARY,
} MeasureKind;

typedef enum {
    COMPARE_ABS_DIFF,
    COMPARE_GAUSS_SIM,
    COMPARE_DELTA,
    COMPARE_EQUAL,
} Compare;

typedef struct {
    Compare compare;
    double weight;
    double scale;
} MeasureField;

struct _PmmlMeasure {
    MeasureKind kind;
    Compare compare;
    double p;
    double c[4]; /* 11, 10, 01, 00 */
    double d[4];
    GArray *fields;         /* MeasureField */
    gboolean is_similarity; /* the larger, the nearer */
};

static gboolean
measure_read_compare(const PmmlElement *element, Compare fallback, Compare *ret, GError **error)
{
    static const char *const names[] = {"absDiff", "gaussSim", "delta", "equal"};
    const char *name = pmml_attribute(element, "compareFunction");
    *ret = fallback;
    if (name == NULL)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], name)) {
            *ret = (Compare)i;
            return TRUE;
        }
    return pmml_unsupported(error, element, "compareFunction “%s” is not known", name);
}

static gboolean
measure_read_binary(PmmlMeasure *self, const PmmlElement *element, GError **error)
{
    static const char *const counts[] = {"11", "10", "01", "00"};
    for (guint i = 0; i < 4; i++) {
        g_autofree char *c = g_strdup_printf("c%s-parameter", counts[i]);
        g_autofree char *d = g_strdup_printf("d%s-parameter", counts[i]);
        if (!pmml_number(element, c, &self->c[i], error) ||
            !pmml_number(element, d, &self->d[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
measure_read_kind(PmmlMeasure *self, const PmmlElement *element, GError **error)
{
    static const char *const names[] = {"euclidean",
                                        "squaredEuclidean",
                                        "cityBlock",
                                        "chebychev",
                                        "minkowski",
                                        "simpleMatching",
                                        "jaccard",
                                        "tanimoto",
                                        "binarySimilarity"};
    const PmmlElement *child = element->first;
    if (child == NULL)
        return pmml_error(error, element, "no measure");
    guint i = 0;
    while (i < G_N_ELEMENTS(names) && !pmml_is(child, names[i]))
        i++;
    if (i == G_N_ELEMENTS(names))
        return pmml_unknown(error, child);
    self->kind = (MeasureKind)i;
    if (self->kind == MEASURE_MINKOWSKI)
        return pmml_number(child, "p-parameter", &self->p, error);
    return self->kind != MEASURE_BINARY || measure_read_binary(self, child, error);
}

PmmlMeasure *
pmml_measure_read(const PmmlElement *model, GError **error)
{
    const PmmlElement *element = pmml_child(model, "ComparisonMeasure");
    if (element == NULL) {
        pmml_error(error, model, "no ComparisonMeasure");
        return NULL;
    }
    PmmlMeasure *self = g_new0(PmmlMeasure, 1);
    self->fields = g_array_new(FALSE, FALSE, sizeof(MeasureField));
    const char *kind = pmml_attribute(element, "kind");
    if (!measure_read_compare(element, COMPARE_ABS_DIFF, &self->compare, error) ||
        !measure_read_kind(self, element, error))
        g_clear_pointer(&self, pmml_measure_free);
    else
        self->is_similarity = self->kind >= MEASURE_SIMPLE_MATCHING ||
                              (kind != NULL && g_str_equal(kind, "similarity"));
    return self;
}

void
pmml_measure_free(PmmlMeasure *self)
{
    g_array_unref(self->fields);
    g_free(self);
}

gboolean
pmml_measure_is_distance(const PmmlMeasure *self)
{
    return !self->is_similarity;
}

gboolean
pmml_measure_add_field(PmmlMeasure *self, const PmmlElement *field, GError **error)
{
    MeasureField one;
    if (!measure_read_compare(field, self->compare, &one.compare, error) ||
        !pmml_number_or(field, "fieldWeight", 1, &one.weight, error) ||
        !pmml_number_or(field, "similarityScale", (double)NAN, &one.scale, error))
        return FALSE;
    if (one.compare == COMPARE_GAUSS_SIM && !(one.scale > 0))
        return pmml_error(error, field, "gaussSim needs a similarityScale");
    g_array_append_val(self->fields, one);
    return TRUE;
}

double
pmml_measure_weight(const PmmlMeasure *self, guint field)
{
    return g_array_index(self->fields, MeasureField, field).weight;
}

static double
measure_field(const MeasureField *field, const PmmlValue *a, const PmmlValue *b)
{
    const PmmlValue other = pmml_value_alike(a, *b);
    gboolean is_text = a->type == PMML_STRING || other.type == PMML_STRING;
    double difference = a->number - other.number;
    switch (field->compare) {
    case COMPARE_GAUSS_SIM:
        return exp(-G_LN2 * difference * difference / (field->scale * field->scale));
    case COMPARE_DELTA:
        return pmml_value_equal(a, b) ? 0 : 1;
    case COMPARE_EQUAL:
        return pmml_value_equal(a, b) ? 1 : 0;
    case COMPARE_ABS_DIFF:
    default:
        return is_text ? (pmml_value_equal(a, b) ? 0 : 1) : fabs(difference);
    }
}

/* counts of fields that are 1 in both, in the first, in the second, in none */
static double
measure_similarity(const PmmlMeasure *self, const PmmlValue *a, const PmmlValue *b)
{
    double n[4] = {0};
    for (guint i = 0; i < self->fields->len; i++)
        if (!a[i].missing && !b[i].missing)
            n[(a[i].number > 0 ? 0 : 2) + (b[i].number > 0 ? 0 : 1)] += 1;
    switch ((guint)self->kind) {
    case MEASURE_SIMPLE_MATCHING:
        return (n[0] + n[3]) / (n[0] + n[1] + n[2] + n[3]);
    case MEASURE_JACCARD:
        return n[0] / (n[0] + n[1] + n[2]);
    case MEASURE_TANIMOTO:
        return (n[0] + n[3]) / (n[0] + 2 * (n[1] + n[2]) + n[3]);
    default: {
        double c = 0, d = 0;
        for (guint i = 0; i < 4; i++) {
            c += self->c[i] * n[i];
            d += self->d[i] * n[i];
        }
        return c / d;
    }
    }
}

double
pmml_measure_between(const PmmlMeasure *self, const PmmlValue *a, const PmmlValue *b, double adjust)
{
    double sum = 0;
    if (self->kind >= MEASURE_SIMPLE_MATCHING)
        return measure_similarity(self, a, b);
    for (guint i = 0; i < self->fields->len; i++) {
        const MeasureField *field = &g_array_index(self->fields, MeasureField, i);
        if (a[i].missing || b[i].missing)
            continue;
        double c = measure_field(field, &a[i], &b[i]);
        if (self->kind == MEASURE_CHEBYCHEV)
            sum = fmax(sum, field->weight * c);
        else if (self->kind == MEASURE_MINKOWSKI)
            sum += field->weight * pow(c, self->p);
        else
            sum += field->weight * (self->kind == MEASURE_CITY_BLOCK ? c : c * c);
    }
    sum *= adjust;
    if (self->kind == MEASURE_EUCLIDEAN)
        return sqrt(sum);
    return self->kind == MEASURE_MINKOWSKI ? pow(sum, 1 / self->p) : sum;
}
