/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-compile.h"
#include "pmml-expression.h"
#include "pmml-model.h"

typedef enum {
    NEIGHBOR_AVERAGE,
    NEIGHBOR_MEDIAN,
    NEIGHBOR_WEIGHTED_AVERAGE,
} NeighborNumber;

typedef struct {
    PmmlValue *input;  /* by field */
    PmmlValue *target; /* by target */
    const char *id;
} Instance;

typedef struct {
    guint k;
    double threshold; /* added to a distance that weighs */
    gboolean weighted_vote;
    NeighborNumber number;
    GArray *slots; /* guint */
    PmmlMeasure *measure;
    GPtrArray *instances; /* Instance */
    gboolean *is_class;   /* by target, of a mixed model */
} Neighbor;

typedef struct {
    double distance;
    guint index;
} Near;

static void
instance_free(gpointer data)
{
    Instance *self = data;
    g_free(self->input);
    g_free(self->target);
    g_free(self);
}

static void
neighbor_free(gpointer body)
{
    Neighbor *self = body;
    g_array_unref(self->slots);
    g_clear_pointer(&self->measure, pmml_measure_free);
    g_ptr_array_unref(self->instances);
    g_free(self->is_class);
    g_free(self);
}

static gboolean
neighbor_read_options(const PmmlModel *model, Neighbor *self, GError **error)
{
    static const char *const numbers[] = {"average", "median", "weightedAverage"};
    const char *number = pmml_attribute(model->element, "continuousScoringMethod");
    const char *vote = pmml_attribute(model->element, "categoricalScoringMethod");
    double k;
    if (!pmml_number(model->element, "numberOfNeighbors", &k, error) ||
        !pmml_number_or(model->element, "threshold", 0.001, &self->threshold, error))
        return FALSE;
    if (!(k >= 1 && k < 1e6))
        return pmml_error(error, model->element, "numberOfNeighbors out of range");
    self->k = (guint)k;
    self->weighted_vote = vote != NULL && g_str_equal(vote, "weightedMajorityVote");
    if (vote != NULL && !self->weighted_vote && !g_str_equal(vote, "majorityVote"))
        return pmml_unsupported(error, model->element, "categoricalScoringMethod “%s”", vote);
    for (guint i = 0; number != NULL && i < G_N_ELEMENTS(numbers); i++)
        if (g_str_equal(numbers[i], number)) {
            self->number = (NeighborNumber)i;
            return TRUE;
        }
    return number == NULL ||
           pmml_unsupported(error, model->element, "continuousScoringMethod “%s”", number);
}

static gboolean
neighbor_read_inputs(const PmmlModel *model, Neighbor *self, GPtrArray *names, GError **error)
{
    const PmmlElement *list = pmml_child(model->element, "KNNInputs");
    const PmmlElement *input = list == NULL ? NULL : pmml_child(list, "KNNInput");
    for (; input != NULL; input = pmml_next(input, "KNNInput")) {
        guint slot;
        if (!pmml_program_field(input, model->scope, "field", &slot, error) ||
            !pmml_measure_add_field(self->measure, input, error))
            return FALSE;
        g_array_append_val(self->slots, slot);
        g_ptr_array_add(names, pmml_pointer(pmml_attribute(input, "field")));
    }
    return names->len > 0 || pmml_error(error, model->element, "no KNNInput");
}

/* field → the column of the training table that holds it */
static GHashTable *
neighbor_columns(const PmmlElement *training)
{
    GHashTable *columns = g_hash_table_new(g_str_hash, g_str_equal);
    const PmmlElement *list = pmml_child(training, "InstanceFields");
    const PmmlElement *one = list == NULL ? NULL : pmml_child(list, "InstanceField");
    for (; one != NULL; one = pmml_next(one, "InstanceField")) {
        const char *name = pmml_attribute(one, "field");
        const char *column = pmml_attribute(one, "column");
        if (name != NULL && !g_hash_table_contains(columns, name))
            g_hash_table_insert(columns,
                                pmml_pointer(name),
                                pmml_pointer(column != NULL ? column : name));
    }
    return columns;
}

/* the training table, and a row of it */
typedef struct {
    const PmmlElement *element;
    GHashTable *columns;
    const PmmlElement *row;
    GHashTable *cells;
} Training;

