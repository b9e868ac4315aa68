/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-predicate.h"

#include "error.h"
#include "text-hash.h"

/* of compound predicates within one another */
#define DEPTH_LIMIT 200

void
pmml_predicate_free(PmmlPredicate *self)
{
    g_clear_pointer(&self->parts, g_ptr_array_unref);
    g_clear_pointer(&self->values, g_array_unref);
    g_clear_pointer(&self->strings, g_hash_table_unref);
    g_clear_pointer(&self->texts, g_ptr_array_unref);
    g_free(self);
}

gboolean
pmml_is_predicate(const PmmlElement *element)
{
    static const char *const names[] =
        {"SimplePredicate", "CompoundPredicate", "SimpleSetPredicate", "True", "False", NULL};
    return g_strv_contains(names, element->name);
}

static void
predicate_rank(const PmmlProgram *program, const PmmlPredicate *self, PmmlValue *value)
{
    const PmmlSlot *slot = pmml_program_slot(program, self->slot);
    if (slot->optype == PMML_ORDINAL && slot->data != NULL && value->type == PMML_STRING) {
        guint rank = GPOINTER_TO_UINT(g_hash_table_lookup(slot->data->index, value->string));
        value->number = rank > 0 ? (double)rank : (double)NAN;
    }
}

static gboolean
predicate_read_simple(PmmlProgram *program,
                      PmmlPredicate *self,
                      const PmmlElement *element,
                      const PmmlScope *scope,
                      GError **error)
{
    static const char *const names[] = {"equal",
                                        "notEqual",
                                        "lessThan",
                                        "lessOrEqual",
                                        "greaterThan",
                                        "greaterOrEqual",
                                        "isMissing",
                                        "isNotMissing"};
    const char *name, *text;
    if (!pmml_require(element, "operator", &name, error) ||
        !pmml_program_field(element, scope, "field", &self->slot, error))
        return FALSE;
    guint i = 0;
    while (i < G_N_ELEMENTS(names) && !g_str_equal(names[i], name))
        i++;
    if (i == G_N_ELEMENTS(names))
        return pmml_unsupported(error, element, "operator “%s” is not known", name);
    self->kind = PMML_PREDICATE_EQUAL + i;
    if (self->kind >= PMML_PREDICATE_IS_MISSING)
        return TRUE;
    if (!pmml_require(element, "value", &text, error))
        return FALSE;
    PmmlType type = pmml_program_slot(program, self->slot)->type;
    if (!pmml_value_parse(type, text, &self->value)) {
        /* as jpmml and others write integers: 1.5 is compared with an integer field all the same;
         * and R's trees take false for 0 and true for 1, and split at 0.5 */
        gboolean is_split = type == PMML_INTEGER ||
                            (type == PMML_BOOLEAN && self->kind >= PMML_PREDICATE_LESS);
        if (!is_split || !pmml_value_parse(PMML_DOUBLE, text, &self->value))
            return pmml_error(error, element, "“%s” is no value of its field", text);
    }
    predicate_rank(program, self, &self->value);
    return TRUE;
}

static gboolean
predicate_read_set(PmmlProgram *program,
                   PmmlPredicate *self,
                   const PmmlElement *element,
                   const PmmlScope *scope,
                   GError **error)
{
    const char *name;
    const PmmlElement *array = pmml_child(element, "Array");
    if (!pmml_program_field(element, scope, "field", &self->slot, error) ||
        !pmml_require(element, "booleanOperator", &name, error))
        return FALSE;
    if (array == NULL)
        return pmml_error(error, element, "no Array");
    if (!g_str_equal(name, "isIn") && !g_str_equal(name, "isNotIn"))
        return pmml_unsupported(error, element, "operator “%s” is not known", name);
    self->kind = g_str_equal(name, "isIn") ? PMML_PREDICATE_IS_IN : PMML_PREDICATE_IS_NOT_IN;
    PmmlType type = pmml_program_slot(program, self->slot)->type;
    self->texts = pmml_strings(array);
    self->values = g_array_new(FALSE, FALSE, sizeof(PmmlValue));
    self->strings = g_hash_table_new(errata_text_hash, g_str_equal);
    for (guint i = 0; i < self->texts->len; i++) {
        PmmlValue value;
        if (!pmml_value_parse(type, self->texts->pdata[i], &value))
            return pmml_error(error,
                              array,
                              "“%s” is no value of its field",
                              (const char *)self->texts->pdata[i]);
        if (type == PMML_STRING)
            g_hash_table_add(self->strings, self->texts->pdata[i]);
        g_array_append_val(self->values, value);
    }
    return TRUE;
}

