/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-expression.h"

#include "error.h"

/* of expressions within one another */
#define DEPTH_LIMIT 200

static PmmlExpression *
expression_new(PmmlProgram *self, PmmlExpressionKind kind, const PmmlElement *element)
{
    PmmlExpression *expression = g_new0(PmmlExpression, 1);
    expression->kind = kind;
    expression->element = element;
    expression->slot = PMML_NO_SLOT;
    expression->if_missing = expression->fallback = PMML_NOTHING;
    expression->arguments = g_ptr_array_new();
    g_ptr_array_add(self->expressions, expression);
    return expression;
}

void
pmml_expression_free(PmmlExpression *self)
{
    g_ptr_array_unref(self->arguments);
    g_clear_pointer(&self->points, g_array_unref);
    g_clear_pointer(&self->bins, g_array_unref);
    g_clear_pointer(&self->map, pmml_map_free);
    g_clear_pointer(&self->text, pmml_text_index_free);
    g_free(self);
}

gboolean
pmml_is_expression(const PmmlElement *element)
{
    static const char *const names[] = {"Constant",
                                        "FieldRef",
                                        "NormContinuous",
                                        "NormDiscrete",
                                        "Discretize",
                                        "MapValues",
                                        "TextIndex",
                                        "Apply",
                                        "Aggregate",
                                        "Lag",
                                        NULL};
    return g_strv_contains(names, element->name);
}

static gboolean
expression_typed(const PmmlElement *element,
                 const char *attribute,
                 PmmlType type,
                 PmmlValue *ret,
                 GError **error)
{
    const char *text = pmml_attribute(element, attribute);
    *ret = PMML_NOTHING;
    return text == NULL || pmml_value_parse(type, text, ret) ||
           pmml_error(error, element, "%s “%s” is no value of its data type", attribute, text);
}

/* A constant without a type is a number if it looks like one. */
static void
expression_guess(const char *text, PmmlValue *ret)
{
    if (!pmml_value_parse(PMML_INTEGER, text, ret) && !pmml_value_parse(PMML_DOUBLE, text, ret))
        *ret = pmml_value_string(text);
    else if (ret->type == PMML_INTEGER && strpbrk(text, ".eE") != NULL)
        ret->type = PMML_DOUBLE;
}

static gboolean
expression_read_constant(PmmlExpression *self, GError **error)
{
    const char *missing = pmml_attribute(self->element, "missing");
    PmmlType type;
    if (missing == NULL)
        missing = pmml_attribute(self->element, "x-missing"); /* before version 4.4 */
    if (missing != NULL && (g_str_equal(missing, "true") || g_str_equal(missing, "1"))) {
        self->constant = PMML_NOTHING;
        return TRUE;
    }
    if (pmml_attribute(self->element, "dataType") == NULL) {
        expression_guess(self->element->text, &self->constant);
        return TRUE;
    }
    if (!pmml_type_of(self->element, PMML_STRING, &type, error))
        return FALSE;
    if (type == PMML_DOUBLE || type == PMML_FLOAT) {
        g_autoptr(GArray) one = pmml_numbers(self->element, error);
        if (one == NULL)
            return FALSE;
        if (one->len == 1) {
            self->constant = pmml_value_number(type, g_array_index(one, double, 0));
            return TRUE;
        }
    }
    return pmml_value_parse(type, self->element->text, &self->constant) ||
           pmml_error(error,
                      self->element,
                      "“%s” is no value of its data type",
                      self->element->text);
}

/* a parameter of the function whose body this is, or a field */
static gboolean
expression_read_field(PmmlExpression *self,
                      const PmmlScope *scope,
                      const char *const *parameters,
                      GError **error)
{
    const char *name;
    if (!pmml_require(self->element, "field", &name, error))
        return FALSE;
    for (guint i = 0; parameters != NULL && parameters[i] != NULL; i++)
        if (g_str_equal(parameters[i], name)) {
            self->is_parameter = TRUE;
            self->slot = i;
            return TRUE;
        }
    return pmml_program_field(self->element, scope, "field", &self->slot, error);
}

/* what stands for a missing value is one of the field */
static gboolean
expression_read_missing(const PmmlProgram *program, PmmlExpression *self, GError **error)
{
    const char *text = pmml_attribute(self->element, "mapMissingTo");
    PmmlType type = self->is_parameter ? PMML_STRING : pmml_program_slot(program, self->slot)->type;
    if (text != NULL && self->is_parameter)
        expression_guess(text, &self->if_missing);
    return text == NULL || self->is_parameter ||
           expression_typed(self->element, "mapMissingTo", type, &self->if_missing, error);
}

