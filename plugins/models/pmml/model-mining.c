/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "pmml-mining.h"

#define SEGMENT_LIMIT (1U << 17)

static void
segment_free(gpointer data)
{
    PmmlSegment *self = data;
    g_free(self->label);
    g_free(self);
}

static void
mining_free(gpointer body)
{
    PmmlMining *self = body;
    g_ptr_array_unref(self->segments);
    g_free(self);
}

static const PmmlMining *
mining_of(const PmmlModel *model)
{
    return model->klass == &pmml_mining_class ? model->body : NULL;
}

const PmmlModel *
pmml_mining_segment(const PmmlModel *model, guint segment)
{
    const PmmlMining *self = mining_of(model);
    if (self == NULL || segment >= self->segments->len)
        return NULL;
    return ((const PmmlSegment *)self->segments->pdata[segment])->model;
}

guint
pmml_mining_n_segments(const PmmlModel *model)
{
    const PmmlMining *self = mining_of(model);
    return self == NULL ? 0 : self->segments->len;
}

guint
pmml_mining_find_segment(const PmmlModel *model, const char *id)
{
    const PmmlMining *self = mining_of(model);
    for (guint i = 0; self != NULL && i < self->segments->len; i++)
        if (g_str_equal(((const PmmlSegment *)self->segments->pdata[i])->id, id))
            return i;
    return G_MAXUINT;
}

gboolean
pmml_has_targets(const PmmlModel *model)
{
    const PmmlMining *self = mining_of(model);
    return model->targets->len > 1 && (model->klass == &pmml_neighbor_class ||
                                       (self != NULL && self->method == PMML_MINING_MODEL_CHAIN));
}

PmmlValue
pmml_target_value(const PmmlModel *model, const PmmlResult *result, guint target)
{
    if (target == 0 && model->klass == &pmml_neighbor_class)
        return result->value;
    if (result->targets == NULL)
        return target == 0 ? result->value : PMML_NOTHING;
    return result->targets[target];
}

static gboolean
mining_read_method(PmmlMining *self, const PmmlElement *element, GError **error)
{
    static const struct {
        const char *name;
        PmmlMiningMethod method;
    } names[] = {
        {"majorityVote", PMML_MINING_MAJORITY_VOTE},
        {"weightedMajorityVote", PMML_MINING_WEIGHTED_MAJORITY_VOTE},
        {"average", PMML_MINING_AVERAGE},
        {"weightedAverage", PMML_MINING_WEIGHTED_AVERAGE},
        {"median", PMML_MINING_MEDIAN},
        {"weightedMedian", PMML_MINING_WEIGHTED_MEDIAN},
        {"x-weightedMedian", PMML_MINING_WEIGHTED_MEDIAN},
        {"max", PMML_MINING_MAX},
        {"sum", PMML_MINING_SUM},
        {"weightedSum", PMML_MINING_WEIGHTED_SUM},
        {"x-weightedSum", PMML_MINING_WEIGHTED_SUM},
        {"selectFirst", PMML_MINING_SELECT_FIRST},
        {"selectAll", PMML_MINING_SELECT_ALL},
        {"modelChain", PMML_MINING_MODEL_CHAIN},
        {"multiModelChain", PMML_MINING_MODEL_CHAIN},
        {"x-multiModelChain", PMML_MINING_MODEL_CHAIN},
    };
    const char *name;
    if (!pmml_require(element, "multipleModelMethod", &name, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i].name, name)) {
            self->method = names[i].method;
            return TRUE;
        }
    return pmml_unsupported(error, element, "multipleModelMethod “%s” is not known", name);
}

static gboolean
mining_read_missing(PmmlMining *self, const PmmlElement *element, GError **error)
{
    static const char *const names[] = {"continue", "skipSegment", "returnMissing"};
    const char *name = pmml_attribute(element, "missingPredictionTreatment");
    if (name == NULL)
        name = pmml_attribute(element, "x-missingPredictionTreatment");
    if (!pmml_number_or(element, "x-missingThreshold", 1, &self->threshold, error) ||
        !pmml_number_or(element, "missingThreshold", self->threshold, &self->threshold, error))
        return FALSE;
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], name)) {
            self->on_missing = (PmmlMiningMissing)i;
            return TRUE;
        }
    return name == NULL ||
           pmml_unsupported(error, element, "missingPredictionTreatment “%s”", name);
}

