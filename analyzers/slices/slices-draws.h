/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-search.h"

G_BEGIN_DECLS

double errata_slices_draws_p(const SlicesSearch *observed,
                             const ErrataExpected *expected,
                             guint64 seed,
                             guint round,
                             double score);

G_END_DECLS
