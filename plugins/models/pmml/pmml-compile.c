/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pmml-compile.h"

#include "error.h"
#include "pmml-expression.h"
#include "pmml-predicate.h"
#include "text-hash.h"

static void
compile_data_free(gpointer pointer)
{
    PmmlData *data = pointer;
    g_array_unref(data->valid);
    g_ptr_array_unref(data->texts);
    g_hash_table_unref(data->index);
    g_ptr_array_unref(data->missing);
    g_ptr_array_unref(data->invalid);
    g_array_unref(data->intervals);
    g_hash_table_unref(data->display);
    g_free(data);
}

static PmmlProgram *
compile_new(PmmlXml *xml)
{
    PmmlProgram *self = g_new0(PmmlProgram, 1);
    self->xml = xml;
    self->data = g_ptr_array_new_with_free_func(compile_data_free);
    self->slots = g_ptr_array_new_with_free_func(g_free);
    self->expressions = g_ptr_array_new_with_free_func((GDestroyNotify)pmml_expression_free);
    self->predicates = g_ptr_array_new_with_free_func((GDestroyNotify)pmml_predicate_free);
    self->models = g_ptr_array_new_with_free_func((GDestroyNotify)pmml_model_free);
    self->functions = g_hash_table_new_full(errata_text_hash,
                                            g_str_equal,
                                            NULL,
                                            (GDestroyNotify)pmml_function_free);
    self->strings = g_string_chunk_new(256);
    self->inputs = g_array_new(FALSE, FALSE, sizeof(guint));
    self->scopes = g_ptr_array_new_with_free_func((GDestroyNotify)pmml_scope_free);
    self->made = g_ptr_array_new_with_free_func(g_free);
    self->scope = pmml_program_scope(self, NULL);
    return self;
}

void
pmml_program_free(PmmlProgram *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->models);
    g_ptr_array_unref(self->predicates);
    g_ptr_array_unref(self->expressions);
    g_hash_table_unref(self->functions);
    g_ptr_array_unref(self->slots);
    g_ptr_array_unref(self->data);
    g_ptr_array_unref(self->scopes);
    g_ptr_array_unref(self->made);
    g_clear_pointer(&self->codes, g_hash_table_unref);
    g_array_unref(self->inputs);
    g_string_chunk_free(self->strings);
    pmml_xml_free(self->xml);
    g_free(self);
}

/**
 * pmml_root_model:
 * @root: of the document
 *
 * Returns: (nullable): its first element that is a kind of model, known or not, and that the file
 * does
 *   not keep from being scored; where it keeps all, the first
 */
const PmmlElement *
pmml_root_model(const PmmlElement *root)
{
    static const char *const others[] = {"Header",
                                         "MiningBuildTask",
                                         "DataDictionary",
                                         "TransformationDictionary",
                                         NULL};
    const PmmlElement *first = NULL;
    for (const PmmlElement *child = root->first; child != NULL; child = child->next) {
        if (g_strv_contains(others, child->name) || pmml_names_is_vendor(child))
            continue;
        if (pmml_is_scorable(child))
            return child;
        first = first != NULL ? first : child;
    }
    return first;
}

static gboolean
compile_document(PmmlProgram *self, GError **error)
{
    const PmmlElement *root = pmml_xml_root(self->xml);
    const PmmlElement *dictionary = pmml_child(root, "DataDictionary");
    const PmmlElement *model = pmml_root_model(root);
    if (model == NULL)
        return pmml_error(error, root, "no model");
    if (dictionary == NULL)
        return pmml_error(error, root, "no DataDictionary");
    self->dictionary = pmml_child(root, "TransformationDictionary");
    if (!pmml_read_dictionary(self, dictionary, error) ||
        (self->dictionary != NULL && !pmml_read_functions(self, self->dictionary, error)))
        return FALSE;
    self->root = pmml_model_read(self, model, self->scope, error);
    if (self->root == NULL || !pmml_names_check(dictionary, error) ||
        (self->dictionary != NULL && !pmml_names_check(self->dictionary, error)) ||
        !pmml_names_check(model, error))
        return FALSE;
    pmml_find_inputs(self);
    const char *cycle = pmml_find_cycle(self);
    return cycle == NULL || pmml_error(error, root, "the field “%s” is derived from itself", cycle);
}

/**
 * pmml_compile:
 * @xml: (transfer full): the document
 *
 * Returns: (nullable): what runs, or %NULL with an error naming element and line;
 *   %ERRATA_ERROR_UNSUPPORTED when the document is sound and asks for what we do not compute
 */
PmmlProgram *
pmml_compile(PmmlXml *xml, GError **error)
{
    PmmlProgram *self = compile_new(xml);
    if (!compile_document(self, error))
        g_clear_pointer(&self, pmml_program_free);
    return self;
}

void
pmml_row_init(PmmlRow *self, const PmmlProgram *program, const ErrataModelRows *rows)
{
    *self = (PmmlRow){
        .program = program,
        .rows = rows,
        .budget = PMML_BUDGET,
        .value = g_new(PmmlValue, program->slots->len),
        .state = g_new0(guint8, program->slots->len),
        .strings = g_string_chunk_new(1024),
        .blocks = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
    };
}

void
pmml_row_clear(PmmlRow *self)
{
    g_free(self->value);
    g_free(self->state);
    g_string_chunk_free(self->strings);
    g_ptr_array_unref(self->blocks);
    g_clear_pointer(&self->tokens, g_ptr_array_unref);
}

/* makes ready for the row of that index; results of the one before are gone */
void
pmml_row_start(PmmlRow *self, gsize row)
{
    self->row = row;
    self->block = 0;
    self->used = 0;
    self->depth = 0;
    self->spent = 0;
    self->argument = NULL;
    self->is_invalid = FALSE;
    self->tokenized = NULL;
    g_string_chunk_clear(self->strings);
    memset(self->state, PMML_UNSET, self->program->slots->len);
}
