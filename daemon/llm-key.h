/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_LLM_SECRET_BYTES 32

/* NULL without @error: there is none */
char *errata_llm_key_find(const char *credential, const char *config_folder, GError **error);
void errata_llm_key_secret(const char *folder, guint8 *ret_secret);

G_END_DECLS
