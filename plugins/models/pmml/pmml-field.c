/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "error.h"
#include "number.h"
#include "pmml-private.h"
#include "text-hash.h"

gboolean
pmml_interval_has(const PmmlInterval *self, double number)
{
    return (number > self->left || (self->left_closed && number >= self->left)) &&
           (number < self->right || (self->right_closed && number <= self->right));
}

gboolean
pmml_read_interval(const PmmlElement *element, PmmlInterval *ret, GError **error)
{
    const char *closure = pmml_attribute(element, "closure");
    if (closure == NULL)
        closure = "closedClosed"; /* required by the standard; left out by some */
    static const char *const closures[] = {"openClosed",
                                           "openOpen",
                                           "closedOpen",
                                           "closedClosed",
                                           NULL};
    if (!g_strv_contains(closures, closure))
        return pmml_unsupported(error, element, "closure “%s” is not known", closure);
    ret->left_closed = g_str_has_prefix(closure, "closed");
    ret->right_closed = g_str_has_suffix(closure, "Closed");
    return pmml_number_or(element, "leftMargin", -(double)INFINITY, &ret->left, error) &&
           pmml_number_or(element, "rightMargin", (double)INFINITY, &ret->right, error);
}

static PmmlData *
field_data_new(void)
{
    PmmlData *data = g_new0(PmmlData, 1);
    data->valid = g_array_new(FALSE, FALSE, sizeof(PmmlValue));
    data->texts = g_ptr_array_new();
    data->index = g_hash_table_new(errata_text_hash, g_str_equal);
    data->missing = g_ptr_array_new();
    data->invalid = g_ptr_array_new();
    data->intervals = g_array_new(FALSE, FALSE, sizeof(PmmlInterval));
    data->display = g_hash_table_new(errata_text_hash, g_str_equal);
    return data;
}

static gboolean
field_read_value(PmmlData *data, const PmmlElement *element, GError **error)
{
    static const char *const properties[] = {"valid", "invalid", "missing", NULL};
    const char *text;
    PmmlValue value;
    if (!pmml_require(element, "value", &text, error))
        return FALSE;
    const char *property = pmml_attribute(element, "property");
    const char *display = pmml_attribute(element, "displayValue");
    if (display != NULL)
        g_hash_table_insert(data->display, pmml_pointer(text), pmml_pointer(display));
    if (property != NULL && !g_strv_contains(properties, property))
        return pmml_unsupported(error, element, "property “%s” is not known", property);
    if (property != NULL && g_str_equal(property, "missing"))
        g_ptr_array_add(data->missing, pmml_pointer(text));
    else if (property != NULL && g_str_equal(property, "invalid"))
        g_ptr_array_add(data->invalid, pmml_pointer(text));
    else if (!pmml_value_parse(data->type, text, &value))
        return pmml_error(error, element, "“%s” is no value of its field's data type", text);
    else {
        g_array_append_val(data->valid, value);
        g_ptr_array_add(data->texts, pmml_pointer(text));
        g_hash_table_insert(data->index, pmml_pointer(text), GUINT_TO_POINTER(data->valid->len));
    }
    return TRUE;
}

const PmmlData *
pmml_read_values(PmmlProgram *self, const PmmlElement *field, PmmlType type, GError **error)
{
    PmmlData *data = field_data_new();
    g_ptr_array_add(self->data, data);
    data->type = type;
    for (const PmmlElement *child = pmml_child(field, "Value"); child != NULL;
         child = pmml_next(child, "Value"))
        if (!field_read_value(data, child, error))
            return NULL;
    return data;
}

