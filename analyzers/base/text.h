/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Strings from untrusted bytes. */

gboolean errata_text_is_unseen(gunichar c);
gboolean errata_text_is_clean(const char *text, gsize length);
char *errata_text_repair(const char *text, gsize length, gboolean *ret_had_nul);
char *errata_text_ungarble(const char *text, gsize length);
gboolean errata_text_is_plain(const char *text);
char *errata_text_excerpt(const char *text, gsize length, gsize max_characters);

G_END_DECLS
