/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a row on the way down a tree, and what that tells of a predicate: so that trees
 * with any predicates can be laid out as tests of one value against one number or one set of
 * values, each made once and only where its answer is not known yet. */
#include "pmml-facts.h"

#include <math.h>
#include <string.h>

#include "pmml-expression.h"
#include "pmml-model.h"
#include "text-hash.h"

#define FACTS_CODES 4096U

static void
facts_clear_feature(PmmlFeature *self)
{
    g_clear_pointer(&self->text, g_ptr_array_unref);
    g_clear_pointer(&self->number, g_array_unref);
    g_clear_pointer(&self->index, g_hash_table_unref);
}

PmmlFacts *
pmml_facts_new(const PmmlProgram *program)
{
    PmmlFacts *self = g_new0(PmmlFacts, 1);
    self->program = program;
    self->n_features = program->inputs->len;
    self->feature = g_new0(PmmlFeature, self->n_features + 1);
    self->fact = g_new0(PmmlFact, self->n_features + 1);
    self->of_slot = g_new(guint, program->slots->len + 1);
    self->sets = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < self->n_features; i++)
        self->feature[i].slot = PMML_NO_SLOT;
    for (guint i = 0; i < program->slots->len; i++)
        self->of_slot[i] = G_MAXUINT;
    return self;
}

void
pmml_facts_free(PmmlFacts *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_features; i++)
        facts_clear_feature(&self->feature[i]);
    g_free(self->feature);
    g_free(self->fact);
    g_free(self->of_slot);
    g_ptr_array_unref(self->sets);
    g_free(self);
}

static gboolean facts_inputs(const PmmlFacts *self, guint index, guint8 *seen, guint8 *used);

static gboolean
facts_inputs_in(const PmmlFacts *self, const PmmlExpression *expression, guint8 *seen, guint8 *used)
{
    for (guint i = 0; i < expression->arguments->len; i++)
        if (!facts_inputs_in(self, expression->arguments->pdata[i], seen, used))
            return FALSE;
    if (expression->kind == PMML_EXPRESSION_TEXT)
        return FALSE;
    return expression->is_parameter || expression->slot == PMML_NO_SLOT ||
           facts_inputs(self, expression->slot, seen, used);
}

/* the inputs that a field is worked out of; marks slots seen. FALSE for results of other models */
static gboolean
facts_inputs(const PmmlFacts *self, guint index, guint8 *seen, guint8 *used)
{
    const PmmlSlot *slot = pmml_program_slot(self->program, index);
    if (seen[index])
        return TRUE;
    seen[index] = TRUE;
    switch (slot->kind) {
    case PMML_SLOT_INPUT:
        if (slot->input >= self->n_features)
            return FALSE;
        used[slot->input] = TRUE;
        return TRUE;
    case PMML_SLOT_MINING:
        return facts_inputs(self, slot->source, seen, used);
    case PMML_SLOT_DERIVED:
        return facts_inputs_in(self, slot->expression, seen, used);
    case PMML_SLOT_RESULT:
    default:
        return FALSE;
    }
}

static gboolean
facts_same_value(const PmmlValue *a, const PmmlValue *b)
{
    return a->missing == b->missing && (a->missing || pmml_value_equal(a, b));
}

/* whether two fields are the same whatever the row, as copies of one in several models are */
static gboolean
facts_same_slot(const PmmlProgram *program, guint a, guint b, guint depth)
{
    const PmmlSlot *x = pmml_program_slot(program, a);
    const PmmlSlot *y = pmml_program_slot(program, b);
    if (a == b)
        return TRUE;
    if (depth > 32 || x->kind != PMML_SLOT_DERIVED || y->kind != PMML_SLOT_DERIVED ||
        x->type != y->type || x->typed != y->typed)
        return FALSE;
    const PmmlExpression *p = x->expression, *q = y->expression;
    return p->kind == PMML_EXPRESSION_FIELD && q->kind == PMML_EXPRESSION_FIELD &&
           !p->is_parameter && !q->is_parameter &&
           facts_same_value(&p->if_missing, &q->if_missing) &&
           facts_same_slot(program, p->slot, q->slot, depth + 1);
}

/* whether a field can be missing in a row that has a result */
static gboolean
facts_may_miss(const PmmlProgram *program, guint index)
{
    const PmmlSlot *slot = pmml_program_slot(program, index);
    if (slot->kind != PMML_SLOT_MINING)
        return TRUE;
    if (!slot->replacement.missing || slot->on_missing == PMML_RETURN_INVALID)
        return FALSE;
    return slot->outliers == PMML_AS_MISSING || slot->on_invalid == PMML_AS_MISSING ||
           facts_may_miss(program, slot->source);
}