static gboolean
expression_read_norm(PmmlExpression *self, GError **error)
{
    gboolean ok;
    self->points = g_array_new(FALSE, FALSE, sizeof(PmmlPoint));
    self->outliers = pmml_outliers_of(self->element, &ok, error);
    if (!ok ||
        !expression_typed(self->element, "mapMissingTo", PMML_DOUBLE, &self->if_missing, error))
        return FALSE;
    for (const PmmlElement *norm = pmml_child(self->element, "LinearNorm"); norm != NULL;
         norm = pmml_next(norm, "LinearNorm")) {
        PmmlPoint point;
        if (!pmml_number(norm, "orig", &point.from, error) ||
            !pmml_number(norm, "norm", &point.to, error))
            return FALSE;
        if (self->points->len > 0 &&
            !(point.from > g_array_index(self->points, PmmlPoint, self->points->len - 1).from))
            return pmml_error(error, norm, "expected orig to rise from one to the next");
        g_array_append_val(self->points, point);
    }
    return self->points->len >= 2 ||
           pmml_error(error, self->element, "expected two LinearNorm elements or more");
}

static gboolean
expression_read_discrete(PmmlExpression *self, GError **error)
{
    const char *text;
    const char *method = pmml_attribute(self->element, "method");
    if (!pmml_require(self->element, "value", &text, error))
        return FALSE;
    if (method != NULL && !g_str_equal(method, "indicator"))
        return pmml_unsupported(error, self->element, "method “%s” is not known", method);
    self->constant = pmml_value_string(text);
    return expression_typed(self->element, "mapMissingTo", PMML_DOUBLE, &self->if_missing, error);
}

static gboolean
expression_read_bins(PmmlExpression *self, GError **error)
{
    PmmlType type;
    self->bins = g_array_new(FALSE, FALSE, sizeof(PmmlBin));
    if (!pmml_type_of(self->element, PMML_STRING, &type, error) ||
        !expression_typed(self->element, "mapMissingTo", type, &self->if_missing, error) ||
        !expression_typed(self->element, "defaultValue", type, &self->fallback, error))
        return FALSE;
    for (const PmmlElement *bin = pmml_child(self->element, "DiscretizeBin"); bin != NULL;
         bin = pmml_next(bin, "DiscretizeBin")) {
        PmmlBin one;
        const PmmlElement *interval = pmml_child(bin, "Interval");
        if (interval == NULL)
            return pmml_error(error, bin, "no Interval");
        if (!expression_typed(bin, "binValue", type, &one.value, error) ||
            !pmml_read_interval(interval, &one.interval, error))
            return FALSE;
        g_array_append_val(self->bins, one);
    }
    return TRUE;
}

static gboolean
expression_read_arguments(PmmlProgram *program,
                          PmmlExpression *self,
                          const PmmlScope *scope,
                          const char *const *parameters,
                          GError **error)
{
    for (const PmmlElement *child = self->element->first; child != NULL; child = child->next) {
        PmmlExpression *argument = pmml_expression_read(program, child, scope, parameters, error);
        if (argument == NULL)
            return FALSE;
        g_ptr_array_add(self->arguments, argument);
    }
    return TRUE;
}

/* SAS Enterprise Miner writes a function's parameter as a Constant of its name where substring
 * takes a number, which no such text is */
static void
expression_read_positions(PmmlExpression *self, const char *const *parameters)
{
    for (guint k = 1; k < self->arguments->len; k++) {
        PmmlExpression *argument = self->arguments->pdata[k];
        if (argument->kind != PMML_EXPRESSION_CONSTANT || argument->constant.missing ||
            argument->constant.type != PMML_STRING)
            continue;
        for (guint i = 0; parameters[i] != NULL; i++)
            if (g_str_equal(parameters[i], argument->constant.string)) {
                argument->kind = PMML_EXPRESSION_FIELD;
                argument->is_parameter = TRUE;
                argument->slot = i;
                break;
            }
    }
}

