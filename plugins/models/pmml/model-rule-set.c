/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-model.h"

/* of compound rules within one another */
#define DEPTH_LIMIT 64

typedef struct {
    PmmlPredicate *predicate;
    const char *id;
    guint label; /* of the score; G_MAXUINT for a compound rule */
    double weight;
    double confidence;
    GPtrArray *rules; /* Rule, of a compound rule */
    GArray *shares;   /* double by label, of ScoreDistribution; empty without */
} Rule;

typedef enum {
    RULES_FIRST_HIT,
    RULES_WEIGHTED_SUM,
    RULES_WEIGHTED_MAX,
} RulesCriterion;

typedef struct {
    GPtrArray *rules; /* Rule */
    RulesCriterion criterion;
    guint n_rules; /* read so far, simple ones */
    guint fallback;
    double fallback_confidence;
} RuleSet;

static void
rule_free(gpointer data)
{
    Rule *rule = data;
    g_ptr_array_unref(rule->rules);
    g_array_unref(rule->shares);
    g_free(rule);
}

static void
rules_free(gpointer body)
{
    RuleSet *self = body;
    g_ptr_array_unref(self->rules);
    g_free(self);
}

static gboolean rules_read_list(PmmlProgram *program,
                                PmmlModel *model,
                                const PmmlElement *parent,
                                guint depth,
                                GPtrArray *rules,
                                GError **error);

static gboolean
rule_read_shares(PmmlModel *model, Rule *rule, const PmmlElement *element, GError **error)
{
    const PmmlElement *child = pmml_child(element, "ScoreDistribution");
    double total = 0;
    for (; child != NULL; child = pmml_next(child, "ScoreDistribution")) {
        const char *value;
        double count;
        if (!pmml_require(child, "value", &value, error) ||
            !pmml_number_or(child, "recordCount", 0, &count, error))
            return FALSE;
        guint label = pmml_model_label(model, value);
        if (rule->shares->len <= label)
            g_array_set_size(rule->shares, label + 1);
        g_array_index(rule->shares, double, label) = count;
        total += count;
    }
    for (guint i = 0; total > 0 && i < rule->shares->len; i++)
        g_array_index(rule->shares, double, i) /= total;
    return TRUE;
}

static gboolean
rule_read_simple(PmmlProgram *program,
                 PmmlModel *model,
                 Rule *rule,
                 const PmmlElement *element,
                 GError **error)
{
    const char *score;
    if (!pmml_require(element, "score", &score, error) ||
        !pmml_number_or(element, "weight", 1, &rule->weight, error) ||
        !pmml_number_or(element, "confidence", 1, &rule->confidence, error))
        return FALSE;
    rule->label = pmml_model_label(model, score);
    ((RuleSet *)model->body)->n_rules++;
    if (rule->id == NULL) { /* their numbers in the document, from 1 */
        g_autofree char *number = g_strdup_printf("%u", ((RuleSet *)model->body)->n_rules);
        rule->id = g_string_chunk_insert(program->strings, number);
    }
    return rule_read_shares(model, rule, element, error);
}

static gboolean
rules_read_one(PmmlProgram *program,
               PmmlModel *model,
               const PmmlElement *element,
               guint depth,
               GPtrArray *rules,
               GError **error)
{
    Rule *rule = g_new0(Rule, 1);
    rule->rules = g_ptr_array_new_with_free_func(rule_free);
    rule->shares = g_array_new(FALSE, TRUE, sizeof(double));
    rule->label = G_MAXUINT;
    rule->id = pmml_attribute(element, "id");
    g_ptr_array_add(rules, rule);
    rule->predicate = pmml_predicate_within(program, element, model->scope, error);
    if (rule->predicate == NULL)
        return FALSE;
    return pmml_is(element, "SimpleRule")
               ? rule_read_simple(program, model, rule, element, error)
               : rules_read_list(program, model, element, depth + 1, rule->rules, error);
}

static gboolean
rules_read_list(PmmlProgram *program,
                PmmlModel *model,
                const PmmlElement *parent,
                guint depth,
                GPtrArray *rules,
                GError **error)
{
    if (depth > DEPTH_LIMIT)
        return pmml_error(error, parent, "nested more than %d deep", DEPTH_LIMIT);
    for (const PmmlElement *child = parent->first; child != NULL; child = child->next)
        if ((pmml_is(child, "SimpleRule") || pmml_is(child, "CompoundRule")) &&
            !rules_read_one(program, model, child, depth, rules, error))
            return FALSE;
    return TRUE;
}

