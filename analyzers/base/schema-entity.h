/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema.h"

G_BEGIN_DECLS

int errata_schema_entity(const ErrataFrame *frame,
                         const ErrataSchema *schema,
                         const char **ret_why);

G_END_DECLS
