/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* the texts of protocol 0, a line each */
char *pickle_line_raw(const char *line, gsize *ret_size);
char *pickle_line_quoted(const char *line, gsize *ret_size);

G_END_DECLS
