/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *errata_short_name(char *const *names, guint n, guint index);

G_END_DECLS
