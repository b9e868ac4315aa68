/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* numbers of conditions as people are told them; filters and report.json keep them exact */

char *errata_spoken_number(double value);
char *errata_spoken_value(const char *text);
char *errata_spoken_values(const char *const *values, const char *between);

G_END_DECLS
