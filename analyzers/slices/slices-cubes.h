/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-groups.h"

G_BEGIN_DECLS

void errata_slices_cubes_prepare(const SlicesTable *table, SlicesCube *cube);
void errata_slices_cubes_pack(SlicesSearch *search, const double *expected);
void errata_slices_cubes_evaluate(SlicesSearch *search, const SlicesGroup *groups, gsize n);

G_END_DECLS
