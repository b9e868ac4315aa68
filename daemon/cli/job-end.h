/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* waits until a job has ended; its properties, an a{sv} */
GVariant *errata_job_end_wait(GDBusConnection *bus, const char *path, GError **error);
gboolean errata_job_end_failed(GVariant *properties);
gboolean errata_job_end_reached(GVariant *properties);
void errata_job_end_print(GDBusConnection *bus, const char *file, GVariant *properties);

G_END_DECLS
