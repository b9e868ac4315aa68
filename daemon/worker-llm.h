/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "llm.h"

G_BEGIN_DECLS

/* NULL: the host told of no language model */
ErrataLlm *errata_worker_llm_new(GDBusConnection *connection, GVariant *options);
void errata_worker_llm_hide(ErrataLlm *self,
                            const ErrataFrame *frame,
                            const ErrataFrame *reference,
                            const ErrataSettings *settings);
void errata_worker_llm_free(ErrataLlm *self);

G_END_DECLS