static guint
facts_code_of(const PmmlFeature *self, const PmmlValue *value)
{
    if (value->type == PMML_STRING) {
        guint code = self->index == NULL
                         ? 0
                         : GPOINTER_TO_UINT(g_hash_table_lookup(self->index, value->string));
        return code > 0 ? code - 1 : G_MAXUINT;
    }
    for (guint i = 0; self->number != NULL && i < self->number->len; i++) {
        double number = g_array_index(self->number, double, i);
        if (number >= value->number && number <= value->number)
            return i;
    }
    /* of a field without a data type, whose codes are texts */
    for (guint i = 0; self->text != NULL && i < self->text->len; i++) {
        PmmlValue text = pmml_value_string(self->text->pdata[i]);
        if (pmml_value_equal(value, &text))
            return i;
    }
    return G_MAXUINT;
}

static void
facts_add_code(PmmlFeature *self, const PmmlValue *value)
{
    if (value->missing || self->n_codes > FACTS_CODES || facts_code_of(self, value) != G_MAXUINT)
        return;
    if (value->type == PMML_STRING) {
        if (self->text == NULL) {
            self->text = g_ptr_array_new();
            self->index = g_hash_table_new(errata_text_hash, g_str_equal);
        }
        g_ptr_array_add(self->text, pmml_pointer(value->string));
        g_hash_table_insert(self->index,
                            pmml_pointer(value->string),
                            GUINT_TO_POINTER(self->text->len));
    } else {
        if (self->number == NULL)
            self->number = g_array_new(FALSE, FALSE, sizeof(double));
        g_array_append_val(self->number, value->number);
    }
    self->n_codes++;
}

/* the values that a field can have, where its declaration says so; FALSE when any may come */
static gboolean
facts_add_known(const PmmlFacts *self, PmmlFeature *feature, guint index)
{
    const PmmlSlot *slot = pmml_program_slot(self->program, index);
    gboolean closed = FALSE;
    if (slot->kind != PMML_SLOT_MINING)
        return FALSE;
    if (!slot->is_outermost)
        closed = facts_add_known(self, feature, slot->source);
    else if (slot->data->valid->len > 0 &&
             (slot->on_invalid == PMML_RETURN_INVALID || slot->on_invalid == PMML_AS_MISSING)) {
        for (guint i = 0; i < slot->data->valid->len; i++)
            facts_add_code(feature, &g_array_index(slot->data->valid, PmmlValue, i));
        closed = slot->outliers == PMML_AS_IS;
    }
    facts_add_code(feature, &slot->replacement);
    return closed;
}

static gboolean
facts_take_slot(PmmlFacts *self, guint index, GError **error)
{
    g_autofree guint8 *seen = g_new0(guint8, self->program->slots->len + 1);
    g_autofree guint8 *used = g_new0(guint8, self->n_features + 1);
    const PmmlSlot *slot = pmml_program_slot(self->program, index);
    guint n = 0, input = 0;
    if (self->of_slot[index] != G_MAXUINT)
        return TRUE;
    gboolean ok = facts_inputs(self, index, seen, used);
    for (guint i = 0; i < self->n_features; i++)
        if (used[i]) {
            n++;
            input = i;
        }
    if (!ok || n != 1)
        return pmml_unsupported(error,
                                self->program->root->element,
                                "its trees test “%s”, which is not made of one input alone",
                                slot->name);
    PmmlFeature *feature = &self->feature[input];
    if (feature->slot != PMML_NO_SLOT && !facts_same_slot(self->program, feature->slot, index, 0))
        return pmml_unsupported(
            error,
            self->program->root->element,
            "its trees test “%s” in two forms, one of them “%s”",
            pmml_program_slot(self->program, g_array_index(self->program->inputs, guint, input))
                ->name,
            slot->name);
    self->of_slot[index] = input;
    if (feature->slot != PMML_NO_SLOT)
        return TRUE;
    feature->slot = index;
    feature->may_miss = facts_may_miss(self->program, index);
    feature->closed = facts_add_known(self, feature, index);
    feature->n_known = feature->n_codes;
    return TRUE;
}

