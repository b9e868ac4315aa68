/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* starts `[alerts] command`, without a shell; what it is about is in its environment: ERRATA_MODEL,
 * ERRATA_REPORT (the folder), ERRATA_FINDING, ERRATA_SEVERITY, ERRATA_TITLE */
void errata_alert_run(char *const *command,
                      const char *model,
                      const char *folder,
                      const char *finding,
                      const char *severity,
                      const char *title);

G_END_DECLS
