/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Derived fields. Those of the TransformationDictionary are every model's: where a model within
 * another treats a field otherwise (its MiningField has a replacement, say), what is derived from
 * the field is derived anew for it. */
#include "error.h"
#include "pmml-private.h"
#include "text-hash.h"

/* the derived fields of @parent in their order, those of @only where it is given */
static const PmmlElement *
derived_next(const PmmlElement *element, GHashTable *only)
{
    while (element != NULL && only != NULL) {
        const char *name = pmml_attribute(element, "name");
        if (name != NULL && g_hash_table_contains(only, name))
            return element;
        element = pmml_next(element, "DerivedField");
    }
    return element;
}

static gboolean
derived_read(PmmlProgram *self,
             const PmmlElement *parent,
             PmmlScope *scope,
             GHashTable *only,
             GError **error)
{
    const PmmlElement *first = derived_next(pmml_child(parent, "DerivedField"), only);
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GHashTable) seen = g_hash_table_new(errata_text_hash, g_str_equal);
    const PmmlElement *child = first;
    for (; child != NULL; child = derived_next(pmml_next(child, "DerivedField"), only)) {
        PmmlSlot slot = {.kind = PMML_SLOT_DERIVED, .typed = TRUE};
        if (!pmml_require(child, "name", &slot.name, error) ||
            !pmml_type_of(child, pmml_type_unless_told(child), &slot.type, error) ||
            !pmml_optype_of(child, PMML_CONTINUOUS, &slot.optype, error))
            return FALSE;
        if (!g_hash_table_add(seen, pmml_pointer(slot.name)))
            return pmml_error(error, child, "the field “%s” is derived twice", slot.name);
        slot.typed = pmml_attribute(child, "dataType") != NULL || slot.type == PMML_DOUBLE;
        /* which of its values is less than another */
        if (slot.optype == PMML_ORDINAL && pmml_child(child, "Value") != NULL) {
            slot.data = pmml_read_values(self, child, slot.type, error);
            if (slot.data == NULL)
                return FALSE;
        }
        guint index = pmml_program_add_slot(self, &slot);
        g_array_append_val(slots, index);
    }
    /* they may refer to later ones, so all names come first */
    guint k = 0;
    for (child = first; child != NULL; child = derived_next(pmml_next(child, "DerivedField"), only))
        pmml_scope_add(scope, pmml_attribute(child, "name"), g_array_index(slots, guint, k++));
    k = 0;
    for (child = first; child != NULL;
         child = derived_next(pmml_next(child, "DerivedField"), only)) {
        PmmlSlot *slot = self->slots->pdata[g_array_index(slots, guint, k++)];
        pmml_scope_derive(scope, 1);
        slot->expression = pmml_expression_within(self, child, scope, NULL, error);
        pmml_scope_derive(scope, -1);
        if (slot->expression == NULL)
            return FALSE;
    }
    return TRUE;
}

gboolean
pmml_read_derived(PmmlProgram *self, const PmmlElement *parent, PmmlScope *scope, GError **error)
{
    return derived_read(self, parent, scope, NULL, error);
}

/* whether anything within @element refers to one of @names */
static gboolean
derived_refers(const PmmlElement *element, GHashTable *names)
{
    for (const PmmlElement *child = element->first; child != NULL; child = child->next) {
        const char *field = pmml_attribute(child, "field");
        const char *text = pmml_attribute(child, "textField");
        if ((field != NULL && g_hash_table_contains(names, field)) ||
            (text != NULL && g_hash_table_contains(names, text)) || derived_refers(child, names))
            return TRUE;
    }
    return FALSE;
}

/**
 * pmml_read_derived_anew:
 * @scope: of a model within another
 * @treated: names of fields that it treats otherwise than the model around it
 *
 * Reads the document's derived fields that come, however far, from those.
 */
gboolean
pmml_read_derived_anew(PmmlProgram *self,
                       PmmlScope *scope,
                       const GPtrArray *treated,
                       GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(errata_text_hash, g_str_equal);
    g_autoptr(GHashTable) only = g_hash_table_new(errata_text_hash, g_str_equal);
    for (guint i = 0; i < treated->len; i++)
        g_hash_table_add(names, treated->pdata[i]);
    guint known = 0;
    while (known < g_hash_table_size(names)) {
        known = g_hash_table_size(names);
        const PmmlElement *child = pmml_child(self->dictionary, "DerivedField");
        for (; child != NULL; child = pmml_next(child, "DerivedField")) {
            const char *name = pmml_attribute(child, "name");
            /* a field of the model's own is that, whatever it comes from */
            if (name == NULL || g_hash_table_contains(names, name) ||
                pmml_scope_has_own(scope, name) || !derived_refers(child, names))
                continue;
            g_hash_table_add(names, pmml_pointer(name));
            g_hash_table_add(only, pmml_pointer(name));
        }
    }
    return derived_read(self, self->dictionary, scope, only, error);
}
