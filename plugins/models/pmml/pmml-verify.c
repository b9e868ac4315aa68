/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ModelVerification: rows with results, written into the document by who made the model. */
#include "pmml-verify.h"

#include <string.h>

#include "pmml-compile.h"

/* rows looked at, at most */
#define ROW_LIMIT 1000

typedef struct {
    const char *column;
    double precision;
    double zero;
    guint input; /* of the model's inputs, or G_MAXUINT */
    guint slot;  /* of an output; PMML_NO_SLOT for the target */
    gboolean is_result;
} VerifyField;

static guint
verify_input(const PmmlProgram *program, const char *name)
{
    for (guint i = 0; i < program->inputs->len; i++) {
        guint slot = g_array_index(program->inputs, guint, i);
        if (g_str_equal(pmml_program_slot(program, slot)->name, name))
            return i;
    }
    return G_MAXUINT;
}

/* of the model, or of what it is made of; NULL where there is none */
static const PmmlOutput *
verify_output(const PmmlModel *model, const char *name)
{
    const PmmlOutput *found = NULL;
    for (guint i = 0; i < model->outputs->len; i++) {
        const PmmlOutput *output = model->outputs->pdata[i];
        if (g_str_equal(output->name, name))
            found = output;
    }
    for (guint i = 0; i < pmml_mining_n_segments(model) && found == NULL; i++)
        found = verify_output(pmml_mining_segment(model, i), name);
    return found;
}

static void
verify_read_field(const PmmlProgram *program, const PmmlElement *element, GArray *fields)
{
    const char *name = pmml_attribute(element, "field");
    const char *column = pmml_attribute(element, "column");
    const PmmlModel *root = program->root;
    VerifyField field = {.column = column != NULL ? column : name, .slot = PMML_NO_SLOT};
    if (name == NULL || !pmml_number_or(element, "precision", 1e-6, &field.precision, NULL) ||
        !pmml_number_or(element, "zeroThreshold", 1e-16, &field.zero, NULL))
        return;
    field.input = verify_input(program, name);
    field.is_result = root->target != NULL && g_str_equal(name, root->target);
    const PmmlOutput *output = verify_output(root, name);
    if (output != NULL) {
        field.slot = output->slot;
        field.is_result = TRUE;
    }
    if (field.is_result || field.input != G_MAXUINT)
        g_array_append_val(fields, field);
}

/* the row's cells as a block of one row */
typedef struct {
    const char **text;
    double *number;
    const char *const **texts;
    const double **numbers;
} VerifyRow;

static void
verify_set_cell(const PmmlProgram *program, VerifyRow *cells, guint i, const char *text)
{
    const PmmlSlot *slot = pmml_program_slot(program, g_array_index(program->inputs, guint, i));
    gboolean is_number = slot->type == PMML_INTEGER || slot->type == PMML_FLOAT ||
                         slot->type == PMML_DOUBLE;
    PmmlValue value;
    cells->number[i] = (double)NAN;
    cells->text[i] = text != NULL && text[0] != '\0' ? text : NULL;
    if (cells->text[i] != NULL && pmml_value_parse(PMML_DOUBLE, text, &value))
        cells->number[i] = value.number;
    cells->numbers[i] = is_number ? &cells->number[i] : NULL;
    cells->texts[i] = is_number ? NULL : &cells->text[i];
}

static gboolean
verify_agrees(const VerifyField *field, const PmmlValue *value, const char *wanted)
{
    PmmlValue expected;
    if (wanted == NULL || wanted[0] == '\0')
        return TRUE;
    if (value->missing || !pmml_value_parse(value->type, wanted, &expected))
        return FALSE;
    if (value->type == PMML_STRING)
        return g_str_equal(value->string, wanted);
    if (fabs(expected.number) <= field->zero)
        return fabs(value->number) <= fmax(field->zero, 1e-12);
    return fabs(value->number - expected.number) <= field->precision * fabs(expected.number);
}

