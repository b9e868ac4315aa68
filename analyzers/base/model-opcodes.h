/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"

G_BEGIN_DECLS

#define ERRATA_MODEL_OPCODES "pickle-opcodes" /* the problem of such a risk, and of no other */

/**
 * ErrataModelOpcodes:
 * @risk: what all risks have; its problem is %ERRATA_MODEL_OPCODES
 * @n_imports: opcodes that import (GLOBAL, STACK_GLOBAL, INST)
 * @n_calls: that call (REDUCE, NEWOBJ, NEWOBJ_EX, OBJ, INST)
 * @n_states: that give an object a state (BUILD)
 *
 * What a pickle does, counted: a risk of a model, one per severity.
 */
typedef struct {
    ErrataModelRisk risk;
    guint n_imports;
    guint n_calls;
    guint n_states;
} ErrataModelOpcodes;

void errata_model_opcodes_add(ErrataModelBuilder *builder,
                              ErrataSeverity severity,
                              guint n_imports,
                              guint n_calls,
                              guint n_states,
                              const char *of);
/* (nullable): the risk, if it is such a count */
const ErrataModelOpcodes *errata_model_opcodes_get(const ErrataModelRisk *risk);

G_END_DECLS