/* what later segments of a chain may refer to */
static void
mining_export(const PmmlModel *inner, PmmlScope *scope)
{
    for (guint i = 0; i < inner->outputs->len; i++) {
        const PmmlOutput *output = inner->outputs->pdata[i];
        pmml_scope_add(scope, output->name, output->slot);
    }
}

/* labels of a part, and what clusters are called */
static void
mining_add_labels(PmmlModel *model, const PmmlModel *inner)
{
    for (guint i = 0; i < inner->labels->len; i++) {
        guint label = pmml_model_label(model, inner->labels->pdata[i]);
        if (inner->label_names == NULL)
            continue;
        if (model->label_names == NULL)
            model->label_names = g_ptr_array_new();
        if (model->label_names->len <= label)
            g_ptr_array_set_size(model->label_names, (gint)label + 1);
        model->label_names->pdata[label] = inner->label_names->pdata[i];
    }
}

static gboolean
mining_read_segment(PmmlProgram *program,
                    PmmlModel *model,
                    PmmlMining *self,
                    const PmmlElement *element,
                    PmmlScope *scope,
                    GError **error)
{
    PmmlSegment *segment = g_new0(PmmlSegment, 1);
    g_ptr_array_add(self->segments, segment);
    segment->id = pmml_attribute(element, "id");
    if (segment->id == NULL) {
        g_autofree char *number = g_strdup_printf("%u", self->segments->len);
        segment->id = g_string_chunk_insert(program->strings, number);
    }
    segment->predicate = pmml_predicate_within(program, element, scope, error);
    if (segment->predicate == NULL ||
        !pmml_number_or(element, "weight", 1, &segment->weight, error))
        return FALSE;
    const PmmlElement *child = element->first;
    while (child != NULL && (pmml_is_predicate(child) || pmml_is(child, "VariableWeight")))
        child = child->next;
    if (child == NULL)
        return pmml_error(error, element, "no model");
    segment->model = pmml_model_read(program, child, scope, error);
    if (segment->model == NULL)
        return FALSE;
    const PmmlElement *variable = pmml_child(element, "VariableWeight");
    segment->weight_slot = PMML_NO_SLOT;
    /* of a field, or of what the segment's own model tells */
    if (variable != NULL && !pmml_program_field(variable,
                                                segment->model->output_scope,
                                                "field",
                                                &segment->weight_slot,
                                                error))
        return FALSE;
    if (self->method == PMML_MINING_MODEL_CHAIN) {
        mining_export(segment->model, scope);
        /* the last of a chain speaks for it */
        pmml_model_forget_labels(model);
        g_clear_pointer(&model->label_names, g_ptr_array_unref);
    }
    mining_add_labels(model, segment->model);
    return TRUE;
}

static void
mining_map_labels(const PmmlModel *model, const PmmlMining *self)
{
    for (guint i = 0; i < self->segments->len; i++) {
        PmmlSegment *segment = self->segments->pdata[i];
        const GPtrArray *labels = segment->model->labels;
        segment->label = g_new(guint, labels->len + 1);
        for (guint k = 0; k < labels->len; k++)
            segment->label[k] = pmml_model_find_label(model, labels->pdata[k]);
    }
}

/* models that stand in the model itself, as up to version 4.0: each sees the results of those
 * before */
static gboolean
mining_read_sequence(PmmlProgram *program,
                     PmmlModel *model,
                     PmmlMining *self,
                     PmmlScope *scope,
                     GError **error)
{
    self->method = PMML_MINING_MODEL_CHAIN;
    self->threshold = 1;
    for (const PmmlElement *child = model->element->first; child != NULL; child = child->next) {
        if (!pmml_is(child, "Regression") && !pmml_is(child, "DecisionTree"))
            continue;
        PmmlSegment *segment = g_new0(PmmlSegment, 1);
        g_ptr_array_add(self->segments, segment);
        segment->id = child->name;
        segment->weight = 1;
        segment->weight_slot = PMML_NO_SLOT;
        segment->model = pmml_model_read(program, child, scope, error);
        if (segment->model == NULL)
            return FALSE;
        mining_export(segment->model, scope);
        pmml_model_forget_labels(model);
        for (guint i = 0; i < segment->model->labels->len; i++)
            pmml_model_label(model, segment->model->labels->pdata[i]);
    }
    if (self->segments->len == 0)
        return pmml_unsupported(error, model->element, "it has no Segmentation");
    mining_map_labels(model, self);
    return TRUE;
}

