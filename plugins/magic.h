/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* the id of a model format that the bytes or the name show, or NULL; (transfer none) */
const char *errata_magic_model(const guint8 *head, gsize size, const char *name);
gboolean errata_magic_is_sql(const guint8 *head, gsize size);
gboolean errata_magic_is_report(const guint8 *head, gsize size);
/* what a file is that we do not read, in words; "bytes 01 02 …" when unknown; (transfer full) */
char *errata_magic_describe(const guint8 *head, gsize size);

G_END_DECLS
