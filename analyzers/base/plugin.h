/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "container.h"
#include "format.h"

G_BEGIN_DECLS

#define ERRATA_PLUGIN_ABI 1

/**
 * ErrataPlugin:
 * @abi: %ERRATA_PLUGIN_ABI
 * @struct_size: sizeof(ErrataPlugin)
 * @id: the plugin's folder name
 * @formats: (nullable) (array zero-terminated=1): log formats it reads
 * @containers: (nullable) (array zero-terminated=1): compressed streams and archives it opens
 */
typedef struct {
    guint abi;
    gsize struct_size;
    const char *id;
    const ErrataFormat *const *formats;
    const ErrataContainer *const *containers;
} ErrataPlugin;

G_END_DECLS
