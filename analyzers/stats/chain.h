/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double errata_chain_inflation(const double *value, gsize n);

G_END_DECLS
