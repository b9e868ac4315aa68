/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "pmml-private.h"
#include "text-hash.h"

struct _PmmlScope {
    const PmmlScope *parent;
    GHashTable *slots; /* name → slot + 1 */
    GArray *needed;    /* of guint: what models refer to; only of the outermost scope */
    guint deriving;    /* the same: derived fields are being read */
};

static PmmlScope *
scope_outermost(const PmmlScope *self)
{
    while (self->parent != NULL)
        self = self->parent;
    return pmml_pointer(self);
}

PmmlScope *
pmml_scope_new(const PmmlScope *parent)
{
    PmmlScope *self = g_new0(PmmlScope, 1);
    self->parent = parent;
    self->slots = g_hash_table_new(errata_text_hash, g_str_equal);
    self->needed = g_array_new(FALSE, FALSE, sizeof(guint));
    return self;
}

void
pmml_scope_free(PmmlScope *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->slots);
    g_array_unref(self->needed);
    g_free(self);
}

void
pmml_scope_add(PmmlScope *self, const char *name, guint slot)
{
    g_hash_table_insert(self->slots, pmml_pointer(name), GUINT_TO_POINTER(slot + 1));
}

guint
pmml_scope_find(const PmmlScope *self, const char *name)
{
    for (; self != NULL; self = self->parent) {
        gpointer slot = g_hash_table_lookup(self->slots, name);
        if (slot != NULL)
            return GPOINTER_TO_UINT(slot) - 1;
    }
    return PMML_NO_SLOT;
}

gboolean
pmml_scope_has_own(const PmmlScope *self, const char *name)
{
    return g_hash_table_contains(self->slots, name);
}

PmmlScope *
pmml_program_scope(PmmlProgram *self, const PmmlScope *parent)
{
    PmmlScope *scope = pmml_scope_new(parent);
    g_ptr_array_add(self->scopes, scope);
    return scope;
}

guint
pmml_program_add_slot(PmmlProgram *self, const PmmlSlot *slot)
{
    g_ptr_array_add(self->slots, g_memdup2(slot, sizeof *slot));
    return self->slots->len - 1;
}

const char *
pmml_field_attribute(const PmmlElement *element, const char *attribute)
{
    return pmml_attribute(element, attribute) == NULL && pmml_attribute(element, "field") != NULL
               ? "field"
               : attribute;
}

gboolean
pmml_program_field(const PmmlElement *element,
                   const PmmlScope *scope,
                   const char *attribute,
                   guint *ret_slot,
                   GError **error)
{
    const char *name;
    if (!pmml_require(element, pmml_field_attribute(element, attribute), &name, error))
        return FALSE;
    *ret_slot = pmml_scope_find(scope, name);
    if (*ret_slot == PMML_NO_SLOT)
        return pmml_error(error, element, "there is no field “%s” here", name);
    PmmlScope *outermost = scope_outermost(scope);
    if (outermost->deriving == 0)
        g_array_append_val(outermost->needed, *ret_slot);
    return TRUE;
}

/**
 * pmml_scope_derive:
 * @self: any scope of the document
 * @by: 1 before derived fields are read, −1 afterwards: what they refer to is needed only if they
 *   are
 */
void
pmml_scope_derive(const PmmlScope *self, int by)
{
    PmmlScope *outermost = scope_outermost(self);
    outermost->deriving = (guint)((int)outermost->deriving + by);
}

/* slots that models refer to, in no order and more than once */
const GArray *
pmml_scope_needed(const PmmlScope *self)
{
    return scope_outermost(self)->needed;
}

void
pmml_slot_set(PmmlRow *row, guint slot, PmmlValue value)
{
    row->value[slot] = value;
    row->state[slot] = PMML_SET;
}
