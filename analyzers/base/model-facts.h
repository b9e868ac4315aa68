/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"
#include "model-builder.h"

G_BEGIN_DECLS

/* what a document beside a model says, member by member: `optimizer.config.learning_rate` 0.001 */
void errata_model_facts_add_parameters(ErrataModelBuilder *builder,
                                       const char *prefix,
                                       const ErrataDatum *value);
void errata_model_facts_add_training(ErrataModelBuilder *builder,
                                     const char *prefix,
                                     const ErrataDatum *value);
/* (transfer full) (nullable): a value in one line; NULL for an object */
char *errata_model_facts_text(const ErrataDatum *value);

G_END_DECLS