gboolean
pmml_facts_learn(PmmlFacts *self, const PmmlPredicate *predicate, GError **error)
{
    if (predicate->parts != NULL) {
        for (guint i = 0; i < predicate->parts->len; i++)
            if (!pmml_facts_learn(self, predicate->parts->pdata[i], error))
                return FALSE;
        return TRUE;
    }
    if (predicate->kind == PMML_PREDICATE_TRUE || predicate->kind == PMML_PREDICATE_FALSE)
        return TRUE;
    if (!facts_take_slot(self, predicate->slot, error))
        return FALSE;
    PmmlFeature *feature = &self->feature[self->of_slot[predicate->slot]];
    switch ((guint)predicate->kind) {
    case PMML_PREDICATE_LESS:
    case PMML_PREDICATE_LESS_OR_EQUAL:
    case PMML_PREDICATE_GREATER:
    case PMML_PREDICATE_GREATER_OR_EQUAL:
        if (predicate->value.type == PMML_STRING)
            return pmml_unsupported(error,
                                    self->program->root->element,
                                    "its trees ask for the order of strings");
        feature->ordered = TRUE;
        break;
    case PMML_PREDICATE_EQUAL:
    case PMML_PREDICATE_NOT_EQUAL:
        facts_add_code(feature, &predicate->value);
        break;
    case PMML_PREDICATE_IS_IN:
    case PMML_PREDICATE_IS_NOT_IN:
        for (guint i = 0; i < predicate->values->len; i++)
            facts_add_code(feature, &g_array_index(predicate->values, PmmlValue, i));
        break;
    default:
        break;
    }
    return feature->n_codes < FACTS_CODES ||
           pmml_unsupported(error,
                            self->program->root->element,
                            "its trees tell more than %u values apart",
                            FACTS_CODES);
}

/* words of a set of codes */
guint
pmml_facts_words(const PmmlFacts *self, guint feature)
{
    return self->feature[feature].n_codes / 32 + 1;
}

static guint32 *
facts_new_set(PmmlFacts *self, guint feature)
{
    guint32 *set = g_new0(guint32, pmml_facts_words(self, feature));
    g_ptr_array_add(self->sets, set);
    self->spent += pmml_facts_words(self, feature) * sizeof *set;
    return set;
}

void
pmml_facts_start(PmmlFacts *self)
{
    g_ptr_array_set_size(self->sets, 0);
    self->spent = 0;
    for (guint i = 0; i < self->n_features; i++) {
        PmmlFeature *feature = &self->feature[i];
        const PmmlSlot *slot = feature->slot == PMML_NO_SLOT
                                   ? NULL
                                   : pmml_program_slot(self->program, feature->slot);
        self->fact[i] = (PmmlFact){.may_miss = feature->may_miss,
                                   .may_have = TRUE,
                                   .low = -(double)INFINITY,
                                   .high = (double)INFINITY,
                                   .low_in = TRUE,
                                   .high_in = TRUE};
        feature->coded = slot != NULL && !feature->ordered &&
                         (slot->type == PMML_STRING || feature->n_codes > 0);
        if (!feature->coded)
            continue;
        guint n = feature->closed ? feature->n_known : feature->n_codes + 1;
        self->fact[i].set = facts_new_set(self, i);
        for (guint code = 0; code < n; code++)
            self->fact[i].set[code / 32] |= 1U << (code % 32);
    }
}

static PmmlKnown
facts_not(PmmlKnown known)
{
    return known == PMML_KNOWN_TRUE    ? PMML_KNOWN_FALSE
           : known == PMML_KNOWN_FALSE ? PMML_KNOWN_TRUE
                                       : known;
}

/* value < threshold, or <= */
static PmmlKnown
facts_less(const PmmlFact *fact, double threshold, gboolean or_equal, PmmlAsk *ask)
{
    gboolean high_meets = fact->high >= threshold && fact->high <= threshold;
    gboolean low_meets = fact->low >= threshold && fact->low <= threshold;
    if (fact->high < threshold || (high_meets && (or_equal || !fact->high_in)))
        return PMML_KNOWN_TRUE;
    if (fact->low > threshold || (low_meets && (!or_equal || !fact->low_in)))
        return PMML_KNOWN_FALSE;
    ask->kind = or_equal ? PMML_ASK_LESS_OR_EQUAL : PMML_ASK_LESS;
    ask->threshold = threshold;
    return PMML_NOT_KNOWN;
}

static PmmlKnown
facts_equal(const PmmlFact *fact, double wanted, PmmlAsk *ask)
{
    PmmlKnown less = facts_less(fact, wanted, FALSE, ask);
    if (less != PMML_KNOWN_FALSE)
        return less == PMML_KNOWN_TRUE ? PMML_KNOWN_FALSE : less;
    return facts_less(fact, wanted, TRUE, ask);
}