/* several fields are predicted by a chain only, each by segments of its own */
static gboolean
mining_check_targets(const PmmlModel *model,
                     const PmmlMining *self,
                     const PmmlElement *segmentation,
                     GError **error)
{
    if (self->method != PMML_MINING_MODEL_CHAIN)
        return pmml_unsupported(error,
                                segmentation,
                                "more than one target, and segments that are taken together");
    const PmmlElement *targets = pmml_child(model->element, "Targets");
    return targets == NULL ||
           pmml_unsupported(error, targets, "corrections where there is more than one target");
}

static gboolean
mining_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    PmmlMining *self = g_new0(PmmlMining, 1);
    const PmmlElement *segmentation = pmml_child(model->element, "Segmentation");
    PmmlScope *scope = pmml_program_scope(program, model->scope);
    model->body = self;
    self->segments = g_ptr_array_new_with_free_func(segment_free);
    if (segmentation == NULL)
        return mining_read_sequence(program, model, self, scope, error);
    const char *context = pmml_attribute(segmentation, "x-mathContext");
    const PmmlElement *local = pmml_child(segmentation, "LocalTransformations");
    model->is_single |= context != NULL && g_str_equal(context, "float");
    if (local != NULL && !pmml_read_derived(program, local, scope, error))
        return FALSE;
    if (!mining_read_method(self, segmentation, error) ||
        !mining_read_missing(self, segmentation, error))
        return FALSE;
    const PmmlElement *element = pmml_child(segmentation, "Segment");
    for (; element != NULL; element = pmml_next(element, "Segment")) {
        if (self->segments->len >= SEGMENT_LIMIT)
            return pmml_error(error, element, "more than %u segments", SEGMENT_LIMIT);
        if (!mining_read_segment(program, model, self, element, scope, error))
            return FALSE;
    }
    if (self->segments->len == 0)
        return pmml_error(error, segmentation, "no Segment");
    const PmmlSegment *last = self->segments->pdata[self->segments->len - 1];
    model->score_kind = last->model->score_kind;
    if (model->target == NULL && self->method == PMML_MINING_MODEL_CHAIN) {
        model->target = last->model->target;
        model->target_data = last->model->target_data;
        pmml_model_set_target_type(model, last->model->target_type);
    }
    if (self->method == PMML_MINING_SELECT_ALL)
        pmml_model_set_target_type(model, PMML_STRING);
    mining_map_labels(model, self);
    return model->targets->len < 2 || mining_check_targets(model, self, segmentation, error);
}

/* a segment's scores in the outer model's order */
static double *
mining_scores(const PmmlModel *model, const PmmlSegment *segment, PmmlRow *row, const double *score)
{
    if (score == NULL)
        return NULL;
    double *mapped = pmml_row_scores(row, model);
    for (guint i = 0; i < model->labels->len; i++)
        mapped[i] = (double)NAN;
    for (guint k = 0; k < segment->model->labels->len; k++)
        if (segment->label[k] != G_MAXUINT)
            mapped[segment->label[k]] = score[k];
    return mapped;
}

static void
mining_take(const PmmlModel *model,
            const PmmlSegment *segment,
            PmmlRow *row,
            const PmmlResult *inner,
            PmmlResult *result)
{
    PmmlResult *segments = result->segments;
    PmmlValue *targets = result->targets;
    *result = *inner;
    result->score = mining_scores(model, segment, row, inner->score);
    result->confidence = mining_scores(model, segment, row, inner->confidence);
    result->entity = segment->id;
    result->segments = segments;
    result->targets = targets;
    for (guint i = 0; targets != NULL && i < model->targets->len; i++)
        for (guint k = 0; k < segment->model->targets->len; k++)
            if (g_str_equal(model->targets->pdata[i], segment->model->targets->pdata[k]))
                targets[i] = pmml_target_value(segment->model, inner, k);
}

