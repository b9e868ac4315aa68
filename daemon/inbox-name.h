/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job.h"

G_BEGIN_DECLS

#define ERRATA_INBOX_NAME_BYTES 120 /* longest name of a model */

/* what a file's path in the inbox says about it; no file is touched */
gboolean errata_inbox_name_is_ignored(const char *name);
char *errata_inbox_name_stem(const char *file_name);
char *errata_inbox_name_clean(const char *name);
char *errata_inbox_name_model(const char *path);
ErrataKind errata_inbox_name_kind(const char *path);

G_END_DECLS
