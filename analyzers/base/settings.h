/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings-key.h"

G_BEGIN_DECLS

/**
 * ErrataSettings:
 *
 * What the user set for an analysis: the `[analysis] [roles] [dictionary] [units] [report]` keys
 * of `errata.conf` and of the command line. Loaded once per source, weakest first: system,
 * user, folder, command line; a later source wins per key. Unset numbers are NaN or 0.
 */
typedef struct {
    /* [analysis] */
    char *task;              /* binary, multiclass, regression, or NULL: inferred */
    char *positive;          /* or NULL */
    char *loss;              /* zero-one, log-loss, absolute, squared, or NULL: by task */
    char *entity;            /* column whose rows belong together, or NULL */
    gboolean entity_is_role; /* [roles] says it */
    char **missing;          /* the words that mean no label and no prediction, or NULL: inferred */
    char **immutable;
    guint max_level;            /* conditions per slice, default 3 */
    guint64 seed;               /* default 0 */
    guint threads;              /* 0: one per processor */
    guint64 memory;             /* bytes, 0: no limit set */
    double cost_false_positive; /* default 1 */
    double cost_false_negative; /* default 1 */
    guint64 min_slice;          /* rows, 0: by METHODS */
    double alpha;               /* default 0.01 per family */
    char *embedding;            /* path or `none`, or NULL: hashed words */
    gboolean sliceline;         /* also SliceLine's own list of slices */
    char *where;                /* only rows for which this filter holds, or NULL */
    char *cohort;               /* only rows of this saved cohort, or NULL */
    GHashTable *cohorts;        /* [cohorts]: name → filter */
    /* [roles] [dictionary] [units]: column name → text */
    GHashTable *roles;
    GHashTable *dictionary;
    GHashTable *units;
    GHashTable *role_sources; /* column name → where it was set, for messages */
    /* [report] */
    char **formats; /* pdf svg html json */
    char *paper;    /* A4 or Letter */
    char *style;
    char *language;
    char *name; /* of the model */
} ErrataSettings;

/**
 * ErrataSettingsSource:
 * @ERRATA_SETTINGS_FULL: the user's or the system's file: all groups of CONTRACT 7 are known
 *   (those that concern the daemon are checked by their owner and skipped here)
 * @ERRATA_SETTINGS_FOLDER: a watched folder's file: only `[roles] [dictionary] [units] [analysis]
 *   [cohorts] [report]`; any other group is an error
 */
typedef enum {
    ERRATA_SETTINGS_FULL,
    ERRATA_SETTINGS_FOLDER,
} ErrataSettingsSource;

ErrataSettings *errata_settings_new(void); /* defaults */
void errata_settings_free(ErrataSettings *self);
gboolean errata_settings_load(ErrataSettings *self,
                              const char *text,
                              gsize length,
                              const char *name,
                              ErrataSettingsSource source,
                              GError **error);
/* one key, e.g. from the command line; @where ("--seed") stands in the message */
gboolean errata_settings_set(ErrataSettings *self,
                             const char *group,
                             const char *key,
                             const char *value,
                             const char *where,
                             GError **error);

/**
 * ErrataSettingsFunc:
 * @key: the key's entry
 * @name: the key as written (the column's name in a group of columns)
 * @value: its value, checked, escapes undone
 * @where: `errata.conf line 12`, for messages
 */
typedef gboolean (*ErrataSettingsFunc)(const ErrataSettingsKey *key,
                                       const char *name,
                                       const char *value,
                                       const char *where,
                                       gpointer data,
                                       GError **error);

/* every key of a file in its order, for whoever stores other groups than ErrataSettings does */
gboolean errata_settings_scan(const char *text,
                              gsize length,
                              const char *name,
                              ErrataSettingsSource source,
                              ErrataSettingsFunc func,
                              gpointer data,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ErrataSettings, errata_settings_free)

G_END_DECLS