/* what the segments that ran said */
typedef struct {
    guint n;
    const PmmlSegment **segment;
    const PmmlResult **result;
    double *share; /* weight of each */
    double weight;
    guint n_missing; /* segments without a prediction */
    double missing_weight;
} Votes;

static double
mining_round(const PmmlModel *model, double number)
{
    return model->is_single ? (double)(float)number : number;
}

static int
mining_order(gconstpointer a, gconstpointer b)
{
    const double *x = a, *y = b;
    return x[0] < y[0] ? -1 : x[0] > y[0];
}

/* @pairs: value, weight, …; sorted here */
static double
mining_median(double *pairs, guint n, gboolean weighted)
{
    double total = 0, sum = 0;
    qsort(pairs, n, 2 * sizeof(double), mining_order);
    if (!weighted)
        return n % 2 == 1 ? pairs[2 * (n / 2)] : (pairs[2 * (n / 2 - 1)] + pairs[2 * (n / 2)]) / 2;
    for (guint i = 0; i < n; i++)
        total += pairs[2 * i + 1];
    for (guint i = 0; i < n; i++) {
        sum += pairs[2 * i + 1];
        if (sum >= total / 2)
            return pairs[2 * i];
    }
    return (double)NAN;
}

/* @number: by vote; NaN where there is none */
static double
mining_combine(const PmmlModel *model,
               PmmlMiningMethod method,
               const Votes *votes,
               const double *number)
{
    double sum = 0, weight = 0, most = -(double)INFINITY;
    g_autofree double *pairs = g_new(double, 2 * votes->n + 2);
    guint n = 0;
    gboolean weighted = method == PMML_MINING_WEIGHTED_AVERAGE ||
                        method == PMML_MINING_WEIGHTED_SUM || method == PMML_MINING_WEIGHTED_MEDIAN;
    for (guint i = 0; i < votes->n; i++) {
        if (isnan(number[i]))
            continue;
        double w = weighted ? votes->share[i] : 1;
        double term = weighted ? mining_round(model, w * number[i]) : number[i];
        sum = mining_round(model, sum + term);
        weight = mining_round(model, weight + w);
        most = fmax(most, number[i]);
        pairs[2 * n] = number[i];
        pairs[2 * n++ + 1] = w;
    }
    if (n == 0)
        return (double)NAN;
    switch ((guint)method) {
    case PMML_MINING_AVERAGE:
    case PMML_MINING_WEIGHTED_AVERAGE:
        return mining_round(model, sum / weight);
    case PMML_MINING_MEDIAN:
    case PMML_MINING_WEIGHTED_MEDIAN:
        return mining_median(pairs, n, weighted);
    case PMML_MINING_MAX:
        return most;
    default:
        return sum;
    }
}

static void
mining_regress(const PmmlModel *model,
               const PmmlMining *self,
               const Votes *votes,
               PmmlResult *result)
{
    g_autofree double *number = g_new(double, votes->n + 1);
    for (guint i = 0; i < votes->n; i++) {
        const PmmlValue *value = &votes->result[i]->value;
        number[i] = value->missing || value->type == PMML_STRING ? (double)NAN : value->number;
    }
    double combined = mining_combine(model, self->method, votes, number);
    if (!isnan(combined))
        result->value = pmml_value_number(model->is_single ? PMML_FLOAT : PMML_DOUBLE, combined);
}

/* classes by votes; of as many, the one that was voted for first. A segment without a prediction
 * votes for none where the treatment is to continue */