static gboolean
verify_row(PmmlRow *row, GHashTable *given, const GArray *fields)
{
    PmmlResult result;
    if (!pmml_model_run(row->program->root, row, &result, NULL))
        return FALSE;
    for (guint i = 0; i < fields->len; i++) {
        const VerifyField *field = &g_array_index(fields, VerifyField, i);
        PmmlValue value = pmml_target_value(row->program->root, &result, 0);
        if (!field->is_result)
            continue;
        if (field->slot != PMML_NO_SLOT && !pmml_slot_value(row, field->slot, &value, NULL))
            return FALSE;
        if (!verify_agrees(field, &value, pmml_inline_text(given, field->column)))
            return FALSE;
    }
    return TRUE;
}

static void
verify_rows(const PmmlProgram *program,
            const PmmlElement *table,
            const GArray *fields,
            PmmlVerified *ret)
{
    guint n = program->inputs->len;
    g_autofree const char **text = g_new0(const char *, n + 1);
    g_autofree double *number = g_new0(double, n + 1);
    g_autofree const char *const **texts = g_new0(const char *const *, n + 1);
    g_autofree const double **numbers = g_new0(const double *, n + 1);
    VerifyRow cells = {text, number, texts, numbers};
    ErrataModelRows rows = {.n_rows = 1, .number = numbers, .text = texts};
    PmmlRow row;
    pmml_row_init(&row, program, &rows);
    const PmmlElement *element = pmml_child(table, "row");
    for (; element != NULL && ret->n_rows < ROW_LIMIT; element = pmml_next(element, "row")) {
        g_autoptr(GHashTable) given = pmml_inline_row(element);
        for (guint i = 0; i < n; i++)
            verify_set_cell(program, &cells, i, NULL);
        for (guint i = 0; i < fields->len; i++) {
            const VerifyField *field = &g_array_index(fields, VerifyField, i);
            if (field->input != G_MAXUINT)
                verify_set_cell(program,
                                &cells,
                                field->input,
                                pmml_inline_text(given, field->column));
        }
        pmml_row_start(&row, 0);
        ret->n_rows++;
        ret->n_equal += verify_row(&row, given, fields);
    }
    pmml_row_clear(&row);
}

/* several rows that are one case: of them a row alone tells nothing */
static gboolean
verify_has_groups(const PmmlElement *model)
{
    const PmmlElement *schema = pmml_child(model, "MiningSchema");
    const PmmlElement *field = schema == NULL ? NULL : pmml_child(schema, "MiningField");
    for (; field != NULL; field = pmml_next(field, "MiningField"))
        if (g_strcmp0(pmml_attribute(field, "usageType"), "group") == 0)
            return TRUE;
    return FALSE;
}

/**
 * pmml_verify:
 * @program: compiled, with its inputs
 *
 * Returns: how many of the rows that the document gives with results come out as it says, within
 * the
 *   precision it asks for; none when it gives none
 */
PmmlVerified
pmml_verify(const PmmlProgram *program)
{
    PmmlVerified verified = {0};
    const PmmlElement *element = pmml_child(program->root->element, "ModelVerification");
    const PmmlElement *list = element == NULL ? NULL : pmml_child(element, "VerificationFields");
    const PmmlElement *table = element == NULL ? NULL : pmml_child(element, "InlineTable");
    if (list == NULL || table == NULL || verify_has_groups(program->root->element))
        return verified;
    g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(VerifyField));
    const PmmlElement *field = pmml_child(list, "VerificationField");
    for (; field != NULL; field = pmml_next(field, "VerificationField"))
        verify_read_field(program, field, fields);
    gboolean any = FALSE;
    for (guint i = 0; i < fields->len; i++)
        any |= g_array_index(fields, VerifyField, i).is_result;
    if (any)
        verify_rows(program, table, fields, &verified);
    return verified;
}
