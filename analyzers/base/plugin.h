/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "container.h"
#include "format.h"
#include "model-format.h"

G_BEGIN_DECLS

#define ERRATA_PLUGIN_ABI 2

/**
 * ErrataPlugin:
 * @abi: %ERRATA_PLUGIN_ABI
 * @struct_size: sizeof(ErrataPlugin)
 * @id: the plugin's folder name
 * @formats: (nullable) (array zero-terminated=1): log formats it reads
 * @containers: (nullable) (array zero-terminated=1): compressed streams and archives it opens
 * @models: (nullable) (array zero-terminated=1): model formats it reads
 */
typedef struct {
    guint abi;
    gsize struct_size;
    const char *id;
    const ErrataFormat *const *formats;
    const ErrataContainer *const *containers;
    const ErrataModelFormat *const *models;
} ErrataPlugin;

G_END_DECLS
