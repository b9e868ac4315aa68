/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "outcome.h"

G_BEGIN_DECLS

gboolean errata_roles_apart_check(const ErrataFrame *frame,
                                  const ErrataSchema *schema,
                                  const ErrataOutcome *outcome,
                                  GError **error);

G_END_DECLS
