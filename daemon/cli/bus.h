/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

#define ERRATA_BUS_NAME   "org.errata.Errata1"
#define ERRATA_BUS_PATH   "/org/errata/Errata1"
#define ERRATA_BUS_PREFIX "org.errata.Errata1."

/* the daemon, from a client's side: one connection, calls by name */
GDBusConnection *errata_bus_connect(GError **error);
/* @interface without the prefix: Manager, Job, Report; @fds (nullable) go along; @ret_fds
 *   (nullable) come back */
GVariant *errata_bus_call(GDBusConnection *bus,
                          const char *path,
                          const char *interface,
                          const char *method,
                          GVariant *arguments,
                          const char *reply_type,
                          GUnixFDList *fds,
                          GUnixFDList **ret_fds,
                          GError **error);
/* all properties of an interface, an a{sv} */
GVariant *errata_bus_properties(GDBusConnection *bus,
                                const char *path,
                                const char *interface,
                                GError **error);
/* @properties under the names that ListJobs and ListReports give them, which --json prints: id,
 *   state,
 * error-code; with @path (nullable) */
GVariant *errata_bus_facts(const char *path, GVariant *properties);
/* a text among @facts, an a{sv}; "" where there is none */
const char *errata_bus_text(GVariant *facts, const char *key);
/* whether the daemon knows a model of that name */
gboolean errata_bus_has_model(GDBusConnection *bus, const char *name, GError **error);
/* prints @value as JSON: a{sv} as objects, arrays as arrays */
void errata_bus_print_json(GVariant *value);
/* “21 Nov, 14:45” of µs since 1970, in the user's zone; "" for 0 */
char *errata_bus_time(gint64 us);

G_END_DECLS