static void
mining_vote(const PmmlModel *model,
            const PmmlMining *self,
            PmmlRow *row,
            const Votes *votes,
            PmmlResult *result)
{
    double *score = pmml_row_scores(row, model);
    guint *first = pmml_row_alloc(row, model->labels->len, sizeof(guint));
    double total = 0;
    guint best = G_MAXUINT;
    for (guint i = 0; i < votes->n; i++) {
        const PmmlResult *one = votes->result[i];
        double weight = self->method == PMML_MINING_WEIGHTED_MAJORITY_VOTE ? votes->share[i] : 1;
        if (one->value.missing)
            continue;
        guint label = pmml_model_find_label(model, pmml_value_text(&one->value, row->strings));
        if (label == G_MAXUINT)
            continue;
        if (first[label] == 0)
            first[label] = i + 1;
        score[label] += weight;
        total += weight;
    }
    for (guint i = 0; i < model->labels->len; i++) {
        if (first[i] == 0)
            continue;
        if (best == G_MAXUINT || score[i] > score[best] ||
            (score[i] >= score[best] && first[i] < first[best]))
            best = i;
    }
    double missing = self->method == PMML_MINING_WEIGHTED_MAJORITY_VOTE ? votes->missing_weight
                                                                        : votes->n_missing;
    if (self->on_missing == PMML_MINING_CONTINUE && best != G_MAXUINT && missing > score[best])
        return;
    for (guint i = 0; total > 0 && i < model->labels->len; i++)
        score[i] /= total;
    result->score = score;
    if (best != G_MAXUINT)
        result->value = pmml_model_label_value(model, best);
}

/* the distribution of the model that is surest; of several, their mean */
static void
mining_surest(const PmmlModel *model, PmmlRow *row, const Votes *votes, double *score)
{
    double most = -(double)INFINITY;
    guint n = 0;
    for (guint i = 0; i < votes->n; i++) {
        const double *one = mining_scores(model, votes->segment[i], row, votes->result[i]->score);
        double sure = -(double)INFINITY;
        for (guint k = 0; k < model->labels->len; k++)
            sure = fmax(sure, one[k]);
        if (sure < most)
            continue;
        if (sure > most) {
            memset(score, 0, model->labels->len * sizeof *score);
            n = 0;
        }
        most = sure;
        n++;
        for (guint k = 0; k < model->labels->len; k++)
            score[k] += isnan(one[k]) ? 0 : one[k];
    }
    for (guint k = 0; n > 1 && k < model->labels->len; k++)
        score[k] /= n;
}

static gboolean
mining_classify(const PmmlModel *model,
                const PmmlMining *self,
                PmmlRow *row,
                const Votes *votes,
                PmmlResult *result,
                GError **error)
{
    double *score = pmml_row_scores(row, model);
    g_autofree double *number = g_new(double, votes->n + 1);
    if (votes->n == 0)
        return TRUE;
    for (guint i = 0; i < votes->n; i++)
        if (votes->result[i]->score == NULL)
            return pmml_unsupported(error,
                                    votes->segment[i]->model->element,
                                    "it gives no probabilities, and segments are taken together "
                                    "by theirs");
    if (self->method == PMML_MINING_MAX)
        mining_surest(model, row, votes, score);
    for (guint k = 0; self->method != PMML_MINING_MAX && k < model->labels->len; k++) {
        for (guint i = 0; i < votes->n; i++) {
            const PmmlResult *one = votes->result[i];
            number[i] = one->value.missing ? (double)NAN : 0;
            for (guint j = 0; j < votes->segment[i]->model->labels->len; j++)
                if (votes->segment[i]->label[j] == k && !isnan(one->score[j]))
                    number[i] = one->score[j];
        }
        score[k] = mining_combine(model, self->method, votes, number);
    }
    result->score = score;
    pmml_model_decide(model, result);
    return TRUE;
}

static gboolean
mining_aggregate(const PmmlModel *model,
                 const PmmlMining *self,
                 PmmlRow *row,
                 const Votes *votes,
                 PmmlResult *result,
                 GError **error)
{
    gboolean votes_count = self->method == PMML_MINING_MAJORITY_VOTE ||
                           self->method == PMML_MINING_WEIGHTED_MAJORITY_VOTE;
    double all = votes->weight + votes->missing_weight;
    if (votes->n_missing > 0 && (self->on_missing == PMML_MINING_RETURN_MISSING ||
                                 /* what a missing number is added to is missing */
                                 (self->on_missing == PMML_MINING_CONTINUE && !votes_count) ||
                                 votes->missing_weight > self->threshold * all))
        return TRUE;
    if (model->function == PMML_CLASSIFICATION && !votes_count)
        return mining_classify(model, self, row, votes, result, error);
    if (votes_count)
        mining_vote(model, self, row, votes, result);
    else
        mining_regress(model, self, votes, result);
    return TRUE;
}

