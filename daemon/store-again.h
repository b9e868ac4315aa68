/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store.h"

G_BEGIN_DECLS

gboolean errata_store_again_log(ErrataStore *self, gint64 id, GError **error);
gboolean errata_store_again(ErrataStore *self,
                            const char *name,
                            ErrataKind kind,
                            gint64 job,
                            GError **error);

G_END_DECLS
