/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint errata_text_hash(gconstpointer text);

G_END_DECLS
