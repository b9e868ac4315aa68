/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-mining.h"
#include "pmml-model.h"
#include "text-hash.h"

void
pmml_target_free(PmmlTarget *self)
{
    g_hash_table_unref(self->display);
    g_hash_table_unref(self->prior);
    g_free(self);
}

static gboolean
output_read_target_value(PmmlTarget *target, const PmmlElement *element, GError **error)
{
    double prior, fallback;
    const char *value = pmml_attribute(element, "value");
    const char *display = pmml_attribute(element, "displayValue");
    if (!pmml_number_or(element, "priorProbability", (double)NAN, &prior, error) ||
        !pmml_number_or(element, "defaultValue", (double)NAN, &fallback, error))
        return FALSE;
    if (value != NULL && display != NULL)
        g_hash_table_insert(target->display, pmml_pointer(value), pmml_pointer(display));
    if (value != NULL && !isnan(prior))
        g_hash_table_insert(target->prior, pmml_pointer(value), g_memdup2(&prior, sizeof prior));
    if (!isnan(fallback))
        target->fallback = fallback;
    return TRUE;
}

gboolean
pmml_read_targets(PmmlModel *self, GError **error)
{
    const PmmlElement *targets = pmml_child(self->element, "Targets");
    const PmmlElement *element = targets == NULL ? NULL : pmml_child(targets, "Target");
    for (; element != NULL; element = pmml_next(element, "Target")) {
        const char *field = pmml_attribute(element, "field");
        if (self->target != NULL && field != NULL && !g_str_equal(field, self->target))
            continue;
        PmmlTarget *target = g_new0(PmmlTarget, 1);
        target->display = g_hash_table_new(errata_text_hash, g_str_equal);
        target->prior = g_hash_table_new_full(errata_text_hash, g_str_equal, NULL, g_free);
        target->fallback = (double)NAN;
        g_clear_pointer(&self->correction, pmml_target_free);
        self->correction = target;
        target->cast = pmml_attribute(element, "castInteger");
        if (target->cast != NULL && !g_str_equal(target->cast, "round") &&
            !g_str_equal(target->cast, "ceiling") && !g_str_equal(target->cast, "floor"))
            return pmml_unsupported(error, element, "castInteger “%s” is not known", target->cast);
        if (!pmml_number_or(element, "min", -(double)INFINITY, &target->least, error) ||
            !pmml_number_or(element, "max", (double)INFINITY, &target->most, error) ||
            !pmml_number_or(element, "rescaleFactor", 1, &target->factor, error) ||
            !pmml_number_or(element, "rescaleConstant", 0, &target->constant, error))
            return FALSE;
        const PmmlElement *value = pmml_child(element, "TargetValue");
        for (; value != NULL; value = pmml_next(value, "TargetValue"))
            if (!output_read_target_value(target, value, error))
                return FALSE;
    }
    return TRUE;
}

static void
output_correct_number(const PmmlModel *self, PmmlValue *value)
{
    const PmmlTarget *target = self->correction;
    double number = value->number;
    number = number < target->least ? target->least : number;
    number = number > target->most ? target->most : number;
    number = number * target->factor;
    if (self->is_single)
        number = (double)(float)number;
    number += target->constant;
    if (self->is_single)
        number = (double)(float)number;
    if (target->cast != NULL && g_str_equal(target->cast, "round"))
        number = floor(number + 0.5);
    else if (target->cast != NULL && g_str_equal(target->cast, "ceiling"))
        number = ceil(number);
    else if (target->cast != NULL && g_str_equal(target->cast, "floor"))
        number = floor(number);
    value->number = number;
}

/* the prior probabilities stand in for a class that could not be told */
static void
output_fall_back(const PmmlModel *self, PmmlRow *row, PmmlResult *result)
{
    const PmmlTarget *target = self->correction;
    if (!isnan(target->fallback)) {
        result->value = pmml_value_number(PMML_DOUBLE, target->fallback);
        return;
    }
    if (g_hash_table_size(target->prior) == 0 || self->labels->len == 0)
        return;
    result->score = pmml_row_scores(row, self);
    for (guint i = 0; i < self->labels->len; i++) {
        const double *prior = g_hash_table_lookup(target->prior, self->labels->pdata[i]);
        result->score[i] = prior != NULL ? *prior : (double)NAN;
    }
    pmml_model_decide(self, result);
}