static gboolean
rules_read(PmmlProgram *program, PmmlModel *model, GError **error)
{
    static const char *const names[] = {"firstHit", "weightedSum", "weightedMax"};
    RuleSet *self = g_new0(RuleSet, 1);
    const PmmlElement *set = pmml_child(model->element, "RuleSet");
    model->body = self;
    self->rules = g_ptr_array_new_with_free_func(rule_free);
    self->fallback = G_MAXUINT;
    if (set == NULL)
        return pmml_error(error, model->element, "no RuleSet");
    const PmmlElement *method = pmml_child(set, "RuleSelectionMethod");
    const char *criterion = method == NULL ? NULL : pmml_attribute(method, "criterion");
    for (guint i = 0; criterion != NULL && i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], criterion))
            self->criterion = (RulesCriterion)i;
    if (criterion != NULL && !g_str_equal(criterion, names[self->criterion]))
        return pmml_unsupported(error, method, "criterion “%s” is not known", criterion);
    const char *fallback = pmml_attribute(set, "defaultScore");
    if (!pmml_number_or(set, "defaultConfidence", 0, &self->fallback_confidence, error) ||
        !rules_read_list(program, model, set, 0, self->rules, error))
        return FALSE;
    if (fallback != NULL)
        self->fallback = pmml_model_label(model, fallback);
    return TRUE;
}

/* the rules that fire, in order; for the first hit one is enough */
static gboolean
rules_fire(const RuleSet *self,
           const GPtrArray *rules,
           PmmlRow *row,
           GPtrArray *fired,
           GError **error)
{
    for (guint i = 0; i < rules->len; i++) {
        Rule *rule = rules->pdata[i];
        PmmlTruth truth;
        if (fired->len > 0 && self->criterion == RULES_FIRST_HIT)
            return TRUE;
        if (!pmml_predicate_test(rule->predicate, row, &truth, error))
            return FALSE;
        if (truth != PMML_TRUE)
            continue;
        if (rule->label != G_MAXUINT)
            g_ptr_array_add(fired, rule);
        else if (!rules_fire(self, rule->rules, row, fired, error))
            return FALSE;
    }
    return TRUE;
}

/* the rule that speaks: the first hit, or the heaviest one (of the heaviest class where weights are
 * added); of as heavy ones the first */
static const Rule *
rules_choose(const RuleSet *self, const GPtrArray *fired, const double *weight)
{
    const Rule *best = fired->pdata[0];
    for (guint i = 1; i < fired->len && self->criterion != RULES_FIRST_HIT; i++) {
        const Rule *rule = fired->pdata[i];
        gboolean same = self->criterion == RULES_WEIGHTED_MAX || rule->label == best->label;
        if (same ? rule->weight > best->weight : weight[rule->label] > weight[best->label])
            best = rule;
    }
    return best;
}

static void
rules_answer(const PmmlModel *model,
             const RuleSet *self,
             PmmlRow *row,
             const GPtrArray *fired,
             PmmlResult *result)
{
    double *score = pmml_row_scores(row, model);
    double *weight = pmml_row_scores(row, model);
    for (guint i = 0; i < fired->len; i++) {
        const Rule *rule = fired->pdata[i];
        weight[rule->label] += rule->weight;
    }
    const Rule *best = rules_choose(self, fired, weight);
    for (guint i = 0; i < model->labels->len && self->criterion == RULES_WEIGHTED_SUM; i++)
        score[i] = weight[i] / fired->len;
    if (self->criterion != RULES_WEIGHTED_SUM)
        score[best->label] = best->confidence;
    result->score = result->confidence = score;
    if (best->shares->len > 0)
        result->score = pmml_row_scores(row, model);
    for (guint i = 0; i < best->shares->len; i++)
        result->score[i] = g_array_index(best->shares, double, i);
    result->entity = best->id;
    result->value = pmml_model_label_value(model, best->label);
}

static gboolean
rules_run(const PmmlModel *model, PmmlRow *row, PmmlResult *result, GError **error)
{
    const RuleSet *self = model->body;
    g_autoptr(GPtrArray) fired = g_ptr_array_new();
    if (!rules_fire(self, self->rules, row, fired, error))
        return FALSE;
    if (fired->len > 0)
        rules_answer(model, self, row, fired, result);
    else if (self->fallback != G_MAXUINT) {
        result->score = result->confidence = pmml_row_scores(row, model);
        result->score[self->fallback] = self->fallback_confidence;
        result->value = pmml_model_label_value(model, self->fallback);
    }
    return TRUE;
}

const PmmlModelClass pmml_rule_set_class = {
    .element = "RuleSetModel",
    .kind = "rule set",
    .read = rules_read,
    .run = rules_run,
    .free = rules_free,
};