static gboolean
neighbor_cell(const Training *training,
              const char *field,
              PmmlType type,
              PmmlValue *ret,
              GError **error)
{
    const char *column = g_hash_table_lookup(training->columns, field);
    const char *text = column == NULL ? NULL : pmml_inline_text(training->cells, column);
    *ret = PMML_NOTHING;
    if (column == NULL)
        return pmml_error(error, training->element, "it has no InstanceField “%s”", field);
    return text == NULL || text[0] == '\0' || pmml_value_parse(type, text, ret) ||
           pmml_error(error, training->row, "“%s” is no value of “%s”", text, field);
}

/* what the instance has of the fields that inputs are derived from */
static gboolean
neighbor_set_fields(const PmmlProgram *program,
                    const PmmlModel *model,
                    const Training *training,
                    PmmlRow *ret,
                    GError **error)
{
    GHashTableIter fields;
    gpointer name;
    g_hash_table_iter_init(&fields, training->columns);
    while (g_hash_table_iter_next(&fields, &name, NULL)) {
        guint slot = pmml_scope_find(model->scope, name);
        PmmlValue value;
        while (slot != PMML_NO_SLOT && pmml_program_slot(program, slot)->kind == PMML_SLOT_MINING)
            slot = pmml_program_slot(program, slot)->source;
        if (slot == PMML_NO_SLOT)
            continue;
        PmmlType type = pmml_program_slot(program, slot)->type;
        if (!neighbor_cell(training, name, type, &value, error))
            return FALSE;
        pmml_slot_set(ret, slot, value);
    }
    return TRUE;
}

/* an input that the instance does not hold is derived from what it holds */
static gboolean
neighbor_derive(PmmlProgram *program,
                const PmmlModel *model,
                const Training *training,
                guint slot,
                PmmlValue *ret,
                GError **error)
{
    static const ErrataModelRows none = {0};
    PmmlRow row;
    pmml_row_init(&row, program, &none);
    gboolean ok = neighbor_set_fields(program, model, training, &row, error) &&
                  pmml_slot_value(&row, slot, ret, error);
    if (!ok && row.is_invalid)
        pmml_error(error, training->row, "its values are invalid");
    if (ok && !ret->missing && ret->type == PMML_STRING)
        ret->string = g_string_chunk_insert(program->strings, ret->string);
    pmml_row_clear(&row);
    return ok;
}

static gboolean
neighbor_read_instance(PmmlProgram *program,
                       PmmlModel *model,
                       Neighbor *self,
                       const Training *training,
                       const GPtrArray *names,
                       GError **error)
{
    const char *id = pmml_attribute(model->element, "instanceIdVariable");
    Instance *one = g_new0(Instance, 1);
    one->input = g_new(PmmlValue, names->len);
    one->target = g_new(PmmlValue, model->targets->len);
    g_ptr_array_add(self->instances, one);
    if (id != NULL) {
        const char *column = g_hash_table_lookup(training->columns, id);
        one->id = pmml_inline_text(training->cells, column != NULL ? column : id);
    }
    for (guint i = 0; i < names->len; i++) {
        guint slot = g_array_index(self->slots, guint, i);
        gboolean derived = pmml_program_slot(program, slot)->kind == PMML_SLOT_DERIVED &&
                           !g_hash_table_contains(training->columns, names->pdata[i]);
        if (derived ? !neighbor_derive(program, model, training, slot, &one->input[i], error)
                    : !neighbor_cell(training,
                                     names->pdata[i],
                                     pmml_program_slot(program, slot)->type,
                                     &one->input[i],
                                     error))
            return FALSE;
    }
    for (guint i = 0; i < model->targets->len; i++) {
        guint slot = pmml_scope_find(model->scope, model->targets->pdata[i]);
        PmmlType type = slot == PMML_NO_SLOT ? PMML_STRING : pmml_program_slot(program, slot)->type;
        if (!neighbor_cell(training, model->targets->pdata[i], type, &one->target[i], error))
            return FALSE;
    }
    if (model->function == PMML_CLASSIFICATION && model->targets->len > 0 &&
        !one->target[0].missing)
        pmml_model_label(model, pmml_value_text(&one->target[0], program->strings));
    return TRUE;
}

