/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "schema.h"

G_BEGIN_DECLS

char *errata_likely_roles(const ErrataFrame *frame, const ErrataSchema *schema);

G_END_DECLS