void
pmml_correct(const PmmlModel *self, PmmlRow *row, PmmlResult *result)
{
    if (self->correction == NULL)
        return;
    if (result->value.missing)
        output_fall_back(self, row, result);
    else if (self->function == PMML_REGRESSION && result->value.type != PMML_STRING)
        output_correct_number(self, &result->value);
}

static gboolean
output_read_segment(const PmmlModel *self, PmmlOutput *output, GError **error)
{
    const char *id = pmml_attribute(output->element, "segmentId");
    output->segment = G_MAXUINT;
    if (id == NULL)
        return TRUE;
    output->segment = pmml_mining_find_segment(self, id);
    return output->segment != G_MAXUINT ||
           pmml_error(error, output->element, "there is no segment “%s”", id);
}

static gboolean
output_read_derived(PmmlProgram *program, PmmlModel *self, PmmlOutput *output, GError **error)
{
    const PmmlModel *inner = output->segment == G_MAXUINT
                                 ? NULL
                                 : pmml_mining_segment(self, output->segment);
    if (inner != NULL) {
        guint slot = output->value == NULL ? PMML_NO_SLOT
                                           : pmml_scope_find(inner->output_scope, output->value);
        if (slot == PMML_NO_SLOT)
            return pmml_error(error, output->element, "its segment has no such output");
        output->slot = slot;
        return TRUE;
    }
    PmmlSlot slot = {.kind = PMML_SLOT_DERIVED,
                     .name = output->name,
                     .type = output->type,
                     .typed = output->typed};
    slot.expression =
        pmml_expression_within(program, output->element, self->output_scope, NULL, error);
    if (slot.expression == NULL)
        return FALSE;
    output->slot = pmml_program_add_slot(program, &slot);
    return TRUE;
}

/* whether there is anything to be computed for a feature; a report of how it came about is left
 * empty, and told so */
static gboolean
output_is_computed(const PmmlModel *self, const char *feature)
{
    static const char *const computed[] = {"predictedValue",
                                           "predictedDisplayValue",
                                           "transformedValue",
                                           "decision",
                                           "probability",
                                           "affinity",
                                           "entityAffinity",
                                           "clusterAffinity",
                                           "confidence",
                                           "entityId",
                                           "clusterId",
                                           "reasonCode",
                                           "residual",
                                           "report",
                                           "x-report",
                                           NULL};
    return self->klass == &pmml_association_class || g_strv_contains(computed, feature);
}

/* of an output without dataType: shares and distances are numbers */
static PmmlType
output_type_unless_told(const PmmlOutput *output)
{
    static const char *const numbers[] = {"probability",
                                          "confidence",
                                          "affinity",
                                          "entityAffinity",
                                          "clusterAffinity",
                                          "residual",
                                          NULL};
    return g_strv_contains(numbers, output->feature) ? PMML_DOUBLE
                                                     : pmml_type_unless_told(output->element);
}

