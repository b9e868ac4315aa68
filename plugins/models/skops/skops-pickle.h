/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "datum.h"
#include "model-format.h"

G_BEGIN_DECLS

GByteArray *skops_to_pickle(const ErrataDatum *root,
                            const ErrataModelParts *parts,
                            const ErrataModelPart *schema,
                            GError **error);
const ErrataModelPart *skops_find_file(const ErrataModelParts *parts,
                                       const ErrataModelPart *schema,
                                       const char *file);

G_END_DECLS