static gboolean
field_read_data(PmmlProgram *self, const PmmlElement *element, GError **error)
{
    PmmlData *data = field_data_new();
    g_ptr_array_add(self->data, data);
    if (!pmml_require(element, "name", &data->name, error) ||
        !pmml_type_of(element, pmml_type_unless_told(element), &data->type, error) ||
        !pmml_optype_of(element,
                        data->type == PMML_STRING ? PMML_CATEGORICAL : PMML_CONTINUOUS,
                        &data->optype,
                        error))
        return FALSE;
    data->is_untold = pmml_attribute(element, "dataType") == NULL &&
                      pmml_attribute(element, "optype") == NULL;
    for (const PmmlElement *child = element->first; child != NULL; child = child->next) {
        PmmlInterval interval;
        if (pmml_is(child, "Value")) {
            if (!field_read_value(data, child, error))
                return FALSE;
        } else if (pmml_is(child, "Interval")) {
            if (!pmml_read_interval(child, &interval, error))
                return FALSE;
            g_array_append_val(data->intervals, interval);
        } else
            return pmml_unknown(error, child);
    }
    if (pmml_scope_find(self->scope, data->name) != PMML_NO_SLOT)
        return pmml_error(error, element, "there are two fields “%s”", data->name);
    PmmlSlot slot = {.kind = PMML_SLOT_INPUT,
                     .name = data->name,
                     .type = data->type,
                     .optype = data->optype,
                     .data = data,
                     .input = G_MAXUINT};
    pmml_scope_add(self->scope, data->name, pmml_program_add_slot(self, &slot));
    return TRUE;
}

