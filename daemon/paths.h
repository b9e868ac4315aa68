/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ErrataPaths:
 * @state: the store and the spool
 * @data: the inbox and the reports, unless configured elsewhere
 * @config: the user's errata.conf
 * @system_config: the system's errata.conf
 * @inbox: (nullable): takes the place of `[inbox] path`
 * @reports: (nullable): takes the place of `[report] path`
 *
 * Where things are. Weakest first: the XDG folders (or /var/lib/errata with @system), the
 * environment variables ERRATA_STATE_DIR, ERRATA_DATA_DIR, ERRATA_CONFIG_DIR and
 * ERRATA_SYSTEM_CONFIG_DIR, the flags.
 */
typedef struct {
    char *state;
    char *data;
    char *config;
    char *system_config;
    char *inbox;
    char *reports;
} ErrataPaths;

ErrataPaths *errata_paths_new(gboolean is_system);
ErrataPaths *errata_paths_copy(const ErrataPaths *self);
void errata_paths_free(ErrataPaths *self);
/* a flag: takes the place of *@where when @value is not NULL; made absolute */
void errata_paths_override(char **where, const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataPaths, errata_paths_free)

G_END_DECLS
