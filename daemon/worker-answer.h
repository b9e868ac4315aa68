/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

void errata_worker_answer_findings(GVariantDict *answer,
                                   const ErrataCase *result,
                                   const GPtrArray *known);

G_END_DECLS