gboolean
pmml_read_dictionary(PmmlProgram *self, const PmmlElement *dictionary, GError **error)
{
    for (const PmmlElement *child = dictionary->first; child != NULL; child = child->next) {
        if (pmml_is(child, "Taxonomy"))
            continue;
        if (!pmml_is(child, "DataField"))
            return pmml_unknown(error, child);
        if (!field_read_data(self, child, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
field_treatment(const PmmlElement *element,
                const char *attribute,
                const char *const *names,
                const PmmlTreatment *values,
                PmmlTreatment fallback,
                PmmlTreatment *ret,
                GError **error)
{
    const char *text = pmml_attribute(element, attribute);
    *ret = fallback;
    if (text == NULL)
        return TRUE;
    for (guint i = 0; names[i] != NULL; i++)
        if (g_str_equal(names[i], text)) {
            *ret = values[i];
            return TRUE;
        }
    return pmml_unsupported(error, element, "%s “%s” is not known", attribute, text);
}

PmmlTreatment
pmml_outliers_of(const PmmlElement *element, gboolean *ret_ok, GError **error)
{
    static const char *const names[] = {"asIs", "asMissingValues", "asExtremeValues", NULL};
    static const PmmlTreatment values[] = {PMML_AS_IS, PMML_AS_MISSING, PMML_AS_EXTREME};
    PmmlTreatment treatment;
    *ret_ok = field_treatment(element, "outliers", names, values, PMML_AS_IS, &treatment, error);
    return treatment;
}

static gboolean
field_replacement(const PmmlElement *element,
                  const char *attribute,
                  PmmlType type,
                  PmmlValue *ret,
                  GError **error)
{
    const char *text = pmml_attribute(element, attribute);
    *ret = PMML_NOTHING;
    return text == NULL || pmml_value_parse(type, text, ret) ||
           pmml_error(error, element, "%s “%s” is no value of the field", attribute, text);
}

static gboolean
field_read_treatments(const PmmlElement *element, PmmlSlot *slot, GError **error)
{
    static const char *const invalid[] =
        {"returnInvalid", "asIs", "asMissing", "asValue", "x-asValue", NULL};
    static const PmmlTreatment on_invalid[] = {PMML_RETURN_INVALID,
                                               PMML_AS_IS,
                                               PMML_AS_MISSING,
                                               PMML_AS_VALUE,
                                               PMML_AS_VALUE};
    static const char *const missing[] = {"asIs",
                                          "asMean",
                                          "asMode",
                                          "asMedian",
                                          "asValue",
                                          "returnInvalid",
                                          "x-returnInvalid",
                                          NULL};
    static const PmmlTreatment on_missing[] = {PMML_AS_IS,
                                               PMML_AS_IS,
                                               PMML_AS_IS,
                                               PMML_AS_IS,
                                               PMML_AS_IS,
                                               PMML_RETURN_INVALID,
                                               PMML_RETURN_INVALID};
    gboolean ok;
    slot->outliers = pmml_outliers_of(element, &ok, error);
    if (!ok || !pmml_number_or(element, "lowValue", -(double)INFINITY, &slot->low, error) ||
        !pmml_number_or(element, "highValue", (double)INFINITY, &slot->high, error))
        return FALSE;
    if (slot->outliers != PMML_AS_IS &&
        (!(slot->low <= slot->high) || (isinf(slot->low) && isinf(slot->high))))
        return pmml_error(error, element, "outliers: expected lowValue, highValue or both");
    if (!field_treatment(element,
                         "invalidValueTreatment",
                         invalid,
                         on_invalid,
                         PMML_RETURN_INVALID,
                         &slot->on_invalid,
                         error) ||
        !field_treatment(element,
                         "missingValueTreatment",
                         missing,
                         on_missing,
                         PMML_AS_IS,
                         &slot->on_missing,
                         error))
        return FALSE;
    /* before version 4.4 with a mark */
    const char *replacement = pmml_attribute(element, "x-invalidValueReplacement") != NULL
                                  ? "x-invalidValueReplacement"
                                  : "invalidValueReplacement";
    /* the same in PMML 4.3, which has no asValue */
    if (slot->on_invalid == PMML_AS_IS && pmml_attribute(element, replacement) != NULL)
        slot->on_invalid = PMML_AS_VALUE;
    if (slot->on_invalid == PMML_AS_VALUE && pmml_attribute(element, replacement) == NULL)
        return pmml_error(error, element, "no attribute “%s”", replacement);
    return field_replacement(element,
                             "missingValueReplacement",
                             slot->type,
                             &slot->replacement,
                             error) &&
           field_replacement(element, replacement, slot->type, &slot->invalid_replacement, error);
}

/* what the document calls @name it uses otherwise than as a number that is multiplied: it may be
 * compared with codes */
static gboolean
field_is_compared(PmmlProgram *self, const char *name)
{
    const PmmlElement *element = pmml_xml_root(self->xml);
    if (self->codes != NULL)
        return g_hash_table_contains(self->codes, name);
    self->codes = g_hash_table_new(errata_text_hash, g_str_equal);
    while (element != NULL) {
        gboolean is_number = pmml_is(element, "DataField") || pmml_is(element, "MiningField") ||
                             pmml_is(element, "NumericPredictor");
        for (guint i = 0;
             !is_number && element->attributes != NULL && element->attributes[i] != NULL;
             i += 2)
            g_hash_table_add(self->codes, pmml_pointer(element->attributes[i + 1]));
        if (element->first != NULL) {
            element = element->first;
            continue;
        }
        while (element != NULL && element->next == NULL)
            element = element->parent;
        element = element != NULL ? element->next : NULL;
    }
    return g_hash_table_contains(self->codes, name);
}

/* A field of an inner model that changes nothing is the outer field itself. */
gboolean
pmml_read_mining_field(PmmlProgram *self,
                       const PmmlElement *field,
                       PmmlScope *scope,
                       GPtrArray *treated,
                       GError **error)
{
    guint source;
    /* to list a field is not to need it */
    pmml_scope_derive(scope, 1);
    gboolean ok = pmml_program_field(field, scope, "name", &source, error);
    pmml_scope_derive(scope, -1);
    if (!ok)
        return FALSE;
    const PmmlSlot *outer = pmml_program_slot(self, source);
    /* whether its numbers are numbers or codes, nobody tells */
    if (outer->kind == PMML_SLOT_INPUT && outer->data->is_untold &&
        g_strcmp0(pmml_attribute(field, "optype"), "categorical") != 0 &&
        (outer->data->valid->len > 0 || field_is_compared(self, outer->name)))
        return pmml_unsupported(error,
                                field,
                                "the DataField “%s” has neither dataType nor optype",
                                outer->name);
    PmmlSlot slot = {.kind = PMML_SLOT_MINING,
                     .name = outer->name,
                     .type = outer->type,
                     .data = outer->data,
                     .source = source,
                     .is_outermost = outer->kind == PMML_SLOT_INPUT};
    if (!pmml_optype_of(field, outer->optype, &slot.optype, error) ||
        !field_read_treatments(field, &slot, error))
        return FALSE;
    if (slot.is_outermost || !slot.replacement.missing || slot.outliers != PMML_AS_IS ||
        slot.on_missing == PMML_RETURN_INVALID) {
        source = pmml_program_add_slot(self, &slot);
        g_ptr_array_add(treated, pmml_pointer(slot.name));
    }
    pmml_scope_add(scope, slot.name, source);
    return TRUE;
}

static gboolean
field_is_valid(const PmmlSlot *slot, PmmlValue *value)
{
    const PmmlData *data = slot->data;
    if (data->intervals->len > 0 && value->type != PMML_STRING && slot->optype == PMML_CONTINUOUS) {
        for (guint i = 0; i < data->intervals->len; i++)
            if (pmml_interval_has(&g_array_index(data->intervals, PmmlInterval, i), value->number))
                return TRUE;
        if (data->valid->len == 0)
            return FALSE;
    }
    if (data->valid->len == 0)
        return TRUE;
    if (value->type == PMML_STRING) {
        guint position = GPOINTER_TO_UINT(g_hash_table_lookup(data->index, value->string));
        if (position > 0 && slot->optype == PMML_ORDINAL)
            value->number = position;
        return position > 0;
    }
    for (guint i = 0; i < data->valid->len; i++)
        if (pmml_value_equal(value, &g_array_index(data->valid, PmmlValue, i)))
            return TRUE;
    return FALSE;
}

static gboolean
field_spelt(const GPtrArray *spellings, const char *text, double number, PmmlType type)
{
    for (guint i = 0; i < spellings->len; i++) {
        PmmlValue value;
        const char *spelling = spellings->pdata[i];
        if (text != NULL ? g_str_equal(spelling, text)
                         : pmml_value_parse(type, spelling, &value) && value.number >= number &&
                               value.number <= number)
            return TRUE;
    }
    return FALSE;
}

/* whether a number is a value of the type: a whole one, or 0 or 1 */
static gboolean
field_is_of_type(PmmlType type, double number)
{
    if (type == PMML_BOOLEAN)
        return !(fabs(number) > 0) || !(fabs(number - 1) > 0);
    return type != PMML_INTEGER || floor(number) >= number;
}

/* what the log's cell is as a value of the field's type; invalid where it is none */
static void
field_input(const PmmlRow *row, const PmmlSlot *slot, PmmlValue *ret)
{
    const PmmlData *data = slot->data;
    *ret = PMML_NOTHING;
    if (slot->input == G_MAXUINT)
        return;
    if (row->rows->text[slot->input] != NULL) {
        const char *text = row->rows->text[slot->input][row->row];
        if (text == NULL || field_spelt(data->missing, text, 0, data->type))
            return;
        if (!pmml_value_parse(data->type, text, ret)) {
            *ret = pmml_value_string(text);
            ret->invalid = TRUE;
        }
        ret->invalid |= field_spelt(data->invalid, text, 0, data->type);
        return;
    }
    double number = row->rows->number[slot->input][row->row];
    if (isnan(number) || field_spelt(data->missing, NULL, number, data->type))
        return;
    *ret = pmml_value_number(data->type, number);
    ret->invalid = !field_is_of_type(data->type, number) ||
                   field_spelt(data->invalid, NULL, number, data->type);
}

static void
field_outliers(const PmmlSlot *slot, PmmlValue *value)
{
    if (value->missing || value->type == PMML_STRING || slot->outliers == PMML_AS_IS)
        return;
    double number = value->number;
    if (number >= slot->low && number <= slot->high)
        return;
    if (slot->outliers == PMML_AS_MISSING)
        *value = PMML_NOTHING;
    else
        value->number = number < slot->low ? slot->low : slot->high;
}

static void
field_mining(PmmlRow *row, const PmmlSlot *slot, PmmlValue *value)
{
    if (!value->missing && slot->is_outermost) {
        value->invalid = value->invalid || !field_is_valid(slot, value);
        if (value->invalid && slot->on_invalid == PMML_RETURN_INVALID)
            row->is_invalid = TRUE;
        else if (value->invalid && slot->on_invalid == PMML_AS_MISSING)
            *value = PMML_NOTHING;
        else if (value->invalid && slot->on_invalid == PMML_AS_VALUE)
            *value = slot->invalid_replacement;
    }
    field_outliers(slot, value);
    if (!value->missing)
        return;
    if (slot->on_missing == PMML_RETURN_INVALID)
        row->is_invalid = TRUE;
    *value = slot->replacement;
}

static gboolean
field_derived(PmmlRow *row, const PmmlSlot *slot, PmmlValue *ret, GError **error)
{
    PmmlValue value;
    /* a derived field sees no parameters of the function that refers to it */
    const PmmlValue *argument = row->argument;
    row->argument = NULL;
    gboolean ok = pmml_expression_value(slot->expression, row, &value, error);
    row->argument = argument;
    if (!ok)
        return FALSE;
    *ret = value;
    /* a text that is no number where one is told: the row has no result */
    if (slot->typed && !pmml_value_cast(slot->type, &value, row->strings, ret)) {
        row->is_invalid = TRUE;
        return FALSE;
    }
    if (slot->data != NULL && !ret->missing && ret->type == PMML_STRING) {
        guint position = GPOINTER_TO_UINT(g_hash_table_lookup(slot->data->index, ret->string));
        ret->number = position > 0 ? (double)position : (double)NAN;
    }
    return TRUE;
}

static gboolean
field_compute(PmmlRow *row, const PmmlSlot *slot, PmmlValue *ret, GError **error)
{
    switch (slot->kind) {
    case PMML_SLOT_INPUT:
        field_input(row, slot, ret);
        return TRUE;
    case PMML_SLOT_MINING:
        if (!pmml_slot_value(row, slot->source, ret, error))
            return FALSE;
        field_mining(row, slot, ret);
        return !row->is_invalid;
    case PMML_SLOT_DERIVED:
        return field_derived(row, slot, ret, error);
    case PMML_SLOT_RESULT:
    default:
        *ret = PMML_NOTHING;
        return TRUE;
    }
}

gboolean
pmml_slot_value(PmmlRow *row, guint index, PmmlValue *ret_value, GError **error)
{
    if (row->state[index] == PMML_SET) {
        *ret_value = row->value[index];
        return TRUE;
    }
    const PmmlSlot *slot = pmml_program_slot(row->program, index);
    if (row->state[index] == PMML_COMPUTING || row->depth > PMML_DEPTH_LIMIT) {
        g_set_error(error,
                    ERRATA_ERROR,
                    ERRATA_ERROR_INVALID_DATA,
                    "field “%s” is derived from itself",
                    slot->name);
        return FALSE;
    }
    row->state[index] = PMML_COMPUTING;
    row->depth++;
    gboolean ok = field_compute(row, slot, ret_value, error);
    row->depth--;
    row->state[index] = PMML_UNSET;
    /* a result that no model has set yet may still be */
    if (ok && slot->kind != PMML_SLOT_RESULT)
        pmml_slot_set(row, index, *ret_value);
    return ok;
}