/* a field's value, where the segment names one; 0 where it is missing */
static gboolean
mining_weight(const PmmlSegment *segment, PmmlRow *row, double *ret_weight, GError **error)
{
    gboolean missing = FALSE;
    if (segment->weight_slot == PMML_NO_SLOT)
        return TRUE;
    if (!pmml_row_number(row, segment->weight_slot, ret_weight, &missing, error))
        return FALSE;
    if (missing)
        *ret_weight = 0;
    return TRUE;
}

/* all values in brackets */
static void
mining_list(const Votes *votes, PmmlRow *row, PmmlResult *result)
{
    g_autoptr(GString) list = g_string_new("[");
    for (guint i = 0; i < votes->n; i++)
        g_string_append_printf(list,
                               "%s%s",
                               i > 0 ? ", " : "",
                               pmml_value_text(&votes->result[i]->value, row->strings));
    g_string_append_c(list, ']');
    result->value = pmml_value_string(g_string_chunk_insert(row->strings, list->str));
}

/* TRUE in @ret_done when no other segment needs to run */
static gboolean
mining_run_segment(const PmmlModel *model,
                   const PmmlMining *self,
                   guint index,
                   PmmlRow *row,
                   Votes *votes,
                   PmmlResult *result,
                   gboolean *ret_done,
                   GError **error)
{
    const PmmlSegment *segment = self->segments->pdata[index];
    PmmlResult *inner = &result->segments[index];
    PmmlTruth truth = PMML_TRUE;
    if (segment->predicate != NULL && !pmml_predicate_test(segment->predicate, row, &truth, error))
        return FALSE;
    if (truth != PMML_TRUE)
        return TRUE;
    if (!pmml_model_run(segment->model, row, inner, error))
        return FALSE;
    gboolean missing = inner->value.missing;
    gboolean is_one_of = self->method == PMML_MINING_SELECT_FIRST ||
                         self->method == PMML_MINING_MODEL_CHAIN;
    if (missing && self->on_missing == PMML_MINING_SKIP_SEGMENT && is_one_of)
        return TRUE;
    if (is_one_of) {
        mining_take(model, segment, row, inner, result);
        *ret_done = self->method == PMML_MINING_SELECT_FIRST ||
                    (missing && self->on_missing == PMML_MINING_RETURN_MISSING);
        return TRUE;
    }
    double weight = segment->weight;
    if (!mining_weight(segment, row, &weight, error))
        return FALSE;
    *(missing ? &votes->missing_weight : &votes->weight) += weight;
    votes->n_missing += missing ? 1 : 0;
    if (!missing) {
        votes->segment[votes->n] = segment;
        votes->share[votes->n] = weight;
        votes->result[votes->n++] = inner;
    }
    return TRUE;
}

static gboolean
mining_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const PmmlMining *self = model->body;
    guint n = self->segments->len;
    gboolean done = FALSE;
    Votes votes = {
        .segment = pmml_row_alloc(row, n, sizeof(PmmlSegment *)),
        .result = pmml_row_alloc(row, n, sizeof(PmmlResult *)),
        .share = pmml_row_alloc(row, n, sizeof(double)),
    };
    result->segments = pmml_row_alloc(row, n, sizeof(PmmlResult));
    for (guint i = 0; i < n; i++)
        result->segments[i].value = PMML_NOTHING;
    if (pmml_has_targets(model)) {
        result->targets = pmml_row_alloc(row, model->targets->len, sizeof(PmmlValue));
        for (guint i = 0; i < model->targets->len; i++)
            result->targets[i] = PMML_NOTHING;
    }
    for (guint i = 0; i < n && !done; i++)
        if (!mining_run_segment(model, self, i, row, &votes, result, &done, error))
            return FALSE;
    if (self->method == PMML_MINING_SELECT_ALL)
        mining_list(&votes, row, result);
    return self->method >= PMML_MINING_SELECT_FIRST ||
           mining_aggregate(model, self, row, &votes, result, error);
}

const PmmlModelClass pmml_mining_class = {
    .element = "MiningModel",
    .kind = "several models together",
    .read = mining_read,
    .run = mining_run,
    .free = mining_free,
};
