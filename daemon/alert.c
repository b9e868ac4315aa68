/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's own program for a finding that matters: a mail, a chat message, a ticket. */
#include "alert.h"

#include <gio/gio.h>

static void
alert_ended_cb(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;

    if (!g_subprocess_wait_check_finish(G_SUBPROCESS(source), result, &error))
        g_warning("[alerts] command: %s", error->message);
}

void
errata_alert_run(char *const *command,
                 const char *model,
                 const char *folder,
                 const char *finding,
                 const char *severity,
                 const char *title)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;

    g_subprocess_launcher_setenv(launcher, "ERRATA_MODEL", model, TRUE);
    g_subprocess_launcher_setenv(launcher, "ERRATA_REPORT", folder, TRUE);
    g_subprocess_launcher_setenv(launcher, "ERRATA_FINDING", finding, TRUE);
    g_subprocess_launcher_setenv(launcher, "ERRATA_SEVERITY", severity, TRUE);
    g_subprocess_launcher_setenv(launcher, "ERRATA_TITLE", title, TRUE);
    process = g_subprocess_launcher_spawnv(launcher, (const char *const *)command, &error);
    if (process == NULL)
        g_warning("[alerts] command: %s", error->message);
    else
        g_subprocess_wait_check_async(process, NULL, alert_ended_cb, NULL);
}