/* whether the value's code is in the set of codes that @predicate holds for */
static PmmlKnown
facts_in_set(PmmlFacts *self, guint index, const PmmlPredicate *predicate, PmmlAsk *ask)
{
    const PmmlFeature *feature = &self->feature[index];
    const guint32 *may = self->fact[index].set;
    guint n_words = pmml_facts_words(self, index);
    guint32 *set = facts_new_set(self, index);
    gboolean some = FALSE, all = TRUE;
    guint n = predicate->values != NULL ? predicate->values->len : 1;
    for (guint i = 0; i < n; i++) {
        const PmmlValue *value = predicate->values != NULL
                                     ? &g_array_index(predicate->values, PmmlValue, i)
                                     : &predicate->value;
        guint code = facts_code_of(feature, value);
        if (code != G_MAXUINT)
            set[code / 32] |= 1U << (code % 32);
    }
    for (guint w = 0; w < n_words; w++) {
        some = some || (may[w] & set[w]) != 0;
        all = all && (may[w] & ~set[w]) == 0;
    }
    if (all || !some)
        return all ? PMML_KNOWN_TRUE : PMML_KNOWN_FALSE;
    ask->kind = PMML_ASK_SET;
    ask->set = set;
    return PMML_NOT_KNOWN;
}

/* of a number that is also asked for its order */
static PmmlKnown
facts_any_equal(const PmmlFact *fact, const PmmlPredicate *predicate, PmmlAsk *ask)
{
    for (guint i = 0; i < predicate->values->len; i++) {
        PmmlKnown known =
            facts_equal(fact, g_array_index(predicate->values, PmmlValue, i).number, ask);
        if (known != PMML_KNOWN_FALSE)
            return known;
    }
    return PMML_KNOWN_FALSE;
}

static PmmlKnown
facts_present(PmmlFacts *self, guint index, const PmmlPredicate *predicate, PmmlAsk *ask)
{
    const PmmlFact *fact = &self->fact[index];
    gboolean coded = self->feature[index].coded;
    double wanted = predicate->value.number;
    switch ((guint)predicate->kind) {
    case PMML_PREDICATE_LESS:
        return facts_less(fact, wanted, FALSE, ask);
    case PMML_PREDICATE_LESS_OR_EQUAL:
        return facts_less(fact, wanted, TRUE, ask);
    case PMML_PREDICATE_GREATER:
        return facts_not(facts_less(fact, wanted, TRUE, ask));
    case PMML_PREDICATE_GREATER_OR_EQUAL:
        return facts_not(facts_less(fact, wanted, FALSE, ask));
    case PMML_PREDICATE_EQUAL:
        return coded ? facts_in_set(self, index, predicate, ask) : facts_equal(fact, wanted, ask);
    case PMML_PREDICATE_NOT_EQUAL:
        return facts_not(coded ? facts_in_set(self, index, predicate, ask)
                               : facts_equal(fact, wanted, ask));
    case PMML_PREDICATE_IS_IN:
    case PMML_PREDICATE_IS_NOT_IN: {
        PmmlKnown known = coded ? facts_in_set(self, index, predicate, ask)
                                : facts_any_equal(fact, predicate, ask);
        return predicate->kind == PMML_PREDICATE_IS_IN ? known : facts_not(known);
    }
    default:
        return PMML_KNOWN_TRUE; /* isNotMissing */
    }
}

static PmmlKnown
facts_field(PmmlFacts *self, const PmmlPredicate *predicate, PmmlAsk *ret_ask)
{
    guint index = self->of_slot[predicate->slot];
    const PmmlFact *fact = &self->fact[index];
    PmmlAsk ask = {.feature = index};
    gboolean about_missing = predicate->kind == PMML_PREDICATE_IS_MISSING ||
                             predicate->kind == PMML_PREDICATE_IS_NOT_MISSING;
    if (about_missing && !(fact->may_have && fact->may_miss))
        return fact->may_miss == (predicate->kind == PMML_PREDICATE_IS_MISSING) ? PMML_KNOWN_TRUE
                                                                                : PMML_KNOWN_FALSE;
    if (about_missing) {
        ask.kind = PMML_ASK_MISSING;
        *ret_ask = ask;
        return PMML_NOT_KNOWN;
    }
    if (!fact->may_have)
        return PMML_KNOWN_UNKNOWN;
    PmmlKnown known = facts_present(self, index, predicate, &ask);
    if (known != PMML_NOT_KNOWN && fact->may_miss) {
        ask.kind = PMML_ASK_MISSING;
        known = PMML_NOT_KNOWN;
    }
    *ret_ask = ask;
    return known;
}