static gboolean
output_read(PmmlProgram *program, PmmlModel *self, const PmmlElement *element, GError **error)
{
    double rank;
    PmmlOutput *output = g_new0(PmmlOutput, 1);
    g_ptr_array_add(self->outputs, output);
    output->element = element;
    output->feature = pmml_attribute(element, "feature");
    if (output->feature == NULL)
        output->feature = pmml_count(element, "Apply") > 0 ? "transformedValue" : "predictedValue";
    output->value = pmml_attribute(element, "value");
    output->typed = pmml_attribute(element, "dataType") != NULL;
    const char *final = pmml_attribute(element, "isFinalResult");
    output->is_final = final == NULL || !(g_str_equal(final, "false") || g_str_equal(final, "0"));
    if (!pmml_require(element, "name", &output->name, error) ||
        !pmml_type_of(element, output_type_unless_told(output), &output->type, error) ||
        !pmml_number_or(element, "rank", 1, &rank, error) ||
        !output_read_segment(self, output, error))
        return FALSE;
    const PmmlModel *asked = output->segment == G_MAXUINT
                                 ? self
                                 : pmml_mining_segment(self, output->segment);
    if (output->is_final && !output_is_computed(asked != NULL ? asked : self, output->feature))
        return pmml_unsupported(error,
                                element,
                                "the output “%s” asks for “%s”, which is not computed",
                                output->name,
                                output->feature);
    if (output->is_final && self->klass == &pmml_association_class &&
        !pmml_association_check(element, error))
        return FALSE;
    /* 0 asks for all rules */
    if (!(rank >= (self->klass == &pmml_association_class ? 0 : 1) && rank < 1e6))
        return pmml_error(error, element, "rank out of range");
    output->rank = (guint)rank;
    const PmmlModel *of = output->segment == G_MAXUINT ? self : asked;
    output->label = output->value == NULL || of == NULL ? G_MAXUINT
                                                        : pmml_model_find_label(of, output->value);
    if (g_str_equal(output->feature, "transformedValue") ||
        g_str_equal(output->feature, "decision")) {
        if (!output_read_derived(program, self, output, error))
            return FALSE;
    } else {
        PmmlSlot slot = {.kind = PMML_SLOT_RESULT, .name = output->name, .type = output->type};
        if (!output->typed && g_str_equal(output->feature, "predictedValue"))
            slot.type = self->target_type;
        output->slot = pmml_program_add_slot(program, &slot);
    }
    pmml_scope_add(self->output_scope, output->name, output->slot);
    return TRUE;
}

/* what the parts of a chain tell, for the whole's own outputs; not what several of them tell by one
 * name, as any of those may not have run */
static void
output_see_parts(PmmlModel *self)
{
    g_autoptr(GHashTable) n_named = g_hash_table_new(errata_text_hash, g_str_equal);
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < pmml_mining_n_segments(self); i++) {
            const PmmlModel *part = pmml_mining_segment(self, i);
            for (guint k = 0; k < part->outputs->len; k++) {
                const PmmlOutput *output = part->outputs->pdata[k];
                guint n = GPOINTER_TO_UINT(g_hash_table_lookup(n_named, output->name));
                if (pass == 0)
                    g_hash_table_insert(n_named,
                                        pmml_pointer(output->name),
                                        GUINT_TO_POINTER(n + 1));
                else if (n == 1 && pmml_scope_find(self->scope, output->name) == PMML_NO_SLOT)
                    pmml_scope_add(self->output_scope, output->name, output->slot);
            }
        }
}

gboolean
pmml_read_outputs(PmmlProgram *program, PmmlModel *self, GError **error)
{
    const PmmlElement *list = pmml_child(self->element, "Output");
    self->output_scope = pmml_program_scope(program, self->scope);
    if (self->klass == &pmml_mining_class &&
        ((const PmmlMining *)self->body)->method == PMML_MINING_MODEL_CHAIN)
        output_see_parts(self);
    if (self->target != NULL)
        pmml_scope_add(self->output_scope, self->target, self->target_slot);
    const PmmlElement *element = list == NULL ? NULL : pmml_child(list, "OutputField");
    for (; element != NULL; element = pmml_next(element, "OutputField"))
        if (!output_read(program, self, element, error))
            return FALSE;
    /* of models within models, up to version 4.0 */
    element = pmml_child(self->element, "ResultField");
    for (; element != NULL; element = pmml_next(element, "ResultField"))
        if (!output_read(program, self, element, error))
            return FALSE;
    return TRUE;
}

/* index of the label that is @rank-th by score; G_MAXUINT when there are fewer */
static guint
output_ranked(const PmmlModel *self, const double *score, guint rank)
{
    gboolean least = self->score_kind == PMML_SCORE_DISTANCE;
    for (guint i = 0; i < self->labels->len; i++) {
        guint better = 0;
        for (guint j = 0; j < self->labels->len && !isnan(score[i]); j++)
            better += least ? score[j] < score[i] || (j < i && !(score[j] > score[i]))
                            : score[j] > score[i] || (j < i && !(score[j] < score[i]));
        if (!isnan(score[i]) && better == rank - 1)
            return i;
    }
    return G_MAXUINT;
}