static gboolean
neighbor_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    Neighbor *self = g_new0(Neighbor, 1);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const PmmlElement *training = pmml_child(model->element, "TrainingInstances");
    model->body = self;
    self->slots = g_array_new(FALSE, FALSE, sizeof(guint));
    self->instances = g_ptr_array_new_with_free_func(instance_free);
    self->measure = pmml_measure_read(model->element, error);
    if (self->measure == NULL || !neighbor_read_options(model, self, error) ||
        !neighbor_read_inputs(model, self, names, error))
        return FALSE;
    if (training == NULL)
        return pmml_error(error, model->element, "no TrainingInstances");
    self->is_class = g_new0(gboolean, model->targets->len + 1);
    for (guint i = 0; i < model->targets->len; i++) {
        guint slot = pmml_scope_find(model->scope, model->targets->pdata[i]);
        self->is_class[i] = slot == PMML_NO_SLOT ||
                            pmml_program_slot(program, slot)->optype != PMML_CONTINUOUS;
    }
    const PmmlElement *table = pmml_inline_table(training, error);
    if (table == NULL)
        return FALSE;
    g_autoptr(GHashTable) columns = neighbor_columns(training);
    for (const PmmlElement *row = pmml_child(table, "row"); row != NULL;
         row = pmml_next(row, "row")) {
        g_autoptr(GHashTable) cells = pmml_inline_row(row);
        Training at = {training, columns, row, cells};
        if (!neighbor_read_instance(program, model, self, &at, names, error))
            return FALSE;
    }
    return self->instances->len > 0 || pmml_error(error, table, "no rows");
}

static int
neighbor_order(gconstpointer a, gconstpointer b)
{
    const Near *x = a, *y = b;
    if (x->distance < y->distance)
        return -1;
    if (x->distance > y->distance)
        return 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static double
neighbor_weight(const Neighbor *self, const Near *near)
{
    return pmml_measure_is_distance(self->measure) ? 1 / (near->distance + self->threshold)
                                                   : -near->distance;
}

static PmmlValue
neighbor_number(const Neighbor *self, const GArray *near, guint target)
{
    guint k = MIN(self->k, near->len);
    double sum = 0, total = 0;
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(Near));
    for (guint i = 0; i < k; i++) {
        const Near *one = &g_array_index(near, Near, i);
        const Instance *instance = self->instances->pdata[one->index];
        if (instance->target[target].missing)
            continue;
        double weight = self->number == NEIGHBOR_WEIGHTED_AVERAGE ? neighbor_weight(self, one) : 1;
        Near number = {.distance = instance->target[target].number, .index = i};
        sum += weight * number.distance;
        total += weight;
        g_array_append_val(numbers, number);
    }
    if (numbers->len == 0)
        return PMML_NOTHING;
    if (self->number != NEIGHBOR_MEDIAN)
        return pmml_value_number(PMML_DOUBLE, sum / total);
    g_array_sort(numbers, neighbor_order);
    guint half = numbers->len / 2;
    double upper = g_array_index(numbers, Near, half).distance;
    double lower = g_array_index(numbers, Near, numbers->len % 2 == 1 ? half : half - 1).distance;
    return pmml_value_number(PMML_DOUBLE, (lower + upper) / 2);
}

/* instances of all that have the value */
static guint
neighbor_n_cases(const Neighbor *self, guint target, const PmmlValue *value)
{
    guint n = 0;
    for (guint i = 0; i < self->instances->len; i++) {
        const Instance *instance = self->instances->pdata[i];
        n += !instance->target[target].missing &&
             pmml_value_equal(&instance->target[target], value);
    }
    return n;
}

/* of values with as many votes, the one that more instances have; then the lesser */
static gboolean
neighbor_wins_tie(const Neighbor *self, guint target, const PmmlValue *one, const PmmlValue *other)
{
    guint n = neighbor_n_cases(self, target, one), m = neighbor_n_cases(self, target, other);
    return n > m || (n == m && pmml_value_compare(one, other) < 0);
}

/* the value with the most votes */
static PmmlValue
neighbor_vote(const Neighbor *self, const GArray *near, guint target)
{
    guint k = MIN(self->k, near->len), best = 0;
    g_autofree double *votes = g_new0(double, k);
    g_autofree PmmlValue *value = g_new(PmmlValue, k);
    for (guint i = 0; i < k; i++) {
        const Near *one = &g_array_index(near, Near, i);
        const Instance *instance = self->instances->pdata[one->index];
        value[i] = instance->target[target];
        for (guint j = 0; j <= i && !value[i].missing; j++) {
            if (value[j].missing || !pmml_value_equal(&value[i], &value[j]))
                continue;
            votes[j] += self->weighted_vote ? neighbor_weight(self, one) : 1;
            break;
        }
    }
    for (guint i = 1; i < k; i++)
        if (votes[i] > votes[best] || (votes[i] > 0 && votes[i] >= votes[best] &&
                                       neighbor_wins_tie(self, target, &value[i], &value[best])))
            best = i;
    return value[best];
}

