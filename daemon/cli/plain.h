/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void errata_plain_set_up(void);
char *errata_plain_text(const char *text, const char *charset);

G_END_DECLS
