/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* what protocol 0 writes, a line each */
char *pickle_line_raw(const char *line, gsize *ret_size);
char *pickle_line_quoted(const char *line, gsize *ret_size);

/* what repr() writes of a float that is no finite number; FALSE for others */
gboolean pickle_line_special(const char *line, double *ret_number);

G_END_DECLS