static PmmlValue
output_score(const PmmlModel *self,
             const PmmlOutput *output,
             const PmmlResult *result,
             const double *score,
             gboolean is_probability)
{
    if (score == NULL || result->value.missing)
        return PMML_NOTHING;
    guint label = output->label;
    if (output->value == NULL && output->rank > 1)
        label = output_ranked(self, score, output->rank);
    else if (output->value == NULL)
        label = output_ranked(self, result->score, 1);
    if (label == G_MAXUINT)
        return is_probability && output->value != NULL ? pmml_value_number(PMML_DOUBLE, 0)
                                                       : PMML_NOTHING;
    /* without ranks, the score of what was predicted */
    if (output->value == NULL && output->rank == 1 && self->function == PMML_CLASSIFICATION)
        for (guint i = 0; i < self->labels->len; i++) {
            PmmlValue value = pmml_model_label_value(self, i);
            if (pmml_value_equal(&value, &result->value))
                label = i;
        }
    double number = score[label];
    if (isnan(number))
        return is_probability ? pmml_value_number(PMML_DOUBLE, 0) : PMML_NOTHING;
    return pmml_value_number(PMML_DOUBLE, number);
}

/* the neighbour of that rank: its id, or how far or alike it is */
static PmmlValue
output_neighbor(const PmmlOutput *output, const PmmlResult *result, gboolean is_affinity)
{
    guint n = 0;
    while (result->near[n] != NULL)
        n++;
    if (output->rank > n)
        return PMML_NOTHING;
    return is_affinity ? pmml_value_number(PMML_DOUBLE, result->affinity[output->rank - 1])
                       : pmml_value_string(result->near[output->rank - 1]);
}

/* models of which a node, rule, neuron or segment decides */
static gboolean
output_has_entities(const PmmlModel *self)
{
    return self->klass == &pmml_tree_class || self->klass == &pmml_rule_set_class ||
           self->klass == &pmml_neural_class || self->klass == &pmml_mining_class;
}

/* of others it is the class or the cluster */
static PmmlValue
output_entity(const PmmlModel *self, const PmmlOutput *output, const PmmlResult *result)
{
    if (result->near != NULL)
        return output_neighbor(output, result, FALSE);
    if (!output_has_entities(self)) {
        guint label = result->score == NULL ? G_MAXUINT
                                            : output_ranked(self, result->score, output->rank);
        return label == G_MAXUINT ? PMML_NOTHING : pmml_value_string(self->labels->pdata[label]);
    }
    return result->entity == NULL || output->rank > 1 ? PMML_NOTHING
                                                      : pmml_value_string(result->entity);
}

static PmmlValue
output_display(const PmmlModel *self, PmmlRow *row, const PmmlResult *result)
{
    if (result->value.missing)
        return PMML_NOTHING;
    const char *text = pmml_value_text(&result->value, row->strings);
    guint label = pmml_model_find_label(self, text);
    const char *display = NULL;
    if (self->label_names != NULL && label < self->label_names->len)
        display = self->label_names->pdata[label];
    if (label != G_MAXUINT)
        text = self->labels->pdata[label];
    if (display == NULL && self->correction != NULL)
        display = g_hash_table_lookup(self->correction->display, text);
    if (display == NULL && self->target_data != NULL)
        display = g_hash_table_lookup(self->target_data->display, text);
    return display == NULL ? result->value : pmml_value_string(display);
}

/* observed less predicted; of a class: 1 or 0 less its probability */
static gboolean
output_residual(const PmmlModel *self,
                const PmmlOutput *output,
                PmmlRow *row,
                const PmmlResult *result,
                PmmlValue *ret,
                GError **error)
{
    PmmlValue observed = PMML_NOTHING;
    const PmmlSlot *slot = NULL;
    guint index = self->target == NULL ? PMML_NO_SLOT : pmml_scope_find(self->scope, self->target);
    *ret = PMML_NOTHING;
    if (index != PMML_NO_SLOT)
        slot = pmml_program_slot(row->program, index);
    if (slot == NULL || slot->kind == PMML_SLOT_RESULT || result->value.missing)
        return TRUE;
    if (!pmml_slot_value(row, index, &observed, error))
        return FALSE;
    if (observed.missing)
        return TRUE;
    if (self->function == PMML_REGRESSION) {
        *ret = pmml_value_number(PMML_DOUBLE, observed.number - result->value.number);
        return TRUE;
    }
    PmmlOutput probability = *output;
    PmmlValue expected = output_score(self, &probability, result, result->score, TRUE);
    PmmlValue wanted = result->value;
    if (output->label != G_MAXUINT)
        wanted = pmml_model_label_value(self, output->label);
    if (!expected.missing)
        *ret = pmml_value_number(PMML_DOUBLE,
                                 (pmml_value_equal(&observed, &wanted) ? 1 : 0) - expected.number);
    return TRUE;
}

