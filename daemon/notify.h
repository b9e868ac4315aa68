/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* tells the service manager; nothing happens when none listens. @message: "READY=1" … */
void errata_notify_send(const char *message);

G_END_DECLS
