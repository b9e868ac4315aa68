/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ERRATA_SANDBOX_SOCKET_FD 3 /* the host's end of the conversation */
#define ERRATA_SANDBOX_OUTPUT_FD 4 /* the one folder that may be written */

/**
 * ErrataSandboxFlags:
 * @ERRATA_SANDBOX_NO_LANDLOCK: leave landlock out, as on a kernel without it (tests)
 */
typedef enum {
    ERRATA_SANDBOX_DEFAULT = 0,
    ERRATA_SANDBOX_NO_LANDLOCK = 1 << 0,
} ErrataSandboxFlags;

gboolean errata_sandbox_enter(ErrataSandboxFlags flags, GString *ret_description, GError **error);
gboolean errata_sandbox_limit_memory(guint64 bytes, GError **error);

G_END_DECLS
