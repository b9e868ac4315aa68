/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "slices-search.h"

G_BEGIN_DECLS

void errata_slices_scan(const SlicesSearch *search,
                        SlicesCube *cube,
                        const SlicesCoding *const *coding,
                        gint32 *const *plane);

G_END_DECLS
