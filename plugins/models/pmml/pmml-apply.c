/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-expression.h"

#define ARGUMENT_LIMIT 4096

void
pmml_function_free(PmmlFunction *self)
{
    g_ptr_array_unref(self->parameters);
    g_array_unref(self->kinds);
    g_free(self);
}

gboolean
pmml_read_functions(PmmlProgram *self, const PmmlElement *dictionary, GError **error)
{
    const PmmlElement *element = pmml_child(dictionary, "DefineFunction");
    for (; element != NULL; element = pmml_next(element, "DefineFunction")) {
        const char *name;
        if (!pmml_require(element, "name", &name, error))
            return FALSE;
        PmmlFunction *function = g_new0(PmmlFunction, 1);
        function->element = element;
        function->parameters = g_ptr_array_new();
        function->kinds = g_array_new(FALSE, FALSE, sizeof(PmmlParameter));
        function->scope = self->scope;
        g_hash_table_replace(self->functions, pmml_pointer(name), function);
        const PmmlElement *field = pmml_child(element, "ParameterField");
        for (; field != NULL; field = pmml_next(field, "ParameterField")) {
            const char *parameter;
            if (!pmml_require(field, "name", &parameter, error))
                return FALSE;
            g_ptr_array_add(function->parameters, pmml_pointer(parameter));
            PmmlParameter kind = {.typed = pmml_attribute(field, "dataType") != NULL};
            if (!pmml_type_of(field, PMML_STRING, &kind.type, error))
                return FALSE;
            g_array_append_val(function->kinds, kind);
        }
        g_ptr_array_add(function->parameters, NULL);
        function->typed = pmml_attribute(element, "dataType") != NULL;
        if (!pmml_type_of(element, PMML_STRING, &function->type, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
apply_read_user(PmmlProgram *program, PmmlExpression *self, PmmlFunction *function, GError **error)
{
    self->call = PMML_CALL_USER;
    self->function = function;
    if (function->parameters->len - 1 != self->arguments->len)
        return pmml_error(error,
                          self->element,
                          "function “%s”: expected %u arguments, found %u",
                          pmml_attribute(self->element, "function"),
                          function->parameters->len - 1,
                          self->arguments->len);
    if (function->body != NULL || function->element == NULL)
        return TRUE;
    /* its body may call it again: it is found while it is read */
    const PmmlElement *element = function->element;
    const PmmlElement *outer = program->function;
    program->function = element;
    function->element = NULL;
    function->body = pmml_expression_within(program,
                                            element,
                                            function->scope,
                                            (const char *const *)function->parameters->pdata,
                                            error);
    function->element = element;
    program->function = outer;
    return function->body != NULL;
}

static gboolean
apply_read_special(PmmlExpression *self, const char *name)
{
    static const struct {
        const char *name;
        PmmlCall call;
        guint least;
        guint most;
    } special[] = {
        {"if", PMML_CALL_IF, 2, 3},
        {"and", PMML_CALL_AND, 1, ARGUMENT_LIMIT},
        {"or", PMML_CALL_OR, 1, ARGUMENT_LIMIT},
        {"not", PMML_CALL_NOT, 1, 1},
        {"isMissing", PMML_CALL_IS_MISSING, 1, 1},
        {"isNotMissing", PMML_CALL_IS_NOT_MISSING, 1, 1},
        {"isValid", PMML_CALL_IS_VALID, 1, 1},
        {"isNotValid", PMML_CALL_IS_NOT_VALID, 1, 1},
        {"equal", PMML_CALL_EQUAL, 2, 2},
        {"notEqual", PMML_CALL_NOT_EQUAL, 2, 2},
        {"lessThan", PMML_CALL_LESS, 2, 2},
        {"lessOrEqual", PMML_CALL_LESS_OR_EQUAL, 2, 2},
        {"greaterThan", PMML_CALL_GREATER, 2, 2},
        {"greaterOrEqual", PMML_CALL_GREATER_OR_EQUAL, 2, 2},
        {"isIn", PMML_CALL_IS_IN, 2, ARGUMENT_LIMIT},
        {"isNotIn", PMML_CALL_IS_NOT_IN, 2, ARGUMENT_LIMIT},
    };
    for (guint i = 0; i < G_N_ELEMENTS(special); i++)
        if (g_str_equal(special[i].name, name)) {
            self->call = special[i].call;
            return self->arguments->len >= special[i].least &&
                   self->arguments->len <= special[i].most;
        }
    return FALSE;
}

gboolean
pmml_apply_read(PmmlProgram *program, PmmlExpression *self, GError **error)
{
    const char *name;
    guint n = self->arguments->len;
    if (!pmml_require(self->element, "function", &name, error))
        return FALSE;
    if (n > ARGUMENT_LIMIT)
        return pmml_error(error, self->element, "more than %d arguments", ARGUMENT_LIMIT);
    PmmlFunction *function = g_hash_table_lookup(program->functions, name);
    if (function != NULL)
        return apply_read_user(program, self, function, error);
    if (apply_read_special(self, name))
        return TRUE;
    self->call = PMML_CALL_BUILT_IN;
    self->built_in = pmml_built_in(name);
    if (self->built_in == NULL || n < self->built_in->least ||
        (self->built_in->most > 0 && n > self->built_in->most))
        return pmml_error(error,
                          self->element,
                          "there is no function “%s” of %u arguments",
                          name,
                          n);
    return TRUE;
}

static gboolean
apply_argument(const PmmlExpression *self, PmmlRow *row, guint i, PmmlValue *ret, GError **error)
{
    return pmml_expression_value(self->arguments->pdata[i], row, ret, error);
}

static gboolean
apply_truth(const PmmlExpression *self,
            PmmlRow *row,
            guint i,
            gboolean *ret_missing,
            gboolean *ret_truth,
            GError **error)
{
    PmmlValue value;
    if (!apply_argument(self, row, i, &value, error))
        return FALSE;
    *ret_missing = value.missing;
    *ret_truth = FALSE;
    if (!value.missing && !pmml_value_cast(PMML_BOOLEAN, &value, row->strings, &value))
        return pmml_error(error, self->element, "expected true or false");
    *ret_truth = !value.missing && value.number > 0;
    return TRUE;
}

static gboolean
apply_if(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    gboolean missing, truth;
    if (!apply_truth(self, row, 0, &missing, &truth, error))
        return FALSE;
    *ret = missing ? self->if_missing : PMML_NOTHING;
    if (missing || (!truth && self->arguments->len < 3))
        return TRUE;
    if (!apply_argument(self, row, truth ? 1 : 2, ret, error))
        return FALSE;
    if (ret->missing)
        *ret = self->if_missing;
    return TRUE;
}

/* of three-valued logic */
static gboolean
apply_logic(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    gboolean decides = self->call == PMML_CALL_OR;
    gboolean any_missing = FALSE;
    for (guint i = 0; i < self->arguments->len; i++) {
        gboolean missing, truth;
        if (!apply_truth(self, row, i, &missing, &truth, error))
            return FALSE;
        any_missing |= missing;
        if (missing && !self->if_missing.missing)
            break;
        if (!missing && truth == decides) {
            *ret = pmml_value_boolean(truth);
            return TRUE;
        }
    }
    *ret = any_missing ? self->if_missing : pmml_value_boolean(!decides);
    return TRUE;
}

/* Constants take the type of what they are compared with. */
static void
apply_alike(PmmlRow *row, PmmlValue *a, PmmlValue *b)
{
    if (a->type == PMML_STRING && b->type != PMML_STRING)
        pmml_value_cast(b->type, a, row->strings, a);
    else if (b->type == PMML_STRING && a->type != PMML_STRING)
        pmml_value_cast(a->type, b, row->strings, b);
}

static gboolean
apply_compares(PmmlCall call, PmmlRow *row, PmmlValue a, PmmlValue b)
{
    apply_alike(row, &a, &b);
    gboolean mixed = (a.type == PMML_STRING) != (b.type == PMML_STRING);
    switch ((guint)call) {
    case PMML_CALL_EQUAL:
        return pmml_value_equal(&a, &b);
    case PMML_CALL_NOT_EQUAL:
        return !pmml_value_equal(&a, &b);
    case PMML_CALL_LESS:
        return !mixed && pmml_value_compare(&a, &b) < 0;
    case PMML_CALL_LESS_OR_EQUAL:
        return !mixed && pmml_value_compare(&a, &b) <= 0;
    case PMML_CALL_GREATER:
        return !mixed && pmml_value_compare(&a, &b) > 0;
    default:
        return !mixed && pmml_value_compare(&a, &b) >= 0;
    }
}

static gboolean
apply_is_in(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    PmmlValue value, other;
    gboolean found = FALSE;
    if (!apply_argument(self, row, 0, &value, error))
        return FALSE;
    *ret = self->if_missing;
    if (value.missing)
        return TRUE;
    for (guint i = 1; i < self->arguments->len && !found; i++) {
        if (!apply_argument(self, row, i, &other, error))
            return FALSE;
        if (other.missing && !self->if_missing.missing)
            return TRUE;
        found = !other.missing && apply_compares(PMML_CALL_EQUAL, row, value, other);
    }
    *ret = pmml_value_boolean(found == (self->call == PMML_CALL_IS_IN));
    return TRUE;
}

/* a text that is compared with an ordinal field has the place of its value there */
static void
apply_rank(const PmmlExpression *field, const PmmlRow *row, PmmlValue *value)
{
    if (field->kind != PMML_EXPRESSION_FIELD || field->is_parameter || value->missing ||
        value->type != PMML_STRING || !isnan(value->number))
        return;
    const PmmlSlot *slot = pmml_program_slot(row->program, field->slot);
    if (slot->optype != PMML_ORDINAL || slot->data == NULL)
        return;
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(slot->data->index, value->string));
    value->number = place > 0 ? (double)place : (double)NAN;
}

static gboolean
apply_compare(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    PmmlValue a, b;
    if (!apply_argument(self, row, 0, &a, error) || !apply_argument(self, row, 1, &b, error))
        return FALSE;
    apply_rank(self->arguments->pdata[0], row, &b);
    apply_rank(self->arguments->pdata[1], row, &a);
    *ret = a.missing || b.missing ? self->if_missing
                                  : pmml_value_boolean(apply_compares(self->call, row, a, b));
    return TRUE;
}

static gboolean
apply_state(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    PmmlValue value;
    if (!apply_argument(self, row, 0, &value, error))
        return FALSE;
    if (value.missing && !self->if_missing.missing) {
        *ret = self->if_missing;
        return TRUE;
    }
    gboolean valid = !value.missing && !value.invalid;
    gboolean truth = self->call == PMML_CALL_IS_MISSING       ? value.missing
                     : self->call == PMML_CALL_IS_NOT_MISSING ? !value.missing
                     : self->call == PMML_CALL_IS_VALID       ? valid
                                                              : !valid;
    *ret = pmml_value_boolean(truth);
    return TRUE;
}

static gboolean
apply_not(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    gboolean missing, truth;
    if (!apply_truth(self, row, 0, &missing, &truth, error))
        return FALSE;
    *ret = missing ? self->if_missing : pmml_value_boolean(!truth);
    return TRUE;
}

/* whether a value is of a table or bins without a data type, as it stands there */
static gboolean
apply_is_listed(const PmmlProgram *program, const PmmlExpression *of)
{
    while (of->kind == PMML_EXPRESSION_FIELD && !of->is_parameter) {
        const PmmlSlot *slot = pmml_program_slot(program, of->slot);
        while (slot->kind == PMML_SLOT_MINING)
            slot = pmml_program_slot(program, slot->source);
        if (slot->kind != PMML_SLOT_DERIVED || slot->typed)
            return FALSE;
        of = slot->expression;
    }
    return (of->kind == PMML_EXPRESSION_MAP || of->kind == PMML_EXPRESSION_BINS) &&
           pmml_attribute(of->element, "dataType") == NULL;
}

/* what such a table gives is a number where a function needs one; whether there was any */
static gboolean
apply_untyped(const PmmlExpression *self, const PmmlProgram *program, PmmlValue *argument)
{
    gboolean any = FALSE;
    for (guint i = 0; i < self->arguments->len; i++)
        if (!argument[i].missing && argument[i].type == PMML_STRING &&
            apply_is_listed(program, self->arguments->pdata[i]))
            any |= pmml_value_parse(PMML_DOUBLE, argument[i].string, &argument[i]);
    return any;
}

static gboolean
apply_built_in(const PmmlExpression *self,
               PmmlRow *row,
               PmmlValue *argument,
               PmmlValue *ret,
               GError **error)
{
    guint n = self->arguments->len;
    gboolean ok = self->built_in->call(argument, n, row->strings, ret) ||
                  (apply_untyped(self, row->program, argument) &&
                   self->built_in->call(argument, n, row->strings, ret));
    gboolean defined = ok && (ret->missing ? !ret->invalid
                                           : ret->type == PMML_STRING || !isnan(ret->number));
    if (defined)
        return TRUE;
    if (self->invalid_is_missing) {
        *ret = PMML_NOTHING;
        return TRUE;
    }
    if (ok) { /* 1/0, the root of −1: the row has no result */
        row->is_invalid = TRUE;
        return FALSE;
    }
    return pmml_error(error,
                      self->element,
                      "function “%s” cannot take these values",
                      self->built_in->name);
}

static gboolean
apply_user(const PmmlExpression *self,
           PmmlRow *row,
           PmmlValue *argument,
           PmmlValue *ret,
           GError **error)
{
    if (row->depth >= PMML_DEPTH_LIMIT)
        return pmml_error(error, self->element, "functions call one another without end");
    for (guint i = 0; i < self->arguments->len; i++) {
        const PmmlParameter *kind = &g_array_index(self->function->kinds, PmmlParameter, i);
        if (kind->typed && !pmml_value_cast(kind->type, &argument[i], row->strings, &argument[i])) {
            row->is_invalid = TRUE; /* a text that is no number where one is told */
            return FALSE;
        }
    }
    const PmmlValue *outer = row->argument;
    row->argument = argument;
    row->depth++;
    gboolean ok = pmml_expression_value(self->function->body, row, ret, error);
    row->depth--;
    row->argument = outer;
    if (!ok || !self->function->typed)
        return ok;
    if (!pmml_value_cast(self->function->type, ret, row->strings, ret))
        row->is_invalid = TRUE;
    return !row->is_invalid;
}

static gboolean
apply_call(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    guint n = self->arguments->len;
    g_autofree PmmlValue *many = n > 8 ? g_new(PmmlValue, n) : NULL;
    PmmlValue few[8];
    PmmlValue *argument = many != NULL ? many : few;
    gboolean any_missing = FALSE;
    for (guint i = 0; i < n; i++) {
        if (!apply_argument(self, row, i, &argument[i], error))
            return FALSE;
        any_missing |= argument[i].missing;
    }
    if (any_missing && !self->if_missing.missing) {
        *ret = self->if_missing;
        return TRUE;
    }
    if (self->call == PMML_CALL_USER)
        return apply_user(self, row, argument, ret, error);
    if (any_missing && !self->built_in->takes_missing) {
        *ret = PMML_NOTHING;
        return TRUE;
    }
    return apply_built_in(self, row, argument, ret, error);
}

static gboolean
apply_dispatch(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    switch (self->call) {
    case PMML_CALL_IF:
        return apply_if(self, row, ret, error);
    case PMML_CALL_AND:
    case PMML_CALL_OR:
        return apply_logic(self, row, ret, error);
    case PMML_CALL_NOT:
        return apply_not(self, row, ret, error);
    case PMML_CALL_IS_MISSING:
    case PMML_CALL_IS_NOT_MISSING:
    case PMML_CALL_IS_VALID:
    case PMML_CALL_IS_NOT_VALID:
        return apply_state(self, row, ret, error);
    case PMML_CALL_IS_IN:
    case PMML_CALL_IS_NOT_IN:
        return apply_is_in(self, row, ret, error);
    case PMML_CALL_EQUAL:
    case PMML_CALL_NOT_EQUAL:
    case PMML_CALL_LESS:
    case PMML_CALL_LESS_OR_EQUAL:
    case PMML_CALL_GREATER:
    case PMML_CALL_GREATER_OR_EQUAL:
        return apply_compare(self, row, ret, error);
    case PMML_CALL_BUILT_IN:
    case PMML_CALL_USER:
    default:
        return apply_call(self, row, ret, error);
    }
}

gboolean
pmml_apply_value(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    if (!apply_dispatch(self, row, ret, error))
        return FALSE;
    if (ret->missing && !self->fallback.missing)
        *ret = self->fallback;
    return TRUE;
}
