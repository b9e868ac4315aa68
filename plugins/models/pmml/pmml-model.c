/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-model.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "text-hash.h"

/* models within one another */
#define DEPTH_LIMIT 16
#define BLOCK_BYTES (1U << 16)

const PmmlModelClass *
pmml_model_class(const char *element)
{
    static const PmmlModelClass *const classes[] = {
        &pmml_tree_class,
        &pmml_association_class,
        &pmml_mining_class,
        &pmml_regression_class,
        &pmml_general_regression_class,
        &pmml_neural_class,
        &pmml_bayes_class,
        &pmml_vector_machine_class,
        &pmml_scorecard_class,
        &pmml_rule_set_class,
        &pmml_neighbor_class,
        &pmml_clustering_class,
        &pmml_anomaly_class,
    };
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
        if (g_str_equal(classes[i]->element, element))
            return classes[i];
    /* within other models, up to version 4.0 */
    if (g_str_equal(element, "DecisionTree"))
        return &pmml_tree_class;
    return g_str_equal(element, "Regression") ? &pmml_regression_class : NULL;
}

void
pmml_model_free(PmmlModel *self)
{
    if (self->body != NULL && self->klass->free != NULL)
        self->klass->free(self->body);
    g_ptr_array_unref(self->labels);
    g_hash_table_unref(self->label_index);
    g_hash_table_unref(self->label_number);
    g_clear_pointer(&self->label_names, g_ptr_array_unref);
    g_ptr_array_unref(self->targets);
    g_ptr_array_unref(self->outputs);
    g_clear_pointer(&self->correction, pmml_target_free);
    g_free(self);
}

/* of equal labels the first is found */
static void
model_index_label(PmmlModel *self, guint label)
{
    gpointer text = self->labels->pdata[label];
    PmmlValue value;
    if (!g_hash_table_contains(self->label_index, text))
        g_hash_table_insert(self->label_index, text, GUINT_TO_POINTER(label + 1));
    if (self->target_type == PMML_STRING || !pmml_value_parse(self->target_type, text, &value) ||
        isnan(value.number))
        return;
    value.number += 0.0; /* -0 is 0 */
    if (!g_hash_table_contains(self->label_number, &value.number))
        g_hash_table_insert(self->label_number,
                            g_memdup2(&value.number, sizeof value.number),
                            GUINT_TO_POINTER(label + 1));
}

void
pmml_model_add_label(PmmlModel *self, const char *label)
{
    g_ptr_array_add(self->labels, pmml_pointer(label));
    model_index_label(self, self->labels->len - 1);
}

void
pmml_model_forget_labels(PmmlModel *self)
{
    g_ptr_array_set_size(self->labels, 0);
    g_hash_table_remove_all(self->label_index);
    g_hash_table_remove_all(self->label_number);
}

void
pmml_model_set_target_type(PmmlModel *self, PmmlType type)
{
    self->target_type = type;
    g_hash_table_remove_all(self->label_index);
    g_hash_table_remove_all(self->label_number);
    for (guint i = 0; i < self->labels->len; i++)
        model_index_label(self, i);
}

guint
pmml_model_label(PmmlModel *self, const char *label)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(self->label_index, label));
    if (found > 0)
        return found - 1;
    pmml_model_add_label(self, label);
    return self->labels->len - 1;
}

guint
pmml_model_find_label(const PmmlModel *self, const char *label)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(self->label_index, label));
    PmmlValue wanted;
    if (found > 0)
        return found - 1;
    if (self->target_type == PMML_STRING || !pmml_value_parse(self->target_type, label, &wanted))
        return G_MAXUINT;
    wanted.number += 0.0;
    found = GPOINTER_TO_UINT(g_hash_table_lookup(self->label_number, &wanted.number));
    return found > 0 ? found - 1 : G_MAXUINT;
}

PmmlValue
pmml_model_label_value(const PmmlModel *self, guint label)
{
    PmmlValue value;
    const char *text = self->labels->pdata[label];
    if (self->function != PMML_CLUSTERING && pmml_value_parse(self->target_type, text, &value))
        return value;
    return pmml_value_string(text);
}

