/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "case.h"

G_BEGIN_DECLS

int errata_report_compare_direction(const char *metric);
GVariant *errata_report_compare(const ErrataCase *now, const ErrataCase *before, GError **error);

G_END_DECLS
