/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bins.h"
#include "copied-rows.h"

G_BEGIN_DECLS

guint errata_copied_groups_find(ErrataCopiedRows *rows,
                                const ErrataBins *bins,
                                const guint8 *left,
                                const guint8 *inside);

G_END_DECLS
