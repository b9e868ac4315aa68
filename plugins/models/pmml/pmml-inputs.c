/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns that a document reads: the active fields of its outermost model, the target where a
 * residual asks for it, and fields that something within refers to although the outermost model
 * does not list them. */
#include "pmml-compile.h"
#include "pmml-expression.h"
#include "text-hash.h"

typedef struct {
    PmmlProgram *program;
    guint8 *seen;          /* by slot */
    GHashTable *functions; /* seen */
    GHashTable *targets;   /* names of what models predict */
} Inputs;

static void
inputs_add(PmmlProgram *program, guint index)
{
    PmmlSlot *slot = program->slots->pdata[index];
    if (slot->kind != PMML_SLOT_INPUT || slot->input != G_MAXUINT)
        return;
    slot->input = program->inputs->len;
    g_array_append_val(program->inputs, index);
}

static void inputs_visit(Inputs *self, guint index, guint depth);

static void
inputs_in(Inputs *self, const PmmlExpression *expression, guint depth)
{
    if (depth > PMML_DEPTH_LIMIT)
        return;
    for (guint i = 0; i < expression->arguments->len; i++)
        inputs_in(self, expression->arguments->pdata[i], depth + 1);
    if (expression->function != NULL && g_hash_table_add(self->functions, expression->function))
        inputs_in(self, expression->function->body, depth + 1);
    if (!expression->is_parameter && expression->slot != PMML_NO_SLOT)
        inputs_visit(self, expression->slot, depth + 1);
}

static void
inputs_visit(Inputs *self, guint index, guint depth)
{
    const PmmlSlot *slot = pmml_program_slot(self->program, index);
    if (self->seen[index] || depth > PMML_DEPTH_LIMIT)
        return;
    self->seen[index] = 1;
    if (slot->kind == PMML_SLOT_MINING)
        inputs_visit(self, slot->source, depth + 1);
    else if (slot->kind == PMML_SLOT_DERIVED)
        inputs_in(self, slot->expression, depth);
    else if (!g_hash_table_contains(self->targets, slot->name))
        inputs_add(self->program, index);
}

static void
inputs_add_unlisted(PmmlProgram *program)
{
    const GArray *needed = pmml_scope_needed(program->scope);
    g_autofree guint8 *seen = g_new0(guint8, program->slots->len + 1);
    g_autoptr(GHashTable) functions = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) targets = g_hash_table_new(errata_text_hash, g_str_equal);
    Inputs self = {program, seen, functions, targets};
    for (guint i = 0; i < program->models->len; i++) {
        const PmmlModel *model = program->models->pdata[i];
        for (guint k = 0; k < model->targets->len; k++)
            g_hash_table_add(targets, model->targets->pdata[k]);
    }
    for (guint i = 0; i < needed->len; i++)
        inputs_visit(&self, g_array_index(needed, guint, i), 0);
}

/**
 * pmml_find_inputs:
 * @program: all compiled
 *
 * Numbers the fields of the document that are read from columns.
 */
void
pmml_find_inputs(PmmlProgram *program)
{
    const PmmlModel *root = program->root;
    const PmmlElement *schema = pmml_child(root->element, "MiningSchema");
    const PmmlElement *field = schema == NULL ? NULL : pmml_child(schema, "MiningField");
    gboolean wants_target = FALSE;
    for (guint i = 0; i < root->outputs->len; i++) {
        const PmmlOutput *output = root->outputs->pdata[i];
        wants_target |= g_str_equal(output->feature, "residual");
    }
    for (; field != NULL; field = pmml_next(field, "MiningField")) {
        const char *name = pmml_attribute(field, "name");
        const char *usage = pmml_attribute(field, "usageType");
        guint index = pmml_scope_find(program->scope, name);
        gboolean is_target = root->target != NULL && g_str_equal(name, root->target);
        if (index == PMML_NO_SLOT ||
            (is_target ? !wants_target : usage != NULL && !g_str_equal(usage, "active")))
            continue;
        inputs_add(program, index);
    }
    inputs_add_unlisted(program);
}
