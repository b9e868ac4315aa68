/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "paths.h"

G_BEGIN_DECLS

#define ERRATA_SERVICE_NAME "org.errata.Errata1"

/**
 * ErrataService:
 *
 * The engine on the bus: org.errata.Errata1.
 */
typedef struct _ErrataService ErrataService;

/* nothing was to be done for `[daemon] idle-exit` seconds */
typedef void (*ErrataServiceQuit)(gpointer data);

ErrataService *errata_service_new(GDBusConnection *connection,
                                  gboolean is_system,
                                  const ErrataPaths *paths,
                                  ErrataServiceQuit quit,
                                  gpointer quit_data,
                                  GError **error);
gboolean errata_service_start(ErrataService *self, GError **error);
void errata_service_reload(ErrataService *self);
gboolean errata_service_stop(ErrataService *self);
void errata_service_free(ErrataService *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataService, errata_service_free)

G_END_DECLS