static gboolean
expression_read_apply(PmmlProgram *program,
                      PmmlExpression *self,
                      const PmmlScope *scope,
                      const char *const *parameters,
                      GError **error)
{
    const char *invalid = pmml_attribute(self->element, "invalidValueTreatment");
    const char *text = pmml_attribute(self->element, "mapMissingTo");
    if (text != NULL)
        expression_guess(text, &self->if_missing);
    text = pmml_attribute(self->element, "defaultValue");
    if (text != NULL)
        expression_guess(text, &self->fallback);
    self->invalid_is_missing = invalid != NULL && g_str_equal(invalid, "asMissing");
    if (invalid != NULL && !self->invalid_is_missing && !g_str_equal(invalid, "returnInvalid"))
        return pmml_unsupported(error,
                                self->element,
                                "invalidValueTreatment “%s” of a function",
                                invalid);
    if (!expression_read_arguments(program, self, scope, parameters, error) ||
        !pmml_apply_read(program, self, error))
        return FALSE;
    if (parameters != NULL && self->call == PMML_CALL_BUILT_IN &&
        g_str_equal(self->built_in->name, "substring"))
        expression_read_positions(self, parameters);
    return TRUE;
}

static gboolean
expression_read_one(PmmlProgram *program,
                    PmmlExpression *self,
                    const PmmlScope *scope,
                    const char *const *parameters,
                    GError **error)
{
    switch (self->kind) {
    case PMML_EXPRESSION_CONSTANT:
        return expression_read_constant(self, error);
    case PMML_EXPRESSION_FIELD:
        return expression_read_field(self, scope, parameters, error) &&
               expression_read_missing(program, self, error);
    case PMML_EXPRESSION_NORM:
        return expression_read_field(self, scope, parameters, error) &&
               expression_read_norm(self, error);
    case PMML_EXPRESSION_DISCRETE:
        return expression_read_field(self, scope, parameters, error) &&
               expression_read_discrete(self, error);
    case PMML_EXPRESSION_BINS:
        return expression_read_field(self, scope, parameters, error) &&
               expression_read_bins(self, error);
    case PMML_EXPRESSION_MAP:
        self->map = pmml_map_read(program, self, scope, parameters, error);
        return self->map != NULL;
    case PMML_EXPRESSION_TEXT:
        self->text = pmml_text_index_read(program, self, scope, parameters, error);
        return self->text != NULL;
    case PMML_EXPRESSION_APPLY:
    default:
        return expression_read_apply(program, self, scope, parameters, error);
    }
}

/* a field that a function derives from its parameters, for itself */
static const PmmlElement *
expression_inner_field(const PmmlProgram *self, const PmmlElement *element)
{
    const char *name = pmml_attribute(element, "field");
    if (self->function == NULL || name == NULL || !pmml_is(element, "FieldRef"))
        return NULL;
    const PmmlElement *field = pmml_child(self->function, "DerivedField");
    while (field != NULL && g_strcmp0(pmml_attribute(field, "name"), name) != 0)
        field = pmml_next(field, "DerivedField");
    return field;
}

PmmlExpression *
pmml_expression_read(PmmlProgram *self,
                     const PmmlElement *element,
                     const PmmlScope *scope,
                     const char *const *parameters,
                     GError **error)
{
    static const struct {
        const char *name;
        PmmlExpressionKind kind;
    } kinds[] = {
        {"Constant", PMML_EXPRESSION_CONSTANT},
        {"FieldRef", PMML_EXPRESSION_FIELD},
        {"NormContinuous", PMML_EXPRESSION_NORM},
        {"NormDiscrete", PMML_EXPRESSION_DISCRETE},
        {"Discretize", PMML_EXPRESSION_BINS},
        {"MapValues", PMML_EXPRESSION_MAP},
        {"TextIndex", PMML_EXPRESSION_TEXT},
        {"Apply", PMML_EXPRESSION_APPLY},
    };
    const PmmlElement *inner = expression_inner_field(self, element);
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!pmml_is(element, kinds[i].name))
            continue;
        if (self->depth >= DEPTH_LIMIT) {
            pmml_error(error, element, "expressions nested more than %d deep", DEPTH_LIMIT);
            return NULL;
        }
        PmmlExpression *expression;
        self->depth++;
        if (inner != NULL)
            expression = pmml_expression_within(self, inner, scope, parameters, error);
        else {
            expression = expression_new(self, kinds[i].kind, element);
            if (!expression_read_one(self, expression, scope, parameters, error))
                expression = NULL;
        }
        self->depth--;
        return expression;
    }
    if (pmml_is(element, "Aggregate") || pmml_is(element, "Lag"))
        pmml_unsupported(error,
                         element,
                         "needs several records at once, and rows are scored alone");
    else
        pmml_unknown(error, element);
    return NULL;
}

