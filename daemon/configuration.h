/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "finding.h"
#include "paths.h"

G_BEGIN_DECLS

/* what becomes of a file of the inbox once it was read */
typedef enum {
    ERRATA_AFTER_KEEP,
    ERRATA_AFTER_ARCHIVE,
    ERRATA_AFTER_DELETE,
} ErrataAfter;

/* one errata.conf as it was read */
typedef struct {
    char *name; /* path, for messages */
    char *text;
} ErrataConfigurationFile;

/**
 * ErrataConfiguration:
 * @inbox: `[inbox] path`: the watched folder
 * @settle_s: `[inbox] settle`: seconds a file must be unchanged where its end is not told
 * @after: `[inbox] after`
 * @max_bytes: `[inbox] max-bytes`
 * @workers: `[daemon] workers`: at once; one per core at most
 * @idle_exit_s: `[daemon] idle-exit`: seconds, 0: never
 * @memory: `[daemon] memory`: bytes per worker, 0: what the machine has
 * @reports: `[report] path`
 * @store: `[store] path`: folder of the store and the spool
 * @keep_s: `[store] keep`: age of the oldest report, 0: any
 * @keep_bytes: `[store] keep`: size of all reports, 0: any
 * @min_severity: `[alerts] min-severity`
 * @alert_command: (nullable): `[alerts] command`, split into words
 * @files: (element-type ErrataConfigurationFile): the files read, weakest first, for the worker
 *
 * What the daemon does, as /etc and the user's errata.conf say. Immutable once loaded; any thread
 * may hold it.
 */
typedef struct {
    char *inbox;
    guint settle_s;
    ErrataAfter after;
    guint64 max_bytes;
    guint workers;
    guint idle_exit_s;
    guint64 memory;
    char *reports;
    char *store;
    guint64 keep_s;
    guint64 keep_bytes;
    ErrataSeverity min_severity;
    char **alert_command;
    GPtrArray *files;
} ErrataConfiguration;

ErrataConfiguration *errata_configuration_new(const ErrataPaths *paths);
ErrataConfiguration *errata_configuration_load(const ErrataPaths *paths, GError **error);
ErrataConfiguration *errata_configuration_ref(ErrataConfiguration *self);
void errata_configuration_unref(ErrataConfiguration *self);
gboolean errata_configuration_read(ErrataConfiguration *self,
                                   const char *name,
                                   const char *text,
                                   gsize length,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataConfiguration, errata_configuration_unref)

G_END_DECLS
