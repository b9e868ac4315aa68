/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "redact.h"

G_BEGIN_DECLS

char *errata_quote_clean(const char *text, gsize max_bytes);
char *errata_quote_disarm(const char *text);
char *errata_quote_data(const char *const *data,
                        const ErrataRedact *redact,
                        const guint8 *secret,
                        gsize secret_length);

G_END_DECLS