static gboolean
predicate_read_compound(PmmlProgram *program,
                        PmmlPredicate *self,
                        const PmmlElement *element,
                        const PmmlScope *scope,
                        GError **error)
{
    static const char *const names[] = {"and", "or", "xor", "surrogate"};
    const char *name;
    if (!pmml_require(element, "booleanOperator", &name, error))
        return FALSE;
    guint i = 0;
    while (i < G_N_ELEMENTS(names) && !g_str_equal(names[i], name))
        i++;
    if (i == G_N_ELEMENTS(names))
        return pmml_unsupported(error, element, "operator “%s” is not known", name);
    self->kind = PMML_PREDICATE_AND + i;
    self->parts = g_ptr_array_new();
    for (const PmmlElement *child = element->first; child != NULL; child = child->next) {
        PmmlPredicate *part = pmml_predicate_read(program, child, scope, error);
        if (part == NULL)
            return FALSE;
        g_ptr_array_add(self->parts, part);
    }
    return self->parts->len > 0 || pmml_error(error, element, "no predicate within");
}

static gboolean
predicate_read_one(PmmlProgram *program,
                   PmmlPredicate *self,
                   const PmmlElement *element,
                   const PmmlScope *scope,
                   GError **error)
{
    if (pmml_is(element, "SimplePredicate"))
        return predicate_read_simple(program, self, element, scope, error);
    if (pmml_is(element, "SimpleSetPredicate"))
        return predicate_read_set(program, self, element, scope, error);
    if (pmml_is(element, "CompoundPredicate"))
        return predicate_read_compound(program, self, element, scope, error);
    self->kind = pmml_is(element, "True") ? PMML_PREDICATE_TRUE : PMML_PREDICATE_FALSE;
    return pmml_is_predicate(element) || pmml_unknown(error, element);
}

PmmlPredicate *
pmml_predicate_read(PmmlProgram *self,
                    const PmmlElement *element,
                    const PmmlScope *scope,
                    GError **error)
{
    if (self->depth >= DEPTH_LIMIT) {
        pmml_error(error, element, "predicates nested more than %d deep", DEPTH_LIMIT);
        return NULL;
    }
    PmmlPredicate *predicate = g_new0(PmmlPredicate, 1);
    g_ptr_array_add(self->predicates, predicate);
    self->depth++;
    gboolean ok = predicate_read_one(self, predicate, element, scope, error);
    self->depth--;
    return ok ? predicate : NULL;
}

PmmlPredicate *
pmml_predicate_within(PmmlProgram *self,
                      const PmmlElement *parent,
                      const PmmlScope *scope,
                      GError **error)
{
    for (const PmmlElement *child = parent->first; child != NULL; child = child->next)
        if (pmml_is_predicate(child))
            return pmml_predicate_read(self, child, scope, error);
    pmml_error(error, parent, "no predicate");
    return NULL;
}

/* numbers of an ordinal field are in the order of its values, where it lists both */
static int
predicate_order(const PmmlPredicate *self,
                const PmmlRow *row,
                const PmmlValue *value,
                const PmmlValue *wanted)
{
    const PmmlSlot *slot = pmml_program_slot(row->program, self->slot);
    guint one = G_MAXUINT, other = G_MAXUINT;
    for (guint i = 0; slot->optype == PMML_ORDINAL && slot->data != NULL &&
                      value->type != PMML_STRING && i < slot->data->valid->len;
         i++) {
        const PmmlValue *listed = &g_array_index(slot->data->valid, PmmlValue, i);
        one = pmml_value_equal(listed, value) ? i : one;
        other = pmml_value_equal(listed, wanted) ? i : other;
    }
    if (one == G_MAXUINT || other == G_MAXUINT)
        return pmml_value_compare(value, wanted);
    return one < other ? -1 : one > other;
}

static gboolean
predicate_compare(const PmmlPredicate *self, const PmmlRow *row, const PmmlValue *value)
{
    const PmmlValue wanted = pmml_value_alike(value, self->value);
    if ((value->type == PMML_STRING) != (wanted.type == PMML_STRING))
        return self->kind == PMML_PREDICATE_NOT_EQUAL;
    switch ((guint)self->kind) {
    case PMML_PREDICATE_EQUAL:
        return pmml_value_equal(value, &wanted);
    case PMML_PREDICATE_NOT_EQUAL:
        return !pmml_value_equal(value, &wanted);
    case PMML_PREDICATE_LESS:
        return predicate_order(self, row, value, &wanted) < 0;
    case PMML_PREDICATE_LESS_OR_EQUAL:
        return predicate_order(self, row, value, &wanted) <= 0;
    case PMML_PREDICATE_GREATER:
        return predicate_order(self, row, value, &wanted) > 0;
    default:
        return predicate_order(self, row, value, &wanted) >= 0;
    }
}

