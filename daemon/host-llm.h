/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "llm-broker.h"

G_BEGIN_DECLS

/* org.errata.Host1 for one worker; answers until @stop is cancelled */
GObject *errata_host_llm_export(GDBusConnection *connection,
                                ErrataLlmSession *session,
                                GCancellable *stop,
                                GError **error);
/* the option `llm` of Start */
GVariant *errata_host_llm_describe(ErrataLlmSession *session);

G_END_DECLS