static void
neighbor_shares(const PmmlModel *model,
                const Neighbor *self,
                PmmlRow *row,
                const GArray *near,
                PmmlResult *result)
{
    guint k = MIN(self->k, near->len);
    double total = 0;
    result->score = pmml_row_scores(row, model);
    for (guint i = 0; i < k; i++) {
        const Near *one = &g_array_index(near, Near, i);
        const Instance *instance = self->instances->pdata[one->index];
        if (instance->target[0].missing)
            continue;
        guint label = pmml_model_find_label(model,
                                            pmml_value_text(&instance->target[0], row->strings));
        double weight = self->weighted_vote ? neighbor_weight(self, one) : 1;
        if (label != G_MAXUINT)
            result->score[label] += weight;
        total += weight;
    }
    for (guint i = 0; i < model->labels->len; i++)
        result->score[i] /= total;
}

static gboolean
neighbor_near(const Neighbor *self, PmmlRow *row, GArray *near, GError **error)
{
    guint n = self->slots->len;
    PmmlValue *value = pmml_row_alloc(row, n, sizeof(PmmlValue));
    double all = 0, there = 0;
    for (guint i = 0; i < n; i++) {
        if (!pmml_slot_value(row, g_array_index(self->slots, guint, i), &value[i], error))
            return FALSE;
        all += pmml_measure_weight(self->measure, i);
        there += value[i].missing ? 0 : pmml_measure_weight(self->measure, i);
    }
    for (guint i = 0; there > 0 && i < self->instances->len; i++) {
        const Instance *instance = self->instances->pdata[i];
        Near one = {
            .distance = pmml_measure_between(self->measure, value, instance->input, all / there),
            .index = i,
        };
        if (!pmml_measure_is_distance(self->measure))
            one.distance = -one.distance;
        g_array_append_val(near, one);
    }
    g_array_sort(near, neighbor_order);
    return TRUE;
}

/* who the neighbours are; those without an id of their own are counted from 1 */
static void
neighbor_name(const PmmlModel *model,
              const Neighbor *self,
              PmmlRow *row,
              GArray *near,
              PmmlResult *result)
{
    guint k = MIN(self->k, near->len);
    gboolean is_distance = pmml_measure_is_distance(self->measure);
    double *affinity = pmml_row_alloc(row, k, sizeof(double));
    result->near = pmml_row_alloc(row, k + 1, sizeof(char *));
    for (guint i = 0; i < k; i++) {
        const Near *one = &g_array_index(near, Near, i);
        const Instance *instance = self->instances->pdata[one->index];
        g_autofree char *number = g_strdup_printf("%u", one->index + 1);
        gboolean has_ids = pmml_attribute(model->element, "instanceIdVariable") != NULL;
        result->near[i] = has_ids ? instance->id : g_string_chunk_insert(row->strings, number);
        if (result->near[i] == NULL)
            result->near[i] = "";
        affinity[i] = is_distance ? one->distance : -one->distance;
    }
    result->affinity = affinity;
    result->entity = k > 0 ? result->near[0] : NULL;
}

static gboolean
neighbor_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const Neighbor *self = model->body;
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(Near));
    if (!neighbor_near(self, row, near, error))
        return FALSE;
    if (near->len == 0)
        return TRUE;
    neighbor_name(model, self, row, near, result);
    result->targets = pmml_row_alloc(row, model->targets->len + 1, sizeof(PmmlValue));
    for (guint t = 0; t < model->targets->len; t++) {
        gboolean is_class = model->function == PMML_CLASSIFICATION ||
                            (model->function == PMML_MIXED && self->is_class[t]);
        result->targets[t] = is_class ? neighbor_vote(self, near, t)
                                      : neighbor_number(self, near, t);
    }
    if (model->targets->len > 0)
        result->value = result->targets[0];
    if (model->function == PMML_CLASSIFICATION && model->targets->len > 0)
        neighbor_shares(model, self, row, near, result);
    return TRUE;
}

const PmmlModelClass pmml_neighbor_class = {
    .element = "NearestNeighborModel",
    .kind = "nearest neighbours",
    .read = neighbor_read,
    .run = neighbor_run,
    .free = neighbor_free,
};