static gboolean
predicate_in_set(const PmmlPredicate *self, const PmmlValue *value)
{
    if (value->type == PMML_STRING)
        return g_hash_table_contains(self->strings, value->string);
    for (guint i = 0; i < self->values->len; i++)
        if (pmml_value_equal(value, &g_array_index(self->values, PmmlValue, i)))
            return TRUE;
    return FALSE;
}

static gboolean
predicate_test_field(const PmmlPredicate *self, PmmlRow *row, PmmlTruth *ret, GError **error)
{
    PmmlValue value;
    if (!pmml_slot_value(row, self->slot, &value, error))
        return FALSE;
    gboolean truth;
    if (self->kind == PMML_PREDICATE_IS_MISSING || self->kind == PMML_PREDICATE_IS_NOT_MISSING)
        truth = value.missing == (self->kind == PMML_PREDICATE_IS_MISSING);
    else if (value.missing) {
        *ret = PMML_UNKNOWN;
        return TRUE;
    } else if (self->kind == PMML_PREDICATE_IS_IN || self->kind == PMML_PREDICATE_IS_NOT_IN)
        truth = predicate_in_set(self, &value) == (self->kind == PMML_PREDICATE_IS_IN);
    else
        truth = predicate_compare(self, row, &value);
    *ret = truth ? PMML_TRUE : PMML_FALSE;
    return TRUE;
}

/* and, or: the truth that decides; else unknown if any part is */
static gboolean
predicate_test_all(const PmmlPredicate *self,
                   PmmlRow *row,
                   PmmlTruth decides,
                   PmmlTruth *ret,
                   GError **error)
{
    gboolean unknown = FALSE;
    for (guint i = 0; i < self->parts->len; i++) {
        if (!pmml_predicate_test(self->parts->pdata[i], row, ret, error))
            return FALSE;
        if (*ret == decides)
            return TRUE;
        unknown |= *ret == PMML_UNKNOWN;
    }
    *ret = unknown ? PMML_UNKNOWN : decides == PMML_TRUE ? PMML_FALSE : PMML_TRUE;
    return TRUE;
}

static gboolean
predicate_test_xor(const PmmlPredicate *self, PmmlRow *row, PmmlTruth *ret, GError **error)
{
    guint n_true = 0;
    for (guint i = 0; i < self->parts->len; i++) {
        if (!pmml_predicate_test(self->parts->pdata[i], row, ret, error))
            return FALSE;
        if (*ret == PMML_UNKNOWN)
            return TRUE;
        n_true += *ret == PMML_TRUE;
    }
    *ret = n_true % 2 == 1 ? PMML_TRUE : PMML_FALSE;
    return TRUE;
}

/* the first part that is known */
static gboolean
predicate_test_surrogate(const PmmlPredicate *self, PmmlRow *row, PmmlTruth *ret, GError **error)
{
    *ret = PMML_UNKNOWN;
    for (guint i = 0; i < self->parts->len && *ret == PMML_UNKNOWN; i++)
        if (!pmml_predicate_test(self->parts->pdata[i], row, ret, error))
            return FALSE;
    return TRUE;
}

gboolean
pmml_predicate_test(const PmmlPredicate *self, PmmlRow *row, PmmlTruth *ret_truth, GError **error)
{
    switch ((guint)self->kind) {
    case PMML_PREDICATE_TRUE:
    case PMML_PREDICATE_FALSE:
        *ret_truth = self->kind == PMML_PREDICATE_TRUE ? PMML_TRUE : PMML_FALSE;
        return TRUE;
    case PMML_PREDICATE_AND:
        return predicate_test_all(self, row, PMML_FALSE, ret_truth, error);
    case PMML_PREDICATE_OR:
        return predicate_test_all(self, row, PMML_TRUE, ret_truth, error);
    case PMML_PREDICATE_XOR:
        return predicate_test_xor(self, row, ret_truth, error);
    case PMML_PREDICATE_SURROGATE:
        return predicate_test_surrogate(self, row, ret_truth, error);
    default:
        return predicate_test_field(self, row, ret_truth, error);
    }
}

gboolean
pmml_predicate_by_surrogate(const PmmlPredicate *self,
                            PmmlRow *row,
                            gboolean *ret_by_surrogate,
                            GError **error)
{
    PmmlTruth first = PMML_TRUE;
    if (self->kind == PMML_PREDICATE_SURROGATE &&
        !pmml_predicate_test(self->parts->pdata[0], row, &first, error))
        return FALSE;
    *ret_by_surrogate = first == PMML_UNKNOWN;
    return TRUE;
}