PmmlExpression *
pmml_expression_within(PmmlProgram *self,
                       const PmmlElement *parent,
                       const PmmlScope *scope,
                       const char *const *parameters,
                       GError **error)
{
    for (const PmmlElement *child = parent->first; child != NULL; child = child->next)
        if (pmml_is_expression(child))
            return pmml_expression_read(self, child, scope, parameters, error);
    pmml_error(error, parent, "no expression");
    return NULL;
}

gboolean
pmml_expression_field(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    if (!self->is_parameter)
        return pmml_slot_value(row, self->slot, ret, error);
    *ret = row->argument[self->slot];
    return TRUE;
}

static gboolean
expression_wants_number(const PmmlExpression *self, const PmmlValue *value, GError **error)
{
    return value->type != PMML_STRING ||
           pmml_error(error, self->element, "expected a number, found “%s”", value->string);
}

/* between two points, or on the line through the outermost two */
static double
expression_interpolate(const PmmlExpression *self, double x, gboolean *ret_missing)
{
    const PmmlPoint *point = (const PmmlPoint *)pmml_pointer(self->points->data);
    guint n = self->points->len;
    gboolean below = x<point[0].from, above = x> point[n - 1].from;
    *ret_missing = (below || above) && self->outliers == PMML_AS_MISSING;
    if ((below || above) && self->outliers == PMML_AS_EXTREME)
        return below ? point[0].to : point[n - 1].to;
    guint k = 1;
    while (k < n - 1 && x > point[k].from)
        k++;
    const PmmlPoint *a = &point[k - 1], *b = &point[k];
    return a->to + (x - a->from) / (b->from - a->from) * (b->to - a->to);
}

static gboolean
expression_norm(const PmmlExpression *self, const PmmlValue *value, PmmlValue *ret, GError **error)
{
    gboolean missing;
    if (!expression_wants_number(self, value, error))
        return FALSE;
    double number = expression_interpolate(self, value->number, &missing);
    *ret = missing ? PMML_NOTHING : pmml_value_number(PMML_DOUBLE, number);
    return TRUE;
}

static gboolean
expression_bin(const PmmlExpression *self, const PmmlValue *value, PmmlValue *ret, GError **error)
{
    if (!expression_wants_number(self, value, error))
        return FALSE;
    *ret = self->fallback;
    for (guint i = 0; i < self->bins->len; i++) {
        const PmmlBin *bin = &g_array_index(self->bins, PmmlBin, i);
        if (pmml_interval_has(&bin->interval, value->number)) {
            *ret = bin->value;
            return TRUE;
        }
    }
    return TRUE;
}

static gboolean
expression_is_value(const PmmlExpression *self, const PmmlValue *value)
{
    PmmlValue wanted;
    return pmml_value_parse(value->type, self->constant.string, &wanted) &&
           pmml_value_equal(value, &wanted);
}

/* NormContinuous, NormDiscrete, Discretize and FieldRef: of one field */
static gboolean
expression_of_field(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    PmmlValue value;
    if (!pmml_expression_field(self, row, &value, error))
        return FALSE;
    if (value.missing) {
        *ret = self->if_missing;
        return TRUE;
    }
    if (self->kind == PMML_EXPRESSION_NORM)
        return expression_norm(self, &value, ret, error);
    if (self->kind == PMML_EXPRESSION_BINS)
        return expression_bin(self, &value, ret, error);
    *ret = self->kind == PMML_EXPRESSION_DISCRETE
               ? pmml_value_number(PMML_DOUBLE, expression_is_value(self, &value))
               : value;
    return TRUE;
}

gboolean
pmml_expression_value(const PmmlExpression *self, PmmlRow *row, PmmlValue *ret, GError **error)
{
    if (row->spent++ >= row->budget)
        return pmml_error(error,
                          self->element,
                          "a row needs more than %u expressions",
                          row->budget);
    switch (self->kind) {
    case PMML_EXPRESSION_CONSTANT:
        *ret = self->constant;
        return TRUE;
    case PMML_EXPRESSION_MAP:
        return pmml_map_value(self->map, self, row, ret, error);
    case PMML_EXPRESSION_TEXT:
        return pmml_text_index_value(self->text, row, ret, error);
    case PMML_EXPRESSION_APPLY:
        return pmml_apply_value(self, row, ret, error);
    case PMML_EXPRESSION_FIELD:
    case PMML_EXPRESSION_NORM:
    case PMML_EXPRESSION_DISCRETE:
    case PMML_EXPRESSION_BINS:
    default:
        return expression_of_field(self, row, ret, error);
    }
}
