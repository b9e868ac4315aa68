/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Derived fields that need themselves whatever the row. The branches of an `if` may be taken or
 * not, so what they refer to is left to the row. */
#include "pmml-compile.h"
#include "pmml-expression.h"

static gboolean cycle_visit(const PmmlProgram *program, guint slot, guint8 *state, guint depth);

static gboolean
cycle_in(const PmmlProgram *program, const PmmlExpression *expression, guint8 *state, guint depth)
{
    guint n = expression->arguments->len;
    if (expression->kind == PMML_EXPRESSION_APPLY && expression->call == PMML_CALL_IF)
        n = 1;
    for (guint i = 0; i < n; i++)
        if (cycle_in(program, expression->arguments->pdata[i], state, depth))
            return TRUE;
    return !expression->is_parameter && expression->slot != PMML_NO_SLOT &&
           cycle_visit(program, expression->slot, state, depth + 1);
}

static gboolean
cycle_visit(const PmmlProgram *program, guint index, guint8 *state, guint depth)
{
    const PmmlSlot *slot = pmml_program_slot(program, index);
    if (state[index] == PMML_SET || depth > PMML_DEPTH_LIMIT)
        return depth > PMML_DEPTH_LIMIT;
    if (state[index] == PMML_COMPUTING)
        return TRUE;
    state[index] = PMML_COMPUTING;
    gboolean found =
        (slot->kind == PMML_SLOT_MINING && cycle_visit(program, slot->source, state, depth + 1)) ||
        (slot->kind == PMML_SLOT_DERIVED && cycle_in(program, slot->expression, state, depth));
    state[index] = PMML_SET;
    return found;
}

/**
 * pmml_find_cycle:
 * @program: all compiled
 *
 * Returns: (nullable): name of a field that a model needs and that is derived from itself, or too
 *   deep to follow
 */
const char *
pmml_find_cycle(const PmmlProgram *program)
{
    g_autofree guint8 *state = g_new0(guint8, program->slots->len + 1);
    const GArray *needed = pmml_scope_needed(program->scope);
    for (guint i = 0; i < needed->len; i++) {
        guint slot = g_array_index(needed, guint, i);
        if (cycle_visit(program, slot, state, 0))
            return pmml_program_slot(program, slot)->name;
    }
    return NULL;
}