guint
pmml_model_best(const PmmlModel *self, const double *score)
{
    guint best = G_MAXUINT;
    gboolean least = self->score_kind == PMML_SCORE_DISTANCE;
    for (guint i = 0; i < self->labels->len; i++) {
        if (isnan(score[i]))
            continue;
        if (best == G_MAXUINT || (least ? score[i] < score[best] : score[i] > score[best]))
            best = i;
    }
    return best;
}

void
pmml_model_decide(const PmmlModel *self, PmmlResult *result)
{
    guint best = pmml_model_best(self, result->score);
    result->value = best == G_MAXUINT ? PMML_NOTHING : pmml_model_label_value(self, best);
}

gpointer
pmml_row_alloc(PmmlRow *row, gsize n, gsize size)
{
    size = (n * size + 15) & ~(gsize)15;
    while (row->block < row->blocks->len) {
        GByteArray *block = row->blocks->pdata[row->block];
        if (row->used + size <= block->len) {
            guint8 *place = block->data + row->used;
            row->used += size;
            return memset(place, 0, size);
        }
        row->block++;
        row->used = 0;
    }
    GByteArray *block = g_byte_array_new();
    g_byte_array_set_size(block, (guint)(size > BLOCK_BYTES ? size : BLOCK_BYTES));
    g_ptr_array_add(row->blocks, block);
    row->used = size;
    return memset(block->data, 0, size);
}

double *
pmml_row_scores(PmmlRow *row, const PmmlModel *model)
{
    return pmml_row_alloc(row, model->labels->len, sizeof(double));
}

gboolean
pmml_row_number(PmmlRow *row, guint slot, double *ret_number, gboolean *ret_missing, GError **error)
{
    PmmlValue value;
    if (!pmml_slot_value(row, slot, &value, error))
        return FALSE;
    *ret_missing = value.missing;
    *ret_number = value.missing ? (double)NAN : value.number;
    if (!value.missing && value.type == PMML_STRING &&
        !pmml_value_parse(PMML_DOUBLE, value.string, &value)) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "field “%s”: expected a number, found “%s”",
                    pmml_program_slot(row->program, slot)->name,
                    value.string);
        return FALSE;
    }
    if (!value.missing)
        *ret_number = value.number;
    return TRUE;
}

static PmmlFunctionName
model_function(const PmmlElement *element)
{
    static const struct {
        const char *name;
        PmmlFunctionName function;
    } names[] = {
        {"regression", PMML_REGRESSION},
        {"classification", PMML_CLASSIFICATION},
        {"clustering", PMML_CLUSTERING},
        {"mixed", PMML_MIXED},
    };
    const char *name = pmml_attribute(element, "functionName");
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i].name, name))
            return names[i].function;
    return PMML_OTHER_FUNCTION;
}

static gboolean
model_is_target(const char *usage)
{
    return usage != NULL && (g_str_equal(usage, "predicted") || g_str_equal(usage, "target"));
}

static void
model_set_target(PmmlModel *self, const PmmlProgram *program, const char *name)
{
    if (self->target == NULL) {
        guint slot = pmml_scope_find(self->scope, name);
        self->target = name;
        if (slot != PMML_NO_SLOT) {
            self->target_data = pmml_program_slot(program, slot)->data;
            pmml_model_set_target_type(self, pmml_program_slot(program, slot)->type);
        }
    }
    g_ptr_array_add(self->targets, pmml_pointer(name));
}