/* and, or: the truth that decides; what is not known comes before what is unknown */
static PmmlKnown
facts_all(PmmlFacts *self, const PmmlPredicate *predicate, PmmlKnown decides, PmmlAsk *ret_ask)
{
    PmmlKnown all = facts_not(decides);
    for (guint i = 0; i < predicate->parts->len; i++) {
        PmmlAsk ask;
        PmmlKnown known = pmml_facts_test(self, predicate->parts->pdata[i], &ask);
        if (known == decides)
            return known;
        if (known == PMML_NOT_KNOWN && all != PMML_NOT_KNOWN) {
            all = known;
            *ret_ask = ask;
        }
        if (known == PMML_KNOWN_UNKNOWN && all != PMML_NOT_KNOWN)
            all = known;
    }
    return all;
}

static PmmlKnown
facts_xor(PmmlFacts *self, const PmmlPredicate *predicate, PmmlAsk *ret_ask)
{
    guint n_true = 0;
    gboolean unknown = FALSE;
    for (guint i = 0; i < predicate->parts->len; i++) {
        PmmlKnown known = pmml_facts_test(self, predicate->parts->pdata[i], ret_ask);
        if (known == PMML_NOT_KNOWN)
            return known;
        unknown = unknown || known == PMML_KNOWN_UNKNOWN;
        n_true += known == PMML_KNOWN_TRUE;
    }
    return unknown ? PMML_KNOWN_UNKNOWN : n_true % 2 == 1 ? PMML_KNOWN_TRUE : PMML_KNOWN_FALSE;
}

/**
 * pmml_facts_test:
 * @predicate: of a tree that was learnt
 * @ret_ask: (out): what must be tested first, where the answer is not known
 *
 * Returns: what the facts tell of @predicate
 */
PmmlKnown
pmml_facts_test(PmmlFacts *self, const PmmlPredicate *predicate, PmmlAsk *ret_ask)
{
    switch ((guint)predicate->kind) {
    case PMML_PREDICATE_TRUE:
        return PMML_KNOWN_TRUE;
    case PMML_PREDICATE_FALSE:
        return PMML_KNOWN_FALSE;
    case PMML_PREDICATE_AND:
        return facts_all(self, predicate, PMML_KNOWN_FALSE, ret_ask);
    case PMML_PREDICATE_OR:
        return facts_all(self, predicate, PMML_KNOWN_TRUE, ret_ask);
    case PMML_PREDICATE_XOR:
        return facts_xor(self, predicate, ret_ask);
    case PMML_PREDICATE_SURROGATE:
        for (guint i = 0; i < predicate->parts->len; i++) {
            PmmlKnown known = pmml_facts_test(self, predicate->parts->pdata[i], ret_ask);
            if (known != PMML_KNOWN_UNKNOWN)
                return known;
        }
        return PMML_KNOWN_UNKNOWN;
    default:
        return facts_field(self, predicate, ret_ask);
    }
}

/**
 * pmml_facts_after:
 * @ask: a test whose answer the facts do not tell
 * @yes: the answer
 *
 * Returns: what is then known of its feature, which is not missing; for PMML_ASK_MISSING, with
 * @yes, it
 *   is
 */
PmmlFact
pmml_facts_after(PmmlFacts *self, const PmmlAsk *ask, gboolean yes)
{
    PmmlFact fact = self->fact[ask->feature];
    if (ask->kind == PMML_ASK_MISSING) {
        fact.may_miss = yes;
        fact.may_have = !yes;
        return fact;
    }
    fact.may_miss = FALSE;
    if (ask->kind == PMML_ASK_SET) {
        guint32 *set = facts_new_set(self, ask->feature);
        for (guint w = 0; w < pmml_facts_words(self, ask->feature); w++)
            set[w] = fact.set[w] & (yes ? ask->set[w] : ~ask->set[w]);
        fact.set = set;
    } else if (yes) {
        fact.high = ask->threshold;
        fact.high_in = ask->kind == PMML_ASK_LESS_OR_EQUAL;
    } else {
        fact.low = ask->threshold;
        fact.low_in = ask->kind == PMML_ASK_LESS;
    }
    return fact;
}

gboolean
pmml_facts_cell(const PmmlFacts *self, guint index, PmmlRow *row, double *ret_cell)
{
    const PmmlFeature *feature = &self->feature[index];
    PmmlValue value;
    *ret_cell = (double)NAN;
    if (feature->slot == PMML_NO_SLOT)
        return TRUE;
    if (!pmml_slot_value(row, feature->slot, &value, NULL))
        return FALSE;
    if (value.missing)
        return !feature->needed;
    if (!feature->coded) {
        *ret_cell = value.number;
        return value.type != PMML_STRING && !isnan(value.number);
    }
    guint code = facts_code_of(feature, &value);
    *ret_cell = code == G_MAXUINT ? feature->n_codes : code;
    return code != G_MAXUINT || !feature->shut;
}
