/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `model` of the report; absent without one. */
#include "case-json-private.h"

void
errata_case_json_inventory(ErrataJsonWriter *json, const GPtrArray *sections)
{
    if (sections == NULL)
        return;
    errata_json_writer_begin(json, "model", '{');
    errata_json_writer_begin(json, "sections", '[');
    for (guint i = 0; i < sections->len; i++) {
        const ErrataInventorySection *section = g_ptr_array_index(sections, i);

        errata_json_writer_begin(json, NULL, '{');
        errata_json_writer_string(json, "title", section->title);
        errata_json_writer_uint(json, "of", section->n_all);
        errata_json_writer_begin(json, "facts", '[');
        for (guint k = 0; k < section->facts->len; k++) {
            const ErrataModelFact *fact = g_ptr_array_index(section->facts, k);

            errata_json_writer_begin(json, NULL, '{');
            errata_json_writer_string(json, "name", fact->name);
            errata_json_writer_string(json, "value", fact->value);
            errata_json_writer_end(json, '}');
        }
        errata_json_writer_end(json, ']');
        errata_json_writer_end(json, '}');
    }
    errata_json_writer_end(json, ']');
    errata_json_writer_end(json, '}');
}

GPtrArray *
errata_case_json_read_inventory(JsonObject *root)
{
    JsonObject *model = errata_json_reader_object(root, "model");
    JsonArray *list = errata_json_reader_array(model, "sections");
    GPtrArray *sections;

    if (model == NULL)
        return NULL;
    sections = g_ptr_array_new_with_free_func((GDestroyNotify)errata_inventory_section_free);
    for (guint i = 0; i < errata_json_reader_length(list); i++) {
        JsonObject *object = errata_json_reader_element(list, i);
        JsonArray *facts = errata_json_reader_array(object, "facts");
        const char *title = errata_json_reader_peek(object, "title");
        ErrataInventorySection *section =
            errata_inventory_section_new(title != NULL ? title : "",
                                         errata_json_reader_uint(object, "of"));

        for (guint k = 0; k < errata_json_reader_length(facts); k++) {
            JsonObject *fact = errata_json_reader_element(facts, k);
            const char *name = errata_json_reader_peek(fact, "name");

            errata_inventory_section_add(section,
                                         name != NULL ? name : "",
                                         errata_json_reader_peek(fact, "value"));
        }
        g_ptr_array_add(sections, section);
    }
    return sections;
}