static gboolean
model_read_schema(PmmlProgram *program, PmmlModel *self, GPtrArray *treated, GError **error)
{
    const PmmlElement *schema = pmml_child(self->element, "MiningSchema");
    const PmmlElement *field = schema == NULL ? NULL : pmml_child(schema, "MiningField");
    for (; field != NULL; field = pmml_next(field, "MiningField")) {
        const char *usage = pmml_attribute(field, "usageType");
        const char *name;
        if (!pmml_require(field, "name", &name, error))
            return FALSE;
        if (model_is_target(usage)) {
            model_set_target(self, program, name);
            continue;
        }
        /* fields for people only need not exist */
        if (usage != NULL && !g_str_equal(usage, "active") && !g_str_equal(usage, "group") &&
            pmml_scope_find(self->scope, name) == PMML_NO_SLOT)
            continue;
        if (!pmml_read_mining_field(program, field, self->scope, treated, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
model_read_body(PmmlProgram *program, PmmlModel *self, GError **error)
{
    const PmmlElement *local = pmml_child(self->element, "LocalTransformations");
    g_autoptr(GPtrArray) treated = g_ptr_array_new();
    if (!model_read_schema(program, self, treated, error) ||
        /* the document's derived fields see the model's treatments */
        (program->dictionary != NULL && program->depth == 1 &&
         !pmml_read_derived(program, program->dictionary, self->scope, error)) ||
        (program->dictionary != NULL && program->depth > 1 && treated->len > 0 &&
         !pmml_read_derived_anew(program, self->scope, treated, error)) ||
        (local != NULL && !pmml_read_derived(program, local, self->scope, error)))
        return FALSE;
    const char *name = pmml_attribute(self->element, "targetFieldName");
    if (name == NULL)
        name = pmml_attribute(self->element, "targetVariableName");
    if (self->target == NULL && name != NULL)
        model_set_target(self, program, name);
    PmmlSlot slot = {.kind = PMML_SLOT_RESULT,
                     .name = self->target != NULL ? self->target : "the predicted value",
                     .type = self->target_type};
    self->target_slot = pmml_program_add_slot(program, &slot);
    return self->klass->read(program, self, error) && pmml_read_targets(self, error) &&
           pmml_read_outputs(program, self, error);
}

gboolean
pmml_is_scorable(const PmmlElement *element)
{
    const char *scorable = pmml_attribute(element, "isScorable");
    return scorable == NULL || !(g_str_equal(scorable, "false") || g_str_equal(scorable, "0"));
}

/**
 * pmml_model_read:
 * @element: of a model
 * @scope: fields that it can refer to
 *
 * Returns: (nullable): the model, owned by @program
 */
PmmlModel *
pmml_model_read(PmmlProgram *program,
                const PmmlElement *element,
                const PmmlScope *scope,
                GError **error)
{
    const PmmlModelClass *klass = pmml_model_class(element->name);
    if (klass == NULL) {
        pmml_unsupported(error, element, "not a kind of model that can be computed");
        return NULL;
    }
    if (!pmml_is_scorable(element)) {
        pmml_unsupported(error, element, "the file says that it cannot be scored");
        return NULL;
    }
    if (program->depth >= DEPTH_LIMIT) {
        pmml_error(error, element, "models nested more than %d deep", DEPTH_LIMIT);
        return NULL;
    }
    PmmlModel *self = g_new0(PmmlModel, 1);
    self->klass = klass;
    self->element = element;
    self->function = model_function(element);
    self->labels = g_ptr_array_new();
    self->label_index = g_hash_table_new(errata_text_hash, g_str_equal);
    self->label_number = g_hash_table_new_full(g_double_hash, g_double_equal, g_free, NULL);
    self->targets = g_ptr_array_new();
    self->outputs = g_ptr_array_new_with_free_func(g_free);
    self->scope = pmml_program_scope(program, scope);
    self->target_type = self->function == PMML_REGRESSION ? PMML_DOUBLE : PMML_STRING;
    const char *context = pmml_attribute(element, "x-mathContext");
    self->is_single = context != NULL && g_str_equal(context, "float");
    g_ptr_array_add(program->models, self);
    program->depth++;
    gboolean ok = model_read_body(program, self, error);
    program->depth--;
    return ok ? self : NULL;
}

gboolean
pmml_model_run(const PmmlModel *self, PmmlRow *row, PmmlResult *ret_result, GError **error)
{
    *ret_result = (PmmlResult){.value = PMML_NOTHING};
    if (!self->klass->run(self, row, ret_result, error))
        return FALSE;
    pmml_correct(self, row, ret_result);
    pmml_slot_set(row, self->target_slot, ret_result->value);
    return pmml_fill_outputs(self, row, ret_result, error);
}
