/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clean.h"

G_BEGIN_DECLS

gboolean errata_clean_natural_is_open(const ErrataClean *clean, const ErrataCleanCode *code);
gboolean errata_clean_natural_is_value(const ErrataClean *clean,
                                       const ErrataSchema *schema,
                                       const ErrataCleanCode *code,
                                       gboolean *ret_maybe);

G_END_DECLS