static PmmlValue
output_reason(const PmmlOutput *output, const PmmlResult *result)
{
    for (guint i = 0; result->reasons != NULL && result->reasons[i] != NULL; i++)
        if (i + 1 == output->rank)
            return pmml_value_string(result->reasons[i]);
    return PMML_NOTHING;
}

static PmmlValue
output_predicted(const PmmlModel *self, const PmmlOutput *output, const PmmlResult *result)
{
    const char *target = pmml_attribute(output->element, "targetField");
    for (guint i = 0; target != NULL && i < self->targets->len && pmml_has_targets(self); i++)
        if (g_str_equal(self->targets->pdata[i], target))
            return pmml_target_value(self, result, i);
    if (output->rank > 1) { /* the class or cluster that comes next */
        guint label = result->score == NULL ? G_MAXUINT
                                            : output_ranked(self, result->score, output->rank);
        return label == G_MAXUINT ? PMML_NOTHING : pmml_model_label_value(self, label);
    }
    return result->value;
}

static gboolean
output_value(const PmmlModel *self,
             const PmmlOutput *output,
             PmmlRow *row,
             const PmmlResult *result,
             PmmlValue *ret,
             GError **error)
{
    const char *feature = output->feature;
    if (self->klass == &pmml_association_class && !g_str_equal(feature, "residual"))
        *ret = pmml_association_output(self, output->element, feature, output->rank, result, row);
    else if (g_str_equal(feature, "predictedValue"))
        *ret = output_predicted(self, output, result);
    else if (g_str_equal(feature, "predictedDisplayValue"))
        *ret = output_display(self, row, result);
    else if (g_str_equal(feature, "probability"))
        *ret = output_score(self, output, result, result->score, TRUE);
    else if (g_str_has_suffix(feature, "ffinity") && result->near != NULL && output->value == NULL)
        *ret = output_neighbor(output, result, TRUE);
    else if (g_str_has_suffix(feature, "ffinity"))
        *ret = output_score(self, output, result, result->score, FALSE);
    else if (g_str_equal(feature, "confidence"))
        *ret = output_score(self,
                            output,
                            result,
                            result->confidence != NULL ? result->confidence : result->score,
                            FALSE);
    else if (g_str_equal(feature, "entityId") || g_str_equal(feature, "clusterId"))
        *ret = output_entity(self, output, result);
    else if (g_str_equal(feature, "reasonCode"))
        *ret = output_reason(output, result);
    else if (g_str_equal(feature, "residual"))
        return output_residual(self, output, row, result, ret, error);
    else
        *ret = PMML_NOTHING; /* a report, as the model's notes say, or no output of the whole */
    return TRUE;
}

gboolean
pmml_fill_outputs(const PmmlModel *self, PmmlRow *row, const PmmlResult *result, GError **error)
{
    for (guint i = 0; i < self->outputs->len; i++) {
        const PmmlOutput *output = self->outputs->pdata[i];
        const PmmlModel *of = self;
        const PmmlResult *from = result;
        PmmlValue value, cast;
        if (pmml_program_slot(row->program, output->slot)->kind == PMML_SLOT_DERIVED ||
            g_str_equal(output->feature, "transformedValue"))
            continue;
        if (output->segment != G_MAXUINT) {
            of = pmml_mining_segment(self, output->segment);
            if (of == NULL || result->segments == NULL)
                continue;
            from = &result->segments[output->segment];
        }
        if (!output_value(of, output, row, from, &value, error))
            return FALSE;
        if (output->typed && pmml_value_cast(output->type, &value, row->strings, &cast))
            value = cast;
        pmml_slot_set(row, output->slot, value);
    }
    return TRUE;
}
