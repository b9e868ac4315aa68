/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model-builder.h"
#include "pickle.h"

G_BEGIN_DECLS

/* what a pickle would import: a GLOBAL */
gboolean pickle_import_is_dangerous(const PickleValue *global);
/* a type of Python's own that holds values, or what puts an object together */
gboolean pickle_import_is_harmless(const PickleValue *global);
void pickle_import_add_counts(const Pickle *pickle,
                              gboolean (*is_known)(const PickleValue *global),
                              ErrataModelBuilder *builder);

G_END_DECLS
